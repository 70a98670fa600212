//! The integrity check: records against the journal, indexes against the records, the chain.

use std::collections::BTreeMap;

use super::config::spec;
use super::crm::Crm;
use super::history::gone_key;
use super::mend;
use super::overlay::Overlay;
use crate::base::RecordRef;
use crate::record::codec::{Raw, ValueRef, View};
use crate::record::error::{Error, Result};
use crate::record::journal::{self, Change, Entry};
use crate::record::key;
use crate::store::{Direction, Range, Table};

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
    /// Proves every index entry and unique key against the records, every reference, every record
    /// against its journal, and the journal's chain; lists what is wrong.
    ///
    /// # Errors
    /// When the store fails; damage is a finding, not an error.
    pub fn verify(&self) -> Result<Verified> {
        let overlay = self.overlay()?;
        let mut report = Verified::default();
        verify_records(&overlay, &mut report)?;
        report.entries = mend::prove(&overlay, &*self.config_of(&overlay)?, &mut |wrong| {
            report.find(wrong.what);
            Ok(())
        })?;
        verify_journal(&overlay, &mut report)?;
        verify_due(&overlay, &mut report)?;
        Ok(report)
    }

    /// Mends indexes and unique keys from the records; answers how many entries were wrong.
    /// Commands wait meanwhile.
    ///
    /// # Errors
    /// When the store fails, or another process writes to it meanwhile. Cut short, it leaves less to
    /// mend.
    pub fn repair(&self) -> Result<usize> {
        self.alone(mend::mend)
    }
}

/// Every record can be read, refers to records that are there, and follows from its journal.
fn verify_records(overlay: &Overlay, report: &mut Verified) -> Result<()> {
    let mut cursor = overlay.range(Table::Records, Range::all(), Direction::Forward)?;
    while cursor.step()? {
        let Some(record) = key::read_record(cursor.key()) else {
            report.find("a record has a damaged key".into());
            continue;
        };
        *report.records.entry(record.kind.name().to_owned()).or_default() += 1;
        let image = cursor.value();
        match references(record, image) {
            Ok(references) => {
                for (no, target) in references {
                    if overlay.get(Table::Records, &key::record(target))?.is_none() {
                        report.find(format!("{record}: field {no} refers to {target}, which is gone"));
                    }
                }
            }
            Err(error) => report.find(format!("{record}: {error}")),
        }
        match follows(overlay, record, image) {
            Ok(()) => {}
            Err(Error::Store(error)) => return Err(error.into()),
            Err(error) => report.find(format!("{record}: {error}")),
        }
    }
    Ok(())
}

/// The records that a record's fields name, each with the field.
fn references(record: RecordRef, image: &[u8]) -> Result<Vec<(u16, RecordRef)>> {
    spec(record.kind)?;
    let mut references = Vec::new();
    let mut walk = View::new(image)?.fields();
    while let Some((no, raw)) = walk.step()? {
        collect_references(raw.value()?, &mut |target| references.push((no, target)));
    }
    Ok(references)
}

/// Calls `see` with every record that a value names.
pub(crate) fn collect_references(value: ValueRef<'_>, see: &mut dyn FnMut(RecordRef)) {
    match value {
        ValueRef::Id(target) => see(target),
        ValueRef::List(items) => items.for_each(|item| collect_references(item, see)),
        _ => {}
    }
}

/// A record holds what its journal entries, followed back to its creation, say; [`Error::Corrupt`]
/// says where it does not.
fn follows(overlay: &Overlay, record: RecordRef, image: &[u8]) -> Result<()> {
    let view = View::new(image)?;
    let (mut position, mut entries) = (view.head, 0);
    // What the latest entry says of each field, none when it was erased.
    let mut says: BTreeMap<u16, Option<Vec<u8>>> = BTreeMap::new();
    loop {
        let foreign = || Error::Corrupt(format!("its journal entry {position} is not its own"));
        let bytes = overlay.get(Table::Journal, &journal::key(position))?.ok_or_else(foreign)?;
        let entry = Entry::read(&bytes)?;
        let header = entry.header;
        if header.record != record || header.change == Change::Deleted || header.previous >= position {
            return Err(foreign());
        }
        if entries == 0 && header.at != view.updated_at {
            return Err(Error::Corrupt("it was not changed when its journal says".into()));
        }
        entries += 1;
        entry.changes(|change| {
            says.entry(change.no).or_insert_with(|| Some(change.new.0.to_vec()));
        })?;
        if entry.is_erased() {
            return Ok(());
        }
        if header.change == Change::Created {
            break;
        }
        position = header.previous;
    }
    let mut walk = view.fields();
    while let Some((no, raw)) = walk.step()? {
        if says.remove(&no) != Some(Some(raw.0.to_vec())) {
            return Err(Error::Corrupt(format!("field {no} does not follow from its journal")));
        }
    }
    if let Some((no, _)) = says.iter().find(|(_, value)| value.as_deref() != Some(Raw::NULL.0)) {
        return Err(Error::Corrupt(format!("field {no} does not follow from its journal")));
    }
    if view.revision != entries {
        return Err(Error::Corrupt(format!(
            "it stands at revision {}, its journal at {entries}",
            view.revision
        )));
    }
    Ok(())
}

/// Each journal entry follows from the one before it, and what it created is there or was deleted.
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
                let Entry { header, .. } = entry;
                if header.change == Change::Created && !is_known(overlay, header.record)? {
                    report.find(format!("{}: it is gone, and nothing deleted it", header.record));
                }
            }
            Err(error) => report.find(format!("journal entry {expected}: {error}")),
        }
        expected += 1;
    }
    Ok(())
}

/// Whether a record is there, or its deletion is known.
fn is_known(overlay: &Overlay, record: RecordRef) -> Result<bool> {
    if overlay.get(Table::Records, &key::record(record))?.is_some() {
        return Ok(true);
    }
    let Some(last) = overlay.get(Table::Meta, &gone_key(record))? else { return Ok(false) };
    let entry = overlay.get(Table::Journal, &last)?;
    let header = entry.as_deref().and_then(|entry| journal::header(entry).ok());
    Ok(header.is_some_and(|header| header.record == record && header.change == Change::Deleted))
}

/// Due work can be read.
fn verify_due(overlay: &Overlay, report: &mut Verified) -> Result<()> {
    let mut cursor = overlay.range(Table::Due, Range::all(), Direction::Forward)?;
    while cursor.step()? {
        if let Err(error) = super::due::read(cursor.value()) {
            report.find(error.to_string());
        }
    }
    Ok(())
}
