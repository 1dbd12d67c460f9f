//! What every platform must pass, by each way on which a firm's goods come.

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
