//! The program, as its users run it.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use idosell_sandbox::{Options, Shop};
use sandbox::gateway::{Gateway, Options as GatewayOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::shop::mugs;

struct Sides {
    gateway: Gateway,
    shop: Shop,
    /// What outlasts a run.
    kept: TempDir,
}

impl Sides {
    async fn start(options: Options) -> Self {
        Self::with_gateway(options, GatewayOptions::default()).await
    }

    async fn with_gateway(options: Options, gateway: GatewayOptions) -> Self {
        let gateway = Gateway::start(gateway).await.unwrap();
        Self { gateway, shop: Shop::start(options).await.unwrap(), kept: TempDir::new().unwrap() }
    }

    /// The program, which is told both sides, the shop by its account, and nothing else.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = bare(&self.kept, arguments);
        command
            .env("GATEWAY_BASE_URL", self.gateway.url())
            .env("GATEWAY_SHOP_ID", self.gateway.shop())
            .env("GATEWAY_SECRET", self.gateway.secret())
            .env("IDOSELL_BASE_URL", self.shop.url())
            .env("IDOSELL_LOGIN", self.shop.login())
            .env("IDOSELL_PASSWORD", self.shop.password())
            .env("SPOOL", self.kept.path());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        answered(self.program(arguments).spawn().unwrap(), "").await
    }
}

fn once() -> Options {
    Options { once: true, ..Options::default() }
}

fn bare(kept: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_idosell"));
    command.args(arguments).env_clear().env("XDG_STATE_HOME", kept.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

async fn answered(mut child: Child, answers: &str) -> Output {
    let mut stdin = child.stdin.take().unwrap();
    // A program that asks for nothing may have ended by now.
    let _written = stdin.write_all(answers.as_bytes()).await.is_ok();
    drop(stdin);
    child.wait_with_output().await.unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn finished(output: &Output) -> Value {
    serde_json::from_str(text(&output.stdout).lines().last().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_in_order_by_pipe() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    let mut command = bare(&sides.kept, &["check"]);
    command.env("GATEWAY_BASE_URL", sides.gateway.url()).env("SPOOL", sides.kept.path());
    let (gateway, shop) = (&sides.gateway, &sides.shop);
    let answers = format!(
        "{}\n{}\n{}\n{}\n{}\n",
        gateway.secret(),
        gateway.shop(),
        shop.url(),
        shop.login(),
        shop.password()
    );
    let output = answered(command.spawn().unwrap(), &answers).await;
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let prompts = [
        "Token signing key",
        "Shop guid",
        "IdoSell base URL",
        "IdoSell marketplace login",
        "IdoSell marketplace password",
    ];
    let order =
        prompts.map(|prompt| stderr.find(prompt).unwrap_or_else(|| panic!("no {prompt:?} in {stderr}")));
    assert!(order.is_sorted(), "{stderr}");
    assert!(stdout.contains("products  3"), "{stdout}");
    for secret in [gateway.secret(), shop.password()] {
        assert!(!stdout.contains(secret) && !stderr.contains(secret), "a secret was shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_takes_the_place_of_an_account() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    let mut command = sides.program(&["--output", "json"]);
    for variable in ["IDOSELL_BASE_URL", "IDOSELL_LOGIN", "IDOSELL_PASSWORD"] {
        command.env(variable, "");
    }
    command.env("IDOSELL_FEED", sides.shop.feed_url());
    let output = answered(command.spawn().unwrap(), "").await;
    assert_eq!(finished(&output)["created"], 3, "{}", text(&output.stderr));
    assert_eq!(finished(&output)["requests"]["shop"], 2);
    assert!(!text(&output.stderr).contains("FAKE") && !text(&output.stdout).contains("FAKE-TOKEN"));
}

/// Which shop it is follows from its goods, so the state is opened behind them.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_its_goods_tell_has_a_state_with_the_file_beside_it() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    let folder = sides.kept.path().join("beside");
    let state = format!("sqlite://{}", folder.join("state.db").display());
    let run = async |arguments: &[&str]| {
        let mut command = sides.program(arguments);
        for variable in ["IDOSELL_BASE_URL", "IDOSELL_LOGIN", "IDOSELL_PASSWORD", "SPOOL"] {
            command.env(variable, "");
        }
        command.env("IDOSELL_FEED", sides.shop.feed_url()).env("STATE_URL", &state);
        answered(command.spawn().unwrap(), "").await
    };
    let dry = run(&["--dry-run", "--output", "json"]).await;
    assert_eq!(finished(&dry)["created"], 3, "{}", text(&dry.stderr));
    assert!(!folder.join("state.db").exists(), "a dry run made a state");
    let import = run(&["--output", "json"]).await;
    assert_eq!(finished(&import)["created"], 3, "{}", text(&import.stderr));
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "xml"));
    assert_eq!(files.count(), 1, "{}", folder.display());
    let status = run(&["status", "--output", "json"]).await;
    let lines: Vec<Value> =
        text(&status.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let run = lines.iter().find(|line| line["event"] == "run").unwrap();
    assert_eq!((&run["exit"], &run["counts"]["created"]), (&0.into(), &3.into()), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_keeps_the_file_and_the_import_after_it_needs_no_other() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    let dry = sides.run(&["--dry-run", "--output", "json"]).await;
    assert_eq!((dry.status.code(), finished(&dry)["created"].as_u64()), (Some(0), Some(3)));
    assert!(sides.gateway.products().is_empty(), "a dry run wrote");
    let import = sides.run(&["--output", "json"]).await;
    assert_eq!((import.status.code(), finished(&import)["created"].as_u64()), (Some(0), Some(3)));
    assert_eq!(sides.shop.downloads(), 1);
    let again = sides.run(&[]).await;
    assert_eq!(again.status.code(), Some(0));
    let said = text(&again.stdout);
    assert!(
        said.contains("nothing to do: the shop's file of") && said.contains("is imported already"),
        "{said}"
    );
    assert_eq!(sides.gateway.products().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn not_yet_is_another_time_and_no_failure() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    sides.shop.set_giving(false);
    let output = sides.run(&[]).await;
    assert_eq!(output.status.code(), Some(75));
    let said = text(&output.stderr);
    assert!(said.contains("has not made the next one yet") && said.contains("start again later"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_folder_for_the_file_the_users_own_is_taken() {
    let sides = Sides::start(once()).await;
    sides.shop.hold(mugs(1..=3));
    let home = TempDir::new().unwrap();
    let mut command = sides.program(&["check"]);
    command.env("SPOOL", "").env("XDG_STATE_HOME", "").env("HOME", home.path());
    let output = answered(command.spawn().unwrap(), "").await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let kept = home.path().join(".local/state/idosell");
    let names = std::fs::read_dir(&kept).unwrap().map(|entry| entry.unwrap().path());
    let files = names.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "xml"));
    assert_eq!(files.count(), 1, "{}", kept.display());
}

/// Waits, without a time of its own, until the marketplace holds so many products.
async fn until_there_are(gateway: &Gateway, products: usize) {
    while gateway.products().len() < products {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_import_of_a_file_that_cannot_be_had_again_is_finished_by_the_next_run() {
    let slow = GatewayOptions { latency: Duration::from_millis(20), ..GatewayOptions::default() };
    let sides = Sides::with_gateway(once(), slow).await;
    sides.shop.hold(mugs(1..=200));
    let mut killed = sides.program(&["--concurrency", "2", "--images", "none"]).spawn().unwrap();
    until_there_are(&sides.gateway, 20).await;
    // SIGKILL: nothing can be written any more, and nothing said.
    killed.kill().await.unwrap();
    let there = sides.gateway.products().len();
    assert!((20..200).contains(&there), "{there} products were there when it was killed");
    assert_eq!(sides.shop.downloads(), 1);
    // The shop does not give the file again; and what it says instead is a page.
    let next = sides.run(&["--output", "json", "--images", "none", "--settle", "1"]).await;
    let last = finished(&next);
    assert_eq!(next.status.code(), Some(0), "{last} {}", text(&next.stderr));
    assert_eq!(sides.shop.downloads(), 1, "it was not had again");
    assert_eq!(last["created"].as_u64().unwrap() + last["unchanged"].as_u64().unwrap(), 200, "{last}");
    each_once(&sides.gateway, 200);
    // And then there is nothing to do.
    let gone = sides.run(&["--output", "json", "--images", "none"]).await;
    assert_eq!(text(&gone.stdout).lines().filter(|line| line.contains("nothing_new")).count(), 1);
}

/// Each product is there once, and alive.
fn each_once(gateway: &Gateway, count: usize) {
    let products = gateway.products();
    let live = products.iter().filter(|product| product["archived"] != true);
    let mut ids: Vec<String> = live.map(|product| product["data"]["source"]["product"].to_string()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), all), (count, count));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(target_os = "linux")]
async fn what_a_dry_run_holds_does_not_grow_with_the_file() {
    let (small, large) = (dry_run_of(200).await, dry_run_of(1400).await);
    assert!((1..80 << 10).contains(&large), "{large} KiB at most");
    // The larger file is 9 MB longer: whoever holds it has it twice at least.
    assert!(large < small + (6 << 10), "{small} KiB for 200 products, {large} KiB for 1400");
}

/// The most memory that a dry run of so many made-up products holds, in KiB.
#[cfg(target_os = "linux")]
async fn dry_run_of(products: u32) -> u64 {
    use tokio::io::AsyncBufReadExt as _;
    let sides = Sides::start(Options { products, ..once() }).await;
    let mut child = sides.program(&["--dry-run", "--output", "json", "--images", "none"]).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    drop(child.stdin.take());
    // Its peak is asked for as long as it is there.
    let mut out = tokio::io::BufReader::new(child.stdout.take().unwrap());
    let (mut lines, mut peak, mut line) = (0_u32, 0, String::new());
    while out.read_line(&mut line).await.unwrap() > 0 {
        lines += 1;
        if lines.is_multiple_of(100) {
            peak = peak_of(Path::new(&status)).max(peak);
        }
        line.clear();
    }
    assert!(child.wait().await.unwrap().success());
    assert!(lines > products, "{lines} lines");
    peak
}

/// The most memory that a process has held, in KiB.
fn peak_of(status: &Path) -> u64 {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
