//! The examples that a rule carries: facts as a record in memory.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value as Json};

use super::calls::Wrong;
use super::check::Words;
use crate::base::kind::KINDS;
use crate::base::{KindNo, RecordRef, Value};
use crate::record::codec::{image, put_field};
use crate::record::diagnostic::{Bilingual, Diagnostic};
use crate::record::field::FieldType;
use crate::record::filter::{Related, nearest, type_name};
use crate::record::values;

/// A record made of facts, with the records that its fields name and the behaviours seen of it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    records: BTreeMap<RecordRef, Vec<u8>>,
    behaviours: BTreeMap<u32, i64>,
    /// Records that go by a name in the facts of others.
    named: BTreeMap<String, RecordRef>,
    made: u128,
    /// What they were read from.
    text: String,
}

/// Facts that can't be read.
pub fn unreadable(at: Range<usize>, said: impl Into<Bilingual>) -> Diagnostic {
    Diagnostic::new("rule.example_facts", at, said)
}

impl Facts {
    /// The record that facts of a kind make; `text` is what they were read from.
    ///
    /// A field that names a record may hold that record's own facts: `{"company": {"employees": 120}}`.
    ///
    /// # Errors
    /// What is neither a field nor a behaviour, or no value of its field, at its place in the text.
    pub fn read(
        text: &str,
        facts: Map<String, Json>,
        kind: KindNo,
        words: &Words<'_>,
    ) -> Result<(Facts, RecordRef), Diagnostic> {
        let mut read = Facts { text: text.to_owned(), ..Facts::default() };
        let record = read.record(facts, kind, words, true)?;
        Ok((read, record))
    }

    fn record(
        &mut self,
        facts: Map<String, Json>,
        kind: KindNo,
        words: &Words<'_>,
        first: bool,
    ) -> Result<RecordRef, Diagnostic> {
        self.made += 1;
        let record = RecordRef::new(kind, self.made);
        let schema = words.schema.kind(kind).ok_or_else(|| self.unknown_kind(kind.name()))?;
        let mut fields = BTreeMap::new();
        for (name, given) in facts {
            let Some(field) = schema.named(&name) else {
                let (true, Some(behaviour)) = (first, (words.behaviour)(&name)) else {
                    let Wrong { said, suggestion } = Wrong::field(&name, schema);
                    return Err(self.wrong(&name, said).meant(suggestion));
                };
                let count = given.as_i64().unwrap_or(i64::from(given != Json::Bool(false)));
                self.behaviours.insert(behaviour, count);
                continue;
            };
            let value = match (given, field.ty) {
                (Json::Object(inner), FieldType::Record(Some(to))) => {
                    Value::Id(self.record(inner, to, words, false)?)
                }
                (Json::String(known), FieldType::Record(_)) if self.named.contains_key(&known) => {
                    self.named.get(&known).map_or(Value::Null, |record| Value::Id(*record))
                }
                (given, ty) => {
                    let (_, zh) = type_name(ty);
                    let zh = format!("`{name}` 应为{zh}，却是 `{given}`");
                    let wrong = |error: String| self.wrong(&name, (format!("`{name}`: {error}"), zh.clone()));
                    let value: Value =
                        serde_json::from_value(given.clone()).map_err(|error| wrong(error.to_string()))?;
                    values::coerce(&value, field, words.settings).map_err(|error| wrong(error.to_string()))?
                }
            };
            fields.insert(field.no, value);
        }
        let mut bytes = Vec::new();
        fields.iter().for_each(|(no, value)| put_field(&mut bytes, *no, value));
        self.records.insert(record, image(1, 0, words.now, &bytes));
        Ok(record)
    }

    /// Something wrong with what the facts say under a name.
    fn wrong(&self, name: &str, said: impl Into<Bilingual>) -> Diagnostic {
        let found = self.text.find(&format!("\"{name}\"")).map(|at| at..at + name.len() + 2);
        unreadable(found.unwrap_or(0..self.text.len()), said)
    }

    /// That there is no such kind of record.
    pub fn unknown_kind(&self, name: &str) -> Diagnostic {
        let said = (format!("no kind of record is called `{name}`"), format!("没有记录类型 `{name}`"));
        self.wrong(name, said).meant(nearest(name, KINDS.iter().flat_map(|kind| [kind.name, kind.zh])))
    }

    /// Adds another record of these facts.
    ///
    /// # Errors
    /// As [`Facts::read`].
    pub fn add(
        &mut self,
        facts: Map<String, Json>,
        kind: KindNo,
        words: &Words<'_>,
    ) -> Result<RecordRef, Diagnostic> {
        self.record(facts, kind, words, false)
    }

    /// Has a record go by a name in the facts that are added from now on.
    pub fn name(&mut self, name: &str, record: RecordRef) {
        self.named.insert(name.to_owned(), record);
    }

    /// Every record of a kind.
    pub fn of_kind(&self, kind: KindNo) -> impl Iterator<Item = (RecordRef, &[u8])> {
        let of_kind = self.records.iter().filter(move |(record, _)| record.kind == kind);
        of_kind.map(|(record, image)| (*record, image.as_slice()))
    }

    /// The image of a record of these facts.
    pub fn image(&self, record: RecordRef) -> &[u8] {
        self.records.get(&record).map_or(&[], Vec::as_slice)
    }
}

impl Related for Facts {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.records.get(&record).cloned()
    }
    fn behaviours(&mut self, _: RecordRef, behaviour: u32) -> i64 {
        self.behaviours.get(&behaviour).copied().unwrap_or(0)
    }
}

/// `true` or `false`, in either language.
pub fn expected_holds(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "yes" | "是" => Some(true),
        "false" | "no" | "否" => Some(false),
        _ => None,
    }
}
