//! Pure analytics: functions of columns, without store or clock.

pub mod pipeline;
pub mod rfm;
