//! Index entries and unique keys proved against the records, and mended.

use std::collections::BTreeSet;

use super::config::{Config, spec};
use super::crm::read_tip;
use super::derive;
use super::marks;
use super::overlay::Overlay;
use crate::base::{KindNo, RecordRef};
use crate::record::codec::View;
use crate::record::error::Result;
use crate::record::key;
use crate::store::{Batch, Direction, Range, Store, Table};

/// How many entries one commit of a repair writes.
const CHUNK: usize = 20_000;

/// An entry that does not follow from the records.
pub(crate) struct Wrong {
    /// What a person reads.
    pub(crate) what: String,
    table: Table,
    key: Vec<u8>,
    /// What should stand there, if anything should.
    right: Option<Vec<u8>>,
}

/// Shows `see` every entry that is missing, says something else, or stands for no reason. Answers
/// how many entries there are.
pub(crate) fn prove(
    overlay: &Overlay,
    config: &Config,
    see: &mut dyn FnMut(Wrong) -> Result<()>,
) -> Result<usize> {
    let (mut found, mut absent) = (0, 0);
    // A unique key that names another record than it should; that one has no say in it.
    let mut disputed = BTreeSet::new();
    let mut cursor = overlay.range(Table::Records, Range::all(), Direction::Forward)?;
    while cursor.step()? {
        let Some(record) = key::read_record(cursor.key()) else { continue };
        for (table, key, right) in entries_of(config, record, cursor.value()).unwrap_or_default() {
            let says = match overlay.get(table, &key)? {
                Some(stored) if stored == right => {
                    found += 1;
                    continue;
                }
                Some(_) => {
                    if table == Table::Unique {
                        disputed.insert(key.clone());
                    }
                    "says something else"
                }
                None => "is missing",
            };
            absent += 1;
            let what = format!("{record}: an entry in {} {says}", table.name());
            see(Wrong { what, table, key, right: Some(right) })?;
        }
    }
    let mut count = 0;
    for table in [Table::Index, Table::Unique] {
        let mut cursor = overlay.range(table, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            count += 1;
        }
    }
    // When every expected entry was found and there are no more than these, none is idle.
    if absent > 0 || count != found {
        prove_reasons(overlay, config, &disputed, see)?;
    }
    Ok(count)
}

/// Every entry has its record.
fn prove_reasons(
    overlay: &Overlay,
    config: &Config,
    disputed: &BTreeSet<Vec<u8>>,
    see: &mut dyn FnMut(Wrong) -> Result<()>,
) -> Result<()> {
    for table in [Table::Index, Table::Unique] {
        let mut cursor = overlay.range(table, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            if table == Table::Unique && disputed.contains(cursor.key()) {
                continue;
            }
            let kind = cursor.key().first_chunk::<2>().map(|kind| KindNo(u16::from_be_bytes(*kind)));
            let id = if table == Table::Unique { cursor.value() } else { cursor.key() };
            let what = match (kind, key::read_id(id)) {
                (Some(kind), Some(bits)) => {
                    let record = RecordRef::new(kind, bits);
                    if stands(overlay, config, record, table, cursor.key())? {
                        continue;
                    }
                    format!("an entry in {} names {record} for no reason", table.name())
                }
                _ => format!("an entry in {} is damaged", table.name()),
            };
            see(Wrong { what, table, key: cursor.key().to_vec(), right: None })?;
        }
    }
    Ok(())
}

/// Whether a record has an entry under a key. One that can't be read keeps what it has.
fn stands(overlay: &Overlay, config: &Config, record: RecordRef, table: Table, key: &[u8]) -> Result<bool> {
    let Some(image) = overlay.get(Table::Records, &key::record(record))? else { return Ok(false) };
    Ok(match entries_of(config, record, &image) {
        Ok(entries) => entries.iter().any(|(of, entry, _)| *of == table && entry == key),
        Err(_) => true,
    })
}

fn entries_of(config: &Config, record: RecordRef, image: &[u8]) -> Result<Vec<derive::Entry>> {
    let mut entries = Vec::new();
    let custom = config.unique_fields(record.kind);
    derive::entries(spec(record.kind)?, custom, record, View::new(image)?, &|_| true, &mut entries)?;
    Ok(entries)
}

/// Mends all entries, so many a commit: cut short, it leaves less to mend. Answers how many it wrote.
pub(crate) fn mend(store: &dyn Store) -> Result<usize> {
    let snapshot = store.snapshot()?;
    let (end, tip) = read_tip(snapshot.as_ref())?;
    let mut quiet = tip.quiet;
    let overlay = Overlay::new(snapshot);
    let config = Config::load(&overlay)?;
    let mut batch = Batch::new();
    let mut mended = 0;
    prove(&overlay, &config, &mut |wrong| {
        batch.table_mut(wrong.table).insert(wrong.key, wrong.right);
        mended += 1;
        if batch.len() >= CHUNK {
            quiet = marks::guard(&mut batch, end.clone(), quiet);
            store.commit(&std::mem::take(&mut batch))?;
        }
        Ok(())
    })?;
    if !batch.is_empty() {
        marks::guard(&mut batch, end, quiet);
        store.commit(&batch)?;
    }
    Ok(mended)
}
