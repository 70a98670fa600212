//! What an actor may do: his roles compiled to one set of rights per kind and action.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::Config;
use super::derive::user_in;
use crate::base::KindNo;
use crate::base::kind::{DepartmentId, UserId};
use crate::domain::org;
use crate::record::action::{Action, FieldAccess, Scope};
use crate::record::codec::{Damaged, ValueRef, View};
use crate::record::filter::Filter;
use crate::record::journal::Actor;
use crate::record::schema::{KindSchema, Schema};
use crate::record::spec::{Record, Spec, Visibility};

/// Users and departments with their lines.
#[derive(Debug, Default)]
pub(crate) struct Organisation {
    pub(crate) users: BTreeMap<UserId, org::User>,
    subordinates: BTreeMap<UserId, BTreeSet<UserId>>,
    members: BTreeMap<DepartmentId, BTreeSet<UserId>>,
    below: BTreeMap<DepartmentId, BTreeSet<DepartmentId>>,
}

impl Organisation {
    pub(crate) fn new(users: Vec<org::User>, departments: &[org::Department]) -> Self {
        let mut organisation = Organisation::default();
        let parents: BTreeMap<_, _> =
            departments.iter().map(|department| (department.id(), department.parent)).collect();
        for department in parents.keys() {
            walk_up(
                *department,
                |id| parents.get(&id).copied().flatten(),
                |above| {
                    organisation.below.entry(above).or_default().insert(*department);
                },
            );
        }
        let managers: BTreeMap<_, _> = users.iter().map(|user| (user.id(), user.manager)).collect();
        for user in &users {
            walk_up(
                user.id(),
                |id| managers.get(&id).copied().flatten(),
                |above| {
                    organisation.subordinates.entry(above).or_default().insert(user.id());
                },
            );
            if let Some(department) = user.department {
                organisation.members.entry(department).or_default().insert(user.id());
            }
        }
        organisation.users = users.into_iter().map(|user| (user.id(), user)).collect();
        organisation
    }

    /// The users below a user in the manager line.
    pub(crate) fn subordinates(&self, user: UserId) -> BTreeSet<UserId> {
        let mut below = self.subordinates.get(&user).cloned().unwrap_or_default();
        below.remove(&user);
        below
    }

    /// The departments.
    pub(crate) fn departments(&self) -> impl Iterator<Item = DepartmentId> {
        // Each stands below itself.
        self.below.keys().copied()
    }

    /// The users of a department, with those of departments below when asked.
    pub(crate) fn members(&self, department: DepartmentId, below: bool) -> BTreeSet<UserId> {
        let mut members = self.members.get(&department).cloned().unwrap_or_default();
        if below {
            for department in self.below.get(&department).into_iter().flatten() {
                members.extend(self.members.get(department).into_iter().flatten());
            }
        }
        members
    }
}

/// Calls `see` with a node and everything above it; a cycle ends the walk.
fn walk_up<T: Copy + Ord>(start: T, above: impl Fn(T) -> Option<T>, mut see: impl FnMut(T)) {
    let mut seen = BTreeSet::new();
    let mut next = Some(start);
    while let Some(node) = next {
        if !seen.insert(node) {
            return;
        }
        see(node);
        next = above(node);
    }
}

/// Whose records a right reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everybody's, and those without owner.
    All,
    /// Those of these users.
    Owners(Arc<BTreeSet<u128>>),
}

impl Reach {
    fn union(self, other: Reach) -> Reach {
        match (self, other) {
            (Reach::Owners(mut these), Reach::Owners(those)) => {
                Arc::make_mut(&mut these).extend(those.iter());
                Reach::Owners(these)
            }
            _ => Reach::All,
        }
    }
}

/// A sharing rule that reaches the actor.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) name: String,
    pub(crate) filter: Option<Filter>,
    pub(crate) actions: Vec<Action>,
}

/// The rights of an actor on one kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct KindAccess {
    reach: BTreeMap<u8, (Reach, BTreeSet<String>)>,
    /// What the actor may not do with fields.
    pub(crate) fields: BTreeMap<u16, FieldAccess>,
    pub(crate) shared: Vec<Shared>,
    /// The pools of this kind in which the actor is a member.
    pub(crate) pools: BTreeSet<u128>,
}

/// The rights of an actor.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) actor: Actor,
    /// Whether everything is allowed.
    pub(crate) everything: bool,
    pub(crate) me: Option<u128>,
    pub(crate) roles: BTreeSet<String>,
    /// The fields that are not hidden from the actor, where any is.
    pub(crate) schema: Option<Arc<Schema>>,
    /// The users in the actor's teams, and the teams.
    pub(crate) team: Vec<crate::base::RecordRef>,
    /// The users of the actor's department, and the department.
    pub(crate) department: Vec<crate::base::RecordRef>,
    pub(crate) subordinates: Vec<crate::base::RecordRef>,
    kinds: BTreeMap<KindNo, KindAccess>,
    nothing: KindAccess,
}

impl Access {
    /// Compiles an actor's roles.
    pub(crate) fn compile(config: &Config, actor: Actor) -> Access {
        let mut access = Access {
            actor,
            everything: actor == Actor::System,
            me: actor.record().map(|record| record.bits),
            roles: BTreeSet::new(),
            schema: None,
            team: Vec::new(),
            department: Vec::new(),
            subordinates: Vec::new(),
            kinds: BTreeMap::new(),
            nothing: KindAccess::default(),
        };
        let Some(user) = actor.user().and_then(|user| config.organisation.users.get(&user)) else {
            return access;
        };
        if user.disabled == Some(true) {
            return access;
        }
        access.grant_all(config, user);
        access
    }

    /// What somebody who has one role, and nothing of his own, may do.
    pub(crate) fn of_role(config: &Config, role: crate::base::kind::RoleId) -> Access {
        let mut nobody = <org::User as Record>::empty(UserId::from_u128(0));
        nobody.roles = vec![role];
        let mut access = Access { everything: false, ..Access::compile(config, Actor::System) };
        access.grant_all(config, &nobody);
        access
    }

    fn grant_all(&mut self, config: &Config, user: &org::User) {
        let access = self;
        let refs = |users: BTreeSet<UserId>| users.into_iter().map(|user| user.record()).collect();
        access.subordinates = refs(config.organisation.subordinates(user.id()));
        access.department =
            refs(user.department.map(|id| config.organisation.members(id, false)).unwrap_or_default());
        access.department.extend(user.department.map(|department| department.record()));
        let teams: Vec<_> = config.teams.values().filter(|team| team.members.contains(&user.id())).collect();
        access.team = refs(teams.iter().flat_map(|team| team.members.iter().copied()).collect());
        access.team.extend(teams.iter().map(|team| team.record_ref()));
        let roles: Vec<_> = user.roles.iter().filter_map(|role| config.roles.get(role)).collect();
        for role in &roles {
            access.roles.insert(role.name.clone());
            access.everything |= role.administrator == Some(true);
            for grant in &role.grants {
                access.add_grant(config, user, &role.name, grant);
            }
        }
        access.add_shares(config, user);
        access.add_pools(config, user);
        access.add_field_rules(config, &roles);
        access.hide_fields(config);
    }

    fn add_grant(&mut self, config: &Config, user: &org::User, role: &str, grant: &org::Grant) {
        let reach = reach_of(config, user, grant.scope);
        for kind in config.schema.kinds() {
            let named = KindNo::from_name(&grant.kind) == Some(kind.spec.kind);
            // What steers the engine is granted by name or to administrators, never by `*`.
            if !(named || grant.kind == "*" && kind.spec.is_in_every()) {
                continue;
            }
            let rights = self.kinds.entry(kind.spec.kind).or_default();
            for action in &grant.actions {
                let entry = rights.reach.entry(*action as u8);
                let (had, roles) =
                    entry.or_insert_with(|| (Reach::Owners(Arc::new(BTreeSet::new())), BTreeSet::new()));
                *had = had.clone().union(reach.clone());
                roles.insert(role.to_owned());
            }
        }
    }

    /// A field is restricted when every role that lets the actor read its kind restricts it; the
    /// mildest restriction counts. Where no role lets him, but a sharing rule does, that of any role
    /// counts.
    fn add_field_rules(&mut self, config: &Config, roles: &[&org::Role]) {
        for (kind, rights) in &mut self.kinds {
            let Some(schema) = config.schema.kind(*kind) else { continue };
            let readers: Vec<_> = roles
                .iter()
                .filter(|role| role.grants.iter().any(|grant| lets_read(grant, schema)))
                .collect();
            for field in schema.fields() {
                let of_role = |role: &org::Role| {
                    role.fields
                        .iter()
                        .filter(|rule| {
                            KindNo::from_name(&rule.kind) == Some(*kind)
                                && schema.named(&rule.field).is_some_and(|named| named.no == field.no)
                        })
                        .map(|rule| rule.access)
                        .min()
                };
                let rules: Option<Vec<_>> = match readers.is_empty() {
                    true => Some(roles.iter().filter_map(|role| of_role(role)).collect()),
                    false => readers.iter().map(|role| of_role(role)).collect(),
                };
                if let Some(mildest) = rules.and_then(|rules| rules.into_iter().max()) {
                    rights.fields.insert(field.no, mildest);
                }
            }
        }
    }

    /// Leaves the fields that are hidden from the actor out of the fields that he can name.
    fn hide_fields(&mut self, config: &Config) {
        if self.everything {
            return;
        }
        let hidden: Vec<(KindNo, u16)> = self
            .kinds
            .iter()
            .flat_map(|(kind, rights)| rights.fields.iter().map(move |(no, access)| (*kind, *no, *access)))
            .filter(|(_, _, access)| *access == FieldAccess::Hidden)
            .map(|(kind, no, _)| (kind, no))
            .collect();
        if hidden.is_empty() {
            return;
        }
        let mut schema = config.schema.as_ref().clone();
        for (kind, no) in hidden {
            if let Some(kind) = schema.kind_mut(kind) {
                kind.remove(no);
            }
        }
        self.schema = Some(Arc::new(schema));
    }

    fn add_shares(&mut self, config: &Config, user: &org::User) {
        for (kind, rules) in &config.shares {
            for rule in rules {
                let share = &rule.share;
                let in_team = share
                    .teams
                    .iter()
                    .any(|team| config.teams.get(team).is_some_and(|team| team.members.contains(&user.id())));
                let in_department = user.department.is_some_and(|mine| {
                    share.departments.iter().any(|shared| {
                        config.organisation.members(*shared, true).contains(&user.id()) || *shared == mine
                    })
                });
                if share.users.contains(&user.id()) || in_team || in_department {
                    let mut actions = share.actions.clone();
                    if !actions.contains(&Action::Read) {
                        actions.push(Action::Read);
                    }
                    let shared = Shared { name: share.name.clone(), filter: rule.filter.clone(), actions };
                    self.kinds.entry(*kind).or_default().shared.push(shared);
                }
            }
        }
    }

    fn add_pools(&mut self, config: &Config, user: &org::User) {
        for pool in &config.pools {
            if pool.has_member(user.id(), user.department)
                && let Some(kind) = KindNo::from_name(&pool.kind)
            {
                self.kinds.entry(kind).or_default().pools.insert(pool.id().as_u128());
            }
        }
    }

    /// The actor's rights on a kind.
    pub(crate) fn kind(&self, kind: KindNo) -> &KindAccess {
        self.kinds.get(&kind).unwrap_or(&self.nothing)
    }

    /// Whether the actor may do something with a kind at all.
    pub(crate) fn may(&self, action: Action, kind: KindNo) -> bool {
        self.everything || self.kind(kind).reach.contains_key(&(action as u8))
    }

    /// Whose records an action reaches; none when it isn't granted.
    pub(crate) fn reach(&self, action: Action, kind: KindNo) -> Option<Reach> {
        if self.everything {
            return Some(Reach::All);
        }
        self.kind(kind).reach.get(&(action as u8)).map(|(reach, _)| reach.clone())
    }

    /// The roles that grant an action on a kind.
    pub(crate) fn granted_by(&self, action: Action, kind: KindNo) -> Vec<String> {
        self.kind(kind)
            .reach
            .get(&(action as u8))
            .map_or(Vec::new(), |(_, roles)| roles.iter().cloned().collect())
    }

    /// What the actor may not do with a field.
    pub(crate) fn field(&self, kind: KindNo, field: u16) -> Option<FieldAccess> {
        if self.everything { None } else { self.kind(kind).fields.get(&field).copied() }
    }

    /// Whether the actor reads every field of a kind whole.
    pub(crate) fn reads_all_fields(&self, kind: KindNo) -> bool {
        self.everything || !self.kind(kind).fields.values().any(|access| *access != FieldAccess::ReadOnly)
    }

    /// How the scopes of an action reach a record with an owner: why, or none.
    pub(crate) fn reaches_owned(
        &self,
        action: Action,
        spec: &Spec,
        view: View<'_>,
    ) -> Result<Option<Grounds>, Damaged> {
        if self.everything {
            return Ok(Some(Grounds::Everything));
        }
        let Some(reach) = self.reach(action, spec.kind) else { return Ok(None) };
        let Visibility::Owned { owner } = spec.visibility else { return Ok(Some(Grounds::Scope)) };
        let owner = match view.get(owner)? {
            ValueRef::Id(owner) => Some(owner.bits),
            _ => None,
        };
        let in_scope = match (&reach, owner) {
            (Reach::All, _) => true,
            (Reach::Owners(owners), Some(owner)) => owners.contains(&owner),
            (Reach::Owners(_), None) => false,
        };
        if in_scope {
            return Ok(Some(Grounds::Scope));
        }
        let shares = matches!(action, Action::Read | Action::Update | Action::Move | Action::Export);
        if let (true, Some(me), Some(field)) = (shares, self.me, spec.collaborators)
            && let ValueRef::List(mut items) = view.get(field)?
            && items.any(|item| user_in(item) == Some(me))
        {
            return Ok(Some(Grounds::Collaborator));
        }
        if let (None, Some(pool), Action::Read | Action::Claim) = (owner, spec.pool, action)
            && let ValueRef::Id(pool) = view.get(pool)?
            && self.kind(spec.kind).pools.contains(&pool.bits)
        {
            return Ok(Some(Grounds::Pool));
        }
        Ok(None)
    }
}

/// Why a record is within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    Everything,
    Scope,
    Collaborator,
    Pool,
    Shared(String),
}

/// Whether a grant lets one read a kind. What steers the engine is granted by name, never by `*`.
fn lets_read(grant: &org::Grant, schema: &KindSchema) -> bool {
    let named = KindNo::from_name(&grant.kind) == Some(schema.spec.kind);
    grant.actions.contains(&Action::Read) && (named || grant.kind == "*" && schema.spec.is_in_every())
}

/// Whose records a scope reaches for a user.
fn reach_of(config: &Config, user: &org::User, scope: Scope) -> Reach {
    let organisation = &config.organisation;
    let mut users = BTreeSet::from([user.id()]);
    match scope {
        Scope::All => return Reach::All,
        Scope::Own => {}
        Scope::Subordinates => users.extend(organisation.subordinates(user.id())),
        Scope::Department | Scope::DepartmentBelow => {
            let below = scope == Scope::DepartmentBelow;
            users.extend(user.department.map(|id| organisation.members(id, below)).unwrap_or_default());
        }
    }
    Reach::Owners(Arc::new(users.into_iter().map(crate::base::Id::as_u128).collect()))
}
