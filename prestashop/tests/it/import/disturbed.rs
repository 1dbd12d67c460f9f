//! Both sides fail now and then, and the end is as if they did not.

use std::time::Duration;

use connector::RunError;
use prestashop_sandbox::{Catalogue, Fault as ShopFault, NewCombination, NewProduct, Options, Shop};
use rust_decimal::Decimal;
use sandbox::gateway::{Fault, Options as GatewayOptions};

use super::sides::{Ran, Sides};
use crate::truth::POLISH;

const SETTLE: Duration = Duration::from_secs(60);
const MOST_RUNS: usize = 12;

/// A shop that is large enough to suffer, and small enough to be brought several times.
fn goods() -> Options {
    Options { catalogue: Catalogue::synthetic(7, 30), ..Options::default() }
}

/// A marketplace whose index lags as much as it may.
fn lagging() -> GatewayOptions {
    GatewayOptions { index_lag: SETTLE - Duration::from_secs(1), ..GatewayOptions::default() }
}

/// How a faultless run ends: why what was rejected, and how many pictures were left out.
fn left(ran: &Ran) -> (Vec<(String, String, String)>, usize) {
    (ran.reasons(), ran.warned("its picture").len())
}

/// Runs until no more is left undone than without faults.
async fn settle(sides: &Sides, undisturbed: &Ran, seed: u64) {
    for run in 1.. {
        assert!(run <= MOST_RUNS, "seed {seed}: after {MOST_RUNS} runs there is still something left to do");
        let ran = sides
            .import_with(|options| {
                options.settle = SETTLE;
                options.prune = true;
            })
            .await;
        match &ran.result {
            Ok(()) if left(&ran) == left(undisturbed) && ran.warned("not archived").is_empty() => return,
            Ok(()) => drop(sides.live()),
            Err(RunError::Settings { .. }) => panic!("faults are no matter of settings: {:?}", ran.result),
            // What it leaves open is remembered: the next may begin at once.
            Err(_) => {}
        }
    }
}

fn assert_alike(sides: &Sides, calm: &Sides, seed: u64) {
    let (there, wanted) = (sides.content(), calm.content());
    for (id, wanted) in &wanted {
        assert_eq!(there.get(id), Some(wanted), "seed {seed}, {id:?}: with faults, and without");
    }
    assert_eq!(there.len(), wanted.len(), "seed {seed}: more is there than without faults");
    sides.assert_families();
}

/// Some of everything that shop owners do.
fn edit(shop: &Shop) {
    let simple: Vec<u32> =
        shop.truth().iter().filter(|item| item.combination == 0).map(|item| item.product).collect();
    let families: Vec<_> = shop.product_ids().into_iter().filter(|id| shop.truth_of(*id).len() > 2).collect();
    let combination = || NewCombination { values: vec![1, 5], stock: 3, ..NewCombination::default() };
    assert!(simple.len() > 6 && families.len() > 4, "there are goods enough");
    let [first, second, third, fourth, ..] = families[..] else { unreachable!() };
    assert!(shop.remove_combination(shop.truth_of(first)[1].combination));
    assert!(shop.add_combination(second, combination()).is_some());
    assert!(shop.rename(third, POLISH, "Nowa nazwa rodziny"));
    assert!(shop.remove_product(fourth));
    assert!(shop.add_combination(simple[0], combination()).is_some());
    assert!(shop.remove_product(simple[1]));
    assert!(shop.set_price(simple[2], Decimal::new(555, 2)));
    assert!(shop.set_active(simple[3], false));
    assert!(shop.add_image(simple[4]).is_some());
    shop.add_product(NewProduct {
        combinations: vec![combination(), combination()],
        ..NewProduct::named("Nowość")
    });
}

#[tokio::test]
async fn faults_at_both_sides_change_nothing_in_the_end() {
    let calm = Sides::of(goods()).await;
    let first = calm.import().await.done();
    calm.assert_all_arrived();
    let mut disturbed = Vec::new();
    for seed in [1, 2, 3] {
        let gateway =
            GatewayOptions { fault_rates: Fault::RANDOM.map(|fault| (fault, 5)).to_vec(), seed, ..lagging() };
        let fault_rates = ShopFault::RANDOM.map(|fault| (fault, 5)).to_vec();
        let sides = Sides::with(gateway, Options { fault_rates, seed, ..goods() }).await;
        settle(&sides, &first, seed).await;
        assert_alike(&sides, &calm, seed);
        let suffered = sides.gateway.calls().iter().filter(|call| call.fault != Fault::Pass).count();
        let at_shop = sides.shop.calls().iter().filter(|call| call.fault != ShopFault::Pass).count();
        assert!(suffered > 0 && at_shop > 0, "nothing went wrong, so nothing was tried");
        disturbed.push((seed, sides));
    }
    edit(&calm.shop);
    let second = calm.import_with(|options| options.prune = true).await.done();
    calm.assert_all_arrived();
    for (seed, sides) in &disturbed {
        edit(&sides.shop);
        settle(sides, &second, *seed).await;
        assert_alike(sides, &calm, *seed);
        for id in calm.archived().keys() {
            assert!(sides.all_archived().contains(id), "seed {seed}: {id:?} is not archived");
        }
    }
}

#[tokio::test]
async fn sides_that_bear_little_at_once_are_waited_for() {
    let gateway = GatewayOptions { max_in_flight: Some(2), ..GatewayOptions::default() };
    let sides = Sides::with(gateway, Options { max_in_flight: Some(1), ..goods() }).await;
    sides.import().await.done();
    sides.assert_all_arrived();
    let refused = sides.gateway.calls().iter().filter(|call| call.status == Some(429)).count();
    assert!(refused > 0, "it was never too much");
    sides.import().await.done().wrote_nothing();
}

#[tokio::test]
async fn a_run_that_was_stopped_is_completed_by_the_next_once_the_index_shows_it() {
    let sides = Sides::with(lagging(), goods()).await;
    let ran = sides.import_until(20).await;
    assert!(matches!(ran.result, Err(RunError::Stopped)), "it was not stopped: {:?}", ran.result);
    assert_eq!(ran.counts().0, sides.live().len(), "what is there, and what was told");
    sides.wait(SETTLE);
    sides.import().await.done();
    sides.assert_all_arrived();
    assert_eq!(sides.archived().len(), 0, "something was created twice");
}

/// The next run may begin at once. It doubles nothing; when it does not know of the one before, it heals at its end what it doubled.
async fn assert_completed(sides: &Sides, ran: &Ran, is_remembered: bool) {
    assert!(ran.counts().0 >= 20, "it wrote nothing, so nothing was tried");
    if !is_remembered {
        sides.lose_state();
    }
    sides.import().await.done();
    sides.assert_all_arrived();
    assert_eq!(sides.archived().is_empty(), is_remembered, "nothing is doubled of what is remembered");
    sides.import().await.done().wrote_nothing();
}

#[tokio::test]
async fn a_run_that_is_begun_at_once_after_one_that_was_stopped_leaves_nothing_doubled() {
    for is_remembered in [true, false] {
        let sides = Sides::with(lagging(), goods()).await;
        let ran = sides.import_until(20).await;
        assert!(matches!(ran.result, Err(RunError::Stopped)), "it was not stopped: {:?}", ran.result);
        assert_completed(&sides, &ran, is_remembered).await;
    }
}

#[tokio::test]
async fn a_run_that_is_begun_at_once_after_one_that_failed_leaves_nothing_doubled() {
    for is_remembered in [true, false] {
        let sides = Sides::with(lagging(), goods()).await;
        // The first page comes, and the next request for products fails as often as it is made.
        let fails = std::iter::once(ShopFault::Pass).chain([ShopFault::ServerError; 10]);
        sides.shop.script(transport::Method::GET, "/api/products?", fails);
        let ran = sides.import().await;
        assert!(matches!(ran.result, Err(RunError::Failed { .. })), "it did not fail: {:?}", ran.result);
        assert_completed(&sides, &ran, is_remembered).await;
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_and_not_repeated() {
    let sides = Sides::with(lagging(), Options::default()).await;
    let path = format!("/dashboard/webshops/{}/products", sides.gateway.shop());
    sides.gateway.script(
        transport::Method::POST,
        &path,
        [Fault::LostAnswer, Fault::Pass, Fault::DoneButError, Fault::Half],
    );
    let ran = sides.import_with(|options| options.settle = SETTLE).await.done();
    assert!(ran.waits > 0, "it did not wait for what is unknown");
    sides.assert_all_arrived();
    assert_eq!(sides.archived().len(), 0, "something was created twice and put away");
    assert_eq!(ran.counts().0, sides.live().len(), "each was told as created");
    sides.import().await.done().wrote_nothing();
}
