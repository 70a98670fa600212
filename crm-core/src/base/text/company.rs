//! Company names: region, trade name, legal form and branch, in Chinese and English; one identity however it is written.
//!
//! A Chinese company's registered name has the parts region, trade name, trade and form (Regulations on the
//! Administration of Enterprise Name Registration, 2020, article 6); an English one has a name and a form.

use std::cell::RefCell;

use super::company_words::{COMMON, FORMS, Forms};
use super::{fold, is_han, is_kept, region};

/// A company's name in its parts, folded.
///
/// ```
/// use crm_core::base::text::company::parse;
/// let name = parse("北京华为科技（有限责任公司）深圳分公司");
/// assert_eq!(name.region.as_deref(), Some("北京"));
/// assert_eq!(name.core, "华为科技");
/// assert_eq!(name.form.as_deref(), Some("有限公司"));
/// assert_eq!(name.branch.as_deref(), Some("深圳分公司"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// The place it begins with or carries in brackets, as written.
    pub region: Option<String>,
    /// Trade name and trade, its words parted by blanks; the whole name when nothing would be left.
    pub core: String,
    /// The legal form in its canonical writing: `有限公司`, `集团股份有限公司`, `inc`, `coltd`.
    pub form: Option<String>,
    /// The branch that follows the form: `深圳分公司`, `london branch`.
    pub branch: Option<String>,
}

/// The parts of a company's name.
///
/// A region is only taken off when a name is left: `北京银行` and `Shanghai Electric` stay whole.
pub fn parse(name: &str) -> CompanyName {
    let folded = fold(name);
    let (bracketed, open) = take_place(&folded);
    let words = Words::read(open.as_deref().unwrap_or(&folded));
    let parts = words.parts();
    let form = parts.form();
    let (leading, body) = without_place(parts.body);
    let region = bracketed.or(leading);
    let core = if body.is_empty() { words.all().joined(" ") } else { body.joined(" ") };
    let core = if core.is_empty() { super::squash(name) } else { core };
    let branch = (!parts.branch.is_empty()).then(|| parts.branch.joined(" "));
    CompanyName { region, core, form, branch }
}

/// The identity of a company's name: squashed, with `&` as "and" and the legal form in its canonical writing. Equal for
/// `Acme, Inc.` and `ACME Incorporated`; different for a company and its branch, and for different legal forms.
///
/// ```
/// use crm_core::base::text::company::identity;
/// assert_eq!(identity("Acme, Inc."), identity("ACME Incorporated"));
/// assert_eq!(identity("北京华为科技有限公司"), identity("北京华为科技（有限责任公司）"));
/// ```
pub fn identity(name: &str) -> String {
    thread_local! {
        /// The last name asked for: a command asks for that of its record several times over.
        static LAST: RefCell<(String, String)> = const { RefCell::new((String::new(), String::new())) };
    }
    LAST.with_borrow_mut(|(last, identity)| {
        if last != name {
            *identity = identify(name);
            name.clone_into(last);
        }
        identity.clone()
    })
}

fn identify(name: &str) -> String {
    let words = Words::read(&fold(name));
    let parts = words.parts();
    let mut out = String::with_capacity(words.text.len() + 8);
    out.push_str(parts.lead.unwrap_or_default());
    out.push_str(parts.body.text());
    out.push_str(parts.inner.unwrap_or_default());
    out.push_str(parts.outer.unwrap_or_default());
    out.push_str(parts.branch.text());
    if out.is_ascii() && !out.is_empty() {
        out
    } else {
        super::squash(if out.is_empty() { name } else { &out })
    }
}

/// What tells a company from others: its identity without legal form and region. A branch keeps its branch part.
/// Never empty for a name that is not: it falls back to the identity.
///
/// ```
/// use crm_core::base::text::company::core;
/// assert_eq!(core("华为技术（上海）有限公司"), core("北京华为技术股份有限公司"));
/// assert_ne!(core("华为技术有限公司深圳分公司"), core("华为技术有限公司"));
/// ```
pub fn core(name: &str) -> String {
    let parts = parse(name);
    let squashed = super::squash(&(parts.core + parts.branch.as_deref().unwrap_or_default()));
    if squashed.is_empty() { identity(name) } else { squashed }
}

/// A name squashed to its words: their letters without anything between, and where each begins.
struct Words {
    text: String,
    starts: Vec<usize>,
}

/// Some adjoining words of a name.
#[derive(Clone, Copy)]
struct Part<'w> {
    words: &'w Words,
    /// Where it begins and ends in the text. Ends of words, or in a Chinese name of characters.
    from: usize,
    to: usize,
}

/// A name as words before the form, form, branch.
struct Parts<'w> {
    lead: Option<&'static str>,
    body: Part<'w>,
    inner: Option<&'static str>,
    outer: Option<&'static str>,
    branch: Part<'w>,
}

impl Words {
    fn read(folded: &str) -> Words {
        let mut text = String::with_capacity(folded.len() + 4);
        let mut starts = Vec::with_capacity(8);
        let mut apart = true;
        for c in folded.chars() {
            match c {
                '.' | '\'' | '’' => {}
                '&' => {
                    starts.push(text.len());
                    text.push_str("and");
                    apart = true;
                }
                _ if is_kept(c) => {
                    if std::mem::take(&mut apart) {
                        starts.push(text.len());
                    }
                    text.push(c);
                }
                _ => apart = true,
            }
        }
        Words { text, starts }
    }

    fn all(&self) -> Part<'_> {
        Part { words: self, from: 0, to: self.text.len() }
    }

    fn parts(&self) -> Parts<'_> {
        let (name, branch) = split_branch(self.all());
        let (rest, outer) = name.strip_form(&FORMS.last);
        // A form before the last one: 集团 in 集团有限公司; or the last one where it stands alone.
        let (rest, inner) = rest.strip_form(&FORMS.inner);
        let (body, lead) = if outer.is_none() { rest.strip_lead() } else { (rest, None) };
        Parts { lead, body, inner, outer, branch }
    }
}

impl Parts<'_> {
    fn form(&self) -> Option<String> {
        let form: String = [self.lead, self.inner, self.outer].into_iter().flatten().collect();
        (!form.is_empty()).then_some(form)
    }
}

impl<'w> Part<'w> {
    fn text(&self) -> &'w str {
        self.words.text.get(self.from..self.to).unwrap_or_default()
    }

    fn is_empty(&self) -> bool {
        self.from >= self.to
    }

    fn starts(&self) -> impl DoubleEndedIterator<Item = usize> + use<'w> {
        let (from, to) = (self.from, self.to);
        self.words.starts.iter().copied().filter(move |start| (from..to).contains(start))
    }

    /// The words, with `between` between them.
    fn joined(&self, between: &str) -> String {
        let mut out = String::with_capacity(self.to - self.from + 8);
        let mut from = self.from;
        for start in self.starts().filter(|start| *start > self.from).chain([self.to]) {
            out.push_str(self.words.text.get(from..start).unwrap_or_default());
            if start < self.to {
                out.push_str(between);
            }
            from = start;
        }
        out
    }

    fn ending(self, to: usize) -> Self {
        Part { to, ..self }
    }

    fn beginning(self, from: usize) -> Self {
        Part { from, ..self }
    }

    /// Takes the longest form of a table off the end, if a name is left.
    fn strip_form(self, forms: &Forms) -> (Self, Option<&'static str>) {
        let text = self.text();
        if text.chars().next_back().is_some_and(is_han) {
            let longest = forms.han.iter().find(|(written, _)| text.ends_with(written));
            return match longest.filter(|(written, _)| text.len() > written.len()) {
                Some((written, canonical)) => {
                    self.ending(self.to - written.len()).strip_before(canonical, forms)
                }
                None => (self, None),
            };
        }
        // Words from the end, the longest run first; the first word is never part of the form.
        let from = self.starts().rev().take(MOST_WORDS).filter(|start| *start > self.from);
        let mut found = None;
        for start in from {
            let form = self.beginning(start).text();
            if let Ok(at) = forms.latin.binary_search_by_key(&form, |(written, _)| *written) {
                found = forms.latin.get(at).map(|(_, canonical)| (start, *canonical));
            }
        }
        match found {
            Some((start, canonical)) => (self.ending(start), Some(canonical)),
            None => (self, None),
        }
    }

    /// Takes off what makes a longer form together with the one that was found, as what is left has that behind it:
    /// `合伙企业` of `甲合伙企业` and `有限合伙`.
    fn strip_before(self, found: &'static str, forms: &Forms) -> (Self, Option<&'static str>) {
        let text = self.text();
        let longer = forms.han.iter().find_map(|(written, canonical)| {
            let before = written.strip_suffix(found).filter(|before| !before.is_empty())?;
            (text.len() > before.len() && text.ends_with(before)).then_some((before.len(), *canonical))
        });
        match longer {
            Some((length, canonical)) => self.ending(self.to - length).strip_before(canonical, forms),
            None => (self, Some(found)),
        }
    }

    /// Takes a form off the beginning: `株式会社日立`, `ООО Ромашка`.
    fn strip_lead(self) -> (Self, Option<&'static str>) {
        let text = self.text();
        let word_ends = |at: usize| self.starts().any(|start| start == self.from + at);
        let lead = FORMS.lead.iter().find(|lead| {
            text.len() > lead.len()
                && text.starts_with(**lead)
                && (lead.starts_with(is_han) || word_ends(lead.len()))
        });
        match lead {
            Some(lead) => (self.beginning(self.from + lead.len()), Some(lead)),
            None => (self, None),
        }
    }
}

/// The most words that a Latin form is written with: `S. de R.L. de C.V.`, `sp. z o. o.`, `limited liability company`.
const MOST_WORDS: usize = 5;

/// Words with which a Chinese branch's name ends.
const BRANCHES: [&str; 18] = [
    "分公司",
    "支公司",
    "分行",
    "支行",
    "分店",
    "分所",
    "分院",
    "分厂",
    "分校",
    "分部",
    "分中心",
    "分社",
    "办事处",
    "代表处",
    "营业部",
    "营业厅",
    "项目部",
    "分理处",
];
/// The same in English.
const LATIN_BRANCHES: [&str; 4] = ["branch", "branchoffice", "representativeoffice", "repoffice"];
/// With what the name of the whole ends, before that of the branch: the first of these that is found.
const HEADS: [&str; 7] = ["公司", "银行", "事务所", "合作社", "基金会", "研究院", "集团"];

/// Parts a name from the branch's: after the company's form, else after the last word before the branch's place.
fn split_branch(name: Part<'_>) -> (Part<'_>, Part<'_>) {
    let text = name.text();
    let at = if let Some(branch) = BRANCHES.iter().find(|branch| text.ends_with(**branch)) {
        let head = text.strip_suffix(branch).unwrap_or_default();
        let after = |end: &str| head.find(end).map(|at| at + end.len()).filter(|at| *at > end.len());
        HEADS.iter().find_map(|end| after(end)).or_else(|| before_place(head))
    } else if LATIN_BRANCHES.iter().any(|branch| text.ends_with(branch)) {
        // The last place at which what stands before ends in a form; the words of the branch stay behind it.
        name.starts().rev().find(|start| name.ending(*start).strip_form(&FORMS.last).1.is_some())
    } else {
        None
    };
    match at {
        Some(at) => (name.ending(name.from + at), name.beginning(name.from + at)),
        None => (name, name.beginning(name.to)),
    }
}

/// Where the place begins with which a text ends, or its end; none when no name of two characters stands before it.
fn before_place(head: &str) -> Option<usize> {
    let place = |at: &usize| {
        let tail = head.get(*at..).unwrap_or_default();
        region::prefix(tail).is_some_and(|(_, rest)| rest.is_empty())
    };
    let mut from = head.char_indices().map(|(at, _)| at).skip(2);
    from.find(place).or_else(|| (head.chars().count() >= 2).then_some(head.len()))
}

/// A place in brackets, as written, and the text without it.
fn take_place(folded: &str) -> (Option<String>, Option<String>) {
    let mut from = 0;
    while let Some((before, rest)) = folded.get(from..).and_then(|text| text.split_once('(')) {
        let Some((inside, after)) = rest.split_once(')') else { break };
        let word = super::squash(inside);
        let place = COMMON.is_country(&word)
            || COMMON.is_city(&word)
            || region::prefix(&word).is_some_and(|(_, rest)| rest.is_empty());
        let before = folded.get(..from + before.len()).unwrap_or_default();
        if place && !before.is_empty() {
            return (Some(inside.trim().to_owned()), Some(format!("{before} {after}")));
        }
        from = before.len() + 1;
    }
    (None, None)
}

/// Takes the place off a name that begins with one, or ends with a country; only if what is left names somebody.
fn without_place(body: Part<'_>) -> (Option<String>, Part<'_>) {
    let text = body.text();
    if text.starts_with(is_han) {
        if let Some((_, rest)) = region::prefix(text).filter(|(_, rest)| names_somebody(rest)) {
            let at = body.to - rest.len();
            return (Some(body.ending(at).text().to_owned()), body.beginning(at));
        }
        let short = text.strip_suffix("中国").filter(|rest| names_somebody(rest));
        return match short {
            Some(rest) => (Some("中国".to_owned()), body.ending(body.from + rest.len())),
            None => (None, body),
        };
    }
    let starts: Vec<usize> = body.starts().collect();
    let body = match starts.as_slice() {
        [_, second, ..] if body.ending(*second).text() == "the" => body.beginning(*second),
        _ => body,
    };
    let parted = |head: Part<'_>, rest: Part<'_>| {
        (COMMON.is_city(head.text()) && rest.has_name()).then(|| head.joined(" "))
    };
    for at in body.starts().skip(1).take(2) {
        if let Some(place) = parted(body.ending(at), body.beginning(at)) {
            return (Some(place), body.beginning(at));
        }
    }
    for at in body.starts().skip(1).collect::<Vec<_>>().into_iter().rev().take(2) {
        let (rest, place) = (body.ending(at), body.beginning(at));
        let bound = ["of", "in", "and", "the", "for"].contains(&rest.last_word());
        if COMMON.is_country(place.text()) && !bound && rest.has_name() {
            return (Some(place.joined(" ")), rest);
        }
    }
    (None, body)
}

impl Part<'_> {
    fn last_word(&self) -> &str {
        self.starts().next_back().map(|at| self.beginning(at).text()).unwrap_or_default()
    }

    /// Whether at least one word is not merely that of a trade.
    fn has_name(&self) -> bool {
        let ends = self.starts().skip(1).chain([self.to]);
        self.starts().zip(ends).any(|(from, to)| !COMMON.is_trade(self.beginning(from).ending(to).text()))
    }
}

/// Whether a Chinese text of two characters or more is more than words of trades.
fn names_somebody(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(5);
        match ends
            .filter_map(|end| rest.split_at_checked(end))
            .filter(|(word, _)| COMMON.is_trade(word))
            .last()
        {
            Some((_, after)) => rest = after,
            None => return text.chars().count() >= 2,
        }
    }
    false
}

#[cfg(test)]
#[path = "company_tests.rs"]
mod tests;
