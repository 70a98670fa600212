//! What is wrong with scripts, where, and what was probably meant.

use crm_core::record::script::Purpose;
use crm_rules::{Tongue, show};

use crate::sample::check;

/// A script for a lead's score with this inside is wrong at `marked`.
fn wrong(inside: &str, code: &str, marked: &str, suggestion: Option<&str>) {
    wrong_in(Purpose::Score, &format!("fn score(lead) {{\n  {inside}\n}}"), code, marked, suggestion);
}

fn wrong_in(purpose: Purpose, source: &str, code: &str, marked: &str, suggestion: Option<&str>) {
    let problems = check(purpose, source).problems;
    let found = problems.first().unwrap_or_else(|| panic!("nothing is wrong with {source}"));
    assert_eq!(found.code, code, "{source}: {found:#?}");
    assert_eq!(&source[found.at.clone()], marked, "{source}: {found:#?}");
    assert_eq!(found.suggestion.as_deref(), suggestion, "{source}: {found:#?}");
}

#[test]
fn names_are_checked() {
    wrong(
        "if lead.company_sise > 100 { 1 } else { 0 }",
        "script.unknown_field",
        "company_sise",
        Some("company_size"),
    );
    wrong("if lead.公司规摸 > 100 { 1 } else { 0 }", "script.unknown_field", "公司规摸", Some("公司规模"));
    wrong("if lead.owner.nmae == \"a\" { 1 } else { 0 }", "script.unknown_field", "nmae", Some("name"));
    wrong(
        "if company_size > 100 { 1 } else { 0 }",
        "script.unknown_variable",
        "company_size",
        Some("lead.company_size"),
    );
    wrong("let points = 0; pionts += 1; points", "script.unknown_variable", "pionts", Some("points"));
    wrong("lenght(lead.name)", "script.unknown_function", "lenght", Some("length"));
    wrong("lead.name.len()", "script.unknown_function", "len", Some("length"));
    wrong(
        "if lead.intent == \"hihg\" { 1 } else { 0 }",
        "script.unknown_choice",
        "\"hihg\"",
        Some("\"high\""),
    );
    wrong("behaviours(\"邮件开起\")", "script.unknown_behaviour", "\"邮件开起\"", None);
    wrong("count(\"leads\", \"\")", "script.unknown_kind", "\"leads\"", Some("\"lead\""));
    wrong(
        "count(\"lead\", \"company_sise > 1\")",
        "filter.unknown_field",
        "company_sise",
        Some("company_size"),
    );
    wrong("count(\"lead\", \"company_size >\")", "filter.syntax", "", None);
    wrong("count(\"lead\", \"\", #{ownr: lead.owner})", "script.unknown_field", "ownr", Some("owner"));
    wrong("let m = #{a: 1}; m.b ?? 0", "script.unknown_key", "b", None);
}

#[test]
fn types_are_checked() {
    wrong("if lead.company_size == \"100\" { 1 } else { 0 }", "script.operator", "==", None);
    wrong("if \"12\" > 5 { 1 } else { 0 }", "script.operator", ">", None);
    wrong("if lead.name > 5 { 1 } else { 0 }", "script.operator", ">", None);
    wrong("if lead.decision_on > \"2026-03-01\" { 1 } else { 0 }", "script.date_text", ">", None);
    wrong("if lead.name == () { 1 } else { 0 }", "script.empty_text", "==", None);
    wrong("if lead.tags == () { 1 } else { 0 }", "script.empty_text", "==", None);
    wrong(
        "if lead.tags == \"vip\" { 1 } else { 0 }",
        "script.operator",
        "lead.tags == \"vip\"",
        Some("lead.tags.contains(\"vip\")"),
    );
    wrong("lead.company_size * 2", "script.may_be_missing", "lead.company_size", None);
    wrong("lead.company_size", "script.may_be_missing", "lead.company_size", None);
    wrong("if lead.company_size { 1 } else { 0 }", "script.not_yes_or_no", "lead.company_size", None);
    wrong("if 1 { 1 } else { 0 }", "script.syntax", "1", None);
    wrong("let n = 1; if n { 1 } else { 0 }", "script.not_yes_or_no", "n", None);
    let text = "let wanted = \"高\"; if lead.intent == wanted { 1 } else { 0 }";
    wrong(text, "script.choice_text", "==", None);
    wrong("let a = 7; let b = 2; a / b", "script.whole_division", "/", None);
    wrong("\"points: \" + 5", "script.operator", "+", Some("`… ${…} …`"));
    wrong("let a = 5; a = \"x\"; 1", "script.assigned", "=", None);
    wrong("lead.score = 5; 1", "script.read_only", "lead", None);
    wrong("lead = 5; 1", "script.read_only", "lead", None);
    wrong("round(\"a\")", "script.argument", "\"a\"", None);
    wrong("days_since(lead.decision_on)", "script.may_be_missing", "lead.decision_on", None);
    wrong("if date(\"2026-02-30\") < today() { 1 } else { 0 }", "script.bad_literal", "\"2026-02-30\"", None);
    wrong("if lead.budget > money(5, \"CNX\") { 1 } else { 0 }", "script.bad_literal", "\"CNX\"", None);
    wrong("let d = \"2026-01-01\"; if date(d) < today() { 1 } else { 0 }", "script.not_literal", "d", None);
    wrong("\"high\"", "script.returns", "\"high\"", None);
    wrong("[1, \"a\"]; 1", "script.mixed", "\"a\"", None);
    wrong("let n = 5; for x in n { } 1", "script.not_iterable", "n", None);
    wrong(
        "if lead.company_size in [1, 2] && lead.industry in [1] { 1 } else { 0 }",
        "script.operator",
        "in",
        None,
    );
}

#[test]
fn forms_are_checked() {
    let score = Purpose::Score;
    wrong_in(score, "fn scor(lead) { 1 }", "script.no_entry", "scor", Some("score"));
    wrong_in(score, "fn score(a, b) { 1 }", "script.entry_params", "score", None);
    wrong_in(score, "let x = 1; fn score(lead) { 1 }", "script.forbidden", "let", None);
    wrong_in(score, "fn score(lead) { 1 } fn other(a) { 1 }", "script.unused", "other", None);
    wrong_in(
        score,
        "fn score(lead) { again(1) } fn again(n) { again(n) }",
        "script.recursive",
        "again",
        None,
    );
    wrong_in(
        score,
        "fn score(lead) { of(1) + of(\"a\") } fn of(n) { 1 }",
        "script.called_otherwise",
        "of",
        None,
    );
    wrong_in(score, "fn score(lead) {\n  1 +\n}", "script.syntax", "}", None);
    wrong_in(score, "fn score(lead) { eval(\"1\") }", "script.syntax", "eval", None);
    wrong_in(score, "fn score(lead) { let f = |x| x; 1 }", "script.syntax", "|", None);
    wrong_in(score, "fn score(lead) { \"abc", "script.syntax", "\"abc", None);
    let joined = "fn score(lead) { if lead.company_size > 1 and lead.company_size < 3 { 1 } else { 2 } }";
    wrong_in(score, joined, "script.syntax", "and", Some("&&"));
    let listed = "customer.tags == \"vip\"";
    wrong_in(Purpose::Segment, listed, "script.operator", listed, Some("customer.tags.contains(\"vip\")"));
    let older = "customer.last_activity_at < today() - 30";
    wrong_in(Purpose::Segment, older, "script.operator", "30", Some("days(30)"));
    wrong_in(Purpose::Segment, "customer.employees", "script.not_yes_or_no", "customer.employees", None);
    wrong_in(
        Purpose::Segment,
        "fn holds(c) { if c.employees > 1 { true } else { 1 } }",
        "script.returns",
        "1",
        None,
    );
    wrong_in(
        Purpose::Automation,
        "fn on_change(before, after) { command(\"task.creat\", #{}); }",
        "script.unknown_command",
        "\"task.creat\"",
        Some("\"task.create\""),
    );
    let command = |call: &str, code: &str, marked: &str, suggestion: Option<&str>| {
        let source = format!("fn on_change(before, after) {{ command({call}); }}");
        wrong_in(Purpose::Automation, &source, code, marked, suggestion);
    };
    let titled = "\"task.create\", #{subjct: \"a\", about: after.id}";
    command(titled, "script.unknown_command_field", "subjct", Some("subject"));
    command("\"task.create\", #{about: after.id}", "script.lacking_command_field", "#", None);
    let update = "\"record.update\", #{record: after.id, fields: #{nxt_step: \"a\"}}";
    command(update, "script.unknown_field", "nxt_step", Some("next_step"));
    wrong_in(Purpose::Assignment, "fn assign(lead, team) { lead.name }", "script.returns", "lead.name", None);
}

#[test]
fn all_problems_are_told_at_once() {
    let source = "fn score(lead) {\n  if lead.company_sise > 1 { a } else { b }\n}";
    let codes: Vec<String> =
        check(Purpose::Score, source).problems.into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["script.unknown_field", "script.unknown_variable", "script.unknown_variable"]);
}

#[test]
fn problems_are_marked_in_the_source_in_both_languages() {
    let source = "fn score(lead) {\n  if lead.公司规摸 > 100 { 20 } else { 0 }\n}";
    let problems = check(Purpose::Score, source).problems;
    assert_eq!(
        show(&problems, "large.rhai", source, Tongue::English),
        "\
error[script.unknown_field]: a lead has no field `公司规摸`
 --> large.rhai:2:11
  |
2 |   if lead.公司规摸 > 100 { 20 } else { 0 }
  |           ^^^^^^^^
  |
help: did you mean `公司规模`?"
    );
    let zh = show(&problems, "large.rhai", source, Tongue::Chinese);
    assert!(zh.starts_with("错误[script.unknown_field]: 线索没有字段 `公司规摸`"), "{zh}");
    assert!(zh.ends_with("建议: 是否想写 `公司规模`？"), "{zh}");
}

#[test]
fn what_a_criterion_can_say_is_one() {
    let check = |source: &str, criterion: Option<&str>| {
        let checked = crate::sample::check(Purpose::Segment, source);
        assert_eq!(checked.problems, vec![], "{source}");
        assert_eq!(checked.criterion.map(|filter| filter.to_string()).as_deref(), criterion, "{source}");
    };
    check("customer.employees > 100", Some("employees > 100"));
    check(
        "fn holds(c) { c.员工人数 > 100 && c.行业 == \"科技\" }",
        Some("employees > 100 and industry = \"科技\""),
    );
    check("100 < customer.employees || customer.level_by_hand", Some("employees > 100 or level_by_hand"));
    check("!(customer.tags.contains(\"vip\"))", Some("not (tags = \"vip\")"));
    check("customer.industry in [\"a\", \"b\"]", Some("industry in (\"a\", \"b\")"));
    check("is_empty(customer.parent.name)", Some("parent.name is empty"));
    check("customer.founded_on >= date(\"2020-01-01\")", Some("founded_on >= 2020-01-01"));
    check("customer.annual_revenue > 5", Some("annual_revenue > 5"));
    check("fn holds(c) { let n = 100; c.employees > n }", None);
    check("customer.last_activity_at < today()", None);
}

#[test]
fn a_script_tells_which_fields_it_reads() {
    use crm_core::base::{Kind, kind};
    use crm_core::domain::party::Customer;
    let reads = |source: &str| crate::sample::check(Purpose::Segment, source).reads;
    let field = |no| (kind::Customer::NO, no);
    assert_eq!(
        reads("customer.industry == \"a\" && customer.parent.employees > 1"),
        Some(vec![field(Customer::industry), field(Customer::employees), field(Customer::parent)])
    );
    assert_eq!(reads("count(\"lead\", \"\") > 1"), None);
    assert_eq!(
        reads("behaviours(\"邮件开启\") > 1"),
        Some(vec![(kind::Activity::NO, crm_core::domain::activity::Activity::kind)])
    );
}
