//! The writing import, as its users run it.

use std::time::Duration;

use prestashop_sandbox::Options;
use sandbox::gateway::Options as GatewayOptions;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::cluster;
use crate::import::goods::wanted;
use crate::import::sides::Sides;
use crate::program::{self, answered, program, text};

/// What the program said at last, and on standard error.
struct Ended {
    exit: Option<i32>,
    finished: Value,
    stderr: String,
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Self {
        let stderr = text(&output.stderr).to_owned();
        let last = text(&output.stdout).lines().last().unwrap_or_else(|| panic!("no output: {stderr}"));
        let finished: Value = serde_json::from_str(last).unwrap();
        assert_eq!(finished["event"], "finished", "the last line");
        assert_eq!(finished["exit"].as_i64(), output.status.code().map(i64::from), "{finished}");
        Self { exit: output.status.code(), finished, stderr }
    }
}

fn count(ended: &Ended, what: &str) -> usize {
    usize::try_from(ended.finished[what].as_u64().unwrap()).unwrap()
}

fn told<'a>(sides: &'a Sides, gateway: &'a str, shop: &'a str) -> Vec<(&'static str, &'a str)> {
    program::told((&sides.gateway, gateway), (&sides.shop, shop))
}

async fn import(sides: &Sides, kept: &TempDir, more: &[&str]) -> Ended {
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let arguments: Vec<&str> = ["--output", "json"].iter().chain(more).copied().collect();
    program::run(kept, &arguments, &told(sides, &gateway, &shop)).await.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_answers_by_pipe_bring_a_shop_to_the_marketplace() {
    let sides = Sides::of(Options::default()).await;
    let kept = TempDir::new().unwrap();
    let gateway = sides.gateway.url();
    let child =
        program(&kept, &["import", "--output", "json"], &[("GATEWAY_BASE_URL", &gateway)]).spawn().unwrap();
    let (secret, guid) = (sides.gateway.secret(), sides.gateway.shop());
    let answers = format!("{secret}\n{guid}\n{}\n{}\n", sides.shop.url(), sides.shop.key());
    let ended = Ended::from(answered(child, &answers).await);
    assert_eq!(ended.exit, Some(3), "some goods are odd: {}", ended.finished);
    sides.assert_all_arrived();
    let wanted = wanted(&sides.shop, sides.language).len();
    assert_eq!(count(&ended, "created"), wanted, "{}", ended.finished);
    assert_eq!(count(&ended, "images"), sides.gateway.pictures(), "{}", ended.finished);
    let came =
        serde_json::json!({ "shop": sides.shop.calls().len(), "gateway": sides.gateway.calls().len() });
    assert_eq!(ended.finished["requests"], came, "requests that it counted, and that came");

    let ended = import(&sides, &kept, &[]).await;
    assert_eq!((ended.exit, count(&ended, "unchanged")), (Some(3), wanted), "{}", ended.finished);
    assert_eq!((count(&ended, "created"), count(&ended, "updated")), (0, 0), "{}", ended.finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_in_the_middle_is_completed_by_the_next() {
    let gateway = GatewayOptions { latency: Duration::from_millis(1), ..GatewayOptions::default() };
    let sides = Sides::with(gateway, Options::sample(60)).await;
    let kept = TempDir::new().unwrap();
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let child = program(&kept, &["--output", "json"], &told(&sides, &gateway, &shop)).spawn().unwrap();
    let pid = child.id().unwrap().to_string();
    while sides.gateway.products().len() < 20 {
        tokio::task::yield_now().await;
    }
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let ended = Ended::from(answered(child, "").await);
    assert_eq!(ended.exit, Some(143), "{} {}", ended.finished, ended.stderr);
    let (there, wanted) = (sides.live().len(), wanted(&sides.shop, sides.language).len());
    assert!(there < wanted, "it was done before it was stopped");
    assert_eq!(count(&ended, "created"), there, "what it says, and what is there: {}", ended.finished);

    let ended = import(&sides, &kept, &[]).await;
    assert_eq!((ended.exit, count(&ended, "created")), (Some(3), wanted - there), "{}", ended.finished);
    sides.assert_all_arrived();
    assert_eq!(sides.gateway.products().len(), wanted, "something is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marketplace_that_does_not_answer_is_a_sentence_and_nothing_is_lost() {
    let sides = Sides::of(Options::default()).await;
    let kept = TempDir::new().unwrap();
    let dead = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let shop = sides.shop.url();
    let ended = Ended::from(program::run(&kept, &["--output", "json"], &told(&sides, &dead, &shop)).await);
    assert_eq!(ended.exit, Some(1), "{}", ended.finished);
    let error = ended.finished["error"].as_str().unwrap();
    assert!(error.contains("list products"), "it does not say what it did: {error}");
    assert!(ended.stderr.contains("error: "), "{}", ended.stderr);
    assert_eq!(count(&ended, "created"), 0, "{}", ended.finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_without_a_mark_end_the_program_with_2_and_both_ways_on() {
    let sides = Sides::of(Options::default()).await;
    let kept = TempDir::new().unwrap();
    sides.gateway.seed_samples(5);
    let there = sides.gateway.products();
    let ended = import(&sides, &kept, &[]).await;
    assert_eq!(ended.exit, Some(2), "{}", ended.finished);
    assert!(
        ended.stderr.contains("--adopt sku") && ended.stderr.contains("--adopt none"),
        "{}",
        ended.stderr
    );
    assert_eq!(sides.gateway.products(), there, "something was written");
    let ended = import(&sides, &kept, &["--adopt", "none"]).await;
    assert_eq!(ended.exit, Some(3), "{} {}", ended.finished, ended.stderr);
    sides.assert_arrived_but(&[]);
}

/// Two programs import one shop: while the first is at work the second ends with 75, and then it may go on.
async fn exclude_each_other(state: Option<&str>) {
    let gateway = GatewayOptions { latency: Duration::from_millis(20), ..GatewayOptions::default() };
    let sides = Sides::for_a_program(gateway, Options::sample(40)).await;
    let kept = TempDir::new().unwrap();
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let mut told = told(&sides, &gateway, &shop);
    told.extend(state.map(|state| ("STATE_URL", state)));
    let mut first = program(&kept, &["--output", "json"], &told).spawn().unwrap();
    while sides.gateway.products().is_empty() {
        assert!(first.try_wait().unwrap().is_none(), "it ended before it wrote anything");
        tokio::task::yield_now().await;
    }
    let second = Ended::from(program::run(&kept, &["--output", "json"], &told).await);
    let error = second.finished["error"].as_str().unwrap_or_default();
    assert_eq!(second.exit, Some(75), "{} {}", second.finished, second.stderr);
    assert!(error.contains("another import of this shop is at work (prestashop on "), "{error}");
    assert_eq!(
        second.finished["requests"],
        serde_json::json!({ "shop": 0, "gateway": 0 }),
        "it asked somebody"
    );
    let first = Ended::from(answered(first, "").await);
    assert_eq!(first.exit, Some(3), "{} {}", first.finished, first.stderr);
    sides.assert_all_arrived();
    let wanted = wanted(&sides.shop, sides.language).len();
    assert_eq!(sides.gateway.products().len(), wanted, "something is there twice");
    let third = Ended::from(program::run(&kept, &["--output", "json"], &told).await);
    assert_eq!((third.exit, count(&third, "unchanged")), (Some(3), wanted), "{}", third.finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_at_the_same_time_exclude_each_other() {
    exclude_each_other(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_of_two_machines_that_share_a_postgresql_exclude_each_other() {
    let Some(server) = cluster::server() else { return };
    exclude_each_other(Some(&server.url("postgres"))).await;
}
