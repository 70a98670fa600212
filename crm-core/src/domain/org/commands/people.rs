//! Users, departments, teams.

use chrono::NaiveDate;

use super::{set, set_some};
use crate::base::calendar::{local_date, plus_days};
use crate::base::kind::{DepartmentId, RoleId, TeamId, UserId};
use crate::domain::org::{Department, Leave, Team, User, active_user};
use crate::record::action::Action;
use crate::record::desk::{Desk, Purpose};
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::spec::Record;

command! {
    /// Creates a user.
    ///
    /// ```
    /// use crm_core::domain::org::CreateUser;
    /// let command: CreateUser = serde_json::from_str(r#"{"login": "li.na", "name": "李娜"}"#).unwrap();
    /// assert!(command.roles.is_empty());
    /// ```
    #[derive(Default)]
    pub struct CreateUser as "user.create" -> UserId {
        /// What the host signs the user in by; no two users share it.
        login: String,
        /// The name.
        name: String,
        /// The department.
        department: Option<DepartmentId>,
        /// The superior.
        manager: Option<UserId>,
        /// The roles.
        #[serde(default)]
        roles: Vec<RoleId>,
        /// The position.
        #[serde(default)]
        position: String,
        /// The region.
        #[serde(default)]
        region: String,
        /// How many open leads the user takes at most.
        capacity: Option<i64>,
    }
    run(this, desk) {
        let mut user = User::empty(desk.new_id());
        this.login.trim().clone_into(&mut user.login);
        this.name.trim().clone_into(&mut user.name);
        user.department = this.department;
        user.manager = this.manager;
        user.roles = this.roles;
        user.position = this.position;
        user.region = this.region;
        user.capacity = this.capacity;
        desk.put(&user)?;
        Ok(user.id())
    }
}

command! {
    /// Changes what is given of a user; `record.update` also clears fields.
    pub struct UpdateUser as "user.update" -> () {
        /// The user.
        user: UserId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The login.
        login: Option<String>,
        /// The name.
        name: Option<String>,
        /// The department.
        department: Option<DepartmentId>,
        /// The superior.
        manager: Option<UserId>,
        /// All roles.
        roles: Option<Vec<RoleId>>,
        /// The position.
        position: Option<String>,
        /// The region.
        region: Option<String>,
        /// How many open leads the user takes at most.
        capacity: Option<i64>,
    }
    run(this, desk) {
        let mut user: User = desk.load_at(this.user, Action::Update, this.revision)?;
        set(&mut user.login, this.login.map(|login| login.trim().to_owned()));
        set(&mut user.name, this.name.map(|name| name.trim().to_owned()));
        set_some(&mut user.department, this.department);
        set_some(&mut user.manager, this.manager);
        set(&mut user.roles, this.roles);
        set(&mut user.position, this.position);
        set(&mut user.region, this.region);
        set_some(&mut user.capacity, this.capacity);
        desk.put(&user)
    }
}

command! {
    /// Lets a disabled user work again. What was handed over stays where it is.
    pub struct EnableUser as "user.enable" -> () {
        /// The user.
        user: UserId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
    }
    run(this, desk) {
        let mut user: User = desk.load_at(this.user, Action::Update, this.revision)?;
        user.disabled = None;
        desk.put(&user)
    }
}

command! {
    /// Notes approved leave of a user: records are not reclaimed from him for days that he is away.
    pub struct GrantLeave as "user.leave" -> () {
        /// The user.
        user: UserId,
        /// The first day.
        from: NaiveDate,
        /// The last day.
        until: NaiveDate,
        /// Why.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        let mut user: User = desk.load_as(this.user, Action::Update)?;
        // Leave that is long past says nothing any more.
        let past = plus_days(local_date(desk.now(), desk.settings().zone), -LEAVE_KEPT_DAYS);
        user.leave.retain(|leave| leave.until >= past);
        user.leave.push(Leave { from: this.from, until: this.until });
        user.leave.sort_by_key(|leave| leave.from);
        desk.because(&this.reason);
        desk.put(&user)
    }
}

/// For how many days past leave is kept with the user; the journal keeps it for good.
const LEAVE_KEPT_DAYS: i64 = 730;

command! {
    /// Notes that a user signed in: the journal's entries of this command are the sign-in log.
    pub struct SignedIn as "user.signed_in" -> () {
        /// The user.
        user: UserId,
        /// From where and with what, as the host knows it; kept as the entry's reason.
        #[serde(default)]
        from: String,
    }
    run(this, desk) {
        // The host reports it for itself or in the name of the user, who may not change himself.
        if !matches!(desk.actor(), Actor::System) && desk.actor() != Actor::User(this.user) {
            return Err(Error::refused("user.sign_in_of_another", "a sign-in is reported for oneself"));
        }
        let known = desk.enlist_as::<User>(this.user, Purpose::Derive)?;
        let Some(mut user) = known else { return Err(Error::not_found(this.user.record())) };
        if user.disabled == Some(true) {
            return Err(Error::refused("user.disabled", format!("`{}` is disabled", user.name)));
        }
        user.signed_in_at = Some(desk.now());
        desk.because(&this.from);
        desk.put(&user)
    }
}

command! {
    /// Creates a department.
    pub struct CreateDepartment as "department.create" -> DepartmentId {
        /// The name.
        name: String,
        /// The department above.
        parent: Option<DepartmentId>,
    }
    run(this, desk) {
        let mut department = Department::empty(desk.new_id());
        this.name.trim().clone_into(&mut department.name);
        department.parent = this.parent;
        desk.put(&department)?;
        Ok(department.id())
    }
}

command! {
    /// Renames a department or puts it below another; `record.update` also puts it at the top.
    pub struct UpdateDepartment as "department.update" -> () {
        /// The department.
        department: DepartmentId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name.
        name: Option<String>,
        /// The department above.
        parent: Option<DepartmentId>,
    }
    run(this, desk) {
        let mut department: Department = desk.load_at(this.department, Action::Update, this.revision)?;
        set(&mut department.name, this.name.map(|name| name.trim().to_owned()));
        set_some(&mut department.parent, this.parent);
        desk.put(&department)
    }
}

command! {
    /// Creates a team.
    pub struct CreateTeam as "team.create" -> TeamId {
        /// The name.
        name: String,
        /// The members.
        #[serde(default)]
        members: Vec<UserId>,
    }
    run(this, desk) {
        let mut team = Team::empty(desk.new_id());
        this.name.trim().clone_into(&mut team.name);
        team.members = members(desk, &[], this.members)?;
        desk.put(&team)?;
        Ok(team.id())
    }
}

command! {
    /// Changes what is given of a team.
    pub struct UpdateTeam as "team.update" -> () {
        /// The team.
        team: TeamId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name.
        name: Option<String>,
        /// All members.
        members: Option<Vec<UserId>>,
    }
    run(this, desk) {
        let mut team: Team = desk.load_at(this.team, Action::Update, this.revision)?;
        set(&mut team.name, this.name.map(|name| name.trim().to_owned()));
        if let Some(given) = this.members {
            team.members = members(desk, &team.members, given)?;
        }
        desk.put(&team)
    }
}

/// The members of a team, each once; those who join are active.
fn members(desk: &mut dyn Desk, before: &[UserId], mut given: Vec<UserId>) -> Result<Vec<UserId>> {
    given.sort_unstable();
    given.dedup();
    for user in given.iter().filter(|user| !before.contains(user)) {
        active_user(desk, *user)?;
    }
    Ok(given)
}
