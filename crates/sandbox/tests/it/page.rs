//! The browser's page.

use proptest::prelude::*;
use sandbox::gateway::{Gateway, Options, Shop};
use serde_json::{Value, json};

use crate::client::{gateway, get, options, product};

const HOSTILE: &str = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>&amp;";

async fn html(gateway: &Gateway, path: &str) -> String {
    let answer = get(gateway, path).await;
    assert_eq!(answer.status, 200, "{path}");
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"), "no script runs: {policy}");
    answer.text()
}

#[tokio::test]
async fn an_empty_marketplace_says_what_to_do() {
    let gateway = gateway().await;
    let page = html(&gateway, "/").await;
    assert!(page.contains("No goods yet") && page.contains(gateway.shop()), "{page}");
    let icon = get(&gateway, "/favicon.ico").await;
    assert_eq!((icon.status.as_u16(), icon.body.len()), (204, 0));
}

#[tokio::test]
async fn a_family_is_one_card_with_its_variants() {
    let gateway = gateway().await;
    let tags = json!([gateway.category("Kubki i filiżanki").unwrap(), gateway.make_tag("Kubek Tatry")]);
    let variant = |color: &str, stock: u32| {
        let mut variant = product("Kubek Tatry");
        variant["tag_guids"] = tags.clone();
        variant["sku"] = json!(format!("KT-{color}"));
        variant["data"] = json!({"variants": {"color": color}, "ean": "5901234123457"});
        variant["base_price"]["amount"] = serde_json::from_str("36.5854").unwrap();
        variant["images"] = json!(["http://shop.example/a.jpg"]);
        variant["stock_level"] = json!(stock);
        variant
    };
    let guids = gateway.seed_products([variant("granat", 7), variant("miód", 100_001), product("Talerz")]);
    gateway.set_archived(&guids[0], true);
    gateway.set_for_sale(&guids[1], false);
    let first = html(&gateway, &format!("/view/{}", guids[0])).await;
    assert!(
        first.contains("Other variants") && first.contains(&guids[1]) && !first.contains(&guids[2]),
        "{first}"
    );
    let page = html(&gateway, "/").await;
    assert_eq!(page.matches("<article").count(), 2);
    for shown in [
        "Dom i ogród › Kuchnia › Kubki i filiżanki",
        "granat",
        "miód",
        "SKU KT-granat",
        "EAN 5901234123457",
        "100001 in stock",
        "45.00 zł",
        "net 36.5854 zł · VAT23",
        "archived",
        "not for sale",
        "for sale",
        "src=\"http://shop.example/a.jpg\"",
        "no picture",
        "<dt>products</dt><dd>3</dd>",
        "<dt>families</dt><dd>2</dd>",
        "<dt>archived</dt><dd>1</dd>",
        "<dt>variant tags</dt><dd>1</dd>",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
}

#[tokio::test]
async fn goods_are_searched_and_paged() {
    let gateway = gateway().await;
    gateway.seed(60, |number| product(&format!("Kubek nr {number}")));
    let cards = async |path: &str| html(&gateway, path).await.matches("<article").count();
    assert_eq!(cards("/").await, 24);
    assert_eq!(cards("/?page=3").await, 12);
    assert_eq!(cards("/?page=99").await, 12, "beyond the last page is the last page");
    assert_eq!(cards("/?page=x").await, 24, "nonsense is the first page");
    assert_eq!(cards("/?q=KUBEK+59").await, 1, "all words, without case");
    assert_eq!(cards("/?q=talerz").await, 0);
    let second = html(&gateway, "/?q=kubek&page=2").await;
    assert!(second.contains("q=kubek&amp;page=3"), "the search goes on with the pages: {second}");
}

#[tokio::test]
async fn one_product_is_shown_with_everything() {
    let gateway = gateway().await;
    let mut full = product("Kubek");
    full["desc"] = json!("Linia 1\nLinia 2");
    full["weight"] = json!(350);
    full["images"] = json!(["http://shop.example/1.jpg", "javascript:alert(1)", "http://shop.example/2.jpg"]);
    let guid = gateway.seed_products([full]).remove(0);
    let page = html(&gateway, &format!("/view/{guid}")).await;
    for shown in
        ["Linia 1\nLinia 2", "350", "/1.jpg", "/2.jpg", &guid, "2026-03-01T12:00:00.123456Z", "owner_guid"]
    {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(!page.contains("src=\"javascript") && !page.contains("href=\"javascript"), "{page}");
    let missing = get(&gateway, "/view/%3Cb%3E").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("&lt;b&gt;"), "{}", missing.text());
}

#[tokio::test]
async fn each_shop_has_its_own_page() {
    let other = Shop { guid: "11111111-2222-4333-8444-555555555555".to_owned(), ..Shop::default() };
    let shops = vec![Shop::default(), other.clone()];
    let gateway = Gateway::start(Options { shops, ..options() }).await.unwrap();
    let mut theirs = product("theirs");
    theirs["owner_guid"] = json!(other.guid);
    gateway.seed_products([product("ours"), theirs]);
    let ours = html(&gateway, "/").await;
    assert!(ours.contains("ours") && !ours.contains("theirs"), "{ours}");
    assert!(ours.contains(&format!("/?shop={}", other.guid)), "{ours}");
    let theirs = html(&gateway, &format!("/?shop={}", other.guid)).await;
    assert!(theirs.contains("theirs") && !theirs.contains(">ours<"), "{theirs}");
}

#[tokio::test]
async fn foreign_text_stays_text_wherever_it_stands() {
    let gateway = gateway().await;
    let tag = gateway.make_tag(HOSTILE);
    let guid = gateway
        .seed_products([json!({
            "name": HOSTILE, "brief": HOSTILE, "desc": HOSTILE, "sku": HOSTILE, "vat": HOSTILE, "size": HOSTILE,
            "images": [format!("http://x/{HOSTILE}")],
            "base_price": {"currency": HOSTILE, "amount": 1},
            "tag_guids": [tag],
            "data": {"ean": HOSTILE, "variants": {HOSTILE: HOSTILE}},
            "stock_level": HOSTILE,
        })])
        .remove(0);
    for path in ["/".to_owned(), "/?q=%3Cscript%3E".to_owned(), format!("/view/{guid}")] {
        let page = html(&gateway, &path).await;
        assert!(page.contains("&lt;script&gt;"), "{path}: it is shown as text");
        assert!(!page.contains("<script") && !page.contains("<img src=x"), "{path}: {page}");
    }
}

proptest! {
    /// Whatever goods are seeded, in whatever shape, the page is served.
    #[test]
    fn no_shape_of_goods_breaks_the_page(text in ".{0,40}", number in any::<i64>(), query in "[a-z&=%+<]{0,12}") {
        let odd = [Value::Null, json!(text), json!(number), json!([text, number]), json!({"amount": number, "variants": text})];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let gateway = gateway().await;
            let goods = odd.iter().map(|value| json!({
                "name": value, "images": value, "base_price": value, "vat": value, "data": value, "tag_guids": value,
            }));
            let guids = gateway.seed_products(goods);
            assert_eq!(get(&gateway, "/").await.text().matches("<article").count(), odd.len());
            let search: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
            html(&gateway, &format!("/?q={search}")).await;
            for guid in guids {
                html(&gateway, &format!("/view/{guid}")).await;
            }
        });
    }
}

#[tokio::test]
async fn samples_are_goods_that_a_shop_could_have_sent() {
    let gateway = gateway().await;
    gateway.seed_samples(100);
    assert_eq!(gateway.products().len(), 100);
    assert!(gateway.pictures() > 50);
    let page = html(&gateway, "/").await;
    for shown in ["Kubek ceramiczny", "archived", "not for sale", "no picture", "100001 in stock"] {
        assert!(page.contains(shown), "{shown}");
    }
    let address = gateway.products()[0]["images"][0].as_str().unwrap().to_owned();
    let picture = get(&gateway, address.strip_prefix(&gateway.url()).unwrap()).await;
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
}
