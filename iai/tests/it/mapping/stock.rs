//! How much of a size can be sold, and where it lies.

use gateway_core::model::StockLevel;
use iai::mapping::{Context, Shelf, Stocks, sizes_of};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{changed, context, fixture, map_in, reason, reasons, remove, variants};

/// The levels of all variants.
fn levels(stocks: Stocks, row: &Value) -> Vec<String> {
    let mapped = map_in(&Context { stocks, ..context("pol") }, row);
    variants(&mapped).iter().map(|variant| shown(variant.stock)).collect()
}

fn shown(level: StockLevel) -> String {
    match level {
        StockLevel::Quantity(quantity) => quantity.normalize().to_string(),
        StockLevel::Unknown => "unknown".to_owned(),
    }
}

/// The lantern, with this told of its quantities in the own stock 1.
fn lantern(told: Value) -> Value {
    let mut row = fixture("lantern");
    let mut size = told;
    size["sizeId"] = json!("uniw");
    row["productStocksData"]["productStocksQuantities"] =
        json!([{ "stockId": 1, "productSizesData": [size] }]);
    row
}

#[test]
fn a_level_is_what_lies_in_the_chosen_stocks_without_what_orders_have_reserved() {
    let row = fixture("boots");
    for (stocks, expected) in [
        (Stocks::Own, ["8", "6"]),
        (Stocks::These(vec![2]), ["2", "0"]),
        (Stocks::These(vec![1]), ["6", "6"]),
        (Stocks::These(vec![0]), ["35", "60"]),
        (Stocks::These(vec![2, 0, 1]), ["43", "66"]),
        (Stocks::These(vec![9]), ["0", "0"]),
        (Stocks::These(vec![]), ["0", "0"]),
    ] {
        assert_eq!(levels(stocks.clone(), &row), expected, "{stocks:?}");
    }
}

#[test]
fn a_level_is_taken_as_it_is_below_nothing_and_in_parts() {
    let level = |quantity: Value, reserved: Value| {
        let told = json!({
            "productSizeQuantity": quantity,
            "productSizeReservations": { "productSizeReservationOrder": reserved },
        });
        levels(Stocks::Own, &lantern(told)).remove(0)
    };
    assert_eq!(level(json!(-3), json!(0)), "-3");
    assert_eq!(level(json!(2), json!(5)), "-3");
    assert_eq!(level(json!(-2), json!(1)), "-3");
    assert_eq!(level(json!(2.75), json!("0.125")), "2.625");
    assert_eq!(level(json!("7"), json!(null)), "7", "no reservation is told");
    assert_eq!(level(json!("7.000"), json!("")), "7");
    assert_eq!(level(json!(0), json!(0)), "0");
}

#[test]
fn reservations_may_be_missing_and_those_that_are_no_orders_do_not_count() {
    for reservations in [json!(null), json!([]), json!({}), json!({ "productSizeReservationAdhoc": 4 })] {
        let told = json!({ "productSizeQuantity": 7, "productSizeReservations": reservations });
        assert_eq!(levels(Stocks::Own, &lantern(told)), ["7"], "{reservations}");
    }
    let told = json!({ "productSizeQuantity": 7, "productSizeReservations": { "productSizeReservationOrder": "?" } });
    let mapped = map_in(&context("pol"), &lantern(told));
    assert_eq!(
        reason(&mapped),
        "uniw: broken record: productSizeReservationOrder is \"?\": mend it in the shop"
    );
}

#[test]
fn an_unreadable_quantity_matters_only_where_its_stock_is_chosen() {
    for broken in [json!("many"), json!(null), json!(""), json!("1,5"), json!(true)] {
        let mut row = fixture("boots");
        // The size 7 in the stock 2.
        row["productStocksData"]["productStocksQuantities"][0]["productSizesData"][0]["productSizeQuantity"] =
            broken.clone();
        for stocks in [Stocks::Own, Stocks::These(vec![1, 2])] {
            let mapped = map_in(&Context { stocks, ..context("pol") }, &row);
            let [reject] = reasons(&mapped).try_into().unwrap();
            assert!(reject.starts_with("7: broken record: productSizeQuantity is "), "{broken}: {reject}");
            assert_eq!(mapped.product.unwrap().variants().len(), 1, "the other size is imported");
        }
        assert_eq!(levels(Stocks::These(vec![1]), &row), ["6", "6"], "{broken}");
        assert_eq!(levels(Stocks::These(vec![0, 1]), &row), ["41", "66"], "{broken}");
    }
}

#[test]
fn a_size_that_is_twice_in_one_stock_is_rejected_where_that_stock_is_chosen() {
    let mut row = fixture("boots");
    let stock = &mut row["productStocksData"]["productStocksQuantities"][0]["productSizesData"];
    stock[1]["sizeId"] = json!(7);
    let mapped = map_in(&context("pol"), &row);
    assert_eq!(
        reasons(&mapped),
        ["7: broken record: productSizesData is \"a size that is there twice\": mend it in the shop"]
    );
    assert_eq!(levels(Stocks::These(vec![1]), &row), ["6", "6"]);
    // In two rows of one stock, too.
    let mut row = fixture("boots");
    row["productStocksData"]["productStocksQuantities"][2]["stockId"] = json!("2");
    assert_eq!(reasons(&map_in(&context("pol"), &row)).len(), 2, "both sizes are there twice");
    assert_eq!(levels(Stocks::These(vec![0]), &row), ["35", "60"]);
}

#[test]
fn stock_that_is_not_told_at_all_is_a_reject_of_each_size() {
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 5] = [
        ("productStocksData", |row| remove(row, "productStocksData")),
        ("productStocksData", |row| row["productStocksData"] = json!(null)),
        ("productStocksData", |row| row["productStocksData"] = json!([])),
        ("productStocksQuantities", |row| remove(&mut row["productStocksData"], "productStocksQuantities")),
        ("productStocksQuantities", |row| row["productStocksData"]["productStocksQuantities"] = json!(null)),
    ];
    for (field, change) in changes {
        let mapped = changed("boots", change);
        let expected = ["7", "8"]
            .map(|size| format!("{size}: broken record: {field} is \"nothing\": mend it in the shop"));
        assert_eq!((reasons(&mapped).as_slice(), &mapped.product), (expected.as_slice(), &None));
    }
}

#[test]
fn stock_is_never_read_from_a_list_in_place_of_an_object() {
    for told in [json!([[]]), json!([[], {}]), json!([null, null])] {
        let mapped = changed("boots", |row| row["productStocksData"] = told.clone());
        assert_eq!(mapped.product, None, "{told}");
        assert!(!mapped.rejects.is_empty(), "{told}");
    }
}

#[test]
fn no_stock_in_which_something_lies_is_none_unless_some_can_be_sold() {
    let level = |dispositions: Value| {
        let mut row = fixture("lantern");
        row["productStocksData"] =
            json!({ "productStocksQuantities": [], "productSizesDispositions": dispositions });
        map_in(&context("pol"), &row)
    };
    let of = |size: &str, all: Value| json!({ "productSizesDispositionsInSales": [{ "sizeId": size, "productSizeQuantityAllStocks": all }] });
    for none in [
        json!(null),
        json!([]),
        json!({ "productSizesDispositionsInSales": [] }),
        of("uniw", json!(0)),
        of("uniw", json!("0.000")),
        // Less than nothing can be sold where nothing lies and some is reserved.
        of("uniw", json!(-1)),
        of("uniw", json!(null)),
        of("other", json!(4)),
    ] {
        assert_eq!(shown(variants(&level(none.clone()))[0].stock), "0", "{none}");
    }
    for (some, shown) in [(json!(4), "4"), (json!("0.5"), "0.5"), (json!("many"), "many")] {
        let found = format!("nothing of the size uniw, of which {shown} can be sold");
        let expected =
            format!("uniw: broken record: productStocksQuantities is {found:?}: mend it in the shop");
        assert_eq!(reason(&level(of("uniw", some))), expected);
    }
}

#[test]
fn a_row_that_does_not_say_of_which_stock_or_size_it_is_leaves_nothing_known() {
    for id in [json!(null), json!(""), json!("M1"), json!(-1), json!(1.5)] {
        let mapped = changed("boots", |row| {
            row["productStocksData"]["productStocksQuantities"][1]["stockId"] = id.clone();
        });
        assert_eq!((mapped.product.as_ref(), mapped.rejects.len()), (None, 2), "{id}");
        assert!(reasons(&mapped)[0].starts_with("7: broken record: stockId is "), "{id}");
    }
    let mapped = changed("boots", |row| {
        let stock = &mut row["productStocksData"]["productStocksQuantities"][1];
        remove(stock, "stockId");
    });
    assert_eq!((mapped.product.as_ref(), mapped.rejects.len()), (None, 2));
    let mapped = changed("boots", |row| {
        remove(&mut row["productStocksData"]["productStocksQuantities"][1]["productSizesData"][0], "sizeId");
    });
    assert_eq!((mapped.product.as_ref(), mapped.rejects.len()), (None, 2));
    assert!(reasons(&mapped)[1].starts_with("8: broken record: productSizesData.sizeId is "));
}

#[test]
fn levels_that_together_are_too_large_are_a_reject() {
    let most = Decimal::MAX.to_string();
    let mut row = fixture("lantern");
    let size = json!({ "sizeId": "uniw", "productSizeQuantity": most });
    row["productStocksData"]["productStocksQuantities"] = json!([
        { "stockId": 1, "productSizesData": [size] }, { "stockId": 2, "productSizesData": [size] },
    ]);
    let mapped = map_in(&context("pol"), &row);
    assert_eq!(
        reason(&mapped),
        "uniw: broken record: productSizeQuantity is \"too large\": mend it in the shop"
    );
    assert_eq!(levels(Stocks::These(vec![2]), &row), [most]);
}

#[test]
fn the_place_of_a_stock_is_its_place_among_the_chosen_ones() {
    let chosen = Stocks::These(vec![3, 0, 1]);
    assert_eq!([3, 0, 1, 2].map(|stock| chosen.place(stock)), [Some(0), Some(1), Some(2), None]);
    assert_eq!(Stocks::default(), Stocks::Own);
    assert_eq!(Stocks::Own.place(0), None, "the supplier's is nobody's own");
    assert!(Stocks::Own.place(1) < Stocks::Own.place(2) && Stocks::Own.place(2) < Stocks::Own.place(10));
}

/// In which stocks the size 7 of the boots lies.
fn shelves(stocks: &Stocks) -> Vec<Shelf> {
    let (_, stocked) = sizes_of(&fixture("boots")).unwrap();
    stocked.shelves("7", stocks).unwrap()
}

#[test]
fn shelves_come_in_the_order_in_which_the_stocks_were_chosen() {
    let order = |stocks| shelves(&stocks).iter().map(|shelf| shelf.stock).collect::<Vec<_>>();
    assert_eq!(order(Stocks::Own), [1, 2], "own ones by their ids");
    assert_eq!(order(Stocks::These(vec![2, 1])), [2, 1]);
    assert_eq!(order(Stocks::These(vec![0, 2, 1])), [0, 2, 1]);
    assert_eq!(order(Stocks::These(vec![1, 9, 0])), [1, 0], "one that does not come holds none");
    assert_eq!(order(Stocks::These(vec![9])), [0; 0]);
}

#[test]
fn a_shelf_tells_what_lies_there_and_what_of_it_can_be_sold() {
    let [shelf] = shelves(&Stocks::These(vec![2]))[..] else { panic!("not one") };
    assert_eq!(shelf, Shelf { stock: 2, quantity: Decimal::from(3), reserved: Decimal::ONE });
    assert_eq!(shelf.salable(), Some(Decimal::TWO));
    let shelf = Shelf { stock: 1, quantity: Decimal::MIN, reserved: Decimal::MAX };
    assert_eq!(shelf.salable(), None);
}

#[test]
fn the_sizes_of_a_row_are_told_with_where_they_lie() {
    let (sizes, stocked) = sizes_of(&fixture("boots")).unwrap();
    assert_eq!(sizes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["7", "8"]);
    assert_eq!(shown(stocked.level("8", &Stocks::Own).unwrap()), "6");
    assert_eq!(shown(stocked.level("9", &Stocks::Own).unwrap()), "0", "a size that is in no stock");
    let mut row = fixture("boots");
    remove(&mut row, "productSizes");
    assert_eq!(sizes_of(&row).unwrap(), (sizes, stocked), "by what sizes are told by, as goods are");
}

#[test]
fn sizes_are_not_told_where_one_cannot_be_read_or_nothing_of_where_they_lie() {
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 7] = [
        ("productSizes.sizeId", |row| row["productSizes"][1]["sizeId"] = json!(null)),
        ("productSizes", |row| {
            row["productSizes"] = json!([]);
            remove(row, "productSizesAttributes");
        }),
        ("productSizes", |row| row["productSizes"][1] = row["productSizes"][0].clone()),
        ("product", |row| row["productStocksData"]["productStocksQuantities"] = json!([[1, []]])),
        ("productStocksData", |row| remove(row, "productStocksData")),
        ("stockId", |row| row["productStocksData"]["productStocksQuantities"][0]["stockId"] = json!(null)),
        ("product", |row| row["productStocksData"] = json!("7")),
    ];
    for (field, change) in changes {
        let mut row = fixture("boots");
        change(&mut row);
        let reason = sizes_of(&row).unwrap_err().to_string();
        assert!(reason.starts_with(&format!("broken record: {field} is ")), "{field}: {reason}");
    }
}

proptest! {
    #[test]
    fn a_level_is_the_exact_sum_over_the_chosen_stocks(
        rows in prop::collection::btree_map(0_u64..5, (-99_999_i64..99_999, 0_i64..9_999), 0..5),
        chosen in prop::collection::btree_set(0_u64..5, 0..4),
    ) {
        // Thousandths, so that a number that is no decimal on its way would show.
        let thousandths = |number: i64| Decimal::new(number, 3);
        let told: Vec<Value> = rows.iter().map(|(stock, (quantity, reserved))| json!({
            "stockId": stock,
            "productSizesData": [{
                "sizeId": "uniw",
                "productSizeQuantity": thousandths(*quantity).to_string(),
                "productSizeReservations": { "productSizeReservationOrder": thousandths(*reserved).to_string() },
            }],
        })).collect();
        let mut row = fixture("lantern");
        row["productStocksData"] = json!({ "productStocksQuantities": told });
        let sum = |is_chosen: &dyn Fn(u64) -> bool| {
            let rows = rows.iter().filter(|(stock, _)| is_chosen(**stock));
            let sum: i64 = rows.map(|(_, (quantity, reserved))| quantity - reserved).sum();
            thousandths(sum).normalize().to_string()
        };
        prop_assert_eq!(levels(Stocks::Own, &row), [sum(&|stock| stock != 0)]);
        let these = Stocks::These(chosen.iter().copied().collect());
        prop_assert_eq!(levels(these, &row), [sum(&|stock| chosen.contains(&stock))]);
    }
}
