//! A hash table from ids to cells: open addressing over small slots, entries in the order of coming.

use super::gather::Cell;
use super::ids::Key;
use super::states::States;

/// Cells by id.
pub(super) struct Groups<K> {
    /// Per slot the upper half of the key's hash, and one more than the entry's place; 0 is free. A
    /// key's slot begins with the same upper bits, so that a larger table is made without its keys.
    slots: Vec<u64>,
    /// The number of slots is 2 to this.
    bits: u32,
    entries: Vec<(K, Cell)>,
}

const FIRST_BITS: u32 = 6;

impl<K: Key> Groups<K> {
    pub fn new() -> Self {
        Groups { slots: vec![0; 1 << FIRST_BITS], bits: FIRST_BITS, entries: Vec::new() }
    }

    /// Notes a purchase.
    #[inline]
    pub fn add(&mut self, id: K, day: i32, amount: i64) {
        let place = self.place(id);
        if let Some((_, cell)) = self.entries.get_mut(place) {
            cell.add(day, amount);
        }
    }

    /// The place of an id's entry, of a new one when the id comes first.
    #[inline]
    fn place(&mut self, id: K) -> usize {
        // At most half of the slots are taken.
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let tag = id.mix() >> 32;
        let mask = self.slots.len() - 1;
        let mut slot = (tag >> (32 - self.bits)) as usize;
        loop {
            let taken = self.slots.get(slot).copied().unwrap_or(0);
            if taken == 0 {
                return self.enter(slot, tag, id);
            }
            let place = (taken as u32 as usize).wrapping_sub(1);
            if taken >> 32 == tag && self.entries.get(place).is_some_and(|(known, _)| *known == id) {
                return place;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn enter(&mut self, slot: usize, tag: u64, id: K) -> usize {
        self.entries.push((id, Cell::EMPTY));
        if let Some(free) = self.slots.get_mut(slot) {
            *free = tag << 32 | self.entries.len() as u64;
        }
        self.entries.len() - 1
    }

    fn grow(&mut self) {
        self.bits = (self.bits + 1).min(32);
        let mut slots = vec![0; 1usize << self.bits];
        let mask = slots.len() - 1;
        for taken in self.slots.iter().copied().filter(|&taken| taken != 0) {
            let mut slot = (taken >> 32 >> (32 - self.bits)) as usize;
            while slots.get(slot).is_some_and(|&other| other != 0) {
                slot = (slot + 1) & mask;
            }
            if let Some(free) = slots.get_mut(slot) {
                *free = taken;
            }
        }
        self.slots = slots;
    }

    /// The entries of some tables as states, in the order of ids.
    pub fn into_states(tables: Vec<Groups<K>>, largest: u64) -> States<K> {
        let mut entries = Vec::with_capacity(tables.iter().map(|table| table.entries.len()).sum());
        tables.into_iter().for_each(|table| entries.extend(table.entries));
        entries.sort_unstable_by_key(|(id, _)| *id);
        let mut states = States::with_capacity(entries.len(), largest);
        for (id, cell) in entries {
            states.push(id, cell);
        }
        states
    }
}
