//! The key, and what is told besides products.

use http::Method;
use serde_json::json;

use crate::client::{get, goods, send, start};

#[tokio::test]
async fn only_who_has_the_key_is_answered() {
    let (shop, _) = start().await;
    assert_eq!(
        (shop.key(), shop.login(), shop.password()),
        ("FAKE-ADMIN-API-KEY", "sandbox", "FAKE-PASSWORD")
    );
    let paths =
        ["shops/languages", "sizes/sizes", "products/categories", "products/products/search", "nothing"];
    for path in paths {
        for key in [None, Some(""), Some("FAKE-ADMIN-API-KEY-2")] {
            let answer = send(&shop, Method::GET, &format!("/api/admin/v7/{path}"), key, String::new()).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.headers["x-error"]),
                (401, &"Unauthorized".parse().unwrap())
            );
            assert_eq!(answer.json(), json!({ "errors": { "faultCode": 1, "faultString": "Login failed" } }));
        }
    }
    for (method, path, status) in [
        (Method::GET, "/api/admin/v7/nothing", 404),
        (Method::GET, "/api/admin/v6/sizes/sizes", 404),
        (Method::GET, "/elsewhere", 404),
        (Method::GET, "/api/admin/v7/products/products/search", 405),
        (Method::POST, "/api/admin/v7/products/stocks", 405),
        (Method::PUT, "/api/admin/v7/sizes/sizes", 405),
    ] {
        let answer = send(&shop, method, path, Some(shop.key()), String::new()).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["errors"]["faultString"].is_string());
    }
    let large = "x".repeat(4 * 1024 * 1024 + 1);
    let answer = send(&shop, Method::PUT, "/api/admin/v7/products/stocks", Some(shop.key()), large).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn languages_and_sizes_are_told_whole() {
    let (shop, _) = start().await;
    let languages = get(&shop, "shops/languages").await.ok();
    let languages = languages["shops"][0]["languages"].as_array().unwrap();
    let told: Vec<_> =
        languages.iter().map(|one| (one["id"].as_str().unwrap(), one["isDefault"] == true)).collect();
    assert_eq!(told, [("pol", true), ("eng", false)]);

    let universal = json!({ "lang_id": "pol", "name": "uniwersalny" });
    let sizes = get(&shop, "sizes/sizes").await.ok();
    assert_eq!(sizes["size_groups"][0]["sizes"][0]["lang_data"], json!([universal]));
    shop.hold(goods());
    let sizes = get(&shop, "sizes/sizes").await.ok();
    assert_eq!(sizes["last_changed_time"], "2026-02-12 23:59:00");
    let sizes = sizes["size_groups"][0]["sizes"].as_array().unwrap();
    let ids: Vec<_> = sizes.iter().map(|size| size["size_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["3", "4", "uniw"]);
    assert_eq!(sizes[2]["lang_data"], json!([universal]));
    let names = json!([{ "lang_id": "eng", "name": "M" }, { "lang_id": "pol", "name": "M" }]);
    assert_eq!(sizes[0], json!({ "size_id": "3", "size_name": "m", "lang_data": names }));
}

#[tokio::test]
async fn categories_come_in_pages() {
    let (shop, _) = start().await;
    assert!(get(&shop, "products/categories").await.is_empty(207));
    shop.hold(goods());
    let page = get(&shop, "products/categories?results_page=1&results_limit=1").await.ok();
    let names = json!([{ "lang_id": "pol", "singular_name": "Swetry", "plural_name": "Swetry" }]);
    let row = json!({ "id": 117, "parent_id": 11, "priority": 1, "operation": "", "lang_data": names });
    assert_eq!(page["categories"], json!([row]));
    assert_eq!((&page["results_number_all"], &page["results_number_page"]), (&json!(2), &json!(2)));
    let page = get(&shop, "products/categories?results_page=0&results_limit=100").await.ok();
    assert_eq!((&page["categories"][0]["parent_id"], &page["results_number_page"]), (&json!(0), &json!(1)));
    assert!(get(&shop, "products/categories?results_page=2&results_limit=1").await.is_empty(207));
    for query in ["results_limit=0", "results_limit=101", "results_limit=x", "results_page=-1"] {
        assert_eq!(get(&shop, &format!("products/categories?{query}")).await.status, 422, "{query}");
    }
}
