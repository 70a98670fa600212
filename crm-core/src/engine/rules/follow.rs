//! What scores and levels owe to changes: rules are asked again when a field that they read, or an
//! activity that they count, is new.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::book::failure;
use crate::base::choice::Choice;
use crate::base::kind::RuleId;
use crate::base::{Id, Instant, Kind, KindNo, RecordRef, Span, kind};
use crate::domain::activity::Activity;
use crate::domain::lead::{self, Grade};
use crate::domain::party::Level;
use crate::domain::rule::Rule;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Due, Purpose};
use crate::record::error::{Error, Result};
use crate::record::port::Score;
use crate::record::schema::Schema;
use crate::record::script::{Answer, Ask, Cause, Heard, Purpose as For, Verdict};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

/// The due work that scores a record again when its behaviours have decayed past a grade.
pub(crate) const RESCORE: &str = "rule.rescore";
/// The due work that asks a rule about every record there is.
pub(crate) const APPLY: &str = "rule.apply_stretch";
/// How many records one stretch of that asks about.
const STRETCH: usize = 500;

const CUSTOMER: KindNo = kind::Customer::NO;

/// A score as it is written into a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) points: i64,
    pub(crate) reasons: Vec<String>,
    pub(crate) grade: Option<Grade>,
    pub(crate) rule: String,
    again: Option<Instant>,
}

/// The score that the rules in force give a record, else that of the host's own judge.
///
/// # Errors
/// [`Error::RuleFailed`] when the rule fails.
pub(crate) fn score(desk: &mut dyn Desk, ask: &Ask<'_>) -> Result<Heard<Scored>> {
    match desk.hear(ask)? {
        Heard::Unconcerned => Ok(Heard::Unconcerned),
        Heard::Nobody => by_host(desk, ask),
        Heard::Said(Verdict { answer: Answer::Score(score), grade, signature, again, .. }) => {
            Ok(Heard::Said(Scored {
                points: score.points,
                reasons: score.reasons,
                grade: Grade::from_name(&grade),
                rule: signature,
                again,
            }))
        }
        Heard::Said(verdict) => Err(other_answer(&verdict)),
    }
}

fn by_host(desk: &mut dyn Desk, ask: &Ask<'_>) -> Result<Heard<Scored>> {
    if ask.record.kind != kind::Lead::NO {
        return Ok(Heard::Nobody);
    }
    let scored = |score: Score| Scored {
        grade: Some(lead::rules::grade(score.points)),
        points: score.points,
        reasons: score.reasons,
        rule: score.rule,
        again: None,
    };
    let score = desk.ports().score_lead(ask.view, desk.now())?;
    Ok(score.map_or(Heard::Nobody, |score| Heard::Said(scored(score))))
}

fn other_answer(verdict: &Verdict) -> Error {
    let message = format!("the script answered {:?}, which is not what was asked", verdict.answer);
    Error::rule_failed(&verdict.signature, message)
}

/// Has a record scored again when its points will have decayed past a grade.
pub(crate) fn watch(desk: &mut dyn Desk, record: RecordRef, scored: &Scored) {
    if let Some(at) = scored.again {
        let note = desk.now().micros().to_string();
        desk.schedule(Due { at, work: RESCORE.to_owned(), about: record, note });
    }
}

/// What follows from a changed record for scores and levels.
pub(crate) fn follow(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    if record.kind == kind::Activity::NO {
        // What it was about has it no more, where it is about something else or is gone.
        let mut concerned = BTreeSet::new();
        for view in [before, after].into_iter().flatten() {
            concerned.extend(Activity::read(Id::from_u128(record.bits), view)?.about);
        }
        return concerned.into_iter().try_for_each(|about| regard_stored(desk, about, Cause::Behaved));
    }
    if record.kind == kind::Rule::NO {
        reapply(desk, record, before, after)?;
    }
    let Some(view) = after else { return Ok(()) };
    if record.kind == kind::Rule::NO {
        return super::awaited::take_up(desk, record, before, view);
    }
    // The record is in the unit's hands; reaching for it by a purpose would lift the checks of the
    // actor's rights to what he made of it.
    regard(desk, record, Cause::Changed, before, view)
}

/// Asks the rules about a record that the unit itself may not have touched.
pub(crate) fn regard_stored(desk: &mut dyn Desk, record: RecordRef, cause: Cause) -> Result<()> {
    if !has_score(&desk.schema(), record.kind) && record.kind != CUSTOMER {
        return Ok(());
    }
    let Some(image) = desk.enlist(record, Purpose::Derive)? else { return Ok(()) };
    regard(desk, record, cause, None, View::new(&image)?)
}

/// Whether records of a kind keep a score.
pub(crate) fn has_score(schema: &Schema, kind: KindNo) -> bool {
    schema.kind(kind).is_some_and(|schema| schema.named("scored_at").is_some())
}

/// Asks the rules about a record as it stands.
fn regard(
    desk: &mut dyn Desk,
    record: RecordRef,
    cause: Cause,
    before: Option<View<'_>>,
    view: View<'_>,
) -> Result<()> {
    if record.kind == CUSTOMER {
        relevel(desk, &Ask { cause, before, ..Ask::new(For::Level, record, view) })?;
    }
    rescore(desk, &Ask { cause, before, ..Ask::new(For::Score, record, view) })
}

/// Scores a record and writes what is new.
fn rescore(desk: &mut dyn Desk, ask: &Ask<'_>) -> Result<()> {
    // Mostly no rule is in force, and nothing more is to be known.
    let scored = match score(desk, ask) {
        Ok(Heard::Unconcerned) => return Ok(()),
        scored => scored,
    };
    let mut sheet = Sheet::of(desk, ask.record, ask.view)?;
    // A new record that was scored on its way in has been asked about.
    let is_new = ask.before.is_none() && ask.cause == Cause::Changed;
    if is_new && sheet.named::<Option<Instant>>("scored_at")? == Some(desk.now()) {
        return Ok(());
    }
    let scored = match scored {
        Ok(scored) => scored,
        // A rule that fails leaves the score as it is, and the change to be made.
        Err(error) => {
            let Some(message) = failure(&error) else { return Err(error) };
            let mut reasons: Vec<String> = sheet.named("score_reasons")?;
            if reasons.last() != Some(&message) {
                reasons.retain(|reason| !reason.starts_with(FAILED));
                reasons.push(message);
                sheet.set_named("score_reasons", &reasons);
                sheet.write(desk)?;
            }
            return Ok(());
        }
    };
    let Heard::Said(scored) = scored else { return unscore(desk, ask, sheet) };
    let same = sheet.named::<Option<i64>>("score")? == Some(scored.points)
        && sheet.named::<Vec<String>>("score_reasons")? == scored.reasons
        && sheet.named::<Option<Grade>>("grade")? == scored.grade;
    if same && scored.again.is_none() {
        return Ok(());
    }
    sheet.set_named("score", &Some(scored.points));
    sheet.set_named("score_reasons", &scored.reasons);
    sheet.set_named("scored_at", &Some(desk.now()));
    if ask.cause == Cause::Asked {
        // Nothing but the rule made this change.
        desk.by_rule(&scored.rule);
    }
    sheet.set_named("grade", &scored.grade);
    sheet.write(desk)?;
    watch(desk, ask.record, &scored);
    Ok(())
}

/// Takes away a score that no rule gives any more, and says so.
fn unscore(desk: &mut dyn Desk, ask: &Ask<'_>, mut sheet: Sheet) -> Result<()> {
    let reasons: Vec<String> = sheet.named("score_reasons")?;
    let never = reasons.is_empty() || reasons == [NO_RULE];
    if sheet.named::<Option<i64>>("score")?.is_none() && never {
        return Ok(());
    }
    sheet.set_named("score", &None::<i64>);
    sheet.set_named("score_reasons", &vec![NO_RULE.to_owned()]);
    sheet.set_named("scored_at", &Some(desk.now()));
    sheet.set_named("grade", &None::<Grade>);
    if ask.cause == Cause::Asked {
        desk.because(NO_RULE);
    }
    sheet.write(desk)
}

/// The reason of a record that has no score any more.
pub(crate) const NO_RULE: &str = "no scoring rule applies";

/// What a failure among the reasons of a score begins with.
pub(crate) const FAILED: &str = "rule failed: ";

/// Gives a customer the level of the rules in force, unless a person gave him one.
fn relevel(desk: &mut dyn Desk, ask: &Ask<'_>) -> Result<()> {
    let verdict = match desk.judge(ask) {
        Ok(Some(verdict)) => verdict,
        Ok(None) => return Ok(()),
        Err(error) if failure(&error).is_some() => return Ok(()),
        Err(error) => return Err(error),
    };
    let Answer::Level(code) = &verdict.answer else { return Err(other_answer(&verdict)) };
    let Some(level) = Level::from_name(code) else { return Err(other_answer(&verdict)) };
    let mut sheet = Sheet::of(desk, ask.record, ask.view)?;
    let same = sheet.named::<Option<Level>>("level")? == Some(level)
        && sheet.named::<String>("level_rule")? == verdict.signature;
    if same || sheet.named::<Option<bool>>("level_by_hand")? == Some(true) {
        return Ok(());
    }
    sheet.set_named("level", &Some(level));
    sheet.set_named("level_rule", &verdict.signature);
    // A level with an instant of its own is a rule's, one without is given by hand.
    let graded: Option<Instant> = sheet.named("graded_at")?;
    let after = graded.map_or(Instant::MIN, |graded| graded + Span::from_micros(1));
    sheet.set_named("graded_at", &Some(desk.now().max(after)));
    sheet.write(desk)
}

/// Scores a record whose points have decayed, unless it was scored since.
pub(crate) fn rescore_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let Some(image) = desk.enlist(due.about, Purpose::Derive)? else { return Ok(()) };
    let sheet = Sheet::read(desk, due.about, &image)?;
    let scored: Option<Instant> = sheet.named("scored_at")?;
    if scored.map(|at| at.micros().to_string()).as_deref() != Some(&due.note) {
        return Ok(());
    }
    rescore(desk, &Ask::new(For::Score, due.about, View::new(&image)?))
}

crate::command! {
    /// Asks the scoring and level rules about every record of a rule's kind, in stretches of due work.
    pub struct ApplyRule as "rule.apply" -> () {
        /// The rule.
        rule: RuleId,
    }
    run(this, desk) {
        let rule: Rule = desk.load_as(this.rule, Action::Update)?;
        let Some(applying) = Applying::of(&rule) else { return Ok(()) };
        desk.schedule(applying.due(this.rule.record(), desk.now())?);
        Ok(())
    }
}

/// How far the records of a rule's kind were asked about: the note of [`APPLY`].
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Applying {
    kind: KindNo,
    /// Of the rule: a later one asks about all records itself.
    version: i64,
    #[serde(default)]
    after: Option<RecordRef>,
}

impl Applying {
    fn of(rule: &Rule) -> Option<Self> {
        let kind = KindNo::from_name(&rule.kind)?;
        Some(Applying { kind, version: rule.edition(), after: None })
    }

    fn due(&self, rule: RecordRef, at: Instant) -> Result<Due> {
        let note = serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Due { at, work: APPLY.to_owned(), about: rule, note })
    }
}

/// Has every record of a kind asked about again where other rules score or grade it than before: one was
/// put in force, changed, taken out of force or deleted.
fn reapply(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let in_force = |view: Option<View<'_>>| -> Result<Option<Rule>> {
        let rule = view.map(|view| Rule::read(Id::from_u128(record.bits), view)).transpose()?;
        Ok(rule.filter(|rule| rule.is_active() && matches!(rule.is_for(), For::Score | For::Level)))
    };
    let (was, is) = (in_force(before)?, in_force(after)?);
    let now = desk.now();
    if was == is {
        return Ok(());
    }
    let kinds: BTreeSet<_> = [&was, &is].into_iter().flatten().map(|rule| rule.kind.clone()).collect();
    for rule in [&is, &was].into_iter().flatten().take(kinds.len()) {
        if let Some(applying) = Applying::of(rule) {
            let version = is.as_ref().map_or(applying.version, Rule::edition);
            desk.schedule(Applying { version, ..applying }.due(record, now)?);
        }
    }
    Ok(())
}

/// One stretch of asking about every record.
pub(crate) fn apply_due(desk: &mut dyn Desk, due: &Due) -> Result<()> {
    let applying: Applying =
        serde_json::from_str(&due.note).map_err(|error| Error::Corrupt(format!("due work: {error}")))?;
    let rule = desk.enlist_as::<Rule>(Id::from_u128(due.about.bits), Purpose::Derive)?;
    if rule.is_some_and(|rule| rule.is_active() && rule.edition() != applying.version) {
        return Ok(());
    }
    let stretch = desk.walk(applying.kind, applying.after, STRETCH)?;
    for record in &stretch {
        regard_stored(desk, *record, Cause::Asked)?;
    }
    if stretch.len() == STRETCH {
        // Later, so that who changed the rule need not wait.
        let next = Applying { after: stretch.last().copied(), ..applying };
        desk.schedule(next.due(due.about, desk.now() + Span::from_micros(1))?);
    }
    Ok(())
}
