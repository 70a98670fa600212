//! Public pools and hand-over on a real engine.

use crm_core::base::kind::CustomerId;
use crm_core::base::{Span, kind};
use crm_core::domain::notice::Notification;
use crm_core::domain::party::Customer;
use serde_json::{Value as Json, json};

use super::org::{codes, id, open, run, user};
use crm_core::prelude::*;

/// A house with an east department of two sellers, a third one elsewhere, and their manager.
pub struct House {
    pub crm: Crm,
    pub clock: std::sync::Arc<ManualClock>,
    pub east: Json,
    pub li: UserId,
    pub wang: UserId,
    pub zhao: UserId,
    pub chief: UserId,
}

impl House {
    pub fn new() -> House {
        let (crm, clock) = open();
        let system = crm.system();
        let grant = |kind: &str, actions: &[&str], scope: &str| json!({"kind": kind, "actions": actions, "scope": scope});
        let actions = ["read", "create", "update", "move", "claim", "release"];
        let grants = [grant("*", &actions, "own"), grant("user", &["read"], "all")];
        let seller = run(system, "role.define", json!({"name": "销售", "grants": grants}));
        let all = ["read", "create", "update", "claim", "release", "assign"];
        let grants = [grant("*", &all, "all"), grant("user", &["read", "update"], "all")];
        let manager = run(system, "role.define", json!({"name": "经理", "grants": grants}));
        let east = run(system, "department.create", json!({"name": "华东"}));
        let chief = user(system, "chief", json!({"roles": [manager]}));
        let seller = |login, more: Json| {
            let mut input = json!({"roles": [seller], "manager": chief});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            user(system, login, input)
        };
        let li = seller("li", json!({"department": east}));
        let wang = seller("wang", json!({"department": east}));
        let zhao = seller("zhao", json!({}));
        House { crm, clock, east, li, wang, zhao, chief }
    }

    pub fn system(&self) -> Session<'_> {
        self.crm.system()
    }

    pub fn of(&self, user: UserId) -> Session<'_> {
        self.crm.session(Actor::User(user))
    }

    pub fn pool(&self, more: Json) -> Json {
        let mut input = json!({"name": "华东公海", "kind": "customer", "departments": [self.east]});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run(self.system(), "pool.define", input)
    }

    pub fn customer(&self, name: &str, owner: UserId, more: Json) -> CustomerId {
        let mut fields = json!({"name": name, "owner": owner});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        id(&run(self.system(), "record.create", json!({"kind": "customer", "fields": fields})))
    }

    pub fn read(&self, customer: CustomerId) -> Customer {
        self.system().get(customer).unwrap()
    }

    /// Does what is due at an instant, all of it.
    pub fn due(&self, at: &str) {
        let mut now: Instant = at.parse().unwrap();
        for _ in 0..100 {
            self.clock.set(now);
            let report = self.crm.run_due(100).unwrap();
            assert!(report.failed.is_empty(), "{:?}", report.failed);
            now = now + Span::from_secs(1);
            if report.next.is_none_or(|next| next > now) {
                return;
            }
        }
        panic!("there is always more to do");
    }

    pub fn inbox(&self, user: UserId) -> Vec<String> {
        let query = Query::of(kind::Notification::NO).filter(format!("user = {user}").parse().unwrap());
        let page = self.system().list::<Notification>(&query).unwrap();
        page.items.into_iter().map(|message| message.topic).collect()
    }
}

fn release(record: CustomerId) -> Json {
    json!({"record": record, "reason": "不合适"})
}

#[test]
fn a_record_goes_to_the_pool_and_to_who_claims_it() {
    let house = House::new();
    let pool = house.pool(json!({}));
    let one = house.customer("甲公司", house.li, json!({}));
    assert_eq!(
        codes(house.of(house.li), "pool.release", json!({"record": one, "reason": " "})),
        ["pool.reason_missing"]
    );
    assert_eq!(codes(house.of(house.wang), "pool.release", release(one)), ["record.not_found"]);
    assert_eq!(run(house.of(house.li), "pool.release", release(one)), pool);
    let lying = house.read(one);
    assert_eq!((lying.owner, lying.previous_owner, lying.claimed_at), (None, Some(house.li), None));
    assert_eq!(lying.pooled_at, Some(house.crm.now()));
    // Members see it, others don't.
    assert!(house.of(house.wang).get::<Customer>(one).is_ok());
    assert!(house.of(house.zhao).get::<Customer>(one).is_err());
    let claim = json!({"record": one});
    assert_eq!(codes(house.of(house.zhao), "pool.claim", claim.clone()), ["record.not_found"]);
    assert_eq!(codes(house.system(), "pool.claim", claim.clone()), ["pool.needs_user"]);
    run(house.of(house.wang), "pool.claim", claim.clone());
    let claimed = house.read(one);
    assert_eq!((claimed.owner, claimed.previous_owner), (Some(house.wang), Some(house.li)));
    assert_eq!((claimed.claimed_at, claimed.pooled_at), (Some(house.crm.now()), None));

    assert_eq!(codes(house.of(house.wang), "pool.claim", claim.clone()), ["pool.already_yours"]);
    assert_eq!(codes(house.of(house.zhao), "pool.claim", claim.clone()), ["record.not_found"]);
    let Err(Error::Refused(gone)) = house.of(house.li).execute_named("pool.claim", claim) else {
        panic!("claimed")
    };
    assert_eq!(
        (gone[0].code.as_str(), &gone[0].values),
        ("pool.gone", &vec![("owner".into(), house.wang.into())])
    );
    // The journal has every owner, and why the first lost it.
    let journal = house.system().journal(one.record(), None, 10).unwrap();
    let actions: Vec<_> =
        journal.iter().map(|entry| (entry.action.as_str(), entry.reason.as_str())).collect();
    assert!(
        actions.contains(&("pool.release", "不合适")) && actions.contains(&("pool.claim", "")),
        "{actions:?}"
    );
    assert_eq!(house.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn of_two_claims_at_once_one_wins() {
    let house = House::new();
    house.pool(json!({}));
    for round in 0..5 {
        let one = house.customer(&format!("甲{round}公司"), house.zhao, json!({}));
        let pool = json!({"record": one, "reason": "x", "pool": house.pool_id()});
        run(house.system(), "pool.release", pool);
        let claim = |user| house.of(user).execute_named("pool.claim", json!({"record": one}));
        let outcomes = std::thread::scope(|scope| {
            let other = scope.spawn(|| claim(house.li));
            [claim(house.wang), other.join().unwrap()]
        });
        let lost: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
        assert_eq!(lost.iter().map(|error| error.code()).collect::<Vec<_>>(), ["pool.gone"]);
    }
}

impl House {
    fn pool_id(&self) -> String {
        let query = Query::of(kind::Pool::NO);
        let pools = self.system().list::<crm_core::domain::pool::Pool>(&query).unwrap();
        pools.items[0].id().to_string()
    }
}

#[test]
fn claims_have_limits() {
    let house = House::new();
    let pool = house.pool(json!({"owned_limit": 3, "claims_a_day": 2, "cooldown_days": 2}));
    let customers: Vec<_> =
        (0..5).map(|n| house.customer(&format!("客户{n}公司"), house.li, json!({}))).collect();
    for customer in &customers {
        run(house.of(house.li), "pool.release", release(*customer));
    }
    let claim =
        |user, customer: usize| (house.of(user), "pool.claim", json!({"record": customers[customer]}));
    let refused = |(session, name, input): (Session<'_>, &str, Json)| codes(session, name, input);
    let done = |(session, name, input): (Session<'_>, &str, Json)| run(session, name, input);
    assert_eq!(refused(claim(house.li, 0)), ["pool.cooldown"]);
    done(claim(house.wang, 0));
    done(claim(house.wang, 1));
    assert_eq!(refused(claim(house.wang, 2)), ["pool.daily_limit"]);
    // Giving one back makes no room for another claim today.
    run(house.of(house.wang), "pool.release", release(customers[1]));
    assert_eq!(refused(claim(house.wang, 2)), ["pool.daily_limit"]);
    // The day of the organisation ends at 16:00 UTC.
    house.clock.set("2026-03-02T15:59:00Z".parse().unwrap());
    assert_eq!(refused(claim(house.wang, 2)), ["pool.daily_limit"]);
    house.clock.set("2026-03-02T16:00:00Z".parse().unwrap());
    done(claim(house.wang, 2));
    done(claim(house.wang, 3));
    assert_eq!(refused(claim(house.wang, 4)), ["pool.owned_limit", "pool.daily_limit"]);
    let assign = |to: UserId| json!({"record": customers[4], "to": to, "reason": "就近"});
    assert_eq!(codes(house.of(house.chief), "pool.assign", assign(house.wang)), ["pool.owned_limit"]);
    assert_eq!(codes(house.of(house.chief), "pool.assign", assign(house.zhao)), ["pool.not_member"]);
    assert_eq!(codes(house.of(house.wang), "pool.assign", assign(house.li)), ["permission.denied"]);
    // Being given it is no claim: the last owner need not wait.
    run(house.of(house.chief), "pool.assign", assign(house.li));
    assert_eq!(house.inbox(house.li), ["pool.assigned"]);
    // What lay since 2 March may be claimed by its last owner from the 4th on.
    house.clock.set("2026-03-03T15:59:00Z".parse().unwrap());
    assert_eq!(refused(claim(house.wang, 1)), ["pool.owned_limit", "pool.daily_limit", "pool.cooldown"]);
    run(
        house.system(),
        "pool.define",
        json!({
            "pool": pool, "name": "华东公海", "kind": "customer", "departments": [house.east], "cooldown_days": 2,
        }),
    );
    assert_eq!(refused(claim(house.wang, 1)), ["pool.cooldown"]);
    house.clock.set("2026-03-03T16:00:00Z".parse().unwrap());
    done(claim(house.wang, 1));
    assert_eq!(house.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn what_owners_leave_lying_goes_back_after_a_warning() {
    let house = House::new();
    let pool = house.pool(json!({"follow_up_days": 3, "warn_days": 1, "exempt_flags": ["key"]}));
    // Monday morning in Shanghai.
    let left = house.customer("甲公司", house.li, json!({}));
    let key = house.customer("乙公司", house.li, json!({"flags": ["key"]}));
    let elsewhere = house.customer("丙公司", house.zhao, json!({}));
    let cared = house.customer("丁公司", house.wang, json!({}));
    house.due("2026-03-04T01:00:00Z");
    assert_eq!(house.inbox(house.li), Vec::<String>::new());
    run(house.of(house.wang), "activity.log", json!({"kind": "call", "about": cared, "text": "问好"}));
    house.due("2026-03-05T01:00:00Z");
    assert_eq!(house.inbox(house.li), ["pool.warning"]);
    house.due("2026-03-05T09:00:00Z");
    assert_eq!(
        (house.inbox(house.li), house.read(left).owner),
        (vec!["pool.warning".to_owned()], Some(house.li))
    );
    house.due("2026-03-06T01:00:00Z");
    let lying = house.read(left);
    assert_eq!((lying.owner, lying.previous_owner), (None, Some(house.li)));
    assert_eq!(Json::from(lying.pool.unwrap().to_string()), pool);
    assert_eq!(house.inbox(house.li), ["pool.warning", "pool.reclaimed"]);
    for (kept, owner) in [(key, house.li), (elsewhere, house.zhao), (cared, house.wang)] {
        assert_eq!(house.read(kept).owner, Some(owner));
    }
    let journal = house.system().journal(left.record(), None, 10).unwrap();
    let entry = journal.iter().find(|entry| !entry.rule.is_empty()).unwrap();
    assert_eq!((entry.rule.as_str(), entry.reason.as_str()), ("pool.reclaim 华东公海", "no_follow_up"));
    house.due("2026-03-09T01:00:00Z");
    assert_eq!(house.read(cared).owner, None);
    assert_eq!(house.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn a_pool_that_changes_its_rules_goes_by_the_new_ones() {
    let house = House::new();
    let pool = house.pool(json!({"follow_up_days": 3}));
    let one = house.customer("甲公司", house.li, json!({}));
    let redefine = |days: Json| {
        let mut input =
            json!({"pool": pool, "name": "华东公海", "kind": "customer", "departments": [house.east]});
        input["follow_up_days"] = days;
        run(house.system(), "pool.define", input);
    };
    redefine(json!(10));
    house.due("2026-03-10T01:00:00Z");
    assert_eq!(house.read(one).owner, Some(house.li));
    redefine(json!(null));
    house.due("2026-04-10T01:00:00Z");
    assert_eq!((house.read(one).owner, house.crm.next_due().unwrap()), (Some(house.li), None));
    redefine(json!(10));
    house.due("2026-04-11T01:00:00Z");
    assert_eq!(house.read(one).owner, None);
    // Who gets a record by a plain change has his days from then on.
    let given = json!({"record": one, "fields": {"owner": house.wang}});
    run(house.system(), "record.update", given);
    assert_eq!(house.read(one).claimed_at, Some(house.crm.now()));
    house.due("2026-04-21T01:00:00Z");
    assert_eq!(house.read(one).owner, Some(house.wang));
    house.due("2026-04-22T01:00:00Z");
    assert_eq!(house.read(one).owner, None);
    let missing = json!({"name": "x", "kind": "task", "follow_up_days": 0});
    assert_eq!(codes(house.system(), "pool.define", missing), ["pool.days", "pool.kind"]);
    let other = json!({"pool": pool, "name": "x", "kind": "lead", "deal_days": 9});
    assert_eq!(codes(house.system(), "pool.define", other), ["pool.customers_only", "pool.kind_fixed"]);
    let gone = json!({"record": pool, "reason": ""});
    assert_eq!(codes(house.system(), "record.delete", gone), ["pool.in_use"]);
}

#[test]
fn a_user_who_leaves_hands_everything_open_over() {
    let house = House::new();
    let east: Vec<_> = (0..3)
        .map(|n| house.customer(&format!("东{n}公司"), house.li, json!({"province": "浙江省"})))
        .collect();
    let big = house.customer("大公司", house.li, json!({"level": "a"}));
    let mine = house.customer("归经理公司", house.li, json!({}));
    let task = |subject: &str| {
        let fields = json!({"subject": subject, "owner": house.li, "about": big});
        run(house.system(), "record.create", json!({"kind": "task", "fields": fields}))
    };
    task("打电话");
    let trainee = user(house.system(), "trainee", json!({"manager": house.li}));
    let disable = json!({"user": house.li, "reason": "离职"});
    assert_eq!(codes(house.of(house.chief), "user.disable", disable.clone()), ["user.owns_open"]);

    let rules = json!([
        {"kind": "customer", "filter": "level = \"a\"", "to": [house.zhao]},
        {"kind": "customer", "to": [house.wang, house.zhao]},
    ]);
    let mut command = json!({"user": house.li, "rules": rules, "reason": "离职"});
    command["by_hand"] = json!([{"record": mine, "to": house.chief}]);
    assert_eq!(codes(house.of(house.chief), "user.hand_over", command.clone()), ["hand_over.no_successor"]);
    let himself = json!({"user": house.li, "rules": [{"to": [house.li]}]});
    assert_eq!(codes(house.of(house.chief), "user.hand_over", himself), ["hand_over.to_himself"]);
    command["rules"].as_array_mut().unwrap().push(json!({"to": [house.wang]}));
    let handed = run(house.of(house.chief), "user.hand_over", command);
    assert_eq!(handed["moved"], json!({"customer": 5, "task": 1, "user": 1}));
    let got = |user| east.iter().filter(|customer| house.read(**customer).owner == Some(user)).count();
    assert_eq!([got(house.wang), got(house.zhao)], [2, 1]);
    assert_eq!((house.read(big).owner, house.read(mine).owner), (Some(house.zhao), Some(house.chief)));
    assert_eq!(house.read(big).previous_owner, Some(house.li));
    let trainee: crm_core::domain::org::User = house.system().get(trainee).unwrap();
    assert_eq!(trainee.manager, Some(house.chief));
    assert_eq!(house.inbox(house.wang), ["user.handed_over"]);
    // He is out, and his past is there.
    assert!(house.of(house.li).get::<Customer>(big).is_err());
    let journal = house.system().journal(big.record(), None, 10).unwrap();
    assert!(journal.iter().any(|entry| entry.action == "user.hand_over" && entry.reason == "离职"));
    let late = json!({"record": big, "to": house.li});
    assert_eq!(codes(house.system(), "pool.assign", late), ["pool.gone"]);
    run(house.system(), "user.enable", json!({"user": house.li}));
    run(house.of(house.chief), "user.disable", disable);
    assert_eq!(house.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn leads_say_whether_somebody_has_them() {
    let house = House::new();
    run(
        house.system(),
        "pool.define",
        json!({
            "name": "线索公海", "kind": "lead", "users": [house.li, house.wang], "owned_limit": 1,
        }),
    );
    let lead = |name: &str| {
        let fields = json!({"name": name, "owner": house.li});
        run(house.system(), "record.create", json!({"kind": "lead", "fields": fields}))
    };
    let (one, two) = (lead("王五"), lead("赵六"));
    let state = |lead: &Json| {
        let lead: LeadId = id(lead);
        house.system().get::<crm_core::domain::lead::Lead>(lead).unwrap().state
    };
    for lead in [&one, &two] {
        run(house.of(house.li), "pool.release", json!({"record": lead, "reason": "无意向"}));
        assert_eq!(state(lead), "new");
    }
    run(house.of(house.wang), "pool.claim", json!({"record": one}));
    assert_eq!(state(&one), "assigned");
    assert_eq!(codes(house.of(house.wang), "pool.claim", json!({"record": two})), ["pool.owned_limit"]);
    // A lead that is over does not count.
    let invalid = json!({"record": one, "to": "invalid", "reason": "空号"});
    run(house.system(), "record.move", invalid);
    run(house.of(house.wang), "pool.claim", json!({"record": two}));
    assert_eq!(house.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn a_customer_with_a_deal_on_its_way_is_not_without_opportunity() {
    let house = House::new();
    house.pool(json!({"opportunity_days": 5, "working_days": true}));
    let with = house.customer("甲公司", house.li, json!({}));
    let without = house.customer("乙公司", house.li, json!({}));
    let deal = json!({"name": "一期", "customer": with, "owner": house.li});
    let deal = run(house.system(), "record.create", json!({"kind": "opportunity", "fields": deal}));
    // Monday 2 March; five working days pass until Monday the 9th.
    house.due("2026-03-09T01:00:00Z");
    assert_eq!(house.read(without).owner, Some(house.li));
    house.due("2026-03-10T01:00:00Z");
    assert_eq!((house.read(with).owner, house.read(without).owner), (Some(house.li), None));
    run(house.system(), "opportunity.lose", json!({"opportunity": deal, "reason": "价格"}));
    house.due("2026-03-11T01:00:00Z");
    assert_eq!(house.read(with).owner, None);
}

#[test]
fn leave_does_not_count_against_an_owner() {
    let house = House::new();
    house.pool(json!({"follow_up_days": 3}));
    let (one, two) =
        (house.customer("甲公司", house.li, json!({})), house.customer("乙公司", house.wang, json!({})));
    let leave =
        |from: &str, until: &str| json!({"user": house.li, "from": from, "until": until, "reason": "年假"});
    assert_eq!(codes(house.of(house.chief), "user.leave", leave("2026-03-05", "2026-03-04")), ["user.leave"]);
    run(house.of(house.chief), "user.leave", leave("2026-03-04", "2026-03-05"));
    house.due("2026-03-07T01:00:00Z");
    assert_eq!((house.read(one).owner, house.read(two).owner), (Some(house.li), None));
    house.due("2026-03-08T01:00:00Z");
    assert_eq!(house.read(one).owner, None);
}
