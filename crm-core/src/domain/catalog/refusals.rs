//! What can be wrong in the catalogue.

/// Every stable code of this room, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("catalog.currency_fixed", "a price book's currency can't change while it has prices"),
    ("catalog.no_price", "nothing prices the product as asked"),
    ("catalog.off_sale", "the product is not on sale"),
    ("catalog.own_variant", "a product can't be a variant of itself"),
    ("catalog.period_backwards", "a period ends before it begins"),
    ("catalog.price_currency", "the price is not in its book's currency"),
    ("catalog.price_negative", "the price or cost is below 0"),
    ("catalog.tax_out_of_range", "the tax is not from 0 to 100 %"),
];
