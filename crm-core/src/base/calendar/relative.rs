//! Dates relative to today: `last 30 days`, `本季度`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use super::bucket::{Bucket, FiscalYear, plus_months};
use super::{DateRange, TimeZone, local_date, plus_days};
use crate::base::text::fold;
use crate::base::time::Instant;

/// A date or range of dates that moves with today. Written, and kept, as text: `today`, `last month`, `last 30 days`;
/// read in English and Chinese.
///
/// ```
/// use crm_core::base::calendar::{FiscalYear, RelativeDate};
/// let last: RelativeDate = "最近30天".parse().unwrap();
/// assert_eq!(last.to_string(), "last 30 days");
/// let range = last.range("2026-03-31".parse().unwrap(), FiscalYear::default());
/// assert_eq!((range.from.to_string(), range.to.to_string()), ("2026-03-02".into(), "2026-04-01".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RelativeDate {
    /// The day, week, month … that today falls in: `today`, `this week`.
    This(Bucket),
    /// The one before: `yesterday`, `last week`.
    Last(Bucket),
    /// The one after: `tomorrow`, `next week`.
    Next(Bucket),
    /// So many units up to and including today: `last 30 days`, `last 3 months`.
    LastN(u32, Unit),
    /// So many units from today on, including today: `next 30 days`.
    NextN(u32, Unit),
    /// The one day so many days before today: `3 days ago`.
    DaysAgo(u32),
    /// The one day so many days after today: `in 3 days`.
    InDays(u32),
}

/// What is counted in a range that rolls with today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Days.
    Day,
    /// Seven days.
    Week,
    /// Months, to the same day of the month or its last.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// A text that is no relative date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a relative date, as `today`, `last 30 days` or `本月` are")]
pub struct RelativeDateError(pub String);

impl RelativeDate {
    /// The days that it means today.
    pub fn range(self, today: NaiveDate, fiscal: FiscalYear) -> DateRange {
        match self {
            RelativeDate::This(bucket) => bucket.of(today, fiscal),
            RelativeDate::Last(bucket) => bucket.of(plus_days(bucket.of(today, fiscal).from, -1), fiscal),
            RelativeDate::Next(bucket) => bucket.of(bucket.of(today, fiscal).to, fiscal),
            RelativeDate::LastN(count, unit) => {
                let to = plus_days(today, 1);
                DateRange { from: unit.plus(to, -i64::from(count)), to }
            }
            RelativeDate::NextN(count, unit) => {
                DateRange { from: today, to: unit.plus(today, i64::from(count)) }
            }
            RelativeDate::DaysAgo(count) => DateRange::day(plus_days(today, -i64::from(count))),
            RelativeDate::InDays(count) => DateRange::day(plus_days(today, i64::from(count))),
        }
    }

    /// The instants from which and up to which it reaches now, in a zone.
    pub fn instants(self, now: Instant, zone: TimeZone, fiscal: FiscalYear) -> (Instant, Instant) {
        self.range(local_date(now, zone), fiscal).instants(zone)
    }
}

impl Unit {
    fn plus(self, date: NaiveDate, count: i64) -> NaiveDate {
        match self {
            Unit::Day => plus_days(date, count),
            Unit::Week => plus_days(date, count * 7),
            Unit::Month => plus_months(date, count),
            Unit::Quarter => plus_months(date, count * 3),
            Unit::Year => plus_months(date, count * 12),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Year => "year",
        }
    }
}

fn bucket_word(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Day => "day",
        Bucket::Week => "week",
        Bucket::Month => "month",
        Bucket::Quarter => "quarter",
        Bucket::Year => "year",
        Bucket::FiscalQuarter => "fiscal quarter",
        Bucket::FiscalYear => "fiscal year",
    }
}

impl fmt::Display for RelativeDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |f: &mut fmt::Formatter<'_>, direction: &str, count: u32, unit: Unit| {
            write!(f, "{direction} {count} {}{}", unit.word(), if count == 1 { "" } else { "s" })
        };
        match *self {
            RelativeDate::This(Bucket::Day) => f.write_str("today"),
            RelativeDate::Last(Bucket::Day) => f.write_str("yesterday"),
            RelativeDate::Next(Bucket::Day) => f.write_str("tomorrow"),
            RelativeDate::This(bucket) => write!(f, "this {}", bucket_word(bucket)),
            RelativeDate::Last(bucket) => write!(f, "last {}", bucket_word(bucket)),
            RelativeDate::Next(bucket) => write!(f, "next {}", bucket_word(bucket)),
            RelativeDate::LastN(count, unit) => counted(f, "last", count, unit),
            RelativeDate::NextN(count, unit) => counted(f, "next", count, unit),
            RelativeDate::DaysAgo(count) => write!(f, "{count} day{} ago", if count == 1 { "" } else { "s" }),
            RelativeDate::InDays(count) => counted(f, "in", count, Unit::Day),
        }
    }
}

impl FromStr for RelativeDate {
    type Err = RelativeDateError;
    fn from_str(text: &str) -> Result<Self, RelativeDateError> {
        let folded = fold(text);
        let english = || read_english(&folded.split([' ', '_']).collect::<Vec<_>>());
        let chinese = || read_chinese(&folded.replace(' ', ""));
        english().or_else(chinese).ok_or_else(|| RelativeDateError(text.to_owned()))
    }
}

fn read_english(words: &[&str]) -> Option<RelativeDate> {
    let unit = |word: &str| match word.strip_suffix('s').unwrap_or(word) {
        "day" => Some(Unit::Day),
        "week" => Some(Unit::Week),
        "month" => Some(Unit::Month),
        "quarter" => Some(Unit::Quarter),
        "year" => Some(Unit::Year),
        _ => None,
    };
    match words {
        ["today"] => Some(RelativeDate::This(Bucket::Day)),
        ["yesterday"] => Some(RelativeDate::Last(Bucket::Day)),
        ["tomorrow"] => Some(RelativeDate::Next(Bucket::Day)),
        ["last" | "past" | "previous", count, word] if *count != "fiscal" => {
            Some(RelativeDate::LastN(count.parse().ok()?, unit(word)?))
        }
        ["next", count, word] if *count != "fiscal" => {
            Some(RelativeDate::NextN(count.parse().ok()?, unit(word)?))
        }
        [count, "day" | "days", "ago"] => Some(RelativeDate::DaysAgo(count.parse().ok()?)),
        ["in", count, "day" | "days"] => Some(RelativeDate::InDays(count.parse().ok()?)),
        [when, words @ ..] => {
            let word = words.join(" ");
            let bucket = Bucket::ALL.into_iter().find(|bucket| bucket_word(*bucket) == word)?;
            match *when {
                "this" | "current" => Some(RelativeDate::This(bucket)),
                "last" | "previous" => Some(RelativeDate::Last(bucket)),
                "next" => Some(RelativeDate::Next(bucket)),
                _ => None,
            }
        }
        [] => None,
    }
}

/// Words that stand for one day or year each.
const CHINESE_WORDS: [(&str, RelativeDate); 15] = [
    ("今天", RelativeDate::This(Bucket::Day)),
    ("今日", RelativeDate::This(Bucket::Day)),
    ("昨天", RelativeDate::Last(Bucket::Day)),
    ("昨日", RelativeDate::Last(Bucket::Day)),
    ("明天", RelativeDate::Next(Bucket::Day)),
    ("明日", RelativeDate::Next(Bucket::Day)),
    ("前天", RelativeDate::DaysAgo(2)),
    ("后天", RelativeDate::InDays(2)),
    ("今年", RelativeDate::This(Bucket::Year)),
    ("当年", RelativeDate::This(Bucket::Year)),
    ("去年", RelativeDate::Last(Bucket::Year)),
    ("明年", RelativeDate::Next(Bucket::Year)),
    ("近半年", RelativeDate::LastN(6, Unit::Month)),
    ("最近半年", RelativeDate::LastN(6, Unit::Month)),
    ("未来半年", RelativeDate::NextN(6, Unit::Month)),
];

fn read_chinese(text: &str) -> Option<RelativeDate> {
    if let Some((_, found)) = CHINESE_WORDS.iter().find(|(word, _)| *word == text) {
        return Some(*found);
    }
    let bucket = |word: &str| match word.strip_prefix('个').unwrap_or(word) {
        "周" | "星期" | "礼拜" => Some(Bucket::Week),
        "月" | "月份" => Some(Bucket::Month),
        "季" | "季度" => Some(Bucket::Quarter),
        "年" | "年度" => Some(Bucket::Year),
        "财季" => Some(Bucket::FiscalQuarter),
        "财年" | "财政年度" => Some(Bucket::FiscalYear),
        _ => None,
    };
    let make = |prefixes: &[&str], make: fn(Bucket) -> RelativeDate| {
        prefixes.iter().find_map(|prefix| bucket(text.strip_prefix(prefix)?)).map(make)
    };
    let count = |prefixes: &[&str], make: fn(u32, Unit) -> RelativeDate| {
        let counted = prefixes.iter().find_map(|prefix| read_counted(text.strip_prefix(prefix)?));
        counted.map(|(count, unit)| make(count, unit))
    };
    let day = |suffixes: &[&str], make: fn(u32) -> RelativeDate| {
        let counted = suffixes.iter().find_map(|suffix| read_counted(text.strip_suffix(suffix)?))?;
        (counted.1 == Unit::Day).then(|| make(counted.0))
    };
    make(&["本", "这", "当"], RelativeDate::This)
        .or_else(|| make(&["上"], RelativeDate::Last))
        .or_else(|| make(&["下"], RelativeDate::Next))
        .or_else(|| count(&["最近", "过去", "近"], RelativeDate::LastN))
        .or_else(|| count(&["未来", "今后", "接下来"], RelativeDate::NextN))
        .or_else(|| day(&["以前", "之前", "前"], RelativeDate::DaysAgo))
        .or_else(|| day(&["以后", "之后", "后"], RelativeDate::InDays))
}

/// A number and a unit: `30天`, `三个月`.
fn read_counted(text: &str) -> Option<(u32, Unit)> {
    let units = [
        ("天", Unit::Day),
        ("日", Unit::Day),
        ("周", Unit::Week),
        ("星期", Unit::Week),
        ("月", Unit::Month),
        ("季度", Unit::Quarter),
        ("年", Unit::Year),
    ];
    let (number, unit) = units.iter().find_map(|(word, unit)| Some((text.strip_suffix(word)?, *unit)))?;
    let number = number.strip_suffix('个').unwrap_or(number);
    Some((number.parse().ok().or_else(|| read_chinese_number(number))?, unit))
}

/// A number from 1 to 99 in Chinese digits.
fn read_chinese_number(text: &str) -> Option<u32> {
    let digit = |text: &str| match text {
        "两" => Some(2),
        _ => ["一", "二", "三", "四", "五", "六", "七", "八", "九"]
            .iter()
            .zip(1..)
            .find(|(d, _)| **d == text)
            .map(|(_, n)| n),
    };
    match text.split_once('十') {
        None => digit(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

impl serde::Serialize for RelativeDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for RelativeDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[rustfmt::skip]
    fn reads_and_ranges() {
        // Today is Wednesday, 18 February 2026; the fiscal year begins in April.
        let today = "2026-02-18".parse().unwrap();
        let fiscal = FiscalYear::starting(4).unwrap();
        for (texts, canonical, from, to) in [
            (&["today", "Today", "今天", "今日", " 今天 "][..], "today", "2026-02-18", "2026-02-19"),
            (&["yesterday", "昨天"], "yesterday", "2026-02-17", "2026-02-18"),
            (&["tomorrow", "明日"], "tomorrow", "2026-02-19", "2026-02-20"),
            (&["this week", "current week", "本周", "这周", "这个星期"], "this week", "2026-02-16", "2026-02-23"),
            (&["last week", "上周", "上星期"], "last week", "2026-02-09", "2026-02-16"),
            (&["next week", "下周", "下个礼拜"], "next week", "2026-02-23", "2026-03-02"),
            (&["this month", "this_month", "本月", "当月", "这个月"], "this month", "2026-02-01", "2026-03-01"),
            (&["last month", "上月", "上个月"], "last month", "2026-01-01", "2026-02-01"),
            (&["next month", "下个月"], "next month", "2026-03-01", "2026-04-01"),
            (&["this quarter", "本季度", "本季"], "this quarter", "2026-01-01", "2026-04-01"),
            (&["last quarter", "上季度", "上个季度"], "last quarter", "2025-10-01", "2026-01-01"),
            (&["next quarter", "下季度"], "next quarter", "2026-04-01", "2026-07-01"),
            (&["this year", "今年", "本年度"], "this year", "2026-01-01", "2027-01-01"),
            (&["last year", "去年", "上年"], "last year", "2025-01-01", "2026-01-01"),
            (&["next year", "明年"], "next year", "2027-01-01", "2028-01-01"),
            (&["this fiscal year", "本财年"], "this fiscal year", "2025-04-01", "2026-04-01"),
            (&["next fiscal quarter", "下财季"], "next fiscal quarter", "2026-04-01", "2026-07-01"),
            (&["last 30 days", "past 30 days", "最近30天", "近30日", "过去三十天", "最近 ３０ 天"], "last 30 days", "2026-01-20", "2026-02-19"),
            (&["last 1 day", "最近1天", "最近一天"], "last 1 day", "2026-02-18", "2026-02-19"),
            (&["next 7 days", "未来7天", "今后七天"], "next 7 days", "2026-02-18", "2026-02-25"),
            (&["last 2 weeks", "最近两周", "近2个星期"], "last 2 weeks", "2026-02-05", "2026-02-19"),
            (&["last 3 months", "近三个月"], "last 3 months", "2025-11-19", "2026-02-19"),
            (&["last 6 months", "近半年"], "last 6 months", "2025-08-19", "2026-02-19"),
            (&["last 1 year", "最近一年"], "last 1 year", "2025-02-19", "2026-02-19"),
            (&["3 days ago", "3天前", "三天之前"], "3 days ago", "2026-02-15", "2026-02-16"),
            (&["in 3 days", "3天后", "三天以后"], "in 3 days", "2026-02-21", "2026-02-22"),
            (&["前天"], "2 days ago", "2026-02-16", "2026-02-17"),
        ] {
            for text in texts {
                let read: RelativeDate = text.parse().unwrap();
                assert_eq!(read.to_string(), canonical, "{text}");
                let range = read.range(today, fiscal);
                assert_eq!((range.from.to_string(), range.to.to_string()), (from.into(), to.into()), "{text}");
            }
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "soon",
            "last",
            "last days",
            "last -3 days",
            "last 3 moons",
            "最近",
            "最近天",
            "本",
            "3月前",
            "last 9999999999 days",
            "十十天前",
            "next fiscal day",
        ] {
            assert_eq!(text.parse::<RelativeDate>(), Err(RelativeDateError(text.into())));
        }
    }

    #[test]
    fn instants_follow_the_zone() {
        let zone = "Asia/Shanghai".parse().unwrap();
        let now = "2026-02-17T16:30:00Z".parse().unwrap();
        let (from, to) = RelativeDate::This(Bucket::Day).instants(now, zone, FiscalYear::default());
        assert_eq!(from.to_string(), "2026-02-17T16:00:00.000000Z");
        assert_eq!(to.to_string(), "2026-02-18T16:00:00.000000Z");
    }

    fn any_relative() -> impl Strategy<Value = RelativeDate> {
        let bucket = || proptest::sample::select(Bucket::ALL.to_vec());
        let unit =
            || proptest::sample::select(vec![Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year]);
        prop_oneof![
            bucket().prop_map(RelativeDate::This),
            bucket().prop_map(RelativeDate::Last),
            bucket().prop_map(RelativeDate::Next),
            (any::<u32>(), unit()).prop_map(|(n, unit)| RelativeDate::LastN(n, unit)),
            (any::<u32>(), unit()).prop_map(|(n, unit)| RelativeDate::NextN(n, unit)),
            any::<u32>().prop_map(RelativeDate::DaysAgo),
            any::<u32>().prop_map(RelativeDate::InDays),
        ]
    }

    proptest! {
        #[test]
        fn text_comes_back(relative in any_relative()) {
            prop_assert_eq!(relative.to_string().parse(), Ok(relative));
            let json = serde_json::to_string(&relative).unwrap();
            prop_assert_eq!(serde_json::from_str::<RelativeDate>(&json).unwrap(), relative);
        }

        #[test]
        fn ranges_run_forward(relative in any_relative(), days in 800i32..3_500_000, month in 1u8..=12) {
            let today = NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            let range = relative.range(today, FiscalYear::starting(month).unwrap());
            prop_assert!(range.from <= range.to);
        }

        #[test]
        fn takes_any_text(text in "\\PC*") {
            let _ = text.parse::<RelativeDate>();
        }
    }
}
