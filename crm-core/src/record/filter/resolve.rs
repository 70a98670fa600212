//! What the path of a test leads to.

use super::Path;
use super::bind::Problem;
use super::eval::{Columns, Hop, Leaf, Node, Source, Target};
use super::suggest::nearest;
use super::test::Test;
use crate::base::KindNo;
use crate::record::diagnostic::{Bilingual, choose_from};
use crate::record::field::FieldType;
use crate::record::schema::{FieldDef, KindSchema, Schema};

/// The field at the end of a path.
pub(super) struct Resolved<'a> {
    pub target: Target,
    /// The field or column.
    field: Option<&'a FieldDef>,
}

/// The names of what every record has beside its fields.
const META: [([&str; 3], Source); 3] = [
    (["id", "id", "编号"], Source::Id),
    (["revision", "revision", "版本"], Source::Revision),
    (["updated_at", "updated at", "更新时间"], Source::UpdatedAt),
];

/// Follows a path from a kind. Every field on the way is added to `read`.
pub(super) fn resolve<'a>(
    path: &Path,
    schema: &'a Schema,
    kind: KindNo,
    behaviour: &dyn Fn(&str) -> Option<u32>,
    read: &mut Vec<(KindNo, u16)>,
) -> Result<Resolved<'a>, Problem> {
    let mut hops = Vec::new();
    let mut kind = kind;
    let mut names = path.0.iter().peekable();
    while let Some(name) = names.next() {
        let fields = schema.kind(kind);
        let last = names.peek().is_none();
        let Some(field) = fields.and_then(|fields| fields.named(name)) else {
            return match meta(name, kind)
                .or_else(|| Some((Source::Behaviour(behaviour(name)?), FieldType::Int)))
            {
                Some((source, ty)) if last => Ok(Resolved::new(hops, source, ty, None)),
                Some(_) => Err(Problem::NotAReference { name: name.clone() }),
                None => Err(unknown(name, kind, fields.map(AsRef::as_ref))),
            };
        };
        read.push((kind, field.no));
        if last {
            return Ok(Resolved::new(hops, Source::Field(field.no), field.ty, Some(field)));
        }
        if field.columns.is_empty() {
            kind = referred(field, name)?;
            hops.push(Hop { field: field.no, within: None, to: kind });
            continue;
        }
        let name = names.next().map_or("", String::as_str);
        let column = column_of(field, name, kind)?;
        let within = Some(usize::from(column.no));
        if names.peek().is_none() {
            let mut resolved = Resolved::new(hops, Source::Field(field.no), column.ty, Some(column));
            resolved.target = Target { within, many: field.many, ..resolved.target };
            return Ok(resolved);
        }
        kind = referred(column, name)?;
        hops.push(Hop { field: field.no, within, to: kind });
    }
    Err(unknown("", kind, None))
}

fn meta(name: &str, kind: KindNo) -> Option<(Source, FieldType)> {
    let (_, source) =
        META.iter().find(|(names, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))?;
    let ty = match source {
        Source::Id => FieldType::Record(Some(kind)),
        Source::UpdatedAt => FieldType::Instant,
        _ => FieldType::Int,
    };
    Some((*source, ty))
}

/// The kind to which a path goes on from a field or column.
fn referred(field: &FieldDef, name: &str) -> Result<KindNo, Problem> {
    match field.ty {
        FieldType::Record(Some(to)) => Ok(to),
        FieldType::Record(None) => Err(Problem::AnyKind { name: name.to_owned() }),
        _ => Err(Problem::NotAReference { name: name.to_owned() }),
    }
}

fn column_of<'a>(field: &'a FieldDef, name: &str, kind: KindNo) -> Result<&'a FieldDef, Problem> {
    field.column_named(name).ok_or_else(|| {
        let names = field.columns.iter().flat_map(|column| [&column.name, &column.en, &column.zh]);
        let suggestion = nearest(name, names.map(AsRef::as_ref));
        Problem::UnknownField { name: format!("{}.{name}", field.name), kind, suggestion }
    })
}

fn unknown(name: &str, kind: KindNo, fields: Option<&KindSchema>) -> Problem {
    let names = fields
        .into_iter()
        .flat_map(KindSchema::fields)
        .flat_map(|field| [field.name.as_ref(), field.en.as_ref(), field.zh.as_ref()]);
    Problem::UnknownField { name: name.to_owned(), kind, suggestion: nearest(name, names) }
}

impl<'a> Resolved<'a> {
    fn new(path: Vec<Hop>, source: Source, ty: FieldType, field: Option<&'a FieldDef>) -> Self {
        let many = field.is_some_and(|field| field.many);
        let target = Target { path, source, within: None, columns: Columns::Whole, ty, many };
        Resolved { target, field }
    }

    /// A test of the field.
    pub fn leaf(&self, test: Test) -> Node {
        Node::Leaf(Leaf { target: self.target.clone(), test, slot: 0 })
    }

    /// A test of some columns of the field.
    pub fn leaf_of(&self, columns: Columns, test: Test) -> Node {
        Node::Leaf(Leaf { target: Target { columns, ..self.target.clone() }, test, slot: 0 })
    }

    /// The code of a choice, given its code or a label. A field without choices takes any.
    pub fn choice(&self, name: &str) -> Result<String, Problem> {
        let choices: Vec<[&str; 3]> = self
            .field
            .iter()
            .flat_map(|field| &field.choices)
            .map(|choice| [choice.code.as_ref(), choice.en.as_ref(), choice.zh.as_ref()])
            .collect();
        if choices.is_empty() {
            return Ok(name.to_owned());
        }
        let by_code = choices.iter().find(|[code, ..]| *code == name);
        let by_label =
            || choices.iter().find(|[_, en, zh]| en.to_lowercase() == name.to_lowercase() || *zh == name);
        match by_code.or_else(by_label) {
            Some([code, ..]) => Ok((*code).to_owned()),
            None => {
                let suggestion = nearest(name, choices.iter().flatten().copied());
                let names = choices.iter().map(|[code, _, zh]| (*code, *zh));
                let known = if suggestion.is_none() { choose_from(names) } else { Bilingual::default() };
                Err(Problem::UnknownChoice { found: name.to_owned(), suggestion, known })
            }
        }
    }

    /// The problem that a column has to be named.
    pub fn whole_row(&self) -> Problem {
        let columns = self.field.map_or(&[][..], |field| &field.columns);
        let names: Vec<String> = columns.iter().map(|column| format!("`{}`", column.name)).collect();
        Problem::WholeRow { columns: names.join(", ") }
    }

    /// The problem that an operator doesn't go with the field's type.
    pub fn operator(&self, what: &str) -> Problem {
        let ty = match self.target.source {
            Source::Behaviour(_) => ("a behaviour, which is a number of times", "行为（次数）"),
            _ => type_name(self.target.ty),
        };
        Problem::Operator { what: what.to_owned(), ty: ty.into() }
    }
}

/// A type in words, English and Chinese.
pub const fn type_name(ty: FieldType) -> (&'static str, &'static str) {
    match ty {
        FieldType::Bool => ("yes or no", "是或否"),
        FieldType::Int => ("a whole number", "整数"),
        FieldType::Decimal => ("a number", "数字"),
        FieldType::Text => ("text", "文本"),
        FieldType::Date => ("a date", "日期"),
        FieldType::Instant => ("a date and time", "日期时间"),
        FieldType::Duration => ("a length of time", "时长"),
        FieldType::Money => ("an amount of money", "金额"),
        FieldType::Currency => ("a currency", "币种"),
        FieldType::Record(_) => ("a record", "记录"),
        FieldType::Choice => ("a choice", "选项"),
        FieldType::Phone => ("a phone number", "电话号码"),
        FieldType::Email => ("an e-mail address", "电子邮箱"),
        FieldType::Row => ("rows", "多行数据"),
    }
}
