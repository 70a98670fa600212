//! Deals on their way: the board, the funnel, time in stage, win rates, and how it stood before.

use std::collections::BTreeMap;
use std::io::Write;

use crm_core::base::{Kind, kind};
use crm_core::insight::pipeline::{self, Figures, figures_by, funnel, time_in_stage};
use crm_core::prelude::*;
use crm_core::record::lifecycle::{Lifecycle, StateClass};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{local, yuan};
use crate::Outcome;
use crate::table::{Cell, Table, bar, clipped, count, days, money, none, percent, price, text};
use crate::year::ORDERS;

/// The deals that a session sees, now or as they stood; orders that customers give again are none.
///
/// # Errors
/// When the store fails.
pub fn deals(session: &Session<'_>) -> Outcome<Vec<(Opportunity, pipeline::Deal)>> {
    Ok(session.deals(&Query::of(kind::Opportunity::NO).filter(no_order()?), &|_| None)?)
}

/// What tells deals from orders that customers give again.
///
/// # Errors
/// None: the text is a filter.
pub fn no_order() -> Outcome<Filter> {
    Ok(format!("lifecycle != \"{ORDERS}\"").parse()?)
}

/// The board of open deals; those without a move for 60 days stand still.
///
/// # Errors
/// When the store or the output fails.
pub fn board(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let board = session.board(None, None, 3)?;
    let mut still: BTreeMap<String, u64> = BTreeMap::new();
    let (deals, now) = (deals(session)?, session.instant());
    for (deal, _) in deals.iter().filter(|(deal, _)| stands_still(deal, now)) {
        *still.entry(deal.state.clone()).or_default() += 1;
    }
    let columns = ["stage", "deals", "amount", "weighted", "still > 60 d", "the next to close"];
    let title = format!("看板 Board: {}", board.pipeline);
    let open = |stage: &str| stage_class(session, stage).is_ok_and(|class| class == StateClass::Open);
    let mut table = Table::new(title, columns);
    for column in board.columns.iter().filter(|column| open(&column.stage)) {
        for (place, card) in column.cards.iter().enumerate() {
            let head = match place {
                0 => [
                    text(stage_label(&column.zh, &column.en)),
                    count(column.count as u64),
                    money(column.amount),
                    money(column.weighted),
                    count(still.get(&column.stage).copied().unwrap_or(0)),
                ],
                _ => [text(""), text(""), text(""), text(""), text("")],
            };
            let on = card.close_on.map_or(String::new(), |day| day.to_string());
            let owner = card.owner.map_or(String::new(), |owner| session.title(owner.record()));
            let words = format!("{on}  {} ({owner})", card.name);
            table = table.row(head.into_iter().chain([clipped(&words, 56)]));
        }
    }
    writeln!(out, "{table}")?;
    Ok(())
}

/// Whether a deal is open and has not moved for 60 days.
pub fn stands_still(deal: &Opportunity, now: Instant) -> bool {
    let since = deal.state_since.filter(|_| deal.closed_at.is_none());
    since.is_some_and(|since| now - since > Span::from_days(60))
}

fn stage_class(session: &Session<'_>, stage: &str) -> Outcome<StateClass> {
    let pipeline = session.pipeline(None)?;
    Ok(pipeline.state(stage).ok_or("no stage")?.class)
}

fn stage_label(zh: &str, en: &str) -> String {
    if zh == en { zh.to_owned() } else { format!("{zh} {en}") }
}

/// The stages on the way to winning.
fn path(pipeline: &Lifecycle) -> Vec<String> {
    let ahead = pipeline.states.iter().filter(|state| state.class != StateClass::Lost);
    ahead.map(|state| state.code.clone()).collect()
}

/// The funnel by stage, and the time that deals spend in each.
///
/// # Errors
/// When the store or the output fails.
pub fn stages(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let stages = path(session.pipeline(None)?.as_ref());
    let deals: Vec<_> = deals(session)?.into_iter().map(|(_, deal)| deal).collect();
    let steps = funnel(&stages, &deals);
    let widest = steps.first().map_or(0, |step| step.reached) as f64;
    let columns = ["stage", "reached", "lost here", "stand here", "go on", ""];
    let table = Table::new("漏斗 Funnel by stage", columns).rows(steps, |step| {
        [
            text(step.stage),
            count(step.reached as u64),
            count(step.lost_here as u64),
            count(step.stand_here as u64),
            step.conversion.map_or_else(none, percent),
            bar(step.reached as f64, widest),
        ]
    });
    writeln!(out, "{table}")?;
    let open: Vec<String> = stages.iter().take(stages.len().saturating_sub(1)).cloned().collect();
    let times = time_in_stage(&open, &deals);
    let longest = times.iter().map(|time| time.mean.days()).fold(0.0, f64::max);
    let columns = ["stage", "deals", "mean", "median", "longest", ""];
    let table = Table::new("阶段用时 Time in stage", columns).rows(times, |time| {
        let width = bar(time.mean.days(), longest);
        [
            text(time.stage),
            count(time.deals as u64),
            days(time.mean),
            days(time.median),
            days(time.longest),
            width,
        ]
    });
    writeln!(out, "{table}")?;
    Ok(())
}

/// Win rates by owner, and the reasons for losses.
///
/// # Errors
/// When the store or the output fails.
pub fn win_rates(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let deals = deals(session)?;
    let name = |deal: &Opportunity| deal.owner.map_or(String::new(), |owner| session.title(owner.record()));
    let by_owner = figures_by(deals.iter().map(|(record, deal)| (name(record), deal.clone())));
    let all = pipeline::figures(deals.iter().map(|(_, deal)| deal));
    let value = |figures: &Figures| figures.won_value.to_f64().unwrap_or(0.0);
    let most = by_owner.values().map(value).fold(0.0, f64::max);
    let row = |name: &str, figures: &Figures, last: Cell| {
        [
            text(name),
            count((figures.closed + figures.open) as u64),
            count(figures.won as u64),
            count(figures.lost as u64),
            figures.win_rate.map_or_else(none, percent),
            figures.mean_cycle.map_or_else(none, days),
            price(yuan(figures.won_value)),
            last,
        ]
    };
    let columns = ["owner", "deals", "won", "lost", "win rate", "cycle", "won value", ""];
    let table = Table::new("赢单率 Win rate by owner", columns)
        .rows(&by_owner, |(name, figures)| row(name, figures, bar(value(figures), most)))
        .total(row("all", &all, text("")));
    writeln!(out, "{table}")?;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for (deal, _) in deals.iter().filter(|(_, deal)| deal.outcome == pipeline::Outcome::Lost) {
        *reasons.entry(deal.lost_reason.clone()).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, deals)| std::cmp::Reverse(*deals));
    let most = reasons.first().map_or(0, |(_, deals)| *deals) as f64;
    let table = Table::new("输单原因 Lost because of", ["reason", "deals", ""])
        .rows(reasons, |(reason, deals)| [text(reason), count(deals), bar(deals as f64, most)]);
    writeln!(out, "{table}")?;
    Ok(())
}

/// How many deals stand in each stage, and what they are worth.
///
/// # Errors
/// When the store fails.
pub fn standing(session: &Session<'_>) -> Outcome<BTreeMap<String, (u64, Decimal)>> {
    let mut standing: BTreeMap<String, (u64, Decimal)> = BTreeMap::new();
    for (deal, figures) in deals(session)? {
        let entry = standing.entry(deal.state.clone()).or_default();
        *entry = (entry.0 + 1, entry.1 + figures.value.unwrap_or_default());
    }
    Ok(standing)
}

/// The pipeline as it stood at a past instant, beside the present.
///
/// # Errors
/// When the store or the output fails.
pub fn as_it_stood(out: &mut dyn Write, session: &Session<'_>, then: Instant) -> Outcome {
    let (before, now) = (standing(&session.as_of(then))?, standing(session)?);
    let pipeline = session.pipeline(None)?;
    let of = |standing: &BTreeMap<String, (u64, Decimal)>, stage: &str| {
        standing.get(stage).copied().unwrap_or_default()
    };
    let title = format!("历史快照 The pipeline as it stood on {}", local(then));
    let table = Table::new(title, ["stage", "deals then", "worth then", "deals now", "worth now"]).rows(
        &pipeline.states,
        |state| {
            let ((deals_then, worth_then), (deals_now, worth_now)) =
                (of(&before, &state.code), of(&now, &state.code));
            [
                text(stage_label(&state.zh, &state.en)),
                count(deals_then),
                money(yuan(worth_then)),
                count(deals_now),
                money(yuan(worth_now)),
            ]
        },
    );
    writeln!(out, "{table}")?;
    Ok(())
}
