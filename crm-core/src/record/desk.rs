//! What a room's commands run against: records, time, ids and the actor, and nothing else.

use std::sync::Arc;

use super::action::{Action, FieldAccess};
use super::codec::View;
use super::command::CommandForm;
use super::error::{Error, Result};
use super::filter::Filter;
use super::journal::Actor;
use super::lifecycle::Lifecycle;
use super::schema::Schema;
use super::script::{Ask, Heard, Verdict};
use super::spec::Record;
use crate::base::kind::RuleId;
use crate::base::settings::Settings;
use crate::base::{Id, Instant, KindNo, RecordRef, Value};

/// A look into an index for records whose key starts with the given parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// The kind of record.
    pub kind: KindNo,
    /// The number of one of its indexes.
    pub index: u8,
    /// The values of the first parts, as the index makes them (see [`super::spec::Form`]).
    pub parts: Vec<Value>,
    /// How many records at most.
    pub limit: usize,
}

/// Why a command reaches a record that its actor may have no right to.
///
/// These are all the ways around permissions that there are. What is read so is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A captured lead is merged into, or noted on, the record it repeats.
    Duplicate,
    /// A record without owner is claimed, assigned or reclaimed by its pool's rules.
    Pool,
    /// A fact of one record sets a derived field of another (a won deal its customer's state).
    Derive,
    /// Everything of a user who leaves goes to his successors.
    HandOver,
}

/// Work that is due at an instant.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Due {
    /// When.
    pub at: Instant,
    /// What: the name of a handler.
    pub work: String,
    /// The record it is about.
    pub about: RecordRef,
    /// What the handler needs to know.
    #[serde(default)]
    pub note: String,
}

/// A unit of work as a command sees it. The engine implements it; a test may do so with a map.
///
/// Every record is loaded for an action, which is checked against the actor's rights, and can be
/// written only after that.
pub trait Desk {
    /// The command's instant.
    fn now(&self) -> Instant;
    /// Who the command runs for.
    fn actor(&self) -> Actor;
    /// The bits of a new id.
    fn next_bits(&mut self) -> u128;
    /// The fields of every kind.
    fn schema(&self) -> Arc<Schema>;
    /// The tenant's settings.
    fn settings(&self) -> Arc<Settings>;
    /// A lifecycle by name; without a name the default one of a kind.
    fn lifecycle(&self, kind: KindNo, name: Option<&str>) -> Result<Arc<Lifecycle>>;
    /// Every lifecycle that there is.
    fn lifecycles(&self) -> Vec<Arc<Lifecycle>> {
        Vec::new()
    }
    /// Whether the actor has a role.
    fn has_role(&self, role: &str) -> bool;
    /// Checks that the actor may do something with a kind at all.
    fn may(&self, action: Action, kind: KindNo) -> Result<()>;
    /// The image of a record, for an action that the actor must be allowed on it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none or the actor may not see it; refused when he may see
    /// it and not do this.
    fn load(&mut self, record: RecordRef, action: Action) -> Result<Vec<u8>>;
    /// The image of a record beyond the actor's rights; none when there is no such record.
    fn enlist(&mut self, record: RecordRef, purpose: Purpose) -> Result<Option<Vec<u8>>>;
    /// Records that the actor sees, by an index, in its order.
    fn find(&mut self, lookup: &Lookup) -> Result<Vec<(RecordRef, Vec<u8>)>>;
    /// How many records there are by an index, seen or not, counted up to the limit.
    fn count(&mut self, lookup: &Lookup) -> Result<usize>;
    /// Which records there are by an index, seen or not: for [`Desk::enlist`], never for showing.
    fn matches(&mut self, lookup: &Lookup) -> Result<Vec<RecordRef>>;
    /// The records of a kind in the order of their ids, after one of them, seen or not: for rules
    /// that reach every record of a kind, never for showing.
    fn walk(&mut self, kind: KindNo, after: Option<RecordRef>, limit: usize) -> Result<Vec<RecordRef>> {
        let _ = (after, limit);
        Err(Error::Internal(format!("this desk can't walk over every {kind}")))
    }
    /// What the actor may not do with a field, none when he may do everything.
    fn field_access(&self, kind: KindNo, field: u16) -> Option<FieldAccess> {
        let _ = (kind, field);
        None
    }
    /// Whether the actor may see a record.
    fn sees(&mut self, record: RecordRef) -> Result<bool>;
    /// Writes a record's fields; a record that was neither loaded nor enlisted is created.
    fn write(&mut self, record: RecordRef, fields: Vec<u8>) -> Result<()>;
    /// Deletes a record that was loaded for it.
    fn delete(&mut self, record: RecordRef) -> Result<()>;
    /// The next human code of a kind, none when no numbering rule gives one.
    fn next_code(&mut self, kind: KindNo) -> Result<Option<String>>;
    /// What a rule remembers under one of its records: counters of turns and the like, kept beside the
    /// records and out of the journal, because losing them costs nothing but the fairness of the next few turns.
    fn memory(&mut self, of: RecordRef) -> Result<Option<Vec<u8>>> {
        let _ = of;
        Ok(None)
    }
    /// Keeps what a rule is to remember under one of its records.
    fn remember(&mut self, of: RecordRef, what: Vec<u8>) {
        let _ = (of, what);
    }
    /// Queues due work in the same unit.
    fn schedule(&mut self, due: Due);
    /// Takes work off the queue that was queued for that instant, by name and record; nothing when there is none.
    ///
    /// # Errors
    /// When the store fails.
    fn cancel(&mut self, at: Instant, work: &str, about: RecordRef) -> Result<()> {
        let _ = (at, work, about);
        Ok(())
    }
    /// Gives the reason that the journal keeps.
    fn because(&mut self, reason: &str);
    /// Names the rule that the journal keeps.
    fn by_rule(&mut self, rule: &str);
    /// Asks the rules in force about a record, with the actor's rights; none when none answers.
    ///
    /// # Errors
    /// [`Error::RuleFailed`] when the rule fails.
    fn judge(&mut self, ask: &Ask<'_>) -> Result<Option<Verdict>> {
        Ok(match self.hear(ask)? {
            Heard::Said(verdict) => Some(verdict),
            Heard::Unconcerned | Heard::Nobody => None,
        })
    }
    /// The same, telling rules that need not be asked from rules that don't apply.
    ///
    /// # Errors
    /// As [`Desk::judge`].
    fn hear(&mut self, ask: &Ask<'_>) -> Result<Heard<Verdict>> {
        let _ = ask;
        Ok(Heard::Nobody)
    }
    /// An image as a rule is shown it: without what is hidden from the actor, or from the role that the
    /// rule in force looks as.
    ///
    /// # Errors
    /// When stored bytes are damaged.
    fn shown(&self, rule: RuleId, kind: KindNo, image: Vec<u8>) -> Result<Vec<u8>>;
    /// Notes the rules that led to this unit, so that no circle is closed by what it calls for.
    fn led_by(&mut self, chain: Vec<(RecordRef, RecordRef)>) {
        let _ = chain;
    }
    /// The rules that led to this unit, each with the record that it was about.
    fn chain(&self) -> Vec<(RecordRef, RecordRef)> {
        Vec::new()
    }
    /// Every command that can be given as data, for rules that name some.
    fn commands(&self) -> &'static [CommandForm] {
        &[]
    }
    /// Whether the host sends messages out.
    fn sends(&self) -> bool {
        false
    }
    /// What the host provides: scorers, assigners, guards.
    fn ports(&self) -> Arc<dyn super::port::Judges>;
}

impl dyn Desk + '_ {
    /// A new id.
    pub fn new_id<K: crate::base::Kind>(&mut self) -> Id<K> {
        Id::from_u128(self.next_bits())
    }

    /// A record for reading.
    ///
    /// # Errors
    /// As [`Desk::load`].
    pub fn get<T: Record>(&mut self, id: Id<T::Kind>) -> Result<T> {
        self.load_as(id, Action::Read)
    }

    /// A record for an action.
    ///
    /// # Errors
    /// As [`Desk::load`].
    pub fn load_as<T: Record>(&mut self, id: Id<T::Kind>, action: Action) -> Result<T> {
        let image = self.load(id.record(), action)?;
        Ok(T::read(id, View::new(&image)?)?)
    }

    /// A record for an action, if it stands at the revision that the caller knows.
    ///
    /// # Errors
    /// As [`Desk::load`], and [`Error::Stale`] with both revisions.
    pub fn load_at<T: Record>(
        &mut self,
        id: Id<T::Kind>,
        action: Action,
        revision: Option<u64>,
    ) -> Result<T> {
        let record: T = self.load_as(id, action)?;
        match revision {
            Some(given) if given != record.meta().revision => {
                Err(Error::Stale { record: id.record(), given, current: record.meta().revision })
            }
            _ => Ok(record),
        }
    }

    /// A record beyond the actor's rights; none when there is no such record.
    ///
    /// # Errors
    /// When the store fails.
    pub fn enlist_as<T: Record>(&mut self, id: Id<T::Kind>, purpose: Purpose) -> Result<Option<T>> {
        match self.enlist(id.record(), purpose)? {
            None => Ok(None),
            Some(image) => Ok(Some(T::read(id, View::new(&image)?)?)),
        }
    }

    /// Writes a record.
    ///
    /// # Errors
    /// When a value is invalid, a unique key is taken, or the actor may not write it.
    pub fn put<T: Record>(&mut self, record: &T) -> Result<()> {
        let mut fields = Vec::with_capacity(256);
        record.put_fields(&mut fields);
        self.write(record.record_ref(), fields)
    }

    /// Records that the actor sees, by an index, in its order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_as<T: Record>(&mut self, index: u8, parts: Vec<Value>, limit: usize) -> Result<Vec<T>> {
        let kind = <T::Kind as crate::base::Kind>::NO;
        self.find(&Lookup { kind, index, parts, limit })?
            .into_iter()
            .map(|(record, image)| Ok(T::read(Id::from_u128(record.bits), View::new(&image)?)?))
            .collect()
    }

    /// How many records there are by an index, seen or not, counted up to `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count_of(&mut self, kind: KindNo, index: u8, parts: Vec<Value>, limit: usize) -> Result<usize> {
        self.count(&Lookup { kind, index, parts, limit })
    }
}

/// How a list is asked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Query {
    /// The kind of record.
    pub kind: KindNo,
    /// Which records; all when there is none.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// In which order; without any by id, which is by time of creation.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// How many at most.
    pub limit: usize,
    /// Where the page before ended.
    #[serde(default)]
    pub after: Option<String>,
}

/// One field of an order.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sort {
    /// The field's name or label.
    pub field: String,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

impl Query {
    /// The first 50 records of a kind.
    pub fn of(kind: KindNo) -> Self {
        Query { kind, filter: None, sort: Vec::new(), limit: 50, after: None }
    }

    /// Only those that pass a filter.
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(match self.filter.take() {
            None => filter,
            Some(first) => Filter::All(vec![first, filter]),
        });
        self
    }

    /// Ordered by a field, least first.
    pub fn sort(mut self, field: &str) -> Self {
        self.sort.push(Sort { field: field.to_owned(), descending: false });
        self
    }

    /// Ordered by a field, greatest first.
    pub fn sort_down(mut self, field: &str) -> Self {
        self.sort.push(Sort { field: field.to_owned(), descending: true });
        self
    }

    /// At most so many.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// After the end of the page before.
    pub fn after(mut self, end: Option<String>) -> Self {
        self.after = end;
        self
    }
}
