//! The store over redb, on sound disks and on failing ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking"
)]

mod damage;
mod engine;
mod failing_disk;
mod file;
mod kill;
mod log;
mod model;
mod power_cut;

/// Whether the long seeds run: when `CRM_SLOW` is set.
fn slow() -> bool {
    std::env::var_os("CRM_SLOW").is_some()
}
