//! Assignment rules, and the channels that leads come in by.

use crate::base::kind::{PoolId, RuleId, TeamId, UserId};
use crate::choice_fields;
use crate::record::source::Source;
use crate::record::spec::{IndexSpec, Part};

crate::choice! {
    /// How a rule chooses among its users.
    #[derive(Default)]
    pub enum Method {
        /// In turn.
        #[default]
        RoundRobin "round_robin" "Round robin" "轮流",
        /// In turn, by weight.
        Weighted "weighted" "Weighted" "按权重",
        /// To the one with the most room for open leads.
        Capacity "capacity" "By capacity" "按容量",
    }
}

crate::choice! {
    /// What to do with a captured lead that repeats a record.
    #[derive(Default)]
    pub enum OnDuplicate {
        /// Take it, and mark it.
        #[default]
        Flag "flag" "Flag" "标记",
        /// Don't take it.
        Refuse "refuse" "Refuse" "拒绝",
        /// Merge it into the lead that it repeats, or note it on the customer.
        Merge "merge" "Merge" "合并",
        /// Note it on the customer that it repeats and tell the owner, or merge it into the lead.
        Attach "attach" "Attach" "记为互动",
    }
}

crate::choice! {
    /// What two records have in common that makes one the other's duplicate.
    pub enum MatchKey {
        /// A telephone number.
        Phone "phone" "Phone" "手机",
        /// An e-mail address.
        Email "email" "E-mail" "邮箱",
        /// The person's and the company's name.
        NameCompany "name_company" "Name and company" "姓名和公司",
        /// The company's name.
        Company "company" "Company" "公司",
    }
}
choice_fields!(Method, OnDuplicate, MatchKey);

row! {
    /// A user who gets leads by a rule, and which of them.
    #[derive(Default)]
    pub struct Taker as Row {
        /// The user.
        user: Option<UserId> = "User" "成员";
        /// His weight; 1 when empty, 0 for none for now.
        weight: Option<u32> = "Weight" "权重";
        /// The countries, provinces or cities whose leads he takes; all when empty.
        regions: Vec<String> = "Regions" "区域";
        /// The industries; all when empty.
        industries: Vec<String> = "Industries" "行业";
        /// The products; all when empty.
        products: Vec<String> = "Products" "产品";
    }
}

record! {
    /// A rule that gives leads to users, a team or a pool. The first rule that fits a lead and has somebody
    /// to give it to counts.
    pub struct Assignment is Assignment {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The rules' order; the least comes first.
        11 place: Option<i64> = "Order" "顺序";
        /// Whether it is switched off.
        12 disabled: Option<bool> = "Disabled" "停用";
        /// How it chooses; in turn when empty.
        13 method: Option<Method> = "Method" "方式";
        /// The users that it chooses among.
        14 takers: Vec<Taker> = "Users" "成员";
        /// A team whose members are such users too.
        15 team: Option<TeamId> = "Team" "团队";
        /// The pool for leads that no user takes.
        16 pool: Option<PoolId> = "Public pool" "公海";
        /// The sources whose leads it is for; all when empty.
        20 sources: Vec<Source> = "Sources" "来源";
        /// The channels.
        21 channels: Vec<String> = "Channels" "渠道";
        /// The countries, provinces or cities.
        22 regions: Vec<String> = "Regions" "区域";
        /// The industries.
        23 industries: Vec<String> = "Industries" "行业";
        /// The products.
        24 products: Vec<String> = "Products" "产品";
        /// The score from which on.
        25 score_from: Option<i64> = "Score from" "最低评分";
        /// A rule that says which leads it is for, as a criterion, or as a script whom each goes to.
        26 rule: Option<RuleId> = "Rule" "规则";
        /// The hours of working days in which leads are given to users, such as `09:00-18:00`; any time when empty.
        30 hours: String = "Working hours" "工作时间";
        /// A lead that its owner hasn't touched for so many hours goes to another.
        31 reassign_hours: Option<i64> = "Reassign after hours" "未跟进重新分配（小时）";
    }
    spec {
        title: Assignment::name,
        indexes: &[
            IndexSpec::plain(1, "order", &[Part::value(Assignment::place)]),
            IndexSpec::unique(2, "name", &[Part::folded(Assignment::name)]),
        ],
    }
}

/// The index of assignment rules in their order.
pub const BY_PLACE: u8 = 1;

record! {
    /// A channel that leads come in by: a form, a mailbox, an advertisement, an interface.
    pub struct LeadChannel is LeadChannel {
        /// The name, by which captures refer to it.
        10 name: String = "Name" "名称" [REQUIRED];
        /// What to do with a lead that repeats a record; marked when empty.
        11 on_duplicate: Option<OnDuplicate> = "Duplicates" "重复处理";
        /// What makes a duplicate; telephone number, e-mail address and company when empty.
        12 match_on: Vec<MatchKey> = "Match on" "查重字段";
        /// The source of leads that come without one.
        13 source: Option<Source> = "Source" "来源";
        /// The campaign of leads that come without one.
        14 campaign: String = "Campaign" "营销活动";
        /// Whether a message of an unknown sender becomes a lead.
        15 unknown_senders: Option<bool> = "Unknown senders become leads" "陌生来信建线索";
    }
    spec {
        title: LeadChannel::name,
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(LeadChannel::name)])],
    }
}

/// The unique index of channels by name.
pub const CHANNEL_BY_NAME: u8 = 1;
