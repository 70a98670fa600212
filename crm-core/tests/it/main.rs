//! The engine's tests, one module an area.

mod deal;
mod engine;
mod party;
mod lead;
mod lead_year;
mod price;
mod work;
