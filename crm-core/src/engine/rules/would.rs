//! What a rule would have answered: guards about the moves of a stretch of the past, assignment rules
//! about the records that came in it, and the others about the records as they stood at its end.

use super::book::{Active, failure};
use super::tried::drafted;
use crate::base::kind::UserId;
use crate::base::{Instant, Kind, RecordRef, Value, kind};
use crate::domain::org::User;
use crate::domain::rule::RuleDraft;
use crate::engine::config::all;
use crate::engine::history::{Extent, record_as_of, walk_as_of};
use crate::engine::list::Listing;
use crate::engine::session::{Reading, Session};
use crate::engine::sight::{Neighbours, Sight};
use crate::record::codec::{View, image, put_varint};
use crate::record::desk::Query;
use crate::record::error::{Error, Result};
use crate::record::journal::{Change, Entry};
use crate::record::key;
use crate::record::schema::KindSchema;
use crate::record::script::{Answer, Ask, Purpose};
use crate::record::spec::{Marks, Record};
use crate::store::{Direction, Range, Table};

/// What a rule would have answered about a record.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct WouldAnswer {
    /// When.
    pub at: Instant,
    /// The record.
    pub record: RecordRef,
    /// What it was asked about: the states of a move, else nothing.
    pub states: Option<(String, String)>,
    /// The answer; none where the rule does not apply.
    pub answer: Option<Answer>,
    /// Why it would have failed, or empty.
    pub failure: String,
}

impl Session<'_> {
    /// What a rule would have answered in a stretch of the past, with today's rights of the actor: a
    /// guard about every move, an assignment rule about every record that came (any active user may be
    /// chosen), another rule about every record as it stood at the end. At most `limit` answers.
    /// Nothing is written. Related records are read as they stood; what a script lists or counts is
    /// what there is today.
    ///
    /// # Errors
    /// Invalid for automations: see [`Session::would_run`].
    pub fn would_answer(
        &self,
        draft: RuleDraft,
        from: Instant,
        until: Instant,
        limit: usize,
    ) -> Result<Vec<WouldAnswer>> {
        let purpose = draft.purpose;
        if purpose == Purpose::Automation {
            let en = "what an automation would have done is asked for otherwise";
            return Err(Error::invalid_as("purpose", "rule.purpose", (en, "自动化的试运行请另用相应的方法")));
        }
        let reading = self.reading()?;
        let active = drafted(draft, purpose, &reading.sight)?;
        let mut tried = Trying {
            session: self,
            reading: &reading,
            active,
            users: Vec::new(),
            answers: Vec::new(),
            limit,
        };
        if matches!(purpose, Purpose::Guard | Purpose::Assignment) {
            let users = all::<User>(&reading.overlay)?.into_iter();
            tried.users = users.filter(|user| user.disabled != Some(true)).map(|user| user.id()).collect();
            tried.past(from, until)?;
        } else {
            tried.standing(until)?;
        }
        Ok(tried.answers)
    }
}

struct Trying<'s> {
    session: &'s Session<'s>,
    reading: &'s Reading,
    active: Active,
    users: Vec<UserId>,
    answers: Vec<WouldAnswer>,
    limit: usize,
}

impl Trying<'_> {
    /// Asks about the changes of a stretch of the past.
    fn past(&mut self, from: Instant, until: Instant) -> Result<()> {
        let Reading { overlay, sight } = self.reading;
        let mut cursor = overlay.range(Table::Journal, Range::all(), Direction::Forward)?;
        while self.answers.len() < self.limit && cursor.step()? {
            let entry = Entry::read(cursor.value())?;
            let (at, record) = (entry.header.at, entry.header.record);
            if record.kind != self.active.kind || at < from || at > until {
                continue;
            }
            let Some(schema) = sight.config.schema.kind(record.kind) else { continue };
            let Some(after) = record_as_of(overlay, record, at)? else { continue };
            let seen = overlay.get(Table::Records, &key::record(record))?;
            if !sight.sees(overlay, record, seen.as_deref().unwrap_or(&after))? {
                continue;
            }
            match (self.active.rule.is_for(), entry.header.change) {
                (Purpose::Assignment, Change::Created) => {
                    // Nobody had it yet, and no rule had given it.
                    let bare = as_given(&[], &after, schema, at)?;
                    self.ask(record, &bare, None, at)?;
                }
                (Purpose::Guard, Change::Updated) => {
                    let before = super::tried::taken_back(Some(&after), &entry)?;
                    if let Some(states) = moved(schema, &before, &after)? {
                        let asked = as_given(&before, &after, schema, at)?;
                        self.ask(record, &asked, Some(states), at)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Asks about the records as they stood at an instant.
    fn standing(&mut self, at: Instant) -> Result<()> {
        let reading = self.reading;
        let listing = Listing::new(&reading.sight, &Query::of(self.active.kind))?;
        walk_as_of(reading, &listing, at, Extent::Whole, &mut |record, image, _| {
            if self.answers.len() < self.limit { self.ask(record, image, None, at) } else { Ok(()) }
        })
    }

    fn ask(
        &mut self,
        record: RecordRef,
        image: &[u8],
        states: Option<(String, String)>,
        at: Instant,
    ) -> Result<()> {
        let Reading { overlay, sight } = self.reading;
        let past = Sight::new(sight.config.clone(), sight.access.clone(), at);
        let ask = Ask {
            states: states.as_ref().map_or(("", ""), |(from, to)| (from.as_str(), to.as_str())),
            candidates: &self.users,
            ..Ask::new(self.active.rule.is_for(), record, View::new(image)?)
        };
        let judges = self.session.crm.host.judges.as_ref();
        let verdict = self
            .active
            .looking(&past, |past| self.active.ask(Neighbours::seen_at(overlay, past, at), judges, &ask));
        let (answer, failure) = match verdict {
            Ok(verdict) => (verdict.map(|verdict| verdict.answer), String::new()),
            Err(error) => (None, failure(&error).ok_or(error)?),
        };
        self.answers.push(WouldAnswer { at, record, states, answer, failure });
        Ok(())
    }
}

/// The states of a move.
fn moved(schema: &KindSchema, before: &[u8], after: &[u8]) -> Result<Option<(String, String)>> {
    let Some(state) = schema.spec.state else { return Ok(None) };
    let (from, to) = (View::new(before)?.get(state.state)?, View::new(after)?.get(state.state)?);
    Ok(match (from.to_value(), to.to_value()) {
        (Value::Text(from), Value::Text(to)) if from != to => Some((from, to)),
        _ => None,
    })
}

/// A record as a rule was asked about it: what people gave it after a change, what the engine keeps as
/// it was before.
fn as_given(before: &[u8], after: &[u8], schema: &KindSchema, at: Instant) -> Result<Vec<u8>> {
    let kept = |no: u16| schema.field(no).is_some_and(|field| field.marks.has(Marks::SYSTEM));
    let mut fields = std::collections::BTreeMap::new();
    for (image, engine) in [(before, true), (after, false)] {
        if image.is_empty() {
            continue;
        }
        let mut walk = View::new(image)?.fields();
        while let Some((no, raw)) = walk.step()? {
            if kept(no) == engine {
                fields.insert(no, raw.0.to_vec());
            }
        }
    }
    // A new lead belongs to nobody when it is given away.
    if let (true, crate::record::spec::Visibility::Owned { owner }) =
        (before.is_empty(), schema.spec.visibility)
        && schema.spec.kind == kind::Lead::NO
    {
        fields.remove(&owner);
    }
    let mut out = Vec::new();
    for (no, raw) in fields {
        put_varint(&mut out, u64::from(no));
        out.extend_from_slice(&raw);
    }
    Ok(image(1, 0, at, &out))
}
