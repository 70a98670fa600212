//! What a sales manager wants to look at, as tables.

mod customers;
mod insight;
mod pipeline;
mod targets;

use std::collections::BTreeMap;
use std::io::Write;

use crm_core::base::calendar::local_time;
use crm_core::exchange::Report;
use crm_core::prelude::*;
use rust_decimal::Decimal;

pub use customers::{customer, eyes, journal, leads, pools, reclaimed};
pub use insight::{cohorts, forecast, models, rfm, values};
pub use pipeline::{as_it_stood, board, deals, no_order, stages, standing, stands_still, win_rates};
pub use targets::{liveliness, quarter, targets};

use super::files::ZONE;
use super::intake::Double;
use crate::Outcome;
use crate::table::{Table, clipped, count, text};

/// How many examples of a reason are shown.
const EXAMPLES: usize = 2;

/// An instant as people in the year's zone read it.
fn local(at: Instant) -> String {
    local_time(at, ZONE).format("%Y-%m-%d %H:%M").to_string()
}

fn yuan(amount: Decimal) -> Money {
    Money::new(amount, Currency::CNY)
}

/// The import report: what became of the rows of each file, and the rejected ones by reason.
///
/// # Errors
/// When the output fails.
pub fn imports(out: &mut dyn Write, reports: &[(&str, &Report)]) -> Outcome {
    let columns = ["file", "rows", "taken", "merged", "seen before", "rejected"];
    let sum = |of: fn(&Report) -> u64| reports.iter().map(|(_, report)| of(report)).sum::<u64>();
    let numbers = |of: &dyn Fn(fn(&Report) -> u64) -> u64| {
        [
            of(|report| report.rows),
            of(|report| report.created),
            of(|report| report.merged),
            of(|report| report.unchanged + report.skipped),
            of(|report| report.rejected),
        ]
        .map(count)
    };
    let table = Table::new("导入报告 Import report", columns)
        .rows(reports, |(file, report)| [text(*file)].into_iter().chain(numbers(&|of| of(report))))
        .total([text("all")].into_iter().chain(numbers(&sum)));
    writeln!(out, "{table}")?;
    let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (file, report) in reports {
        for rejection in &report.rejections {
            for fault in &rejection.faults {
                let column = fault.column.clone().unwrap_or_default();
                let example = (rejection.line, column, fault.message.as_str());
                reasons.entry((*file, fault.code.as_str())).or_default().push(example);
            }
        }
    }
    let columns = ["file", "reason", "rows", "line", "column", "for example"];
    let mut table = Table::new("退回的行 Rejected rows by reason", columns);
    for ((file, code), examples) in reasons {
        for (place, (line, column, message)) in examples.iter().take(EXAMPLES).enumerate() {
            let head = match place {
                0 => [text(file), text(code), count(examples.len() as u64)],
                _ => [text(""), text(""), text("")],
            };
            let tail = [count(*line), text(column.as_str()), clipped(message, 48)];
            table = table.row(head.into_iter().chain(tail));
        }
    }
    writeln!(out, "{table}")?;
    Ok(())
}

/// What was there twice.
///
/// # Errors
/// When the output fails.
pub fn doubles(out: &mut dyn Write, doubles: &[Double]) -> Outcome {
    let table = Table::new("查重 There twice before the year", ["code", "name", "repeats", "by its"]).rows(
        doubles,
        |double| {
            [
                text(double.code.as_str()),
                clipped(&double.name, 36),
                text(double.of.as_str()),
                text(double.key),
            ]
        },
    );
    writeln!(out, "{table}")?;
    Ok(())
}
