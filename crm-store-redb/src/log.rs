//! The log in front of the pages: it makes a small commit durable with one write and one flush.
//!
//! A tree of pages pays for a small commit with every page between its root and what changes. So a
//! small batch is written down here, one piece behind the other, while redb shows it at once and
//! keeps its pages in memory. When the log is full, or a batch is large, redb writes its pages,
//! each once however often it changed, together with the number of the last batch in them; then the
//! log begins anew. Opening repeats what the log holds beyond that number.
//!
//! ```text
//! file   = header, zero to 4096 | log | redb's pages
//! header = "crm-log1", bytes of the log (8), checksum (16)
//! piece  = "pc" "1" 0, bytes of the body (4), number (8), checksum of number and body (16), body, zero to 512
//! body   = per write: table (1), bytes of the key (4), bytes of the value (4; all ones: removed), key, value
//! ```
//!
//! Numbers are big-endian; a checksum is the first half of a SHA-256. Pieces are numbered without a gap, so what is
//! left of an earlier round, of smaller numbers, is told from what follows. A piece has sectors of
//! its own: one that is torn harms none before it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crm_core::store::{Batch, StoreError, Table};
use redb::StorageBackend;
use sha2::{Digest, Sha256};

use crate::traffic::Counted;

const MAGIC: [u8; 8] = *b"crm-log1";
const PIECE: [u8; 4] = *b"pc1\0";
const HEADER_BYTES: u64 = 4096;
const SECTOR: usize = 512;
/// What precedes the body of a piece.
const HEAD: usize = 32;
const REMOVED: u32 = u32::MAX;

/// The log of an open store.
#[derive(Debug)]
pub(crate) struct Log {
    storage: Counted,
    /// How many bytes of pieces it takes.
    bytes: u64,
    place: Mutex<Place>,
}

/// Where the log goes on.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// Bytes of pieces that redb's pages don't hold yet.
    pub(crate) filled: u64,
    /// The number of the next batch.
    pub(crate) next: u64,
}

impl Log {
    /// The log of a store, one of that many bytes in an empty storage; `None` when redb's pages begin at once.
    pub(crate) fn find(storage: &Counted, bytes: u64) -> Result<Option<Log>, StoreError> {
        let log = |bytes| Some(Log { storage: storage.clone(), bytes, place: Mutex::default() });
        match storage.len().map_err(disk)? {
            0 if bytes == 0 => Ok(None),
            0 => {
                let made = log(bytes.next_multiple_of(HEADER_BYTES));
                made.as_ref().map_or(Ok(()), Log::make).map_err(disk)?;
                Ok(made)
            }
            there if there < HEADER_BYTES => Ok(None),
            there => {
                let mut header = [0; 32];
                storage.read(0, &mut header).map_err(disk)?;
                let (said, sum) = header.split_at(16);
                let (magic, size) = said.split_at(8);
                if magic != MAGIC {
                    return Ok(None);
                }
                let size = u64::from_be_bytes(array(size));
                if sum != checksum(&[said]) || there - HEADER_BYTES <= size {
                    return Err(StoreError::Corrupt("the head of the log is damaged".into()));
                }
                Ok(log(size))
            }
        }
    }

    /// Lays the log out in an empty storage. Its bytes are written, so that no later flush has to find room for them.
    fn make(&self) -> io::Result<()> {
        let mut header = vec![0; HEADER_BYTES as usize];
        let said = [&MAGIC[..], &self.bytes.to_be_bytes()].concat();
        let whole = [&said[..], &checksum(&[&said])].concat();
        header.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        self.storage.set_len(self.front())?;
        self.storage.write(0, &header)?;
        let zeros = vec![0; 1 << 16];
        for from in (HEADER_BYTES..self.front()).step_by(zeros.len()) {
            let length = zeros.len().min((self.front() - from) as usize);
            self.storage.write(from, zeros.get(..length).unwrap_or_default())?;
        }
        self.storage.sync_data()
    }

    /// Where redb's pages begin.
    pub(crate) fn front(&self) -> u64 {
        HEADER_BYTES + self.bytes
    }

    pub(crate) fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A batch as a piece, when it is small enough for one and there is room.
    pub(crate) fn piece(&self, place: &Place, batch: &Batch) -> Option<Vec<u8>> {
        let room = (self.bytes / 4).min(self.bytes.saturating_sub(place.filled)) as usize;
        // Nine bytes a write are added, and a sector at the end is filled up.
        let least = HEAD + batch.bytes() + 9 * batch.len();
        let piece = (least <= room).then(|| encode(place.next, batch))?;
        (piece.len() <= room).then_some(piece)
    }

    /// Writes a piece behind the last one and flushes it.
    pub(crate) fn append(&self, place: &mut Place, piece: &[u8]) -> io::Result<()> {
        self.storage.write(HEADER_BYTES + place.filled, piece)?;
        self.storage.sync_data()?;
        place.filled += piece.len() as u64;
        place.next += 1;
        Ok(())
    }

    /// What the log holds beyond the batch of number `stored`, in one; from here the log goes on.
    ///
    /// It is written again as it stands: after a flush that failed, the system may hold for written
    /// what the disk never got.
    pub(crate) fn recover(&self, stored: u64) -> Result<Batch, StoreError> {
        let mut log = vec![0; self.bytes as usize];
        self.storage.read(HEADER_BYTES, &mut log).map_err(disk)?;
        let mut batch = Batch::new();
        let (mut rest, mut last, mut done) = (&log[..], None, stored);
        while let Some((number, body, after)) = first_piece(rest) {
            if last.is_some_and(|last| number != last + 1) {
                break;
            }
            if number > done {
                if number != done + 1 {
                    return Err(StoreError::Corrupt(format!("the log lacks batch {}", done + 1)));
                }
                decode(body, &mut batch)?;
                done = number;
            }
            (rest, last) = (after, Some(number));
        }
        // A piece that is followed by another was flushed before that was written.
        let lost = |from: &[u8]| first_piece(from).is_some_and(|(number, ..)| number > done);
        if (0..rest.len()).step_by(SECTOR).any(|from| lost(rest.get(from..).unwrap_or_default())) {
            return Err(StoreError::Corrupt(format!("the log is damaged after batch {done}")));
        }
        let filled = if done > stored { log.len() - rest.len() } else { 0 };
        if filled > 0 {
            self.storage.write(HEADER_BYTES, log.get(..filled).unwrap_or_default()).map_err(disk)?;
            self.storage.sync_data().map_err(disk)?;
        }
        *self.place() = Place { filled: filled as u64, next: done + 1 };
        Ok(batch)
    }
}

/// The piece at the beginning of the bytes: its number, its body, and the bytes after it.
fn first_piece(bytes: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let (magic, head) = head.split_at(4);
    let (length, head) = head.split_at(4);
    let (number, sum) = head.split_at(8);
    let length = u32::from_be_bytes(array(length)) as usize;
    let body = rest.get(..length).filter(|_| magic == PIECE)?;
    let after = bytes.get((HEAD + length).next_multiple_of(SECTOR)..)?;
    (sum == checksum(&[number, body])).then(|| (u64::from_be_bytes(array(number)), body, after))
}

fn encode(number: u64, batch: &Batch) -> Vec<u8> {
    let mut piece = Vec::with_capacity(HEAD + batch.bytes() + 9 * batch.len() + SECTOR);
    piece.resize(HEAD, 0);
    for (place, table) in (0..).zip(Table::ALL) {
        for (key, value) in batch.table(table) {
            let length = value.as_ref().map_or(REMOVED, |value| value.len() as u32);
            piece.push(place);
            piece.extend_from_slice(&(key.len() as u32).to_be_bytes());
            piece.extend_from_slice(&length.to_be_bytes());
            piece.extend_from_slice(key);
            piece.extend_from_slice(value.as_deref().unwrap_or_default());
        }
    }
    let (head, body) = piece.split_at_mut(HEAD);
    let (length, number) = ((body.len() as u32).to_be_bytes(), number.to_be_bytes());
    let whole = [&PIECE[..], &length, &number, &checksum(&[&number, body])].concat();
    head.copy_from_slice(&whole);
    piece.resize(piece.len().next_multiple_of(SECTOR), 0);
    piece
}

/// Adds the writes of a body to a batch; later writes win.
fn decode(mut body: &[u8], batch: &mut Batch) -> Result<(), StoreError> {
    while !body.is_empty() {
        let (table, key, value, rest) = first_write(body)
            .ok_or_else(|| StoreError::Corrupt("the log holds a batch that can't be read".into()))?;
        batch.table_mut(table).insert(key.to_vec(), value.map(<[u8]>::to_vec));
        body = rest;
    }
    Ok(())
}

fn first_write(body: &[u8]) -> Option<(Table, &[u8], Option<&[u8]>, &[u8])> {
    let (head, rest) = body.split_at_checked(9)?;
    let (table, lengths) = head.split_first()?;
    let (key, value) = lengths.split_at(4);
    let (key, rest) = rest.split_at_checked(u32::from_be_bytes(array(key)) as usize)?;
    let length = u32::from_be_bytes(array(value));
    let stays = if length == REMOVED { 0 } else { length as usize };
    let (value, rest) = rest.split_at_checked(stays)?;
    Some((*Table::ALL.get(usize::from(*table))?, key, (length != REMOVED).then_some(value), rest))
}

/// The first bytes of a slice that has as many.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

fn checksum(parts: &[&[u8]]) -> [u8; 16] {
    let sum = parts.iter().fold(Sha256::new(), |sum, part| sum.chain_update(part));
    array(&sum.finalize())
}

fn disk(error: io::Error) -> StoreError {
    StoreError::Io(Box::new(error))
}
