//! The funnel of a pipeline, and what it says beside.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::models::may_read;
use super::purchases::{Missing, query};
use crate::base::calendar::{self, Bucket, FiscalYear};
use crate::base::{Instant, Kind, Span, kind};
use crate::domain::opportunity::Opportunity;
use crate::engine::history;
use crate::engine::session::Session;
use crate::insight::pipeline::{
    self, Bottleneck, Cohort, Deal, Ended, Figures, Passage, Path, Velocity, cohorts, ended_by, figures,
    time_in_stage,
};
use crate::record::error::Result;
use crate::record::filter::Filter;
use crate::record::lifecycle::StateClass;
use crate::record::spec::Record;

/// How many deals must be decided in a stage before it can be called a bottleneck.
const ENOUGH: usize = 5;

/// Which deals a funnel is of.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FunnelQuery {
    /// The pipeline; the default one when there is none.
    pub pipeline: Option<String>,
    /// Which deals count; all that the actor sees when there is none.
    pub filter: Option<Filter>,
    /// Deals created before this day don't count.
    pub from: Option<NaiveDate>,
    /// Deals created on this day or after don't count.
    pub to: Option<NaiveDate>,
}

/// A stage of a funnel.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct FunnelStage {
    /// Its English label.
    pub en: String,
    /// Its Chinese label.
    pub zh: String,
    /// How far deals come.
    pub step: pipeline::Step,
    /// The time that half of the deals stay below; none where none was.
    pub median_time: Option<Span>,
}

/// A funnel.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct FunnelView {
    /// The pipeline.
    pub pipeline: String,
    /// Its stages on the way to winning, in order.
    pub stages: Vec<FunnelStage>,
    /// Where deals leak away and where they wait.
    pub bottleneck: Bottleneck,
    /// Win rate, values, cycle.
    pub figures: Figures,
    /// What has become of the deals by the month in which they were created, such as `2026-03`.
    pub cohorts: BTreeMap<String, Cohort>,
    /// What entered and left each stage from `from` up to `to` or now, of all deals of the pipeline that pass the filter,
    /// whenever they were created; nothing where neither is given.
    pub passages: Vec<Passage>,
    /// Value per day, over the time from the first deal or `from` to `to` or now, of all deals of the pipeline that
    /// pass the filter, those created before included.
    pub velocity: Option<Velocity>,
    /// How many of the deals have no amount that the actor sees; they are in no mean value.
    pub without_amount: usize,
    /// How many are in a currency without a rate; likewise.
    pub without_rate: usize,
    /// What was won and lost by reason.
    pub reasons: BTreeMap<String, Ended>,
    /// What was won and lost against each competitor.
    pub competitors: BTreeMap<String, Ended>,
}

impl Session<'_> {
    /// The funnel of a pipeline's deals with its figures, as of the session's instant; values in the base currency.
    ///
    /// # Errors
    /// Invalid when the pipeline is unknown; as [`Session::list`].
    pub fn funnel(&self, asked: &FunnelQuery) -> Result<FunnelView> {
        let lifecycle = self.pipeline(asked.pipeline.as_deref())?;
        let config = self.crm.config();
        let zone = config.settings.zone;
        let created = |deal: &Opportunity| deal.meta.created_at.map(|at| calendar::local_date(at, zone));
        let mut deals = self.deals(&query(kind::Opportunity::NO, asked.filter.as_ref()), &|_| None)?;
        // A deal without the name of a pipeline is in the default one, as it was when it was created.
        deals.retain(|(deal, _)| {
            deal.lifecycle == lifecycle.name || (deal.lifecycle.is_empty() && asked.pipeline.is_none())
        });
        // What is won in a stretch of time was mostly begun before it.
        let velocity = self.velocity_within(asked, &deals);
        let path: Vec<_> = lifecycle.states.iter().filter(|state| state.class != StateClass::Lost).collect();
        let codes: Vec<String> = path.iter().map(|state| state.code.clone()).collect();
        let passages = self.passages_within(asked, &codes, &deals)?;
        deals.retain(|(deal, _)| {
            let day = created(deal);
            asked.from.is_none_or(|from| day.is_some_and(|day| from <= day))
                && asked.to.is_none_or(|to| day.is_some_and(|day| day < to))
        });
        let mut missing = Missing::default();
        deals.iter().for_each(|(deal, figures)| missing.note(deal, figures.value));
        let plain: Vec<Deal> = deals.iter().map(|(_, deal)| deal.clone()).collect();
        // Where a deal rests when it is won, nothing waits.
        let waiting = path.iter().filter(|state| state.class != StateClass::Won);
        let waiting: Vec<String> = waiting.map(|state| state.code.clone()).collect();
        let (steps, times) = (pipeline::funnel(&codes, &plain), time_in_stage(&waiting, &plain));
        let bottleneck = pipeline::bottleneck(&steps, &times, ENOUGH);
        let stages = path.iter().zip(steps).map(|(state, step)| FunnelStage {
            en: state.en.clone(),
            zh: state.zh.clone(),
            median_time: times.iter().find(|time| time.stage == state.code).map(|time| time.median),
            step,
        });
        let label = |day: NaiveDate| Bucket::Month.label(day, FiscalYear::default());
        let by_month = deals.iter().filter_map(|(deal, figures)| Some((label(created(deal)?), figures)));
        Ok(FunnelView {
            pipeline: lifecycle.name.clone(),
            stages: stages.collect(),
            bottleneck,
            figures: figures(&plain),
            cohorts: cohorts(by_month),
            velocity,
            passages,
            without_amount: missing.amount,
            without_rate: missing.rate,
            reasons: ended_by(deals.iter().filter_map(|(deal, figures)| {
                let reason = if deal.won_at.is_some() { &deal.won_reason } else { &deal.lost_reason };
                (!reason.is_empty()).then(|| (reason.clone(), figures))
            })),
            competitors: ended_by(deals.iter().flat_map(|(deal, figures)| {
                let named = deal.competitors.iter().map(|rival| rival.name.clone());
                let lost_to = std::iter::once(deal.lost_to.clone());
                let all: std::collections::BTreeSet<String> =
                    named.chain(lost_to).filter(|name| !name.is_empty()).collect();
                all.into_iter().map(move |name| (name, figures))
            })),
        })
    }

    /// What went through the stages in the time asked for, read from the deals' history.
    fn passages_within(
        &self,
        asked: &FunnelQuery,
        stages: &[String],
        deals: &[(Opportunity, Deal)],
    ) -> Result<Vec<Passage>> {
        let reading = self.reading()?;
        let sees = may_read(reading.sight.access.field(kind::Opportunity::NO, Opportunity::state));
        if (asked.from.is_none() && asked.to.is_none()) || !sees {
            return Ok(Vec::new());
        }
        let (zone, now) = (self.crm.config().settings.zone, self.instant());
        let start = |day: NaiveDate| calendar::start_of_day(day, zone);
        let mut paths = Vec::with_capacity(deals.len());
        for (deal, figures) in deals {
            let states =
                history::field_as_it_went(&reading.overlay, deal.record_ref(), Opportunity::state, now)?;
            let entries = states.into_iter().map(|(at, state)| (state.to_string(), at)).collect();
            paths.push(Path { entries, closed_at: deal.closed_at, outcome: figures.outcome });
        }
        let from = asked.from.map_or(Instant::MIN, start);
        // What happens now has happened.
        let to = asked.to.map_or(now + Span::from_micros(1), start);
        Ok(pipeline::passages(stages, &paths, from, to))
    }

    /// The velocity of all deals of a pipeline in the time asked for, whenever they were created.
    fn velocity_within(&self, asked: &FunnelQuery, deals: &[(Opportunity, Deal)]) -> Option<Velocity> {
        let zone = self.crm.config().settings.zone;
        let start = |day: NaiveDate| calendar::start_of_day(day, zone);
        let all: Vec<Deal> = deals.iter().map(|(_, deal)| deal.clone()).collect();
        let first = all.iter().filter_map(|deal| deal.started_at).min();
        let from: Instant = asked.from.map(start).or(first)?;
        pipeline::velocity(&all, from, asked.to.map_or(self.instant(), start).min(self.instant()))
    }
}
