//! `iai`: brings a catalogue of `IAI` into the marketplace.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&iai::Iai)
}
