//! Threads that ask at once: each is answered, one of two that collide wins, and commits are shared.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use crm_core::domain::party::Customer;
use crm_core::engine::flows::advance::AdvanceOpportunity;
use crm_core::engine::flows::claim::Claim;
use crm_core::engine::flows::edit::UpdateRecord;
use crm_core::prelude::*;
use crm_core::record::desk::{Desk, Due};
use crm_core::record::journal::Entry;
use crm_core::record::port::Judges;
use crm_core::store::conformance::Dice;
use crm_store_redb::Options;
use crm_store_redb::faults::Disk;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use serde_json::{Value as Json, json};

use super::world::{Act, Model, Open, named, start};

fn open() -> Open {
    Open::on(Disk::new(0).plug(), Options::default(), start(), 1).unwrap()
}

/// What several threads, let go at the same moment, are answered.
fn at_once<T: Send>(threads: usize, ask: impl Fn(usize) -> Result<T> + Sync) -> Vec<Result<T>> {
    let barrier = Barrier::new(threads);
    thread::scope(|scope| {
        let asking = |thread| {
            let (barrier, ask) = (&barrier, &ask);
            scope.spawn(move || {
                barrier.wait();
                ask(thread)
            })
        };
        let asking: Vec<_> = (0..threads).map(asking).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The one who lost.
fn loser<T: std::fmt::Debug>(answers: Vec<Result<T>>) -> Error {
    let (won, mut lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
    lost.pop().unwrap().unwrap_err()
}

#[test]
fn of_two_changes_against_one_revision_one_wins() {
    let open = open();
    let record = open.act(&Act::Begin { firm: "Alfa".into(), staff: 0 }).unwrap();
    for revision in 1..50 {
        let lost = loser(at_once(2, |thread| {
            let fields = named(&[("employees", (revision as i64 * 2 + thread as i64).into())]);
            open.crm.execute(Actor::System, UpdateRecord { record, revision: Some(revision), fields })
        }));
        match lost {
            Error::Stale { record: of, given, current } => {
                assert_eq!((of, given, current), (record, revision, revision + 1));
            }
            other => panic!("{other}"),
        }
    }
    assert!(open.crm.verify().unwrap().is_clean());
}

fn run(open: &Open, name: &str, input: Json) -> Json {
    open.crm
        .system()
        .execute_named(name, input.clone())
        .unwrap_or_else(|error| panic!("{name} {input}: {error}"))
}

fn id<K: Kind>(json: &Json) -> Id<K> {
    json.as_str().unwrap().parse().unwrap()
}

/// Two sellers of one department, who may do what sellers do with their own.
fn sellers(open: &Open) -> ([UserId; 2], Json) {
    let actions = ["read", "create", "update", "move", "claim", "release"];
    let grants = json!([{"kind": "*", "actions": actions, "scope": "own"}]);
    let role = run(open, "role.define", json!({"name": "seller", "grants": grants}));
    let department = run(open, "department.create", json!({"name": "East"}));
    let users = ["li", "wang"].map(|login| {
        id(&run(
            open,
            "user.create",
            json!({"login": login, "name": login, "roles": [role], "department": department}),
        ))
    });
    (users, department)
}

#[test]
fn of_two_claims_of_one_record_one_wins() {
    let open = open();
    let (users, department) = sellers(&open);
    run(&open, "pool.define", json!({"name": "East", "kind": "customer", "departments": [department]}));
    for round in 0..10 {
        let fields = json!({"name": {"text": format!("Firma{round}")}, "owner": {"id": users[0]}});
        let record = run(&open, "record.create", json!({"kind": "customer", "fields": fields}));
        run(&open, "pool.release", json!({"record": record, "reason": "too far"}));
        let record: RecordRef = record.as_str().unwrap().parse().unwrap();
        let lost = loser(at_once(2, |thread| open.crm.execute(Actor::User(users[thread]), Claim { record })));
        assert!(lost.has_code("pool.gone"), "{lost}");
    }
    assert!(open.crm.verify().unwrap().is_clean());
}

#[test]
fn of_two_moves_of_one_deal_one_wins() {
    let open = open();
    let (users, _) = sellers(&open);
    let customer = open.act(&Act::Begin { firm: "Alfa".into(), staff: 0 }).unwrap();
    for round in 0..10 {
        let fields = json!({"name": {"text": format!("deal {round}")}, "customer": {"id": customer}, "owner": {"id": users[0]}});
        let deal = run(&open, "record.create", json!({"kind": "opportunity", "fields": fields}));
        let opportunity: OpportunityId = id(&deal);
        let advance = |revision| AdvanceOpportunity {
            opportunity,
            to: None,
            reason: String::new(),
            revision,
            fields: Default::default(),
        };
        let lost = loser(at_once(2, |_| open.crm.execute(Actor::User(users[0]), advance(Some(1)))));
        assert!(matches!(lost, Error::Stale { given: 1, current: 2, .. }), "{lost}");
    }
    assert!(open.crm.verify().unwrap().is_clean());
}

/// Commands that do what no command should.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
enum Odd {
    Sound(Act),
    Panics(Act),
    Nests(Act),
}

thread_local! {
    /// The engine that a nesting command reaches for.
    static ENGINE: RefCell<Option<Arc<Open>>> = const { RefCell::new(None) };
}

impl Command for Odd {
    type Output = RecordRef;
    const NAME: &'static str = "test.odd";

    fn run(self, desk: &mut dyn Desk) -> Result<RecordRef> {
        match self {
            Odd::Sound(act) => act.run(desk),
            Odd::Panics(act) => {
                act.run(desk)?;
                // A panic that prints nothing.
                std::panic::resume_unwind(Box::new("odd: half-way"))
            }
            Odd::Nests(act) => ENGINE.with_borrow(|engine| {
                let engine = engine.as_ref().unwrap();
                act.clone().run(desk)?;
                let all = engine.crm.execute_all(Actor::System, vec![act.clone()]);
                assert!(matches!(all[..], [Err(Error::Nested)]), "{all:?}");
                assert!(matches!(engine.crm.run_due(1), Err(Error::Nested)));
                assert!(matches!(engine.crm.repair(), Err(Error::Nested)));
                engine.act(&act)
            }),
        }
    }
}

#[test]
fn a_panic_or_a_nested_command_is_answered_to_its_caller_alone() {
    let open = Arc::new(open());
    ENGINE.set(Some(open.clone()));
    let begin = |firm: &str| Act::Begin { firm: firm.into(), staff: 0 };
    let commands = vec![
        Odd::Sound(begin("Alfa")),
        Odd::Panics(begin("Beta")),
        Odd::Sound(begin("Beta")),
        Odd::Nests(begin("Gamma")),
        Odd::Sound(begin("Delta")),
    ];
    let answers = open.crm.execute_all(Actor::System, commands);
    assert!(
        matches!(&answers[..], [Ok(_), Err(Error::Internal(what)), Ok(_), Err(Error::Nested), Ok(_)] if what == "odd: half-way"),
        "{answers:?}"
    );
    ENGINE.set(None);
    let model = Model::read(&open).unwrap();
    assert_eq!(model.firms.keys().collect::<Vec<_>>(), ["Alfa", "Beta", "Delta"]);
    assert_eq!(open.crm.position().unwrap(), 3);
    assert!(open.crm.verify().unwrap().is_clean());
}

/// A definition that the engine can't follow is its author's fault, and nobody else's.
#[test]
fn a_definition_that_can_not_be_read_harms_nobody_else() {
    let open = open();
    let create = |kind: &str, fields: &[(&str, Value)]| crm_core::engine::flows::edit::CreateRecord {
        kind: KindNo::from_name(kind).unwrap(),
        fields: named(fields),
    };
    let department = |name: &str| create("department", &[("name", name.into())]);
    let broken =
        ("lifecycle", [("name", Value::from("x")), ("kind", "lead".into()), ("definition", "{".into())]);
    let commands = vec![department("one"), create(broken.0, &broken.1), department("two")];
    let answers = open.crm.execute_all(Actor::System, commands);
    assert!(matches!(&answers[..], [Ok(_), Err(Error::Invalid(_)), Ok(_)]), "{answers:?}");
    assert!(open.crm.verify().unwrap().is_clean());
}

/// Has every change of a firm call for another one at once.
struct Echo;

impl Judges for Echo {
    fn react(&self, entry: &Entry<'_>, now: Instant) -> Result<Vec<Due>> {
        let due = Due { at: now, work: "test.echo".into(), about: entry.header.record, note: String::new() };
        Ok(vec![due])
    }

    fn work(&self, desk: &mut dyn Desk, due: &Due) -> Result<bool> {
        let mut firm: Customer = desk.load_as(Id::from_u128(due.about.bits), Action::Update)?;
        firm.notes.push('!');
        desk.put(&firm)?;
        Ok(true)
    }
}

#[test]
fn reactions_that_feed_themselves_end() {
    let (host, _) = Host::fixed(start(), 1);
    let crm = Crm::open(MemoryStore::new(), host.with_judges(Arc::new(Echo))).unwrap();
    let record = crm.execute(Actor::System, Act::Begin { firm: "Alfa".into(), staff: 0 }).unwrap();
    let firm: Customer = crm.system().get(record.as_id().unwrap()).unwrap();
    assert_eq!(firm.notes, "!".repeat(100));
    assert_eq!(crm.next_due().unwrap(), Some(start()), "the rest stays due");
    assert_eq!(crm.run_due(1).unwrap().done, 1);
    assert!(crm.verify().unwrap().is_clean());
}

/// Many threads, each with many commands, some of them odd: every one is answered, the journal has
/// no gap, and nothing is lost or made.
#[test]
fn many_threads_are_all_answered() {
    const THREADS: usize = 8;
    let open = open();
    let commands = if crate::slow() { 5_000 } else { 100 };
    for firm in 0..THREADS {
        open.act(&Act::Begin { firm: format!("Firma{firm}"), staff: 1_000 }).unwrap();
    }
    let before = open.crm.position().unwrap();
    let lent: Vec<Result<u64>> = at_once(THREADS, |thread| {
        let mut dice = Dice::new(thread as u64);
        let mut lent = 0;
        for _ in 0..commands {
            let (from, to) = (thread, (thread + 1 + dice.below(THREADS - 1)) % THREADS);
            let act = Act::Lend {
                from: format!("Firma{from}"),
                to: format!("Firma{to}"),
                staff: 1 + dice.below(400) as i64,
            };
            let odd = if dice.once_in(10) { Odd::Panics(act) } else { Odd::Sound(act) };
            match open.crm.execute(Actor::System, odd.clone()) {
                Ok(_) => lent += 1,
                Err(Error::Internal(_)) if matches!(odd, Odd::Panics(_)) => {}
                Err(error) if error.has_code("test.too_few") => {}
                Err(error) => return Err(error),
            }
            open.crm.system().read(open.crm.changes(0, 1)?.0[0].record)?;
        }
        Ok(lent)
    });
    let lent: u64 = lent.into_iter().map(Result::unwrap).sum();
    let report = open.crm.verify().unwrap();
    assert_eq!(report.findings, Vec::<String>::new());
    // Each loan is two changes.
    assert_eq!(report.journal as u64, before + 2 * lent);
    assert_eq!(open.crm.position().unwrap(), before + 2 * lent);
    let staff: i64 = Model::read(&open).unwrap().firms.values().map(|firm| firm.staff).sum();
    assert_eq!(staff, 1_000 * THREADS as i64);
}

/// A disk whose flushes take a while.
#[derive(Debug)]
struct Slow(InMemoryBackend);

impl StorageBackend for Slow {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }
    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }
    fn sync_data(&self) -> io::Result<()> {
        thread::sleep(Duration::from_millis(5));
        self.0.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}

/// The price of a flush is shared by those who wait.
#[test]
fn threads_share_commits() {
    const THREADS: usize = 16;
    const COMMANDS: usize = 10;
    let open = Open::on(Slow(InMemoryBackend::new()), Options::default(), start(), 1).unwrap();
    let syncs = |commands: &dyn Fn()| {
        let before = open.store.traffic();
        commands();
        (open.store.traffic() - before).syncs
    };
    let begin = |thread: usize, count: usize| Act::Begin { firm: format!("Firma{thread}x{count}"), staff: 0 };
    let alone = syncs(&|| {
        open.act(&begin(THREADS, 0)).unwrap();
    });
    let together = syncs(&|| {
        let answers = at_once(THREADS, |thread| {
            (0..COMMANDS).try_for_each(|count| open.act(&begin(thread, count)).map(|_| ()))
        });
        answers.into_iter().for_each(|answer| answer.unwrap());
    });
    let all = syncs(&|| {
        let answers =
            open.crm.execute_all(Actor::System, (1..=100).map(|count| begin(THREADS, count)).collect());
        assert!(answers.iter().all(Result::is_ok));
    });
    assert_eq!(all, alone, "one call, one commit");
    let commands = (THREADS * COMMANDS) as u64;
    assert!(
        together * 3 <= commands * alone,
        "{commands} commands took {together} flushes, each alone takes {alone}"
    );
    println!("{commands} commands: {together} flushes; alone: {}", commands * alone);
    assert_eq!(Model::read(&open).unwrap().firms.len(), THREADS * COMMANDS + 101);
}
