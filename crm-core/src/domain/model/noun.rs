//! A trained model as it is stored.

use rust_decimal::Decimal;

use crate::base::Instant;
use crate::choice_fields;
use crate::record::spec::{IndexSpec, Part};

crate::choice! {
    /// What a model predicts.
    pub enum Purpose {
        /// Whether a lead becomes a customer.
        Lead "lead_score" "Lead score" "线索评分",
        /// Whether a deal is won.
        Win "win_probability" "Win probability" "赢单概率",
        /// Whether a customer leaves.
        Churn "churn" "Churn" "流失",
    }
}

crate::choice! {
    /// Whether a model is worth anything.
    pub enum Verdict {
        /// On rows that it had not learnt from it says more than the base rate does.
        Skill "skill" "Skill" "有效",
        /// It doesn't: nobody should act on it.
        NoSkill "no_skill" "No skill" "无效",
    }
}
choice_fields!(Purpose, Verdict);

record! {
    /// A model that was trained on stored history, in its latest version. It shows what its trainer could see, so a
    /// role reads models only where it names them.
    pub struct Model is Model {
        /// Its name.
        10 name: String = "Name" "名称" [REQUIRED];
        /// What it predicts.
        11 purpose: Option<Purpose> = "Purpose" "用途" [REQUIRED SYSTEM];
        /// The kind of record that it scores, by its machine name.
        12 about: String = "About" "对象" [REQUIRED SYSTEM];
        /// The version: 1 for the first under this name.
        13 version: i64 = "Version" "版本" [SYSTEM];
        /// As of when the history was read that it was trained on.
        14 trained_at: Option<Instant> = "Trained as of" "训练截至" [SYSTEM];
        /// How many records it learnt from.
        15 rows: i64 = "Records learnt from" "训练样本数" [SYSTEM];
        /// How many of them ended well.
        16 good: i64 = "Ended well" "正样本数" [SYSTEM];
        /// The features that it asks for.
        17 features: Vec<String> = "Features" "特征" [SYSTEM];
        /// Out of sample, the chance that a record that ends well is scored above one that doesn't.
        20 auc: Option<Decimal> = "AUC" "AUC" [SYSTEM];
        /// Out of sample, the mean −ln of the probability given to what came, in nats.
        21 log_loss: Option<Decimal> = "Log loss" "对数损失" [SYSTEM];
        /// The same of who knows the base rate alone.
        22 base_log_loss: Option<Decimal> = "Log loss of the base rate" "基准对数损失" [SYSTEM];
        /// Out of sample, the mean square of probability less outcome.
        23 brier: Option<Decimal> = "Brier score" "Brier分数" [SYSTEM];
        /// Out of sample, the mean distance of what was said from what came.
        24 ece: Option<Decimal> = "Calibration error" "校准误差" [SYSTEM];
        /// Whether it is worth anything.
        25 verdict: Option<Verdict> = "Verdict" "结论" [SYSTEM];
        /// The model itself, as JSON. It holds the categories and weights that were learnt.
        30 body: String = "Model" "模型内容" [SYSTEM];
    }
    spec {
        title: Model::name, steers: true,
        indexes: &[IndexSpec::unique(1, "name", &[Part::folded(Model::name)])],
    }
}

/// The unique index of models by name.
pub const BY_NAME: u8 = 1;
