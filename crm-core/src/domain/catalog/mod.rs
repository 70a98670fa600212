//! The catalogue: products, price books, prices.

mod noun;

pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Product::SPEC, PriceBook::SPEC, Price::SPEC];
