//! Any text is read as a rule's file, and as a scoring document.
#![no_main]

#[path = "../../crm-rules/tests/it/bodies.rs"]
#[allow(dead_code)]
mod bodies;

libfuzzer_sys::fuzz_target!(|text: &str| bodies::rule_file(text));
