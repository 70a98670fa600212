//! Pipelines and lifecycles from documents in YAML or JSON, with English or Chinese keys.

use std::collections::BTreeMap;

use super::document::{Fault, Key, Node, Place, Reader, Section, parse};
use super::{EntryTask, Lifecycle, Move, Pipeline, Problem, Stage, State, StateClass};
use crate::base::kind::Opportunity;
use crate::base::{Kind, KindNo};

const NAME: Key = Key("name", &["name", "名称"]);
const CODE: Key = Key("code", &["code", "编码"]);
const LABEL_EN: Key = Key("label_en", &["label_en", "英文名称"]);
const LABEL_ZH: Key = Key("label_zh", &["label_zh", "中文名称"]);
const KIND: Key = Key("kind", &["kind", "对象"]);
const GATE: Key = Key("gate", &["gate", "退出需完成活动"]);
const ROT_DAYS: Key = Key("rot_days", &["rot_days", "停留天数"]);
const STAGES: Key = Key("stages", &["stages", "阶段"]);
const SKIP: Key = Key("allow_skip", &["allow_skip", "可跳过"]);
const BACK: Key = Key("allow_back", &["allow_back", "可退回"]);
const REOPEN: Key = Key("allow_reopen", &["allow_reopen", "可重新打开"]);
const CLASS: Key = Key("class", &["class", "类别"]);
const PROBABILITY: Key = Key("probability", &["probability", "概率", "赢单概率"]);
const ACTIVITIES: Key = Key("activities", &["activities", "活动"]);
const FORECAST: Key = Key("forecast", &["forecast", "预测类别"]);
const REQUIRES_FIELDS: Key = Key("requires_fields", &["requires_fields", "必填字段"]);
const REQUIRES_ACTIVITIES: Key = Key("requires_activities", &["requires_activities", "必需互动"]);
const STATES: Key = Key("states", &["states", "状态"]);
const INITIAL: Key = Key("initial", &["initial", "初始状态"]);
const MOVES: Key = Key("moves", &["moves", "流转"]);
const FROM: Key = Key("from", &["from", "从"]);
const TO: Key = Key("to", &["to", "到"]);
const ROLES: Key = Key("roles", &["roles", "角色"]);
const REQUIRES_REASON: Key = Key("requires_reason", &["requires_reason", "需要原因"]);
const GUARDS: Key = Key("guards", &["guards", "守卫规则"]);

const DOCUMENT: &[Key] = &[
    Key("pipeline", &["pipeline", "销售管道", "sales_pipeline", "pipelines", "管道"]),
    Key("lifecycle", &["lifecycle", "状态机", "lifecycles"]),
];
const PIPELINE: &[Key] = &[NAME, CODE, LABEL_EN, LABEL_ZH, KIND, STAGES, GATE, ROT_DAYS, SKIP, BACK, REOPEN];
const STAGE: &[Key] = &[
    NAME,
    CODE,
    LABEL_EN,
    LABEL_ZH,
    CLASS,
    PROBABILITY,
    ACTIVITIES,
    GATE,
    ROT_DAYS,
    FORECAST,
    REQUIRES_FIELDS,
    REQUIRES_ACTIVITIES,
];
const LIFECYCLE: &[Key] = &[NAME, CODE, LABEL_EN, LABEL_ZH, KIND, STATES, INITIAL, MOVES];
const STATE: &[Key] =
    &[NAME, CODE, LABEL_EN, LABEL_ZH, CLASS, PROBABILITY, ACTIVITIES, GATE, ROT_DAYS, FORECAST];
const MOVE: &[Key] = &[FROM, TO, ROLES, REQUIRES_FIELDS, REQUIRES_ACTIVITIES, REQUIRES_REASON, GUARDS];

/// Loads the one pipeline or lifecycle of a document; see [`load_all`].
pub fn load(text: &str) -> Result<Lifecycle, Vec<Fault>> {
    let mut loaded = load_all(text)?;
    match (loaded.pop(), loaded.is_empty()) {
        (Some(lifecycle), true) => Ok(lifecycle),
        _ => {
            let en = "the document should hold one pipeline or lifecycle, not several or none";
            let place = Place { line: 1, column: 1 };
            let zh = "文档应恰好包含一个销售管道或状态机";
            Err(vec![Fault::new("document.not_one", place, (en, zh))])
        }
    }
}

/// Loads every pipeline and lifecycle of a document and checks it; if anything is wrong, says everything that is.
///
/// ```
/// use crm_core::record::lifecycle::{StateClass, load_all};
/// let loaded = load_all("pipeline: {stages: [{name: Talk, probability: 20%}, {name: Won, probability: 100%}]}");
/// let pipeline = &loaded.unwrap()[0];
/// assert_eq!(pipeline.state("Won").unwrap().class, StateClass::Won);
/// assert_eq!(pipeline.state("lost").unwrap().class, StateClass::Lost);
///
/// let faults = load_all("销售管道:\n  阶断: []").unwrap_err();
/// assert_eq!(faults[0].to_string(), "line 2, column 3: the key `阶断` is unknown; did you mean `阶段`?");
/// ```
pub fn load_all(text: &str) -> Result<Vec<Lifecycle>, Vec<Fault>> {
    let node = parse(text).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    let mut loaded = Vec::new();
    if let Some(document) = reader.section(&node, DOCUMENT) {
        for section in sections(&mut reader, &document, "pipeline", PIPELINE) {
            loaded.extend(pipeline(&mut reader, &section));
        }
        for section in sections(&mut reader, &document, "lifecycle", LIFECYCLE) {
            loaded.extend(lifecycle(&mut reader, &section));
        }
    }
    if reader.faults.is_empty() { Ok(loaded) } else { Err(reader.faults) }
}

fn sections<'a>(reader: &mut Reader, within: &Section<'a>, key: &str, keys: &[Key]) -> Vec<Section<'a>> {
    within.node(key).map_or_else(Vec::new, |node| reader.sections(node, keys))
}

/// A code with its two labels: a name stands for all three that aren't given.
struct Names {
    code: String,
    en: String,
    zh: String,
}

fn names(reader: &mut Reader, section: &Section<'_>, default: Option<Names>) -> Option<Names> {
    let name = match default {
        Some(_) => reader.get(section, NAME.0, Node::text),
        None => Some(reader.need(section, NAME, Node::text)?),
    };
    let mut read = |key: Key, default: Option<&String>| {
        reader.get(section, key.0, Node::text).or_else(|| name.clone()).or_else(|| default.cloned())
    };
    let default = default.as_ref();
    Some(Names {
        code: read(CODE, default.map(|names| &names.code))?,
        en: read(LABEL_EN, default.map(|names| &names.en))?,
        zh: read(LABEL_ZH, default.map(|names| &names.zh))?,
    })
}

fn kind(node: &Node) -> Result<KindNo, Fault> {
    let name = node.text()?;
    let said = || (format!("no kind of record is called `{name}`"), format!("没有记录类型 `{name}`"));
    KindNo::from_name(&name).ok_or_else(|| node.invalid(said()))
}

fn pipeline(reader: &mut Reader, section: &Section<'_>) -> Option<Lifecycle> {
    let faults = reader.faults.len();
    let default = Names {
        code: "sales_pipeline".to_owned(),
        en: "Sales pipeline".to_owned(),
        zh: "销售管道".to_owned(),
    };
    let names = names(reader, section, Some(default));
    let kind = reader.get(section, KIND.0, kind).unwrap_or(Opportunity::NO);
    let mut places = BTreeMap::new();
    let mut stages = Vec::new();
    reader.need(section, STAGES, |_| Ok(()));
    for part in sections(reader, section, STAGES.0, STAGE) {
        let stage = stage(reader, &part);
        places.extend(stage.iter().map(|stage| (stage.code.clone(), part.place)));
        stages.extend(stage);
    }
    let names = names?;
    let mut pipeline = Pipeline::new(&names.code, &names.en, &names.zh, kind, stages);
    pipeline.gate = reader.get(section, GATE.0, Node::flag).unwrap_or(pipeline.gate);
    pipeline.rot_days = reader.get(section, ROT_DAYS.0, Node::days);
    pipeline.skip = reader.get(section, SKIP.0, Node::flag).unwrap_or(pipeline.skip);
    pipeline.back = reader.get(section, BACK.0, Node::flag).unwrap_or(pipeline.back);
    pipeline.reopen = reader.get(section, REOPEN.0, Node::flag).unwrap_or(pipeline.reopen);
    if reader.faults.len() > faults {
        return None;
    }
    Some(checked(reader, section.place, &places, pipeline.expand()))
}

/// The definition, with whatever [`Lifecycle::check`] finds placed where the state concerned is defined.
fn checked(
    reader: &mut Reader,
    place: Place,
    states: &BTreeMap<String, Place>,
    lifecycle: Lifecycle,
) -> Lifecycle {
    let placed = |problem: Problem| {
        let place = problem.state().and_then(|state| states.get(state)).copied().unwrap_or(place);
        Fault::new(problem.code(), place, (problem.to_string(), problem.zh()))
    };
    reader.faults.extend(lifecycle.check().err().into_iter().flatten().map(placed));
    lifecycle
}

fn stage(reader: &mut Reader, part: &Section<'_>) -> Option<Stage> {
    let Names { code, en, zh } = names(reader, part, None)?;
    let tasks = reader.get(part, ACTIVITIES.0, Node::texts).unwrap_or_default();
    Some(Stage {
        code,
        en,
        zh,
        class: reader.get(part, CLASS.0, Node::choice),
        probability: reader.get(part, PROBABILITY.0, Node::percent),
        activities: tasks.iter().map(|title| EntryTask::from(title.as_str())).collect(),
        gate: reader.get(part, GATE.0, Node::flag),
        rot_days: reader.get(part, ROT_DAYS.0, Node::days),
        forecast: reader.get(part, FORECAST.0, Node::choice),
        requires_fields: reader.get(part, REQUIRES_FIELDS.0, Node::texts).unwrap_or_default(),
        requires_activities: reader.get(part, REQUIRES_ACTIVITIES.0, Node::texts).unwrap_or_default(),
    })
}

fn lifecycle(reader: &mut Reader, section: &Section<'_>) -> Option<Lifecycle> {
    let faults = reader.faults.len();
    let names = names(reader, section, None);
    let kind = reader.need(section, KIND, kind);
    let mut places = BTreeMap::new();
    let mut states: Vec<State> = Vec::new();
    reader.need(section, STATES, |_| Ok(()));
    for part in sections(reader, section, STATES.0, STATE) {
        let Some(stage) = stage(reader, &part) else { continue };
        let class = reader.need(&part, CLASS, Node::choice::<StateClass>);
        places.insert(stage.code.clone(), part.place);
        states.push(State {
            probability: stage.probability,
            activities: stage.activities,
            gate: stage.gate.unwrap_or(false),
            rot_days: stage.rot_days,
            forecast: stage.forecast,
            ..State::new(&stage.code, &stage.en, &stage.zh, class.unwrap_or(StateClass::Open))
        });
    }
    let (names, kind) = (names?, kind?);
    let Names { code: name, en: label_en, zh: label_zh } = names;
    let mut lifecycle =
        Lifecycle { name, label_en, label_zh, kind, states, initial: Vec::new(), moves: Vec::new() };
    let initial = reader.need(section, INITIAL, |node| codes(node, &lifecycle)).unwrap_or_default();
    for part in sections(reader, section, MOVES.0, MOVE) {
        let moves = moves(reader, &part, &lifecycle);
        lifecycle.moves.extend(moves);
    }
    lifecycle.initial = initial;
    if reader.faults.len() > faults {
        return None;
    }
    Some(checked(reader, section.place, &places, lifecycle))
}

/// The codes of states that a document names by code or label.
fn codes(node: &Node, lifecycle: &Lifecycle) -> Result<Vec<String>, Fault> {
    let code = |name: String| match lifecycle.state_named(&name) {
        Some(state) => Ok(state.code.clone()),
        None => {
            let problem = Problem::StateUnknown(name);
            Err(Fault::new(problem.code(), node.place, (problem.to_string(), problem.zh())))
        }
    };
    node.texts()?.into_iter().map(code).collect()
}

/// The moves of one entry, which may name several states on either side.
fn moves(reader: &mut Reader, part: &Section<'_>, lifecycle: &Lifecycle) -> Vec<Move> {
    let from = reader.need(part, FROM, |node| codes(node, lifecycle)).unwrap_or_default();
    let to = reader.need(part, TO, |node| codes(node, lifecycle)).unwrap_or_default();
    let template = Move {
        roles: reader.get(part, ROLES.0, Node::texts).unwrap_or_default(),
        requires_fields: reader.get(part, REQUIRES_FIELDS.0, Node::texts).unwrap_or_default(),
        requires_activities: reader.get(part, REQUIRES_ACTIVITIES.0, Node::texts).unwrap_or_default(),
        requires_reason: reader.get(part, REQUIRES_REASON.0, Node::flag).unwrap_or_default(),
        guards: reader.get(part, GUARDS.0, Node::texts).unwrap_or_default(),
        ..Move::default()
    };
    let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
    pairs.map(|(from, to)| Move { from: from.clone(), to: to.clone(), ..template.clone() }).collect()
}
