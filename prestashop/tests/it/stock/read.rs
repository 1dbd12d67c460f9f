//! Reading the stock of a local shop that tells the truth.

use connector::{Common, End, Scope};
use gateway_core::model::{ProductId, StockLevel};
use prestashop_sandbox::{Fault, NewProduct, Options, Shop, special};
use rust_decimal::Decimal;

use super::{connect, ids, told, truth};
use crate::shop::{open_by, test_clock, transport};

#[tokio::test]
async fn every_level_comes_as_it_is_in_two_requests() {
    for options in [Options::sample(0), Options::sample(0).older()] {
        let shop = Shop::start(options).await.unwrap();
        let told = told(&*connect(&shop, &[]), Scope::All).await.unwrap();
        assert_eq!(told.levels, truth(&shop));
        assert_eq!((told.end, told.unclear), (End::Complete, Vec::new()));
        assert_eq!(shop.calls_by_resource()["stock_availables"], 2, "a page, and an empty one");
        assert!(!shop.calls_by_resource().contains_key("products"), "stock is read by itself");
    }
}

#[tokio::test]
async fn pages_are_of_a_thousand_rows() {
    let shop = Shop::start(Options::sample(1500)).await.unwrap();
    let told =
        told(&*connect(&shop, &[]), Scope::Since("2026-01-01T00:00:00Z".parse().unwrap())).await.unwrap();
    let truth = truth(&shop);
    assert_eq!(told.levels, truth, "rows bear no date, so all are read");
    let sums = {
        let mut with_combinations: Vec<&str> =
            truth.keys().filter(|(_, variant)| variant != "0").map(|(product, _)| product.as_str()).collect();
        with_combinations.dedup();
        with_combinations.len()
    };
    let rows = truth.len() + sums;
    assert!(rows > 2000, "{rows} rows");
    assert_eq!(shop.calls_by_resource()["stock_availables"], rows.div_ceil(1000) + 1);
}

#[tokio::test]
async fn the_sum_of_a_product_is_never_the_level_of_a_variant() {
    let shop = Shop::start(Options::default()).await.unwrap();
    let told = told(&*connect(&shop, &[]), Scope::All).await.unwrap();
    let levels: Vec<StockLevel> = told
        .of(special::WRONG_SUM)
        .into_iter()
        .inspect(|(variant, _)| assert_ne!(*variant, "0"))
        .map(|(_, level)| level)
        .collect();
    assert_eq!(levels, [StockLevel::Quantity(Decimal::from(300)); 2]);
    assert_eq!(
        told.of(special::HIDDEN),
        [("0", StockLevel::Quantity(Decimal::from(-3)))],
        "the sign is kept"
    );
}

#[tokio::test]
async fn a_product_that_has_lost_its_combinations_is_one_variant_again() {
    let shop = Shop::start(Options::default()).await.unwrap();
    for item in shop.truth_of(special::WRONG_SUM) {
        assert!(shop.remove_combination(item.combination));
    }
    assert!(shop.set_stock(special::WRONG_SUM, 0, 9));
    let told = told(&*connect(&shop, &[]), Scope::All).await.unwrap();
    assert_eq!(told.of(special::WRONG_SUM), [("0", StockLevel::Quantity(Decimal::from(9)))]);
}

#[tokio::test]
async fn named_products_are_asked_for_by_their_ids() {
    let shop = Shop::start(Options::default()).await.unwrap();
    let mut named = ids([special::SHIRT, special::MUG, special::SHIRT, 7777]);
    named.push(ProductId::new("a-shirt").unwrap());
    let told = told(&*connect(&shop, &[]), Scope::Products(named)).await.unwrap();
    let mut expected = truth(&shop);
    expected.retain(|(product, _), _| {
        *product == special::SHIRT.to_string() || *product == special::MUG.to_string()
    });
    assert_eq!((told.levels, told.end), (expected, End::Complete));
    assert_eq!(shop.calls_by_resource()["stock_availables"], 1);
}

#[tokio::test]
async fn many_named_products_stay_below_the_longest_address_that_hosts_take() {
    let shop = Shop::start(Options::sample(450)).await.unwrap();
    let all = shop.product_ids();
    let told = told(&*connect(&shop, &[]), Scope::Products(ids(all.iter().copied()))).await.unwrap();
    assert_eq!(told.levels, truth(&shop));
    assert_eq!(shop.calls_by_resource()["stock_availables"], all.len().div_ceil(200));
    let longest = u64::MAX - 1000..u64::MAX - 800;
    let named = longest.map(|id| ProductId::new(&id.to_string()).unwrap()).collect();
    let told = super::told(&*connect(&shop, &[]), Scope::Products(named)).await.unwrap();
    assert_eq!(
        (told.levels.len(), told.end),
        (0, End::Complete),
        "what the shop does not have does not come"
    );
    let longest = shop.calls().iter().map(|call| call.path.len()).max().unwrap();
    assert!(longest < 8000, "{longest} bytes");
}

#[tokio::test]
async fn nobody_knows_how_much_there_is_where_stock_is_not_managed() {
    let shop = Shop::start(Options { stock_management: false, ..Options::default() }).await.unwrap();
    let told = told(&*connect(&shop, &[]), Scope::All).await.unwrap();
    assert_eq!(told.levels.len(), truth(&shop).len());
    assert!(told.levels.values().all(|level| *level == StockLevel::Unknown), "{told:?}");
}

#[tokio::test]
async fn shops_that_share_their_stock_tell_it_too() {
    let shop = Shop::start(Options { shops: 2, ..Options::default() }).await.unwrap();
    let told = told(&*connect(&shop, &[("PRESTASHOP_SHOP_ID", "2")]), Scope::All).await.unwrap();
    assert_eq!((told.levels, told.end), (truth(&shop), End::Complete));
}

#[tokio::test]
async fn faults_on_the_way_change_nothing() {
    let clock = test_clock();
    let fault_rates = Fault::RANDOM.into_iter().map(|fault| (fault, 5)).collect();
    let options = Options { fault_rates, clock: clock.clone(), seed: 11, ..Options::sample(6000) };
    let shop = Shop::start(options).await.unwrap();
    let platform =
        open_by(&transport(clock), &shop.url(), &[("PRESTASHOP_API_KEY", shop.key())], &Common::default());
    let told = told(&*platform, Scope::All).await.unwrap();
    assert_eq!((told.levels, told.end), (truth(&shop), End::Complete));
    assert!(shop.calls().iter().any(|call| call.fault != Fault::Pass), "nothing went wrong");
}

#[tokio::test]
async fn a_product_that_is_new_comes_with_its_level() {
    let shop = Shop::start(Options::default()).await.unwrap();
    let names = vec!["Mug".to_owned(), "Kubek".to_owned()];
    let product = shop.add_product(NewProduct { names, stock: 12, ..NewProduct::default() });
    let told = told(&*connect(&shop, &[]), Scope::Products(ids([product]))).await.unwrap();
    assert_eq!(told.of(product), [("0", StockLevel::Quantity(Decimal::from(12)))]);
}
