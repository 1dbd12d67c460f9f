//! What every platform must pass, by each way on which a firm's goods come.

mod bridge;
mod database;
mod files;

/// By the files that the program exports.
mod by_files {
    ::conformance::examine!(super::files::ByFiles);
}

/// By the firm's database.
mod by_database {
    ::conformance::examine!(super::database::ByDatabase);
}

/// By the firm's database, with a bridge that writes levels.
mod by_bridge {
    ::conformance::examine!(super::bridge::ByBridge);
}
