//! What a customer's derived facts owe to its deals, whoever creates, moves, merges or deletes them.

use crate::base::kind::CustomerId;
use crate::base::{Id, Instant, Kind, RecordRef, kind};
use crate::domain::opportunity::{BY_CUSTOMER, Opportunity};
use crate::domain::party;
use crate::record::codec::{ValueRef, View};
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::Result;
use crate::record::spec::CREATED_AT;

/// What counts of a deal for its customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Facts {
    customer: Option<CustomerId>,
    opened_at: Option<Instant>,
    won_at: Option<Instant>,
}

impl Facts {
    fn of(view: Option<View<'_>>) -> Result<Facts> {
        let Some(view) = view else { return Ok(Facts::default()) };
        let instant = |value| if let ValueRef::Instant(at) = value { Some(at) } else { None };
        Ok(Facts {
            customer: match view.get(Opportunity::customer)? {
                ValueRef::Id(customer) => Some(Id::from_u128(customer.bits)),
                _ => None,
            },
            opened_at: instant(view.get(CREATED_AT)?),
            won_at: instant(view.get(Opportunity::won_at)?),
        })
    }

    fn opened(self) -> Option<(CustomerId, Instant)> {
        self.customer.zip(self.opened_at)
    }

    fn won(self) -> Option<(CustomerId, Instant)> {
        self.customer.zip(self.won_at)
    }
}

/// Takes back what a deal counted for and counts it as it stands now.
pub(super) fn count(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let (old, new) = (Facts::of(before)?, Facts::of(after)?);
    if old.opened() != new.opened() {
        if let Some((customer, _)) = old.opened() {
            let last = others(desk, record, customer)?.into_iter().filter_map(|deal| deal.opened_at).max();
            party::withdraw_opportunity(desk, customer, last)?;
        }
        if let Some((customer, at)) = new.opened() {
            party::record_opportunity(desk, customer, at)?;
        }
    }
    if old.won() != new.won() {
        if let Some((customer, _)) = old.won() {
            let won: Vec<_> =
                others(desk, record, customer)?.into_iter().filter_map(|deal| deal.won_at).collect();
            let (first, last) = (won.iter().min().copied(), won.iter().max().copied());
            party::withdraw_deal(desk, customer, first, last)?;
        }
        if let Some((customer, at)) = new.won() {
            party::record_deal(desk, customer, at)?;
        }
    }
    Ok(())
}

/// What counts of a customer's other deals.
fn others(desk: &mut dyn Desk, but: RecordRef, customer: CustomerId) -> Result<Vec<Facts>> {
    let lookup = Lookup {
        kind: kind::Opportunity::NO,
        index: BY_CUSTOMER,
        parts: vec![customer.into()],
        limit: usize::MAX,
    };
    let mut facts = Vec::new();
    for record in desk.matches(&lookup)?.into_iter().filter(|record| *record != but) {
        let image = desk.enlist(record, Purpose::Derive)?;
        facts.push(Facts::of(image.as_deref().map(View::new).transpose()?)?);
    }
    Ok(facts)
}
