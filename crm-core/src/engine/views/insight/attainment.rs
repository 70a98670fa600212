//! Targets beside what was reached, at any date.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use super::outlook::ForWhom;
use super::purchases::{Missing, goal, id, instant, query};
use crate::base::calendar::{self, DateRange, plus_days};
use crate::base::kind::{CustomerId, ProductId, TargetId, UserId};
use crate::base::{Currency, Instant, Kind, Money, RecordRef, kind};
use crate::domain::activity::Activity;
use crate::domain::lead::Lead;
use crate::domain::opportunity::{DealLine, Opportunity};
use crate::domain::party::Customer;
use crate::domain::target::{Metric, Target};
use crate::engine::session::Session;
use crate::insight::attainment::{Attainment, attainment, rate_attainment};
use crate::record::codec::{ValueRef, View};
use crate::record::error::Result;
use crate::record::filter::Filter;
use crate::record::spec::{CREATED_AT, Record};

/// How far a target is reached.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TargetReached {
    /// The target.
    pub target: TargetId,
    /// What it is called.
    pub name: String,
    /// What is measured.
    #[serde(serialize_with = "as_code")]
    pub metric: Metric,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// What is to be reached, in units of the currency where there is one.
    pub goal: Decimal,
    /// What was reached by the session's day, of what the actor sees.
    pub reached: Decimal,
    /// The currency; none for numbers.
    pub currency: Option<Currency>,
    /// How many of the deals that count have no amount that the actor sees; they bring nothing.
    pub without_amount: usize,
    /// How many are in a currency without a rate; likewise.
    pub without_rate: usize,
    /// What that means. Days are working days.
    #[serde(flatten)]
    pub attainment: Attainment,
}

fn as_code<S: serde::Serializer>(metric: &Metric, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(crate::base::choice::Choice::code(*metric))
}

/// One thing that counts: when, whose, with which customer, what it is worth, and that by product.
struct Fact {
    on: NaiveDate,
    user: Option<UserId>,
    customer: Option<CustomerId>,
    worth: Decimal,
    products: BTreeMap<ProductId, Decimal>,
    missing: Missing,
}

impl Session<'_> {
    /// How far the targets that pass a filter, of those that the actor sees, are reached as of the session's instant;
    /// all that the actor sees counts, be it his own or not. In the order of their periods and names.
    ///
    /// # Errors
    /// As [`Session::list`]; refused with `insight.no_rate` for a target in a currency without a rate.
    pub fn targets_reached(&self, filter: Option<&Filter>) -> Result<Vec<TargetReached>> {
        let today = calendar::local_date(self.instant(), self.crm.config().settings.zone);
        self.targets_reached_on(filter, today)
    }

    /// The same by the end of a day, of what is recorded now: also for a target that was set later, and with what was
    /// entered late. What was known on a past day says [`Session::as_of`].
    ///
    /// # Errors
    /// As [`Session::list`]; refused with `insight.no_rate` for a target in a currency without a rate.
    pub fn targets_reached_on(&self, filter: Option<&Filter>, day: NaiveDate) -> Result<Vec<TargetReached>> {
        let targets = self.targets(filter)?;
        let mut facts: BTreeMap<Metric, Vec<Fact>> = BTreeMap::new();
        for metric in targets.iter().filter_map(|target| target.metric) {
            if let Entry::Vacant(place) = facts.entry(metric) {
                place.insert(self.facts(metric)?);
            }
        }
        let places = if targets.iter().any(|target| !target.region.is_empty()) {
            self.places()?
        } else {
            BTreeMap::new()
        };
        let (teams, departments) = (self.team_members(), self.department_members());
        let mut found = Vec::new();
        for target in &targets {
            let members = [
                target.user.map(|user| BTreeSet::from([user])),
                target.team.map(|team| teams.get(&team).cloned().unwrap_or_default()),
                target.department.map(|id| departments.get(&id).cloned().unwrap_or_default()),
            ];
            let counts = |fact: &&Fact| {
                let theirs =
                    |members: &BTreeSet<UserId>| fact.user.is_some_and(|user| members.contains(&user));
                let place = fact.customer.and_then(|customer| places.get(&customer));
                members.iter().flatten().all(theirs)
                    && (target.region.is_empty() || place.is_some_and(|place| place.contains(&target.region)))
                    && target.product.is_none_or(|product| fact.products.contains_key(&product))
            };
            let facts = target.metric.and_then(|metric| facts.get(&metric));
            found.extend(self.reached(target, day, facts.into_iter().flatten().filter(counts))?);
        }
        Ok(found)
    }

    /// The targets that the actor sees, the first to begin first.
    fn targets(&self, filter: Option<&Filter>) -> Result<Vec<Target>> {
        let mut targets = Vec::new();
        self.each(&query(kind::Target::NO, filter), &mut |record, view| {
            if let Some(id) = record.as_id() {
                targets.push(Target::read(id, view)?);
            }
            Ok(())
        })?;
        targets.sort_by(|a, b| {
            let key = |target: &Target| (target.from, target.until);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then(a.id().cmp(&b.id()))
        });
        Ok(targets)
    }

    /// The targets of the amount won in exactly a period, in the base currency, by whom they are for; the last one where
    /// there are several.
    pub(super) fn targets_of(&self, period: DateRange) -> Result<BTreeMap<ForWhom, Money>> {
        let config = self.crm.config();
        let mut found = BTreeMap::new();
        for target in self.targets(None)? {
            let is_of = target.from == Some(period.from) && target.until == Some(plus_days(period.to, -1));
            let narrower = !target.region.is_empty() || target.product.is_some();
            if target.metric != Some(Metric::AmountWon) || !is_of || narrower {
                continue;
            }
            let whom = match (target.user, target.team, target.department) {
                (None, None, None) => ForWhom::All,
                (Some(user), None, None) => ForWhom::User(user),
                (None, Some(team), None) => ForWhom::Team(team),
                (None, None, Some(department)) => ForWhom::Department(department),
                _ => continue,
            };
            let amount =
                target.amount.map(|amount| goal(amount, &config.settings, period.from)).transpose()?;
            found.extend(amount.map(|amount| (whom, amount)));
        }
        Ok(found)
    }

    fn reached<'f>(
        &self,
        target: &Target,
        day: NaiveDate,
        facts: impl Iterator<Item = &'f Fact>,
    ) -> Result<Option<TargetReached>> {
        let config = self.crm.config();
        let settings = &config.settings;
        let (Some(metric), Some(from), Some(until)) = (target.metric, target.from, target.until) else {
            return Ok(None);
        };
        let to = plus_days(until, 1);
        let days = DateRange { from, to: to.min(plus_days(day, 1)) };
        let work = settings.work_calendar();
        let count = |to: NaiveDate| u32::try_from(work.working_days_between(from, to.max(from))).unwrap_or(0);
        let (all, passed) = (count(to), count(days.to));
        let (mut worth, mut number, mut missing) = (Decimal::ZERO, 0usize, Missing::default());
        for fact in facts.filter(|fact| days.contains(fact.on)) {
            let part = match target.product {
                Some(product) => fact.products.get(&product).copied().unwrap_or_default(),
                None => fact.worth,
            };
            worth = worth.saturating_add(part);
            number += 1;
            missing.amount += fact.missing.amount;
            missing.rate += fact.missing.rate;
        }
        let goal = match (target.number, target.amount) {
            (Some(number), _) => number,
            (None, Some(amount)) => goal(amount, settings, from)?.amount,
            (None, None) => return Ok(None),
        };
        let (reached, attainment) = match metric {
            Metric::ActivitiesPerDay => rate_attainment(goal, number, all, passed),
            Metric::AmountWon => (worth, attainment(goal, worth, all, passed)),
            _ => {
                let number = Decimal::from_usize(number).unwrap_or(Decimal::MAX);
                (number, attainment(goal, number, all, passed))
            }
        };
        let currency = metric.is_money().then_some(settings.currency);
        let name = target.name.clone();
        Ok(Some(TargetReached {
            target: target.id(),
            name,
            metric,
            from,
            until,
            goal,
            reached,
            currency,
            attainment,
            without_amount: missing.amount,
            without_rate: missing.rate,
        }))
    }

    /// What counts towards a metric, up to the session's day.
    fn facts(&self, metric: Metric) -> Result<Vec<Fact>> {
        match metric {
            Metric::AmountWon | Metric::DealsWon => self.deal_facts(|deal| deal.won_at),
            Metric::OpportunitiesOpened => self.deal_facts(|deal| deal.meta.created_at),
            Metric::NewCustomers => self.plain_facts(kind::Customer::NO, Customer::owner, &|view| {
                let filed =
                    if let ValueRef::Date(on) = view.get(Customer::filed_on)? { Some(on) } else { None };
                Ok(filed.or(self.day(view, CREATED_AT)?))
            }),
            Metric::FirstPurchases => self.plain_facts(kind::Customer::NO, Customer::owner, &|view| {
                self.day(view, Customer::first_deal_at)
            }),
            Metric::LeadsConverted => {
                self.plain_facts(kind::Lead::NO, Lead::owner, &|view| self.day(view, Lead::converted_at))
            }
            Metric::Activities | Metric::ActivitiesPerDay => {
                self.plain_facts(kind::Activity::NO, Activity::by, &|view| self.day(view, Activity::at))
            }
        }
    }

    fn day(&self, view: View<'_>, field: u16) -> Result<Option<NaiveDate>> {
        let zone = self.crm.config().settings.zone;
        Ok(instant(view, field)?.map(|at| calendar::local_date(at, zone)))
    }

    /// Records of a kind that count from a day on; a customer counts for its own region.
    fn plain_facts(
        &self,
        kind: crate::base::KindNo,
        user: u16,
        on: &dyn Fn(View<'_>) -> Result<Option<NaiveDate>>,
    ) -> Result<Vec<Fact>> {
        let mut facts = Vec::new();
        self.each(&query(kind, None), &mut |record: RecordRef, view| {
            if let Some(on) = on(view)? {
                let (user, customer) = (id(view, user)?, record.as_id());
                let (worth, products, missing) = (Decimal::ZERO, BTreeMap::new(), Missing::default());
                facts.push(Fact { on, user, customer, worth, products, missing });
            }
            Ok(())
        })?;
        Ok(facts)
    }

    /// Deals that count from an instant on, in the base currency by the rate of that day.
    fn deal_facts(&self, when: impl Fn(&Opportunity) -> Option<Instant>) -> Result<Vec<Fact>> {
        let config = self.crm.config();
        let settings = &config.settings;
        let mut facts = Vec::new();
        self.each(&query(kind::Opportunity::NO, None), &mut |record, view| {
            let Some(id) = record.as_id() else { return Ok(()) };
            let deal = Opportunity::read(id, view)?;
            let Some(on) = when(&deal).map(|at| calendar::local_date(at, settings.zone)) else {
                return Ok(());
            };
            let in_base = |amount: Option<Money>| {
                let in_base = amount.and_then(|amount| settings.in_base(amount, on).ok().flatten());
                in_base.map(|amount| amount.rounded().amount)
            };
            let worth = |amount: Option<Money>| in_base(amount).unwrap_or_default();
            let mut missing = Missing::default();
            missing.note(&deal, in_base(deal.amount));
            let mut products: BTreeMap<ProductId, Decimal> = BTreeMap::new();
            for DealLine { product, amount, .. } in &deal.lines {
                if let Some(product) = product {
                    let sum = products.entry(*product).or_default();
                    *sum = sum.saturating_add(worth(*amount));
                }
            }
            facts.push(Fact {
                on,
                user: deal.owner,
                customer: deal.customer,
                worth: worth(deal.amount),
                products,
                missing,
            });
            Ok(())
        })?;
        Ok(facts)
    }

    /// The country, province, city and district of each customer.
    fn places(&self) -> Result<BTreeMap<CustomerId, [String; 4]>> {
        let mut places = BTreeMap::new();
        self.each(&query(kind::Customer::NO, None), &mut |record, view| {
            let Some(customer) = record.as_id() else { return Ok(()) };
            let fields = [Customer::country, Customer::province, Customer::city, Customer::district];
            let text = |value| if let ValueRef::Text(text) = value { text.to_owned() } else { String::new() };
            let mut place: [String; 4] = Default::default();
            for (name, field) in place.iter_mut().zip(fields) {
                *name = text(view.get(field)?);
            }
            places.insert(customer, place);
            Ok(())
        })?;
        Ok(places)
    }
}
