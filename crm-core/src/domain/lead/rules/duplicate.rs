//! Which record a lead repeats most surely, and how two leads are made one.

use crate::base::kind::{Contact, Customer};
use crate::base::{Kind, RecordRef};
use crate::domain::lead::{Lead, MatchKey};

/// A record that a lead repeats, and what they have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The record: a lead, a customer or a contact.
    pub record: RecordRef,
    /// What they share, each once.
    pub keys: Vec<MatchKey>,
}

impl Match {
    /// How sure it is, least for the surest: by the surest key, then by how many there are.
    fn sureness(&self) -> (Option<MatchKey>, usize) {
        // The keys are declared surest first.
        (self.keys.iter().min().copied(), usize::MAX - self.keys.len())
    }
}

/// Puts the surest matches first; of equals a customer, then a contact, then the oldest.
pub fn rank(matches: &mut [Match]) {
    let kind = |record: RecordRef| match record.kind {
        kind if kind == Customer::NO => 0,
        kind if kind == Contact::NO => 1,
        _ => 2,
    };
    matches.sort_by_key(|found| (found.sureness(), kind(found.record), found.record.bits));
}

/// Puts what a lead says into another that it repeats: what was empty is filled, lists are united, what was said
/// otherwise before stays and the new value goes to the notes. Answers the English labels of those fields.
pub fn merge(into: &mut Lead, from: Lead) -> Vec<&'static str> {
    let mut conflicts = Vec::new();
    let mut keep = |label: &'static str, old: &mut String, new: String| {
        if old.is_empty() {
            *old = new;
        } else if !new.is_empty() && crate::base::text::fold(old) != crate::base::text::fold(&new) {
            conflicts.push((label, new));
        }
    };
    keep("Name", &mut into.name, from.name);
    keep("Company", &mut into.company, from.company);
    keep("Title", &mut into.title, from.title);
    keep("Industry", &mut into.industry, from.industry);
    keep("WeChat", &mut into.wechat, from.wechat);
    keep("Channel", &mut into.channel, from.channel);
    keep("Campaign", &mut into.campaign, from.campaign);
    keep("Referrer", &mut into.referrer, from.referrer);
    keep("Need", &mut into.need, from.need);
    keep("Decision maker", &mut into.decision_maker, from.decision_maker);
    if into.country.is_empty() && into.province.is_empty() && into.city.is_empty() {
        (into.country, into.province, into.city) = (from.country, from.province, from.city);
    }
    let mut note = |label: &'static str, new: Option<String>| {
        conflicts.extend(new.map(|new| (label, new)));
    };
    note("Source", fill(&mut into.source, from.source));
    note("Company size", fill(&mut into.company_size, from.company_size));
    note("Budget", fill(&mut into.budget, from.budget));
    note("Decision expected", fill(&mut into.decision_on, from.decision_on));
    note("Intent", fill(&mut into.intent, from.intent));
    unite(&mut into.phones, from.phones, |a, b| {
        a.normal == b.normal && (a.normal.is_some() || a.raw == b.raw)
    });
    unite(&mut into.emails, from.emails, |a, b| {
        a.normal == b.normal && (a.normal.is_some() || a.raw == b.raw)
    });
    unite(&mut into.people, from.people, |a, b| a == b);
    unite(&mut into.product_interest, from.product_interest, |a, b| a == b);
    unite(&mut into.tags, from.tags, |a, b| a == b);
    unite(&mut into.collaborators, from.collaborators, |a, b| a == b);
    for (no, value) in from.custom {
        into.custom.entry(no).or_insert(value);
    }
    let mut lines: Vec<String> = conflicts.iter().map(|(label, new)| format!("{label}: {new}")).collect();
    if !from.notes.is_empty() && !into.notes.contains(&from.notes) {
        lines.push(from.notes);
    }
    for line in lines
        .iter()
        .filter(|line| !into.notes.lines().any(|known| known == line.as_str()))
        .collect::<Vec<_>>()
    {
        if !into.notes.is_empty() {
            into.notes.push('\n');
        }
        into.notes.push_str(line);
    }
    conflicts.into_iter().map(|(label, _)| label).collect()
}

/// Fills an empty value; answers the new one as text where the two differ.
fn fill<T: PartialEq + ToString>(old: &mut Option<T>, new: Option<T>) -> Option<String> {
    match (&old, new) {
        (_, None) => None,
        (None, new) => {
            *old = new;
            None
        }
        (Some(old), Some(new)) => (*old != new).then(|| new.to_string()),
    }
}

fn unite<T>(into: &mut Vec<T>, from: Vec<T>, same: impl Fn(&T, &T) -> bool) {
    for item in from {
        if !into.iter().any(|known| same(known, &item)) {
            into.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::KindNo;
    use crate::base::kind::{Lead as LeadKind, LeadId};
    use crate::base::settings::Settings;
    use crate::domain::lead::LeadDraft;

    fn lead(draft: LeadDraft) -> Lead {
        let draft = if draft.name.is_empty() { LeadDraft { name: "李雷".into(), ..draft } } else { draft };
        draft.into_lead(LeadId::from_u128(1), &Settings::default()).unwrap()
    }

    #[test]
    fn the_surest_match_wins() {
        let at = |kind: KindNo, bits, keys: &[MatchKey]| Match {
            record: RecordRef::new(kind, bits),
            keys: keys.to_vec(),
        };
        use MatchKey::{Company, Email, Phone};
        for (mut matches, expected) in [
            (vec![], vec![]),
            (vec![at(LeadKind::NO, 5, &[Company]), at(LeadKind::NO, 9, &[Phone])], vec![9, 5]),
            (vec![at(LeadKind::NO, 5, &[Email]), at(LeadKind::NO, 9, &[Email, Company])], vec![9, 5]),
            (vec![at(LeadKind::NO, 5, &[Phone]), at(Contact::NO, 9, &[Phone])], vec![9, 5]),
            (vec![at(Contact::NO, 5, &[Phone]), at(Customer::NO, 9, &[Phone])], vec![9, 5]),
            (vec![at(LeadKind::NO, 7, &[Phone]), at(LeadKind::NO, 6, &[Phone])], vec![6, 7]),
        ] {
            rank(&mut matches);
            assert_eq!(matches.iter().map(|found| found.record.bits).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn merging_fills_unites_and_notes() {
        let mut into = lead(LeadDraft {
            company: "嘉兴漪江模具".into(),
            phones: vec!["13800000000".into()],
            tags: vec!["急".into()],
            company_size: Some(79),
            notes: "先看效果".into(),
            ..LeadDraft::default()
        });
        let from = lead(LeadDraft {
            name: "韩梅梅".into(),
            industry: "制造业".into(),
            phones: vec!["138 0000 0000".into(), "13900000000".into()],
            tags: vec!["急".into(), "样机".into()],
            company_size: Some(80),
            notes: "下周再打".into(),
            ..LeadDraft::default()
        });
        assert_eq!(merge(&mut into, from.clone()), ["Name", "Company size"]);
        assert_eq!(
            (into.name.as_str(), into.industry.as_str(), into.company_size),
            ("李雷", "制造业", Some(79))
        );
        assert_eq!((into.phones.len(), into.tags.len()), (2, 2));
        assert_eq!(into.notes, "先看效果\nName: 韩梅梅\nCompany size: 80\n下周再打");
        let once = into.clone();
        merge(&mut into, from);
        assert_eq!(into, once, "merging the same again changes nothing");
    }

    proptest! {
        #[test]
        fn nothing_that_is_known_is_lost(
            old in prop::collection::vec("[a-c]{0,2}", 4), new in prop::collection::vec("[a-c]{0,2}", 4),
        ) {
            let of = |words: &[String]| lead(LeadDraft {
                company: words[0].clone(), need: words[1].clone(), tags: words[2..].to_vec(), ..LeadDraft::default()
            });
            let (mut into, from) = (of(&old), of(&new));
            let before = into.clone();
            merge(&mut into, from.clone());
            for (was, is) in [(&before.company, &into.company), (&before.need, &into.need)] {
                prop_assert!(was.is_empty() || was == is);
            }
            for (said, is) in [(&from.company, &into.company), (&from.need, &into.need)] {
                prop_assert!(said.is_empty() || said == is || into.notes.contains(said.as_str()));
            }
            prop_assert!(from.tags.iter().chain(&before.tags).all(|tag| into.tags.contains(tag)));
        }
    }
}
