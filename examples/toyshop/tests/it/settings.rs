//! What the user must tell.

use connector::{Common, Connector as _, Given, Need};
use proptest::prelude::*;
use toyshop::Toyshop;
use toyshop::settings::Settings;

fn read(url: &str, key: &str, language: &str) -> Result<Settings, String> {
    let mut given = Given::default();
    given.insert("TOYSHOP_BASE_URL", url);
    given.insert("TOYSHOP_API_KEY", key);
    given.insert("TOYSHOP_LANGUAGE", language);
    Settings::read(&given, &Common::default()).map_err(|error| error.to_string())
}

#[test]
fn an_address_is_read_as_people_have_it() {
    for (text, base, key) in [
        ("https://Shop.example", "https://shop.example/", "shop.example"),
        ("https://www.shop.example/api/", "https://www.shop.example/", "shop.example"),
        (" http://shop.example/Sklep/ ", "http://shop.example/Sklep", "shop.example/sklep"),
        ("https://shop.example/?a=b#c", "https://shop.example/", "shop.example"),
    ] {
        let settings = read(text, "FAKE", "").unwrap();
        assert_eq!((settings.base_url.as_str(), settings.shop_key.as_str()), (base, key), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_with_the_variable_and_without_the_secret() {
    for (url, key, language, says) in [
        ("", "FAKE", "", "TOYSHOP_BASE_URL: it is missing"),
        ("shop.example", "FAKE", "", "TOYSHOP_BASE_URL: it has no scheme"),
        ("ftp://shop.example", "FAKE", "", "TOYSHOP_BASE_URL: it is not an address of the web"),
        ("https://key:FAKE@shop.example", "FAKE", "", "TOYSHOP_BASE_URL: it holds a user"),
        ("https://shop.example", "", "", "TOYSHOP_API_KEY: it is missing"),
        ("https://shop.example", "FAKE FAKE", "", "TOYSHOP_API_KEY: a key is one word"),
        ("https://shop.example", "FAKE", "po polsku", "TOYSHOP_LANGUAGE: \"po polsku\" is no language"),
    ] {
        let error = read(url, key, language).unwrap_err();
        assert!(error.starts_with(says), "{url} {key} {language}: {error}");
        assert!(!error.contains("FAKE"), "{error}");
    }
}

#[test]
fn only_what_has_no_default_is_asked_for() {
    let required = Toyshop.settings().iter().filter(|setting| setting.need == Need::Required);
    let required: Vec<_> = required.map(|setting| (setting.variable, setting.is_secret)).collect();
    assert_eq!(required, [("TOYSHOP_BASE_URL", false), ("TOYSHOP_API_KEY", true)]);
}

proptest! {
    #[test]
    fn no_text_breaks_the_settings(url in ".{0,60}", key in ".{0,40}", language in ".{0,20}") {
        for setting in Toyshop.settings() {
            let _checked = (setting.check)(&url).is_ok();
        }
        let _read = read(&url, &key, &language).is_ok();
    }
}
