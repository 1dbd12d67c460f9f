//! Products: made, changed, deleted; and every refusal.

use http::Method;
use serde_json::{Value, json};

use crate::client::{
    LIST, QUERY, call, create, delete, gateway, item, names, newest, post, product, put, send,
};

fn listed(items: &[Value]) -> Value {
    json!({"products": items})
}

#[tokio::test]
async fn a_new_item_is_answered_in_the_read_shape() {
    let gateway = gateway().await;
    let category = gateway.category("Doniczki").unwrap();
    let tag = gateway.make_tag("Kubek Tatry");
    let sent = json!({
        "name": "Kubek <Tatry>", "desc": "# Kubek", "brief": "Kubek.", "sku": "KT-1",
        "images": ["http://shop.example/a%20b.jpg"],
        "vat": "VAT8", "base_price_type": "retail",
        "base_price": {"currency": "zł", "vat_percent": 0, "amount": 12.50},
        "cost_price": {"currency": "zł", "vat_percent": 0, "amount": 0},
        "tag_guids": [category, tag],
        "data": {"variants": {"size": "M"}, "ean": "5901234123457"},
    });
    let answer = post(&gateway, LIST, &listed(&[item(sent.clone())])).await.ok();
    let read = &answer["products"][0];
    assert_eq!(read["guid"], read["product_guid"]);
    for field in ["name", "desc", "brief", "sku", "images", "vat", "tag_guids", "data"] {
        assert_eq!(read[field], sent[field], "{field}");
    }
    assert_eq!(read["owner_guid"], json!(gateway.shop()));
    assert_eq!(read["type"], json!("default"));
    assert_eq!(read["created"], json!("2026-03-01T12:00:00.123456Z"));
    assert_eq!(read["timestamps"]["created"], read["created"]);
    assert_eq!(read["activated"], read["created"]);
    assert_eq!(read["archived"], Value::Null, "null until archived once");
    assert_eq!((&read["for_sale"], &read["stock_level"]), (&json!(true), &json!(5)));
    assert_eq!((&read["size"], &read["weight"]), (&Value::Null, &Value::Null));
    let names: Vec<_> = read["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(names, ["Doniczki", "Kubek Tatry"]);
    assert_eq!(gateway.products().len(), 1);
    assert_eq!(gateway.product(read["guid"].as_str().unwrap()).unwrap()["name"], sent["name"]);
}

#[tokio::test]
async fn prices_keep_every_digit() {
    let gateway = gateway().await;
    let body = listed(&[item(product("Kubek"))]).to_string();
    let body = body.replace("\"amount\":10", "\"amount\":1234567890.12345678901234567").replace(
        "{\"variants\":{}}",
        "{\"variants\":{},\"n\":0.10000000000000000000000000000000000000000000000000001}",
    );
    let text = send(&gateway, call(Method::POST, LIST, body)).await.unwrap().text();
    assert_eq!(text.matches("\"amount\":1234567890.12345678901234567").count(), 3, "{text}");
    assert!(text.contains("0.10000000000000000000000000000000000000000000000000001"), "{text}");
    let query = post(&gateway, QUERY, &newest(1)).await.text();
    assert!(query.contains("\"amount\":1234567890.12345678901234567"), "{query}");
}

#[tokio::test]
async fn the_price_is_shown_with_its_vat() {
    let gateway = gateway().await;
    let guid = create(&gateway, product("Kubek")).await;
    let price = gateway.product(&guid).unwrap()["price"].clone();
    let unit = json!({"amount": 10, "vat": 2.3, "vat0": 10, "vat_percent": 23, "currency": "zł"});
    assert_eq!((&price["currency"], &price["vat_class"]), (&json!("zł"), &json!("VAT23")));
    for kind in ["base", "final", "original"] {
        assert_eq!(price[kind]["unit"], unit, "{kind}");
    }
}

#[tokio::test]
async fn the_same_new_item_twice_makes_two_products() {
    let gateway = gateway().await;
    let twice = listed(&[item(product("Kubek")), item(product("Kubek"))]);
    let answer = post(&gateway, LIST, &twice).await.ok();
    assert_ne!(answer["products"][0]["guid"], answer["products"][1]["guid"]);
    assert_eq!(answer["products"][0]["created"], answer["products"][1]["created"], "made in one call");
    assert_eq!(gateway.products().len(), 2);
}

#[tokio::test]
async fn an_item_with_a_guid_sets_stock_and_flags_of_that_product() {
    let gateway = gateway().await;
    let guid = create(&gateway, product("Kubek")).await;
    let set = async |archived: Value, stock: Value| {
        let item =
            json!({"product_guid": guid, "archived": archived, "for_sale": false, "stock_level": stock});
        post(&gateway, LIST, &listed(&[item])).await.ok()["products"][0].clone()
    };
    let read = set(Value::Null, json!(7.5)).await;
    assert_eq!(read["product_guid"], json!(guid));
    assert_eq!((&read["stock_level"], &read["for_sale"]), (&json!(7.5), &json!(false)));
    assert_eq!(read["archived"], Value::Null);
    assert_eq!(set(json!(true), json!(0)).await["archived"], json!(true));
    assert_eq!(
        names(&gateway, &newest(10)).await,
        Vec::<String>::new(),
        "archived goods exist in `archived`"
    );
    assert_eq!(set(json!(false), json!(0)).await["archived"], json!(false), "it was archived once");
    assert_eq!(
        names(&gateway, &newest(10)).await,
        Vec::<String>::new(),
        "`false` exists too, as in Elasticsearch: who wants live goods cannot ask for them"
    );
    assert_eq!(set(Value::Null, json!(0)).await["archived"], json!(false), "null is not archived");
}

#[tokio::test]
async fn each_thing_the_facts_do_not_allow_is_refused_and_nothing_is_done() {
    let gateway = gateway().await;
    let with = |pointer: &str, value: Value| {
        let mut item = item(product("Kubek"));
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        item.pointer_mut(parent).expect("a parent")[name] = value;
        (pointer.replace('/', "."), item)
    };
    let without = |pointer: &str| {
        let mut item = item(product("Kubek"));
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        item.pointer_mut(parent).expect("a parent").as_object_mut().unwrap().remove(name).expect("the field");
        (pointer.replace('/', "."), item)
    };
    let cases = [
        with("/product/name", json!("")),
        with("/product/name", json!("  ")),
        with("/product/name", json!("ł".repeat(256))),
        with("/product/name", json!(7)),
        without("/product/name"),
        with("/product/desc", Value::Null),
        with("/product/sku", json!(12)),
        with("/product/base_price/amount", json!("10.00")),
        with("/product/base_price/amount", json!(-0.01)),
        with("/product/base_price/amount", serde_json::from_str("1e400").unwrap()),
        without("/product/base_price/amount"),
        with("/product/base_price/currency", json!("EUR")),
        with("/product/base_price/gross", json!(1)),
        with("/product/base_price/vat_percent", json!("23")),
        without("/product/cost_price"),
        with("/product/cost_price/amount", json!("0")),
        with("/product/vat", json!("VAT22")),
        without("/product/vat"),
        with("/product/base_price_type", json!("wholesale")),
        with("/product/images", json!("http://shop.example/a.jpg")),
        with("/product/images", json!(["http://shop.example/ą.jpg"])),
        with("/product/images", json!(["http://shop.example/a b.jpg"])),
        with("/product/images", json!(["ftp://shop.example/a.jpg"])),
        with("/product/images", json!(["/a.jpg"])),
        with("/product/tag_guids", json!(["no such tag"])),
        with("/product/tag_guids", json!([7])),
        with("/product/data", json!({})),
        with("/product/data", json!("text")),
        without("/product/data"),
        with("/product/data/variants", json!({"size": 7})),
        with("/product/data/variants", json!([])),
        with("/product/tags", json!([])),
        with("/stock_level", json!(-1)),
        with("/stock_level", json!("5")),
        without("/stock_level"),
        with("/for_sale", json!("true")),
        without("/for_sale"),
        with("/archived", json!(0)),
        without("/archived"),
        with("/colour", json!("red")),
    ];
    for (place, bad) in cases {
        let answer = post(&gateway, LIST, &listed(&[item(product("good")), bad.clone()])).await;
        let message = answer.refusal(400);
        assert!(message.contains(&format!("products[1]{place}")), "{place} in: {message}");
    }
    let both = json!({"product": product("x"), "product_guid": "y", "archived": null, "for_sale": true, "stock_level": 1});
    assert!(post(&gateway, LIST, &listed(&[both])).await.refusal(400).contains("either"));
    let unknown = json!({"product_guid": "y", "archived": null, "for_sale": true, "stock_level": 1});
    let message = post(&gateway, LIST, &listed(&[item(product("good")), unknown])).await.refusal(404);
    assert!(message.contains("products[1].product_guid"), "{message}");
    assert_eq!(gateway.products(), Vec::<Value>::new());
}

#[tokio::test]
async fn what_is_at_the_edge_is_taken() {
    let gateway = gateway().await;
    let mut edge = product(&"ł".repeat(255));
    edge["base_price"]["currency"] = json!("zl");
    edge["base_price"]["amount"] = json!(0);
    edge["size"] = json!({"width": 1});
    edge["weight"] = Value::Null;
    edge["type"] = json!("delivery_method");
    let guid = create(&gateway, edge).await;
    assert_eq!(gateway.product(&guid).unwrap()["type"], json!("delivery_method"));
    assert_eq!(gateway.product(&guid).unwrap()["size"], json!({"width": 1}));
}

#[tokio::test]
async fn a_list_is_at_most_50_items_and_a_megabyte() {
    let gateway = gateway().await;
    let items = vec![item(product("Kubek")); 51];
    assert!(post(&gateway, LIST, &listed(&items)).await.refusal(413).contains("51 items"));
    let mut large = product("Kubek");
    large["desc"] = json!("x".repeat(1_000_000));
    assert!(post(&gateway, LIST, &listed(&[item(large)])).await.refusal(413).contains("bytes"));
    assert_eq!(gateway.products().len(), 0);
    post(&gateway, LIST, &listed(&items[..50])).await.ok();
    assert_eq!(gateway.products().len(), 50);
    let huge = send(&gateway, call(Method::POST, LIST, vec![b' '; 22 * 1024 * 1024])).await.unwrap();
    assert!(huge.refusal(413).contains("larger than"));
}

#[tokio::test]
async fn bodies_that_are_not_what_was_asked_for_are_refused() {
    let gateway = gateway().await;
    let raw = async |body: &'static str| send(&gateway, call(Method::POST, LIST, body)).await.unwrap();
    assert!(raw("{").await.refusal(400).contains("not JSON"));
    assert!(raw("").await.refusal(400).contains("not JSON"));
    assert!(raw("[]").await.refusal(400).contains("the body is not an object"));
    assert!(raw("{}").await.refusal(400).contains("`products` is not a list"));
    assert!(raw("{\"products\":[],\"more\":1}").await.refusal(400).contains("more"));
    assert!(raw("{\"products\":[7]}").await.refusal(400).contains("products[0] is not an object"));
}

#[tokio::test]
async fn a_product_of_the_organization_comes_into_the_web_shop_by_an_item() {
    let gateway = gateway().await;
    let path = format!("/organizations/{}/products/", gateway.shop());
    let made = post(&gateway, &path, &product("Kubek")).await;
    assert_eq!(made.status, 201);
    let guid = made.json()["guid"].as_str().unwrap().to_owned();
    assert_eq!(made.json()["activated"], Value::Null);
    assert_eq!(names(&gateway, &newest(10)).await, Vec::<String>::new());
    let item = json!({"product_guid": guid, "archived": false, "for_sale": true, "stock_level": 5});
    post(&gateway, LIST, &listed(&[item])).await.ok();
    assert_eq!(names(&gateway, &newest(10)).await, ["Kubek"]);
    assert!(post(&gateway, &path, &json!({"name": "x"})).await.refusal(400).contains("product.vat"));
}

#[tokio::test]
async fn replacing_a_product_wipes_what_is_left_out() {
    let gateway = gateway().await;
    let mut full = product("Kubek");
    full["sku"] = json!("KT-1");
    full["desc"] = json!("long");
    full["weight"] = json!(3);
    let guid = create(&gateway, full).await;
    let path = format!("/organizations/{}/products/{guid}/", gateway.shop());
    let read = put(&gateway, &path, &product("Kubek 2")).await.ok();
    assert_eq!(read["name"], json!("Kubek 2"));
    for wiped in ["sku", "desc", "weight"] {
        assert_eq!(read[wiped], Value::Null, "{wiped}");
    }
    assert_eq!(read["stock_level"], json!(5), "stock is no part of PRODUCT");
    assert!(put(&gateway, &path, &json!({"name": "x"})).await.refusal(400).contains("product.vat"));
    let unknown = format!("/organizations/{}/products/nothing/", gateway.shop());
    assert!(put(&gateway, &unknown, &product("x")).await.refusal(404).contains("nothing"));
}

#[tokio::test]
async fn deleting_from_the_web_shop_and_for_good() {
    let gateway = gateway().await;
    let guid = create(&gateway, product("Kubek")).await;
    let listed = format!("{LIST}/{guid}/");
    assert_eq!(delete(&gateway, &listed).await.status, 204);
    assert_eq!(names(&gateway, &newest(10)).await, Vec::<String>::new());
    assert_eq!(gateway.products().len(), 1, "the organization still has it");
    assert!(delete(&gateway, &listed).await.refusal(404).contains("not in the web shop"));
    let owned = format!("/organizations/{}/products/{guid}/", gateway.shop());
    assert_eq!(delete(&gateway, &owned).await.status, 204);
    assert_eq!(gateway.products().len(), 0);
    assert!(delete(&gateway, &owned).await.refusal(404).contains(&guid));
}

#[tokio::test]
async fn unknown_routes_and_methods_are_refused_in_json() {
    let gateway = gateway().await;
    for path in ["/nothing", "/organizations/x/products", "/bootstrap/"] {
        assert!(post(&gateway, path, &json!({})).await.refusal(404).contains(path), "{path}");
    }
    let singular = LIST.replace("webshops", "webshop");
    assert!(post(&gateway, &singular, &json!({})).await.refusal(404).contains("no such route"));
    assert!(put(&gateway, LIST, &json!({})).await.refusal(405).contains("PUT"));
}
