//! What the documents and the rules beside the examples say is so. `CRM_BLESS=1` writes tables anew.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm_core::base::{Kind, KindNo, RecordRef, Span, Value, kind};
use crm_core::domain::rule::TestRule;
use crm_core::domain::rule::rules::scoring_rule;
use crm_core::prelude::{CreateRecord, Crm, Filter, Host, MemoryStore};
use crm_core::record::codec::{View, image, put_field};
use crm_core::record::field::FieldType;
use crm_core::record::filter::{FilterContext, NoRelated, bind};
use crm_core::record::schema::FieldDef;
use crm_core::record::script::{Answer, Purpose, Question, Script};
use crm_rules::{Tongue, functions, read_rule, show};

use crate::sample::{JUDGE, SCHEMA, SETTINGS, check, now};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The rule passes its check, and each of its examples comes out.
fn comes_out(name: &str, text: &str) {
    let draft =
        read_rule(text).unwrap_or_else(|problems| panic!("{}", show(&problems, name, text, Tongue::English)));
    assert!(!draft.examples.is_empty(), "{name} has no examples");
    let purpose = draft.purpose;
    let host = Host::fixed(now(), 7).0.with_judges(Arc::new(crate::sample::judge()));
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let test = crm.system().execute(TestRule { rule: draft }).unwrap();
    let script_problems = check(purpose, text).problems;
    let shown = show(&script_problems, name, text, Tongue::English);
    assert!(test.problems.is_empty(), "{name}: {:?}\n{shown}", test.problems);
    for example in &test.examples {
        assert!(
            example.good,
            "{name}: {} gives `{}`, not `{}`",
            example.facts, example.answered, example.expected
        );
    }
}

#[test]
fn the_rules_beside_the_examples_come_out() {
    for (language, least) in [("en", 12), ("zh", 12)] {
        let mut files: Vec<PathBuf> = fs::read_dir(folder("examples/rules").join(language))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(files.len() >= least, "{files:?}");
        for file in files {
            comes_out(&file.display().to_string(), &fs::read_to_string(&file).unwrap());
        }
    }
}

/// The scoring documents beside the examples say what the engine can put in force.
#[test]
fn the_scoring_documents_beside_the_examples_are_rules() {
    for name in ["scoring.en.yaml", "scoring.zh.json"] {
        let text = fs::read_to_string(folder("examples/rules").join(name)).unwrap();
        let draft = scoring_rule(&text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let crm = Crm::open(MemoryStore::new(), Host::fixed(now(), 7).0).unwrap();
        for (behaviour, activity) in [("访问了定价页", "web_visit"), ("saw the price list", "web_visit")]
        {
            let fields = [
                ("name".to_owned(), behaviour.into()),
                ("activities".to_owned(), Value::List(vec![activity.into()])),
            ];
            let made = CreateRecord { kind: kind::Behaviour::NO, fields: fields.into() };
            crm.system().execute(made).unwrap();
        }
        let test = crm.system().execute(TestRule { rule: draft }).unwrap();
        assert!(test.problems.is_empty(), "{name}: {:?}", test.problems);
    }
}

/// The blocks of code of a document, by what they are in.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let open = format!("```{language}\n");
    text.split(open.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// The stable codes, which never change unseen.
#[test]
fn codes_stay() {
    let all = [crm_rules::CODES, crm_rules::FAILURES, crm_rules::FILE_CODES].concat();
    let mut lines: Vec<String> = all.iter().map(|(code, meaning)| format!("{code}: {meaning}\n")).collect();
    lines.sort();
    let path = folder("crm-rules/tests/golden/codes.txt");
    if std::env::var_os("CRM_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, lines.concat()).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), lines.concat(), "CRM_BLESS=1 writes them anew");
    lines.dedup_by(|one, other| one.split(':').next() == other.split(':').next());
    assert_eq!(lines.len(), all.len(), "a code means two things");
}

const DOCUMENTS: [&str; 2] = ["docs/rules.md", "docs/rules.zh.md"];

#[test]
fn the_scripts_and_criteria_of_the_documents_work() {
    for document in DOCUMENTS {
        let text = fs::read_to_string(folder(document)).unwrap();
        let scripts = blocks(&text, "rhai");
        assert!(scripts.len() >= 5, "{document}");
        scripts.into_iter().for_each(|script| comes_out(document, script));
        let criteria: Vec<&str> = blocks(&text, "criteria").into_iter().flat_map(str::lines).collect();
        assert!(criteria.len() >= 8, "{document}");
        for criterion in criteria {
            let filter: Filter = criterion.parse().unwrap_or_else(|error| panic!("{criterion}: {error}"));
            let context = FilterContext { behaviour: &crate::sample::behaviour, ..FilterContext::utc(now()) };
            let kinds = [kind::Lead::NO, kind::Customer::NO, kind::Opportunity::NO];
            let binds = kinds.iter().any(|kind| bind(&filter, &SCHEMA, *kind, &context).is_ok());
            assert!(binds, "{document}: {criterion}");
        }
    }
}

/// A condition that reads the field.
fn example(variable: &str, field: &FieldDef) -> String {
    let name = format!("{variable}.{}", field.name);
    match field.ty {
        _ if field.many => format!("length({name}) > 0"),
        FieldType::Bool => name,
        FieldType::Int | FieldType::Decimal | FieldType::Money => format!("{name} > 100"),
        FieldType::Choice => match field.choices.first() {
            Some(choice) => format!("{name} == \"{}\"", choice.code),
            None => format!("{name} != \"\""),
        },
        FieldType::Date | FieldType::Instant => format!("{name} < today()"),
        FieldType::Duration => format!("{name} > hours(2)"),
        FieldType::Record(_) => format!("{name} != ()"),
        _ => format!("!is_empty({name})"),
    }
}

/// A value with which the example of a field holds.
fn value(field: &FieldDef) -> Value {
    let one = match field.ty {
        FieldType::Bool => true.into(),
        FieldType::Int | FieldType::Decimal => 250.into(),
        FieldType::Money => Value::Money("250 CNY".parse().unwrap()),
        FieldType::Choice => field.choices.first().map_or("a", |choice| choice.code.as_ref()).into(),
        FieldType::Date => Value::Date("2020-01-01".parse().unwrap()),
        FieldType::Instant => Value::Instant("2020-01-01T00:00:00Z".parse().unwrap()),
        FieldType::Duration => Value::Duration(Span::from_hours(3)),
        FieldType::Record(to) => Value::Id(RecordRef::new(to.unwrap_or(kind::Customer::NO), 9)),
        FieldType::Row | FieldType::Phone | FieldType::Email => Value::List(vec!["a".into()]),
        _ => "a".into(),
    };
    if field.many { Value::List(vec![one]) } else { one }
}

/// Whether a condition holds for a record whose one value is that of a field.
fn holds_about(kind: KindNo, variable: &str, condition: &str, field: Option<&FieldDef>) -> bool {
    let source = format!("fn holds({variable}) {{ {condition} }}");
    let mut fields = Vec::new();
    if let Some(field) = field {
        put_field(&mut fields, field.no, &value(field));
    }
    let image = image(1, 1, now(), &fields);
    let question = Question {
        script: Script { name: &source, version: 1, purpose: Purpose::Segment, kind, source: &source },
        record: RecordRef::new(kind, 1),
        view: View::new(&image).unwrap(),
        before: None,
        states: ("", ""),
        candidates: &[],
        now: now(),
        schema: &SCHEMA,
        settings: &SETTINGS,
        behaviour: &crate::sample::behaviour,
    };
    match JUDGE.ask(&question, &mut NoRelated) {
        Ok(Answer::Holds(holds)) => holds,
        other => panic!("{condition}: {other:?}"),
    }
}

fn purpose_about(kind: KindNo) -> Purpose {
    if kind == kind::Lead::NO {
        Purpose::Score
    } else if kind == kind::Customer::NO {
        Purpose::Segment
    } else {
        Purpose::Guard
    }
}

/// The tables of fields and functions, in English or Chinese; every example in them passes the check.
fn tables(chinese: bool) -> String {
    let mut text = String::new();
    let heads = if chinese { ["字段", "标签", "示例"] } else { ["field", "label", "example"] };
    for (kind, variable) in
        [(kind::Lead::NO, "lead"), (kind::Customer::NO, "customer"), (kind::Opportunity::NO, "deal")]
    {
        let info = kind.info().unwrap();
        writeln!(text, "### {}\n", if chinese { info.zh } else { info.en }).unwrap();
        writeln!(text, "| {} | {} | {} |\n|---|---|---|", heads[0], heads[1], heads[2]).unwrap();
        for field in SCHEMA.kind(kind).unwrap().fields() {
            let example = example(variable, field);
            let body = format!("if {example} {{ }}");
            let source = match purpose_about(kind) {
                Purpose::Score => format!("fn score(lead) {{ {body} 1 }}"),
                Purpose::Segment => format!("fn holds(customer) {{ {body} true }}"),
                _ => format!("fn guard(deal, from, to) {{ {body} true }}"),
            };
            let problems = check(purpose_about(kind), &source).problems;
            assert!(problems.is_empty(), "{source}: {problems:?}");
            assert!(!holds_about(kind, variable, &example, None), "{example} holds without a value");
            assert!(holds_about(kind, variable, &example, Some(field)), "{example} does not hold");
            let label = if chinese { &field.zh } else { &field.en };
            writeln!(text, "| `{}` | {label} | `{example}` |", field.name).unwrap();
        }
        writeln!(text).unwrap();
    }
    let heads =
        if chinese { ["函数", "作用", "示例"] } else { ["function", "what it is for", "an example"] };
    writeln!(text, "### {}\n", if chinese { "函数" } else { "Functions" }).unwrap();
    writeln!(text, "| {} | {} | {} |\n|---|---|---|", heads[0], heads[1], heads[2]).unwrap();
    for function in functions() {
        let example = if function.example.is_empty() {
            String::new()
        } else {
            format!("`{}`", function.example.replace('|', "\\|"))
        };
        writeln!(
            text,
            "| `{}` | {} | {example} |",
            function.form,
            if chinese { function.zh } else { function.en }
        )
        .unwrap();
    }
    text
}

#[test]
fn the_tables_of_the_documents_are_those_of_the_engine() {
    for (document, chinese) in [(DOCUMENTS[0], false), (DOCUMENTS[1], true)] {
        let path = folder(document);
        let text = fs::read_to_string(&path).unwrap();
        let (before, _) = text.split_once("<!-- tables -->\n").expect("a place for tables");
        let whole = format!("{before}<!-- tables -->\n\n{}", tables(chinese));
        if std::env::var_os("CRM_BLESS").is_some() {
            fs::write(&path, &whole).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "{document}; CRM_BLESS=1 writes it anew");
    }
}
