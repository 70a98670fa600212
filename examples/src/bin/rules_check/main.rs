//! Checks rules before they are put in force: `rules_check FILE.. [--data STORE] [--days N] [--language zh]`.
//!
//! A file is a script with its first lines (`.rhai`), or a scoring document in YAML or JSON. What is wrong
//! is marked in the file; the rule's examples are tried. With a store, the rule is tried on the last ninety
//! days (or so many) of its past: scores against what became of its records, automations, guards and
//! assignments on what happened, levels, segments and pools on how it stood. Nothing is written.
//! `--behaviour NAME` binds a behaviour that a document names, for the time being.

mod past;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm_core::base::choice::Choice;
use crm_core::base::{Kind, kind};
use crm_core::domain::rule::rules::scoring_rule;
use crm_core::domain::rule::{LoadRule, RuleDraft, RuleTest, TestRule};
use crm_core::prelude::{CreateRecord, Crm, Error, Host, MemoryStore, Session, Value};
use crm_core::record::error::Invalid;
use crm_examples::Outcome;
use crm_rules::{Scripts, Tongue, marked_in_file, read_rule, show_invalid};
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
        wrong += usize::from(!tried(&crm, file, &source, &asked)?);
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

/// Tries the rule in a file; answers whether all is well with it.
fn tried(crm: &Crm, file: &Path, source: &str, asked: &Asked) -> Outcome<bool> {
    let (name, tongue, session) = (file.display().to_string(), asked.tongue, crm.system());
    let (draft, test) = match read(&session, file, &name, source)? {
        Ok(read) => read,
        Err(problems) => {
            println!("{}\n", show_invalid(&problems, tongue));
            return Ok(false);
        }
    };
    let (good, all) = (test.examples.iter().filter(|example| example.good).count(), test.examples.len());
    let problems =
        test.problems.into_iter().chain(test.examples.into_iter().filter_map(|tried| tried.problem));
    let problems: Vec<_> = problems.map(|problem| marked_in_file(problem, &name, source)).collect();
    if !problems.is_empty() {
        println!("{}\n", show_invalid(&problems, tongue));
    }
    let purpose = label(draft.purpose, tongue);
    let examples = match (draft.examples.len(), all) {
        (0, _) => ("it has no examples".to_owned(), "没有示例".to_owned()),
        // What can't be read can't be tried.
        (given, 0) => {
            (format!("its examples ({given}) are not tried yet"), format!("{given} 个示例尚未试算"))
        }
        _ => (format!("{good} of {all} examples come out"), format!("{all} 个示例中 {good} 个相符")),
    };
    match tongue {
        Tongue::English => println!("{name}: {} [{purpose}], {}", draft.name, examples.0),
        Tongue::Chinese => println!("{name}：{}［{purpose}］，{}", draft.name, examples.1),
    }
    if problems.is_empty() && asked.data.is_some() {
        past::tell(&session, draft, asked.days, tongue)?;
    }
    Ok(problems.is_empty())
}

/// The rule in a file and what comes of trying it, or what is wrong with the file.
fn read(
    session: &Session<'_>,
    file: &Path,
    name: &str,
    source: &str,
) -> Outcome<Result<(RuleDraft, RuleTest), Vec<Invalid>>> {
    let draft = if file.extension().is_some_and(|extension| extension == "rhai") {
        match read_rule(source) {
            Ok(draft) => draft,
            Err(problems) => {
                let marked = |problem| Invalid::marked("", name, source, problem);
                return Ok(Err(problems.into_iter().map(marked).collect()));
            }
        }
    } else {
        let load =
            LoadRule { document: source.into(), file: name.into(), name: String::new(), activate: false };
        match (session.dry_run(load), scoring_rule(source)) {
            (Err(Error::Invalid(problems)), _) => return Ok(Err(problems)),
            (loaded, draft) => {
                loaded?;
                draft.unwrap_or_default()
            }
        }
    };
    let test = session.dry_run(TestRule { rule: draft.clone() })?;
    Ok(Ok((draft, test)))
}

/// A choice in the author's language.
fn label<C: Choice + PartialEq>(choice: C, tongue: Tongue) -> &'static str {
    let code = choice.code();
    let name = C::NAMES.iter().find(|name| name.code == code);
    name.map_or(code, |name| if tongue == Tongue::Chinese { name.zh } else { name.en })
}
