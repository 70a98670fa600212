//! Why commands on leads are refused: the stable codes.

/// Every code with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("lead.duplicate", "the lead repeats a record, and its channel refuses duplicates"),
    ("lead.converted", "the lead is converted already"),
    ("lead.not_yet_converted", "the lead is not converted, so that there is nothing to undo"),
    ("lead.closed", "the lead is closed"),
    ("lead.built_on", "something was built on what the conversion created"),
    ("lead.no_taker", "no assignment rule has anybody to give the lead to"),
    ("lead.owner_inactive", "the user has left"),
    ("lead.no_customer", "an opportunity or a contact needs a customer"),
    ("lead.other_customer", "the opportunity is a deal with another customer than the one chosen"),
    ("lead.nothing_to_convert", "the conversion makes neither customer nor contact nor opportunity"),
    ("lead.resume_in_past", "the day on which the lead is to be taken up again is not to come"),
    ("lead.same", "a lead can't be merged with itself"),
];
