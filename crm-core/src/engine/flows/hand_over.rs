//! A user leaves: everything open goes to successors in one transaction, and he is disabled. What is
//! over stays his, as history.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use super::pools;
use crate::base::calendar::{local_date, start_of_day};
use crate::base::kind::{Contact, Notification, UserId};
use crate::base::{Kind, KindNo, RecordRef, kind, text};
use crate::domain::notice::notify;
use crate::domain::org::{USER_BY_MANAGER, User, active_user};
use crate::engine::derive::BY_OWNER;
use crate::record::action::Action;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Refusal, Result};
use crate::record::field::FieldType;
use crate::record::filter::{self, Filter, FilterContext, Predicate, Related};
use crate::record::sheet::Sheet;
use crate::record::spec::{Record, Visibility};

/// One record and who gets it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenByHand {
    /// The record.
    pub record: RecordRef,
    /// Who gets it.
    pub to: UserId,
}

/// Who gets the records that no hand gave: the first rule that fits one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverRule {
    /// Of which kind; any when there is none.
    #[serde(default)]
    pub kind: Option<KindNo>,
    /// Which of them, as the text of a filter; all when empty.
    #[serde(default)]
    pub filter: String,
    /// Who gets them, in turn.
    pub to: Vec<UserId>,
}

/// What a hand-over moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HandedOver {
    /// How many records went over, by kind; subordinates count as users.
    pub moved: BTreeMap<String, usize>,
    /// How many each successor got.
    pub got: BTreeMap<UserId, usize>,
}

command! {
    /// Hands everything open of a user over to successors and disables him: customers, contacts, open
    /// leads, opportunities, tasks and whatever else has an owner and an open state, and the users
    /// who report to him. It goes by hand first, then by the rules in their order.
    ///
    /// # Errors
    /// Refused as `hand_over.no_successor`, with how much of each kind, when something goes to nobody.
    pub struct HandOver as "user.hand_over" -> HandedOver {
        /// Who leaves.
        user: UserId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// Records that go to someone in particular.
        #[serde(default)]
        by_hand: Vec<GivenByHand>,
        /// Where the others go.
        #[serde(default)]
        rules: Vec<HandOverRule>,
        /// The new superior of those who report to him; his own when there is none.
        manager: Option<UserId>,
        /// Why.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        let mut leaver: User = desk.load_at(this.user, Action::Update, this.revision)?;
        check_successors(desk, &this)?;
        desk.because(&this.reason);
        let mut plan = Plan::new(desk, &this)?;
        let mut handed = HandedOver::default();
        for mut sheet in open_of(desk, this.user)? {
            let Some(to) = plan.successor(desk, &sheet)? else { continue };
            desk.may(Action::Assign, sheet.record.kind)?;
            pools::give(desk, &mut sheet, to)?;
            sheet.write(desk)?;
            *handed.moved.entry(sheet.record.kind.name().to_owned()).or_default() += 1;
            *handed.got.entry(to).or_default() += 1;
        }
        plan.finish()?;
        let manager = this.manager.or(leaver.manager);
        for mut subordinate in subordinates(desk, this.user)? {
            // Who takes his place reports to whom he did.
            let above = if manager == Some(subordinate.id()) { leaver.manager } else { manager };
            subordinate.manager = above;
            desk.put(&subordinate)?;
            *handed.moved.entry(kind::User::NO.name().to_owned()).or_default() += 1;
        }
        leaver.disabled = Some(true);
        desk.put(&leaver)?;
        for (to, count) in &handed.got {
            let subject = format!("`{count}` records of `{}` were handed over to you", leaver.name);
            notify(desk, *to, "user.handed_over", Some(this.user.record()), &subject, &this.reason)?;
        }
        Ok(handed)
    }
}

command! {
    /// Disables a user who has nothing open.
    ///
    /// # Errors
    /// Refused as `user.owns_open`, with how much of each kind, when he has: that is handed over.
    pub struct DisableUser as "user.disable" -> () {
        /// The user.
        user: UserId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// Why.
        #[serde(default)]
        reason: String,
    }
    run(this, desk) {
        let mut user: User = desk.load_at(this.user, Action::Update, this.revision)?;
        let mut open = count_kinds(open_of(desk, this.user)?.iter().map(|sheet| sheet.record.kind));
        let below = subordinates(desk, this.user)?.len();
        if below > 0 {
            open.insert(kind::User::NO, below);
        }
        if !open.is_empty() {
            return Err(counted("user.owns_open", "the user has something open; hand it over", &open));
        }
        desk.because(&this.reason);
        user.disabled = Some(true);
        desk.put(&user)
    }
}

/// Why a hand-over is refused: every stable code with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("user.owns_open", "a user who has something open is disabled by handing it over"),
    ("hand_over.to_himself", "a user's records go to somebody else"),
    ("hand_over.not_his", "a record that is given by hand is not open or not the user's"),
    ("hand_over.no_successor", "something open goes to nobody"),
    ("hand_over.nobody", "a rule names nobody"),
];

fn counted(code: &str, message: &str, counts: &BTreeMap<KindNo, usize>) -> Error {
    let list: Vec<_> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let refusal = Refusal::new(code, format!("{message}: {}", list.join(", ")));
    let with = |refusal: Refusal, (kind, count): (&KindNo, &usize)| {
        refusal.with(kind.name(), i64::try_from(*count).unwrap_or(i64::MAX))
    };
    Error::Refused(vec![counts.iter().fold(refusal, with)])
}

fn count_kinds(kinds: impl Iterator<Item = KindNo>) -> BTreeMap<KindNo, usize> {
    kinds.fold(BTreeMap::new(), |mut counts, kind| {
        *counts.entry(kind).or_default() += 1;
        counts
    })
}

/// Everything open that a user owns. Messages are his own; what has neither a state nor a business
/// to be gone on with is history.
fn open_of(desk: &mut dyn Desk, user: UserId) -> Result<Vec<Sheet>> {
    let schema = desk.schema();
    let mut open = Vec::new();
    for spec in schema.kinds().map(|kind| kind.spec) {
        let goes_on = spec.state.is_some() || spec.kind == Contact::NO;
        if !matches!(spec.visibility, Visibility::Owned { .. }) || !goes_on || spec.kind == Notification::NO {
            continue;
        }
        let lookup = Lookup { kind: spec.kind, index: BY_OWNER, parts: vec![user.into()], limit: usize::MAX };
        for record in desk.matches(&lookup)? {
            let Some(image) = desk.enlist(record, Purpose::HandOver)? else { continue };
            let sheet = Sheet::read(desk, record, &image)?;
            if pools::is_live(desk, &sheet)? {
                open.push(sheet);
            }
        }
    }
    Ok(open)
}

fn subordinates(desk: &mut dyn Desk, user: UserId) -> Result<Vec<User>> {
    let (kind, parts) = (kind::User::NO, vec![user.into()]);
    let lookup = Lookup { kind, index: USER_BY_MANAGER, parts, limit: usize::MAX };
    let mut users = Vec::new();
    for id in desk.matches(&lookup)?.into_iter().filter_map(RecordRef::as_id) {
        users.extend(desk.enlist_as::<User>(id, Purpose::HandOver)?);
    }
    Ok(users)
}

fn check_successors(desk: &mut dyn Desk, command: &HandOver) -> Result<()> {
    let by_hand = command.by_hand.iter().map(|given| given.to);
    let by_rule = command.rules.iter().flat_map(|rule| rule.to.iter().copied());
    let successors: BTreeSet<UserId> = by_hand.chain(by_rule).chain(command.manager).collect();
    for successor in successors {
        if successor == command.user {
            return Err(Error::refused("hand_over.to_himself", "a user's records go to somebody else"));
        }
        active_user(desk, successor)?;
    }
    if command.rules.iter().any(|rule| rule.to.is_empty()) {
        return Err(Error::invalid("rules", "hand_over.nobody", "a rule names nobody"));
    }
    Ok(())
}

/// A rule with its filter bound to each kind that it may be about.
struct BoundRule {
    kind: Option<KindNo>,
    filter: Option<Filter>,
    bound: BTreeMap<KindNo, Predicate>,
    to: Vec<UserId>,
    turn: usize,
}

/// Who gets what.
struct Plan {
    by_hand: BTreeMap<RecordRef, UserId>,
    rules: Vec<BoundRule>,
    left: BTreeMap<KindNo, usize>,
}

impl Plan {
    fn new(desk: &mut dyn Desk, command: &HandOver) -> Result<Plan> {
        let by_hand = command.by_hand.iter().map(|given| (given.record, given.to)).collect();
        let mut rules = Vec::new();
        for rule in &command.rules {
            let mut bound = BTreeMap::new();
            let mut filter = None;
            if !rule.filter.trim().is_empty() {
                let parsed = filter::parse(&rule.filter);
                let (parsed, _) =
                    parsed.map_err(|error| Error::invalid("rules", "filter.syntax", error.to_string()))?;
                if let Some(kind) = rule.kind {
                    bound.insert(kind, bind(desk, kind, &parsed)?);
                }
                filter = Some(parsed);
            }
            rules.push(BoundRule { kind: rule.kind, filter, bound, to: rule.to.clone(), turn: 0 });
        }
        Ok(Plan { by_hand, rules, left: BTreeMap::new() })
    }

    /// Who gets a record; none, which is counted, when nobody does.
    fn successor(&mut self, desk: &mut dyn Desk, sheet: &Sheet) -> Result<Option<UserId>> {
        if let Some(to) = self.by_hand.remove(&sheet.record) {
            return Ok(Some(to));
        }
        for rule in &mut self.rules {
            if rule.fits(desk, sheet)? {
                let to = rule.to.get(rule.turn % rule.to.len().max(1)).copied();
                rule.turn += 1;
                return Ok(to);
            }
        }
        *self.left.entry(sheet.record.kind).or_default() += 1;
        Ok(None)
    }

    /// Refuses when something went to nobody, or somebody was to get what isn't there.
    fn finish(self) -> Result<()> {
        if let Some(record) = self.by_hand.keys().next() {
            return Err(Error::refused(
                "hand_over.not_his",
                format!("{record} is not open or not the user's"),
            ));
        }
        if self.left.is_empty() {
            return Ok(());
        }
        Err(counted("hand_over.no_successor", "nobody gets", &self.left))
    }
}

impl BoundRule {
    fn fits(&mut self, desk: &mut dyn Desk, sheet: &Sheet) -> Result<bool> {
        let kind = sheet.record.kind;
        if self.kind.is_some_and(|wanted| wanted != kind) {
            return Ok(false);
        }
        let Some(filter) = &self.filter else { return Ok(true) };
        let predicate = match self.bound.entry(kind) {
            Entry::Occupied(bound) => bound.into_mut(),
            Entry::Vacant(place) => place.insert(bind(desk, kind, filter)?),
        };
        let passes = sheet.view(|view| predicate.matches(sheet.record.bits, view, &mut Seen(desk)));
        Ok(passes?)
    }
}

/// What the actor may read of the records that a filter's paths lead to.
struct Seen<'d>(&'d mut dyn Desk);

impl Related for Seen<'_> {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.0.load(record, Action::Read).ok()
    }
}

fn bind(desk: &dyn Desk, kind: KindNo, filter: &Filter) -> Result<Predicate> {
    let settings = desk.settings();
    let context = FilterContext {
        today: local_date(desk.now(), settings.zone),
        day_start: &|day| start_of_day(day, settings.zone),
        me: desk.actor().record(),
        normal: &|ty, given| match ty {
            FieldType::Phone => text::phone::e164(given, &settings.region),
            _ => text::email::normalise(given).ok(),
        },
        ..FilterContext::utc(desk.now())
    };
    filter::bind(filter, &desk.schema(), kind, &context).map_err(|errors| {
        let invalid =
            |error: &filter::BindError| Invalid::new("rules", error.problem.code(), error.to_string());
        Error::Invalid(errors.iter().map(invalid).collect())
    })
}
