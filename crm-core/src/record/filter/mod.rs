//! Filters: one tree of conditions over a record's fields, for lists, segments, reports, permissions,
//! rules and criteria.
//!
//! A [`Filter`] is plain data. It is read from text and prints as text; [`bind`] checks it against the
//! fields of a kind and makes a [`Predicate`] of it, which is evaluated on stored bytes.
//!
//! What a condition means:
//!
//! - **No value.** Null, empty text and a list of nothing but these are all "empty". A comparison with an empty field
//!   is false, but `!=` is true: `a != 1` says the same as `not (a = 1)`. `not` is plain negation, so
//!   `not (a < 1)` holds for an empty `a` and `a >= 1` doesn't. `a = null` and `a = ""` are `a is empty`.
//! - **Lists.** A comparison holds when it holds for any item; so does one with a column of a row, or
//!   through a reference field with several records. `tags != "vip"` says that no item is `vip`.
//! - **Numbers** compare by value, whole and decimal alike. Text never compares with a number.
//! - **Money.** An amount with a currency compares only with amounts of that currency; a bare number
//!   compares with the amount of any currency.
//! - **Days.** On a field with date and time, a day stands for all of it: `=` is within the day, `<`
//!   before it, `<=` before its end, `>` after it. A relative date stands for its days in the same way.
//! - **Text** compares exactly, case included, and orders by code point. Choices go by code or label,
//!   and don't order. Phone numbers and e-mail addresses are equal when their normal forms are; what has
//!   no normal form is compared as entered.
//! - **References.** `customer.level = "a"` is false when there is no customer or it can't be read.

mod bind;
mod compare;
mod constraint;
mod eval;
mod lex;
mod lowered;
mod operand;
mod parse;
mod print;
mod resolve;
mod set;
mod suggest;
mod test;
mod told;
mod words;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

use std::str::FromStr;

pub use bind::{BindError, FilterContext, Problem, bind};
pub use constraint::{Bounds, Constraint, ID};
pub use eval::{NoRelated, Predicate, Related};
pub use parse::{Expected, MAX_LENGTH, ParseError, Place, parse};
pub use resolve::type_name;
pub use set::CriteriaSet;
pub use suggest::nearest;

use crate::base::Value;
pub use crate::base::calendar::{RelativeDate, Turn, Unit};

/// How deep the parts of a filter may nest, to be bound.
pub const MAX_DEPTH: usize = 40;

/// A condition over a record, as plain data.
///
/// ```
/// use crm_core::record::filter::Filter;
/// let filter: Filter = r#"stage = "proposal" and amount > 10000 and owner in me.team"#.parse().unwrap();
/// assert_eq!(filter.to_string(), r#"stage = "proposal" and amount > 10000 and owner in me.team"#);
/// assert_eq!("行业 = '科技' 且 公司规模 > 100".parse::<Filter>().unwrap().to_string(),
///     r#"行业 = "科技" and 公司规模 > 100"#);
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// All of them hold; true when there are none.
    All(Vec<Filter>),
    /// Any of them holds; false when there are none.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The yes-or-no field is yes, or the behaviour was seen.
    Holds {
        /// The field or behaviour.
        field: Path,
    },
    /// The field compares with a value.
    Compare {
        /// The field.
        field: Path,
        /// How it compares.
        op: Comparison,
        /// With what.
        value: Operand,
    },
    /// The field equals one of the values.
    In {
        /// The field.
        field: Path,
        /// The values.
        values: Vec<Operand>,
    },
    /// The field lies between two values, or equals one of them.
    Between {
        /// The field.
        field: Path,
        /// The least.
        low: Operand,
        /// The greatest.
        high: Operand,
    },
    /// The text has this in it; a list of choices has this choice.
    Contains {
        /// The field.
        field: Path,
        /// The text.
        text: String,
    },
    /// The text starts so.
    StartsWith {
        /// The field.
        field: Path,
        /// The text.
        text: String,
    },
    /// The text ends so.
    EndsWith {
        /// The field.
        field: Path,
        /// The text.
        text: String,
    },
    /// The field has no value.
    IsEmpty {
        /// The field.
        field: Path,
    },
    /// The field has a value.
    IsNotEmpty {
        /// The field.
        field: Path,
    },
    /// The date lies within days counted from today.
    Within {
        /// The field.
        field: Path,
        /// The days.
        range: RelativeDate,
    },
}

/// How a field compares with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// A value.
    Literal(Value),
    /// Days counted from today.
    Relative(RelativeDate),
    /// The user for whom the filter runs.
    Me,
    /// The users in that user's teams.
    #[serde(rename = "me.team")]
    MyTeam,
    /// That user's departments and the users in them; which of the two, the field's kind says.
    #[serde(rename = "me.department")]
    MyDepartment,
    /// The users who report to that user.
    #[serde(rename = "me.subordinates")]
    MySubordinates,
}

impl<T: Into<Value>> From<T> for Operand {
    fn from(value: T) -> Self {
        Operand::Literal(value.into())
    }
}

/// A field, by the names that lead to it: `stage`, `customer.level`, `客户.等级`.
///
/// Each name is a machine name or a label; there is at least one, and none is empty. As text, a name that
/// isn't one plain word stands in backticks: `` `Expected close date` ``.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Path(pub Vec<String>);

impl Path {
    /// The path whose names stand between dots.
    pub fn new(names: &str) -> Self {
        Path(names.split('.').map(str::to_owned).collect())
    }
}

impl From<Path> for String {
    fn from(path: Path) -> String {
        path.to_string()
    }
}
impl TryFrom<String> for Path {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}
impl FromStr for Path {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse::path(text)
    }
}
impl FromStr for Filter {
    type Err = ParseError;
    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse(text).map(|(filter, _)| filter)
    }
}

impl Filter {
    /// A comparison of a field, given by names between dots, with a value.
    pub fn compare(field: &str, op: Comparison, value: impl Into<Operand>) -> Filter {
        Filter::Compare { field: Path::new(field), op, value: value.into() }
    }

    /// That a field, given by names between dots, equals a value.
    pub fn equals(field: &str, value: impl Into<Operand>) -> Filter {
        Filter::compare(field, Comparison::Eq, value)
    }
}
