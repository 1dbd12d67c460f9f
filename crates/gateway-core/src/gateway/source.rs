//! The mark that we leave on a product at the Gateway, in `data.source`: whose it is and what was sent.

use serde_json::{Map, Value, json};

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
    /// The pictures sent, in order: identity at the source, address at the Gateway.
    pub images: Vec<(String, String)>,
}

impl SourceMark {
    /// The mark in a product's `data`, if there is one that can be read.
    #[must_use]
    pub fn read(data: &Map<String, Value>) -> Option<Self> {
        let source = data.get("source")?.as_object()?;
        let text = |name: &str| match source.get(name)? {
            Value::String(text) => Some(text.clone()),
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
        let images = source.get("images").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let images = images
            .iter()
            .filter_map(|pair| match pair.as_array()?.as_slice() {
                [Value::String(identity), Value::String(address), ..] => {
                    Some((identity.clone(), address.clone()))
                }
                _ => None,
            })
            .collect();
        Some(Self { id, hash: text("hash").unwrap_or_default(), images })
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
            "images": self.images,
        });
        let Value::Object(mark) = mark else { return };
        match data.get_mut("source") {
            Some(Value::Object(source)) => {
                let version = source.get("v").and_then(Value::as_u64).unwrap_or_default().max(VERSION);
                source.extend(mark);
                source.insert("v".to_owned(), version.into());
            }
            _ => {
                data.insert("source".to_owned(), Value::Object(mark));
            }
        }
    }
}
