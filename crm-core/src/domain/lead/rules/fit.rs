//! Which leads a rule is for, and which of them a user takes.

use crate::base::text;
use crate::domain::lead::{Assignment, Lead, Taker};

/// Whether a rule is for a lead: every condition that it sets is met.
pub fn fits(rule: &Assignment, lead: &Lead) -> bool {
    rule.disabled != Some(true)
        && (rule.sources.is_empty() || lead.source.is_some_and(|source| rule.sources.contains(&source)))
        && one_of(&rule.channels, &lead.channel)
        && one_of(&rule.industries, &lead.industry)
        && product(&rule.products, lead)
        && (rule.regions.is_empty() || region_of(&rule.regions, lead).is_some())
        && rule.score_from.is_none_or(|least| lead.score.is_some_and(|score| score >= least))
}

/// Whether a user takes a lead by a rule, and by which of his own conditions.
pub fn takes(taker: &Taker, lead: &Lead) -> Option<Vec<String>> {
    let mut why = Vec::new();
    if !taker.regions.is_empty() {
        why.push(format!("region `{}`", region_of(&taker.regions, lead)?));
    }
    if !taker.industries.is_empty() {
        if !one_of(&taker.industries, &lead.industry) {
            return None;
        }
        why.push(format!("industry `{}`", lead.industry));
    }
    if !taker.products.is_empty() {
        let named = |name: &&String| one_of(&taker.products, name);
        why.push(format!("product `{}`", lead.product_interest.iter().find(named)?));
    }
    Some(why)
}

fn one_of(names: &[String], name: &str) -> bool {
    names.is_empty() || !name.is_empty() && names.iter().any(|known| same(known, name))
}

fn same(known: &str, name: &str) -> bool {
    known == name || text::fold(known) == text::fold(name)
}

fn product(names: &[String], lead: &Lead) -> bool {
    names.is_empty() || lead.product_interest.iter().any(|product| one_of(names, product))
}

/// The region of a list that a lead lies in: one that names its city, province or country.
pub fn region_of<'r>(regions: &'r [String], lead: &Lead) -> Option<&'r str> {
    let of = |place: &str| regions.iter().find(|region| is_place(region, place)).map(String::as_str);
    [&lead.city, &lead.province, &lead.country]
        .into_iter()
        .filter(|place| !place.is_empty())
        .find_map(|p| of(p))
}

/// Whether two names are of one place: `浙江` and `浙江省`, `germany` and `Germany`.
fn is_place(region: &str, place: &str) -> bool {
    const ENDINGS: [&str; 10] = [
        "省",
        "市",
        "自治区",
        "特别行政区",
        "壮族自治区",
        "回族自治区",
        "维吾尔自治区",
        "自治州",
        "地区",
        "盟",
    ];
    let longer = |long: &str, short: &str| {
        short.chars().count() > 1 && long.strip_prefix(short).is_some_and(|rest| ENDINGS.contains(&rest))
    };
    region == place
        || longer(region, place)
        || longer(place, region)
        || region.is_ascii() && place.is_ascii() && region.trim().eq_ignore_ascii_case(place.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::kind::{AssignmentId, LeadId};
    use crate::record::source::Source;
    use crate::record::spec::Record;

    fn lead(country: &str, province: &str, city: &str) -> Lead {
        let mut lead = Lead::empty(LeadId::from_u128(1));
        (lead.country, lead.province, lead.city) = (country.into(), province.into(), city.into());
        lead.industry = "制造业".into();
        lead.source = Some(Source::TradeFair);
        lead.product_interest = vec!["MES-L".into(), "GW-100".into()];
        lead
    }

    #[test]
    fn regions_by_any_of_their_names() {
        for (regions, lead, found) in [
            (vec!["浙江"], lead("中国", "浙江省", ""), Some("浙江")),
            (vec!["浙江省"], lead("中国", "浙江", "温州"), Some("浙江省")),
            (vec!["浙江", "温州"], lead("中国", "浙江", "温州市"), Some("温州")),
            (vec!["广西"], lead("中国", "广西壮族自治区", ""), Some("广西")),
            (vec!["GERMANY"], lead("Germany", "", ""), Some("GERMANY")),
            (vec!["海南"], lead("中国", "青海省", "海南藏族自治州"), None),
            (vec!["江"], lead("中国", "江省", ""), None),
            (vec!["浙江"], lead("", "", ""), None),
        ] {
            let regions: Vec<String> = regions.into_iter().map(str::to_owned).collect();
            assert_eq!(region_of(&regions, &lead), found, "{regions:?}");
        }
    }

    #[test]
    fn conditions_of_rules_and_takers() {
        let rule = |set: fn(&mut Assignment)| {
            let mut rule = Assignment::empty(AssignmentId::from_u128(2));
            set(&mut rule);
            rule
        };
        let lead = lead("中国", "浙江", "温州");
        for (rule, fit) in [
            (rule(|_| ()), true),
            (rule(|r| r.disabled = Some(true)), false),
            (rule(|r| r.sources = vec![Source::TradeFair]), true),
            (rule(|r| r.channels = vec!["form".into()]), false),
            (rule(|r| r.products = vec!["gw-100".into()]), true),
            (rule(|r| r.score_from = Some(10)), false),
            (rule(|r| r.regions = vec!["浙江".into()]), true),
        ] {
            assert_eq!(fits(&rule, &lead), fit, "{rule:?}");
        }
        let taker =
            Taker { regions: vec!["浙江".into()], products: vec!["MES-L".into()], ..Taker::default() };
        assert_eq!(takes(&taker, &lead), Some(vec!["region `浙江`".into(), "product `MES-L`".into()]));
        let taker = Taker { industries: vec!["教育".into()], ..taker };
        assert_eq!(takes(&taker, &lead), None);
        assert_eq!(takes(&Taker::default(), &lead), Some(Vec::new()));
    }
}
