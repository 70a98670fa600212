//! A rule as a file: a script with what else there is to say of it in its first lines.
//!
//! ```text
//! //! name: Large technology firms        名称
//! //! purpose: score                      用途
//! //! kind: lead                          对象
//! //! example: {"company_size": 250} => 20    示例
//! fn score(lead) { … }
//! ```

use std::ops::Range;

use crm_core::base::KindNo;
use crm_core::base::choice::Choice;
use crm_core::domain::rule::{Event, Example, RuleDraft, Trigger};
use crm_core::record::diagnostic::{Diagnostic, Mark};
use crm_core::record::error::Invalid;
use crm_core::record::filter::nearest;
use crm_core::record::script::{Language, Purpose};

/// What a first line can say, in English and in Chinese.
const KEYS: &[(&str, &str)] = &[
    ("name", "名称"),
    ("purpose", "用途"),
    ("kind", "对象"),
    ("threshold", "资质认定阈值"),
    ("order", "顺序"),
    ("message", "提示"),
    ("trigger", "触发"),
    ("example", "示例"),
    ("notes", "备注"),
];

/// The stable codes of what is wrong with a rule's file, and their meaning.
pub const FILE_CODES: &[(&str, &str)] = &[
    ("rule_file.key", "a first line says something unknown"),
    ("rule_file.missing", "a first line is missing"),
    ("rule_file.value", "a first line has no meaning"),
];

/// Reads a rule from a file: first lines that begin with `//!`, then the script.
///
/// The script is the whole text, so that places in it are places in the file.
///
/// # Errors
/// Everything that is wrong with the first lines.
///
/// ```
/// let rule = crm_rules::read_rule("//! 名称: 规模\n//! 用途: 评分\n//! 对象: 线索\nfn score(lead) { 1 }").unwrap();
/// assert_eq!((rule.name.as_str(), rule.kind.as_str()), ("规模", "lead"));
/// let problems = crm_rules::read_rule("//! nmae: a\n//! purpose: score\n//! kind: lead").unwrap_err();
/// assert_eq!(problems[0].suggestion.as_deref(), Some("name"));
/// ```
pub fn read_rule(text: &str) -> Result<RuleDraft, Vec<Diagnostic>> {
    let mut reader = Reader {
        draft: RuleDraft { language: Language::Rhai, source: text.to_owned(), ..RuleDraft::default() },
        given: Vec::new(),
        problems: Vec::new(),
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(said) = line.trim_start().strip_prefix("//!") {
            let said = said.trim();
            let at = line.find(said).map_or(start, |place| start + place);
            if !said.is_empty() {
                reader.line(said, at);
            }
        } else if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    reader.finish()
}

/// A problem of a rule that was read from a file, marked in that: the engine knows the rule by its name,
/// and not the first lines of the file.
pub fn marked_in_file(problem: Invalid, file: &str, text: &str) -> Invalid {
    let mark = match &problem.mark {
        // A place in the script is one in the file.
        Some(mark) => Some(Mark { source: file.to_owned(), ..Mark::clone(mark) }),
        None => first_line(&problem.field, text).map(|at| Mark::new(file, text, at)),
    };
    Invalid { mark: mark.map(Box::new), ..problem }
}

/// Where a file says what a field of its rule holds, such as `triggers.2`.
fn first_line(field: &str, text: &str) -> Option<Range<usize>> {
    let (field, number) = match field.split_once('.') {
        Some((field, number)) => (field.trim_end_matches('s'), number.parse().ok()?),
        None => (field.trim_end_matches('s'), 1_usize),
    };
    let field = if field == "place" { "order" } else { field };
    let (en, zh) = KEYS.iter().find(|(en, _)| *en == field)?;
    let mut start = 0;
    let mut said = text.split_inclusive('\n').filter_map(|line| {
        let at = start;
        start += line.len();
        let (key, value) = line.trim_start().strip_prefix("//!")?.split_once([':', '：'])?;
        let value = value.trim();
        let here = [en, zh].iter().any(|known| known.eq_ignore_ascii_case(key.trim()));
        let value_at = at + line.rfind(value)?;
        here.then_some(value_at..value_at + value.len())
    });
    said.nth(number.checked_sub(1)?)
}

struct Reader {
    draft: RuleDraft,
    given: Vec<&'static str>,
    problems: Vec<Diagnostic>,
}

impl Reader {
    fn wrong(
        &mut self,
        code: &str,
        at: Range<usize>,
        (en, zh): (String, String),
        suggestion: Option<String>,
    ) {
        self.problems.push(Diagnostic { code: code.to_owned(), at, en, zh, suggestion });
    }

    fn line(&mut self, said: &str, at: usize) {
        let (key, value) =
            said.split_once([':', '：']).map_or((said, ""), |(key, value)| (key.trim(), value.trim()));
        let known = KEYS.iter().find(|(en, zh)| en.eq_ignore_ascii_case(key) || *zh == key);
        let Some((name, _)) = known else {
            let meant = nearest(key, KEYS.iter().flat_map(|(en, zh)| [*en, *zh]));
            let text = (format!("a rule has no `{key}`"), format!("规则没有 `{key}`"));
            return self.wrong("rule_file.key", at..at + key.len(), text, meant);
        };
        self.given.push(name);
        let start = at + said.len() - value.len();
        if !self.take(name, value) {
            let text = (
                format!("`{value}` is no {name}, as in `{}`", form(name).0),
                format!("`{value}` 不能作为 `{key}`，写法如 `{}`", form(name).1),
            );
            self.wrong("rule_file.value", start..start + value.len(), text, suggested(name, value));
        }
    }

    /// Takes what a line says; whether it has a meaning.
    fn take(&mut self, name: &str, value: &str) -> bool {
        let draft = &mut self.draft;
        match name {
            "name" => draft.name = value.to_owned(),
            "message" => draft.message = value.to_owned(),
            "notes" => draft.notes = value.to_owned(),
            "purpose" => match Purpose::from_name(value) {
                Some(purpose) => draft.purpose = purpose,
                None => return false,
            },
            "kind" => match KindNo::from_name(value) {
                Some(kind) => draft.kind = kind.name().to_owned(),
                None => return false,
            },
            "threshold" | "order" => match value.parse() {
                Ok(number) if name == "order" => draft.place = Some(number),
                Ok(number) => draft.threshold = Some(number),
                Err(_) => return false,
            },
            "trigger" => match trigger(value) {
                Some(trigger) => draft.triggers.push(trigger),
                None => return false,
            },
            _ => match value.rsplit_once("=>") {
                Some((facts, expected)) => draft
                    .examples
                    .push(Example { facts: facts.trim().to_owned(), expected: expected.trim().to_owned() }),
                None => return false,
            },
        }
        !value.is_empty()
    }

    fn finish(mut self) -> Result<RuleDraft, Vec<Diagnostic>> {
        for needed in ["name", "purpose", "kind"] {
            if !self.given.contains(&needed) {
                let zh = KEYS.iter().find(|(en, _)| *en == needed).map_or(needed, |(_, zh)| zh);
                let text = (
                    format!(
                        "the first lines have to say the rule's {needed}: `//! {needed}: {}`",
                        form(needed).0
                    ),
                    format!("文件开头要写明{zh}：`//! {zh}: {}`", form(needed).1),
                );
                self.wrong("rule_file.missing", 0..0, text, None);
            }
        }
        if self.problems.is_empty() { Ok(self.draft) } else { Err(self.problems) }
    }
}

/// What a value looks like, in English and in Chinese.
fn form(name: &str) -> (&'static str, &'static str) {
    match name {
        "purpose" => ("score", "评分"),
        "kind" => ("lead", "线索"),
        "threshold" | "order" => ("50", "50"),
        "trigger" => ("field_changed amount", "field_changed amount"),
        "example" => ("{\"company_size\": 250} => 20", "{\"公司规模\": 250} => 20"),
        _ => ("Large firms", "大型企业"),
    }
}

fn suggested(name: &str, value: &str) -> Option<String> {
    let names: Vec<&str> = match name {
        "purpose" => Purpose::NAMES.iter().flat_map(|name| [name.code, name.zh]).collect(),
        "trigger" => {
            let event = value.split(' ').next().unwrap_or_default();
            let names = Event::NAMES.iter().flat_map(|name| [name.code, name.zh]);
            return nearest(event, names).map(|meant| value.replacen(event, &meant, 1));
        }
        "kind" => crm_core::base::kind::KINDS.iter().flat_map(|kind| [kind.name, kind.zh]).collect(),
        _ => return None,
    };
    nearest(value, names)
}

/// `created`, `field_changed amount`, `field_changed state = won`, `state_entered won`, `score_crossed 60`.
fn trigger(text: &str) -> Option<Trigger> {
    let (event, rest) = text.split_once(' ').unwrap_or((text, ""));
    let on = Event::from_name(event)?;
    let rest = rest.trim();
    let (field, to) = rest.split_once('=').map_or((rest, ""), |(field, to)| (field.trim(), to.trim()));
    let mut trigger = Trigger { on, field: String::new(), to: to.to_owned(), score: None };
    match on {
        Event::StateEntered => trigger.to = rest.to_owned(),
        Event::ScoreCrossed => trigger.score = Some(rest.parse().ok()?),
        _ => trigger.field = field.to_owned(),
    }
    Some(trigger)
}
