//! What definitions must look like: pure checks, each of which lists everything that is wrong.

use std::collections::BTreeSet;

use chrono::{Datelike, Weekday};

use super::noun::{
    CustomField, CustomType, FieldChoice, FieldColumn, LifecycleDefinition, Role, Settings, Share, Validation,
};
use crate::base::settings::{self, ActivityRule};
use crate::base::{Instant, KindNo};
use crate::record::error::Invalid;
use crate::record::filter::{self, FilterContext};
use crate::record::lifecycle::Lifecycle;
use crate::record::schema::{KindSchema, Schema};
use crate::record::spec::FIRST_CUSTOM;
use crate::record::values;

/// Words that mean something else where a field's name may stand.
const RESERVED: &[&str] = &["id", "revision", "updated_at", "me", "and", "or", "not", "in", "is", "null"];
/// The kind of a grant that stands for every kind.
pub const EVERY_KIND: &str = "*";

/// The kind of record that a definition names, with its fields.
///
/// # Errors
/// When there is no such kind.
pub fn kind_named<'a>(name: &str, schema: &'a Schema) -> Result<&'a KindSchema, Invalid> {
    let kind = KindNo::from_name(name).and_then(|kind| schema.kind(kind));
    kind.map(AsRef::as_ref)
        .ok_or_else(|| Invalid::new("kind", "kind.unknown", format!("no kind of record is called `{name}`")))
}

/// What is wrong with the text of a filter over a kind; nothing with an empty one. Each problem says
/// at which place of the text.
pub fn filter_problems(field: &str, text: &str, kind: KindNo, schema: &Schema) -> Vec<Invalid> {
    if text.trim().is_empty() {
        return Vec::new();
    }
    let (filter, places) = match filter::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => return vec![Invalid::new(field, "filter.syntax", error.to_string())],
    };
    // Whether it binds does not depend on when and for whom.
    let context = FilterContext::utc(Instant::default());
    let Err(errors) = filter::bind(&filter, schema, kind, &context) else { return Vec::new() };
    let place = |test: usize| places.get(test).map_or(0, |place| place.field.start);
    errors
        .iter()
        .map(|error| Invalid::new(field, error.problem.code(), format!("at {}: {error}", place(error.test))))
        .collect()
}

/// What is wrong with a custom field among the fields of its kind.
pub fn field_problems(field: &CustomField, kind: &KindSchema, settings: &settings::Settings) -> Vec<Invalid> {
    let mut problems = Vec::new();
    let mut wrong = |at: &str, code: &str, message: String| problems.push(Invalid::new(at, code, message));
    let number = u16::try_from(field.number).ok().filter(|number| *number >= FIRST_CUSTOM);
    if number.is_none() {
        let message =
            format!("`{}` is not the number of a custom field; `field.define` gives it one", field.number);
        wrong("number", "field.number", message);
    }
    if !is_plain_word(&field.name) || RESERVED.contains(&field.name.to_lowercase().as_str()) {
        let message = format!("`{}` is not a plain word that can name a field", field.name);
        wrong("name", "field.name_form", message);
    }
    for (at, name) in [("name", &field.name), ("en", &field.en), ("zh", &field.zh)] {
        let taken = kind.named(name).filter(|known| Some(known.no) != number);
        if let (false, Some(known)) = (name.is_empty(), taken) {
            let message = format!("`{name}` already names the field `{}` of {}", known.name, kind.spec.kind);
            wrong(at, "field.name_taken", message);
        }
    }
    check_type("", field.ty, &field.choices, &field.target, &mut wrong);
    check_columns(field, &mut wrong);
    let may_be_unique = matches!(
        field.ty,
        CustomType::Text
            | CustomType::Number
            | CustomType::Date
            | CustomType::DateTime
            | CustomType::Reference
    );
    if field.unique == Some(true) && (!may_be_unique || !field.default.is_empty()) {
        let message = format!("a {} field can't be unique, nor can one with a default", field.ty);
        wrong("unique", "field.unique", message);
    }
    check_limits(field, &mut wrong);
    if !field.default.is_empty() && !default_fits(field, settings) {
        wrong("default", "field.default", format!("`{}` is not a value of the field", field.default));
    }
    problems
}

fn is_plain_word(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.all(|c| c.is_alphanumeric() || c == '_')
}

/// A code or label that is empty or means two choices.
fn twice(choices: &[FieldChoice]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    for choice in choices {
        let names: BTreeSet<_> = [&choice.code, &choice.en, &choice.zh]
            .into_iter()
            .map(String::as_str)
            .filter(|n| !n.is_empty())
            .collect();
        if choice.code.trim().is_empty() {
            return Some(&choice.code);
        }
        if let Some(known) = names.into_iter().find(|name| !seen.insert(*name)) {
            return Some(known);
        }
    }
    None
}

fn check_columns(field: &CustomField, wrong: &mut dyn FnMut(&str, &str, String)) {
    if (field.ty == CustomType::Table) == field.columns.is_empty() {
        wrong("columns", "field.columns", "a sub-table has columns, and no other field has".into());
    }
    let mut seen = BTreeSet::new();
    for column in &field.columns {
        if !is_plain_word(&column.name) || !seen.insert(&column.name) || column.ty == CustomType::Table {
            let message = format!("the column `{}` has no plain name of its own, or is a table", column.name);
            wrong("columns", "field.column", message);
        }
        check_type(&format!("columns.{}.", column.name), column.ty, &column.choices, &column.target, wrong);
    }
}

/// Choices and a target go with the types that have them; `within` is where they stand.
fn check_type(
    within: &str,
    ty: CustomType,
    choices: &[FieldChoice],
    target: &str,
    wrong: &mut dyn FnMut(&str, &str, String),
) {
    let mut wrong = |at: &str, code: &str, message: String| wrong(&format!("{within}{at}"), code, message);
    if matches!(ty, CustomType::Choice | CustomType::Choices) == choices.is_empty() {
        let message = format!("a {} field has choices, and no other has", CustomType::Choice);
        wrong("choices", "field.choices", message);
    }
    if let Some(choice) = twice(choices) {
        wrong("choices", "field.choice_twice", format!("the choice `{choice}` is empty or given twice"));
    }
    if !target.is_empty() && (ty != CustomType::Reference || KindNo::from_name(target).is_none()) {
        wrong("target", "field.target", format!("`{target}` is not a kind that a reference can name"));
    }
}

fn check_limits(field: &CustomField, wrong: &mut dyn FnMut(&str, &str, String)) {
    if !field.pattern.is_empty() && field.ty != CustomType::Text {
        wrong("pattern", "field.pattern", "only text has a pattern".into());
    }
    let limited = field.least.is_some() || field.most.is_some();
    if limited && !matches!(field.ty, CustomType::Number | CustomType::Money) {
        wrong("least", "field.range", "only numbers and amounts have limits".into());
    }
    if let (Some(least), Some(most)) = (field.least, field.most)
        && least > most
    {
        wrong("least", "field.range", format!("`{least}` is more than `{most}`"));
    }
}

fn default_fits(field: &CustomField, settings: &settings::Settings) -> bool {
    let (ty, many) = field.ty.field_type();
    let Ok(value) = values::parse(&field.default, ty, many, settings) else { return false };
    let known = |text: &str| field.choices.iter().any(|choice| choice.code == text);
    match field.ty {
        CustomType::Choice => value.as_text().is_some_and(known),
        CustomType::Choices => match &value {
            crate::base::Value::List(items) => items.iter().all(|item| item.as_text().is_some_and(known)),
            _ => false,
        },
        CustomType::Text => field.pattern.is_empty() || values::fits_pattern(&field.default, &field.pattern),
        CustomType::Number | CustomType::Money => {
            let number = match value {
                crate::base::Value::Money(money) => money.amount,
                crate::base::Value::Decimal(number) => number,
                _ => return false,
            };
            field.least.is_none_or(|least| number >= least) && field.most.is_none_or(|most| number <= most)
        }
        _ => true,
    }
}

/// What a change of a custom field may not change.
pub fn field_change_problems(before: &CustomField, after: &CustomField) -> Vec<Invalid> {
    let mut problems = Vec::new();
    let mut fixed = |at: &str, same: bool| {
        if !same {
            let message = format!("the {at} of a field stays as it was defined");
            problems.push(Invalid::new(at, "field.fixed", message));
        }
    };
    fixed("kind", before.kind == after.kind);
    fixed("number", before.number == after.number);
    fixed("name", before.name == after.name);
    fixed("type", before.ty == after.ty);
    fixed("target", before.target == after.target);
    // Rows are stored by the place of their columns: new ones come last.
    let same = |(old, new): (&FieldColumn, &FieldColumn)| {
        old.name == new.name && old.ty == new.ty && old.target == new.target
    };
    let kept = before.columns.iter().zip(&after.columns).all(same);
    fixed("columns", kept && after.columns.len() >= before.columns.len());
    problems
}

/// What is wrong with a role.
pub fn role_problems(role: &Role, schema: &Schema) -> Vec<Invalid> {
    let mut problems = Vec::new();
    for grant in &role.grants {
        if grant.kind != EVERY_KIND {
            problems.extend(kind_named(&grant.kind, schema).err());
        }
    }
    for rule in &role.fields {
        match kind_named(&rule.kind, schema) {
            Err(problem) => problems.push(problem),
            Ok(kind) if kind.named(&rule.field).is_none() => {
                let message = format!("{} has no field `{}`", kind.spec.kind, rule.field);
                problems.push(Invalid::new("fields", "field.unknown", message));
            }
            Ok(_) => {}
        }
    }
    problems
}

/// What is wrong with a sharing rule.
pub fn share_problems(share: &Share, schema: &Schema) -> Vec<Invalid> {
    let mut problems = match kind_named(&share.kind, schema) {
        Ok(kind) => filter_problems("filter", &share.filter, kind.spec.kind, schema),
        Err(problem) => vec![problem],
    };
    if share.users.is_empty() && share.teams.is_empty() && share.departments.is_empty() {
        problems.push(Invalid::new("users", "share.with_nobody", "the rule shares with nobody"));
    }
    problems
}

/// What is wrong with a validation rule.
pub fn validation_problems(rule: &Validation, schema: &Schema) -> Vec<Invalid> {
    let kind = match kind_named(&rule.kind, schema) {
        Ok(kind) => kind,
        Err(problem) => return vec![problem],
    };
    let mut problems = filter_problems("when", &rule.when, kind.spec.kind, schema);
    problems.extend(filter_problems("holds", &rule.holds, kind.spec.kind, schema));
    if !rule.field.is_empty() && kind.named(&rule.field).is_none() {
        let message = format!("{} has no field `{}`", kind.spec.kind, rule.field);
        problems.push(Invalid::new("field", "field.unknown", message));
    }
    problems
}

/// What is wrong with the definition of a lifecycle for a kind, all at once.
pub fn lifecycle_problems(lifecycle: &Lifecycle, schema: &Schema) -> Vec<Invalid> {
    let invalid = |code: &str, message: String| Invalid::new("definition", code, message);
    let problems = lifecycle.check().err().unwrap_or_default();
    let mut problems: Vec<_> =
        problems.into_iter().map(|problem| invalid(problem.code(), problem.to_string())).collect();
    let Some(kind) = schema.kind(lifecycle.kind).filter(|kind| kind.spec.state.is_some()) else {
        let message = format!("a {} has no lifecycle", lifecycle.kind);
        problems.push(Invalid::new("kind", "lifecycle.kind", message));
        return problems;
    };
    if lifecycle.name.trim().is_empty() {
        problems.push(invalid("lifecycle.name", "the lifecycle has no name".into()));
    }
    let required: BTreeSet<_> = lifecycle.moves.iter().flat_map(|step| &step.requires_fields).collect();
    for name in required.into_iter().filter(|name| kind.named(name).is_none()) {
        let message = format!("{} has no field `{name}`, which a move requires", lifecycle.kind);
        problems.push(invalid("lifecycle.field_unknown", message));
    }
    problems
}

/// The lifecycle that a record defines.
///
/// # Errors
/// When its text is no lifecycle, or one of another name or kind.
pub fn read_lifecycle(record: &LifecycleDefinition) -> Result<Lifecycle, Invalid> {
    let lifecycle: Lifecycle = serde_json::from_str(&record.definition)
        .map_err(|error| Invalid::new("definition", "lifecycle.malformed", error.to_string()))?;
    if lifecycle.name != record.name || lifecycle.kind.name() != record.kind {
        let message = format!("the definition is of `{}` for {}", lifecycle.name, lifecycle.kind);
        return Err(Invalid::new("definition", "lifecycle.malformed", message));
    }
    Ok(lifecycle)
}

/// What is wrong with the settings.
pub fn settings_problems(settings: &Settings) -> Vec<Invalid> {
    let mut problems = Vec::new();
    let mut wrong = |at: &str, code: &str, message: String| problems.push(Invalid::new(at, code, message));
    if !settings.zone.is_empty() && settings.zone.parse::<crate::base::calendar::TimeZone>().is_err() {
        wrong("zone", "settings.zone", format!("no time zone is called `{}`", settings.zone));
    }
    let is_region = settings.region.len() == 2 && settings.region.chars().all(|c| c.is_ascii_uppercase());
    if !settings.region.is_empty() && !is_region {
        wrong(
            "region",
            "settings.region",
            format!("`{}` is not a region of two capital letters", settings.region),
        );
    }
    for row in &settings.rates {
        if row.currency.is_none() || row.rate <= rust_decimal::Decimal::ZERO {
            wrong("rates", "settings.rate", format!("`{}` is not a rate of a currency", row.rate));
        }
    }
    if settings.fiscal_start.is_some_and(|month| !(1..=12).contains(&month)) {
        let message = format!("`{}` is not a month from 1 to 12", settings.fiscal_start.unwrap_or_default());
        wrong("fiscal_start", "settings.fiscal_start", message);
    }
    for day in &settings.extra_workdays {
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            wrong("extra_workdays", "settings.extra_workday", format!("`{day}` is not on a weekend"));
        }
        if settings.holidays.contains(day) {
            wrong("extra_workdays", "settings.extra_workday", format!("`{day}` is a holiday too"));
        }
    }
    if settings.retention_days.is_some_and(|days| days < 1) {
        let message = format!("`{}` is not a number of days", settings.retention_days.unwrap_or_default());
        wrong("retention_days", "settings.retention", message);
    }
    problems.extend(activity_problems(settings));
    problems
}

/// The longest half-life of activities, in days, and the longest silence, in months: a hundred years.
const LONGEST: (i64, i64) = (36_525, 1_200);

/// What is wrong with how activities count and when silence is told.
fn activity_problems(settings: &Settings) -> Vec<Invalid> {
    let mut problems = Vec::new();
    let mut wrong = |at: &str, code: &str, message: String| problems.push(Invalid::new(at, code, message));
    if let Some(days) = settings.activity_half_life_days.filter(|days| !(1..=LONGEST.0).contains(days)) {
        wrong("activity_half_life_days", "settings.half_life", format!("`{days}` days are no half-life"));
    }
    let most = rust_decimal::Decimal::from(1_000);
    for row in &settings.activity_weights {
        if row.kind.is_empty() || row.weight.is_sign_negative() || row.weight > most {
            let message = format!("`{}` is not a weight of a kind from 0 to {most}", row.weight);
            wrong("activity_weights", "settings.activity_weight", message);
        }
    }
    let usual = ActivityRule::default();
    let active = settings.active_from.unwrap_or(usual.active_from);
    let silent = settings.silent_below.unwrap_or(usual.silent_below);
    if silent <= rust_decimal::Decimal::ZERO || active < silent {
        let message = format!(
            "silent below `{silent}` and active from `{active}`: neither is nothing, nor are they apart"
        );
        wrong("silent_below", "settings.activity_bounds", message);
    }
    if let Some(months) = settings.offer_after_months.filter(|months| !(1..=LONGEST.1).contains(months)) {
        wrong("offer_after_months", "settings.offer_after", format!("`{months}` is not a number of months"));
    }
    problems
}
