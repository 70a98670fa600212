use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Mainland China around the Spring Festival of 2026: 16 to 23 February off, 14 and 28 February (Saturdays) worked.
fn festival() -> WorkCalendar {
    let json = r#"{"zone":"Asia/Shanghai",
        "week":[["09:00-12:00","13:00-18:00"],["09:00-12:00","13:00-18:00"],["09:00-12:00","13:00-18:00"],
                ["09:00-12:00","13:00-18:00"],["09:00-12:00","13:00-18:00"],[],[]],
        "holidays":["2026-02-16","2026-02-17","2026-02-18","2026-02-19","2026-02-20","2026-02-23"],
        "workdays":["2026-02-14","2026-02-28"]}"#;
    serde_json::from_str(json).unwrap()
}

#[test]
fn hours_are_written_and_checked() {
    for text in ["09:00-12:00", "00:00-24:00", "23:59-24:00"] {
        assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
    }
    for text in
        ["", "9", "12:00-09:00", "09:00-09:00", "09:60-10:00", "09:00-24:01", "a:00-b:00", "65535:00-1:00"]
    {
        assert_eq!(text.parse::<Hours>(), Err(CalendarError::Hours(text.into())));
    }
    let overlapping = ["09:00-12:00".parse().unwrap(), "08:00-10:00".parse().unwrap()];
    let week = std::array::from_fn(|_| overlapping.to_vec());
    let refused = WorkCalendar::new(TimeZone::UTC, week, BTreeSet::new(), BTreeSet::new());
    assert_eq!(refused, Err(CalendarError::Overlap(overlapping[1], overlapping[0])));
    let json = serde_json::to_string(&festival()).unwrap();
    assert_eq!(serde_json::from_str::<WorkCalendar>(&json).unwrap(), festival());
}

#[test]
fn working_days() {
    let calendar = festival();
    for (date, works) in [
        ("2026-02-13", true),
        ("2026-02-14", true),
        ("2026-02-15", false),
        ("2026-02-16", false),
        ("2026-02-24", true),
        ("2026-02-28", true),
        ("2026-03-01", false),
    ] {
        assert_eq!(calendar.is_working_day(day(date)), works, "{date}");
    }
    let add = |date: &str, days: i64, expected: &str| {
        assert_eq!(calendar.add_working_days(day(date), days), Some(day(expected)), "{date} {days}");
    };
    add("2026-02-13", 0, "2026-02-13");
    add("2026-02-13", 1, "2026-02-14");
    add("2026-02-13", 2, "2026-02-24");
    add("2026-02-24", -1, "2026-02-14");
    add("2026-02-24", 5, "2026-03-02");
    add("2026-01-01", 250, "2026-12-23");
    let between = |from: &str, to: &str| calendar.working_days_between(day(from), day(to));
    assert_eq!(between("2026-02-13", "2026-02-25"), 3);
    assert_eq!(between("2026-02-25", "2026-02-13"), -3);
    assert_eq!(between("2026-01-01", "2027-01-01"), 261 - 6 + 2);
    let empty =
        WorkCalendar::new(TimeZone::UTC, Default::default(), BTreeSet::new(), BTreeSet::new()).unwrap();
    assert_eq!(empty.add_working_days(day("2026-01-01"), 1), None);
    assert_eq!(empty.add_working_days(day("2026-01-01"), -1), None);
    assert_eq!(empty.add_working_time(at("2026-01-01T00:00:00Z"), Span::from_secs(1)), None);
    assert_eq!(calendar.add_working_days(day("2026-01-01"), i64::MAX), None);
    assert_eq!(calendar.add_working_days(day("2026-01-01"), i64::MIN), None);
}

#[test]
fn working_time() {
    let calendar = festival();
    // Given in Shanghai's time.
    let local = |text: &str| at(&format!("{text}:00+08:00"));
    let check = |from: &str, hours: i64, to: &str| {
        let (from, to, span) = (local(from), local(to), Span::from_hours(hours));
        assert_eq!(calendar.add_working_time(from, span), Some(to), "{from} plus {hours}");
        assert_eq!(calendar.working_time_between(from, to), span, "{from} to {to}");
        assert_eq!(calendar.working_time_between(to, from), Span::from_hours(-hours), "{to} to {from}");
    };
    check("2026-03-02T09:00", 3, "2026-03-02T12:00");
    check("2026-03-02T09:00", 4, "2026-03-02T14:00");
    check("2026-03-02T12:30", 1, "2026-03-02T14:00");
    check("2026-03-02T17:00", 1, "2026-03-02T18:00");
    check("2026-03-02T17:00", 2, "2026-03-03T10:00");
    check("2026-03-02T20:00", 1, "2026-03-03T10:00");
    check("2026-03-06T17:00", 2, "2026-03-09T10:00");
    check("2026-02-14T17:00", 2, "2026-02-24T10:00");
    check("2026-02-15T10:00", 8, "2026-02-24T18:00");
    check("2026-03-03T10:00", -2, "2026-03-02T17:00");
    check("2026-03-02T08:00", -8, "2026-02-28T09:00");
    check("2026-03-02T09:00", 40 * 52, "2027-02-26T18:00");
    assert_eq!(calendar.add_working_time(Instant::MIN, Span::ZERO), Some(Instant::MIN));
    assert_eq!(calendar.add_working_time(Instant::MAX, Span::from_secs(1)), None);
    assert_eq!(calendar.add_working_time(at("2026-01-01T00:00:00Z"), Span::from_micros(i64::MIN)), None);
}

#[test]
fn daylight_saving_counts() {
    let always = WorkCalendar::always("America/New_York".parse().unwrap());
    let of_day = |date: &str| {
        let from = start_of_day(day(date), always.zone());
        always.working_time_between(from, start_of_day(plus_days(day(date), 1), always.zone()))
    };
    assert_eq!(of_day("2026-03-08"), Span::from_hours(23));
    assert_eq!(of_day("2026-11-01"), Span::from_hours(25));
    assert_eq!(of_day("2026-03-09"), Span::from_hours(24));
    // A night shift from 01:00 to 04:00 loses the hour that is skipped.
    let night = std::array::from_fn(|_| vec!["01:00-04:00".parse().unwrap()]);
    let night = WorkCalendar::new(always.zone(), night, BTreeSet::new(), BTreeSet::new()).unwrap();
    let (from, to) = (at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z"));
    assert_eq!(night.working_time_between(from, to), Span::from_hours(2));
}

/// Day by day, without shortcuts.
fn counted(calendar: &WorkCalendar, from: Instant, to: Instant) -> i64 {
    let (mut day, last) = (local_date(from, calendar.zone), local_date(to, calendar.zone));
    let mut sum = 0;
    while day <= last {
        sum += total(calendar.shifts(day, from, to));
        day = plus_days(day, 1);
    }
    sum
}

fn any_calendar() -> impl Strategy<Value = WorkCalendar> {
    let zones = vec![
        "UTC",
        "Asia/Shanghai",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Asia/Gaza",
    ];
    let hours = proptest::sample::subsequence(
        ["00:00-02:30", "03:00-08:00", "09:00-12:00", "13:00-18:00", "22:00-24:00"].to_vec(),
        0..5,
    );
    let dates = || {
        proptest::collection::btree_set((0i64..4_000).prop_map(|n| plus_days(day("2015-01-01"), n)), 0..60)
    };
    (proptest::sample::select(zones), proptest::array::uniform7(hours), dates(), dates()).prop_map(
        |(zone, week, holidays, workdays)| {
            let week = week.map(|day| day.iter().map(|hours| hours.parse().unwrap()).collect());
            WorkCalendar::new(zone.parse().unwrap(), week, holidays, workdays).unwrap()
        },
    )
}

/// An instant from 2014 to 2026.
fn any_instant() -> impl Strategy<Value = Instant> {
    (1_388_534_400i64..1_767_225_600).prop_map(|secs| Instant::from_micros(secs * 1_000_000))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn shortcuts_count_as_day_by_day(calendar in any_calendar(), a in any_instant(), b in any_instant()) {
        let (from, to) = (a.min(b), a.max(b));
        prop_assert_eq!(calendar.working_time_between(from, to).micros(), counted(&calendar, from, to));
        let (first, last) = (local_date(from, calendar.zone), local_date(to, calendar.zone));
        let days = (0..(last - first).num_days()).filter(|n| calendar.is_working_day(plus_days(first, *n))).count();
        prop_assert_eq!(calendar.working_days_between(first, last), days as i64);
    }

    #[test]
    fn added_time_is_the_time_between(calendar in any_calendar(), from in any_instant(), secs in -20_000_000i64..20_000_000) {
        let span = Span::from_secs(secs);
        match calendar.add_working_time(from, span) {
            Some(to) => {
                prop_assert_eq!(calendar.working_time_between(from, to), span);
                // The earliest such instant forward, the latest backward: a moment less is not enough.
                let nearer = if secs > 0 { to - Span::from_secs(1) } else { to + Span::from_secs(1) };
                prop_assert!(secs == 0 || calendar.working_time_between(from, nearer) != span);
            }
            None => prop_assert!(calendar.week.iter().all(Vec::is_empty)),
        }
    }

    #[test]
    fn added_days_are_the_days_between(calendar in any_calendar(), start in 0i64..4_000, days in -700i64..700) {
        let from = plus_days(day("2015-01-01"), start);
        if let Some(to) = calendar.add_working_days(from, days) {
            let counted = if days >= 0 {
                calendar.working_days_between(plus_days(from, 1), plus_days(to, 1))
            } else {
                calendar.working_days_between(from, to)
            };
            prop_assert_eq!(counted, days);
            prop_assert!(days == 0 || calendar.is_working_day(to));
        } else {
            prop_assert!(calendar.week.iter().all(Vec::is_empty));
        }
    }
}
