//! Any text is read as a rule's file, and as a scoring document.
#![no_main]

use crm_core::domain::rule::rules::scoring_rule;
use crm_rules::{Tongue, read_rule, show};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Err(problems) = read_rule(text) {
        assert!(problems.iter().all(|problem| text.get(problem.at.clone()).is_some()));
        show(&problems, "fuzz", text, Tongue::English);
    }
    let _ = scoring_rule(text);
});
