//! What the program's table shows of documents that were written for it.

use std::collections::HashMap;

use crate::documents::Kind;
use crate::documents::entry::{Document, Entry};
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// Numbers of documents that one statement asks for.
const NUMBERS: usize = 100;

/// `dok_Status`: levels are as the document says.
const DONE: i32 = 1;

/// A document as the program shows it.
#[derive(Clone, Copy, Debug)]
struct Standing {
    kind: Option<i32>,
    status: Option<i32>,
    warehouse: Option<i32>,
}

/// The documents that the program shows, by the numbers that were written for it.
#[derive(Debug, Default)]
pub(super) struct Shown(HashMap<String, Vec<Standing>>);

impl Shown {
    /// Looks for documents; `None` where nobody may.
    pub(super) async fn of(database: &Database, numbers: &[String]) -> Result<Option<Self>, Failure> {
        let mut shown = Self::default();
        for numbers in numbers.chunks(NUMBERS) {
            let parameters = in_list(numbers);
            let statement = statements::documents(parameters.len());
            let rows = match database.rows(&statement, &parameters, Asked::Usually).await {
                Err(Failure::Denied { what, .. }) => {
                    tracing::info!(what, "documents cannot be looked for");
                    return Ok(None);
                }
                rows => rows?,
            };
            for row in &rows {
                let row = Cells(row);
                let standing = Standing { kind: row.id(3), status: row.id(4), warehouse: row.id(5) };
                let texts = (0..3).filter_map(|at| row.text(at).ok().flatten());
                let mut borne: Vec<String> = texts.map(|text| text.trim().to_uppercase()).collect();
                borne.sort_unstable();
                borne.dedup();
                for number in borne.into_iter().filter(|number| numbers.contains(number)) {
                    shown.0.entry(number).or_default().push(standing);
                }
            }
        }
        Ok(Some(shown))
    }

    /// Whether the program has taken a document in, so that the levels that are sold are as it says.
    pub(super) fn has(&self, entry: &Entry, document: &Document, sold: &[i32]) -> bool {
        self.times(entry, document, sold) > 0
    }

    /// How often the program has taken it in.
    pub(super) fn times(&self, entry: &Entry, document: &Document, sold: &[i32]) -> usize {
        let all = self.standings(document).iter();
        all.filter(|standing| standing.why_not(entry, document, sold).is_none()).count()
    }

    /// Why a document that the program shows does not count as taken in, as the rest of a sentence; `None`: it counts, or is not there.
    pub(super) fn why_not(&self, entry: &Entry, document: &Document, sold: &[i32]) -> Option<String> {
        if self.has(entry, document, sold) {
            return None;
        }
        self.standings(document).iter().find_map(|standing| standing.why_not(entry, document, sold))
    }

    fn standings(&self, document: &Document) -> &[Standing] {
        self.0.get(&document.number).map_or(&[], Vec::as_slice)
    }
}

impl Standing {
    fn why_not(self, entry: &Entry, document: &Document, sold: &[i32]) -> Option<String> {
        let wanted = Kind::ALL.into_iter().find(|kind| kind.code() == document.kind).map(Kind::number);
        let told = |id: Option<i32>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
        let is_sold = self.warehouse.is_some_and(|id| entry.warehouse == Some(id) || sold.contains(&id));
        let why = match self.status {
            _ if self.kind.is_none() || self.kind != wanted => {
                format!("as a document of another kind (dok_Typ {})", told(self.kind))
            }
            Some(DONE) if is_sold => return None,
            Some(DONE) => format!("for another warehouse (mag_Id {})", told(self.warehouse)),
            Some(0) => "withdrawn".to_owned(),
            Some(2) => "cancelled".to_owned(),
            Some(3) => "put off, so that no level has moved".to_owned(),
            other => format!("and is not carried out (dok_Status {})", told(other)),
        };
        Some(why)
    }
}
