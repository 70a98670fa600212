//! The examples that a rule carries: facts as a record in memory.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::check::Words;
use crate::base::{KindNo, RecordRef, Value};
use crate::record::codec::{image, put_field};
use crate::record::error::{Error, Result};
use crate::record::field::FieldType;
use crate::record::filter::{Related, nearest};
use crate::record::values;

/// A record made of facts, with the records that its fields name and the behaviours seen of it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    records: BTreeMap<RecordRef, Vec<u8>>,
    behaviours: BTreeMap<u32, i64>,
    /// Records that go by a name in the facts of others.
    named: BTreeMap<String, RecordRef>,
    made: u128,
}

impl Facts {
    /// Reads facts of a kind; answers the record that they make.
    ///
    /// A field that names a record may hold that record's own facts: `{"company": {"employees": 120}}`.
    ///
    /// # Errors
    /// Invalid when they are no JSON object, or name what is neither a field nor a behaviour.
    pub fn read(text: &str, kind: KindNo, words: &Words<'_>) -> Result<(Facts, RecordRef)> {
        let facts: Json =
            serde_json::from_str(text).map_err(|error| wrong(format!("the facts are no JSON: {error}")))?;
        let Json::Object(facts) = facts else { return Err(wrong("facts are a JSON object".to_owned())) };
        let mut read = Facts::default();
        let record = read.record(facts, kind, words, true)?;
        Ok((read, record))
    }

    fn record(
        &mut self,
        facts: Map<String, Json>,
        kind: KindNo,
        words: &Words<'_>,
        first: bool,
    ) -> Result<RecordRef> {
        self.made += 1;
        let record = RecordRef::new(kind, self.made);
        let schema = words.schema.kind(kind).ok_or_else(|| wrong(format!("there is no kind `{kind}`")))?;
        let mut fields = BTreeMap::new();
        for (name, given) in facts {
            let Some(field) = schema.named(&name) else {
                match (first, (words.behaviour)(&name)) {
                    (true, Some(behaviour)) => {
                        let count = given.as_i64().unwrap_or(i64::from(given != Json::Bool(false)));
                        self.behaviours.insert(behaviour, count);
                        continue;
                    }
                    _ => {
                        let names =
                            schema.fields().flat_map(|field| [field.name.as_ref(), field.zh.as_ref()]);
                        let hint = nearest(&name, names).map(|meant| format!("; did you mean `{meant}`?"));
                        let hint = hint.unwrap_or_default();
                        return Err(wrong(format!("a {kind} has no field `{name}`{hint}")));
                    }
                }
            };
            let value = match (given, field.ty) {
                (Json::Object(inner), FieldType::Record(Some(to))) => {
                    Value::Id(self.record(inner, to, words, false)?)
                }
                (Json::String(known), FieldType::Record(_)) if self.named.contains_key(&known) => {
                    self.named.get(&known).map_or(Value::Null, |record| Value::Id(*record))
                }
                (given, _) => {
                    let value: Value =
                        serde_json::from_value(given).map_err(|error| wrong(format!("`{name}`: {error}")))?;
                    values::coerce(&value, field, words.settings)
                        .map_err(|error| wrong(format!("`{name}`: {error}")))?
                }
            };
            fields.insert(field.no, value);
        }
        let mut bytes = Vec::new();
        fields.iter().for_each(|(no, value)| put_field(&mut bytes, *no, value));
        self.records.insert(record, image(1, 0, words.now, &bytes));
        Ok(record)
    }

    /// Adds another record of these facts.
    ///
    /// # Errors
    /// As [`Facts::read`].
    pub fn add(&mut self, facts: Map<String, Json>, kind: KindNo, words: &Words<'_>) -> Result<RecordRef> {
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

fn wrong(message: String) -> Error {
    Error::invalid("examples", "rule.example_facts", message)
}

/// `true` or `false`, in either language.
pub fn expected_holds(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "yes" | "是" => Some(true),
        "false" | "no" | "否" => Some(false),
        _ => None,
    }
}
