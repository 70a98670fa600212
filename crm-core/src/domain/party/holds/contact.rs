//! What must hold of a contact and its posts.

use super::{check_period, peek, refuse_invalid, schedule_period, today, under};
use crate::base::RecordRef;
use crate::base::kind::{ContactId, ContactLinkId, CustomerId};
use crate::domain::party::noun::{Contact, ContactLink, LINK_BY_CONTACT, LINK_BY_CUSTOMER};
use crate::domain::party::rules;
use crate::record::codec::View;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

/// A contact: normal forms, and a birthday that has been.
pub(in crate::domain::party) fn contact(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(after) = after else { return Ok(()) };
    let id = ContactId::from_u128(record.bits);
    let given = Contact::read(id, after)?;
    let before = before.map(|view| Contact::read(id, view)).transpose()?;
    let mut contact = given.clone();
    settle_contact(desk, &mut contact, before.as_ref())?;
    if contact == given { Ok(()) } else { desk.put(&contact) }
}

/// Puts a contact in order.
pub(in crate::domain::party) fn settle_contact(
    desk: &dyn Desk,
    contact: &mut Contact,
    before: Option<&Contact>,
) -> Result<()> {
    let (settings, mut invalid) = (desk.settings(), Vec::new());
    rules::settle_name(&mut contact.name, &mut invalid);
    rules::settle_tags(&mut contact.tags);
    if before.is_none_or(|before| before.phones != contact.phones) {
        rules::settle_phones(&mut contact.phones, "phones", &settings, &mut invalid);
    }
    if before.is_none_or(|before| before.landline != contact.landline) {
        rules::settle_phones(&mut contact.landline, "landline", &settings, &mut invalid);
    }
    if before.is_none_or(|before| before.emails != contact.emails) {
        rules::settle_emails(&mut contact.emails, &mut invalid);
    }
    if let Some(birthday) = contact.birthday.filter(|birthday| *birthday > today(desk)) {
        invalid.push(Invalid::new("birthday", "value.range", format!("`{birthday}` is yet to come")));
    }
    refuse_invalid(invalid)
}

/// A post: a period that runs forwards, one post of a contact at a customer at a time, one primary contact.
pub(in crate::domain::party) fn contact_link(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = ContactLinkId::from_u128(record.bits);
    let before = before.map(|view| ContactLink::read(id, view)).transpose()?;
    let after = after.map(|view| ContactLink::read(id, view)).transpose()?;
    if let Some(link) = &after {
        check_period(link.since, link.until)?;
        schedule_period(desk, record, link.since, link.until);
        check_twice(desk, link)?;
        note_customer(desk, link)?;
    }
    let made_primary = |link: &&ContactLink| {
        link.primary == Some(true) && before.as_ref().is_none_or(|before| before.primary != Some(true))
    };
    let favourite = after.as_ref().filter(made_primary).map(Record::id);
    let customer = after.as_ref().and_then(|link| link.customer);
    if let Some(customer) = customer {
        settle_primary(desk, customer, favourite)?;
    }
    match before.as_ref().and_then(|link| link.customer) {
        Some(left) if Some(left) != customer => settle_primary(desk, left, None),
        _ => Ok(()),
    }
}

fn check_twice(desk: &mut dyn Desk, link: &ContactLink) -> Result<()> {
    let (Some(contact), Some(customer)) = (link.contact, link.customer) else { return Ok(()) };
    let overlaps = |other: &ContactLink| {
        other.until.is_none_or(|until| link.since.is_none_or(|since| since < until))
            && link.until.is_none_or(|until| other.since.is_none_or(|since| since < until))
    };
    let posts: Vec<ContactLink> = under(desk, LINK_BY_CONTACT, contact.record())?;
    let twice = posts
        .iter()
        .any(|other| other.id() != link.id() && other.customer == Some(customer) && overlaps(other));
    if !twice {
        return Ok(());
    }
    Err(Error::refused("party.link_twice", "the contact has a post at this customer already"))
}

/// Keeps in the contact the customers at which it has or had a post: who sees one of them sees it.
fn note_customer(desk: &mut dyn Desk, link: &ContactLink) -> Result<()> {
    let (Some(contact), Some(customer)) = (link.contact, link.customer) else { return Ok(()) };
    let known = peek::<Contact>(desk, contact)?.is_none_or(|contact| contact.customers.contains(&customer));
    if known {
        return Ok(());
    }
    let Some(mut contact) = desk.enlist_as::<Contact>(contact, Purpose::Derive)? else { return Ok(()) };
    contact.customers.push(customer);
    desk.put(&contact)
}

/// Leaves exactly one of the posts in force at a customer primary, if there is any: the one just made so, else the
/// one that was, else the longest standing.
pub(super) fn settle_primary(
    desk: &mut dyn Desk,
    customer: CustomerId,
    favourite: Option<ContactLinkId>,
) -> Result<()> {
    let on = today(desk);
    let links: Vec<ContactLink> = under(desk, LINK_BY_CUSTOMER, customer.record())?;
    let rank = |link: &&ContactLink| {
        let primary = link.primary == Some(true);
        (!(primary && favourite == Some(link.id())), !primary, link.since, link.id())
    };
    let winner = links.iter().filter(|link| link.is_in_force(on)).min_by_key(rank).map(Record::id);
    for link in &links {
        let primary = (winner == Some(link.id())).then_some(true);
        if link.primary == primary {
            continue;
        }
        if let Some(mut link) = desk.enlist_as::<ContactLink>(link.id(), Purpose::Derive)? {
            link.primary = primary;
            desk.put(&link)?;
        }
    }
    Ok(())
}
