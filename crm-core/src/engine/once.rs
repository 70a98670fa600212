//! Idempotency keys: a command that comes twice has one outcome.

use sha2::{Digest, Sha256};

use super::overlay::Overlay;
use crate::record::command::Command;
use crate::record::error::{Error, Result};
use crate::record::journal::Actor;
use crate::store::Table;

/// The key that a caller gives with a command.
#[derive(Clone, Debug)]
pub(crate) struct Once(pub(crate) String);

impl Once {
    fn key(&self, actor: Actor) -> Vec<u8> {
        let mut key = b"once/".to_vec();
        let who = actor.record().map_or_else(|| "system".to_owned(), |record| record.to_string());
        key.extend_from_slice(&Sha256::digest(format!("{who}/{}", self.0).as_bytes()));
        key
    }

    fn digest<C: Command>(command: &C) -> Result<[u8; 32]> {
        let text = serde_json::to_vec(command).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Sha256::new().chain_update(C::NAME).chain_update([0]).chain_update(text).finalize().into())
    }

    /// The outcome under this key, if the command ran before.
    ///
    /// # Errors
    /// When another command ran under it.
    pub(crate) fn earlier<C: Command>(
        &self,
        overlay: &Overlay,
        actor: Actor,
        command: &C,
    ) -> Result<Option<C::Output>> {
        let Some(stored) = overlay.get(Table::Meta, &self.key(actor))? else { return Ok(None) };
        let (digest, outcome) = stored
            .split_at_checked(32)
            .ok_or_else(|| Error::Corrupt("an idempotency key's outcome".into()))?;
        if digest != Self::digest(command)? {
            let message = format!("`{}` was used for another command", self.0);
            return Err(Error::invalid("idempotency_key", "key.reused", message));
        }
        let outcome = serde_json::from_slice(outcome).map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok(Some(outcome))
    }

    /// Keeps an outcome under this key, in the same commit.
    pub(crate) fn remember<C: Command>(
        &self,
        overlay: &mut Overlay,
        actor: Actor,
        command: &C,
        output: &C::Output,
    ) -> Result<()> {
        let mut stored = Self::digest(command)?.to_vec();
        let outcome = serde_json::to_vec(output).map_err(|error| Error::Internal(error.to_string()))?;
        stored.extend_from_slice(&outcome);
        overlay.put(Table::Meta, self.key(actor), stored);
        Ok(())
    }
}
