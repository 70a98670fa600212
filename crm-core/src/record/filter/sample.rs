//! Kinds of record to try filters on.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::eval::Related;
use super::{Filter, FilterContext, Predicate, bind};
use crate::base::kind::{Customer, CustomerId, Lead, UserId};
use crate::base::{Instant, Kind, Money, RecordRef, Span, Value};
use crate::record::codec::{self, View, put_field};
use crate::record::field::FieldType;
use crate::record::schema::{ChoiceDef, FieldDef, Schema};
use crate::record::spec::{Marks, Record, Visibility};

crate::choice! {
    /// A stage.
    pub enum Stage { New "new" "New" "新建", Proposal "proposal" "Proposal" "方案", Won "won" "Won" "赢单", }
}
crate::choice! {
    /// A level.
    pub enum Level { A "a" "Key" "重点", B "b" "Plain" "普通", }
}
crate::choice_fields!(Stage, Level);
crate::row! {
    /// A telephone number.
    pub struct Line as Phone {
        entered: String = "Entered" "原文";
        normal: Option<String> = "Normal" "标准";
    }
}
crate::row! {
    /// A row.
    pub struct Side as Row {
        label: String = "Label" "标签";
        size: Option<i64> = "Size" "大小";
    }
}
crate::record! {
    /// A deal.
    pub struct Deal is Lead {
        /// .
        10 name: String = "Name" "名称" [REQUIRED];
        /// .
        11 stage: Option<Stage> = "Stage" "阶段";
        /// .
        12 amount: Option<Money> = "Amount" "金额";
        /// .
        13 score: Option<i64> = "Score" "评分";
        /// .
        14 rate: Option<Decimal> = "Rate" "费率";
        /// .
        15 vip: Option<bool> = "VIP" "重要";
        /// .
        16 expected_close_on: Option<NaiveDate> = "Expected close date" "预计成交日期";
        /// .
        17 last_activity: Option<Instant> = "Last activity" "最后跟进";
        /// .
        18 tags: Vec<String> = "Tags" "标签";
        /// .
        19 owner: Option<UserId> = "Owner" "负责人";
        /// .
        20 customer: Option<CustomerId> = "Customer" "客户";
        /// .
        21 sides: Vec<Side> = "Sides" "两边";
        /// .
        22 phones: Vec<Line> = "Phones" "电话";
        /// .
        23 wait: Option<Span> = "Wait" "等待";
        /// .
        24 industry: String = "Industry" "行业";
        /// .
        25 employees: Option<i64> = "Employees" "公司规模";
        /// .
        26 partners: Vec<CustomerId> = "Partners" "伙伴";
        /// .
        27 about: Option<RecordRef> = "About" "关于";
    }
    spec { title: 10, visibility: Visibility::Owned { owner: 19 } }
}
crate::record! {
    /// A firm.
    pub struct Firm is Customer {
        /// .
        10 level: Option<Level> = "Level" "等级";
        /// .
        11 size: Option<i64> = "Size" "规模";
        /// .
        12 parent: Option<CustomerId> = "Parent" "母公司";
    }
    spec { title: 10, visibility: Visibility::Open }
}

/// The fields of both kinds, three custom ones included.
pub(super) fn schema() -> Schema {
    let mut schema = Schema::new(&[Deal::SPEC, Firm::SPEC]);
    let custom = |no, name: &'static str, zh: &'static str, ty, many| FieldDef {
        no,
        name: name.into(),
        en: name.into(),
        zh: zh.into(),
        ty,
        many,
        choices: if ty == FieldType::Choice { marks() } else { Vec::new() },
        columns: Arc::default(),
        marks: Marks::default(),
    };
    let deals = schema.kind_mut(Lead::NO).unwrap();
    deals.add(custom(1000, "budget", "预算", FieldType::Decimal, false));
    deals.add(custom(1001, "marks", "标记", FieldType::Choice, true));
    deals.add(custom(1002, "note", "备注", FieldType::Text, false));
    schema
}

fn marks() -> Vec<ChoiceDef> {
    [("hot", "Hot", "热"), ("cold", "Cold", "冷")]
        .map(|(code, en, zh)| ChoiceDef { code: code.into(), en: en.into(), zh: zh.into() })
        .to_vec()
}

pub(super) fn user(bits: u128) -> RecordRef {
    UserId::from_u128(bits).record()
}
pub(super) fn firm(bits: u128) -> RecordRef {
    CustomerId::from_u128(bits).record()
}

/// Noon of 31 March 2026 in UTC, evening in Shanghai; user 1 with a team of 1 and 2.
pub(super) fn context() -> FilterContext<'static> {
    let now: Instant = "2026-03-31T12:00:00Z".parse().unwrap();
    FilterContext {
        day_start: &|day| Instant::from(day.and_time(chrono::NaiveTime::MIN).and_utc()) - Span::from_hours(8),
        me: Some(user(1)),
        my_team: vec![user(1), user(2)],
        my_department: vec![user(1), user(2), user(3)],
        my_subordinates: vec![],
        normal: &|_, text| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            (digits.len() >= 3).then(|| format!("+86{digits}"))
        },
        behaviour: &|name| (name == "访问了定价页").then_some(7),
        ..FilterContext::utc(now)
    }
}

/// A record as a map of its values.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    pub record: RecordRef,
    pub revision: u64,
    pub updated_at: Instant,
    pub values: BTreeMap<u16, Value>,
}

impl Plain {
    pub fn image(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        self.values.iter().for_each(|(no, value)| put_field(&mut fields, *no, value));
        codec::image(self.revision, 0, self.updated_at, &fields)
    }
}

/// Records by id, with their stored bytes; behaviour 7 was seen three times of each.
#[derive(Clone, Debug, Default)]
pub(super) struct World(pub BTreeMap<RecordRef, Plain>);

impl Related for World {
    fn fetch(&mut self, record: RecordRef) -> Option<Vec<u8>> {
        self.0.get(&record).map(Plain::image)
    }
    fn behaviours(&mut self, _: RecordRef, behaviour: u32) -> i64 {
        if behaviour == 7 { 3 } else { 0 }
    }
}

pub(super) fn bound(filter: &Filter) -> Predicate {
    match bind(filter, &schema(), Lead::NO, &context()) {
        Ok(predicate) => predicate,
        Err(errors) => panic!("`{filter}` does not bind: {errors:?}"),
    }
}

/// Whether the compiled filter holds for a record.
pub(super) fn matches(filter: &Filter, plain: &Plain, world: &mut World) -> bool {
    let image = plain.image();
    bound(filter).matches(plain.record.bits, View::new(&image).unwrap(), world).unwrap()
}

pub(super) fn lead(values: impl IntoIterator<Item = (u16, Value)>) -> Plain {
    Plain {
        record: RecordRef::new(Lead::NO, 5),
        revision: 3,
        updated_at: context().now,
        values: values.into_iter().collect(),
    }
}

pub(super) fn customer(bits: u128, values: impl IntoIterator<Item = (u16, Value)>) -> Plain {
    Plain { record: RecordRef::new(Customer::NO, bits), ..lead(values) }
}
