//! The rules in force at work: asked about records, followed when records change, tried on the past.

pub(crate) mod behaviour;
mod book;

pub(crate) use book::{RuleBook, judge};
