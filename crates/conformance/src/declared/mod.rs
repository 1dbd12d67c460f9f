//! What a platform declares about itself, as data.

mod taken;
mod texts;

use crate::Suite;
use crate::goods::Catalogue;

/// What a platform cannot, and how many requests it needs.
///
/// Of a shop that is reached by TCP a request is a question with its answer, the log-in too; one that is a file gets none.
#[derive(Clone, Debug)]
pub struct Declared {
    /// What it cannot express. The goods are put into the shop without it, and must come back without it.
    pub cannot: &'static [Cannot],
    /// The most requests for each thousand products, pictures aside.
    pub requests_per_thousand: u32,
    /// The requests that reading a shop without products takes: to log in, to learn what concerns the whole shop, its
    /// categories, and an empty list. Exactly so many.
    pub requests_at_start: u32,
    /// The most requests of a pass over the stock of ten thousand simple products, of which ten have changed: half of them in the
    /// shop and half at the marketplace, or all in the shop where its stock cannot be written.
    pub requests_of_stock: u32,
    /// Suites that make no sense for the platform, with the reason.
    pub exempt: &'static [(Suite, &'static str)],
}

/// Something that the test catalogue holds and a platform may have no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cannot {
    /// A second language.
    OtherLanguage,
    /// Products with several variants.
    Families,
    /// A short description.
    Brief,
    /// EANs.
    Ean,
    /// More than one category of a product.
    SeveralCategories,
    /// Goods that are kept from shoppers.
    Hidden,
    /// Pictures of single variants.
    PicturesOfVariants,
    /// Net prices of more than two decimal places.
    FinePrices,
    /// Net prices of which the gross price has more than two decimal places: the platform sells gross.
    FineGrossPrices,
    /// Stock that is not counted in whole pieces.
    FractionalStock,
    /// Stock below zero.
    NegativeStock,
    /// Single goods that are available in an unknown quantity.
    UnknownStock,
    /// Names of categories in a second language, where texts of products have one.
    TranslatedCategories,
    /// Names of options and of their values in a second language, where texts of products have one.
    TranslatedOptions,
    /// Variants that differ in anything but their size.
    OptionsBesideSize,
    /// Categories that no product is in, nor in any below them.
    EmptyCategories,
    /// Names of categories with a slash, which stands between the names of a path.
    SlashInCategories,
    /// Goods without an SKU: the platform gives each of them one.
    NoSku,
    /// Several goods of one SKU.
    SameSku,
    /// Pictures.
    Pictures,
    /// Stock levels: all of them are 0 to an import, and a pass over them is refused.
    Stock,
    /// Categories in others: each has its whole path for a name.
    NestedCategories,
    /// Markup in descriptions, and descriptions of more than 255 characters.
    RichText,
    /// The same in short descriptions.
    RichBriefs,
    /// Letters that the code page 1250 does not have.
    OtherLetters,
    /// Names of more than 50 characters.
    LongNames,
}

impl Cannot {
    /// All of them, in the order in which they are taken from a catalogue: of what comes of one another takes its part, and which
    /// categories are empty is known when it is known which goods are left, and where.
    pub const ALL: [Self; 26] = [
        Self::OtherLanguage,
        Self::Families,
        Self::Brief,
        Self::Ean,
        Self::SeveralCategories,
        Self::Hidden,
        Self::PicturesOfVariants,
        Self::FinePrices,
        Self::FineGrossPrices,
        Self::FractionalStock,
        Self::NegativeStock,
        Self::UnknownStock,
        Self::TranslatedCategories,
        Self::TranslatedOptions,
        Self::OptionsBesideSize,
        Self::NoSku,
        Self::SameSku,
        Self::Pictures,
        Self::Stock,
        Self::SlashInCategories,
        Self::NestedCategories,
        Self::RichText,
        Self::RichBriefs,
        Self::OtherLetters,
        Self::LongNames,
        Self::EmptyCategories,
    ];
}

impl Catalogue {
    /// The same goods as far as a platform can express them.
    #[must_use]
    pub fn without(mut self, cannot: &[Cannot]) -> Self {
        for taken in Cannot::ALL.iter().filter(|taken| cannot.contains(taken)) {
            taken.take_from(&mut self);
        }
        self
    }
}
