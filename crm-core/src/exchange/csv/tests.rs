use std::io::Read;

use super::*;

/// Gives a few bytes at a time.
struct Drop<'a>(&'a [u8], usize);

impl Read for Drop<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = self.1.min(out.len()).min(self.0.len());
        let (now, later) = self.0.split_at(len);
        out[..len].copy_from_slice(now);
        self.0 = later;
        Ok(len)
    }
}

/// Every row as `line:cell|cell`, every bad line as `line!code`.
fn read(bytes: &[u8], limits: Limits, step: usize) -> Result<Vec<String>, String> {
    let mut file = CsvReader::open(Drop(bytes, step), None, limits).map_err(|fault| fault.code)?;
    let mut rows = vec![format!("1:{}", file.headings().join("|"))];
    loop {
        match file.next().map_err(|fault| fault.code)? {
            Next::Row(line, cells) => {
                rows.push(format!("{line}:{}", cells.iter().collect::<Vec<_>>().join("|")))
            }
            Next::Bad(line, fault) => rows.push(format!("{line}!{}", fault.code)),
            Next::End => break,
        }
    }
    assert_eq!(file.bytes(), bytes.len() as u64);
    Ok(rows)
}

fn check(bytes: &[u8], expected: &[&str]) {
    for step in [1, 7, 1 << 20] {
        let rows = read(bytes, Limits { row: 64, cell: 30, columns: 4 }, step);
        assert_eq!(rows.unwrap(), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn files_as_programs_save_them() {
    check(b"\xef\xbb\xbfa,b\r\n1,2\r\n", &["1:a|b", "2:1|2"]);
    check(b"a,b\r\n\r\n\"1\r\n2\",3\r\n4,5", &["1:a|b", "3:1\r\n2|3", "5:4|5"]);
    check(b"a,b\r1,2\r", &["1:a|b", "2:1|2"]);
    check(b"a\tb\n1,5\t2\n", &["1:a|b", "2:1,5|2"]);
    check(b"\"a,b,c\";d\n1;2\n", &["1:a,b,c|d", "2:1|2"]);
    check(b"a\n\"\"\n\nx\n", &["1:a", "2:", "4:x"]);
    check(b"\n\na,b\n1,2\n", &["1:a|b", "4:1|2"]);
}

#[test]
fn one_bad_row_costs_one_line() {
    check(b"a,b\n1,\"2\n3,4\n5,6\n", &["1:a|b", "2!csv.open_quote", "3:3|4", "4:5|6"]);
    check(b"a,b\n1,\"2\"x\n3,4\n", &["1:a|b", "2!csv.stray_quote", "3:3|4"]);
    check(b"a,b\n\xc0\xee,2\n3,4\n", &["1:a|b", "2!csv.encoding", "3:3|4"]);
    check(b"a,b\n\xe4\xb8,\xad\n3,4\n", &["1:a|b", "2!csv.encoding", "3:3|4"]);
    let long = "x".repeat(100);
    check(format!("a,b\n{long},2\n3,4\n").as_bytes(), &["1:a|b", "2!csv.row_too_long", "3:3|4"]);
    check(format!("a,b\n{},2\n3,4\n", &long[..40]).as_bytes(), &["1:a|b", "2!cell.too_long", "3:3|4"]);
    let open = format!("a,b\n1,\"{}", "3,4\n".repeat(30));
    let rows = read(open.as_bytes(), Limits { row: 64, cell: 30, columns: 4 }, 50).unwrap();
    assert_eq!((rows[1].as_str(), rows.len()), ("2!csv.open_quote", 31));
}

#[test]
fn files_that_are_refused() {
    let rows = "a,".repeat(20_000);
    for (bytes, code) in [
        (&b""[..], "import.no_heading"),
        (b"\n\r\n", "import.no_heading"),
        (b"\xff\xfea\0,\0b\0", "import.encoding"),
        (b"a\0,\0b\0\n\0", "import.encoding"),
        (b"PK\x03\x04abc", "import.not_csv"),
        (b"\xd0\xd5\xc3\xfb,b\n", "csv.encoding"),
        (b"a,b,c,d,e\n", "import.too_many_columns"),
        (rows.as_bytes(), "csv.row_too_long"),
    ] {
        for step in [1, 1 << 20] {
            let limits = Limits { row: 64, cell: 30, columns: 4 };
            assert_eq!(read(bytes, limits, step), Err(code.to_owned()), "{code}");
        }
    }
    let ten_thousand = (0..10_000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let refused = read(ten_thousand.as_bytes(), Limits::default(), 4096);
    assert_eq!(refused, Err("import.too_many_columns".to_owned()));
}
