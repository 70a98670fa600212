//! Time spent in each state, and records that have stood still for too long.

use serde::{Deserialize, Serialize};

use super::{State, StateClass};
use crate::base::{Instant, Span};

/// How long a record has been in each state, over all its visits.
///
/// ```
/// use crm_core::base::{Instant, Span};
/// use crm_core::record::lifecycle::StateTimes;
/// let day = |n| Instant::from_micros(0) + Span::from_days(n);
/// let mut times = StateTimes::default();
/// times.enter("new", day(0));
/// times.enter("following", day(2));
/// assert_eq!(times.total("new", day(9)), Span::from_days(2));
/// assert_eq!(times.total("following", day(9)), Span::from_days(7));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateTimes {
    /// Each state that was ever entered, in the order of first entry, with the time of the visits that ended.
    ended: Vec<(String, Span)>,
    /// The state that the record is in, and since when.
    current: Option<(String, Instant)>,
}

crate::row! {
    /// The time that a record spent in a state, over all visits that ended.
    pub struct Spent as Row {
        state: String = "State" "状态";
        time: Span = "Time" "时长";
    }
}

impl StateTimes {
    /// From the fields of a record: the visits that ended, and the current state since when.
    pub fn from_fields(spent: &[Spent], state: &str, since: Option<Instant>) -> Self {
        let current = since.filter(|_| !state.is_empty()).map(|since| (state.to_owned(), since));
        let mut ended: Vec<_> = spent.iter().map(|row| (row.state.clone(), row.time)).collect();
        if let Some((state, _)) = &current
            && !ended.iter().any(|(code, _)| code == state)
        {
            ended.push((state.clone(), Span::ZERO));
        }
        StateTimes { ended, current }
    }

    /// The visits that ended, as rows of a field.
    pub fn spent(&self) -> Vec<Spent> {
        self.ended.iter().map(|(state, time)| Spent { state: state.clone(), time: *time }).collect()
    }

    /// Notes that the record enters a state, leaving the one it is in. Entering that same one changes nothing.
    pub fn enter(&mut self, state: &str, at: Instant) {
        if self.current().is_some_and(|(code, _)| code == state) {
            return;
        }
        // A clock that runs backwards must not make a visit last less than no time.
        let at = self.current.as_ref().map_or(at, |(_, since)| at.max(*since));
        self.leave(at);
        if !self.ended.iter().any(|(code, _)| code == state) {
            self.ended.push((state.to_owned(), Span::ZERO));
        }
        self.current = Some((state.to_owned(), at));
    }

    /// Notes that the record leaves the state it is in, for none.
    pub fn leave(&mut self, at: Instant) {
        let Some((state, since)) = self.current.take() else { return };
        if let Some((_, total)) = self.ended.iter_mut().find(|(code, _)| *code == state) {
            *total = *total + (at.max(since) - since);
        }
    }

    /// The state that the record is in, and since when.
    pub fn current(&self) -> Option<(&str, Instant)> {
        self.current.as_ref().map(|(code, since)| (code.as_str(), *since))
    }

    /// Renames states after a definition has changed; the times of states that fall together are added up.
    pub fn rename(&mut self, renames: &[(String, String)]) {
        let renamed = |code: String| {
            renames.iter().find(|(old, _)| *old == code).map_or_else(|| code.clone(), |(_, new)| new.clone())
        };
        for (code, span) in std::mem::take(&mut self.ended) {
            let code = renamed(code);
            match self.ended.iter_mut().find(|(known, _)| *known == code) {
                Some((_, total)) => *total = *total + span,
                None => self.ended.push((code, span)),
            }
        }
        self.current = self.current.take().map(|(code, since)| (renamed(code), since));
    }

    /// The time in a state up to now, all visits together.
    pub fn total(&self, state: &str, now: Instant) -> Span {
        self.totals(now).into_iter().find(|(code, _)| *code == state).map_or(Span::ZERO, |(_, total)| total)
    }

    /// Each state that was ever entered, in the order of first entry, with its time up to now.
    pub fn totals(&self, now: Instant) -> Vec<(&str, Span)> {
        let running = |code: &str| match self.current() {
            Some((current, since)) if current == code => now.max(since) - since,
            _ => Span::ZERO,
        };
        self.ended.iter().map(|(code, span)| (code.as_str(), *span + running(code))).collect()
    }
}

/// When a record starts to rot: `rot_days` after it entered its state or last made progress, whichever is later.
///
/// None where the state is not an open one or sets no limit.
pub fn rots_at(state: &State, since: Instant, last_progress: Option<Instant>) -> Option<Instant> {
    let days = state.rot_days.filter(|&days| days > 0 && state.class == StateClass::Open)?;
    let progress = last_progress.map_or(since, |at| at.max(since));
    Some(progress + Span::from_days(i64::from(days)))
}

/// Whether a record has been without progress for as many days as its state sets, as of now.
pub fn is_rotting(state: &State, since: Instant, last_progress: Option<Instant>, now: Instant) -> bool {
    rots_at(state, since, last_progress).is_some_and(|at| now >= at)
}
