//! Users, departments, roles, teams, sharing rules, and definitions.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::invariants;
use crate::base::kind::{DepartmentId, RoleId, SettingsId, TeamId, UserId};
use crate::base::settings::Disclosure;
use crate::base::{Currency, Instant};
use crate::choice_fields;
use crate::record::action::{Action, FieldAccess, Scope};
use crate::record::field::FieldType;
use crate::record::spec::{IndexSpec, Part};

choice_fields!(Disclosure);

row! {
    /// Days on which a user is away by leave, the last included.
    pub struct Leave as Row {
        from: NaiveDate = "From" "起始日";
        until: NaiveDate = "Until" "截止日";
    }
}

record! {
    /// A person who uses the host.
    pub struct User is User {
        /// What the host signs the user in by.
        10 login: String = "Login" "登录名" [REQUIRED];
        /// The name.
        11 name: String = "Name" "姓名" [REQUIRED SEARCHED];
        /// The department.
        12 department: Option<DepartmentId> = "Department" "部门";
        /// The superior.
        13 manager: Option<UserId> = "Manager" "上级";
        /// The roles.
        14 roles: Vec<RoleId> = "Roles" "角色";
        /// Whether the user has left.
        15 disabled: Option<bool> = "Disabled" "停用" [SYSTEM];
        /// The position.
        16 position: String = "Position" "职位";
        /// The region the user works in, for assignment by region.
        17 region: String = "Region" "区域";
        /// When the host last reported a sign-in.
        18 signed_in_at: Option<Instant> = "Last sign-in" "最近登录" [SYSTEM];
        /// How many open leads the user takes at most.
        19 capacity: Option<i64> = "Lead capacity" "线索上限";
        /// Approved leave: days that don't count against the user.
        20 leave: Vec<Leave> = "Leave" "休假";
    }
    spec {
        title: User::name, steers: true, invariant: Some(invariants::user),
        indexes: &[
            IndexSpec::unique(1, "login", &[Part::folded(User::login)]),
            IndexSpec::plain(2, "department", &[Part::value(User::department)]),
            IndexSpec::plain(3, "manager", &[Part::value(User::manager)]),
            IndexSpec::plain(4, "roles", &[Part::value(User::roles)]),
        ],
    }
}

record! {
    /// A node of the department tree.
    pub struct Department is Department {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The department above.
        11 parent: Option<DepartmentId> = "Parent" "上级部门";
    }
    spec {
        title: Department::name, steers: true, invariant: Some(invariants::department),
        indexes: &[IndexSpec::plain(1, "parent", &[Part::value(Department::parent)])],
    }
}

record! {
    /// Users who work on the same records.
    pub struct Team is Team {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The members.
        11 members: Vec<UserId> = "Members" "成员";
    }
    spec { title: Team::name, steers: true }
}

row! {
    /// What a role may do with a kind of record.
    pub struct Grant as Row {
        kind: String = "Kind" "对象";
        actions: Vec<Action> = "Actions" "操作";
        scope: Scope = "Scope" "数据范围";
    }
}

row! {
    /// What a role may not do with a field.
    pub struct FieldRule as Row {
        kind: String = "Kind" "对象";
        field: String = "Field" "字段";
        access: FieldAccess = "Access" "权限";
    }
}

record! {
    /// A set of permissions.
    pub struct Role is Role {
        /// The name, by which lifecycles refer to it.
        10 name: String = "Name" "名称" [REQUIRED];
        /// What it may do; the kind `*` stands for every kind.
        11 grants: Vec<Grant> = "Grants" "权限";
        /// What it may not do with fields.
        12 fields: Vec<FieldRule> = "Field rules" "字段权限";
        /// Whether it may do everything with everything.
        13 administrator: Option<bool> = "Administrator" "管理员";
    }
    spec {
        title: Role::name, steers: true, invariant: Some(invariants::role),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(Role::name)])],
    }
}

record! {
    /// A rule that shares the records of a kind that pass a filter.
    pub struct Share is Share {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The kind of record.
        11 kind: String = "Kind" "对象" [REQUIRED];
        /// Which records, as the text of a filter; all when empty.
        12 filter: String = "Filter" "条件";
        /// With which users.
        13 users: Vec<UserId> = "Users" "成员";
        /// With which teams.
        14 teams: Vec<TeamId> = "Teams" "团队";
        /// With which departments.
        15 departments: Vec<DepartmentId> = "Departments" "部门";
        /// What for; reading when empty.
        16 actions: Vec<Action> = "Actions" "操作";
    }
    spec { title: Share::name, steers: true, invariant: Some(invariants::share) }
}

row! {
    /// A choice of a custom field.
    pub struct FieldChoice as Row {
        code: String = "Code" "代码";
        en: String = "English label" "英文名";
        zh: String = "Chinese label" "中文名";
    }
}

row! {
    /// A column of a custom sub-table.
    pub struct FieldColumn as Row {
        name: String = "Name" "名称";
        /// The name when empty.
        #[serde(default)]
        en: String = "English label" "英文名";
        /// The name when empty.
        #[serde(default)]
        zh: String = "Chinese label" "中文名";
        ty: CustomType = "Type" "类型";
        /// The kind of record that a reference names; any when empty.
        #[serde(default)]
        target: String = "Refers to" "引用对象";
        /// The choices, for single and multiple choice.
        #[serde(default)]
        choices: Vec<FieldChoice> = "Choices" "选项";
    }
}

crate::choice! {
    /// The type of a custom field.
    #[derive(Default)]
    pub enum CustomType {
        /// Text.
        #[default]
        Text "text" "Text" "文本",
        /// A number.
        Number "number" "Number" "数字",
        /// An amount of money.
        Money "money" "Money" "金额",
        /// Yes or no.
        Bool "bool" "Yes/no" "是否",
        /// A day.
        Date "date" "Date" "日期",
        /// A point in time.
        DateTime "date_time" "Date and time" "日期时间",
        /// One of several choices.
        Choice "choice" "Single choice" "单选",
        /// Some of several choices.
        Choices "choices" "Multiple choice" "多选",
        /// Another record.
        Reference "reference" "Reference" "引用",
        /// Several texts.
        List "list" "List" "列表",
        /// Rows of columns.
        Table "table" "Sub-table" "子表",
    }
}
choice_fields!(CustomType);

impl CustomType {
    /// The field type, and whether it holds several.
    pub const fn field_type(self) -> (FieldType, bool) {
        match self {
            CustomType::Text => (FieldType::Text, false),
            CustomType::Number => (FieldType::Decimal, false),
            CustomType::Money => (FieldType::Money, false),
            CustomType::Bool => (FieldType::Bool, false),
            CustomType::Date => (FieldType::Date, false),
            CustomType::DateTime => (FieldType::Instant, false),
            CustomType::Choice => (FieldType::Choice, false),
            CustomType::Choices => (FieldType::Choice, true),
            CustomType::Reference => (FieldType::Record(None), false),
            CustomType::List => (FieldType::Text, true),
            CustomType::Table => (FieldType::Row, true),
        }
    }
}

record! {
    /// The definition of a custom field.
    pub struct CustomField is CustomField {
        /// The kind of record that has it.
        10 kind: String = "Kind" "对象" [REQUIRED];
        /// The number under which values are stored, given out once.
        11 number: i64 = "Number" "编号" [SYSTEM];
        /// The machine name.
        12 name: String = "Name" "名称" [REQUIRED];
        /// The English label.
        13 en: String = "English label" "英文名";
        /// The Chinese label.
        14 zh: String = "Chinese label" "中文名";
        /// The type.
        15 ty: CustomType = "Type" "类型";
        /// The choices.
        16 choices: Vec<FieldChoice> = "Choices" "选项";
        /// The columns.
        17 columns: Vec<FieldColumn> = "Columns" "列";
        /// The kind of record referred to.
        18 target: String = "Target kind" "引用对象";
        /// Whether a value must be there.
        19 required: Option<bool> = "Required" "必填";
        /// Whether no two records may share a value.
        20 unique: Option<bool> = "Unique" "唯一";
        /// Whether it is personal data.
        21 personal: Option<bool> = "Personal data" "个人信息";
        /// The value of new records that are given none.
        22 default: String = "Default" "默认值";
        /// What text must look like: `#` a digit, `@` a letter, `?` any, `*` anything, `\` literal.
        23 pattern: String = "Pattern" "格式";
        /// The least number.
        24 least: Option<Decimal> = "Least" "最小值";
        /// The greatest number.
        25 most: Option<Decimal> = "Most" "最大值";
        /// What a person entering it is told.
        26 help: String = "Help" "说明";
        /// Whether it takes no more values; its history stays.
        27 retired: Option<bool> = "Retired" "停用" [SYSTEM];
    }
    spec { title: CustomField::name, steers: true, invariant: Some(invariants::custom_field) }
}

record! {
    /// A validation rule: records of a kind must pass a filter.
    pub struct Validation is Validation {
        /// The name, shown when it fails.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The kind of record.
        11 kind: String = "Kind" "对象" [REQUIRED];
        /// When it applies, as the text of a filter; always when empty.
        12 when: String = "When" "适用条件";
        /// What must hold, as the text of a filter.
        13 holds: String = "Holds" "校验条件" [REQUIRED];
        /// The field it is about, for the error.
        14 field: String = "Field" "字段";
        /// What a person reads when it fails.
        15 message: String = "Message" "提示";
    }
    spec { title: Validation::name, steers: true, invariant: Some(invariants::validation) }
}

record! {
    /// The definition of a lifecycle or pipeline.
    pub struct LifecycleDefinition is LifecycleDefinition {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED SYSTEM];
        /// The kind of record.
        11 kind: String = "Kind" "对象" [REQUIRED SYSTEM];
        /// The definition as JSON.
        12 definition: String = "Definition" "定义" [REQUIRED SYSTEM];
        /// Whether new records of the kind follow it unless they name another.
        13 default: Option<bool> = "Default" "默认" [SYSTEM];
    }
    spec {
        title: LifecycleDefinition::name, steers: true, invariant: Some(invariants::lifecycle),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(11), Part::folded(10)])],
    }
}

record! {
    /// A rule that gives records of a kind human codes.
    pub struct Numbering is Numbering {
        /// The kind of record.
        10 kind: String = "Kind" "对象" [REQUIRED];
        /// The template, such as `C{yyyy}-{n:5}`.
        11 template: String = "Template" "模板" [REQUIRED];
    }
    spec {
        title: Numbering::template, steers: true, invariant: Some(invariants::numbering),
        indexes: &[IndexSpec::unique(1, "kind", &[Part::folded(10)])],
    }
}

row! {
    /// What one unit of a currency is worth in the base currency from a date on.
    pub struct RateRow as Row {
        currency: Option<Currency> = "Currency" "币种";
        from: NaiveDate = "From" "起始日";
        rate: Decimal = "Rate" "汇率";
    }
}

row! {
    /// What an activity of a kind counts towards how lively a customer is.
    pub struct WeightRow as Row {
        kind: String = "Kind" "类型";
        weight: Decimal = "Weight" "权重";
    }
}

record! {
    /// The tenant's settings; there is one record.
    pub struct Settings is Settings {
        /// The organisation's time zone, by its IANA name.
        10 zone: String = "Time zone" "时区";
        /// The region of phone numbers without a country code.
        11 region: String = "Default region" "默认地区";
        /// The currency of totals.
        12 currency: Option<Currency> = "Base currency" "本位币";
        /// Exchange rates.
        13 rates: Vec<RateRow> = "Exchange rates" "汇率";
        /// The month in which the fiscal year begins.
        14 fiscal_start: Option<i64> = "Fiscal year starts in month" "财年起始月";
        /// Days off.
        15 holidays: Vec<NaiveDate> = "Holidays" "节假日";
        /// Weekend days on which people work.
        16 extra_workdays: Vec<NaiveDate> = "Extra working days" "调休工作日";
        /// Whether two customers may share a name.
        17 same_customer_names: Option<bool> = "Customers may share a name" "允许客户重名";
        /// What a user learns of a duplicate that he may not see.
        18 duplicate_disclosure: Option<Disclosure> = "Duplicate disclosure" "查重提示";
        /// For how many days the journal is kept before it may be trimmed; for ever when empty.
        19 retention_days: Option<i64> = "Retention in days" "保留天数";
        /// After how many days an activity counts half.
        30 activity_half_life_days: Option<i64> = "Activity half-life in days" "活跃度半衰期（天）";
        /// What activities count by kind, in place of the usual weights where there are any; others count 1.
        31 activity_weights: Vec<WeightRow> = "Activity weights" "互动权重";
        /// From which count of activities on a customer is active.
        32 active_from: Option<Decimal> = "Active from" "活跃下限";
        /// Below which count it is silent.
        33 silent_below: Option<Decimal> = "Silent below" "沉寂上限";
        /// After how many months without a purchase a customer's owner is reminded to make an offer; never when empty.
        34 offer_after_months: Option<i64> = "Offer after months without purchase" "未成交提醒（月）";
    }
    spec { title: Settings::zone, steers: true, invariant: Some(invariants::settings) }
}

/// The id of the one record of settings.
pub const SETTINGS: SettingsId = SettingsId::from_u128(1);
/// The index of users by login.
pub const USER_BY_LOGIN: u8 = 1;
/// The index of users by manager.
pub const USER_BY_MANAGER: u8 = 3;
/// The index of lifecycles by kind and name.
pub const LIFECYCLE_BY_NAME: u8 = 1;
/// The index of numbering rules by kind.
pub const NUMBERING_BY_KIND: u8 = 1;
