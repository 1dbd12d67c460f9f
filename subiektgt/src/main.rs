//! `subiektgt`: brings the goods of a firm's `Subiekt GT` into the marketplace.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&subiektgt::SubiektGt)
}
