//! Customers who have bought nothing for so many months: their owners are reminded to make an offer, once a silence.
//!
//! As for reclaiming, one pass a day reads the customers in bounded stretches, so that a deal writes no due work. Each
//! change of the settings begins a chain of passes and ends the one before: a chain carries the instant of its change.

use chrono::NaiveDate;

use crate::base::calendar::local_date;
use crate::base::{Instant, Kind, RecordRef, Span, kind};
use crate::domain::org::{SETTINGS, Settings};
use crate::domain::party::Customer;
use crate::domain::pool::next_pass;
use crate::domain::task::{self, Task};
use crate::insight::rfm::Silence;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::Result;
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// The due work that looks for customers who have bought nothing for long. The note is the instant of the settings'
/// change, then the last customer of the stretch before.
pub(super) const PASS: &str = "customer.offer_pass";
/// The due work that reminds the owner of one of them.
pub(super) const OFFER: &str = "customer.offer";
/// How many customers one stretch of a pass reads.
const STRETCH: usize = 1_000;
/// How long the owner has.
const TIME_TO_OFFER: Span = Span::from_days(7);

/// Begins a chain of passes when the settings say so.
pub(super) fn note_settings(desk: &mut dyn Desk, after: Option<View<'_>>) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    if Settings::read(SETTINGS, view)?.offer_after_months.is_some() {
        let at = next_pass(desk.now(), desk.settings().zone);
        let note = desk.now().micros().to_string();
        desk.schedule(Due { at, work: PASS.to_owned(), about: SETTINGS.record(), note });
    }
    Ok(())
}

/// One stretch of a pass.
pub(super) fn pass(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let (token, last) = due.note.split_once(' ').unwrap_or((&due.note, ""));
    let settings = desk.enlist_as::<Settings>(SETTINGS, Purpose::Derive)?;
    let changed = settings.map(|settings| settings.meta.updated_at.micros().to_string());
    if changed.as_deref() != Some(token) || desk.settings().offer_after_months.is_none() {
        return Ok(());
    }
    let stretch = desk.walk(kind::Customer::NO, last.parse().ok(), STRETCH)?;
    for record in &stretch {
        let Some(image) = desk.enlist(*record, Purpose::Derive)? else { continue };
        if silence(desk, *record, &image)?.is_some() {
            // Each is a unit of its own, so that one that fails leaves the others alone.
            desk.schedule(Due {
                at: desk.now(),
                work: OFFER.to_owned(),
                about: *record,
                note: String::new(),
            });
        }
    }
    let (at, note) = match stretch.last() {
        Some(last) => (desk.now() + Span::from_micros(1), format!("{token} {last}")),
        None => (next_pass(desk.now(), desk.settings().zone), token.to_owned()),
    };
    desk.schedule(Due { at, work: PASS.to_owned(), about: due.about, note });
    Ok(())
}

/// Since when a customer has bought nothing, if its owner is to be reminded of that: it has been long enough, nobody was
/// reminded of this silence, and no opportunity is open.
fn silence(desk: &mut dyn Desk, record: RecordRef, image: &[u8]) -> Result<Option<NaiveDate>> {
    let (Some(id), Some(months)) = (record.as_id(), desk.settings().offer_after_months) else {
        return Ok(None);
    };
    let customer = Customer::read(id, View::new(image)?)?;
    let Some(last_deal) = customer.last_deal_at else { return Ok(None) };
    let reminded = |at: Instant| at > last_deal;
    if customer.owner.is_none() || customer.offer_reminded_at.is_some_and(reminded) {
        return Ok(None);
    }
    let zone = desk.settings().zone;
    let (last, today) = (local_date(last_deal, zone), local_date(desk.now(), zone));
    let is_long = Silence::Months(months).due_on(last).is_some_and(|due| due <= today);
    let sheet = Sheet::read(desk, record, image)?;
    Ok((is_long && !super::reclaim::has_open_opportunity(desk, &sheet)?).then_some(last))
}

/// Gives the owner of a silent customer the task to make an offer, if that still holds, and reminds him of it.
pub(super) fn offer(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(image) = desk.enlist(due.about, Purpose::Derive)? else { return Ok(()) };
    let Some(last) = silence(desk, due.about, &image)? else { return Ok(()) };
    let Some(id) = due.about.as_id() else { return Ok(()) };
    let mut customer = Customer::read(id, View::new(&image)?)?;
    customer.offer_reminded_at = Some(desk.now());
    let mut task = Task::empty(desk.new_id());
    task.subject = format!("make `{}` an offer: nothing bought since {last}", customer.name);
    task.owner = customer.owner;
    task.due_at = Some(desk.now() + TIME_TO_OFFER);
    task.reminder_at = Some(desk.now());
    task.about = Some(due.about);
    task::begin(desk, &mut task)?;
    desk.put(&task)?;
    desk.put(&customer)
}
