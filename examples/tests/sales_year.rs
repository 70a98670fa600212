//! The example's year, from the first lead to the last deal, comes to what the README of its data says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crm_core::base::{Kind, kind};
use crm_core::exchange::Report;
use crm_core::insight::pipeline::{Outcome, figures};
use crm_core::prelude::*;
use crm_examples::year::{self, Files, People, Year, reports};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sales_year")
}

/// The lines of a file on which something is planted that must be rejected.
fn planted(file: &str, is_fault: impl Fn(&str) -> bool) -> BTreeSet<u64> {
    let mut reader = csv::Reader::from_path(folder().join("planted.csv")).unwrap();
    let rows = reader.records().map(Result::unwrap).filter(|row| &row[0] == file && is_fault(&row[4]));
    rows.map(|row| row[1].parse().unwrap()).collect()
}

fn lines(report: &Report) -> BTreeSet<u64> {
    report.rejections.iter().map(|rejection| rejection.line).collect()
}

fn check_imports(year: &Year<'_>) {
    let reports: BTreeMap<&str, &Report> = year.reports().into_iter().collect();
    for (file, rows, taken, merged, again, rejected) in [
        ("products.csv", 15, 15, 0, 0, 0),
        ("customers.csv", 120, 98, 0, 0, 22),
        ("contacts.csv", 150, 140, 3, 0, 7),
        // Of the 41 that repeat another, 9 repeat a lead that was found invalid before and are marked, and
        // 3 name the company without its region, which is alike and not the same.
        ("leads.csv", 320, 239 + 12, 41 - 12, 2, 38),
        ("activities.csv", 721, 714, 0, 0, 7),
        ("deal_moves.csv", 453, 449, 0, 0, 4),
    ] {
        let report = reports[file];
        let known = report.unchanged + report.skipped;
        let found = (report.rows, report.created, report.merged, known, report.rejected);
        assert_eq!(found, (rows, taken, merged, again, rejected), "{file}");
    }
    // Each rejected line is one that was planted, and each planted fault is rejected.
    let fault =
        |kind: &str| !kind.starts_with("odd") && !kind.contains("duplicate") && kind != "row repeated";
    for file in ["leads.csv", "activities.csv", "deal_moves.csv"] {
        assert_eq!(lines(reports[file]), planted(file, fault), "{file}");
    }
    let valid = |kind: &str| kind.starts_with("second") || kind.contains("duplicate");
    assert_eq!(lines(reports["contacts.csv"]), planted("contacts.csv", |kind| !valid(kind)));
    // Two customers of the ring get their parents, the third link is refused; two telephone numbers and one
    // name without its region are no reason to reject a row.
    let refused = lines(reports["customers.csv"]);
    let ring = planted("customers.csv", |kind| kind == "parent ring");
    assert_eq!(refused.intersection(&ring).count(), 1);
    let alike = |kind: &str| kind.ends_with("customer: phone") || kind.ends_with("(region)");
    let others = planted("customers.csv", |kind| kind != "parent ring" && !alike(kind));
    assert_eq!(&refused - &ring, others);
}

fn check_doubles(year: &Year<'_>) {
    let doubles: BTreeMap<&str, &str> =
        year.before.doubles.iter().map(|double| (double.code.as_str(), double.of.as_str())).collect();
    let expected = [
        ("C0047", "C0012"),
        ("C0066", "C0031"),
        ("C0068", "C0002"),
        ("P0036", "P0010"),
        ("P0115", "P0040"),
        ("P0142", "P0004"),
    ];
    assert_eq!(doubles, expected.into_iter().collect());
}

fn check_leads(director: &Session<'_>) {
    let count =
        |filter: &str| director.count(&Query::of(kind::Lead::NO).filter(filter.parse().unwrap())).unwrap();
    assert_eq!(count("state = 'converted'"), 86);
    assert_eq!(count("state = 'invalid'"), 62);
    assert_eq!(count("duplicate_of is not empty"), 9);
    // Of the 13 that were paused, 11 were taken up again on their day.
    assert_eq!(count("state = 'paused'"), 2);
    assert_eq!(count("state = 'paused' and resume_on < '2026-01-01'"), 0);
    // From provinces that nobody covers.
    assert_eq!(count("owner is empty and duplicate_of is empty"), 11);
    assert_eq!(count("owner is empty and pool is empty"), 0);
}

fn check_deals(director: &Session<'_>) {
    let deals = reports::deals(director).unwrap();
    let all = figures(deals.iter().map(|(_, deal)| deal));
    assert_eq!((deals.len(), all.won, all.lost, all.open), (140, 45, 65, 30));
    assert_eq!(all.won_value.to_string(), "9249752.51");
    assert_eq!(format!("{:.3}", all.win_rate.unwrap()), "0.409");
    assert_eq!(format!("{:.1}", all.mean_cycle.unwrap().days()), "65.0");
    let now = director.instant();
    assert_eq!(deals.iter().filter(|(deal, _)| reports::stands_still(deal, now)).count(), 10);

    let mut owners: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (deal, figures) in &deals {
        let [all, won, lost] = owners.entry(director.title(deal.owner.unwrap().record())).or_default();
        *all += 1;
        *won += usize::from(figures.outcome == Outcome::Won);
        *lost += usize::from(figures.outcome == Outcome::Lost);
        if figures.outcome == Outcome::Lost {
            *reasons.entry(&deal.lost_reason).or_default() += 1;
        }
    }
    for (name, expected) in [
        ("陆景行", [4, 2, 1]),
        ("何婉清", [4, 2, 2]),
        ("顾一帆", [11, 3, 5]),
        ("蒋雨薇", [23, 10, 8]),
        ("叶知行", [18, 7, 10]),
        ("梁浩然", [24, 6, 12]),
        ("黄思敏", [9, 4, 4]),
        ("赵明轩", [13, 3, 6]),
        ("孙晓彤", [12, 3, 6]),
        ("Tomás Ferreira", [13, 3, 5]),
        ("Grace Lim", [9, 2, 6]),
    ] {
        assert_eq!(owners[name], expected, "{name}");
    }
    let expected = [
        ("价格", 20),
        ("输给竞争对手", 13),
        ("决策搁置", 12),
        ("预算取消", 10),
        ("功能不符", 7),
        ("交期不满足", 3),
    ];
    assert_eq!(reasons, expected.into_iter().collect());
}

fn check_stages(director: &Session<'_>) {
    let then = director.as_of(year::instant(year::MIDSUMMER).unwrap());
    let (then, now) = (reports::standing(&then).unwrap(), reports::standing(director).unwrap());
    for (stage, at_midsummer, at_the_end) in [
        ("寻找客户", 12, 1),
        ("资质认定", 9, 5),
        ("提案", 7, 10),
        ("谈判", 9, 14),
        ("成交", 13, 45),
        ("lost", 22, 65),
    ] {
        assert_eq!((then[stage].0, now[stage].0), (at_midsummer, at_the_end), "{stage}");
    }
    let board = director.board(None, None, 1).unwrap();
    let columns: Vec<_> = board.columns.iter().map(|column| column.count).collect();
    assert_eq!(columns, [1, 5, 10, 14, 45, 65]);
}

fn check_pools(director: &Session<'_>) {
    let reclaimed = reports::reclaimed(director).unwrap();
    let codes = reclaimed.iter().map(|customer| customer.code.as_str());
    let old: Vec<_> = codes.filter(|code| !code.starts_with("C2025")).collect();
    let never_called = [
        "C0018", "C0027", "C0052", "C0062", "C0064", "C0076", "C0095", "C0096", "C0100", "C0103", "C0112",
        "C0120",
    ];
    assert_eq!(old, never_called);
    let query =
        Query::of(kind::Customer::NO).filter("owner is empty and previous_owner is empty".parse().unwrap());
    assert_eq!(director.count(&query).unwrap(), 11);
}

fn check_eyes(crm: &Crm, people: &People) {
    let count = |who: &str, kind| people.session(crm, who).unwrap().count(&Query::of(kind)).unwrap();
    let deals = |who: &str| {
        let query = Query::of(kind::Opportunity::NO).filter(reports::no_order().unwrap());
        people.session(crm, who).unwrap().count(&query).unwrap()
    };
    for kind in [kind::Lead::NO, kind::Customer::NO, kind::Opportunity::NO, kind::Task::NO] {
        let (clerk, manager, director) = (count("U07", kind), count("U02", kind), count("U01", kind));
        assert!(0 < clerk && clerk < manager && manager < director, "{kind}: {clerk} {manager} {director}");
    }
    assert_eq!(deals("U07"), 23);
    assert_eq!(deals("U02"), 4 + 11 + 23 + 18);
}

#[test]
fn the_year_comes_to_what_its_readme_says() {
    let (host, clock) = Host::fixed(year::instant(year::EVE).unwrap(), 2025);
    let crm = Crm::open(MemoryStore::new(), host).unwrap();
    let people = People::settle(&crm, &Files::new(&folder())).unwrap();
    let year = Year::live(&crm, &clock, &people, &folder()).unwrap_or_else(|error| panic!("{error}"));
    let director = people.session(&crm, "U01").unwrap();

    check_imports(&year);
    check_doubles(&year);
    check_leads(&director);
    check_deals(&director);
    check_stages(&director);
    check_pools(&director);
    check_eyes(&crm, &people);

    let verified = crm.verify().unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
    let mut told = Vec::new();
    year.tell(&mut told, &crm).unwrap();
    let told = String::from_utf8(told).unwrap();
    for title in [
        "导入报告",
        "退回的行",
        "查重",
        "线索",
        "看板",
        "漏斗",
        "阶段用时",
        "赢单率",
        "输单原因",
        "公海回收",
        "数据权限",
        "字段权限",
        "360°",
        "时间线",
        "变更日志",
        "历史快照",
        "目标达成",
        "活跃程度",
        "RFM",
        "八类客户",
        "客户生命周期价值",
        "流失预警",
        "预测",
        "预测回测",
        "管道变化",
        "季度预测",
        "成交队列",
        "预测模型",
    ] {
        assert!(told.contains(&format!("■ {title}")), "{title}");
    }
}
