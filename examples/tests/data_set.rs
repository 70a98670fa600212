//! The small data set is what its README says: rows, planted faults, and how the year ends.

#![allow(clippy::unwrap_used, reason = "a test may stop at once")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use csv::{Reader, ReaderBuilder, StringRecord};
use rust_decimal::Decimal;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/sales_year").join(name)
}

fn open(name: &str) -> Reader<std::fs::File> {
    ReaderBuilder::new().flexible(true).from_path(file(name)).unwrap()
}

/// Every row of a file, by heading.
fn rows(name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = open(name);
    let headings = reader.headers().unwrap().clone();
    let named = |row: StringRecord| {
        headings.iter().zip(row.iter()).map(|(h, cell)| (h.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|row| named(row.unwrap())).collect()
}

/// The cells of the README's tables that have so many columns.
fn readme(columns: usize) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(file("README.md")).unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    text.lines().filter(|line| line.starts_with('|')).map(cells).filter(|row| row.len() == columns).collect()
}

#[test]
fn every_file_has_the_rows_that_the_readme_gives_it() {
    let listed: Vec<_> = readme(3).into_iter().filter(|row| row[0].ends_with(".csv")).collect();
    assert_eq!(listed.len(), 14);
    for row in listed {
        assert_eq!(rows(&row[0]).len().to_string(), row[1], "{}", row[0]);
    }
}

#[test]
fn the_ledger_holds_what_the_readme_counts() {
    let mut planted = BTreeMap::new();
    for row in rows("planted.csv") {
        *planted.entry((row["file"].clone(), row["kind"].clone())).or_insert(0) += 1;
    }
    let counted: BTreeMap<_, _> = readme(4)
        .into_iter()
        .filter(|row| row[0].ends_with(".csv"))
        .map(|row| ((row[0].clone(), row[1].clone()), row[2].parse().unwrap()))
        .collect();
    assert_eq!(planted, counted);
}

/// The line on which a row starts. The reader ends a row at its CR, so that in a file with CRLF the next
/// row's position is the LF before it.
fn line_of(row: &StringRecord, bytes: &[u8]) -> usize {
    let start = usize::try_from(row.position().unwrap().byte()).unwrap();
    let passed = start + usize::from(bytes.get(start) == Some(&b'\n'));
    1 + bytes.iter().take(passed).filter(|byte| **byte == b'\n').count()
}

#[test]
fn every_entry_of_the_ledger_points_at_its_row() {
    for entry in rows("planted.csv") {
        let bytes = std::fs::read(file(&entry["file"])).unwrap();
        let mut reader = open(&entry["file"]);
        let headings = reader.headers().unwrap().clone();
        let row = reader
            .records()
            .map(Result::unwrap)
            .find(|row| line_of(row, &bytes).to_string() == entry["line"])
            .unwrap_or_else(|| panic!("no row starts at the line of {entry:?}"));
        let named = |column: &str| headings.iter().position(|heading| heading == column).unwrap();
        match entry["kind"].as_str() {
            "too many columns" => {
                assert_eq!(row.len(), headings.len() + 1);
                assert_eq!(row[headings.len()], entry["value"]);
            }
            "too few columns" => assert_eq!(row.len(), headings.len() - 3),
            _ => {
                assert_eq!(row.len(), headings.len(), "{entry:?}");
                assert_eq!(row[named(&entry["column"])], entry["value"], "{entry:?}");
            }
        }
    }
}

#[test]
fn the_year_ends_as_the_readme_says() {
    let mut worth: BTreeMap<String, Decimal> = BTreeMap::new();
    for line in rows("deal_lines.csv") {
        let number = |column: &str| line[column].parse::<Decimal>().unwrap();
        let paid = (Decimal::ONE_HUNDRED - number("discount_percent")) / Decimal::ONE_HUNDRED;
        let total = number("quantity") * number("unit_price") * paid;
        let cents = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
        *worth.entry(line["deal"].clone()).or_default() += total.round_dp_with_strategy(2, cents);
    }
    let refused: Vec<_> =
        rows("planted.csv").into_iter().filter(|entry| entry["file"] == "deal_moves.csv").collect();
    let mut last = BTreeMap::new();
    let mut before = String::new();
    for (place, moved) in rows("deal_moves.csv").into_iter().enumerate() {
        assert!(before <= moved["at"], "moves are in the order of time");
        before = moved["at"].clone();
        let line = (place + 2).to_string();
        if refused.iter().all(|entry| entry["line"] != line) {
            last.insert(moved["deal"].clone(), moved["move"].clone());
        }
    }
    let ended = |how: &str| -> Vec<&String> {
        last.iter().filter(|(_, moved)| *moved == how).map(|(deal, _)| deal).collect()
    };
    let stated: BTreeMap<_, _> = readme(2).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let (won, lost) = (ended("win").len(), ended("lose").len());
    assert_eq!(won.to_string(), stated["won"]);
    assert_eq!(lost.to_string(), stated["lost"]);
    assert_eq!((rows("deals.csv").len() - won - lost).to_string(), stated["open at the end of the year"]);
    let value: Decimal = ended("win").into_iter().map(|deal| worth[deal]).sum();
    assert_eq!(value, "9249752.51".parse().unwrap());
}
