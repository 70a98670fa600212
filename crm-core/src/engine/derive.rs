//! What follows from a record: its index entries and unique keys.

use crate::base::text;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::{Damaged, Items, ValueRef, View};
use crate::record::field::FieldType;
use crate::record::key;
use crate::record::spec::{Form, IndexSpec, Layout, Part, Spec, Visibility};
use crate::store::Table;

/// The number of the index that every owned kind has: by accessor, then id.
pub(crate) const BY_OWNER: u8 = 0;
/// The value of an entry under the record's owner.
pub(crate) const AS_OWNER: u8 = 0;
/// The value of an entry under a collaborator.
pub(crate) const AS_COLLABORATOR: u8 = 1;
/// The accessor of a record without owner.
pub(crate) const NOBODY: u128 = 0;

/// A key in a table, with its value.
pub(crate) type Entry = (Table, Vec<u8>, Vec<u8>);

/// The owner and collaborators of a record, with what each is.
pub(crate) fn accessors(spec: &Spec, view: View<'_>) -> Result<Vec<(u128, u8)>, Damaged> {
    let Visibility::Owned { owner } = spec.visibility else { return Ok(Vec::new()) };
    let owner = match view.get(owner)? {
        ValueRef::Id(owner) => owner.bits,
        _ => NOBODY,
    };
    let mut accessors = vec![(owner, AS_OWNER)];
    if let Some(field) = spec.collaborators
        && let ValueRef::List(items) = view.get(field)?
    {
        for item in items {
            if let Some(user) = user_in(item)
                && accessors.iter().all(|(known, _)| *known != user)
            {
                accessors.push((user, AS_COLLABORATOR));
            }
        }
    }
    Ok(accessors)
}

/// The user that an item of a collaborators field names: an id, or the first column of a row.
pub(crate) fn user_in(item: ValueRef<'_>) -> Option<u128> {
    match item {
        ValueRef::Id(user) => Some(user.bits),
        ValueRef::List(mut columns) => columns.next().and_then(user_in),
        _ => None,
    }
}

/// Every entry of a record; `changed` says which fields matter, so that an index whose fields did
/// not change is left out.
pub(crate) fn entries(
    spec: &Spec,
    custom_unique: &[u16],
    record: RecordRef,
    view: View<'_>,
    changed: &dyn Fn(u16) -> bool,
    out: &mut Vec<Entry>,
) -> Result<(), Damaged> {
    let owner_field = match spec.visibility {
        Visibility::Owned { owner } => Some(owner),
        _ => None,
    };
    let accessors_changed = owner_field.is_some_and(changed) || spec.collaborators.is_some_and(changed);
    let accessors = if owner_field.is_some() { accessors(spec, view)? } else { Vec::new() };
    if accessors_changed {
        for (accessor, what) in &accessors {
            let mut entry = key::index(spec.kind, BY_OWNER, key::BY_ACCESSOR);
            entry.extend_from_slice(&accessor.to_be_bytes());
            entry.extend_from_slice(&record.bits.to_be_bytes());
            out.push((Table::Index, entry, vec![*what]));
        }
    }
    for index in spec.indexes {
        let parts_changed = index.parts.iter().any(|part| changed(part.field));
        let scoped = index.layout == Layout::Scoped;
        if !(parts_changed || scoped && accessors_changed) {
            continue;
        }
        for key in part_keys(spec, index, view)? {
            index_entries(spec.kind, index, record, key, &accessors, out);
        }
    }
    for field in custom_unique {
        if changed(*field) {
            let mut entry = custom_unique_key(spec.kind, *field);
            let value = view.get(*field)?;
            if value != ValueRef::Null {
                key::put(&mut entry, value);
                out.push((Table::Unique, entry, record.bits.to_be_bytes().to_vec()));
            }
        }
    }
    Ok(())
}

/// The first bytes of the unique keys of a custom field.
pub(crate) fn custom_unique_key(kind: KindNo, field: u16) -> Vec<u8> {
    let mut entry = key::unique(kind, 0xff);
    entry.extend_from_slice(&field.to_be_bytes());
    entry
}

/// The entries of a record under a key of an index, which is whole but for the id.
fn index_entries(
    kind: KindNo,
    index: &IndexSpec,
    record: RecordRef,
    mut key: Vec<u8>,
    accessors: &[(u128, u8)],
    out: &mut Vec<Entry>,
) {
    let id = record.bits.to_be_bytes();
    if index.layout == Layout::Unique {
        out.push((Table::Unique, key, id.to_vec()));
        return;
    }
    let scoped = index.layout == Layout::Scoped;
    let owner = accessors.first().map_or(NOBODY, |(owner, _)| *owner);
    if scoped {
        let parts = key.get(key::INDEX_AREA..).unwrap_or_default();
        for (accessor, what) in accessors {
            let mut entry = key::index(kind, index.no, key::BY_ACCESSOR);
            entry.extend_from_slice(&accessor.to_be_bytes());
            entry.extend_from_slice(parts);
            entry.extend_from_slice(&id);
            out.push((Table::Index, entry, vec![*what]));
        }
    }
    key.extend_from_slice(&id);
    out.push((Table::Index, key, if scoped { owner.to_be_bytes().to_vec() } else { Vec::new() }));
}

/// Whether a part is a reference: what refers to nothing has no entry under it.
pub(crate) fn refers(spec: &Spec, part: Part) -> bool {
    spec.field(part.field).is_some_and(|field| matches!(field.shape.ty, FieldType::Record(_)))
}

/// The keys of a record's entries in one index, without the id: one, several where a part is a list, none
/// where a unique or matching part, or a reference that leads the key, is null.
fn part_keys(spec: &Spec, index: &IndexSpec, view: View<'_>) -> Result<Vec<Vec<u8>>, Damaged> {
    let unique = index.layout == Layout::Unique;
    let mut keys = vec![match index.layout {
        Layout::Unique => key::unique(spec.kind, index.no),
        _ => key::index(spec.kind, index.no, key::PLAIN),
    }];
    for (place, part) in index.parts.iter().enumerate() {
        let value = view.get(part.field)?;
        let made = match items(*part, value) {
            Some(items) if items.clone().nth(1).is_some() => {
                let values = part_values(*part, value);
                let with = |key: &Vec<u8>, value: &Vec<u8>| [key.as_slice(), value].concat();
                if !values.is_empty() {
                    keys = keys.iter().flat_map(|key| values.iter().map(move |v| with(key, v))).collect();
                }
                !values.is_empty()
            }
            items => {
                let value = items.map_or(value, |mut items| items.next().unwrap_or(ValueRef::Null));
                keys.iter_mut().fold(false, |_, key| put_part(key, *part, value))
            }
        };
        if !made {
            if unique || part.form != Form::Value || place == 0 && refers(spec, *part) {
                return Ok(Vec::new());
            }
            keys.iter_mut().for_each(|key| key.push(0));
        }
    }
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// A value as the parts of an index make it.
pub(crate) fn part_values(part: Part, value: ValueRef<'_>) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut add = |value: ValueRef<'_>| {
        let mut key = Vec::new();
        if put_part(&mut key, part, value) {
            out.push(key);
        }
    };
    match items(part, value) {
        Some(items) => items.for_each(&mut add),
        None => add(value),
    }
    out
}

/// The items of a value, where each makes a key of its own.
fn items(part: Part, value: ValueRef<'_>) -> Option<Items<'_>> {
    match value {
        ValueRef::List(items) if part.form != Form::Normal || items.clone().all(is_row) => Some(items),
        _ => None,
    }
}

/// Appends one value as a part of an index makes it; answers whether it makes anything of it.
pub(crate) fn put_part(key: &mut Vec<u8>, part: Part, value: ValueRef<'_>) -> bool {
    let before = key.len();
    match (part.form, value) {
        (_, ValueRef::Null) => {}
        (Form::Value, value) => key::put(key, value),
        (Form::Folded, ValueRef::Text(text)) => put_text(key, &text::fold(text)),
        (Form::Company, ValueRef::Text(text)) => put_text(key, &text::company::identity(text)),
        (Form::Normal, ValueRef::List(mut columns)) => {
            if let Some(ValueRef::Text(normal)) = columns.nth(1) {
                put_text(key, normal);
            }
        }
        (Form::Normal, ValueRef::Text(text)) => put_text(key, text),
        _ => {}
    }
    key.len() > before
}

fn is_row(item: ValueRef<'_>) -> bool {
    matches!(item, ValueRef::List(_))
}

fn put_text(key: &mut Vec<u8>, text: &str) {
    if !text.is_empty() {
        key::put_text(key, text);
    }
}
