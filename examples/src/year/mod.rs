//! A year in the sales of a maker of sensors and factory software, from a folder of CSV files.
//!
//! [`People::settle`] sets up the organisation, [`before_the_year`] imports products, customers and
//! contacts, [`Days::live`] lives through the year event by event, and the reports say what came of it.
//! `data/sales_year/README.md` describes the files.

mod days;
mod files;
mod intake;
mod people;
pub mod reports;

use std::io::Write;
use std::path::Path;

use crm_core::engine::ManualClock;
use crm_core::exchange::Report;
use crm_core::prelude::*;

pub use days::{Days, ORDERS};
pub use files::{Files, ZONE, instant};
pub use intake::{Before, Double, before_the_year};
pub use people::People;

use crate::Outcome;

/// The evening before the first day of work.
pub const EVE: &str = "2024-12-31 18:00";
/// The middle of the year.
pub const MIDSUMMER: &str = "2025-06-30 23:59";

/// The days on which the forecast is tried.
const MONTH_ENDS: [&str; 6] =
    ["2025-05-31", "2025-06-30", "2025-07-31", "2025-08-31", "2025-09-30", "2025-10-31"];

/// A year that was lived through.
#[derive(Debug)]
pub struct Year<'c> {
    /// The people in it.
    pub people: &'c People,
    /// What was there before it.
    pub before: Before,
    /// What happened.
    pub days: Days<'c>,
}

impl<'c> Year<'c> {
    /// Imports what was there, and lives through the year.
    ///
    /// # Errors
    /// When a file can't be read, or something is refused that should not be.
    pub fn live(crm: &'c Crm, clock: &'c ManualClock, people: &'c People, folder: &Path) -> Outcome<Self> {
        let files = Files::new(folder);
        let before = before_the_year(&files, people, &crm.system())?;
        let days = Days::live(crm, clock, people, &files)?;
        Ok(Year { people, before, days })
    }

    /// What became of each file's rows.
    pub fn reports(&self) -> Vec<(&str, &Report)> {
        let before = self.before.reports.iter().map(|(file, report)| (*file, report));
        let through = [
            ("leads.csv", &self.days.leads.report),
            ("activities.csv", &self.days.activities),
            ("deal_moves.csv", &self.days.moves),
        ];
        before.chain(through).collect()
    }

    /// Prints everything that a sales manager wants to look at.
    ///
    /// # Errors
    /// When the store or the output fails.
    pub fn tell(&self, out: &mut dyn Write, crm: &Crm) -> Outcome {
        let director = self.people.session(crm, "U01")?;
        reports::imports(out, &self.reports())?;
        reports::doubles(out, &self.before.doubles)?;
        reports::leads(out, &director)?;
        reports::board(out, &director)?;
        reports::stages(out, &director)?;
        reports::win_rates(out, &director)?;
        reports::cohorts(out, &director)?;
        reports::targets(out, &director, instant(MIDSUMMER)?)?;
        reports::pools(out, &director)?;
        reports::eyes(out, crm, self.people)?;
        reports::customer(out, &director)?;
        reports::journal(out, &director)?;
        reports::as_it_stood(out, &director, instant(MIDSUMMER)?)?;
        reports::liveliness(out, &director)?;
        reports::rfm(out, &director)?;
        reports::values(out, &director)?;
        let months = MONTH_ENDS.iter().map(|day| day.parse()).collect::<Result<Vec<_>, _>>()?;
        reports::forecast(out, &director, instant(MIDSUMMER)?, &months)?;
        reports::quarter(out, &director)?;
        reports::models(out, &director)
    }
}
