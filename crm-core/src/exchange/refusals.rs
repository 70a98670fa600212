//! Every code with which files, headings and rows are refused before the engine sees them.

/// The codes, each with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("import.no_heading", "the file has no heading"),
    ("import.encoding", "the file is UTF-16 or no text"),
    ("import.not_csv", "the file is a workbook or archive"),
    ("import.unreadable", "the file breaks off"),
    ("import.too_many_columns", "the heading has more columns than are taken"),
    ("import.heading_unknown", "no field is called like the heading"),
    ("import.heading_missing", "the mapping names a heading that the file lacks"),
    ("import.heading_twice", "two columns go where one value goes"),
    ("import.field_read_only", "the heading's field can't be imported"),
    ("import.no_column", "no column goes anywhere"),
    ("import.key_unknown", "the file has no column for the key"),
    ("import.key_without_index", "the kind has no index by the key"),
    ("import.key_ambiguous", "several records have the row's key"),
    ("import.duplicate", "a record has the row's key, and duplicates are rejected"),
    ("csv.open_quote", "a quotation mark is opened and never closed"),
    ("csv.stray_quote", "text follows a closing quotation mark"),
    ("csv.row_too_long", "the row is longer than is taken"),
    ("csv.encoding", "the row is not in UTF-8"),
    ("csv.nul", "the row has bytes of value 0"),
    ("row.too_many_cells", "the row has more cells than the heading"),
    ("row.too_few_cells", "the row has fewer cells than the heading"),
    ("row.unnamed_cell", "there is something in a column without a heading"),
    ("cell.too_long", "a cell is longer than is taken"),
];

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn every_code_is_listed_and_used() {
        let sources = [
            include_str!("csv/mod.rs"),
            include_str!("mapping.rs"),
            include_str!("import.rs"),
            include_str!("run.rs"),
            include_str!("take.rs"),
        ];
        let text = sources.concat();
        for (code, _) in CODES {
            assert!(text.contains(&format!("\"{code}\"")), "{code}");
        }
        let used = text.split('"').filter(|word| {
            let room = word.split_once('.').map(|(room, _)| room);
            ["import", "csv", "row", "cell"].map(Some).contains(&room) && !word.contains(' ')
        });
        for code in used.filter(|code| *code != "import.forget") {
            assert!(CODES.iter().any(|(known, _)| *known == code), "{code}");
        }
    }
}
