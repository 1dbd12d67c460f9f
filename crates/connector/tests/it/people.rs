//! Other people's work: employees of the marketplace change goods too, and an import leaves that alone.

use gateway_core::model::{Product, Variant};
use serde_json::json;

use crate::support::{World, guid, product, variant};
use crate::toy::Toy;

fn mug(change: impl FnOnce(&mut Variant)) -> Vec<Product> {
    mug_named("Mug", change)
}

fn mug_named(name: &str, change: impl FnOnce(&mut Variant)) -> Vec<Product> {
    let mut own = variant("0", 23);
    change(&mut own);
    vec![product("1", name, vec![own])]
}

fn price(amount: &str) -> impl FnOnce(&mut Variant) {
    let amount: rust_decimal::Decimal = amount.parse().unwrap();
    move |own| {
        let money = gateway_core::model::Money::new(amount, iso_currency::Currency::PLN);
        own.price = gateway_core::model::NetPrice::new(money).unwrap();
    }
}

async fn imported(toy: &Toy) -> (World, String) {
    let world = World::new().await;
    world.import(toy).await.done();
    let guid = guid(&world.one("1", "0")).to_owned();
    (world, guid)
}

#[tokio::test]
async fn a_text_changed_by_hand_survives_until_the_shop_changes_that_text() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    world.gateway.edit(&guid, json!({ "desc": "written by hand", "brief": "by hand too" }));

    toy.sells(mug(price("25")));
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.told, ["Updated 1/0 price"]);
    let now = world.one("1", "0");
    assert_eq!((&now["desc"], &now["brief"]), (&json!("written by hand"), &json!("by hand too")), "{now}");
    assert_eq!(now["price"]["base"]["unit"]["amount"], 25, "{now}");

    let mut parts = mug(price("25")).remove(0).into_parts();
    parts.description = gateway_core::model::Markdown::from_text("New in the shop");
    toy.sells(vec![Product::new(parts).unwrap()]);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.told, ["Updated 1/0 desc"]);
    let now = world.one("1", "0");
    assert_eq!((&now["desc"], &now["brief"]), (&json!("New in the shop"), &json!("by hand too")), "{now}");
}

#[tokio::test]
async fn tags_pictures_and_data_given_by_hand_survive_every_update() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    let tag = world.gateway.make_tag("Promocja");
    let picture = world.gateway.store_picture("image/png", bytes_of_a_picture());
    assert!(world.gateway.add_tag(&guid, &tag));
    let before = world.one("1", "0");
    let images = json!([before["images"][0], picture]);
    let mut data = before["data"].clone();
    data["note"] = json!("seasonal");
    world.gateway.edit(&guid, json!({ "images": images, "data": data }));

    toy.sells(mug_named("Cup", |own| own.images = vec![image("8")]));
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.told, ["Updated 1/0 name images"]);
    let now = world.one("1", "0");
    assert_eq!(now["tag_guids"], json!([tag]), "{now}");
    assert_eq!(now["data"]["note"], "seasonal", "{now}");
    let images = now["images"].as_array().unwrap();
    assert_eq!((images.len(), &images[1]), (2, &json!(picture)), "theirs stands behind ours: {now}");
    assert_ne!(images[0], before["images"][0], "the old picture of ours is gone: {now}");
}

fn image(identity: &str) -> gateway_core::model::ImageRef {
    gateway_core::model::ImageRef::new(identity, None).unwrap()
}

fn bytes_of_a_picture() -> bytes::Bytes {
    bytes::Bytes::from_static(b"GIF89a a picture of somebody else")
}

#[tokio::test]
async fn a_stock_level_is_never_touched_by_an_update() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    assert!(world.gateway.set_stock(&guid, 2));
    toy.sells(mug(|own| {
        price("30")(own);
        own.stock = gateway_core::model::StockLevel::Quantity(99.into());
    }));
    world.import(&toy).await.done();
    assert_eq!(world.one("1", "0")["stock_level"], 2, "levels are the stock pass's affair");
    // Nor by one that changes the flags, which cannot be sent without a level.
    toy.sells(mug(|own| {
        price("30")(own);
        own.for_sale = false;
    }));
    let ran = world.import(&toy).await.done();
    let levels = "warning 1 variants have another stock level in the shop than at the marketplace, as far as is known: an import sends levels only with what is new, and `stock` makes them alike";
    assert_eq!(ran.told, ["Updated 1/0 for_sale", levels]);
    let now = world.one("1", "0");
    assert_eq!((&now["stock_level"], &now["for_sale"]), (&json!(2), &json!(false)), "{now}");
}

#[tokio::test]
async fn what_a_person_took_off_sale_stays_so_until_the_shop_says_otherwise() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    assert!(world.gateway.set_for_sale(&guid, false));
    toy.sells(mug(price("25")));
    world.import(&toy).await.done();
    assert_eq!(world.one("1", "0")["for_sale"], false, "the shop said nothing new about it");
    toy.sells(mug(|own| own.for_sale = false));
    world.import(&toy).await.done();
    toy.sells(mug(|_| {}));
    world.import(&toy).await.done();
    assert_eq!(world.one("1", "0")["for_sale"], true, "the shop has put it up for sale again");
}

#[tokio::test]
async fn what_a_person_archived_stays_so_and_costs_nothing() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    assert!(world.gateway.set_archived(&guid, true));
    let writes = world.writes().len();
    toy.sells(mug(price("25")));
    let ran = world.import(&toy).await.done();
    assert_eq!((ran.counts(), ran.summary.skipped), ((0, 0, 0, 0), 1));
    assert!(ran.told("a person archived it at the marketplace"), "{:?}", ran.told);
    assert_eq!(world.writes().len(), writes);
    assert_eq!(world.one("1", "0")["archived"], true);
}

#[tokio::test]
async fn what_the_shop_had_lost_comes_back_with_its_stock_and_its_changes() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    toy.sells(vec![product("2", "Lamp", vec![variant("0", 23)])]);
    let pruned = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!(pruned.counts(), (1, 0, 0, 1));
    let gone = world.one("1", "0");
    assert_eq!((&gone["archived"], &gone["data"]["source"]["gone"]), (&json!(true), &json!(true)), "{gone}");
    let again = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!(again.counts(), (0, 0, 1, 0), "what is archived is not archived again");

    let mut back = mug(|own| {
        price("12")(own);
        own.stock = gateway_core::model::StockLevel::Quantity(3.into());
    });
    back.push(product("2", "Lamp", vec![variant("0", 23)]));
    toy.sells(back);
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.told, ["Restored 1/0 price"]);
    let now = world.one("1", "0");
    assert_eq!(now["guid"], guid.as_str(), "it is the same product");
    assert_eq!((&now["archived"], &now["stock_level"]), (&json!(false), &json!(3)), "{now}");
    assert_eq!(now["data"]["source"].get("gone"), None, "{now}");
    let last = world.import(&toy).await.done();
    assert_eq!(last.counts(), (0, 0, 2, 0), "{:?}", last.told);
}

#[tokio::test]
async fn a_product_that_cannot_be_written_back_without_loss_is_left_alone() {
    let toy = Toy::selling(mug(|_| {}));
    let (world, guid) = imported(&toy).await;
    world.gateway.edit(&guid, json!({ "images": "none of a list" }));
    toy.sells(mug(price("25")));
    let ran = world.import(&toy).await.done();
    assert_eq!(ran.summary.rejected, 1);
    assert!(ran.told("its images in a way that could not be written back"), "{:?}", ran.told);
    // But when it is gone from the shop, it does not stay on sale.
    toy.sells(vec![product("2", "Lamp", vec![variant("0", 23)])]);
    let pruned = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!(pruned.counts(), (1, 0, 0, 1), "{:?}", pruned.told);
    assert!(pruned.told("archived without a word why"), "{:?}", pruned.told);
}
