//! The engine's tests, one module an area.

mod engine;
mod org;
mod party;
mod pool;
