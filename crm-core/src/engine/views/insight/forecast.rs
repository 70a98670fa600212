//! What the open deals will bring: by stage, by the tenant's own history, with an interval.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive;

use super::purchases::{expected_money, instant, minor, money, query};
use crate::base::kind::{OpportunityId, UserId};
use crate::base::{Currency, Kind, Money, calendar, kind};
use crate::domain::opportunity::Opportunity;
use crate::engine::session::Session;
use crate::insight::forecast::{self, Category, Deals, Forecast, OPEN, Plan, sums_by};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::lifecycle::ForecastCategory;
use crate::record::spec::Record;

/// Which deals are forecast, how far and how.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastQuery {
    /// Which deals count, in the history as among the open ones; all that the actor sees when there is none.
    pub filter: Option<Filter>,
    /// For how many days.
    pub days: u32,
    /// How many futures are drawn.
    pub draws: u32,
    /// The share of futures within the interval.
    pub level: f64,
    /// The same seed draws the same futures.
    pub seed: u64,
    /// A group with fewer closed deals is forecast from the history of all; and so many must be closed before a past
    /// forecast counts for the width of the interval.
    pub least_history: u32,
    /// Whether a chance is that of a deal that has been as long in the same stage, instead of one that is as old. Then
    /// no past forecasts are judged, so the interval knows of no good and bad times.
    pub by_stage: bool,
    /// What is to be reached with the open deals.
    pub target: Option<Money>,
}

impl Default for ForecastQuery {
    fn default() -> Self {
        let Plan { horizon, draws, level, seed, least_history, .. } = Plan::default();
        let (filter, by_stage, target) = (None, false, None);
        ForecastQuery { filter, days: horizon, draws, level, seed, least_history, by_stage, target }
    }
}

/// An open deal in a forecast.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastDeal {
    /// The deal.
    pub deal: OpportunityId,
    /// Its name.
    pub name: String,
    /// Who is in charge.
    pub owner: Option<UserId>,
    /// Its stage.
    pub stage: String,
    /// The stage's category.
    pub category: Category,
    /// When it is expected to close.
    pub close_on: Option<NaiveDate>,
    /// What it is worth.
    pub value: Money,
    /// The probability that it is won within the days asked for, by what became of deals that were as long in that
    /// stage.
    pub chance: f64,
    /// The probability that it is ever won as the deal shows it: by hand, by model or by stage.
    pub shown_chance: f64,
}

/// What an owner's open deals will bring.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OwnerForecast {
    /// The owner.
    pub owner: Option<UserId>,
    /// How many deals.
    pub deals: usize,
    /// What they are worth.
    pub pipeline: Money,
    /// Those in stages of the categories best case and commit.
    pub best_case: Money,
    /// Those in stages of the category commit.
    pub commit: Money,
    /// All of them, each times the probability shown; whenever it comes.
    pub weighted: Money,
    /// The mean by history of what is won by the last day.
    pub expected: Money,
}

/// What the open deals will bring.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastView {
    /// The day of the forecast.
    pub as_of: NaiveDate,
    /// The last day that it reaches to.
    pub until: NaiveDate,
    /// All together.
    pub all: OwnerForecast,
    /// The lower end of the interval.
    pub low: Money,
    /// The upper end.
    pub high: Money,
    /// The share of futures that reach the target.
    pub reaches_target: Option<f64>,
    /// By owner.
    pub owners: Vec<OwnerForecast>,
    /// The open deals, most expected first.
    pub deals: Vec<ForecastDeal>,
}

/// A past forecast beside what came.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastTrial {
    /// The day of the forecast.
    pub as_of: NaiveDate,
    /// What was expected.
    pub expected: Money,
    /// The interval.
    pub low: Money,
    /// Its upper end.
    pub high: Money,
    /// What the stages' probabilities said.
    pub weighted: Money,
    /// What was won of those deals within the days.
    pub actual: Money,
}

/// Past forecasts and how they did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastTest {
    /// One a day asked for; days without history or whose horizon is not over are left out.
    pub trials: Vec<ForecastTrial>,
    /// How many intervals held what came.
    pub covered: usize,
    /// The mean distance of what was expected from what came.
    pub mean_error: Money,
    /// The same of the stages' probabilities.
    pub mean_error_weighted: Money,
}

/// Deals as the forecast takes them: a row for each stage that a deal was in, so that a chance is that of a deal that
/// has been as long in the same stage. Only an open deal's present stage carries its value.
#[derive(Default)]
struct Columns {
    started: Vec<i32>,
    closed: Vec<i32>,
    won: Vec<bool>,
    values: Vec<i64>,
    groups: Vec<u32>,
    stages: BTreeMap<String, u32>,
    /// The open deals, each with the row of its present stage.
    open: Vec<(usize, ForecastDeal)>,
}

impl Columns {
    fn row(&mut self, started: NaiveDate, closed: Option<NaiveDate>, won: bool, value: i64, stage: &str) {
        let next = u32::try_from(self.stages.len()).unwrap_or(u32::MAX);
        let group = *self.stages.entry(stage.to_owned()).or_insert(next);
        self.started.push(started.to_epoch_days());
        self.closed.push(closed.map_or(OPEN, |day| day.to_epoch_days()));
        self.won.push(won);
        self.values.push(value);
        self.groups.push(group);
    }

    fn deals(&self) -> Deals<'_> {
        let Columns { started, closed, won, values, groups, .. } = self;
        Deals { started, closed, won, values, groups }
    }
}

impl Session<'_> {
    /// What the open deals will bring within some days, as of the session's instant, from what became of earlier ones.
    ///
    /// # Errors
    /// As [`Session::list`]; refused with `forecast.no_history` while nothing was won or lost, invalid with
    /// `forecast.plan`.
    pub fn forecast(&self, asked: &ForecastQuery) -> Result<ForecastView> {
        let config = self.crm.config();
        let (currency, zone) = (config.settings.currency, config.settings.zone);
        let as_of = calendar::local_date(self.instant(), zone);
        let columns = self.forecast_columns(asked, as_of)?;
        let ForecastQuery { days, draws, level, seed, least_history, .. } = *asked;
        let look_back = if asked.by_stage { 0 } else { Plan::default().look_back };
        let plan = Plan { horizon: days, draws, level, seed, least_history, look_back };
        let found = forecast::forecast(columns.deals(), as_of.to_epoch_days(), &plan)?;
        let until = as_of.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
        let reaches = asked.target.map(|target| {
            let target = config.settings.in_base(target, as_of).ok().flatten().unwrap_or(target);
            Ok::<_, Error>(found.reaches(minor(target)?))
        });
        let mut deals: Vec<ForecastDeal> =
            columns.open.into_iter().map(|(row, deal)| with_chance(row, deal, &found)).collect();
        let expected = |deal: &ForecastDeal| deal.chance * number(deal.value);
        deals.sort_by(|a, b| expected(b).total_cmp(&expected(a)).then(a.deal.cmp(&b.deal)));
        let all = sums(None, &deals.iter().collect::<Vec<_>>(), currency)?;
        let mut owners: BTreeMap<Option<UserId>, Vec<&ForecastDeal>> = BTreeMap::new();
        deals.iter().for_each(|deal| owners.entry(deal.owner).or_default().push(deal));
        let owners = owners.into_iter().map(|(owner, deals)| sums(owner, &deals, currency));
        let owners = owners.collect::<Result<Vec<_>>>()?;
        Ok(ForecastView {
            as_of,
            until,
            all,
            low: money(found.low, currency),
            high: money(found.high, currency),
            reaches_target: reaches.transpose()?,
            owners,
            deals,
        })
    }

    /// Forecasts as of the ends of past days, each from what was recorded by then, beside what came of the deals that
    /// were open.
    ///
    /// # Errors
    /// As [`Session::forecast`], but for days without history.
    pub fn forecast_test(&self, asked: &ForecastQuery, days: &[NaiveDate]) -> Result<ForecastTest> {
        let config = self.crm.config();
        let (currency, zone) = (config.settings.currency, config.settings.zone);
        let today = calendar::local_date(self.instant(), zone);
        let mut came: BTreeMap<OpportunityId, (NaiveDate, i64)> = BTreeMap::new();
        self.each(&query(kind::Opportunity::NO, None), &mut |record, view| {
            if let (Some(id), Some(won)) = (record.as_id(), instant(view, Opportunity::won_at)?) {
                let day = calendar::local_date(won, zone);
                let worth = super::purchases::amount(view, &config.settings, day)?;
                came.insert(id, (day, worth.minor().unwrap_or(0)));
            }
            Ok(())
        })?;
        let mut test = ForecastTest {
            trials: Vec::new(),
            covered: 0,
            mean_error: Money::zero(currency),
            mean_error_weighted: Money::zero(currency),
        };
        let (mut error, mut error_weighted) = (0.0, 0.0);
        for day in days {
            let end = calendar::start_of_day(calendar::plus_days(*day, 1), zone)
                - crate::base::Span::from_micros(1);
            let made = match self.as_of(end).forecast(asked) {
                Ok(made) if made.until < today => made,
                Ok(_) => continue,
                Err(error) if error.has_code("forecast.no_history") => continue,
                Err(error) => return Err(error),
            };
            let won = made.deals.iter().filter_map(|deal| came.get(&deal.deal));
            let won = won
                .filter(|(on, _)| *on <= made.until)
                .fold(0i64, |sum, (_, value)| sum.saturating_add(*value));
            let actual = money(won, currency);
            error += (number(made.all.expected) - number(actual)).abs();
            error_weighted += (number(made.all.weighted) - number(actual)).abs();
            test.covered +=
                usize::from(made.low.amount <= actual.amount && actual.amount <= made.high.amount);
            let ForecastView { as_of, low, high, all: OwnerForecast { expected, weighted, .. }, .. } = made;
            test.trials.push(ForecastTrial { as_of, expected, low, high, weighted, actual });
        }
        let count = test.trials.len().max(1) as f64;
        test.mean_error = expected_money(error / count, currency);
        test.mean_error_weighted = expected_money(error_weighted / count, currency);
        Ok(test)
    }

    fn forecast_columns(&self, asked: &ForecastQuery, as_of: NaiveDate) -> Result<Columns> {
        let config = self.crm.config();
        let settings = &config.settings;
        let mut columns = Columns::default();
        for (deal, figures) in self.deals(&query(kind::Opportunity::NO, asked.filter.as_ref()), &|_| None)? {
            let Some(start) = figures.started_at else { continue };
            let day = |at| calendar::local_date(at, settings.zone);
            let (closed, won) = (deal.closed_at.map(day), deal.won_at.is_some());
            let value = minor(Money::new(figures.value, settings.currency))?;
            let first = columns.started.len();
            if asked.by_stage {
                // The state in which a closed deal stands is its end, no stage on the way.
                let mut entered = start;
                for (stage, span) in figures.stages.iter().filter(|(stage, _)| *stage != deal.state) {
                    columns.row(day(entered), closed, won, 0, stage);
                    entered = entered + *span;
                }
            }
            let since = deal.state_since.filter(|_| asked.by_stage && closed.is_none()).unwrap_or(start);
            if closed.is_none() || columns.started.len() == first {
                let group = if asked.by_stage { &deal.state } else { &deal.lifecycle };
                columns.row(day(since).min(as_of), closed, won, value, group);
            }
            if closed.is_none() {
                let found = open_deal(&deal, value, settings.currency);
                let row = columns.started.len() - 1;
                columns.open.push((row, ForecastDeal { category: self.category(&deal), ..found }));
            }
        }
        Ok(columns)
    }
}

impl Session<'_> {
    /// The forecast category of a deal's stage; one whose pipeline is gone is possible.
    fn category(&self, deal: &Opportunity) -> Category {
        let name = Some(deal.lifecycle.as_str()).filter(|name| !name.is_empty());
        let state = self.pipeline(name).ok().and_then(|pipeline| pipeline.state(&deal.state).cloned());
        match state.map(|state| state.forecast_category()) {
            Some(ForecastCategory::Commit) => Category::Commit,
            Some(ForecastCategory::BestCase) => Category::BestCase,
            Some(ForecastCategory::Closed) => Category::Closed,
            Some(ForecastCategory::Omitted) => Category::Omitted,
            Some(ForecastCategory::Pipeline) | None => Category::Pipeline,
        }
    }
}

fn open_deal(deal: &Opportunity, value: i64, currency: Currency) -> ForecastDeal {
    let percent = deal.probability().and_then(|(percent, _)| percent.to_f64()).unwrap_or(0.0);
    ForecastDeal {
        deal: deal.id(),
        name: deal.name.clone(),
        owner: deal.owner,
        stage: deal.state.clone(),
        category: Category::Pipeline,
        close_on: deal.close_on,
        value: money(value, currency),
        chance: 0.0,
        shown_chance: (percent / 100.0).clamp(0.0, 1.0),
    }
}

fn with_chance(row: usize, deal: ForecastDeal, found: &Forecast) -> ForecastDeal {
    let place = found.rows.binary_search(&row).ok();
    let chance = place.and_then(|place| found.chances.get(place)).copied().unwrap_or(0.0);
    ForecastDeal { chance, ..deal }
}

/// The sums of open deals by category, each with the surer ones.
fn sums(owner: Option<UserId>, deals: &[&ForecastDeal], currency: Currency) -> Result<OwnerForecast> {
    let groups = vec![(); deals.len()];
    let categories: Vec<Category> = deals.iter().map(|deal| deal.category).collect();
    let values = deals.iter().map(|deal| minor(deal.value)).collect::<Result<Vec<i64>>>()?;
    let chances: Vec<f64> = deals.iter().map(|deal| deal.shown_chance).collect();
    let sums = sums_by(&groups, &categories, &values, &chances)?.remove(&()).unwrap_or_default();
    let expected = deals.iter().map(|deal| deal.chance * number(deal.value)).sum();
    Ok(OwnerForecast {
        owner,
        deals: deals.len(),
        pipeline: money(sums.pipeline, currency),
        best_case: money(sums.best_case, currency),
        commit: money(sums.commit, currency),
        weighted: expected_money(sums.weighted, currency),
        expected: expected_money(expected, currency),
    })
}

/// Money as a number of minor units.
fn number(money: Money) -> f64 {
    minor(money).unwrap_or(0) as f64
}
