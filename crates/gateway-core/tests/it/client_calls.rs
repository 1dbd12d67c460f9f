//! Every call of the client, done well, against the sandbox.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures::{TryStreamExt as _, stream};
use gateway_core::gateway::{CategoryLookup, Guid, Listing, ShopItem};
use gateway_core::picture::Picture;
use rust_decimal::Decimal;
use sandbox::gateway::Options;
use serde_json::{Value, json};

use crate::client_support::{fields, item, items, list_calls, options, start};

#[tokio::test]
async fn a_variant_arrives_with_all_that_was_sent() {
    let (sandbox, client) = start(options()).await;
    let guid = client.create(&[item("12", "3")]).await.remove(0).unwrap();
    let truth = sandbox.product(&guid.to_string()).unwrap();
    for (field, value) in [
        ("name", json!("Kubek 12")),
        ("desc", json!("# Kubek\n\nZ uchem.")),
        ("brief", json!("Z uchem")),
        ("sku", json!("K-12-3")),
        ("images", json!(["https://pictures.example/k.jpg"])),
        ("vat", json!("VAT23")),
        ("stock_level", json!(7)),
        ("for_sale", json!(true)),
    ] {
        assert_eq!(truth[field], value, "{field}");
    }
    assert_eq!(truth["price"]["base"]["unit"]["amount"].to_string(), "19.9");
    assert!(!truth["archived"].as_bool().unwrap_or(false));
    let source = json!({
        "v": 1, "platform": "prestashop", "shop": "shop.example", "product": "12", "variant": "3",
        "hash": "cafe", "images": [], "tags": [], "sent": {},
    });
    assert_eq!(truth["data"], json!({ "variants": { "size": "M" }, "source": source }));
}

#[tokio::test]
async fn an_empty_sku_is_left_out_and_attributes_keep_their_order() {
    let (sandbox, client) = start(options()).await;
    let mut item = item("12", "3");
    item.product.sku = None;
    let named = [("Zapach", "lawenda"), ("Kolor", "biały"), ("Materiał", "len")];
    item.product.data.set_attributes(&crate::client_support::attributes(&named));
    client.create(&[item]).await.remove(0).unwrap();
    let body: Value = serde_json::from_slice(&list_calls(&sandbox)[0].body).unwrap();
    let product = &body["products"][0]["product"];
    assert!(product.get("sku").is_none(), "{product}");
    let order: Vec<_> = product["data"]["variants"].as_object().unwrap().keys().collect();
    assert_eq!(order, ["Zapach", "color", "Materiał"]);
}

#[tokio::test]
async fn variants_of_a_product_go_in_calls_of_fifty_and_of_a_megabyte() {
    let (sandbox, client) = start(options()).await;
    for (variants, calls) in [(0, 0), (1, 1), (50, 1), (51, 2), (120, 3)] {
        let before = list_calls(&sandbox).len();
        let results = client.create(&items("12", variants)).await;
        assert_eq!(results.len(), variants);
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(list_calls(&sandbox).len() - before, calls, "{variants} variants");
    }
    let mut large = items("13", 10);
    for item in &mut large {
        item.product.description = "ż".repeat(150_000);
    }
    let before = list_calls(&sandbox).len();
    assert!(client.create(&large).await.iter().all(Result::is_ok));
    let calls = &list_calls(&sandbox)[before..];
    assert!(calls.iter().all(|call| call.body.len() <= 1_000_000), "a call is too large");
    assert_eq!(calls.len(), 4, "three items of 300 kB fit into a megabyte");
}

#[tokio::test]
async fn results_are_in_the_order_of_the_items() {
    let (sandbox, client) = start(options()).await;
    let results = client.create(&items("12", 70)).await;
    for (variant, guid) in results.into_iter().map(Result::unwrap).enumerate() {
        let truth = sandbox.product(&guid.to_string()).unwrap();
        assert_eq!(truth["data"]["source"]["variant"], variant.to_string());
    }
}

#[tokio::test]
async fn one_refused_variant_is_one_refusal() {
    let (sandbox, client) = start(options()).await;
    let mut items = items("12", 5);
    items[3].product.name = String::new();
    let results = client.create(&items).await;
    let refused: Vec<_> = results.iter().map(|result| result.as_ref().err()).collect();
    assert!(refused.iter().enumerate().all(|(at, error)| error.is_some() == (at == 3)), "{refused:?}");
    let error = refused[3].unwrap();
    assert!(error.is_refusal() && error.to_string().contains("name"), "{error}");
    assert_eq!(sandbox.products().len(), 4);
}

#[tokio::test]
async fn stock_and_flags_are_set_and_an_update_leaves_the_rest() {
    let (sandbox, client) = start(options()).await;
    let guid = client.create(&[item("12", "3")]).await.remove(0).unwrap();
    let set = ShopItem { guid, archived: false, for_sale: false, stock_level: Decimal::from(3) };
    client.set_items(&[set]).await.remove(0).unwrap();
    let truth = sandbox.product(&guid.to_string()).unwrap();
    assert_eq!((&truth["stock_level"], &truth["for_sale"]), (&json!(3), &json!(false)));

    // A person changes the brief and weighs the goods; a rename of ours keeps both.
    sandbox.edit(&guid.to_string(), json!({ "brief": "Ręcznie malowany", "weight": 0.35 }));
    let listed = client.newest().await.unwrap().remove(0);
    let mut fields = listed.to_fields().unwrap();
    fields.name = "Kubek nowy".to_owned();
    client.update(guid, &fields).await.unwrap();
    let updated = sandbox.product(&guid.to_string()).unwrap();
    assert_eq!(updated["name"], "Kubek nowy");
    assert_eq!(updated["brief"], "Ręcznie malowany");
    assert_eq!(updated["weight"].to_string(), "0.35");
    for field in ["desc", "sku", "images", "vat", "data", "price", "tag_guids", "stock_level", "for_sale"] {
        assert_eq!(updated[field], truth[field], "{field} was changed by a rename");
    }
}

#[tokio::test]
async fn what_others_keep_in_data_stays_at_an_update() {
    let (sandbox, client) = start(options()).await;
    let guid = client.create(&[item("12", "3")]).await.remove(0).unwrap();
    let mut data = sandbox.product(&guid.to_string()).unwrap()["data"].clone();
    data["rating"] = json!({ "stars": 5 });
    data["source"]["later"] = json!("added by a newer version");
    sandbox.edit(&guid.to_string(), json!({ "data": data }));
    let mut fields = client.newest().await.unwrap().remove(0).to_fields().unwrap();
    let mut mark = fields.data.source().unwrap();
    mark.hash = "beef".to_owned();
    fields.data.set_source(&mark);
    client.update(guid, &fields).await.unwrap();
    let updated = &sandbox.product(&guid.to_string()).unwrap()["data"];
    assert_eq!(updated["rating"], json!({ "stars": 5 }));
    assert_eq!(updated["source"]["later"], "added by a newer version");
    assert_eq!(updated["source"]["hash"], "beef");
}

#[tokio::test]
async fn an_archived_product_keeps_its_stock_and_leaves_the_live_listing() {
    let (sandbox, client) = start(options()).await;
    let guid = client.create(&items("12", 2)).await.remove(1).unwrap();
    let listed = client.newest().await.unwrap().into_iter().find(|product| product.guid == guid).unwrap();
    client.archive(&listed).await.unwrap();
    let truth = sandbox.product(&guid.to_string()).unwrap();
    assert_eq!(
        (&truth["archived"], &truth["stock_level"], &truth["for_sale"]),
        (&json!(true), &json!(7), &json!(true))
    );
    let listed = async |which| client.list(which).map_ok(|p| p.guid).try_collect::<Vec<_>>().await.unwrap();
    assert!(!listed(Listing::Live).await.contains(&guid));
    assert!(listed(Listing::All).await.contains(&guid));
    assert!(client.newest().await.unwrap().iter().any(|product| product.guid == guid && product.archived));
}

#[tokio::test]
async fn what_is_listed_is_what_was_sent() {
    let (_sandbox, client) = start(options()).await;
    let sent = fields("12", "3", "0.0001");
    client
        .create(&[gateway_core::gateway::NewItem::new(sent.clone(), false, 100_001)])
        .await
        .remove(0)
        .unwrap();
    let listed = client.newest().await.unwrap().remove(0);
    assert_eq!(listed.to_fields().unwrap(), sent);
    assert_eq!(listed.stock_level, Some(Decimal::from(100_001)));
    assert_eq!((listed.for_sale, listed.archived), (Some(false), false));
    assert_eq!(listed.data.source().unwrap(), crate::client_support::mark("12", "3"));
    assert!(listed.created.is_some());
}

#[tokio::test]
async fn a_product_is_taken_out_of_the_shop_and_deleted_and_twice_is_as_once() {
    let (sandbox, client) = start(options()).await;
    let guid = client.create(&[item("12", "3")]).await.remove(0).unwrap();
    client.remove_from_shop(guid).await.unwrap();
    client.delete(guid).await.unwrap();
    client.delete(guid).await.unwrap();
    client.remove_from_shop(guid).await.unwrap();
    assert_eq!(sandbox.products(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_family_tag_is_made_once_put_on_goods_and_taken_away() {
    let (sandbox, client) = start(options()).await;
    let tag = client.create_family_tag("Kubek (shop.example 12)").await.unwrap();
    let again = client.create_family_tag("Kubek (shop.example 12)").await.unwrap();
    assert_eq!(tag, again, "409 names the tag there is");
    let other = client.create_family_tag("Kubek (shop.example 13)").await.unwrap();
    assert_ne!(tag, other);
    let tags = client.tags().await.unwrap();
    let found = tags.iter().find(|found| found.guid == tag).unwrap();
    assert_eq!((found.name.as_str(), found.kind.as_deref()), ("Kubek (shop.example 12)", Some("variant")));

    let guids: Vec<Guid> = client.create(&items("12", 2)).await.into_iter().map(Result::unwrap).collect();
    client.tag_products(tag, &guids, &[]).await.unwrap();
    client.tag_products(tag, &[], &guids[..1]).await.unwrap();
    let listed = client.newest().await.unwrap();
    let tagged: Vec<_> = listed.iter().filter(|product| product.tags == [tag]).map(|p| p.guid).collect();
    assert_eq!(tagged, [guids[1]]);

    client.delete_tag(other).await.unwrap();
    client.delete_tag(other).await.unwrap();
    let left: BTreeSet<_> = client.tags().await.unwrap().into_iter().map(|tag| tag.guid).collect();
    assert!(left.contains(&tag) && !left.contains(&other), "{left:?} {:?}", sandbox.tags());
}

#[tokio::test]
async fn categories_are_found_by_name_and_by_path() {
    let (sandbox, client) = start(options()).await;
    let tree = client.category_tree().await.unwrap();
    let found = |target: &str| match tree.find(target) {
        CategoryLookup::Found(category) => category.written(),
        CategoryLookup::Ambiguous(candidates) => format!("ambiguous: {}", candidates.len()),
        CategoryLookup::Unknown(alike) => format!("unknown, {} alike", alike.len()),
    };
    assert_eq!(found("koszulki"), "Moda > Mężczyźni > Koszulki");
    assert_eq!(found(" MODA>mężczyźni > Koszulki "), "Moda > Mężczyźni > Koszulki");
    assert_eq!(found("Moda"), "Moda");
    assert_eq!(found("Akcesoria"), "ambiguous: 2");
    assert_eq!(found("Elektronika > Akcesoria"), "Elektronika > Akcesoria");
    assert_eq!(found("Moda > Koszulki"), "unknown, 1 alike");
    assert_eq!(found("Koszulki męskie"), "unknown, 1 alike");
    assert_eq!(found("Parasole"), "unknown, 0 alike");
    assert_eq!(found(""), "unknown, 0 alike");

    let CategoryLookup::Found(category) = tree.find("Koszulki") else { panic!("it was there") };
    assert_eq!(category.guid.to_string(), sandbox.category("Koszulki").unwrap());
    assert_eq!((category.guids.len(), category.guids.last()), (3, Some(&category.guid)));
    let flat: BTreeSet<_> = client.category_tags().await.unwrap().into_iter().map(|tag| tag.guid).collect();
    assert_eq!(flat, tree.iter().map(|category| category.guid).collect());
    // A category goes onto a product as a tag.
    let mut item = item("12", "0");
    item.product.tags.clone_from(&category.guids);
    client.create(&[item]).await.remove(0).unwrap();
}

pub(crate) async fn picture(bytes: usize) -> Arc<Picture> {
    let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".to_vec();
    content.resize(bytes, 7);
    let chunks = stream::iter([Ok::<_, Infallible>(Bytes::from(content))]);
    Arc::new(Picture::collect(chunks, None).await.unwrap())
}

#[tokio::test]
async fn a_picture_is_uploaded_whole_from_memory_and_from_disk() {
    let (sandbox, client) = start(options()).await;
    for bytes in [100, 3 << 20] {
        let picture = picture(bytes).await;
        assert_eq!(picture.is_in_memory(), bytes < 1 << 20);
        let address = client.upload(&picture, "Kubek „Łąka” / 1.gif").await.unwrap();
        assert_eq!(sandbox.picture(&address).unwrap().len(), bytes);
        assert!(address.is_ascii() && address.ends_with(".png"), "{address}");
    }
    for call in sandbox.calls().iter().filter(|call| call.path.starts_with("/s3/")) {
        assert!(call.content_length.is_some_and(|length| length > 100), "no length");
        assert!(!call.authorization, "the storage was sent the token");
    }
}

#[tokio::test]
async fn a_public_picture_is_copied_its_address_in_ascii() {
    let (sandbox, client) = start(options()).await;
    let address = sandbox.store_picture("image/png", Bytes::from_static(b"\x89PNG\r\n\x1a\n"));
    let from = format!("{address}?nazwa=zażółć gęślą");
    let copy = client.copy_picture(&from.parse().unwrap()).await.unwrap();
    assert_eq!(sandbox.picture(&copy), sandbox.picture(&address));
    let call = sandbox.calls().into_iter().find(|call| call.path == "/downloads/").unwrap();
    assert!(call.body.is_ascii(), "{:?}", call.body);
}

#[tokio::test]
async fn a_listing_goes_on_past_ten_thousand() {
    let (sandbox, client) = start(Options { keep_calls: false, ..options() }).await;
    // All in one moment of creation, so that only the guid tells the pages apart.
    sandbox.seed(10_250, |n| json!({ "name": format!("p{n}"), "created": "2026-01-01T00:00:00Z" }));
    sandbox.seed(1, |_| json!({ "name": "archived", "archived": true }));
    let all: Vec<Guid> =
        client.list(Listing::All).map_ok(|product| product.guid).try_collect().await.unwrap();
    assert_eq!(all.len(), 10_251);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 10_251, "a product came twice");
    let live: Vec<Guid> =
        client.list(Listing::Live).map_ok(|product| product.guid).try_collect().await.unwrap();
    assert_eq!(live.len(), 10_250);
}

#[tokio::test]
async fn the_newest_come_first() {
    let (sandbox, client) = start(options()).await;
    sandbox.seed(300, |n| json!({ "name": format!("p{n}"), "created": format!("2026-01-01T00:{:02}:{:02}Z", n / 60, n % 60) }));
    let newest = client.newest().await.unwrap();
    assert_eq!(newest.len(), 100);
    assert_eq!(newest[0].name.as_deref(), Some("p299"));
    assert!(newest.is_sorted_by(|a, b| a.created >= b.created));
}

#[tokio::test]
async fn the_index_lags_and_only_then_shows_what_was_done() {
    let options = Options { index_lag: std::time::Duration::from_secs(30), ..options() };
    let clock = options.clock.clone();
    let (_sandbox, client) = start(options).await;
    client.create(&[item("12", "3")]).await.remove(0).unwrap();
    assert_eq!(client.newest().await.unwrap().len(), 0);
    clock.advance(std::time::Duration::from_secs(31));
    assert_eq!(client.newest().await.unwrap().len(), 1);
}
