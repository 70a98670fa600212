//! The twenty rules of the criteria bench, as each engine writes them.

/// One rule: our criterion, JSONLogic, CEL, the expression language of zen-engine, and its points.
pub type Rule = (&'static str, &'static str, &'static str, &'static str, i64);

/// The rules. In the other engines' data money is a whole number beside its currency, days are numbers
/// of days, and what has no value is 0 or empty text: they have no better types.
#[rustfmt::skip]
pub const RULES: [Rule; 20] = [
    ("company_size > 100", r#"{">":[{"var":"company_size"},100]}"#, "company_size > 100", "company_size > 100", 20),
    ("company_size between 20 and 100", r#"{"<=":[20,{"var":"company_size"},100]}"#, "company_size >= 20 && company_size <= 100", "company_size >= 20 and company_size <= 100", 10),
    ("industry = '科技'", r#"{"===":[{"var":"industry"},"科技"]}"#, "industry == '科技'", "industry == '科技'", 15),
    ("industry in ('金融', '制造', '医疗')", r#"{"in":[{"var":"industry"},["金融","制造","医疗"]]}"#, "industry in ['金融', '制造', '医疗']", "industry in ['金融', '制造', '医疗']", 10),
    ("title contains '总'", r#"{"in":["总",{"var":"title"}]}"#, "title.contains('总')", "contains(title, '总')", 10),
    ("budget > 100000 CNY", r#"{"and":[{"===":[{"var":"currency"},"CNY"]},{">":[{"var":"budget"},100000]}]}"#, "currency == 'CNY' && budget > 100000", "currency == 'CNY' and budget > 100000", 15),
    ("budget < 1000 CNY", r#"{"and":[{"===":[{"var":"currency"},"CNY"]},{"<":[{"var":"budget"},1000]}]}"#, "currency == 'CNY' && budget < 1000", "currency == 'CNY' and budget < 1000", -5),
    ("intent = 'high'", r#"{"===":[{"var":"intent"},"high"]}"#, "intent == 'high'", "intent == 'high'", 20),
    ("intent = 'low'", r#"{"===":[{"var":"intent"},"low"]}"#, "intent == 'low'", "intent == 'low'", -10),
    ("source = 'referral'", r#"{"===":[{"var":"source"},"referral"]}"#, "source == 'referral'", "source == 'referral'", 10),
    ("country = '中国'", r#"{"===":[{"var":"country"},"中国"]}"#, "country == '中国'", "country == '中国'", 5),
    ("province in ('浙江', '上海', '江苏')", r#"{"in":[{"var":"province"},["浙江","上海","江苏"]]}"#, "province in ['浙江', '上海', '江苏']", "province in ['浙江', '上海', '江苏']", 5),
    ("city = '杭州'", r#"{"===":[{"var":"city"},"杭州"]}"#, "city == '杭州'", "city == '杭州'", 5),
    ("tags has 'vip'", r#"{"in":["vip",{"var":"tags"}]}"#, "'vip' in tags", "contains(tags, 'vip')", 10),
    ("need is not empty", r#"{"!==":[{"var":"need"},""]}"#, "need != ''", "need != ''", 5),
    ("reassigned >= 2", r#"{">=":[{"var":"reassigned"},2]}"#, "reassigned >= 2", "reassigned >= 2", -5),
    ("score >= 50", r#"{">=":[{"var":"score"},50]}"#, "score >= 50", "score >= 50", 5),
    ("last_activity_at in last 30 days", r#"{"<=":[739646,{"var":"last_activity"},739676]}"#, "last_activity >= 739646 && last_activity <= 739676", "last_activity >= 739646 and last_activity <= 739676", 10),
    ("decision_on in next 90 days", r#"{"<=":[739676,{"var":"decision_on"},739766]}"#, "decision_on >= 739676 && decision_on <= 739766", "decision_on >= 739676 and decision_on <= 739766", 15),
    ("channel != 'import'", r#"{"!==":[{"var":"channel"},"import"]}"#, "channel != 'import'", "channel != 'import'", 5),
];

/// The lead of the bench as the other engines are given it.
pub const LEAD: &str = r#"{
    "name": "夏铁军", "company": "温州筠野光电有限公司", "title": "副总经理", "company_size": 250,
    "industry": "制造", "channel": "website", "need": "MES for two plants", "budget": 150000, "currency": "CNY",
    "decision_on": 739726, "intent": "high", "source": "", "country": "", "province": "浙江", "city": "温州",
    "tags": ["key account", "vip"], "reassigned": 0, "score": 0, "last_activity": 739667
}"#;
