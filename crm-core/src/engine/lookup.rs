//! How a unit looks into an index: for which keys, and whether the store need be asked.

use super::config::spec;
use super::derive;
use super::unit::Unit;
use crate::base::{RecordRef, Value};
use crate::record::codec::{self, ValueRef};
use crate::record::desk::Lookup;
use crate::record::error::{Error, Result};
use crate::record::key;
use crate::record::spec::{Form, Layout, Part};
use crate::store::Table;

/// The keys that a lookup means.
struct Keys {
    table: Table,
    prefix: Vec<u8>,
    /// Whether what follows the prefix is the id alone.
    whole: bool,
}

impl Unit<'_> {
    /// The records that a lookup meets, up to `limit`, for which `take` answers true.
    pub(crate) fn look_up(
        &mut self,
        lookup: &Lookup,
        mut take: impl FnMut(&Self, RecordRef) -> Result<bool>,
    ) -> Result<()> {
        let Some(Keys { table, prefix, whole }) = keys(lookup)? else { return Ok(()) };
        if whole && table == Table::Index && self.overlay.lacks(&prefix)? {
            return Ok(());
        }
        let area = if table == Table::Unique { key::UNIQUE_AREA } else { key::INDEX_AREA };
        let mut cursor = self.overlay.matching(table, &prefix, area)?;
        let mut taken = 0;
        while taken < lookup.limit && cursor.step()? {
            let bits = match table {
                Table::Unique => key::read_id(cursor.value()),
                // Under an accessor that is only a collaborator the record counts for its owner.
                _ if lookup.index == derive::BY_OWNER && cursor.value() != [derive::AS_OWNER] => continue,
                _ => key::read_id(cursor.key()),
            };
            let bits = bits.ok_or_else(|| Error::Corrupt("an index entry without id".into()))?;
            if take(self, RecordRef::new(lookup.kind, bits))? {
                taken += 1;
            }
        }
        Ok(())
    }
}

/// The keys of an index that a lookup names; none where nothing can stand under its values.
fn keys(lookup: &Lookup) -> Result<Option<Keys>> {
    if lookup.index == derive::BY_OWNER {
        let mut prefix = key::index(lookup.kind, derive::BY_OWNER, key::BY_ACCESSOR);
        match lookup.parts.first() {
            Some(Value::Id(owner)) => prefix.extend_from_slice(&owner.bits.to_be_bytes()),
            _ => prefix.extend_from_slice(&derive::NOBODY.to_be_bytes()),
        }
        return Ok(Some(Keys { table: Table::Index, prefix, whole: false }));
    }
    let index = spec(lookup.kind)?.indexes.iter().find(|index| index.no == lookup.index);
    let index =
        index.ok_or_else(|| Error::Corrupt(format!("{} has no index {}", lookup.kind, lookup.index)))?;
    let (table, mut prefix) = match index.layout {
        Layout::Unique => (Table::Unique, key::unique(lookup.kind, index.no)),
        _ => (Table::Index, key::index(lookup.kind, index.no, key::PLAIN)),
    };
    for (part, value) in index.parts.iter().zip(&lookup.parts) {
        if !put_part(&mut prefix, *part, value)? {
            if part.form != Form::Value {
                return Ok(None);
            }
            prefix.push(0);
        }
    }
    Ok(Some(Keys { table, prefix, whole: lookup.parts.len() >= index.parts.len() }))
}

/// Appends a value as a part of an index makes it; answers whether it makes anything of it.
fn put_part(prefix: &mut Vec<u8>, part: Part, value: &Value) -> Result<bool> {
    if let Value::Text(text) = value {
        return Ok(derive::put_part(prefix, part, ValueRef::Text(text)));
    }
    let mut stored = Vec::new();
    codec::put_value(&mut stored, value);
    let made = derive::part_values(part, codec::Raw(&stored).value()?).pop();
    Ok(made.is_some_and(|made| {
        prefix.extend_from_slice(&made);
        true
    }))
}
