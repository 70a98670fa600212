//! The journal as its readers see it: one record's history, and the feed of all changes.

use super::crm::Crm;
use super::session::{Reading, Session};
use crate::base::{Instant, RecordRef, Value};
use crate::record::action::{Action, FieldAccess};
use crate::record::error::{Error, Result};
use crate::record::journal::{self, Actor, Change, Entry};
use crate::record::key;
use crate::store::{Direction, Range, Table};

/// One journal entry as a reader sees it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct JournalItem {
    /// Its position: ascending, unique, the key by which a repeat is recognised.
    pub position: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Actor,
    /// Which record.
    pub record: RecordRef,
    /// What happened to it.
    pub change: Change,
    /// The command.
    pub action: String,
    /// The reason given, or empty.
    pub reason: String,
    /// The rule that did it, or empty.
    pub rule: String,
    /// Each changed field with its old and its new value.
    pub fields: Vec<FieldHistory>,
    /// Whether personal values were erased from it.
    pub erased: bool,
}

/// One field's change.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct FieldHistory {
    /// The field's machine name.
    pub field: String,
    /// The value before.
    pub old: Value,
    /// The value after.
    pub new: Value,
}

fn item(reading: &Reading, position: u64, bytes: &[u8]) -> Result<JournalItem> {
    let entry = Entry::read(bytes)?;
    let kind = entry.header.record.kind;
    let schema = reading.sight.config.schema.kind(kind).cloned();
    let mut changes = Vec::new();
    entry.changes(|change| changes.push(change))?;
    changes.sort_by_key(|change| change.no);
    let mut fields = Vec::with_capacity(changes.len());
    for change in changes {
        let (mut old, mut new) = (change.old.value()?.to_value(), change.new.value()?.to_value());
        match reading.sight.access.field(kind, change.no) {
            Some(FieldAccess::Hidden) => continue,
            Some(FieldAccess::Masked) => {
                old = reading.sight.mask(kind, change.no, change.old.value()?);
                new = reading.sight.mask(kind, change.no, change.new.value()?);
            }
            _ => {}
        }
        let name = schema.as_ref().and_then(|schema| schema.field(change.no));
        let field = name.map_or_else(|| format!("field_{}", change.no), |field| field.name.to_string());
        fields.push(FieldHistory { field, old, new });
    }
    Ok(JournalItem {
        position,
        at: entry.header.at,
        actor: entry.actor,
        record: entry.header.record,
        change: entry.header.change,
        action: entry.action.to_owned(),
        reason: entry.reason.to_owned(),
        rule: entry.rule.to_owned(),
        fields,
        erased: entry.is_erased(),
    })
}

impl Session<'_> {
    /// A record's history, latest first, at most `limit` entries before a position.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such record or the actor may not see it.
    pub fn journal(&self, record: RecordRef, before: Option<u64>, limit: usize) -> Result<Vec<JournalItem>> {
        let reading = self.reading()?;
        let image = reading.overlay.get(Table::Records, &key::record(record))?;
        let image = image.ok_or_else(|| Error::not_found(record))?;
        if !reading.sight.sees(&reading.overlay, record, &image)? {
            return Err(Error::not_found(record));
        }
        let mut position = crate::record::codec::View::new(&image)?.head;
        let mut items = Vec::new();
        while position > 0 && items.len() < limit {
            let bytes = reading
                .overlay
                .get(Table::Journal, &journal::key(position))?
                .ok_or_else(|| Error::Corrupt(format!("journal entry {position} is missing")))?;
            if before.is_none_or(|before| position < before) {
                items.push(item(&reading, position, &bytes)?);
            }
            let previous = journal::header(&bytes)?.previous;
            if previous >= position {
                return Err(Error::Corrupt(format!("journal entry {position} does not lead back")));
            }
            position = previous;
        }
        Ok(items)
    }

    /// The changes after a position in order, at most `limit` of them, of the records that the actor
    /// sees. The position to go on from is that of the last entry looked at.
    ///
    /// # Errors
    /// When the store fails.
    pub fn changes(&self, after: u64, limit: usize) -> Result<(Vec<JournalItem>, u64)> {
        let reading = self.reading()?;
        let range =
            Range { from: std::ops::Bound::Excluded(journal::key(after)), to: std::ops::Bound::Unbounded };
        let mut cursor = reading.overlay.range(Table::Journal, range, Direction::Forward)?;
        let (mut items, mut last) = (Vec::new(), after);
        while items.len() < limit && cursor.step()? {
            last = journal::position(cursor.key()).ok_or_else(|| Error::Corrupt("a journal key".into()))?;
            let record = journal::header(cursor.value())?.record;
            if reading.sight.access.everything || self.may_follow(&reading, record)? {
                items.push(item(&reading, last, cursor.value())?);
            }
        }
        Ok((items, last))
    }

    fn may_follow(&self, reading: &Reading, record: RecordRef) -> Result<bool> {
        match reading.overlay.get(Table::Records, &key::record(record))? {
            Some(image) => reading.sight.sees(&reading.overlay, record, &image),
            None => {
                Ok(reading.sight.access.reach(Action::Audit, record.kind) == Some(super::access::Reach::All))
            }
        }
    }
}

impl Crm {
    /// Every committed change after a position, in order: what feeds search engines and other systems.
    ///
    /// # Errors
    /// When the store fails.
    pub fn changes(&self, after: u64, limit: usize) -> Result<(Vec<JournalItem>, u64)> {
        self.system().changes(after, limit)
    }
}
