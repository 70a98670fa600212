//! Pure analytics: functions of columns, without store or clock.

pub mod attainment;
pub mod churn;
pub mod clv;
pub mod forecast;
pub mod learn;
pub mod level;
pub mod pipeline;
pub mod retention;
pub mod rfm;
