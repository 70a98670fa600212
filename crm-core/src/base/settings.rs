//! The tenant's settings as the rules read them.

use std::collections::BTreeMap;

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
    /// How activities count towards how lively a customer is.
    pub activity: ActivityRule,
    /// After how many months without a purchase the owner of a customer is reminded to make an offer; never when
    /// none.
    pub offer_after_months: Option<u32>,
}

/// How activities count towards how lively a customer is, and where its ratings begin.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityRule {
    /// After so many days an activity counts half.
    pub half_life_days: u32,
    /// What an activity of a kind counts, by the kind's code; 0 for not at all. Others count 1.
    pub weights: BTreeMap<String, Decimal>,
    /// From this count on a customer is active.
    pub active_from: Decimal,
    /// Below this count a customer is silent; between the two it is quiet.
    pub silent_below: Decimal,
}

impl Default for ActivityRule {
    /// Thirty days; a visit or meeting counts three times, what nobody of us did a fifth; active from two, silent
    /// below one half.
    fn default() -> Self {
        let weights = [
            ("visit", Decimal::from(3)),
            ("meeting", Decimal::from(3)),
            ("email_opened", Decimal::new(2, 1)),
            ("email_clicked", Decimal::new(2, 1)),
            ("web_visit", Decimal::new(2, 1)),
        ];
        ActivityRule {
            half_life_days: 30,
            weights: weights.into_iter().map(|(kind, weight)| (kind.to_owned(), weight)).collect(),
            active_from: Decimal::TWO,
            silent_below: Decimal::new(5, 1),
        }
    }
}

impl ActivityRule {
    /// What an activity of a kind counts.
    pub fn weight(&self, kind: &str) -> Decimal {
        self.weights.get(kind).copied().unwrap_or(Decimal::ONE)
    }
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
            activity: ActivityRule::default(),
            offer_after_months: None,
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
