//! Files come in: columns, faults, duplicates, second runs, dry runs, limits.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crm_core::engine::flows::edit::{CreateRecord, UpdateRecord};
use crm_core::exchange::{Duplicates, Import, Mapping, Progress, Rejection, Report, Watch};
use crm_core::prelude::*;

fn engine() -> Crm {
    let (host, _) = Host::fixed("2025-12-31T00:00:00Z".parse().unwrap(), 5);
    Crm::open(MemoryStore::new(), host).unwrap()
}

fn kind(name: &str) -> KindNo {
    KindNo::from_name(name).unwrap()
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, Value> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect()
}

fn run(crm: &Crm, import: &Import, file: &str) -> Report {
    import.csv(&crm.system(), file.as_bytes(), &mut ()).unwrap()
}

/// created, updated, merged, unchanged, skipped, rejected.
fn counts(report: &Report) -> [u64; 6] {
    let Report { created, updated, merged, unchanged, skipped, rejected, .. } = report;
    assert_eq!(report.rows, created + updated + merged + unchanged + skipped + rejected, "{report}");
    [*created, *updated, *merged, *unchanged, *skipped, *rejected]
}

fn texts(report: &Report) -> Vec<String> {
    report.rejections.iter().map(ToString::to_string).collect()
}

fn codes(report: &Report) -> Vec<(u64, &str)> {
    let all = report
        .rejections
        .iter()
        .flat_map(|rejection| rejection.faults.iter().map(|fault| (rejection.line, fault.code.as_str())));
    all.collect()
}

fn products(name: &str) -> Import {
    Import::new(kind("product"), name)
}

#[test]
fn all_faults_of_a_row_are_told_and_good_rows_go_in() {
    let crm = engine();
    let file = "编号,姓名,手机,E-mail,公司规模,预计决策日期,来源,负责人\r\n\
        L1,李雷,138 0000 0001,,20,2025-03-01,广告,\r\n\
        L2,,138 0000 0002,,很多,2025-02-30,飞鸽,U9\r\n\
        L3,\"韩\r\n梅梅\",138 0000 0003,,,,,\r\n\
        L4,林涛,138,a@@b,,,,\r\n\
        ,,,,,,,\r\n\
        L5,魏华,138 0000 0005\r\n\
        L6,高慧,138 0000 0006,,,,,,多\r\n\
        L7,\"露西\"x,,,,,,\r\n\
        L8,吉姆,138 0000 0008,,,,,\r\n";
    let report = run(&crm, &Import::new(kind("lead"), "leads.csv"), file);
    assert_eq!(counts(&report), [3, 0, 0, 0, 0, 5]);
    assert_eq!(
        texts(&report),
        [
            "line 3: 姓名: a value is required (value.required); \
             公司规模: `很多` is not a whole number (value.type); \
             预计决策日期: `2025-02-30` is not a date (value.type); \
             来源: `飞鸽` is not a known choice (value.choice); \
             负责人: there is no user `U9` (reference.unknown)",
            "line 6: 手机: `138` is not a telephone number (value.phone); \
             E-mail: `a@@b` is not an e-mail address: the part before `@` has characters that \
             do not belong (value.email)",
            "line 8: 负责人: the row has `3` cells, the heading 8 (row.too_few_cells)",
            "line 9: 负责人: the row has `9` cells, the heading 8 (row.too_many_cells)",
            "line 10: text follows a closing quotation mark (csv.stray_quote)",
        ]
    );
    assert_eq!(report.rejections[0].faults[1].value, "很多");
    assert_eq!(crm.system().count(&Query::of(kind("lead"))).unwrap(), 3);
}

#[test]
fn nothing_is_dropped_unseen() {
    let crm = engine();
    let check = |import: &Import, file: &str, code: &str| {
        let error = import.csv(&crm.system(), file.as_bytes(), &mut ()).unwrap_err();
        assert!(error.has_code(code), "{file}: {error}");
    };
    let leads = || Import::new(kind("lead"), "x");
    check(&leads(), "姓名,昵称\na,b\n", "import.heading_unknown");
    check(&leads(), "姓名,状态\na,b\n", "import.field_read_only");
    check(&leads(), "姓名,其他联系人\na,b\n", "import.field_read_only");
    check(&leads(), "姓名,Name\na,b\n", "import.heading_twice");
    check(&leads(), "", "import.no_heading");
    check(&leads().mapping(Mapping::automatic().ignore("昵称")), "姓名\na\n", "import.heading_missing");
    let by = |key: &str| Import { key: vec![key.to_owned()], ..leads() };
    check(&by("编号"), "姓名\na\n", "import.key_unknown");
    check(&by("姓名"), "姓名\na\n", "import.key_without_index");
    let report = run(&crm, &leads(), "姓名,\na,\nb,x\n");
    assert_eq!((counts(&report), texts(&report).len()), ([1, 0, 0, 0, 0, 1], 1));
    assert!(texts(&report)[0].contains("row.unnamed_cell"));
}

#[test]
fn the_same_file_changes_nothing() {
    let crm = engine();
    for (kind_name, file, rows) in [
        // With a key, without one, and with a row that stands there twice.
        ("product", "产品编码,产品名称\nA,网关\nB,传感器\n", 2),
        ("department", "名称\n销售部\n市场部\n销售部\n", 2),
    ] {
        let import = Import::new(kind(kind_name), "file.csv").duplicates(Duplicates::Update);
        let headings = file.lines().next().unwrap();
        let first = import.csv(&crm.system(), file.as_bytes(), &mut ());
        let first = first.unwrap_or_else(|error| panic!("{headings}: {error}"));
        assert_eq!(first.created, rows, "{headings}: {first} {:?}", texts(&first));
        // What people do meanwhile stays, too.
        let page = crm.system().rows(&Query::of(kind(kind_name))).unwrap();
        let update =
            UpdateRecord {
                record: page.items[0].id, revision: None, fields: fields(&[("name", "改过的")])
            };
        crm.system().execute(update).unwrap();
        let position = crm.position().unwrap();
        let again = run(&crm, &import, file);
        assert_eq!((again.unchanged, again.created), (again.rows, 0), "{again}");
        // Columns in another order say the same.
        assert_eq!(crm.position().unwrap(), position);
    }
    let turned = run(
        &crm,
        &products("file.csv").duplicates(Duplicates::Update),
        "产品名称,产品编码\n传感器,B\n网关,A\n",
    );
    assert_eq!(counts(&turned), [0, 0, 0, 2, 0, 0]);
}

#[test]
fn a_changed_row_follows_the_policy() {
    let first = "产品编码,产品名称,单位,说明\nA,网关,,八路\nB,传感器,个,\n";
    let second = "产品编码,产品名称,单位,说明\nA,网关二代,台,\nB,传感器,个,\nC,平台,套,\n";
    for (policy, expected, name, unit) in [
        (Duplicates::ByRule, [1, 0, 0, 1, 1, 0], "网关", None),
        (Duplicates::Skip, [1, 0, 0, 1, 1, 0], "网关", None),
        (Duplicates::Update, [1, 1, 0, 1, 0, 0], "网关二代", Some("台")),
        (Duplicates::Merge, [1, 0, 1, 1, 0, 0], "网关", Some("台")),
        (Duplicates::Reject, [1, 0, 0, 1, 0, 1], "网关", None),
    ] {
        let crm = engine();
        let import = products("products.csv").duplicates(policy);
        assert_eq!(counts(&run(&crm, &import, first)), [2, 0, 0, 0, 0, 0]);
        let report = run(&crm, &import, second);
        assert_eq!(counts(&report), expected, "{policy}");
        let query = Query::of(kind("product")).filter("code = \"A\"".parse().unwrap());
        let shown = crm.system().rows(&query).unwrap().items.remove(0);
        let text = |field: &str| shown.fields.get(field).and_then(Value::as_text).map(str::to_owned);
        assert_eq!(text("name").as_deref(), Some(name), "{policy}");
        assert_eq!(text("unit").as_deref(), unit, "{policy}");
        assert_eq!(text("description").as_deref(), Some("八路"), "{policy}");
        if policy == Duplicates::Reject {
            assert!(texts(&report)[0].starts_with("line 2: 产品编码: "), "{:?}", texts(&report));
        }
        // Another source has taken nothing yet.
        let other = run(&crm, &products("other.csv").duplicates(policy), second);
        assert_eq!(other.created, 0, "{policy}");
        assert_eq!(run(&crm, &import, second).created, 0, "{policy}");
    }
}

#[test]
fn a_dry_run_tells_what_would_be() {
    let file = "产品编码,产品名称,类型\nA,网关,\nA,网关二代,\nB,,\n";
    for policy in [Duplicates::Skip, Duplicates::Update, Duplicates::Reject] {
        let crm = engine();
        // One row a chunk: rows of earlier chunks count, too.
        let import = Import { chunk: 1, ..products("p.csv") }.duplicates(policy);
        let file = file.replace(",类型", "").replace(",\n", "\n");
        let dry = run(&crm, &import.clone().dry(), &file);
        assert_eq!(crm.position().unwrap(), 0);
        let wet = run(&crm, &import, &file);
        assert_eq!(dry, wet, "{policy}");
        assert_eq!((wet.created, wet.rejected), (1, 1 + u64::from(policy == Duplicates::Reject)));
    }
}

#[test]
fn rows_may_name_later_ones() {
    let crm = engine();
    let file = "登录名,姓名,上级\nU3,丙,U2\nU2,乙,U1\nU1,甲,\nU4,丁,U9\n";
    let import = Import::new(kind("user"), "users.csv");
    let report = run(&crm, &import, file);
    assert_eq!(counts(&report), [3, 0, 0, 0, 0, 1]);
    assert_eq!(texts(&report), ["line 5: 上级: there is no user `U9` (reference.unknown)"]);
    let query = Query::of(kind("user")).filter("manager.name = \"乙\"".parse().unwrap());
    assert_eq!(crm.system().count(&query).unwrap(), 1);
}

#[test]
fn an_import_can_be_cancelled_and_taken_up_again() {
    let crm = engine();
    let file: String =
        (0..100).fold("产品编码,产品名称\n".to_owned(), |file, n| file + &format!("P{n},产品{n}\n"));
    let import = Import { chunk: 10, ..products("p.csv") };
    let mut seen = Vec::new();
    let mut watch = |progress: Progress| {
        seen.push(progress.rows);
        if progress.rows >= 30 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let report = import.csv(&crm.system(), file.as_bytes(), &mut watch).unwrap();
    assert!(report.cancelled);
    assert_eq!((report.created, seen), (30, vec![10, 20, 30]));
    let report = run(&crm, &import, &file);
    assert_eq!(counts(&report), [70, 0, 0, 30, 0, 0]);
    assert_eq!(import.forget(&crm.system()).unwrap(), 100);
    assert_eq!(counts(&run(&crm, &import, &file)), [0, 0, 0, 0, 100, 0]);
}

#[test]
fn a_file_that_breaks_off_keeps_what_went_in() {
    struct Broken<'a>(&'a [u8]);
    impl std::io::Read for Broken<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match std::io::Read::read(&mut self.0, out)? {
                0 => Err(std::io::Error::other("the disk is gone")),
                count => Ok(count),
            }
        }
    }
    let crm = engine();
    let file = "产品编码,产品名称\nA,a\n".to_owned() + &"B,b\n".repeat(100_000);
    let import = products("p.csv");
    let report = import.csv(&crm.system(), Broken(file.as_bytes()), &mut ()).unwrap();
    assert_eq!(report.created, 2);
    assert_eq!(report.stopped.unwrap().code, "import.unreadable");
}

#[test]
fn rejected_rows_are_all_told_and_the_first_kept() {
    #[derive(Default)]
    struct Told(Vec<u64>);
    impl Watch for Told {
        fn rejected(&mut self, rejection: &Rejection) {
            self.0.push(rejection.line);
        }
    }
    let crm = engine();
    let import = Import { kept_rejections: 2, ..products("p.csv") };
    let mut told = Told::default();
    let file = "产品编码,产品名称\n,\nA,\nB,\nC,c\nD,\n";
    let report = import.csv(&crm.system(), file.as_bytes(), &mut told).unwrap();
    assert_eq!((told.0, report.rejections.len(), report.rejected), (vec![3, 4, 6], 2, 3));
}

#[test]
fn importing_is_a_right_of_its_own() {
    let crm = engine();
    let system = crm.system();
    let grant = |actions: &[&str]| {
        let actions = actions.iter().map(|action| Value::from(*action)).collect();
        Value::List(vec![Value::List(vec!["lead".into(), Value::List(actions), "own".into()])])
    };
    let user = |name: &str, actions: &[&str]| {
        let role = CreateRecord {
            kind: kind("role"),
            fields: [("name".to_owned(), name.into()), ("grants".to_owned(), grant(actions))].into(),
        };
        let role = system.execute(role).unwrap();
        let mut of = fields(&[("login", name), ("name", name)]);
        of.insert("roles".to_owned(), Value::List(vec![role.into()]));
        let user = system.execute(CreateRecord { kind: kind("user"), fields: of }).unwrap();
        Actor::User(UserId::from_u128(user.bits))
    };
    let import = Import::new(kind("lead"), "leads.csv");
    for (name, actions, expected) in [
        ("reader", &["read", "create"][..], None),
        ("importer", &["read", "import"], Some((0, 1))),
        ("both", &["read", "create", "import"], Some((1, 0))),
    ] {
        let session = crm.session(user(name, actions));
        let report = import.csv(&session, "姓名,手机\n李雷,138 0000 0001\n".as_bytes(), &mut ());
        match (report, expected) {
            (Ok(report), Some(expected)) => {
                assert_eq!((report.created, report.rejected), expected, "{name}: {:?}", texts(&report));
            }
            (Err(error), None) => assert!(error.has_code("permission.denied"), "{name}: {error}"),
            (report, _) => panic!("{name}: {report:?}"),
        }
    }
}

/// What is planted in a file of the data set: column and kind, by line.
fn planted(file: &str) -> BTreeMap<u64, String> {
    let text = data("planted.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.unwrap()).filter(|row| &row[0] == file);
    rows.map(|row| (row[1].parse().unwrap(), format!("{}: {}", &row[3], &row[4]))).collect()
}

fn data(file: &str) -> String {
    let path = format!("{}/../examples/data/sales_year/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The lines rejected are those where something is planted that an import must see.
fn check_ledger(report: &Report, file: &str, is_rejected: impl Fn(&str) -> bool) {
    let planted = planted(file);
    let expected: BTreeMap<u64, &str> = planted
        .iter()
        .filter(|(_, kind)| is_rejected(kind))
        .map(|(line, kind)| (*line, kind.as_str()))
        .collect();
    let rejected: BTreeMap<u64, String> =
        report.rejections.iter().map(|rejection| (rejection.line, rejection.to_string())).collect();
    let missed: Vec<_> = expected.iter().filter(|(line, _)| !rejected.contains_key(line)).collect();
    let wrong: Vec<_> = rejected.iter().filter(|(line, _)| !expected.contains_key(line)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "{file}: missed {missed:#?}, wrongly rejected {wrong:#?}");
}

fn users(crm: &Crm) {
    let mapping = Mapping::only(&[("code", "login"), ("name", "name")]);
    let report = run(crm, &Import::new(kind("user"), "users.csv").mapping(mapping), &data("users.csv"));
    assert_eq!(report.created, 15, "{:?}", texts(&report));
}

#[test]
fn a_year_of_customers_and_leads_comes_in_as_the_ledger_says() {
    let crm = engine();
    users(&crm);
    let customers = Import::new(kind("customer"), "customers.csv").duplicates(Duplicates::Update);
    // Parents in a second run, when all customers are there.
    let first = customers.clone().mapping(Mapping::automatic().ignore("上级公司"));
    let report = run(&crm, &first, &data("customers.csv"));
    check_ledger(&report, "customers.csv", |planted| {
        let seen =
            ["客户名称: duplicate of a customer: name (region)", "电话: duplicate of a customer: phone"];
        !planted.starts_with("上级公司: ") && !seen.contains(&planted)
    });
    let mut lines: Vec<_> = report.rejections.iter().map(|rejection| rejection.line).collect();
    let second = customers.mapping(Mapping::only(&[("客户编号", "code"), ("上级公司", "parent")]));
    let report = run(&crm, &second, &data("customers.csv"));
    lines.extend([29, 112]);
    lines.sort_unstable();
    assert_eq!(report.rejections.iter().map(|rejection| rejection.line).collect::<Vec<_>>(), lines);
    let told = texts(&report).join("\n");
    assert!(told.contains("line 29: 上级公司: there is no customer `C9999` (reference.unknown)"), "{told}");
    assert!(told.contains("(party.parent_cycle)"), "{told}");

    let contacts = Import::new(kind("contact"), "contacts.csv").mapping(
        ["customer", "title", "role", "primary", "since", "until"]
            .into_iter()
            .fold(Mapping::automatic().field("mobile", "phones").field("landline", "landline"), |m, name| {
                m.named(name, name)
            }),
    );
    let report = run(&crm, &contacts, &data("contacts.csv"));
    assert_eq!(report.merged, 3, "{report}");
    check_ledger(&report, "contacts.csv", |planted| {
        !planted.contains("duplicate of a contact") && !planted.contains(": second p")
    });

    let leads = Import::new(kind("lead"), "leads.csv").duplicates(Duplicates::Reject);
    let report = run(&crm, &leads.clone().dry(), &data("leads.csv"));
    check_ledger(&report, "leads.csv", |planted| {
        !planted.ends_with("odd but valid")
            && !planted.ends_with("row repeated")
            && !planted.ends_with("(region)")
    });
    let position = crm.position().unwrap();
    // A duplicate is told in the column that gave it away.
    let columns: BTreeMap<u64, &str> = report
        .rejections
        .iter()
        .filter_map(|rejection| Some((rejection.line, rejection.faults.first()?.column.as_deref()?)))
        .collect();
    assert_eq!([columns[&21], columns[&26], columns[&87]], ["手机", "E-mail", "公司"]);
    let wet = run(&crm, &leads, &data("leads.csv"));
    // The same but for the ids of leads that were never made.
    assert_eq!((counts(&report), codes(&report)), (counts(&wet), codes(&wet)));
    assert_eq!(wet.created, 239 + 3, "the clean ones, and those that need a search by likeness");
    assert!(crm.position().unwrap() > position);
    let position = crm.position().unwrap();
    let again = run(&crm, &leads, &data("leads.csv"));
    assert_eq!((again.unchanged, again.rejected), (wet.created + wet.unchanged, wet.rejected));
    assert_eq!(crm.position().unwrap(), position);
}
