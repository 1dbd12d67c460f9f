//! What a variant is told by: numbers, attributes, pictures, categories.

use gateway_core::model::{Attributes, CategoryId, Ean, ImageRef, Name, RejectReason, Sku, VatRate};
use iso_currency::Currency;
use rust_decimal::Decimal;
use url::Url;

use super::{Mapper, NO_SIZE, Size, broken, name, numbers};
use crate::wire;

/// What sizes differ in: the shop has no name for it. It becomes the key for sizes, unless the group has taken that.
const SIZE_NAME: &str = "Rozmiar";

impl Mapper<'_> {
    pub(super) fn vat(&self) -> Result<VatRate, RejectReason> {
        let row = self.row;
        let is_free = row.product_vat_free.text().map(|_| switch("productVatFree", &row.product_vat_free));
        if is_free.transpose()?.unwrap_or(false) {
            return self.context.vat_default.ok_or(RejectReason::VatExempt);
        }
        let Some(told) = row.product_vat.text() else {
            return self.context.vat_default.ok_or(RejectReason::VatUntold);
        };
        let rate = numbers::decimal(told).and_then(|percent| VatRate::percent(percent).ok());
        rate.ok_or_else(|| broken("productVat", &row.product_vat))
    }

    pub(super) fn currency(&self) -> Result<Currency, RejectReason> {
        let told = &self.row.currency_id;
        let Some(code) = told.text() else { return Ok(self.context.currency) };
        Currency::from_code(code).ok_or_else(|| broken("currencyId", told))
    }

    /// The vendor's own number of the size, else that of the product, which its other sizes have too.
    pub(super) fn sku(&mut self, size: &Size) -> Option<Sku> {
        let told = size.codes.product_size_code_external.text();
        let told = told.or(self.row.product_displayed_code.text()).unwrap_or_default();
        Sku::parse(told).unwrap_or_else(|error| {
            self.warn(Some(&size.id), format!("its SKU was left out: {error}"));
            None
        })
    }

    pub(super) fn ean(&mut self, size: &Size) -> Option<Ean> {
        Ean::parse(size.codes.product_size_code_producer.text().unwrap_or_default()).unwrap_or_else(|error| {
            self.warn(Some(&size.id), format!("its EAN was left out: {error}"));
            None
        })
    }

    /// What the products of its group differ in, and what it is in that.
    pub(super) fn version(&mut self) -> Vec<(Name, Name)> {
        let Some(version) = self.row.product_version.as_ref() else { return Vec::new() };
        let parent = &version.version_parent_id;
        match parent.id() {
            Some(0) => return Vec::new(),
            Some(_) => {}
            None => {
                if parent.text().is_some() {
                    self.warn(None, format!("its group was left out: {parent} is no id of a product"));
                }
                return Vec::new();
            }
        }
        let groups =
            version.version_group_names.iter().flat_map(|names| &names.version_group_names_lang_data);
        let groups: Vec<_> = groups.collect();
        let group = self.context.text(&groups, |told| &told.lang_id, |told| name(&told.version_group_name));
        let names = version.version_names.iter().flat_map(|names| &names.version_names_lang_data);
        let names: Vec<_> = names.collect();
        let value = self.context.text(&names, |told| &told.lang_id, |told| name(&told.version_name));
        if let (Some(group), Some(value)) = (group, value) {
            return vec![(group, value)];
        }
        let what = "what it is in its group was left out: it has no text in the chosen language, nor in the shop's default";
        self.warn(None, what.to_owned());
        Vec::new()
    }

    /// What it is in its group, then its size.
    pub(super) fn attributes(
        &mut self,
        size: &Size,
        is_alone: bool,
        version: &[(Name, Name)],
    ) -> Result<Attributes, RejectReason> {
        let mut told = version.to_vec();
        if size.id.as_str() != NO_SIZE {
            let value = self.context.sizes.get(size.id.as_str()).cloned().or_else(|| size.panel_name.clone());
            match (Name::new(SIZE_NAME), value) {
                (Ok(name), Some(value)) => told.push((name, value)),
                // A lone size without a name says nothing; of several, nobody could tell this one from the others.
                _ if !is_alone => return Err(RejectReason::broken("sizePanelName", "nothing")),
                _ => {}
            }
        }
        let (attributes, dropped) = Attributes::new(told);
        for (name, value) in dropped {
            self.warn(Some(&size.id), format!("it has \"{name}\" twice; \"{value}\" was left out"));
        }
        Ok(attributes)
    }

    /// By priority, then as they come; those without a priority last. Under one address there may be another picture tomorrow, and then
    /// its hash is another one; the host is left out of the identity, so that a shop that moves keeps its pictures.
    pub(super) fn images(&mut self) -> Vec<ImageRef> {
        let priority = |image: &wire::Image| image.product_image_priority.text().and_then(numbers::decimal);
        let mut told: Vec<&wire::Image> = self.row.product_images.iter().collect();
        told.sort_by_key(|image| priority(image).unwrap_or(Decimal::MAX));
        let mut images = Vec::new();
        for image in told {
            let address = image.product_image_large_url.text().unwrap_or_default();
            match Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
                Some(url) => {
                    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                    let hash = image.product_image_hash.text().filter(|hash| *hash != "false");
                    let hash = hash.unwrap_or_default();
                    let identity = format!("{}{query}#{hash}", url.path());
                    let image = ImageRef::new(&identity, Some(url));
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
}

/// A category's id; none where it is 0 or not told.
pub(super) fn category_id(told: &wire::Scalar) -> Result<Option<CategoryId>, ()> {
    let Some(text) = told.text() else { return Ok(None) };
    match told.id() {
        Some(0) => Ok(None),
        Some(_) => CategoryId::new(text).map(Some).map_err(drop),
        None => Err(()),
    }
}

/// `y` or `n`. Anything else may mean either.
pub(super) fn switch(field: &str, told: &wire::Scalar) -> Result<bool, RejectReason> {
    match told.text() {
        Some("y") => Ok(true),
        Some("n") => Ok(false),
        _ => Err(broken(field, told)),
    }
}
