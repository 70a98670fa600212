//! The words of a filter's text, English and Chinese.
//!
//! An English word stands by itself. Chinese is written without spaces, so a Chinese word is also
//! recognised at the start of a longer one; where one begins another, the longer stands first.

use super::Comparison;
use crate::base::calendar::{RelativeDate, Turn, Unit};

/// What a word after a field asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Compare(Comparison),
    In,
    Contains,
    StartsWith,
    EndsWith,
    Between,
    Empty,
    NotEmpty,
    Older,
    Newer,
    /// `is`, which `not`, `empty` or a value may follow.
    Is,
    /// `not`, which another word follows.
    Not,
    /// A word that has its negation in it.
    Un(&'static Ask),
}

use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};

/// What may follow a field.
pub(super) const ASKS: &[(&str, Ask)] = &[
    ("in", Ask::In),
    ("within", Ask::In),
    ("contains", Ask::Contains),
    ("has", Ask::Compare(Eq)),
    ("starts", Ask::StartsWith),
    ("ends", Ask::EndsWith),
    ("between", Ask::Between),
    ("older", Ask::Older),
    ("newer", Ask::Newer),
    ("is", Ask::Is),
    ("not", Ask::Not),
    ("大于等于", Ask::Compare(Ge)),
    ("小于等于", Ask::Compare(Le)),
    ("不大于", Ask::Compare(Le)),
    ("不小于", Ask::Compare(Ge)),
    ("不等于", Ask::Compare(Ne)),
    ("不介于", Ask::Un(&Ask::Between)),
    ("不包含", Ask::Un(&Ask::Contains)),
    ("不属于", Ask::Un(&Ask::In)),
    ("不为空", Ask::NotEmpty),
    ("大于", Ask::Compare(Gt)),
    ("小于", Ask::Compare(Lt)),
    ("等于", Ask::Compare(Eq)),
    ("介于", Ask::Between),
    ("包含", Ask::Contains),
    ("属于", Ask::In),
    ("为空", Ask::Empty),
    ("非空", Ask::NotEmpty),
    ("早于", Ask::Older),
    ("晚于", Ask::Newer),
    ("开头是", Ask::StartsWith),
    ("结尾是", Ask::EndsWith),
    ("不是", Ask::Compare(Ne)),
    ("不在", Ask::Un(&Ask::In)),
    ("是", Ask::Compare(Eq)),
    ("有", Ask::Compare(Eq)),
    ("在", Ask::In),
];

/// What may stand between the two values after `between`.
pub(super) const BETWEEN_AND: &[(&str, ())] =
    &[("and", ()), ("to", ()), ("和", ()), ("与", ()), ("到", ()), ("至", ())];

pub(super) const AND: &[(&str, ())] = &[("and", ()), ("并且", ()), ("而且", ()), ("且", ())];
pub(super) const OR: &[(&str, ())] = &[("or", ()), ("或者", ()), ("或", ())];
pub(super) const NOT: &[&str] = &["not", "非", "不"];
/// The condition that all of a bracketed list hold, or any of it.
pub(super) const ALL: &[&str] = &["all", "全部"];
pub(super) const ANY: &[&str] = &["any", "任一"];
pub(super) const EMPTY: &[(&str, ())] = &[("empty", ()), ("null", ()), ("空", ())];

/// What a word stands for as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Null,
    Bool(bool),
    Relative(RelativeDate),
    Me,
    MyTeam,
    MyDepartment,
    MySubordinates,
    /// `last`, which a number with a unit or a period follows.
    Turn(Turn),
}

const fn period(turn: Turn, unit: Unit) -> Named {
    Named::Relative(RelativeDate::Period { turn, unit })
}
const fn day(count: i32) -> Named {
    Named::Relative(RelativeDate::day(count))
}

/// Words that are values.
pub(super) const VALUES: &[(&str, Named)] = &[
    ("null", Named::Null),
    ("true", Named::Bool(true)),
    ("false", Named::Bool(false)),
    ("now", Named::Relative(RelativeDate::Away { count: 0, unit: Unit::Minute })),
    ("today", day(0)),
    ("yesterday", day(-1)),
    ("tomorrow", day(1)),
    ("me", Named::Me),
    ("last", Named::Turn(Turn::Last)),
    ("past", Named::Turn(Turn::Last)),
    ("this", Named::Turn(Turn::This)),
    ("next", Named::Turn(Turn::Next)),
    ("现在", Named::Relative(RelativeDate::Away { count: 0, unit: Unit::Minute })),
    ("今天", day(0)),
    ("昨天", day(-1)),
    ("前天", day(-2)),
    ("明天", day(1)),
    ("后天", day(2)),
    ("去年", period(Turn::Last, Unit::Year)),
    ("今年", period(Turn::This, Unit::Year)),
    ("明年", period(Turn::Next, Unit::Year)),
    ("我的团队", Named::MyTeam),
    ("我的部门", Named::MyDepartment),
    ("我的下属", Named::MySubordinates),
    ("我", Named::Me),
    ("最近", Named::Turn(Turn::Last)),
    ("过去", Named::Turn(Turn::Last)),
    ("近", Named::Turn(Turn::Last)),
    ("上", Named::Turn(Turn::Last)),
    ("未来", Named::Turn(Turn::Next)),
    ("下", Named::Turn(Turn::Next)),
    ("本", Named::Turn(Turn::This)),
    ("这", Named::Turn(Turn::This)),
    ("空", Named::Null),
    ("真", Named::Bool(true)),
    ("假", Named::Bool(false)),
    ("是", Named::Bool(true)),
    ("否", Named::Bool(false)),
];

/// What may follow `me.`.
pub(super) const MINE: &[(&str, Named)] = &[
    ("team", Named::MyTeam),
    ("department", Named::MyDepartment),
    ("subordinates", Named::MySubordinates),
    ("团队", Named::MyTeam),
    ("部门", Named::MyDepartment),
    ("下属", Named::MySubordinates),
];

/// Units of calendar and clock.
pub(super) const UNITS: &[(&str, Unit)] = &[
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
    ("quarter", Unit::Quarter),
    ("quarters", Unit::Quarter),
    ("year", Unit::Year),
    ("years", Unit::Year),
    ("分钟", Unit::Minute),
    ("个小时", Unit::Hour),
    ("小时", Unit::Hour),
    ("天", Unit::Day),
    ("日", Unit::Day),
    ("个星期", Unit::Week),
    ("星期", Unit::Week),
    ("周", Unit::Week),
    ("个月", Unit::Month),
    ("月", Unit::Month),
    ("个季度", Unit::Quarter),
    ("季度", Unit::Quarter),
    ("年", Unit::Year),
];

/// Units that only lengths of time have, in microseconds.
pub(super) const SHORT_UNITS: &[(&str, i64)] =
    &[("us", 1), ("second", 1_000_000), ("seconds", 1_000_000), ("秒", 1_000_000)];

/// Where days with a unit lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Ago,
    Later,
    /// Later, when `now` follows.
    From,
    /// Up to now.
    Inside,
}

/// What may follow a number of units.
pub(super) const SIDES: &[(&str, Side)] = &[
    ("ago", Side::Ago),
    ("later", Side::Later),
    ("from", Side::From),
    ("以前", Side::Ago),
    ("之前", Side::Ago),
    ("前", Side::Ago),
    ("以后", Side::Later),
    ("之后", Side::Later),
    ("后", Side::Later),
    ("以内", Side::Inside),
    ("之内", Side::Inside),
    ("内", Side::Inside),
];

/// Chinese powers of ten after a number.
pub(super) const POWERS: &[(&str, i64)] = &[("万", 10_000), ("亿", 100_000_000)];
pub(super) const YUAN: &[(&str, ())] = &[("元", ())];

/// How much of a word is an entry of the table: all of it or, for a Chinese entry, its start.
pub(super) fn find<T: Copy>(word: &str, table: &[(&str, T)]) -> Option<(usize, T)> {
    table
        .iter()
        .find(|(entry, _)| word.eq_ignore_ascii_case(entry) || (!entry.is_ascii() && word.starts_with(entry)))
        .map(|(entry, meaning)| (entry.len(), *meaning))
}

/// Whether a name, written plainly, could be read as anything else than a field's name.
pub(super) fn is_reserved(name: &str) -> bool {
    let exact = |table: &[&str]| table.iter().any(|entry| name.eq_ignore_ascii_case(entry));
    find(name, AND).is_some()
        || find(name, OR).is_some()
        || find(name, ASKS).is_some_and(|(length, _)| length == name.len())
        || exact(NOT)
        || exact(ALL)
        || exact(ANY)
        || question_in(name).is_some()
}

/// Where a Chinese question begins within a word that is written without spaces: `行业包含`,
/// `公司规模大于100`. What stands before it is the field's name.
pub(super) fn question_in(word: &str) -> Option<usize> {
    ASKS.iter()
        .filter(|(entry, _)| !entry.is_ascii() && entry.chars().count() > 1)
        .filter_map(|(entry, _)| word.find(entry))
        .filter(|place| *place > 0)
        .min()
}
