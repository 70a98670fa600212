//! The doors of kinds that have rules of their own for what comes in.

use std::sync::Arc;

use super::door::{Door, Plain, Taken, change};
use super::import::Duplicates;
use super::row::Row;
use crate::base::kind::{ContactId, CustomerId};
use crate::base::{Kind, KindNo, RecordRef, Value, kind};
use crate::domain::lead::{Lead, LeadDraft, OnDuplicate};
use crate::domain::party::{
    Contact, ContactLink, Customer, LINK_BY_CONTACT, LinkContact, Post, create_contact, create_customer,
};
use crate::engine::flows::capture::{CaptureLead, CaptureOutcome};
use crate::record::command::Command;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::schema::FieldDef;
use crate::record::spec::Marks;

/// The channel of leads whose file names none.
pub const IMPORT_CHANNEL: &str = "import";
/// How many posts of one contact are looked at.
const MOST_POSTS: usize = 1000;

/// The door of a kind: its own, or the plain one.
pub(super) fn door(kind: KindNo) -> Arc<dyn Door> {
    match kind {
        kind if kind == kind::Lead::NO => Arc::new(Leads),
        kind if kind == kind::Customer::NO => Arc::new(Customers),
        kind if kind == kind::Contact::NO => Arc::new(Contacts),
        kind => Arc::new(Plain(kind)),
    }
}

/// Leads are captured: scored, assigned, and compared with leads, customers and contacts.
struct Leads;

impl Door for Leads {
    fn action(&self) -> &'static str {
        CaptureLead::NAME
    }

    fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken> {
        let lead = draft(row, desk)?;
        row.check()?;
        let channel = match row.text(Lead::channel) {
            "" => IMPORT_CHANNEL.to_owned(),
            channel => channel.to_owned(),
        };
        let policy = row.duplicates();
        let on_duplicate = match policy {
            Duplicates::ByRule => None,
            Duplicates::Merge => Some(OnDuplicate::Merge),
            Duplicates::Skip | Duplicates::Update | Duplicates::Reject => Some(OnDuplicate::Refuse),
        };
        match (CaptureLead { lead, channel, on_duplicate }.run(desk), policy) {
            (Ok(told), _) if told.outcome == CaptureOutcome::Taken => Ok(Taken::Created),
            (Ok(_), _) => Ok(Taken::Merged),
            // A refused capture has written nothing.
            (Err(error), Duplicates::Skip) if error.has_code("lead.duplicate") => Ok(Taken::Skipped),
            (Err(error), Duplicates::Update) if error.has_code("lead.duplicate") => {
                match repeated_lead(&error) {
                    Some(lead) => change(row, desk, lead),
                    None => Err(error),
                }
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// The lead that a refused one repeats, as far as the actor may know.
fn repeated_lead(error: &Error) -> Option<RecordRef> {
    let Error::Refused(refusals) = error else { return None };
    refusals.iter().flat_map(|refusal| &refusal.values).find_map(|(_, value)| match value {
        Value::Id(record) if record.kind == kind::Lead::NO => Some(*record),
        _ => None,
    })
}

fn draft(row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<LeadDraft> {
    let text = |field| row.text(field).to_owned();
    let mut draft = LeadDraft {
        name: text(Lead::name),
        company: text(Lead::company),
        title: text(Lead::title),
        industry: text(Lead::industry),
        phones: row.texts(Lead::phones),
        emails: row.texts(Lead::emails),
        wechat: text(Lead::wechat),
        source: text(Lead::source),
        campaign: text(Lead::campaign),
        referrer: text(Lead::referrer),
        product_interest: row.texts(Lead::product_interest),
        need: text(Lead::need),
        decision_maker: text(Lead::decision_maker),
        country: text(Lead::country),
        province: text(Lead::province),
        city: text(Lead::city),
        tags: row.texts(Lead::tags),
        notes: text(Lead::notes),
        code: text(Lead::code),
        ..LeadDraft::default()
    };
    draft.company_size = row.read(desk, Lead::company_size)?;
    draft.budget = row.read(desk, Lead::budget)?;
    draft.decision_on = row.read(desk, Lead::decision_on)?;
    draft.intent = row.read(desk, Lead::intent)?;
    draft.received_at = row.read(desk, Lead::received_at)?;
    draft.owner = row.read(desk, Lead::owner)?;
    draft.custom = row.custom(desk)?;
    Ok(draft)
}

/// Customers are put in order like those that a user creates; when they were last dealt with may come along.
struct Customers;

impl Door for Customers {
    fn action(&self) -> &'static str {
        crate::domain::party::CreateCustomer::NAME
    }

    fn takes(&self, field: &FieldDef) -> bool {
        let settable = !field.marks.has(Marks::SYSTEM) || field.no == Customer::last_activity_at;
        settable && field.ty != FieldType::Row
    }

    fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken> {
        let customer: Customer = row.filled(desk)?;
        row.check()?;
        create_customer(desk, customer)?;
        Ok(Taken::Created)
    }
}

/// Contacts, each with the post that the columns named `customer`, `title`, `role`, `primary`, `since` and
/// `until` give it. Another row of the same contact is another post.
struct Contacts;

impl Door for Contacts {
    fn action(&self) -> &'static str {
        crate::domain::party::CreateContact::NAME
    }

    fn create(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Taken> {
        let contact: Contact = row.filled(desk)?;
        let post = post(row, desk)?;
        row.check()?;
        create_contact(desk, contact, post.as_slice())?;
        Ok(Taken::Created)
    }

    fn change(&self, row: &mut Row<'_>, desk: &mut dyn Desk, record: RecordRef) -> Result<Taken> {
        let posted = self.repeat(row, desk, record)?;
        let changed = change(row, desk, record)?;
        Ok(if changed == Taken::Unchanged && posted != Taken::Skipped { posted } else { changed })
    }

    fn repeat(&self, row: &mut Row<'_>, desk: &mut dyn Desk, record: RecordRef) -> Result<Taken> {
        let post = post(row, desk)?;
        row.check()?;
        let Some(post) = post else { return Ok(Taken::Skipped) };
        let posts = desk.find_as::<ContactLink>(LINK_BY_CONTACT, vec![record.into()], MOST_POSTS)?;
        if posts.iter().any(|known| known.customer == Some(post.customer)) {
            return Ok(Taken::Skipped);
        }
        LinkContact { contact: ContactId::from_u128(record.bits), post }.run(desk)?;
        Ok(Taken::Merged)
    }
}

/// The post that a contact's row gives it.
fn post(row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Option<Post>> {
    let Some(customer) = row.read_named::<CustomerId>(desk, "customer")? else { return Ok(None) };
    Ok(Some(Post {
        customer,
        title: row.named("title").to_owned(),
        role: row.read_named(desk, "role")?,
        primary: row.read_named(desk, "primary")?.unwrap_or(false),
        since: row.read_named(desk, "since")?,
        until: row.read_named(desk, "until")?,
    }))
}
