//! The engine's tests, one module an area.

mod engine;
mod party;
