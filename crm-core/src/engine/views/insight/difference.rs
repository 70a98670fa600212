//! What lies between the pipeline of two instants, deal by deal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::purchases::{amount, instant, money, query};
use crate::base::kind::OpportunityId;
use crate::base::{Instant, Kind, calendar, kind};
use crate::domain::opportunity::Opportunity;
use crate::engine::session::Session;
use crate::insight::pipeline::{Difference, Outcome, Standing, difference};
use crate::record::error::Result;
use crate::record::filter::Filter;

/// What lies between the pipeline of two instants: `before` and the parts add up to `after`, in the base currency.
pub type PipelineChange = Difference<OpportunityId>;

impl Session<'_> {
    /// What has changed since an earlier instant in the open deals that pass a filter: new, won, lost, moved in and
    /// out of the filter, worth more or less. Both states are read under today's rights, and both at the rates of the
    /// session's day, so that no rate makes a difference.
    ///
    /// # Errors
    /// As [`Session::list`].
    pub fn pipeline_change(&self, since: Instant, filter: Option<&Filter>) -> Result<PipelineChange> {
        let day = calendar::local_date(self.instant(), self.crm.config().settings.zone);
        let before = self.as_of(since).standings(filter, day)?;
        Ok(difference(&before, &self.standings(filter, day)?))
    }

    fn standings(
        &self,
        filter: Option<&Filter>,
        day: NaiveDate,
    ) -> Result<BTreeMap<OpportunityId, Standing>> {
        let config = self.crm.config();
        let settings = &config.settings;
        let mut within: BTreeSet<u128> = BTreeSet::new();
        if filter.is_some() {
            self.each(&query(kind::Opportunity::NO, filter), &mut |record, _| {
                within.insert(record.bits);
                Ok(())
            })?;
        }
        let mut standings = BTreeMap::new();
        self.each(&query(kind::Opportunity::NO, None), &mut |record, view| {
            let Some(id) = record.as_id() else { return Ok(()) };
            let closed = instant(view, Opportunity::closed_at)?;
            let outcome = match (instant(view, Opportunity::won_at)?, closed) {
                (Some(_), _) => Outcome::Won,
                (None, Some(_)) => Outcome::Lost,
                (None, None) => Outcome::Open,
            };
            let value = amount(view, settings, day)?.minor();
            let within = filter.is_none() || within.contains(&record.bits);
            let value = value.map(|value| money(value, settings.currency).amount);
            standings.insert(id, Standing { value, outcome, within });
            Ok(())
        })?;
        Ok(standings)
    }
}
