//! Custom fields.

use rust_decimal::Decimal;

use super::{set, set_some};
use crate::base::KindNo;
use crate::base::kind::CustomFieldId;
use crate::domain::org::{CustomField, CustomType, FieldChoice, FieldColumn};
use crate::record::action::Action;
use crate::record::desk::Desk;
use crate::record::error::{Error, Result};
use crate::record::spec::{FIRST_CUSTOM, Record};

command! {
    /// Defines a custom field of a kind, while data exists. It behaves as a built-in field everywhere.
    ///
    /// Records that are there already have no value in it, required or not, until they are given one.
    pub struct DefineField as "field.define" -> CustomFieldId {
        /// The kind of record that gets it.
        kind: KindNo,
        /// The machine name: one plain word.
        name: String,
        /// The English label; the name when empty.
        #[serde(default)]
        en: String,
        /// The Chinese label; the name when empty.
        #[serde(default)]
        zh: String,
        /// The type.
        ty: CustomType,
        /// The choices, for single and multiple choice.
        #[serde(default)]
        choices: Vec<FieldChoice>,
        /// The columns, for a sub-table.
        #[serde(default)]
        columns: Vec<FieldColumn>,
        /// The kind of record that a reference names; any when there is none.
        target: Option<KindNo>,
        /// Whether a value must be there.
        #[serde(default)]
        required: bool,
        /// Whether no two records may share a value.
        #[serde(default)]
        unique: bool,
        /// Whether it is personal data.
        #[serde(default)]
        personal: bool,
        /// The value of new records that are given none.
        #[serde(default)]
        default: String,
        /// What text must look like: `#` a digit, `@` a letter, `?` any, `*` anything, `\` literal.
        #[serde(default)]
        pattern: String,
        /// The least number.
        least: Option<Decimal>,
        /// The greatest number.
        most: Option<Decimal>,
        /// What a person entering it is told.
        #[serde(default)]
        help: String,
    }
    run(this, desk) {
        let mut field = CustomField::empty(desk.new_id());
        field.number = next_number(desk, this.kind)?;
        this.kind.name().clone_into(&mut field.kind);
        field.name = this.name;
        field.en = this.en;
        field.zh = this.zh;
        field.ty = this.ty;
        field.choices = this.choices;
        field.columns = this.columns;
        field.target = this.target.map(|kind| kind.name().to_owned()).unwrap_or_default();
        field.required = this.required.then_some(true);
        field.unique = this.unique.then_some(true);
        field.personal = this.personal.then_some(true);
        field.default = this.default;
        field.pattern = this.pattern;
        field.least = this.least;
        field.most = this.most;
        field.help = this.help;
        desk.put(&field)?;
        Ok(field.id())
    }
}

/// The number after the highest one given out. Fields are retired, never deleted, so that none
/// comes twice.
fn next_number(desk: &dyn Desk, kind: KindNo) -> Result<i64> {
    let schema = desk.schema();
    let highest = schema.kind(kind).and_then(|kind| kind.fields().map(|field| field.no).max()).unwrap_or(0);
    let number = highest.max(FIRST_CUSTOM - 1).checked_add(1);
    let number =
        number.ok_or_else(|| Error::refused("field.too_many", format!("a {kind} takes no more fields")))?;
    Ok(number.into())
}

command! {
    /// Changes what is given of a custom field; `record.update` also clears labels and limits.
    ///
    /// Values stay as they are: a choice that is taken out remains where it was chosen and can't be
    /// chosen again; columns of a sub-table are added at the end.
    pub struct ChangeField as "field.change" -> () {
        /// The field.
        field: CustomFieldId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
        /// The English label.
        en: Option<String>,
        /// The Chinese label.
        zh: Option<String>,
        /// All choices.
        choices: Option<Vec<FieldChoice>>,
        /// All columns.
        columns: Option<Vec<FieldColumn>>,
        /// Whether a value must be there from now on.
        required: Option<bool>,
        /// Whether no two records may share a value; refused when two do.
        unique: Option<bool>,
        /// The value of new records that are given none.
        default: Option<String>,
        /// What text must look like.
        pattern: Option<String>,
        /// The least number.
        least: Option<Decimal>,
        /// The greatest number.
        most: Option<Decimal>,
        /// What a person entering it is told.
        help: Option<String>,
    }
    run(this, desk) {
        let mut field: CustomField = desk.load_at(this.field, Action::Update, this.revision)?;
        set(&mut field.en, this.en);
        set(&mut field.zh, this.zh);
        set(&mut field.choices, this.choices);
        set(&mut field.columns, this.columns);
        set(&mut field.required, this.required.map(|required| required.then_some(true)));
        set(&mut field.unique, this.unique.map(|unique| unique.then_some(true)));
        set(&mut field.default, this.default);
        set(&mut field.pattern, this.pattern);
        set_some(&mut field.least, this.least);
        set_some(&mut field.most, this.most);
        set(&mut field.help, this.help);
        desk.put(&field)
    }
}

command! {
    /// Retires a custom field: it takes no more values and is asked for no more; its values and their
    /// history stay.
    pub struct RetireField as "field.retire" -> () {
        /// The field.
        field: CustomFieldId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
    }
    run(this, desk) {
        let mut field: CustomField = desk.load_at(this.field, Action::Update, this.revision)?;
        field.retired = Some(true);
        field.required = None;
        desk.put(&field)
    }
}

command! {
    /// Lets a retired field take values again.
    pub struct RestoreField as "field.restore" -> () {
        /// The field.
        field: CustomFieldId,
        /// The revision that the change is made against; any when none.
        revision: Option<u64>,
    }
    run(this, desk) {
        let mut field: CustomField = desk.load_at(this.field, Action::Update, this.revision)?;
        field.retired = None;
        desk.put(&field)
    }
}
