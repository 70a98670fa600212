//! What the example hosts share: a sales year, a replay of a public data set, tables and a progress bar.
//!
//! The engine prints nothing; how its answers look is the host's business, and this is one way to show
//! them.

use std::collections::BTreeMap;

use crm_core::base::Value;

pub mod maven;
pub mod progress;
pub mod table;
pub mod year;

/// What a step of a host ends with.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Values of fields by name, as plain changes take them.
pub fn fields<const N: usize>(values: [(&str, Value); N]) -> BTreeMap<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
