//! Everything that a run is told, read and checked before anything is sent.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use connector::import::{self, Adopt};
use connector::{Common, Connector, Given, Need, Notes, RunError, Scope, Setting, Settled, stock};
use gateway_core::assumptions;
use gateway_core::gateway::{DEFAULT_BASE_URL, GatewaySettings, Terms};
use gateway_core::model::{ProductId, ShopKey, VatRate};
use gateway_core::token::{ShopGuid, SigningKey};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use xxhash_rust::xxh3::Xxh3;

use crate::ask;
use crate::commands::Command;
use crate::output::Format;
use crate::parse;
use crate::place::Place;
use crate::stop::Stop;
use crate::told::{self, Told, Value};

/// The token signing key.
pub(crate) const KEY: Setting = Setting {
    option: "gateway-secret",
    variable: "GATEWAY_SECRET",
    prompt: "Token signing key",
    help: "The token signing key of the shop at the marketplace, in base64",
    need: Need::Required,
    is_secret: true,
    check: |text| SigningKey::from_base64(&SecretString::from(text)).map(drop).map_err(|e| e.to_string()),
};

/// The shop guid.
pub(crate) const SHOP: Setting = Setting {
    option: "gateway-shop-id",
    variable: "GATEWAY_SHOP_ID",
    prompt: "Shop guid",
    help: "The guid of the shop at the marketplace, like 0b9f6c1e-3a52-4c1d-9e57-5d2f8f0a7c11",
    need: Need::Required,
    is_secret: false,
    check: |text| ShopGuid::parse(text).map(drop).map_err(|error| error.to_string()),
};

/// The marketplace's address.
pub(crate) const BASE_URL: Setting = Setting {
    option: "gateway-base-url",
    variable: "GATEWAY_BASE_URL",
    prompt: "Gateway base URL",
    help: "The marketplace's address",
    need: Need::Optional,
    is_secret: false,
    check: |text| GatewaySettings::base_url(text).map(drop).map_err(|error| error.to_string()),
};

/// How much is said.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) format: Format,
    pub(crate) quiet: bool,
    pub(crate) verbosity: u8,
}

impl Voice {
    pub(crate) fn read(told: &Told<'_>) -> Result<Self, RunError> {
        let format = told.parsed("output", |text| match text {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            "csv" => Ok(Format::Csv),
            other => Err(format!("{other:?} is none of text, json and csv")),
        })?;
        let mut quiet = told.flag("quiet");
        let mut verbosity = told.count("verbose");
        // What stands on the command line goes before both variables.
        if !quiet && verbosity == 0 {
            let variable = |name| told::variable(name);
            let parsed = |name: &str, text: &str| {
                connector::switch(text).map_err(|what| told::wrong(name, &what, "quiet"))
            };
            quiet = variable("QUIET")?.map(|text| parsed("QUIET", &text)).transpose()?.unwrap_or(false);
            verbosity = match variable("VERBOSE")? {
                Some(text) => text.parse().map_err(|_| {
                    told::wrong("VERBOSE", &format!("{text:?} is none of 0, 1 and 2"), "verbose")
                })?,
                None => 0,
            };
        }
        Ok(Self { format: format.unwrap_or(Format::Text), quiet, verbosity })
    }
}

/// What a run is told besides settings that can be asked for.
pub(crate) struct Options {
    /// But for the mapping, which is read from its file, and the build.
    pub(crate) import: import::Options,
    pub(crate) mapping: Option<PathBuf>,
    /// Whether only products are imported of which something was rejected.
    pub(crate) only_rejected: bool,
    pub(crate) stock: stock::Options,
    pub(crate) place: Place,
    pub(crate) max_time: Option<Duration>,
    pub(crate) common: Common,
}

impl Options {
    /// What a command is not told is not read for it: there it is no fault when it is wrong.
    pub(crate) fn read(
        told: &Told<'_>,
        connector: &dyn Connector,
        clock: &Clock,
        command: Command,
    ) -> Result<Self, RunError> {
        let (import, mapping, only_rejected) = match command.is_told_of_imports() {
            true => {
                let mapping = told.parsed("category-mapping", |text| Ok(PathBuf::from(text)))?;
                (import(told, connector, clock)?, mapping, switch(told, "only-rejected")?)
            }
            false => (import::Options::new(connector.images()), None, false),
        };
        if only_rejected && (import.scope != Scope::All || import.prune) {
            return Err(RunError::settings(
                "--only-rejected (ONLY_REJECTED) is told together with --since, --product or --prune (SINCE, PRODUCT, PRUNE)",
                "leave one of them out",
            ));
        }
        let stock = match command {
            Command::Stock => stock(told)?,
            _ => stock::Options::default(),
        };
        let place = Place::read(told, connector.name())?;
        let spool = told.parsed("spool", folder)?;
        Ok(Self {
            import,
            mapping,
            only_rejected,
            stock,
            max_time: told.parsed("max-time", parse::duration)?,
            common: Common {
                shop_key: told
                    .parsed("shop-key", |text| ShopKey::named(text).map_err(|error| error.to_string()))?,
                vat_default: match command {
                    Command::Status | Command::Outstanding => None,
                    _ => told.parsed("vat-default", vat)?,
                },
                shop_concurrency: told.parsed("shop-concurrency", parse::at_least_one)?,
                shop_rate: told.parsed("shop-rate", parse::per_minute)?,
                keep: spool.clone().or_else(|| place.keep(connector.name())),
                spool,
                notes: Notes::default(),
            },
            place,
        })
    }
}

/// What somebody says that became of a file of documents. No variable tells it: it is said once.
pub(crate) fn settles(told: &Told<'_>) -> Result<Option<(String, Settled)>, RunError> {
    for (option, settled) in [("booked", Settled::Booked), ("discard", Settled::Discarded)] {
        if told.is_on_command_line(option) {
            let named = told.values(option)?.pop().filter(|(_, place)| place.starts_with("--"));
            let (name, _) = named.ok_or_else(|| {
                RunError::settings(
                    format!("--{option}: it names no file"),
                    "name one of those that `stock outstanding` lists",
                )
            })?;
            return Ok(Some((name, settled)));
        }
    }
    Ok(None)
}

/// What an import is told, but for the mapping and the build.
fn import(told: &Told<'_>, connector: &dyn Connector, clock: &Clock) -> Result<import::Options, RunError> {
    Ok(import::Options {
        scope: scope(told, clock)?,
        dry_run: switch(told, "dry-run")?,
        mapping: None,
        unmapped: told.parsed("unmapped", parse::unmapped)?.unwrap_or_default(),
        images: told.parsed("images", parse::images)?.unwrap_or(connector.images()),
        prune: switch(told, "prune")?,
        adopt: told.parsed("adopt", adopt)?,
        settle: settle(told)?,
        concurrency: concurrency(told)?,
        shop_key_is_told: told.parsed("shop-key", |_| Ok(()))?.is_some(),
        again: switch(told, "again")?,
        build: String::new(),
        max_change: told.parsed("max-change", parse::percent)?,
    })
}

/// What a pass over the stock levels is told.
fn stock(told: &Told<'_>) -> Result<stock::Options, RunError> {
    let ids = products(told)?;
    Ok(stock::Options {
        scope: if ids.is_empty() { Scope::All } else { Scope::Products(ids) },
        direction: told.parsed("direction", parse::direction)?,
        buffer: told.parsed("buffer", parse::pieces)?.unwrap_or_default(),
        max_change: told.parsed("max-change", parse::percent)?.unwrap_or(stock::MAX_CHANGE),
        force: switch(told, "force")?,
        take_base: switch(told, "take-base")?,
        dry_run: switch(told, "dry-run")?,
        settle: settle(told)?,
        concurrency: concurrency(told)?,
    })
}

fn settle(told: &Told<'_>) -> Result<Duration, RunError> {
    Ok(told.parsed("settle", parse::seconds)?.unwrap_or(assumptions::SETTLE))
}

fn concurrency(told: &Told<'_>) -> Result<usize, RunError> {
    Ok(told.parsed("concurrency", parse::at_least_one)?.unwrap_or(GatewaySettings::CONCURRENCY))
}

/// A switch of the command line, or of its variable.
fn switch(told: &Told<'_>, option: &str) -> Result<bool, RunError> {
    Ok(told.flag(option) || told.parsed(option, connector::switch)?.unwrap_or(false))
}

fn adopt(text: &str) -> Result<Adopt, String> {
    match text {
        "sku" => Ok(Adopt::Sku),
        "none" => Ok(Adopt::None),
        other => Err(format!("{other:?} is neither sku nor none")),
    }
}

/// The products that are named, each once.
fn products(told: &Told<'_>) -> Result<Vec<ProductId>, RunError> {
    let mut ids = Vec::new();
    for (text, place) in told.values("product")? {
        for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            let id = ProductId::new(id).map_err(|e| told::wrong(&place, &e.to_string(), "product"))?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

fn scope(told: &Told<'_>, clock: &Clock) -> Result<Scope, RunError> {
    let since = told.parsed("since", |text| parse::since(text, clock.now()))?;
    match (since, products(told)?) {
        (None, ids) if ids.is_empty() => Ok(Scope::All),
        (None, ids) => Ok(Scope::Products(ids)),
        (Some(since), ids) if ids.is_empty() => Ok(Scope::Since(since)),
        (Some(_), _) => Err(RunError::settings(
            "--since and --product (SINCE and PRODUCT) are both told",
            "leave one of them out",
        )),
    }
}

fn vat(text: &str) -> Result<VatRate, String> {
    let percents = Terms::default().vat_percents();
    let percent = text.trim_end_matches('%').trim().parse::<u32>().ok().filter(|p| percents.contains(p));
    let percent =
        percent.ok_or_else(|| format!("{text:?} is none of the marketplace's rates {percents:?}"))?;
    VatRate::percent(Decimal::from(percent)).map_err(|error| error.to_string())
}

/// What tells this build of the program from others. All bear the same version until there are releases.
pub(crate) fn build() -> String {
    let digest = std::env::current_exe().and_then(|program| digest(&program));
    digest.unwrap_or_else(|_| env!("CARGO_PKG_VERSION").to_owned())
}

/// Piece by piece: a program is larger than all that a run holds otherwise.
fn digest(program: &Path) -> io::Result<String> {
    let mut file = BufReader::with_capacity(64 * 1024, File::open(program)?);
    let mut digest = Xxh3::new();
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            return Ok(format!("{:032x}", digest.digest128()));
        }
        digest.update(piece);
        let length = piece.len();
        file.consume(length);
    }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() { Ok(path) } else { Err(format!("{text:?} is no folder")) }
}

/// Reads these settings, checks those that were told, and only then asks for those that are missing, in their order.
pub(crate) async fn gather(
    told: &Told<'_>,
    settings: &[Setting],
    how: ask::How,
    stop: &Stop,
) -> Result<Given, RunError> {
    let mut given = Given::default();
    let mut missing = Vec::new();
    for setting in settings {
        match told.setting(setting)? {
            Some(Value { text, place }) => {
                let text = text.expose_secret();
                (setting.check)(text).map_err(|what| told::wrong(&place, &what, &ask::option(setting)))?;
                given.insert(setting.variable, text);
            }
            None => missing.push(*setting),
        }
    }
    missing.retain(|setting| match setting.need {
        Need::Required => true,
        Need::Unless(other) => given.secret(other).is_none(),
        Need::With(other) => given.secret(other).is_some(),
        Need::Optional | Need::Switch => false,
    });
    if missing.is_empty() {
        return Ok(given);
    }
    // A person may take his time, and a signal must be heard all the while.
    let terminal = ask::TerminalState::save(how);
    let asking = tokio::task::spawn_blocking(move || ask::all(&missing, how));
    let answers = tokio::select! {
        biased;
        () = stop.asked() => {
            terminal.put_back();
            return Err(RunError::Stopped);
        }
        answers = asking => answers,
    };
    let answers =
        answers.map_err(|_| RunError::Failed { what: "asking failed".to_owned(), hint: None })??;
    for (variable, answer) in answers {
        given.insert(variable, answer.expose_secret());
    }
    Ok(given)
}

/// The marketplace's address, and its shop, from what was gathered.
pub(crate) fn marketplace(given: &Given) -> Result<(Url, ShopGuid), RunError> {
    let base_url = GatewaySettings::base_url(given.get(BASE_URL.variable).unwrap_or(DEFAULT_BASE_URL))
        .map_err(|error| invalid(&BASE_URL, &error))?;
    let shop = ShopGuid::parse(given.get(SHOP.variable).unwrap_or_default())
        .map_err(|error| invalid(&SHOP, &error))?;
    Ok((base_url, shop))
}

fn invalid(setting: &Setting, what: &dyn std::fmt::Display) -> RunError {
    told::wrong(setting.variable, &what.to_string(), &ask::option(setting))
}

/// The Gateway's settings from what was gathered, and a warning where its token would travel in clear.
pub(crate) fn gateway(
    given: &Given,
    concurrency: usize,
) -> Result<(GatewaySettings, Option<String>), RunError> {
    let (base_url, shop) = marketplace(given)?;
    let none = SecretString::default();
    let key = SigningKey::from_base64(given.secret(KEY.variable).unwrap_or(&none))
        .map_err(|error| invalid(&KEY, &error))?;
    let in_clear = base_url.scheme() == "http" && !is_this_machine(&base_url);
    let warning = in_clear.then(|| {
        format!(
            "the Gateway's base URL begins with http://, so the token travels to {} in clear; use https://",
            base_url.host_str().unwrap_or_default()
        )
    });
    Ok((GatewaySettings { base_url, shop, key, concurrency }, warning))
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
