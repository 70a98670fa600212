//! A small trade to break: firms that lend each other staff and are noted on when it is time. What
//! should be there is a model of plain maps, which knows nothing of the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crm_core::base::kind;
use crm_core::domain::party::{CUSTOMER_BY_NAME, Customer};
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::prelude::*;
use crm_core::record::codec::View;
use crm_core::record::desk::{Desk, Due, Purpose};
use crm_core::record::port::Judges;
use crm_core::store::conformance::{Dice, Model as Bytes};
use crm_core::store::{Batch, Direction, Range, Snapshot, Store, StoreError, Table};
use crm_store_redb::{Options, RedbStore};
use redb::StorageBackend;

pub(super) const FIRM: KindNo = kind::Customer::NO;
/// The due work of the tests.
const NOTE: &str = "test.note";

/// What the tests ask of the engine.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) enum Act {
    /// A firm begins.
    Begin { firm: String, staff: i64 },
    /// It counts its staff anew.
    Count { firm: String, staff: i64 },
    /// It lends staff to another: two records change, or none.
    Lend { from: String, to: String, staff: i64 },
    /// A word is to be noted on it when it is time.
    Note { firm: String, word: String, at: Instant },
    /// It ends.
    End { firm: String },
}

impl Command for Act {
    type Output = RecordRef;
    const NAME: &'static str = "test.act";

    fn run(self, desk: &mut dyn Desk) -> Result<RecordRef> {
        match self {
            Act::Begin { firm, staff } => {
                let fields = [("name", Value::from(firm.as_str())), ("employees", staff.into())];
                CreateRecord { kind: FIRM, fields: named(&fields) }.run(desk)
            }
            Act::Count { firm, staff } => {
                let record = find(desk, &firm)?.record_ref();
                let fields = named(&[("employees", staff.into())]);
                UpdateRecord { record, revision: None, fields }.run(desk)
            }
            Act::Lend { from, to, staff } => {
                let (from, to) = (find(desk, &from)?, find(desk, &to)?);
                let mut lender: Customer = desk.load_as(from.id(), Action::Update)?;
                lender.employees = lender.employees.map(|all| all - staff);
                desk.put(&lender)?;
                // Found out half-way: what was written is undone.
                if lender.employees.is_none_or(|left| left < 0) {
                    return Err(Error::refused("test.too_few", "the firm has no such staff"));
                }
                let mut borrower: Customer = desk.load_as(to.id(), Action::Update)?;
                borrower.employees = borrower.employees.map(|all| all + staff);
                desk.put(&borrower)?;
                Ok(borrower.record_ref())
            }
            Act::Note { firm, word, at } => {
                let about = find(desk, &firm)?.record_ref();
                desk.schedule(Due { at, work: NOTE.into(), about, note: word });
                Ok(about)
            }
            Act::End { firm } => {
                let record = find(desk, &firm)?.record_ref();
                DeleteRecord { record, revision: None, reason: "test".into() }.run(desk)?;
                Ok(record)
            }
        }
    }
}

fn find(desk: &mut dyn Desk, firm: &str) -> Result<Customer> {
    let found = desk.find_as::<Customer>(CUSTOMER_BY_NAME, vec![firm.into()], 1)?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Error::refused("test.no_firm", format!("no firm is called `{firm}`")))
}

pub(super) fn named(fields: &[(&str, Value)]) -> BTreeMap<String, Value> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// Does the due work of the tests.
struct Notes;

impl Judges for Notes {
    fn work(&self, desk: &mut dyn Desk, due: &Due) -> Result<bool> {
        if due.work != NOTE {
            return Ok(false);
        }
        if let Some(image) = desk.enlist(due.about, Purpose::Derive)? {
            let mut firm = Customer::read(Id::from_u128(due.about.bits), View::new(&image)?)?;
            firm.notes = format!("{}{};", firm.notes, due.note);
            desk.put(&firm)?;
        }
        Ok(true)
    }
}

/// A host of its own for each opening of a file: a new seed, as real randomness never comes again.
pub(super) fn host(now: Instant, seed: u64) -> (Host, Arc<ManualClock>) {
    let (host, clock) = Host::fixed(now, seed);
    (host.with_judges(Arc::new(Notes)), clock)
}

pub(super) fn start() -> Instant {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// An engine over a redb store that the test keeps hold of.
pub(super) struct Open {
    pub(super) crm: Crm,
    pub(super) store: Arc<RedbStore>,
    pub(super) clock: Arc<ManualClock>,
}

impl Open {
    pub(super) fn on(
        backend: impl StorageBackend,
        options: Options,
        now: Instant,
        seed: u64,
    ) -> Result<Self> {
        Open::over(RedbStore::open_backend(backend, options)?, now, seed)
    }

    pub(super) fn over(store: RedbStore, now: Instant, seed: u64) -> Result<Self> {
        let store = Arc::new(store);
        let (host, clock) = host(now, seed);
        Ok(Open { crm: Crm::open_shared(store.clone(), host)?, store, clock })
    }

    /// The same over a store that does not keep its word: it commits in two steps.
    pub(super) fn torn(store: RedbStore, now: Instant, seed: u64) -> Result<Self> {
        let store = Arc::new(store);
        let (host, clock) = host(now, seed);
        Ok(Open { crm: Crm::open(Torn(store.clone()), host)?, store, clock })
    }

    pub(super) fn act(&self, act: &Act) -> Result<RecordRef> {
        self.crm.execute(Actor::System, act.clone())
    }

    /// Puts the clock forward.
    pub(super) fn wait(&self, span: Span) -> Instant {
        let now = self.clock_now() + span;
        self.clock.set(now);
        now
    }

    pub(super) fn clock_now(&self) -> Instant {
        self.crm.now()
    }
}

/// Commits records and journal first, and the rest after them.
struct Torn(Arc<RedbStore>);

impl Store for Torn {
    fn name(&self) -> &'static str {
        "torn"
    }
    fn snapshot(&self) -> std::result::Result<Arc<dyn Snapshot>, StoreError> {
        self.0.snapshot()
    }
    fn commit(&self, batch: &Batch) -> std::result::Result<(), StoreError> {
        let mut first = batch.clone();
        let mut rest = Batch::new();
        for table in [Table::Index, Table::Unique, Table::Due, Table::Meta] {
            *rest.table_mut(table) = std::mem::take(first.table_mut(table));
        }
        self.0.commit(&first)?;
        self.0.commit(&rest)
    }
}

/// A firm as it should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Firm {
    pub(super) record: u128,
    pub(super) staff: i64,
    pub(super) notes: String,
}

/// What should be there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    pub(super) firms: BTreeMap<String, Firm>,
    /// Words to be noted, each of which is said once.
    pub(super) due: BTreeSet<(Instant, String, u128)>,
}

impl Model {
    /// What an engine shows.
    pub(super) fn read(open: &Open) -> Result<Model> {
        let mut model = Model::default();
        let mut query = Query::of(FIRM).limit(500);
        loop {
            let page = open.crm.system().list::<Customer>(&query)?;
            for firm in page.items {
                let record = firm.record_ref().bits;
                let staff = firm.employees.unwrap_or(i64::MIN);
                model.firms.insert(firm.name, Firm { record, staff, notes: firm.notes });
            }
            query = match page.end {
                Some(end) => query.after(Some(end)),
                None => break,
            };
        }
        let mut cursor = open.store.snapshot()?.range(Table::Due, Range::all(), Direction::Forward)?;
        while cursor.step()? {
            let due: Due = serde_json::from_slice(cursor.value()).unwrap();
            if due.work == NOTE {
                model.due.insert((due.at, due.note, due.about.bits));
            }
        }
        Ok(model)
    }

    /// Does an act, unless it is to be refused. Whoever begins gets its record from `begun`.
    pub(super) fn act(&mut self, act: &Act, begun: u128) -> Result<(), &'static str> {
        match act.clone() {
            Act::Begin { firm, staff } => {
                if self.firms.contains_key(&firm) {
                    return Err("party.name_taken");
                }
                self.firms.insert(firm, Firm { record: begun, staff, notes: String::new() });
            }
            Act::Count { firm, staff } => self.firms.get_mut(&firm).ok_or("test.no_firm")?.staff = staff,
            Act::Lend { from, to, staff } => {
                let (lender, borrower) = (self.firms.get(&from), self.firms.get(&to));
                let (lender, borrower) = lender.zip(borrower).ok_or("test.no_firm")?;
                let (left, grown) = (lender.staff - staff, borrower.staff + staff);
                if left < 0 {
                    return Err("test.too_few");
                }
                self.firms.entry(from).and_modify(|firm| firm.staff = left);
                self.firms.entry(to).and_modify(|firm| firm.staff = grown);
            }
            Act::Note { firm, word, at } => {
                let about = self.firms.get(&firm).ok_or("test.no_firm")?.record;
                self.due.insert((at, word, about));
            }
            Act::End { firm } => {
                self.firms.remove(&firm).ok_or("test.no_firm")?;
            }
        }
        Ok(())
    }

    /// Notes the next word if it is time; answers whether it was.
    pub(super) fn note_next(&mut self, now: Instant) -> bool {
        let next = self.due.first().filter(|(at, ..)| *at <= now).cloned();
        next.is_some_and(|(_, word, _)| self.note(&word))
    }

    /// Notes a word; answers whether it was due, now or later.
    pub(super) fn note(&mut self, word: &str) -> bool {
        let Some(due) = self.due.iter().find(|(_, due, _)| due == word).cloned() else { return false };
        self.due.remove(&due);
        if let Some(firm) = self.firms.values_mut().find(|firm| firm.record == due.2) {
            firm.notes = format!("{}{word};", firm.notes);
        }
        true
    }

    /// Whether another is the same, but for the record of one that began while nobody was told.
    pub(super) fn is(&self, other: &Model) -> bool {
        let told = |model: &Model| -> Model {
            let mut model = model.clone();
            model.firms.values_mut().for_each(|firm| firm.record = 0);
            model.due = model.due.into_iter().map(|(at, word, _)| (at, word, 0)).collect();
            model
        };
        told(self) == told(other)
    }
}

/// Thinks of acts, some of which are to be refused.
pub(super) struct Whim<'a> {
    pub(super) dice: &'a mut Dice,
    /// So that no name or word is used twice.
    pub(super) count: u64,
}

impl Whim<'_> {
    /// A number that no word, name or key had.
    pub(super) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    fn firm(&mut self, model: &Model) -> String {
        let place = self.dice.below(model.firms.len() + 1);
        model.firms.keys().nth(place).cloned().unwrap_or_else(|| "nobody".into())
    }

    /// An act; what is to be noted is due within two hours, or at once where that is asked for.
    pub(super) fn act(&mut self, model: &Model, now: Instant, at_once: bool) -> Act {
        let firm = self.firm(model);
        let staff = self.dice.below(100) as i64;
        match self.dice.below(if model.firms.len() < 3 { 1 } else { 10 }) {
            0 | 1 => Act::Begin { firm: format!("Firma{}", self.number()), staff },
            2 | 3 => Act::Count { firm, staff },
            4..=6 => {
                let other = self.firm(model);
                if other == firm {
                    Act::Count { firm, staff }
                } else {
                    Act::Lend { from: firm, to: other, staff }
                }
            }
            7 | 8 => {
                let wait = if at_once && self.dice.once_in(2) { 0 } else { 1 + self.dice.below(120) as i64 };
                let word = self.number();
                let at = now + Span::from_micros(wait * 60_000_000 + i64::from(wait > 0) * word as i64);
                Act::Note { firm, word: format!("w{word}"), at }
            }
            _ => Act::End { firm },
        }
    }
}

/// Everything in one table of a store.
pub(super) fn rows(store: &dyn Store, table: Table) -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = Bytes::read(&*store.snapshot().unwrap()).unwrap();
    bytes.table(table).into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The bytes of a file with a few firms.
pub(super) fn image() -> Vec<u8> {
    let disk = crm_store_redb::faults::Disk::new(0);
    let open =
        Open::on(disk.plug(), Options { cache_bytes: 1 << 20, ..Options::default() }, start(), 0).unwrap();
    for firm in ["Alfa", "Beta", "Gamma"] {
        open.act(&Act::Begin { firm: firm.into(), staff: 50 }).unwrap();
    }
    drop(open);
    disk.image()
}
