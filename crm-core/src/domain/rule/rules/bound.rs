//! A rule in criteria bound to the fields: what it answers about a record.

use super::score::{self, Line, LineHeld};
use crate::base::{Instant, KindNo, RecordRef};
use crate::domain::rule::Rule;
use crate::record::codec::View;
use crate::record::error::{Error, Invalid, Result};
use crate::record::filter::{CriteriaSet, Filter, FilterContext, Predicate, Related, bind};
use crate::record::port::Score;
use crate::record::schema::Schema;
use crate::record::script::{Answer, Purpose};

/// The criteria of a rule, read: when it applies, and its lines.
#[derive(Clone, Debug)]
pub struct Criteria {
    /// When the rule applies; always when none.
    pub applies: Option<Filter>,
    /// The criteria of its lines.
    pub lines: Vec<Filter>,
}

/// The criteria of a rule, bound.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The lines, and at the end when it applies.
    set: CriteriaSet,
    lines: usize,
    /// The behaviours that a line names.
    behaviours: Vec<Vec<u32>>,
}

/// What a rule makes of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Whether it applies.
    pub applies: bool,
    /// Its lines.
    pub held: Vec<LineHeld>,
}

impl Criteria {
    /// Reads a rule's criteria.
    ///
    /// # Errors
    /// [`Error::RuleFailed`] when one can't be read, which saving the rule would not have let pass.
    pub fn read(rule: &Rule) -> Result<Criteria> {
        let parse = |text: &String| {
            text.parse::<Filter>().map_err(|error| {
                let told = Invalid::marked("criterion", &rule.name, text, error.diagnostic());
                Error::rule_failed_as(rule.signature(), told)
            })
        };
        let said = [&rule.criterion, &rule.lowered].into_iter().filter(|text| !text.trim().is_empty());
        let mut said = said.map(parse).collect::<Result<Vec<_>>>()?;
        let applies = match said.len() {
            0 | 1 => said.pop(),
            _ => Some(Filter::All(said)),
        };
        let lines = rule.lines.iter().map(|line| parse(&line.criterion)).collect::<Result<_>>()?;
        Ok(Criteria { applies, lines })
    }

    /// Binds them for an actor at an instant.
    ///
    /// # Errors
    /// [`Error::RuleFailed`] when one names a field or behaviour that is gone or hidden.
    pub fn bind(
        &self,
        rule: &Rule,
        schema: &Schema,
        kind: KindNo,
        context: &FilterContext<'_>,
    ) -> Result<Bound> {
        let bind_one = |filter: &Filter| {
            bind(filter, schema, kind, context).map_err(|errors| {
                let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
                let zh: Vec<String> = errors.iter().map(|error| error.diagnostic(&[]).zh).collect();
                let code = errors.first().map_or("filter.unknown_field", |error| error.problem.code());
                let told = Invalid::said("criterion", code, (all.join("; "), zh.join("；")));
                Error::rule_failed_as(rule.signature(), told)
            })
        };
        let mut bound: Vec<Predicate> = self.lines.iter().map(bind_one).collect::<Result<_>>()?;
        let behaviours = bound.iter().map(Predicate::behaviours).collect();
        let lines = bound.len();
        bound.extend(self.applies.as_ref().map(bind_one).transpose()?);
        Ok(Bound { set: CriteriaSet::new(&bound), lines, behaviours })
    }
}

impl Bound {
    /// Decides all of the rule's criteria.
    ///
    /// # Errors
    /// When stored bytes are damaged.
    pub fn judge(&self, record: RecordRef, view: View<'_>, related: &mut dyn Related) -> Result<Judged> {
        let mut judged =
            Judged { applies: self.set.len() == self.lines, held: vec![LineHeld::default(); self.lines] };
        self.set.each_held(record.bits, view, related, |number| match judged.held.get_mut(number) {
            Some(line) => line.held = true,
            None => judged.applies = true,
        })?;
        for (line, behaviours) in judged.held.iter_mut().zip(&self.behaviours) {
            if line.held {
                line.last = behaviours.iter().filter_map(|number| related.last_seen(record, *number)).max();
            }
        }
        Ok(judged)
    }
}

impl Judged {
    /// What the rule answers, none when it doesn't apply to the record.
    pub fn answer(&self, rule: &Rule, now: Instant) -> Option<Answer> {
        match rule.is_for() {
            Purpose::Score | Purpose::Level if !self.applies => None,
            Purpose::Score => Some(Answer::Score(self.score(rule, now))),
            Purpose::Level => {
                score::level(rule, &self.held).map(|(_, level)| Answer::Level(level.to_owned()))
            }
            _ => Some(Answer::Holds(self.applies)),
        }
    }

    fn score(&self, rule: &Rule, now: Instant) -> Score {
        let (points, lines) = score::total(rule, &self.held, now);
        Score { points, reasons: lines.iter().filter_map(reason).collect(), rule: rule.signature() }
    }

    /// The points of a scoring rule alone; none when it doesn't apply to the record.
    pub fn points(&self, rule: &Rule, now: Instant) -> Option<i64> {
        self.applies.then(|| score::sum(rule, &self.held, now))
    }

    /// Every line with whether it holds and what it gives.
    pub fn lines(&self, rule: &Rule, now: Instant) -> Vec<Line> {
        let mut lines = score::total(rule, &self.held, now).1;
        if rule.is_for() == Purpose::Level {
            for (line, rule_line) in lines.iter_mut().zip(&rule.lines) {
                line.note.clone_from(&rule_line.result);
            }
        }
        lines
    }
}

/// A line as a reason: `公司规模 > 100: +20`; none where it gives nothing.
fn reason(line: &Line) -> Option<String> {
    let note = if line.note.is_empty() { String::new() } else { format!(" ({})", line.note) };
    (line.held && line.points != 0).then(|| format!("{}: {:+}{note}", line.label, line.points))
}
