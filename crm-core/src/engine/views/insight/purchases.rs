//! Won deals as purchases: customer, day and money, in columns.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::base::kind::CustomerId;
use crate::base::settings::Settings;
use crate::base::{Currency, Id, Instant, Kind, Money, calendar, kind};
use crate::domain::opportunity::Opportunity;
use crate::domain::party::Customer;
use crate::engine::session::Session;
use crate::record::codec::{ValueRef, View};
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;

/// The won deals that an actor sees, of customers that he sees.
pub(super) struct Purchases {
    /// The day as of which they are reckoned.
    pub as_of: NaiveDate,
    /// The currency of the amounts.
    pub currency: Currency,
    /// The customers, ascending, with what each is called; purchases name them by place.
    pub customers: Vec<(CustomerId, String)>,
    /// Whose each is: a place among the customers.
    pub whose: Vec<i64>,
    /// On which day each was made.
    pub days: Vec<i32>,
    /// What each brought, in minor units of the base currency; 0 where no amount is known.
    pub amounts: Vec<i64>,
    /// How many have no amount that the actor sees.
    pub without_amount: usize,
    /// How many are in a currency without a rate.
    pub without_rate: usize,
}

impl Purchases {
    /// The customer at a place.
    pub fn customer(&self, place: i64) -> Option<&(CustomerId, String)> {
        self.customers.get(usize::try_from(place).ok()?)
    }

    /// Minor units as money.
    pub fn money(&self, minor: i64) -> Money {
        money(minor, self.currency)
    }
}

impl Session<'_> {
    /// The won deals that pass a filter, not later than the session's day.
    pub(super) fn purchases(&self, filter: Option<&Filter>) -> Result<Purchases> {
        let config = self.crm.config();
        let settings = &config.settings;
        let as_of = calendar::local_date(self.instant(), settings.zone);
        let mut found: Vec<(CustomerId, i32, Option<i64>)> = Vec::new();
        let (mut without_amount, mut without_rate) = (0, 0);
        self.each(&query(kind::Opportunity::NO, filter), &mut |_, view| {
            let (Some(won), Some(customer)) =
                (instant(view, Opportunity::won_at)?, id::<kind::Customer>(view, Opportunity::customer)?)
            else {
                return Ok(());
            };
            let day = calendar::local_date(won, settings.zone);
            if day > as_of {
                return Ok(());
            }
            let worth = amount(view, settings, day)?;
            match worth {
                Worth::None => without_amount += 1,
                Worth::NoRate => without_rate += 1,
                Worth::Minor(_) => {}
            }
            found.push((customer, day.to_epoch_days(), worth.minor()));
            Ok(())
        })?;
        let all: BTreeSet<CustomerId> = found.iter().map(|(customer, ..)| *customer).collect();
        let mut customers = Vec::new();
        for customer in all {
            if let Some(name) = self.seen_name(customer)? {
                customers.push((customer, name));
            }
        }
        let places: BTreeMap<CustomerId, i64> =
            customers.iter().zip(0..).map(|((customer, _), place)| (*customer, place)).collect();
        let mut purchases = Purchases {
            as_of,
            currency: settings.currency,
            customers,
            whose: Vec::with_capacity(found.len()),
            days: Vec::with_capacity(found.len()),
            amounts: Vec::with_capacity(found.len()),
            without_amount,
            without_rate,
        };
        for (customer, day, amount) in found {
            if let Some(place) = places.get(&customer) {
                purchases.whose.push(*place);
                purchases.days.push(day);
                purchases.amounts.push(amount.unwrap_or(0));
            }
        }
        Ok(purchases)
    }

    /// What a customer is called; none when the actor doesn't see it.
    pub(super) fn seen_name(&self, customer: CustomerId) -> Result<Option<String>> {
        match self.image(customer.record()) {
            Ok(image) => {
                let name = View::new(&image)?.get(Customer::name)?.to_value();
                Ok(Some(if name.is_empty() { customer.to_string() } else { name.to_string() }))
            }
            Err(Error::NotFound(..)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The records of a kind that pass a filter.
pub(super) fn query(kind: crate::base::KindNo, filter: Option<&Filter>) -> Query {
    let query = Query::of(kind);
    match filter {
        Some(filter) => query.filter(filter.clone()),
        None => query,
    }
}

/// What a deal is worth.
#[derive(Clone, Copy)]
pub(super) enum Worth {
    /// There is no amount, or the actor doesn't see it.
    None,
    /// Its currency has no rate.
    NoRate,
    /// Minor units of the base currency.
    Minor(i64),
}

impl Worth {
    pub fn minor(self) -> Option<i64> {
        if let Worth::Minor(minor) = self { Some(minor) } else { None }
    }
}

/// What a deal is worth by the rate of a day.
pub(super) fn amount(view: View<'_>, settings: &Settings, day: NaiveDate) -> Result<Worth> {
    let ValueRef::Money(amount) = view.get(Opportunity::amount)? else { return Ok(Worth::None) };
    let in_base = settings.in_base(amount, day).map_err(|_| beyond(amount))?;
    in_base.map_or(Ok(Worth::NoRate), |amount| Ok(Worth::Minor(minor(amount)?)))
}

/// A goal in the base currency by the rate of a day.
///
/// # Errors
/// Refused with `insight.no_rate` where there is no rate: a goal in another currency would be another goal.
pub(super) fn goal(amount: Money, settings: &Settings, day: NaiveDate) -> Result<Money> {
    settings.in_base(amount, day).map_err(|_| beyond(amount))?.ok_or_else(|| {
        Error::refused("insight.no_rate", format!("the target `{amount}` has no exchange rate on `{day}`"))
    })
}

/// What of some deals is missing in sums of their values.
#[derive(Clone, Copy, Default)]
pub(super) struct Missing {
    pub amount: usize,
    pub rate: usize,
}

impl Missing {
    /// Notes a deal that may have a value in the base currency.
    pub fn note(&mut self, deal: &Opportunity, value: Option<Decimal>) {
        match (deal.amount, value) {
            (_, Some(_)) => {}
            (Some(_), None) => self.rate += 1,
            (None, None) => self.amount += 1,
        }
    }
}

/// Money in minor units, rounded.
pub(super) fn minor(money: Money) -> Result<i64> {
    let unit = Decimal::from(10u64.pow(money.currency.decimals()));
    let whole = money.rounded().amount.checked_mul(unit).and_then(|amount| amount.to_i64());
    whole.ok_or_else(|| beyond(money))
}

/// Minor units as money.
pub(super) fn money(minor: i64, currency: Currency) -> Money {
    Money::new(Decimal::new(minor, currency.decimals()), currency)
}

/// A number of minor units, such as an expected one, as money; what is no number counts nothing.
pub(super) fn expected_money(minor: f64, currency: Currency) -> Money {
    // Beyond what 64 bits hold the cast stays at their end.
    money(minor.round() as i64, currency)
}

pub(super) fn beyond(money: Money) -> Error {
    Error::invalid("amount", "insight.amount", format!("`{money}` is beyond what is reckoned with"))
}

pub(super) fn instant(view: View<'_>, field: u16) -> Result<Option<Instant>> {
    Ok(if let ValueRef::Instant(at) = view.get(field)? { Some(at) } else { None })
}

pub(super) fn id<K: Kind>(view: View<'_>, field: u16) -> Result<Option<Id<K>>> {
    Ok(if let ValueRef::Id(record) = view.get(field)? { record.as_id() } else { None })
}
