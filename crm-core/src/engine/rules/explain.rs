//! Why a rule answers what it answers about a record, line by line; and what a segment holds.

use super::book::Active;
use crate::base::kind::{self, RuleId};
use crate::base::{Kind, RecordRef};
use crate::domain::rule::Rule;
use crate::domain::rule::rules::{Criteria, Line, grade};
use crate::engine::overlay::Overlay;
use crate::engine::session::{Reading, Session};
use crate::engine::sight::{Neighbours, Sight};
use crate::record::codec::View;
use crate::record::desk::Query;
use crate::record::diagnostic::{kind_zh, one};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::script::{Answer, Ask, Purpose};

/// What a rule makes of a record, and why.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RuleExplained {
    /// The rule's name and version.
    pub rule: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// Each part of its criterion with whether it holds: a rule does not apply where one doesn't.
    pub criterion: Vec<Line>,
    /// Its lines with whether they hold and what they give.
    pub lines: Vec<Line>,
    /// What it answers; none when it does not apply.
    pub answer: Option<Answer>,
    /// The grade of a score.
    pub grade: String,
    /// Whether the score reaches the threshold, where the rule has one.
    pub qualified: Option<bool>,
}

impl Session<'_> {
    /// Why a rule answers what it does about a record, as the actor may know it: of a rule that looks
    /// with a role of its own the answer alone, without its lines.
    ///
    /// # Errors
    /// Not found when the actor sees the rule or the record not; [`Error::RuleFailed`] when it fails.
    pub fn explain_rule(&self, rule: RuleId, record: RecordRef) -> Result<RuleExplained> {
        let rule: Rule = self.get(rule)?;
        self.explain_as(&rule, record)
    }

    /// Why a record has its score: the scoring rule in force, line by line; none when none is.
    ///
    /// # Errors
    /// As [`Session::explain_rule`].
    pub fn explain_score(&self, record: RecordRef) -> Result<Option<RuleExplained>> {
        let reading = self.reading()?;
        for active in reading.sight.config.rules.of(Purpose::Score, record.kind) {
            let explained = self.explain_as(&active.rule, record)?;
            if explained.answer.is_some() {
                return Ok(Some(explained));
            }
        }
        Ok(None)
    }

    fn explain_as(&self, rule: &Rule, record: RecordRef) -> Result<RuleExplained> {
        let Reading { overlay, sight } = &self.reading()?;
        // As the rule would have answered then.
        let sight = &Sight::new(sight.config.clone(), sight.access.clone(), self.instant());
        let image = self.image(record)?;
        let view = View::new(&image)?;
        let active = Active::new(rule.clone(), &sight.config.schema)
            .filter(|active| active.kind == record.kind)
            .ok_or_else(|| {
                let (name, kind) = (&rule.name, record.kind);
                let en = format!("`{name}` is no rule about {}", one(kind));
                let said = (en, format!("`{name}` 不是关于{}的规则", kind_zh(kind)));
                Error::invalid_as("rule", "rule.kind", said)
            })?;
        let judges = self.crm.host.judges.as_ref();
        let answer = active.looking(sight, |sight| {
            active.ask(self.neighbours(overlay, sight), judges, &Ask::new(rule.is_for(), record, view))
        })?;
        let answer = answer.map(|verdict| verdict.answer);
        let (mut criterion, mut lines) = (Vec::new(), Vec::new());
        // What a role read for a rule isn't told line by line: its answer is all that it hands back.
        if !active.is_script() && rule.runs_as.is_none() {
            let criteria = Criteria::read(rule)?;
            active.looking(sight, |sight| -> Result<()> {
                sight.with_context(|context| {
                    let mut looks = self.neighbours(overlay, sight).shown();
                    for part in parts(criteria.applies.as_ref()) {
                        let one = Criteria { applies: Some(part.clone()), lines: Vec::new() };
                        let bound = one.bind(rule, &sight.config.schema, record.kind, context)?;
                        let held = bound.judge(record, view, &mut looks)?.applies;
                        criterion.push(Line {
                            label: part.to_string(),
                            held,
                            points: 0,
                            note: String::new(),
                        });
                    }
                    let bound = criteria.bind(rule, &sight.config.schema, record.kind, context)?;
                    lines = bound.judge(record, view, &mut looks)?.lines(rule, sight.now);
                    Ok(())
                })
            })?;
        }
        let points = match &answer {
            Some(Answer::Score(score)) => Some(score.points),
            _ => None,
        };
        Ok(RuleExplained {
            rule: rule.signature(),
            in_force: rule.is_active(),
            criterion,
            lines,
            grade: points.map_or_else(String::new, |points| grade(rule, points)),
            qualified: points.zip(rule.threshold).map(|(points, threshold)| points >= threshold),
            answer,
        })
    }

    fn neighbours<'a>(&self, overlay: &'a Overlay, sight: &'a Sight) -> Neighbours<'a> {
        match self.past() {
            None => Neighbours::seen(overlay, sight),
            Some(at) => Neighbours::seen_at(overlay, sight, at),
        }
    }

    /// The records of a segment, as a list to be asked for: its members follow the data.
    ///
    /// # Errors
    /// Not found when there is no segment of the name in force that the actor may read.
    pub fn segment(&self, name: &str) -> Result<Query> {
        let by_name = Filter::equals("name", name);
        let query = Query::of(kind::Rule::NO).filter(by_name).limit(1);
        let found = self.list::<Rule>(&query)?.items.into_iter().next();
        let rule = found.filter(|rule| rule.is_for() == Purpose::Segment && rule.is_active());
        let rule = rule.ok_or_else(|| Error::NotFound(kind::Rule::NO, name.to_owned()))?;
        let kind = crate::base::KindNo::from_name(&rule.kind);
        let kind = kind.ok_or_else(|| Error::NotFound(kind::Rule::NO, name.to_owned()))?;
        let criteria = Criteria::read(&rule)?;
        if criteria.applies.is_none() {
            let en = format!("`{name}` is a script that no criterion says, so that it can't be listed");
            let said = (en, format!("`{name}` 是无法写成条件的脚本，不能列出成员"));
            return Err(Error::invalid_as("name", "rule.segment", said));
        }
        let query = Query::of(kind);
        Ok(criteria.applies.map_or(query.clone(), |filter| query.filter(filter)))
    }
}

/// The conditions that all have to hold.
fn parts(applies: Option<&Filter>) -> Vec<&Filter> {
    match applies {
        None => Vec::new(),
        Some(Filter::All(parts)) => parts.iter().collect(),
        Some(one) => vec![one],
    }
}
