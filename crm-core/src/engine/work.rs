//! What a unit of work runs: a command, or a row of an import. Both may have been done before.

use super::once::Once;
use super::overlay::Overlay;
use crate::record::command::Command;
use crate::record::desk::Desk;
use crate::record::error::Result;
use crate::record::journal::Actor;

/// Something that runs in a unit of its own, maybe more than once while others move the journal.
pub(crate) trait Work: Send + 'static {
    /// What it answers.
    type Output: Send + 'static;

    /// The name under which the journal keeps what came out.
    fn name(&self, output: &Self::Output) -> &'static str;

    /// The outcome of the time before, when it was done already.
    fn earlier(&self, overlay: &Overlay, actor: Actor) -> Result<Option<Self::Output>>;

    /// Does it.
    fn run(&self, desk: &mut dyn Desk) -> Result<Self::Output>;

    /// Keeps, in the same commit, that it was done; all that it wrote is in the overlay's unit.
    fn remember(&self, overlay: &mut Overlay, actor: Actor, output: &mut Self::Output) -> Result<()>;
}

/// A command, maybe under an idempotency key.
pub(crate) struct Asked<C> {
    pub(crate) command: C,
    pub(crate) once: Option<Once>,
}

impl<C: Command> Work for Asked<C> {
    type Output = C::Output;

    fn name(&self, _: &C::Output) -> &'static str {
        C::NAME
    }

    fn earlier(&self, overlay: &Overlay, actor: Actor) -> Result<Option<C::Output>> {
        match &self.once {
            Some(once) => once.earlier::<C>(overlay, actor, &self.command),
            None => Ok(None),
        }
    }

    fn run(&self, desk: &mut dyn Desk) -> Result<C::Output> {
        self.command.clone().run(desk)
    }

    fn remember(&self, overlay: &mut Overlay, actor: Actor, output: &mut C::Output) -> Result<()> {
        match &self.once {
            Some(once) => once.remember(overlay, actor, &self.command, output),
            None => Ok(()),
        }
    }
}
