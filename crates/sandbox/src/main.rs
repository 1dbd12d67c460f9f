//! `sandbox`: a marketplace on this machine, to try importers without the real one.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use clock::Clock;
use sandbox::gateway::{Fault, Gateway, Options};
use tracing_subscriber::filter::LevelFilter;

#[derive(Parser)]
#[command(version, about = "A local marketplace to try, test and measure importers against")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a stand-in for The Gateway until Ctrl-C. It keeps everything in memory and forgets it at the end.
    Serve(Box<Serve>),
    /// Write the whole offer of an IdoSell shop with made-up products, some 8 KB each, to measure with
    Offer(Offer),
}

#[derive(Args)]
struct Serve {
    /// Address and port to listen on; port 0 is any free one. Use 0.0.0.0:8080 to be reached from containers
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Seconds that the search index is behind the writes, as a real one is
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    index_lag: u64,
    /// Milliseconds that every API call takes at least
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    latency_ms: u64,
    /// Most API calls at once; more are answered with 429 [default: no limit]
    #[arg(long, value_name = "CALLS")]
    max_in_flight: Option<usize>,
    /// Let PERCENT of the API calls fail in this way [default: none]; may be given several times, together at most 100.
    /// KIND is too-many (429), server-error (500), drop (no answer, nothing done), lost-answer (done, no answer),
    /// done-but-error (done, 500 or 504) or half (only the first half of a list of products is done)
    #[arg(long = "fault", value_name = "KIND=PERCENT", value_parser = fault_rate)]
    faults: Vec<(Fault, u8)>,
    /// Start value of the dice that the faults are thrown with: the same value, the same faults
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// Number of sample goods to start with, to look at
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    products: usize,
    /// Also serve a local PrestaShop with so many made-up products behind its odd ones, to read from
    #[arg(long, value_name = "NUMBER")]
    prestashop: Option<u32>,
    /// Address and port of the local PrestaShop
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8081", requires = "prestashop")]
    prestashop_listen: SocketAddr,
    /// Also serve a local IdoSell with a marketplace feed of so many made-up products, to read from
    #[arg(long, value_name = "NUMBER")]
    idosell: Option<u32>,
    /// Address and port of the local IdoSell
    #[arg(long, value_name = "ADDRESS:PORT", default_value = IDOSELL_LISTEN, requires = "idosell")]
    idosell_listen: SocketAddr,
    /// Also serve a local IAI shop with its Admin API and older gates and so many made-up products, to read from and write to
    #[arg(long, value_name = "NUMBER")]
    iai: Option<u32>,
    /// Address and port of the local IAI shop
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8083", requires = "iai")]
    iai_listen: SocketAddr,
    /// Also serve the database of a local Subiekt GT with so many made-up goods, to read from, and a bridge that changes its stock
    /// levels
    #[arg(long, value_name = "NUMBER")]
    subiektgt: Option<u32>,
    /// Address and port of that database
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8084", requires = "subiektgt")]
    subiektgt_listen: SocketAddr,
    /// Address and port of the bridge beside that database
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8085", requires = "subiektgt")]
    subiektgt_bridge_listen: SocketAddr,
    /// Token that the bridge accepts
    #[arg(long, value_name = "TOKEN", default_value = "FAKE-BRIDGE-TOKEN", requires = "subiektgt")]
    subiektgt_bridge_token: String,
    /// Say on standard error what is asked and answered, a line per request
    #[arg(short, long)]
    verbose: bool,
}

/// Where the local IdoSell listens unless told otherwise.
const IDOSELL_LISTEN: &str = "127.0.0.1:8082";

#[derive(Args)]
struct Offer {
    /// Number of products
    #[arg(long, value_name = "NUMBER")]
    products: u32,
    /// File to write to [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn fault_rate(text: &str) -> Result<(Fault, u8), String> {
    let (kind, percent) = text.split_once('=').ok_or("write it as KIND=PERCENT, for example drop=5")?;
    let fault = kind.parse::<Fault>().map_err(|error| error.to_string())?;
    let percent = percent.parse().ok().filter(|percent| *percent <= 100);
    Ok((fault, percent.ok_or("the percent is a whole number from 0 to 100")?))
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let verbose = matches!(&command, Command::Serve(serve) if serve.verbose);
    let level = if verbose { LevelFilter::INFO } else { LevelFilter::WARN };
    tracing_subscriber::fmt().with_max_level(level).with_target(false).with_writer(std::io::stderr).init();
    let done = match command {
        Command::Serve(serve) => run(*serve).await,
        Command::Offer(offer) => write_offer(&offer),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: Serve) -> anyhow::Result<()> {
    let ended = ended().context("cannot listen for Ctrl-C")?;
    let gateway = Gateway::start(Options {
        listen: serve.listen,
        index_lag: Duration::from_secs(serve.index_lag),
        latency: Duration::from_millis(serve.latency_ms),
        max_in_flight: serve.max_in_flight,
        fault_rates: serve.faults,
        seed: serve.seed,
        keep_calls: false,
        ..Options::default()
    })
    .await?;
    gateway.seed_samples(serve.products);
    let shop = match serve.prestashop {
        Some(products) => Some(
            prestashop_sandbox::Shop::start(prestashop_sandbox::Options {
                listen: serve.prestashop_listen,
                keep_calls: false,
                ..prestashop_sandbox::Options::sample(products)
            })
            .await?,
        ),
        None => None,
    };
    let idosell = match serve.idosell {
        Some(products) => Some(start_idosell(serve.idosell_listen, products).await?),
        None => None,
    };
    let iai = match serve.iai {
        Some(products) => Some(start_iai(serve.iai_listen, products).await?),
        None => None,
    };
    let subiektgt = match serve.subiektgt {
        Some(goods) => {
            let bridge = subiektgt_sandbox::BridgeOptions {
                listen: serve.subiektgt_bridge_listen,
                token: serve.subiektgt_bridge_token,
                keep_calls: false,
            };
            Some(start_subiektgt(serve.subiektgt_listen, bridge, goods).await?)
        }
        None => None,
    };
    say_where(&gateway, shop.as_ref(), idosell.as_ref(), iai.as_ref(), subiektgt.as_ref())
        .context(STANDARD_OUTPUT)?;
    ended.await;
    Ok(())
}

/// What is wrong when nobody can be told anything.
const STANDARD_OUTPUT: &str = "cannot write to standard output";

async fn start_idosell(listen: SocketAddr, products: u32) -> anyhow::Result<idosell_sandbox::Shop> {
    let options = idosell_sandbox::Options {
        listen,
        products,
        keep_calls: false,
        ..idosell_sandbox::Options::default()
    };
    idosell_sandbox::Shop::start(options).await.map_err(|error| not_listening(listen, &error))
}

async fn start_iai(listen: SocketAddr, products: u32) -> anyhow::Result<iai_sandbox::Shop> {
    let options = iai_sandbox::Options { listen, ..iai_sandbox::Options::default() };
    let shop = iai_sandbox::Shop::start(options).await.map_err(|error| not_listening(listen, &error))?;
    shop.hold(iai_sandbox::synthetic(products));
    Ok(shop)
}

/// A local firm: its database, and the bridge beside it.
struct LocalFirm {
    server: subiektgt_sandbox::Server,
    bridge: subiektgt_sandbox::Bridge,
}

async fn start_subiektgt(
    listen: SocketAddr,
    bridge: subiektgt_sandbox::BridgeOptions,
    goods: u32,
) -> anyhow::Result<LocalFirm> {
    let options = subiektgt_sandbox::Options {
        listen,
        keep_statements: false,
        ..subiektgt_sandbox::Options::default()
    };
    let firm = subiektgt_sandbox::Firm::synthetic(goods);
    let server = firm.serve(options).await.map_err(|error| not_listening(listen, &error))?;
    let listen = bridge.listen;
    let bridge = subiektgt_sandbox::Bridge::start(&firm, bridge)
        .await
        .map_err(|error| not_listening(listen, &error))?;
    Ok(LocalFirm { server, bridge })
}

fn not_listening(listen: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let hint = "choose another address or port, or end the program that uses it";
    anyhow::anyhow!("cannot listen on {listen}: {error}; {hint}")
}

/// Its addresses are those of the shop that `sandbox serve --idosell` serves.
fn write_offer(offer: &Offer) -> anyhow::Result<()> {
    let write = |out: &mut dyn Write| {
        let url = format!("http://{IDOSELL_LISTEN}");
        idosell_sandbox::write_offer(&mut BufWriter::new(out), &url, offer.products, Clock::system().now())
    };
    match &offer.out {
        Some(file) => {
            let written = File::create(file).and_then(|mut out| write(&mut out));
            written.with_context(|| format!("cannot write {}", file.display()))
        }
        None => write(&mut std::io::stdout().lock()).context(STANDARD_OUTPUT),
    }
}

fn say_where(
    gateway: &Gateway,
    shop: Option<&prestashop_sandbox::Shop>,
    idosell: Option<&idosell_sandbox::Shop>,
    iai: Option<&iai_sandbox::Shop>,
    subiektgt: Option<&LocalFirm>,
) -> std::io::Result<()> {
    let url = gateway.url();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "The sandbox Gateway listens on {url}\nOpen that address in a browser to see its goods. Ctrl-C ends it, and what \
         it holds is forgotten.\n\nTell a connector:\n  base URL           {url}\n  shop guid          {}\n  token signing key  \
         {}\n\nThe key is a fake one, the same in every sandbox: it protects nothing.",
        gateway.shop(),
        gateway.secret(),
    )?;
    if let Some(shop) = shop {
        writeln!(
            out,
            "\nThe sandbox PrestaShop listens on {}\n\nTell the prestashop connector:\n  base URL           {}\n  API key            \
             {}",
            shop.url(),
            shop.url(),
            shop.key(),
        )?;
    }
    if let Some(shop) = idosell {
        writeln!(
            out,
            "\nThe sandbox IdoSell listens on {}\n\nTell the idosell connector:\n  base URL           {}\n  login              \
             {}\n  password           {}\nor, instead of login and password:\n  feed address       {}",
            shop.url(),
            shop.url(),
            shop.login(),
            shop.password(),
            shop.feed_url(),
        )?;
    }
    if let Some(shop) = iai {
        writeln!(
            out,
            "\nThe sandbox IAI listens on {}\n\nTell the iai connector:\n  base URL           {}\n  API key            {}\nor, instead \
             of the API key, by its older gates:\n  login              {}\n  password           {}",
            shop.url(),
            shop.url(),
            shop.key(),
            shop.login(),
            shop.password(),
        )?;
    }
    if let Some(LocalFirm { server, bridge }) = subiektgt {
        writeln!(
            out,
            "\nThe sandbox Subiekt GT listens on {}\n\nTell the subiektgt connector:\n  database           {}/{}\n  user               \
             {}\n  password           {}\n  encryption         off\nor, as settings:\n  SUBIEKTGT_SQL={}/{}\n  \
             SUBIEKTGT_SQL_ENCRYPT=off\nand, to have its stock levels changed by the bridge:\n  SUBIEKTGT_BRIDGE_URL={}\n  \
             SUBIEKTGT_BRIDGE_TOKEN={}",
            server.address(),
            server.address(),
            server.database(),
            server.user(),
            server.password(),
            server.address(),
            server.database(),
            bridge.url(),
            bridge.token(),
        )?;
    }
    out.flush()
}

/// Listens for a person (SIGINT) or a container's runtime (SIGTERM) that ends the program, from this call on; the
/// future waits for it.
#[cfg(unix)]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens for Ctrl-C, from this call on; the future waits for it.
#[cfg(windows)]
fn ended() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
