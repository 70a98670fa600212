//! How much a script may do.

use std::time::Duration;

/// What one run of a script may use up. Every limit is hard: a script that meets one fails, and the
/// command that asked it gets a clear error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Operations: roughly, the expressions and statements that are evaluated.
    pub operations: u64,
    /// Time on the machine's clock. Looked at between operations; no function that a script can call
    /// runs longer than a fraction of it by itself.
    pub time: Duration,
    /// The length of a source, in bytes.
    pub source: usize,
    /// The length of a text, in bytes.
    pub text: usize,
    /// The items of a list or a map, those of lists within it included.
    pub items: usize,
    /// Variables at a time.
    pub variables: usize,
    /// Functions that a source defines.
    pub functions: usize,
    /// Calls within calls.
    pub calls: usize,
    /// Expressions and blocks within each other.
    pub depth: usize,
    /// Records that are fetched, and lists that are asked for.
    pub reads: usize,
    /// Records that one question may list.
    pub listed: usize,
    /// Reasons, refusals and commands that it may answer with.
    pub answers: usize,
}

impl Limits {
    /// Enough for any rule that a person writes.
    pub const fn standard() -> Self {
        Limits {
            operations: 20_000,
            time: Duration::from_millis(20),
            source: 64 * 1024,
            text: 10_000,
            items: 1_000,
            variables: 64,
            functions: 32,
            calls: 8,
            depth: 24,
            reads: 100,
            listed: 100,
            answers: 50,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::standard()
    }
}
