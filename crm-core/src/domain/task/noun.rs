//! A task: something that someone has to do by a time.

use chrono::NaiveDate;

use crate::base::kind::{TaskId, UserId};
use crate::base::{Instant, RecordRef};
use crate::choice_fields;
use crate::record::lifecycle::Spent;
use crate::record::spec::{IndexSpec, Part, StateFields, Visibility};

crate::choice! {
    /// How much it matters.
    pub enum Priority {
        /// Little.
        Low "low" "Low" "低",
        /// As usual.
        Normal "normal" "Normal" "中",
        /// Much.
        High "high" "High" "高",
        /// At once.
        Urgent "urgent" "Urgent" "紧急",
    }
}

crate::choice! {
    /// The unit in which a recurrence counts.
    pub enum Every {
        /// Days.
        Day "day" "Daily" "每天",
        /// Weeks.
        Week "week" "Weekly" "每周",
        /// Months.
        Month "month" "Monthly" "每月",
    }
}
choice_fields!(Priority, Every);

row! {
    /// When a task comes again after it is done: every so many days, weeks or months, until a day.
    pub struct Recurrence as Row {
        unit: Every = "Unit" "周期";
        every: u32 = "Every" "间隔";
        until: Option<NaiveDate> = "Until" "截止日期";
        day: Option<u32> = "Day of the month" "每月几号";
    }
}

row! {
    /// One point of a checklist.
    pub struct CheckItem as Row {
        text: String = "Text" "内容";
        done: Option<bool> = "Done" "已完成";
    }
}

record! {
    /// Something that someone has to do by a time.
    pub struct Task is Task {
        /// What is to be done.
        10 subject: String = "Subject" "主题" [REQUIRED SEARCHED];
        /// Who has to do it.
        11 owner: Option<UserId> = "Assignee" "负责人";
        /// Who helps.
        12 collaborators: Vec<UserId> = "Collaborators" "协作人";
        /// By when.
        13 due_at: Option<Instant> = "Due" "截止时间";
        /// How much it matters.
        14 priority: Option<Priority> = "Priority" "优先级";
        /// Where it stands.
        15 state: String = "State" "状态" [SYSTEM];
        /// Since when.
        16 state_since: Option<Instant> = "In state since" "进入状态时间" [SYSTEM];
        /// The time in the states before.
        17 spent: Vec<Spent> = "Time in states" "状态用时" [SYSTEM];
        /// When to remind the assignee.
        18 reminder_at: Option<Instant> = "Reminder" "提醒时间";
        /// When it comes again once it is done.
        19 recurrence: Option<Recurrence> = "Recurrence" "重复";
        /// The points to tick off.
        20 checklist: Vec<CheckItem> = "Checklist" "检查清单";
        /// The record that it is about.
        21 about: Option<RecordRef> = "About" "关联对象";
        /// The state of that record's lifecycle that asks for it.
        22 stage: String = "Stage" "所属阶段" [SYSTEM];
        /// Whether that record leaves the state ahead only once this is done.
        23 gate: Option<bool> = "Gate" "阶段门禁" [SYSTEM];
        /// More about it.
        24 text: String = "Text" "说明" [SEARCHED];
        /// When it was done.
        25 done_at: Option<Instant> = "Done at" "完成时间" [SYSTEM];
        /// Who did it.
        26 done_by: Option<UserId> = "Done by" "完成人" [SYSTEM];
        /// The task that it repeats.
        27 repeats: Option<TaskId> = "Repeats" "重复自" [SYSTEM];
        /// When the assignee was reminded.
        28 reminded_at: Option<Instant> = "Reminded at" "已提醒时间" [SYSTEM];
    }
    spec {
        title: Task::subject, invariant: Some(super::holds::check),
        visibility: Visibility::Owned { owner: Task::owner },
        collaborators: Some(Task::collaborators),
        state: Some(StateFields {
            state: Task::state, since: Task::state_since, spent: Task::spent, lifecycle: None,
        }),
        indexes: &[
            IndexSpec::scoped(1, "due", &[Part::value(Task::state), Part::value(Task::due_at)]),
            IndexSpec::plain(2, "about", &[Part::value(Task::about)]),
        ],
    }
}

/// The index of tasks by state, then by when they are due.
pub const BY_DUE: u8 = 1;
/// The index of tasks by the record they are about.
pub const BY_ABOUT: u8 = 2;
