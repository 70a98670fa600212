//! What was to be reached and what was, and how lively the customers are.

use std::io::Write;

use crm_core::base::calendar::Bucket;
use crm_core::base::choice::Choice;
use crm_core::base::{Kind, kind};
use crm_core::domain::party::Liveliness;
use crm_core::engine::insight::{DepartmentForecast, ForecastQuery, Outlook, TargetReached};
use crm_core::prelude::*;
use rust_decimal::prelude::ToPrimitive;

use super::{local, yuan};
use crate::Outcome;
use crate::table::{Cell, Table, bar, count, money, none, percent, text};

/// The targets of the year, how they stood at midsummer and how far they were reached.
///
/// # Errors
/// When the store or the output fails.
pub fn targets(out: &mut dyn Write, session: &Session<'_>, then: Instant) -> Outcome {
    let year = "until < 2026-01-01".parse()?;
    let midsummer = session.as_of(then).targets_reached(Some(&year))?;
    let columns = ["target", "to be won", "won by midsummer", "on the way to", "won", "reached", ""];
    let title = format!("目标达成 Targets of the year, on {} and in the end", local(then));
    let before = |row: &TargetReached| midsummer.iter().find(|before| before.target == row.target).cloned();
    let table = Table::new(title, columns).rows(&session.targets_reached(Some(&year))?, |row| {
        let before = before(row);
        let share = row.attainment.share;
        let outlook = before.as_ref().and_then(|before| before.attainment.outlook);
        [
            text(row.name.as_str()),
            money(yuan(row.goal)),
            before.map_or_else(none, |before| money(yuan(before.reached))),
            outlook.map_or_else(none, |outlook| money(yuan(outlook))),
            money(yuan(row.reached)),
            percent(share),
            bar(share.min(1.0), 1.0),
        ]
    });
    writeln!(out, "{table}")?;
    Ok(())
}

/// What the open deals will bring in the next quarter, by department, beside its targets.
///
/// # Errors
/// When the store or the output fails.
pub fn quarter(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let asked = ForecastQuery { least_history: 10, ..ForecastQuery::default() };
    let found = session.forecast_periods(&asked, Bucket::Quarter, 1)?;
    let view = found.first().ok_or("no forecast")?;
    let row = |name: String, row: &Outlook| -> [Cell; 9] {
        [
            text(name),
            money(row.closed),
            count(row.deals as u64),
            money(row.weighted),
            money(row.expected),
            money(row.low),
            money(row.high),
            row.target.map_or_else(none, money),
            row.reaches_target.map_or_else(none, percent),
        ]
    };
    let columns = [
        "department",
        "closed",
        "due in it",
        "by stage",
        "by history",
        "from",
        "to",
        "target",
        "chance of it",
    ];
    let title = format!("季度预测 Forecast of {} to {}, of the deals that are open", view.from, view.until);
    let named = |found: &DepartmentForecast| (session.title(found.department.record()), found.outlook);
    let mut departments: Vec<_> = view.departments.iter().map(named).collect();
    departments.sort_by(|a, b| a.0.cmp(&b.0));
    let table = Table::new(title, columns)
        .rows(departments.iter().filter(|(_, found)| found.target.is_some()), |(name, found)| {
            row(name.clone(), found)
        })
        .total(row("all".into(), &view.all));
    writeln!(out, "{table}")?;
    Ok(())
}

/// How lively the customers are, and how many of each had their owners reminded to make an offer.
///
/// # Errors
/// When the store or the output fails.
pub fn liveliness(out: &mut dyn Write, session: &Session<'_>) -> Outcome {
    let count_of = |filter: String| -> Outcome<u64> {
        Ok(session.count(&Query::of(kind::Customer::NO).filter(filter.parse()?))? as u64)
    };
    let all = session.count(&Query::of(kind::Customer::NO))?.to_f64().unwrap_or(0.0);
    let columns = ["", "customers", "of them buyers", "without owner", "offer called for", ""];
    let mut table = Table::new("活跃程度 How lively the customers are", columns);
    let known = Liveliness::NAMES
        .iter()
        .map(|name| (format!("{} {}", name.zh, name.en), format!("= \"{}\"", name.code)));
    for (label, is) in known.chain([("无互动 Never heard of".to_owned(), "is empty".to_owned())]) {
        let customers = count_of(format!("liveliness {is}"))?;
        table = table.row([
            text(label),
            count(customers),
            count(count_of(format!("liveliness {is} and deals > 0"))?),
            count(count_of(format!("liveliness {is} and owner is empty"))?),
            count(count_of(format!("liveliness {is} and offer_reminded_at is not empty"))?),
            bar(customers as f64, all),
        ]);
    }
    writeln!(out, "{table}")?;
    Ok(())
}
