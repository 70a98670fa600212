//! Writing rules, trying them, and putting them in force.

use super::holds;
use super::noun::{Band, Example, GroupCap, RULE_BY_NAME, Rule, RuleCall, RuleLine, RuleState, Trigger};
use super::rules::{ScoringDocument, Tried};
use crate::base::kind::{RoleId, Rule as RuleKind, RuleId};
use crate::base::{Instant, Kind};
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::{Error, Invalid, Result};
use crate::record::lifecycle::document::Fault;
use crate::record::script::{Language, Purpose};
use crate::record::spec::Record;

/// What an author writes of a rule; the fields are those of [`Rule`].
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleDraft {
    /// The name.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The kind of record that it is about, by name or label.
    pub kind: String,
    /// What it is written in.
    pub language: Language,
    /// When it applies.
    pub criterion: String,
    /// The script.
    pub source: String,
    /// The lines.
    pub lines: Vec<RuleLine>,
    /// Caps of groups.
    pub caps: Vec<GroupCap>,
    /// The score from which on a record is qualified.
    pub threshold: Option<i64>,
    /// The scores from which on grades are given.
    pub bands: Vec<Band>,
    /// The order among rules of one purpose.
    pub place: Option<i64>,
    /// What a person reads when the rule refuses a move.
    pub message: String,
    /// What an automation reacts to.
    pub triggers: Vec<Trigger>,
    /// What an automation does.
    pub calls: Vec<RuleCall>,
    /// The role with whose rights it looks at other records.
    pub runs_as: Option<RoleId>,
    /// Examples.
    pub examples: Vec<Example>,
    /// How often in a row it may fail.
    pub most_failures: Option<i64>,
    /// Notes.
    pub notes: String,
}

impl RuleDraft {
    /// Writes what the author wrote into a rule.
    pub fn put_into(self, rule: &mut Rule) {
        rule.name = self.name;
        rule.purpose = Some(self.purpose);
        rule.kind =
            crate::base::KindNo::from_name(&self.kind).map_or(self.kind, |kind| kind.name().to_owned());
        rule.language = Some(self.language);
        (rule.criterion, rule.source, rule.lines, rule.caps) =
            (self.criterion, self.source, self.lines, self.caps);
        (rule.threshold, rule.bands, rule.place, rule.message) =
            (self.threshold, self.bands, self.place, self.message);
        (rule.triggers, rule.calls, rule.runs_as, rule.examples) =
            (self.triggers, self.calls, self.runs_as, self.examples);
        (rule.most_failures, rule.notes) = (self.most_failures, self.notes);
    }
}

/// What saving a rule did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SavedRule {
    /// The rule.
    pub rule: RuleId,
    /// Its version now.
    pub version: i64,
}

command! {
    /// Saves a rule, or a new version of the one of its name. It is checked and its examples are tried;
    /// a rule that was in force stays so with what it says now.
    ///
    /// # Errors
    /// Invalid with everything that is wrong with it, and every example that did not come out.
    pub struct SaveRule as "rule.save" -> SavedRule {
        /// The rule.
        rule: RuleDraft,
        /// The revision that the change is made against; any when none.
        #[serde(default)]
        revision: Option<u64>,
    }
    run(this, desk) {
        save(desk, this.rule, this.revision, false)
    }
}

command! {
    /// Loads a scoring rule from a document in YAML or JSON with English or Chinese keys, and puts it in
    /// force if asked.
    ///
    /// # Errors
    /// Invalid with everything that is wrong with the document or the rule, marked in the document.
    pub struct LoadRule as "rule.load" -> SavedRule {
        /// The document.
        document: String,
        /// The rule's name, in place of the document's.
        #[serde(default)]
        name: String,
        /// The file that the document is from, to be named in what is wrong with it.
        #[serde(default)]
        file: String,
        /// Whether it is put in force.
        #[serde(default)]
        activate: bool,
    }
    run(this, desk) {
        let (file, text) = (this.file.as_str(), this.document.as_str());
        let mut document = ScoringDocument::read(text).map_err(|faults| {
            let marked = |fault: &Fault| Invalid::marked("document", file, text, fault.diagnostic(text));
            Error::Invalid(faults.iter().map(marked).collect())
        })?;
        if !this.name.is_empty() {
            document.draft.name = this.name;
        }
        save(desk, document.draft.clone(), None, this.activate).map_err(|error| match error {
            Error::Invalid(problems) => {
                let marked = |problem| document.marked(problem, file, text);
                Error::Invalid(problems.into_iter().map(marked).collect())
            }
            error => error,
        })
    }
}

fn save(desk: &mut dyn Desk, draft: RuleDraft, revision: Option<u64>, activate: bool) -> Result<SavedRule> {
    let known = desk.find_as::<Rule>(RULE_BY_NAME, vec![draft.name.clone().into()], 1)?;
    let mut rule = match known.first() {
        Some(known) => desk.load_at::<Rule>(known.id(), Action::Update, revision)?,
        None => {
            desk.may(Action::Create, RuleKind::NO)?;
            Rule::empty(desk.new_id())
        }
    };
    draft.put_into(&mut rule);
    rule.state = Some(if activate { RuleState::Active } else { rule.state.unwrap_or_default() });
    // The invariant counts versions; it does so from the record as it was.
    desk.put(&rule)?;
    let version = holds::settle(desk, rule.id(), known.first())?;
    Ok(SavedRule { rule: rule.id(), version })
}

command! {
    /// Puts a rule in force, one that was switched off by failing too.
    pub struct ActivateRule as "rule.activate" -> () {
        /// The rule.
        rule: RuleId,
    }
    run(this, desk) {
        let mut rule: Rule = desk.load_as(this.rule, Action::Update)?;
        rule.state = Some(RuleState::Active);
        rule.failures = None;
        rule.failure.clear();
        desk.put(&rule)
    }
}

command! {
    /// Takes a rule out of force.
    pub struct DeactivateRule as "rule.deactivate" -> () {
        /// The rule.
        rule: RuleId,
    }
    run(this, desk) {
        let mut rule: Rule = desk.load_as(this.rule, Action::Update)?;
        rule.state = Some(RuleState::Draft);
        desk.put(&rule)
    }
}

/// What trying a rule showed.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RuleTest {
    /// What is wrong with it.
    pub problems: Vec<Invalid>,
    /// What came of each example.
    pub examples: Vec<Tried>,
    /// Every field that it reads, as `kind.field`; nothing when that can't be told.
    pub reads: Vec<String>,
}

command! {
    /// Checks a rule and tries its examples without saving it.
    pub struct TestRule as "rule.test" -> RuleTest {
        /// The rule.
        rule: RuleDraft,
    }
    run(this, desk) {
        desk.may(Action::Read, RuleKind::NO)?;
        let mut rule = Rule::empty(desk.new_id());
        this.rule.put_into(&mut rule);
        Ok(holds::test(desk, &rule)?.0)
    }
}

/// The instant that examples are tried at, so that they come out the same on any day.
pub const EXAMPLES_AT: Instant = Instant::from_micros(1_767_225_600_000_000);
