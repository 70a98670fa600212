//! Random values, filters and orders, by what the fields of a kind hold.

use chrono::NaiveDate;
use crm_core::base::kind::{Department, Team, User};
use crm_core::base::{Instant, Kind, KindNo, Money, RecordRef, Span, Value, text};
use crm_core::record::desk::Sort;
use crm_core::record::field::FieldType;
use crm_core::record::filter::{Comparison, Filter, Operand, Path, RelativeDate, Turn, Unit};
use crm_core::record::schema::{FieldDef, KindSchema};
use crm_core::record::spec::Marks;
use rust_decimal::Decimal;

use super::dice::Dice;
use super::meaning::today;
use super::world::World;

const WORDS: [&str; 9] = ["a", "ab", "b", "Ab", "科技", "科", "ä", "北京科技有限公司", "z%"];
const PHONES: [&str; 4] = ["138 0000 0000", "+86 13900000001", "010-88888888", "10086"];
const EMAILS: [&str; 3] = ["a@example.com", "B@Example.com", "c@例子.中国"];

/// Draws what fits a world at an instant.
pub struct Draw<'w> {
    pub world: &'w World,
    pub now: Instant,
}

impl Draw<'_> {
    /// A value as a field would store it, rarely null.
    pub fn value(&self, dice: &mut Dice, field: &FieldDef) -> Value {
        if dice.once_in(6) {
            return Value::Null;
        }
        let choices: Vec<String> = field.choices.iter().map(|choice| choice.code.to_string()).collect();
        let one = |dice: &mut Dice| match field.ty {
            FieldType::Row => self.row(dice, field),
            ty => self.one(dice, ty, &choices),
        };
        if !field.many {
            return one(dice);
        }
        let count = dice.below(3);
        list((0..count).map(|_| one(dice)))
    }

    fn row(&self, dice: &mut Dice, field: &FieldDef) -> Value {
        let cell = |dice: &mut Dice, column: &FieldDef| {
            let codes: Vec<String> = column.choices.iter().map(|choice| choice.code.to_string()).collect();
            let optional = !column.marks.has(Marks::REQUIRED);
            if optional && dice.once_in(4) || column.ty == FieldType::Row {
                Value::Null
            } else if column.many {
                list([self.one(dice, column.ty, &codes)])
            } else {
                self.one(dice, column.ty, &codes)
            }
        };
        Value::List(field.columns.iter().map(|column| cell(dice, column)).collect())
    }

    fn one(&self, dice: &mut Dice, ty: FieldType, choices: &[String]) -> Value {
        match ty {
            FieldType::Bool => dice.once_in(2).into(),
            FieldType::Int => dice.between(0, 6).into(),
            FieldType::Decimal => Decimal::new(dice.between(0, 60), 1).into(),
            FieldType::Text => (*dice.pick(&WORDS)).into(),
            FieldType::Date => self.day(dice).into(),
            FieldType::Instant => self.instant(dice).into(),
            FieldType::Duration => Span::from_hours(dice.between(0, 4)).into(),
            FieldType::Money => money(dice).into(),
            FieldType::Currency => (*dice.pick(&["CNY", "USD"])).into(),
            FieldType::Record(kind) => self.record(dice, kind).map_or(Value::Null, Value::Id),
            FieldType::Choice => dice.any(choices).map_or(Value::Null, Value::Text),
            FieldType::Phone => {
                let raw = dice.pick(&PHONES);
                address(raw, text::phone::e164(raw, "CN"))
            }
            FieldType::Email => {
                let raw = dice.pick(&EMAILS);
                address(raw, text::email::normalise(raw).ok())
            }
            FieldType::Row => Value::Null,
        }
    }

    fn day(&self, dice: &mut Dice) -> NaiveDate {
        let days = dice.between(-20, 20);
        today(self.now + Span::from_hours(24 * days))
    }

    fn instant(&self, dice: &mut Dice) -> Instant {
        self.now + Span::from_hours(dice.between(-200, 200))
    }

    /// A record of a kind that there is; now and then one that there isn't.
    pub fn record(&self, dice: &mut Dice, kind: Option<KindNo>) -> Option<RecordRef> {
        if let (Some(kind), true) = (kind, dice.once_in(60)) {
            return Some(RecordRef::new(kind, 12345));
        }
        let known: Vec<RecordRef> = match kind {
            Some(kind) => self.world.ids(kind),
            None => ["lead", "customer", "opportunity"]
                .iter()
                .flat_map(|name| self.world.ids(KindNo::from_name(name).expect("a kind")))
                .collect(),
        };
        dice.any(&known)
    }

    /// A filter over the fields of a kind that can be bound.
    pub fn filter(&self, dice: &mut Dice, kind: KindNo, usable: &dyn Fn(KindNo, u16) -> bool) -> Filter {
        self.nested(dice, kind, usable, 2)
    }

    fn nested(
        &self,
        dice: &mut Dice,
        kind: KindNo,
        usable: &dyn Fn(KindNo, u16) -> bool,
        depth: usize,
    ) -> Filter {
        let several = |dice: &mut Dice| {
            let count = dice.below(3) + 1;
            (0..count).map(|_| self.nested(dice, kind, usable, depth - 1)).collect()
        };
        match dice.below(if depth == 0 { 3 } else { 7 }) {
            0..=2 => self.leaf(dice, kind, usable),
            3 | 4 => Filter::All(several(dice)),
            5 => Filter::Any(several(dice)),
            _ => Filter::Not(Box::new(self.nested(dice, kind, usable, depth - 1))),
        }
    }

    fn leaf(&self, dice: &mut Dice, kind: KindNo, usable: &dyn Fn(KindNo, u16) -> bool) -> Filter {
        if dice.once_in(12) {
            return self.about_itself(dice, kind);
        }
        let schema = self.world.kind(kind);
        let fields: Vec<&FieldDef> = favoured(schema).filter(|field| usable(kind, field.no)).collect();
        let Some(field) = dice.any(&fields) else { return Filter::All(Vec::new()) };
        let mut names = vec![if dice.once_in(4) { field.zh.to_string() } else { field.name.to_string() }];
        let mut last = field;
        if field.ty == FieldType::Row {
            let columns: Vec<&FieldDef> = field.columns.iter().collect();
            last = dice.any(&columns).unwrap_or(field);
            if last.ty == FieldType::Row {
                return Filter::IsEmpty { field: Path(names) };
            }
            names.push(last.name.to_string());
        }
        if let (FieldType::Record(Some(target)), true) = (last.ty, dice.once_in(4)) {
            let further: Vec<&FieldDef> = self
                .world
                .kind(target)
                .fields()
                .filter(|next| usable(target, next.no) && !matches!(next.ty, FieldType::Row))
                .collect();
            if let Some(next) = dice.any(&further) {
                names.push(next.name.to_string());
                last = next;
            }
        }
        let codes: Vec<String> = last.choices.iter().map(|c| c.code.to_string()).collect();
        self.test(dice, Path(names), last.ty, &codes)
    }

    fn about_itself(&self, dice: &mut Dice, kind: KindNo) -> Filter {
        match dice.below(3) {
            0 => self.test(dice, Path::new("id"), FieldType::Record(Some(kind)), &[]),
            1 => self.test(dice, Path::new("revision"), FieldType::Int, &[]),
            _ => self.test(dice, Path::new("updated_at"), FieldType::Instant, &[]),
        }
    }

    fn test(&self, dice: &mut Dice, field: Path, ty: FieldType, choices: &[String]) -> Filter {
        use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
        match dice.below(12) {
            0 => return Filter::IsEmpty { field },
            1 => return Filter::IsNotEmpty { field },
            _ => {}
        }
        let ordered = matches!(
            ty,
            FieldType::Int
                | FieldType::Decimal
                | FieldType::Text
                | FieldType::Date
                | FieldType::Instant
                | FieldType::Duration
                | FieldType::Money
        );
        let written = matches!(ty, FieldType::Text | FieldType::Phone | FieldType::Email);
        match dice.below(8) {
            0 if written => {
                Filter::Contains { field, text: (*dice.pick(&["a", "科", "0", "ä", "example"])).into() }
            }
            1 if written => {
                Filter::StartsWith { field, text: (*dice.pick(&["a", "科", "+86", "1", "A"])).into() }
            }
            2 if written => Filter::EndsWith { field, text: (*dice.pick(&["b", "技", "0", "com"])).into() },
            3 if ty == FieldType::Bool => Filter::Holds { field },
            3 if matches!(ty, FieldType::Date | FieldType::Instant) => {
                Filter::Within { field, range: relative(dice) }
            }
            4 | 5 => {
                let count = dice.below(4);
                let values = (0..count).map(|_| self.operand(dice, ty, choices)).collect();
                Filter::In { field, values }
            }
            6 if ordered && ty != FieldType::Money => {
                let (low, high) = (self.operand(dice, ty, choices), self.operand(dice, ty, choices));
                Filter::Between { field, low, high }
            }
            _ => {
                let op =
                    if ordered { *dice.pick(&[Eq, Ne, Lt, Le, Gt, Ge]) } else { *dice.pick(&[Eq, Eq, Ne]) };
                Filter::Compare { field, op, value: self.operand(dice, ty, choices) }
            }
        }
    }

    fn operand(&self, dice: &mut Dice, ty: FieldType, choices: &[String]) -> Operand {
        let groups = [Operand::Me, Operand::MyTeam, Operand::MyDepartment, Operand::MySubordinates];
        match ty {
            FieldType::Record(Some(kind)) if kind == User::NO && dice.once_in(2) => {
                dice.pick(&groups).clone()
            }
            FieldType::Record(Some(kind)) => {
                let record = self.record(dice, Some(kind)).unwrap_or(RecordRef::new(kind, 1));
                Operand::Literal(record.into())
            }
            FieldType::Date | FieldType::Instant if dice.once_in(4) => Operand::Relative(relative(dice)),
            FieldType::Instant if dice.once_in(3) => self.day(dice).into(),
            FieldType::Money if dice.once_in(3) => Decimal::new(dice.between(0, 60), 1).into(),
            FieldType::Phone => (*dice.pick(&PHONES)).into(),
            FieldType::Email => (*dice.pick(&EMAILS)).into(),
            FieldType::Choice if choices.is_empty() => "none".into(),
            ty => match self.one(dice, ty, choices) {
                Value::Null => Operand::Literal(RecordRef::new(User::NO, 1).into()),
                value => Operand::Literal(value),
            },
        }
    }

    /// An order by up to three fields.
    pub fn order(&self, dice: &mut Dice, kind: KindNo, usable: &dyn Fn(KindNo, u16) -> bool) -> Vec<Sort> {
        let fields: Vec<&FieldDef> =
            favoured(self.world.kind(kind)).filter(|field| usable(kind, field.no)).collect();
        let count = dice.below(4);
        let mut order: Vec<Sort> = Vec::new();
        for _ in 0..count {
            let name = match dice.any(&fields) {
                Some(field) if !dice.once_in(12) => field.name.to_string(),
                _ => "id".to_owned(),
            };
            let descending =
                if dice.once_in(3) { dice.once_in(2) } else { order.last().is_some_and(|s| s.descending) };
            order.push(Sort { field: name, descending });
        }
        order
    }
}

/// The fields of a kind; those that indexes are made of come more often.
fn favoured(schema: &KindSchema) -> impl Iterator<Item = &FieldDef> {
    let indexed: Vec<u16> =
        schema.spec.indexes.iter().flat_map(|index| index.parts.iter().map(|part| part.field)).collect();
    let often = move |field: &&FieldDef| indexed.contains(&field.no);
    let again = schema.fields().filter(often);
    let more: Vec<&FieldDef> = again.flat_map(|field| [field; 4]).collect();
    schema.fields().chain(more)
}

fn money(dice: &mut Dice) -> Money {
    let currency = dice.pick(&["CNY", "CNY", "USD"]).parse().expect("a currency");
    Money::new(Decimal::new(dice.between(0, 60), 1), currency)
}

fn address(raw: &str, normal: Option<String>) -> Value {
    Value::List(vec![raw.into(), normal.into()])
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    let items: Vec<Value> = items.into_iter().filter(|item| !item.is_empty()).collect();
    if items.is_empty() { Value::Null } else { Value::List(items) }
}

fn relative(dice: &mut Dice) -> RelativeDate {
    let count = dice.between(-10, 10) as i32;
    match dice.below(3) {
        0 => RelativeDate::Away { count, unit: Unit::Day },
        1 => RelativeDate::Window { count, unit: Unit::Day },
        _ => RelativeDate::Period {
            turn: *dice.pick(&[Turn::Last, Turn::This, Turn::Next]),
            unit: Unit::Month,
        },
    }
}

/// The kinds whose records users stand in.
pub const GROUPS: [KindNo; 3] = [User::NO, Team::NO, Department::NO];
