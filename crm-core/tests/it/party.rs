//! Customers, contacts, posts and relations on a real engine.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::kind::{ContactId, ContactLinkId, CustomerId, UserId};
use crm_core::domain::party::*;
use crm_core::engine::flows::edit::{CreateRecord, UpdateRecord};
use crm_core::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn open() -> (Crm, std::sync::Arc<ManualClock>) {
    let (host, clock) = Host::fixed("2026-01-05T01:00:00Z".parse().unwrap(), 7);
    (Crm::open(MemoryStore::new(), host).unwrap(), clock)
}

fn customer(session: &Session<'_>, name: &str) -> CustomerId {
    session.execute(CreateCustomer { name: name.into(), ..CreateCustomer::default() }).unwrap()
}

fn contact(session: &Session<'_>, name: &str, posts: Vec<Post>) -> ContactId {
    session.execute(CreateContact { name: name.into(), posts, ..CreateContact::default() }).unwrap()
}

fn update(session: &Session<'_>, record: RecordRef, pairs: &[(&str, Value)]) -> Result<(), Error> {
    let fields: BTreeMap<String, Value> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    session.execute(UpdateRecord { record, revision: None, fields }).map(|_| ())
}

fn posts(session: &Session<'_>, customer: CustomerId) -> Vec<ContactLink> {
    let filter = format!("customer = {customer}").parse().unwrap();
    let query = Query::of(KindNo::from_name("contact_link").unwrap()).filter(filter);
    session.list::<ContactLink>(&query).unwrap().items
}

fn primary(session: &Session<'_>, customer: CustomerId) -> Vec<ContactId> {
    let posts = posts(session, customer);
    posts.into_iter().filter(|post| post.primary == Some(true)).filter_map(|post| post.contact).collect()
}

/// Codes of what a command answers with.
fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().code().to_owned()
}

#[test]
fn a_new_customer_is_put_in_order() {
    let (crm, _) = open();
    let system = crm.system();
    let numbering = [("kind", "customer".into()), ("template", "C{n:4}".into())];
    let fields = numbering.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect();
    let kind = KindNo::from_name("numbering").unwrap();
    system.execute(CreateRecord { kind, fields }).unwrap();
    let create = CreateCustomer {
        name: "　深圳渚桥医用材料有限公司 ".into(),
        credit_code: "91440306ma3164dk3f".into(),
        industry: "医疗".into(),
        province: "广东".into(),
        city: "深圳".into(),
        district: "宝安区".into(),
        phones: vec!["0755-2677 0000".into()],
        emails: vec!["Sales@Example.CN".into()],
        level: Some(Level::B),
        tags: vec!["重点".into(), "重点 ".into()],
        ..CreateCustomer::default()
    };
    let id = system.execute(create.clone()).unwrap();
    let stored: Customer = system.get(id).unwrap();
    assert_eq!(stored.name, "深圳渚桥医用材料有限公司");
    assert_eq!((stored.code.as_str(), stored.credit_code.as_str()), ("C0001", "91440306MA3164DK3F"));
    assert_eq!((stored.industry.as_str(), stored.country.as_str()), ("health_care", "中国"));
    assert_eq!((stored.province.as_str(), stored.city.as_str()), ("广东省", "深圳市"));
    assert_eq!(stored.phones[0].normal.as_deref(), Some("+8675526770000"));
    assert_eq!((stored.state.as_str(), stored.life_stage), ("new", Some(LifeStage::Lead)));
    assert_eq!((stored.level_by_hand, stored.form), (Some(true), Some(LegalForm::Company)));
    assert_eq!(stored.tags, ["重点"]);

    let again = |change: &dyn Fn(&mut CreateCustomer)| {
        let mut draft = CreateCustomer { name: "另一家".into(), ..CreateCustomer::default() };
        change(&mut draft);
        code(system.execute(draft))
    };
    assert_eq!(again(&|draft| draft.name = "深圳渚桥医用材料有限责任公司".into()), "party.name_taken");
    assert_eq!(again(&|draft| draft.name = " ".into()), "value.required");
    assert_eq!(again(&|draft| draft.code = "c0001".into()), "value.taken");
    assert_eq!(again(&|draft| draft.credit_code = "91440306MA3164DK3F".into()), "value.taken");
    assert_eq!(again(&|draft| draft.credit_code = "91440306MA3164DK30".into()), "value.credit_code");
    assert_eq!(again(&|draft| draft.industry = "捉鬼".into()), "value.choice");
    assert_eq!(again(&|draft| draft.phones = vec!["12".into()]), "value.phone");
    assert_eq!(again(&|draft| draft.emails = vec!["a@b@c".into()]), "value.email");
    assert_eq!(again(&|draft| draft.employees = Some(-20)), "value.range");
    assert_eq!(system.count(&Query::of(KindNo::from_name("customer").unwrap())).unwrap(), 1);
}

#[test]
fn plain_changes_are_put_in_order_too() {
    let (crm, _) = open();
    let system = crm.system();
    let kind = KindNo::from_name("customer").unwrap();
    let fields = [("客户名称", "甲公司"), ("行业", "IT/互联网"), ("电话", "138 0000 0000"), ("城市", "杭州")];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let record = system.execute(CreateRecord { kind, fields }).unwrap();
    let id = CustomerId::from_u128(record.bits);
    let stored: Customer = system.get(id).unwrap();
    assert_eq!((stored.industry.as_str(), stored.state.as_str()), ("technology/it", "new"));
    assert_eq!(stored.province, "浙江省");
    customer(&system, "乙公司");
    assert_eq!(code(update(&system, record, &[("name", "乙公司".into())])), "party.name_taken");
    update(&system, record, &[("name", "甲 公司".into()), ("level", "A".into())]).unwrap();
    assert_eq!(system.get::<Customer>(id).unwrap().level_by_hand, Some(true));
    let relaxed = serde_json::json!({ "same_customer_names": true });
    let relaxed: crm_core::domain::org::ChangeSettings = serde_json::from_value(relaxed).unwrap();
    system.execute(relaxed).unwrap();
    update(&system, record, &[("name", "乙公司".into())]).unwrap();
}

#[test]
fn industries_can_be_added() {
    let (crm, _) = open();
    let system = crm.system();
    let add = |code: &str, zh: &str| {
        let fields = [("code", code), ("zh", zh)].map(|(name, value)| (name.to_owned(), value.into())).into();
        system.execute(CreateRecord { kind: KindNo::from_name("industry").unwrap(), fields })
    };
    add("manufacturing/robots", "机器人").unwrap();
    assert_eq!(code(add("mining/coal", "煤矿")), "value.choice");
    assert_eq!(code(add("Mining", "矿业")), "value.pattern");
    let create =
        CreateCustomer { name: "甲".into(), industry: "机器人".into(), ..CreateCustomer::default() };
    system.execute(create).unwrap();
    let filter = "industry starts with \"manufacturing\"".parse().unwrap();
    assert_eq!(system.count(&Query::of(KindNo::from_name("customer").unwrap()).filter(filter)).unwrap(), 1);
}

#[test]
fn one_post_of_a_customer_is_primary() {
    let (crm, clock) = open();
    let system = crm.system();
    let (a, b) = (customer(&system, "甲公司"), customer(&system, "乙公司"));
    let wang = contact(&system, "王一", vec![Post::at(a)]);
    assert_eq!(primary(&system, a), [wang]);
    let li = contact(&system, "李二", vec![Post { primary: true, ..Post::at(a) }]);
    assert_eq!(primary(&system, a), [li]);
    let zhang =
        contact(&system, "张三", vec![Post { until: Some(day("2026-02-01")), ..Post::at(a) }, Post::at(b)]);
    assert_eq!((primary(&system, a), primary(&system, b)), (vec![li], vec![zhang]));

    let twice = LinkContact { contact: wang, post: Post::at(a) };
    assert_eq!(code(system.execute(twice)), "party.link_twice");

    let of = |contact| posts(&system, a).into_iter().find(|post| post.contact == Some(contact)).unwrap();
    let end = |link: ContactLinkId| system.execute(UnlinkContact { link, revision: None, on: None }).unwrap();
    end(of(wang).id());
    end(of(li).id());
    assert_eq!(primary(&system, a), [zhang]);
    clock.set("2026-02-01T01:00:00Z".parse().unwrap());
    crm.run_due(10).unwrap();
    assert_eq!(primary(&system, a), Vec::<ContactId>::new());
}

#[test]
fn a_contact_moves_and_both_companies_show_it() {
    let (crm, _) = open();
    let system = crm.system();
    let (a, b) = (customer(&system, "甲公司"), customer(&system, "乙公司"));
    let wang = contact(&system, "王一", vec![Post { title: "厂长".into(), ..Post::at(a) }]);
    let to = Post { title: "总经理".into(), ..Post::at(b) };
    system.execute(MoveContact { contact: wang, from: a, to: to.clone() }).unwrap();
    assert_eq!(posts(&system, a)[0].until, Some(day("2026-01-05")));
    assert_eq!(posts(&system, b)[0].since, Some(day("2026-01-05")));
    assert_eq!((primary(&system, a), primary(&system, b)), (vec![], vec![wang]));
    assert_eq!(system.get::<Contact>(wang).unwrap().customers, [a, b]);
    assert_eq!(code(system.execute(MoveContact { contact: wang, from: a, to })), "party.no_post");
}

#[test]
fn parents_form_no_ring() {
    let (crm, _) = open();
    let system = crm.system();
    let ids = ["甲公司", "乙公司", "丙公司"].map(|name| customer(&system, name));
    let parent = |child: usize, parent: usize| {
        update(&system, ids[child].record(), &[("上级公司", ids[parent].record().into())])
    };
    parent(0, 1).unwrap();
    parent(1, 2).unwrap();
    assert_eq!(code(parent(2, 0)), "party.parent_cycle");
    assert_eq!(code(parent(2, 2)), "party.parent_cycle");
}

#[test]
fn relations_of_the_parent_line_give_a_company_its_parent() {
    let (crm, clock) = open();
    let system = crm.system();
    let [top, middle, other] = ["甲公司", "乙公司", "丙公司"].map(|name| customer(&system, name));
    let relate = |from: CustomerId, relation, to: CustomerId, since| {
        let (from, to) = (from.record(), to.record());
        system.execute(CreateRelation { from, relation, to, since, until: None, notes: String::new() })
    };
    let parent_of = |id| system.get::<Customer>(id).unwrap().parent;
    let relation = relate(middle, RelationType::Subsidiary, top, None).unwrap();
    assert_eq!(parent_of(middle), Some(top));
    assert_eq!(code(relate(other, RelationType::Parent, middle, None)), "party.second_parent");
    assert_eq!(code(relate(middle, RelationType::Parent, top, None)), "party.parent_cycle");
    assert_eq!(code(relate(top, RelationType::Knows, middle, None)), "party.relation_parties");
    system.execute(EndRelation { relation, revision: None, on: None }).unwrap();
    assert_eq!(parent_of(middle), None);
    let again = EndRelation { relation, revision: None, on: None };
    assert_eq!(code(system.execute(again)), "party.relation_ended");

    let later = relate(top, RelationType::Parent, middle, Some(day("2026-03-01"))).unwrap();
    assert_eq!(parent_of(middle), None);
    clock.set("2026-03-01T01:00:00Z".parse().unwrap());
    crm.run_due(10).unwrap();
    assert_eq!(parent_of(middle), Some(top));
    update(&system, middle.record(), &[("parent", other.record().into())]).unwrap();
    assert_eq!(system.get::<Relation>(later).unwrap().until, Some(day("2026-03-01")));
}

#[test]
fn who_refers_others_is_counted() {
    let (crm, _) = open();
    let system = crm.system();
    let [a, b] = ["甲公司", "乙公司"].map(|name| customer(&system, name));
    let create = CreateCustomer { name: "丙公司".into(), referrer: Some(a), ..CreateCustomer::default() };
    let c = system.execute(create).unwrap();
    let referrals = || [a, b].map(|id| system.get::<Customer>(id).unwrap().referrals);
    assert_eq!(referrals(), [Some(1), None]);
    update(&system, c.record(), &[("referrer", b.record().into())]).unwrap();
    assert_eq!(referrals(), [None, Some(1)]);
    assert_eq!(code(update(&system, c.record(), &[("referrer", c.record().into())])), "value.choice");
}

crm_core::command! {
    /// Stands in for a won or reopened opportunity.
    pub struct Deal as "test.deal" -> () {
        /// The customer.
        customer: CustomerId,
        /// Whether it is won.
        won: bool,
    }
    run(this, desk) {
        let now = desk.now();
        if this.won { record_deal(desk, this.customer, now) } else { withdraw_deal(desk, this.customer, None, None) }
    }
}

#[test]
fn state_and_life_stage_follow_the_same_deal() {
    let (crm, _) = open();
    let system = crm.system();
    let id = customer(&system, "甲公司");
    let standing = || {
        let customer: Customer = system.get(id).unwrap();
        (customer.state, customer.life_stage.unwrap(), customer.deals)
    };
    system.execute(Deal { customer: id, won: true }).unwrap();
    assert_eq!(standing(), ("won".into(), LifeStage::DealMade, Some(1)));
    system.execute(Deal { customer: id, won: false }).unwrap();
    assert_eq!(standing(), ("following".into(), LifeStage::Customer, None));
    for _ in 0..2 {
        system.execute(Deal { customer: id, won: true }).unwrap();
    }
    assert_eq!(standing(), ("won".into(), LifeStage::Repurchase, Some(2)));
}

#[test]
fn contacts_are_seen_with_their_customers() {
    let (crm, _) = open();
    let system = crm.system();
    let create = |kind: &str, pairs: Vec<(&str, Value)>| {
        let fields = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        system.execute(CreateRecord { kind: KindNo::from_name(kind).unwrap(), fields }).unwrap()
    };
    let actions: Vec<Value> = ["read", "create", "update"].map(Value::from).into();
    let grant = Value::List(vec!["*".into(), Value::List(actions), "own".into()]);
    let role = create("role", vec![("name", "seller".into()), ("grants", Value::List(vec![grant]))]);
    let user = |login: &str| {
        let roles = Value::List(vec![role.into()]);
        let record = create("user", vec![("login", login.into()), ("name", login.into()), ("roles", roles)]);
        UserId::from_u128(record.bits)
    };
    let (anna, bert) = (user("anna"), user("bert"));
    let (anna, bert) = (crm.session(Actor::User(anna)), crm.session(Actor::User(bert)));
    let (a, b) = (customer(&anna, "甲公司"), customer(&bert, "乙公司"));
    let wang = contact(&anna, "王一", vec![Post::at(a)]);
    assert!(matches!(bert.get::<Contact>(wang), Err(Error::NotFound(..))));
    assert!(matches!(
        bert.execute(LinkContact { contact: wang, post: Post::at(b) }),
        Err(Error::NotFound(..))
    ));
    assert_eq!(
        code(bert.execute(CreateCustomer { name: "甲公司".into(), ..CreateCustomer::default() })),
        "party.name_taken"
    );
    system.execute(LinkContact { contact: wang, post: Post::at(b) }).unwrap();
    assert_eq!(bert.get::<Contact>(wang).unwrap().name, "王一");
    assert_eq!(anna.get::<Contact>(wang).unwrap().customers, [a, b]);
}
