//! The rules in force, compiled once per epoch, and asking them.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;

use super::related::{Ways, ways};
use crate::base::kind::RuleId;
use crate::base::{KindNo, RecordRef, calendar};
use crate::domain::rule::rules::{Bound, Criteria, UPDATED_AT, Vocabulary, changes_at, grade};
use crate::domain::rule::{Behaviour, Rule};
use crate::engine::access::Access;
use crate::engine::sight::{Neighbours, Sight};
use crate::engine::unit::Unit;
use crate::record::codec::{self, View};
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::filter::{self, Filter, Operand, RelativeDate};
use crate::record::port::Judges;
use crate::record::schema::Schema;
use crate::record::script::{Answer, Ask, Cause, Heard, Language, Purpose, Question, Reads, Verdict, Which};
use crate::record::spec::Record;

/// The rules in force, in their order.
#[derive(Debug, Default)]
pub(crate) struct RuleBook {
    /// The behaviours that criteria may name.
    pub(crate) vocabulary: Vocabulary,
    active: Vec<Active>,
    ways: Ways,
}

/// One rule in force.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) rule: Rule,
    pub(crate) kind: KindNo,
    criteria: Option<Criteria>,
    /// The fields of its own kind that it reads; none when that can't be told.
    reads: Option<Vec<u16>>,
    /// Whether it names behaviours.
    pub(crate) behaves: bool,
    /// How long a binding holds.
    lasts: Lasts,
    bound: Mutex<Option<(NaiveDate, Arc<Bound>)>>,
    role: Mutex<Option<Arc<Access>>>,
}

/// How long, and for whom, a binding of criteria holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasts {
    /// For everybody, for a day.
    Day,
    /// For one actor and instant.
    Once,
}

impl RuleBook {
    /// Compiles the rules that are in force.
    pub(crate) fn new(rules: Vec<Rule>, behaviours: Vec<Behaviour>, schema: &Schema) -> RuleBook {
        let vocabulary = Vocabulary::new(behaviours, schema);
        let mut active: Vec<Active> =
            rules.into_iter().filter(Rule::is_active).filter_map(|rule| Active::new(rule, schema)).collect();
        active.sort_by_key(|active| (active.rule.place.unwrap_or(i64::MAX), active.rule.id()));
        let ways = ways(active.iter(), schema);
        RuleBook { vocabulary, active, ways }
    }

    /// The ways from records that rules read back to those that they score.
    pub(crate) fn ways(&self) -> &Ways {
        &self.ways
    }

    /// The rules for a purpose about a kind, in their order.
    pub(crate) fn of(&self, purpose: Purpose, kind: KindNo) -> impl Iterator<Item = &Active> {
        self.active.iter().filter(move |active| active.rule.is_for() == purpose && active.kind == kind)
    }

    /// An image as a rule in force is shown it: with the actor's eyes, or those of its role.
    pub(crate) fn shown(&self, sight: &Sight, rule: RuleId, kind: KindNo, image: Vec<u8>) -> Result<Vec<u8>> {
        match self.active.iter().find(|active| active.rule.id() == rule) {
            Some(active) => active.looking(sight, |sight| sight.show(kind, image)),
            None => sight.show(kind, image),
        }
    }

    /// Whether there is any automation.
    pub(crate) fn reacts(&self) -> bool {
        self.active.iter().any(|active| active.rule.is_for() == Purpose::Automation)
    }
}

impl Active {
    /// Compiles a rule; none for one about a kind that is gone.
    pub(crate) fn new(rule: Rule, schema: &Schema) -> Option<Active> {
        let kind = KindNo::from_name(&rule.kind)?;
        let fields = schema.kind(kind)?;
        let by_criteria = rule.written_in() == Language::Criteria || !rule.lowered.is_empty();
        let criteria = if by_criteria { Some(Criteria::read(&rule).ok()?) } else { None };
        let own = format!("{kind}.");
        let field = |name: &String| name.strip_prefix(&own).and_then(|name| fields.named(name)).map(|f| f.no);
        // Every change changes how often and when the record was changed.
        let any = rule.reads.is_empty() || rule.reads.contains(&format!("{kind}.{UPDATED_AT}"));
        let reads = (!any).then(|| rule.reads.iter().filter_map(field).collect());
        let filters = criteria.iter().flat_map(|criteria| criteria.applies.iter().chain(&criteria.lines));
        let lasts = if filters.into_iter().all(lasts_a_day) { Lasts::Day } else { Lasts::Once };
        let behaves = rule.reads.is_empty() || rule.reads.iter().any(|name| name == "activity.kind");
        let (bound, role) = (Mutex::new(None), Mutex::new(None));
        Some(Active { rule, kind, criteria, reads, behaves, lasts, bound, role })
    }

    /// Whether it is a script that no criterion says.
    pub(crate) fn is_script(&self) -> bool {
        self.criteria.is_none()
    }

    /// Whether a cause concerns the rule.
    fn concerns(&self, ask: &Ask<'_>) -> Result<bool> {
        match (ask.cause, ask.before) {
            (Cause::Asked, _) | (Cause::Changed, None) => Ok(true),
            (Cause::Behaved, _) => Ok(self.behaves),
            (Cause::Changed, Some(before)) => {
                let Some(reads) = &self.reads else { return Ok(true) };
                let mut concerned = false;
                codec::diff(before, ask.view, |no, _, _| concerned |= reads.contains(&no))?;
                Ok(concerned)
            }
        }
    }

    /// Its criteria bound for an actor.
    fn bind(&self, criteria: &Criteria, sight: &Sight) -> Result<Arc<Bound>> {
        let today = calendar::local_date(sight.now, sight.config.settings.zone);
        let lock = || self.bound.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lasts == Lasts::Day
            && let Some((_, bound)) = lock().as_ref().filter(|(day, _)| *day == today)
        {
            return Ok(bound.clone());
        }
        let schema = &sight.config.schema;
        let bound = sight.with_context(|context| criteria.bind(&self.rule, schema, self.kind, context))?;
        let bound = Arc::new(bound);
        if self.lasts == Lasts::Day {
            *lock() = Some((today, bound.clone()));
        }
        Ok(bound)
    }

    /// Runs something with the eyes that the rule looks with.
    pub(crate) fn looking<T>(&self, sight: &Sight, run: impl FnOnce(&Sight) -> T) -> T {
        let Some(role) = self.rule.runs_as else { return run(sight) };
        let access = self
            .role
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_with(|| Arc::new(Access::of_role(&sight.config, role)))
            .clone();
        run(&Sight::new(sight.config.clone(), access, sight.now))
    }

    /// The points that a scoring rule gives a record, without saying why.
    pub(crate) fn points(
        &self,
        looks: Neighbours<'_>,
        judges: &dyn Judges,
        ask: &Ask<'_>,
    ) -> Result<Option<i64>> {
        let (Some(criteria), Some(sight)) = (&self.criteria, looks.sight) else {
            return Ok(match self.ask(looks, judges, ask)?.map(|verdict| verdict.answer) {
                Some(Answer::Score(score)) => Some(score.points),
                _ => None,
            });
        };
        let now = looks.now;
        let hidden = shown(sight, ask.record, ask.view)?;
        let view = hidden.as_deref().map_or(Ok(ask.view), View::new)?;
        let judged = self.bind(criteria, sight)?.judge(ask.record, view, &mut looks.shown())?;
        Ok(judged.points(&self.rule, now))
    }

    /// Asks the rule about a record.
    pub(crate) fn ask(
        &self,
        looks: Neighbours<'_>,
        judges: &dyn Judges,
        ask: &Ask<'_>,
    ) -> Result<Option<Verdict>> {
        let Some(sight) = looks.sight else { return Ok(None) };
        let now = looks.now;
        let mut looks = looks.shown();
        let hidden = shown(sight, ask.record, ask.view)?;
        let view = hidden.as_deref().map_or(Ok(ask.view), View::new)?;
        let verdict = |answer| Verdict {
            rule: self.rule.id(),
            signature: self.rule.signature(),
            message: self.rule.message.clone(),
            answer,
            grade: String::new(),
            again: None,
        };
        if let Some(criteria) = &self.criteria {
            let judged = self.bind(criteria, sight)?.judge(ask.record, view, &mut looks)?;
            return Ok(judged.answer(&self.rule, now).map(|answer| {
                let mut verdict = verdict(answer);
                if let Answer::Score(score) = &verdict.answer {
                    verdict.grade = grade(&self.rule, score.points);
                    verdict.again = changes_at(&self.rule, &judged.held, now);
                }
                verdict
            }));
        }
        if let Some(criteria) = Some(&self.rule.criterion).filter(|text| !text.trim().is_empty()) {
            let applies = criteria.parse::<Filter>().map_err(|error| self.failed(error.to_string()))?;
            let predicate = sight.bind_rule(self.kind, &applies, &self.rule.name)?;
            if !predicate.matches(ask.record.bits, view, &mut looks)? {
                return Ok(None);
            }
        }
        let before = ask.before.map(|before| shown(sight, ask.record, before)).transpose()?.flatten();
        let before = before.as_deref().map_or(Ok(ask.before), |image| View::new(image).map(Some))?;
        // The fields are everybody's, so that a script means the same to all; what is hidden from the
        // actor is empty in the images that it gets.
        let question = Question {
            script: self.rule.script(self.kind),
            record: ask.record,
            view,
            before,
            states: ask.states,
            candidates: ask.candidates,
            now,
            schema: &sight.config.schema,
            settings: &sight.config.settings,
            behaviour: &|name| sight.config.rules.vocabulary.number(name),
        };
        match judges.run_script(&question, &mut looks)? {
            None => Err(self.failed(format!("the host has no judge that reads {}", self.rule.written_in()))),
            Some(answer) => {
                let mut verdict = verdict(answer);
                if let Answer::Score(score) = &mut verdict.answer {
                    verdict.grade = grade(&self.rule, score.points);
                    score.rule.clone_from(&verdict.signature);
                }
                Ok(Some(verdict))
            }
        }
    }

    pub(crate) fn failed(&self, message: String) -> Error {
        Error::rule_failed(self.rule.signature(), message)
    }
}

/// A record's fields without those that are hidden from the actor; none where he reads them all.
fn shown(sight: &Sight, record: RecordRef, view: View<'_>) -> Result<Option<Vec<u8>>> {
    if sight.access.reads_all_fields(record.kind) {
        return Ok(None);
    }
    let image = codec::image(view.revision, view.head, view.updated_at, view.field_bytes());
    sight.show(record.kind, image).map(Some)
}

/// Asks the rules in force, with an actor's rights, within a unit that isn't finished.
pub(crate) fn hear(unit: &Unit<'_>, ask: &Ask<'_>) -> Result<Heard<Verdict>> {
    let staged = |record| unit.image(record).ok().flatten();
    let judges = unit.host.judges.as_ref();
    let meant = |active: &&Active| match ask.which {
        Which::First => true,
        Which::Rule(rule) => active.rule.id() == rule,
        Which::Named(name) => active.rule.name == name,
    };
    let rules = || unit.config.rules.of(ask.purpose, ask.record.kind).filter(meant);
    let mut concerned = Vec::new();
    for active in rules() {
        concerned.push(active.concerns(ask)?);
    }
    if !concerned.contains(&true) {
        // Where there is no rule, who asks is told so; what merely changed asks nobody.
        let nobody = ask.cause == Cause::Asked && concerned.is_empty();
        return Ok(if nobody { Heard::Nobody } else { Heard::Unconcerned });
    }
    // A record in the midst of a change: what it will be counted as.
    let counted = (ask.view.revision == 0 && rules().any(|active| active.reads.is_none()))
        .then(|| unit.as_written(ask.record, ask.view.field_bytes()));
    let view = counted.as_deref().map_or(Ok(ask.view), View::new)?;
    let ask = &Ask { view, ..*ask };
    let mut new = false;
    for (active, concerned) in rules().zip(concerned) {
        new |= concerned;
        let verdict = active.looking(&unit.sight, |sight| {
            active.ask(Neighbours::seen(unit.overlay, sight).within(&staged), judges, ask)
        })?;
        if let Some(verdict) = verdict {
            // Where nothing changed for it and those before it, it says what it said.
            return Ok(if new { Heard::Said(verdict) } else { Heard::Unconcerned });
        }
    }
    Ok(Heard::Nobody)
}

/// Whether a filter means the same all day and to everybody.
fn lasts_a_day(filter: &Filter) -> bool {
    let operand = |operand: &Operand| match operand {
        Operand::Literal(_) => true,
        Operand::Relative(date) => by_days(*date),
        Operand::Me | Operand::MyTeam | Operand::MyDepartment | Operand::MySubordinates => false,
    };
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().all(lasts_a_day),
        Filter::Not(part) => lasts_a_day(part),
        Filter::Compare { value, .. } => operand(value),
        Filter::In { values, .. } => values.iter().all(operand),
        Filter::Between { low, high, .. } => operand(low) && operand(high),
        Filter::Within { range, .. } => by_days(*range),
        _ => true,
    }
}

fn by_days(date: RelativeDate) -> bool {
    match date {
        RelativeDate::Away { unit, .. }
        | RelativeDate::Window { unit, .. }
        | RelativeDate::Period { unit, .. } => !matches!(unit, filter::Unit::Minute | filter::Unit::Hour),
    }
}

impl Reads for Neighbours<'_> {
    fn list(&mut self, query: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        let Some(sight) = self.sight else { return Ok(Vec::new()) };
        let listing = crate::engine::list::Listing::new(sight, query)?;
        let (rows, _) = listing.page(self.overlay, sight, query)?;
        rows.into_iter().map(|(record, image)| Ok((record, sight.show(record.kind, image)?))).collect()
    }
}

/// What is wrong with a rule, where that is what an error is about.
pub(crate) fn failure(error: &Error) -> Option<String> {
    match error {
        Error::RuleFailed { rule, message, .. } => {
            Some(format!("{}`{rule}`: {message}", super::follow::FAILED))
        }
        _ => None,
    }
}
