//! The command line that every platform's program shares: options, prompts, progress, results, exit codes, signals.
//!
//! A program is a type that implements [`Connector`] and one line:
//!
//! ```ignore
//! fn main() -> std::process::ExitCode {
//!     cli::main(&prestashop::PrestaShop)
//! }
//! ```
//!
//! Architecture invariant: this is the only crate that reads the environment, asks a person or ends a process. It
//! decides nothing about goods: it tells the engines of [`connector`] what they need, and shows what they tell.

mod args;
mod ask;
mod commands;
mod fault;
mod keeper;
mod log;
mod output;
mod parse;
mod place;
mod run;
mod settings;
mod signals;
mod stop;
mod told;
mod verdict;

use std::process::ExitCode;

use connector::Connector;

/// Runs a platform's program from its arguments to its exit code: 0 done, 1 failed, 2 wrong usage or settings, 3 done
/// but some goods were rejected or some stock levels need a look, 75 try again later, 130 and 143 stopped by SIGINT and
/// SIGTERM, 141 nobody reads the output any more.
///
/// To be called once, from `main`: it sets the process's signal handlers, panic hook and tracing subscriber.
#[must_use]
pub fn main(connector: &dyn Connector) -> ExitCode {
    run::run(connector)
}
