//! One row's way into the engine: has it been taken before, is its record there, and through the door.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::door::{Door, Taken};
use super::import::Duplicates;
use super::mapping::Columns;
use super::report::Fault;
use super::row::Row;
use super::run::FileRow;
use super::sheet::Cells;
use crate::base::{KindNo, RecordRef, text};
use crate::engine::overlay::Overlay;
use crate::engine::work::Work;
use crate::record::action::Action;
use crate::record::desk::{Desk, Lookup};
use crate::record::error::{Error, Invalid, Refusal, Result};
use crate::record::journal::Actor;
use crate::store::Table;

/// The longest key that a mark spells out; a digest stands for a longer one.
const LONGEST_KEY: usize = 48;

/// What an import does with each row.
pub(super) struct Plan {
    pub(super) kind: KindNo,
    pub(super) source: String,
    pub(super) columns: Columns,
    pub(super) door: Arc<dyn Door>,
    pub(super) key: Option<Key>,
    pub(super) duplicates: Duplicates,
}

/// The index by which a row finds its record.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) index: u8,
    pub(super) fields: Vec<u16>,
    /// Whether it is personal data, which a mark does not spell out.
    pub(super) personal: bool,
}

/// The first bytes of the marks that a source's rows of a kind leave.
pub(super) fn marks_of(kind: KindNo, source: &str) -> Vec<u8> {
    let digest = Sha256::new().chain_update(kind.0.to_be_bytes()).chain_update(source).finalize();
    let mut prefix = b"import/".to_vec();
    prefix.extend_from_slice(digest.get(..8).unwrap_or_default());
    prefix
}

impl Plan {
    /// The first bytes of the marks that rows of this plan leave: another choice of columns asks another
    /// question of the same rows.
    pub(super) fn marks(&self) -> Vec<u8> {
        let mut names = Sha256::new();
        for (field, _) in self.columns.fields() {
            names.update(field.no.to_be_bytes());
        }
        for name in self.columns.names() {
            names.update(name);
            names.update([0]);
        }
        let mut prefix = marks_of(self.kind, &self.source);
        prefix.extend_from_slice(names.finalize().get(..4).unwrap_or_default());
        prefix
    }

    /// Which row it is, by its key or else by what it says, and what it says.
    ///
    /// Rows without a key that say the same are the same row.
    fn identity(&self, marks: &[u8], cells: &Cells) -> (Vec<u8>, [u8; 16]) {
        let cell = |place: usize| cells.get(place).unwrap_or_default().trim();
        let mut said = Sha256::new();
        for place in self.columns.places() {
            said.update(cell(place));
            said.update([0x1f]);
        }
        let said = short(said);
        let mut mark = marks.to_vec();
        let mut key = String::new();
        for field in self.key.iter().flat_map(|key| &key.fields) {
            let text = self.columns.of(*field).first().map_or("", |place| cell(*place));
            if text.is_empty() {
                key.clear();
                break;
            }
            key.push_str(&text::fold(text));
            key.push('\u{1f}');
        }
        let personal = self.key.as_ref().is_some_and(|key| key.personal);
        match key.len() {
            0 => {
                mark.push(0);
                mark.extend_from_slice(&said);
            }
            1..=LONGEST_KEY if !personal => {
                mark.push(1);
                mark.extend_from_slice(key.as_bytes());
            }
            _ => {
                mark.push(2);
                mark.extend_from_slice(&short(Sha256::new().chain_update(&key)));
            }
        }
        (mark, said)
    }

    /// Why the engine did not take a row, column by column.
    pub(super) fn faults(&self, error: Error, cells: &Cells) -> Vec<Fault> {
        let at = |fault: Fault, name: &str| match self.columns.place_of(name) {
            Some(place) => fault.at(self.columns.heading(place), cells.get(place).unwrap_or_default()),
            None => fault,
        };
        match error {
            Error::Invalid(invalid) => invalid
                .into_iter()
                .map(|Invalid { field, code, message, .. }| at(Fault::new(&code, message), &field))
                .collect(),
            Error::Refused(refusals) => refusals
                .into_iter()
                .map(|Refusal { code, message, values }| {
                    let fault = Fault::new(&code, message);
                    let mut named =
                        values.iter().flat_map(|(name, value)| [Some(name.as_str()), value.as_text()]);
                    match named.find_map(|name| name.filter(|name| self.columns.place_of(name).is_some())) {
                        Some(name) => at(fault, name),
                        None => fault,
                    }
                })
                .collect(),
            error => vec![Fault::new(error.code(), error.to_string())],
        }
    }
}

fn short(digest: Sha256) -> [u8; 16] {
    let mut short = [0; 16];
    short.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    short
}

/// One row on its way in.
pub(super) struct TakeRow {
    pub(super) plan: Arc<Plan>,
    pub(super) row: FileRow,
    mark: Vec<u8>,
    said: [u8; 16],
}

/// What became of it, and the name that the journal keeps.
pub(super) struct Took {
    pub(super) taken: Taken,
    action: &'static str,
}

impl TakeRow {
    pub(super) fn new(plan: &Arc<Plan>, marks: &[u8], row: FileRow) -> Self {
        let (mark, said) = plan.identity(marks, &row.1);
        TakeRow { plan: plan.clone(), row, mark, said }
    }

    /// The record that the row's key finds.
    fn find(&self, row: &mut Row<'_>, desk: &mut dyn Desk) -> Result<Option<RecordRef>> {
        let Some(key) = &self.plan.key else { return Ok(None) };
        let mut parts = Vec::with_capacity(key.fields.len());
        for field in &key.fields {
            let value = row.value(desk, *field)?;
            if value.is_empty() {
                return Ok(None);
            }
            parts.push(value);
        }
        let lookup = Lookup { kind: self.plan.kind, index: key.index, parts, limit: 2 };
        match desk.find(&lookup)?.as_slice() {
            [] => Ok(None),
            [(record, _)] => Ok(Some(*record)),
            _ => Err(self.refuse("import.key_ambiguous", "several records have this key")),
        }
    }

    fn refuse(&self, code: &str, message: &str) -> Error {
        let mut refusal = Refusal::new(code, message);
        for field in self.plan.key.iter().flat_map(|key| &key.fields) {
            if let Some(field) = self.plan.columns.schema.field(*field) {
                refusal = refusal.with("field", field.name.as_ref());
            }
        }
        Error::Refused(vec![refusal])
    }

    fn take(&self, row: &mut Row<'_>, desk: &mut dyn Desk, found: Option<RecordRef>) -> Result<Took> {
        let Plan { door, duplicates, kind, .. } = self.plan.as_ref();
        let Some(record) = found else {
            return Ok(Took { taken: door.create(row, desk)?, action: door.action() });
        };
        let taken = match duplicates {
            Duplicates::Skip => Taken::Skipped,
            Duplicates::Reject => {
                return Err(
                    self.refuse("import.duplicate", &format!("there is a {kind} with this key already"))
                );
            }
            Duplicates::ByRule => door.repeat(row, desk, record)?,
            Duplicates::Update | Duplicates::Merge => door.change(row, desk, record)?,
        };
        Ok(Took { taken, action: "record.update" })
    }
}

impl Work for TakeRow {
    type Output = Took;

    fn name(&self, output: &Took) -> &'static str {
        output.action
    }

    fn earlier(&self, overlay: &Overlay, _: Actor) -> Result<Option<Took>> {
        let said = overlay.get(Table::Meta, &self.mark)?;
        let before = said.is_some_and(|said| said == self.said);
        Ok(before.then_some(Took { taken: Taken::Unchanged, action: "" }))
    }

    fn run(&self, desk: &mut dyn Desk) -> Result<Took> {
        let (line, cells) = self.row.as_ref();
        desk.may(Action::Import, self.plan.kind)?;
        desk.because(&format!("import {} line {line}", self.plan.source));
        let mut row = Row::new(&self.plan.columns, cells, *line, self.plan.duplicates);
        let found = self.find(&mut row, desk)?;
        match self.take(&mut row, desk, found) {
            Err(Error::Invalid(known)) => Err(row.all_faults(desk, known, found.is_none())?),
            took => took,
        }
    }

    fn remember(&self, overlay: &mut Overlay, _: Actor, took: &mut Took) -> Result<()> {
        // Written in another form, it may be what was there.
        let wrote = overlay.wrote(Table::Records);
        match took.taken {
            Taken::Skipped => return Ok(()),
            Taken::Updated | Taken::Merged if !wrote => took.taken = Taken::Unchanged,
            _ => {}
        }
        overlay.put(Table::Meta, self.mark.clone(), self.said.to_vec());
        Ok(())
    }
}

/// Takes away marks, so that rows are taken anew.
pub(super) struct Forget {
    pub(super) marks: Vec<u8>,
    pub(super) most: usize,
}

impl Work for Forget {
    type Output = usize;

    fn name(&self, _: &usize) -> &'static str {
        "import.forget"
    }

    fn earlier(&self, _: &Overlay, _: Actor) -> Result<Option<usize>> {
        Ok(None)
    }

    fn run(&self, _: &mut dyn Desk) -> Result<usize> {
        Ok(0)
    }

    fn remember(&self, overlay: &mut Overlay, _: Actor, forgotten: &mut usize) -> Result<()> {
        let range = crate::store::Range::prefix(&self.marks);
        let mut cursor = overlay.range(Table::Meta, range, crate::store::Direction::Forward)?;
        let mut keys = Vec::new();
        while keys.len() < self.most && cursor.step()? {
            keys.push(cursor.key().to_vec());
        }
        *forgotten = keys.len();
        keys.into_iter().for_each(|key| overlay.delete(Table::Meta, key));
        Ok(())
    }
}
