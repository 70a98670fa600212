//! Places that the checker finds in a script, to be looked up while it runs: fields by the path that
//! leads to them, and conditions that the engine's predicates can say.

use crm_core::base::KindNo;
use crm_core::record::filter::Predicate;

use crate::value::Form;

/// A place in a script.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    /// The value of a field.
    Value(Way),
    /// Whether a yes-or-no field is yes.
    Holds(Way),
    /// A condition, lowered to a predicate.
    Test { root: usize, predicate: Box<Predicate> },
}

impl Slot {
    /// The field of one of the question's records whose value it is.
    pub fn own(&self, of: usize) -> Option<u16> {
        match self {
            Slot::Value(Way { root, hops, last: Last::Field(field, _) })
                if *root == of && hops.is_empty() =>
            {
                Some(*field)
            }
            _ => None,
        }
    }
}

/// The way from a record of the question to a field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way {
    pub root: usize,
    /// The reference fields on the way, with the kinds they lead to.
    pub hops: Vec<(u16, KindNo)>,
    pub last: Last,
}

/// What stands at the end of a way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Last {
    Field(u16, Form),
    Id,
    Revision,
    UpdatedAt,
}
