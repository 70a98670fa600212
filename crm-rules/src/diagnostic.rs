//! What is wrong with a rule, shown to its author: the file, the line, the marked place, what was
//! probably meant; in English or Chinese.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use crm_core::record::filter::{BindError, Expected, ParseError, Place, Problem as Unbound};
use crm_core::record::script::Diagnostic;
use rhai::{EvalAltResult, LexError, ParseErrorType};

use crate::place;
use crate::problem::Problem;

/// The language in which an author reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

/// Shows what is wrong with a source, marked in its lines.
///
/// ```
/// use crm_rules::{Tongue, of_parse_error, show};
/// let source = "行业 = '科技' 且 公司规模 >";
/// let error = crm_core::record::filter::parse(source).unwrap_err();
/// let shown = show(&[of_parse_error(&error)], "评分.txt", source, Tongue::Chinese);
/// assert!(shown.contains("评分.txt:1:19"), "{shown}");
/// ```
pub fn show(problems: &[Diagnostic], file: &str, source: &str, tongue: Tongue) -> String {
    let renderer = Renderer::plain();
    let shown = problems.iter().map(|problem| {
        let (text, error, help) = match tongue {
            Tongue::English => (&problem.en, "error", "help"),
            Tongue::Chinese => (&problem.zh, "错误", "建议"),
        };
        let at = problem.at.start.min(source.len())..problem.at.end.min(source.len());
        let snippet = Snippet::source(source).path(file).annotation(AnnotationKind::Primary.span(at));
        let title = Level::ERROR.with_name(error).primary_title(text).id(&problem.code);
        let mut report: Vec<Group<'_>> = vec![title.element(snippet)];
        let meant = problem.suggestion.as_ref().map(|meant| match tongue {
            Tongue::English => format!("did you mean `{meant}`?"),
            Tongue::Chinese => format!("是否想写 `{meant}`？"),
        });
        if let Some(meant) = &meant {
            report.push(Group::with_title(Level::HELP.with_name(help).secondary_title(meant)));
        }
        renderer.render(&report)
    });
    shown.collect::<Vec<_>>().join("\n\n")
}

/// A place within quoted text of a script.
pub(crate) fn within(diagnostic: Diagnostic, quoted: &Range<usize>) -> Diagnostic {
    let start = (quoted.start + 1 + diagnostic.at.start).min(quoted.end);
    let end = (quoted.start + 1 + diagnostic.at.end).clamp(start, quoted.end);
    Diagnostic { at: start..end, ..diagnostic }
}

/// What is wrong with a criterion that can't be read.
pub fn of_parse_error(error: &ParseError) -> Diagnostic {
    let found = if error.found.is_empty() { None } else { Some(&error.found) };
    let en = match found {
        Some(found) => format!("expected {}, found `{found}`", error.expected.en()),
        None => format!("expected {}, found the end", error.expected.en()),
    };
    let zh = match found {
        Some(found) => format!("应为{}，却是 `{found}`", error.expected.zh()),
        None => format!("应为{}，却到了结尾", error.expected.zh()),
    };
    let code = match error.expected {
        Expected::Shorter => "filter.too_long",
        Expected::Shallower => "filter.too_deep",
        _ => "filter.syntax",
    };
    Diagnostic { code: code.to_owned(), at: error.at.clone(), en, zh, suggestion: error.suggestion.clone() }
}

/// What is wrong with a criterion that doesn't fit its kind; `places` are those of its tests.
pub fn of_bind_error(error: &BindError, places: &[Place]) -> Diagnostic {
    let place = places.get(error.test);
    let at = match (&error.problem, place) {
        (_, None) => 0..0,
        (Unbound::Type { .. } | Unbound::Operator { .. } | Unbound::UnknownChoice { .. }, Some(place)) => {
            place.test.clone()
        }
        (_, Some(place)) => place.field.clone(),
    };
    let suggestion = match &error.problem {
        Unbound::UnknownField { suggestion, .. } | Unbound::UnknownChoice { suggestion, .. } => {
            suggestion.clone()
        }
        _ => None,
    };
    let zh = unbound_zh(&error.problem);
    // The suggestion is shown by itself.
    let en = match &error.problem {
        Unbound::UnknownField { name, kind, .. } => format!("a {kind} has no field `{name}`"),
        Unbound::UnknownChoice { found, .. } => format!("`{}` has no choice `{found}`", error.field),
        other => other.to_string(),
    };
    Diagnostic { code: error.problem.code().to_owned(), at, en, zh, suggestion }
}

fn unbound_zh(problem: &Unbound) -> String {
    match problem {
        Unbound::UnknownField { name, kind, .. } => {
            format!("{}没有字段 `{name}`", kind.info().map_or("该类型", |info| info.zh))
        }
        Unbound::NotAReference { name } => format!("`{name}` 不指向任何记录，后面不能再跟字段"),
        Unbound::AnyKind { name } => format!("`{name}` 可能指向任何类型的记录，字段未知"),
        Unbound::WholeRow { columns } => format!("这里是多行数据，请写明列：{columns}"),
        Unbound::Type { expected, found } => format!("`{found}` 的类型不符，应为：{expected}"),
        Unbound::Operator { what, ty } => format!("{what} 不能用于该字段（{ty}）"),
        Unbound::UnknownChoice { found, .. } => format!("没有选项 `{found}`"),
        Unbound::TooDeep => "条件嵌套过深".into(),
    }
}

/// What is wrong with a script that can't be read.
pub(crate) fn of_syntax(error: &rhai::ParseError, source: &str) -> Diagnostic {
    let at = place::at(source, error.position());
    let found = source.get(at.clone()).filter(|found| !found.is_empty()).map(str::to_owned);
    let (en, zh) = match error.err_type() {
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
    Problem::Syntax { en, zh }.at(at, None)
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
        EvalAltResult::ErrorRuntime(what, _) => ("script.failed", what.to_string(), what.to_string()),
        EvalAltResult::ErrorFunctionNotFound(what, _) => (
            "script.no_value",
            format!("a value is missing or of another type than expected: `{what}`"),
            format!("缺少值，或类型不符：`{what}`"),
        ),
        other => ("script.failed", other.to_string(), other.to_string()),
    };
    Diagnostic { code: code.to_owned(), at, en, zh, suggestion: None }
}

/// The stable codes of why a script failed, and their meaning.
pub const FAILURES: &[(&str, &str)] = &[
    ("rule.refused", "a rule refuses a move without a code of its own"),
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
