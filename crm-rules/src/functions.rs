//! The functions that scripts can call: their forms, what they are for, examples, and themselves.
//!
//! A script can call nothing else. Each example is a condition that holds; the tests run them all.

use rhai::Engine;

mod ask;
mod list;
mod money;
mod number;
mod text;
mod time;

/// The type of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any value, or none.
    Any,
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// A date, or a date and time.
    When,
    /// An amount of money.
    Money,
    /// A list.
    List,
    /// What the list's items are.
    Item,
    /// A map.
    Map,
    /// Text in quotes.
    Written,
}

/// The type of what a function answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Decimal,
    /// Text.
    Text,
    /// A date.
    Date,
    /// A date and time.
    Instant,
    /// A length of time.
    Span,
    /// An amount of money.
    Money,
    /// What the first argument is.
    Same,
    /// The greater type of two numbers.
    Number,
    /// An item of the list, if it has any.
    Item,
    /// Records of the kind that is named.
    Records,
}

/// One form of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its form, as an author writes it.
    pub form: &'static str,
    /// The arguments.
    pub takes: &'static [Takes],
    /// What it answers.
    pub gives: Gives,
    /// What it is for, in English.
    pub en: &'static str,
    /// What it is for, in Chinese.
    pub zh: &'static str,
    /// A condition with it that holds, or where it answers, how it does.
    pub example: &'static str,
}

impl Function {
    const fn new(
        form: &'static str,
        name: &'static str,
        takes: &'static [Takes],
        gives: Gives,
        [en, zh]: [&'static str; 2],
        example: &'static str,
    ) -> Self {
        Function { name, form, takes, gives, en, zh, example }
    }
}

/// Every function, in the order of the documents.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [text::FUNCTIONS, number::FUNCTIONS, list::FUNCTIONS, time::FUNCTIONS, money::FUNCTIONS, ask::FUNCTIONS]
        .into_iter()
        .flatten()
}

/// Makes them known to an engine.
pub(crate) fn register(engine: &mut Engine) {
    text::register(engine);
    number::register(engine);
    list::register(engine);
    time::register(engine);
    money::register(engine);
    ask::register(engine);
}
