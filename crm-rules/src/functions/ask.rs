//! Functions that read other records, with the actor's rights, and those that answer.

use rhai::{Array, Dynamic, Engine, ImmutableString as Text, Map};

use super::Function;
use super::Gives::{Int, Nothing, Records};
use super::Takes::{Map as TakesMap, Number, Text as TakesText, Written};
use super::number::decimal;
use crate::running::{Step, with};
use crate::value::Held;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "find(\"kind\", \"criterion\")",
        "find",
        &[Written, Written],
        Records,
        [
            "the records of a kind that pass a criterion and that the actor sees",
            "该类型中符合条件、且操作者可见的记录",
        ],
        "length(find(\"lead\", \"company_size > 100\")) == 1",
    ),
    Function::new(
        "find(\"kind\", \"criterion\", #{field: value})",
        "find",
        &[Written, Written, TakesMap],
        Records,
        ["the same, with fields that equal values of the script", "同上，并且字段等于脚本中的值"],
        "length(find(\"lead\", \"\", #{owner: lead.owner})) == 1",
    ),
    Function::new(
        "count(\"kind\", \"criterion\")",
        "count",
        &[Written, Written],
        Int,
        ["how many there are, counted up to 1,000", "有多少条，最多数到 1,000"],
        "count(\"lead\", \"company_size > 1\") == 2",
    ),
    Function::new(
        "count(\"kind\", \"criterion\", #{field: value})",
        "count",
        &[Written, Written, TakesMap],
        Int,
        ["how many there are, counted up to 1,000", "有多少条，最多数到 1,000"],
        "count(\"lead\", \"\", #{owner: lead.owner}) < 20",
    ),
    Function::new(
        "behaviours(\"name\")",
        "behaviours",
        &[Written],
        Int,
        ["how often a behaviour of the vocabulary was seen of the record", "该记录出现某行为的次数"],
        "behaviours(\"访问了定价页\") >= 1",
    ),
    Function::new(
        "award(points, \"reason\")",
        "award",
        &[Number, TakesText],
        Nothing,
        [
            "gives points with their reason; without an answer of its own, `score` is their sum",
            "加分并说明理由；`score` 没有返回值时即为各项之和",
        ],
        "award(20, \"more than 100 people\")",
    ),
    Function::new(
        "because(\"reason\")",
        "because",
        &[TakesText],
        Nothing,
        ["gives a reason for the answer", "说明理由"],
        "because(\"the owner is new\")",
    ),
    Function::new(
        "refuse(\"message\")",
        "refuse",
        &[TakesText],
        Nothing,
        ["refuses a move and says why; may be called several times", "拒绝流转并说明原因；可多次调用"],
        "refuse(\"say when it closes\")",
    ),
    Function::new(
        "refuse(\"code\", \"message\")",
        "refuse",
        &[TakesText, TakesText],
        Nothing,
        ["the same with a code that programs can tell apart", "同上，并带有供程序识别的代码"],
        "refuse(\"deal.no_date\", \"say when it closes\")",
    ),
    Function::new(
        "command(\"name\", #{field: value})",
        "command",
        &[Written, TakesMap],
        Nothing,
        ["has a command follow the change", "变更之后执行一个命令"],
        "command(\"task.create\", #{subject: \"Call back\", about: after.id})",
    ),
];

fn found(kind: &str, criterion: &str, more: &Map) -> Step<Array> {
    let records = with(|run| run.list(kind, criterion, more))?;
    Ok(records.into_iter().map(|record| Dynamic::from(Held { record, root: None })).collect())
}

fn counted(kind: &str, criterion: &str, more: &Map) -> Step<i64> {
    with(|run| run.count(kind, criterion, more))
}

pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Held>("record");
    engine.register_indexer_get(|held: &mut Held, name: Text| with(|run| run.property(*held, &name)));
    engine.register_fn("find", |kind: Text, criterion: Text| found(&kind, &criterion, &Map::new()));
    engine.register_fn("find", |kind: Text, criterion: Text, more: Map| found(&kind, &criterion, &more));
    engine.register_fn("count", |kind: Text, criterion: Text| counted(&kind, &criterion, &Map::new()));
    engine.register_fn("count", |kind: Text, criterion: Text, more: Map| counted(&kind, &criterion, &more));
    engine.register_fn("behaviours", |behaviour: Text| with(|run| run.behaviours(&behaviour)));
    engine.register_fn("award", |points: Dynamic, reason: Text| {
        let points = decimal(&points)?;
        with(|run| run.award(points, &reason))
    });
    engine.register_fn("because", |reason: Text| with(|run| run.because(&reason)));
    engine.register_fn("refuse", |message: Text| with(|run| run.refuse("rule.refused", &message)));
    engine.register_fn("refuse", |code: Text, message: Text| with(|run| run.refuse(&code, &message)));
    engine.register_fn("command", |command: Text, fields: Map| with(|run| run.call(&command, fields)));
}
