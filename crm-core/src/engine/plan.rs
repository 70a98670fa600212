//! The planner: which index serves a list, in which ranges, for which actor.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::access::Reach;
use super::derive::{self, NOBODY};
use super::sight::Sight;
use crate::base::{KindNo, Value};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, Raw};
use crate::record::desk::Sort;
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::filter::{Bounds, Predicate};
use crate::record::key;
use crate::record::spec::{Form, IndexSpec, Layout, Part, Spec, Visibility};
use crate::store::{Direction, Range, Table, after_prefix};

/// More owners than these are not merged but read with everybody's.
const MOST_OWNERS: usize = 128;
/// So many owners' entries are merged at once: opening more stretches costs as much as some pages of records.
const FEW_OWNERS: usize = 8;
/// More combinations of wanted values than these are not looked up one by one.
const MOST_COMBINATIONS: usize = 64;
/// The pseudo field that stands for the id.
pub(crate) const ID: u16 = 0;

/// One stretch of keys; entries follow the order of what comes after the first `prefix` bytes.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) table: Table,
    pub(crate) range: Range,
    pub(crate) prefix: usize,
    /// Whether entries of mere collaborators are left out.
    pub(crate) owners_only: bool,
}

/// How a list is read.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) index: String,
    pub(crate) stretches: Vec<Stretch>,
    /// Where many owners' stretches would be merged: everybody's, in the same order. To an actor whom most belongs to
    /// they give a page sooner.
    pub(crate) everybodys: Vec<Stretch>,
    pub(crate) direction: Direction,
    /// Whether entries come in the wanted order; else it is made in memory.
    pub(crate) ordered: bool,
    pub(crate) scoped: bool,
    /// What a place within the list means: it fits another plan only if that says the same.
    pub(crate) places: String,
}

/// How a list would be read, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Explanation {
    /// The index, `records` when every record of the kind is read.
    pub index: String,
    /// How many stretches of keys are merged.
    pub stretches: usize,
    /// Whether the index gives the order, so that a page costs what it shows.
    pub ordered: bool,
    /// Whether the actor's scope is served by the index too.
    pub scoped: bool,
}

/// The fields of an order by number. One that is hidden from the actor does not exist; one that shows
/// in part can't be asked about.
pub(crate) fn sort_fields(sight: &Sight, kind: KindNo, sort: &[Sort]) -> Result<Vec<(u16, bool)>> {
    let schema = sight.config.schema.kind(kind).ok_or_else(|| Error::Corrupt("an unknown kind".into()))?;
    sort.iter()
        .map(|sort| {
            if sort.field == "id" {
                return Ok((ID, sort.descending));
            }
            let field = schema.named(&sort.field);
            match field.map(|field| (field.no, sight.access.field(kind, field.no))) {
                None | Some((_, Some(FieldAccess::Hidden))) => {
                    let message = format!("{kind} has no field `{}`", sort.field);
                    Err(Error::invalid(&sort.field, "field.unknown", message))
                }
                Some((field, Some(FieldAccess::Masked))) => Err(sight.masked_field(kind, field)),
                Some((field, _)) => Ok((field, sort.descending)),
            }
        })
        .collect()
}

struct Candidate<'a> {
    index: Option<&'a IndexSpec>,
    /// The encoded values of the first parts, every combination.
    equal: Vec<Vec<u8>>,
    /// How many parts those are.
    parts: usize,
    /// The bounds of the part after them.
    bounds: Option<(Bound<Vec<u8>>, Bound<Vec<u8>>)>,
    ordered: bool,
    score: u32,
}

/// Plans a list.
pub(crate) fn plan(
    sight: &Sight,
    spec: &'static Spec,
    predicate: Option<&Predicate>,
    sort: &[(u16, bool)],
) -> Result<Option<Plan>> {
    let constraint = |field: u16| {
        predicate.and_then(|predicate| predicate.constraint(field)).map(|constraint| constraint.bounds)
    };
    // A field that can have one value only does not order anything.
    let wanted: Vec<(u16, bool)> = sort
        .iter()
        .copied()
        .filter(|(field, _)| {
            let one = matches!(constraint(*field), Some(Bounds::OneOf(values)) if values.len() == 1);
            !(one && is_plain(sight, spec, *field))
        })
        .collect();
    // What is equal stands by id, the way that the last field goes.
    let last = sort.last().is_some_and(|(_, down)| *down);
    let descending = wanted.first().map_or(last, |(_, down)| *down);
    let one_way = last == descending && wanted.iter().all(|(_, down)| *down == descending);
    let best = candidates(sight, spec, &constraint, &wanted, one_way)
        .into_iter()
        .reduce(|best, next| if next.score > best.score { next } else { best });
    let Some(best) = best else { return Ok(None) };
    let Some(accessors) = accessors(sight, spec, best.index, &constraint) else { return Ok(None) };
    let direction = if best.ordered && descending { Direction::Backward } else { Direction::Forward };
    let scoped = accessors != Accessors::Any;
    let everybodys = match &accessors {
        Accessors::These(users) if users.len() > FEW_OWNERS && best.ordered => {
            stretches(spec, &best, &Accessors::Any, sight.access.me)
        }
        _ => Vec::new(),
    };
    let stretches = stretches(spec, &best, &accessors, sight.access.me);
    Ok(Some(Plan {
        index: match best.index {
            None if scoped => "owner".to_owned(),
            None => "records".to_owned(),
            Some(index) => index.name.to_owned(),
        },
        stretches,
        everybodys,
        direction,
        ordered: best.ordered,
        scoped,
        places: match best.index {
            _ if !best.ordered => "memory".to_owned(),
            index => format!("{}/{}", index.map_or(0, |index| index.no), best.parts),
        },
    }))
}

fn candidates<'a>(
    sight: &Sight,
    spec: &'static Spec,
    constraint: &dyn Fn(u16) -> Option<Bounds>,
    wanted: &[(u16, bool)],
    one_way: bool,
) -> Vec<Candidate<'a>> {
    let by_id = one_way && wanted.first().is_none_or(|(field, _)| *field == ID);
    // Every owned kind has an index by owner, then id.
    let by_owner = match spec.visibility {
        Visibility::Owned { owner } => {
            matches!(constraint(owner), Some(Bounds::OneOf(_)))
                && sight.access.kind(spec.kind).shared.is_empty()
        }
        _ => false,
    };
    let mut found = vec![Candidate {
        index: None,
        equal: vec![Vec::new()],
        parts: 0,
        bounds: None,
        ordered: by_id,
        score: if by_id { 3 } else { 0 } + if by_owner { 8 } else { 0 },
    }];
    for index in spec.indexes {
        let mut candidate = Candidate {
            index: Some(index),
            equal: vec![Vec::new()],
            parts: 0,
            bounds: None,
            ordered: false,
            score: 0,
        };
        let mut rest = index.parts.iter();
        let mut next = rest.next();
        while let Some(part) = next {
            let Some(Bounds::OneOf(values)) = constraint(part.field) else { break };
            let Some(keys) = equal_keys(*part, &values) else { break };
            if keys.len() * candidate.equal.len() > MOST_COMBINATIONS {
                break;
            }
            candidate.equal = candidate
                .equal
                .iter()
                .flat_map(|key| keys.iter().map(move |more| [key.as_slice(), more].concat()))
                .collect();
            candidate.score += if selective(sight, spec, *part) { 8 } else { 2 };
            candidate.parts += 1;
            next = rest.next();
        }
        // Not every record is in an index that a reference leads, or with a part that is no plain
        // value; a record with several values comes several times.
        let left_out = |(place, part): (usize, &Part)| {
            index.layout == Layout::Unique
                || part.form != Form::Value
                || place == 0 && derive::refers(spec, *part)
                || holds_several(sight, spec, *part)
        };
        if index.parts.iter().enumerate().skip(candidate.parts).any(left_out) {
            continue;
        }
        if let Some(part) = next {
            candidate.bounds = bounds(constraint(part.field));
            candidate.score += u32::from(candidate.bounds.is_some());
        }
        let tail: Vec<u16> = next.into_iter().chain(rest).map(|part| part.field).collect();
        let fields: Vec<u16> = wanted.iter().map(|(field, _)| *field).collect();
        // The index gives the order when what is left of its key is the order, then the id.
        candidate.ordered = one_way
            && index.layout != Layout::Unique
            && match fields.split_last() {
                None => tail.is_empty(),
                Some((last, before)) if *last == ID => before == tail,
                Some(_) => fields == tail,
            };
        candidate.score += if candidate.ordered { 3 } else { 0 };
        if candidate.score > 0 {
            found.push(candidate);
        }
    }
    found
}

fn equal_keys(part: Part, values: &[Value]) -> Option<Vec<Vec<u8>>> {
    let mut keys = Vec::new();
    for value in values {
        let mut stored = Vec::new();
        codec::put_value(&mut stored, value);
        let made = derive::part_values(part, Raw(&stored).value().ok()?);
        if made.is_empty() {
            return None;
        }
        keys.extend(made);
    }
    keys.sort();
    keys.dedup();
    Some(keys)
}

fn bounds(constraint: Option<Bounds>) -> Option<(Bound<Vec<u8>>, Bound<Vec<u8>>)> {
    let encode = |value: Value| {
        let mut key = Vec::new();
        key::put_value(&mut key, &value);
        key
    };
    match constraint? {
        Bounds::OneOf(_) => None,
        Bounds::Range(low, high) => Some((low.map(encode), high.map(encode))),
        Bounds::Prefix(text) => {
            let mut start = Vec::new();
            key::put_text_start(&mut start, &text);
            Some((Bound::Included(start.clone()), after_prefix(&start)))
        }
    }
}

fn selective(sight: &Sight, spec: &Spec, part: Part) -> bool {
    let field = sight.config.schema.kind(spec.kind).and_then(|schema| schema.field(part.field));
    part.form != Form::Value || field.is_some_and(|field| matches!(field.ty, FieldType::Record(_)))
}

fn holds_several(sight: &Sight, spec: &Spec, part: Part) -> bool {
    let field = sight.config.schema.kind(spec.kind).and_then(|schema| schema.field(part.field));
    field.is_some_and(|field| field.many)
}

/// Whether a field's one value says how it stands in an order.
fn is_plain(sight: &Sight, spec: &Spec, field: u16) -> bool {
    let field = sight.config.schema.kind(spec.kind).and_then(|schema| schema.field(field));
    field.is_some_and(|field| {
        !field.many && !matches!(field.ty, FieldType::Phone | FieldType::Email | FieldType::Row)
    })
}

/// Through whose entries a list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Accessors {
    /// Everybody's; each record is checked.
    Any,
    /// Those of these users.
    These(BTreeSet<u128>),
}

/// None when the actor reads nothing of the kind.
fn accessors(
    sight: &Sight,
    spec: &Spec,
    index: Option<&IndexSpec>,
    constraint: &dyn Fn(u16) -> Option<Bounds>,
) -> Option<Accessors> {
    let access = &sight.access;
    let rights = access.kind(spec.kind);
    let reach = access.reach(Action::Read, spec.kind);
    if reach.is_none() && rights.shared.is_empty() {
        return None;
    }
    let Visibility::Owned { owner } = spec.visibility else { return Some(Accessors::Any) };
    if index.is_some_and(|index| index.layout != Layout::Scoped) || !rights.shared.is_empty() {
        return Some(Accessors::Any);
    }
    let asked = match constraint(owner) {
        Some(Bounds::OneOf(values)) => Some(
            values
                .iter()
                .filter_map(|value| match value {
                    Value::Id(user) => Some(user.bits),
                    Value::Null => Some(NOBODY),
                    _ => None,
                })
                .collect::<BTreeSet<_>>(),
        ),
        _ => None,
    };
    let reached = match reach {
        Some(Reach::All) | None => None,
        Some(Reach::Owners(owners)) => {
            let mut reached = owners.as_ref().clone();
            reached.extend(access.me);
            if !rights.pools.is_empty() {
                reached.insert(NOBODY);
            }
            Some(reached)
        }
    };
    let users = match (asked, reached) {
        (None, None) => return Some(Accessors::Any),
        (Some(asked), None) => asked,
        (None, Some(reached)) => reached,
        (Some(asked), Some(reached)) => {
            // A record of somebody else's may be reached as a collaborator.
            let mut users: BTreeSet<_> = asked.intersection(&reached).copied().collect();
            users.extend(access.me);
            users
        }
    };
    Some(if users.len() > MOST_OWNERS { Accessors::Any } else { Accessors::These(users) })
}

fn stretches(
    spec: &Spec,
    candidate: &Candidate<'_>,
    accessors: &Accessors,
    me: Option<u128>,
) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut add = |table, start: Vec<u8>, owners_only| {
        for equal in &candidate.equal {
            let prefix = [start.as_slice(), equal].concat();
            stretches.push(stretch(table, prefix, candidate.bounds.as_ref(), owners_only));
        }
    };
    match (candidate.index, accessors) {
        (None, Accessors::Any) => add(Table::Records, spec.kind.0.to_be_bytes().to_vec(), false),
        (Some(index), Accessors::Any) if index.layout == Layout::Unique => {
            add(Table::Unique, key::unique(spec.kind, index.no), false);
        }
        (Some(index), Accessors::Any) => {
            add(Table::Index, key::index(spec.kind, index.no, key::PLAIN), false)
        }
        (index, Accessors::These(users)) => {
            let no = index.map_or(derive::BY_OWNER, |index| index.no);
            for user in users {
                let mut start = key::index(spec.kind, no, key::BY_ACCESSOR);
                start.extend_from_slice(&user.to_be_bytes());
                add(Table::Index, start, me != Some(*user));
            }
        }
    }
    stretches
}

fn stretch(
    table: Table,
    prefix: Vec<u8>,
    bounds: Option<&(Bound<Vec<u8>>, Bound<Vec<u8>>)>,
    owners_only: bool,
) -> Stretch {
    let mut range = Range::prefix(&prefix);
    let with = |part: &Vec<u8>| [prefix.as_slice(), part].concat();
    if let Some((low, high)) = bounds {
        match low {
            Bound::Included(part) => range.from = Bound::Included(with(part)),
            // Every key with exactly this part comes before the first one after it.
            Bound::Excluded(part) => {
                if let Bound::Excluded(after) = after_prefix(&with(part)) {
                    range.from = Bound::Included(after);
                }
            }
            // Null sorts first and passes no comparison.
            Bound::Unbounded => range.from = Bound::Included(with(&vec![1])),
        }
        match high {
            Bound::Included(part) => range.to = after_prefix(&with(part)),
            Bound::Excluded(part) => range.to = Bound::Excluded(with(part)),
            Bound::Unbounded => {}
        }
    }
    Stretch { table, range, prefix: prefix.len(), owners_only }
}
