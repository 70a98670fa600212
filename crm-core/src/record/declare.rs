//! The declaration of a kind of record and of rows within one.

/// Declares a kind of record: an ordinary struct whose fields carry number, type, labels and marks.
///
/// Everything that the engine knows of the kind follows from it: stored form, diffs, filters,
/// import and export columns, field permissions. The number of a field is `Struct::field`.
#[macro_export]
macro_rules! record {
    (
        $(#[$doc:meta])*
        pub struct $name:ident is $kind:ident {
            $($(#[$fdoc:meta])* $no:literal $field:ident : $type:ty = $en:literal $zh:literal $([$($mark:ident)+])?;)*
        }
        spec { $($key:ident : $value:expr),* $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name {
            /// Id, revision, when and by whom it was created and changed.
            pub meta: $crate::record::spec::Meta<$crate::base::kind::$kind>,
            $($(#[$fdoc])* #[doc = concat!("\n\n", $en, " (", $zh, "), field ", $no, ".")] pub $field: $type,)*
            /// The values of custom fields, by number.
            pub custom: $crate::record::spec::Custom,
        }

        #[allow(non_upper_case_globals, dead_code)]
        impl $name {
            $(#[doc = concat!("The number of the field `", stringify!($field), "`.")] pub const $field: u16 = $no;)*
        }

        impl $crate::record::spec::Record for $name {
            type Kind = $crate::base::kind::$kind;
            const SPEC: &'static $crate::record::spec::Spec = &$crate::record::spec::Spec {
                kind: <$crate::base::kind::$kind as $crate::base::Kind>::NO,
                fields: &[
                    $crate::record::declare::CREATED[0], $crate::record::declare::CREATED[1],
                    $($crate::record::spec::FieldSpec {
                        no: $no,
                        name: stringify!($field),
                        en: $en,
                        zh: $zh,
                        shape: <$type as $crate::record::field::Field>::SHAPE,
                        marks: $crate::record::spec::Marks(0)
                            $($(.and($crate::record::spec::Marks::$mark))+)?,
                    }),*
                ],
                $($key: $value,)*
                ..$crate::record::spec::PLAIN_SPEC
            };

            fn empty(id: $crate::base::Id<Self::Kind>) -> Self {
                $name {
                    meta: $crate::record::spec::Meta::new(id),
                    $($field: <$type as $crate::record::declare::Empty>::empty(),)*
                    custom: Default::default(),
                }
            }
            fn meta(&self) -> &$crate::record::spec::Meta<Self::Kind> { &self.meta }
            fn put_fields(&self, out: &mut Vec<u8>) {
                $crate::record::declare::put_created(out, &self.meta);
                $($crate::record::declare::put(out, $no, &self.$field);)*
                self.custom.iter().for_each(|(no, value)| $crate::record::codec::put_field(out, *no, value));
            }
            fn read(
                id: $crate::base::Id<Self::Kind>,
                view: $crate::record::codec::View<'_>,
            ) -> Result<Self, $crate::record::spec::ReadError> {
                let mut fields = $crate::record::declare::Walk::new(view)?;
                let meta = fields.meta(id)?;
                $(let $field = fields.take::<$type>($no, stringify!($field))?;)*
                Ok($name { meta, $($field,)* custom: fields.custom()? })
            }
            fn get(&self, no: u16) -> $crate::base::Value {
                #[allow(unused_imports)]
                use $crate::record::field::Field as _;
                match no {
                    $crate::record::spec::CREATED_AT => self.meta.created_at.to_value(),
                    $crate::record::spec::CREATED_BY => self.meta.created_by.to_value(),
                    $($no => self.$field.to_value(),)*
                    _ => self.custom.get(&no).cloned().unwrap_or_default(),
                }
            }
            fn set(
                &mut self,
                no: u16,
                value: &$crate::base::Value,
            ) -> Result<(), $crate::record::field::FieldError> {
                match no {
                    $($no => self.$field = <$type as $crate::record::field::Field>::from_value(value)?,)*
                    _ if value.is_empty() => { self.custom.remove(&no); }
                    _ => { self.custom.insert(no, value.clone()); }
                }
                Ok(())
            }
        }
    };
}

/// Declares a row type: a struct that is stored as a list in the order of its columns.
///
/// Columns are only ever added at the end, as `Option` or list.
#[macro_export]
macro_rules! row {
    (
        $(#[$doc:meta])*
        pub struct $name:ident as $ty:ident {
            $($(#[$fdoc:meta])* $field:ident : $type:ty = $en:literal $zh:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $name {
            $($(#[$fdoc])* #[doc = concat!("\n\n", $en, " (", $zh, ").")] pub $field: $type,)*
        }
        impl $crate::record::field::Field for $name {
            const SHAPE: $crate::record::field::Shape = $crate::record::field::Shape {
                columns: &[$($crate::record::field::Column {
                    name: stringify!($field), en: $en, zh: $zh,
                    shape: &<$type as $crate::record::field::Field>::SHAPE,
                }),*],
                ..$crate::record::field::Shape::one($crate::record::field::FieldType::$ty)
            };
            fn put(&self, out: &mut Vec<u8>) {
                $crate::record::declare::put_row(out, |out| {
                    $($crate::record::declare::put_column(out, &self.$field);)*
                });
            }
            fn read(
                value: $crate::record::codec::ValueRef<'_>,
            ) -> Result<Self, $crate::record::field::FieldError> {
                let mut columns = $crate::record::declare::columns(value, stringify!($name))?;
                Ok($name {
                    $($field: <$type as $crate::record::field::Field>::read(
                        columns.next().unwrap_or($crate::record::codec::ValueRef::Null))?,)*
                })
            }
        }
    };
}

use super::codec::{Damaged, Fields, Items, Raw, ValueRef, View, put_list, put_value, put_varint};
use super::field::{Field, FieldError, FieldType, Shape};
use super::spec::{CREATED_AT, CREATED_BY, Custom, FIRST_CUSTOM, FieldSpec, Marks, Meta, ReadError};
use crate::base::kind::UserId;
use crate::base::{Id, Instant, Kind, Value};

/// The two fields that every kind has.
pub const CREATED: [FieldSpec; 2] = [
    FieldSpec {
        no: CREATED_AT,
        name: "created_at",
        en: "Created at",
        zh: "创建时间",
        shape: Shape::one(FieldType::Instant).or_null(),
        marks: Marks::SYSTEM,
    },
    FieldSpec {
        no: CREATED_BY,
        name: "created_by",
        en: "Created by",
        zh: "创建人",
        shape: <Option<UserId> as Field>::SHAPE,
        marks: Marks::SYSTEM,
    },
];

/// What a field holds before it is given a value.
pub trait Empty {
    /// The value.
    fn empty() -> Self;
}
impl<T: Default> Empty for T {
    fn empty() -> Self {
        T::default()
    }
}

/// Appends a field unless it is null.
pub fn put<T: Field>(out: &mut Vec<u8>, no: u16, field: &T) {
    if !field.is_null() {
        put_varint(out, u64::from(no));
        field.put(out);
    }
}

/// Appends when and by whom a record was created.
pub fn put_created<K: Kind>(out: &mut Vec<u8>, meta: &Meta<K>) {
    put(out, CREATED_AT, &meta.created_at);
    put(out, CREATED_BY, &meta.created_by);
}

/// Appends a row whose columns `fill` writes.
pub fn put_row(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    put_list(out, fill);
}

/// Appends a column of a row.
pub fn put_column<T: Field>(out: &mut Vec<u8>, column: &T) {
    if column.is_null() {
        put_value(out, &Value::Null);
    } else {
        column.put(out);
    }
}

/// The columns of a stored row.
pub fn columns<'a>(value: ValueRef<'a>, expected: &'static str) -> Result<Items<'a>, FieldError> {
    match value {
        ValueRef::List(items) => Ok(items),
        ValueRef::Null => Err(FieldError::Missing),
        other => Err(FieldError::Type { found: other.to_value().to_string(), expected }),
    }
}

/// Reads the fields of an image in ascending order, skipping those it isn't asked for.
pub struct Walk<'a> {
    view: View<'a>,
    rest: Fields<'a>,
    next: Option<(u16, Raw<'a>)>,
}

impl<'a> Walk<'a> {
    /// Starts at the first field.
    pub fn new(view: View<'a>) -> Result<Self, Damaged> {
        let mut rest = view.fields();
        let next = rest.step()?;
        Ok(Walk { view, rest, next })
    }

    /// Meta data: the header and the first two fields.
    pub fn meta<K: Kind>(&mut self, id: Id<K>) -> Result<Meta<K>, ReadError> {
        Ok(Meta {
            id,
            revision: self.view.revision,
            head: self.view.head,
            updated_at: self.view.updated_at,
            created_at: self.take::<Option<Instant>>(CREATED_AT, "created_at")?,
            created_by: self.take::<Option<UserId>>(CREATED_BY, "created_by")?,
        })
    }

    /// The field with a number.
    pub fn take<T: Field>(&mut self, no: u16, name: &'static str) -> Result<T, ReadError> {
        while let Some((number, raw)) = self.next {
            if number > no {
                break;
            }
            self.next = self.rest.step()?;
            if number == no {
                return T::read(raw.value()?).map_err(|error| ReadError::Field { name, error });
            }
        }
        T::read(ValueRef::Null).map_err(|error| ReadError::Field { name, error })
    }

    /// The custom fields at the end.
    pub fn custom(mut self) -> Result<Custom, ReadError> {
        let mut custom = Custom::new();
        while let Some((number, raw)) = self.next {
            if number >= FIRST_CUSTOM {
                custom.insert(number, raw.value()?.to_value());
            }
            self.next = self.rest.step()?;
        }
        Ok(custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::base::kind::LeadId;
    use crate::record::codec::{self, View};
    use crate::record::spec::{Record, Visibility};

    crate::choice! {
        /// A test choice.
        pub enum Mood { Good "good" "Good" "好", Bad "bad" "Bad" "坏", }
    }
    crate::choice_fields!(Mood);
    crate::row! {
        /// A test row.
        pub struct Side as Row {
            left: String = "Left" "左";
            right: Option<i64> = "Right" "右";
        }
    }
    crate::record! {
        /// A test record.
        pub struct Thing is Lead {
            /// The name.
            10 name: String = "Name" "名称" [REQUIRED PERSONAL];
            /// The mood.
            11 mood: Option<Mood> = "Mood" "心情";
            /// The sides.
            12 sides: Vec<Side> = "Sides" "两边";
        }
        spec { title: 10, visibility: Visibility::Open }
    }

    #[test]
    fn a_record_survives_its_stored_form() {
        let mut thing = Thing::empty(LeadId::from_u128(1));
        thing.name = "甲".into();
        thing.mood = Some(Mood::Bad);
        thing.sides =
            vec![Side { left: "l".into(), right: None }, Side { left: "m".into(), right: Some(-3) }];
        thing.custom.insert(1000, 7i64.into());
        let mut fields = Vec::new();
        thing.put_fields(&mut fields);
        let image = codec::image(0, 0, Default::default(), &fields);
        assert_eq!(Thing::read(thing.meta.id, View::new(&image).unwrap()).unwrap(), thing);
        assert_eq!(thing.get(Thing::mood), "bad".into());
        thing.set(Thing::mood, &"好".into()).unwrap();
        assert_eq!(thing.mood, Some(Mood::Good));
        assert!(thing.set(Thing::mood, &"sad".into()).is_err());
    }
}
