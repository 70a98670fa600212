//! Stored encodings: a customer of 20 fields and 5 custom ones in the field table's own form, beside
//! derives and serde formats.

use std::collections::BTreeMap;
use std::hint::black_box;

use crm_benches::{line, timed};
use crm_core::base::{Instant, Value, kind};
use crm_core::record::codec::{self, View};
use crm_core::record::spec::{Record, Visibility};
use rust_decimal::Decimal;

crm_core::record! {
    /// A customer of 20 fields.
    pub struct Ours is Customer {
        10 code: String = "a" "a1"; 11 name: String = "b" "b1"; 12 industry: String = "c" "c1";
        13 province: String = "d" "d1"; 14 city: String = "e" "e1"; 15 street: String = "f" "f1";
        16 phone: String = "g" "g1"; 17 email: String = "h" "h1"; 18 wechat: String = "i" "i1";
        19 website: String = "j" "j1"; 20 employees: Option<i64> = "k" "k1";
        21 revenue: Option<Decimal> = "l" "l1"; 22 level: String = "m" "m1"; 23 tags: Vec<String> = "n" "n1";
        24 owner: Option<crm_core::base::kind::UserId> = "o" "o1"; 25 state: String = "p" "p1";
        26 since: Option<Instant> = "q" "q1"; 27 last: Option<Instant> = "r" "r1";
        28 deals: Option<i64> = "s" "s1"; 29 notes: String = "t" "t1";
    }
    spec { title: 11, visibility: Visibility::Open }
}

#[derive(Clone, serde::Serialize, serde::Deserialize, minicbor::Encode, minicbor::Decode)]
struct Theirs {
    #[n(0)]
    code: String,
    #[n(1)]
    name: String,
    #[n(2)]
    industry: String,
    #[n(3)]
    province: String,
    #[n(4)]
    city: String,
    #[n(5)]
    street: String,
    #[n(6)]
    phone: String,
    #[n(7)]
    email: String,
    #[n(8)]
    wechat: String,
    #[n(9)]
    website: String,
    #[n(10)]
    employees: Option<i64>,
    // A decimal as mantissa halves and scale: neither format has one.
    #[n(11)]
    revenue: Option<(i64, u64, u8)>,
    #[n(12)]
    level: String,
    #[n(13)]
    tags: Vec<String>,
    #[n(14)]
    owner: Option<(u64, u64)>,
    #[n(15)]
    state: String,
    #[n(16)]
    since: Option<i64>,
    #[n(17)]
    last: Option<i64>,
    #[n(18)]
    deals: Option<i64>,
    #[n(19)]
    notes: String,
    #[n(20)]
    custom: BTreeMap<u16, Custom>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize, minicbor::Encode, minicbor::Decode)]
enum Custom {
    #[n(0)]
    Text(#[n(0)] String),
    #[n(1)]
    Int(#[n(0)] i64),
    #[n(2)]
    Bool(#[n(0)] bool),
}

fn ours() -> Ours {
    let mut record = Ours::empty(kind::CustomerId::from_u128(1));
    let sample = theirs();
    record.code = sample.code;
    record.name = sample.name;
    record.industry = sample.industry;
    record.province = sample.province;
    record.city = sample.city;
    record.street = sample.street;
    record.phone = sample.phone;
    record.email = sample.email;
    record.wechat = sample.wechat;
    record.website = sample.website;
    record.employees = sample.employees;
    record.revenue = Some(Decimal::new(123_456_789, 2));
    record.level = sample.level;
    record.tags = sample.tags;
    record.owner = Some(kind::UserId::from_u128(9));
    record.state = sample.state;
    record.since = Some(Instant::from_micros(1_700_000_000_000_000));
    record.last = record.since;
    record.deals = sample.deals;
    record.notes = sample.notes;
    let custom: [Value; 5] = ["SN-001".into(), 12.into(), true.into(), "north".into(), 7.into()];
    record.custom = custom.into_iter().enumerate().map(|(n, v)| (1000 + n as u16, v)).collect();
    record
}

fn theirs() -> Theirs {
    let custom = [
        Custom::Text("SN-001".into()),
        Custom::Int(12),
        Custom::Bool(true),
        Custom::Text("north".into()),
        Custom::Int(7),
    ];
    Theirs {
        code: "C2025-00042".into(),
        name: "杭州云杉科技有限公司".into(),
        industry: "technology/it".into(),
        province: "浙江省".into(),
        city: "杭州市".into(),
        street: "文三路 100 号".into(),
        phone: "+8613800000000".into(),
        email: "info@example.cn".into(),
        wechat: "yunshan".into(),
        website: "www.example.cn".into(),
        employees: Some(120),
        revenue: Some((0, 123_456_789, 2)),
        level: "A".into(),
        tags: vec!["key".into(), "north".into(), "2025".into()],
        owner: Some((0, 9)),
        state: "following".into(),
        since: Some(1_700_000_000_000_000),
        last: Some(1_700_000_000_000_000),
        deals: Some(3),
        notes: "met at the fair".into(),
        custom: custom.into_iter().enumerate().map(|(n, v)| (1000 + n as u16, v)).collect(),
    }
}

fn main() {
    let (mine, other) = (ours(), theirs());
    let encode = |record: &Ours| {
        let mut out = Vec::with_capacity(320);
        record.put_fields(&mut out);
        codec::image(1, 1, Instant::default(), &out)
    };
    let image = encode(&mine);
    report("the field table's own", image.len(), &|| drop(black_box(encode(&mine))), &|| {
        drop(black_box(Ours::read(mine.meta.id, View::new(&image).unwrap()).unwrap()));
    });
    let cbor = minicbor::to_vec(&other).unwrap();
    report("minicbor, numbered", cbor.len(), &|| drop(black_box(minicbor::to_vec(&other).unwrap())), &|| {
        drop(black_box(minicbor::decode::<Theirs>(&cbor).unwrap()));
    });
    let card = postcard::to_allocvec(&other).unwrap();
    report(
        "postcard, positional",
        card.len(),
        &|| drop(black_box(postcard::to_allocvec(&other).unwrap())),
        &|| {
            drop(black_box(postcard::from_bytes::<Theirs>(&card).unwrap()));
        },
    );
    let named = rmp_serde::to_vec_named(&other).unwrap();
    report(
        "MessagePack, named",
        named.len(),
        &|| drop(black_box(rmp_serde::to_vec_named(&other).unwrap())),
        &|| {
            drop(black_box(rmp_serde::from_slice::<Theirs>(&named).unwrap()));
        },
    );
    let mut changed = ours();
    changed.state = "won".into();
    changed.deals = Some(4);
    let after = encode(&changed);
    let (old, new) = (View::new(&image).unwrap(), View::new(&after).unwrap());
    let diff = nanos(&|| {
        let mut count = 0;
        codec::diff(old, new, |_, _, _| count += 1).unwrap();
        black_box(count);
    });
    line("difference of two stored images, ns", format!("{diff:.0}"));
    let field = nanos(&|| {
        black_box(new.get(Ours::state).unwrap());
    });
    line("one field of a stored image, ns", format!("{field:.0}"));
}

fn report(what: &str, bytes: usize, encode: &dyn Fn(), decode: &dyn Fn()) {
    line(what, format!("encode {:.0} ns, decode {:.0} ns, {bytes} bytes", nanos(encode), nanos(decode)));
}

/// The best of several batches.
fn nanos(run: &dyn Fn()) -> f64 {
    const RUNS: u32 = 20_000;
    (0..9)
        .map(|_| timed(|| (0..RUNS).for_each(|_| run())).1.as_nanos() as f64 / f64::from(RUNS))
        .fold(f64::INFINITY, f64::min)
}
