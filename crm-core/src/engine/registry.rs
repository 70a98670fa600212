//! Commands as data: by name, from and to JSON.

use serde_json::Value as Json;

use super::crm::Crm;
use super::session::Session;
use crate::record::command::Command;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;

/// Runs one command that came as data.
pub(crate) type Run = fn(&Crm, Actor, Json) -> Result<Json>;

fn run<C: Command>(crm: &Crm, actor: Actor, input: Json) -> Result<Json> {
    let command: C = serde_json::from_value(input)
        .map_err(|error| Error::invalid(C::NAME, "command.malformed", error.to_string()))?;
    let output = crm.execute(actor, command)?;
    serde_json::to_value(output).map_err(|error| Error::Internal(error.to_string()))
}

macro_rules! commands {
    ($($command:ty),* $(,)?) => {
        /// Every command by its name.
        pub(crate) const COMMANDS: &[(&str, Run)] = &[$((<$command as Command>::NAME, run::<$command>)),*];
    };
}

commands! {
    super::flows::edit::CreateRecord,
    super::flows::edit::UpdateRecord,
    super::flows::edit::DeleteRecord,
    crate::domain::party::CreateCustomer,
    crate::domain::party::CreateContact,
    crate::domain::party::LinkContact,
    crate::domain::party::UnlinkContact,
    crate::domain::party::MoveContact,
    crate::domain::party::CreateRelation,
    crate::domain::party::EndRelation,
    super::flows::advance::MoveRecord,
    super::flows::advance::MoveLead,
    super::flows::advance::MoveCustomer,
    super::flows::advance::MoveTask,
    super::flows::advance::AdvanceOpportunity,
    super::flows::advance::WinOpportunity,
    super::flows::advance::LoseOpportunity,
    super::flows::advance::ReopenOpportunity,
    super::flows::advance::FinishTask,
    super::flows::advance::CancelTask,
    super::flows::log_activity::LogActivity,
    crate::domain::task::CreateTask,
    crate::domain::task::CheckTask,
    crate::domain::catalog::FindPrice,
    super::flows::capture::CaptureLead,
    super::flows::assign::AssignLead,
    super::flows::convert::ConvertLead,
    super::flows::undo_convert::UndoConversion,
    super::flows::unify::MergeLeads,
    crate::domain::lead::TouchLead,
}

impl Session<'_> {
    /// Runs a command that comes as data: its name and its fields as JSON; answers its output.
    ///
    /// # Errors
    /// Invalid when there is no such command or its fields do not fit; else as the command.
    pub fn execute_named(&self, name: &str, input: Json) -> Result<Json> {
        let run = COMMANDS.iter().find(|(known, _)| *known == name).map(|(_, run)| *run);
        let run = run.ok_or_else(|| {
            Error::invalid("command", "command.unknown", format!("no command is called `{name}`"))
        })?;
        run(self.crm, self.actor(), input)
    }
}

/// The names of all commands.
pub fn command_names() -> Vec<&'static str> {
    COMMANDS.iter().map(|(name, _)| *name).collect()
}
