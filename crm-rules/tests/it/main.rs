//! The tests of scripts.

mod answers;
mod checks;
mod examples;
mod hostile;
mod lowering;
mod sample;
