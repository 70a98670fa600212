//! Which price holds: one answer for a product, a customer, a quantity and a day.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Price, PriceBook, Product};
use crate::base::kind::{PriceBookId, PriceId, ProductId};
use crate::base::{Currency, Money, text};
use crate::record::spec::Record;

/// For whom, where, how many and when a price is asked.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriceRequest {
    /// The customer's level.
    pub customer_level: String,
    /// The customer's region, from the top down, between `/`.
    pub region: String,
    /// The sales channel.
    pub channel: String,
    /// How many.
    pub quantity: Decimal,
    /// On which day; today when there is none.
    pub on: Option<NaiveDate>,
    /// In which currency; any when there is none.
    pub currency: Option<Currency>,
}

/// Where a price comes from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceOrigin {
    /// An entry of a price book.
    Entry {
        /// The entry.
        price: PriceId,
        /// Its book.
        book: PriceBookId,
        /// The book's name.
        book_name: String,
    },
    /// The standard price of a product: the one asked for, or the one that it is a variant of.
    Standard {
        /// The product.
        product: ProductId,
    },
}

/// A price with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PriceAnswer {
    /// The price of one unit.
    pub price: Money,
    /// Where it comes from.
    pub origin: PriceOrigin,
    /// Why it holds, in words.
    pub why: Vec<String>,
}

/// The price of a product, none when nothing prices it in the currency wanted.
///
/// Of all entries that hold, the first by this order is taken:
///
/// 1. the product itself before the product that it is a variant of,
/// 2. the narrower book: the one with more conditions among level, region, channel and period,
/// 3. the book whose region is the deeper one,
/// 4. the book with the higher rank (none counts as 0),
/// 5. the entry with the higher quantity to start from,
/// 6. the entry that started later (one without a start last), then the one created later.
///
/// Without any entry the product's standard price holds, then that of the product it is a variant
/// of.
///
/// `products` has the product asked for first, then what it is a variant of.
pub fn price_for(
    products: &[Product],
    books: &[PriceBook],
    prices: &[Price],
    request: &PriceRequest,
    today: NaiveDate,
) -> Option<PriceAnswer> {
    let on = request.on.unwrap_or(today);
    let best = prices
        .iter()
        .filter_map(|price| Candidate::new(products, books, price, request, on))
        .max_by_key(Candidate::order);
    if let Some(best) = best {
        return Some(best.answer());
    }
    let wanted = |money: &Money| request.currency.is_none_or(|currency| currency == money.currency);
    products.iter().find_map(|product| {
        let price = product.price.filter(wanted)?;
        let why = vec![format!("standard price of `{}`", product.code)];
        Some(PriceAnswer { price, origin: PriceOrigin::Standard { product: product.id() }, why })
    })
}

/// An entry that holds.
struct Candidate<'a> {
    product: &'a Product,
    /// 0 for the product asked for, 1 for the one above, and so on.
    distance: usize,
    book: &'a PriceBook,
    entry: &'a Price,
    price: Money,
    met: Vec<String>,
    region_depth: usize,
}

/// The greater goes first; see [`price_for`].
type Order = (std::cmp::Reverse<usize>, usize, usize, i64, Decimal, Option<NaiveDate>, PriceId);

impl<'a> Candidate<'a> {
    fn new(
        products: &'a [Product],
        books: &'a [PriceBook],
        entry: &'a Price,
        request: &PriceRequest,
        on: NaiveDate,
    ) -> Option<Self> {
        let distance = products.iter().position(|product| entry.product == Some(product.id()))?;
        let product = products.get(distance)?;
        let book = books.iter().find(|book| entry.book == Some(book.id()))?;
        let price = entry.price?;
        let holds = book.disabled != Some(true)
            && within(book.from, book.until, on)
            && within(entry.from, entry.until, on)
            && entry.from_quantity.is_none_or(|least| request.quantity >= least)
            && request.currency.is_none_or(|currency| currency == price.currency);
        if !holds {
            return None;
        }
        let mut met = Vec::new();
        for (name, wanted, given) in [
            ("customer level", &book.customer_level, &request.customer_level),
            ("channel", &book.channel, &request.channel),
        ] {
            if !wanted.is_empty() {
                if text::fold(wanted) != text::fold(given) {
                    return None;
                }
                met.push(format!("{name} `{wanted}`"));
            }
        }
        let region_depth = region_depth(&book.region, &request.region)?;
        if region_depth > 0 {
            met.push(format!("region `{}`", book.region));
        }
        if book.from.is_some() || book.until.is_some() {
            met.push(format!("in force on {on}"));
        }
        Some(Candidate { product, distance, book, entry, price, met, region_depth })
    }

    fn order(&self) -> Order {
        (
            std::cmp::Reverse(self.distance),
            self.met.len(),
            self.region_depth,
            self.book.rank.unwrap_or(0),
            self.entry.from_quantity.unwrap_or(Decimal::ZERO),
            self.entry.from,
            self.entry.id(),
        )
    }

    fn answer(self) -> PriceAnswer {
        let mut why = vec![format!("price book `{}`", self.book.name)];
        why.extend(self.met);
        if let Some(least) = self.entry.from_quantity {
            why.push(format!("from {least} on"));
        }
        if self.distance > 0 {
            why.push(format!("of `{}`, of which the product is a variant", self.product.code));
        }
        let (price, book) = (self.entry.id(), self.book.id());
        let origin = PriceOrigin::Entry { price, book, book_name: self.book.name.clone() };
        PriceAnswer { price: self.price, origin, why }
    }
}

fn within(from: Option<NaiveDate>, until: Option<NaiveDate>, on: NaiveDate) -> bool {
    from.is_none_or(|from| from <= on) && until.is_none_or(|until| on <= until)
}

/// How many levels of a region a book names, if the region asked for lies in it.
fn region_depth(book: &str, asked: &str) -> Option<usize> {
    let levels = |path: &str| -> Vec<String> {
        path.split('/').map(text::fold).filter(|level| !level.is_empty()).collect()
    };
    let (book, asked) = (levels(book), levels(asked));
    asked.starts_with(&book).then_some(book.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: u128 = 1;
    const LEVEL_A: u128 = 2;
    const EAST: u128 = 3;
    const EAST_A: u128 = 4;
    const SPRING: u128 = 5;
    const OLD: u128 = 6;
    const DOLLARS: u128 = 7;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn book(id: u128, level: &str, region: &str) -> PriceBook {
        let mut book = PriceBook::empty(PriceBookId::from_u128(id));
        book.name = format!("book {id}");
        book.customer_level = level.into();
        book.region = region.into();
        book
    }

    fn books() -> Vec<PriceBook> {
        let mut books = vec![
            book(PLAIN, "", ""),
            book(LEVEL_A, "A", ""),
            book(EAST, "", "中国/华东"),
            book(EAST_A, "A", "中国/华东"),
            book(SPRING, "", ""),
            book(OLD, "A", "中国/华东/上海"),
            book(DOLLARS, "", ""),
        ];
        books[4].from = Some(day("2025-03-01"));
        books[4].until = Some(day("2025-03-31"));
        books[5].disabled = Some(true);
        books
    }

    fn entry(id: u128, book: u128, product: u128, price: &str, from: i64) -> Price {
        let mut entry = Price::empty(PriceId::from_u128(id));
        entry.book = Some(PriceBookId::from_u128(book));
        entry.product = Some(ProductId::from_u128(product));
        entry.price = price.parse().ok();
        entry.from_quantity = (from > 0).then(|| from.into());
        entry
    }

    fn prices() -> Vec<Price> {
        vec![
            entry(1, PLAIN, 1, "95 CNY", 0),
            entry(2, PLAIN, 1, "90 CNY", 10),
            entry(3, LEVEL_A, 1, "85 CNY", 0),
            entry(4, EAST, 1, "88 CNY", 0),
            entry(5, EAST_A, 1, "80 CNY", 5),
            entry(6, SPRING, 1, "70 CNY", 0),
            entry(7, OLD, 1, "1 CNY", 0),
            entry(8, DOLLARS, 1, "12 USD", 1000),
        ]
    }

    fn products() -> Vec<Product> {
        let product = |id: u128, code: &str, price: &str| {
            let mut product = Product::empty(ProductId::from_u128(id));
            product.code = code.into();
            product.price = price.parse().ok();
            product
        };
        vec![product(1, "GW-R", ""), product(2, "GW", "100 CNY")]
    }

    fn request(
        level: &str,
        region: &str,
        quantity: i64,
        on: &str,
        currency: Option<Currency>,
    ) -> PriceRequest {
        PriceRequest {
            customer_level: level.into(),
            region: region.into(),
            channel: String::new(),
            quantity: quantity.into(),
            on: Some(day(on)),
            currency,
        }
    }

    #[test]
    fn the_narrowest_book_then_the_tier() {
        let cny = Some(Currency::CNY);
        for (level, region, quantity, on, currency, price) in [
            ("", "", 1, "2025-01-01", cny, "95 CNY"),
            ("", "", 9, "2025-01-01", cny, "95 CNY"),
            ("", "", 10, "2025-01-01", cny, "90 CNY"),
            ("a", "", 10, "2025-01-01", cny, "85 CNY"),
            ("B", "中国/华东/江苏", 10, "2025-01-01", cny, "88 CNY"),
            ("A", "中国/华东/上海", 5, "2025-01-01", cny, "80 CNY"),
            // Level and region name one condition each: the region's book is the deeper one.
            ("A", "中国/华东", 1, "2025-01-01", cny, "88 CNY"),
            ("A", "中国/华南", 1, "2025-01-01", cny, "85 CNY"),
            // A period is a condition.
            ("", "", 10, "2025-03-31", cny, "70 CNY"),
            ("", "", 10, "2025-04-01", cny, "90 CNY"),
            ("", "", 1000, "2025-01-01", Some(Currency::USD), "12 USD"),
        ] {
            let request = request(level, region, quantity, on, currency);
            let answer = price_for(&products(), &books(), &prices(), &request, day("2025-01-01")).unwrap();
            assert_eq!(answer.price, price.parse().unwrap(), "{request:?}: {:?}", answer.why);
        }
    }

    #[test]
    fn without_an_entry() {
        let today = day("2025-01-01");
        let asks = |currency| request("", "", 1, "2025-01-01", currency);
        let answer = price_for(&products(), &books(), &[], &asks(None), today).unwrap();
        assert_eq!(answer.origin, PriceOrigin::Standard { product: ProductId::from_u128(2) });
        assert_eq!(answer.why, ["standard price of `GW`"]);
        assert_eq!(price_for(&products(), &books(), &[], &asks(Some(Currency::USD)), today), None);
        // A variant's own entry goes before any of the product above it.
        let entries = [entry(1, EAST_A, 2, "1 CNY", 0), entry(2, PLAIN, 1, "2 CNY", 0)];
        let request = request("A", "中国/华东", 1, "2025-01-01", None);
        let answer = price_for(&products(), &books(), &entries, &request, today).unwrap();
        assert_eq!(answer.price, "2 CNY".parse().unwrap());
        let answer = price_for(&products(), &books(), &entries[..1], &request, today).unwrap();
        assert_eq!(answer.why.last().unwrap(), "of `GW`, of which the product is a variant");
    }

    proptest! {
        #[test]
        fn the_order_of_entries_does_not_matter(seed in prop::collection::vec(any::<u32>(), 8), quantity in 0i64..20) {
            let mut shuffled: Vec<_> = prices().into_iter().zip(seed).collect();
            shuffled.sort_by_key(|(_, place)| *place);
            let shuffled: Vec<Price> = shuffled.into_iter().map(|(price, _)| price).collect();
            let request = request("A", "中国/华东/上海", quantity, "2025-03-05", Some(Currency::CNY));
            let ask = |prices: &[Price]| price_for(&products(), &books(), prices, &request, day("2025-01-01"));
            prop_assert_eq!(ask(&shuffled), ask(&prices()));
        }
    }
}
