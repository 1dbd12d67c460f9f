//! Documents by which a shop is told of changes of its levels, as long as it is not known that it has taken them in.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use gateway_core::model::ProductId;
use rust_decimal::Decimal;

use crate::{AdjustmentKey, PlatformError};

/// A file of documents that was written for the shop and that nobody knows to be taken in yet; or one of which that is known, and at which
/// a person has to look all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// The numbers of its documents, each unlike that of any other file.
    pub numbers: Vec<String>,
    /// Where it was put. It need not be there any more.
    pub file: PathBuf,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What it changes.
    pub lines: Vec<OutstandingLine>,
    /// What is known to have become of it; `None`: it is outstanding.
    pub settled: Option<Settled>,
    /// What a person has to look at, each a sentence without a full stop.
    pub troubles: Vec<String>,
}

/// A change that stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutstandingLine {
    /// The change that was asked for.
    pub key: AdjustmentKey,
    /// The product.
    pub product: ProductId,
    /// What the document calls it.
    pub symbol: String,
    /// By how much its level is to change; never 0.
    pub delta: Decimal,
}

/// What a person says that became of a file of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The shop's levels are as its documents say: they were taken in, or somebody has done by hand what they say.
    Booked,
    /// It is not taken in and never will be, so that its changes are to be asked for anew.
    Discarded,
}

/// Why there are no documents to be told of.
pub(crate) fn no_documents() -> PlatformError {
    PlatformError::Settings {
        what: "no documents are written for this shop, so none is outstanding".to_owned(),
        hint: "leave the command out: what is not carried yet is told by `status`".to_owned(),
    }
}
