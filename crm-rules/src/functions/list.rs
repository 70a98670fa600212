//! Functions of lists.

use rhai::{Array, Dynamic, Engine, ImmutableString as Text};
use rust_decimal::Decimal;

use super::Function;
use super::Gives::{Bool, Decimal as GivesDecimal, Int, Item as GivesItem, Nothing, Text as GivesText};
use super::Takes::{Item, List, Text as TakesText};
use super::number::decimal;
use crate::running::{Step, fail};
use crate::value::{to_text, to_value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "contains(list, item)",
        "contains",
        &[List, Item],
        Bool,
        [
            "whether the item is in the list; `item in list` says the same",
            "列表是否含有该元素；也可写 `元素 in 列表`",
        ],
        r#"["vip", "key"].contains("vip")"#,
    ),
    Function::new(
        "length(list)",
        "length",
        &[List],
        Int,
        ["how many items the list has", "列表的元素个数"],
        "length([1, 2, 3]) == 3",
    ),
    Function::new(
        "first(list)",
        "first",
        &[List],
        GivesItem,
        ["the first item, or `()`", "第一个元素，没有则为 `()`"],
        "first([7, 8]) == 7",
    ),
    Function::new(
        "last(list)",
        "last",
        &[List],
        GivesItem,
        ["the last item, or `()`", "最后一个元素，没有则为 `()`"],
        "last([7, 8]) == 8",
    ),
    Function::new(
        "sum(list)",
        "sum",
        &[List],
        GivesDecimal,
        ["the sum of a list of numbers", "数字列表之和"],
        "sum([1, 2.5]) == 3.5",
    ),
    Function::new(
        "join(list, between)",
        "join",
        &[List, TakesText],
        GivesText,
        ["the items as one text", "把元素连成一个文本"],
        r#"join(["a", "b"], "、") == "a、b""#,
    ),
    Function::new(
        "push(list, item)",
        "push",
        &[List, Item],
        Nothing,
        ["puts the item at the list's end", "把元素加到列表末尾"],
        "let l = [1]; l.push(2); length(l) == 2",
    ),
];

fn contains(items: &mut Array, item: Dynamic) -> bool {
    // Numbers are equal by value, whole or not.
    let number = if item.is_int() || item.is_decimal() { decimal(&item).ok() } else { None };
    let wanted = to_value(&item);
    items.iter().any(|known| match number {
        Some(number) => decimal(known).is_ok_and(|known| known == number),
        None => wanted.is_some() && to_value(known) == wanted,
    })
}

fn push(limit: usize, items: &mut Array, item: Dynamic) -> Step<()> {
    if items.len() >= limit {
        return fail((format!("the list has more than {limit} items"), format!("列表超过 {limit} 个元素")));
    }
    items.push(item);
    Ok(())
}

fn join(limit: usize, items: &mut Array, between: &str) -> Step<Text> {
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            joined.push_str(between);
        }
        joined.push_str(&to_text(item));
        if joined.len() > limit {
            return fail((
                format!("the text is longer than {limit} bytes"),
                format!("文本超过 {limit} 字节"),
            ));
        }
    }
    Ok(joined.into())
}

pub(super) fn register(engine: &mut Engine) {
    let (text, items) = (engine.max_string_size(), engine.max_array_size());
    engine.register_fn("contains", contains);
    // Texts are asked for most, and are found without being taken apart.
    engine.register_fn("contains", |items: &mut Array, item: Text| {
        items.iter().any(|known| known.as_immutable_string_ref().is_ok_and(|known| *known == item))
    });
    engine.register_fn("length", |items: &mut Array| i64::try_from(items.len()).unwrap_or(i64::MAX));
    engine.register_fn("first", |items: &mut Array| items.first().cloned().unwrap_or(Dynamic::UNIT));
    engine.register_fn("last", |items: &mut Array| items.last().cloned().unwrap_or(Dynamic::UNIT));
    engine.register_fn("sum", |list: &mut Array| {
        list.iter().try_fold(Decimal::ZERO, |sum, item| {
            sum.checked_add(decimal(item)?).map_or_else(|| fail(("the sum is too large", "合计过大")), Ok)
        })
    });
    engine.register_fn("join", move |list: &mut Array, between: Text| join(text, list, &between));
    engine.register_fn("push", move |list: &mut Array, item: Dynamic| push(items, list, item));
    engine.register_iterator::<Array>();
    engine.register_iterator::<std::ops::Range<i64>>();
    engine.register_iterator::<std::ops::RangeInclusive<i64>>();
}
