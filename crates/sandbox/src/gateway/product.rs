//! A product as it is kept, and the shape it is read in.

use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

/// A product, in the web shop or not.
#[derive(Clone)]
pub(super) struct Product {
    pub(super) guid: String,
    /// The guid of its shop.
    pub(super) owner: String,
    /// Counts up with every creation: the order in which products were made.
    pub(super) number: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    /// When it came into the web shop; `None` while it is not in there.
    pub(super) activated: Option<DateTime<Utc>>,
    /// PRODUCT as it was sent, every digit kept.
    pub(super) fields: Map<String, Value>,
    pub(super) listing: Listing,
}

/// What an ITEM says beside its PRODUCT.
#[derive(Clone)]
pub(super) struct Listing {
    pub(super) stock_level: Value,
    pub(super) for_sale: Value,
    /// `None` until it was archived for the first time.
    pub(super) archived: Option<bool>,
}

impl Listing {
    /// Takes over what an ITEM says. That it is not archived is only noted on goods that once were.
    pub(super) fn take(&mut self, new: Self) {
        let archived = match (self.archived, new.archived) {
            (_, Some(true)) => Some(true),
            (None, _) => None,
            (Some(_), _) => Some(false),
        };
        *self = Self { archived, ..new };
    }

    pub(super) fn none() -> Self {
        Self { stock_level: Value::Null, for_sale: Value::Null, archived: None }
    }
}

impl Product {
    pub(super) fn field(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.field(name).as_str().unwrap_or_default()
    }

    /// The texts of a list field.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &str> {
        self.field(name).as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    pub(super) fn net(&self) -> Option<Decimal> {
        decimal(self.field("base_price").get("amount")?.as_number()?)
    }

    /// The whole percent of its VAT class.
    pub(super) fn vat_percent(&self) -> Option<u32> {
        self.text("vat").strip_prefix("VAT")?.parse().ok()
    }

    /// The net price with VAT, in full precision.
    pub(super) fn gross(&self) -> Option<Decimal> {
        self.net()?.checked_add(self.vat_amount()?)
    }

    fn vat_amount(&self) -> Option<Decimal> {
        self.net()?.checked_mul(Decimal::new(i64::from(self.vat_percent()?), 2))
    }

    /// The shape in which the Gateway shows it; `tags` are what its tag guids stand for.
    pub(super) fn read_shape(&self, tags: &Value) -> Value {
        let list = |name| match self.field(name) {
            Value::Null => json!([]),
            list => list.clone(),
        };
        let created = stamp(self.created);
        json!({
            "guid": self.guid,
            "name": self.field("name"),
            "brief": self.field("brief"),
            "desc": self.field("desc"),
            "sku": self.field("sku"),
            "images": list("images"),
            "data": self.field("data"),
            "owner_guid": self.owner,
            "price": self.price(),
            "tag_guids": list("tag_guids"),
            "tags": tags,
            "timestamps": {"created": created, "updated": stamp(self.updated)},
            "created": created,
            "activated": self.activated.map(stamp),
            "type": match self.field("type") { Value::Null => json!("default"), other => other.clone() },
            "vat": self.field("vat"),
            "size": self.field("size"),
            "weight": self.field("weight"),
            "stock_level": self.listing.stock_level,
            "for_sale": self.listing.for_sale,
            "archived": self.listing.archived,
        })
    }

    fn price(&self) -> Value {
        let base = self.field("base_price");
        let Some(amount) = base.get("amount") else { return Value::Null };
        let currency = base.get("currency").cloned().unwrap_or_default();
        let unit = json!({
            "amount": amount,
            "vat": self.vat_amount().and_then(number),
            "vat0": amount,
            "vat_percent": self.vat_percent(),
            "currency": currency,
        });
        let price = json!({"unit": unit});
        json!({
            "currency": currency, "vat_class": self.field("vat"),
            "base": price, "final": price, "original": price,
        })
    }
}

/// RFC 3339 with microseconds, as the Gateway shows times.
pub(super) fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The number's value, when it is one that money can be counted in.
pub(super) fn decimal(number: &Number) -> Option<Decimal> {
    let text = number.to_string();
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}

fn number(value: Decimal) -> Option<Number> {
    value.normalize().to_string().parse().ok()
}
