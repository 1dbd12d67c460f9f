//! A local shop, and what the connector makes of it.

use std::path::Path;

use clock::Clock;
use connector::{Common, Connector as _, End, Given, Item, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use idosell::IdoSell;
use idosell_sandbox::{Goods, Options, Product, Shop, Size, Stock, Texts};
use transport::{Settings, Transport};

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

/// A shop whose files can be had once, as real ones have it.
pub(crate) async fn start(clock: &Clock) -> Shop {
    Shop::start(Options { clock: clock.clone(), once: true, ..Options::default() }).await.unwrap()
}

/// Opens what is told, with `keep` as the folder for what outlasts a run.
pub(crate) fn open(told: &[(&'static str, &str)], keep: &Path, clock: &Clock) -> Box<dyn Platform> {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    let transport = Transport::new(Settings::new("tests", clock.clone())).unwrap();
    let common = Common { keep: Some(keep.to_owned()), ..Common::default() };
    IdoSell.open(&given, &common, &transport).unwrap()
}

/// The settings of a shop's account.
pub(crate) fn account(shop: &Shop) -> [(&'static str, String); 3] {
    [
        ("IDOSELL_BASE_URL", shop.url()),
        ("IDOSELL_LOGIN", shop.login().to_owned()),
        ("IDOSELL_PASSWORD", shop.password().to_owned()),
    ]
}

/// Opens a shop by its account.
pub(crate) fn open_account(shop: &Shop, keep: &Path, clock: &Clock) -> Box<dyn Platform> {
    let told = account(shop);
    open(&told.each_ref().map(|(variable, value)| (*variable, value.as_str())), keep, clock)
}

/// The ids of the products that come, when all of them do.
pub(crate) async fn ids(platform: &dyn Platform) -> Result<Vec<String>, PlatformError> {
    platform.check().await?;
    let items: Vec<Item> = platform.products(Scope::All).try_collect().await?;
    let (last, items) = items.split_last().unwrap();
    assert_eq!(*last, Item::End(End::Complete), "{items:?}");
    let id = |item: &Item| match item {
        Item::Product(product, _) => product.id().to_string(),
        other => panic!("{other:?}"),
    };
    Ok(items.iter().map(id).collect())
}

pub(crate) fn texts(pol: &str, eng: &str) -> Texts {
    let told = [("pol", pol), ("eng", eng)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.to_owned())).collect()
}

/// Mugs of these ids, of which nothing is odd.
pub(crate) fn mugs(ids: impl IntoIterator<Item = u64>) -> Goods {
    let mug = |id| Product {
        id,
        name: texts(&format!("Kubek {id}"), ""),
        vat: 23.into(),
        gross: "12.30".parse().unwrap(),
        sizes: vec![Size {
            id: "uniw".to_owned(),
            stocks: vec![Stock { id: 1, quantity: 5.into() }],
            ..Size::default()
        }],
        ..Product::default()
    };
    Goods { products: ids.into_iter().map(mug).collect(), ..Goods::default() }
}

/// What is to be done about a failure of the settings: what happened, and what to do.
pub(crate) fn sentences(error: &PlatformError) -> (String, String) {
    match error {
        PlatformError::Settings { what, hint } => (what.clone(), hint.clone()),
        other => panic!("not a matter of settings: {other:?}"),
    }
}
