//! What comes in from files: products, customers and their contacts before the year, leads through it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::ControlFlow;

use crm_core::base::text::company;
use crm_core::base::{Kind, KindNo, kind};
use crm_core::engine::flows::claim::Release;
use crm_core::exchange::{Fault, Import, Mapping, Next, Progress, Rejection, Report, Sheet};
use crm_core::prelude::*;

use super::files::Files;
use super::people::People;
use crate::progress::ImportBar;
use crate::{Outcome, fields};

/// Imports a file with a progress bar.
fn import(files: &Files, session: &Session<'_>, import: &Import) -> Outcome<Report> {
    let bar = ImportBar::start(&import.source, files.sheet(&import.source)?.1.len() as u64);
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

/// Imports what was there before the year, takes out what is there twice, and puts customers whom nobody
/// owns into their region's pool. The host does it in its own name: who imports a customer without owner
/// would own it.
///
/// # Errors
/// When a file can't be read or a command is refused that should not be; rows that are wrong are in the
/// reports.
pub fn before_the_year(files: &Files, people: &People, host: &Session<'_>) -> Outcome<Before> {
    let products = from(kind::Product::NO, "products.csv").mapping(Mapping::automatic().ignore("币种"));
    let products = import(files, host, &products)?;
    let customers = customers(files, host)?;
    let mapping = ["customer", "title", "role", "primary", "since", "until"]
        .iter()
        .fold(Mapping::automatic(), |mapping, post| mapping.named(post, post));
    let contacts = import(files, host, &from(kind::Contact::NO, "contacts.csv").mapping(mapping))?;
    let doubles = doubles(host)?;
    for double in doubles.iter().filter(|double| double.record.kind == kind::Customer::NO) {
        let (record, reason) = (double.record, format!("repeats {}", double.of));
        host.execute(DeleteRecord { record, revision: None, reason })?;
    }
    into_pools(people, host)?;
    let reports = vec![("products.csv", products), ("customers.csv", customers), ("contacts.csv", contacts)];
    Ok(Before { reports, doubles })
}

/// What was there before the year.
#[derive(Debug)]
pub struct Before {
    /// What became of the rows of each file.
    pub reports: Vec<(&'static str, Report)>,
    /// The customers and contacts that are there twice.
    pub doubles: Vec<Double>,
}

/// A record that repeats another.
#[derive(Debug)]
pub struct Double {
    /// The later one.
    pub record: RecordRef,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The code of the earlier one.
    pub of: String,
    /// What they have in common.
    pub key: &'static str,
}

/// Imports the customers. Some name each other as parents, so that each waits for the other: these go in
/// without, and the links are made afterwards.
fn customers(files: &Files, host: &Session<'_>) -> Outcome<Report> {
    let plain = from(kind::Customer::NO, "customers.csv");
    let mut report = import(files, host, &plain)?;
    let (headings, rows) = files.sheet("customers.csv")?;
    let column = |name: &str| headings.iter().position(|heading| heading == name).ok_or("no column");
    let (code, parent) = (column("客户编号")?, column("上级公司")?);
    let cell = |row: &Next, place| match row {
        Next::Row(_, cells) => cells.get(place).unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let codes: BTreeSet<String> = rows.iter().map(|row| cell(row, code)).collect();
    let waits = |rejection: &Rejection| {
        rejection
            .faults
            .iter()
            .all(|fault| fault.column.as_deref() == Some("上级公司") && codes.contains(fault.value.as_str()))
    };
    let (waiting, rejected): (Vec<_>, Vec<_>) = report.rejections.into_iter().partition(waits);
    report.rejections = rejected;
    report.rejected -= waiting.len() as u64;
    let lines: Vec<u64> = waiting.iter().map(|rejection| rejection.line).collect();
    let waiting: Vec<Next> =
        rows.into_iter().filter(|row| matches!(row, Next::Row(line, _) if lines.contains(line))).collect();
    let mut sheet = Rows { headings: &headings, rows: waiting.iter().cloned().collect() };
    let without = plain.mapping(Mapping::automatic().ignore("上级公司"));
    add(&mut report, without.sheet(host, &mut sheet, &mut ())?);
    report.rows -= lines.len() as u64;
    for row in &waiting {
        let Next::Row(line, _) = row else { continue };
        let (child, parent) = (cell(row, code), cell(row, parent));
        let record = by_code(host, &child)?;
        let fields = fields([("parent", by_code(host, &parent)?.into())]);
        if let Err(error) = host.execute(UpdateRecord { record, revision: None, fields }) {
            let fault = Fault::new(error.code(), error.to_string()).at("上级公司", &parent);
            report.rejections.push(Rejection { line: *line, faults: vec![fault] });
        }
    }
    Ok(report)
}

fn by_code(session: &Session<'_>, code: &str) -> Outcome<RecordRef> {
    let query = Query::of(kind::Customer::NO).filter(Filter::equals("code", code)).limit(1);
    let found = session.rows(&query)?.items.pop();
    Ok(found.ok_or_else(|| format!("there is no customer `{code}`"))?.id)
}

/// Customers with the same telephone number or the same name but for its region and form, and contacts
/// with the same number or e-mail address.
fn doubles(host: &Session<'_>) -> Outcome<Vec<Double>> {
    let mut doubles = Vec::new();
    let mut seen: BTreeMap<(KindNo, &str, String), String> = BTreeMap::new();
    let mut note = |record: RecordRef, code: &str, name: &str, keys: Vec<(&'static str, Option<String>)>| {
        for (key, value) in keys {
            let Some(value) = value else { continue };
            match seen.get(&(record.kind, key, value.clone())) {
                None => drop(seen.insert((record.kind, key, value), code.to_owned())),
                Some(of) => {
                    let (code, name, of) = (code.to_owned(), name.to_owned(), of.clone());
                    doubles.push(Double { record, code, name, of, key });
                    return;
                }
            }
        }
    };
    let all = |kind| Query::of(kind).sort("code").limit(10_000);
    for customer in host.list::<Customer>(&all(kind::Customer::NO))?.items {
        let phone = customer.phones.first().and_then(|phone| phone.normal.clone());
        let name = Some(company::core(&customer.name));
        let keys = vec![("电话 phone", phone), ("名称 name", name)];
        note(customer.meta.id.record(), &customer.code, &customer.name, keys);
    }
    for contact in host.list::<Contact>(&all(kind::Contact::NO))?.items {
        let phone = contact.phones.first().and_then(|phone| phone.normal.clone());
        let email = contact.emails.first().and_then(|email| email.normal.clone());
        let keys = vec![("手机 mobile", phone), ("邮箱 e-mail", email)];
        note(contact.meta.id.record(), &contact.code, &contact.name, keys);
    }
    Ok(doubles)
}

fn into_pools(people: &People, host: &Session<'_>) -> Outcome {
    let unowned = Query::of(kind::Customer::NO).filter("owner is empty".parse()?).limit(1_000);
    for customer in host.list::<Customer>(&unowned)?.items {
        let pool = people.pools.iter().find(|(region, _)| {
            customer.province.starts_with(region.as_str()) || customer.country == **region
        });
        let (_, pool) = pool.ok_or_else(|| format!("`{}` is nobody's region", customer.name))?;
        host.execute(Release {
            record: customer.meta.id.record(),
            revision: None,
            pool: Some(*pool),
            reason: "nobody looked after it".into(),
        })?;
    }
    Ok(())
}

/// Rows that are at hand.
struct Rows<'a> {
    headings: &'a [String],
    rows: VecDeque<Next>,
}

impl Sheet for Rows<'_> {
    fn headings(&self) -> &[String] {
        self.headings
    }

    fn next(&mut self) -> Result<Next, Fault> {
        Ok(self.rows.pop_front().unwrap_or(Next::End))
    }

    fn bytes(&self) -> u64 {
        0
    }
}

/// Adds what became of further rows.
fn add(all: &mut Report, more: Report) {
    all.rows += more.rows;
    all.created += more.created;
    all.updated += more.updated;
    all.merged += more.merged;
    all.unchanged += more.unchanged;
    all.skipped += more.skipped;
    all.rejected += more.rejected;
    all.rejections.extend(more.rejections);
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

    /// Takes one in, at the time at which it came.
    ///
    /// # Errors
    /// When the headings are unknown or the store fails; a row that is wrong is in the report.
    pub fn take(&mut self, session: &Session<'_>, row: Next) -> Outcome {
        let mut one = Rows { headings: &self.headings, rows: VecDeque::from([row]) };
        add(&mut self.report, self.import.sheet(session, &mut one, &mut ())?);
        Ok(())
    }
}
