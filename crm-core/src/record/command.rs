//! A command: what can be asked of the engine, as a value.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::desk::Desk;
use super::error::Result;

/// What can be asked of the engine: a small struct that travels as data.
pub trait Command: Serialize + DeserializeOwned + Clone + Send + 'static {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + Send + 'static;
    /// Its name, such as `lead.capture`; the journal keeps it.
    const NAME: &'static str;

    /// Runs it on a desk. Everything it wrote is undone when it answers with an error.
    ///
    /// # Errors
    /// Refused, not found, stale, invalid, or a failing store.
    fn run(self, desk: &mut dyn Desk) -> Result<Self::Output>;
}

/// Declares a command: a struct with its name, its output and what it does.
///
/// The body sees the struct as `$this` and the desk as `$desk`.
#[macro_export]
macro_rules! command {
    (
        $(#[$doc:meta])*
        pub struct $name:ident as $text:literal -> $output:ty {
            $($(#[$fdoc:meta])* $field:ident : $type:ty,)*
        }
        run($this:ident, $desk:ident) $body:block
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

        impl $crate::record::command::Command for $name {
            type Output = $output;
            const NAME: &'static str = $text;
            fn run(
                self,
                $desk: &mut dyn $crate::record::desk::Desk,
            ) -> $crate::record::error::Result<Self::Output> {
                let $this = self;
                $body
            }
        }
    };
}
