//! Paging, filters and sorting.

use prestashop_sandbox::{Shop, special};

use crate::client::{get, json, start, synthetic};

#[tokio::test]
async fn pages_end_with_fewer_rows_or_none() {
    for products in [9_u32, 10, 11] {
        let shop = Shop::start(synthetic(products)).await.unwrap();
        let mut all = Vec::new();
        for page in 0..4 {
            all.push(json(&shop, &format!("products?limit={},5", page * 5)).await.ids("products"));
        }
        let counts: Vec<usize> = all.iter().map(Vec::len).collect();
        let wanted = match products {
            9 => vec![5, 4, 0, 0],
            10 => vec![5, 5, 0, 0],
            _ => vec![5, 5, 1, 0],
        };
        assert_eq!(counts, wanted, "rows per page of {products}");
        assert_eq!(all.concat(), (1..=u64::from(products)).collect::<Vec<_>>(), "every product once");
    }
}

#[tokio::test]
async fn key_set_paging_reaches_every_row() {
    let shop = Shop::start(synthetic(60)).await.unwrap();
    for resource in ["products", "combinations", "stock_availables"] {
        let whole = json(&shop, resource).await.ids(resource);
        let mut seen = Vec::new();
        loop {
            let last = seen.last().copied().unwrap_or(0);
            let path = format!("{resource}?filter[id]=>[{last}]&sort=[id_ASC]&limit=7");
            let page = json(&shop, &path).await.ids(resource);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
        }
        assert_eq!(seen, whole, "pages by id of {resource}");
        assert!(whole.len() >= 60, "{resource} has {} rows", whole.len());
    }
}

#[tokio::test]
async fn odd_limits_answer_nothing() {
    let shop = start().await;
    for limit in ["0", "abc", "5,0", "5,x"] {
        let answer = json(&shop, &format!("products?limit={limit}")).await;
        assert_eq!(answer.text(), "[]", "limit={limit}");
    }
    let answer = json(&shop, "products?limit=-1").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (500, 0), "limit=-1");
}

#[tokio::test]
async fn filters_take_every_operator() {
    let shop = start().await;
    let cases: &[(&str, &[u64])] = &[
        ("filter[id]=[5,9]", &[5, 6, 7, 8, 9]),
        ("filter[id]=[1|3|999]", &[1, 3]),
        ("filter[id]=>[24]&sort=[id_ASC]", &[25, 26]),
        ("filter[id]=<[3]", &[1, 2]),
        ("filter[reference]=[HERO]%25", &[1]),
        ("filter[reference]=%25[-01]%25", &[2, 3, 4, 10]),
        ("filter[reference]=%25[-01]", &[2, 3, 4, 10]),
        ("filter[reference]=cutlery", &[12, 13]),
        ("filter[reference]=[MUG-01]", &[2]),
        ("filter[name]=%25[kubek]%25", &[2]),
        ("filter[name]=%25[MUG]%25", &[2]),
        ("filter[active]=0", &[3, 8]),
        ("filter[active]=1&filter[id]=[1,4]", &[1, 2, 4]),
        ("filter[price]=0", &[9]),
        ("filter[ean13]=5900000000022", &[2]),
        ("filter[id]=99999", &[]),
        ("sort=[id_DESC]&limit=2", &[26, 25]),
        ("sort=id_DESC&limit=2", &[1, 2]),
        ("sort=[active_ASC,id_DESC]&limit=3", &[8, 3, 26]),
        ("foo=bar&limit=1", &[1]),
    ];
    for (query, wanted) in cases {
        assert_eq!(json(&shop, &format!("products?{query}")).await.ids("products"), *wanted, "{query}");
    }
}

#[tokio::test]
async fn dates_want_their_switch() {
    let shop = start().await;
    shop.set_price(special::MUG, rust_decimal::Decimal::from(3));
    let since = "filter[date_upd]=>[2026-07-01 11:59:59]";
    let refused = json(&shop, &format!("products?{since}")).await;
    assert_eq!((refused.status.as_u16(), refused.codes()[0]), (500, 32), "without date=1");
    // 10:00 UTC is noon in the shop's zone.
    let found = json(&shop, &format!("products?{since}&date=1")).await.ids("products");
    assert_eq!(found, [u64::from(special::MUG)], "changed since");
    let found = json(&shop, "products?filter[date_upd]=[2026-07-01,2026-07-02]&date=1").await.ids("products");
    assert_eq!(found, [u64::from(special::MUG)], "changed on that day");
    let sorted = json(&shop, "products?sort=[date_upd_DESC]&date=1&limit=1").await.ids("products");
    assert_eq!(sorted, [u64::from(special::MUG)], "latest change first");
    let refused = json(&shop, "products?sort=[date_upd_DESC]").await;
    assert_eq!(refused.codes()[0], 38, "sorting without date=1");
    let zeros = json(&shop, "products?display=[id,date_upd]&filter[id]=23").await.json();
    assert_eq!(zeros["products"][0]["date_upd"], "0000-00-00 00:00:00", "a date that was never set");
}

#[tokio::test]
async fn paths_are_read_like_php_reads_them() {
    let shop = start().await;
    let one = json(&shop, "products/1").await.json();
    for path in ["products/1,6", "products/1/foo"] {
        assert_eq!(json(&shop, path).await.json(), one, "{path}");
    }
    for path in ["products/abc", "products/0", "products/99999"] {
        let answer = json(&shop, path).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (404, 0), "{path}");
    }
    let direct = get(&shop, "/webservice/dispatcher.php?url=products&output_format=JSON&limit=1").await;
    assert_eq!(direct.ids("products"), [1], "the dispatcher by its own name");
}

#[tokio::test]
async fn computed_prices_follow_the_default_combination() {
    let shop = start().await;
    let field = async |query: &str, name: &str| {
        let answer = json(&shop, &format!("products?filter[id]=1&display=full&{query}")).await.json();
        answer["products"][0][name].as_str().map(str::to_owned)
    };
    let cases = [
        ("", "price", Some("23.900000")),
        ("price[a][use_tax]=1&price[a][use_reduction]=0", "a", Some("35.550000")),
        ("price[a][use_tax]=1", "a", Some("28.440000")),
        ("price[A][use_tax]=0&price[A][use_reduction]=0", "a", Some("28.900000")),
        ("price[price][use_tax]=0&price[price][use_reduction]=0", "price", Some("28.900000")),
        ("price[a][use_reduction]=0&price[a][decimals]=6", "a", Some("35.547000")),
        (
            "price[a][use_tax]=0&price[a][use_reduction]=0&price[a][product_attribute]=3",
            "a",
            Some("22.400000"),
        ),
    ];
    for (query, name, wanted) in cases {
        assert_eq!(field(query, name).await.as_deref(), wanted, "{name} with {query}");
    }
}
