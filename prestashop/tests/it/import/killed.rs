//! A program that is killed at any moment, and the next run of it.

use std::process::Stdio;
use std::time::Duration;

use clock::Clock;
use futures::StreamExt as _;
use prestashop_sandbox::{Catalogue, Options};
use sandbox::gateway::Options as GatewayOptions;
use tempfile::TempDir;

use super::sides::Sides;
use crate::program::{program, run, text, told};

/// How many times a program is killed.
const MOMENTS: u64 = 100;

/// How many of them are tried at once: most of the time they wait for the marketplace.
const AT_ONCE: usize = 25;

/// How far the marketplace's index is behind.
const LAG: Duration = Duration::from_millis(700);

fn goods() -> Options {
    Options { catalogue: Catalogue::synthetic(3, 20), ..Options::default() }
}

async fn sides() -> Sides {
    Sides::for_a_program(GatewayOptions { index_lag: LAG, ..GatewayOptions::default() }, goods()).await
}

/// A number below `end`, another one for each seed.
fn below(end: usize, seed: u64) -> usize {
    let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((mixed >> 16) % end as u64).unwrap()
}

/// How many tags of families there are.
fn families(sides: &Sides) -> usize {
    sides.gateway.tags().iter().filter(|tag| tag["type"] == "variant").count()
}

async fn import(sides: &Sides, kept: &TempDir) {
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let told = told((&sides.gateway, &gateway), (&sides.shop, &shop));
    let ended = run(kept, &["--settle", "1", "-q"], &told).await;
    let said = (text(&ended.stdout), text(&ended.stderr));
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{:?}: {said:?}", ended.status);
}

/// Starts an import, and kills it when the marketplace has been asked so many times.
async fn import_killed(sides: &Sides, kept: &TempDir, calls: usize) {
    let (gateway, shop) = (sides.gateway.url(), sides.shop.url());
    let told = told((&sides.gateway, &gateway), (&sides.shop, &shop));
    let mut child = program(kept, &["--settle", "1", "-q"], &told);
    let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let clock = Clock::system();
    while sides.gateway.calls().len() < calls && child.try_wait().unwrap().is_none() {
        clock.sleep(Duration::from_micros(500)).await;
    }
    child.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_at_any_moment_is_finished_by_the_next_run() {
    let calm = sides().await;
    let kept = TempDir::new().unwrap();
    import(&calm, &kept).await;
    let calls = calm.gateway.calls().len();
    let (wanted, wanted_families) = (calm.content(), families(&calm));
    let there = format!("{} goods, {wanted_families} families, {calls} calls", wanted.len());
    assert!(
        wanted.len() > 30 && wanted_families > 3 && calls > 100,
        "there is too little to disturb: {there}"
    );

    let killed = futures::stream::iter(0..MOMENTS).map(|seed| {
        let wanted = &wanted;
        async move {
            let (sides, kept) = (sides().await, TempDir::new().unwrap());
            let moment = below(calls, seed);
            import_killed(&sides, &kept, moment).await;
            let created = sides.gateway.products().len();
            import(&sides, &kept).await;
            let there = sides.content();
            for (id, wanted) in wanted {
                assert_eq!(there.get(id), Some(wanted), "killed at call {moment} of {calls}: {id:?}");
            }
            let (all, live) = (sides.gateway.products().len(), there.len());
            assert_eq!(
                (all, live),
                (wanted.len(), wanted.len()),
                "killed at call {moment} of {calls}: doubled"
            );
            assert_eq!(
                families(&sides),
                wanted_families,
                "killed at call {moment} of {calls}: a tag of nobody"
            );
            sides.assert_families();
            created
        }
    });
    let created: Vec<usize> = killed.buffer_unordered(AT_ONCE).collect().await;
    let in_the_middle = created.iter().filter(|created| (1..wanted.len()).contains(created)).count();
    assert!(in_the_middle > 20, "only {in_the_middle} were killed while goods were created");
}
