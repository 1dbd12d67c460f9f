//! Pages of products: how they are asked for, and pages that are not what they should be.

use connector::{Common, End, Item, PlatformError, Scope};
use gateway_core::model::RejectReason;
use serde_json::{Value, json};
use wiremock::{MockServer, ResponseTemplate};

use crate::shop::{
    KEY, SEARCH, asked, calls, came, forward, front, is_page, items, mug, mugs, open, open_by, pages, start,
    template, test_clock, transport, with_body,
};

#[tokio::test]
async fn a_hundred_products_a_page_are_asked_for_in_the_order_of_their_ids() {
    // Put in from the last to the first, and not from 1.
    let shop = start(mugs((1001..=1250).rev())).await;
    let items = items(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
    assert_eq!(came(&items), (1001..=1250).collect::<Vec<_>>());
    assert_eq!(items.last(), Some(&Item::End(End::Complete)));
    let pages = pages(&shop);
    let numbers: Vec<&Value> = pages.iter().map(|page| &page["resultsPage"]).collect();
    assert_eq!(numbers, [0, 1, 2, 3], "from 0 to the one behind the last product");
    for page in &pages {
        assert_eq!(page["resultsLimit"], 100);
        assert_eq!(page["ordersBy"], json!([{ "elementName": "id", "sortDirection": "ASC" }]));
        assert_eq!((&page["skipDefaultProduct"], &page["returnProducts"]), (&json!("y"), &json!("active")));
        assert_eq!(page.get("productParams"), None);
        assert_eq!(page.get("productDate"), None);
    }
}

#[tokio::test]
async fn the_end_is_a_page_on_which_nothing_is_found() {
    for (count, found) in [(0, 0), (1, 1), (100, 1), (200, 2)] {
        let shop = start(mugs(1..=count)).await;
        let items = items(&*open(&shop.url(), &[]), Scope::All).await.unwrap();
        assert_eq!((came(&items).len() as u64, items.last()), (count, Some(&Item::End(End::Complete))));
        let statuses: Vec<u16> =
            calls(&shop, SEARCH).iter().filter(|call| is_page(&call.body)).map(|call| call.status).collect();
        let wanted: Vec<u16> = std::iter::repeat_n(200, found).chain([207]).collect();
        assert_eq!(statuses, wanted, "{count} products");
    }
}

/// A shop whose searches are changed on their way.
async fn changed(count: u64, change: impl Fn(&mut Value) + Send + Sync + 'static) -> MockServer {
    let shop = start(mugs(1..=count)).await;
    let url = shop.url();
    front(&shop.clone(), move |request| {
        // It lives as long as what stands in front of it.
        let _shop = &shop;
        let mut body = asked(request);
        (request.url.path() == SEARCH && is_page(&body)).then(|| {
            change(&mut body["params"]);
            template(&forward(&url, &with_body(request, &body)))
        })
    })
    .await
}

#[tokio::test]
async fn the_template_of_new_products_never_comes_also_where_the_shop_lists_it() {
    for count in [0, 1, 99, 100, 250] {
        let server = changed(count, |params| params["skipDefaultProduct"] = json!("n")).await;
        let items = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap();
        assert_eq!(came(&items), (1..=count).collect::<Vec<_>>());
        assert_eq!(items.len() as u64, count + 1, "something beside the products: {items:?}");
    }
}

#[tokio::test]
async fn a_list_that_ends_too_early_is_an_error_that_names_both_numbers() {
    let shop = start(mugs(1..=250)).await;
    let server = front(&shop, |request| {
        let body = asked(request);
        let is_second = is_page(&body) && body["params"]["resultsPage"] == 1;
        let empty = json!({ "results": [], "errors": { "faultCode": 2, "faultString": "Empty result" } });
        is_second.then(|| ResponseTemplate::new(207).set_body_json(empty))
    })
    .await;
    let error = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { .. }), "{error:?}");
    assert_eq!(error.to_string(), "the shop's list of products ended after 100 of 250 products");
}

#[tokio::test]
async fn a_shop_that_gives_the_first_page_for_each_is_not_read_for_ever() {
    let server = changed(250, |params| params["resultsPage"] = json!(0)).await;
    let error = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap_err();
    let said = error.to_string();
    assert!(said.contains("list of products repeats: page 1 "), "{said}");
}

#[tokio::test]
async fn a_page_that_fails_is_read_in_parts_and_one_product_is_rejected() {
    let shop = start(mugs(1..=250)).await;
    let server = front(&shop, |request| {
        let params = asked(request)["params"].clone();
        let named = params["productParams"].as_array().cloned();
        let is_asked = match &named {
            Some(named) => named.iter().any(|row| row["productId"] == 177),
            None => params["resultsPage"] == 1 && params["returnElements"] != json!(["deleted"]),
        };
        is_asked.then(|| ResponseTemplate::new(500).set_body_string("Fatal error"))
    })
    .await;
    let items = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap();
    let others: Vec<u64> = (1..=250).filter(|id| *id != 177).collect();
    assert_eq!(came(&items), others, "in their order");
    let rejects: Vec<_> = items
        .iter()
        .filter_map(|item| match item {
            Item::Reject(reject) => Some((reject.product.as_str(), &reject.reason)),
            _ => None,
        })
        .collect();
    assert!(matches!(rejects.as_slice(), [("177", RejectReason::Undeliverable(_))]), "{rejects:?}");
    assert_eq!(items.last(), Some(&Item::End(End::Partial)), "what did not come is not gone");
}

#[tokio::test]
async fn a_row_without_an_id_is_not_passed_over() {
    let shop = start(mugs(1..=3)).await;
    let url = shop.url();
    let server = front(&shop, move |request| {
        let answer = is_page(&asked(request)).then(|| forward(&url, request))?;
        let mut body = answer.json();
        body["results"][1].as_object_mut()?.remove("productId");
        Some(answer.with(&body))
    })
    .await;
    let error = items(&*open(&server.uri(), &[]), Scope::All).await.unwrap_err();
    assert!(error.to_string().contains("has no id"), "{error}");
}

#[tokio::test]
async fn one_request_is_in_flight_unless_more_are_allowed() {
    let shop = start(vec![mug(1)]).await;
    let in_flight = |told: &[(&'static str, &str)], common: Option<usize>| {
        let mut given = vec![("IAI_API_KEY", KEY)];
        given.extend(told);
        let common = Common { shop_concurrency: common, ..Common::default() };
        open_by(&transport(&test_clock()), &shop.url(), &given, &common).abilities().limits.in_flight
    };
    assert_eq!(in_flight(&[], None), 1);
    assert_eq!(in_flight(&[("IAI_CONCURRENCY", "4")], None), 4);
    assert_eq!(in_flight(&[], Some(3)), 3);
    assert_eq!(in_flight(&[("IAI_CONCURRENCY", "4")], Some(2)), 2, "the option goes first");
}
