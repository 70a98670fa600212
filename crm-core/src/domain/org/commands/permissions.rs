//! Roles and sharing rules.

use super::define;
use crate::base::KindNo;
use crate::base::kind::{DepartmentId, RoleId, ShareId, TeamId, UserId};
use crate::domain::org::{FieldRule, Grant, Role, Share};
use crate::record::action::Action;
use crate::record::spec::Record;

command! {
    /// Defines a role, or replaces what one may do. For administrators.
    ///
    /// ```
    /// use crm_core::domain::org::{DefineRole, Grant};
    /// use crm_core::record::action::{Action, Scope};
    /// let everything_own = Grant {
    ///     kind: "*".into(),
    ///     actions: vec![Action::Read, Action::Create, Action::Update],
    ///     scope: Scope::Subordinates,
    /// };
    /// let command = DefineRole {
    ///     role: None, revision: None, name: "sales".into(),
    ///     grants: vec![everything_own], fields: vec![], administrator: false,
    /// };
    /// assert_eq!(command.grants.len(), 1);
    /// ```
    #[derive(Default)]
    pub struct DefineRole as "role.define" -> RoleId {
        /// The role to replace; a new one when there is none.
        role: Option<RoleId>,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name, by which lifecycles refer to it.
        name: String,
        /// What it may do; the kind `*` stands for every kind that does not steer the engine.
        #[serde(default)]
        grants: Vec<Grant>,
        /// What it may not do with fields.
        #[serde(default)]
        fields: Vec<FieldRule>,
        /// Whether it may do everything with everything.
        #[serde(default)]
        administrator: bool,
    }
    run(this, desk) {
        let mut role: Role = define(desk, this.role, this.revision)?;
        this.name.trim().clone_into(&mut role.name);
        role.grants = this.grants;
        role.fields = this.fields;
        role.administrator = this.administrator.then_some(true);
        desk.put(&role)?;
        Ok(role.id())
    }
}

command! {
    /// Defines a sharing rule, or replaces one.
    pub struct DefineShare as "share.define" -> ShareId {
        /// The rule to replace; a new one when there is none.
        share: Option<ShareId>,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name.
        name: String,
        /// The kind of record.
        kind: KindNo,
        /// Which records, as the text of a filter; all when empty.
        #[serde(default)]
        filter: String,
        /// With which users.
        #[serde(default)]
        users: Vec<UserId>,
        /// With which teams.
        #[serde(default)]
        teams: Vec<TeamId>,
        /// With which departments and those below.
        #[serde(default)]
        departments: Vec<DepartmentId>,
        /// What for; reading when empty.
        #[serde(default)]
        actions: Vec<Action>,
    }
    run(this, desk) {
        let mut share: Share = define(desk, this.share, this.revision)?;
        share.name = this.name;
        this.kind.name().clone_into(&mut share.kind);
        share.filter = this.filter;
        share.users = this.users;
        share.teams = this.teams;
        share.departments = this.departments;
        share.actions = this.actions;
        desk.put(&share)?;
        Ok(share.id())
    }
}
