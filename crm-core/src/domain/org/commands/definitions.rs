//! Validation and numbering rules, and the settings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{define, set, set_some};
use crate::base::kind::{NumberingId, ValidationId};
use crate::base::settings::Disclosure;
use crate::base::{Currency, KindNo};
use crate::domain::org::{NUMBERING_BY_KIND, Numbering, RateRow, SETTINGS, Settings, Validation, WeightRow};
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

command! {
    /// Defines a validation rule, or replaces one.
    ///
    /// It is asked whenever a record of the kind is written; records written before stay as they are.
    pub struct DefineValidation as "validation.define" -> ValidationId {
        /// The rule to replace; a new one when there is none.
        validation: Option<ValidationId>,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The name, shown when it fails.
        name: String,
        /// The kind of record.
        kind: KindNo,
        /// When it applies, as the text of a filter; always when empty.
        #[serde(default)]
        when: String,
        /// What must hold, as the text of a filter.
        holds: String,
        /// The field it is about, for the error.
        #[serde(default)]
        field: String,
        /// What a person reads when it fails; the name when empty.
        #[serde(default)]
        message: String,
    }
    run(this, desk) {
        let mut rule: Validation = define(desk, this.validation, this.revision)?;
        rule.name = this.name;
        this.kind.name().clone_into(&mut rule.kind);
        rule.when = this.when;
        rule.holds = this.holds;
        rule.field = this.field;
        rule.message = this.message;
        desk.put(&rule)?;
        Ok(rule.id())
    }
}

command! {
    /// Defines how codes of a kind are made, or replaces how; codes that were given out stay.
    pub struct DefineNumbering as "numbering.define" -> NumberingId {
        /// The kind of record.
        kind: KindNo,
        /// The template, such as `C{yyyy}-{n:5}`.
        template: String,
    }
    run(this, desk) {
        let known = desk.find_as::<Numbering>(NUMBERING_BY_KIND, vec![this.kind.name().into()], 1)?;
        let mut rule: Numbering = define(desk, known.first().map(Record::id), None)?;
        this.kind.name().clone_into(&mut rule.kind);
        rule.template = this.template;
        desk.put(&rule)?;
        Ok(rule.id())
    }
}

command! {
    /// Changes what is given of the tenant's settings.
    #[derive(Default)]
    pub struct ChangeSettings as "settings.change" -> () {
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The organisation's time zone, by its IANA name.
        zone: Option<String>,
        /// The region of phone numbers without a country code, as two capital letters.
        region: Option<String>,
        /// The currency of totals.
        currency: Option<Currency>,
        /// All exchange rates.
        rates: Option<Vec<RateRow>>,
        /// The month in which the fiscal year begins.
        fiscal_start: Option<i64>,
        /// All days off beside the weekend.
        holidays: Option<Vec<NaiveDate>>,
        /// All weekend days on which people work.
        extra_workdays: Option<Vec<NaiveDate>>,
        /// Whether two customers may share a name.
        same_customer_names: Option<bool>,
        /// What a user learns of a duplicate that he may not see.
        duplicate_disclosure: Option<Disclosure>,
        /// For how many days the journal is kept before it may be trimmed; 0 is for ever.
        retention_days: Option<i64>,
        /// After how many days an activity counts half.
        activity_half_life_days: Option<i64>,
        /// All weights of kinds of activity.
        activity_weights: Option<Vec<WeightRow>>,
        /// From which count of activities on a customer is active.
        active_from: Option<Decimal>,
        /// Below which count a customer is silent.
        silent_below: Option<Decimal>,
        /// After how many months without a purchase a customer's owner is reminded to make an offer; 0 is never.
        offer_after_months: Option<i64>,
    }
    run(this, desk) {
        let mut settings = present(desk, this.revision)?;
        set(&mut settings.zone, this.zone);
        set(&mut settings.region, this.region);
        set_some(&mut settings.currency, this.currency);
        set(&mut settings.rates, this.rates);
        set_some(&mut settings.fiscal_start, this.fiscal_start);
        set(&mut settings.holidays, this.holidays.map(in_order));
        set(&mut settings.extra_workdays, this.extra_workdays.map(in_order));
        set_some(&mut settings.same_customer_names, this.same_customer_names);
        set_some(&mut settings.duplicate_disclosure, this.duplicate_disclosure);
        set(&mut settings.retention_days, this.retention_days.map(|days| (days != 0).then_some(days)));
        set_some(&mut settings.activity_half_life_days, this.activity_half_life_days);
        set(&mut settings.activity_weights, this.activity_weights);
        set_some(&mut settings.active_from, this.active_from);
        set_some(&mut settings.silent_below, this.silent_below);
        set(&mut settings.offer_after_months, this.offer_after_months.map(|months| (months != 0).then_some(months)));
        desk.put(&settings)
    }
}

/// The settings as they stand, or empty ones before the first change.
fn present(desk: &mut dyn Desk, revision: Option<u64>) -> Result<Settings> {
    match desk.load_at(SETTINGS, Action::Update, revision) {
        // Should they be there and hidden from the actor, he may not write them either.
        Err(Error::NotFound(..)) => Ok(Settings::empty(SETTINGS)),
        other => other,
    }
}

fn in_order(mut days: Vec<NaiveDate>) -> Vec<NaiveDate> {
    days.sort_unstable();
    days.dedup();
    days
}
