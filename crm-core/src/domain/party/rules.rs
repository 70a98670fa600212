//! The rules of parties that need no desk: life stages, places, addresses, group figures.

use std::collections::BTreeMap;

use super::noun::choices::{AddressLabel, LifeStage};
use super::noun::{Address, Customer};
use crate::base::choice::Choice;
use crate::base::kind::CustomerId;
use crate::base::settings::Settings;
use crate::base::text;
use crate::record::contact_point::{Email, Phone};
use crate::record::error::Invalid;

/// What the life stage follows from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LifeFacts {
    /// How many opportunities there were.
    pub opportunities: u64,
    /// Whether the party is looked after as a customer: its lifecycle has left the first state.
    pub looked_after: bool,
    /// How many opportunities were won.
    pub deals: u64,
    /// How many others it brought.
    pub referrals: u64,
}

/// Where a party stands from lead to referral: the furthest stage that the facts support. Who brought others counts
/// as referring only once he has bought himself.
///
/// ```
/// use crm_core::domain::party::{LifeFacts, LifeStage, life_stage};
/// let facts = LifeFacts { opportunities: 3, deals: 2, ..LifeFacts::default() };
/// assert_eq!(life_stage(&facts), LifeStage::Repurchase);
/// ```
pub fn life_stage(facts: &LifeFacts) -> LifeStage {
    match facts {
        LifeFacts { deals: 1.., referrals: 1.., .. } => LifeStage::Referral,
        LifeFacts { deals: 2.., .. } => LifeStage::Repurchase,
        LifeFacts { deals: 1, .. } => LifeStage::DealMade,
        LifeFacts { looked_after: true, .. } => LifeStage::Customer,
        LifeFacts { opportunities: 1.., .. } => LifeStage::Opportunity,
        _ => LifeStage::Lead,
    }
}

/// Each company's own figure with those of all below it added. Parents beyond the figures given count for nothing,
/// and a ring among them is cut where it closes.
///
/// # Errors
/// What `add` answers, such as amounts of two currencies.
pub fn roll_up<V: Clone, E>(
    own: &BTreeMap<CustomerId, V>,
    parents: &BTreeMap<CustomerId, CustomerId>,
    add: impl Fn(&V, &V) -> Result<V, E>,
) -> Result<BTreeMap<CustomerId, V>, E> {
    let mut totals = own.clone();
    for (id, figure) in own {
        let mut above = parents.get(id);
        let mut steps = 0;
        while let Some(parent) = above.filter(|parent| **parent != *id && steps < parents.len()) {
            if let Some(total) = totals.get_mut(parent) {
                *total = add(total, figure)?;
            }
            above = parents.get(parent);
            steps += 1;
        }
    }
    Ok(totals)
}

/// The four levels of a place, to be put in standard names.
pub(super) struct Place<'a> {
    pub(super) country: &'a mut String,
    pub(super) province: &'a mut String,
    pub(super) city: &'a mut String,
    pub(super) district: &'a mut String,
}

/// The mainland's name in the field for the country.
const CHINA: &str = "中国";

impl Place<'_> {
    /// Puts a place in China in the full names of the division table. What the table does not know stays as it
    /// was entered; a place without a country is looked for in China when the tenant is there.
    pub(super) fn standardise(self, settings: &Settings) {
        for name in [&mut *self.country, &mut *self.province, &mut *self.city, &mut *self.district] {
            trim(name);
        }
        let known =
            ["中国", "中国大陆", "中华人民共和国", "china", "cn", "prc", "people's republic of china"];
        let is_china = known.contains(&text::fold(self.country).as_str());
        if is_china {
            CHINA.clone_into(self.country);
        } else if !(self.country.is_empty() && settings.region == "CN") {
            return;
        }
        let written = format!("{}{}{}", self.province, self.city, self.district);
        let Some(found) = text::region::find(&written) else { return };
        CHINA.clone_into(self.country);
        found.province.clone_into(self.province);
        if let Some(city) = found.city {
            city.clone_into(self.city);
        }
        if let Some(district) = found.district {
            district.clone_into(self.district);
        }
    }
}

/// Puts addresses in order: places in standard names, and one default for each label. Of several the one wins that
/// was no default before; without any the first address is it.
pub(super) fn settle_addresses(addresses: &mut [Address], before: &[Address], settings: &Settings) {
    for address in addresses.iter_mut() {
        let Address { country, province, city, district, .. } = &mut *address;
        Place { country, province, city, district }.standardise(settings);
        if let Some(phone) = &mut address.phone {
            *phone = Phone::new(&phone.raw, settings);
        }
    }
    let is_default = |address: &Address| address.default == Some(true);
    let was_default = |address: &Address| {
        let same = |old: &&Address| old.label == address.label && old.detail == address.detail;
        before.iter().filter(same).any(is_default)
    };
    for label in AddressLabel::ALL {
        let rank = |address: &Address| match (is_default(address), was_default(address)) {
            (true, false) => 0,
            (true, true) => 1,
            (false, _) => 2,
        };
        let labelled = addresses.iter().enumerate().filter(|(_, address)| address.label == *label);
        let Some((winner, _)) = labelled.min_by_key(|(_, address)| rank(address)) else { continue };
        for (place, address) in
            addresses.iter_mut().enumerate().filter(|(_, address)| address.label == *label)
        {
            address.default = (place == winner).then_some(true);
        }
    }
}

/// Normal forms of numbers; every one that has none is named.
pub(super) fn settle_phones<'a>(
    phones: impl IntoIterator<Item = &'a mut Phone>,
    field: &str,
    settings: &Settings,
    invalid: &mut Vec<Invalid>,
) {
    for phone in phones {
        match Phone::checked(&phone.raw, field, settings) {
            Ok(settled) => *phone = settled,
            Err(error) => invalid.push(error),
        }
    }
}

/// Normal forms of addresses; every one that is none is named.
pub(super) fn settle_emails(emails: &mut [Email], invalid: &mut Vec<Invalid>) {
    for email in emails {
        match Email::checked(&email.raw, "emails") {
            Ok(settled) => *email = settled,
            Err(error) => invalid.push(error),
        }
    }
}

/// A name without blanks around it; it may not be empty.
pub(super) fn settle_name(name: &mut String, invalid: &mut Vec<Invalid>) {
    trim(name);
    if name.is_empty() {
        invalid.push(Invalid::new("name", "value.required", "a name is required"));
    }
}

/// Tags without blanks around, each once.
pub(super) fn settle_tags(tags: &mut Vec<String>) {
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
        if !kept.iter().any(|known| known == tag) {
            kept.push(tag.to_owned());
        }
    }
    *tags = kept;
}

/// What a customer's fields hold by themselves: texts, numbers, places, addresses.
pub(super) fn settle_customer(
    customer: &mut Customer,
    before: Option<&Customer>,
    settings: &Settings,
    invalid: &mut Vec<Invalid>,
) {
    settle_name(&mut customer.name, invalid);
    trim(&mut customer.code);
    settle_tags(&mut customer.tags);
    customer.flags.sort();
    customer.flags.dedup();
    if before.is_none_or(|before| before.phones != customer.phones) {
        settle_phones(&mut customer.phones, "phones", settings, invalid);
    }
    if before.is_none_or(|before| before.emails != customer.emails) {
        settle_emails(&mut customer.emails, invalid);
    }
    if before.is_none_or(|before| before.credit_code != customer.credit_code)
        && !customer.credit_code.is_empty()
    {
        match text::credit_code::normalise(&customer.credit_code) {
            Ok(code) => customer.credit_code = code,
            Err(error) => invalid.push(Invalid::new("credit_code", "value.credit_code", error.to_string())),
        }
    }
    let place = |customer: &Customer| {
        [&customer.country, &customer.province, &customer.city, &customer.district].map(String::clone)
    };
    if before.is_none_or(|before| place(before) != place(customer)) {
        let Customer { country, province, city, district, .. } = &mut *customer;
        Place { country, province, city, district }.standardise(settings);
    }
    let addresses_before = before.map_or(&[][..], |before| &before.addresses);
    if customer.addresses != addresses_before {
        settle_addresses(&mut customer.addresses, addresses_before, settings);
    }
    if let Some(count) = customer.employees.filter(|count| *count < 0) {
        invalid.push(Invalid::new(
            "employees",
            "value.range",
            format!("a company can't have `{count}` people"),
        ));
    }
    for (field, money) in
        [("annual_revenue", customer.annual_revenue), ("registered_capital", customer.registered_capital)]
    {
        if let Some(money) = money.filter(|money| money.amount.is_sign_negative() && !money.amount.is_zero())
        {
            invalid.push(Invalid::new(field, "value.range", format!("`{money}` is less than nothing")));
        }
    }
}

fn trim(text: &mut String) {
    if text.trim().len() != text.len() {
        *text = text.trim().to_owned();
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
