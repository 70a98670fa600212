//! What the functions of a running script reach: the question, and nothing else.

use crm_core::base::{Instant, RecordRef};
use crm_core::record::diagnostic::Bilingual;
use rhai::{Dynamic, EvalAltResult, Map, Position};
use rust_decimal::Decimal;
use scoped_tls_hkt::scoped_thread_local;

use crate::value::{Held, When};

/// The result of a step of a script.
pub(crate) type Step<T> = Result<T, Box<EvalAltResult>>;

/// A running script, as the functions that it calls see it.
pub(crate) trait Running {
    /// The value of a place that was found when the script was compiled.
    fn slot(&mut self, no: usize) -> Step<Dynamic>;
    /// The value of a record's field.
    fn property(&mut self, held: Held, name: &str) -> Step<Dynamic>;
    /// The records of a kind that pass one of the script's criteria and equal the given fields.
    fn list(&mut self, kind: &str, criterion: &str, more: &Map) -> Step<Vec<RecordRef>>;
    /// How many of them there are, up to the limit of items.
    fn count(&mut self, kind: &str, criterion: &str, more: &Map) -> Step<i64>;
    /// How often one of the script's behaviours was seen of the record in question.
    fn behaviours(&mut self, behaviour: &str) -> Step<i64>;
    /// The instant of the question.
    fn now(&self) -> Instant;
    /// The first and last microsecond of a day, or of a point in time.
    fn ends(&self, when: When) -> (i64, i64);
    /// The day in the organisation's time zone.
    fn day(&self, when: When) -> chrono::NaiveDate;
    /// Notes points with their reason.
    fn award(&mut self, points: Decimal, reason: &str) -> Step<()>;
    /// Notes a reason.
    fn because(&mut self, reason: &str) -> Step<()>;
    /// Notes why a move is refused.
    fn refuse(&mut self, code: &str, message: &str) -> Step<()>;
    /// Notes a command that is to follow.
    fn call(&mut self, command: &str, fields: Map) -> Step<()>;
}

scoped_thread_local!(static mut RUNNING: for<'a> &'a mut (dyn Running + 'a));

/// Runs `inside` with a script that its functions reach.
pub(crate) fn during<T>(running: &mut dyn Running, inside: impl FnOnce() -> T) -> T {
    RUNNING.set(running, inside)
}

/// Something of the script that runs on this thread.
pub(crate) fn with<T>(what: impl FnOnce(&mut dyn Running) -> Step<T>) -> Step<T> {
    if RUNNING.is_set() {
        RUNNING.with(what)
    } else {
        fail(("no question is being asked", "当前没有在判断记录"))
    }
}

/// Ends a script with a message, which the error carries in both languages.
pub(crate) fn fail<T>(said: impl Into<Bilingual>) -> Step<T> {
    let said: Bilingual = said.into();
    Err(EvalAltResult::ErrorRuntime(Dynamic::from(said), Position::NONE).into())
}
