//! The declaration of a kind of record, as data: its fields, indexes and the parts that fields play.

use std::fmt;

use super::codec::{Damaged, View};
use super::desk::Desk;
use super::error::Result;
use super::field::{FieldError, Shape};
use crate::base::kind::UserId;
use crate::base::{Id, Instant, Kind, KindNo, RecordRef, Value};

/// The number of the field that says when a record was created; the same in every kind.
pub const CREATED_AT: u16 = 1;
/// The number of the field that says who created a record; the same in every kind.
pub const CREATED_BY: u16 = 2;
/// The first number of a custom field.
pub const FIRST_CUSTOM: u16 = 1000;

/// Marks of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Marks(pub u8);

impl Marks {
    /// A value must be there.
    pub const REQUIRED: Marks = Marks(1);
    /// It is personal data: sealed in the journal, erased on request.
    pub const PERSONAL: Marks = Marks(2);
    /// Only commands of its own room set it; a plain update may not.
    pub const SYSTEM: Marks = Marks(4);
    /// Keyword search covers it.
    pub const SEARCHED: Marks = Marks(8);

    /// Whether all of these marks are set.
    pub const fn has(self, marks: Marks) -> bool {
        self.0 & marks.0 == marks.0
    }

    /// Both sets of marks.
    pub const fn and(self, marks: Marks) -> Marks {
        Marks(self.0 | marks.0)
    }
}

/// One field of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// The stored number, never changed or reused.
    pub no: u16,
    /// The machine name.
    pub name: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
    /// Type, list, choices.
    pub shape: Shape,
    /// Marks.
    pub marks: Marks,
}

/// What an index makes of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The value as it is; each item of a list.
    Value,
    /// Text folded for matching.
    Folded,
    /// A company's name as its identity (see [`crate::base::text`]).
    Company,
    /// The normal form in a phone's or e-mail's row; each item of a list.
    Normal,
}

/// One part of an index key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field.
    pub field: u16,
    /// What is made of its value.
    pub form: Form,
}

impl Part {
    /// The field's value as it is.
    pub const fn value(field: u16) -> Part {
        Part { field, form: Form::Value }
    }
    /// The field's text, folded.
    pub const fn folded(field: u16) -> Part {
        Part { field, form: Form::Folded }
    }
    /// The field's company name.
    pub const fn company(field: u16) -> Part {
        Part { field, form: Form::Company }
    }
    /// The field's normal form.
    pub const fn normal(field: u16) -> Part {
        Part { field, form: Form::Normal }
    }
}

/// How an index is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Parts, id; the owner in the value.
    Plain,
    /// Plain, and a second entry with the owner before the parts, so that a scoped list is as quick
    /// as a full one.
    Scoped,
    /// Parts → id; no two records share them. A record with a null part is not in it.
    Unique,
}

/// One index of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexSpec {
    /// The index's number within its kind, from 1; never reused.
    pub no: u8,
    /// Its name, for `explain`.
    pub name: &'static str,
    /// The parts of its key.
    pub parts: &'static [Part],
    /// How it is laid out.
    pub layout: Layout,
}

impl IndexSpec {
    /// An index with one entry a record.
    pub const fn plain(no: u8, name: &'static str, parts: &'static [Part]) -> Self {
        IndexSpec { no, name, parts, layout: Layout::Plain }
    }
    /// An index for lists that each actor sees a part of.
    pub const fn scoped(no: u8, name: &'static str, parts: &'static [Part]) -> Self {
        IndexSpec { no, name, parts, layout: Layout::Scoped }
    }
    /// A unique key.
    pub const fn unique(no: u8, name: &'static str, parts: &'static [Part]) -> Self {
        IndexSpec { no, name, parts, layout: Layout::Unique }
    }
}

/// Who sees the records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Whoever may read the kind at all.
    Open,
    /// By the owner in a field, through data scopes.
    Owned {
        /// The field with the owner.
        owner: u16,
    },
    /// Whoever sees the record that a field names.
    Under {
        /// The field with the parent.
        parent: u16,
    },
}

/// The fields that a lifecycle keeps in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateFields {
    /// The field with the state's code.
    pub state: u16,
    /// The field with the instant at which it was entered.
    pub since: u16,
    /// The field with the time spent in each state before: rows of
    /// [`Spent`](super::lifecycle::Spent).
    pub spent: u16,
    /// The field that names the lifecycle, where a kind has several.
    pub lifecycle: Option<u16>,
}

/// Checks a changed record against others: its image before and after, none when there is none.
pub type Invariant = fn(&mut dyn Desk, RecordRef, Option<View<'_>>, Option<View<'_>>) -> Result<()>;

/// The declaration of a kind of record.
#[derive(Debug)]
pub struct Spec {
    /// The kind.
    pub kind: KindNo,
    /// Its fields, in the order of their numbers.
    pub fields: &'static [FieldSpec],
    /// Its indexes.
    pub indexes: &'static [IndexSpec],
    /// Who sees its records.
    pub visibility: Visibility,
    /// The field that names a record to a person.
    pub title: u16,
    /// The field with users who share the work on a record.
    pub collaborators: Option<u16>,
    /// The field with the public pool a record without owner lies in.
    pub pool: Option<u16>,
    /// The fields that its lifecycle keeps.
    pub state: Option<StateFields>,
    /// What must hold of every record beyond its fields' own marks, checked at the end of each unit
    /// that changed it.
    pub invariant: Option<Invariant>,
    /// Whether its records steer the engine (organisation, permissions, definitions).
    pub steers: bool,
    /// Whether its records show what their maker saw, so that a role reaches them only where it names the kind.
    pub by_name: bool,
}

/// What is not said of a kind.
pub const PLAIN_SPEC: Spec = Spec {
    kind: KindNo(0),
    fields: &[],
    indexes: &[],
    visibility: Visibility::Open,
    title: CREATED_AT,
    collaborators: None,
    pool: None,
    state: None,
    invariant: None,
    steers: false,
    by_name: false,
};

impl Spec {
    /// The built-in field with a number.
    pub fn field(&self, no: u16) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.no == no)
    }

    /// Whether a grant of every kind (`*`) includes it. What steers the engine, and what shows another's view, is
    /// granted by name.
    pub fn is_in_every(&self) -> bool {
        !self.steers && !self.by_name
    }

    /// The built-in field with a machine name or a label.
    pub fn field_named(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields
            .iter()
            .find(|field| field.name == name || field.zh == name || field.en.eq_ignore_ascii_case(name))
    }
}

/// What every record carries beside its own fields.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(bound = "")]
pub struct Meta<K: Kind> {
    /// Its id.
    pub id: Id<K>,
    /// How often it was changed; 1 when it was created, 0 before it is stored.
    pub revision: u64,
    /// The journal position of its last change.
    pub head: u64,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When it was created.
    pub created_at: Option<Instant>,
    /// Who created it.
    pub created_by: Option<UserId>,
}

impl<K: Kind> Meta<K> {
    /// The meta data of a record that isn't stored yet.
    pub fn new(id: Id<K>) -> Self {
        Meta { id, revision: 0, head: 0, updated_at: Instant::default(), created_at: None, created_by: None }
    }
}

/// The values of a record's custom fields, by number.
pub type Custom = std::collections::BTreeMap<u16, Value>;

/// A kind of record as a Rust struct.
pub trait Record: Clone + fmt::Debug + Send + 'static {
    /// The marker of its kind.
    type Kind: Kind;
    /// Its declaration.
    const SPEC: &'static Spec;

    /// A record without any value.
    fn empty(id: Id<Self::Kind>) -> Self;
    /// Meta data.
    fn meta(&self) -> &Meta<Self::Kind>;
    /// Its id.
    fn id(&self) -> Id<Self::Kind> {
        self.meta().id
    }
    /// Its id and kind.
    fn record_ref(&self) -> RecordRef {
        self.meta().id.record()
    }
    /// Appends all fields in stored form.
    fn put_fields(&self, out: &mut Vec<u8>);
    /// Reads an image.
    fn read(id: Id<Self::Kind>, view: View<'_>) -> std::result::Result<Self, ReadError>;
    /// The value of a field by number; null for an unknown one.
    fn get(&self, no: u16) -> Value;
    /// Sets a field by number.
    fn set(&mut self, no: u16, value: &Value) -> std::result::Result<(), FieldError>;
}

/// Why an image can't be read as a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes are damaged.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// A field's value does not fit.
    #[error("field `{name}`: {error}")]
    Field {
        /// The field.
        name: &'static str,
        /// What is wrong.
        error: FieldError,
    },
}
