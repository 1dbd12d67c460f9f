//! A variant as the marketplace is sent it.

use gateway_core::gateway::{NewItem, ProductData, ProductFields, SourceMark, Terms};
use gateway_core::model::{Product, RejectReason, Variant};
use serde::Serialize;

use crate::{ShopName, Warning};

/// A variant as the marketplace would be sent it, pictures and tags aside: their addresses and guids are known only
/// once they are there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rendered {
    /// What is sent.
    pub item: NewItem,
    /// The pictures that go with it, the cover first, by their identity at the shop.
    pub images: Vec<String>,
    /// The shop's categories it is in, by their ids.
    pub categories: Vec<String>,
    /// How many variants its product has.
    pub family: usize,
    /// What is not sent as the shop has it.
    #[serde(skip)]
    pub warnings: Vec<Warning>,
}

/// Makes of a variant what the marketplace takes.
///
/// # Errors
/// When the marketplace does not take it, with the reason.
pub fn render(
    terms: Terms,
    shop: &ShopName,
    product: &Product,
    variant: &Variant,
) -> Result<Rendered, RejectReason> {
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
    let images: Vec<String> = variant.images.iter().map(|image| image.identity().to_owned()).collect();
    let categories: Vec<String> = product.categories().iter().map(|id| id.as_str().to_owned()).collect();
    let mut source = SourceMark {
        id: shop.external_id(product.id(), &variant.id),
        hash: String::new(),
        images: Vec::new(),
    };
    let mut fields = ProductFields {
        name: name.as_str().to_owned(),
        description: product.description().as_str().to_owned(),
        brief: product.brief().as_str().to_owned(),
        sku: variant.sku.as_ref().map(|sku| sku.as_str().to_owned()),
        images: Vec::new(),
        vat,
        net_price: variant.price.amount(),
        tags: Vec::new(),
        data: ProductData::new(&variant.attributes, variant.ean.as_ref(), &source),
        kept: serde_json::Map::new(),
    };
    source.hash = hash(&fields, &images, &categories, variant.for_sale);
    fields.data.set_source(&source);
    Ok(Rendered {
        item: NewItem::new(fields, variant.for_sale, terms.stock_level(variant.stock)),
        images,
        categories,
        family: product.variants().len(),
        warnings,
    })
}

/// A hash of what is sent, the stock level aside, which is not the import's to change. It tells only whether to look
/// closer, so it need not withstand anybody.
fn hash(fields: &ProductFields, images: &[String], categories: &[String], for_sale: bool) -> String {
    let sent = serde_json::json!([fields, images, categories, for_sale]).to_string();
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(sent.as_bytes()))
}
