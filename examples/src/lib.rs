//! What the example hosts share: tables and a progress bar for the terminal.
//!
//! The engine prints nothing; how its answers look is the host's business, and this is one way to show
//! them.

pub mod progress;
pub mod table;
