//! The unit of work: the desk that a command runs against, and what follows from its writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::access::Access;
use super::config::{Config, spec};
use super::derive::{self, Entry};
use super::finish;
use super::overlay::Overlay;
use super::ports::Host;
use super::sight::Sight;
use crate::base::id::id_bits;
use crate::base::kind::RuleId;
use crate::base::settings::Settings;
use crate::base::{Instant, KindNo, RecordRef};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, View};
use crate::record::command::CommandForm;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::key;
use crate::record::lifecycle::Lifecycle;
use crate::record::port::Judges;
use crate::record::schema::Schema;
use crate::record::script::{Ask, Heard, Verdict};
use crate::store::{Direction, Range, Table};

/// Why a unit may write a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    /// The actor was allowed this action on it.
    Actor(Action),
    /// A rule of the trade reaches it.
    Purpose(Purpose),
}

/// A record that the unit has read for writing.
pub(crate) struct Touched {
    /// Its image before the unit, none when it is new.
    pub(crate) before: Option<Arc<[u8]>>,
    /// Its fields as they stand, none when it is deleted or not yet written.
    pub(crate) fields: Option<Arc<[u8]>>,
    pub(crate) authority: Vec<Authority>,
    pub(crate) written: bool,
}

/// What was drawn from clock and entropy for a command; drawn once, also when it is decided again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drawn {
    pub(crate) now: Option<Instant>,
    pub(crate) bits: Vec<u128>,
}

/// A command's unit of work.
pub(crate) struct Unit<'a> {
    pub(crate) overlay: &'a mut Overlay,
    pub(crate) config: Arc<Config>,
    pub(crate) host: &'a Host,
    pub(crate) sight: Sight,
    pub(crate) drawn: &'a mut Drawn,
    next_drawn: usize,
    pub(crate) now: Instant,
    pub(crate) touched: BTreeMap<RecordRef, Touched>,
    /// The records in the order in which they were first written.
    pub(crate) order: Vec<RecordRef>,
    pub(crate) due: Vec<Due>,
    pub(crate) reason: String,
    pub(crate) rule: String,
    /// Whether what the command asked for is done and only what follows from it is written.
    pub(crate) following: bool,
    /// The human codes given out.
    pub(crate) codes: Vec<String>,
    /// The rules that led here, each with the record that it was about.
    pub(crate) chain: Vec<(RecordRef, RecordRef)>,
}

impl<'a> Unit<'a> {
    /// A unit for an actor at an instant not before `earliest`.
    pub(crate) fn new(
        overlay: &'a mut Overlay,
        config: Arc<Config>,
        host: &'a Host,
        actor: Actor,
        earliest: Instant,
        drawn: &'a mut Drawn,
    ) -> Self {
        let now = (*drawn.now.get_or_insert_with(|| host.clock.now())).max(earliest);
        let access: Arc<Access> = config.access(actor);
        let sight = Sight::new(config.clone(), access, now);
        Unit {
            overlay,
            config,
            host,
            sight,
            drawn,
            next_drawn: 0,
            now,
            touched: BTreeMap::new(),
            order: Vec::new(),
            due: Vec::new(),
            reason: String::new(),
            rule: String::new(),
            following: false,
            codes: Vec::new(),
            chain: Vec::new(),
        }
    }

    /// Random bits, the same ones when the command is decided again.
    pub(crate) fn random(&mut self) -> u128 {
        let place = self.next_drawn;
        self.next_drawn += 1;
        if let Some(bits) = self.drawn.bits.get(place) {
            return *bits;
        }
        let bits = self.host.entropy.bits();
        self.drawn.bits.push(bits);
        bits
    }

    /// A record's image as the unit sees it.
    pub(crate) fn image(&self, record: RecordRef) -> Result<Option<Vec<u8>>> {
        if let Some(touched) = self.touched.get(&record)
            && touched.written
        {
            return Ok(touched.fields.as_ref().map(|fields| self.staged_image(touched, fields)));
        }
        Ok(self.overlay.get(Table::Records, &key::record(record))?)
    }

    /// The image that a record will have with these fields.
    pub(crate) fn as_written(&self, record: RecordRef, fields: &[u8]) -> Vec<u8> {
        match self.touched.get(&record) {
            Some(touched) => self.staged_image(touched, fields),
            None => codec::image(1, 0, self.now, fields),
        }
    }

    fn staged_image(&self, touched: &Touched, fields: &[u8]) -> Vec<u8> {
        let revision = touched
            .before
            .as_deref()
            .and_then(|image| View::new(image).ok())
            .map_or(1, |view| view.revision + 1);
        codec::image(revision, 0, self.now, fields)
    }

    fn touch(&mut self, record: RecordRef, image: Option<&[u8]>, authority: Authority) {
        let touched = self.touched.entry(record).or_insert_with(|| Touched {
            before: image.map(Arc::from),
            fields: None,
            authority: Vec::new(),
            written: false,
        });
        if !touched.authority.contains(&authority) {
            touched.authority.push(authority);
        }
    }

    /// Replaces the index entries of one image by those of another.
    fn reindex(&mut self, record: RecordRef, old: Option<&[u8]>, new: Option<&[u8]>) -> Result<()> {
        let spec = spec(record.kind)?;
        let (olds, news) = (old.map(View::of_fields), new.map(View::of_fields));
        let empty = View::of_fields(&[]);
        let mut changed = Vec::new();
        codec::diff(olds.unwrap_or(empty), news.unwrap_or(empty), |no, _, _| changed.push(no))?;
        // A record that appears or goes has all its entries change.
        let whole = olds.is_some() != news.is_some();
        let is_changed = |no: u16| whole || changed.binary_search(&no).is_ok();
        let config = self.config.clone();
        let custom = config.unique_fields(record.kind);
        let mut gone: Vec<Entry> = Vec::new();
        let mut come: Vec<Entry> = Vec::new();
        if let Some(view) = olds {
            derive::entries(spec, custom, record, view, &is_changed, &mut gone)?;
        }
        if let Some(view) = news {
            derive::entries(spec, custom, record, view, &is_changed, &mut come)?;
        }
        for (table, key, value) in &gone {
            if !come.iter().any(|(t, k, v)| t == table && k == key && v == value) {
                self.overlay.delete(*table, key.clone());
            }
        }
        for (table, key, value) in come {
            if gone.iter().any(|(t, k, v)| *t == table && *k == key && *v == value) {
                continue;
            }
            if table == Table::Unique {
                self.check_unique(record, &key)?;
            }
            self.overlay.put(table, key, value);
        }
        Ok(())
    }

    fn check_unique(&self, record: RecordRef, key: &[u8]) -> Result<()> {
        let Some(holder) = self.overlay.get(Table::Unique, key)? else { return Ok(()) };
        if holder == record.bits.to_be_bytes() {
            return Ok(());
        }
        let spec = spec(record.kind)?;
        let number = key.get(2).copied().unwrap_or(0);
        let index = spec.indexes.iter().find(|index| index.no == number);
        let name = match index {
            Some(index) => index.name.to_owned(),
            None => {
                let field =
                    key.get(3..).and_then(|rest| rest.first_chunk()).map_or(0, |no| u16::from_be_bytes(*no));
                let schema = self.config.schema.kind(record.kind);
                schema.and_then(|schema| schema.field(field)).map_or(String::new(), |f| f.name.to_string())
            }
        };
        Err(Error::invalid(&name, "value.taken", format!("another {} has this {name}", record.kind)))
    }

    /// Ends the unit: checks, images, journal, due work. Answers the changed records' positions.
    pub(crate) fn finish(&mut self, action: &str, tip: &mut finish::Tip) -> Result<finish::Finished> {
        finish::finish(self, action, tip)
    }
}

impl Desk for Unit<'_> {
    fn now(&self) -> Instant {
        self.now
    }

    fn actor(&self) -> Actor {
        self.sight.access.actor
    }

    fn next_bits(&mut self) -> u128 {
        let random = self.random();
        id_bits(self.now, random)
    }

    fn schema(&self) -> Arc<Schema> {
        self.config.schema.clone()
    }

    fn settings(&self) -> Arc<Settings> {
        self.config.settings.clone()
    }

    fn lifecycle(&self, kind: KindNo, name: Option<&str>) -> Result<Arc<Lifecycle>> {
        self.config.lifecycle(kind, name)
    }

    fn lifecycles(&self) -> Vec<Arc<Lifecycle>> {
        self.config.lifecycles()
    }

    fn has_role(&self, role: &str) -> bool {
        self.sight.access.everything || self.sight.access.roles.contains(role)
    }

    fn may(&self, action: Action, kind: KindNo) -> Result<()> {
        if self.sight.access.may(action, kind) {
            return Ok(());
        }
        Err(denied(action, kind))
    }

    fn load(&mut self, record: RecordRef, action: Action) -> Result<Vec<u8>> {
        let image = self.image(record)?.ok_or_else(|| Error::not_found(record))?;
        // What the unit itself created or was sent to is in its hands.
        let in_hand = self.touched.get(&record).is_some_and(|touched| {
            touched.written
                && (touched.before.is_none()
                    || touched.authority.iter().any(|a| matches!(a, Authority::Purpose(_))))
        });
        if !in_hand {
            if !self.sight.sees(self.overlay, record, &image)? {
                return Err(Error::not_found(record));
            }
            if action != Action::Read && self.sight.grounds(self.overlay, action, record, &image)?.is_none() {
                return Err(denied(action, record.kind));
            }
        }
        if action != Action::Read {
            self.touch(record, Some(&image), Authority::Actor(action));
        }
        Ok(image)
    }

    fn enlist(&mut self, record: RecordRef, purpose: Purpose) -> Result<Option<Vec<u8>>> {
        let image = self.image(record)?;
        self.touch(record, image.as_deref(), Authority::Purpose(purpose));
        Ok(image)
    }

    fn find(&mut self, lookup: &Lookup) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        let mut found = Vec::new();
        self.look_up(lookup, |unit, record| {
            let Some(image) = unit.image(record)? else { return Ok(false) };
            let seen = unit.sight.sees(unit.overlay, record, &image)?;
            if seen {
                found.push((record, image));
            }
            Ok(seen)
        })?;
        Ok(found)
    }

    fn count(&mut self, lookup: &Lookup) -> Result<usize> {
        let mut count = 0;
        self.look_up(lookup, |_, _| {
            count += 1;
            Ok(true)
        })?;
        Ok(count)
    }

    fn matches(&mut self, lookup: &Lookup) -> Result<Vec<RecordRef>> {
        let mut found = Vec::new();
        self.look_up(lookup, |_, record| {
            found.push(record);
            Ok(true)
        })?;
        Ok(found)
    }

    fn walk(&mut self, kind: KindNo, after: Option<RecordRef>, limit: usize) -> Result<Vec<RecordRef>> {
        let mut range = Range::prefix(&kind.0.to_be_bytes());
        if let Some(after) = after {
            range.from = std::ops::Bound::Excluded(key::record(after));
        }
        let mut cursor = self.overlay.range(Table::Records, range, Direction::Forward)?;
        let mut found = Vec::new();
        while found.len() < limit && cursor.step()? {
            let record =
                key::read_record(cursor.key()).ok_or_else(|| Error::Corrupt("a record's key".into()))?;
            found.push(record);
        }
        Ok(found)
    }

    fn field_access(&self, kind: KindNo, field: u16) -> Option<FieldAccess> {
        self.sight.access.field(kind, field)
    }

    fn sees(&mut self, record: RecordRef) -> Result<bool> {
        match self.image(record)? {
            None => Ok(false),
            Some(image) => self.sight.sees(self.overlay, record, &image),
        }
    }

    fn write(&mut self, record: RecordRef, fields: Vec<u8>) -> Result<()> {
        if !self.touched.contains_key(&record) {
            if self.overlay.get(Table::Records, &key::record(record))?.is_some() {
                return Err(denied(Action::Update, record.kind));
            }
            self.may(Action::Create, record.kind)?;
            self.touch(record, None, Authority::Actor(Action::Create));
        }
        let Some(touched) = self.touched.get_mut(&record) else {
            return Err(denied(Action::Update, record.kind));
        };
        let old = match (touched.written, touched.fields.take(), touched.before.as_deref()) {
            (true, fields, _) => fields,
            (false, _, Some(image)) => Some(View::new(image)?.field_bytes().into()),
            (false, _, None) => None,
        };
        if !std::mem::replace(&mut touched.written, true) {
            self.order.push(record);
        }
        let fields = if old.is_none() { finish::with_created(self, record, &fields)? } else { fields };
        // Before the unique keys, whose errors would tell of values that the actor may not read.
        finish::check_field_rights(self, record, &fields)?;
        self.reindex(record, old.as_deref(), Some(&fields))?;
        if let Some(touched) = self.touched.get_mut(&record) {
            touched.fields = Some(fields.into());
        }
        Ok(())
    }

    fn delete(&mut self, record: RecordRef) -> Result<()> {
        let Some(touched) = self.touched.get_mut(&record) else {
            return Err(denied(Action::Delete, record.kind));
        };
        let may = touched.authority.iter().any(|authority| match authority {
            Authority::Actor(action) => *action == Action::Delete,
            Authority::Purpose(_) => true,
        });
        if !may {
            return Err(denied(Action::Delete, record.kind));
        }
        let old = match (touched.written, touched.fields.take(), touched.before.as_deref()) {
            (true, fields, _) => fields,
            (false, _, Some(image)) => Some(View::new(image)?.field_bytes().into()),
            (false, _, None) => None,
        };
        if !std::mem::replace(&mut touched.written, true) {
            self.order.push(record);
        }
        self.reindex(record, old.as_deref(), None)
    }

    fn next_code(&mut self, kind: KindNo) -> Result<Option<String>> {
        let code = finish::next_code(self, kind)?;
        self.codes.extend(code.clone());
        Ok(code)
    }

    fn memory(&mut self, of: RecordRef) -> Result<Option<Vec<u8>>> {
        Ok(self.overlay.get(Table::Meta, &memory_key(of))?)
    }

    fn remember(&mut self, of: RecordRef, what: Vec<u8>) {
        self.overlay.put(Table::Meta, memory_key(of), what);
    }

    fn schedule(&mut self, due: Due) {
        self.due.push(due);
    }

    fn cancel(&mut self, at: Instant, work: &str, about: RecordRef) -> Result<()> {
        let is_it = |due: &Due| due.at == at && due.work == work && due.about == about;
        self.due.retain(|due| !is_it(due));
        let mut range = Range::all();
        range.from = std::ops::Bound::Included(finish::due_key(at, 0));
        range.to = std::ops::Bound::Included(finish::due_key(at, u128::MAX));
        let mut cursor = self.overlay.range(Table::Due, range, Direction::Forward)?;
        let mut found = Vec::new();
        while cursor.step()? {
            if is_it(&super::due::read(cursor.value())?) {
                found.push(cursor.key().to_vec());
            }
        }
        drop(cursor);
        found.into_iter().for_each(|key| self.overlay.delete(Table::Due, key));
        Ok(())
    }

    fn because(&mut self, reason: &str) {
        reason.clone_into(&mut self.reason);
    }

    fn by_rule(&mut self, rule: &str) {
        rule.clone_into(&mut self.rule);
    }

    fn hear(&mut self, ask: &Ask<'_>) -> Result<Heard<Verdict>> {
        super::rules::hear(self, ask)
    }

    fn shown(&self, rule: RuleId, kind: KindNo, image: Vec<u8>) -> Result<Vec<u8>> {
        self.config.rules.shown(&self.sight, rule, kind, image)
    }

    fn commands(&self) -> &'static [CommandForm] {
        super::registry::command_forms()
    }

    fn led_by(&mut self, chain: Vec<(RecordRef, RecordRef)>) {
        self.chain = chain;
    }

    fn chain(&self) -> Vec<(RecordRef, RecordRef)> {
        self.chain.clone()
    }

    fn sends(&self) -> bool {
        self.host.sender.sends()
    }

    fn ports(&self) -> Arc<dyn Judges> {
        self.host.judges.clone()
    }
}

/// The key of what a rule remembers under a record.
fn memory_key(of: RecordRef) -> Vec<u8> {
    let mut memory = b"memory/".to_vec();
    memory.extend_from_slice(&key::record(of));
    memory
}

/// The refusal of an action on a kind.
pub(crate) fn denied(action: Action, kind: KindNo) -> Error {
    Error::Refused(vec![
        crate::record::error::Refusal::new(
            "permission.denied",
            format!("the actor may not {action} this {kind}"),
        )
        .with("action", action)
        .with("kind", kind.name()),
    ])
}
