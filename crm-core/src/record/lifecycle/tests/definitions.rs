use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::StateClass::{Final, Lost, Open, Paused, Won};
use super::*;
use crate::base::kind::Opportunity;

fn check(lifecycle: &Lifecycle, expected: &[&str]) {
    let problems = lifecycle.check().err().unwrap_or_default();
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            format!("{} {}", problem.code(), problem.state().unwrap_or_default()).trim().to_owned()
        })
        .collect();
    assert_eq!(found, expected, "{lifecycle:#?}");
}

#[test]
fn each_fault_of_a_definition_is_found() {
    let sound = machine(&[("a", Open), ("b", Won)], &[("a", "b")]);
    check(&sound, &[]);
    check(&machine(&[], &[]), &["lifecycle.empty"]);
    check(&Lifecycle { initial: vec![], ..sound.clone() }, &["lifecycle.no_initial"]);
    check(&Lifecycle { initial: strings(&["a", "z"]), ..sound }, &["lifecycle.state_unknown z"]);
    check(&machine(&[("a", Open), ("b", Won)], &[("a", "b"), ("x", "b")]), &["lifecycle.state_unknown x"]);
    check(
        &machine(&[("a", Open), ("b", Won), ("c", Lost)], &[("a", "b")]),
        &["lifecycle.state_unreachable c"],
    );
    check(&machine(&[("a", Open), ("b", Paused)], &[("a", "b")]), &["lifecycle.dead_end b"]);
    check(&machine(&[("a", Open), ("b", Final)], &[("a", "b"), ("a", "b")]), &["lifecycle.move_twice a"]);
    check(&machine(&[("a", Open)], &[("a", "a")]), &["lifecycle.move_to_itself a", "lifecycle.dead_end a"]);
    check(
        &machine(&[("a", Open), ("b", Won), ("b", Lost)], &[("a", "b"), ("a", "b")]),
        &["lifecycle.state_twice b"],
    );
    check(&machine(&[("a", Open), ("b", Won), (" ", Open)], &[("a", "b")]), &["lifecycle.code_empty"]);
}

#[test]
fn every_fault_is_reported_at_once() {
    let faulty = machine(&[("a", Open), ("a", Open), ("b", Lost)], &[("a", "z"), ("b", "b")]);
    check(
        &faulty,
        &[
            "lifecycle.state_twice a",
            "lifecycle.state_unknown z",
            "lifecycle.move_to_itself b",
            "lifecycle.state_unreachable b",
        ],
    );
}

#[test]
fn probabilities_must_agree_with_classes() {
    let cases: [([Option<i64>; 3], &[&str]); 7] = [
        ([None, None, None], &[]),
        ([Some(10), Some(100), None], &[]),
        ([Some(10), Some(100), Some(0)], &[]),
        ([Some(10), Some(90), None], &["lifecycle.probability_of_closed w"]),
        ([Some(10), None, None], &["lifecycle.probability_of_closed w"]),
        (
            [Some(-1), Some(100), Some(101)],
            &["lifecycle.probability_range a", "lifecycle.probability_range l"],
        ),
        ([None, Some(100), Some(5)], &["lifecycle.probability_of_closed l"]),
    ];
    for (percents, expected) in cases {
        let mut pipeline = machine(&[("a", Open), ("w", Won), ("l", Lost)], &[("a", "w"), ("a", "l")]);
        for (state, percent) in pipeline.states.iter_mut().zip(percents) {
            state.probability = percent.map(Decimal::from);
        }
        check(&pipeline, expected);
    }
    let mut never_won = machine(&[("a", Open), ("b", Lost)], &[("a", "b")]);
    never_won.states[0].probability = Some(Decimal::TEN);
    check(&never_won, &["lifecycle.no_won"]);
}

#[test]
fn defaults_are_sound_and_survive_json() {
    let all = defaults::all();
    let names: BTreeSet<_> = all.iter().map(|lifecycle| &lifecycle.name).collect();
    assert_eq!(names.len(), all.len());
    for lifecycle in &all {
        check(lifecycle, &[]);
        let json = serde_json::to_string(lifecycle).unwrap();
        assert_eq!(serde_json::from_str::<Lifecycle>(&json).unwrap(), *lifecycle);
    }
    let kinds: Vec<_> = all.iter().map(|lifecycle| lifecycle.kind.name()).collect();
    assert_eq!(kinds[..3], ["lead", "customer", "task"]);
    assert!(kinds[3..].iter().all(|kind| *kind == "opportunity"));
}

#[test]
fn unknown_members_of_a_stored_definition_are_refused() {
    let json = serde_json::to_string(&defaults::task()).unwrap().replacen("\"moves\"", "\"move\"", 1);
    assert!(serde_json::from_str::<Lifecycle>(&json).unwrap_err().to_string().contains("`move`"));
}

/// The moves of a pipeline as `from>to` with `!` where a reason is asked.
fn moves(pipeline: &Lifecycle) -> Vec<String> {
    let mark = |step: &Move| if step.requires_reason { "!" } else { "" };
    pipeline.moves.iter().map(|step| format!("{}>{}{}", step.from, step.to, mark(step))).collect()
}

fn three_stages() -> Pipeline {
    let stage = |code: &str, percent| Stage::new(code, code, code, percent);
    Pipeline::new("p", "P", "管", Opportunity::NO, vec![stage("a", 10), stage("b", 50), stage("w", 100)])
}

#[test]
fn a_pipeline_is_written_out_by_its_policy() {
    let free = three_stages().expand();
    let expected = ["a>b", "a>w", "a>lost!", "b>a!", "b>w", "b>lost!", "w>a!", "w>b!", "lost>a!", "lost>b!"];
    assert_eq!(moves(&free), expected);
    assert_eq!(free.initial, ["a"]);
    let classes: Vec<_> = free.states.iter().map(|state| state.class).collect();
    assert_eq!(classes, [Open, Open, Won, Lost]);
    assert_eq!(free.state("lost").unwrap().probability, Some(Decimal::ZERO));

    let strict = Pipeline { skip: false, back: false, reopen: false, ..three_stages() }.expand();
    assert_eq!(moves(&strict), ["a>b", "a>lost!", "b>w", "b>lost!"]);
    check(&free, &[]);
    check(&strict, &[]);
}

#[test]
fn classes_that_a_pipeline_leaves_open_follow_from_the_order() {
    type Row = (&'static str, Option<u8>, Option<StateClass>);
    let cases: [(&[Row], &[StateClass]); 6] = [
        (&[("a", Some(0), None), ("w", Some(100), None)], &[Open, Won, Lost]),
        (&[("a", None, None), ("w", Some(100), None), ("l", None, None)], &[Open, Won, Lost]),
        (&[("a", Some(100), None), ("w", Some(100), None), ("l", Some(0), None)], &[Open, Won, Lost]),
        (
            &[("a", Some(5), None), ("w", None, Some(Won)), ("f", None, Some(Final))],
            &[Open, Won, Final, Lost],
        ),
        (&[("a", Some(5), None), ("l", None, Some(Lost)), ("w", Some(100), None)], &[Open, Lost, Won]),
        (&[("a", Some(5), None), ("b", Some(90), None)], &[Open, Open, Lost]),
    ];
    for (stages, expected) in cases {
        let stage = |(code, percent, class): &Row| Stage {
            probability: percent.map(Decimal::from),
            class: *class,
            ..Stage::new(code, code, code, 0)
        };
        let stages: Vec<_> = stages.iter().map(stage).collect();
        let pipeline = Pipeline { stages, ..three_stages() }.expand();
        let classes: Vec<_> = pipeline.states.iter().map(|state| state.class).collect();
        assert_eq!(classes, expected, "{pipeline:#?}");
    }
    check(&Pipeline { stages: vec![], ..three_stages() }.expand(), &["lifecycle.empty"]);
}

#[test]
fn a_move_past_stages_asks_for_the_fields_of_each() {
    let quick = defaults::quick_deal();
    let fields = |from: &str, to: &str| {
        let step = quick.moves_from(from).find(|step| step.to == to).unwrap();
        step.requires_fields.clone()
    };
    assert_eq!(fields("set_nature", "set_grade"), ["nature"]);
    assert_eq!(fields("set_nature", "follow_up"), ["nature", "grade", "amount"]);
    assert_eq!(fields("set_grade", "won"), ["grade", "amount"]);
    assert_eq!(fields("lost", "set_amount"), ["nature", "grade"]);
    assert!(fields("set_amount", "lost").is_empty());
    assert!(fields("follow_up", "set_nature").is_empty());
}

#[test]
fn a_long_deal_keeps_its_order_and_its_gates() {
    let long = defaults::long_deal();
    let ahead: Vec<_> = long.moves_from("survey").map(|step| step.to.as_str()).collect();
    assert_eq!(ahead, ["opened", "solution", "lost"]);
    let gated = |state: &&State| state.gate;
    assert_eq!(long.states.iter().filter(gated).count(), 7);
    assert!(!long.state("won").unwrap().gate);
}

#[test]
fn forecast_categories_follow_from_class_and_probability() {
    let deal = defaults::staged_deal();
    let categories: Vec<_> = deal.states.iter().map(|state| state.forecast_category().to_string()).collect();
    assert_eq!(categories, ["pipeline", "pipeline", "best_case", "commit", "closed", "omitted"]);
    let omitted = State { forecast: Some(ForecastCategory::Omitted), ..deal.states[3].clone() };
    assert_eq!(omitted.forecast_category(), ForecastCategory::Omitted);
}

#[test]
fn records_follow_a_changed_definition() {
    let old = machine(&[("a", Open), ("b", Open), ("c", Open), ("w", Won)], &[]);
    let new = machine(&[("a", Open), ("d", Open), ("w", Won)], &[]);
    let check = |used: &[&str], map: &[(&str, &str)], expected: Result<&[(&str, &str)], &[&str]>| {
        let used: BTreeSet<_> = strings(used).into_iter().collect();
        let pair = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
        let map: BTreeMap<_, _> = map.iter().map(pair).collect();
        let codes = |problems: Vec<MigrationProblem>| -> Vec<_> {
            problems.iter().map(MigrationProblem::code).collect()
        };
        let found = migrate(&old, &new, &used, &map).map_err(codes);
        assert_eq!(found, expected.map(|p| p.iter().map(pair).collect()).map_err(<[_]>::to_vec));
    };
    check(&["a", "w"], &[], Ok(&[]));
    check(&["a", "b"], &[("b", "d")], Ok(&[("b", "d")]));
    check(&["a"], &[("a", "d")], Ok(&[("a", "d")]));
    check(&["a"], &[("a", "a")], Ok(&[]));
    check(&["gone"], &[("gone", "a")], Ok(&[("gone", "a")]));
    check(&["a", "b", "c"], &[("b", "d")], Err(&["lifecycle.state_unmapped"]));
    check(
        &["b"],
        &[("x", "a"), ("c", "y")],
        Err(&["lifecycle.map_target_unknown", "lifecycle.map_source_unknown", "lifecycle.state_unmapped"]),
    );
}

prop_compose! {
    fn any_pipeline()(
        percents in prop::collection::vec(0_u8..100, 1..6),
        skip: bool, back: bool, reopen: bool, gate: bool,
    ) -> Pipeline {
        let open = percents.iter().enumerate().map(|(place, percent)| {
            Stage { class: Some(Open), ..Stage::new(&format!("s{place}"), "", "", *percent) }
        });
        let stages = open.chain([Stage::new("w", "", "", 100)]).collect();
        Pipeline { stages, skip, back, reopen, gate, ..three_stages() }
    }
}

proptest! {
    #[test]
    fn every_policy_gives_a_sound_pipeline(pipeline in any_pipeline()) {
        let open = pipeline.stages.len() - 1;
        let policy = pipeline.clone();
        let lifecycle = pipeline.expand();
        prop_assert_eq!(lifecycle.check(), Ok(()));
        let pairs = open * (open - 1) / 2;
        let ahead = if policy.skip { pairs + open } else { open };
        let back = if policy.back { pairs } else { 0 };
        let reopened = if policy.reopen { 2 * open } else { 0 };
        prop_assert_eq!(lifecycle.moves.len(), ahead + open + back + reopened);
    }

    #[test]
    fn a_check_agrees_with_reachability(edges in prop::collection::vec((0_usize..5, 0_usize..5), 0..12)) {
        let codes = ["a", "b", "c", "d", "e"];
        let edges: BTreeSet<_> = edges.into_iter().filter(|(from, to)| from != to).collect();
        let moves: Vec<_> = edges.iter().map(|(from, to)| (codes[*from], codes[*to])).collect();
        let lifecycle = machine(&codes.map(|code| (code, Final)), &moves);
        // Warshall's closure is the other way to the same answer.
        let mut joined = [[false; 5]; 5];
        for (from, to) in &edges { joined[*from][*to] = true; }
        for by in 0..5 { for from in 0..5 { for to in 0..5 {
            joined[from][to] |= joined[from][by] && joined[by][to];
        }}}
        let expected: Vec<_> = (1..5).filter(|to| !joined[0][*to])
            .map(|to| Problem::StateUnreachable(codes[to].to_owned())).collect();
        prop_assert_eq!(lifecycle.check().err().unwrap_or_default(), expected);
    }
}
