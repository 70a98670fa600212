//! Noting what happened, and what the records concerned owe to it.

use crate::base::kind::{ActivityId, ContactId, TaskId, UserId};
use crate::base::{Id, Instant, Kind, KindNo, RecordRef, kind};
use crate::domain::activity::{Activity, Direction, KindCode, Participant, Position};
use crate::domain::lead::Lead;
use crate::domain::opportunity::Opportunity;
use crate::domain::party::{self, Contact};
use crate::domain::task::{self, Priority, Task};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::Result;
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// What to do next, given with an activity.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// What.
    pub subject: String,
    /// By when.
    pub due_at: Instant,
    /// Who; the actor when there is none.
    #[serde(default)]
    pub owner: Option<UserId>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// When to remind.
    #[serde(default)]
    pub reminder_at: Option<Instant>,
}

/// What logging an activity made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Logged {
    /// The activity.
    pub activity: ActivityId,
    /// The task for the follow-up.
    pub task: Option<TaskId>,
}

command! {
    /// Logs an activity about a record and, if asked, sets the next follow-up in the same call.
    ///
    /// The record, and for a deal or contact its customer too, remember when something last
    /// happened; our first answer to a lead sets its response time and begins its following.
    pub struct LogActivity as "activity.log" -> Logged {
        /// The record that it is about.
        about: RecordRef,
        /// What kind of activity.
        kind: KindCode,
        /// Who began it.
        #[serde(default)]
        direction: Option<Direction>,
        /// When it began; now when there is none.
        #[serde(default)]
        at: Option<Instant>,
        /// How long it took.
        #[serde(default)]
        minutes: Option<i64>,
        /// With whom.
        #[serde(default)]
        contact: Option<ContactId>,
        /// Who took part beside.
        #[serde(default)]
        participants: Vec<Participant>,
        /// The subject.
        #[serde(default)]
        subject: String,
        /// What was said, done or found.
        #[serde(default)]
        text: String,
        /// What came of it.
        #[serde(default)]
        outcome: String,
        /// Where.
        #[serde(default)]
        position: Option<Position>,
        /// What to do next.
        #[serde(default)]
        next: Option<FollowUp>,
    }
    run(this, desk) {
        desk.load(this.about, Action::Read)?;
        let mut activity = Activity::empty(desk.new_id());
        activity.kind = this.kind;
        activity.direction = this.direction;
        activity.at = Some(this.at.unwrap_or(desk.now()));
        activity.minutes = this.minutes;
        activity.about = Some(this.about);
        activity.by = desk.actor().user();
        activity.contact = this.contact;
        activity.participants = this.participants;
        activity.subject = this.subject;
        activity.text = this.text;
        activity.outcome = this.outcome;
        activity.position = this.position;
        activity.next_follow_up = this.next.as_ref().map(|next| next.due_at);
        desk.put(&activity)?;
        let task = this.next.map(|next| follow_up(desk, this.about, next)).transpose()?;
        Ok(Logged { activity: activity.id(), task })
    }
}

fn follow_up(desk: &mut dyn Desk, about: RecordRef, next: FollowUp) -> Result<TaskId> {
    let mut task = Task::empty(desk.new_id());
    task.subject = next.subject;
    task.owner = next.owner.or(desk.actor().user());
    task.due_at = Some(next.due_at);
    task.priority = next.priority;
    task.reminder_at = next.reminder_at;
    task.about = Some(about);
    task::begin(desk, &mut task)?;
    desk.put(&task)?;
    Ok(task.id())
}

const CUSTOMER: KindNo = kind::Customer::NO;
const CONTACT: KindNo = kind::Contact::NO;
const LEAD: KindNo = kind::Lead::NO;
const OPPORTUNITY: KindNo = kind::Opportunity::NO;

/// Notes an activity with the records that it concerns, whoever wrote it.
pub(super) fn note(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let id = Id::from_u128(record.bits);
    let activity = Activity::read(id, view)?;
    let before = before.map(|view| Activity::read(id, view)).transpose()?;
    let (Some(about), Some(at)) = (activity.about, activity.at) else { return Ok(()) };
    if before.is_some_and(|before| before.about == activity.about && before.at == activity.at) {
        return Ok(());
    }
    // What is noted ahead of its time does not count before it.
    let at = at.min(desk.now());
    let next = activity.next_follow_up;
    match about.kind {
        CUSTOMER => party::record_activity(desk, Id::from_u128(about.bits), at, next),
        CONTACT => {
            let contact = desk.enlist_as::<Contact>(Id::from_u128(about.bits), Purpose::Derive)?;
            let customers = contact.map(|contact| contact.customers).unwrap_or_default();
            customers.into_iter().try_for_each(|customer| party::record_activity(desk, customer, at, next))
        }
        LEAD => {
            let lifecycle = desk.lifecycle(LEAD, None)?;
            let Some(mut lead) = desk.enlist_as::<Lead>(Id::from_u128(about.bits), Purpose::Derive)? else {
                return Ok(());
            };
            lead.touch(&lifecycle, at, activity.direction == Some(Direction::Out));
            desk.put(&lead)
        }
        OPPORTUNITY => {
            let deal = desk.enlist_as::<Opportunity>(Id::from_u128(about.bits), Purpose::Derive)?;
            let Some(mut deal) = deal else { return Ok(()) };
            deal.last_activity_at = deal.last_activity_at.max(Some(at));
            desk.put(&deal)?;
            deal.customer.map_or(Ok(()), |customer| party::record_activity(desk, customer, at, next))
        }
        _ => touch(desk, about, at),
    }
}

/// Notes the last activity of a record whose kind keeps it.
fn touch(desk: &mut dyn Desk, about: RecordRef, at: Instant) -> Result<()> {
    const LAST: &str = "last_activity_at";
    let schema = desk.schema();
    let keeps = schema.kind(about.kind).is_some_and(|schema| schema.named(LAST).is_some());
    if !keeps {
        return Ok(());
    }
    let Some(image) = desk.enlist(about, Purpose::Derive)? else { return Ok(()) };
    let mut sheet = Sheet::read(desk, about, &image)?;
    let last: Option<Instant> = sheet.named(LAST)?;
    if last < Some(at) {
        sheet.set_named(LAST, &Some(at));
        sheet.write(desk)?;
    }
    Ok(())
}
