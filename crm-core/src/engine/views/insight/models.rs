//! Training models on stored history, and scoring open records with them.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use super::features::{Facts, Feature, Reader, features_of, values_of};
use super::purchases::{instant, query};
use crate::base::kind::{ModelId, OpportunityId};
use crate::base::{Instant, Kind, KindNo, RecordRef, Span, kind};
use crate::domain::lead::Lead;
use crate::domain::model::{Model, Purpose};
use crate::domain::opportunity::Opportunity;
use crate::engine::flows::model::{PredictDeals, SaveModel};
use crate::engine::history;
use crate::engine::session::{Reading, Session};
use crate::insight::learn::{self, Explanation, Training};
use crate::record::action::FieldAccess;
use crate::record::codec::View;
use crate::record::error::{Error, Result};
use crate::record::filter::Filter;
use crate::record::key;
use crate::record::spec::CREATED_AT;
use crate::store::Table;

/// What a model of a purpose learns from unless it is told otherwise.
struct Plan {
    kind: KindNo,
    ended: &'static str,
    good: &'static str,
    open: &'static str,
    ended_at: u16,
    features: &'static [&'static str],
}

const LEADS: Plan = Plan {
    kind: kind::Lead::NO,
    ended: "(state = 'converted' or state = 'invalid') and duplicate_of is empty",
    good: "state = 'converted'",
    open: "state != 'converted' and state != 'invalid'",
    ended_at: Lead::state_since,
    features: &[
        "source",
        "channel",
        "campaign",
        "industry",
        "country",
        "province",
        "company_size",
        "intent",
        "budget",
        "decision_on",
        "product_interest",
        "phones",
        "emails",
        "people",
        "owner",
    ],
};

const DEALS: Plan = Plan {
    kind: kind::Opportunity::NO,
    ended: "closed_at is not empty",
    good: "won_at is not empty",
    open: "closed_at is empty",
    ended_at: Opportunity::closed_at,
    features: &[
        "source",
        "campaign",
        "amount",
        "lines",
        "contacts",
        "competitors",
        "owner",
        "customer.industry",
        "customer.province",
        "customer.employees",
        "customer.level",
        "customer.deals",
    ],
};

fn plan(purpose: Purpose) -> Option<&'static Plan> {
    match purpose {
        Purpose::Lead => Some(&LEADS),
        Purpose::Win => Some(&DEALS),
        Purpose::Churn => None,
    }
}

/// What a model is trained on.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingQuery {
    /// What it predicts.
    pub purpose: Purpose,
    /// Which records count beside; all that the actor sees when there is none.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// Which customers' fate is known, for churn; leads and deals have their own end.
    #[serde(default)]
    pub ended: Option<Filter>,
    /// Which of them left, for churn.
    #[serde(default)]
    pub good: Option<Filter>,
    /// As of when customers are read to learn from, for churn, which needs it: their fate is what came after. Leads and
    /// deals are read just before their end; where this is earlier, as of then. What did not exist then is left out.
    #[serde(default)]
    pub seen_at: Option<Instant>,
    /// The fields to learn from, one reference far if need be (`customer.industry`); the purpose's own when empty, as
    /// far as the actor sees them.
    #[serde(default)]
    pub features: Vec<String>,
    /// How the model is made and tried. Rows in the order of time are in that of creation.
    #[serde(default)]
    pub training: Training,
}

impl TrainingQuery {
    /// A model of leads or of deals with all that is usual.
    pub fn new(purpose: Purpose) -> Self {
        TrainingQuery {
            purpose,
            filter: None,
            ended: None,
            good: None,
            seen_at: None,
            features: Vec::new(),
            training: Training::default(),
        }
    }
}

/// A model that was trained on stored history, not yet stored.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Trained {
    /// What it predicts.
    pub purpose: Purpose,
    /// The kind of record that it scores.
    pub about: KindNo,
    /// As of when the history was read.
    pub trained_at: Instant,
    /// The model, with its figures out of sample and its verdict.
    pub model: learn::Model,
}

impl Trained {
    /// The command that stores it under a name; a new version where the name is known.
    pub fn save_as(self, name: &str) -> SaveModel {
        let Trained { purpose, about, trained_at, model } = self;
        SaveModel { name: name.to_owned(), revision: None, purpose, about, trained_at, model }
    }
}

/// A record and what a model says of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Scored {
    /// The record.
    pub record: RecordRef,
    /// The probability that it ends well (for churn: that the customer leaves).
    pub probability: f64,
    /// Why: factors that add up to the probability, those of fields that the actor doesn't see among the usual. For
    /// as many of the best as were asked for.
    pub explanation: Option<Explanation>,
}

impl Session<'_> {
    /// Trains a model on the records that the actor sees and whose end is known, as of the session's instant. Each
    /// record, and what it refers to, is read as it stood just before it ended, so that nothing is learnt from what
    /// the end itself wrote.
    ///
    /// # Errors
    /// As [`Session::list`]; invalid with `model.feature`, `model.outcome` and `model.seen_at`; refused with a `learn.…` code when
    /// there is too little to learn from.
    pub fn train_model(&self, asked: &TrainingQuery) -> Result<Trained> {
        let plan = plan(asked.purpose);
        let about = plan.map_or(kind::Customer::NO, |plan| plan.kind);
        let [ended, good] = outcome(asked, plan)?;
        let seen = asked.seen_at.map_or(plan.is_some(), |at| at < self.instant());
        if !seen {
            let message = "as of which earlier instant customers are read to learn from has to be said";
            return Err(Error::invalid("seen_at", "model.seen_at", message));
        }
        let reading = self.reading()?;
        let readers = self.readers(&reading, about, asked, plan)?;
        let narrowed = |filters: &[&Filter]| {
            let all = filters.iter().copied().chain(asked.filter.as_ref()).cloned().collect();
            query(about, Some(&Filter::All(all)))
        };
        let mut won: BTreeSet<u128> = BTreeSet::new();
        self.each(&narrowed(&[&ended, &good]), &mut |record, _| {
            won.insert(record.bits);
            Ok(())
        })?;
        let (mut rows, mut outcomes, mut times) = (Vec::new(), Vec::new(), Vec::new());
        let settings = self.crm.config().settings.clone();
        self.each(&narrowed(&[&ended]), &mut |record, view| {
            let ended_at = plan.map_or(Ok(None), |plan| instant(view, plan.ended_at))?;
            let before = ended_at.map(|at| at - Span::from_micros(1));
            let before = match (before, asked.seen_at) {
                (Some(before), Some(given)) => Some(before.min(given)),
                (before, given) => before.or(given),
            };
            let image = before.map_or(Ok(None), |at| seen_at(&reading, record, Some(at)))?;
            if image.is_none() && asked.seen_at.is_some() {
                return Ok(());
            }
            let then = image.as_deref().map_or(Ok(view), View::new)?;
            let at = before.or_else(|| self.past());
            rows.push(values_of(&readers, then, &settings, &mut |record| seen_at(&reading, record, at))?);
            outcomes.push(won.contains(&record.bits));
            times.push(instant(view, CREATED_AT)?.map_or(0, Instant::micros));
            Ok(())
        })?;
        let facts = Facts::of(&readers, &rows);
        let threads = NonZeroUsize::MIN;
        let model = learn::train(&facts.table()?, &outcomes, Some(&times), &asked.training, threads)?;
        Ok(Trained { purpose: asked.purpose, about, trained_at: self.instant(), model })
    }

    /// What a stored model says of the records that pass a filter, the likeliest first, with reasons for as many as
    /// `explained`. Without a filter the open leads or deals.
    ///
    /// # Errors
    /// Not found when the actor may not see the model; `model.body` when it is hidden from him; as [`Session::list`].
    pub fn score_with(
        &self,
        model: ModelId,
        filter: Option<&Filter>,
        explained: usize,
    ) -> Result<Vec<Scored>> {
        let stored: Model = self.get(model)?;
        let (about, body) = opened(&stored)?;
        let open = stored.purpose.and_then(plan).map(|plan| parsed(plan.open)).transpose()?;
        let reading = self.reading()?;
        let may = |kind: KindNo, field: u16| may_read(reading.sight.access.field(kind, field));
        let schema = &reading.sight.config.schema;
        let readers = known_features(schema, about, &body, &may);
        let settings = self.crm.config().settings.clone();
        let (mut records, mut rows) = (Vec::new(), Vec::new());
        self.each(&query(about, filter.or(open.as_ref())), &mut |record, view| {
            records.push(record);
            rows.push(values_of(&readers, view, &settings, &mut |record| {
                seen_at(&reading, record, self.past())
            })?);
            Ok(())
        })?;
        let chances = probabilities(&body, &readers, &rows)?;
        let mut order: Vec<usize> = (0..records.len()).collect();
        let chance = |place: usize| chances.get(place).copied().unwrap_or(0.0);
        order.sort_by(|a, b| chance(*b).total_cmp(&chance(*a)).then(a.cmp(b)));
        let mut scored = Vec::with_capacity(order.len());
        for (rank, place) in order.into_iter().enumerate() {
            let (Some(record), Some(row)) = (records.get(place), rows.get(place)) else { continue };
            let explanation = if rank < explained { explain(&body, &readers, row)? } else { None };
            scored.push(Scored { record: *record, probability: chance(place), explanation });
        }
        Ok(scored)
    }

    /// Writes a stored model's probability on the open deals that pass a filter and that the actor may change; answers
    /// on how many. Each deal shows it unless a person set another.
    ///
    /// # Errors
    /// As [`Session::score_with`]; refused with `model.no_skill`.
    pub fn predict_deals(&self, model: ModelId, filter: Option<&Filter>) -> Result<usize> {
        let open = parsed(DEALS.open)?;
        let all: Vec<Filter> = filter.cloned().into_iter().chain([open]).collect();
        let mut deals: Vec<OpportunityId> = Vec::new();
        self.each(&query(kind::Opportunity::NO, Some(&Filter::All(all))), &mut |record, _| {
            deals.extend(record.as_id());
            Ok(())
        })?;
        let mut written = 0;
        for part in deals.chunks(PredictDeals::MOST) {
            written += self.execute(PredictDeals { model, deals: part.to_vec() })?;
        }
        Ok(written)
    }

    fn readers(
        &self,
        reading: &Reading,
        about: KindNo,
        asked: &TrainingQuery,
        plan: Option<&Plan>,
    ) -> Result<Vec<Reader>> {
        let schema = &reading.sight.config.schema;
        let may = |kind: KindNo, field: u16| may_read(reading.sight.access.field(kind, field));
        if !asked.features.is_empty() {
            return features_of(schema, about, &asked.features, &may);
        }
        let usual = plan.map_or(&[][..], |plan| plan.features);
        let one = |name: &&str| features_of(schema, about, &[(*name).to_owned()], &may).ok();
        Ok(usual.iter().filter_map(one).flatten().collect())
    }
}

/// Whether a field is read whole.
pub(crate) fn may_read(access: Option<FieldAccess>) -> bool {
    !matches!(access, Some(FieldAccess::Hidden | FieldAccess::Masked))
}

fn parsed(text: &str) -> Result<Filter> {
    text.parse().map_err(|error| Error::Internal(format!("`{text}`: {error}")))
}

/// Which records have ended, and which of them well.
fn outcome(asked: &TrainingQuery, plan: Option<&Plan>) -> Result<[Filter; 2]> {
    let one = |given: &Option<Filter>, usual: Option<&str>| match (given, usual) {
        (Some(given), _) => Ok(given.clone()),
        (None, Some(usual)) => parsed(usual),
        (None, None) => {
            let message = "which customers' fate is known, and which of them left, has to be said";
            Err(Error::invalid("ended", "model.outcome", message))
        }
    };
    Ok([one(&asked.ended, plan.map(|plan| plan.ended))?, one(&asked.good, plan.map(|plan| plan.good))?])
}

/// A record as the actor is shown it, now or as of an instant; none when he may not see it.
fn seen_at(reading: &Reading, record: RecordRef, at: Option<Instant>) -> Result<Option<Vec<u8>>> {
    let Reading { overlay, sight } = reading;
    let today = overlay.get(Table::Records, &key::record(record))?;
    let image = match at {
        None => today.clone(),
        Some(at) => history::record_as_of(overlay, record, at)?,
    };
    let Some(image) = image else { return Ok(None) };
    if !sight.sees(overlay, record, today.as_ref().unwrap_or(&image))? {
        return Ok(None);
    }
    sight.show(record.kind, image).map(Some)
}

/// A stored model, and what it is about.
pub(crate) fn opened(stored: &Model) -> Result<(KindNo, learn::Model)> {
    let unreadable = || Error::refused("model.body", format!("the model `{}` can't be read", stored.name));
    let about = KindNo::from_name(&stored.about).ok_or_else(unreadable)?;
    Ok((about, serde_json::from_str(&stored.body).map_err(|_| unreadable())?))
}

/// The features of a model that the actor sees.
pub(crate) fn known_features(
    schema: &crate::record::schema::Schema,
    about: KindNo,
    model: &learn::Model,
    may: &dyn Fn(KindNo, u16) -> bool,
) -> Vec<Reader> {
    let one = |term: &learn::Term| features_of(schema, about, std::slice::from_ref(&term.column), may).ok();
    model.scorer.terms.iter().filter_map(one).flatten().collect()
}

/// What a model says of rows.
pub(crate) fn probabilities(
    model: &learn::Model,
    readers: &[Reader],
    rows: &[Vec<Feature>],
) -> Result<Vec<f64>> {
    let facts = Facts::for_terms(&model.scorer.terms, readers, rows);
    model.predict(&facts.table()?, NonZeroUsize::MIN)
}

/// Why a row has its probability, without a word of what the actor doesn't see.
fn explain(model: &learn::Model, readers: &[Reader], row: &[Feature]) -> Result<Option<Explanation>> {
    let facts = Facts::for_terms(&model.scorer.terms, readers, &[row.to_vec()]);
    let Some(mut found) = model.explain(&facts.table()?, 0)? else { return Ok(None) };
    let calibration = "calibration";
    let (shown, hidden): (Vec<_>, Vec<_>) = found.factors.into_iter().partition(|factor| {
        factor.column == calibration || readers.iter().any(|reader| reader.name == factor.column)
    });
    found.usual += hidden.iter().map(|factor| factor.log_odds).sum::<f64>();
    found.factors = shown;
    Ok(Some(found))
}
