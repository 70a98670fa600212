//! The drawing of a definition as a Mermaid state diagram.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Direction, Lifecycle, Move, State};
use crate::base::choice::Choice;

/// The language of the labels of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

impl Lifecycle {
    /// The definition as Mermaid source, the same for the same definition.
    ///
    /// Labels are escaped, so that no text of a definition can become part of the diagram's syntax.
    ///
    /// ```
    /// use crm_core::record::lifecycle::{Language, defaults};
    /// let drawing = defaults::task().mermaid(Language::Chinese);
    /// assert!(drawing.starts_with("stateDiagram-v2\n    state \"待办\" as s0\n"));
    /// ```
    pub fn mermaid(&self, language: Language) -> String {
        let places: BTreeMap<&str, usize> =
            self.states.iter().enumerate().map(|(place, state)| (state.code.as_str(), place)).collect();
        let mut drawing = String::from("stateDiagram-v2\n");
        for (place, state) in self.states.iter().enumerate() {
            line(&mut drawing, format_args!("state \"{}\" as s{place}", state_label(state, language)));
        }
        for place in self.initial.iter().filter_map(|code| places.get(code.as_str())) {
            line(&mut drawing, format_args!("[*] --> s{place}"));
        }
        for step in &self.moves {
            let ends = (places.get(step.from.as_str()), places.get(step.to.as_str()));
            let (Some(from), Some(to)) = ends else { continue };
            match self.move_label(step, language) {
                label if label.is_empty() => line(&mut drawing, format_args!("s{from} --> s{to}")),
                label => line(&mut drawing, format_args!("s{from} --> s{to} : {label}")),
            }
        }
        for (place, _) in self.states.iter().enumerate().filter(|(_, state)| state.class.is_closed()) {
            line(&mut drawing, format_args!("s{place} --> [*]"));
        }
        drawing
    }

    /// The direction, unless it is the plain next step, and what the move asks.
    fn move_label(&self, step: &Move, language: Language) -> String {
        let mut words = Vec::new();
        if let (Some(from), Some(to)) = (self.state(&step.from), self.state(&step.to)) {
            let direction = self.direction(from, to);
            let names = Direction::NAMES.iter().find(|names| names.code == direction.code());
            let plain = matches!(direction, Direction::Forward | Direction::Close);
            words.extend(names.filter(|_| !plain).map(|names| pick(language, names.en, names.zh).to_owned()));
        }
        if step.requires_reason {
            words.push(pick(language, "reason", "原因").to_owned());
        }
        let named = step.requires_fields.iter().chain(&step.requires_activities).chain(&step.guards);
        words.extend(named.map(|name| escaped(name)));
        if !step.roles.is_empty() {
            let roles: Vec<_> = step.roles.iter().map(|role| escaped(role)).collect();
            words.push(format!("({})", roles.join(" / ")));
        }
        words.join(", ")
    }
}

fn state_label(state: &State, language: Language) -> String {
    let label = escaped(pick(language, &state.en, &state.zh));
    state.probability.map_or_else(|| label.clone(), |percent| format!("{label} {percent}#37;"))
}

fn pick<'a>(language: Language, en: &'a str, zh: &'a str) -> &'a str {
    match language {
        Language::English => en,
        Language::Chinese => zh,
    }
}

fn line(drawing: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string can't fail.
    let _ = writeln!(drawing, "    {text}");
}

/// A text in which only letters, digits, spaces and a few marks stand for themselves; the rest are written as
/// Mermaid's numeric character codes (`#35;`), control characters as spaces.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '_' | '.' | ',' | '-' | '/' | '(' | ')' | '，' | '。' | '、' | '（' | '）' => {
                safe.push(letter)
            }
            _ if letter.is_alphanumeric() => safe.push(letter),
            _ if letter.is_control() || letter == ' ' => safe.push(' '),
            _ => {
                let _ = write!(safe, "#{};", u32::from(letter));
            }
        }
    }
    safe
}
