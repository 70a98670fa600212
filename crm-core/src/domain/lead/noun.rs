//! A lead, its lists of choices, and what must hold of every one.

use chrono::NaiveDate;

use crate::base::kind::{ContactId, CustomerId, LeadId, OpportunityId, PoolId, UserId};
use crate::base::{Instant, Money, RecordRef, Span};
use crate::choice_fields;
use crate::record::contact_point::{Email, Phone};
use crate::record::lifecycle::{Lifecycle, Spent, StateTimes};
use crate::record::source::Source;
use crate::record::spec::{IndexSpec, Part, StateFields, Visibility};

crate::choice! {
    /// How much the lead wants to buy.
    pub enum Intent {
        /// Wants to buy.
        High "high" "High" "高",
        /// Looks around.
        Medium "medium" "Medium" "中",
        /// Hardly.
        Low "low" "Low" "低",
    }
}

crate::choice! {
    /// The band that a lead's score lies in.
    pub enum Grade {
        /// The best.
        A "A" "A" "A",
        /// Good.
        B "B" "B" "B",
        /// Fair.
        C "C" "C" "C",
        /// The rest.
        D "D" "D" "D",
    }
}
choice_fields!(Intent, Grade);

row! {
    /// A further person on the lead's side.
    #[derive(Default)]
    pub struct LeadPerson as Row {
        name: String = "Name" "姓名";
        title: String = "Title" "职务";
        phone: Option<Phone> = "Phone" "手机";
        email: Option<Email> = "E-mail" "邮箱";
        wechat: String = "WeChat" "微信";
    }
}

record! {
    /// An unconfirmed interest from a channel, before there is a customer.
    pub struct Lead is Lead {
        /// The person.
        10 name: String = "Name" "姓名" [REQUIRED SEARCHED PERSONAL];
        /// The company.
        11 company: String = "Company" "公司" [SEARCHED];
        /// The person's position there.
        12 title: String = "Title" "职务";
        /// How many people work there.
        13 company_size: Option<i64> = "Company size" "公司规模";
        /// What it does.
        14 industry: String = "Industry" "行业";
        /// Telephone numbers.
        15 phones: Vec<Phone> = "Phone" "手机" [PERSONAL];
        /// E-mail addresses.
        16 emails: Vec<Email> = "E-mail" "邮箱" [PERSONAL];
        /// WeChat.
        17 wechat: String = "WeChat" "微信" [PERSONAL];
        /// Further people.
        18 people: Vec<LeadPerson> = "People" "其他联系人" [PERSONAL];
        /// Where the lead came from.
        19 source: Option<Source> = "Source" "来源";
        /// The channel that it came in by.
        20 channel: String = "Channel" "渠道";
        /// The campaign that brought it.
        21 campaign: String = "Campaign" "营销活动";
        /// Who referred it.
        22 referrer: String = "Referrer" "介绍人";
        /// The products it asks about.
        23 product_interest: Vec<String> = "Product interest" "产品意向";
        /// What it needs.
        24 need: String = "Need" "需求" [SEARCHED];
        /// What it may cost.
        25 budget: Option<Money> = "Budget" "预算";
        /// When they mean to decide.
        26 decision_on: Option<NaiveDate> = "Decision expected" "预计决策日期";
        /// Who decides.
        27 decision_maker: String = "Decision maker" "决策人" [PERSONAL];
        /// How much they want to buy.
        28 intent: Option<Intent> = "Intent" "意向";
        /// The country.
        29 country: String = "Country" "国家";
        /// The province or state.
        30 province: String = "Province" "省份";
        /// The city.
        31 city: String = "City" "城市";
        /// Tags.
        32 tags: Vec<String> = "Tags" "标签";
        /// Whatever else is known.
        33 notes: String = "Notes" "备注" [SEARCHED];
        /// The human code.
        34 code: String = "Code" "编号";
        /// When it came in, where that was before it was recorded.
        35 received_at: Option<Instant> = "Received at" "登记时间";
        /// The points that the scoring rule gave.
        40 score: Option<i64> = "Score" "评分" [SYSTEM];
        /// What gave them.
        41 score_reasons: Vec<String> = "Score reasons" "评分依据" [SYSTEM];
        /// As of when.
        42 scored_at: Option<Instant> = "Scored at" "评分时间" [SYSTEM];
        /// The band of the score.
        43 grade: Option<Grade> = "Grade" "等级" [SYSTEM];
        /// Who follows it.
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
        /// When it was given to its owner.
        56 assigned_at: Option<Instant> = "Assigned at" "分配时间" [SYSTEM];
        /// By which assignment rule.
        57 assigned_by: String = "Assigned by" "分配规则" [SYSTEM];
        /// Why to him.
        58 assigned_because: String = "Assigned because" "分配原因" [SYSTEM];
        /// How often it was taken from an owner who left it untouched.
        59 reassigned: Option<i64> = "Times reassigned" "重新分配次数" [SYSTEM];
        /// Where it stands.
        60 state: String = "State" "状态" [SYSTEM];
        /// Since when.
        61 state_since: Option<Instant> = "In state since" "进入状态时间" [SYSTEM];
        /// The time in the states before.
        62 spent: Vec<Spent> = "Time in states" "状态用时" [SYSTEM];
        /// When something last happened with it.
        63 last_activity_at: Option<Instant> = "Last activity" "最近互动" [SYSTEM];
        /// When one of us first got back to it.
        64 first_response_at: Option<Instant> = "First response" "首次响应时间" [SYSTEM];
        /// Why it is invalid.
        65 invalid_reason: String = "Invalid because of" "无效原因" [SYSTEM];
        /// The day on which a paused lead is taken up again.
        66 resume_on: Option<NaiveDate> = "Resume on" "恢复日期";
        /// When it was converted.
        70 converted_at: Option<Instant> = "Converted at" "转化时间" [SYSTEM];
        /// The customer it became or joined.
        71 converted_customer: Option<CustomerId> = "Customer" "转化客户" [SYSTEM];
        /// The contact it became or joined.
        72 converted_contact: Option<ContactId> = "Contact" "转化联系人" [SYSTEM];
        /// The opportunity it became or joined.
        73 converted_opportunity: Option<OpportunityId> = "Opportunity" "转化商机" [SYSTEM];
        /// The records that the conversion created, for undoing it.
        74 conversion_created: Vec<RecordRef> = "Created by conversion" "转化新建记录" [SYSTEM];
        /// The record that it repeats, or was merged into.
        75 duplicate_of: Option<RecordRef> = "Duplicate of" "重复于" [SYSTEM];
        /// Whether it was found to repeat a record when it came in.
        76 repeats: Option<bool> = "Repeats a record" "疑似重复" [SYSTEM];
    }
    spec {
        title: Lead::name,
        visibility: Visibility::Owned { owner: Lead::owner },
        collaborators: Some(Lead::collaborators),
        pool: Some(Lead::pool),
        state: Some(StateFields {
            state: Lead::state, since: Lead::state_since, spent: Lead::spent, lifecycle: None,
        }),
        invariant: Some(super::holds::lead),
        indexes: &[
            IndexSpec::plain(1, "phone", &[Part::normal(Lead::phones)]),
            IndexSpec::plain(2, "email", &[Part::normal(Lead::emails)]),
            IndexSpec::plain(3, "company", &[Part::company(Lead::company)]),
            IndexSpec::plain(4, "owner_state", &[Part::value(Lead::owner), Part::value(Lead::state)]),
            IndexSpec::plain(5, "converted_customer", &[Part::value(Lead::converted_customer)]),
            IndexSpec::unique(6, "code", &[Part::folded(Lead::code)]),
        ],
    }
}

/// The index of leads by telephone number.
pub const BY_PHONE: u8 = 1;
/// The index of leads by e-mail address.
pub const BY_EMAIL: u8 = 2;
/// The index of leads by the identity of the company's name.
pub const BY_COMPANY: u8 = 3;
/// The index of leads by owner, then state: what a user has open, and what nobody has.
pub const BY_OWNER_STATE: u8 = 4;
/// The index of leads by the customer they became or joined: its timeline goes on into theirs.
pub const BY_CONVERTED_CUSTOMER: u8 = 5;
/// The unique index of leads by code.
pub const BY_CODE: u8 = 6;

impl Lead {
    /// Whether the lead was converted.
    pub fn is_converted(&self) -> bool {
        self.converted_at.is_some()
    }

    /// When it came in: as given, else when it was recorded.
    pub fn came_in_at(&self) -> Option<Instant> {
        self.received_at.or(self.meta.created_at)
    }

    /// How long it waited for the first response; none while it waits.
    pub fn first_response_time(&self) -> Option<Span> {
        let (came, answered) = (self.came_in_at()?, self.first_response_at?);
        Some(answered.max(came) - came)
    }

    /// Enters a state, if its lifecycle has it, keeping the times; a lead in that state stays as it is.
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

    /// Enters a state if its lifecycle has a move there from where it stands; answers whether it did.
    pub fn enter_if_led(&mut self, lifecycle: &Lifecycle, state: &str, at: Instant) -> bool {
        let led = lifecycle.moves_from(&self.state).any(|step| step.to == state);
        if led {
            self.enter(lifecycle, state, at);
        }
        led
    }

    /// Notes that something happened with the lead; a response of ours begins the following.
    ///
    /// The caller writes the lead.
    pub fn touch(&mut self, lifecycle: &Lifecycle, at: Instant, ours: bool) {
        self.last_activity_at = Some(self.last_activity_at.map_or(at, |last| last.max(at)));
        if ours {
            self.first_response_at = Some(self.first_response_at.map_or(at, |first| first.min(at)));
            if matches!(self.state.as_str(), NEW | ASSIGNED) {
                self.enter_if_led(lifecycle, FOLLOWING, at);
            }
        }
    }

    /// Gives the lead to a user, taking it out of a pool; the caller writes it.
    pub fn give(&mut self, lifecycle: &Lifecycle, owner: UserId, at: Instant) {
        if let Some(before) = self.owner.filter(|before| *before != owner) {
            self.previous_owner = Some(before);
        }
        self.owner = Some(owner);
        self.assigned_at = Some(at);
        (self.pool, self.pooled_at, self.claimed_at) = (None, None, None);
        if self.state.is_empty() {
            let start = if lifecycle.initial.iter().any(|code| code == ASSIGNED) {
                ASSIGNED
            } else {
                start(lifecycle)
            };
            self.enter(lifecycle, start, at);
        } else {
            self.enter_if_led(lifecycle, ASSIGNED, at);
        }
    }
}

/// The state of leads that nobody has.
pub const NEW: &str = "new";
/// The state of leads that somebody has and hasn't touched.
pub const ASSIGNED: &str = "assigned";
/// The state of leads that somebody works on.
pub const FOLLOWING: &str = "following";
/// The state of leads that became a customer.
pub const CONVERTED: &str = "converted";
/// The states in which a lead counts for its owner's capacity.
pub const OPEN_STATES: [&str; 3] = [NEW, ASSIGNED, FOLLOWING];

/// The state in which a lead without owner starts.
pub fn start(lifecycle: &Lifecycle) -> &str {
    lifecycle.initial.first().map_or(NEW, String::as_str)
}

/// A lead's id by what links to it, none for a record of another kind.
pub fn lead_id(record: RecordRef) -> Option<LeadId> {
    (record.kind == <crate::base::kind::Lead as crate::base::Kind>::NO)
        .then(|| LeadId::from_u128(record.bits))
}
