//! Everything that a shop sells, told with the ids that it has there.

use rust_decimal::Decimal;

use super::categories::HOME;
use crate::Texts;

/// All goods of a shop, as they stand in a backup of its database; see [`crate::Shop::hold`].
///
/// Texts are by language id: what is missing is empty, and what is in a language that the shop does not have is left
/// out. Ids are from 1, and one's own among all of their kind: a combination's or a picture's among those of all
/// products.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goods {
    /// The categories below home, each behind its parent. The root 1 and home 2 are always there and not among them.
    pub categories: Vec<HeldCategory>,
    /// What combinations differ in, in the order of the shop's positions.
    pub options: Vec<HeldOption>,
    /// The products.
    pub products: Vec<HeldProduct>,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldCategory {
    /// Its id, from 3.
    pub id: u32,
    /// The category that it lies in; home, which is 2, for one of the topmost.
    pub parent: u32,
    /// Its name.
    pub names: Texts,
}

/// An option group ("Size").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOption {
    /// Its id.
    pub id: u32,
    /// Its name, which is its public one too.
    pub names: Texts,
    /// Its values, in the order of their positions.
    pub values: Vec<HeldValue>,
}

/// A value of an option group ("M").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldValue {
    /// Its id, among those of all options.
    pub id: u32,
    /// Its name.
    pub names: Texts,
}

/// A product.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldProduct {
    /// Its id.
    pub id: u32,
    /// Its name.
    pub names: Texts,
    /// Its description (HTML).
    pub descriptions: Texts,
    /// Its short description (HTML).
    pub shorts: Texts,
    /// Net price without impacts, at most six decimals.
    pub price: Decimal,
    /// Its tax group, 0 for none. It need not exist.
    pub tax_group: u32,
    /// Its SKU, or empty.
    pub reference: String,
    /// Its EAN, or empty.
    pub ean13: String,
    /// What its stock row holds; may be negative. Counts for nothing when there are combinations: then it is their sum.
    pub stock: i64,
    /// Whether it is switched on.
    pub active: bool,
    /// Its categories, in the order in which the shop lists them. Home is one of them only when it is told.
    pub categories: Vec<u32>,
    /// Its default category, 0 for none.
    pub default_category: u32,
    /// Ids of its pictures, the cover first, in the order of their positions.
    pub images: Vec<u32>,
    /// Its combinations; the first is the default.
    pub combinations: Vec<HeldCombination>,
}

/// A combination of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldCombination {
    /// Its id.
    pub id: u32,
    /// Its option values.
    pub values: Vec<u32>,
    /// What it costs more than the product, net, at most six decimals; may be negative.
    pub impact: Decimal,
    /// Its SKU, or empty.
    pub reference: String,
    /// Its EAN, or empty.
    pub ean13: String,
    /// What its stock row holds; may be negative.
    pub stock: i64,
    /// Those of its product's pictures that show it, or none.
    pub images: Vec<u32>,
}

impl HeldProduct {
    /// A simple product for 10.00 net in tax group 1 and in the home category, switched on, ten on stock, without
    /// pictures.
    #[must_use]
    pub fn new(id: u32, names: Texts) -> Self {
        Self {
            id,
            names,
            descriptions: Texts::new(),
            shorts: Texts::new(),
            price: Decimal::from(10),
            tax_group: 1,
            reference: String::new(),
            ean13: String::new(),
            stock: 10,
            active: true,
            categories: vec![HOME],
            default_category: HOME,
            images: Vec::new(),
            combinations: Vec::new(),
        }
    }
}

/// Why goods cannot be held: they are none that a shop's database could hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// An id is 0, or that of two things of the same kind; of categories, 1 and 2 are taken too.
    #[error("the id {id} of a {kind} is no id, or taken")]
    Id {
        /// What it is the id of: "product".
        kind: &'static str,
        /// The id.
        id: u32,
    },
    /// Something is named that is not among the goods; of categories' parents, one that does not stand before it; of a
    /// combination's pictures, one that its product does not have.
    #[error("{of} names the {kind} {id}, which is not there")]
    Unknown {
        /// What names it: "product 7".
        of: String,
        /// What kind of thing is named: "category".
        kind: &'static str,
        /// Its id.
        id: u32,
    },
}
