//! What the README shows is what is compiled.

#![allow(clippy::unwrap_used)]

use std::path::Path;

fn check(example: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(here.join("../README.md")).unwrap();
    let code = std::fs::read_to_string(here.join("src/bin").join(example)).unwrap();
    assert!(
        readme.contains(&format!("```rust\n{code}```\n")),
        "the README shows something else than {example}"
    );
}

#[test]
fn the_readme_shows_the_least_that_embeds_the_engine() {
    check("embed_minimal.rs");
}

#[test]
fn the_readme_shows_what_insight_says() {
    check("insight.rs");
}
