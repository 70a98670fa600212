//! The table that calls answer with: an Arrow stream that any library reads without copying.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::capsule;
use crate::failure::{Failure, Result, detached};
use crate::frame::Frame;

/// A table of columns, for any library that reads Arrow: `polars.DataFrame(table)`,
/// `pyarrow.table(table)`, `duckdb.from_arrow(table)`. It can be read any number of times.
#[pyclass(frozen, module = "crm", name = "Table")]
#[derive(Debug)]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of one batch.
    pub fn new(columns: Vec<(&str, ArrayRef)>) -> Result<Self> {
        let rows = columns.first().map_or(0, |(_, values)| values.len());
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, values)| Field::new(*name, values.data_type().clone(), values.is_nullable()))
            .collect();
        let columns = columns.into_iter().map(|(_, values)| values).collect();
        let schema = Arc::new(Schema::new(fields));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &options)?;
        Ok(Table { schema, batches: vec![batch] })
    }

    /// A table of one batch whose columns may all lack values.
    pub fn nullable(columns: Vec<(&str, ArrayRef)>) -> Result<Self> {
        let table = Table::new(columns)?;
        let fields = table.schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let batches = table.batches.into_iter().map(|batch| batch.with_schema(schema.clone()));
        let batches = batches.collect::<std::result::Result<_, _>>()?;
        Ok(Table { schema, batches })
    }

    /// Tables of one schema as one.
    pub fn below_each_other(tables: Vec<Table>) -> Result<Self> {
        let mut tables = tables.into_iter();
        let Some(mut first) = tables.next() else { return Table::new(Vec::new()) };
        tables.for_each(|table| first.batches.extend(table.batches));
        Ok(first)
    }
}

#[pymethods]
impl Table {
    /// The table that an object with `__arrow_c_stream__` stands for.
    #[staticmethod]
    fn from_arrow(py: Python<'_>, source: &Bound<'_, PyAny>) -> Result<Self, PyErr> {
        let stream = capsule::take(source)?;
        let (schema, batches) = detached(py, || Frame::read(stream))?.into_parts();
        Ok(Table { schema, batches })
    }

    /// The number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The types of the columns, in Arrow's words.
    #[getter]
    fn column_types(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.data_type().to_string()).collect()
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<crm.Table: {} rows; {}>", self.num_rows(), self.column_names().join(", "))
    }

    /// The Arrow stream. `requested_schema` is a wish that the interface allows to pass over.
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        drop(requested_schema);
        capsule::give(py, self.schema.clone(), self.batches.clone())
    }
}

/// A column of a name whose length differs from that of the first.
pub fn same_length(name: &str, rows: usize, expected: usize) -> Result<()> {
    if rows == expected {
        return Ok(());
    }
    let message = format!("column `{name}` has {rows} rows, not {expected}");
    Err(Failure::column(name, None, "column.range", message))
}
