use proptest::prelude::*;

use super::super::StateClass::{Open, Won};
use super::*;

#[test]
fn the_drawing_of_the_lead_is_as_agreed() {
    assert_eq!(defaults::lead().mermaid(Language::Chinese), include_str!("lead.zh.mmd"));
    assert_eq!(defaults::quick_deal().mermaid(Language::English), include_str!("quick_deal.en.mmd"));
}

#[test]
fn labels_cannot_become_syntax() {
    let mut lifecycle = machine(&[("a", Open), ("b", Won)], &[]);
    lifecycle.states[0].en = "x\" as s9\n    s9 --> s0 : %%{init: {}}%%".to_owned();
    lifecycle.states[1].en = "<b>#quot;；提案（二）".to_owned();
    lifecycle
        .moves
        .push(Move { roles: strings(&["a;b"]), ..Move::new("a", "b").with_fields(&["金额: x"]) });
    let expected = "stateDiagram-v2
    state \"x#34; as s9     s9 --#62; s0 #58; #37;#37;#123;init#58; #123;#125;#125;#37;#37;\" as s0
    state \"#60;b#62;#35;quot#59;#65307;提案（二）\" as s1
    [*] --> s0
    s0 --> s1 : 金额#58; x, (a#59;b)
    s1 --> [*]
";
    assert_eq!(lifecycle.mermaid(Language::English), expected);
}

proptest! {
    #[test]
    fn a_drawing_has_a_line_for_each_part(label in "\\PC*|[\"\n;:%{}<>#\\[\\]-]{0,12}", role in "\\PC{0,9}") {
        let mut lifecycle = machine(&[("a", Open), ("b", Won)], &[]);
        lifecycle.states[0].zh = label.clone();
        lifecycle.moves.push(Move { roles: vec![role], ..Move::new("a", "b").with_fields(&[&label]) });
        let drawing = lifecycle.mermaid(Language::Chinese);
        prop_assert_eq!(drawing.lines().count(), 6);
        prop_assert_eq!(drawing.matches('"').count(), 4);
        prop_assert_eq!(drawing.matches("-->").count(), 3);
        let unsafe_marks = ['%', '{', '<'];
        prop_assert!(!drawing.contains(unsafe_marks));
    }
}
