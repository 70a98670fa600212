//! Types of a script's values, as far as they are known before it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::base::KindNo;
use crm_core::record::field::FieldType;
use crm_core::record::schema::{ChoiceDef, FieldDef};

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    /// Not known: the items of an empty list.
    Unknown,
    /// One of several types that don't go together.
    Mixed,
    /// No value, `()`.
    Nothing,
    Bool,
    Int,
    Decimal,
    Text,
    /// Text of one of these codes.
    Choice(Vec<ChoiceDef>),
    Date,
    Instant,
    Span,
    Money,
    Record(Option<KindNo>),
    /// One row of a field that holds rows.
    Row(Arc<[FieldDef]>),
    List(Box<Ty>),
    Map(BTreeMap<String, Ty>),
    Range,
}

/// A value's type, and whether it may be missing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typed {
    pub ty: Ty,
    /// Whether the value may be `()`.
    pub missing: bool,
}

impl Ty {
    /// A value of this type that is there.
    pub fn there(self) -> Typed {
        Typed { missing: self == Ty::Nothing, ty: self }
    }

    /// A value of this type, or none.
    pub fn perhaps(self) -> Typed {
        Typed { ty: self, missing: true }
    }

    /// The type of a field's or column's value.
    pub fn of_field(field: &FieldDef) -> Ty {
        let one = match field.ty {
            FieldType::Choice => Ty::Choice(field.choices.clone()),
            FieldType::Row => Ty::Row(field.columns.clone()),
            other => Ty::of(other),
        };
        if field.many { Ty::List(Box::new(one)) } else { one }
    }

    fn of(ty: FieldType) -> Ty {
        match ty {
            FieldType::Bool => Ty::Bool,
            FieldType::Int => Ty::Int,
            FieldType::Decimal => Ty::Decimal,
            FieldType::Date => Ty::Date,
            FieldType::Instant => Ty::Instant,
            FieldType::Duration => Ty::Span,
            FieldType::Money => Ty::Money,
            FieldType::Record(kind) => Ty::Record(kind),
            // A number or address is the text that was entered.
            FieldType::Text
            | FieldType::Choice
            | FieldType::Currency
            | FieldType::Phone
            | FieldType::Email
            | FieldType::Row => Ty::Text,
        }
    }

    /// Whether it is text, of any kind.
    pub fn is_text(&self) -> bool {
        matches!(self, Ty::Text | Ty::Choice(_))
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Ty::Int | Ty::Decimal)
    }

    /// Whether an empty value of it is `""` or `[]` rather than `()`.
    pub fn has_own_empty(&self) -> bool {
        self.is_text() || matches!(self, Ty::List(_))
    }

    /// The one type of two values that may stand in the same place.
    pub fn join(self, other: Ty) -> Option<Ty> {
        Some(match (self, other) {
            (Ty::Mixed, _) | (_, Ty::Mixed) => return None,
            (Ty::Unknown, ty) | (ty, Ty::Unknown) => ty,
            (left, right) if left == right => left,
            (left, right) if left.is_number() && right.is_number() => Ty::Decimal,
            (left, right) if left.is_text() && right.is_text() => Ty::Text,
            (Ty::List(left), Ty::List(right)) => Ty::List(Box::new(left.join(*right)?)),
            (Ty::Record(_), Ty::Record(_)) => Ty::Record(None),
            (Ty::Map(mut left), Ty::Map(right)) => {
                for (key, ty) in right {
                    let joined = match left.remove(&key) {
                        Some(known) => known.join(ty)?,
                        None => ty,
                    };
                    left.insert(key, joined);
                }
                Ty::Map(left)
            }
            _ => return None,
        })
    }

    /// In English.
    pub fn en(&self) -> String {
        match self {
            Ty::Unknown => "a value of unknown type".into(),
            Ty::Mixed => "one of several types".into(),
            Ty::Nothing => "no value".into(),
            Ty::Bool => "yes or no".into(),
            Ty::Int => "a whole number".into(),
            Ty::Decimal => "a number".into(),
            Ty::Text => "text".into(),
            Ty::Choice(_) => "a choice".into(),
            Ty::Date => "a date".into(),
            Ty::Instant => "a date and time".into(),
            Ty::Span => "a length of time".into(),
            Ty::Money => "an amount of money".into(),
            Ty::Record(Some(kind)) => format!("a {}", kind.name()),
            Ty::Record(None) => "a record".into(),
            Ty::Row(_) => "a row".into(),
            Ty::List(_) => "a list".into(),
            Ty::Map(_) => "a map".into(),
            Ty::Range => "a range".into(),
        }
    }

    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Ty::Unknown => "类型未知的值".into(),
            Ty::Mixed => "多种类型之一".into(),
            Ty::Nothing => "空值".into(),
            Ty::Bool => "是或否".into(),
            Ty::Int => "整数".into(),
            Ty::Decimal => "数字".into(),
            Ty::Text => "文本".into(),
            Ty::Choice(_) => "选项".into(),
            Ty::Date => "日期".into(),
            Ty::Instant => "日期时间".into(),
            Ty::Span => "时长".into(),
            Ty::Money => "金额".into(),
            Ty::Record(_) => "记录".into(),
            Ty::Row(_) => "行".into(),
            Ty::List(_) => "列表".into(),
            Ty::Map(_) => "映射".into(),
            Ty::Range => "区间".into(),
        }
    }
}

impl Typed {
    /// What either of two values may be; none when they don't go together.
    pub fn join(self, other: Typed) -> Option<Typed> {
        let missing = self.missing || other.missing;
        let ty = match (self.ty, other.ty) {
            (Ty::Nothing, ty) | (ty, Ty::Nothing) => ty,
            (left, right) => left.join(right)?,
        };
        Some(Typed { ty, missing })
    }

    /// Whether a value of this type may stand where the other is expected.
    pub fn fits(&self, place: &Typed) -> bool {
        if self.missing && !place.missing {
            return false;
        }
        self.ty == Ty::Nothing && place.missing
            || self.ty.clone().join(place.ty.clone()).is_some_and(|joined| joined == place.ty)
            || place.ty == Ty::Record(None) && matches!(self.ty, Ty::Record(_))
    }
}
