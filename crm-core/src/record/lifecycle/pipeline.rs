//! The shorthand for a pipeline: ordered stages and a policy, written out as a lifecycle with explicit moves.

use rust_decimal::Decimal;

use super::{EntryTask, ForecastCategory, Lifecycle, Move, State, StateClass};
use crate::base::KindNo;

/// Ordered stages and what may be done between them.
///
/// Every open stage leads to the next and, with a reason, to every lost or final one. What a stage requires is asked
/// on the way ahead; a move past several stages asks for the fields of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// The code that records and settings refer to.
    pub name: String,
    /// The English label.
    pub label_en: String,
    /// The Chinese label.
    pub label_zh: String,
    /// The kind of record that passes through it.
    pub kind: KindNo,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// Whether the tasks of a stage hold up its exit, where the stage doesn't say.
    pub gate: bool,
    /// Days without progress after which a record rots, where the stage doesn't say.
    pub rot_days: Option<u32>,
    /// Whether stages may be passed over; if not, winning is open to the last open stage only.
    pub skip: bool,
    /// Whether a record may fall back, with a reason.
    pub back: bool,
    /// Whether a closed record may be opened again, with a reason.
    pub reopen: bool,
}

/// One stage of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// The stored code.
    pub code: String,
    /// The English label.
    pub en: String,
    /// The Chinese label.
    pub zh: String,
    /// What being here means; none: the last stage at 100 % is won, those after it are lost, the rest open.
    pub class: Option<StateClass>,
    /// The probability of winning from here, in per cent.
    pub probability: Option<Decimal>,
    /// The tasks that are created on entry.
    pub activities: Vec<EntryTask>,
    /// Whether those tasks hold up the exit; none: as the pipeline says.
    pub gate: Option<bool>,
    /// Days without progress after which a record here rots; none: as the pipeline says.
    pub rot_days: Option<u32>,
    /// The forecast category, where it isn't the derived one.
    pub forecast: Option<ForecastCategory>,
    /// The fields that must be filled before the record goes ahead.
    pub requires_fields: Vec<String>,
    /// The kinds of activity that must have been logged here before the record goes ahead.
    pub requires_activities: Vec<String>,
}

impl Stage {
    /// A stage with a probability in per cent.
    pub fn new(code: &str, en: &str, zh: &str, percent: u8) -> Self {
        Stage {
            code: code.to_owned(),
            en: en.to_owned(),
            zh: zh.to_owned(),
            probability: Some(Decimal::from(percent)),
            ..Stage::default()
        }
    }
}

impl Pipeline {
    /// A pipeline in which stages may be skipped, records may fall back and be opened again, and tasks hold up nothing.
    pub fn new(name: &str, label_en: &str, label_zh: &str, kind: KindNo, stages: Vec<Stage>) -> Self {
        Pipeline {
            name: name.to_owned(),
            label_en: label_en.to_owned(),
            label_zh: label_zh.to_owned(),
            kind,
            stages,
            gate: false,
            rot_days: None,
            skip: true,
            back: true,
            reopen: true,
        }
    }

    /// The lifecycle that the shorthand stands for. One that has stages but no lost one gets it.
    ///
    /// The result is not checked: [`Lifecycle::check`] says what is wrong with it.
    pub fn expand(mut self) -> Lifecycle {
        self.classify();
        let has_lost = self.stages.iter().any(|stage| stage.class == Some(StateClass::Lost));
        if !has_lost && !self.stages.is_empty() {
            let class = Some(StateClass::Lost);
            self.stages.push(Stage { class, ..Stage::new("lost", "Lost", "输单", 0) });
        }
        let initial = self.stages.iter().find(|stage| stage.class == Some(StateClass::Open));
        Lifecycle {
            initial: initial.map(|stage| stage.code.clone()).into_iter().collect(),
            states: self.stages.iter().map(|stage| self.state(stage)).collect(),
            moves: self.moves(),
            name: self.name,
            label_en: self.label_en,
            label_zh: self.label_zh,
            kind: self.kind,
        }
    }

    /// Gives a class to each stage that has none.
    fn classify(&mut self) {
        let ends = |stage: &Stage| match stage.class {
            None => stage.probability.is_none_or(|percent| percent.is_zero()),
            Some(class) => class != StateClass::Open,
        };
        let has_won = self.stages.iter().any(|stage| stage.class == Some(StateClass::Won));
        let mut after_won = self.stages.len();
        if let Some(last) = self.stages.iter().rposition(|stage| !ends(stage))
            && !has_won
            && let Some(stage) = self.stages.get_mut(last)
            && stage.class.is_none()
            && stage.probability == Some(Decimal::ONE_HUNDRED)
        {
            stage.class = Some(StateClass::Won);
            after_won = last + 1;
        } else if let Some(won) = self.stages.iter().rposition(|stage| stage.class == Some(StateClass::Won)) {
            after_won = won + 1;
        }
        for (place, stage) in self.stages.iter_mut().enumerate() {
            let class = if place >= after_won && ends(stage) { StateClass::Lost } else { StateClass::Open };
            stage.class.get_or_insert(class);
        }
    }

    fn state(&self, stage: &Stage) -> State {
        let class = class(stage);
        let implied = match class {
            StateClass::Won => Some(Decimal::ONE_HUNDRED),
            StateClass::Lost => Some(Decimal::ZERO),
            StateClass::Open | StateClass::Final | StateClass::Paused => None,
        };
        let open = class == StateClass::Open;
        State {
            code: stage.code.clone(),
            en: stage.en.clone(),
            zh: stage.zh.clone(),
            class,
            probability: stage.probability.or(implied),
            activities: stage.activities.clone(),
            gate: stage.gate.unwrap_or(self.gate && open),
            rot_days: stage.rot_days.or(self.rot_days.filter(|_| open)),
            forecast: stage.forecast,
        }
    }

    fn moves(&self) -> Vec<Move> {
        let numbered = || self.stages.iter().enumerate();
        let pairs = numbered().flat_map(|from| numbered().map(move |to| (from, to)));
        pairs.filter(|(from, to)| from.0 != to.0).filter_map(|(from, to)| self.step(from, to)).collect()
    }

    /// The move between two stages, if the policy allows one.
    fn step(&self, (left, from): (usize, &Stage), (entered, to): (usize, &Stage)) -> Option<Move> {
        use StateClass::{Final, Lost, Open, Paused, Won};
        let step = Move::new(&from.code, &to.code);
        let between = |start: usize, end: usize| {
            self.stages.iter().take(end).skip(start).filter(|stage| class(stage) == Open)
        };
        let end = if class(to) == Won { self.stages.len() } else { entered };
        let passes_over = between(left + 1, end).next().is_some();
        match (class(from), class(to)) {
            (Open, Open) if entered < left => self.back.then(|| step.with_reason()),
            (Open, Open | Won) if passes_over && !self.skip => None,
            (Open, Open | Won) => {
                let activities = from.requires_activities.clone();
                Some(Move { requires_activities: activities, ..with_fields_of(step, between(left, end)) })
            }
            (Open | Paused, Lost | Final) | (Open, Paused) => Some(step.with_reason()),
            (Paused, Open) => Some(with_fields_of(step, between(0, entered))),
            (Won | Lost | Final, Open) if self.reopen => {
                Some(with_fields_of(step, between(0, entered)).with_reason())
            }
            _ => None,
        }
    }
}

fn class(stage: &Stage) -> StateClass {
    stage.class.unwrap_or(StateClass::Open)
}

fn with_fields_of<'a>(mut step: Move, stages: impl Iterator<Item = &'a Stage>) -> Move {
    for field in stages.flat_map(|stage| &stage.requires_fields) {
        if !step.requires_fields.contains(field) {
            step.requires_fields.push(field.clone());
        }
    }
    step
}
