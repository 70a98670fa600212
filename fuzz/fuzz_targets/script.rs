//! Any text is checked as a script of every purpose, and run if nothing is wrong with it.
#![no_main]

#[path = "../../crm-rules/tests/it/bodies.rs"]
#[allow(dead_code)]
mod bodies;

libfuzzer_sys::fuzz_target!(|text: &str| bodies::script(text));
