//! `rules_check` as a rule author runs it: what it says of good files, of mistakes, and of a store's past.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use crm_core::prelude::*;
use crm_store_redb::RedbStore;
use serde_json::json;

/// Runs it; answers whether it was content, and all that it printed.
fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rules_check")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.success(), said.concat())
}

fn rules(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(language)
}

fn files(language: &str) -> Vec<String> {
    let entries = std::fs::read_dir(rules(language)).unwrap();
    let mut files: Vec<String> = entries.map(|entry| entry.unwrap().path().display().to_string()).collect();
    files.sort();
    files
}

/// A store with leads, deals and customers of a spring.
fn store(folder: &Path) -> String {
    let path = folder.join("spring.redb");
    let (host, clock) = Host::fixed("2026-03-02T02:00:00Z".parse().unwrap(), 7);
    let crm = Crm::open(RedbStore::open(&path).unwrap(), host).unwrap();
    let system = crm.system();
    let run = |name: &str, input: serde_json::Value| {
        system.execute_named(name, input.clone()).unwrap_or_else(|error| panic!("{name} {input}: {error}"))
    };
    let create =
        |kind: &str, fields: serde_json::Value| run("record.create", json!({"kind": kind, "fields": fields}));
    let seller = create("user", json!({"login": "ning", "name": "Zhou Ning"}));
    let customer = create(
        "customer",
        json!({"name": "甲公司", "employees": 2000, "province": "浙江", "level": "A", "owner": seller}),
    );
    let lead = |number: i64| {
        let size = if number % 2 == 0 { 500 } else { 20 };
        let name = format!("lead {number}");
        let firm = json!({"name": name, "company_size": size, "province": "浙江", "industry": "technology"});
        create("lead", firm)
    };
    let leads: Vec<_> = (0..12).map(lead).collect();
    clock.set("2026-03-20T02:00:00Z".parse().unwrap());
    for lead in leads.iter().step_by(4) {
        run("lead.convert", json!({"lead": lead}));
    }
    lead(12);
    clock.set("2026-04-01T02:00:00Z".parse().unwrap());
    let deal = create("opportunity", json!({"name": "MES", "customer": customer, "amount": "50000 CNY"}));
    run("record.update", json!({"record": deal, "fields": {"amount": "150000 CNY"}}));
    run("opportunity.win", json!({"opportunity": deal}));
    path.display().to_string()
}

#[test]
fn the_examples_are_fine_in_both_languages() {
    for (language, line, behaviour, document) in [
        (
            "en",
            "Large technology firms [Scoring], 3 of 3 examples come out",
            "saw the price list",
            "scoring.en.yaml",
        ),
        ("zh", "客户定级［定级］，4 个示例中 4 个相符", "访问了定价页", "scoring.zh.json"),
    ] {
        let mut files = files(language);
        files.push(rules("").join(document).display().to_string());
        let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        arguments.extend(["--language", language, "--behaviour", behaviour]);
        let (fine, said) = run(&arguments);
        assert!(fine && said.contains(line), "{said}");
    }
}

#[test]
fn mistakes_are_marked_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, text: &str, language: &str, expected: &[&str]| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let (fine, said) = run(&[&path.display().to_string(), "--language", language]);
        assert!(!fine, "{said}");
        for part in expected {
            assert!(said.contains(part), "`{part}` is not in\n{said}");
        }
    };
    let head = "//! name: a\n//! purpose: score\n//! kind: lead\n";
    let size = format!("{head}fn score(lead) {{\n    if lead.company_sise > 100 {{ 20 }} else {{ 0 }}\n}}\n");
    check(
        "a.rhai",
        &size,
        "en",
        &[
            "a.rhai:5:13",
            "^^^^^^^^^^^^",
            "did you mean `company_size`?",
            "it has no examples",
            "1 of 1 files",
        ],
    );
    check(
        "a.rhai",
        &size,
        "zh",
        &["错误[script.unknown_field]: 线索没有字段", "是否想写 `company_size`？", "有问题"],
    );
    check(
        "b.rhai",
        "//! nmae: a\nfn score(lead) { 1 }",
        "en",
        &["a rule has no `nmae`", "did you mean `name`?"],
    );
    let yaml = "rules:\n  - {criterion: company_sise > 100, points: 20}\n";
    check(
        "c.yaml",
        yaml,
        "en",
        &["c.yaml:2:17", "a lead has no field `company_sise`", "did you mean `company_size`?"],
    );
    check("c.yaml", yaml, "zh", &["c.yaml:2:17", "线索没有字段 `company_sise`", "是否想写 `company_size`？"]);
    let json = "{\"评分规则\": [{\"标准\": \"公司规模 >\", \"分数\": 20}]}";
    check("d.json", json, "zh", &["d.json:1:", "应为", "却到了结尾"]);
    check(
        "e.yaml",
        "rules:\n  - {criterion: a, pionts: 20}\n",
        "en",
        &["e.yaml:2:", "did you mean `points`?"],
    );
    let wrong = format!("{head}//! example: {{\"company_size\": 5}} => 20\nfn score(lead) {{ 1 }}");
    check("f.rhai", &wrong, "en", &["0 of 1 examples come out", "gives `1`, expected is `20`"]);
}

#[test]
fn a_store_shows_what_rules_would_have_done() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let position = || {
        let crm = Crm::open(RedbStore::open(&store).unwrap(), Host::system()).unwrap();
        crm.position().unwrap()
    };
    let before = position();
    let check = |language: &str, expected: &[&str]| {
        let files = files(language);
        let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        arguments.extend(["--data", &store, "--days", "20", "--language", language]);
        let (fine, said) = run(&arguments);
        assert!(fine, "{said}");
        for part in expected {
            assert!(said.contains(part), "`{part}` is not in\n{said}");
        }
    };
    check(
        "en",
        &[
            "in the last 20 days 1 changes would have asked it; it would have acted 1 times",
            "2026-04-01 MES: task.create",
            "it would have refused 1",
            "say when it closes",
            "A: 1 (甲公司)",
            "12 records, of which 3 were converted since",
            "1 came in the last 20 days",
        ],
    );
    let document = rules("").join("scoring.zh.json").display().to_string();
    let (fine, said) = run(&[&document, "--data", &store, "--language", "zh"]);
    assert!(
        !fine && said.contains("线索没有字段 `访问了定价页`") && said.contains("scoring.zh.json:9:"),
        "{said}"
    );
    check("zh", &["最近 20 天有 1 次变更会询问它：执行 1 次", "会拒绝", "末尾时的"]);
    assert_eq!(position(), before, "something was written");
}
