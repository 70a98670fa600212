//! A judge of the engine that reads scripts: it checks them when they are saved, keeps them compiled,
//! and runs them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crm_core::base::KindNo;
use crm_core::record::command::CommandForm;
use crm_core::record::diagnostic::Diagnostic;
use crm_core::record::error::{Error, Result};
use crm_core::record::port::Judges;
use crm_core::record::script::{Answer, Checked, Purpose, Question, Reads, Script, Vocabulary};
use rhai::Engine;

use crate::check::{self, Compiled};
use crate::diagnostic;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::run;
use crate::sandbox;

/// Scripts of so many names are kept compiled; beyond that, all are forgotten and compiled anew as needed.
const KEPT: usize = 1_000;
/// So many of one name are kept, the latest.
const KEPT_OF_A_NAME: usize = 8;

/// Reads and runs scripts for the engine.
///
/// Compiled scripts are kept and shared between threads.
///
/// ```
/// use std::sync::Arc;
/// use crm_core::prelude::*;
/// let host = Host::fixed("2026-03-01T08:00:00Z".parse().unwrap(), 7).0;
/// let host = host.with_judges(Arc::new(crm_rules::Scripts::default()));
/// let crm = Crm::open(MemoryStore::new(), host).unwrap();
/// ```
pub struct Scripts {
    engine: Engine,
    limits: Limits,
    /// By name.
    kept: RwLock<BTreeMap<String, Vec<Arc<Kept>>>>,
}

/// What tells scripts of one name from each other: the names and versions of two tenants may be the same.
type Key<'a> = (u64, Purpose, KindNo, &'a str, bool);

/// A compiled script.
struct Kept {
    version: u64,
    purpose: Purpose,
    kind: KindNo,
    source: String,
    lower: bool,
    compiled: Compiled,
}

impl Kept {
    fn key(&self) -> Key<'_> {
        (self.version, self.purpose, self.kind, &self.source, self.lower)
    }
}

impl Default for Scripts {
    fn default() -> Self {
        Scripts::new(Limits::standard())
    }
}

impl fmt::Debug for Scripts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripts").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Scripts {
    /// A judge whose scripts run within these limits.
    pub fn new(limits: Limits) -> Self {
        Scripts { engine: sandbox::engine(&limits), limits, kept: RwLock::default() }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Checks a script: everything that is wrong with it, the fields that it reads, and the criterion
    /// that says the same, if there is one.
    pub fn check(&self, script: &Script<'_>, words: &Vocabulary<'_>) -> Checked {
        let commands = Some(words.commands).filter(|commands| !commands.is_empty());
        match self.compile(script, words, commands, true) {
            Ok(compiled) => {
                Checked { problems: Vec::new(), reads: compiled.reads, criterion: compiled.criterion }
            }
            Err(problems) => Checked { problems, reads: None, criterion: None },
        }
    }

    /// Asks a script.
    ///
    /// # Errors
    /// [`Error::RuleFailed`] when it can't be compiled, fails, or exceeds its limits; else what the
    /// engine answered when it was asked for records.
    pub fn ask(&self, question: &Question<'_>, reads: &mut dyn Reads) -> Result<Answer> {
        let kept = self.kept(question, true)?;
        run::run(&self.engine, &self.limits, &kept.compiled, question, reads)
    }

    /// The same without lowering conditions to predicates: what Rhai itself makes of the script.
    ///
    /// # Errors
    /// As [`Scripts::ask`].
    #[doc(hidden)]
    pub fn ask_unlowered(&self, question: &Question<'_>, reads: &mut dyn Reads) -> Result<Answer> {
        let kept = self.kept(question, false)?;
        run::run(&self.engine, &self.limits, &kept.compiled, question, reads)
    }

    fn compile(
        &self,
        script: &Script<'_>,
        words: &Vocabulary<'_>,
        commands: Option<&[CommandForm]>,
        lower: bool,
    ) -> Result<Compiled, Vec<Diagnostic>> {
        if script.source.len() > self.limits.source {
            return Err(vec![Problem::TooLong(self.limits.source).at(0..script.source.len(), None)]);
        }
        let ast = self
            .engine
            .compile(script.source)
            .map_err(|error| vec![diagnostic::of_syntax(&error, script.source)])?;
        check::check(&ast, script, words, commands, lower, self.limits.calls)
    }

    fn kept(&self, question: &Question<'_>, lower: bool) -> Result<Arc<Kept>> {
        let script = &question.script;
        let key: Key<'_> = (script.version, script.purpose, script.kind, script.source, lower);
        let zone = question.settings.zone;
        {
            let all = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            let mut known = all.get(script.name).into_iter().flatten();
            if let Some(kept) = known.find(|kept| kept.key() == key && kept.compiled.zone == zone) {
                return Ok(kept.clone());
            }
        }
        let words = Vocabulary {
            schema: question.schema,
            settings: question.settings,
            behaviour: question.behaviour,
            commands: &[],
        };
        let compiled =
            self.compile(script, &words, None, lower).map_err(|problems| match problems.first() {
                Some(problem) => diagnostic::rule_failed(script, problem.clone()),
                None => Error::rule_failed(script.name, ""),
            })?;
        let kept = Arc::new(Kept {
            version: script.version,
            purpose: script.purpose,
            kind: script.kind,
            source: script.source.to_owned(),
            lower,
            compiled,
        });
        let mut all = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        let known = all.entry(script.name.to_owned()).or_default();
        if known.len() >= KEPT_OF_A_NAME {
            known.remove(0);
        }
        known.push(kept.clone());
        Ok(kept)
    }
}

impl Judges for Scripts {
    fn check_script(&self, script: &Script<'_>, words: &Vocabulary<'_>) -> Result<Option<Checked>> {
        Ok(Some(self.check(script, words)))
    }

    fn run_script(&self, question: &Question<'_>, reads: &mut dyn Reads) -> Result<Option<Answer>> {
        self.ask(question, reads).map(Some)
    }
}
