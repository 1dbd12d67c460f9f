//! `prestashop`: brings a PrestaShop catalogue into the marketplace.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&prestashop::PrestaShop)
}
