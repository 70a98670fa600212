//! How rows become records.

use std::collections::BTreeMap;

use super::import::Duplicates;
use super::row::Row;
use crate::base::{KindNo, RecordRef, Value};
use crate::record::action::Action;
use crate::record::codec::{self, View};
use crate::record::desk::Desk;
use crate::record::error::Result;
use crate::record::field::FieldType;
use crate::record::schema::FieldDef;
use crate::record::spec::Marks;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It made a record.
    Created,
    /// It changed a record.
    Updated,
    /// It filled in what a record lacked, or was noted on one.
    Merged,
    /// It was taken before, or its record says the same.
    Unchanged,
    /// It was left out: its record is there.
    Skipped,
}

/// Turns rows into records, one at a time, each on a desk of its own: what it writes stands or falls
/// together, and it may run commands on that desk.
///
/// ```
/// use crm_core::exchange::{Door, Row, Taken};
/// use crm_core::prelude::*;
/// use crm_core::domain::org::User;
/// use crm_core::record::desk::Desk;
///
/// /// Users, who sign in by their code.
/// struct Users;
/// impl Door for Users {
///     fn action(&self) -> &'static str {
///         "user.import"
///     }
///     fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken> {
///         let mut user = User::empty(desk.new_id());
///         user.login = row.named("code").to_owned();
///         user.name = row.text(User::name).to_owned();
///         user.manager = row.read(desk, User::manager)?;
///         row.check()?;
///         desk.put(&user)?;
///         Ok(Taken::Created)
///     }
/// }
/// ```
pub trait Door: Send + Sync {
    /// The name under which the journal keeps what it creates.
    fn action(&self) -> &'static str;

    /// Whether a field may have a column. The default: all but tables and what only its own commands set.
    fn takes(&self, field: &FieldDef) -> bool {
        !field.marks.has(Marks::SYSTEM) && field.ty != FieldType::Row
    }

    /// Takes a row whose key finds no record.
    ///
    /// # Errors
    /// Whatever is wrong with the row; what was written is undone.
    fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken>;

    /// Takes a row whose key finds a record, by the policy [`Duplicates::Update`] or
    /// [`Duplicates::Merge`]. The default is [`change`].
    ///
    /// # Errors
    /// As [`Door::create`].
    fn change(&self, row: &mut Row<'_>, desk: &mut dyn Desk, record: RecordRef) -> Result<Taken> {
        change(row, desk, record)
    }

    /// Takes a row whose key finds a record, by the policy [`Duplicates::ByRule`]. The default is to leave
    /// it out.
    ///
    /// # Errors
    /// As [`Door::create`].
    fn repeat(&self, row: &mut Row<'_>, desk: &mut dyn Desk, record: RecordRef) -> Result<Taken> {
        let _ = (row, desk, record);
        Ok(Taken::Skipped)
    }
}

/// Writes the fields that the row has.
pub(super) struct Plain(pub(super) KindNo);

impl Door for Plain {
    fn action(&self) -> &'static str {
        "record.create"
    }

    fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken> {
        desk.may(Action::Create, self.0)?;
        let values = row.values(desk)?;
        row.check()?;
        let record = RecordRef::new(self.0, desk.next_bits());
        let mut fields = Vec::with_capacity(256);
        values.iter().for_each(|(no, value)| codec::put_field(&mut fields, *no, value));
        desk.write(record, fields)?;
        Ok(Taken::Created)
    }
}

/// Puts a row's values over a record's, or under them where the policy is to merge: then only what the
/// record lacks is filled in, and lists are united. Empty cells say nothing.
///
/// # Errors
/// Whatever is wrong with the row, or no right to change the record.
pub fn change(row: &mut Row<'_>, desk: &mut dyn Desk, record: RecordRef) -> Result<Taken> {
    let image = desk.load(record, Action::Update)?;
    let values = row.values(desk)?;
    let schema = desk.schema();
    let mut stored: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    let mut walk = View::new(&image)?.fields();
    while let Some((no, raw)) = walk.step()? {
        stored.insert(no, raw.0.to_vec());
    }
    let merging = row.duplicates() == Duplicates::Merge;
    let mut changed = false;
    for (no, value) in values {
        let old = stored.get(&no);
        let value = match old {
            Some(old) if merging => united(codec::Raw(old).value()?.to_value(), value),
            _ => value,
        };
        let mut new = Vec::new();
        codec::put_value(&mut new, &value);
        if old == Some(&new) {
            continue;
        }
        let field = schema.kind(record.kind).and_then(|schema| schema.field(no));
        if let Some(field) = field.filter(|field| field.marks.has(Marks::SYSTEM)) {
            row.wrong(&field.name, "field.read_only", "this field is set by its own commands");
        }
        stored.insert(no, new);
        changed = true;
    }
    row.check()?;
    if !changed {
        return Ok(Taken::Unchanged);
    }
    let mut fields = Vec::with_capacity(image.len() + 64);
    for (no, raw) in stored {
        codec::put_varint(&mut fields, u64::from(no));
        fields.extend_from_slice(&raw);
    }
    desk.write(record, fields)?;
    Ok(if merging { Taken::Merged } else { Taken::Updated })
}

/// A stored value with what another adds: nothing to one value, the items that a list lacks.
fn united(old: Value, new: Value) -> Value {
    let (Value::List(mut items), Value::List(more)) = (old.clone(), new) else { return old };
    // The items of a list of numbers or addresses are rows, whose normal form is what they are known by.
    let known_by = |item: &Value| match item {
        Value::List(columns) => columns.get(1).filter(|normal| !normal.is_empty()).unwrap_or(item).clone(),
        item => item.clone(),
    };
    for item in more {
        if !items.iter().any(|known| known_by(known) == known_by(&item)) {
            items.push(item);
        }
    }
    Value::List(items)
}
