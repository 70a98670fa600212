use proptest::prelude::*;

use super::super::StateClass::{Open, Paused};
use super::*;
use crate::base::Instant;

fn day(days: i64) -> Instant {
    Instant::from_micros(0) + Span::from_days(days)
}

#[test]
fn visits_add_up() {
    let mut times = StateTimes::default();
    assert_eq!((times.current(), times.totals(day(1))), (None, vec![]));
    for (state, at) in [("a", 0), ("b", 3), ("a", 5), ("a", 6)] {
        times.enter(state, day(at));
    }
    assert_eq!(times.current(), Some(("a", day(5))));
    assert_eq!(times.totals(day(10)), [("a", Span::from_days(8)), ("b", Span::from_days(2))]);
    times.leave(day(7));
    assert_eq!(times.totals(day(10)), [("a", Span::from_days(5)), ("b", Span::from_days(2))]);
    assert_eq!(times.total("c", day(10)), Span::ZERO);
    let json = serde_json::to_string(&times).unwrap();
    assert_eq!(serde_json::from_str::<StateTimes>(&json).unwrap(), times);
}

#[test]
fn renamed_states_keep_their_time() {
    let mut times = StateTimes::default();
    for (state, at) in [("a", 0), ("b", 1), ("c", 3)] {
        times.enter(state, day(at));
    }
    let rename = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    times.rename(&[rename("a", "b"), rename("b", "a"), rename("c", "b")]);
    assert_eq!(times.current(), Some(("b", day(3))));
    assert_eq!(times.totals(day(4)), [("b", Span::from_days(2)), ("a", Span::from_days(2))]);
}

#[test]
fn a_record_rots_after_days_without_progress() {
    let check = |days: Option<u32>, class, progress: Option<i64>, now: i64, expected: bool| {
        let state = State { rot_days: days, ..State::new("a", "a", "a", class) };
        let found = is_rotting(&state, day(10), progress.map(day), day(now));
        assert_eq!(found, expected, "{days:?} {class} {progress:?} {now}");
    };
    check(Some(5), Open, None, 14, false);
    check(Some(5), Open, None, 15, true);
    check(Some(5), Open, Some(12), 15, false);
    check(Some(5), Open, Some(12), 17, true);
    check(Some(5), Open, Some(2), 15, true);
    check(Some(5), Paused, None, 99, false);
    check(Some(0), Open, None, 99, false);
    check(None, Open, None, 99, false);
}

proptest! {
    /// However a record wanders, the times in its states make up its whole life.
    #[test]
    fn times_add_up_to_the_whole(
        start in -1_000_000_i64..1_000_000,
        steps in prop::collection::vec((0_usize..4, 0_i64..1_000_000), 1..30),
        rest in 0_i64..1_000_000,
    ) {
        let codes = ["a", "b", "c", "d"];
        let mut now = Instant::from_micros(start);
        let first = now;
        let mut times = StateTimes::default();
        for (state, micros) in steps {
            times.enter(codes[state], now);
            now = now + Span::from_micros(micros);
        }
        now = now + Span::from_micros(rest);
        let sum = times.totals(now).iter().fold(Span::ZERO, |sum, (_, span)| sum + *span);
        prop_assert_eq!(sum, now - first);
        let running = times.totals(now).len();
        times.leave(now);
        let sum = times.totals(now + Span::from_days(9)).iter().fold(Span::ZERO, |sum, (_, span)| sum + *span);
        prop_assert_eq!((sum, running), (now - first, times.totals(now).len()));
    }

    /// A clock that runs backwards takes no time away.
    #[test]
    fn no_time_is_negative(steps in prop::collection::vec((0_usize..3, -99_i64..99), 0..20), now in -99_i64..99) {
        let mut times = StateTimes::default();
        for (state, at) in steps {
            times.enter(["a", "b", "c"][state], Instant::from_micros(at));
        }
        prop_assert!(times.totals(Instant::from_micros(now)).iter().all(|(_, span)| *span >= Span::ZERO));
    }
}
