//! What still refers to a record that is to go.

use std::collections::BTreeSet;

use super::unit::Unit;
use super::verify::collect_references;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup};
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::key;
use crate::record::schema::{FieldDef, KindSchema};
use crate::record::spec::{CREATED_BY, Form};
use crate::store::{Direction, Range, Table};

/// Refuses when another record refers to one that the unit deletes.
///
/// References that lead an index are looked up; kinds with others are read through, so that a
/// deletion costs what it reads.
pub(crate) fn check_unused(unit: &mut Unit<'_>, record: RecordRef) -> Result<()> {
    let schema = unit.schema();
    let mut users = Vec::new();
    for kind in schema.kinds() {
        let fields: Vec<&FieldDef> = kind.fields().filter(|field| may_name(field, record.kind)).collect();
        let mut open = BTreeSet::new();
        let mut used = false;
        for field in fields {
            match led_by(kind, field) {
                Some(index) => {
                    let parts = vec![record.into()];
                    used |= unit.count(&Lookup { kind: kind.spec.kind, index, parts, limit: 1 })? > 0;
                }
                None => drop(open.insert(field.no)),
            }
        }
        if used || !open.is_empty() && reads_of(unit, kind.spec.kind, &open, record)? {
            users.push(kind.spec.kind.name());
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    let message = format!("{record} is used by {}", users.join(", "));
    Err(Error::refused("record.in_use", message))
}

/// Whether a field may name a record of a kind.
fn may_name(field: &FieldDef, kind: KindNo) -> bool {
    field.no != CREATED_BY && names(field, kind)
}

fn names(field: &FieldDef, kind: KindNo) -> bool {
    matches!(field.ty, FieldType::Record(named) if named.is_none_or(|named| named == kind))
        || field.columns.iter().any(|column| names(column, kind))
}

/// The index that a reference leads.
pub(crate) fn led_by(kind: &KindSchema, field: &FieldDef) -> Option<u8> {
    if !matches!(field.ty, FieldType::Record(_)) {
        return None;
    }
    let leads = |part: &crate::record::spec::Part| part.field == field.no && part.form == Form::Value;
    kind.spec.indexes.iter().find(|index| index.parts.first().is_some_and(leads)).map(|index| index.no)
}

/// Whether any record of a kind names one in some of its fields, by reading all of them.
fn reads_of(unit: &Unit<'_>, kind: KindNo, fields: &BTreeSet<u16>, record: RecordRef) -> Result<bool> {
    let names = |image: &[u8]| -> Result<bool> {
        // Few records have the id's bytes in them at all.
        if !image.windows(16).any(|bytes| bytes == record.bits.to_be_bytes()) {
            return Ok(false);
        }
        let mut found = false;
        let mut walk = View::new(image)?.fields();
        while let Some((no, raw)) = walk.step()? {
            if fields.contains(&no) {
                collect_references(raw.value()?, &mut |named| found |= named == record);
            }
        }
        Ok(found)
    };
    for (other, touched) in &unit.touched {
        if other.kind == kind && *other != record && touched.written {
            let image = unit.image(*other)?;
            if image.is_some_and(|image| names(&image).unwrap_or(true)) {
                return Ok(true);
            }
        }
    }
    let range = Range::prefix(&kind.0.to_be_bytes());
    let mut cursor = unit.overlay.range(Table::Records, range, Direction::Forward)?;
    while cursor.step()? {
        let other = key::read_record(cursor.key()).ok_or_else(|| Error::Corrupt("a record's key".into()))?;
        let rewritten = unit.touched.get(&other).is_some_and(|touched| touched.written);
        if other != record && !rewritten && names(cursor.value())? {
            return Ok(true);
        }
    }
    Ok(false)
}
