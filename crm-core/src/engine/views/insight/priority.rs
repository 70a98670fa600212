//! Which deals a seller does well to work on first.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;

use super::purchases::{beyond, expected_money, id, instant, minor, query};
use crate::base::kind::{CustomerId, OpportunityId, ProductId, UserId};
use crate::base::settings::Settings;
use crate::base::{Kind, Money, RecordRef, calendar, kind};
use crate::domain::activity::Activity;
use crate::domain::catalog::Product;
use crate::domain::opportunity::{DealLine, cost_of_lines};
use crate::engine::session::Session;
use crate::insight::level::{Prospect, order, worth};
use crate::record::codec::ValueRef;
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::spec::Record;

/// An open deal and what it is worth a seller's time.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PriorityDeal {
    /// The deal.
    pub deal: OpportunityId,
    /// Its name.
    pub name: String,
    /// With whom.
    pub customer: Option<CustomerId>,
    /// Who is in charge.
    pub owner: Option<UserId>,
    /// The probability that the deal shows.
    pub chance: f64,
    /// Probability × value.
    pub expected: Money,
    /// Probability × margin: the value less the unit costs of the products in the lines. None where there are no
    /// lines, or the actor doesn't see what each costs.
    pub expected_margin: Option<Money>,
    /// The expected margin, or the expected value where that isn't known, per activity spent so far and the next one.
    pub per_activity: Money,
    /// How many activities were spent on it.
    pub activities: u32,
    /// Days until it is expected to close; less than zero when that has passed.
    pub days_to_close: Option<i32>,
    /// Days since anything was done about it.
    pub days_silent: u32,
    /// The order of the day: see [`worth`].
    pub priority: f64,
}

impl Session<'_> {
    /// The open deals that pass a filter, such as `owner = me`, the first to be worked on first: by expected margin,
    /// or value where that isn't known. The probability is the one that the deal shows: by hand before model before
    /// stage.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn priorities(&self, filter: Option<&Filter>) -> Result<Vec<PriorityDeal>> {
        let config = self.crm.config();
        let settings = &config.settings;
        let now = self.instant();
        let today = calendar::local_date(now, settings.zone);
        let mut effort: BTreeMap<RecordRef, u32> = BTreeMap::new();
        self.each(&query(kind::Activity::NO, None), &mut |_, view| {
            // What is planned has cost nothing yet.
            let is_done = instant(view, Activity::at)?.is_some_and(|at| at <= now);
            if let ValueRef::Id(about) = view.get(Activity::about)?
                && about.kind == kind::Opportunity::NO
                && is_done
            {
                *effort.entry(about).or_default() += 1;
            }
            Ok(())
        })?;
        let costs = self.unit_costs(settings, today)?;
        let (mut rows, mut prospects) = (Vec::new(), Vec::new());
        for (deal, figures) in self.deals(&query(kind::Opportunity::NO, filter), &|_| None)? {
            if deal.closed_at.is_some() {
                continue;
            }
            let percent = deal.probability().and_then(|(percent, _)| percent.to_f64()).unwrap_or(0.0);
            let touched = deal.last_activity_at.max(deal.state_since).or(deal.meta.created_at);
            let silent = touched.map_or(0, |at| (today - calendar::local_date(at, settings.zone)).num_days());
            let value = minor(Money::new(figures.value.unwrap_or_default(), settings.currency))?;
            let cost = costs.of(&deal.lines)?.filter(|_| figures.value.is_some());
            let margin = cost.map(|cost| value.saturating_sub(cost));
            let prospect = Prospect {
                chance: percent / 100.0,
                value,
                margin,
                activities: effort.get(&deal.record_ref()).copied().unwrap_or(0),
                days_to_close: deal
                    .close_on
                    .map(|day| day.to_epoch_days().saturating_sub(today.to_epoch_days())),
                days_silent: u32::try_from(silent).unwrap_or(0),
            };
            let found = worth(&prospect);
            rows.push(PriorityDeal {
                deal: deal.id(),
                customer: deal.customer,
                owner: deal.owner,
                chance: prospect.chance,
                expected: expected_money(found.value, settings.currency),
                expected_margin: found.margin.map(|margin| expected_money(margin, settings.currency)),
                per_activity: expected_money(found.per_activity, settings.currency),
                activities: prospect.activities,
                days_to_close: prospect.days_to_close,
                days_silent: prospect.days_silent,
                priority: found.priority,
                name: deal.name,
            });
            prospects.push(prospect);
        }
        let places = order(&prospects);
        let mut rows: Vec<Option<PriorityDeal>> = rows.into_iter().map(Some).collect();
        Ok(places.into_iter().filter_map(|place| rows.get_mut(place)?.take()).collect())
    }
    /// What one unit of each product that the actor sees costs, by the rates of a day; a variant without a cost of
    /// its own costs what its product does.
    fn unit_costs(&self, settings: &Settings, on: NaiveDate) -> Result<UnitCosts> {
        let mut costs = UnitCosts::default();
        self.each(&query(kind::Product::NO, None), &mut |record, view| {
            let Some(product) = record.as_id::<kind::Product>() else { return Ok(()) };
            if let ValueRef::Money(cost) = view.get(Product::unit_cost)? {
                let in_base = settings.in_base(cost, on).map_err(|_| beyond(cost))?;
                costs.own.extend(in_base.map(|cost| (product, cost)));
            } else if let Some(parent) = id::<kind::Product>(view, Product::parent)? {
                costs.parents.insert(product, parent);
            }
            Ok(())
        })?;
        Ok(costs)
    }
}

/// What products cost, in the base currency.
#[derive(Default)]
struct UnitCosts {
    own: BTreeMap<ProductId, Money>,
    parents: BTreeMap<ProductId, ProductId>,
}

impl UnitCosts {
    fn unit(&self, product: ProductId) -> Option<Money> {
        // No variant is one of itself, however far up.
        let mut line = std::iter::successors(Some(product), |below| self.parents.get(below).copied());
        line.find_map(|product| self.own.get(&product).copied())
    }

    /// What the lines of a deal cost in minor units, where that is known.
    fn of(&self, lines: &[DealLine]) -> Result<Option<i64>> {
        let cost = cost_of_lines(lines, |product| self.unit(product))
            .map_err(|error| Error::invalid("lines", "opportunity.figure_too_large", error.to_string()))?;
        cost.map(minor).transpose()
    }
}
