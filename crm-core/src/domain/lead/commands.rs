//! What can be asked of a lead alone. Capture, assignment, moves and conversion span rooms and are flows.

use super::noun::Lead;
use crate::base::kind::LeadId;
use crate::base::{Instant, Kind, kind};
use crate::record::action::Action;

command! {
    /// Notes that one of us got back to a lead, where the host logs no activity for it: the first time ends its
    /// wait for a response and begins the following.
    pub struct TouchLead as "lead.touch" -> () {
        /// The lead.
        lead: LeadId,
        /// When; now when none.
        #[serde(default)] at: Option<Instant>,
    }
    run(this, desk) {
        let mut lead: Lead = desk.load_as(this.lead, Action::Update)?;
        let lifecycle = desk.lifecycle(kind::Lead::NO, None)?;
        let now = desk.now();
        lead.touch(&lifecycle, this.at.map_or(now, |at| at.min(now)), true);
        desk.put(&lead)
    }
}
