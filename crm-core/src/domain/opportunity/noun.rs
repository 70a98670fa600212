//! An opportunity: a possible deal on its way through a pipeline.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::kind::{ContactId, CustomerId, LeadId, ProductId, UserId};
use crate::base::{Instant, Money};
use crate::choice_fields;
use crate::record::lifecycle::Spent;
use crate::record::source::Source;
use crate::record::spec::{IndexSpec, Part, StateFields, Visibility};

crate::choice! {
    /// What a contact means for the customer's decision.
    pub enum DealRole {
        /// Decides.
        DecisionMaker "decision_maker" "Decision maker" "决策者",
        /// Is asked by those who decide.
        Influencer "influencer" "Influencer" "影响者",
        /// Will work with what is bought.
        User "user" "User" "使用者",
        /// Holds the money.
        Finance "finance" "Finance" "财务",
        /// Judges the technology.
        Technical "technical" "Technical" "技术",
        /// Something else.
        Other "other" "Other" "其他",
    }
}

crate::choice! {
    /// What kind of revenue a line brings.
    pub enum Revenue {
        /// Goods sold.
        Product "product" "Product" "产品",
        /// Services rendered.
        Service "service" "Service" "服务",
        /// An earlier sale renewed.
        Renewal "renewal" "Renewal" "续约",
    }
}

crate::choice! {
    /// How often a recurring amount comes.
    pub enum Period {
        /// Each month.
        Month "month" "Month" "月",
        /// Each quarter.
        Quarter "quarter" "Quarter" "季度",
        /// Each year.
        Year "year" "Year" "年",
    }
}

crate::choice! {
    /// Where the probability that is shown comes from; the first that has one.
    pub enum ProbabilitySource {
        /// Set by a person.
        Hand "hand" "By hand" "人工",
        /// Predicted by a model.
        Model "model" "By model" "模型",
        /// That of the stage.
        Stage "stage" "By stage" "阶段",
    }
}
choice_fields!(DealRole, Revenue, Period);

row! {
    /// A contact's part in the decision.
    pub struct DealContact as Row {
        contact: Option<ContactId> = "Contact" "联系人";
        role: Option<DealRole> = "Role" "角色";
        note: String = "Note" "备注";
    }
}

row! {
    /// One thing that the deal is about. The amount is quantity × unit price less the discount.
    #[derive(Default)]
    pub struct DealLine as Row {
        product: Option<ProductId> = "Product" "产品";
        name: String = "Name" "名称";
        quantity: Option<Decimal> = "Quantity" "数量";
        unit_price: Option<Money> = "Unit price" "单价";
        discount_percent: Option<Decimal> = "Discount %" "折扣%";
        revenue: Option<Revenue> = "Revenue type" "收入类型";
        amount: Option<Money> = "Amount" "金额";
    }
}

row! {
    /// Who else bids for the deal.
    pub struct Rival as Row {
        name: String = "Name" "名称";
        strengths: String = "Strengths" "优势";
        weaknesses: String = "Weaknesses" "劣势";
        price: Option<Money> = "Price" "报价";
    }
}

row! {
    /// A user who works on the deal, with his share of it in per cent.
    pub struct TeamMember as Row {
        user: Option<UserId> = "User" "成员";
        share: Option<Decimal> = "Share %" "分成%";
    }
}

record! {
    /// A possible deal: amount, stage, expected close date, probability.
    pub struct Opportunity is Opportunity {
        /// The name.
        10 name: String = "Name" "商机名称" [REQUIRED SEARCHED];
        /// The human code.
        11 code: String = "Code" "商机编号";
        /// With whom.
        12 customer: Option<CustomerId> = "Customer" "客户";
        /// The pipeline; the default one when none is given at creation.
        13 lifecycle: String = "Pipeline" "销售管道";
        /// The stage.
        14 state: String = "Stage" "阶段" [SYSTEM];
        /// Since when it is in that stage.
        15 state_since: Option<Instant> = "In stage since" "进入阶段时间" [SYSTEM];
        /// The time in the stages before.
        16 spent: Vec<Spent> = "Time in stages" "阶段用时" [SYSTEM];
        /// Who is in charge.
        17 owner: Option<UserId> = "Owner" "负责人";
        /// Who works on it; the shares add up to 100 where any is given.
        18 team: Vec<TeamMember> = "Team" "团队";
        /// What it is worth: the sum of the lines, or an estimate while there are none.
        20 amount: Option<Money> = "Amount" "金额";
        /// What it consists of.
        21 lines: Vec<DealLine> = "Lines" "产品明细";
        /// What comes again each period.
        22 recurring_amount: Option<Money> = "Recurring amount" "经常性金额";
        /// How often it comes.
        23 recurring_period: Option<Period> = "Recurring period" "经常性周期";
        /// The probability in per cent as a person sees it.
        24 probability_by_hand: Option<Decimal> = "Probability by hand" "人工概率";
        /// The probability in per cent that a model predicts.
        25 probability_model: Option<Decimal> = "Probability by model" "模型概率" [SYSTEM];
        /// The probability in per cent of the stage.
        26 probability_stage: Option<Decimal> = "Probability by stage" "阶段概率" [SYSTEM];
        /// When it is expected to close.
        27 close_on: Option<NaiveDate> = "Expected close" "预计成交日期";
        /// Where it came from.
        28 source: Option<Source> = "Source" "来源";
        /// The campaign that it came from.
        29 campaign: String = "Campaign" "营销活动";
        /// What the customer needs.
        30 need: String = "Need" "需求" [SEARCHED];
        /// Who at the customer has a say.
        31 contacts: Vec<DealContact> = "Contacts" "决策链";
        /// Who else bids.
        32 competitors: Vec<Rival> = "Competitors" "竞争对手";
        /// What comes next.
        33 next_step: String = "Next step" "下一步";
        /// When.
        34 next_step_on: Option<NaiveDate> = "Next step on" "下一步日期";
        /// Tags.
        35 tags: Vec<String> = "Tags" "标签";
        /// The nature of a quick deal.
        36 nature: String = "Nature" "定性";
        /// The grade of a quick deal.
        37 grade: String = "Grade" "定级";
        /// The lead that it came from.
        40 lead: Option<LeadId> = "Lead" "来源线索";
        /// When something last happened with it.
        41 last_activity_at: Option<Instant> = "Last activity" "最近互动" [SYSTEM];
        /// When it was won, lost or otherwise ended.
        42 closed_at: Option<Instant> = "Closed at" "关闭时间" [SYSTEM];
        /// When it was won.
        43 won_at: Option<Instant> = "Won at" "赢单时间" [SYSTEM];
        /// Why it was lost.
        44 lost_reason: String = "Lost because of" "输单原因" [SYSTEM];
        /// To whom it was lost.
        45 lost_to: String = "Lost to" "输给" [SYSTEM];
        /// Why it was won.
        46 won_reason: String = "Won because of" "赢单原因" [SYSTEM];
    }
    spec {
        title: Opportunity::name, invariant: Some(super::holds::check),
        visibility: Visibility::Owned { owner: Opportunity::owner },
        collaborators: Some(Opportunity::team),
        state: Some(StateFields {
            state: Opportunity::state, since: Opportunity::state_since, spent: Opportunity::spent,
            lifecycle: Some(Opportunity::lifecycle),
        }),
        indexes: &[
            IndexSpec::unique(1, "code", &[Part::folded(Opportunity::code)]),
            IndexSpec::scoped(2, "stage", &[Part::value(Opportunity::lifecycle), Part::value(Opportunity::state)]),
            IndexSpec::scoped(3, "close_on", &[Part::value(Opportunity::close_on)]),
            IndexSpec::plain(4, "customer", &[Part::value(Opportunity::customer)]),
        ],
    }
}

/// The index of opportunities by pipeline and stage.
pub const BY_STAGE: u8 = 2;
/// The index of opportunities by expected close date.
pub const BY_CLOSE_ON: u8 = 3;
/// The index of opportunities by customer.
pub const BY_CUSTOMER: u8 = 4;

impl Opportunity {
    /// The probability in per cent that counts, and where it comes from: by hand, by model, by stage.
    pub fn probability(&self) -> Option<(Decimal, ProbabilitySource)> {
        let by_hand = self.probability_by_hand.map(|percent| (percent, ProbabilitySource::Hand));
        let by_model = self.probability_model.map(|percent| (percent, ProbabilitySource::Model));
        let by_stage = self.probability_stage.map(|percent| (percent, ProbabilitySource::Stage));
        // What is over needs no guess: a closed deal's probability is its stage's.
        if self.closed_at.is_some() { by_stage } else { by_hand.or(by_model).or(by_stage) }
    }
}
