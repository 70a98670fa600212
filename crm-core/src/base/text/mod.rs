//! Normal forms of text: what is compared when two entries may mean the same.
//!
//! What a user entered is kept as entered; a normal form stands beside it, for matching, uniqueness and search.
//! A change of any form raises [`NORMALISER`], so that indexes built on the old form are rebuilt.

pub mod company;
mod company_words;
pub mod credit_code;
pub mod email;
pub mod phone;
pub mod region;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The version of all normal forms in this module and below.
pub const NORMALISER: u32 = 1;

/// The form in which texts are compared: Unicode NFKC (full-width becomes half-width), case folded, without
/// invisible characters, trimmed, with every run of white space made one blank. Folding twice changes nothing.
///
/// ```
/// use crm_core::base::text::fold;
/// assert_eq!(fold("  Ｍüller　 GROẞ\t公司 "), "müller gross 公司");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return one_blank(text.chars().map(|c| c.to_ascii_lowercase()));
    }
    // The second pass settles the few characters whose folded form composes or decomposes anew.
    let once = fold_once(text);
    if once.is_ascii() { once } else { fold_once(&once) }
}

/// The identity of a name: folded, with all punctuation and blanks removed; letters, digits, marks and `+` stay.
/// Empty only when the folded text is: a text of nothing but punctuation keeps it.
///
/// ```
/// use crm_core::base::text::squash;
/// assert_eq!(squash("O'Neill & Söhne（北京）"), "oneillsöhne北京");
/// ```
pub fn squash(text: &str) -> String {
    if text.is_ascii() {
        let kept: String = text.chars().filter(|&c| is_kept(c)).map(|c| c.to_ascii_lowercase()).collect();
        if !kept.is_empty() {
            return kept;
        }
    }
    let folded = fold(text);
    let kept: String = folded.chars().filter(|&c| is_kept(c)).nfkc().collect();
    if kept.is_empty() { folded.chars().filter(|c| *c != ' ').nfkc().collect() } else { kept }
}

fn is_kept(c: char) -> bool {
    c.is_alphanumeric() || c == '+' || is_combining_mark(c)
}

/// Whether a text is written, at least in part, in Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

/// The blocks of Unified Ideographs (Unicode 15, blocks CJK, Extension A, Compatibility, Extensions B and above).
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

fn fold_once(text: &str) -> String {
    let visible = text.nfkc().filter(|c| !is_invisible(*c));
    one_blank(visible.flat_map(fold_char).nfkc())
}

/// Full case folding. Lower, upper, lower sends all members of a case class to one form: `ẞ`, `ß` and `SS` to `ss`.
/// The dotless `ı` is a letter of its own (Unicode's CaseFolding.txt, status T only).
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let (same, folded) =
        if c.is_ascii() || c == 'ı' || is_han(c) { (Some(c), None) } else { (None, Some(c)) };
    let ascii = same.map(|c| c.to_ascii_lowercase());
    let other = folded
        .into_iter()
        .flat_map(|c| c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    ascii.into_iter().chain(other)
}

/// Unicode's default ignorable characters: soft hyphen, joiners, direction marks, variation selectors and the like.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Trims, and makes each run of white space and control characters one blank.
fn one_blank(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(chars.size_hint().0);
    let mut blank = false;
    for c in chars {
        if c.is_whitespace() || c.is_control() {
            blank = !out.is_empty();
        } else {
            if std::mem::take(&mut blank) {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_tables() {
        let check = |text: &str, folded: &str, squashed: &str| {
            assert_eq!(fold(text), folded, "fold {text:?}");
            assert_eq!(squash(text), squashed, "squash {text:?}");
        };
        check("", "", "");
        check("  ", "", "");
        check("Acme, Inc.", "acme, inc.", "acmeinc");
        check("A\t\n B", "a b", "ab");
        check("ＡＢＣ　１２３", "abc 123", "abc123");
        check("北京华为（科技）有限公司", "北京华为(科技)有限公司", "北京华为科技有限公司");
        check("北京·华为 — 科技", "北京·华为 — 科技", "北京华为科技");
        check("STRASSE", "strasse", "strasse");
        check("Straße", "strasse", "strasse");
        check("GROẞ", "gross", "gross");
        check("ΣΊΣΥΦΟΣ", "σίσυφοσ", "σίσυφοσ");
        check("Σίσυφος", "σίσυφοσ", "σίσυφοσ");
        check("ﬁnance", "finance", "finance");
        check("Ⅻ", "xii", "xii");
        check("㈱日立", "(株)日立", "株日立");
        check("e\u{301}cole", "école", "école");
        check("İstanbul", "i\u{307}stanbul", "i\u{307}stanbul");
        check("ırmak", "ırmak", "ırmak");
        check("zero\u{200b}width\u{feff}", "zerowidth", "zerowidth");
        check("C++", "c++", "c++");
        check("हिन्दी", "हिन्दी", "हिन्दी");
        check("!? !", "!? !", "!?!");
        check("。。", "。。", "。。");
        check("😀", "😀", "😀");
        check("ｱｲｳ", "アイウ", "アイウ");
    }

    #[test]
    fn sees_chinese() {
        assert!(has_han("ABC中国"));
        assert!(!has_han("Müller カナ"));
    }

    proptest! {
        #[test]
        fn folding_is_idempotent(text in "\\PC*") {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            let squashed = squash(&text);
            prop_assert_eq!(&squash(&squashed), &squashed);
            prop_assert_eq!(squash(&folded), squashed);
        }

        #[test]
        fn folding_takes_any_characters(text in proptest::collection::vec(any::<char>(), 0..20)) {
            let text: String = text.into_iter().collect();
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(folded.trim(), &folded);
            prop_assert_eq!(squash(&squash(&text)), squash(&text));
            prop_assert_eq!(squash(&text).is_empty(), folded.is_empty());
        }

        #[test]
        fn case_and_width_do_not_matter(text in "[a-zA-Z0-9 ]{0,20}") {
            let wide: String = text
                .chars()
                .map(|c| if c == ' ' { '\u{3000}' } else { char::from_u32(c as u32 + 0xfee0).unwrap() })
                .collect();
            prop_assert_eq!(fold(&wide), fold(&text));
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
