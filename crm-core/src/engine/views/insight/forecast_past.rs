//! Past forecasts beside what came: made again from the journal, or as they were kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::forecast::{ForecastQuery, ForecastView, number};
use super::outlook::Outlook;
use super::purchases::{expected_money, instant, minor, money, query};
use crate::base::calendar::DateRange;
use crate::base::kind::{ForecastId, OpportunityId};
use crate::base::{Instant, Kind, Money, calendar, kind};
use crate::domain::forecast::{Forecast, KeepForecast, OwnerRow};
use crate::domain::opportunity::Opportunity;
use crate::engine::session::Session;
use crate::insight::forecast::Category;
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::key;
use crate::record::spec::Record;
use crate::store::Table;

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

/// A forecast that was kept, beside what came.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct JudgedForecast {
    /// The forecast.
    pub forecast: ForecastId,
    /// What it is called.
    pub name: String,
    /// Its version under that name.
    pub version: i64,
    /// The day of the forecast.
    pub as_of: NaiveDate,
    /// The last day that it reached to.
    pub until: NaiveDate,
    /// What was expected: what was closed by then, and of the open deals by history.
    pub expected: Money,
    /// The interval, with what was closed.
    pub low: Money,
    /// Its upper end.
    pub high: Money,
    /// What the stages' probabilities said, with what was closed.
    pub weighted: Money,
    /// What came of it: what was closed by then, and what was won of the deals that were open.
    pub actual: Money,
    /// What was won in all, deals that came later included.
    pub total: Money,
    /// What was to be reached.
    pub target: Option<Money>,
    /// Whether what came lay within the interval.
    pub within: bool,
    /// How many of the deals that it is about the actor doesn't see, so that what came of them is not in `actual`.
    pub unseen: usize,
}

/// The forecasts that were kept and can be judged, and how good those were of whose deals the actor sees all.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForecastRecord {
    /// Each, the first to end first.
    pub forecasts: Vec<JudgedForecast>,
    /// How many have not ended yet.
    pub pending: usize,
    /// How many intervals held what came.
    pub covered: usize,
    /// The mean distance of what was expected from what came.
    pub mean_error: Money,
    /// The same of the stages' probabilities.
    pub mean_error_weighted: Money,
    /// The mean of what was expected less what came: above nothing, forecasts promise too much.
    pub bias: Money,
}

impl ForecastView {
    /// The open deals that the figures are about: all but the omitted ones.
    fn forecast_deals(&self) -> impl Iterator<Item = OpportunityId> + '_ {
        self.deals.iter().filter(|deal| deal.category != Category::Omitted).map(|deal| deal.deal)
    }

    /// The command that keeps this forecast under a name.
    pub fn keep_as(&self, name: &str, asked: &ForecastQuery) -> KeepForecast {
        let mut figures = Forecast::empty(ForecastId::from_u128(0));
        let share = |share: f64| Decimal::from_f64(share).map(|share| share.round_dp(6).normalize());
        let Outlook { deals, closed, pipeline, best_case, commit, weighted, expected, low, high, .. } =
            self.all;
        figures.made_at = Some(self.made_at);
        (figures.as_of, figures.from, figures.until) = (Some(self.as_of), Some(self.from), Some(self.until));
        // A query is plain data, which JSON always takes.
        figures.asked = serde_json::to_string(asked).unwrap_or_default();
        figures.deals = whole(deals);
        (figures.closed, figures.pipeline, figures.best_case) =
            (Some(closed), Some(pipeline), Some(best_case));
        (figures.commit, figures.weighted, figures.expected) = (Some(commit), Some(weighted), Some(expected));
        (figures.low, figures.high, figures.level) = (Some(low), Some(high), share(asked.level));
        (figures.target, figures.reaches_target) = (self.all.target, self.all.reaches_target.and_then(share));
        let row = |row: &super::OwnerForecast| OwnerRow {
            owner: row.owner,
            deals: Some(whole(row.outlook.deals)),
            closed: Some(row.outlook.closed),
            pipeline: Some(row.outlook.pipeline),
            best_case: Some(row.outlook.best_case),
            commit: Some(row.outlook.commit),
            weighted: Some(row.outlook.weighted),
            expected: Some(row.outlook.expected),
            target: row.outlook.target,
        };
        figures.open_deals = self.forecast_deals().map(|deal| deal.to_string()).collect();
        figures.owners = self.owners.iter().map(row).collect();
        KeepForecast { name: name.to_owned(), figures: Box::new(figures) }
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What was won, by deal: the day and the worth in minor units of the base currency.
type Came = BTreeMap<OpportunityId, (NaiveDate, i64)>;

/// What was won of some deals in a range of days.
fn won_of(came: &Came, deals: Option<&BTreeSet<OpportunityId>>, days: DateRange) -> i64 {
    let counts = |deal: &OpportunityId| deals.is_none_or(|deals| deals.contains(deal));
    let won = came.iter().filter(|(deal, (on, _))| counts(deal) && days.contains(*on));
    won.fold(0i64, |sum, (_, (_, value))| sum.saturating_add(*value))
}

impl Session<'_> {
    /// Makes a forecast and keeps it under a name: its first version, or the next one. It is a record of its own that is
    /// never changed.
    ///
    /// # Errors
    /// As [`Session::forecast`] and [`KeepForecast`].
    pub fn keep_forecast(&self, name: &str, asked: &ForecastQuery) -> Result<ForecastId> {
        self.execute(self.forecast(asked)?.keep_as(name, asked))
    }

    /// The kept forecasts that pass a filter beside what came of the deals that they were about, as far as the actor
    /// sees those today; `unseen` says of how many he doesn't.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn judge_forecasts(&self, filter: Option<&Filter>) -> Result<ForecastRecord> {
        let config = self.crm.config();
        let (currency, zone) = (config.settings.currency, config.settings.zone);
        let today = calendar::local_date(self.instant(), zone);
        let mut kept: Vec<Forecast> = Vec::new();
        self.each(&query(kind::Forecast::NO, filter), &mut |record, view| {
            if let Some(id) = record.as_id() {
                kept.push(Forecast::read(id, view)?);
            }
            Ok(())
        })?;
        kept.sort_by_key(|forecast| (forecast.until, forecast.made_at, forecast.id()));
        let came = self.came(None)?;
        let mut judged = Vec::new();
        let mut pending = 0;
        for forecast in kept {
            let (Some(until), Some(made_at)) = (forecast.until, forecast.made_at) else { continue };
            if until >= today {
                pending += 1;
                continue;
            }
            judged.extend(self.judged(&forecast, made_at, until, &came)?);
        }
        let (mut error, mut error_weighted, mut bias) = (0.0, 0.0, 0.0);
        let complete: Vec<&JudgedForecast> = judged.iter().filter(|row| row.unseen == 0).collect();
        for row in &complete {
            let off = number(row.expected) - number(row.actual);
            bias += off;
            error += off.abs();
            error_weighted += (number(row.weighted) - number(row.actual)).abs();
        }
        let mean = |sum: f64| expected_money(sum / complete.len().max(1) as f64, currency);
        Ok(ForecastRecord {
            pending,
            covered: complete.iter().filter(|row| row.within).count(),
            mean_error: mean(error),
            mean_error_weighted: mean(error_weighted),
            bias: mean(bias),
            forecasts: judged,
        })
    }

    /// One kept forecast beside what came; none where its question can no longer be asked.
    fn judged(
        &self,
        kept: &Forecast,
        made_at: Instant,
        until: NaiveDate,
        all: &Came,
    ) -> Result<Option<JudgedForecast>> {
        let config = self.crm.config();
        let (settings, currency) = (&config.settings, config.settings.currency);
        let Ok(asked) = serde_json::from_str::<ForecastQuery>(&kept.asked) else { return Ok(None) };
        let (Some(as_of), Some(from)) = (kept.as_of, kept.from) else { return Ok(None) };
        let mut open: BTreeSet<OpportunityId> =
            kept.open_deals.iter().filter_map(|deal| deal.parse().ok()).collect();
        if open.is_empty() {
            // Kept by a version that didn't note its deals: those that the actor sees now are the best that is known.
            let then = query(kind::Opportunity::NO, asked.filter.as_ref());
            let listed = self.as_of(made_at).each(&then, &mut |record, view| {
                if instant(view, Opportunity::closed_at)?.is_none() {
                    open.extend(record.as_id());
                }
                Ok(())
            });
            // A filter by a field that is hidden or gone by now can't be asked again.
            match listed {
                Err(Error::Invalid(_)) => return Ok(None),
                listed => listed?,
            }
        }
        let to = calendar::plus_days(until, 1);
        let passing = match asked.filter.as_ref().map(|filter| self.came(Some(filter))).transpose() {
            Err(Error::Invalid(_)) => return Ok(None),
            passing => passing?,
        };
        let came = passing.as_ref().unwrap_or(all);
        let later = DateRange { from: from.max(calendar::plus_days(as_of, 1)), to };
        let in_base = |money: Option<Money>| {
            let money = money.unwrap_or(Money::zero(currency));
            settings.in_base(money, as_of).ok().flatten().map_or(Ok(0), minor)
        };
        let closed = in_base(kept.closed)?;
        let with_closed =
            |figure: Option<Money>| Ok::<_, Error>(money(closed.saturating_add(in_base(figure)?), currency));
        // A deal counts that was open then, whatever the filter says of it now that it is won.
        let actual = money(closed.saturating_add(won_of(all, Some(&open), later)), currency);
        let (low, high) = (with_closed(kept.low)?, with_closed(kept.high)?);
        Ok(Some(JudgedForecast {
            forecast: kept.id(),
            name: kept.name.clone(),
            version: kept.version,
            as_of,
            until,
            expected: with_closed(kept.expected)?,
            weighted: with_closed(kept.weighted)?,
            within: low.amount <= actual.amount && actual.amount <= high.amount,
            low,
            high,
            actual,
            total: money(won_of(came, None, DateRange { from, to }), currency),
            target: kept.target,
            unseen: self.unseen(&open)?,
        }))
    }

    /// How many of some deals are there but not for the actor.
    fn unseen(&self, deals: &BTreeSet<OpportunityId>) -> Result<usize> {
        let overlay = self.reading()?.overlay;
        let mut unseen = 0;
        for deal in deals {
            let is_there = overlay.get(Table::Records, &key::record(deal.record()))?.is_some();
            if is_there && matches!(self.image(deal.record()), Err(Error::NotFound(..))) {
                unseen += 1;
            }
        }
        Ok(unseen)
    }

    /// What was won by now of the deals that pass a filter.
    fn came(&self, filter: Option<&Filter>) -> Result<Came> {
        let config = self.crm.config();
        let mut came = Came::new();
        self.each(&query(kind::Opportunity::NO, filter), &mut |record, view| {
            if let (Some(id), Some(won)) = (record.as_id(), instant(view, Opportunity::won_at)?) {
                let day = calendar::local_date(won, config.settings.zone);
                let worth = super::purchases::amount(view, &config.settings, day)?;
                came.insert(id, (day, worth.minor().unwrap_or(0)));
            }
            Ok(())
        })?;
        Ok(came)
    }

    /// Forecasts as of the ends of past days, each from what was recorded by then, beside what came of the deals that
    /// were open.
    ///
    /// # Errors
    /// As [`Session::forecast`], but for days without history.
    pub fn forecast_test(&self, asked: &ForecastQuery, as_of: &[NaiveDate]) -> Result<ForecastTest> {
        let config = self.crm.config();
        let (currency, zone) = (config.settings.currency, config.settings.zone);
        let today = calendar::local_date(self.instant(), zone);
        let came = self.came(None)?;
        let mut test = ForecastTest {
            trials: Vec::new(),
            covered: 0,
            mean_error: Money::zero(currency),
            mean_error_weighted: Money::zero(currency),
        };
        let (mut error, mut error_weighted) = (0.0, 0.0);
        for day in as_of {
            let end = calendar::start_of_day(calendar::plus_days(*day, 1), zone)
                - crate::base::Span::from_micros(1);
            let made = match self.as_of(end).forecast(asked) {
                Ok(made) if made.until < today => made,
                Ok(_) => continue,
                Err(error) if error.has_code("forecast.no_history") => continue,
                Err(error) => return Err(error),
            };
            let open = made.forecast_deals().collect();
            let days = DateRange {
                from: made.from.max(calendar::plus_days(made.as_of, 1)),
                to: calendar::plus_days(made.until, 1),
            };
            let actual = money(won_of(&came, Some(&open), days), currency);
            error += (number(made.all.expected) - number(actual)).abs();
            error_weighted += (number(made.all.weighted) - number(actual)).abs();
            test.covered +=
                usize::from(made.all.low.amount <= actual.amount && actual.amount <= made.all.high.amount);
            let ForecastView { as_of, all: Outlook { expected, weighted, low, high, .. }, .. } = made;
            test.trials.push(ForecastTrial { as_of, expected, low, high, weighted, actual });
        }
        let count = test.trials.len().max(1) as f64;
        test.mean_error = expected_money(error / count, currency);
        test.mean_error_weighted = expected_money(error_weighted / count, currency);
        Ok(test)
    }
}
