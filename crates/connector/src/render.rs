//! A variant as the marketplace is sent it.

use gateway_core::gateway::{Guid, NewItem, ProductData, ProductFields, SourceMark, Terms};
use gateway_core::model::{CategoryId, ImageRef, Product, RejectReason, Variant};
use serde::{Serialize, Serializer};

use crate::import::{ALSO, Fingerprint, SHARED_FAMILY, digests, family_digest};
use crate::{ShopName, Warning};

/// A variant as the marketplace would be sent it, pictures and the family's tag aside: their addresses and guids are
/// known only once they are there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rendered {
    /// What is sent.
    pub item: NewItem,
    /// The pictures that go with it, the cover first; told by their identity at the shop.
    #[serde(serialize_with = "identities")]
    pub images: Vec<ImageRef>,
    /// The shop's categories it is in.
    pub categories: Vec<CategoryId>,
    /// How many variants its product has.
    pub family: usize,
    /// Its mark, as far as it is known by now.
    #[serde(skip)]
    pub(crate) mark: SourceMark,
    #[serde(skip)]
    pub(crate) fingerprint: Fingerprint,
    /// What is not sent as the shop has it.
    #[serde(skip)]
    pub warnings: Vec<Warning>,
}

/// What is asked of the marketplace, of the shop and of the run to make a variant of the shop one of the marketplace.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a> {
    /// What the marketplace takes.
    pub terms: Terms,
    /// Whose goods they are.
    pub shop: &'a ShopName,
    /// Whether pictures are sent.
    pub with_pictures: bool,
}

impl Rendering<'_> {
    /// Makes of a variant what the marketplace takes. `categories` are the tags of its product's categories.
    ///
    /// # Errors
    /// When the marketplace does not take it, with the reason.
    pub fn render(
        &self,
        product: &Product,
        variant: &Variant,
        categories: &[Guid],
    ) -> Result<Rendered, RejectReason> {
        let terms = self.terms;
        let vat = terms.vat_class(variant.vat).ok_or(RejectReason::VatWithoutClass(variant.vat))?;
        if variant.price.currency() != terms.currency() {
            // The shop's currency is checked before any product is read, so this is one product's own.
            return Err(RejectReason::broken("currency", variant.price.currency().code()));
        }
        let (name, was_cut) = terms.name(product.name());
        let mut warnings = Vec::new();
        if was_cut {
            warnings.push(Warning {
                product: Some(product.id().clone()),
                variant: Some(variant.id.clone()),
                what: format!("its name is too long for the marketplace and was cut to \"{name}\""),
            });
        }
        let images = if self.with_pictures { variant.images.clone() } else { Vec::new() };
        let mut mark = SourceMark::new(self.shop.external_id(product.id(), &variant.id));
        let mut fields = ProductFields {
            name: name.as_str().to_owned(),
            description: product.description().as_str().to_owned(),
            brief: product.brief().as_str().to_owned(),
            sku: variant.sku.as_ref().map(|sku| sku.as_str().to_owned()),
            images: Vec::new(),
            vat,
            net_price: variant.price.amount(),
            tags: categories.to_vec(),
            data: ProductData::new(&variant.attributes, variant.ean.as_ref(), &mark),
            kept: serde_json::Map::new(),
        };
        mark.sent = digests(&fields, variant.for_sale);
        mark.sent.extend(product.family().map(|family| (SHARED_FAMILY.to_owned(), family_digest(family))));
        mark.sent.extend(product.also().map(|also| (ALSO.to_owned(), also.to_string())));
        mark.tags = categories.to_vec();
        let fingerprint = Fingerprint::of(&mark.sent, categories, images.iter().map(ImageRef::identity));
        mark.hash = fingerprint.to_string();
        fields.data.set_source(&mark);
        Ok(Rendered {
            item: NewItem::new(fields, variant.for_sale, terms.stock_level(variant.stock)),
            images,
            categories: product.categories().to_vec(),
            family: product.variants().len(),
            mark,
            fingerprint,
            warnings,
        })
    }
}

fn identities<S: Serializer>(images: &[ImageRef], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(images.iter().map(ImageRef::identity))
}
