//! What is known of a file of documents, and of the documents in it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use connector::{AdjustmentKey, Outstanding, OutstandingLine, Settled};
use gateway_core::model::ProductId;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Kind;
use super::registry::{ABANDONED, KEPT};

/// How long is looked whether the program has taken in what was discarded.
const WATCHED: TimeDelta = TimeDelta::days(60);

/// The ending of a file of documents.
const ENDING: &str = "epp";

/// What is known of a file of documents. Its shape is a promise: it changes only by addition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    v: u32,
    pub(crate) number: String,
    /// Where it was put.
    pub(crate) file: PathBuf,
    pub(crate) at: DateTime<Utc>,
    /// The id of the warehouse whose levels it changes, where that was remembered.
    #[serde(default)]
    pub(crate) warehouse: Option<i32>,
    /// What the file is called until it is whole and remembered, where that was remembered.
    #[serde(default)]
    part: Option<String>,
    /// Whether it is known that the file came to lie in its place. One of which that is not known may have been put there all the same.
    #[serde(default, rename = "placed")]
    pub(crate) is_placed: bool,
    pub(crate) documents: Vec<Document>,
}

/// What is known of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// `PW` or `RW`.
    pub(crate) kind: String,
    pub(crate) number: String,
    #[serde(default)]
    settled: Option<Fate>,
    #[serde(default)]
    settled_at: Option<DateTime<Utc>>,
    pub(crate) lines: Vec<Line>,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    key: String,
    product: String,
    symbol: String,
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    delta: Decimal,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    Booked,
    Discarded,
}

impl From<Settled> for Fate {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Booked => Self::Booked,
            Settled::Discarded => Self::Discarded,
        }
    }
}

impl Line {
    pub(crate) fn new(key: &AdjustmentKey, product: &ProductId, symbol: &str, delta: Decimal) -> Self {
        let (key, product) = (key.to_string(), product.to_string());
        Self { key, product, symbol: symbol.to_owned(), delta: delta.normalize() }
    }
}

impl Document {
    pub(crate) fn new(kind: Kind, number: String, lines: Vec<Line>) -> Self {
        Self { kind: kind.code().to_owned(), number, settled: None, settled_at: None, lines }
    }

    pub(crate) fn fate(&self) -> Option<Fate> {
        self.settled
    }

    pub(crate) fn settle(&mut self, fate: Fate, at: DateTime<Utc>) {
        (self.settled, self.settled_at) = (Some(fate), Some(at));
    }
}

impl Entry {
    /// `part` is what its file is called until it is whole and remembered.
    pub(crate) fn new(
        number: &super::Number,
        (folder, part): (&Path, String),
        at: DateTime<Utc>,
        warehouse: Option<i32>,
        documents: Vec<Document>,
    ) -> Self {
        let file = folder.join(format!("{}.{ENDING}", number.as_str()));
        let (number, part) = (number.as_str().to_owned(), Some(part));
        Self { v: 1, number, file, at, warehouse, part, is_placed: false, documents }
    }

    /// Where the file of documents lies until it is whole and remembered. As long as it does nobody has seen it.
    pub(crate) fn part(&self) -> PathBuf {
        let before = || format!(".{}.{ENDING}.part", self.number);
        self.file.with_file_name(self.part.clone().unwrap_or_else(before))
    }

    /// The folder that the file was put into.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// Whether the file of documents never came to lie where people look.
    pub(crate) fn is_unseen(&self) -> io::Result<bool> {
        if self.is_placed { Ok(false) } else { self.part().try_exists() }
    }

    /// Whether nobody will ever see the file, because whoever wrote it was killed.
    pub(crate) fn is_abandoned(&self, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.at) > ABANDONED && self.is_unseen().unwrap_or(false)
    }

    /// Whether it is known of all of its documents what became of them.
    pub(crate) fn is_settled(&self) -> bool {
        self.open().next().is_none()
    }

    /// Those of its documents of which nobody knows yet what became.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| document.settled.is_none())
    }

    /// Those of its documents that were discarded.
    pub(crate) fn discarded(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| document.settled == Some(Fate::Discarded))
    }

    /// Whether nobody is to take its file in any more, nothing of it or not what is left of it.
    pub(crate) fn is_to_be_removed(&self) -> bool {
        self.is_settled() && self.discarded().next().is_some()
    }

    /// Whether a pass need not look at it any more.
    pub(crate) fn is_to_be_set_aside(&self, now: DateTime<Utc>) -> bool {
        let is_recent =
            |at: Option<DateTime<Utc>>| at.is_some_and(|at| now.signed_duration_since(at) <= WATCHED);
        self.is_settled()
            && !self.discarded().any(|document| is_recent(document.settled_at))
            && !(self.is_to_be_removed() && self.file.try_exists().unwrap_or(false))
    }

    /// These of its documents, as they are told; `None` when there are none.
    pub(crate) fn told(
        &self,
        settled: Option<Settled>,
        is_meant: impl Fn(&Document) -> bool,
    ) -> Option<Outstanding> {
        let meant: Vec<&Document> = self.documents.iter().filter(|document| is_meant(document)).collect();
        let line = |line: &Line| {
            let product = ProductId::new(&line.product).ok()?;
            let key = AdjustmentKey::new(line.key.clone());
            Some(OutstandingLine { key, product, symbol: line.symbol.clone(), delta: line.delta })
        };
        (!meant.is_empty()).then(|| Outstanding {
            numbers: meant.iter().map(|document| document.number.clone()).collect(),
            file: self.file.clone(),
            at: self.at,
            lines: meant.iter().flat_map(|document| document.lines.iter().filter_map(line)).collect(),
            settled,
            troubles: Vec::new(),
        })
    }

    /// Whether people mean it by this name: the file's, with or without its folder and its ending, or its number.
    fn is_named(&self, name: &str) -> bool {
        let named = Path::new(name)
            .file_name()
            .map_or_else(|| name.to_owned(), |file| file.to_string_lossy().into_owned());
        named.eq_ignore_ascii_case(&self.number)
            || named.eq_ignore_ascii_case(&format!("{}.{ENDING}", self.number))
    }

    /// The documents that people mean by this name: all of a file, or one by its number.
    pub(crate) fn named<'a>(&'a mut self, name: &'a str) -> impl Iterator<Item = &'a mut Document> {
        let is_file = self.is_named(name);
        self.documents
            .iter_mut()
            .filter(move |document| is_file || document.number.eq_ignore_ascii_case(name))
    }

    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        let is_old = |at: DateTime<Utc>| now.signed_duration_since(at) > KEPT;
        self.documents.iter().all(|document| document.settled_at.is_some_and(is_old))
    }
}

/// In which document each change stands.
pub(crate) fn by_key(all: &[Entry]) -> HashMap<&str, (&Entry, &Document)> {
    let documents =
        all.iter().flat_map(|entry| entry.documents.iter().map(move |document| (entry, document)));
    let keys = |(entry, document)| {
        let of: &Document = document;
        of.lines.iter().map(move |line| (line.key.as_str(), (entry, document)))
    };
    documents.flat_map(keys).collect()
}
