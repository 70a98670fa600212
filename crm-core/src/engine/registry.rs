//! Commands as data: by name, from and to JSON.

use serde_json::Value as Json;

use super::crm::Crm;
use super::flows::{
    advance, assign, capture, claim, convert, edit, grade, hand_over, log_activity, model, undo_convert,
    unify,
};
use super::once::Once;
use super::rules::automate::CallRule;
use super::rules::follow::ApplyRule;
use super::session::Session;
use crate::domain::{catalog, failed_work, forecast, lead, notice, org, party, pool, rule, task};
use crate::record::command::{Command, CommandForm};
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;

/// Runs one command that came as data, under an idempotency key or dry.
pub(crate) type Run = fn(&Crm, Actor, Json, Option<Once>, bool) -> Result<Json>;

fn run<C: Command>(crm: &Crm, actor: Actor, input: Json, once: Option<Once>, dry: bool) -> Result<Json> {
    let command: C = serde_json::from_value(input)
        .map_err(|error| Error::invalid(C::NAME, "command.malformed", error.to_string()))?;
    let output = crm.run(actor, command, once, Vec::new(), dry)?;
    serde_json::to_value(output).map_err(|error| Error::Internal(error.to_string()))
}

/// Runs one command that came as data within a unit of work.
pub(crate) type RunWithin = fn(&mut dyn Desk, Json) -> Result<Json>;

fn run_within<C: Command>(desk: &mut dyn Desk, input: Json) -> Result<Json> {
    let command: C = serde_json::from_value(input)
        .map_err(|error| Error::invalid(C::NAME, "command.malformed", error.to_string()))?;
    let output = command.run(desk)?;
    serde_json::to_value(output).map_err(|error| Error::Internal(error.to_string()))
}

/// How a command that comes as data is run within a unit of work.
pub(crate) fn within(name: &str) -> Result<RunWithin> {
    let run = COMMANDS.iter().find(|(known, ..)| *known == name).map(|(.., run)| *run);
    run.ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    let known = COMMANDS.iter().map(|(known, ..)| *known);
    let meant = crate::record::filter::nearest(name, known);
    let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    Error::invalid("command", "command.unknown", format!("no command is called `{name}`{hint}"))
}

macro_rules! commands {
    ($($command:ty),* $(,)?) => {
        /// Every command by its name.
        pub(crate) const COMMANDS: &[(&str, Run, RunWithin)] =
            &[$((<$command as Command>::NAME, run::<$command>, run_within::<$command>)),*];

        /// How every command is written as data.
        const FORMS: &[CommandForm] = &[$(CommandForm {
            name: <$command as Command>::NAME,
            fields: <$command as Command>::FIELDS,
        }),*];
    };
}

commands! {
    edit::CreateRecord, edit::UpdateRecord, edit::DeleteRecord, advance::MoveRecord,
    party::CreateCustomer, party::CreateContact, party::LinkContact, party::UnlinkContact,
    party::MoveContact, party::CreateRelation, party::EndRelation, advance::MoveCustomer,
    capture::CaptureLead, assign::AssignLead, lead::TouchLead, advance::MoveLead,
    convert::ConvertLead, undo_convert::UndoConversion, unify::MergeLeads,
    claim::Claim, claim::AssignPooled, claim::Release, pool::DefinePool,
    advance::AdvanceOpportunity, advance::WinOpportunity, advance::LoseOpportunity,
    advance::ReopenOpportunity, catalog::FindPrice,
    log_activity::LogActivity, task::CreateTask, task::CheckTask, advance::MoveTask,
    advance::FinishTask, advance::CancelTask, notice::MarkRead, notice::SendNotice,
    failed_work::RetryWork, failed_work::DropWork,
    forecast::KeepForecast, grade::GradeCustomer, model::SaveModel, model::PredictDeals,
    org::CreateUser, org::UpdateUser, org::EnableUser, org::GrantLeave, org::SignedIn, hand_over::DisableUser,
    hand_over::HandOver, org::CreateDepartment, org::UpdateDepartment, org::CreateTeam,
    org::UpdateTeam, org::DefineRole, org::DefineShare,
    org::DefineField, org::ChangeField, org::RetireField, org::RestoreField, org::DefineValidation,
    org::DefineLifecycle, org::LoadLifecycles, org::DefineNumbering, org::ChangeSettings,
    rule::SaveRule, rule::LoadRule, rule::ActivateRule, rule::DeactivateRule, rule::TestRule, ApplyRule,
    CallRule,
}

impl Session<'_> {
    /// Runs a command that comes as data: its name and its fields as JSON; answers its output.
    ///
    /// # Errors
    /// Invalid when there is no such command or its fields do not fit; else as the command.
    pub fn execute_named(&self, name: &str, input: Json) -> Result<Json> {
        self.run_named(name, input, None, false)
    }

    /// Runs a command that comes as data under an idempotency key.
    ///
    /// # Errors
    /// As [`Session::execute_named`] and [`Session::execute_once`].
    pub fn execute_named_once(&self, key: &str, name: &str, input: Json) -> Result<Json> {
        self.run_named(name, input, Some(Once(key.to_owned())), false)
    }

    /// Runs a command that comes as data and forgets what it did.
    ///
    /// # Errors
    /// As [`Session::execute_named`].
    pub fn dry_run_named(&self, name: &str, input: Json) -> Result<Json> {
        self.run_named(name, input, None, true)
    }

    fn run_named(&self, name: &str, input: Json, once: Option<Once>, dry: bool) -> Result<Json> {
        let run = COMMANDS.iter().find(|(known, ..)| *known == name).map(|(_, run, _)| *run);
        let run = run.ok_or_else(|| unknown(name))?;
        run(self.crm, self.actor(), input, once, dry)
    }
}

/// The names of all commands.
pub fn command_names() -> Vec<&'static str> {
    COMMANDS.iter().map(|(name, ..)| *name).collect()
}

/// How every command is written as data: its name and its fields.
pub fn command_forms() -> &'static [CommandForm] {
    FORMS
}
