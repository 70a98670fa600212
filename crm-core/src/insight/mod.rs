//! Pure analytics: functions of columns, without store or clock.

pub mod clv;
pub mod learn;
pub mod forecast;
pub mod level;
pub mod pipeline;
pub mod rfm;
