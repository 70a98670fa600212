use super::*;
use proptest::prelude::*;

/// Name, region, core, form, branch.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn check((name, region, core, form, branch): Case) {
    let parsed = parse(name);
    let or_empty = |part: &Option<String>| part.clone().unwrap_or_default();
    let found =
        (or_empty(&parsed.region), parsed.core.clone(), or_empty(&parsed.form), or_empty(&parsed.branch));
    let expected = (region.to_owned(), core.to_owned(), form.to_owned(), branch.to_owned());
    assert_eq!(found, expected, "{name}");
}

#[test]
#[rustfmt::skip]
fn parses_chinese_names() {
    for case in [
        ("北京华为科技有限公司", "北京", "华为科技", "有限公司", ""),
        ("北京市海淀区小米科技有限责任公司", "北京市海淀区", "小米科技", "有限公司", ""),
        ("深圳市腾讯计算机系统有限公司", "深圳市", "腾讯计算机系统", "有限公司", ""),
        ("华为技术有限公司", "", "华为技术", "有限公司", ""),
        ("华为技术（上海）有限公司", "上海", "华为技术", "有限公司", ""),
        ("西门子（中国）有限公司", "中国", "西门子", "有限公司", ""),
        ("西门子中国有限公司", "中国", "西门子", "有限公司", ""),
        ("ABC（北京）科技有限公司", "北京", "abc 科技", "有限公司", ""),
        ("华为（集团）有限公司", "", "华为", "集团有限公司", ""),
        ("海尔集团", "", "海尔", "集团", ""),
        ("海尔集团公司", "", "海尔", "集团公司", ""),
        ("中国平安保险(集团)股份有限公司", "", "中国平安保险", "集团股份有限公司", ""),
        ("上海医药集团股份有限公司", "", "上海医药", "集团股份有限公司", ""),
        ("北京银行股份有限公司", "", "北京银行", "股份有限公司", ""),
        ("贵州茅台酒股份有限公司", "贵州", "茅台酒", "股份有限公司", ""),
        ("昆山好孩子用品有限公司", "昆山", "好孩子用品", "有限公司", ""),
        ("平安科技有限公司", "", "平安科技", "有限公司", ""),
        ("长安汽车股份公司", "", "长安汽车", "股份有限公司", ""),
        ("东方航空", "", "东方航空", "", ""),
        ("中山大学", "", "中山大学", "", ""),
        ("北京百度", "北京", "百度", "", ""),
        ("北京有限公司", "", "北京", "有限公司", ""),
        ("有限公司", "", "有限公司", "", ""),
        ("公司", "", "公司", "", ""),
        ("金杜律师事务所", "", "金杜律师", "事务所", ""),
        ("德勤华永会计师事务所（特殊普通合伙）", "", "德勤华永会计师", "事务所特殊普通合伙", ""),
        ("宁波高榕投资管理合伙企业（有限合伙）", "宁波", "高榕投资管理", "有限合伙", ""),
        ("张三个人独资企业", "", "张三", "个人独资企业", ""),
        ("红星农民专业合作社", "", "红星", "农民专业合作社", ""),
        ("红星种植专业合作社", "", "红星种植", "农民专业合作社", ""),
        ("中国科学院研究院", "", "中国科学院", "研究院", ""),
        ("阿里巴巴公益基金会", "", "阿里巴巴公益", "基金会", ""),
        ("华为技术有限公司深圳分公司", "", "华为技术", "有限公司", "深圳分公司"),
        ("北京华为有限公司第一分公司", "北京", "华为", "有限公司", "第一分公司"),
        ("中国建设银行股份有限公司北京分行", "", "中国建设银行", "股份有限公司", "北京分行"),
        ("中国工商银行北京海淀支行", "", "中国工商银行", "", "北京海淀支行"),
        ("中国移动北京分公司", "", "中国移动", "", "北京分公司"),
        ("海尔集团青岛办事处", "", "海尔", "集团", "青岛办事处"),
        ("株式会社日立製作所", "", "日立製作所", "株式会社", ""),
        ("日立製作所株式会社", "", "日立製作所", "株式会社", ""),
        ("腾讯 Co., Ltd.", "", "腾讯", "coltd", ""),
        ("", "", "", "", ""),
        ("！！！", "", "!!!", "", ""),
    ] {
        check(case);
    }
}

#[test]
#[rustfmt::skip]
fn parses_english_names() {
    for case in [
        ("Acme, Inc.", "", "acme", "inc", ""),
        ("ACME Incorporated", "", "acme", "inc", ""),
        ("Acme Co., Ltd.", "", "acme", "coltd", ""),
        ("Acme Company Limited", "", "acme", "coltd", ""),
        ("Acme L.L.C.", "", "acme", "llc", ""),
        ("Acme Limited Liability Company", "", "acme", "llc", ""),
        ("The Boeing Company", "", "boeing", "co", ""),
        ("Nestlé S.A.", "", "nestlé", "sa", ""),
        ("Nestlé S. A.", "", "nestlé", "sa", ""),
        ("Grupo Bimbo, S.A. de C.V.", "", "grupo bimbo", "sadecv", ""),
        ("Müller GmbH & Co. KG", "", "müller", "gmbhcokg", ""),
        ("BHP Pty Ltd", "", "bhp", "ptyltd", ""),
        ("Novo Nordisk A/S", "", "novo nordisk", "as", ""),
        ("CD Projekt Sp. z o.o.", "", "cd projekt", "spzoo", ""),
        ("Tata Steel Private Limited", "", "tata steel", "pvtltd", ""),
        ("Acme Group Ltd", "", "acme", "groupltd", ""),
        ("Johnson & Johnson", "", "johnson and johnson", "", ""),
        ("O'Reilly Media, Inc.", "", "oreilly media", "inc", ""),
        ("Siemens (China) Co., Ltd.", "china", "siemens", "coltd", ""),
        ("Siemens China Ltd", "china", "siemens", "ltd", ""),
        ("Bank of China Limited", "", "bank of china", "ltd", ""),
        ("Air India Ltd", "", "air india", "ltd", ""),
        ("Beijing Huawei Technologies Co., Ltd.", "beijing", "huawei technologies", "coltd", ""),
        ("Shanghai Electric Group Co Ltd", "", "shanghai electric", "groupcoltd", ""),
        ("Acme Ltd, London Branch", "", "acme", "ltd", "london branch"),
        ("Acme Co., Ltd. Shanghai Representative Office", "", "acme", "coltd", "shanghai representative office"),
        ("Olive Branch Ltd", "", "olive branch", "ltd", ""),
        ("The Olive Branch", "", "olive branch", "", ""),
        ("PT Astra International", "", "astra international", "pt", ""),
        ("ООО Ромашка", "", "ромашка", "ооо", ""),
        ("Visa", "", "visa", "", ""),
        ("Inc", "", "inc", "", ""),
        ("The Company", "", "the", "co", ""),
        ("3M", "", "3m", "", ""),
    ] {
        check(case);
    }
}

#[test]
fn identities_meet_and_part() {
    let same = |names: &[&str]| {
        for name in names {
            assert_eq!(identity(name), identity(names[0]), "{name} and {}", names[0]);
        }
    };
    let differ = |a: &str, b: &str| assert_ne!(identity(a), identity(b), "{a} and {b}");
    same(&["Acme, Inc.", "ACME Inc", "acme incorporated", "Ａｃｍｅ　Ｉｎｃ．", "Acme INC"]);
    same(&["Acme Limited", "Acme Ltd", "Acme, Ltd."]);
    same(&["Acme Co., Ltd.", "Acme Company Limited", "ACME CO.,LTD", "Acme Co.Ltd"]);
    same(&["Johnson & Johnson", "Johnson and Johnson", "JOHNSON&JOHNSON"]);
    same(&["Müller GmbH", "MÜLLER G.m.b.H.", "Mu\u{308}ller gmbh"]);
    same(&[
        "北京华为科技有限公司",
        "北京华为科技（有限公司）",
        "北京 华为科技有限责任公司",
        "北京·华为科技有限公司",
        "北京华为科技(有限责任公司)",
    ]);
    same(&[
        "华为（集团）有限公司",
        "华为集团有限责任公司",
        "华为(集團)有限公司".replace('團', "团").as_str(),
    ]);
    same(&["甲投资中心（有限合伙）", "甲投资中心有限合伙"]);
    same(&["㈱日立", "(株)日立"]);
    differ("Acme Inc", "Acme Ltd");
    differ("Acme Co., Ltd.", "Acme Ltd");
    differ("北京华为有限公司", "上海华为有限公司");
    differ("华为有限公司", "华为股份有限公司");
    differ("华为有限公司", "华为有限公司深圳分公司");
    differ("华为集团有限公司", "华为有限公司");
}

#[test]
fn cores_meet_and_part() {
    let same = |a: &str, b: &str| assert_eq!(core(a), core(b), "{a} and {b}");
    let differ = |a: &str, b: &str| assert_ne!(core(a), core(b), "{a} and {b}");
    same("北京华为技术有限公司", "华为技术（上海）股份有限公司");
    same("北京合伙企业合伙企业(有限合伙)", "北京合伙企业(有限合伙)");
    same("Acme Inc", "ACME Co., Ltd.");
    same("Siemens (China) Co., Ltd.", "Siemens AG");
    same("华为技术有限公司深圳分公司", "华为技术有限责任公司 深圳分公司");
    differ("华为技术有限公司深圳分公司", "华为技术有限公司");
    differ("华为技术有限公司深圳分公司", "华为技术有限公司广州分公司");
    differ("北京银行", "上海银行");
    differ("Shanghai Electric", "Harbin Electric");
}

proptest! {
    #[test]
    fn takes_any_text(name in "\\PC*") {
        let id = identity(&name);
        prop_assert_eq!(&identity(&id), &id);
        prop_assert_eq!(core(&name).is_empty(), id.is_empty());
        prop_assert_eq!(parse(&name).core.is_empty(), id.is_empty());
    }

    #[test]
    fn the_identity_is_its_own(parts in proptest::collection::vec(proptest::sample::select(vec![
        "北京", "(上海)", "华为", "科技", "集团", "股份", "有限", "责任", "公司", "有限公司", "分公司", "合伙企业", "(有限合伙)", "普通合伙", "专业",
        "合作社", "事务所", "Acme", "The", "&", " ", " Co.", " Ltd", " Limited", ", Inc.", " Group", "(China)", "株式会社", "农民", "个人独资",
        " branch", " private", " company", "支行", "中国", "特殊", "的",
    ]), 0..7)) {
        let name = parts.concat();
        let id = identity(&name);
        prop_assert_eq!(&identity(&id), &id, "{}", name);
        let form = parse(&name).form;
        prop_assert!(form.is_none_or(|form| !form.is_empty()));
        prop_assert_eq!(core(&name).is_empty(), id.is_empty());
    }

    #[test]
    fn writing_does_not_matter(core in "[a-z]{3,8}", form in proptest::sample::select(vec!["inc", "ltd", "llc", "gmbh", "plc"])) {
        let plain = identity(&format!("{core} {form}"));
        let upper = format!("{}, {}.", core.to_uppercase(), form.to_uppercase());
        let dotted: String = form.chars().flat_map(|c| [c, '.']).collect();
        let dotted = format!("  {core}  {dotted}");
        prop_assert_eq!(&identity(&upper), &plain);
        prop_assert_eq!(&identity(&dotted), &plain);
    }
}
