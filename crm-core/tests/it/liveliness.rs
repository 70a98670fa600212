//! How lively customers are, as it is stored on them: counted with each activity, falling by itself.

use std::collections::BTreeMap;

use crm_core::base::kind;
use crm_core::domain::party::{ContactLink, Customer, Liveliness};
use crm_core::prelude::*;
use proptest::prelude::*;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use crate::shop::{Shop, at, fields};

const FALL: &str = "customer.liveliness";

fn liveliness(shop: &Shop, customer: CustomerId) -> Option<Liveliness> {
    let customer: Customer = shop.crm.system().get(customer).unwrap();
    customer.liveliness
}

/// The stored figures are those that the activities give when all are read.
fn agrees(shop: &Shop, customers: &[CustomerId]) {
    let system = shop.crm.system();
    let asked = system.activity_query();
    let levels = system.activity_levels(&asked).unwrap();
    let now = shop.crm.now();
    for id in customers {
        let stored: Customer = system.get(*id).unwrap();
        let Some(found) = levels.iter().find(|level| level.customer == *id) else {
            assert_eq!((stored.activity_level, stored.liveliness), (None, None));
            continue;
        };
        let value = stored.activity_level.and_then(|level| level.to_f64()).unwrap();
        let days = (now - stored.activity_level_at.unwrap()).days();
        let read = value * (-days / f64::from(asked.half_life_days)).exp2();
        assert!((read - found.level).abs() < 1e-4, "{read} {}", found.level);
        let silent = stored.liveliness == Some(Liveliness::Silent);
        assert_eq!(silent, found.silent_from.is_none(), "{stored:?} {found:?}");
        if let Some(from) = found.silent_from {
            assert!((stored.silent_from.unwrap() - from).days().abs() < 0.01);
        }
    }
}

#[test]
fn a_customer_falls_silent_without_being_touched() {
    let shop = Shop::open();
    shop.on("2025-01-02");
    let customer = shop.customer(shop.wang, "甲");
    assert_eq!(liveliness(&shop, customer), None);
    shop.log(customer.record(), "visit", "2025-01-02");
    assert_eq!(liveliness(&shop, customer), Some(Liveliness::Active));
    // Three fall below two after 30 × log₂ 1.5 days, 17.5, and below one half after 77.5.
    for (day, expected) in [
        ("2025-01-19", Liveliness::Active),
        ("2025-01-20", Liveliness::Quiet),
        ("2025-03-20", Liveliness::Quiet),
        ("2025-03-21", Liveliness::Silent),
    ] {
        shop.live_until(day);
        assert_eq!(liveliness(&shop, customer), Some(expected), "{day}");
    }
    assert_eq!(shop.queued(FALL), 0);
    // As of then he was what he was then.
    let then: Customer = shop.crm.system().as_of(at("2025-02-01T00:00:00Z")).get(customer).unwrap();
    assert_eq!(then.liveliness, Some(Liveliness::Quiet));
    // Lists find him, and the sequence by liveliness holds at any instant.
    let other = shop.customer(shop.wang, "乙");
    shop.log(other.record(), "call", "2025-03-21");
    let list = |filter: &str| -> Vec<CustomerId> {
        let query = Query::of(kind::Customer::NO).filter(filter.parse().unwrap()).sort("silent_from");
        shop.crm.system().list::<Customer>(&query).unwrap().items.iter().map(|found| found.meta.id).collect()
    };
    assert_eq!(list("liveliness = \"silent\""), [customer]);
    assert_eq!(list("活跃程度 = \"平淡\""), [other]);
    assert_eq!(list("silent_from is not empty"), [customer, other]);
}

#[test]
fn a_customer_has_one_look_at_his_fall_queued() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    for day in 1..=28 {
        let day = format!("2025-01-{day:02}");
        shop.on(&day);
        let (before, due) = (liveliness(&shop, customer), shop.crm.next_due().unwrap());
        shop.log(customer.record(), "call", &day);
        assert_eq!(shop.queued(FALL), 1, "{day}");
        // It moves only when the rating does, so most activities write nothing for it.
        let moved = shop.crm.next_due().unwrap() != due;
        assert_eq!(moved, liveliness(&shop, customer) != before, "{day}");
    }
    shop.live_until("2025-02-20");
    assert_eq!((liveliness(&shop, customer), shop.queued(FALL)), (Some(Liveliness::Active), 1));
    shop.live_until("2026-01-01");
    assert_eq!((liveliness(&shop, customer), shop.queued(FALL)), (Some(Liveliness::Silent), 0));
}

#[test]
fn what_nobody_of_us_did_is_too_little_to_count_as_lively() {
    let shop = Shop::open();
    let customer = shop.customer(shop.wang, "甲");
    shop.log(customer.record(), "web_visit", "2025-01-01");
    let stored: Customer = shop.crm.system().get(customer).unwrap();
    assert_eq!((stored.liveliness, stored.silent_from), (Some(Liveliness::Silent), None));
    assert_eq!((stored.activity_level, shop.queued(FALL)), ("0.2".parse().ok(), 0));
}

#[test]
fn other_settings_count_every_activity_anew() {
    let shop = Shop::open();
    let customers = [shop.customer(shop.wang, "甲"), shop.customer(shop.chen, "乙")];
    for (customer, kind, day) in [
        (0, "visit", "2025-01-03"),
        (0, "call", "2025-01-09"),
        (1, "email", "2025-01-05"),
        (1, "web_visit", "2025-01-06"),
    ] {
        shop.on(day);
        shop.log(customers[customer].record(), kind, day);
    }
    shop.on("2025-01-10");
    agrees(&shop, &customers);
    let before: Customer = shop.crm.system().get(customers[0]).unwrap();
    shop.settings(json!({
        "activity_half_life_days": 5, "activity_weights": [{"kind": "email", "weight": "0"}, {"kind": "call", "weight": "4"}],
        "active_from": "4", "silent_below": "1",
    }));
    shop.clock.set(at("2025-01-10T02:00:01Z"));
    shop.run_due();
    agrees(&shop, &customers);
    let after: Customer = shop.crm.system().get(customers[0]).unwrap();
    assert_ne!(before.activity_level, after.activity_level);
    // Of the second one only the visit to the website counts.
    let other: Customer = shop.crm.system().get(customers[1]).unwrap();
    assert_eq!(other.activity_level, Some(1.into()));
    for (wrong, code) in [
        (json!({"activity_half_life_days": 0}), "settings.half_life"),
        (json!({"activity_weights": [{"kind": "call", "weight": "-1"}]}), "settings.activity_weight"),
        (json!({"silent_below": "9"}), "settings.activity_bounds"),
        (json!({"offer_after_months": -3}), "settings.offer_after"),
    ] {
        let refused = shop.crm.system().execute_named("settings.change", wrong).unwrap_err();
        assert!(refused.has_code(code), "{refused}");
    }
}

#[test]
fn a_contact_who_moved_counts_for_whom_it_is_with_on_the_day() {
    let shop = Shop::open();
    shop.on("2025-01-02");
    let system = shop.crm.system();
    let customers = [shop.customer(shop.wang, "甲"), shop.customer(shop.wang, "乙")];
    let contact = json!({"name": "李娜", "posts": [{"customer": customers[0]}]});
    let contact: ContactId =
        serde_json::from_value(system.execute_named("contact.create", contact).unwrap()).unwrap();
    let levels = || -> BTreeMap<CustomerId, usize> {
        agrees(&shop, &customers);
        let levels = system.activity_levels(&system.activity_query()).unwrap();
        levels.iter().map(|level| (level.customer, level.activities)).collect()
    };
    shop.log(contact.record(), "visit", "2025-01-02");
    assert_eq!(levels(), BTreeMap::from([(customers[0], 1)]));
    shop.on("2025-02-01");
    let moved = json!({"contact": contact, "from": customers[0], "to": {"customer": customers[1]}});
    system.execute_named("contact.move", moved).unwrap();
    assert_eq!(levels(), BTreeMap::from([(customers[0], 1)]));
    shop.on("2025-02-10");
    shop.log(contact.record(), "visit", "2025-02-10");
    assert_eq!(levels(), BTreeMap::from([(customers[0], 1), (customers[1], 1)]));
    // One that is entered late counts for the customer of its day.
    shop.log(contact.record(), "call", "2025-01-20");
    assert_eq!(levels(), BTreeMap::from([(customers[0], 2), (customers[1], 1)]));
    // And it all follows when the day of the move is put right.
    let query = Query::of(kind::ContactLink::NO).filter("until is not empty".parse().unwrap());
    let left = &system.list::<ContactLink>(&query).unwrap().items[0];
    let until = fields(&[("until", Value::Date("2025-01-10".parse().unwrap()))]);
    system.execute(UpdateRecord { record: left.meta.id.record(), revision: None, fields: until }).unwrap();
    assert_eq!(levels(), BTreeMap::from([(customers[0], 1), (customers[1], 1)]));
}

/// Whom or what an activity is about, and what happens to it later.
#[derive(Clone, Debug)]
enum Step {
    Log(usize, usize, u32),
    Change(usize, usize, u32),
    Delete(usize),
    MoveDeal(usize),
    Post(usize),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0usize..5, 0usize..3, 0u32..40).prop_map(|(about, kind, ago)| Step::Log(about, kind, ago)),
        1 => (0usize..9, 0usize..5, 0u32..40).prop_map(|(which, about, ago)| Step::Change(which, about, ago)),
        1 => (0usize..9).prop_map(Step::Delete),
        1 => (0usize..2).prop_map(Step::MoveDeal),
        1 => (0usize..2).prop_map(Step::Post),
        3 => (1u32..60).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..25)
}

fn plus(shop: &Shop, days: i64) -> String {
    (shop.crm.now() + Span::from_days(days)).to_string()[..10].to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_stored_is_what_the_activities_give(steps in steps()) {
        let shop = Shop::open();
        shop.on("2025-06-01");
        let system = shop.crm.system();
        let customers = [shop.customer(shop.wang, "甲"), shop.customer(shop.wang, "乙")];
        let deal = shop.deal(shop.wang, customers[0], "5 CNY");
        let contact = json!({"name": "李娜", "posts": [{"customer": customers[0]}]});
        let contact: ContactId = serde_json::from_value(system.execute_named("contact.create", contact).unwrap()).unwrap();
        let lead = shop.create::<kind::Lead>(shop.wang, &[("name", "王".into()), ("company", "丙厂".into())]);
        let abouts = [customers[0].record(), customers[1].record(), deal.record(), contact.record(), lead.record()];
        let mut logged: Vec<ActivityId> = Vec::new();
        let update = |record: RecordRef, pairs: &[(&str, Value)]| {
            let _ = system.execute(UpdateRecord { record, revision: None, fields: fields(pairs) }).unwrap();
        };
        for step in steps {
            match step {
                Step::Log(about, kind, ago) => {
                    let kind = ["call", "visit", "web_visit"][kind];
                    logged.push(shop.log(abouts[about], kind, &plus(&shop, -i64::from(ago))));
                }
                Step::Change(which, about, ago) => {
                    if let Some(id) = logged.get(which) {
                        let when = at(&format!("{}T02:00:00Z", plus(&shop, -i64::from(ago))));
                        update(id.record(), &[("about", abouts[about].into()), ("at", when.into())]);
                    }
                }
                Step::Delete(which) => {
                    if which < logged.len() {
                        let record = logged.remove(which).record();
                        system.execute(DeleteRecord { record, revision: None, reason: String::new() }).unwrap();
                    }
                }
                Step::MoveDeal(to) => update(deal.record(), &[("customer", customers[to].into())]),
                Step::Post(at_customer) => {
                    let link = json!({"contact": contact, "post": {"customer": customers[at_customer]}});
                    let _ = system.execute_named("contact.link", link);
                }
                Step::Wait(days) => shop.live_until(&plus(&shop, i64::from(days))),
            }
            agrees(&shop, &customers);
            prop_assert!(shop.queued(FALL) <= customers.len());
        }
        // A lead that becomes a customer brings its activities with it.
        let converted = system.execute(ConvertLead::new(lead)).unwrap().customer.unwrap();
        agrees(&shop, &[converted]);
        let seen: BTreeMap<CustomerId, Option<Liveliness>> =
            customers.iter().map(|id| (*id, liveliness(&shop, *id))).collect();
        shop.live_until(&plus(&shop, 2_000));
        for (id, before) in seen {
            prop_assert_eq!(liveliness(&shop, id), before.map(|_| Liveliness::Silent));
        }
        prop_assert_eq!(shop.queued(FALL), 0);
        prop_assert!(shop.crm.verify().unwrap().is_clean());
    }
}
