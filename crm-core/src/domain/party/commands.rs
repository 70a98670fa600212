//! What can be asked of this room.

use chrono::NaiveDate;

use super::holds::{self, today};
use super::noun::choices::{ContactRole, Flag, Gender, LegalForm, Level, RelationType, Source, TradingRole};
use super::noun::{Address, Contact, ContactLink, Customer, LINK_BY_CONTACT, Relation};
use crate::base::kind::{ContactId, ContactLinkId, CustomerId, PoolId, RelationId, UserId};
use crate::base::{Instant, Kind, Money, RecordRef, kind};
use crate::record::action::Action;
use crate::record::contact_point::{Email, Phone};
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::{Custom, Record};

/// How many posts of one contact are looked at.
const MOST_POSTS: usize = 1000;

/// Puts a new customer in order and stores it: what `customer.create` and the conversion of a lead do.
///
/// # Errors
/// Invalid values, a name, code or credit code that is taken, or missing rights.
pub fn create_customer(desk: &mut dyn Desk, mut customer: Customer) -> Result<CustomerId> {
    desk.may(Action::Create, kind::Customer::NO)?;
    holds::settle(desk, &mut customer, None)?;
    desk.put(&customer)?;
    Ok(customer.id())
}

/// Puts a new contact in order and stores it with its posts.
///
/// # Errors
/// Invalid values, customers that the actor does not see, or missing rights.
pub fn create_contact(desk: &mut dyn Desk, mut contact: Contact, posts: &[Post]) -> Result<ContactId> {
    desk.may(Action::Create, kind::Contact::NO)?;
    holds::settle_contact(desk, &mut contact, None)?;
    if contact.code.is_empty() {
        contact.code = desk.next_code(kind::Contact::NO)?.unwrap_or_default();
    }
    for post in posts {
        if !contact.customers.contains(&post.customer) {
            contact.customers.push(post.customer);
        }
    }
    desk.put(&contact)?;
    for post in posts {
        link(desk, contact.id(), post)?;
    }
    Ok(contact.id())
}

/// Gives a contact a post.
fn link(desk: &mut dyn Desk, contact: ContactId, post: &Post) -> Result<ContactLinkId> {
    desk.get::<Customer>(post.customer)?;
    let mut link = ContactLink::empty(desk.new_id());
    link.contact = Some(contact);
    link.customer = Some(post.customer);
    post.title.trim().clone_into(&mut link.title);
    link.role = post.role;
    link.primary = post.primary.then_some(true);
    link.since = post.since;
    link.until = post.until;
    desk.put(&link)?;
    Ok(link.id())
}

/// A post to be given to a contact.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The customer.
    pub customer: CustomerId,
    /// The position.
    #[serde(default)]
    pub title: String,
    /// The part it plays in what the customer buys.
    #[serde(default)]
    pub role: Option<ContactRole>,
    /// Whether it becomes the customer's primary contact. The first contact does so anyway.
    #[serde(default)]
    pub primary: bool,
    /// The first day.
    #[serde(default)]
    pub since: Option<NaiveDate>,
    /// The day on which it is no longer in force.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

impl Post {
    /// A post at a customer, of which no more is known.
    pub fn at(customer: CustomerId) -> Post {
        Post { customer, title: String::new(), role: None, primary: false, since: None, until: None }
    }
}

command! {
    /// Creates a customer; the actor owns it unless an owner or a pool is named.
    #[derive(Default)]
    pub struct CreateCustomer as "customer.create" -> CustomerId {
        /// The name.
        name: String,
        /// The human code; by the numbering rule when empty.
        #[serde(default)] code: String,
        /// Company or person; a company when none.
        form: Option<LegalForm>,
        /// The parts it plays in trade.
        #[serde(default)] trading_roles: Vec<TradingRole>,
        /// The unified social credit code.
        #[serde(default)] credit_code: String,
        /// The industry, by code or label.
        #[serde(default)] industry: String,
        /// The country.
        #[serde(default)] country: String,
        /// The province or state.
        #[serde(default)] province: String,
        /// The city.
        #[serde(default)] city: String,
        /// The district.
        #[serde(default)] district: String,
        /// The street of the main address.
        #[serde(default)] street: String,
        /// Addresses by what they are for.
        #[serde(default)] addresses: Vec<Address>,
        /// Telephone numbers.
        #[serde(default)] phones: Vec<String>,
        /// E-mail addresses.
        #[serde(default)] emails: Vec<String>,
        /// WeChat.
        #[serde(default)] wechat: String,
        /// The website.
        #[serde(default)] website: String,
        /// How many people work there.
        employees: Option<i64>,
        /// What it sells in a year.
        annual_revenue: Option<Money>,
        /// The capital in the register.
        registered_capital: Option<Money>,
        /// The day it was founded.
        founded_on: Option<NaiveDate>,
        /// Where it came from.
        source: Option<Source>,
        /// The customer that referred it.
        referrer: Option<CustomerId>,
        /// Who referred it, where that is no customer.
        #[serde(default)] referrer_name: String,
        /// How much it matters.
        level: Option<Level>,
        /// What sets it apart.
        #[serde(default)] flags: Vec<Flag>,
        /// Tags.
        #[serde(default)] tags: Vec<String>,
        /// The company above it.
        parent: Option<CustomerId>,
        /// Since when it is in the books.
        filed_on: Option<NaiveDate>,
        /// When somebody last dealt with it; only who may import may say so.
        last_activity_at: Option<Instant>,
        /// When somebody means to deal with it next.
        follow_up_at: Option<Instant>,
        /// Whatever else is known.
        #[serde(default)] notes: String,
        /// Who looks after it.
        owner: Option<UserId>,
        /// Who helps.
        #[serde(default)] collaborators: Vec<UserId>,
        /// The public pool it goes to while nobody owns it.
        pool: Option<PoolId>,
        /// The values of custom fields, by number.
        #[serde(default)] custom: Custom,
    }
    run(this, desk) {
        if this.last_activity_at.is_some() {
            desk.may(Action::Import, kind::Customer::NO)?;
        }
        let id = desk.new_id();
        let draft = this.draft(id, desk);
        create_customer(desk, draft)
    }
}

impl CreateCustomer {
    fn draft(self, id: CustomerId, desk: &dyn Desk) -> Customer {
        let settings = desk.settings();
        let pool = if self.owner.is_none() { self.pool } else { None };
        Customer {
            name: self.name,
            code: self.code,
            form: self.form,
            trading_roles: self.trading_roles,
            credit_code: self.credit_code,
            industry: self.industry,
            country: self.country,
            province: self.province,
            city: self.city,
            district: self.district,
            street: self.street,
            addresses: self.addresses,
            phones: self.phones.iter().map(|raw| Phone::new(raw, &settings)).collect(),
            emails: self.emails.iter().map(|raw| Email::new(raw)).collect(),
            wechat: self.wechat,
            website: self.website,
            employees: self.employees,
            annual_revenue: self.annual_revenue,
            registered_capital: self.registered_capital,
            founded_on: self.founded_on,
            source: self.source,
            referrer: self.referrer,
            referrer_name: self.referrer_name,
            level: self.level,
            flags: self.flags,
            tags: self.tags,
            parent: self.parent,
            filed_on: self.filed_on,
            last_activity_at: self.last_activity_at,
            follow_up_at: self.follow_up_at,
            notes: self.notes,
            owner: self.owner,
            collaborators: self.collaborators,
            pool,
            pooled_at: pool.map(|_| desk.now()),
            custom: self.custom,
            ..Customer::empty(id)
        }
    }
}

command! {
    /// Creates a contact with its posts.
    #[derive(Default)]
    pub struct CreateContact as "contact.create" -> ContactId {
        /// The name.
        name: String,
        /// The human code; by the numbering rule when empty.
        #[serde(default)] code: String,
        /// The gender.
        gender: Option<Gender>,
        /// The birthday.
        birthday: Option<NaiveDate>,
        /// Mobile numbers.
        #[serde(default)] phones: Vec<String>,
        /// The number on the desk.
        landline: Option<String>,
        /// E-mail addresses.
        #[serde(default)] emails: Vec<String>,
        /// WeChat.
        #[serde(default)] wechat: String,
        /// Tags.
        #[serde(default)] tags: Vec<String>,
        /// Whatever else is known.
        #[serde(default)] notes: String,
        /// Its posts.
        #[serde(default)] posts: Vec<Post>,
        /// The values of custom fields, by number.
        #[serde(default)] custom: Custom,
    }
    run(this, desk) {
        let settings = desk.settings();
        let contact = Contact {
            name: this.name,
            code: this.code.trim().to_owned(),
            gender: this.gender,
            birthday: this.birthday,
            phones: this.phones.iter().map(|raw| Phone::new(raw, &settings)).collect(),
            landline: this.landline.as_deref().map(|raw| Phone::new(raw, &settings)),
            emails: this.emails.iter().map(|raw| Email::new(raw)).collect(),
            wechat: this.wechat.trim().to_owned(),
            tags: this.tags,
            notes: this.notes,
            custom: this.custom,
            ..Contact::empty(desk.new_id())
        };
        create_contact(desk, contact, &this.posts)
    }
}

command! {
    /// Gives a contact a post at a customer.
    pub struct LinkContact as "contact.link" -> ContactLinkId {
        /// The contact.
        contact: ContactId,
        /// The post.
        post: Post,
    }
    run(this, desk) {
        desk.get::<Contact>(this.contact)?;
        link(desk, this.contact, &this.post)
    }
}

command! {
    /// Ends a contact's post.
    pub struct UnlinkContact as "contact.unlink" -> () {
        /// The post.
        link: ContactLinkId,
        /// The revision that it must stand at; any when none.
        revision: Option<u64>,
        /// The day on which it is no longer in force; today when none.
        on: Option<NaiveDate>,
    }
    run(this, desk) {
        let mut link: ContactLink = desk.load_at(this.link, Action::Update, this.revision)?;
        link.until = Some(this.on.unwrap_or_else(|| today(desk)));
        desk.put(&link)
    }
}

command! {
    /// Moves a contact from one customer to another: the post at the first ends, one at the second begins.
    pub struct MoveContact as "contact.move" -> ContactLinkId {
        /// The contact.
        contact: ContactId,
        /// The customer that it leaves.
        from: CustomerId,
        /// The post that it takes; it begins on the day that is given there, else today.
        to: Post,
    }
    run(this, desk) {
        let today = today(desk);
        let on = this.to.since.unwrap_or(today);
        desk.get::<Contact>(this.contact)?;
        let posts = desk.find_as::<ContactLink>(LINK_BY_CONTACT, vec![this.contact.record().into()], MOST_POSTS)?;
        let mut posts = posts.iter().filter(|post| post.customer == Some(this.from));
        let left = posts.find(|post| post.is_in_force(on.min(today)) && post.until.is_none_or(|until| on < until));
        let Some(left) = left else {
            return Err(Error::refused("party.no_post", "the contact has no post in force at this customer"));
        };
        let mut left: ContactLink = desk.load_as(left.id(), Action::Update)?;
        left.until = Some(on);
        desk.put(&left)?;
        link(desk, this.contact, &Post { since: Some(on), ..this.to })
    }
}

command! {
    /// Says what one customer is to another, or one contact to another.
    pub struct CreateRelation as "relation.create" -> RelationId {
        /// The first party: who is it.
        from: RecordRef,
        /// What the first party is to the second.
        relation: RelationType,
        /// The second party: whose it is.
        to: RecordRef,
        /// The first day.
        since: Option<NaiveDate>,
        /// The day on which it is no longer in force.
        until: Option<NaiveDate>,
        /// Whatever else is known.
        #[serde(default)] notes: String,
    }
    run(this, desk) {
        for party in [this.from, this.to] {
            desk.load(party, Action::Read)?;
        }
        let mut relation = Relation::empty(desk.new_id());
        relation.from = Some(this.from);
        relation.relation = Some(this.relation);
        relation.to = Some(this.to);
        relation.since = this.since;
        relation.until = this.until;
        relation.notes = this.notes;
        desk.put(&relation)?;
        Ok(relation.id())
    }
}

command! {
    /// Ends a relation.
    pub struct EndRelation as "relation.end" -> () {
        /// The relation.
        relation: RelationId,
        /// The revision that it must stand at; any when none.
        revision: Option<u64>,
        /// The day on which it is no longer in force; today when none.
        on: Option<NaiveDate>,
    }
    run(this, desk) {
        let mut relation: Relation = desk.load_at(this.relation, Action::Update, this.revision)?;
        let on = this.on.unwrap_or_else(|| today(desk));
        if let Some(until) = relation.until.filter(|until| *until <= today(desk)) {
            return Err(Error::refused("party.relation_ended", format!("the relation ended on `{until}`")));
        }
        relation.until = Some(on);
        desk.put(&relation)
    }
}
