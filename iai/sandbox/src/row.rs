//! What a search tells of a product, element by element.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::goods::{Product, Size, Stock, Texts};
use crate::lists::{SIZE_GROUP, category_name};
use crate::store::{Held, Store, free, level};
use crate::told::{hash, number, time};

/// Where pictures are.
pub(crate) const PICTURES: &str = "/data/gfx/pictures/";

/// How products are looked at.
pub(crate) struct View<'a> {
    pub(crate) store: &'a Store,
    /// The shop's host, as the caller names it.
    pub(crate) host: &'a str,
    /// What is wanted of a product; `None` is all.
    pub(crate) elements: Option<BTreeSet<&'a str>>,
    /// Whether stocks are told where nothing lies but something is reserved.
    pub(crate) with_reserved: bool,
    /// Whether a shop of the panel tells the prices of all sizes, and not only those that are not its product's.
    pub(crate) with_all_prices: bool,
}

/// What is made for an element that is wanted.
type Part<'a> = (&'static str, &'static str, &'a dyn Fn() -> Value);

/// A product, with its id and the elements that are wanted.
pub(crate) fn row(held: &Held, view: &View<'_>) -> Value {
    let Held { product, times } = held;
    let yes_no = |is: bool| Value::from(if is { "y" } else { "n" });
    let parts: [Part<'_>; 24] = [
        ("lang_data", "productDescriptionsLangData", &|| texts(product)),
        ("adding_time", "productAddingTime", &|| time(Some(times.added)).into()),
        ("modification_time", "productModificationTime", &|| time(Some(times.modified)).into()),
        ("price_changed_time", "productPriceChangedTime", &|| time(times.price).into()),
        ("quantity_changed_time", "productQuantityChangedTime", &|| time(times.quantity).into()),
        ("deleted", "productIsDeleted", &|| yes_no(false)),
        ("code", "productDisplayedCode", &|| product.code.as_str().into()),
        ("category_id", "categoryId", &|| product.category.unwrap_or(0).into()),
        ("category_name", "categoryName", &|| category_name(view.store, product.category).into()),
        ("currency", "currencyId", &|| product.currency.as_str().into()),
        ("retail_price", "productRetailPrice", &|| number(product.gross)),
        ("vat", "productVat", &|| number(product.vat)),
        ("vat_free", "productVatFree", &|| yes_no(product.vat_free)),
        ("visible", "productIsVisible", &|| yes_no(product.visible)),
        ("product_type", "productType", &|| product.product_type.as_str().into()),
        ("size_group_id", "sizesGroupId", &|| SIZE_GROUP.into()),
        ("sizes", "productSizes", &|| product.sizes.iter().map(named).map(Value::Object).collect()),
        ("sizes_attributes", "productSizesAttributes", &|| product.sizes.iter().map(attributes).collect()),
        ("shops_attributes", "productShopsAttributes", &|| in_shops(product, view.with_all_prices)),
        ("quantities", "productStocksData", &|| quantities(product, view.with_reserved)),
        ("version_data", "productVersion", &|| version(product, view.store)),
        ("pictures", "productImages", &|| pictures(product, view.host)),
        ("icon", "productIcon", &|| json!({ "productIconExists": "n", "productIconHash": false })),
        ("unit", "productUnit", &|| json!({ "unitId": 0, "unitName": "szt.", "unitPrecision": 3 })),
    ];
    let wanted = |element: &str| view.elements.as_ref().is_none_or(|wanted| wanted.contains(element));
    let mut row = Map::from_iter([("productId".to_owned(), product.id.into())]);
    let parts = parts.iter().filter(|(element, ..)| wanted(element));
    row.extend(parts.map(|(_, field, value)| ((*field).to_owned(), value())));
    Value::Object(row)
}

fn texts(product: &Product) -> Value {
    let all = [&product.name, &product.brief, &product.description];
    let languages: BTreeSet<&String> = all.into_iter().flat_map(Texts::keys).collect();
    let told = |language| {
        let [name, brief, description] = all.map(|texts| texts.get(language).map_or("", String::as_str));
        json!({
            "langId": language,
            "productName": name,
            "productDescription": brief,
            "productLongDescription": description,
            "productAuctionName": "",
        })
    };
    languages.into_iter().map(told).collect()
}

/// The fields that tell which size it is.
fn named(size: &Size) -> Map<String, Value> {
    let fields = [("sizeId", &size.id), ("sizePanelName", &size.panel_name)];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect()
}

/// A size with more fields than those that tell which one it is.
fn with(mut size: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        size.extend(more);
    }
    Value::Object(size)
}

fn attributes(size: &Size) -> Value {
    let mut fields = json!({
        "productSizeCodeExternal": size.code_external,
        "productSizeCodeProducer": size.code_producer,
        "productInPersistent": "n",
        "productSizeWeight": 0,
    });
    if let (Some(gross), Some(fields)) = (size.gross, fields.as_object_mut()) {
        fields.insert("productRetailPrice".to_owned(), number(gross));
    }
    with(named(size), fields)
}

/// The prices in the one shop of the panel.
fn in_shops(product: &Product, with_all: bool) -> Value {
    let price = |size: &Size| {
        let gross = size.gross.or_else(|| with_all.then_some(product.gross))?;
        let fields = json!({
            "productSizeCodeExternal": size.code_external,
            "productRetailPrice": number(gross),
        });
        Some(with(named(size), fields))
    };
    let sizes: Vec<Value> = product.sizes.iter().filter_map(price).collect();
    json!([{
        "shopId": 1,
        "productRetailPrice": number(product.gross),
        "productShopSizesAttributes": sizes,
        "productShopPriceComparisonSitesPrices": [],
    }])
}

fn quantities(product: &Product, with_reserved: bool) -> Value {
    let is_told = |stock: &&Stock| !stock.quantity.is_zero() || with_reserved && !stock.reserved.is_zero();
    let stocks = product.sizes.iter().flat_map(|size| &size.stocks);
    let told: BTreeSet<u64> = stocks.filter(is_told).map(|stock| stock.id).collect();
    let stock = |id: u64| {
        let sizes: Vec<Value> = product.sizes.iter().map(|size| in_stock(size, id)).collect();
        json!({ "stockId": id, "productSizesData": sizes })
    };
    json!({
        "productStocksQuantities": told.into_iter().map(stock).collect::<Vec<_>>(),
        "productSizesDispositions": {
            "productSizesDispositionsInSales": product.sizes.iter().map(disposition).collect::<Vec<_>>(),
        },
    })
}

/// How much of a size lies in a stock.
fn in_stock(size: &Size, id: u64) -> Value {
    let row = size.stocks.iter().find(|stock| stock.id == id);
    let [quantity, reserved] = row.map_or([Decimal::ZERO; 2], |row| [row.quantity, row.reserved]);
    let fields = json!({
        "productSizeCodeExternal": size.code_external,
        "productSizeQuantity": number(quantity),
        "productSizeReservations": {
            "productSizeReservationOrder": number(reserved),
            "productSizeReservationAdhoc": 0,
        },
    });
    with(named(size), fields)
}

/// How much of a size can be sold.
fn disposition(size: &Size) -> Value {
    let outside = size.stocks.iter().filter(|stock| stock.id == 0);
    json!({
        "sizeId": size.id,
        "productSizeQuantityOutsideStock": number(free(outside)),
        "productSizeQuantityOwnStock": number(level(&size.stocks)),
        "productSizeQuantityAllStocks": number(free(size.stocks.iter())),
    })
}

fn version(product: &Product, store: &Store) -> Value {
    let none = crate::Version::default();
    let version = product.version.as_ref().unwrap_or(&none);
    let names = |texts: &Texts, field: &str| -> Value {
        texts.iter().map(|(language, text)| json!({ "langId": language, field: text })).collect()
    };
    let group = product.version.as_ref().and_then(|version| store.groups.get(&version.parent));
    json!({
        "versionParentId": version.parent,
        "versionNames": { "versionNamesLangData": names(&version.name, "versionName") },
        "versionGroupNames": { "versionGroupNamesLangData": names(&version.group_name, "versionGroupName") },
        "versionProductsIds": group.into_iter().flatten().collect::<Vec<_>>(),
    })
}

fn pictures(product: &Product, host: &str) -> Value {
    let picture = |(id, place): (&u64, u64)| {
        let url = format!("http://{host}{PICTURES}{id}.png");
        let hash: String = hash(&id.to_string()).chars().take(32).collect();
        json!({
            "productImageLargeUrl": url,
            "productImageMediumUrl": url,
            "productImageSmallUrl": url,
            "productImageId": format!("i{id}"),
            "productImagePriority": place,
            "productImageHash": hash,
        })
    };
    product.pictures.iter().zip(1..).map(picture).collect()
}
