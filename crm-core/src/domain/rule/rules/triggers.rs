//! Which changes fire an automation.

use crate::base::KindNo;
use crate::domain::rule::{Event, Trigger};
use crate::record::codec::{Damaged, ValueRef, View};
use crate::record::schema::KindSchema;

/// What happened to a record.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// The fields of its kind.
    pub schema: &'a KindSchema,
    /// Its fields before, none when it was created.
    pub before: Option<View<'a>>,
    /// Its fields after, none when it was deleted.
    pub after: Option<View<'a>>,
    /// The kind of the activity that was logged about it; then the record itself did not change.
    pub activity: Option<&'a str>,
}

impl<'a> Happened<'a> {
    fn values(&self, field: u16) -> Result<(ValueRef<'a>, ValueRef<'a>), Damaged> {
        let of = |view: Option<View<'a>>| view.map_or(Ok(ValueRef::Null), |view| view.get(field));
        Ok((of(self.before)?, of(self.after)?))
    }

    /// The kind of record.
    pub fn kind(&self) -> KindNo {
        self.schema.spec.kind
    }
}

/// Why a trigger fires, none when it doesn't: what changed, never to which value, as the reason is read
/// by those whom the field may be hidden from. What is due is not decided here: it has its instant.
///
/// # Errors
/// When stored bytes are damaged.
pub fn fires(trigger: &Trigger, happened: &Happened<'_>) -> Result<Option<String>, Damaged> {
    let (before, after) = (happened.before.is_some(), happened.after.is_some());
    if let Some(kind) = happened.activity {
        let wanted =
            trigger.on == Event::ActivityLogged && (trigger.field.is_empty() || trigger.field == kind);
        return Ok(wanted.then(|| format!("activity `{kind}` logged")));
    }
    Ok(match trigger.on {
        Event::Created => (!before && after).then(|| "created".to_owned()),
        Event::Deleted => (before && !after).then(|| "deleted".to_owned()),
        Event::Changed => (before && after).then(|| "changed".to_owned()),
        Event::FieldChanged => {
            let Some(field) = happened.schema.named(&trigger.field).filter(|_| before && after) else {
                return Ok(None);
            };
            let (old, new) = happened.values(field.no)?;
            let to = trigger.to.is_empty() || new.to_value().to_string() == trigger.to;
            (old != new && to).then(|| format!("`{}` changed", field.name))
        }
        Event::StateEntered => {
            let Some(state) = happened.schema.spec.state.filter(|_| after) else { return Ok(None) };
            let (old, new) = happened.values(state.state)?;
            let ValueRef::Text(entered) = new else { return Ok(None) };
            let to = trigger.to.is_empty() || entered == trigger.to;
            (old != new && to).then(|| "state entered".to_owned())
        }
        Event::ScoreCrossed => {
            let (Some(score), Some(line)) = (happened.schema.named("score"), trigger.score) else {
                return Ok(None);
            };
            let (old, new) = happened.values(score.no)?;
            let above = |value| matches!(value, ValueRef::Int(points) if points >= line);
            let rose = !above(old) && above(new);
            let fell = above(old) && !above(new);
            (rose || fell).then(|| format!("score {} {line}", if rose { "reached" } else { "fell below" }))
        }
        Event::ActivityLogged | Event::DueReached => None,
    })
}
