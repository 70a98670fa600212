//! Deals as the figures of a pipeline take them.

use chrono::NaiveDate;

use crate::base::{Instant, calendar};
use crate::domain::opportunity::Opportunity;
use crate::engine::session::Session;
use crate::insight::pipeline::{Deal, Outcome};
use crate::record::desk::Query;
use crate::record::error::Result;
use crate::record::lifecycle::StateTimes;
use crate::record::spec::Record;

impl Session<'_> {
    /// The deals of a list, each with what the figures of a pipeline need; amounts in the base
    /// currency by the rate of the day on which they closed, or of today, none without a rate. `started` says when work on
    /// a deal began; without it that is when it was created.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn deals(
        &self,
        query: &Query,
        started: &dyn Fn(&Opportunity) -> Option<Instant>,
    ) -> Result<Vec<(Opportunity, Deal)>> {
        let config = self.crm.config();
        let settings = &config.settings;
        let now = self.instant();
        let day = |at: Instant| -> NaiveDate { calendar::local_date(at, settings.zone) };
        let mut deals = Vec::new();
        self.each(query, &mut |record, view| {
            let Some(id) = record.as_id() else { return Ok(()) };
            let deal = Opportunity::read(id, view)?;
            let outcome = match (deal.won_at, deal.closed_at) {
                (Some(_), _) => Outcome::Won,
                (None, Some(_)) => Outcome::Lost,
                (None, None) => Outcome::Open,
            };
            let on = day(deal.closed_at.unwrap_or(now));
            let value = deal.amount.and_then(|amount| settings.in_base(amount, on).ok().flatten());
            let times = StateTimes::from_fields(&deal.spent, &deal.state, deal.state_since);
            let stages =
                times.totals(now).into_iter().map(|(stage, span)| (stage.to_owned(), span)).collect();
            let figures = Deal {
                started_at: started(&deal).or(deal.meta.created_at),
                closed_at: deal.closed_at,
                outcome,
                value: value.map(|value| value.amount),
                stages,
            };
            deals.push((deal, figures));
            Ok(())
        })?;
        Ok(deals)
    }
}
