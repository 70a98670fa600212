//! The words of a filter's text, read one at a time from any place, so that the parser can split a word
//! that is written without spaces.

use std::ops::Range;

use chrono::NaiveDate;

use crate::base::Instant;

/// One word of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok<'a> {
    /// A plain word: letters, digits and `_`.
    Word(&'a str),
    /// A name in backticks.
    Name(String),
    /// A text in quotes.
    Text(String),
    /// A number's sign and digits, half-width.
    Number(String),
    Date(NaiveDate),
    Instant(Instant),
    /// Punctuation, half-width.
    Sym(&'static str),
    /// A quote or backtick that isn't closed.
    Unclosed,
    /// A date that isn't in the calendar, or a character without meaning here.
    Stray,
    End,
}

/// A word and where it stands, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub tok: Tok<'a>,
    pub at: Range<usize>,
}

/// The half-width form of full-width ASCII and of the punctuation of Chinese keyboards.
fn half_width(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        '、' => ',',
        '【' => '[',
        '】' => ']',
        _ => letter,
    }
}

fn starts_word(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

fn continues_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether a name reads as one word.
pub(super) fn is_word(name: &str) -> bool {
    name.chars().next().is_some_and(starts_word) && name.chars().all(continues_word)
}

/// The word at or after a place.
pub(super) fn next(source: &str, from: usize) -> Token<'_> {
    let rest = source.get(from..).unwrap_or("");
    let trimmed = rest.trim_start();
    let start = from + (rest.len() - trimmed.len());
    let (tok, length) = first(trimmed);
    Token { tok, at: start..start + length }
}

fn first(text: &str) -> (Tok<'_>, usize) {
    let mut letters = text.chars();
    let Some(letter) = letters.next() else { return (Tok::End, 0) };
    let second = letters.next().map(half_width);
    match half_width(letter) {
        '`' => quoted(text, &['`'], Tok::Name),
        _ if matches!(letter, '“' | '”') => quoted(text, &['“', '”'], Tok::Text),
        _ if matches!(letter, '‘' | '’') => quoted(text, &['‘', '’'], Tok::Text),
        _ if letter == '「' => quoted(text, &['」'], Tok::Text),
        '"' | '\'' => quoted(text, &[letter], Tok::Text),
        '0'..='9' => number(text),
        '-' if second.is_some_and(|digit| digit.is_ascii_digit()) => number(text),
        _ if starts_word(letter) => {
            let length = text.find(|letter| !continues_word(letter)).unwrap_or(text.len());
            (Tok::Word(text.get(..length).unwrap_or("")), length)
        }
        folded => symbol(text, letter, folded, second),
    }
}

fn symbol(text: &str, letter: char, folded: char, second: Option<char>) -> (Tok<'_>, usize) {
    let both = text.chars().take(2).map(char::len_utf8).sum();
    let (symbol, length) = match (folded, second) {
        ('=', Some('=')) => ("=", both),
        ('!', Some('=')) | ('<', Some('>')) => ("!=", both),
        ('<', Some('=')) => ("<=", both),
        ('>', Some('=')) => (">=", both),
        ('&', Some('&')) => ("and", both),
        ('|', Some('|')) => ("or", both),
        _ => {
            let symbol = match folded {
                '=' => "=",
                '<' => "<",
                '>' => ">",
                '≤' => "<=",
                '≥' => ">=",
                '≠' => "!=",
                '!' => "!",
                '(' => "(",
                ')' => ")",
                '[' => "[",
                ']' => "]",
                ',' => ",",
                '.' => ".",
                '~' => "~",
                _ => return (Tok::Stray, letter.len_utf8()),
            };
            (symbol, letter.len_utf8())
        }
    };
    (Tok::Sym(symbol), length)
}

/// A text up to any of the closing quotes. A backslash takes the sting out of the next letter, and
/// `\n`, `\r`, `\t` and `\u{…}` are what they are in Rust.
fn quoted<'a>(text: &'a str, closing: &[char], make: fn(String) -> Tok<'a>) -> (Tok<'a>, usize) {
    let mut inside = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        if closing.contains(&letter) {
            return (make(inside), place + letter.len_utf8());
        }
        if letter != '\\' {
            inside.push(letter);
            continue;
        }
        match letters.next() {
            Some((_, 'n')) => inside.push('\n'),
            Some((_, 'r')) => inside.push('\r'),
            Some((_, 't')) => inside.push('\t'),
            Some((_, 'u')) => {
                let digits: String = letters
                    .by_ref()
                    .map(|(_, letter)| letter)
                    .skip_while(|letter| *letter == '{')
                    .take_while(|letter| *letter != '}')
                    .collect();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                match code {
                    Some(code) => inside.push(code),
                    None => return (Tok::Unclosed, text.len()),
                }
            }
            Some((_, other)) => inside.push(other),
            None => break,
        }
    }
    (Tok::Unclosed, text.len())
}

/// A number, a date or an instant.
fn number(text: &str) -> (Tok<'_>, usize) {
    if let Some(found) = date(text) {
        return found;
    }
    let mut digits = String::new();
    let mut length = 0;
    let mut point = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match half_width(letter) {
            sign @ '-' if length == 0 => digits.push(sign),
            digit @ '0'..='9' => digits.push(digit),
            '.' if !point && letters.peek().is_some_and(|next| half_width(*next).is_ascii_digit()) => {
                point = true;
                digits.push('.');
            }
            _ => break,
        }
        length += letter.len_utf8();
    }
    (Tok::Number(digits), length)
}

/// `2026-03-01`, or with a time as in RFC 3339.
fn date(text: &str) -> Option<(Tok<'_>, usize)> {
    let length = text.find(|letter: char| !(letter.is_ascii_digit() || letter == '-')).unwrap_or(text.len());
    let day = text.get(..length)?;
    let mut parts = day.split('-');
    let (year, month, of_month) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let rest = text.get(length..)?;
    if rest.starts_with('T') {
        let more = rest
            .find(|letter: char| !(letter.is_ascii_digit() || "T:.Z+-".contains(letter)))
            .unwrap_or(rest.len());
        let end = length + more;
        let tok = text.get(..end)?.parse().map_or(Tok::Stray, Tok::Instant);
        return Some((tok, end));
    }
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, of_month.parse().ok()?);
    Some((date.map_or(Tok::Stray, Tok::Date), length))
}
