//! What comes in from files: products, customers and their contacts before the year, leads through it.

use std::ops::ControlFlow;

use crm_core::base::{Kind, KindNo, kind};
use crm_core::engine::flows::claim::Release;
use crm_core::exchange::{Fault, Import, Mapping, Next, Progress, Report, Sheet};
use crm_core::prelude::*;

use super::files::Files;
use super::people::People;
use crate::Outcome;
use crate::progress::ImportBar;

/// Imports a file with a progress bar.
fn import(files: &Files, session: &Session<'_>, import: &Import) -> Outcome<Report> {
    let bar = ImportBar::start(&import.source, files.count(&import.source)?);
    let mut watch = |progress: Progress| {
        bar.advance(progress.rows, progress.rejected);
        ControlFlow::Continue(())
    };
    let report = import.csv(session, files.open(&import.source)?, &mut watch)?;
    bar.finish();
    Ok(report)
}

/// An import in small chunks: the files are short and the bar is to be seen.
fn from(kind: KindNo, source: &str) -> Import {
    let mut import = Import::new(kind, source);
    import.chunk = 20;
    import
}

/// Imports what was there before the year, and puts customers whom nobody owns into their region's pool.
///
/// # Errors
/// When a file can't be read or a customer can't be put into a pool; rows that are wrong are in the
/// reports.
pub fn before_the_year(
    crm: &Crm,
    files: &Files,
    people: &People,
    director: &Session<'_>,
) -> Outcome<Vec<(&'static str, Report)>> {
    let products = from(kind::Product::NO, "products.csv").mapping(Mapping::automatic().ignore("币种"));
    let products = import(files, director, &products)?;
    let customers = import(files, director, &from(kind::Customer::NO, "customers.csv"))?;
    let mapping = Mapping::automatic()
        .named("customer", "customer")
        .named("title", "title")
        .named("role", "role")
        .named("primary", "primary")
        .named("since", "since")
        .named("until", "until");
    let contacts = from(kind::Contact::NO, "contacts.csv").mapping(mapping);
    let contacts = import(files, director, &contacts)?;
    into_pools(crm, people, director)?;
    Ok(vec![("products.csv", products), ("customers.csv", customers), ("contacts.csv", contacts)])
}

fn into_pools(crm: &Crm, people: &People, director: &Session<'_>) -> Outcome {
    let unowned = Query::of(kind::Customer::NO).filter("owner is empty".parse()?).limit(1_000);
    for customer in crm.system().list::<Customer>(&unowned)?.items {
        let pool = people.pools.iter().find(|(region, _)| {
            customer.province.starts_with(region.as_str()) || customer.country == **region
        });
        let (_, pool) = pool.ok_or_else(|| format!("`{}` is nobody's region", customer.name))?;
        director.execute(Release {
            record: customer.meta.id.record(),
            revision: None,
            pool: Some(*pool),
            reason: "nobody looked after it".into(),
        })?;
    }
    Ok(())
}

/// Leads come in one by one, on their day: a table of one row.
struct OneRow<'a> {
    headings: &'a [String],
    row: Option<Next>,
}

impl Sheet for OneRow<'_> {
    fn headings(&self) -> &[String] {
        self.headings
    }

    fn next(&mut self) -> Result<Next, Fault> {
        Ok(self.row.take().unwrap_or(Next::End))
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// The leads of a year on their way in.
#[derive(Debug)]
pub struct Leads {
    headings: Vec<String>,
    import: Import,
    /// What became of them so far.
    pub report: Report,
}

impl Leads {
    /// Leads with these headings.
    pub fn new(headings: Vec<String>) -> Self {
        Leads { headings, import: Import::new(kind::Lead::NO, "leads.csv"), report: Report::default() }
    }

    /// Takes one in.
    ///
    /// # Errors
    /// When the headings are unknown or the store fails; a row that is wrong is in the report.
    pub fn take(&mut self, session: &Session<'_>, row: Next) -> Outcome {
        let mut sheet = OneRow { headings: &self.headings, row: Some(row) };
        let one = self.import.sheet(session, &mut sheet, &mut ())?;
        let all = &mut self.report;
        all.rows += one.rows;
        all.created += one.created;
        all.merged += one.merged;
        all.unchanged += one.unchanged;
        all.skipped += one.skipped;
        all.rejected += one.rejected;
        all.rejections.extend(one.rejections);
        Ok(())
    }
}
