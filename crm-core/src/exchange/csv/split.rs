//! One row of comma-separated values out of bytes (RFC 4180): a pure function.

/// What the bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A row of so many bytes, with so many line ends in and after it.
    Row {
        /// Bytes, with the line end.
        len: usize,
        /// Line ends.
        lines: u64,
    },
    /// A row that does not end here.
    More,
    /// A quotation mark that nothing closes.
    Open,
    /// Text after a closing quotation mark.
    Stray,
}

/// The cells of a row as bytes, without quotation marks.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) text: Vec<u8>,
    pub(super) ends: Vec<usize>,
}

/// Reads the row that the bytes begin with; `whole` says that no more bytes follow.
///
/// Rows end in `\n`, `\r\n` or `\r`. A quotation mark inside a cell that doesn't begin with one is a letter
/// like any other.
pub(super) fn split(bytes: &[u8], whole: bool, delimiter: u8, raw: &mut Raw) -> Split {
    raw.text.clear();
    raw.ends.clear();
    let (mut at, mut lines) = (0, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let end = if rest.first() == Some(&b'"') {
            match quoted(bytes, at + 1, whole, raw) {
                Ok((end, breaks)) => {
                    lines += breaks;
                    end
                }
                Err(split) => return split,
            }
        } else {
            let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
            let len = match rest.iter().position(ends) {
                Some(len) => len,
                None if whole => rest.len(),
                None => return Split::More,
            };
            raw.text.extend_from_slice(rest.get(..len).unwrap_or_default());
            at + len
        };
        raw.ends.push(raw.text.len());
        match (bytes.get(end), bytes.get(end + 1)) {
            (Some(byte), _) if *byte == delimiter => at = end + 1,
            (Some(b'\r'), Some(b'\n')) => return Split::Row { len: end + 2, lines: lines + 1 },
            (Some(b'\r'), None) if !whole => return Split::More,
            (Some(b'\r' | b'\n'), _) => return Split::Row { len: end + 1, lines: lines + 1 },
            (Some(_), _) => return Split::Stray,
            (None, _) if whole => return Split::Row { len: end, lines },
            (None, _) => return Split::More,
        }
    }
}

/// Reads a quoted cell from after its opening mark; answers where it ends and how many lines it breaks.
fn quoted(bytes: &[u8], start: usize, whole: bool, raw: &mut Raw) -> Result<(usize, u64), Split> {
    let (mut at, mut lines) = (start, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(len) = rest.iter().position(|byte| *byte == b'"') else {
            return Err(if whole { Split::Open } else { Split::More });
        };
        let text = rest.get(..len).unwrap_or_default();
        raw.text.extend_from_slice(text);
        lines += line_ends(text);
        let after = at + len + 1;
        match bytes.get(after) {
            Some(b'"') => {
                raw.text.push(b'"');
                at = after + 1;
            }
            None if !whole => return Err(Split::More),
            _ => return Ok((after, lines)),
        }
    }
}

/// How many lines end in the bytes.
fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut after_return = false;
    for byte in bytes {
        count += u64::from(*byte == b'\r' || *byte == b'\n' && !after_return);
        after_return = *byte == b'\r';
    }
    count
}

/// The length of the first line with its end, if it ends.
pub(super) fn first_line(bytes: &[u8], whole: bool) -> Option<usize> {
    let place = bytes.iter().position(|byte| *byte == b'\n' || *byte == b'\r')?;
    match (bytes.get(place), bytes.get(place + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(place + 2),
        (Some(b'\r'), None) if !whole => None,
        _ => Some(place + 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(bytes: &[u8], whole: bool) -> (Split, Vec<String>) {
        let mut raw = Raw::default();
        let split = split(bytes, whole, b',', &mut raw);
        let mut start = 0;
        let cell = |end: &usize| {
            let text = String::from_utf8_lossy(&raw.text[start..*end]).into_owned();
            start = *end;
            text
        };
        (split, raw.ends.iter().map(cell).collect())
    }

    #[test]
    fn rows() {
        for (bytes, len, lines, expected) in [
            ("a,b\nc", 4, 1, vec!["a", "b"]),
            ("a,b\r\nc", 5, 1, vec!["a", "b"]),
            ("a\rb", 2, 1, vec!["a"]),
            ("", 0, 0, vec![""]),
            ("a,", 2, 0, vec!["a", ""]),
            ("\"a,\"\"b\"\"\",c\n", 12, 1, vec!["a,\"b\"", "c"]),
            ("\"a\r\nb\nc\rd\",e", 12, 3, vec!["a\r\nb\nc\rd", "e"]),
            ("a \"b\" c,d\n", 10, 1, vec!["a \"b\" c", "d"]),
            ("\"\",\"\"\n", 6, 1, vec!["", ""]),
        ] {
            let expected = (Split::Row { len, lines }, expected.into_iter().map(str::to_owned).collect());
            assert_eq!(cells(bytes.as_bytes(), true), expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_row() {
        for (bytes, whole, expected) in [
            ("a,\"b\nc,d\n", true, Split::Open),
            ("a,\"b\nc,d\n", false, Split::More),
            ("\"a\"b,c\n", true, Split::Stray),
            ("\"a\" ,c\n", true, Split::Stray),
            ("a,b", false, Split::More),
            ("a,b\r", false, Split::More),
            ("a,\"b\"", false, Split::More),
        ] {
            assert_eq!(cells(bytes.as_bytes(), whole).0, expected, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn a_longer_look_never_changes_a_row(bytes in "[a\",\r\n]{0,12}", cut in 0usize..12) {
            let bytes = bytes.as_bytes();
            let start = &bytes[..cut.min(bytes.len())];
            let (early, early_cells) = cells(start, false);
            if early != Split::More {
                let (late, late_cells) = cells(bytes, true);
                prop_assert_eq!(early, late);
                prop_assert!(early == Split::Stray || early_cells == late_cells);
            }
        }

        #[test]
        fn quoted_cells_come_back(rows in prop::collection::vec("[a\",\r\n中]{0,6}", 1..4)) {
            let quoted: Vec<_> = rows.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let (_, read) = cells(quoted.join(",").as_bytes(), true);
            prop_assert_eq!(read, rows);
        }
    }
}
