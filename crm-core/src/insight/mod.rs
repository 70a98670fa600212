//! Pure analytics: functions of columns, without store or clock.

pub mod churn;
pub mod clv;
pub mod pipeline;
