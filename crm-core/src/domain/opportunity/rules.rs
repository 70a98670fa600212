//! What an opportunity's figures mean: lines, shares, weights, and what a move makes of them.

use rust_decimal::Decimal;

use super::{DealLine, Opportunity, TeamMember};
use crate::base::kind::ProductId;
use crate::base::{Instant, Money, MoneyError};
use crate::record::error::Invalid;
use crate::record::lifecycle::{self, Lifecycle, State, StateClass};

const WHOLE: Decimal = Decimal::ONE_HUNDRED;

/// The amount of a line: quantity × unit price less the discount, rounded half away from zero to
/// the currency's smallest unit. A line without quantity counts once; one without unit price is
/// worth the amount that was given.
///
/// # Errors
/// When the product does not fit.
pub fn line_amount(line: &DealLine) -> Result<Option<Money>, MoneyError> {
    let Some(price) = line.unit_price else { return Ok(line.amount) };
    let off = line.discount_percent.unwrap_or_default();
    let kept = WHOLE.checked_sub(off).ok_or(MoneyError::Overflow)? / WHOLE;
    let gross = price.times(line.quantity.unwrap_or(Decimal::ONE))?;
    Ok(Some(gross.times(kept)?.rounded()))
}

/// The lines with their amounts, and the sum of these; no sum when no line has an amount.
///
/// ```
/// use crm_core::domain::opportunity::{DealLine, sum_of_lines};
/// let line = |price: &str, percent: i64| DealLine {
///     unit_price: price.parse().ok(),
///     quantity: Some(3.into()),
///     discount_percent: Some(percent.into()),
///     ..DealLine::default()
/// };
/// let (lines, sum) = sum_of_lines(&[line("100 CNY", 10), line("0.05 CNY", 0)]).unwrap();
/// assert_eq!(lines[0].amount.unwrap().to_string(), "270.00 CNY");
/// assert_eq!(sum.unwrap().to_string(), "270.15 CNY");
/// ```
///
/// # Errors
/// When the lines are in several currencies, or a figure does not fit.
pub fn sum_of_lines(lines: &[DealLine]) -> Result<(Vec<DealLine>, Option<Money>), MoneyError> {
    let mut sum: Option<Money> = None;
    let mut priced = Vec::with_capacity(lines.len());
    for line in lines {
        let amount = line_amount(line)?;
        sum = match (sum, amount) {
            (Some(sum), Some(amount)) => Some(sum.plus(amount)?),
            (sum, amount) => sum.or(amount),
        };
        priced.push(DealLine { amount, ..line.clone() });
    }
    Ok((priced, sum))
}

/// What the lines cost us by what one unit of each product does, not rounded; a line without quantity counts
/// once. None where there is no line, or one has no product or no known cost.
///
/// # Errors
/// When the costs are in several currencies, or a figure does not fit.
pub fn cost_of_lines(
    lines: &[DealLine],
    unit_cost: impl Fn(ProductId) -> Option<Money>,
) -> Result<Option<Money>, MoneyError> {
    let mut sum: Option<Money> = None;
    for line in lines {
        let Some(unit) = line.product.and_then(&unit_cost) else { return Ok(None) };
        let cost = unit.times(line.quantity.unwrap_or(Decimal::ONE))?;
        sum = Some(sum.map_or(Ok(cost), |sum| sum.plus(cost))?);
    }
    Ok(sum)
}

/// What a deal is worth by its probability in per cent, not rounded.
///
/// # Errors
/// When the product does not fit.
pub fn weighted(amount: Money, percent: Decimal) -> Result<Money, MoneyError> {
    amount.times(percent / WHOLE)
}

/// What is wrong with an opportunity's own figures; empty when nothing is.
pub fn faults(deal: &Opportunity) -> Vec<Invalid> {
    let mut faults = team_faults(&deal.team);
    if let Some(percent) = deal.probability_by_hand.filter(|percent| !is_percent(*percent)) {
        let message = format!("`{percent}` is not a probability from 0 to 100 %");
        faults.push(Invalid::new("probability_by_hand", "opportunity.probability_out_of_range", message));
    }
    for line in &deal.lines {
        if let Some(percent) = line.discount_percent.filter(|percent| !is_percent(*percent)) {
            let message = format!("`{percent}` is not a discount from 0 to 100 %");
            faults.push(Invalid::new("lines", "opportunity.discount_out_of_range", message));
        }
        if let Some(quantity) = line.quantity.filter(|quantity| *quantity <= Decimal::ZERO) {
            let message = format!("`{quantity}` is not a quantity above 0");
            faults.push(Invalid::new("lines", "opportunity.quantity_not_positive", message));
        }
    }
    if deal.amount.is_some_and(|money| money.amount < Decimal::ZERO) {
        faults.push(Invalid::new("amount", "opportunity.amount_negative", "the amount is below 0"));
    }
    faults
}

/// Shares add up to 100 where any is given, and nobody is in the team twice.
fn team_faults(team: &[TeamMember]) -> Vec<Invalid> {
    let mut faults = Vec::new();
    let mut fault = |code: &str, message: String| faults.push(Invalid::new("team", code, message));
    let mut users: Vec<_> = team.iter().map(|member| member.user).collect();
    users.sort();
    if users.contains(&None) {
        fault("opportunity.team_without_user", "a member of the team has no user".into());
    }
    if users.windows(2).any(|pair| pair.first() == pair.get(1) && pair.first() != Some(&None)) {
        fault("opportunity.team_user_twice", "a user is in the team twice".into());
    }
    let shares: Vec<Decimal> = team.iter().filter_map(|member| member.share).collect();
    if let Some(share) = shares.iter().find(|share| !is_percent(**share)) {
        fault("opportunity.share_out_of_range", format!("`{share}` is not a share from 0 to 100 %"));
    } else if !shares.is_empty() {
        let total: Decimal = shares.iter().sum();
        if total != WHOLE {
            fault("opportunity.shares_not_whole", format!("the shares add up to `{total}` %, not to 100"));
        }
    }
    faults
}

fn is_percent(percent: Decimal) -> bool {
    percent >= Decimal::ZERO && percent <= WHOLE
}

/// Sets what follows from the stage entered: its probability; when, why and to whom a deal closed;
/// nothing of that once it is open again.
pub fn enter(deal: &mut Opportunity, to: &State, reason: &str, rival: &str, now: Instant) {
    deal.probability_stage = to.probability;
    let closed = to.class.is_closed();
    deal.closed_at = closed.then_some(now);
    deal.won_at = (to.class == StateClass::Won).then_some(now);
    let given =
        |class: StateClass, text: &str| if to.class == class { text.to_owned() } else { String::new() };
    deal.won_reason = given(StateClass::Won, reason);
    deal.lost_reason = given(StateClass::Lost, reason);
    deal.lost_to = given(StateClass::Lost, rival);
}

/// When the deal starts to rot: so many days after it entered its stage or something happened with
/// it, whichever is later; none where its stage sets no limit.
pub fn rots_at(deal: &Opportunity, pipeline: &Lifecycle) -> Option<Instant> {
    let stage = pipeline.state(&deal.state)?;
    lifecycle::rots_at(stage, deal.state_since?, deal.last_activity_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::kind::{OpportunityId, UserId};
    use crate::domain::opportunity::ProbabilitySource;
    use crate::record::lifecycle::defaults;
    use crate::record::spec::Record;
    use proptest::prelude::*;

    fn line(price: &str, quantity: &str, percent: &str) -> DealLine {
        DealLine {
            unit_price: price.parse().ok(),
            quantity: quantity.parse().ok(),
            discount_percent: percent.parse().ok(),
            ..DealLine::default()
        }
    }

    #[test]
    fn amounts_of_lines() {
        for (price, quantity, percent, amount) in [
            ("8000 CNY", "9", "3", Some("69840.00 CNY")),
            ("2800 CNY", "33", "3", Some("89628.00 CNY")),
            ("0.15 CNY", "0.1", "", Some("0.02 CNY")),
            ("99 JPY", "1", "50", Some("50 JPY")),
            ("10 CNY", "", "", Some("10 CNY")),
            ("10 CNY", "2", "100", Some("0.00 CNY")),
            ("", "2", "", None),
        ] {
            let found = line_amount(&line(price, quantity, percent)).unwrap();
            let wanted: Option<Money> = amount.map(|text| text.parse().unwrap());
            assert_eq!(found, wanted, "{price} {quantity} {percent}");
        }
        let mixed = [line("1 CNY", "1", ""), line("1 USD", "1", "")];
        assert!(matches!(sum_of_lines(&mixed), Err(MoneyError::Mixed(..))));
    }

    fn deal_with_team(shares: &[Option<&str>]) -> Opportunity {
        let mut deal = Opportunity::empty(OpportunityId::from_u128(1));
        for (place, share) in shares.iter().enumerate() {
            let user = Some(UserId::from_u128(place as u128));
            deal.team.push(TeamMember { user, share: share.map(|share| share.parse().unwrap()) });
        }
        deal
    }

    #[test]
    fn shares_are_whole() {
        let check = |shares: &[Option<&str>], code: Option<&str>| {
            let faults = faults(&deal_with_team(shares));
            assert_eq!(faults.first().map(|fault| fault.code.as_str()), code, "{shares:?}");
        };
        check(&[], None);
        check(&[None, None], None);
        check(&[Some("60"), Some("40")], None);
        check(&[Some("33.34"), Some("33.33"), Some("33.33")], None);
        check(&[Some("100"), None], None);
        check(&[Some("60"), Some("30")], Some("opportunity.shares_not_whole"));
        check(&[Some("120"), Some("-20")], Some("opportunity.share_out_of_range"));
        let mut twice = deal_with_team(&[Some("50"), Some("50")]);
        twice.team[1].user = twice.team[0].user;
        assert_eq!(faults(&twice)[0].code, "opportunity.team_user_twice");
        twice.team[1].user = None;
        assert_eq!(faults(&twice)[0].code, "opportunity.team_without_user");
    }

    #[test]
    fn what_counts_as_probability() {
        let mut deal = Opportunity::empty(OpportunityId::from_u128(1));
        assert_eq!(deal.probability(), None);
        deal.probability_stage = Some(10.into());
        deal.probability_model = Some(20.into());
        assert_eq!(deal.probability(), Some((20.into(), ProbabilitySource::Model)));
        deal.probability_by_hand = Some(30.into());
        assert_eq!(deal.probability(), Some((30.into(), ProbabilitySource::Hand)));
        let pipeline = defaults::general_deal();
        enter(&mut deal, pipeline.state("won").unwrap(), "quality", "", Instant::default());
        assert_eq!(deal.probability(), Some((100.into(), ProbabilitySource::Stage)));
        enter(&mut deal, pipeline.state("lost").unwrap(), "price", "Acme", Instant::default());
        assert_eq!((deal.won_at, deal.lost_to.as_str(), deal.won_reason.as_str()), (None, "Acme", ""));
        enter(&mut deal, pipeline.state("proposal").unwrap(), "back", "", Instant::default());
        assert_eq!((deal.closed_at, deal.lost_reason.as_str()), (None, ""));
        assert_eq!(deal.probability(), Some((30.into(), ProbabilitySource::Hand)));
    }

    proptest! {
        #[test]
        fn lines_add_up_to_the_sum(
            figures in prop::collection::vec((0i64..10_000_000, 1i64..1000, 0i64..=10_000), 1..20)
        ) {
            let lines: Vec<DealLine> = figures.iter().map(|(cents, quantity, percent)| DealLine {
                unit_price: Some(Money::new(Decimal::new(*cents, 2), crate::base::Currency::CNY)),
                quantity: Some((*quantity).into()),
                discount_percent: Some(Decimal::new(*percent, 2)),
                ..DealLine::default()
            }).collect();
            let (priced, sum) = sum_of_lines(&lines).unwrap();
            let total: Decimal = priced.iter().map(|line| line.amount.unwrap().amount).sum();
            prop_assert_eq!(sum.unwrap().amount, total);
            prop_assert!(priced.iter().all(|line| line.amount.unwrap().amount.scale() <= 2));
            // What was summed once sums to the same again.
            prop_assert_eq!(sum_of_lines(&priced).unwrap(), (priced, sum));
        }
    }
}
