//! The four tables of the data set, as they are in the files.

use std::path::Path;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Outcome;

/// A customer of the hardware company.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// The name.
    pub account: String,
    /// What it does.
    pub sector: String,
    /// The year it was founded.
    pub year_established: i32,
    /// What it sells in a year, in millions of dollars.
    pub revenue: Decimal,
    /// How many people work there.
    pub employees: i64,
    /// The country.
    pub office_location: String,
    /// The company above it, or nothing.
    pub subsidiary_of: String,
}

/// A product.
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    /// The name.
    pub product: String,
    /// The series.
    pub series: String,
    /// The list price in dollars.
    pub sales_price: Decimal,
}

/// A sales agent.
#[derive(Clone, Debug, Deserialize)]
pub struct Agent {
    /// The name.
    pub sales_agent: String,
    /// The manager's name.
    pub manager: String,
    /// The region of both.
    pub regional_office: String,
}

/// An opportunity with what became of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Deal {
    /// The code.
    pub opportunity_id: String,
    /// Whose it is.
    pub sales_agent: String,
    /// The product.
    pub product: String,
    /// With whom, or nothing.
    pub account: String,
    /// Where it ended: `Prospecting`, `Engaging`, `Won` or `Lost`.
    pub deal_stage: String,
    /// When it entered `Engaging`.
    pub engage_date: Option<NaiveDate>,
    /// When it was won or lost.
    pub close_date: Option<NaiveDate>,
    /// What it was sold for in dollars; 0 when it was lost.
    pub close_value: Option<Decimal>,
}

/// The tables, and what was put right in them.
#[derive(Clone, Debug)]
pub struct Files {
    /// `accounts.csv`
    pub accounts: Vec<Account>,
    /// `products.csv`
    pub products: Vec<Product>,
    /// `sales_teams.csv`
    pub agents: Vec<Agent>,
    /// `sales_pipeline.csv`
    pub deals: Vec<Deal>,
    /// What was put right.
    pub corrections: Vec<Correction>,
}

/// One spelling put right throughout a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The file.
    pub file: &'static str,
    /// The column.
    pub column: &'static str,
    /// What the file says.
    pub from: &'static str,
    /// What it means.
    pub to: &'static str,
    /// In how many rows.
    pub rows: usize,
}

impl Files {
    /// Whether a folder holds the data set.
    pub fn are_in(folder: &Path) -> bool {
        ["accounts.csv", "products.csv", "sales_teams.csv", "sales_pipeline.csv"]
            .iter()
            .all(|name| folder.join(name).is_file())
    }

    /// Reads the tables and puts right the two spellings that are known to be wrong.
    ///
    /// # Errors
    /// When a file can't be read or a row is not as described here: nothing is left out silently.
    pub fn read(folder: &Path) -> Outcome<Files> {
        let mut files = Files {
            accounts: rows(&folder.join("accounts.csv"))?,
            products: rows(&folder.join("products.csv"))?,
            agents: rows(&folder.join("sales_teams.csv"))?,
            deals: rows(&folder.join("sales_pipeline.csv"))?,
            corrections: Vec::new(),
        };
        let sectors = files.accounts.iter_mut().map(|account| &mut account.sector);
        let technology = correct(sectors, "accounts.csv", "sector", "technolgy", "technology");
        let products = files.deals.iter_mut().map(|deal| &mut deal.product);
        let gtx_pro = correct(products, "sales_pipeline.csv", "product", "GTXPro", "GTX Pro");
        files.corrections = vec![technology, gtx_pro];
        Ok(files)
    }
}

fn rows<T: DeserializeOwned>(path: &Path) -> Outcome<Vec<T>> {
    let mut reader = csv::Reader::from_path(path)?;
    let rows = reader.deserialize().collect::<Result<_, _>>();
    rows.map_err(|error| format!("{}: {error}", path.display()).into())
}

fn correct<'a>(
    cells: impl Iterator<Item = &'a mut String>,
    file: &'static str,
    column: &'static str,
    from: &'static str,
    to: &'static str,
) -> Correction {
    let wrong = cells.filter(|cell| *cell == from).map(|cell| to.clone_into(cell));
    Correction { file, column, from, to, rows: wrong.count() }
}
