//! Messages on their way out: each once, again after a failure, and kept when nothing helps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crm_core::base::kind;
use crm_core::domain::failed_work::FailedWork;
use crm_core::domain::notice::{MarkRead, Notification};
use crm_core::domain::org::User;
use crm_core::engine::MemoryBlobs;
use crm_core::prelude::*;
use serde_json::json;

use crate::shop::at;

#[derive(Default)]
struct Post {
    sent: Mutex<Vec<String>>,
    down: AtomicBool,
}

impl Sender for Post {
    fn send(&self, notification: &Notification, user: &User) -> Result<(), String> {
        if self.down.load(Ordering::SeqCst) {
            return Err("the line is down".into());
        }
        self.sent.lock().unwrap().push(format!("{}: {}", user.login, notification.subject));
        Ok(())
    }
}

struct Office {
    crm: Crm,
    clock: Arc<ManualClock>,
    post: Arc<Post>,
    user: UserId,
}

impl Office {
    fn open() -> Office {
        let (host, clock) = Host::fixed(at("2026-01-05T01:00:00Z"), 1);
        let post = Arc::new(Post::default());
        let crm = Crm::open(MemoryStore::new(), host.with_sender(post.clone())).unwrap();
        let user = json!({
            "login": "wang", "name": "王", "department": null, "manager": null, "roles": [], "capacity": null
        });
        let user = serde_json::from_value(crm.system().execute_named("user.create", user).unwrap()).unwrap();
        Office { crm, clock, post, user }
    }

    fn tell(&self, subject: &str) -> kind::NotificationId {
        let told = json!({"user": self.user, "subject": subject});
        serde_json::from_value(self.crm.system().execute_named("notification.send", told).unwrap()).unwrap()
    }

    /// What is due at a time of the day; how much was done and failed, and what was sent by then.
    fn due(&self, time: &str) -> (usize, usize, Vec<String>) {
        self.clock.set(at(&format!("2026-01-05T{time}Z")));
        let report = self.crm.run_due(100).unwrap();
        (report.done, report.failed.len(), self.post.sent.lock().unwrap().clone())
    }
}

#[test]
fn a_message_goes_out_once_and_not_when_it_was_read() {
    let office = Office::open();
    office.tell("one");
    let read = office.tell("two");
    assert_eq!(office.post.sent.lock().unwrap().len(), 0, "the one who tells doesn't wait");
    office.crm.system().execute(MarkRead { notifications: vec![read] }).unwrap();
    let sent = vec!["wang: one".to_owned()];
    assert_eq!(office.due("01:00:01"), (2, 0, sent.clone()));
    assert_eq!(office.due("03:00:00"), (0, 0, sent));
}

#[test]
fn what_cannot_be_sent_is_tried_again_and_then_kept() {
    let office = Office::open();
    office.post.down.store(true, Ordering::SeqCst);
    office.tell("one");
    assert_eq!(office.due("01:00:01"), (0, 1, vec![]));
    office.post.down.store(false, Ordering::SeqCst);
    assert_eq!(office.due("01:30:00"), (0, 0, vec![]));
    assert_eq!(office.due("02:00:01"), (1, 0, vec!["wang: one".into()]));

    office.post.down.store(true, Ordering::SeqCst);
    office.tell("two");
    for hour in 2..7 {
        assert_eq!(office.due(&format!("{hour:02}:10:00")).1, 1, "at {hour}");
        office.clock.set(at(&format!("2026-01-05T{hour:02}:59:59Z")));
    }
    let kept = office.crm.system().list::<FailedWork>(&Query::of(kind::FailedWork::NO)).unwrap().items;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].error.contains("the line is down"), "{:?}", kept[0]);
    // Nothing of it is lost: it stands in the inbox, and can be tried again.
    office.post.down.store(false, Ordering::SeqCst);
    office.crm.system().execute_named("failed_work.retry", json!({"works": [kept[0].record_ref()]})).unwrap();
    assert_eq!(office.due("20:00:00").2, ["wang: one", "wang: two"]);
}

#[test]
fn without_a_sender_nothing_waits_for_one() {
    let (host, clock) = Host::fixed(at("2026-01-05T01:00:00Z"), 1);
    let crm = Crm::open(MemoryStore::new(), host.with_blobs(Arc::new(MemoryBlobs::default()))).unwrap();
    let user = json!({
        "login": "wang", "name": "王", "department": null, "manager": null, "roles": [], "capacity": null
    });
    let user = crm.system().execute_named("user.create", user).unwrap();
    crm.system().execute_named("notification.send", json!({"user": user, "subject": "one"})).unwrap();
    clock.set(at("2026-01-06T01:00:00Z"));
    assert_eq!(crm.next_due().unwrap(), None);
}
