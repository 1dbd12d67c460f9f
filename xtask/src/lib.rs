//! What is done to the repository itself: `cargo xtask new-platform NAME` makes the rooms of a new platform.
//!
//! - [`names`]: the forms in which a platform's name is written.
//! - [`new_platform`]: copies the example and its fuzz target under them, and tells their workspaces.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace, so that it can be built while one of
//! them cannot.

mod manifest;
pub mod names;
pub mod new_platform;
