//! The check of a definition: everything that is wrong with it, at once.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Lifecycle, Move, State, StateClass};

/// Something wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There are no states.
    #[error("the lifecycle `{0}` has no states")]
    Empty(String),
    /// A state has no code.
    #[error("the state at place {0} has no code")]
    CodeEmpty(usize),
    /// Two states have the same code.
    #[error("the state `{0}` is defined twice")]
    StateTwice(String),
    /// No state is initial.
    #[error("the lifecycle `{0}` has no initial state")]
    NoInitial(String),
    /// The initial states or a move name a state that doesn't exist.
    #[error("the state `{0}` is named but not defined")]
    StateUnknown(String),
    /// No chain of moves leads from an initial state to this one.
    #[error("the state `{0}` cannot be reached from an initial state")]
    StateUnreachable(String),
    /// No move leads out of a state that isn't won, lost or final.
    #[error("no move leads out of the state `{0}`, which is not a closed one")]
    DeadEnd(String),
    /// Two moves join the same two states.
    #[error("two moves lead from `{from}` to `{to}`")]
    MoveTwice {
        /// The state left.
        from: String,
        /// The state entered.
        to: String,
    },
    /// A move leads from a state to itself.
    #[error("a move leads from `{0}` to itself")]
    MoveToItself(String),
    /// A probability is below 0 or above 100 per cent.
    #[error("the probability of `{state}` is `{percent}`, which is not between 0 and 100 per cent")]
    ProbabilityRange {
        /// The state.
        state: String,
        /// Its probability.
        percent: Decimal,
    },
    /// A won state of a pipeline isn't at 100 per cent, or a lost one isn't at 0.
    #[error("the {class} state `{state}` must be at {expected} per cent")]
    ProbabilityOfClosed {
        /// The state.
        state: String,
        /// Its class.
        class: StateClass,
        /// The probability that it must have.
        expected: u8,
    },
    /// States have probabilities but none is won.
    #[error("the pipeline `{0}` has no won state; its last stage must be at 100 per cent")]
    NoWon(String),
}

impl Problem {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Problem::Empty(_) => "lifecycle.empty",
            Problem::CodeEmpty(_) => "lifecycle.code_empty",
            Problem::StateTwice(_) => "lifecycle.state_twice",
            Problem::NoInitial(_) => "lifecycle.no_initial",
            Problem::StateUnknown(_) => "lifecycle.state_unknown",
            Problem::StateUnreachable(_) => "lifecycle.state_unreachable",
            Problem::DeadEnd(_) => "lifecycle.dead_end",
            Problem::MoveTwice { .. } => "lifecycle.move_twice",
            Problem::MoveToItself(_) => "lifecycle.move_to_itself",
            Problem::ProbabilityRange { .. } => "lifecycle.probability_range",
            Problem::ProbabilityOfClosed { .. } => "lifecycle.probability_of_closed",
            Problem::NoWon(_) => "lifecycle.no_won",
        }
    }

    /// What is wrong, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Problem::Empty(name) => format!("状态机 `{name}` 没有状态"),
            Problem::CodeEmpty(place) => format!("第 {place} 个状态没有代码"),
            Problem::StateTwice(state) => format!("状态 `{state}` 定义了两次"),
            Problem::NoInitial(name) => format!("状态机 `{name}` 没有初始状态"),
            Problem::StateUnknown(state) => format!("状态 `{state}` 没有定义"),
            Problem::StateUnreachable(state) => format!("从初始状态无法到达状态 `{state}`"),
            Problem::DeadEnd(state) => format!("状态 `{state}` 不是结束状态，却无法离开"),
            Problem::MoveTwice { from, to } => format!("从 `{from}` 到 `{to}` 的流转定义了两次"),
            Problem::MoveToItself(state) => format!("有从 `{state}` 到自身的流转"),
            Problem::ProbabilityRange { state, percent } => {
                format!("`{state}` 的概率是 `{percent}`，应在 0 到 100 之间")
            }
            Problem::ProbabilityOfClosed { state, expected, .. } => {
                format!("结束状态 `{state}` 的概率应为 {expected}%")
            }
            Problem::NoWon(name) => format!("销售管道 `{name}` 没有赢单状态；最后一个阶段应为 100%"),
        }
    }

    /// The state concerned, if there is one.
    pub fn state(&self) -> Option<&str> {
        match self {
            Problem::StateTwice(code)
            | Problem::StateUnknown(code)
            | Problem::StateUnreachable(code)
            | Problem::DeadEnd(code)
            | Problem::MoveToItself(code) => Some(code),
            Problem::MoveTwice { from, .. } => Some(from),
            Problem::ProbabilityRange { state, .. } | Problem::ProbabilityOfClosed { state, .. } => {
                Some(state)
            }
            Problem::Empty(_) | Problem::CodeEmpty(_) | Problem::NoInitial(_) | Problem::NoWon(_) => None,
        }
    }
}

impl Lifecycle {
    /// Whether the definition can be used; if not, everything that is wrong with it.
    ///
    /// Each problem is reported once: a state that isn't defined isn't also called unreachable.
    pub fn check(&self) -> Result<(), Vec<Problem>> {
        if self.states.is_empty() {
            return Err(vec![Problem::Empty(self.name.clone())]);
        }
        let mut problems = Vec::new();
        self.check_codes(&mut problems);
        self.check_moves(&mut problems);
        self.check_paths(&mut problems);
        self.check_probabilities(&mut problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn check_codes(&self, problems: &mut Vec<Problem>) {
        let mut known = BTreeSet::new();
        for (place, state) in self.states.iter().enumerate() {
            if state.code.trim().is_empty() {
                problems.push(Problem::CodeEmpty(place + 1));
            } else if !known.insert(state.code.as_str()) {
                problems.push(Problem::StateTwice(state.code.clone()));
            }
        }
        if self.initial.is_empty() {
            problems.push(Problem::NoInitial(self.name.clone()));
        }
        let named = self.moves.iter().flat_map(|step| [&step.from, &step.to]);
        let unknown: BTreeSet<_> =
            self.initial.iter().chain(named).filter(|code| self.state(code).is_none()).collect();
        problems.extend(unknown.into_iter().cloned().map(Problem::StateUnknown));
    }

    fn check_moves(&self, problems: &mut Vec<Problem>) {
        // Moves of a state that is defined twice say nothing clear about either definition.
        let defined = |code: &str| self.states.iter().filter(|state| state.code == code).count();
        let clear = |step: &&Move| defined(&step.from) < 2 && defined(&step.to) < 2;
        let mut seen = BTreeSet::new();
        for step in self.moves.iter().filter(clear) {
            if step.from == step.to {
                problems.push(Problem::MoveToItself(step.from.clone()));
            } else if !seen.insert((&step.from, &step.to)) {
                problems.push(Problem::MoveTwice { from: step.from.clone(), to: step.to.clone() });
            }
        }
    }

    fn check_paths(&self, problems: &mut Vec<Problem>) {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<&str> = self.initial.iter().map(String::as_str).collect();
        while let Some(code) = waiting.pop() {
            if reached.insert(code) {
                waiting.extend(self.moves_from(code).map(|step| step.to.as_str()));
            }
        }
        for State { code, class, .. } in &self.states {
            if code.trim().is_empty() {
                continue;
            }
            if !self.initial.is_empty() && !reached.contains(code.as_str()) {
                problems.push(Problem::StateUnreachable(code.clone()));
            }
            if !class.is_closed() && self.moves_from(code).all(|step| step.to == *code) {
                problems.push(Problem::DeadEnd(code.clone()));
            }
        }
    }

    fn check_probabilities(&self, problems: &mut Vec<Problem>) {
        let is_pipeline = self.states.iter().any(|state| state.probability.is_some());
        if is_pipeline && self.states.iter().all(|state| state.class != StateClass::Won) {
            problems.push(Problem::NoWon(self.name.clone()));
        }
        for State { code, class, probability, .. } in &self.states {
            if let Some(percent) = *probability
                && (percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED)
            {
                problems.push(Problem::ProbabilityRange { state: code.clone(), percent });
                continue;
            }
            let expected: u8 = match class {
                StateClass::Won if is_pipeline => 100,
                StateClass::Lost => 0,
                _ => continue,
            };
            // A lost state may leave its probability out; a won one of a pipeline counts with it.
            if probability.map_or(*class == StateClass::Won, |percent| percent != Decimal::from(expected)) {
                let problem = Problem::ProbabilityOfClosed { state: code.clone(), class: *class, expected };
                problems.push(problem);
            }
        }
    }
}
