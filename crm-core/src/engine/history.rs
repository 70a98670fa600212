//! Reads as of a past instant: the present with later changes taken back.
//!
//! One record follows its own back pointers. A list makes one reverse pass over the journal's later
//! entries, keeps the oldest value before them per field, and joins that with the records in the
//! order of ids: no snapshots, no index of the past.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::list::{LONGEST_PAGE, Listing, order_key};
use super::overlay::Overlay;
use super::session::Reading;
use super::sight::Neighbours;
use crate::base::{Instant, KindNo, RecordRef, Value};
use crate::record::codec::{self, Raw, View, put_varint};
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::journal::{self, Change, Entry};
use crate::record::key;
use crate::store::{Direction, Range, Table};

/// The meta key under which the last journal position of a deleted record stands.
pub(crate) fn gone_key(record: RecordRef) -> Vec<u8> {
    [b"gone/".as_slice(), &key::record(record)].concat()
}

/// A record's image as it stood at an instant; none when it did not exist.
pub(crate) fn record_as_of(overlay: &Overlay, record: RecordRef, at: Instant) -> Result<Option<Vec<u8>>> {
    let image = overlay.get(Table::Records, &key::record(record))?;
    let mut position = match &image {
        Some(image) => View::new(image)?.head,
        None => match overlay.get(Table::Meta, &gone_key(record))? {
            Some(head) => {
                journal::position(&head).ok_or_else(|| Error::Corrupt("a deleted record's head".into()))?
            }
            None => return Ok(None),
        },
    };
    let mut exists = image.is_some();
    let mut fields: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    let mut revision: Option<u64> = None;
    if let Some(image) = &image {
        let view = View::new(image)?;
        revision = Some(view.revision);
        let mut walk = view.fields();
        while let Some((no, raw)) = walk.step()? {
            fields.insert(no, raw.0.to_vec());
        }
    }
    let mut changed_at = Instant::MIN;
    while position > 0 {
        let bytes = overlay
            .get(Table::Journal, &journal::key(position))?
            .ok_or_else(|| Error::Corrupt(format!("journal entry {position} is missing")))?;
        let entry = Entry::read(&bytes)?;
        if entry.header.previous >= position {
            return Err(Error::Corrupt(format!("journal entry {position} does not lead back")));
        }
        if entry.header.at <= at {
            changed_at = entry.header.at;
            break;
        }
        entry.changes(|change| {
            if change.old == Raw::NULL {
                fields.remove(&change.no);
            } else {
                fields.insert(change.no, change.old.0.to_vec());
            }
        })?;
        exists = entry.header.change != Change::Created;
        revision = revision.map(|revision| revision.saturating_sub(1));
        position = entry.header.previous;
    }
    if !exists {
        return Ok(None);
    }
    let revision = match revision {
        Some(revision) => revision,
        None => entries_until(overlay, position)?,
    };
    Ok(Some(compose(revision, position, changed_at, &fields)))
}

/// What a field of a record became, and when, in the order of time; nothing later than `until`.
pub(crate) fn field_as_it_went(
    overlay: &Overlay,
    record: RecordRef,
    field: u16,
    until: Instant,
) -> Result<Vec<(Instant, Value)>> {
    let Some(image) = overlay.get(Table::Records, &key::record(record))? else { return Ok(Vec::new()) };
    let mut position = View::new(&image)?.head;
    let mut found = Vec::new();
    while position > 0 {
        let bytes = overlay
            .get(Table::Journal, &journal::key(position))?
            .ok_or_else(|| Error::Corrupt(format!("journal entry {position} is missing")))?;
        let entry = Entry::read(&bytes)?;
        if entry.header.previous >= position {
            return Err(Error::Corrupt(format!("journal entry {position} does not lead back")));
        }
        let mut became = None;
        entry.changes(|change| {
            if change.no == field {
                became = Some(change.new);
            }
        })?;
        if let Some(became) = became.filter(|_| entry.header.at <= until) {
            found.push((entry.header.at, became.value()?.to_value()));
        }
        position = entry.header.previous;
    }
    found.reverse();
    Ok(found)
}

/// How many entries a record has up to one of them: the revision it had then.
fn entries_until(overlay: &Overlay, mut position: u64) -> Result<u64> {
    let mut count = 0;
    while position > 0 {
        let bytes = overlay
            .get(Table::Journal, &journal::key(position))?
            .ok_or_else(|| Error::Corrupt(format!("journal entry {position} is missing")))?;
        position = journal::header(&bytes)?.previous;
        count += 1;
    }
    Ok(count)
}

fn compose(revision: u64, head: u64, at: Instant, fields: &BTreeMap<u16, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    for (no, raw) in fields {
        put_varint(&mut out, u64::from(*no));
        out.extend_from_slice(raw);
    }
    codec::image(revision, head, at, &out)
}

/// What the journal's later entries say of one kind's records, in the order of ids, latest first.
struct Later {
    /// Of each step what it did and the old values that matter, one behind the other in the order found.
    bytes: Vec<u8>,
    steps: Vec<Step>,
    /// At the place of a record's earliest step, when the record was last changed before; none where that does not
    /// matter.
    dates: Vec<Instant>,
    /// Which fields matter, in order; all of them when none.
    wanted: Option<Vec<u16>>,
}

/// One later entry.
struct Step {
    id: u128,
    /// The record's entry before this one.
    previous: u64,
    /// Where it stands in the bytes; what came later stands before.
    start: u32,
    /// How many bytes of old values it has there.
    length: u32,
}

/// Entries of the journal that are so near to one another are stepped over, which costs a tenth of a
/// look-up each.
const NEAR: u64 = 16;

impl Later {
    /// Collects what happened after an instant; `wanted` says which fields matter. Without it all do,
    /// and how often and when a record was changed before.
    fn collect(overlay: &Overlay, kind: KindNo, at: Instant, wanted: Option<Vec<u16>>) -> Result<Later> {
        let mut later = Later { bytes: Vec::new(), steps: Vec::new(), dates: Vec::new(), wanted };
        let Later { bytes, steps, wanted, .. } = &mut later;
        if let Some(wanted) = wanted {
            wanted.sort_unstable();
        }
        let wanted = wanted.as_deref();
        let bits =
            wanted.map_or(u64::MAX, |wanted| wanted.iter().fold(0, |bits, no| bits | journal::bit(*no)));
        let place = |bytes: &Vec<u8>| {
            u32::try_from(bytes.len()).map_err(|_| {
                Error::invalid("as_of", "as_of.too_far", "what changed since then is more than 4 GiB")
            })
        };
        let mut cursor = overlay.range(Table::Journal, Range::all(), Direction::Backward)?;
        while cursor.step()? {
            let header = journal::header(cursor.value())?;
            if header.at <= at {
                break;
            }
            let matters = header.change != Change::Updated || header.bits & bits != 0;
            if header.record.kind != kind || !matters {
                continue;
            }
            let start = place(bytes)?;
            bytes.push(u8::from(header.change == Change::Created));
            if header.change != Change::Created {
                let entry = Entry::read(cursor.value())?;
                entry.changes(|change| {
                    if wanted.is_none_or(|wanted| wanted.binary_search(&change.no).is_ok()) {
                        put_varint(bytes, u64::from(change.no));
                        bytes.extend_from_slice(change.old.0);
                    }
                })?;
            }
            let length = place(bytes)? - start;
            steps.push(Step { id: header.record.bits, previous: header.previous, start, length });
        }
        later.steps.sort_unstable_by_key(|step| (step.id, step.start));
        if later.wanted.is_none() {
            later.date(overlay)?;
        }
        Ok(later)
    }

    /// Whether a step made its record, and the old values of the fields that it changed.
    fn read(&self, step: &Step) -> (bool, View<'_>) {
        let start = step.start as usize;
        let said = self.bytes.get(start..start + step.length as usize).unwrap_or_default();
        let (created, old) = said.split_first().unwrap_or((&0, &[]));
        (*created == 1, View::of_fields(old))
    }

    /// Notes when each record was last changed before all this, in one pass over those entries.
    fn date(&mut self, overlay: &Overlay) -> Result<()> {
        let mut earliest: Vec<(u64, usize)> = Vec::new();
        for (place, step) in self.steps.iter().enumerate() {
            let last = self.steps.get(place + 1).is_none_or(|next| next.id != step.id);
            if last && step.previous > 0 {
                earliest.push((step.previous, place));
            }
        }
        earliest.sort_unstable();
        self.dates = vec![Instant::MIN; self.steps.len()];
        let mut cursor = overlay.range(Table::Journal, Range::all(), Direction::Forward)?;
        let mut here = 0;
        for (position, place) in earliest {
            if position > here + NEAR {
                let range = Range { from: Bound::Included(journal::key(position)), to: Bound::Unbounded };
                cursor = overlay.range(Table::Journal, range, Direction::Forward)?;
                here = position - 1;
            }
            while here < position && cursor.step()? {
                here += 1;
            }
            if journal::position(cursor.key()) != Some(position) {
                return Err(Error::Corrupt(format!("journal entry {position} is missing")));
            }
            if let Some(date) = self.dates.get_mut(place) {
                *date = journal::header(cursor.value())?.at;
            }
        }
        Ok(())
    }

    /// Writes a record's image with its later changes taken back, of the fields that matter; false when it did
    /// not exist.
    fn take_back(&self, steps: std::ops::Range<usize>, image: &[u8], out: &mut Vec<u8>) -> Result<bool> {
        let last = steps.end.saturating_sub(1);
        let steps = self.steps.get(steps).unwrap_or_default();
        let Some(earliest) = steps.last() else { return Ok(false) };
        let mut old: Vec<(u16, Raw<'_>)> = Vec::new();
        for step in steps {
            let (created, changed) = self.read(step);
            if created {
                return Ok(false);
            }
            let mut walk = changed.fields();
            while let Some((no, raw)) = walk.step()? {
                match old.binary_search_by_key(&no, |(no, _)| *no) {
                    Ok(place) => old.get_mut(place).into_iter().for_each(|known| known.1 = raw),
                    Err(place) => old.insert(place, (no, raw)),
                }
            }
        }
        let present = View::new(image)?;
        let revision = present.revision.saturating_sub(steps.len() as u64);
        let dated = self.dates.get(last).copied().unwrap_or(Instant::MIN);
        codec::put_head(out, revision, earliest.previous, dated);
        let mut old = old.into_iter().peekable();
        let mut put = |no: u16, raw: Raw<'_>| {
            if raw != Raw::NULL {
                put_varint(out, u64::from(no));
                out.extend_from_slice(raw.0);
            }
        };
        let mut walk = present.fields();
        while let Some((no, raw)) = walk.step()? {
            while let Some((earlier, value)) = old.next_if(|(earlier, _)| *earlier < no) {
                put(earlier, value);
            }
            match (old.next_if(|(same, _)| *same == no), &self.wanted) {
                (Some((_, value)), _) => put(no, value),
                (None, Some(wanted)) if wanted.last().is_none_or(|last| *last < no) => break,
                (None, Some(wanted)) if wanted.binary_search(&no).is_err() => {}
                (None, _) => put(no, raw),
            }
        }
        old.for_each(|(no, value)| put(no, value));
        Ok(true)
    }

    /// Where the steps of the record end whose steps start at a place.
    fn end_of(&self, start: usize) -> usize {
        let steps = self.steps.get(start..).unwrap_or_default();
        let id = steps.first().map(|step| step.id);
        start + steps.iter().take_while(|step| Some(step.id) == id).count()
    }
}

/// What a walk over the past gives of each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Whether it is in the list, and where: other fields may be missing or of a later time.
    Listed,
    /// All of it.
    Whole,
}

/// Calls `see` with each record of a list as it stood at an instant and as it stands today, in the order
/// of ids.
pub(crate) fn walk_as_of(
    reading: &Reading,
    listing: &Listing,
    at: Instant,
    extent: Extent,
    see: &mut dyn FnMut(RecordRef, &[u8], Option<&[u8]>) -> Result<()>,
) -> Result<()> {
    let Reading { overlay, sight } = reading;
    if listing.plan.is_none() {
        return Ok(());
    }
    let wanted = if extent == Extent::Listed { listing.decided_by() } else { None };
    let later = Later::collect(overlay, listing.kind, at, wanted)?;
    let mut cursor =
        overlay.range(Table::Records, Range::prefix(&listing.kind.0.to_be_bytes()), Direction::Forward)?;
    let mut place = 0;
    let mut buffer = Vec::new();
    let mut visit = |bits: u128, today: Option<&[u8]>, steps: std::ops::Range<usize>| -> Result<()> {
        let record = RecordRef::new(listing.kind, bits);
        let gone;
        let past = match today {
            Some(today) if steps.is_empty() => today,
            Some(today) => {
                buffer.clear();
                if !later.take_back(steps, today, &mut buffer)? {
                    return Ok(());
                }
                buffer.as_slice()
            }
            None => {
                let Some(image) = record_as_of(overlay, record, at)? else { return Ok(()) };
                gone = image;
                gone.as_slice()
            }
        };
        let passes = match &listing.predicate {
            None => true,
            Some(predicate) => {
                predicate.matches(bits, View::new(past)?, &mut Neighbours::seen_at(overlay, sight, at))?
            }
        };
        if passes && sight.sees(overlay, record, today.unwrap_or(past))? {
            see(record, past, today)?;
        }
        Ok(())
    };
    loop {
        let more = cursor.step()?;
        let bits = if more { key::read_id(cursor.key()) } else { None };
        // Records that are gone today.
        while let Some(gone) = later.steps.get(place).filter(|step| bits.is_none_or(|bits| step.id < bits)) {
            let end = later.end_of(place);
            visit(gone.id, None, place..end)?;
            place = end;
        }
        let Some(bits) = bits else { return Ok(()) };
        let mine = later.steps.get(place).is_some_and(|step| step.id == bits);
        let end = if mine { later.end_of(place) } else { place };
        visit(bits, Some(cursor.value()), place..end)?;
        place = end;
    }
}

/// What places in a list of the past mean: they are made in memory.
const PAST: &str = "past";

/// A page of a list as it stood at an instant.
pub(crate) fn page_as_of(
    reading: &Reading,
    listing: &Listing,
    query: &Query,
    at: Instant,
) -> Result<(Vec<(RecordRef, Vec<u8>)>, Option<String>)> {
    let limit = query.limit.clamp(1, LONGEST_PAGE);
    let after = query.after.as_deref().map(|text| listing.read_place(PAST, text)).transpose()?;
    let mut rows: BTreeMap<Vec<u8>, RecordRef> = BTreeMap::new();
    walk_as_of(reading, listing, at, Extent::Listed, &mut |record, image, _| {
        let place = order_key(&listing.sort, record, image)?;
        if after.as_ref().is_none_or(|after| place > *after) {
            rows.insert(place, record);
            if rows.len() > limit + 1 {
                rows.pop_last();
            }
        }
        Ok(())
    })?;
    let more = rows.len() > limit;
    let mut page = Vec::with_capacity(limit.min(rows.len()));
    let mut end = None;
    for (place, record) in rows.into_iter().take(limit) {
        if let Some(image) = record_as_of(&reading.overlay, record, at)? {
            page.push((record, image));
        }
        end = more.then(|| listing.write_place(PAST, &place));
    }
    Ok((page, end))
}
