//! What a host gives the engine: a clock, ids, entropy, judges, a sender, a place for blobs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::base::Instant;
use crate::domain::notice::Notification;
use crate::domain::org::User;
use crate::record::port::{Judges, NoJudges};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant that it is.
    fn now(&self) -> Instant;
}

/// Gives out randomness: the 80 random bits of ids, salts and tokens.
pub trait Entropy: Send + Sync {
    /// 128 bits.
    fn bits(&self) -> u128;
}

/// Carries messages out of the engine: by mail, by WeChat, to a host's own screens.
///
/// It is asked while due work is done ([`Crm::run_due`](super::Crm::run_due)), outside of any lock of the engine, and
/// until it succeeds, five times in all, an hour apart; then the work is kept as failed. A message is asked for again
/// when the program ended before its success was written down, or two callers do due work at once: let its id tell
/// repeated ones apart.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use crm_core::domain::{notice::Notification, org::User};
/// use crm_core::prelude::*;
/// struct Mailer(Mutex<Vec<String>>);
/// impl Sender for Mailer {
///     fn send(&self, notification: &Notification, user: &User) -> Result<(), String> {
///         self.0.lock().map_err(|error| error.to_string())?.push(format!("{}: {}", user.name, notification.subject));
///         Ok(())
///     }
/// }
/// let host = Host::system().with_sender(Arc::new(Mailer(Mutex::default())));
/// # let _ = host;
/// ```
pub trait Sender: Send + Sync {
    /// Sends a notification to its user.
    ///
    /// # Errors
    /// Why it could not be sent, in words.
    fn send(&self, notification: &Notification, user: &User) -> Result<(), String>;

    /// Whether anything is sent at all; where nothing is, messages stay in the inbox alone.
    fn sends(&self) -> bool {
        true
    }
}

/// Sends nothing: who wants to know looks into the inbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSender;

impl Sender for NoSender {
    fn send(&self, _: &Notification, _: &User) -> Result<(), String> {
        Ok(())
    }

    fn sends(&self) -> bool {
        false
    }
}

/// The SHA-256 of a blob, by which it is found.
pub type BlobAddress = [u8; 32];

/// Keeps the bytes of files beside the store, each under its SHA-256, so that the same bytes are kept once.
///
/// ```
/// use crm_core::engine::{Blobs, MemoryBlobs};
/// let blobs = MemoryBlobs::default();
/// let address = blobs.put(&mut &b"a scan"[..])?;
/// assert_eq!(blobs.put(&mut &b"a scan"[..])?, address);
/// let mut bytes = Vec::new();
/// std::io::copy(&mut blobs.open(&address)?.unwrap(), &mut bytes)?;
/// assert_eq!(bytes, b"a scan");
/// assert!(blobs.remove(&address)? && blobs.open(&address)?.is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Blobs: Send + Sync {
    /// Keeps what a reader has; answers its address. Nothing is kept of one that fails.
    ///
    /// # Errors
    /// Those of the reader, and of the place where the bytes are kept.
    fn put(&self, bytes: &mut dyn io::Read) -> io::Result<BlobAddress>;

    /// The bytes at an address; none when there are none.
    ///
    /// # Errors
    /// Those of the place where the bytes are kept.
    fn open(&self, address: &BlobAddress) -> io::Result<Option<Box<dyn io::Read + Send>>>;

    /// Removes the bytes at an address; answers whether there were any.
    ///
    /// # Errors
    /// Those of the place where the bytes are kept.
    fn remove(&self, address: &BlobAddress) -> io::Result<bool>;
}

/// Keeps blobs in memory.
#[derive(Debug, Default)]
pub struct MemoryBlobs(Mutex<BTreeMap<BlobAddress, Arc<[u8]>>>);

impl MemoryBlobs {
    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobAddress, Arc<[u8]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Blobs for MemoryBlobs {
    fn put(&self, bytes: &mut dyn io::Read) -> io::Result<BlobAddress> {
        let mut blob = Vec::new();
        bytes.read_to_end(&mut blob)?;
        let address = Sha256::digest(&blob).into();
        self.blobs().entry(address).or_insert_with(|| blob.into());
        Ok(address)
    }

    fn open(&self, address: &BlobAddress) -> io::Result<Option<Box<dyn io::Read + Send>>> {
        let blob = self.blobs().get(address).cloned();
        Ok(blob.map(|blob| Box::new(io::Cursor::new(blob)) as Box<dyn io::Read + Send>))
    }

    fn remove(&self, address: &BlobAddress) -> io::Result<bool> {
        Ok(self.blobs().remove(address).is_some())
    }
}

/// What a host gives the engine.
#[derive(Clone)]
pub struct Host {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Scores, assignment, guards and reactions.
    pub judges: Arc<dyn Judges>,
    /// What carries messages out.
    pub sender: Arc<dyn Sender>,
    /// Where the bytes of files are kept.
    pub blobs: Arc<dyn Blobs>,
}

impl Host {
    fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let (judges, sender) = (Arc::new(NoJudges), Arc::new(NoSender));
        Host { clock, entropy, judges, sender, blobs: Arc::new(MemoryBlobs::default()) }
    }

    /// A host with the machine's clock and randomness, no judges, no sender, and blobs in memory.
    pub fn system() -> Self {
        Host::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
    }

    /// A host whose every run is the same: a clock that stands until it is set, and entropy that
    /// counts from a seed.
    pub fn fixed(at: Instant, seed: u64) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(at));
        (Host::new(clock.clone(), Arc::new(SeededEntropy::new(seed))), clock)
    }

    /// The same host with judges.
    pub fn with_judges(mut self, judges: Arc<dyn Judges>) -> Self {
        self.judges = judges;
        self
    }

    /// The same host with a sender.
    pub fn with_sender(mut self, sender: Arc<dyn Sender>) -> Self {
        self.sender = sender;
        self
    }

    /// The same host with a place for blobs.
    pub fn with_blobs(mut self, blobs: Arc<dyn Blobs>) -> Self {
        self.blobs = blobs;
        self
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        // The one place that reads the machine's clock, on the host's behalf.
        #[allow(clippy::disallowed_methods)]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is set.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at an instant.
    pub fn new(at: Instant) -> Self {
        ManualClock(AtomicI64::new(at.micros()))
    }

    /// Sets the clock.
    pub fn set(&self, at: Instant) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// How many bytes are asked of the operating system at a time, as each asking costs as much as an index entry.
const DRAWN_AT_ONCE: usize = 1024;

thread_local! {
    /// Randomness drawn, and how much of it is used.
    static DRAWN: RefCell<([u8; DRAWN_AT_ONCE], usize)> =
        const { RefCell::new(([0; DRAWN_AT_ONCE], DRAWN_AT_ONCE)) };
}

/// The machine's randomness, from the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bits(&self) -> u128 {
        DRAWN.with_borrow_mut(|(bytes, used)| {
            if *used >= DRAWN_AT_ONCE && getrandom::fill(bytes).is_ok() {
                *used = 0;
            }
            let bits = bytes.get(*used..).and_then(|rest| rest.first_chunk());
            *used += size_of::<u128>();
            bits.map_or(0, |bits| u128::from_le_bytes(*bits))
        })
    }
}

/// Entropy that is the same for the same seed (SplitMix64, Steele, Lea and Flood, 2014). Not for
/// secrets.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// Counts from a seed.
    pub fn new(seed: u64) -> Self {
        SeededEntropy(AtomicU64::new(seed))
    }

    fn half(&self) -> u64 {
        let state =
            self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn bits(&self) -> u128 {
        (u128::from(self.half()) << 64) | u128::from(self.half())
    }
}
