//! Keeping forecasts.

use super::noun::{BY_NAME, Forecast};
use crate::base::kind::ForecastId;
use crate::base::text::fold;
use crate::base::{Kind, RecordRef, kind};
use crate::record::action::Action;
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Result};
use crate::record::spec::Record;

command! {
    /// Keeps a forecast under a name: its first version, or the next one. It is the actor's, and is never changed.
    pub struct KeepForecast as "forecast.keep" -> ForecastId {
        /// The name, such as `2026-Q1`.
        name: String,
        /// The figures; its id, name, version and owner are given by this command.
        figures: Box<Forecast>,
    }
    run(this, desk) {
        desk.may(Action::Create, kind::Forecast::NO)?;
        let name = this.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("name", "forecast.nameless", "a forecast is kept under a name"));
        }
        let lookup = Lookup { kind: kind::Forecast::NO, index: BY_NAME, parts: vec![fold(name).into()], limit: usize::MAX };
        // The index has them in the order of their versions.
        let last = match desk.matches(&lookup)?.last() {
            Some(last) => desk.enlist_as::<Forecast>(ForecastId::from_u128(last.bits), Purpose::Derive)?,
            None => None,
        };
        let id = desk.new_id();
        let mut kept = Forecast { meta: crate::record::spec::Meta::new(id), custom: Default::default(), ..*this.figures };
        name.clone_into(&mut kept.name);
        kept.version = last.map_or(0, |last| last.version).saturating_add(1);
        kept.owner = desk.actor().user();
        desk.put(&kept)?;
        Ok(id)
    }
}

/// What was said is not made better afterwards; it may be deleted.
pub(super) fn unchanged(
    _desk: &mut dyn Desk,
    _record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let (Some(before), Some(after)) = (before, after) else { return Ok(()) };
    let same = |no: u16| Ok::<bool, Error>(before.raw(no)? == after.raw(no)?);
    for field in Forecast::SPEC.fields.iter().filter(|field| field.no != Forecast::owner) {
        if !same(field.no)? {
            return Err(Error::refused("forecast.kept", "a forecast that was kept stays as it is"));
        }
    }
    Ok(())
}
