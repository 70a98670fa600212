//! Who may see and do what: the cases in which other systems leaked, each by name.

use std::collections::BTreeMap;

use crm_core::base::kind::{self, KINDS};
use crm_core::domain::activity::Activity;
use crm_core::domain::lead::LeadDraft;
use crm_core::domain::model::Purpose;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::org::{
    ChangeSettings, CreateTeam, CreateUser, DefineRole, DefineShare, FieldRule, Grant, UpdateUser,
};
use crm_core::domain::party::{Contact, Customer};
use crm_core::engine::command_names;
use crm_core::engine::flows::capture::CaptureLead;
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::engine::insight::{
    ActivityQuery, ChurnQuery, ForecastQuery, FunnelQuery, LifetimeQuery, RfmQuery, TrainingQuery,
};
use crm_core::insight::learn;
use crm_core::prelude::*;
use crm_core::record::action::Scope;
use serde_json::{Value as Json, json};

mod fields;

/// What nobody but the owner and his superiors may ever read; every secret text has it inside.
const SECRET: &str = "秘密";

/// A company: an owner with records of every kind, a stranger with every right on his own records, an outsider with
/// none.
struct Office {
    crm: Crm,
    owner: UserId,
    stranger: UserId,
    outsider: UserId,
    own: RoleId,
    records: BTreeMap<&'static str, RecordRef>,
}

fn values(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn kind_no(name: &str) -> KindNo {
    KindNo::from_name(name).unwrap()
}

fn everything_of(kind: &str, scope: Scope) -> Grant {
    use crm_core::base::choice::Choice;
    Grant { kind: kind.into(), actions: Action::ALL.to_vec(), scope }
}

impl Office {
    fn open() -> Office {
        let (host, _) = Host::fixed("2026-03-02T02:00:00Z".parse().unwrap(), 3);
        let crm = Crm::open(MemoryStore::new(), host).unwrap();
        let own = role(&crm, "own", vec![everything_of("*", Scope::Own)], vec![]);
        let owner = user(&crm, "owner", vec![own]);
        let stranger = user(&crm, "stranger", vec![own]);
        let outsider = user(&crm, "outsider", vec![]);
        let mut office = Office { crm, owner, stranger, outsider, own, records: BTreeMap::new() };
        let phones = Value::List(vec!["138 1234 0000".into()]);
        let customer = office
            .add("customer", &[("name", "秘密客户".into()), ("phones", phones), ("owner", owner.into())]);
        let contact = office.add("contact", &[("name", "秘密联系人".into())]);
        office.add("contact_link", &[("contact", contact.into()), ("customer", customer.into())]);
        office.add(
            "opportunity",
            &[
                ("name", "秘密商机".into()),
                ("customer", customer.into()),
                ("owner", owner.into()),
                ("amount", "5000 CNY".into()),
            ],
        );
        let emails = Value::List(vec!["secret@example.com".into()]);
        office.add(
            "lead",
            &[
                ("name", "秘密线索".into()),
                ("company", "秘密科技有限公司".into()),
                ("emails", emails),
                ("owner", owner.into()),
            ],
        );
        office.add(
            "task",
            &[("subject", "秘密任务".into()), ("about", customer.into()), ("owner", owner.into())],
        );
        office.add(
            "activity",
            &[
                ("kind", "call".into()),
                ("at", "2026-03-01T02:00:00Z".into()),
                ("about", customer.into()),
                ("subject", "秘密电话".into()),
            ],
        );
        office
    }

    fn add(&mut self, kind: &'static str, pairs: &[(&str, Value)]) -> RecordRef {
        let command = CreateRecord { kind: kind_no(kind), fields: values(pairs) };
        let record = self.crm.system().execute(command).unwrap();
        self.records.insert(kind, record);
        record
    }

    fn as_user(&self, user: UserId) -> Session<'_> {
        self.crm.session(Actor::User(user))
    }

    fn id<K: Kind>(&self, kind: &str) -> Id<K> {
        self.records[kind].as_id().unwrap()
    }

    fn revisions(&self) -> Vec<u64> {
        self.records.values().map(|record| self.crm.system().read(*record).unwrap().revision).collect()
    }
}

fn role(crm: &Crm, name: &str, grants: Vec<Grant>, rules: Vec<FieldRule>) -> RoleId {
    let command = DefineRole {
        role: None,
        revision: None,
        name: name.into(),
        grants,
        fields: rules,
        administrator: false,
    };
    crm.system().execute(command).unwrap()
}

fn user(crm: &Crm, login: &str, roles: Vec<RoleId>) -> UserId {
    let command: CreateUser = serde_json::from_value(json!({
        "login": login, "name": login, "department": null, "manager": null, "roles": roles, "capacity": null
    }))
    .unwrap();
    crm.system().execute(command).unwrap()
}

fn update(record: RecordRef, pairs: &[(&str, Value)]) -> UpdateRecord {
    UpdateRecord { record, revision: None, fields: values(pairs) }
}

/// Case 1 (Krayin #2458, #2559): lists checked the owner, edits did not, and an update could reassign.
#[test]
fn case_1_every_verb_goes_through_one_gate() {
    let office = Office::open();
    let before = office.revisions();
    let stranger = office.as_user(office.stranger);
    for record in office.records.values().copied() {
        let unknown = RecordRef::new(record.kind, 12345);
        let words = |error: Error| {
            error.to_string().replace(&record.to_string(), "it").replace(&unknown.to_string(), "it")
        };
        let same = |outcomes: [Error; 2], verb: &str| {
            let [hidden, unknown] = outcomes.map(words);
            assert_eq!(hidden, unknown, "{verb} of {record}");
            assert!(hidden.starts_with("there is no "), "{verb}: {hidden}");
        };
        let both = [record, unknown];
        same(both.map(|record| stranger.read(record).unwrap_err()), "read");
        same(both.map(|record| stranger.execute(update(record, &[])).unwrap_err()), "update");
        let delete = |record| DeleteRecord { record, revision: None, reason: String::new() };
        same(both.map(|record| stranger.execute(delete(record)).unwrap_err()), "delete");
        same(both.map(|record| stranger.journal(record, None, 1).unwrap_err()), "journal");
        same(both.map(|record| stranger.why(Action::Delete, record).unwrap_err()), "why");
        let past = stranger.as_of(office.crm.now());
        same(both.map(|record| past.read(record).unwrap_err()), "read of the past");
        assert_eq!(stranger.count(&Query::of(record.kind)).unwrap(), 0);
    }
    assert_eq!(office.revisions(), before);
    // Who may change a record may not give it away: that is a right of its own.
    let no_assign = Grant {
        kind: "*".into(),
        actions: vec![Action::Read, Action::Create, Action::Update],
        scope: Scope::Own,
    };
    let keeper = role(&office.crm, "keeper", vec![no_assign], vec![]);
    let keeper = user(&office.crm, "keeper", vec![keeper]);
    let command = CreateRecord {
        kind: kind::Lead::NO,
        fields: values(&[("name", "mine".into()), ("owner", keeper.into())]),
    };
    let mine = office.as_user(keeper).execute(command).unwrap();
    let give = update(mine, &[("owner", office.stranger.into())]);
    assert_eq!(office.as_user(keeper).execute(give).unwrap_err().code(), "permission.denied");
    let command = CreateRecord {
        kind: kind::Lead::NO,
        fields: values(&[("name", "his".into()), ("owner", office.stranger.into())]),
    };
    assert_eq!(office.as_user(keeper).execute(command).unwrap_err().code(), "permission.denied");
}

/// What a field of a command may be given, the likeliest first: records that there are, then such as there aren't.
fn candidates(office: &Office, field: &str) -> Vec<Json> {
    if field == "definition" {
        return vec![json!(crm_core::record::lifecycle::defaults::lead())];
    }
    let ids: Vec<Json> = office.records.values().map(|record| json!(record.to_string())).collect();
    let named = office.records.get(field).map(|record| json!(record.to_string()));
    let user = json!(office.owner.to_string());
    let mut all: Vec<Json> = named.into_iter().collect();
    all.extend(ids.iter().cloned());
    all.extend([user.clone(), json!(office.own.to_string())]);
    all.extend(KINDS.iter().map(|kind| json!(RecordRef::new(kind.no, 12345).to_string())));
    all.extend(ids.iter().map(|id| json!([id])));
    all.extend([
        json!("lead"),
        json!("call"),
        json!("A"),
        json!("lead_score"),
        json!("parent"),
        json!("won"),
        json!("2026-03-01"),
        json!("2026-03-01T00:00:00Z"),
        json!(1),
        json!("1"),
        json!(true),
        json!([user]),
        json!([]),
        json!({}),
        json!({"name": "n", "company": "c"}),
        json!({"at": "2026-03-01T00:00:00Z", "work": "w", "about": ids[0], "note": ""}),
        json!({"quantity": "1", "on": "2026-03-01", "currency": "CNY"}),
        json!({"quantity": "1"}),
        json!("text"),
    ]);
    if field == "model" {
        all.push(json!(trained()));
    }
    if field == "figures" {
        let empty = <crm_core::domain::forecast::Forecast as crm_core::record::spec::Record>::empty;
        all.push(json!(empty(Id::from_u128(0))));
    }
    all
}

/// A model of nothing in particular.
fn trained() -> learn::Model {
    let numbers: Vec<f64> = (0..100).map(f64::from).collect();
    let good: Vec<bool> = (0..100).map(|number| number % 3 == 0).collect();
    let table = learn::Table::new(vec![learn::Column::number("score", &numbers)]).unwrap();
    let learner = learn::Learner::Bayes(learn::bayes::Options::default());
    let training = learn::Training { learner, ..learn::Training::default() };
    learn::train(&table, &good, None, &training, std::num::NonZeroUsize::MIN).unwrap()
}

/// Runs a command with every field that it asks for filled in so that it can be read; none when none fits.
fn attempt(office: &Office, session: Session<'_>, name: &str) -> Option<Result<Json>> {
    let mut given: Vec<(String, usize)> = Vec::new();
    for _ in 0..2_000 {
        let value = |(field, place): &(String, usize)| {
            candidates(office, field).get(*place).map(|value| (field.clone(), value.clone()))
        };
        let input: serde_json::Map<String, Json> = given.iter().map(value).collect::<Option<_>>()?;
        match session.execute_named(name, Json::Object(input)) {
            Err(error) if error.code() == "command.malformed" => {
                let text = error.to_string();
                let missing = text.split("missing field `").nth(1).and_then(|rest| rest.split('`').next());
                let known = |missing: &str| given.iter().any(|(field, _)| field == missing);
                match missing {
                    Some(missing) if !known(missing) => given.push((missing.to_owned(), 0)),
                    // It is missing within the value before it.
                    Some(_) => drop(given.pop()),
                    None if text.contains("unknown field `") => drop(given.pop()),
                    None => {}
                }
                if missing.is_none_or(|missing| given.iter().all(|(field, _)| field != missing)) {
                    given.last_mut()?.1 += 1;
                }
            }
            outcome => return Some(outcome),
        }
    }
    None
}

/// Case 2 (ruoyi-vue-pro #1159, Fat Free CRM GHSA-9pm8-vwc5-w2hm): one command had forgotten the check. Every command
/// that there is, is given the ids of records that its actor may not see.
#[test]
fn case_2_no_command_reaches_what_its_actor_may_not_see() {
    let office = Office::open();
    let before = office.revisions();
    let mut unread = Vec::new();
    for name in command_names() {
        for actor in [office.stranger, office.outsider] {
            let position = office.crm.position().unwrap();
            let Some(outcome) = attempt(&office, office.as_user(actor), name) else {
                unread.push(name);
                continue;
            };
            let told = match &outcome {
                Ok(output) => output.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(!told.contains(SECRET), "{name}: {told}");
            assert_eq!(office.revisions(), before, "{name} changed what its actor may not see: {told}");
            if actor == office.outsider {
                let changed = office.crm.position().unwrap() != position;
                assert!(!changed, "{name} let one without any right change something: {told}");
            }
        }
    }
    unread.dedup();
    assert_eq!(unread, Vec::<&str>::new(), "commands whose fields this test can't fill");
}

/// Case 2, reading: what happened with an unseen customer is not read by its own id either, and no way of reading
/// leads around.
#[test]
fn case_2_no_read_leads_around() {
    let office = Office::open();
    let secrets: Vec<RecordRef> = office.records.values().copied().collect();
    for reader in [office.stranger, office.outsider] {
        let session = office.as_user(reader);
        let mut told: Vec<String> = Vec::new();
        let mut tell = |what: String| told.push(what);
        tell(format!("{:?}", session.get::<Activity>(office.id("activity"))));
        tell(format!("{:?}", session.get::<Contact>(office.id("contact"))));
        tell(format!("{:?}", session.get::<Customer>(office.id("customer"))));
        tell(format!("{:?}", session.get::<Opportunity>(office.id("opportunity"))));
        for record in &secrets {
            tell(session.title(*record));
            tell(format!("{:?}", session.rows(&Query::of(record.kind))));
            tell(format!("{:?}", session.as_of(office.crm.now()).rows(&Query::of(record.kind))));
            tell(format!("{:?}", session.explain(&Query::of(record.kind))));
            tell(format!("{:?}", session.timeline(*record, None, 50)));
        }
        tell(format!("{:?}", session.changes(0, 1_000)));
        tell(format!("{:?}", session.board(None, None, 50)));
        tell(format!("{:?}", session.customer_view(office.id("customer"))));
        tell(format!("{:?}", session.deals(&Query::of(kind::Opportunity::NO), &|_| None)));
        tell(format!("{:?}", session.rfm(&RfmQuery::default())));
        tell(format!("{:?}", session.lifetime_values(&LifetimeQuery::default())));
        tell(format!("{:?}", session.churn_risks(&ChurnQuery::default())));
        tell(format!("{:?}", session.funnel(&FunnelQuery::default())));
        tell(format!("{:?}", session.forecast(&ForecastQuery::default())));
        tell(format!("{:?}", session.judge_forecasts(None)));
        tell(format!("{:?}", session.targets_reached(None)));
        tell(format!("{:?}", session.pipeline_change(Instant::MIN, None)));
        tell(format!("{:?}", session.activity_levels(&ActivityQuery::default())));
        tell(format!("{:?}", session.activity_level(office.id("customer"), &ActivityQuery::default())));
        tell(format!("{:?}", session.priorities(None)));
        tell(format!("{:?}", session.train_model(&TrainingQuery::new(Purpose::Win))));
        for text in told {
            assert!(!text.contains(SECRET) && !text.contains("5000"), "{text}");
        }
    }
    // The owner sees them all, so that the test could fail.
    let owner = office.as_user(office.owner);
    for record in secrets {
        assert!(owner.read(record).is_ok(), "{record}");
    }
    assert!(format!("{:?}", owner.board(None, None, 50)).contains(SECRET));
}

/// Case 3 (frappe/crm #1787): saved views and links were unprotected. What steers the engine lies under the same gate,
/// and `*` does not grant it.
#[test]
fn case_3_definitions_lie_under_the_same_gate() {
    let office = Office::open();
    let stranger = office.as_user(office.stranger);
    for kind in [
        "user",
        "role",
        "team",
        "share",
        "custom_field",
        "lifecycle",
        "pool",
        "settings",
        "validation",
        "forecast",
    ] {
        assert_eq!(stranger.count(&Query::of(kind_no(kind))).unwrap(), 0, "{kind}");
        let create = CreateRecord { kind: kind_no(kind), fields: values(&[("name", "x".into())]) };
        assert_eq!(stranger.execute(create).unwrap_err().code(), "permission.denied", "{kind}");
    }
    let role = office.own.record();
    assert!(matches!(stranger.read(role), Err(Error::NotFound(..))));
    assert!(matches!(
        stranger.execute(update(role, &[("administrator", true.into())])),
        Err(Error::NotFound(..))
    ));
    let own = update(office.stranger.record(), &[("roles", Value::Null)]);
    assert!(matches!(stranger.execute(own), Err(Error::NotFound(..))));
    let wide = DefineRole {
        role: Some(office.own),
        revision: None,
        name: "own".into(),
        grants: vec![everything_of("*", Scope::All)],
        fields: vec![],
        administrator: true,
    };
    assert!(stranger.execute(wide).is_err());
    // Even one who may change users gives nobody a role beyond his own rights.
    let personnel = self::role(&office.crm, "personnel", vec![everything_of("user", Scope::All)], vec![]);
    let admin = DefineRole {
        role: None,
        revision: None,
        name: "admin".into(),
        grants: vec![],
        fields: vec![],
        administrator: true,
    };
    let admin = office.crm.system().execute(admin).unwrap();
    let clerk = user(&office.crm, "clerk", vec![personnel]);
    let rise = update(clerk.record(), &[("roles", Value::List(vec![admin.into()]))]);
    assert_eq!(office.as_user(clerk).execute(rise).unwrap_err().code(), "permission.denied");
}

/// Case 4 (frappe #40339): a report took the user as an argument. Who asks is bound to the session; nothing in a
/// command or a query says otherwise.
#[test]
fn case_4_the_actor_is_the_sessions() {
    let office = Office::open();
    let stranger = office.as_user(office.stranger);
    for name in command_names() {
        for field in ["actor", "user_id", "as_user", "principal", "on_behalf_of"] {
            let input = json!({ field: office.owner.to_string() });
            assert!(stranger.execute_named(name, input).is_err(), "{name} takes `{field}`");
        }
    }
    let query = json!({ "kind": "opportunity", "limit": 5, "actor": office.owner.to_string() });
    let rows = serde_json::from_value::<Query>(query).map(|query| stranger.rows(&query).unwrap().items);
    assert!(rows.is_err() || rows.unwrap().is_empty());
    let create = CreateRecord {
        kind: kind::Lead::NO,
        fields: values(&[("name", "n".into()), ("created_by", office.owner.into())]),
    };
    assert!(stranger.execute(create).unwrap_err().has_code("field.read_only"));
    let own = [("name", "n".into()), ("owner", office.stranger.into())];
    let create = CreateRecord { kind: kind::Lead::NO, fields: values(&own) };
    let mine = stranger.execute(create).unwrap();
    assert_eq!(stranger.read(mine).unwrap().fields["created_by"], office.stranger.into());
    assert_eq!(office.crm.system().journal(mine, None, 1).unwrap()[0].actor, Actor::User(office.stranger));
}

/// Case 6: a filter that leads through a reference reads nothing that the actor may not see.
#[test]
fn case_6_paths_stop_at_what_is_not_seen() {
    let office = Office::open();
    let customer = office.records["customer"];
    // The stranger works on a deal of a customer that he does not see.
    let team = Value::List(vec![Value::List(vec![office.stranger.into(), Value::Null])]);
    office.crm.system().execute(update(office.records["opportunity"], &[("team", team)])).unwrap();
    let stranger = office.as_user(office.stranger);
    assert!(matches!(stranger.read(customer), Err(Error::NotFound(..))));
    let asks = |filter: &str| {
        let query = Query::of(kind::Opportunity::NO).filter(filter.parse().unwrap());
        (stranger.count(&query).unwrap(), office.as_user(office.owner).count(&query).unwrap())
    };
    assert_eq!(asks("customer.name starts with \"秘密\""), (0, 1));
    assert_eq!(asks("customer.name is empty"), (1, 0));
    assert_eq!(asks("name starts with \"秘密\""), (1, 1));
    // Nor can he name it in a record of his own: it is unknown, as any unknown one.
    for target in [customer, RecordRef::new(customer.kind, 12345)] {
        let create = CreateRecord {
            kind: kind::Opportunity::NO,
            fields: values(&[("name", "n".into()), ("customer", target.into())]),
        };
        let error = stranger.execute(create).unwrap_err();
        assert_eq!(error.code(), "reference.unknown", "{error}");
        assert!(error.to_string().contains(&format!("there is no customer `{target}`")), "{error}");
    }
}

fn lead_like(company: &str, email: &str) -> CaptureLead {
    let draft = LeadDraft {
        name: "张三".into(),
        company: company.into(),
        emails: vec![email.into()],
        ..LeadDraft::default()
    };
    CaptureLead { lead: draft, ..CaptureLead::default() }
}

/// Case 10 (WuKong `dataCheck`, Cordys `checkRepeatCustomer`): the duplicate check told of records that its caller
/// may not see.
#[test]
fn case_10_a_duplicate_tells_the_fact_alone() {
    let office = Office::open();
    let stranger = office.as_user(office.stranger);
    let told = serde_json::to_string(&stranger.execute(lead_like("别的公司", "secret@example.com")).unwrap())
        .unwrap();
    assert!(!told.contains(SECRET), "{told}");
    assert!(!told.contains(&office.records["lead"].to_string()), "{told}");
    assert!(!told.contains(&office.owner.to_string()) && !told.contains("\"owner\":\"owner\""), "{told}");
    // The tenant may decide that even the fact is kept, or that the owner is named.
    for (disclosure, names_owner) in [("nothing", false), ("owner", true)] {
        let change: ChangeSettings =
            serde_json::from_value(json!({ "duplicate_disclosure": disclosure })).unwrap();
        office.crm.system().execute(change).unwrap();
        let email = format!("{disclosure}@example.com");
        office
            .crm
            .system()
            .execute(update(office.records["lead"], &[("emails", Value::List(vec![email.as_str().into()]))]))
            .unwrap();
        let told = serde_json::to_value(stranger.execute(lead_like("公司", &email)).unwrap()).unwrap();
        assert_eq!(told["hidden"]["owner"].as_str() == Some("owner"), names_owner, "{disclosure}: {told}");
        assert!(!told.to_string().contains(SECRET), "{told}");
    }
}

/// Case 10, scopes: an empty scope denies, and what is taken away is gone at the next call.
#[test]
fn case_10_nothing_granted_is_nothing_seen_and_revocation_counts_at_once() {
    let office = Office::open();
    let department = role(&office.crm, "department", vec![everything_of("*", Scope::Department)], vec![]);
    let nowhere = user(&office.crm, "nowhere", vec![department]);
    // A department scope without a department reaches one's own records alone.
    for who in [nowhere, office.outsider, UserId::from_u128(99)] {
        for kind in office.records.keys() {
            assert_eq!(office.as_user(who).count(&Query::of(kind_no(kind))).unwrap(), 0, "{kind}");
        }
    }
    let deals = Query::of(kind::Opportunity::NO);
    let owner = office.as_user(office.owner);
    let page = owner.rows(&deals.clone().limit(1)).unwrap();
    assert_eq!(page.items.len(), 1);
    let demote: UpdateUser = serde_json::from_value(json!({ "user": office.owner, "roles": [] })).unwrap();
    office.crm.system().execute(demote).unwrap();
    assert_eq!(owner.count(&deals).unwrap(), 0, "the same session sees nothing now");
    assert!(matches!(owner.read(office.records["opportunity"]), Err(Error::NotFound(..))));
    assert!(matches!(owner.execute(update(office.records["opportunity"], &[])), Err(Error::NotFound(..))));
    // A share with an empty team reaches nobody; once the team has a member, it reaches him.
    let team = office.crm.system().execute(CreateTeam { name: "t".into(), members: vec![] }).unwrap();
    let share = DefineShare {
        share: None,
        revision: None,
        name: "s".into(),
        kind: kind::Opportunity::NO,
        filter: String::new(),
        users: vec![],
        teams: vec![team],
        departments: vec![],
        actions: vec![],
    };
    let share = office.crm.system().execute(share).unwrap();
    assert_eq!(office.as_user(office.outsider).count(&deals).unwrap(), 0);
    let members = update(team.record(), &[("members", Value::List(vec![office.outsider.into()]))]);
    office.crm.system().execute(members).unwrap();
    assert_eq!(office.as_user(office.outsider).count(&deals).unwrap(), 1);
    let gone = DeleteRecord { record: share.record(), revision: None, reason: String::new() };
    office.crm.system().execute(gone).unwrap();
    assert_eq!(office.as_user(office.outsider).count(&deals).unwrap(), 0);
}

/// Case 11 (SpiceDB CVE-2022-21646, CVE-2023-35930): lists and checks disagreed. For every scope, every user and every
/// list, what is listed is what can be read one by one. (`model` holds the same for random policies.)
#[test]
fn case_11_lists_and_checks_agree() {
    use crm_core::base::choice::Choice;
    let office = Office::open();
    let system = office.crm.system();
    let department = |name: &str, parent: Option<RecordRef>| {
        let create = CreateRecord {
            kind: kind::Department::NO,
            fields: values(&[("name", name.into()), ("parent", parent.into())]),
        };
        system.execute(create).unwrap()
    };
    let top = department("top", None);
    let below = department("below", Some(top));
    let aside = department("aside", Some(top));
    let mut users = Vec::new();
    for (place, (home, manager)) in
        [(top, None), (below, Some(0)), (below, Some(0)), (aside, Some(1))].into_iter().enumerate()
    {
        for scope in Scope::ALL {
            let name = format!("{scope} {place}");
            let role = role(&office.crm, &name, vec![everything_of("*", *scope)], vec![]);
            let user = user(&office.crm, &name, vec![role]);
            let manager: Option<UserId> = manager.map(|at: usize| users[at]);
            let moved = update(user.record(), &[("department", home.into()), ("manager", manager.into())]);
            system.execute(moved).unwrap();
            users.push(user);
        }
    }
    let mut tasks = vec![office.records["task"]];
    for (place, owner) in users.iter().enumerate() {
        let helper = users[(place * 7 + 3) % users.len()];
        let create = CreateRecord {
            kind: kind::Task::NO,
            fields: values(&[
                ("subject", format!("{place}").into()),
                ("owner", (*owner).into()),
                ("collaborators", Value::List(vec![helper.into()])),
            ]),
        };
        tasks.push(system.execute(create).unwrap());
    }
    tasks.sort();
    for user in &users {
        let session = office.as_user(*user);
        let readable: Vec<RecordRef> =
            tasks.iter().copied().filter(|task| session.read(*task).is_ok()).collect();
        for sort in [None, Some("subject"), Some("due_at"), Some("owner")] {
            let mut query = Query::of(kind::Task::NO).limit(3);
            query = sort.map_or(query.clone(), |field| query.sort(field));
            let mut listed = Vec::new();
            loop {
                let page = session.rows(&query).unwrap();
                listed.extend(page.items.iter().map(|row| row.id));
                query.after = page.end;
                if query.after.is_none() {
                    break;
                }
            }
            listed.sort();
            assert_eq!(listed, readable, "{user} by {sort:?}");
            assert_eq!(session.count(&query.after(None)).unwrap(), readable.len());
        }
        for task in &tasks {
            let why = session.why(Action::Read, *task);
            assert_eq!(why.is_ok_and(|why| why.allowed), readable.contains(task));
        }
    }
}

#[test]
fn why_says_what_allows_and_what_forbids() {
    let (office, clerk) = fields::discreet();
    let customer = office.records["customer"];
    let check = |who: Session<'_>, action: Action, allowed: bool, word: &str| {
        let why = who.why(action, customer).unwrap();
        assert_eq!(why.allowed, allowed, "{why:?}");
        assert!(why.reasons.iter().any(|reason| reason.contains(word)), "{why:?} says nothing of `{word}`");
    };
    check(office.crm.system(), Action::Delete, true, "everything");
    check(office.as_user(office.owner), Action::Update, true, "scope");
    check(office.as_user(clerk), Action::Update, true, "discreet");
    check(office.as_user(clerk), Action::Read, true, "`phones` is masked");
    let helpers = update(customer, &[("collaborators", Value::List(vec![office.stranger.into()]))]);
    office.crm.system().execute(helpers).unwrap();
    check(office.as_user(office.stranger), Action::Update, true, "works on");
    check(office.as_user(office.stranger), Action::Delete, false, "out of its scope");
    let share = DefineShare {
        share: None,
        revision: None,
        name: "key accounts".into(),
        kind: kind::Customer::NO,
        filter: "level is not empty".into(),
        users: vec![office.outsider],
        teams: vec![],
        departments: vec![],
        actions: vec![],
    };
    office.crm.system().execute(share).unwrap();
    check(office.as_user(office.outsider), Action::Read, true, "`key accounts`");
    check(office.as_user(office.outsider), Action::Update, false, "no role");
}
