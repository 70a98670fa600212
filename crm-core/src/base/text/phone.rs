//! Telephone numbers: E.164, the region that a number tells, and a mask.

use std::sync::LazyLock;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region};
use unicode_normalization::UnicodeNormalization;

use super::region::Division;

/// Where a number belongs, as far as the number itself tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRegion {
    /// The country, by its two letters of ISO 3166-1.
    pub country: String,
    /// The province and, mostly, the city of a land line in mainland China. Mobile numbers keep none: they are carried
    /// along when their owner moves.
    pub area: Option<Division>,
}

/// The number in E.164 form (`+8613800138000`), read as one of `default_region` (two letters of ISO 3166-1) unless it
/// says its country itself.
///
/// Full-width digits, Chinese punctuation, words before the number and an extension after it (`转 801`, `ext. 12`) do not
/// matter; of several numbers the first is taken. None when no valid number of any region results, as for `10086`.
///
/// ```
/// use crm_core::base::text::phone::e164;
/// assert_eq!(e164("（０１０）８８８８－８８８８转801", "CN").as_deref(), Some("+861088888888"));
/// assert_eq!(e164("+44 20 7946 0958", "CN").as_deref(), Some("+442079460958"));
/// assert_eq!(e164("10086", "CN"), None);
/// ```
pub fn e164(raw: &str, default_region: &str) -> Option<String> {
    if default_region == "CN"
        && let Some(mobile) = plain_mobile(raw)
    {
        return Some(mobile);
    }
    let region = Region::from_code(&default_region.trim().to_ascii_uppercase()).ok();
    let read = |text: &str| PhoneNumber::parse(text, region).ok().filter(PhoneNumber::is_valid);
    let written = first_number(raw);
    // `010-88888888-801`: the last dash may introduce an extension.
    let number = read(&written).or_else(|| read(written.rsplit_once('-')?.0))?;
    Some(number.format_as(PhoneNumberFormat::E164).into_owned())
}

/// The region of a number in E.164 form; none when it is not a valid number or belongs to no country.
///
/// ```
/// use crm_core::base::text::phone::region;
/// let found = region("+8675526770000").unwrap();
/// assert_eq!(found.country, "CN");
/// assert_eq!(found.area.unwrap().to_string(), "广东省深圳市");
/// ```
pub fn region(e164: &str) -> Option<PhoneRegion> {
    if e164.strip_prefix("+86").is_some_and(|national| plain_mobile(national).as_deref() == Some(e164)) {
        return Some(PhoneRegion { country: "CN".to_owned(), area: None });
    }
    let number = PhoneNumber::parse(e164.trim(), None).ok()?;
    let country = PHONE_NUMBER_UTIL.get_region_for_number(&number)?.to_string();
    if country.len() != 2 {
        return None;
    }
    let area = if country == "CN" { area_of(&number.get_national_significant_number()) } else { None };
    Some(PhoneRegion { country, area })
}

/// The normal form of eleven digits, with blanks and dashes between at most, that are a mobile number of mainland China
/// of the ranges that are in use throughout: by far the most of what is entered there, and no parser need look at it.
fn plain_mobile(raw: &str) -> Option<String> {
    let mut number = String::with_capacity(14);
    number.push_str("+86");
    for c in raw.bytes() {
        match c {
            b'0'..=b'9' if number.len() < 14 => number.push(char::from(c)),
            b' ' | b'-' => {}
            _ => return None,
        }
    }
    let national = number.get(3..).filter(|national| national.len() == 11)?;
    let within = raw.starts_with('1') && raw.ends_with(|c: char| c.is_ascii_digit());
    let known = match national.as_bytes() {
        [b'1', b'3' | b'8', ..] => true,
        [b'1', b'5' | b'9', third, ..] => *third != b'4',
        _ => false,
    };
    (within && known).then_some(number)
}

/// The number with its middle hidden: `138****0000`. Blanks and other signs fall away, at least four digits are hidden
/// (all of a short number), and the length does not change.
pub fn mask(raw: &str) -> String {
    let text: String = raw.nfkc().collect();
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len();
    let (head, tail) = match count {
        0..=5 => (0, 0),
        6..=7 => (1, 1),
        8..=10 => (2, 2),
        _ => ((count - 8).min(5), 4),
    };
    let plus = if text.trim_start().starts_with('+') { "+" } else { "" };
    let shown = |(at, digit): (usize, &char)| if at < head || at >= count - tail { *digit } else { '*' };
    let hidden: String = digits.iter().enumerate().map(shown).collect();
    if hidden.is_empty() { "****".to_owned() } else { format!("{plus}{hidden}") }
}

/// The stretch of a text that is its first telephone number, in half-width characters and without extension.
///
/// A number ends, once it has five digits, before whatever is not part of a written number; before a slash or comma only
/// once it has seven, since `030/123456` is one number and `13800138000/13900139000` are two.
fn first_number(raw: &str) -> String {
    let mut number = String::new();
    let mut digits = 0;
    for c in raw.nfkc().take(200) {
        match c {
            '0'..='9' => {
                digits += 1;
                number.push(c);
            }
            // A plus begins a number: what stood before it was something else, or another number.
            '+' if digits == 0 => number = "+".to_owned(),
            '(' | ')' | '-' | '.' => number.push(c),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '·' | '~' => number.push('-'),
            '/' if digits < 7 => number.push('-'),
            _ if c.is_whitespace() || super::is_invisible(c) => number.push(' '),
            'a'..='z' | 'A'..='Z' if (1..5).contains(&digits) => number.push(c),
            _ if digits >= 5 => break,
            // Words before the number.
            _ if digits == 0 => number.clear(),
            _ => number.push(' '),
        }
    }
    // An opening bracket without its partner would spoil the number.
    if number.matches('(').count() == number.matches(')').count() {
        number
    } else {
        number.replace(['(', ')'], " ")
    }
}

/// The area that the national number of a Chinese land line begins with: two digits for the oldest exchanges, else three.
fn area_of(national: &str) -> Option<Division> {
    static AREAS: LazyLock<Vec<(&str, Division)>> = LazyLock::new(read_areas);
    [2, 3].iter().find_map(|&length| {
        let code = national.get(..length)?;
        let at = AREAS.binary_search_by_key(&code, |(known, _)| *known).ok()?;
        AREAS.get(at).map(|(_, division)| *division)
    })
}

fn read_areas() -> Vec<(&'static str, Division)> {
    let mut areas: Vec<(&str, Division)> = Vec::with_capacity(350);
    for line in include_str!("../../../data/area_codes.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let province = words.next().unwrap_or_default();
        for word in words {
            match areas.last_mut() {
                Some((_, division)) if !word.starts_with(|c: char| c.is_ascii_digit()) => {
                    division.city = Some(word)
                }
                _ => areas.push((word, Division { province, city: None, district: None })),
            }
        }
    }
    areas.sort_by_key(|(code, _)| *code);
    areas
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[rustfmt::skip]
    fn reads_numbers() {
        let check = |raw: &str, region: &str, expected: &str| {
            assert_eq!(e164(raw, region).unwrap_or_default(), expected, "{raw} in {region}");
        };
        for raw in [
            "13800138000", "138 0013 8000", "138-0013-8000", "１３８００１３８０００", "+86 138 0013 8000", "＋８６１３８００１３８０００",
            "0086 13800138000", "86-13800138000", "+86-138-0013-8000", "手机：13800138000", "Tel: 138.0013.8000",
            "tel:+86-138-0013-8000", "13800138000 张先生", "13800138000/13900139000", "13800138000、13900139000",
            "13800138000，13900139000", "(+86)13800138000", "（+86）138 0013 8000", "138—0013—8000", "138\u{200b}00138000",
            "013800138000",
        ] {
            check(raw, "CN", "+8613800138000");
        }
        for raw in [
            "010-88888888", "（010）88888888", "(010) 8888 8888", "010－88888888", "+86 10 8888 8888", "+86 (0)10 88888888",
            "010-88888888转801", "010-88888888 ext. 801", "010-88888888-801", "010-88888888#801", "010 88888888 分机801",
            "电话（010）88888888", "010/88888888", "01088888888x801", "(010)88888888(总机)",
        ] {
            check(raw, "CN", "+861088888888");
        }
        check("0755-26770000", "CN", "+8675526770000");
        check("4008-123-123", "CN", "+864008123123");
        check("400 8123 123", "CN", "+864008123123");
        check("(202) 456-1111", "US", "+12024561111");
        check("(202) 456-1111", "us", "+12024561111");
        check("1-800-FLOWERS", "US", "+18003569377");
        check("030/901820", "DE", "+4930901820");
        check("+49 30 901820", "", "+4930901820");
        check("020 7946 0958", "GB", "+442079460958");
        check("2888 8888", "HK", "+85228888888");
        check("+852 2888 8888", "CN", "+85228888888");
        check("02-2345-6789", "TW", "+886223456789");
        for raw in ["", "10086", "95588", "110", "abc", "无", "1380013800", "+", "+86", "()", "123456789012345678"] {
            check(raw, "CN", "");
        }
        check("13800138000", "", "");
        check("13800138000", "XX", "");
    }

    #[test]
    fn tells_regions() {
        let check = |number: &str, country: &str, area: &str| {
            let found = region(number);
            let found = found.map(|r| (r.country, r.area.map_or_else(String::new, |a| a.to_string())));
            let expected = (!country.is_empty()).then(|| (country.to_owned(), area.to_owned()));
            assert_eq!(found, expected, "{number}");
        };
        check("+861088888888", "CN", "北京市");
        check("+862162888888", "CN", "上海市");
        check("+862038888888", "CN", "广东省广州市");
        check("+8675526770000", "CN", "广东省深圳市");
        check("+868716311111", "CN", "云南省昆明市");
        check("+868986531111", "CN", "海南省");
        check("+8613800138000", "CN", "");
        check("+864008123123", "CN", "");
        check("+85228888888", "HK", "");
        check("+12024561111", "US", "");
        check("+442079460958", "GB", "");
        check("13800138000", "", "");
        check("", "", "");
        check("+999", "", "");
    }

    #[test]
    fn areas_stand_in_the_division_table() {
        let areas = read_areas();
        assert!(areas.len() > 300);
        assert!(areas.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (code, division) in areas {
            assert_eq!(super::super::region::find(&division.to_string()), Some(division), "{code}");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn masks() {
        for (raw, expected) in [
            ("13800000000", "138****0000"), ("138 0000 0000", "138****0000"), ("+86 138 0000 0000", "+86138****0000"),
            ("１３８００００００００", "138****0000"), ("010-88888888", "010****8888"), ("62345678", "62****78"), ("123456", "1****6"),
            ("12345", "*****"), ("1", "*"), ("", "****"), ("none", "****"), ("123456789012345678", "12345*********5678"),
        ] {
            assert_eq!(mask(raw), expected, "{raw}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn a_normal_number_stays(raw in "[+0-9０-９ ()（）/转x-]{0,20}", region in "(CN|US|DE|GB|HK|)") {
            if let Some(number) = e164(&raw, &region) {
                prop_assert!(number.starts_with('+') && number.len() <= 16);
                prop_assert!(number.chars().skip(1).all(|c| c.is_ascii_digit()));
                prop_assert_eq!(e164(&number, "US"), Some(number.clone()));
                prop_assert_eq!(e164(&number, ""), Some(number));
            }
        }

        #[test]
        fn mobiles_survive_any_grouping(tail in 10_000_000u32..99_999_999, cuts in proptest::collection::vec(0usize..11, 0..4)) {
            let plain = format!("138{tail}");
            let mut written = String::new();
            for (at, c) in plain.chars().enumerate() {
                if cuts.contains(&at) { written.push('－'); }
                written.push(c);
            }
            prop_assert_eq!(e164(&written, "CN"), Some(format!("+86{plain}")));
        }

        /// What needs no parser is what the parser says.
        #[test]
        fn plain_mobiles_are_what_the_parser_reads(raw in "1[3589][0-9][- ]{0,2}[0-9]{4}[- ]{0,2}[0-9]{4,5}|[-1 +][0-9 -]{9,14}") {
            if let Some(mobile) = plain_mobile(&raw) {
                let parsed = PhoneNumber::parse(first_number(&raw), Some(Region::from_code("CN").unwrap())).unwrap();
                prop_assert!(parsed.is_valid());
                prop_assert_eq!(parsed.format_as(PhoneNumberFormat::E164).into_owned(), mobile.clone());
                prop_assert_eq!(PHONE_NUMBER_UTIL.get_region_for_number(&parsed).unwrap().to_string(), "CN");
                prop_assert_eq!(area_of(&mobile[3..]), None);
            }
        }

        #[test]
        fn takes_any_text(raw in "\\PC*", region_code in "\\PC{0,3}") {
            let _ = (e164(&raw, &region_code), region(&raw));
            let masked = mask(&raw);
            let (hidden, shown) = (masked.matches('*').count(), masked.matches(|c: char| c.is_ascii_digit()).count());
            prop_assert!(hidden >= 4 || shown == 0);
        }
    }
}
