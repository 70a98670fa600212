//! Where records go when a definition changes under them.

use std::collections::{BTreeMap, BTreeSet};

use super::Lifecycle;

/// Why a changed definition can't take over the records of the old one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MigrationProblem {
    /// Records are in a state that is gone, and the map doesn't say where they go.
    #[error("records are in the state `{0}`, which is gone; map it to another")]
    Unmapped(String),
    /// The map names a state that no record can be in.
    #[error("the state `{0}` is mapped but is not one of the old definition")]
    SourceUnknown(String),
    /// The map leads to a state that the new definition doesn't have.
    #[error("the state `{from}` is mapped to `{to}`, which is not defined")]
    TargetUnknown {
        /// The old state.
        from: String,
        /// The target that doesn't exist.
        to: String,
    },
}

impl MigrationProblem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            MigrationProblem::Unmapped(_) => "lifecycle.state_unmapped",
            MigrationProblem::SourceUnknown(_) => "lifecycle.map_source_unknown",
            MigrationProblem::TargetUnknown { .. } => "lifecycle.map_target_unknown",
        }
    }
}

/// The states to rename in records, as (old, new), when `new` replaces `old`.
///
/// `used` holds the codes that records are in. A state that the map doesn't name keeps its code if the new
/// definition has it.
pub fn migrate(
    old: &Lifecycle,
    new: &Lifecycle,
    used: &BTreeSet<String>,
    map: &BTreeMap<String, String>,
) -> Result<Vec<(String, String)>, Vec<MigrationProblem>> {
    let mut problems = Vec::new();
    for (from, to) in map {
        if old.state(from).is_none() && !used.contains(from) {
            problems.push(MigrationProblem::SourceUnknown(from.clone()));
        }
        if new.state(to).is_none() {
            problems.push(MigrationProblem::TargetUnknown { from: from.clone(), to: to.clone() });
        }
    }
    for state in used {
        if new.state(state).is_none() && !map.contains_key(state) {
            problems.push(MigrationProblem::Unmapped(state.clone()));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let changed = map.iter().filter(|(from, to)| from != to);
    Ok(changed.map(|(from, to)| (from.clone(), to.clone())).collect())
}
