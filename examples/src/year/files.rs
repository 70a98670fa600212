//! The tables of the year as they are in the files, and the events in them.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};
use crm_core::base::calendar::{TimeZone, instant_of};
use crm_core::exchange::csv::CsvReader;
use crm_core::exchange::{Fault, Limits, Next, Sheet};
use crm_core::prelude::Instant;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Outcome;

/// Where the people of the year live.
pub const ZONE: TimeZone = TimeZone::SHANGHAI;

/// A department, with the provinces or countries that it sells in.
#[derive(Clone, Debug, Deserialize)]
pub struct DepartmentRow {
    /// The code.
    pub code: String,
    /// The name in English.
    pub name: String,
    /// The name in Chinese.
    pub name_zh: String,
    /// The code of the department above, or nothing.
    pub parent: String,
    /// The provinces or countries, between semicolons.
    pub regions: String,
}

/// A user.
#[derive(Clone, Debug, Deserialize)]
pub struct UserRow {
    /// The code, by which the user signs in.
    pub code: String,
    /// The name.
    pub name: String,
    /// The code of the department.
    pub department: String,
    /// `director`, `manager` or `clerk`.
    pub position: String,
    /// The code of the superior, or nothing.
    pub manager: String,
    /// The provinces or countries, between semicolons.
    pub regions: String,
    /// `active` or `disabled`.
    pub status: String,
}

/// What is to be won in a period.
#[derive(Clone, Debug, Deserialize)]
pub struct TargetRow {
    /// What it is called.
    pub name: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The code of the department that is to win it, or nothing for all.
    pub department: String,
    /// How much.
    pub amount: Decimal,
}

/// A lead that is found invalid or put off.
#[derive(Clone, Debug, Deserialize)]
pub struct LeadMoveRow {
    /// The lead's code.
    pub lead: String,
    /// When.
    pub at: String,
    /// `invalid` or `pause`.
    #[serde(rename = "move")]
    pub step: String,
    /// Why.
    pub reason: String,
    /// Until when it is put off.
    pub resume_on: Option<NaiveDate>,
    /// Who.
    pub by: String,
}

/// A deal as it is opened.
#[derive(Clone, Debug, Deserialize)]
pub struct DealRow {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The code of the lead that becomes it, or nothing.
    pub lead: String,
    /// The code of the customer, or nothing.
    pub customer: String,
    /// The code of the contact, or nothing.
    pub contact: String,
    /// Whose it is.
    pub owner: String,
    /// When it is opened.
    pub opened_at: String,
    /// What it may be worth.
    pub estimate: Decimal,
    /// When it may close.
    pub expected_close: Option<NaiveDate>,
    /// What the customer needs.
    pub need: String,
    /// Who else bids, or nothing.
    pub competitor: String,
}

/// A line of a deal's proposal.
#[derive(Clone, Debug, Deserialize)]
pub struct LineRow {
    /// The deal's code.
    pub deal: String,
    /// The product's code.
    pub product: String,
    /// How many.
    pub quantity: Decimal,
    /// At what price.
    pub unit_price: Decimal,
    /// Less what percentage.
    pub discount_percent: Option<Decimal>,
}

/// A deal's step along the pipeline.
#[derive(Clone, Debug, Deserialize)]
pub struct DealMoveRow {
    /// The deal's code.
    pub deal: String,
    /// When.
    pub at: String,
    /// `advance`, `fall_back`, `win`, `lose` or `reopen`.
    #[serde(rename = "move")]
    pub step: String,
    /// The stage, or nothing.
    pub to: String,
    /// Why, or nothing.
    pub reason: String,
    /// To whom it was lost, or nothing.
    pub competitor: String,
    /// Who.
    pub by: String,
}

/// An order that a customer gives again, without a deal that leads to it.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderRow {
    /// The code.
    pub code: String,
    /// When.
    pub at: String,
    /// The code of the customer, or of the deal by which it became one.
    pub customer: String,
    /// Who takes it.
    pub by: String,
    /// What it is called.
    pub name: String,
    /// The product's code.
    pub product: String,
    /// How many.
    pub quantity: Decimal,
    /// At what price.
    pub unit_price: Decimal,
}

/// Something that happened with a lead, a customer or a deal. Everything is text: some of it is wrong.
#[derive(Clone, Debug, Deserialize)]
pub struct ActivityRow {
    /// When.
    pub at: String,
    /// What kind of activity.
    pub kind: String,
    /// `in` or `out`.
    pub direction: String,
    /// Who.
    pub by: String,
    /// The code of what it is about.
    pub about: String,
    /// The code of the contact, or nothing.
    pub contact: String,
    /// The subject.
    pub subject: String,
    /// What was said.
    pub text: String,
    /// How long it took.
    pub minutes: String,
    /// What came of it.
    pub outcome: String,
    /// When to follow up.
    pub next_follow_up: String,
}

/// Something that happens in the year.
#[derive(Clone, Debug)]
pub enum Event {
    /// A lead comes in: its row as it is in the file.
    Lead(Next),
    /// Somebody talks to somebody; with the line in the file.
    Activity(u64, ActivityRow),
    /// A lead is found invalid or put off.
    LeadMove(LeadMoveRow),
    /// A deal is opened.
    Opens(Box<DealRow>),
    /// A deal moves; with the line in the file.
    Moves(u64, DealMoveRow),
    /// A customer orders again.
    Orders(OrderRow),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Lead(_) => f.write_str("a lead comes in"),
            Event::Activity(line, row) => write!(f, "activities.csv line {line}: {} {}", row.by, row.about),
            Event::LeadMove(row) => write!(f, "{}: {} {}", row.by, row.step, row.lead),
            Event::Opens(row) => write!(f, "{}: opens {}", row.owner, row.code),
            Event::Moves(line, row) => write!(f, "deal_moves.csv line {line}: {} {}", row.step, row.deal),
            Event::Orders(row) => write!(f, "{}: takes {}", row.by, row.code),
        }
    }
}

/// What happens, in order, after the headings of the file that the leads stand in.
pub type Events = (Vec<String>, Vec<(Instant, Event)>);

/// The files of a year.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// The files in a folder.
    pub fn new(folder: &Path) -> Self {
        Files { folder: folder.to_owned() }
    }

    /// A file's path.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file for an import.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(&self, name: &str) -> Outcome<BufReader<File>> {
        let path = self.path(name);
        let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(BufReader::new(file))
    }

    /// The headings of a file and its rows as they stand there.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn sheet(&self, name: &str) -> Outcome<(Vec<String>, Vec<Next>)> {
        let broken = |fault: Fault| format!("{name}: {fault}");
        let mut file = CsvReader::open(self.open(name)?, None, Limits::default()).map_err(broken)?;
        let mut rows = Vec::new();
        loop {
            match file.next().map_err(broken)? {
                Next::End => return Ok((file.headings().to_vec(), rows)),
                row => rows.push(row),
            }
        }
    }

    /// The rows of a file, each with its line.
    ///
    /// # Errors
    /// When one of them isn't as its type says.
    pub fn rows<T: DeserializeOwned>(&self, name: &str) -> Outcome<Vec<(u64, T)>> {
        let mut reader = csv::Reader::from_reader(self.open(name)?);
        let headings = reader.headers()?.clone();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let row = record.deserialize(Some(&headings));
            rows.push((line, row.map_err(|error| format!("{name}: {error}"))?));
        }
        Ok(rows)
    }

    /// The headings of the leads, and everything that happens, in order.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn events(&self) -> Outcome<Events> {
        let (headings, mut events) = self.leads()?;
        let mut last = Instant::MIN;
        for (line, row) in self.rows::<ActivityRow>("activities.csv")? {
            // A row without a proper time is met where it stands.
            last = instant(&row.at).unwrap_or(last);
            events.push((last, Event::Activity(line, row)));
        }
        for (_, row) in self.rows::<LeadMoveRow>("lead_moves.csv")? {
            events.push((instant(&row.at)?, Event::LeadMove(row)));
        }
        for (_, row) in self.rows::<DealRow>("deals.csv")? {
            events.push((instant(&row.opened_at)?, Event::Opens(Box::new(row))));
        }
        for (line, row) in self.rows::<DealMoveRow>("deal_moves.csv")? {
            events.push((instant(&row.at)?, Event::Moves(line, row)));
        }
        for (_, row) in self.rows::<OrderRow>("orders.csv")? {
            events.push((instant(&row.at)?, Event::Orders(row)));
        }
        events.sort_by_key(|(at, _)| *at);
        Ok((headings, events))
    }

    fn leads(&self) -> Outcome<Events> {
        let (headings, rows) = self.sheet("leads.csv")?;
        let time = headings.iter().position(|heading| heading == "登记时间").ok_or("no 登记时间")?;
        let (mut last, mut leads) = (Instant::MIN, Vec::new());
        for row in rows {
            if let Next::Row(_, cells) = &row {
                last = instant(cells.get(time).unwrap_or_default()).unwrap_or(last);
            }
            leads.push((last, Event::Lead(row)));
        }
        Ok((headings, leads))
    }
}

/// The instant of a time such as `2025-01-02 11:37` in the people's zone.
///
/// # Errors
/// When there is no such time.
pub fn instant(text: &str) -> Outcome<Instant> {
    let local = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M");
    Ok(instant_of(local.map_err(|_| format!("`{text}` is not a time"))?, ZONE))
}

/// The items of a cell, between semicolons.
pub fn items(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
