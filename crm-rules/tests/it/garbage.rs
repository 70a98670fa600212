//! Scripts with something torn out or put in: told what is wrong, or run; never a panic.

use crm_core::record::script::Purpose;
use crm_rules::{Tongue, read_rule, show};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::sample::{Asked, World, cases, check};

const SEEDS: &[&str] = &[
    "fn score(lead) { let points = 0; if lead.公司规模 > 100 && lead.industry in [\"a\", \"b\"] { points += 20; } points }",
    "fn score(lead) { for tag in lead.tags { if tag.contains(\"vip\") { award(5, `has ${tag}`); } } }",
    "fn score(lead) { let n = count(\"lead\", \"state = 'new'\", #{owner: lead.owner}); max(0, 10 - n) }",
    "fn score(lead) { of(lead.budget ?? money(0, \"CNY\")) } fn of(m) { round(amount(m) / 1000) }",
    "//! name: a\n//! purpose: score\n//! kind: lead\n//! example: {\"company_size\": 5} => 1\nfn score(lead) { days_since(lead.received_at ?? now()) }",
];
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "`",
    "${",
    "#{",
    ".",
    "?.",
    "??",
    "&&",
    "||",
    "!",
    "==",
    "in",
    "lead",
    "()",
    "if",
    "fn f(x) { x }",
    "return",
    "1.5",
    "9223372036854775807",
    "-",
    "/",
    "date(\"x\")",
    "\u{0}",
    "线",
    "\\",
    "//",
    "/*",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2000), ..ProptestConfig::default() })]

    #[test]
    fn a_torn_script_is_told_or_run(
        seed in select(SEEDS),
        edits in vec((any::<prop::sample::Index>(), 0usize..6, select(PIECES)), 1..5),
    ) {
        let mut letters: Vec<char> = seed.chars().collect();
        for (place, gone, piece) in edits {
            let at = place.index(letters.len().max(1)).min(letters.len());
            let end = (at + gone).min(letters.len());
            letters.splice(at..end, piece.chars());
        }
        let source: String = letters.into_iter().collect();
        let problems = check(Purpose::Score, &source).problems;
        for problem in &problems {
            prop_assert!(source.get(problem.at.clone()).is_some(), "{source}: {problem:?}");
        }
        show(&problems, "torn", &source, Tongue::Chinese);
        let asked = Asked::about(&[]).ask(Purpose::Score, &source, &mut World::default());
        prop_assert!(problems.is_empty() || asked.is_err(), "{source}");
        if let Err(problems) = read_rule(&source) {
            show(&problems, "torn", &source, Tongue::English);
        }
    }
}
