//! What a shop tells of itself besides its products: languages, sizes and categories.

use serde_json::{Value, json};

use crate::answer::Reply;
use crate::goods::Category;
use crate::page::{Page, count};
use crate::store::{Named, Store};
use crate::told;

/// The one group that all sizes are in.
pub(crate) const SIZE_GROUP: u64 = 1;

/// The languages of the one shop.
pub(crate) fn languages() -> Value {
    let language = |id: &str, name: &str, code: &str, is_default: bool| json!({ "id": id, "name": name, "isoCode": code, "enabled": true, "isDefault": is_default });
    let languages = [language("pol", "polski", "pl", true), language("eng", "angielski", "en", false)];
    json!({
        "shops": [{ "shopId": 1, "shopName": "Sklep", "inherited": false, "languages": languages }],
    })
}

/// All sizes that products have.
pub(crate) fn sizes(store: &Store) -> Value {
    let size = |(id, named): (&String, &Named)| {
        let name = |(language, name)| json!({ "lang_id": language, "name": name });
        let names: Vec<Value> = named.name.iter().map(name).collect();
        json!({ "size_id": id, "size_name": named.panel_name, "lang_data": names })
    };
    let sizes: Vec<Value> = store.sizes.iter().map(size).collect();
    json!({
        "last_changed_time": told::time(Some(store.changed)),
        "size_groups": [{ "group_id": SIZE_GROUP, "group_name": "Rozmiary", "sizes": sizes }],
    })
}

/// A page of the categories.
pub(crate) fn categories(store: &Store, params: &Value) -> Result<Reply, Reply> {
    let page = Page::read(params, ["results_page", "results_limit"])?;
    let rows: Vec<Value> = page.of(store.categories.iter()).map(category).collect();
    if rows.is_empty() {
        return Ok(Reply::empty());
    }
    let total = count(store.categories.iter());
    Ok(Reply::ok(json!({
        "last_changed_time": told::time(Some(store.changed)),
        "results_page": page.number,
        "results_limit": page.limit,
        "results_number_all": total,
        "results_number_page": page.pages(total),
        "categories": rows,
    })))
}

fn category(category: &Category) -> Value {
    let name = |(language, name): (&String, &String)| json!({ "lang_id": language, "singular_name": name, "plural_name": name });
    json!({
        "id": category.id,
        "parent_id": category.parent.unwrap_or(0),
        "priority": 1,
        "operation": "",
        "lang_data": category.name.iter().map(name).collect::<Vec<_>>(),
    })
}

/// The name of a category in the shop's panel; empty where there is no such category.
pub(crate) fn category_name(store: &Store, id: Option<u64>) -> &str {
    let category = store.categories.iter().find(|category| Some(category.id) == id);
    let name =
        category.and_then(|category| category.name.get("pol").or_else(|| category.name.values().next()));
    name.map_or("", String::as_str)
}
