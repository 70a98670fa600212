//! One run of a script.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::kind::UserId;
use crm_core::base::{Instant, KindNo, RecordRef, Span, Value, calendar};
use crm_core::record::codec::{ValueRef, View};
use crm_core::record::desk::Query;
use crm_core::record::error::{Error, Refusal, Result};
use crm_core::record::field::FieldType;
use crm_core::record::filter::{Comparison, Filter, Operand, Path, Related};
use crm_core::record::port::{Assigned, Score};
use crm_core::record::script::{Answer, Call, Purpose, Question, Reads};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, Scope};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::check::Compiled;
use crate::diagnostic;
use crate::entry::{BEFORE, NOW};
use crate::limits::Limits;
use crate::running::{Running, Step, during, fail};
use crate::sandbox;
use crate::slot::{Last, Slot, Way};
use crate::value::{Form, Held, When, to_json, to_text, to_value};

/// Runs a script.
pub(crate) fn run(
    engine: &Engine,
    limits: &Limits,
    compiled: &Compiled,
    question: &Question<'_>,
    reads: &mut dyn Reads,
) -> Result<Answer> {
    let mut run = Run {
        limits,
        compiled,
        question,
        reads,
        seen: BTreeMap::new(),
        asked: 0,
        failure: None,
        points: None,
        reasons: Vec::new(),
        refusals: Vec::new(),
        calls: Vec::new(),
    };
    let mut scope = Scope::new();
    let params = compiled.params.iter().zip(&compiled.entry.params).enumerate();
    for (place, (name, (_, root))) in params {
        scope.push_dynamic(name.as_str(), run.param(place, *root));
    }
    let result = sandbox::within(limits.time, || {
        during(&mut run, || engine.eval_ast_with_scope::<Dynamic>(&mut scope, &compiled.ast))
    });
    if let Some(failure) = run.failure.take() {
        return Err(failure);
    }
    match result {
        Ok(value) => run.answer(&value),
        Err(error) => Err(run.failed(&error)),
    }
}

struct Run<'a> {
    limits: &'a Limits,
    compiled: &'a Compiled,
    question: &'a Question<'a>,
    reads: &'a mut dyn Reads,
    /// Records that were fetched, each once.
    seen: BTreeMap<RecordRef, Option<Vec<u8>>>,
    asked: usize,
    /// What the engine answered when it could not give what was asked for.
    failure: Option<Error>,
    points: Option<Decimal>,
    reasons: Vec<String>,
    refusals: Vec<Refusal>,
    calls: Vec<Call>,
}

impl<'a> Run<'a> {
    /// What stands for a parameter of the function that is asked.
    fn param(&self, place: usize, root: Option<usize>) -> Dynamic {
        if root.is_some() {
            return Dynamic::from(Held { record: self.question.record, root });
        }
        match (self.question.script.purpose, place) {
            (Purpose::Assignment, _) => {
                let held = |user: &UserId| Dynamic::from(Held { record: user.record(), root: None });
                self.question.candidates.iter().map(held).collect::<Array>().into()
            }
            (_, 1) => self.question.states.0.into(),
            _ => self.question.states.1.into(),
        }
    }

    /// The fields of one of the question's records; none before it was created.
    fn root(&self, root: usize) -> View<'a> {
        match root {
            BEFORE => self.question.before.unwrap_or(View::of_fields(&[])),
            _ => self.question.view,
        }
    }

    /// Counts what is asked of the engine.
    fn ask(&mut self) -> Step<()> {
        self.asked += 1;
        if self.asked > self.limits.reads {
            return fail(format!("a rule reads at most {} other records and lists", self.limits.reads));
        }
        if sandbox::overdue() {
            return Err(EvalAltResult::ErrorTerminated(
                sandbox::TOO_LONG.into(),
                rhai::Position::NONE,
            )
            .into());
        }
        Ok(())
    }

    fn fetch(&mut self, record: RecordRef) -> Step<()> {
        if !self.seen.contains_key(&record) {
            self.ask()?;
            let image = self.reads.fetch(record);
            self.seen.insert(record, image);
        }
        Ok(())
    }

    /// The value at the end of a way.
    fn follow(&mut self, way: &Way) -> Step<Dynamic> {
        let mut view = self.root(way.root);
        let mut record = self.question.record;
        for (field, kind) in &way.hops {
            let next = match damaged(view.get(*field))? {
                ValueRef::Id(next) if next.kind == *kind => next,
                _ => return Ok(empty(way.last)),
            };
            self.fetch(next)?;
            let Some(Some(image)) = self.seen.get(&next) else { return Ok(empty(way.last)) };
            // The borrow of the record ends before the next one is fetched.
            if way.hops.last().is_some_and(|(last, _)| last == field) && way.hops.len() == 1 {
                return read(damaged(View::new(image))?, next, way.last);
            }
            record = next;
            let rest = Way { root: way.root, hops: way.hops.get(1..).unwrap_or(&[]).to_vec(), last: way.last };
            return self.further(record, &rest);
        }
        view.revision = view.revision.max(0);
        read(view, record, way.last)
    }

    /// The value at the end of a way that begins at a record that was fetched.
    fn further(&mut self, from: RecordRef, way: &Way) -> Step<Dynamic> {
        let mut record = from;
        for (field, kind) in &way.hops {
            let next = match self.seen.get(&record) {
                Some(Some(image)) => match damaged(View::new(image).and_then(|view| view.get(*field)))? {
                    ValueRef::Id(next) if next.kind == *kind => next,
                    _ => return Ok(empty(way.last)),
                },
                _ => return Ok(empty(way.last)),
            };
            self.fetch(next)?;
            record = next;
        }
        match self.seen.get(&record) {
            Some(Some(image)) => read(damaged(View::new(image))?, record, way.last),
            _ => Ok(empty(way.last)),
        }
    }
}
