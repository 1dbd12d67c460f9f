//! Refusals: keys, permissions, queries, addresses.

use http::Method;
use prestashop_sandbox::{Key, Options, Shop, Version};

use crate::client::{Answer, basic, get, json, options, send, start, write};

const READER: &str = "READER00READER00READER00READER00";

async fn with_key(shop: &Shop, key: &str, path: &str) -> Answer {
    send(shop, Method::GET, path, &[basic(key)], "").await.unwrap()
}

#[tokio::test]
async fn keys_are_checked() {
    let mut off = Key::full("INACTIVEINACTIVEINACTIVEINACTIVE");
    off.active = false;
    let keys = vec![Key::full("FULLFULLFULLFULLFULLFULLFULLFULL"), off.clone()];
    let shop = Shop::start(Options { keys, ..options() }).await.unwrap();
    let path = "/api/products?output_format=JSON";
    for (key, codes) in [("short", vec![18]), (READER, vec![20, 21]), (off.key.as_str(), vec![20, 21])] {
        let answer = with_key(&shop, key, path).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (401, codes), "key {key}");
        assert_eq!(answer.header("psws-version"), Some("0"), "a stranger is not told the version");
        assert!(answer.header("www-authenticate").is_some(), "a challenge");
    }
    let none = send(&shop, Method::GET, path, &[], "").await.unwrap();
    assert_eq!((none.status.as_u16(), none.text().as_str()), (401, "401 Unauthorized"), "no key");
    let parameter =
        send(&shop, Method::GET, &format!("{path}&ws_key={}", shop.key()), &[], "").await.unwrap();
    assert_eq!(parameter.status, 200, "the key as a parameter");
    assert_eq!(parameter.header("psws-version"), Some("8.2.1"));
}

#[tokio::test]
async fn permissions_are_kept() {
    let reader = Key::reading(READER, &["products"])
        .only([("products", &["GET"][..]), ("stock_availables", &["GET"])]);
    let shop = Shop::start(Options { keys: vec![reader], ..options() }).await.unwrap();
    let answer = json(&shop, "orders").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (401, vec![26]), "a resource that it may not see");
    let answer = write(&shop, Method::PATCH, "stock_availables/2", "<prestashop/>").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (405, vec![25]), "a method that it may not use");
    assert_eq!(json(&shop, "products").await.status, 200, "what it may do");
    let full = start().await;
    let answer = write(&full, Method::POST, "stock_availables", "<prestashop/>").await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (405, vec![101]),
        "a method that the resource has not"
    );
}

#[tokio::test]
async fn wrong_queries_are_500_where_php_warns_and_400_where_not() {
    let cases = [
        ("products?filter[nonexistent]=1", 32),
        ("products?filter[quantity]=1", 34),
        ("products?display=[id,nonexistent]", 35),
        ("products?display=[id,associations]", 35),
        ("products?display=foo", 36),
        ("products?sort=[foo_ASC]", 38),
    ];
    for strict_errors in [true, false] {
        let shop = Shop::start(Options { strict_errors, ..options() }).await.unwrap();
        for (path, code) in cases {
            let answer = json(&shop, path).await;
            let (status, codes) =
                if strict_errors { (500, vec![code, 3, 3, 3, 3]) } else { (400, vec![code]) };
            assert_eq!(
                (answer.status.as_u16(), answer.codes()),
                (status, codes),
                "{path}, strict: {strict_errors}"
            );
        }
        let broken = json(&shop, "images/products/1").await;
        assert_eq!(broken.status, if strict_errors { 500 } else { 200 }, "pictures as JSON");
    }
    let shop = start().await;
    for (language, codes) in [("pl", vec![79, 81]), ("7", vec![81])] {
        let answer = json(&shop, &format!("products?language={language}")).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (400, codes), "language={language}");
    }
    let answer = json(&shop, "foobar").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec![27]), "an unknown resource");
}

#[tokio::test]
async fn a_webservice_that_is_off_says_so_and_maintenance_does_not() {
    let shop = Shop::start(Options { webservice: false, ..options() }).await.unwrap();
    let answer = json(&shop, "products").await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (503, vec![22]), "switched off");
    let shop = Shop::start(Options { maintenance: true, ..options() }).await.unwrap();
    assert_eq!(json(&shop, "products").await.status, 200, "the API in maintenance");
    assert_eq!(get(&shop, "/").await.status, 503, "the home page in maintenance");
}

#[tokio::test]
async fn another_host_is_sent_home_without_the_path() {
    let shop = Shop::start(Options { redirect_other_hosts: true, ..options() }).await.unwrap();
    let headers = [basic(shop.key()), ("host".to_owned(), "localhost:1".to_owned())];
    let answer = send(&shop, Method::GET, "/api/products?limit=1", &headers, "").await.unwrap();
    assert_eq!(answer.status, 302, "{}", answer.text());
    assert_eq!(answer.header("location"), Some(format!("{}/?url=products&limit=1", shop.url()).as_str()));
    assert_eq!(json(&shop, "products").await.status, 200, "its own host");
}

#[tokio::test]
async fn shops_of_one_installation_are_told_apart() {
    let shop = Shop::start(Options { shops: 2, ..options() }).await.unwrap();
    assert_eq!(json(&shop, "shops").await.ids("shops"), [1, 2]);
    assert_eq!(json(&shop, "products?id_shop=2&limit=1").await.ids("products"), [1]);
    assert_eq!(json(&shop, "products?id_shop=3").await.status, 302, "no such shop");
    let row = json(&shop, "stock_availables?display=full&limit=1").await.json();
    let row = &row["stock_availables"][0];
    assert_eq!(
        (row["id_shop"].as_str(), row["id_shop_group"].as_str()),
        (Some("0"), Some("1")),
        "shared stock"
    );
}

#[tokio::test]
async fn a_shop_can_live_in_a_folder() {
    let shop = Shop::start(Options { base_path: "/sklep".to_owned(), ..options() }).await.unwrap();
    assert!(shop.url().ends_with("/sklep"), "{}", shop.url());
    let answer = get(&shop, "/sklep/api/products?output_format=JSON&limit=1").await;
    assert_eq!(answer.ids("products"), [1]);
    assert_eq!(get(&shop, "/api/products").await.status, 404, "outside of it");
    let urls = get(&shop, "/sklep/api/shop_urls?output_format=JSON&display=full").await.json();
    assert_eq!(urls["shop_urls"][0]["physical_uri"], "/sklep/");
    let xml = get(&shop, "/sklep/api/products").await.text();
    assert!(xml.contains(&format!("{}/api/products/1", shop.url())), "links lead into the folder: {xml}");
}

#[tokio::test]
async fn a_long_address_is_refused_before_php_sees_it() {
    let shop = start().await;
    let ids = |count: usize| vec!["100000"; count].join("|");
    assert_eq!(json(&shop, &format!("products?filter[id]=[{}]", ids(300))).await.status, 200);
    assert_eq!(json(&shop, &format!("products?filter[id]=[{}]", ids(2000))).await.status, 414);
}

#[tokio::test]
async fn formats_are_asked_for_in_four_ways() {
    let shop = start().await;
    let typed = async |path: &str, header: Option<(&str, &str)>| {
        let mut headers = vec![basic(shop.key())];
        headers.extend(header.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let answer = send(&shop, Method::GET, path, &headers, "").await.unwrap();
        answer.header("content-type").unwrap().to_owned()
    };
    let (xml, json) = ("text/xml;charset=utf-8", "application/json");
    assert_eq!(typed("/api/products", None).await, xml);
    assert_eq!(typed("/api/products?output_format=JSON", None).await, json);
    assert_eq!(typed("/api/products?io_format=JSON", None).await, json);
    assert_eq!(typed("/api/products", Some(("output-format", "JSON"))).await, json);
    assert_eq!(typed("/api/products", Some(("io-format", "JSON"))).await, json);
    assert_eq!(typed("/api/products", Some(("accept", "application/json"))).await, xml, "Accept is ignored");
    let head = send(&shop, Method::HEAD, "/api/products", &[basic(shop.key())], "").await.unwrap();
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0), "HEAD has no body");
}

#[tokio::test]
async fn a_single_entity_of_8_without_display_loses_its_zeros() {
    let shop = start().await;
    let single = json(&shop, "products/3").await.json();
    assert!(single["product"].get("active").is_none(), "active=0 should be missing: {single}");
    let full = json(&shop, "products/3?display=full").await.json();
    assert_eq!(full["products"][0]["active"], "0", "display=full has it");
    let older = Shop::start(Options { version: Version::V1_7_8, ..options() }).await.unwrap();
    let single = json(&older, "products/3").await.json();
    assert_eq!(single["product"]["active"], "0", "1.7 has it always");
}

#[tokio::test]
async fn wrong_options_are_refused_at_the_start() {
    let no_language = Options { default_language: 9, ..options() };
    let no_key = Options { keys: Vec::new(), ..options() };
    let bad_path = Options { base_path: "sklep/".to_owned(), ..options() };
    let rates = Options { fault_rates: vec![(prestashop_sandbox::Fault::Hang, 1)], ..options() };
    for (options, word) in
        [(no_language, "language 9"), (no_key, "key"), (bad_path, "sklep/"), (rates, "rate")]
    {
        let error = Shop::start(options).await.err().expect("a refusal").to_string();
        assert!(error.contains(word), "`{error}` should name {word}");
    }
}
