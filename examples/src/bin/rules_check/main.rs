//! Checks rules before they are put in force: `rules_check FILE.. [--data STORE] [--days N] [--language zh]`.
//!
//! A file is a script with its first lines (`.rhai`), or a scoring document in YAML or JSON. What is wrong
//! is marked in the file; the rule's examples are tried. With a store, the rule is tried on the last ninety
//! days (or so many) of its past: scores against what became of its records, automations, guards and
//! assignments on what happened, levels, segments and pools on how it stood. Nothing is written.
//! `--behaviour NAME` binds a behaviour that a document names, for the time being.

mod past;
mod shown;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm_core::base::{Kind, kind};
use crm_core::domain::SPECS;
use crm_core::domain::rule::rules::{Vocabulary, scoring_rule};
use crm_core::domain::rule::{RuleDraft, TestRule};
use crm_core::prelude::{CreateRecord, Crm, Host, KindNo, MemoryStore, Value};
use crm_core::record::schema::Schema;
use crm_core::record::script::{self, Diagnostic, Script};
use crm_examples::Outcome;
use crm_rules::{Scripts, Tongue, read_rule, show};
use crm_store_redb::RedbStore;

struct Asked {
    files: Vec<PathBuf>,
    data: Option<PathBuf>,
    days: i64,
    tongue: Tongue,
    behaviours: Vec<String>,
}

fn main() -> Outcome {
    let asked = asked()?;
    let host = Host::system().with_judges(Arc::new(Scripts::default()));
    let crm = match &asked.data {
        Some(path) if !path.exists() => Err(format!("there is no store `{}`", path.display()))?,
        Some(path) => Crm::open(RedbStore::open(path)?, host)?,
        None => Crm::open(MemoryStore::new(), host)?,
    };
    if asked.data.is_none() {
        for behaviour in &asked.behaviours {
            let activities = Value::List(vec!["web_visit".into()]);
            let fields =
                [("name".to_owned(), behaviour.as_str().into()), ("activities".to_owned(), activities)];
            crm.system().execute(CreateRecord { kind: kind::Behaviour::NO, fields: fields.into() })?;
        }
    }
    let mut wrong = 0;
    for file in &asked.files {
        let source = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.display().to_string();
        wrong += match checked(file, &name, &source, &asked)? {
            Ok(draft) => tried(&crm, draft, (file, &name, &source), &asked)?,
            Err(shown) => {
                println!("{shown}\n");
                1
            }
        };
    }
    match asked.tongue {
        _ if wrong == 0 => Ok(()),
        Tongue::English => Err(format!("{wrong} of {} files have something wrong", asked.files.len()))?,
        Tongue::Chinese => Err(format!("{} 个文件中有 {wrong} 个有问题", asked.files.len()))?,
    }
}

fn asked() -> Outcome<Asked> {
    let mut asked =
        Asked { files: Vec::new(), data: None, days: 90, tongue: Tongue::English, behaviours: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut next = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--data" => asked.data = Some(PathBuf::from(next()?)),
            "--days" => asked.days = next()?.parse()?,
            "--language" => {
                asked.tongue = if next()? == "zh" { Tongue::Chinese } else { Tongue::English };
            }
            "--behaviour" => asked.behaviours.push(next()?),
            file => asked.files.push(PathBuf::from(file)),
        }
    }
    if asked.files.is_empty() {
        Err("rules_check FILE.. [--data STORE] [--days N] [--language zh] [--behaviour NAME]..")?;
    }
    Ok(asked)
}

/// The rule in a file, or what is wrong with it, as it is shown.
fn checked(file: &Path, name: &str, source: &str, asked: &Asked) -> Outcome<Result<RuleDraft, String>> {
    let read = match is_script(file) {
        true => read_rule(source),
        false => scoring_rule(source).map_err(|faults| shown::faults(&faults, source)),
    };
    let problems = match read {
        // A store may have fields and behaviours of its own, which its own check knows.
        Ok(draft) if asked.data.is_some() => return Ok(Ok(draft)),
        Ok(draft) => match diagnosed(file, &draft, source, asked) {
            none if none.is_empty() => return Ok(Ok(draft)),
            problems => problems,
        },
        Err(problems) => problems,
    };
    Ok(Err(show(&problems, name, source, asked.tongue)))
}

fn is_script(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rhai")
}

/// What is wrong with a rule, as far as the fields that every store has tell.
fn diagnosed(file: &Path, draft: &RuleDraft, source: &str, asked: &Asked) -> Vec<Diagnostic> {
    let specs: Vec<_> = SPECS.iter().flat_map(|room| room.iter().copied()).collect();
    let schema = Schema::new(&specs);
    let vocabulary = Vocabulary::new(Vec::new(), &schema);
    let known = |name: &str| {
        let given = asked.behaviours.iter().position(|known| known == name);
        vocabulary.number(name).or(given.and_then(|given| u32::try_from(given).ok()))
    };
    if !is_script(file) {
        return shown::criteria(draft, source, &schema, &known);
    }
    let script = Script {
        name: &draft.name,
        version: 0,
        purpose: draft.purpose,
        kind: KindNo::from_name(&draft.kind).unwrap_or(kind::Lead::NO),
        source,
    };
    let words = script::Vocabulary {
        schema: &schema,
        settings: &Default::default(),
        behaviour: &known,
        commands: crm_core::engine::command_forms(),
    };
    Scripts::default().check(&script, &words).problems
}

/// Tries a rule; answers 1 when something is wrong with it.
fn tried(
    crm: &Crm,
    draft: RuleDraft,
    (file, name, source): (&Path, &str, &str),
    asked: &Asked,
) -> Outcome<usize> {
    let session = crm.system();
    let test = session.dry_run(TestRule { rule: draft.clone() })?;
    if !test.problems.is_empty() {
        match diagnosed(file, &draft, source, asked) {
            none if none.is_empty() => test.problems.iter().for_each(|problem| println!("{name}: {problem}")),
            marked => println!("{}", show(&marked, name, source, asked.tongue)),
        }
    }
    let good = test.examples.iter().filter(|example| example.good).count();
    let (tongue, all) = (asked.tongue, test.examples.len());
    let purpose = shown::label(draft.purpose, tongue);
    match tongue {
        Tongue::English => println!("{name}: {} [{purpose}], {good} of {all} examples come out", draft.name),
        Tongue::Chinese => println!("{name}：{}［{purpose}］，{all} 个示例中 {good} 个相符", draft.name),
    }
    for example in test.examples.iter().filter(|example| !example.good) {
        let (facts, is, expected) = (&example.facts, &example.answered, &example.expected);
        match tongue {
            Tongue::English => println!("  {facts} gives `{is}`, expected is `{expected}`"),
            Tongue::Chinese => println!("  {facts} 得到 `{is}`，应为 `{expected}`"),
        }
    }
    let fine = test.problems.is_empty() && good == all;
    if fine && asked.data.is_some() {
        past::tell(&session, draft, asked.days, tongue)?;
    }
    Ok(usize::from(!fine))
}
