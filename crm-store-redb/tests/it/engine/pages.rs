//! What commands write: pages a command, alone and in a group. A moved index entry is two pages, so that an index more
//! or a field that needn't be indexed shows here, and not in how long something takes.

use crm_core::domain::lead::LeadDraft;
use crm_core::engine::flows::advance::MoveRecord;
use crm_core::engine::flows::capture::CaptureLead;
use crm_core::prelude::*;
use crm_store_redb::Options;
use crm_store_redb::faults::Disk;

use super::world::{Open, start};

const PAGE: u64 = 4096;

/// A lead whose number, address and company stand anywhere in their indexes.
fn lead(number: u64) -> CaptureLead {
    let anywhere = number * 61_803_399 % 100_000_000;
    let lead = LeadDraft {
        name: format!("Person {number}"),
        company: format!("{anywhere} Trading Co., Ltd."),
        phones: vec![format!("138{anywhere:08}")],
        emails: vec![format!("p{anywhere}@example.com")],
        ..LeadDraft::default()
    };
    CaptureLead { lead, ..CaptureLead::default() }
}

/// Runs commands in groups of one size; at most so many pages a command may be written.
fn check<C: Command>(open: &Open, what: &str, commands: Vec<C>, group: usize, most: f64) {
    let (before, count) = (open.store.traffic(), commands.len());
    let mut commands = commands.into_iter().peekable();
    while commands.peek().is_some() {
        let answers = open.crm.system().execute_all(commands.by_ref().take(group).collect());
        answers.into_iter().for_each(|answer| drop(answer.unwrap()));
    }
    let written = (open.store.traffic() - before).bytes_written / PAGE;
    let pages = written as f64 / count as f64;
    assert!(pages <= most, "{what}, {group} a group: {pages:.2} pages a command, at most {most}");
    // A gate that is far off gates nothing.
    assert!(pages > most / 1.5, "{what}, {group} a group: {pages:.2} pages a command, {most} are allowed");
}

/// Captures and moves, alone and in groups of 64, each with the most pages that it may cost.
fn check_all(log_bytes: u64, [capture, captures, step, steps]: [f64; 4]) {
    let options = Options { log_bytes, ..Options::default() };
    let open = Open::on(Disk::new(0).plug(), options, start(), 1).unwrap();
    let leads: Vec<_> = open.crm.system().execute_all((0..3_000).map(lead).collect());
    let leads: Vec<_> = leads.into_iter().map(|captured| captured.unwrap().lead.unwrap().record()).collect();
    let moves = |to: &str, from: usize, count: usize| -> Vec<MoveRecord> {
        let spread = (from..from + count).map(|place| leads[place * 37 % leads.len()]);
        let step = |record| MoveRecord {
            record,
            to: to.into(),
            reason: "called".into(),
            revision: None,
            fields: Default::default(),
        };
        spread.map(step).collect()
    };
    check(&open, "capture", (3_000..3_400).map(lead).collect(), 1, capture);
    check(&open, "capture", (3_400..4_680).map(lead).collect(), 64, captures);
    check(&open, "move", moves("following", 0, 400), 1, step);
    check(&open, "move", moves("following", 400, 1_280), 64, steps);
}

#[test]
fn commands_write_few_pages() {
    check_all(0, [24.0, 5.0, 14.5, 1.5]);
}

/// What goes into the log, and the pages that a full log writes.
#[test]
fn with_a_log_they_write_fewer() {
    check_all(512 << 10, [0.3, 1.4, 0.15, 1.4]);
}
