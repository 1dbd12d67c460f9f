//! A local shop, and what the connector makes of it.

use std::collections::BTreeMap;

use clock::Clock;
use connector::{Common, Connector as _, Given, Item, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use toyshop::Toyshop;
use toyshop_sandbox::{Options, Product, Shop, Texts, Variant};
use transport::{Settings, Transport};

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

pub(crate) async fn start(clock: &Clock) -> Shop {
    Shop::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap()
}

/// Opens the shop at an address; `more` are further settings.
pub(crate) fn open(url: &str, key: &str, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
    let mut given = Given::default();
    given.insert("TOYSHOP_BASE_URL", url);
    given.insert("TOYSHOP_API_KEY", key);
    for (variable, value) in more {
        given.insert(variable, value);
    }
    let transport = Transport::new(Settings::new("tests", test_clock())).unwrap();
    Toyshop.open(&given, &Common::default(), &transport).unwrap()
}

pub(crate) async fn items(platform: &dyn Platform, scope: Scope) -> Result<Vec<Item>, PlatformError> {
    platform.products(scope).try_collect().await
}

pub(crate) fn texts(pl: &str, en: &str) -> Texts {
    let told = [("pl", pl), ("en", en)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.to_owned())).collect::<BTreeMap<_, _>>()
}

/// So many mugs, of which nothing is odd.
pub(crate) fn mugs(count: u64) -> Vec<Product> {
    let mug = |id| Product {
        id,
        name: texts(&format!("Kubek {id}"), ""),
        vat: 23.into(),
        visible: true,
        variants: vec![Variant { net: 10.into(), stock: Some(5.into()), ..Variant::default() }],
        ..Product::default()
    };
    (1..=count).map(mug).collect()
}

/// The sentences of a failure: what happened, and what to do.
pub(crate) fn sentences(error: &PlatformError) -> (String, String) {
    match error {
        PlatformError::Settings { what, hint } => (what.clone(), hint.clone()),
        other => panic!("not a matter of settings: {other:?}"),
    }
}
