//! A customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::choices::{
    AddressLabel, Flag, LegalForm, Level, LifeStage, Liveliness, Need, Rating, Source, TradingRole,
};
use crate::base::kind::{CustomerId, PoolId, UserId};
use crate::base::{Instant, Money};
use crate::domain::party::holds;
use crate::record::contact_point::{Email, Phone};
use crate::record::lifecycle::{Lifecycle, Spent, StateTimes};
use crate::record::spec::{IndexSpec, Part, StateFields, Visibility};

row! {
    /// An address of a customer.
    pub struct Address as Row {
        /// What it is for.
        label: AddressLabel = "Label" "类型";
        country: String = "Country" "国家";
        province: String = "Province" "省份";
        city: String = "City" "城市";
        district: String = "District" "区县";
        /// Street, house, and whatever a carrier needs.
        detail: String = "Address" "地址";
        postcode: String = "Postcode" "邮编";
        /// Whom to ask for.
        receiver: String = "Receiver" "收件人";
        phone: Option<Phone> = "Phone" "电话";
        /// Whether it is taken among those of its label unless another is named.
        default: Option<bool> = "Default" "默认";
    }
}

record! {
    /// A company or person with whom the business deals.
    pub struct Customer is Customer {
        /// The human code.
        10 code: String = "Code" "客户编号";
        /// The name.
        11 name: String = "Name" "客户名称" [REQUIRED SEARCHED PERSONAL];
        /// Company or person.
        12 form: Option<LegalForm> = "Legal form" "客户类型";
        /// The parts it plays in trade.
        13 trading_roles: Vec<TradingRole> = "Trading roles" "交易角色";
        /// The unified social credit code (GB 32100-2015), in capitals.
        14 credit_code: String = "Credit code" "统一社会信用代码";
        /// The industry, as a path of codes: `technology/it`.
        15 industry: String = "Industry" "行业";
        /// The country; the mainland is `中国`.
        16 country: String = "Country" "国家";
        /// The province or state.
        17 province: String = "Province" "省份";
        /// The city.
        18 city: String = "City" "城市";
        /// The district.
        19 district: String = "District" "区县";
        /// The street of the main address.
        20 street: String = "Address" "地址";
        /// Addresses by what they are for.
        21 addresses: Vec<Address> = "Addresses" "地址簿";
        /// Telephone numbers.
        22 phones: Vec<Phone> = "Phone" "电话" [PERSONAL];
        /// E-mail addresses.
        23 emails: Vec<Email> = "E-mail" "邮箱" [PERSONAL];
        /// WeChat.
        24 wechat: String = "WeChat" "微信" [PERSONAL];
        /// The website.
        25 website: String = "Website" "网站";
        /// How many people work there.
        26 employees: Option<i64> = "Employees" "员工人数";
        /// What it sells in a year.
        27 annual_revenue: Option<Money> = "Annual revenue" "年营业额";
        /// The capital in the register.
        28 registered_capital: Option<Money> = "Registered capital" "注册资本";
        /// The day it was founded.
        29 founded_on: Option<NaiveDate> = "Founded on" "成立日期";
        /// Where it came from.
        30 source: Option<Source> = "Source" "来源";
        /// The customer that referred it.
        31 referrer: Option<CustomerId> = "Referred by" "介绍客户";
        /// Who referred it, where that is no customer.
        32 referrer_name: String = "Referrer" "介绍人";
        /// How much it matters.
        33 level: Option<Level> = "Level" "级别";
        /// Whether a person gave the level, so that rules leave it alone.
        34 level_by_hand: Option<bool> = "Level by hand" "手动定级";
        /// The rule that gave the level.
        35 level_rule: String = "Level rule" "定级规则" [SYSTEM];
        /// When the rule gave it.
        36 graded_at: Option<Instant> = "Graded at" "定级时间" [SYSTEM];
        /// What sets it apart.
        37 flags: Vec<Flag> = "Flags" "标记";
        /// Tags.
        38 tags: Vec<String> = "Tags" "标签";
        /// The company above it.
        39 parent: Option<CustomerId> = "Parent" "上级公司";
        /// Since when it is in the books, where that was before it was recorded here.
        40 filed_on: Option<NaiveDate> = "Filed on" "建档日期";
        /// Whatever else is known.
        41 notes: String = "Notes" "备注" [SEARCHED];
        /// How far its need has come.
        42 need: Option<Need> = "Need" "需求阶段";
        /// How much it means to buy.
        43 intent: Option<Rating> = "Intent" "意向";
        /// How willing it is to work with us.
        44 willingness: Option<Rating> = "Willingness" "合作意愿";
        /// What it is worth beyond what it buys.
        45 strategic_value: Option<Rating> = "Strategic value" "战略价值";
        /// Who looks after it.
        50 owner: Option<UserId> = "Owner" "负责人";
        /// Who helps.
        51 collaborators: Vec<UserId> = "Collaborators" "协作人";
        /// The public pool it lies in while nobody owns it.
        52 pool: Option<PoolId> = "Public pool" "公海" [SYSTEM];
        /// Since when.
        53 pooled_at: Option<Instant> = "In pool since" "进入公海时间" [SYSTEM];
        /// Who owned it before.
        54 previous_owner: Option<UserId> = "Previous owner" "前负责人" [SYSTEM];
        /// When its owner claimed it.
        55 claimed_at: Option<Instant> = "Claimed at" "领取时间" [SYSTEM];
        /// Where it stands.
        60 state: String = "State" "状态" [SYSTEM];
        /// Since when.
        61 state_since: Option<Instant> = "In state since" "进入状态时间" [SYSTEM];
        /// The time in the states before.
        62 spent: Vec<Spent> = "Time in states" "状态用时" [SYSTEM];
        /// Where it stands from lead to referral, by the facts below.
        63 life_stage: Option<LifeStage> = "Life stage" "生命周期阶段" [SYSTEM];
        /// When somebody last dealt with it.
        64 last_activity_at: Option<Instant> = "Last follow-up" "最近跟进" [SYSTEM];
        /// When somebody means to deal with it next.
        65 follow_up_at: Option<Instant> = "Next follow-up" "下次跟进";
        /// How many opportunities there were.
        66 opportunities: Option<i64> = "Opportunities" "商机数" [SYSTEM];
        /// When the last one was opened.
        67 last_opportunity_at: Option<Instant> = "Last opportunity" "最近商机" [SYSTEM];
        /// How many of them were won.
        68 deals: Option<i64> = "Deals" "成交次数" [SYSTEM];
        /// When the first was won.
        69 first_deal_at: Option<Instant> = "First deal" "首次成交" [SYSTEM];
        /// When the last was won.
        70 last_deal_at: Option<Instant> = "Last deal" "最近成交" [SYSTEM];
        /// How many others it referred.
        71 referrals: Option<i64> = "Referrals" "转介绍数" [SYSTEM];
        /// The weighted count of activities as it was at the instant below; it halves with each half-life.
        80 activity_level: Option<Decimal> = "Activity level" "活跃度" [SYSTEM];
        /// When the count was so: at the last activity.
        81 activity_level_at: Option<Instant> = "Activity level at" "活跃度时间" [SYSTEM];
        /// What the count makes of it now; falls by itself.
        82 liveliness: Option<Liveliness> = "Liveliness" "活跃程度" [SYSTEM];
        /// From when on it is silent unless more happens: the later, the livelier, at whatever instant they are compared.
        83 silent_from: Option<Instant> = "Silent from" "沉寂时间" [SYSTEM];
        /// When its owner was last reminded that it has bought nothing for long.
        84 offer_reminded_at: Option<Instant> = "Reminded to make an offer" "复购提醒时间" [SYSTEM];
    }
    spec {
        title: Customer::name,
        visibility: Visibility::Owned { owner: Customer::owner },
        collaborators: Some(Customer::collaborators),
        pool: Some(Customer::pool),
        state: Some(StateFields {
            state: Customer::state, since: Customer::state_since, spent: Customer::spent, lifecycle: None,
        }),
        invariant: Some(holds::customer),
        indexes: &[
            IndexSpec::unique(CUSTOMER_BY_CODE, "code", &[Part::folded(Customer::code)]),
            IndexSpec::plain(CUSTOMER_BY_NAME, "name", &[Part::company(Customer::name)]),
            IndexSpec::plain(CUSTOMER_BY_PHONE, "phone", &[Part::normal(Customer::phones)]),
            IndexSpec::plain(CUSTOMER_BY_EMAIL, "email", &[Part::normal(Customer::emails)]),
            IndexSpec::scoped(CUSTOMER_BY_STATE, "state", &[Part::value(Customer::state)]),
            IndexSpec::unique(CUSTOMER_BY_CREDIT_CODE, "credit_code", &[Part::folded(Customer::credit_code)]),
            IndexSpec::plain(CUSTOMER_BY_PARENT, "parent", &[Part::value(Customer::parent)]),
        ],
    }
}

/// The unique index of customers by code.
pub const CUSTOMER_BY_CODE: u8 = 1;
/// The index of customers by the identity of their name.
pub const CUSTOMER_BY_NAME: u8 = 2;
/// The index of customers by telephone number.
pub const CUSTOMER_BY_PHONE: u8 = 3;
/// The index of customers by e-mail address.
pub const CUSTOMER_BY_EMAIL: u8 = 4;
/// The index of customers by state.
pub const CUSTOMER_BY_STATE: u8 = 5;
/// The unique index of customers by credit code.
pub const CUSTOMER_BY_CREDIT_CODE: u8 = 6;
/// The index of customers by the company above them.
pub const CUSTOMER_BY_PARENT: u8 = 7;

impl Customer {
    /// Whether it has never bought.
    pub fn is_new_business(&self) -> bool {
        self.deals.unwrap_or(0) == 0
    }

    /// The address taken for a purpose: the default of that label.
    pub fn address(&self, label: AddressLabel) -> Option<&Address> {
        self.addresses.iter().find(|address| address.label == label && address.default == Some(true))
    }

    /// Enters a state, if its lifecycle has it, keeping the times. The caller writes it.
    pub fn enter(&mut self, lifecycle: &Lifecycle, state: &str, at: Instant) {
        if self.state == state || lifecycle.state(state).is_none() {
            return;
        }
        let mut times = StateTimes::from_fields(&self.spent, &self.state, self.state_since);
        times.enter(state, at);
        self.spent = times.spent();
        if let Some((state, since)) = times.current() {
            self.state_since = Some(since);
            self.state = state.to_owned();
        }
    }
}
