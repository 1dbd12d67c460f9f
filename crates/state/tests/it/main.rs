//! What a state promises, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test may fail"
)]

/// Runs each of these tests on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(&$crate::support::Place::file()).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(place) = $crate::support::Place::postgres().await else { return };
                super::$name(&place).await;
                place.end().await;
            })+
        }
    };
}

mod changes;
mod cluster;
mod intents;
mod lease;
mod levels;
mod levels_beside;
mod links;
mod opening;
mod others;
mod renamed;
mod scope;
mod support;
mod together;
mod url;
