//! What can be wrong with an opportunity.

/// Every stable code of this room, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("opportunity.amount_follows_lines", "the amount is the sum of the lines and can't be set beside them"),
    ("opportunity.amount_negative", "the amount is below 0"),
    ("opportunity.currency_mixed", "the lines are in several currencies"),
    ("opportunity.discount_out_of_range", "a line's discount is not from 0 to 100 %"),
    ("opportunity.figure_too_large", "an amount does not fit"),
    ("opportunity.last_stage", "there is no open stage after the one it is in"),
    ("opportunity.not_closed", "only a closed deal can be reopened"),
    ("opportunity.pipeline_fixed", "the pipeline can't change while its stage is unknown to the new one"),
    ("opportunity.probability_out_of_range", "the probability is not from 0 to 100 %"),
    ("opportunity.quantity_not_positive", "a line's quantity is not above 0"),
    ("opportunity.share_out_of_range", "a team member's share is not from 0 to 100 %"),
    ("opportunity.shares_not_whole", "the shares of the team don't add up to 100 %"),
    ("opportunity.stage_missing", "the pipeline has no stage of the kind wanted"),
    ("opportunity.team_user_twice", "a user is in the team twice"),
    ("opportunity.team_without_user", "a member of the team has no user"),
];
