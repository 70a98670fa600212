//! What is wrong with a scoring document, at its places, in both languages.

use crm_core::base::choice::Choice;
use crm_core::base::{Instant, Kind, KindNo, kind};
use crm_core::domain::rule::RuleDraft;
use crm_core::record::filter::{FilterContext, bind, parse};
use crm_core::record::lifecycle::document::Fault;
use crm_core::record::schema::Schema;
use crm_core::record::script::Diagnostic;
use crm_rules::{Tongue, of_bind_error, of_parse_error};

/// A choice in the author's language.
pub fn label<C: Choice + PartialEq>(choice: C, tongue: Tongue) -> &'static str {
    let code = choice.code();
    let name = C::NAMES.iter().find(|name| name.code == code);
    name.map_or(code, |name| if tongue == Tongue::Chinese { name.zh } else { name.en })
}

/// The faults of a document.
pub fn faults(faults: &[Fault], source: &str) -> Vec<Diagnostic> {
    let diagnostic = |fault: &Fault| {
        let line = usize::try_from(fault.place.line).unwrap_or(1).max(1) - 1;
        let column = usize::try_from(fault.place.column).unwrap_or(1).max(1) - 1;
        let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
        let rest = source.get(start..).unwrap_or("");
        let at = start + rest.chars().take(column).map(char::len_utf8).sum::<usize>();
        let what = match fault.code {
            "document.key_unknown" => "没有这个键",
            "document.key_missing" => "缺少键",
            "document.key_twice" => "键重复",
            "document.syntax" => "文档无法读取",
            _ => "值不合适",
        };
        Diagnostic {
            code: fault.code.to_owned(),
            at: at..end(source, at),
            en: fault.message.clone(),
            zh: format!("{what}（{}）", fault.message),
            suggestion: None,
        }
    };
    faults.iter().map(diagnostic).collect()
}

/// Where the word at a place ends.
fn end(source: &str, start: usize) -> usize {
    let rest = source.get(start..).unwrap_or("");
    let stops = |letter: char| letter.is_whitespace() || [':', ',', '}', ']'].contains(&letter);
    start + rest.find(stops).unwrap_or(rest.len()).max(1).min(rest.len())
}

/// What is wrong with the criteria of a document.
pub fn criteria(
    draft: &RuleDraft,
    source: &str,
    schema: &Schema,
    behaviour: &dyn Fn(&str) -> Option<u32>,
) -> Vec<Diagnostic> {
    let kind = KindNo::from_name(&draft.kind).unwrap_or(kind::Lead::NO);
    let context = FilterContext { behaviour, ..FilterContext::utc(Instant::default()) };
    let mut problems = Vec::new();
    let mut after = 0;
    for line in &draft.lines {
        // The document has the criterion as it is, unless something in it is escaped.
        let found = source.get(after..).and_then(|rest| rest.find(&line.criterion)).map(|at| after + at);
        let start = found.unwrap_or(after);
        after = found.map_or(after, |at| at + line.criterion.len());
        let placed = |problem: Diagnostic| match found {
            Some(_) => Diagnostic { at: start + problem.at.start..start + problem.at.end, ..problem },
            None => Diagnostic { at: start..start, ..problem },
        };
        match parse(&line.criterion) {
            Err(error) => problems.push(placed(of_parse_error(&error))),
            Ok((filter, places)) => {
                let errors = bind(&filter, schema, kind, &context).err().unwrap_or_default();
                problems.extend(errors.iter().map(|error| placed(of_bind_error(error, &places))));
            }
        }
    }
    problems
}
