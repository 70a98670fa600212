//! Notifications: messages in a user's inbox.

mod commands;
mod noun;

pub use commands::{MarkRead, SEND, SendNotice, notify};
pub use noun::*;

use crate::record::spec::{Record, Spec};

/// The kinds of record of this room.
pub const SPECS: &[&Spec] = &[Notification::SPEC];

/// Why this room refuses: every stable code with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("notification.of_another", "a message is read by whom it is for"),
    ("notification.unsent", "the host's sender could not send the message"),
];
