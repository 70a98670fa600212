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
    /// The fields that it is given as data.
    const FIELDS: &'static [CommandField] = &[];

    /// Runs it on a desk. Everything it wrote is undone when it answers with an error.
    ///
    /// # Errors
    /// Refused, not found, stale, invalid, or a failing store.
    fn run(self, desk: &mut dyn Desk) -> Result<Self::Output>;
}

/// A field of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandField {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be given.
    pub needed: bool,
}

/// How a command is written as data.
///
/// ```
/// let forms = crm_core::engine::command_forms();
/// let task = forms.iter().find(|form| form.name == "task.create").unwrap();
/// assert!(task.field("subject").unwrap().needed);
/// assert!(task.field("title").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandForm {
    /// Its name.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [CommandField],
}

impl CommandForm {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<CommandField> {
        self.fields.iter().copied().find(|field| field.name == name)
    }

    /// The fields that have to be given and are not.
    pub fn lacks(&self, is_given: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let lacks = |field: &&CommandField| field.needed && !is_given(field.name);
        self.fields.iter().filter(lacks).map(|field| field.name).collect()
    }
}

/// Whether a type, as it is written, is that of a value which may be left out.
#[doc(hidden)]
pub const fn may_lack(ty: &str) -> bool {
    matches!(ty.as_bytes(), [b'O', b'p', b't', b'i', b'o', b'n', ..])
}

/// Declares a command: a struct with its name, its output and what it does.
///
/// The body sees the struct as `$this` and the desk as `$desk`.
#[macro_export]
macro_rules! command {
    (@needed) => { true };
    (@needed [serde(default)] $($rest:tt)*) => { false };
    (@needed [$($other:tt)*] $($rest:tt)*) => { $crate::command!(@needed $($rest)*) };
    (
        $(#[$doc:meta])*
        pub struct $name:ident as $text:literal -> $output:ty {
            $($(#[$($mark:tt)*])* $field:ident : $type:ty,)*
        }
        run($this:ident, $desk:ident) $body:block
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$($mark)*])* pub $field: $type,)* }

        impl $crate::record::command::Command for $name {
            type Output = $output;
            const NAME: &'static str = $text;
            const FIELDS: &'static [$crate::record::command::CommandField] =
                &[$($crate::record::command::CommandField {
                    name: stringify!($field),
                    needed: $crate::command!(@needed $([$($mark)*])*)
                        && !$crate::record::command::may_lack(stringify!($type)),
                }),*];
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
