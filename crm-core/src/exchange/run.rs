//! An import that runs, chunk by chunk.

use std::sync::Arc;

use super::door::Taken;
use super::import::Import;
use super::report::{Fault, Progress, Rejection, Report, Watch};
use super::sheet::{Cells, Next, Sheet};
use super::take::{Plan, TakeRow, Took};
use crate::engine::Session;
use crate::engine::rehearsal::Rehearsal;
use crate::record::error::{Error, Result};

/// How many bytes of cells a chunk holds at most, beyond its last row.
const CHUNK_BYTES: usize = 8 << 20;
/// How many keys a dry run keeps, to compare rows with those before; some 10 a row.
const MOST_KEPT: usize = 500_000;
/// How many bytes of rows wait for what a later row may bring.
const MOST_WAITING: usize = 8 << 20;
/// What a row that waits costs beside its cells.
const ROW_COST: usize = 256;
/// A row with the line that it starts in.
pub(super) type FileRow = Arc<(u64, Cells)>;

/// An import that runs.
pub(super) struct Run<'r, 'c> {
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

impl<'r, 'c> Run<'r, 'c> {
    pub(super) fn new(
        import: &'r Import,
        session: &'r Session<'c>,
        plan: Arc<Plan>,
        rehearsal: Option<Rehearsal<'c>>,
        watch: &'r mut dyn Watch,
    ) -> Self {
        Run {
            import,
            session,
            marks: plan.marks(),
            report: Report { columns: plan.columns.columns.clone(), ..Report::default() },
            plan,
            rehearsal,
            rehearsed: 0,
            waiting: Vec::new(),
            waiting_bytes: 0,
            kept_faults: 0,
            watch,
        }
    }

    /// Takes a whole table.
    pub(super) fn all(mut self, sheet: &mut dyn Sheet) -> Result<Report> {
        self.chunks(sheet)?;
        Ok(self.report)
    }

    fn chunks(&mut self, sheet: &mut dyn Sheet) -> Result<()> {
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
        let Some(rehearsal) = &mut self.rehearsal else {
            return Ok(self.session.crm.work_all(actor, works));
        };
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
