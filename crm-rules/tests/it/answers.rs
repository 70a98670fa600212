//! What scripts of each purpose answer.

use crm_core::base::{Kind, RecordRef, Value, kind};
use crm_core::record::error::Error;
use crm_core::record::port::Assigned;
use crm_core::record::script::{Answer, Purpose};

use crate::sample::{Asked, Facts, World, check, holds, user};

fn text(text: &str) -> Value {
    text.into()
}
fn money(text: &str) -> Value {
    Value::Money(text.parse().unwrap())
}
fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

/// What a script answers that passes the check.
fn answer(purpose: Purpose, source: &str, asked: &Asked<'_>, mut world: World) -> Answer {
    let checked = check(purpose, source);
    assert!(checked.problems.is_empty(), "{source}: {:#?}", checked.problems);
    asked.ask(purpose, source, &mut world).unwrap_or_else(|error| panic!("{source}: {error}"))
}

#[test]
fn a_score_is_what_is_answered_or_the_sum_of_awards() {
    let check = |source: &str, facts: Facts<'_>, points: i64, reasons: &[&str]| {
        let Answer::Score(score) = answer(Purpose::Score, source, &Asked::about(facts), World::default())
        else {
            panic!("{source}")
        };
        assert_eq!(
            (score.points, score.reasons),
            (points, reasons.iter().map(|text| text.to_string()).collect())
        );
    };
    let lead: Facts<'_> =
        &[("company_size", 250.into()), ("industry", text("科技")), ("budget", money("60000 CNY"))];
    let points = r#"fn score(lead) {
        let points = 0;
        if lead.公司规模 > 100 { points += 20; }
        if lead.industry == "科技" { points += 15; }
        if lead.budget >= 50000 { points += 10; }
        points
    }"#;
    check(points, lead, 45, &[]);
    check(points, &[], 0, &[]);
    let awards = r#"fn score(lead) {
        if lead.company_size > 100 { award(20, "large"); }
        if lead.industry in ["科技", "制造"] { award(15, `in ${lead.industry}`); }
    }"#;
    check(awards, lead, 35, &["20: large", "15: in 科技"]);
    check("fn score(lead) { return 7; }", lead, 7, &[]);
    check("fn score(lead) { (lead.company_size ?? 0) / 100 }", lead, 3, &[]);
    check("fn score(lead) { behaviours(\"访问了定价页\") * 10 }", lead, 0, &[]);
    check("fn score(lead) { twice(lead.company_size ?? 0) } fn twice(n) { n * 2 }", lead, 500, &[]);
    check(
        "fn score(lead) { of(lead) } fn of(l) { if l.industry == \"科技\" { 5 } else { 1 } }",
        lead,
        5,
        &[],
    );
}

#[test]
fn an_assignment_is_one_of_the_team() {
    let team = [user(1), user(2), user(3)];
    let facts = [("province", text("浙江"))];
    let asked = Asked { candidates: &team, ..Asked::about(&facts) };
    let open = |bits, owner: u128| {
        (
            RecordRef::new(kind::Lead::NO, bits),
            [("owner", Value::from(user(owner))), ("state", text("following"))],
        )
    };
    let world = [open(10, 1), open(11, 1), open(12, 2)]
        .iter()
        .fold(World::default(), |world, (record, facts)| world.with(*record, facts));
    let source = r#"fn assign(lead, team) {
        let best = ();
        let least = 1000;
        for user in team {
            let open = count("lead", "state = 'following'", #{owner: user});
            if open < least { best = user; least = open; }
        }
        because(`${least} open leads`);
        best
    }"#;
    let found = answer(Purpose::Assignment, source, &asked, world);
    assert_eq!(found, Answer::Assigned(Some(Assigned { user: user(3), reason: "0 open leads".into() })));
    let nobody = answer(Purpose::Assignment, "fn assign(lead, team) { () }", &asked, World::default());
    assert_eq!(nobody, Answer::Assigned(None));
    let by_place = r#"fn assign(lead, team) { if lead.省份 == "浙江" { first(team) } else { last(team) } }"#;
    let found = answer(Purpose::Assignment, by_place, &asked, World::default());
    assert_eq!(found, Answer::Assigned(Some(Assigned { user: user(1), reason: String::new() })));
}

#[test]
fn a_guard_gives_every_reason() {
    let deal: Facts<'_> = &[("name", text("MES")), ("amount", money("300000 CNY"))];
    let check = |source: &str, to: &str, messages: &[&str]| {
        let asked = Asked { states: ("proposal", to), ..Asked::about(deal) };
        let Answer::Refusals(refusals) = answer(Purpose::Guard, source, &asked, World::default()) else {
            panic!("{source}")
        };
        assert_eq!(
            refusals.iter().map(|refusal| refusal.message.as_str()).collect::<Vec<_>>(),
            messages,
            "{source}"
        );
    };
    let source = r#"fn guard(deal, from, to) {
        if to == "won" {
            if deal.close_on == () { refuse("deal.no_date", "the closing date is missing"); }
            if deal.amount > money(200000, "CNY") && is_empty(deal.competitors) { refuse("name the competitors"); }
        }
    }"#;
    check(source, "won", &["the closing date is missing", "name the competitors"]);
    check(source, "lost", &[]);
    check("fn guard(deal, from, to) { to != \"won\" }", "lost", &[]);
    check("fn guard(deal, from, to) { if to == \"won\" { \"not yet\" } else { \"\" } }", "won", &["not yet"]);
    check("fn guard(deal, from, to) { [\"a\", \"b\"] }", "won", &["a", "b"]);
}

#[test]
fn a_change_has_commands_follow() {
    let source = r#"fn on_change(before, after) {
        if (before.amount ?? money(0, "CNY")) < money(100000, "CNY") && after.amount >= 100000 {
            let fields = #{next_step: `Call about ${after.name}`, next_step_on: today() + days(1), probability_by_hand: 2.5, tags: ["a", "b"]};
            command("record.update", #{record: after.id, fields: fields});
        }
    }"#;
    let after: Facts<'_> = &[("name", text("MES")), ("amount", money("150000 CNY"))];
    let asked = |before| Asked { before, ..Asked::about(after) };
    let Answer::Calls(calls) = answer(Purpose::Automation, source, &asked(None), World::default()) else {
        panic!()
    };
    let fields = serde_json::to_string(&calls[0].fields).unwrap();
    let record = RecordRef::new(kind::Opportunity::NO, 77);
    assert_eq!(
        fields,
        format!(
            r#"{{"fields":{{"next_step":"Call about MES","next_step_on":"2026-04-01","probability_by_hand":"2.5","tags":["a","b"]}},"record":"{record}"}}"#
        )
    );
    let before: Facts<'_> = &[("amount", money("120000 CNY"))];
    assert_eq!(
        answer(Purpose::Automation, source, &asked(Some(before)), World::default()),
        Answer::Calls(vec![])
    );
}

#[test]
fn a_level_is_a_code() {
    let source = r#"fn level(customer) { if customer.employees > 1000 { "a" } else { "b" } }"#;
    let check = |facts: Facts<'_>, level: &str| {
        let found = answer(Purpose::Level, source, &Asked::about(facts), World::default());
        assert_eq!(found, Answer::Level(level.into()));
    };
    check(&[("employees", 2000.into())], "a");
    check(&[], "b");
}

#[test]
fn conditions_hold_as_they_read() {
    let referrer = RecordRef::new(kind::Customer::NO, 5);
    let facts: Facts<'_> = &[
        ("name", text("温州筠野光电")),
        ("employees", 120.into()),
        ("annual_revenue", money("5000000 CNY")),
        ("tags", Value::from(vec!["vip", "光电"])),
        ("founded_on", date("2010-05-01")),
        ("last_activity_at", Value::Instant("2026-03-01T16:30:00Z".parse().unwrap())),
        ("referrer", referrer.into()),
        ("level_by_hand", true.into()),
        ("level", text("A")),
    ];
    for condition in [
        "customer.employees > 100 && customer.employees <= 120",
        "(customer.employees ?? 0) + 1 == 121",
        "(customer.员工人数 ?? 0) / 7 > 17",
        "customer.annual_revenue > 1000000",
        "customer.annual_revenue > money(1000000, \"CNY\")",
        "!(customer.annual_revenue > money(1, \"USD\"))",
        "amount(customer.annual_revenue ?? money(0, \"CNY\")) == 5000000.00",
        "\"vip\" in customer.tags",
        "customer.tags.contains(\"vip\") && length(customer.tags) == 2",
        "customer.name.starts_with(\"温州\") && customer.name.ends_with(\"光电\")",
        "customer.founded_on < date(\"2011-01-01\")",
        // 1 March, 16:30 in UTC is past midnight in Shanghai.
        "customer.last_activity_at == date(\"2026-03-02\")",
        "customer.last_activity_at < date(\"2026-03-03\") && customer.last_activity_at > date(\"2026-03-01\")",
        "days_since(customer.last_activity_at ?? now()) == 29",
        "now() - (customer.last_activity_at ?? now()) > days(29)",
        "customer.level_by_hand",
        "customer.referrer != () && customer.parent == ()",
        "is_empty(customer.industry)",
        "customer.industry != \"科技\"",
        "(customer.registered_capital ?? money(1, \"CNY\")) == money(1, \"CNY\")",
        "let n = 0; for tag in customer.tags { if tag == \"vip\" { n += 1; } } n == 1",
        "let list = []; for i in 0..3 { list.push(i * 2); } sum(list) == 6",
    ] {
        assert!(holds(condition, facts), "{condition}");
    }
}

#[test]
fn fields_of_other_records_are_read_through_their_references() {
    let parent = RecordRef::new(kind::Customer::NO, 5);
    let world = || World::default().with(parent, &[("name", text("集团")), ("employees", 9000.into())]);
    let facts: Facts<'_> = &[("parent", parent.into())];
    let check = |condition: &str, facts: Facts<'_>, expected: bool| {
        for lowered in [true, false] {
            let asked = Asked { lowered, ..Asked::about(facts) };
            let found = asked.ask(Purpose::Segment, condition, &mut world());
            assert_eq!(found.unwrap(), Answer::Holds(expected), "{condition}");
        }
        assert!(crate::sample::check(Purpose::Segment, condition).problems.is_empty(), "{condition}");
    };
    check("customer.parent.employees > 1000", facts, true);
    check("customer.上级公司.员工人数 > 1000", facts, true);
    check("customer.parent.name == \"集团\"", facts, true);
    check("customer.parent.employees > 1000", &[], false);
    check("customer.parent.name == \"\"", &[], true);
    check("fn holds(c) { let p = c.parent; p?.employees > 1000 }", facts, true);
    check("fn holds(c) { let p = c.parent; p.employees > 1000 }", &[], false);
}

#[test]
fn a_rule_that_fails_says_where() {
    let check = |source: &str, facts: Facts<'_>, message: &str| {
        let asked = Asked::about(facts);
        assert_eq!(crate::sample::check(Purpose::Score, source).problems, vec![], "{source}");
        match asked.ask(Purpose::Score, source, &mut World::default()) {
            Err(Error::RuleFailed { message: found, .. }) => {
                assert!(found.contains(message), "{source}: {found}");
            }
            other => panic!("{source}: {other:?}"),
        }
    };
    check("fn score(lead) {\n let n = 0;\n while true { n += 1; }\n n }", &[], "script.too_many_steps");
    check("fn score(lead) {\n let t = [1];\n t[3] }", &[], "line 3: the list has 1 items");
    check(
        "fn score(lead) { 1 % ((lead.company_size ?? 0) - 5) }",
        &[("company_size", 5.into())],
        "script.arithmetic",
    );
    let adding = "fn score(lead) { amount((lead.budget ?? money(0, \"USD\")) + money(1, \"USD\")) }";
    check(adding, &[("budget", money("1 CNY"))], "CNY and USD do not add up");
}
