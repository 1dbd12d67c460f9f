//! The reading import.

use connector::import::{Images, MOST_UNDELIVERABLE, Options};
use connector::{Item, RunError, Skip, Summary};
use gateway_core::model::ProductId;
use iso_currency::Currency;
use tokio_util::sync::CancellationToken;

use crate::support::{World, item, product, undeliverable, variant};
use crate::toy::Toy;

/// A dry run, and what was told besides.
async fn run(toy: &Toy, stop: &CancellationToken) -> (Result<(), RunError>, Summary, Vec<String>) {
    let world = World::new().await;
    let options = Options { dry_run: true, ..Options::new(Images::Upload) };
    let ran = world.run(toy, &options, stop).await;
    assert_eq!(world.writes(), [""; 0], "a dry run wrote");
    (ran.result, ran.summary, ran.told)
}

#[tokio::test]
async fn everything_is_counted_and_told() {
    let skip = Skip { product: ProductId::new("3").unwrap(), variants: 4, why: "it is a draft".to_owned() };
    let family = product("4", "Family", vec![variant("1", 23), variant("2", 8), variant("3", 22)]);
    let items =
        vec![item("1"), undeliverable("2"), Item::Skipped(skip), Item::Product(Box::new(family), Vec::new())];
    let (result, summary, told) = run(&Toy::whole(items), &CancellationToken::new()).await;
    result.unwrap();
    assert_eq!((summary.products, summary.created, summary.rejected, summary.skipped), (3, 3, 2, 4));
    assert_eq!(summary.images, 2, "a family's variants share their pictures");
    assert_eq!(
        told,
        [
            "would create Thing",
            "rejected 2: the shop cannot deliver product 2: open it in the shop, its log may say why",
            "skipped 3: it is a draft",
            "rejected 4/3: the marketplace has no class for a VAT rate of 22 %: set another in the shop",
            "would create Family",
            "would create Family"
        ]
    );
}

#[tokio::test]
async fn a_currency_that_the_marketplace_does_not_take_ends_the_run_before_any_product() {
    let toy = Toy::whole(vec![item("1")]).selling_in(Currency::USD);
    let (result, summary, told) = run(&toy, &CancellationToken::new()).await;
    let error = result.unwrap_err();
    assert!(matches!(&error, RunError::Settings { what, .. } if what.contains("sells in USD")), "{error}");
    assert_eq!((summary, told), (Summary::default(), Vec::new()));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_never_a_success() {
    let (result, summary, _) = run(&Toy::of(vec![item("1")]), &CancellationToken::new()).await;
    assert!(matches!(result.unwrap_err(), RunError::Failed { what, .. } if what.contains("broke off")));
    assert_eq!(summary.created, 1, "what was read is told all the same");
}

#[tokio::test]
async fn more_products_than_twenty_that_the_shop_cannot_deliver_are_a_fault_of_the_run() {
    let poisoned = |count: usize| (1..=count).map(|id| undeliverable(&id.to_string())).collect::<Vec<_>>();
    let (result, summary, _) =
        run(&Toy::whole(poisoned(MOST_UNDELIVERABLE)), &CancellationToken::new()).await;
    result.unwrap();
    assert_eq!(summary.rejected, 20);
    let (result, ..) = run(&Toy::whole(poisoned(MOST_UNDELIVERABLE + 1)), &CancellationToken::new()).await;
    assert!(matches!(result.unwrap_err(), RunError::Failed { what, .. } if what.contains("cannot deliver")));
}

#[tokio::test]
async fn a_stop_ends_a_run_that_waits_for_the_shop() {
    let stop = CancellationToken::new();
    let toy = Toy::of(vec![item("1")]).endless();
    let stopping = async {
        tokio::task::yield_now().await;
        stop.cancel();
    };
    let ((result, ..), ()) = futures::join!(run(&toy, &stop), stopping);
    assert!(matches!(result.unwrap_err(), RunError::Stopped));
}
