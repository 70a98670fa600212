//! Tests of definitions, decisions, documents, drawings and times.

mod decisions;
mod definitions;
mod documents;
mod drawings;
mod timing;

use super::*;
use crate::base::kind::Lead;
use crate::base::{Kind, Span};

/// A lifecycle of leads from codes with classes and pairs of moves; the first state is initial.
fn machine(states: &[(&str, StateClass)], moves: &[(&str, &str)]) -> Lifecycle {
    Lifecycle {
        name: "machine".to_owned(),
        label_en: "Machine".to_owned(),
        label_zh: "状态机".to_owned(),
        kind: Lead::NO,
        states: states.iter().map(|(code, class)| State::new(code, code, code, *class)).collect(),
        initial: states.iter().take(1).map(|(code, _)| (*code).to_owned()).collect(),
        moves: moves.iter().map(|(from, to)| Move::new(from, to)).collect(),
    }
}

fn strings(items: &[&str]) -> Vec<String> {
    items.iter().map(|&item| item.to_owned()).collect()
}
