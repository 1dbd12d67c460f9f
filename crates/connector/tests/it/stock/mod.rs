//! Stock levels, both ways.

mod bases;
mod carried;
mod histories;
mod odd;
mod other_ids;
mod outstanding;
mod outstanding_gone;
mod shelves;
mod steps;
mod unanswered;
mod world;
