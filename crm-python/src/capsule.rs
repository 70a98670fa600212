//! The Arrow PyCapsule interface: streams of record batches from and to any library, without copying.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html>

// The interface hands over a bare pointer: taking the stream behind it is the one unsafe step here.
#![allow(unsafe_code)]

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::SchemaRef;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::failure::{Failure, Result};

const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// Takes the stream that an object with `__arrow_c_stream__` gives. The object's own code runs here;
/// the batches are drawn by whoever reads, without the interpreter's lock.
pub fn take(source: &Bound<'_, PyAny>) -> Result<RecordBatchStreamReader> {
    let name = intern!(source.py(), "__arrow_c_stream__");
    if !source.hasattr(name)? {
        let found = source.get_type().fully_qualified_name()?;
        let message = format!("`{found}` has no `__arrow_c_stream__`: give a frame or table");
        return Err(Failure::frame("frame.not_arrow", message));
    }
    let given = source.call_method0(name)?;
    let Ok(capsule) = given.cast_into::<PyCapsule>() else {
        return Err(Failure::frame("frame.not_arrow", "`__arrow_c_stream__` gave no capsule"));
    };
    let pointer = capsule.pointer_checked(Some(STREAM))?;
    // SAFETY: a capsule of this name holds a stream by the interface's contract. It is moved out,
    // and an empty one left behind, which the capsule's destructor passes over.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr().cast()) };
    RecordBatchStreamReader::try_new(stream).or_else(|error| {
        let found = source.get_type().fully_qualified_name()?;
        let message = format!("the Arrow stream of `{found}` is not a table's: {error}");
        Err(Failure::frame("frame.unreadable", message))
    })
}

/// A capsule with a stream of batches. The batches share their memory with whoever reads it.
pub fn give<'py>(
    py: Python<'py>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    let reader: Box<dyn RecordBatchReader + Send> = Box::new(batches);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(reader), STREAM)
}
