//! A lead as it comes in: what people and forms type, before it is checked and put into normal form.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::noun::{Intent, Lead, LeadPerson};
use crate::base::choice::Choice;
use crate::base::kind::{LeadId, UserId};
use crate::base::settings::Settings;
use crate::base::text::phone;
use crate::base::{Instant, Money, Value};
use crate::record::contact_point::{Email, Phone};
use crate::record::error::{Error, Invalid, Result};
use crate::record::source::Source;
use crate::record::spec::Record;

/// A lead as it comes in. Texts are trimmed, telephone numbers and e-mail addresses put into normal form.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeadDraft {
    /// The person.
    pub name: String,
    /// The company.
    pub company: String,
    /// The person's position there.
    pub title: String,
    /// How many people work there.
    pub company_size: Option<i64>,
    /// What it does.
    pub industry: String,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// WeChat.
    pub wechat: String,
    /// Further people.
    pub people: Vec<PersonDraft>,
    /// Where the lead came from, by code or label; the channel's source when empty.
    pub source: String,
    /// The campaign that brought it; the channel's when empty.
    pub campaign: String,
    /// Who referred it.
    pub referrer: String,
    /// The products it asks about.
    pub product_interest: Vec<String>,
    /// What it needs.
    pub need: String,
    /// What it may cost.
    pub budget: Option<Money>,
    /// When they mean to decide.
    pub decision_on: Option<NaiveDate>,
    /// Who decides.
    pub decision_maker: String,
    /// How much they want to buy.
    pub intent: Option<Intent>,
    /// The country.
    pub country: String,
    /// The province or state.
    pub province: String,
    /// The city.
    pub city: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Whatever else is known.
    pub notes: String,
    /// The human code; given out by the numbering rule when empty.
    pub code: String,
    /// When it came in, where that was before now.
    pub received_at: Option<Instant>,
    /// Who follows it; the assignment rules say when none.
    pub owner: Option<UserId>,
    /// Custom fields by name or label.
    pub custom: BTreeMap<String, Value>,
}

/// A further person as he comes in.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonDraft {
    /// The name.
    pub name: String,
    /// The position.
    pub title: String,
    /// A telephone number.
    pub phone: String,
    /// An e-mail address.
    pub email: String,
    /// WeChat.
    pub wechat: String,
}

fn trimmed(mut text: String) -> String {
    let kept = text.trim();
    if kept.len() != text.len() {
        text = kept.to_owned();
    }
    text
}

fn listed(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts.into_iter().map(trimmed).filter(|text| !text.is_empty()) {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// Takes what an input is worth, or notes what is wrong with it.
struct Reader<'a> {
    settings: &'a Settings,
    invalid: Vec<Invalid>,
}

impl Reader<'_> {
    fn phone(&mut self, field: &str, raw: &str) -> Option<Phone> {
        if raw.trim().is_empty() {
            return None;
        }
        self.take(Phone::checked(raw, field, self.settings))
    }

    fn email(&mut self, field: &str, raw: &str) -> Option<Email> {
        if raw.trim().is_empty() {
            return None;
        }
        self.take(Email::checked(raw, field))
    }

    fn source(&mut self, name: &str) -> Option<Source> {
        let name = name.trim();
        if name.is_empty() {
            return None;
        }
        let unknown = || Invalid::new("source", "value.choice", format!("`{name}` is not a source of leads"));
        self.take(Source::from_name(name).ok_or_else(unknown))
    }

    fn take<T>(&mut self, value: std::result::Result<T, Invalid>) -> Option<T> {
        value.map_err(|invalid| self.invalid.push(invalid)).ok()
    }

    fn person(&mut self, draft: PersonDraft) -> Option<LeadPerson> {
        let person = LeadPerson {
            name: trimmed(draft.name),
            title: trimmed(draft.title),
            phone: self.phone("people", &draft.phone),
            email: self.email("people", &draft.email),
            wechat: trimmed(draft.wechat),
        };
        (person != LeadPerson::default()).then_some(person)
    }
}

impl LeadDraft {
    /// The lead that this makes, without custom fields, whose definitions the desk knows: in normal form, its
    /// region told by its number where none is given.
    ///
    /// # Errors
    /// Invalid input, field by field: no name, or a number or address that can't be.
    pub fn into_lead(self, id: LeadId, settings: &Settings) -> Result<Lead> {
        let mut reader = Reader { settings, invalid: Vec::new() };
        let mut lead = Lead::empty(id);
        lead.name = trimmed(self.name);
        lead.company = trimmed(self.company);
        lead.title = trimmed(self.title);
        lead.company_size = self.company_size;
        lead.industry = trimmed(self.industry);
        lead.phones = self.phones.iter().filter_map(|raw| reader.phone("phones", raw)).collect();
        lead.emails = self.emails.iter().filter_map(|raw| reader.email("emails", raw)).collect();
        lead.wechat = trimmed(self.wechat);
        lead.people = self.people.into_iter().filter_map(|person| reader.person(person)).collect();
        lead.source = reader.source(&self.source);
        lead.campaign = trimmed(self.campaign);
        lead.referrer = trimmed(self.referrer);
        lead.product_interest = listed(self.product_interest);
        lead.need = trimmed(self.need);
        lead.budget = self.budget;
        lead.decision_on = self.decision_on;
        lead.decision_maker = trimmed(self.decision_maker);
        lead.intent = self.intent;
        lead.country = trimmed(self.country);
        lead.province = trimmed(self.province);
        lead.city = trimmed(self.city);
        lead.tags = listed(self.tags);
        lead.notes = trimmed(self.notes);
        lead.code = trimmed(self.code);
        lead.received_at = self.received_at;
        lead.owner = self.owner;
        if lead.name.is_empty() {
            reader.invalid.push(Invalid::new("name", "value.required", "a value is required"));
        }
        if !reader.invalid.is_empty() {
            return Err(Error::Invalid(reader.invalid));
        }
        recognise_region(&mut lead);
        Ok(lead)
    }
}

/// Fills in country, province and city from the first number that tells them, where none is given.
fn recognise_region(lead: &mut Lead) {
    if !(lead.country.is_empty() && lead.province.is_empty() && lead.city.is_empty()) {
        return;
    }
    let told = lead.phones.iter().filter_map(|phone| phone::region(phone.normal.as_deref()?)).next();
    let Some(told) = told else { return };
    // The mainland's name is the one that addresses have.
    lead.country = if told.country == "CN" { "中国".to_owned() } else { told.country };
    if let Some(area) = told.area {
        lead.province = area.province.to_owned();
        lead.city = area.city.unwrap_or_default().to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(phone: &str, country: &str) -> LeadDraft {
        LeadDraft {
            name: " 李雷\u{3000}".into(),
            phones: vec![phone.into(), "  ".into()],
            country: country.into(),
            tags: vec![" 急 ".into(), "急".into(), String::new()],
            ..LeadDraft::default()
        }
    }

    #[test]
    fn a_draft_is_put_into_normal_form() {
        for (phone, country, place) in [
            ("0755-26770000", "", ["中国", "广东省", "深圳市"]),
            ("138 0000 0000", "", ["中国", "", ""]),
            ("+44 20 7946 0958", "", ["GB", "", ""]),
            ("0755-26770000", "中国", ["中国", "", ""]),
        ] {
            let lead = draft(phone, country).into_lead(LeadId::from_u128(1), &Settings::default()).unwrap();
            assert_eq!((lead.name.as_str(), lead.tags.as_slice()), ("李雷", &["急".to_owned()][..]));
            assert_eq!([lead.country.as_str(), &lead.province, &lead.city], place, "{phone}");
            assert_eq!(lead.phones.len(), 1);
        }
    }

    #[test]
    fn every_fault_of_a_draft_is_told() {
        let draft = LeadDraft {
            name: "  ".into(),
            emails: vec!["a@b@c".into()],
            source: "朋友圈裂变".into(),
            people: vec![PersonDraft { phone: "电话见名片".into(), ..PersonDraft::default() }],
            ..draft("138", "")
        };
        let error = draft.into_lead(LeadId::from_u128(1), &Settings::default()).unwrap_err();
        let Error::Invalid(invalid) = error else { panic!("{error}") };
        let told: Vec<_> = invalid.iter().map(|i| (i.field.as_str(), i.code.as_str())).collect();
        let expected = [
            ("phones", "value.phone"),
            ("emails", "value.email"),
            ("people", "value.phone"),
            ("source", "value.choice"),
            ("name", "value.required"),
        ];
        assert_eq!(told, expected);
    }
}
