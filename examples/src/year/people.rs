//! The organisation: settings, departments, roles, people, public pools, who gets which leads, and the
//! pipeline that deals pass through.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::choice::Choice;
use crm_core::base::{Kind, kind};
use crm_core::domain::lead::{OnDuplicate, Taker};
use crm_core::domain::org::{
    ChangeSettings, CreateDepartment, CreateUser, DefineLifecycle, DefineNumbering, DefineRole, FieldRule,
    Grant,
};
use crm_core::domain::pool::DefinePool;
use crm_core::domain::target::Metric;
use crm_core::engine::flows::hand_over::DisableUser;
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};
use crm_core::record::field::Field;
use crm_core::record::lifecycle;

use super::files::{DepartmentRow, Files, TargetRow, UserRow, items};
use crate::{Outcome, fields};

/// The mainland's days off in 2025, each from the first to the last.
const HOLIDAYS: [(&str, &str); 6] = [
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
];
/// The weekend days on which people work instead.
const EXTRA_WORKDAYS: [&str; 5] = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"];
/// A customer goes back to its pool after so many days without follow-up.
pub const FOLLOW_UP_DAYS: i64 = 120;

/// The people, and where they belong.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The users by code.
    pub users: BTreeMap<String, UserId>,
    /// The departments by code.
    pub departments: BTreeMap<String, DepartmentId>,
    /// The public pool of customers of each province or country.
    pub pools: BTreeMap<String, PoolId>,
    /// Names of departments by their id, in Chinese and English.
    pub names: BTreeMap<DepartmentId, String>,
}

impl People {
    /// Sets the organisation up.
    ///
    /// # Errors
    /// What a command answers that is refused.
    pub fn settle(crm: &Crm, files: &Files) -> Outcome<People> {
        let system = crm.system();
        let mut people = People::default();
        settings(&system)?;
        let text = std::fs::read_to_string(files.path("pipeline.zh.yaml"))?;
        let definition = lifecycle::load(&text).map_err(|faults| format!("{faults:?}"))?;
        system.execute(DefineLifecycle { definition, default: true, map: BTreeMap::new() })?;
        let text = std::fs::read_to_string(files.path("orders.zh.yaml"))?;
        let definition = lifecycle::load(&text).map_err(|faults| format!("{faults:?}"))?;
        system.execute(DefineLifecycle { definition, default: false, map: BTreeMap::new() })?;
        let departments = files.rows::<DepartmentRow>("departments.csv")?;
        for (_, row) in &departments {
            let name = format!("{} {}", row.name_zh, row.name);
            let parent = people.departments.get(&row.parent).copied();
            let department = system.execute(CreateDepartment { name: name.clone(), parent })?;
            people.departments.insert(row.code.clone(), department);
            people.names.insert(department, name);
        }
        let users = files.rows::<UserRow>("users.csv")?;
        people.hire(&system, &users)?;
        for (_, row) in departments.iter().filter(|(_, row)| !row.regions.is_empty()) {
            people.open_pool(&system, row)?;
        }
        people.share_out_leads(&system, &users)?;
        people.set_targets(&system, files)?;
        Ok(people)
    }

    /// A user by code.
    ///
    /// # Errors
    /// When there is none.
    pub fn user(&self, code: &str) -> Outcome<UserId> {
        Ok(*self.users.get(code).ok_or_else(|| format!("there is no user `{code}`"))?)
    }

    /// The engine for a user.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn session<'c>(&self, crm: &'c Crm, code: &str) -> Outcome<Session<'c>> {
        Ok(crm.session(Actor::User(self.user(code)?)))
    }

    fn hire(&mut self, system: &Session<'_>, rows: &[(u64, UserRow)]) -> Outcome {
        let roles = roles(system)?;
        for (_, row) in rows {
            let role =
                roles.get(row.position.as_str()).ok_or_else(|| format!("no role `{}`", row.position))?;
            let user = system.execute(CreateUser {
                login: row.code.clone(),
                name: row.name.clone(),
                department: self.departments.get(&row.department).copied(),
                manager: self.users.get(&row.manager).copied(),
                roles: vec![*role],
                position: row.position.clone(),
                region: row.regions.clone(),
                ..CreateUser::default()
            })?;
            self.users.insert(row.code.clone(), user);
            if row.status == "disabled" {
                system.execute(DisableUser { user, revision: None, reason: "has left".into() })?;
            }
        }
        Ok(())
    }

    /// A department's public pool of customers.
    fn open_pool(&mut self, system: &Session<'_>, row: &DepartmentRow) -> Outcome {
        let department = *self.departments.get(&row.code).ok_or("no department")?;
        let pool = system.execute(DefinePool {
            departments: vec![department],
            follow_up_days: Some(FOLLOW_UP_DAYS),
            warn_days: Some(7),
            claims_a_day: Some(5),
            cooldown_days: Some(30),
            ..DefinePool::new(&format!("{}公海 {} pool", row.name_zh, row.name), kind::Customer::NO)
        })?;
        self.pools.extend(items(&row.regions).into_iter().map(|region| (region, pool)));
        Ok(())
    }

    /// Leads go to whoever sells in their province or country; those of no one's into a pool for all.
    fn share_out_leads(&self, system: &Session<'_>, rows: &[(u64, UserRow)]) -> Outcome {
        let pool = system.execute(DefinePool {
            departments: self.departments.values().copied().collect(),
            ..DefinePool::new("线索公海 Lead pool", kind::Lead::NO)
        })?;
        let mut takers = Vec::new();
        for (_, row) in rows.iter().filter(|(_, row)| row.status == "active" && !row.regions.is_empty()) {
            let user = Some(self.user(&row.code)?);
            takers.push(Taker { user, regions: items(&row.regions), ..Taker::default() });
        }
        system.execute(CreateRecord {
            kind: kind::Assignment::NO,
            fields: fields([
                ("name", "按区域 By region".into()),
                ("takers", takers.to_value()),
                ("pool", pool.into()),
            ]),
        })?;
        system.execute(CreateRecord {
            kind: kind::LeadChannel::NO,
            fields: fields([("name", "import".into()), ("on_duplicate", OnDuplicate::Merge.to_value())]),
        })?;
        Ok(())
    }
}

impl People {
    fn set_targets(&self, system: &Session<'_>, files: &Files) -> Outcome {
        for (_, row) in files.rows::<TargetRow>("targets.csv")? {
            let department = self.departments.get(&row.department).copied();
            let fields = fields([
                ("name", row.name.as_str().into()),
                ("metric", Metric::AmountWon.code().into()),
                ("from", row.from.into()),
                ("until", row.until.into()),
                ("department", department.map_or(Value::Null, Value::from)),
                ("amount", Money::new(row.amount, Currency::CNY).into()),
            ]);
            system.execute(CreateRecord { kind: kind::Target::NO, fields })?;
        }
        Ok(())
    }
}

fn settings(system: &Session<'_>) -> Outcome {
    let mut holidays = Vec::new();
    for (first, last) in HOLIDAYS {
        let (first, last): (NaiveDate, NaiveDate) = (first.parse()?, last.parse()?);
        holidays.extend(first.iter_days().take_while(|day| *day <= last));
    }
    system.execute(ChangeSettings {
        zone: Some("Asia/Shanghai".into()),
        region: Some("CN".into()),
        currency: Some(Currency::CNY),
        holidays: Some(holidays),
        offer_after_months: Some(3),
        extra_workdays: Some(EXTRA_WORKDAYS.iter().map(|day| day.parse()).collect::<Result<_, _>>()?),
        ..ChangeSettings::default()
    })?;
    // Customers that leads become are numbered apart from those of the years before.
    system.execute(DefineNumbering { kind: kind::Customer::NO, template: "C{yyyy}-{n:3}".into() })?;
    Ok(())
}

/// Directors see and do everything, managers in their department, clerks with what is theirs; what a
/// customer earns is no business of a clerk, and its credit code is shown to him in part.
fn roles(system: &Session<'_>) -> Outcome<BTreeMap<&'static str, RoleId>> {
    use Action::{Assign, Claim, Convert, Create, Delete, Import, Move, Read, Release, Update};
    let work = [Read, Create, Update, Move, Claim, Release, Convert];
    let lead = [Read, Create, Update, Move, Claim, Release, Convert, Assign];
    let all = [Read, Create, Update, Delete, Move, Claim, Release, Convert, Assign, Import];
    let grant = |kind: &str, actions: &[Action], scope| Grant {
        kind: kind.to_owned(),
        actions: actions.to_vec(),
        scope,
    };
    let everybody = |actions: &[Action], scope| {
        vec![
            grant("*", actions, scope),
            grant("user", &[Read], Scope::All),
            grant("department", &[Read], Scope::All),
            grant("product", &[Read], Scope::All),
            grant("pool", &[Read], Scope::All),
        ]
    };
    let rule = |field: &str, access| FieldRule { kind: "customer".into(), field: field.to_owned(), access };
    let mut grants = everybody(&all, Scope::All);
    grants.push(grant("model", &all, Scope::All));
    let director = DefineRole { name: "director".into(), grants, ..DefineRole::default() };
    let manager = DefineRole {
        name: "manager".into(),
        grants: everybody(&lead, Scope::DepartmentBelow),
        ..DefineRole::default()
    };
    let clerk = DefineRole {
        name: "clerk".into(),
        grants: everybody(&work, Scope::Own),
        fields: vec![rule("annual_revenue", FieldAccess::Hidden), rule("credit_code", FieldAccess::Masked)],
        ..DefineRole::default()
    };
    let mut roles = BTreeMap::new();
    for (name, role) in [("director", director), ("manager", manager), ("clerk", clerk)] {
        roles.insert(name, system.execute(role)?);
    }
    Ok(roles)
}
