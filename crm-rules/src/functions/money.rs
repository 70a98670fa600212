//! Functions of money. Amounts of two currencies never add up; as in filters, they compare as unequal.

use std::cmp::Ordering;

use crm_core::base::{Currency, Money};
use rhai::{Dynamic, Engine, ImmutableString as Text};
use rust_decimal::Decimal;

use super::Function;
use super::Gives::{Decimal as GivesDecimal, Money as GivesMoney, Text as GivesText};
use super::Takes::{Money as TakesMoney, Number, Written};
use super::number::decimal;
use crate::running::{Step, fail};
use crate::value::Amount;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "money(number, \"CNY\")",
        "money",
        &[Number, Written],
        GivesMoney,
        ["an amount of a currency", "某币种的金额"],
        r#"money(100, "CNY") + money(0.5, "CNY") == money(100.5, "CNY")"#,
    ),
    Function::new(
        "amount(money)",
        "amount",
        &[TakesMoney],
        GivesDecimal,
        ["the number without the currency", "不带币种的数额"],
        r#"amount(money(12.5, "CNY")) == 12.5"#,
    ),
    Function::new(
        "currency(money)",
        "currency",
        &[TakesMoney],
        GivesText,
        ["the three letters of the currency", "币种的三个字母"],
        r#"currency(money(1, "USD")) == "USD""#,
    ),
    Function::new(
        "rounded(money)",
        "rounded",
        &[TakesMoney],
        GivesMoney,
        ["rounded half away from zero to the currency's smallest unit", "四舍五入到币种的最小单位"],
        r#"rounded(money(1.005, "CNY")) == money(1.01, "CNY")"#,
    ),
];

const TOO_LARGE: (&str, &str) = ("the amount is too large", "金额过大");

fn add(left: Amount, right: Amount, sign: i64) -> Step<Amount> {
    if left.currency != right.currency {
        let name = |amount: Amount| amount.currency.map_or_else(String::new, |currency| currency.to_string());
        let (left, right) = (name(left), name(right));
        let en = format!("{left} and {right} do not add up without a rate");
        return fail((en, format!("{left} 与 {right} 没有汇率，不能相加减")));
    }
    let sum = left.amount.checked_add(right.amount * Decimal::from(sign));
    sum.map_or_else(|| fail(TOO_LARGE), |amount| Ok(Amount { amount, ..left }))
}

fn times(money: Amount, factor: &Dynamic) -> Step<Amount> {
    let product = money.amount.checked_mul(decimal(factor)?);
    product.map_or_else(|| fail(TOO_LARGE), |amount| Ok(Amount { amount, ..money }))
}

fn parts(money: Amount, divisor: Decimal) -> Step<Amount> {
    let quotient = money.amount.checked_div(divisor);
    quotient.map_or_else(
        || fail(("an amount is divided by 0", "金额不能除以 0")),
        |amount| Ok(Amount { amount, ..money }),
    )
}

fn ratio(left: Amount, right: Amount) -> Step<Decimal> {
    match left.order(&right).and_then(|_| left.amount.checked_div(right.amount)) {
        Some(ratio) => Ok(ratio),
        None => {
            let en = "these amounts do not divide: the currencies differ, or one is 0";
            fail((en, "这两个金额不能相除：币种不同，或其中一个是 0"))
        }
    }
}

fn rounded(money: Amount) -> Amount {
    let places = |currency| Money::new(money.amount, currency).rounded().amount;
    Amount { amount: money.currency.map_or(money.amount, places), ..money }
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Amount>("amount of money");
    engine.register_fn("money", |number: Dynamic, currency: Text| match currency.parse::<Currency>() {
        Ok(currency) => Ok(Amount { currency: Some(currency), amount: decimal(&number)? }),
        Err(error) => fail((error.to_string(), format!("没有币种 `{currency}`"))),
    });
    engine.register_fn("amount", |money: Amount| money.amount);
    engine.register_fn("currency", |money: Amount| {
        money.currency.map_or_else(Text::new, |currency| currency.code().into())
    });
    engine.register_fn("rounded", rounded);
    engine.register_fn("+", |left: Amount, right: Amount| add(left, right, 1));
    engine.register_fn("-", |left: Amount, right: Amount| add(left, right, -1));
    engine.register_fn("*", |money: Amount, factor: Dynamic| times(money, &factor));
    engine.register_fn("*", |factor: i64, money: Amount| times(money, &factor.into()));
    engine.register_fn("*", |factor: Decimal, money: Amount| times(money, &factor.into()));
    engine.register_fn("/", |money: Amount, divisor: i64| parts(money, divisor.into()));
    engine.register_fn("/", parts);
    engine.register_fn("/", ratio);
    engine.register_fn("==", |left: Amount, right: Amount| left.order(&right) == Some(Ordering::Equal));
    engine.register_fn("!=", |left: Amount, right: Amount| left.order(&right) != Some(Ordering::Equal));
    engine.register_fn("<", |left: Amount, right: Amount| left.order(&right) == Some(Ordering::Less));
    engine.register_fn("<=", |left: Amount, right: Amount| left.order(&right).is_some_and(Ordering::is_le));
    engine.register_fn(">", |left: Amount, right: Amount| left.order(&right) == Some(Ordering::Greater));
    engine.register_fn(">=", |left: Amount, right: Amount| left.order(&right).is_some_and(Ordering::is_ge));
}
