//! Why rules are refused: every stable code with its meaning.

/// Code and meaning.
pub const CODES: &[(&str, &str)] = &[
    ("rule.source", "a script is there where the rule is one, and only there"),
    ("rule.lines", "a scoring or level rule has lines with criteria, and no other has"),
    ("rule.half_life", "points decay only after a behaviour, by a day at least"),
    ("rule.points", "a line of a scoring rule gives no points"),
    ("rule.level", "a line of a level rule gives a level that there is not"),
    ("rule.grade", "a band names a grade that there is not"),
    ("rule.group", "a cap is for a group that no line is in"),
    ("rule.range", "a number of the rule makes no sense"),
    ("rule.calls", "an automation does nothing"),
    ("rule.call", "a command of an automation can't be read or filled"),
    ("rule.triggers", "an automation reacts to nothing, or to what never happens"),
    ("rule.example", "an example does not come out as expected"),
    ("rule.example_facts", "the facts of an example can't be read"),
    ("rule.segment", "a segment is a script that no criterion says"),
    ("rule.no_judge", "nothing of the host reads the language of the rule"),
    ("rule.kind", "a rule is asked about a record of another kind"),
    ("rule.not_in_force", "a rule is called that is not in force"),
    ("rule.purpose", "a rule is asked for what it is not for"),
    ("behaviour.activity", "a behaviour names a kind of activity that there is not"),
    ("behaviour.in_use", "a behaviour goes, or gets another name, while a rule in force reads it"),
];
