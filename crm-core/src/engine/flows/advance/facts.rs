//! What a decision asks of a record: its fields, the activities and tasks about it, the actor's roles.

use std::collections::{BTreeMap, BTreeSet};

use super::{Course, Request};
use crate::base::{Id, Kind, KindNo, RecordRef, kind};
use crate::domain::activity::{self, Activity};
use crate::domain::task::{self, Task};
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::Result;
use crate::record::lifecycle::{Move, MoveFacts, StateClass};

/// What is known when a move is decided.
#[derive(Default)]
pub(super) struct Facts {
    roles: BTreeSet<String>,
    /// The fields that the move asks for, with whether they have a value and their labels.
    fields: BTreeMap<String, (bool, String, String)>,
    activities: BTreeSet<String>,
    tasks: Vec<String>,
    reason: bool,
}

impl Facts {
    /// Looks up what the step asks for, and no more.
    pub(super) fn gather(
        desk: &mut dyn Desk,
        request: &Request,
        course: &Course,
        step: Option<&Move>,
    ) -> Result<Facts> {
        let mut facts = Facts { reason: !request.reason.trim().is_empty(), ..Facts::default() };
        let Some(step) = step else { return Ok(facts) };
        facts.roles = step.roles.iter().filter(|role| desk.has_role(role)).cloned().collect();
        let schema = desk.schema();
        let schema = schema.kind(request.record.kind);
        for name in &step.requires_fields {
            let known = match schema.and_then(|schema| schema.named(name)) {
                Some(field) => {
                    let value = course.sheet.view(|view| view.get(field.no).map(|value| value.to_value()))?;
                    let filled = !value.is_empty();
                    (filled, field.en.to_string(), field.zh.to_string())
                }
                None => (false, name.clone(), name.clone()),
            };
            facts.fields.insert(name.clone(), known);
        }
        if !step.requires_activities.is_empty() {
            facts.activities = activities_since(desk, request.record, course)?;
        }
        if course.lifecycle.state(&course.state).is_some_and(|state| state.gate) {
            facts.tasks = open_gates(desk, request.record, &course.state)?;
        }
        Ok(facts)
    }
}

impl MoveFacts for Facts {
    fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    fn field_is_filled(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|(filled, ..)| *filled)
    }

    fn activity_logged_since_entry(&self, kind: &str) -> bool {
        self.activities.contains(kind)
    }

    fn open_gate_tasks(&self) -> Vec<String> {
        self.tasks.clone()
    }

    fn has_reason(&self) -> bool {
        self.reason
    }

    fn field_labels(&self, field: &str) -> (String, String) {
        let labels = self.fields.get(field).map(|(_, en, zh)| (en.clone(), zh.clone()));
        labels.unwrap_or_else(|| (field.to_owned(), field.to_owned()))
    }
}

/// The kinds of the activities about a record since it entered its state, by code and label.
fn activities_since(desk: &mut dyn Desk, record: RecordRef, course: &Course) -> Result<BTreeSet<String>> {
    let mut kinds = BTreeSet::new();
    let since = course.since()?;
    for found in about(desk, kind::Activity::NO, activity::BY_ABOUT, record)?.into_iter().rev() {
        let id = Id::from_u128(found.bits);
        // What the actor may not read of them still counts: it was done.
        let Some(activity) = desk.enlist_as::<Activity>(id, Purpose::Derive)? else { continue };
        if activity.at < since {
            break;
        }
        kinds.extend(activity.kind.names());
    }
    Ok(kinds)
}

/// The subjects of the tasks that a state created and that are still open.
fn open_gates(desk: &mut dyn Desk, record: RecordRef, state: &str) -> Result<Vec<String>> {
    let open = tasks_of_state(desk, record, state)?.into_iter().filter(|task| task.gate == Some(true));
    Ok(open.map(|task| task.subject).collect())
}

/// The open tasks about a record that a state asked for, whoever has them.
pub(super) fn tasks_of_state(desk: &mut dyn Desk, record: RecordRef, state: &str) -> Result<Vec<Task>> {
    let lifecycle = desk.lifecycle(kind::Task::NO, None)?;
    let mut tasks = Vec::new();
    for found in about(desk, kind::Task::NO, task::BY_ABOUT, record)? {
        let Some(task) = desk.enlist_as::<Task>(Id::from_u128(found.bits), Purpose::Derive)? else {
            continue;
        };
        let class = lifecycle.state(&task.state).map_or(StateClass::Open, |state| state.class);
        if task.stage == state && !class.is_closed() {
            tasks.push(task);
        }
    }
    Ok(tasks)
}

fn about(desk: &mut dyn Desk, kind: KindNo, index: u8, record: RecordRef) -> Result<Vec<RecordRef>> {
    desk.matches(&Lookup { kind, index, parts: vec![record.into()], limit: usize::MAX })
}
