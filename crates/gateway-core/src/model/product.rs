//! A product and its variants.
//!
//! What a customer reads about the product (name, texts) and where it stands in the shop (categories) belong to the
//! product. What can differ between two pieces on a shelf belongs to the variant, which is the Gateway's unit: each
//! variant becomes one Gateway product.

use std::collections::HashSet;

use serde::Serialize;

use super::attributes::Attributes;
use super::category::CategoryId;
use super::ean::Ean;
use super::id::{ProductId, VariantId};
use super::image::ImageRef;
use super::money::{NetPrice, VatRate};
use super::sku::Sku;
use super::stock::StockLevel;
use super::text::{Line, Markdown, Name};

/// One thing that can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Its id at the platform; [`VariantId::simple`] for a product without variants.
    pub id: VariantId,
    /// The vendor's own number of it.
    pub sku: Option<Sku>,
    /// The number under its bar code.
    pub ean: Option<Ean>,
    /// What tells it from its siblings; empty for a simple product.
    pub attributes: Attributes,
    /// Its regular price without VAT.
    pub price: NetPrice,
    /// Its VAT rate. A variant without one is a [`super::Reject`].
    pub vat: VatRate,
    /// How much of it is there.
    pub stock: StockLevel,
    /// Its images, the cover first.
    pub images: Vec<ImageRef>,
    /// Whether it may be bought; false for one that is switched off or hidden in the shop.
    pub for_sale: bool,
}

/// What a [`Product`] is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductParts {
    /// Its id at the platform.
    pub id: ProductId,
    /// Its name in the chosen language. All its variants bear it.
    pub name: Name,
    /// The long description.
    pub description: Markdown,
    /// The short description.
    pub brief: Line,
    /// The shop's categories that it stands in, the main one first. The shop's tree may not know all of them.
    pub categories: Vec<CategoryId>,
    /// Its variants, at least one.
    pub variants: Vec<Variant>,
    /// The family that it is one of, where the shop keeps as products of their own what are variants of one to a buyer.
    pub family: Option<Family>,
    /// Another id under which it may be known, as the shop is read by another way; only where no other product has that too.
    pub also: Option<ProductId>,
}

/// A family of several products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Family {
    /// It is named by the id of one of its products, which is the same for all.
    pub id: ProductId,
    /// Whether the shop has others of it just now. Who is alone gets no tag, and keeps the one that it has.
    pub has_others: bool,
}

/// Why parts make no product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProduct {
    /// There is nothing that could be bought.
    #[error("product {0} has no variant")]
    NoVariant(ProductId),
    /// Two variants could not be told from each other.
    #[error("product {product} has two variants with the id {variant}")]
    VariantTwice {
        /// The product.
        product: ProductId,
        /// The id that is there twice.
        variant: VariantId,
    },
}

/// A product with one or more variants, whose ids are unique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    id: ProductId,
    name: Name,
    description: Markdown,
    brief: Line,
    categories: Vec<CategoryId>,
    variants: Vec<Variant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<Family>,
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<ProductId>,
}

impl Product {
    /// Makes a product of its parts. A category, or an image of one variant, that is named twice is taken once.
    ///
    /// # Errors
    /// When there is no variant, or two have the same id.
    pub fn new(parts: ProductParts) -> Result<Self, InvalidProduct> {
        let ProductParts { id, name, description, brief, mut categories, mut variants, family, also } = parts;
        if variants.is_empty() {
            return Err(InvalidProduct::NoVariant(id));
        }
        let mut ids = HashSet::new();
        if let Some(twice) = variants.iter().find(|variant| !ids.insert(&variant.id)) {
            return Err(InvalidProduct::VariantTwice { product: id, variant: twice.id.clone() });
        }
        let mut seen = HashSet::new();
        categories.retain(|category| seen.insert(category.clone()));
        for variant in &mut variants {
            let mut seen = HashSet::new();
            variant.images.retain(|image| seen.insert(image.identity().to_owned()));
        }
        Ok(Self { id, name, description, brief, categories, variants, family, also })
    }

    /// Takes the product apart, to leave a variant out or to change a text; [`Product::new`] checks it again.
    #[must_use]
    pub fn into_parts(self) -> ProductParts {
        let Self { id, name, description, brief, categories, variants, family, also } = self;
        ProductParts { id, name, description, brief, categories, variants, family, also }
    }

    /// The same product by another id, and with another one beside it.
    #[must_use]
    pub fn known_as(self, id: ProductId, also: Option<ProductId>) -> Self {
        Self { id, also, ..self }
    }

    /// Its id at the platform.
    #[must_use]
    pub fn id(&self) -> &ProductId {
        &self.id
    }

    /// Its name; all its variants bear it.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The long description.
    #[must_use]
    pub fn description(&self) -> &Markdown {
        &self.description
    }

    /// The short description.
    #[must_use]
    pub fn brief(&self) -> &Line {
        &self.brief
    }

    /// The shop's categories that it stands in, the main one first.
    #[must_use]
    pub fn categories(&self) -> &[CategoryId] {
        &self.categories
    }

    /// Its variants, at least one, with unique ids.
    #[must_use]
    pub fn variants(&self) -> &[Variant] {
        &self.variants
    }

    /// Another id under which it may be known.
    #[must_use]
    pub fn also(&self) -> Option<&ProductId> {
        self.also.as_ref()
    }

    /// The family of several products that it is one of.
    #[must_use]
    pub fn family(&self) -> Option<&Family> {
        self.family.as_ref()
    }

    /// Whether the shop has other products of its family.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.family.as_ref().is_some_and(|family| family.has_others)
    }

    /// Whether it has more than one variant, or there are others of its family: then its variants share a tag, with those too.
    #[must_use]
    pub fn is_family(&self) -> bool {
        self.variants.len() > 1 || self.has_others()
    }
}
