//! The tests of scripts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod bodies;
mod checks;
mod documents;
mod engine;
mod examples;
mod fuzzed;
mod garbage;
mod hostile;
mod lowering;
mod sample;
