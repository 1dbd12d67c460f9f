//! `toyshop`: brings a catalogue of `Toy Shop` into the marketplace.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&toyshop::Toyshop)
}
