//! Random commands and reads, given to the engine and to a model of plain maps, compared after each step.
//!
//! The model knows nothing of indexes, plans or the journal's bytes: it keeps every version of every record, decides
//! rights by the words of the specification, and evaluates filters on values. The tests of another store include this
//! folder by path and call [`play`] with their own store.

mod asks;
mod changes;
mod commands;
mod dice;
mod draw;
mod meaning;
mod rights;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use crm_core::base::Span;
use crm_core::base::kind::User;
use crm_core::prelude::*;

use dice::Dice;
use draw::Draw;
use rights::Rights;
use world::World;

/// How many steps one seed takes; histories stay short enough to look at.
const STEPS_A_SEED: usize = 400;

/// One game: an engine over a store, and the model.
struct Game {
    dice: Dice,
    crm: Crm,
    store: Arc<dyn Store>,
    host: Host,
    clock: Arc<ManualClock>,
    now: Instant,
    world: World,
    /// The journal's end as the model knows it, and the instant of its last entry.
    position: u64,
    last_at: Instant,
    made: usize,
    /// How often each step was taken or refused, by what.
    tally: BTreeMap<String, usize>,
}

/// Plays so many steps in all, `CRM_STEPS` if that is set, each seed on a store of its own; `CRM_SEED` plays one seed
/// alone. A failure names its seed and step.
pub fn play(steps: usize, open: &dyn Fn() -> Arc<dyn Store>) -> BTreeMap<String, usize> {
    let wanted = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let steps = wanted("CRM_STEPS").unwrap_or(steps);
    let seeds = match wanted("CRM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..steps.div_ceil(STEPS_A_SEED),
    };
    let mut tally = BTreeMap::new();
    for seed in seeds {
        for (what, count) in Game::new(seed as u64, open()).play(seed) {
            *tally.entry(what).or_default() += count;
        }
    }
    tally
}

/// Names the seed and the step when a test fails.
struct Place(usize, std::cell::Cell<usize>);

impl Drop for Place {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, step {}: CRM_SEED={} plays it again", self.0, self.1.get(), self.0);
        }
    }
}

impl Game {
    fn new(seed: u64, store: Arc<dyn Store>) -> Game {
        let now: Instant = "2026-03-01T00:00:00Z".parse().expect("an instant");
        let (host, clock) = Host::fixed(now, seed);
        let crm = Crm::open_shared(store.clone(), host.clone()).expect("a new store opens");
        let (dice, world, tally) = (Dice::new(seed), World::new(), BTreeMap::new());
        let mut game = Game {
            dice,
            crm,
            store,
            host,
            clock,
            now,
            world,
            position: 0,
            last_at: Instant::MIN,
            made: 0,
            tally,
        };
        game.set_up();
        game
    }

    fn play(mut self, seed: usize) -> BTreeMap<String, usize> {
        let place = Place(seed, std::cell::Cell::new(0));
        for step in 1..=STEPS_A_SEED {
            place.1.set(step);
            self.tick();
            self.change();
            if step % 20 == 0 {
                self.run_due();
            }
            for _ in 0..2 {
                self.ask();
            }
            if step % 50 == 0 {
                self.check_all();
            }
            if step % 100 == 0 {
                self.reopen();
            }
        }
        self.check_feed();
        self.tally
    }

    /// Time stands still, goes on, or once in a while goes back.
    fn tick(&mut self) {
        let dice = &mut self.dice;
        self.now = match dice.below(8) {
            0 | 1 => self.now,
            2 => self.now + Span::from_micros(1),
            3 if dice.once_in(4) => self.now - Span::from_hours(1),
            _ => self.now + Span::from_secs(dice.between(1, 40_000)),
        };
        self.clock.set(self.now);
    }

    /// What is due is done; the journal tells what it was.
    fn run_due(&mut self) {
        let report = self.crm.run_due(50).expect("due work runs");
        self.absorb(Actor::System, "due.run", self.command_at());
        self.count(format!("due work {}", if report.done > 0 { "done" } else { "none" }));
    }

    fn count(&mut self, what: impl Into<String>) {
        *self.tally.entry(what.into()).or_default() += 1;
    }

    /// The instant that a command gets now.
    fn command_at(&self) -> Instant {
        self.now.max(self.last_at)
    }

    fn rights(&self, actor: Actor) -> Rights<'_> {
        Rights { world: &self.world, actor, now: self.now }
    }

    /// Draws something that fits the world as it is.
    fn draw<T>(&mut self, draw: impl FnOnce(&Draw<'_>, &mut Dice) -> T) -> T {
        draw(&Draw { world: &self.world, now: self.now }, &mut self.dice)
    }

    /// Mostly one of the users; else the system, or somebody unknown.
    fn actor(&mut self) -> Actor {
        let users = self.world.ids(User::NO);
        match self.dice.below(12) {
            0 | 1 => Actor::System,
            2 if self.dice.once_in(10) => Actor::User(UserId::from_u128(404)),
            _ => match self.dice.any(&users).and_then(|user| user.as_id()) {
                Some(user) => Actor::User(user),
                None => Actor::System,
            },
        }
    }

    /// A new engine over the same store finds everything as it was.
    fn reopen(&mut self) {
        self.crm = Crm::open_shared(self.store.clone(), self.host.clone()).expect("the store opens again");
        if self.dice.once_in(2) {
            self.crm.repair().expect("indexes are made anew");
        }
        self.check_all();
    }
}
