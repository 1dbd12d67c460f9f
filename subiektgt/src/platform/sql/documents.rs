//! Changes of levels by documents, which a person makes the program take in. The tables are only read.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use clock::Clock;
use connector::{
    AdjustmentKey, Common, Known, Notes, Outcome, Outstanding, PlatformError, Settled, StockAdjustment,
};
use gateway_core::model::{ProductId, ShopKey};
use rust_decimal::Decimal;

use super::opened::Opened;
use super::writing::{Named, named};
use crate::documents::registry::{Document, Entry, Fate, Line as Noted, Registry, by_key};
use crate::documents::{self, File, Kind, Line, Number, Vat, Warehouse, outbox, text};
use crate::mapping::{GOODS, KIT};
use crate::settings::EPP_OUT;
use crate::sql::{Asked, Database, Failure, in_list, statements};
use crate::wire::rows::Cells;

/// So many decimal places the program reckons with.
const PLACES: u32 = 4;

/// Numbers of documents that one statement asks for.
const AT_ONCE: usize = 100;

/// The documents of a firm.
pub(super) struct Documents {
    /// Where is remembered what was written; `None` when there is no such place.
    registry: Option<Registry>,
    /// Where files are put, if the user says.
    told: Option<PathBuf>,
    shop: ShopKey,
    firm: String,
    clock: Clock,
    notes: Notes,
}

/// What a good is taxed by and was bought for.
type Terms = HashMap<ProductId, ([Option<Vat>; 2], Decimal)>;

impl Documents {
    pub(super) fn new(
        told: Option<PathBuf>,
        firm: &str,
        shop: &ShopKey,
        common: &Common,
        clock: Clock,
    ) -> Self {
        Self {
            registry: common.keep.as_deref().map(|keep| Registry::new(keep, shop)),
            told,
            shop: shop.clone(),
            firm: firm.to_owned(),
            clock,
            notes: common.notes.clone(),
        }
    }

    fn registry(&self) -> Result<&Registry, PlatformError> {
        self.registry.as_ref().ok_or_else(|| PlatformError::Settings {
            what: "there is no folder in which documents can be remembered until the program has taken them in"
                .to_owned(),
            hint: format!(
                "name a folder that outlasts the run by --spool (SPOOL); {EPP_OUT} says where the files are put, and that is not enough"
            ),
        })
    }

    /// Writes one file of all that can be written.
    pub(super) async fn adjust(
        &self,
        (database, opened): (&Database, &Opened),
        adjustments: &[StockAdjustment],
    ) -> Vec<Outcome> {
        let lines = match self.lines(database, opened, adjustments).await {
            Ok(lines) => lines,
            Err(error) => return adjustments.iter().map(|_| Outcome::NotDone(error.clone())).collect(),
        };
        let good: Vec<(&StockAdjustment, Line)> = adjustments
            .iter()
            .zip(&lines)
            .filter_map(|(asked, line)| Some((asked, line.clone().ok()?)))
            .collect();
        let written = match good.is_empty() {
            true => Ok(()),
            false => self.write(database, opened, &good).await,
        };
        let outcome = |line: Result<Line, String>| match (line, &written) {
            (Err(why), _) => Outcome::Refused(why),
            (Ok(_), Ok(())) => Outcome::Accepted,
            (Ok(_), Err(error)) => Outcome::NotDone(error.clone()),
        };
        lines.into_iter().map(outcome).collect()
    }

    /// What a document says of each change, or why none can.
    async fn lines(
        &self,
        database: &Database,
        opened: &Opened,
        adjustments: &[StockAdjustment],
    ) -> Result<Vec<Result<Line, String>>, PlatformError> {
        self.registry()?;
        let products: Vec<&ProductId> = adjustments.iter().map(|asked| &asked.product).collect();
        let goods = named(database, &products).await.map_err(Failure::of_run)?;
        let terms = terms(database, opened, &products).await.map_err(Failure::of_run)?;
        let line = |asked: &StockAdjustment| {
            let good = goods.get(&asked.product).ok_or("the program does not have it any more")?;
            line(asked, good, terms.get(&asked.product), opened)
        };
        Ok(adjustments.iter().map(line).collect())
    }

    async fn write(
        &self,
        database: &Database,
        opened: &Opened,
        good: &[(&StockAdjustment, Line)],
    ) -> Result<(), PlatformError> {
        let registry = self.registry()?;
        let now = self.clock.now();
        self.tidy(database, registry).await?;
        let folder = self.told.as_deref().unwrap_or(registry.folder());
        if self.told.is_none() {
            std::fs::create_dir_all(folder).map_err(|error| outbox::refused(folder, &error))?;
        }
        let warehouse = warehouse(database, opened).await.map_err(Failure::of_run)?;
        let seed: String = good.iter().map(|(asked, _)| asked.key.as_str()).collect();
        let number = Number::new(now, &format!("{}\n{seed}", self.shop));
        let document = |kind| {
            let lines = good.iter().filter(|(asked, _)| Kind::of(asked.delta) == kind);
            let lines: Vec<Noted> = lines
                .map(|(asked, line)| Noted::new(&asked.key, &asked.product, &line.symbol, asked.delta))
                .collect();
            (!lines.is_empty()).then(|| Document::new(kind, number.of(kind), lines))
        };
        let written = Kind::ALL.into_iter().filter_map(document).collect();
        // People may call the program from anywhere, and find the file by its whole path.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let entry = Entry::new(&number, &folder, now, written);
        let lines = good.iter().map(|(_, line)| line.clone()).collect();
        let file = File { number, at: now, firm: self.firm.clone(), warehouse, lines };
        outbox::write(registry, &entry, &file.bytes())
    }

    /// Takes down what the database shows to be taken in, so that it is not asked for for ever, and forgets what is old.
    async fn tidy(&self, database: &Database, registry: &Registry) -> Result<(), PlatformError> {
        let mut all = registry.all()?;
        let now = self.clock.now();
        let numbers: Vec<String> =
            all.iter().flat_map(Entry::open).map(|document| document.number.clone()).collect();
        let shown = booked(database, &numbers).await.map_err(Failure::of_run)?.unwrap_or_default();
        for entry in &mut all {
            let mut is_changed = false;
            let open = entry.documents.iter_mut().filter(|document| document.fate().is_none());
            for document in open.filter(|document| shown.contains(&document.number)) {
                document.settle(Fate::Booked, now);
                is_changed = true;
            }
            if is_changed && let Err(error) = registry.put(entry) {
                tracing::info!(%error, number = entry.number, "it cannot be noted that documents are booked");
            }
        }
        registry.clear(&all, now);
        Ok(())
    }

    /// What became of changes that were asked for earlier.
    pub(super) async fn find(
        &self,
        database: &Database,
        keys: &[AdjustmentKey],
    ) -> Result<Vec<Known>, PlatformError> {
        let Ok(registry) = self.registry() else { return Ok(vec![Known::Forgotten; keys.len()]) };
        let all = registry.all()?;
        let documents = by_key(&all);
        let asked = || keys.iter().filter_map(|key| documents.get(key.as_str()));
        let mut numbers: Vec<String> = asked()
            .filter(|(_, document)| document.fate().is_none())
            .map(|(_, document)| document.number.clone())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let shown = booked(database, &numbers).await.map_err(Failure::of_run)?.unwrap_or_default();
        let known = |key: &AdjustmentKey| {
            let Some((entry, document)) = documents.get(key.as_str()) else { return Ok(Known::Forgotten) };
            Ok(match document.fate() {
                Some(Fate::Booked) => Known::Done,
                Some(Fate::Discarded) => Known::NotDone,
                None if shown.contains(&document.number) => Known::Done,
                None if is_unseen(entry)? => Known::NotDone,
                None => Known::Outstanding,
            })
        };
        keys.iter().map(known).collect()
    }

    /// The files that the program has not taken in as far as is known.
    pub(super) async fn outstanding(&self, database: &Database) -> Result<Vec<Outstanding>, PlatformError> {
        let all = self.registry()?.all()?;
        let numbers: Vec<String> =
            all.iter().flat_map(Entry::open).map(|document| document.number.clone()).collect();
        let shown = match booked(database, &numbers).await {
            Ok(Some(shown)) => shown,
            Ok(None) => {
                self.notes.say(
                    "the login may not read dok__Dokument, so nobody can see which documents the program has taken in: tell by `stock \
                     outstanding --booked`, or GRANT SELECT ON dok__Dokument",
                );
                HashSet::new()
            }
            Err(failure) => {
                let why = failure.of_run();
                self.notes.say(&format!("nobody can see which documents the program has taken in: {why}"));
                HashSet::new()
            }
        };
        let mut outstanding = Vec::new();
        for entry in &all {
            let is_open =
                |document: &Document| document.fate().is_none() && !shown.contains(&document.number);
            if let Some(open) = entry.outstanding(is_open)
                && !is_unseen(entry)?
            {
                outstanding.push(open);
            }
        }
        Ok(outstanding)
    }

    /// Takes down what a person says.
    pub(super) async fn settle(
        &self,
        database: &Database,
        name: &str,
        settled: Settled,
    ) -> Result<Outstanding, PlatformError> {
        let registry = self.registry()?;
        let (mut all, now) = (registry.all()?, self.clock.now());
        let mut found = None;
        for entry in &mut all {
            if entry.named(name).any(|document| document.fate().is_none()) && !is_unseen(entry)? {
                found = Some(entry);
            }
        }
        let entry = found.ok_or_else(|| PlatformError::Settings {
            what: format!("no document {name} is outstanding"),
            hint: "`stock outstanding` lists them by their files and numbers".to_owned(),
        })?;
        let named: Vec<String> = entry
            .named(name)
            .filter(|document| document.fate().is_none())
            .map(|document| document.number.clone())
            .collect();
        let mut shown = HashSet::new();
        if settled == Settled::Discarded {
            shown = booked(database, &named).await.map_err(Failure::of_run)?.unwrap_or_default();
            if named.iter().all(|number| shown.contains(number)) {
                return Err(PlatformError::Settings {
                    what: format!("the program has taken {} in already", named.join(" and ")),
                    hint: "say --booked, or take the document back in the program first".to_owned(),
                });
            }
        }
        let is_named = |document: &Document| named.contains(&document.number);
        let told = entry.outstanding(is_named);
        entry.documents.iter_mut().filter(|document| is_named(document)).for_each(|document| {
            // Of two documents in a file the program may have taken in one.
            let fate = if shown.contains(&document.number) { Fate::Booked } else { settled.into() };
            document.settle(fate, now);
        });
        registry.put(entry).map_err(|error| PlatformError::Failed {
            what: format!("it cannot be taken down what became of {name}: {error}"),
        })?;
        if settled == Settled::Discarded {
            let is_all = entry.documents.iter().all(|document| document.fate().is_some());
            let taken =
                if is_all { outbox::take_away(entry).map_err(|error| error.to_string()) } else { Ok(()) };
            if let Err(why) = taken {
                let file = entry.file.display();
                self.notes
                    .say(&format!("{file} cannot be removed ({why}): see that nobody takes it in any more"));
            } else if !is_all {
                let file = entry.file.display();
                self.notes.say(&format!(
                    "{file} holds another document beside: see that {name} is not taken in from it"
                ));
            }
        }
        told.ok_or_else(|| PlatformError::Failed { what: format!("{name} holds nothing") })
    }
}

/// Whether nobody can have taken a file in. Where nobody can look, nobody knows.
fn is_unseen(entry: &Entry) -> Result<bool, PlatformError> {
    let folder = entry.file.parent().unwrap_or(Path::new(".")).display().to_string();
    entry.is_unseen().map_err(|error| PlatformError::Failed {
        what: format!("it cannot be seen whether {} was ever put into {folder}: {error}", entry.number),
    })
}

/// What a document says of a change.
fn line(
    asked: &StockAdjustment,
    good: &Named,
    terms: Option<&([Option<Vat>; 2], Decimal)>,
    opened: &Opened,
) -> Result<Line, String> {
    match good.kind {
        GOODS => {}
        KIT => {
            return Err(
                "it is a kit, which has no level of its own: change those of its components".to_owned()
            );
        }
        2 => return Err("it is a service".to_owned()),
        4 => return Err("it is packaging".to_owned()),
        other => return Err(format!("nobody can tell what it is (kind {other})")),
    }
    let told = |what: &str, told: &str, longest| {
        text::exact(told, longest).map(str::to_owned).map_err(|why| format!("its {what} {told:?} {why}"))
    };
    let symbol = told("symbol", &good.symbol, documents::SYMBOL)?;
    if opened.firm.shared_symbols.contains(&symbol.to_uppercase()) {
        return Err(format!("several goods bear its symbol {symbol:?}, by which documents name it"));
    }
    if asked.delta.normalize().scale() > PLACES {
        return Err(format!("a document cannot tell {} so exactly", asked.delta.normalize()));
    }
    let (vat, price) = terms.cloned().unwrap_or_default();
    let unit = told("unit", &good.unit, documents::UNIT)?;
    Ok(Line { symbol, name: good.name.clone(), unit, vat, price, delta: asked.delta })
}

/// What goods are taxed by and were bought for.
async fn terms(database: &Database, opened: &Opened, products: &[&ProductId]) -> Result<Terms, Failure> {
    let ids: Vec<i32> = products.iter().filter_map(|product| product.as_str().parse().ok()).collect();
    let rates = opened.firm.vat_rates.as_ref();
    let vat = |id: Option<i32>| {
        let rate = rates?.get(&id?)?;
        Some(Vat { symbol: rate.symbol.clone()?, percent: rate.percent.clone().ok()?? })
    };
    let mut terms = Terms::new();
    for ids in ids.chunks(500) {
        let parameters = in_list(ids);
        let statement = statements::terms(parameters.len());
        for row in database.rows(&statement, &parameters, Asked::Usually).await? {
            let row = Cells(&row);
            let product = row.id(0).and_then(|id| ProductId::new(&id.to_string()).ok());
            let is_ours =
                row.text(4).ok().flatten().is_none_or(|currency| currency.eq_ignore_ascii_case("PLN"));
            let price =
                row.decimal(3).ok().flatten().filter(|_| is_ours).unwrap_or_default().max(Decimal::ZERO);
            terms.extend(product.map(|product| (product, ([vat(row.id(1)), vat(row.id(2))], price))));
        }
    }
    Ok(terms)
}

/// The first of the warehouses whose goods are sold.
async fn warehouse(database: &Database, opened: &Opened) -> Result<Warehouse, Failure> {
    let Some(id) = opened.warehouses.first() else { return Ok(Warehouse::default()) };
    let rows = database.rows(statements::WAREHOUSE, &[(*id).into()], Asked::Usually).await?;
    let text = |at| rows.first().and_then(|row| Cells(row).text(at).ok().flatten()).unwrap_or_default();
    Ok(Warehouse { symbol: text(0), name: text(1) })
}

/// Which of these documents the program shows; `None` where nobody may look.
async fn booked(database: &Database, numbers: &[String]) -> Result<Option<HashSet<String>>, Failure> {
    let mut shown = HashSet::new();
    for numbers in numbers.chunks(AT_ONCE) {
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
            let texts = (0..3).filter_map(|at| Cells(row).text(at).ok().flatten());
            shown.extend(texts.map(|text| text.trim().to_uppercase()).filter(|text| numbers.contains(text)));
        }
    }
    Ok(Some(shown))
}
