//! What callers branch on when something can't be done.

use std::fmt;

use super::codec::Damaged;
use super::diagnostic::{Bilingual, Diagnostic, Mark, Tongue, did_you_mean};
use super::field::FieldError;
use super::spec::ReadError;
use crate::base::{KindNo, RecordRef, Value};
use crate::store::StoreError;

/// The result of a call into the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The trade's rules forbid it; every rule that does is listed.
    #[error("refused: {}", list(.0))]
    Refused(Vec<Refusal>),
    /// There is no such record, or none that the actor may see.
    #[error("there is no {0} `{1}`")]
    NotFound(KindNo, String),
    /// The record was changed since it was read.
    #[error("{record} was changed: it stands at revision {current}, the change was made against {given}")]
    Stale {
        /// The record.
        record: RecordRef,
        /// The revision that the change was made against.
        given: u64,
        /// The revision it has.
        current: u64,
    },
    /// What was given can't be taken; every field that can't is listed.
    #[error("invalid: {}", list(.0))]
    Invalid(Vec<Invalid>),
    /// A rule failed.
    #[error("rule `{rule}` failed: {message}")]
    RuleFailed {
        /// The rule.
        rule: String,
        /// What its author should know.
        message: String,
        /// The same in Chinese and with its place, where that is known.
        told: Option<Box<Invalid>>,
    },
    /// A command panicked; it changed nothing.
    #[error("the command failed inside: {0}")]
    Internal(String),
    /// A command was given from inside another one.
    #[error("a command can't be given from inside another one")]
    Nested,
    /// An earlier commit's outcome is unknown; the engine works again once it is reopened.
    #[error("the outcome of a commit is unknown; reopen the store")]
    Halted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Stored data is damaged.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
}

/// One rule of the trade that forbids what was asked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Refusal {
    /// A stable code, such as `opportunity.stage_unreachable`.
    pub code: String,
    /// What a person reads.
    pub message: String,
    /// The values concerned, by name.
    pub values: Vec<(String, Value)>,
}

/// One value that can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Invalid {
    /// The field, or the part of the input.
    pub field: String,
    /// A stable code, such as `value.required`.
    pub code: String,
    /// What a person reads.
    pub message: String,
    /// The same in Chinese, where it is about what the author of a rule wrote; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
    /// The place in the text that was given, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Box<Mark>>,
    /// What was probably meant, to be put in place of what is marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Box<str>>,
}

impl Refusal {
    /// A refusal without values.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Refusal { code: code.to_owned(), message: message.into(), values: Vec::new() }
    }

    /// The same refusal with a value concerned.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }
}

impl Invalid {
    /// One value that can't be taken.
    pub fn new(field: &str, code: &str, message: impl Into<String>) -> Self {
        Invalid {
            field: field.to_owned(),
            code: code.to_owned(),
            message: message.into(),
            zh: String::new(),
            mark: None,
            suggestion: None,
        }
    }

    /// One value that can't be taken, said in English and in Chinese.
    pub fn said(field: &str, code: &str, said: impl Into<Bilingual>) -> Self {
        let Bilingual { en, zh } = said.into();
        Invalid { zh, ..Invalid::new(field, code, en) }
    }

    /// What is wrong with a text, marked in it; `source` is the name of the rule or file.
    pub fn marked(field: &str, source: &str, text: &str, wrong: Diagnostic) -> Self {
        let mark = Some(Box::new(Mark::new(source, text, wrong.at)));
        let said = Invalid::said(field, &wrong.code, (wrong.en, wrong.zh));
        Invalid { mark, ..said }.meant(wrong.suggestion)
    }

    /// The same with what was probably meant.
    pub fn meant(self, suggestion: Option<String>) -> Self {
        Invalid { suggestion: suggestion.map(String::into_boxed_str), ..self }
    }

    /// What a person reads in a language, with the place in the text and what was probably meant.
    pub fn in_words(&self, tongue: Tongue) -> String {
        let (said, between) = match tongue {
            Tongue::Chinese if !self.zh.is_empty() => (&self.zh, ["：", "；"]),
            _ => (&self.message, [": ", "; "]),
        };
        let [colon, semicolon] = between;
        let place = self.mark.as_ref().map_or_else(String::new, |mark| mark.place(tongue) + colon);
        let meant = self.suggestion.as_ref();
        let meant =
            meant.map_or_else(String::new, |meant| semicolon.to_owned() + &did_you_mean(meant, tongue));
        format!("{place}{said}{meant}")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.field, self.in_words(Tongue::English), self.code)
    }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join("; ")
}

impl Error {
    /// One refusal.
    pub fn refused(code: &str, message: impl Into<String>) -> Self {
        Error::Refused(vec![Refusal::new(code, message)])
    }

    /// One value that can't be taken.
    pub fn invalid(field: &str, code: &str, message: impl Into<String>) -> Self {
        Error::Invalid(vec![Invalid::new(field, code, message)])
    }

    /// One value that can't be taken, said in English and in Chinese.
    pub fn invalid_as(field: &str, code: &str, said: impl Into<Bilingual>) -> Self {
        Error::Invalid(vec![Invalid::said(field, code, said)])
    }

    /// A rule failed.
    pub fn rule_failed(rule: impl Into<String>, message: impl Into<String>) -> Self {
        Error::RuleFailed { rule: rule.into(), message: message.into(), told: None }
    }

    /// A rule failed, said in English and in Chinese.
    pub fn rule_failed_as(rule: impl Into<String>, told: Invalid) -> Self {
        Error::RuleFailed { rule: rule.into(), message: told.message.clone(), told: Some(Box::new(told)) }
    }

    /// There is no such record, or none that the actor may see.
    pub fn not_found(record: RecordRef) -> Self {
        Error::NotFound(record.kind, record.to_string())
    }

    /// The stable code: that of the first refusal or invalid value where there are several.
    pub fn code(&self) -> &str {
        match self {
            Error::Refused(refusals) => refusals.first().map_or("refused", |refusal| &refusal.code),
            Error::NotFound(..) => "record.not_found",
            Error::Stale { .. } => "record.stale",
            Error::Invalid(invalid) => invalid.first().map_or("invalid", |invalid| &invalid.code),
            Error::RuleFailed { .. } => "rule.failed",
            Error::Internal(_) => "engine.internal",
            Error::Nested => "engine.nested",
            Error::Halted => "engine.halted",
            Error::Store(StoreError::Moved) => "store.moved",
            Error::Store(StoreError::Unknown(_)) => "store.unknown",
            Error::Store(StoreError::Corrupt(_)) => "store.corrupt",
            Error::Store(StoreError::InUse) => "store.in_use",
            Error::Store(StoreError::Io(_)) => "store.failed",
            Error::Corrupt(_) => "record.corrupt",
        }
    }

    /// Whether one of the refusals has a code.
    pub fn has_code(&self, code: &str) -> bool {
        match self {
            Error::Refused(refusals) => refusals.iter().any(|refusal| refusal.code == code),
            Error::Invalid(invalid) => invalid.iter().any(|invalid| invalid.code == code),
            other => other.code() == code,
        }
    }
}

impl From<Damaged> for Error {
    fn from(damaged: Damaged) -> Self {
        Error::Corrupt(damaged.to_string())
    }
}
impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        Error::Corrupt(error.to_string())
    }
}
impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Error::invalid("value", "value.type", error.to_string())
    }
}
