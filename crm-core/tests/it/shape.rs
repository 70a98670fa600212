//! The house's own rules, held by reading the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crm_core::base::kind::KINDS;
use crm_core::domain::SPECS;

/// The longest a file may get, in lines.
const LONGEST: usize = 700;
const BANNED: [&str; 6] = ["util", "utils", "helper", "helpers", "common", "manager"];

/// A source file: its path within its crate's `src`, and its lines.
struct Source {
    path: String,
    lines: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn read(folder: &Path) -> Vec<Source> {
    let mut paths = Vec::new();
    rust_files(folder, &mut paths);
    let source = |path: &PathBuf| Source {
        path: path.strip_prefix(folder).expect("a file in it").to_string_lossy().replace('\\', "/"),
        lines: fs::read_to_string(path).expect("a source file").lines().map(str::to_owned).collect(),
    };
    paths.iter().map(source).collect()
}

fn core() -> Vec<Source> {
    read(&root().join("crm-core/src"))
}

impl Source {
    /// What the code, comments aside, names of this crate: the module, or below `domain` the room; macros are left
    /// out, for they are the crate's own words.
    fn names(&self) -> BTreeSet<String> {
        let code: Vec<&str> =
            self.lines.iter().map(|line| line.trim()).filter(|line| !line.starts_with("//")).collect();
        let code = code.join("\n");
        let mut names = BTreeSet::new();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            for part in first_parts(rest) {
                names.insert(part);
            }
        }
        names
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    &text[..end]
}

/// The first words of a path, or of each path of a group in braces; macros answer nothing.
fn first_parts(rest: &str) -> Vec<String> {
    if let Some(group) = rest.strip_prefix('{') {
        let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
        for (at, letter) in group.char_indices() {
            let ends = letter == '}' && depth == 0;
            if ends || letter == ',' && depth == 0 {
                parts.extend(first_parts(group[start..at].trim()));
                start = at + 1;
            }
            match letter {
                '{' => depth += 1,
                '}' if ends => break,
                '}' => depth -= 1,
                _ => {}
            }
        }
        return parts;
    }
    let first = word(rest);
    let after = &rest[first.len()..];
    if after.starts_with('!') || MACROS.contains(&first) && !after.starts_with("::") || first.is_empty() {
        return Vec::new();
    }
    match (first, after.strip_prefix("::")) {
        ("domain", Some(room)) => vec![format!("domain::{}", word(room))],
        _ => vec![first.to_owned()],
    }
}

const MACROS: [&str; 5] = ["choice", "choice_fields", "command", "record", "row"];

/// What a file's floor may name.
fn allowed(path: &str) -> Option<Vec<String>> {
    let mut parts = path.split('/');
    let floor = parts.next().unwrap_or_default();
    let names: Vec<&str> = match floor {
        "base" => vec!["base"],
        "record" => vec!["base", "record", "store"],
        "store" => vec!["store"],
        "insight" => vec!["base", "record", "insight"],
        "exchange" => vec!["base", "record", "store", "domain", "engine", "exchange"],
        "domain" => {
            let room = format!("domain::{}", parts.next().unwrap_or_default());
            let own = path != "domain/mod.rs";
            return own.then(|| vec!["base".into(), "record".into(), room]);
        }
        _ => return None,
    };
    Some(names.into_iter().map(str::to_owned).collect())
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for source in core() {
        let Some(allowed) = allowed(&source.path) else { continue };
        for name in source.names() {
            let floor = name.split("::").next().unwrap_or_default();
            if !allowed.contains(&name) && !allowed.iter().any(|one| one == floor) {
                wrong.push(format!("{} names {name}", source.path));
            }
            // Of the store, the record floor knows its error alone.
            let of_store = |line: &&String| {
                line.contains("crate::store::") && !line.contains("crate::store::StoreError")
            };
            if name == "store" && source.path.starts_with("record/") {
                wrong.extend(
                    source.lines.iter().filter(of_store).map(|line| format!("{}: {line}", source.path)),
                );
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_rule_sees_what_it_forbids() {
    let of = |line: &str| Source { path: String::new(), lines: vec![line.to_owned()] }.names();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of("use crate::engine::Crm;"), set(&["engine"]));
    assert_eq!(of("use crate::domain::lead::{Lead, NEW};"), set(&["domain::lead"]));
    assert_eq!(of("use crate::{base::Id, domain::org, choice};"), set(&["base", "domain::org"]));
    assert_eq!(of("    x: crate::store::StoreError,"), set(&["store"]));
    assert_eq!(of("crate::choice! {"), set(&[]));
    assert_eq!(of("/// See [`crate::engine`]."), set(&[]));
}

#[test]
fn every_room_has_its_shape() {
    let mut wrong = Vec::new();
    let rooms = root().join("crm-core/src/domain");
    for entry in fs::read_dir(&rooms).expect("the rooms") {
        let room = entry.expect("a room").path();
        if !room.is_dir() {
            continue;
        }
        let has = |name: &str| room.join(name).exists();
        let door = fs::read_to_string(room.join("mod.rs")).unwrap_or_default();
        let refusals = has("refusals.rs") || door.contains("pub const CODES");
        for (what, there) in [
            ("a door with a word of what it is about", door.starts_with("//! ")),
            ("a noun", has("noun.rs") || has("noun")),
            ("its refusals", refusals),
            ("its kinds", door.contains("pub const SPECS")),
        ] {
            if !there {
                wrong.push(format!("{} lacks {what}", room.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_kind_is_declared_once_and_whole() {
    let specs: Vec<_> = SPECS.iter().flat_map(|room| room.iter()).collect();
    let mut wrong = Vec::new();
    for kind in KINDS {
        let of_kind = specs.iter().filter(|spec| spec.kind == kind.no).count();
        if of_kind != 1 {
            wrong.push(format!("{} is declared {of_kind} times", kind.name));
        }
    }
    for spec in specs {
        let kind = spec.kind;
        let mut numbers = BTreeSet::new();
        let mut names = BTreeSet::new();
        for field in spec.fields {
            if !numbers.insert(field.no) || !names.insert(field.name) {
                wrong.push(format!("{kind}: `{}` or its number {} comes twice", field.name, field.no));
            }
            if field.no >= crm_core::record::spec::FIRST_CUSTOM || field.en.is_empty() || field.zh.is_empty()
            {
                wrong.push(format!("{kind}: `{}` lacks a label or has a custom field's number", field.name));
            }
        }
        if !spec.fields.is_sorted_by_key(|field| field.no) {
            wrong.push(format!("{kind}: fields are not in the order of their numbers"));
        }
        let mut indexes = BTreeSet::from([0, 0xff]);
        for index in spec.indexes {
            let fields = index.parts.iter().all(|part| spec.field(part.field).is_some());
            if !indexes.insert(index.no) || !fields || index.parts.is_empty() {
                wrong.push(format!("{kind}: index {} `{}`", index.no, index.name));
            }
        }
        let parts = [Some(spec.title), spec.collaborators, spec.pool];
        if parts.into_iter().flatten().any(|field| spec.field(field).is_none()) {
            wrong.push(format!("{kind}: a part is played by a field that it hasn't"));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn files_are_read_in_one_sitting_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for member in ["crm-core", "crm-store-redb", "examples", "benches"] {
        for part in ["src", "tests", "benches"] {
            for source in read(&root().join(member).join(part)) {
                let place = format!("{member}/{part}/{}", source.path);
                if source.lines.len() > LONGEST {
                    wrong.push(format!("{place} has {} lines", source.lines.len()));
                }
                let stem = |name: &str| BANNED.contains(&name.trim_end_matches(".rs"));
                if source.path.split('/').any(stem) {
                    wrong.push(format!("{place} says nothing of what it is"));
                }
                let tests = source.path.contains("tests");
                if part == "src"
                    && !tests
                    && !source.lines.first().is_some_and(|line| line.starts_with("//!"))
                {
                    wrong.push(format!("{place} does not begin with what it is"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The README shows exactly the program that is compiled and run.
#[test]
fn the_readme_shows_the_example() {
    let Ok(example) = fs::read_to_string(root().join("examples/src/bin/embed_minimal.rs")) else { return };
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else { return };
    let shown = readme.split("```rust").skip(1).filter_map(|rest| rest.split("```").next());
    let blocks: Vec<&str> =
        shown.map(|block| block.trim_start_matches(|letter| letter != '\n').trim()).collect();
    assert!(blocks.contains(&example.trim()), "README.md shows another program than embed_minimal.rs");
}
