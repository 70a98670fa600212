//! Pure analytics: functions of columns, without store or clock.

pub mod forecast;
pub mod level;
pub mod pipeline;
pub mod rfm;
