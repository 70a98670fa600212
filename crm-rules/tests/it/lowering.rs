//! What is lowered to the engine's predicates answers as Rhai itself does, whatever the fields hold.

use crm_core::base::{Instant, Kind, Money, RecordRef, Value, kind};
use crm_core::record::script::{Answer, Purpose};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;

use crate::sample::{Asked, World, cases, check};

fn condition() -> impl Strategy<Value = String> {
    let op = || select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let equality = || select(vec!["==", "!="]);
    let number = || select(vec!["-1", "0", "2", "2.5", "3.0", "100"]);
    let text = || select(vec!["", "a", "ab", "科技"]);
    let word = || select(vec!["a", "ab", "科技", "技"]);
    let numeric = select(vec!["employees", "员工人数", "deals", "parent.employees"]);
    let textual = || select(vec!["industry", "name", "行业", "parent.industry"]);
    let day = || select(vec!["2026-03-01", "2026-03-02", "2026-02-28"]);
    let leaf = prop_oneof![
        (numeric.clone(), op(), number())
            .prop_map(|(field, op, number)| format!("customer.{field} {op} {number}")),
        (numeric.clone(), op(), number())
            .prop_map(|(field, op, number)| format!("{number} {op} customer.{field}")),
        (numeric, vec(number(), 0..3))
            .prop_map(|(field, list)| format!("customer.{field} in [{}]", list.join(", "))),
        (textual(), equality(), text())
            .prop_map(|(field, op, text)| format!("customer.{field} {op} \"{text}\"")),
        (textual(), vec(text(), 0..3)).prop_map(|(field, list)| {
            let list: Vec<String> = list.iter().map(|text| format!("\"{text}\"")).collect();
            format!("customer.{field} in [{}]", list.join(", "))
        }),
        (textual(), select(vec!["contains", "starts_with", "ends_with"]), text())
            .prop_map(|(field, function, text)| format!("customer.{field}.{function}(\"{text}\")")),
        (select(vec!["tags.contains", "标签.contains"]), word())
            .prop_map(|(call, word)| format!("customer.{call}(\"{word}\")")),
        word().prop_map(|word| format!("\"{word}\" in customer.tags")),
        (
            select(vec!["annual_revenue", "registered_capital"]),
            op(),
            prop_oneof![
                number().prop_map(str::to_owned),
                (number(), select(vec!["CNY", "USD"]))
                    .prop_map(|(number, currency)| format!("money({number}, \"{currency}\")")),
            ]
        )
            .prop_map(|(field, op, amount)| format!("customer.{field} {op} {amount}")),
        (select(vec!["founded_on", "last_activity_at", "parent.founded_on"]), op(), day())
            .prop_map(|(field, op, day)| format!("customer.{field} {op} date(\"{day}\")")),
        (select(vec!["founded_on", "employees", "parent", "parent.employees", "annual_revenue"]), equality())
            .prop_map(|(field, op)| format!("customer.{field} {op} ()")),
        select(vec!["name", "tags", "employees", "parent", "parent.name", "level"])
            .prop_map(|field| format!("is_empty(customer.{field})")),
        (equality(), select(vec!["A", "B", ""]))
            .prop_map(|(op, level)| format!("customer.level {op} \"{level}\"")),
        (equality(), select(vec!["major", "大客户", ""]))
            .prop_map(|(op, flag)| format!("(first(customer.flags) ?? \"\") {op} \"{flag}\"")),
        select(vec!["major", "大客户"]).prop_map(|flag| format!("\"{flag}\" in customer.flags")),
        (equality(), any::<bool>()).prop_map(|(op, yes)| format!("customer.level_by_hand {op} {yes}")),
        Just("customer.level_by_hand".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" && "))),
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" || "))),
            inner.prop_map(|part| format!("!({part})")),
        ]
    })
}

fn facts() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let text = || select(vec!["", "a", "ab", "科技", "高科技"]).prop_map(Value::from);
    let whole = || select(vec![-1i64, 0, 2, 3, 100, i64::MAX, i64::MIN]).prop_map(Value::Int);
    let money = || {
        (select(vec!["CNY", "USD"]), -2i64..4).prop_map(|(currency, amount)| {
            Value::Money(Money::new(Decimal::new(amount * 5, 1), currency.parse().unwrap()))
        })
    };
    let day = || {
        select(vec!["2026-02-28", "2026-03-01", "2026-03-02"])
            .prop_map(|day| Value::Date(day.parse().unwrap()))
    };
    // Around midnight in Shanghai.
    let moment = select(vec![
        "2026-02-28T15:59:59Z",
        "2026-02-28T16:00:00Z",
        "2026-03-01T15:59:59Z",
        "2026-03-02T08:00:00Z",
    ])
    .prop_map(|at| Value::Instant(at.parse::<Instant>().unwrap()));
    let parent = select(vec![5u128, 6]).prop_map(|bits| Value::Id(RecordRef::new(kind::Customer::NO, bits)));
    (
        (option::of(text()), option::of(text()), option::of(whole()), option::of(whole())),
        (option::of(money()), option::of(money()), option::of(day()), option::of(moment)),
        (
            option::of(vec(text(), 0..3)),
            option::of(any::<bool>()),
            option::of(parent),
            option::of(select(vec!["A", "B"])),
        ),
    )
        .prop_map(|(texts, others, more)| {
            let mut facts = Vec::new();
            let mut put = |name, value: Option<Value>| facts.extend(value.map(|value| (name, value)));
            put("name", texts.0);
            put("industry", texts.1);
            put("employees", texts.2);
            put("deals", texts.3);
            put("annual_revenue", others.0);
            put("registered_capital", others.1);
            put("founded_on", others.2.clone());
            put("last_activity_at", others.3);
            put("tags", more.0.map(Value::List));
            put("level_by_hand", more.1.map(Value::Bool));
            put("flags", others.2.is_some().then(|| Value::List(vec!["major".into()])));
            put("parent", more.2);
            put("level", more.3.map(Value::from));
            facts
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(1500), ..ProptestConfig::default() })]

    #[test]
    fn lowered_conditions_hold_when_rhai_says_so(condition in condition(), facts in facts()) {
        // Within a script, so that parts are lowered by themselves, and alone, as a criterion.
        let within = format!("fn holds(customer) {{ let n = 0; if {condition} {{ n += 1; }} n == 1 }}");
        let parent = RecordRef::new(kind::Customer::NO, 5);
        let world = || World::default().with(parent, &[("industry", "科技".into()), ("employees", 2.into())]);
        let problems = check(Purpose::Segment, &condition).problems;
        prop_assert!(problems.is_empty(), "{condition}: {problems:?}");
        let ask = |source: &str, lowered| {
            let asked = Asked { lowered, ..Asked::about(&facts) };
            match asked.ask(Purpose::Segment, source, &mut world()) {
                Ok(Answer::Holds(holds)) => holds,
                other => panic!("{source}: {other:?}"),
            }
        };
        let plain = ask(&condition, false);
        prop_assert_eq!(ask(&condition, true), plain, "alone");
        prop_assert_eq!(ask(&within, true), plain, "within");
        // The criterion that the engine evaluates instead.
        let criterion = check(Purpose::Segment, &condition).criterion;
        if let Some(criterion) = criterion {
            use crm_core::base::calendar;
            use crm_core::record::codec::View;
            use crm_core::record::filter::{FilterContext, bind};
            let start = |day| calendar::start_of_day(day, crate::sample::SETTINGS.zone);
            let context = FilterContext { day_start: &start, ..FilterContext::utc(crate::sample::now()) };
            let predicate = bind(&criterion, &crate::sample::SCHEMA, kind::Customer::NO, &context).unwrap();
            let image = crate::sample::stored(kind::Customer::NO, &facts);
            let holds = predicate.matches(77, View::new(&image).unwrap(), &mut world()).unwrap();
            prop_assert_eq!(holds, plain, "as a criterion: {}", criterion);
        }
    }
}
