//! Every code with which this room refuses.

/// The codes, each with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("party.name_taken", "another customer has this name, apart from writing"),
    ("party.parent_cycle", "a company would stand above itself"),
    ("party.parent_too_deep", "a line of parent companies is longer than the engine follows"),
    ("party.second_parent", "a company has another parent already"),
    ("party.link_twice", "the contact has a post at the customer already"),
    ("party.no_post", "the contact has no post in force at the customer"),
    ("party.relation_parties", "the two parties can't stand in this relation"),
    ("party.relation_ended", "the relation has ended already"),
    ("party.level_by_hand", "a person gave the customer its level"),
];
