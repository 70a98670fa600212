//! Due work that fails: tried five times, then kept where it can be seen, tried again or dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crm_core::base::kind;
use crm_core::domain::failed_work::{DropWork, FailedWork, RetryWork};
use crm_core::domain::org::{CustomType, DefineField, DefineRole, Grant};
use crm_core::prelude::*;
use crm_core::record::action::Scope;
use crm_core::record::desk::{Desk, Due};
use crm_core::record::journal::{Change, Entry};
use crm_core::record::port::Judges;

/// Sends a mail about each new department, an hour later, over a line that is up or down.
#[derive(Default)]
struct Mail {
    up: AtomicBool,
    sent: AtomicUsize,
}

impl Judges for Mail {
    fn react(&self, entry: &Entry<'_>, now: Instant) -> Result<Vec<Due>> {
        let new = entry.header.change == Change::Created && entry.header.record.kind == kind::Department::NO;
        let mail = |about| Due {
            at: now + Span::from_hours(1),
            work: "mail.send".into(),
            about,
            note: "欢迎".into(),
        };
        Ok(Some(entry.header.record).filter(|_| new).map(mail).into_iter().collect())
    }

    fn work(&self, _: &mut dyn Desk, due: &Due) -> Result<bool> {
        assert_eq!((due.work.as_str(), due.note.as_str()), ("mail.send", "欢迎"));
        if !self.up.load(Ordering::SeqCst) {
            return Err(Error::refused("mail.down", "no line to `mail.example.com`"));
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(true)
    }
}

struct Office {
    crm: Crm,
    clock: Arc<ManualClock>,
    mail: Arc<Mail>,
    department: RecordRef,
}

fn start() -> Instant {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn create(crm: &Crm, kind: KindNo, pairs: &[(&str, Value)]) -> RecordRef {
    let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    crm.system().execute(CreateRecord { kind, fields }).unwrap()
}

impl Office {
    fn new() -> Office {
        let (host, clock) = Host::fixed(start(), 3);
        let mail = Arc::new(Mail::default());
        let crm = Crm::open(MemoryStore::new(), host.with_judges(mail.clone())).unwrap();
        let department = create(&crm, kind::Department::NO, &[("name", "销售部".into())]);
        Office { crm, clock, mail, department }
    }

    /// Does what is due once an hour, for so many hours; answers how often work failed.
    fn hours(&self, hours: i64) -> usize {
        let mut failed = 0;
        for _ in 0..hours {
            self.clock.set(self.crm.now() + Span::from_hours(1));
            failed += self.crm.run_due(10).unwrap().failed.len();
        }
        failed
    }

    fn kept(&self) -> Vec<FailedWork> {
        self.crm.system().list(&Query::of(kind::FailedWork::NO)).unwrap().items
    }

    fn sent(&self) -> usize {
        self.mail.sent.load(Ordering::SeqCst)
    }
}

#[test]
fn work_that_fails_five_times_is_kept_and_done_when_it_is_tried_again() {
    let office = Office::new();
    let system = office.crm.system();
    assert_eq!(office.hours(4), 4);
    assert_eq!(office.kept(), []);
    assert_eq!(office.hours(10), 1, "the fifth try is the last");
    assert_eq!(office.crm.next_due().unwrap(), None);
    let kept = office.kept();
    let [failed] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((failed.work.as_str(), failed.note.as_str()), ("mail.send", "欢迎"));
    assert_eq!(failed.about, office.department.to_string());
    assert_eq!(failed.due_at, Some(start() + Span::from_hours(1)), "when it was due first");
    assert_eq!(failed.tries, Some(5));
    assert!(failed.error.contains("mail.example.com"), "{}", failed.error);
    let journal = system.journal(failed.record_ref(), None, 9).unwrap();
    assert_eq!(journal.iter().map(|item| item.action.as_str()).collect::<Vec<_>>(), ["due.lay_aside"]);

    // Tried again while the line is down, it is new work; once it is up, it is done.
    system.execute(RetryWork { works: vec![failed.id()] }).unwrap();
    assert_eq!(office.kept(), []);
    assert_eq!(office.hours(3), 3);
    office.mail.up.store(true, Ordering::SeqCst);
    assert_eq!((office.hours(5), office.sent()), (0, 1));
    assert_eq!(office.crm.next_due().unwrap(), None);
    assert_eq!(office.crm.verify().unwrap().findings, Vec::<String>::new());
}

#[test]
fn failed_work_is_tried_at_once_or_dropped_by_those_who_may() {
    let office = Office::new();
    office.hours(6);
    let system = office.crm.system();
    let user = |login: &str, grants: Vec<Grant>| {
        let role = DefineRole {
            role: None,
            revision: None,
            name: login.into(),
            grants,
            fields: vec![],
            administrator: false,
        };
        let roles = Value::List(vec![system.execute(role).unwrap().into()]);
        let values = [("login", login.into()), ("name", login.into()), ("roles", roles)];
        Actor::User(create(&office.crm, kind::User::NO, &values).as_id().unwrap())
    };
    let grant = |kind: &str, actions: &[Action]| Grant {
        kind: kind.into(),
        actions: actions.to_vec(),
        scope: Scope::All,
    };
    let all = [Action::Read, Action::Create, Action::Update, Action::Delete];
    let clerk = user("clerk", vec![grant("*", &all)]);
    let reader = user("reader", vec![grant("failed_work", &[Action::Read])]);
    let keeper = user("keeper", vec![grant("failed_work", &all)]);
    let failed = office.kept()[0].id();
    let seen = |actor| office.crm.session(actor).count(&Query::of(kind::FailedWork::NO)).unwrap();
    assert_eq!((seen(clerk), seen(reader), seen(keeper)), (0, 1, 1));
    let retry = |actor, id| office.crm.execute(actor, RetryWork { works: vec![id] });
    let drop = |actor, id| office.crm.execute(actor, DropWork { works: vec![id], reason: "moved".into() });
    assert!(matches!(retry(clerk, failed), Err(Error::NotFound(..))));
    assert_eq!(retry(reader, failed).unwrap_err().code(), "permission.denied");
    assert_eq!(drop(reader, failed).unwrap_err().code(), "permission.denied");
    // Nobody makes up work, or makes other work of it.
    let forged = [("work", "pool.sweep".into()), ("about", "customer".into())];
    let fields = forged.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect();
    let forged = CreateRecord { kind: kind::FailedWork::NO, fields };
    assert_eq!(office.crm.execute(keeper, forged.clone()).unwrap_err().code(), "field.read_only");
    let changed = UpdateRecord { record: failed.record(), revision: None, fields: forged.fields };
    assert_eq!(office.crm.execute(keeper, changed).unwrap_err().code(), "field.read_only");

    office.mail.up.store(true, Ordering::SeqCst);
    retry(keeper, failed).unwrap();
    assert_eq!((office.sent(), office.kept().len()), (1, 0), "it is done by the same call");
    office.mail.up.store(false, Ordering::SeqCst);
    create(&office.crm, kind::Department::NO, &[("name", "北区".into())]);
    office.hours(6);
    drop(keeper, office.kept()[0].id()).unwrap();
    assert_eq!((office.kept().len(), office.crm.next_due().unwrap()), (0, None));
    let (changes, _) = office.crm.changes(0, 1_000).unwrap();
    let told = changes.iter().rfind(|change| change.record.kind == kind::FailedWork::NO).unwrap();
    assert_eq!((told.action.as_str(), told.reason.as_str()), ("failed_work.drop", "moved"));
}

#[test]
fn what_a_failure_is_about_may_be_deleted_and_rules_for_failed_work_lose_none() {
    let office = Office::new();
    let system = office.crm.system();
    // From now on failed work needs a value that the engine can't give.
    let field = DefineField {
        kind: kind::FailedWork::NO,
        name: "colour".into(),
        en: String::new(),
        zh: String::new(),
        ty: CustomType::Text,
        choices: Vec::new(),
        columns: Vec::new(),
        target: None,
        required: true,
        unique: false,
        personal: false,
        default: String::new(),
        pattern: String::new(),
        least: None,
        most: None,
        help: String::new(),
    };
    system.execute(field).unwrap();
    let other = create(&office.crm, kind::Department::NO, &[("name", "北区".into())]);
    assert_eq!(office.hours(7), 14, "it can't be laid aside, so it stays due");
    assert_eq!(office.kept(), []);
    let fields = system.rows(&Query::of(kind::CustomField::NO)).unwrap().items;
    system
        .execute(UpdateRecord {
            record: fields[0].id,
            revision: None,
            fields: [("required".to_owned(), false.into())].into(),
        })
        .unwrap();
    assert_eq!(office.hours(1), 2);
    assert_eq!(office.kept().len(), 2);
    system.execute(DeleteRecord { record: other, revision: None, reason: "closed".into() }).unwrap();
    office.mail.up.store(true, Ordering::SeqCst);
    system.execute(RetryWork { works: office.kept().iter().map(Record::id).collect() }).unwrap();
    assert_eq!((office.sent(), office.kept().len()), (2, 0));
}
