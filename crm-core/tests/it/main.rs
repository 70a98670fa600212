//! The engine's tests, one module an area.

mod deal;
mod engine;
mod lead;
mod lead_year;
mod org;
mod party;
mod pool;
mod model;
