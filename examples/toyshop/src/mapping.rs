//! From what the shop sends to canonical products: pure functions.
//!
//! A value that cannot be read is never guessed: goods at a wrong price, or for sale though they are hidden, do more harm
//! than goods that are not there. What is only left out of a variant (an EAN, a picture) is told as a warning.

use std::str::FromStr as _;

use connector::Warning;
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice,
    Product, ProductId, ProductParts, Reject, RejectReason, Sku, StockLevel, Variant, VariantId, VatRate,
};
use iso_currency::Currency;
use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;

use crate::wire;

/// What concerns the whole shop and is needed for each of its products.
#[derive(Clone, Debug)]
pub struct Context {
    /// The language in which texts are read.
    pub language: String,
    /// The shop's default language, for texts that are missing in the other.
    pub default_language: String,
    /// The currency of all prices.
    pub currency: Currency,
    /// The rate of goods for which the shop tells none.
    pub vat_default: Option<VatRate>,
}

impl Context {
    fn text<'a>(&self, texts: &'a wire::Texts) -> &'a str {
        let text = texts.get(&self.language).or_else(|| texts.get(&self.default_language));
        text.unwrap_or_default()
    }

    /// A text of which nothing is visible is none, so the default language is asked then too.
    fn name(&self, texts: &wire::Texts) -> Option<Name> {
        let languages = [&self.language, &self.default_language];
        languages.into_iter().find_map(|language| Name::new(texts.get(language)?).ok())
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
}

/// Makes a canonical product of a row of the shop's list.
#[must_use]
pub fn product(context: &Context, id: &ProductId, row: &Value) -> Mapped {
    let mut mapper = Mapper { context, id, name: None, rejects: Vec::new(), warnings: Vec::new() };
    let product = match wire::Product::deserialize(row) {
        Ok(row) => mapper.product(&row),
        Err(error) => {
            // Which variants it has is not known, so it is rejected as a whole.
            mapper.reject(None, None, RejectReason::broken("product", &error.to_string()));
            None
        }
    };
    Mapped { product, rejects: mapper.rejects, warnings: mapper.warnings }
}

/// The shop's categories. One without a name in either language is left out.
#[must_use]
pub fn category_tree(context: &Context, rows: &[wire::Category]) -> CategoryTree {
    let category = |row: &wire::Category| {
        let id = category_id(&row.id)?;
        Some(Category { id, name: context.name(&row.name)?, parent: category_id(&row.parent) })
    };
    CategoryTree::new(rows.iter().filter_map(category))
}

fn category_id(id: &wire::Scalar) -> Option<CategoryId> {
    CategoryId::new(&id.id()?.to_string()).ok()
}

struct Mapper<'a> {
    context: &'a Context,
    id: &'a ProductId,
    name: Option<Name>,
    rejects: Vec<Reject>,
    warnings: Vec<Warning>,
}

/// What all variants of a product have in common.
struct Common {
    vat: VatRate,
    for_sale: bool,
    categories: Vec<CategoryId>,
    images: Vec<ImageRef>,
}

impl Mapper<'_> {
    fn product(&mut self, row: &wire::Product) -> Option<Product> {
        self.name = self.context.name(&row.name);
        if row.variants.is_empty() {
            self.reject(None, None, RejectReason::broken("variants", "nothing"));
            return None;
        }
        let common = self.common(row);
        let variants: Vec<Variant> =
            row.variants.iter().filter_map(|row| self.variant_or_reject(row, common.as_ref())).collect();
        if variants.is_empty() {
            return None;
        }
        let made = Product::new(ProductParts {
            id: self.id.clone(),
            name: self.name.clone()?,
            description: Markdown::from_html(self.context.text(&row.description)),
            brief: Line::from_html(self.context.text(&row.brief)),
            categories: common.ok()?.categories,
            variants,
            family: None,
            also: None,
        });
        // Two variants with one id: which of them is which, nobody knows.
        made.map_err(|error| {
            self.reject(None, None, RejectReason::broken("variants", &error.to_string()));
        })
        .ok()
    }

    /// Without it none of the variants can be imported.
    fn common(&mut self, row: &wire::Product) -> Result<Common, RejectReason> {
        if self.name.is_none() {
            return Err(RejectReason::NoName);
        }
        let vat = match row.vat.text() {
            Some(told) => {
                let rate = Decimal::from_str(told).ok().and_then(|percent| VatRate::percent(percent).ok());
                rate.ok_or_else(|| RejectReason::broken("vat", told))?
            }
            None => self.context.vat_default.ok_or(RejectReason::VatUntold)?,
        };
        let category = |id| category_id(id).ok_or_else(|| broken("categories", id));
        Ok(Common {
            vat,
            for_sale: row
                .visible
                .0
                .ok_or_else(|| RejectReason::broken("visible", "neither true nor false"))?,
            categories: row.categories.iter().map(category).collect::<Result<_, _>>()?,
            images: self.images(None, &row.pictures),
        })
    }

    fn variant_or_reject(&mut self, row: &Value, common: Result<&Common, &RejectReason>) -> Option<Variant> {
        let id = wire::row_id(row);
        let is_number = |id: &&str| id.bytes().all(|byte| byte.is_ascii_digit());
        let Some(id) = id.text().filter(is_number).and_then(|id| VariantId::new(id).ok()) else {
            // It is there, and cannot be told from one that was imported before.
            self.reject(None, None, broken("variants.id", &id));
            return None;
        };
        let (sku, variant) = match wire::Variant::deserialize(row) {
            Ok(row) => {
                let sku = self.sku(&id, &row);
                let variant = common.map_err(Clone::clone);
                let variant = variant.and_then(|common| self.variant(&id, &row, sku.clone(), common));
                (sku, variant)
            }
            Err(error) => (None, Err(RejectReason::broken("variants", &error.to_string()))),
        };
        variant.map_err(|reason| self.reject(Some(id), sku, reason)).ok()
    }

    fn variant(
        &mut self,
        id: &VariantId,
        row: &wire::Variant,
        sku: Option<Sku>,
        common: &Common,
    ) -> Result<Variant, RejectReason> {
        let net = row.net.text().ok_or(RejectReason::NoPrice)?;
        let net = Decimal::from_str(net).map_err(|_| broken("net", &row.net))?;
        let stock = match row.stock.text().unwrap_or_default() {
            wire::UNCOUNTED => StockLevel::Unknown,
            told => StockLevel::Quantity(Decimal::from_str(told).map_err(|_| broken("stock", &row.stock))?),
        };
        let price = NetPrice::new(Money::new(net, self.context.currency))?;
        Ok(Variant {
            id: id.clone(),
            sku,
            attributes: self.attributes(id, row)?,
            ean: self.ean(id, row),
            price,
            vat: common.vat,
            stock,
            images: if row.pictures.is_empty() {
                common.images.clone()
            } else {
                self.images(Some(id), &row.pictures)
            },
            for_sale: common.for_sale,
        })
    }

    fn attributes(&mut self, id: &VariantId, row: &wire::Variant) -> Result<Attributes, RejectReason> {
        let name = |texts| self.context.name(texts).ok_or_else(|| RejectReason::broken("choices", "no name"));
        let told = row.choices.iter().map(|choice| Ok((name(&choice.option)?, name(&choice.value)?)));
        let (attributes, dropped) = Attributes::new(told.collect::<Result<Vec<_>, RejectReason>>()?);
        for (name, value) in dropped {
            self.warn(Some(id), format!("it has \"{name}\" twice; \"{value}\" was left out"));
        }
        Ok(attributes)
    }

    fn sku(&mut self, id: &VariantId, row: &wire::Variant) -> Option<Sku> {
        Sku::parse(row.sku.text().unwrap_or_default()).unwrap_or_else(|error| {
            self.warn(Some(id), format!("its SKU was left out: {error}"));
            None
        })
    }

    fn ean(&mut self, id: &VariantId, row: &wire::Variant) -> Option<Ean> {
        Ean::parse(row.ean.text().unwrap_or_default()).unwrap_or_else(|error| {
            self.warn(Some(id), format!("its EAN was left out: {error}"));
            None
        })
    }

    /// An id never gets another picture, so it is the picture's identity. Nobody can fetch it without the key.
    fn images(&mut self, id: Option<&VariantId>, pictures: &[wire::Scalar]) -> Vec<ImageRef> {
        let mut images = Vec::new();
        for picture in pictures {
            match picture.id().and_then(|picture| ImageRef::new(&picture.to_string(), None).ok()) {
                Some(image) => images.push(image),
                None => {
                    let what = format!("its picture {:?} was left out: that is no id", found(picture));
                    self.warn(id, what);
                }
            }
        }
        images
    }

    fn warn(&mut self, variant: Option<&VariantId>, what: String) {
        self.warnings.push(Warning { product: Some(self.id.clone()), variant: variant.cloned(), what });
    }

    fn reject(&mut self, variant: Option<VariantId>, sku: Option<Sku>, reason: RejectReason) {
        let name = self.name.as_ref().map(ToString::to_string);
        self.rejects.push(Reject { product: self.id.clone(), variant, name, sku, reason });
    }
}

fn broken(field: &str, told: &wire::Scalar) -> RejectReason {
    RejectReason::broken(field, &found(told))
}

fn found(told: &wire::Scalar) -> String {
    told.text().unwrap_or("nothing").chars().take(80).collect()
}
