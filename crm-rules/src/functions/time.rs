//! Functions of dates and times. The only clock is the instant of the question.

use chrono::{Datelike, NaiveDate};
use crm_core::base::{Instant, Span};
use rhai::{Dynamic, Engine, ImmutableString as Text};

use super::Function;
use super::Gives::{Date as GivesDate, Instant as GivesInstant, Int as GivesInt, Span as GivesSpan};
use super::Takes::{Int, When as TakesWhen, Written};
use crate::running::{Step, fail, with};
use crate::value::When;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "date(\"2026-03-01\")",
        "date",
        &[Written],
        GivesDate,
        ["a day of the calendar", "某一天"],
        r#"date("2026-03-01") < date("2026-03-02")"#,
    ),
    Function::new(
        "today()",
        "today",
        &[],
        GivesDate,
        ["the day of the question, in the organisation's time zone", "今天（按组织的时区）"],
        "today() == day(now())",
    ),
    Function::new(
        "now()",
        "now",
        &[],
        GivesInstant,
        ["the instant of the question", "现在"],
        "now() >= today()",
    ),
    Function::new(
        "days(count)",
        "days",
        &[Int],
        GivesSpan,
        ["a length of time", "若干天"],
        "days(2) == hours(48)",
    ),
    Function::new(
        "hours(count)",
        "hours",
        &[Int],
        GivesSpan,
        ["a length of time", "若干小时"],
        "hours(1) == minutes(60)",
    ),
    Function::new(
        "minutes(count)",
        "minutes",
        &[Int],
        GivesSpan,
        ["a length of time", "若干分钟"],
        "minutes(90) > hours(1)",
    ),
    Function::new(
        "day(when)",
        "day",
        &[TakesWhen],
        GivesDate,
        ["the day of a date and time", "日期时间所在的那一天"],
        "day(now()) == today()",
    ),
    Function::new(
        "days_since(when)",
        "days_since",
        &[TakesWhen],
        GivesInt,
        ["how many days ago it was; less than none when it is to come", "距今多少天；未来为负"],
        "days_since(today() - days(3)) == 3",
    ),
    Function::new(
        "days_until(when)",
        "days_until",
        &[TakesWhen],
        GivesInt,
        ["in how many days it will be; less than none when it is past", "还有多少天；过去为负"],
        "days_until(today() + days(3)) == 3",
    ),
    Function::new(
        "days_between(from, to)",
        "days_between",
        &[TakesWhen, TakesWhen],
        GivesInt,
        ["how many days lie between two days", "两天相隔多少天"],
        r#"days_between(date("2026-03-01"), date("2026-03-31")) == 30"#,
    ),
    Function::new(
        "weekday(when)",
        "weekday",
        &[TakesWhen],
        GivesInt,
        ["the day of the week, from 1 for Monday to 7", "星期几，1 为星期一，7 为星期日"],
        r#"weekday(date("2026-03-02")) == 1"#,
    ),
    Function::new(
        "month(when)",
        "month",
        &[TakesWhen],
        GivesInt,
        ["the month of the year", "月份"],
        r#"month(date("2026-03-01")) == 3"#,
    ),
    Function::new(
        "year(when)",
        "year",
        &[TakesWhen],
        GivesInt,
        ["the year", "年份"],
        r#"year(date("2026-03-01")) == 2026"#,
    ),
];

fn length(count: i64, unit: i64) -> Step<Span> {
    count.checked_mul(unit).map_or_else(
        || fail((format!("{count} is too long"), format!("{count} 过长"))),
        |micros| Ok(Span::from_micros(micros)),
    )
}

fn between(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

/// A day or a point in time, moved; a day moves by whole days.
fn moved(when: When, span: Span, sign: i64) -> Step<When> {
    let micros = span.micros().checked_mul(sign);
    let there = match when {
        When::At(at) => micros
            .and_then(|micros| at.micros().checked_add(micros))
            .map(|at| When::At(Instant::from_micros(at))),
        When::Day(day) => {
            const DAY: i64 = 24 * 3_600_000_000;
            if span.micros() % DAY != 0 {
                return fail(("a date moves by whole days", "日期只能按整天推移"));
            }
            micros
                .and_then(|micros| chrono::TimeDelta::try_days(micros / DAY))
                .and_then(|days| day.checked_add_signed(days))
                .map(When::Day)
        }
    };
    there.map_or_else(|| fail(("the date is too far away", "日期过远")), Ok)
}

fn apart(left: When, right: When) -> Step<Span> {
    Ok(match (left, right) {
        (When::Day(left), When::Day(right)) => Span::from_days(between(right, left)),
        (left, right) => {
            with(|run| Ok(Span::from_micros(run.ends(left).0.saturating_sub(run.ends(right).0))))?
        }
    })
}

fn day_of(when: When) -> Step<NaiveDate> {
    match when {
        When::Day(day) => Ok(day),
        at => with(|run| Ok(run.day(at))),
    }
}

fn since(when: When) -> Step<i64> {
    Ok(between(day_of(when)?, with(|run| Ok(run.day(When::At(run.now()))))?))
}

/// The ends of two stretches of time, to be compared.
fn ends(left: When, right: When) -> Step<((i64, i64), (i64, i64))> {
    match (left, right) {
        (When::Day(left), When::Day(right)) => {
            let (left, right) = (i64::from(left.num_days_from_ce()), i64::from(right.num_days_from_ce()));
            Ok(((left, left), (right, right)))
        }
        (left, right) => with(|run| Ok((run.ends(left), run.ends(right)))),
    }
}

/// A day stands for all of it: before it, within it, after it.
fn compare(engine: &mut Engine) {
    let equal = |left: When, right: When| {
        let (left, right) = ends(left, right)?;
        Ok::<bool, Box<rhai::EvalAltResult>>(if left.0 == left.1 {
            right.0 <= left.0 && left.0 <= right.1
        } else {
            left.0 <= right.0 && right.1 <= left.1
        })
    };
    engine.register_fn("==", move |left: When, right: When| equal(left, right));
    engine.register_fn("!=", move |left: When, right: When| equal(left, right).map(|equal| !equal));
    engine
        .register_fn("<", |left: When, right: When| ends(left, right).map(|(left, right)| left.1 < right.0));
    engine.register_fn("<=", |left: When, right: When| {
        ends(left, right).map(|(left, right)| left.0 <= right.1)
    });
    engine
        .register_fn(">", |left: When, right: When| ends(left, right).map(|(left, right)| left.0 > right.1));
    engine.register_fn(">=", |left: When, right: When| {
        ends(left, right).map(|(left, right)| left.1 >= right.0)
    });
    engine.register_fn("==", |left: Span, right: Span| left == right);
    engine.register_fn("!=", |left: Span, right: Span| left != right);
    engine.register_fn("<", |left: Span, right: Span| left < right);
    engine.register_fn("<=", |left: Span, right: Span| left <= right);
    engine.register_fn(">", |left: Span, right: Span| left > right);
    engine.register_fn(">=", |left: Span, right: Span| left >= right);
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<When>("date").register_type_with_name::<Span>("length of time");
    compare(engine);
    engine.register_fn("date", |text: Text| match text.parse() {
        Ok(day) => Ok(When::Day(day)),
        Err(_) => {
            let en = format!("`{text}` is not a date such as 2026-03-01");
            fail((en, format!("`{text}` 不是日期，应如 2026-03-01")))
        }
    });
    engine.register_fn("today", || with(|run| Ok(When::Day(run.day(When::At(run.now()))))));
    engine.register_fn("now", || with(|run| Ok(When::At(run.now()))));
    engine.register_fn("days", |count: i64| length(count, 24 * 3_600_000_000));
    engine.register_fn("hours", |count: i64| length(count, 3_600_000_000));
    engine.register_fn("minutes", |count: i64| length(count, 60_000_000));
    engine.register_fn("day", |when: When| day_of(when).map(When::Day));
    engine.register_fn("days_since", since);
    engine.register_fn("days_until", |when: When| since(when).map(|days| -days));
    engine.register_fn("days_between", |from: When, to: When| {
        Ok::<i64, Box<rhai::EvalAltResult>>(between(day_of(from)?, day_of(to)?))
    });
    engine.register_fn("weekday", |when: When| {
        day_of(when).map(|day| i64::from(day.weekday().number_from_monday()))
    });
    engine.register_fn("month", |when: When| day_of(when).map(|day| i64::from(day.month())));
    engine.register_fn("year", |when: When| day_of(when).map(|day| i64::from(day.year())));
    engine.register_fn("+", |when: When, span: Span| moved(when, span, 1));
    engine.register_fn("-", |when: When, span: Span| moved(when, span, -1));
    engine.register_fn("-", apart);
    let add = |left: Span, right: Span, sign: i64| {
        let sum = right.micros().checked_mul(sign).and_then(|right| left.micros().checked_add(right));
        sum.map_or_else(
            || fail::<Dynamic>(("the time is too long", "时长过长")),
            |sum| Ok(Dynamic::from(Span::from_micros(sum))),
        )
    };
    engine.register_fn("+", move |left: Span, right: Span| add(left, right, 1));
    engine.register_fn("-", move |left: Span, right: Span| add(left, right, -1));
}
