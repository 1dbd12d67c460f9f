//! Folders that do not take files, and processes that are killed.

use std::fs;
use std::path::PathBuf;

use connector::{Common, Known, Outcome, PlatformError, Settled};

use super::firm::{Desk, change, is_accepted, key, known};
use crate::sql::open;

/// The one file that remembers a file of documents.
fn memory(desk: &Desk) -> Vec<PathBuf> {
    let folder = desk.kept.path().join("documents");
    let Ok(firms) = fs::read_dir(folder) else { return Vec::new() };
    let all = firms.flat_map(|firm| fs::read_dir(firm.unwrap().path()).unwrap());
    all.map(|file| file.unwrap().path()).collect()
}

fn why(outcomes: &[Outcome]) -> String {
    match outcomes {
        [Outcome::NotDone(PlatformError::Settings { what, hint })] => format!("{what}. {hint}"),
        [Outcome::NotDone(error)] => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_lie_where_is_remembered_what_is_kept_unless_somebody_says_otherwise() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.open(&[]).adjust_stock(&[change(1, "-2")]).await));
    let files = Desk::files(desk.kept.path());
    assert_eq!(files.len(), 1);
    assert_eq!(desk.open(&[]).outstanding().await.unwrap()[0].file, files[0]);
    assert!(files[0].starts_with(desk.kept.path().join("documents")));
}

#[tokio::test]
async fn without_a_place_to_remember_nothing_is_written() {
    let desk = Desk::new().await;
    let out = desk.out.path().to_str().unwrap();
    for more in [&[][..], &[("SUBIEKTGT_EPP_OUT", out)]] {
        let platform = open(&desk.office.given(more), &Common::default()).unwrap();
        let why = why(&platform.adjust_stock(&[change(1, "-2")]).await);
        assert!(why.contains("no folder") && why.contains("SPOOL"), "{why}");
        assert!(matches!(platform.outstanding().await, Err(PlatformError::Settings { .. })));
        assert_eq!(known(&*platform, &[1]).await, [Known::Forgotten]);
    }
    assert!(Desk::files(desk.out.path()).is_empty());
}

#[tokio::test]
async fn a_folder_that_takes_no_file_is_told_and_nothing_counts_as_written() {
    let desk = Desk::new().await;
    let missing = desk.out.path().join("missing").display().to_string();
    let file = desk.out.path().join("file");
    fs::write(&file, b"").unwrap();
    // Nobody can write to the last, however much he may.
    for folder in [missing.as_str(), file.to_str().unwrap(), "/proc"] {
        let platform = desk.open(&[("SUBIEKTGT_EPP_OUT", folder)]);
        let why = why(&platform.adjust_stock(&[change(1, "-2")]).await);
        assert!(why.contains(folder) && why.contains("Nothing counts as written"), "{why}");
        assert_eq!(known(&*platform, &[1]).await, [Known::Forgotten], "{folder}");
        assert!(memory(&desk).is_empty(), "{folder}");
    }
    // What it is remembered by cannot be written.
    fs::write(desk.kept.path().join("documents"), b"").unwrap();
    let why = why(&desk.run().adjust_stock(&[change(1, "-2")]).await);
    assert!(why.contains("documents"), "{why}");
    assert!(
        fs::read_dir(desk.out.path()).unwrap().all(|left| left.unwrap().path() == file),
        "nothing is left behind"
    );
}

#[tokio::test]
async fn what_was_killed_before_the_file_was_there_is_not_done() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    // As it is between the two: remembered, and not yet by its name.
    let file = desk.file();
    let name = file.file_name().unwrap().to_str().unwrap();
    let part = desk.killed_before_the_name();
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
    assert!(desk.run().outstanding().await.unwrap().is_empty());
    assert!(desk.run().settle_outstanding(name, Settled::Booked).await.is_err());
    // Behind that it is done some time, also where somebody has moved the file away to take it in.
    fs::rename(&part, &file).unwrap();
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
    fs::remove_file(&file).unwrap();
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
}

#[tokio::test]
async fn what_is_remembered_and_cannot_be_read_stops_the_pass() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let memory = memory(&desk);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(&memory[0]).unwrap()).unwrap();
    assert_eq!(json["documents"][0]["lines"][0]["key"], key(1).as_str());
    assert_eq!(json["documents"][0]["lines"][0]["delta"], -2);
    fs::write(&memory[0], b"{").unwrap();
    let error = desk.run().find_adjustments(&[key(1)]).await.unwrap_err();
    assert!(error.to_string().contains("cannot be read"), "{error}");
    assert!(matches!(desk.run().adjust_stock(&[change(2, "-1")]).await.as_slice(), [Outcome::NotDone(_)]));
    assert_eq!(Desk::files(desk.out.path()).len(), 1);
}

#[tokio::test]
async fn a_server_that_is_away_is_no_answer() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let platform = desk.run();
    let Desk { office, .. } = desk;
    drop(office.server);
    assert!(platform.find_adjustments(&[key(1)]).await.is_err(), "nobody knows");
    let outstanding = platform.outstanding().await.unwrap();
    assert_eq!(outstanding.len(), 1, "people are told what is remembered");
}
