//! A target.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::base::Money;
use crate::base::kind::{DepartmentId, ProductId, TeamId, UserId};
use crate::choice_fields;
use crate::record::spec::{IndexSpec, Part, Visibility};

crate::choice! {
    /// What is measured.
    pub enum Metric {
        /// The amount of the deals won.
        AmountWon "amount_won" "Amount won" "赢单金额",
        /// How many deals are won.
        DealsWon "deals_won" "Deals won" "赢单数",
        /// How many opportunities are opened.
        OpportunitiesOpened "opportunities_opened" "Opportunities opened" "新增商机数",
        /// How many customers are new in the books.
        NewCustomers "new_customers" "New customers" "新增客户数",
        /// How many customers buy for the first time.
        FirstPurchases "first_purchases" "First purchases" "首次成交客户数",
        /// How many leads become customers.
        LeadsConverted "leads_converted" "Leads converted" "线索转化数",
        /// How many activities there are.
        Activities "activities" "Activities" "互动次数",
        /// How many activities there are on a working day.
        ActivitiesPerDay "activities_per_day" "Activities per working day" "日均互动次数",
    }
}
choice_fields!(Metric);

impl Metric {
    /// Whether it is measured in money; else it is a number.
    pub const fn is_money(self) -> bool {
        matches!(self, Metric::AmountWon)
    }

    /// Whether it can be told apart by product.
    pub const fn has_products(self) -> bool {
        matches!(self, Metric::AmountWon | Metric::DealsWon | Metric::OpportunitiesOpened)
    }

    /// Whether it can be told apart by the customer's region.
    pub const fn has_regions(self) -> bool {
        !matches!(self, Metric::LeadsConverted | Metric::Activities | Metric::ActivitiesPerDay)
    }
}

record! {
    /// What is to be reached in a period: by everybody, or by those whom a user, a team, a department with those
    /// below it, a region and a product narrow it down to, all of which must fit.
    pub struct Target is Target {
        /// What it is called.
        10 name: String = "Name" "名称" [SEARCHED];
        /// What is measured.
        11 metric: Option<Metric> = "Metric" "指标" [REQUIRED];
        /// The first day.
        12 from: Option<NaiveDate> = "From" "起始日" [REQUIRED];
        /// The last day.
        13 until: Option<NaiveDate> = "Until" "截止日" [REQUIRED];
        /// Who answers for it, and sees it; the user for whom it is when nobody else is named.
        14 owner: Option<UserId> = "Owner" "负责人";
        /// The user whose doing counts.
        15 user: Option<UserId> = "User" "成员";
        /// The team whose members' doing counts.
        16 team: Option<TeamId> = "Team" "团队";
        /// The department whose people's doing counts, those of departments below included.
        17 department: Option<DepartmentId> = "Department" "部门";
        /// The country, province or city of the customers that count.
        18 region: String = "Region" "区域";
        /// The product that counts.
        19 product: Option<ProductId> = "Product" "产品";
        /// What is to be reached, where it is money.
        20 amount: Option<Money> = "Amount" "目标金额";
        /// What is to be reached, where it is a number.
        21 number: Option<Decimal> = "Number" "目标数量";
    }
    spec {
        title: Target::name, invariant: Some(super::holds::target),
        visibility: Visibility::Owned { owner: Target::owner },
        indexes: &[IndexSpec::scoped(1, "from", &[Part::value(Target::from)])],
    }
}

/// The index of targets by their first day.
pub const BY_FROM: u8 = 1;

impl Target {
    /// Whether it is for everybody and everything.
    pub fn is_whole(&self) -> bool {
        let nobody = self.user.is_none() && self.team.is_none() && self.department.is_none();
        nobody && self.region.is_empty() && self.product.is_none()
    }
}
