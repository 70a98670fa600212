//! The industry tree: the default list, and what a tenant adds to it.

use super::noun::{INDUSTRY_BY_CODE, INDUSTRY_BY_EN, INDUSTRY_BY_ZH, Industry};
use crate::base::kind::IndustryId;
use crate::base::{Kind, kind, text};
use crate::record::desk::{Desk, Lookup, Purpose};
use crate::record::error::{Error, Invalid, Result};

/// An industry of the default tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndustryName {
    /// The path of codes from the top.
    pub code: &'static str,
    /// The English label.
    pub en: &'static str,
    /// The Chinese label.
    pub zh: &'static str,
}

const fn industry(code: &'static str, en: &'static str, zh: &'static str) -> IndustryName {
    IndustryName { code, en, zh }
}

/// The default tree, parents first. A filter finds a branch of it by what the path starts with.
pub const DEFAULT_INDUSTRIES: &[IndustryName] = &[
    industry("manufacturing", "Manufacturing", "制造业"),
    industry("construction", "Construction", "建筑业"),
    industry("technology", "Technology", "科技"),
    industry("technology/it", "IT/internet", "IT/互联网"),
    industry("retail", "Retail and wholesale", "零售/批发"),
    industry("education", "Education", "教育"),
    industry("health_care", "Health care", "医疗"),
    industry("catering", "Catering and hotels", "餐饮/酒店"),
];

/// The path of the industry with a code or label, in the default tree.
pub(super) fn in_default_tree(name: &str) -> Option<&'static str> {
    let name = text::fold(name);
    let fits = |known: &&IndustryName| {
        [known.code, known.en, known.zh].into_iter().any(|known| text::fold(known) == name)
    };
    DEFAULT_INDUSTRIES.iter().find(fits).map(|industry| industry.code)
}

/// The path of the industry with a code or label, of the default tree or a tenant's; none when there is none.
///
/// # Errors
/// When the store fails.
pub(super) fn resolve(desk: &mut dyn Desk, name: &str) -> Result<Option<String>> {
    if let Some(code) = in_default_tree(name) {
        return Ok(Some(code.to_owned()));
    }
    for index in [INDUSTRY_BY_CODE, INDUSTRY_BY_EN, INDUSTRY_BY_ZH] {
        let lookup = Lookup { kind: kind::Industry::NO, index, parts: vec![name.into()], limit: 1 };
        if let Some(found) = desk.matches(&lookup)?.first() {
            let found: Option<Industry> =
                desk.enlist_as(IndustryId::from_u128(found.bits), Purpose::Derive)?;
            return Ok(found.map(|industry| industry.code));
        }
    }
    Ok(None)
}

/// What must hold of an industry's code: a path of small letters, digits and `_`, whose parent exists.
pub(super) fn check_code(desk: &mut dyn Desk, code: &str) -> Result<()> {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if !code.split('/').all(is_word) {
        let message = format!("`{code}` is not a path of small letters, digits and `_` with `/` between");
        return Err(Error::invalid("code", "value.pattern", message));
    }
    match code.rsplit_once('/') {
        Some((parent, _)) if resolve(desk, parent)?.as_deref() != Some(parent) => {
            Err(Error::Invalid(vec![unknown("code", parent)]))
        }
        _ => Ok(()),
    }
}

/// There is no such industry.
pub(super) fn unknown(field: &str, name: &str) -> Invalid {
    Invalid::new(field, "value.choice", format!("there is no industry `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn industries_are_found_by_code_and_label() {
        for (name, code) in [
            ("制造业", Some("manufacturing")),
            ("ＩＴ/互联网", Some("technology/it")),
            ("it/INTERNET", Some("technology/it")),
            ("technology/it", Some("technology/it")),
            ("技术", None),
            ("", None),
        ] {
            assert_eq!(in_default_tree(name), code, "{name}");
        }
    }

    #[test]
    fn every_default_industry_stands_below_another_or_on_top() {
        for industry in DEFAULT_INDUSTRIES {
            let parent = industry.code.rsplit_once('/').map(|(parent, _)| parent);
            assert!(parent.is_none_or(|parent| in_default_tree(parent) == Some(parent)), "{}", industry.code);
        }
    }
}
