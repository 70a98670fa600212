//! A customer from all sides, as far as the actor may see.

use crate::base::kind::CustomerId;
use crate::domain::activity::Activity;
use crate::domain::lead::{self, Lead};
use crate::domain::opportunity::{self, Opportunity};
use crate::domain::party::{self, Contact, ContactLink, Customer, Relation};
use crate::domain::task::{self, Task};
use crate::engine::session::Session;
use crate::record::error::Result;
use crate::record::spec::Record;

/// A customer from all sides.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CustomerView {
    /// Profile and addresses.
    pub customer: Customer,
    /// The people, each with the post there.
    pub contacts: Vec<(ContactLink, Contact)>,
    /// Relations to other customers, in either direction.
    pub relations: Vec<Relation>,
    /// The leads that became this customer.
    pub leads: Vec<Lead>,
    /// The deals.
    pub opportunities: Vec<Opportunity>,
    /// The tasks about the customer.
    pub tasks: Vec<Task>,
    /// What happened and changed, newest first: the first page of the timeline.
    pub timeline: super::TimelinePage,
    /// The latest activity among it.
    pub last_activity: Option<Activity>,
}

impl Session<'_> {
    /// A customer from all sides in one call.
    ///
    /// # Errors
    /// Not found when there is no such customer or the actor may not see it.
    pub fn customer_view(&self, id: CustomerId) -> Result<CustomerView> {
        let customer: Customer = self.get(id)?;
        let record = id.record();
        let mut contacts = Vec::new();
        for link in self.all_under::<ContactLink>(party::LINK_BY_CUSTOMER, record)? {
            if let Some(contact) = link.contact
                && let Ok(contact) = self.get::<Contact>(contact)
            {
                contacts.push((link, contact));
            }
        }
        let mut relations = self.all_under::<Relation>(party::RELATION_BY_FROM, record)?;
        relations.extend(self.all_under::<Relation>(party::RELATION_BY_TO, record)?);
        let timeline = self.timeline(record, None, 20)?;
        let last_activity = timeline.items.iter().find_map(|item| match item {
            super::TimelineItem::Activity(activity) => Some(activity.as_ref().clone()),
            super::TimelineItem::Change(_) => None,
        });
        Ok(CustomerView {
            customer,
            contacts,
            relations,
            leads: self.all_under::<Lead>(lead::BY_CONVERTED_CUSTOMER, record)?,
            opportunities: self.all_under::<Opportunity>(opportunity::BY_CUSTOMER, record)?,
            tasks: self.all_under::<Task>(task::BY_ABOUT, record)?,
            timeline,
            last_activity,
        })
    }

    fn all_under<T: Record>(&self, index: u8, record: crate::base::RecordRef) -> Result<Vec<T>> {
        self.under(T::SPEC.kind, index, record)?
            .into_iter()
            .map(|record| self.get(crate::base::Id::from_u128(record.bits)))
            .collect()
    }
}
