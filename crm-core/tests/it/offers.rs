//! Reminders to make an offer to customers who have bought nothing for long.

use crm_core::base::kind;
use crm_core::domain::notice::Notification;
use crm_core::domain::party::Customer;
use crm_core::domain::task::Task;
use crm_core::prelude::*;
use serde_json::json;

use crate::shop::{Shop, fields};

/// The tasks of a user to make an offer, each as whom it is about and its day.
fn offers(shop: &Shop, of: UserId) -> Vec<(String, String)> {
    let query = Query::of(kind::Task::NO).filter(format!("owner = {of}").parse().unwrap());
    let tasks = shop.crm.system().list::<Task>(&query).unwrap().items;
    let row = |task: &Task| {
        let on = task.meta.created_at.unwrap().to_string();
        (shop.crm.system().title(task.about.unwrap()), on[..10].to_owned())
    };
    tasks.iter().map(row).collect()
}

fn expect(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(name, on)| ((*name).to_owned(), (*on).to_owned())).collect()
}

#[test]
fn owners_are_reminded_once_a_silence() {
    let shop = Shop::open();
    shop.settings(json!({"offer_after_months": 3}));
    let [a, b, c] =
        [shop.customer(shop.wang, "甲"), shop.customer(shop.chen, "乙"), shop.customer(shop.chen, "丙")];
    shop.customer(shop.wang, "never bought");
    shop.sale("2025-01-10", shop.wang, a, "100 CNY");
    shop.sale("2025-01-31", shop.chen, b, "100 CNY");
    shop.live_until("2025-02-10");
    // With an open deal an offer is on its way already.
    let talks = shop.deal(shop.chen, b, "50 CNY");
    shop.sale("2025-02-15", shop.chen, c, "10 CNY");
    shop.live_until("2025-04-08");
    assert_eq!(offers(&shop, shop.wang), []);
    // The day begins at 16:00 of the day before in universal time.
    shop.live_until("2025-04-11");
    assert_eq!(offers(&shop, shop.wang), expect(&[("甲", "2025-04-09")]));
    let stored: Customer = shop.crm.system().get(a).unwrap();
    assert!(stored.offer_reminded_at.is_some());
    let inbox = Query::of(kind::Notification::NO).filter(format!("user = {}", shop.wang).parse().unwrap());
    let told = shop.crm.system().list::<Notification>(&inbox).unwrap().items;
    assert_eq!((told.len(), told[0].topic.as_str()), (1, "task.reminder"));
    assert!(told[0].subject.contains("2025-01-10"), "{}", told[0].subject);
    shop.live_until("2025-05-02");
    assert_eq!(offers(&shop, shop.chen), []);
    shop.lose(talks);
    shop.live_until("2025-05-31");
    assert_eq!(offers(&shop, shop.chen), expect(&[("乙", "2025-05-02"), ("丙", "2025-05-14")]));
    // Another purchase begins another silence.
    shop.sale("2025-06-01", shop.wang, a, "100 CNY");
    shop.live_until("2025-12-31");
    assert_eq!(offers(&shop, shop.wang), expect(&[("甲", "2025-04-09"), ("甲", "2025-08-31")]));
    assert_eq!(offers(&shop, shop.chen).len(), 2);
}

#[test]
fn nobody_is_reminded_without_a_rule_or_an_owner() {
    let shop = Shop::open();
    let a = shop.customer(shop.wang, "甲");
    shop.sale("2025-01-10", shop.wang, a, "100 CNY");
    shop.live_until("2025-08-01");
    assert_eq!(offers(&shop, shop.wang), []);
    let away = UpdateRecord { record: a.record(), revision: None, fields: fields(&[("owner", Value::Null)]) };
    shop.crm.system().execute(away).unwrap();
    shop.settings(json!({"offer_after_months": 6}));
    shop.live_until("2025-08-10");
    assert_eq!(offers(&shop, shop.wang), []);
    // Who gets the customer is reminded, and the rule that was changed leaves one chain of passes.
    shop.settings(json!({"offer_after_months": 3}));
    let back =
        UpdateRecord { record: a.record(), revision: None, fields: fields(&[("owner", shop.chen.into())]) };
    shop.crm.system().execute(back).unwrap();
    shop.live_until("2025-08-12");
    assert_eq!(offers(&shop, shop.chen).len(), 1);
    shop.live_until("2025-08-14");
    assert_eq!(shop.queued("customer.offer_pass"), 1);
    shop.settings(json!({"offer_after_months": 0}));
    shop.live_until("2025-08-17");
    assert_eq!(shop.queued("customer.offer_pass"), 0);
}
