//! The whole import, from a local shop to a local Gateway; both tell the truth.

mod adopt;
mod arrival;
mod categories;
mod changes;
mod disturbed;
mod families;
pub(crate) mod goods;
mod images;
mod killed;
mod moved;
pub(crate) mod sides;
