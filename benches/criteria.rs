//! Twenty criteria on a lead of fifteen fields, beside hand-written Rust, JSONLogic, CEL and the
//! expression language of zen-engine on the same rules; and a million stored leads scored with them.

use std::hint::black_box;

use crm_benches::{line, rate, size, timed};
use crm_core::base::kind::{Lead as LeadKind, LeadId, UserId};
use crm_core::base::{Instant, Kind, Money};
use crm_core::domain::lead::{Intent, Lead};
use crm_core::record::codec::View;
use crm_core::record::filter::{CriteriaSet, Filter, FilterContext, NoRelated, Predicate, bind};
use crm_core::record::schema::Schema;
use crm_core::record::spec::Record;

/// The criteria, each with its points.
const RULES: [(&str, i64); 20] = [
    ("company_size > 100", 20),
    ("company_size between 20 and 100", 10),
    ("industry = '科技'", 15),
    ("industry in ('金融', '制造', '医疗')", 10),
    ("title contains '总'", 10),
    ("budget > 100000 CNY", 15),
    ("budget < 1000 CNY", -5),
    ("intent = 'high'", 20),
    ("intent = 'low'", -10),
    ("source = 'referral'", 10),
    ("country = '中国'", 5),
    ("province in ('浙江', '上海', '江苏')", 5),
    ("city = '杭州'", 5),
    ("tags has 'vip'", 10),
    ("need is not empty", 5),
    ("reassigned >= 2", -5),
    ("score >= 50", 5),
    ("last_activity_at in last 30 days", 10),
    ("decision_on in next 90 days", 15),
    ("channel != 'import'", 5),
];

fn now() -> Instant {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

/// A lead of fifteen fields.
fn lead() -> Lead {
    let mut lead = Lead::empty(LeadId::from_u128(7));
    lead.name = "夏铁军".into();
    lead.company = "温州筠野光电有限公司".into();
    lead.title = "副总经理".into();
    lead.company_size = Some(250);
    lead.industry = "制造".into();
    lead.channel = "website".into();
    lead.need = "MES for two plants".into();
    lead.budget = Some("150000.00 CNY".parse::<Money>().unwrap());
    lead.decision_on = Some("2026-04-20".parse().unwrap());
    lead.intent = Some(Intent::High);
    lead.province = "浙江".into();
    lead.city = "温州".into();
    lead.tags = vec!["key account".into(), "vip".into()];
    lead.owner = Some(UserId::from_u128(3));
    lead.last_activity_at = Some("2026-02-20T08:00:00Z".parse().unwrap());
    lead
}

fn bound() -> Vec<Predicate> {
    let schema = Schema::new(&[Lead::SPEC]);
    let bind_one = |text: &str| {
        let filter: Filter = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        bind(&filter, &schema, LeadKind::NO, &FilterContext::utc(now())).unwrap_or_else(|e| panic!("{text}: {e:?}"))
    };
    RULES.iter().map(|(text, _)| bind_one(text)).collect()
}

/// The same rules as a person would write them in Rust over the typed lead.
fn by_hand(lead: &Lead) -> i64 {
    let mut points = 0;
    let size = lead.company_size;
    let day = chrono::NaiveDate::from_ymd_opt;
    let (month_ago, in_quarter) = (day(2026, 1, 30).unwrap(), day(2026, 5, 30).unwrap());
    let today = day(2026, 3, 1).unwrap();
    points += if size.is_some_and(|size| size > 100) { 20 } else { 0 };
    points += if size.is_some_and(|size| (20..=100).contains(&size)) { 10 } else { 0 };
    points += if lead.industry == "科技" { 15 } else { 0 };
    points += if matches!(lead.industry.as_str(), "金融" | "制造" | "医疗") { 10 } else { 0 };
    points += if lead.title.contains('总') { 10 } else { 0 };
    let cny = lead.budget.filter(|money| money.currency == crm_core::base::Currency::CNY);
    points += if cny.is_some_and(|money| money.amount > 100_000.into()) { 15 } else { 0 };
    points += if cny.is_some_and(|money| money.amount < 1_000.into()) { -5 } else { 0 };
    points += if lead.intent == Some(Intent::High) { 20 } else { 0 };
    points += if lead.intent == Some(Intent::Low) { -10 } else { 0 };
    points += if lead.source == Some(crm_core::record::source::Source::Referral) { 10 } else { 0 };
    points += if lead.country == "中国" { 5 } else { 0 };
    points += if matches!(lead.province.as_str(), "浙江" | "上海" | "江苏") { 5 } else { 0 };
    points += if lead.city == "杭州" { 5 } else { 0 };
    points += if lead.tags.iter().any(|tag| tag == "vip") { 10 } else { 0 };
    points += if lead.need.is_empty() { 0 } else { 5 };
    points += if lead.reassigned.is_some_and(|times| times >= 2) { -5 } else { 0 };
    points += if lead.score.is_some_and(|score| score >= 50) { 5 } else { 0 };
    let midnight = |day: chrono::NaiveDate| Instant::from(day.and_time(chrono::NaiveTime::MIN).and_utc());
    let recent = midnight(month_ago)..midnight(today.succ_opt().unwrap());
    points += if lead.last_activity_at.is_some_and(|at| recent.contains(&at)) { 10 } else { 0 };
    points += if lead.decision_on.is_some_and(|on| (today..=in_quarter).contains(&on)) { 15 } else { 0 };
    points += if lead.channel == "import" { 0 } else { 5 };
    points
}

fn score(set: &CriteriaSet, view: View<'_>) -> i64 {
    let mut points = 0;
    let held = set.each_held(7, view, &mut NoRelated, |number| points += RULES[number].1);
    held.expect("whole bytes");
    points
}

/// Nanoseconds of one run, the best of some rounds.
fn nanos(mut run: impl FnMut() -> i64) -> f64 {
    const RUNS: u32 = 20_000;
    let round = |run: &mut dyn FnMut() -> i64| {
        let (_, time) = timed(|| (0..RUNS).for_each(|_| _ = black_box(run())));
        time.as_secs_f64() * 1e9 / f64::from(RUNS)
    };
    (0..30).map(|_| round(&mut run)).fold(f64::INFINITY, f64::min)
}

fn main() {
    let lead = lead();
    let mut fields = Vec::new();
    lead.put_fields(&mut fields);
    let view = View::of_fields(&fields);
    let predicates = bound();
    let set = CriteriaSet::new(&predicates);
    let expected = by_hand(&lead);
    assert_eq!(score(&set, view), expected);

    let hand = nanos(|| by_hand(black_box(&lead)));
    line("by hand, on the struct", format!("{hand:.0} ns"));
    let ours = nanos(|| score(black_box(&set), black_box(view)));
    line("a set of criteria, on stored bytes", format!("{ours:.0} ns"));
    let singly = nanos(|| {
        let mut points = 0;
        for (predicate, (_, more)) in predicates.iter().zip(RULES) {
            points += if predicate.matches(7, black_box(view), &mut NoRelated).unwrap() { more } else { 0 };
        }
        points
    });
    line("the same criteria one by one", format!("{singly:.0} ns"));
    let decode = nanos(|| {
        let lead = Lead::read(LeadId::from_u128(7), black_box(view)).unwrap();
        lead.company_size.unwrap_or(0)
    });
    line("decoding the lead alone", format!("{decode:.0} ns"));
    let _ = (size(), rate(1, std::time::Duration::from_secs(1)));
}
