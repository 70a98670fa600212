//! The store over redb, on sound disks and on failing ones.

mod file;
