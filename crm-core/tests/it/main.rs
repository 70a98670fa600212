//! The engine's tests, one module an area.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests fail by panicking"
)]

mod automation;
mod awaited;
mod calling;
mod deal;
mod engine;
mod engines;
mod failed_work;
mod golden;
mod import;
mod insight_clv;
mod insight_engine;
mod insight_honest;
mod insight_learn;
mod insight_pipeline;
mod insight_rfm;
mod lead;
mod lead_year;
mod liveliness;
mod model;
mod offers;
mod org;
mod party;
mod permissions;
mod pool;
mod pool_rules;
mod price;
mod queries;
mod related;
mod rescoring;
mod rule_told;
mod rules;
mod shape;
mod shop;
mod targets;
mod work;
