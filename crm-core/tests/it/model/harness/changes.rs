//! Changes: random commands, what the model expects of each, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use crm_core::base::kind;
use crm_core::base::text;
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::prelude::*;
use crm_core::record::action::FieldAccess;
use crm_core::record::journal::Change;
use crm_core::record::schema::FieldDef;
use crm_core::record::spec::{CREATED_AT, CREATED_BY, FIRST_CUSTOM, Form, Layout, Marks, Visibility};

use super::Game;
use super::rights::Rights;
use super::world::{Plain, World, as_record, named, spec};

/// The kinds whose records come and go.
pub const IN_PLAY: [KindNo; 11] = [
    kind::Opportunity::NO,
    kind::Task::NO,
    kind::Customer::NO,
    kind::Lead::NO,
    kind::Activity::NO,
    kind::Contact::NO,
    kind::ContactLink::NO,
    kind::Product::NO,
    kind::PriceBook::NO,
    kind::Department::NO,
    kind::Team::NO,
];
/// How many records of a kind there are at most.
const MOST_RECORDS: usize = 24;

/// Codes that are never a surprise to the model: it says when each comes, and only then.
const FORESEEN: [&str; 8] = [
    "permission.denied",
    "field.unknown",
    "field.read_only",
    "value.taken",
    "value.type",
    "reference.unknown",
    "record.in_use",
    "record.stale",
];

/// Whether a room may make something else of a field than was asked: what it derives, puts in order, or gives a new
/// record that has no value there.
fn settles(world: &World, record: RecordRef, field: u16, asked: Option<&Value>) -> bool {
    use crm_core::domain::{opportunity::Opportunity, task::Task};
    let known = world.kind(record.kind).field(field);
    let is_new = !world.records.contains_key(&record);
    let in_order = match record.kind {
        kind::Customer::NO | kind::Contact::NO | kind::ContactLink::NO => true,
        kind::Opportunity::NO => [Opportunity::lines, Opportunity::amount].contains(&field),
        kind::Task::NO => field == Task::recurrence,
        _ => false,
    };
    in_order || is_new && asked.is_none() || known.is_some_and(|field| field.marks.has(Marks::SYSTEM))
}

/// What is to be expected of a command.
pub enum Verdict {
    /// It is done, unless its room refuses it.
    Done,
    /// There is no such record for the actor.
    NotFound,
    /// It is refused with one of these codes, or one of its room's.
    Refused(BTreeSet<&'static str>),
}

impl Game {
    pub fn change(&mut self) {
        match self.dice.below(20) {
            0..=5 => self.create(),
            6..=13 => self.update(),
            14 | 15 => self.delete(),
            _ => self.steer(),
        }
    }

    fn kind_in_play(&mut self) -> KindNo {
        *self.dice.pick(&IN_PLAY)
    }

    /// The fields of a kind that a plain change may set.
    fn settable(&self, kind: KindNo) -> Vec<FieldDef> {
        self.world.kind(kind).fields().filter(|field| !field.marks.has(Marks::SYSTEM)).cloned().collect()
    }

    pub fn create(&mut self) {
        let kind = self.kind_in_play();
        if self.world.ids(kind).len() >= MOST_RECORDS {
            return self.delete();
        }
        let actor = self.actor();
        let mut given = BTreeMap::new();
        for field in self.settable(kind) {
            let wanted = field.marks.has(Marks::REQUIRED) && !self.dice.once_in(40);
            let owner = matches!(spec(kind).visibility, Visibility::Owned { owner } if owner == field.no);
            if wanted || owner || self.dice.once_in(5) {
                let mut value = self.draw(|draw, dice| draw.value(dice, &field));
                if wanted && value.is_empty() {
                    value = self.draw(|draw, dice| draw.value(dice, &field));
                }
                // Most owners are oneself, so that most records may be created.
                if let (true, Some(me), true) = (owner, actor.user(), self.dice.once_in(2)) {
                    value = me.into();
                }
                given.insert(field.no, value);
            }
        }
        let verdict = self.judge_create(actor, kind, &given);
        let command = CreateRecord { kind, fields: self.by_name(kind, &given) };
        let outcome = self.crm.execute(actor, command);
        let Some(record) = self.meets(verdict, outcome, kind, "create") else { return };
        let mut values = given;
        values.insert(CREATED_AT, self.command_at().into());
        if let Some(user) = actor.user() {
            values.insert(CREATED_BY, user.into());
        }
        self.take_over(actor, "record.create", record, Some(values));
    }

    fn judge_create(&self, actor: Actor, kind: KindNo, given: &BTreeMap<u16, Value>) -> Verdict {
        let rights = Rights { world: &self.world, actor, now: self.command_at() };
        let mut codes = self.problems(&rights, kind, None, given);
        if !rights.may(Action::Create, kind) {
            codes.insert("permission.denied");
        }
        verdict(codes)
    }

    pub fn update(&mut self) {
        let kind = self.kind_in_play();
        let Some(record) = self.some_record(kind) else { return self.create() };
        let actor = self.actor();
        let fields = self.settable(kind);
        let mut given = BTreeMap::new();
        for _ in 0..=self.dice.below(3) {
            let field = self.dice.pick(&fields).clone();
            let value = self.draw(|draw, dice| draw.value(dice, &field));
            given.insert(field.no, value);
        }
        self.update_with(actor, record, given);
    }

    /// Changes fields of a record in an actor's name and says whether that was done.
    pub fn update_with(&mut self, actor: Actor, record: RecordRef, given: BTreeMap<u16, Value>) -> bool {
        let current = self.world.records.get(&record).map_or(1, |plain| plain.revision);
        let revision = match self.dice.below(6) {
            0 => Some(current + 1),
            1 => Some(current),
            _ => None,
        };
        let verdict = self.judge_update(actor, record, revision, &given);
        let command = UpdateRecord { record, revision, fields: self.by_name(record.kind, &given) };
        let outcome = if self.dice.once_in(8) {
            self.asked_twice(actor, command)
        } else {
            self.crm.execute(actor, command)
        };
        if self.meets(verdict, outcome, record.kind, "update").is_none() {
            return false;
        }
        let mut values = self.world.records[&record].values.clone();
        values.extend(given);
        self.take_over(actor, "record.update", record, Some(values));
        true
    }

    /// A dry run first, then the command twice under one key: it is done once.
    fn asked_twice(&mut self, actor: Actor, command: UpdateRecord) -> Result<RecordRef> {
        self.made += 1;
        let key = format!("key {}", self.made);
        let dry = self.crm.dry_run(actor, command.clone());
        assert_eq!(self.crm.position().unwrap(), self.position, "a dry run changes nothing");
        let first = self.crm.execute_once(actor, &key, command.clone());
        assert_eq!(dry.is_ok(), first.is_ok(), "a dry run answers what the run does");
        if first.is_ok() {
            let position = self.crm.position().unwrap();
            let again = self.crm.execute_once(actor, &key, command.clone());
            assert_eq!((again.unwrap(), self.crm.position().unwrap()), (command.record, position));
            let other = UpdateRecord { revision: Some(77), ..command };
            assert_eq!(self.crm.execute_once(actor, &key, other).unwrap_err().code(), "key.reused");
        }
        first
    }

    fn judge_update(
        &self,
        actor: Actor,
        record: RecordRef,
        revision: Option<u64>,
        given: &BTreeMap<u16, Value>,
    ) -> Verdict {
        let rights = Rights { world: &self.world, actor, now: self.command_at() };
        let Some(plain) = self.world.records.get(&record) else { return Verdict::NotFound };
        if !rights.sees(record, plain) {
            return Verdict::NotFound;
        }
        let mut codes = self.problems(&rights, record.kind, Some((record, plain)), given);
        if !rights.allows(Action::Update, record, plain) {
            codes.insert("permission.denied");
        }
        if revision.is_some_and(|revision| revision != plain.revision) {
            codes.insert("record.stale");
        }
        verdict(codes)
    }

    pub fn delete(&mut self) {
        let kind = self.kind_in_play();
        let Some(record) = self.some_record(kind) else { return };
        let actor = self.actor();
        let rights = Rights { world: &self.world, actor, now: self.command_at() };
        let verdict = match self.world.records.get(&record) {
            Some(plain) if rights.sees(record, plain) => {
                let mut codes = BTreeSet::new();
                if !rights.allows(Action::Delete, record, plain) {
                    codes.insert("permission.denied");
                }
                if self.world.is_named(record) {
                    codes.insert("record.in_use");
                }
                verdict(codes)
            }
            _ => Verdict::NotFound,
        };
        let command = DeleteRecord { record, revision: None, reason: "it was wrong".into() };
        let outcome = self.crm.execute(actor, command).map(|()| record);
        if self.meets(verdict, outcome, kind, "delete").is_some() {
            self.take_over(actor, "record.delete", record, None);
        }
    }

    /// A record that there is, or now and then one that there was or never was.
    pub fn some_record(&mut self, kind: KindNo) -> Option<RecordRef> {
        let records: Vec<RecordRef> = match self.dice.below(16) {
            0 => self.world.ever(kind).collect(),
            1 => vec![RecordRef::new(kind, 4711)],
            _ => self.world.ids(kind),
        };
        self.dice.any(&records)
    }

    pub fn by_name(&self, kind: KindNo, given: &BTreeMap<u16, Value>) -> BTreeMap<String, Value> {
        let schema = self.world.kind(kind);
        let name = |no: &u16| schema.field(*no).expect("a field").name.to_string();
        given.iter().map(|(no, value)| (name(no), value.clone())).collect()
    }

    /// Everything that the model has against values for a record.
    fn problems(
        &self,
        rights: &Rights<'_>,
        kind: KindNo,
        before: Option<(RecordRef, &Plain)>,
        given: &BTreeMap<u16, Value>,
    ) -> BTreeSet<&'static str> {
        let world = &self.world;
        let mut codes = BTreeSet::new();
        let old = before.map(|(_, plain)| plain.values.clone()).unwrap_or_default();
        let mut new = old.clone();
        new.extend(given.iter().map(|(no, value)| (*no, value.clone())));
        new.retain(|_, value| !value.is_empty());
        let changed = |no: u16| old.get(&no) != new.get(&no);
        let restricted = rights.restricted(kind);
        for no in given.keys() {
            match restricted.get(no) {
                Some(FieldAccess::Hidden) => drop(codes.insert("field.unknown")),
                Some(FieldAccess::Masked) => drop(codes.insert("field.read_only")),
                Some(FieldAccess::ReadOnly) if changed(*no) => drop(codes.insert("field.read_only")),
                _ => {}
            }
        }
        for field in world.kind(kind).fields().filter(|field| field.marks.has(Marks::REQUIRED)) {
            let excused = field.no >= FIRST_CUSTOM && before.is_some() && !old.contains_key(&field.no);
            if !new.contains_key(&field.no) && !excused {
                codes.insert("value.required");
            }
        }
        let retired = world.flagged(kind, crm_core::domain::org::CustomField::retired);
        if retired.iter().any(|no| new.contains_key(no) && changed(*no)) {
            codes.insert("field.retired");
        }
        let me = before.map(|(record, _)| record);
        if world.of(kind).any(|(other, plain)| Some(other) != me && world.collides(kind, &new, &plain.values))
        {
            codes.insert("value.taken");
        }
        for (no, value) in &new {
            let known = old.get(no).map(named).unwrap_or_default();
            for target in named(value).into_iter().filter(|target| !known.contains(target)) {
                let seen = match world.records.get(&target) {
                    None => false,
                    Some(plain) => {
                        Some(target) == me || spec(target.kind).steers || rights.sees(target, plain)
                    }
                };
                if !seen && *no != CREATED_BY {
                    codes.insert("reference.unknown");
                }
            }
        }
        // Roles are given by those who may assign them.
        let roles = crm_core::domain::org::User::roles;
        if kind == kind::User::NO && changed(roles) && !rights.may(Action::Assign, kind::Role::NO) {
            let had = old.get(&roles).map(named).unwrap_or_default();
            let given = new.get(&roles).map(named).unwrap_or_default();
            if given.iter().any(|role| !had.contains(role)) {
                codes.insert("permission.denied");
            }
        }
        if let (Visibility::Owned { owner }, false) = (spec(kind).visibility, rights.everything()) {
            let (old, new) = (old.get(&owner).and_then(as_record), new.get(&owner).and_then(as_record));
            let gives = new.is_some() && new != rights.user();
            if new != old && (gives || old.is_some()) && !rights.may(Action::Assign, kind) {
                codes.insert("permission.denied");
            }
        }
        codes
    }

    /// Checks an outcome against what was expected of it; answers the record when the command was done.
    pub fn meets<T>(&mut self, verdict: Verdict, outcome: Result<T>, kind: KindNo, what: &str) -> Option<T> {
        let answer = match (&verdict, outcome) {
            (Verdict::Done, Ok(done)) => Some(done),
            (Verdict::NotFound, Ok(_)) => {
                panic!("{what}: a {kind} that isn't there for the actor was reached")
            }
            (Verdict::Refused(codes), Ok(_)) => panic!("{what} of a {kind} should be refused by {codes:?}"),
            (Verdict::NotFound, Err(error)) => {
                assert!(matches!(error, Error::NotFound(..)), "{what}: {error}");
                None
            }
            (verdict, Err(error)) => {
                self.check_refusal(verdict, &error, what);
                None
            }
        };
        let ended = if answer.is_some() { "done" } else { "refused" };
        self.count(format!("{what} {kind} {ended}"));
        if answer.is_none() {
            assert_eq!(self.crm.position().unwrap(), self.position, "what is refused changes nothing");
        }
        answer
    }

    fn check_refusal(&self, verdict: &Verdict, error: &Error, what: &str) {
        let codes: Vec<&str> = match error {
            Error::Refused(refusals) => refusals.iter().map(|refusal| refusal.code.as_str()).collect(),
            Error::Invalid(invalid) => invalid.iter().map(|invalid| invalid.code.as_str()).collect(),
            Error::Stale { .. } => vec!["record.stale"],
            // A room looks at a record that the actor may not see.
            Error::NotFound(..) => return,
            other => panic!("{what}: {other}"),
        };
        for code in codes.iter().filter(|code| FORESEEN.contains(code)) {
            let foreseen = matches!(verdict, Verdict::Refused(codes) if codes.contains(code));
            assert!(foreseen, "{what}: {error} was not foreseen");
        }
    }

    /// Takes a change over into the model: what was asked, and what rooms made of it.
    pub fn take_over(
        &mut self,
        actor: Actor,
        action: &str,
        record: RecordRef,
        asked: Option<BTreeMap<u16, Value>>,
    ) {
        let at = self.command_at();
        let asked = asked.map(|mut values| {
            values.retain(|_, value| !value.is_empty());
            values
        });
        let actual = self.values_of(record);
        let both: BTreeSet<u16> =
            asked.iter().chain(&actual).flat_map(|values| values.keys().copied()).collect();
        for no in both {
            let field =
                |values: &Option<BTreeMap<u16, Value>>| values.as_ref().and_then(|v| v.get(&no).cloned());
            let (asked, actual) = (field(&asked), field(&actual));
            let settled = settles(&self.world, record, no, asked.as_ref());
            assert!(asked == actual || settled, "{record} field {no}: {asked:?}, got {actual:?}");
        }
        assert_eq!(asked.is_some(), actual.is_some(), "{record}");
        self.absorb(actor, action, at);
    }

    /// Takes over what the feed tells since the last step: what a command did, and due work that it called for at
    /// once. Then every record that it names is as the model has it.
    pub fn absorb(&mut self, actor: Actor, action: &str, at: Instant) {
        let (changes, _) = self.crm.changes(self.position, 10_000).unwrap();
        let mut told: BTreeSet<RecordRef> = BTreeSet::new();
        for item in &changes {
            let record = item.record;
            let own = item.action == action && item.actor == actor && item.at == at;
            assert!(own && told.insert(record) || item.action == "due.run", "{record}: {item:?}");
            let schema = self.world.kind(record.kind);
            let mut values =
                self.world.records.get(&record).map(|plain| plain.values.clone()).unwrap_or_default();
            for field in &item.fields {
                let no = schema.named(&field.field).map(|field| field.no).expect("a field");
                assert_eq!(
                    values.get(&no).cloned().unwrap_or_default(),
                    field.old,
                    "{record}: {}",
                    field.field
                );
                values.insert(no, field.new.clone());
            }
            values.retain(|_, value| !value.is_empty());
            let values = (item.change != Change::Deleted).then_some(values);
            let before = self.world.records.get(&record).map(|plain| plain.revision);
            self.world.write(record, values, item.at, (item.actor, &item.action));
            let after = self.world.records.get(&record).map(|plain| plain.revision);
            assert!(before != after, "{record} has an entry without a change");
            self.position += 1;
            assert_eq!(item.position, self.position);
            self.last_at = item.at;
        }
        for record in changes.iter().map(|item| item.record) {
            let expected = self.world.records.get(&record).map(|plain| plain.values.clone());
            assert_eq!(self.values_of(record), expected, "{record}");
        }
        assert_eq!(self.crm.position().unwrap(), self.position);
    }

    /// A record's values as the engine has them, by number.
    pub fn values_of(&self, record: RecordRef) -> Option<BTreeMap<u16, Value>> {
        let shown = match self.crm.system().read(record) {
            Ok(shown) => shown,
            Err(Error::NotFound(..)) => return None,
            Err(other) => panic!("{record}: {other}"),
        };
        let schema = self.world.kind(record.kind);
        let number = |name: &str| schema.named(name).map(|field| field.no).expect("a field");
        Some(shown.fields.into_iter().map(|(name, value)| (number(&name), value)).collect())
    }
}

fn verdict(codes: BTreeSet<&'static str>) -> Verdict {
    if codes.is_empty() { Verdict::Done } else { Verdict::Refused(codes) }
}

impl World {
    /// Whether another record names this one.
    pub fn is_named(&self, record: RecordRef) -> bool {
        self.records.iter().filter(|(other, _)| **other != record).any(|(_, plain)| {
            plain.values.iter().any(|(no, value)| *no != CREATED_BY && named(value).contains(&record))
        })
    }

    /// Whether two records of a kind share a unique key.
    fn collides(&self, kind: KindNo, one: &BTreeMap<u16, Value>, other: &BTreeMap<u16, Value>) -> bool {
        let key = |values: &BTreeMap<u16, Value>, no: u16, form: Form| -> Option<String> {
            let value = values.get(&no)?;
            match (form, value) {
                (Form::Folded, Value::Text(text)) => Some(text::fold(text)).filter(|text| !text.is_empty()),
                (Form::Value, value) => Some(value.to_string()),
                (form, _) => panic!("a unique key of the form {form:?}"),
            }
        };
        let by_index =
            spec(kind).indexes.iter().filter(|index| index.layout == Layout::Unique).any(|index| {
                index.parts.iter().all(|part| {
                    let (one, other) = (key(one, part.field, part.form), key(other, part.field, part.form));
                    one.is_some() && one == other
                })
            });
        let unique = self.flagged(kind, crm_core::domain::org::CustomField::unique);
        by_index || unique.iter().any(|no| one.contains_key(no) && one.get(no) == other.get(no))
    }
}
