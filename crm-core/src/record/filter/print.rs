//! A filter as text, which reads back as the same filter.

use std::fmt::{self, Display, Formatter};

use super::{Comparison, Filter, Operand, Path, lex, words};
use crate::base::calendar::{RelativeDate, Turn, Unit};
use crate::base::{Span, Value};

impl Display for Filter {
    /// Writes the text form. It reads back as the same filter, if its dates lie in the years 0 to 9999
    /// and its currencies and kinds of record are known ones.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Filter::All(parts) => chain(f, parts, " and ", "all"),
            Filter::Any(parts) => chain(f, parts, " or ", "any"),
            Filter::Not(part) => not(f, part),
            Filter::Holds { field } => write!(f, "{field}"),
            Filter::Compare { field, op, value } => write!(f, "{field} {op} {}", Shown(value)),
            Filter::In { field, values } => write!(f, "{field} in {}", List(values)),
            Filter::Between { field, low, high } => {
                write!(f, "{field} between {} and {}", Shown(low), Shown(high))
            }
            Filter::Contains { field, text } => write!(f, "{field} contains {}", Quoted(text)),
            Filter::StartsWith { field, text } => write!(f, "{field} starts with {}", Quoted(text)),
            Filter::EndsWith { field, text } => write!(f, "{field} ends with {}", Quoted(text)),
            Filter::IsEmpty { field } => write!(f, "{field} is empty"),
            Filter::IsNotEmpty { field } => write!(f, "{field} is not empty"),
            Filter::Within { field, range } => write!(f, "{field} in {range}"),
        }
    }
}

/// Conditions with a word between them; with the word before them when there are fewer than two.
fn chain(f: &mut Formatter<'_>, parts: &[Filter], between: &str, name: &str) -> fmt::Result {
    if let [] | [_] = parts {
        f.write_str(name)?;
        f.write_str("(")?;
        parts.iter().try_for_each(|part| part.fmt(f))?;
        return f.write_str(")");
    }
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            f.write_str(between)?;
        }
        match part {
            Filter::All(inner) | Filter::Any(inner) if inner.len() > 1 => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

fn not(f: &mut Formatter<'_>, part: &Filter) -> fmt::Result {
    match part {
        Filter::In { field, values } => write!(f, "{field} not in {}", List(values)),
        Filter::Within { field, range } => write!(f, "{field} not in {range}"),
        Filter::Contains { field, text } => write!(f, "{field} not contains {}", Quoted(text)),
        Filter::Between { field, low, high } => {
            write!(f, "{field} not between {} and {}", Shown(low), Shown(high))
        }
        other => write!(f, "not ({other})"),
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Eq => "=",
            Comparison::Ne => "!=",
            Comparison::Lt => "<",
            Comparison::Le => "<=",
            Comparison::Gt => ">",
            Comparison::Ge => ">=",
        })
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (place, name) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(".")?;
            }
            if lex::is_word(name) && !words::is_reserved(name) {
                f.write_str(name)?;
            } else {
                escaped(f, name, '`')?;
            }
        }
        Ok(())
    }
}

impl Display for Operand {
    /// The text form, as in a filter.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Shown(self))
    }
}

impl Display for RelativeDate {
    /// The English text form: `last 30 days`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            RelativeDate::Away { count: 0, unit: Unit::Minute } => f.write_str("now"),
            RelativeDate::Away { count: 0, unit: Unit::Day } => f.write_str("today"),
            RelativeDate::Away { count: -1, unit: Unit::Day } => f.write_str("yesterday"),
            RelativeDate::Away { count: 1, unit: Unit::Day } => f.write_str("tomorrow"),
            RelativeDate::Away { count, unit } if count > 0 => {
                write!(f, "{} from now", Count(count, unit))
            }
            RelativeDate::Away { count, unit } => write!(f, "{} ago", Count(count, unit)),
            RelativeDate::Window { count, unit } if count > 0 => write!(f, "next {}", Count(count, unit)),
            RelativeDate::Window { count, unit } => write!(f, "last {}", Count(count, unit)),
            RelativeDate::Period { turn, unit } => {
                let turn = match turn {
                    Turn::Last => "last",
                    Turn::This => "this",
                    Turn::Next => "next",
                };
                write!(f, "{turn} {}", unit_name(unit))
            }
        }
    }
}

const fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    }
}

struct Count(i32, Unit);

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let plural = if self.0.unsigned_abs() == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.0.unsigned_abs(), unit_name(self.1))
    }
}

struct Shown<'a>(&'a Operand);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Operand::Literal(value) => literal(f, value),
            Operand::Relative(date) => date.fmt(f),
            Operand::Me => f.write_str("me"),
            Operand::MyTeam => f.write_str("me.team"),
            Operand::MyDepartment => f.write_str("me.department"),
            Operand::MySubordinates => f.write_str("me.subordinates"),
        }
    }
}

struct List<'a>(&'a [Operand]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let [group @ (Operand::MyTeam | Operand::MyDepartment | Operand::MySubordinates)] = self.0 {
            return group.fmt(f);
        }
        f.write_str("(")?;
        for (place, value) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            value.fmt(f)?;
        }
        f.write_str(")")
    }
}

fn literal(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Text(text) => write!(f, "{}", Quoted(text)),
        Value::Decimal(number) if number.scale() == 0 => write!(f, "{number}.0"),
        Value::Duration(span) => duration(f, *span),
        Value::List(items) => {
            f.write_str("[")?;
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    f.write_str(", ")?;
                }
                literal(f, item)?;
            }
            f.write_str("]")
        }
        other => write!(f, "{other}"),
    }
}

fn duration(f: &mut Formatter<'_>, span: Span) -> fmt::Result {
    const NAMES: [(i64, &str); 4] =
        [(86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second")];
    let micros = span.micros();
    match NAMES.iter().find(|(length, _)| micros % length == 0) {
        Some((length, name)) => {
            let count = micros / length;
            write!(f, "{count} {name}{}", if count == 1 { "" } else { "s" })
        }
        None => write!(f, "{micros} us"),
    }
}

struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escaped(f, self.0, '"')
    }
}

fn escaped(f: &mut Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    use fmt::Write as _;
    f.write_char(quote)?;
    for letter in text.chars() {
        match letter {
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ if letter == quote => write!(f, "\\{quote}")?,
            _ if letter.is_control() => write!(f, "{}", letter.escape_unicode())?,
            _ => f.write_char(letter)?,
        }
    }
    f.write_char(quote)
}
