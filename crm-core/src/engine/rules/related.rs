//! What scores and levels owe to other records: when a company changes, or an activity about it, the
//! leads whose score reads that are asked about again.
//!
//! Which leads those are is followed back over the reference fields that the rules read. That is due
//! work of its own, one reference and one stretch of records at a time: it neither weighs on the
//! command that made the change nor is lost with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::book::Active;
use super::follow::{has_score, regard_stored};
use crate::base::kind::{Activity as ActivityKind, Customer as CustomerKind};
use crate::base::{Id, Kind, KindNo, RecordRef, Span};
use crate::domain::activity::Activity;
use crate::engine::derive;
use crate::engine::refer::led_by;
use crate::engine::unit::Unit;
use crate::engine::verify::collect_references;
use crate::record::action::Action;
use crate::record::codec::{self, View};
use crate::record::desk::{Desk, Due, Lookup};
use crate::record::error::{Error, Result};
use crate::record::schema::FieldDef;
use crate::record::schema::Schema;
use crate::record::script::{Cause, Purpose};
use crate::record::spec::{Record, Visibility};

/// The due work that asks again about records which refer to one that changed.
pub(crate) const RELATED: &str = "rule.related";
/// How many records one stretch asks about.
const STRETCH: usize = 500;
/// How many records one stretch reads through where no index leads to those that refer.
const READ_THROUGH: usize = 2_000;
/// How many references lie between a scored record and what its rules read.
const FARTHEST: usize = 4;

/// One way from a record that rules read back to the records that they are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The fields of it that the rules read.
    fields: BTreeSet<u16>,
    /// Whether they count behaviours, too.
    behaves: bool,
    /// The reference fields that lead back: the kind that refers, and its field.
    back: Vec<(KindNo, u16)>,
}

/// The ways by the kind of record in which they begin.
pub(crate) type Ways = BTreeMap<KindNo, Vec<Way>>;

/// The ways of scoring and level rules.
pub(crate) fn ways<'a>(rules: impl Iterator<Item = &'a Active>, schema: &Schema) -> Ways {
    let mut ways = Ways::new();
    for active in rules {
        let written = match active.rule.is_for() {
            Purpose::Score => has_score(schema, active.kind),
            Purpose::Level => active.kind == CustomerKind::NO,
            _ => false,
        };
        if written {
            let mut reads: BTreeMap<KindNo, BTreeSet<u16>> = BTreeMap::new();
            for name in &active.rule.reads {
                let Some((kind, field)) = name.split_once('.') else { continue };
                let Some(schema) = KindNo::from_name(kind).and_then(|kind| schema.kind(kind)) else {
                    continue;
                };
                if let Some(field) = schema.named(field) {
                    reads.entry(schema.spec.kind).or_default().insert(field.no);
                }
            }
            walk(active, &reads, schema, &mut vec![], active.kind, &mut ways);
        }
    }
    ways
}

/// Notes the ways that go on from a kind, `path` references away from the rule's own.
fn walk(
    active: &Active,
    reads: &BTreeMap<KindNo, BTreeSet<u16>>,
    schema: &Schema,
    path: &mut Vec<(KindNo, u16)>,
    kind: KindNo,
    ways: &mut Ways,
) {
    let none = BTreeSet::new();
    let fields = reads.get(&kind).unwrap_or(&none);
    if !path.is_empty() {
        let back: Vec<_> = path.iter().rev().copied().collect();
        let here = ways.entry(kind).or_default();
        match here.iter_mut().find(|way| way.back == back) {
            Some(way) => {
                way.fields.extend(fields);
                way.behaves |= active.behaves;
            }
            None => here.push(Way { fields: fields.clone(), behaves: active.behaves, back }),
        }
    }
    if path.len() == FARTHEST {
        return;
    }
    for field in fields {
        let def = schema.kind(kind).and_then(|schema| schema.field(*field));
        for to in def.map(FieldDef::refers_to).unwrap_or_default() {
            path.push((kind, *field));
            walk(active, reads, schema, path, to, ways);
            path.pop();
        }
    }
}

/// What is left of a way, and how far its first reference was followed: the note of the due work.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    back: Vec<(KindNo, u16)>,
    /// The last record that was asked about.
    #[serde(default)]
    after: Option<RecordRef>,
}

impl Note {
    fn due(&self, about: RecordRef, at: crate::base::Instant) -> Result<Due> {
        let note = serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Due { at, work: RELATED.to_owned(), about, note })
    }
}

/// Queues what a record's change in a unit owes to those that refer to it.
pub(crate) fn owe(unit: &mut Unit<'_>, record: RecordRef) -> Result<()> {
    let config = unit.config.clone();
    let ways = config.rules.ways();
    if ways.is_empty() {
        return Ok(());
    }
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let (before, after) = (touched.before.clone(), touched.fields.clone());
    let before = before.as_deref().map(View::new).transpose()?;
    let after = after.as_deref().map(View::of_fields);
    let mut owed: BTreeSet<(RecordRef, &[(KindNo, u16)])> = BTreeSet::new();
    if record.kind == ActivityKind::NO {
        for view in [before, after].into_iter().flatten() {
            let activity = Activity::read(Id::from_u128(record.bits), view)?;
            let Some(about) = activity.about else { continue };
            let ways = ways.get(&about.kind).into_iter().flatten().filter(|way| way.behaves);
            owed.extend(ways.map(|way| (about, way.back.as_slice())));
        }
    }
    // What is gone is referred to by nothing.
    if let (Some(after), Some(ways)) = (after, ways.get(&record.kind)) {
        let mut changed = BTreeSet::new();
        codec::diff(before.unwrap_or(View::of_fields(&[])), after, |no, _, _| {
            changed.insert(no);
        })?;
        for way in ways.iter().filter(|way| !way.fields.is_disjoint(&changed)) {
            // What is new is referred to at most by what else this unit wrote.
            let refers =
                |kind| unit.touched.iter().any(|(other, touched)| other.kind == kind && touched.written);
            if before.is_some() || way.back.first().is_some_and(|(kind, _)| refers(*kind)) {
                owed.insert((record, way.back.as_slice()));
            }
        }
    }
    for (about, back) in owed {
        unit.due.push(Note { back: back.to_vec(), after: None }.due(about, unit.now)?);
    }
    Ok(())
}

/// Follows one reference back from a record, for one stretch of those that refer to it.
pub(crate) fn related_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let note: Note =
        serde_json::from_str(&due.note).map_err(|error| Error::Corrupt(format!("due work: {error}")))?;
    let Some((&(kind, field), rest)) = note.back.split_first() else { return Ok(()) };
    let (referring, last) = referring(desk, (kind, field), due.about, note.after)?;
    for record in referring {
        if rest.is_empty() {
            regard_stored(desk, record, Cause::Asked)?;
        } else {
            desk.schedule(Note { back: rest.to_vec(), after: None }.due(record, desk.now())?);
        }
    }
    if last.is_some() {
        // Later, so that no caller waits for all of them.
        let later = desk.now() + Span::from_micros(1);
        desk.schedule(Note { after: last, ..note }.due(due.about, later)?);
    }
    Ok(())
}

/// The records that name one in a field, after one of them: a stretch, and its last if there may be more.
fn referring(
    desk: &mut dyn Desk,
    (kind, field): (KindNo, u16),
    named: RecordRef,
    after: Option<RecordRef>,
) -> Result<(Vec<RecordRef>, Option<RecordRef>)> {
    let schema = desk.schema();
    let Some(schema) = schema.kind(kind) else { return Ok((Vec::new(), None)) };
    let owner = matches!(schema.spec.visibility, Visibility::Owned { owner } if owner == field);
    let by_field = schema.field(field).and_then(|field| led_by(schema, field));
    if let Some(index) = owner.then_some(derive::BY_OWNER).or(by_field) {
        let parts = vec![named.into()];
        let mut found = desk.matches(&Lookup { kind, index, parts, limit: usize::MAX })?;
        found.sort_unstable();
        found.dedup();
        found.retain(|record| after.is_none_or(|after| *record > after));
        let more = found.len() > STRETCH;
        found.truncate(STRETCH);
        let last = found.last().copied().filter(|_| more);
        return Ok((found, last));
    }
    let stretch = desk.walk(kind, after, READ_THROUGH)?;
    let last = stretch.last().copied().filter(|_| stretch.len() == READ_THROUGH);
    let mut found = Vec::new();
    for record in stretch {
        let image = desk.load(record, Action::Read)?;
        let mut names = false;
        collect_references(View::new(&image)?.get(field)?, &mut |target| names |= target == named);
        if names {
            found.push(record);
        }
    }
    Ok((found, last))
}
