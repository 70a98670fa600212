//! Who may do what, written from the specification as slowly and plainly as can be.

use std::collections::BTreeMap;

use crm_core::base::choice::Choice;
use crm_core::base::kind::{Pool, User};
use crm_core::base::{Instant, Kind, KindNo, RecordRef, Value};
use crm_core::domain::{org, pool};
use crm_core::record::action::{Action, FieldAccess, Scope};
use crm_core::record::filter::Filter;
use crm_core::record::journal::Actor;
use crm_core::record::spec::{CREATED_BY, Visibility};

use super::meaning::{Meaning, Reader};
use super::world::{Plain, World, as_record, items, records_in, spec, text};

/// One actor's rights in a world at an instant.
pub struct Rights<'w> {
    pub world: &'w World,
    pub actor: Actor,
    pub now: Instant,
}

struct Grant<'w> {
    role: &'w Plain,
    actions: Vec<&'w str>,
    scope: Scope,
}

impl Grant<'_> {
    fn reaches_all(&self, action: Action) -> bool {
        self.scope == Scope::All && self.actions.contains(&action.code())
    }
}

fn columns(row: &Value) -> &[Value] {
    match row {
        Value::List(columns) => columns,
        _ => &[],
    }
}

impl<'w> Rights<'w> {
    fn me(&self) -> Option<RecordRef> {
        self.actor.user().map(|user| user.record())
    }

    fn roles(&self) -> Vec<&'w Plain> {
        self.me().map(|user| self.world.roles(user)).unwrap_or_default()
    }

    pub fn everything(&self) -> bool {
        let unbound = |role: &&Plain| role.get(org::Role::administrator) == &Value::Bool(true);
        self.actor == Actor::System || self.roles().iter().any(unbound)
    }

    /// Whether the actor is a user who has not left.
    fn active(&self) -> bool {
        let user = self.me().and_then(|user| self.world.records.get(&user));
        user.is_some_and(|user| user.get(org::User::disabled) != &Value::Bool(true))
    }

    /// What the actor's roles grant on a kind. `*` stands for every kind but those that steer the engine.
    fn grants(&self, kind: KindNo) -> Vec<Grant<'w>> {
        let mut grants = Vec::new();
        for role in self.roles() {
            for row in items(role.get(org::Role::grants)) {
                let [name, actions, scope] = columns(row) else { panic!("a grant is {row:?}") };
                let name = name.as_text().unwrap_or_default();
                if KindNo::from_name(name) == Some(kind) || name == "*" && !spec(kind).steers {
                    let actions = items(actions).iter().filter_map(Value::as_text).collect();
                    let scope = Scope::from_name(scope.as_text().unwrap_or_default()).expect("a scope");
                    grants.push(Grant { role, actions, scope });
                }
            }
        }
        grants
    }

    pub fn may(&self, action: Action, kind: KindNo) -> bool {
        self.everything() || self.grants(kind).iter().any(|grant| grant.actions.contains(&action.code()))
    }

    /// Whether the actor audits every record of a kind.
    pub fn audits(&self, kind: KindNo) -> bool {
        self.everything() || self.grants(kind).iter().any(|grant| grant.reaches_all(Action::Audit))
    }

    /// Whether a scope reaches a user's records.
    fn reaches(&self, scope: Scope, owner: RecordRef) -> bool {
        let Some(me) = self.me() else { return false };
        let mine = self.world.records.get(&me).and_then(|user| as_record(user.get(org::User::department)));
        owner == me
            || match scope {
                Scope::All => true,
                Scope::Own => false,
                Scope::Subordinates => self.world.subordinates(me).contains(&owner),
                Scope::Department => mine.is_some_and(|mine| self.world.members(&[mine]).contains(&owner)),
                Scope::DepartmentBelow => {
                    mine.is_some_and(|mine| self.world.members(&self.world.below(mine)).contains(&owner))
                }
            }
    }

    /// Whether the actor may do something with a record.
    pub fn allows(&self, action: Action, record: RecordRef, plain: &Plain) -> bool {
        self.allows_at(action, record, plain, 0)
    }

    pub fn sees(&self, record: RecordRef, plain: &Plain) -> bool {
        self.allows(Action::Read, record, plain)
    }

    fn allows_at(&self, action: Action, record: RecordRef, plain: &Plain, depth: usize) -> bool {
        if self.everything() {
            return true;
        }
        let kind = record.kind;
        match spec(kind).visibility {
            // What hangs below another record is seen with it; what hangs below none is its creator's.
            Visibility::Under { parent } => {
                let parents = records_in(plain.get(parent));
                let seen = |above: &RecordRef| {
                    let found = self.world.records.get(above);
                    found.is_some_and(|found| self.allows_at(Action::Read, *above, found, depth + 1))
                };
                let mine = || self.me().is_some_and(|me| as_record(plain.get(CREATED_BY)) == Some(me));
                self.may(action, kind)
                    && (self.grants(kind).iter().any(|grant| grant.reaches_all(action))
                        || depth < 4 && (parents.iter().any(seen) || parents.is_empty() && mine()))
            }
            Visibility::Open => self.may(action, kind) || self.shared(action, record, plain),
            Visibility::Owned { owner } => {
                let owner = as_record(plain.get(owner));
                self.may(action, kind) && self.owned(action, kind, plain, owner)
                    || self.shared(action, record, plain)
            }
        }
    }

    fn owned(&self, action: Action, kind: KindNo, plain: &Plain, owner: Option<RecordRef>) -> bool {
        let spec = spec(kind);
        let granted = |grant: &Grant<'_>| {
            grant.actions.contains(&action.code())
                && (grant.scope == Scope::All || owner.is_some_and(|owner| self.reaches(grant.scope, owner)))
        };
        let collaborates = spec.collaborators.is_some_and(|field| {
            self.me().is_some_and(|me| records_in(plain.get(field)).contains(&me))
                && [Action::Read, Action::Update, Action::Move, Action::Export].contains(&action)
        });
        let in_pool = owner.is_none()
            && [Action::Read, Action::Claim].contains(&action)
            && spec
                .pool
                .and_then(|field| as_record(plain.get(field)))
                .is_some_and(|pool| self.in_pool(pool, kind));
        self.grants(kind).iter().any(granted) || collaborates || in_pool
    }

    fn in_pool(&self, record: RecordRef, kind: KindNo) -> bool {
        let (Some(found), Some(me)) = (self.world.records.get(&record), self.me()) else { return false };
        let mine = self.world.records.get(&me).and_then(|user| as_record(user.get(org::User::department)));
        record.kind == Pool::NO
            && KindNo::from_name(text(found, pool::Pool::kind)) == Some(kind)
            && (records_in(found.get(pool::Pool::users)).contains(&me)
                || mine.is_some_and(|mine| records_in(found.get(pool::Pool::departments)).contains(&mine)))
    }

    /// Whether a sharing rule gives the actor an action on a record. Its filter is the administrator's: it looks
    /// at everything.
    fn shared(&self, action: Action, record: RecordRef, plain: &Plain) -> bool {
        if !self.active() {
            return false;
        }
        let me = self.me().expect("an active user");
        let mine = self.world.records.get(&me).and_then(|user| as_record(user.get(org::User::department)));
        self.world.shares(record.kind).iter().any(|share| {
            let given = items(share.get(org::Share::actions))
                .iter()
                .any(|given| given.as_text() == Some(action.code()));
            let with_me = records_in(share.get(org::Share::users)).contains(&me)
                || records_in(share.get(org::Share::teams))
                    .iter()
                    .any(|team| self.world.teams(me).contains(team))
                || records_in(share.get(org::Share::departments))
                    .iter()
                    .any(|shared| mine.is_some_and(|mine| self.world.below(*shared).contains(&mine)));
            (given || action == Action::Read) && with_me && self.passes(share, record, plain)
        })
    }

    fn passes(&self, share: &Plain, record: RecordRef, plain: &Plain) -> bool {
        let filter = text(share, org::Share::filter);
        filter.is_empty() || {
            let filter: Filter = filter.parse().expect("a filter's text");
            let all = |other: RecordRef| self.world.records.get(&other);
            let meaning = Meaning { world: self.world, rights: self, now: self.now, fetch: &all };
            meaning.holds(&filter, &Reader { record, plain })
        }
    }

    /// Which fields of a kind are not plainly the actor's to read and write: every role that lets him read the
    /// kind restricts them; the mildest restriction counts. Where only a sharing rule lets him, every role's
    /// restrictions hold.
    pub fn restricted(&self, kind: KindNo) -> BTreeMap<u16, FieldAccess> {
        let mut restricted = BTreeMap::new();
        if self.everything() {
            return restricted;
        }
        let rules = |role: &Plain, no: u16| -> Vec<FieldAccess> {
            let rows = items(role.get(org::Role::fields)).iter();
            rows.filter_map(|row| {
                let [about, field, access] = columns(row) else { panic!("a field rule is {row:?}") };
                let named = self.world.kind(kind).named(field.as_text().unwrap_or_default())?;
                let same =
                    KindNo::from_name(about.as_text().unwrap_or_default()) == Some(kind) && named.no == no;
                same.then(|| FieldAccess::from_name(access.as_text().unwrap_or_default()).expect("an access"))
            })
            .collect()
        };
        let grants = self.grants(kind);
        let readers: Vec<&Plain> =
            grants.iter().filter(|grant| grant.actions.contains(&"read")).map(|grant| grant.role).collect();
        for field in self.world.kind(kind).fields() {
            let mildest = if readers.is_empty() {
                self.roles().iter().filter_map(|role| rules(role, field.no).into_iter().min()).max()
            } else {
                let strictest = readers.iter().map(|role| rules(role, field.no).into_iter().min());
                strictest.collect::<Option<Vec<_>>>().and_then(|each| each.into_iter().max())
            };
            if let Some(access) = mildest {
                restricted.insert(field.no, access);
            }
        }
        restricted
    }

    /// The users in the actor's teams, and the teams.
    pub fn team(&self) -> Vec<RecordRef> {
        let Some(me) = self.me().filter(|_| self.active()) else { return Vec::new() };
        let teams = self.world.teams(me);
        let members =
            teams.iter().flat_map(|team| records_in(self.world.records[team].get(org::Team::members)));
        members.chain(teams.iter().copied()).collect()
    }

    /// The users of the actor's department, and the department.
    pub fn department(&self) -> Vec<RecordRef> {
        let me = self.me().filter(|_| self.active()).and_then(|me| self.world.records.get(&me));
        let mine: Vec<_> = me.and_then(|me| as_record(me.get(org::User::department))).into_iter().collect();
        self.world.members(&mine).into_iter().chain(mine.iter().copied()).collect()
    }

    pub fn subordinates(&self) -> Vec<RecordRef> {
        let me = self.me().filter(|_| self.active());
        me.map(|me| self.world.subordinates(me)).unwrap_or_default()
    }

    /// The user, for `me` in a filter.
    pub fn user(&self) -> Option<RecordRef> {
        self.me().filter(|me| me.kind == User::NO)
    }
}
