//! The public data set, replayed, agrees with figures that were computed from its files by other means.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use crm_core::insight::pipeline::{Figures, figures, figures_by};
use crm_core::prelude::*;
use crm_examples::maven::{self, Files, Office};
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value as Json;

/// The folder that holds the data and the reference, where there is one: `CRM_SHARED`, or `shared` beside
/// the workspace.
fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    Files::are_in(&folder.join("data/maven_crm")).then_some(folder)
}

fn agree(what: &str, found: &Figures, reference: &Json) {
    let whole = |name: &str| reference[name].as_u64().unwrap();
    let counts = (found.closed as u64, found.won as u64, found.lost as u64);
    assert_eq!(counts, (whole("closed"), whole("won"), whole("lost")), "{what}");
    assert_eq!(found.won_value.to_u64(), reference["won_value"].as_u64(), "{what}");
    let near = |name: &str, found: Option<f64>| match (reference[name].as_f64(), found) {
        (Some(wanted), Some(found)) => {
            assert!(
                (found - wanted).abs() < 1e-6 * wanted.abs().max(1.0),
                "{what}, {name}: {found} {wanted}"
            );
        }
        (wanted, found) => assert_eq!(wanted, found, "{what}, {name}"),
    };
    near("win_rate", found.win_rate);
    near("avg_deal", found.mean_value);
    near("cycle_won_days", found.mean_cycle.map(Span::days));
    near("cycle_closed_days", found.mean_cycle_closed.map(Span::days));
    near("velocity_per_day", found.velocity_per_day);
}

fn all_agree(groups: &std::collections::BTreeMap<String, Figures>, reference: &Json) {
    let reference = reference.as_object().unwrap();
    let closed: Vec<_> = groups.iter().filter(|(_, group)| group.closed > 0).collect();
    assert_eq!(closed.len(), reference.len());
    for (name, group) in closed {
        agree(name, group, &reference[name]);
    }
}

#[test]
fn the_replay_agrees_with_the_reference() {
    let Some(shared) = shared() else {
        println!("skipped: no folder with the data set; name one in CRM_SHARED");
        return;
    };
    let reference = std::fs::read_to_string(shared.join("reference/crm_kpis_maven.json")).unwrap();
    let reference: Json = serde_json::from_str(&reference).unwrap();
    let files = Files::read(&shared.join("data/maven_crm")).unwrap();
    let (host, clock) = Host::fixed("2016-10-01T00:00:00Z".parse().unwrap(), 1);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let office = Office::open(&crm, &files).unwrap();
    let done = maven::replay(&crm, &clock, &office, &files).unwrap();

    let read = (files.accounts.len(), files.products.len(), files.agents.len(), done.deals.len());
    assert_eq!(read, (85, 7, 35, 8_800));
    assert_eq!((office.customers.len(), office.products.len(), office.agents.len()), (85, 7, 35));
    assert_eq!((done.without_account, done.without_engagement), (1_425, 500));
    assert_eq!(files.corrections.iter().map(|fix| fix.rows).collect::<Vec<_>>(), [12, 1_480]);

    let director = crm.session(Actor::User(office.director.unwrap()));
    let deals = maven::deals(&director).unwrap();
    assert_eq!(deals.len(), 8_800);
    let overall = figures(deals.iter().map(|(_, deal)| deal));
    agree("overall", &overall, &reference["overall"]);
    assert_eq!((overall.won, overall.lost, overall.open), (4_238, 2_473, 2_089));
    assert_eq!(format!("{:.6}", overall.win_rate.unwrap()), "0.631501");
    assert_eq!(format!("{:.3}", overall.mean_cycle.unwrap().days()), "51.782");

    let by = |key: &dyn Fn(&Opportunity) -> String| {
        figures_by(deals.iter().map(|(record, deal)| (key(record), deal.clone())))
    };
    let month = |at: Instant| at.to_chrono().format("%Y-%m").to_string();
    all_agree(&by(&|deal| deal.closed_at.map_or("open".into(), month)), &reference["by_close_month"]);
    let agent = |deal: &Opportunity| director.title(deal.owner.unwrap().record());
    all_agree(&by(&agent), &reference["by_agent"]);
    let product = |deal: &Opportunity| director.title(deal.lines[0].product.unwrap().record());
    all_agree(&by(&product), &reference["by_product"]);
    let row = |deal: &Opportunity| files.agents.iter().find(|row| row.sales_agent == agent(deal)).unwrap();
    all_agree(&by(&|deal| row(deal).regional_office.clone()), &reference["by_region"]);
    all_agree(&by(&|deal| row(deal).manager.clone()), &reference["by_manager"]);

    let verified = crm.verify().unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
}
