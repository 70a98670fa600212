//! Telling users, and their reading of it.

use super::Notification;
use crate::base::kind::{Notification as NotificationKind, NotificationId, UserId};
use crate::base::{Instant, Kind, RecordRef, Span};
use crate::record::action::Action;
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::spec::Record;

/// Puts a message in a user's inbox, whatever the actor may do with inboxes.
///
/// # Errors
/// When the store fails.
pub fn notify(
    desk: &mut dyn Desk,
    user: UserId,
    topic: &str,
    about: Option<RecordRef>,
    subject: &str,
    body: &str,
) -> Result<NotificationId> {
    let id = desk.new_id();
    desk.enlist(NotificationId::record(id), Purpose::Derive)?;
    let mut notification = Notification::empty(id);
    notification.user = Some(user);
    subject.clone_into(&mut notification.subject);
    body.clone_into(&mut notification.body);
    notification.about = about;
    topic.clone_into(&mut notification.topic);
    desk.put(&notification)?;
    if desk.sends() {
        // Later than now, so that whoever caused the message doesn't wait for its way out.
        let at = desk.now() + Span::from_micros(1);
        desk.schedule(Due { at, work: SEND.to_owned(), about: id.record(), note: String::new() });
    }
    Ok(id)
}

/// The work of sending a notification out. The engine asks the host's sender before it is done.
pub const SEND: &str = "notification.out";

command! {
    /// Marks messages of one's own inbox as read; those that are read already stay as they are.
    pub struct MarkRead as "notification.read" -> () {
        /// The messages.
        notifications: Vec<NotificationId>,
    }
    run(this, desk) {
        for id in this.notifications {
            let seen: Notification = desk.get(id)?;
            if desk.actor() != Actor::System && desk.actor().user() != seen.user {
                return Err(Error::refused("notification.of_another", "a message is read by whom it is for"));
            }
            // One's inbox needs no right to change records.
            let Some(mut notification) = desk.enlist_as::<Notification>(id, Purpose::Derive)? else { continue };
            let now: Instant = desk.now();
            notification.read_at.get_or_insert(now);
            desk.put(&notification)?;
        }
        Ok(())
    }
}

command! {
    /// Puts a message in a user's inbox.
    pub struct SendNotice as "notification.send" -> NotificationId {
        /// For whom.
        user: UserId,
        /// What it says, in a line.
        subject: String,
        /// What it says beside.
        #[serde(default)]
        body: String,
        /// The record that it is about.
        #[serde(default)]
        about: Option<RecordRef>,
    }
    run(this, desk) {
        desk.may(Action::Create, NotificationKind::NO)?;
        if let Some(about) = this.about {
            desk.load(about, Action::Read)?;
        }
        notify(desk, this.user, "notification.sent", this.about, &this.subject, &this.body)
    }
}
