//! What comes in, from where, and how.

use std::io::Read;
use std::sync::Arc;

use super::csv::CsvReader;
use super::door::Door;
use super::doors::door;
use super::mapping::{Columns, Mapping};
use super::report::{Fault, Report, Watch};
use super::run::Run;
use super::sheet::{Limits, Sheet};
use super::take::{Forget, Key, Plan, marks_of};
use crate::base::KindNo;
use crate::engine::Session;
use crate::engine::rehearsal::Rehearsal;
use crate::record::action::{Action, FieldAccess};
use crate::record::error::{Error, Refusal, Result};
use crate::record::schema::KindSchema;
use crate::record::spec::{IndexSpec, Layout, Marks};

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
        Run::new(self, session, plan, rehearsal, watch).all(sheet)
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
            personal: index
                .parts
                .iter()
                .any(|part| schema.field(part.field).is_some_and(|field| field.marks.has(Marks::PERSONAL))),
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
