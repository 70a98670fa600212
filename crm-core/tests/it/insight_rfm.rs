//! Every customer of two public data sets has the scores that other programs computed from the same rows.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use crm_core::insight::rfm::segments::{self, assign, sizes};
use crm_core::insight::rfm::{Period, Purchases, Rule, Scores, States, Text, Texts, score};

/// The folder that holds the data and the references, where there is one: `CRM_SHARED`, or `shared` beside
/// the workspace.
pub fn shared(file: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("CRM_SHARED").map_or(beside, PathBuf::from);
    if folder.join(file).exists() {
        return Some(folder);
    }
    println!("skipped: there is no `{file}`; name its folder in CRM_SHARED");
    None
}

/// Purchases with text ids.
#[derive(Default)]
struct Columns {
    names: Vec<u8>,
    offsets: Vec<i64>,
    days: Vec<i32>,
    amounts: Vec<i64>,
}

impl Columns {
    fn push(&mut self, name: &str, day: NaiveDate, amount: i64) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.names.extend_from_slice(name.as_bytes());
        self.offsets.push(self.names.len() as i64);
        self.days.push(day.to_epoch_days());
        self.amounts.push(amount);
    }

    fn states(&self) -> States<Text<'_>> {
        let texts = Texts { bytes: &self.names, offsets: &self.offsets };
        let purchases = Purchases { days: &self.days, amounts: &self.amounts };
        States::of_texts(texts, purchases, Period::ALL, NonZeroUsize::MIN).unwrap()
    }
}

fn cents(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<i64>().unwrap() * 100 + format!("{part:0<2}").parse::<i64>().unwrap()
}

fn cdnow(folder: &Path) -> Columns {
    let text = std::fs::read_to_string(folder.join("data/cdnow/CDNOW_master.txt")).unwrap();
    let mut columns = Columns::default();
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let day = NaiveDate::parse_from_str(words[1], "%Y%m%d").unwrap();
        columns.push(words[0], day, cents(words[3]));
    }
    columns
}

fn orders(folder: &Path) -> Columns {
    let text = std::fs::read_to_string(folder.join("data/rfm_orders/rfm_data_orders.csv")).unwrap();
    let mut columns = Columns::default();
    for line in text.lines().skip(1) {
        let words: Vec<&str> = line.split(',').collect();
        columns.push(words[0], words[1].parse().unwrap(), cents(words[2]));
    }
    columns
}

fn check(folder: &Path, reference: &str, columns: &Columns) -> Scores {
    let states = columns.states();
    let as_of = states.day_after_last().unwrap();
    let ranks = score(&states, as_of, &Rule::Ranks { bins: 5 }, NonZeroUsize::MIN).unwrap();
    let ntile = score(&states, as_of, &Rule::Ntile { bins: 5 }, NonZeroUsize::MIN).unwrap();
    let fixed = score(&states, as_of, &Rule::Fixed(ranks.thresholds.clone()), NonZeroUsize::MIN).unwrap();
    assert_eq!(fixed, ranks);
    let text = std::fs::read_to_string(folder.join("reference").join(reference)).unwrap();
    let mut lines = text.lines().skip(1);
    for (row, id) in states.ids().iter().enumerate() {
        let words: Vec<&str> = lines.next().unwrap().split(',').collect();
        let whole = |place: usize| words[place].parse::<i64>().unwrap();
        assert_eq!(id.bytes(), words[0].as_bytes());
        let values =
            [i64::from(as_of - states.last()[row]), i64::from(states.count()[row]), states.sum()[row]];
        assert_eq!(values, [whole(1), whole(2), whole(4)], "{}", words[0]);
        for (scores, first) in [(&ranks, 5), (&ntile, 9)] {
            let found = [scores.recency[row], scores.frequency[row], scores.money[row]].map(i64::from);
            assert_eq!(found, [whole(first), whole(first + 1), whole(first + 2)], "{}", words[0]);
        }
    }
    assert_eq!(lines.next(), None);
    ranks
}

#[test]
fn cdnow_agrees_customer_by_customer() {
    let Some(folder) = shared("reference/rfm_cdnow_master.csv") else { return };
    let scores = check(&folder, "rfm_cdnow_master.csv", &cdnow(&folder));
    assert_eq!(scores.len(), 23_570);
    assert_eq!(scores.histograms()[1], [11_908, 0, 4_079, 3_658, 3_925]);
}

#[test]
fn orders_agree_customer_by_customer_and_segment_by_segment() {
    let Some(folder) = shared("reference/rfm_r_rfm_data_orders.csv") else { return };
    let scores = check(&folder, "rfm_r_rfm_data_orders.csv", &orders(&folder));
    let set = segments::international();
    let (counts, none) = sizes(&assign(&scores, &set), set.len());
    let counts: BTreeMap<&str, usize> = set.iter().map(|segment| segment.code.as_str()).zip(counts).collect();
    assert_eq!((counts["champions"], counts["lost"], counts["promising"], none), (35, 148, 9, 0));
}
