//! What a platform's tests must tell to be examined.

use std::net::SocketAddr;
use std::path::PathBuf;

use bytes::Bytes;
use clock::Clock;
use connector::{Connector, Given};
use futures::future::BoxFuture;
use gateway_core::model::StockLevel;

use crate::declared::Declared;
use crate::goods::{Catalogue, Tongue};

/// A platform that is to be examined.
pub trait Examined: Send + Sync {
    /// The platform.
    fn connector(&self) -> &dyn Connector;

    /// What it cannot, and how many requests it needs.
    fn declared(&self) -> Declared;

    /// Starts a local shop that holds no goods, whose time is that of `clock`. It sells in PLN and has two languages, as
    /// far as the platform knows several. It serves until it is dropped.
    fn start<'a>(&'a self, clock: &'a Clock) -> BoxFuture<'a, Box<dyn LocalShop>>;

    /// For each secret setting its variable, and a value that looks right and that the shop does not accept.
    fn wrong_secrets(&self) -> Vec<(&'static str, &'static str)>;

    /// Whether a field, by its path in the record, is an identity that any word may be: with another word it is another product,
    /// or another variant, which nobody can know. Such a field is only broken by taking its value away.
    ///
    /// A path is `@id`, `sizes/size@id` or `description/name` in XML, and `variants/#/id` in JSON.
    fn is_identity(&self, _field: &str) -> bool {
        false
    }
}

/// How a local shop is reached. What a suite does to it, and which suites mean anything to it, follows from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// By HTTP, at an address without a slash at its end: `http://127.0.0.1:PORT` and perhaps a path.
    Http(String),
    /// By a protocol of its own over TCP. It does not encrypt: the suites know its products by their marks alone.
    Tcp(SocketAddr),
    /// It is a file, or a folder of files, which is there as soon as it holds goods.
    File(PathBuf),
}

/// A local shop of the platform, which speaks the platform's own wire format.
pub trait LocalShop: Send + Sync {
    /// How it is reached; always by the same way.
    fn reached(&self) -> Reached;

    /// What the connector must be told to read it in a language at a place, which is told as `http://127.0.0.1:PORT` with its path, as
    /// `127.0.0.1:PORT`, or as the path of a file or a folder. It may lead to the shop by a detour, or be a copy of it.
    fn settings(&self, at: &str, tongue: Tongue) -> Given;

    /// From now on it holds exactly these goods. What has a key that it held before keeps its id.
    fn hold(&self, catalogue: &Catalogue);

    /// The ids, as the connector tells them, of a product's variant that it holds or has held.
    fn ids(&self, product: u32, variant: u32) -> (String, String);

    /// The content of a picture of this key, which no other picture has.
    fn picture(&self, picture: u32) -> Bytes;

    /// Whether a question asks for a picture, where it is reached by TCP: the question's first letters, without what is no letter.
    fn asks_for_picture(&self, _question: &str) -> bool {
        false
    }

    /// Its stock levels as they are in truth. A platform whose stock can be written must give them, and fails the suites
    /// otherwise; where it cannot be written they are those that the shop was told to hold.
    fn shelves(&self) -> Option<&dyn Shelves> {
        None
    }

    /// The shop's owner makes it read the files that were written for it, where its stock is written so (`StockWriting::File`). The
    /// folder for what connectors keep is where its settings say.
    fn read_files(&self) {}
}

/// The true stock levels of a local shop.
pub trait Shelves: Send + Sync {
    /// How much of a variant that the shop holds there is.
    fn level(&self, product: u32, variant: u32) -> StockLevel;

    /// Sets it, as the shop's owner or a sale there does, at once.
    fn set_level(&self, product: u32, variant: u32, level: StockLevel);
}
