//! Words that everything uses: kinds and ids, instants, money, values.

pub mod calendar;
pub mod choice;
pub mod id;
pub mod kind;
pub mod money;
pub mod numbering;
pub mod settings;
pub mod text;
pub mod time;
pub mod value;

pub use id::{Id, IdError, RecordRef};
pub use kind::{Kind, KindNo};
pub use money::{Currency, Money, MoneyError};
pub use time::{Instant, Span};
pub use value::Value;
