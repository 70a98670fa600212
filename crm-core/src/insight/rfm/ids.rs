//! Ids of customers as columns give them: integers of any width, or texts in an Arrow buffer.

use std::ops::Range;

use crate::record::error::{Error, Result};

/// Something that customers are told apart by.
pub trait Key: Copy + Ord + Send + Sync {
    /// A well-mixed number, equal for equal keys.
    fn mix(self) -> u64;
}

/// An integer id.
pub trait Id: Key {
    /// How far it is above the least id, if that is a number that memory is counted in.
    fn above(self, least: Self) -> Option<usize>;
    /// The id that is so far above this one.
    fn plus(self, above: usize) -> Self;
}

macro_rules! ids {
    ($($signed:ident $unsigned:ident),*) => {$(
        impl Key for $signed {
            fn mix(self) -> u64 {
                let [low, high] = halves(self as $unsigned as u128);
                fold(low ^ SEED, high ^ ODD)
            }
        }
        impl Id for $signed {
            fn above(self, least: Self) -> Option<usize> {
                usize::try_from(self.wrapping_sub(least) as $unsigned).ok()
            }
            fn plus(self, above: usize) -> Self {
                self.wrapping_add(above as $signed)
            }
        }
    )*};
}
ids!(i32 u32, u32 u32, i64 u64, u64 u64, i128 u128, u128 u128);

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const ODD: u64 = 0xd6e8_feb8_6659_fd93;

fn halves(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}

/// Both halves of a product, laid over each other: a change of any bit changes about half of them.
fn fold(a: u64, b: u64) -> u64 {
    let [low, high] = halves(u128::from(a) * u128::from(b));
    low ^ high
}

/// A text id. The order is that of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a> {
    pub(super) start: Start,
    /// The whole text where its start isn't; else empty.
    long: &'a [u8],
}

/// A text's first fifteen bytes and its length, in one number of two halves: all there is to most ids.
/// The last byte is the length, 16 for a text that is longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Start {
    high: u64,
    low: u64,
}

const SHORT: usize = 15;

impl Start {
    #[inline]
    fn of(bytes: &[u8], from: usize, length: usize) -> Self {
        let block = bytes.get(from..from.saturating_add(16));
        let wide = match block.and_then(|block| <[u8; 16]>::try_from(block).ok()) {
            Some(block) => u128::from_be_bytes(block),
            None => {
                let mut block = [0; 16];
                let rest = bytes.get(from..).unwrap_or(&[]);
                block.iter_mut().zip(rest).for_each(|(byte, from)| *byte = *from);
                u128::from_be_bytes(block)
            }
        };
        let kept = length.min(SHORT);
        let wide = if kept == 0 { 0 } else { wide & (u128::MAX << (128 - 8 * kept)) };
        let [low, high] = halves(wide | length.min(SHORT + 1) as u128);
        Start { high, low }
    }

    pub(super) fn text<'a>(self) -> Text<'a> {
        Text { start: self, long: &[] }
    }
}

impl<'a> Text<'a> {
    /// The id of a text.
    pub fn new(text: &'a str) -> Self {
        Texts { bytes: text.as_bytes(), offsets: &[0i64] }.at(0, text.len())
    }

    /// The text's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        if !self.long.is_empty() {
            return self.long.to_vec();
        }
        let Start { high, low } = self.start;
        let wide = (u128::from(high) << 64 | u128::from(low)).to_be_bytes();
        wide.iter().take(usize::from(low as u8)).copied().collect()
    }
}

impl Key for Start {
    #[inline]
    fn mix(self) -> u64 {
        fold(self.low ^ SEED, self.high ^ ODD)
    }
}

impl Key for Text<'_> {
    fn mix(self) -> u64 {
        let words = self.long.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word.iter_mut().zip(chunk).for_each(|(byte, from)| *byte = *from);
            u64::from_le_bytes(word)
        });
        words.fold(self.start.mix(), |so_far, word| fold(so_far ^ word, SEED))
    }
}

/// A column of texts in Arrow's layout: text `n` lies between offsets `n` and `n + 1` of the bytes.
/// Offsets are `i32` (utf8) or `i64` (large utf8).
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a, O> {
    /// All texts, one after the other.
    pub bytes: &'a [u8],
    /// One offset more than there are texts.
    pub offsets: &'a [O],
}

impl<'a, O: Copy + Into<i64>> Texts<'a, O> {
    /// How many texts there are, and whether all are all start, once the offsets are seen to be sound.
    ///
    /// # Errors
    /// `rfm.offsets` when an offset is below the one before or beyond the bytes.
    pub(super) fn checked(&self) -> Result<(usize, bool)> {
        let first = self.offsets.first().map_or(0, |offset| (*offset).into());
        let (mut last, mut longest, mut ascend) = (first, 0, first >= 0);
        for offset in self.offsets {
            let offset = (*offset).into();
            ascend &= last <= offset;
            longest = longest.max(offset.wrapping_sub(last));
            last = offset;
        }
        if !ascend || usize::try_from(last).is_ok_and(|last| last > self.bytes.len()) {
            return Err(Error::invalid("ids", "rfm.offsets", format!("the last offset is `{last}`")));
        }
        Ok((self.offsets.len().saturating_sub(1), longest <= SHORT as i64))
    }

    /// The texts of some rows.
    pub(super) fn rows(self, rows: Range<usize>) -> impl Iterator<Item = Text<'a>> + use<'a, O> {
        self.spans(rows).map(move |(from, to)| self.at(from, to))
    }

    /// The starts of the texts of some rows.
    pub(super) fn starts(self, rows: Range<usize>) -> impl Iterator<Item = Start> + use<'a, O> {
        self.spans(rows).map(move |(from, to)| Start::of(self.bytes, from, to.saturating_sub(from)))
    }

    fn spans(self, rows: Range<usize>) -> impl Iterator<Item = (usize, usize)> + use<'a, O> {
        let offsets = self.offsets.get(rows.start..(rows.end + 1).min(self.offsets.len())).unwrap_or(&[]);
        let place = |offset: &O| usize::try_from((*offset).into()).unwrap_or(0);
        offsets.iter().zip(offsets.iter().skip(1)).map(move |(from, to)| (place(from), place(to)))
    }

    fn at(self, from: usize, to: usize) -> Text<'a> {
        let length = to.saturating_sub(from);
        let long = if length > SHORT { self.bytes.get(from..to).unwrap_or(&[]) } else { &[] };
        Text { start: Start::of(self.bytes, from, length), long }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_told_apart_and_ordered_as_their_bytes(words in prop::collection::vec("[a\0é]{0,18}", 0..9)) {
            let bytes = words.concat();
            let mut offsets = vec![0i32];
            offsets.extend(words.iter().scan(0, |end, word| { *end += word.len() as i32; Some(*end) }));
            let texts = Texts { bytes: bytes.as_bytes(), offsets: &offsets };
            prop_assert_eq!(texts.checked().unwrap().0, words.len());
            let found: Vec<Text<'_>> = texts.rows(0..words.len()).collect();
            for (word, text) in words.iter().zip(&found) {
                prop_assert_eq!(&text.bytes()[..], word.as_bytes());
                prop_assert_eq!(*text, Text::new(word));
                for (other_word, other) in words.iter().zip(&found) {
                    prop_assert_eq!(word.as_bytes().cmp(other_word.as_bytes()), text.cmp(other));
                    prop_assert_eq!(word == other_word, text.mix() == other.mix());
                }
            }
        }
    }

    #[test]
    fn offsets_that_lead_outside_are_refused() {
        let check = |offsets: &[i32]| Texts { bytes: b"abc", offsets }.checked().map(|found| found.0);
        assert_eq!(check(&[0, 1, 3]).unwrap(), 2);
        assert_eq!(check(&[]).unwrap(), 0);
        for wrong in [&[0, 2, 1][..], &[0, 4], &[-1, 2]] {
            assert_eq!(check(wrong).unwrap_err().code(), "rfm.offsets");
        }
    }
}
