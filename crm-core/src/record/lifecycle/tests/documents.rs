use proptest::prelude::*;

use super::*;

const SALES: &str = include_str!("../../../../data/sales-pipeline.zh.yaml");

fn faults(text: &str) -> Vec<String> {
    let faults = load_all(text).err().unwrap_or_default();
    faults.iter().map(|fault| format!("{} {fault}", fault.code)).collect()
}

#[test]
fn the_sales_pipeline_loads_as_it_is() {
    let loaded = load(SALES).unwrap();
    assert_eq!((loaded.name.as_str(), loaded.label_zh.as_str()), ("sales_pipeline", "销售管道"));
    assert_eq!(loaded.kind.name(), "opportunity");
    let states: Vec<_> = loaded
        .states
        .iter()
        .map(|state| {
            let tasks: Vec<_> = state.activities.iter().map(|task| task.zh.as_str()).collect();
            format!("{} {} {} {}", state.code, state.probability.unwrap(), state.class, tasks.join("/"))
        })
        .collect();
    let expected = [
        "寻找客户 10 open 初次联系/资质认定电话",
        "资质认定 25 open 需求分析/预算确认",
        "提案 50 open 发送提案/跟进",
        "谈判 75 open 合同审查/最终条款",
        "成交 100 won 合同签署/启动",
        "lost 0 lost ",
    ];
    assert_eq!(states, expected);
    assert_eq!(loaded.initial, ["寻找客户"]);
}

/// The built-in pipeline is the document's, but for codes, names and English words.
#[test]
fn the_default_is_the_document() {
    let (mut loaded, mut default) = (load(SALES).unwrap(), defaults::staged_deal());
    assert_eq!(loaded.moves.len(), default.moves.len());
    for lifecycle in [&mut loaded, &mut default] {
        for state in &mut lifecycle.states {
            state.code.clear();
            state.en.clear();
            state.activities.iter_mut().for_each(|task| task.en.clear());
        }
    }
    assert_eq!(loaded.states, default.states);
}

#[test]
fn languages_and_notations_load_alike() {
    let english = "
Sales Pipeline:
  Name: 大客户
  Allow-Skip: no
  gate: true
  rot_days: 14
  stages:
    - {name: 接触, probability: 20, activities: 拜访, gate: false, forecast: commit}
    - {name: 方案, probability: 60%, rot_days: 30, requires_fields: [amount], requires_activities: [visit]}
    - {name: 成交, probability: 100}
    - {name: 丢单}
";
    let chinese = "
销售管道:
  名称: 大客户
  可跳过: 否
  退出需完成活动: 是
  停留天数: 14
  阶段:
    - {名称: 接触, 概率: 20 %, 活动: [拜访], 退出需完成活动: 否, 预测类别: 承诺}
    - {名称: 方案, 概率: 60％, 停留天数: 30, 必填字段: amount, 必需互动: visit}
    - {名称: 成交, 赢单概率: 100%, 类别: 赢单}
    - {名称: 丢单, 类别: 输单}
";
    let json = r#"{
	"pipeline": {"name": "大客户", "allow_skip": false, "gate": true, "rot_days": 14, "stages": [
		{"name": "接触", "probability": "20%", "activities": ["拜访"], "gate": false, "forecast": "commit"},
		{"name": "方案", "probability": 60, "rot_days": 30, "requires_fields": ["amount"],
			"requires_activities": ["visit"]},
		{"name": "成交", "probability": 100, "class": "won"},
		{"name": "丢单", "class": "lost"}
	]}
}"#;
    let loaded = load(english).unwrap();
    assert_eq!(loaded, load(chinese).unwrap());
    assert_eq!(loaded, load(json).unwrap());
    let gates: Vec<_> = loaded.states.iter().map(|state| (state.gate, state.rot_days)).collect();
    assert_eq!(gates, [(false, Some(14)), (true, Some(30)), (false, None), (false, None)]);
    assert_eq!(loaded.states[3].class, StateClass::Lost);
}

#[test]
fn a_lifecycle_loads_with_its_moves() {
    let text = "
状态机:
  名称: 线索流程
  编码: lead_flow
  对象: 线索
  初始状态: 新
  状态:
    - {名称: 新, 编码: new, 英文名称: New, 类别: 进行中}
    - {名称: 成, 编码: done, 类别: won}
    - {名称: 废, 编码: dropped, 类别: lost}
  流转:
    - {从: 新, 到: [成, dropped], 角色: 经理, 守卫规则: 可转化, 需要原因: 是, 必填字段: [电话]}
    - {从: [done, 废], 到: new}
";
    let loaded = load(text).unwrap();
    assert_eq!((loaded.name.as_str(), loaded.label_en.as_str()), ("lead_flow", "线索流程"));
    assert_eq!((loaded.initial[0].as_str(), loaded.states[0].en.as_str()), ("new", "New"));
    let demanding = |to: &str| Move {
        roles: strings(&["经理"]),
        guards: strings(&["可转化"]),
        ..Move::new("new", to).with_reason().with_fields(&["电话"])
    };
    let plain = |from: &str| Move::new(from, "new");
    assert_eq!(loaded.moves, [demanding("done"), demanding("dropped"), plain("done"), plain("dropped")]);
}

#[test]
fn several_definitions_may_share_a_document() {
    let pipeline =
        |code: &str| format!("{{name: {code}, stages: [{{name: a}}, {{name: w, probability: 100}}]}}");
    let text = format!("pipelines: [{}, {}]", pipeline("p"), pipeline("q"));
    let names: Vec<_> = load_all(&text).unwrap().into_iter().map(|lifecycle| lifecycle.name).collect();
    assert_eq!(names, ["p", "q"]);
    assert_eq!(load(&text).unwrap_err()[0].code, "document.not_one");
    assert_eq!(load("{}").unwrap_err()[0].code, "document.not_one");
}

#[test]
fn every_fault_is_said_with_its_place() {
    let text = "销售管道:
  阶段:
    - 名称: 接触
      机率: 10%
      gate: maybe
    - 概率: 1
    - {名称: 成交, name: 赢, 停留天数: 1.5, 概率: 一成}
  可跳: 是
";
    let expected = [
        "document.key_unknown line 8, column 3: the key `可跳` is unknown; did you mean `可跳过`?",
        "document.key_unknown line 4, column 7: the key `机率` is unknown; did you mean `概率`?",
        "document.key_twice line 7, column 16: the key `name` says again what another key said",
        "document.value_invalid line 5, column 13: `maybe` is given where yes or no should be",
        "document.key_missing line 6, column 7: the key `name` or `名称` is missing",
        "document.value_invalid line 7, column 40: `一成` is given where a percentage should be",
        "document.value_invalid line 7, column 31: `1.5` is given where a whole number of days should be",
    ];
    assert_eq!(faults(text), expected);
}

#[test]
fn faults_are_in_words() {
    let check = |text: &str, expected: &[&str]| assert_eq!(faults(text), expected, "{text}");
    let stage = |stage: &str| format!("pipeline:\n  stages:\n  - {stage}\n  - {{name: w, probability: 100}}");
    check("", &["document.value_invalid line 1, column 1: nothing is given where a mapping should be"]);
    check("- 1", &["document.value_invalid line 1, column 1: a list is given where a mapping should be"]);
    check(
        "流程: 1",
        &[
            "document.key_unknown line 1, column 1: the key `流程` is unknown; known here are `销售管道`, `状态机`",
        ],
    );
    check("pipeline: {}", &["document.key_missing line 1, column 11: the key `stages` or `阶段` is missing"]);
    check(
        "pipeline: {stages: []}",
        &["lifecycle.empty line 1, column 11: the lifecycle `sales_pipeline` has no states"],
    );
    check(
        &stage("{name: a, probability: 0.1}"),
        &[
            "document.value_invalid line 3, column 28: `0.1` could be 10 per cent or 0.1 per cent; write `10%` or `0.1%`",
        ],
    );
    check(&stage("{name: a, probability: 0.1%}"), &[]);
    check(
        &stage("{name: a, probability: 130%}"),
        &["lifecycle.probability_range line 3, column 5: the probability of `a` is `130`, \
         which is not between 0 and 100 per cent"],
    );
    check(&stage("{name: w}"), &["lifecycle.state_twice line 4, column 5: the state `w` is defined twice"]);
    check(
        &stage("{name: 5}"),
        &["document.value_invalid line 3, column 12: `5` is given where a text (as in \"5\") should be"],
    );
    check(
        &stage("{name: a, class: winning}"),
        &["document.value_invalid line 3, column 22: `winning` is given where one of \
         `open`, `won`, `lost`, `final`, `paused` should be"],
    );
    check(
        "a: 1\na: 2",
        &["document.syntax line 2, column 1: the document is neither YAML nor JSON: \
         duplicate mapping key `a` is not allowed here"],
    );
    check(
        "lifecycle:\n  name: x\n  kind: 外星人\n  states: [{name: A, class: open}]\n  initial: B\n",
        &["document.value_invalid line 3, column 9: no kind of record is called `外星人`"],
    );
    check(
        "lifecycle:\n  name: x\n  kind: lead\n  states: [{name: A, class: open}]\n  initial: B\n",
        &["lifecycle.state_unknown line 5, column 12: the state `B` is named but not defined"],
    );
}

#[test]
fn deep_documents_are_refused() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(load(&deep).unwrap_err()[0].code, "document.syntax");
}

proptest! {
    /// Whatever the text, loading answers; and a definition that loads is sound.
    #[test]
    fn any_text_is_answered(text in "[a-z:{}\\[\\], \n\t\"'&*!%#>|?-]{0,60}") {
        for lifecycle in load_all(&text).into_iter().flatten() {
            prop_assert_eq!(lifecycle.check(), Ok(()));
        }
    }

    /// A changed document either loads soundly or says where it is wrong, within the document.
    #[test]
    fn a_damaged_document_is_answered(at in 0_usize..200, put in "[a-z0-9:%\n \\[{\"]{0,3}", cut in 0_usize..4) {
        let mut letters: Vec<char> = SALES.chars().collect();
        let start = at.min(letters.len());
        let end = (start + cut).min(letters.len());
        letters.splice(start..end, put.chars());
        let text: String = letters.into_iter().collect();
        let lines = text.lines().count() as u64 + 1;
        match load_all(&text) {
            Ok(loaded) => prop_assert!(loaded.iter().all(|lifecycle| lifecycle.check().is_ok())),
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| (1..=lines).contains(&fault.place.line)), "{:?}", faults);
            }
        }
    }

    /// JSON that any library writes loads to what was written.
    #[test]
    fn names_of_any_kind_survive(name in "\\PC{1,20}", percent in 2_u8..100) {
        prop_assume!(!name.trim().is_empty() && name.trim() != "won-stage" && name.trim() != "lost");
        let text = serde_json::json!({"pipeline": {"stages": [
            {"name": name, "probability": percent}, {"name": "won-stage", "probability": 100},
        ]}}).to_string();
        let loaded = load(&text).unwrap();
        prop_assert_eq!(&loaded.states[0].code, name.trim());
        prop_assert_eq!(loaded.states[0].probability, Some(Decimal::from(percent)));
    }
}
