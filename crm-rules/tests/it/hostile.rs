//! Scripts that want to do harm, each in a process of its own: none aborts it, holds it, or gets through.

use std::process::Command;
use std::time::Duration;

use crm_core::record::script::Purpose;

use crate::sample::{Asked, World, check};

pub const CHILD: &str = "CRM_RULES_HOSTILE";

/// Bodies of `score(lead)`, and whole sources where they begin with `fn`.
const SCRIPTS: &[&str] = &[
    "while true { } 1",
    "let n = 0; while true { n += 1; } n",
    "loop { }",
    "for i in 0..9223372036854775807 { } 1",
    "for i in 0..=9223372036854775807 { let x = i; } 1",
    "for a in 0..1000000 { for b in 0..1000000 { } } 1",
    "let s = \"aaaaaaaaaa\"; while true { s = s + s; } 1",
    "let s = \"aaaaaaaaaa\"; while true { s = `${s}${s}`; } 1",
    "let s = \"a\"; for i in 0..1000 { s += s; } length(s)",
    "let s = \"x\"; for i in 0..2000 { s = upper(lower(s)) + s; } 1",
    "let l = []; while true { l.push(1); } 1",
    "let l = [1]; while true { l.push(l); } 1",
    "let l = [1, 2, 3]; while true { l = [l, l]; } 1",
    "let m = #{a: 1}; while true { m = #{a: m, b: m}; } 1",
    "let l = []; for i in 0..900 { l.push(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"); } let t = join(l, \"bbbbbbbbbbbb\"); length(t)",
    "let l = []; for i in 0..900 { l.push(i); } for x in l { for y in l { contains(l, y); } } 1",
    "fn score(lead) { f(1) } fn f(n) { f(n + 1) }",
    "fn score(lead) { a(1) } fn a(n) { b(n) } fn b(n) { a(n) }",
    "fn score(lead) { score(lead) }",
    "eval(\"while true { }\"); 1",
    "let f = || 1; f.call()",
    "let f = |x| x; let g = |x| f; 1",
    "let f = Fn(\"score\"); f.curry(f); 1",
    "let f = Fn(\"score\"); while true { f = f.curry(f); } 1",
    "fn score(lead) { let f = other; 1 } fn other(a) { 1 }",
    "[1, 2].map(|x| x); 1",
    "[1, 2].drain(|x| true); 1",
    "[3, 1].sort(); 1",
    "sleep(5); 1",
    "sleep(5.0); 1",
    "timestamp(); 1",
    "print(\"x\"); 1",
    "debug(\"x\"); 1",
    "import \"std\" as s; 1",
    "export let x = 1; 1",
    "throw \"x\"",
    "try { while true { } } catch { } 1",
    "try { let s = \"a\"; while true { s += s; } } catch(e) { while true { } } 1",
    "switch 1 { 1 => 2, _ => 3 }",
    "this",
    "type_of(1)",
    "is_def_fn(\"score\", 1)",
    "2 ** 1000000",
    "9223372036854775807 + 1",
    "-9223372036854775807 - 2",
    "1 << 9999999",
    "1 / 0.0",
    "let x = 1.5; while true { x = x * x; } 1",
    "parse_json(\"[]\"); 1",
    "range(0, 100, 0); 1",
    "for x in range(0, 1000000000) { } 1",
    "lead.name = \"x\"; 1",
    "lead[\"name\"]",
    "lead.tag",
    "lead.get$name",
    "let l = [0]; l[-1] = 5; 1",
    "let l = [0]; l.pad(1000000000, 1); 1",
    "\"a\".pad(1000000000, \"b\"); 1",
    "\"a\".repeat(1000000); 1",
    "blob(1000000000); 1",
    "let a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]; 1",
    "find(\"user\", \"\"); count(\"role\", \"\")",
    "let n = 0; while n < 5000 { n += count(\"lead\", \"\"); n += 1; } n",
    "while true { award(1, \"x\"); } 1",
    "while true { because(\"x\"); } 1",
    "ǃ0",
    "let ǃ0 = 5; ǃ0",
    "fn ǃ1(a) { 1 } fn score(lead) { ǃ1(1) + ǃ99999999999999999999 }",
    "days(9223372036854775807); 1",
    "year(today() + days(99999999999)); 1",
    "round(1.5, 99999999999)",
    "\"${\"${\"${1}\"}\"}\"; 1",
    "#{a: #{a: #{a: #{a: 1}}}}.a.a.a.a.b ?? 1",
];

/// What a long string of brackets, calls or `if` makes of the reader itself.
fn generated() -> Vec<String> {
    let nest = |open: &str, close: &str, inner: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    vec![
        nest("(", ")", "1", 5_000),
        nest("[", "]", "1", 5_000),
        nest("if true { ", " } else { 1 }", "1", 2_000),
        nest("{", "}", "1", 5_000),
        nest("!", "", "true", 5_000),
        nest("-", "", "1", 5_000),
        format!("{}1", "1 + ".repeat(15_000)),
        format!("true{}", " && true".repeat(6_000)),
        format!("lead{}", ".owner".repeat(9_000)),
        format!("if true {{ 1 }} {}else {{ 2 }}", "else if true { 1 } ".repeat(3_000)),
        format!("\"{}\"", "a".repeat(60_000)),
        format!("{};1", "let a = 1;".repeat(6_000)),
        "fn a(x) { 1 }".repeat(4_000),
        format!("`{}`", "${".repeat(10_000)),
        "\u{0}\u{0}\u{ffff}".repeat(1_000),
        "a".repeat(1_000_000),
        // Functions within functions, each call deep within its function.
        (0..30).fold("fn score(lead) { f0(1) } fn f30(n) { n }".to_owned(), |source, no| {
            let call = nest("(", ")", &format!("f{}(n)", no + 1), 25);
            format!("{source} fn f{no}(n) {{ {call} }}")
        }),
    ]
}

fn source(script: &str) -> String {
    if script.starts_with("fn ") { script.to_owned() } else { format!("fn score(lead) {{ {script} }}") }
}

fn all() -> Vec<String> {
    SCRIPTS
        .iter()
        .map(|script| source(script))
        .chain(generated().iter().map(|script| source(script)))
        .collect()
}

/// Runs one of them when this is the child.
#[test]
fn child() {
    let Ok(which) = std::env::var(CHILD) else { return };
    let source = all().swap_remove(which.parse().unwrap());
    // The stack of a plain thread.
    let run = move || {
        let problems = check(Purpose::Score, &source).problems;
        let asked = Asked::about(&[]).ask(Purpose::Score, &source, &mut World::default());
        (problems.is_empty(), asked.is_ok())
    };
    let (checked, answered) =
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    assert!(checked || !answered, "what is wrong is not run");
}

#[test]
fn none_aborts_or_holds_the_process() {
    let children: Vec<_> = (0..all().len()).collect();
    let mut harmed = Vec::new();
    for chunk in children.chunks(8) {
        let started: Vec<_> = chunk
            .iter()
            .map(|which| {
                let child = Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "hostile::child", "--quiet"])
                    .env(CHILD, which.to_string())
                    .stdout(std::process::Stdio::null())
                    .stderr(std::process::Stdio::null())
                    .spawn()
                    .unwrap();
                (*which, child)
            })
            .collect();
        for (which, mut child) in started {
            // Far beyond the budget, so that a busy machine changes nothing.
            let ended = (0..600).find_map(|_| {
                let status = child.try_wait().unwrap();
                if status.is_none() {
                    std::thread::sleep(Duration::from_millis(50));
                }
                status
            });
            match ended {
                Some(status) if status.success() => {}
                Some(status) => harmed.push(format!("{status}: {:.80}", all()[which])),
                None => {
                    child.kill().unwrap();
                    harmed.push(format!("held: {:.80}", all()[which]));
                }
            }
        }
    }
    assert!(harmed.is_empty(), "{harmed:#?}");
}
