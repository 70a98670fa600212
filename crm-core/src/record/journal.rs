//! A journal entry: one change of one record, chained by hash to the one before it.
//!
//! ```text
//! entry   = format:u8 instant:i64be kind:u16be id:16 previous:u64be bits:u64be change:u8
//!           command:u64be actor action reason? rule?
//!           open changes: length count (number old new)*
//!           commitment:32        zero when nothing is sealed
//!           chain:32             SHA-256 of the chain before and all bytes above
//!           salt:16 sealed changes   gone once erased
//! ```
//!
//! The chain covers personal values only through the commitment SHA-256(salt, sealed), so that salt
//! and sealed part can be erased and the chain still holds.

use sha2::{Digest, Sha256};

use super::codec::{Damaged, Raw, Reader, put_varint};
use crate::base::{Instant, KindNo, RecordRef};

const FORMAT: u8 = 1;
/// The chain before the first entry.
pub const GENESIS: [u8; 32] = [0; 32];
const NOTHING_SEALED: [u8; 32] = [0; 32];

/// What happened to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was created.
    Created,
    /// Fields changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// Who a call is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The engine itself: due work, set-up, the host's own administration.
    System,
    /// A user.
    User(crate::base::kind::UserId),
    /// A customer's contact, in a portal.
    Contact(crate::base::kind::ContactId),
}

impl Actor {
    /// The user, if it is one.
    pub fn user(self) -> Option<crate::base::kind::UserId> {
        match self {
            Actor::User(user) => Some(user),
            _ => None,
        }
    }

    /// The record that stands for the actor, none for the system.
    pub fn record(self) -> Option<RecordRef> {
        match self {
            Actor::System => None,
            Actor::User(user) => Some(user.record()),
            Actor::Contact(contact) => Some(contact.record()),
        }
    }
}

/// The fixed start of an entry, enough to decide whether to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// When.
    pub at: Instant,
    /// Which record.
    pub record: RecordRef,
    /// The position of the record's entry before this one, 0 for none.
    pub previous: u64,
    /// One bit per changed field: bit number modulo 64.
    pub bits: u64,
    /// What happened.
    pub change: Change,
}

/// One field's change in stored form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldChange<'a> {
    /// The field.
    pub no: u16,
    /// Its value before.
    pub old: Raw<'a>,
    /// Its value after.
    pub new: Raw<'a>,
}

/// What an entry is made from.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The fixed start.
    pub header: Header,
    /// The position of the first entry of the same command.
    pub command: u64,
    /// Who.
    pub actor: Actor,
    /// The command's name, such as `lead.capture`.
    pub action: &'a str,
    /// The reason given, or empty.
    pub reason: &'a str,
    /// The rule that did it, or empty.
    pub rule: &'a str,
    /// Changes of ordinary fields.
    pub open: &'a [FieldChange<'a>],
    /// Changes of personal fields.
    pub sealed: &'a [FieldChange<'a>],
    /// The salt of the sealed part.
    pub salt: [u8; 16],
}

/// The bit of a field in [`Header::bits`].
pub const fn bit(no: u16) -> u64 {
    1 << (no % 64)
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn put_changes(out: &mut Vec<u8>, changes: &[FieldChange<'_>]) {
    for change in changes {
        put_varint(out, u64::from(change.no));
        out.extend_from_slice(change.old.0);
        out.extend_from_slice(change.new.0);
    }
}

/// Writes an entry after the chain `before`; answers its bytes and its own chain.
pub fn write(draft: &Draft<'_>, before: &[u8; 32]) -> (Vec<u8>, [u8; 32]) {
    let mut out = Vec::with_capacity(256);
    let header = &draft.header;
    out.push(FORMAT);
    out.extend_from_slice(&header.at.micros().to_be_bytes());
    out.extend_from_slice(&header.record.kind.0.to_be_bytes());
    out.extend_from_slice(&header.record.bits.to_be_bytes());
    out.extend_from_slice(&header.previous.to_be_bytes());
    out.extend_from_slice(&header.bits.to_be_bytes());
    out.push(match header.change {
        Change::Created => 1,
        Change::Updated => 2,
        Change::Deleted => 3,
    });
    out.extend_from_slice(&draft.command.to_be_bytes());
    match draft.actor.record() {
        None => out.push(0),
        Some(actor) => {
            put_varint(&mut out, u64::from(actor.kind.0));
            out.extend_from_slice(&actor.bits.to_be_bytes());
        }
    }
    put_text(&mut out, draft.action);
    put_text(&mut out, draft.reason);
    put_text(&mut out, draft.rule);
    let mut changes = Vec::new();
    put_changes(&mut changes, draft.open);
    put_varint(&mut out, changes.len() as u64);
    out.extend_from_slice(&changes);
    let mut sealed = Vec::new();
    if draft.sealed.is_empty() {
        out.extend_from_slice(&NOTHING_SEALED);
    } else {
        sealed.extend_from_slice(&draft.salt);
        put_changes(&mut sealed, draft.sealed);
        out.extend_from_slice(&Sha256::digest(&sealed));
    }
    let chain = link(before, &out);
    out.extend_from_slice(&chain);
    out.extend_from_slice(&sealed);
    (out, chain)
}

fn link(before: &[u8; 32], body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(body).finalize().into()
}

/// A stored entry, read in place.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The fixed start.
    pub header: Header,
    /// The position of the first entry of the same command.
    pub command: u64,
    /// Who.
    pub actor: Actor,
    /// The command's name.
    pub action: &'a str,
    /// The reason given, or empty.
    pub reason: &'a str,
    /// The rule that did it, or empty.
    pub rule: &'a str,
    /// Its link of the chain.
    pub chain: [u8; 32],
    open: &'a [u8],
    body: &'a [u8],
    commitment: [u8; 32],
    sealed: &'a [u8],
}

/// Reads the fixed start of an entry alone.
pub fn header(bytes: &[u8]) -> Result<Header, Damaged> {
    read_header(&mut Reader(bytes))
}

fn read_header(reader: &mut Reader<'_>) -> Result<Header, Damaged> {
    if reader.byte()? != FORMAT {
        return Err(Damaged("a journal entry's format is unknown"));
    }
    let at = Instant::from_micros(i64::from_be_bytes(reader.array()?));
    let kind = KindNo(u16::from_be_bytes(reader.array()?));
    let record = RecordRef::new(kind, u128::from_be_bytes(reader.array()?));
    let previous = u64::from_be_bytes(reader.array()?);
    let bits = u64::from_be_bytes(reader.array()?);
    let change = match reader.byte()? {
        1 => Change::Created,
        2 => Change::Updated,
        3 => Change::Deleted,
        _ => return Err(Damaged("a journal entry's change is unknown")),
    };
    Ok(Header { at, record, previous, bits, change })
}

fn read_text<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Damaged> {
    let length = reader.length()?;
    std::str::from_utf8(reader.take(length)?).map_err(|_| Damaged("text is not UTF-8"))
}

impl<'a> Entry<'a> {
    /// Reads an entry.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        let mut reader = Reader(bytes);
        let header = read_header(&mut reader)?;
        let command = u64::from_be_bytes(reader.array()?);
        let actor = match reader.varint()? {
            0 => Actor::System,
            kind => {
                let kind = KindNo(u16::try_from(kind).map_err(|_| Damaged("a kind is out of range"))?);
                let record = RecordRef::new(kind, u128::from_be_bytes(reader.array()?));
                match (record.as_id(), record.as_id()) {
                    (Some(user), _) => Actor::User(user),
                    (_, Some(contact)) => Actor::Contact(contact),
                    _ => return Err(Damaged("a journal entry's actor is unknown")),
                }
            }
        };
        let action = read_text(&mut reader)?;
        let reason = read_text(&mut reader)?;
        let rule = read_text(&mut reader)?;
        let length = reader.length()?;
        let open = reader.take(length)?;
        let commitment = reader.array()?;
        let body = bytes.get(..bytes.len() - reader.0.len()).ok_or(Damaged("cut short"))?;
        let chain = reader.array()?;
        Ok(Entry {
            header,
            command,
            actor,
            action,
            reason,
            rule,
            chain,
            open,
            body,
            commitment,
            sealed: reader.0,
        })
    }

    /// Whether the chain before and the entry's bytes give its link, and its sealed part, if it is
    /// still there, its commitment.
    pub fn is_sound(&self, before: &[u8; 32]) -> bool {
        let committed = if self.commitment == NOTHING_SEALED {
            self.sealed.is_empty()
        } else {
            self.sealed.is_empty() || <[u8; 32]>::from(Sha256::digest(self.sealed)) == self.commitment
        };
        committed && link(before, self.body) == self.chain
    }

    /// Whether personal values were erased from it.
    pub fn is_erased(&self) -> bool {
        self.commitment != NOTHING_SEALED && self.sealed.is_empty()
    }

    /// Calls `see` with every field's change, ordinary ones first.
    pub fn changes(&self, mut see: impl FnMut(FieldChange<'a>)) -> Result<(), Damaged> {
        let sealed = self.sealed.get(16..).unwrap_or_default();
        for part in [self.open, sealed] {
            let mut reader = Reader(part);
            while !reader.0.is_empty() {
                let no =
                    u16::try_from(reader.varint()?).map_err(|_| Damaged("a field number is too large"))?;
                let old = reader.raw()?;
                let new = reader.raw()?;
                see(FieldChange { no, old, new });
            }
        }
        Ok(())
    }
}

/// The journal key of a position.
pub fn key(position: u64) -> Vec<u8> {
    position.to_be_bytes().to_vec()
}

/// The position under a journal key.
pub fn position(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;
    use crate::base::kind::{LeadId, UserId};
    use crate::record::codec::put_value;

    fn stored(value: impl Into<Value>) -> Vec<u8> {
        let mut out = Vec::new();
        put_value(&mut out, &value.into());
        out
    }

    #[test]
    fn an_entry_survives_and_shows_tampering_but_not_erasure() {
        let (name, stage) = (stored("张三"), stored("new"));
        let open = [FieldChange { no: 12, old: Raw::NULL, new: Raw(&stage) }];
        let sealed = [FieldChange { no: 10, old: Raw::NULL, new: Raw(&name) }];
        let header = Header {
            at: Instant::from_micros(5),
            record: LeadId::from_u128(9).record(),
            previous: 0,
            bits: bit(12) | bit(10),
            change: Change::Created,
        };
        let draft = Draft {
            header,
            command: 1,
            actor: Actor::User(UserId::from_u128(3)),
            action: "lead.capture",
            reason: "",
            rule: "",
            open: &open,
            sealed: &sealed,
            salt: [7; 16],
        };
        let (bytes, chain) = write(&draft, &GENESIS);
        let entry = Entry::read(&bytes).unwrap();
        assert_eq!(
            (entry.header, entry.actor, entry.action, entry.chain),
            (header, draft.actor, "lead.capture", chain)
        );
        let mut seen = Vec::new();
        entry.changes(|change| seen.push((change.no, change.new))).unwrap();
        assert_eq!(seen, vec![(12, Raw(&stage)), (10, Raw(&name))]);
        assert!(entry.is_sound(&GENESIS) && !entry.is_sound(&[1; 32]));

        let erased = &bytes[..bytes.len() - 16 - sealed_length(&name)];
        let entry = Entry::read(erased).unwrap();
        assert!(entry.is_sound(&GENESIS) && entry.is_erased());
        for place in 1..erased.len() {
            let mut tampered = erased.to_vec();
            tampered[place] ^= 1;
            assert!(
                Entry::read(&tampered).is_ok_and(|entry| !entry.is_sound(&GENESIS))
                    || Entry::read(&tampered).is_err(),
                "{place}"
            );
        }
    }

    fn sealed_length(name: &[u8]) -> usize {
        1 + 1 + name.len()
    }
}
