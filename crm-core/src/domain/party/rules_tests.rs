use proptest::prelude::*;

use super::*;

#[test]
fn life_stages_follow_from_facts() {
    use LifeStage::*;
    let check = |opportunities, looked_after, deals, referrals, stage| {
        let facts = LifeFacts { opportunities, looked_after, deals, referrals };
        assert_eq!(life_stage(&facts), stage, "{facts:?}");
    };
    check(0, false, 0, 0, Lead);
    check(1, false, 0, 0, Opportunity);
    check(0, true, 0, 0, Customer);
    check(2, true, 0, 0, Customer);
    check(2, true, 0, 5, Customer);
    check(1, false, 1, 0, DealMade);
    check(2, true, 2, 0, Repurchase);
    check(2, true, 1, 1, Referral);
    check(9, true, 9, 1, Referral);
}

#[test]
fn places_take_the_names_of_the_division_table() {
    let settings = Settings::default();
    let check = |given: [&str; 4], expected: [&str; 4]| {
        let [mut country, mut province, mut city, mut district] = given.map(str::to_owned);
        Place { country: &mut country, province: &mut province, city: &mut city, district: &mut district }
            .standardise(&settings);
        assert_eq!([country, province, city, district], expected.map(str::to_owned), "{given:?}");
    };
    check(["中国", "安徽", "芜湖", "鸠江区"], ["中国", "安徽省", "芜湖市", "鸠江区"]);
    check(["", "", "深圳", ""], ["中国", "广东省", "深圳市", ""]);
    check(["China", "上海", "上海", "浦东新区"], ["中国", "上海市", "上海市", "浦东新区"]);
    check(["中国", "广东", "东莞", "松山湖"], ["中国", "广东省", "东莞市", "松山湖"]);
    check(["Germany", "", "Nürnberg ", ""], ["Germany", "", "Nürnberg", ""]);
    check(["", "", "Nowhere", ""], ["", "", "Nowhere", ""]);
    check(["", "", "", ""], ["", "", "", ""]);
}

fn address(label: AddressLabel, detail: &str, default: bool) -> Address {
    Address {
        label,
        country: String::new(),
        province: String::new(),
        city: String::new(),
        district: String::new(),
        detail: detail.to_owned(),
        postcode: String::new(),
        receiver: String::new(),
        phone: None,
        default: default.then_some(true),
    }
}

#[test]
fn the_newest_default_address_of_a_label_wins() {
    use AddressLabel::*;
    let before = [address(Office, "a", true), address(Office, "b", false)];
    let mut after = [address(Office, "a", true), address(Office, "b", true), address(Delivery, "c", false)];
    settle_addresses(&mut after, &before, &Settings::default());
    assert_eq!(after.map(|address| address.default), [None, Some(true), Some(true)]);
}

proptest! {
    #[test]
    fn every_label_in_use_has_one_default(rows in prop::collection::vec((0..5usize, any::<bool>()), 0..9)) {
        let mut addresses: Vec<_> = rows
            .iter()
            .enumerate()
            .map(|(place, (label, default))| address(AddressLabel::ALL[*label], &place.to_string(), *default))
            .collect();
        settle_addresses(&mut addresses, &[], &Settings::default());
        for label in AddressLabel::ALL {
            let labelled: Vec<_> = addresses.iter().filter(|address| address.label == *label).collect();
            let defaults = labelled.iter().filter(|address| address.default == Some(true)).count();
            prop_assert_eq!(defaults, usize::from(!labelled.is_empty()));
        }
        let once = addresses.clone();
        settle_addresses(&mut addresses, &once, &Settings::default());
        prop_assert_eq!(addresses, once);
    }

    /// Parents by index: each company's parent, if any, comes before it, so that there is no ring.
    #[test]
    fn the_figures_of_the_tops_are_those_of_all(raw in prop::collection::vec((0..1000i64, prop::option::of(0..20usize)), 1..20)) {
        let id = |place: usize| CustomerId::from_u128(place as u128 + 1);
        let own: BTreeMap<_, _> = raw.iter().enumerate().map(|(place, (figure, _))| (id(place), *figure)).collect();
        let parents: BTreeMap<_, _> = raw
            .iter()
            .enumerate()
            .filter_map(|(place, (_, parent))| Some((id(place), id(parent.filter(|parent| *parent < place)?))))
            .collect();
        let totals = roll_up(&own, &parents, |a, b| Ok::<_, ()>(a + b)).unwrap();
        let tops: i64 = totals.iter().filter(|(id, _)| !parents.contains_key(id)).map(|(_, total)| total).sum();
        prop_assert_eq!(tops, own.values().sum::<i64>());
        for (child, parent) in &parents {
            prop_assert!(totals[parent] >= totals[child]);
        }
    }
}

#[test]
fn a_ring_of_parents_ends() {
    let id = CustomerId::from_u128;
    let own = BTreeMap::from([(id(1), 1), (id(2), 10), (id(3), 100)]);
    let parents = BTreeMap::from([(id(1), id(2)), (id(2), id(3)), (id(3), id(2))]);
    let totals = roll_up(&own, &parents, |a, b| Ok::<_, ()>(a + b)).unwrap();
    assert_eq!(totals.get(&id(1)), Some(&1));
}

#[test]
fn tags_are_kept_once() {
    let mut tags = vec![" 老客户 ".to_owned(), "重点".to_owned(), "老客户".to_owned(), " ".to_owned()];
    settle_tags(&mut tags);
    assert_eq!(tags, ["老客户", "重点"]);
}
