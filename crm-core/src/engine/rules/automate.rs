//! Automations: what changes call for, run in units of their own with the rights of who made the
//! change, counted when they fail, and cut where they would go round in a circle.
//!
//! The condition is decided when the change is made; what it calls for is queued in the same commit and
//! done by the same call where it can be, so that a crash loses none and repeats none.

use serde::{Deserialize, Serialize};

use super::awaited::{REACHED, reminders};
use super::book::Active;
use super::follow::regard_stored;
use crate::base::kind::{self, RuleId};
use crate::base::{Id, Instant, Kind, KindNo, RecordRef};
use crate::domain::activity::Activity;
use crate::domain::rule::rules::{Happened, call, fires};
use crate::domain::rule::{MOST_FAILURES, RULE_BY_NAME, Rule, RuleRun, RuleState, RunOutcome};
use crate::engine::registry;
use crate::engine::sight::Neighbours;
use crate::engine::unit::Unit;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Lookup, Purpose};
use crate::record::diagnostic::one;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::record::schema::FieldDef;
use crate::record::script::{Answer, Ask, Call, Cause, Language, Purpose as For, Which};
use crate::record::spec::Record;

/// The due work that runs an automation.
pub(crate) const RUN: &str = "rule.run";
/// How many rules may lead to one another.
const LONGEST_CHAIN: usize = 8;

/// What a run needs to know, kept as the note of its due work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) rule: RecordRef,
    /// In whose name.
    pub(super) actor: Actor,
    /// What happened.
    pub(super) because: String,
    /// The rules that led here, each with the record that it was about.
    pub(super) chain: Vec<(RecordRef, RecordRef)>,
    /// Whether the chain ends here.
    #[serde(default)]
    pub(super) cut: bool,
    /// Whether the condition failed when the change was made, so that the run decides it.
    #[serde(default)]
    pub(super) undecided: bool,
    /// For a script, the record's fields before the change.
    #[serde(default)]
    pub(super) before: Option<Vec<u8>>,
    /// For what is due, the field and the instant that it held.
    #[serde(default)]
    pub(super) reached: Option<(u16, i64)>,
}

impl Note {
    /// Of a rule that waits for the instant in a field.
    pub(super) fn awaiting(rule: &Rule, actor: Actor, field: &FieldDef, at: Instant) -> Note {
        Note {
            rule: rule.record_ref(),
            actor,
            because: format!("`{}` reached", field.name),
            chain: Vec::new(),
            cut: false,
            undecided: false,
            before: None,
            reached: Some((field.no, at.micros())),
        }
    }

    /// Of a rule that is called. Nothing changed, so that a script sees the record twice as it is.
    fn calling(desk: &mut dyn Desk, rule: &Rule, record: RecordRef) -> Result<Note> {
        let (chain, called) = (desk.chain(), rule.record_ref());
        let by_script = rule.written_in() != Language::Criteria && rule.lowered.is_empty();
        let image = desk.load(record, Action::Read)?;
        Ok(Note {
            rule: called,
            actor: desk.actor(),
            because: "called".to_owned(),
            cut: chain.contains(&(called, record)) || chain.len() >= LONGEST_CHAIN,
            chain,
            undecided: !by_script,
            before: if by_script { Some(View::new(&image)?.field_bytes().to_vec()) } else { None },
            reached: None,
        })
    }

    pub(super) fn due(&self, work: &str, about: RecordRef, at: Instant) -> Result<Due> {
        let note = serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Due { at, work: work.to_owned(), about, note })
    }

    pub(super) fn read(due: &Due) -> Result<Note> {
        serde_json::from_str(&due.note).map_err(|error| Error::Corrupt(format!("due work: {error}")))
    }
}

/// Whether due work is that of an automation.
pub(crate) fn is_automation(due: &Due) -> bool {
    due.work == RUN || due.work == REACHED
}

/// In whose name due work is done.
pub(crate) fn actor(due: &Due) -> Actor {
    let note = is_automation(due).then(|| Note::read(due));
    note.and_then(Result::ok).map_or(Actor::System, |note| note.actor)
}

/// Queues what a record's change in a unit calls for.
pub(crate) fn react(unit: &mut Unit<'_>, record: RecordRef) -> Result<()> {
    let config = unit.config.clone();
    if !config.rules.reacts() {
        return Ok(());
    }
    let (Some(touched), Some(schema)) = (unit.touched.get(&record), config.schema.kind(record.kind)) else {
        return Ok(());
    };
    let (before, after) = (touched.before.clone(), touched.fields.clone());
    let before = before.as_deref().map(View::new).transpose()?;
    let after = after.as_deref().map(View::of_fields);
    let mut due = Vec::new();
    let happened = Happened { schema, before, after, activity: None };
    for active in config.rules.of(For::Automation, record.kind) {
        due.extend(called_for(unit, active, record, &happened)?);
        due.extend(reminders(unit, active, record, &happened)?);
    }
    if let (kind::Activity::NO, None, Some(view)) = (record.kind, before, after) {
        let activity = Activity::read(Id::from_u128(record.bits), view)?;
        if let Some(about) = activity.about
            && let Some(schema) = config.schema.kind(about.kind)
            && let Some(image) = unit.image(about)?
        {
            let view = View::new(&image)?;
            let happened = Happened {
                schema,
                before: Some(view),
                after: Some(view),
                activity: Some(activity.kind.0.as_str()),
            };
            for active in config.rules.of(For::Automation, about.kind) {
                due.extend(called_for(unit, active, about, &happened)?);
            }
        }
    }
    unit.due.extend(due);
    Ok(())
}

/// The run that a change calls for, if a trigger fires and the rule's condition holds.
fn called_for(
    unit: &Unit<'_>,
    active: &Active,
    about: RecordRef,
    happened: &Happened<'_>,
) -> Result<Option<Due>> {
    let mut because = None;
    for trigger in &active.rule.triggers {
        because = fires(trigger, happened)?;
        if because.is_some() {
            break;
        }
    }
    let Some(because) = because else { return Ok(None) };
    let mut undecided = false;
    // The condition of a script is its own affair, and nothing for the command that made the change.
    if !active.is_script() {
        let view = happened.after.or(happened.before).unwrap_or(View::of_fields(&[]));
        let staged = |record| unit.image(record).ok().flatten();
        let ask = Ask { before: happened.before, ..Ask::new(For::Automation, about, view) };
        let verdict = active.looking(&unit.sight, |sight| {
            let looks = Neighbours::seen(unit.overlay, sight).within(&staged);
            active.ask(looks, unit.host.judges.as_ref(), &ask)
        });
        match verdict {
            Ok(Some(verdict)) if verdict.answer == Answer::Holds(true) => {}
            // What fails does so in its own unit, where it is counted.
            Err(Error::RuleFailed { .. }) => undecided = true,
            Ok(_) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let rule = active.rule.record_ref();
    let note = Note {
        rule,
        actor: unit.sight.access.actor,
        because,
        cut: unit.chain.contains(&(rule, about)) || unit.chain.len() >= LONGEST_CHAIN,
        undecided,
        chain: unit.chain.clone(),
        before: happened.before.filter(|_| active.is_script()).map(|view| view.field_bytes().to_vec()),
        reached: None,
    };
    note.due(RUN, about, unit.now).map(Some)
}

crate::command! {
    /// Has a rule asked about a record although nothing happened to it: an automation does what it does if
    /// its condition holds, within the same call and with the rights of who calls it; scoring and level
    /// rules score and grade it anew.
    ///
    /// # Errors
    /// Not found when there is no such rule or record; refused when the rule is not in force, is about
    /// another kind, or is for something that is not done to a record.
    pub struct CallRule as "rule.call" -> () {
        /// The rule, by name or id.
        rule: String,
        /// The record.
        record: RecordRef,
    }
    run(this, desk) {
        desk.load(this.record, Action::Read)?;
        let rule = called(desk, &this.rule)?;
        let name = &rule.name;
        if !rule.is_active() {
            return Err(Error::refused("rule.not_in_force", format!("the rule `{name}` is not in force")));
        }
        if KindNo::from_name(&rule.kind) != Some(this.record.kind) {
            let message = format!("`{name}` is no rule about {}", one(this.record.kind));
            return Err(Error::refused("rule.kind", message));
        }
        match rule.is_for() {
            For::Automation => {
                let note = Note::calling(desk, &rule, this.record)?;
                desk.schedule(note.due(RUN, this.record, desk.now())?);
                Ok(())
            }
            For::Score | For::Level => regard_stored(desk, this.record, Cause::Asked),
            other => {
                let message = format!("`{name}` is a rule for {other}, which can't be called");
                Err(Error::refused("rule.purpose", message))
            }
        }
    }
}

/// The rule of a name or id. Its name is no secret to who may be under it, and it runs with his rights.
fn called(desk: &mut dyn Desk, name: &str) -> Result<Rule> {
    let named = match name.parse::<RuleId>() {
        Ok(id) => desk.enlist_as::<Rule>(id, Purpose::Derive)?,
        Err(_) => {
            let parts = vec![name.into()];
            let lookup = Lookup { kind: kind::Rule::NO, index: RULE_BY_NAME, parts, limit: 1 };
            match desk.matches(&lookup)?.first() {
                Some(rule) => desk.enlist_as::<Rule>(Id::from_u128(rule.bits), Purpose::Derive)?,
                None => None,
            }
        }
    };
    named.ok_or_else(|| Error::NotFound(kind::Rule::NO, name.to_owned()))
}

/// Runs an automation.
pub(crate) fn run(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let mut note = Note::read(due)?;
    let id = RuleId::from_u128(note.rule.bits);
    let Some(mut rule) = desk.enlist_as::<Rule>(id, Purpose::Derive)? else { return Ok(()) };
    if !rule.is_active() {
        return Ok(());
    }
    desk.by_rule(&rule.signature());
    desk.because(&note.because);
    let names = chain_names(desk, &note)?;
    if note.cut {
        let went = [names.as_slice(), &[rule.name.clone()]].concat().join(" → ");
        let did = vec![format!("rules go round in a circle: {went}")];
        return log(desk, &rule, due.about, &note.because, RunOutcome::Cut, did, names);
    }
    if note.undecided && !holds(desk, id, due.about)? {
        return Ok(());
    }
    note.chain.push((note.rule, due.about));
    desk.led_by(note.chain.clone());
    let mut did = Vec::new();
    for call in calls(desk, &rule, due.about, note.before.as_deref())? {
        let output = registry::within(&call.command)?(desk, call.fields)?;
        did.push(format!("{}: {output}", call.command));
    }
    // `by_rule` and `because` of the commands are the rule's.
    desk.by_rule(&rule.signature());
    desk.because(&note.because);
    if rule.failures.unwrap_or(0) > 0 {
        rule.failures = None;
        desk.put(&rule)?;
    }
    log(desk, &rule, due.about, &note.because, RunOutcome::Done, did, names)
}

/// Whether the condition of a rule holds of a record as it is now; what fails is the rule's.
fn holds(desk: &mut dyn Desk, rule: RuleId, about: RecordRef) -> Result<bool> {
    let Some(image) = desk.enlist(about, Purpose::Derive)? else { return Ok(false) };
    let ask = Ask { which: Which::Rule(rule), ..Ask::new(For::Automation, about, View::new(&image)?) };
    Ok(desk.judge(&ask)?.is_some_and(|verdict| verdict.answer == Answer::Holds(true)))
}

/// The commands of a run: those of the rule with the record's values in them, or what the script says.
fn calls(desk: &mut dyn Desk, rule: &Rule, about: RecordRef, before: Option<&[u8]>) -> Result<Vec<Call>> {
    let image = match desk.load(about, Action::Read) {
        Ok(image) => Some(image),
        // What was deleted, or taken from the actor by the change itself.
        Err(Error::NotFound(..)) => None,
        Err(error) => return Err(error),
    };
    if !rule.calls.is_empty() {
        // What a call is filled with ends up where others read it, so it holds what the rule is shown.
        let image = image.map(|image| desk.shown(rule.id(), about.kind, image)).transpose()?;
        let view = image.as_deref().map_or(Ok(View::of_fields(&[])), View::new)?;
        let schema = desk.schema();
        let schema = schema.kind(about.kind).ok_or_else(|| Error::not_found(about))?;
        return rule.calls.iter().map(|template| call(template, schema, about, view, desk.now())).collect();
    }
    let view = image.as_deref().map_or(Ok(View::of_fields(&[])), View::new)?;
    let ask = Ask {
        which: Which::Rule(rule.id()),
        before: before.map(View::of_fields),
        ..Ask::new(For::Automation, about, view)
    };
    match desk.judge(&ask)?.map(|verdict| verdict.answer) {
        Some(Answer::Calls(calls)) => Ok(calls),
        Some(Answer::Holds(_)) | None => Ok(Vec::new()),
        Some(other) => {
            let message = format!("the script answered {other:?}, which is not what was asked");
            Err(Error::rule_failed(rule.signature(), message))
        }
    }
}

fn chain_names(desk: &mut dyn Desk, note: &Note) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for (rule, _) in &note.chain {
        let rule = desk.enlist_as::<Rule>(RuleId::from_u128(rule.bits), Purpose::Derive)?;
        names.extend(rule.map(|rule| rule.name));
    }
    Ok(names)
}

/// Records a run.
fn log(
    desk: &mut dyn Desk,
    rule: &Rule,
    about: RecordRef,
    because: &str,
    outcome: RunOutcome,
    did: Vec<String>,
    chain: Vec<String>,
) -> Result<()> {
    let mut run = RuleRun::empty(desk.new_id());
    desk.enlist(run.record_ref(), Purpose::Derive)?;
    (run.rule, run.version) = (Some(rule.id()), rule.version);
    let there = desk.enlist(about, Purpose::Derive)?.is_some();
    run.about = there.then_some(about);
    because.clone_into(&mut run.because);
    (run.outcome, run.did, run.chain, run.at) = (Some(outcome), did, chain, Some(desk.now()));
    desk.put(&run)
}

crate::command! {
    /// Counts a failed run of an automation; after too many in a row the rule is switched off.
    pub struct FailRule as "rule.fail" -> () {
        /// The run.
        due: Due,
        /// Why it failed.
        error: String,
    }
    run(this, desk) {
        let note = Note::read(&this.due)?;
        let id = RuleId::from_u128(note.rule.bits);
        let Some(mut rule) = desk.enlist_as::<Rule>(id, Purpose::Derive)? else { return Ok(()) };
        let names = chain_names(desk, &note)?;
        let failures = rule.failures.unwrap_or(0) + 1;
        rule.failures = Some(failures);
        rule.failure.clone_from(&this.error);
        if failures >= rule.most_failures.unwrap_or(MOST_FAILURES) {
            rule.state = Some(RuleState::Failed);
        }
        desk.by_rule(&rule.signature());
        desk.because(&this.error);
        desk.put(&rule)?;
        log(desk, &rule, this.due.about, &note.because, RunOutcome::Failed, vec![this.error], names)
    }
}
