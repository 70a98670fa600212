//! Commands that steer: users move, roles change, records are shared, custom fields come and go.

use std::collections::BTreeMap;

use crm_core::base::choice::Choice;
use crm_core::base::kind;
use crm_core::domain::lead::Lead;
use crm_core::domain::org::{
    ChangeField, CreateTeam, CreateUser, CustomType, DefineField, DefineRole, DefineShare, Department,
    FieldChoice, FieldColumn, FieldRule, Grant, RetireField, Team, User,
};
use crm_core::engine::flows::edit::CreateRecord;
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};
use crm_core::record::desk::Purpose;

use super::Game;
use super::changes::IN_PLAY;
use super::dice::Dice;
use super::world::World;

/// The kinds that get custom fields.
const CUSTOMISED: [KindNo; 3] = [kind::Opportunity::NO, kind::Product::NO, kind::Task::NO];
const MOST_USERS: usize = 7;
const MOST_ROLES: usize = 5;
const MOST_SHARES: usize = 4;
const MOST_FIELDS: usize = 8;

fn ids<K: Kind>(world: &World) -> Vec<Id<K>> {
    world.ids(K::NO).into_iter().filter_map(RecordRef::as_id).collect()
}

impl Game {
    /// Runs a command in the engine's own name and takes over what it did.
    fn command<C: Command>(&mut self, command: C) -> Option<C::Output> {
        let at = self.command_at();
        match self.crm.system().execute(command) {
            Ok(output) => {
                self.absorb(Actor::System, C::NAME, at);
                self.count(format!("{} done", C::NAME));
                Some(output)
            }
            Err(Error::Refused(_) | Error::Invalid(_)) => {
                assert_eq!(self.crm.position().unwrap(), self.position, "what is refused changes nothing");
                self.count(format!("{} refused", C::NAME));
                None
            }
            Err(other) => panic!("{}: {other}", C::NAME),
        }
    }

    pub fn set_up(&mut self) {
        for name in ["公司", "销售部", "北区", "南区"] {
            let fields = BTreeMap::from([("name".to_owned(), name.into())]);
            self.command(CreateRecord { kind: kind::Department::NO, fields });
        }
        for _ in 0..3 {
            self.define_role();
        }
        for _ in 0..5 {
            self.create_user();
        }
        self.command(CreateTeam { name: "一队".into(), members: ids(&self.world) });
        for _ in 0..6 {
            self.move_user();
        }
        let departments = self.world.ids(kind::Department::NO).into_iter().take(2).collect::<Vec<_>>();
        let fields = BTreeMap::from([
            ("name".to_owned(), "公海".into()),
            ("kind".to_owned(), "lead".into()),
            ("departments".to_owned(), departments.into()),
        ]);
        self.command(CreateRecord { kind: kind::Pool::NO, fields });
        for _ in 0..20 {
            self.create();
        }
    }

    pub fn steer(&mut self) {
        match self.dice.below(12) {
            0 | 1 => self.move_user(),
            2 if self.world.ids(kind::User::NO).len() < MOST_USERS => self.create_user(),
            2..=4 => self.define_role(),
            5 => self.move_department(),
            6 => self.change_team(),
            7 | 8 => self.share(),
            9 => self.define_field(),
            10 => self.change_field(),
            _ => self.pool_lead(),
        }
    }

    fn create_user(&mut self) {
        self.made += 1;
        let departments: Vec<DepartmentId> = ids(&self.world);
        let command = CreateUser {
            login: format!("user{}", self.made),
            name: (*self.dice.pick(&["李娜", "王伟", "Ann"])).to_owned(),
            department: self.dice.any(&departments),
            manager: self.dice.any(&ids(&self.world)),
            roles: self.dice.some(&ids(&self.world), 2),
            position: String::new(),
            region: String::new(),
            capacity: None,
        };
        self.command(command);
    }

    /// A user gets another department, superior or other roles.
    fn move_user(&mut self) {
        let Some(user) = self.dice.any(&self.world.ids(kind::User::NO)) else { return };
        let (departments, users, roles) = (
            self.world.ids(kind::Department::NO),
            self.world.ids(kind::User::NO),
            self.world.ids(kind::Role::NO),
        );
        let (no, value): (u16, Value) = match self.dice.below(3) {
            0 => (User::department, self.dice.any(&departments).into()),
            1 => (User::manager, self.dice.any(&users).into()),
            _ => (User::roles, self.dice.some(&roles, 2).into()),
        };
        let value = if value.is_empty() { Value::Null } else { value };
        let actor = if self.dice.once_in(4) { self.actor() } else { Actor::System };
        self.update_with(actor, user, BTreeMap::from([(no, value)]));
    }

    fn define_role(&mut self) {
        let roles: Vec<RoleId> = ids(&self.world);
        let replaced = if roles.len() < MOST_ROLES { None } else { self.dice.any(&roles) };
        self.made += 1;
        let names: Vec<String> = IN_PLAY.iter().map(|kind| kind.name().to_owned()).collect();
        let dice = &mut self.dice;
        let mut grants = vec![grant(dice, "*".into())];
        for name in dice.some(&names, 3) {
            grants.push(grant(dice, name));
        }
        if dice.once_in(6) {
            grants.push(grant(dice, "user".into()));
        }
        let mut fields = Vec::new();
        for _ in 0..dice.below(4) {
            let kind = dice.pick(&names).clone();
            let known: Vec<String> = self
                .world
                .kind(KindNo::from_name(&kind).expect("a kind"))
                .fields()
                .map(|field| field.name.to_string())
                .collect();
            let field = dice.pick(&known).clone();
            fields.push(FieldRule { kind, field, access: *dice.pick(FieldAccess::ALL) });
        }
        let command = DefineRole {
            role: replaced,
            revision: None,
            name: format!("role {}", self.made),
            grants,
            fields,
            administrator: dice.once_in(12),
        };
        self.command(command);
    }

    fn move_department(&mut self) {
        let departments = self.world.ids(kind::Department::NO);
        let Some(department) = self.dice.any(&departments) else { return };
        let parent = if self.dice.once_in(4) { None } else { self.dice.any(&departments) };
        self.update_with(Actor::System, department, BTreeMap::from([(Department::parent, parent.into())]));
    }

    fn change_team(&mut self) {
        let Some(team) = self.dice.any(&self.world.ids(kind::Team::NO)) else { return };
        let members: Vec<RecordRef> = self.world.ids(kind::User::NO);
        let members = self.dice.some(&members, 4);
        let value = if members.is_empty() { Value::Null } else { members.into() };
        self.update_with(Actor::System, team, BTreeMap::from([(Team::members, value)]));
    }

    fn share(&mut self) {
        let shares = self.world.ids(kind::Share::NO);
        if shares.len() >= MOST_SHARES {
            let record = *self.dice.pick(&shares);
            let command =
                crm_core::engine::flows::edit::DeleteRecord { record, revision: None, reason: String::new() };
            self.command(command);
            return;
        }
        self.made += 1;
        let kind = *self.dice.pick(&IN_PLAY);
        let filter = if self.dice.once_in(4) {
            String::new()
        } else {
            self.draw(|draw, dice| draw.filter(dice, kind, &|_, _| true)).to_string()
        };
        let command = DefineShare {
            share: None,
            revision: None,
            name: format!("share {}", self.made),
            kind,
            filter,
            users: self.dice.some(&ids(&self.world), 2),
            teams: self.dice.some(&ids(&self.world), 1),
            departments: self.dice.some(&ids(&self.world), 1),
            actions: self.dice.some(Action::ALL, 3),
        };
        self.command(command);
    }

    fn define_field(&mut self) {
        if self.world.ids(kind::CustomField::NO).len() >= MOST_FIELDS {
            return self.change_field();
        }
        self.made += 1;
        let ty = *self.dice.pick(CustomType::ALL);
        let columns = match ty {
            CustomType::Table => columns(&self.dice.some(CustomType::ALL, 4)),
            _ => Vec::new(),
        };
        let command = DefineField {
            kind: *self.dice.pick(&CUSTOMISED),
            name: format!("own{}", self.made),
            en: String::new(),
            zh: String::new(),
            ty,
            choices: choices(ty),
            columns,
            target: (ty == CustomType::Reference).then_some(kind::Product::NO),
            required: self.dice.once_in(6),
            unique: self.dice.once_in(4),
            personal: self.dice.once_in(4),
            default: String::new(),
            pattern: String::new(),
            least: None,
            most: None,
            help: String::new(),
        };
        self.command(command);
    }

    fn change_field(&mut self) {
        let fields: Vec<Id<kind::CustomField>> = ids(&self.world);
        let Some(field) = self.dice.any(&fields) else { return };
        if self.dice.once_in(4) {
            self.command(RetireField { field, revision: None });
            return;
        }
        let unique = Some(self.dice.once_in(2));
        let command = ChangeField {
            field,
            revision: None,
            en: None,
            zh: None,
            choices: None,
            columns: None,
            required: None,
            unique,
            default: None,
            pattern: None,
            least: None,
            most: None,
            help: None,
        };
        self.command(command);
    }

    /// A lead goes into the public pool.
    fn pool_lead(&mut self) {
        let (leads, pools) = (ids(&self.world), ids(&self.world));
        let (Some(lead), Some(pool)) = (self.dice.any(&leads), self.dice.any(&pools)) else { return };
        self.command(PutInPool { lead, pool });
    }
}

crm_core::command! {
    /// Puts a lead into a public pool, whoever had it.
    pub struct PutInPool as "test.put_in_pool" -> () {
        /// The lead.
        lead: LeadId,
        /// The pool.
        pool: PoolId,
    }
    run(this, desk) {
        let found = desk.enlist_as::<Lead>(this.lead, Purpose::Pool)?;
        let mut lead = found.ok_or_else(|| Error::not_found(this.lead.record()))?;
        (lead.owner, lead.pool) = (None, Some(this.pool));
        desk.put(&lead)
    }
}

fn grant(dice: &mut Dice, kind: String) -> Grant {
    let mut actions: Vec<Action> = dice.some(Action::ALL, 12);
    for usual in [Action::Read, Action::Create, Action::Update] {
        if !actions.contains(&usual) && !dice.once_in(4) {
            actions.push(usual);
        }
    }
    Grant { kind, actions, scope: *dice.pick(Scope::ALL) }
}

fn choices(ty: CustomType) -> Vec<FieldChoice> {
    let choice =
        |code: &str, en: &str, zh: &str| FieldChoice { code: code.into(), en: en.into(), zh: zh.into() };
    match ty {
        CustomType::Choice | CustomType::Choices => {
            vec![choice("hot", "Hot", "热"), choice("cold", "Cold", "冷")]
        }
        _ => Vec::new(),
    }
}

/// A column of text, then one of each of some types.
fn columns(types: &[CustomType]) -> Vec<FieldColumn> {
    let types = types.iter().copied().filter(|ty| *ty != CustomType::Table);
    let column = |(place, ty): (usize, CustomType)| FieldColumn {
        name: format!("column{place}"),
        en: String::new(),
        zh: String::new(),
        ty,
        target: if ty == CustomType::Reference { "product".to_owned() } else { String::new() },
        choices: choices(ty),
    };
    std::iter::once(CustomType::Text).chain(types).enumerate().map(column).collect()
}
