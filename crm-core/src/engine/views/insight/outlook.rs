//! The figures of a forecast for all deals, and for those of an owner, a team or a department.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::forecast::{ForecastDeal, number};
use super::purchases::{expected_money, minor, money};
use crate::base::calendar::DateRange;
use crate::base::kind::{DepartmentId, TeamId, UserId};
use crate::base::{Currency, Money};
use crate::insight::forecast::{Category, Forecast, Plan, sums_by};
use crate::record::error::Result;

/// What some deals will bring.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Outlook {
    /// How many open deals, but for those in stages of the category omitted, which are in no figure here; in the
    /// forecast of a period, those that are expected to close in it.
    pub deals: usize,
    /// What was won in the period so far; nothing where no period was asked for.
    pub closed: Money,
    /// What these open deals are worth.
    pub pipeline: Money,
    /// Those in stages of the categories best case and commit.
    pub best_case: Money,
    /// Those in stages of the category commit.
    pub commit: Money,
    /// All of them, each times the probability shown; whenever it comes.
    pub weighted: Money,
    /// The mean by history of what is won by the last day, of all open deals.
    pub expected: Money,
    /// The lower end of the interval of what is won.
    pub low: Money,
    /// Its upper end.
    pub high: Money,
    /// What is to be reached with what is closed.
    pub target: Option<Money>,
    /// The share of futures that reach it.
    pub reaches_target: Option<f64>,
}

/// What an owner's deals will bring.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct OwnerForecast {
    /// The owner.
    pub owner: Option<UserId>,
    /// The figures.
    #[serde(flatten)]
    pub outlook: Outlook,
}

/// What the deals of a team's members will bring.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct TeamForecast {
    /// The team.
    pub team: TeamId,
    /// The figures.
    #[serde(flatten)]
    pub outlook: Outlook,
}

/// What the deals of a department's people, and of those below it, will bring.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct DepartmentForecast {
    /// The department.
    pub department: DepartmentId,
    /// The figures.
    #[serde(flatten)]
    pub outlook: Outlook,
}

/// For whom a target of a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ForWhom {
    All,
    User(UserId),
    Team(TeamId),
    Department(DepartmentId),
}

/// A forecast to be summed up.
pub(super) struct Sum<'a> {
    /// The open deals, each with its row.
    pub deals: &'a [(usize, ForecastDeal)],
    /// What each owner won in the period.
    pub won: &'a BTreeMap<Option<UserId>, i64>,
    /// The period asked for, and today.
    pub due: Option<(DateRange, NaiveDate)>,
    /// The stored targets of the period.
    pub targets: &'a BTreeMap<ForWhom, Money>,
    pub found: &'a Forecast,
    pub plan: &'a Plan,
    pub currency: Currency,
}

impl Sum<'_> {
    pub fn of_all(&self, target: Option<Money>) -> Result<Outlook> {
        self.outlook(&|_| true, target.or(self.targets.get(&ForWhom::All).copied()))
    }

    pub fn of_owner(&self, owner: Option<UserId>) -> Result<OwnerForecast> {
        let target = owner.and_then(|owner| self.targets.get(&ForWhom::User(owner)).copied());
        Ok(OwnerForecast { owner, outlook: self.outlook(&|other| other == owner, target)? })
    }

    pub fn of_team(&self, team: TeamId, members: &BTreeSet<UserId>) -> Result<TeamForecast> {
        let target = self.targets.get(&ForWhom::Team(team)).copied();
        Ok(TeamForecast { team, outlook: self.of_members(members, target)? })
    }

    pub fn of_department(
        &self,
        department: DepartmentId,
        members: &BTreeSet<UserId>,
    ) -> Result<DepartmentForecast> {
        let target = self.targets.get(&ForWhom::Department(department)).copied();
        Ok(DepartmentForecast { department, outlook: self.of_members(members, target)? })
    }

    fn of_members(&self, members: &BTreeSet<UserId>, target: Option<Money>) -> Result<Outlook> {
        self.outlook(&|owner| owner.is_some_and(|owner| members.contains(&owner)), target)
    }

    fn outlook(&self, whose: &dyn Fn(Option<UserId>) -> bool, target: Option<Money>) -> Result<Outlook> {
        let forecast = |deal: &ForecastDeal| deal.category != Category::Omitted && whose(deal.owner);
        let open = || self.deals.iter().filter(|(_, deal)| forecast(deal));
        let listed: Vec<&ForecastDeal> =
            open().map(|(_, deal)| deal).filter(|deal| self.is_due(deal)).collect();
        let groups = vec![(); listed.len()];
        let categories: Vec<Category> = listed.iter().map(|deal| deal.category).collect();
        let values = listed.iter().map(|deal| minor(deal.value)).collect::<Result<Vec<i64>>>()?;
        let chances: Vec<f64> = listed.iter().map(|deal| deal.shown_chance).collect();
        let sums = sums_by(&groups, &categories, &values, &chances)?.remove(&()).unwrap_or_default();
        let part = self.found.of(&open().map(|(row, _)| *row).collect(), self.plan)?;
        let won = self.won.iter().filter(|(owner, _)| whose(**owner));
        let closed = won.fold(0i64, |sum, (_, value)| sum.saturating_add(*value));
        let reaches = target.map(|target| {
            Ok::<_, crate::record::error::Error>(part.reaches(minor(target)?.saturating_sub(closed)))
        });
        Ok(Outlook {
            deals: listed.len(),
            closed: money(closed, self.currency),
            pipeline: money(sums.pipeline, self.currency),
            best_case: money(sums.best_case, self.currency),
            commit: money(sums.commit, self.currency),
            weighted: expected_money(sums.weighted, self.currency),
            expected: expected_money(
                open().map(|(_, deal)| deal.chance * number(deal.value)).sum(),
                self.currency,
            ),
            low: money(part.low, self.currency),
            high: money(part.high, self.currency),
            target,
            reaches_target: reaches.transpose()?,
        })
    }

    /// Whether a deal is expected to close in the period; what is overdue is expected in the one of today.
    fn is_due(&self, deal: &ForecastDeal) -> bool {
        let Some((period, today)) = self.due else { return true };
        deal.close_on.is_some_and(|on| period.contains(on.max(today)))
    }
}
