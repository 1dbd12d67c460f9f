//! What a platform declares about itself, as data.

use gateway_core::model::{Money, NetPrice, StockLevel, VatRate, net_from_gross};
use iso_currency::Currency;
use rust_decimal::Decimal;

use crate::Suite;
use crate::goods::Catalogue;

/// What a platform cannot, and how many requests it needs.
#[derive(Clone, Debug)]
pub struct Declared {
    /// What it cannot express. The goods are put into the shop without it, and must come back without it.
    pub cannot: &'static [Cannot],
    /// The most requests for each thousand products, pictures aside.
    pub requests_per_thousand: u32,
    /// The requests that reading a shop without products takes: to log in, to learn what concerns the whole shop, its
    /// categories, and an empty list. Exactly so many.
    pub requests_at_start: u32,
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
}

impl Cannot {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
    ];

    /// Takes from a catalogue what a platform cannot express.
    pub(crate) fn take_from(self, catalogue: &mut Catalogue) {
        let Catalogue { categories, options, products } = catalogue;
        if self == Self::OtherLanguage {
            let of_categories = categories.iter_mut().map(|category| &mut category.name);
            let of_options = options.iter_mut().flat_map(|option| {
                std::iter::once(&mut option.name).chain(option.values.iter_mut().map(|value| &mut value.name))
            });
            let of_products = products
                .iter_mut()
                .flat_map(|product| [&mut product.name, &mut product.description, &mut product.brief]);
            for text in of_categories.chain(of_options).chain(of_products) {
                text.other.clear();
            }
        }
        if self == Self::Families {
            products.retain(super::goods::Product::is_simple);
        }
        for product in products {
            match self {
                Self::Brief => product.brief = super::goods::Texts::default(),
                Self::SeveralCategories => product.categories.truncate(1),
                Self::Hidden => product.for_sale = true,
                _ => {}
            }
            for variant in &mut product.variants {
                let quantity = variant.stock.quantity();
                match (self, quantity) {
                    (Self::Ean, _) => variant.ean.clear(),
                    (Self::PicturesOfVariants, _) => variant.pictures.clear(),
                    (Self::FinePrices, _) => variant.net = variant.net.round_dp(2),
                    (Self::FineGrossPrices, _) => variant.net = of_gross(variant.net, product.vat),
                    (Self::FractionalStock, Some(quantity)) => {
                        variant.stock = StockLevel::Quantity(quantity.trunc());
                    }
                    (Self::NegativeStock, Some(quantity)) => {
                        variant.stock = StockLevel::Quantity(quantity.max(Decimal::ZERO));
                    }
                    (Self::UnknownStock, None) => variant.stock = StockLevel::Quantity(Decimal::ONE),
                    _ => {}
                }
            }
        }
    }
}

/// The net price that the nearest gross price of two decimal places has.
fn of_gross(net: Decimal, vat: Decimal) -> Decimal {
    let gross = (net * (Decimal::ONE_HUNDRED + vat) / Decimal::ONE_HUNDRED).round_dp(2);
    let (gross, vat) = (Money::new(gross, Currency::PLN), VatRate::percent(vat));
    vat.ok().and_then(|vat| net_from_gross(gross, vat).ok()).map_or(net, NetPrice::amount)
}

impl Catalogue {
    /// The same goods as far as a platform can express them.
    #[must_use]
    pub fn without(mut self, cannot: &[Cannot]) -> Self {
        for cannot in cannot {
            cannot.take_from(&mut self);
        }
        self
    }
}
