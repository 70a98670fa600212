//! The tenant's settings as the rules read them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::calendar::{Hours, TimeZone, WorkCalendar};
use super::{Currency, Money, MoneyError};

/// What the tenant has set, with the engine's defaults for the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The organisation's time zone.
    pub zone: TimeZone,
    /// The region (ISO 3166, two letters) of phone numbers written without a country code.
    pub region: String,
    /// The currency of totals.
    pub currency: Currency,
    /// Exchange rates into the base currency, each valid from a date until the next.
    pub rates: Vec<Rate>,
    /// The month in which the fiscal year begins, 1 to 12.
    pub fiscal_start: u32,
    /// Days off beside the weekend.
    pub holidays: Vec<NaiveDate>,
    /// Weekend days on which people work.
    pub extra_workdays: Vec<NaiveDate>,
    /// Whether two customers may share a name.
    pub same_customer_names: bool,
    /// What a user learns of a duplicate that he may not see.
    pub duplicate_disclosure: Disclosure,
}

/// What one unit of a currency is worth in the base currency from a date on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// The first day.
    pub from: NaiveDate,
    /// Units of the base currency for one unit.
    pub rate: Decimal,
}

crate::choice! {
    /// What a user learns of a duplicate that he may not see.
    #[derive(Default)]
    pub enum Disclosure {
        /// Nothing at all.
        Nothing "nothing" "Nothing" "不透露",
        /// That there is one.
        #[default]
        Exists "exists" "That there is one" "仅提示存在",
        /// That there is one, and the name of its owner.
        Owner "owner" "Its owner's name" "提示负责人",
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            zone: TimeZone::SHANGHAI,
            region: "CN".to_owned(),
            currency: Currency::CNY,
            rates: Vec::new(),
            fiscal_start: 1,
            holidays: Vec::new(),
            extra_workdays: Vec::new(),
            same_customer_names: false,
            duplicate_disclosure: Disclosure::default(),
        }
    }
}

impl Settings {
    /// The days on which people work: Monday to Friday but for holidays, and the extra working days.
    pub fn work_calendar(&self) -> WorkCalendar {
        let day = || Hours::new(9 * 60, 18 * 60).into_iter().collect::<Vec<_>>();
        let week = [day(), day(), day(), day(), day(), Vec::new(), Vec::new()];
        let (holidays, extra) = (self.holidays.iter().copied(), self.extra_workdays.iter().copied());
        // One stretch a day overlaps with nothing, so the calendar is always one.
        WorkCalendar::new(self.zone, week, holidays.collect(), extra.collect())
            .unwrap_or_else(|_| WorkCalendar::office(self.zone))
    }

    /// Money in the base currency by the rate of a day, not rounded; none when no rate is set.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn in_base(&self, money: Money, on: NaiveDate) -> Result<Option<Money>, MoneyError> {
        if money.currency == self.currency {
            return Ok(Some(money));
        }
        let rate = self
            .rates
            .iter()
            .filter(|rate| rate.currency == money.currency && rate.from <= on)
            .max_by_key(|rate| rate.from);
        rate.map(|rate| Ok(Money::new(money.times(rate.rate)?.amount, self.currency))).transpose()
    }
}
