//! What is wrong with a filter, as its author reads it.

use super::bind::{BindError, Problem};
use super::parse::{Expected, ParseError, Place};
use crate::record::diagnostic::{Diagnostic, kind_zh, one};

impl ParseError {
    /// What is wrong, at its place in the text.
    ///
    /// ```
    /// let error = crm_core::record::filter::parse("公司规模 >").unwrap_err();
    /// assert!(error.diagnostic().zh.ends_with("却到了结尾"));
    /// ```
    pub fn diagnostic(&self) -> Diagnostic {
        let (en, zh) = match self.found.as_str() {
            "" => ("the end".to_owned(), "却到了结尾".to_owned()),
            found => (format!("`{found}`"), format!("却是 `{found}`")),
        };
        let said = (
            format!("expected {}, found {en}", self.expected.en()),
            format!("应为{}{}，{zh}", gap(self.expected.zh()), self.expected.zh()),
        );
        let code = match self.expected {
            Expected::Shorter => "filter.too_long",
            Expected::Shallower => "filter.too_deep",
            _ => "filter.syntax",
        };
        Diagnostic::new(code, self.at.clone(), said).meant(self.suggestion.clone())
    }
}

/// Between Chinese and what is quoted or Latin stands a space.
fn gap(next: &str) -> &'static str {
    if next.starts_with(|letter: char| letter.is_ascii()) { " " } else { "" }
}

impl BindError {
    /// What is wrong, at its place in the text; `places` are those of the filter's tests.
    pub fn diagnostic(&self, places: &[Place]) -> Diagnostic {
        let at = match (&self.problem, places.get(self.test)) {
            (_, None) => 0..0,
            (
                Problem::Type { .. } | Problem::Operator { .. } | Problem::UnknownChoice { .. },
                Some(place),
            ) => place.test.clone(),
            (_, Some(place)) => place.field.clone(),
        };
        let zh = self.problem.zh(&self.field);
        // The suggestion is told by itself.
        let (en, suggestion) = match &self.problem {
            Problem::UnknownField { name, kind, suggestion } => {
                (format!("{} has no field `{name}`", one(*kind)), suggestion.clone())
            }
            Problem::UnknownChoice { found, suggestion, known } => {
                (format!("`{}` has no choice `{found}`{}", self.field, known.en), suggestion.clone())
            }
            Problem::Type { .. } | Problem::Operator { .. } => (self.to_string(), None),
            other => (other.to_string(), None),
        };
        Diagnostic::new(self.problem.code(), at, (en, zh)).meant(suggestion)
    }
}

impl Problem {
    /// What is wrong with the test of a field, in Chinese.
    fn zh(&self, field: &str) -> String {
        match self {
            Problem::UnknownField { name, kind, .. } => {
                format!("{}没有字段 `{name}`", kind_zh(*kind))
            }
            Problem::NotAReference { name } => format!("`{name}` 不指向任何记录，后面不能再跟字段"),
            Problem::AnyKind { name } => format!("`{name}` 可能指向任何类型的记录，字段未知"),
            Problem::WholeRow { columns } => format!("这里是多行数据，请写明列：{columns}"),
            Problem::Type { expected, found } => format!("`{field}` 应与{}比较，却是 `{found}`", expected.zh),
            Problem::Operator { what, ty } => format!("`{field}` 是{}，不能用 {what}", ty.zh),
            Problem::UnknownChoice { found, known, .. } => {
                format!("`{field}` 没有选项 `{found}`{}", known.zh)
            }
            Problem::TooDeep => "条件嵌套过深".into(),
        }
    }
}
