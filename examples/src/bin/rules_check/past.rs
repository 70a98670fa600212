//! What a rule would have done on a store's past.

use std::collections::BTreeMap;

use crm_core::base::{Instant, Span};
use crm_core::domain::rule::RuleDraft;
use crm_core::engine::WouldAnswer;
use crm_core::prelude::Session;
use crm_core::record::script::{Answer, Purpose};
use crm_examples::Outcome;
use crm_rules::Tongue;

/// So many are shown one by one.
const SHOWN: usize = 5;
/// So many are looked at.
const LOOKED_AT: usize = 100_000;

/// Tells what a rule would have done in the last days of a store.
pub fn tell(session: &Session<'_>, draft: RuleDraft, days: i64, tongue: Tongue) -> Outcome {
    let Some(until) = last(session)? else {
        say(tongue, "  the store is empty", "  数据文件是空的");
        return Ok(());
    };
    let from = until - Span::from_days(days);
    match draft.purpose {
        Purpose::Score => score(session, draft, from, days, tongue),
        Purpose::Automation => runs(session, draft, (from, until), days, tongue),
        Purpose::Guard => guard(session, draft, (from, until), days, tongue),
        _ => answers(session, draft, (from, until), days, tongue),
    }
}

/// The last instant of the store.
fn last(session: &Session<'_>) -> Outcome<Option<Instant>> {
    let mut after = 0;
    let mut last = None;
    loop {
        let (items, end) = session.changes(after, 10_000)?;
        if end == after {
            return Ok(last);
        }
        last = items.last().map(|item| item.at).or(last);
        after = end;
    }
}

fn say(tongue: Tongue, en: impl AsRef<str>, zh: impl AsRef<str>) {
    println!("{}", if tongue == Tongue::Chinese { zh.as_ref() } else { en.as_ref() });
}

fn share(share: Option<f64>) -> String {
    share.map_or("-".into(), |share| format!("{:.0} %", 100.0 * share))
}

fn score(session: &Session<'_>, draft: RuleDraft, then: Instant, days: i64, tongue: Tongue) -> Outcome {
    let found = match session.backtest(draft, then, &"state = \"converted\"".parse()?) {
        Ok(found) => found,
        // Too few records, or none that came to anything, is no fault of the rule.
        Err(error) => {
            say(tongue, format!("  no backtest: {error}"), format!("  无法回测：{error}"));
            return Ok(());
        }
    };
    let (rows, good) = (found.rows, found.good);
    say(
        tongue,
        format!("  as of {days} days before the end: {rows} records, of which {good} were converted since"),
        format!("  以末尾前 {days} 天为准：{rows} 条记录，之后有 {good} 条转化"),
    );
    for at in &found.thresholds {
        let (score, chosen, good) = (at.score, at.chosen, at.good);
        let (precision, recall) = (share(at.precision), share(at.recall));
        say(
            tongue,
            format!(
                "  from {score} points on: {chosen} chosen, {good} converted; precision {precision}, recall {recall}"
            ),
            format!(
                "  {score} 分及以上：选中 {chosen} 条，转化 {good} 条；准确率 {precision}，召回率 {recall}"
            ),
        );
    }
    if let Some(lift) = found.deciles.lift.first() {
        say(
            tongue,
            format!("  the best tenth converts {lift:.1} times as often as all"),
            format!("  得分最高的十分之一，转化率是总体的 {lift:.1} 倍"),
        );
    }
    Ok(())
}

fn runs(
    session: &Session<'_>,
    draft: RuleDraft,
    (from, until): (Instant, Instant),
    days: i64,
    tongue: Tongue,
) -> Outcome {
    let runs = session.would_run(draft, from, until, LOOKED_AT)?;
    let asked = runs.len();
    let failed = runs.iter().filter(|run| !run.failure.is_empty()).count();
    let acts: Vec<_> = runs.iter().filter(|run| !run.calls.is_empty() || !run.failure.is_empty()).collect();
    let count = acts.len() - failed;
    say(
        tongue,
        format!(
            "  in the last {days} days {asked} changes would have asked it; it would have acted {count} times and failed {failed} times"
        ),
        format!("  最近 {days} 天有 {asked} 次变更会询问它：执行 {count} 次，出错 {failed} 次"),
    );
    for run in acts.into_iter().take(SHOWN) {
        let calls: Vec<&str> = run.calls.iter().map(|call| call.command.as_str()).collect();
        println!("  {} {}: {} {}", day(run.at), session.title(run.record), calls.join(", "), run.failure);
    }
    Ok(())
}

fn guard(
    session: &Session<'_>,
    draft: RuleDraft,
    (from, until): (Instant, Instant),
    days: i64,
    tongue: Tongue,
) -> Outcome {
    let message = draft.message.clone();
    let moves = session.would_answer(draft, from, until, LOOKED_AT)?;
    let why = |asked: &WouldAnswer| match &asked.answer {
        Some(Answer::Holds(false)) => Some(message.clone()),
        Some(Answer::Refusals(refusals)) if !refusals.is_empty() => {
            let said: Vec<&str> = refusals.iter().map(|refusal| refusal.message.as_str()).collect();
            Some(said.join("; "))
        }
        _ => Some(asked.failure.clone()).filter(|failure| !failure.is_empty()),
    };
    let refused: Vec<_> = moves.iter().filter_map(|asked| Some((asked, why(asked)?))).collect();
    let (all, count) = (moves.len(), refused.len());
    say(
        tongue,
        format!(
            "  of {all} moves in the last {days} days it would have refused {count}, had it guarded them all"
        ),
        format!("  最近 {days} 天的 {all} 次流转，若都由它把关，会拒绝 {count} 次"),
    );
    for (asked, why) in refused.iter().take(SHOWN) {
        let (from, to) = asked.states.clone().unwrap_or_default();
        println!("  {} {}: {from} → {to}: {why}", day(asked.at), session.title(asked.record));
    }
    Ok(())
}

fn answers(
    session: &Session<'_>,
    draft: RuleDraft,
    (from, until): (Instant, Instant),
    days: i64,
    tongue: Tongue,
) -> Outcome {
    let assigns = draft.purpose == Purpose::Assignment;
    let asked = session.would_answer(draft, from, until, LOOKED_AT)?;
    let mut by_answer: BTreeMap<String, Vec<&WouldAnswer>> = BTreeMap::new();
    for one in &asked {
        let answer = match &one.answer {
            _ if !one.failure.is_empty() => one.failure.clone(),
            Some(Answer::Holds(holds)) => word(tongue, if *holds { ("yes", "是") } else { ("no", "否") }),
            Some(Answer::Level(level)) => level.clone(),
            Some(Answer::Assigned(Some(assigned))) => session.title(assigned.user.record()),
            _ => word(tongue, ("nobody or nothing", "无")),
        };
        by_answer.entry(answer).or_default().push(one);
    }
    let all = asked.len();
    if assigns {
        say(
            tongue,
            format!("  {all} came in the last {days} days; any active user may get one:"),
            format!("  最近 {days} 天新增 {all} 条；任何在职用户都可能分到："),
        );
    } else {
        say(tongue, format!("  of {all} records at the end:"), format!("  末尾时的 {all} 条记录："));
    }
    for (answer, records) in &by_answer {
        let names: Vec<String> = records.iter().take(SHOWN).map(|one| session.title(one.record)).collect();
        let more = if records.len() > SHOWN { ", …" } else { "" };
        println!("  {answer}: {} ({}{more})", records.len(), names.join(", "));
    }
    Ok(())
}

fn word(tongue: Tongue, (en, zh): (&str, &str)) -> String {
    if tongue == Tongue::Chinese { zh.to_owned() } else { en.to_owned() }
}

fn day(at: Instant) -> String {
    at.to_string().chars().take(10).collect()
}
