//! The engine's tests, one module an area.

mod deal;
mod engine;
