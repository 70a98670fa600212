//! What can be wrong with an activity.

/// Every stable code of this room, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("activity.kind_taken", "the engine has a kind of activity of that name"),
    ("activity.kind_unknown", "no kind of activity has that code"),
    ("activity.length_negative", "the length of time is below 0"),
    ("activity.position_out_of_range", "the position is not on earth"),
];
