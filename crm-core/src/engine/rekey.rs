//! The unique keys of a custom field that becomes unique, or ceases to be, while records have values
//! in it.

use super::config::spec;
use super::derive;
use super::unit::Unit;
use crate::base::kind::CustomFieldId;
use crate::base::{KindNo, RecordRef};
use crate::domain::org::CustomField;
use crate::record::codec::View;
use crate::record::error::{Error, Result};
use crate::record::key;
use crate::record::spec::Record;
use crate::store::{Direction, Range, Table};

/// Makes the keys of a changed field anew where it now is, or no longer is, unique.
///
/// # Errors
/// Invalid as `field.not_unique` when two records share a value.
pub(crate) fn rekey(unit: &mut Unit<'_>, field: RecordRef) -> Result<()> {
    let Some(touched) = unit.touched.get(&field) else { return Ok(()) };
    let id = CustomFieldId::from_u128(field.bits);
    // Nothing has a value in a field that is new.
    let (Some(before), Some(after)) = (&touched.before, &touched.fields) else { return Ok(()) };
    let before = CustomField::read(id, View::new(before)?)?;
    let after = CustomField::read(id, View::of_fields(after))?;
    let number = u16::try_from(after.number).unwrap_or(0);
    let Some(kind) = KindNo::from_name(&after.kind) else { return Ok(()) };
    match (before.unique == Some(true), after.unique == Some(true)) {
        (false, true) => build(unit, kind, number),
        (true, false) => remove(unit, kind, number),
        _ => Ok(()),
    }
}

fn build(unit: &mut Unit<'_>, kind: KindNo, field: u16) -> Result<()> {
    let spec = spec(kind)?;
    let mut cursor =
        unit.overlay.range(Table::Records, Range::prefix(&kind.0.to_be_bytes()), Direction::Forward)?;
    let mut entries = Vec::new();
    while cursor.step()? {
        let record = key::read_record(cursor.key()).ok_or_else(|| Error::Corrupt("a record's key".into()))?;
        let view = View::new(cursor.value())?;
        derive::entries(spec, &[field], record, view, &|no| no == field, &mut entries)?;
    }
    entries.sort();
    let twice = entries.iter().zip(entries.iter().skip(1)).any(|(one, next)| one.1 == next.1);
    if twice {
        let message = "two records share a value of the field that is to be unique";
        return Err(Error::invalid("unique", "field.not_unique", message));
    }
    entries.into_iter().for_each(|(table, key, value)| unit.overlay.put(table, key, value));
    Ok(())
}

fn remove(unit: &mut Unit<'_>, kind: KindNo, field: u16) -> Result<()> {
    let prefix = derive::custom_unique_key(kind, field);
    let mut cursor = unit.overlay.range(Table::Unique, Range::prefix(&prefix), Direction::Forward)?;
    let mut keys = Vec::new();
    while cursor.step()? {
        keys.push(cursor.key().to_vec());
    }
    keys.into_iter().for_each(|key| unit.overlay.delete(Table::Unique, key));
    Ok(())
}
