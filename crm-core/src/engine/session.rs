//! The engine for one actor: every read and write is made in his name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::access::Grounds;
use super::config::spec;
use super::crm::Crm;
use super::history::{self, Extent};
use super::list::{Listing, order_key};
use super::overlay::Overlay;
use super::plan::Explanation;
use super::sight::Sight;
use crate::base::{Id, Instant, Kind, RecordRef, Value};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::View;
use crate::record::command::Command;
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::key;
use crate::record::schema::FieldDef;
use crate::record::spec::Record;
use crate::store::Table;

/// The engine for an actor, now or as of a past instant.
#[derive(Clone, Copy, Debug)]
pub struct Session<'c> {
    pub(crate) crm: &'c Crm,
    actor: Actor,
    as_of: Option<Instant>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The records.
    pub items: Vec<T>,
    /// What to ask the next page after; none when this is the last.
    pub end: Option<String>,
}

/// A record with its fields by name, as the actor is shown it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Shown {
    /// Its id.
    pub id: RecordRef,
    /// How often it was changed.
    pub revision: u64,
    /// The values that it has, by machine name.
    pub fields: BTreeMap<String, Value>,
}

/// Why an actor may or may not do something with a record.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Why {
    /// Whether he may.
    pub allowed: bool,
    /// The reasons, in words.
    pub reasons: Vec<String>,
}

/// What a read stands on: a snapshot and the actor's eyes.
pub(crate) struct Reading {
    pub(crate) overlay: Overlay,
    pub(crate) sight: Sight,
}

impl<'c> Session<'c> {
    pub(crate) fn new(crm: &'c Crm, actor: Actor) -> Self {
        Session { crm, actor, as_of: None }
    }

    /// Who the session is for.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The same session reading everything as it stood at a past instant, with today's rights.
    pub fn as_of(self, at: Instant) -> Self {
        Session { as_of: Some(at), ..self }
    }

    /// Runs a command and answers once its effects are durable.
    ///
    /// # Errors
    /// What the command answers, and what the commit ends with.
    pub fn execute<C: Command>(&self, command: C) -> Result<C::Output> {
        self.crm.execute(self.actor, command)
    }

    /// Runs a command under an idempotency key.
    ///
    /// # Errors
    /// As [`Crm::execute_once`].
    pub fn execute_once<C: Command>(&self, key: &str, command: C) -> Result<C::Output> {
        self.crm.execute_once(self.actor, key, command)
    }

    /// Runs a command and forgets what it did.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn dry_run<C: Command>(&self, command: C) -> Result<C::Output> {
        self.crm.dry_run(self.actor, command)
    }

    /// Runs commands one after the other, each by itself, made durable together.
    pub fn execute_all<C: Command>(&self, commands: Vec<C>) -> Vec<Result<C::Output>> {
        self.crm.execute_all(self.actor, commands)
    }

    /// The instant that the session reads at: now, or the past one.
    pub fn instant(&self) -> Instant {
        self.as_of.unwrap_or_else(|| self.crm.now())
    }

    /// The past instant that the session reads at, if it does.
    pub(crate) fn past(&self) -> Option<Instant> {
        self.as_of
    }

    /// Runs commands one after the other, each over what those before it did, and forgets it all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn dry_run_all<C: Command>(&self, commands: Vec<C>) -> Result<Vec<Result<C::Output>>> {
        self.crm.dry_run_all(self.actor, commands)
    }

    pub(crate) fn reading(&self) -> Result<Reading> {
        let overlay = self.crm.overlay()?;
        let config = self.crm.config_of(&overlay)?;
        let access = config.access(self.actor);
        let now = self.crm.now();
        let sight = Sight::new(config, access, now).asked_of(self.as_of.unwrap_or(now));
        Ok(Reading { overlay, sight })
    }

    /// A record.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none or the actor may not see it.
    pub fn get<T: Record>(&self, id: Id<T::Kind>) -> Result<T> {
        let image = self.image(id.record())?;
        Ok(T::read(id, View::new(&image)?)?)
    }

    /// A record with its fields by name.
    ///
    /// # Errors
    /// As [`Session::get`].
    pub fn read(&self, record: RecordRef) -> Result<Shown> {
        let image = self.image(record)?;
        self.shown(record, &image)
    }

    /// The image of a record as the actor is shown it.
    pub(crate) fn image(&self, record: RecordRef) -> Result<Vec<u8>> {
        let reading = self.reading()?;
        let today = reading.overlay.get(Table::Records, &key::record(record))?;
        let image = match self.as_of {
            None => today.clone(),
            Some(at) => history::record_as_of(&reading.overlay, record, at)?,
        };
        let image = image.ok_or_else(|| Error::not_found(record))?;
        // Rights are today's, on the record as it is today; on its last form when it is gone.
        if !reading.sight.sees(&reading.overlay, record, today.as_ref().unwrap_or(&image))? {
            return Err(Error::not_found(record));
        }
        reading.sight.show(record.kind, image)
    }

    pub(crate) fn shown(&self, record: RecordRef, image: &[u8]) -> Result<Shown> {
        let view = View::new(image)?;
        let config = self.crm.config();
        let schema = config.schema.kind(record.kind).ok_or_else(|| Error::not_found(record))?;
        let mut fields = BTreeMap::new();
        let mut walk = view.fields();
        while let Some((no, raw)) = walk.step()? {
            // A retired field's values stay in the image and in the journal.
            if let Some(field) = schema.field(no) {
                fields.insert(field.name.to_string(), raw.value()?.to_value());
            }
        }
        Ok(Shown { id: record, revision: view.revision, fields })
    }

    /// A page of a list.
    ///
    /// # Errors
    /// Invalid when the filter or the order names unknown or hidden fields.
    pub fn list<T: Record>(&self, query: &Query) -> Result<Page<T>> {
        let expected = <T::Kind as Kind>::NO;
        if query.kind != expected {
            let message = format!("the list is one of {}, not of {expected}", query.kind);
            return Err(Error::invalid("kind", "query.kind", message));
        }
        let (rows, end) = self.images(query)?;
        let items = rows
            .iter()
            .map(|(record, image)| Ok(T::read(Id::from_u128(record.bits), View::new(image)?)?))
            .collect::<Result<_>>()?;
        Ok(Page { items, end })
    }

    /// A page of a list with fields by name.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn rows(&self, query: &Query) -> Result<Page<Shown>> {
        let (rows, end) = self.images(query)?;
        let items = rows.iter().map(|(record, image)| self.shown(*record, image)).collect::<Result<_>>()?;
        Ok(Page { items, end })
    }

    /// A record and its image as the actor is shown it.
    pub(crate) fn images(&self, query: &Query) -> Result<(Vec<(RecordRef, Vec<u8>)>, Option<String>)> {
        let reading = self.reading()?;
        let listing = Listing::new(&reading.sight, query)?;
        let (rows, end) = match self.as_of {
            None => listing.page(&reading.overlay, &reading.sight, query)?,
            Some(at) => history::page_as_of(&reading, &listing, query, at)?,
        };
        let rows = rows
            .into_iter()
            .map(|(record, image)| Ok((record, reading.sight.show(record.kind, image)?)))
            .collect::<Result<_>>()?;
        Ok((rows, end))
    }

    /// Calls `see` with each record of a list as the actor is shown it, in the list's order where an
    /// index gives it, else in the order of ids. The limit of the query does not hold: all are seen.
    ///
    /// # Errors
    /// As [`Session::list`], and what `see` answers.
    pub fn each(&self, query: &Query, see: &mut dyn FnMut(RecordRef, View<'_>) -> Result<()>) -> Result<()> {
        self.walk(query, Extent::Whole, &mut |sight, record, image| {
            let image = sight.show(record.kind, image.into_owned())?;
            see(record, View::new(&image)?)
        })
    }

    /// Calls `see` with each record of a list as the actor is shown it, in the list's order, at most so many.
    ///
    /// An order that no index gives is made in memory: of the first `most`, or of all.
    ///
    /// # Errors
    /// As [`Session::list`], and what `see` answers.
    pub fn in_order(
        &self,
        query: &Query,
        most: Option<usize>,
        see: &mut dyn FnMut(RecordRef, View<'_>) -> Result<()>,
    ) -> Result<()> {
        let reading = self.reading()?;
        let Reading { overlay, sight } = &reading;
        let listing = Listing::new(sight, query)?;
        let most = most.unwrap_or(usize::MAX);
        let mut show = |record: RecordRef, image| {
            let image = sight.show(record.kind, image)?;
            see(record, View::new(&image)?)
        };
        let mut rows: BTreeMap<Vec<u8>, (RecordRef, Vec<u8>)> = BTreeMap::new();
        let mut keep = |record, image: Vec<u8>| {
            rows.insert(order_key(&listing.sort, record, &image)?, (record, image));
            if rows.len() > most {
                rows.pop_last();
            }
            Ok(())
        };
        match self.as_of {
            None if listing.plan.as_ref().is_some_and(|plan| plan.ordered) => {
                let mut left = most;
                return listing.walk(overlay, sight, None, &mut |record, image, _| {
                    if left > 0 {
                        left -= 1;
                        show(record, image)?;
                    }
                    Ok(left > 0)
                });
            }
            None => listing.walk(overlay, sight, None, &mut |record, image, _| {
                keep(record, image)?;
                Ok(true)
            })?,
            Some(at) => {
                history::walk_as_of(&reading, &listing, at, Extent::Whole, &mut |record, image, _| {
                    keep(record, image.to_vec())
                })?
            }
        }
        rows.into_values().try_for_each(|(record, image)| show(record, image))
    }

    fn walk(
        &self,
        query: &Query,
        extent: Extent,
        see: &mut dyn FnMut(&Sight, RecordRef, Cow<'_, [u8]>) -> Result<()>,
    ) -> Result<()> {
        let reading = self.reading()?;
        let Reading { overlay, sight } = &reading;
        let listing = Listing::new(sight, query)?;
        match self.as_of {
            None => listing.walk(overlay, sight, None, &mut |record, image, _| {
                see(sight, record, image.into())?;
                Ok(true)
            }),
            Some(at) => history::walk_as_of(&reading, &listing, at, extent, &mut |record, image, _| {
                see(sight, record, image.into())
            }),
        }
    }

    /// How many records a list has.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn count(&self, query: &Query) -> Result<usize> {
        let mut count = 0;
        self.walk(query, Extent::Listed, &mut |_, _, _| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    /// How a list would be read.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn explain(&self, query: &Query) -> Result<Explanation> {
        let reading = self.reading()?;
        let listing = Listing::new(&reading.sight, query)?;
        Ok(match listing.plan {
            None => Explanation { index: "none".into(), stretches: 0, ordered: true, scoped: true },
            Some(plan) => Explanation {
                index: plan.index,
                stretches: plan.stretches.len(),
                ordered: plan.ordered,
                scoped: plan.scoped || reading.sight.access.everything,
            },
        })
    }

    /// Whether the actor may do something with a record, and why.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such record or the actor may not see it.
    pub fn why(&self, action: Action, record: RecordRef) -> Result<Why> {
        let reading = self.reading()?;
        let image = reading.overlay.get(Table::Records, &key::record(record))?;
        let image = image.ok_or_else(|| Error::not_found(record))?;
        if !reading.sight.sees(&reading.overlay, record, &image)? {
            return Err(Error::not_found(record));
        }
        let grounds = reading.sight.grounds(&reading.overlay, action, record, &image)?;
        let access = &reading.sight.access;
        let roles = access.granted_by(action, record.kind).join(", ");
        let reason = match &grounds {
            Some(Grounds::Everything) => "the actor may do everything".to_owned(),
            Some(Grounds::Scope) => format!("the record is within the scope that the role {roles} grants"),
            Some(Grounds::Collaborator) => {
                format!("the actor works on the record; {action} is granted by {roles}")
            }
            Some(Grounds::Pool) => {
                format!("the record lies in a pool of the actor's; {action} is granted by {roles}")
            }
            Some(Grounds::Shared(rule)) => format!("the sharing rule `{rule}` reaches the record"),
            None if access.may(action, record.kind) => {
                format!("{roles} grants {action}, but the record is out of its scope")
            }
            None => format!("no role of the actor grants {action} on {}", record.kind),
        };
        let mut reasons = vec![reason];
        for field in
            reading.sight.config.schema.kind(record.kind).into_iter().flat_map(|schema| schema.fields())
        {
            if let Some(access @ (FieldAccess::ReadOnly | FieldAccess::Masked)) =
                access.field(record.kind, field.no)
            {
                reasons.push(format!("field `{}` is {access}", field.name));
            }
        }
        Ok(Why { allowed: grounds.is_some(), reasons })
    }

    /// The fields of a kind that the actor sees, custom ones included, in the order of their numbers.
    ///
    /// # Errors
    /// Not found when there is no such kind.
    pub fn fields(&self, kind: crate::base::KindNo) -> Result<Vec<FieldDef>> {
        let config = self.crm.config();
        let access = config.access(self.actor);
        let schema = access.schema.as_ref().unwrap_or(&config.schema);
        let schema = schema.kind(kind).ok_or_else(|| Error::NotFound(kind, kind.to_string()))?;
        Ok(schema.fields().cloned().collect())
    }

    /// Whether the actor may do something with a kind of record at all.
    pub fn may(&self, action: Action, kind: crate::base::KindNo) -> bool {
        self.crm.config().access(self.actor).may(action, kind)
    }

    /// The name of a record as the actor is shown it; its id when he may not see it.
    pub fn title(&self, record: RecordRef) -> String {
        let title = || -> Result<String> {
            let image = self.image(record)?;
            Ok(View::new(&image)?.get(spec(record.kind)?.title)?.to_value().to_string())
        };
        title().ok().filter(|title| !title.is_empty()).unwrap_or_else(|| record.to_string())
    }
}
