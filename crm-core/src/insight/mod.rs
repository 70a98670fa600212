//! Pure analytics: functions of columns, without store or clock.

pub mod learn;
pub mod clv;
pub mod pipeline;
pub mod rfm;
