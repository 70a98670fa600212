//! The rules of pools: who may claim, and when a record goes back.

use chrono::NaiveDate;

use super::noun::Pool;
use crate::base::calendar::{TimeZone, WorkCalendar, local_date, plus_days, start_of_day};
use crate::base::{Instant, Span};
use crate::record::error::{Invalid, Refusal};

/// What is known when a user wants to claim a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimFacts {
    /// The day, in the organisation's time zone.
    pub today: NaiveDate,
    /// How many records of the kind the user has, counted up to the pool's limit.
    pub owned: i64,
    /// How many he has claimed from the pool today.
    pub claimed_today: i64,
    /// On which day he lost this record, if he was its last owner.
    pub lost_on: Option<NaiveDate>,
}

/// Why a user may not claim a record; every reason.
pub fn claim_refusals(pool: &Pool, facts: &ClaimFacts) -> Vec<Refusal> {
    let mut refusals: Vec<_> = owned_refusal(pool, facts.owned).into_iter().collect();
    if let Some(limit) = pool.claims_a_day.filter(|limit| facts.claimed_today >= *limit) {
        let message = format!("the user has claimed `{limit}` records today, as many as he may");
        refusals.push(Refusal::new("pool.daily_limit", message).with("limit", limit));
    }
    if let (Some(days), Some(lost_on)) = (pool.cooldown_days, facts.lost_on) {
        let from = plus_days(lost_on, days);
        if facts.today < from {
            let message = format!("the user had the record last and may claim it again from `{from}` on");
            refusals.push(Refusal::new("pool.cooldown", message).with("from", from));
        }
    }
    refusals
}

/// Why a user who has so many records may not get another, if he may not.
pub fn owned_refusal(pool: &Pool, owned: i64) -> Option<Refusal> {
    let limit = pool.owned_limit.filter(|limit| owned >= *limit)?;
    let message = format!("the user has `{limit}` records, as many as he may");
    Some(Refusal::new("pool.owned_limit", message).with("limit", limit))
}

/// What is known of a record with an owner. Days are those of the organisation's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReclaimFacts {
    /// Today.
    pub today: NaiveDate,
    /// Since when the owner has it.
    pub owned_since: NaiveDate,
    /// When something last happened with it.
    pub followed_up: Option<NaiveDate>,
    /// When it last had an opportunity open: today while one is.
    pub opportunity: Option<NaiveDate>,
    /// When the last deal was won.
    pub deal: Option<NaiveDate>,
    /// Its level or grade.
    pub level: String,
    /// Its state.
    pub state: String,
    /// Its flags.
    pub flags: Vec<String>,
    /// The owner's leave, as first and last days.
    pub leave: Vec<(NaiveDate, NaiveDate)>,
}

crate::choice! {
    /// What an owner left undone.
    pub enum ReclaimReason {
        /// Nothing happened with the record.
        NoFollowUp "no_follow_up" "No follow-up" "未跟进",
        /// The customer had no opportunity.
        NoOpportunity "no_opportunity" "No opportunity" "无商机",
        /// The customer had no deal.
        NoDeal "no_deal" "No deal" "未成交",
    }
}

/// What is to be done about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its owner keeps it.
    Keep {
        /// The day on which to look again, if nothing happens before; none when no rule reaches it.
        next_check: Option<NaiveDate>,
    },
    /// Its owner is to be warned.
    Warn {
        /// What he leaves undone.
        reason: ReclaimReason,
        /// Since which day he is to be warned.
        since: NaiveDate,
        /// The day on which the record goes back.
        deadline: NaiveDate,
    },
    /// It goes back to the pool.
    Reclaim {
        /// What its owner left undone.
        reason: ReclaimReason,
    },
}

/// Decides whether a record stays with its owner: the first of the pool's rules to run out counts.
///
/// A record goes back on the day after so many whole days without what the rule asks for, in working
/// days on a working day. What happened before the owner got it does not count against him, nor do
/// days on which he is on leave.
pub fn reclaim_decision(facts: &ReclaimFacts, pool: &Pool, calendar: &WorkCalendar) -> Decision {
    let exempt = pool.exempt_levels.contains(&facts.level)
        || pool.exempt_states.contains(&facts.state)
        || facts.flags.iter().any(|flag| pool.exempt_flags.contains(flag));
    let rules = [
        (pool.follow_up_days, facts.followed_up, ReclaimReason::NoFollowUp),
        (pool.opportunity_days, facts.opportunity, ReclaimReason::NoOpportunity),
        (pool.deal_days, facts.deal, ReclaimReason::NoDeal),
    ];
    let working = (pool.working_days == Some(true)).then_some(calendar);
    let deadlines = rules.into_iter().filter_map(|(days, last, reason)| {
        let from = last.map_or(facts.owned_since, |last| last.max(facts.owned_since));
        Some((deadline_after(from, days?, working, &facts.leave), reason))
    });
    let Some((deadline, reason)) = deadlines.min_by_key(|(deadline, _)| *deadline).filter(|_| !exempt) else {
        return Decision::Keep { next_check: None };
    };
    let since = days_after(deadline, pool.warn_days.unwrap_or(0).saturating_neg(), working);
    if facts.today >= deadline {
        Decision::Reclaim { reason }
    } else if facts.today >= since {
        Decision::Warn { reason, since, deadline }
    } else {
        Decision::Keep { next_check: Some(since) }
    }
}

/// The first day after so many whole days since another, without the days of leave and not on one.
fn deadline_after(
    from: NaiveDate,
    days: i64,
    working: Option<&WorkCalendar>,
    leave: &[(NaiveDate, NaiveDate)],
) -> NaiveDate {
    let mut away = 0;
    loop {
        let deadline = days_after(from, days.saturating_add(1 + away), working);
        let days = from.iter_days().skip(1).take_while(|day| *day <= deadline && !leave.is_empty());
        let counts = |day: &NaiveDate| working.is_none_or(|calendar| calendar.is_working_day(*day));
        let on_leave = |day: &NaiveDate| leave.iter().any(|(first, last)| first <= day && day <= last);
        let lost = days.filter(|day| counts(day) && on_leave(day)).count();
        let lost = i64::try_from(lost).unwrap_or(i64::MAX);
        if lost == away {
            return deadline;
        }
        away = lost;
    }
}

/// The day so many days after another (before it when negative), in working days by a calendar when
/// one is given.
pub fn days_after(day: NaiveDate, days: i64, working: Option<&WorkCalendar>) -> NaiveDate {
    let by_calendar = || plus_days(day, days);
    working
        .map_or_else(by_calendar, |calendar| calendar.add_working_days(day, days).unwrap_or_else(by_calendar))
}

/// When records are next looked at: at the beginning of the next day.
pub fn next_pass(now: Instant, zone: TimeZone) -> Instant {
    let tomorrow = plus_days(local_date(now, zone), 1);
    // A zone that skips a whole day begins it with the next one; a pass is never due at once.
    start_of_day(tomorrow, zone).max(now + Span::from_secs(1))
}

/// The most days that a rule may count: a hundred years.
const MOST_DAYS: i64 = 36_525;

/// What is wrong with a pool's rules.
pub(super) fn pool_problems(pool: &Pool) -> Vec<Invalid> {
    let mut problems = Vec::new();
    let least_one = [
        ("follow_up_days", pool.follow_up_days),
        ("opportunity_days", pool.opportunity_days),
        ("deal_days", pool.deal_days),
    ];
    let least_none = [
        ("warn_days", pool.warn_days),
        ("owned_limit", pool.owned_limit),
        ("claims_a_day", pool.claims_a_day),
        ("cooldown_days", pool.cooldown_days),
    ];
    for (field, days) in least_one.iter().chain(&least_none) {
        if let Some(days) = days.filter(|days| *days > MOST_DAYS && !field.contains("limit")) {
            problems.push(Invalid::new(field, "pool.days", format!("`{days}` is more than {MOST_DAYS}")));
        }
    }
    let least_one = least_one.into_iter().map(|(field, days)| (field, days, 1));
    let least_none = least_none.into_iter().map(|(field, days)| (field, days, 0));
    for (field, given, least) in least_one.chain(least_none) {
        if let Some(given) = given.filter(|given| *given < least) {
            problems.push(Invalid::new(field, "pool.days", format!("`{given}` is less than {least}")));
        }
    }
    for (field, days) in [("opportunity_days", pool.opportunity_days), ("deal_days", pool.deal_days)] {
        if days.is_some() && pool.kind != "customer" {
            let message = format!("a {} has no opportunities and no deals", pool.kind);
            problems.push(Invalid::new(field, "pool.customers_only", message));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::kind::PoolId;
    use crate::record::spec::Record;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn pool(change: impl FnOnce(&mut Pool)) -> Pool {
        let mut pool = Pool::empty(PoolId::from_u128(1));
        pool.kind = "customer".into();
        change(&mut pool);
        pool
    }

    fn office() -> WorkCalendar {
        WorkCalendar::office("Asia/Shanghai".parse().unwrap())
    }

    #[test]
    fn claims_are_limited() {
        let check = |change: fn(&mut Pool), facts: ClaimFacts, codes: &[&str]| {
            let refusals = claim_refusals(&pool(change), &facts);
            let found: Vec<_> = refusals.iter().map(|refusal| refusal.code.as_str()).collect();
            assert_eq!(found, codes, "{facts:?}");
        };
        let facts = ClaimFacts {
            today: day("2026-03-10"),
            owned: 5,
            claimed_today: 2,
            lost_on: Some(day("2026-03-08")),
        };
        check(|_| {}, facts, &[]);
        check(|pool| pool.owned_limit = Some(6), facts, &[]);
        check(|pool| pool.owned_limit = Some(5), facts, &["pool.owned_limit"]);
        check(|pool| pool.owned_limit = Some(0), ClaimFacts { owned: 0, ..facts }, &["pool.owned_limit"]);
        check(|pool| pool.claims_a_day = Some(3), facts, &[]);
        check(|pool| pool.claims_a_day = Some(2), facts, &["pool.daily_limit"]);
        check(|pool| pool.cooldown_days = Some(2), facts, &[]);
        check(|pool| pool.cooldown_days = Some(3), facts, &["pool.cooldown"]);
        check(|pool| pool.cooldown_days = Some(3), ClaimFacts { lost_on: None, ..facts }, &[]);
        let all = |pool: &mut Pool| {
            (pool.owned_limit, pool.claims_a_day, pool.cooldown_days) = (Some(1), Some(1), Some(30));
        };
        check(all, facts, &["pool.owned_limit", "pool.daily_limit", "pool.cooldown"]);
    }

    fn facts(today: &str) -> ReclaimFacts {
        ReclaimFacts {
            today: day(today),
            owned_since: day("2026-03-02"),
            followed_up: None,
            opportunity: None,
            deal: None,
            level: "a".into(),
            state: "following".into(),
            flags: vec!["key".into()],
            leave: Vec::new(),
        }
    }

    #[test]
    fn records_go_back_when_their_owners_leave_them() {
        use Decision::{Keep, Reclaim, Warn};
        use ReclaimReason::{NoDeal, NoFollowUp, NoOpportunity};
        let check = |change: fn(&mut Pool), facts: &ReclaimFacts, decision: Decision| {
            assert_eq!(reclaim_decision(facts, &pool(change), &office()), decision, "{facts:?}");
        };
        let three = |pool: &mut Pool| pool.follow_up_days = Some(3);
        // Monday 2 March; Tuesday to Thursday pass; it goes on Friday.
        check(three, &facts("2026-03-05"), Keep { next_check: Some(day("2026-03-06")) });
        check(three, &facts("2026-03-06"), Reclaim { reason: NoFollowUp });
        check(|_| {}, &facts("2027-03-06"), Keep { next_check: None });
        let warned = |pool: &mut Pool| (pool.follow_up_days, pool.warn_days) = (Some(3), Some(2));
        check(warned, &facts("2026-03-03"), Keep { next_check: Some(day("2026-03-04")) });
        let warn = Warn { reason: NoFollowUp, since: day("2026-03-04"), deadline: day("2026-03-06") };
        check(warned, &facts("2026-03-04"), warn);
        check(warned, &facts("2026-03-05"), warn);
        check(warned, &facts("2026-03-06"), Reclaim { reason: NoFollowUp });
        let later = ReclaimFacts { followed_up: Some(day("2026-03-04")), ..facts("2026-03-06") };
        check(three, &later, Keep { next_check: Some(day("2026-03-08")) });
        let earlier = ReclaimFacts { followed_up: Some(day("2026-01-04")), ..facts("2026-03-05") };
        check(three, &earlier, Keep { next_check: Some(day("2026-03-06")) });
        // Working days: Monday 2 March, then five of them, the weekend between.
        let week = |pool: &mut Pool| (pool.follow_up_days, pool.working_days) = (Some(5), Some(true));
        check(week, &facts("2026-03-09"), Keep { next_check: Some(day("2026-03-10")) });
        check(week, &facts("2026-03-10"), Reclaim { reason: NoFollowUp });
        let each = |pool: &mut Pool| {
            (pool.follow_up_days, pool.opportunity_days, pool.deal_days) = (Some(9), Some(6), Some(8));
        };
        check(each, &facts("2026-03-20"), Reclaim { reason: NoOpportunity });
        let bought = ReclaimFacts { opportunity: Some(day("2026-03-19")), ..facts("2026-03-20") };
        check(each, &bought, Reclaim { reason: NoDeal });
        // Away on the 4th and 5th: two days more; on leave nobody loses anything.
        let away =
            |last: &str| ReclaimFacts { leave: vec![(day("2026-03-04"), day(last))], ..facts("2026-03-07") };
        check(three, &away("2026-03-05"), Keep { next_check: Some(day("2026-03-08")) });
        check(three, &away("2026-03-31"), Keep { next_check: Some(day("2026-04-03")) });
        check(week, &away("2026-03-08"), Keep { next_check: Some(day("2026-03-13")) });
        let before =
            ReclaimFacts { leave: vec![(day("2026-02-01"), day("2026-03-02"))], ..facts("2026-03-06") };
        check(three, &before, Reclaim { reason: NoFollowUp });
        let exempt: [fn(&mut Pool); 3] = [
            |pool| (pool.follow_up_days, pool.exempt_levels) = (Some(3), vec!["a".into()]),
            |pool| (pool.follow_up_days, pool.exempt_states) = (Some(3), vec!["following".into()]),
            |pool| (pool.follow_up_days, pool.exempt_flags) = (Some(3), vec!["major".into(), "key".into()]),
        ];
        for exempt in exempt {
            check(exempt, &facts("2026-03-20"), Keep { next_check: None });
        }
    }

    #[test]
    fn passes_are_at_the_beginning_of_days() {
        let check = |now: &str, zone: &str, next: &str| {
            let at = next_pass(now.parse().unwrap(), zone.parse().unwrap());
            assert_eq!(at, next.parse().unwrap(), "{now} {zone}");
        };
        check("2026-03-01T12:00:00Z", "Asia/Shanghai", "2026-03-01T16:00:00Z");
        check("2026-03-01T16:00:00Z", "Asia/Shanghai", "2026-03-02T16:00:00Z");
        check("2026-03-07T12:00:00Z", "America/New_York", "2026-03-08T05:00:00Z");
        check("2026-03-08T12:00:00Z", "America/New_York", "2026-03-09T04:00:00Z");
    }

    #[test]
    fn nonsense_is_refused() {
        let check = |change: fn(&mut Pool), fields: &[&str]| {
            let problems = pool_problems(&pool(change));
            let found: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(found, fields);
        };
        check(|pool| pool.follow_up_days = Some(0), &["follow_up_days"]);
        check(|pool| pool.cooldown_days = Some(i64::MAX), &["cooldown_days"]);
        check(
            |pool| (pool.deal_days, pool.owned_limit) = (Some(-1), Some(-1)),
            &["deal_days", "owned_limit"],
        );
        check(|pool| (pool.kind, pool.deal_days) = ("lead".into(), Some(9)), &["deal_days"]);
        check(
            |pool| (pool.warn_days, pool.owned_limit, pool.cooldown_days) = (Some(0), Some(0), Some(0)),
            &[],
        );
    }

    proptest! {
        /// As days go by without anything happening, a record is kept, then warned of, then gone, and
        /// looking again on the day that was named is never too late.
        #[test]
        fn time_only_makes_it_worse(days in 1i64..60, warn in 0i64..20, working: bool, start in 0i64..400) {
            let pool = pool(|pool| {
                pool.follow_up_days = Some(days);
                pool.warn_days = Some(warn);
                pool.working_days = Some(working);
            });
            let mut facts = facts("2026-01-01");
            facts.owned_since = plus_days(facts.today, start);
            facts.today = facts.owned_since;
            let mut last = 0;
            let mut named = None;
            for _ in 0..200 {
                let rank = match reclaim_decision(&facts, &pool, &office()) {
                    Decision::Keep { next_check } => {
                        prop_assert!(next_check.is_some_and(|next| next > facts.today));
                        prop_assert!(named.is_none_or(|named| Some(named) == next_check));
                        named = next_check;
                        0
                    }
                    Decision::Warn { deadline, since, .. } => {
                        prop_assert!(since <= facts.today && facts.today < deadline);
                        prop_assert!(named.is_none_or(|named| named == since));
                        1
                    }
                    Decision::Reclaim { .. } => 2,
                };
                prop_assert!(rank >= last);
                last = rank;
                facts.today = plus_days(facts.today, 1);
            }
            prop_assert_eq!(last, 2);
        }
    }
}
