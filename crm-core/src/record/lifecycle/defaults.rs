//! The definitions that an engine starts with; each can be replaced.

use super::{EntryTask, Lifecycle, Move, Pipeline, Stage, State, StateClass};
use crate::base::kind::{Customer, Lead, Opportunity, Task};
use crate::base::{Kind, KindNo};

use StateClass::{Final, Lost, Open, Paused, Won};

/// Every default: [`lead`], [`customer`], [`task`], then [`pipelines`].
pub fn all() -> Vec<Lifecycle> {
    let mut all = vec![lead(), customer(), task()];
    all.extend(pipelines());
    all
}

/// The default pipelines of opportunities; the first is the one that a new deal takes.
pub fn pipelines() -> Vec<Lifecycle> {
    vec![general_deal(), staged_deal(), quick_deal(), long_deal()]
}

fn lifecycle(
    names: (&str, &str, &str),
    kind: KindNo,
    states: &[(&str, &str, &str, StateClass)],
    moves: Vec<Move>,
) -> Lifecycle {
    Lifecycle {
        name: names.0.to_owned(),
        label_en: names.1.to_owned(),
        label_zh: names.2.to_owned(),
        kind,
        states: states.iter().map(|(code, en, zh, class)| State::new(code, en, zh, *class)).collect(),
        initial: states.iter().take(1).map(|(code, ..)| (*code).to_owned()).collect(),
        moves,
    }
}

/// The moves from each of several states to one.
fn to<'a>(target: &'a str, from: &'a [&'a str]) -> impl Iterator<Item = Move> + 'a {
    from.iter().map(move |from| Move::new(from, target))
}

/// The lead's: new, assigned, following; converted, invalid (with a reason) or paused (until `resume_on`).
///
/// A lead goes back to new when it loses its owner, and to assigned when it gets another.
pub fn lead() -> Lifecycle {
    let mut moves: Vec<Move> = to("assigned", &["new", "following"]).collect();
    moves.extend(to("following", &["new", "assigned"]));
    moves.extend(to("new", &["assigned", "following"]));
    moves.extend(to("converted", &["new", "assigned", "following"]));
    moves.extend(to("invalid", &["new", "assigned", "following", "paused"]).map(Move::with_reason));
    let until_a_day = |step: Move| step.with_fields(&["resume_on"]);
    moves.extend(to("paused", &["new", "assigned", "following"]).map(until_a_day));
    moves.extend(["new", "assigned", "following"].map(|back| Move::new("paused", back)));
    moves.extend(["new", "following"].map(|back| Move::new("invalid", back).with_reason()));
    moves.push(Move::new("converted", "following").with_reason());
    let states = [
        ("new", "New", "新建", Open),
        ("assigned", "Assigned", "已分配", Open),
        ("following", "Following", "跟进中", Open),
        ("converted", "Converted", "已转化", Won),
        ("invalid", "Invalid", "无效", Lost),
        ("paused", "Paused", "暂停", Paused),
    ];
    let mut lead = lifecycle(("lead", "Lead", "线索"), Lead::NO, &states, moves);
    lead.initial.push("assigned".to_owned());
    lead
}

/// The customer's: new, following, won; paused or lost (with a reason) and back.
///
/// A customer is won by the fact of a first deal, which its field `first_deal_at` holds.
pub fn customer() -> Lifecycle {
    let mut moves = vec![Move::new("new", "following"), Move::new("following", "new")];
    let by_a_deal = |step: Move| step.with_fields(&["first_deal_at"]);
    moves.extend(to("won", &["new", "following", "paused", "lost"]).map(by_a_deal));
    moves.extend(to("paused", &["new", "following", "won"]).map(Move::with_reason));
    moves.extend(to("lost", &["new", "following", "won", "paused"]).map(Move::with_reason));
    moves.push(Move::new("paused", "following"));
    moves.push(Move::new("lost", "following").with_reason());
    let states = [
        ("new", "New", "新增", Open),
        ("following", "Following", "跟进中", Open),
        ("won", "Won", "成交", Won),
        ("paused", "Paused", "暂停", Paused),
        ("lost", "Lost", "流失", Lost),
    ];
    lifecycle(("customer", "Customer", "客户"), Customer::NO, &states, moves)
}

/// The task's: open, in progress, done or cancelled, and open again.
pub fn task() -> Lifecycle {
    let mut moves = vec![Move::new("open", "in_progress")];
    moves.extend(to("done", &["open", "in_progress"]));
    moves.extend(to("cancelled", &["open", "in_progress"]));
    moves.extend(to("open", &["in_progress", "done", "cancelled"]));
    let states = [
        ("open", "To do", "待办", Open),
        ("in_progress", "In progress", "进行中", Open),
        ("done", "Done", "已完成", Final),
        ("cancelled", "Cancelled", "已取消", Final),
    ];
    lifecycle(("task", "Task", "任务"), Task::NO, &states, moves)
}

fn tasks(mut stage: Stage, titles: &[(&str, &str)]) -> Stage {
    let task = |(en, zh): &(&str, &str)| EntryTask { en: (*en).to_owned(), zh: (*zh).to_owned() };
    stage.activities = titles.iter().map(task).collect();
    stage
}

fn rots(mut stage: Stage, days: u32) -> Stage {
    stage.rot_days = Some(days);
    stage
}

fn pipeline(name: &str, en: &str, zh: &str, stages: Vec<Stage>) -> Pipeline {
    Pipeline::new(name, en, zh, Opportunity::NO, stages)
}

/// The general pipeline: first talk, need confirmed, proposal and quote, negotiation, won or lost.
pub fn general_deal() -> Lifecycle {
    let stages = vec![
        Stage::new("first_talk", "First talk", "初步沟通", 10),
        Stage::new("need_confirmed", "Need confirmed", "需求确认", 30),
        Stage::new("proposal", "Proposal and quote", "方案报价", 50),
        Stage::new("negotiation", "Negotiation", "谈判", 75),
        Stage::new("won", "Won", "赢单", 100),
    ];
    pipeline("general_deal", "General deal", "通用商机", stages).expand()
}

/// The pipeline with the activities that each stage demands: prospecting to closed, 10 to 100 %.
///
/// It is the one of `data/sales-pipeline.zh.yaml`, with codes and English labels.
pub fn staged_deal() -> Lifecycle {
    let stages = vec![
        tasks(
            Stage::new("prospecting", "Prospecting", "寻找客户", 10),
            &[("First contact", "初次联系"), ("Qualification call", "资质认定电话")],
        ),
        tasks(
            Stage::new("qualification", "Qualification", "资质认定", 25),
            &[("Analyse the need", "需求分析"), ("Confirm the budget", "预算确认")],
        ),
        tasks(
            Stage::new("proposal", "Proposal", "提案", 50),
            &[("Send the proposal", "发送提案"), ("Follow up", "跟进")],
        ),
        tasks(
            Stage::new("negotiation", "Negotiation", "谈判", 75),
            &[("Review the contract", "合同审查"), ("Settle the final terms", "最终条款")],
        ),
        tasks(
            Stage::new("closed", "Closed", "成交", 100),
            &[("Sign the contract", "合同签署"), ("Kick off", "启动")],
        ),
    ];
    pipeline("staged_deal", "Staged deal", "阶段商机", stages).expand()
}

/// The quick small deal (三定): set its nature, its grade and its amount, then follow up.
///
/// Each of the three stages asks for the field that it is named after: `nature`, `grade`, `amount`.
pub fn quick_deal() -> Lifecycle {
    let fixes =
        |field: &str, stage: Stage| rots(Stage { requires_fields: vec![field.to_owned()], ..stage }, 3);
    let stages = vec![
        fixes("nature", Stage::new("set_nature", "Set the nature", "定性", 20)),
        fixes("grade", Stage::new("set_grade", "Set the grade", "定级", 40)),
        fixes("amount", Stage::new("set_amount", "Set the amount", "定额", 60)),
        rots(Stage::new("follow_up", "Follow up", "跟进", 80), 7),
        Stage::new("won", "Won", "成交", 100),
    ];
    pipeline("quick_deal", "Quick deal", "小单快单", stages).expand()
}

/// The long deal, stage by stage: none may be skipped, and the tasks of each hold up its exit.
pub fn long_deal() -> Lifecycle {
    let stages = vec![
        tasks(
            rots(Stage::new("opened", "Opportunity confirmed", "商机确认", 5), 30),
            &[("Map the decision makers", "梳理决策链")],
        ),
        tasks(
            rots(Stage::new("survey", "Survey of needs", "需求调研", 15), 45),
            &[("Visit the customer", "上门调研"), ("Write down the needs", "整理需求")],
        ),
        tasks(
            rots(Stage::new("solution", "Solution", "方案设计", 30), 45),
            &[("Design the solution", "设计方案"), ("Present the solution", "方案交流")],
        ),
        tasks(
            rots(Stage::new("trial", "Trial", "试用验证", 50), 60),
            &[("Run the trial", "组织试用"), ("Collect the findings", "收集反馈")],
        ),
        tasks(
            rots(Stage::new("bid", "Bid and quote", "投标报价", 65), 30),
            &[("Hand in the bid or quote", "提交标书或报价")],
        ),
        tasks(
            rots(Stage::new("negotiation", "Negotiation", "商务谈判", 80), 30),
            &[("Agree on the terms", "商定条款")],
        ),
        tasks(
            rots(Stage::new("contract", "Contract approval", "合同审批", 90), 15),
            &[("Have the contract approved", "合同送审")],
        ),
        Stage::new("won", "Won", "赢单", 100),
    ];
    let long = pipeline("long_deal", "Long deal", "中长单商机", stages);
    Pipeline { gate: true, skip: false, ..long }.expand()
}
