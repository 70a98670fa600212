//! Keeping trained models, and writing on deals what one of them says.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::base::kind::{ModelId, OpportunityId};
use crate::base::{Instant, Kind, KindNo, kind};
use crate::domain::model::{BY_NAME, Model, Purpose, Verdict};
use crate::domain::opportunity::Opportunity;
use crate::engine::views::insight::{known_features, may_read, opened, probabilities, values_of};
use crate::insight::learn;
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::error::Error;
use crate::record::spec::Record;

command! {
    /// Stores a trained model under a name: its first version, or a new one in place of the one before, which the
    /// journal keeps.
    pub struct SaveModel as "model.save" -> ModelId {
        /// The name.
        name: String,
        /// The revision of the record that it replaces; any when none.
        revision: Option<u64>,
        /// What it predicts.
        purpose: Purpose,
        /// The kind of record that it scores.
        about: KindNo,
        /// As of when the history was read that it was trained on.
        trained_at: Instant,
        /// The model, with its figures.
        model: learn::Model,
    }
    run(this, desk) {
        let name = this.name.trim();
        let known: Vec<Model> = desk.find_as(BY_NAME, vec![crate::base::text::fold(name).into()], 1)?;
        let mut stored = match known.first() {
            Some(known) => desk.load_at::<Model>(known.id(), Action::Update, this.revision)?,
            None => {
                desk.may(Action::Create, kind::Model::NO)?;
                Model::empty(desk.new_id())
            }
        };
        if stored.purpose.is_some_and(|purpose| purpose != this.purpose) {
            let message = format!("`{name}` predicts something else; give the model another name");
            return Err(Error::refused("model.other_purpose", message));
        }
        let report = &this.model.report;
        let metrics = &report.metrics;
        name.clone_into(&mut stored.name);
        stored.purpose = Some(this.purpose);
        this.about.name().clone_into(&mut stored.about);
        stored.version += 1;
        stored.trained_at = Some(this.trained_at);
        stored.rows = whole(metrics.rows);
        stored.good = whole(metrics.good);
        stored.features = this.model.scorer.terms.iter().map(|term| term.column.clone()).collect();
        stored.auc = metrics.auc.and_then(figure);
        stored.log_loss = figure(metrics.log_loss);
        stored.base_log_loss = figure(report.base_log_loss);
        stored.brier = figure(metrics.brier);
        stored.ece = figure(metrics.ece);
        stored.verdict = Some(match report.verdict {
            learn::Verdict::Skill => Verdict::Skill,
            learn::Verdict::NoSkill => Verdict::NoSkill,
        });
        stored.body = serde_json::to_string(&this.model).map_err(|error| Error::Internal(error.to_string()))?;
        desk.put(&stored)?;
        Ok(stored.id())
    }
}

command! {
    /// Writes on open deals the probability that a model predicts; deals that are closed stay as they are. Answers on
    /// how many it wrote. What the actor doesn't see of a deal isn't known to the model.
    pub struct PredictDeals as "model.predict" -> usize {
        /// The model.
        model: ModelId,
        /// The deals, at most [`PredictDeals::MOST`].
        deals: Vec<OpportunityId>,
    }
    run(this, desk) {
        let stored: Model = desk.get(this.model)?;
        let (about, model) = opened(&stored)?;
        if stored.purpose != Some(Purpose::Win) || about != kind::Opportunity::NO {
            let message = format!("`{}` doesn't predict whether deals are won", stored.name);
            return Err(Error::refused("model.other_purpose", message));
        }
        if stored.verdict != Some(Verdict::Skill) {
            let message = format!("`{}` is no better than the base rate", stored.name);
            return Err(Error::refused("model.no_skill", message));
        }
        let (schema, settings) = (desk.schema(), desk.settings());
        let readers = {
            let desk = &*desk;
            known_features(&schema, about, &model, &|kind, field| may_read(desk.field_access(kind, field)))
        };
        let (mut deals, mut rows) = (Vec::new(), Vec::new());
        for id in this.deals.into_iter().take(PredictDeals::MOST) {
            let image = desk.load(id.record(), Action::Update)?;
            let view = View::new(&image)?;
            let deal = Opportunity::read(id, view)?;
            if deal.closed_at.is_some() {
                continue;
            }
            rows.push(values_of(&readers, view, &settings, &mut |record| match desk.load(record, Action::Read) {
                Ok(image) => Ok(Some(image)),
                Err(Error::NotFound(..)) => Ok(None),
                Err(error) => Err(error),
            })?);
            deals.push(deal);
        }
        let mut written = 0;
        for (mut deal, chance) in deals.into_iter().zip(probabilities(&model, &readers, &rows)?) {
            let percent = figure(chance * 100.0).map(|percent| percent.round_dp(1));
            if deal.probability_model != percent {
                deal.probability_model = percent;
                desk.put(&deal)?;
                written += 1;
            }
        }
        desk.by_rule(&format!("{} v{}", stored.name, stored.version));
        Ok(written)
    }
}

impl PredictDeals {
    /// How many deals one command writes.
    pub const MOST: usize = 200;
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A figure to six decimal places.
fn figure(number: f64) -> Option<Decimal> {
    Decimal::from_f64(number).map(|number| number.round_dp(6).normalize())
}
