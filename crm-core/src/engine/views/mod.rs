//! Readings that go over several rooms: board, timeline, a customer from all sides, pipeline figures.

mod board;
mod customer;
pub mod insight;
mod pipeline;
mod timeline;

pub use board::{Board, Card, Column};
pub use customer::CustomerView;
pub use timeline::{TimelineItem, TimelinePage};
