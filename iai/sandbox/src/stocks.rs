//! Changes of stock: of each size all that is asked for is done, or nothing.

use chrono::{DateTime, Utc};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::answer::{Reply, error};
use crate::goods::Stock;
use crate::store::{Store, row_of};
use crate::told;

/// Why a size was left as it is: the shop's number and its words.
type Fault = (i64, &'static str);

const DONE: Fault = (0, "");
const NO_PRODUCT: Fault = (4, "Incorrect product");
const NO_SIZE: Fault = (5, "Incorrect size");
const NOT_ENOUGH: Fault = (20, "Not enough products in stock");
const NO_STOCK: Fault = (21, "Incorrect stock");
const NO_OPERATION: Fault = (21, "Incorrect operation");
const NO_QUANTITY: Fault = (21, "Incorrect quantity");

/// Does the changes of a document, each size by itself.
pub(crate) fn change(store: &mut Store, params: &Value, now: DateTime<Utc>) -> Result<Reply, Reply> {
    let products = params.get("products").and_then(Value::as_array);
    let products = products.ok_or_else(|| Reply::refused(StatusCode::BAD_REQUEST, "products are missing"))?;
    let mut is_wrong = false;
    let results: Vec<Value> =
        products.iter().map(|told| of_product(store, told, now, &mut is_wrong)).collect();
    let status = if is_wrong { StatusCode::MULTI_STATUS } else { StatusCode::OK };
    Ok(Reply { status, body: json!({ "results": results, "isErrors": is_wrong }) })
}

fn of_product(store: &mut Store, told: &Value, now: DateTime<Utc>, is_wrong: &mut bool) -> Value {
    let ident = told.get("ident").unwrap_or(&Value::Null);
    let id = identified(ident).filter(|(kind, _)| *kind == "id").and_then(|(_, id)| id.parse().ok());
    let Some(id) = id.filter(|id| store.products.contains_key(id)) else {
        *is_wrong = true;
        let error = error(NO_PRODUCT.0, NO_PRODUCT.1);
        return json!({ "ident": ident, "error": error, "sizes": [], "isSizesErrors": true });
    };
    let sizes = told.get("sizes").and_then(Value::as_array).into_iter().flatten();
    let mut is_size_wrong = false;
    let mut results = Vec::new();
    for told in sizes {
        let (code, text) = of_size(store, id, told, now).err().unwrap_or(DONE);
        is_size_wrong |= code != DONE.0;
        let ident = told.get("ident").unwrap_or(&Value::Null);
        results.push(json!({ "ident": ident, "error": error(code, text) }));
    }
    *is_wrong |= is_size_wrong;
    json!({ "ident": ident, "sizes": results, "isSizesErrors": is_size_wrong })
}

/// How something is named, and by what name.
fn identified(ident: &Value) -> Option<(&str, String)> {
    let kind = ident.get("identType")?.as_str()?;
    let value = match ident.get("identValue")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some((kind, value))
}

fn of_size(store: &mut Store, product: u64, told: &Value, now: DateTime<Utc>) -> Result<(), Fault> {
    let size = told.get("ident").and_then(identified).ok_or(NO_SIZE)?;
    let size = size_id(store, product, &size).ok_or(NO_SIZE)?;
    let operations = told.get("quantity").and_then(|quantity| quantity.get("stocks"));
    let operations = operations.and_then(Value::as_array).ok_or(NO_STOCK)?;
    let mut stocks = store.size(product, &size).ok_or(NO_SIZE)?.stocks.clone();
    for told in operations {
        operate(&mut stocks, told)?;
    }
    store.change_stocks(product, &size, now, |known| *known = stocks).ok_or(NO_SIZE)
}

/// The id of a size of this product.
fn size_id(store: &Store, product: u64, (kind, value): &(&str, String)) -> Option<String> {
    match *kind {
        "index" => {
            let (of, size) = value.split_once('-')?;
            (of.parse() == Ok(product)).then(|| size.to_owned())
        }
        "codeExtern" => {
            let sizes = &store.products.get(&product)?.product.sizes;
            let size = sizes.iter().find(|size| !value.is_empty() && size.code_external == *value);
            size.map(|size| size.id.clone())
        }
        _ => None,
    }
}

/// Does one operation, or says why it cannot be done.
fn operate(stocks: &mut Vec<Stock>, told: &Value) -> Result<(), Fault> {
    let id = told.get("stock_id").and_then(told::whole).ok_or(NO_STOCK)?;
    let told = told.get("quantity_operation").ok_or(NO_OPERATION)?;
    let quantity = told.get("quantity").and_then(told::decimal).ok_or(NO_QUANTITY)?;
    if quantity < Decimal::ZERO {
        return Err(NO_QUANTITY);
    }
    let row = row_of(stocks, id).ok_or(NO_STOCK)?;
    let after = match told.get("operation").and_then(Value::as_str) {
        Some("set") => Some(quantity),
        Some("add") => row.quantity.checked_add(quantity),
        Some("substract") => row.quantity.checked_sub(quantity),
        _ => return Err(NO_OPERATION),
    };
    let after = after.ok_or(NO_QUANTITY)?;
    // A stock that was below zero already may be filled up.
    if after < Decimal::ZERO && after < row.quantity {
        return Err(NOT_ENOUGH);
    }
    row.quantity = after;
    Ok(())
}
