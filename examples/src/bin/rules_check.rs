//! Checks rules before they are put in force: `rules_check FILE.. [--data STORE] [--language zh]`.
//!
//! A file is a script with its first lines (`.rhai`), or a scoring document in YAML or JSON. What is wrong
//! is marked in the file; the rule's examples are tried. With a store, scores are measured against what
//! became of its records, and automations tried on its past. Nothing is written.
//! `--behaviour NAME` binds a behaviour that a document names, for the time being.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm_core::base::{Instant, Kind, Span, kind};
use crm_core::domain::SPECS;
use crm_core::domain::rule::rules::{Vocabulary, scoring_rule};
use crm_core::domain::rule::{RuleDraft, TestRule};
use crm_core::prelude::{CreateRecord, Crm, Host, KindNo, MemoryStore, Session};
use crm_core::record::schema::Schema;
use crm_core::record::script::{self, Language, Purpose, Script};
use crm_examples::Outcome;
use crm_rules::{Scripts, Tongue, read_rule, show};
use crm_store_redb::RedbStore;

struct Asked {
    files: Vec<PathBuf>,
    data: Option<PathBuf>,
    tongue: Tongue,
    behaviours: Vec<String>,
}

fn main() -> Outcome {
    let asked = asked()?;
    let host = Host::system().with_judges(Arc::new(Scripts::default()));
    let crm = match &asked.data {
        Some(path) => Crm::open(RedbStore::open(path)?, host)?,
        None => Crm::open(MemoryStore::new(), host)?,
    };
    let mut wrong = 0;
    for file in &asked.files {
        let source = std::fs::read_to_string(file)?;
        let name = file.display().to_string();
        wrong += match checked(file, &name, &source, &asked)? {
            Ok(draft) => tried(&crm, draft, &name, &asked)?,
            Err(shown) => {
                println!("{shown}\n");
                1
            }
        };
    }
    if wrong > 0 {
        Err(format!("{wrong} of {} files have something wrong", asked.files.len()))?
    }
    Ok(())
}

fn asked() -> Outcome<Asked> {
    let mut asked = Asked { files: Vec::new(), data: None, tongue: Tongue::English, behaviours: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut next = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--data" => asked.data = Some(PathBuf::from(next()?)),
            "--language" => {
                asked.tongue = if next()? == "zh" { Tongue::Chinese } else { Tongue::English };
            }
            "--behaviour" => asked.behaviours.push(next()?),
            file => asked.files.push(PathBuf::from(file)),
        }
    }
    if asked.files.is_empty() {
        Err("rules_check FILE.. [--data STORE] [--language zh] [--behaviour NAME]..")?;
    }
    Ok(asked)
}

/// The rule in a file, or what is wrong with it, as it is shown.
fn checked(file: &Path, name: &str, source: &str, asked: &Asked) -> Outcome<Result<RuleDraft, String>> {
    if file.extension().is_none_or(|extension| extension != "rhai") {
        let draft = scoring_rule(source).map_err(|faults| {
            let line = |fault: &dyn std::fmt::Display| format!("{name}: {fault}");
            faults.iter().map(|fault| line(fault)).collect::<Vec<_>>().join("\n")
        });
        return Ok(draft.map(|draft| match draft.name.is_empty() {
            true => RuleDraft { name: name.to_owned(), ..draft },
            false => draft,
        }));
    }
    let draft = match read_rule(source) {
        Ok(draft) => draft,
        Err(problems) => return Ok(Err(show(&problems, name, source, asked.tongue))),
    };
    let specs: Vec<_> = SPECS.iter().flat_map(|room| room.iter().copied()).collect();
    let schema = Schema::new(&specs);
    let vocabulary = Vocabulary::new(Vec::new(), &schema);
    let script = Script {
        name: &draft.name,
        version: 0,
        purpose: draft.purpose,
        kind: KindNo::from_name(&draft.kind).unwrap_or(kind::Lead::NO),
        source,
    };
    let known = |name: &str| {
        let given = asked.behaviours.iter().position(|known| known == name);
        vocabulary.number(name).or(given.and_then(|given| u32::try_from(given).ok()))
    };
    let words = script::Vocabulary {
        schema: &schema,
        settings: &Default::default(),
        behaviour: &known,
        commands: crm_core::engine::command_forms(),
    };
    // A store may have fields of its own, which its own check knows.
    let problems =
        if asked.data.is_some() { Vec::new() } else { Scripts::default().check(&script, &words).problems };
    Ok(if problems.is_empty() { Ok(draft) } else { Err(show(&problems, name, source, asked.tongue)) })
}

/// Tries a rule; answers 1 when something is wrong with it.
fn tried(crm: &Crm, draft: RuleDraft, name: &str, asked: &Asked) -> Outcome<usize> {
    let session = crm.system();
    if asked.data.is_none() {
        for behaviour in &asked.behaviours {
            let fields = [("name".to_owned(), behaviour.as_str().into())].into();
            // Another file may have bound it before.
            let _ = session.execute(CreateRecord { kind: kind::Behaviour::NO, fields });
        }
    }
    let test = session.dry_run(TestRule { rule: draft.clone() })?;
    for problem in &test.problems {
        println!("{name}: {problem}");
    }
    let good = test.examples.iter().filter(|example| example.good).count();
    println!(
        "{name}: {} [{}], {good} of {} examples come out",
        draft.name,
        draft.purpose,
        test.examples.len()
    );
    for example in test.examples.iter().filter(|example| !example.good) {
        println!("  {} gives `{}`, expected is `{}`", example.facts, example.answered, example.expected);
    }
    let fine = test.problems.is_empty() && good == test.examples.len();
    if fine && asked.data.is_some() {
        on_data(&session, draft)?;
    }
    Ok(usize::from(!fine))
}

/// What the rule would have done on the store's past ninety days.
fn on_data(session: &Session<'_>, draft: RuleDraft) -> Outcome {
    let until = session.instant();
    let from: Instant = until - Span::from_days(90);
    match draft.purpose {
        Purpose::Score => {
            let won = "state = \"converted\"".parse()?;
            let found = session.backtest(draft, from, &won)?;
            let share =
                |share: Option<f64>| share.map_or("-".into(), |share| format!("{:.0} %", 100.0 * share));
            println!(
                "  as of ninety days ago: {} records, of which {} were converted since",
                found.rows, found.good
            );
            for at in &found.thresholds {
                println!(
                    "  from {} points on: {} chosen, {} of them converted; precision {}, recall {}",
                    at.score,
                    at.chosen,
                    at.good,
                    share(at.precision),
                    share(at.recall)
                );
            }
        }
        Purpose::Automation => {
            let runs = session.would_run(draft, from, until, 1_000)?;
            println!("  in the past ninety days it would have run {} times", runs.len());
            for run in runs.iter().take(10) {
                let calls: Vec<&str> = run.calls.iter().map(|call| call.command.as_str()).collect();
                println!("  {} {}: {} {}", run.at, session.title(run.record), calls.join(", "), run.failure);
            }
        }
        _ if draft.language == Language::Rhai => {
            println!("  a rule for {} is tried on its examples alone", draft.purpose)
        }
        _ => {}
    }
    Ok(())
}
