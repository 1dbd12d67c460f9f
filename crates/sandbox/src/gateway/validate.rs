//! What the known facts allow in a PRODUCT and an ITEM. Everything else is refused, with the place where it was found.

use rust_decimal::Decimal;
use serde_json::{Map, Value};
use url::Url;

use super::error::Refusal;
use super::product::{Listing, decimal};

/// The most items one call may carry.
pub(super) const MOST_ITEMS: usize = 50;
const LONGEST_NAME: usize = 255;

const PRODUCT_FIELDS: [&str; 14] = [
    "name",
    "desc",
    "brief",
    "sku",
    "images",
    "vat",
    "base_price_type",
    "base_price",
    "cost_price",
    "tag_guids",
    "data",
    "size",
    "weight",
    "type",
];

/// One ITEM of the list call, checked.
pub(super) struct Item {
    pub(super) what: What,
    pub(super) listing: Listing,
}

/// What an ITEM is about.
pub(super) enum What {
    /// A new product of these fields.
    New(Map<String, Value>),
    /// The product with this guid.
    Existing(String),
}

pub(super) fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| Refusal::bad(format!("{at} is not an object, or is missing")))
}

/// Refuses fields that are not `known`.
pub(super) fn only(fields: &Map<String, Value>, known: &[&str], at: &str) -> Result<(), Refusal> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refusal::bad(format!("{at}.{name} is not a known field"))),
        None => Ok(()),
    }
}

/// A field that must be a text and not empty.
pub(super) fn required_text<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    at: &str,
) -> Result<&'a str, Refusal> {
    let text = fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    text.ok_or_else(|| Refusal::bad(format!("{at}.{name} is not a text, or is empty or missing")))
}

/// The name of a product or a tag.
pub(super) fn name<'a>(fields: &'a Map<String, Value>, at: &str) -> Result<&'a str, Refusal> {
    let name = required_text(fields, "name", at)?;
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err(Refusal::bad(format!("{at}.name has {length} characters, more than {LONGEST_NAME}")));
    }
    Ok(name)
}

/// A field that is a list of texts; left out, it is empty.
pub(super) fn texts<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    at: &str,
) -> Result<Vec<&'a str>, Refusal> {
    let Some(value) = fields.get(name) else { return Ok(Vec::new()) };
    let list = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    list.ok_or_else(|| Refusal::bad(format!("{at}.{name} is not a list of texts")))
}

/// An address that the Gateway takes: absolute, http or https, and ASCII as it stands.
pub(super) fn address(text: &str, at: &str) -> Result<Url, Refusal> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::bad(format!("{at}: the URL is not ASCII without spaces; percent-encode it")));
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| Refusal::bad(format!("{at}: not an http or https URL")))
}

/// Checks an ITEM. `knows_tag` tells whether the shop may use a tag.
pub(super) fn item(value: &Value, at: &str, knows_tag: &dyn Fn(&str) -> bool) -> Result<Item, Refusal> {
    let fields = object(value, at)?;
    only(fields, &["product", "product_guid", "archived", "for_sale", "stock_level"], at)?;
    let what = match (fields.get("product"), fields.get("product_guid")) {
        (Some(new), None) => What::New(product(new, &format!("{at}.product"), knows_tag)?),
        (None, Some(Value::String(guid))) => What::Existing(guid.clone()),
        _ => return Err(Refusal::bad(format!("{at} needs either `product` or `product_guid` (a text)"))),
    };
    let archived = match fields.get("archived") {
        Some(Value::Null) => None,
        Some(Value::Bool(archived)) => Some(*archived),
        _ => return Err(Refusal::bad(format!("{at}.archived is not true, false or null, or is missing"))),
    };
    let for_sale = fields.get("for_sale").filter(|value| value.is_boolean());
    let for_sale =
        for_sale.ok_or_else(|| Refusal::bad(format!("{at}.for_sale is not true or false, or is missing")))?;
    let stock_level = not_negative(fields, "stock_level", at)?;
    Ok(Item {
        what,
        listing: Listing { stock_level: stock_level.clone(), for_sale: for_sale.clone(), archived },
    })
}

/// Checks a PRODUCT.
pub(super) fn product(
    value: &Value,
    at: &str,
    knows_tag: &dyn Fn(&str) -> bool,
) -> Result<Map<String, Value>, Refusal> {
    let fields = object(value, at)?;
    only(fields, &PRODUCT_FIELDS, at)?;
    name(fields, at)?;
    for name in ["desc", "brief", "sku"] {
        if fields.get(name).is_some_and(|value| !value.is_string()) {
            return Err(Refusal::bad(format!("{at}.{name} is not a text")));
        }
    }
    if !matches!(required_text(fields, "vat", at)?, "VAT23" | "VAT8" | "VAT5" | "VAT0") {
        return Err(Refusal::bad(format!("{at}.vat is none of VAT23, VAT8, VAT5, VAT0")));
    }
    if required_text(fields, "base_price_type", at)? != "retail" {
        return Err(Refusal::bad(format!("{at}.base_price_type is not `retail`")));
    }
    price(fields, "base_price", at)?;
    price(fields, "cost_price", at)?;
    for (index, image) in texts(fields, "images", at)?.into_iter().enumerate() {
        address(image, &format!("{at}.images[{index}]"))?;
    }
    for (index, guid) in texts(fields, "tag_guids", at)?.into_iter().enumerate() {
        if !knows_tag(guid) {
            return Err(Refusal::bad(format!("{at}.tag_guids[{index}]: no such tag in this shop: {guid}")));
        }
    }
    let at_data = format!("{at}.data");
    let data = object(fields.get("data").unwrap_or(&Value::Null), &at_data)?;
    let at_variants = format!("{at_data}.variants");
    let variants = object(data.get("variants").unwrap_or(&Value::Null), &at_variants)?;
    match variants.iter().find(|(_, value)| !value.is_string()) {
        Some((name, _)) => Err(Refusal::bad(format!("{at_variants}.{name} is not a text"))),
        None => Ok(fields.clone()),
    }
}

fn price(fields: &Map<String, Value>, name: &str, at: &str) -> Result<(), Refusal> {
    let at = format!("{at}.{name}");
    let price = object(fields.get(name).unwrap_or(&Value::Null), &at)?;
    only(price, &["currency", "vat_percent", "amount"], &at)?;
    if !matches!(required_text(price, "currency", &at)?, "zł" | "zl") {
        return Err(Refusal::bad(format!("{at}.currency is not `zł`")));
    }
    if price.contains_key("vat_percent") {
        not_negative(price, "vat_percent", &at)?;
    }
    not_negative(price, "amount", &at).map(|_| ())
}

/// A field that must be a JSON number, zero or more.
fn not_negative<'a>(fields: &'a Map<String, Value>, name: &str, at: &str) -> Result<&'a Value, Refusal> {
    let value = fields.get(name).unwrap_or(&Value::Null);
    match value.as_number().map(decimal) {
        Some(Some(number)) if number >= Decimal::ZERO => Ok(value),
        Some(Some(_)) => Err(Refusal::bad(format!("{at}.{name} is below zero"))),
        Some(None) => {
            Err(Refusal::bad(format!("{at}.{name} has more digits than a price or a stock level can have")))
        }
        None => Err(Refusal::bad(format!("{at}.{name} is not a JSON number, or is missing"))),
    }
}
