//! What an actor sees: the one check of a record against his rights, and the one projection of what
//! he is shown.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::access::{Access, Grounds, Reach};
use super::config::{Config, spec};
use super::overlay::Overlay;
use super::rules::behaviour::{self, Noted};
use super::verify::collect_references;
use crate::base::{Instant, KindNo, RecordRef, Value, calendar, text};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, ValueRef, View, put_varint};
use crate::record::error::{Error, Invalid, Result};
use crate::record::field::FieldType;
use crate::record::filter::{self, Filter, FilterContext, Predicate, Related};
use crate::record::key;
use crate::record::spec::{CREATED_BY, Spec, Visibility};
use crate::store::Table;

/// How deep a chain of parents is followed.
const DEEPEST_PARENT: u8 = 4;

/// One actor's eyes at one instant.
pub(crate) struct Sight {
    pub(crate) config: Arc<Config>,
    pub(crate) access: Arc<Access>,
    pub(crate) now: Instant,
    /// The instant that an actor asks of, from which the relative dates of his filters count.
    of: Instant,
    /// The filters of sharing rules, bound on first use.
    shares: RefCell<BTreeMap<(KindNo, usize), Arc<Predicate>>>,
}

/// Gives a record's image as a unit sees it.
pub(crate) type Staged<'a> = &'a dyn Fn(RecordRef) -> Option<Vec<u8>>;

/// Gives a filter the records that its paths lead to, and the behaviours that it counts.
pub(crate) struct Neighbours<'a> {
    pub(crate) overlay: &'a Overlay,
    config: &'a Config,
    pub(crate) now: Instant,
    /// Who must see them; none for the tenant's own rules, which look at everything.
    pub(crate) sight: Option<&'a Sight>,
    /// As of when; now when none.
    at: Option<Instant>,
    /// Whether records come as the actor is shown them, without what is hidden from him.
    shown: bool,
    /// What stands in a unit that isn't finished.
    staged: Option<Staged<'a>>,
    /// The activities about records that were asked for.
    noted: Vec<(RecordRef, Vec<Noted>)>,
}

impl<'a> Neighbours<'a> {
    /// Every record, for a rule of the tenant's own making.
    pub(crate) fn all(overlay: &'a Overlay, sight: &'a Sight) -> Self {
        Neighbours { sight: None, ..Neighbours::seen(overlay, sight) }
    }

    /// The records that an actor sees.
    pub(crate) fn seen(overlay: &'a Overlay, sight: &'a Sight) -> Self {
        let (config, now) = (sight.config.as_ref(), sight.now);
        Neighbours {
            overlay,
            config,
            now,
            sight: Some(sight),
            at: None,
            shown: false,
            staged: None,
            noted: Vec::new(),
        }
    }

    /// The records that an actor sees, as they stood at an instant.
    pub(crate) fn seen_at(overlay: &'a Overlay, sight: &'a Sight, at: Instant) -> Self {
        Neighbours { at: Some(at), now: at, ..Neighbours::seen(overlay, sight) }
    }

    /// The same records without the fields that are hidden from the actor.
    pub(crate) fn shown(self) -> Self {
        Neighbours { shown: true, ..self }
    }

    /// The same with what stands in a unit that isn't finished.
    pub(crate) fn within(self, staged: Staged<'a>) -> Self {
        Neighbours { staged: Some(staged), ..self }
    }

    /// A record's image as it is now.
    fn today(&self, record: RecordRef) -> Option<Vec<u8>> {
        match self.staged {
            Some(staged) => staged(record),
            None => self.overlay.get(Table::Records, &key::record(record)).ok().flatten(),
        }
    }

    /// How often a behaviour was seen of a record, and when last.
    fn behaved(&mut self, record: RecordRef, behaviour: u32) -> (i64, Option<Instant>) {
        let Some(counted) = self.config.rules.vocabulary.counted(behaviour) else { return (0, None) };
        if !self.noted.iter().any(|(known, _)| *known == record) {
            let noted = behaviour::about(self.overlay, self.sight, &|activity| self.today(activity), record);
            let noted = noted.unwrap_or_default();
            self.noted.push((record, noted));
        }
        let noted = self.noted.iter().find(|(known, _)| *known == record);
        behaviour::count(noted.map_or(&[], |(_, noted)| noted), &counted, self.now)
    }
}

impl Related for Neighbours<'_> {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        let today = self.today(record);
        let image = match self.at {
            None => today.clone()?,
            Some(at) => super::history::record_as_of(self.overlay, record, at).ok()??,
        };
        // Rights are today's, on the record as it is today; on its last form when it is gone.
        let sees = |sight: &Sight| {
            let known = today.as_deref().unwrap_or(&image);
            sight.sees(self.overlay, record, known).unwrap_or(false)
        };
        if !self.sight.is_none_or(sees) {
            return None;
        }
        match self.sight {
            Some(sight) if self.shown => sight.show(record.kind, image).ok(),
            _ => Some(image),
        }
    }

    fn behaviours(&mut self, record: RecordRef, behaviour: u32) -> i64 {
        self.behaved(record, behaviour).0
    }

    fn last_seen(&mut self, record: RecordRef, behaviour: u32) -> Option<Instant> {
        self.behaved(record, behaviour).1
    }
}

impl Sight {
    pub(crate) fn new(config: Arc<Config>, access: Arc<Access>, now: Instant) -> Self {
        Sight { config, access, now, of: now, shares: RefCell::new(BTreeMap::new()) }
    }

    /// The same eyes asked of a past instant: rights, and the tenant's own rules, stay today's.
    pub(crate) fn asked_of(self, at: Instant) -> Self {
        Sight { of: at, ..self }
    }

    /// Runs something with what relative words mean to this actor now.
    pub(crate) fn with_context<T>(&self, run: impl FnOnce(&FilterContext<'_>) -> T) -> T {
        self.with_context_of(self.now, run)
    }

    fn with_context_of<T>(&self, now: Instant, run: impl FnOnce(&FilterContext<'_>) -> T) -> T {
        let settings = &self.config.settings;
        let context = FilterContext {
            now,
            today: calendar::local_date(now, settings.zone),
            day_start: &|day| calendar::start_of_day(day, settings.zone),
            me: self.access.actor.record(),
            my_team: self.access.team.clone(),
            my_department: self.access.department.clone(),
            my_subordinates: self.access.subordinates.clone(),
            normal: &|ty, text| match ty {
                FieldType::Phone => text::phone::e164(text, &settings.region),
                _ => text::email::normalise(text).ok(),
            },
            behaviour: &|name| self.config.rules.vocabulary.number(name),
        };
        run(&context)
    }

    /// Binds a filter of the tenant's own making, which may look at every field.
    pub(crate) fn bind_rule(&self, kind: KindNo, filter: &Filter, rule: &str) -> Result<Predicate> {
        self.with_context(|context| filter::bind(filter, &self.config.schema, kind, context))
            .map_err(|_| Error::Corrupt(format!("rule `{rule}` no longer fits the fields of {kind}")))
    }

    /// Binds a filter to the fields that the actor sees whole. One that is hidden from him does not
    /// exist, down to the words of the error; one that shows in part can't be asked about.
    pub(crate) fn bind(&self, kind: KindNo, filter: &Filter) -> Result<Predicate> {
        let schema = self.access.schema.as_ref().unwrap_or(&self.config.schema);
        let bound = self.with_context_of(self.of, |context| filter::bind(filter, schema, kind, context));
        let predicate = bound.map_err(|errors| {
            let invalid = errors
                .into_iter()
                .map(|error| Invalid::new(&error.field, "filter.invalid", error.problem.to_string()));
            Error::Invalid(invalid.collect())
        })?;
        for (kind, field) in predicate.fields() {
            if self.access.field(kind, field) == Some(FieldAccess::Masked) {
                return Err(self.masked_field(kind, field));
            }
        }
        Ok(predicate)
    }

    /// The name of a field.
    pub(crate) fn field_name(&self, kind: KindNo, field: u16) -> String {
        let schema = self.config.schema.kind(kind);
        schema.and_then(|schema| schema.field(field)).map_or("?".into(), |field| field.name.to_string())
    }

    /// The error for a field that the actor sees in part and asks about.
    pub(crate) fn masked_field(&self, kind: KindNo, field: u16) -> Error {
        let name = self.field_name(kind, field);
        Error::invalid(&name, "field.masked", format!("the actor sees only part of `{name}`"))
    }

    /// Why the actor may do something with a record, none when he may not.
    pub(crate) fn grounds(
        &self,
        overlay: &Overlay,
        action: Action,
        record: RecordRef,
        image: &[u8],
    ) -> Result<Option<Grounds>> {
        self.grounds_at(overlay, action, record, image, 0)
    }

    fn grounds_at(
        &self,
        overlay: &Overlay,
        action: Action,
        record: RecordRef,
        image: &[u8],
        depth: u8,
    ) -> Result<Option<Grounds>> {
        let spec = spec(record.kind)?;
        let view = View::new(image)?;
        if self.access.everything {
            return Ok(Some(Grounds::Everything));
        }
        if let Visibility::Under { parent } = spec.visibility {
            return self.grounds_under(overlay, action, spec, view, parent, depth);
        }
        if let Some(grounds) = self.access.reaches_owned(action, spec, view)? {
            return Ok(Some(grounds));
        }
        self.shared(overlay, action, spec, record, view)
    }

    /// A record that hangs below another is seen with it, and changed by who may do so with its kind.
    fn grounds_under(
        &self,
        overlay: &Overlay,
        action: Action,
        spec: &Spec,
        view: View<'_>,
        parent: u16,
        depth: u8,
    ) -> Result<Option<Grounds>> {
        match self.access.reach(action, spec.kind) {
            None => return Ok(None),
            Some(Reach::All) => return Ok(Some(Grounds::Scope)),
            Some(Reach::Owners(_)) if depth >= DEEPEST_PARENT => return Ok(None),
            Some(Reach::Owners(_)) => {}
        }
        let mut parents = Vec::new();
        collect_references(view.get(parent)?, &mut |parent| parents.push(parent));
        if parents.is_empty() {
            // What hangs below nothing is its creator's.
            let mine = match view.get(CREATED_BY)? {
                ValueRef::Id(creator) => Some(creator.bits) == self.access.me,
                _ => false,
            };
            return Ok(mine.then_some(Grounds::Scope));
        }
        for parent in parents {
            if let Some(image) = overlay.get(Table::Records, &key::record(parent))? {
                let grounds = self.grounds_at(overlay, Action::Read, parent, &image, depth + 1)?;
                if grounds.is_some() {
                    return Ok(grounds);
                }
            }
        }
        Ok(None)
    }

    fn shared(
        &self,
        overlay: &Overlay,
        action: Action,
        spec: &Spec,
        record: RecordRef,
        view: View<'_>,
    ) -> Result<Option<Grounds>> {
        for (place, rule) in self.access.kind(spec.kind).shared.iter().enumerate() {
            if !rule.actions.contains(&action) {
                continue;
            }
            let passes = match &rule.filter {
                None => true,
                Some(filter) => {
                    let predicate = self.share_filter(spec.kind, place, filter)?;
                    predicate.matches(record.bits, view, &mut Neighbours::all(overlay, self))?
                }
            };
            if passes {
                return Ok(Some(Grounds::Shared(rule.name.clone())));
            }
        }
        Ok(None)
    }

    fn share_filter(&self, kind: KindNo, place: usize, filter: &Filter) -> Result<Arc<Predicate>> {
        if let Some(bound) = self.shares.borrow().get(&(kind, place)) {
            return Ok(bound.clone());
        }
        // A sharing rule is the administrator's, so it may look at fields that the actor may not.
        let bound = Arc::new(self.bind_rule(kind, filter, "sharing")?);
        self.shares.borrow_mut().insert((kind, place), bound.clone());
        Ok(bound)
    }

    /// Whether the actor sees a record.
    pub(crate) fn sees(&self, overlay: &Overlay, record: RecordRef, image: &[u8]) -> Result<bool> {
        Ok(self.grounds(overlay, Action::Read, record, image)?.is_some())
    }

    /// An image as the actor is shown it: without hidden fields, masked ones in part.
    pub(crate) fn show(&self, kind: KindNo, image: Vec<u8>) -> Result<Vec<u8>> {
        if self.access.reads_all_fields(kind) {
            return Ok(image);
        }
        let view = View::new(&image)?;
        let mut fields = Vec::with_capacity(image.len());
        let mut walk = view.fields();
        while let Some((no, raw)) = walk.step()? {
            match self.access.field(kind, no) {
                Some(FieldAccess::Hidden) => {}
                Some(FieldAccess::Masked) => {
                    codec::put_field(&mut fields, no, &self.mask(kind, no, raw.value()?));
                }
                _ => {
                    put_varint(&mut fields, u64::from(no));
                    fields.extend_from_slice(raw.0);
                }
            }
        }
        Ok(codec::image(view.revision, view.head, view.updated_at, &fields))
    }

    /// A value in part: of written text the ends, of anything else nothing, so that the record still
    /// reads as one of its kind.
    pub(crate) fn mask(&self, kind: KindNo, field: u16, value: ValueRef<'_>) -> Value {
        let schema = self.config.schema.kind(kind);
        match schema.and_then(|schema| schema.field(field)).map(|field| field.ty) {
            Some(FieldType::Text) => mask(value, false),
            Some(FieldType::Phone | FieldType::Email) => mask(value, true),
            _ => Value::Null,
        }
    }
}

/// The ends of a text, or of the texts in a list. Of a row of a number or address as entered and its
/// normal form the latter goes.
fn mask(value: ValueRef<'_>, rows: bool) -> Value {
    match value {
        ValueRef::Text(text) if text.contains('@') => Value::Text(text::email::mask(text)),
        ValueRef::Text(text) => Value::Text(text::phone::mask(text)),
        ValueRef::List(mut items) => match items.clone().next() {
            Some(entered @ ValueRef::Text(_)) if rows => Value::List(vec![mask(entered, true), Value::Null]),
            _ => Value::List(items.by_ref().map(|item| mask(item, rows)).collect()),
        },
        _ => Value::Null,
    }
}
