//! The integrity check, and indexes made anew from records.

use std::collections::BTreeMap;

use super::config::{Config, spec};
use super::crm::{Crm, read_tip};
use super::derive;
use super::overlay::Overlay;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::{ValueRef, View};
use crate::record::error::Result;
use crate::record::journal::{self, Entry};
use crate::record::key;
use crate::store::{Batch, Direction, Range, Store, Table};

/// How many records or entries one transaction of a rebuild handles.
const CHUNK: usize = 20_000;
/// How many findings a report lists; more are counted.
const MOST_FINDINGS: usize = 1_000;

/// What an integrity check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// How many records were read, by kind.
    pub records: BTreeMap<String, usize>,
    /// How many index entries and unique keys were proved.
    pub entries: usize,
    /// How many journal entries were proved.
    pub journal: usize,
    /// What is wrong, the first 1,000.
    pub findings: Vec<String>,
    /// How much is wrong.
    pub wrong: usize,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.wrong == 0
    }

    fn find(&mut self, finding: String) {
        self.wrong += 1;
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }
}

impl Crm {
    /// Proves every index entry, unique key and reference against the records, and the journal's
    /// chain; lists what is wrong.
    ///
    /// # Errors
    /// When the store fails; damage is a finding, not an error.
    pub fn verify(&self) -> Result<Verified> {
        let overlay = self.overlay()?;
        let config = self.config();
        let mut report = Verified::default();
        let expected = verify_records(&overlay, &config, &mut report)?;
        verify_entries(&overlay, &config, expected, &mut report)?;
        verify_journal(&overlay, &mut report)?;
        Ok(report)
    }

    /// Makes all indexes and unique keys anew from the records.
    ///
    /// # Errors
    /// When the store fails. A rebuild that was cut short begins again.
    pub fn repair(&self) -> Result<()> {
        rebuild(self.store().as_ref())
    }
}

fn entries_of(config: &Config, record: RecordRef, image: &[u8]) -> Result<Vec<derive::Entry>> {
    let mut entries = Vec::new();
    let custom = config.unique_fields(record.kind);
    derive::entries(spec(record.kind)?, custom, record, View::new(image)?, &|_| true, &mut entries)?;
    Ok(entries)
}

/// Every record has its entries, its references lead somewhere, its journal entry is its own.
fn verify_records(overlay: &Overlay, config: &Config, report: &mut Verified) -> Result<usize> {
    let mut cursor = overlay.range(Table::Records, Range::all(), Direction::Forward)?;
    let mut expected = 0;
    while cursor.step()? {
        let Some(record) = key::read_record(cursor.key()) else {
            report.find("a record has a damaged key".into());
            continue;
        };
        *report.records.entry(record.kind.name().to_owned()).or_default() += 1;
        let entries = match entries_of(config, record, cursor.value()) {
            Ok(entries) => entries,
            Err(error) => {
                report.find(format!("{record}: {error}"));
                continue;
            }
        };
        expected += entries.len();
        for (table, key, value) in entries {
            match overlay.get(table, &key)? {
                Some(stored) if stored == value => {}
                Some(_) => report.find(format!("{record}: an entry in {} says something else", table.name())),
                None => report.find(format!("{record}: an entry in {} is missing", table.name())),
            }
        }
        let mut references = Vec::new();
        let view = View::new(cursor.value())?;
        let mut walk = view.fields();
        while let Some((no, raw)) = walk.step()? {
            collect_references(raw.value()?, &mut |target| references.push((no, target)));
        }
        for (no, target) in references {
            if overlay.get(Table::Records, &key::record(target))?.is_none() {
                report.find(format!("{record}: field {no} refers to {target}, which is gone"));
            }
        }
        let head = overlay.get(Table::Journal, &journal::key(view.head))?;
        let own = head.as_deref().and_then(|entry| journal::header(entry).ok());
        if own.is_none_or(|header| header.record != record) {
            report.find(format!("{record}: its journal entry {} is not its own", view.head));
        }
    }
    Ok(expected)
}

/// Calls `see` with every record that a value names.
pub(crate) fn collect_references(value: ValueRef<'_>, see: &mut dyn FnMut(RecordRef)) {
    match value {
        ValueRef::Id(target) => see(target),
        ValueRef::List(items) => items.for_each(|item| collect_references(item, see)),
        _ => {}
    }
}

/// No entry stands without its record.
fn verify_entries(overlay: &Overlay, config: &Config, expected: usize, report: &mut Verified) -> Result<()> {
    for table in [Table::Index, Table::Unique] {
        let mut cursor = overlay.range(table, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            report.entries += 1;
        }
    }
    if report.entries == expected {
        return Ok(());
    }
    for table in [Table::Index, Table::Unique] {
        let mut cursor = overlay.range(table, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            let kind = cursor.key().first_chunk::<2>().map(|kind| KindNo(u16::from_be_bytes(*kind)));
            let id = if table == Table::Unique { cursor.value() } else { cursor.key() };
            let (Some(kind), Some(bits)) = (kind, key::read_id(id)) else {
                report.find(format!("an entry in {} is damaged", table.name()));
                continue;
            };
            let record = RecordRef::new(kind, bits);
            let image = overlay.get(Table::Records, &key::record(record))?;
            let entries = match &image {
                Some(image) => entries_of(config, record, image).unwrap_or_default(),
                None => Vec::new(),
            };
            if !entries.iter().any(|(t, key, _)| *t == table && key.as_slice() == cursor.key()) {
                report.find(format!("an entry in {} names {record} for no reason", table.name()));
            }
        }
    }
    Ok(())
}

/// Each journal entry follows from the one before it.
fn verify_journal(overlay: &Overlay, report: &mut Verified) -> Result<()> {
    let mut cursor = overlay.range(Table::Journal, Range::all(), Direction::Forward)?;
    let (mut chain, mut expected) = (journal::GENESIS, 1);
    while cursor.step()? {
        report.journal += 1;
        let position = journal::position(cursor.key());
        if position != Some(expected) {
            report.find(format!("journal entry {expected} is missing"));
            expected = position.unwrap_or(expected);
        }
        match Entry::read(cursor.value()) {
            Ok(entry) => {
                if !entry.is_sound(&chain) {
                    report.find(format!("journal entry {expected} was tampered with"));
                }
                chain = entry.chain;
            }
            Err(error) => report.find(format!("journal entry {expected}: {error}")),
        }
        expected += 1;
    }
    Ok(())
}

/// Makes all indexes anew: removes every entry, then derives them from the records, in chunks.
pub(crate) fn rebuild(store: &dyn Store) -> Result<()> {
    for table in [Table::Index, Table::Unique] {
        loop {
            let snapshot = store.snapshot()?;
            let mut batch = Batch::new();
            batch.expect_journal_end = Some(read_tip(snapshot.as_ref())?.0);
            let mut cursor = snapshot.range(table, Range::all(), Direction::Forward)?;
            while batch.len() < CHUNK && cursor.step()? {
                batch.delete(table, cursor.key().to_vec());
            }
            if batch.is_empty() {
                break;
            }
            store.commit(&batch)?;
        }
    }
    let snapshot = store.snapshot()?;
    let end = read_tip(snapshot.as_ref())?.0;
    let overlay = Overlay::new(snapshot);
    let config = Config::load(&overlay)?;
    let mut cursor = overlay.range(Table::Records, Range::all(), Direction::Forward)?;
    let mut batch = Batch::new();
    while cursor.step()? {
        let Some(record) = key::read_record(cursor.key()) else { continue };
        for (table, key, value) in entries_of(&config, record, cursor.value())? {
            batch.put(table, key, value);
        }
        if batch.len() >= CHUNK {
            batch.expect_journal_end = Some(end.clone());
            store.commit(&std::mem::take(&mut batch))?;
        }
    }
    batch.expect_journal_end = Some(end);
    store.commit(&batch)?;
    Ok(())
}
