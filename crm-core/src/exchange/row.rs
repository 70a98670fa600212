//! One row of a file, as its door reads it.

use std::collections::BTreeMap;

use super::guard::unguarded;
use super::import::Duplicates;
use super::mapping::Columns;
use super::sheet::Cells;
use crate::base::{KindNo, RecordRef, Value};
use crate::record::desk::{Desk, Lookup};
use crate::record::error::{Error, Invalid, Result};
use crate::record::field::{Field, FieldType};
use crate::record::schema::FieldDef;
use crate::record::spec::{FIRST_CUSTOM, FieldSpec, Form, Layout, Marks, Record};
use crate::record::values;

/// One row of a file. What can't be read is noted, so that a row's faults are told together: read all
/// that is needed, then [`Row::check`].
#[derive(Debug)]
pub struct Row<'a> {
    columns: &'a Columns,
    cells: &'a Cells,
    line: u64,
    duplicates: Duplicates,
    invalid: Vec<Invalid>,
}

impl<'a> Row<'a> {
    pub(super) fn new(columns: &'a Columns, cells: &'a Cells, line: u64, duplicates: Duplicates) -> Self {
        Row { columns, cells, line, duplicates, invalid: Vec::new() }
    }

    /// The line that it starts in; the heading is line 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What is to be done with duplicates.
    pub fn duplicates(&self) -> Duplicates {
        self.duplicates
    }

    /// Whether the row says something about a field.
    pub fn has(&self, field: u16) -> bool {
        !self.text(field).is_empty()
    }

    /// What stands in a field's column, trimmed; empty when it has none.
    pub fn text(&self, field: u16) -> &'a str {
        let mut texts = self.columns.of(field).iter().map(|place| self.cell(*place));
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The items in a field's columns, which stand between `;` or `；`.
    pub fn texts(&self, field: u16) -> Vec<String> {
        let cells = self.columns.of(field).iter().map(|place| self.cell(*place));
        items(cells).map(str::to_owned).collect()
    }

    /// What stands in a column that the mapping named for the door, trimmed; empty when there is none.
    pub fn named(&self, name: &str) -> &'a str {
        self.columns.named(name).map_or("", |place| self.cell(place))
    }

    fn cell(&self, place: usize) -> &'a str {
        unguarded(self.cells.get(place).unwrap_or_default()).trim()
    }

    /// What stands in a field's columns as a value of the field; null when that can't be, which is noted.
    /// A record may be given by its id or by a unique key, such as its code.
    ///
    /// # Errors
    /// When the store fails.
    pub fn value(&mut self, desk: &mut dyn Desk, field: u16) -> Result<Value> {
        let columns = self.columns;
        let Some(field) = columns.schema.field(field) else { return Ok(Value::Null) };
        let mut value = Value::Null;
        for place in columns.of(field.no) {
            match (&mut value, self.cell_value(desk, field, *place)?) {
                (Value::List(items), Value::List(more)) => items.extend(more),
                (value @ Value::Null, read) => *value = read,
                _ => {}
            }
        }
        Ok(value)
    }

    fn cell_value(&mut self, desk: &mut dyn Desk, field: &FieldDef, place: usize) -> Result<Value> {
        if let FieldType::Record(kind) = field.ty {
            return self.records(desk, field, kind, place);
        }
        Ok(values::parse_field(self.cell(place), field, &desk.settings()).unwrap_or_else(|error| {
            self.wrong(&field.name, code(field.ty), error.to_string());
            Value::Null
        }))
    }

    /// The records that a cell names.
    fn records(
        &mut self,
        desk: &mut dyn Desk,
        field: &FieldDef,
        kind: Option<KindNo>,
        place: usize,
    ) -> Result<Value> {
        let cell = self.cell(place);
        let mut found = Vec::new();
        for text in items([cell]).take(if field.many { usize::MAX } else { 1 }) {
            let text = if field.many { text } else { cell };
            match record_named(desk, kind, text)? {
                Some(record) => found.push(record),
                None => {
                    let kind = kind.map_or("record", KindNo::name);
                    self.wrong(&field.name, "reference.unknown", format!("there is no {kind} `{text}`"));
                }
            }
        }
        Ok(if field.many { found.into() } else { found.pop().into() })
    }

    /// What stands in a field's columns as a Rust type; none when nothing does or it can't be read.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read<T: Field>(&mut self, desk: &mut dyn Desk, field: u16) -> Result<Option<T>> {
        let value = self.value(desk, field)?;
        if value.is_empty() {
            return Ok(None);
        }
        Ok(T::from_value(&value).map_err(|error| self.wrong_in(field, error.to_string())).ok())
    }

    /// What stands in a column that the mapping named for the door, as a Rust type; none when nothing does
    /// or it can't be read.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read_named<T: Field>(&mut self, desk: &mut dyn Desk, name: &str) -> Result<Option<T>> {
        let Some(place) = self.columns.named(name) else { return Ok(None) };
        let spec = FieldSpec { no: 0, name: "", en: "", zh: "", shape: T::SHAPE, marks: Marks::default() };
        let field = FieldDef { name: name.to_owned().into(), ..FieldDef::from(&spec) };
        let value = self.cell_value(desk, &field, place)?;
        if value.is_empty() {
            return Ok(None);
        }
        Ok(T::from_value(&value).map_err(|error| self.wrong(name, code(field.ty), error.to_string())).ok())
    }

    /// A record with the values that the row has.
    ///
    /// # Errors
    /// When the store fails.
    pub fn filled<T: Record>(&mut self, desk: &mut dyn Desk) -> Result<T> {
        let mut record = T::empty(desk.new_id());
        for (no, value) in self.values(desk)? {
            if let Err(error) = record.set(no, &value) {
                self.wrong_in(no, error.to_string());
            }
        }
        Ok(record)
    }

    fn wrong_in(&mut self, field: u16, message: String) {
        if let Some(field) = self.columns.schema.field(field) {
            self.wrong(&field.name, code(field.ty), message);
        }
    }

    /// Every value that the row has, by field number.
    ///
    /// # Errors
    /// When the store fails.
    pub fn values(&mut self, desk: &mut dyn Desk) -> Result<Vec<(u16, Value)>> {
        let columns = self.columns;
        let mut values = Vec::new();
        for (field, _) in columns.fields() {
            let value = self.value(desk, field.no)?;
            if !value.is_empty() {
                values.push((field.no, value));
            }
        }
        Ok(values)
    }

    /// The values of custom fields, by machine name.
    ///
    /// # Errors
    /// When the store fails.
    pub fn custom(&mut self, desk: &mut dyn Desk) -> Result<BTreeMap<String, Value>> {
        let columns = self.columns;
        let mut custom = BTreeMap::new();
        for (field, _) in columns.fields().filter(|(field, _)| field.no >= FIRST_CUSTOM) {
            let value = self.value(desk, field.no)?;
            if !value.is_empty() {
                custom.insert(field.name.to_string(), value);
            }
        }
        Ok(custom)
    }

    /// Notes that something is wrong with a field, or with a column named for the door.
    pub fn wrong(&mut self, field: &str, code: &str, message: impl Into<String>) {
        self.note(Invalid::new(field, code, message));
    }

    fn note(&mut self, invalid: Invalid) {
        if !self.invalid.iter().any(|known| known.field == invalid.field && known.code == invalid.code) {
            self.invalid.push(invalid);
        }
    }

    /// Ends the reading of a row.
    ///
    /// # Errors
    /// Invalid, when something was noted.
    pub fn check(&mut self) -> Result<()> {
        if self.invalid.is_empty() { Ok(()) } else { Err(Error::Invalid(std::mem::take(&mut self.invalid))) }
    }

    /// Everything that is wrong with a row of which something is.
    pub(super) fn all_faults(
        &mut self,
        desk: &mut dyn Desk,
        known: Vec<Invalid>,
        new: bool,
    ) -> Result<Error> {
        known.into_iter().for_each(|invalid| self.note(invalid));
        self.values(desk)?;
        let columns = self.columns;
        let required = columns.fields().filter(|(field, _)| new && field.marks.has(Marks::REQUIRED));
        for (field, _) in required {
            if !self.has(field.no) {
                self.wrong(&field.name, "value.required", "a value is required");
            }
        }
        // In the order of the file.
        let mut invalid = std::mem::take(&mut self.invalid);
        invalid.sort_by_key(|invalid| columns.place_of(&invalid.field));
        Ok(Error::Invalid(invalid))
    }
}

/// The items in cells.
fn items<'a>(cells: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    let items = cells.into_iter().flat_map(|cell| cell.split([';', '；']));
    items.map(str::trim).filter(|item| !item.is_empty())
}

/// The code of a value that can't be read.
fn code(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Choice => "value.choice",
        FieldType::Email => "value.email",
        FieldType::Phone => "value.phone",
        FieldType::Record(_) => "reference.unknown",
        _ => "value.type",
    }
}

/// The record that a text names, as the actor sees it: by its id, or by a unique key of one part, such as a
/// code or login. Without a kind, by the `code` of any.
///
/// # Errors
/// When the store fails.
pub fn record_named(desk: &mut dyn Desk, kind: Option<KindNo>, text: &str) -> Result<Option<RecordRef>> {
    if let Ok(record) = text.parse::<RecordRef>() {
        return Ok(kind.is_none_or(|kind| kind == record.kind).then_some(record));
    }
    let schema = desk.schema();
    for schema in schema.kinds().filter(|schema| kind.is_none_or(|kind| kind == schema.spec.kind)) {
        for index in schema.spec.indexes {
            let [part] = index.parts else { continue };
            let is_text =
                schema.spec.field(part.field).is_some_and(|field| field.shape.ty == FieldType::Text);
            let by_text = is_text && matches!(part.form, Form::Value | Form::Folded);
            if !by_text || index.layout != Layout::Unique || kind.is_none() && index.name != "code" {
                continue;
            }
            let lookup =
                Lookup { kind: schema.spec.kind, index: index.no, parts: vec![text.into()], limit: 1 };
            if let Some((record, _)) = desk.find(&lookup)?.pop() {
                return Ok(Some(record));
            }
        }
    }
    Ok(None)
}
