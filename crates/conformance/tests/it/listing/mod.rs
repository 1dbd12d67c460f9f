//! A platform that is made up for these tests: a shop that sends files in XML with its products, and another one with what it has
//! of them. What is wrong with its reader is chosen.

mod platform;
mod shop;

use clock::Clock;
use conformance::{Cannot, Declared, Examined, LocalShop};
use connector::Connector;
use futures::FutureExt as _;
use futures::future::BoxFuture;

/// What is wrong with the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lax {
    /// Nothing.
    Nothing,
    /// It reads of a number as far as that is one.
    ReadsPrefixes,
    /// It takes an attribute that is missing for 0.
    MissingIsZero,
    /// It takes an element that says nothing for one that is not there.
    EmptiedIsUntold,
    /// It takes a quantity that is missing for an unknown one.
    NoQuantityIsUnknown,
    /// It shows what is not kept from shoppers in so many words.
    ShowsUnlessNo,
    /// It says nothing of a product that has lost its id.
    LosesNameless,
    /// It leaves out what it cannot read.
    LeavesOut,
    /// It leaves out what has no VAT rate.
    LeavesOutVatless,
    /// It leaves out what it cannot read, and says only that something is missing.
    SaysPartial,
    /// The same of whole products.
    LosesBroken,
}

/// The platform, to be examined.
pub(crate) struct Listing {
    pub(crate) lax: Lax,
    /// Whether it says which fields are identities.
    pub(crate) tells_identities: bool,
    /// Products in a file.
    pub(crate) page: usize,
}

impl Listing {
    pub(crate) fn with(lax: Lax) -> Self {
        Self { lax, tells_identities: true, page: 1000 }
    }
}

impl Examined for Listing {
    fn connector(&self) -> &dyn Connector {
        &self.lax
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &[Cannot::OtherLanguage, Cannot::OptionsBesideSize],
            requests_per_thousand: 1,
            // The file behind the last product, and the stock.
            requests_at_start: 2,
            requests_of_stock: 4,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async { Box::new(shop::Local::start(self.page).await) as Box<dyn LocalShop> }.boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    fn is_identity(&self, field: &str) -> bool {
        self.tells_identities && matches!(field, "@id" | "variants/variant@id")
    }
}
