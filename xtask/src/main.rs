//! `cargo xtask`: what is done to the repository itself.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::names::Names;
use xtask::new_platform::{Order, make};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "What is done to the repository itself")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the rooms of a new platform: a copy of examples/toyshop under its name, which builds and passes its tests, and
    /// of its fuzz target
    NewPlatform {
        /// The platform's name, of its program and of its folder: a-z, 0-9 and -, such as `ido-sell`
        name: String,
        /// How people write it, such as `IdoSell` [default: NAME with its first letter in upper case]
        #[arg(long)]
        title: Option<String>,
        /// The folder of the workspace in which its folder is made [default: the workspace's own]
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
        /// The workspace [default: the one in which cargo runs this]
        #[arg(long, value_name = "ROOT")]
        root: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(told) => {
            // Who closed the output does not want to read it.
            let _read = writeln!(std::io::stdout(), "{told}").is_ok();
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _read = writeln!(std::io::stderr(), "error: {error:#}").is_ok();
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<String> {
    let Command::NewPlatform { name, title, into, root } = command;
    let names = Names::new(&name, title.as_deref())?;
    // Cargo's word from when it runs this goes first: where copies of the workspace share a target directory, it may have
    // been built in another one.
    let own = || {
        let built_in = || env!("CARGO_MANIFEST_DIR").into();
        let package: PathBuf = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built_in, PathBuf::from);
        package.join("..")
    };
    let made = make(&Order { names, into: into.unwrap_or_default(), root: root.unwrap_or_else(own) })?;
    Ok(made.to_string())
}
