//! The fields of every kind as they stand: built-in and custom ones, by number, name and label.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::field::{Column, FieldType, Shape};
use super::spec::{FieldSpec, Marks, Spec};
use crate::base::KindNo;

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChoiceDef {
    /// The stored code.
    pub code: Cow<'static, str>,
    /// The English label.
    pub en: Cow<'static, str>,
    /// The Chinese label.
    pub zh: Cow<'static, str>,
}

/// One field of a kind, built in or custom.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDef {
    /// The stored number.
    pub no: u16,
    /// The machine name.
    pub name: Cow<'static, str>,
    /// The English label.
    pub en: Cow<'static, str>,
    /// The Chinese label.
    pub zh: Cow<'static, str>,
    /// The type of the value, or of each item.
    pub ty: FieldType,
    /// Whether it holds several.
    pub many: bool,
    /// The choices, for [`FieldType::Choice`].
    pub choices: Vec<ChoiceDef>,
    /// The columns of rows, each as a field of its own whose number is its place; none for what holds no rows.
    pub columns: Arc<[FieldDef]>,
    /// Marks.
    pub marks: Marks,
}

impl From<&FieldSpec> for FieldDef {
    fn from(spec: &FieldSpec) -> Self {
        let labels = [spec.name, spec.en, spec.zh];
        FieldDef { marks: spec.marks, ..FieldDef::built_in(spec.no, labels, &spec.shape) }
    }
}

impl FieldDef {
    fn built_in(no: u16, [name, en, zh]: [&'static str; 3], shape: &Shape) -> Self {
        let choices = shape.choices.iter().map(|choice| ChoiceDef {
            code: choice.code.into(),
            en: choice.en.into(),
            zh: choice.zh.into(),
        });
        FieldDef {
            no,
            name: name.into(),
            en: en.into(),
            zh: zh.into(),
            ty: shape.ty,
            many: shape.many,
            choices: choices.collect(),
            columns: (0..).zip(shape.columns).map(FieldDef::column).collect(),
            marks: Marks::default(),
        }
    }

    /// A column of built-in rows. Empty text is a value, whether or not it may be missing.
    fn column((no, column): (u16, &Column)) -> Self {
        let field = FieldDef::built_in(no, [column.name, column.en, column.zh], column.shape);
        let needed = !column.shape.optional && column.shape.ty != FieldType::Text;
        FieldDef { marks: if needed { Marks::REQUIRED } else { Marks::default() }, ..field }
    }

    /// Whether a machine name, an English label or a Chinese label is this field's.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.zh == name || self.en.eq_ignore_ascii_case(name)
    }

    /// The kinds that it, or a column of its rows, names, each once.
    pub fn refers_to(&self) -> BTreeSet<KindNo> {
        let own = if let FieldType::Record(kind) = self.ty { kind } else { None };
        own.into_iter().chain(self.columns.iter().flat_map(FieldDef::refers_to)).collect()
    }

    /// The column of its rows with a machine name, an English label or a Chinese label.
    pub fn column_named(&self, name: &str) -> Option<&FieldDef> {
        self.columns.iter().find(|column| column.is_called(name))
    }
}

/// The fields of one kind.
#[derive(Clone, Debug)]
pub struct KindSchema {
    /// The kind's declaration.
    pub spec: &'static Spec,
    /// In the order of their numbers.
    fields: Vec<FieldDef>,
    required: Vec<u16>,
    names: BTreeMap<String, u16>,
}

impl KindSchema {
    /// The built-in fields of a kind.
    pub fn new(spec: &'static Spec) -> Self {
        let mut kind = KindSchema { spec, fields: Vec::new(), required: Vec::new(), names: BTreeMap::new() };
        spec.fields.iter().for_each(|field| kind.add(field.into()));
        kind
    }

    /// Adds a field; names that are taken keep meaning the earlier field.
    pub fn add(&mut self, field: FieldDef) {
        for name in [&field.name, &field.zh, &field.en] {
            self.names.entry(name.to_lowercase()).or_insert(field.no);
        }
        self.required.retain(|no| *no != field.no);
        if field.marks.has(Marks::REQUIRED) {
            self.required.push(field.no);
            self.required.sort_unstable();
        }
        match self.place(field.no) {
            Ok(place) => drop(self.fields.splice(place..=place, [field])),
            Err(place) => self.fields.insert(place, field),
        }
    }

    fn place(&self, no: u16) -> Result<usize, usize> {
        self.fields.binary_search_by_key(&no, |field| field.no)
    }

    /// Takes a field away; nothing names it any more.
    pub fn remove(&mut self, no: u16) {
        self.fields.retain(|field| field.no != no);
        self.required.retain(|required| *required != no);
        self.names.retain(|_, named| *named != no);
    }

    /// The fields in the order of their numbers.
    pub fn fields(&self) -> impl Iterator<Item = &FieldDef> {
        self.fields.iter()
    }

    /// The fields that must have a value, in the order of their numbers.
    pub fn required(&self) -> impl Iterator<Item = &FieldDef> {
        self.required.iter().filter_map(|no| self.field(*no))
    }

    /// The field with a number.
    pub fn field(&self, no: u16) -> Option<&FieldDef> {
        self.fields.get(self.place(no).ok()?)
    }

    /// The field with a machine name, an English label or a Chinese label.
    pub fn named(&self, name: &str) -> Option<&FieldDef> {
        let no = self.names.get(name).or_else(|| self.names.get(&name.to_lowercase()))?;
        self.field(*no)
    }
}

/// The fields of every kind.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    kinds: BTreeMap<KindNo, Arc<KindSchema>>,
}

impl Schema {
    /// The built-in fields of these kinds.
    pub fn new(specs: &[&'static Spec]) -> Self {
        let kinds = specs.iter().map(|spec| (spec.kind, Arc::new(KindSchema::new(spec)))).collect();
        Schema { kinds }
    }

    /// The fields of a kind.
    pub fn kind(&self, kind: KindNo) -> Option<&Arc<KindSchema>> {
        self.kinds.get(&kind)
    }

    /// The fields of a kind, to add to.
    pub fn kind_mut(&mut self, kind: KindNo) -> Option<&mut KindSchema> {
        self.kinds.get_mut(&kind).map(Arc::make_mut)
    }

    /// Every kind.
    pub fn kinds(&self) -> impl Iterator<Item = &Arc<KindSchema>> {
        self.kinds.values()
    }
}
