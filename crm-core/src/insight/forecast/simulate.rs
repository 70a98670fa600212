//! A forecast from history, with an interval from seeded draws.

use std::collections::{BTreeMap, BTreeSet};

use super::incidence::{Fate, Incidence};
use super::sums::{differ, too_large};
use crate::record::error::{Error, Result};

/// The closing day of a deal that is open.
pub const OPEN: i32 = i32::MAX;

/// Deals in columns.
#[derive(Clone, Copy, Debug)]
pub struct Deals<'a> {
    /// The day on which each was started, or entered the stage that its group stands for.
    pub started: &'a [i32],
    /// The day on which each was closed, or [`OPEN`].
    pub closed: &'a [i32],
    /// Whether each was won; of an open deal it says nothing.
    pub won: &'a [bool],
    /// What each is worth.
    pub values: &'a [i64],
    /// The stage, product or other group whose history tells of each.
    pub groups: &'a [u32],
}

/// How a forecast is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// After how many days the time begins that is forecast; 0 for at once.
    pub skip: u32,
    /// For how many days.
    pub horizon: u32,
    /// How many futures are drawn.
    pub draws: u32,
    /// The share of futures within the interval, above 0 and below 1.
    pub level: f64,
    /// The same seed draws the same futures.
    pub seed: u64,
    /// A group with fewer closed deals is forecast from the history of all.
    pub least_history: u32,
    /// Up to how many past forecasts, a month apart, tell how wide the interval has to be.
    pub look_back: u32,
}

/// Days between past forecasts.
const STEP: i32 = 30;

impl Default for Plan {
    /// 90 days, 2,000 futures, an interval of 80 % by a year's forecasts, a history of 30 closed deals.
    fn default() -> Self {
        Plan { skip: 0, horizon: 90, draws: 2_000, level: 0.8, seed: 1, least_history: 30, look_back: 12 }
    }
}

/// What will be won of the deals that are open as of a day, within a plan's horizon.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// The open deals, by row.
    pub rows: Vec<usize>,
    /// The probability that each is won within the horizon.
    pub chances: Vec<f64>,
    /// The mean.
    pub expected: f64,
    /// The lower end of the interval.
    pub low: i64,
    /// The upper end of the interval.
    pub high: i64,
    /// On how many past forecasts the width of the interval rests; with none it knows of no good and
    /// bad times, and is too narrow.
    pub past: u32,
    /// What each drawn future brings, ascending.
    pub futures: Vec<i64>,
    open: Vec<Open>,
    spread: f64,
}

impl Forecast {
    /// The share of futures that bring at least so much: with what a target still lacks, the
    /// probability that it is reached.
    pub fn reaches(&self, value: i64) -> f64 {
        let below = self.futures.partition_point(|future| *future < value);
        (self.futures.len() - below) as f64 / self.futures.len().max(1) as f64
    }

    /// The same forecast for some of its deals, by row: those of an owner, a team. Times are as good or bad for them as
    /// for all.
    ///
    /// # Errors
    /// `forecast.values`.
    pub fn of(&self, rows: &BTreeSet<usize>, plan: &Plan) -> Result<Forecast> {
        let open = self.open.iter().filter(|deal| rows.contains(&deal.row)).copied().collect();
        Forecast::drawn(open, self.spread, self.past, plan)
    }

    fn drawn(open: Vec<Open>, spread: f64, past: u32, plan: &Plan) -> Result<Forecast> {
        let futures = draw(&open, spread, plan)?;
        let end = |share: f64| {
            let place = (share * (futures.len().saturating_sub(1)) as f64).round() as usize;
            futures.get(place).copied().unwrap_or(0)
        };
        Ok(Forecast {
            rows: open.iter().map(|deal| deal.row).collect(),
            chances: open.iter().map(|deal| deal.chance).collect(),
            expected: expected(&open),
            low: end((1.0 - plan.level) / 2.0),
            high: end((1.0 + plan.level) / 2.0),
            past,
            futures,
            open,
            spread,
        })
    }
}

/// Forecasts as of a day, from what was known on it: deals closed later are open, deals started later
/// aren't there. A deal older than any that was ever won is given no chance.
///
/// # Errors
/// `forecast.columns`, `forecast.plan`, `forecast.values`; `forecast.no_history` when nothing was closed.
pub fn forecast(deals: Deals<'_>, as_of: i32, plan: &Plan) -> Result<Forecast> {
    deals.checked()?;
    plan.checked()?;
    let open = deals.chances(as_of, plan)?;
    let (spread, past) = deals.spread(as_of, plan)?;
    Forecast::drawn(open, spread, past, plan)
}

/// An open deal: its chance, and by how much the history may be wrong about it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Open {
    row: usize,
    value: i64,
    chance: f64,
    error: f64,
    group: Option<u32>,
}

fn expected(open: &[Open]) -> f64 {
    open.iter().map(|deal| deal.chance * deal.value as f64).sum()
}

/// The sums of futures, ascending. In each, a history errs for all its deals in the same direction, for
/// it is the same few past deals that it was learned from; and times are good or bad for all deals, as
/// much as they were in the past.
fn draw(open: &[Open], spread: f64, plan: &Plan) -> Result<Vec<i64>> {
    let bound = open.iter().try_fold(0i64, |sum, deal| sum.checked_add(deal.value.checked_abs()?));
    if bound.is_none() {
        return Err(too_large(open.iter().map(|deal| deal.value).max().unwrap_or(0)));
    }
    let mut dice = Dice(plan.seed);
    let mut shifts: BTreeMap<Option<u32>, f64> = open.iter().map(|deal| (deal.group, 0.0)).collect();
    let mut futures = Vec::new();
    for _ in 0..plan.draws {
        shifts.values_mut().for_each(|shift| *shift = dice.normal());
        let times = (spread * dice.normal() - spread * spread / 2.0).exp();
        let won = open.iter().filter(|deal| {
            let shift = shifts.get(&deal.group).copied().unwrap_or(0.0);
            dice.uniform() < (deal.chance + shift * deal.error) * times
        });
        futures.push(won.map(|deal| deal.value).sum());
    }
    futures.sort_unstable();
    Ok(futures)
}

/// Seeded draws: SplitMix64 (G. Steele, D. Lea, C. Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// From 0 to below 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Of mean 0 and deviation 1 (G. Box, M. Muller 1958).
    fn normal(&mut self) -> f64 {
        let (radius, turn) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
    }
}

/// One deal.
pub(super) struct Deal {
    pub row: usize,
    pub started: i32,
    pub closed: i32,
    pub won: bool,
    pub value: i64,
    pub group: u32,
}

impl Deal {
    pub fn closed_by(&self, day: i32) -> bool {
        self.closed != OPEN && self.closed <= day
    }

    pub fn open_on(&self, day: i32) -> bool {
        self.started <= day && !self.closed_by(day)
    }
}

pub(super) fn days(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

struct Histories {
    all: Incidence,
    by_group: BTreeMap<u32, Incidence>,
}

impl Deals<'_> {
    pub(super) fn checked(&self) -> Result<()> {
        let rows = self.started.len();
        let others = [self.closed.len(), self.won.len(), self.values.len(), self.groups.len()];
        others.into_iter().find(|other| *other != rows).map_or(Ok(()), |other| Err(differ(rows, other)))
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Deal> {
        let days = self.started.iter().zip(self.closed);
        let rest = self.won.iter().zip(self.values).zip(self.groups);
        days.zip(rest).enumerate().map(|(row, ((started, closed), ((won, value), group)))| Deal {
            row,
            started: *started,
            closed: *closed,
            won: *won,
            value: *value,
            group: *group,
        })
    }

    /// The deals that are open on a day, with their chances.
    fn chances(&self, as_of: i32, plan: &Plan) -> Result<Vec<Open>> {
        let histories = self.histories(as_of, plan)?;
        let open = self.rows().filter(|deal| deal.open_on(as_of)).map(|deal| {
            let (history, group) = match histories.by_group.get(&deal.group) {
                Some(history) => (history, Some(deal.group)),
                None => (&histories.all, None),
            };
            let age = as_of.saturating_sub(deal.started);
            let (chance, seen) = history.chance_and_seen(age, plan.skip, plan.horizon).unwrap_or((0.0, 1));
            let error = (chance * (1.0 - chance) / f64::from(seen)).sqrt();
            Open { row: deal.row, value: deal.value, chance, error, group }
        });
        Ok(open.collect())
    }

    /// By how much forecasts that can already be judged were wrong: the root of the mean square of
    /// ln(actual ÷ expected), and how many they are.
    fn spread(&self, as_of: i32, plan: &Plan) -> Result<(f64, u32)> {
        let reach = days(plan.skip).saturating_add(days(plan.horizon));
        let (mut squares, mut past) = (0.0, 0);
        for back in 0..plan.look_back {
            let steps = i32::try_from(back).unwrap_or(i32::MAX).saturating_mul(STEP);
            let day = as_of.saturating_sub(reach).saturating_sub(steps);
            let closed = self.rows().filter(|deal| deal.closed_by(day)).count();
            if closed < plan.least_history.max(1) as usize {
                break;
            }
            let expected = expected(&self.chances(day, plan)?);
            if expected > 0.0 {
                let ratio = self.won_within(day, plan)? as f64 / expected;
                squares += ratio.clamp(0.05, 20.0).ln().powi(2);
                past += 1;
            }
        }
        Ok(((squares / f64::from(past.max(1))).sqrt(), past))
    }

    /// What was won within a plan's days of the deals that were open on a day.
    pub(super) fn won_within(&self, day: i32, plan: &Plan) -> Result<i64> {
        let from = day.saturating_add(days(plan.skip));
        let until = from.saturating_add(days(plan.horizon));
        let won = self.rows().filter(|deal| deal.won && deal.open_on(day));
        let won = won.filter(|deal| !deal.closed_by(from) && deal.closed_by(until));
        let sum = won.map(|deal| deal.value).try_fold(0i64, i64::checked_add);
        sum.ok_or_else(|| too_large(i64::MAX))
    }

    fn histories(&self, as_of: i32, plan: &Plan) -> Result<Histories> {
        let mut fates: BTreeMap<u32, Vec<(i32, Fate)>> = BTreeMap::new();
        for deal in self.rows().filter(|deal| deal.started <= as_of) {
            let fate = match (deal.closed_by(as_of), deal.won) {
                (false, _) => Fate::Open,
                (true, true) => Fate::Won,
                (true, false) => Fate::Lost,
            };
            let age = deal.closed.min(as_of).saturating_sub(deal.started).max(0);
            fates.entry(deal.group).or_default().push((age, fate));
        }
        let all = Incidence::of(fates.values().flatten().copied());
        if all.ages.is_empty() {
            let message = "nothing was won or lost by the day on which the forecast is made";
            return Err(Error::refused("forecast.no_history", message));
        }
        let enough = |fates: &Vec<(i32, Fate)>| {
            fates.iter().filter(|fate| fate.1 != Fate::Open).count() >= plan.least_history.max(1) as usize
        };
        let by_group = fates.into_iter().filter(|(_, fates)| enough(fates));
        Ok(Histories {
            all,
            by_group: by_group.map(|(group, fates)| (group, Incidence::of(fates))).collect(),
        })
    }
}

impl Plan {
    pub(super) fn checked(&self) -> Result<()> {
        if self.horizon > 0 && self.draws > 0 && 0.0 < self.level && self.level < 1.0 {
            return Ok(());
        }
        let Plan { horizon, draws, level, .. } = self;
        let message = format!("`{horizon}` days, `{draws}` draws, a level of `{level}`");
        Err(Error::invalid("plan", "forecast.plan", message))
    }
}
