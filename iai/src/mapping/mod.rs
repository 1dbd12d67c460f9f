//! From what the shop sends to canonical products: pure functions.
//!
//! A value that cannot be read is never guessed: it rejects the size that it is told of, or all of them where it is the product's. What
//! is only left out of a variant (an EAN, a picture) is told as a warning.

use std::collections::{HashMap, HashSet};

use connector::Warning;
use gateway_core::model::{
    Category, CategoryId, CategoryTree, Family, ImageRef, Line, Markdown, Name, Product, ProductId,
    ProductParts, Reject, RejectReason, Sku, Variant, VariantId, VatRate,
};
use iso_currency::Currency;
use serde::Deserialize as _;
use serde_json::Value;

use crate::wire;

mod fields;
mod numbers;
mod stock;

pub use stock::{Shelf, Stocked, Stocks, sizes_of};

/// The one size of goods that have none.
pub const NO_SIZE: &str = "uniw";

/// What concerns the whole shop and is needed for each of its products.
#[derive(Clone, Debug)]
pub struct Context {
    /// The language in which texts are read: three letters, as `pol`.
    pub language: String,
    /// The shop's default language, for texts that are missing in the other.
    pub default_language: String,
    /// The currency of products that do not tell one.
    pub currency: Currency,
    /// The rate of goods for which the shop tells none, or that are exempt.
    pub vat_default: Option<VatRate>,
    /// The stocks whose goods are sold.
    pub stocks: Stocks,
    /// The names of sizes by their ids, in the chosen language; without one a size is called as in the panel.
    pub sizes: HashMap<String, Name>,
}

impl Context {
    /// A text, in the chosen language or else in the default one: that of the first that `read` finds something in.
    fn text<'a, T, R>(
        &self,
        texts: &'a [T],
        language: impl Fn(&'a T) -> &'a wire::Scalar,
        read: impl Fn(&'a T) -> Option<R>,
    ) -> Option<R> {
        [&self.language, &self.default_language].into_iter().find_map(|wanted| {
            let told = texts.iter().filter(|text| language(text).text() == Some(wanted.as_str()));
            told.into_iter().find_map(&read)
        })
    }

    /// The names of sizes in the chosen language, where a list of all tells them.
    #[must_use]
    pub fn size_names(&self, sizes: &wire::Sizes) -> HashMap<String, Name> {
        let sizes = sizes.size_groups.iter().flat_map(|group| &group.sizes);
        let named = |size: &wire::Size| {
            let name = self.text(&size.lang_data, |told| &told.lang_id, |told| name(&told.name));
            Some((size.size_id.text()?.to_owned(), name.or_else(|| name_of(size.size_name.text()?))?))
        };
        sizes.filter_map(named).collect()
    }
}

/// A text of which nothing is visible is no name.
fn name_of(text: &str) -> Option<Name> {
    Name::new(text).ok()
}

fn name(told: &wire::Scalar) -> Option<Name> {
    told.text().and_then(name_of)
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

/// Makes a canonical product of a row of the search.
#[must_use]
pub fn product(context: &Context, id: &ProductId, row: &Value) -> Mapped {
    match wire::Product::deserialize(row) {
        Ok(row) => {
            let mut mapper = Mapper {
                name: context.text(
                    &row.product_descriptions_lang_data,
                    |text| &text.lang_id,
                    |text| name(&text.product_name),
                ),
                context,
                id,
                row: &row,
                rejects: Vec::new(),
                warnings: Vec::new(),
            };
            let product = mapper.product();
            Mapped { product, rejects: mapper.rejects, warnings: mapper.warnings }
        }
        Err(error) => {
            // Which sizes it has is not known, so it is rejected as a whole.
            let reason = RejectReason::broken("product", &error.to_string());
            let reject = Reject { product: id.clone(), variant: None, name: None, sku: None, reason };
            Mapped { rejects: vec![reject], ..Mapped::default() }
        }
    }
}

/// The shop's categories. One without a name in either language is left out.
#[must_use]
pub fn category_tree(context: &Context, rows: &[wire::Category]) -> CategoryTree {
    let category = |row: &wire::Category| {
        let called =
            |text: &wire::CategoryText| name(&text.plural_name).or_else(|| name(&text.singular_name));
        let called = context.text(&row.lang_data, |text| &text.lang_id, called)?;
        let parent = fields::category_id(&row.parent_id).ok().flatten();
        Some(Category { id: fields::category_id(&row.id).ok().flatten()?, name: called, parent })
    };
    CategoryTree::new(rows.iter().filter_map(category))
}

/// What all sizes of a product have in common.
struct Common {
    name: Name,
    vat: VatRate,
    currency: Currency,
    for_sale: bool,
    categories: Vec<CategoryId>,
    /// What the products of its group differ in.
    version: Vec<(Name, Name)>,
    stocked: Stocked,
    images: Vec<ImageRef>,
}

/// A size of a product, with what it is told by.
struct Size {
    id: VariantId,
    /// Its name in the panel.
    panel_name: Option<Name>,
    codes: wire::SizeCodes,
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
    fn product(&mut self) -> Option<Product> {
        let common = self.common();
        let sizes = self.sizes();
        let is_alone = self.row.listed_sizes().len() == 1;
        let variants: Vec<Variant> =
            sizes.iter().filter_map(|size| self.variant_or_reject(size, is_alone, common.as_ref())).collect();
        if variants.is_empty() {
            return None;
        }
        let common = common.ok()?;
        let text = |read: fn(&wire::ProductText) -> &wire::Scalar| {
            let texts = &self.row.product_descriptions_lang_data;
            self.context.text(texts, |text| &text.lang_id, |text| read(text).text()).unwrap_or_default()
        };
        let made = Product::new(ProductParts {
            id: self.id.clone(),
            name: common.name,
            description: Markdown::from_html(text(|text| &text.product_long_description)),
            brief: Line::from_html(text(|text| &text.product_description)),
            categories: common.categories,
            variants,
            family: self.family(),
            also: None,
        });
        // Two sizes with one id: which of them is which, nobody knows.
        made.map_err(|error| {
            self.reject(None, None, RejectReason::broken("productSizes", &error.to_string()));
        })
        .ok()
    }

    /// Without it none of the sizes can be imported.
    fn common(&mut self) -> Result<Common, RejectReason> {
        let name = self.name.clone().ok_or(RejectReason::NoName)?;
        let row = self.row;
        let categories =
            fields::category_id(&row.category_id).map_err(|()| broken("categoryId", &row.category_id))?;
        Ok(Common {
            name,
            vat: self.vat()?,
            currency: self.currency()?,
            for_sale: fields::switch("productIsVisible", &row.product_is_visible)?,
            categories: categories.into_iter().collect(),
            version: self.version(),
            stocked: Stocked::read(row.product_stocks_data.as_ref())?,
            images: self.images(),
        })
    }

    /// The sizes that it has. Those that nobody could tell from each other are rejected here.
    fn sizes(&mut self) -> Vec<Size> {
        let row = self.row;
        let mut codes = HashMap::new();
        for told in &row.product_sizes_attributes {
            // One that cannot be read, or that is told twice, leaves its size without codes and a price of its own: then it is broken.
            let read = wire::SizeCodes::deserialize(told).map_err(|error| error.to_string());
            if let Some(id) = wire::size_id(told).text() {
                let read = if codes.contains_key(id) { Err("it is there twice".to_owned()) } else { read };
                codes.insert(id.to_owned(), read);
            }
        }
        let listed = row.listed_sizes();
        if listed.is_empty() {
            self.reject(None, None, RejectReason::broken("productSizes", "nothing"));
        }
        let mut sizes = Vec::new();
        let (mut seen, mut twice) = (HashSet::new(), None);
        for told in listed {
            let id = wire::size_id(told);
            let Some(id) = id.text().and_then(|id| VariantId::new(id).ok()) else {
                // It is there, and cannot be told from one that was imported before.
                self.reject(None, None, broken("productSizes.sizeId", &id));
                continue;
            };
            if !seen.insert(id.clone()) {
                twice = Some(id);
                continue;
            }
            let named = wire::SizeName::deserialize(told).map_err(|error| error.to_string());
            match (named, codes.remove(id.as_str()).unwrap_or_else(|| Ok(wire::SizeCodes::default()))) {
                (Ok(named), Ok(codes)) => {
                    let panel_name = name(&named.size_panel_name).or_else(|| name(&codes.size_panel_name));
                    sizes.push(Size { id, panel_name, codes });
                }
                (Err(error), _) | (_, Err(error)) => {
                    self.reject(Some(id), None, RejectReason::broken("productSizes", &error));
                }
            }
        }
        // Which of the two is which, nobody knows, not even where only one of them can be read.
        if let Some(twice) = twice {
            let reason = RejectReason::broken("productSizes", &format!("{twice} is there twice"));
            self.reject(None, None, reason);
            sizes.clear();
        }
        sizes
    }

    fn variant_or_reject(
        &mut self,
        size: &Size,
        is_alone: bool,
        common: Result<&Common, &RejectReason>,
    ) -> Option<Variant> {
        let sku = self.sku(size);
        let variant = common.map_err(Clone::clone);
        let variant = variant.and_then(|common| self.variant(size, sku.clone(), is_alone, common));
        variant.map_err(|reason| self.reject(Some(size.id.clone()), sku, reason)).ok()
    }

    fn variant(
        &mut self,
        size: &Size,
        sku: Option<Sku>,
        is_alone: bool,
        common: &Common,
    ) -> Result<Variant, RejectReason> {
        Ok(Variant {
            id: size.id.clone(),
            sku,
            price: self.price(size, common)?,
            vat: common.vat,
            stock: common.stocked.level(size.id.as_str(), &self.context.stocks)?,
            attributes: self.attributes(size, is_alone, &common.version)?,
            ean: self.ean(size),
            images: common.images.clone(),
            for_sale: common.for_sale,
        })
    }

    /// The group that it is one of. Its main product names it, and itself too.
    fn family(&self) -> Option<Family> {
        let version = self.row.product_version.as_ref()?;
        let parent = version.version_parent_id.id().filter(|parent| *parent > 0)?.to_string();
        let mut members = version.version_products_ids.iter().filter_map(wire::Scalar::id).peekable();
        let is_self = |id: u64| id.to_string() == self.id.as_str();
        // Without a list of its members a group is known by its name alone, and one that has a name has several.
        let has_others = members.peek().is_none() || members.any(|member| !is_self(member));
        Some(Family { id: ProductId::new(&parent).ok()?, has_others })
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
    RejectReason::broken(field, &told.to_string())
}
