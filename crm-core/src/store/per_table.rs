//! One of something for each table.

use super::Table;

/// One of something for each table of a store.
///
/// ```
/// use crm_core::store::{PerTable, Table};
/// let mut keys = PerTable::<u64>::default();
/// *keys.of_mut(Table::Due) += 1;
/// assert_eq!((*keys.of(Table::Due), keys.iter().sum::<u64>()), (1, 1));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PerTable<T>([T; Table::ALL.len()]);

impl<T> PerTable<T> {
    /// What `make` answers for each table.
    pub fn new(make: impl FnMut(Table) -> T) -> Self {
        PerTable(Table::ALL.map(make))
    }

    /// That of a table.
    pub fn of(&self, table: Table) -> &T {
        let [records, index, unique, journal, due, meta] = &self.0;
        match table {
            Table::Records => records,
            Table::Index => index,
            Table::Unique => unique,
            Table::Journal => journal,
            Table::Due => due,
            Table::Meta => meta,
        }
    }

    /// That of a table, to change.
    pub fn of_mut(&mut self, table: Table) -> &mut T {
        let [records, index, unique, journal, due, meta] = &mut self.0;
        match table {
            Table::Records => records,
            Table::Index => index,
            Table::Unique => unique,
            Table::Journal => journal,
            Table::Due => due,
            Table::Meta => meta,
        }
    }

    /// Each, in the order of the tables' numbers.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}
