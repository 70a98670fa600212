//! A rule, the behaviours that criteria may name, and what automations did.

use crate::base::kind::{RoleId, RuleId};
use crate::base::{Instant, KindNo, RecordRef};
use crate::choice_fields;
use crate::record::script::{Language, Purpose, Script};
use crate::record::spec::{IndexSpec, Part, Visibility};

crate::choice! {
    /// Whether a rule is in force.
    #[derive(Default)]
    pub enum RuleState {
        /// It is being written.
        #[default]
        Draft "draft" "Draft" "草稿",
        /// It is in force.
        Active "active" "Active" "启用",
        /// It failed so often that it was switched off.
        Failed "failed" "Failed" "已停用（出错）",
    }
}

crate::choice! {
    /// What an automation reacts to.
    pub enum Event {
        /// A record was created.
        Created "created" "Created" "新建",
        /// A record was changed in any way.
        Changed "changed" "Changed" "变更",
        /// A field was changed.
        FieldChanged "field_changed" "Field changed" "字段变更",
        /// A state of the lifecycle was entered.
        StateEntered "state_entered" "State entered" "进入状态",
        /// An activity about the record was logged.
        ActivityLogged "activity_logged" "Activity logged" "记录互动",
        /// The instant or day in a field was reached.
        DueReached "due_reached" "Due" "到期",
        /// The score rose to a number, or fell below it.
        ScoreCrossed "score_crossed" "Score crossed" "评分越过",
        /// A record was deleted.
        Deleted "deleted" "Deleted" "删除",
    }
}

crate::choice! {
    /// How a run of an automation ended.
    pub enum RunOutcome {
        /// Everything was done.
        Done "done" "Done" "完成",
        /// It failed; nothing of it was done.
        Failed "failed" "Failed" "失败",
        /// It was cut, because it would have gone round in a circle.
        Cut "cut" "Cut" "循环中断",
    }
}
choice_fields!(RuleState, Event, RunOutcome);

row! {
    /// One line of a scoring or level rule: what it gives when its criterion holds.
    #[derive(Default)]
    pub struct RuleLine as Row {
        /// The criterion, as the text of a filter.
        #[serde(default)] criterion: String = "Criterion" "标准";
        /// The points of a scoring rule; fewer than none take away.
        points: Option<i64> = "Points" "分数";
        /// The group whose cap the points count for.
        #[serde(default)] group: String = "Group" "分组";
        /// After so many days without the behaviour in the criterion half of the points are left.
        half_life_days: Option<i64> = "Half-life in days" "半衰期（天）";
        /// What a level rule gives, by code.
        #[serde(default)] result: String = "Result" "结果";
        /// What a person reads; the criterion when empty.
        #[serde(default)] label: String = "Label" "说明";
    }
}

row! {
    /// How many points the lines of a group give together.
    #[derive(Default)]
    pub struct GroupCap as Row {
        #[serde(default)] group: String = "Group" "分组";
        /// At most.
        most: Option<i64> = "At most" "上限";
        /// At least.
        least: Option<i64> = "At least" "下限";
    }
}

row! {
    /// The score from which on a grade is given.
    #[derive(Default)]
    pub struct Band as Row {
        grade: String = "Grade" "等级";
        from: i64 = "From" "起始分";
    }
}

row! {
    /// Facts and what the rule must make of them.
    #[derive(Default)]
    pub struct Example as Row {
        /// Fields by name or label, and behaviours with how often they were seen, as a JSON object.
        #[serde(default)] facts: String = "Facts" "事实";
        /// Points, a level, `true`, `false`, or a script's answer as JSON.
        #[serde(default)] expected: String = "Expected" "期望结果";
    }
}

row! {
    /// One change that an automation reacts to.
    pub struct Trigger as Row {
        on: Event = "On" "事件";
        /// The field; for an activity its kind, any when empty.
        #[serde(default)] field: String = "Field" "字段";
        /// The state that was entered; the value that a field was given, any when empty.
        #[serde(default)] to: String = "To" "变为";
        /// The score.
        score: Option<i64> = "Score" "评分";
    }
}

row! {
    /// A command that an automation gives.
    #[derive(Default)]
    pub struct RuleCall as Row {
        /// The command's name, such as `task.create`.
        #[serde(default)] command: String = "Command" "命令";
        /// Its fields as a JSON object. A text such as `{owner}` stands for the record's field, `{record}` for
        /// the record itself, `{now}` for the instant, `{now + 3 days}` for one later.
        #[serde(default)] fields: String = "Fields" "参数";
    }
}

record! {
    /// A rule that a person who knows the business wrote. Its history is in the journal; the version
    /// counts what was put in force.
    pub struct Rule is Rule {
        /// The name, by which reports, refusals and the journal refer to it.
        10 name: String = "Name" "名称" [REQUIRED SEARCHED];
        /// What it is for.
        11 purpose: Option<Purpose> = "Purpose" "用途";
        /// The kind of record that it is about.
        12 kind: String = "Kind" "对象" [REQUIRED];
        /// What it is written in.
        13 language: Option<Language> = "Language" "语言";
        /// When it applies, as the text of a filter; always when empty.
        14 criterion: String = "Criterion" "条件";
        /// The script, where it is one.
        15 source: String = "Source" "脚本";
        /// The lines of a scoring or level rule.
        16 lines: Vec<RuleLine> = "Lines" "规则";
        /// What groups of lines give together.
        17 caps: Vec<GroupCap> = "Caps" "分组上限";
        /// The score from which on a record is qualified.
        18 threshold: Option<i64> = "Threshold" "资质认定阈值";
        /// The scores from which on grades are given; 80, 60 and 40 when empty.
        19 bands: Vec<Band> = "Bands" "等级划分";
        /// The order among rules of one purpose; the least comes first.
        20 place: Option<i64> = "Order" "顺序";
        /// What a person reads when the rule refuses a move.
        21 message: String = "Message" "提示";
        /// What an automation reacts to.
        22 triggers: Vec<Trigger> = "Triggers" "触发";
        /// What an automation does.
        23 calls: Vec<RuleCall> = "Actions" "动作";
        /// The role with whose rights it looks at other records; the actor's when empty.
        24 runs_as: Option<RoleId> = "Looks with the role" "以角色查看";
        /// Facts and what it must make of them, tried whenever it is saved.
        25 examples: Vec<Example> = "Examples" "示例";
        /// How often in a row it may fail until it is switched off; 5 when empty.
        26 most_failures: Option<i64> = "Failures allowed" "允许失败次数";
        /// What it is about, for people.
        27 notes: String = "Notes" "备注";
        /// Whether it is in force.
        40 state: Option<RuleState> = "State" "状态" [SYSTEM];
        /// How often it was put in force in another form.
        41 version: Option<i64> = "Version" "版本" [SYSTEM];
        /// How often in a row it has failed.
        42 failures: Option<i64> = "Failures" "连续失败" [SYSTEM];
        /// Why it last failed.
        43 failure: String = "Last failure" "最近错误" [SYSTEM];
        /// Every field that it reads, as `kind.field`; what it reads can't be told when empty.
        44 reads: Vec<String> = "Reads" "读取字段" [SYSTEM];
        /// The script said as a criterion, where it can be: that is what the engine evaluates.
        45 lowered: String = "As a criterion" "等价条件" [SYSTEM];
    }
    spec {
        title: Rule::name, steers: true, invariant: Some(super::holds::rule),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(Rule::name)])],
    }
}

record! {
    /// What a behaviour that criteria name, such as `访问了定价页`, is: which activities count for it.
    pub struct Behaviour is Behaviour {
        /// The name by which criteria refer to it.
        10 name: String = "Name" "名称" [REQUIRED];
        /// Other names for it.
        11 names: Vec<String> = "Other names" "别名";
        /// The kinds of activity that count, by code; every kind when empty.
        12 activities: Vec<String> = "Activities" "互动类型";
        /// What the subject has in it; anything when empty.
        13 subject: String = "Subject contains" "主题包含";
        /// Only activities of the last so many days count; all when empty.
        14 within_days: Option<i64> = "Within days" "最近天数";
    }
    spec {
        title: Behaviour::name, steers: true, invariant: Some(super::holds::behaviour),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(Behaviour::name)])],
    }
}

record! {
    /// One run of an automation: what it did and why.
    pub struct RuleRun is RuleRun {
        /// The rule.
        10 rule: Option<RuleId> = "Rule" "规则" [REQUIRED SYSTEM];
        /// Its version.
        11 version: Option<i64> = "Version" "版本" [SYSTEM];
        /// The record that it was about.
        12 about: Option<RecordRef> = "About" "关联对象" [SYSTEM];
        /// How it ended.
        13 outcome: Option<RunOutcome> = "Outcome" "结果" [SYSTEM];
        /// What it reacted to.
        14 because: String = "Because" "原因" [SYSTEM];
        /// What it did, a command a line; why it failed or was cut.
        15 did: Vec<String> = "Did" "执行" [SYSTEM];
        /// The rules that led to it, first first.
        16 chain: Vec<String> = "Chain" "触发链" [SYSTEM];
        /// When.
        17 at: Option<Instant> = "At" "时间" [SYSTEM];
    }
    spec {
        title: RuleRun::because,
        visibility: Visibility::Under { parent: RuleRun::about },
        indexes: &[IndexSpec::plain(1, "rule", &[Part::value(RuleRun::rule), Part::value(RuleRun::at)])],
    }
}

/// The unique index of rules by name.
pub const RULE_BY_NAME: u8 = 1;
/// The unique index of behaviours by name.
pub const BEHAVIOUR_BY_NAME: u8 = 1;
/// The index of runs by rule, then by time.
pub const RUN_BY_RULE: u8 = 1;
/// How often in a row a rule may fail where it doesn't say.
pub const MOST_FAILURES: i64 = 5;

impl Rule {
    /// What it is for.
    pub fn is_for(&self) -> Purpose {
        self.purpose.unwrap_or_default()
    }

    /// What it is written in.
    pub fn written_in(&self) -> Language {
        self.language.unwrap_or_default()
    }

    /// Its version; 0 before it is saved.
    pub fn edition(&self) -> i64 {
        self.version.unwrap_or(0)
    }

    /// Its name and version, as the journal keeps them.
    pub fn signature(&self) -> String {
        format!("{} v{}", self.name, self.edition())
    }

    /// Whether it is in force.
    pub fn is_active(&self) -> bool {
        self.state == Some(RuleState::Active)
    }

    /// The script as a judge is given it, for records of a kind.
    pub fn script(&self, kind: KindNo) -> Script<'_> {
        Script {
            name: &self.name,
            version: u64::try_from(self.edition()).unwrap_or(0),
            purpose: self.is_for(),
            kind,
            source: &self.source,
        }
    }
}
