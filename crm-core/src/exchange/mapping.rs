//! Which column of a file goes where.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::text;
use crate::record::error::{Error, Invalid, Result};
use crate::record::filter::nearest;
use crate::record::schema::{FieldDef, KindSchema};

/// Where the columns of a file go: those that are given, and the others by machine name or label.
///
/// A heading that finds no field stops the import before its first row, unless the mapping says to leave it
/// out: nothing is dropped unseen.
///
/// ```
/// use crm_core::exchange::Mapping;
/// let mapping = Mapping::automatic().field("电话2", "phones").ignore("内部备注");
/// assert_ne!(mapping, Mapping::automatic());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Headings and where their columns go.
    #[serde(default)]
    pub given: BTreeMap<String, Target>,
    /// Whether the other columns go to the fields that their headings name.
    pub by_name: bool,
    /// Whether columns that go nowhere are left out.
    #[serde(default)]
    pub ignore_rest: bool,
}

/// Where a column goes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Into the field with a machine name or label.
    Field(String),
    /// To the door, under a name of its own.
    Named(String),
    /// Nowhere.
    Ignored,
}

impl Mapping {
    /// Every column goes to the field that its heading names.
    pub fn automatic() -> Self {
        Mapping { given: BTreeMap::new(), by_name: true, ignore_rest: false }
    }

    /// Only the columns that are given go anywhere; the others are left out.
    pub fn only(columns: &[(&str, &str)]) -> Self {
        let empty = Mapping { given: BTreeMap::new(), by_name: false, ignore_rest: true };
        columns.iter().fold(empty, |mapping, (heading, field)| mapping.field(heading, field))
    }

    /// A column that goes into the field with a machine name or label.
    pub fn field(mut self, heading: &str, field: &str) -> Self {
        self.given.insert(heading.to_owned(), Target::Field(field.to_owned()));
        self
    }

    /// A column that the door reads under a name of its own (see [`Row::named`](super::Row::named)).
    pub fn named(mut self, heading: &str, name: &str) -> Self {
        self.given.insert(heading.to_owned(), Target::Named(name.to_owned()));
        self
    }

    /// A column that is left out.
    pub fn ignore(mut self, heading: &str) -> Self {
        self.given.insert(heading.to_owned(), Target::Ignored);
        self
    }

    /// Columns that name no field are left out.
    pub fn ignore_rest(mut self) -> Self {
        self.ignore_rest = true;
        self
    }
}

impl Default for Mapping {
    fn default() -> Self {
        Mapping::automatic()
    }
}

/// A column of a file, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// The heading; empty for a column without one, whose cells must be empty.
    pub heading: String,
    /// Where it goes, a field under its machine name.
    pub target: Target,
}

/// The columns of a file, resolved for a kind of record.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The fields of the kind.
    pub(super) schema: Arc<KindSchema>,
    /// The columns in the order of the file.
    pub(super) columns: Vec<Column>,
    /// The places of the columns of each field, by the field's number.
    fields: Vec<(u16, Vec<usize>)>,
    /// The places of named columns.
    named: BTreeMap<String, usize>,
    /// The places of columns without a heading.
    pub(super) unnamed: Vec<usize>,
}

impl Columns {
    /// Finds out where the columns under these headings go.
    ///
    /// # Errors
    /// Invalid, heading by heading: unknown ones, fields that can't be imported (`takes` says which can),
    /// two columns for a field with one value, given headings that the file lacks.
    pub(super) fn resolve(
        headings: &[String],
        mapping: &Mapping,
        schema: &Arc<KindSchema>,
        takes: &dyn Fn(&FieldDef) -> bool,
    ) -> Result<Columns> {
        let mut columns = Columns {
            schema: schema.clone(),
            columns: Vec::with_capacity(headings.len()),
            fields: Vec::new(),
            named: BTreeMap::new(),
            unnamed: Vec::new(),
        };
        let mut invalid = Vec::new();
        for (place, heading) in headings.iter().enumerate() {
            let target = match columns.place(place, heading, mapping, takes) {
                Ok(target) => target,
                Err(error) => {
                    invalid.push(error);
                    Target::Ignored
                }
            };
            columns.columns.push(Column { heading: heading.clone(), target });
        }
        for heading in mapping.given.keys().filter(|heading| !headings.contains(heading)) {
            let message = format!("the file has no column `{heading}`");
            invalid.push(Invalid::new(heading, "import.heading_missing", message));
        }
        if columns.fields.is_empty() && columns.named.is_empty() && invalid.is_empty() {
            let message = format!("no column of the file goes into a field of {}", schema.spec.kind);
            invalid.push(Invalid::new("headings", "import.no_column", message));
        }
        if invalid.is_empty() { Ok(columns) } else { Err(Error::Invalid(invalid)) }
    }

    /// Where the column at a place goes; notes it.
    fn place(
        &mut self,
        place: usize,
        heading: &str,
        mapping: &Mapping,
        takes: &dyn Fn(&FieldDef) -> bool,
    ) -> std::result::Result<Target, Invalid> {
        let given = mapping.given.get(heading);
        let name = match given {
            Some(Target::Ignored) => return Ok(Target::Ignored),
            Some(Target::Named(name)) => {
                if self.named.insert(name.clone(), place).is_some() {
                    let message = format!("two columns are given as `{name}`");
                    return Err(Invalid::new(heading, "import.heading_twice", message));
                }
                return Ok(Target::Named(name.clone()));
            }
            Some(Target::Field(name)) => name.as_str(),
            None if heading.is_empty() => {
                self.unnamed.push(place);
                return Ok(Target::Ignored);
            }
            None if mapping.by_name => heading,
            None if mapping.ignore_rest => return Ok(Target::Ignored),
            None => return Err(self.unknown(heading, heading)),
        };
        let schema = self.schema.clone();
        let field = schema.named(name).or_else(|| schema.named(&text::fold(name)));
        let field = match field {
            Some(field) if takes(field) => field,
            _ if given.is_none() && mapping.ignore_rest => return Ok(Target::Ignored),
            Some(field) => {
                let message = format!("the field `{}` can't be imported", field.name);
                return Err(Invalid::new(heading, "import.field_read_only", message));
            }
            None => return Err(self.unknown(heading, name)),
        };
        match self.fields.binary_search_by_key(&field.no, |(no, _)| *no) {
            Err(gap) => self.fields.insert(gap, (field.no, vec![place])),
            Ok(found) => match self.fields.get_mut(found) {
                Some((_, places)) if field.many => places.push(place),
                _ => {
                    let message = format!("two columns go into the field `{}`", field.name);
                    return Err(Invalid::new(heading, "import.heading_twice", message));
                }
            },
        }
        Ok(Target::Field(field.name.to_string()))
    }

    fn unknown(&self, heading: &str, name: &str) -> Invalid {
        let kind = self.schema.spec.kind;
        let names = self.schema.fields().flat_map(|field| [&*field.name, &*field.en, &*field.zh]);
        let message = match nearest(name, names) {
            Some(meant) => format!("{kind} has no field `{name}`; is it `{meant}`?"),
            None => format!("{kind} has no field `{name}`"),
        };
        Invalid::new(heading, "import.heading_unknown", message)
    }

    /// The fields that have columns, by number, with the places of these.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&FieldDef, &[usize])> {
        self.fields.iter().filter_map(|(no, places)| Some((self.schema.field(*no)?, places.as_slice())))
    }

    /// The places of a field's columns.
    pub(super) fn of(&self, field: u16) -> &[usize] {
        let found = self.fields.binary_search_by_key(&field, |(no, _)| *no).ok();
        found.and_then(|place| self.fields.get(place)).map_or(&[], |(_, places)| places)
    }

    /// The names of named columns, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }

    /// The places of all columns that go somewhere, by field and name, so that their order in the file is
    /// all one.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> {
        self.fields.iter().flat_map(|(_, places)| places).chain(self.named.values()).copied()
    }

    /// The place of a named column.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.named.get(name).copied()
    }

    /// The place of the first column that a field's machine name, or a named column's name, stands for.
    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        let field = self.schema.fields().find(|field| field.name == name);
        field.and_then(|field| self.of(field.no).first().copied()).or_else(|| self.named(name))
    }

    /// The heading at a place.
    pub(super) fn heading(&self, place: usize) -> &str {
        self.columns.get(place).map_or("", |column| &column.heading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::org::User;
    use crate::record::spec::{Marks, Record};

    fn resolve(headings: &[&str], mapping: &Mapping) -> std::result::Result<Vec<String>, Vec<String>> {
        let headings: Vec<_> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        let schema = Arc::new(KindSchema::new(User::SPEC));
        let takes = |field: &FieldDef| !field.marks.has(Marks::SYSTEM);
        match Columns::resolve(&headings, mapping, &schema, &takes) {
            Ok(columns) => Ok(columns
                .columns
                .into_iter()
                .map(|column| match column.target {
                    Target::Field(name) => name,
                    Target::Named(name) => format!("@{name}"),
                    Target::Ignored => "-".to_owned(),
                })
                .collect()),
            Err(Error::Invalid(invalid)) => {
                Err(invalid.into_iter().map(|i| format!("{} {}", i.field, i.code)).collect())
            }
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn headings_find_their_fields() {
        let automatic = Mapping::automatic;
        for (headings, mapping, expected) in [
            (&["login", "姓名", "DEPARTMENT"][..], automatic(), Ok(&["login", "name", "department"][..])),
            (&["Ｌｏｇｉｎ", "name", ""], automatic(), Ok(&["login", "name", "-"])),
            (&["login", "nick"], automatic(), Err(&["nick import.heading_unknown"][..])),
            (&["login", "nick"], automatic().ignore("nick"), Ok(&["login", "-"])),
            (&["login", "nick"], automatic().field("nick", "姓名"), Ok(&["login", "name"])),
            (&["login", "nick"], automatic().named("nick", "n"), Ok(&["login", "@n"])),
            (&["login", "nick", "停用"], automatic().ignore_rest(), Ok(&["login", "-", "-"])),
            (&["login", "name"], Mapping::only(&[("name", "name")]), Ok(&["-", "name"])),
            (&["login", "Login"], automatic(), Err(&["Login import.heading_twice"])),
            (&["roles", "角色"], automatic(), Ok(&["roles", "roles"])),
            (&["login", "停用"], automatic(), Err(&["停用 import.field_read_only"])),
            (&["login"], automatic().ignore("x"), Err(&["x import.heading_missing"])),
            (&["x", "y"], automatic().ignore_rest(), Err(&["headings import.no_column"])),
        ] {
            let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            let expected = expected.map(owned).map_err(owned);
            assert_eq!(resolve(headings, &mapping), expected, "{headings:?}");
        }
    }
}
