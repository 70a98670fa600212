//! The engine's tests, one module an area.

mod deal;
mod engine;
mod import;
mod lead;
mod lead_year;
mod model;
mod org;
mod party;
mod pool;
mod price;
mod work;
