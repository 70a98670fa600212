//! What an actor sees: the one check of a record against his rights, and the one projection of what
//! he is shown.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::access::{Access, Grounds, Reach};
use super::config::{Config, spec};
use super::overlay::Overlay;
use super::verify::collect_references;
use crate::base::{Instant, KindNo, RecordRef, calendar, text};
use crate::record::action::{Action, FieldAccess};
use crate::record::codec::{self, ValueRef, View, put_varint};
use crate::record::error::{Error, Invalid, Result};
use crate::record::field::FieldType;
use crate::record::filter::{self, BindError, Filter, FilterContext, Predicate, Related};
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
    /// The filters of sharing rules, bound on first use.
    shares: RefCell<BTreeMap<(KindNo, usize), Arc<Predicate>>>,
}

/// Gives a filter the records that its paths lead to.
pub(crate) struct Neighbours<'a>(pub(crate) &'a Overlay);

impl Related for Neighbours<'_> {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.0.get(Table::Records, &key::record(record)).ok().flatten()
    }
}

impl Sight {
    pub(crate) fn new(config: Arc<Config>, access: Arc<Access>, now: Instant) -> Self {
        Sight { config, access, now, shares: RefCell::new(BTreeMap::new()) }
    }

    /// Binds a filter with what its relative words mean to this actor now.
    fn bind_filter(&self, kind: KindNo, filter: &Filter) -> std::result::Result<Predicate, Vec<BindError>> {
        let settings = &self.config.settings;
        let context = FilterContext {
            now: self.now,
            today: calendar::local_date(self.now, settings.zone),
            day_start: &|day| calendar::start_of_day(day, settings.zone),
            me: self.access.actor.record(),
            my_team: self.access.team.clone(),
            my_department: self.access.department.clone(),
            my_subordinates: self.access.subordinates.clone(),
            normal: &|ty, text| match ty {
                FieldType::Phone => text::phone::e164(text, &settings.region),
                _ => text::email::normalise(text).ok(),
            },
            behaviour: &|_| None,
        };
        filter::bind(filter, &self.config.schema, kind, &context)
    }

    /// Binds a filter of the tenant's own making, which may look at every field.
    pub(crate) fn bind_rule(&self, kind: KindNo, filter: &Filter, rule: &str) -> Result<Predicate> {
        self.bind_filter(kind, filter)
            .map_err(|_| Error::Corrupt(format!("rule `{rule}` no longer fits the fields of {kind}")))
    }

    /// Binds a filter to a kind's fields, none of which may be hidden from the actor.
    pub(crate) fn bind(&self, kind: KindNo, filter: &Filter) -> Result<Predicate> {
        let predicate = self.bind_filter(kind, filter).map_err(|errors| {
            let invalid = errors
                .into_iter()
                .map(|error| Invalid::new(&error.field, "filter.invalid", error.problem.to_string()));
            Error::Invalid(invalid.collect())
        })?;
        for (kind, field) in predicate.fields() {
            if matches!(self.access.field(kind, field), Some(FieldAccess::Hidden | FieldAccess::Masked)) {
                return Err(self.unknown_field(kind, field));
            }
        }
        Ok(predicate)
    }

    /// The error for a field that does not exist for the actor.
    pub(crate) fn unknown_field(&self, kind: KindNo, field: u16) -> Error {
        let schema = self.config.schema.kind(kind);
        let name =
            schema.and_then(|schema| schema.field(field)).map_or("?".into(), |field| field.name.clone());
        Error::invalid(&name, "field.unknown", format!("{kind} has no field `{name}`"))
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
                    predicate.matches(record.bits, view, &mut Neighbours(overlay))?
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
                Some(FieldAccess::Masked) => codec::put_field(&mut fields, no, &mask(raw.value()?)),
                _ => {
                    put_varint(&mut fields, u64::from(no));
                    fields.extend_from_slice(raw.0);
                }
            }
        }
        Ok(codec::image(view.revision, view.head, view.updated_at, &fields))
    }
}

/// A value in part: the ends of texts, nothing of anything else.
pub(crate) fn mask(value: ValueRef<'_>) -> crate::base::Value {
    use crate::base::Value;
    match value {
        ValueRef::Text(text) if text.contains('@') => Value::Text(text::email::mask(text)),
        ValueRef::Text(text) => Value::Text(text::phone::mask(text)),
        ValueRef::List(mut items) => match (items.clone().next(), items.clone().nth(1), items.clone().nth(2))
        {
            // A row of a number or address as entered and its normal form: the latter goes.
            (Some(first @ ValueRef::Text(_)), Some(ValueRef::Text(_) | ValueRef::Null), None) => {
                Value::List(vec![mask(first), Value::Null])
            }
            _ => Value::List(items.by_ref().map(mask).collect()),
        },
        _ => Value::Null,
    }
}
