//! Instants that automations wait for: each is due work of its own, queued when a record is given it,
//! or when a rule comes into force over records that hold it already.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::automate::{Note, run};
use super::book::Active;
use crate::base::kind::RuleId;
use crate::base::{Id, Instant, KindNo, RecordRef, Span, calendar};
use crate::domain::rule::rules::Happened;
use crate::domain::rule::{Event, Rule};
use crate::engine::unit::Unit;
use crate::record::action::Action;
use crate::record::codec::{ValueRef, View};
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::key;
use crate::record::schema::{FieldDef, KindSchema};
use crate::record::script::{Answer, Ask, Purpose as For, Which};
use crate::record::spec::Record;

/// The due work that looks whether an instant in a record has been reached.
pub(crate) const REACHED: &str = "rule.reached";
/// The due work that finds the instants which records held before a rule was in force.
pub(crate) const TAKE_UP: &str = "rule.take_up";
/// How many records one stretch of that reads.
const STRETCH: usize = 1_000;

/// The due work for the instants that a rule waits for, where they are new.
pub(super) fn reminders(
    unit: &Unit<'_>,
    active: &Active,
    about: RecordRef,
    happened: &Happened<'_>,
) -> Result<Vec<Due>> {
    let Some(after) = happened.after else { return Ok(Vec::new()) };
    let zone = unit.config.settings.zone;
    let mut awaited = Vec::new();
    for (field, at) in awaited_by(&active.rule, happened.schema, after, zone)? {
        let value = after.get(field.no)?;
        if happened.before.map(|before| before.get(field.no)).transpose()? != Some(value) {
            awaited.push((field, at));
        }
    }
    let wait = |(field, at): (&FieldDef, Instant)| {
        let note = Note::awaiting(&active.rule, unit.sight.access.actor, field, at);
        let note = Note { chain: unit.chain.clone(), ..note };
        note.due(REACHED, about, at.max(unit.now))
    };
    awaited.into_iter().map(wait).collect()
}

/// The instants in a record that a rule waits for.
fn awaited_by<'s>(
    rule: &Rule,
    schema: &'s KindSchema,
    view: View<'_>,
    zone: calendar::TimeZone,
) -> Result<Vec<(&'s FieldDef, Instant)>> {
    let mut awaited = Vec::new();
    for field in awaited_fields(rule).filter_map(|name| schema.named(name)) {
        awaited.extend(instant_of(view.get(field.no)?, zone).map(|at| (field, at)));
    }
    Ok(awaited)
}

/// The fields whose instants a rule waits for.
fn awaited_fields(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.triggers
        .iter()
        .filter(|trigger| trigger.on == Event::DueReached)
        .map(|trigger| trigger.field.as_str())
}

/// What makes two waits for one instant the same wait, so that it is ended once.
pub(crate) fn once(due: &Due) -> Option<u128> {
    let note = Some(due).filter(|due| due.work == REACHED).map(Note::read)?.ok()?;
    let (field, _) = note.reached?;
    let hash = Sha256::new()
        .chain_update(note.rule.bits.to_be_bytes())
        .chain_update(key::record(due.about))
        .chain_update(field.to_be_bytes())
        .finalize();
    hash.first_chunk().map(|bits| u128::from_be_bytes(*bits))
}

/// How far the records of a rule's kind were looked through: the note of [`TAKE_UP`].
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TakingUp {
    /// Who put the rule in force: in his name it runs.
    actor: Actor,
    /// When.
    since: Instant,
    #[serde(default)]
    after: Option<RecordRef>,
}

impl TakingUp {
    fn due(&self, rule: RecordRef, at: Instant) -> Result<Due> {
        let note = serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Due { at, work: TAKE_UP.to_owned(), about: rule, note })
    }
}

/// Has a rule that comes into force wait for what records already hold.
pub(crate) fn take_up(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    view: View<'_>,
) -> Result<()> {
    let id = Id::from_u128(record.bits);
    let rule = Rule::read(id, view)?;
    let before = before.map(|view| Rule::read(id, view)).transpose()?.filter(Rule::is_active);
    let waits = |rule: &Rule| awaited_fields(rule).map(str::to_owned).collect::<BTreeSet<_>>();
    let known = before.filter(|before| before.kind == rule.kind).map_or_else(BTreeSet::new, |b| waits(&b));
    if rule.is_active() && !waits(&rule).is_subset(&known) {
        let now = desk.now();
        desk.schedule(TakingUp { actor: desk.actor(), since: now, after: None }.due(record, now)?);
    }
    Ok(())
}

/// One stretch of looking for instants that records held before a rule was in force. Those that had
/// passed by then are past.
pub(crate) fn take_up_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let taking: TakingUp =
        serde_json::from_str(&due.note).map_err(|error| Error::Corrupt(format!("due work: {error}")))?;
    let id = RuleId::from_u128(due.about.bits);
    let rule = desk.enlist_as::<Rule>(id, Purpose::Derive)?.filter(Rule::is_active);
    let Some((rule, kind)) = rule.and_then(|rule| KindNo::from_name(&rule.kind).map(|kind| (rule, kind)))
    else {
        return Ok(());
    };
    let (schema, zone, now) = (desk.schema(), desk.settings().zone, desk.now());
    let Some(schema) = schema.kind(kind) else { return Ok(()) };
    let stretch = desk.walk(kind, taking.after, STRETCH)?;
    for record in &stretch {
        let image = desk.load(*record, Action::Read)?;
        let view = View::new(&image)?;
        // What changed since and is past was waited for by that change.
        let from = if view.updated_at > taking.since { now } else { taking.since };
        for (field, at) in awaited_by(&rule, schema, view, zone)?.into_iter().filter(|(_, at)| *at > from) {
            let note = Note::awaiting(&rule, taking.actor, field, at);
            desk.schedule(note.due(REACHED, *record, at.max(now))?);
        }
    }
    if stretch.len() == STRETCH {
        // Later, so that who put it in force need not wait.
        let next = TakingUp { after: stretch.last().copied(), ..taking };
        desk.schedule(next.due(due.about, now + Span::from_micros(1))?);
    }
    Ok(())
}

/// The instant that a value stands for; of a day its beginning.
fn instant_of(value: ValueRef<'_>, zone: calendar::TimeZone) -> Option<Instant> {
    match value {
        ValueRef::Instant(at) => Some(at),
        ValueRef::Date(day) => Some(calendar::start_of_day(day, zone)),
        _ => None,
    }
}

/// Runs an automation whose instant was reached, if the record still says so and the condition holds.
pub(crate) fn reached(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let note = Note::read(due)?;
    let Some(image) = desk.enlist(due.about, Purpose::Derive)? else { return Ok(()) };
    let view = View::new(&image)?;
    let Some((field, at)) = note.reached else { return Ok(()) };
    let stands = instant_of(view.get(field)?, desk.settings().zone);
    let rule = desk.enlist_as::<Rule>(RuleId::from_u128(note.rule.bits), Purpose::Derive)?;
    let schema = desk.schema();
    let waits = rule.is_some_and(|rule| {
        let schema = schema.kind(due.about.kind);
        awaited_fields(&rule).any(|name| schema.and_then(|s| s.named(name)).is_some_and(|f| f.no == field))
    });
    if stands.map(Instant::micros) != Some(at) || !waits {
        return Ok(());
    }
    let ask = Ask {
        which: Which::Rule(RuleId::from_u128(note.rule.bits)),
        ..Ask::new(For::Automation, due.about, view)
    };
    match desk.judge(&ask)?.map(|verdict| verdict.answer) {
        Some(Answer::Holds(true) | Answer::Calls(_)) => run(desk, due),
        _ => Ok(()),
    }
}
