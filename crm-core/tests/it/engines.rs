//! Two engines over one store: each reads by what the other made the rights, and what one did the other
//! does not do again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crm_core::base::kind;
use crm_core::domain::org::{CustomType, DefineField, DefineRole, Grant};
use crm_core::prelude::*;
use crm_core::record::action::Scope;
use crm_core::record::desk::{Desk, Due};
use crm_core::record::journal::{Change, Entry};
use crm_core::record::port::Judges;
use crm_core::store::{Batch, Snapshot, StoreError};

fn start() -> Instant {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn create(crm: &Crm, kind: KindNo, pairs: &[(&str, Value)]) -> RecordRef {
    let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    crm.system().execute(CreateRecord { kind, fields }).unwrap()
}

fn readers(role: Option<RoleId>, scope: Scope) -> DefineRole {
    let grants = vec![Grant { kind: "customer".into(), actions: vec![Action::Read], scope }];
    DefineRole { role, revision: None, name: "reader".into(), grants, fields: vec![], administrator: false }
}

#[test]
fn rights_that_one_engine_takes_away_are_gone_in_the_other() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let open = |seed| Crm::open_shared(store.clone(), Host::fixed(start(), seed).0).unwrap();
    let (one, other) = (open(1), open(2));
    let role = one.system().execute(readers(None, Scope::All)).unwrap();
    let roles = Value::List(vec![role.into()]);
    let user =
        create(&one, kind::User::NO, &[("login", "li".into()), ("name", "李娜".into()), ("roles", roles)]);
    let user: UserId = user.as_id().unwrap();
    let firm = create(&one, kind::Customer::NO, &[("name", "北京科技有限公司".into())]);
    let customers = Query::of(kind::Customer::NO);
    let sees = |crm: &Crm| {
        let session = crm.session(Actor::User(user));
        let listed = session.count(&customers).unwrap();
        assert_eq!(session.read(firm).is_ok(), listed == 1);
        assert_eq!(session.as_of(start()).count(&customers).unwrap(), listed);
        listed
    };
    assert_eq!((sees(&one), sees(&other)), (1, 1));
    one.system().execute(readers(Some(role), Scope::Own)).unwrap();
    assert_eq!((sees(&one), sees(&other)), (0, 0));
    assert!(other.session(Actor::User(user)).may(Action::Read, kind::Customer::NO));

    let field = DefineField {
        kind: kind::Customer::NO,
        name: "colour".into(),
        en: String::new(),
        zh: String::new(),
        ty: CustomType::Text,
        choices: Vec::new(),
        columns: Vec::new(),
        target: None,
        required: false,
        unique: false,
        personal: false,
        default: String::new(),
        pattern: String::new(),
        least: None,
        most: None,
        help: String::new(),
    };
    other.system().execute(field).unwrap();
    let fields = one.system().fields(kind::Customer::NO).unwrap();
    assert!(fields.iter().any(|field| field.name == "colour"));
    let painted = BTreeMap::from([("colour".to_owned(), "red".into())]);
    let painted = UpdateRecord { record: firm, revision: None, fields: painted };
    one.system().execute(painted).unwrap();
    assert_eq!(other.system().read(firm).unwrap().fields["colour"], "red".into());
    assert_eq!(other.verify().unwrap().findings, Vec::<String>::new());
}

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A store that lets something happen just before a commit.
struct Between {
    store: Arc<dyn Store>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl Store for Between {
    fn name(&self) -> &'static str {
        "between"
    }

    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.store.snapshot()
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        self.store.commit(batch)
    }
}

/// Calls back about each new department an hour later, and a day after that; nothing is written down.
#[derive(Default)]
struct Calls {
    fails: AtomicBool,
}

impl Judges for Calls {
    fn react(&self, entry: &Entry<'_>, now: Instant) -> Result<Vec<Due>> {
        let is_new = entry.header.change == Change::Created;
        let call =
            |about| Due { at: now + Span::from_hours(1), work: "call".into(), about, note: String::new() };
        Ok(Some(entry.header.record).filter(|_| is_new).map(call).into_iter().collect())
    }

    fn work(&self, desk: &mut dyn Desk, due: &Due) -> Result<bool> {
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::refused("line.busy", "the line is busy"));
        }
        if due.work == "call" {
            desk.schedule(Due { at: desk.now() + Span::from_hours(24), work: "again".into(), ..due.clone() });
        }
        Ok(true)
    }
}

/// What two engines did of one piece of work at the same time: how often its second half was done.
fn both_work(first_fails: bool) -> usize {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let between = Arc::new(Between { store: store.clone(), meanwhile: Mutex::default() });
    let open = |store: Arc<dyn Store>, seed, calls: Arc<Calls>| {
        let (host, clock) = Host::fixed(start(), seed);
        (Crm::open_shared(store, host.with_judges(calls)).unwrap(), clock)
    };
    let failing = Arc::new(Calls { fails: first_fails.into() });
    let (one, first_clock) = open(between.clone(), 1, failing.clone());
    let (other, clock) = open(store, 2, Arc::default());
    create(&one, kind::Department::NO, &[("name", "销售部".into())]);
    let set = |at| {
        first_clock.set(at);
        clock.set(at);
    };
    set(start() + Span::from_hours(2));
    let other = Arc::new(other);
    let meanwhile = other.clone();
    *between.meanwhile.lock().unwrap() = Some(Box::new(move || {
        assert_eq!(meanwhile.run_due(10).unwrap().done, 1);
    }));
    one.run_due(10).unwrap();
    failing.fails.store(false, Ordering::SeqCst);
    set(start() + Span::from_hours(48));
    let mut done = 0;
    while other.next_due().unwrap().is_some_and(|at| at <= other.now()) {
        done += other.run_due(10).unwrap().done;
    }
    assert_eq!(other.verify().unwrap().findings, Vec::<String>::new());
    done
}

#[test]
fn work_that_changes_no_record_is_done_once_by_two_engines() {
    // The second half alone is left, also where one engine would have put the first half off.
    assert_eq!(both_work(false), 1);
    assert_eq!(both_work(true), 1);
}
