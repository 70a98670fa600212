//! The behaviours that criteria may name: those that the tenant defined, and every kind of activity.

use crate::base::{Kind, kind};
use crate::domain::rule::Behaviour;
use crate::record::schema::Schema;

/// Behaviours by name, each with a number that holds as long as the vocabulary stands.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    defined: Vec<Behaviour>,
    /// The kinds of activity: code and labels.
    activities: Vec<[String; 3]>,
}

/// The number of the first kind of activity.
const ACTIVITIES: usize = 1 << 16;

/// What counts for a behaviour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// The kinds of activity, by code; every kind when empty.
    pub activities: Vec<String>,
    /// What the subject has in it; anything when empty.
    pub subject: String,
    /// Of the last so many days; of any when none.
    pub within_days: Option<i64>,
}

impl Vocabulary {
    /// The vocabulary of a tenant: behaviours in the order of their ids.
    pub fn new(defined: Vec<Behaviour>, schema: &Schema) -> Vocabulary {
        let field = schema.kind(kind::Activity::NO).and_then(|schema| schema.named("kind"));
        let choices = field.map(|field| field.choices.as_slice()).unwrap_or_default();
        let names = |choice: &crate::record::schema::ChoiceDef| {
            [choice.code.to_string(), choice.en.to_string(), choice.zh.to_string()]
        };
        Vocabulary { defined, activities: choices.iter().map(names).collect() }
    }

    /// The number of a behaviour; what the tenant defined comes first.
    pub fn number(&self, name: &str) -> Option<u32> {
        let is = |known: &str| known.eq_ignore_ascii_case(name) && !known.is_empty();
        let defined = self
            .defined
            .iter()
            .position(|behaviour| is(&behaviour.name) || behaviour.names.iter().any(|known| is(known)));
        let place = defined.or_else(|| {
            self.activities
                .iter()
                .position(|names| names.iter().any(|known| is(known)))
                .map(|at| at + ACTIVITIES)
        });
        place.and_then(|place| u32::try_from(place).ok())
    }

    /// What counts for the behaviour of a number.
    pub fn counted(&self, number: u32) -> Option<Counted> {
        let place = usize::try_from(number).ok()?;
        if let Some(names) = place.checked_sub(ACTIVITIES).and_then(|place| self.activities.get(place)) {
            return Some(Counted {
                activities: names.iter().take(1).cloned().collect(),
                ..Counted::default()
            });
        }
        let behaviour = self.defined.get(place)?;
        Some(Counted {
            activities: behaviour.activities.clone(),
            subject: behaviour.subject.clone(),
            within_days: behaviour.within_days,
        })
    }

    /// Whether there is a kind of activity of this code.
    pub fn has_activity(&self, code: &str) -> bool {
        self.activities.iter().any(|names| names.first().is_some_and(|known| known == code))
    }
}
