//! The engine that reads and runs scripts, with everything shut that a rule has no use for.
//!
//! It starts from nothing: no standard package is loaded, so that there is no clock, sleep, file, module,
//! print, `eval` or function pointer to begin with. What can be called is in [`crate::functions`]. The
//! limits are those of [`Limits`]; time is looked at between operations.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rhai::{Engine, OptimizationLevel};

use crate::functions;
use crate::limits::Limits;
use crate::running::with;

/// The first character of a variable that stands for a place found by the checker. No author types it.
pub(crate) const SLOT: char = 'ǃ';

/// The same as it stands in a name: every variable is asked whether it begins so.
const SLOT_BYTES: [u8; 2] = [0xC7, 0x83];

/// Words of Rhai that rules do without.
const SHUT: &[&str] = &[
    "eval",
    "import",
    "export",
    "as",
    "Fn",
    "call",
    "curry",
    "print",
    "debug",
    "type_of",
    "is_shared",
    "is_def_var",
    "is_def_fn",
    "this",
    "global",
    "throw",
    "try",
    "catch",
    "switch",
    "loop",
    "do",
    "until",
    "private",
    "**",
    "<<",
    ">>",
    "&",
    "|",
    "^",
    "<<=",
    ">>=",
    "&=",
    "|=",
    "^=",
    "**=",
];

thread_local! {
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// How long a script has run is the one thing that is measured here; no script can see it.
#[allow(clippy::disallowed_methods)]
fn stopwatch() -> Instant {
    Instant::now()
}

/// Runs `inside` with so much time.
pub(crate) fn within<T>(time: Duration, inside: impl FnOnce() -> T) -> T {
    let before = UNTIL.replace(stopwatch().checked_add(time));
    let result = inside();
    UNTIL.set(before);
    result
}

/// Whether the time is used up.
pub(crate) fn overdue() -> bool {
    UNTIL.get().is_some_and(|until| stopwatch() >= until)
}

/// The answer with which a script is ended that ran too long.
pub(crate) const TOO_LONG: &str = "time";

/// An engine with these limits.
pub(crate) fn engine(limits: &Limits) -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(limits.operations)
        .set_max_string_size(limits.text)
        .set_max_array_size(limits.items)
        .set_max_map_size(limits.items)
        .set_max_variables(limits.variables)
        .set_max_functions(limits.functions)
        .set_max_call_levels(limits.calls)
        .set_max_expr_depths(limits.depth, limits.depth)
        .set_max_strings_interned(256)
        .set_allow_anonymous_fn(false)
        .set_allow_shadowing(true)
        .set_fail_on_invalid_map_property(true);
    for word in SHUT {
        engine.disable_symbol(*word);
    }
    functions::register(&mut engine);
    // The clock is asked every 64 operations, which is a microsecond or so.
    engine.on_progress(|operations| (operations % 64 == 0 && overdue()).then(|| TOO_LONG.into()));
    // The one way by which a variable can mean more than the script says; see `SLOT`.
    #[allow(deprecated)]
    engine.on_var(|name, _, _| match name.as_bytes().split_first_chunk() {
        Some((&SLOT_BYTES, no)) => {
            let no = no.iter().fold(0, |no, digit| 10 * no + usize::from(digit.wrapping_sub(b'0')));
            with(|run| run.slot(no)).map(Some)
        }
        _ => Ok(None),
    });
    engine
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slot_begins_with_its_sign() {
        assert_eq!(super::SLOT.to_string().as_bytes(), super::SLOT_BYTES);
    }
}
