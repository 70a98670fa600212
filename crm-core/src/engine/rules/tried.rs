//! Rules tried on stored history, without writing anything: scores against outcomes, automations on
//! past changes, and commands one over the other.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::book::{Active, failure};
use crate::base::choice::Choice;
use crate::base::kind::{Rule as RuleKind, RuleId};
use crate::base::{Instant, Kind, KindNo, RecordRef};
use crate::domain::activity::Activity;
use crate::domain::rule::rules::{Happened, call, fires};
use crate::domain::rule::{Rule, RuleDraft};
use crate::engine::history::{Extent, record_as_of, walk_as_of};
use crate::engine::list::Listing;
use crate::engine::overlay::Overlay;
use crate::engine::registry;
use crate::engine::rehearsal::Rehearsal;
use crate::engine::session::{Reading, Session};
use crate::engine::sight::{Neighbours, Sight};
use crate::engine::unit::denied;
use crate::engine::work::Work;
use crate::insight::learn::backtest::{Backtest, backtest};
use crate::record::action::Action;
use crate::record::codec::{View, put_varint};
use crate::record::desk::{Desk, Query};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::journal::{self, Actor, Change, Entry};
use crate::record::key;
use crate::record::script::{Answer, Ask, Call, Purpose};
use crate::record::spec::Record;
use crate::store::{Direction, Range, Table};

/// A run that an automation would have made.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WouldRun {
    /// The journal position of the change.
    pub position: u64,
    /// When.
    pub at: Instant,
    /// The record.
    pub record: RecordRef,
    /// What happened.
    pub because: String,
    /// The commands that it would have given.
    pub calls: Vec<Call>,
    /// Why it would have failed, or empty.
    pub failure: String,
}

impl Session<'_> {
    /// Scores the records of a rule's kind as they stood at a past instant, and measures how well that
    /// foretold an outcome: a filter over the records as they are now. Records of which the outcome was
    /// known by then don't count. Precision and recall are those at the rule's threshold, where it has
    /// one. Nothing is written.
    ///
    /// # Errors
    /// Invalid when the rule is none for scores, or the outcome is no filter over the kind; refused when
    /// no record was scored, or when the rule looks as a role and the actor may make no rules.
    pub fn backtest(&self, draft: RuleDraft, then: Instant, outcome: &Filter) -> Result<Backtest> {
        let reading = self.reading()?;
        let active = drafted(draft, Purpose::Score, &reading.sight)?;
        let listing = Listing::new(&reading.sight, &Query::of(active.kind))?;
        let happened = reading.sight.bind(active.kind, outcome)?;
        // Relative dates count from then, and nothing later is known.
        let past = Sight::new(reading.sight.config.clone(), reading.sight.access.clone(), then);
        let judges = self.crm.host.judges.as_ref();
        let (mut scores, mut outcomes) = (Vec::new(), Vec::new());
        let mut failures = Vec::new();
        walk_as_of(&reading, &listing, then, Extent::Whole, &mut |record, image, today| {
            let Reading { overlay, sight } = &reading;
            let view = View::new(image)?;
            let known =
                happened.matches(record.bits, view, &mut Neighbours::seen_at(overlay, sight, then))?;
            let Some(today) = today.filter(|_| !known) else { return Ok(()) };
            let came =
                happened.matches(record.bits, View::new(today)?, &mut Neighbours::seen(overlay, sight))?;
            let ask = Ask::new(Purpose::Score, record, view);
            let verdict = active
                .looking(&past, |past| active.points(Neighbours::seen_at(overlay, past, then), judges, &ask));
            match verdict {
                Ok(Some(points)) => {
                    scores.push(points as f64);
                    outcomes.push(came);
                }
                Ok(None) => {}
                Err(error) => match failure(&error) {
                    Some(message) => failures.push(message),
                    None => return Err(error),
                },
            }
            Ok(())
        })?;
        match failures.pop() {
            Some(message) if scores.is_empty() => Err(Error::rule_failed(active.rule.signature(), message)),
            _ => {
                let threshold = active.rule.threshold.map(|threshold| threshold as f64);
                backtest(&scores, &outcomes, threshold.as_slice())
            }
        }
    }

    /// What an automation would have done about the changes of a stretch of the past, each by itself,
    /// with today's rights of the actor; at most `limit` runs. Nothing is written.
    ///
    /// # Errors
    /// Invalid when the rule is no automation.
    pub fn would_run(
        &self,
        draft: RuleDraft,
        from: Instant,
        until: Instant,
        limit: usize,
    ) -> Result<Vec<WouldRun>> {
        let reading = self.reading()?;
        let active = drafted(draft, Purpose::Automation, &reading.sight)?;
        let mut cursor = reading.overlay.range(Table::Journal, Range::all(), Direction::Forward)?;
        let mut runs = Vec::new();
        while runs.len() < limit && cursor.step()? {
            let header = journal::header(cursor.value())?;
            if header.at < from || header.at > until {
                continue;
            }
            let position = journal::position(cursor.key()).unwrap_or(0);
            runs.extend(self.would_run_at(&reading, &active, position, cursor.value())?);
        }
        Ok(runs)
    }

    fn would_run_at(
        &self,
        reading: &Reading,
        active: &Active,
        position: u64,
        entry: &[u8],
    ) -> Result<Option<WouldRun>> {
        let entry = Entry::read(entry)?;
        let (at, mut about) = (entry.header.at, entry.header.record);
        let Reading { overlay, sight } = reading;
        let mut activity = None;
        if about.kind == KindNo::from_name("activity").unwrap_or(KindNo(0)) && active.kind != about.kind {
            let Some(image) = record_as_of(overlay, about, at)? else { return Ok(None) };
            let today = overlay.get(Table::Records, &key::record(about))?;
            if !sight.sees(overlay, about, today.as_deref().unwrap_or(&image))? {
                return Ok(None);
            }
            let logged = Activity::read(crate::base::Id::from_u128(about.bits), View::new(&image)?)?;
            let Some(record) = logged.about.filter(|_| entry.header.change == Change::Created) else {
                return Ok(None);
            };
            (about, activity) = (record, Some(logged.kind.0));
        }
        if about.kind != active.kind {
            return Ok(None);
        }
        let after = record_as_of(overlay, about, at)?;
        let before = match (activity.is_some(), entry.header.change) {
            (true, _) => after.clone(),
            (_, Change::Created) => None,
            _ => Some(taken_back(after.as_deref(), &entry)?),
        };
        let today = overlay.get(Table::Records, &key::record(about))?;
        let Some(known) = today.as_deref().or(after.as_deref()).or(before.as_deref()) else {
            return Ok(None);
        };
        if !sight.sees(overlay, about, known)? {
            return Ok(None);
        }
        let Some(schema) = sight.config.schema.kind(about.kind) else { return Ok(None) };
        let (old, new) =
            (before.as_deref().map(View::new).transpose()?, after.as_deref().map(View::new).transpose()?);
        // A trigger tells of what it fires on, and a call of what it is filled with.
        let past = Sight::new(sight.config.clone(), sight.access.clone(), at);
        let shown = |image: Option<&[u8]>| {
            let show = |image: &[u8]| active.looking(&past, |past| past.show(about.kind, image.to_vec()));
            image.map(show).transpose()
        };
        let (shown_before, shown_after) = (shown(before.as_deref())?, shown(after.as_deref())?);
        let seen_before = shown_before.as_deref().map(View::new).transpose()?;
        let seen_after = shown_after.as_deref().map(View::new).transpose()?;
        let activity = activity.as_deref();
        let happened = Happened { schema, before: seen_before, after: seen_after, activity };
        let mut because = None;
        for trigger in &active.rule.triggers {
            because = because.or(fires(trigger, &happened)?);
        }
        let (Some(because), Some(view)) = (because, new.or(old)) else { return Ok(None) };
        let Some(seen) = seen_after.or(seen_before) else { return Ok(None) };
        let ask = Ask { before: old, ..Ask::new(Purpose::Automation, about, view) };
        let judges = self.crm.host.judges.as_ref();
        let verdict =
            active.looking(&past, |past| active.ask(Neighbours::seen_at(overlay, past, at), judges, &ask));
        let mut run =
            WouldRun { position, at, record: about, because, calls: Vec::new(), failure: String::new() };
        match verdict {
            Ok(Some(verdict)) => match verdict.answer {
                Answer::Holds(false) => return Ok(None),
                Answer::Calls(calls) => run.calls = calls,
                _ => {
                    let calls = active.rule.calls.iter();
                    run.calls = calls
                        .map(|template| call(template, schema, about, seen, at))
                        .collect::<Result<_>>()?;
                }
            },
            Ok(None) => return Ok(None),
            Err(error) => run.failure = failure(&error).ok_or(error)?,
        }
        Ok(Some(run))
    }

    /// Runs commands that come as data one after the other, each over what those before it did, and
    /// forgets it all: save a rule, put it in force, and see what follows.
    ///
    /// ```
    /// use crm_core::prelude::*;
    /// use serde_json::json;
    /// let crm = Crm::open(MemoryStore::new(), Host::system()).unwrap();
    /// let rule = json!({"rule": {"name": "size", "kind": "lead",
    ///     "lines": [{"criterion": "company_size > 100", "points": 20}]}});
    /// let lead = json!({"lead": {"name": "夏铁军", "company_size": 250}});
    /// let done = crm.system().rehearse(vec![("rule.save".into(), rule), ("lead.capture".into(), lead)]).unwrap();
    /// assert!(done.iter().all(|answer| answer.is_ok()));
    /// assert_eq!(crm.position().unwrap(), 0);
    /// ```
    ///
    /// # Errors
    /// When the store fails; a command's own error stands in its place.
    pub fn rehearse(&self, commands: Vec<(String, Json)>) -> Result<Vec<Result<Json>>> {
        let works = commands.into_iter().map(|(name, input)| Named { name, input }).collect();
        Rehearsal::begin(self.crm)?.play(self.actor(), works)
    }
}

/// A draft as a rule to be asked. One that looks as a role is for those who may make such a rule.
pub(super) fn drafted(draft: RuleDraft, purpose: Purpose, sight: &Sight) -> Result<Active> {
    let may = |action| sight.access.may(action, RuleKind::NO);
    if draft.runs_as.is_some() && !may(Action::Create) && !may(Action::Update) {
        return Err(denied(Action::Create, RuleKind::NO));
    }
    let mut rule = Rule::empty(RuleId::from_u128(0));
    draft.put_into(&mut rule);
    if rule.is_for() != purpose {
        let (name, is_for) = (&rule.name, rule.is_for());
        let en = format!("`{name}` is a rule for {is_for}, not for {purpose}");
        let said = (en, format!("规则 `{name}` 的用途是{}，不是{}", is_for.zh(), purpose.zh()));
        return Err(Error::invalid_as("purpose", "rule.purpose", said));
    }
    crate::domain::rule::rules::Criteria::read(&rule)?;
    let kind = rule.kind.clone();
    Active::new(rule, &sight.config.schema).ok_or_else(|| {
        let said = (format!("no kind of record is called `{kind}`"), format!("没有记录类型 `{kind}`"));
        Error::invalid_as("kind", "kind.unknown", said)
    })
}

/// A record's image with one entry's changes taken back.
pub(super) fn taken_back(after: Option<&[u8]>, entry: &Entry<'_>) -> Result<Vec<u8>> {
    let mut fields: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    if let Some(after) = after {
        let mut walk = View::new(after)?.fields();
        while let Some((no, raw)) = walk.step()? {
            fields.insert(no, raw.0.to_vec());
        }
    }
    entry.changes(|change| {
        if change.old == crate::record::codec::Raw::NULL {
            fields.remove(&change.no);
        } else {
            fields.insert(change.no, change.old.0.to_vec());
        }
    })?;
    let mut out = Vec::new();
    for (no, raw) in fields {
        put_varint(&mut out, u64::from(no));
        out.extend_from_slice(&raw);
    }
    Ok(crate::record::codec::image(1, 0, entry.header.at, &out))
}

/// A command by its name, with its fields.
struct Named {
    name: String,
    input: Json,
}

impl Work for Named {
    type Output = Json;

    fn name(&self, _: &Json) -> &'static str {
        registry::command_names().into_iter().find(|known| *known == self.name).unwrap_or("command")
    }

    fn earlier(&self, _: &Overlay, _: Actor) -> Result<Option<Json>> {
        Ok(None)
    }

    fn run(&self, desk: &mut dyn Desk) -> Result<Json> {
        registry::within(&self.name)?(desk, self.input.clone())
    }

    fn remember(&self, _: &mut Overlay, _: Actor, _: &mut Json) -> Result<()> {
        Ok(())
    }
}
