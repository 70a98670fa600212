//! The log in front of the pages: it makes a small commit durable with one write and one flush.
//!
//! A tree of pages pays for a small commit with every page between its root and what changes. So a
//! small batch is written down here, one piece behind the other, and shown from memory, over what
//! redb's pages hold. When the log is full, or a batch is large, all of it goes into the pages, each
//! written once however often it changed, together with the number of the last batch in them; then
//! the log begins anew. Opening reads again what the log holds beyond that number.
//!
//! ```text
//! file   = header, zero to 4096 | log | redb's pages
//! header = "crm-log1", bytes of the log (8), checksum (16)
//! piece  = "pc" "1" 0, bytes of the body (4), number (8), link (16), body, zero to 512
//! link   = checksum of the link before, number and body
//! body   = per write: table (1), bytes of the key (4), bytes of the value (4; all ones: removed), key, value
//! ```
//!
//! Numbers are big-endian; a checksum is the first half of a SHA-256. Pieces are numbered
//! without a gap and linked, so nothing that is left of an earlier round, and no value that looks like a
//! piece, is taken for what follows. A piece has sectors of its own: one that is torn harms none before it.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crm_core::store::{Batch, Layer, StoreError, Table};
use redb::StorageBackend;
use sha2::{Digest, Sha256};

use crate::traffic::Counted;

const MAGIC: [u8; 8] = *b"crm-log1";
const PIECE: [u8; 4] = *b"pc1\0";
const HEADER_BYTES: u64 = 4096;
/// No log is larger.
const MOST_BYTES: u64 = 1 << 30;
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

/// The last batch of a piece or of the pages: its number and its link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) number: u64,
    pub(crate) link: [u8; 16],
}

impl Mark {
    /// The number, big-endian, and the link.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.number.to_be_bytes()[..], &self.link].concat()
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Mark> {
        let (number, link) = bytes.split_first_chunk::<8>()?;
        Some(Mark { number: u64::from_be_bytes(*number), link: link.try_into().ok()? })
    }
}

/// Where the log goes on.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// Bytes of pieces that redb's pages don't hold yet.
    pub(crate) filled: u64,
    /// The last batch, in the log or in the pages.
    pub(crate) last: Mark,
}

impl Log {
    /// The log of a store, or the one that an empty storage gets; `None` when redb's pages begin at once.
    pub(crate) fn find(storage: &Counted, bytes: u64) -> Result<Option<Log>, StoreError> {
        let log = |bytes| Some(Log { storage: storage.clone(), bytes, place: Mutex::default() });
        let there = storage.len().map_err(disk)?;
        if there == 0 {
            return Ok(log(bytes.min(MOST_BYTES).next_multiple_of(HEADER_BYTES)).filter(|log| log.bytes > 0));
        }
        if there < HEADER_BYTES {
            return Ok(None);
        }
        let mut header = [0; 32];
        storage.read(0, &mut header).map_err(disk)?;
        let (said, sum) = header.split_at(16);
        let (magic, size) = said.split_at(8);
        if magic != MAGIC {
            return Ok(None);
        }
        let size = u64::from_be_bytes(array(size));
        if sum != checksum(&[said]) || there - HEADER_BYTES <= size || size > MOST_BYTES {
            return Err(StoreError::Corrupt("the head of the log is damaged".into()));
        }
        Ok(log(size))
    }

    /// Lays the log out in front of new pages, unless that was done. Its bytes are written, so that
    /// no later flush has to find room for them; the header comes last. Redb holds the file's lock.
    pub(crate) fn make(&self) -> io::Result<()> {
        let said = [&MAGIC[..], &self.bytes.to_be_bytes()].concat();
        let whole = [&said[..], &checksum(&[&said])].concat();
        let mut header = vec![0; HEADER_BYTES as usize];
        self.storage.read(0, &mut header)?;
        if header.starts_with(&whole) {
            return Ok(());
        }
        self.clear()?;
        header.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        self.storage.write(0, &header)?;
        self.storage.sync_data()
    }

    /// Writes zeros over all pieces.
    pub(crate) fn clear(&self) -> io::Result<()> {
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

    /// A batch as a piece with its mark, when it is small enough for one and there is room.
    pub(crate) fn piece(&self, place: &Place, batch: &Batch) -> Option<(Mark, Vec<u8>)> {
        let room = (self.bytes / 4).min(self.bytes.saturating_sub(place.filled)) as usize;
        // Nine bytes a write are added, and a sector at the end is filled up.
        let least = HEAD + batch.bytes() + 9 * batch.len();
        let (mark, piece) = (least <= room).then(|| encode(&place.last, batch))?;
        (piece.len() <= room).then_some((mark, piece))
    }

    /// Writes a piece behind the last one and flushes it.
    pub(crate) fn append(&self, place: &mut Place, mark: Mark, piece: &[u8]) -> io::Result<()> {
        self.storage.write(HEADER_BYTES + place.filled, piece)?;
        self.storage.sync_data()?;
        *place = Place { filled: place.filled + piece.len() as u64, last: mark };
        Ok(())
    }

    /// What the log holds beyond the last batch in the pages, and where it goes on once that is shown.
    ///
    /// It is written again as it stands: after a flush that failed, the system may hold for written
    /// what the disk never got.
    pub(crate) fn recover(&self, stored: Mark) -> Result<(Layer, Place), StoreError> {
        let mut log = vec![0; self.bytes as usize];
        self.storage.read(HEADER_BYTES, &mut log).map_err(disk)?;
        let mut recent = Layer::new();
        let (mut rest, mut last) = (&log[..], stored);
        while let Some(piece) = Piece::first(rest).filter(|piece| piece.follows(&last)) {
            decode(piece.body, &mut recent)?;
            (rest, last) = (piece.after, piece.mark);
        }
        // One that is followed by another was flushed before that was written, so it is not torn.
        let torn = Piece::first(rest).filter(|piece| Some(piece.mark.number) == last.number.checked_add(1));
        if torn.is_some_and(|torn| Piece::first(torn.after).is_some_and(|next| next.follows(&torn.mark))) {
            return Err(StoreError::Corrupt(format!("the log is damaged after batch {}", last.number)));
        }
        let filled = log.len() - rest.len();
        if filled > 0 {
            self.storage.write(HEADER_BYTES, log.get(..filled).unwrap_or_default()).map_err(disk)?;
            self.storage.sync_data().map_err(disk)?;
        }
        Ok((recent, Place { filled: filled as u64, last }))
    }
}

/// What claims to be a piece.
struct Piece<'a> {
    mark: Mark,
    body: &'a [u8],
    /// The bytes after it.
    after: &'a [u8],
}

impl<'a> Piece<'a> {
    /// The one at the beginning of the bytes.
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let (magic, head) = head.split_at(4);
        let (length, head) = head.split_at(4);
        let (number, link) = head.split_at(8);
        let length = u32::from_be_bytes(array(length)) as usize;
        let body = rest.get(..length).filter(|_| magic == PIECE)?;
        let after = bytes.get((HEAD + length).next_multiple_of(SECTOR)..)?;
        let mark = Mark { number: u64::from_be_bytes(array(number)), link: array(link) };
        Some(Piece { mark, body, after })
    }

    /// Whether it is whole and the one after `last`.
    fn follows(&self, last: &Mark) -> bool {
        Some(self.mark.number) == last.number.checked_add(1) && self.mark.link == link(last, self.body)
    }
}

/// The link of the batch after `last`.
fn link(last: &Mark, body: &[u8]) -> [u8; 16] {
    checksum(&[&last.link, &last.number.to_be_bytes(), body])
}

fn encode(last: &Mark, batch: &Batch) -> (Mark, Vec<u8>) {
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
    let mark = Mark { number: last.number.saturating_add(1), link: link(last, body) };
    let length = (body.len() as u32).to_be_bytes();
    let whole = [&PIECE[..], &length, &mark.number.to_be_bytes(), &mark.link].concat();
    head.copy_from_slice(&whole);
    piece.resize(piece.len().next_multiple_of(SECTOR), 0);
    (mark, piece)
}

/// Adds the writes of a body to those before it.
fn decode(mut body: &[u8], recent: &mut Layer) -> Result<(), StoreError> {
    while !body.is_empty() {
        let (table, key, value, rest) = first_write(body)
            .ok_or_else(|| StoreError::Corrupt("the log holds a batch that can't be read".into()))?;
        recent.put(table, key, value);
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
