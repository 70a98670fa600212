//! Lifecycles and pipelines as records.

use std::collections::{BTreeMap, BTreeSet};

use super::define;
use crate::base::KindNo;
use crate::base::kind::LifecycleId;
use crate::domain::org::{LIFECYCLE_BY_NAME, LifecycleDefinition, rules};
use crate::record::action::Action;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::lifecycle::document::Fault;
use crate::record::lifecycle::{Lifecycle, MigrationProblem, load_all, migrate};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// How many records are looked at in one stretch.
const STRETCH: usize = 1_000;

/// What defining a lifecycle did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LifecycleDefined {
    /// The record of the definition.
    pub lifecycle: LifecycleId,
    /// How many records were moved from a state that is gone or renamed.
    pub moved: usize,
}

command! {
    /// Defines a lifecycle or pipeline, or replaces the one of its name, a built-in one too.
    ///
    /// The records that follow it are moved by the map in the same unit. When some are in a state
    /// that is gone and not mapped, nothing changes, and the error names every such state.
    ///
    /// # Errors
    /// Invalid with everything that is wrong with the definition and the map.
    pub struct DefineLifecycle as "lifecycle.define" -> LifecycleDefined {
        /// The definition; [`load`](crate::record::lifecycle::load) reads one from a document.
        definition: Lifecycle,
        /// Whether records that name no lifecycle follow it.
        #[serde(default)]
        default: bool,
        /// Where records go, by the code of the state they are in.
        #[serde(default)]
        map: BTreeMap<String, String>,
    }
    run(this, desk) {
        define_lifecycle(desk, &this.definition, this.default, &this.map)
    }
}

command! {
    /// Defines every pipeline and lifecycle of a document in YAML or JSON, with English or Chinese
    /// keys (see [`load_all`]), as `lifecycle.define` does.
    ///
    /// # Errors
    /// Invalid with everything that is wrong with the document, by line and column.
    pub struct LoadLifecycles as "lifecycle.load" -> Vec<LifecycleDefined> {
        /// The document.
        document: String,
        /// Whether records that name no lifecycle follow the first of each kind.
        #[serde(default)]
        default: bool,
        /// Where records go, by the code of the state they are in.
        #[serde(default)]
        map: BTreeMap<String, String>,
    }
    run(this, desk) {
        let loaded = load_all(&this.document).map_err(|faults| {
            let text = this.document.as_str();
            let marked = |fault: &Fault| Invalid::marked("document", "", text, fault.diagnostic(text));
            Error::Invalid(faults.iter().map(marked).collect())
        })?;
        let mut led = BTreeSet::new();
        loaded
            .iter()
            .map(|lifecycle| {
                let default = this.default && led.insert(lifecycle.kind);
                define_lifecycle(desk, lifecycle, default, &this.map)
            })
            .collect()
    }
}

fn define_lifecycle(
    desk: &mut dyn Desk,
    definition: &Lifecycle,
    default: bool,
    map: &BTreeMap<String, String>,
) -> Result<LifecycleDefined> {
    let problems = rules::lifecycle_problems(definition, &desk.schema());
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (kind, name) = (definition.kind, definition.name.clone());
    let parts = vec![kind.name().into(), name.clone().into()];
    let known = desk.find_as::<LifecycleDefinition>(LIFECYCLE_BY_NAME, parts, 1)?;
    let mut record: LifecycleDefinition = define(desk, known.first().map(Record::id), None)?;
    kind.name().clone_into(&mut record.kind);
    record.name = name;
    record.definition =
        serde_json::to_string(definition).map_err(|error| Error::Internal(error.to_string()))?;
    record.default = (default || record.default == Some(true)).then_some(true);
    let moved = move_records(desk, definition, record.default == Some(true), map)?;
    if record.default == Some(true) {
        leave_default(desk, kind, record.id())?;
    }
    desk.put(&record)?;
    Ok(LifecycleDefined { lifecycle: record.id(), moved })
}

/// Takes the mark of the default from the other lifecycles of a kind.
fn leave_default(desk: &mut dyn Desk, kind: KindNo, new: LifecycleId) -> Result<()> {
    let parts = vec![kind.name().into()];
    for other in desk.find_as::<LifecycleDefinition>(LIFECYCLE_BY_NAME, parts, usize::MAX)? {
        if other.default == Some(true) && other.id() != new {
            let mut other: LifecycleDefinition = desk.load_as(other.id(), Action::Update)?;
            other.default = None;
            desk.put(&other)?;
        }
    }
    Ok(())
}

/// Moves the records that follow the lifecycle to states of its new definition; answers how many.
fn move_records(
    desk: &mut dyn Desk,
    new: &Lifecycle,
    is_default: bool,
    map: &BTreeMap<String, String>,
) -> Result<usize> {
    let named = desk.lifecycle(new.kind, Some(&new.name));
    let default = desk.lifecycle(new.kind, None).ok();
    // Records name their lifecycle; where they name none, they follow the default one.
    let leads = is_default || default.as_ref().is_some_and(|default| default.name == new.name);
    let follows = |named: &str| if named.is_empty() { leads } else { named == new.name };
    let old = match (named, default) {
        (Ok(old), _) => old,
        (Err(_), Some(default)) if is_default => default,
        _ if map.is_empty() => return Ok(0),
        _ => {
            let message = format!("`{}` is a new lifecycle; no record is in one of its states", new.name);
            return Err(Error::invalid("map", "lifecycle.map_source_unknown", message));
        }
    };
    // Where every state is still there, every record stays where it is.
    if map.is_empty() && old.states.iter().all(|state| new.state(&state.code).is_some()) {
        return Ok(0);
    }
    let mut used: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    each_record(desk, new.kind, &mut |sheet| {
        let state = sheet.state()?;
        if follows(&sheet.lifecycle()?) && !state.is_empty() {
            used.entry(state).or_default().insert(sheet.record);
        }
        Ok(())
    })?;
    let states = used.keys().cloned().collect();
    let renames = migrate(&old, new, &states, map).map_err(|problems| {
        let invalid = |problem: &MigrationProblem| Invalid::new("map", problem.code(), problem.to_string());
        Error::Invalid(problems.iter().map(invalid).collect())
    })?;
    let moving: Vec<_> = renames.iter().filter_map(|(from, _)| used.get(from)).flatten().copied().collect();
    for record in &moving {
        let Some(image) = desk.enlist(*record, Purpose::Derive)? else { continue };
        let mut sheet = Sheet::read(desk, *record, &image)?;
        sheet.rename_states(&renames)?;
        sheet.write(desk)?;
    }
    Ok(moving.len())
}

/// Calls `see` with every record of a kind.
fn each_record(desk: &mut dyn Desk, kind: KindNo, see: &mut dyn FnMut(&Sheet) -> Result<()>) -> Result<()> {
    let mut last = None;
    loop {
        let stretch = desk.walk(kind, last, STRETCH)?;
        let Some(end) = stretch.last() else { return Ok(()) };
        last = Some(*end);
        for record in stretch {
            if let Some(image) = desk.enlist(record, Purpose::Derive)? {
                see(&Sheet::read(desk, record, &image)?)?;
            }
        }
    }
}
