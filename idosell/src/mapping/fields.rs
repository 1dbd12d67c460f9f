//! What a variant is told by: numbers, attributes, pictures, categories.

use gateway_core::model::{
    Attributes, CategoryId, Ean, ImageRef, Name, NetPrice, RejectReason, Sku, VariantId, VatRate,
};
use rust_decimal::Decimal;
use url::Url;

use super::{Mapper, numbers};
use crate::wire;

/// The one size of goods that have none (IdoSell gives it to them all).
const NO_SIZE: &str = "uniw";

/// What sizes differ in. It becomes the key for sizes, unless a parameter of the group has taken that: then it stays as it is.
const SIZE_NAME: &str = "Rozmiar";

impl Mapper<'_> {
    /// The size's price wins over the product's.
    pub(super) fn price(&self, size: &wire::Size, vat: VatRate) -> Result<NetPrice, RejectReason> {
        let (field, told) = match size.prices.as_slice() {
            [] => ("price.gross", &self.row.prices),
            _ => ("size.price.gross", &size.prices),
        };
        numbers::price(field, told, vat, self.context.currency)
    }

    pub(super) fn sku(&mut self, id: &VariantId, size: &wire::Size) -> Option<Sku> {
        let told = size.code_external.as_deref().or(size.code.as_deref());
        let told = told.or(self.row.code_on_card.as_deref()).unwrap_or_default();
        Sku::parse(told).unwrap_or_else(|error| {
            self.warn(Some(id), format!("its SKU was left out: {error}"));
            None
        })
    }

    /// The size's, else the product's where there is one size: several would all bear it, and it is the number of one thing.
    pub(super) fn ean(&mut self, id: &VariantId, size: &wire::Size) -> Option<Ean> {
        let of_product = self.row.producer_code_standard.as_deref().filter(|_| self.row.sizes.len() <= 1);
        let mut wrong = None;
        for told in [size.code_producer.as_deref(), of_product].into_iter().flatten() {
            match Ean::parse(told) {
                Ok(Some(ean)) => return Some(ean),
                Ok(None) => {}
                Err(error) => wrong = wrong.or(Some(error)),
            }
        }
        if let Some(error) = wrong {
            self.warn(Some(id), format!("its EAN was left out: {error}"));
        }
        None
    }

    /// What the products of its group differ in.
    pub(super) fn group(&mut self) -> Vec<(Name, Name)> {
        let mut told = Vec::new();
        let row = self.row;
        for parameter in row.group.iter().flat_map(|group| &group.parameters) {
            match (self.context.name(&parameter.name), self.context.name(&parameter.value)) {
                (Some(name), Some(value)) => told.push((name, value)),
                _ => {
                    let what = "a parameter of its group was left out: it has no text in the chosen language, nor in the offer's";
                    self.warn(None, what.to_owned());
                }
            }
        }
        told
    }

    /// What the products of its group differ in, then its size.
    pub(super) fn attributes(
        &mut self,
        id: &VariantId,
        size: &wire::Size,
        group: &[(Name, Name)],
    ) -> Result<Attributes, RejectReason> {
        let mut told = group.to_vec();
        if size.id.as_deref().is_some_and(|id| id != NO_SIZE) {
            let names = [&size.name, &size.panel_name].into_iter().flatten();
            let value = names.into_iter().find_map(|name| Name::new(name).ok());
            match (Name::new(SIZE_NAME), value) {
                (Ok(name), Some(value)) => told.push((name, value)),
                // A lone size without a name says nothing; of several, nobody could tell this one from the others.
                _ if self.row.sizes.len() > 1 => {
                    return Err(RejectReason::broken("size.name", "nothing"));
                }
                _ => {}
            }
        }
        let (attributes, dropped) = Attributes::new(told);
        for (name, value) in dropped {
            self.warn(Some(id), format!("it has \"{name}\" twice; \"{value}\" was left out"));
        }
        Ok(attributes)
    }

    /// By priority, then as they come; those without a priority last. The hash changes with the picture, so it is its identity; where it
    /// is not told, the address is.
    pub(super) fn images(&mut self) -> Vec<ImageRef> {
        let priority = |image: &wire::Image| image.priority.as_deref().and_then(numbers::decimal);
        let mut told: Vec<&wire::Image> = self.row.images.iter().collect();
        told.sort_by_key(|image| priority(image).unwrap_or(Decimal::MAX));
        let mut images = Vec::new();
        for image in told {
            let address = image.url.as_deref().unwrap_or_default();
            match Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                Some(url) => {
                    let identity = image.hash.as_deref().unwrap_or(address);
                    let image = ImageRef::new(identity, Some(url));
                    images.extend(image.ok().map(|image| image.located_at(address)));
                }
                None => {
                    let shown: String = address.chars().take(80).collect();
                    self.warn(None, format!("its picture {shown:?} was left out: that is no address"));
                }
            }
        }
        images
    }

    pub(super) fn categories(&self) -> Vec<CategoryId> {
        let ids = self.row.categories.iter().filter_map(|category| category.id.as_deref());
        ids.filter_map(|id| CategoryId::new(id).ok()).collect()
    }
}
