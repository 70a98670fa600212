//! Every function has an example, which comes out; and every function there is is documented.

use std::collections::BTreeSet;

use crm_core::base::{Kind, RecordRef, kind};
use crm_core::record::script::{Answer, Purpose};
use crm_rules::Function;

use crate::sample::{Asked, World, check, holds};

/// What a function that answers makes of its example, as a rule of its purpose.
fn answered(function: &Function) -> bool {
    let (purpose, head) = match function.name {
        "award" | "because" => (Purpose::Score, "fn score(lead)"),
        "refuse" => (Purpose::Guard, "fn guard(deal, from, to)"),
        "command" => (Purpose::Automation, "fn on_change(before, after)"),
        _ => return holds_beside(function.example),
    };
    let source = format!("{head} {{ {}; }}", function.example);
    let problems = check(purpose, &source).problems;
    assert!(problems.is_empty(), "{source}: {problems:?}");
    match Asked::about(&[]).ask(purpose, &source, &mut World::default()).unwrap() {
        Answer::Score(score) => score.reasons.len() == 1,
        Answer::Refusals(refusals) => refusals.len() == 1,
        Answer::Calls(calls) => calls.len() == 1,
        _ => false,
    }
}

/// Whether a condition on a lead holds that was seen once and beside which there are two others.
fn holds_beside(condition: &str) -> bool {
    let source = format!("fn score(lead) {{ if {condition} {{ 1 }} else {{ 0 }} }}");
    let problems = check(Purpose::Score, &source).problems;
    assert!(problems.is_empty(), "{source}: {problems:?}");
    let other = |bits| RecordRef::new(kind::Lead::NO, bits);
    let owner = crate::sample::user(5);
    let mut world = World::default()
        .with(other(1), &[("company_size", 500.into()), ("owner", owner.into())])
        .with(other(2), &[("company_size", 5.into())]);
    world.behaviours.insert(0, 1);
    let answer = Asked::about(&[("owner", owner.into())]).ask(Purpose::Score, &source, &mut world);
    matches!(answer, Ok(Answer::Score(score)) if score.points == 1)
}

#[test]
fn the_example_of_every_function_comes_out() {
    for function in crm_rules::functions() {
        assert!(!function.example.is_empty(), "{} has no example", function.form);
        let looks = ["find", "count", "behaviours"].contains(&function.name);
        let answers = ["award", "because", "refuse", "command"].contains(&function.name);
        let comes_out = if looks || answers { answered(function) } else { holds(function.example, &[]) };
        assert!(comes_out, "{}", function.example);
    }
}

#[test]
fn every_function_says_what_it_is_for_in_both_languages() {
    for function in crm_rules::functions() {
        assert!(function.form.starts_with(function.name), "{function:?}");
        assert!(!function.en.is_empty() && !function.zh.is_ascii(), "{function:?}");
    }
}

/// What the engine of scripts is given to call is what the documents list.
#[test]
fn what_can_be_called_is_documented() {
    let sources = [
        include_str!("../../src/functions/text.rs"),
        include_str!("../../src/functions/number.rs"),
        include_str!("../../src/functions/list.rs"),
        include_str!("../../src/functions/time.rs"),
        include_str!("../../src/functions/money.rs"),
        include_str!("../../src/functions/ask.rs"),
    ];
    let mut registered = BTreeSet::new();
    for source in sources {
        for call in source.split("register_fn(").skip(1) {
            let name = call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            registered.extend(name.filter(|name| name.starts_with(|letter: char| letter.is_alphabetic())));
        }
    }
    let documented: BTreeSet<&str> = crm_rules::functions().map(|function| function.name).collect();
    let hidden: BTreeSet<&str> = registered.difference(&documented).copied().collect();
    assert_eq!(hidden, BTreeSet::from(OPERATORS), "registered and not documented");
    let missing: Vec<&str> = documented.difference(&registered).copied().collect();
    assert!(missing.is_empty(), "documented and not registered: {missing:?}");
    for document in ["../../../docs/rules.md", "../../../docs/rules.zh.md"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(document);
        let text = std::fs::read_to_string(path).unwrap();
        for name in &documented {
            assert!(text.contains(&format!("`{name}(")), "{document} says nothing of `{name}`");
        }
    }
}

/// Names that stand behind signs of the language, here the text in backticks.
const OPERATORS: [&str; 1] = ["to_string"];
