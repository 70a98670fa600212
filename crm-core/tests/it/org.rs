//! The organisation and its definitions on a real engine, by commands as data.

use crm_core::base::kind;
use crm_core::base::kind::CustomFieldId;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::org::{CustomField, Numbering, Settings, User};
use crm_core::prelude::*;
use serde_json::{Value as Json, json};

pub fn open() -> (Crm, std::sync::Arc<ManualClock>) {
    let (host, clock) = Host::fixed("2026-03-02T01:00:00Z".parse().unwrap(), 11);
    (Crm::open(MemoryStore::new(), host).unwrap(), clock)
}

/// Runs a command that must do.
pub fn run(session: Session<'_>, name: &str, input: Json) -> Json {
    session.execute_named(name, input.clone()).unwrap_or_else(|error| panic!("{name} {input}: {error}"))
}

/// The codes with which a command is turned down.
pub fn codes(session: Session<'_>, name: &str, input: Json) -> Vec<String> {
    match session.execute_named(name, input.clone()) {
        Err(Error::Refused(refusals)) => refusals.into_iter().map(|refusal| refusal.code).collect(),
        Err(Error::Invalid(invalid)) => invalid.into_iter().map(|invalid| invalid.code).collect(),
        Err(error) => vec![error.code().to_owned()],
        Ok(output) => panic!("{name} {input} answered {output}"),
    }
}

pub fn id<K: Kind>(json: &Json) -> Id<K> {
    json.as_str().unwrap().parse().unwrap()
}

pub fn user(session: Session<'_>, login: &str, more: Json) -> UserId {
    let mut input = json!({"login": login, "name": login});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    id(&run(session, "user.create", input))
}

fn customer(session: Session<'_>, name: &str, more: Json) -> RecordRef {
    let mut fields = json!({"name": name});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = run(session, "record.create", json!({"kind": "customer", "fields": fields}));
    made.as_str().unwrap().parse().unwrap()
}

#[test]
fn nobody_stands_above_himself() {
    let (crm, _) = open();
    let system = crm.system();
    let top = run(system, "department.create", json!({"name": "总部"}));
    let sales = run(system, "department.create", json!({"name": "销售部", "parent": top}));
    let east = run(system, "department.create", json!({"name": "东区", "parent": sales}));
    let cycle = json!({"department": top, "parent": east});
    assert_eq!(codes(system, "department.update", cycle.clone()), ["department.cycle"]);
    let plain = json!({"record": top, "fields": {"parent": top}});
    assert_eq!(codes(system, "record.update", plain), ["department.cycle"]);
    run(system, "department.update", json!({"department": east, "name": "华东区", "parent": top}));
    run(system, "department.update", json!({"department": sales, "parent": east}));

    let boss = user(system, "boss", json!({"department": top}));
    let head = user(system, "head", json!({"manager": boss}));
    let clerk = user(system, "clerk", json!({"manager": head, "department": east}));
    assert_eq!(codes(system, "user.update", json!({"user": boss, "manager": clerk})), ["user.manager_cycle"]);
    run(system, "user.update", json!({"user": clerk, "manager": boss, "position": "销售"}));
    assert_eq!(codes(system, "user.create", json!({"login": "BOSS ", "name": "x"})), ["value.taken"]);
    assert_eq!(codes(system, "record.delete", json!({"record": clerk, "reason": ""})), ["user.delete"]);
    assert_eq!(codes(system, "record.delete", json!({"record": east, "reason": ""})), ["record.in_use"]);
    let clerk: User = system.get(clerk).unwrap();
    assert_eq!((clerk.position.as_str(), clerk.manager), ("销售", Some(boss)));
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn rights_are_given_by_who_has_them() {
    let (crm, _) = open();
    let system = crm.system();
    let all = run(system, "role.define", json!({"name": "管理员", "administrator": true}));
    let grant = |kind: &str, actions: &[&str]| json!({"kind": kind, "actions": actions, "scope": "all"});
    let staff = [grant("user", &["read", "create", "update"]), grant("role", &["read", "update"])];
    let staff = run(system, "role.define", json!({"name": "人事", "grants": staff}));
    let giver = [grant("user", &["read", "create", "update"]), grant("role", &["read", "assign"])];
    let giver = run(system, "role.define", json!({"name": "人事主管", "grants": giver}));
    let root = user(system, "root", json!({"roles": [all]}));
    let clerk = user(system, "clerk", json!({"roles": [staff]}));
    let chief = user(system, "chief", json!({"roles": [giver]}));
    let (root, clerk_session, chief) =
        (crm.session(Actor::User(root)), crm.session(Actor::User(clerk)), crm.session(Actor::User(chief)));

    let plain = json!({"user": clerk, "roles": [staff, giver]});
    assert_eq!(codes(clerk_session, "user.update", plain.clone()), ["permission.denied"]);
    run(chief, "user.update", plain);
    let high = json!({"user": clerk, "roles": [staff, all]});
    assert_eq!(codes(chief, "user.update", high.clone()), ["user.role_above"]);
    let own = json!({"role": staff, "name": "人事", "administrator": true});
    assert_eq!(codes(clerk_session, "role.define", own.clone()), ["role.administrators_only"]);
    run(root, "user.update", high);
    run(root, "role.define", json!({"role": staff, "revision": 1, "name": "人力资源"}));
    assert_eq!(
        codes(root, "role.define", json!({"role": staff, "revision": 1, "name": "x"})),
        ["record.stale"]
    );
    let wrong = json!({
        "name": "x",
        "grants": [{"kind": "cusomer", "actions": ["read"], "scope": "own"}],
        "fields": [{"kind": "customer", "field": "salary", "access": "hidden"}],
    });
    assert_eq!(codes(root, "role.define", wrong), ["kind.unknown", "field.unknown"]);
}

#[test]
fn sign_ins_are_reported_by_the_host() {
    let (crm, clock) = open();
    let system = crm.system();
    let (one, other) = (user(system, "one", json!({})), user(system, "other", json!({})));
    clock.set("2026-03-03T00:30:00Z".parse().unwrap());
    run(system, "user.signed_in", json!({"user": one, "from": "10.0.0.7"}));
    let seen: User = system.get(one).unwrap();
    assert_eq!(seen.signed_in_at, Some("2026-03-03T00:30:00Z".parse().unwrap()));
    let entries = system.journal(one.record(), None, 10).unwrap();
    let sign_ins: Vec<_> = entries.iter().filter(|entry| entry.action == "user.signed_in").collect();
    assert_eq!((sign_ins.len(), sign_ins[0].reason.as_str()), (1, "10.0.0.7"));
    let other_session = crm.session(Actor::User(other));
    assert_eq!(codes(other_session, "user.signed_in", json!({"user": one})), ["user.sign_in_of_another"]);
    run(other_session, "user.signed_in", json!({"user": other}));
    run(system, "user.disable", json!({"user": other}));
    assert_eq!(codes(system, "user.signed_in", json!({"user": other})), ["user.disabled"]);
    run(system, "user.enable", json!({"user": other}));
    run(system, "user.signed_in", json!({"user": other}));
}

#[test]
fn custom_fields_are_checked_when_defined() {
    let (crm, _) = open();
    let system = crm.system();
    let check = |input: Json, expected: &[&str]| {
        let mut field = json!({"kind": "customer", "name": "machine", "ty": "text"});
        field.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        assert_eq!(codes(system, "field.define", field), expected, "{input}");
    };
    check(json!({"name": "2nd"}), &["field.name_form"]);
    check(json!({"name": "and"}), &["field.name_form"]);
    check(json!({"name": "name"}), &["field.name_taken"]);
    check(json!({"zh": "级别"}), &["field.name_taken"]);
    check(json!({"ty": "choice"}), &["field.choices"]);
    check(json!({"choices": [{"code": "a", "en": "", "zh": ""}]}), &["field.choices"]);
    let twice = json!([{"code": "a", "en": "A", "zh": "甲"}, {"code": "b", "en": "B", "zh": "甲"}]);
    check(json!({"ty": "choice", "choices": twice}), &["field.choice_twice"]);
    check(json!({"ty": "table"}), &["field.columns"]);
    check(json!({"target": "customer"}), &["field.target"]);
    check(json!({"ty": "bool", "unique": true}), &["field.unique"]);
    check(json!({"unique": true, "default": "x"}), &["field.unique"]);
    check(json!({"ty": "date", "pattern": "##"}), &["field.pattern"]);
    check(json!({"ty": "number", "least": "3", "most": "2"}), &["field.range"]);
    check(json!({"ty": "number", "least": "3", "default": "2"}), &["field.default"]);
    check(json!({"pattern": "##", "default": "x1"}), &["field.default"]);
    check(
        json!({"ty": "number", "name": "or", "default": "many", "pattern": "#"}),
        &["field.name_form", "field.pattern", "field.default"],
    );
    let by_hand = json!({"kind": "custom_field", "fields": {"kind": "customer", "name": "x1"}});
    // A plain creation gives no number.
    assert_eq!(codes(system, "record.create", by_hand), ["value.required"]);
}

#[test]
fn custom_fields_get_numbers_once_and_keep_what_values_hang_on() {
    let (crm, _) = open();
    let system = crm.system();
    let define = |input: Json| -> CustomFieldId { id(&run(system, "field.define", input)) };
    let machine = define(json!({"kind": "customer", "name": "machine", "zh": "机型", "ty": "text"}));
    let power =
        define(json!({"kind": "customer", "name": "power", "ty": "number", "least": "1", "default": "5"}));
    let other = define(json!({"kind": "lead", "name": "machine", "ty": "text"}));
    let number = |field: CustomFieldId| system.get::<CustomField>(field).unwrap().number;
    assert_eq!([number(machine), number(power), number(other)], [1000, 1001, 1000]);
    let one = customer(system, "甲公司", json!({"机型": "M1"}));
    assert_eq!(system.read(one).unwrap().fields["power"], rust_decimal::Decimal::from(5).into());
    let update = |value: Json| json!({"record": one, "fields": {"power": value}});
    assert_eq!(codes(system, "record.update", update(json!("0.5"))), ["value.range"]);

    let rename = json!({"record": machine, "fields": {"name": "model"}});
    assert_eq!(codes(system, "record.update", rename), ["field.fixed"]);
    assert_eq!(codes(system, "record.delete", json!({"record": power, "reason": ""})), ["field.delete"]);
    run(system, "field.change", json!({"field": power, "zh": "功率", "required": true, "default": ""}));
    let without = json!({"kind": "customer", "fields": {"name": "乙公司"}});
    assert_eq!(codes(system, "record.create", without.clone()), ["value.required"]);
    run(system, "field.retire", json!({"field": power}));
    run(system, "record.create", without);
    assert_eq!(codes(system, "record.update", update(json!("7"))), ["field.retired"]);
    assert_eq!(system.read(one).unwrap().fields["power"], rust_decimal::Decimal::from(5).into());
    run(system, "field.restore", json!({"field": power}));
    run(system, "record.update", update(json!("7")));
    let more = define(json!({"kind": "customer", "name": "more", "ty": "text"}));
    assert_eq!(number(more), 1002);
}

#[test]
fn a_field_becomes_unique_where_no_two_records_share_a_value() {
    let (crm, _) = open();
    let system = crm.system();
    let field = run(system, "field.define", json!({"kind": "customer", "name": "serial", "ty": "text"}));
    let one = customer(system, "甲公司", json!({"serial": "S1"}));
    let two = customer(system, "乙公司", json!({"serial": "S1"}));
    customer(system, "丙公司", json!({}));
    customer(system, "丁公司", json!({}));
    let unique = |yes: bool| json!({"field": field, "unique": yes});
    assert_eq!(codes(system, "field.change", unique(true)), ["field.not_unique"]);
    let serial = |record: RecordRef, serial: &str| json!({"record": record, "fields": {"serial": serial}});
    run(system, "record.update", serial(two, "S2"));
    run(system, "field.change", unique(true));
    assert_eq!(codes(system, "record.update", serial(two, "S1")), ["value.taken"]);
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
    run(system, "record.update", serial(one, "S3"));
    run(system, "record.update", serial(two, "S1"));
    run(system, "field.change", unique(false));
    run(system, "record.update", serial(one, "S1"));
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
    assert_eq!(codes(system, "field.change", unique(true)), ["field.not_unique"]);
}

#[test]
fn filters_of_rules_are_checked_when_saved() {
    let (crm, _) = open();
    let system = crm.system();
    let one = user(system, "one", json!({}));
    let share = |filter: &str| json!({"name": "东区", "kind": "customer", "filter": filter, "users": [one]});
    let message = |input: Json| system.execute_named("share.define", input).unwrap_err().to_string();
    assert_eq!(codes(system, "share.define", share("level = ")), ["filter.syntax"]);
    assert!(message(share("level = ")).contains("at 8"), "{}", message(share("level = ")));
    let wrong = share("level = \"a\" and colour = \"red\" and sise > 3");
    assert_eq!(
        codes(system, "share.define", wrong.clone()),
        ["filter.unknown_field", "filter.unknown_field"]
    );
    assert!(message(wrong.clone()).contains("at 16") && message(wrong).contains("at 35"));
    assert_eq!(
        codes(system, "share.define", json!({"name": "x", "kind": "customer"})),
        ["share.with_nobody"]
    );
    run(system, "share.define", share("level = \"a\""));

    let rule = |when: &str, holds: &str, field: &str| json!({"name": "大客户要有来源", "kind": "customer", "when": when, "holds": holds, "field": field});
    let wrong = rule("level = \"z\"", "notes", "color");
    let found = codes(system, "validation.define", wrong);
    assert_eq!(found.len(), 3, "{found:?}");
    run(system, "validation.define", rule("level = \"a\"", "notes is not empty", "notes"));
    let create = |fields: Json| json!({"kind": "customer", "fields": fields});
    let bad = create(json!({"name": "甲公司", "level": "a"}));
    assert_eq!(codes(system, "record.create", bad), ["value.rule"]);
    run(system, "record.create", create(json!({"name": "甲公司", "level": "a", "notes": "展会"})));
}

#[test]
fn numbering_rules_make_codes() {
    let (crm, _) = open();
    let system = crm.system();
    let define = |template: &str| json!({"kind": "customer", "template": template});
    assert_eq!(codes(system, "numbering.define", define("C{yyyy}")), ["numbering.template"]);
    let rule = run(system, "numbering.define", define("C{n:3}"));
    assert_eq!(run(system, "numbering.define", define("K{yyyy}-{n:3}")), rule);
    assert_eq!(system.get::<Numbering>(id(&rule)).unwrap().template, "K{yyyy}-{n:3}");
}

#[test]
fn settings_are_typed_and_journalled() {
    let (crm, _) = open();
    let system = crm.system();
    let check = |input: Json, expected: &[&str]| {
        assert_eq!(codes(system, "settings.change", input.clone()), expected, "{input}");
    };
    check(json!({"zone": "Asia/Atlantis"}), &["settings.zone"]);
    check(json!({"region": "China"}), &["settings.region"]);
    check(json!({"fiscal_start": 13}), &["settings.fiscal_start"]);
    check(json!({"extra_workdays": ["2026-03-03"]}), &["settings.extra_workday"]);
    check(json!({"retention_days": -1}), &["settings.retention"]);
    let rate = json!({"currency": "USD", "from": "2026-01-01", "rate": "0"});
    check(json!({"rates": [rate], "zone": "x"}), &["settings.zone", "settings.rate"]);
    let rate = json!({"currency": "USD", "from": "2026-01-01", "rate": "7.1"});
    run(system, "settings.change", json!({"zone": "Europe/Berlin", "rates": [rate]}));
    run(system, "settings.change", json!({"fiscal_start": 4, "revision": 1, "retention_days": 30}));
    check(json!({"fiscal_start": 5, "revision": 1}), &["record.stale"]);
    run(system, "settings.change", json!({"retention_days": 0, "holidays": ["2026-05-01", "2026-05-01"]}));
    let settings: Settings = system.get(crm_core::domain::org::SETTINGS).unwrap();
    assert_eq!((settings.zone.as_str(), settings.fiscal_start), ("Europe/Berlin", Some(4)));
    assert_eq!((settings.retention_days, settings.holidays.len()), (None, 1));
    let journal = system.journal(settings.record_ref(), None, 10).unwrap();
    assert_eq!(journal.len(), 3);
    let second = json!({"kind": "settings", "fields": {"zone": "Asia/Shanghai"}});
    assert_eq!(codes(system, "record.create", second), ["settings.one"]);
}

/// The customer's lifecycle with its states renamed or left out.
fn lifecycle(states: &[&str]) -> Json {
    let state = |code: &&str| json!({"code": code, "en": code, "zh": code, "class": "open"});
    let forth = states.windows(2).map(|pair| json!({"from": pair[0], "to": pair[1]}));
    let back = states.windows(2).map(|pair| json!({"from": pair[1], "to": pair[0]}));
    json!({
        "name": "customer", "label_en": "Customer", "label_zh": "客户", "kind": "customer",
        "states": states.iter().map(state).collect::<Vec<_>>(),
        "initial": [states[0]],
        "moves": forth.chain(back).collect::<Vec<_>>(),
    })
}

#[test]
fn records_follow_when_their_lifecycle_changes() {
    let (crm, _) = open();
    let system = crm.system();
    let one = customer(system, "甲公司", json!({}));
    let state = || system.read(one).unwrap().fields["state"].clone();
    assert_eq!(state(), "new".into());
    let mut bad = lifecycle(&["fresh", "known"]);
    bad["states"][1]["class"] = json!("opened");
    assert_eq!(codes(system, "lifecycle.define", json!({"definition": bad})), ["command.malformed"]);
    let mut bad = lifecycle(&["fresh", "known"]);
    bad["moves"] = json!([{"from": "fresh", "to": "lost", "requires_fields": ["mood"]}]);
    let found = codes(system, "lifecycle.define", json!({"definition": bad}));
    for code in ["lifecycle.state_unknown", "lifecycle.state_unreachable", "lifecycle.field_unknown"] {
        assert!(found.iter().any(|found| found == code), "{code}: {found:?}");
    }
    let next = lifecycle(&["fresh", "known"]);
    let define = |map: Json| json!({"definition": next, "default": true, "map": map});
    assert_eq!(codes(system, "lifecycle.define", define(json!({}))), ["lifecycle.state_unmapped"]);
    let wrong = define(json!({"old": "fresh", "new": "gone"}));
    assert_eq!(
        codes(system, "lifecycle.define", wrong),
        ["lifecycle.map_target_unknown", "lifecycle.map_source_unknown",]
    );
    assert_eq!(state(), "new".into());
    let done = run(system, "lifecycle.define", define(json!({"new": "fresh"})));
    assert_eq!(done["moved"], json!(1));
    assert_eq!(state(), "fresh".into());
    let since = system.read(one).unwrap().fields["state_since"].clone();
    assert_eq!(since, Value::Instant("2026-03-02T01:00:00Z".parse().unwrap()));
    let again = run(system, "lifecycle.define", define(json!({})));
    assert_eq!((&again["lifecycle"], &again["moved"]), (&done["lifecycle"], &json!(0)));
    let gone = json!({"record": done["lifecycle"], "reason": ""});
    assert_eq!(codes(system, "record.delete", gone), ["lifecycle.delete"]);
    assert_eq!(customer_state(system, "乙公司"), "fresh".into());
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
}

fn customer_state(session: Session<'_>, name: &str) -> Value {
    let record = customer(session, name, json!({}));
    session.read(record).unwrap().fields["state"].clone()
}

#[test]
fn pipelines_come_from_documents() {
    let (crm, _) = open();
    let system = crm.system();
    let document = "销售管道:\n  名称: 大单\n  阶段:\n    - 名称: 立项\n      概率: 20%\n    - 名称: 成交\n      概率: 100%\n";
    let done = run(system, "lifecycle.load", json!({"document": document, "default": true}));
    assert_eq!((done.as_array().unwrap().len(), &done[0]["moved"]), (1, &json!(0)));
    let one = customer(system, "甲公司", json!({}));
    let deal = json!({"kind": "opportunity", "fields": {"name": "一期", "customer": one}});
    let deal: RecordRef = run(system, "record.create", deal).as_str().unwrap().parse().unwrap();
    let fields = system.read(deal).unwrap().fields;
    assert_eq!((&fields["lifecycle"], &fields["state"]), (&"大单".into(), &"立项".into()));
    let faulty = document.replace("概率: 20%", "概律: 20%");
    let Err(Error::Invalid(faults)) = system.execute_named("lifecycle.load", json!({"document": faulty}))
    else {
        panic!("it loaded")
    };
    assert_eq!(faults[0].code, "document.key_unknown");
    assert!(faults[0].to_string().contains("line 5, column 7"), "{}", faults[0]);
    let mark = faults[0].mark.as_ref().unwrap();
    assert_eq!((mark.marked.as_str(), faults[0].suggestion.as_deref()), ("概律", Some("概率")));
}

#[test]
fn a_bill_of_materials_behaves_as_built_in_rows() {
    let (crm, _) = open();
    let system = crm.system();
    let columns = json!([
        {"name": "part", "zh": "零件", "ty": "reference", "target": "product"},
        {"name": "count", "zh": "数量", "ty": "number"},
        {"name": "finish", "zh": "表面", "ty": "choice", "choices": [
            {"code": "raw", "en": "Raw", "zh": "毛坯"}, {"code": "paint", "en": "Painted", "zh": "喷漆"},
        ]},
    ]);
    let define = json!({"kind": "opportunity", "name": "materials", "zh": "物料清单", "ty": "table", "columns": columns});
    system.execute_named("field.define", define).unwrap();
    let create = |kind: &str, fields: Json| {
        let made = system.execute_named("record.create", json!({"kind": kind, "fields": fields}));
        made.map(|id| serde_json::from_value::<RecordRef>(id).unwrap())
    };
    let frame =
        create("product", json!({"code": "F1", "name": "frame", "category": "steel/frames"})).unwrap();
    let deal = create(
        "opportunity",
        json!({"name": "press", "materials": [
            [frame, 2, "喷漆"],
            [null, "0.5"],
        ]}),
    );
    let deal = deal.unwrap_or_else(|error| panic!("{error}"));
    create("opportunity", json!({"name": "other"})).unwrap();
    let lines = json!([[frame, null, "1", "5 CNY"]]);
    let lined = create("opportunity", json!({"name": "lined", "lines": lines})).unwrap();

    let check = |filter: &str, found: &[RecordRef]| {
        let query = Query::of(kind::Opportunity::NO).filter(filter.parse().unwrap());
        let rows = system.list::<Opportunity>(&query).unwrap_or_else(|error| panic!("{filter}: {error}"));
        let records: Vec<RecordRef> = rows.items.iter().map(|deal| deal.record_ref()).collect();
        assert_eq!(records, found, "{filter}");
    };
    check("materials.count > 1", &[deal]);
    check("物料清单.数量 > 5", &[]);
    check("materials.finish = \"Painted\"", &[deal]);
    check(&format!("materials.part = {frame}"), &[deal]);
    check("materials.part.category starts with \"steel\"", &[deal]);
    check("物料清单.零件.产品编码 = \"F1\"", &[deal]);
    check("materials.part.name = \"bolt\"", &[]);
    check("lines.product.name = \"frame\"", &[lined]);
    check("lines.product.category is not empty", &[lined]);

    let refused = |fields: Json, expected: &[(&str, &str)]| {
        let error = create("opportunity", fields.clone()).unwrap_err();
        let Error::Invalid(problems) = &error else { panic!("{fields}: {error}") };
        let told: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.field.as_str(), problem.code.as_str())).collect();
        assert_eq!(told, expected, "{fields}");
    };
    refused(json!({"name": "x", "materials": [[null, "many"]]}), &[("materials", "value.type")]);
    refused(json!({"name": "x", "materials": [[null, null, "gold"]]}), &[("materials", "value.type")]);
    refused(json!({"name": "x", "materials": [[deal]]}), &[("materials", "value.type")]);
    // Nothing takes a part away that a bill names.
    let delete = json!({"record": frame, "revision": null, "reason": ""});
    assert_eq!(system.execute_named("record.delete", delete).unwrap_err().code(), "record.in_use");
    assert_eq!(
        codes(
            system,
            "field.define",
            json!({"kind": "lead", "name": "rows", "ty": "table", "columns": [
                {"name": "a", "ty": "choice"}, {"name": "b", "ty": "text", "target": "lead"},
            ]})
        ),
        ["field.choices", "field.target"]
    );
}
