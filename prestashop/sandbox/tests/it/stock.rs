//! Writing stock.

use http::Method;
use prestashop_sandbox::{Item, Options, Shop, Version, special};

use crate::client::{json, options, start, write};

fn patch(rows: &[(u32, &str)]) -> String {
    let row = |(id, quantity): &(u32, &str)| {
        format!("<stock_available><id>{id}</id><quantity>{quantity}</quantity></stock_available>")
    };
    format!("<prestashop>{}</prestashop>", rows.iter().map(row).collect::<String>())
}

fn mug(shop: &Shop) -> Item {
    shop.truth_of(special::MUG).remove(0)
}

#[tokio::test]
async fn a_patch_sets_the_row_and_leaves_the_products_date() {
    let shop = start().await;
    let before = mug(&shop);
    let path = format!("stock_availables/{}", before.stock_row);
    for quantity in ["45", "-5", "0", "<![CDATA[46]]>"] {
        let answer = write(&shop, Method::PATCH, &path, &patch(&[(before.stock_row, quantity)])).await;
        assert_eq!(answer.status, 200, "{quantity}: {}", answer.text());
        assert_eq!(
            answer.json()["stock_available"]["id"],
            before.stock_row.to_string(),
            "ids of writes are text"
        );
    }
    let after = mug(&shop);
    assert_eq!((after.stock, after.updated), (46, before.updated), "level and date of change");
}

#[tokio::test]
async fn the_id_in_the_body_decides() {
    let shop = start().await;
    let (row, other) = (mug(&shop).stock_row, shop.truth_of(special::INACTIVE)[0].stock_row);
    let answer =
        write(&shop, Method::PATCH, &format!("stock_availables/{row}"), &patch(&[(other, "60")])).await;
    assert_eq!(
        answer.json()["stock_available"]["id"],
        other.to_string(),
        "the answer is about the row in the body"
    );
    assert_eq!((mug(&shop).stock, shop.truth_of(special::INACTIVE)[0].stock), (42, 60), "the levels of both");
}

#[tokio::test]
async fn several_rows_are_written_at_once() {
    let shop = start().await;
    let rows = [mug(&shop).stock_row, shop.truth_of(special::INACTIVE)[0].stock_row];
    let body = patch(&[(rows[0], "50"), (rows[1], "51")]);
    let answer = write(&shop, Method::PATCH, "stock_availables", &body).await;
    assert_eq!(answer.json()["stock_availables"].as_array().map(Vec::len), Some(2), "{}", answer.text());
    assert_eq!((mug(&shop).stock, shop.truth_of(special::INACTIVE)[0].stock), (50, 51), "the levels of both");
    let wrapped = body.replace("<prestashop>", "<prestashop><stock_availables>");
    let wrapped = wrapped.replace("</prestashop>", "</stock_availables></prestashop>");
    let answer = write(&shop, Method::PATCH, "stock_availables", &wrapped).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec![90]), "wrapped in a list");
}

#[tokio::test]
async fn a_wrong_row_in_the_middle_leaves_those_before_it_written() {
    let shop = start().await;
    let rows = [mug(&shop).stock_row, shop.truth_of(special::INACTIVE)[0].stock_row];
    let answer =
        write(&shop, Method::PATCH, "stock_availables", &patch(&[(rows[0], "50"), (rows[1], "x")])).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec![85]));
    assert_eq!((mug(&shop).stock, shop.truth_of(special::INACTIVE)[0].stock), (50, 0), "the first alone");
    let answer =
        write(&shop, Method::PATCH, "stock_availables", &patch(&[(rows[0], "70"), (99_999, "1")])).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (404, vec![92]));
    assert_eq!(mug(&shop).stock, 50, "an unknown row stops all of them");
}

#[tokio::test]
async fn the_sum_follows_a_combination_and_not_the_other_way() {
    let shop = start().await;
    let sum = async |product: u32| {
        let path = format!(
            "stock_availables?display=full&filter[id_product]={product}&filter[id_product_attribute]=0"
        );
        json(&shop, &path).await.json()["stock_availables"][0]["quantity"].as_str().unwrap().to_owned()
    };
    assert_eq!(sum(special::SHIRT).await, "907", "7 + 300 + 300 + 300");
    assert_eq!(sum(special::WRONG_SUM).await, "0", "a sum that somebody overwrote");
    let items = shop.truth_of(special::SHIRT);
    let body = patch(&[(items[1].stock_row, "10")]);
    write(&shop, Method::PATCH, "stock_availables", &body).await;
    assert_eq!(sum(special::SHIRT).await, "617", "7 + 10 + 300 + 300");
    // The row of the product itself is the one before those of its combinations.
    write(&shop, Method::PATCH, "stock_availables", &patch(&[(items[0].stock_row - 1, "5")])).await;
    assert_eq!(sum(special::SHIRT).await, "5", "written over");
    assert_eq!(shop.truth_of(special::SHIRT)[1].stock, 10, "the combinations keep theirs");
}

#[tokio::test]
async fn wrong_quantities_are_refused() {
    let shop = start().await;
    for quantity in ["1.5", "abc", "", "99999999999"] {
        let body = patch(&[(mug(&shop).stock_row, quantity)]);
        let answer = write(&shop, Method::PATCH, "stock_availables", &body).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec![85]), "quantity `{quantity}`");
    }
    let bodies = [("{\"stock_available\":{\"id\":6}}", vec![3, 127]), ("", vec![127]), ("<a>", vec![3, 127])];
    for (body, codes) in bodies {
        let answer = write(&shop, Method::PATCH, "stock_availables", body).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (500, codes), "body `{body}`");
    }
    assert_eq!(mug(&shop).stock, 42, "nothing was written");
}

#[tokio::test]
async fn older_shops_take_a_whole_put_only() {
    let shop = Shop::start(Options { version: Version::V1_7_8, ..options() }).await.unwrap();
    let row = mug(&shop).stock_row;
    let answer = write(&shop, Method::PATCH, "stock_availables", &patch(&[(row, "1")])).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (405, vec![23]), "PATCH");
    let answer = write(&shop, Method::PUT, "stock_availables", &patch(&[(row, "1")])).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec![41]), "a partial PUT");
    let read = json(&shop, &format!("stock_availables/{row}")).await.json();
    let fields = read["stock_available"].as_object().unwrap();
    let fields: String = fields
        .iter()
        .map(|(name, value)| match name.as_str() {
            "quantity" => "<quantity>8</quantity>".to_owned(),
            name => format!("<{name}>{}</{name}>", value.to_string().trim_matches('"')),
        })
        .collect();
    let body = format!("<prestashop><stock_available>{fields}</stock_available></prestashop>");
    let answer = write(&shop, Method::PUT, &format!("stock_availables/{row}"), &body).await;
    assert_eq!(answer.status, 200, "what was read, with another quantity: {}", answer.text());
    assert_eq!(mug(&shop).stock, 8);
}
