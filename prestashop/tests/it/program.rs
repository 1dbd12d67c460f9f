//! The program, as its users run it.

use std::process::{Output, Stdio};

use prestashop_sandbox::{Options, Shop};
use sandbox::gateway::Gateway;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::shop::{Fixtures, KEY};

struct Sides {
    gateway: Gateway,
    shop: Shop,
    /// What outlasts a run.
    kept: TempDir,
}

async fn sides(options: Options) -> Sides {
    let gateway = Gateway::start(sandbox::gateway::Options::default()).await.unwrap();
    Sides { gateway, shop: Shop::start(options).await.unwrap(), kept: TempDir::new().unwrap() }
}

/// The program with nothing in its environment but what it is told here, and where to keep what outlasts a run.
pub(crate) fn program(kept: &TempDir, arguments: &[&str], told: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_prestashop"));
    command.args(arguments).env_clear().env("XDG_STATE_HOME", kept.path()).envs(told.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

pub(crate) async fn answered(mut child: Child, answers: &str) -> Output {
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(answers.as_bytes()).await.unwrap();
    drop(stdin);
    child.wait_with_output().await.unwrap()
}

pub(crate) async fn run(kept: &TempDir, arguments: &[&str], told: &[(&str, &str)]) -> Output {
    answered(program(kept, arguments, told).spawn().unwrap(), "").await
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The environment of a program that is told both sides, each with the address to reach it by.
pub(crate) fn told<'a>(
    (gateway, gateway_url): (&'a Gateway, &'a str),
    (shop, shop_url): (&'a Shop, &'a str),
) -> Vec<(&'static str, &'a str)> {
    vec![
        ("GATEWAY_BASE_URL", gateway_url),
        ("GATEWAY_SHOP_ID", gateway.shop()),
        ("GATEWAY_SECRET", gateway.secret()),
        ("PRESTASHOP_BASE_URL", shop_url),
        ("PRESTASHOP_API_KEY", shop.key()),
    ]
}

impl Sides {
    fn told<'a>(&'a self, gateway: &'a str, shop: &'a str) -> Vec<(&'static str, &'a str)> {
        told((&self.gateway, gateway), (&self.shop, shop))
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        run(&self.kept, arguments, &self.told(&self.gateway.url(), &self.shop.url())).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_what_would_go_and_writes_nothing() {
    let sides = sides(Options::sample(50)).await;
    let output = sides.run(&["--dry-run", "--output", "json"]).await;
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let would: Vec<&Value> = lines.iter().filter(|line| line["event"] == "would_create").collect();
    let finished = lines.last().unwrap();
    assert_eq!((output.status.code(), finished["exit"].as_i64()), (Some(3), Some(3)), "some goods are odd");
    assert_eq!(finished["created"].as_u64().unwrap(), would.len() as u64);
    assert!(would.len() > 50, "{finished}");
    // The marketplace itself takes each of them as it was shown.
    let taken = sides.gateway.products().len();
    assert_eq!(taken, 0, "a dry run wrote");
    let asked = sides.gateway.calls();
    assert!(asked.iter().all(|call| call.path == "/dashboard/webshop_products/_query"), "{asked:?}");
    assert!(sides.shop.calls().iter().all(|call| call.method == "GET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_sells_in_dollars_ends_before_anything_is_written() {
    let sides = sides(Options::default()).await;
    let dollars = Fixtures::of("1.7.8").serve().await;
    let (gateway, shop) = (sides.gateway.url(), dollars.uri());
    let mut told = sides.told(&gateway, &shop);
    told.retain(|(variable, _)| *variable != "PRESTASHOP_API_KEY");
    told.push(("PRESTASHOP_API_KEY", KEY));
    let output = run(&sides.kept, &["--dry-run", "--output", "json"], &told).await;
    assert_eq!(output.status.code(), Some(2));
    let finished: Value = serde_json::from_str(text(&output.stdout).lines().last().unwrap()).unwrap();
    assert!(finished["error"].as_str().unwrap().contains("sells in USD"), "{finished}");
    assert_eq!((finished["created"].as_u64(), finished["exit"].as_u64()), (Some(0), Some(2)));
    assert!(text(&output.stderr).contains("hint:"), "{}", text(&output.stderr));
    assert_eq!(sides.gateway.products(), Vec::<Value>::new());
    let asked = dollars.received_requests().await.unwrap();
    assert!(asked.iter().all(|request| !request.url.path().ends_with("/products")), "products were read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_in_order_by_pipe() {
    let sides = sides(Options::sample(5)).await;
    let gateway = sides.gateway.url();
    let child =
        program(&sides.kept, &["check"], &[("GATEWAY_BASE_URL", &gateway), ("PRESTASHOP_BASE_URL", "")])
            .spawn()
            .unwrap();
    let answers = format!(
        "{}\r\n{}\n {}/api/ \n{}\n",
        sides.gateway.secret(),
        sides.gateway.shop(),
        sides.shop.url(),
        sides.shop.key()
    );
    let output = answered(child, &answers).await;
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let order: Vec<_> = ["token signing key", "shop guid", "PrestaShop base URL", "PrestaShop API key"]
        .map(|prompt| {
            stderr.to_lowercase().find(&prompt.to_lowercase()).unwrap_or_else(|| panic!("{prompt}: {stderr}"))
        })
        .into();
    assert!(order.is_sorted(), "{stderr}");
    assert!(stdout.contains("PLN, which the marketplace takes"), "{stdout}");
    for secret in [sides.gateway.secret(), sides.shop.key()] {
        assert!(!stdout.contains(secret) && !stderr.contains(secret), "a secret was shown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_input_names_what_is_missing() {
    let sides = sides(Options::default()).await;
    let all = (sides.gateway.url(), sides.shop.url());
    for missing in ["GATEWAY_SECRET", "GATEWAY_SHOP_ID", "PRESTASHOP_BASE_URL", "PRESTASHOP_API_KEY"] {
        let mut told = sides.told(&all.0, &all.1);
        told.retain(|(variable, _)| *variable != missing);
        let output = run(&sides.kept, &["check"], &told).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(missing), "{missing}: {}", text(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_is_refused_before_any_request() {
    let sides = sides(Options::default()).await;
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    for (variable, wrong) in [
        ("GATEWAY_SECRET", "not base64!"),
        ("GATEWAY_SHOP_ID", "0b9f6c1e"),
        ("GATEWAY_BASE_URL", "gateway.example"),
        ("PRESTASHOP_BASE_URL", "shop.example"),
        ("PRESTASHOP_API_KEY", "FAKETOOSHORT"),
        ("PRESTASHOP_LANGUAGE_ID", "pl"),
        ("PRESTASHOP_SHOP_ID", "0"),
    ] {
        let mut told = sides.told(&gateway, &shop);
        told.retain(|(told, _)| *told != variable);
        told.push((variable, wrong));
        let output = run(&sides.kept, &["--dry-run"], &told).await;
        assert_eq!(output.status.code(), Some(2), "{variable}");
        assert!(text(&output.stderr).contains(variable), "{variable}: {}", text(&output.stderr));
    }
    assert!(sides.gateway.calls().is_empty() && sides.shop.calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_output_at_any_level_holds_a_secret() {
    let sides = sides(Options::default()).await;
    let output = sides.run(&["--dry-run", "-vv"]).await;
    let all = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(all.contains("/api/products"), "nothing was traced: {all}");
    for secret in
        [sides.gateway.secret(), sides.shop.key(), "eyJ0eXAi", "U0FOREJPWDBTQU5EQk9YMFNBTkRCT1gwU0FOREJPWDA"]
    {
        assert!(!all.contains(secret), "{secret} was shown");
    }
}

/// The most memory that a run of the program held, in KiB.
async fn peak_memory(products: u32) -> u64 {
    let sides = sides(Options { keep_calls: false, ..Options::sample(products) }).await;
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let mut command = program(&sides.kept, &["--dry-run", "-q"], &sides.told(&gateway, &shop));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let mut peak = 0;
    loop {
        // The kernel keeps the peak, so what was read last before the end is all but the whole of it.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let read = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
        peak = peak.max(read.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            assert_eq!(ended.code(), Some(3));
            assert!(peak > 1000, "the peak was never read");
            return peak;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_catalogue() {
    // Below two thousand or so the allocator is still finding its size; what grows with the goods would double from here.
    let (small, large) = (peak_memory(2500).await, peak_memory(5000).await);
    assert!(large < 80 * 1024, "{large} KiB for 5000 products");
    assert!(large <= small + small / 10, "{small} KiB for 2500 products, {large} KiB for 5000");
}
