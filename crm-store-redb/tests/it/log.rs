//! The log in front of the pages: what it holds is there after a crash, once, and what it lost is not passed over.

use std::sync::atomic::{AtomicBool, Ordering};

use crm_core::store::conformance::Model;
use crm_core::store::{Batch, Store, StoreError, Table};
use crm_store_redb::faults::{Disk, Fault};
use crm_store_redb::{Options, RedbStore};

const HEADER: usize = 4096;

fn open(disk: &Disk, log_bytes: u64) -> Result<RedbStore, StoreError> {
    RedbStore::open_backend(disk.plug(), Options { cache_bytes: 1 << 20, log_bytes, ..Options::default() })
}

fn row(key: u8, value: u8, length: usize) -> Batch {
    let mut batch = Batch::new();
    batch.put(Table::Records, vec![key], vec![value; length]);
    batch
}

fn read(store: &RedbStore) -> Model {
    Model::read(&*store.snapshot().unwrap()).unwrap()
}

/// Commits and leaves the store as a kill would; answers what it held.
fn killed(disk: &Disk, log_bytes: u64, batches: &[Batch]) -> Model {
    let store = open(disk, log_bytes).unwrap();
    batches.iter().for_each(|batch| store.commit(batch).unwrap());
    let model = read(&store);
    disk.plan(Fault::CutAfter(0));
    drop(store);
    disk.restore();
    model
}

#[test]
fn a_killed_store_shows_what_its_log_holds() {
    let sizes = [(1, "one piece"), (40, "a few"), (700, "more than the log takes, of several rounds")];
    for (count, what) in sizes {
        let disk = Disk::new(count);
        let batches: Vec<_> =
            (0..count).map(|n| row(n as u8 % 7, n as u8, 40 * (1 + n as usize % 50))).collect();
        let model = killed(&disk, 64 << 10, &batches);
        for opening in 0..3 {
            let store = open(&disk, 64 << 10).unwrap();
            assert_eq!(read(&store), model, "{what}, opening {opening}");
            if opening == 1 {
                store.close().unwrap();
            }
        }
    }
}

/// A large batch goes into the pages and supersedes what the log holds.
#[test]
fn what_the_pages_hold_is_not_repeated() {
    let batches = [row(1, 1, 10), row(2, 2, 10), row(1, 3, 60_000)];
    let disk = Disk::new(1);
    let model = killed(&disk, 64 << 10, &batches);
    assert_eq!(read(&open(&disk, 64 << 10).unwrap()), model);
    // A shorter round over a longer one.
    let model = killed(&disk, 64 << 10, &[row(5, 5, 5)]);
    assert_eq!(read(&open(&disk, 64 << 10).unwrap()), model);
}

#[test]
fn a_damaged_log_is_told() {
    let disk = Disk::new(1);
    let last = killed(&disk, 64 << 10, &[row(1, 1, 10), row(2, 2, 10), row(3, 3, 10)]);
    let image = disk.image();
    let cases: [(usize, &str); 5] = [
        (0, "not a redb file"),
        (20, "the head of the log is damaged"),
        (HEADER + 40, "the log is damaged after batch 0"),
        (HEADER + 512 + 40, "the log is damaged after batch 1"),
        // Nobody can tell it from a commit that the power cut short.
        (HEADER + 2 * 512 + 40, ""),
    ];
    for (place, expected) in cases {
        let mut bytes = image.clone();
        bytes[place] ^= 0x40;
        match open(&Disk::with_image(bytes), 64 << 10) {
            Ok(store) => {
                assert!(expected.is_empty() && read(&store) != last, "damage at {place} is passed over")
            }
            Err(StoreError::Corrupt(what)) => {
                assert!(place == 0 || what == expected && !expected.is_empty(), "damage at {place}: {what}");
            }
            Err(error) => panic!("damage at {place}: {error}"),
        }
    }
}

/// A file cut to its log has lost its pages; it does not become an empty store.
#[test]
fn a_file_without_its_pages_is_damaged() {
    let disk = Disk::new(1);
    open(&disk, 64 << 10).unwrap().close().unwrap();
    let mut image = disk.image();
    for length in [HEADER + (64 << 10), HEADER, 700] {
        image.truncate(length);
        assert!(open(&Disk::with_image(image.clone()), 64 << 10).is_err(), "{length} bytes open");
    }
}

/// Files without a log open with any options, and stay as they were made.
#[test]
fn a_plain_redb_file_stays_one() {
    let disk = Disk::new(1);
    let model = killed(&disk, 0, &[row(1, 1, 10)]);
    assert!(disk.image().starts_with(b"redb"));
    let store = open(&disk, 64 << 10).unwrap();
    assert_eq!(read(&store), model);
    store.commit(&row(2, 2, 2)).unwrap();
    store.close().unwrap();
    assert!(disk.image().starts_with(b"redb"));
}

/// A replay that fails leaves the log as it is: pages that lack its batches never count as holding them.
#[test]
fn a_replay_that_fails_keeps_the_log() {
    let disk = Disk::new(1);
    let store = open(&disk, 64 << 10).unwrap();
    let mut rows = Batch::new();
    (0..=255).for_each(|key| rows.put(Table::Records, vec![key], vec![key; 400]));
    store.commit(&rows).unwrap();
    store.close().unwrap();
    let model = killed(&disk, 64 << 10, &[row(7, 1, 10), row(99, 2, 10), row(200, 3, 10)]);
    let sound = disk.image();
    let pages = HEADER + (64 << 10) + 4096;
    let mut failed = 0;
    for page in (pages..sound.len()).step_by(4096) {
        let mut image = sound.clone();
        image[page] ^= 0xff;
        let damaged = Disk::with_image(image);
        if open(&damaged, 64 << 10).is_ok() {
            continue;
        }
        failed += 1;
        // Mended by hand, the page shows everything again.
        let mut image = damaged.image();
        image[page] ^= 0xff;
        let store = open(&Disk::with_image(image), 64 << 10).unwrap();
        assert_eq!(read(&store), model, "after damage at {page}");
    }
    assert!(failed > 0, "no damage made the replay fail");
}

/// When the log can't be brought into the pages, and perhaps was, nothing that is answered afterwards gets lost.
#[test]
fn no_commit_is_answered_over_pages_in_doubt() {
    let mut failed = 0;
    for cut in [false, true] {
        for after in 0.. {
            let disk = Disk::new(after);
            let store = open(&disk, 64 << 10).unwrap();
            store.commit(&row(1, 1, 10)).unwrap();
            disk.plan(Fault::FailOnceAfter(after));
            if store.stats().is_ok() {
                break;
            }
            failed += 1;
            let mut model = read(&store);
            match store.commit(&row(2, 2, 10)) {
                Ok(()) => assert!(model.commit(&row(2, 2, 10))),
                Err(error) => assert!(matches!(error, StoreError::Unknown(_)), "{error}"),
            }
            if cut {
                disk.restore();
            }
            drop(store);
            disk.mend();
            let store = open(&disk, 64 << 10).unwrap_or_else(|error| panic!("{after}, {cut}: {error}"));
            assert_eq!(read(&store), model, "after operation {after}, cut {cut}");
        }
    }
    assert!(failed > 0);
}

/// A value that looks like pieces is not taken for one, wherever a round ends.
#[test]
fn a_value_is_never_taken_for_a_piece() {
    let disk = Disk::new(1);
    let forged = |number: u64| {
        // A piece as it would be without the link before it.
        let mut sector = vec![0; 512];
        sector[..4].copy_from_slice(b"pc1\0");
        sector[8..16].copy_from_slice(&number.to_be_bytes());
        sector
    };
    let sectors: Vec<u8> = (2..20).flat_map(forged).collect();
    for shift in [0, 471, 480, 500] {
        let mut batch = Batch::new();
        batch.put(Table::Records, vec![1], [vec![0; shift], sectors.clone()].concat());
        let model = killed(&disk, 64 << 10, &[batch, row(2, 2, 60_000), row(3, 3, 3)]);
        assert_eq!(read(&open(&disk, 64 << 10).unwrap()), model, "shifted by {shift}");
    }
}

/// After compacting nothing deleted is left, neither in free pages nor in the log.
#[test]
fn compacting_leaves_nothing_deleted() {
    let disk = Disk::new(1);
    let mut store = open(&disk, 64 << 10).unwrap();
    let mut batch = Batch::new();
    batch.put(Table::Records, vec![1], b"thirteen eight hundred".to_vec());
    store.commit(&batch).unwrap();
    batch = Batch::new();
    batch.delete(Table::Records, vec![1]);
    store.commit(&batch).unwrap();
    store.compact().unwrap();
    let left = |disk: &Disk| disk.image()[..HEADER + (64 << 10)].windows(8).any(|bytes| bytes == b"thirteen");
    assert!(!left(&disk));
}

#[test]
fn a_snapshot_beside_a_large_commit_sees_all_of_it_or_nothing() {
    let store = open(&Disk::new(0), 8 << 10).unwrap();
    let values = |store: &RedbStore| {
        let snapshot = store.snapshot().unwrap();
        [b"small", b"large"].map(|key| snapshot.get(Table::Meta, key).unwrap())
    };
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Acquire) {
                let [small, large] = values(&store);
                // The first is also written alone, before.
                assert!(small >= large, "{small:?} {large:?}");
                seen += 1;
            }
            seen
        });
        for round in 0..2_000u32 {
            let before = (2 * round).to_be_bytes().to_vec();
            let after = (2 * round + 1).to_be_bytes().to_vec();
            let mut alone = Batch::new();
            alone.put(Table::Meta, b"small".to_vec(), before);
            store.commit(&alone).unwrap();
            let mut large = row(1, 1, 4 << 10);
            large.put(Table::Meta, b"small".to_vec(), after.clone());
            large.put(Table::Meta, b"large".to_vec(), after);
            store.commit(&large).unwrap();
        }
        done.store(true, Ordering::Release);
        assert!(reader.join().unwrap() > 0);
    });
}
