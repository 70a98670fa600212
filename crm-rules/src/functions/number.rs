//! Functions of numbers.

use rhai::{Dynamic, Engine};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::Function;
use super::Gives::{Decimal as GivesDecimal, Int as GivesInt, Number as GivesNumber, Same};
use super::Takes::{Int, Number};
use crate::running::{Step, fail};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "min(a, b)",
        "min",
        &[Number, Number],
        GivesNumber,
        ["the lesser of two numbers", "两个数中较小的"],
        "min(3, 2.5) == 2.5",
    ),
    Function::new(
        "max(a, b)",
        "max",
        &[Number, Number],
        GivesNumber,
        ["the greater of two numbers", "两个数中较大的"],
        "max(3, 5) == 5",
    ),
    Function::new(
        "abs(number)",
        "abs",
        &[Number],
        Same,
        ["the number without its sign", "绝对值"],
        "abs(-3) == 3",
    ),
    Function::new(
        "decimal(number)",
        "decimal",
        &[Number],
        GivesDecimal,
        ["the number as one with a fraction, so that it can be divided", "转为小数，以便做除法"],
        "decimal(5) / 2 == 2.5",
    ),
    Function::new(
        "round(number, places)",
        "round",
        &[Number, Int],
        GivesDecimal,
        ["rounded half away from zero to so many places", "四舍五入到若干位小数"],
        "round(2.345, 2) == 2.35",
    ),
    Function::new(
        "round(number)",
        "round",
        &[Number],
        GivesInt,
        ["the nearest whole number", "四舍五入到整数"],
        "round(2.5) == 3",
    ),
    Function::new(
        "floor(number)",
        "floor",
        &[Number],
        GivesInt,
        ["the whole number below", "向下取整"],
        "floor(2.9) == 2",
    ),
    Function::new(
        "ceil(number)",
        "ceil",
        &[Number],
        GivesInt,
        ["the whole number above", "向上取整"],
        "ceil(2.1) == 3",
    ),
];

/// Either kind of number as a decimal.
pub(super) fn decimal(value: &Dynamic) -> Step<Decimal> {
    match (value.as_int(), value.read_lock::<Decimal>()) {
        (Ok(number), _) => Ok(number.into()),
        (_, Some(number)) => Ok(*number),
        _ => {
            let found = value.type_name();
            fail((format!("{found} is no number"), format!("{found} 不是数字")))
        }
    }
}

fn whole(number: Decimal) -> Step<i64> {
    number.to_i64().map_or_else(|| fail((format!("{number} is too large"), format!("{number} 过大"))), Ok)
}

fn too_large() -> Step<i64> {
    fail(("the number is too large", "数字过大"))
}

fn half_away(number: Decimal, places: u32) -> Decimal {
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

fn choose(left: Dynamic, right: Dynamic, first: fn(Decimal, Decimal) -> bool) -> Step<Dynamic> {
    Ok(if first(decimal(&left)?, decimal(&right)?) { left } else { right })
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("min", |left: Dynamic, right: Dynamic| choose(left, right, |a, b| a <= b));
    engine.register_fn("max", |left: Dynamic, right: Dynamic| choose(left, right, |a, b| a >= b));
    engine.register_fn("abs", |number: i64| number.checked_abs().map_or_else(too_large, Ok));
    engine.register_fn("abs", |number: Decimal| number.abs());
    engine.register_fn("decimal", |number: Dynamic| decimal(&number));
    engine.register_fn("round", |number: Dynamic| whole(half_away(decimal(&number)?, 0)));
    engine.register_fn("round", |number: Dynamic, places: i64| match u32::try_from(places) {
        Ok(places @ 0..=28) => Ok(half_away(decimal(&number)?, places)),
        _ => fail((format!("a number has no {places} places"), format!("数字没有 {places} 位小数"))),
    });
    engine.register_fn("floor", |number: Dynamic| whole(decimal(&number)?.floor()));
    engine.register_fn("ceil", |number: Dynamic| whole(decimal(&number)?.ceil()));
    engine.register_fn("-", |number: i64| number.checked_neg().map_or_else(too_large, Ok));
    engine.register_fn("-", |number: Decimal| -number);
    engine.register_fn("!", |yes: bool| !yes);
}
