//! From what stands in files to canonical products: pure functions.
//!
//! A value that cannot be read is never guessed: the good is rejected.

use connector::{Skip, Warning};
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, Ean, Line, Markdown, Money, Name, NetPrice, Product,
    ProductId, ProductParts, Reject, RejectReason, Sku, StockLevel, Variant, VariantId, VatRate,
    net_from_gross,
};
use iso_currency::Currency;
use rust_decimal::Decimal;

pub use crate::survey::Survey;
use crate::wire;

/// Before a symbol that is an id: in the program's database goods have numbers, which may be another good's symbol.
const BY_SYMBOL: &str = "symbol:";

/// Before a tag's name: tags and groups may have the same.
const TAG: &str = "cecha:";

/// The category in which all tags are.
const TAGS: &str = "cechy";

/// What becomes of a row of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapped {
    /// The good.
    pub product: Option<Product>,
    /// It cannot be imported.
    pub reject: Option<Reject>,
    /// It is not to be imported.
    pub skip: Option<Skip>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// A good's id: its symbol, whatever its case.
///
/// `None` when there is no symbol that can be one.
#[must_use]
pub fn product_id(symbol: Option<&str>) -> Option<ProductId> {
    ProductId::new(&format!("{BY_SYMBOL}{}", symbol?.trim().to_uppercase())).ok()
}

/// Makes a canonical product of a good; `None` when nobody can tell which one it is.
#[must_use]
pub fn product(survey: &Survey, vat_default: Option<VatRate>, good: &wire::Good) -> Option<Mapped> {
    let symbol = good.symbol.as_deref()?;
    let id = product_id(Some(symbol))?;
    let why = match good.kind.as_deref() {
        Some("2") => Some("it is a service"),
        Some("4") => Some("it is packaging"),
        _ => None,
    };
    if let Some(why) = why {
        let skip = Skip { product: id, variants: 1, why: why.to_owned() };
        return Some(Mapped { skip: Some(skip), ..Mapped::default() });
    }
    let mut warnings = Vec::new();
    let mut warn = |what| warnings.push(Warning { product: Some(id.clone()), variant: None, what });
    let sku = Sku::parse(symbol).unwrap_or_else(|error| {
        warn(format!("its SKU was left out: {error}"));
        None
    });
    let ean = Ean::parse(good.barcode.as_deref().unwrap_or_default()).unwrap_or_else(|error| {
        warn(format!("its EAN was left out: {error}"));
        None
    });
    let made = made(survey, vat_default, good, &id, sku.clone(), ean);
    let mut mapped = Mapped { warnings, ..Mapped::default() };
    match made {
        Ok(product) => mapped.product = Some(product),
        Err(reason) => {
            let name = good.name.as_deref().and_then(|name| Name::new(name).ok());
            let name = name.map(|name| name.to_string());
            mapped.reject = Some(Reject { product: id, variant: None, name, sku, reason });
        }
    }
    Some(mapped)
}

fn made(
    survey: &Survey,
    vat_default: Option<VatRate>,
    good: &wire::Good,
    id: &ProductId,
    sku: Option<Sku>,
    ean: Option<Ean>,
) -> Result<Product, RejectReason> {
    let symbol = good.symbol.as_deref().unwrap_or_default();
    if survey.is_twice(symbol) {
        return Err(RejectReason::broken("symbol", &format!("{symbol}, which stands in the file twice")));
    }
    // 1 is goods, 8 a set of them.
    if let Some(other) = good.kind.as_deref().filter(|kind| !matches!(*kind, "1" | "8")) {
        return Err(RejectReason::broken("kind", other));
    }
    let name = good.name.as_deref().and_then(|name| Name::new(name).ok()).ok_or(RejectReason::NoName)?;
    let vat = vat(good, vat_default)?;
    let variant = Variant {
        id: VariantId::simple(),
        sku,
        ean,
        attributes: Attributes::default(),
        price: price(survey, symbol, vat)?,
        vat,
        // Files tell no stock.
        stock: StockLevel::Quantity(Decimal::ZERO),
        images: Vec::new(),
        for_sale: true,
    };
    let group = survey.group(symbol).and_then(|name| CategoryId::new(name).ok());
    let tags = survey.tags(symbol).filter_map(tag_id);
    let parts = ProductParts {
        id: id.clone(),
        name,
        description: Markdown::from_text(good.description.as_deref().unwrap_or_default()),
        brief: Line::default(),
        categories: group.into_iter().chain(tags).collect(),
        variants: vec![variant],
        family: None,
        also: None,
    };
    Product::new(parts).map_err(|error| RejectReason::broken("good", &error.to_string()))
}

fn vat(good: &wire::Good, vat_default: Option<VatRate>) -> Result<VatRate, RejectReason> {
    let told = good.vat_percent.as_deref();
    let percent = match told {
        None => return vat_default.ok_or(RejectReason::VatUntold),
        Some(told) => decimal(told).ok_or_else(|| RejectReason::broken("vat", told))?,
    };
    // Below 0 stand the cases that are no rate: exempt, reverse charge, outside of the tax.
    if percent < Decimal::ZERO {
        let is_exempt = good.vat_symbol.as_deref().is_some_and(|symbol| symbol.eq_ignore_ascii_case("zw"));
        let reason = if is_exempt { RejectReason::VatExempt } else { RejectReason::VatUntold };
        return vat_default.ok_or(reason);
    }
    VatRate::percent(percent).map_err(|_| RejectReason::broken("vat", told.unwrap_or_default()))
}

/// Net as it stands there, and derived from the gross price only where it is not told.
fn price(survey: &Survey, symbol: &str, vat: VatRate) -> Result<NetPrice, RejectReason> {
    let (net, gross) = survey.price(symbol).ok_or(RejectReason::NoPrice)?;
    let amount = |field: &str, told: &str| decimal(told).ok_or_else(|| RejectReason::broken(field, told));
    match (net, gross) {
        (Some(net), _) => Ok(NetPrice::new(Money::new(amount("net", net)?, Currency::PLN))?),
        (None, Some(gross)) => Ok(net_from_gross(Money::new(amount("gross", gross)?, Currency::PLN), vat)?),
        (None, None) => Err(RejectReason::NoPrice),
    }
}

/// A number in digits, with a point and a sign at most, of which no digit gets lost.
fn decimal(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    // More digits than a decimal holds would be rounded otherwise.
    Decimal::from_str_exact(text).ok().filter(|_| is_plain)
}

fn tag_id(name: &str) -> Option<CategoryId> {
    CategoryId::new(&format!("{TAG}{name}")).ok()
}

/// The groups, which are flat, and the tags below a category of their own.
#[must_use]
pub fn category_tree(survey: &Survey) -> CategoryTree {
    let tags_id = CategoryId::new(TAGS).ok();
    let category = |id: Option<CategoryId>, name: &str, parent: Option<CategoryId>| {
        Some(Category { id: id?, name: Name::new(name).ok()?, parent })
    };
    let groups =
        survey.group_names.iter().filter_map(|name| category(CategoryId::new(name).ok(), name, None));
    let has_tags = survey.tag_names.iter().next().is_some();
    let top = has_tags.then(|| category(tags_id.clone(), "Cechy", None)).flatten();
    let tags = survey.tag_names.iter().filter_map(|name| category(tag_id(name), name, tags_id.clone()));
    CategoryTree::new(groups.chain(top).chain(tags))
}
