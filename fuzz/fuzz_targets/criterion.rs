//! Any text is read as a criterion, printed, read again as the same, and bound.
#![no_main]

#[path = "../../crm-rules/tests/it/bodies.rs"]
#[allow(dead_code)]
mod bodies;

libfuzzer_sys::fuzz_target!(|text: &str| bodies::criterion(text));
