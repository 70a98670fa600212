//! The tests of scripts.

mod answers;
mod checks;
mod documents;
mod engine;
mod examples;
mod garbage;
mod hostile;
mod lowering;
mod sample;
