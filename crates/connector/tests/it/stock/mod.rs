//! Stock levels, both ways.

mod bases;
mod carried;
mod histories;
mod odd;
mod other_ids;
mod shelves;
mod unanswered;
mod world;
