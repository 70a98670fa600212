//! What holds of every product, price book and price, whoever writes it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{PRICE_BY_BOOK, Price, PriceBook, Product};
use crate::base::{Id, Kind, Money, RecordRef, kind};
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

/// How far up a variant's products may go; more is taken for a ring.
const DEEPEST_VARIANT: usize = 16;

/// A product's price, cost and tax are not below 0, and it is no variant of itself.
pub(super) fn product(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let product = Product::read(Id::from_u128(record.bits), view)?;
    not_negative("price", product.price)?;
    not_negative("unit_cost", product.unit_cost)?;
    if let Some(percent) =
        product.tax_percent.filter(|tax| *tax < Decimal::ZERO || *tax > Decimal::ONE_HUNDRED)
    {
        let message = format!("`{percent}` is not a tax from 0 to 100 %");
        return Err(Error::invalid("tax_percent", "catalog.tax_out_of_range", message));
    }
    let (mut above, mut steps) = (product.parent, 0);
    while let Some(parent) = above {
        steps += 1;
        if parent == product.id() || steps > DEEPEST_VARIANT {
            let message = format!("`{}` can't be a variant of itself", product.code);
            return Err(Error::invalid("parent", "catalog.own_variant", message));
        }
        above = desk.get::<Product>(parent)?.parent;
    }
    Ok(())
}

/// A book's period does not end before it begins, and its currency stays while it has prices.
pub(super) fn book(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let book = PriceBook::read(Id::from_u128(record.bits), view)?;
    let before = before.map(|view| PriceBook::read(book.id(), view)).transpose()?;
    let changes = before.is_some_and(|before| before.currency != book.currency);
    if changes && desk.count_of(kind::Price::NO, PRICE_BY_BOOK, vec![book.id().into()], 1)? > 0 {
        let message = format!("`{}` has prices in another currency", book.name);
        return Err(Error::invalid("currency", "catalog.currency_fixed", message));
    }
    forwards(book.from, book.until)
}

/// A price is in its book's currency and not below 0.
pub(super) fn price(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let price = Price::read(Id::from_u128(record.bits), view)?;
    not_negative("price", price.price)?;
    forwards(price.from, price.until)?;
    let (Some(money), Some(book)) = (price.price, price.book) else { return Ok(()) };
    let book: PriceBook = desk.get(book)?;
    match book.currency {
        Some(currency) if currency != money.currency => {
            let message = format!("`{money}` is not in `{currency}`, the currency of `{}`", book.name);
            Err(Error::invalid("price", "catalog.price_currency", message))
        }
        _ => Ok(()),
    }
}

fn not_negative(field: &str, money: Option<Money>) -> Result<()> {
    match money {
        Some(money) if money.amount < Decimal::ZERO => {
            let message = format!("`{money}` is below 0");
            Err(Error::invalid(field, "catalog.price_negative", message))
        }
        _ => Ok(()),
    }
}

fn forwards(from: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<()> {
    match (from, until) {
        (Some(from), Some(until)) if until < from => {
            let message = format!("`{until}` is before `{from}`");
            Err(Error::invalid("until", "catalog.period_backwards", message))
        }
        _ => Ok(()),
    }
}
