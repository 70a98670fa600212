//! One run of a script.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::kind::UserId;
use crm_core::base::{Instant, KindNo, RecordRef, Span, Value, calendar};
use crm_core::record::codec::{Damaged, Raw, ValueRef, View};
use crm_core::record::desk::Query;
use crm_core::record::diagnostic::{Bilingual, kind_zh, one};
use crm_core::record::error::{Error, Invalid, Refusal, Result};
use crm_core::record::field::FieldType;
use crm_core::record::filter::{Comparison, Filter, Operand, Path, Related};
use crm_core::record::port::{Assigned, Score};
use crm_core::record::script::{Answer, Call, Purpose, Question, Reads};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Map, Scope};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::check::Compiled;
use crate::diagnostic;
use crate::entry::{BEFORE, NOW};
use crate::limits::Limits;
use crate::running::{Running, Step, during, fail};
use crate::sandbox;
use crate::slot::{Last, Slot, Way};
use crate::value::{Form, Held, When, plain, to_json, to_text, to_value};

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
        places: Vec::new(),
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
    /// What is known of each slot, once one is read.
    places: Vec<Place<'a>>,
    asked: usize,
    /// What the engine answered when it could not give what was asked for.
    failure: Option<Error>,
    points: Option<Decimal>,
    reasons: Vec<String>,
    refusals: Vec<Refusal>,
    calls: Vec<Call>,
}

/// What is known of a slot that is a value.
#[derive(Clone)]
enum Place<'a> {
    /// What is stored, where it is a field of the question's own records.
    Stored(Raw<'a>),
    Read(Dynamic),
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
            let most = self.limits.reads;
            let en = format!("a rule reads at most {most} other records and lists");
            return fail((en, format!("一条规则最多读取 {most} 条其他记录或列表")));
        }
        if sandbox::overdue() {
            return Err(EvalAltResult::ErrorTerminated(sandbox::TOO_LONG.into(), rhai::Position::NONE).into());
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

    /// A record that was fetched, or one of the question's; none when it can't be read.
    fn view(&self, fetched: Option<RecordRef>, root: usize) -> Step<Option<View<'_>>> {
        match fetched {
            None => Ok(Some(self.root(root))),
            Some(record) => match self.seen.get(&record) {
                Some(Some(image)) => damaged(View::new(image)).map(Some),
                _ => Ok(None),
            },
        }
    }

    /// The value at the end of a way.
    fn follow(&mut self, way: &Way) -> Step<Dynamic> {
        let mut at = None;
        for (field, kind) in &way.hops {
            let value = match self.view(at, way.root)? {
                Some(view) => damaged(view.get(*field))?,
                None => ValueRef::Null,
            };
            let next = match value {
                ValueRef::Id(next) if next.kind == *kind => next,
                _ => return Ok(empty(&way.last)),
            };
            self.fetch(next)?;
            at = Some(next);
        }
        match self.view(at, way.root)? {
            Some(view) => read(view, at.unwrap_or(self.question.record), &way.last),
            None => Ok(empty(&way.last)),
        }
    }

    /// The value of a slot, read once.
    fn value(&mut self, no: usize, way: &Way) -> Step<Dynamic> {
        if self.places.is_empty() {
            damaged(self.gather())?;
        }
        let value = match (self.places.get(no), &way.last) {
            (Some(Place::Read(known)), _) => return Ok(known.clone()),
            (Some(Place::Stored(raw)), Last::Field(_, form)) if way.hops.is_empty() => {
                form.dynamic(damaged(raw.value())?)
            }
            _ => self.follow(way)?,
        };
        if let Some(place) = self.places.get_mut(no) {
            *place = Place::Read(value.clone());
        }
        Ok(value)
    }

    /// Walks the question's records once for all slots that are their own fields.
    fn gather(&mut self) -> std::result::Result<(), Damaged> {
        self.places.resize(self.compiled.slots.len(), Place::Stored(Raw::NULL));
        for (root, own) in self.compiled.own.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            let mut wanted = own.iter().peekable();
            let mut walk = self.root(root).fields();
            while let (Some((field, raw)), true) = (walk.step()?, wanted.peek().is_some()) {
                while let Some((no, slot)) = wanted.next_if(|(no, _)| *no <= field) {
                    if let Some(place) = self.places.get_mut(*slot).filter(|_| *no == field) {
                        *place = Place::Stored(raw);
                    }
                }
            }
        }
        Ok(())
    }

    /// The filter of a list, with the fields that equal values of the script.
    fn narrowed(&self, kind: &str, criterion: &str, more: &Map) -> Step<(KindNo, Filter)> {
        let key = (kind.to_owned(), criterion.to_owned());
        let Some((kind, filter)) = self.compiled.criteria.get(&key) else {
            return fail(("the criterion of a list has to be written out", "列表的条件必须直接写出"));
        };
        let mut all = vec![filter.clone()];
        for (name, value) in more {
            let field = Path(vec![name.to_string()]);
            all.push(match to_value(value) {
                Some(Value::Null) => Filter::IsEmpty { field },
                Some(value) => Filter::Compare { field, op: Comparison::Eq, value: Operand::Literal(value) },
                None => {
                    let found = value.type_name();
                    let en = format!("`{name}` can't equal a {found}");
                    return fail((en, format!("`{name}` 不能与 {found} 相等")));
                }
            });
        }
        Ok((*kind, Filter::All(all)))
    }

    /// Notes what the engine answered instead of records, and ends the script.
    fn give_up<T>(&mut self, error: Error) -> Step<T> {
        let message = error.to_string();
        self.failure = Some(error);
        fail((message.clone(), message))
    }

    fn room<T>(&self, answers: &[T]) -> Step<()> {
        let most = self.limits.answers;
        if answers.len() < most {
            Ok(())
        } else {
            fail((
                format!("a rule answers with at most {most} of these"),
                format!("一条规则最多给出 {most} 项"),
            ))
        }
    }

    /// What the script's value says, together with what it said on the way.
    fn answer(mut self, value: &Dynamic) -> Result<Answer> {
        let purpose = self.question.script.purpose;
        Ok(match purpose {
            Purpose::Score => {
                let points = number(value).or(self.points).unwrap_or_default();
                let points = points.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
                let points =
                    points.to_i64().ok_or_else(|| self.wrong(("the score is too large", "分数过大")))?;
                Answer::Score(Score {
                    points,
                    reasons: self.reasons,
                    rule: self.question.script.name.to_owned(),
                })
            }
            Purpose::Level => Answer::Level(if value.is_unit() { String::new() } else { to_text(value) }),
            Purpose::Pool | Purpose::Segment => Answer::Holds(value.as_bool().unwrap_or(false)),
            Purpose::Assignment => {
                let user = value.read_lock::<Held>().and_then(|held| held.record.as_id());
                if let Some(user) = user
                    && !self.question.candidates.contains(&user)
                {
                    let en = format!("`{user}` is not one of the users to choose from");
                    return Err(self.wrong((en, format!("`{user}` 不在可选的成员之中"))));
                }
                let reason = self.reasons.join("; ");
                Answer::Assigned(user.map(|user| Assigned { user, reason }))
            }
            Purpose::Guard => {
                let refused = |message: String| Refusal::new("rule.refused", message);
                match value.as_immutable_string_ref() {
                    Ok(text) if !text.is_empty() => self.refusals.push(refused(text.to_string())),
                    _ => {}
                }
                if let Some(texts) = value.read_lock::<Array>() {
                    self.refusals.extend(texts.iter().map(|text| refused(to_text(text))));
                }
                if value.as_bool() == Ok(false) && self.refusals.is_empty() {
                    let name = self.question.script.name;
                    self.refusals.push(refused(format!("the rule `{name}` does not allow it")));
                }
                Answer::Refusals(self.refusals)
            }
            Purpose::Automation => Answer::Calls(self.calls),
        })
    }

    fn wrong(&self, said: impl Into<Bilingual>) -> Error {
        Error::rule_failed_as(self.question.script.name, Invalid::said("source", "script.answer", said))
    }

    fn failed(&self, error: &EvalAltResult) -> Error {
        let script = &self.question.script;
        diagnostic::rule_failed(script, diagnostic::of_failure(error, script.source))
    }
}

impl Running for Run<'_> {
    fn slot(&mut self, no: usize) -> Step<Dynamic> {
        let compiled = self.compiled;
        match compiled.slots.get(no) {
            Some(Slot::Value(way)) => self.value(no, way),
            Some(Slot::Holds(way)) => Ok(self.follow(way)?.as_bool().unwrap_or(false).into()),
            Some(Slot::Test { root, predicate }) => {
                let view = self.root(*root);
                let before = self.asked;
                let id = self.question.record.bits;
                let holds = predicate.matches(id, view, &mut Fetches(self));
                if self.asked > before {
                    self.asked -= 1;
                    self.ask()?;
                }
                damaged(holds).map(Dynamic::from)
            }
            None => fail(("a place is unknown", "位置未知")),
        }
    }

    fn property(&mut self, held: Held, name: &str) -> Step<Dynamic> {
        let kind = held.record.kind;
        if let ("id" | "编号", false) = (name, self.named(kind, name).is_some()) {
            return Ok(Dynamic::from(Held { root: None, ..held }));
        }
        let last = match (self.named(kind, name), name) {
            (Some(last), _) => last,
            (None, "revision" | "版本") => Last::Revision,
            (None, "updated_at" | "更新时间") => Last::UpdatedAt,
            _ => {
                let en = format!("{} has no field `{name}`", one(kind));
                return fail((en, format!("{}没有字段 `{name}`", kind_zh(kind))));
            }
        };
        let fetched = match held.root {
            Some(_) => None,
            None => {
                self.fetch(held.record)?;
                Some(held.record)
            }
        };
        match self.view(fetched, held.root.unwrap_or(NOW))? {
            Some(view) => read(view, held.record, &last),
            None => Ok(empty(&last)),
        }
    }

    fn list(&mut self, kind: &str, criterion: &str, more: &Map) -> Step<Vec<RecordRef>> {
        self.ask()?;
        let (kind, filter) = self.narrowed(kind, criterion, more)?;
        let query = Query::of(kind).filter(filter).limit(self.limits.listed);
        match self.reads.list(&query) {
            Err(error) => self.give_up(error),
            Ok(rows) => Ok(rows
                .into_iter()
                .map(|(record, image)| {
                    self.seen.insert(record, Some(image));
                    record
                })
                .collect()),
        }
    }

    fn count(&mut self, kind: &str, criterion: &str, more: &Map) -> Step<i64> {
        self.ask()?;
        let (kind, filter) = self.narrowed(kind, criterion, more)?;
        match self.reads.count(&Query::of(kind).filter(filter).limit(self.limits.items)) {
            Err(error) => self.give_up(error),
            Ok(count) => Ok(i64::try_from(count).unwrap_or(i64::MAX)),
        }
    }

    fn behaviours(&mut self, behaviour: &str) -> Step<i64> {
        match (self.question.behaviour)(behaviour) {
            Some(number) => {
                self.ask()?;
                Ok(self.reads.behaviours(self.question.record, number))
            }
            None => {
                let en = format!("no kind of activity is bound to the behaviour `{behaviour}`");
                fail((en, format!("行为 `{behaviour}` 没有绑定任何互动类型")))
            }
        }
    }

    fn now(&self) -> Instant {
        self.question.now
    }

    fn ends(&self, when: When) -> (i64, i64) {
        match when {
            When::At(at) => (at.micros(), at.micros()),
            When::Day(day) => {
                let zone = self.question.settings.zone;
                let next =
                    day.succ_opt().map(|next| calendar::start_of_day(next, zone) - Span::from_micros(1));
                (calendar::start_of_day(day, zone).micros(), next.unwrap_or(Instant::MAX).micros())
            }
        }
    }

    fn day(&self, when: When) -> NaiveDate {
        match when {
            When::Day(day) => day,
            When::At(at) => calendar::local_date(at, self.question.settings.zone),
        }
    }

    fn award(&mut self, points: Decimal, reason: &str) -> Step<()> {
        self.room(&self.reasons)?;
        let sum = self.points.unwrap_or_default().checked_add(points);
        let Some(sum) = sum else { return fail(("the score is too large", "分数过大")) };
        self.points = Some(sum);
        self.reasons.push(format!("{points}: {reason}"));
        Ok(())
    }

    fn because(&mut self, reason: &str) -> Step<()> {
        self.room(&self.reasons)?;
        self.reasons.push(reason.to_owned());
        Ok(())
    }

    fn refuse(&mut self, code: &str, message: &str) -> Step<()> {
        self.room(&self.refusals)?;
        self.refusals.push(Refusal::new(code, message));
        Ok(())
    }

    fn call(&mut self, command: &str, fields: Map) -> Step<()> {
        self.room(&self.calls)?;
        let Some(fields) = to_json(&fields.into()) else {
            let en = "a command's fields are values, lists and maps";
            return fail((en, "命令的字段只能是值、列表或一组键值"));
        };
        self.calls.push(Call { command: command.to_owned(), fields });
        Ok(())
    }
}

impl Run<'_> {
    fn named(&self, kind: KindNo, name: &str) -> Option<Last> {
        let field = self.question.schema.kind(kind)?.named(name)?;
        Some(Last::Field(field.no, Form::from(field)))
    }
}

/// A run as that which a predicate fetches from.
struct Fetches<'a, 'b>(&'a mut Run<'b>);

impl Related for Fetches<'_, '_> {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.0.fetch(record).ok()?;
        self.0.seen.get(&record).cloned().flatten()
    }
}

fn number(value: &Dynamic) -> Option<Decimal> {
    value.as_int().ok().map(Decimal::from).or_else(|| value.read_lock::<Decimal>().map(|number| *number))
}

fn damaged<T>(result: std::result::Result<T, crm_core::record::codec::Damaged>) -> Step<T> {
    result.or_else(|error| fail((error.to_string(), format!("存储的数据已损坏：{error}"))))
}

fn empty(last: &Last) -> Dynamic {
    match last {
        Last::Field(_, form) => form.empty(),
        _ => Dynamic::UNIT,
    }
}

fn read(view: View<'_>, record: RecordRef, last: &Last) -> Step<Dynamic> {
    Ok(match last {
        Last::Field(field, form) => form.dynamic(damaged(view.get(*field))?),
        Last::Id => Dynamic::from(Held { record, root: None }),
        Last::Revision => i64::try_from(view.revision).unwrap_or(i64::MAX).into(),
        Last::UpdatedAt => plain(FieldType::Instant, ValueRef::Instant(view.updated_at)),
    })
}
