//! Lead scores as Odoo's predictive lead scoring counts them, for those who move from it and want the
//! figures they know. Its own learner, [`super::bayes`], differs in what is known of a lead.
//!
//! A row of counts for each team, field and value, and for each team and stage. A won lead counts on
//! every stage, a lost one on its own and those before. The two products are taken as sums of logarithms,
//! so that many fields can't turn them into zero.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// What a count starts from, and what it falls back to.
const START: f64 = 0.1;

/// Counts of won and lost leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    stages: u32,
    fewest: Vec<f64>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    team: Option<i64>,
    /// None for stages.
    field: Option<u32>,
    value: i64,
    won: f64,
    lost: f64,
}

/// What is known of a lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lead<'a> {
    /// Its team.
    pub team: Option<i64>,
    /// The place of its stage in the order of stages; the last one is won.
    pub stage: Option<u32>,
    /// Fields by number with their values; an unset field is left out, a field of many values is repeated.
    pub values: &'a [(u32, i64)],
}

impl Frequencies {
    /// No counts yet, for so many stages, the last of which is the won one. Of each field: the closed
    /// leads that one of its values needs to count (0, and 50 for tags).
    pub fn new(stages: u32, fewest: &[u32]) -> Self {
        Frequencies { stages, fewest: fewest.iter().copied().map(f64::from).collect(), rows: Vec::new() }
    }

    /// Counts a lead that was closed.
    pub fn learn(&mut self, lead: Lead<'_>, won: bool) {
        self.count(lead, won, 1.0);
    }

    /// Takes back what [`learn`](Self::learn) counted, for a lead that was reopened.
    pub fn unlearn(&mut self, lead: Lead<'_>, won: bool) {
        self.count(lead, won, -1.0);
    }

    /// Won and lost leads of a team with a value, or with a stage where `field` is none; each with the 0.1
    /// that it starts from.
    pub fn counts(&self, team: Option<i64>, field: Option<u32>, value: i64) -> Option<(f64, f64)> {
        let at = self.find(team, field, value).ok()?;
        self.rows.get(at).map(|row| (row.won, row.lost))
    }

    /// The chance in percent, to two decimals: 100 in the won stage, 0 without a stage, else between 0.01
    /// and 99.99. None while nothing was counted.
    ///
    /// ```
    /// use crm_core::insight::learn::odoo::{Frequencies, Lead};
    /// let mut counts = Frequencies::new(4, &[0]);
    /// let lead = |stage, source| Lead { team: Some(1), stage: Some(stage), values: source };
    /// counts.learn(lead(3, &[(0, 7)]), true);
    /// counts.learn(lead(1, &[(0, 8)]), false);
    /// assert!(counts.percent(lead(0, &[(0, 7)])).unwrap() > 80.0);
    /// ```
    pub fn percent(&self, lead: Lead<'_>) -> Option<f64> {
        match lead.stage {
            None => return Some(0.0),
            Some(stage) if stage + 1 >= self.stages => return Some(100.0),
            Some(_) => {}
        }
        let team = lead.team.filter(|team| self.rows.iter().any(|row| row.team == Some(*team)));
        let of = |field, value| self.sum(team, |row| row.field == field && value == Some(row.value));
        let (won, lost) = of(None, Some(0)).filter(|(won, lost)| *won > 0.0 && *lost > 0.0)?;
        let mut odds = (won / lost).ln();
        if let Some(here) = of(None, lead.stage.map(i64::from)) {
            odds += (here.0 / won).ln() - (here.1 / lost).ln();
        }
        for (field, value) in lead.values {
            let fewest = self.fewest.get(*field as usize).copied().unwrap_or(0.0);
            let here = of(Some(*field), Some(*value)).filter(|(won, lost)| won + lost >= fewest);
            let all = self.sum(team, |row| row.field == Some(*field));
            if let (Some(here), Some(all)) = (here, all) {
                odds += (here.0 / all.0).ln() - (here.1 / all.1).ln();
            }
        }
        let percent = 100.0 / (1.0 + (-odds).exp());
        Some(((percent * 100.0).round() / 100.0).clamp(0.01, 99.99))
    }

    fn count(&mut self, lead: Lead<'_>, won: bool, by: f64) {
        let farthest = if won { self.stages.checked_sub(1) } else { lead.stage };
        let stages = farthest.into_iter().flat_map(|last| 0..=last).map(|stage| (None, i64::from(stage)));
        let values = lead.values.iter().map(|(field, value)| (Some(*field), *value));
        for (field, value) in stages.chain(values).collect::<Vec<_>>() {
            let at = self.find(lead.team, field, value).unwrap_or_else(|at| {
                self.rows.insert(at, Row { team: lead.team, field, value, won: START, lost: START });
                at
            });
            if let Some(row) = self.rows.get_mut(at) {
                let cell = if won { &mut row.won } else { &mut row.lost };
                *cell = if *cell + by > 0.0 { *cell + by } else { START };
            }
        }
    }

    fn find(&self, team: Option<i64>, field: Option<u32>, value: i64) -> Result<usize, usize> {
        self.rows.binary_search_by(|row| (row.team, row.field, row.value).cmp(&(team, field, value)))
    }

    /// Won and lost over the rows of a team, or of all where there is none.
    fn sum(&self, team: Option<i64>, chosen: impl Fn(&Row) -> bool) -> Option<(f64, f64)> {
        let rows = match team {
            None => self.rows.as_slice(),
            Some(_) => {
                let from = self.rows.partition_point(|row| row.team.cmp(&team) == Ordering::Less);
                let to = self.rows.partition_point(|row| row.team.cmp(&team) != Ordering::Greater);
                self.rows.get(from..to).unwrap_or_default()
            }
        };
        let mut chosen = rows.iter().filter(|row| chosen(row)).peekable();
        chosen.peek()?;
        Some(chosen.fold((0.0, 0.0), |sum, row| (sum.0 + row.won, sum.1 + row.lost)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published fixture of Odoo's own test: country, state, source, stage; e-mail and phone state
    /// (fields 3 and 4) are all "False", which counts as a value.
    fn fixture() -> Frequencies {
        let mut counts = Frequencies::new(4, &[0; 5]);
        for (team, lead, won) in [
            (1, [0, 0, 0, 0], false),
            (1, [1, 1, 1, 1], false),
            (1, [2, 2, 2, 2], true),
            (2, [0, 1, 1, 2], false),
            (2, [0, 1, 2, 1], false),
            (2, [0, 2, 2, 0], true),
            (3, [1, 1, 1, 2], true),
            (3, [0, 1, 0, 0], false),
            (3, [1, 2, 2, 0], false),
        ] {
            counts.learn(Lead { team: Some(team), stage: Some(lead[3]), values: &values(lead) }, won);
        }
        counts
    }

    fn values([country, state, source, _]: [u32; 4]) -> [(u32, i64); 5] {
        [(0, country.into()), (1, state.into()), (2, source.into()), (3, 0), (4, 0)]
    }

    fn percent(counts: &Frequencies, team: Option<i64>, lead: [u32; 4]) -> Option<f64> {
        counts.percent(Lead { team, stage: Some(lead[3]), values: &values(lead) })
    }

    #[test]
    fn the_documented_figures_come_out() {
        let counts = fixture();
        for (team, lead, wanted) in
            [(1, [0, 1, 2, 1], 33.49), (2, [0, 1, 2, 1], 7.74), (2, [0, 1, 2, 3], 100.0)]
        {
            assert_eq!(percent(&counts, Some(team), lead), Some(wanted), "team {team}");
        }
        assert_eq!(counts.counts(Some(1), None, 0), Some((1.1, 2.1)));
        assert_eq!(counts.counts(Some(1), None, 3), Some((1.1, 0.1)));
        assert_eq!(counts.counts(Some(1), Some(0), 1), Some((0.1, 1.1)));
    }

    #[test]
    fn unknown_team_values_and_stages() {
        let counts = fixture();
        let everybody = percent(&counts, None, [0, 1, 2, 1]);
        assert_eq!(percent(&counts, Some(99), [0, 1, 2, 1]), everybody);
        let unset = Lead { team: Some(1), stage: Some(1), values: &[] };
        let unseen = Lead { values: &[(0, 77)], ..unset };
        assert_eq!(counts.percent(unseen), counts.percent(unset));
        assert_eq!(counts.percent(Lead { stage: None, ..unset }), Some(0.0));
        assert_eq!(Frequencies::new(4, &[]).percent(unset), None);
    }

    #[test]
    fn tags_count_from_fifty_closed_leads_on() {
        let mut counts = Frequencies::new(3, &[50]);
        let lead = |values| Lead { team: None, stage: Some(0), values };
        for number in 0..49 {
            counts.learn(lead(&[(0, 1)]), number % 7 == 0);
            counts.learn(lead(&[(0, 2)]), number % 2 == 0);
        }
        let without = counts.percent(lead(&[]));
        assert_eq!(counts.percent(lead(&[(0, 1)])), without);
        counts.learn(lead(&[(0, 1)]), false);
        assert_ne!(counts.percent(lead(&[(0, 1)])), counts.percent(lead(&[])));
    }

    #[test]
    fn unlearning_restores_and_many_fields_don_t_vanish() {
        let mut counts = fixture();
        let before = counts.clone();
        let lead = Lead { team: Some(2), stage: Some(1), values: &values([0, 1, 2, 1]) };
        counts.learn(lead, true);
        assert_ne!(counts, before);
        counts.unlearn(lead, true);
        let percent_before = before.percent(lead);
        assert_eq!(counts.percent(lead), percent_before);

        let fields: Vec<(u32, i64)> = (0..5000).map(|field| (field, 1)).collect();
        let mut wide = Frequencies::new(3, &[]);
        for number in 0..2000 {
            let values: Vec<(u32, i64)> = fields.iter().map(|(f, _)| (*f, i64::from(number == 0))).collect();
            if number < 3 {
                wide.learn(Lead { team: None, stage: Some(0), values: &values }, number == 1);
            }
        }
        let percent = wide.percent(Lead { team: None, stage: Some(0), values: &fields }).unwrap();
        assert_eq!(percent, 0.01, "a product of 5,000 small numbers would be 0 ÷ 0");
    }
}
