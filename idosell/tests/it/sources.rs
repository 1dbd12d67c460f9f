//! Where goods are had from: an account, an address, a file; and what is told when they are not to be had.

use connector::{Common, Connector as _, End, Given, Item, Left, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::ShopKey;
use idosell::IdoSell;
use idosell_sandbox::{Group, Options, Shop};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{account, ids, mugs, open, open_account, sentences, start, test_clock};

fn key(platform: &dyn Platform) -> Option<&str> {
    platform.name().map(|name| name.shop.as_str())
}

fn open_told(told: &[(&'static str, String)], keep: &TempDir) -> Box<dyn Platform> {
    let told: Vec<_> = told.iter().map(|(variable, value)| (*variable, value.as_str())).collect();
    open(&told, keep.path(), &test_clock())
}

#[tokio::test]
async fn a_shop_is_called_by_its_address_and_else_by_its_goods_pages() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = Shop::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap();
    shop.hold(mugs(1..=3));
    let own = shop.url().trim_start_matches("http://").to_owned();
    let by_account = open_account(&shop, keep.path(), &clock);
    assert_eq!(key(&*by_account), Some(own.as_str()), "before anything is sent");

    let by_feed = open_told(&[("IDOSELL_FEED", shop.feed_url())], &keep);
    assert_eq!(key(&*by_feed), None);
    assert_eq!(ids(&*by_feed).await.unwrap(), ["1", "2", "3"]);
    assert_eq!(key(&*by_feed), Some(own.as_str()), "the host of the goods' pages");

    let named =
        [("IDOSELL_FEED", shop.full_url()), ("IDOSELL_BASE_URL", "https://www.Brzoza.example/".to_owned())];
    let named = open_told(&named, &keep);
    assert_eq!(key(&*named), Some("brzoza.example"));
    assert_eq!(ids(&*named).await.unwrap(), ["1", "2", "3"]);

    let mut given = Given::default();
    given.insert("IDOSELL_FEED", "feed.xml");
    let common = Common { shop_key: Some(ShopKey::named("Brzoza").unwrap()), ..Common::default() };
    let transport = transport::Transport::new(transport::Settings::new("tests", clock)).unwrap();
    assert_eq!(key(&*IdoSell.open(&given, &common, &transport).unwrap()), Some("brzoza"));
}

#[tokio::test]
async fn a_file_of_this_machine_may_be_an_offer_or_what_names_one() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let folder = TempDir::new().unwrap();
    let (full, gateway) = (folder.path().join("full.xml"), folder.path().join("gateway.xml"));
    std::fs::write(&full, crate::wire::fixture("offer")).unwrap();
    std::fs::write(
        &gateway,
        "<provider_description><full url=\"full.xml\" changed=\"1\"/></provider_description>",
    )
    .unwrap();
    for (place, path) in [
        ("an offer", full.display().to_string()),
        ("its address", format!("file://{}", full.display())),
        ("what names one beside it", gateway.display().to_string()),
    ] {
        let platform = open_told(&[("IDOSELL_FEED", path)], &keep);
        let info = platform.check().await.unwrap();
        assert_eq!((info.products, info.language.id.as_str()), (Some(5), "pol"), "{place}");
        assert_eq!(key(&*platform), Some("brzoza.example"), "{place}");
        let items: Vec<Item> = platform.products(Scope::All).try_collect().await.unwrap();
        // It tells of a removed product, so what it does not tell of is not gone.
        assert_eq!(items.last(), Some(&Item::End(End::Partial)), "{place}");
        assert!(info.warnings[0].contains("one of changes"), "{place}: {:?}", info.warnings);
        assert_eq!(platform.requests(), 0, "{place}");
        platform.imported("terms", Left::Nothing).await.unwrap();
        assert!(platform.is_imported("terms").is_some(), "{place}");
    }
    // Of what lies in the user's own folder nothing is copied, and nothing removed.
    assert!(
        std::fs::read_dir(keep.path())
            .unwrap()
            .all(|entry| entry.unwrap().path().extension().unwrap() == "json")
    );

    // It names one that the shop gives.
    let shop = start(&clock).await;
    shop.hold(mugs(7..=8));
    std::fs::write(
        &gateway,
        format!(
            "<provider_description><full url=\"{}\" hash=\"a\"/></provider_description>",
            shop.full_url()
        ),
    )
    .unwrap();
    for _ in 0..2 {
        let platform = open_told(&[("IDOSELL_FEED", gateway.display().to_string())], &keep);
        assert_eq!(ids(&*platform).await.unwrap(), ["7", "8"]);
    }
    assert_eq!(shop.downloads(), 1);
}

#[tokio::test]
async fn a_file_that_somebody_writes_to_while_it_is_read_is_an_error() {
    let (keep, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let full = folder.path().join("full.xml");
    std::fs::write(&full, crate::wire::fixture("offer")).unwrap();
    let platform = open_told(&[("IDOSELL_FEED", full.display().to_string())], &keep);
    platform.check().await.unwrap();
    let mut longer = crate::wire::fixture("offer");
    longer.push_str("<!-- more -->\n");
    std::fs::write(&full, longer).unwrap();
    let error = platform.products(Scope::All).try_collect::<Vec<Item>>().await.unwrap_err();
    assert!(error.to_string().contains("written to while it was read: start again"), "{error}");
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_told_with_their_names() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=3));
    let [url, login, password] = account(&shop);
    let wrong = |text: &str| ("IDOSELL_PASSWORD", text.to_owned());
    let nothing = MockServer::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |address: String| ("IDOSELL_BASE_URL", address);
    let feed = |place: String| vec![("IDOSELL_FEED", place)];
    let language = ("IDOSELL_LANGUAGE", "ger".to_owned());
    for (told, happened, to_do) in [
        (
            vec![url.clone(), login.clone(), wrong("FAKE-WRONG")],
            "does not accept the login",
            "IDOSELL_PASSWORD",
        ),
        (
            vec![at(nothing.uri()), login.clone(), password.clone()],
            "no feed for marketplaces",
            "IDOSELL_BASE_URL",
        ),
        (
            vec![at(format!("http://{closed}")), login.clone(), password.clone()],
            "cannot be reached",
            "IDOSELL_BASE_URL",
        ),
        (
            vec![url.clone(), login.clone(), password.clone(), language],
            "no texts in the language ger",
            "one of: pol",
        ),
        (feed(format!("{}/FAKE-TOKEN", nothing.uri())), "nothing at the address of the feed", "IDOSELL_FEED"),
        (feed("/no/such/feed.xml".to_owned()), "/no/such/feed.xml cannot be opened", "IDOSELL_FEED"),
        (feed(std::env::temp_dir().display().to_string()), "is no file", "IDOSELL_FEED"),
        (feed("/dev/stdin".to_owned()), "is no file: copy what it gives", "IDOSELL_FEED"),
    ] {
        let error = open_told(&told, &keep).check().await.unwrap_err();
        let (what, hint) = sentences(&error);
        assert!(what.contains(happened) && hint.contains(to_do), "{what}: {hint}");
        assert!(!format!("{what}{hint}").contains("FAKE"), "{what}: {hint}");
    }
}

#[tokio::test]
async fn a_feed_that_names_no_page_of_its_goods_has_to_be_named() {
    let (keep, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let full = folder.path().join("full.xml");
    std::fs::write(&full, "<offer><products currency=\"PLN\"><product id=\"1\"/></products></offer>")
        .unwrap();
    let error = open_told(&[("IDOSELL_FEED", full.display().to_string())], &keep).check().await.unwrap_err();
    let (what, hint) = sentences(&error);
    assert!(what.contains("which shop") && hint.contains("IDOSELL_BASE_URL"), "{what} {hint}");
}

#[tokio::test]
async fn a_feed_in_no_currency_is_one_error_before_any_product() {
    let (keep, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let full = folder.path().join("full.xml");
    std::fs::write(&full, "<offer><products><product id=\"1\"/></products></offer>").unwrap();
    let told =
        [("IDOSELL_FEED", full.display().to_string()), ("IDOSELL_BASE_URL", "https://a.example".to_owned())];
    let (what, hint) = sentences(&open_told(&told, &keep).check().await.unwrap_err());
    assert!(what.contains("currency") && hint.contains("panel"), "{what} {hint}");
}

#[tokio::test]
async fn faults_of_the_shop_are_told_in_its_words_and_not_with_its_secrets() {
    let keep = TempDir::new().unwrap();
    let secret = "https://brzoza.example/FAKE-TOKEN";
    for (status, answer, happened) in [
        (
            200,
            r#"{"errors":{"faultCode":4,"faultString":"Sklep zablokowany"}}"#.to_owned(),
            "fault 4, Sklep zablokowany",
        ),
        (200, r#"{"faultCode":"7","faultString":"KEY FAKE-PASSWORD"}"#.to_owned(), "fault 7, *** ***"),
        (
            200,
            r#"{"results":{"url":"ftp://FAKE"},"errors":{"faultCode":0}}"#.to_owned(),
            "an address of its feed that is none",
        ),
        (
            200,
            r#"{"results":[],"errors":{"faultCode":0,"faultString":""}}"#.to_owned(),
            "has not made a file for this marketplace yet",
        ),
        (200, format!("[\"{secret}\"]"), "something else than where a feed"),
        (200, format!("{{\"result\":{{\"url\":\"{secret}\"}}}}"), "something else than where a feed"),
        (200, format!("<html>{secret}</html>"), "something else than where a feed"),
        (500, format!("{{\"results\":{{\"url\":\"{secret}\"}}}}"), "answers 500"),
    ] {
        let server = MockServer::start().await;
        let clock = test_clock();
        let day = idosell::key::days(clock.now())[0];
        let key = idosell::key::of_day(day, &"FAKE-PASSWORD".into());
        let body = answer.replace("KEY", key.expose_secret());
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status).set_body_string(body))
            .mount(&server)
            .await;
        let told = [
            ("IDOSELL_BASE_URL", server.uri()),
            ("IDOSELL_LOGIN", "sandbox".to_owned()),
            ("IDOSELL_PASSWORD", "FAKE-PASSWORD".to_owned()),
        ];
        let error = open_told(&told, &keep).check().await.unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(said.contains(happened), "{answer}: {said}");
        assert!(!said.contains("FAKE") && !said.contains(key.expose_secret()), "{answer}: {said}");
        assert_eq!(matches!(error, PlatformError::TryLater { .. }), happened.contains("yet"), "{error:?}");
    }
}

#[tokio::test]
async fn what_php_says_before_the_answer_does_not_matter() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    shop.hold(mugs(1..=2));
    let server = MockServer::start().await;
    let answer = format!("\u{feff}<br />Notice: x in y\n{{\"results\":{{\"url\":\"{}\"}}}}", shop.feed_url());
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string(answer)).mount(&server).await;
    let told = [
        ("IDOSELL_BASE_URL", server.uri()),
        ("IDOSELL_LOGIN", "sandbox".to_owned()),
        ("IDOSELL_PASSWORD", "FAKE-PASSWORD".to_owned()),
    ];
    assert_eq!(ids(&*open_told(&told, &keep)).await.unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn another_version_of_iof_is_not_read_by_the_rules_of_this_one() {
    let (keep, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let full = folder.path().join("full.xml");
    std::fs::write(&full, "<offer version=\"2.6\"><products currency=\"PLN\"/></offer>").unwrap();
    let told =
        [("IDOSELL_FEED", full.display().to_string()), ("IDOSELL_BASE_URL", "https://a.example".to_owned())];
    let (what, hint) = sentences(&open_told(&told, &keep).check().await.unwrap_err());
    assert!(what.contains("IOF 2.6") && hint.contains("iof_3_0"), "{what} {hint}");
}

#[tokio::test]
async fn near_midnight_the_other_days_key_is_tried_too() {
    let keep = TempDir::new().unwrap();
    let shop_clock = clock::Clock::test("2026-03-01T23:00:05Z".parse().unwrap());
    let shop = start(&shop_clock).await;
    shop.hold(mugs(1..=1));
    for (now, is_let_in) in
        [("2026-03-01T22:59:30Z", true), ("2026-03-01T22:40:00Z", false), ("2026-03-01T23:10:00Z", true)]
    {
        let clock = clock::Clock::test(now.parse().unwrap());
        let checked = open_account(&shop, keep.path(), &clock).check().await;
        assert_eq!(checked.is_ok(), is_let_in, "{now}: {checked:?}");
    }
}

#[tokio::test]
async fn products_of_a_group_are_a_family_and_the_only_one_of_a_group_is_none() {
    let (clock, keep) = (test_clock(), TempDir::new().unwrap());
    let shop = start(&clock).await;
    let mut goods = mugs(1..=40);
    for (id, first) in [(1, 1), (40, 1), (2, 2), (3, 3)] {
        goods.products[id - 1].group = Some(Group { first_product_id: first, parameters: Vec::new() });
    }
    // Of a group the other one of which the shop has removed, one is left.
    goods.products[3].group = Some(Group { first_product_id: 3, parameters: Vec::new() });
    goods.products[3].removed = true;
    shop.hold(goods);
    let platform = open_account(&shop, keep.path(), &clock);
    let items: Vec<Item> = platform.products(Scope::All).try_collect().await.unwrap();
    let families: Vec<(&str, &str, bool)> = items
        .iter()
        .filter_map(|item| match item {
            Item::Product(product, _) => {
                let family = product.family()?;
                Some((product.id().as_str(), family.id.as_str(), family.has_others))
            }
            _ => None,
        })
        .collect();
    assert_eq!(families, [("1", "1", true), ("2", "2", false), ("3", "3", false), ("40", "1", true)]);
}

#[tokio::test]
async fn what_stands_in_a_file_twice_or_without_an_id_is_told_and_the_rest_goes_on() {
    let (keep, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let full = folder.path().join("full.xml");
    let product = |id: &str| {
        format!(
            "<product {id} vat=\"23\"><card url=\"https://a.example/\"/><description><name>Kubek</name></description><price gross=\"1.23\"/></product>"
        )
    };
    let all = [product("id=\"1\""), product("id=\"1\""), product(""), product("id=\"2\"")].concat();
    std::fs::write(
        &full,
        format!("<offer><products language=\"pol\" currency=\"PLN\">{all}</products></offer>"),
    )
    .unwrap();
    let platform = open_told(&[("IDOSELL_FEED", full.display().to_string())], &keep);
    let items: Vec<Item> = platform.products(Scope::All).try_collect().await.unwrap();
    let told: Vec<String> = items
        .iter()
        .map(|item| match item {
            Item::Product(product, _) => format!("product {}", product.id()),
            Item::Reject(reject) => format!("reject {}: {}", reject.product, reject.reason),
            Item::End(end) => format!("{end:?}"),
            Item::Skipped(skip) => format!("skipped {}", skip.product),
        })
        .collect();
    insta::assert_debug_snapshot!(told);
}
