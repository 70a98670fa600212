//! The end of a unit: values checked, rights to the result checked, images written, journal chained.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::{Check, spec};
use super::custom;
use super::sight::Neighbours;
use super::unit::{Authority, Touched, Unit, denied};
use super::verify::collect_references;
use crate::base::kind::CustomField as CustomFieldKind;
use crate::base::numbering::Template;
use crate::base::{Instant, Kind, KindNo, RecordRef, calendar};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, Raw, ValueRef, View};
use crate::record::desk::{Desk, Due};
use crate::record::error::{Error, Invalid, Result};
use crate::record::journal::{self, Change, Draft, Entry, FieldChange, Header};
use crate::record::key;
use crate::record::spec::{CREATED_AT, CREATED_BY, FIRST_CUSTOM, Invariant, Marks, Visibility};
use crate::store::Table;

/// The end of the journal: where the next entry goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The position of the last entry, 0 when there is none.
    pub(crate) position: u64,
    /// Its chain.
    pub(crate) chain: [u8; 32],
    /// Its instant.
    pub(crate) at: Instant,
    /// How many commits left no entry.
    pub(crate) quiet: u64,
}

impl Tip {
    pub(crate) const START: Tip = Tip { position: 0, chain: journal::GENESIS, at: Instant::MIN, quiet: 0 };
}

/// What a unit left behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finished {
    /// Whether a record that steers the engine changed.
    pub(crate) steered: bool,
    /// The keys of due work that is due at once.
    pub(crate) due_now: Vec<Vec<u8>>,
}

/// Ends a unit.
pub(crate) fn finish(unit: &mut Unit<'_>, action: &str, tip: &mut Tip) -> Result<Finished> {
    let mut finished = Finished::default();
    let mut invalid = Vec::new();
    // What the command names, before rooms reach for more.
    let mut there = BTreeSet::new();
    for record in &unit.order {
        check_references(unit, *record, true, &mut there, &mut invalid)?;
    }
    let asked: Vec<_> = unit.order.iter().map(|record| fields(unit, *record)).collect();
    if !invalid.is_empty() {
        return Err(Error::Invalid(invalid));
    }
    // What follows from it by the trade's rules is not the actor's doing, and excuses nothing that is.
    for record in &unit.order {
        check_rights(unit, *record)?;
    }
    let order = hold(unit)?;
    for (place, record) in order.iter().enumerate() {
        // Records that rooms changed name more; the others were asked for all.
        if asked.get(place) != Some(&fields(unit, *record)) {
            check_references(unit, *record, false, &mut there, &mut invalid)?;
        }
        check_values(unit, *record, &mut invalid)?;
    }
    if !invalid.is_empty() {
        return Err(Error::Invalid(invalid));
    }
    for record in &order {
        let gone = unit.touched.get(record).is_some_and(|touched| touched.fields.is_none());
        if gone {
            super::refer::check_unused(unit, *record)?;
        }
    }
    let first = tip.position + 1;
    let judges = unit.host.judges.clone();
    for record in &order {
        let Some(entry) = journal_entry(unit, *record, action, first, tip)? else { continue };
        finished.steered |= spec(record.kind)?.steers;
        if record.kind == CustomFieldKind::NO {
            super::rekey::rekey(unit, *record)?;
        }
        unit.due.extend(judges.react(&Entry::read(&entry)?, unit.now)?);
        super::rules::automate::react(unit, *record)?;
        super::rules::related::owe(unit, *record)?;
    }
    for due in std::mem::take(&mut unit.due) {
        let once = super::rules::awaited::once(&due);
        let key = due_key(due.at, once.unwrap_or_else(|| unit.random()));
        // What is waited for already is not waited for twice.
        if once.is_some() && unit.overlay.get(Table::Due, &key)?.is_some() {
            continue;
        }
        if due.at <= unit.now {
            finished.due_now.push(key.clone());
        }
        unit.overlay.put(Table::Due, key, due_value(&due)?);
    }
    Ok(finished)
}

/// A record's fields as the unit leaves them.
fn fields(unit: &Unit<'_>, record: RecordRef) -> Option<Arc<[u8]>> {
    unit.touched.get(&record)?.fields.clone()
}

/// Runs the invariants of changed records, and what follows from them in other rooms, until nothing
/// changes any more. Answers the changed records.
fn hold(unit: &mut Unit<'_>) -> Result<Vec<RecordRef>> {
    unit.following = true;
    let mut judged: BTreeMap<RecordRef, Option<Arc<[u8]>>> = BTreeMap::new();
    let mut followed = 0;
    loop {
        // Pass after pass over all that changed, until a pass finds everything as it was judged.
        let (mut place, mut settled) = (0, true);
        while let Some(record) = unit.order.get(place).copied() {
            place += 1;
            let fields = unit.touched.get(&record).map(|touched| &touched.fields);
            if judged.get(&record) == fields {
                continue;
            }
            judged.insert(record, fields.cloned().flatten());
            settled = false;
            if let Some(invariant) = spec(record.kind)?.invariant {
                show_change(unit, record, invariant)?;
            }
        }
        if !settled {
            continue;
        }
        if followed == unit.order.len() {
            return Ok(std::mem::take(&mut unit.order));
        }
        // What follows is asked once a record, when all rooms are content.
        while let Some(record) = unit.order.get(followed).copied() {
            followed += 1;
            show_change(unit, record, super::flows::follow)?;
        }
    }
}

/// Shows a record's change in this unit, its image before and its fields after.
fn show_change(unit: &mut Unit<'_>, record: RecordRef, see: Invariant) -> Result<()> {
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let (before, fields) = (touched.before.clone(), touched.fields.clone());
    let before = before.as_deref().map(View::new).transpose()?;
    see(unit, record, before, fields.as_deref().map(View::of_fields))
}

/// The key of due work: by instant, then as drawn.
pub(crate) fn due_key(at: Instant, bits: u128) -> Vec<u8> {
    let mut key = ((at.micros() as u64) ^ (1 << 63)).to_be_bytes().to_vec();
    key.extend_from_slice(&bits.to_be_bytes());
    key
}

fn due_value(due: &Due) -> Result<Vec<u8>> {
    serde_json::to_vec(due).map_err(|error| Error::Internal(error.to_string()))
}

/// The fields of a new record with when and by whom it is created, and defaults of custom fields.
pub(crate) fn with_created(unit: &mut Unit<'_>, record: RecordRef, fields: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(fields.len() + 32);
    codec::put_field(&mut out, CREATED_AT, &unit.now.into());
    if let Some(actor) = unit.actor().user() {
        codec::put_field(&mut out, CREATED_BY, &actor.into());
    }
    let view = View::of_fields(fields);
    let mut walk = view.fields();
    let mut defaults = defaults(unit, record.kind).into_iter().peekable();
    while let Some((no, raw)) = walk.step()? {
        while let Some((_, value)) = defaults.next_if(|(default, _)| *default < no) {
            out.extend_from_slice(&value);
        }
        defaults.next_if(|(default, _)| *default == no);
        if no > CREATED_BY {
            codec::put_varint(&mut out, u64::from(no));
            out.extend_from_slice(raw.0);
        }
    }
    defaults.for_each(|(_, value)| out.extend_from_slice(&value));
    Ok(out)
}

/// The stored defaults of a kind's custom fields, by number.
fn defaults(unit: &Unit<'_>, kind: KindNo) -> Vec<(u16, Vec<u8>)> {
    let mut defaults: Vec<_> = unit
        .config
        .custom
        .get(&kind)
        .into_iter()
        .flatten()
        .filter(|field| !field.default.is_empty() && field.retired != Some(true))
        .filter_map(|field| {
            let no = u16::try_from(field.number).ok()?;
            let (ty, many) = field.ty.field_type();
            let value = crate::record::values::parse(&field.default, ty, many, &unit.config.settings).ok()?;
            let mut out = Vec::new();
            codec::put_field(&mut out, no, &value);
            Some((no, out))
        })
        .collect();
    defaults.sort();
    defaults
}

fn check_values(unit: &Unit<'_>, record: RecordRef, invalid: &mut Vec<Invalid>) -> Result<()> {
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let Some(fields) = &touched.fields else { return Ok(()) };
    let view = View::of_fields(fields);
    let before = touched.before.as_deref().map(View::new).transpose()?;
    let Some(schema) = unit.config.schema.kind(record.kind) else { return Ok(()) };
    for field in schema.required() {
        // A field that became required later is asked for when a record is next given a value there.
        let was_empty = before.map(|view| view.raw(field.no)).transpose()?.is_some_and(|raw| raw.is_none());
        if view.raw(field.no)?.is_none() && !(was_empty && field.no >= FIRST_CUSTOM) {
            invalid.push(Invalid::new(&field.name, "value.required", "a value is required"));
        }
    }
    for field in unit.config.custom.get(&record.kind).into_iter().flatten() {
        let no = u16::try_from(field.number).unwrap_or(0);
        let raw = view.raw(no)?;
        if raw != before.map(|view| view.raw(no)).transpose()?.flatten()
            && let Some(raw) = raw
        {
            custom::check(field, raw.value()?, invalid);
        }
    }
    for check in unit.config.checks.get(&record.kind).into_iter().flatten() {
        check_rule(unit, record, view, check, invalid)?;
    }
    Ok(())
}

/// Records that a changed field names must be there and, when `seen` is set, be seen by who names
/// them. Those found are kept in `there`, so that they aren't looked for again.
fn check_references(
    unit: &Unit<'_>,
    record: RecordRef,
    seen: bool,
    there: &mut BTreeSet<RecordRef>,
    invalid: &mut Vec<Invalid>,
) -> Result<()> {
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let old = match touched.before.as_deref() {
        Some(image) => View::new(image)?,
        None => View::of_fields(&[]),
    };
    let trusted = touched.authority.iter().any(|authority| matches!(authority, Authority::Purpose(_)));
    let mut named = Vec::new();
    codec::diff(old, View::of_fields(touched.fields.as_deref().unwrap_or_default()), |no, old, new| {
        if no == CREATED_BY {
            return;
        }
        let mut known = Vec::new();
        if old.may_refer()
            && let Ok(value) = old.value()
        {
            collect_references(value, &mut |target| known.push(target));
        }
        if new.may_refer()
            && let Ok(value) = new.value()
        {
            collect_references(value, &mut |target| {
                if !known.contains(&target) {
                    named.push((no, target));
                }
            });
        }
    })?;
    for (no, target) in named {
        if !seen && there.contains(&target) {
            continue;
        }
        // Who is who is no secret: users, teams and the like are named by anybody.
        let open = !seen
            || trusted
            || spec(target.kind)?.steers
            || target == record
            || unit.touched.contains_key(&target);
        let image = unit.image(target)?;
        let found = match &image {
            None => false,
            Some(image) => open || unit.sight.sees(unit.overlay, target, image)?,
        };
        if found {
            there.insert(target);
        } else {
            let name = unit.sight.field_name(record.kind, no);
            let message = format!("there is no {} `{target}`", target.kind);
            invalid.push(Invalid::new(&name, "reference.unknown", message));
        }
    }
    Ok(())
}

fn check_rule(
    unit: &Unit<'_>,
    record: RecordRef,
    view: View<'_>,
    check: &Check,
    invalid: &mut Vec<Invalid>,
) -> Result<()> {
    let mut passes = |filter| -> Result<bool> {
        let predicate = unit.sight.bind_rule(record.kind, filter, &check.name)?;
        Ok(predicate.matches(record.bits, view, &mut Neighbours::all(unit.overlay, &unit.sight))?)
    };
    let applies = check.when.as_ref().map_or(Ok(true), &mut passes)?;
    if applies && !passes(&check.holds)? {
        let message = if check.message.is_empty() { &check.name } else { &check.message };
        invalid.push(Invalid::new(&check.field, "value.rule", message.clone()));
    }
    Ok(())
}

/// The actor's rights to what a unit made of a record.
fn check_rights(unit: &Unit<'_>, record: RecordRef) -> Result<()> {
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let access = &unit.sight.access;
    let by_purpose = touched.authority.iter().any(|authority| matches!(authority, Authority::Purpose(_)));
    if access.everything || by_purpose || touched.fields.is_none() {
        return Ok(());
    }
    let spec = spec(record.kind)?;
    if let Visibility::Owned { owner } = spec.visibility {
        let (old, new) = (owner_of(touched.before.as_deref(), owner)?, new_owner(touched, owner)?);
        let gives = new != old && new.is_some() && new != access.me;
        let takes = new != old && old.is_some();
        let acts = |action| touched.authority.contains(&Authority::Actor(action));
        let handled = [Action::Assign, Action::Claim, Action::Release].into_iter().any(acts);
        if (gives || takes) && !handled && !access.may(Action::Assign, record.kind) {
            return Err(denied(Action::Assign, record.kind));
        }
    }
    Ok(())
}

fn owner_of(image: Option<&[u8]>, field: u16) -> Result<Option<u128>> {
    let Some(image) = image else { return Ok(None) };
    Ok(match View::new(image)?.get(field)? {
        ValueRef::Id(owner) => Some(owner.bits),
        _ => None,
    })
}

fn new_owner(touched: &Touched, field: u16) -> Result<Option<u128>> {
    let Some(fields) = &touched.fields else { return Ok(None) };
    Ok(match View::of_fields(fields).get(field)? {
        ValueRef::Id(owner) => Some(owner.bits),
        _ => None,
    })
}

/// What a command writes in the actor's name he may write: a field that is hidden from him takes no
/// value, one that shows in part or is read-only stays. What rooms derive is not the actor's writing,
/// and who may own a record is a right of its own.
pub(crate) fn check_field_rights(unit: &Unit<'_>, record: RecordRef, fields: &[u8]) -> Result<()> {
    let access = &unit.sight.access;
    let Some(touched) = unit.touched.get(&record) else { return Ok(()) };
    let plain = [Authority::Actor(Action::Update), Authority::Actor(Action::Create)];
    let in_name = touched.authority.iter().any(|authority| plain.contains(authority));
    if unit.following || !in_name || access.everything || access.kind(record.kind).fields.is_empty() {
        return Ok(());
    }
    let owner = match spec(record.kind)?.visibility {
        Visibility::Owned { owner } => owner,
        _ => 0,
    };
    let before = match touched.before.as_deref() {
        Some(image) => View::new(image)?,
        None => View::of_fields(&[]),
    };
    let schema = unit.config.schema.kind(record.kind);
    let derived = |no: u16, new: Raw<'_>| {
        let system =
            schema.and_then(|schema| schema.field(no)).is_some_and(|field| field.marks.has(Marks::SYSTEM));
        let code =
            matches!(new.value(), Ok(ValueRef::Text(text)) if unit.codes.iter().any(|code| code == text));
        system || code || no == owner
    };
    let mut invalid = Vec::new();
    codec::diff(before, View::of_fields(fields), |no, _, new| match access.field(record.kind, no) {
        Some(access) if !derived(no, new) => {
            invalid.push(unwritable(access, &unit.sight.field_name(record.kind, no), record.kind))
        }
        _ => {}
    })?;
    if invalid.is_empty() { Ok(()) } else { Err(Error::Invalid(invalid)) }
}

/// What a field that the actor may not write is to him.
pub(crate) fn unwritable(access: FieldAccess, field: &str, kind: KindNo) -> Invalid {
    match access {
        FieldAccess::Hidden => Invalid::new(field, "field.unknown", format!("{kind} has no field `{field}`")),
        _ => Invalid::new(field, "field.read_only", "the actor may not write this field"),
    }
}

/// Writes a record's image and journal entry; none when nothing changed.
fn journal_entry(
    unit: &mut Unit<'_>,
    record: RecordRef,
    action: &str,
    command: u64,
    tip: &mut Tip,
) -> Result<Option<Vec<u8>>> {
    let Some(touched) = unit.touched.get(&record) else { return Ok(None) };
    let (before, after) = (touched.before.clone(), touched.fields.clone());
    let change = match (&before, &after) {
        (None, None) => return Ok(None),
        (None, Some(_)) => Change::Created,
        (Some(_), Some(_)) => Change::Updated,
        (Some(_), None) => Change::Deleted,
    };
    let old = match &before {
        Some(image) => View::new(image)?,
        None => View::of_fields(&[]),
    };
    let new = View::of_fields(after.as_deref().unwrap_or_default());
    let (open, sealed, bits) = changes(unit, record.kind, old, new)?;
    if bits == 0 && change == Change::Updated {
        return Ok(None);
    }
    let salt = if sealed.is_empty() { [0; 16] } else { unit.random().to_be_bytes() };
    let position = tip.position + 1;
    let header = Header { at: unit.now, record, previous: old.head, bits, change };
    let draft = Draft {
        header,
        command,
        actor: unit.sight.access.actor,
        action,
        reason: &unit.reason,
        rule: &unit.rule,
        open: &open,
        sealed: &sealed,
        salt,
    };
    let (entry, chain) = journal::write(&draft, &tip.chain);
    match &after {
        Some(fields) => {
            let image = codec::image(old.revision + 1, position, unit.now, fields);
            unit.overlay.put(Table::Records, key::record(record), image);
        }
        None => {
            unit.overlay.delete(Table::Records, key::record(record));
            // So that the past of a deleted record can be read.
            unit.overlay.put(Table::Meta, super::history::gone_key(record), journal::key(position));
        }
    }
    unit.overlay.put(Table::Journal, journal::key(position), entry.clone());
    *tip = Tip { position, chain, at: unit.now, ..*tip };
    Ok(Some(entry))
}

type Changes<'a> = (Vec<FieldChange<'a>>, Vec<FieldChange<'a>>, u64);

/// The fields that differ, ordinary and personal ones apart, and their bits.
fn changes<'a>(unit: &Unit<'_>, kind: KindNo, old: View<'a>, new: View<'a>) -> Result<Changes<'a>> {
    let schema = unit.config.schema.kind(kind).cloned();
    let (mut open, mut sealed, mut bits) = (Vec::new(), Vec::new(), 0);
    codec::diff(old, new, |no, old: Raw<'a>, new: Raw<'a>| {
        bits |= journal::bit(no);
        let personal = schema
            .as_ref()
            .and_then(|schema| schema.field(no))
            .is_some_and(|field| field.marks.has(Marks::PERSONAL));
        if personal { &mut sealed } else { &mut open }.push(FieldChange { no, old, new });
    })?;
    Ok((open, sealed, bits))
}

/// The next human code of a kind.
pub(crate) fn next_code(unit: &mut Unit<'_>, kind: KindNo) -> Result<Option<String>> {
    let config = unit.config.clone();
    let Some(rule) = config.numbering.get(&kind) else { return Ok(None) };
    let template = Template::parse(&rule.template)
        .map_err(|error| Error::Corrupt(format!("numbering rule `{}`: {error}", rule.template)))?;
    let today = calendar::local_date(unit.now, config.settings.zone);
    let mut counter = b"number/".to_vec();
    counter.extend_from_slice(&kind.0.to_be_bytes());
    counter.extend_from_slice(template.period(today).as_bytes());
    let last = unit.overlay.get(Table::Meta, &counter)?;
    let last = last.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
    unit.overlay.put(Table::Meta, counter, (last + 1).to_be_bytes().to_vec());
    Ok(Some(template.format(today, last + 1)))
}
