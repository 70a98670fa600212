//! A table that is read row by row, whatever file it comes from.

use super::report::Fault;

/// The cells of one row, one after the other in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    /// Cells in one text, each up to its end.
    pub(super) fn new(text: String, ends: Vec<usize>) -> Self {
        Cells { text, ends }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at a place, from 0.
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end)
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// Whether nothing but white space is in it.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// How many bytes the cells hold.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

impl<'a> FromIterator<&'a str> for Cells {
    fn from_iter<I: IntoIterator<Item = &'a str>>(cells: I) -> Self {
        let mut all = Cells::default();
        for cell in cells {
            all.text.push_str(cell);
            all.ends.push(all.text.len());
        }
        all
    }
}

/// What comes next in a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A row, and the line that it starts in; the heading is line 1.
    Row(u64, Cells),
    /// A line that is no row.
    Bad(u64, Fault),
    /// Nothing more.
    End,
}

/// A table that is read row by row.
pub trait Sheet {
    /// The headings of its columns.
    fn headings(&self) -> &[String];

    /// The next row.
    ///
    /// # Errors
    /// What keeps the rest of the table from being read.
    fn next(&mut self) -> Result<Next, Fault>;

    /// How many bytes were read so far.
    fn bytes(&self) -> u64;
}

/// How large the parts of a table may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of a row.
    pub row: usize,
    /// Bytes of a cell.
    pub cell: usize,
    /// Columns.
    pub columns: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { row: 1 << 20, cell: 1 << 16, columns: 1000 }
    }
}
