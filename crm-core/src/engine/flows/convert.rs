//! A lead becomes a customer, a contact and an opportunity, or joins what is there; all or nothing.
//!
//! What happened with the lead stays about the lead: no activity is rewritten. The lead names the customer, and
//! the index [`BY_CONVERTED_CUSTOMER`](crate::domain::lead::BY_CONVERTED_CUSTOMER) leads from the customer back, so
//! that its timeline goes on into that of its leads, campaign and source included. That costs nothing however long
//! the lead's history is, and undoing the conversion leaves the history where it was.

use chrono::NaiveDate;

use super::advance::{Request, Right, advance};
use crate::base::choice::Choice;
use crate::base::kind::{
    Contact as ContactKind, ContactId, Customer as CustomerKind, CustomerId, Lead as LeadKind, LeadId,
    Opportunity as OpportunityKind, OpportunityId, UserId,
};
use crate::base::{Id, Kind, KindNo, Money, RecordRef};
use crate::domain::lead::{CONVERTED, Lead, LeadPerson};
use crate::domain::opportunity::{DealContact, DealRole, Opportunity};
use crate::domain::party::{
    Contact, ContactRole, Customer, LegalForm, LinkContact, Post, Source, create_contact, create_customer,
    record_activity,
};
use crate::record::action::Action;
use crate::record::command::Command;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Refusal, Result};
use crate::record::lifecycle::StateClass;
use crate::record::spec::{Custom, FIRST_CUSTOM, Record};

/// What a lead becomes or joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target<I> {
    /// A new record.
    #[default]
    New,
    /// A record that is there.
    Into(I),
    /// Nothing of that kind.
    Nothing,
}

/// What a lead became or joined.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Converted {
    /// The customer.
    pub customer: Option<CustomerId>,
    /// The contact.
    pub contact: Option<ContactId>,
    /// The opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Everything that was created for it.
    pub created: Vec<RecordRef>,
}

command! {
    /// Converts a lead into a customer, a contact and an opportunity, each of them new, there already, or left out.
    ///
    /// Tags, source, campaign, need, budget and custom fields of the same name carry over. Refused with
    /// `lead.converted`, which names the first conversion, when there was one.
    pub struct ConvertLead as "lead.convert" -> Converted {
        /// The lead.
        lead: LeadId,
        /// The revision that the caller knows.
        #[serde(default)] revision: Option<u64>,
        /// The customer.
        #[serde(default)] customer: Target<CustomerId>,
        /// The contact.
        #[serde(default)] contact: Target<ContactId>,
        /// The opportunity.
        #[serde(default)] opportunity: Target<OpportunityId>,
        /// The new opportunity's name; made of the customer's and the products when empty.
        #[serde(default)] deal_name: String,
        /// Its pipeline; the default one when empty.
        #[serde(default)] pipeline: String,
        /// What it is worth; the lead's budget when none.
        #[serde(default)] amount: Option<Money>,
        /// When it is expected to close; when the lead means to decide when none.
        #[serde(default)] close_on: Option<NaiveDate>,
    }
    run(this, desk) {
        let mut lead: Lead = desk.load_at(this.lead, Action::Convert, this.revision)?;
        refuse_second(&lead)?;
        let owner = lead.owner.or(desk.actor().user());
        let mut work = Work { desk, lead: &lead, owner, created: Vec::new() };
        let customer = work.customer(this.customer)?;
        let contact = work.contact(this.contact, customer)?;
        let opportunity = work.opportunity(&this, customer, contact)?;
        let created = work.created;
        if customer.is_none() && contact.is_none() && opportunity.is_none() {
            return Err(Error::refused("lead.nothing_to_convert", "the lead is to become nothing"));
        }
        if let (Some(customer), Some(at)) = (customer, lead.last_activity_at) {
            record_activity(desk, customer, at, None)?;
        }
        lead.converted_at = Some(desk.now());
        lead.converted_customer = customer;
        lead.converted_contact = contact;
        lead.converted_opportunity = opportunity;
        lead.conversion_created.clone_from(&created);
        desk.put(&lead)?;
        let state = won_state(desk)?;
        let request = Request { right: Right::Fact, ..Request::new(lead.record_ref(), &state) };
        advance(desk, &request)?;
        Ok(Converted { customer, contact, opportunity, created })
    }
}

impl ConvertLead {
    /// A lead to a new customer, a new contact and a new opportunity, each as the lead says.
    pub fn new(lead: LeadId) -> Self {
        ConvertLead {
            lead,
            revision: None,
            customer: Target::New,
            contact: Target::New,
            opportunity: Target::New,
            deal_name: String::new(),
            pipeline: String::new(),
            amount: None,
            close_on: None,
        }
    }
}

/// The state of converted leads: the default's, else the first that is won.
fn won_state(desk: &dyn Desk) -> Result<String> {
    let lifecycle = desk.lifecycle(LeadKind::NO, None)?;
    let won = lifecycle.states.iter().find(|state| state.class == StateClass::Won);
    let own = lifecycle.state(CONVERTED).filter(|state| state.class == StateClass::Won);
    Ok(own.or(won).map_or(CONVERTED, |state| state.code.as_str()).to_owned())
}

fn refuse_second(lead: &Lead) -> Result<()> {
    let Some(at) = lead.converted_at else { return Ok(()) };
    let mut refusal = Refusal::new("lead.converted", format!("`{}` was converted already", lead.name));
    let into = [
        ("customer", lead.converted_customer.map(Id::record)),
        ("contact", lead.converted_contact.map(Id::record)),
        ("opportunity", lead.converted_opportunity.map(Id::record)),
    ];
    for (name, record) in into {
        if let Some(record) = record {
            refusal = refusal.with(name, record);
        }
    }
    Err(Error::Refused(vec![refusal.with("at", at)]))
}

/// A conversion on its way.
struct Work<'a> {
    desk: &'a mut dyn Desk,
    lead: &'a Lead,
    owner: Option<UserId>,
    created: Vec<RecordRef>,
}

impl Work<'_> {
    /// Takes a new record in hand: it goes to who owns the lead, whoever converts it.
    fn begin<K: Kind>(&mut self) -> Result<Id<K>> {
        let id = self.desk.new_id::<K>();
        if self.owner != self.desk.actor().user() {
            self.desk.enlist(id.record(), Purpose::Derive)?;
        }
        self.created.push(id.record());
        Ok(id)
    }

    fn customer(&mut self, target: Target<CustomerId>) -> Result<Option<CustomerId>> {
        let lead = self.lead;
        match target {
            Target::Nothing => Ok(None),
            Target::Into(id) => {
                self.desk.get::<Customer>(id)?;
                if let Some(mut customer) = self.desk.enlist_as::<Customer>(id, Purpose::Derive)? {
                    unite(&mut customer.tags, &lead.tags);
                    self.desk.put(&customer)?;
                }
                Ok(Some(id))
            }
            Target::New => {
                let mut customer = Customer::empty(self.begin()?);
                let person = lead.company.is_empty();
                customer.name.clone_from(if person { &lead.name } else { &lead.company });
                customer.form = Some(if person { LegalForm::Person } else { LegalForm::Company });
                if person {
                    customer.phones.clone_from(&lead.phones);
                    customer.emails.clone_from(&lead.emails);
                    customer.wechat.clone_from(&lead.wechat);
                }
                customer.industry.clone_from(&lead.industry);
                customer.country.clone_from(&lead.country);
                customer.province.clone_from(&lead.province);
                customer.city.clone_from(&lead.city);
                customer.employees = lead.company_size;
                customer.source = lead.source.and_then(|source| Source::from_name(source.code()));
                customer.referrer_name.clone_from(&lead.referrer);
                customer.tags.clone_from(&lead.tags);
                customer.notes.clone_from(&lead.notes);
                customer.owner = self.owner;
                customer.collaborators.clone_from(&lead.collaborators);
                customer.custom = self.custom_of(CustomerKind::NO);
                create_customer(self.desk, customer).map(Some)
            }
        }
    }

    fn contact(
        &mut self,
        target: Target<ContactId>,
        customer: Option<CustomerId>,
    ) -> Result<Option<ContactId>> {
        match target {
            Target::Nothing => Ok(None),
            Target::Into(id) => {
                let contact = self.desk.get::<Contact>(id)?;
                if let Some(customer) = customer.filter(|customer| !contact.customers.contains(customer)) {
                    let link = LinkContact { contact: id, post: self.post(customer) }.run(self.desk)?;
                    self.created.push(link.record());
                }
                if let Some(mut contact) = self.desk.enlist_as::<Contact>(id, Purpose::Derive)? {
                    unite(&mut contact.tags, &self.lead.tags);
                    unite(&mut contact.phones, &self.lead.phones);
                    unite(&mut contact.emails, &self.lead.emails);
                    self.desk.put(&contact)?;
                }
                Ok(Some(id))
            }
            Target::New => {
                let Some(customer) = customer else { return Err(no_customer("contact")) };
                let mut contact = Contact::empty(self.begin()?);
                contact.name.clone_from(&self.lead.name);
                contact.phones.clone_from(&self.lead.phones);
                contact.emails.clone_from(&self.lead.emails);
                contact.wechat.clone_from(&self.lead.wechat);
                contact.tags.clone_from(&self.lead.tags);
                contact.custom = self.custom_of(ContactKind::NO);
                let post = self.post(customer);
                let id = create_contact(self.desk, contact, &[post])?;
                for person in self.lead.people.iter().filter(|person| !person.name.is_empty()) {
                    self.person(person, customer)?;
                }
                Ok(Some(id))
            }
        }
    }

    fn person(&mut self, person: &LeadPerson, customer: CustomerId) -> Result<()> {
        let mut contact = Contact::empty(self.begin()?);
        contact.name.clone_from(&person.name);
        contact.phones.extend(person.phone.clone());
        contact.emails.extend(person.email.clone());
        contact.wechat.clone_from(&person.wechat);
        let post = Post { title: person.title.clone(), ..Post::at(customer) };
        create_contact(self.desk, contact, &[post])?;
        Ok(())
    }

    /// The post of the lead's person at a customer.
    fn post(&self, customer: CustomerId) -> Post {
        let role = self.decides().then_some(ContactRole::DecisionMaker);
        Post { title: self.lead.title.clone(), role, ..Post::at(customer) }
    }

    fn decides(&self) -> bool {
        !self.lead.name.is_empty() && self.lead.decision_maker == self.lead.name
    }

    fn opportunity(
        &mut self,
        command: &ConvertLead,
        customer: Option<CustomerId>,
        contact: Option<ContactId>,
    ) -> Result<Option<OpportunityId>> {
        let lead = self.lead;
        match command.opportunity {
            Target::Nothing => Ok(None),
            Target::Into(id) => {
                let known: Opportunity = self.desk.get(id)?;
                if customer.is_some() && known.customer != customer {
                    let message = format!("`{}` is a deal with another customer", known.name);
                    return Err(Error::invalid("opportunity", "lead.other_customer", message));
                }
                if let Some(mut deal) = self.desk.enlist_as::<Opportunity>(id, Purpose::Derive)? {
                    unite(&mut deal.tags, &lead.tags);
                    deal.lead = deal.lead.or(Some(lead.id()));
                    self.desk.put(&deal)?;
                }
                Ok(Some(id))
            }
            Target::New => {
                let Some(customer) = customer else { return Err(no_customer("opportunity")) };
                let mut deal = Opportunity::empty(self.begin()?);
                deal.name.clone_from(&command.deal_name);
                if deal.name.is_empty() {
                    deal.name = self.desk.get::<Customer>(customer)?.name;
                    if !lead.product_interest.is_empty() {
                        deal.name = format!("{} {}", deal.name, lead.product_interest.join(", "));
                    }
                }
                deal.customer = Some(customer);
                deal.lifecycle.clone_from(&command.pipeline);
                deal.owner = self.owner;
                deal.amount = command.amount.or(lead.budget);
                deal.close_on = command.close_on.or(lead.decision_on);
                deal.source = lead.source;
                deal.campaign.clone_from(&lead.campaign);
                deal.need.clone_from(&lead.need);
                deal.tags.clone_from(&lead.tags);
                deal.lead = Some(lead.id());
                let role = self.decides().then_some(DealRole::DecisionMaker);
                deal.contacts.extend(contact.map(|contact| DealContact {
                    contact: Some(contact),
                    role,
                    note: String::new(),
                }));
                deal.custom = self.custom_of(OpportunityKind::NO);
                self.desk.put(&deal)?;
                Ok(Some(deal.id()))
            }
        }
    }

    /// The lead's custom values for fields of another kind that have the same name, type and number of values.
    fn custom_of(&self, kind: KindNo) -> Custom {
        let schema = self.desk.schema();
        let (Some(from), Some(to)) = (schema.kind(LeadKind::NO), schema.kind(kind)) else {
            return Custom::new();
        };
        let carry = |(no, value): (&u16, &crate::base::Value)| {
            let field = from.field(*no)?;
            let same = to.named(&field.name).filter(|other| {
                other.no >= FIRST_CUSTOM && (other.ty, other.many) == (field.ty, field.many)
            })?;
            Some((same.no, value.clone()))
        };
        self.lead.custom.iter().filter_map(carry).collect()
    }
}

fn no_customer(what: &str) -> Error {
    Error::refused("lead.no_customer", format!("the lead's {what} needs a customer"))
}

fn unite<T: PartialEq + Clone>(into: &mut Vec<T>, from: &[T]) {
    for item in from {
        if !into.contains(item) {
            into.push(item.clone());
        }
    }
}
