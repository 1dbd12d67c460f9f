//! Documents by which a firm is told of changes of its levels.

mod contents;
mod firm;
mod kept;
pub(crate) mod office;
mod program;
mod shown;
mod steps;
mod trouble;
