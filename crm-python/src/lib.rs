//! The engine as a Python module: `import crm`.
//!
//! The native half is small on purpose: streams of Arrow in and out, commands and records as data. Names, types and
//! documentation for people are the Python half's.

mod amounts;
mod capsule;
mod clv;
mod columns;
mod days;
mod engine;
mod failure;
mod frame;
mod learn;
mod lists;
mod pipeline;
mod rfm;
mod table;
mod values;
mod views;

use pyo3::prelude::*;

/// The native half of the package `crm`.
#[pymodule]
mod _crm {
    use super::*;

    #[pymodule_export]
    use super::clv::{
        clv_alive, clv_fit, clv_log_likelihood, clv_purchases, clv_purchases_of_new, clv_summary, clv_value,
        retention, spend_expected, spend_fit,
    };
    #[pymodule_export]
    use super::engine::{Engine, commands};
    #[pymodule_export]
    use super::learn::{churn_risks, learn_explain, learn_fit, learn_predict, score_backtest};
    #[pymodule_export]
    use super::lists::{lists_of, table_of};
    #[pymodule_export]
    use super::pipeline::{
        pipeline_backtest, pipeline_figures, pipeline_forecast, pipeline_funnel, pipeline_velocity,
    };
    #[pymodule_export]
    use super::rfm::{rfm, rfm_of_parts};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::views::{schema, views};

    /// The version of the engine.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Codes of what frames can be wrong in, each with its meaning.
    #[pyfunction]
    fn frame_codes() -> Vec<(&'static str, &'static str)> {
        failure::CODES.to_vec()
    }
}
