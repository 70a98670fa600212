//! What holds of every activity and kind of activity, whoever writes it.

use rust_decimal::Decimal;

use super::{Activity, ActivityKind, ActivityType, BY_CODE, KindCode, Position};
use crate::base::choice::Choice;
use crate::base::{Id, Kind, RecordRef, kind};
use crate::record::codec::View;
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};
use crate::record::spec::Record;

/// The kind is known, the length is no less than nothing, the position is on earth.
pub(super) fn activity(
    desk: &mut dyn Desk,
    record: RecordRef,
    before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let id = Id::from_u128(record.bits);
    let mut activity = Activity::read(id, view)?;
    let faults = faults(&activity);
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let before = before.map(|view| Activity::read(id, view)).transpose()?;
    let same = before.is_some_and(|before| before.kind == activity.kind);
    if same || activity.kind.known().is_some() || activity.kind.0.is_empty() {
        return Ok(());
    }
    let Some(own) = tenants_kind(desk, &activity.kind.0)? else {
        let message = format!("`{}` is not a kind of activity", activity.kind.0);
        return Err(Error::invalid("kind", "activity.kind_unknown", message));
    };
    if own.code != activity.kind.0 {
        activity.kind = KindCode(own.code);
        desk.put(&activity)?;
    }
    Ok(())
}

/// The tenant's kind of activity with a code, which anyone may use, whether he may read definitions or not.
fn tenants_kind(desk: &mut dyn Desk, code: &str) -> Result<Option<ActivityType>> {
    let lookup = Lookup { kind: kind::ActivityType::NO, index: BY_CODE, parts: vec![code.into()], limit: 1 };
    match desk.matches(&lookup)?.first() {
        Some(found) => desk.enlist_as(Id::from_u128(found.bits), Purpose::Derive),
        None => Ok(None),
    }
}

/// What is wrong with an activity's own figures; empty when nothing is.
pub fn faults(activity: &Activity) -> Vec<Invalid> {
    let mut faults = Vec::new();
    if let Some(minutes) = activity.minutes.filter(|minutes| *minutes < 0) {
        let message = format!("`{minutes}` is not a length of time");
        faults.push(Invalid::new("minutes", "activity.length_negative", message));
    }
    if let Some(position) = activity.position.as_ref().filter(|position| !is_on_earth(position)) {
        let message = format!("`{}, {}` is not a place on earth", position.latitude, position.longitude);
        faults.push(Invalid::new("position", "activity.position_out_of_range", message));
    }
    faults
}

fn is_on_earth(position: &Position) -> bool {
    let within = |degrees: Decimal, most: i64| degrees.abs() <= Decimal::from(most);
    within(position.latitude, 90)
        && within(position.longitude, 180)
        && position.accuracy.is_none_or(|metres| metres >= Decimal::ZERO)
}

/// A tenant's kind is none that the engine knows.
pub(super) fn activity_type(
    _desk: &mut dyn Desk,
    record: RecordRef,
    _before: Option<View<'_>>,
    after: Option<View<'_>>,
) -> Result<()> {
    let Some(view) = after else { return Ok(()) };
    let own = ActivityType::read(Id::from_u128(record.bits), view)?;
    match ActivityKind::from_name(&own.code) {
        Some(kind) => {
            let message = format!("`{}` is a kind that the engine has: `{kind}`", own.code);
            Err(Error::invalid("code", "activity.kind_taken", message))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::kind::ActivityId;
    use crate::record::field::Field;

    #[test]
    fn figures() {
        let check = |minutes: Option<i64>, place: Option<(&str, &str)>, code: Option<&str>| {
            let mut activity = Activity::empty(ActivityId::from_u128(1));
            activity.minutes = minutes;
            activity.position = place.map(|(latitude, longitude)| Position {
                latitude: latitude.parse().unwrap(),
                longitude: longitude.parse().unwrap(),
                accuracy: None,
            });
            let faults = faults(&activity);
            assert_eq!(faults.first().map(|fault| fault.code.as_str()), code, "{minutes:?} {place:?}");
        };
        check(None, None, None);
        check(Some(0), Some(("31.2304", "121.4737")), None);
        check(Some(-15), None, Some("activity.length_negative"));
        check(None, Some(("90.0001", "0")), Some("activity.position_out_of_range"));
        check(None, Some(("-90", "-180.5")), Some("activity.position_out_of_range"));
    }

    #[test]
    fn kinds_by_any_name() {
        for (given, stored) in [
            ("call", "call"),
            ("电话", "call"),
            ("e-mail", "email"),
            ("WeChat", "wechat"),
            ("pigeon", "pigeon"),
        ] {
            let kind = KindCode::from_value(&given.into()).unwrap();
            assert_eq!(kind.to_value(), stored.into(), "{given}");
        }
        assert!(KindCode::default().is_null());
    }
}
