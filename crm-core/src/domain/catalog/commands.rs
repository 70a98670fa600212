//! Asking for a price.

use super::{PRICE_BY_PRODUCT, Price, PriceAnswer, PriceBook, PriceRequest, Product, price_for};
use crate::base::calendar::local_date;
use crate::base::kind::ProductId;
use crate::record::desk::Desk;
use crate::record::error::{Error, Refusal, Result};
use crate::record::spec::Record;

/// How many entries of one product are looked at.
const MOST_PRICES: usize = 10_000;
/// How far up a variant's products are looked at.
const MOST_PARENTS: usize = 4;

crate::command! {
    /// The price of a product for a customer's level, region and channel, a quantity and a day,
    /// with the entry that gave it.
    ///
    /// Refused with `catalog.off_sale` when the product isn't sold, and with `catalog.no_price` when
    /// nothing prices it.
    pub struct FindPrice as "product.price" -> PriceAnswer {
        /// The product.
        product: ProductId,
        /// For whom, where, how many and when.
        request: PriceRequest,
    }
    run(this, desk) {
        let products = lineage(desk, this.product)?;
        let asked = products.first();
        if let Some(product) = asked.filter(|product| !product.is_on_sale()) {
            return Err(refused("catalog.off_sale", format!("`{}` is not on sale", product.code), product));
        }
        let mut prices: Vec<Price> = Vec::new();
        for product in &products {
            prices.extend(desk.find_as(PRICE_BY_PRODUCT, vec![product.id().into()], MOST_PRICES)?);
        }
        let mut books: Vec<PriceBook> = Vec::new();
        for book in prices.iter().filter_map(|price| price.book) {
            if books.iter().all(|known| known.id() != book) {
                books.push(desk.get(book)?);
            }
        }
        let today = local_date(desk.now(), desk.settings().zone);
        match (price_for(&products, &books, &prices, &this.request, today), asked) {
            (Some(answer), _) => Ok(answer),
            (None, Some(product)) => {
                Err(refused("catalog.no_price", format!("nothing prices `{}`", product.code), product))
            }
            (None, None) => Err(Error::not_found(this.product.record())),
        }
    }
}

/// A product, then what it is a variant of, and so on.
fn lineage(desk: &mut dyn Desk, product: ProductId) -> Result<Vec<Product>> {
    let mut products: Vec<Product> = vec![desk.get(product)?];
    while let Some(parent) = products.last().and_then(|product| product.parent) {
        if products.len() >= MOST_PARENTS || products.iter().any(|known| known.id() == parent) {
            break;
        }
        products.push(desk.get(parent)?);
    }
    Ok(products)
}

fn refused(code: &str, message: String, product: &Product) -> Error {
    Error::Refused(vec![Refusal::new(code, message).with("product", product.id())])
}
