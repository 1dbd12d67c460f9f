//! A product of the Gateway, as it is written and as it is read. Each is one variant of ours.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Guid, SourceMark, Terms, VatClass, read};
use crate::assumptions;
use crate::model::{Attributes, Ean};

/// Everything that a product at the Gateway is made of: the whole of what is written, at creation and at an update.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(into = "Body")]
pub struct ProductFields {
    /// The name; see [`Terms::name`].
    pub name: String,
    /// The long description, in Markdown.
    pub description: String,
    /// The brief description, one plain line.
    pub brief: String,
    /// The SKU, if there is one.
    pub sku: Option<String>,
    /// Addresses of its pictures, the cover first.
    pub images: Vec<String>,
    /// The VAT class.
    pub vat: VatClass,
    /// The net price, in the Gateway's currency.
    pub net_price: Decimal,
    /// Its tags: categories, and the family of variants it belongs to.
    pub tags: Vec<Guid>,
    /// The rest, as an object of ours.
    pub data: ProductData,
    /// Fields that we know nothing of and that an update sends back as they were read.
    pub kept: Map<String, Value>,
}

/// A product's `data`: what the shop front reads of a variant, and our own marks. What others keep there stays there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ProductData(Map<String, Value>);

impl ProductData {
    /// The data of a variant. `variants` is always there, also when it is empty, because the shop front reads it.
    #[must_use]
    pub fn new(attributes: &Attributes, ean: Option<&Ean>, source: &SourceMark) -> Self {
        let mut data = Self(Map::new());
        data.set_attributes(attributes);
        data.set_ean(ean);
        data.set_source(source);
        data
    }

    /// Sets what the shop front shows to choose a variant by, in this order.
    pub fn set_attributes(&mut self, attributes: &Attributes) {
        let variants = attributes.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        self.0.insert("variants".to_owned(), Value::Object(variants));
    }

    /// What the shop front shows to choose a variant by.
    #[must_use]
    pub fn attributes(&self) -> Option<&Map<String, Value>> {
        self.0.get("variants")?.as_object()
    }

    /// Takes what the shop front shows to choose a variant by from other data.
    pub fn take_attributes(&mut self, from: &Self) {
        let attributes = from.attributes().cloned().unwrap_or_default();
        self.0.insert("variants".to_owned(), Value::Object(attributes));
    }

    /// Takes the EAN from other data, also when there is none.
    pub fn take_ean(&mut self, from: &Self) {
        match from.0.get("ean") {
            Some(ean) => self.0.insert("ean".to_owned(), ean.clone()),
            None => self.0.shift_remove("ean"),
        };
    }

    /// Sets the EAN, or takes it away.
    pub fn set_ean(&mut self, ean: Option<&Ean>) {
        match ean {
            Some(ean) => self.0.insert("ean".to_owned(), ean.as_str().into()),
            None => self.0.shift_remove("ean"),
        };
    }

    /// Sets our mark.
    pub fn set_source(&mut self, source: &SourceMark) {
        source.write(&mut self.0);
    }

    /// Our mark, if there is one that can be read.
    #[must_use]
    pub fn source(&self) -> Option<SourceMark> {
        SourceMark::read(&self.0)
    }

    /// The EAN as it stands there.
    #[must_use]
    pub fn ean(&self) -> Option<&str> {
        self.0.get("ean")?.as_str()
    }

    /// All of it.
    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// PRODUCT as the service documents it.
#[derive(Serialize)]
struct Body {
    name: String,
    desc: String,
    brief: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<String>,
    images: Vec<String>,
    vat: VatClass,
    base_price_type: &'static str,
    base_price: Price,
    cost_price: Price,
    tag_guids: Vec<Guid>,
    data: ProductData,
    #[serde(flatten)]
    kept: Map<String, Value>,
}

#[derive(Serialize)]
struct Price {
    currency: &'static str,
    /// Always 0: the amount is net, and the VAT is told by the class.
    vat_percent: u32,
    #[serde(serialize_with = "json_number")]
    amount: Decimal,
}

impl Price {
    fn of(amount: Decimal) -> Self {
        Self { currency: Terms::CURRENCY_SIGN, vat_percent: 0, amount }
    }
}

/// A JSON number with all its digits and without zeros at its end; never by way of a binary float.
fn json_number<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    rust_decimal::serde::arbitrary_precision::serialize(&amount.normalize(), serializer)
}

impl From<ProductFields> for Body {
    fn from(fields: ProductFields) -> Self {
        Self {
            name: fields.name,
            desc: fields.description,
            brief: fields.brief,
            sku: fields.sku,
            images: fields.images,
            vat: fields.vat,
            base_price_type: "retail",
            base_price: Price::of(fields.net_price),
            // What a shop pays for its goods is its own affair; the earlier connectors sent 0 too.
            cost_price: Price::of(Decimal::ZERO),
            tag_guids: fields.tags,
            data: fields.data,
            kept: fields.kept,
        }
    }
}

/// A product that is to be created, with its place in the web shop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewItem {
    /// What it is.
    pub product: ProductFields,
    /// Always false for a new one.
    archived: bool,
    /// Whether it is sold.
    pub for_sale: bool,
    /// The stock level; see [`Terms::stock_level`].
    pub stock_level: u32,
}

impl NewItem {
    /// A product to be created.
    #[must_use]
    pub fn new(product: ProductFields, for_sale: bool, stock_level: u32) -> Self {
        Self { product, archived: false, for_sale, stock_level }
    }
}

/// The place of an existing product in the web shop. All of it is sent, so take the flags from what was read last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShopItem {
    /// The product.
    #[serde(rename = "product_guid")]
    pub guid: Guid,
    /// Whether it is out of the shop for good.
    pub archived: bool,
    /// Whether it is sold.
    pub for_sale: bool,
    /// The stock level: a new one by [`Terms::stock_level`], or the one that was read.
    #[serde(serialize_with = "json_number")]
    pub stock_level: Decimal,
}

/// A product as a listing shows it. A listing reads an index behind the writes: the product exists, but a field may be
/// old.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedProduct {
    /// Its guid.
    pub guid: Guid,
    /// Its name.
    pub name: Option<String>,
    /// The long description.
    pub description: Option<String>,
    /// The brief description.
    pub brief: Option<String>,
    /// The SKU; an empty one is none.
    pub sku: Option<String>,
    /// Addresses of its pictures.
    pub images: Vec<String>,
    /// The VAT class.
    pub vat: Option<VatClass>,
    /// The net price.
    pub net_price: Option<Decimal>,
    /// Its tags.
    pub tags: Vec<Guid>,
    /// Its `data`.
    pub data: ProductData,
    /// The stock level.
    pub stock_level: Option<Decimal>,
    /// Whether it is sold.
    pub for_sale: Option<bool>,
    /// Whether it is archived.
    pub archived: bool,
    /// When it was created, where that can be read.
    pub created: Option<DateTime<Utc>>,
    /// A field that holds something, and not what was expected.
    not_understood: Option<&'static str>,
    /// What an update sends back as it stands.
    kept: Map<String, Value>,
    /// `timestamps.created` as it was sent, from which a listing goes on.
    pub(super) created_as_sent: Option<Value>,
}

impl ListedProduct {
    /// Reads a product; `None` when it has no guid, without which nothing can be done with it.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let price = value.pointer("/price/base/unit/amount");
        let created = value.pointer("/timestamps/created").filter(|created| !created.is_null());
        let mut tags: Vec<Guid> =
            read::list(value, "tag_guids").iter().filter_map(|tag| Guid::parse(tag.as_str()?)).collect();
        if tags.is_empty() {
            tags = read::list(value, "tags").iter().filter_map(|tag| read::guid(tag, "guid")).collect();
        }
        let texts = |field| {
            read::list(value, field).iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let kept = assumptions::TURNED_BACK_AS_READ
            .into_iter()
            .filter_map(|field| Some((field.to_owned(), value.get(field).filter(|v| !v.is_null())?.clone())));
        Some(Self {
            guid: read::guid(value, "guid").or_else(|| read::guid(value, "product_guid"))?,
            name: read::text(value, "name"),
            description: read::text(value, "desc"),
            brief: read::text(value, "brief"),
            sku: read::text(value, "sku").filter(|sku| !sku.trim().is_empty()),
            images: texts("images"),
            vat: read::text(value, "vat").map(|class| VatClass::as_read(&class)),
            net_price: price.and_then(read::decimal),
            tags,
            data: ProductData(read::object(value, "data")),
            stock_level: value.get("stock_level").and_then(read::decimal),
            for_sale: read::switch(value, "for_sale"),
            archived: assumptions::is_archived(read::switch(value, "archived")),
            created: created.and_then(Value::as_str).and_then(read::time),
            not_understood: not_understood(value),
            kept: kept.collect(),
            created_as_sent: created.cloned(),
        })
    }

    /// What is read, turned back into what is written, for an update that changes some of it.
    ///
    /// # Errors
    /// The name of the field that cannot be turned back. Sending the update without it would wipe it.
    pub fn to_fields(&self) -> Result<ProductFields, &'static str> {
        if let Some(field) = self.not_understood {
            return Err(field);
        }
        Ok(ProductFields {
            name: self.name.clone().ok_or("name")?,
            description: self.description.clone().unwrap_or_default(),
            brief: self.brief.clone().unwrap_or_default(),
            sku: self.sku.clone(),
            images: self.images.clone(),
            vat: self.vat.clone().ok_or("vat")?,
            net_price: self.net_price.ok_or("price.base.unit.amount")?,
            tags: self.tags.clone(),
            data: self.data.clone(),
            kept: self.kept.clone(),
        })
    }
}

/// The first field whose content would be lost if what was read of it were written back.
fn not_understood(value: &Value) -> Option<&'static str> {
    let all = |field: &str, is_read: fn(&Value) -> bool| match value.get(field) {
        None | Some(Value::Null) => true,
        Some(Value::Array(items)) => items.iter().all(is_read),
        Some(_) => false,
    };
    let is_guid = |tag: &Value| tag.as_str().and_then(Guid::parse).is_some();
    let is_object_or_none =
        |field: &str| value.get(field).is_none_or(|data| data.is_object() || data.is_null());
    [
        ("images", all("images", Value::is_string)),
        ("tag_guids", all("tag_guids", is_guid)),
        ("data", is_object_or_none("data")),
    ]
    .into_iter()
    .find_map(|(field, is_read)| (!is_read).then_some(field))
}
