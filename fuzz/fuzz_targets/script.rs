//! Any text is checked as a script of every purpose, and run if nothing is wrong with it.
#![no_main]

use std::sync::LazyLock;

use crm_core::base::choice::Choice;
use crm_core::base::settings::Settings;
use crm_core::base::{Instant, Kind, RecordRef, kind};
use crm_core::record::codec::View;
use crm_core::record::desk::Query;
use crm_core::record::error::Result;
use crm_core::record::filter::Related;
use crm_core::record::schema::Schema;
use crm_core::record::script::{Purpose, Question, Reads, Script, Vocabulary};
use crm_rules::{Scripts, Tongue, show};

struct Nothing;
impl Related for Nothing {
    fn fetch(&mut self, _: RecordRef) -> Option<Vec<u8>> {
        None
    }
}
impl Reads for Nothing {
    fn list(&mut self, _: &Query) -> Result<Vec<(RecordRef, Vec<u8>)>> {
        Ok(Vec::new())
    }
}

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(&crm_core::domain::SPECS.concat()));

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (judge, settings) = (Scripts::default(), Settings::default());
    for purpose in Purpose::ALL {
        let script = Script { name: "fuzz", version: 1, purpose: *purpose, kind: kind::Lead::NO, source: text };
        let words = Vocabulary { schema: &SCHEMA, settings: &settings, behaviour: &|_| None, commands: &[] };
        let checked = judge.check(&script, &words);
        show(&checked.problems, "fuzz", text, Tongue::Chinese);
        let question = Question {
            script,
            record: RecordRef::new(kind::Lead::NO, 1),
            view: View::of_fields(&[]),
            before: None,
            states: ("a", "b"),
            candidates: &[],
            now: Instant::default(),
            schema: &SCHEMA,
            settings: &settings,
            behaviour: &|_| None,
        };
        let answer = judge.ask(&question, &mut Nothing);
        assert!(checked.problems.is_empty() || answer.is_err());
    }
});
