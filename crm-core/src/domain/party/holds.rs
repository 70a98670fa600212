//! What must hold of parties at the end of every unit of work, whoever wrote them.

use chrono::NaiveDate;

use super::noun::choices::RelationType;
use super::noun::{
    CUSTOMER_BY_NAME, Contact, ContactLink, Customer, Industry, LINK_BY_CONTACT, LINK_BY_CUSTOMER,
    RELATION_BY_FROM, RELATION_BY_TO, Relation,
};
use super::rules::{self, LifeFacts, life_stage};
use super::{LegalForm, industry};
use crate::base::calendar::{DateRange, local_date};
use crate::base::kind::{ContactId, ContactLinkId, CustomerId, IndustryId, RelationId};
use crate::base::{Id, Kind, RecordRef, kind};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

/// The longest line of parent companies that is followed.
const DEEPEST_PARENT: usize = 64;
/// How many posts or relations of one party are looked at.
const MOST_LINKS: usize = 10_000;
/// The due work when a post or relation begins or ends.
pub const PERIOD: &str = "party.period";

/// The tenant's day.
pub(super) fn today(desk: &dyn Desk) -> NaiveDate {
    local_date(desk.now(), desk.settings().zone)
}

/// A record for a rule to look at, seen by the actor or not.
fn peek<T: Record>(desk: &mut dyn Desk, id: Id<T::Kind>) -> Result<Option<T>> {
    match desk.get::<T>(id) {
        Ok(record) => Ok(Some(record)),
        Err(Error::NotFound(..)) => desk.enlist_as(id, Purpose::Derive),
        Err(error) => Err(error),
    }
}

/// Every record of a kind under a record in an index.
fn under<T: Record>(desk: &mut dyn Desk, index: u8, record: RecordRef) -> Result<Vec<T>> {
    let lookup = Lookup { kind: <T::Kind as Kind>::NO, index, parts: vec![record.into()], limit: MOST_LINKS };
    let mut found = Vec::new();
    for record in desk.matches(&lookup)? {
        found.extend(peek::<T>(desk, Id::from_u128(record.bits))?);
    }
    Ok(found)
}

fn refuse_invalid(invalid: Vec<Invalid>) -> Result<()> {
    if invalid.is_empty() { Ok(()) } else { Err(Error::Invalid(invalid)) }
}

/// A customer: normal forms, its beginning, a name of its own, no ring of parents, derived facts.
pub(super) fn customer(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = CustomerId::from_u128(record.bits);
    let before = before.map(|view| Customer::read(id, view)).transpose()?;
    let Some(after) = after else { return Ok(()) };
    let given = Customer::read(id, after)?;
    let mut customer = given.clone();
    settle(desk, &mut customer, before.as_ref())?;
    if customer != given {
        desk.put(&customer)?;
    }
    if before.as_ref().is_none_or(|before| before.name != customer.name) {
        check_name(desk, &customer)?;
    }
    if before.as_ref().and_then(|before| before.parent) != customer.parent {
        check_parents(desk, &customer)?;
        if before.is_some() {
            end_other_lines(desk, &customer)?;
        }
    }
    let referrer = before.as_ref().and_then(|before| before.referrer);
    if referrer != customer.referrer {
        note_referrer(desk, &customer, referrer)?;
    }
    Ok(())
}

/// Puts a customer in order as far as it goes without others.
pub(super) fn settle(desk: &mut dyn Desk, customer: &mut Customer, before: Option<&Customer>) -> Result<()> {
    let mut invalid = Vec::new();
    rules::settle_customer(customer, before, &desk.settings(), &mut invalid);
    if before.is_none_or(|before| before.industry != customer.industry)
        && !customer.industry.trim().is_empty()
    {
        match industry::resolve(desk, &customer.industry)? {
            Some(path) => customer.industry = path,
            None => invalid.push(industry::unknown("industry", &customer.industry)),
        }
    }
    if customer.referrer == Some(customer.id()) {
        invalid.push(Invalid::new("referrer", "value.choice", "a customer can't refer itself"));
    }
    refuse_invalid(invalid)?;
    if before.is_none() {
        begin(desk, customer)?;
    }
    let level_before = before.and_then(|before| before.level);
    let graded_before = before.and_then(|before| before.graded_at);
    if customer.level != level_before && customer.graded_at == graded_before {
        customer.level_by_hand = customer.level.map(|_| true);
        customer.level_rule.clear();
    }
    refresh(desk, customer)
}

/// What a new customer starts with: an owner unless it goes to a pool, a code, a state.
fn begin(desk: &mut dyn Desk, customer: &mut Customer) -> Result<()> {
    if customer.owner.is_none() && customer.pool.is_none() {
        customer.owner = desk.actor().user();
    }
    if customer.code.is_empty() {
        customer.code = desk.next_code(kind::Customer::NO)?.unwrap_or_default();
    }
    customer.form.get_or_insert(LegalForm::Company);
    if customer.state.is_empty() {
        let lifecycle = desk.lifecycle(kind::Customer::NO, None)?;
        if let Some(first) = lifecycle.initial.first() {
            customer.enter(&lifecycle, first, desk.now());
        }
    }
    Ok(())
}

/// Derives the life stage.
pub(super) fn refresh(desk: &mut dyn Desk, customer: &mut Customer) -> Result<()> {
    let lifecycle = desk.lifecycle(kind::Customer::NO, None)?;
    let count = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    let facts = LifeFacts {
        opportunities: count(customer.opportunities),
        looked_after: lifecycle.initial.first().is_some_and(|first| *first != customer.state),
        deals: count(customer.deals),
        referrals: count(customer.referrals),
    };
    customer.life_stage = Some(life_stage(&facts));
    Ok(())
}

/// No two customers share a name, apart from writing, unless the tenant allows it. The refusal says no more.
fn check_name(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    if desk.settings().same_customer_names {
        return Ok(());
    }
    let sharing =
        desk.count_of(kind::Customer::NO, CUSTOMER_BY_NAME, vec![customer.name.as_str().into()], 2)?;
    if sharing < 2 {
        return Ok(());
    }
    Err(Error::refused("party.name_taken", format!("another customer is called `{}`", customer.name)))
}

fn check_parents(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    let mut above = customer.parent;
    for _ in 0..DEEPEST_PARENT {
        let Some(parent) = above else { return Ok(()) };
        if parent == customer.id() {
            let message = format!("`{}` would stand above itself", customer.name);
            return Err(Error::refused("party.parent_cycle", message));
        }
        above = peek::<Customer>(desk, parent)?.and_then(|parent| parent.parent);
    }
    let message = format!("`{}` would stand below more than {DEEPEST_PARENT} companies", customer.name);
    Err(Error::refused("party.parent_too_deep", message))
}

/// Ends the relations that name another parent than the one a company has now.
fn end_other_lines(desk: &mut dyn Desk, customer: &Customer) -> Result<()> {
    let on = today(desk);
    let record = customer.record_ref();
    let mut relations: Vec<Relation> = under(desk, RELATION_BY_FROM, record)?;
    relations.extend(under::<Relation>(desk, RELATION_BY_TO, record)?);
    for relation in relations {
        match line(&relation, on) {
            Some((child, parent)) if child == customer.id() && Some(parent) != customer.parent => {
                if let Some(mut relation) = desk.enlist_as::<Relation>(relation.id(), Purpose::Derive)? {
                    relation.until = Some(on);
                    desk.put(&relation)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Keeps the relation that says who referred a customer.
fn note_referrer(desk: &mut dyn Desk, customer: &Customer, before: Option<CustomerId>) -> Result<()> {
    let record = customer.record_ref();
    let mut known = false;
    for relation in under::<Relation>(desk, RELATION_BY_TO, record)? {
        if relation.relation != Some(RelationType::Referrer) {
            continue;
        }
        known |= relation.from == customer.referrer.map(Id::record);
        if relation.from == before.map(Id::record) {
            desk.enlist(relation.record_ref(), Purpose::Derive)?;
            desk.delete(relation.record_ref())?;
        }
    }
    let Some(referrer) = customer.referrer.filter(|_| !known) else { return Ok(()) };
    let mut relation = Relation::empty(desk.new_id());
    desk.enlist(relation.record_ref(), Purpose::Derive)?;
    relation.from = Some(referrer.record());
    relation.relation = Some(RelationType::Referrer);
    relation.to = Some(record);
    desk.put(&relation)
}

/// Counts anew how many others a party referred.
fn count_referrals(desk: &mut dyn Desk, relation: Option<&Relation>) -> Result<()> {
    let Some(referrer) = relation.filter(|relation| relation.relation == Some(RelationType::Referrer)) else {
        return Ok(());
    };
    let Some(referrer) = referrer.from else { return Ok(()) };
    let relations: Vec<Relation> = under(desk, RELATION_BY_FROM, referrer)?;
    let count = relations.iter().filter(|relation| relation.relation == Some(RelationType::Referrer)).count();
    let count = i64::try_from(count).ok().filter(|count| *count > 0);
    let id = CustomerId::from_u128(referrer.bits);
    if peek::<Customer>(desk, id)?.is_none_or(|customer| customer.referrals == count) {
        return Ok(());
    }
    let Some(mut customer) = desk.enlist_as::<Customer>(id, Purpose::Derive)? else { return Ok(()) };
    customer.referrals = count;
    refresh(desk, &mut customer)?;
    desk.put(&customer)
}

/// A contact: normal forms, and a birthday that has been.
pub(super) fn contact(
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
pub(super) fn settle_contact(desk: &dyn Desk, contact: &mut Contact, before: Option<&Contact>) -> Result<()> {
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
pub(super) fn contact_link(
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
fn settle_primary(desk: &mut dyn Desk, customer: CustomerId, favourite: Option<ContactLinkId>) -> Result<()> {
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

/// A relation: parties of the right kind, a period that runs forwards, and the parent it gives.
pub(super) fn relation(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let id = RelationId::from_u128(record.bits);
    let before = before.map(|view| Relation::read(id, view)).transpose()?;
    let after = after.map(|view| Relation::read(id, view)).transpose()?;
    if let Some(relation) = &after {
        check_parties(relation)?;
        check_period(relation.since, relation.until)?;
        schedule_period(desk, record, relation.since, relation.until);
    }
    count_referrals(desk, before.as_ref())?;
    count_referrals(desk, after.as_ref())?;
    let on = today(desk);
    let line_before = before.as_ref().and_then(|relation| line(relation, on));
    let line_after = after.as_ref().and_then(|relation| line(relation, on));
    if line_before == line_after {
        return Ok(());
    }
    if let Some(gone) = line_before {
        clear_parent(desk, gone)?;
    }
    line_after.map_or(Ok(()), |line| set_parent(desk, line))
}

fn check_parties(relation: &Relation) -> Result<()> {
    let (Some(from), Some(to), Some(what)) = (relation.from, relation.to, relation.relation) else {
        return Ok(());
    };
    let asked = if what.is_between_contacts() { kind::Contact::NO } else { kind::Customer::NO };
    if from != to && from.kind == asked && to.kind == asked {
        return Ok(());
    }
    let message = format!("`{what}` stands between two different {asked}s, not between `{from}` and `{to}`");
    Err(Error::refused("party.relation_parties", message))
}

/// The child and the parent of a relation that gives a company its parent on a day.
fn line(relation: &Relation, on: NaiveDate) -> Option<(CustomerId, CustomerId)> {
    if !super::noun::in_force(relation.since, relation.until, on) {
        return None;
    }
    let id = |record: RecordRef| CustomerId::from_u128(record.bits);
    let (from, to) = (id(relation.from?), id(relation.to?));
    match relation.relation? {
        RelationType::Parent => Some((to, from)),
        RelationType::Subsidiary | RelationType::Branch => Some((from, to)),
        _ => None,
    }
}

fn set_parent(desk: &mut dyn Desk, (child, parent): (CustomerId, CustomerId)) -> Result<()> {
    let mut customer: Customer = desk.load_as(child, Action::Update)?;
    match customer.parent {
        Some(known) if known == parent => Ok(()),
        Some(_) => {
            let message = format!("`{}` has another parent already", customer.name);
            Err(Error::refused("party.second_parent", message))
        }
        None => {
            customer.parent = Some(parent);
            desk.put(&customer)?;
            check_parents(desk, &customer)
        }
    }
}

fn clear_parent(desk: &mut dyn Desk, (child, parent): (CustomerId, CustomerId)) -> Result<()> {
    if peek::<Customer>(desk, child)?.is_none_or(|customer| customer.parent != Some(parent)) {
        return Ok(());
    }
    let mut customer: Customer = desk.load_as(child, Action::Update)?;
    customer.parent = None;
    desk.put(&customer)
}

/// An industry: a code that is a path.
pub(super) fn industry(
    desk: &mut dyn Desk,
    record: RecordRef,
    _: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    match after {
        Some(after) => {
            let added = Industry::read(IndustryId::from_u128(record.bits), after)?;
            industry::check_code(desk, &added.code)
        }
        None => Ok(()),
    }
}

fn check_period(since: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<()> {
    match (since, until) {
        (Some(since), Some(until)) if until < since => {
            let message = format!("`{until}` lies before the first day, `{since}`");
            Err(Error::invalid("until", "value.range", message))
        }
        _ => Ok(()),
    }
}

/// Asks to be woken when a period that lies ahead begins or ends.
fn schedule_period(
    desk: &mut dyn Desk,
    about: RecordRef,
    since: Option<NaiveDate>,
    until: Option<NaiveDate>,
) {
    let (on, zone) = (today(desk), desk.settings().zone);
    for day in [since, until].into_iter().flatten().filter(|day| *day > on) {
        let (at, _) = DateRange::day(day).instants(zone);
        desk.schedule(Due { at, work: PERIOD.to_owned(), about, note: day.to_string() });
    }
}

/// A post or relation begins or ends: the primary contact or the parent company follows.
///
/// # Errors
/// As what follows from it is refused, or when the store fails.
pub fn period_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let on = today(desk);
    if due.about.kind == kind::ContactLink::NO {
        let link = peek::<ContactLink>(desk, Id::from_u128(due.about.bits))?;
        return link
            .and_then(|link| link.customer)
            .map_or(Ok(()), |customer| settle_primary(desk, customer, None));
    }
    let Some(relation) = peek::<Relation>(desk, Id::from_u128(due.about.bits))? else { return Ok(()) };
    match (line(&relation, on), relation.until) {
        (Some(line), _) => set_parent(desk, line),
        // What it gave until yesterday.
        (None, Some(until)) if until == on => {
            on.pred_opt().and_then(|day| line(&relation, day)).map_or(Ok(()), |line| clear_parent(desk, line))
        }
        _ => Ok(()),
    }
}
