//! Fields that are hidden, shown in part or read-only.

use crm_core::base::kind;
use crm_core::domain::opportunity::Opportunity;
use crm_core::domain::org::FieldRule;
use crm_core::domain::party::Customer;
use crm_core::engine::flows::edit::CreateRecord;
use crm_core::prelude::*;
use crm_core::record::action::{FieldAccess, Scope};

use super::{Office, everything_of, kind_no, role, update, user, values};

fn rule(kind: &str, field: &str, access: FieldAccess) -> FieldRule {
    FieldRule { kind: kind.into(), field: field.into(), access }
}

/// An office in which a clerk sees all deals and customers, but not their amounts and levels, and only part of
/// telephone numbers.
pub(super) fn discreet() -> (Office, UserId) {
    let office = Office::open();
    let rules = vec![
        rule("opportunity", "amount", FieldAccess::Hidden),
        // Its label is part of this one's, which would be what was probably meant.
        rule("opportunity", "recurring_amount", FieldAccess::Hidden),
        rule("opportunity", "商机编号", FieldAccess::Hidden),
        rule("customer", "level", FieldAccess::Hidden),
        rule("customer", "phones", FieldAccess::Masked),
        rule("customer", "employees", FieldAccess::Masked),
        rule("customer", "source", FieldAccess::Masked),
        rule("customer", "notes", FieldAccess::ReadOnly),
    ];
    let clerk = role(&office.crm, "discreet", vec![everything_of("*", Scope::All)], rules);
    let clerk = user(&office.crm, "clerk", vec![clerk]);
    let known = update(
        office.records["customer"],
        &[
            ("level", "A".into()),
            ("employees", 42i64.into()),
            ("source", "referral".into()),
            ("notes", "quiet".into()),
        ],
    );
    office.crm.system().execute(known).unwrap();
    (office, clerk)
}

/// Cases 5 and 6 (frappe PR #40515, odoo PR #73341): a hidden field was sorted, grouped and filtered by. It does not
/// exist, down to the words of the error.
#[test]
fn case_5_a_hidden_field_is_no_oracle() {
    let (office, clerk) = discreet();
    let session = office.as_user(clerk);
    let deal = office.records["opportunity"];
    let customer = office.records["customer"];
    let outcome = |query: Query| session.rows(&query).map(drop).unwrap_err().to_string();
    let filtered =
        |kind: &str, filter: &str| outcome(Query::of(kind_no(kind)).filter(filter.parse().unwrap()));
    for (kind, hidden, unknown) in [
        ("opportunity", "amount > 1", "amounts > 1"),
        ("opportunity", "amount is empty", "amounts is empty"),
        ("opportunity", "amount = \"x\"", "amounts = \"x\""),
        ("opportunity", "not (金额 >= 1 CNY)", "not (金额们 >= 1 CNY)"),
        ("opportunity", "商机编号 = \"1\"", "商机编码 = \"1\""),
        ("opportunity", "customer.level = \"a\"", "customer.levels = \"a\""),
        ("customer", "level = \"a\"", "levels = \"a\""),
        ("customer", "级别 in (\"a\", \"b\")", "级别们 in (\"a\", \"b\")"),
    ] {
        let word = |text: &str| {
            text.replace("amounts", "amount")
                .replace("levels", "level")
                .replace("金额们", "金额")
                .replace("级别们", "级别")
                .replace("商机编码", "商机编号")
        };
        assert_eq!(filtered(kind, hidden), word(&filtered(kind, unknown)), "{hidden}");
    }
    // Nor is it what was probably meant.
    assert!(!filtered("opportunity", "amoumt > 1").contains("did you mean"));
    let sorted = |field: &str| outcome(Query::of(kind::Opportunity::NO).sort(field));
    assert_eq!(sorted("amount"), sorted("amounts").replace("amounts", "amount"));
    // It is not shown, in whatever way a record is read.
    let shown = session.read(deal).unwrap();
    assert!(!shown.fields.contains_key("amount"), "{shown:?}");
    assert_eq!(session.get::<Opportunity>(office.id("opportunity")).unwrap().amount, None);
    let row = &session.rows(&Query::of(kind::Opportunity::NO)).unwrap().items[0];
    assert!(!row.fields.contains_key("amount"));
    let past = session.as_of(office.crm.now()).read(deal).unwrap();
    assert!(!past.fields.contains_key("amount"));
    // Nor told by the journal, the feed, a timeline, a board's totals.
    for items in [session.journal(deal, None, 50).unwrap(), session.changes(0, 1_000).unwrap().0] {
        assert!(
            items
                .iter()
                .flat_map(|item| &item.fields)
                .all(|field| field.field != "amount" && field.field != "level")
        );
    }
    for text in [
        format!("{:?}", session.board(None, None, 50).unwrap()),
        format!("{:?}", session.timeline(deal, None, 50).unwrap()),
        format!("{:?}", session.customer_view(office.id("customer")).unwrap()),
        format!("{:?}", session.deals(&Query::of(kind::Opportunity::NO), &|_| None).unwrap()),
    ] {
        assert!(!text.contains("5000"), "{text}");
    }
    // Writing it tells nothing either: not its type, not whether a value is the one that it has.
    for value in [Value::Null, "5000 CNY".into(), "6000 CNY".into(), "much".into()] {
        let told = session.execute(update(deal, &[("amount", value.clone())])).unwrap_err().to_string();
        let unknown = session.execute(update(deal, &[("amounts", value)])).unwrap_err().to_string();
        assert_eq!(told, unknown.replace("amounts", "amount"));
    }
    assert!(session.why(Action::Read, deal).unwrap().reasons.iter().all(|reason| !reason.contains("amount")));
    // A unique value that is taken is not to be found out by trying.
    let coded = update(deal, &[("code", "D-1".into())]);
    office.crm.system().execute(coded).unwrap();
    let second = CreateRecord {
        kind: kind::Opportunity::NO,
        fields: values(&[("name", "n".into()), ("customer", customer.into())]),
    };
    let second = session.execute(second).unwrap();
    for code in ["D-1", "D-2"] {
        let error = session.execute(update(second, &[("code", code.into())])).unwrap_err();
        assert_eq!(error.code(), "field.unknown", "{code}: {error}");
    }
}

/// Case 5 for a field that shows in part: it can't be asked about, and its rest can't be tried out.
#[test]
fn case_5_a_masked_field_keeps_its_rest() {
    let (office, clerk) = discreet();
    let session = office.as_user(clerk);
    let customer = office.records["customer"];
    let shown = session.read(customer).unwrap();
    let masked = Value::List(vec![Value::List(vec!["138****0000".into(), Value::Null])]);
    assert_eq!(shown.fields["phones"], masked);
    for whole in ["employees", "source"] {
        assert!(!shown.fields.contains_key(whole), "what isn't written text shows no part: {whole}");
    }
    assert_eq!(shown.fields["notes"], "quiet".into());
    // The record still reads as one of its kind.
    let read: Customer = session.get(office.id("customer")).unwrap();
    assert_eq!((read.phones[0].raw.as_str(), read.employees, read.source), ("138****0000", None, None));
    for filter in ["phones = \"13812340000\"", "employees > 41", "phones is not empty", "source is empty"] {
        let query = Query::of(kind::Customer::NO).filter(filter.parse().unwrap());
        assert_eq!(session.count(&query).unwrap_err().code(), "field.masked", "{filter}");
    }
    let by_deal = Query::of(kind::Opportunity::NO).filter("customer.employees > 41".parse().unwrap());
    assert_eq!(session.count(&by_deal).unwrap_err().code(), "field.masked");
    let sorted = session.rows(&Query::of(kind::Customer::NO).sort("employees"));
    assert_eq!(sorted.unwrap_err().code(), "field.masked");
    let whole = Value::List(vec!["138 1234 0000".into()]);
    for (field, value) in [("phones", whole), ("employees", 42i64.into()), ("employees", 43i64.into())] {
        let error = session.execute(update(customer, &[(field, value)])).unwrap_err();
        assert_eq!(error.code(), "field.read_only", "{field}");
    }
    let history = session.journal(customer, None, 10).unwrap();
    assert!(!format!("{history:?}").contains("1234"), "{history:?}");
    // What may be read may be asked about, and written back as it is.
    let read_only = Query::of(kind::Customer::NO).filter("notes = \"quiet\"".parse().unwrap());
    assert_eq!(session.count(&read_only).unwrap(), 1);
    session.execute(update(customer, &[("notes", "quiet".into())])).unwrap();
    let error = session.execute(update(customer, &[("notes", "loud".into())])).unwrap_err();
    assert_eq!(error.code(), "field.read_only");
}
