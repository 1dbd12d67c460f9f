//! From what an offer holds to canonical products: pure functions.
//!
//! A value that cannot be read is never guessed: it rejects the size that it is told of, or all of them where it is the product's. What
//! is only left out of a variant (an EAN, a picture) is told as a warning.

use connector::{Skip, Warning};
use gateway_core::model::{
    ImageRef, Line, Markdown, Name, Product, ProductId, ProductParts, Reject, RejectReason, Sku, Variant,
    VariantId, VatRate,
};
use iso_currency::Currency;

use crate::wire;

mod categories;
mod fields;
mod groups;
mod numbers;

pub use categories::Categories;
pub use groups::Groups;

/// What concerns the whole offer and is needed for each of its products.
#[derive(Clone, Debug)]
pub struct Context {
    /// The language in which texts are read: three letters, as `pol`.
    pub language: String,
    /// The offer's own language: that of texts which do not tell one, and of those that are missing in the other.
    pub offer_language: String,
    /// The currency of all prices.
    pub currency: Currency,
    /// The rate of goods for which the offer tells none.
    pub vat_default: Option<VatRate>,
    /// Which groups several products are in.
    pub groups: Groups,
}

/// An offer whose prices are in nobody knows which currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the offer's currency is {0:?}, which is no ISO 4217 code: choose one in the shop's panel")]
pub struct UnknownCurrency(
    /// What the offer tells; empty when it tells none.
    pub String,
);

impl Context {
    /// For an offer that says this of itself, read in a language.
    ///
    /// # Errors
    /// When the offer does not tell its currency.
    pub fn new(
        head: &wire::Head,
        language: &str,
        vat_default: Option<VatRate>,
        groups: Groups,
    ) -> Result<Self, UnknownCurrency> {
        let told = head.currency.as_deref().unwrap_or_default();
        let currency =
            Currency::from_code(told).ok_or_else(|| UnknownCurrency(told.chars().take(20).collect()))?;
        let offer_language = head.language.as_deref().unwrap_or(language).to_owned();
        Ok(Self { language: language.to_owned(), offer_language, currency, vat_default, groups })
    }

    fn text<'a>(&self, texts: &'a wire::Texts) -> &'a str {
        let text = |language| texts.get(language, &self.offer_language);
        text(&self.language).or_else(|| text(&self.offer_language)).unwrap_or_default()
    }

    /// A text of which nothing is visible is none, so the offer's language is asked then too.
    fn name(&self, texts: &wire::Texts) -> Option<Name> {
        let languages = [&self.language, &self.offer_language];
        languages.into_iter().find_map(|language| Name::new(texts.get(language, &self.offer_language)?).ok())
    }
}

/// What became of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapped {
    /// The product with those variants that can be imported, if there are any.
    pub product: Option<Product>,
    /// The variants that cannot.
    pub rejects: Vec<Reject>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
    /// The shop has removed the product: it is not to be imported, and what was imported of it is gone. Nothing else is skipped.
    pub skip: Option<Skip>,
}

/// Makes a canonical product of what stands in an offer; `None` when nobody can tell which product it is, and so which is missing:
/// what an offer with such a one does not hold is not gone.
#[must_use]
pub fn product(context: &Context, entry: &wire::Entry) -> Option<Mapped> {
    match entry {
        wire::Entry::Product(row) => {
            let id = product_id(&row.id)?;
            let mut mapper = Mapper {
                context,
                row,
                id: &id,
                name: context.name(&row.name),
                rejects: Vec::new(),
                warnings: Vec::new(),
            };
            match mapper.is_removed() {
                Ok(true) => {
                    let variants = row.sizes.len().max(1) as u64;
                    let skip = Skip { product: id, variants, why: "the shop has removed it".to_owned() };
                    Some(Mapped { skip: Some(skip), ..Mapped::default() })
                }
                told => {
                    let product = mapper.product(told.err());
                    let Mapper { rejects, warnings, .. } = mapper;
                    Some(Mapped { product, rejects, warnings, skip: None })
                }
            }
        }
        wire::Entry::Broken(broken) => {
            let product = product_id(broken.id.as_deref()?)?;
            let reason = RejectReason::broken("product", &broken.fault.to_string());
            // Which sizes it has is not known, so it is rejected as a whole.
            let reject = Reject { product, variant: None, name: None, sku: None, reason };
            Some(Mapped { rejects: vec![reject], ..Mapped::default() })
        }
    }
}

/// IdoSell numbers its products. What is no number was damaged, and nobody can tell what it was.
fn product_id(told: &str) -> Option<ProductId> {
    let is_number = !told.is_empty() && told.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| ProductId::new(told).ok()).flatten()
}

/// What all variants of a product have in common.
struct Common {
    name: Name,
    vat: VatRate,
    for_sale: bool,
    /// What the products of its group differ in.
    group: Vec<(Name, Name)>,
    images: Vec<ImageRef>,
}

struct Mapper<'a> {
    context: &'a Context,
    row: &'a wire::Product,
    id: &'a ProductId,
    name: Option<Name>,
    rejects: Vec<Reject>,
    warnings: Vec<Warning>,
}

impl Mapper<'_> {
    fn is_removed(&self) -> Result<bool, RejectReason> {
        switch("removed", self.row.removed.as_deref().unwrap_or("no"))
    }

    /// All of it, unless something is wrong with the whole product already.
    fn product(&mut self, wrong: Option<RejectReason>) -> Option<Product> {
        let common = wrong.map_or_else(|| self.common(), Err);
        let variants = self.variants(common.as_ref());
        if variants.is_empty() {
            return None;
        }
        let made = Product::new(ProductParts {
            id: self.id.clone(),
            name: common.ok()?.name,
            description: Markdown::from_html(self.context.text(&self.row.long_desc)),
            brief: Line::from_html(self.context.text(&self.row.short_desc)),
            categories: self.categories(),
            variants,
            family: self.context.groups.family(self.row),
            also: None,
        });
        // Two sizes with one id: which of them is which, nobody knows.
        made.map_err(|error| self.reject(None, None, RejectReason::broken("sizes", &error.to_string()))).ok()
    }

    /// Without it none of the variants can be imported.
    fn common(&mut self) -> Result<Common, RejectReason> {
        let name = self.name.clone().ok_or(RejectReason::NoName)?;
        if let Some(told) = self.row.currency.as_deref()
            && Currency::from_code(told) != Some(self.context.currency)
        {
            return Err(RejectReason::broken("currency", told));
        }
        let (vat, for_sale) = (self.vat()?, self.is_for_sale()?);
        Ok(Common { name, vat, for_sale, group: self.group(), images: self.images() })
    }

    fn vat(&self) -> Result<VatRate, RejectReason> {
        let Some(told) = self.row.vat.as_deref() else {
            return self.context.vat_default.ok_or(RejectReason::VatUntold);
        };
        // How Polish invoices say that goods are exempt. IOF tells a rate; where a shop has none to tell, this is what it has.
        if ["zw", "zw."].iter().any(|exempt| told.eq_ignore_ascii_case(exempt)) {
            return self.context.vat_default.ok_or(RejectReason::VatExempt);
        }
        let rate = numbers::decimal(told).and_then(|percent| VatRate::percent(percent).ok());
        rate.ok_or_else(|| RejectReason::broken("vat", told))
    }

    /// `iaiext:visibility` tells it for each shop that it concerns, as `iaiext:site`; what else it tells (price comparison sites) is
    /// not about the shop. Where it tells nothing, the product would not be in the file if it were hidden.
    fn is_for_sale(&self) -> Result<bool, RejectReason> {
        let mut shown = false;
        for told in &self.row.visible_at {
            shown |= switch("visibility", told.as_deref().unwrap_or("nothing"))?;
        }
        Ok(shown || self.row.visible_at.is_empty())
    }

    fn variants(&mut self, common: Result<&Common, &RejectReason>) -> Vec<Variant> {
        let row = self.row;
        if row.sizes.is_empty() && row.has_sizes {
            // They are there, and nobody can tell which they are.
            self.reject(None, None, RejectReason::broken("sizes", "nothing"));
            return Vec::new();
        }
        if row.sizes.is_empty() {
            // It costs what its product costs. No stock is told of it, and so it has none.
            let simple = wire::Size::default();
            return self.keep(VariantId::simple(), &simple, common).into_iter().collect();
        }
        let variants = row.sizes.iter().filter_map(|size| {
            // The size's id as the offer tells it, also where it is the only one: identity is the platform's own. A product that is
            // sold in one size today may be sold in two tomorrow, and the first must stay what it is.
            match size.id.as_deref().map(VariantId::new) {
                Some(Ok(id)) => self.keep(id, size, common),
                _ => {
                    // It is there, and cannot be told from one that was imported before.
                    let told = size.id.as_deref().unwrap_or("nothing");
                    self.reject(None, None, RejectReason::broken("size.id", told));
                    None
                }
            }
        });
        variants.collect()
    }

    fn keep(
        &mut self,
        id: VariantId,
        size: &wire::Size,
        common: Result<&Common, &RejectReason>,
    ) -> Option<Variant> {
        let sku = self.sku(&id, size);
        let variant =
            common.map_err(Clone::clone).and_then(|common| self.variant(&id, size, sku.clone(), common));
        variant.map_err(|reason| self.reject(Some(id), sku, reason)).ok()
    }

    fn variant(
        &mut self,
        id: &VariantId,
        size: &wire::Size,
        sku: Option<Sku>,
        common: &Common,
    ) -> Result<Variant, RejectReason> {
        Ok(Variant {
            id: id.clone(),
            sku,
            price: self.price(size, common.vat)?,
            vat: common.vat,
            stock: numbers::stock(size)?,
            attributes: self.attributes(id, size, &common.group)?,
            ean: self.ean(id, size),
            images: common.images.clone(),
            for_sale: common.for_sale,
        })
    }

    fn warn(&mut self, variant: Option<&VariantId>, what: String) {
        self.warnings.push(Warning { product: Some(self.id.clone()), variant: variant.cloned(), what });
    }

    fn reject(&mut self, variant: Option<VariantId>, sku: Option<Sku>, reason: RejectReason) {
        let name = self.name.as_ref().map(ToString::to_string);
        self.rejects.push(Reject { product: self.id.clone(), variant, name, sku, reason });
    }
}

/// `yes` or `no`. Anything else may mean either.
fn switch(field: &str, told: &str) -> Result<bool, RejectReason> {
    match told {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(RejectReason::broken(field, other)),
    }
}
