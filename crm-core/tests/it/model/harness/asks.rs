//! Reads: what an actor is shown must be what the model says, now and of the past.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use crm_core::base::text;
use crm_core::domain::activity::Activity;
use crm_core::domain::catalog::{PriceBook, Product};
use crm_core::domain::lead::Lead;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::org::{Team, User};
use crm_core::domain::party::{Contact, ContactLink, Customer};
use crm_core::domain::task::Task;
use crm_core::prelude::*;
use crm_core::record::action::FieldAccess;
use crm_core::record::codec::View;
use crm_core::record::desk::Sort;
use crm_core::record::field::FieldType;
use crm_core::record::filter::Filter;

use super::Game;
use super::changes::IN_PLAY;
use super::draw::GROUPS;
use super::meaning::{Meaning, Reader, in_order};
use super::rights::Rights;
use super::world::{Plain, World, spec};

impl Game {
    pub fn ask(&mut self) {
        match self.dice.below(11) {
            10 => self.ask_feed(),
            0..=4 => self.ask_list(),
            5 => self.ask_record(),
            6 => self.ask_history(),
            7 => self.ask_why(),
            _ => self.ask_past_list(),
        }
    }

    fn some_kind(&mut self) -> KindNo {
        if self.dice.once_in(8) { *self.dice.pick(&GROUPS) } else { *self.dice.pick(&IN_PLAY) }
    }

    /// An instant at which something was written, or one between.
    fn some_past(&mut self) -> Instant {
        let instants: Vec<Instant> =
            self.world.versions.values().flat_map(|versions| versions.iter().map(|(at, _)| *at)).collect();
        let at = *self.dice.pick(&instants);
        Instant::from_micros(at.micros() + self.dice.between(-1, 1))
    }

    fn some_query(&mut self, actor: Actor, kind: KindNo) -> Query {
        // Who may filter and sort by a field must see it whole.
        let restricted = RefCell::new(BTreeMap::new());
        let now = self.now;
        let usable = |world: &World, kind: KindNo, no: u16| {
            let mut known = restricted.borrow_mut();
            let of_kind = known.entry(kind).or_insert_with(|| Rights { world, actor, now }.restricted(kind));
            !matches!(of_kind.get(&no), Some(FieldAccess::Hidden | FieldAccess::Masked))
        };
        let sort = self.draw(|draw, dice| draw.order(dice, kind, &|kind, no| usable(draw.world, kind, no)));
        let filter = if self.dice.once_in(3) {
            None
        } else {
            Some(self.draw(|draw, dice| draw.filter(dice, kind, &|kind, no| usable(draw.world, kind, no))))
        };
        Query { kind, filter, sort, limit: 50, after: None }
    }

    /// The records of a list in order, as the model has them; of a past instant when one is given.
    fn expected(&self, actor: Actor, query: &Query, past: Option<Instant>) -> Vec<(RecordRef, Plain)> {
        let rights = self.rights(actor);
        let as_of = |record: RecordRef| match past {
            None => self.world.records.get(&record),
            Some(at) => self.world.at(record, at),
        };
        // Rights are today's, on the record as it is today; on its past form when it is gone.
        let seen = |record: RecordRef| -> Option<&Plain> {
            let then = as_of(record)?;
            rights.sees(record, self.world.records.get(&record).unwrap_or(then)).then_some(then)
        };
        let now = past.unwrap_or(self.now);
        let meaning = Meaning { world: &self.world, rights: &rights, now, fetch: &seen };
        let holds = |record: RecordRef, plain: &Plain| match &query.filter {
            None => true,
            Some(filter) => holds(&meaning, filter, record, plain),
        };
        let mut rows: Vec<(RecordRef, Plain)> = self
            .world
            .ever(query.kind)
            .filter_map(|record| Some((record, seen(record)?)))
            .filter(|(record, plain)| holds(*record, plain))
            .map(|(record, plain)| (record, plain.clone()))
            .collect();
        rows.sort_by(|left, right| self.compare(query.kind, &query.sort, left, right));
        rows
    }

    fn compare(
        &self,
        kind: KindNo,
        sort: &[Sort],
        left: &(RecordRef, Plain),
        right: &(RecordRef, Plain),
    ) -> Ordering {
        let turned = |order: Ordering, down: bool| if down { order.reverse() } else { order };
        for Sort { field, descending } in sort {
            let order = match self.world.kind(kind).named(field) {
                None => left.0.cmp(&right.0),
                Some(field) => in_order(left.1.get(field.no), right.1.get(field.no)),
            };
            if order.is_ne() {
                return turned(order, *descending);
            }
        }
        // What is equal stands by id, the way that the last field goes.
        turned(left.0.cmp(&right.0), sort.last().is_some_and(|last| last.descending))
    }

    fn ask_list(&mut self) {
        let (actor, kind) = (self.actor(), self.some_kind());
        let query = self.some_query(actor, kind);
        let limit = *self.dice.pick(&[1, 2, 3, 7, 50]);
        let expected = self.expected(actor, &query, None);
        self.check_pages(actor, query, limit, &expected, None);
        self.count(format!("list {kind} of {}", if expected.is_empty() { "none" } else { "some" }));
    }

    fn ask_past_list(&mut self) {
        let (actor, kind, at) = (self.actor(), self.some_kind(), self.some_past());
        let query = self.some_query(actor, kind);
        let limit = *self.dice.pick(&[2, 50]);
        let expected = self.expected(actor, &query, Some(at));
        self.check_pages(actor, query, limit, &expected, Some(at));
        self.count(format!("past list {kind} of {}", if expected.is_empty() { "none" } else { "some" }));
    }

    /// Walks over a list page by page.
    fn check_pages(
        &self,
        actor: Actor,
        query: Query,
        limit: usize,
        expected: &[(RecordRef, Plain)],
        past: Option<Instant>,
    ) {
        let session = match past {
            None => self.crm.session(actor),
            Some(at) => self.crm.session(actor).as_of(at),
        };
        let told = || {
            let filter = query.filter.as_ref().map(ToString::to_string).unwrap_or_default();
            let plan = session.explain(&query);
            format!(
                "{actor:?} {past:?}\n{} where {filter}\nby {:?}, {limit} a page\n{plan:?}",
                query.kind, query.sort
            )
        };
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = session.rows(&query.clone().limit(limit).after(after)).unwrap_or_else(|error| {
                panic!("{error}\n{}", told());
            });
            assert!(page.items.len() <= limit, "{}", told());
            assert!(page.end.is_none() || page.items.len() == limit, "a short page ends a list\n{}", told());
            rows.extend(page.items);
            assert!(rows.len() <= expected.len() + limit, "a list without end\n{}", told());
            after = page.end;
            if after.is_none() {
                break;
            }
        }
        let (got, wanted): (Vec<RecordRef>, Vec<RecordRef>) =
            (rows.iter().map(|row| row.id).collect(), expected.iter().map(|(record, _)| *record).collect());
        assert_eq!(got, wanted, "{}", told());
        let rights = self.rights(actor);
        for (row, (record, plain)) in rows.iter().zip(expected) {
            assert_eq!(row.fields, self.shown(&rights, *record, plain), "{record}\n{}", told());
            assert_eq!(row.revision, plain.revision, "{record}\n{}", told());
        }
        assert_eq!(session.count(&query).unwrap(), expected.len(), "the count\n{}", told());
        let mut walked = BTreeMap::new();
        let walk = session.each(&query, &mut |record, view| {
            let seen = walked.insert(record, (view.revision, view.updated_at, values_in(view)?));
            assert!(seen.is_none(), "{record} comes twice\n{}", told());
            Ok(())
        });
        walk.unwrap_or_else(|error| panic!("{error}\n{}", told()));
        let wanted: BTreeMap<_, _> = expected
            .iter()
            .map(|(record, plain)| {
                let shown = self.shown_by_number(&rights, *record, plain);
                (*record, (plain.revision, plain.updated_at, shown))
            })
            .collect();
        assert_eq!(walked, wanted, "one by one\n{}", told());
        for most in [None, Some(limit)] {
            let mut got = Vec::new();
            let walk = session.in_order(&query, most, &mut |record, view| {
                got.push((record, (view.revision, view.updated_at, values_in(view)?)));
                Ok(())
            });
            walk.unwrap_or_else(|error| panic!("{error}\n{}", told()));
            let first = expected.iter().take(most.unwrap_or(usize::MAX));
            let wanted: Vec<_> = first.map(|(record, _)| (*record, wanted[record].clone())).collect();
            assert_eq!(got, wanted, "the first {most:?}\n{}", told());
        }
    }

    /// A record's fields as an actor is shown them, by name.
    fn shown(&self, rights: &Rights<'_>, record: RecordRef, plain: &Plain) -> BTreeMap<String, Value> {
        let schema = self.world.kind(record.kind);
        let name = |no| schema.field(no).expect("a field").name.to_string();
        let shown = self.shown_by_number(rights, record, plain);
        shown.into_iter().map(|(no, value)| (name(no), value)).collect()
    }

    fn shown_by_number(&self, rights: &Rights<'_>, record: RecordRef, plain: &Plain) -> BTreeMap<u16, Value> {
        let restricted = rights.restricted(record.kind);
        let mut shown = BTreeMap::new();
        for (no, value) in &plain.values {
            let field = self.world.kind(record.kind).field(*no).expect("a field");
            let value = match restricted.get(no) {
                Some(FieldAccess::Hidden) => continue,
                Some(FieldAccess::Masked) => masked(field.ty, value),
                _ => value.clone(),
            };
            if !value.is_empty() {
                shown.insert(*no, value);
            }
        }
        shown
    }

    fn ask_record(&mut self) {
        let (actor, kind) = (self.actor(), self.some_kind());
        let Some(record) = self.some_record(kind) else { return };
        let past = if self.dice.once_in(2) { Some(self.some_past()) } else { None };
        let then = match past {
            None => self.world.records.get(&record),
            Some(at) => self.world.at(record, at),
        };
        let session = self.crm.session(actor);
        let session = past.map_or(session, |at| session.as_of(at));
        let rights = self.rights(actor);
        let seen = then.filter(|then| rights.sees(record, self.world.records.get(&record).unwrap_or(then)));
        match (seen, session.read(record)) {
            (None, Err(error)) => {
                assert_eq!(error.to_string(), format!("there is no {kind} `{record}`"));
            }
            (Some(plain), Ok(shown)) => {
                reads_as_its_kind(session, record);
                assert_eq!(shown.fields, self.shown(&rights, record, plain), "{record} {past:?}");
                assert_eq!(shown.revision, plain.revision, "{record} {past:?}");
            }
            (seen, read) => panic!("{actor:?} {past:?} {record}: expected {seen:?}, got {read:?}"),
        }
        self.count("read");
    }

    /// The feed as an actor gets it: the changes of what he sees, and of what is gone if he audits everything.
    fn ask_feed(&mut self) {
        let actor = self.actor();
        let rights = self.rights(actor);
        let follows = |record: RecordRef| match self.world.records.get(&record) {
            Some(plain) => rights.sees(record, plain),
            None => rights.audits(record.kind),
        };
        let notes = self.world.notes.iter().filter(|(record, _)| follows(**record));
        let wanted: BTreeMap<RecordRef, usize> =
            notes.map(|(record, notes)| (*record, notes.len())).collect();
        let (items, last) = self.crm.session(actor).changes(0, 100_000).unwrap();
        let mut told: BTreeMap<RecordRef, usize> = BTreeMap::new();
        for item in &items {
            *told.entry(item.record).or_default() += 1;
        }
        assert_eq!(told, wanted, "the feed of {actor:?}");
        assert_eq!(last, self.position);
        self.count("feed");
    }

    fn ask_history(&mut self) {
        let (actor, kind) = (self.actor(), self.some_kind());
        let Some(record) = self.some_record(kind) else { return };
        let rights = self.rights(actor);
        let seen = self.world.records.get(&record).is_some_and(|plain| rights.sees(record, plain));
        let items = match self.crm.session(actor).journal(record, None, 1_000) {
            Ok(items) if seen => items,
            Err(Error::NotFound(..)) if !seen => return,
            other => panic!("{actor:?} {record}: {other:?}"),
        };
        let notes = &self.world.notes[&record];
        assert_eq!(items.len(), notes.len(), "{record}");
        let restricted = rights.restricted(kind);
        for (item, note) in items.iter().zip(notes.iter().rev()) {
            assert_eq!((item.at, item.actor, item.change), (note.at, note.actor, note.change), "{record}");
            assert_eq!(item.action, note.action, "{record}");
            let mut told = BTreeMap::new();
            for (no, (old, new)) in &note.fields {
                let field = self.world.kind(kind).field(*no).expect("a field");
                let pair = match restricted.get(no) {
                    Some(FieldAccess::Hidden) => continue,
                    Some(FieldAccess::Masked) => (masked(field.ty, old), masked(field.ty, new)),
                    _ => (old.clone(), new.clone()),
                };
                told.insert(field.name.to_string(), pair);
            }
            let got: BTreeMap<String, (Value, Value)> =
                item.fields.iter().map(|f| (f.field.clone(), (f.old.clone(), f.new.clone()))).collect();
            assert_eq!(got, told, "{record} for {actor:?}");
        }
        self.count("history");
    }

    fn ask_why(&mut self) {
        let (actor, kind) = (self.actor(), self.some_kind());
        let Some(record) = self.some_record(kind) else { return };
        let action = *self.dice.pick(<Action as crm_core::base::choice::Choice>::ALL);
        let rights = self.rights(actor);
        let plain = self.world.records.get(&record).filter(|plain| rights.sees(record, plain));
        match (plain, self.crm.session(actor).why(action, record)) {
            (None, Err(Error::NotFound(..))) => {}
            (Some(plain), Ok(why)) => {
                assert_eq!(
                    why.allowed,
                    rights.allows(action, record, plain),
                    "{actor:?} {action} {record}: {why:?}"
                );
                assert!(!why.reasons.is_empty());
            }
            (plain, why) => panic!("{actor:?} {action} {record}: expected {plain:?}, got {why:?}"),
        }
        self.count("why");
    }

    /// Every record is what the model has, nothing else is there, and the store is sound.
    pub fn check_all(&mut self) {
        for spec in super::world::specs() {
            let query = Query { kind: spec.kind, filter: None, sort: Vec::new(), limit: 1_000, after: None };
            let rows = self.crm.system().rows(&query).unwrap().items;
            let got: Vec<_> = rows.into_iter().map(|row| (row.id, row.revision, row.fields)).collect();
            let rights = self.rights(Actor::System);
            let wanted: Vec<_> = self
                .world
                .of(spec.kind)
                .map(|(record, plain)| (record, plain.revision, self.shown(&rights, record, plain)))
                .collect();
            assert_eq!(got, wanted, "all {}", spec.kind);
        }
        let verified = self.crm.verify().unwrap();
        assert_eq!(verified.findings, Vec::<String>::new());
        assert_eq!(verified.journal as u64, self.position);
        self.count("verify");
    }

    /// The feed from its start, in portions, tells every change once and in order.
    pub fn check_feed(&mut self) {
        let mut after = 0;
        let mut told: BTreeMap<RecordRef, usize> = BTreeMap::new();
        loop {
            let (items, last) = self.crm.changes(after, 7).unwrap();
            for item in &items {
                assert!(item.position > after && item.position <= last);
                after = item.position;
                *told.entry(item.record).or_default() += 1;
            }
            if items.is_empty() {
                break;
            }
        }
        let wanted: BTreeMap<RecordRef, usize> =
            self.world.notes.iter().map(|(record, notes)| (*record, notes.len())).collect();
        assert_eq!((told, after), (wanted, self.position));
    }
}

fn holds(meaning: &Meaning<'_>, filter: &Filter, record: RecordRef, plain: &Plain) -> bool {
    debug_assert_eq!(spec(record.kind).kind, record.kind);
    // A reader borrows as long as the world does; the record is one of the world's.
    let found = meaning.world.versions[&record].iter().filter_map(|(_, version)| version.as_ref());
    let plain = found.into_iter().find(|version| *version == plain).expect("a version of the record");
    meaning.holds(filter, &Reader { record, plain })
}

/// The values of a record, by number.
fn values_in(view: View<'_>) -> Result<BTreeMap<u16, Value>> {
    let mut values = BTreeMap::new();
    let mut walk = view.fields();
    while let Some((no, raw)) = walk.step()? {
        values.insert(no, raw.value()?.to_value());
    }
    values.retain(|_, value| !value.is_empty());
    Ok(values)
}

/// Whatever is hidden or masked, a record reads as one of its kind.
fn reads_as_its_kind(session: Session<'_>, record: RecordRef) {
    fn check<T: Record>(session: Session<'_>, record: RecordRef) {
        if let Some(id) = record.as_id() {
            session.get::<T>(id).map(drop).unwrap_or_else(|error| panic!("{record}: {error}"));
        }
    }
    check::<Opportunity>(session, record);
    check::<Task>(session, record);
    check::<Activity>(session, record);
    check::<Customer>(session, record);
    check::<Contact>(session, record);
    check::<ContactLink>(session, record);
    check::<Lead>(session, record);
    check::<Product>(session, record);
    check::<PriceBook>(session, record);
    check::<User>(session, record);
    check::<Team>(session, record);
}

/// A value in part: the ends of numbers and addresses; nothing of what isn't written text.
fn masked(ty: FieldType, value: &Value) -> Value {
    if !matches!(ty, FieldType::Text | FieldType::Phone | FieldType::Email) {
        return Value::Null;
    }
    let one = |text: &str| match text.contains('@') {
        true => text::email::mask(text),
        false => text::phone::mask(text),
    };
    match value {
        Value::Text(text) => one(text).into(),
        Value::List(items) => match items.as_slice() {
            [Value::Text(raw), Value::Text(_) | Value::Null] if ty != FieldType::Text => {
                Value::List(vec![one(raw).into(), Value::Null])
            }
            items => Value::List(items.iter().map(|item| masked(ty, item)).collect()),
        },
        _ => Value::Null,
    }
}
