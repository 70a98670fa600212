//! Tables for a terminal: a title, a frame, numbers to the right, Chinese and English side by side.
//!
//! ```
//! use crm_examples::table::{Table, bar, count, percent, text};
//! let funnel = Table::new("Funnel", ["stage", "deals", "share", ""])
//!     .row([text("提案"), count(96), percent(0.48), bar(96.0, 200.0)])
//!     .row([text("谈判"), count(51), percent(0.255), bar(51.0, 200.0)])
//!     .total([text("all"), count(147)]);
//! println!("{funnel}");
//! ```

use std::fmt;

use comfy_table::{CellAlignment, presets};
use crm_core::base::{Currency, Money, Span};
use rust_decimal::{Decimal, RoundingStrategy};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The longest bar, in columns of the terminal.
const BAR_WIDTH: f64 = 24.0;
/// What stands where there is nothing to show.
const NOTHING: &str = "–";

/// One cell: what it shows, and to which side it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    shown: String,
    align: CellAlignment,
}

impl Cell {
    fn left(shown: impl Into<String>) -> Self {
        Cell { shown: shown.into(), align: CellAlignment::Left }
    }

    fn right(shown: impl Into<String>) -> Self {
        Cell { shown: shown.into(), align: CellAlignment::Right }
    }

    /// The same cell, kept to the right.
    pub fn to_the_right(self) -> Self {
        Cell { align: CellAlignment::Right, ..self }
    }
}

/// Words, kept to the left.
pub fn text(words: impl Into<String>) -> Cell {
    Cell::left(words)
}

/// Words on one line, cut with `…` where they would be wider than so many columns of the terminal.
pub fn clipped(words: &str, columns: usize) -> Cell {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.width() <= columns {
        return Cell::left(line);
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| match left.checked_sub(c.width().unwrap_or(0)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let kept: String = line.chars().take_while(fits).collect();
    Cell::left(format!("{}…", kept.trim_end()))
}

/// A number of things: `12,345`.
pub fn count(number: u64) -> Cell {
    Cell::right(grouped(&number.to_string()))
}

/// An amount in whole units of its currency: `¥1,234,568`.
pub fn money(amount: Money) -> Cell {
    Cell::right(priced(amount, 0))
}

/// An amount to its currency's smallest unit: `¥1,234,567.50`.
pub fn price(amount: Money) -> Cell {
    Cell::right(priced(amount, amount.currency.decimals()))
}

/// A share of one as a percentage: 0.6315 is `63.2%`. What is no number (0 of 0) shows as nothing.
pub fn percent(share: f64) -> Cell {
    if share.is_finite() { Cell::right(format!("{:.1}%", share * 100.0)) } else { none() }
}

/// A length of time in days: `51.8 d`.
pub fn days(span: Span) -> Cell {
    Cell::right(format!("{:.1} d", span.days()))
}

/// A bar as long as a value is of the greatest; whatever is more than nothing shows at least one block.
pub fn bar(value: f64, greatest: f64) -> Cell {
    let share = if greatest > 0.0 { (value / greatest).clamp(0.0, 1.0) } else { 0.0 };
    let blocks = (share * BAR_WIDTH).round().max(if share > 0.0 { 1.0 } else { 0.0 });
    Cell::left("▇".repeat(blocks as usize))
}

/// Nothing to show.
pub fn none() -> Cell {
    Cell::right(NOTHING)
}

/// A titled table, shown by its `Display`.
#[derive(Clone, Debug)]
pub struct Table {
    title: String,
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
    total: Option<Vec<Cell>>,
}

impl Table {
    /// A table without rows, with the headings of its columns.
    pub fn new<'a>(title: impl Into<String>, headings: impl IntoIterator<Item = &'a str>) -> Self {
        let headings = headings.into_iter().map(str::to_owned).collect();
        Table { title: title.into(), headings, rows: Vec::new(), total: None }
    }

    /// The table with one more row; cells that are left out at its end stay empty.
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// The table with one more row for each item.
    pub fn rows<T, R: IntoIterator<Item = Cell>>(
        self,
        items: impl IntoIterator<Item = T>,
        row: impl FnMut(T) -> R,
    ) -> Self {
        items.into_iter().map(row).fold(self, Table::row)
    }

    /// The table with a last row set apart by a line.
    pub fn total(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.total = Some(cells.into_iter().collect());
        self
    }

    /// The frame and what is in it, without the title.
    fn framed(&self) -> comfy_table::Table {
        let mut frame = comfy_table::Table::new();
        frame.load_style(presets::UTF8_FULL_CONDENSED);
        // A heading keeps to the side to which the column's first cell keeps.
        let first = self.rows.first().or(self.total.as_ref());
        let side = |column: usize| {
            first.and_then(|row| row.get(column)).map_or(CellAlignment::Left, |cell| cell.align)
        };
        let headings = self.headings.iter().enumerate();
        frame.set_header(headings.map(|(column, words)| boxed(words, side(column))));
        for row in self.rows.iter().chain(&self.total) {
            frame.add_row(row.iter().map(|cell| boxed(&cell.shown, cell.align)));
        }
        frame
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "■ {}", self.title)?;
        let frame = self.framed();
        let lines: Vec<String> = frame.lines().collect();
        // The total is the last line but the frame's foot.
        let total = self.total.as_ref().map(|_| lines.len().saturating_sub(2));
        for (place, line) in lines.iter().enumerate() {
            if Some(place) == total && !self.rows.is_empty() {
                let columns: Vec<String> = frame
                    .column_max_content_widths()
                    .iter()
                    .map(|&w| "─".repeat(usize::from(w) + 2))
                    .collect();
                writeln!(f, "├{}┤", columns.join("┼"))?;
            }
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

fn boxed(shown: &str, align: CellAlignment) -> comfy_table::Cell {
    comfy_table::Cell::new(shown).set_alignment(align)
}

/// An amount rounded half away from zero, with the currency's sign before it.
pub fn priced(amount: Money, decimals: u32) -> String {
    let rounded = amount.amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let minus = if rounded < Decimal::ZERO { "-" } else { "" };
    let digits = format!("{:.*}", decimals as usize, rounded.abs());
    format!("{minus}{}{}", sign(amount.currency), grouped(&digits))
}

/// What stands before an amount of a currency.
fn sign(currency: Currency) -> String {
    match currency {
        Currency::CNY => "¥".to_owned(),
        Currency::USD => "$".to_owned(),
        Currency::EUR => "€".to_owned(),
        other => format!("{other} "),
    }
}

/// Digits with a comma before every third from the point: `1234567.5` is `1,234,567.5`.
fn grouped(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
