//! What a host gives the engine: a clock, ids, entropy, judges.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::base::Instant;
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

/// What a host gives the engine.
#[derive(Clone)]
pub struct Host {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Scores, assignment, guards and reactions.
    pub judges: Arc<dyn Judges>,
}

impl Host {
    /// A host with the machine's clock and randomness, and no judges.
    pub fn system() -> Self {
        Host { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy), judges: Arc::new(NoJudges) }
    }

    /// A host whose every run is the same: a clock that stands until it is set, and entropy that
    /// counts from a seed.
    pub fn fixed(at: Instant, seed: u64) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(at));
        let host = Host {
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(seed)),
            judges: Arc::new(NoJudges),
        };
        (host, clock)
    }

    /// The same host with judges.
    pub fn with_judges(mut self, judges: Arc<dyn Judges>) -> Self {
        self.judges = judges;
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
