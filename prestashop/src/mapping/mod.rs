//! From what `PrestaShop` sends to canonical products: pure functions.

use std::str::FromStr as _;

use connector::{Skip, Warning};
use gateway_core::model::{
    CategoryId, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice, Product, ProductId, ProductParts,
    Reject, RejectReason, Sku, StockLevel, Variant, VariantId, VatRate,
};
use iso_currency::Currency;
use rust_decimal::Decimal;
use url::Url;

use crate::wire;

mod rows;
mod stock;
mod tables;

pub use rows::{category_tree, combinations, product_row};
pub use stock::{Place, ShopIds, StockTable};
pub use tables::{OptionTable, VatTable};

/// What concerns the whole shop and is needed for each of its products.
#[derive(Clone, Debug)]
pub struct Context {
    /// The shop's address, below which its public pictures lie.
    pub base_url: Url,
    /// The language in which texts are read.
    pub language: String,
    /// The shop's default language, for texts that are missing in the other.
    pub default_language: String,
    /// The currency of all prices.
    pub currency: Currency,
    /// VAT by tax rules group.
    pub vat: VatTable,
    /// The rate of goods for which the shop tells none.
    pub vat_default: Option<VatRate>,
    /// What variants differ in.
    pub options: OptionTable,
    /// Which shop it is, where one `PrestaShop` holds several.
    pub shop: ShopIds,
    /// Whether the shop counts its stock at all.
    pub stock_is_managed: bool,
    /// Categories that every product is in, and that say nothing about it.
    pub root_categories: Vec<String>,
}

/// The combinations of one product, as far as they were delivered.
#[derive(Clone, Debug, Default)]
pub struct Combinations {
    /// Those that can be read.
    pub delivered: Vec<wire::Combination>,
    /// Those that cannot: their ids, and why.
    pub broken: Vec<(String, String)>,
}

impl Combinations {
    /// How many there are; a product without any is one variant by itself.
    #[must_use]
    pub fn variants(&self) -> u64 {
        (self.delivered.len() + self.broken.len()).max(1) as u64
    }

    fn is_empty(&self) -> bool {
        self.delivered.is_empty() && self.broken.is_empty()
    }

    fn has(&self, id: &str) -> bool {
        self.delivered.iter().any(|combination| combination.id.id() == Some(id))
            || self.broken.iter().any(|(broken, _)| broken == id)
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
    /// Why the product is not to be imported at all.
    pub skip: Option<Skip>,
}

fn in_language<'a>(texts: &'a wire::Localised, language: &str, default_language: &str) -> Option<&'a str> {
    texts.get(language).or_else(|| texts.get(default_language))
}

/// Makes a canonical product of a row of `/api/products`, its combinations, and the stock of its page.
#[must_use]
pub fn product(
    context: &Context,
    row: &wire::Product,
    combinations: &Combinations,
    stock: &StockTable,
) -> Mapped {
    let Some(Ok(id)) = row.id.id().map(ProductId::new) else { return Mapped::default() };
    if row.state.switch() == Some(false) {
        let why = "it is a draft that was never saved in the back office".to_owned();
        let skip = Skip { product: id, variants: combinations.variants(), why };
        return Mapped { skip: Some(skip), ..Mapped::default() };
    }
    let mut mapper = Mapper { context, row, id: &id, stock, warnings: Vec::new(), rejects: Vec::new() };
    let variants = match mapper.parts() {
        Ok((name, common)) => {
            let variants = mapper.variants(combinations, common);
            (!variants.is_empty()).then_some((name, variants))
        }
        Err(reason) => {
            mapper.reject_all(combinations, &reason);
            None
        }
    };
    let product = variants.and_then(|(name, variants)| {
        let parts = ProductParts {
            id: id.clone(),
            name,
            description: Markdown::from_html(mapper.text(&row.description)),
            brief: Line::from_html(mapper.text(&row.description_short)),
            categories: mapper.categories(),
            variants,
            family: None,
            also: None,
        };
        Product::new(parts)
            .map_err(|error| {
                let reason = RejectReason::broken("combinations", &error.to_string());
                mapper.reject_all(combinations, &reason);
            })
            .ok()
    });
    Mapped { product, rejects: mapper.rejects, warnings: mapper.warnings, skip: None }
}

/// What all variants of a product have in common.
#[derive(Clone, Copy)]
struct Common {
    vat: VatRate,
    for_sale: bool,
}

struct Mapper<'a> {
    context: &'a Context,
    row: &'a wire::Product,
    id: &'a ProductId,
    stock: &'a StockTable,
    warnings: Vec<Warning>,
    rejects: Vec<Reject>,
}

impl<'a> Mapper<'a> {
    fn text(&self, texts: &'a wire::Localised) -> &'a str {
        in_language(texts, &self.context.language, &self.context.default_language).unwrap_or_default()
    }

    /// In the chosen language, else in the default one; a text of nothing visible is none.
    fn name(&self) -> Option<Name> {
        let languages = [&self.context.language, &self.context.default_language];
        languages.into_iter().find_map(|language| Name::new(self.row.name.get(language)?).ok())
    }

    /// What concerns all variants: without it none can be imported.
    fn parts(&self) -> Result<(Name, Common), RejectReason> {
        let name = self.name().ok_or(RejectReason::NoName)?;
        let vat = self.context.vat.get(&self.row.id_tax_rules_group).or(self.context.vat_default);
        let vat = vat.ok_or(RejectReason::VatUntold)?;
        Ok((name, Common { vat, for_sale: self.is_for_sale()? }))
    }

    /// A switch that cannot be read may be one that keeps the product from shoppers.
    fn is_for_sale(&self) -> Result<bool, RejectReason> {
        let switch = |field, told: &wire::Scalar| {
            told.switch().ok_or_else(|| RejectReason::broken(field, told.text().unwrap_or("nothing")))
        };
        let is_visible = match self.row.visibility.text().unwrap_or("nothing") {
            "both" | "catalog" | "search" => true,
            "none" => false,
            other => return Err(RejectReason::broken("visibility", other)),
        };
        let is_active = switch("active", &self.row.active)?;
        Ok(switch("available_for_order", &self.row.available_for_order)? && is_active && is_visible)
    }

    fn variants(&mut self, combinations: &Combinations, common: Common) -> Vec<Variant> {
        // A combination that is listed and not delivered is not gone, so it must not look so.
        for listed in self.row.associations.combinations.iter().filter(|id| !combinations.has(id)) {
            let reason = RejectReason::broken("combination", "listed, but not delivered");
            self.reject(VariantId::new(listed).ok(), None, reason);
        }
        for (id, why) in &combinations.broken {
            self.reject(VariantId::new(id).ok(), None, RejectReason::broken("combination", why));
        }
        if combinations.is_empty() && self.row.associations.combinations.is_empty() {
            // It costs what its product costs.
            let simple = wire::Combination { price: 0.into(), ..wire::Combination::default() };
            return self.keep(VariantId::simple(), &simple, common).into_iter().collect();
        }
        let delivered = combinations.delivered.iter();
        delivered
            .filter_map(|combination| match combination.id.id().map(VariantId::new) {
                Some(Ok(id)) => self.keep(id, combination, common),
                _ => {
                    self.reject(None, None, RejectReason::broken("combination.id", "nothing"));
                    None
                }
            })
            .collect()
    }

    fn keep(&mut self, id: VariantId, combination: &wire::Combination, common: Common) -> Option<Variant> {
        match self.variant(&id, combination, common) {
            Ok(variant) => Some(variant),
            Err(reason) => {
                let sku = Sku::parse(self.reference(combination)).ok().flatten();
                self.reject(Some(id), sku, reason);
                None
            }
        }
    }

    fn variant(
        &mut self,
        id: &VariantId,
        combination: &wire::Combination,
        Common { vat, for_sale }: Common,
    ) -> Result<Variant, RejectReason> {
        let (attributes, dropped) = self
            .context
            .options
            .attributes(&combination.associations.product_option_values)
            .map_err(|value| RejectReason::broken("product_option_values", &value))?;
        for (name, value) in dropped {
            self.warn(id, format!("it has \"{name}\" twice; \"{value}\" was left out"));
        }
        let stock = if self.context.stock_is_managed {
            self.stock.level(self.id.as_str(), id.as_str())?
        } else {
            StockLevel::Unknown
        };
        Ok(Variant {
            id: id.clone(),
            sku: self.sku(id, combination),
            ean: self.ean(id, combination),
            attributes,
            price: self.price(combination)?,
            vat,
            stock,
            images: self.images(id, combination),
            for_sale,
        })
    }

    /// The product's price and what the combination adds to it.
    fn price(&self, combination: &wire::Combination) -> Result<NetPrice, RejectReason> {
        let number =
            |field, text: &str| Decimal::from_str(text).map_err(|_| RejectReason::broken(field, text));
        let base = number("price", self.row.price.text().ok_or(RejectReason::NoPrice)?)?;
        let impact = number("combination.price", combination.price.text().unwrap_or("nothing"))?;
        let price = base.checked_add(impact).ok_or_else(|| RejectReason::broken("price", "too large"))?;
        Ok(NetPrice::new(Money::new(price, self.context.currency))?)
    }

    fn reference<'c>(&'c self, combination: &'c wire::Combination) -> &'c str {
        combination.reference.text().or(self.row.reference.text()).unwrap_or_default()
    }

    fn sku(&mut self, id: &VariantId, combination: &wire::Combination) -> Option<Sku> {
        Sku::parse(self.reference(combination)).unwrap_or_else(|error| {
            self.warn(id, format!("its reference was left out: {error}"));
            None
        })
    }

    fn ean(&mut self, id: &VariantId, combination: &wire::Combination) -> Option<Ean> {
        let ean = combination.ean13.id().or(self.row.ean13.id()).unwrap_or_default();
        Ean::parse(ean).unwrap_or_else(|error| {
            self.warn(id, format!("its EAN was left out: {error}"));
            None
        })
    }

    /// The combination's pictures, else the product's; the cover first, then the shop's order.
    fn images(&mut self, id: &VariantId, combination: &wire::Combination) -> Vec<ImageRef> {
        let own = &combination.associations.images;
        let ids = if own.is_empty() { &self.row.associations.images } else { own };
        let cover = self.row.id_default_image.id();
        let mut ids: Vec<&str> = ids.iter().collect();
        ids.sort_by_key(|image| Some(*image) != cover);
        let images = ids.into_iter().map(|image| self.image(image)).collect::<Vec<_>>();
        images
            .into_iter()
            .filter_map(|image| {
                image
                    .map_err(|bad| self.warn(id, format!("its picture {bad:?} was left out: that is no id")))
                    .ok()
            })
            .collect()
    }

    fn image(&self, image: &str) -> Result<ImageRef, String> {
        let is_id = !image.is_empty() && image.len() <= 10 && image.bytes().all(|byte| byte.is_ascii_digit());
        if !is_id {
            return Err(image.chars().take(20).collect());
        }
        let image_ref = ImageRef::new(image, public_picture(&self.context.base_url, image))
            .map_err(|_| String::new())?
            .located_at(&format!("{}/{image}", self.id));
        Ok(image_ref)
    }

    /// The default category first, because the one listed first is taken as the main one.
    fn categories(&self) -> Vec<CategoryId> {
        let default = self.row.id_category_default.id();
        let is_root = |id: &&str| self.context.root_categories.iter().any(|root| root == id);
        default
            .into_iter()
            .chain(self.row.associations.categories.iter())
            .filter(|id| !is_root(id))
            .filter_map(|id| CategoryId::new(id).ok())
            .collect()
    }

    fn warn(&mut self, variant: &VariantId, what: String) {
        self.warnings.push(Warning { product: Some(self.id.clone()), variant: Some(variant.clone()), what });
    }

    fn reject(&mut self, variant: Option<VariantId>, sku: Option<Sku>, reason: RejectReason) {
        let name = self.name().map(|name| name.as_str().to_owned());
        self.rejects.push(Reject { product: self.id.clone(), variant, name, sku, reason });
    }

    /// Every variant that is known of: a fault of the product is one of them all.
    fn reject_all(&mut self, combinations: &Combinations, reason: &RejectReason) {
        let simple = wire::Combination::default();
        let sku = |combination| Sku::parse(self.reference(combination)).ok().flatten();
        let listed = self.row.associations.combinations.iter().filter(|id| !combinations.has(id));
        let broken = combinations.broken.iter().map(|(id, _)| id.as_str());
        let delivered = combinations.delivered.iter();
        let delivered = delivered.filter_map(|combination| Some((combination.id.id()?, sku(combination))));
        let others = broken.chain(listed).map(|id| (id, None));
        let mut all: Vec<(String, Option<Sku>)> =
            delivered.chain(others).map(|(id, sku)| (id.to_owned(), sku)).collect();
        if all.is_empty() {
            all.push(("0".to_owned(), sku(&simple)));
        }
        for (id, sku) in all {
            self.reject(VariantId::new(&id).ok(), sku, reason.clone());
        }
    }
}

/// Where anybody finds a picture: its id, digit by digit, is the folder it lies in.
fn public_picture(base_url: &Url, image: &str) -> Option<Url> {
    let mut url = base_url.clone();
    {
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty().extend(["img", "p"]);
        for digit in image.chars() {
            path.push(digit.encode_utf8(&mut [0; 4]));
        }
        path.push(&format!("{image}.jpg"));
    }
    Some(url)
}
