//! Exactly what `PrestaShop` sends, and what hosts make of it: the same field is a text in one shop, a number in another,
//! `false` in a third, and not there in a fourth.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

mod answers;
mod stock;

pub use answers::{
    NoRows, OF_PHP, Rights, ServiceError, errors, is_own_word, rights, row_id, rows, stock_product,
};
pub use stock::{StockAvailable, stock_document, stock_patch, written_levels};

/// A scalar: text, number, boolean, null or nothing at all. Null and nothing are "not told"; a boolean says something only
/// where a switch is asked for, and is no number anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(Told);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Switch(bool),
    Text(String),
}

impl Scalar {
    /// The text, without white space around it; `None` when there is none.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.0 {
            Told::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Told::Nothing | Told::Switch(_) => None,
        }
    }

    /// The text with the white space around it, also an empty one; `None` when none was told.
    #[must_use]
    pub fn as_told(&self) -> Option<&str> {
        match &self.0 {
            Told::Text(text) => Some(text),
            Told::Nothing | Told::Switch(_) => None,
        }
    }

    /// The text as an id; `0` is "none".
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.text().filter(|text| *text != "0")
    }

    /// Whether it is a number as ids are, `0` among them.
    #[must_use]
    pub fn is_id(&self) -> bool {
        self.text().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Whether a switch is on; an empty text is off, as PHP has it. `default` when it is not told.
    #[must_use]
    pub fn is_on(&self, default: bool) -> bool {
        match &self.0 {
            Told::Nothing => default,
            Told::Switch(is_on) => *is_on,
            Told::Text(text) => !matches!(text.trim(), "" | "0"),
        }
    }

    /// Whether a switch is on that must be told; `None` when it is not, or cannot be read.
    #[must_use]
    pub fn switch(&self) -> Option<bool> {
        match &self.0 {
            Told::Nothing => None,
            Told::Switch(is_on) => Some(*is_on),
            Told::Text(text) => match text.trim() {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            },
        }
    }

    /// The text as it was told, empty when there is none.
    fn into_text(self) -> String {
        match self.0 {
            Told::Text(text) => text,
            Told::Nothing | Told::Switch(_) => String::new(),
        }
    }
}

impl From<u64> for Scalar {
    fn from(number: u64) -> Self {
        Self(Told::Text(number.to_string()))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(Self(match value {
            serde_json::Value::String(text) => Told::Text(text),
            serde_json::Value::Number(number) => Told::Text(number.to_string()),
            serde_json::Value::Bool(is_on) => Told::Switch(is_on),
            serde_json::Value::Null => Told::Nothing,
            serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                return Err(de::Error::custom("a list or an object stands where a text should"));
            }
        }))
    }
}

/// A text in the shop's languages. With one language it is a plain text, with several a list by the languages' ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Localised {
    /// In the one language that there is, or that was asked for.
    Plain(String),
    /// By the language's id.
    ByLanguage(BTreeMap<String, String>),
}

impl Default for Localised {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl Localised {
    /// The text in a language; `None` when it is empty there. A missing translation is empty, never that of another
    /// language.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        let text = match self {
            Self::Plain(text) => text,
            Self::ByLanguage(texts) => texts.get(language)?,
        };
        Some(text.as_str()).filter(|text| !text.trim().is_empty())
    }
}

impl<'de> Deserialize<'de> for Localised {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Localised;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts by language")
            }

            fn visit_str<E>(self, text: &str) -> Result<Localised, E> {
                Ok(Localised::Plain(text.to_owned()))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Localised, E> {
                Ok(Localised::default())
            }

            fn visit_unit<E>(self) -> Result<Localised, E> {
                Ok(Localised::default())
            }

            fn visit_i64<E>(self, number: i64) -> Result<Localised, E> {
                Ok(Localised::Plain(number.to_string()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Localised, E> {
                Ok(Localised::Plain(number.to_string()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Localised, A::Error> {
                #[derive(Deserialize)]
                struct Text {
                    id: Scalar,
                    #[serde(default)]
                    value: Scalar,
                }
                let mut texts = BTreeMap::new();
                while let Some(Text { id, value }) = list.next_element()? {
                    if let Some(id) = id.id() {
                        texts.insert(id.to_owned(), value.into_text());
                    }
                }
                Ok(Localised::ByLanguage(texts))
            }

            // A number with a fraction arrives as a map where numbers keep all their digits.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Localised, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Localised::default())
            }
        }

        deserializer.deserialize_any(Texts)
    }
}

/// The ids of an association; absent when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids(Vec<String>);

impl Ids {
    /// The ids, in the shop's order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Id {
            #[serde(default)]
            id: Scalar,
        }
        let value = serde_json::Value::deserialize(deserializer)?;
        let serde_json::Value::Array(list) = value else { return Ok(Self::default()) };
        let ids: Vec<Id> = list
            .into_iter()
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()
            .map_err(de::Error::custom)?;
        Ok(Self(ids.iter().filter_map(|id| id.id.id().map(str::to_owned)).collect()))
    }
}

/// A product, of `/api/products?display=full`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Product {
    pub id: Scalar,
    pub id_category_default: Scalar,
    pub id_default_image: Scalar,
    pub id_tax_rules_group: Scalar,
    pub reference: Scalar,
    pub ean13: Scalar,
    /// `0` is a draft, which the back office does not show.
    pub state: Scalar,
    /// Net, without a combination's impact and without promotions.
    pub price: Scalar,
    pub active: Scalar,
    pub available_for_order: Scalar,
    /// `both`, `catalog`, `search` or `none`.
    pub visibility: Scalar,
    pub date_upd: Scalar,
    pub name: Localised,
    pub description: Localised,
    pub description_short: Localised,
    #[serde(deserialize_with = "lists")]
    pub associations: ProductAssociations,
}

/// A product's lists.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct ProductAssociations {
    pub categories: Ids,
    pub images: Ids,
    pub combinations: Ids,
}

/// A combination: a variant of a product, of `/api/combinations?display=full`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Combination {
    pub id: Scalar,
    pub id_product: Scalar,
    pub ean13: Scalar,
    pub reference: Scalar,
    /// What it adds to the product's price; may be below zero.
    pub price: Scalar,
    #[serde(deserialize_with = "lists")]
    pub associations: CombinationAssociations,
}

/// A combination's lists.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct CombinationAssociations {
    pub product_option_values: Ids,
    pub images: Ids,
}

/// Without any association, PHP writes an empty list instead of an object.
fn lists<'de, D: Deserializer<'de>, T: Default + de::DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        object @ serde_json::Value::Object(_) => serde_json::from_value(object).map_err(de::Error::custom),
        _ => Ok(T::default()),
    }
}

/// A row of `/api/product_options`: what variants differ in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct ProductOption {
    pub id: Scalar,
    pub position: Scalar,
    pub name: Localised,
    /// What shoppers see.
    pub public_name: Localised,
}

/// A row of `/api/product_option_values`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct ProductOptionValue {
    pub id: Scalar,
    pub id_attribute_group: Scalar,
    pub name: Localised,
}

/// A row of `/api/categories`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Category {
    pub id: Scalar,
    pub id_parent: Scalar,
    pub is_root_category: Scalar,
    pub level_depth: Scalar,
    pub name: Localised,
}

/// A row of `/api/configurations`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Configuration {
    pub name: Scalar,
    pub value: Scalar,
    pub id_shop: Scalar,
    pub id_shop_group: Scalar,
}

/// A row of `/api/languages`, `/api/currencies` or `/api/shops`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Named {
    pub id: Scalar,
    /// Of shops only.
    pub id_shop_group: Scalar,
    pub name: Localised,
    pub active: Scalar,
    pub deleted: Scalar,
    pub iso_code: Scalar,
}

/// A row of `/api/tax_rules`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct TaxRule {
    pub id_tax_rules_group: Scalar,
    pub id_country: Scalar,
    pub id_state: Scalar,
    pub zipcode_from: Scalar,
    pub id_tax: Scalar,
    /// `0`: this tax alone; others combine it with the next rules.
    pub behavior: Scalar,
}

/// A row of `/api/taxes`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct Tax {
    pub id: Scalar,
    pub rate: Scalar,
    pub active: Scalar,
    pub deleted: Scalar,
}
