//! The bodies of the fuzz targets on mutated examples: some thousand texts each, or as long as
//! `CRM_FUZZ_SECONDS` says. For a fuzzer that follows the code's branches see `fuzz/`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a fuzzer runs by the clock and tells"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bodies;

/// Numbers that look random, the same ones for the same start (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap() % below.max(1)
    }
}

/// Every text of the examples and the guide, by what it is.
fn corpus() -> [Vec<String>; 3] {
    let folder = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let mut files = Vec::new();
    for language in ["en", "zh"] {
        for entry in fs::read_dir(folder("examples/rules").join(language)).unwrap() {
            files.push(fs::read_to_string(entry.unwrap().path()).unwrap());
        }
    }
    let mut criteria = Vec::new();
    for document in ["docs/rules.md", "docs/rules.zh.md"] {
        let text = fs::read_to_string(folder(document)).unwrap();
        for (open, into) in [("```criteria\n", &mut criteria), ("```rhai\n", &mut files)] {
            let blocks = text.split(open).skip(1).filter_map(|rest| rest.split("```").next());
            into.extend(blocks.map(str::to_owned));
        }
    }
    let criteria: Vec<String> = criteria.iter().flat_map(|block| block.lines()).map(str::to_owned).collect();
    let mut documents = files.clone();
    documents.push(include_str!("../../../examples/rules/scoring.zh.json").to_owned());
    documents.push(include_str!("../../../examples/rules/scoring.en.yaml").to_owned());
    [criteria, files, documents]
}

/// Tokens of the corpus, so that what is torn out is put in elsewhere.
fn tokens(corpus: &[String]) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for text in corpus {
        let mut word = String::new();
        for letter in text.chars() {
            if letter.is_alphanumeric() || letter == '_' {
                word.push(letter);
            } else {
                tokens.push(std::mem::take(&mut word));
                tokens.push(letter.to_string());
            }
        }
        tokens.push(word);
    }
    tokens.extend(
        ["\u{0}", "\u{feff}", "\u{301}", "9223372036854775807", "1e999", "'", "\\", "ǃ0"].map(str::to_owned),
    );
    tokens.sort();
    tokens.dedup();
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn mutated(dice: &mut Dice, corpus: &[String], tokens: &[String]) -> String {
    let mut letters: Vec<char> = corpus[dice.roll(corpus.len())].chars().collect();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(letters.len() + 1);
        let end = (at + dice.roll(8)).min(letters.len());
        match dice.roll(6) {
            0 => drop(letters.drain(at..end)),
            1 => {
                let piece: Vec<char> = letters[at..end].to_vec();
                let to = dice.roll(letters.len() + 1);
                letters.splice(to..to, piece);
            }
            2 => {
                let other: Vec<char> = corpus[dice.roll(corpus.len())].chars().collect();
                let from = dice.roll(other.len() + 1);
                letters.truncate(at);
                letters.extend(&other[from..]);
            }
            3 => {
                let token = &tokens[dice.roll(tokens.len())];
                for _ in 0..=dice.roll(40) {
                    letters.splice(at..at, token.chars());
                }
            }
            _ => {
                let token = &tokens[dice.roll(tokens.len())];
                letters.splice(at..end, token.chars());
            }
        }
    }
    letters.into_iter().take(4_000).collect()
}

fn run(which: usize, seed: u64, body: fn(&str)) {
    let seconds = std::env::var("CRM_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let started = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let seed = if seconds.is_some() { seed ^ u64::try_from(started % (1 << 60)).unwrap() } else { seed };
    let corpus = &corpus()[which];
    let tokens = tokens(corpus);
    let mut dice = Dice(seed | 1);
    corpus.iter().for_each(|text| body(text));
    let mut done = 0u64;
    while done < 300 || Instant::now() < until {
        let text = mutated(&mut dice, corpus, &tokens);
        if let Err(panic) = std::panic::catch_unwind(|| body(&text)) {
            eprintln!("the text was {text:?}");
            std::panic::resume_unwind(panic);
        }
        done += 1;
    }
    println!("{done} texts");
}

#[test]
fn criteria() {
    run(0, 11, bodies::criterion);
}

#[test]
fn scripts() {
    run(1, 13, bodies::script);
}

#[test]
fn rule_files() {
    run(2, 17, bodies::rule_file);
}
