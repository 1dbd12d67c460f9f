//! What is remembered of documents that are settled, and what killed runs leave behind.

use std::fs;
use std::path::Path;

use connector::{Known, Platform, Settled};

use super::firm::{Desk, change, is_accepted, key, known};
use super::office::take_in;

const NOW: &str = "2026-03-01T12:00:00Z";

/// What lies in a folder, by its name.
fn names(folder: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

async fn writes(platform: &dyn Platform, product: i32) {
    assert!(is_accepted(&platform.adjust_stock(&[change(product, "-1")]).await));
}

#[tokio::test]
async fn a_pass_reads_no_more_than_what_is_outstanding() {
    let desk = Desk::new().await;
    writes(&*desk.run(), 1).await;
    let first = desk.file();
    take_in(&desk.office.firm, &fs::read(&first).unwrap());
    // With the next file what the program has taken in is set aside.
    writes(&*desk.heard("2026-03-01T13:00:00Z").0, 2).await;
    let memory = desk.memory();
    let number = first.file_stem().unwrap().to_str().unwrap();
    assert_eq!(names(&memory.join("settled")), [format!("{number}.json")]);
    assert_eq!(names(&memory).len(), 2, "the other, and the folder of those");
    // A broken one is none of a pass's business any more, unless it is asked for what stands there.
    fs::write(memory.join("settled").join(format!("{number}.json")), b"{").unwrap();
    assert_eq!(known(&*desk.run(), &[2]).await, [Known::Outstanding]);
    assert_eq!(desk.run().outstanding().await.unwrap().len(), 1);
    assert!(desk.run().find_adjustments(&[key(1)]).await.is_err());
}

#[tokio::test]
async fn what_is_set_aside_is_known_for_400_days() {
    let desk = Desk::new().await;
    for (product, settled) in [(1, Settled::Booked), (2, Settled::Discarded)] {
        let at = format!("2026-03-01T1{product}:00:00Z");
        writes(&*desk.heard(&at).0, product).await;
        let number = desk.run().outstanding().await.unwrap().remove(0).numbers.remove(0);
        desk.run().settle_outstanding(&number, settled).await.unwrap();
    }
    let settled = || names(&desk.memory().join("settled")).len();
    // What was discarded is looked at for a while.
    for (day, kept) in [("2026-03-02", 1), ("2026-05-02", 2), ("2027-04-01", 2), ("2027-05-01", 0)] {
        writes(&*desk.heard(&format!("{day}T12:00:00Z")).0, 3).await;
        assert_eq!(settled(), kept, "{day}");
        let comes =
            if kept == 0 { [Known::Forgotten, Known::Forgotten] } else { [Known::Done, Known::NotDone] };
        assert_eq!(known(&*desk.run(), &[1, 2]).await, comes, "{day}");
    }
}

#[tokio::test]
async fn what_killed_runs_leave_behind_is_cleared_away_a_day_later() {
    let desk = Desk::new().await;
    writes(&*desk.run(), 1).await;
    // Killed before the file had its name, and before anything was remembered of it.
    let file = desk.file();
    let part = desk.killed_before_the_name().file_name().unwrap().to_str().unwrap().to_owned();
    let orphan = part.replace(file.file_stem().unwrap().to_str().unwrap(), "OL26030112000000000");
    fs::write(desk.out.path().join(&orphan), b"half").unwrap();
    let memory = desk.memory();
    fs::write(memory.join("OL26030112000000000.json.part"), b"half").unwrap();
    // Nothing of what others have there.
    for others in
        [".other.epp.part", ".OL26030112000000001.epp.part", "OL26030112000000000.epp.old", "letter.part"]
    {
        fs::write(desk.out.path().join(others), b"theirs").unwrap();
    }
    let before = names(desk.out.path());
    writes(&*desk.heard("2026-03-01T18:00:00Z").0, 2).await;
    assert!(before.iter().all(|name| names(desk.out.path()).contains(name)), "somebody may be at work");
    writes(&*desk.heard("2026-03-03T12:00:00Z").0, 3).await;
    let left = names(desk.out.path());
    assert!(!left.contains(&part) && !left.contains(&orphan), "{left:?}");
    assert_eq!(left.len(), 6, "two files, and what others have: {left:?}");
    assert!(names(&memory).iter().all(|name| !name.ends_with(".part")));
    // It was never there, and is asked for anew.
    assert_eq!(known(&*desk.run(), &[1, 2]).await, [Known::NotDone, Known::Outstanding]);
}

#[tokio::test]
async fn a_folder_that_takes_no_file_is_told_before_there_is_a_change() {
    let desk = Desk::new().await;
    let warnings =
        async |folder: &str| desk.open(&[("SUBIEKTGT_EPP_OUT", folder)]).check().await.unwrap().warnings;
    assert!(warnings(desk.out.path().to_str().unwrap()).await.is_empty());
    assert!(names(desk.out.path()).is_empty(), "nothing is left of the look");
    let missing = desk.out.path().join("missing").display().to_string();
    for folder in [missing.as_str(), "/proc"] {
        let told = warnings(folder).await;
        assert!(told.len() == 1 && told[0].contains(folder) && told[0].contains("documents"), "{told:?}");
    }
    let (platform, heard) = desk.heard(NOW);
    assert!(platform.check().await.unwrap().warnings.is_empty() && heard.lock().unwrap().is_empty());
    let without = desk.open(&[]).check().await.unwrap();
    assert!(without.warnings.is_empty(), "who does not say where has asked for none: {without:?}");
}

#[tokio::test]
async fn a_place_that_takes_no_note_is_told_before_there_is_a_change() {
    let desk = Desk::new().await;
    let warnings = async || desk.run().check().await.unwrap().warnings;
    assert!(warnings().await.is_empty());
    assert!(names(desk.kept.path()).is_empty(), "nothing is left of the look");
    fs::write(desk.kept.path().join("documents"), b"").unwrap();
    let told = warnings().await;
    assert!(told.len() == 1 && told[0].contains("nothing can be remembered"), "{told:?}");
    // Nobody says where files are put, and something is remembered.
    fs::remove_file(desk.kept.path().join("documents")).unwrap();
    writes(&*desk.open(&[]), 1).await;
    let before = names(&desk.memory());
    assert!(desk.open(&[]).check().await.unwrap().warnings.is_empty());
    assert_eq!(names(&desk.memory()), before);
}

#[tokio::test]
async fn a_pass_takes_down_what_it_has_counted_and_a_list_does_not() {
    let desk = Desk::new().await;
    writes(&*desk.run(), 1).await;
    let file = desk.file();
    take_in(&desk.office.firm, &fs::read(&file).unwrap());
    assert!(desk.run().outstanding().await.unwrap().is_empty());
    assert!(desk.remembered(&file).exists(), "it may be taken back before a pass has counted it");
    let pass = desk.run();
    assert_eq!(known(&*pass, &[1]).await, [Known::Done]);
    assert!(pass.outstanding().await.unwrap().is_empty());
    assert!(!desk.remembered(&file).exists());
    assert_eq!(names(&desk.memory().join("settled")).len(), 1);
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Done]);
}
