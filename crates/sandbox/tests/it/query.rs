//! `_query`: what of the DSL is understood, its windows, and its lag.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{LIST, QUERY, create, delete, gateway, lagging, names, newest, post, product};

fn dsl(dsl: Value) -> Value {
    json!({"dsl": dsl})
}

/// Goods named by number, a minute apart, the last one newest.
fn timed(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|number| {
        let mut product = product(&number.to_string());
        product["guid"] = json!(format!("00000000-0000-4000-8000-{number:012}"));
        product["created"] =
            json!(format!("2026-01-01T{:02}:{:02}:00.000123Z", number / 60 % 24, number % 60));
        product
    })
}

#[tokio::test]
async fn the_query_of_the_facts_lists_the_newest_first() {
    let gateway = gateway().await;
    gateway.seed_products(timed(30));
    assert_eq!(names(&gateway, &newest(3)).await, ["29", "28", "27"]);
    assert_eq!(names(&gateway, &dsl(json!({}))).await.len(), 10, "the default size");
    let mut second = newest(2);
    second["dsl"]["from"] = json!(2);
    assert_eq!(names(&gateway, &second).await, ["27", "26"]);
}

#[tokio::test]
async fn every_order_can_be_gone_through_by_search_after() {
    let gateway = gateway().await;
    gateway.seed_products(timed(7));
    let created = |number: u32| json!(format!("2026-01-01T00:{number:02}:00.000123Z"));
    let guid = |number: u32| json!(format!("00000000-0000-4000-8000-{number:012}"));
    let sorted = |sort: Value, after: Value| dsl(json!({"size": 2, "sort": sort, "search_after": after}));
    let by = |first: &str, second: &str| json!([{"timestamps.created": first}, {"guid": {"order": second}}]);
    let cases = [
        (by("desc", "asc"), json!([created(4), guid(4)]), ["3", "2"]),
        (by("desc", "desc"), json!([created(4), guid(4)]), ["3", "2"]),
        (by("asc", "asc"), json!([created(4), guid(4)]), ["5", "6"]),
        (by("asc", "desc"), json!([created(4), guid(4)]), ["5", "6"]),
        (json!([{"guid": "asc"}]), json!([guid(1)]), ["2", "3"]),
        (json!([{"guid": "desc"}]), json!([guid(6)]), ["5", "4"]),
        (json!([{"timestamps.created": "desc"}]), json!([created(2)]), ["1", "0"]),
    ];
    for (sort, after, expected) in cases {
        assert_eq!(names(&gateway, &sorted(sort.clone(), after)).await, expected, "{sort}");
    }
    let millis = json!([1_767_225_600_000_i64 + 4 * 60_000, guid(4)]);
    assert_eq!(names(&gateway, &sorted(by("desc", "asc"), millis)).await, ["3", "2"], "epoch milliseconds");
}

#[tokio::test]
async fn goods_of_one_moment_are_ordered_by_guid() {
    let gateway = gateway().await;
    for number in 0..5 {
        create(&gateway, product(&number.to_string())).await;
    }
    let mut found = Vec::new();
    let mut query = newest(2);
    loop {
        let page = post(&gateway, QUERY, &query).await.ok()["products"].as_array().unwrap().clone();
        let Some(last) = page.last() else { break };
        query["dsl"]["search_after"] = json!([last["timestamps"]["created"], last["guid"]]);
        found.extend(page.iter().map(|product| product["guid"].as_str().unwrap().to_owned()));
    }
    assert!(found.is_sorted() && found.len() == 5, "{found:?}");
}

#[tokio::test]
async fn a_shop_of_12_000_goods_is_read_page_by_page() {
    let gateway = gateway().await;
    gateway.seed(12_000, |number| product(&number.to_string()));
    let mut seen = std::collections::HashSet::new();
    let mut query = newest(100);
    for _ in 0..120 {
        let page = post(&gateway, QUERY, &query).await.ok();
        let last = page["products"][99].clone();
        query["dsl"]["search_after"] = json!([last["timestamps"]["created"], last["guid"]]);
        for product in page["products"].as_array().unwrap() {
            assert!(seen.insert(product["guid"].to_string()), "twice: {product}");
        }
    }
    assert_eq!(seen.len(), 12_000);
    assert_eq!(post(&gateway, QUERY, &query).await.ok(), json!({"products": []}));
}

#[tokio::test]
async fn the_window_is_ten_thousand() {
    let gateway = gateway().await;
    names(&gateway, &dsl(json!({"size": 10_000}))).await;
    names(&gateway, &dsl(json!({"size": 100, "from": 9_900}))).await;
    for beyond in [json!({"size": 10_001}), json!({"size": 100, "from": 9_901}), json!({"from": u64::MAX})] {
        let message = post(&gateway, QUERY, &dsl(beyond)).await.refusal(400);
        assert!(message.contains("Result window is too large"), "{message}");
    }
}

#[tokio::test]
async fn clauses_pick_goods() {
    let gateway = gateway().await;
    let guids = gateway.seed_products(timed(4));
    gateway.edit(&guids[1], json!({"sku": "A-1"}));
    gateway.set_archived(&guids[2], true);
    gateway.set_archived(&guids[3], false);
    let pick = async |clause: Value| {
        let sort = json!([{"guid": "asc"}]);
        names(&gateway, &dsl(json!({"sort": sort, "query": {"bool": clause}}))).await.concat()
    };
    assert_eq!(pick(json!({"must": {"match": {"guid": guids[1]}}})).await, "1");
    assert_eq!(pick(json!({"filter": [{"term": {"guid": guids[1]}}]})).await, "1");
    assert_eq!(pick(json!({"filter": [{"terms": {"guid": [guids[0], guids[3], "x"]}}]})).await, "03");
    assert_eq!(pick(json!({"must_not": [{"terms": {"guid": [guids[0], guids[3]]}}]})).await, "12");
    assert_eq!(
        pick(json!({"must": [{"exists": {"field": "archived"}}]})).await,
        "23",
        "false exists, as in Elasticsearch"
    );
    assert_eq!(pick(json!({"must_not": [{"exists": {"field": "archived"}}]})).await, "01");
    assert_eq!(pick(json!({"must": [{"exists": {"field": "sku"}}]})).await, "1");
    assert_eq!(pick(json!({"must_not": [{"exists": {"field": "images"}}]})).await, "0123", "an empty list");
    assert_eq!(pick(json!({"must": [{"term": {"owner_guid": "another"}}]})).await, "");
}

#[tokio::test]
async fn whatever_else_is_asked_is_refused_by_name() {
    let gateway = gateway().await;
    let cases = [
        (json!({"dsl": {"aggs": {}}}), "aggs"),
        (json!({"dsl": {}, "other": 1}), "other"),
        (json!({}), "dsl"),
        (dsl(json!({"size": "10"})), "dsl.size"),
        (dsl(json!({"from": -1})), "dsl.from"),
        (dsl(json!({"sort": "guid"})), "dsl.sort"),
        (dsl(json!({"sort": [{"name": "asc"}]})), "name"),
        (dsl(json!({"sort": [{"guid": "up"}]})), "up"),
        (dsl(json!({"sort": [{"guid": "asc", "timestamps.created": "asc"}]})), "dsl.sort"),
        (dsl(json!({"search_after": []})), "dsl.search_after"),
        (dsl(json!({"search_after": ["x"]})), "1 value(s) but dsl.sort has 2"),
        (dsl(json!({"sort": [{"guid": "asc"}], "search_after": [7]})), "does not fit"),
        (
            dsl(json!({"sort": [{"timestamps.created": "asc"}], "search_after": ["yesterday"]})),
            "does not fit",
        ),
        (dsl(json!({"sort": [{"guid": "asc"}], "search_after": ["x"], "from": 1})), "dsl.from must be 0"),
        (dsl(json!({"query": {"match_all": {}}})), "match_all"),
        (dsl(json!({"query": {"bool": {"should": []}}})), "should"),
        (dsl(json!({"query": {"bool": {"must": [{"match": {"data.ean": "1"}}]}}})), "data.ean"),
        (dsl(json!({"query": {"bool": {"must": [{"match": {"sku": "A-1"}}]}}})), "sku"),
        (dsl(json!({"query": {"bool": {"must": [{"range": {"created": {"gt": 1}}}]}}})), "range"),
        (dsl(json!({"query": {"bool": {"must": [{"exists": {"field": "data.source"}}]}}})), "data.source"),
        (dsl(json!({"query": {"bool": {"must": [{"terms": {"guid": [1]}}]}}})), "terms"),
        (dsl(json!({"query": {"bool": {"must": [{"term": {"guid": "x", "owner_guid": "y"}}]}}})), "term"),
    ];
    for (query, named) in cases {
        let message = post(&gateway, QUERY, &query).await.refusal(400);
        assert!(message.contains(named), "{named} in: {message}");
    }
}

#[tokio::test]
async fn the_index_is_behind_the_writes() {
    let (gateway, clock) = lagging(Duration::from_secs(30)).await;
    let guid = create(&gateway, product("Kubek")).await;
    assert_eq!(gateway.products().len(), 1, "the truth");
    assert_eq!(names(&gateway, &newest(10)).await, Vec::<String>::new(), "not seen yet");
    clock.advance(Duration::from_secs(20));
    gateway.edit(&guid, json!({"name": "Kubek 2"}));
    clock.advance(Duration::from_millis(9_999));
    assert_eq!(names(&gateway, &newest(10)).await, Vec::<String>::new(), "a millisecond too early");
    clock.advance(Duration::from_millis(1));
    assert_eq!(names(&gateway, &newest(10)).await, ["Kubek"], "as it was 30 s ago");
    clock.advance(Duration::from_secs(20));
    assert_eq!(names(&gateway, &newest(10)).await, ["Kubek 2"]);
    delete(&gateway, &format!("{LIST}/{guid}/")).await;
    assert_eq!(names(&gateway, &newest(10)).await, ["Kubek 2"], "its end is not seen yet");
    clock.advance(Duration::from_secs(30));
    assert_eq!(names(&gateway, &newest(10)).await, Vec::<String>::new());
    gateway.seed_products([product("seeded")]);
    assert_eq!(names(&gateway, &newest(10)).await, ["seeded"], "seeds are seen at once");
}
