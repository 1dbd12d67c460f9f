//! A platform that is made up for these tests: a shop that is asked in lines over TCP, after a log-in, and answers in lines up to an
//! empty one. What is wrong with its reader is chosen.

pub(crate) mod platform;
pub(crate) mod shop;
mod wire;

use clock::Clock;
use conformance::{Cannot, Declared, Examined, LocalShop};
use connector::Connector;
use futures::FutureExt as _;
use futures::future::BoxFuture;

/// What is wrong with the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    Nothing,
    /// It takes the end of a connection for the end of an answer.
    TakesTornForWhole,
    /// The same with levels alone.
    TakesTornLevels,
    /// It never asks again.
    NeverAsksAgain,
    /// It gives up a page of which one product cannot be had.
    GivesUpPages,
    /// It tries a refused secret again and again.
    InsistsOnSecret,
    /// It shows in an error what it was answered, whatever that is.
    QuotesAnswers,
    /// It counts no requests.
    CountsNothing,
    /// It asks for more products at once than it says.
    AsksForMore,
}

/// What a line of the shop has no place for.
pub(crate) const CANNOT: [Cannot; 6] = [
    Cannot::OtherLanguage,
    Cannot::Families,
    Cannot::Brief,
    Cannot::SeveralCategories,
    Cannot::NestedCategories,
    Cannot::PicturesOfVariants,
];

/// The platform, to be examined.
pub(crate) struct Lines {
    pub(crate) flaw: Flaw,
    /// How many bytes the shop sends at once.
    pub(crate) piece: usize,
}

impl Lines {
    pub(crate) fn with(flaw: Flaw) -> Self {
        Self { flaw, piece: usize::MAX }
    }
}

impl Examined for Lines {
    fn connector(&self) -> &dyn Connector {
        &self.flaw
    }

    fn declared(&self) -> Declared {
        Declared {
            cannot: &CANNOT,
            // Which ones come next, fifty of them, and what they are.
            requests_per_thousand: 40,
            // The log-in, the groups, and that no products come next.
            requests_at_start: 3,
            // The log-in and all levels at once.
            requests_of_stock: 2,
            exempt: &[],
        }
    }

    fn start<'a>(&'a self, _: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>> {
        async { Box::new(shop::Local::start(self.piece).await) as Box<dyn LocalShop> }.boxed()
    }

    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)> {
        vec![(platform::SECRET, "FAKE-WRONG-SECRET")]
    }
}
