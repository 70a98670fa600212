//! The reference model: plain maps of values, with every version that there was.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::base::kind::{CustomField, Department, Role, Share, Team, User};
use crm_core::base::{Instant, Kind, KindNo, RecordRef, Value};
use crm_core::domain::SPECS;
use crm_core::domain::org;
use crm_core::record::field::FieldType;
use crm_core::record::journal::{Actor, Change};
use crm_core::record::schema::{ChoiceDef, FieldDef, KindSchema, Schema};
use crm_core::record::spec::{Marks, Spec};

/// One record: how often it was changed, when last, and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    pub revision: u64,
    pub updated_at: Instant,
    pub values: BTreeMap<u16, Value>,
}

impl Plain {
    pub fn get(&self, no: u16) -> &Value {
        self.values.get(&no).unwrap_or(&Value::Null)
    }
}

/// One change of one record, as its history should tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub at: Instant,
    pub actor: Actor,
    pub change: Change,
    pub action: String,
    pub fields: BTreeMap<u16, (Value, Value)>,
}

/// Every record, as it is and as it was.
#[derive(Default)]
pub struct World {
    pub records: BTreeMap<RecordRef, Plain>,
    /// What each record was from an instant on; none when it was gone.
    pub versions: BTreeMap<RecordRef, Vec<(Instant, Option<Plain>)>>,
    pub notes: BTreeMap<RecordRef, Vec<Note>>,
    pub schema: Schema,
}

pub fn specs() -> impl Iterator<Item = &'static Spec> {
    SPECS.iter().flat_map(|room| room.iter().copied())
}

pub fn spec(kind: KindNo) -> &'static Spec {
    specs().find(|spec| spec.kind == kind).expect("a known kind")
}

/// The record that a value names.
pub fn as_record(value: &Value) -> Option<RecordRef> {
    match value {
        Value::Id(record) => Some(*record),
        _ => None,
    }
}

/// The items of a list; one value is its own only item, null has none.
pub fn items(value: &Value) -> &[Value] {
    match value {
        Value::List(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// The first records named in each item: an id, or the first column of a row.
pub fn records_in(value: &Value) -> Vec<RecordRef> {
    items(value)
        .iter()
        .filter_map(|item| match item {
            Value::List(columns) => columns.first().and_then(as_record),
            item => as_record(item),
        })
        .collect()
}

/// Every record that a value names, however deep.
pub fn named(value: &Value) -> Vec<RecordRef> {
    match value {
        Value::Id(record) => vec![*record],
        Value::List(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

impl World {
    pub fn new() -> Self {
        let mut world = World::default();
        world.renew();
        world
    }

    pub fn kind(&self, kind: KindNo) -> &KindSchema {
        self.schema.kind(kind).expect("a known kind")
    }

    pub fn of(&self, kind: KindNo) -> impl Iterator<Item = (RecordRef, &Plain)> {
        let range = RecordRef::new(kind, 0)..=RecordRef::new(kind, u128::MAX);
        self.records.range(range).map(|(record, plain)| (*record, plain))
    }

    pub fn ids(&self, kind: KindNo) -> Vec<RecordRef> {
        self.of(kind).map(|(record, _)| record).collect()
    }

    /// The ids of every record that there is or was.
    pub fn ever(&self, kind: KindNo) -> impl Iterator<Item = RecordRef> {
        let range = RecordRef::new(kind, 0)..=RecordRef::new(kind, u128::MAX);
        self.versions.range(range).map(|(record, _)| *record)
    }

    /// A record as it stood at an instant.
    pub fn at(&self, record: RecordRef, at: Instant) -> Option<&Plain> {
        let versions = self.versions.get(&record)?;
        versions.iter().rev().find(|(from, _)| *from <= at)?.1.as_ref()
    }

    /// Takes a record's new state over; `values` is none when it was deleted.
    pub fn write(
        &mut self,
        record: RecordRef,
        values: Option<BTreeMap<u16, Value>>,
        at: Instant,
        by: (Actor, &str),
    ) {
        let old = self.records.get(&record).cloned();
        let (before, after) = (old.as_ref().map(|plain| &plain.values), values.as_ref());
        let change = match (before, after) {
            (None, None) => return,
            (None, Some(_)) => Change::Created,
            (Some(_), Some(_)) => Change::Updated,
            (Some(_), None) => Change::Deleted,
        };
        let fields = difference(before.unwrap_or(&BTreeMap::new()), after.unwrap_or(&BTreeMap::new()));
        if fields.is_empty() && change == Change::Updated {
            return;
        }
        let note = Note { at, actor: by.0, change, action: by.1.to_owned(), fields };
        self.notes.entry(record).or_default().push(note);
        let revision = old.map_or(1, |plain| plain.revision + 1);
        let plain = values.map(|values| Plain { revision, updated_at: at, values });
        self.versions.entry(record).or_default().push((at, plain.clone()));
        match plain {
            Some(plain) => self.records.insert(record, plain),
            None => self.records.remove(&record),
        };
        if record.kind == CustomField::NO {
            self.renew();
        }
    }

    /// Reads the fields of every kind anew, custom ones included.
    fn renew(&mut self) {
        let specs: Vec<_> = specs().collect();
        let mut schema = Schema::new(&specs);
        for (_, field) in self.of(CustomField::NO) {
            let kind = KindNo::from_name(text(field, org::CustomField::kind)).expect("a known kind");
            schema.kind_mut(kind).expect("a known kind").add(custom_field(field));
        }
        self.schema = schema;
    }

    /// The custom fields of a kind whose flag is set.
    pub fn flagged(&self, kind: KindNo, flag: u16) -> Vec<u16> {
        let of_kind = |field: &&Plain| KindNo::from_name(text(field, org::CustomField::kind)) == Some(kind);
        let fields = self.of(CustomField::NO).map(|(_, field)| field);
        fields.filter(of_kind).filter(|field| field.get(flag) == &Value::Bool(true)).map(number).collect()
    }

    pub fn departments(&self) -> Vec<RecordRef> {
        self.ids(Department::NO)
    }

    /// The departments below one, itself included, by asking each for its line upwards.
    pub fn below(&self, department: RecordRef) -> Vec<RecordRef> {
        let is_below = |start: &RecordRef| self.line(*start, org::Department::parent).contains(&department);
        self.departments().into_iter().filter(is_below).collect()
    }

    /// A record and everything above it by a field.
    pub fn line(&self, start: RecordRef, field: u16) -> Vec<RecordRef> {
        let mut line = vec![start];
        while let Some(above) = self.records.get(&line[line.len() - 1]).and_then(|r| as_record(r.get(field)))
        {
            if line.contains(&above) {
                break;
            }
            line.push(above);
        }
        line
    }

    /// The users whose line of superiors has a user, without himself.
    pub fn subordinates(&self, user: RecordRef) -> Vec<RecordRef> {
        let reports =
            |other: &RecordRef| *other != user && self.line(*other, org::User::manager).contains(&user);
        self.ids(User::NO).into_iter().filter(reports).collect()
    }

    /// The users of departments.
    pub fn members(&self, departments: &[RecordRef]) -> Vec<RecordRef> {
        let inside = |plain: &Plain| {
            as_record(plain.get(org::User::department)).is_some_and(|own| departments.contains(&own))
        };
        self.of(User::NO).filter(|(_, plain)| inside(plain)).map(|(user, _)| user).collect()
    }

    /// The teams that a user is in.
    pub fn teams(&self, user: RecordRef) -> Vec<RecordRef> {
        let inside = |plain: &Plain| records_in(plain.get(org::Team::members)).contains(&user);
        self.of(Team::NO).filter(|(_, plain)| inside(plain)).map(|(team, _)| team).collect()
    }

    /// The roles of a user who has not left.
    pub fn roles(&self, user: RecordRef) -> Vec<&Plain> {
        let Some(plain) = self.records.get(&user) else { return Vec::new() };
        if plain.get(org::User::disabled) == &Value::Bool(true) {
            return Vec::new();
        }
        let mut roles = records_in(plain.get(org::User::roles));
        roles.dedup();
        roles.iter().filter(|role| role.kind == Role::NO).filter_map(|role| self.records.get(role)).collect()
    }

    pub fn shares(&self, kind: KindNo) -> Vec<&Plain> {
        let about = |share: &&Plain| KindNo::from_name(text(share, org::Share::kind)) == Some(kind);
        self.of(Share::NO).map(|(_, share)| share).filter(about).collect()
    }
}

/// The fields that differ, with both values.
pub fn difference(old: &BTreeMap<u16, Value>, new: &BTreeMap<u16, Value>) -> BTreeMap<u16, (Value, Value)> {
    let mut fields = BTreeMap::new();
    for no in old.keys().chain(new.keys()) {
        let (before, after) = (old.get(no).cloned(), new.get(no).cloned());
        if before != after {
            fields.insert(*no, (before.unwrap_or_default(), after.unwrap_or_default()));
        }
    }
    fields
}

pub fn text(plain: &Plain, no: u16) -> &str {
    plain.get(no).as_text().unwrap_or_default()
}

fn number(field: &Plain) -> u16 {
    match field.get(org::CustomField::number) {
        Value::Int(number) => u16::try_from(*number).expect("a field's number"),
        other => panic!("a field's number is {other:?}"),
    }
}

fn custom_field(field: &Plain) -> FieldDef {
    let mut marks = Marks::default();
    if field.get(org::CustomField::required) == &Value::Bool(true) {
        marks = marks.and(Marks::REQUIRED);
    }
    let columns = (0..).zip(items(field.get(org::CustomField::columns))).map(|(place, column)| {
        let Value::List(cells) = column else { panic!("a column is a row") };
        let cell = |place: usize| cells.get(place).and_then(Value::as_text).unwrap_or_default();
        custom(place, cell(0), cell(3), cell(4), cells.get(5).unwrap_or(&Value::Null))
    });
    let part = |no| text(field, no);
    let (name, ty) = (part(org::CustomField::name), part(org::CustomField::ty));
    let target = part(org::CustomField::target);
    let defined = custom(number(field), name, ty, target, field.get(org::CustomField::choices));
    FieldDef { columns: columns.collect(), marks, ..defined }
}

fn custom(no: u16, name: &str, ty: &str, target: &str, choices: &Value) -> FieldDef {
    let (ty, many) = match ty {
        "text" => (FieldType::Text, false),
        "number" => (FieldType::Decimal, false),
        "money" => (FieldType::Money, false),
        "bool" => (FieldType::Bool, false),
        "date" => (FieldType::Date, false),
        "date_time" => (FieldType::Instant, false),
        "choice" => (FieldType::Choice, false),
        "choices" => (FieldType::Choice, true),
        "list" => (FieldType::Text, true),
        "reference" => (FieldType::Record(KindNo::from_name(target)), false),
        "table" => (FieldType::Row, true),
        other => panic!("no custom field of type {other}"),
    };
    let choices = items(choices).iter().map(|choice| {
        let column = |place: usize| match choice {
            Value::List(columns) => columns[place].as_text().unwrap_or_default().to_owned(),
            _ => String::new(),
        };
        ChoiceDef { code: column(0).into(), en: column(1).into(), zh: column(2).into() }
    });
    FieldDef {
        no,
        en: name.to_owned().into(),
        zh: name.to_owned().into(),
        name: name.to_owned().into(),
        ty,
        many,
        choices: choices.collect(),
        columns: Arc::default(),
        marks: Marks::default(),
    }
}
