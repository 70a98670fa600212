//! Churn: who is likely to leave, why, and what is at stake.
//!
//! A customer's risk is put together from evidence in log-odds, so that reasons add up to it: how likely he has left
//! already by his purchases (see [`super::clv::Model::alive`]), how far his activity has fallen, open tickets,
//! complaints. Where outcomes are known, a trained model's probability is taken instead; what it knows beyond the rest
//! is one more reason.

use crate::record::error::{Error, Result};

/// Every stable code of churn, with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("churn.columns_differ", "the columns given have not the same number of rows"),
    ("churn.not_a_probability", "a column of probabilities holds something else"),
    ("churn.bad_rule", "a weight or a window of the rules is not a positive number"),
];

/// What is known of customers, a column each; a column that isn't there is no evidence.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// What each customer is worth, in minor units; says how many customers there are.
    pub value: &'a [i64],
    /// The probability that he is still a customer.
    pub alive: Option<&'a [f64]>,
    /// Activities in the recent window, and in the one before it.
    pub activity: Option<(&'a [u32], &'a [u32])>,
    /// Tickets not yet solved.
    pub open_tickets: Option<&'a [u32]>,
    /// Complaints in the recent window.
    pub complaints: Option<&'a [u32]>,
    /// The probability of leaving by a model trained on customers who left and who stayed.
    pub trained: Option<&'a [f64]>,
}

/// How evidence weighs, in log-odds: 0.7 doubles the odds. The defaults are a judgement to start from; a trained column
/// overrules them.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rules {
    /// The risk of a customer of whom nothing is known.
    pub base_risk: f64,
    /// For activity fallen to 1/e of what it was.
    pub decay: f64,
    /// The recent window ÷ the window before.
    pub windows: f64,
    /// For each open ticket, up to three.
    pub ticket: f64,
    /// For each complaint, up to three.
    pub complaint: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { base_risk: 0.1, decay: 0.7, windows: 1.0, ticket: 0.3, complaint: 0.7 }
    }
}

/// Why a customer is at risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// He has bought nothing for longer than his rhythm explains.
    Silence,
    /// He is less active than before.
    ActivityFell,
    /// He waits for tickets to be solved.
    OpenTickets,
    /// He complained.
    Complaints,
    /// The trained model knows more.
    Trained,
}

/// Risks as columns, one row a customer.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Risks {
    /// The probability of leaving.
    pub risk: Vec<f64>,
    /// Risk times value, in minor units; nothing for a customer of no value.
    pub at_stake: Vec<i64>,
    /// The log-odds without evidence.
    pub base: f64,
    /// What each reason adds to the log-odds; negative where it speaks for staying.
    pub reasons: Vec<(Reason, Vec<f64>)>,
}

/// Judges customers.
///
/// Invalid with one of [`CODES`].
///
/// ```
/// use crm_core::insight::churn::{Evidence, Reason, Rules, risks};
///
/// let evidence = Evidence {
///     value: &[100_000, 100_000],
///     alive: Some(&[0.95, 0.30]),
///     complaints: Some(&[0, 1]),
///     ..Evidence::default()
/// };
/// let risks = risks(&evidence, &Rules::default())?;
/// assert_eq!(risks.most_at_stake(0.5), [1]);
/// assert_eq!(risks.why(1)[0].0, Reason::Silence);
/// # Ok::<(), crm_core::record::error::Error>(())
/// ```
pub fn risks(evidence: &Evidence<'_>, rules: &Rules) -> Result<Risks> {
    check(evidence, rules)?;
    let count = evidence.value.len();
    let base = log_odds(rules.base_risk);
    let mut reasons: Vec<(Reason, Vec<f64>)> = Vec::new();
    if let Some(alive) = evidence.alive {
        let of = |alive: &f64| log_odds(1.0 - alive) - base;
        reasons.push((Reason::Silence, alive.iter().map(of).collect()));
    }
    if let Some((recent, before)) = evidence.activity {
        let of = |(recent, before): (&u32, &u32)| {
            // Half an activity on both sides keeps small numbers from shouting.
            let expected = f64::from(*before) * rules.windows + 0.5;
            rules.decay * (expected / (f64::from(*recent) + 0.5)).ln().clamp(0.0, 3.0)
        };
        reasons.push((Reason::ActivityFell, recent.iter().zip(before).map(of).collect()));
    }
    for (reason, column, weight) in [
        (Reason::OpenTickets, evidence.open_tickets, rules.ticket),
        (Reason::Complaints, evidence.complaints, rules.complaint),
    ] {
        if let Some(column) = column {
            let of = |count: &u32| weight * f64::from((*count).min(3));
            reasons.push((reason, column.iter().map(of).collect()));
        }
    }
    let mut sums = vec![base; count];
    for (_, column) in &reasons {
        sums.iter_mut().zip(column).for_each(|(sum, part)| *sum += part);
    }
    if let Some(trained) = evidence.trained {
        let of = |(trained, sum): (&f64, &f64)| log_odds(*trained) - sum;
        reasons.push((Reason::Trained, trained.iter().zip(&sums).map(of).collect()));
        sums = trained.iter().map(|trained| log_odds(*trained)).collect();
    }
    let risk: Vec<f64> = sums.iter().map(|sum| 1.0 / (1.0 + (-sum).exp())).collect();
    let at_stake = risk.iter().zip(evidence.value).map(|(risk, value)| stake(*risk, *value)).collect();
    Ok(Risks { risk, at_stake, base, reasons })
}

fn stake(risk: f64, value: i64) -> i64 {
    (risk * value.max(0) as f64).round() as i64
}

/// Certainty is kept finite: one in a million is as sure as anyone gets.
fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

impl Risks {
    /// The customers with at least this risk, the most at stake first, then by row.
    pub fn most_at_stake(&self, least_risk: f64) -> Vec<usize> {
        let at_risk = self.risk.iter().enumerate().filter(|(_, risk)| **risk >= least_risk);
        let mut rows: Vec<usize> = at_risk.map(|(row, _)| row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(self.at_stake.get(*row).copied().unwrap_or(0)));
        rows
    }

    /// What speaks for a customer's leaving, the strongest first, in log-odds.
    pub fn why(&self, row: usize) -> Vec<(Reason, f64)> {
        let of = |(reason, column): &(Reason, Vec<f64>)| Some((*reason, *column.get(row)?));
        let mut reasons: Vec<_> =
            self.reasons.iter().filter_map(of).filter(|(_, part)| *part > 0.0).collect();
        reasons.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        reasons
    }

    /// How many customers are expected to leave: the loss forecast by number.
    pub fn expected_losses(&self) -> f64 {
        self.risk.iter().sum()
    }

    /// What is expected to be lost, in minor units.
    pub fn expected_loss(&self) -> i128 {
        self.at_stake.iter().map(|stake| i128::from(*stake)).sum()
    }
}

fn check(evidence: &Evidence<'_>, rules: &Rules) -> Result<()> {
    let rows = evidence.value.len();
    let (recent, before) = evidence.activity.unzip();
    for (name, length) in [
        ("alive", evidence.alive.map(<[_]>::len)),
        ("activity", recent.map(<[_]>::len)),
        ("activity", before.map(<[_]>::len)),
        ("open_tickets", evidence.open_tickets.map(<[_]>::len)),
        ("complaints", evidence.complaints.map(<[_]>::len)),
        ("trained", evidence.trained.map(<[_]>::len)),
    ] {
        if let Some(length) = length.filter(|length| *length != rows) {
            let message = format!("`{length}` rows for `{rows}` customers");
            return Err(Error::invalid(name, "churn.columns_differ", message));
        }
    }
    for (name, column) in [("alive", evidence.alive), ("trained", evidence.trained)] {
        let mut rows = column.unwrap_or_default().iter().enumerate();
        if let Some((row, value)) = rows.find(|(_, value)| !(0.0..=1.0).contains(*value)) {
            let message = format!("row `{row}`: `{value}` is no probability");
            return Err(Error::invalid(name, "churn.not_a_probability", message));
        }
    }
    let weights = [rules.decay, rules.ticket, rules.complaint];
    let hold = weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0)
        && rules.windows.is_finite()
        && rules.windows > 0.0
        && rules.base_risk > 0.0
        && rules.base_risk < 1.0;
    if hold {
        return Ok(());
    }
    Err(Error::invalid("rules", "churn.bad_rule", format!("customers can't be judged by `{rules:?}`")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn evidence_weighs() {
        for (alive, activity, tickets, complaints, trained, wanted) in [
            // Nothing but the purchases: the risk is that he has left.
            (0.8, (5, 5), 0, 0, None, 0.2),
            // The odds of 1 to 4 doubled by a complaint.
            (0.8, (5, 5), 0, 1, None, 0.334_858),
            // More activity than before is no reason to worry.
            (0.8, (50, 5), 0, 0, None, 0.2),
            // From 10 to none: ln 21 · 0.7, capped at 3 · 0.7.
            (0.8, (0, 10), 0, 0, None, 0.671_219),
            (0.8, (5, 5), 9, 0, None, 0.380_767),
            (0.8, (0, 10), 9, 9, Some(0.05), 0.05),
            (1.0, (5, 5), 0, 0, None, 0.000_001),
            (0.0, (5, 5), 0, 0, None, 0.999_999),
        ] {
            let trained = trained.map(|one| [one]);
            let evidence = Evidence {
                value: &[1_000_000],
                alive: Some(&[alive]),
                activity: Some((&[activity.0], &[activity.1])),
                open_tickets: Some(&[tickets]),
                complaints: Some(&[complaints]),
                trained: trained.as_ref().map(|one| &one[..]),
            };
            let found = risks(&evidence, &Rules::default()).unwrap();
            assert!((found.risk[0] - wanted).abs() < 1e-6, "{evidence:?}: {}", found.risk[0]);
            assert_eq!(found.at_stake[0], (found.risk[0] * 1e6).round() as i64);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = Evidence { value: &[1, 2], alive: Some(&[0.5, 0.5]), ..Evidence::default() };
        let rules = Rules::default();
        for (evidence, rules, code) in [
            (Evidence { complaints: Some(&[1]), ..good }, rules, "churn.columns_differ"),
            (Evidence { activity: Some((&[1, 1], &[1])), ..good }, rules, "churn.columns_differ"),
            (Evidence { alive: Some(&[0.5, f64::NAN]), ..good }, rules, "churn.not_a_probability"),
            (Evidence { trained: Some(&[0.5, 1.5]), ..good }, rules, "churn.not_a_probability"),
            (good, Rules { windows: 0.0, ..rules }, "churn.bad_rule"),
            (good, Rules { ticket: f64::NAN, ..rules }, "churn.bad_rule"),
            (good, Rules { base_risk: 1.0, ..rules }, "churn.bad_rule"),
        ] {
            assert_eq!(risks(&evidence, &rules).unwrap_err().code(), code, "{evidence:?} {rules:?}");
        }
        assert!(risks(&Evidence::default(), &rules).unwrap().risk.is_empty());
    }

    proptest! {
        #[test]
        fn reasons_add_up(
            rows in prop::collection::vec(
                (0.0..=1.0f64, 0..40u32, 0..40u32, 0..6u32, 0..6u32, 0.0..=1.0f64, -10..1_000_000i64),
                1..20,
            ),
            is_trained: bool,
        ) {
            fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
                rows.iter().map(of).collect()
            }
            let (alive, trained) = (column(&rows, |row| row.0), column(&rows, |row| row.5));
            let (recent, before) = (column(&rows, |row| row.1), column(&rows, |row| row.2));
            let (tickets, complaints) = (column(&rows, |row| row.3), column(&rows, |row| row.4));
            let value = column(&rows, |row| row.6);
            let evidence = Evidence {
                value: &value,
                alive: Some(&alive),
                activity: Some((&recent, &before)),
                open_tickets: Some(&tickets),
                complaints: Some(&complaints),
                trained: is_trained.then_some(&trained[..]),
            };
            let found = risks(&evidence, &Rules::default()).unwrap();
            for (row, risk) in found.risk.iter().enumerate() {
                prop_assert!((0.0..=1.0).contains(risk));
                let sum: f64 = found.base + found.reasons.iter().map(|(_, column)| column[row]).sum::<f64>();
                prop_assert!((1.0 / (1.0 + (-sum).exp()) - risk).abs() < 1e-9);
                prop_assert!(found.at_stake[row] >= 0);
                let why = found.why(row);
                prop_assert!(why.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            }
            let listed = found.most_at_stake(0.3);
            prop_assert!(listed.windows(2).all(|pair| found.at_stake[pair[0]] >= found.at_stake[pair[1]]));
            prop_assert_eq!(listed.len(), found.risk.iter().filter(|risk| **risk >= 0.3).count());
        }
    }
}
