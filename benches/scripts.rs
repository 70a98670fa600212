//! Twenty conditions on a lead, in a script: as the engine asks it, with its conditions lowered and not,
//! and as plain Rhai with lazy variables and with a type of its own. `cargo bench -p crm-benches --bench scripts`

use std::cell::RefCell;
use std::hint::black_box;
use std::time::Duration;

use crm_benches::peers::thread_nanos;
use crm_core::base::settings::Settings;
use crm_core::base::{Instant, Kind, Money, RecordRef, Value, kind};
use crm_core::record::codec::{View, image, put_field};
use crm_core::record::error::Result;
use crm_core::record::filter::NoRelated;
use crm_core::record::schema::Schema;
use crm_core::record::script::{Answer, Purpose, Question, Script};
use crm_rules::{Limits, Scripts};
use rhai::{AST, Dynamic, Engine, Scope};
use rust_decimal::Decimal;

/// Conditions with their points, as Rhai reads them in every route.
const RULES: [(&str, i64); 20] = [
    ("lead.company_size > 100", 20),
    ("lead.company_size > 1000", 10),
    ("lead.industry == \"technology\"", 15),
    ("lead.industry == \"retail\"", -5),
    ("lead.country in [\"US\", \"GB\", \"DE\"]", 5),
    ("lead.province == \"Zhejiang\"", 5),
    ("lead.city != \"Ningbo\"", 1),
    ("lead.budget_amount >= 50000", 15),
    ("lead.budget_amount < 1000", -10),
    ("lead.source == \"referral\"", 10),
    ("lead.source == \"website\"", 3),
    ("lead.intent == \"high\"", 20),
    ("lead.title.contains(\"director\")", 10),
    ("lead.channel == \"fair\"", 5),
    ("lead.reassigned < 2", 2),
    ("lead.company_size > 50 && lead.industry == \"technology\"", 5),
    ("lead.need.contains(\"MES\")", 8),
    ("lead.campaign == \"spring\"", 4),
    ("lead.referrer != \"\"", 6),
    ("lead.code == \"L-1\"", 0),
];

const TEXTS: [(&str, &str); 11] = [
    ("industry", "technology"),
    ("country", "GB"),
    ("province", "Zhejiang"),
    ("city", "Wenzhou"),
    ("source", "referral"),
    ("intent", "high"),
    ("title", "plant director"),
    ("channel", "fair"),
    ("need", "an MES for two plants"),
    ("campaign", "autumn"),
    ("referrer", "Lin Yue"),
];

fn script(rewrite: impl Fn(&str) -> String) -> String {
    let lines: String = RULES
        .iter()
        .map(|(rule, points)| format!("if {} {{ points += {points}; }}\n", rewrite(rule)))
        .collect();
    format!("let points = 0;\n{lines}points")
}

/// The least of five batches, in nanoseconds of the thread's own time a run.
fn measure(name: &str, base: Option<f64>, mut run: impl FnMut() -> i64) -> f64 {
    // Enough that the ticks, by which a thread is told its own time, don't matter.
    const RUNS: u32 = 100_000;
    let expected = run();
    let batch = |run: &mut dyn FnMut() -> i64| {
        let before = thread_nanos();
        for _ in 0..RUNS {
            black_box(run());
        }
        (thread_nanos() - before) as f64 / f64::from(RUNS)
    };
    let least = (0..5).map(|_| batch(&mut run)).fold(f64::MAX, f64::min);
    let ratio = base.map_or(String::new(), |base| format!("{:.2} x", least / base));
    println!("{name:<52} {least:>8.0} ns {ratio:>8}   ({expected} points)");
    least
}

thread_local! {
    static LEAD: RefCell<Vec<(&'static str, Dynamic)>> = const { RefCell::new(Vec::new()) };
}

fn plain_engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.register_fn("contains", |text: rhai::ImmutableString, part: rhai::ImmutableString| {
        text.contains(part.as_str())
    });
    engine.register_fn("contains", |list: &mut rhai::Array, item: rhai::ImmutableString| {
        list.iter().any(|known| known.as_immutable_string_ref().is_ok_and(|known| *known == item))
    });
    engine
}

fn eval(engine: &Engine, scope: &mut Scope<'_>, ast: &AST) -> i64 {
    engine.eval_ast_with_scope::<i64>(scope, ast).unwrap()
}

fn main() {
    let schema = Schema::new(&crm_core::domain::SPECS.concat());
    let fields = schema.kind(kind::Lead::NO).unwrap();
    let mut values: Vec<(u16, Value)> = TEXTS
        .iter()
        .map(|(name, text)| (fields.named(name).unwrap().no, Value::from(*text)))
        .chain([
            (fields.named("company_size").unwrap().no, 250.into()),
            (fields.named("reassigned").unwrap().no, 1.into()),
            (fields.named("code").unwrap().no, "L-2".into()),
            (fields.named("budget").unwrap().no, Money::new(80_000.into(), "CNY".parse().unwrap()).into()),
        ])
        .collect();
    values.sort_by_key(|(no, _)| *no);
    let mut bytes = Vec::new();
    values.iter().for_each(|(no, value)| put_field(&mut bytes, *no, value));
    let bytes = image(1, 1, Instant::default(), &bytes);

    let source = format!("fn score(lead) {{ {} }}", script(|rule| rule.replace("budget_amount", "budget")));
    let settings = Settings::default();
    let question = Question {
        script: Script {
            name: "bench",
            version: 1,
            purpose: Purpose::Score,
            kind: kind::Lead::NO,
            source: &source,
        },
        record: RecordRef::new(kind::Lead::NO, 1),
        view: View::new(&bytes).unwrap(),
        before: None,
        states: ("", ""),
        candidates: &[],
        now: Instant::default(),
        schema: &schema,
        settings: &settings,
        behaviour: &|_| None,
    };
    // The clock is looked at as ever; it only doesn't end a run that a busy machine put aside.
    let judge = Scripts::new(Limits { time: Duration::from_secs(60), ..Limits::standard() });
    let points = |answer: Result<Answer>| match answer.unwrap() {
        Answer::Score(score) => score.points,
        _ => 0,
    };

    // Plain Rhai: no limits, values ready in a table, looked up lazily by name.
    let mut lazy = plain_engine();
    #[allow(deprecated)]
    lazy.on_var(|name, _, _| {
        Ok(LEAD.with_borrow(|lead| {
            lead.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        }))
    });
    let mut ready: Vec<(&str, Dynamic)> =
        TEXTS.iter().map(|(name, text)| (*name, Dynamic::from(*text))).collect();
    ready.push(("company_size", Dynamic::from_int(250)));
    ready.push(("reassigned", Dynamic::from_int(1)));
    ready.push(("code", Dynamic::from("L-2")));
    ready.push(("budget_amount", Dynamic::from(Decimal::from(80_000))));
    LEAD.set(ready.clone());
    let lazy_ast = lazy.compile(script(|rule| rule.replace("lead.", ""))).unwrap();

    // The same within the limits of rules, the clock looked at as often: what safety costs.
    let limits = Limits::standard();
    let mut safe = plain_engine();
    safe.set_max_operations(limits.operations)
        .set_max_string_size(limits.text)
        .set_max_array_size(limits.items)
        .set_max_map_size(limits.items)
        .set_max_variables(limits.variables)
        .set_max_call_levels(limits.calls);
    let until = std::time::Instant::now() + Duration::from_secs(3600);
    safe.on_progress(move |operations| {
        (operations % 64 == 0 && std::time::Instant::now() >= until).then_some(Dynamic::UNIT)
    });
    #[allow(deprecated)]
    safe.on_var(|name, _, _| {
        Ok(LEAD.with_borrow(|lead| {
            lead.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        }))
    });

    // Plain Rhai with a type of its own, asked by name.
    let mut typed = plain_engine();
    #[derive(Clone)]
    struct Plain(std::sync::Arc<Vec<(&'static str, Dynamic)>>);
    typed.register_indexer_get(|lead: &mut Plain, name: rhai::ImmutableString| {
        lead.0
            .iter()
            .find(|(known, _)| *known == name.as_str())
            .map_or(Dynamic::UNIT, |(_, value)| value.clone())
    });
    let typed_ast = typed.compile(script(str::to_owned)).unwrap();
    let lead = Plain(std::sync::Arc::new(ready));

    println!("twenty conditions on a lead of fifteen fields, one run");
    let base =
        measure("plain Rhai, lazy variables, no limits", None, || eval(&lazy, &mut Scope::new(), &lazy_ast));
    measure("plain Rhai, lazy variables, the limits of rules", Some(base), || {
        eval(&safe, &mut Scope::new(), &lazy_ast)
    });
    measure("plain Rhai, a type of its own, no limits", Some(base), || {
        let mut scope = Scope::new();
        scope.push("lead", lead.clone());
        eval(&typed, &mut scope, &typed_ast)
    });
    measure("a script, conditions not lowered, stored lead", Some(base), || {
        points(judge.ask_unlowered(&question, &mut NoRelated))
    });
    measure("a script, as the engine asks it, stored lead", Some(base), || {
        points(judge.ask(&question, &mut NoRelated))
    });
}
