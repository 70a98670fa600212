//! A record of any kind, by the numbers and names of its fields: what rules that govern several
//! kinds alike (pools, hand-over, lifecycles) read and write.

use std::collections::BTreeMap;

use super::codec::{Raw, ValueRef, View, put_varint};
use super::desk::Desk;
use super::error::{Error, Result};
use super::field::Field;
use super::lifecycle::{Lifecycle, Spent, StateTimes};
use super::spec::{Spec, Visibility};
use crate::base::kind::{PoolId, UserId};
use crate::base::{Instant, RecordRef};

/// A record's fields in stored form. What isn't set keeps its bytes, unknown fields included.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The record.
    pub record: RecordRef,
    /// How often it was changed.
    pub revision: u64,
    spec: &'static Spec,
    fields: BTreeMap<u16, Vec<u8>>,
}

impl Sheet {
    /// Reads an image.
    ///
    /// # Errors
    /// When the image is damaged or of an unknown kind.
    pub fn read(desk: &dyn Desk, record: RecordRef, image: &[u8]) -> Result<Sheet> {
        Sheet::of(desk, record, View::new(image)?)
    }

    /// Reads a view.
    ///
    /// # Errors
    /// As [`Sheet::read`].
    pub fn of(desk: &dyn Desk, record: RecordRef, view: View<'_>) -> Result<Sheet> {
        let schema = desk.schema();
        let spec = schema.kind(record.kind).map(|kind| kind.spec);
        let spec =
            spec.ok_or_else(|| Error::Corrupt(format!("kind of record {} is unknown", record.kind.0)))?;
        let mut fields = BTreeMap::new();
        let mut walk = view.fields();
        while let Some((no, raw)) = walk.step()? {
            fields.insert(no, raw.0.to_vec());
        }
        Ok(Sheet { record, revision: view.revision, spec, fields })
    }

    /// The declaration of its kind.
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// A field by number.
    ///
    /// # Errors
    /// When the value is damaged or of another type.
    pub fn take<T: Field>(&self, no: u16) -> Result<T> {
        let value = match self.fields.get(&no) {
            Some(raw) => Raw(raw).value()?,
            None => ValueRef::Null,
        };
        T::read(value).map_err(|error| Error::Corrupt(format!("{} field {no}: {error}", self.record)))
    }

    /// A field by machine name; as if it were empty where the kind has none of this name.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn named<T: Field + Default>(&self, name: &str) -> Result<T> {
        self.number(name).map_or_else(|| Ok(T::default()), |no| self.take(no))
    }

    /// Sets a field by number.
    pub fn set<T: Field>(&mut self, no: u16, value: &T) {
        if value.is_null() {
            self.fields.remove(&no);
            return;
        }
        let mut raw = Vec::new();
        value.put(&mut raw);
        self.fields.insert(no, raw);
    }

    /// Sets a field by machine name; nothing where the kind has none of this name.
    pub fn set_named<T: Field>(&mut self, name: &str, value: &T) {
        if let Some(no) = self.number(name) {
            self.set(no, value);
        }
    }

    fn number(&self, name: &str) -> Option<u16> {
        self.spec.fields.iter().find(|field| field.name == name).map(|field| field.no)
    }

    /// The owner; none too for a kind without owners.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn owner(&self) -> Result<Option<UserId>> {
        match self.spec.visibility {
            Visibility::Owned { owner } => self.take(owner),
            _ => Ok(None),
        }
    }

    /// Sets the owner.
    pub fn set_owner(&mut self, user: Option<UserId>) {
        if let Visibility::Owned { owner } = self.spec.visibility {
            self.set(owner, &user);
        }
    }

    /// The public pool to which the record belongs.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn pool(&self) -> Result<Option<PoolId>> {
        self.spec.pool.map_or(Ok(None), |no| self.take(no))
    }

    /// Sets the public pool.
    pub fn set_pool(&mut self, pool: Option<PoolId>) {
        if let Some(no) = self.spec.pool {
            self.set(no, &pool);
        }
    }

    /// The code of the state; empty for a kind without lifecycle.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn state(&self) -> Result<String> {
        self.spec.state.map_or_else(|| Ok(String::new()), |fields| self.take(fields.state))
    }

    /// The name of the lifecycle that the record follows; empty for the kind's default one.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn lifecycle(&self) -> Result<String> {
        let field = self.spec.state.and_then(|fields| fields.lifecycle);
        field.map_or_else(|| Ok(String::new()), |no| self.take(no))
    }

    /// Moves the record to a state if its lifecycle has a move there, without asking for more.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn follow(&mut self, lifecycle: &Lifecycle, to: &str, now: Instant) -> Result<()> {
        let from = self.state()?;
        if lifecycle.moves.iter().any(|step| step.from == from && step.to == to) {
            self.change_times(|times| times.enter(to, now))?;
        }
        Ok(())
    }

    /// Puts the record into a state, keeping the times.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn enter(&mut self, to: &str, now: Instant) -> Result<()> {
        self.change_times(|times| times.enter(to, now))
    }

    /// Renames states, as (old, new), in the state and in the times spent.
    ///
    /// # Errors
    /// As [`Sheet::take`].
    pub fn rename_states(&mut self, renames: &[(String, String)]) -> Result<()> {
        self.change_times(|times| times.rename(renames))
    }

    fn change_times(&mut self, change: impl FnOnce(&mut StateTimes)) -> Result<()> {
        let Some(fields) = self.spec.state else { return Ok(()) };
        let since: Option<Instant> = self.take(fields.since)?;
        let spent: Vec<Spent> = self.take(fields.spent)?;
        let mut times = StateTimes::from_fields(&spent, &self.state()?, since);
        change(&mut times);
        if let Some((state, since)) = times.current() {
            let state = state.to_owned();
            self.set(fields.state, &state);
            self.set(fields.since, &Some(since));
        }
        self.set(fields.spent, &times.spent());
        Ok(())
    }

    /// Calls `see` with the fields as a view.
    pub fn view<R>(&self, see: impl FnOnce(View<'_>) -> R) -> R {
        see(View::of_fields(&self.bytes()))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        for (no, raw) in &self.fields {
            put_varint(&mut out, u64::from(*no));
            out.extend_from_slice(raw);
        }
        out
    }

    /// Writes the record.
    ///
    /// # Errors
    /// As [`Desk::write`].
    pub fn write(&self, desk: &mut dyn Desk) -> Result<()> {
        desk.write(self.record, self.bytes())
    }

    /// The record's title, for people.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn title(&self) -> Result<String> {
        let raw = self.fields.get(&self.spec.title).map(|raw| Raw(raw).value()).transpose()?;
        Ok(raw.map_or_else(|| self.record.to_string(), |value| value.to_value().to_string()))
    }
}
