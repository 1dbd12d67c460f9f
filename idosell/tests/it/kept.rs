//! The file that a shop gives once, and what becomes of it.

use std::path::Path;
use std::pin::pin;

use clock::Clock;
use connector::{Left, Platform, PlatformError};
use futures::poll;
use idosell_sandbox::Shop;
use tempfile::TempDir;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{ids, mugs, open, open_account, start, test_clock};

const TERMS: &str = "terms of an import";

/// What is in the folder, but for what is locked meanwhile.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".lock"))
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
    platform.imported(TERMS, Left::Nothing).await.unwrap();
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
    platform.imported(TERMS, Left::Nothing).await.unwrap();
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
    platform.imported(TERMS, Left::Nothing).await.unwrap();
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
    platform.imported(TERMS, Left::Nothing).await.unwrap();
    platform.imported("others", Left::Nothing).await.unwrap();
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
    again.imported(TERMS, Left::Nothing).await.unwrap();
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
    let PlatformError::TryLater { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("torn") && what.contains("the shop gives it once"), "{what}");
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
        platform.imported(TERMS, Left::Nothing).await.unwrap();
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

/// Makes of a file of the folder one that is as old as can be.
fn aged(path: &Path) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
}

#[tokio::test]
async fn what_a_killed_run_left_behind_is_used_or_removed() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    fetched(&shop, keep.path(), &clock).await;
    let kept = names(keep.path()).remove(0);
    let stem = &kept[..kept.rfind('-').unwrap()];
    let old = keep.path().join(format!("{stem}.abcdef.part"));
    let fresh = keep.path().join(format!("{stem}.ghijkl.part"));
    // Put in place, and cut before the one before it was removed.
    let before = keep.path().join(format!("{stem}-0000000000000000.xml"));
    for path in [&old, &fresh, &before] {
        std::fs::write(path, "<offer>").unwrap();
    }
    aged(&old);
    aged(&before);
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["1", "2", "3"]);
    shop.hold(mugs(4..=5));
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["4", "5"]);
    let left = names(keep.path());
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().any(|name| name.ends_with("ghijkl.part")), "another run may be writing to it");
}

#[tokio::test]
async fn a_file_that_came_to_its_last_byte_is_not_lost_when_the_run_is_killed_before_it_has_read_it() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    fetched(&shop, keep.path(), &clock).await;
    let kept = keep.path().join(names(keep.path()).remove(0));
    // As a run leaves it that was killed just then.
    let came = kept.with_extension("came");
    std::fs::rename(&kept, &came).unwrap();
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["1", "2", "3"]);
    assert_eq!((shop.downloads(), came.exists()), (1, false));
    // What is no whole file is none.
    std::fs::write(&came, "<offer><products currency=\"PLN\"><product id=\"1\"").unwrap();
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1, ["1", "2", "3"]);
    assert_eq!((shop.downloads(), came.exists()), (1, false));
}

#[tokio::test]
async fn a_newer_file_that_cannot_be_had_is_never_nothing_new() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (platform, _) = fetched(&shop, keep.path(), &clock).await;
    shop.hold(mugs(1..=4));
    // Somebody else has had it.
    let elsewhere = TempDir::new().unwrap();
    fetched(&shop, elsewhere.path(), &clock).await;
    // What is kept has not been imported yet.
    let (unfinished, came) = fetched(&shop, keep.path(), &clock).await;
    assert_eq!(came, ["1", "2", "3"]);
    let warnings = unfinished.check().await.unwrap().warnings;
    assert!(warnings[0].contains("has not made the next one yet"), "{warnings:?}");
    platform.imported(TERMS, Left::Nothing).await.unwrap();
    let error = open_account(&shop, keep.path(), &clock).check().await.unwrap_err();
    assert!(matches!(error, PlatformError::TryLater { .. }), "{error:?}");
}

#[tokio::test]
async fn a_shop_that_has_made_nothing_for_days_is_told() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (platform, _) = fetched(&shop, keep.path(), &clock).await;
    shop.set_giving(false);
    aged(&keep.path().join(names(keep.path()).remove(0)));
    let (unfinished, _) = fetched(&shop, keep.path(), &clock).await;
    assert!(unfinished.check().await.unwrap().warnings[0].contains("kept"), "it is finished first");
    platform.imported(TERMS, Left::Something).await.unwrap();
    let error = open_account(&shop, keep.path(), &clock).check().await.unwrap_err();
    let PlatformError::TryLater { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("days ago and is imported"), "{what}");
}

#[tokio::test]
async fn a_file_that_breaks_off_and_is_given_once_is_told_as_both() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let feed = format!("http://{}/full.xml", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let answers = [
            "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n<offer><products>",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html; charset=utf-8\r\n\r\nLater, please",
        ];
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 4096];
            assert!(stream.read(&mut question).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let error = open(&[("IDOSELL_FEED", &feed)], keep.path(), &clock).check().await.unwrap_err();
    server.await.unwrap();
    let PlatformError::TryLater { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("broke off") && what.contains("gives it once"), "{what}");
    assert_eq!(names(keep.path()), [""; 0]);
}

#[tokio::test]
async fn trouble_with_the_next_file_does_not_keep_an_unfinished_one_from_its_end() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    for (status, words) in [(403, "does not let us have it"), (404, "nothing at the address"), (500, "500")] {
        let server = MockServer::start().await;
        let shop = start(&clock).await;
        shop.hold(mugs(1..=2));
        let gateway = keep.path().join("gateway.xml");
        let tell = |url: String, changed: u32| {
            let link = format!("<full url=\"{url}\" changed=\"{changed}\"/>");
            std::fs::write(&gateway, format!("<provider_description>{link}</provider_description>")).unwrap();
        };
        let told = [("IDOSELL_FEED", gateway.to_str().unwrap())];
        tell(shop.full_url(), status);
        let first = open(&told, keep.path(), &clock);
        assert_eq!(ids(&*first).await.unwrap(), ["1", "2"]);
        tell(format!("{}/full.xml", server.uri()), status + 1000);
        Mock::given(path("/full.xml"))
            .respond_with(ResponseTemplate::new(u16::try_from(status).unwrap()))
            .mount(&server)
            .await;
        let next = open(&told, keep.path(), &clock);
        assert_eq!(ids(&*next).await.unwrap(), ["1", "2"], "{status}");
        let warnings = next.check().await.unwrap().warnings;
        assert!(warnings[0].contains(words) && warnings[0].contains("kept"), "{warnings:?}");
        first.imported(TERMS, Left::Nothing).await.unwrap();
        let error = open(&told, keep.path(), &clock).check().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn two_runs_do_not_take_the_file_from_each_other() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let (one, two) = (open_account(&shop, keep.path(), &clock), open_account(&shop, keep.path(), &clock));
    let (mut one, mut two) = (pin!(ids(&*one)), pin!(ids(&*two)));
    // A wait takes no time on this clock: the second is not asked again until the first, which has the lock by now, is through.
    assert!(poll!(&mut one).is_pending());
    assert!(poll!(&mut two).is_pending());
    assert_eq!((one.await.unwrap().len(), two.await.unwrap().len(), shop.downloads()), (3, 3, 1));
    // Another run that holds on to it.
    let lock = std::fs::read_dir(keep.path()).unwrap().map(|entry| entry.unwrap().path());
    let lock = lock.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "lock")).unwrap();
    let held = std::fs::File::open(lock).unwrap();
    held.lock().unwrap();
    let error = open_account(&shop, keep.path(), &clock).check().await.unwrap_err();
    assert!(matches!(error, PlatformError::TryLater { .. }), "{error:?}");
    drop(held);
    assert_eq!(fetched(&shop, keep.path(), &clock).await.1.len(), 3);
}
