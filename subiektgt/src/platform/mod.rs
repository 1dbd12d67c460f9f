//! A firm as a platform, by each of the two ways to its goods.

mod files;
mod sql;

pub(crate) use files::Shop as OfFiles;
pub(crate) use sql::Shop as OfSql;
