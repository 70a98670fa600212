//! The engine against a model of plain maps, on the store in memory.

use std::sync::Arc;

use crm_core::prelude::*;

mod harness;

#[test]
fn random_commands_do_what_the_model_says() {
    let tally = harness::play(10_000, &|| Arc::new(MemoryStore::new()));
    // A run in which nothing happens would prove nothing.
    for (what, count) in &tally {
        println!("{count:7} {what}");
    }
    for what in
        ["create opportunity done", "update task done", "delete lead done", "verify", "history", "why"]
    {
        assert!(tally.contains_key(what) || std::env::var("CRM_SEED").is_ok(), "{what} never happened");
    }
}
