//! The text form of filters, read by recursive descent.
//!
//! ```text
//! any       = all ("or" all)*
//! all       = condition ("and" condition)*
//! condition = "not" condition | "(" any ")" | ("all" | "any") "(" any,* ")" | test
//! test      = path question?             a path alone: it is yes
//! path      = name ("." name)*
//! ```

use std::fmt;
use std::ops::Range;

use super::lex::{self, Tok, Token};
use super::suggest::nearest;
use super::words::{self, Ask};
use super::{Comparison, Filter, MAX_DEPTH, Operand, Path};

/// The longest text that is read, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// What could have stood at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The name of a field.
    Field,
    /// An operator or a word such as `contains`.
    Operator,
    /// A value.
    Value,
    /// Text in quotes.
    Text,
    /// A bracketed list, relative date or group of users.
    List,
    /// The word between the two values of `between`.
    And,
    /// `and`, `or`, or the end.
    Connective,
    /// The closing bracket.
    Closing,
    /// A closing quote.
    Quote,
    /// A whole number.
    Count,
    /// A unit of time.
    Unit,
    /// A word that follows the one before: `than`, `with`, `empty`.
    Word(&'static str),
    /// A day of the calendar.
    Day,
    /// A number that fits.
    Number,
    /// A text of at most [`MAX_LENGTH`] bytes.
    Shorter,
    /// Fewer brackets within each other.
    Shallower,
}

impl Expected {
    /// In English.
    pub const fn en(self) -> &'static str {
        match self {
            Expected::Field => "the name of a field",
            Expected::Operator => "an operator such as `=`, `>`, `in` or `contains`",
            Expected::Value => "a value: a number, a date, or text in quotes",
            Expected::Text => "text in quotes",
            Expected::List => "a list such as `(1, 2)`, a relative date or `me.team`",
            Expected::And => "`and` and the greatest value",
            Expected::Connective => "`and`, `or` or the end",
            Expected::Closing => "a closing bracket",
            Expected::Quote => "a closing quote",
            Expected::Count => "a whole number",
            Expected::Unit => "a unit such as `days`",
            Expected::Word(word) => word,
            Expected::Day => "a day of the calendar",
            Expected::Number => "a number of at most 28 digits",
            Expected::Shorter => "a shorter text",
            Expected::Shallower => "fewer brackets within each other",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Expected::Field => "字段名",
            Expected::Operator => "运算符，例如 `=`、`>`、`属于` 或 `包含`",
            Expected::Value => "值：数字、日期，或带引号的文本",
            Expected::Text => "带引号的文本",
            Expected::List => "列表（例如 `(1, 2)`）、相对日期或 `我的团队`",
            Expected::And => "`和` 以及最大值",
            Expected::Connective => "`且`、`或` 或结尾",
            Expected::Closing => "右括号",
            Expected::Quote => "右引号",
            Expected::Count => "整数",
            Expected::Unit => "时间单位，例如 `天`",
            Expected::Word(word) => word,
            Expected::Day => "存在的日期",
            Expected::Number => "不超过 28 位的数字",
            Expected::Shorter => "更短的文本",
            Expected::Shallower => "更少的括号嵌套",
        }
    }
}

/// Where and why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The place in the text, in bytes.
    pub at: Range<usize>,
    /// What could have stood there.
    pub expected: Expected,
    /// What stands there; empty at the end.
    pub found: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: expected {}, found ", self.at.start, self.expected.en())?;
        if self.found.is_empty() {
            f.write_str("the end")?
        } else {
            write!(f, "`{}`", self.found)?
        }
        match &self.suggestion {
            Some(meant) => write!(f, "; did you mean `{meant}`?"),
            None => Ok(()),
        }
    }
}
impl std::error::Error for ParseError {}

/// Where a test stands in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The field's path.
    pub field: Range<usize>,
    /// The whole test.
    pub test: Range<usize>,
}

/// Reads a filter from text, with the place of each of its tests in the order in which they stand.
///
/// # Errors
/// At the first place that doesn't fit.
///
/// ```
/// let error = crm_core::record::filter::parse("name contians \"科技\"").unwrap_err();
/// assert_eq!((error.at, error.suggestion.as_deref()), (5..13, Some("contains")));
/// ```
pub fn parse(text: &str) -> Result<(Filter, Vec<Place>), ParseError> {
    let mut parser = Parser::new(text)?;
    let filter = parser.any()?;
    match parser.peek() {
        Token { tok: Tok::End, .. } => Ok((filter, parser.places)),
        _ => Err(parser.error(Expected::Connective)),
    }
}

/// Reads a path alone.
pub(super) fn path(text: &str) -> Result<Path, ParseError> {
    let mut parser = Parser::new(text)?;
    let path = parser.path(false)?;
    match parser.peek() {
        Token { tok: Tok::End, .. } => Ok(path),
        _ => Err(parser.error(Expected::Field)),
    }
}

pub(super) struct Parser<'a> {
    source: &'a str,
    /// Up to where it has been read, in bytes.
    pub at: usize,
    depth: usize,
    places: Vec<Place>,
}

pub(super) type Parsed<T> = Result<T, ParseError>;

impl<'a> Parser<'a> {
    fn new(source: &'a str) -> Parsed<Self> {
        let parser = Parser { source, at: 0, depth: 0, places: Vec::new() };
        if source.len() > MAX_LENGTH { Err(parser.error(Expected::Shorter)) } else { Ok(parser) }
    }

    pub fn peek(&self) -> Token<'a> {
        lex::next(self.source, self.at)
    }

    pub fn take(&mut self, token: &Token<'_>) {
        self.at = token.at.end;
    }

    /// The error that something else was expected at the next word.
    pub fn error(&self, expected: Expected) -> ParseError {
        let token = self.peek();
        let expected = match token.tok {
            Tok::Unclosed => Expected::Quote,
            Tok::Stray if token.at.len() > 4 => Expected::Day,
            _ => expected,
        };
        let text = self.source.get(token.at.clone()).unwrap_or("");
        let found: String = text.chars().take(40).collect();
        let suggestion = match (&token.tok, expected) {
            (Tok::Word(word), Expected::Operator) => nearest(word, words::ASKS.iter().map(|(word, _)| *word)),
            (Tok::Word(word), Expected::Unit) => nearest(word, words::UNITS.iter().map(|(word, _)| *word)),
            (Tok::Word(word), Expected::Connective) => nearest(word, ["and", "or"]),
            (Tok::Word(word), Expected::Value) => nearest(word, words::VALUES.iter().map(|(word, _)| *word))
                .or_else(|| Some(format!("\"{found}\""))),
            (Tok::Word(_), Expected::Text) => Some(format!("\"{found}\"")),
            _ => None,
        };
        ParseError { at: token.at, expected, found, suggestion }
    }

    pub fn fail<T>(&self, expected: Expected) -> Parsed<T> {
        Err(self.error(expected))
    }

    /// Goes past the next word if it is, or begins with, an entry of the table.
    pub fn eat<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        let Token { tok: Tok::Word(word), at } = self.peek() else { return None };
        let (length, meaning) = words::find(word, table)?;
        self.at = at.start + length;
        Some(meaning)
    }

    pub fn eat_symbol(&mut self, symbol: &str) -> bool {
        let token = self.peek();
        let is = matches!(token.tok, Tok::Sym(found) if found == symbol);
        if is {
            self.take(&token);
        }
        is
    }

    fn eat_whole(&mut self, table: &[&str]) -> bool {
        let token = self.peek();
        let is = matches!(token.tok, Tok::Word(word) if table.iter().any(|entry| word.eq_ignore_ascii_case(entry)));
        if is {
            self.take(&token);
        }
        is
    }

    fn any(&mut self) -> Parsed<Filter> {
        let mut parts = vec![self.all()?];
        while self.eat_symbol("or") || self.eat(words::OR).is_some() {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Parsed<Filter> {
        let mut parts = vec![self.condition()?];
        while self.eat_symbol("and") || self.eat(words::AND).is_some() {
            parts.push(self.condition()?);
        }
        Ok(one_or(parts, Filter::All))
    }

    fn condition(&mut self) -> Parsed<Filter> {
        if self.depth > 2 * MAX_DEPTH {
            return self.fail(Expected::Shallower);
        }
        self.depth += 1;
        let found = self.deeper();
        self.depth -= 1;
        found
    }

    fn deeper(&mut self) -> Parsed<Filter> {
        if self.eat_symbol("!") || self.eat_whole(words::NOT) {
            return Ok(Filter::Not(Box::new(self.condition()?)));
        }
        if self.eat_symbol("(") {
            let inner = self.any()?;
            return if self.eat_symbol(")") { Ok(inner) } else { self.fail(Expected::Closing) };
        }
        let start = self.at;
        for (names, make) in
            [(words::ALL, Filter::All as fn(Vec<Filter>) -> Filter), (words::ANY, Filter::Any)]
        {
            if self.eat_whole(names) && self.eat_symbol("(") {
                return Ok(make(self.conditions()?));
            }
            self.at = start;
        }
        self.test()
    }

    /// Conditions between commas, up to the closing bracket.
    fn conditions(&mut self) -> Parsed<Vec<Filter>> {
        let mut parts = Vec::new();
        while !self.eat_symbol(")") {
            if !parts.is_empty() && !self.eat_symbol(",") {
                return self.fail(Expected::Closing);
            }
            parts.push(self.any()?);
        }
        Ok(parts)
    }

    fn test(&mut self) -> Parsed<Filter> {
        let start = self.peek().at.start;
        let place = self.places.len();
        self.places.push(Place { field: start..start, test: start..start });
        let field = self.path(true)?;
        let name = start..self.at;
        let test = self.question(field)?;
        if let Some(slot) = self.places.get_mut(place) {
            *slot = Place { field: name, test: start..self.at };
        }
        Ok(test)
    }

    /// A path; within a test, its last word may run on into the question.
    fn path(&mut self, in_test: bool) -> Parsed<Path> {
        let mut names = Vec::new();
        loop {
            let token = self.peek();
            match &token.tok {
                Tok::Name(name) if !name.is_empty() => names.push(name.clone()),
                Tok::Word(word) if !names.is_empty() || !is_connective(word) => {
                    names.push((*word).to_owned());
                }
                _ => return self.fail(Expected::Field),
            }
            self.take(&token);
            if self.eat_symbol(".") {
                continue;
            }
            if let (true, Tok::Word(word)) = (in_test, token.tok) {
                self.split(word, token.at, &mut names);
            }
            return Ok(Path(names));
        }
    }

    /// Splits a word such as `公司规模大于100` or `行业为空` after the field's name.
    fn split(&mut self, word: &str, at: Range<usize>, names: &mut [String]) {
        let Some((name, question)) = words::question_in(word).and_then(|place| word.split_at_checked(place))
        else {
            return;
        };
        let Some((length, ask)) = words::find(question, words::ASKS) else { return };
        let rest = question.get(length..).unwrap_or("");
        let follows = match ask {
            Ask::Empty | Ask::NotEmpty => rest.is_empty(),
            _ if rest.is_empty() => {
                matches!(self.peek().tok, Tok::Text(_) | Tok::Number(_) | Tok::Date(_) | Tok::Sym("(" | "["))
            }
            _ => rest.starts_with(char::is_numeric) || words::find(rest, words::VALUES).is_some(),
        };
        if follows && let Some(last) = names.last_mut() {
            name.clone_into(last);
            self.at = at.start + name.len();
        }
    }

    fn question(&mut self, field: Path) -> Parsed<Filter> {
        let token = self.peek();
        let op = match &token.tok {
            Tok::Sym("=") => Comparison::Eq,
            Tok::Sym("!=") => Comparison::Ne,
            Tok::Sym("<") => Comparison::Lt,
            Tok::Sym("<=") => Comparison::Le,
            Tok::Sym(">") => Comparison::Gt,
            Tok::Sym(">=") => Comparison::Ge,
            Tok::Sym(")" | "," | "and" | "or") | Tok::End => return Ok(Filter::Holds { field }),
            Tok::Word(word) if is_connective(word) => return Ok(Filter::Holds { field }),
            _ => {
                let Some(ask) = self.eat(words::ASKS) else { return self.fail(Expected::Operator) };
                return self.answer(field, ask);
            }
        };
        self.take(&token);
        Ok(Filter::Compare { field, op, value: self.operand()? })
    }

    fn answer(&mut self, field: Path, ask: Ask) -> Parsed<Filter> {
        Ok(match ask {
            Ask::Compare(op) => Filter::Compare { field, op, value: self.operand()? },
            Ask::In => self.members(field)?,
            Ask::Contains => Filter::Contains { field, text: self.text()? },
            Ask::StartsWith => {
                self.eat_whole(&["with"]);
                Filter::StartsWith { field, text: self.text()? }
            }
            Ask::EndsWith => {
                self.eat_whole(&["with"]);
                Filter::EndsWith { field, text: self.text()? }
            }
            Ask::Between => {
                let low = self.operand()?;
                if !(self.eat_symbol("~") || self.eat_symbol(",") || self.eat(words::BETWEEN_AND).is_some()) {
                    return self.fail(Expected::And);
                }
                Filter::Between { field, low, high: self.operand()? }
            }
            Ask::Empty => Filter::IsEmpty { field },
            Ask::NotEmpty => Filter::IsNotEmpty { field },
            Ask::Older => self.age(field, Comparison::Lt)?,
            Ask::Newer => self.age(field, Comparison::Gt)?,
            Ask::Is => {
                let not = self.eat_whole(words::NOT);
                if self.eat(words::EMPTY).is_some() {
                    if not { Filter::IsNotEmpty { field } } else { Filter::IsEmpty { field } }
                } else {
                    let op = if not { Comparison::Ne } else { Comparison::Eq };
                    Filter::Compare { field, op, value: self.operand()? }
                }
            }
            Ask::Not => match self.eat(words::ASKS) {
                Some(
                    ask @ (Ask::In
                    | Ask::Contains
                    | Ask::Between
                    | Ask::Compare(_)
                    | Ask::StartsWith
                    | Ask::EndsWith),
                ) => Filter::Not(Box::new(self.answer(field, ask)?)),
                _ => return self.fail(Expected::Word("`in`, `contains` or `between`")),
            },
            Ask::Un(ask) => Filter::Not(Box::new(self.answer(field, *ask)?)),
        })
    }

    fn text(&mut self) -> Parsed<String> {
        match self.peek() {
            Token { tok: Tok::Text(text), at } => {
                self.at = at.end;
                Ok(text)
            }
            _ => self.fail(Expected::Text),
        }
    }

    /// What follows `in`.
    fn members(&mut self, field: Path) -> Parsed<Filter> {
        let closing = if self.eat_symbol("(") {
            ")"
        } else if self.eat_symbol("[") {
            "]"
        } else {
            let start = self.at;
            return match self.operand()? {
                Operand::Relative(range) => Ok(Filter::Within { field, range }),
                Operand::Literal(_) => {
                    self.at = start;
                    self.fail(Expected::List)
                }
                group => Ok(Filter::In { field, values: vec![group] }),
            };
        };
        let mut values = Vec::new();
        while !self.eat_symbol(closing) {
            if !values.is_empty() && !self.eat_symbol(",") {
                return self.fail(Expected::Closing);
            }
            values.push(self.operand()?);
        }
        Ok(Filter::In { field, values })
    }

    /// What follows `older than`: so many days, or a date.
    fn age(&mut self, field: Path, op: Comparison) -> Parsed<Filter> {
        self.eat_whole(&["than"]);
        let value = match self.peek().tok {
            Tok::Number(_) => Operand::Relative(self.ago()?),
            _ => self.operand()?,
        };
        Ok(Filter::Compare { field, op, value })
    }
}

fn is_connective(word: &str) -> bool {
    words::find(word, words::AND).or_else(|| words::find(word, words::OR)).is_some()
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}
