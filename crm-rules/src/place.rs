//! Places in a source: from the line and column of a token to a range of bytes.

use std::ops::Range;

use rhai::Position;

/// The place in bytes at which a token begins; the end of the source when there is none.
pub(crate) fn offset(source: &str, at: Position) -> usize {
    let (Some(line), column) = (at.line(), at.position().unwrap_or(1)) else { return source.len() };
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = source.get(start..).unwrap_or("");
    let within: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    (start + within).min(source.len())
}

/// Where the characters of a source are, so that many positions are found in it at no cost each.
pub(crate) struct Places {
    /// The place in bytes of every character, and of the end.
    letters: Vec<usize>,
    /// The number of the first character of each line.
    lines: Vec<usize>,
}

impl Places {
    pub fn of(source: &str) -> Self {
        let mut lines = vec![0];
        lines.extend(source.chars().enumerate().filter(|(_, letter)| *letter == '\n').map(|(at, _)| at + 1));
        let letters = source.char_indices().map(|(at, _)| at).chain([source.len()]).collect();
        Places { letters, lines }
    }

    /// The token at a position of the same source.
    pub fn at(&self, source: &str, position: Position) -> Range<usize> {
        let column = position.position().unwrap_or(1).saturating_sub(1);
        let line = position.line().and_then(|line| self.lines.get(line.saturating_sub(1)));
        let letter = line.and_then(|first| self.letters.get(first + column));
        token(source, letter.copied().unwrap_or(source.len()))
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The word, quoted text or sign that begins at a place.
pub(crate) fn token(source: &str, start: usize) -> Range<usize> {
    let rest = source.get(start..).unwrap_or("");
    let mut letters = rest.chars();
    let length = match letters.next() {
        None => 0,
        Some(quote @ ('"' | '`' | '\'')) => {
            let mut escaped = false;
            let inner = letters.take_while(|letter| {
                let ends = *letter == quote && !escaped;
                escaped = *letter == '\\' && !escaped;
                !ends
            });
            let inner: usize = inner.map(char::len_utf8).sum();
            (inner + 2).min(rest.len())
        }
        Some(letter) if is_word(letter) => {
            rest.char_indices().find(|(_, letter)| !is_word(*letter)).map_or(rest.len(), |(end, _)| end)
        }
        Some(letter) => {
            letter.len_utf8()
                + usize::from(
                    rest.starts_with(['=', '!', '<', '>', '&', '|', '?'])
                        && letters.next().is_some_and(|next| matches!(next, '=' | '&' | '|' | '?' | '.')),
                )
        }
    };
    start..start + length
}

/// The token at a position.
pub(crate) fn at(source: &str, position: Position) -> Range<usize> {
    token(source, offset(source, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_the_token_that_begins_there() {
        let source = "fn score(线索) {\n  线索.行业 == \"科\\\"技\"\n}";
        let check = |line, column, token: &str| {
            let position = Position::new(line, column);
            let found = at(source, position);
            assert_eq!(Places::of(source).at(source, position), found);
            assert_eq!(&source[found], token);
        };
        check(1, 4, "score");
        check(1, 10, "线索");
        check(2, 3, "线索");
        check(2, 5, ".");
        check(2, 6, "行业");
        check(2, 9, "==");
        check(2, 12, "\"科\\\"技\"");
        check(3, 1, "}");
        check(9, 9, "");
    }
}
