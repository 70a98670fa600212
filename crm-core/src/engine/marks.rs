//! What engines over one store tell each other beside the journal: since when they are steered as they
//! are, and commits that left no journal entry.

use crate::record::error::{Error, Result};
use crate::store::{Batch, Snapshot, Table};

use super::overlay::Overlay;

/// The meta key of the journal position at which what steers the engine last changed.
const STEERED: &[u8] = b"steered";
/// The meta key of how many commits left no journal entry.
const QUIET: &[u8] = b"quiet";

/// The journal position at which what steers the engine last changed; 0 when it never did.
pub(crate) fn steered(overlay: &Overlay) -> Result<u64> {
    number(overlay.get(Table::Meta, STEERED)?.as_deref())
}

/// Notes that what steers the engine changed.
pub(crate) fn note_steered(overlay: &mut Overlay, position: u64) {
    overlay.put(Table::Meta, STEERED.to_vec(), position.to_be_bytes().to_vec());
}

/// How many commits left no journal entry.
pub(crate) fn quiet(snapshot: &dyn Snapshot) -> Result<u64> {
    let mut read = Ok(0);
    snapshot.look(Table::Meta, QUIET, &mut |value| read = number(Some(value)))?;
    read
}

/// Lets a batch be committed only as the very next one after a snapshot, whose journal ends at `end` and
/// which knows of so many quiet commits. Answers how many there are after it.
///
/// The journal's end alone orders commits that write to the journal. Work that is done without changing
/// a record would pass by unseen, and two engines might both do it.
pub(crate) fn guard(batch: &mut Batch, end: Option<Vec<u8>>, quiet: u64) -> u64 {
    let known = (quiet > 0).then(|| quiet.to_be_bytes().to_vec());
    batch.expect_journal_end = Some(end);
    batch.expect_values = vec![(Table::Meta, QUIET.to_vec(), known)];
    if !batch.table(Table::Journal).is_empty() {
        return quiet;
    }
    batch.put(Table::Meta, QUIET.to_vec(), (quiet + 1).to_be_bytes().to_vec());
    quiet + 1
}

fn number(value: Option<&[u8]>) -> Result<u64> {
    let Some(value) = value else { return Ok(0) };
    let bytes = value.try_into().map_err(|_| Error::Corrupt("a mark of the file".into()))?;
    Ok(u64::from_be_bytes(bytes))
}
