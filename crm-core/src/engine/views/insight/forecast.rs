//! What the open deals will bring: by stage, by the tenant's own history, with an interval, against targets.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;

use super::outlook::{DepartmentForecast, Outlook, OwnerForecast, Sum, TeamForecast};
use super::purchases::{Missing, goal, minor, money, query};
use crate::base::calendar::{Bucket, DateRange, FiscalYear, plus_days};
use crate::base::kind::{DepartmentId, OpportunityId, TeamId, UserId};
use crate::base::{Currency, Instant, Kind, Money, calendar, kind};
use crate::domain::opportunity::Opportunity;
use crate::engine::session::Session;
use crate::insight::forecast::{self, Category, Deals, Forecast, OPEN, Plan};
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
    /// For how many days; a period goes before it.
    pub days: u32,
    /// A period such as a month or a quarter, instead of the days from now on. What was won in it already is closed;
    /// the sums by category are of the deals that are expected to close in it, overdue ones in the period of today;
    /// what history lets expect is of all that are open.
    pub period: Option<DateRange>,
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
    /// What all is to reach, with what is closed; of a period else what its stored target says.
    pub target: Option<Money>,
}

impl Default for ForecastQuery {
    fn default() -> Self {
        let Plan { horizon, draws, level, seed, least_history, .. } = Plan::default();
        ForecastQuery {
            filter: None,
            days: horizon,
            period: None,
            draws,
            level,
            seed,
            least_history,
            by_stage: false,
            target: None,
        }
    }
}

impl ForecastQuery {
    /// The days that are forecast as of a day, and how.
    pub(super) fn plan(&self, as_of: NaiveDate) -> Result<(DateRange, Plan)> {
        let ForecastQuery { days, draws, level, seed, least_history, .. } = *self;
        let tomorrow = plus_days(as_of, 1);
        let period = match self.period {
            None => DateRange { from: tomorrow, to: plus_days(tomorrow, i64::from(days)) },
            Some(period) if tomorrow < period.to && period.from < period.to => period,
            Some(period) => {
                let message =
                    format!("`{}` to `{}` is over on `{as_of}`", period.from, plus_days(period.to, -1));
                return Err(Error::invalid("period", "forecast.period", message));
            }
        };
        let whole = |from: NaiveDate, to: NaiveDate| u32::try_from((to - from).num_days()).unwrap_or(0);
        let first = period.from.max(tomorrow);
        let look_back = if self.by_stage { 0 } else { Plan::default().look_back };
        let (skip, horizon) = (whole(tomorrow, first), whole(first, period.to));
        Ok((period, Plan { skip, horizon, draws, level, seed, least_history, look_back }))
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
    /// The probability that it is won within the days asked for, by what became of deals of its pipeline that were as
    /// old; with [`ForecastQuery::by_stage`], of deals that were as long in its stage.
    pub chance: f64,
    /// The probability that it is ever won as the deal shows it: by hand, by model or by stage.
    pub shown_chance: f64,
}

/// What the open deals will bring.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastView {
    /// As of when it was made.
    pub made_at: Instant,
    /// The day of the forecast.
    pub as_of: NaiveDate,
    /// The first day that it is about.
    pub from: NaiveDate,
    /// The last day that it reaches to.
    pub until: NaiveDate,
    /// All together.
    pub all: Outlook,
    /// By owner.
    pub owners: Vec<OwnerForecast>,
    /// By team of the owners; one who is in several counts for each.
    pub teams: Vec<TeamForecast>,
    /// By department of the owners, those below included.
    pub departments: Vec<DepartmentForecast>,
    /// The open deals, most expected first, the omitted ones among them.
    pub deals: Vec<ForecastDeal>,
    /// How many open deals have no amount that the actor sees; they count as worth nothing.
    pub without_amount: usize,
    /// How many are in a currency without a rate; likewise.
    pub without_rate: usize,
}

/// Deals as the forecast takes them: a row for each stage that a deal was in, so that a chance is that of a deal that
/// has been as long in the same stage. Only an open deal's present stage carries its value.
#[derive(Default)]
struct Columns {
    started: Vec<i32>,
    closed: Vec<i32>,
    ends_won: Vec<bool>,
    values: Vec<i64>,
    groups: Vec<u32>,
    stages: BTreeMap<String, u32>,
    /// The open deals, each with the row of its present stage.
    open: Vec<(usize, ForecastDeal)>,
    /// What each owner won in the period.
    won: BTreeMap<Option<UserId>, i64>,
    /// How many open deals have no value.
    missing: Missing,
}

impl Columns {
    fn row(&mut self, started: NaiveDate, closed: Option<NaiveDate>, won: bool, value: i64, stage: &str) {
        let next = u32::try_from(self.stages.len()).unwrap_or(u32::MAX);
        let group = *self.stages.entry(stage.to_owned()).or_insert(next);
        self.started.push(started.to_epoch_days());
        self.closed.push(closed.map_or(OPEN, |day| day.to_epoch_days()));
        self.ends_won.push(won);
        self.values.push(value);
        self.groups.push(group);
    }

    fn deals(&self) -> Deals<'_> {
        let Columns { started, closed, ends_won: won, values, groups, .. } = self;
        Deals { started, closed, won, values, groups }
    }
}

impl Session<'_> {
    /// What the open deals will bring within some days or in a period, as of the session's instant, from what became
    /// of earlier ones: all, by owner, team and department, each against its stored target of the period.
    ///
    /// # Errors
    /// As [`Session::list`]; refused with `forecast.no_history` while nothing was won or lost, invalid with
    /// `forecast.plan`, or with `forecast.period` for one that is over; with `insight.no_rate` for a target without a
    /// rate.
    pub fn forecast(&self, asked: &ForecastQuery) -> Result<ForecastView> {
        let config = self.crm.config();
        let (currency, zone) = (config.settings.currency, config.settings.zone);
        let as_of = calendar::local_date(self.instant(), zone);
        let (period, plan) = asked.plan(as_of)?;
        let given = asked.target.map(|target| goal(target, &config.settings, as_of)).transpose()?;
        let columns = self.forecast_columns(asked, as_of, period)?;
        let found = forecast::forecast(columns.deals(), as_of.to_epoch_days(), &plan)?;
        let (won, open, missing) = (columns.won, columns.open, columns.missing);
        let mut deals: Vec<(usize, ForecastDeal)> =
            open.into_iter().map(|(row, deal)| (row, with_chance(row, deal, &found))).collect();
        let expected = |deal: &ForecastDeal| deal.chance * number(deal.value);
        deals.sort_by(|a, b| expected(&b.1).total_cmp(&expected(&a.1)).then(a.1.deal.cmp(&b.1.deal)));
        let targets = match asked.period {
            Some(period) => self.targets_of(period)?,
            None => BTreeMap::new(),
        };
        let due = asked.period.map(|period| (period, as_of));
        let sum =
            Sum { deals: &deals, won: &won, due, targets: &targets, found: &found, plan: &plan, currency };
        let owners: BTreeSet<Option<UserId>> =
            deals.iter().map(|(_, deal)| deal.owner).chain(won.keys().copied()).collect();
        let owners = owners.into_iter().map(|owner| sum.of_owner(owner)).collect::<Result<Vec<_>>>()?;
        let seen = |users: &BTreeSet<UserId>| {
            owners.iter().any(|row| row.owner.is_some_and(|owner| users.contains(&owner)))
        };
        let mut teams = Vec::new();
        for (team, members) in self.team_members().into_iter().filter(|(_, members)| seen(members)) {
            teams.push(sum.of_team(team, &members)?);
        }
        let mut departments = Vec::new();
        for (department, members) in
            self.department_members().into_iter().filter(|(_, members)| seen(members))
        {
            departments.push(sum.of_department(department, &members)?);
        }
        Ok(ForecastView {
            made_at: self.instant(),
            as_of,
            from: period.from,
            until: plus_days(period.to, -1),
            all: sum.of_all(given)?,
            owners,
            teams,
            departments,
            deals: deals.into_iter().map(|(_, deal)| deal).collect(),
            without_amount: missing.amount,
            without_rate: missing.rate,
        })
    }

    /// Forecasts of so many periods from the one in which today lies, such as this quarter and the next three.
    ///
    /// # Errors
    /// As [`Session::forecast`].
    pub fn forecast_periods(
        &self,
        asked: &ForecastQuery,
        bucket: Bucket,
        count: usize,
    ) -> Result<Vec<ForecastView>> {
        let config = self.crm.config();
        let today = calendar::local_date(self.instant(), config.settings.zone);
        let month = u8::try_from(config.settings.fiscal_start).unwrap_or(1);
        let fiscal = FiscalYear::starting(month).unwrap_or_default();
        // On the last day of a period nothing of it is left to forecast.
        let mut first = plus_days(today, 1);
        let mut found = Vec::new();
        for _ in 0..count {
            let period = bucket.of(first, fiscal);
            found.push(self.forecast(&ForecastQuery { period: Some(period), ..asked.clone() })?);
            first = period.to;
        }
        Ok(found)
    }

    /// Who is in which team.
    pub(super) fn team_members(&self) -> BTreeMap<TeamId, BTreeSet<UserId>> {
        let config = self.crm.config();
        config.teams.iter().map(|(id, team)| (*id, team.members.iter().copied().collect())).collect()
    }

    /// Who is in which department or below it.
    pub(super) fn department_members(&self) -> BTreeMap<DepartmentId, BTreeSet<UserId>> {
        let config = self.crm.config();
        let organisation = &config.organisation;
        organisation.departments().map(|id| (id, organisation.members(id, true))).collect()
    }

    fn forecast_columns(
        &self,
        asked: &ForecastQuery,
        as_of: NaiveDate,
        period: DateRange,
    ) -> Result<Columns> {
        let config = self.crm.config();
        let settings = &config.settings;
        let mut columns = Columns::default();
        for (deal, figures) in self.deals(&query(kind::Opportunity::NO, asked.filter.as_ref()), &|_| None)? {
            let Some(start) = figures.started_at else { continue };
            let day = |at| calendar::local_date(at, settings.zone);
            let (closed, won) = (deal.closed_at.map(day), deal.won_at.is_some());
            let value = minor(Money::new(figures.value.unwrap_or_default(), settings.currency))?;
            if let Some(on) = closed.filter(|on| won && asked.period.is_some() && period.contains(*on)) {
                // What is closed later than today is not known yet.
                let sum = columns.won.entry(deal.owner).or_default();
                *sum = sum.saturating_add(if on <= as_of { value } else { 0 });
            }
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
                columns.missing.note(&deal, figures.value);
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

/// Money as a number of minor units.
pub(super) fn number(money: Money) -> f64 {
    minor(money).unwrap_or(0) as f64
}
