//! Models that learn from how things ended: which leads convert, which deals are won, who leaves.
//!
//! A [`Table`] borrows columns; [`train`] learns from it with one of two learners ([`bayes`],
//! [`logistic`]), calibrates, tries the model on rows that it had not learnt from, and says whether it has
//! any skill. Both learners give a sum of one term a column ([`Additive`]), so a [`Model`] scores with a
//! look-up a column, and explains each probability by factors that add up to it. A model is a value:
//! store it, version it, send it. [`backtest`](backtest::backtest) tries any scores; [`odoo`] counts as
//! Odoo does.

mod additive;
pub mod backtest;
pub mod bayes;
pub mod calibration;
mod exp;
pub mod folds;
pub mod logistic;
pub mod metrics;
mod model;
pub mod odoo;
mod refusals;
mod rows;
mod table;
#[cfg(test)]
mod tests;

pub use additive::{Additive, Factor, Shape, Term};
pub use exp::{log_odds, probabilities, probability};
pub use folds::Folds;
pub use model::{Explanation, Learner, Model, Report, Training, Trial, Verdict, train, trial};
pub use refusals::CODES;
pub use rows::Sample;
pub use table::{Column, Table, Values, categories};
