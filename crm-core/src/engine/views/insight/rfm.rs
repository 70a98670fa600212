//! RFM of customers over won deals, and levels by it.

use std::num::NonZeroUsize;

use chrono::NaiveDate;

use super::purchases::Purchases;
use crate::base::Money;
use crate::base::kind::CustomerId;
use crate::domain::party::{Customer, Level};
use crate::engine::flows::grade::GradeCustomer;
use crate::engine::session::Session;
use crate::insight::level::{self, Grades, SetBy};
use crate::insight::rfm::{self, Period, Rule, Scores, States, Thresholds, segments};
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;

/// Which segments customers fall in.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segments {
    /// Champions, loyal, at risk, lost and so on; for five scores, refused for others.
    #[default]
    International,
    /// The Chinese eight cells: high is above the customers' mean score.
    EightCells,
    /// The tenant's own, the first that fits names the customer.
    Given(Vec<segments::Segment>),
}

/// Which purchases count, and how they are scored.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RfmQuery {
    /// Which won deals count; all that the actor sees when there is none.
    pub filter: Option<Filter>,
    /// Deals won before this day don't count.
    pub from: Option<NaiveDate>,
    /// How values become scores.
    pub rule: Rule,
    /// Weights of R, F and M in the score.
    pub weights: [u32; 3],
    /// The segments.
    pub segments: Segments,
}

impl Default for RfmQuery {
    fn default() -> Self {
        RfmQuery {
            filter: None,
            from: None,
            rule: Rule::default(),
            weights: [1, 1, 1],
            segments: Segments::default(),
        }
    }
}

/// A customer's scores.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RfmCustomer {
    /// The customer.
    pub customer: CustomerId,
    /// What it is called.
    pub name: String,
    /// The day of its last purchase.
    pub last_on: NaiveDate,
    /// Days since.
    pub days_since: i64,
    /// How many purchases it made.
    pub purchases: u32,
    /// What it spent.
    pub money: Money,
    /// The scores for recency, frequency and money.
    pub scores: [u8; 3],
    /// Their weighted mean.
    pub score: f64,
    /// The place of its segment in [`RfmView::segments`]; none where none fits.
    pub segment: Option<u16>,
}

/// A segment and who is in it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RfmSegment {
    /// Its definition.
    pub segment: segments::Segment,
    /// How many customers are in it.
    pub customers: usize,
    /// What they spent.
    pub money: Money,
}

/// RFM of the customers that an actor sees.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct RfmView {
    /// The day as of which recency is reckoned.
    pub as_of: NaiveDate,
    /// The customers with purchases, in the order of ids.
    pub customers: Vec<RfmCustomer>,
    /// Where each score begins; money in minor units of the base currency. [`Rule::Fixed`] of them scores others
    /// alike.
    pub thresholds: Thresholds,
    /// The segments in their order.
    pub segments: Vec<RfmSegment>,
    /// How many customers are in no segment.
    pub unnamed: usize,
    /// How many purchases have no amount that the actor sees; they count as purchases of nothing.
    pub without_amount: usize,
    /// How many are in a currency without a rate; likewise.
    pub without_rate: usize,
}

/// What grading by RFM did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Graded {
    /// How many customers have another level now.
    pub changed: usize,
    /// How many had that level before.
    pub same: usize,
    /// How many keep the level that a person gave.
    pub by_hand: usize,
    /// How many the actor may not change.
    pub not_allowed: usize,
}

impl RfmView {
    /// The segment of a customer.
    pub fn segment_of(&self, customer: &RfmCustomer) -> Option<&segments::Segment> {
        let place = customer.segment?;
        self.segments.get(usize::from(place)).map(|found| &found.segment)
    }
}

impl Session<'_> {
    /// RFM of the customers with won deals, as of the session's instant.
    ///
    /// # Errors
    /// As [`Session::list`]; invalid with an `rfm.…` code when the rule or the weights can't be.
    pub fn rfm(&self, query: &RfmQuery) -> Result<RfmView> {
        let purchases = self.purchases(query.filter.as_ref())?;
        let threads = NonZeroUsize::MIN;
        let as_of = purchases.as_of.to_epoch_days();
        let period = Period { from: query.from.map_or(i32::MIN, |day| day.to_epoch_days()), to: as_of };
        let columns = rfm::Purchases { days: &purchases.days, amounts: &purchases.amounts };
        let states = States::of_ids(&purchases.whose, columns, period, threads)?;
        let scores = rfm::score(&states, as_of, &query.rule, threads)?;
        let named = match &query.segments {
            Segments::International => segments::international_for(&scores)?,
            Segments::EightCells => segments::eight_cells(segments::above_mean(&scores)),
            Segments::Given(given) => given.clone(),
        };
        let customers = customers(&purchases, &states, &scores, query.weights, &named)?;
        let mut spent = vec![(0usize, 0i64); named.len()];
        for (customer, sum) in customers.iter().zip(states.sum()) {
            if let Some(slot) = customer.segment.and_then(|place| spent.get_mut(usize::from(place))) {
                *slot = (slot.0 + 1, slot.1.saturating_add(*sum));
            }
        }
        let unnamed = customers.iter().filter(|customer| customer.segment.is_none()).count();
        let segments = named.into_iter().zip(spent).map(|(segment, (count, sum))| RfmSegment {
            segment,
            customers: count,
            money: purchases.money(sum),
        });
        Ok(RfmView {
            as_of: purchases.as_of,
            segments: segments.collect(),
            customers,
            thresholds: scores.thresholds,
            unnamed,
            without_amount: purchases.without_amount,
            without_rate: purchases.without_rate,
        })
    }

    /// Gives customers the levels that their weighted RFM score takes: each level with the least score for it, the
    /// highest first. The rule's name is kept with the level; one that a person gave stays unless `overrule`.
    /// Each customer is a command of its own, [`GradeCustomer`], under the actor's rights.
    ///
    /// # Errors
    /// As [`Session::rfm`]; `level.grades` when the levels don't descend. What one customer refuses is counted.
    pub fn grade_by_rfm(
        &self,
        query: &RfmQuery,
        levels: &[(Level, f64)],
        rule: &str,
        overrule: bool,
    ) -> Result<Graded> {
        use crate::base::choice::Choice;
        let from: Vec<(&str, f64)> = levels.iter().map(|(level, from)| (level.code(), *from)).collect();
        let grades = Grades::new(rule, &from)?;
        let (mut done, mut commands) = (Graded::default(), Vec::new());
        for row in self.rfm(query)?.customers {
            let customer: Customer = self.get(row.customer)?;
            let by_hand = customer.level_by_hand == Some(true);
            let by = if by_hand { SetBy::Hand } else { SetBy::Rule(customer.level_rule.clone()) };
            let current = customer.level.map(|level| level::Level { code: level.code().to_owned(), by });
            match grades.change(current.as_ref(), row.score, overrule) {
                Some(found) => commands.extend(Level::from_name(&found.code).map(|level| GradeCustomer {
                    customer: row.customer,
                    level,
                    rule: rule.to_owned(),
                    overrule,
                })),
                None if by_hand && !overrule => done.by_hand += 1,
                None => done.same += 1,
            }
        }
        for answer in self.execute_all(commands) {
            match answer {
                Ok(()) => done.changed += 1,
                Err(error) if error.has_code("party.level_by_hand") => done.by_hand += 1,
                Err(Error::Refused(_) | Error::NotFound(..)) => done.not_allowed += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

fn customers(
    purchases: &Purchases,
    states: &States<i64>,
    scores: &Scores,
    weights: [u32; 3],
    named: &[segments::Segment],
) -> Result<Vec<RfmCustomer>> {
    let weighted = scores.weighted(weights)?;
    let assigned = segments::assign(scores, named);
    let scored = scores.rows().zip(weighted).zip(assigned);
    let mut customers = Vec::with_capacity(states.len());
    for (row, ((scores, score), segment)) in scored.enumerate() {
        let found = states.ids().get(row).and_then(|place| purchases.customer(*place));
        let last = states.last().get(row).and_then(|day| NaiveDate::from_epoch_days(*day));
        let (Some((customer, name)), Some(last_on)) = (found, last) else { continue };
        customers.push(RfmCustomer {
            customer: *customer,
            name: name.clone(),
            last_on,
            days_since: (purchases.as_of - last_on).num_days(),
            purchases: states.count().get(row).copied().unwrap_or(0),
            money: purchases.money(states.sum().get(row).copied().unwrap_or(0)),
            scores,
            score,
            segment,
        });
    }
    Ok(customers)
}
