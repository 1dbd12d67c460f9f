//! From what the program tells to canonical products: pure functions.
//!
//! - `files`: what stands in EDI++ files.
//! - [`goods`]: what stands in the database.
//! - [`levels`]: how much there is of what stands in the database.
//!
//! A value that cannot be read is never guessed: the good is rejected.

mod files;
pub mod goods;
pub mod levels;

use connector::{Skip, Warning};
use gateway_core::model::{
    Category, CategoryId, CategoryTree, Ean, Name, Product, ProductId, Reject, RejectReason, Sku, VatRate,
};
use rust_decimal::Decimal;

pub use crate::survey::Survey;
pub use files::{category_tree, product};

/// Before a symbol that is an id: in the database goods have numbers, which may be another good's symbol.
pub(crate) const BY_SYMBOL: &str = "symbol:";

/// Before what names a tag: tags and groups may have the same name or number.
const TAG: &str = "cecha:";

/// The category in which all tags are.
const TAGS: &str = "cechy";

/// What a good is told by of which nobody can say which one it is. No id of a good is this.
pub(crate) const UNKNOWN: &str = "?";

/// Goods.
pub(crate) const GOODS: i32 = 1;

/// A service.
pub(crate) const SERVICE: i32 = 2;

/// Packaging.
pub(crate) const PACKAGING: i32 = 4;

/// A kit, which is made of other goods.
pub(crate) const KIT: i32 = 8;

/// What becomes of a good.
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

/// A good's id where it is known by its symbol alone, whatever its case.
///
/// `None` when there is no symbol that can be one.
#[must_use]
pub fn product_id(symbol: Option<&str>) -> Option<ProductId> {
    ProductId::new(&format!("{BY_SYMBOL}{}", symbol?.trim().to_uppercase())).ok()
}

/// Why goods of a kind are none to sell.
fn skipped(id: &ProductId, kind: Option<&str>) -> Option<Skip> {
    let why = not_sold(kind?.parse().ok()?)?;
    Some(Skip { product: id.clone(), variants: 1, why: why.to_owned() })
}

fn not_sold(kind: i32) -> Option<&'static str> {
    match kind {
        SERVICE => Some("it is a service"),
        PACKAGING => Some("it is packaging"),
        _ => None,
    }
}

/// Why what is of a kind has no level of its own that a document could change, as a part of a sentence; `None`: it has one.
pub(crate) fn has_no_level(kind: Option<i32>) -> Option<String> {
    let why = match kind {
        Some(GOODS) => return None,
        Some(KIT) => "it is a kit, which has no level of its own: its components have",
        Some(other) => match not_sold(other) {
            Some(why) => why,
            None => return Some(format!("nobody can tell what it is (kind {other})")),
        },
        None => "nobody can tell what it is",
    };
    Some(why.to_owned())
}

/// A good's SKU and EAN; one that cannot be one is left out.
fn numbers(symbol: &str, barcode: Option<&str>, mut warn: impl FnMut(String)) -> (Option<Sku>, Option<Ean>) {
    let sku = Sku::parse(symbol).unwrap_or_else(|error| {
        warn(format!("its SKU was left out: {error}"));
        None
    });
    let ean = Ean::parse(barcode.unwrap_or_default()).unwrap_or_else(|error| {
        warn(format!("its EAN was left out: {error}"));
        None
    });
    (sku, ean)
}

/// Symbols of VAT that are no rate, whatever percent stands beside them: `reference/subiektgt.md`, section 2.6.
const SPECIALS: [&str; 6] = ["zw", "ex", "ue", "np", "npo", "oo"];

/// A VAT rate in percent. Below 0 stand the cases that are no rate: exempt, reverse charge, outside of the tax.
fn vat_rate(
    field: &str,
    percent: Decimal,
    symbol: Option<&str>,
    default: Option<VatRate>,
) -> Result<VatRate, RejectReason> {
    let is_special =
        symbol.is_some_and(|symbol| SPECIALS.iter().any(|special| symbol.eq_ignore_ascii_case(special)));
    if percent < Decimal::ZERO || is_special {
        let is_exempt = symbol.is_some_and(|symbol| symbol.eq_ignore_ascii_case("zw"));
        let reason = if is_exempt { RejectReason::VatExempt } else { RejectReason::VatUntold };
        return default.ok_or(reason);
    }
    VatRate::percent(percent).map_err(|_| RejectReason::broken(field, &percent.to_string()))
}

/// The category of a tag, by its name or its number.
fn tag_id(tag: &str) -> Option<CategoryId> {
    CategoryId::new(&format!("{TAG}{tag}")).ok()
}

/// The groups, which are flat, and the tags below a category of their own.
fn tree<'n>(
    groups: impl IntoIterator<Item = (CategoryId, &'n str)>,
    tags: impl IntoIterator<Item = (CategoryId, &'n str)>,
) -> CategoryTree {
    let category = |id: CategoryId, name: &str, parent: Option<CategoryId>| {
        Some(Category { id, name: Name::new(name).ok()?, parent })
    };
    let top = CategoryId::new(TAGS).ok();
    let groups = groups.into_iter().filter_map(|(id, name)| category(id, name, None));
    let mut tags = tags.into_iter().filter_map(|(id, name)| category(id, name, top.clone())).peekable();
    let above = tags.peek().and_then(|_| category(top.clone()?, "Cechy", None));
    CategoryTree::new(groups.chain(above).chain(tags).collect::<Vec<_>>())
}
