use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::StateClass::{Lost, Open, Paused, Won};
use super::*;

#[derive(Default)]
struct Facts {
    roles: BTreeSet<String>,
    fields: BTreeSet<String>,
    activities: BTreeSet<String>,
    tasks: Vec<String>,
    reason: bool,
}

impl MoveFacts for Facts {
    fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }
    fn field_is_filled(&self, field: &str) -> bool {
        self.fields.contains(field)
    }
    fn activity_logged_since_entry(&self, kind: &str) -> bool {
        self.activities.contains(kind)
    }
    fn open_gate_tasks(&self) -> Vec<String> {
        self.tasks.clone()
    }
    fn has_reason(&self) -> bool {
        self.reason
    }
}

/// A machine with one move of every sort, of which that from `a` to `b` asks for everything.
fn demanding() -> Lifecycle {
    let states = [("a", Open), ("b", Open), ("c", Open), ("w", Won), ("l", Lost), ("p", Paused)];
    let moves = [
        ("a", "c"),
        ("b", "a"),
        ("a", "w"),
        ("a", "l"),
        ("a", "p"),
        ("p", "b"),
        ("w", "a"),
        ("l", "b"),
        ("w", "l"),
    ];
    let mut lifecycle = machine(&states, &moves);
    lifecycle.states[0].gate = true;
    lifecycle.states[1].activities = vec!["call".into(), "visit".into()];
    lifecycle.moves.push(Move {
        roles: strings(&["manager", "owner"]),
        requires_fields: strings(&["amount", "close_on"]),
        requires_activities: strings(&["visit"]),
        guards: strings(&["credit_ok"]),
        ..Move::new("a", "b").with_reason()
    });
    lifecycle
}

fn refused(from: &str, to: &str, facts: &Facts) -> Vec<String> {
    let refusals = demanding().decide(from, to, facts).err().unwrap_or_default();
    refusals.iter().map(ToString::to_string).collect()
}

#[test]
fn every_failed_requirement_is_said() {
    let facts = Facts { tasks: strings(&["初次联系"]), ..Facts::default() };
    let refusals = demanding().decide("a", "b", &facts).unwrap_err();
    let codes: Vec<_> = refusals.iter().map(MoveRefusal::code).collect();
    let expected = [
        "lifecycle.role_missing",
        "lifecycle.field_missing",
        "lifecycle.field_missing",
        "lifecycle.activity_missing",
        "lifecycle.tasks_open",
        "lifecycle.reason_missing",
    ];
    assert_eq!(codes, expected);
    let messages = [
        "the move to `b` is for `manager`, `owner`",
        "the field `amount` (amount) must be filled before the move to `b`",
        "the field `close_on` (close_on) must be filled before the move to `b`",
        "an activity `visit` must be logged in `a` before the move to `b`",
        "`a` has tasks to be done first: `初次联系`",
        "the move from `a` to `b` needs a reason",
    ];
    assert_eq!(refused("a", "b", &facts), messages);
    for refusal in refusals {
        assert!(refusal.values().iter().all(|(_, value)| !value.is_empty()), "{refusal:?}");
    }
}

#[test]
fn a_move_that_does_not_exist_says_which_do() {
    let none = Facts::default();
    let check = |from, to, expected: &str| assert_eq!(refused(from, to, &none), [expected]);
    check("b", "c", "no move leads from `b` to `c`; from there one can move to `a`");
    check("c", "a", "no move leads from `c` to `a`; from there one can move to none");
    check("a", "a", "the record is in `a` already");
    check("a", "z", "the lifecycle `machine` has no state `z`");
    assert_eq!(refused("y", "z", &none).len(), 2);
}

#[test]
fn a_granted_move_says_what_follows() {
    let facts = Facts {
        roles: ["owner".to_owned()].into(),
        fields: ["amount".to_owned(), "close_on".to_owned()].into(),
        activities: ["visit".to_owned()].into(),
        tasks: Vec::new(),
        reason: true,
    };
    let lifecycle = demanding();
    let plan = lifecycle.decide("a", "b", &facts).unwrap();
    assert_eq!(plan.tasks(), ["call".into(), "visit".into()]);
    assert_eq!(plan.guards(), ["credit_ok"]);
    assert_eq!(plan.direction, Direction::Forward);
    assert_eq!(plan.class_change(), None);
}

#[test]
fn directions_and_gates_follow_from_the_states() {
    let busy = Facts { tasks: strings(&["call"]), ..Facts::default() };
    let lifecycle = demanding();
    let check = |from: &str, to: &str, direction: Direction, change: Option<StateClass>, gated: bool| {
        let plan = lifecycle.decide(from, to, &Facts::default()).unwrap();
        assert_eq!((plan.direction, plan.class_change()), (direction, change), "{from} to {to}");
        assert_eq!(lifecycle.decide(from, to, &busy).is_err(), gated, "{from} to {to}");
    };
    check("a", "c", Direction::Skip, None, true);
    check("b", "a", Direction::Back, None, false);
    check("a", "w", Direction::Close, Some(Won), true);
    check("a", "l", Direction::Close, Some(Lost), false);
    check("a", "p", Direction::Pause, Some(Paused), false);
    check("p", "b", Direction::Resume, Some(Open), false);
    check("w", "a", Direction::Reopen, Some(Open), false);
    check("l", "b", Direction::Reopen, Some(Open), false);
    check("w", "l", Direction::Close, Some(Lost), false);
}

#[test]
fn a_record_starts_where_it_may() {
    let lead = defaults::lead();
    let check = |wanted: Option<&str>, expected: Result<&str, &str>| {
        let found = lead.start(wanted);
        let found = found.as_ref().map(|state| state.code.as_str()).map_err(MoveRefusal::code);
        assert_eq!(found, expected);
    };
    check(None, Ok("new"));
    check(Some("assigned"), Ok("assigned"));
    check(Some("converted"), Err("lifecycle.start_not_allowed"));
    check(Some("nowhere"), Err("lifecycle.state_unknown"));
}

#[test]
fn the_defaults_ask_what_the_trade_asks() {
    let check = |lifecycle: &Lifecycle, from: &str, to: &str, expected: &[&str]| {
        let refusals = lifecycle.decide(from, to, &Facts::default()).err().unwrap_or_default();
        let codes: Vec<_> = refusals.iter().map(MoveRefusal::code).collect();
        assert_eq!(codes, expected, "{from} to {to} of {}", lifecycle.name);
    };
    let (lead, customer, deal) = (defaults::lead(), defaults::customer(), defaults::staged_deal());
    check(&lead, "new", "assigned", &[]);
    check(&lead, "following", "converted", &[]);
    check(&lead, "following", "invalid", &["lifecycle.reason_missing"]);
    check(&lead, "following", "paused", &["lifecycle.field_missing"]);
    check(&lead, "paused", "following", &[]);
    check(&lead, "invalid", "converted", &["lifecycle.move_unknown"]);
    check(&customer, "new", "won", &["lifecycle.field_missing"]);
    check(&customer, "won", "lost", &["lifecycle.reason_missing"]);
    check(&customer, "paused", "following", &[]);
    check(&deal, "prospecting", "proposal", &[]);
    check(&deal, "proposal", "prospecting", &["lifecycle.reason_missing"]);
    check(&deal, "proposal", "lost", &["lifecycle.reason_missing"]);
    check(&deal, "lost", "closed", &["lifecycle.move_unknown"]);
    check(&defaults::task(), "done", "open", &[]);
}

proptest! {
    /// A move is granted exactly when nothing that it asks for is missing, and each missing thing counts once.
    #[test]
    fn refusals_count_what_is_missing(
        role: bool, amount: bool, close_on: bool, visit: bool, reason: bool, tasks in 0_usize..3,
    ) {
        let mut facts = Facts { reason, tasks: vec!["call".to_owned(); tasks], ..Facts::default() };
        let given = [(role, "owner"), (amount, "amount"), (close_on, "close_on"), (visit, "visit")];
        for (_, name) in given.iter().filter(|(yes, _)| *yes) {
            facts.roles.insert((*name).to_owned());
            facts.fields.insert((*name).to_owned());
            facts.activities.insert((*name).to_owned());
        }
        let missing = given.iter().filter(|(yes, _)| !yes).count()
            + usize::from(!reason) + usize::from(tasks > 0);
        prop_assert_eq!(refused("a", "b", &facts).len(), missing);
    }
}
