//! What entering a state means for records of one kind.

use super::{Entering, Request, Right, pause};
use crate::base::kind::TaskId;
use crate::base::{Id, Kind, KindNo, kind};
use crate::domain::lead::Lead;
use crate::domain::opportunity::{self, Opportunity};
use crate::domain::task::{self, Task};
use crate::record::desk::Desk;
use crate::record::error::{Refusal, Result};
use crate::record::lifecycle::{State, StateClass};
use crate::record::sheet::Sheet;
use crate::record::spec::Record;

const OPPORTUNITY: KindNo = kind::Opportunity::NO;
const LEAD: KindNo = kind::Lead::NO;
const TASK: KindNo = kind::Task::NO;

/// What forbids a move beyond what its lifecycle says.
pub(super) fn forbidden(request: &Request, to: Option<&State>) -> Option<Refusal> {
    let wins = request.record.kind == LEAD && to.is_some_and(|to| to.class == StateClass::Won);
    (wins && request.right == Right::Actor)
        .then(|| Refusal::new("lead.not_converted", "a lead is won by converting it, not by a move"))
}

/// Writes the record with what follows from the state entered; answers the tasks that this created.
pub(super) fn settle(desk: &mut dyn Desk, sheet: &Sheet, entering: &Entering<'_>) -> Result<Vec<TaskId>> {
    let (to, is_new) = (entering.to, entering.from.is_none());
    match sheet.record.kind {
        OPPORTUNITY => {
            let mut deal: Opportunity = read(sheet)?;
            if is_new {
                deal.owner = deal.owner.or(desk.actor().user());
                if deal.code.is_empty() {
                    deal.code = desk.next_code(OPPORTUNITY)?.unwrap_or_default();
                }
            }
            opportunity::enter(&mut deal, to, entering.reason, entering.rival, desk.now());
            desk.put(&deal)?;
        }
        LEAD => {
            let mut lead: Lead = read(sheet)?;
            let lost = to.class == StateClass::Lost;
            lead.invalid_reason = if lost { entering.reason.to_owned() } else { String::new() };
            pause::note(desk, &mut lead, entering);
            desk.put(&lead)?;
        }
        TASK => {
            let mut task: Task = read(sheet)?;
            if is_new {
                task.owner = task.owner.or(desk.actor().user());
            }
            let next = task::enter(desk, &mut task, to)?;
            desk.put(&task)?;
            return Ok(next.into_iter().collect());
        }
        _ => sheet.write(desk)?,
    }
    Ok(Vec::new())
}

fn read<T: Record>(sheet: &Sheet) -> Result<T> {
    Ok(sheet.view(|view| T::read(Id::from_u128(sheet.record.bits), view))?)
}
