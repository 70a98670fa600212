//! What holds of every target, whoever writes it.

use rust_decimal::Decimal;

use super::noun::Target;
use crate::base::text::region;
use crate::base::{Id, RecordRef};
use crate::record::codec::View;
use crate::record::desk::Desk;
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

/// The period is one, what is to be reached fits the metric, a user's target is that user's, and a region
/// goes by its standard name.
pub(super) fn target(
    desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let mut target = Target::read(Id::from_u128(record.bits), view)?;
    let faults = faults(&target);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let before = target.clone();
    target.owner = target.owner.or(target.user);
    // Customers' places are kept in standard names, `广东省` for `广东`.
    if let Some(found) = region::find(&target.region) {
        let city = found.city.filter(|city| *city != found.province);
        found.district.or(city).unwrap_or(found.province).clone_into(&mut target.region);
    }
    if target != before { desk.put(&target) } else { Ok(()) }
}

/// What is wrong with a target; empty when nothing is.
pub fn faults(target: &Target) -> Vec<Invalid> {
    let mut faults = Vec::new();
    let mut wrong = |at: &str, code: &str, message: String| faults.push(Invalid::new(at, code, message));
    if let (Some(from), Some(until)) = (target.from, target.until)
        && until < from
    {
        wrong("until", "target.period", format!("it begins on `{from}` and ends on `{until}`"));
    }
    // Without a metric nothing more can be said; that one is required is said elsewhere.
    let Some(metric) = target.metric else { return faults };
    match (metric.is_money(), target.amount, target.number) {
        (true, Some(amount), None) if amount.amount > Decimal::ZERO => {}
        (false, None, Some(number)) if number > Decimal::ZERO => {}
        (true, ..) => {
            wrong("amount", "target.goal", format!("`{metric}` is reached by an amount above nothing"))
        }
        (false, ..) => {
            wrong("number", "target.goal", format!("`{metric}` is reached by a number above nothing"))
        }
    }
    if target.product.is_some() && !metric.has_products() {
        wrong("product", "target.dimension", format!("`{metric}` is not counted by product"));
    }
    if !target.region.is_empty() && !metric.has_regions() {
        wrong("region", "target.dimension", format!("`{metric}` is not counted by region"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::noun::Metric;
    use super::*;
    use crate::base::choice::Choice;
    use crate::base::kind::{ProductId, TargetId};

    #[test]
    fn a_target_fits_its_metric() {
        let check = |metric: Metric, change: &dyn Fn(&mut Target), code: Option<&str>| {
            let mut target = Target::empty(TargetId::from_u128(1));
            (target.metric, target.from, target.until) =
                (Some(metric), "2026-01-01".parse().ok(), "2026-03-31".parse().ok());
            if metric.is_money() {
                target.amount = "100 CNY".parse().ok();
            } else {
                target.number = Some(Decimal::ONE);
            }
            change(&mut target);
            assert_eq!(faults(&target).first().map(|fault| fault.code.as_str()), code, "{metric}");
        };
        for name in Metric::NAMES {
            check(Metric::from_name(name.code).unwrap(), &|_| {}, None);
        }
        check(Metric::AmountWon, &|target| target.until = "2025-12-31".parse().ok(), Some("target.period"));
        check(Metric::AmountWon, &|target| target.amount = "0 CNY".parse().ok(), Some("target.goal"));
        check(Metric::AmountWon, &|target| target.number = Some(Decimal::ONE), Some("target.goal"));
        check(Metric::DealsWon, &|target| target.number = None, Some("target.goal"));
        let product = |target: &mut Target| target.product = Some(ProductId::from_u128(1));
        check(Metric::DealsWon, &product, None);
        check(Metric::NewCustomers, &product, Some("target.dimension"));
        check(Metric::Activities, &|target| target.region = "浙江".into(), Some("target.dimension"));
    }
}
