//! Numbering rules: templates for codes of records, such as `C{yyyy}{MM}-{n:5}`.

use std::fmt::{self, Write as _};

use chrono::{Datelike, NaiveDate};

/// A template of codes: literal text, parts of a date, and one counter that restarts with each period.
///
/// Parts are `{yyyy}`, `{yy}`, `{MM}`, `{dd}` and the counter `{n}` or `{n:5}`, at least so many digits. Within a
/// period the counter runs on past its width. Two pairs of period and number never give the same code.
///
/// ```
/// use crm_core::base::numbering::{Restart, Template};
/// let template = Template::parse("C{yyyy}{MM}-{n:5}").unwrap();
/// let date = "2026-03-01".parse().unwrap();
/// assert_eq!(template.restart(), Restart::Month);
/// assert_eq!(template.period(date), "202603");
/// assert_eq!(template.format(date, 42), "C202603-00042");
/// ```
///
/// As data it is `{"template": "C{yyyy}{MM}-{n:5}", "restart": "month"}`; without `restart`, as [`Template::parse`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Template {
    parts: Vec<Part>,
    restart: Restart,
}

/// A template as it is written down.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    template: String,
    #[serde(default)]
    restart: Option<Restart>,
}

/// When the counter of a template begins again with 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Restart {
    /// Never.
    #[default]
    Never,
    /// Every year.
    Year,
    /// Every month.
    Month,
    /// Every day.
    Day,
}

/// Why a template can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no counter, so that all codes of a period would be the same.
    #[error("`{0}` has no counter, as in `{{n:5}}`")]
    NoCounter(String),
    /// There is more than one counter.
    #[error("`{0}` has more than one counter")]
    TwoCounters(String),
    /// A part in braces is none that is known.
    #[error("`{{{0}}}` is none of {{yyyy}}, {{yy}}, {{MM}}, {{dd}}, {{n}} and {{n:5}}")]
    UnknownPart(String),
    /// A brace has no partner.
    #[error("a brace in `{0}` has no partner")]
    Brace(String),
    /// The counter is wider than 18 digits, or has no width after its colon.
    #[error("`{0}` is not a width of a counter; it has 1 to 18 digits")]
    Width(String),
    /// The counter restarts more often than the dates in the code change, so that two periods would share codes.
    #[error(
        "`{template}` restarts every {restart}, but has no {{{part}}}: two periods would give the same codes"
    )]
    Collides {
        /// The template.
        template: String,
        /// When its counter restarts.
        restart: Restart,
        /// The part that is missing.
        part: &'static str,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Year4,
    Year2,
    Month,
    Day,
    Counter(usize),
}

impl Template {
    /// Reads a template; its counter restarts as often as the dates in it allow.
    ///
    /// # Errors
    /// When a part is not known or there is not exactly one counter.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Template { parts: read_parts(text)?, restart: Restart::Never };
        let allowed = [Restart::Day, Restart::Month, Restart::Year];
        template.restart = allowed.into_iter().find(|r| template.lacks(*r).is_none()).unwrap_or_default();
        Ok(template)
    }

    /// Reads a template whose counter restarts as given.
    ///
    /// # Errors
    /// As [`Template::parse`], and when two periods would give the same codes: a restart every month needs year and month.
    pub fn with_restart(text: &str, restart: Restart) -> Result<Self, TemplateError> {
        let template = Template { parts: read_parts(text)?, restart };
        match template.lacks(restart) {
            Some(part) => Err(TemplateError::Collides { template: text.to_owned(), restart, part }),
            None => Ok(template),
        }
    }

    /// When the counter begins again.
    pub fn restart(&self) -> Restart {
        self.restart
    }

    /// The period that a date falls in, the key of its counter: `2026`, `202603`, `20260301`, nothing.
    ///
    /// The year is the one that the code shows: with `{yy}` alone, 2126 goes on counting where 2026 stopped.
    pub fn period(&self, date: NaiveDate) -> String {
        let year = if self.parts.contains(&Part::Year4) { Part::Year4 } else { Part::Year2 };
        let parts: &[Part] = match self.restart {
            Restart::Never => &[],
            Restart::Year => &[year],
            Restart::Month => &[year, Part::Month],
            Restart::Day => &[year, Part::Month, Part::Day],
        };
        let mut out = String::with_capacity(8);
        parts.iter().for_each(|part| part.write(&mut out, date, 0));
        out
    }

    /// The code of a number in the period of a date.
    pub fn format(&self, date: NaiveDate, number: u64) -> String {
        let mut out = String::with_capacity(24);
        self.parts.iter().for_each(|part| part.write(&mut out, date, number));
        out
    }

    /// The part that codes need so that this restart never repeats one.
    fn lacks(&self, restart: Restart) -> Option<&'static str> {
        let has = |part: Part| self.parts.contains(&part);
        let missing = [
            (Restart::Year, has(Part::Year4) || has(Part::Year2), "yyyy"),
            (Restart::Month, has(Part::Month), "MM"),
            (Restart::Day, has(Part::Day), "dd"),
        ];
        missing.into_iter().find(|(least, has, _)| restart >= *least && !has).map(|(_, _, part)| part)
    }
}

impl Part {
    // All parts but the counter have one width: so no two numbers meet by shifting digits between parts.
    fn write(&self, out: &mut String, date: NaiveDate, number: u64) {
        let year = date.year().rem_euclid(10_000);
        let _ = match self {
            Part::Text(text) => out.write_str(text),
            Part::Year4 => write!(out, "{year:04}"),
            Part::Year2 => write!(out, "{:02}", year % 100),
            Part::Month => write!(out, "{:02}", date.month()),
            Part::Day => write!(out, "{:02}", date.day()),
            Part::Counter(width) => write!(out, "{number:0width$}"),
        };
    }
}

fn read_parts(template: &str) -> Result<Vec<Part>, TemplateError> {
    let brace = || TemplateError::Brace(template.to_owned());
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (text, braced) = rest.split_at(at);
        let (name, after) = braced.strip_prefix('{').and_then(|b| b.split_once('}')).ok_or_else(brace)?;
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        parts.push(read_part(name)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    match parts.iter().filter(|part| matches!(part, Part::Counter(_))).count() {
        0 => Err(TemplateError::NoCounter(template.to_owned())),
        1 => Ok(parts),
        _ => Err(TemplateError::TwoCounters(template.to_owned())),
    }
}

fn read_part(name: &str) -> Result<Part, TemplateError> {
    match name {
        "yyyy" => Ok(Part::Year4),
        "yy" => Ok(Part::Year2),
        "MM" => Ok(Part::Month),
        "dd" => Ok(Part::Day),
        "n" => Ok(Part::Counter(1)),
        _ => {
            let width = name.strip_prefix("n:").ok_or_else(|| TemplateError::UnknownPart(name.to_owned()))?;
            let digits = width.parse().ok().filter(|digits| (1..=18).contains(digits));
            digits.map(Part::Counter).ok_or_else(|| TemplateError::Width(width.to_owned()))
        }
    }
}

impl fmt::Display for Restart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Restart::Never => "never",
            Restart::Year => "year",
            Restart::Month => "month",
            Restart::Day => "day",
        })
    }
}

impl From<Template> for Plain {
    fn from(template: Template) -> Plain {
        Plain { template: template.to_string(), restart: Some(template.restart) }
    }
}
impl TryFrom<Plain> for Template {
    type Error = TemplateError;
    fn try_from(plain: Plain) -> Result<Self, TemplateError> {
        match plain.restart {
            Some(restart) => Template::with_restart(&plain.template, restart),
            None => Template::parse(&plain.template),
        }
    }
}

/// The template's text.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Year4 => f.write_str("{yyyy}"),
            Part::Year2 => f.write_str("{yy}"),
            Part::Month => f.write_str("{MM}"),
            Part::Day => f.write_str("{dd}"),
            Part::Counter(1) => f.write_str("{n}"),
            Part::Counter(width) => write!(f, "{{n:{width}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[rustfmt::skip]
    fn formats() {
        let date = "2026-03-01".parse().unwrap();
        for (text, restart, period, code) in [
            ("{n}", Restart::Never, "", "7"),
            ("客户-{n:4}", Restart::Never, "", "客户-0007"),
            ("Q{yy}-{n:3}", Restart::Year, "26", "Q26-007"),
            ("C{yyyy}{MM}-{n:5}", Restart::Month, "202603", "C202603-00007"),
            ("{n:3}/{dd}.{MM}.{yyyy}", Restart::Day, "20260301", "007/01.03.2026"),
            ("{MM}-{n}", Restart::Never, "", "03-7"),
            ("{yyyy}-{dd}-{n}", Restart::Year, "2026", "2026-01-7"),
        ] {
            let template = Template::parse(text).unwrap();
            assert_eq!(template.restart(), restart, "{text}");
            assert_eq!(template.period(date), period, "{text}");
            assert_eq!(template.format(date, 7), code, "{text}");
            assert_eq!(template.to_string(), text);
        }
        assert_eq!(Template::parse("{n:2}").unwrap().format(date, 12_345), "12345");
    }

    #[test]
    fn refuses() {
        let check = |text: &str, expected: TemplateError| assert_eq!(Template::parse(text), Err(expected));
        check("", TemplateError::NoCounter("".into()));
        check("C{yyyy}", TemplateError::NoCounter("C{yyyy}".into()));
        check("{n}-{n:2}", TemplateError::TwoCounters("{n}-{n:2}".into()));
        check("{m}{n}", TemplateError::UnknownPart("m".into()));
        check("{}{n}", TemplateError::UnknownPart("".into()));
        check("{n", TemplateError::Brace("{n".into()));
        check("n}", TemplateError::Brace("n}".into()));
        check("{n:0}", TemplateError::Width("0".into()));
        check("{n:}", TemplateError::Width("".into()));
        check("{n:19}", TemplateError::Width("19".into()));
        let collides = |text: &str, restart: Restart, part: &'static str| {
            let refused = Template::with_restart(text, restart);
            assert_eq!(refused, Err(TemplateError::Collides { template: text.into(), restart, part }));
        };
        collides("{n}", Restart::Year, "yyyy");
        collides("{yyyy}{n}", Restart::Month, "MM");
        collides("{MM}{n}", Restart::Month, "yyyy");
        collides("{yyyy}{MM}{n}", Restart::Day, "dd");
        let shown = Template::with_restart("{yyyy}-{n}", Restart::Month).unwrap_err().to_string();
        assert_eq!(
            shown,
            "`{yyyy}-{n}` restarts every month, but has no {MM}: two periods would give the same codes"
        );
        assert!(Template::with_restart("{yyyy}{MM}{n}", Restart::Year).is_ok());
    }

    #[test]
    fn is_data() {
        let read = |json: &str| serde_json::from_str::<Template>(json);
        let yearly = read(r#"{"template":"{yyyy}{MM}{n}","restart":"year"}"#).unwrap();
        assert_eq!(yearly.restart(), Restart::Year);
        assert_eq!(read(&serde_json::to_string(&yearly).unwrap()).unwrap(), yearly);
        assert_eq!(read(r#"{"template":"{yyyy}{MM}{n}"}"#).unwrap().restart(), Restart::Month);
        assert!(read(r#"{"template":"{n}","restart":"year"}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_two_numbers_meet(
            parts in Just(vec!["{yyyy}", "{yy}", "{MM}", "{dd}", "{n:2}", "1", "-"]).prop_shuffle(),
            taken in 1usize..=7,
            restart in proptest::sample::select(vec![Restart::Never, Restart::Year, Restart::Month, Restart::Day]),
            a in (700_000i32..780_000, 1u64..1_200),
            b in (700_000i32..780_000, 1u64..1_200),
        ) {
            let text = parts[..taken].concat();
            let Ok(template) = Template::with_restart(&text, restart) else { return Ok(()) };
            let date = |days: i32| NaiveDate::from_num_days_from_ce_opt(days).unwrap();
            let (a_date, b_date) = (date(a.0), date(b.0));
            let same = (template.period(a_date), a.1) == (template.period(b_date), b.1);
            prop_assert!(same || template.format(a_date, a.1) != template.format(b_date, b.1));
        }

        #[test]
        fn takes_any_text(text in "\\PC*", braced in "[{}ynMd:0-9]{0,12}") {
            for text in [text, braced] {
                if let Ok(template) = Template::parse(&text) {
                    prop_assert_eq!(Template::parse(&template.to_string()), Ok(template));
                }
            }
        }
    }
}
