//! A small company for tests of insight: its people, its customers, and what they do on which day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use crm_core::base::choice::Choice;
use crm_core::domain::org::{CreateUser, DefineRole, FieldRule, Grant};
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};
use crm_core::store::{Direction, Range, Table};
use serde_json::json;

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn fields(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A company with two clerks who see their own records, and one who sees all of them but no amounts.
pub struct Shop {
    pub crm: Crm,
    store: Arc<dyn Store>,
    pub clock: Arc<ManualClock>,
    pub wang: UserId,
    pub chen: UserId,
    pub blind: UserId,
    /// One who sees no models.
    pub strange: UserId,
}

impl Shop {
    pub fn open() -> Shop {
        let (host, clock) = Host::fixed(at("2025-01-01T00:00:00Z"), 1);
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let crm = Crm::open_shared(store.clone(), host).unwrap();
        let role = |name: &str, scope, rules| {
            let everything = Grant { kind: "*".into(), actions: Action::ALL.to_vec(), scope };
            let models = Grant { kind: "model".into(), actions: vec![Action::Read], scope: Scope::All };
            let grants = if name == "strange" { vec![everything] } else { vec![everything, models] };
            let name = name.to_owned();
            let role =
                DefineRole { role: None, revision: None, name, grants, fields: rules, administrator: false };
            crm.system().execute(role).unwrap()
        };
        let user = |login: &str, role: RoleId| -> UserId {
            let command: CreateUser = serde_json::from_value(json!({
                "login": login, "name": login, "department": null, "manager": null, "roles": [role], "capacity": null
            }))
            .unwrap();
            crm.system().execute(command).unwrap()
        };
        let own = role("own", Scope::Own, vec![]);
        let hidden =
            |kind: &str, field: &str, access| FieldRule { kind: kind.into(), field: field.into(), access };
        let amounts = vec![
            hidden("opportunity", "amount", FieldAccess::Hidden),
            hidden("opportunity", "lines", FieldAccess::Hidden),
            hidden("customer", "industry", FieldAccess::Masked),
        ];
        let blind = role("blind", Scope::All, amounts);
        let strange = role("strange", Scope::All, vec![]);
        let (wang, chen, blind) = (user("wang", own), user("chen", own), user("blind", blind));
        let strange = user("strange", strange);
        Shop { crm, store, clock, wang, chen, blind, strange }
    }

    pub fn of(&self, user: UserId) -> Session<'_> {
        self.crm.session(Actor::User(user))
    }

    pub fn create<K: Kind>(&self, owner: UserId, pairs: &[(&str, Value)]) -> Id<K> {
        let mut all = vec![("owner", owner.into())];
        all.extend(pairs.iter().cloned());
        let command = CreateRecord { kind: K::NO, fields: fields(&all) };
        self.crm.system().execute(command).unwrap().as_id().unwrap()
    }

    pub fn customer(&self, owner: UserId, name: &str) -> CustomerId {
        self.create(owner, &[("name", name.into())])
    }

    pub fn deal(&self, owner: UserId, customer: CustomerId, amount: &str) -> OpportunityId {
        self.create(
            owner,
            &[("name", "MES".into()), ("customer", customer.into()), ("amount", amount.into())],
        )
    }

    pub fn on(&self, day: &str) {
        self.clock.set(at(&format!("{day}T02:00:00Z")));
    }

    /// Does what is due until nothing is.
    pub fn run_due(&self) {
        loop {
            let report = self.crm.run_due(1_000).unwrap();
            assert!(report.failed.is_empty(), "{:?}", report.failed);
            if report.done == 0 {
                return;
            }
        }
    }

    /// Lives on to a day, doing each piece of work at its instant.
    pub fn live_until(&self, day: &str) {
        let until = at(&format!("{day}T02:00:00Z"));
        while let Some(due) = self.crm.next_due().unwrap().filter(|due| *due <= until) {
            self.clock.set(due.max(self.crm.now()));
            self.run_due();
        }
        self.clock.set(until);
    }

    /// How many pieces of due work of a kind are queued.
    pub fn queued(&self, work: &str) -> usize {
        let snapshot = self.store.snapshot().unwrap();
        let mut cursor = snapshot.range(Table::Due, Range::all(), Direction::Forward).unwrap();
        let mut count = 0;
        while cursor.step().unwrap() {
            let due: serde_json::Value = serde_json::from_slice(cursor.value()).unwrap();
            count += usize::from(due["work"] == work);
        }
        count
    }

    /// Logs an activity as of a day and answers it.
    pub fn log(&self, about: RecordRef, kind: &str, on: &str) -> ActivityId {
        let activity = json!({"about": about, "kind": kind, "at": format!("{on}T02:00:00Z")});
        let logged = self.crm.system().execute_named("activity.log", activity).unwrap();
        logged["activity"].as_str().unwrap().parse().unwrap()
    }

    pub fn settings(&self, change: serde_json::Value) {
        self.crm.system().execute_named("settings.change", change).unwrap();
    }

    pub fn win(&self, deal: OpportunityId) {
        let win = json!({"opportunity": deal, "revision": null, "reason": "price"});
        self.crm.system().execute_named("opportunity.win", win).unwrap();
    }

    pub fn lose(&self, deal: OpportunityId) {
        let lose = json!({"opportunity": deal, "revision": null, "reason": "price", "competitor": "Rival"});
        self.crm.system().execute_named("opportunity.lose", lose).unwrap();
    }

    /// A deal won on the day it was made.
    pub fn sale(&self, on: &str, owner: UserId, customer: CustomerId, amount: &str) {
        self.on(on);
        self.win(self.deal(owner, customer, amount));
    }
}

/// A year of deals in which referrals are won and advertisements mostly lost.
pub fn year_of_deals() -> Shop {
    let shop = Shop::open();
    let mut open: Vec<(u32, OpportunityId, bool)> = Vec::new();
    for number in 0..240u32 {
        let date = day("2025-01-02").checked_add_days(chrono::Days::new(u64::from(number))).unwrap();
        shop.on(&date.to_string());
        let (closing, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|(due, ..)| *due <= number);
        open = rest;
        for (_, deal, won) in closing {
            if won { shop.win(deal) } else { shop.lose(deal) }
        }
        let owner = if number % 3 == 0 { shop.chen } else { shop.wang };
        let customer = shop.customer(owner, &format!("厂{number}"));
        let referral = number % 2 == 0;
        let source = if referral { "referral" } else { "advertisement" };
        let won = if referral { number % 10 != 0 } else { number % 5 == 1 };
        let deal = shop.create(
            owner,
            &[
                ("name", format!("单{number}").into()),
                ("customer", customer.into()),
                ("amount", format!("{} CNY", 1_000 + number).into()),
                ("source", source.into()),
            ],
        );
        open.push((number + 20 + number % 30, deal, won));
    }
    shop
}
