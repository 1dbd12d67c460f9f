//! What the user must tell.

use connector::{Common, Connector as _, Given, Need};
use prestashop::PrestaShop;
use prestashop::settings::Settings;
use proptest::prelude::*;

use crate::shop::KEY;

fn read(url: &str, key: &str) -> Result<Settings, String> {
    let mut given = Given::default();
    given.insert("PRESTASHOP_BASE_URL", url);
    given.insert("PRESTASHOP_API_KEY", key);
    Settings::read(&given, &Common::default()).map_err(|error| error.to_string())
}

#[test]
fn an_address_is_read_as_people_have_it() {
    for (text, base, key) in [
        ("https://Shop.example", "https://shop.example/", "shop.example"),
        ("https://www.shop.example/api/", "https://www.shop.example/", "shop.example"),
        (" http://shop.example/Sklep/ ", "http://shop.example/Sklep", "shop.example/sklep"),
        ("http://shop.example:8080/a/b/api", "http://shop.example:8080/a/b", "shop.example:8080/a/b"),
        ("https://shop.example/api?ws_key=x#y", "https://shop.example/", "shop.example"),
    ] {
        let settings = read(text, KEY).unwrap();
        assert_eq!((settings.base_url.as_str(), settings.shop_key.as_str()), (base, key), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_the_variable_and_without_the_secret() {
    for (url, key, says) in [
        ("", KEY, "PRESTASHOP_BASE_URL: it is missing"),
        ("shop.example", KEY, "PRESTASHOP_BASE_URL: it has no scheme"),
        ("ftp://shop.example", KEY, "PRESTASHOP_BASE_URL: it is not an address of the web"),
        ("https://", KEY, "PRESTASHOP_BASE_URL: it is not an address"),
        ("https://key:FAKE@shop.example", KEY, "PRESTASHOP_BASE_URL: it holds a user"),
        ("https://shop.example", "", "PRESTASHOP_API_KEY: it is missing"),
        ("https://shop.example", "FAKETOOSHORT", "PRESTASHOP_API_KEY: a webservice key has 32"),
        (
            "https://shop.example",
            "FAKE FAKE FAKE FAKE FAKE FAKE FA",
            "PRESTASHOP_API_KEY: a webservice key has 32",
        ),
    ] {
        let error = read(url, key).unwrap_err();
        assert!(error.starts_with(says), "{url} {key}: {error}");
        assert!(!error.contains("FAKE"), "{error}");
    }
}

#[test]
fn only_what_has_no_default_is_asked_for() {
    let required: Vec<_> = PrestaShop
        .settings()
        .iter()
        .filter(|setting| setting.need == Need::Required)
        .map(|setting| (setting.variable, setting.is_secret))
        .collect();
    assert_eq!(required, [("PRESTASHOP_BASE_URL", false), ("PRESTASHOP_API_KEY", true)]);
}

#[test]
fn ids_are_whole_numbers_from_one() {
    let check = PrestaShop
        .settings()
        .iter()
        .find(|setting| setting.variable == "PRESTASHOP_LANGUAGE_ID")
        .unwrap()
        .check;
    assert!(check("2").is_ok());
    for text in ["0", "-1", "pl", "", "1.5", "99999999999"] {
        assert!(check(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_settings(url in ".{0,60}", key in ".{0,40}") {
        for setting in PrestaShop.settings() {
            let _checked = (setting.check)(&url).is_ok();
        }
        let _read = read(&url, &key).is_ok();
    }
}
