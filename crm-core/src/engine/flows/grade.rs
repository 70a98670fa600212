//! Levels of customers by a rule.

use crate::base::kind::CustomerId;
use crate::domain::party::{self, Customer, Level};
use crate::record::action::Action;

command! {
    /// Gives a customer the level that a rule found, such as one by RFM; the rule is named beside it. A level that a
    /// person gave stays unless `overrule`.
    ///
    /// # Errors
    /// Refused with `party.level_by_hand`.
    pub struct GradeCustomer as "customer.grade" -> () {
        /// The customer.
        customer: CustomerId,
        /// The level.
        level: Level,
        /// The rule.
        rule: String,
        /// Whether to overwrite what a person gave.
        #[serde(default)]
        overrule: bool,
    }
    run(this, desk) {
        desk.load_as::<Customer>(this.customer, Action::Update)?;
        desk.by_rule(&this.rule);
        party::grade(desk, this.customer, this.level, &this.rule, this.overrule)
    }
}
