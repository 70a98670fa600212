//! Ids: 128 bits, ordered by time, typed by kind, printed with the kind as prefix.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use super::kind::{KINDS, Kind, KindNo};
use super::time::Instant;

/// Crockford's base 32 (Douglas Crockford, 2002), lower case.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// The id of a record of kind `K`: 48 bits of milliseconds, then 80 bits of the host's choice.
///
/// ```
/// use crm_core::base::kind::{CustomerId, LeadId};
/// let id = LeadId::from_u128(7);
/// assert_eq!(id.to_string(), "lead_00000000000000000000000007");
/// assert_eq!("lead_00000000000000000000000007".parse::<LeadId>(), Ok(id));
/// assert!("lead_00000000000000000000000007".parse::<CustomerId>().is_err());
/// ```
pub struct Id<K> {
    bits: u128,
    kind: PhantomData<fn() -> K>,
}

/// The id of a record together with its kind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// The kind of the record.
    pub kind: KindNo,
    /// The 128 bits of its id.
    pub bits: u128,
}

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text has no known kind as prefix.
    #[error("`{0}` does not start with a kind of record, as in `lead_…`")]
    Prefix(String),
    /// The id is one of another kind.
    #[error("`{text}` is not the id of a {expected}")]
    Kind {
        /// What was given.
        text: String,
        /// The kind that was asked for.
        expected: &'static str,
    },
    /// What follows the prefix is not 26 digits of base 32.
    #[error("`{0}` does not end in 26 digits of base 32")]
    Digits(String),
}

impl<K: Kind> Id<K> {
    /// The id with these bits.
    pub const fn from_u128(bits: u128) -> Self {
        Id { bits, kind: PhantomData }
    }

    /// The id's bits.
    pub const fn as_u128(self) -> u128 {
        self.bits
    }

    /// The id together with its kind.
    pub const fn record(self) -> RecordRef {
        RecordRef { kind: K::NO, bits: self.bits }
    }
}

impl RecordRef {
    /// A record of a kind.
    pub const fn new(kind: KindNo, bits: u128) -> Self {
        RecordRef { kind, bits }
    }

    /// The typed id, if the record is of kind `K`.
    pub fn as_id<K: Kind>(self) -> Option<Id<K>> {
        (self.kind == K::NO).then(|| Id::from_u128(self.bits))
    }
}

/// Puts a time and 80 random bits together to the bits of an id.
pub fn id_bits(now: Instant, random: u128) -> u128 {
    let millis = u128::from(u64::try_from(now.micros().div_euclid(1000)).unwrap_or(0) & 0xffff_ffff_ffff);
    (millis << 80) | (random & ((1 << 80) - 1))
}

fn write_digits(f: &mut fmt::Formatter<'_>, prefix: &str, bits: u128) -> fmt::Result {
    f.write_str(prefix)?;
    f.write_str("_")?;
    let mut text = [0u8; LENGTH];
    for (place, slot) in text.iter_mut().rev().enumerate() {
        let digit = (bits >> (5 * place)) & 31;
        *slot = DIGITS.get(usize::try_from(digit).unwrap_or(0)).copied().unwrap_or(b'0');
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn read_digits(text: &str) -> Option<u128> {
    if text.len() != LENGTH {
        return None;
    }
    let mut bits: u128 = 0;
    for (place, byte) in text.bytes().enumerate() {
        let byte = byte.to_ascii_lowercase();
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        if place == 0 && digit > 7 {
            return None;
        }
        bits = (bits << 5) | u128::try_from(digit).ok()?;
    }
    Some(bits)
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bits.cmp(&other.bits)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_digits(f, K::NO.name(), self.bits)
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_digits(f, self.kind.name(), self.bits)
    }
}
impl fmt::Debug for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RecordRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (prefix, digits) = text.rsplit_once('_').ok_or_else(|| IdError::Prefix(text.to_owned()))?;
        let kind =
            KINDS.iter().find(|kind| kind.name == prefix).ok_or_else(|| IdError::Prefix(text.to_owned()))?;
        let bits = read_digits(digits).ok_or_else(|| IdError::Digits(text.to_owned()))?;
        Ok(RecordRef { kind: kind.no, bits })
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let record: RecordRef = text.parse()?;
        record.as_id().ok_or_else(|| IdError::Kind { text: text.to_owned(), expected: K::NO.name() })
    }
}

impl<K: Kind> From<Id<K>> for RecordRef {
    fn from(id: Id<K>) -> Self {
        id.record()
    }
}

macro_rules! as_text {
    ([$($generic:tt)*] $type:ty) => {
        impl<$($generic)*> serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de, $($generic)*> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text!([K: Kind] Id<K>);
as_text!([] RecordRef);

#[cfg(test)]
mod tests {
    use super::super::kind::LeadId;
    use super::*;

    #[test]
    fn every_kind_has_its_own_number_and_name() {
        for (place, kind) in KINDS.iter().enumerate() {
            for other in &KINDS[place + 1..] {
                assert!(kind.no != other.no && kind.name != other.name && kind.zh != other.zh, "{kind:?}");
            }
        }
    }

    #[test]
    fn ids_sort_by_time_and_survive_text() {
        let early = LeadId::from_u128(id_bits(Instant::from_micros(1_000_000), u128::MAX));
        let late = LeadId::from_u128(id_bits(Instant::from_micros(2_000_000), 0));
        assert!(early < late && early.to_string() < late.to_string());
        let most = LeadId::from_u128(u128::MAX);
        assert_eq!(most.to_string().parse(), Ok(most));
        assert!("lead_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<LeadId>().is_err(), "more than 128 bits");
    }
}
