//! What stands in files.

use connector::Warning;
use gateway_core::model::{
    Attributes, CategoryId, CategoryTree, Ean, Line, Markdown, Money, Name, NetPrice, Product, ProductId,
    ProductParts, Reject, RejectReason, Sku, StockLevel, Variant, VariantId, VatRate, net_from_gross,
};
use iso_currency::Currency;
use rust_decimal::Decimal;

use super::{Mapped, numbers, product_id, skipped, tag_id, tree, vat_rate};
use crate::survey::Survey;
use crate::wire;

/// Makes a canonical product of a good; `None` when nobody can tell which one it is.
#[must_use]
pub fn product(survey: &Survey, vat_default: Option<VatRate>, good: &wire::Good) -> Option<Mapped> {
    let symbol = good.symbol.as_deref()?;
    let id = product_id(Some(symbol))?;
    if let Some(skip) = skipped(&id, good.kind.as_deref()) {
        return Some(Mapped { skip: Some(skip), ..Mapped::default() });
    }
    let mut warnings = Vec::new();
    let mut warn = |what| warnings.push(Warning { product: Some(id.clone()), variant: None, what });
    let (sku, ean) = numbers(symbol, good.barcode.as_deref(), &mut warn);
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
    vat_rate("vat", percent, good.vat_symbol.as_deref(), vat_default)
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

/// The groups, which are flat, and the tags below a category of their own.
#[must_use]
pub fn category_tree(survey: &Survey) -> CategoryTree {
    let groups = survey.group_names.iter().filter_map(|name| Some((CategoryId::new(name).ok()?, name)));
    let tags = survey.tag_names.iter().filter_map(|name| Some((tag_id(name)?, name)));
    tree(groups, tags)
}
