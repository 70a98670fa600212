//! The timeline: activities and changes of a record and of what hangs below it, newest first.

use std::collections::BTreeSet;

use crate::base::kind::ActivityId;
use crate::base::{Id, Instant, RecordRef};
use crate::domain::activity::{self, Activity};
use crate::domain::opportunity;
use crate::domain::{lead, party};
use crate::engine::feed::JournalItem;
use crate::engine::session::Session;
use crate::record::codec::{ValueRef, View};
use crate::record::error::Result;
use crate::record::spec::Record;
use crate::store::{Direction, Range, Table};

/// How many records below one are followed.
const MOST_BELOW: usize = 200;

/// Something on a timeline.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimelineItem {
    /// Something that happened with the customer.
    Activity(Box<Activity>),
    /// A change of a record.
    Change(Box<JournalItem>),
}

impl TimelineItem {
    /// When.
    pub fn at(&self) -> Instant {
        match self {
            TimelineItem::Activity(activity) => activity.at.unwrap_or_default(),
            TimelineItem::Change(change) => change.at,
        }
    }

    /// Tells items of one instant apart; the greater is the later.
    fn place(&self) -> (Instant, u128) {
        match self {
            TimelineItem::Activity(activity) => (self.at(), activity.meta.id.as_u128()),
            TimelineItem::Change(change) => (self.at(), u128::from(change.position)),
        }
    }
}

/// A page of a timeline.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TimelinePage {
    /// The items, newest first.
    pub items: Vec<TimelineItem>,
    /// What to ask the next page for; none when this is the last.
    pub end: Option<(Instant, u128)>,
}

impl Session<'_> {
    /// The timeline of a record, newest first, before the end of the page before.
    ///
    /// Below a customer hang its opportunities and the leads that became it; below an opportunity
    /// hangs nothing but its activities.
    ///
    /// # Errors
    /// Not found when there is no such record or the actor may not see it.
    pub fn timeline(
        &self,
        record: RecordRef,
        before: Option<(Instant, u128)>,
        limit: usize,
    ) -> Result<TimelinePage> {
        self.image(record)?;
        let mut records = BTreeSet::from([record]);
        for (kind, index) in below(record) {
            records.extend(self.under(kind, index, record)?);
        }
        let mut items = Vec::new();
        for record in records {
            // The record itself may be seen while one below it is not.
            let Ok(changes) = self.changes_before(record, before, limit) else { continue };
            items.extend(changes);
            items.extend(self.activities_before(record, before, limit)?);
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.place()));
        let more = items.len() > limit;
        items.truncate(limit);
        let end = items.last().filter(|_| more).map(TimelineItem::place);
        Ok(TimelinePage { items, end })
    }

    /// The records that an index leads to from another one, as far as the actor sees them.
    pub(crate) fn under(
        &self,
        kind: crate::base::KindNo,
        index: u8,
        record: RecordRef,
    ) -> Result<Vec<RecordRef>> {
        use crate::record::key;
        let reading = self.reading()?;
        let mut prefix = key::index(kind, index, key::PLAIN);
        key::put(&mut prefix, ValueRef::Id(record));
        let mut cursor = reading.overlay.range(Table::Index, Range::prefix(&prefix), Direction::Forward)?;
        let mut found = Vec::new();
        while found.len() < MOST_BELOW && cursor.step()? {
            let Some(bits) = key::read_id(cursor.key()) else { continue };
            let below = RecordRef::new(kind, bits);
            if let Some(image) = reading.overlay.get(Table::Records, &key::record(below))?
                && reading.sight.sees(&reading.overlay, below, &image)?
            {
                found.push(below);
            }
        }
        Ok(found)
    }

    fn changes_before(
        &self,
        record: RecordRef,
        before: Option<(Instant, u128)>,
        limit: usize,
    ) -> Result<Vec<TimelineItem>> {
        let changes = self.journal(record, None, usize::MAX)?.into_iter();
        let items = changes.map(|change| TimelineItem::Change(Box::new(change)));
        Ok(items.filter(|item| before.is_none_or(|end| item.place() < end)).take(limit + 1).collect())
    }

    fn activities_before(
        &self,
        record: RecordRef,
        before: Option<(Instant, u128)>,
        limit: usize,
    ) -> Result<Vec<TimelineItem>> {
        use crate::record::key;
        let reading = self.reading()?;
        let spec = Activity::SPEC;
        let mut prefix = key::index(spec.kind, activity::BY_ABOUT, key::PLAIN);
        key::put(&mut prefix, ValueRef::Id(record));
        let mut cursor = reading.overlay.range(Table::Index, Range::prefix(&prefix), Direction::Backward)?;
        let mut items = Vec::new();
        while items.len() <= limit && cursor.step()? {
            let Some(bits) = key::read_id(cursor.key()) else { continue };
            let id: ActivityId = Id::from_u128(bits);
            let Some(image) = reading.overlay.get(Table::Records, &key::record(id.record()))? else {
                continue;
            };
            if !reading.sight.sees(&reading.overlay, id.record(), &image)? {
                continue;
            }
            let image = reading.sight.show(spec.kind, image)?;
            let item = TimelineItem::Activity(Box::new(Activity::read(id, View::new(&image)?)?));
            if before.is_none_or(|end| item.place() < end) {
                items.push(item);
            }
        }
        Ok(items)
    }
}

/// The kinds that hang below a record's kind, with the index that leads to them.
fn below(record: RecordRef) -> Vec<(crate::base::KindNo, u8)> {
    if record.kind == party::Customer::SPEC.kind {
        return vec![
            (opportunity::Opportunity::SPEC.kind, opportunity::BY_CUSTOMER),
            (lead::Lead::SPEC.kind, lead::BY_CONVERTED_CUSTOMER),
        ];
    }
    Vec::new()
}
