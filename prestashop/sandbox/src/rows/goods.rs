//! Products, combinations, stock rows and promotions.

use std::borrow::Cow;
use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use super::{Association, Entry, Row, Value, View, flag, number, text};
use crate::catalogue::{Kind, MANUFACTURERS, Product, Text, words};
use crate::query::Price;

struct ProductRow(Arc<Product>);

struct CombinationRow {
    product: Arc<Product>,
    index: usize,
}

struct StockRow {
    product: Arc<Product>,
    id: u32,
    combination: u32,
    first: i64,
}

struct PromotionRow(Arc<Product>);

/// The entity of this id.
pub(super) fn row(resource: &str, id: u32, view: &View<'_>) -> Option<Box<dyn Row>> {
    match resource {
        "products" => Some(Box::new(ProductRow(view.product(id)?))),
        "combinations" => {
            let product = view.product(view.store.product_of_combination(id)?)?;
            let index = product.combinations.iter().position(|combination| combination.id == id)?;
            Some(Box::new(CombinationRow { product, index }))
        }
        "stock_availables" => {
            let product = view.product(view.store.product_of_stock(id)?)?;
            let (_, combination, first) = product.stock_rows().find(|(row, ..)| *row == id)?;
            Some(Box::new(StockRow { product, id, combination, first }))
        }
        _ => Some(Box::new(PromotionRow(view.product(id).filter(|product| product.reduction.is_some())?))),
    }
}

/// Six decimals, as the database keeps amounts.
pub(super) fn amount(amount: Decimal) -> Value {
    Value::Text(Cow::Owned(format!("{amount:.6}")))
}

impl Row for ProductRow {
    fn id(&self) -> u32 {
        self.0.id
    }

    fn product(&self) -> Option<&Product> {
        Some(&self.0)
    }

    fn value(&self, field: &str, view: &View<'_>) -> Value {
        let product = &self.0;
        let languages = &view.store.languages;
        let saved = !matches!(product.kind, Kind::Unset);
        let default = product.default_combination().map_or(0, |combination| combination.id);
        match field {
            "id_manufacturer" => number(product.manufacturer),
            "id_supplier" => number(product.supplier),
            "id_category_default" => number(product.default_category),
            "new" => Value::Null,
            "cache_default_attribute" => number(default),
            "id_default_image" if product.cover == 0 => text(""),
            "id_default_image" => number(product.cover),
            // 1.7 tells the id as text, but its absence as a number.
            "id_default_combination" if default != 0 && !view.is_8() => number(default),
            "id_default_combination" => Value::Int(default.into()),
            "id_tax_rules_group" => number(product.tax_group),
            "position_in_category" => text(if product.default_category == 0 { "" } else { "1" }),
            "manufacturer_name" => {
                let index = usize::try_from(product.manufacturer).ok().and_then(|id| id.checked_sub(1));
                index.and_then(|index| MANUFACTURERS.get(index)).map_or(Value::False, |name| text(*name))
            }
            "type" => text(match product.kind {
                Kind::Virtual => "virtual",
                Kind::Pack => "pack",
                _ => "simple",
            }),
            "product_type" => text(match product.kind {
                Kind::Standard => "standard",
                Kind::Combinations => "combinations",
                Kind::Virtual => "virtual",
                Kind::Pack => "pack",
                Kind::Unset => "",
            }),
            "quantity" => text("0"),
            "id_shop_default" => text("1"),
            "reference" => text(product.reference.clone()),
            "ean13" => text(product.ean13.clone()),
            "weight" => amount(product.weight),
            "price" => amount(product.price),
            "cache_is_pack" => flag(product.kind == Kind::Pack),
            "is_virtual" => flag(product.kind == Kind::Virtual),
            "state" => flag(!product.draft),
            "additional_delivery_times" | "minimal_quantity" | "show_price" | "indexed" => flag(saved),
            "pack_stock_type" => text(if saved { "3" } else { "0" }),
            "low_stock_threshold" if saved && view.is_8() => text("0"),
            "active" => flag(product.active),
            "redirect_type" => text(if saved { "301-category" } else { "" }),
            "available_for_order" => flag(product.available_for_order),
            "visibility" => text(product.visibility),
            "date_add" => view.date(product.created),
            "date_upd" => view.date(product.updated),
            "name" => Value::Multi(product.texts(Text::Name, languages)),
            "description" => Value::Multi(product.texts(Text::Description, languages)),
            "description_short" => Value::Multi(product.texts(Text::Short, languages)),
            "link_rewrite" => Value::Multi(
                product.texts(Text::Name, languages).iter().map(|name| words::slug(name)).collect(),
            ),
            _ => Value::Null,
        }
    }

    fn associations(&self, _: &View<'_>) -> Vec<Association> {
        let product = &self.0;
        let mut choices: Vec<u32> = Vec::new();
        for choice in product.combinations.iter().flat_map(|combination| &combination.values) {
            if !choices.contains(choice) {
                choices.push(*choice);
            }
        }
        let features = product.features.iter().map(|(feature, value)| Entry {
            id: *feature,
            more: vec![("id_feature_value", *value, Some("product_feature_values"))],
        });
        let stock = product.stock_rows().map(|(id, combination, _)| Entry {
            id,
            more: vec![("id_product_attribute", combination, None)],
        });
        let bundle = product.bundle.iter().map(|(id, combination, count)| Entry {
            id: *id,
            more: vec![("id_product_attribute", *combination, None), ("quantity", *count, None)],
        });
        vec![
            Association::new("categories", "category", product.categories.iter().copied()),
            Association {
                path: Cow::Owned(format!("images/products/{}", product.id)),
                ..Association::new("images", "image", product.images.iter().copied())
            },
            Association::new(
                "combinations",
                "combination",
                product.combinations.iter().map(|combination| combination.id),
            ),
            Association::new("product_option_values", "product_option_value", choices),
            Association {
                entries: features.collect(),
                ..Association::new("product_features", "product_feature", [])
            },
            Association::new("tags", "tag", []),
            Association {
                entries: stock.collect(),
                ..Association::new("stock_availables", "stock_available", [])
            },
            Association::new("attachments", "attachment", []),
            Association { api: "products", ..Association::new("accessories", "product", []) },
            Association {
                api: "products",
                path: Cow::Borrowed(""),
                entries: bundle.collect(),
                ..Association::new("product_bundle", "product", [])
            },
        ]
    }
}

impl Row for CombinationRow {
    fn id(&self) -> u32 {
        self.product.combinations.get(self.index).map_or(0, |combination| combination.id)
    }

    fn value(&self, field: &str, view: &View<'_>) -> Value {
        let Some(combination) = self.product.combinations.get(self.index) else { return Value::Null };
        match field {
            "id_product" => number(self.product.id),
            "ean13" => text(combination.ean13.clone()),
            "reference" => text(combination.reference.clone()),
            "price" => amount(combination.impact),
            "weight" => amount(combination.weight_impact),
            // A number where everything else is text.
            "quantity" => Value::Int(view.store.level(combination.stock_row, combination.first_stock)),
            "default_on" if combination.is_default => text("1"),
            "default_on" | "low_stock_threshold" if !view.is_8() => Value::Null,
            "default_on" => text(""),
            "low_stock_threshold" => text("0"),
            _ => Value::Null,
        }
    }

    fn associations(&self, _: &View<'_>) -> Vec<Association> {
        let Some(combination) = self.product.combinations.get(self.index) else { return Vec::new() };
        vec![
            Association::new(
                "product_option_values",
                "product_option_value",
                combination.values.iter().copied(),
            ),
            Association {
                api: "images/products",
                path: Cow::Owned(format!("images/products/{}", self.product.id)),
                ..Association::new("images", "image", combination.images.iter().copied())
            },
        ]
    }
}

impl Row for StockRow {
    fn id(&self) -> u32 {
        self.id
    }

    fn value(&self, field: &str, view: &View<'_>) -> Value {
        // Shops that share their stock have it in the name of their group.
        let shared = view.options.shops > 1;
        match field {
            "id_product" => number(self.product.id),
            "id_product_attribute" => number(self.combination),
            "id_shop" => flag(!shared),
            "id_shop_group" => flag(shared),
            "quantity" => number(view.store.level(self.id, self.first)),
            "location" => text(""),
            _ => Value::Null,
        }
    }

    fn associations(&self, _: &View<'_>) -> Vec<Association> {
        Vec::new()
    }
}

impl Row for PromotionRow {
    fn id(&self) -> u32 {
        self.0.id
    }

    fn value(&self, field: &str, _: &View<'_>) -> Value {
        match field {
            "id_product" => number(self.0.id),
            "reduction" => amount(self.0.reduction.unwrap_or_default()),
            _ => Value::Null,
        }
    }

    fn associations(&self, _: &View<'_>) -> Vec<Association> {
        Vec::new()
    }
}

/// What a `price[NAME][..]` parameter asks for: without a combination, the default one's impact is in it.
pub(crate) fn computed_price(view: &View<'_>, product: &Product, price: &Price) -> Value {
    let combination = match price.combination {
        0 => product.default_combination(),
        id => product.combination(id),
    };
    let mut value = product.price + combination.map_or(Decimal::ZERO, |combination| combination.impact);
    if price.reduction {
        value *= Decimal::ONE - product.reduction.unwrap_or_default();
    }
    if price.tax {
        let groups = &view.options.tax_groups;
        let group = groups.iter().find(|group| group.id == product.tax_group);
        let rate = group.and_then(|group| group.rate.as_ref()?.parse::<Decimal>().ok()).unwrap_or_default();
        value *= Decimal::ONE + rate / Decimal::ONE_HUNDRED;
    }
    amount(value.round_dp_with_strategy(price.decimals, RoundingStrategy::MidpointAwayFromZero))
}
