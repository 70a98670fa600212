//! What the replay came to, as the director sees it.

use std::collections::BTreeMap;
use std::io::Write;

use crm_core::base::{Kind, kind};
use crm_core::insight::pipeline::{self, Figures, figures, figures_by, funnel};
use crm_core::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use super::files::Files;
use super::office::{Office, dollars};
use super::replay::Replayed;
use crate::Outcome;
use crate::table::{Table, bar, count, days, money, none, percent, text};
use crate::year::reports;

/// Every opportunity that a session sees, with what the figures need; work on one starts as it enters
/// `Engaging`.
///
/// # Errors
/// When the store fails.
pub fn deals(session: &Session<'_>) -> Outcome<Vec<(Opportunity, pipeline::Deal)>> {
    Ok(session.deals(&Query::of(kind::Opportunity::NO), &engaged_at)?)
}

/// When a deal entered `Engaging`: it has left it for the stage it is in, or stands in it.
fn engaged_at(deal: &Opportunity) -> Option<Instant> {
    let left = deal.spent.iter().find(|row| row.state == "Engaging").map(|row| row.time);
    let since = deal.state_since?;
    if deal.state == "Engaging" { Some(since) } else { left.map(|time| since - time) }
}

/// Prints what was read, what was put right, and the figures.
///
/// # Errors
/// When the store or the output fails.
pub fn report(out: &mut dyn Write, crm: &Crm, files: &Files, office: &Office, done: &Replayed) -> Outcome {
    writeln!(out, "{}", read(files, office, done))?;
    let notes = Table::new("Nothing dropped silently", ["what", "rows", "done with it"])
        .rows(&files.corrections, |fix| {
            let what = format!("{}, {}: `{}`", fix.file, fix.column, fix.from);
            [text(what), count(fix.rows as u64), text(format!("read as `{}`", fix.to))]
        })
        .row([
            text("opportunities without account"),
            count(done.without_account as u64),
            text("taken without customer"),
        ])
        .row([
            text("opportunities without engage date"),
            count(done.without_engagement as u64),
            text("opened on the first day, left in Prospecting"),
        ]);
    writeln!(out, "{notes}")?;
    let director = crm.session(Actor::User(office.director.ok_or("no director")?));
    let deals = deals(&director)?;
    let only: Vec<pipeline::Deal> = deals.iter().map(|(_, deal)| deal.clone()).collect();
    writeln!(out, "{}", overall(&figures(&only)))?;
    writeln!(out, "{}", stages(&director, &only)?)?;
    let by = |key: &dyn Fn(&Opportunity) -> String| {
        figures_by(deals.iter().map(|(record, deal)| (key(record), deal.clone())))
    };
    let month = |deal: &Opportunity| {
        deal.closed_at.map_or("open".to_owned(), |at| at.to_chrono().format("%Y-%m").to_string())
    };
    let agent = |deal: &Opportunity| deal.owner.map_or(String::new(), |owner| director.title(owner.record()));
    let product = |deal: &Opportunity| {
        let product = deal.lines.first().and_then(|line| line.product);
        product.map_or(String::new(), |product| director.title(product.record()))
    };
    let region = |deal: &Opportunity| {
        let name = agent(deal);
        let found = files.agents.iter().find(|row| row.sales_agent == name);
        found.map_or(String::new(), |row| row.regional_office.clone())
    };
    writeln!(out, "{}", grouped("By month of closing", "month", by(&month)))?;
    writeln!(out, "{}", grouped("By region", "region", by(&region)))?;
    writeln!(out, "{}", grouped("By product", "product", by(&product)))?;
    writeln!(out, "{}", grouped("By agent", "agent", by(&agent)))?;
    reports::rfm(out, &director)?;
    reports::values(out, &director)?;
    writeln!(out, "{}", eyes(crm, office)?)?;
    Ok(())
}

fn read(files: &Files, office: &Office, done: &Replayed) -> Table {
    let row = |file: &str, rows: usize, taken: usize, as_what: &str| {
        [text(file), count(rows as u64), count(taken as u64), text(as_what)]
    };
    let people = format!("agents under {} managers in 3 regions", office.managers.len());
    Table::new("What was read", ["file", "rows", "taken", "as"])
        .row(row("accounts.csv", files.accounts.len(), office.customers.len(), "customers"))
        .row(row("products.csv", files.products.len(), office.products.len(), "products"))
        .row(row("sales_teams.csv", files.agents.len(), office.agents.len(), &people))
        .row(row("sales_pipeline.csv", files.deals.len(), done.deals.len(), "opportunities"))
}

fn overall(figures: &Figures) -> Table {
    let span = |span: Option<Span>| span.map_or_else(none, days);
    let rate = figures.win_rate.map_or(String::new(), |rate| format!("{rate:.6}"));
    let cycle = figures.mean_cycle.map_or(String::new(), |cycle| format!("{:.3} d", cycle.days()));
    Table::new("The pipeline in one look", ["figure", "value", "exactly"])
        .row([text("won"), count(figures.won as u64)])
        .row([text("lost"), count(figures.lost as u64)])
        .row([text("open"), count(figures.open as u64)])
        .row([text("win rate"), percent(figures.win_rate.unwrap_or(f64::NAN)), text(rate)])
        .row([text("won value"), money(dollars(figures.won_value))])
        .row([text("mean cycle, won"), span(figures.mean_cycle), text(cycle)])
        .row([text("mean cycle, closed"), span(figures.mean_cycle_closed)])
        .row([
            text("velocity"),
            figures.velocity_per_day.map_or_else(none, |value| text(format!("${value:.0} a day"))),
        ])
}

fn stages(director: &Session<'_>, deals: &[pipeline::Deal]) -> Outcome<Table> {
    let stages: Vec<String> = director
        .pipeline(None)?
        .states
        .iter()
        .map(|state| state.code.clone())
        .filter(|code| code != "Lost")
        .collect();
    let steps = funnel(&stages, deals);
    let widest = steps.first().map_or(0, |step| step.reached) as f64;
    let columns = ["stage", "reached", "lost here", "stand here", "go on", ""];
    Ok(Table::new("Funnel", columns).rows(steps, |step| {
        [
            text(step.stage),
            count(step.reached as u64),
            count(step.lost_here as u64),
            count(step.stand_here as u64),
            step.conversion.map_or_else(none, percent),
            bar(step.reached as f64, widest),
        ]
    }))
}

fn grouped(title: &str, by: &str, groups: BTreeMap<String, Figures>) -> Table {
    let value = |group: &Figures| group.won_value.to_f64().unwrap_or(0.0);
    let most = groups.values().map(value).fold(0.0, f64::max);
    let closed = groups.into_iter().filter(|(_, group)| group.closed > 0);
    let columns = [by, "closed", "won", "win rate", "cycle", "won value", ""];
    Table::new(title, columns).rows(closed, |(name, group)| {
        [
            text(name),
            count(group.closed as u64),
            count(group.won as u64),
            group.win_rate.map_or_else(none, percent),
            group.mean_cycle.map_or_else(none, days),
            money(dollars(group.won_value)),
            bar(value(&group), most),
        ]
    })
}

/// How many opportunities an agent, his manager and the director see.
fn eyes(crm: &Crm, office: &Office) -> Outcome<Table> {
    let mut table = Table::new("Who sees what", ["who", "opportunities in sight"]);
    let agent = office.agents.iter().next();
    let manager = office.managers.iter().next();
    let director = office.director.map(|id| ("Sales Director".to_owned(), id));
    let people = [agent, manager].into_iter().flatten().map(|(name, id)| (name.clone(), *id)).chain(director);
    for (name, user) in people {
        let seen = crm.session(Actor::User(user)).count(&Query::of(kind::Opportunity::NO))?;
        table = table.row([text(name), count(seen as u64)]);
    }
    Ok(table)
}
