//! `try-it prestashop`: a local marketplace, a local PrestaShop, and an import from one into the other, to look at.
//!
//! The import is the platform's own program: this binary runs itself again as that, with everything told by the
//! environment as an operator would tell it.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use sandbox::gateway::Gateway;
use tokio::process::Command as Process;

/// Which platform's program this process is, when it is one.
const PROGRAM: &str = "TRY_IT_PROGRAM";

/// What a program needs of the environment besides its settings.
const KEPT: [&str; 12] = [
    "PATH",
    "HOME",
    "TERM",
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
];

/// How the sample shop's categories become those of the sample marketplace.
const CATEGORIES: &str = include_str!("categories.csv");

#[derive(Parser)]
#[command(
    version,
    about = "Starts a local marketplace and a local shop, imports the shop, and says where to look at it"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Import a made-up PrestaShop
    Prestashop(Options),
}

#[derive(clap::Args)]
struct Options {
    /// Made-up products behind the shop's odd ones
    #[arg(long, value_name = "NUMBER", default_value_t = 120)]
    products: u32,
    /// End after the import instead of serving its result until Ctrl-C
    #[arg(long)]
    once: bool,
    /// Take any free ports instead of 8080 for the marketplace and 8081 for the shop
    #[arg(long)]
    any_port: bool,
}

fn main() -> ExitCode {
    if std::env::var_os(PROGRAM).is_some_and(|program| program == "prestashop") {
        return cli::main(&prestashop::PrestaShop);
    }
    let Command::Prestashop(options) = Cli::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done =
        runtime.context("the program cannot start").and_then(|runtime| runtime.block_on(run(&options)));
    match done {
        Ok(code) => code,
        Err(error) => {
            // Where nobody reads, there is nobody to tell.
            let _unread = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> anyhow::Result<ExitCode> {
    // Heard from now on: the program below hears it too, and this one waits for it.
    let interrupted = interrupted()?;
    let gateway = gateway(options).await?;
    let shop = shop(options).await?;
    let mapping = tempfile::Builder::new().suffix(".csv").tempfile().context("the category mapping")?;
    mapping.as_file().write_all(CATEGORIES.as_bytes()).context("the category mapping")?;
    // The marketplace is another one each time, and so is what is known of it.
    let folder = tempfile::tempdir().context("the state")?;
    let state = format!("sqlite://{}", folder.path().join("state.db").display());
    say(&format!(
        "A local PrestaShop of {} products goes into a local marketplace.",
        shop.product_ids().len()
    ))?;
    let code = import(&gateway, &shop, mapping.path(), &state).await?;
    // 0: done; 3: done, but the shop has some odd goods on purpose.
    let is_done = matches!(code, Some(0 | 3));
    if options.once || !is_done {
        return Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    say(&where_to_look(&gateway, &shop, &state))?;
    interrupted.await;
    Ok(ExitCode::SUCCESS)
}

/// The marketplace at its usual address, or where there is room.
async fn gateway(options: &Options) -> anyhow::Result<Gateway> {
    let at = |listen| sandbox::gateway::Options { listen, keep_calls: false, ..Default::default() };
    if !options.any_port
        && let Ok(gateway) = Gateway::start(at(local(8080))).await
    {
        return Ok(gateway);
    }
    Gateway::start(at(local(0))).await.context("the local marketplace")
}

/// The shop at its usual address, or where there is room.
async fn shop(options: &Options) -> anyhow::Result<prestashop_sandbox::Shop> {
    let at = |listen| prestashop_sandbox::Options {
        listen,
        keep_calls: false,
        ..prestashop_sandbox::Options::sample(options.products)
    };
    if !options.any_port
        && let Ok(shop) = prestashop_sandbox::Shop::start(at(local(8081))).await
    {
        return Ok(shop);
    }
    prestashop_sandbox::Shop::start(at(local(0))).await.context("the local shop")
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// Runs the platform's program to its end; its exit code, unless a signal ended it.
async fn import(
    gateway: &Gateway,
    shop: &prestashop_sandbox::Shop,
    mapping: &Path,
    state: &str,
) -> anyhow::Result<Option<i32>> {
    let own = std::env::current_exe().context("the program's own place")?;
    let kept = KEPT.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    let mut program = Process::new(own);
    program
        .arg("import")
        .env_clear()
        .envs(kept)
        .env(PROGRAM, "prestashop")
        .env("GATEWAY_BASE_URL", gateway.url())
        .env("GATEWAY_SHOP_ID", gateway.shop())
        .env("GATEWAY_SECRET", gateway.secret())
        .env("PRESTASHOP_BASE_URL", shop.url())
        .env("PRESTASHOP_API_KEY", shop.key())
        .env("CATEGORY_MAPPING", mapping)
        .env("STATE_URL", state)
        .kill_on_drop(true);
    Ok(program.status().await.context("the import")?.code())
}

fn where_to_look(gateway: &Gateway, shop: &prestashop_sandbox::Shop, state: &str) -> String {
    let url = gateway.url();
    format!(
        "\nLook at the result in a browser: {url}\n\nTo import again, in another terminal (a second import finds nothing to \
         do):\n\n    export GATEWAY_BASE_URL={url} GATEWAY_SHOP_ID={}\n    export GATEWAY_SECRET={}\n    export \
         PRESTASHOP_BASE_URL={} PRESTASHOP_API_KEY={}\n    export STATE_URL={state}\n    cargo run -p prestashop\n\nThe keys are fake and the same in \
         every sandbox. Ctrl-C ends this, and nothing is kept.",
        gateway.shop(),
        gateway.secret(),
        shop.url(),
        shop.key()
    )
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Listens for Ctrl-C and, where there is such a thing, SIGTERM from this call on; the future waits for it.
#[cfg(unix)]
fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let mut terminated = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from this call on; the future waits for it.
#[cfg(windows)]
fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c().context("cannot listen for Ctrl-C")?;
    Ok(async move {
        interrupted.recv().await;
    })
}
