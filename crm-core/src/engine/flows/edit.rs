//! Plain changes of any kind of record, by field name.

use std::collections::BTreeMap;

use crate::base::{KindNo, RecordRef, Value};
use crate::engine::config::spec;
use crate::engine::finish::unwritable;
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, View, put_varint};
use crate::record::desk::{Desk, Lookup};
use crate::record::error::{Error, Invalid, Result};
use crate::record::field::FieldType;
use crate::record::schema::KindSchema;
use crate::record::spec::{Form, Marks};
use crate::record::values;

command! {
    /// Creates a record of any kind from fields by name or label.
    pub struct CreateRecord as "record.create" -> RecordRef {
        /// The kind.
        kind: KindNo,
        /// The values.
        fields: BTreeMap<String, Value>,
    }
    run(this, desk) {
        let record = RecordRef::new(this.kind, desk.next_bits());
        desk.may(Action::Create, this.kind)?;
        let fields = merge(desk, this.kind, &[], &this.fields)?;
        desk.write(record, fields)?;
        Ok(record)
    }
}

command! {
    /// Changes fields of a record; null clears one.
    pub struct UpdateRecord as "record.update" -> RecordRef {
        /// The record.
        record: RecordRef,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The values.
        fields: BTreeMap<String, Value>,
    }
    run(this, desk) {
        let image = desk.load(this.record, Action::Update)?;
        let view = View::new(&image)?;
        check_revision(this.record, this.revision, view)?;
        let fields = merge(desk, this.record.kind, view.field_bytes(), &this.fields)?;
        desk.write(this.record, fields)?;
        Ok(this.record)
    }
}

command! {
    /// Deletes a record that no other refers to.
    pub struct DeleteRecord as "record.delete" -> () {
        /// The record.
        record: RecordRef,
        /// The revision that it must stand at; any when none.
        revision: Option<u64>,
        /// Why.
        reason: String,
    }
    run(this, desk) {
        let image = desk.load(this.record, Action::Delete)?;
        check_revision(this.record, this.revision, View::new(&image)?)?;
        check_unused(desk, this.record)?;
        desk.because(&this.reason);
        desk.delete(this.record)
    }
}

pub(crate) fn check_revision(record: RecordRef, given: Option<u64>, view: View<'_>) -> Result<()> {
    match given {
        Some(given) if given != view.revision => Err(Error::Stale { record, given, current: view.revision }),
        _ => Ok(()),
    }
}

/// Refuses when an index of another kind leads to the record.
pub(crate) fn check_unused(desk: &mut dyn Desk, record: RecordRef) -> Result<()> {
    let mut users = Vec::new();
    for schema in desk.schema().kinds() {
        for index in schema.spec.indexes {
            let Some(part) = index.parts.first().filter(|part| part.form == Form::Value) else { continue };
            let refers = schema.spec.field(part.field).is_some_and(|field| match field.shape.ty {
                FieldType::Record(None) => true,
                FieldType::Record(Some(kind)) => kind == record.kind,
                _ => false,
            });
            let lookup =
                Lookup { kind: schema.spec.kind, index: index.no, parts: vec![record.into()], limit: 1 };
            if refers && desk.count(&lookup)? > 0 {
                users.push(schema.spec.kind.name());
            }
        }
    }
    users.dedup();
    if users.is_empty() {
        return Ok(());
    }
    let message = format!("{record} is used by {}", users.join(", "));
    Err(Error::refused("record.in_use", message))
}

/// Puts values by name over stored fields.
pub(crate) fn merge(
    desk: &dyn Desk,
    kind: KindNo,
    fields: &[u8],
    values: &BTreeMap<String, Value>,
) -> Result<Vec<u8>> {
    spec(kind)?;
    let schema = desk.schema();
    let schema = schema.kind(kind).ok_or_else(|| Error::Corrupt("an unknown kind".into()))?;
    let mut stored: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    let mut walk = View::of_fields(fields).fields();
    while let Some((no, raw)) = walk.step()? {
        stored.insert(no, raw.0.to_vec());
    }
    let mut invalid = Vec::new();
    for (name, value) in values {
        match take(desk, schema, name, value) {
            Ok((no, value)) => {
                let mut raw = Vec::new();
                codec::put_value(&mut raw, &value);
                let old = if value.is_empty() { stored.remove(&no) } else { stored.insert(no, raw.clone()) };
                let same = old.map_or(value.is_empty(), |old| old == raw);
                match desk.field_access(kind, no) {
                    // Who sees a part only must not learn the rest by trying values.
                    Some(access) if access != FieldAccess::ReadOnly || !same => {
                        invalid.push(unwritable(access, name, kind));
                    }
                    _ => {}
                }
            }
            Err(error) => invalid.push(error),
        }
    }
    if !invalid.is_empty() {
        return Err(Error::Invalid(invalid));
    }
    let mut out = Vec::with_capacity(fields.len() + 64);
    for (no, raw) in stored {
        put_varint(&mut out, u64::from(no));
        out.extend_from_slice(&raw);
    }
    Ok(out)
}

/// The number of a named field and the value as its type takes it.
fn take(
    desk: &dyn Desk,
    schema: &KindSchema,
    name: &str,
    value: &Value,
) -> std::result::Result<(u16, Value), Invalid> {
    let known = schema.named(name);
    // A hidden field does not exist, whatever else is wrong with the value.
    let known =
        known.filter(|field| desk.field_access(schema.spec.kind, field.no) != Some(FieldAccess::Hidden));
    let field = known.ok_or_else(|| unwritable(FieldAccess::Hidden, name, schema.spec.kind))?;
    if field.marks.has(Marks::SYSTEM) {
        return Err(Invalid::new(name, "field.read_only", "this field is set by its own commands"));
    }
    let value = values::coerce(value, field, &desk.settings())
        .map_err(|error| Invalid::new(name, "value.type", error.to_string()))?;
    Ok((field.no, value))
}
