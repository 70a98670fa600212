//! The engine's tests, one module an area.

mod engine;
mod party;
mod lead;
mod lead_year;
