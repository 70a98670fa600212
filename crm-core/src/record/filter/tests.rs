//! What filters read as, mean and refuse, case by case.

use std::ops::Bound;

use super::constraint::{Bounds, Constraint, ID};
use super::sample::{Deal, World, bound, context, customer, firm, lead, matches, schema, user};
use super::{Expected, Filter, MAX_LENGTH, Predicate, bind, parse};
use crate::base::kind::{Customer, Lead};
use crate::base::{Instant, Kind, Money, Span, Value};
use crate::record::codec::{View, image};

#[test]
fn text_in_two_languages_reads_as_the_same_filter() {
    let check = |text: &str, printed: &str| {
        let (filter, _) = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(filter.to_string(), printed, "{text}");
        assert_eq!(parse(printed).unwrap().0, filter, "{printed}");
    };
    let same = |text: &str| check(text, text);
    same(r#"stage = "proposal" and amount > 10000 and owner in me.team"#);
    same("created_at in last 30 days");
    same(r#"not (a = 1 or b is empty)"#);
    same("amount between 1000 and 5000");
    same("close_on < today");
    same("a = 1 and (b = 2 or c = 3) and not (d)");
    same("(a and b) and c");
    same("all() or any(a) or all(b)");
    same("`Expected close date` > 2026-03-01");
    same("at >= 2026-03-01T12:00:00.000000Z");
    same("price = 12.30 CNY and rate = 5.0 and wait > 36 hours");
    same("owner not in me.subordinates and owner != me");
    same("owner in (me, user_00000000000000000000000002)");
    same(r#"list = [1, "a", [true]]"#);
    check("customer . level = 'a'", r#"customer.level = "a""#);
    check("客户.等级 = “重点”", r#"客户.等级 = "重点""#);
    check(r#"tags has "vip" OR x Not In (1,2)"#, r#"tags = "vip" or x not in (1, 2)"#);
    check("a == 1 && !b || c <> 2", "(a = 1 and not (b)) or c != 2");
    check("last_activity older than 30 days", "last_activity < 30 days ago");
    check("at newer than 2 weeks ago", "at > 2 weeks ago");
    check("name starts with 'x' and name ends with 'y'", r#"name starts with "x" and name ends with "y""#);
    check("name is not empty and x is not 5 and y is 'z'", r#"name is not empty and x != 5 and y = "z""#);
    check("行业 = '科技' 且 公司规模 > 100", r#"行业 = "科技" and 公司规模 > 100"#);
    check("行业包含“科技”并且公司规模大于100", r#"行业 contains "科技" and 公司规模 > 100"#);
    check("访问了定价页", "访问了定价页");
    check(
        "（金额＞１０万 或 金额 介于 5 和 8）且 备注 不为空",
        "(金额 > 100000 or 金额 between 5 and 8) and 备注 is not empty",
    );
    check("金额 >= 100万元", "金额 >= 1000000 CNY");
    check("创建时间 在 最近30天 且 负责人 属于 我的团队", "创建时间 in last 30 days and 负责人 in me.team");
    check("最后跟进 早于 30天前", "最后跟进 < 30 days ago");
}

#[test]
fn errors_say_where_and_what_was_expected() {
    let check = |text: &str, found: &str, expected: Expected, suggestion: Option<&str>| {
        let error = parse(text).unwrap_err();
        assert_eq!(text.get(error.at.clone()), Some(found), "{text}: {error}");
        assert_eq!((error.expected, error.suggestion.as_deref()), (expected, suggestion), "{text}: {error}");
        assert!(!error.expected.zh().is_empty());
    };
    check("", "", Expected::Field, None);
    check("name contians 'x'", "contians", Expected::Operator, Some("contains"));
    check("stage = proposal", "proposal", Expected::Value, Some("\"proposal\""));
    check("close_on < tody", "tody", Expected::Value, Some("today"));
    check("a = 1 adn b", "adn", Expected::Connective, Some("and"));
    check("a = 1 and and b", "and", Expected::Field, None);
    check("(a = 1", "", Expected::Closing, None);
    check("a in (1 2)", "2", Expected::Closing, None);
    check("a in 5", "5", Expected::List, None);
    check("a = 'x", "'x", Expected::Quote, None);
    check("a = 2026-02-30", "2026-02-30", Expected::Day, None);
    check("a between 1 or 2", "or", Expected::And, None);
    check("a in last 30 dyas", "dyas", Expected::Unit, Some("days"));
    check("a in last 1.5 days", "1.5", Expected::Count, None);
    check("a = 3 months", "", Expected::Word("`ago` or `from now`"), None);
    check("a contains 5", "5", Expected::Text, None);
    check("a = 99999999999999999999999999999999", "99999999999999999999999999999999", Expected::Number, None);
    check("a ; b", ";", Expected::Operator, None);
    let text = parse("名称 contians 'x'").unwrap_err().to_string();
    assert!(text.ends_with("found `contians`; did you mean `contains`?"), "{text}");
}

#[test]
fn hostile_text_is_refused() {
    let check = |text: String, expected: Expected| {
        assert_eq!(parse(&text).map_err(|error| error.expected), Err(expected));
    };
    check("(".repeat(60_000), Expected::Shallower);
    check("not ".repeat(10_000), Expected::Shallower);
    check("all(".repeat(10_000), Expected::Shallower);
    check(format!("a = {}", "[".repeat(50_000)), Expected::Shallower);
    check("a".repeat(MAX_LENGTH + 1), Expected::Shorter);
    let deep = (0..100).fold(Filter::equals("vip", true), |inner, _| Filter::Not(Box::new(inner)));
    let errors = bind(&deep, &schema(), Lead::NO, &context()).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.problem.code()).collect::<Vec<_>>(), ["filter.too_deep"]);
}

#[test]
fn places_number_the_tests() {
    let text = "a = 1 and (`b c` > 2 or not d)";
    let places = parse(text).unwrap().1;
    let shown: Vec<_> =
        places.iter().map(|place| (&text[place.field.clone()], &text[place.test.clone()])).collect();
    assert_eq!(shown, [("a", "a = 1"), ("`b c`", "`b c` > 2"), ("d", "d")]);
    let errors = bind(&parse(text).unwrap().0, &schema(), Lead::NO, &context()).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.test).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn everything_wrong_with_a_filter_is_said_at_once() {
    let check = |text: &str, messages: &[&str]| {
        let errors = bind(&text.parse().unwrap(), &schema(), Lead::NO, &context()).map(drop).unwrap_err();
        assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), messages, "{text}");
    };
    check(
        "expected_close_no < today and stage = 'porposal' and score > '12' and vip > true",
        &[
            "`expected_close_no`: a lead has no field `expected_close_no`; did you mean `expected_close_on`?",
            "`stage`: it has no choice `porposal`; did you mean `proposal`?",
            "`score`: `\"12\"` is not a number",
            "`vip`: `>` does not go with yes or no",
        ],
    );
    check(
        "rate < 'a' or name > 5",
        &["`rate`: `\"a\"` is not a number", "`name`: `5` is not text in quotes"],
    );
    check(
        "score in (1, 'a', true)",
        &["`score`: `\"a\"` is not a number", "`score`: `true` is not a number"],
    );
    check(
        "customer.levle = 'a'",
        &["`customer.levle`: a customer has no field `levle`; did you mean `level`?"],
    );
    check("stage.level = 1", &["`stage.level`: `stage` names no record, so that nothing can follow it"]);
    check(
        "about.level = 1",
        &["`about.level`: `about` may name a record of any kind, so that its fields are not known"],
    );
    check(
        "sides = 1",
        &["`sides`: it holds rows: name one of the columns `label`, `size`, as in `field.column`"],
    );
    check("sides.sise = 1", &["`sides.sise`: a lead has no field `sides.sise`; did you mean `size`?"]);
    check("amount between 5 CNY and 8 USD", &["`amount`: `8 USD` is not an amount in CNY"]);
    check("amount = 'much'", &["`amount`: `\"much\"` is not an amount such as 12.30 CNY"]);
    check(
        "owner = customer_00000000000000000000000001 or customer = me",
        &[
            "`owner`: `customer_00000000000000000000000001` is not the id of a user",
            "`customer`: `me` is not the id of a customer",
        ],
    );
    check("expected_close_on > 4 hours ago", &["`expected_close_on`: `4 hours ago` is not a day"]);
    check("score contains 'x'", &["`score`: `contains` does not go with a whole number"]);
    check("score", &["`score`: `true` is not a number"]);
    check("打开了邮件", &["`打开了邮件`: a lead has no field `打开了邮件`"]);
    check("score < null", &["`score`: `null` is not a number"]);
}

#[test]
fn conditions_mean_what_they_say() {
    let day = |text: &str| Value::Date(text.parse().unwrap());
    let at = |text: &str| Value::Instant(text.parse().unwrap());
    let plain = lead([
        (1, at("2026-03-30T20:00:00Z")),
        (Deal::name, "Acme 科技".into()),
        (Deal::stage, "proposal".into()),
        (Deal::amount, Money::new(5000.into(), crate::base::Currency::CNY).into()),
        (Deal::score, 12i64.into()),
        (Deal::vip, true.into()),
        (Deal::expected_close_on, day("2026-03-30")),
        (Deal::last_activity, at("2026-02-27T00:00:00Z")),
        (Deal::tags, vec!["vip", "new"].into()),
        (Deal::owner, user(2).into()),
        (Deal::customer, firm(1).into()),
        (Deal::sides, Value::List(vec![Value::List(vec!["l".into(), 3i64.into()])])),
        (Deal::phones, Value::List(vec![Value::List(vec!["138-0000".into(), "+861380000".into()])])),
        (Deal::wait, Span::from_hours(30).into()),
        (Deal::industry, "科技".into()),
        (Deal::about, firm(1).into()),
        (1001, vec!["hot"].into()),
    ]);
    let firms = [customer(1, [(10, "a".into()), (12, firm(2).into())]), customer(2, [(11, 900i64.into())])];
    let mut world = World(firms.into_iter().map(|plain| (plain.record, plain)).collect());
    let mut check = |text: &str, expected: bool| {
        assert_eq!(matches(&text.parse().unwrap(), &plain, &mut world), expected, "{text}");
    };
    for text in [
        "vip and score = 12.0 and score > 11.5 and score between 12 and 12",
        "stage = 'Proposal' and 阶段 = '方案' and stage in ('won', 'proposal')",
        "amount > 4999 and amount = 5000 CNY and amount = '5000 CNY' and amount != 5000 USD",
        "tags has 'vip' and tags contains 'ne' and tags != 'old' and 标签 = 'new'",
        "about = customer_00000000000000000000000001 and about is not empty",
        "marks contains '热' and marks = 'hot'",
        "employees is empty and employees != 5 and not (employees < 5) and employees = null",
        "created_at in today and created_at <= today and not (created_at < today)",
        "expected_close_on = yesterday and expected_close_on < '2026-03-31' and expected_close_on in this month",
        "last_activity older than 30 days and last_activity not in last 30 days",
        "last_activity < 2026-02-28 and last_activity >= 2026-02-27",
        "owner in me.team and owner != me and owner in (me, user_00000000000000000000000002)",
        "customer.level = '重点' and 客户.母公司.规模 > 100 and customer.parent.parent is empty",
        "sides.size >= 3 and 两边.标签 = 'l' and sides is not empty",
        "phones = '138 0000' and phones contains '138-' and phones starts with '+86'",
        "wait > 1 day and wait < 2 days and wait > 29小时",
        "id = 'lead_00000000000000000000000005' and revision = 3 and updated_at > 5 minutes ago",
        "访问了定价页 and 访问了定价页 = 3 and not (访问了定价页 is empty)",
        "name ends with '科技' and name starts with 'Acme' and note = ''",
    ] {
        check(text, true);
    }
    for text in [
        "score > 12 or score < 12",
        "name contains 'acme'",
        "employees < 5",
        "customer.parent.level = 'a'",
        "customer.parent.parent.size > 0",
        "phones = '138-0001'",
        "owner in me.subordinates or owner in ()",
        "amount < 5000.01 USD",
    ] {
        check(text, false);
    }
}

#[test]
fn a_predicate_names_every_field_it_reads() {
    let predicate =
        bound(&"customer.parent.size > 1 or score = 1 or revision > 1 or sides.size = 2".parse().unwrap());
    let fields = [
        (Customer::NO, 11),
        (Customer::NO, 12),
        (Lead::NO, Deal::score),
        (Lead::NO, Deal::customer),
        (Lead::NO, Deal::sides),
    ];
    assert_eq!(predicate.fields(), fields);
    assert_eq!(predicate.kind(), Lead::NO);
}

#[test]
fn constraints_serve_a_planner() {
    let check = |text: &str, field: u16, expected: Option<(Bounds, bool)>| {
        let expected = expected.map(|(bounds, exact)| Constraint { bounds, exact });
        assert_eq!(bound(&text.parse().unwrap()).constraint(field), expected, "{text}");
    };
    let one_of = |values: &[Value], exact: bool| Some((Bounds::OneOf(values.to_vec()), exact));
    check("stage = '方案'", Deal::stage, one_of(&["proposal".into()], true));
    check("stage = 'won' or stage = 'new'", Deal::stage, one_of(&["new".into(), "won".into()], true));
    check("stage in ('won', 'new') and stage != 'new'", Deal::stage, one_of(&["won".into()], true));
    check("stage = 'won' or vip", Deal::stage, None);
    check("owner in me.team", Deal::owner, one_of(&[user(1).into(), user(2).into()], true));
    check("owner is empty and vip", Deal::owner, one_of(&[Value::Null], true));
    check("tags is empty", Deal::tags, None);
    check("tags = 'a' and tags = 'b'", Deal::tags, one_of(&["a".into()], false));
    check("tags = 'a'", Deal::tags, one_of(&["a".into()], true));
    check("name starts with 'A'", Deal::name, Some((Bounds::Prefix("A".into()), true)));
    check("name starts with 'A' and name > 'B'", Deal::name, Some((Bounds::Prefix("A".into()), false)));
    check("phones = '138 0000'", Deal::phones, one_of(&["+861380000".into()], true));
    check("customer.size = 1", Deal::customer, None);
    check("id = 'lead_00000000000000000000000005'", ID, one_of(&[lead([]).record.into()], true));
    check("not (score > 1)", Deal::score, None);
    check("score in (1, 5, 9) and score > 4.5", Deal::score, one_of(&[5i64.into(), 9i64.into()], true));
    let range = |low, high| Some((Bounds::Range(low, high), true));
    check(
        "score > 4.5 and score < 9 and score < 8",
        Deal::score,
        range(Bound::Included(5i64.into()), Bound::Included(7i64.into())),
    );
    check(
        "score > 4.5 and (score < 9 and vip)",
        Deal::score,
        range(Bound::Included(5i64.into()), Bound::Included(8i64.into())),
    );
    let decimal = |number: i64| Value::Decimal(number.into());
    check(
        "rate > 1 and rate <= 2",
        Deal::rate,
        range(Bound::Excluded(decimal(1)), Bound::Included(decimal(2))),
    );
    check("amount > 5", Deal::amount, None);
    check(
        "expected_close_on = today",
        Deal::expected_close_on,
        one_of(&[Value::Date("2026-03-31".parse().unwrap())], true),
    );
}

#[test]
fn damaged_bytes_are_an_error() {
    let predicate: Predicate = bound(&"score > 1".parse().unwrap());
    let bytes = image(1, 0, Instant::default(), &[13, 99]);
    let view = View::new(&bytes).unwrap();
    assert!(predicate.matches(1, view, &mut World::default()).is_err());
}

#[test]
fn the_json_form_is_fixed() {
    let check = |text: &str, json: &str| {
        let filter: Filter = text.parse().unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), json);
        assert_eq!(serde_json::from_str::<Filter>(json).unwrap(), filter);
    };
    check(
        "customer.level = 'a' and not (owner in me.team or vip)",
        concat!(
            r#"{"all":[{"compare":{"field":"customer.level","op":"eq","value":{"literal":{"text":"a"}}}},"#,
            r#"{"not":{"any":[{"in":{"field":"owner","values":["me.team"]}},{"holds":{"field":"vip"}}]}}]}"#
        ),
    );
    check(
        "created_at in last 30 days",
        r#"{"within":{"field":"created_at","range":{"window":{"count":-30,"unit":"day"}}}}"#,
    );
}

#[test]
fn relative_dates_come_to_days() {
    // The third date is the day after the last.
    let check = |text: &str, today: &str, from: &str, to: &str| {
        let filter: Filter = format!("day in {text}").parse().unwrap();
        let Filter::Within { range, .. } = filter else { panic!("{text} is no relative date: {filter:?}") };
        let to: chrono::NaiveDate = to.parse().unwrap();
        let days = crate::base::calendar::Stretch::Days(from.parse().unwrap(), to.pred_opt().unwrap());
        assert_eq!(range.stretch(Instant::default(), today.parse().unwrap()), Some(days), "{text}");
    };
    check("today", "2026-03-31", "2026-03-31", "2026-04-01");
    check("前天", "2026-03-31", "2026-03-29", "2026-03-30");
    check("last 30 days", "2026-03-31", "2026-03-01", "2026-04-01");
    check("最近30天", "2026-03-31", "2026-03-01", "2026-04-01");
    check("next 2 weeks", "2026-03-31", "2026-03-31", "2026-04-15");
    check("1 month ago", "2026-03-31", "2026-02-28", "2026-03-01");
    check("1 year ago", "2024-02-29", "2023-02-28", "2023-03-01");
    check("this week", "2026-03-29", "2026-03-23", "2026-03-30");
    check("上个月", "2026-03-31", "2026-02-01", "2026-03-01");
    check("本季度", "2026-03-31", "2026-01-01", "2026-04-01");
    check("next quarter", "2026-12-31", "2027-01-01", "2027-04-01");
    check("去年", "2026-03-31", "2025-01-01", "2026-01-01");
    check("last 2000000000 years", "2026-03-31", "0001-01-01", "2026-04-01");
}
