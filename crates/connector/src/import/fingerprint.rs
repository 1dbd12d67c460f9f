//! What was sent, in a few bytes: to see at a glance that nothing has changed, and which fields have.

use std::collections::BTreeMap;
use std::fmt;

use gateway_core::gateway::{Guid, ProductFields, SourceMark};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

/// A field of a variant that an update changes, or leaves to the people at the marketplace, by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    Description,
    Brief,
    Sku,
    Vat,
    Price,
    Attributes,
    Ean,
    ForSale,
}

impl Field {
    pub(crate) const ALL: [Self; 9] = [
        Self::Name,
        Self::Description,
        Self::Brief,
        Self::Sku,
        Self::Vat,
        Self::Price,
        Self::Attributes,
        Self::Ean,
        Self::ForSale,
    ];

    /// Its name, in the mark and to people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "desc",
            Self::Brief => "brief",
            Self::Sku => "sku",
            Self::Vat => "vat",
            Self::Price => "price",
            Self::Attributes => "variants",
            Self::Ean => "ean",
            Self::ForSale => "for_sale",
        }
    }

    fn value(self, fields: &ProductFields, for_sale: bool) -> Value {
        match self {
            Self::Name => fields.name.as_str().into(),
            Self::Description => fields.description.as_str().into(),
            Self::Brief => fields.brief.as_str().into(),
            Self::Sku => fields.sku.clone().into(),
            Self::Vat => fields.vat.as_str().into(),
            Self::Price => fields.net_price.normalize().to_string().into(),
            Self::Attributes => fields.data.attributes().cloned().map_or(Value::Null, Value::Object),
            Self::Ean => fields.data.ean().into(),
            Self::ForSale => for_sale.into(),
        }
    }

    /// Takes the field from what is to be sent into what is there. Whether it is for sale is no field of PRODUCT.
    pub(crate) fn take(self, from: &ProductFields, into: &mut ProductFields) {
        match self {
            Self::Name => into.name.clone_from(&from.name),
            Self::Description => into.description.clone_from(&from.description),
            Self::Brief => into.brief.clone_from(&from.brief),
            Self::Sku => into.sku.clone_from(&from.sku),
            Self::Vat => into.vat.clone_from(&from.vat),
            Self::Price => into.net_price = from.net_price,
            Self::Attributes => into.data.take_attributes(&from.data),
            Self::Ean => into.data.take_ean(&from.data),
            Self::ForSale => {}
        }
    }
}

/// The digest of each field, as the mark keeps it.
pub(crate) fn digests(fields: &ProductFields, for_sale: bool) -> BTreeMap<String, String> {
    let digest = |field: Field| {
        let value = field.value(fields, for_sale).to_string();
        (field.name().to_owned(), format!("{:016x}", xxh3_64(value.as_bytes())))
    };
    Field::ALL.into_iter().map(digest).collect()
}

/// Three hashes of what is sent: of the fields, of the categories, of the pictures' identities in their order. They tell
/// only whether to look closer, so they need not withstand anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) fields: u64,
    pub(crate) categories: u64,
    pub(crate) pictures: u64,
}

impl Fingerprint {
    pub(crate) fn of<'a>(
        sent: &BTreeMap<String, String>,
        categories: &[Guid],
        pictures: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut categories = categories.to_vec();
        categories.sort_unstable();
        let pictures: Vec<&str> = pictures.into_iter().collect();
        let hash = |value: Value| xxh3_64(value.to_string().as_bytes());
        Self {
            fields: hash(json!(sent)),
            categories: hash(json!(categories)),
            pictures: hash(json!(pictures)),
        }
    }

    /// Of what a mark says was sent, whatever hash stands there: the hash's making may have changed since.
    pub(crate) fn of_mark(mark: &SourceMark) -> Self {
        Self::of(&mark.sent, &mark.tags, mark.images.iter().map(|(identity, _)| identity.as_str()))
    }
}

/// As it stands in `data.source.hash`.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}{:016x}", self.fields, self.categories, self.pictures)
    }
}
