//! What the workloads share: a world of a given size on disk, clocks, and how figures are printed.

pub mod peers;
pub mod recording;
pub mod rules;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Timer};

use chrono::NaiveDate;
use crm_core::base::kind::{CustomerId, DepartmentId, OpportunityId, RoleId, UserId};
use crm_core::base::{Currency, Money};
use crm_core::command;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::org::{Department, Grant, Role, User};
use crm_core::domain::party::Customer;
use crm_core::engine::{Crm, Host};
use crm_core::record::action::{Action, Scope};
use crm_core::record::error::Result;
use crm_core::record::journal::Actor;
use crm_core::record::spec::Record;
use crm_core::store::conformance::Dice;
use crm_store_redb::{Options, RedbStore};

/// The stages of the pipeline that the workloads move deals along: the engine's default one.
pub const STAGES: usize = 4;
/// How many sellers there are under the manager.
pub const SELLERS: u64 = 100;
const MANAGER: u64 = 1_000;
const DIRECTOR: u64 = 1_001;

/// How many records a workload has: `CRM_BENCH_RECORDS`, or `--quick` for 20,000, or a million.
pub fn size() -> u64 {
    let quick = std::env::args().any(|arg| arg == "--quick");
    let set = std::env::var("CRM_BENCH_RECORDS").ok().and_then(|size| size.parse().ok());
    set.unwrap_or(if quick { 20_000 } else { 1_000_000 })
}

/// A user of the world.
pub fn user(number: u64) -> UserId {
    UserId::from_u128(u128::from(number) + 1)
}
/// A seller, who sees his own.
pub fn clerk() -> Actor {
    Actor::User(user(0))
}
/// The manager of a hundred sellers, who sees his department's.
pub fn manager() -> Actor {
    Actor::User(user(MANAGER))
}
/// The director, who sees all.
pub fn director() -> Actor {
    Actor::User(user(DIRECTOR))
}
/// A deal of the world.
pub fn deal(number: u64) -> OpportunityId {
    OpportunityId::from_u128(id(number))
}

/// Ids as the engine makes them: time first, so that they ascend.
fn id(number: u64) -> u128 {
    (u128::from(1_700_000_000_000u64 + number) << 80) | u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A store in a folder of its own that goes when it is dropped.
pub struct World {
    /// The engine.
    pub crm: Crm,
    /// Its store.
    pub store: Arc<RedbStore>,
    /// The file.
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

/// An empty world.
pub fn empty() -> Result<World> {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))
        .map_err(|e| crm_core::store::StoreError::Io(Box::new(e)))?;
    let path = folder.path().join("bench.redb");
    // A host that reads a million records at random keeps them in memory.
    let options = Options { cache_bytes: 4 << 30, ..Options::default() };
    let store = Arc::new(RedbStore::open_with(&path, options)?);
    let crm = Crm::open_shared(store.clone(), Host::system())?;
    Ok(World { crm, store, path, _folder: folder })
}

/// A world with an organisation and so many deals, spread over sellers and stages.
pub fn deals(count: u64) -> Result<World> {
    let world = empty()?;
    world.crm.system().execute(Organise {})?;
    let customers = (count / 100).max(1);
    for from in (0..customers).step_by(10_000) {
        world.crm.system().execute(SeedCustomers { from, to: (from + 10_000).min(customers) })?;
    }
    for from in (0..count).step_by(10_000) {
        world.crm.system().execute(SeedDeals { from, to: (from + 10_000).min(count), customers })?;
    }
    Ok(world)
}

command! {
    /// Sets up department, roles and users.
    pub struct Organise as "bench.organise" -> () {}
    run(_this, desk) {
        let mut sales = Department::empty(DepartmentId::from_u128(1));
        sales.name = "Sales".into();
        desk.put(&sales)?;
        for (number, scope) in [(1, Scope::Own), (2, Scope::DepartmentBelow), (3, Scope::All)] {
            let mut role = Role::empty(RoleId::from_u128(number));
            role.name = format!("role {number}");
            role.grants = vec![Grant {
                kind: "*".into(),
                actions: vec![Action::Read, Action::Create, Action::Update, Action::Move, Action::Assign],
                scope,
            }];
            desk.put(&role)?;
        }
        let people = (0..SELLERS).map(|n| (n, 1)).chain([(MANAGER, 2), (DIRECTOR, 3)]);
        for (number, role) in people {
            let mut person = User::empty(user(number));
            person.login = format!("user{number}");
            person.name = person.login.clone();
            person.department = Some(sales.meta.id);
            person.roles = vec![RoleId::from_u128(role)];
            desk.put(&person)?;
        }
        Ok(())
    }
}

command! {
    /// Creates customers.
    pub struct SeedCustomers as "bench.customers" -> () {
        /// The first.
        from: u64,
        /// One after the last.
        to: u64,
    }
    run(this, desk) {
        for number in this.from..this.to {
            let mut customer = Customer::empty(CustomerId::from_u128(id(number)));
            customer.name = format!("Customer number {number}");
            customer.owner = Some(user(number % SELLERS));
            desk.put(&customer)?;
        }
        Ok(())
    }
}

command! {
    /// Creates deals.
    pub struct SeedDeals as "bench.deals" -> () {
        /// The first.
        from: u64,
        /// One after the last.
        to: u64,
        /// How many customers there are.
        customers: u64,
    }
    run(this, desk) {
        let pipeline = desk.lifecycle(Opportunity::SPEC.kind, None)?;
        let mut dice = Dice::new(this.from);
        let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap_or_default();
        for number in this.from..this.to {
            let mut deal = Opportunity::empty(deal(number));
            deal.name = format!("Deal number {number}, two racks and a service contract");
            deal.customer = Some(CustomerId::from_u128(id(number % this.customers)));
            deal.owner = Some(user(below(&mut dice, SELLERS)));
            deal.lifecycle = pipeline.name.clone();
            let stage = usize::try_from(below(&mut dice, STAGES as u64)).unwrap_or(0);
            deal.state = pipeline.states.get(stage).map(|state| state.code.clone()).unwrap_or_default();
            deal.state_since = Some(desk.now());
            deal.amount = Some(Money::new((1_000 + i64::try_from(below(&mut dice, 90_000)).unwrap_or(0)).into(), Currency::CNY));
            deal.close_on = first.checked_add_days(chrono::Days::new(below(&mut dice, 730)));
            deal.next_step = "call the head of purchasing about the offer".into();
            deal.tags = vec!["north".into(), "key account".into()];
            desk.put(&deal)?;
        }
        Ok(())
    }
}

/// A number below another one.
pub fn below(dice: &mut Dice, count: u64) -> u64 {
    dice.roll() % count.max(1)
}

/// Runs something and says how long it took.
pub fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Timer::now();
    let answer = run();
    (answer, start.elapsed())
}

/// So many a second.
pub fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-9)
}

/// The median time of some runs, each over its own number.
pub fn median(runs: u64, mut run: impl FnMut(u64)) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|number| timed(|| run(number)).1).collect();
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Prints one figure.
pub fn line(what: &str, figure: impl std::fmt::Display) {
    println!("{what:<58} {figure}");
}

/// Prints a ratio with the floor that it must reach.
pub fn ratio(what: &str, ratio: f64, floor: &str) {
    println!("{what:<58} {ratio:.2}x   (floor {floor})");
}

/// The most memory that the process held so far, in MiB (Linux).
pub fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".into(), |peak| peak.trim().to_owned())
}
