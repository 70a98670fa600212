//! The kinds of record: the one table in which each is registered.
//!
//! A line gives a kind its marker type (for [`Id`](super::Id)), its number (stored, never changed or
//! reused), the prefix under which its ids print, and its names.

use std::fmt;

/// The number of a kind of record, as stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindNo(pub u16);

/// A marker type that stands for one kind of record.
pub trait Kind: 'static {
    /// The stored number.
    const NO: KindNo;
}

/// What the table says of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindName {
    /// The stored number.
    pub no: KindNo,
    /// The machine name, which is also the prefix of its ids: `lead`.
    pub name: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $marker:ident = $no:literal, $name:literal, $en:literal, $zh:literal, $alias:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $marker {}
        impl Kind for $marker { const NO: KindNo = KindNo($no); }
        #[doc = concat!("The id of a ", $name, ".")]
        pub type $alias = super::Id<$marker>;)*

        /// Every kind of record, in the order of registration.
        pub const KINDS: &[KindName] =
            &[$(KindName { no: KindNo($no), name: $name, en: $en, zh: $zh }),*];
    };
}

kinds! {
    /// A person who uses the host.
    User = 1, "user", "User", "成员", UserId;
    /// A node of the department tree.
    Department = 2, "department", "Department", "部门", DepartmentId;
    /// A set of permissions.
    Role = 3, "role", "Role", "角色", RoleId;
    /// Users who work on the same records.
    Team = 4, "team", "Team", "团队", TeamId;
    /// A rule that shares records.
    Share = 5, "share", "Sharing rule", "共享规则", ShareId;
    /// The definition of a custom field.
    CustomField = 6, "custom_field", "Custom field", "自定义字段", CustomFieldId;
    /// The definition of a lifecycle or pipeline.
    LifecycleDefinition = 7, "lifecycle", "Lifecycle", "状态机", LifecycleId;
    /// A rule that gives out human codes.
    Numbering = 8, "numbering", "Numbering rule", "编号规则", NumberingId;
    /// The tenant's settings.
    Settings = 9, "settings", "Settings", "设置", SettingsId;
    /// A validation rule on a kind's fields.
    Validation = 10, "validation", "Validation rule", "校验规则", ValidationId;
    /// What a rule author wrote.
    Rule = 11, "rule", "Rule", "规则", RuleId;
    /// What a behaviour is that criteria name.
    Behaviour = 12, "behaviour", "Behaviour", "行为", BehaviourId;
    /// One run of an automation.
    RuleRun = 13, "rule_run", "Rule run", "规则执行", RuleRunId;
    /// A company or person with whom the business deals.
    Customer = 20, "customer", "Customer", "客户", CustomerId;
    /// A person who stands in a role at one or more customers.
    Contact = 21, "contact", "Contact", "联系人", ContactId;
    /// The link between a contact and a customer.
    ContactLink = 22, "contact_link", "Contact's post", "任职关系", ContactLinkId;
    /// A typed link between two customers, or between two contacts.
    Relation = 23, "relation", "Relation", "关联关系", RelationId;
    /// An industry that a tenant adds to the default tree.
    Industry = 24, "industry", "Industry", "行业", IndustryId;
    /// A pool of customers or leads without an owner.
    Pool = 25, "pool", "Public pool", "公海", PoolId;
    /// How many records a user claimed from a pool in a day.
    ClaimTally = 26, "claim_tally", "Claims of a day", "领取计数", ClaimTallyId;
    /// An unconfirmed interest.
    Lead = 30, "lead", "Lead", "线索", LeadId;
    /// How leads are assigned.
    Assignment = 31, "assignment", "Assignment rule", "分配规则", AssignmentId;
    /// A way by which leads come in.
    LeadChannel = 32, "lead_channel", "Lead channel", "获客渠道", LeadChannelId;
    /// A possible deal.
    Opportunity = 40, "opportunity", "Opportunity", "商机", OpportunityId;
    /// What is sold.
    Product = 50, "product", "Product", "产品", ProductId;
    /// A list of prices.
    PriceBook = 51, "price_book", "Price book", "价格表", PriceBookId;
    /// One price in a price book.
    Price = 52, "price", "Price", "价格", PriceId;
    /// Something that happened with a customer.
    Activity = 60, "activity", "Activity", "互动记录", ActivityId;
    /// Something that someone has to do by a time.
    Task = 61, "task", "Task", "任务", TaskId;
    /// A message in a user's inbox.
    Notification = 62, "notification", "Notification", "通知", NotificationId;
    /// A kind of activity that the tenant has added.
    ActivityType = 63, "activity_type", "Activity type", "互动类型", ActivityTypeId;
    /// Due work that failed too often.
    FailedWork = 64, "failed_work", "Failed work", "失败工作", FailedWorkId;
    /// A model that was trained on stored history.
    Model = 90, "model", "Model", "预测模型", ModelId;
    /// What is to be reached in a period.
    Target = 91, "target", "Target", "业绩目标", TargetId;
    /// A forecast that was kept.
    Forecast = 92, "forecast", "Forecast", "销售预测", ForecastId;
}

impl KindNo {
    /// What the table says of this kind, or none for a number that isn't in it.
    pub fn info(self) -> Option<&'static KindName> {
        KINDS.iter().find(|kind| kind.no == self)
    }

    /// The kind's machine name, `unknown` for a number that isn't in the table.
    pub fn name(self) -> &'static str {
        self.info().map_or("unknown", |kind| kind.name)
    }

    /// The kind with a machine name, an English label or a Chinese label.
    ///
    /// ```
    /// use crm_core::base::{Kind, KindNo, kind};
    /// assert_eq!(KindNo::from_name("lead"), Some(kind::Lead::NO));
    /// assert_eq!(KindNo::from_name("线索"), Some(kind::Lead::NO));
    /// ```
    pub fn from_name(name: &str) -> Option<KindNo> {
        KINDS
            .iter()
            .find(|kind| kind.name == name || kind.zh == name || kind.en.eq_ignore_ascii_case(name))
            .map(|kind| kind.no)
    }
}

impl fmt::Debug for KindNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name(), self.0)
    }
}

impl fmt::Display for KindNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for KindNo {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for KindNo {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        KindNo::from_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no kind of record is called `{name}`")))
    }
}
