//! What is wrong with a text that a person wrote: where, in English and Chinese, and what was probably meant.

use std::fmt;
use std::ops::Range;

use crate::base::KindNo;

/// The language in which an author reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

/// The same said in English and in Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl<E: Into<String>, Z: Into<String>> From<(E, Z)> for Bilingual {
    fn from((en, zh): (E, Z)) -> Self {
        Bilingual { en: en.into(), zh: zh.into() }
    }
}

/// Something about a source that its author should know.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Diagnostic {
    /// A stable code, such as `filter.unknown_field`.
    pub code: String,
    /// Where, in bytes of the source.
    pub at: Range<usize>,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What was probably meant, to be put in its place.
    pub suggestion: Option<String>,
}

impl Diagnostic {
    /// What is wrong with a stretch of a source.
    pub fn new(code: &str, at: Range<usize>, said: impl Into<Bilingual>) -> Self {
        let Bilingual { en, zh } = said.into();
        Diagnostic { code: code.to_owned(), at, en, zh, suggestion: None }
    }

    /// The same with what was probably meant.
    pub fn meant(self, suggestion: Option<String>) -> Self {
        Diagnostic { suggestion, ..self }
    }

    /// The same in a source that has this one in it from a place on.
    pub fn within(self, start: usize) -> Self {
        Diagnostic { at: start + self.at.start..start + self.at.end, ..self }
    }
}

/// A marked place in a text, as its author finds it.
///
/// The line is given in three parts, so that it can be shown with its mark without the text at hand.
///
/// ```
/// use crm_core::record::diagnostic::Mark;
/// let mark = Mark::new("points.yaml", "rules:\n - 公司规摸 > 100", 10..22);
/// assert_eq!((mark.line, mark.column, mark.marked.as_str()), (2, 4, "公司规摸"));
/// assert_eq!((mark.before.as_str(), mark.after.as_str()), (" - ", " > 100"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mark {
    /// The rule or file that the text is of.
    pub source: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, in characters from 1.
    pub column: u64,
    /// Where it starts in the text, in bytes.
    pub start: u64,
    /// Where it ends in the text, in bytes.
    pub end: u64,
    /// The line up to the mark; of a long one the end of that.
    pub before: String,
    /// What is marked, as far as it stands in the line; nothing at the end of the text.
    pub marked: String,
    /// The line after the mark; of a long one the beginning of that.
    pub after: String,
}

/// So many characters are kept of each part of a marked line.
const SHOWN: usize = 200;

impl Mark {
    /// Marks a stretch of a text, given in bytes.
    pub fn new(source: &str, text: &str, at: Range<usize>) -> Self {
        let start = text.floor_char_boundary(at.start);
        let end = text.ceil_char_boundary(at.end.max(start));
        let (head, rest) = text.split_at_checked(start).unwrap_or((text, ""));
        let before = head.rsplit('\n').next().unwrap_or_default();
        let rest_of_line = rest.lines().next().unwrap_or_default();
        let (marked, after) = rest_of_line.split_at_checked(end - start).unwrap_or((rest_of_line, ""));
        let skipped = before.chars().count().saturating_sub(SHOWN);
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Mark {
            source: source.to_owned(),
            line: count(head.matches('\n').count() + 1),
            column: count(before.chars().count() + 1),
            start: count(start),
            end: count(end),
            before: before.chars().skip(skipped).collect(),
            marked: marked.chars().take(SHOWN).collect(),
            after: after.chars().take(SHOWN).collect(),
        }
    }

    /// The line, as far as it is kept.
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.marked, self.after)
    }

    /// The place in words.
    pub fn place(&self, tongue: Tongue) -> String {
        match tongue {
            Tongue::English => format!("line {}, column {}", self.line, self.column),
            Tongue::Chinese => format!("第 {} 行第 {} 列", self.line, self.column),
        }
    }
}

/// A kind of record with its article: `a lead`, `an opportunity`.
pub fn one(kind: KindNo) -> String {
    let article = if kind.name().starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {kind}")
}

/// A kind of record in Chinese.
pub fn kind_zh(kind: KindNo) -> &'static str {
    kind.info().map_or("记录", |info| info.zh)
}

/// The names that could stand in a place, in words; nothing where they are too many to be read.
pub fn choose_from<'a>(names: impl IntoIterator<Item = (&'a str, &'a str)>) -> Bilingual {
    const MOST: usize = 12;
    let (en, zh): (Vec<String>, Vec<String>) =
        names.into_iter().map(|(en, zh)| (format!("`{en}`"), format!("`{zh}`"))).take(MOST + 1).unzip();
    match en.len() {
        1..=MOST => {
            (format!("; there are {}", en.join(", ")), format!("，可用的有 {}", zh.join("、"))).into()
        }
        _ => Bilingual::default(),
    }
}

/// `did you mean …?` in words.
pub fn did_you_mean(meant: &str, tongue: Tongue) -> String {
    match tongue {
        Tongue::English => format!("did you mean `{meant}`?"),
        Tongue::Chinese => format!("是否想写 `{meant}`？"),
    }
}

impl fmt::Display for Bilingual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_the_line_in_three_parts() {
        let text = "fn score(线索) {\n  线索.行业\n}\n";
        let check = |at: Range<usize>, place: (u64, u64), parts: [&str; 3]| {
            let mark = Mark::new("a.rhai", text, at.clone());
            assert_eq!((mark.line, mark.column), place, "{at:?}");
            assert_eq!([mark.before.as_str(), mark.marked.as_str(), mark.after.as_str()], parts, "{at:?}");
        };
        check(3..8, (1, 4), ["fn ", "score", "(线索) {"]);
        check(9..15, (1, 10), ["fn score(", "线索", ") {"]);
        // What begins or ends within a letter takes all of it.
        check(10..11, (1, 10), ["fn score(", "线", "索) {"]);
        // Of several lines the first is shown.
        check(17..text.len(), (1, 14), ["fn score(线索) ", "{", ""]);
        check(text.len()..text.len(), (4, 1), ["", "", ""]);
        check(900..901, (4, 1), ["", "", ""]);
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}here{}", "a".repeat(5_000), "b".repeat(5_000));
        let mark = Mark::new("", &text, 5_000..5_004);
        assert_eq!((mark.column, mark.marked.as_str(), mark.text().len()), (5_001, "here", 2 * SHOWN + 4));
    }
}
