//! Reading the stock of shops that answer what nobody understands, or not at all.

use connector::{End, PlatformError, Scope};
use gateway_core::model::StockLevel;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use super::fake::{Fake, row};
use super::{Told, ids, told};
use crate::faults::serve;
use crate::shop::{Fixtures, common, open};

async fn of(rows: Vec<Value>) -> Told {
    let fake = Fake::start("8.2.1", rows, |_, _| None).await;
    told(&*fake.connect(), Scope::All).await.unwrap()
}

fn pieces(level: i64) -> StockLevel {
    StockLevel::Quantity(Decimal::from(level))
}

#[tokio::test]
async fn a_level_is_told_as_a_text_or_a_number() {
    let mut rows = vec![row(1, 10, 0, 5), row(2, 11, 0, -4), row(3, 12, 0, 0)];
    rows[1] = json!({ "id": "2", "id_product": 11, "id_product_attribute": 0, "id_shop": 1, "id_shop_group": 0, "quantity": -4 });
    let told = of(rows).await;
    assert_eq!(
        (told.of(10), told.of(11), told.of(12)),
        (vec![("0", pieces(5))], vec![("0", pieces(-4))], vec![("0", pieces(0))])
    );
    assert_eq!(told.end, End::Complete);
}

#[tokio::test]
async fn rows_of_a_product_need_not_follow_each_other() {
    let told = of(vec![row(1, 10, 0, 9), row(2, 11, 0, 4), row(3, 10, 7, 3), row(4, 10, 8, 6)]).await;
    assert_eq!(told.of(10), [("7", pieces(3)), ("8", pieces(6))]);
    assert_eq!(told.of(11), [("0", pieces(4))]);
}

#[tokio::test]
async fn the_nearest_row_counts_and_another_shops_does_not() {
    let with = |id: u64, product: u64, quantity: i64, shop: &str, group: &str| {
        let mut row = row(id, product, 0, quantity);
        (row["id_shop"], row["id_shop_group"]) = (json!(shop), json!(group));
        row
    };
    for order in [[1, 2, 3], [3, 2, 1], [2, 1, 3]] {
        let [own, of_group, of_all] = order;
        let mut rows = vec![
            with(own, 10, 1, "1", "0"),
            with(of_group, 10, 2, "0", "1"),
            with(of_all, 10, 3, "0", "0"),
            with(10 + of_group, 11, 4, "0", "1"),
            with(10 + of_all, 11, 5, "0", "0"),
            with(21, 12, 6, "2", "0"),
            with(22, 13, 7, "0", "2"),
        ];
        rows.sort_by_key(|row| row["id"].as_u64());
        let told = of(rows).await;
        let levels: Vec<_> =
            told.levels.iter().map(|((product, _), level)| (product.as_str(), *level)).collect();
        assert_eq!(levels, [("10", pieces(1)), ("11", pieces(4))], "{order:?}");
    }
}

#[tokio::test]
async fn a_quantity_that_is_no_number_is_not_told_and_not_gone() {
    for broken in [json!(null), json!(""), json!("many"), json!([1]), json!(true)] {
        let mut rows = vec![row(1, 10, 0, 5), row(2, 11, 0, 4)];
        rows[0]["quantity"] = broken.clone();
        let told = of(rows).await;
        assert_eq!(told.unclear, [("10".to_owned(), Some("0".to_owned()))], "{broken}");
        assert_eq!((told.of(11), told.end), (vec![("0", pieces(4))], End::Complete), "{broken}");
    }
}

#[tokio::test]
async fn a_row_that_does_not_say_which_combination_it_is_makes_its_product_unclear() {
    for (field, broken) in [
        ("id_product_attribute", json!(null)),
        ("id_product_attribute", json!("x")),
        ("id_product_attribute", json!({})),
        ("id_shop", json!("x")),
    ] {
        let mut rows = vec![row(1, 10, 0, 9), row(2, 10, 7, 3), row(3, 10, 8, 6), row(4, 11, 0, 4)];
        rows[2][field] = broken.clone();
        let told = of(rows).await;
        assert_eq!(told.unclear, [("10".to_owned(), None)], "{field}: {broken}");
        assert_eq!(told.of(10), [], "{field}: {broken}");
        assert_eq!((told.of(11), told.end), (vec![("0", pieces(4))], End::Complete));
    }
}

#[tokio::test]
async fn after_a_row_that_names_no_product_nothing_is_gone() {
    for broken in [json!(null), json!("0"), json!("x"), json!([])] {
        let mut rows = vec![row(1, 10, 0, 5), row(2, 11, 0, 4)];
        rows[0]["id_product"] = broken.clone();
        let told = of(rows).await;
        assert_eq!((told.of(10), told.of(11)), (vec![], vec![("0", pieces(4))]));
        assert_eq!(told.end, End::Partial, "{broken}");
    }
}

#[tokio::test]
async fn a_list_that_repeats_is_an_error() {
    let fake = Fake::start("8.2.1", Vec::new(), |request, _| {
        let is_stock = request.url.path().ends_with("/stock_availables");
        is_stock.then(|| {
            ResponseTemplate::new(200).set_body_json(json!({ "stock_availables": [row(1, 10, 0, 5)] }))
        })
    })
    .await;
    let error = told(&*fake.connect(), Scope::All).await.unwrap_err();
    assert!(matches!(&error, PlatformError::Failed { what } if what.contains("repeats")), "{error:?}");
}

/// Whether an answer would show one of these rows, of rows that are numbered from 1, or of one of these products.
fn shows(request: &Request, poison: &[u64]) -> bool {
    let value = |wanted: &str| {
        let found = request.url.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim_matches(['>', '[', ']']).to_owned())
    };
    if value("display").as_deref() == Some("id") {
        return false;
    }
    match (value("filter[id]"), value("filter[id_product]")) {
        (Some(last), _) => {
            let (last, limit): (u64, u64) = (last.parse().unwrap(), value("limit").unwrap().parse().unwrap());
            poison.iter().any(|row| (last + 1..=last + limit).contains(row))
        }
        (None, Some(products)) => products.split('|').any(|id| poison.contains(&id.parse().unwrap())),
        (None, None) => false,
    }
}

async fn poisoned(rows: u64, poison: Vec<u64>, scope: Scope) -> Result<Told, PlatformError> {
    let mut fixtures = Fixtures::of("8.2.1");
    *fixtures.rows("stock_availables") = (1..=rows).map(|id| row(id, id, 0, 5)).collect();
    let server = serve(fixtures, move |request, _, resource| {
        let fails = resource == "stock_availables" && shows(request, &poison);
        fails.then(|| ResponseTemplate::new(500))
    })
    .await;
    told(&*open(&server.uri(), &[], &common()), scope).await
}

#[tokio::test]
async fn a_row_that_the_shop_cannot_deliver_is_left_out_and_nothing_is_gone_for_it() {
    let told = poisoned(2300, vec![7, 1500], Scope::All).await.unwrap();
    assert_eq!(told.levels.len(), 2298);
    assert_eq!((told.of(7), told.of(1500), told.end), (vec![], vec![], End::Partial));
}

#[tokio::test]
async fn a_product_whose_stock_cannot_be_delivered_is_unclear() {
    let told = poisoned(60, vec![7, 8, 33], Scope::Products(ids(1..=50))).await.unwrap();
    let mut unclear: Vec<&str> = told.unclear.iter().map(|(product, _)| product.as_str()).collect();
    unclear.sort_unstable();
    assert_eq!(unclear, ["33", "7", "8"]);
    assert_eq!((told.levels.len(), told.end), (47, End::Partial));
}

#[tokio::test]
async fn a_shop_that_cannot_deliver_much_of_its_stock_is_an_error() {
    for scope in [Scope::All, Scope::Products(ids(1..=50))] {
        let error = poisoned(60, (10..=40).collect(), scope).await.unwrap_err();
        assert!(
            matches!(&error, PlatformError::Failed { what } if what.contains("much of its stock")),
            "{error:?}"
        );
    }
}
