//! Money: a decimal amount with an ISO 4217 currency.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

/// An ISO 4217 currency, by its three letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// An amount of a currency.
///
/// ```
/// use crm_core::base::{Currency, Money};
/// let price: Money = "12.30 CNY".parse().unwrap();
/// assert_eq!(price.plus(price).unwrap().to_string(), "24.60 CNY");
/// assert!(price.plus("1 USD".parse().unwrap()).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(expecting = "an amount and its currency")]
pub struct Money {
    /// The currency.
    pub currency: Currency,
    /// The amount, in the currency's main unit.
    pub amount: Decimal,
}

/// Why money can't be made or added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The letters name no currency.
    #[error("`{0}` is not an ISO 4217 currency")]
    UnknownCurrency(String),
    /// The text is not an amount followed by a currency.
    #[error("`{0}` is not an amount and a currency, as in `12.30 CNY`")]
    Malformed(String),
    /// Two currencies never add up.
    #[error("{0} and {1} do not add up without a rate")]
    Mixed(Currency, Currency),
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Currency {
    /// Chinese yuan.
    pub const CNY: Currency = Currency(*b"CNY");
    /// United States dollar.
    pub const USD: Currency = Currency(*b"USD");
    /// Euro.
    pub const EUR: Currency = Currency(*b"EUR");

    /// The three letters.
    pub fn code(&self) -> &str {
        // They are always letters; `XXX` is what ISO 4217 has for no currency.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// The three letters as bytes.
    pub const fn bytes(self) -> [u8; 3] {
        self.0
    }

    /// The currency stored under three bytes, which are taken as they are.
    pub const fn from_stored(bytes: [u8; 3]) -> Self {
        Currency(bytes)
    }

    /// How many decimal places its smallest unit has: 2 for CNY, 0 for JPY.
    pub fn decimals(self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(iso_currency::Currency::exponent)
            .map_or(2, u32::from)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let code = text.trim().to_ascii_uppercase();
        match (iso_currency::Currency::from_code(&code), <[u8; 3]>::try_from(code.as_bytes())) {
            (Some(_), Ok(bytes)) => Ok(Currency(bytes)),
            _ => Err(MoneyError::UnknownCurrency(text.to_owned())),
        }
    }
}

impl Money {
    /// An amount of a currency.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Money { currency, amount }
    }

    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Money { currency, amount: Decimal::ZERO }
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    /// The amount times a factor, not rounded.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn times(self, factor: Decimal) -> Result<Money, MoneyError> {
        let amount = self.amount.checked_mul(factor).ok_or(MoneyError::Overflow)?;
        Ok(Money { amount, ..self })
    }

    /// Rounded half away from zero to the currency's smallest unit.
    pub fn rounded(self) -> Money {
        let places = self.currency.decimals();
        let amount = self.amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        Money { amount, ..self }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}
impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let malformed = || MoneyError::Malformed(text.to_owned());
        let (amount, currency) = text.trim().rsplit_once(' ').ok_or_else(malformed)?;
        let amount = amount.trim().parse().map_err(|_| malformed())?;
        Ok(Money { amount, currency: currency.parse()? })
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
