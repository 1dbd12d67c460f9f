//! Writing stock to a local shop.

use connector::{Common, Outcome, PlatformError};
use prestashop_sandbox::{Fault, Key, Options, Shop, special};
use rust_decimal::Decimal;
use transport::Method;

use super::{RESOURCES, adjust, connect, words};
use crate::shop::{open, open_by, sentences, test_clock, transport};

const ROWS: &str = "/api/stock_availables";

fn level(shop: &Shop, product: u32, combination: u32) -> i64 {
    let items = shop.truth_of(product);
    items.iter().find(|item| item.combination == combination).unwrap().stock
}

/// The ids of a product's combinations.
fn combinations(shop: &Shop, product: u32) -> Vec<u32> {
    shop.truth_of(product).iter().map(|item| item.combination).collect()
}

/// The writes that came in: their methods.
fn writes(shop: &Shop) -> Vec<Method> {
    shop.calls().into_iter().map(|call| call.method).filter(|method| *method != Method::GET).collect()
}

#[tokio::test]
async fn several_levels_are_one_request_between_two_readings() {
    for (options, method) in [(Options::default(), Method::PATCH), (Options::default().older(), Method::PUT)]
    {
        let shop = Shop::start(options).await.unwrap();
        let platform = connect(&shop, &[]);
        platform.check().await.unwrap();
        let of_shirt = combinations(&shop, special::SHIRT);
        let asked = [
            adjust(special::MUG, 0, 42, 40),
            adjust(special::SHIRT, of_shirt[0], 7, 0),
            adjust(special::HIDDEN, 0, -3, -5),
            adjust(special::INACTIVE, 0, 0, 6),
        ];
        let outcomes = platform.adjust_stock(&asked).await;
        assert_eq!(words(&outcomes), ["done 40", "done 0", "done -5", "done 6"]);
        assert_eq!(level(&shop, special::MUG, 0), 40);
        assert_eq!(level(&shop, special::SHIRT, of_shirt[0]), 0);
        assert_eq!((level(&shop, special::HIDDEN, 0), level(&shop, special::INACTIVE, 0)), (-5, 6));
        assert_eq!(writes(&shop), [method]);
        assert_eq!(shop.calls_by_resource()["stock_availables"], 3);
    }
}

#[tokio::test]
async fn a_write_is_xml_and_says_whose_it_is_in_its_body() {
    let shop = Shop::start(Options::default().older()).await.unwrap();
    connect(&shop, &[]).adjust_stock(&[adjust(special::MUG, 0, 42, 41)]).await;
    let calls = shop.calls();
    let write = calls.iter().find(|call| call.method == Method::PUT).unwrap();
    assert_eq!(write.path, ROWS);
    let row = shop.truth_of(special::MUG)[0].stock_row;
    let expected = format!(
        "<stock_available><id>{row}</id><id_product>{}</id_product><id_product_attribute>0</id_product_attribute>\
         <id_shop>1</id_shop><id_shop_group>0</id_shop_group><depends_on_stock>0</depends_on_stock>\
         <out_of_stock>2</out_of_stock><location></location><quantity>41</quantity></stock_available>",
        special::MUG
    );
    let body = String::from_utf8(write.body.to_vec()).unwrap();
    assert!(body.contains(&expected), "{body}");
}

#[tokio::test]
async fn a_level_that_moved_meanwhile_is_told_and_not_written() {
    let shop = Shop::start(Options::default()).await.unwrap();
    let platform = connect(&shop, &[]);
    assert!(shop.set_stock(special::MUG, 0, 41));
    let outcomes = platform.adjust_stock(&[adjust(special::MUG, 0, 42, 40)]).await;
    assert_eq!(words(&outcomes), ["moved 41"]);
    // Also when somebody has put there what was to be written: it may have been a sale of the same size.
    assert!(shop.set_stock(special::MUG, 0, 40));
    let outcomes =
        platform.adjust_stock(&[adjust(special::MUG, 0, 42, 40), adjust(special::INACTIVE, 0, 0, 1)]).await;
    assert_eq!(words(&outcomes), ["moved 40", "done 1"]);
    assert_eq!((level(&shop, special::MUG, 0), level(&shop, special::INACTIVE, 0)), (40, 1));
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_and_the_others_are_written() {
    let shop = Shop::start(Options::default()).await.unwrap();
    let platform = connect(&shop, &[]);
    let mut half = adjust(special::MUG, 0, 42, 41);
    half.target = Decimal::new(415, 1);
    let mut stranger = adjust(1, 0, 1, 2);
    stranger.product = gateway_core::model::ProductId::new("a-shirt").unwrap();
    let asked = [
        adjust(special::WRONG_SUM, 0, 0, 5),
        half,
        adjust(special::MUG, 0, 42, 3_000_000_000),
        adjust(7777, 0, 1, 2),
        adjust(special::SHIRT, 7777, 1, 2),
        stranger,
        adjust(special::INACTIVE, 0, 0, 1),
    ];
    let outcomes = platform.adjust_stock(&asked).await;
    insta::assert_snapshot!(words(&outcomes).join("\n"), @r"
    refused: it has combinations, whose stock the shop adds up by itself
    refused: 41.5 is no number of pieces that PrestaShop can hold
    refused: 3000000000 is no number of pieces that PrestaShop can hold
    refused: the shop has no stock row of it
    refused: the shop has no stock row of it
    refused: the shop has no stock row of it
    done 1
    ");
    assert_eq!((level(&shop, special::MUG, 0), level(&shop, special::INACTIVE, 0)), (42, 1));
    assert_eq!(writes(&shop).len(), 1);

    let shop = Shop::start(Options { stock_management: false, ..Options::default() }).await.unwrap();
    let outcomes = connect(&shop, &[]).adjust_stock(&[adjust(special::MUG, 0, 42, 41)]).await;
    assert_eq!(words(&outcomes), ["refused: stock is not managed in the shop"]);
}

#[tokio::test]
async fn a_hundred_levels_are_written_at_once() {
    let shop = Shop::start(Options::sample(250)).await.unwrap();
    let items = shop.truth();
    let asked: Vec<_> = items
        .iter()
        .take(250)
        .map(|item| adjust(item.product, item.combination, item.stock, item.stock - 1))
        .collect();
    let outcomes = connect(&shop, &[]).adjust_stock(&asked).await;
    let expected: Vec<String> = asked.iter().map(|one| format!("done {}", one.target)).collect();
    assert_eq!(words(&outcomes), expected);
    assert_eq!(writes(&shop).len(), 3);
    assert!(shop.calls().iter().all(|call| call.path.len() < 8000));
    let after: Vec<i64> = shop.truth().iter().take(250).map(|item| item.stock).collect();
    assert_eq!(after, items.iter().take(250).map(|item| item.stock - 1).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_out_by_reading_and_never_by_writing_again() {
    for (fault, expected) in [
        (Fault::LostAnswer, "done 40"),
        (Fault::DoneButError, "done 40"),
        (Fault::Cut, "done 40"),
        (Fault::Drop, "unknown: "),
        (Fault::ServerError, "unknown: "),
    ] {
        for (options, method) in
            [(Options::default(), Method::PATCH), (Options::default().older(), Method::PUT)]
        {
            let clock = test_clock();
            let shop = Shop::start(Options { clock: clock.clone(), ..options }).await.unwrap();
            shop.script(method.clone(), ROWS, [fault]);
            let key = shop.key().to_owned();
            let platform =
                open_by(&transport(clock), &shop.url(), &[("PRESTASHOP_API_KEY", &key)], &Common::default());
            let outcomes = platform.adjust_stock(&[adjust(special::MUG, 0, 42, 40)]).await;
            let words = words(&outcomes);
            assert!(words[0].starts_with(expected), "{fault}: {words:?}");
            assert!(!words[0].contains(&key), "{words:?}");
            assert_eq!(writes(&shop), [method], "{fault}");
            let is_done = expected.starts_with("done");
            assert_eq!(level(&shop, special::MUG, 0), if is_done { 40 } else { 42 }, "{fault}");
        }
    }
}

#[tokio::test]
async fn a_shop_that_asks_for_patience_gets_it() {
    let clock = test_clock();
    let shop = Shop::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap();
    shop.script(Method::PATCH, ROWS, [Fault::TooMany]);
    let platform =
        open_by(&transport(clock), &shop.url(), &[("PRESTASHOP_API_KEY", shop.key())], &Common::default());
    let outcomes = platform.adjust_stock(&[adjust(special::MUG, 0, 42, 40)]).await;
    assert_eq!(words(&outcomes), ["done 40"], "nothing was done by the request that was refused");
}

#[tokio::test]
async fn nothing_is_done_in_a_shop_that_cannot_be_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let platform = open(&format!("http://{address}"), &[], &Common::default());
    let asked = [adjust(special::MUG, 0, 42, 40), adjust(special::INACTIVE, 0, 0, 1)];
    let outcomes = platform.adjust_stock(&asked).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::NotDone(_))), "{outcomes:?}");
    assert_eq!(outcomes.len(), 2);
}

#[tokio::test]
async fn a_shop_that_goes_away_has_done_nothing() {
    let shop = Shop::start(Options::sample(300)).await.unwrap();
    let clock = test_clock();
    let key = shop.key().to_owned();
    let platform =
        open_by(&transport(clock), &shop.url(), &[("PRESTASHOP_API_KEY", &key)], &Common::default());
    platform.check().await.unwrap();
    let asked: Vec<_> =
        shop.truth().iter().map(|item| adjust(item.product, item.combination, item.stock, 1000)).collect();
    shop.script(Method::GET, ROWS, [Fault::Drop; 400]);
    let outcomes = platform.adjust_stock(&asked).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::NotDone(_))), "{outcomes:?}");
    assert!(!words(&outcomes).concat().contains(&key));
    assert!(writes(&shop).is_empty());
    assert!(
        shop.calls_by_resource()["stock_availables"] < 150,
        "a shop that fails at everything is left alone"
    );
}

#[tokio::test]
async fn a_shop_that_fails_before_the_write_has_done_nothing() {
    let clock = test_clock();
    let shop = Shop::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap();
    shop.script(Method::GET, ROWS, [Fault::ServerError; 40]);
    let platform =
        open_by(&transport(clock), &shop.url(), &[("PRESTASHOP_API_KEY", shop.key())], &Common::default());
    let asked = [adjust(special::MUG, 0, 42, 40), adjust(special::INACTIVE, 0, 0, 1)];
    let outcomes = platform.adjust_stock(&asked).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::NotDone(_))), "{outcomes:?}");
    assert!(writes(&shop).is_empty());
}

#[tokio::test]
async fn a_key_that_may_only_read_imports_and_is_told_what_it_lacks_when_stock_is_written() {
    for (options, methods) in [
        (Options::default(), vec![Method::PATCH, Method::PUT]),
        (Options::default().older(), vec![Method::PUT]),
    ] {
        let keys = vec![Key::reading("READFAKEREADFAKEREADFAKEREADFAKE", &RESOURCES)];
        let shop = Shop::start(Options { keys, ..options }).await.unwrap();
        let platform = connect(&shop, &[]);
        platform.check().await.unwrap();
        let asked: Vec<_> = shop
            .truth()
            .iter()
            .map(|item| adjust(item.product, item.combination, item.stock, 1000))
            .collect();
        let outcomes = platform.adjust_stock(&asked).await;
        assert_eq!(writes(&shop), methods, "who may not write does not try again");
        for outcome in &outcomes {
            let Outcome::NotDone(error @ PlatformError::Settings { .. }) = outcome else {
                panic!("{outcome:?}")
            };
            let (what, hint) = sentences(error);
            assert!(what.contains("lacks the right to write") && !what.contains(shop.key()), "{what}");
            assert!(hint.contains("Modify (PUT)") && hint.contains("stock_availables"), "{hint}");
        }
    }
}

#[tokio::test]
async fn one_of_the_two_rights_to_write_is_enough() {
    for (methods, used) in [
        (&["GET", "PUT"][..], vec![Method::PATCH, Method::PUT, Method::PUT]),
        (&["GET", "PATCH"], vec![Method::PATCH, Method::PATCH]),
    ] {
        let reading = RESOURCES.iter().filter(|name| **name != "stock_availables");
        let rights = reading.map(|name| (*name, &["GET"][..])).chain([("stock_availables", methods)]);
        let keys = vec![Key::full("SOMEFAKESOMEFAKESOMEFAKESOMEFAKE").only(rights)];
        let shop = Shop::start(Options { keys, ..Options::default() }).await.unwrap();
        let platform = connect(&shop, &[]);
        for (read, target) in [(42, 40), (40, 39)] {
            let outcomes = platform.adjust_stock(&[adjust(special::MUG, 0, read, target)]).await;
            assert_eq!(words(&outcomes), [format!("done {target}")]);
        }
        assert_eq!(writes(&shop), used, "what a key may not is tried once");
    }
}

#[tokio::test]
async fn stock_that_shops_share_is_written_where_it_is() {
    let shop = Shop::start(Options { shops: 2, ..Options::default() }).await.unwrap();
    let platform = connect(&shop, &[("PRESTASHOP_SHOP_ID", "2")]);
    let outcomes = platform.adjust_stock(&[adjust(special::MUG, 0, 42, 40)]).await;
    assert_eq!(words(&outcomes), ["done 40"]);
    assert_eq!(level(&shop, special::MUG, 0), 40);
}
