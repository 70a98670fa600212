//! Documents of settings in YAML or JSON with English or Chinese keys, read with the place of each value.
//!
//! JSON is read as the YAML that it also is, so both kinds of document give line and column in every fault.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::base::choice::Choice;
use crate::record::diagnostic::{Bilingual, Diagnostic, Tongue, did_you_mean};

/// How deep lists and mappings may be nested.
const MAX_DEPTH: usize = 16;

/// A place in a document, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column, in characters.
    pub column: u64,
}

/// Something wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}{}", place.line, place.column, meant(.suggestion.as_deref()))]
pub struct Fault {
    /// The stable code: `document.key_unknown`, or that of a [`Problem`](super::Problem).
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What, in words.
    pub message: String,
    /// The same in Chinese.
    pub zh: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

fn meant(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |meant| format!("; {}", did_you_mean(meant, Tongue::English)))
}

impl Fault {
    /// What is wrong at a place.
    pub fn new(code: &'static str, place: Place, said: impl Into<Bilingual>) -> Self {
        let Bilingual { en, zh } = said.into();
        Fault { code, place, message: en, zh, suggestion: None }
    }

    /// The same as something about the document's text.
    pub fn diagnostic(&self, text: &str) -> Diagnostic {
        let start = self.place.offset(text);
        let at = start..word_end(text, start);
        Diagnostic::new(self.code, at, (&*self.message, &*self.zh)).meant(self.suggestion.clone())
    }
}

impl Place {
    /// The place in bytes of a text.
    pub fn offset(self, text: &str) -> usize {
        let before = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let start: usize = text.split_inclusive('\n').take(before(self.line)).map(str::len).sum();
        let line = text.get(start..).unwrap_or_default().chars();
        start + line.take(before(self.column)).map(char::len_utf8).sum::<usize>()
    }
}

/// Where the key or value that begins at a place ends.
pub fn word_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let quote = rest.chars().next().filter(|letter| ['"', '\''].contains(letter));
    let ends = |(at, letter): &(usize, char)| match quote {
        Some(quote) => *at > 0 && *letter == quote || *letter == '\n',
        None => ['\n', ':', ',', '}', ']'].contains(letter),
    };
    let end = rest.char_indices().find(ends);
    let end = end.map_or(rest.len(), |(at, letter)| if Some(letter) == quote { at + 1 } else { at });
    start + rest.get(..end).unwrap_or_default().trim_end().len()
}

/// A value of a document and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it starts.
    pub place: Place,
    /// What it holds.
    pub content: Content,
}

/// What a value of a document holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A number, as it prints.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the document.
    Map(Vec<(Place, String, Node)>),
}

/// A key of a document: the name by which the program asks for it, and every name a document may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub &'static str, pub &'static [&'static str]);

/// A mapping whose keys are all known.
#[derive(Clone, Debug)]
pub struct Section<'a> {
    /// Where it starts.
    pub place: Place,
    values: BTreeMap<&'static str, &'a Node>,
}

/// Reads values and gathers every fault on the way.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// What was wrong so far.
    pub faults: Vec<Fault>,
}

/// Reads a document's text.
pub fn parse(text: &str) -> Result<Node, Fault> {
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    if let Some(budget) = options.budget.as_mut() {
        budget.max_depth = MAX_DEPTH;
    }
    let parsed: Result<Spanned<Content>, _> = serde_saphyr::from_str_with_options(text, options);
    parsed.map(Node::from).map_err(|error| {
        let error = error.without_snippet();
        let place = error.location().map(Place::from).unwrap_or(Place { line: 1, column: 1 });
        let message = error.render_with_formatter(&serde_saphyr::UserMessageFormatter);
        let said_by_place = format!(" at line {}, column {}", place.line, place.column);
        let message = message.trim_end_matches(&said_by_place);
        let en = format!("the document is neither YAML nor JSON: {message}");
        let zh = format!("文档既不是 YAML 也不是 JSON，请检查引号、括号、逗号和缩进（{message}）");
        Fault::new("document.syntax", place, (en, zh))
    })
}

impl From<serde_saphyr::Location> for Place {
    fn from(location: serde_saphyr::Location) -> Self {
        Place { line: location.line(), column: location.column() }
    }
}

impl From<Spanned<Content>> for Node {
    fn from(spanned: Spanned<Content>) -> Self {
        Node { place: spanned.referenced.into(), content: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, number, list or mapping")
    }

    fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Content, E> {
        Ok(Content::Flag(yes))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Content, E> {
        Ok(Content::Number(number.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Content, E> {
        Ok(Content::Number(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Content, E> {
        Ok(Content::Number(number.to_string()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
        Ok(Content::Text(text.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Content, E> {
        Ok(Content::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Content>>()? {
            list.push(item.into());
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Content>>()? {
            map.push((key.referenced.into(), key.value, value.into()));
        }
        Ok(Content::Map(map))
    }
}

impl Node {
    /// A fault at this place, about a value that isn't what it should be.
    pub fn invalid(&self, said: impl Into<Bilingual>) -> Fault {
        Fault::new("document.value_invalid", self.place, said)
    }

    /// A fault at this place, where something else should be.
    pub fn not_a(&self, en: &str, zh: &str) -> Fault {
        let given = match &self.content {
            Content::Null => Bilingual::from(("nothing", "空")),
            Content::Flag(yes) => (format!("`{yes}`"), format!(" `{yes}`")).into(),
            Content::Number(text) | Content::Text(text) => (format!("`{text}`"), format!(" `{text}`")).into(),
            Content::List(_) => ("a list", "列表").into(),
            Content::Map(_) => ("a mapping", "一组键值").into(),
        };
        let zh = format!("这里应为{zh}，却是{}", given.zh);
        self.invalid((format!("{} is given where {en} should be", given.en), zh))
    }

    /// The text, trimmed; it may not be empty.
    pub fn text(&self) -> Result<String, Fault> {
        match &self.content {
            Content::Text(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
            Content::Number(number) => {
                let wanted = (format!("a text (as in \"{number}\")"), format!("文本（如 \"{number}\"）"));
                Err(self.not_a(&wanted.0, &wanted.1))
            }
            _ => Err(self.not_a("a text", "文本")),
        }
    }

    /// The texts of a list; a single text is a list of one, nothing is an empty one.
    pub fn texts(&self) -> Result<Vec<String>, Fault> {
        match &self.content {
            Content::Null => Ok(Vec::new()),
            Content::List(items) => items.iter().map(Node::text).collect(),
            _ => Ok(vec![self.text()?]),
        }
    }

    /// Yes or no: true, false, yes, no, 是, 否.
    pub fn flag(&self) -> Result<bool, Fault> {
        match &self.content {
            Content::Flag(yes) => Ok(*yes),
            Content::Text(text) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "是" => Ok(true),
                "false" | "no" | "否" => Ok(false),
                _ => Err(self.not_a("yes or no", "是或否")),
            },
            _ => Err(self.not_a("yes or no", "是或否")),
        }
    }

    /// A number.
    pub fn number(&self) -> Result<Decimal, Fault> {
        let (Content::Number(text) | Content::Text(text)) = &self.content else {
            return Err(self.not_a("a number", "数字"));
        };
        Decimal::from_str(text.trim()).map_err(|_| self.not_a("a number", "数字"))
    }

    /// A number of days.
    pub fn days(&self) -> Result<u32, Fault> {
        let number = self.number()?.normalize().to_string();
        number.parse().map_err(|_| self.not_a("a whole number of days", "整数天数"))
    }

    /// A percentage: `10%`, or the bare number 10.
    ///
    /// A bare number above 0 and up to 1 could be a share as well as a percentage, and is refused.
    pub fn percent(&self) -> Result<Decimal, Fault> {
        if let Content::Text(text) = &self.content
            && let Some(number) = text.trim().strip_suffix(['%', '％'])
        {
            return Decimal::from_str(number.trim()).map_err(|_| self.not_a("a percentage", "百分比"));
        }
        let number = self.number().map_err(|_| self.not_a("a percentage", "百分比"))?;
        if number > Decimal::ZERO && number <= Decimal::ONE {
            let share = (number * Decimal::ONE_HUNDRED).normalize();
            let en = format!(
                "`{number}` could be {share} per cent or {number} per cent; write `{share}%` or `{number}%`"
            );
            let zh =
                format!("`{number}` 可能是 {share}%，也可能是 {number}%；请写 `{share}%` 或 `{number}%`");
            return Err(self.invalid((en, zh)));
        }
        Ok(number)
    }

    /// One of a list of choices, by code or label.
    pub fn choice<C: Choice>(&self) -> Result<C, Fault> {
        let text = self.text()?;
        C::from_name(&text).ok_or_else(|| {
            let names: Vec<_> = C::NAMES.iter().map(|name| format!("`{}`", name.code)).collect();
            self.not_a(&format!("one of {}", names.join(", ")), &format!("{}之一", names.join("、")))
        })
    }
}

impl Reader {
    /// The value, or none with its fault kept.
    pub fn keep<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// A mapping that may have these keys and no others.
    pub fn section<'a>(&mut self, node: &'a Node, keys: &[Key]) -> Option<Section<'a>> {
        let Content::Map(entries) = &node.content else {
            self.faults.push(node.not_a("a mapping", "一组键值"));
            return None;
        };
        let mut values = BTreeMap::new();
        for (place, given, value) in entries {
            let name = normal(given);
            match keys.iter().find(|key| key.1.iter().any(|known| *known == name)) {
                None => self.faults.push(unknown(given, &name, *place, keys)),
                Some(key) if values.insert(key.0, value).is_some() => {
                    let en = format!("the key `{given}` says again what another key said");
                    let said = (en, format!("键 `{given}` 与前面的键重复"));
                    self.faults.push(Fault::new("document.key_twice", *place, said));
                }
                Some(_) => {}
            }
        }
        Some(Section { place: node.place, values })
    }

    /// The sections of a list of mappings; a single mapping is a list of one.
    pub fn sections<'a>(&mut self, node: &'a Node, keys: &[Key]) -> Vec<Section<'a>> {
        match &node.content {
            Content::List(items) => items.iter().filter_map(|item| self.section(item, keys)).collect(),
            _ => self.section(node, keys).into_iter().collect(),
        }
    }

    /// The value of a key, if it is there and well formed.
    pub fn get<T>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        read: impl FnOnce(&Node) -> Result<T, Fault>,
    ) -> Option<T> {
        section.node(key).and_then(|node| self.keep(read(node)))
    }

    /// The value of a key that must be there.
    pub fn need<T>(
        &mut self,
        section: &Section<'_>,
        key: Key,
        read: impl FnOnce(&Node) -> Result<T, Fault>,
    ) -> Option<T> {
        if section.node(key.0).is_none() {
            let names: Vec<_> = key.1.iter().take(2).map(|name| format!("`{name}`")).collect();
            let en = format!("the key {} is missing", names.join(" or "));
            let said = (en, format!("缺少键 {}", names.join(" 或 ")));
            self.faults.push(Fault::new("document.key_missing", section.place, said));
        }
        self.get(section, key.0, read)
    }
}

impl<'a> Section<'a> {
    /// The value of a key, if it is there.
    pub fn node(&self, key: &str) -> Option<&'a Node> {
        self.values.get(key).copied()
    }
}

/// A key as it is looked up: lower case, words joined by `_`.
fn normal(key: &str) -> String {
    key.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A key that is unknown: which was perhaps meant, and if none is near, which there are.
fn unknown(given: &str, name: &str, place: Place, keys: &[Key]) -> Fault {
    let said = (format!("the key `{given}` is unknown"), format!("没有键 `{given}`"));
    let fault = Fault::new("document.key_unknown", place, said);
    let known = || keys.iter().flat_map(|key| key.1);
    let nearest = known().map(|&known| (distance(name, known), known)).min();
    let near = nearest.filter(|(edits, known)| *edits <= known.chars().count() / 2).map(|(_, known)| known);
    if let Some(meant) = near.or_else(|| known().copied().find(|known| name.contains(known))) {
        return Fault { suggestion: Some(meant.to_owned()), ..fault };
    }
    // In the words of the document: Chinese ones for a Chinese key.
    let own = |key: &Key| {
        key.1.iter().find(|known| known.is_ascii() == given.is_ascii()).or(key.1.first()).copied()
    };
    let names: Vec<_> = keys.iter().filter_map(|key| Some(format!("`{}`", own(key)?))).collect();
    let message = format!("{}; known here are {}", fault.message, names.join(", "));
    Fault { message, zh: format!("{}；这里可用的键有 {}", fault.zh, names.join("、")), ..fault }
}

/// The number of characters to insert, delete or replace (Levenshtein 1965).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (place, from) in left.chars().enumerate() {
        let mut diagonal = place;
        let mut before = place + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&right) {
            let edits = (diagonal + usize::from(from != *to)).min(before + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, edits);
            before = edits;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
