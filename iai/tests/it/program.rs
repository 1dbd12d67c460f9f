//! The program, as its users run it.

use std::process::{Output, Stdio};

use iai_sandbox::{Options, Shop, synthetic};
use sandbox::gateway::Gateway;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// A marketplace, a shop, and what the program keeps.
struct Sides {
    gateway: Gateway,
    shop: Shop,
    kept: TempDir,
}

impl Sides {
    async fn new() -> Self {
        let gateway = Gateway::start(sandbox::gateway::Options::default()).await.unwrap();
        let shop = Shop::start(Options::default()).await.unwrap();
        shop.hold(synthetic(30));
        Self { gateway, shop, kept: TempDir::new().unwrap() }
    }

    /// What every run is told.
    fn told(&self) -> Vec<(&'static str, String)> {
        vec![
            ("GATEWAY_BASE_URL", self.gateway.url()),
            ("GATEWAY_SHOP_ID", self.gateway.shop().to_owned()),
            ("GATEWAY_SECRET", self.gateway.secret().to_owned()),
            ("GATEWAY_SETTLE", "0".to_owned()),
            ("IAI_BASE_URL", self.shop.url()),
        ]
    }

    fn by_key(&self) -> Vec<(&'static str, String)> {
        let mut told = self.told();
        told.push(("IAI_API_KEY", self.shop.key().to_owned()));
        told
    }

    /// Runs the program with nothing in its environment but what it is told here, and what it keeps.
    async fn run(&self, arguments: &[&str], told: &[(&str, String)], answers: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iai"));
        command
            .args(arguments)
            .env_clear()
            .env("XDG_STATE_HOME", self.kept.path())
            .envs(told.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that asks for nothing may have ended by now.
        let _written = stdin.write_all(answers.as_bytes()).await.is_ok();
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        for secret in [self.gateway.secret(), self.shop.key(), self.shop.password()] {
            assert!(!text(&output.stdout).contains(secret), "a secret is on standard output");
            assert!(!text(&output.stderr).contains(secret), "a secret is on standard error");
        }
        output
    }

    /// The last line of a run that ends well, or with rejects.
    async fn finished(&self, arguments: &[&str], told: &[(&str, String)]) -> serde_json::Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
        let output = self.run(&arguments, told, "").await;
        let last = text(&output.stdout).lines().last().unwrap_or_default();
        let last: serde_json::Value = serde_json::from_str(last).expect("a last line");
        let exit = last["exit"].as_i64().and_then(|exit| i32::try_from(exit).ok());
        assert_eq!(exit, output.status.code(), "{last}");
        assert!(matches!(exit, Some(0 | 3)), "{last}: {}", text(&output.stderr));
        last
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn without(told: Vec<(&'static str, String)>, variables: &[&str]) -> Vec<(&'static str, String)> {
    told.into_iter().filter(|(variable, _)| !variables.contains(variable)).collect()
}

/// That these stand in a text, in this order.
fn assert_in_order(stderr: &str, prompts: &[&str]) {
    let lower = stderr.to_lowercase();
    let found: Vec<usize> = prompts
        .iter()
        .map(|prompt| {
            lower.find(&prompt.to_lowercase()).unwrap_or_else(|| panic!("no {prompt:?} in {stderr}"))
        })
        .collect();
    assert!(found.is_sorted(), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_in_order_by_pipe() {
    let sides = Sides::new().await;
    let (gateway, shop) = (&sides.gateway, &sides.shop);
    let answers =
        format!("{}\r\n{}\n {}/panel/ \n{}\n", gateway.secret(), gateway.shop(), shop.url(), shop.key());
    let told = [("GATEWAY_BASE_URL", gateway.url())];
    let output = sides.run(&["check"], &told, &answers).await;
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_in_order(stderr, &["token signing key", "shop guid", "IAI base URL", "IAI API key"]);
    assert!(!stderr.contains("IAI password"), "a password was asked for beside the key: {stderr}");
    assert!(text(&output.stdout).contains("30"), "{}", text(&output.stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tells_a_login_is_asked_for_its_password_and_no_key() {
    let sides = Sides::new().await;
    let mut told = sides.told();
    told.push(("IAI_LOGIN", sides.shop.login().to_owned()));
    let output = sides.run(&["check"], &told, &format!("{}\n", sides.shop.password())).await;
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_in_order(stderr, &["IAI password"]);
    assert!(!stderr.contains("IAI API key"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_input_names_what_is_missing() {
    let sides = Sides::new().await;
    for missing in ["IAI_BASE_URL", "IAI_API_KEY"] {
        let output = sides.run(&["check"], &without(sides.by_key(), &[missing]), "").await;
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(missing), "{missing}: {}", text(&output.stderr));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_is_imported_once_and_its_levels_go_both_ways() {
    let sides = Sides::new().await;
    let told = sides.by_key();
    let first = sides.finished(&["import"], &told).await;
    assert!(first["created"].as_u64().unwrap() >= 30, "{first}");
    assert_eq!(first["rejected"], 0, "{first}");
    let again = sides.finished(&["import"], &told).await;
    assert_eq!((&again["created"], &again["updated"], &again["archived"]), (&0.into(), &0.into(), &0.into()));
    // The older gates tell the same goods under the same ids, and name sizes as the panel does.
    let mut by_gates = without(told.clone(), &["IAI_API_KEY"]);
    by_gates.push(("IAI_LOGIN", sides.shop.login().to_owned()));
    by_gates.push(("IAI_PASSWORD", sides.shop.password().to_owned()));
    let by_gates = sides.finished(&["import"], &by_gates).await;
    assert_eq!((&by_gates["created"], &by_gates["archived"]), (&0.into(), &0.into()), "{by_gates}");

    let pass = sides.finished(&["stock"], &told).await;
    assert_eq!((&pass["levels"]["shop"], &pass["levels"]["gateway"]), (&0.into(), &0.into()), "{pass}");
    // Of goods that no order has reserved.
    let goods = sides.gateway.products();
    let sold = goods.iter().find(|product| product["stock_level"].as_i64().is_some_and(|level| level >= 5));
    let sold = sold.expect("goods of which there are five");
    let (level, source) = (sold["stock_level"].as_i64().unwrap(), &sold["data"]["source"]);
    let product: u64 = source["product"].as_str().unwrap().parse().unwrap();
    let size = source["variant"].as_str().unwrap().to_owned();
    assert!(sides.gateway.set_stock(sold["guid"].as_str().unwrap(), level - 2), "the marketplace sells two");
    let pass = sides.finished(&["stock"], &told).await;
    assert_eq!((&pass["levels"]["shop"], &pass["levels"]["gateway"]), (&1.into(), &0.into()), "{pass}");
    assert_eq!(sides.shop.level(product, &size), Some((level - 2).into()));
    assert!(sides.shop.set_level(product, &size, 9.into()));
    let pass = sides.finished(&["stock"], &told).await;
    assert_eq!((&pass["levels"]["shop"], &pass["levels"]["gateway"]), (&0.into(), &1.into()), "{pass}");
}
