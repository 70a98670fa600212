//! What steers the engine, read from its own records: organisation, permissions, custom fields,
//! lifecycles, settings. One value per epoch, made anew when one of these records changes.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::access::{Access, Organisation};
use super::marks;
use super::overlay::Overlay;
use super::rules::RuleBook;
use crate::base::kind::{RoleId, TeamId};
use crate::base::settings::{Rate, Settings};
use crate::base::{Id, Kind, KindNo};
use crate::domain::SPECS;
use crate::domain::activity::{Activity, ActivityType};
use crate::domain::{org, rule};
use crate::record::codec::View;
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::filter::Filter;
use crate::record::journal::Actor;
use crate::record::key;
use crate::record::lifecycle::Lifecycle;
use crate::record::schema::{ChoiceDef, FieldDef, Schema};
use crate::record::spec::{Marks, Record, Spec};
use crate::store::{Direction, Range, Table};

/// A validation rule, read.
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) field: String,
    pub(crate) message: String,
    pub(crate) when: Option<Filter>,
    pub(crate) holds: Filter,
}

/// A sharing rule, read.
pub(crate) struct SharingRule {
    pub(crate) share: org::Share,
    pub(crate) filter: Option<Filter>,
}

/// What steers the engine.
pub(crate) struct Config {
    /// The journal position at which it last changed.
    pub(crate) since: u64,
    pub(crate) schema: Arc<Schema>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) organisation: Organisation,
    pub(crate) roles: BTreeMap<RoleId, org::Role>,
    pub(crate) teams: BTreeMap<TeamId, org::Team>,
    pub(crate) shares: BTreeMap<KindNo, Vec<SharingRule>>,
    pub(crate) custom: BTreeMap<KindNo, Vec<org::CustomField>>,
    /// The custom fields of each kind that are unique.
    pub(crate) custom_unique: BTreeMap<KindNo, Vec<u16>>,
    pub(crate) checks: BTreeMap<KindNo, Vec<Check>>,
    pub(crate) numbering: BTreeMap<KindNo, org::Numbering>,
    pub(crate) pools: Vec<crate::domain::pool::Pool>,
    /// The rules in force, and the behaviours that they name.
    pub(crate) rules: RuleBook,
    lifecycles: BTreeMap<(KindNo, String), Arc<Lifecycle>>,
    default_lifecycles: BTreeMap<KindNo, Arc<Lifecycle>>,
    access: Mutex<BTreeMap<Actor, Arc<Access>>>,
}

/// The declaration of a kind.
pub(crate) fn spec(kind: KindNo) -> Result<&'static Spec> {
    static BY_NUMBER: LazyLock<Vec<Option<&'static Spec>>> = LazyLock::new(|| {
        let mut table = Vec::new();
        for spec in specs() {
            let place = usize::from(spec.kind.0);
            table.resize(table.len().max(place + 1), None);
            table.splice(place..=place, [Some(spec)]);
        }
        table
    });
    let found = BY_NUMBER.get(usize::from(kind.0)).copied().flatten();
    found.ok_or_else(|| Error::Corrupt(format!("kind of record {} is unknown", kind.0)))
}

/// The declarations of every kind.
pub(crate) fn specs() -> Vec<&'static Spec> {
    SPECS.iter().flat_map(|room| room.iter().copied()).collect()
}

/// Every record of a kind, in the order of their ids.
pub(crate) fn all<T: Record>(overlay: &Overlay) -> Result<Vec<T>> {
    let prefix = <T::Kind as Kind>::NO.0.to_be_bytes();
    let mut cursor = overlay.range(Table::Records, Range::prefix(&prefix), Direction::Forward)?;
    let mut records = Vec::new();
    while cursor.step()? {
        let bits = key::read_id(cursor.key()).ok_or_else(|| Error::Corrupt("a record's key".into()))?;
        records.push(T::read(Id::from_u128(bits), View::new(cursor.value())?)?);
    }
    Ok(records)
}

/// The kind that a definition names.
fn kind_named(name: &str) -> Result<KindNo> {
    KindNo::from_name(name).ok_or_else(|| Error::Corrupt(format!("a definition is about `{name}`")))
}

impl Config {
    /// Reads what steers the engine.
    pub(crate) fn load(overlay: &Overlay) -> Result<Config> {
        let mut schema = Schema::new(&specs());
        let mut custom: BTreeMap<KindNo, Vec<org::CustomField>> = BTreeMap::new();
        let mut custom_unique: BTreeMap<KindNo, Vec<u16>> = BTreeMap::new();
        for field in all::<org::CustomField>(overlay)? {
            let kind = kind_named(&field.kind)?;
            if let Some(schema) = schema.kind_mut(kind) {
                schema.add(field_def(&field));
            }
            if field.unique == Some(true) {
                custom_unique.entry(kind).or_default().push(number(&field));
            }
            custom.entry(kind).or_default().push(field);
        }
        add_activity_types(&mut schema, all::<ActivityType>(overlay)?);
        let mut shares: BTreeMap<KindNo, Vec<SharingRule>> = BTreeMap::new();
        for share in all::<org::Share>(overlay)? {
            let filter = parse(&share.filter, &share.name)?;
            shares.entry(kind_named(&share.kind)?).or_default().push(SharingRule { share, filter });
        }
        let mut checks: BTreeMap<KindNo, Vec<Check>> = BTreeMap::new();
        for rule in all::<org::Validation>(overlay)? {
            let check = Check {
                when: parse(&rule.when, &rule.name)?,
                holds: parse(&rule.holds, &rule.name)?.unwrap_or(Filter::All(Vec::new())),
                name: rule.name,
                field: rule.field,
                message: rule.message,
            };
            checks.entry(kind_named(&rule.kind)?).or_default().push(check);
        }
        let (lifecycles, default_lifecycles) = load_lifecycles(overlay)?;
        let numbering = all::<org::Numbering>(overlay)?
            .into_iter()
            .map(|rule| Ok((kind_named(&rule.kind)?, rule)))
            .collect::<Result<_>>()?;
        let users = all::<org::User>(overlay)?;
        let departments = all::<org::Department>(overlay)?;
        let rules = RuleBook::new(all::<rule::Rule>(overlay)?, all::<rule::Behaviour>(overlay)?, &schema);
        Ok(Config {
            since: marks::steered(overlay)?,
            rules,
            schema: Arc::new(schema),
            settings: Arc::new(settings(all::<org::Settings>(overlay)?.first())),
            organisation: Organisation::new(users, &departments),
            roles: all::<org::Role>(overlay)?.into_iter().map(|role| (role.id(), role)).collect(),
            teams: all::<org::Team>(overlay)?.into_iter().map(|team| (team.id(), team)).collect(),
            shares,
            custom,
            custom_unique,
            checks,
            numbering,
            pools: all::<crate::domain::pool::Pool>(overlay)?,
            lifecycles,
            default_lifecycles,
            access: Mutex::new(BTreeMap::new()),
        })
    }

    /// What an actor may do, compiled once per epoch.
    pub(crate) fn access(&self, actor: Actor) -> Arc<Access> {
        let mut cache = self.access.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.entry(actor).or_insert_with(|| Arc::new(Access::compile(self, actor))).clone()
    }

    /// A lifecycle by name; without a name the default one of a kind.
    pub(crate) fn lifecycle(&self, kind: KindNo, name: Option<&str>) -> Result<Arc<Lifecycle>> {
        let found = match name {
            Some(name) => self.lifecycles.get(&(kind, name.to_owned())),
            None => self.default_lifecycles.get(&kind),
        };
        found.cloned().ok_or_else(|| {
            let name = name.unwrap_or("default");
            Error::invalid("lifecycle", "lifecycle.unknown", format!("{kind} has no lifecycle `{name}`"))
        })
    }

    /// Every lifecycle.
    pub(crate) fn lifecycles(&self) -> Vec<Arc<Lifecycle>> {
        self.lifecycles.values().cloned().collect()
    }

    /// The numbers of the unique custom fields of a kind.
    pub(crate) fn unique_fields(&self, kind: KindNo) -> &[u16] {
        self.custom_unique.get(&kind).map_or(&[], Vec::as_slice)
    }
}

type Lifecycles = (BTreeMap<(KindNo, String), Arc<Lifecycle>>, BTreeMap<KindNo, Arc<Lifecycle>>);

fn load_lifecycles(overlay: &Overlay) -> Result<Lifecycles> {
    let mut named = BTreeMap::new();
    let mut default = BTreeMap::new();
    for lifecycle in crate::record::lifecycle::defaults::all() {
        let lifecycle = Arc::new(lifecycle);
        default.entry(lifecycle.kind).or_insert_with(|| lifecycle.clone());
        named.insert((lifecycle.kind, lifecycle.name.clone()), lifecycle);
    }
    for record in all::<org::LifecycleDefinition>(overlay)? {
        let lifecycle: Lifecycle = serde_json::from_str(&record.definition)
            .map_err(|error| Error::Corrupt(format!("lifecycle `{}`: {error}", record.name)))?;
        let lifecycle = Arc::new(lifecycle);
        if record.default == Some(true) {
            default.insert(lifecycle.kind, lifecycle.clone());
        }
        named.insert((lifecycle.kind, lifecycle.name.clone()), lifecycle);
    }
    Ok((named, default))
}

/// Makes a tenant's kinds of activity choices of an activity's kind, by code and labels.
fn add_activity_types(schema: &mut Schema, types: Vec<ActivityType>) {
    let Some(kind) = schema.kind_mut(<Activity as Record>::SPEC.kind) else { return };
    let Some(mut field) = kind.field(Activity::kind).cloned() else { return };
    field.choices.extend(types.into_iter().map(|own| {
        let label = |label: String| if label.is_empty() { own.code.clone() } else { label };
        ChoiceDef { en: label(own.en).into(), zh: label(own.zh).into(), code: own.code.clone().into() }
    }));
    kind.add(field);
}

fn parse(text: &str, rule: &str) -> Result<Option<Filter>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| Error::Corrupt(format!("rule `{rule}`: {error}")))
}

fn number(field: &org::CustomField) -> u16 {
    u16::try_from(field.number).unwrap_or(0)
}

fn field_def(field: &org::CustomField) -> FieldDef {
    let mut marks = Marks::default();
    if field.required == Some(true) {
        marks = marks.and(Marks::REQUIRED);
    }
    if field.personal == Some(true) {
        marks = marks.and(Marks::PERSONAL);
    }
    let columns = (0..).zip(&field.columns).map(|(place, column)| {
        let labels = [&column.name, &column.en, &column.zh];
        custom(place, labels, column.ty, &column.target, &column.choices)
    });
    let labels = [&field.name, &field.en, &field.zh];
    FieldDef {
        columns: columns.collect(),
        marks,
        ..custom(number(field), labels, field.ty, &field.target, &field.choices)
    }
}

/// A custom field, or a column of one, without columns and marks.
fn custom(
    no: u16,
    [name, en, zh]: [&String; 3],
    ty: org::CustomType,
    target: &str,
    choices: &[org::FieldChoice],
) -> FieldDef {
    let label = |label: &String| if label.is_empty() { name.clone() } else { label.clone() };
    let choices = choices.iter().map(|choice| ChoiceDef {
        code: choice.code.clone().into(),
        en: choice.en.clone().into(),
        zh: choice.zh.clone().into(),
    });
    let (ty, many) = ty.field_type();
    FieldDef {
        no,
        name: name.clone().into(),
        en: label(en).into(),
        zh: label(zh).into(),
        ty: if let FieldType::Record(_) = ty { FieldType::Record(KindNo::from_name(target)) } else { ty },
        many,
        choices: choices.collect(),
        columns: Arc::default(),
        marks: Marks::default(),
    }
}

fn settings(record: Option<&org::Settings>) -> Settings {
    let mut settings = Settings::default();
    let Some(record) = record else { return settings };
    if let Ok(zone) = record.zone.parse() {
        settings.zone = zone;
    }
    if !record.region.is_empty() {
        settings.region.clone_from(&record.region);
    }
    settings.currency = record.currency.unwrap_or(settings.currency);
    settings.rates = record
        .rates
        .iter()
        .filter_map(|row| Some(Rate { currency: row.currency?, from: row.from, rate: row.rate }))
        .collect();
    if let Some(month) = record.fiscal_start.and_then(|month| u32::try_from(month).ok()) {
        settings.fiscal_start = month.clamp(1, 12);
    }
    settings.holidays.clone_from(&record.holidays);
    settings.extra_workdays.clone_from(&record.extra_workdays);
    settings.same_customer_names = record.same_customer_names.unwrap_or(false);
    settings.duplicate_disclosure = record.duplicate_disclosure.unwrap_or_default();
    let whole = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    settings.offer_after_months = whole(record.offer_after_months);
    let activity = &mut settings.activity;
    activity.half_life_days = whole(record.activity_half_life_days).unwrap_or(activity.half_life_days);
    if !record.activity_weights.is_empty() {
        let weights = record.activity_weights.iter();
        activity.weights = weights.map(|row| (row.kind.clone(), row.weight)).collect();
    }
    activity.active_from = record.active_from.unwrap_or(activity.active_from);
    activity.silent_below = record.silent_below.unwrap_or(activity.silent_below);
    settings
}
