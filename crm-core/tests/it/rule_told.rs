//! What the engine tells the author of a rule that is wrong: where, in both languages, and what was meant.

use crm_core::domain::rule::{
    Band, Event, Example, GroupCap, LoadRule, RuleCall, RuleDraft, RuleLine, SaveRule, TestRule, Trigger,
};
use crm_core::prelude::*;
use crm_core::record::diagnostic::Tongue;
use crm_core::record::error::Invalid;
use crm_core::record::script::Purpose;

use crate::rules::{line, open, rule};

/// What is wrong with a draft; the same when it is tried and when it is saved.
fn wrong(draft: RuleDraft) -> Vec<Invalid> {
    let (crm, _) = open();
    let tested = crm.system().execute(TestRule { rule: draft.clone() }).unwrap();
    let of_examples = tested.examples.into_iter().filter_map(|tried| tried.problem);
    let problems: Vec<_> = tested.problems.into_iter().chain(of_examples).collect();
    let Err(Error::Invalid(refused)) = crm.system().execute(SaveRule { rule: draft, revision: None }) else {
        panic!("it was saved")
    };
    assert_eq!(refused, problems);
    problems
}

#[test]
fn a_criterion_is_marked_in_both_languages() {
    let check = |criterion: &str, marked: &str, column: u64, en: &str, zh: &str, meant: Option<&str>| {
        let draft = RuleDraft { lines: vec![line(criterion, 5)], ..rule("r", Purpose::Score, "lead") };
        let problems = wrong(draft);
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        let mark = problem.mark.as_ref().unwrap();
        assert_eq!(problem.field, "lines.1.criterion");
        assert_eq!((mark.source.as_str(), mark.line, mark.column), ("r", 1, column), "{criterion}");
        assert_eq!((mark.marked.as_str(), problem.suggestion.as_deref()), (marked, meant), "{criterion}");
        assert_eq!((problem.message.as_str(), problem.zh.as_str()), (en, zh), "{criterion}");
    };
    check(
        "公司规摸 > 100",
        "公司规摸",
        1,
        "a lead has no field `公司规摸`; nor is it a behaviour of the vocabulary",
        "线索没有字段 `公司规摸`，它也不是已登记的行为",
        Some("公司规模"),
    );
    check(
        "industry = '科技' and company_size >",
        "",
        35,
        "expected a value: a number, a date, or text in quotes, found the end",
        "应为值：数字、日期，或带引号的文本，却到了结尾",
        None,
    );
    check(
        "company_size > 'many'",
        "company_size > 'many'",
        1,
        "`company_size`: `\"many\"` is not a number",
        "`company_size` 应与数字比较，却是 `\"many\"`",
        None,
    );
    check(
        "intent > 'high'",
        "intent > 'high'",
        1,
        "`intent`: `>` does not go with a choice",
        "`intent` 是选项，不能用 `>`",
        None,
    );
    check(
        "industry = '科技' and intent = 'hihg'",
        "intent = 'hihg'",
        21,
        "`intent` has no choice `hihg`",
        "`intent` 没有选项 `hihg`",
        Some("high"),
    );
}

#[test]
fn what_has_no_place_in_a_text_is_said_in_both_languages_too() {
    let check = |draft: RuleDraft, codes: &[(&str, &str)], zh: &str| {
        let problems = wrong(draft);
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.field.as_str(), problem.code.as_str())).collect();
        assert_eq!(found, codes);
        let said: Vec<_> = problems.iter().map(|problem| problem.in_words(Tongue::Chinese)).collect();
        assert!(problems.iter().all(|problem| !problem.zh.is_ascii() && !problem.zh.is_empty()), "{said:?}");
        assert!(said.iter().any(|said| said.contains(zh)), "{zh}: {said:?}");
    };
    let score = || rule("r", Purpose::Score, "lead");
    check(rule("r", Purpose::Score, "laed"), &[("kind", "kind.unknown")], "是否想写 `lead`？");
    check(score(), &[("lines", "rule.lines")], "多行标准");
    check(
        RuleDraft {
            lines: vec![RuleLine { criterion: "公司规模 > 1".into(), ..RuleLine::default() }],
            ..score()
        },
        &[("lines.1", "rule.points")],
        "没有分数",
    );
    check(
        RuleDraft {
            lines: vec![line("公司规模 > 1", 5)],
            caps: vec![GroupCap { group: "意向".into(), most: Some(5), least: None }],
            bands: vec![Band { grade: "Z".into(), from: 5 }],
            ..score()
        },
        &[("caps", "rule.group"), ("bands", "rule.grade")],
        "没有等级 `Z`",
    );
    let on = |on, field: &str, to: &str| Trigger { on, field: field.into(), to: to.into(), score: None };
    let call = |command: &str, fields: &str| RuleCall { command: command.into(), fields: fields.into() };
    let deals =
        |triggers, calls| RuleDraft { triggers, calls, ..rule("r", Purpose::Automation, "opportunity") };
    check(
        deals(
            vec![on(Event::FieldChanged, "amuont", ""), on(Event::StateEntered, "", "wno")],
            vec![
                call("task.craete", "{}"),
                call("task.create", r#"{"subjcet": "x"}"#),
                call("task.create", "{"),
            ],
        ),
        &[
            ("calls.1", "command.unknown"),
            ("calls.2", "rule.call"),
            ("calls.3", "rule.call"),
            ("triggers.1", "rule.triggers"),
            ("triggers.2", "rule.triggers"),
        ],
        "商机没有字段 `amuont`；是否想写 `amount`？",
    );
}

#[test]
fn an_example_is_marked_in_its_facts() {
    let check = |facts: &str, expected: &str, marked: &str, en: &str, zh: &str| {
        let example = Example { facts: facts.into(), expected: expected.into() };
        let draft = RuleDraft {
            lines: vec![line("公司规模 > 100", 20)],
            examples: vec![example],
            ..rule("r", Purpose::Score, "lead")
        };
        let problems = wrong(draft);
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(problem.mark.as_ref().unwrap().marked, marked, "{facts}");
        assert!(problem.to_string().contains(en), "{problem}");
        assert!(problem.in_words(Tongue::Chinese).contains(zh), "{}", problem.in_words(Tongue::Chinese));
    };
    let facts = r#"{"company_size": 50}"#;
    check(facts, "20", facts, "gives `0`, expected is `20`", "得到 `0`，应为 `20`");
    check(
        r#"{"company_sise": 50}"#,
        "0",
        r#""company_sise""#,
        "did you mean `company_size`?",
        "是否想写 `company_size`？",
    );
    check(
        r#"{"company_size": "many"}"#,
        "0",
        r#""company_size""#,
        "`many` is not a whole number",
        "应为整数",
    );
    check(
        r#"{"company_size" 5}"#,
        "0",
        "5",
        "the facts are no JSON",
        "第 1 行第 17 列：请检查引号、逗号和括号",
    );
}

#[test]
fn a_document_is_marked_where_its_author_wrote() {
    let check = |document: &str, place: (u64, u64, &str), code: &str, zh: &str| {
        let (crm, _) = open();
        let load = LoadRule {
            document: document.into(),
            name: String::new(),
            file: "points.yaml".into(),
            activate: true,
        };
        let Err(Error::Invalid(problems)) = crm.system().execute(load) else { panic!("it was loaded") };
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        let mark = problem.mark.as_ref().unwrap();
        assert_eq!(mark.source, "points.yaml");
        assert_eq!((mark.line, mark.column, mark.marked.as_str()), place, "{document}");
        assert_eq!(problem.code, code);
        assert!(problem.in_words(Tongue::Chinese).contains(zh), "{}", problem.in_words(Tongue::Chinese));
    };
    check(
        "规则集: 1\n评分规则:\n  - {标准: 公司规模 > 100, 分数: 5}\n",
        (1, 1, "规则集"),
        "document.key_unknown",
        "没有键 `规则集`",
    );
    check(
        "评分规则:\n  - 标准: \"行业 = '科技' 且 公司规摸 > 100\"\n    分数: 5\n",
        (2, 22, "公司规摸"),
        "filter.unknown_field",
        "是否想写 `公司规模`？",
    );
    check(
        r#"{"评分规则": [{"标准": "公司规模 > 100 且", "分数": 20}]}"#,
        (1, 31, ""),
        "filter.syntax",
        "却到了结尾",
    );
    check(
        "评分规则:\n  - {标准: 公司规模 > 100, 分数: 多}\n",
        (2, 26, "多"),
        "document.value_invalid",
        "这里应为数字，却是 `多`",
    );
    check(
        "评分规则: [{标准: 公司规模 > 100, 分数: 5}]\n等级划分: [{等级: Z, 起始分: 10}]\n",
        (2, 7, "[{等级"),
        "rule.grade",
        "没有等级 `Z`",
    );
    check("评分规则: [{标准: a", (1, 8, "{标准"), "document.syntax", "文档既不是 YAML 也不是 JSON");
}
