//! A firm's documents, from what is asked for to what is known of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use connector::{
    AdjustmentKey, Common, Known, Notes, Outcome, Platform, PlatformError, Settled, StockAdjustment,
    StockWriting,
};
use gateway_core::model::{ProductId, VariantId};
use rust_decimal::Decimal;
use subiektgt_sandbox::{Document, Good, GoodKind, MAIN_WAREHOUSE};
use tempfile::TempDir;

use super::office::{self, Told, documents, take_in};
use crate::sql::{Office, open, open_at};

/// A firm, and where its documents are put and remembered.
pub(super) struct Desk {
    pub(super) office: Office,
    pub(super) kept: TempDir,
    pub(super) out: TempDir,
}

impl Desk {
    pub(super) async fn new() -> Self {
        let desk =
            Self { office: Office::new().await, kept: TempDir::new().unwrap(), out: TempDir::new().unwrap() };
        desk.office.put_many(1..=3);
        desk
    }

    /// As a run of its own, which keeps what runs before it have kept; `more` are further settings.
    pub(super) fn open(&self, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
        let common = Common { keep: Some(self.kept.path().to_owned()), ..Common::default() };
        open(&self.office.given(more), &common).unwrap()
    }

    /// As a run at another time, with all that it tells people.
    pub(super) fn heard(&self, now: &str) -> (Box<dyn Platform>, Arc<Mutex<Vec<String>>>) {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let notes = {
            let heard = Arc::clone(&heard);
            Notes::to(move |what| heard.lock().unwrap().push(what.to_owned()))
        };
        let common = Common { keep: Some(self.kept.path().to_owned()), notes, ..Common::default() };
        let out = [("SUBIEKTGT_EPP_OUT", self.out.path().to_str().unwrap())];
        (open_at(now, &self.office.given(&out), &common).unwrap(), heard)
    }

    pub(super) fn run(&self) -> Box<dyn Platform> {
        self.open(&[("SUBIEKTGT_EPP_OUT", self.out.path().to_str().unwrap())])
    }

    /// The files of documents in a folder and below it.
    pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => files.extend(Self::files(&path)),
                false if path.extension().is_some_and(|ending| ending == "epp") => files.push(path),
                false => {}
            }
        }
        files.sort();
        files
    }

    pub(super) fn file(&self) -> PathBuf {
        match Self::files(self.out.path()).as_slice() {
            [file] => file.clone(),
            files => panic!("not one file: {files:?}"),
        }
    }

    /// Where a firm's documents are remembered.
    pub(super) fn memory(&self) -> PathBuf {
        let folder = self.kept.path().join("documents");
        let firm = std::fs::read_dir(folder).unwrap().next().unwrap();
        firm.unwrap().path()
    }

    /// What is remembered of a file of documents.
    pub(super) fn remembered(&self, file: &Path) -> PathBuf {
        self.memory().join(file.with_extension("json").file_name().unwrap())
    }

    /// Changes what is remembered of the one file.
    pub(super) fn remember(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.remembered(&self.file());
        let mut json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut json);
        std::fs::write(path, serde_json::to_vec(&json).unwrap()).unwrap();
    }

    /// As if the process had been killed before the one file had its name; where it lies then.
    pub(super) fn killed_before_the_name(&self) -> PathBuf {
        let file = self.file();
        let mut part = PathBuf::new();
        self.remember(|json| {
            json["placed"] = false.into();
            part = file.with_file_name(json["part"].as_str().unwrap());
        });
        std::fs::rename(&file, &part).unwrap();
        part
    }

    pub(super) fn told(&self) -> Vec<Told> {
        documents(&std::fs::read(self.file()).unwrap())
    }
}

pub(super) fn change(product: i32, delta: &str) -> StockAdjustment {
    let (delta, read): (Decimal, Decimal) = (delta.parse().unwrap(), 5.into());
    StockAdjustment {
        product: ProductId::new(&product.to_string()).unwrap(),
        variant: VariantId::simple(),
        key: key(product),
        delta,
        read,
        target: read + delta,
    }
}

pub(super) fn key(product: i32) -> AdjustmentKey {
    AdjustmentKey::new(format!("key{product}"))
}

pub(super) async fn known(platform: &dyn Platform, products: &[i32]) -> Vec<Known> {
    let keys: Vec<AdjustmentKey> = products.iter().copied().map(key).collect();
    platform.find_adjustments(&keys).await.unwrap()
}

pub(super) fn is_accepted(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| matches!(outcome, Outcome::Accepted))
}

#[tokio::test]
async fn a_file_waits_until_the_program_shows_its_documents() {
    let desk = Desk::new().await;
    let platform = desk.run();
    assert_eq!(platform.abilities().stock_writing, StockWriting::File);
    assert!(platform.outstanding().await.unwrap().is_empty());
    let outcomes = platform.adjust_stock(&[change(1, "-2"), change(2, "3")]).await;
    assert!(is_accepted(&outcomes), "{outcomes:?}");
    assert_eq!(
        known(&*desk.run(), &[1, 2, 3]).await,
        [Known::Outstanding, Known::Outstanding, Known::Forgotten]
    );
    let told = desk.told();
    let lines: Vec<_> = told.iter().map(|told| (told.kind.as_str(), told.lines[0].symbol.as_str())).collect();
    assert_eq!(lines, [("PW", "SYM-2"), ("RW", "SYM-1")]);
    let outstanding = desk.run().outstanding().await.unwrap();
    let [one] = outstanding.as_slice() else { panic!("{outstanding:?}") };
    assert_eq!((one.numbers.len(), one.lines.len(), one.file.clone()), (2, 2, desk.file()));
    take_in(&desk.office.firm, &std::fs::read(desk.file()).unwrap());
    assert_eq!(known(&*desk.run(), &[1, 2]).await, [Known::Done, Known::Done]);
    assert!(desk.run().outstanding().await.unwrap().is_empty());
    assert_eq!(desk.office.firm.stock(1, MAIN_WAREHOUSE).unwrap().0, 3.into());
    // That is known for good once something else was written.
    assert!(is_accepted(&desk.run().adjust_stock(&[change(3, "-1")]).await));
    desk.office.firm.deny("dok__Dokument");
    assert_eq!(known(&*desk.run(), &[1, 2, 3]).await, [Known::Done, Known::Done, Known::Outstanding]);
}

#[tokio::test]
async fn documents_are_known_by_whatever_number_the_program_keeps_once_they_are_done() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let told = &desk.told()[0];
    let number = told.number.clone();
    for document in [
        // Put off, taken back, and another one's.
        Document { original_number: number.clone(), status: 3, ..Document::default() },
        Document { original_number: number.clone(), status: 0, ..Document::default() },
        Document { original_number: format!("{number}X"), ..Document::default() },
    ] {
        office::show(&desk.office.firm, told, document);
        assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
    }
    office::show(&desk.office.firm, told, Document { remarks: number, ..Document::default() });
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Done]);
}

#[tokio::test]
async fn one_of_two_documents_may_be_booked() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2"), change(2, "3")]).await));
    let [inward, outward] = desk.told().try_into().unwrap();
    office::show(
        &desk.office.firm,
        &outward,
        Document { original_number: outward.number.clone(), ..Document::default() },
    );
    assert_eq!(known(&*desk.run(), &[1, 2]).await, [Known::Done, Known::Outstanding]);
    let outstanding = desk.run().outstanding().await.unwrap();
    assert_eq!(outstanding[0].numbers.join(", "), inward.number);
    // By its number one is settled alone.
    desk.run().settle_outstanding(&inward.number.to_lowercase(), Settled::Booked).await.unwrap();
    assert_eq!(known(&*desk.run(), &[1, 2]).await, [Known::Done, Known::Done]);
}

#[tokio::test]
async fn people_say_what_became_of_a_file() {
    for (settled, comes) in [(Settled::Booked, Known::Done), (Settled::Discarded, Known::NotDone)] {
        let desk = Desk::new().await;
        // Whoever may not look waits for people to say so.
        desk.office.firm.deny("dok__Dokument");
        assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
        assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
        let file = desk.file();
        let name = file.file_name().unwrap().to_str().unwrap();
        let wrong = desk.run().settle_outstanding("OL1.epp", settled).await;
        assert!(matches!(wrong, Err(PlatformError::Settings { .. })), "{wrong:?}");
        let told = desk.run().settle_outstanding(name, settled).await.unwrap();
        assert_eq!(told.lines[0].symbol, "SYM-1");
        assert_eq!(known(&*desk.run(), &[1]).await, [comes]);
        assert!(desk.run().outstanding().await.unwrap().is_empty());
        assert_eq!(file.exists(), settled == Settled::Booked, "nobody is to take in what was discarded");
        let again = desk.run().settle_outstanding(name, settled).await;
        match settled {
            Settled::Booked => assert!(matches!(again, Err(PlatformError::Settings { .. })), "{again:?}"),
            Settled::Discarded => assert_eq!(again.unwrap(), told),
        }
    }
}

#[tokio::test]
async fn what_the_program_has_taken_in_is_not_discarded() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let file = desk.file();
    take_in(&desk.office.firm, &std::fs::read(&file).unwrap());
    let refused =
        desk.run().settle_outstanding(file.to_str().unwrap(), Settled::Discarded).await.unwrap_err();
    assert!(refused.to_string().contains("taken"), "{refused}");
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Done]);
}

#[tokio::test]
async fn what_has_no_level_and_what_a_file_cannot_tell_is_refused() {
    let desk = Desk::new().await;
    for (id, kind) in [(10, GoodKind::Kit), (11, GoodKind::Service), (12, GoodKind::Packaging)] {
        desk.office.put(Good { kind, ..office::good(id) });
    }
    desk.office.put(Good::new(13, "A\"B", "Towar"));
    desk.office.put(Good { is_deleted: true, ..office::good(14) });
    desk.office.put(Good::new(15, "RAZEM", "Towar"));
    desk.office.put(Good::new(16, "razem", "Towar"));
    let asked: Vec<StockAdjustment> = (10..=17).map(|id| change(id, "-1")).collect();
    let outcomes = desk.run().adjust_stock(&asked).await;
    let why: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Refused(why) => why.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(why.join("\n"));
    assert!(Desk::files(desk.out.path()).is_empty(), "there is no file of nothing");
    // One that cannot be told is no matter of the others.
    let fine = desk.run().adjust_stock(&[change(10, "-1"), change(1, "-1"), change(2, "0.00001")]).await;
    assert!(
        matches!(fine.as_slice(), [Outcome::Refused(_), Outcome::Accepted, Outcome::Refused(_)]),
        "{fine:?}"
    );
    assert_eq!(desk.told()[0].lines.len(), 1);
}

#[tokio::test]
async fn documents_are_of_the_first_warehouse_and_only_read_from_tables() {
    let desk = Desk::new().await;
    let out = desk.out.path().to_str().unwrap();
    let platform = desk.open(&[("SUBIEKTGT_EPP_OUT", out), ("SUBIEKTGT_WAREHOUSES", "SKL,MAG")]);
    assert!(is_accepted(&platform.adjust_stock(&[change(1, "-2")]).await));
    let _known = known(&*platform, &[1]).await;
    let sections = office::sections(&std::fs::read(desk.file()).unwrap());
    let info = &sections[0].1[0];
    assert_eq!((info[11].as_str(), info[12].as_str()), ("SKL", "Sklep"));
    let statements = desk.office.server.statements();
    assert!(statements.iter().all(|statement| statement.sql.starts_with("SELECT ")), "{statements:?}");
}

#[tokio::test]
async fn two_firms_keep_their_documents_apart() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let common = Common {
        keep: Some(desk.kept.path().to_owned()),
        shop_key: Some(gateway_core::model::ShopKey::named("other").unwrap()),
        ..Common::default()
    };
    let other = open(&desk.office.given(&[]), &common).unwrap();
    assert!(other.outstanding().await.unwrap().is_empty());
    assert_eq!(known(&*other, &[1]).await, [Known::Forgotten]);
}
