//! Deals on their way through a pipeline: moves, refusals, what follows from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::domain::opportunity::{DealLine, Opportunity, TeamMember};
use crm_core::domain::org::{CreateUser, DefineLifecycle, DefineRole, FieldRule, Grant};
use crm_core::domain::party::Customer;
use crm_core::domain::task::Task;
use crm_core::engine::flows::advance::{
    AdvanceOpportunity, FinishTask, LoseOpportunity, MoveLead, MoveRecord, Moved, ReopenOpportunity,
    WinOpportunity,
};
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::engine::flows::log_activity::LogActivity;
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};
use crm_core::record::field::Field;
use crm_core::record::lifecycle::{Direction, defaults};
use crm_core::record::port::{GuardedMove, Judges};

pub fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub fn fields(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

pub fn create<K: Kind>(session: &Session<'_>, pairs: &[(&str, Value)]) -> Id<K> {
    let record = session.execute(CreateRecord { kind: K::NO, fields: fields(pairs) }).unwrap();
    record.as_id().unwrap()
}

/// An engine with a clock, a customer, and a clerk who may do everything with his own records.
pub struct World {
    pub crm: Crm,
    pub clock: Arc<ManualClock>,
    pub clerk: UserId,
    pub customer: CustomerId,
}

impl World {
    pub fn new() -> World {
        World::with(Host::fixed(at("2025-01-01T00:00:00Z"), 1))
    }

    pub fn with((host, clock): (Host, Arc<ManualClock>)) -> World {
        let crm = Crm::open(MemoryStore::new(), host).unwrap();
        let actions = [Action::Read, Action::Create, Action::Update, Action::Move, Action::Delete];
        let grants = vec![Grant { kind: "*".into(), actions: actions.into(), scope: Scope::Own }];
        let name = "clerk".to_owned();
        let role =
            DefineRole { role: None, revision: None, name, grants, fields: vec![], administrator: false };
        let role = crm.system().execute(role).unwrap();
        let clerk = crm.system().execute(new_user("wang", vec![role])).unwrap();
        let mut world = World { crm, clock, clerk, customer: CustomerId::from_u128(0) };
        world.customer = create(&world.mine(), &[("name", "苇林汽车零部件".into()), ("owner", clerk.into())]);
        world
    }

    pub fn mine(&self) -> Session<'_> {
        self.crm.session(Actor::User(self.clerk))
    }

    pub fn on(&self, day: &str) {
        self.clock.set(at(&format!("{day}T02:00:00Z")));
    }

    fn deal(&self, more: &[(&str, Value)]) -> OpportunityId {
        let mut pairs = vec![("name", "MES".into()), ("customer", self.customer.into())];
        pairs.extend(more.iter().cloned());
        create(&self.mine(), &pairs)
    }

    fn read(&self, deal: OpportunityId) -> Opportunity {
        self.mine().get(deal).unwrap()
    }

    fn advance(&self, deal: OpportunityId, to: &str, reason: &str) -> Result<Moved> {
        self.mine().execute(AdvanceOpportunity {
            opportunity: deal,
            to: Some(to).filter(|to| !to.is_empty()).map(str::to_owned),
            reason: reason.into(),
            revision: None,
            fields: BTreeMap::new(),
        })
    }

    fn tasks(&self, about: RecordRef) -> Vec<Task> {
        let filter = Filter::equals("about", about);
        self.mine().list(&Query::of(<crm_core::base::kind::Task as Kind>::NO).filter(filter)).unwrap().items
    }
}

fn new_user(login: &str, roles: Vec<RoleId>) -> CreateUser {
    CreateUser {
        login: login.into(),
        name: login.into(),
        department: None,
        manager: None,
        roles,
        position: String::new(),
        region: String::new(),
        capacity: None,
    }
}

fn codes(error: Error) -> Vec<String> {
    match error {
        Error::Refused(refusals) => refusals.into_iter().map(|refusal| refusal.code).collect(),
        other => vec![other.code().to_owned()],
    }
}

#[test]
fn a_deal_is_opened_moved_won_and_counted() {
    let world = World::new();
    let deal = world.deal(&[("amount", Value::Money("149000 CNY".parse().unwrap()))]);
    let opened = world.read(deal);
    assert_eq!((opened.state.as_str(), opened.lifecycle.as_str()), ("first_talk", "general_deal"));
    assert_eq!(opened.owner, Some(world.clerk));
    assert_eq!(opened.probability().unwrap().0, 10.into());
    let customer: Customer = world.mine().get(world.customer).unwrap();
    assert_eq!(customer.opportunities, Some(1));

    world.on("2025-01-11");
    let moved = world.advance(deal, "方案报价", "").unwrap();
    assert_eq!((moved.to.as_str(), moved.direction), ("proposal", Direction::Skip));
    world.on("2025-01-13");
    assert_eq!(codes(world.advance(deal, "first_talk", "").unwrap_err()), ["lifecycle.reason_missing"]);
    assert_eq!(world.advance(deal, "first_talk", "new contact").unwrap().direction, Direction::Back);
    world.on("2025-01-20");
    assert_eq!(world.advance(deal, "", "").unwrap().to, "need_confirmed");
    let win = WinOpportunity { opportunity: deal, reason: "quality".into(), revision: None };
    let won = world.mine().execute(win.clone()).unwrap();
    assert_eq!((won.from.as_str(), won.direction), ("need_confirmed", Direction::Close));

    let closed = world.read(deal);
    assert_eq!(closed.won_at, Some(at("2025-01-20T02:00:00Z")));
    assert_eq!(closed.probability().unwrap().0, 100.into());
    let spent: Vec<_> =
        closed.spent.iter().map(|row| (row.state.as_str(), row.time.days().round())).collect();
    assert_eq!(spent, [("first_talk", 17.0), ("proposal", 2.0), ("need_confirmed", 0.0), ("won", 0.0)]);
    let customer: Customer = world.mine().get(world.customer).unwrap();
    assert_eq!((customer.state.as_str(), customer.deals), ("won", Some(1)));
    assert_eq!(customer.first_deal_at, closed.won_at);
    assert_eq!(codes(world.mine().execute(win).unwrap_err()), ["lifecycle.already_there"]);

    // Reopened, it counts no more; the customer is no customer by a deal that isn't one.
    let reopen =
        ReopenOpportunity { opportunity: deal, reason: "signed by mistake".into(), to: None, revision: None };
    assert_eq!(world.mine().execute(reopen.clone()).unwrap().to, "proposal");
    assert_eq!(codes(world.mine().execute(reopen).unwrap_err()), ["opportunity.not_closed"]);
    let customer: Customer = world.mine().get(world.customer).unwrap();
    assert_eq!((customer.state.as_str(), customer.deals, customer.first_deal_at), ("following", None, None));

    let lose = |reason: &str| LoseOpportunity {
        opportunity: deal,
        reason: reason.into(),
        competitor: "迅澜软件".into(),
        to: None,
        revision: None,
    };
    assert_eq!(codes(world.mine().execute(lose("")).unwrap_err()), ["lifecycle.reason_missing"]);
    world.mine().execute(lose("价格")).unwrap();
    let lost = world.read(deal);
    assert_eq!((lost.lost_reason.as_str(), lost.lost_to.as_str()), ("价格", "迅澜软件"));
    assert!(lost.closed_at.is_some() && lost.won_at.is_none());
    assert_eq!(world.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn a_deleted_or_handed_on_deal_counts_elsewhere() {
    let world = World::new();
    let other: CustomerId =
        create(&world.mine(), &[("name", "漪江模具".into()), ("owner", world.clerk.into())]);
    let (first, second) = (world.deal(&[]), world.deal(&[]));
    for deal in [first, second] {
        world
            .mine()
            .execute(WinOpportunity { opportunity: deal, reason: String::new(), revision: None })
            .unwrap();
    }
    let counts = |customer: CustomerId| {
        let customer: Customer = world.mine().get(customer).unwrap();
        (customer.opportunities.unwrap_or(0), customer.deals.unwrap_or(0))
    };
    assert_eq!((counts(world.customer), counts(other)), ((2, 2), (0, 0)));
    let fields = fields(&[("customer", other.into())]);
    world.mine().execute(UpdateRecord { record: first.record(), revision: None, fields }).unwrap();
    assert_eq!((counts(world.customer), counts(other)), ((1, 1), (1, 1)));
    let delete = DeleteRecord { record: second.record(), revision: None, reason: "twice".into() };
    world.mine().execute(delete).unwrap();
    assert_eq!((counts(world.customer), counts(other)), ((0, 0), (1, 1)));
}

#[test]
fn a_gated_stage_asks_for_its_tasks() {
    let world = World::new();
    let deal = world.deal(&[("lifecycle", "long_deal".into())]);
    let tasks = world.tasks(deal.record());
    let subjects: Vec<_> = tasks.iter().map(|task| task.subject.as_str()).collect();
    assert_eq!((subjects, tasks[0].gate), (vec!["梳理决策链"], Some(true)));
    let refused = world.advance(deal, "", "").unwrap_err();
    assert_eq!(codes(refused), ["lifecycle.tasks_open"]);
    let finish = FinishTask { task: tasks[0].id(), outcome: String::new(), revision: None };
    world.mine().execute(finish).unwrap();
    let moved = world.advance(deal, "", "").unwrap();
    assert_eq!((moved.to.as_str(), moved.tasks.len()), ("survey", 2));
    // Back and forth: what is still open is not asked for twice.
    world.advance(deal, "opened", "too early").unwrap();
    let again = world.tasks(deal.record()).into_iter().find(|task| task.stage == "opened" && task.is_open());
    let finish = FinishTask { task: again.unwrap().id(), outcome: String::new(), revision: None };
    world.mine().execute(finish).unwrap();
    assert_eq!(world.advance(deal, "survey", "").unwrap().tasks, []);
    assert_eq!(codes(world.advance(deal, "trial", "").unwrap_err()), ["lifecycle.move_unknown"]);
}

/// Answers for one guard.
struct Margin;
impl Judges for Margin {
    fn guard(&self, guarded: &GuardedMove<'_>) -> Result<Option<Vec<Refusal>>> {
        let refused = vec![Refusal::new("margin.too_low", "the margin is too low")];
        Ok((guarded.guard == "margin").then_some(refused))
    }
}

#[test]
fn all_that_a_move_lacks_is_told_at_once() {
    let (host, clock) = Host::fixed(at("2025-01-01T00:00:00Z"), 1);
    let world = World::with((host.with_judges(Arc::new(Margin)), clock));
    let mut definition = defaults::general_deal();
    let step = definition.moves.iter_mut().find(|step| step.from == "first_talk" && step.to == "negotiation");
    let step = step.unwrap();
    step.roles = vec!["director".into()];
    step.requires_fields = vec!["need".into(), "close_on".into()];
    step.requires_activities = vec!["visit".into(), "电话".into()];
    step.requires_reason = true;
    step.guards = vec!["margin".into(), "weather".into()];
    world.crm.system().execute(DefineLifecycle { definition, default: true, map: BTreeMap::new() }).unwrap();
    let deal = world.deal(&[("need", "冷库温度记录".into())]);
    let log = |kind: &str| LogActivity {
        about: deal.record(),
        kind: <_ as Field>::from_value(&kind.into()).unwrap(),
        direction: None,
        at: None,
        minutes: None,
        contact: None,
        participants: vec![],
        subject: String::new(),
        text: String::new(),
        outcome: String::new(),
        position: None,
        next: None,
    };
    world.mine().execute(log("call")).unwrap();
    let refused = world.advance(deal, "negotiation", "").unwrap_err();
    assert_eq!(
        codes(refused),
        [
            "lifecycle.role_missing",
            "lifecycle.field_missing",
            "lifecycle.activity_missing",
            "lifecycle.reason_missing",
            "margin.too_low",
            "lifecycle.guard_unknown",
        ]
    );
    assert_eq!(world.read(deal).state, "first_talk");
}

#[test]
fn a_quick_deal_takes_its_fields_with_the_move() {
    let world = World::new();
    let deal = world.deal(&[("lifecycle", "quick_deal".into())]);
    assert_eq!(codes(world.advance(deal, "", "").unwrap_err()), ["lifecycle.field_missing"]);
    let to_grade = AdvanceOpportunity {
        opportunity: deal,
        to: None,
        reason: String::new(),
        revision: Some(1),
        fields: fields(&[("定性", "复购".into())]),
    };
    assert_eq!(world.mine().execute(to_grade.clone()).unwrap().to, "set_grade");
    assert_eq!(world.read(deal).nature, "复购");
    assert!(matches!(world.mine().execute(to_grade), Err(Error::Stale { given: 1, current: 2, .. })));
    let forged = MoveRecord {
        record: deal.record(),
        to: "set_amount".into(),
        reason: String::new(),
        revision: None,
        fields: fields(&[("grade", "A".into()), ("won_at", "2025-01-01".into())]),
    };
    assert_eq!(codes(world.mine().execute(forged).unwrap_err()), ["field.read_only"]);
}

#[test]
fn a_move_takes_no_field_that_the_actor_may_not_write() {
    let world = World::new();
    let deal = world.deal(&[("lifecycle", "quick_deal".into())]);
    let grants = vec![Grant {
        kind: "opportunity".into(),
        actions: vec![Action::Read, Action::Update, Action::Move],
        scope: Scope::All,
    }];
    let fields_ruled =
        vec![FieldRule { kind: "opportunity".into(), field: "nature".into(), access: FieldAccess::ReadOnly }];
    let role = DefineRole {
        role: None,
        revision: None,
        name: "reader of natures".into(),
        grants,
        fields: fields_ruled,
        administrator: false,
    };
    let role = world.crm.system().execute(role).unwrap();
    let reader = world.crm.system().execute(new_user("zhao", vec![role])).unwrap();
    let with = |pairs: &[(&str, Value)]| AdvanceOpportunity {
        opportunity: deal,
        to: None,
        reason: String::new(),
        revision: None,
        fields: fields(pairs),
    };
    let theirs = world.crm.session(Actor::User(reader));
    assert_eq!(codes(theirs.execute(with(&[("nature", "复购".into())])).unwrap_err()), ["field.read_only"]);
    world.mine().execute(with(&[("nature", "复购".into())])).unwrap();
    theirs.execute(with(&[("grade", "A".into())])).unwrap();
    assert_eq!(world.read(deal).state, "set_amount");
}

#[test]
fn who_may_move_a_deal() {
    let world = World::new();
    let stranger = world.crm.system().execute(new_user("li", vec![])).unwrap();
    let deal = world.deal(&[]);
    let advance = MoveRecord {
        record: deal.record(),
        to: "proposal".into(),
        reason: String::new(),
        revision: None,
        fields: BTreeMap::new(),
    };
    let theirs = world.crm.session(Actor::User(stranger));
    assert!(matches!(theirs.execute(advance.clone()), Err(Error::NotFound(..))));
    let department =
        create::<crm_core::base::kind::Department>(&world.crm.system(), &[("name", "Sales".into())]);
    let none = MoveRecord { record: department.record(), ..advance };
    assert_eq!(codes(world.crm.system().execute(none).unwrap_err()), ["lifecycle.none"]);
    let lead = create::<crm_core::base::kind::Lead>(
        &world.mine(),
        &[("name", "夏铁军".into()), ("owner", world.clerk.into())],
    );
    let convert = MoveLead {
        lead,
        to: "converted".into(),
        reason: String::new(),
        revision: None,
        fields: BTreeMap::new(),
    };
    assert_eq!(codes(world.mine().execute(convert).unwrap_err()), ["lead.not_converted"]);
}

#[test]
fn lines_make_the_amount_and_shares_are_whole() {
    let world = World::new();
    let line = |price: &str, quantity: i64| DealLine {
        name: "line".into(),
        quantity: Some(quantity.into()),
        unit_price: price.parse().ok(),
        discount_percent: Some(3.into()),
        ..DealLine::default()
    };
    let lines = vec![line("8000 CNY", 9), line("2800 CNY", 33)].to_value();
    let deal = world.deal(&[("lines", lines.clone())]);
    assert_eq!(world.read(deal).amount.unwrap().to_string(), "159468.00 CNY");
    let update = |name: &str, value: Value| {
        let fields = fields(&[(name, value)]);
        world.mine().execute(UpdateRecord { record: deal.record(), revision: None, fields })
    };
    let refused = update("amount", Value::Money("1 CNY".parse().unwrap())).unwrap_err();
    assert_eq!(codes(refused), ["opportunity.amount_follows_lines"]);
    update("lines", vec![line("100 CNY", 1)].to_value()).unwrap();
    assert_eq!(world.read(deal).amount.unwrap().to_string(), "97.00 CNY");
    let mixed = update("lines", vec![line("1 CNY", 1), line("1 USD", 1)].to_value()).unwrap_err();
    assert_eq!(codes(mixed), ["opportunity.currency_mixed"]);
    let share =
        |share: i64| vec![TeamMember { user: Some(world.clerk), share: Some(share.into()) }].to_value();
    assert_eq!(codes(update("team", share(90)).unwrap_err()), ["opportunity.shares_not_whole"]);
    update("team", share(100)).unwrap();
    assert_eq!(codes(update("lifecycle", "quick_deal".into()).unwrap_err()), ["opportunity.pipeline_fixed"]);
}
