//! Leads: capture, duplicates and what is disclosed of them, assignment, conversion, merging.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::domain::lead::{
    Assignment, BY_CONVERTED_CUSTOMER, Grade, Lead, LeadDraft, MatchKey, Method, OnDuplicate, PersonDraft,
    Taker, TouchLead,
};
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::party::{Contact, Customer};
use crm_core::engine::flows::advance::MoveLead;
use crm_core::engine::flows::assign::AssignLead;
use crm_core::engine::flows::capture::{CaptureLead, CaptureOutcome, Captured};
use crm_core::engine::flows::convert::{ConvertLead, Target};
use crm_core::engine::flows::edit::{CreateRecord, UpdateRecord};
use crm_core::engine::flows::undo_convert::UndoConversion;
use crm_core::engine::flows::unify::MergeLeads;
use crm_core::prelude::*;
use crm_core::record::codec::{ValueRef, View};
use crm_core::record::port::{Assigned, Judges, Score};
use crm_core::record::source::Source;

const FIRST: &str = "2026-03-02T02:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn open() -> (Crm, Arc<ManualClock>) {
    let (host, clock) = Host::fixed(at(FIRST), 7);
    (Crm::open(MemoryStore::new(), host).unwrap(), clock)
}

fn create(crm: &Crm, kind: &str, fields: &[(&str, Value)]) -> RecordRef {
    let fields: BTreeMap<_, _> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    crm.system().execute(CreateRecord { kind: KindNo::from_name(kind).unwrap(), fields }).unwrap()
}

fn set(crm: &Crm, record: RecordRef, name: &str, value: Value) {
    let fields = BTreeMap::from([(name.to_owned(), value)]);
    crm.system().execute(UpdateRecord { record, revision: None, fields }).unwrap();
}

fn user(crm: &Crm, name: &str, role: Option<RecordRef>) -> UserId {
    let roles = Value::List(role.into_iter().map(Value::Id).collect());
    let made = create(crm, "user", &[("login", name.into()), ("name", name.into()), ("roles", roles)]);
    UserId::from_u128(made.bits)
}

/// A role that does everything with its own records but give them away.
fn clerk(crm: &Crm) -> RecordRef {
    let actions = ["read", "create", "update", "move", "convert"].map(Value::from);
    let grant = |kind: &str| Value::List(vec![kind.into(), Value::List(actions.to_vec()), "own".into()]);
    let grants =
        ["lead", "customer", "contact", "contact_link", "opportunity", "activity", "task"].map(grant);
    create(crm, "role", &[("name", "clerk".into()), ("grants", Value::List(grants.to_vec()))])
}

/// An assignment rule among users by weight; what else it says is set by `change`.
fn rule(crm: &Crm, name: &str, takers: &[(UserId, u32)], change: impl Fn(&mut Assignment)) -> RecordRef {
    let mut rule = Assignment::empty(Id::from_u128(1));
    rule.name = name.into();
    let taker = |(user, weight): &(UserId, u32)| Taker {
        user: Some(*user),
        weight: Some(*weight),
        ..Taker::default()
    };
    rule.takers = takers.iter().map(taker).collect();
    change(&mut rule);
    let fields = Assignment::SPEC.fields.iter().map(|field| (field.name, rule.get(field.no)));
    let fields: Vec<_> = fields.filter(|(_, value)| !value.is_empty()).collect();
    create(crm, "assignment", &fields)
}

fn draft(name: &str, phone: &str, company: &str) -> LeadDraft {
    let phones = if phone.is_empty() { Vec::new() } else { vec![phone.to_owned()] };
    LeadDraft { name: name.into(), company: company.into(), phones, ..LeadDraft::default() }
}

fn capture(session: &Session<'_>, lead: LeadDraft, on_duplicate: OnDuplicate) -> Result<Captured> {
    session.execute(CaptureLead { lead, on_duplicate: Some(on_duplicate), ..CaptureLead::default() })
}

fn take(crm: &Crm, name: &str) -> Lead {
    let captured = capture(&crm.system(), draft(name, "", ""), OnDuplicate::Flag).unwrap();
    read(crm, &captured)
}

fn read(crm: &Crm, captured: &Captured) -> Lead {
    crm.system().get(captured.lead.unwrap()).unwrap()
}

#[test]
fn a_lead_is_put_in_order_by_its_channel() {
    let (crm, _) = open();
    create(
        &crm,
        "lead_channel",
        &[("name", "官网表单".into()), ("source", "官网".into()), ("campaign", "春季".into())],
    );
    let command = CaptureLead {
        lead: draft(" 李雷 ", "0755-2677 0000", "深圳市漪江模具有限公司"),
        channel: "官网表单".into(),
        on_duplicate: None,
    };
    let captured = crm.system().execute(command).unwrap();
    assert_eq!((captured.outcome, captured.given.is_none()), (CaptureOutcome::Taken, true));
    let lead = read(&crm, &captured);
    assert_eq!(
        (lead.name.as_str(), lead.source, lead.campaign.as_str()),
        ("李雷", Some(Source::Website), "春季")
    );
    assert_eq!((lead.country.as_str(), lead.city.as_str()), ("中国", "深圳市"));
    assert_eq!(lead.phones[0].normal.as_deref(), Some("+8675526770000"));
    assert_eq!((lead.state.as_str(), lead.state_since), ("new", Some(at(FIRST))));
}

#[test]
fn what_can_not_be_is_invalid() {
    let (crm, _) = open();
    let good = || draft("李雷", "13800000000", "");
    for (lead, code) in [
        (draft(" \u{3000}", "", ""), "value.required"),
        (draft("李雷", "12", ""), "value.phone"),
        (LeadDraft { emails: vec!["a b@c.cn".into()], ..good() }, "value.email"),
        (LeadDraft { source: "carrier pigeon".into(), ..good() }, "value.choice"),
        (LeadDraft { budget: "-5 CNY".parse().ok(), ..good() }, "value.range"),
        (LeadDraft { company_size: Some(-20), ..good() }, "value.range"),
        (LeadDraft { custom: [("color".to_owned(), "red".into())].into(), ..good() }, "field.unknown"),
    ] {
        let error = capture(&crm.system(), lead.clone(), OnDuplicate::Flag).unwrap_err();
        assert!(error.has_code(code), "{lead:?}: {error}");
    }
}

#[test]
fn duplicates_by_every_key_and_policy() {
    for (key, again) in [
        (MatchKey::Phone, draft("韩梅梅", "+86 138-0000-0000", "")),
        (MatchKey::Email, LeadDraft { emails: vec!["Li.Lei＠Example.CN".into()], ..draft("韩梅梅", "", "") }),
        (MatchKey::Company, draft("韩梅梅", "", "深圳漪江模具有限责任公司")),
        (MatchKey::NameCompany, draft("李 雷", "", "深圳漪江模具有限责任公司")),
    ] {
        for policy in [OnDuplicate::Flag, OnDuplicate::Refuse, OnDuplicate::Merge, OnDuplicate::Attach] {
            let (crm, _) = open();
            let keys = ["phone", "email", "company", "name_company"].map(Value::from).to_vec();
            create(&crm, "lead_channel", &[("name", "form".into()), ("match_on", Value::List(keys))]);
            let first = LeadDraft {
                emails: vec!["li.lei@example.cn".into()],
                ..draft("李雷", "138 0000 0000", "深圳漪江模具有限公司")
            };
            let first = capture(&crm.system(), first, policy).unwrap().lead.unwrap();
            let command =
                CaptureLead { lead: again.clone(), channel: "form".into(), on_duplicate: Some(policy) };
            let second = crm.system().execute(command);
            let found = |captured: &Captured| {
                let found = &captured.duplicates[0];
                (found.record == first.record()).then(|| found.keys.clone()).unwrap()
            };
            match (policy, second) {
                (OnDuplicate::Refuse, Err(Error::Refused(refusals))) => {
                    assert_eq!(refusals[0].code, "lead.duplicate");
                    assert_eq!(refusals[0].values[0], ("duplicate".to_owned(), first.record().into()));
                }
                (OnDuplicate::Flag, Ok(captured)) => {
                    assert_eq!(found(&captured), [key]);
                    assert_eq!(read(&crm, &captured).duplicate_of, Some(first.record()));
                }
                (_, Ok(captured)) => {
                    assert_eq!((captured.outcome, captured.lead), (CaptureOutcome::Merged, Some(first)));
                    assert_eq!(read(&crm, &captured).name, "李雷");
                }
                (policy, other) => panic!("{key} {policy}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_lead_that_repeats_a_customer_is_noted_there_and_the_owner_told() {
    let (crm, _) = open();
    let owner = user(&crm, "u1", None);
    let fields = [("name", "深圳漪江模具有限公司".into()), ("owner", owner.record().into())];
    let customer = CustomerId::from_u128(create(&crm, "customer", &fields).bits);
    let captured =
        capture(&crm.system(), draft("韩梅梅", "", "深圳漪江模具有限责任公司"), OnDuplicate::Attach).unwrap();
    assert_eq!((captured.outcome, captured.lead), (CaptureOutcome::Noted, None));
    let activity: crm_core::domain::activity::Activity =
        crm.system().get(captured.activity.unwrap()).unwrap();
    assert_eq!(activity.about, Some(customer.record()));
    let known: Customer = crm.system().get(customer).unwrap();
    assert_eq!(known.last_activity_at, Some(at(FIRST)));
    let tasks = Query::of(KindNo::from_name("task").unwrap());
    let tasks = crm.system().list::<crm_core::domain::task::Task>(&tasks).unwrap().items;
    assert_eq!((tasks[0].owner, tasks[0].about), (Some(owner), Some(customer.record())));
}

#[test]
fn nobody_learns_more_of_a_duplicate_than_the_settings_say() {
    for (disclosure, owner, refused, outcome) in [
        ("nothing", None, false, CaptureOutcome::Received),
        ("exists", None, true, CaptureOutcome::Merged),
        ("owner", Some("owner"), true, CaptureOutcome::Merged),
    ] {
        let (crm, _) = open();
        let settings = serde_json::json!({ "duplicate_disclosure": disclosure });
        let settings: crm_core::domain::org::ChangeSettings = serde_json::from_value(settings).unwrap();
        crm.system().execute(settings).unwrap();
        let role = clerk(&crm);
        let (owner_id, other) = (user(&crm, "owner", Some(role)), user(&crm, "other", Some(role)));
        let first = LeadDraft { owner: Some(owner_id), ..draft("李雷", "13800000000", "") };
        let first =
            capture(&crm.session(Actor::User(owner_id)), first, OnDuplicate::Flag).unwrap().lead.unwrap();
        let session = crm.session(Actor::User(other));
        let again = || LeadDraft { owner: Some(other), ..draft("韩梅梅", "13800000000", "") };

        let merged = capture(&session, again(), OnDuplicate::Merge).unwrap();
        assert_eq!(
            (merged.outcome, merged.lead, merged.duplicates.len()),
            (outcome, None, 0),
            "{disclosure}"
        );
        assert_eq!(merged.hidden.is_some(), disclosure != "nothing");
        assert_eq!(merged.hidden.and_then(|hidden| hidden.owner).as_deref(), owner);
        let known: Lead = crm.system().get(first).unwrap();
        assert!(known.notes.contains("韩梅梅"), "{}", known.notes);

        match capture(&session, again(), OnDuplicate::Refuse) {
            Err(error) => {
                assert!(refused && error.has_code("lead.duplicate"), "{disclosure}: {error}");
                assert_eq!(error.to_string().contains("owner"), owner.is_some(), "{error}");
                assert!(!error.to_string().contains(&first.to_string()), "{error}");
            }
            Ok(captured) => {
                assert!(!refused, "{disclosure}");
                assert_eq!((captured.outcome, captured.hidden.is_some()), (CaptureOutcome::Taken, false));
                assert_eq!(read(&crm, &captured).duplicate_of, None);
            }
        }
    }
}

crm_core::command! {
    /// A user leaves, whatever he leaves behind.
    pub struct Leave as "test.leave" -> () {
        user: UserId,
    }
    run(this, desk) {
        let mut user: crm_core::domain::org::User = desk.load_as(this.user, Action::Update)?;
        user.disabled = Some(true);
        desk.put(&user)
    }
}

#[test]
fn leads_go_round_among_active_users_and_the_reason_is_kept() {
    let (crm, _) = open();
    let users = ["a", "b", "c"].map(|name| user(&crm, name, None));
    rule(&crm, "all", &users.map(|user| (user, 1)), |_| ());
    let owners: Vec<_> = (0..4).map(|n| take(&crm, &format!("l{n}")).owner.unwrap()).collect();
    assert_eq!(owners, [users[0], users[1], users[2], users[0]]);
    crm.system().execute(Leave { user: users[1] }).unwrap();
    let rest: Vec<_> = (4..8).map(|n| take(&crm, &format!("l{n}"))).collect();
    assert_eq!(rest.iter().filter(|lead| lead.owner == Some(users[1])).count(), 0);
    assert_eq!(rest.iter().filter(|lead| lead.owner == Some(users[0])).count(), 2);
    assert_eq!((rest[0].state.as_str(), rest[0].assigned_by.as_str()), ("assigned", "all"));
    assert_eq!(rest[0].assigned_because, "in turn among 2");
    let given = crm.system().execute(AssignLead {
        lead: rest[0].id(),
        revision: None,
        owner: Some(users[1]),
        pool: None,
        reason: String::new(),
    });
    assert!(given.unwrap_err().has_code("lead.owner_inactive"));
}

#[test]
fn rules_by_region_capacity_and_pool() {
    let (crm, _) = open();
    let [a, b, c] = ["a", "b", "c"].map(|name| user(&crm, name, None));
    set(&crm, c.record(), "capacity", 1.into());
    let pool = create(&crm, "pool", &[("name", "south".into()), ("kind", "lead".into())]);
    rule(&crm, "south", &[], |rule| {
        (rule.place, rule.regions) = (Some(1), vec!["广东".into()]);
        rule.pool = Some(PoolId::from_u128(pool.bits));
    });
    rule(&crm, "regions", &[(a, 1), (b, 1)], |rule| {
        rule.place = Some(2);
        rule.takers[0].regions = vec!["浙江".into(), "Germany".into()];
        rule.takers[1].regions = vec!["江苏".into()];
    });
    rule(&crm, "rest", &[(c, 1)], |rule| (rule.place, rule.method) = (Some(3), Some(Method::Capacity)));
    for (country, province, owner, pooled, because) in [
        ("中国", "浙江省", Some(a), false, "region `浙江`, in turn among 1"),
        ("Germany", "", Some(a), false, "region `Germany`, in turn among 1"),
        ("中国", "江苏", Some(b), false, "region `江苏`, in turn among 1"),
        ("中国", "广东", None, true, "no user takes it"),
        ("中国", "甘肃", Some(c), false, "most room: 0 of 1 open leads"),
        ("中国", "青海", None, false, ""),
    ] {
        let lead =
            LeadDraft { country: country.into(), province: province.into(), ..draft("李雷", "", "") };
        let lead = read(&crm, &capture(&crm.system(), lead, OnDuplicate::Flag).unwrap());
        let got = (lead.owner, lead.pool.is_some(), lead.assigned_because.as_str());
        assert_eq!(got, (owner, pooled, because), "{province}");
    }
}

#[test]
fn outside_working_hours_a_lead_waits() {
    let (crm, clock) = open();
    let a = user(&crm, "a", None);
    rule(&crm, "office", &[(a, 1)], |rule| rule.hours = "09:00-18:00".into());
    // Friday, 20:00 in Shanghai.
    clock.set(at("2026-03-06T12:00:00Z"));
    let captured = capture(&crm.system(), draft("李雷", "", ""), OnDuplicate::Flag).unwrap();
    assert_eq!(captured.given.as_ref().unwrap().waits_until, Some(at("2026-03-09T01:00:00Z")));
    assert_eq!(
        (read(&crm, &captured).owner, crm.next_due().unwrap()),
        (None, Some(at("2026-03-09T01:00:00Z")))
    );
    clock.set(at("2026-03-09T01:00:00Z"));
    assert_eq!(crm.run_due(10).unwrap().done, 1);
    assert_eq!(read(&crm, &captured).owner, Some(a));
}

#[test]
fn an_untouched_lead_goes_to_another() {
    let (crm, clock) = open();
    let [a, b] = ["a", "b"].map(|name| user(&crm, name, None));
    rule(&crm, "quick", &[(a, 1), (b, 1)], |rule| rule.reassign_hours = Some(4));
    let (left, touched) = (take(&crm, "left"), take(&crm, "touched"));
    assert_eq!((left.owner, touched.owner), (Some(a), Some(b)));
    clock.set(at("2026-03-02T03:00:00Z"));
    crm.system().execute(TouchLead { lead: touched.id(), at: None }).unwrap();
    clock.set(at("2026-03-02T06:00:00Z"));
    assert_eq!(crm.run_due(10).unwrap().failed.len(), 0);
    let (left, touched): (Lead, Lead) =
        (crm.system().get(left.id()).unwrap(), crm.system().get(touched.id()).unwrap());
    assert_eq!((left.owner, left.previous_owner, left.reassigned), (Some(b), Some(a), Some(1)));
    assert_eq!(left.assigned_because, "not touched in 4 hours, in turn among 1");
    assert_eq!((touched.owner, touched.state.as_str()), (Some(b), "following"));
    assert_eq!(touched.first_response_time(), Some(Span::from_hours(1)));
    assert_eq!(crm.next_due().unwrap(), Some(at("2026-03-02T10:00:00Z")));
}

#[test]
fn a_rule_gives_leads_away_for_who_may_not() {
    let (crm, _) = open();
    let role = clerk(&crm);
    let [a, b] = ["a", "b"].map(|name| user(&crm, name, Some(role)));
    let session = crm.session(Actor::User(a));
    let by_hand = LeadDraft { owner: Some(b), ..draft("李雷", "", "") };
    assert!(capture(&session, by_hand, OnDuplicate::Flag).unwrap_err().has_code("permission.denied"));
    rule(&crm, "all", &[(b, 1)], |_| ());
    let captured = capture(&session, draft("李雷", "", ""), OnDuplicate::Flag).unwrap();
    assert_eq!(read(&crm, &captured).owner, Some(b));
}

struct ByBudget;
impl Judges for ByBudget {
    fn score_lead(&self, lead: View<'_>, _: Instant) -> Result<Option<Score>> {
        match lead.get(Lead::budget)? {
            ValueRef::Money(_) => {
                Ok(Some(Score { points: 70, reasons: vec!["has a budget".into()], rule: "budget".into() }))
            }
            _ => Err(Error::rule_failed("budget", "no budget")),
        }
    }
    fn assign_lead(&self, _: View<'_>, candidates: &[UserId], _: Instant) -> Result<Option<Assigned>> {
        Ok(candidates.last().map(|user| Assigned { user: *user, reason: "the last".into() }))
    }
}

#[test]
fn the_host_scores_and_assigns() {
    let (host, _) = Host::fixed(at(FIRST), 7);
    let crm = Crm::open(MemoryStore::new(), host.with_judges(Arc::new(ByBudget))).unwrap();
    let [a, b] = ["a", "b"].map(|name| user(&crm, name, None));
    rule(&crm, "good ones", &[(a, 1), (b, 1)], |rule| rule.score_from = Some(60));
    let rich = LeadDraft { budget: "100000 CNY".parse().ok(), ..draft("李雷", "", "") };
    let lead = read(&crm, &capture(&crm.system(), rich, OnDuplicate::Flag).unwrap());
    assert_eq!((lead.score, lead.grade, lead.owner), (Some(70), Some(Grade::B), Some(b)));
    assert_eq!(lead.assigned_because, "the last");
    let poor = capture(&crm.system(), draft("韩梅梅", "", ""), OnDuplicate::Flag).unwrap();
    assert_eq!((poor.score, poor.why[0].as_str()), (None, "scoring rule `budget` failed: no budget"));
    assert_eq!(read(&crm, &poor).owner, None);
}

fn convert(lead: LeadId) -> ConvertLead {
    ConvertLead {
        lead,
        revision: None,
        customer: Target::New,
        contact: Target::New,
        opportunity: Target::New,
        deal_name: String::new(),
        pipeline: String::new(),
        amount: None,
        close_on: None,
    }
}

fn full(crm: &Crm, owner: UserId) -> LeadId {
    let lead = LeadDraft {
        title: "工艺主管".into(),
        industry: "制造业".into(),
        source: "展会".into(),
        campaign: "春季".into(),
        need: "质检数据".into(),
        budget: "300000 CNY".parse().ok(),
        tags: vec!["急".into()],
        product_interest: vec!["KIT-S".into()],
        people: vec![PersonDraft { name: "韩梅梅".into(), ..PersonDraft::default() }],
        owner: Some(owner),
        ..draft("李雷", "13800000000", "温州筠野光电有限公司")
    };
    capture(&crm.system(), lead, OnDuplicate::Flag).unwrap().lead.unwrap()
}

#[test]
fn conversion_carries_over_and_is_undone_while_nothing_is_built_on_it() {
    let (crm, clock) = open();
    let role = clerk(&crm);
    let owner = user(&crm, "a", Some(role));
    let (session, lead) = (crm.session(Actor::User(owner)), full(&crm, owner));
    let made = session.execute(convert(lead)).unwrap();
    let customer: Customer = session.get(made.customer.unwrap()).unwrap();
    let contact: Contact = session.get(made.contact.unwrap()).unwrap();
    let deal: Opportunity = session.get(made.opportunity.unwrap()).unwrap();
    assert_eq!(
        (customer.name.as_str(), customer.tags.as_slice()),
        ("温州筠野光电有限公司", &["急".to_owned()][..])
    );
    assert_eq!((customer.owner, customer.state.as_str()), (Some(owner), "new"));
    assert_eq!((contact.name.as_str(), contact.customers.as_slice()), ("李雷", &[customer.id()][..]));
    assert_eq!((deal.name.as_str(), deal.campaign.as_str()), ("温州筠野光电有限公司 KIT-S", "春季"));
    assert_eq!(
        (deal.amount, deal.lead, deal.state.is_empty()),
        ("300000 CNY".parse().ok(), Some(lead), false)
    );
    assert_eq!(made.created.len(), 4, "customer, two contacts, opportunity");
    let again = session.execute(convert(lead)).unwrap_err();
    let Error::Refused(refusals) = &again else { panic!("{again}") };
    assert_eq!(refusals[0].code, "lead.converted");
    assert!(refusals[0].values.contains(&("customer".to_owned(), customer.id().record().into())), "{again}");
    assert_eq!(Lead::SPEC.indexes[usize::from(BY_CONVERTED_CUSTOMER) - 1].name, "converted_customer");

    // Something is built on it.
    let undo = || UndoConversion { lead, revision: None, reason: String::new() };
    let task = create(&crm, "task", &[("subject", "call".into()), ("about", deal.record_ref().into())]);
    assert!(session.execute(undo()).unwrap_err().has_code("lead.built_on"));
    let delete =
        crm_core::engine::flows::edit::DeleteRecord { record: task, revision: None, reason: String::new() };
    crm.system().execute(delete).unwrap();
    clock.set(at("2026-03-03T02:00:00Z"));
    session.execute(undo()).unwrap();
    let lead: Lead = session.get(lead).unwrap();
    assert_eq!((lead.state.as_str(), lead.converted_customer, lead.converted_at), ("following", None, None));
    for gone in made.created {
        assert!(matches!(crm.system().read(gone), Err(Error::NotFound(..))), "{gone}");
    }
    assert_eq!(crm.verify().unwrap().findings, Vec::<String>::new());
    session.execute(convert(lead.id())).unwrap();
}

#[test]
fn conversion_into_what_is_there() {
    let (crm, _) = open();
    let owner = user(&crm, "a", None);
    let customer =
        create(&crm, "customer", &[("name", "筠野".into()), ("tags", Value::List(vec!["老".into()]))]);
    let customer = CustomerId::from_u128(customer.bits);
    let lead = full(&crm, owner);
    for (command, code) in [
        (
            ConvertLead { customer: Target::Nothing, opportunity: Target::Nothing, ..convert(lead) },
            "lead.no_customer",
        ),
        (
            ConvertLead { customer: Target::Nothing, contact: Target::Nothing, ..convert(lead) },
            "lead.no_customer",
        ),
        (
            ConvertLead {
                customer: Target::Nothing,
                contact: Target::Nothing,
                opportunity: Target::Nothing,
                ..convert(lead)
            },
            "lead.nothing_to_convert",
        ),
    ] {
        assert!(crm.system().execute(command).unwrap_err().has_code(code), "{code}");
    }
    let into =
        ConvertLead { customer: Target::Into(customer), opportunity: Target::Nothing, ..convert(lead) };
    let made = crm.system().execute(into).unwrap();
    assert_eq!((made.customer, made.opportunity, made.created.len()), (Some(customer), None, 2));
    let known: Customer = crm.system().get(customer).unwrap();
    assert_eq!(known.tags, ["老", "急"]);
    crm.system().execute(UndoConversion { lead, revision: None, reason: "a mistake".into() }).unwrap();
    assert_eq!(crm.system().get::<Customer>(customer).unwrap().name, "筠野");
    assert!(matches!(crm.system().get::<Contact>(made.contact.unwrap()), Err(Error::NotFound(..))));
}

#[test]
fn a_paused_lead_goes_on_on_its_day() {
    let (crm, clock) = open();
    let lead = take(&crm, "later").id();
    let pause = |day: &str| {
        let fields = BTreeMap::from([("resume_on".to_owned(), day.into())]);
        let reason = String::new();
        crm.system().execute(MoveLead { lead, to: "暂停".into(), reason, revision: None, fields })
    };
    assert!(pause("2026-03-02").unwrap_err().has_code("lead.resume_in_past"));
    pause("2026-03-05").unwrap();
    clock.set(at("2026-03-04T15:59:59Z"));
    assert_eq!(crm.run_due(10).unwrap().done, 0);
    clock.set(at("2026-03-04T16:00:00Z"));
    assert_eq!(crm.run_due(10).unwrap().done, 1);
    let lead: Lead = crm.system().get(lead).unwrap();
    assert_eq!((lead.state.as_str(), lead.resume_on), ("new", None));
    let reason = "空号或停机".to_owned();
    let invalid =
        MoveLead { lead: lead.id(), to: "invalid".into(), reason, revision: None, fields: BTreeMap::new() };
    crm.system().execute(invalid).unwrap();
    assert_eq!(crm.system().get::<Lead>(lead.id()).unwrap().invalid_reason, "空号或停机");
    let assign =
        AssignLead { lead: lead.id(), revision: None, owner: None, pool: None, reason: String::new() };
    assert!(crm.system().execute(assign).unwrap_err().has_code("lead.closed"));
}

#[test]
fn a_plainly_created_lead_has_a_state() {
    let (crm, _) = open();
    let owner = user(&crm, "a", None);
    for (fields, state) in [
        (vec![("name", "李雷".into())], "new"),
        (vec![("name", "李雷".into()), ("owner", owner.record().into())], "assigned"),
    ] {
        let lead = LeadId::from_u128(create(&crm, "lead", &fields).bits);
        assert_eq!(crm.system().get::<Lead>(lead).unwrap().state, state);
    }
}

#[test]
fn two_leads_are_made_one() {
    let (crm, _) = open();
    let owner = user(&crm, "a", None);
    let first = take(&crm, "first");
    let second = LeadDraft { owner: Some(owner), ..draft("second", "13800000000", "") };
    let second = capture(&crm.system(), second, OnDuplicate::Flag).unwrap().lead.unwrap();
    let task = create(&crm, "task", &[("subject", "call".into()), ("about", first.record_ref().into())]);
    let kept = crm.system().execute(MergeLeads { lead: first.id(), with: second }).unwrap();
    assert_eq!(kept, second, "an assigned lead is further on than a new one");
    let gone: Lead = crm.system().get(first.id()).unwrap();
    assert_eq!((gone.state.as_str(), gone.duplicate_of), ("invalid", Some(second.record())));
    assert_eq!(crm.system().read(task).unwrap().fields["about"], second.record().into());
    assert!(crm.system().get::<Lead>(second).unwrap().notes.contains("Name: first"));
    let same = crm.system().execute(MergeLeads { lead: second, with: second });
    assert!(same.unwrap_err().has_code("lead.same"));
}

/// What a bulk remembers of the indexes changes no answer: leads that repeat each other, within a group, across groups,
/// or a refused one, are met as they are one by one.
#[test]
fn leads_captured_in_bulk_meet_what_they_meet_one_by_one() {
    let lead = |number: u64| {
        // Half of the numbers come again, some soon and some in another group; some companies too.
        let phone = if number.is_multiple_of(2) { number * 7 % 900 } else { 10_000 + number };
        let policies = [OnDuplicate::Flag, OnDuplicate::Refuse, OnDuplicate::Merge];
        let lead = LeadDraft {
            name: if number.is_multiple_of(97) { String::new() } else { format!("Person {number}") },
            company: format!("{} Trading Co., Ltd.", number % 1_500),
            phones: vec![format!("138{phone:08}")],
            emails: vec![format!("p{}@example.com", number * 31 % 2_000)],
            ..LeadDraft::default()
        };
        let on_duplicate = policies.get(number as usize % 4).copied();
        CaptureLead { lead, on_duplicate, ..CaptureLead::default() }
    };
    let told = |answers: Vec<Result<Captured>>| -> Vec<std::result::Result<Captured, String>> {
        answers.into_iter().map(|answer| answer.map_err(|error| error.to_string())).collect()
    };
    let (bulk, _) = open();
    let (single, _) = open();
    for from in (0..3_000).step_by(1_000) {
        let leads = || (from..from + 1_000).map(lead);
        let one_by_one = leads().map(|lead| single.system().execute(lead)).collect();
        let at_once = told(bulk.system().execute_all(leads().collect()));
        assert!(at_once.iter().any(|answer| answer.as_ref().is_ok_and(|told| !told.duplicates.is_empty())));
        assert_eq!(at_once, told(one_by_one));
    }
    assert!(bulk.verify().unwrap().is_clean());
}
