//! A dry run of more than one unit: work is decided over the work before it, and nothing is kept.

use std::sync::{Arc, Mutex};

use super::config::Config;
use super::crm::{Crm, job};
use super::finish::Tip;
use super::overlay::Overlay;
use super::queue::{Job, lock};
use super::work::Work;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;

/// What would be, if the work so far had been done.
pub(crate) struct Rehearsal<'c> {
    crm: &'c Crm,
    overlay: Overlay,
    config: Arc<Config>,
    tip: Tip,
}

impl<'c> Rehearsal<'c> {
    /// Begins with what the store holds now.
    pub(crate) fn begin(crm: &'c Crm) -> Result<Self> {
        crm.refuse_nested()?;
        let overlay = crm.overlay()?;
        let (_, tip, _) = crm.tip(overlay.snapshot.as_ref())?;
        let config = crm.config_of(&overlay)?;
        Ok(Rehearsal { crm, overlay, config, tip })
    }

    /// Does work, each in its own unit over what was done before.
    pub(crate) fn play<W: Work>(&mut self, actor: Actor, works: Vec<W>) -> Result<Vec<Result<W::Output>>> {
        self.crm.refuse_nested()?;
        let mut answers = Vec::with_capacity(works.len());
        let mut jobs: Vec<Box<dyn Job>> = works
            .into_iter()
            .map(|work| {
                let answer = Arc::new(Mutex::new(None));
                answers.push(answer.clone());
                Box::new(job(actor, work, Vec::new(), false, answer)) as Box<dyn Job>
            })
            .collect();
        self.crm.decide(&mut jobs, &mut self.overlay, &mut self.config, &mut self.tip);
        jobs.iter_mut().for_each(|job| job.settle(None));
        let missing = || Err(Error::Internal("the work was not decided".into()));
        Ok(answers.iter().map(|answer| lock(answer).take().map_or_else(missing, |a| a.outcome)).collect())
    }

    /// How many keys it holds.
    pub(crate) fn held(&self) -> usize {
        self.overlay.staged.len()
    }
}
