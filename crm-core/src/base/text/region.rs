//! Provinces, cities and districts of China: from what people write to the names of the division table.

use std::fmt;
use std::sync::LazyLock;

/// The division table; its origin and licence stand beside it.
const TABLE: &str = include_str!("../../../data/divisions/divisions.txt");

/// A place in mainland China, Hong Kong, Macau or Taiwan, by the full names of the division table.
///
/// Municipalities stand as their own city. The city is none for a province as a whole, and for what lies directly
/// under a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Division {
    /// The province, municipality, autonomous or special region, such as `广东省`.
    pub province: &'static str,
    /// The city, prefecture or league, such as `深圳市`.
    pub city: Option<&'static str>,
    /// The district, county or county-level city, such as `南山区`.
    pub district: Option<&'static str>,
}

impl Division {
    fn depth(&self) -> u8 {
        match (self.district, self.city) {
            (Some(_), _) => 2,
            (None, Some(city)) if city != self.province => 1,
            _ => 0,
        }
    }

    fn contains(&self, other: &Division) -> bool {
        self.province == other.province
            && (self.depth() == 0 || (self.city == other.city && self.district.is_none()))
            && self.depth() < other.depth()
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.province)?;
        f.write_str(self.city.filter(|city| *city != self.province).unwrap_or(""))?;
        f.write_str(self.district.unwrap_or(""))
    }
}

/// One name of a division.
struct Name {
    name: &'static str,
    full: bool,
    division: Division,
}

/// All names, full and short, in order.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(read_table);
/// The longest name, in characters.
const LONGEST: usize = 15;

/// The division that a text starts with, as far down as it says.
///
/// Full names and short forms are understood (`广东`, `深圳`, `广东深圳南山`, `广东省深圳市南山区科技园`); what follows is left
/// aside. None when nothing is recognised, when the name is that of several districts (`鼓楼区`), and when it is the name
/// of a street (`南京路`).
///
/// ```
/// use crm_core::base::text::region::find;
/// assert_eq!(find("深圳").unwrap().to_string(), "广东省深圳市");
/// assert_eq!(find("北京 海淀").unwrap().to_string(), "北京市海淀区");
/// assert_eq!(find("鼓楼区"), None);
/// ```
pub fn find(text: &str) -> Option<Division> {
    let squashed = super::squash(text);
    let text = ["中华人民共和国", "中国"].iter().find_map(|c| squashed.strip_prefix(c)).unwrap_or(&squashed);
    let (mut found, mut rest) = longest(text, None, |name, rest| {
        name.full || rest.is_empty() || (name.division.district.is_none() && !is_street(rest))
    })?;
    loop {
        // `北京市北京市海淀区`, `上海市市辖区`: the municipality again as its own city.
        let again = [found.city.unwrap_or("市辖区"), "市辖区"];
        rest = again.iter().find_map(|again| rest.strip_prefix(again)).unwrap_or(rest);
        let Some((deeper, after)) = longest(rest, Some(&found), |name, rest| name.full || !is_street(rest))
        else {
            return Some(found);
        };
        (found, rest) = (deeper, after);
    }
}

/// The division that a company's name starts with, and what follows it: as [`find`], but a district or county counts
/// only by its full name, since `平安`, `长安` and the like are trade names more often.
pub(crate) fn prefix(text: &str) -> Option<(Division, &str)> {
    let given = |name: &Name, _: &str| {
        let ranked = name.division.district.is_none_or(|district| district.ends_with('市'));
        name.full || (ranked && !TRADE_NAMES.contains(&name.name))
    };
    let (mut found, mut rest) = longest(text, None, given)?;
    while let Some((deeper, after)) = longest(rest, Some(&found), given) {
        (found, rest) = (deeper, after);
    }
    Some((found, rest))
}

/// Short forms of cities that are words of the language or well-known trade names.
const TRADE_NAMES: [&str; 15] = [
    "阿里", "东方", "永安", "福安", "万宁", "长葛", "凤凰", "双河", "宁安", "安达", "富锦", "德兴", "兴平",
    "永康", "太仓",
];

/// The division with the longest name that the text starts with and `given` lets pass, and the rest of the text.
fn longest<'t>(
    text: &'t str,
    within: Option<&Division>,
    given: impl Fn(&Name, &str) -> bool,
) -> Option<(Division, &'t str)> {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST).collect();
    for end in ends.into_iter().rev() {
        let (head, rest) = text.split_at(end);
        let from = NAMES.partition_point(|name| name.name < head);
        let named = NAMES.iter().skip(from).take_while(|name| name.name == head);
        let mut best: Option<&Name> = None;
        let mut ambiguous = false;
        for name in named {
            if within.is_some_and(|within| !within.contains(&name.division)) || !given(name, rest) {
                continue;
            }
            match best.map(|best| best.division.depth().cmp(&name.division.depth())) {
                Some(std::cmp::Ordering::Less) => {}
                Some(std::cmp::Ordering::Equal) => ambiguous = true,
                _ => (best, ambiguous) = (Some(name), false),
            }
        }
        if let Some(best) = best {
            return (!ambiguous).then_some((best.division, rest));
        }
    }
    None
}

/// Whether what follows a place's name makes it the name of a street: `南京路`, `北京东路`.
fn is_street(rest: &str) -> bool {
    let rest = rest.strip_prefix(['东', '西', '南', '北', '中']).unwrap_or(rest);
    ["路", "街", "大道", "大街", "巷", "道"].iter().any(|street| rest.starts_with(street))
}

fn read_table() -> Vec<Name> {
    let mut names = Vec::with_capacity(7_000);
    let mut province = "";
    for line in TABLE.lines() {
        let Some(line) = line.strip_prefix(' ') else {
            province = line;
            // A municipality is a province whose name ends as a city's does.
            let city = province.ends_with('市').then_some(province);
            add(&mut names, province, Division { province, city, district: None });
            continue;
        };
        let (city, districts) = line.split_once(':').unwrap_or((line, ""));
        let city = Some(city).filter(|city| !city.is_empty());
        if let Some(city) = city.filter(|city| *city != province) {
            add(&mut names, city, Division { province, city: Some(city), district: None });
        }
        for district in districts.split(',').filter(|district| !district.is_empty()) {
            add(&mut names, district, Division { province, city, district: Some(district) });
        }
    }
    names.sort_by_key(|name| (name.name, name.division.depth(), !name.full));
    names
}

fn add(names: &mut Vec<Name>, name: &'static str, division: Division) {
    names.push(Name { name, full: true, division });
    let short = short_form(name);
    if short != name {
        names.push(Name { name: short, full: false, division });
    }
}

/// What a division is called in short: without its rank and, for autonomous ones, its peoples; two characters at least.
fn short_form(name: &str) -> &str {
    let keep = |short: &str| short.chars().count() >= 2;
    let mut short = RANKS.iter().find_map(|rank| name.strip_suffix(rank)).filter(|s| keep(s)).unwrap_or(name);
    while let Some(less) = PEOPLES.iter().find_map(|people| short.strip_suffix(people)).filter(|s| keep(s)) {
        short = less;
    }
    short
}

const RANKS: [&str; 14] = [
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "新区",
    "省",
    "市",
    "盟",
    "县",
    "区",
    "旗",
];

/// The peoples after whom autonomous divisions are named.
const PEOPLES: [&str; 53] = [
    "各族",
    "蒙古族",
    "蒙古",
    "回族",
    "藏族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯",
    "阿昌族",
    "普米族",
    "塔吉克",
    "怒族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "独龙族",
    "鄂伦春",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(find(text).map_or_else(String::new, |d| d.to_string()), expected, "{text}");
    }

    #[test]
    #[rustfmt::skip]
    fn finds_divisions() {
        for (text, expected) in [
            ("广东", "广东省"), ("广东省", "广东省"), ("深圳", "广东省深圳市"), ("深圳市", "广东省深圳市"),
            ("广东深圳", "广东省深圳市"), ("广东省深圳市南山区", "广东省深圳市南山区"), ("深圳南山", "广东省深圳市南山区"),
            ("广东省 / 深圳市 / 南山区", "广东省深圳市南山区"), ("中国广东省深圳市", "广东省深圳市"),
            ("深圳市南山区科技园路1号", "广东省深圳市南山区"), ("北京", "北京市"), ("北京市海淀区", "北京市海淀区"),
            ("北京市北京市海淀区", "北京市海淀区"), ("海淀", "北京市海淀区"), ("上海浦东", "上海市浦东新区"),
            ("上海市市辖区黄浦区", "上海市黄浦区"), ("重庆渝北", "重庆市渝北区"), ("内蒙古", "内蒙古自治区"),
            ("内蒙古呼和浩特", "内蒙古自治区呼和浩特市"), ("广西", "广西壮族自治区"), ("新疆", "新疆维吾尔自治区"),
            ("新疆伊犁", "新疆维吾尔自治区伊犁哈萨克自治州"), ("恩施", "湖北省恩施土家族苗族自治州"), ("香港", "香港特别行政区"),
            ("香港湾仔", "香港特别行政区湾仔区"), ("澳门", "澳门特别行政区"), ("台北", "台湾省台北市"), ("吉林", "吉林省"),
            ("吉林市", "吉林省吉林市"), ("吉林吉林", "吉林省吉林市"), ("海南", "海南省"), ("海南藏族自治州", "青海省海南藏族自治州"),
            ("朝阳", "辽宁省朝阳市"), ("北京朝阳", "北京市朝阳区"), ("河北区", "天津市河北区"), ("长沙县", "湖南省长沙市长沙县"),
            ("浙江义乌", "浙江省金华市义乌市"), ("昆山", "江苏省苏州市昆山市"), ("湖北仙桃", "湖北省仙桃市"),
            ("襄阳", "湖北省襄阳市"), ("延边", "吉林省延边朝鲜族自治州"), ("南京鼓楼区", "江苏省南京市鼓楼区"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn does_not_guess() {
        for text in [
            "",
            "鼓楼区",
            "朝阳区",
            "南山",
            "南京路88号",
            "北京东路1号",
            "火星",
            "Shenzhen",
            "中国",
            "1",
            "长安街",
        ] {
            check(text, "");
        }
        check("上海南京西路1号", "上海市");
    }

    #[test]
    fn every_division_is_found_by_its_path() {
        for name in NAMES.iter().filter(|name| name.full) {
            assert_eq!(find(&name.division.to_string()), Some(name.division), "{}", name.division);
            assert!(name.name.chars().count() <= LONGEST, "{}", name.name);
        }
    }

    #[test]
    fn company_prefixes() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = prefix(text).map(|(division, rest)| (division.to_string(), rest));
            assert_eq!(found.as_ref().map(|(d, rest)| (d.as_str(), *rest)), expected, "{text}");
        };
        check("北京华为科技", Some(("北京市", "华为科技")));
        check("北京市海淀区华为", Some(("北京市海淀区", "华为")));
        check("昆山好孩子", Some(("江苏省苏州市昆山市", "好孩子")));
        check("平安保险", None);
        check("东方航空", None);
        check("华为技术", None);
    }

    proptest! {
        #[test]
        fn takes_any_text(text in "\\PC*") {
            let _ = find(&text);
        }

        #[test]
        fn takes_any_mix_of_names(parts in proptest::collection::vec(
            proptest::sample::select(vec!["广东", "省", "深圳", "市", "北京", "区", "吉林", "海南", "路", "中国", "市辖区"]), 0..6)) {
            if let Some(found) = find(&parts.concat()) {
                prop_assert_eq!(find(&found.to_string()), Some(found));
            }
        }
    }
}
