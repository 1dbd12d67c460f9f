//! The search for products: which of them, in what order, and what of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

use crate::answer::{Reply, error};
use crate::page::{Page, count};
use crate::row::{self, View};
use crate::store::{Held, Store, Times};
use crate::told;

/// Which moments of a product decide whether it is found.
#[derive(Clone, Copy)]
enum Mode {
    Modified,
    Quantity,
    Price,
    ModifiedOrQuantity,
}

/// Whole days of the shop's wall, as moments.
struct Changed {
    mode: Mode,
    begin: Option<DateTime<Utc>>,
    /// The first moment that is no longer asked for.
    end: Option<DateTime<Utc>>,
}

impl Changed {
    fn read(told: &Value) -> Result<Self, Reply> {
        let mode = match told.get("productDateMode").and_then(Value::as_str) {
            Some("modified") => Mode::Modified,
            Some("quantity_changed") => Mode::Quantity,
            Some("price_changed") => Mode::Price,
            Some("modified_and_quantity_changed") => Mode::ModifiedOrQuantity,
            _ => return Err(Reply::wrong("productDateMode")),
        };
        let start = |name: &str, days_later: Days| match told.get(name) {
            None => Ok(None),
            Some(day) => {
                let day = day.as_str().and_then(told::day);
                let start = day.and_then(|day| told::start_of(day.checked_add_days(days_later)?));
                start.map(Some).ok_or_else(|| Reply::wrong(name))
            }
        };
        Ok(Self {
            mode,
            begin: start("productDateBegin", Days::new(0))?,
            end: start("productDateEnd", Days::new(1))?,
        })
    }

    fn takes(&self, times: &Times) -> bool {
        let is_within = |time: DateTime<Utc>| {
            self.begin.is_none_or(|begin| begin <= time) && self.end.is_none_or(|end| time < end)
        };
        let (is_modified, quantity) = (is_within(times.modified), times.quantity.is_some_and(is_within));
        match self.mode {
            Mode::Modified => is_modified,
            Mode::Quantity => quantity,
            Mode::Price => times.price.is_some_and(is_within),
            Mode::ModifiedOrQuantity => is_modified || quantity,
        }
    }
}

/// What is asked for.
struct Search {
    page: Page,
    /// Only these.
    ids: Option<BTreeSet<u64>>,
    changed: Option<Changed>,
    is_ascending: bool,
    with_template: bool,
    /// Whether those are asked for that the shop has, and not those that it threw away.
    is_of_active: bool,
}

impl Search {
    fn read(params: &Value) -> Result<Self, Reply> {
        let text = |name: &str| params.get(name).and_then(Value::as_str);
        let ids = list(params, "productParams");
        let ids = ids.map(|rows| rows.iter().filter_map(|row| told::whole(row.get("productId")?)).collect());
        Ok(Self {
            page: Page::read(params, ["resultsPage", "resultsLimit"])?,
            with_template: text("skipDefaultProduct") != Some("y") && ids.is_none(),
            ids,
            changed: changed(params)?,
            is_ascending: is_ascending(params)?,
            is_of_active: text("returnProducts").is_none_or(|wanted| wanted == "active"),
        })
    }

    fn takes(&self, held: &Held) -> bool {
        self.is_of_active && self.changed.as_ref().is_none_or(|changed| changed.takes(&held.times))
    }

    /// All that are found, in their order.
    fn found<'a>(&'a self, store: &'a Store) -> Box<dyn Iterator<Item = &'a Held> + 'a> {
        let template = self.with_template.then_some(&store.template).into_iter();
        let goods: Box<dyn Iterator<Item = &Held>> = match (&self.ids, self.is_ascending) {
            (None, true) => Box::new(store.products.values()),
            (None, false) => Box::new(store.products.values().rev()),
            (Some(ids), true) => Box::new(ids.iter().filter_map(|id| store.products.get(id))),
            (Some(ids), false) => Box::new(ids.iter().rev().filter_map(|id| store.products.get(id))),
        };
        Box::new(template.chain(goods.filter(|held| self.takes(held))))
    }
}

/// A list that has something in it.
fn list<'a>(params: &'a Value, name: &str) -> Option<&'a Vec<Value>> {
    params.get(name).and_then(Value::as_array).filter(|list| !list.is_empty())
}

/// The dates, told as one object or as a list of one.
fn changed(params: &Value) -> Result<Option<Changed>, Reply> {
    let told = match params.get("productDate") {
        None => return Ok(None),
        Some(Value::Array(list)) => match list.as_slice() {
            [] => return Ok(None),
            [told] => told,
            _ => return Err(Reply::wrong("productDate")),
        },
        Some(told) => told,
    };
    Changed::read(told).map(Some)
}

fn is_ascending(params: &Value) -> Result<bool, Reply> {
    let Some(order) = list(params, "ordersBy").and_then(|orders| orders.first()) else { return Ok(false) };
    let text = |name: &str| order.get(name).and_then(Value::as_str);
    if text("elementName") != Some("id") {
        return Err(Reply::wrong("elementName"));
    }
    match text("sortDirection") {
        None | Some("ASC") => Ok(true),
        Some("DESC") => Ok(false),
        Some(_) => Err(Reply::wrong("sortDirection")),
    }
}

/// A page of the products that are found.
pub(crate) fn search(store: &Store, params: &Value, host: &str) -> Result<Reply, Reply> {
    let search = Search::read(params)?;
    let elements = list(params, "returnElements")
        .map(|elements| elements.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>());
    let with_reserved = params.get("returnEmptyStocksWithReservation") == Some(&Value::Bool(true));
    let with_all_prices = params.get("alwaysReturnProductShopSizesAttributes") == Some(&Value::Bool(true));
    let view = View { store, host, elements, with_reserved, with_all_prices };
    let rows: Vec<Value> = search.page.of(search.found(store)).map(|held| row::row(held, &view)).collect();
    if rows.is_empty() {
        return Ok(Reply::empty());
    }
    let total = count(search.found(store));
    Ok(Reply::ok(json!({
        "resultsNumberAll": total,
        "resultsNumberPage": search.page.pages(total),
        "resultsPage": search.page.number,
        "resultsLimit": search.page.limit,
        "results": rows,
        "errors": error(0, ""),
    })))
}
