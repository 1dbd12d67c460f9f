//! The file that a shop gives once, and what becomes of it.

use std::path::Path;

use clock::Clock;
use connector::{Platform, PlatformError};
use idosell_sandbox::Shop;
use tempfile::TempDir;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{ids, mugs, open, open_account, start, test_clock};

const TERMS: &str = "terms of an import";

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

async fn fetched(shop: &Shop, keep: &Path, clock: &Clock) -> (Box<dyn Platform>, Vec<String>) {
    let platform = open_account(shop, keep, clock);
    let ids = ids(&*platform).await.unwrap();
    (platform, ids)
}

#[tokio::test]
async fn a_file_is_had_once_and_read_as_often_as_is_wanted() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    for run in 1..=3 {
        let (platform, came) = fetched(&shop, keep.path(), &clock).await;
        assert_eq!(came, ["1", "2", "3"], "run {run}");
        assert_eq!(ids(&*platform).await.unwrap(), came, "the same run reads it again");
        assert_eq!(platform.is_imported(TERMS), None);
    }
    assert_eq!(shop.downloads(), 1);
    assert_eq!(names(keep.path()).len(), 1, "{:?}", names(keep.path()));
    assert!(shop.calls().iter().all(|call| call.method != "HEAD"), "a file is asked for by GET only");
}

#[tokio::test]
async fn a_new_file_takes_the_place_of_the_one_before() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (platform, _) = fetched(&shop, keep.path(), &clock).await;
    platform.imported(TERMS).await.unwrap();
    let before = names(keep.path());
    shop.hold(mugs(2..=4));
    let (next, came) = fetched(&shop, keep.path(), &clock).await;
    assert_eq!(came, ["2", "3", "4"]);
    assert_eq!(next.is_imported(TERMS), None, "that was another file");
    let after = names(keep.path());
    assert_eq!(after.len(), 2, "a file and a note: {after:?}");
    assert_ne!(before, after);
    // Who reads the one before reads it to its end.
    assert_eq!(ids(&*platform).await.unwrap(), ["1", "2", "3"]);
}

#[tokio::test]
async fn what_cannot_be_had_again_is_read_from_what_is_kept() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (_, came) = fetched(&shop, keep.path(), &clock).await;
    // The shop makes its next file, and has not got it ready.
    shop.set_giving(false);
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, came);
    // It is gone altogether.
    let told = crate::shop::account(&shop);
    drop(shop);
    let told = told.each_ref().map(|(variable, value)| (*variable, value.as_str()));
    let platform = open(&told, keep.path(), &clock);
    assert_eq!(ids(&*platform).await.unwrap(), came);
    let warnings = platform.check().await.unwrap().warnings;
    assert!(warnings[0].contains("cannot be reached") && warnings[0].contains("kept"), "{warnings:?}");
    // Once it was imported, that the shop is gone is told.
    platform.imported(TERMS).await.unwrap();
    let (what, hint) = crate::shop::sentences(&open(&told, keep.path(), &clock).check().await.unwrap_err());
    assert!(what.contains("cannot be reached") && hint.contains("IDOSELL_BASE_URL"), "{what} {hint}");
}

#[tokio::test]
async fn a_page_instead_of_a_file_is_not_yet() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    shop.set_giving(false);
    let error = open_account(&shop, keep.path(), &clock).check().await.unwrap_err();
    let PlatformError::TryLater { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("has not made the next one yet"), "{what}");
    assert_eq!(names(keep.path()), [""; 0], "nothing is kept of it");
    shop.set_giving(true);
    let (platform, came) = fetched(&shop, keep.path(), &clock).await;
    assert_eq!(came.len(), 3);
    platform.imported(TERMS).await.unwrap();
    // Not yet, and the last one is done with: there is nothing to do, which is no failure.
    shop.set_giving(false);
    let next = open_account(&shop, keep.path(), &clock);
    next.check().await.unwrap();
    let what = next.is_imported(TERMS).unwrap();
    assert!(what.starts_with("the shop's file of 2026-03-01"), "{what}");
}

#[tokio::test]
async fn what_was_imported_is_known_by_the_file_the_terms_and_the_settings() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (platform, _) = fetched(&shop, keep.path(), &clock).await;
    platform.imported(TERMS).await.unwrap();
    platform.imported("others").await.unwrap();
    let (again, _) = fetched(&shop, keep.path(), &clock).await;
    assert!(again.is_imported(TERMS).is_some() && again.is_imported("others").is_some());
    assert_eq!(again.is_imported("new ones"), None);
    let told = crate::shop::account(&shop);
    let mut told: Vec<_> = told.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
    told.push(("IDOSELL_LANGUAGE", "pol"));
    let told_by_name = open(&told, keep.path(), &clock);
    told_by_name.check().await.unwrap();
    assert!(told_by_name.is_imported(TERMS).is_some(), "it is the same language");
    // A note that was damaged only costs another reading.
    let note = names(keep.path()).into_iter().find(|name| name.ends_with(".json")).unwrap();
    std::fs::write(keep.path().join(note), "{\"identity\":").unwrap();
    let (again, _) = fetched(&shop, keep.path(), &clock).await;
    assert_eq!(again.is_imported(TERMS), None);
    again.imported(TERMS).await.unwrap();
    assert!(again.is_imported(TERMS).is_some());
}

#[tokio::test]
async fn a_torn_file_is_an_error_and_is_not_kept() {
    let whole = "<offer><products language=\"pol\" currency=\"PLN\"><product id=\"1\"/><product id=\"2\"/></products></offer>";
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    for cut in [30, 80, whole.len() - 1] {
        let server = MockServer::start().await;
        let torn = ResponseTemplate::new(200).set_body_string(&whole[..cut]);
        Mock::given(path("/full.xml")).respond_with(torn).mount(&server).await;
        let feed = format!("{}/full.xml", server.uri());
        let error = open(&[("IDOSELL_FEED", &feed)], keep.path(), &clock).check().await.unwrap_err();
        let PlatformError::Failed { what } = &error else { panic!("{error:?}") };
        assert!(what.contains("torn"), "{what}");
        assert_eq!(names(keep.path()), [""; 0], "cut at {cut}");
        assert_eq!(server.received_requests().await.unwrap().len(), 2, "once more is worth the try");
    }
}

#[tokio::test]
async fn a_file_that_came_torn_and_is_given_once_is_told_as_both() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let server = MockServer::start().await;
    let torn = ResponseTemplate::new(200).set_body_string("<offer><products><product id=\"1\"");
    Mock::given(path("/full.xml")).respond_with(torn).up_to_n_times(1).mount(&server).await;
    let page = ResponseTemplate::new(200).set_body_string("<!DOCTYPE html><html><body>Later</body></html>");
    Mock::given(path("/full.xml")).respond_with(page).mount(&server).await;
    let feed = format!("{}/full.xml", server.uri());
    let error = open(&[("IDOSELL_FEED", &feed)], keep.path(), &clock).check().await.unwrap_err();
    let PlatformError::Failed { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("torn") && what.contains("does not give it again"), "{what}");
}

#[tokio::test]
async fn without_a_change_told_every_file_is_asked_for_and_known_by_its_content() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let offer = |id: u32| {
        format!(
            "<offer><products currency=\"PLN\"><product id=\"{id}\" vat=\"23\"><card url=\"https://brzoza.example/{id}\"/>\
                 <description><name xml:lang=\"pol\">Kubek</name></description><price gross=\"1.23\"/></product></products></offer>"
        )
    };
    for (give, expected) in [(1, None), (1, Some(())), (2, None)] {
        let server =
            MockServer::builder().listener(std::net::TcpListener::bind("127.0.0.1:0").unwrap()).start().await;
        Mock::given(path("/full.xml"))
            .respond_with(ResponseTemplate::new(200).set_body_string(offer(give)))
            .mount(&server)
            .await;
        // The shop is at another port each time; what it is called stays.
        let feed = format!("{}/full.xml", server.uri());
        let gateway = keep.path().join("gateway.xml");
        std::fs::write(
            &gateway,
            format!("<provider_description><full url=\"{feed}\"/></provider_description>"),
        )
        .unwrap();
        let platform = open(&[("IDOSELL_FEED", gateway.to_str().unwrap())], keep.path(), &clock);
        assert_eq!(ids(&*platform).await.unwrap(), [give.to_string()]);
        assert_eq!(platform.is_imported(TERMS).map(drop), expected, "offer {give}");
        platform.imported(TERMS).await.unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_told_with_what_to_do() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let not_a_folder = keep.path().join("file");
    std::fs::write(&not_a_folder, "x").unwrap();
    let error = open_account(&shop, &not_a_folder, &clock).check().await.unwrap_err();
    assert!(error.to_string().contains("--spool"), "{error}");
    assert_eq!(shop.downloads(), 0, "the one download was not wasted");
}

#[tokio::test]
async fn what_a_killed_run_left_behind_is_used_or_removed() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    fetched(&shop, keep.path(), &clock).await;
    let kept = names(keep.path()).remove(0);
    let stem = &kept[..kept.rfind('-').unwrap()];
    let part = keep.path().join(format!("{stem}.abcdef.part"));
    let fresh = keep.path().join(format!("{stem}.ghijkl.part"));
    for path in [&part, &fresh] {
        std::fs::write(path, "<offer>").unwrap();
    }
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::options().write(true).open(&part).unwrap().set_modified(long_ago).unwrap();
    // Put in place, and cut before the one before it was removed.
    std::fs::write(keep.path().join(format!("{stem}-0000000000000000.xml")), "<offer>").unwrap();
    std::fs::File::options()
        .write(true)
        .open(keep.path().join(format!("{stem}-0000000000000000.xml")))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["1", "2", "3"]);
    shop.hold(mugs(4..=5));
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["4", "5"]);
    let left = names(keep.path());
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().any(|name| name.ends_with("ghijkl.part")), "another run may be writing to it");
}
