//! A group that is decided while the one before it is committed: whatever becomes of that, it is as if the two
//! had come one after the other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use crm_core::domain::org::User;
use crm_core::engine::flows::edit::CreateRecord;
use crm_core::engine::{Clock, ManualClock};
use crm_core::prelude::*;
use crm_core::store::{Batch, Snapshot, Store, StoreError};

/// How a commit ends that was held up.
#[derive(Clone, Copy, Debug)]
enum End {
    Well,
    Failed,
    Moved,
    Unknown,
    Panic,
}

/// Holds up one commit, once it is told to.
struct Slow {
    inner: MemoryStore,
    end: Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<End>)>>,
}

impl Store for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn snapshot(&self) -> std::result::Result<Arc<dyn Snapshot>, StoreError> {
        self.inner.snapshot()
    }

    fn commit(&self, batch: &Batch) -> std::result::Result<(), StoreError> {
        let held = self.end.lock().unwrap().take();
        let Some((begun, end)) = held else { return self.inner.commit(batch) };
        begun.send(()).unwrap();
        match end.recv().unwrap() {
            End::Well => self.inner.commit(batch),
            End::Failed => Err(StoreError::Io("the disk is full".into())),
            End::Moved => Err(StoreError::Moved),
            End::Unknown => Err(StoreError::Unknown("the cable is out".into())),
            End::Panic => panic!("the store panics"),
        }
    }
}

/// Counts how often it is asked: once a decided command.
struct Counting(ManualClock, AtomicUsize);

impl Clock for Counting {
    fn now(&self) -> Instant {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.now()
    }
}

fn user(login: &str) -> CreateRecord {
    let fields = [("login", Value::from(login)), ("name", "李".into())];
    let fields: BTreeMap<_, _> = fields.map(|(name, value)| (name.to_owned(), value)).into();
    CreateRecord { kind: KindNo::from_name("user").unwrap(), fields }
}

fn told(answer: &Result<RecordRef>) -> &'static str {
    match answer {
        Ok(_) => "done",
        Err(Error::Store(StoreError::Io(_))) => "failed",
        Err(Error::Store(StoreError::Unknown(_))) => "unknown",
        Err(Error::Halted) => "halted",
        Err(error) if error.has_code("value.taken") => "taken",
        Err(error) => panic!("{error}"),
    }
}

/// One user is created, and while that is committed another of the same login.
fn check(end: End, first: &str, second: &str, users: &[&str]) {
    let slow = Arc::new(Slow { inner: MemoryStore::new(), end: Mutex::default() });
    let at: Instant = "2026-01-01T00:00:00Z".parse().unwrap();
    let clock = Arc::new(Counting(ManualClock::new(at), AtomicUsize::new(0)));
    let host = Host { clock: clock.clone(), ..Host::fixed(at, 1).0 };
    let crm = Crm::open_shared(slow.clone(), host).unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (go, held) = mpsc::channel();
    *slow.end.lock().unwrap() = Some((begun, held));
    let asked = clock.1.load(Ordering::SeqCst);
    thread::scope(|scope| {
        let one = scope.spawn(|| crm.system().execute(user("li")));
        has_begun.recv().unwrap();
        let other = scope.spawn(|| crm.system().execute(user("li")));
        let third = scope.spawn(|| crm.system().execute(user("wang")));
        // What comes meanwhile is decided before the first stands.
        while clock.1.load(Ordering::SeqCst) < asked + 2 {
            thread::yield_now();
        }
        go.send(end).unwrap();
        let answers = [one, other].map(|caller| told(&caller.join().unwrap()));
        let mut expected = [first, second];
        if matches!(end, End::Moved) {
            // Whoever is decided again first.
            let mut answers = answers;
            answers.sort_unstable();
            expected.sort_unstable();
            assert_eq!(answers, expected, "{end:?}");
        } else {
            assert_eq!(answers, expected, "{end:?}");
        }
        let third = told(&third.join().unwrap());
        assert_eq!(third, if second == "halted" { "halted" } else { "done" }, "{end:?}");
    });
    // A halted engine is opened again.
    let crm = Crm::open_shared(slow, Host::fixed(at, 2).0).unwrap();
    let found = crm.system().list::<User>(&Query::of(KindNo::from_name("user").unwrap())).unwrap();
    let mut logins: Vec<_> = found.items.iter().map(|user| user.login.clone()).collect();
    logins.sort();
    assert_eq!(logins, users, "{end:?}");
    let verified = crm.verify().unwrap();
    assert!(verified.is_clean(), "{end:?}: {:?}", verified.findings);
    assert_eq!(verified.journal, users.len(), "{end:?}");
}

#[test]
fn what_is_decided_over_a_commit_stands_or_falls_with_it() {
    check(End::Well, "done", "taken", &["li", "wang"]);
    check(End::Failed, "failed", "done", &["li", "wang"]);
    check(End::Moved, "done", "taken", &["li", "wang"]);
    check(End::Unknown, "unknown", "halted", &[]);
    check(End::Panic, "unknown", "halted", &[]);
}

/// Many callers raise one number; none is lost, whoever's commit they were decided over.
#[test]
fn many_callers_come_one_after_the_other() {
    const CALLERS: usize = 8;
    const EACH: usize = 50;
    let (host, _) = Host::fixed("2026-01-01T00:00:00Z".parse().unwrap(), 3);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (crm, done) = (&crm, &done);
            scope.spawn(move || {
                for number in 0..EACH {
                    // Each login is wanted by two callers.
                    let login = format!("u{}-{number}", caller / 2);
                    if crm.system().execute(user(&login)).is_ok() {
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(done.load(Ordering::SeqCst), CALLERS / 2 * EACH);
    let verified = crm.verify().unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
    assert_eq!(verified.journal, CALLERS / 2 * EACH);
}
