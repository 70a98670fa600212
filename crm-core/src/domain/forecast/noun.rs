//! A forecast as it was kept.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::kind::UserId;
use crate::base::{Instant, Money};
use crate::record::spec::{IndexSpec, Part, Visibility};

row! {
    /// What was forecast for one owner's deals.
    pub struct OwnerRow as Row {
        owner: Option<UserId> = "Owner" "负责人";
        deals: Option<i64> = "Deals" "商机数";
        closed: Option<Money> = "Closed" "已成交";
        pipeline: Option<Money> = "Pipeline" "管道";
        best_case: Option<Money> = "Best case" "最佳";
        commit: Option<Money> = "Commit" "承诺";
        weighted: Option<Money> = "By stage" "阶段加权";
        expected: Option<Money> = "By history" "历史预期";
        target: Option<Money> = "Target" "目标";
    }
}

record! {
    /// A forecast that was kept. It is never changed: another one under the same name is the next version.
    pub struct Forecast is Forecast {
        /// What it is called, such as `2026-Q1`.
        10 name: String = "Name" "名称" [REQUIRED SYSTEM];
        /// The version: 1 for the first under this name.
        11 version: i64 = "Version" "版本" [SYSTEM];
        /// Who kept it; it shows what that user saw.
        12 owner: Option<UserId> = "Kept by" "保存人" [SYSTEM];
        /// As of when it was made.
        13 made_at: Option<Instant> = "Made as of" "预测时点" [SYSTEM];
        /// The day of the forecast.
        14 as_of: Option<NaiveDate> = "As of" "预测日" [SYSTEM];
        /// The first day that it is about.
        15 from: Option<NaiveDate> = "From" "起始日" [SYSTEM];
        /// The last day that it reaches to.
        16 until: Option<NaiveDate> = "Until" "截止日" [SYSTEM];
        /// How it was asked for, as JSON.
        17 asked: String = "Asked" "预测参数" [SYSTEM];
        /// How many open deals it is about.
        20 deals: i64 = "Deals" "商机数" [SYSTEM];
        /// What had been won in the period by then.
        21 closed: Option<Money> = "Closed" "已成交" [SYSTEM];
        /// What the open deals were worth.
        22 pipeline: Option<Money> = "Pipeline" "管道" [SYSTEM];
        /// Those of the categories best case and commit.
        23 best_case: Option<Money> = "Best case" "最佳" [SYSTEM];
        /// Those of the category commit.
        24 commit: Option<Money> = "Commit" "承诺" [SYSTEM];
        /// Each times its probability.
        25 weighted: Option<Money> = "By stage" "阶段加权" [SYSTEM];
        /// What history let expect of them.
        26 expected: Option<Money> = "By history" "历史预期" [SYSTEM];
        /// The lower end of the interval.
        27 low: Option<Money> = "Low" "下限" [SYSTEM];
        /// The upper end.
        28 high: Option<Money> = "High" "上限" [SYSTEM];
        /// The share of futures within the interval.
        29 level: Option<Decimal> = "Level" "置信度" [SYSTEM];
        /// What was to be reached.
        30 target: Option<Money> = "Target" "目标" [SYSTEM];
        /// The probability that it is reached.
        31 reaches_target: Option<Decimal> = "Reaches the target" "达标概率" [SYSTEM];
        /// The ids of the open deals that it is about, by which it is judged; as text, for a deal may be deleted.
        32 open_deals: Vec<String> = "Open deals" "在途商机" [SYSTEM];
        /// The figures by owner.
        40 owners: Vec<OwnerRow> = "By owner" "按负责人" [SYSTEM];
    }
    spec {
        title: Forecast::name, invariant: Some(super::commands::unchanged),
        visibility: Visibility::Owned { owner: Forecast::owner }, by_name: true,
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(Forecast::name), Part::value(Forecast::version)])],
    }
}

/// The unique index of forecasts by name and version.
pub const BY_NAME: u8 = 1;
