//! Records to ask scripts about, and a judge to ask.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use crm_core::base::kind::UserId;
use crm_core::base::settings::Settings;
use crm_core::base::{Instant, Kind, KindNo, RecordRef, Value, kind};
use crm_core::domain;
use crm_core::record::codec::{View, image, put_field};
use crm_core::record::desk::Query;
use crm_core::record::error::Result;
use crm_core::record::filter::{FilterContext, Related, bind};
use crm_core::record::schema::Schema;
use crm_core::record::script::{Answer, Checked, Purpose, Question, Reads, Script, Vocabulary};
use crm_rules::{Limits, Scripts};

pub static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let specs: Vec<_> = domain::SPECS.iter().flat_map(|room| room.iter().copied()).collect();
    Schema::new(&specs)
});
pub static SETTINGS: LazyLock<Settings> = LazyLock::new(Settings::default);
pub static JUDGE: LazyLock<Scripts> = LazyLock::new(judge);

/// A judge with all limits, but for time as much as a busy machine needs; hostile scripts meet that, too.
pub fn judge() -> Scripts {
    if std::env::var_os(crate::hostile::CHILD).is_some() {
        return Scripts::default();
    }
    Scripts::new(Limits { time: Duration::from_secs(20), ..Limits::standard() })
}

/// Fields by machine name.
pub type Facts<'a> = &'a [(&'a str, Value)];

/// The stored form of a record of a kind.
pub fn stored(kind: KindNo, facts: Facts<'_>) -> Vec<u8> {
    let fields = SCHEMA.kind(kind).unwrap();
    let by_number: BTreeMap<u16, &Value> = facts
        .iter()
        .map(|(name, value)| (fields.named(name).unwrap_or_else(|| panic!("{name}")).no, value))
        .collect();
    let mut bytes = Vec::new();
    by_number.into_iter().for_each(|(no, value)| put_field(&mut bytes, no, value));
    image(1, 1, Instant::default(), &bytes)
}

/// Records that can be read beside the one in question.
#[derive(Default)]
pub struct World {
    pub records: BTreeMap<RecordRef, Vec<u8>>,
    pub behaviours: BTreeMap<u32, i64>,
    pub fetched: usize,
}

impl World {
    pub fn with(mut self, record: RecordRef, facts: Facts<'_>) -> Self {
        self.records.insert(record, stored(record.kind, facts));
        self
    }
}

impl Related for World {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.fetched += 1;
        self.records.get(&record).cloned()
    }
    fn behaviours(&mut self, _: RecordRef, behaviour: u32) -> i64 {
        self.behaviours.get(&behaviour).copied().unwrap_or(0)
    }
}

impl Reads for World {
    fn list(&mut self, query: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        let all = crm_core::record::filter::Filter::All(Vec::new());
        let filter = query.filter.as_ref().unwrap_or(&all);
        let predicate = bind(filter, &SCHEMA, query.kind, &FilterContext::utc(now())).unwrap();
        let mut found = Vec::new();
        for (record, image) in self.records.clone() {
            if record.kind == query.kind && predicate.matches(record.bits, View::new(&image)?, self)? {
                found.push((record, image));
            }
        }
        found.truncate(query.limit);
        Ok(found)
    }
}

/// Noon of 31 March 2026 in UTC, evening in Shanghai.
pub fn now() -> Instant {
    "2026-03-31T12:00:00Z".parse().unwrap()
}

pub fn behaviour(name: &str) -> Option<u32> {
    ["访问了定价页", "邮件开启"].iter().position(|known| *known == name).map(|at| at as u32)
}

pub fn user(bits: u128) -> UserId {
    UserId::from_u128(bits)
}

/// The kind that rules of a purpose are tried on here.
pub fn kind_of(purpose: Purpose) -> KindNo {
    match purpose {
        Purpose::Guard | Purpose::Automation => kind::Opportunity::NO,
        Purpose::Level | Purpose::Segment | Purpose::Pool => kind::Customer::NO,
        _ => kind::Lead::NO,
    }
}

pub fn script(purpose: Purpose, source: &str) -> Script<'_> {
    Script { name: source, version: 1, purpose, kind: kind_of(purpose), source }
}

pub fn check(purpose: Purpose, source: &str) -> Checked {
    let words = Vocabulary {
        schema: &SCHEMA,
        settings: &SETTINGS,
        behaviour: &behaviour,
        commands: crm_core::engine::command_forms(),
    };
    JUDGE.check(&script(purpose, source), &words)
}

/// Everything that a question has beside its script.
pub struct Asked<'a> {
    pub facts: Facts<'a>,
    pub before: Option<Facts<'a>>,
    pub states: (&'a str, &'a str),
    pub candidates: &'a [UserId],
    pub lowered: bool,
}

impl<'a> Asked<'a> {
    pub fn about(facts: Facts<'a>) -> Self {
        Asked { facts, before: None, states: ("", ""), candidates: &[], lowered: true }
    }

    pub fn ask(&self, purpose: Purpose, source: &str, world: &mut World) -> Result<Answer> {
        let kind = kind_of(purpose);
        let now_image = stored(kind, self.facts);
        let before_image = self.before.map(|facts| stored(kind, facts));
        let question = Question {
            script: script(purpose, source),
            record: RecordRef::new(kind, 77),
            view: View::new(&now_image)?,
            before: before_image.as_deref().map(View::new).transpose()?,
            states: self.states,
            candidates: self.candidates,
            now: now(),
            schema: &SCHEMA,
            settings: &SETTINGS,
            behaviour: &behaviour,
        };
        if self.lowered { JUDGE.ask(&question, world) } else { JUDGE.ask_unlowered(&question, world) }
    }
}

/// Whether a condition on a customer holds; it has to pass the check.
pub fn holds(condition: &str, facts: Facts<'_>) -> bool {
    let source = format!("fn holds(customer) {{ {condition} }}");
    let checked = check(Purpose::Segment, &source);
    assert!(checked.problems.is_empty(), "{condition}: {:?}", checked.problems);
    match Asked::about(facts).ask(Purpose::Segment, &source, &mut World::default()) {
        Ok(Answer::Holds(holds)) => holds,
        other => panic!("{condition}: {other:?}"),
    }
}

/// So many cases of a property: these, or as many as `PROPTEST_CASES` says.
pub fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
