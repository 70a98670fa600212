//! The words that company names are made of: legal forms, places, words of trades.

use std::sync::LazyLock;

use super::is_han;

/// Ways to write a form with the canonical one.
#[derive(Default)]
pub(super) struct Forms {
    /// By falling length.
    pub(super) han: Vec<(&'static str, &'static str)>,
    /// In order.
    pub(super) latin: Vec<(&'static str, &'static str)>,
}

#[derive(Default)]
pub(super) struct AllForms {
    pub(super) last: Forms,
    pub(super) inner: Forms,
    pub(super) lead: Vec<&'static str>,
}

pub(super) static FORMS: LazyLock<AllForms> = LazyLock::new(|| {
    let mut all = AllForms::default();
    for line in include_str!("../../../data/legal_forms.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(lead) = line.strip_prefix("< ") {
            all.lead.push(lead);
            continue;
        }
        let (forms, line) = match line.strip_prefix("+ ") {
            Some(line) => (&mut all.inner, line),
            None => (&mut all.last, line),
        };
        let canonical = line.split(' ').next().unwrap_or(line);
        for written in line.split(' ') {
            let table = if written.starts_with(is_han) { &mut forms.han } else { &mut forms.latin };
            table.push((written, canonical));
        }
    }
    for forms in [&mut all.last, &mut all.inner] {
        forms.han.sort_by_key(|(written, _)| std::cmp::Reverse(written.len()));
        forms.latin.sort_unstable();
    }
    all
});

/// Words that are no company's own, each list in order.
pub(super) struct CommonWords {
    countries: Vec<&'static str>,
    cities: Vec<&'static str>,
    trades: Vec<&'static str>,
}

impl CommonWords {
    pub(super) fn is_country(&self, word: &str) -> bool {
        self.countries.binary_search(&word).is_ok()
    }

    pub(super) fn is_city(&self, word: &str) -> bool {
        self.cities.binary_search(&word).is_ok()
    }

    pub(super) fn is_trade(&self, word: &str) -> bool {
        self.trades.binary_search(&word).is_ok()
    }
}

pub(super) static COMMON: LazyLock<CommonWords> = LazyLock::new(|| {
    let sorted = |text: &'static str| {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let mut words: Vec<&'static str> = lines.flat_map(str::split_whitespace).collect();
        words.sort_unstable();
        words
    };
    let places = include_str!("../../../data/place_words.txt");
    let (countries, cities) = places.split_once("---").unwrap_or((places, ""));
    let trades = sorted(include_str!("../../../data/trade_words.txt"));
    CommonWords { countries: sorted(countries), cities: sorted(cities), trades }
});
