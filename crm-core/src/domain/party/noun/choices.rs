//! The closed lists of choices of customers, contacts and relations.

use crate::{choice, choice_fields};

pub use crate::record::source::Source;

choice! {
    /// What a customer is before the law.
    #[derive(Default)]
    pub enum LegalForm {
        /// A company or other organisation.
        #[default]
        Company "company" "Company" "企业",
        /// A natural person.
        Person "person" "Person" "个人",
    }
}

choice! {
    /// The part that a customer plays in trade.
    pub enum TradingRole {
        /// Buys for its own use.
        Buyer "buyer" "Buyer" "采购方",
        /// Buys to sell again.
        Dealer "dealer" "Dealer" "经销商",
        /// Sells in our name.
        Agent "agent" "Agent" "代理商",
        /// Sells to us.
        Supplier "supplier" "Supplier" "供应商",
        /// Works with us.
        Partner "partner" "Partner" "合作伙伴",
    }
}

choice! {
    /// How much a customer matters, most first.
    pub enum Level {
        /// The most.
        A "A" "A" "A",
        /// Much.
        B "B" "B" "B",
        /// Some.
        C "C" "C" "C",
        /// Little.
        D "D" "D" "D",
    }
}

choice! {
    /// How far a customer's need has come.
    pub enum Need {
        /// It is still to be awakened.
        Cultivating "cultivating" "Cultivating" "培育",
        /// What there is on the market is compared.
        Evaluating "evaluating" "Evaluating" "评估",
        /// It is about to be met.
        Deciding "deciding" "Deciding" "决策",
    }
}

choice! {
    /// How much of something a person sees in a customer.
    pub enum Rating {
        /// Much.
        High "high" "High" "高",
        /// Some.
        Medium "medium" "Medium" "中",
        /// Little.
        Low "low" "Low" "低",
    }
}

choice! {
    /// What sets a customer apart.
    pub enum Flag {
        /// A large one.
        Major "major" "Major account" "大客户",
        /// One that the business minds in particular.
        Key "key" "Key account" "重点客户",
        /// One that the business builds on.
        Strategic "strategic" "Strategic account" "战略客户",
    }
}

choice! {
    /// Where a customer stands from lead to referral, in order; derived from facts.
    #[derive(Default)]
    pub enum LifeStage {
        /// Known, no more.
        #[default]
        Lead "lead" "Lead" "线索",
        /// There was an opportunity.
        Opportunity "opportunity" "Opportunity" "商机",
        /// Looked after as a customer.
        Customer "customer" "Customer" "客户",
        /// Bought once.
        DealMade "deal_made" "Deal made" "成交",
        /// Bought again.
        Repurchase "repurchase" "Repurchase" "复购",
        /// Bought, and brought others.
        Referral "referral" "Referral" "转介绍",
    }
}

choice! {
    /// What an address is for.
    pub enum AddressLabel {
        /// The seat in the register.
        Registered "registered" "Registered" "注册地址",
        /// Where people work.
        Office "office" "Office" "办公地址",
        /// Where invoices go.
        Invoice "invoice" "Invoice" "开票地址",
        /// Where goods go.
        Delivery "delivery" "Delivery" "收货地址",
        /// Anything else.
        Other "other" "Other" "其他",
    }
}

choice! {
    /// A contact's gender.
    pub enum Gender {
        /// Male.
        Male "male" "Male" "男",
        /// Female.
        Female "female" "Female" "女",
    }
}

choice! {
    /// The part that a contact plays in what its customer buys.
    pub enum ContactRole {
        /// Decides.
        DecisionMaker "decision_maker" "Decision maker" "决策人",
        /// Has the decider's ear.
        Influencer "influencer" "Influencer" "影响人",
        /// Works with what is bought.
        User "user" "User" "使用人",
        /// Pays.
        Finance "finance" "Finance" "财务",
        /// Judges whether it works.
        Technical "technical" "Technical" "技术",
        /// Anything else.
        Other "other" "Other" "其他",
    }
}

choice! {
    /// What the first party of a relation is to the second.
    pub enum RelationType {
        /// Its supplier.
        Supplier "supplier" "Supplier" "供应商",
        /// Its dealer.
        Dealer "dealer" "Dealer" "经销商",
        /// Its agent.
        Agent "agent" "Agent" "代理商",
        /// Its partner.
        Partner "partner" "Partner" "合作伙伴",
        /// Who referred it.
        Referrer "referrer" "Referrer" "介绍人",
        /// Its parent company.
        Parent "parent" "Parent" "母公司",
        /// Its subsidiary.
        Subsidiary "subsidiary" "Subsidiary" "子公司",
        /// Its branch.
        Branch "branch" "Branch" "分支机构",
        /// Under the same roof.
        Affiliate "affiliate" "Affiliate" "关联企业",
        /// Knows it: between contacts.
        Knows "knows" "Knows" "认识",
        /// Reports to it: between contacts.
        ReportsTo "reports_to" "Reports to" "汇报于",
    }
}

choice! {
    /// How lively a customer is, by the weighted count of activities that halves with each half-life.
    pub enum Liveliness {
        /// Much happens.
        Active "active" "Active" "活跃",
        /// Little happens.
        Quiet "quiet" "Quiet" "平淡",
        /// Nothing happens any more.
        Silent "silent" "Silent" "沉寂",
    }
}

choice_fields!(
    LegalForm,
    TradingRole,
    Level,
    Need,
    Rating,
    Flag,
    LifeStage,
    AddressLabel,
    Gender,
    ContactRole,
    RelationType,
    Liveliness,
);

impl RelationType {
    /// Whether it stands between contacts; the others stand between customers.
    pub const fn is_between_contacts(self) -> bool {
        matches!(self, RelationType::Knows | RelationType::ReportsTo)
    }

    /// Whether it reads the same from both ends.
    pub const fn is_mutual(self) -> bool {
        matches!(self, RelationType::Partner | RelationType::Affiliate | RelationType::Knows)
    }
}
