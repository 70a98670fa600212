//! An import, chunk by chunk.

use std::io::Read;
use std::sync::Arc;

use super::csv::CsvReader;
use super::door::{Door, Taken};
use super::doors::door;
use super::mapping::{Columns, Mapping};
use super::report::{Fault, Progress, Rejection, Report, Watch};
use super::sheet::{Cells, Limits, Next, Sheet};
use super::take::{Forget, Key, Plan, TakeRow, Took, marks_of};
use crate::base::KindNo;
use crate::engine::rehearsal::Rehearsal;
use crate::engine::{Crm, Session};
use crate::record::action::{Action, FieldAccess};
use crate::record::error::{Error, Refusal, Result};
use crate::record::schema::KindSchema;
use crate::record::spec::{IndexSpec, Layout};

/// How many bytes of cells a chunk holds at most, beyond its last row.
const CHUNK_BYTES: usize = 8 << 20;
/// How many keys a dry run keeps, to compare rows with those before; some 10 a row.
const MOST_KEPT: usize = 500_000;
/// How many bytes of rows wait for what a later row may bring.
const MOST_WAITING: usize = 8 << 20;
/// What a row that waits costs beside its cells.
const ROW_COST: usize = 256;
/// How many marks are taken away in one commit.
const FORGET_AT_ONCE: usize = 10_000;

crate::choice! {
    /// What becomes of a row whose key finds a record.
    #[derive(Default)]
    pub enum Duplicates {
        /// What the kind's own rules say: a lead by its channel, also where it is only alike; a contact
        /// gets another post; any other row is left out.
        #[default]
        ByRule "by_rule" "By the kind's rules" "按规则",
        /// The row is left out.
        Skip "skip" "Skip" "跳过",
        /// The row's values are put over the record's; empty cells say nothing.
        Update "update" "Update" "更新",
        /// What the record lacks is filled in, lists are united.
        Merge "merge" "Merge" "合并",
        /// The row is rejected.
        Reject "reject" "Reject" "拒绝",
    }
}

/// An import: what comes in, from where, and how.
///
/// ```
/// use crm_core::exchange::Import;
/// use crm_core::prelude::*;
/// let crm = Crm::open(MemoryStore::new(), Host::system()).unwrap();
/// let file = "登录名,姓名\nlilei,李雷\nhanmei,韩梅梅\n,没有登录名\n";
/// let import = Import::new(KindNo::from_name("user").unwrap(), "staff.csv");
/// let report = import.csv(&crm.system(), file.as_bytes(), &mut ()).unwrap();
/// assert_eq!((report.created, report.rejected), (2, 1));
/// assert_eq!(report.rejections[0].to_string(), "line 4: 登录名: a value is required (value.required)");
/// let again = import.csv(&crm.system(), file.as_bytes(), &mut ()).unwrap();
/// assert_eq!((again.created, again.unchanged), (0, 2));
/// ```
#[derive(Clone)]
pub struct Import {
    /// The kind of record.
    pub kind: KindNo,
    /// The name of the source: rows are known again under the same name.
    pub source: String,
    /// Where the columns go.
    pub mapping: Mapping,
    /// What becomes of a row whose key finds a record.
    pub duplicates: Duplicates,
    /// The fields by which a row finds its record, for which the kind has an index; without any the first
    /// unique key of the kind for which the file has columns.
    pub key: Vec<String>,
    /// Whether to say what would be, and change nothing.
    pub dry_run: bool,
    /// How many rows are made durable together.
    pub chunk: usize,
    /// How large rows, cells and headings may be.
    pub limits: Limits,
    /// What stands between cells; the heading tells when none.
    pub delimiter: Option<u8>,
    /// How many faults of rejected rows the report keeps; a watch is told of all.
    pub kept_rejections: usize,
    /// How rows become records; the kind's own way when none.
    pub door: Option<Arc<dyn Door>>,
}

impl std::fmt::Debug for Import {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Import")
            .field("kind", &self.kind)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Import {
    /// An import of a kind from a source, by headings.
    pub fn new(kind: KindNo, source: &str) -> Self {
        Import {
            kind,
            source: source.to_owned(),
            mapping: Mapping::automatic(),
            duplicates: Duplicates::default(),
            key: Vec::new(),
            dry_run: false,
            chunk: 2000,
            limits: Limits::default(),
            delimiter: None,
            kept_rejections: 10_000,
            door: None,
        }
    }

    /// The same import with another mapping.
    pub fn mapping(self, mapping: Mapping) -> Self {
        Import { mapping, ..self }
    }

    /// The same import with another policy for duplicates.
    pub fn duplicates(self, duplicates: Duplicates) -> Self {
        Import { duplicates, ..self }
    }

    /// The same import, run dry.
    pub fn dry(self) -> Self {
        Import { dry_run: true, ..self }
    }

    /// The same import through another door.
    pub fn door(self, door: impl Door + 'static) -> Self {
        Import { door: Some(Arc::new(door)), ..self }
    }

    /// Imports comma-separated values.
    ///
    /// # Errors
    /// Before the first row: no right to import, a file that can't be read, headings that go nowhere.
    /// Later: a failing store. What went in until then stays, and a second run goes on from there.
    pub fn csv(&self, session: &Session<'_>, from: impl Read, watch: &mut dyn Watch) -> Result<Report> {
        let as_error = |fault: Fault| {
            Error::invalid(fault.column.as_deref().unwrap_or("file"), &fault.code, fault.message)
        };
        let mut sheet = CsvReader::open(from, self.delimiter, self.limits).map_err(as_error)?;
        self.sheet(session, &mut sheet, watch)
    }

    /// Imports the rows of any table.
    ///
    /// # Errors
    /// As [`Import::csv`].
    pub fn sheet(
        &self,
        session: &Session<'_>,
        sheet: &mut dyn Sheet,
        watch: &mut dyn Watch,
    ) -> Result<Report> {
        let plan = Arc::new(self.plan(session, sheet.headings())?);
        let rehearsal = if self.dry_run { Some(Rehearsal::begin(session.crm)?) } else { None };
        let report = Report { columns: plan.columns.columns.clone(), ..Report::default() };
        let marks = plan.marks();
        let mut run = Run {
            import: self,
            session,
            marks,
            plan,
            rehearsal,
            rehearsed: 0,
            waiting: Vec::new(),
            waiting_bytes: 0,
            kept_faults: 0,
            report,
            watch,
        };
        run.all(sheet)?;
        Ok(run.report)
    }

    /// Forgets which rows of a source were taken, so that the same rows are taken anew. Records stay.
    /// Answers how many there were.
    ///
    /// # Errors
    /// No right to import, or a failing store.
    pub fn forget(&self, session: &Session<'_>) -> Result<usize> {
        check_right(session, self.kind)?;
        let mut all = 0;
        loop {
            let forget = Forget { marks: marks_of(self.kind, &self.source), most: FORGET_AT_ONCE };
            let done = session.crm.work_all(session.actor(), vec![forget]).into_iter().next();
            let count = done.unwrap_or(Ok(0))?;
            all += count;
            if count < FORGET_AT_ONCE {
                return Ok(all);
            }
        }
    }

    fn plan(&self, session: &Session<'_>, headings: &[String]) -> Result<Plan> {
        check_right(session, self.kind)?;
        let config = session.crm.config();
        let schema = config.schema.kind(self.kind).ok_or_else(|| Error::Corrupt("an unknown kind".into()))?;
        let access = config.access(session.actor());
        let door = self.door.clone().unwrap_or_else(|| door(self.kind));
        let columns = Columns::resolve(headings, &self.mapping, schema, &|field| {
            door.takes(field) && access.field(self.kind, field.no) != Some(FieldAccess::Hidden)
        })?;
        let key = self.find_key(schema, &columns)?;
        Ok(Plan {
            kind: self.kind,
            source: self.source.clone(),
            columns,
            door,
            key,
            duplicates: self.duplicates,
        })
    }

    /// The index by which rows find their records.
    fn find_key(&self, schema: &KindSchema, columns: &Columns) -> Result<Option<Key>> {
        let key = |index: &IndexSpec| Key {
            index: index.no,
            fields: index.parts.iter().map(|part| part.field).collect(),
        };
        if self.key.is_empty() {
            let has = |index: &&IndexSpec| index.parts.iter().all(|part| !columns.of(part.field).is_empty());
            let mut unique = schema.spec.indexes.iter().filter(|index| index.layout == Layout::Unique);
            return Ok(unique.find(has).map(key));
        }
        let mut fields = Vec::new();
        for name in &self.key {
            match schema.named(name).filter(|field| !columns.of(field.no).is_empty()) {
                Some(field) => fields.push(field.no),
                None => {
                    let message = format!("the file has no column for the key `{name}`");
                    return Err(Error::invalid(name, "import.key_unknown", message));
                }
            }
        }
        let serves = |index: &&IndexSpec| {
            index.parts.len() == fields.len() && index.parts.iter().all(|part| fields.contains(&part.field))
        };
        let index = schema.spec.indexes.iter().find(serves).ok_or_else(|| {
            let message = format!("{} has no index by `{}`", self.kind, self.key.join("`, `"));
            Error::invalid("key", "import.key_without_index", message)
        })?;
        Ok(Some(key(index)))
    }
}

fn check_right(session: &Session<'_>, kind: KindNo) -> Result<()> {
    if session.may(Action::Import, kind) {
        return Ok(());
    }
    let refusal = Refusal::new("permission.denied", format!("the actor may not import this {kind}"));
    Err(Error::Refused(vec![refusal.with("action", Action::Import).with("kind", kind.name())]))
}

/// A row with the line that it starts in.
pub(super) type FileRow = Arc<(u64, Cells)>;

/// An import that runs.
struct Run<'r, 'c> {
    import: &'r Import,
    session: &'r Session<'c>,
    plan: Arc<Plan>,
    marks: Vec<u8>,
    rehearsal: Option<Rehearsal<'c>>,
    /// How many rows the rehearsal has seen.
    rehearsed: u64,
    waiting: Vec<FileRow>,
    waiting_bytes: usize,
    kept_faults: usize,
    report: Report,
    watch: &'r mut dyn Watch,
}

impl Run<'_, '_> {
    fn all(&mut self, sheet: &mut dyn Sheet) -> Result<()> {
        loop {
            let (rows, rejected, more) = self.read_chunk(sheet);
            self.take_chunk(&rows, rejected, true)?;
            if !more {
                self.take_waiting()?;
            }
            let progress =
                Progress { rows: self.report.rows, rejected: self.report.rejected, bytes: sheet.bytes() };
            let stop = self.watch.progress(progress).is_break();
            if !more {
                return Ok(());
            }
            if stop {
                self.report.cancelled = true;
                return self.take_waiting();
            }
        }
    }

    /// Takes the rows that named what wasn't there yet, as long as others of them bring it.
    fn take_waiting(&mut self) -> Result<()> {
        loop {
            let waiting = std::mem::take(&mut self.waiting);
            self.waiting_bytes = 0;
            if waiting.is_empty() {
                break;
            }
            for rows in waiting.chunks(self.import.chunk.max(1)) {
                self.take_chunk(rows, Vec::new(), true)?;
            }
            if self.waiting.len() == waiting.len() {
                for rows in std::mem::take(&mut self.waiting).chunks(self.import.chunk.max(1)) {
                    self.take_chunk(rows, Vec::new(), false)?;
                }
                break;
            }
        }
        self.report.rejections.sort_by_key(|rejection| rejection.line);
        Ok(())
    }

    /// Reads the next rows, those that can't be taken apart; says whether there may be more.
    fn read_chunk(&mut self, sheet: &mut dyn Sheet) -> (Vec<FileRow>, Vec<Rejection>, bool) {
        let (mut rows, mut rejected, mut bytes) = (Vec::new(), Vec::new(), 0);
        while rows.len() + rejected.len() < self.import.chunk.max(1) && bytes < CHUNK_BYTES {
            match sheet.next() {
                Ok(Next::Row(_, cells)) if cells.is_blank() => {}
                Ok(Next::Row(line, cells)) => {
                    self.report.rows += 1;
                    match self.misshapen(&cells) {
                        Some(fault) => rejected.push(Rejection { line, faults: vec![fault] }),
                        None => {
                            bytes += cells.bytes();
                            rows.push(Arc::new((line, cells)));
                        }
                    }
                }
                Ok(Next::Bad(line, fault)) => {
                    self.report.rows += 1;
                    rejected.push(Rejection { line, faults: vec![fault] });
                }
                Ok(Next::End) => return (rows, rejected, false),
                Err(fault) => {
                    self.report.stopped = Some(fault);
                    return (rows, rejected, false);
                }
            }
        }
        (rows, rejected, true)
    }

    /// What is wrong with the number of a row's cells.
    fn misshapen(&self, cells: &Cells) -> Option<Fault> {
        let columns = &self.plan.columns;
        let (has, wants) = (cells.len(), columns.columns.len());
        if has != wants {
            let code = if has > wants { "row.too_many_cells" } else { "row.too_few_cells" };
            let fault = Fault::new(code, format!("the row has `{has}` cells, the heading {wants}"));
            let beyond = cells.get(wants).unwrap_or_default();
            return Some(fault.at(columns.heading(wants.saturating_sub(1)), beyond));
        }
        let mut unnamed = columns.unnamed.iter().filter_map(|place| cells.get(*place));
        let cell = unnamed.find(|cell| !cell.trim().is_empty())?;
        Some(Fault::new("row.unnamed_cell", "there is something in a column without a heading").at("", cell))
    }

    /// Takes a chunk, and tells what was rejected in the order of lines. Rows that name what isn't there
    /// may wait for the end of the file.
    fn take_chunk(&mut self, rows: &[FileRow], mut rejected: Vec<Rejection>, may_wait: bool) -> Result<()> {
        let works = rows.iter().map(|row| TakeRow::new(&self.plan, &self.marks, row.clone())).collect();
        let outcomes = self.do_all(works)?;
        for (row, outcome) in rows.iter().zip(outcomes) {
            let count = match outcome.map(|took| took.taken) {
                Ok(Taken::Created) => &mut self.report.created,
                Ok(Taken::Updated) => &mut self.report.updated,
                Ok(Taken::Merged) => &mut self.report.merged,
                Ok(Taken::Unchanged) => &mut self.report.unchanged,
                Ok(Taken::Skipped) => &mut self.report.skipped,
                Err(error) if may_wait && self.waiting_bytes < MOST_WAITING && is_early(&error) => {
                    self.waiting_bytes += ROW_COST + row.1.bytes();
                    self.waiting.push(row.clone());
                    continue;
                }
                Err(error) if is_of_the_row(&error) => {
                    let (line, cells) = row.as_ref();
                    rejected.push(Rejection { line: *line, faults: self.plan.faults(error, cells) });
                    continue;
                }
                Err(error) => return Err(error),
            };
            *count += 1;
        }
        rejected.sort_by_key(|rejection| rejection.line);
        for rejection in rejected {
            self.report.rejected += 1;
            self.watch.rejected(&rejection);
            if self.kept_faults < self.import.kept_rejections {
                self.kept_faults += rejection.faults.len();
                self.report.rejections.push(rejection);
            }
        }
        Ok(())
    }

    fn do_all(&mut self, works: Vec<TakeRow>) -> Result<Vec<Result<Took>>> {
        let actor = self.session.actor();
        let crm: &Crm = self.session.crm;
        let Some(rehearsal) = &mut self.rehearsal else { return Ok(crm.work_all(actor, works)) };
        self.rehearsed += works.len() as u64;
        let outcomes = rehearsal.play(actor, works)?;
        if rehearsal.held() > MOST_KEPT {
            let within = self.report.compared_within.unwrap_or(u64::MAX).min(self.rehearsed);
            self.report.compared_within = Some(within);
            *rehearsal = Rehearsal::begin(self.session.crm)?;
            self.rehearsed = 0;
        }
        Ok(outcomes)
    }
}

/// Whether an error is one of the row, and not of the engine as a whole.
fn is_of_the_row(error: &Error) -> bool {
    !matches!(error, Error::Store(_) | Error::Halted | Error::Nested | Error::Corrupt(_))
}

/// Whether all that is wrong with a row is that it names what isn't there.
fn is_early(error: &Error) -> bool {
    match error {
        Error::Invalid(invalid) => invalid.iter().all(|invalid| invalid.code == "reference.unknown"),
        _ => false,
    }
}
