//! The example's year, from the first lead to the last deal, comes to what its README says.

use std::path::Path;

use crm_core::prelude::*;
use crm_examples::year::{self, Files, People, Year};

#[test]
fn the_year_comes_to_what_its_readme_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sales_year");
    let (host, clock) = Host::fixed(year::instant(year::EVE).unwrap(), 2025);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let people = People::settle(&crm, &Files::new(&folder)).unwrap();
    let year = Year::live(&crm, &clock, &people, &folder);
    let year = match year { Err(e) => panic!("{e}"), Ok(y) => y };
    let mut out = Vec::new();
    year.tell(&mut out, &crm).unwrap();
    println!("{}", String::from_utf8(out).unwrap());
    println!("due {} commands {}", year.days.due, year.days.commands);
    for (n, r) in &year.reports() { println!("{n} {r}"); if *n!="customers.csv" {for x in &r.rejections { println!("  {x}"); }} }
}
