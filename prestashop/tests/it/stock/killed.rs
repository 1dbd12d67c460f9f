//! `stock` as a program, killed at any moment.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use clock::Clock;
use futures::StreamExt as _;
use prestashop_sandbox::{Catalogue, Options};
use sandbox::gateway::Options as GatewayOptions;
use tempfile::TempDir;

use crate::import::sides::{Sides, id_of};
use crate::program::{program, run, text, told};

/// How many moments there are at most; an undisturbed pass has about as many calls.
const MOMENTS: usize = 24;

/// How many of them are tried at once: most of the time they wait for the marketplace.
const AT_ONCE: usize = 12;

/// How far the marketplace's index is behind.
const LAG: Duration = Duration::from_millis(700);

const PASS: [&str; 4] = ["stock", "--settle", "1", "-q"];

type Levels = BTreeMap<(u32, u32), i64>;

async fn sides() -> Sides {
    let goods = Options { catalogue: Catalogue::synthetic(3, 12), ..Options::default() };
    Sides::for_a_program(GatewayOptions { index_lag: LAG, ..GatewayOptions::default() }, goods).await
}

fn marketplace(sides: &Sides) -> Levels {
    let level = |product: &serde_json::Value| {
        let source = &product["data"]["source"];
        let id = id_of(source["product"].as_str().unwrap(), source["variant"].as_str().unwrap());
        (id, product["stock_level"].as_i64().unwrap())
    };
    sides.gateway.products().iter().map(level).collect()
}

/// The shop's levels of what is at the marketplace.
fn shop(sides: &Sides) -> Levels {
    let there = marketplace(sides);
    let levels = sides.shop.truth().into_iter().map(|item| ((item.product, item.combination), item.stock));
    levels.filter(|(id, _)| there.contains_key(id)).collect()
}

async fn done(sides: &Sides, kept: &TempDir, arguments: &[&str]) {
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let ended = run(kept, arguments, &told((&sides.gateway, &gateway), (&sides.shop, &shop))).await;
    let said = (text(&ended.stdout), text(&ended.stderr));
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{:?}: {said:?}", ended.status);
}

/// Starts a pass, and kills it when both sides together have been asked so many times.
async fn killed(sides: &Sides, kept: &TempDir, calls: usize) {
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let mut child = program(kept, &PASS, &told((&sides.gateway, &gateway), (&sides.shop, &shop)));
    let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (clock, before) = (Clock::system(), asked(sides));
    while asked(sides) - before < calls && child.try_wait().unwrap().is_none() {
        clock.sleep(Duration::from_micros(200)).await;
    }
    child.kill().await.unwrap();
}

fn asked(sides: &Sides) -> usize {
    sides.gateway.calls().len() + sides.shop.calls().len()
}

/// Goods whose levels are kept alike, and then sold: every third of them on one side, on the other, and on both. Answers what is left.
async fn sold(sides: &Sides, kept: &TempDir) -> Levels {
    done(sides, kept, &["--settle", "1", "--images", "none", "-q"]).await;
    done(sides, kept, &PASS).await;
    let mut left = shop(sides);
    for (place, product) in sides.gateway.products().into_iter().enumerate() {
        let source = &product["data"]["source"];
        let id = id_of(source["product"].as_str().unwrap(), source["variant"].as_str().unwrap());
        let level = left.get_mut(&id).unwrap();
        if *level < 2 {
            continue;
        }
        let (here, there) = (*level - i64::from(place % 3 != 0), *level - i64::from(place % 3 != 1));
        assert!(sides.shop.set_stock(id.0, id.1, here));
        assert!(sides.gateway.set_stock(product["guid"].as_str().unwrap(), there));
        *level -= if place % 3 == 2 { 2 } else { 1 };
    }
    sides.clock.sleep(LAG).await;
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_that_is_killed_at_any_moment_counts_nothing_twice() {
    let (calm, kept) = (sides().await, TempDir::new().unwrap());
    let left = sold(&calm, &kept).await;
    let before = asked(&calm);
    done(&calm, &kept, &PASS).await;
    let calls = asked(&calm) - before;
    assert!(left.len() > 20 && calls > 12, "too little to disturb: {left:?}, {calls} calls");
    assert_eq!(shop(&calm), left);
    assert_eq!(marketplace(&calm), left.iter().map(|(id, level)| (*id, (*level).max(0))).collect());

    let moments = (0..calls).step_by(calls.div_ceil(MOMENTS)).map(|moment| async move {
        let (sides, kept) = (sides().await, TempDir::new().unwrap());
        let left = sold(&sides, &kept).await;
        killed(&sides, &kept, moment).await;
        // What was written is not sure before SETTLE has passed.
        for _ in 0..3 {
            done(&sides, &kept, &PASS).await;
            sides.clock.sleep(Duration::from_millis(1100)).await;
        }
        assert_eq!(shop(&sides), left, "killed at call {moment} of {calls}");
        let told: Levels = left.iter().map(|(id, level)| (*id, (*level).max(0))).collect();
        assert_eq!(marketplace(&sides), told, "killed at call {moment} of {calls}");
    });
    futures::stream::iter(moments).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}
