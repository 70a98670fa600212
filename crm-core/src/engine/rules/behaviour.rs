//! Behaviours: the activities about a record, counted as the vocabulary says.

use crate::base::{Instant, Kind, RecordRef, Span, kind};
use crate::domain::activity::{Activity, BY_ABOUT};
use crate::domain::rule::rules::Counted;
use crate::engine::overlay::Overlay;
use crate::engine::sight::{Sight, Staged};
use crate::record::codec::{ValueRef, View};
use crate::record::error::{Error, Result};
use crate::record::key;
use crate::store::{Direction, Range, Table};

/// An activity, as far as it counts for behaviours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    kind: String,
    subject: String,
    at: Instant,
}

/// The activities about a record that an actor sees; all of them when it is nobody's look.
pub(crate) fn about(
    overlay: &Overlay,
    sight: Option<&Sight>,
    image: Staged<'_>,
    record: RecordRef,
) -> Result<Vec<Noted>> {
    let activity = kind::Activity::NO;
    let mut prefix = key::index(activity, BY_ABOUT, key::PLAIN);
    key::put(&mut prefix, ValueRef::Id(record));
    let mut cursor = overlay.range(Table::Index, Range::prefix(&prefix), Direction::Forward)?;
    let mut found = Vec::new();
    while cursor.step()? {
        let bits =
            key::read_id(cursor.key()).ok_or_else(|| Error::Corrupt("an index entry without id".into()))?;
        let id = RecordRef::new(activity, bits);
        let Some(image) = image(id) else { continue };
        if let Some(sight) = sight
            && !sight.sees(overlay, id, &image)?
        {
            continue;
        }
        let view = View::new(&image)?;
        let text = |value| if let ValueRef::Text(text) = value { text.to_owned() } else { String::new() };
        if let ValueRef::Instant(at) = view.get(Activity::at)? {
            let (kind, subject) = (text(view.get(Activity::kind)?), text(view.get(Activity::subject)?));
            found.push(Noted { kind, subject, at });
        }
    }
    Ok(found)
}

/// How many activities count for a behaviour up to an instant, and when the last was.
pub(crate) fn count(noted: &[Noted], counted: &Counted, now: Instant) -> (i64, Option<Instant>) {
    let since = counted.within_days.map_or(Instant::MIN, |days| now - Span::from_days(days));
    let counts = |activity: &&Noted| {
        (counted.activities.is_empty() || counted.activities.contains(&activity.kind))
            && activity.subject.contains(counted.subject.as_str())
            && (since..=now).contains(&activity.at)
    };
    let of: Vec<Instant> = noted.iter().filter(counts).map(|activity| activity.at).collect();
    (i64::try_from(of.len()).unwrap_or(i64::MAX), of.into_iter().max())
}
