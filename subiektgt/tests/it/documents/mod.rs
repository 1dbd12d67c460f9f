//! Documents by which a firm is told of changes of its levels.

mod contents;
mod firm;
pub(crate) mod office;
mod program;
mod trouble;
