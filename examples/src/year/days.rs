//! The year, event by event, each at its time and by the person who did it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use crm_core::base::calendar::{local_date, start_of_day};
use crm_core::base::choice::Choice;
use crm_core::base::{Kind, KindNo, Span, kind};
use crm_core::domain::activity::{ActivityKind, Direction, KindCode};
use crm_core::domain::opportunity::{DealContact, DealLine, Rival};
use crm_core::engine::flows::advance::{MoveLead, ReopenOpportunity};
use crm_core::engine::flows::log_activity::FollowUp;
use crm_core::exchange::{Fault, Rejection, Report};
use crm_core::prelude::*;
use crm_core::record::field::Field;

use super::files::{
    ActivityRow, DealMoveRow, DealRow, Event, Files, LeadMoveRow, LineRow, OrderRow, ZONE, instant,
};
use super::intake::Leads;
use super::people::People;
use crate::progress::ImportBar;
use crate::{Outcome, fields};

/// The stage from which on a deal has lines.
const PROPOSAL: &str = "提案";

/// The pipeline of orders that customers give again.
pub const ORDERS: &str = "复购订单";

/// The year as it goes on.
#[derive(Debug)]
pub struct Days<'c> {
    crm: &'c Crm,
    clock: &'c ManualClock,
    people: &'c People,
    lines: BTreeMap<String, Vec<LineRow>>,
    known: BTreeMap<String, RecordRef>,
    /// The leads that came in.
    pub leads: Leads,
    /// The activities that were logged.
    pub activities: Report,
    /// The moves of deals that were made, and those that were refused.
    pub moves: Report,
    /// How many commands people gave.
    pub commands: usize,
    /// How much due work was done.
    pub due: usize,
}

impl<'c> Days<'c> {
    /// Lives through every event in the files, and does what is due each morning.
    ///
    /// # Errors
    /// When something is refused that should not be.
    pub fn live(crm: &'c Crm, clock: &'c ManualClock, people: &'c People, files: &Files) -> Outcome<Self> {
        let (headings, events) = files.events()?;
        let mut lines: BTreeMap<String, Vec<LineRow>> = BTreeMap::new();
        for (_, line) in files.rows::<LineRow>("deal_lines.csv")? {
            lines.entry(line.deal.clone()).or_default().push(line);
        }
        let mut days = Days {
            crm,
            clock,
            people,
            lines,
            known: BTreeMap::new(),
            leads: Leads::new(headings),
            activities: Report::default(),
            moves: Report::default(),
            commands: 0,
            due: 0,
        };
        let bar = ImportBar::start("2025", events.len() as u64);
        let mut today = local_date(crm.now(), ZONE);
        for (place, (at, event)) in events.into_iter().enumerate() {
            while today < local_date(at, ZONE) {
                today = today.succ_opt().ok_or("the end of days")?;
                days.morning(today)?;
            }
            clock.set(at.max(crm.now()));
            let what = event.to_string();
            days.happens(event).map_err(|error| format!("{at}, {what}: {error}"))?;
            bar.advance(place as u64, days.leads.report.rejected + days.activities.rejected);
        }
        let end = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or("no new year")?;
        while today < end {
            today = today.succ_opt().ok_or("the end of days")?;
            days.morning(today)?;
        }
        bar.finish();
        Ok(days)
    }

    /// A day begins: the host does what is due, and what that leads to within the minute.
    fn morning(&mut self, day: NaiveDate) -> Outcome {
        let dawn = start_of_day(day, ZONE);
        let mut next = Some(dawn);
        while let Some(at) = next.filter(|at| *at < dawn + Span::from_secs(60)) {
            self.clock.set(at.max(dawn));
            let report = self.crm.run_due(1_000)?;
            if let Some((due, error)) = report.failed.first() {
                Err(format!("{} of {}: {error}", due.work, due.about))?;
            }
            self.due += report.done;
            next = report.next;
        }
        Ok(())
    }

    fn happens(&mut self, event: Event) -> Outcome {
        match event {
            Event::Lead(row) => {
                self.commands += 1;
                let director = self.people.session(self.crm, "U01")?;
                self.leads.take(&director, row)
            }
            Event::Activity(line, row) => {
                let done = self.log(&row);
                tell(&mut self.activities, line, done)
            }
            Event::LeadMove(row) => self.move_lead(row),
            Event::Opens(row) => self.open(*row),
            Event::Moves(line, row) => {
                let done = self.move_deal(row);
                tell(&mut self.moves, line, done)
            }
            Event::Orders(row) => self.order(&row),
        }
    }

    /// A person asks for something.
    fn ask<C: Command>(&mut self, who: &str, command: C) -> Outcome<C::Output> {
        self.commands += 1;
        Ok(self.people.session(self.crm, who)?.execute(command)?)
    }

    /// The record with a code: its kind is in the first letter.
    fn record(&mut self, code: &str) -> Outcome<RecordRef> {
        if let Some(known) = self.known.get(code) {
            return Ok(*known);
        }
        let unknown = || Fault::new("reference.unknown", format!("there is nothing with the code `{code}`"));
        let kind = kind_of(code).ok_or_else(|| wrong(unknown()))?;
        let query = Query::of(kind).filter(Filter::equals("code", code)).limit(1);
        let found = self.crm.system().rows(&query)?.items.pop().ok_or_else(|| wrong(unknown()))?;
        self.known.insert(code.to_owned(), found.id);
        Ok(found.id)
    }

    fn id<K: Kind>(&mut self, code: &str) -> Outcome<Id<K>> {
        Ok(self.record(code)?.as_id().ok_or_else(|| format!("`{code}` is of another kind"))?)
    }

    fn log(&mut self, row: &ActivityRow) -> Outcome {
        let at = instant(&row.at).map_err(|_| cell("at", &row.at, "value.type", "a date and time"))?;
        let kind = ActivityKind::from_name(&row.kind);
        let kind = kind.ok_or_else(|| cell("kind", &row.kind, "value.choice", "a kind of activity"))?;
        let who = self.people.user(&row.by).is_ok();
        who.then_some(()).ok_or_else(|| cell("by", &row.by, "reference.unknown", "a user"))?;
        let unknown = |_| cell("about", &row.about, "reference.unknown", "the code of a record");
        let about = self.record(&row.about).map_err(unknown)?;
        let contact = some(&row.contact).map(|code| self.id(code)).transpose()?;
        let minutes = some(&row.minutes).map(str::parse::<u32>).transpose();
        let minutes = minutes.map_err(|_| cell("minutes", &row.minutes, "value.type", "a length of time"))?;
        let next = some(&row.next_follow_up).map(str::parse::<NaiveDate>).transpose()?;
        let next = next.map(|day| FollowUp {
            subject: format!("跟进 Follow up: {}", row.subject),
            due_at: start_of_day(day, ZONE) + Span::from_hours(9),
            owner: None,
            priority: None,
            reminder_at: None,
        });
        let log = LogActivity {
            about,
            kind: KindCode::from(kind),
            direction: Direction::from_name(&row.direction),
            at: Some(at),
            minutes: minutes.map(i64::from),
            contact,
            participants: Vec::new(),
            subject: row.subject.clone(),
            text: row.text.clone(),
            outcome: row.outcome.clone(),
            position: None,
            next,
        };
        self.ask(&row.by, log).map(|_| ())
    }

    fn move_lead(&mut self, row: LeadMoveRow) -> Outcome {
        let lead = self.id(&row.lead)?;
        let resume = row.resume_on.map(|day| fields([("resume_on", day.into())]));
        let to = if row.step == "pause" { "paused" } else { "invalid" };
        let fields = resume.unwrap_or_default();
        self.ask(&row.by, MoveLead { lead, to: to.into(), reason: row.reason, revision: None, fields })?;
        Ok(())
    }

    /// Opens a deal out of a lead, or for a customer.
    fn open(&mut self, row: DealRow) -> Outcome {
        let estimate = Money::new(row.estimate, Currency::CNY);
        let owner = self.people.user(&row.owner)?;
        let mut more = fields([("code", row.code.as_str().into()), ("need", row.need.as_str().into())]);
        if !row.competitor.is_empty() {
            let rival = Rival {
                name: row.competitor.clone(),
                strengths: String::new(),
                weaknesses: String::new(),
                price: None,
            };
            more.insert("competitors".into(), vec![rival].to_value());
        }
        let record = if row.lead.is_empty() {
            let contact = some(&row.contact).map(|code| self.id(code)).transpose()?;
            let contact = contact.map(|contact| DealContact {
                contact: Some(contact),
                role: None,
                note: String::new(),
            });
            more.extend(fields([
                ("name", row.name.as_str().into()),
                ("customer", self.record(&row.customer)?.into()),
                ("contacts", contact.into_iter().collect::<Vec<_>>().to_value()),
                ("owner", owner.into()),
                ("amount", estimate.into()),
                ("close_on", row.expected_close.into()),
            ]));
            self.ask(&row.owner, CreateRecord { kind: kind::Opportunity::NO, fields: more })?
        } else {
            let convert = ConvertLead {
                deal_name: row.name.clone(),
                amount: Some(estimate),
                close_on: row.expected_close,
                ..ConvertLead::new(self.id(&row.lead)?)
            };
            let converted = self.ask(&row.owner, convert)?;
            let record = converted.opportunity.ok_or("no opportunity")?.record();
            more.insert("owner".into(), owner.into());
            self.ask(&row.owner, UpdateRecord { record, revision: None, fields: more })?
        };
        self.known.insert(row.code, record);
        Ok(())
    }

    fn move_deal(&mut self, row: DealMoveRow) -> Outcome {
        let opportunity: OpportunityId = self.id(&row.deal)?;
        let (reason, revision, by) = (row.reason, None, row.by.as_str());
        let to = some(&row.to).map(str::to_owned);
        match row.step.as_str() {
            "advance" | "fall_back" => {
                let fields = BTreeMap::new();
                self.ask(by, AdvanceOpportunity { opportunity, to, reason, revision, fields })?;
                if row.to == PROPOSAL {
                    self.propose(by, &row.deal, opportunity)?;
                }
            }
            "win" => drop(self.ask(by, WinOpportunity { opportunity, reason, revision })?),
            "lose" => {
                let competitor = row.competitor;
                self.ask(by, LoseOpportunity { opportunity, reason, competitor, to, revision })?;
            }
            "reopen" => drop(self.ask(by, ReopenOpportunity { opportunity, reason, to, revision })?),
            other => Err(format!("`{other}` is not a move"))?,
        }
        Ok(())
    }

    /// Takes an order by telephone: a deal of the pipeline for orders, won at once.
    fn order(&mut self, row: &OrderRow) -> Outcome {
        let given = self.record(&row.customer)?;
        let customer: CustomerId = match given.as_id::<kind::Opportunity>() {
            Some(deal) => self.crm.system().get::<Opportunity>(deal)?.customer.ok_or("no customer")?,
            None => given.as_id().ok_or_else(|| format!("`{}` is no customer", row.customer))?,
        };
        let line = DealLine {
            product: Some(self.id(&row.product)?),
            quantity: Some(row.quantity),
            unit_price: Some(Money::new(row.unit_price, Currency::CNY)),
            ..DealLine::default()
        };
        let call = LogActivity {
            about: customer.record(),
            kind: KindCode::from(ActivityKind::Call),
            direction: Some(Direction::In),
            at: None,
            minutes: None,
            contact: None,
            participants: Vec::new(),
            subject: row.name.clone(),
            text: String::new(),
            outcome: String::new(),
            position: None,
            next: None,
        };
        self.ask(&row.by, call)?;
        let fields = fields([
            ("code", row.code.as_str().into()),
            ("name", row.name.as_str().into()),
            ("customer", customer.into()),
            ("owner", self.people.user(&row.by)?.into()),
            ("lifecycle", ORDERS.into()),
            ("lines", vec![line].to_value()),
        ]);
        let order = self.ask(&row.by, CreateRecord { kind: kind::Opportunity::NO, fields })?;
        let opportunity = order.as_id().ok_or("no order")?;
        let win = WinOpportunity { opportunity, reason: String::new(), revision: None };
        drop(self.ask(&row.by, win)?);
        Ok(())
    }

    /// Puts the lines of its proposal into a deal.
    fn propose(&mut self, by: &str, code: &str, deal: OpportunityId) -> Outcome {
        let Some(rows) = self.lines.remove(code) else { return Ok(()) };
        let mut lines = Vec::new();
        for row in rows {
            lines.push(DealLine {
                product: Some(self.id(&row.product)?),
                quantity: Some(row.quantity),
                unit_price: Some(Money::new(row.unit_price, Currency::CNY)),
                discount_percent: row.discount_percent,
                ..DealLine::default()
            });
        }
        let fields = fields([("lines", lines.to_value())]);
        self.ask(by, UpdateRecord { record: deal.record(), revision: None, fields })?;
        Ok(())
    }
}

/// The kind of record that a code belongs to.
fn kind_of(code: &str) -> Option<KindNo> {
    match code.chars().next()? {
        'C' => Some(kind::Customer::NO),
        'P' if code.starts_with("P0") => Some(kind::Contact::NO),
        'L' => Some(kind::Lead::NO),
        'O' => Some(kind::Opportunity::NO),
        'A'..='Z' => Some(kind::Product::NO),
        _ => None,
    }
}

fn some(cell: &str) -> Option<&str> {
    Some(cell).filter(|cell| !cell.is_empty())
}

/// A cell that is not what its column asks for.
fn cell(column: &str, value: &str, code: &str, wanted: &str) -> Box<dyn std::error::Error + Send + Sync> {
    wrong(Fault::new(code, format!("`{value}` is not {wanted}")).at(column, value))
}

fn wrong(fault: Fault) -> Box<dyn std::error::Error + Send + Sync> {
    Box::new(Wrong(fault))
}

/// A fault on its way up as an error.
#[derive(Debug)]
struct Wrong(Fault);

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Wrong {}

/// Notes what became of a row: what the engine refuses, and what can't be read, is told and left.
fn tell(report: &mut Report, line: u64, done: Outcome) -> Outcome {
    report.rows += 1;
    let Err(error) = done else {
        report.created += 1;
        return Ok(());
    };
    let faults = match error.downcast::<Wrong>() {
        Ok(wrong) => vec![wrong.0],
        Err(error) => match *error.downcast::<Error>()? {
            Error::Refused(refusals) => {
                refusals.into_iter().map(|refusal| Fault::new(&refusal.code, refusal.message)).collect()
            }
            Error::Invalid(invalid) => {
                let fault = |wrong: crm_core::record::error::Invalid| Fault {
                    column: Some(wrong.field),
                    ..Fault::new(&wrong.code, wrong.message)
                };
                invalid.into_iter().map(fault).collect()
            }
            error => vec![Fault::new(error.code(), error.to_string())],
        },
    };
    report.rejected += 1;
    report.rejections.push(Rejection { line, faults });
    Ok(())
}
