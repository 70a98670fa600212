//! What can be wrong with a task.

/// Every stable code of this room, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("task.no_such_item", "the checklist has no point at that place"),
    ("task.recurrence_day", "a recurrence names a day that no month has"),
    ("task.recurrence_empty", "a recurrence comes again after nothing"),
];
