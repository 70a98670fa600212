//! Pools that take, or leave alone, what a rule says.

use crm_core::base::kind::RuleId;
use crm_core::domain::rule::{DeactivateRule, RuleDraft};
use crm_core::prelude::*;
use crm_core::record::script::Purpose;
use serde_json::json;

use super::pool::House;
use super::rules::{active, rule, set};

fn pool_rule(house: &House, name: &str, criterion: &str) -> RuleId {
    let draft = RuleDraft { criterion: criterion.into(), ..rule(name, Purpose::Pool, "customer") };
    RuleId::from_u128(active(&house.crm, draft).bits)
}

/// Whether each of two customers, a large and a small one, stays with its owner after the days have passed.
fn stay(house: &House, pool: serde_json::Value) -> [bool; 2] {
    house.pool(pool);
    let large = house.customer("甲公司", house.li, json!({"employees": 500}));
    let small = house.customer("乙公司", house.li, json!({"employees": 5}));
    house.due("2026-03-10T01:00:00Z");
    [large, small].map(|customer| house.read(customer).owner == Some(house.li))
}

#[test]
fn without_rules_both_go() {
    let house = House::new();
    assert_eq!(stay(&house, json!({"follow_up_days": 3})), [false, false]);
}

#[test]
fn an_exempt_rule_leaves_alone_what_it_holds_for() {
    let house = House::new();
    let rule = pool_rule(&house, "large", "员工人数 > 100");
    assert_eq!(stay(&house, json!({"follow_up_days": 3, "exempt_rule": rule})), [true, false]);
}

#[test]
fn a_reclaim_rule_takes_only_what_it_holds_for() {
    let house = House::new();
    let rule = pool_rule(&house, "small", "employees < 100");
    assert_eq!(stay(&house, json!({"follow_up_days": 3, "reclaim_rule": rule})), [true, false]);
    // The journal names it, with its version.
    let small = house.system().list::<crm_core::domain::party::Customer>(
        &Query::of(crm_core::base::kind::Customer::NO).filter("name = '乙公司'".parse().unwrap()),
    );
    let small = small.unwrap().items[0].record_ref();
    let journal = house.system().journal(small, None, 10).unwrap();
    assert!(journal.iter().any(|entry| entry.rule == "pool.reclaim 华东公海 by small v1"), "{journal:?}");
}

#[test]
fn both_together_and_over_related_records() {
    let house = House::new();
    let exempt = pool_rule(&house, "of a group", "parent.level = 'A'");
    let reclaim = pool_rule(&house, "any", "employees >= 0 and 网页访问 = 0");
    let group = house.customer("集团", house.zhao, json!({"level": "A"}));
    house.pool(json!({"follow_up_days": 3, "exempt_rule": exempt, "reclaim_rule": reclaim}));
    let inside = house.customer("甲公司", house.li, json!({"employees": 5, "parent": group}));
    let outside = house.customer("乙公司", house.li, json!({"employees": 5}));
    let unknown = house.customer("丙公司", house.li, json!({}));
    house.due("2026-03-10T01:00:00Z");
    let owners = [inside, outside, unknown].map(|customer| house.read(customer).owner == Some(house.li));
    assert_eq!(owners, [true, false, true]);
}

#[test]
fn a_rule_out_of_force_says_nothing_and_a_new_version_counts_at_once() {
    let house = House::new();
    let rule = pool_rule(&house, "large", "employees > 100");
    house.system().execute(DeactivateRule { rule }).unwrap();
    assert_eq!(stay(&house, json!({"follow_up_days": 3, "exempt_rule": rule})), [false, false]);

    let house = House::new();
    let rule = pool_rule(&house, "large", "employees > 100");
    set(house.system(), rule.record(), "criterion", "employees > 1".into()).unwrap();
    assert_eq!(stay(&house, json!({"follow_up_days": 3, "exempt_rule": rule})), [true, true]);
}
