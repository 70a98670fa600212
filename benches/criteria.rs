//! Twenty criteria on a lead of fifteen fields, beside hand-written Rust, JSONLogic, CEL and the
//! expression language of zen-engine on the same rules; and a million stored leads scored with them.

use std::hint::black_box;
use std::time::Duration;

use crm_benches::rules::{LEAD, RULES};
use crm_benches::{line, rate, size, timed};
use crm_core::base::kind::{Lead as LeadKind, LeadId, UserId};
use crm_core::base::{Instant, Kind, Money};
use crm_core::domain::lead::{Intent, Lead};
use crm_core::domain::rule::{RuleDraft, RuleLine};
use crm_core::record::codec::View;
use crm_core::record::desk::Query;
use crm_core::record::filter::{CriteriaSet, Filter, FilterContext, NoRelated, Predicate, bind};
use crm_core::record::schema::Schema;
use crm_core::record::spec::Record;

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
        bind(&filter, &schema, LeadKind::NO, &FilterContext::utc(now()))
            .unwrap_or_else(|e| panic!("{text}: {e:?}"))
    };
    RULES.iter().map(|(text, ..)| bind_one(text)).collect()
}

/// The same rules as a person would write them in Rust over the typed lead.
#[inline(never)]
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
    let held = set.each_held(7, view, &mut NoRelated, |number| points += RULES[number].4);
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
        for (predicate, (.., more)) in predicates.iter().zip(RULES) {
            points += if predicate.matches(7, black_box(view), &mut NoRelated).unwrap() { more } else { 0 };
        }
        points
    });
    line("the same criteria one by one", format!("{singly:.0} ns"));
    let explained = nanos(|| {
        let mut reasons: Vec<String> = Vec::new();
        let mut points = 0;
        let see = |number: usize| {
            points += RULES[number].4;
            reasons.push(format!("{}: {:+}", RULES[number].0, RULES[number].4));
        };
        black_box(&set).each_held(7, black_box(view), &mut NoRelated, see).unwrap();
        black_box(&reasons);
        points
    });
    line("the set with its reasons as text", format!("{explained:.0} ns"));
    let decode = nanos(|| {
        let lead = Lead::read(LeadId::from_u128(7), black_box(view)).unwrap();
        lead.company_size.unwrap_or(0)
    });
    line("decoding the lead alone", format!("{decode:.0} ns"));
    let logic = json_logic(expected);
    let cel = cel(expected);
    let zen = zen(expected);
    line("JSONLogic (datalogic-rs), data parsed before", format!("{logic:.0} ns"));
    line("CEL (cel), variables set before", format!("{cel:.0} ns"));
    line("zen-engine's expressions, context built before", format!("{zen:.0} ns"));
    println!();
    println!("{:<58} {:.1}x", "the set to hand-written Rust", ours / hand);
    for (peer, time) in [("JSONLogic", logic), ("CEL", cel), ("zen", zen)] {
        println!("{:<58} {:.1}x", format!("{peer} to the set"), time / ours);
    }
    println!();
    stored();
}

fn points(holds: impl Fn(usize) -> bool) -> i64 {
    (0..RULES.len()).map(|number| if holds(number) { RULES[number].4 } else { 0 }).sum()
}

fn json_logic(expected: i64) -> f64 {
    let engine = datalogic_rs::Engine::new();
    let compiled: Vec<_> = RULES.iter().map(|rule| engine.compile(rule.1).unwrap()).collect();
    let data = datalogic_rs::ParsedData::from_json(LEAD).unwrap();
    let mut session = engine.session();
    let mut run = || {
        let mut sum = 0;
        for (logic, rule) in compiled.iter().zip(RULES) {
            let holds = session.eval_borrowed(logic, black_box(&data)).unwrap().as_bool();
            sum += if holds == Some(true) { rule.4 } else { 0 };
        }
        session.reset();
        sum
    };
    assert_eq!(run(), expected);
    nanos(run)
}

fn cel(expected: i64) -> f64 {
    let programs: Vec<_> = RULES.iter().map(|rule| cel::Program::compile(rule.2).unwrap()).collect();
    let data: serde_json::Value = serde_json::from_str(LEAD).unwrap();
    let mut context = cel::Context::default();
    for (name, value) in data.as_object().unwrap() {
        context.add_variable(name.as_str(), value.clone()).unwrap();
    }
    let run = || {
        points(|number| matches!(programs[number].execute(black_box(&context)), Ok(cel::Value::Bool(true))))
    };
    assert_eq!(run(), expected);
    nanos(run)
}

fn zen(expected: i64) -> f64 {
    use zen_expression::{Variable, compile_expression, scope::Scope, vm::VM};
    let compiled: Vec<_> = RULES.iter().map(|rule| compile_expression(rule.3).unwrap()).collect();
    let data: serde_json::Value = serde_json::from_str(LEAD).unwrap();
    let scope = Scope::new(data.into());
    let mut vm = VM::new();
    let mut run = || {
        let mut sum = 0;
        for (expression, rule) in compiled.iter().zip(RULES) {
            let answer = expression.evaluate_with_scope(black_box(&scope), &mut vm).unwrap();
            sum += if matches!(answer, Variable::Bool(true)) { rule.4 } else { 0 };
        }
        sum
    };
    assert_eq!(run(), expected);
    nanos(run)
}

crm_core::command! {
    /// Creates leads.
    pub struct SeedLeads as "bench.leads" -> () {
        /// The first.
        from: u64,
        /// One after the last.
        to: u64,
    }
    run(this, desk) {
        for number in this.from..this.to {
            let mut lead = lead();
            lead.meta.id = LeadId::from_u128((u128::from(number) << 64) | 1);
            lead.owner = None;
            lead.company_size = Some(i64::try_from(number % 400).unwrap_or(0));
            desk.put(&lead)?;
        }
        Ok(())
    }
}

/// Every stored lead scored, beside reading them and touching the same bytes; and as of a past instant,
/// measured against what came of them, beside counting them as of then.
fn stored() {
    let world = crm_benches::empty().unwrap();
    let count = size();
    for from in (0..count).step_by(10_000) {
        world.crm.system().execute(SeedLeads { from, to: (from + 10_000).min(count) }).unwrap();
    }
    let lines = RULES.iter().map(|rule| RuleLine {
        criterion: rule.0.to_owned(),
        points: Some(rule.4),
        ..RuleLine::default()
    });
    let rule = RuleDraft {
        name: "bench".into(),
        kind: "lead".into(),
        lines: lines.collect(),
        ..RuleDraft::default()
    };
    let all = Query::of(LeadKind::NO);
    let system = world.crm.system();
    let each = |see: &mut dyn FnMut(View<'_>) -> i64| {
        let mut sum = 0;
        let seen = system.each(&all, &mut |_, view| {
            sum += see(view);
            Ok(())
        });
        seen.unwrap();
        sum
    };
    // In turn, and the best of each, so that neither has the file warmer.
    let set = CriteriaSet::new(&bound());
    let (mut reading, mut scoring) = (Duration::MAX, Duration::MAX);
    for _ in 0..3 {
        let touch = &mut |view: View<'_>| view.field_bytes().iter().map(|byte| i64::from(*byte)).sum();
        reading = reading.min(timed(|| black_box(each(touch))).1);
        scoring = scoring.min(timed(|| black_box(each(&mut |view| score(&set, view)))).1);
    }
    line(
        &format!("{count} stored leads read, their bytes touched"),
        format!("{:.0} a second", rate(count, reading)),
    );
    line(&format!("{count} stored leads read and scored"), format!("{:.0} a second", rate(count, scoring)));
    println!("{:<58} {:.2}x", "scoring to reading", scoring.as_secs_f64() / reading.as_secs_f64());
    let then = Instant::MAX;
    let past = world.crm.system().as_of(then);
    let (found, reading) = timed(|| past.count(&all).unwrap());
    assert_eq!(found as u64, count);
    let outcome: Filter = "tags has 'won'".parse().unwrap();
    let (told, scoring) = timed(|| world.crm.system().backtest(rule, then, &outcome).unwrap());
    assert_eq!(told.rows as u64, count);
    line(&format!("{count} leads counted as of an instant"), format!("{:.0} a second", rate(count, reading)));
    line(&format!("{count} leads backtested as of it"), format!("{:.0} a second", rate(count, scoring)));
    println!("{:<58} {:.2}x", "a backtest to counting", scoring.as_secs_f64() / reading.as_secs_f64());
}
