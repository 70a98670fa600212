//! What is wrong with a rule, shown to its author: the file, the line, the marked place, what was
//! probably meant; in English or Chinese.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use crm_core::record::diagnostic::{Bilingual, Diagnostic, Tongue, did_you_mean};
use crm_core::record::error::{Error, Invalid};
use crm_core::record::script::Script;
use rhai::{EvalAltResult, LexError, ParseErrorType};

use crate::place;
use crate::problem::Problem;

/// Shows what is wrong with a source, marked in its lines.
///
/// ```
/// use crm_rules::{Tongue, show};
/// let source = "行业 = '科技' 且 公司规模 >";
/// let error = crm_core::record::filter::parse(source).unwrap_err();
/// let shown = show(&[error.diagnostic()], "评分.txt", source, Tongue::Chinese);
/// assert!(shown.contains("评分.txt:1:19"), "{shown}");
/// ```
pub fn show(problems: &[Diagnostic], file: &str, source: &str, tongue: Tongue) -> String {
    let marked = |problem: &Diagnostic| Invalid::marked("", file, source, problem.clone());
    show_invalid(&problems.iter().map(marked).collect::<Vec<_>>(), tongue)
}

/// Shows what the engine says is wrong with a rule, marked in its lines where it is about its text.
///
/// ```
/// use crm_core::domain::rule::LoadRule;
/// use crm_core::prelude::*;
/// use crm_rules::{Tongue, show_invalid};
/// let crm = Crm::open(MemoryStore::new(), Host::fixed("2026-03-01T08:00:00Z".parse().unwrap(), 7).0).unwrap();
/// let document = "rules:\n  - {criterion: company_sise > 100, points: 20}\n".to_owned();
/// let load = LoadRule { document, name: "Size".into(), file: "size.yaml".into(), activate: true };
/// let Err(Error::Invalid(problems)) = crm.system().execute(load) else { panic!("it loads") };
/// let shown = show_invalid(&problems, Tongue::English);
/// assert!(shown.contains("size.yaml:2:17") && shown.contains("did you mean `company_size`?"), "{shown}");
/// ```
pub fn show_invalid(problems: &[Invalid], tongue: Tongue) -> String {
    let shown = problems.iter().map(|problem| {
        let (error, help, said) = match tongue {
            Tongue::Chinese if !problem.zh.is_empty() => ("错误", "建议", &problem.zh),
            Tongue::Chinese => ("错误", "建议", &problem.message),
            Tongue::English => ("error", "help", &problem.message),
        };
        let title = Level::ERROR.with_name(error).primary_title(said).id(&problem.code);
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let line = problem.mark.as_ref().map(|mark| (mark, mark.text()));
        let mut report: Vec<Group<'_>> = vec![match &line {
            None => Group::with_title(title),
            Some((mark, text)) => {
                let at = mark.before.len()..mark.before.len() + mark.marked.len();
                let annotation = AnnotationKind::Primary.span(at);
                let snippet = Snippet::source(text).line_start(number(mark.line)).annotation(annotation);
                let whole = mark.column == u64::try_from(mark.before.chars().count() + 1).unwrap_or(0);
                if whole {
                    title.element(snippet.path(&mark.source))
                } else {
                    // Of a long line only the end is shown: its own columns aren't those of the text.
                    let column = number(mark.column);
                    let place = Origin::path(&mark.source).line(number(mark.line)).char_column(column);
                    title.element(place).element(snippet)
                }
            }
        }];
        let meant = problem.suggestion.as_ref().map(|meant| did_you_mean(meant, tongue));
        if let Some(meant) = &meant {
            report.push(Group::with_title(Level::HELP.with_name(help).secondary_title(meant)));
        }
        Renderer::plain().render(&report)
    });
    shown.collect::<Vec<_>>().join("\n\n")
}

/// A place within quoted text of a script.
pub(crate) fn within(diagnostic: Diagnostic, quoted: &Range<usize>) -> Diagnostic {
    let start = (quoted.start + 1 + diagnostic.at.start).min(quoted.end);
    let end = (quoted.start + 1 + diagnostic.at.end).clamp(start, quoted.end);
    Diagnostic { at: start..end, ..diagnostic }
}

/// What is wrong with a script that can't be read.
pub(crate) fn of_syntax(error: &rhai::ParseError, source: &str) -> Diagnostic {
    let at = place::at(source, error.position());
    let found = source.get(at.clone()).filter(|found| !found.is_empty()).map(str::to_owned);
    // Words that a criterion joins conditions with.
    let sign = match (error.err_type(), found.as_deref()) {
        (ParseErrorType::MissingToken(..), Some("and" | "且" | "并且")) => Some("&&"),
        (ParseErrorType::MissingToken(..), Some("or" | "或" | "或者")) => Some("||"),
        _ => None,
    };
    let (en, zh) = match error.err_type() {
        ParseErrorType::MissingToken(..) if sign.is_some() => {
            ("a script joins conditions by a sign".into(), "脚本中用符号连接条件".into())
        }
        ParseErrorType::UnexpectedEOF => ("the script ends too early".into(), "脚本没有写完".into()),
        ParseErrorType::MissingToken(token, _) => {
            (format!("`{token}` is missing here"), format!("这里缺少 `{token}`"))
        }
        ParseErrorType::VariableExpected => ("a name is missing here".into(), "这里缺少名称".into()),
        ParseErrorType::PropertyExpected => {
            ("a field's name is missing here".into(), "这里缺少字段名".into())
        }
        ParseErrorType::ExprExpected(_) => ("a value is missing here".into(), "这里缺少值".into()),
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            ("the text has no closing quote".into(), "文本缺少右引号".into())
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(sign, _)) if sign == "=" => {
            ("write `==` to compare".into(), "比较请写 `==`".into())
        }
        ParseErrorType::Reserved(word) | ParseErrorType::BadInput(LexError::ImproperSymbol(word, _)) => {
            (format!("a rule can't use `{word}`"), format!("规则不能使用 `{word}`"))
        }
        ParseErrorType::BadInput(_) => (
            format!("`{}` can't be read", found.clone().unwrap_or_default()),
            format!("无法识别 `{}`", found.clone().unwrap_or_default()),
        ),
        ParseErrorType::AssignmentToConstant(name) => {
            (format!("`{name}` can't be changed"), format!("`{name}` 不能修改"))
        }
        ParseErrorType::MismatchedType(..) => {
            ("a value of this type can't stand here".into(), "这种类型的值不能放在这里".into())
        }
        ParseErrorType::FnDuplicatedDefinition(name, _) => {
            (format!("there are two functions `{name}`"), format!("函数 `{name}` 定义了两次"))
        }
        ParseErrorType::WrongFnDefinition => {
            ("a function can't stand within another".into(), "函数不能定义在另一个函数里".into())
        }
        ParseErrorType::ExprTooDeep => ("this nests too deep".into(), "嵌套过深".into()),
        ParseErrorType::TooManyFunctions => ("there are too many functions".into(), "函数过多".into()),
        ParseErrorType::LiteralTooLarge(..) => ("this is too long".into(), "内容过长".into()),
        other => (other.to_string(), format!("语法错误：{other}")),
    };
    Problem::Syntax { en, zh }.at(at, sign.map(str::to_owned))
}

/// Why a script failed, and where.
pub(crate) fn of_failure(error: &EvalAltResult, source: &str) -> Diagnostic {
    let mut inner = error;
    while let EvalAltResult::ErrorInFunctionCall(_, _, deeper, _) = inner {
        inner = deeper;
    }
    let at = place::at(source, inner.position());
    let (code, en, zh): (&str, String, String) = match inner {
        EvalAltResult::ErrorTooManyOperations(_) => {
            ("script.too_many_steps", "the rule takes too many steps".into(), "规则的步骤过多".into())
        }
        EvalAltResult::ErrorTerminated(..) => {
            ("script.too_slow", "the rule takes too long".into(), "规则运行时间过长".into())
        }
        EvalAltResult::ErrorDataTooLarge(..) => {
            ("script.too_large", "a text or list grows too large".into(), "文本或列表过大".into())
        }
        EvalAltResult::ErrorStackOverflow(_) => {
            ("script.too_deep", "functions call each other too deep".into(), "函数调用层数过多".into())
        }
        EvalAltResult::ErrorTooManyVariables(_) => {
            ("script.too_many_variables", "there are too many variables".into(), "变量过多".into())
        }
        EvalAltResult::ErrorArrayBounds(length, place, _) => (
            "script.no_item",
            format!("the list has {length} items and none at {place}"),
            format!("列表有 {length} 个元素，没有第 {place} 个"),
        ),
        EvalAltResult::ErrorArithmetic(what, _) => (
            "script.arithmetic",
            format!("this can't be calculated: {}", what.to_lowercase()),
            format!("无法计算：{what}"),
        ),
        EvalAltResult::ErrorRuntime(what, _) => match what.read_lock::<Bilingual>() {
            Some(said) => ("script.failed", said.en.clone(), said.zh.clone()),
            None => ("script.failed", what.to_string(), what.to_string()),
        },
        EvalAltResult::ErrorFunctionNotFound(what, _) => (
            "script.no_value",
            format!("a value is missing or of another type than expected: `{what}`"),
            format!("缺少值，或类型不符：`{what}`"),
        ),
        other => ("script.failed", other.to_string(), other.to_string()),
    };
    Diagnostic { code: code.to_owned(), at, en, zh, suggestion: None }
}

/// That a script failed, with its place.
pub(crate) fn rule_failed(script: &Script<'_>, diagnostic: Diagnostic) -> Error {
    let told = Invalid::marked("source", script.name, script.source, diagnostic);
    let line = told.mark.as_ref().map_or(1, |mark| mark.line);
    let message = format!("line {line}: {} ({})", told.message, told.code);
    Error::RuleFailed { rule: script.name.to_owned(), message, told: Some(Box::new(told)) }
}

/// The stable codes of why a script failed, and their meaning.
pub const FAILURES: &[(&str, &str)] = &[
    ("rule.refused", "a rule refuses a move without a code of its own"),
    ("script.answer", "a script answers with what can't be"),
    ("script.arithmetic", "a number is divided by 0, or too large"),
    ("script.failed", "a function could not do what it was asked"),
    ("script.no_item", "a list has no item at a place"),
    ("script.no_value", "a value is missing or of another type than expected"),
    ("script.too_deep", "functions call each other too deep"),
    ("script.too_large", "a text or list grows too large"),
    ("script.too_many_steps", "the rule takes too many steps"),
    ("script.too_many_variables", "there are too many variables"),
    ("script.too_slow", "the rule takes too long"),
];
