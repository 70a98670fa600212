//! Comma-separated values, read row by row from anything that gives bytes.
//!
//! At most one row is held. A row that can't be read costs its first line only: reading goes on with the
//! line after it, so that one open quotation mark does not swallow what follows. The looks ahead that this
//! costs come to no more than the file once more: what a second open mark could look over, it closes.

mod split;

use std::io::Read;

use self::split::{Raw, Split, first_line, split};
use super::report::Fault;
use super::sheet::{Cells, Limits, Next, Sheet};

/// How much is read at once.
const BLOCK: usize = 1 << 16;
/// What may stand between cells; the heading shows which.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// A file of comma-separated values in UTF-8, with a heading.
pub struct CsvReader<R> {
    from: R,
    buffer: Vec<u8>,
    start: usize,
    whole: bool,
    line: u64,
    bytes: u64,
    delimiter: u8,
    limits: Limits,
    raw: Raw,
    headings: Vec<String>,
}

impl<R> std::fmt::Debug for CsvReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvReader").field("line", &self.line).field("bytes", &self.bytes).finish()
    }
}

impl<R: Read> CsvReader<R> {
    /// Reads the heading. Without a delimiter the heading tells it: comma, semicolon, tab or bar.
    ///
    /// # Errors
    /// When there is no heading, it has too many columns, or the bytes are none of UTF-8 text.
    ///
    /// ```
    /// use crm_core::exchange::csv::CsvReader;
    /// use crm_core::exchange::{Limits, Next, Sheet};
    /// let mut file = CsvReader::open("姓名;公司\r\n李雷;\"甲;乙\"\r\n".as_bytes(), None, Limits::default()).unwrap();
    /// assert_eq!(file.headings(), ["姓名", "公司"]);
    /// assert_eq!(file.next(), Ok(Next::Row(2, ["李雷", "甲;乙"].into_iter().collect())));
    /// assert_eq!(file.next(), Ok(Next::End));
    /// ```
    pub fn open(from: R, delimiter: Option<u8>, limits: Limits) -> Result<Self, Fault> {
        let mut file = CsvReader {
            from,
            buffer: Vec::new(),
            start: 0,
            whole: false,
            line: 1,
            bytes: 0,
            delimiter: b',',
            limits,
            raw: Raw::default(),
            headings: Vec::new(),
        };
        file.fill()?;
        file.check_beginning()?;
        file.delimiter = delimiter.unwrap_or_else(|| file.find_delimiter());
        file.headings = match file.row()? {
            Next::Row(_, cells) => cells.iter().map(|heading| heading.trim().to_owned()).collect(),
            Next::Bad(_, fault) => return Err(fault),
            Next::End => return Err(Fault::new("import.no_heading", "the file has no heading")),
        };
        let count = file.headings.len();
        if count > limits.columns {
            let message = format!("the file has `{count}` columns; at most {} are taken", limits.columns);
            return Err(Fault::new("import.too_many_columns", message));
        }
        Ok(file)
    }

    /// Tells by its first bytes what a file is that isn't one of UTF-8 text.
    fn check_beginning(&mut self) -> Result<(), Fault> {
        let begins = |with: &[u8]| self.buffer.starts_with(with);
        let utf_16 = begins(&[0xff, 0xfe]) || begins(&[0xfe, 0xff]);
        let first = self.buffer.get(..self.buffer.len().min(BLOCK)).unwrap_or_default();
        if utf_16 || first.iter().take(1024).any(|byte| *byte == 0) {
            return Err(Fault::new(
                "import.encoding",
                "the file is UTF-16 or no text: save it as CSV in UTF-8",
            ));
        }
        if begins(b"PK\x03\x04") {
            return Err(Fault::new("import.not_csv", "the file is a workbook or archive: save it as CSV"));
        }
        if begins(&[0xef, 0xbb, 0xbf]) {
            self.take(3);
        }
        Ok(())
    }

    /// The delimiter that the heading has most of, outside of quotation marks.
    fn find_delimiter(&self) -> u8 {
        let mut counts = [0usize; DELIMITERS.len()];
        let mut quoted = false;
        for byte in self.rest() {
            quoted ^= *byte == b'"';
            if !quoted && (*byte == b'\n' || *byte == b'\r') && counts.iter().any(|count| *count > 0) {
                break;
            }
            if !quoted {
                for (count, delimiter) in counts.iter_mut().zip(DELIMITERS) {
                    *count += usize::from(*byte == delimiter);
                }
            }
        }
        let best = counts.into_iter().zip(DELIMITERS).rev().max_by_key(|(count, _)| *count);
        best.map_or(b',', |(count, delimiter)| if count > 0 { delimiter } else { b',' })
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn take(&mut self, len: usize) {
        self.start += len;
        self.bytes += len as u64;
    }

    /// Reads another block behind what is left.
    fn fill(&mut self) -> Result<(), Fault> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let filled = self.buffer.len();
        // As much again as is there, so that a long row is looked at a few times only.
        self.buffer.resize(filled + filled.max(BLOCK), 0);
        let mut end = filled;
        while let Some(space) = self.buffer.get_mut(end..).filter(|space| !space.is_empty()) {
            match self.from.read(space) {
                Ok(0) => {
                    self.whole = true;
                    break;
                }
                Ok(count) => end += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(end);
                    return Err(Fault::new("import.unreadable", format!("the file can't be read: {error}")));
                }
            }
        }
        self.buffer.truncate(end);
        Ok(())
    }

    /// The next row that isn't an empty line.
    fn row(&mut self) -> Result<Next, Fault> {
        loop {
            if self.rest().is_empty() && self.whole {
                return Ok(Next::End);
            }
            let mut raw = std::mem::take(&mut self.raw);
            let found = split(self.rest(), self.whole, self.delimiter, &mut raw);
            let next = match found {
                Split::More if self.rest().len() <= self.limits.row => {
                    self.fill()?;
                    None
                }
                Split::Row { len, lines } if len <= self.limits.row => self.take_row(&mut raw, len, lines),
                Split::Stray => {
                    Some(self.give_up_line("csv.stray_quote", "text follows a closing quotation mark")?)
                }
                Split::Open => {
                    Some(self.give_up_line("csv.open_quote", "a quotation mark is opened and never closed")?)
                }
                Split::More | Split::Row { .. } => {
                    let limit = self.limits.row;
                    let message = format!(
                        "the row has more than `{limit}` bytes, maybe for a quotation mark left open"
                    );
                    Some(self.give_up_line("csv.row_too_long", &message)?)
                }
            };
            self.raw = raw;
            if let Some(next) = next {
                return Ok(next);
            }
        }
    }

    /// Takes a row out of the buffer; none for an empty line.
    fn take_row(&mut self, raw: &mut Raw, len: usize, lines: u64) -> Option<Next> {
        let line = self.line;
        let bytes = self.rest().get(..len).unwrap_or_default();
        // Looked at with delimiters in: bytes of two cells can't make a letter together.
        let valid = std::str::from_utf8(bytes).is_ok();
        let quoted = bytes.first() == Some(&b'"');
        self.take(len);
        self.line += lines;
        let text = if valid { String::from_utf8(std::mem::take(&mut raw.text)).ok() } else { None };
        let Some(text) = text else {
            let message = "the row is not in UTF-8, maybe in GBK: save the file as CSV in UTF-8";
            return Some(Next::Bad(line, Fault::new("csv.encoding", message)));
        };
        if text.contains('\0') {
            return Some(Next::Bad(
                line,
                Fault::new("csv.nul", "the row has bytes of value 0, which are no text"),
            ));
        }
        if text.is_empty() && raw.ends.len() == 1 && !quoted {
            return None;
        }
        Some(Next::Row(line, Cells::new(text, std::mem::take(&mut raw.ends))))
    }

    /// Leaves out the first line of what is left.
    fn give_up_line(&mut self, code: &str, message: &str) -> Result<Next, Fault> {
        let line = self.line;
        loop {
            if let Some(len) = first_line(self.rest(), self.whole) {
                self.take(len);
                self.line += 1;
                break;
            }
            let keep = usize::from(self.rest().last() == Some(&b'\r') && !self.whole);
            self.take(self.rest().len() - keep);
            if self.whole {
                break;
            }
            self.fill()?;
        }
        Ok(Next::Bad(line, Fault::new(code, message)))
    }
}

impl<R: Read> Sheet for CsvReader<R> {
    fn headings(&self) -> &[String] {
        &self.headings
    }

    fn next(&mut self) -> Result<Next, Fault> {
        let next = self.row()?;
        let Next::Row(line, cells) = &next else { return Ok(next) };
        for (place, cell) in cells.iter().enumerate() {
            if cell.len() > self.limits.cell {
                let message =
                    format!("the cell has `{}` bytes; at most {} are taken", cell.len(), self.limits.cell);
                let heading = self.headings.get(place).map_or("", String::as_str);
                return Ok(Next::Bad(*line, Fault::new("cell.too_long", message).at(heading, cell)));
            }
        }
        Ok(next)
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }
}

#[cfg(test)]
mod tests;
