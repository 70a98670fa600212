//! What holds of every filter and every record.

use std::ops::{Bound, RangeBounds};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use super::constraint::{Bounds, ID};
use super::sample::{Deal, Firm, Plain, World, bound, customer, firm, lead, matches, user};
use super::{Comparison, CriteriaSet, Filter, Operand, Path, RelativeDate, Turn, Unit, naive, parse};
use crate::base::{Currency, Instant, Money, Span, Value};
use crate::record::codec::View;

const WORDS: [&str; 7] = ["", "a", "ab", "b", "科技", "科", "138 0000"];

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
    select(vec![Eq, Ne, Lt, Le, Gt, Ge])
}
fn equality() -> impl Strategy<Value = Comparison> {
    select(vec![Comparison::Eq, Comparison::Ne])
}
fn unit() -> impl Strategy<Value = Unit> {
    select(vec![Unit::Minute, Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year])
}
fn day_unit() -> impl Strategy<Value = Unit> {
    select(vec![Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year])
}
fn turn() -> impl Strategy<Value = Turn> {
    select(vec![Turn::Last, Turn::This, Turn::Next])
}
fn relative(count: impl Strategy<Value = i32> + Clone) -> impl Strategy<Value = RelativeDate> {
    prop_oneof![
        (count.clone(), day_unit()).prop_map(|(count, unit)| RelativeDate::Away { count, unit }),
        (count, day_unit()).prop_map(|(count, unit)| RelativeDate::Window { count, unit }),
        (turn(), day_unit()).prop_map(|(turn, unit)| RelativeDate::Period { turn, unit }),
    ]
}
fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-3i64..4).prop_map(Value::Int),
        4 => (-30i64..40).prop_map(|tenths| Value::Decimal(Decimal::new(tenths, 1))),
        1 => select(vec![Value::Int(i64::MAX), Value::Int(i64::MIN),
            Value::Decimal(Decimal::MAX), Value::Decimal(Decimal::MIN),
            Value::Decimal(Decimal::from(i64::MAX) + Decimal::ONE)]),
    ]
}
fn text() -> impl Strategy<Value = String> {
    select(&WORDS[..]).prop_map(str::to_owned)
}
fn day() -> impl Strategy<Value = chrono::NaiveDate> {
    // Around the end of March 2026.
    (739_700i32..739_710).prop_map(|days| chrono::NaiveDate::from_num_days_from_ce_opt(days).unwrap())
}
fn instant() -> impl Strategy<Value = Instant> {
    (day(), 0i64..24).prop_map(|(day, hour)| {
        Instant::from(day.and_time(chrono::NaiveTime::MIN).and_utc()) + Span::from_hours(hour)
    })
}
fn money() -> impl Strategy<Value = Value> {
    (-3i64..4, select(vec![Currency::CNY, Currency::USD]))
        .prop_map(|(amount, currency)| Money::new(amount.into(), currency).into())
}
fn span() -> impl Strategy<Value = Value> {
    (-2i64..5).prop_map(|hours| Value::Duration(Span::from_hours(hours)))
}

/// A test of a field of values that `operand` makes: compared by `op`, or in a list, or in between.
fn tests(
    fields: &'static [&'static str],
    op: BoxedStrategy<Comparison>,
    operand: BoxedStrategy<Operand>,
    ordered: bool,
) -> BoxedStrategy<Filter> {
    let path = || select(fields).prop_map(Path::new);
    let compare =
        (path(), op, operand.clone()).prop_map(|(field, op, value)| Filter::Compare { field, op, value });
    let empty = (path(), any::<bool>())
        .prop_map(|(field, not)| if not { Filter::IsNotEmpty { field } } else { Filter::IsEmpty { field } });
    let of = (path(), vec(operand.clone(), 0..4)).prop_map(|(field, values)| Filter::In { field, values });
    let plain = prop_oneof![4 => compare, 1 => empty, 2 => of];
    if !ordered {
        return plain.boxed();
    }
    let between = (path(), operand.clone(), operand).prop_map(|(field, low, high)| Filter::Between {
        field,
        low,
        high,
    });
    prop_oneof![4 => plain, 1 => between].boxed()
}

fn dates() -> BoxedStrategy<Operand> {
    prop_oneof![relative(-3..4).prop_map(Operand::Relative), day().prop_map(Operand::from)].boxed()
}

fn leaf() -> BoxedStrategy<Filter> {
    let numbers = || number().prop_map(Operand::Literal).boxed();
    let parts = (select(&["name", "行业", "tags", "note", "phones", "sides.label"][..]), text(), 0..3u8)
        .prop_map(|(field, text, which)| {
            let field = Path::new(field);
            match which {
                0 => Filter::Contains { field, text },
                1 => Filter::StartsWith { field, text },
                _ => Filter::EndsWith { field, text },
            }
        });
    let texts = text().prop_map(|text| Operand::from(text.as_str())).boxed();
    let users = prop_oneof![
        (0u128..5).prop_map(|bits| Operand::from(user(bits))),
        select(vec![Operand::Me, Operand::MyTeam, Operand::MyDepartment, Operand::MySubordinates]),
    ];
    let moments = prop_oneof![
        dates(),
        instant().prop_map(Operand::from),
        (-3i32..4, select(vec![Unit::Hour, Unit::Minute]))
            .prop_map(|(count, unit)| Operand::Relative(RelativeDate::Away { count, unit })),
    ];
    let choices = |names: &'static [&'static str]| select(names).prop_map(Operand::from).boxed();
    // Money is between two amounts of one currency, or bare numbers.
    let amounts =
        (0i64..4, 0i64..4, select(vec![Some(Currency::CNY), None])).prop_map(|(low, high, currency)| {
            let amount = |number: i64| match currency {
                Some(currency) => Operand::from(Money::new(number.into(), currency)),
                None => Operand::from(number),
            };
            Filter::Between { field: Path::new("amount"), low: amount(low), high: amount(high) }
        });
    prop_oneof![
        tests(
            &["score", "公司规模", "sides.size", "customer.size", "revision", "访问了定价页"],
            comparison().boxed(),
            numbers(),
            true
        ),
        tests(
            &["rate", "budget", "预算", "客户.母公司.规模", "partners.size"],
            comparison().boxed(),
            numbers(),
            true
        ),
        tests(&["name", "tags", "note", "sides.label"], equality().boxed(), texts.clone(), false),
        tests(&["phones"], equality().boxed(), texts, false),
        tests(&["stage", "阶段"], equality().boxed(), choices(&["new", "Proposal", "方案", ""]), false),
        tests(&["marks"], equality().boxed(), choices(&["hot", "热", "cold"]), false),
        tests(&["customer.level", "partners.等级"], equality().boxed(), choices(&["a", "重点", "b"]), false),
        tests(&["owner"], equality().boxed(), users.boxed(), false),
        tests(
            &["customer", "customer.parent", "partners"],
            equality().boxed(),
            (0u128..5).prop_map(|bits| Operand::from(firm(bits))).boxed(),
            false
        ),
        tests(&["expected_close_on"], comparison().boxed(), dates(), true),
        tests(&["last_activity", "created_at", "updated_at"], comparison().boxed(), moments.boxed(), true),
        tests(&["wait"], comparison().boxed(), span().prop_map(Operand::Literal).boxed(), true),
        tests(
            &["amount"],
            comparison().boxed(),
            prop_oneof![money(), number()].prop_map(Operand::Literal).boxed(),
            false
        ),
        tests(&["vip"], equality().boxed(), any::<bool>().prop_map(Operand::from).boxed(), false),
        parts,
        amounts,
        Just(Filter::Holds { field: Path::new("vip") }),
        relative(-3..4).prop_map(|range| Filter::Within { field: Path::new("预计成交日期"), range }),
    ]
    .boxed()
}

fn nest(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Filter::All),
            vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
    .boxed()
}

fn values() -> impl Strategy<Value = Plain> {
    let texts = || vec(text().prop_map(Value::Text), 0..3).prop_map(Value::List);
    let firms = |range: std::ops::Range<u128>| range.prop_map(|bits| Value::Id(firm(bits)));
    let rows = vec((text(), proptest::option::of(-3i64..4)), 0..3).prop_map(|rows| {
        let row =
            |(label, size): (String, Option<i64>)| Value::List(vec![label.as_str().into(), size.into()]);
        Value::List(rows.into_iter().map(row).collect())
    });
    let lines =
        vec((text(), select(vec![None, Some("+861380000"), Some("+86999")])), 0..3).prop_map(|rows| {
            let row = |(entered, normal): (String, Option<&str>)| {
                Value::List(vec![entered.as_str().into(), normal.into()])
            };
            Value::List(rows.into_iter().map(row).collect())
        });
    let whole = || (-3i64..4).prop_map(Value::Int);
    let field = prop_oneof![
        (select(vec![Deal::name, Deal::industry, 1002]), text().prop_map(Value::Text)),
        (Just(Deal::stage), select(vec!["new", "proposal", "won"]).prop_map(Value::from)),
        (Just(1001), vec(select(vec!["hot", "cold"]).prop_map(Value::from), 0..3).prop_map(Value::List)),
        (Just(Deal::amount), money()),
        (select(vec![Deal::score, Deal::employees]), whole()),
        (select(vec![Deal::rate, 1000]), number()),
        (Just(Deal::vip), any::<bool>().prop_map(Value::Bool)),
        (Just(Deal::expected_close_on), day().prop_map(Value::Date)),
        (select(vec![Deal::last_activity, 1]), instant().prop_map(Value::Instant)),
        (Just(Deal::tags), texts()),
        (Just(Deal::owner), (0u128..5).prop_map(|bits| Value::Id(user(bits)))),
        (Just(Deal::customer), firms(0..5)),
        (Just(Deal::partners), vec(firms(0..5), 0..3).prop_map(Value::List)),
        (Just(Deal::sides), rows),
        (Just(Deal::phones), lines),
        (Just(Deal::wait), span()),
        (Just(3000), whole()),
    ];
    vec(field, 0..24).prop_map(lead)
}

fn world() -> impl Strategy<Value = World> {
    let field = prop_oneof![
        (Just(Firm::level), select(vec!["a", "b"]).prop_map(Value::from)),
        (Just(Firm::size), (-3i64..4).prop_map(Value::Int)),
        (Just(Firm::parent), (0u128..5).prop_map(|bits| Value::Id(firm(bits)))),
    ];
    // Firm 4 can't be read.
    btree_map(0u128..4, vec(field, 0..4), 0..4).prop_map(|firms| {
        let plain = firms.into_iter().map(|(bits, values)| customer(bits, values));
        World(plain.map(|plain| (plain.record, plain)).collect())
    })
}

/// Whether a field's values are among those that a constraint allows.
fn allows(bounds: &Bounds, plain: &Plain, field: u16) -> bool {
    let value =
        if field == ID { plain.record.into() } else { plain.values.get(&field).cloned().unwrap_or_default() };
    let items = match value {
        Value::List(items) => items,
        empty if empty.is_empty() => vec![Value::Null],
        one => vec![one],
    };
    let normal = |item: &Value| match item {
        Value::List(cells) if field == Deal::phones => cells.get(1).cloned().unwrap_or_default(),
        Value::Int(number) if field == Deal::rate || field == 1000 => Value::Decimal((*number).into()),
        other => other.clone(),
    };
    items.iter().map(normal).any(|item| match bounds {
        Bounds::OneOf(values) => values.contains(&item),
        Bounds::Prefix(prefix) => item.as_text().is_some_and(|text| text.starts_with(prefix)),
        Bounds::Range(low, high) => match &item {
            Value::Int(number) => within(low, high, *number, |value| match value {
                Value::Int(n) => *n,
                _ => panic!(),
            }),
            Value::Decimal(number) => within(low, high, *number, |value| match value {
                Value::Decimal(n) => *n,
                _ => panic!(),
            }),
            Value::Date(day) => within(low, high, *day, |value| match value {
                Value::Date(n) => *n,
                _ => panic!(),
            }),
            Value::Instant(at) => within(low, high, *at, |value| match value {
                Value::Instant(n) => *n,
                _ => panic!(),
            }),
            Value::Duration(span) => within(low, high, *span, |value| match value {
                Value::Duration(n) => *n,
                _ => panic!(),
            }),
            Value::Money(money) => within(low, high, *money, |value| match value {
                Value::Money(n) => *n,
                _ => panic!(),
            }),
            Value::Null => false,
            other => panic!("no order for {other:?}"),
        },
    })
}

fn within<T: PartialOrd>(low: &Bound<Value>, high: &Bound<Value>, item: T, read: fn(&Value) -> T) -> bool {
    (low.as_ref().map(read), high.as_ref().map(read)).contains(&item)
}

const CONSTRAINED: [u16; 20] = [
    ID,
    1,
    Deal::name,
    Deal::stage,
    Deal::amount,
    Deal::score,
    Deal::rate,
    Deal::vip,
    Deal::expected_close_on,
    Deal::last_activity,
    Deal::tags,
    Deal::owner,
    Deal::customer,
    Deal::phones,
    Deal::wait,
    Deal::employees,
    Deal::partners,
    1000,
    1001,
    1002,
];

/// A thousand, or as many as `PROPTEST_CASES` says.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_compiled_filter_holds_where_the_plain_meaning_does(
        filter in nest(leaf()), plain in values(), mut world in world(),
    ) {
        let meant = naive::holds(&filter, &plain, &world);
        prop_assert_eq!(matches(&filter, &plain, &mut world), meant, "{}", filter);
    }

    #[test]
    fn a_set_of_criteria_holds_where_each_does(
        filters in vec(nest(leaf()), 0..12), plain in values(), mut world in world(),
    ) {
        let criteria: Vec<_> = filters.iter().map(bound).collect();
        let one_by_one: Vec<usize> =
            (0..filters.len()).filter(|n| matches(&filters[*n], &plain, &mut world)).collect();
        let (image, mut together) = (plain.image(), Vec::new());
        let view = View::new(&image).unwrap();
        CriteriaSet::new(&criteria)
            .each_held(plain.record.bits, view, &mut world, |number| together.push(number))
            .unwrap();
        prop_assert_eq!(together, one_by_one);
    }

    #[test]
    fn a_constraint_leaves_no_match_out(
        parts in vec(leaf(), 1..4), plain in values(), mut world in world(),
    ) {
        let filter = Filter::All(parts);
        if matches(&filter, &plain, &mut world) {
            let predicate = bound(&filter);
            for field in CONSTRAINED {
                if let Some(constraint) = predicate.constraint(field) {
                    prop_assert!(allows(&constraint.bounds, &plain, field), "{filter}: {constraint:?}");
                }
            }
        }
    }

    #[test]
    fn an_exact_constraint_says_all(
        parts in prop_oneof![
            vec(tests(&["score"], comparison().boxed(), number().prop_map(Operand::Literal).boxed(), true), 1..4),
            vec(tests(&["rate"], comparison().boxed(), number().prop_map(Operand::Literal).boxed(), true), 1..4),
            vec(tests(&["amount"], comparison().boxed(), money().prop_map(Operand::Literal).boxed(), false), 1..4),
            vec(tests(&["expected_close_on"], comparison().boxed(), dates(), true), 1..4),
        ],
        plain in values(),
    ) {
        let filter = Filter::All(parts);
        let predicate = bound(&filter);
        if let Some((_, field)) = predicate.fields().first()
            && let Some(constraint) = predicate.constraint(*field)
            && constraint.exact
        {
            let holds = matches(&filter, &plain, &mut World::default());
            prop_assert_eq!(allows(&constraint.bounds, &plain, *field), holds, "{}: {:?}", filter, constraint);
        }
    }

    #[test]
    fn a_filter_survives_text_and_json(filter in nest(anything())) {
        let text = filter.to_string();
        prop_assert_eq!(parse(&text).map(|(filter, _)| filter), Ok(filter.clone()), "{}", text);
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
    }

    #[test]
    fn no_text_upsets_the_parser(text in ".{0,40}", words in vec(select(&SOUP[..]), 0..12)) {
        for text in [text.clone(), words.concat(), words.join(" "), format!("{}{text}", words.join(" "))] {
            match parse(&text) {
                Ok((filter, places)) => {
                    prop_assert_eq!(parse(&filter.to_string()).map(|(filter, _)| filter), Ok(filter));
                    prop_assert!(places.iter().all(|place| text.get(place.test.clone()).is_some()));
                }
                Err(error) => prop_assert!(text.get(error.at.clone()).is_some(), "{error:?}"),
            }
        }
    }
}

const SOUP: [&str; 56] = [
    "a",
    "stage",
    "客户",
    ".",
    "=",
    "!=",
    "<",
    "≥",
    "＞",
    "(",
    ")",
    "（",
    "）",
    "[",
    "]",
    ",",
    "，",
    "and",
    "or",
    "not",
    "且",
    "或",
    "非",
    "in",
    "between",
    "contains",
    "is",
    "empty",
    "为空",
    "介于",
    "包含",
    "开头是",
    "12",
    "-3.5",
    "100万",
    "元",
    "CNY",
    "2026-03-01",
    "2026-03-01T12:00:00Z",
    "last",
    "最近30天",
    "days",
    "个月",
    "ago",
    "from",
    "now",
    "today",
    "me",
    "我的团队",
    "\"x\"",
    "“科技”",
    "'",
    "`x y`",
    "all(",
    "公司规模大于100",
    "older than",
];

/// Any path, operand and date, whether it makes sense or not.
fn anything() -> BoxedStrategy<Filter> {
    let name = prop_oneof![".{1,6}", select(&SOUP[..]).prop_map(str::to_owned), "[a-z_]{1,8}"];
    let path = vec(name, 1..4).prop_map(Path);
    let relative = prop_oneof![
        relative(any::<i32>()),
        (any::<i32>(), unit()).prop_map(|(count, unit)| RelativeDate::Away { count, unit }),
        (any::<i32>(), unit()).prop_map(|(count, unit)| RelativeDate::Window { count, unit }),
    ];
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (any::<i64>(), 0u32..28).prop_map(|(digits, scale)| Value::Decimal(Decimal::new(digits, scale))),
        number(),
        any::<String>().prop_map(Value::Text),
        day().prop_map(Value::Date),
        any::<i64>().prop_map(|micros| Value::Instant(Instant::from_micros(micros))),
        any::<i64>().prop_map(|micros| Value::Duration(Span::from_micros(micros))),
        span(),
        money(),
        any::<u128>().prop_map(|bits| Value::Id(user(bits))),
    ];
    let value = value.prop_recursive(2, 8, 3, |inner| vec(inner, 0..3).prop_map(Value::List));
    let operand = prop_oneof![
        4 => value.prop_map(Operand::Literal),
        2 => relative.clone().prop_map(Operand::Relative),
        1 => select(vec![Operand::Me, Operand::MyTeam, Operand::MyDepartment, Operand::MySubordinates]),
    ];
    let texts = (path.clone(), any::<String>(), 0..3u8).prop_map(|(field, text, which)| match which {
        0 => Filter::Contains { field, text },
        1 => Filter::StartsWith { field, text },
        _ => Filter::EndsWith { field, text },
    });
    prop_oneof![
        (path.clone(), comparison(), operand.clone()).prop_map(|(field, op, value)| Filter::Compare {
            field,
            op,
            value
        }),
        (path.clone(), vec(operand.clone(), 0..4)).prop_map(|(field, values)| Filter::In { field, values }),
        (path.clone(), operand.clone(), operand).prop_map(|(field, low, high)| Filter::Between {
            field,
            low,
            high
        }),
        texts,
        (path.clone(), 0..3u8).prop_map(|(field, which)| match which {
            0 => Filter::IsEmpty { field },
            1 => Filter::IsNotEmpty { field },
            _ => Filter::Holds { field },
        }),
        (path, relative).prop_map(|(field, range)| Filter::Within { field, range }),
    ]
    .boxed()
}
