//! The gateway file, the generations of files, and who may download them.

use std::time::Duration;

use http_body_util::BodyExt as _;
use idosell_sandbox::{Options, Shop};

use crate::client::{Answer, ask, clock_at, get, goods, jumper, options, start};
use crate::xml::{Element, parse};

async fn gateway(shop: &Shop) -> Element {
    parse(get(&shop.feed_url()).await.xml())
}

fn light_of(shop: &Shop) -> String {
    shop.full_url().replace("/full/", "/light/")
}

#[tokio::test]
async fn the_gateway_file_says_where_the_files_are() {
    let shop = start(options()).await;
    let file = gateway(&shop).await;
    assert_eq!(file.name, "provider_description");
    assert_eq!(file.get("file_format"), "IOF");
    assert_eq!(file.get("generated"), "2026-02-12 12:00:00", "as it is in Warsaw");
    let full = file.child("full");
    assert_eq!(full.get("url"), shop.full_url());
    assert_eq!(full.get("changed"), "2026-02-12 12:00:00");
    assert_eq!(full.attributes.len(), 2, "the marketplace's has no hash");
    let light = file.child("light");
    assert_eq!((light.get("url"), light.attributes.len()), (light_of(&shop).as_str(), 1));
    let hashing = start(Options { hashes: true, ..options() }).await;
    let before = gateway(&hashing).await.child("full").get("hash").to_owned();
    let again = gateway(&hashing).await.child("full").get("hash").to_owned();
    hashing.generate();
    let after = gateway(&hashing).await.child("full").get("hash").to_owned();
    assert_eq!(before, again);
    assert_ne!(before, after);
}

#[tokio::test]
async fn each_generation_has_another_address_and_another_time_though_the_clock_stands() {
    let shop = start(options()).await;
    let mut seen = Vec::new();
    for round in 0..4 {
        let file = gateway(&shop).await;
        let told = (file.child("full").get("url").to_owned(), file.child("full").get("changed").to_owned());
        assert!(
            seen.iter().all(|(url, changed)| *url != told.0 && *changed != told.1),
            "{told:?} in {seen:?}"
        );
        seen.push(told);
        if round == 0 { shop.hold(goods(vec![jumper()])) } else { shop.generate() }
    }
}

#[tokio::test]
async fn the_hour_that_comes_twice_does_not_hide_a_generation() {
    let clock = clock_at("2026-10-25T00:30:00Z");
    let shop = start(Options { clock: clock.clone(), ..Options::default() }).await;
    let before = gateway(&shop).await.child("full").get("changed").to_owned();
    clock.advance(Duration::from_secs(3600));
    shop.generate();
    let after = gateway(&shop).await.child("full").get("changed").to_owned();
    assert_eq!((before.as_str(), after.as_str()), ("2026-10-25 02:30:00", "2026-10-25 02:30:01"));
}

#[tokio::test]
async fn only_the_newest_generation_can_be_had_by_who_has_the_token() {
    let shop = start(options()).await;
    shop.hold(goods(vec![jumper()]));
    let old = shop.full_url();
    get(&old).await.xml();
    get(&old).await.xml();
    assert_eq!(shop.downloads(), 2, "again and again, unless told otherwise");
    shop.generate();
    assert!(get(&old).await.is_not_yet());
    get(&shop.full_url()).await.xml();
    let token = Options::default().token;
    for url in [shop.feed_url(), shop.full_url(), light_of(&shop)] {
        assert!(get(&url.replace(&token, "another")).await.is_not_yet(), "{url}");
    }
    let feed = shop.feed_url();
    for path in ["/", "/full", "/full/", "/full/1", "/other/1.xml", "/full/1.xml/more"] {
        assert_eq!(get(&format!("{feed}{path}")).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_file_can_be_downloaded_once() {
    let shop = start(Options { once: true, ..options() }).await;
    shop.hold(goods(vec![jumper()]));
    get(&shop.full_url()).await.xml();
    assert!(get(&shop.full_url()).await.is_not_yet());
    assert!(get(&shop.full_url()).await.is_not_yet());
    get(&light_of(&shop)).await.xml();
    assert!(get(&light_of(&shop)).await.is_not_yet());
    get(&shop.feed_url()).await.xml();
    get(&shop.feed_url()).await.xml();
    assert_eq!(shop.downloads(), 1);
    shop.generate();
    get(&shop.full_url()).await.xml();
    assert_eq!(shop.downloads(), 2);
}

#[tokio::test]
async fn a_download_that_ends_in_the_middle_does_not_count() {
    // More than a socket and a server hold on their way.
    let shop = start(Options { once: true, products: 1500, ..options() }).await;
    let url = shop.full_url();
    let mut answer = ask(&url, http::Method::GET, "").await;
    answer.body_mut().frame().await.unwrap().unwrap();
    assert_eq!(shop.downloads(), 0);
    drop(answer);
    let whole = get(&url).await;
    assert!(whole.xml().ends_with("</offer>\n"));
    assert_eq!(shop.downloads(), 1);
    assert!(get(&url).await.is_not_yet());
}

#[tokio::test]
async fn who_began_with_old_files_ends_with_them() {
    let shop = start(Options { once: true, products: 1500, ..options() }).await;
    let mut old = ask(&shop.full_url(), http::Method::GET, "").await;
    old.body_mut().frame().await.unwrap().unwrap();
    shop.hold(goods(vec![jumper()]));
    let rest = old.into_body().collect().await.unwrap().to_bytes();
    assert!(rest.ends_with(b"</offer>\n"));
    assert_eq!(shop.downloads(), 1);
    get(&shop.full_url()).await.xml();
}

#[tokio::test]
async fn a_shop_that_does_not_give_says_not_yet() {
    let shop = start(Options { once: true, ..options() }).await;
    shop.set_giving(false);
    let all = |shop: &Shop| [shop.feed_url(), shop.full_url(), light_of(shop)];
    for url in all(&shop) {
        assert!(get(&url).await.is_not_yet(), "{url}");
    }
    shop.set_giving(true);
    for url in all(&shop) {
        get(&url).await.xml();
    }
}

#[tokio::test]
async fn files_are_attachments() {
    let shop = start(options()).await;
    let told = |answer: &Answer| answer.headers["content-disposition"].to_str().unwrap().to_owned();
    assert_eq!(told(&get(&shop.full_url()).await), "attachment; filename=\"full.xml\"");
    assert_eq!(told(&get(&light_of(&shop)).await), "attachment; filename=\"light.xml\"");
}

#[tokio::test]
async fn a_dropped_shop_no_longer_listens() {
    let shop = start(options()).await;
    let address = shop.url().replace("http://", "");
    drop(shop);
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}
