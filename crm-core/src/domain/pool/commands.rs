//! Defining pools.

use super::Pool;
use crate::base::KindNo;
use crate::base::kind::{DepartmentId, PoolId, RuleId, UserId};
use crate::record::action::Action;
use crate::record::spec::Record;

command! {
    /// Defines a public pool, or replaces its rules.
    ///
    /// ```
    /// use crm_core::domain::pool::DefinePool;
    /// let command: DefinePool = serde_json::from_str(
    ///     r#"{"name": "华东客户公海", "kind": "customer", "follow_up_days": 30, "warn_days": 3, "claims_a_day": 5}"#,
    /// ).unwrap();
    /// assert_eq!(command.follow_up_days, Some(30));
    /// ```
    pub struct DefinePool as "pool.define" -> PoolId {
        /// The pool to replace; a new one when there is none.
        pool: Option<PoolId>,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name.
        name: String,
        /// The kind of record in it.
        kind: KindNo,
        /// The departments whose users are members.
        #[serde(default)]
        departments: Vec<DepartmentId>,
        /// Users who are members beside.
        #[serde(default)]
        users: Vec<UserId>,
        /// The province, city or country whose records belong here.
        #[serde(default)]
        region: String,
        /// Reclaim after so many days without follow-up; never when there is none.
        follow_up_days: Option<i64>,
        /// Reclaim a customer after so many days without an opportunity.
        opportunity_days: Option<i64>,
        /// Reclaim a customer after so many days without a deal.
        deal_days: Option<i64>,
        /// Whether days are working days.
        #[serde(default)]
        working_days: bool,
        /// Warn the owner so many days ahead.
        warn_days: Option<i64>,
        /// Levels that are never reclaimed.
        #[serde(default)]
        exempt_levels: Vec<String>,
        /// States that are never reclaimed.
        #[serde(default)]
        exempt_states: Vec<String>,
        /// Flags that are never reclaimed.
        #[serde(default)]
        exempt_flags: Vec<String>,
        /// A rule; records for which it holds are never reclaimed.
        exempt_rule: Option<RuleId>,
        /// A rule; only records for which it holds are reclaimed.
        reclaim_rule: Option<RuleId>,
        /// How many records a user may own at most; no limit when there is none.
        owned_limit: Option<i64>,
        /// How many records a user may claim a day.
        claims_a_day: Option<i64>,
        /// For how many days the last owner may not claim a record again.
        cooldown_days: Option<i64>,
    }
    run(this, desk) {
        let mut pool: Pool = match this.pool {
            Some(id) => desk.load_at(id, Action::Update, this.revision)?,
            None => Pool::empty(desk.new_id()),
        };
        this.name.trim().clone_into(&mut pool.name);
        this.kind.name().clone_into(&mut pool.kind);
        pool.departments = this.departments;
        pool.users = this.users;
        pool.region = this.region;
        pool.follow_up_days = this.follow_up_days;
        pool.opportunity_days = this.opportunity_days;
        pool.deal_days = this.deal_days;
        pool.working_days = this.working_days.then_some(true);
        pool.warn_days = this.warn_days;
        pool.exempt_levels = this.exempt_levels;
        pool.exempt_states = this.exempt_states;
        pool.exempt_flags = this.exempt_flags;
        (pool.exempt_rule, pool.reclaim_rule) = (this.exempt_rule, this.reclaim_rule);
        pool.owned_limit = this.owned_limit;
        pool.claims_a_day = this.claims_a_day;
        pool.cooldown_days = this.cooldown_days;
        desk.put(&pool)?;
        Ok(pool.id())
    }
}

impl DefinePool {
    /// A new pool for records of a kind, without members, rules and limits.
    pub fn new(name: &str, kind: KindNo) -> Self {
        DefinePool {
            pool: None,
            revision: None,
            name: name.to_owned(),
            kind,
            departments: Vec::new(),
            users: Vec::new(),
            region: String::new(),
            follow_up_days: None,
            opportunity_days: None,
            deal_days: None,
            working_days: false,
            warn_days: None,
            exempt_levels: Vec::new(),
            exempt_states: Vec::new(),
            exempt_flags: Vec::new(),
            exempt_rule: None,
            reclaim_rule: None,
            owned_limit: None,
            claims_a_day: None,
            cooldown_days: None,
        }
    }
}
