//! A public pool and its rules.

use chrono::NaiveDate;

use super::invariants;
use crate::base::kind::{DepartmentId, PoolId, RuleId, UserId};
use crate::record::spec::{IndexSpec, Part, Visibility};

record! {
    /// A pool of customers or leads without an owner, which its members may claim.
    pub struct Pool is Pool {
        /// The name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// The kind of record in it: `customer` or `lead`.
        11 kind: String = "Kind" "对象" [REQUIRED];
        /// The departments whose users are members.
        12 departments: Vec<DepartmentId> = "Departments" "部门";
        /// Users who are members beside.
        13 users: Vec<UserId> = "Users" "成员";
        /// The region (a province, city or country) whose records belong here.
        14 region: String = "Region" "区域";
        /// Reclaim after so many days without follow-up.
        20 follow_up_days: Option<i64> = "Days without follow-up" "未跟进天数";
        /// Reclaim a customer after so many days without an opportunity.
        21 opportunity_days: Option<i64> = "Days without opportunity" "无商机天数";
        /// Reclaim a customer after so many days without a deal.
        22 deal_days: Option<i64> = "Days without deal" "未成交天数";
        /// Whether days are working days.
        23 working_days: Option<bool> = "Working days" "按工作日";
        /// Warn the owner so many days ahead.
        24 warn_days: Option<i64> = "Warn days ahead" "提前提醒天数";
        /// Levels that are never reclaimed.
        25 exempt_levels: Vec<String> = "Exempt levels" "豁免级别";
        /// States that are never reclaimed.
        26 exempt_states: Vec<String> = "Exempt states" "豁免状态";
        /// Flags that are never reclaimed.
        27 exempt_flags: Vec<String> = "Exempt flags" "豁免标记";
        /// A rule; records for which it holds are never reclaimed.
        28 exempt_rule: Option<RuleId> = "Exempt rule" "豁免规则";
        /// A rule; only records for which it holds are reclaimed.
        29 reclaim_rule: Option<RuleId> = "Reclaim rule" "回收规则";
        /// How many records a user may own at most.
        30 owned_limit: Option<i64> = "Records owned at most" "保有上限";
        /// How many records a user may claim a day.
        31 claims_a_day: Option<i64> = "Claims a day" "每日领取上限";
        /// For how many days the last owner may not claim a record again.
        32 cooldown_days: Option<i64> = "Last owner's wait in days" "前负责人冷却天数";
    }
    spec {
        title: Pool::name, steers: true, invariant: Some(invariants::pool),
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(11), Part::folded(10)])],
    }
}

record! {
    /// How many records a user claimed from a pool on the last day on which he claimed any.
    pub struct ClaimTally is ClaimTally {
        /// The pool.
        10 pool: Option<PoolId> = "Public pool" "公海" [REQUIRED SYSTEM];
        /// The user.
        11 user: Option<UserId> = "User" "成员" [REQUIRED SYSTEM];
        /// The day, in the organisation's time zone.
        12 day: Option<NaiveDate> = "Day" "日期" [SYSTEM];
        /// How many.
        13 claims: i64 = "Claims" "领取数" [SYSTEM];
    }
    spec {
        title: ClaimTally::day,
        visibility: Visibility::Under { parent: ClaimTally::pool },
        indexes: &[IndexSpec::unique(
            1, "pool_user", &[Part::value(ClaimTally::pool), Part::value(ClaimTally::user)],
        )],
    }
}

/// The unique index of pools by kind and name.
pub const POOL_BY_NAME: u8 = 1;
/// The unique index of tallies by pool and user.
pub const TALLY_BY_USER: u8 = 1;

impl Pool {
    /// Whether a user is a member.
    pub fn has_member(&self, user: UserId, department: Option<DepartmentId>) -> bool {
        self.users.contains(&user) || department.is_some_and(|mine| self.departments.contains(&mine))
    }

    /// Whether it takes records from owners who leave them lying.
    pub fn reclaims(&self) -> bool {
        self.follow_up_days.is_some() || self.opportunity_days.is_some() || self.deal_days.is_some()
    }

    /// Whether it belongs to no department and no region, and so is for every record.
    pub fn is_for_all(&self) -> bool {
        self.departments.is_empty() && self.region.is_empty()
    }
}
