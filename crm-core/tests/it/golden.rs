//! What may never change unseen: stored numbers, codes and bytes. `CRM_BLESS=1` writes the files anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm_core::base::choice::Choice;
use crm_core::domain::forecast as kept;
use crm_core::domain::{
    SPECS, activity, catalog, lead, model, notice, opportunity, org, party, pool, rule, target, task,
};
use crm_core::engine::command_names;
use crm_core::engine::flows::edit::{CreateRecord, DeleteRecord, UpdateRecord};
use crm_core::insight::{churn, clv, forecast, learn, level, rfm};
use crm_core::prelude::*;
use crm_core::record::field::Shape;
use crm_core::record::key;
use crm_core::record::spec::{Marks, Part};
use crm_core::store::{Direction, Range, Table};

fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("CRM_BLESS").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(&path, text).expect("a golden file is written");
        return;
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    for (place, (was, is)) in golden.lines().zip(text.lines()).enumerate() {
        assert_eq!(was, is, "{name}, line {}", place + 1);
    }
    assert_eq!(
        golden.lines().count(),
        text.lines().count(),
        "{name} has other lines; CRM_BLESS=1 writes it anew"
    );
}

fn type_of(shape: &Shape) -> String {
    let many = if shape.many { "list of " } else { "" };
    let null = if shape.optional && !shape.many { "?" } else { "" };
    format!("{many}{:?}{null}", shape.ty)
}

/// Every kind's fields and indexes: numbers and types are stored and never change or come again.
#[test]
fn kinds_keep_their_numbers() {
    let mut text = String::new();
    let mut specs: Vec<_> = SPECS.iter().flat_map(|room| room.iter()).collect();
    specs.sort_by_key(|spec| spec.kind);
    for spec in specs {
        writeln!(text, "{} {} {:?}", spec.kind.0, spec.kind.name(), spec.visibility).unwrap();
        for field in spec.fields {
            let mut marks = String::new();
            for (mark, name) in [
                (Marks::REQUIRED, " required"),
                (Marks::PERSONAL, " personal"),
                (Marks::SYSTEM, " system"),
                (Marks::SEARCHED, " searched"),
            ] {
                marks.push_str(if field.marks.has(mark) { name } else { "" });
            }
            writeln!(text, "  {} {}: {}{marks}", field.no, field.name, type_of(&field.shape)).unwrap();
            for column in field.shape.columns {
                writeln!(text, "       {}: {}", column.name, type_of(column.shape)).unwrap();
            }
            let choices: Vec<&str> = field.shape.choices.iter().map(|choice| choice.code).collect();
            if !choices.is_empty() {
                writeln!(text, "       {}", choices.join(" ")).unwrap();
            }
        }
        for index in spec.indexes {
            let part = |part: &Part| {
                let field = spec.field(part.field).map_or("?", |field| field.name);
                format!("{field} as {:?}", part.form)
            };
            let parts: Vec<String> = index.parts.iter().map(part).collect();
            writeln!(text, "  index {} {}: {:?} of {}", index.no, index.name, index.layout, parts.join(", "))
                .unwrap();
        }
    }
    check("kinds.txt", &text);
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Whether a literal has the form of a code: words and a dot between.
fn is_code(text: &str) -> bool {
    let word = |word: &str| {
        word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    text.split('.').count() == 2 && text.split('.').all(word)
}

/// The codes in a file's code, tests and comments aside. Names of commands and of due work have the same form; they
/// stand after `as` and `=`, where a code is one that its room tells the meaning of.
fn codes_in(source: &str, meanings: &BTreeMap<&str, &str>) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut codes = BTreeSet::new();
    let mut before = "";
    for line in code.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let parts: Vec<&str> = line.split('"').collect();
        for (place, literal) in parts.iter().enumerate().skip(1).step_by(2) {
            let stands_after = format!("{before} {}", parts[place - 1]);
            let named =
                stands_after.trim_end().ends_with(" as") || stands_after.trim_end().ends_with("&str =");
            let named = named && !meanings.contains_key(literal);
            if is_code(literal) && !named && !literal.starts_with("me.") {
                codes.insert((*literal).to_owned());
            }
        }
        before = line;
    }
    codes
}

/// Every code with which the engine refuses, what its room says of it, and where it comes from.
#[test]
fn codes_stay() {
    let rooms: &[&[(&str, &str)]] = &[
        activity::CODES,
        catalog::CODES,
        learn::CODES,
        churn::CODES,
        clv::CODES,
        forecast::CODES,
        level::CODES,
        model::CODES,
        crm_core::engine::insight::CODES,
        rfm::CODES,
        lead::CODES,
        notice::CODES,
        opportunity::CODES,
        org::CODES,
        party::CODES,
        pool::CODES,
        rule::CODES,
        task::CODES,
        target::CODES,
        kept::CODES,
    ];
    let meanings: BTreeMap<&str, &str> = rooms.iter().flat_map(|room| room.iter().copied()).collect();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    rust_files(&src, &mut paths);
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Files of tests, and where rooms list their codes.
    let aside = ["refusals.rs", "tests.rs", "properties.rs", "naive.rs", "sample.rs"];
    let is_aside = |path: &PathBuf| {
        aside.iter().any(|name| path.to_string_lossy().ends_with(name))
            || path.iter().any(|part| part == "tests")
    };
    for path in paths.iter().filter(|path| !is_aside(path)) {
        let place = path.strip_prefix(&src).expect("a source").to_string_lossy().replace('\\', "/");
        for code in codes_in(&fs::read_to_string(path).expect("a source"), &meanings) {
            used.entry(code).or_default().insert(place.clone());
        }
    }
    // A command's name is none, unless a room says so.
    used.retain(|code, _| meanings.contains_key(code.as_str()) || !command_names().contains(&code.as_str()));
    let mut text = String::new();
    let all: BTreeSet<&str> = used.keys().map(String::as_str).chain(meanings.keys().copied()).collect();
    for code in all {
        writeln!(text, "{code}: {}", meanings.get(code).unwrap_or(&"")).unwrap();
        for place in used.get(code).into_iter().flatten() {
            writeln!(text, "    {place}").unwrap();
        }
    }
    let unused: Vec<&str> = meanings.keys().copied().filter(|code| !used.contains_key(*code)).collect();
    assert_eq!(unused, Vec::<&str>::new(), "codes that nothing refuses with");
    check("codes.txt", &text);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A small history on a fixed host, byte by byte: image, entry, index and unique keys, what else a file holds.
#[test]
fn stored_bytes_stay() {
    let (host, clock) = Host::fixed("2026-01-01T00:00:00Z".parse().unwrap(), 7);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let crm = Crm::open_shared(store.clone(), host).unwrap();
    let fields = |pairs: &[(&str, Value)]| -> BTreeMap<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    };
    let create = |kind: &str, pairs: &[(&str, Value)]| {
        let kind = KindNo::from_name(kind).unwrap();
        crm.system().execute(CreateRecord { kind, fields: fields(pairs) }).unwrap()
    };
    let north = create("department", &[("name", "北区".into())]);
    let gone = create("department", &[("name", "south".into()), ("parent", north.into())]);
    create("user", &[("login", "Li.Na".into()), ("name", "李娜".into()), ("department", north.into())]);
    clock.set("2026-01-02T03:04:05.000006Z".parse().unwrap());
    let change =
        UpdateRecord { record: north, revision: None, fields: fields(&[("name", "华北区".into())]) };
    crm.system().execute_once("key", change).unwrap();
    crm.system().execute(DeleteRecord { record: gone, revision: None, reason: "closed".into() }).unwrap();
    let snapshot = store.snapshot().unwrap();
    let mut text = String::new();
    for table in Table::ALL {
        writeln!(text, "{}", table.name()).unwrap();
        let mut cursor = snapshot.range(table, Range::all(), Direction::Forward).unwrap();
        while cursor.step().unwrap() {
            // What indexes are made of changes with every kind; `kinds.txt` shows that.
            let value = if cursor.key() == b"indexes" { String::new() } else { hex(cursor.value()) };
            writeln!(text, "  {} = {value}", hex(cursor.key())).unwrap();
        }
    }
    check("store.txt", &text);
}

/// The bytes of every type of value, in records and in keys.
#[test]
fn bytes_of_values_stay() {
    let lead = LeadId::from_u128(7).record();
    let values: Vec<Value> = vec![
        Value::Null,
        false.into(),
        true.into(),
        0i64.into(),
        (-1i64).into(),
        i64::MAX.into(),
        Value::Decimal("-12.340".parse().unwrap()),
        Value::Decimal("79228162514264337593543950335".parse().unwrap()),
        "".into(),
        "a\0b 科技".into(),
        "long ".repeat(50).into(),
        Value::Date("2026-02-28".parse().unwrap()),
        Value::Instant("1969-12-31T23:59:59.999999Z".parse().unwrap()),
        Value::Duration(Span::from_hours(-1)),
        Value::Money("99.90 CNY".parse().unwrap()),
        lead.into(),
        Value::List(vec!["x".into(), Value::Null, 1i64.into()]),
    ];
    let mut text = String::new();
    for value in &values {
        let (mut stored, mut part) = (Vec::new(), Vec::new());
        crm_core::record::codec::put_value(&mut stored, value);
        key::put_value(&mut part, value);
        let shown: String = value.to_string().chars().take(30).collect();
        writeln!(text, "{} {shown:?}\n  stored {}\n  key    {}", value.type_name(), hex(&stored), hex(&part))
            .unwrap();
    }
    writeln!(text, "record key {}", hex(&key::record(lead))).unwrap();
    writeln!(text, "index key  {}", hex(&key::index(lead.kind, 3, key::BY_ACCESSOR))).unwrap();
    writeln!(text, "unique key {}", hex(&key::unique(lead.kind, 3))).unwrap();
    for action in Action::ALL {
        writeln!(text, "action {} {}", *action as u8, action.code()).unwrap();
    }
    check("values.txt", &text);
}
