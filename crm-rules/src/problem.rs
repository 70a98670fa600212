//! What can be wrong with a script, in words that its author understands.

use std::ops::Range;

use crm_core::base::KindNo;
use crm_core::record::diagnostic::{Bilingual, Diagnostic, kind_zh, one};

use crate::ty::Ty;

/// What is wrong at a place of a script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    TooLong(usize),
    Syntax { en: String, zh: String },
    NoEntry { name: &'static str, form: &'static str },
    EntryParams { form: &'static str },
    Forbidden { what: String, instead: (&'static str, &'static str) },
    UnknownVariable(String),
    UnknownField { name: String, kind: KindNo },
    UnknownColumn(String),
    UnknownKey(String),
    NoFields { name: String, ty: Ty },
    AnyKind,
    UnknownFunction(String),
    Arguments { name: String, form: String },
    Argument { name: String, place: usize, expected: Ty, found: Ty },
    Operator { op: String, left: Ty, right: Ty },
    MayBeMissing,
    NotYesOrNo(Ty),
    UnknownChoice { found: String, known: Bilingual },
    DateText,
    EmptyText,
    WholeDivision,
    NotNumber(Ty),
    Mixed { first: Ty, second: Ty },
    Assigned { name: String, was: Ty, is: Ty },
    ReadOnly(String),
    Returns { name: &'static str, expected: (&'static str, &'static str), found: Ty },
    Recursive(String),
    CalledOtherwise(String),
    CallsTooDeep(usize),
    ChoiceText,
    Unused(String),
    NotLiteral(&'static str),
    BadLiteral { what: (&'static str, &'static str), found: String },
    UnknownKind(String),
    UnknownBehaviour(String),
    UnknownCommand(String),
    UnknownCommandField { command: String, name: String },
    LackingCommandField { command: String, name: &'static str },
    NotIterable(Ty),
}

/// The stable codes of what is wrong with a script, and their meaning.
pub const CODES: &[(&str, &str)] = &[
    ("script.any_kind", "the fields of a record of any kind are not known"),
    ("script.argument", "an argument of a function has another type"),
    ("script.arguments", "a function is called with too many or too few arguments"),
    ("script.assigned", "a variable is given a value of another type"),
    ("script.bad_literal", "a text is not what it has to be, such as a date"),
    ("script.calls_too_deep", "functions call each other too deep"),
    ("script.called_otherwise", "a function is called with arguments of different types"),
    ("script.choice_text", "a choice is compared with text that may be a label"),
    ("script.date_text", "a date is compared with text"),
    ("script.empty_text", "a text or list is compared with no value"),
    ("script.entry_params", "the function that is asked has other parameters"),
    ("script.forbidden", "scripts can't do this"),
    ("script.lacking_command_field", "a command is not given what it needs"),
    ("script.may_be_missing", "a value may be missing where one is needed"),
    ("script.mixed", "two values that may stand in the same place have different types"),
    ("script.no_entry", "the function that is asked is not there"),
    ("script.no_fields", "a value has no fields"),
    ("script.not_iterable", "a loop needs a list or a range"),
    ("script.not_literal", "an argument has to be written out"),
    ("script.not_number", "a number is needed"),
    ("script.not_yes_or_no", "a condition is not yes or no"),
    ("script.operator", "an operator doesn't go with its values"),
    ("script.read_only", "a record, a parameter or a constant is changed"),
    ("script.recursive", "a function calls itself"),
    ("script.returns", "a function answers with something else than it has to"),
    ("script.syntax", "the text can't be read"),
    ("script.too_long", "the text is too long"),
    ("script.unknown_behaviour", "no behaviour has the name"),
    ("script.unknown_choice", "a field has no such choice"),
    ("script.unknown_column", "a row has no such column"),
    ("script.unknown_command", "no command has the name"),
    ("script.unknown_command_field", "a command has no such field"),
    ("script.unknown_field", "a kind of record has no such field"),
    ("script.unknown_function", "no function has the name"),
    ("script.unknown_key", "a map has no such key"),
    ("script.unknown_kind", "there is no such kind of record"),
    ("script.unknown_variable", "no variable has the name"),
    ("script.unused", "a function is never called"),
    ("script.whole_division", "two whole numbers are divided"),
];

impl Problem {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::TooLong(_) => "script.too_long",
            Problem::Syntax { .. } => "script.syntax",
            Problem::NoEntry { .. } => "script.no_entry",
            Problem::EntryParams { .. } => "script.entry_params",
            Problem::Forbidden { .. } => "script.forbidden",
            Problem::UnknownVariable(_) => "script.unknown_variable",
            Problem::UnknownField { .. } => "script.unknown_field",
            Problem::UnknownColumn(_) => "script.unknown_column",
            Problem::UnknownKey(_) => "script.unknown_key",
            Problem::NoFields { .. } => "script.no_fields",
            Problem::AnyKind => "script.any_kind",
            Problem::UnknownFunction(_) => "script.unknown_function",
            Problem::Arguments { .. } => "script.arguments",
            Problem::Argument { .. } => "script.argument",
            Problem::Operator { .. } => "script.operator",
            Problem::MayBeMissing => "script.may_be_missing",
            Problem::NotYesOrNo(_) => "script.not_yes_or_no",
            Problem::UnknownChoice { .. } => "script.unknown_choice",
            Problem::DateText => "script.date_text",
            Problem::EmptyText => "script.empty_text",
            Problem::WholeDivision => "script.whole_division",
            Problem::NotNumber(_) => "script.not_number",
            Problem::Mixed { .. } => "script.mixed",
            Problem::Assigned { .. } => "script.assigned",
            Problem::ReadOnly(_) => "script.read_only",
            Problem::Returns { .. } => "script.returns",
            Problem::Recursive(_) => "script.recursive",
            Problem::CalledOtherwise(_) => "script.called_otherwise",
            Problem::CallsTooDeep(_) => "script.calls_too_deep",
            Problem::ChoiceText => "script.choice_text",
            Problem::Unused(_) => "script.unused",
            Problem::NotLiteral(_) => "script.not_literal",
            Problem::BadLiteral { .. } => "script.bad_literal",
            Problem::UnknownKind(_) => "script.unknown_kind",
            Problem::UnknownBehaviour(_) => "script.unknown_behaviour",
            Problem::UnknownCommand(_) => "script.unknown_command",
            Problem::UnknownCommandField { .. } => "script.unknown_command_field",
            Problem::LackingCommandField { .. } => "script.lacking_command_field",
            Problem::NotIterable(_) => "script.not_iterable",
        }
    }

    /// In English and in Chinese.
    fn texts(&self) -> (String, String) {
        match self {
            Problem::TooLong(most) => (
                format!("a script has at most {most} bytes"),
                format!("脚本最长 {most} 字节"),
            ),
            Problem::Syntax { en, zh } => (en.clone(), zh.clone()),
            Problem::NoEntry { name, form } => (
                format!("there is no function `{name}`: a rule of this purpose is asked `{form}`"),
                format!("缺少函数 `{name}`：此用途的规则要写成 `{form}`"),
            ),
            Problem::EntryParams { form } => (
                format!("this function is asked as `{form}`"),
                format!("此函数的形式是 `{form}`"),
            ),
            Problem::Forbidden { what, instead: (en, zh) } => (
                format!("a rule can't use `{what}`: {en}"),
                format!("规则不能使用 `{what}`：{zh}"),
            ),
            Problem::UnknownVariable(name) => (
                format!("there is no variable `{name}`"),
                format!("没有变量 `{name}`"),
            ),
            Problem::UnknownField { name, kind } => (
                format!("{} has no field `{name}`", one(*kind)),
                format!("{}没有字段 `{name}`", kind_zh(*kind)),
            ),
            Problem::UnknownColumn(name) => (
                format!("the row has no column `{name}`"),
                format!("该行没有列 `{name}`"),
            ),
            Problem::UnknownKey(name) => (format!("the map has no `{name}`"), format!("映射中没有 `{name}`")),
            Problem::NoFields { name, ty } => (
                format!("`{name}` can't follow {}, which has no fields", ty.en()),
                format!("`{name}` 不能跟在{}之后，它没有字段", ty.zh()),
            ),
            Problem::AnyKind => (
                "this may be a record of any kind, so that its fields are not known".into(),
                "这里可能是任何类型的记录，因此字段未知".into(),
            ),
            Problem::UnknownFunction(name) => (
                format!("there is no function `{name}`"),
                format!("没有函数 `{name}`"),
            ),
            Problem::Arguments { name, form } => (
                format!("`{name}` is called as `{form}`"),
                format!("`{name}` 的用法是 `{form}`"),
            ),
            Problem::Argument { name, place, expected, found } => (
                format!("argument {place} of `{name}` has to be {}, and this is {}", expected.en(), found.en()),
                format!("`{name}` 的第 {place} 个参数应为{}，这里是{}", expected.zh(), found.zh()),
            ),
            Problem::Operator { op, left, right } => (
                format!("`{op}` does not go with {} and {}", left.en(), right.en()),
                format!("`{op}` 不能用于{}和{}", left.zh(), right.zh()),
            ),
            Problem::MayBeMissing => (
                "this may have no value; say with `??` what stands for it then".into(),
                "这里可能没有值；请用 `??` 写明缺省值".into(),
            ),
            Problem::NotYesOrNo(ty) => (
                format!("a condition has to be yes or no, and this is {}", ty.en()),
                format!("条件必须是是或否，这里是{}", ty.zh()),
            ),
            Problem::UnknownChoice { found, known } => (
                format!("the field has no choice `{found}`, so that this never holds{}", known.en),
                format!("该字段没有选项 `{found}`，条件永远不成立{}", known.zh),
            ),
            Problem::DateText => (
                "a date does not compare with text; write `date(\"2026-03-01\")`".into(),
                "日期不能与文本比较；请写 `date(\"2026-03-01\")`".into(),
            ),
            Problem::EmptyText => (
                "an empty text or list is not `()`; write `is_empty(…)`".into(),
                "空文本或空列表不是 `()`；请写 `is_empty(…)`".into(),
            ),
            Problem::WholeDivision => (
                "dividing whole numbers would drop the fraction; write `decimal(…) / …`, or `floor(decimal(…) / …)`".into(),
                "整数相除会丢掉小数；请写 `decimal(…) / …`，或 `floor(decimal(…) / …)`".into(),
            ),
            Problem::NotNumber(ty) => (
                format!("a number is needed here, and this is {}", ty.en()),
                format!("这里需要数字，却是{}", ty.zh()),
            ),
            Problem::Mixed { first, second } => (
                format!("this may be {} or {}; it has to be one of them", first.en(), second.en()),
                format!("这里可能是{}，也可能是{}；只能是其中一种", first.zh(), second.zh()),
            ),
            Problem::Assigned { name, was, is } => (
                format!("`{name}` holds {}, and this is {}", was.en(), is.en()),
                format!("`{name}` 存的是{}，这里是{}", was.zh(), is.zh()),
            ),
            Problem::ReadOnly(name) => (
                format!("`{name}` can't be changed; a rule changes records by `command(…)` in `on_change`"),
                format!("`{name}` 不能修改；规则通过 `on_change` 中的 `command(…)` 修改记录"),
            ),
            Problem::Returns { name, expected: (en, zh), found } => (
                format!("`{name}` has to answer with {en}, and this is {}", found.en()),
                format!("`{name}` 必须返回{zh}，这里是{}", found.zh()),
            ),
            Problem::Recursive(name) => (
                format!("`{name}` calls itself, which a rule can't"),
                format!("`{name}` 调用了自身，规则不允许"),
            ),
            Problem::CalledOtherwise(name) => (
                format!("`{name}` is called with other types of values elsewhere; write two functions"),
                format!("`{name}` 在别处以不同类型的参数调用；请写成两个函数"),
            ),
            Problem::CallsTooDeep(most) => (
                format!("functions call each other more than {most} deep"),
                format!("函数相互调用超过 {most} 层"),
            ),
            Problem::ChoiceText => (
                "a choice is kept by its code, and this text may be a label; write the text out, or compare codes with `text(…)`".into(),
                "选项以代码保存，而这段文本可能是标签；请直接写出文本，或用 `text(…)` 比较代码".into(),
            ),
            Problem::Unused(name) => (
                format!("`{name}` is never called"),
                format!("`{name}` 从未被调用"),
            ),
            Problem::NotLiteral(what) => (
                format!("{what} has to be written out as text in quotes"),
                format!("这里必须直接写出带引号的文本（{what}）"),
            ),
            Problem::BadLiteral { what: (en, zh), found } => {
                (format!("`{found}` is not {en}"), format!("`{found}` 不是{zh}"))
            }
            Problem::UnknownKind(name) => (
                format!("there is no kind of record `{name}`"),
                format!("没有记录类型 `{name}`"),
            ),
            Problem::UnknownBehaviour(name) => (
                format!("no kind of activity is bound to the behaviour `{name}`"),
                format!("行为 `{name}` 没有绑定到任何互动类型"),
            ),
            Problem::UnknownCommand(name) => (
                format!("there is no command `{name}` that a rule may call for"),
                format!("没有规则可以调用的命令 `{name}`"),
            ),
            Problem::UnknownCommandField { command, name } => (
                format!("the command `{command}` has no field `{name}`"),
                format!("命令 `{command}` 没有参数 `{name}`"),
            ),
            Problem::LackingCommandField { command, name } => (
                format!("the command `{command}` needs `{name}`"),
                format!("命令 `{command}` 缺少参数 `{name}`"),
            ),
            Problem::NotIterable(ty) => (
                format!("`for` needs a list or a range such as `0..3`, and this is {}", ty.en()),
                format!("`for` 需要列表或区间（如 `0..3`），这里是{}", ty.zh()),
            ),
        }
    }

    /// The problem at a place, with what was probably meant.
    pub fn at(self, at: Range<usize>, suggestion: Option<String>) -> Diagnostic {
        let (en, zh) = self.texts();
        Diagnostic { code: self.code().to_owned(), at, en, zh, suggestion }
    }
}
