//! The engine as one object: commands and reads as data, lists as tables.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crm_core::base::{Instant, RecordRef};
use crm_core::engine::{Crm, Host, ManualClock, Session, command_names};
use crm_core::exchange::{Duplicates, Import, Mapping, Progress};
use crm_core::record::action::Action;
use crm_core::record::desk::{Query, Sort};
use crm_core::record::error::{Error, Invalid};
use crm_core::record::filter::Filter;
use crm_core::record::journal::Actor;
use crm_core::store::{MemoryStore, Store};
use crm_store_redb::RedbStore;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::columns;
use crate::failure::{Failure, Result, detached};
use crate::table::Table;
use crate::views;

/// An open file, or an engine in memory.
#[pyclass(frozen, module = "crm._crm")]
pub struct Engine {
    open: Mutex<Option<Arc<Open>>>,
}

struct Open {
    crm: Crm,
    file: Option<Arc<RedbStore>>,
    clock: Option<Arc<ManualClock>>,
}

/// For whom, and as of when.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct For {
    /// A user's or contact's id; the engine itself when none.
    actor: Option<RecordRef>,
    as_of: Option<Instant>,
}

impl For {
    fn actor(&self) -> Result<Actor> {
        let Some(record) = self.actor else { return Ok(Actor::System) };
        if let Some(user) = record.as_id() {
            return Ok(Actor::User(user));
        }
        match record.as_id() {
            Some(contact) => Ok(Actor::Contact(contact)),
            None => {
                let message = format!("`{record}` is neither a user nor a contact");
                Err(Error::invalid("actor", "actor.kind", message).into())
            }
        }
    }

    fn session<'c>(&self, crm: &'c Crm) -> Result<Session<'c>> {
        let session = crm.session(self.actor()?);
        Ok(self.as_of.map_or(session, |at| session.as_of(at)))
    }
}

/// A list as it is asked for: criteria as text.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    kind: String,
    filter: Option<String>,
    #[serde(default)]
    sort: Vec<Sort>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    after: Option<String>,
}

impl List {
    /// The query.
    pub fn query(&self) -> Result<Query> {
        let filter = criteria(self.filter.as_deref())?;
        let mut query =
            Query::of(kind(&self.kind)?).limit(self.limit.unwrap_or(50)).after(self.after.clone());
        query.filter = filter;
        query.sort.clone_from(&self.sort);
        Ok(query)
    }
}

/// A kind by its name.
pub fn kind(name: &str) -> Result<crm_core::base::KindNo> {
    crm_core::base::KindNo::from_name(name).ok_or_else(|| {
        Error::invalid("kind", "query.kind", format!("no kind of record is called `{name}`")).into()
    })
}

/// Criteria from text; none when there is no text.
pub fn criteria(text: Option<&str>) -> Result<Option<Filter>> {
    let parse = |text: &str| {
        let wrong = |error: crm_core::record::filter::ParseError| {
            Failure::Engine(Error::Invalid(vec![Invalid::new("filter", "filter.invalid", error.to_string())]))
        };
        text.parse::<Filter>().map_err(wrong)
    };
    text.map(parse).transpose()
}

/// What came as JSON.
pub fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_str(text)?)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    fn over(
        store: Arc<dyn Store>,
        file: Option<Arc<RedbStore>>,
        now: Option<&str>,
        seed: u64,
    ) -> Result<Self> {
        let (host, clock) = match now {
            None => (Host::system(), None),
            Some(now) => {
                let (host, clock) = Host::fixed(instant(now)?, seed);
                (host, Some(clock))
            }
        };
        let host = host.with_judges(Arc::new(crm_rules::Scripts::default()));
        let crm = Crm::open_shared(store, host)?;
        Ok(Engine { open: Mutex::new(Some(Arc::new(Open { crm, file, clock }))) })
    }

    fn open(&self) -> Result<Arc<Open>> {
        let closed = || Error::invalid("engine", "engine.closed", "the engine is closed");
        Ok(lock(&self.open).clone().ok_or_else(closed)?)
    }

    /// Work for an actor, without the interpreter's lock.
    fn work<T: Send>(
        &self,
        py: Python<'_>,
        whose: &str,
        work: impl FnOnce(&Session<'_>) -> Result<T> + Send,
    ) -> Result<T, PyErr> {
        let open = self.open()?;
        let whose: For = parsed(whose)?;
        Ok(detached(py, || work(&whose.session(&open.crm)?))?)
    }
}

fn instant(text: &str) -> Result<Instant> {
    text.parse().map_err(|_| Error::invalid("now", "value.type", format!("`{text}` is no instant")).into())
}

fn told<T: serde::Serialize>(value: T) -> Result<String> {
    Ok(serde_json::to_string(&value)?)
}

#[pymethods]
impl Engine {
    /// Opens a file, or makes it. With `now` the clock stands until it is set, and ids are counted from `seed`.
    #[staticmethod]
    #[pyo3(signature = (path, now = None, seed = 0))]
    fn open_file(py: Python<'_>, path: PathBuf, now: Option<&str>, seed: u64) -> Result<Self, PyErr> {
        Ok(detached(py, || {
            let store = Arc::new(RedbStore::open(path).map_err(Error::from)?);
            Engine::over(store.clone(), Some(store), now, seed)
        })?)
    }

    /// An engine in memory, gone when it is closed.
    #[staticmethod]
    #[pyo3(signature = (now = None, seed = 0))]
    fn in_memory(py: Python<'_>, now: Option<&str>, seed: u64) -> Result<Self, PyErr> {
        Ok(detached(py, || Engine::over(Arc::new(MemoryStore::new()), None, now, seed))?)
    }

    /// Closes the file once calls that are under way have ended.
    fn close(&self) {
        lock(&self.open).take();
    }

    /// Whether it is closed.
    #[getter]
    fn closed(&self) -> bool {
        lock(&self.open).is_none()
    }

    /// Runs a command that comes as data; answers its output.
    #[pyo3(signature = (whose, name, input, key = None, dry = false))]
    fn execute(
        &self,
        py: Python<'_>,
        whose: &str,
        name: &str,
        input: &str,
        key: Option<&str>,
        dry: bool,
    ) -> Result<String, PyErr> {
        let input: Json = parsed(input)?;
        self.work(py, whose, |session| {
            told(match key {
                _ if dry => session.dry_run_named(name, input)?,
                None => session.execute_named(name, input)?,
                Some(key) => session.execute_named_once(key, name, input)?,
            })
        })
    }

    /// A record with its fields by name.
    fn read(&self, py: Python<'_>, whose: &str, id: &str) -> Result<String, PyErr> {
        self.work(py, whose, |session| told(session.read(record(id)?)?))
    }

    /// A page of a list, with where it ends.
    fn page(&self, py: Python<'_>, whose: &str, list: &str) -> Result<String, PyErr> {
        let list: List = parsed(list)?;
        self.work(py, whose, |session| {
            let page = session.rows(&list.query()?)?;
            told(json!({ "items": page.items, "end": page.end }))
        })
    }

    /// How many records a list has.
    fn count(&self, py: Python<'_>, whose: &str, list: &str) -> Result<usize, PyErr> {
        let list: List = parsed(list)?;
        self.work(py, whose, |session| Ok(session.count(&list.query()?)?))
    }

    /// How a list would be read.
    fn explain(&self, py: Python<'_>, whose: &str, list: &str) -> Result<String, PyErr> {
        let list: List = parsed(list)?;
        self.work(py, whose, |session| told(session.explain(&list.query()?)?))
    }

    /// A whole list as a table: ids, then the fields asked for, or all.
    #[pyo3(signature = (whose, list, fields = None))]
    fn columns(
        &self,
        py: Python<'_>,
        whose: &str,
        list: &str,
        fields: Option<Vec<String>>,
    ) -> Result<Table, PyErr> {
        let list: List = parsed(list)?;
        self.work(py, whose, |session| columns::read(session, &list.query()?, list.limit, fields.as_deref()))
    }

    /// The fields of a kind that the actor sees.
    fn fields(&self, py: Python<'_>, whose: &str, name: &str) -> Result<String, PyErr> {
        self.work(py, whose, |session| {
            told(session.fields(kind(name)?)?.iter().map(views::field).collect::<Vec<_>>())
        })
    }

    /// A record's history, latest first.
    #[pyo3(signature = (whose, id, before = None, limit = 100))]
    fn journal(
        &self,
        py: Python<'_>,
        whose: &str,
        id: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<String, PyErr> {
        self.work(py, whose, |session| told(session.journal(record(id)?, before, limit)?))
    }

    /// The changes after a position, and the position to go on from.
    fn changes(&self, py: Python<'_>, whose: &str, after: u64, limit: usize) -> Result<(String, u64), PyErr> {
        self.work(py, whose, |session| {
            let (items, last) = session.changes(after, limit)?;
            Ok((told(items)?, last))
        })
    }

    /// Whether the actor may do something with a record, and why.
    fn why(&self, py: Python<'_>, whose: &str, action: &str, id: &str) -> Result<String, PyErr> {
        self.work(py, whose, |session| {
            let wrong = || Error::invalid("action", "value.type", format!("`{action}` is no action"));
            let action = <Action as crm_core::base::choice::Choice>::from_name(action).ok_or_else(wrong)?;
            told(session.why(action, record(id)?)?)
        })
    }

    /// The name of a record as the actor is shown it.
    fn title(&self, py: Python<'_>, whose: &str, id: &str) -> Result<String, PyErr> {
        self.work(py, whose, |session| Ok(session.title(record(id)?)))
    }

    /// A view or an analysis by its name, of what is asked as data.
    fn view(&self, py: Python<'_>, whose: &str, name: &str, asked: &str) -> Result<String, PyErr> {
        let asked: Json = parsed(asked)?;
        self.work(py, whose, |session| told(views::view(session, name, asked)?))
    }

    /// Imports a CSV file. `watch` is called with (rows, rejected, bytes) after each chunk, and cancels with `False`.
    #[pyo3(signature = (whose, path, asked, watch = None))]
    fn import_csv(
        &self,
        py: Python<'_>,
        whose: &str,
        path: PathBuf,
        asked: &str,
        watch: Option<Py<PyAny>>,
    ) -> Result<String, PyErr> {
        let asked: Imported = parsed(asked)?;
        self.work(py, whose, |session| {
            let file = std::fs::File::open(&path).map_err(PyErr::from)?;
            let mut raised = None;
            let mut watched = |progress: Progress| match watch.as_ref().map(|watch| call(watch, progress)) {
                None | Some(Ok(true)) => ControlFlow::Continue(()),
                Some(Ok(false)) => ControlFlow::Break(()),
                Some(Err(error)) => {
                    raised = Some(error);
                    ControlFlow::Break(())
                }
            };
            let report = asked.import()?.csv(session, std::io::BufReader::new(file), &mut watched)?;
            match raised {
                Some(error) => Err(error.into()),
                None => told(report),
            }
        })
    }

    /// Does what is due; answers how many pieces were done, what failed, and when the next is due.
    fn run_due(&self, py: Python<'_>, limit: usize) -> Result<String, PyErr> {
        let open = self.open()?;
        Ok(detached(py, || {
            let report = open.crm.run_due(limit)?;
            let failed = report.failed.iter();
            let failed = failed.map(
                |(due, error)| json!({ "work": due, "code": error.code(), "message": error.to_string() }),
            );
            let failed: Vec<Json> = failed.collect();
            told(json!({ "done": report.done, "failed": failed, "next": report.next }))
        })?)
    }

    /// When the next work is due.
    fn next_due(&self, py: Python<'_>) -> Result<Option<String>, PyErr> {
        let open = self.open()?;
        Ok(detached(py, || Ok(open.crm.next_due()?.map(|at| at.to_string())))?)
    }

    /// Proves what is stored; answers what was read and what is wrong.
    fn verify(&self, py: Python<'_>) -> Result<String, PyErr> {
        let open = self.open()?;
        Ok(detached(py, || told(open.crm.verify()?))?)
    }

    /// Makes indexes anew from the records; answers how many entries were put right.
    fn repair(&self, py: Python<'_>) -> Result<usize, PyErr> {
        let open = self.open()?;
        Ok(detached(py, || Ok(open.crm.repair()?))?)
    }

    /// Writes everything committed so far into a new file.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> Result<(), PyErr> {
        let open = self.open()?;
        Ok(detached(py, || {
            let in_memory =
                || Error::invalid("engine", "engine.in_memory", "an engine in memory has no file");
            let file = open.file.as_ref().ok_or_else(in_memory)?;
            Ok(file.backup_to(path).map_err(Error::from)?)
        })?)
    }

    /// The position of the last journal entry.
    fn position(&self, py: Python<'_>) -> Result<u64, PyErr> {
        let open = self.open()?;
        Ok(detached(py, || Ok(open.crm.position()?))?)
    }

    /// The instant that the clock shows.
    fn now(&self) -> Result<String, PyErr> {
        Ok(self.open()?.crm.now().to_string())
    }

    /// Sets a clock that stands.
    fn set_now(&self, now: &str) -> Result<(), PyErr> {
        let open = self.open()?;
        let runs =
            || Error::invalid("now", "engine.clock", "the clock is the machine's; open with `now` to set it");
        open.clock.as_ref().ok_or_else(runs).map_err(Failure::from)?.set(instant(now)?);
        Ok(())
    }
}

/// What an import is asked for.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Imported {
    kind: String,
    source: String,
    columns: std::collections::BTreeMap<String, Option<String>>,
    ignore_rest: bool,
    duplicates: Duplicates,
    key: Vec<String>,
    dry: bool,
}

impl Imported {
    fn import(&self) -> Result<Import> {
        let mut mapping =
            self.columns.iter().fold(Mapping::automatic(), |mapping, (heading, field)| match field {
                Some(field) => mapping.field(heading, field),
                None => mapping.ignore(heading),
            });
        if self.ignore_rest {
            mapping = mapping.ignore_rest();
        }
        let import =
            Import::new(kind(&self.kind)?, &self.source).mapping(mapping).duplicates(self.duplicates);
        Ok(Import { key: self.key.clone(), dry_run: self.dry, ..import })
    }
}

/// Tells Python how far an import is; whether to go on. Signals are heard here.
fn call(watch: &Py<PyAny>, progress: Progress) -> PyResult<bool> {
    Python::attach(|py| {
        py.check_signals()?;
        let answer = watch.call1(py, (progress.rows, progress.rejected, progress.bytes))?;
        Ok(!answer.extract::<bool>(py).is_ok_and(|go_on| !go_on))
    })
}

/// A record by its id.
pub fn record(id: &str) -> Result<RecordRef> {
    id.parse().map_err(|error: crm_core::base::IdError| {
        Error::invalid("id", "value.type", error.to_string()).into()
    })
}

/// The names of all commands.
#[pyfunction]
pub fn commands() -> Vec<&'static str> {
    command_names()
}
