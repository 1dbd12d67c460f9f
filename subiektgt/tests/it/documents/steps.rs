//! A file that is stopped on its way, between one step and the next.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use connector::{Common, Known, Outcome, Platform, Settled};
use gateway_core::model::ShopKey;
use subiektgt::documents::disk::{Named, knows_no_sync};

use super::firm::{Desk, change, is_accepted, known};
use crate::sql::open_at;

const NOW: &str = "2026-03-01T12:00:00Z";
const LATER: &str = "2026-03-04T12:00:00Z";

/// What the file of the first change of this moment is called everywhere.
async fn name() -> String {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.heard(NOW).0.adjust_stock(&[change(1, "-2")]).await));
    desk.file().file_stem().unwrap().to_str().unwrap().to_owned()
}

/// All files below a folder.
fn all(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all(&path) } else { vec![path] }).collect()
}

async fn is_not_done(platform: &dyn Platform) {
    let outcomes = platform.adjust_stock(&[change(1, "-2")]).await;
    assert!(matches!(outcomes.as_slice(), [Outcome::NotDone(_)]), "{outcomes:?}");
    assert_eq!(known(platform, &[1]).await, [Known::Forgotten]);
}

#[test]
fn only_a_file_that_is_seen_counts_as_written() {
    let denied = || Err(io::Error::from(io::ErrorKind::PermissionDenied));
    for (part, file, comes) in [
        (Ok(true), Ok(false), Named::NotWritten),
        (Ok(true), Ok(true), Named::NotWritten),
        (Ok(false), Ok(true), Named::Written),
        // Somebody has tidied it away, or the folder is not mounted any more.
        (Ok(false), Ok(false), Named::NotWritten),
        (denied(), Ok(true), Named::Written),
        (denied(), Ok(false), Named::Unknown),
        (Ok(false), denied(), Named::Unknown),
        (denied(), denied(), Named::Unknown),
    ] {
        assert_eq!(Named::by(&part, &file), comes, "{part:?} {file:?}");
    }
}

#[test]
fn a_file_system_that_puts_no_folder_on_the_disk_is_no_failure() {
    let is_fine = |code| knows_no_sync(&io::Error::from_raw_os_error(code));
    // EINVAL and ENOTSUP; not EIO, EACCES, ENOSPC.
    assert!(is_fine(22) && is_fine(95));
    assert!([5, 13, 28].into_iter().all(|code| !is_fine(code)));
}

#[tokio::test]
async fn what_cannot_be_remembered_is_not_put_in_its_place() {
    let name = name().await;
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(3, "-1")]).await));
    let before = (all(desk.out.path()), all(desk.kept.path()));
    let blocked = desk.memory().join(format!("{name}.json.part"));
    fs::create_dir(&blocked).unwrap();
    is_not_done(&*desk.heard(NOW).0).await;
    assert_eq!((all(desk.out.path()), all(desk.kept.path())), before, "nothing is left of it");
    fs::remove_dir(blocked).unwrap();
    assert!(is_accepted(&desk.heard(NOW).0.adjust_stock(&[change(1, "-2")]).await));
}

#[tokio::test]
async fn what_cannot_get_its_name_is_forgotten() {
    let name = name().await;
    let desk = Desk::new().await;
    // Somebody else's, of that name.
    let theirs = desk.out.path().join(format!("{name}.epp"));
    fs::create_dir(&theirs).unwrap();
    is_not_done(&*desk.heard(NOW).0).await;
    assert!(theirs.is_dir() && all(desk.out.path()).is_empty() && all(desk.kept.path()).is_empty());
}

#[tokio::test]
async fn a_discarded_file_that_was_left_is_told_and_removed() {
    for again in [true, false] {
        let desk = Desk::new().await;
        assert!(is_accepted(&desk.heard(NOW).0.adjust_stock(&[change(1, "-2")]).await));
        let file = desk.file();
        let bytes = fs::read(&file).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap();
        let told = desk.heard(NOW).0.settle_outstanding(name, Settled::Discarded).await.unwrap();
        assert_eq!((told.settled, told.troubles.len(), file.exists()), (Some(Settled::Discarded), 0, false));
        // Killed before it was removed.
        fs::write(&file, bytes).unwrap();
        let listed = desk.heard(NOW).0.outstanding().await.unwrap();
        let [one] = listed.as_slice() else { panic!("{listed:?}") };
        assert_eq!((one.settled, &one.file), (Some(Settled::Discarded), &file));
        assert!(one.troubles[0].contains("remove it"), "{one:?}");
        assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
        if again {
            let again = desk.heard(NOW).0.settle_outstanding(name, Settled::Discarded).await.unwrap();
            assert_eq!(again, told);
        } else {
            assert!(is_accepted(&desk.heard(NOW).0.adjust_stock(&[change(2, "-2")]).await));
        }
        assert!(!file.exists());
        let left = desk.heard(NOW).0.outstanding().await.unwrap();
        assert!(left.iter().all(|one| one.settled.is_none()), "{left:?}");
    }
}

#[tokio::test]
async fn a_discarded_file_that_cannot_be_removed_is_told() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let file = desk.file();
    // Nobody can remove it so.
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    for _ in 0..2 {
        let told = desk.run().settle_outstanding(name, Settled::Discarded).await.unwrap();
        assert!(told.troubles[0].contains("cannot be removed"), "{told:?}");
    }
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
}

#[tokio::test]
async fn two_firms_may_put_their_files_into_one_folder() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.heard(NOW).0.adjust_stock(&[change(1, "-2")]).await));
    let part = desk.killed_before_the_name();
    let other = || {
        let common = Common {
            keep: Some(desk.kept.path().join("other")),
            shop_key: Some(ShopKey::named("other").unwrap()),
            ..Common::default()
        };
        let out = [("SUBIEKTGT_EPP_OUT", desk.out.path().to_str().unwrap())];
        open_at(LATER, &desk.office.given(&out), &common).unwrap()
    };
    assert!(is_accepted(&other().adjust_stock(&[change(2, "-1")]).await));
    assert!(part.exists());
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
    // As files were called before they told whose they are.
    let old = part.with_file_name(format!(".{}.epp.part", name().await));
    fs::rename(&part, &old).unwrap();
    let number = old.file_name().unwrap().to_str().unwrap()[1..].replace(".epp.part", ".json");
    let memory = desk.memory().join(number);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&memory).unwrap()).unwrap();
    let fields = json.as_object_mut().unwrap();
    assert!(fields.remove("part").is_some() && fields.remove("placed").is_some());
    fs::write(&memory, serde_json::to_vec(&json).unwrap()).unwrap();
    assert!(is_accepted(&other().adjust_stock(&[change(3, "-1")]).await));
    assert!(old.exists());
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::NotDone]);
}

#[tokio::test]
async fn a_folder_at_which_nobody_can_look_does_not_stop_the_pass() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    // Whether it was ever put there is not known.
    desk.remember(|json| json["placed"] = false.into());
    let (file, folder) = (desk.file(), desk.out.path());
    fs::remove_dir_all(folder).unwrap();
    symlink(folder, folder).unwrap();
    assert_eq!(known(&*desk.run(), &[1, 2]).await, [Known::Outstanding, Known::Forgotten]);
    let listed = desk.run().outstanding().await.unwrap();
    assert!(listed[0].troubles[0].contains("it cannot be seen whether"), "{listed:?}");
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(desk.run().settle_outstanding(name, Settled::Booked).await.is_err(), "nobody knows");
    fs::remove_file(folder).unwrap();
    fs::create_dir(folder).unwrap();
}

#[tokio::test]
async fn a_file_that_is_not_where_it_was_put_is_told() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let troubles = async || desk.run().outstanding().await.unwrap().remove(0).troubles;
    assert!(troubles().await.is_empty());
    // Tidied away, or in a folder that is not mounted, before anybody knew that it had its name.
    desk.remember(|json| json["placed"] = false.into());
    let (file, elsewhere) = (desk.file(), desk.kept.path().join("moved"));
    fs::rename(&file, &elsewhere).unwrap();
    assert!(troubles().await[0].contains("may never have been there"));
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
    fs::rename(&elsewhere, &file).unwrap();
    desk.remember(|json| json["placed"] = true.into());
    fs::rename(&file, &elsewhere).unwrap();
    assert!(troubles().await.is_empty(), "somebody has taken it to another machine");
    fs::rename(&elsewhere, &file).unwrap();
    desk.remember(|json| json["at"] = "2026-02-27T12:00:00Z".into());
    fs::remove_file(&file).unwrap();
    assert!(troubles().await[0].contains("is not there any more"));
    assert_eq!(known(&*desk.run(), &[1]).await, [Known::Outstanding]);
}

#[tokio::test]
async fn what_people_say_is_taken_down_while_the_server_is_away() {
    let desk = Desk::new().await;
    assert!(is_accepted(&desk.run().adjust_stock(&[change(1, "-2")]).await));
    let name = desk.file().file_name().unwrap().to_str().unwrap().to_owned();
    let platform = desk.run();
    let Desk { office, kept, .. } = desk;
    drop(office.server);
    // Only the program can tell that it has not taken it in.
    assert!(platform.settle_outstanding(&name, Settled::Discarded).await.is_err());
    platform.settle_outstanding(&name, Settled::Booked).await.unwrap();
    assert!(platform.outstanding().await.unwrap().is_empty());
    drop(kept);
}
