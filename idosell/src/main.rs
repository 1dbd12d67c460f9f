//! `idosell`: brings a catalogue of IdoSell into the marketplace.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&idosell::IdoSell)
}
