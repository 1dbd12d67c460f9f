//! What the marketplace held before the first import: another shop's goods, and goods without a mark.

use connector::import::Adopt;
use serde_json::json;

use crate::changes::{family, tags, with_sku};
use crate::support::{World, guid};
use crate::toy::Toy;

#[tokio::test]
async fn a_shop_that_moved_stops_and_goes_on_under_its_old_key() {
    let world = World::new().await;
    world.import(&Toy::selling(vec![family(&["1", "2"])])).await.done();
    let writes = world.writes().len();
    let moved = || Toy::selling(vec![family(&["1", "2"])]).named("new.example");
    let ran = world.import(&moved()).await;
    let (what, hint) = ran.wrong_settings();
    assert!(what.contains("no goods of new.example, but goods of toys.example (2 goods)"), "{what}");
    assert!(hint.contains("--shop-key toys.example") && hint.contains("--shop-key new.example"), "{hint}");
    assert_eq!(world.writes().len(), writes);
    // As a second shop, by its own key.
    let second = world.import_with(&moved(), |options| options.shop_key_is_told = true).await.done();
    assert_eq!(second.counts(), (2, 0, 0, 0));
    let tags_of_both: std::collections::HashSet<String> =
        world.live().iter().map(|product| tags(product)[0].to_owned()).collect();
    assert_eq!(tags_of_both.len(), 2, "two shops' families are two");
    let again = world.import(&moved()).await.done();
    assert_eq!(again.counts(), (0, 0, 2, 0), "from then on it is known");
    let smaller = Toy::selling(vec![family(&["1"])]).named("new.example");
    let pruned = world.import_with(&smaller, |options| options.prune = true);
    assert_eq!(pruned.await.done().counts(), (0, 0, 1, 1), "a shop prunes its own goods only");
}

#[tokio::test]
async fn a_shop_that_was_imported_by_a_relative_is_not_imported_beside_it() {
    let world = World::new().await;
    let goods = || vec![family(&["1", "2"])];
    world.import(&Toy::selling(goods()).by("feed", &["api"])).await.done();
    let writes = world.writes().len();
    let by_api = || Toy::selling(goods()).by("api", &["feed"]);
    let ran = world.import(&by_api()).await;
    let (what, hint) = ran.wrong_settings();
    assert!(what.contains("2 goods that feed has brought, and none of api's"), "{what}");
    assert!(hint.contains("go on with feed") && hint.contains("--shop-key toys.example"), "{hint}");
    assert_eq!(world.writes().len(), writes, "something was written");
    // Who knows of no relative stands beside it, as always.
    world.import(&Toy::selling(goods()).by("stranger", &[])).await.done();
    let told = world.import_with(&by_api(), |options| options.shop_key_is_told = true).await.done();
    assert_eq!(told.counts(), (2, 0, 0, 0), "another shop's goods were not created");
    assert_eq!(world.import(&by_api()).await.done().counts(), (0, 0, 2, 0), "from then on it is known");
}

#[tokio::test]
async fn goods_without_a_mark_are_asked_about_once_and_never_doubled_afterwards() {
    let world = World::new().await;
    let unmarked = |sku: &str| {
        json!({
            "name": "Old", "sku": sku, "desc": "", "brief": "", "images": [], "vat": "VAT23", "base_price_type": "retail",
            "base_price": { "currency": "zł", "vat_percent": 0, "amount": 5 },
            "cost_price": { "currency": "zł", "vat_percent": 0, "amount": 0 }, "data": { "variants": {} }, "stock_level": 7,
        })
    };
    let seeded = world.gateway.seed_products([unmarked("A"), unmarked("B"), unmarked("B"), unmarked("")]);
    let toy =
        Toy::selling(vec![with_sku("1", "A"), with_sku("2", "B"), with_sku("3", ""), with_sku("4", "D")]);
    let ran = world.import(&toy).await;
    let (what, hint) = ran.wrong_settings();
    assert!(
        what.contains("4 goods that bear no mark")
            && what.contains("1 can be linked")
            && what.contains("2 cannot be told apart"),
        "{what}"
    );
    assert!(hint.contains("--adopt sku links the 1"), "{hint}");
    assert_eq!((ran.told.as_slice(), world.writes().len()), (["candidate 1/0 A".to_owned()].as_slice(), 0));

    let sku = async || world.import_with(&toy, |options| options.adopt = Some(Adopt::Sku)).await.done();
    let ran = sku().await;
    assert_eq!((ran.counts(), ran.summary.rejected), ((2, 1, 0, 0), 1), "{:?}", ran.told);
    assert!(ran.told("Linked 1/0") && ran.told("borne by 2 goods without a mark"), "{:?}", ran.told);
    let linked = world.one("1", "0");
    assert_eq!((guid(&linked), &linked["stock_level"]), (seeded[0].as_str(), &json!(7)), "levels stay");
    assert_eq!(linked["name"], "Thing");
    let again = sku().await;
    assert_eq!((again.counts(), again.summary.rejected), ((0, 0, 3, 0), 1), "{:?}", again.told);
    // It is remembered what was said.
    let untold = world.import(&toy).await.done();
    assert_eq!((untold.counts(), untold.summary.rejected), ((0, 0, 3, 0), 1), "{:?}", untold.told);
    assert!(untold.told("borne by 2 goods without a mark"), "{:?}", untold.told);
    // A run that has lost that, and is told nothing, creates nothing beside them either.
    world.lose_state();
    let untold = world.import(&toy).await.done();
    assert_eq!((untold.counts(), untold.summary.rejected), ((0, 0, 3, 0), 1), "{:?}", untold.told);
    assert!(untold.told("--adopt none"), "{:?}", untold.told);
    let none = world.import_with(&toy, |options| options.adopt = Some(Adopt::None)).await.done();
    assert_eq!(none.counts(), (1, 0, 3, 0), "{:?}", none.told);
    // Nor does it have to be said again.
    let again = world.import(&toy).await.done();
    assert_eq!(again.counts(), (0, 0, 4, 0), "{:?}", again.told);
}
