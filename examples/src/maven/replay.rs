//! The days of the data set, one after the other.

use std::collections::BTreeMap;
use std::thread;

use chrono::NaiveDate;
use crm_core::base::calendar::{TimeZone, start_of_day};
use crm_core::base::{Kind, kind};
use crm_core::domain::opportunity::DealLine;
use crm_core::prelude::*;
use crm_core::record::field::Field;
use rust_decimal::Decimal;

use super::files::{Deal, Files};
use super::office::{Office, dollars};
use crate::progress::ImportBar;
use crate::{Outcome, fields};

/// What was replayed.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// The opportunities by their code in the file.
    pub deals: BTreeMap<String, OpportunityId>,
    /// The first day and the last.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// How many commands it took.
    pub commands: usize,
    /// How many opportunities have no account.
    pub without_account: usize,
    /// How many have no day of engagement, and appeared on the first day.
    pub without_engagement: usize,
}

/// What one agent has to do on one day.
#[derive(Default)]
struct Work<'f> {
    opens: Vec<&'f Deal>,
    closes: Vec<&'f Deal>,
}

/// Replays every opportunity to the stage in which the file leaves it, day by day, each by its agent.
///
/// The agents work at the same time, each on a thread: what they ask for together, the engine makes
/// durable together.
///
/// # Errors
/// The first command that is refused: each of them should go through.
pub fn replay(crm: &Crm, clock: &ManualClock, office: &Office, files: &Files) -> Outcome<Replayed> {
    let mut replayed = Replayed {
        without_account: files.deals.iter().filter(|deal| deal.account.is_empty()).count(),
        without_engagement: files.deals.iter().filter(|deal| deal.engage_date.is_none()).count(),
        ..Replayed::default()
    };
    let days = by_day(files)?;
    replayed.days = days.keys().next().copied().zip(days.keys().next_back().copied());
    let bar = ImportBar::start("sales_pipeline.csv", files.deals.len() as u64);
    for (day, agents) in days {
        clock.set(start_of_day(day, TimeZone::UTC));
        let opened = &replayed.deals;
        let done: Vec<Outcome<Agent<'_>>> = thread::scope(|scope| {
            let at_work: Vec<_> = agents
                .into_iter()
                .map(|(name, work)| scope.spawn(|| Agent::new(crm, office, opened, name)?.work(work)))
                .collect();
            let stopped = |_| Err("an agent's thread stopped".into());
            at_work.into_iter().map(|agent| agent.join().unwrap_or_else(stopped)).collect()
        });
        let done = done.into_iter().map(|agent| agent.map(|agent| (agent.mine, agent.commands)));
        for (deals, commands) in done.collect::<Outcome<Vec<_>>>()? {
            replayed.deals.extend(deals);
            replayed.commands += commands;
        }
        bar.advance(replayed.deals.len() as u64, 0);
    }
    bar.finish();
    Ok(replayed)
}

/// What is to be done on which day, and by whom.
fn by_day(files: &Files) -> Outcome<BTreeMap<NaiveDate, BTreeMap<&str, Work<'_>>>> {
    let first = files.deals.iter().filter_map(|deal| deal.engage_date).min();
    let first = first.ok_or("no opportunity was ever engaged")?;
    let mut days: BTreeMap<NaiveDate, BTreeMap<&str, Work<'_>>> = BTreeMap::new();
    for deal in &files.deals {
        let opens = days.entry(deal.engage_date.unwrap_or(first)).or_default();
        opens.entry(deal.sales_agent.as_str()).or_default().opens.push(deal);
        if let Some(close) = deal.close_date {
            let closes = days.entry(close).or_default();
            closes.entry(deal.sales_agent.as_str()).or_default().closes.push(deal);
        }
    }
    Ok(days)
}

/// An agent at work on one day.
struct Agent<'d> {
    session: Session<'d>,
    office: &'d Office,
    /// What was opened on the days before.
    opened: &'d BTreeMap<String, OpportunityId>,
    /// What he opened today.
    mine: BTreeMap<String, OpportunityId>,
    commands: usize,
}

impl<'d> Agent<'d> {
    fn new(
        crm: &'d Crm,
        office: &'d Office,
        opened: &'d BTreeMap<String, OpportunityId>,
        name: &str,
    ) -> Outcome<Self> {
        let user = *office.agents.get(name).ok_or_else(|| format!("no agent `{name}`"))?;
        let session = crm.session(Actor::User(user));
        Ok(Agent { session, office, opened, mine: BTreeMap::new(), commands: 0 })
    }

    /// Opens, engages and closes what the day asks for.
    fn work(mut self, work: Work<'_>) -> Outcome<Self> {
        let opens = work.opens.iter().map(|deal| self.open(deal)).collect::<Outcome<_>>()?;
        let opened = self.all(opens)?;
        for (deal, record) in work.opens.iter().zip(opened) {
            self.mine.insert(deal.opportunity_id.clone(), record.as_id().ok_or("no opportunity")?);
        }
        let mut engages = Vec::new();
        for deal in work.opens.iter().filter(|deal| deal.engage_date.is_some()) {
            engages.push(AdvanceOpportunity {
                opportunity: self.id(deal)?,
                to: Some("Engaging".into()),
                reason: String::new(),
                revision: None,
                fields: BTreeMap::new(),
            });
        }
        self.all(engages)?;
        let (mut prices, mut wins, mut losses) = (Vec::new(), Vec::new(), Vec::new());
        for deal in &work.closes {
            let opportunity = self.id(deal)?;
            match (deal.deal_stage.as_str(), deal.close_value) {
                ("Won", Some(value)) => {
                    let fields = fields([("lines", self.line(deal, Some(dollars(value)))?)]);
                    prices.push(UpdateRecord { record: opportunity.record(), revision: None, fields });
                    wins.push(WinOpportunity { opportunity, reason: String::new(), revision: None });
                }
                ("Lost", _) => losses.push(LoseOpportunity {
                    opportunity,
                    reason: "not stated".into(),
                    competitor: String::new(),
                    to: None,
                    revision: None,
                }),
                (stage, value) => Err(format!("`{}` ends in {stage} with {value:?}", deal.opportunity_id))?,
            }
        }
        self.all(prices)?;
        self.all(wins)?;
        self.all(losses)?;
        Ok(self)
    }

    /// An opportunity at the product's list price.
    fn open(&self, deal: &Deal) -> Outcome<CreateRecord> {
        let (customer, name) = match deal.account.as_str() {
            "" => (None, deal.product.clone()),
            account => {
                let customer = self.office.customers.get(account);
                let customer = customer.ok_or_else(|| format!("no account `{account}`"))?;
                (Some(*customer), format!("{account}: {}", deal.product))
            }
        };
        let fields = fields([
            ("code", deal.opportunity_id.as_str().into()),
            ("name", name.into()),
            ("customer", customer.into()),
            ("owner", self.session.actor().user().into()),
            ("lines", self.line(deal, None)?),
        ]);
        Ok(CreateRecord { kind: kind::Opportunity::NO, fields })
    }

    /// The one line of an opportunity: its product at a price, the list price when none is given.
    fn line(&self, deal: &Deal, price: Option<Money>) -> Outcome<Value> {
        let found = self.office.products.get(&deal.product);
        let (product, list_price) = found.ok_or_else(|| format!("no product `{}`", deal.product))?;
        let line = DealLine {
            product: Some(*product),
            quantity: Some(Decimal::ONE),
            unit_price: price.or(Some(*list_price)),
            ..DealLine::default()
        };
        Ok(vec![line].to_value())
    }

    /// Runs commands in one go and expects each to go through.
    fn all<C: Command>(&mut self, commands: Vec<C>) -> Outcome<Vec<C::Output>> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        self.commands += commands.len();
        let answers = self.session.execute_all(commands);
        Ok(answers.into_iter().collect::<crm_core::prelude::Result<_>>()?)
    }

    fn id(&self, deal: &Deal) -> Outcome<OpportunityId> {
        let id = self.mine.get(&deal.opportunity_id).or_else(|| self.opened.get(&deal.opportunity_id));
        Ok(*id.ok_or_else(|| format!("`{}` closes before it opens", deal.opportunity_id))?)
    }
}
