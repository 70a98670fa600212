//! What the host or the rules crate may provide to judge records: scores, assignment, guards, and
//! reactions. Each has a plain default.

use super::codec::View;
use super::desk::{Desk, Due};
use super::error::{Refusal, Result};
use super::journal::Entry;
use super::script::{Answer, Checked, Question, Reads, Script, Vocabulary};
use crate::base::kind::UserId;
use crate::base::{Instant, RecordRef};

/// A score with its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Score {
    /// The points.
    pub points: i64,
    /// What gave them.
    pub reasons: Vec<String>,
    /// The rule's name and version, for the journal.
    pub rule: String,
}

/// A choice of owner with its reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Assigned {
    /// Who gets it.
    pub user: UserId,
    /// Why.
    pub reason: String,
}

/// A move that a guard judges.
#[derive(Clone, Copy, Debug)]
pub struct GuardedMove<'a> {
    /// The guard's name in the lifecycle.
    pub guard: &'a str,
    /// The record.
    pub record: RecordRef,
    /// Its fields before the move.
    pub view: View<'a>,
    /// The state it leaves.
    pub from: &'a str,
    /// The state it enters.
    pub to: &'a str,
    /// When.
    pub now: Instant,
}

/// What the host or the rules crate may fill in. Methods run inside a unit of work: they are
/// deterministic, quick, and call nothing of the engine.
pub trait Judges: Send + Sync {
    /// Scores a lead from its fields; none when no rule scores it.
    fn score_lead(&self, _lead: View<'_>, _now: Instant) -> Result<Option<Score>> {
        Ok(None)
    }

    /// Chooses among candidates the user who gets a lead; none leaves it to the built-in methods.
    fn assign_lead(
        &self,
        _lead: View<'_>,
        _candidates: &[UserId],
        _now: Instant,
    ) -> Result<Option<Assigned>> {
        Ok(None)
    }

    /// Judges a move by a guard that its lifecycle names; none when there is no such guard.
    fn guard(&self, _guarded: &GuardedMove<'_>) -> Result<Option<Vec<Refusal>>> {
        Ok(None)
    }

    /// Work that a change calls for, queued in the same unit.
    fn react(&self, _entry: &Entry<'_>, _now: Instant) -> Result<Vec<Due>> {
        Ok(Vec::new())
    }

    /// Checks a script when its rule is saved; none when the judge reads no scripts.
    fn check_script(&self, _script: &Script<'_>, _words: &Vocabulary<'_>) -> Result<Option<Checked>> {
        Ok(None)
    }

    /// Runs a script; none when the judge reads no scripts. `reads` is what the actor sees.
    ///
    /// # Errors
    /// [`RuleFailed`](super::error::Error::RuleFailed) when the script fails or exceeds its limits.
    fn run_script(&self, _question: &Question<'_>, _reads: &mut dyn Reads) -> Result<Option<Answer>> {
        Ok(None)
    }

    /// Does work that a reaction queued, in a unit of its own; answers whether it knows the work.
    fn work(&self, _desk: &mut dyn Desk, _due: &Due) -> Result<bool> {
        Ok(false)
    }
}

/// Judges nothing: no score, the built-in assignment, guards pass as unknown, no reactions.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJudges;
impl Judges for NoJudges {}
