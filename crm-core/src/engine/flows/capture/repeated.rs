//! What a captured lead repeats exactly: other leads, customers and contacts, found by their indexes.

use crate::base::kind::{
    ActivityId, Contact as ContactKind, Customer as CustomerKind, CustomerId, Lead as LeadKind,
};
use crate::base::text;
use crate::base::{Kind, KindNo, RecordRef, Value};
use crate::domain::activity::{Activity, ActivityKind, Direction};
use crate::domain::lead::rules::{Match, rank};
use crate::domain::lead::{BY_COMPANY, BY_EMAIL, BY_PHONE, Lead, MatchKey, lead_id};
use crate::domain::party::{
    CONTACT_BY_EMAIL, CONTACT_BY_LANDLINE, CONTACT_BY_PHONE, CUSTOMER_BY_EMAIL, CUSTOMER_BY_NAME,
    CUSTOMER_BY_PHONE, Customer,
};
use crate::domain::task::{self, Task};
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::Result;
use crate::record::spec::Record;

/// How many records are looked at for each thing in common.
const MOST_MATCHES: usize = 8;

const OF_PHONE: [(KindNo, u8); 4] = [
    (LeadKind::NO, BY_PHONE),
    (CustomerKind::NO, CUSTOMER_BY_PHONE),
    (ContactKind::NO, CONTACT_BY_PHONE),
    (ContactKind::NO, CONTACT_BY_LANDLINE),
];
const OF_EMAIL: [(KindNo, u8); 3] =
    [(LeadKind::NO, BY_EMAIL), (CustomerKind::NO, CUSTOMER_BY_EMAIL), (ContactKind::NO, CONTACT_BY_EMAIL)];
const OF_COMPANY: [(KindNo, u8); 2] = [(LeadKind::NO, BY_COMPANY), (CustomerKind::NO, CUSTOMER_BY_NAME)];

/// The records that a lead repeats by some keys, surest first, whether the actor sees them or not.
pub(super) fn repeated(desk: &mut dyn Desk, lead: &Lead, keys: &[MatchKey]) -> Result<Vec<Match>> {
    let mut found = Vec::new();
    if keys.contains(&MatchKey::Phone) {
        for normal in lead.phones.iter().filter_map(|phone| phone.normal.as_deref()) {
            look_up(desk, &OF_PHONE, normal, MatchKey::Phone, &mut found)?;
        }
    }
    if keys.contains(&MatchKey::Email) {
        for normal in lead.emails.iter().filter_map(|email| email.normal.as_deref()) {
            look_up(desk, &OF_EMAIL, normal, MatchKey::Email, &mut found)?;
        }
    }
    let by_name = keys.contains(&MatchKey::NameCompany);
    let by_company = keys.contains(&MatchKey::Company);
    if !lead.company.is_empty() && (by_name || by_company) {
        let mut same_company = Vec::new();
        look_up(desk, &OF_COMPANY, &lead.company, MatchKey::Company, &mut same_company)?;
        for candidate in same_company {
            let key = if by_name && is_namesake(desk, lead, candidate.record)? {
                MatchKey::NameCompany
            } else if by_company {
                MatchKey::Company
            } else {
                continue;
            };
            note(&mut found, candidate.record, key);
        }
    }
    rank(&mut found);
    Ok(found)
}

fn look_up(
    desk: &mut dyn Desk,
    indexes: &[(KindNo, u8)],
    value: &str,
    key: MatchKey,
    found: &mut Vec<Match>,
) -> Result<()> {
    let mut lookup =
        Lookup { kind: LeadKind::NO, index: 0, parts: vec![Value::from(value)], limit: MOST_MATCHES };
    for (kind, index) in indexes {
        (lookup.kind, lookup.index) = (*kind, *index);
        for record in desk.matches(&lookup)? {
            note(found, record, key);
        }
    }
    Ok(())
}

fn note(found: &mut Vec<Match>, record: RecordRef, key: MatchKey) {
    match found.iter_mut().find(|known| known.record == record) {
        Some(known) if known.keys.contains(&key) => {}
        Some(known) => known.keys.push(key),
        None => found.push(Match { record, keys: vec![key] }),
    }
}

fn is_namesake(desk: &mut dyn Desk, lead: &Lead, record: RecordRef) -> Result<bool> {
    let Some(id) = lead_id(record) else { return Ok(false) };
    let other = desk.enlist_as::<Lead>(id, Purpose::Duplicate)?;
    Ok(other.is_some_and(|other| text::squash(&other.name) == text::squash(&lead.name)))
}

/// Notes on a customer that a lead came in which repeats it, and gives its owner the task to answer.
pub(super) fn note_on(desk: &mut dyn Desk, customer: CustomerId, lead: &Lead) -> Result<Option<ActivityId>> {
    let Some(known) = desk.enlist_as::<Customer>(customer, Purpose::Duplicate)? else { return Ok(None) };
    desk.because("asks again");
    let mut activity = Activity::empty(desk.new_id());
    activity.kind = ActivityKind::Form.into();
    activity.direction = Some(Direction::In);
    activity.at = Some(desk.now());
    activity.about = Some(customer.record());
    activity.subject = title(lead);
    activity.text = said(lead);
    desk.enlist(activity.record_ref(), Purpose::Duplicate)?;
    desk.put(&activity)?;
    if let Some(owner) = known.owner {
        let mut task = Task::empty(desk.new_id());
        task.subject = format!("{}: {}", known.name, title(lead));
        task.text = said(lead);
        task.owner = Some(owner);
        task.due_at = Some(desk.now());
        task.about = Some(customer.record());
        task::begin(desk, &mut task)?;
        desk.enlist(task.record_ref(), Purpose::Duplicate)?;
        desk.put(&task)?;
    }
    Ok(Some(activity.id()))
}

fn title(lead: &Lead) -> String {
    let by = if lead.channel.is_empty() { String::new() } else { format!(" ({})", lead.channel) };
    format!("{}{by}", lead.name)
}

/// What a lead says, line by line.
fn said(lead: &Lead) -> String {
    let mut lines = Vec::new();
    let mut line = |label: &str, text: &str| {
        if !text.is_empty() {
            lines.push(format!("{label}: {text}"));
        }
    };
    line("Name", &lead.name);
    line("Company", &lead.company);
    line("Title", &lead.title);
    lead.phones.iter().for_each(|phone| line("Phone", &phone.raw));
    lead.emails.iter().for_each(|email| line("E-mail", &email.raw));
    line("WeChat", &lead.wechat);
    line("Campaign", &lead.campaign);
    line("Product interest", &lead.product_interest.join(", "));
    line("Need", &lead.need);
    line("Budget", &lead.budget.map(|budget| budget.to_string()).unwrap_or_default());
    line("Notes", &lead.notes);
    lines.join("\n")
}
