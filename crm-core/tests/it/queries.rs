//! Lists: which index serves them, pages that hold while records change, orders, counts, relative dates.

use std::collections::{BTreeMap, BTreeSet};

use crm_core::base::choice::Choice;
use crm_core::base::kind;
use crm_core::domain::org::{DefineRole, Grant};
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::prelude::*;
use crm_core::record::action::Scope;

fn fields(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn create(crm: &Crm, kind: KindNo, pairs: &[(&str, Value)]) -> RecordRef {
    crm.system().execute(CreateRecord { kind, fields: fields(pairs) }).unwrap()
}

fn query(kind: KindNo, filter: &str) -> Query {
    let query = Query::of(kind);
    if filter.is_empty() { query } else { query.filter(filter.parse().unwrap()) }
}

/// Follows a list page by page to its end.
fn walk(session: Session<'_>, query: &Query) -> Vec<RecordRef> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let page = session.rows(&query).unwrap();
        found.extend(page.items.iter().map(|row| row.id));
        query.after = page.end;
        if query.after.is_none() {
            return found;
        }
    }
}

/// A clerk who sees his own records, and so many deals of one customer, every other one the clerk's.
fn sales(deals: i64) -> (Crm, UserId, RecordRef, Vec<RecordRef>) {
    let (host, _) = Host::fixed("2026-03-31T04:00:00Z".parse().unwrap(), 1);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let own = Grant { kind: "*".into(), actions: Action::ALL.to_vec(), scope: Scope::Own };
    let role = DefineRole {
        role: None,
        revision: None,
        name: "clerk".into(),
        grants: vec![own],
        fields: vec![],
        administrator: false,
    };
    let role = crm.system().execute(role).unwrap();
    let roles = Value::List(vec![role.into()]);
    let clerk =
        create(&crm, kind::User::NO, &[("login", "clerk".into()), ("name", "王伟".into()), ("roles", roles)]);
    let clerk: UserId = clerk.as_id().unwrap();
    let customer = create(&crm, kind::Customer::NO, &[("name", "北京科技有限公司".into())]);
    let deal = |place: i64| {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + chrono::Days::new(place as u64 % 60);
        let owner: Value = if place % 2 == 0 { clerk.into() } else { Value::Null };
        create(
            &crm,
            kind::Opportunity::NO,
            &[
                ("name", format!("deal {}", place % 5).into()),
                ("customer", customer.into()),
                ("owner", owner),
                ("close_on", day.into()),
                ("amount", format!("{} CNY", place % 7).into()),
                ("code", format!("D{place}").into()),
            ],
        )
    };
    let deals = (0..deals).map(deal).collect();
    (crm, clerk, customer, deals)
}

#[test]
fn explain_names_the_index() {
    let (crm, clerk, customer, _) = sales(6);
    let check = |session: Session<'_>, query: Query, index: &str, ordered: bool, scoped: bool| {
        let told = session.explain(&query).unwrap();
        assert_eq!((told.index.as_str(), told.ordered, told.scoped), (index, ordered, scoped), "{query:?}");
    };
    let (all, own) = (crm.system(), crm.session(Actor::User(clerk)));
    let deals = |filter: &str| query(kind::Opportunity::NO, filter);
    check(all, deals(""), "records", true, true);
    check(own, deals(""), "owner", true, true);
    check(own, deals("amount > 1 CNY"), "owner", true, true);
    check(all, deals("owner = me"), "owner", true, true);
    check(all, deals("").sort("close_on"), "close_on", true, true);
    check(all, deals("").sort_down("close_on").sort_down("id"), "close_on", true, true);
    check(own, deals("").sort_down("close_on"), "close_on", true, true);
    check(all, deals("close_on in this month").sort("close_on"), "close_on", true, true);
    check(all, deals("close_on < today"), "records", true, true);
    check(all, deals("lifecycle = \"general_deal\" and state = \"first_talk\""), "stage", true, true);
    check(
        own,
        deals("lifecycle = \"general_deal\" and state in (\"first_talk\", \"proposal\")"),
        "stage",
        true,
        true,
    );
    check(all, deals(&format!("customer = {customer}")), "customer", true, true);
    check(own, deals(&format!("customer = {customer}")), "customer", true, false);
    check(all, deals("code = \"d1\""), "code", false, true);
    check(all, deals("").sort("amount"), "records", false, true);
    check(all, deals("").sort("close_on").sort_down("id"), "records", false, true);
    check(all, query(kind::Customer::NO, "name = \"北京科技有限公司\""), "name", true, true);
    check(all, query(kind::Customer::NO, "phones = \"13800000000\""), "phone", true, true);
    check(all, query(kind::Customer::NO, "phones contains \"1380\""), "records", true, true);
    check(all, query(kind::Task::NO, "state = \"open\"").sort("due_at"), "due", true, true);
    check(all, query(kind::User::NO, "login = \"clerk\""), "login", false, true);
    check(own, query(kind::User::NO, ""), "none", true, true);
}

#[test]
fn a_page_ends_where_the_next_begins_while_records_change() {
    let (crm, clerk, customer, deals) = sales(40);
    for (session, filter, sort) in [
        (crm.system(), "", vec![]),
        (crm.system(), "", vec![("close_on", false)]),
        (crm.system(), "", vec![("close_on", true)]),
        (crm.system(), "", vec![("amount", true), ("name", false)]),
        (crm.session(Actor::User(clerk)), "", vec![("close_on", false)]),
        (crm.session(Actor::User(clerk)), "amount >= 0 CNY", vec![("name", true)]),
    ] {
        let mut asked = query(kind::Opportunity::NO, filter).limit(4);
        for (field, down) in &sort {
            asked = if *down { asked.sort_down(field) } else { asked.sort(field) };
        }
        let before: BTreeSet<RecordRef> = walk(session, &asked).into_iter().collect();
        let mut touched = BTreeSet::new();
        let mut seen: Vec<RecordRef> = Vec::new();
        let mut page_no = 0;
        loop {
            let page = session.rows(&asked).unwrap();
            seen.extend(page.items.iter().map(|row| row.id));
            asked.after = page.end;
            if asked.after.is_none() {
                break;
            }
            // Between pages one record moves to the front, one to the end, one is new, one goes.
            page_no += 1;
            for (place, day) in [(page_no * 2, "2020-01-01"), (page_no * 2 + 1, "2030-01-01")] {
                let record = deals[place % deals.len()];
                let moved = fields(&[
                    ("close_on", day.into()),
                    ("amount", "99 CNY".into()),
                    ("name", "moved".into()),
                ]);
                let moved = UpdateRecord { record, revision: None, fields: moved };
                if crm.system().execute(moved).is_ok() {
                    touched.insert(record);
                }
            }
            let owner: Value = clerk.into();
            let new = [
                ("name", "new".into()),
                ("customer", customer.into()),
                ("owner", owner),
                ("amount", "1 CNY".into()),
            ];
            touched.insert(create(&crm, kind::Opportunity::NO, &new));
            let record = deals[(page_no * 11 + 5) % deals.len()];
            let gone = DeleteRecord { record, revision: None, reason: String::new() };
            if crm.system().execute(gone).is_ok() {
                touched.insert(record);
            }
        }
        let unchanged: BTreeSet<RecordRef> = before.difference(&touched).copied().collect();
        for record in &unchanged {
            let times = seen.iter().filter(|other| *other == record).count();
            assert_eq!(times, 1, "{record} comes {times} times by {sort:?}");
        }
        assert!(unchanged.len() > 5, "some records stay as they are");
    }
}

#[test]
fn a_place_belongs_to_its_list() {
    let (crm, ..) = sales(9);
    let first = query(kind::Opportunity::NO, "").sort("close_on").limit(2);
    let end = crm.system().rows(&first).unwrap().end;
    for other in [
        query(kind::Opportunity::NO, ""),
        query(kind::Opportunity::NO, "").sort_down("close_on"),
        query(kind::Opportunity::NO, "amount > 1").sort("close_on"),
        query(kind::Customer::NO, "").sort("name"),
    ] {
        let error = crm.system().rows(&other.after(end.clone())).unwrap_err();
        assert_eq!(error.code(), "page.unknown", "{error}");
    }
    for text in ["", "0", "zz", "é", "00000000"] {
        assert_eq!(
            crm.system().rows(&first.clone().after(Some(text.into()))).unwrap_err().code(),
            "page.unknown"
        );
    }
    let past = crm.system().as_of(crm.now());
    let end = past.rows(&first).unwrap().end;
    assert!(past.rows(&first.clone().after(end.clone())).is_ok());
    assert_eq!(crm.system().rows(&first.after(end)).unwrap_err().code(), "page.unknown");
}

#[test]
fn several_fields_order_in_both_directions() {
    let (crm, ..) = sales(30);
    let rows = crm.system().rows(&query(kind::Opportunity::NO, "").limit(100)).unwrap().items;
    let amount = |record: &RecordRef| {
        let row = rows.iter().find(|row| row.id == *record).unwrap();
        (row.fields["amount"].to_string(), row.fields["name"].to_string(), row.fields["close_on"].to_string())
    };
    let check = |sort: &[(&str, bool)], expected: &dyn Fn(&RecordRef, &RecordRef) -> std::cmp::Ordering| {
        let mut asked = query(kind::Opportunity::NO, "").limit(7);
        for (field, down) in sort {
            asked = if *down { asked.sort_down(field) } else { asked.sort(field) };
        }
        let mut wanted: Vec<RecordRef> = rows.iter().map(|row| row.id).collect();
        wanted.sort_by(expected);
        assert_eq!(walk(crm.system(), &asked), wanted, "{sort:?}");
    };
    check(&[], &|a, b| a.cmp(b));
    check(&[("id", true)], &|a, b| b.cmp(a));
    check(&[("close_on", false)], &|a, b| amount(a).2.cmp(&amount(b).2).then(a.cmp(b)));
    check(&[("close_on", true)], &|a, b| amount(b).2.cmp(&amount(a).2).then(b.cmp(a)));
    check(&[("金额", true), ("name", false)], &|a, b| {
        amount(b).0.cmp(&amount(a).0).then(amount(a).1.cmp(&amount(b).1)).then(a.cmp(b))
    });
    check(&[("name", false), ("amount", true)], &|a, b| {
        amount(a).1.cmp(&amount(b).1).then(amount(b).0.cmp(&amount(a).0)).then(b.cmp(a))
    });
    check(&[("name", true), ("amount", true), ("id", false)], &|a, b| {
        amount(b).1.cmp(&amount(a).1).then(amount(b).0.cmp(&amount(a).0)).then(a.cmp(b))
    });
}

#[test]
fn relative_dates_count_from_the_organisations_day() {
    // In Shanghai it is noon of 31 March.
    let (crm, ..) = sales(60);
    let check = |filter: &str, count: usize| {
        let asked = query(kind::Opportunity::NO, filter);
        assert_eq!(crm.system().count(&asked).unwrap(), count, "{filter}");
        assert_eq!(walk(crm.system(), &asked.limit(8)).len(), count, "{filter}");
    };
    check("close_on = today", 1);
    check("close_on < today", 30);
    check("close_on <= today", 31);
    check("close_on in last 7 days", 8);
    check("close_on in next 7 days", 8);
    check("close_on in this month", 31);
    check("close_on in next month", 29);
    check("close_on in last month", 0);
    check("close_on between 7 days ago and today", 8);
    check("close_on >= 30 days ago", 60);
    check("close_on > 30 days from now", 0);
    check("created_at = today", 60);
    check("created_at < today", 0);
    check("created_at in last 2 hours", 60);
    check("not (close_on in this month)", 29);
    check("预计成交日期 in 本月", 31);
}

#[test]
fn a_column_of_a_row_that_is_an_address_compares_by_its_normal_form() {
    let (crm, ..) = sales(0);
    let people = Value::List(vec![Value::List(vec![
        "李娜".into(),
        "a@wrong.example".into(),
        "138 0000 0000".into(),
        "Li.Na@Example.com".into(),
        Value::Null,
    ])]);
    create(&crm, kind::Lead::NO, &[("name", "线索".into()), ("people", people)]);
    let check = |filter: &str, count: usize| {
        assert_eq!(crm.system().count(&query(kind::Lead::NO, filter)).unwrap(), count, "{filter}");
    };
    check("people.email = \"li.na@example.com\"", 1);
    check("people.email = \"a@wrong.example\"", 0);
    check("people.phone = \"+8613800000000\"", 1);
    check("people.phone contains \"138\"", 1);
    check("people.email is empty", 0);
    check("people.wechat is empty", 1);
    check("people.email != \"li.na@example.com\"", 0);
}

/// A manager of a dozen sellers reads everybody's entries where most are his sellers', and merges his sellers' own
/// where they are few among others'; wherever that changes, a list holds what he sees, once and in order.
#[test]
fn a_manager_of_many_reads_what_his_sellers_own() {
    let (crm, clerk, customer, _) = sales(0);
    let system = crm.system();
    let department = |name: &str| create(&crm, kind::Department::NO, &[("name", name.into())]);
    let (north, south) = (department("north"), department("south"));
    let grant = Grant { kind: "*".into(), actions: Action::ALL.to_vec(), scope: Scope::DepartmentBelow };
    let role = DefineRole {
        role: None,
        revision: None,
        name: "manager".into(),
        grants: vec![grant],
        fields: vec![],
        administrator: false,
    };
    let roles = Value::List(vec![system.execute(role).unwrap().into()]);
    let user = |name: String, department: RecordRef| {
        let names = [("login", name.as_str().into()), ("name", name.as_str().into())];
        let rest = [("department", department.into()), ("roles", roles.clone())];
        create(&crm, kind::User::NO, &[names, rest].concat())
    };
    let manager: UserId = user("manager".into(), north).as_id().unwrap();
    let sellers: Vec<_> = (0..12).map(|n| user(format!("seller {n}"), north)).collect();
    let other = user("other".into(), south);
    let first = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let mut theirs = Vec::new();
    for place in 0..240u64 {
        // Every third is another's at first, then five in six; a stretch of a hundred holds none of the sellers'.
        let own = if place < 60 { place % 3 > 0 } else { place % 6 == 0 && !(100..200).contains(&place) };
        let owner = if own { sellers[place as usize % 12] } else { other };
        let day = first + chrono::Days::new(place);
        let fields = [("name", "deal".into()), ("customer", customer.into()), ("close_on", day.into())];
        let deal = create(&crm, kind::Opportunity::NO, &[&fields[..], &[("owner", owner.into())]].concat());
        if own {
            theirs.push(deal);
        }
    }
    let session = crm.session(Actor::User(manager));
    for limit in [1, 7, 1_000] {
        let deals = query(kind::Opportunity::NO, "").limit(limit);
        let mut expected = theirs.clone();
        assert_eq!(walk(session, &deals.clone().sort("close_on")), expected);
        let mut by_id = theirs.clone();
        by_id.sort();
        assert_eq!(walk(session, &deals.clone().sort("id")), by_id);
        let late: Vec<_> = expected.iter().copied().skip(20).collect();
        let from = query(kind::Opportunity::NO, &format!("close_on >= {}", first + chrono::Days::new(30)));
        assert_eq!(walk(session, &from.limit(limit).sort("close_on")), late);
        expected.reverse();
        assert_eq!(walk(session, &deals.sort_down("close_on").sort_down("id")), expected);
    }
    assert_eq!(session.count(&query(kind::Opportunity::NO, "")).unwrap(), theirs.len());
    assert_eq!(walk(crm.session(Actor::User(clerk)), &query(kind::Opportunity::NO, "")), []);
}
