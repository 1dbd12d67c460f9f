//! What the mapping file, the rendering and the reading import promise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod before;
mod broken_off;
mod changes;
mod doubles;
mod import;
mod imported_once;
mod levels;
mod mapping_file;
mod other_id;
mod other_id_odd;
mod people;
mod remembered;
mod render;
mod shared_families;
mod stock;
mod support;
mod toy;
mod untold;
