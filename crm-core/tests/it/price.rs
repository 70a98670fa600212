//! Prices: books, tiers, and what must hold of them.

use crm_core::base::kind::{Price, PriceBook, Product};
use crm_core::domain::catalog::{FindPrice, PriceOrigin, PriceRequest};
use crm_core::engine::flows::edit::{CreateRecord, UpdateRecord};
use crm_core::prelude::*;

use crate::deal::{World, create, fields};

fn money(text: &str) -> Value {
    Value::Money(text.parse().unwrap())
}

#[test]
fn a_price_says_where_it_comes_from() {
    let world = World::new();
    let system = world.crm.system();
    let gateway: ProductId = create::<Product>(
        &system,
        &[
            ("code", "GW-100".into()),
            ("name", "边缘网关".into()),
            ("price", money("6800 CNY")),
            ("类型", "实物".into()),
        ],
    );
    let red: ProductId = create::<Product>(
        &system,
        &[("code", "GW-100R".into()), ("name", "红色".into()), ("parent", gateway.into())],
    );
    let book = create::<PriceBook>(
        &system,
        &[
            ("name", "华东 A 级".into()),
            ("currency", "CNY".into()),
            ("customer_level", "A".into()),
            ("region", "华东".into()),
        ],
    );
    let entry = |price: &str, from: i64| {
        let pairs = [
            ("book", book.into()),
            ("product", gateway.into()),
            ("price", money(price)),
            ("from_quantity", Value::Int(from)),
        ];
        system.execute(CreateRecord { kind: Price::NO, fields: fields(&pairs) })
    };
    let single = entry("6500 CNY", 1).unwrap();
    entry("6000 CNY", 10).unwrap();
    assert_eq!(entry("900 USD", 1).unwrap_err().code(), "catalog.price_currency");
    assert_eq!(entry("-1 CNY", 1).unwrap_err().code(), "catalog.price_negative");

    let ask = |product: ProductId, level: &str, quantity: i64, currency: Option<Currency>| {
        let request = PriceRequest {
            customer_level: level.into(),
            region: "华东/上海".into(),
            quantity: quantity.into(),
            currency,
            ..PriceRequest::default()
        };
        system.execute(FindPrice { product, request })
    };
    let price =
        |product, level: &str, quantity| ask(product, level, quantity, None).unwrap().price.to_string();
    assert_eq!(price(gateway, "A", 2), "6500 CNY");
    assert_eq!(price(gateway, "A", 12), "6000 CNY");
    assert_eq!(price(red, "A", 12), "6000 CNY");
    assert_eq!(price(red, "B", 12), "6800 CNY");
    let answer = ask(gateway, "A", 2, None).unwrap();
    assert!(matches!(answer.origin, PriceOrigin::Entry { price, .. } if price.record() == single));
    let dollars = ask(gateway, "A", 2, Some(Currency::USD)).unwrap_err();
    assert_eq!(dollars.code(), "catalog.no_price");

    let update = |record: RecordRef, name: &str, value: Value| {
        system.execute(UpdateRecord { record, revision: None, fields: fields(&[(name, value)]) })
    };
    assert_eq!(update(gateway.record(), "parent", red.into()).unwrap_err().code(), "catalog.own_variant");
    assert_eq!(update(book.record(), "currency", "USD".into()).unwrap_err().code(), "catalog.currency_fixed");
    assert_eq!(update(book.record(), "code", "x".into()).unwrap_err().code(), "field.unknown");
    update(gateway.record(), "on_sale", false.into()).unwrap();
    assert_eq!(ask(gateway, "A", 2, None).unwrap_err().code(), "catalog.off_sale");
    let again = [("code", "gw-100".into()), ("name", "again".into())];
    let again = system.execute(CreateRecord { kind: Product::NO, fields: fields(&again) });
    assert_eq!(again.unwrap_err().code(), "value.taken");
}
