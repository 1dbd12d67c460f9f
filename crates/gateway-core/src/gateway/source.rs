//! The mark that we leave on a product at the Gateway, in `data.source`: whose it is and what was sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Guid;
use crate::model::{ExternalId, Platform, ProductId, ShopKey, VariantId};

/// The version of the mark. Later versions only add fields, so a mark of any version from 1 on is read.
const VERSION: u64 = 1;

/// Where a product of the Gateway comes from. With it links can be rebuilt when all else is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceMark {
    /// The variant that it is.
    pub id: ExternalId,
    /// A hash of what was last sent, to see at a glance whether anything has changed.
    pub hash: String,
    /// The version of the mapping that made what was last sent; 0 where the mark does not tell.
    pub mapping: u32,
    /// The pictures sent, in order: identity at the source, address at the Gateway.
    pub images: Vec<(String, String)>,
    /// The categories that were put on it.
    pub tags: Vec<Guid>,
    /// The tag that it shares with the other variants of its product, once there was a second one.
    pub family: Option<Guid>,
    /// A short digest of each field as it was last sent, by the field's name, so that an update leaves alone what
    /// people have changed and the shop has not.
    pub sent: BTreeMap<String, String>,
    /// It is archived because the shop does not have it any more, and comes back with it. What a person archives does
    /// not bear this.
    pub is_gone: bool,
}

impl SourceMark {
    /// The mark of a variant of which nothing has been sent yet.
    #[must_use]
    pub fn new(id: ExternalId) -> Self {
        Self {
            id,
            hash: String::new(),
            mapping: 0,
            images: Vec::new(),
            tags: Vec::new(),
            family: None,
            sent: BTreeMap::new(),
            is_gone: false,
        }
    }

    /// The mark in a product's `data`, if there is one that can be read.
    #[must_use]
    pub fn read(data: &Map<String, Value>) -> Option<Self> {
        let source = data.get("source")?.as_object()?;
        let text = |name: &str| match source.get(name)? {
            // None of ours holds a NUL, and what does could not be remembered.
            Value::String(text) => Some(text.clone()).filter(|text| !text.contains('\0')),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        if source.get("v").and_then(Value::as_u64).is_none_or(|version| version < VERSION) {
            return None;
        }
        let id = ExternalId {
            platform: Platform::new(&text("platform")?).ok()?,
            shop: ShopKey::named(&text("shop")?).ok()?,
            product: ProductId::new(&text("product")?).ok()?,
            variant: VariantId::new(&text("variant")?).ok()?,
        };
        let list = |name: &str| source.get(name).and_then(Value::as_array).into_iter().flatten();
        let images = list("images")
            .filter_map(|pair| match pair.as_array()?.as_slice() {
                [Value::String(identity), Value::String(address), ..] => {
                    let is_whole = !identity.contains('\0') && !address.contains('\0');
                    is_whole.then(|| (identity.clone(), address.clone()))
                }
                _ => None,
            })
            .collect();
        let sent = source.get("sent").and_then(Value::as_object).into_iter().flatten();
        Some(Self {
            id,
            hash: text("hash").unwrap_or_default(),
            mapping: source
                .get("mapping")
                .and_then(Value::as_u64)
                .and_then(|v| v.try_into().ok())
                .unwrap_or(0),
            images,
            tags: list("tags").filter_map(|guid| Guid::parse(guid.as_str()?)).collect(),
            family: text("family").and_then(|guid| Guid::parse(&guid)),
            sent: sent
                .filter_map(|(field, digest)| Some((field.clone(), digest.as_str()?.to_owned())))
                .collect(),
            is_gone: source.get("gone").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// Writes the mark into a product's `data`. What a later version of ours has added to an earlier mark stays.
    pub fn write(&self, data: &mut Map<String, Value>) {
        let mark = json!({
            "v": VERSION,
            "platform": self.id.platform.as_str(),
            "shop": self.id.shop.as_str(),
            "product": self.id.product.as_str(),
            "variant": self.id.variant.as_str(),
            "hash": self.hash,
            "mapping": self.mapping,
            "images": self.images,
            "tags": self.tags,
            "family": self.family,
            "sent": self.sent,
            "gone": self.is_gone,
        });
        let Value::Object(mark) = mark else { return };
        if !matches!(data.get("source"), Some(Value::Object(_))) {
            data.insert("source".to_owned(), Value::Object(Map::new()));
        }
        if let Some(Value::Object(source)) = data.get_mut("source") {
            let version = source.get("v").and_then(Value::as_u64).unwrap_or_default().max(VERSION);
            source.extend(mark);
            source.insert("v".to_owned(), version.into());
            // What does not hold is not there.
            source.retain(|name, value| match name.as_str() {
                "family" => !value.is_null(),
                "gone" => *value != Value::Bool(false),
                "mapping" => *value != 0,
                _ => true,
            });
        }
    }
}
