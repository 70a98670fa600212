//! The board: a pipeline's deals in columns by stage.

use rust_decimal::Decimal;

use crate::base::kind::{CustomerId, OpportunityId, UserId};
use crate::base::{Instant, Kind, Money, calendar, kind};
use crate::domain::opportunity::Opportunity;
use crate::engine::Session;
use crate::record::desk::Query;
use crate::record::error::Result;
use crate::record::filter::Filter;
use crate::record::lifecycle::{Lifecycle, is_rotting};
use crate::record::spec::Record;

/// A pipeline's deals in columns by stage.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Board {
    /// The pipeline.
    pub pipeline: String,
    /// One column a stage, in the pipeline's order.
    pub columns: Vec<Column>,
}

/// The deals in one stage.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Column {
    /// The stage's code.
    pub stage: String,
    /// Its English label.
    pub en: String,
    /// Its Chinese label.
    pub zh: String,
    /// How many deals stand here.
    pub count: usize,
    /// What they are worth, in the base currency; deals in a currency without a rate are left out
    /// and counted in `without_rate`.
    pub amount: Money,
    /// What they are worth times their probability.
    pub weighted: Money,
    /// How many deals have an amount in a currency without a rate.
    pub without_rate: usize,
    /// The first cards, by expected close date.
    pub cards: Vec<Card>,
}

/// A deal as a card on the board.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Card {
    /// The deal.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
    /// With whom.
    pub customer: Option<CustomerId>,
    /// Who is in charge.
    pub owner: Option<UserId>,
    /// What it is worth.
    pub amount: Option<Money>,
    /// When it is expected to close.
    pub close_on: Option<chrono::NaiveDate>,
    /// Since when it is in the stage.
    pub since: Option<Instant>,
    /// Whether it has stood still for longer than the stage allows.
    pub rotting: bool,
}

impl Session<'_> {
    /// The definition of a pipeline, the default one when no name is given.
    ///
    /// # Errors
    /// Invalid when there is none of that name.
    pub fn pipeline(&self, name: Option<&str>) -> Result<std::sync::Arc<Lifecycle>> {
        self.crm.config().lifecycle(kind::Opportunity::NO, name)
    }

    /// The board of a pipeline, of the deals that pass a filter, with the first `cards` cards of each
    /// column.
    ///
    /// # Errors
    /// Invalid when the pipeline is unknown or the filter does not fit.
    pub fn board(&self, pipeline: Option<&str>, filter: Option<Filter>, cards: usize) -> Result<Board> {
        let pipeline = self.pipeline(pipeline)?;
        let settings = self.crm.config().settings.clone();
        let today = calendar::local_date(self.crm.now(), settings.zone);
        let zero = Money::zero(settings.currency);
        let mut columns = Vec::new();
        for state in &pipeline.states {
            let mut column = Column {
                stage: state.code.clone(),
                en: state.en.clone(),
                zh: state.zh.clone(),
                count: 0,
                amount: zero,
                weighted: zero,
                without_rate: 0,
                cards: Vec::new(),
            };
            let here = Filter::All(vec![
                Filter::equals("lifecycle", pipeline.name.as_str()),
                Filter::equals("state", state.code.as_str()),
            ]);
            let mut query = Query::of(kind::Opportunity::NO).filter(here);
            if let Some(filter) = &filter {
                query = query.filter(filter.clone());
            }
            self.each(&query, &mut |record, view| {
                let Some(id) = record.as_id() else { return Ok(()) };
                let deal = Opportunity::read(id, view)?;
                column.count += 1;
                if let Some(amount) = deal.amount {
                    match settings.in_base(amount, today) {
                        Ok(Some(amount)) => {
                            column.amount = column.amount.plus(amount).unwrap_or(column.amount);
                            let percent = deal.probability().map_or(Decimal::ZERO, |(percent, _)| percent);
                            let weighted = amount.times(percent / Decimal::ONE_HUNDRED).unwrap_or(zero);
                            column.weighted = column.weighted.plus(weighted).unwrap_or(column.weighted);
                        }
                        _ => column.without_rate += 1,
                    }
                }
                let rotting = deal
                    .state_since
                    .is_some_and(|since| is_rotting(state, since, deal.last_activity_at, self.crm.now()));
                column.cards.push(Card {
                    id,
                    name: deal.name,
                    customer: deal.customer,
                    owner: deal.owner,
                    amount: deal.amount,
                    close_on: deal.close_on,
                    since: deal.state_since,
                    rotting,
                });
                if column.cards.len() > cards.max(1) * 2 {
                    keep_first(&mut column.cards, cards);
                }
                Ok(())
            })?;
            keep_first(&mut column.cards, cards);
            column.weighted = column.weighted.rounded();
            columns.push(column);
        }
        Ok(Board { pipeline: pipeline.name.clone(), columns })
    }
}

/// Keeps the cards that close first; those without a date come last.
fn keep_first(cards: &mut Vec<Card>, count: usize) {
    cards.sort_by_key(|card| (card.close_on.is_none(), card.close_on, card.id));
    cards.truncate(count);
}
