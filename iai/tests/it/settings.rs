//! What the user must tell, and what is said of it before anything is sent.

use connector::{Common, Connector as _, Given, InvalidSetting, Need};
use gateway_core::model::ShopKey;
use iai::Iai;
use iai::mapping::Stocks;
use iai::settings::Settings;

type Told = (&'static str, &'static str);

fn given(told: &[Told]) -> Given {
    let mut given = Given::default();
    for (variable, value) in told {
        given.insert(variable, value);
    }
    given
}

fn read(told: &[Told]) -> Result<Settings, InvalidSetting> {
    Settings::read(&given(told), &Common::default())
}

const BASE_URL: Told = ("IAI_BASE_URL", "https://swietliki.example");
const KEY: Told = ("IAI_API_KEY", "FAKE-API-KEY");
const LOGIN: Told = ("IAI_LOGIN", "magazyn");
const PASSWORD: Told = ("IAI_PASSWORD", "FAKE-PANEL-PASSWORD");

/// A shop with a key, and more.
fn with(variable: &'static str, value: &'static str) -> Result<Settings, InvalidSetting> {
    read(&[BASE_URL, KEY, (variable, value)])
}

#[test]
fn an_address_and_a_key_or_a_login_with_its_password_are_enough() {
    let by_key = format!("{:?}", read(&[BASE_URL, KEY]).unwrap());
    assert!(by_key.contains("access: Key("), "{by_key}");
    let by_login = format!("{:?}", read(&[BASE_URL, LOGIN, PASSWORD]).unwrap());
    assert!(by_login.contains("access: Gates { login: \"magazyn\""), "{by_login}");
}

#[test]
fn what_is_missing_is_named() {
    for (told, missing) in [
        (&[][..], "IAI_BASE_URL"),
        (&[KEY], "IAI_BASE_URL"),
        (&[LOGIN, PASSWORD], "IAI_BASE_URL"),
        (&[BASE_URL], "IAI_API_KEY"),
        (&[BASE_URL, PASSWORD], "IAI_API_KEY"),
        (&[BASE_URL, LOGIN], "IAI_PASSWORD"),
        (&[BASE_URL, ("IAI_API_KEY", " ")], "IAI_API_KEY"),
        (&[BASE_URL, LOGIN, ("IAI_PASSWORD", "")], "IAI_PASSWORD"),
    ] {
        let error = read(told).unwrap_err();
        assert_eq!((error.variable, error.what.as_str()), (missing, "it is missing"), "{missing}");
    }
}

#[test]
fn a_key_and_a_login_together_leave_open_which_is_meant() {
    let error = read(&[BASE_URL, KEY, LOGIN, PASSWORD]).unwrap_err();
    assert_eq!(error.variable, "IAI_LOGIN");
    assert_eq!(error.what, "IAI_API_KEY is told too: leave out the one that is not to be used");
}

#[test]
fn what_is_asked_for_is_a_key_unless_a_login_is_told() {
    let asked: Vec<(&str, Need, bool)> =
        Iai.settings().iter().map(|setting| (setting.variable, setting.need, setting.is_secret)).collect();
    assert_eq!(
        asked,
        [
            ("IAI_BASE_URL", Need::Required, false),
            ("IAI_API_KEY", Need::Unless("IAI_LOGIN"), true),
            ("IAI_LOGIN", Need::Optional, false),
            ("IAI_PASSWORD", Need::With("IAI_LOGIN"), true),
            ("IAI_GATE_VERSION", Need::Optional, false),
            ("IAI_STOCKS", Need::Optional, false),
            ("IAI_LANGUAGE", Need::Optional, false),
            ("IAI_CONCURRENCY", Need::Optional, false),
        ]
    );
}

#[test]
fn an_address_is_read_as_people_have_it() {
    for told in [
        "https://swietliki.example/",
        "https://swietliki.example//",
        " https://SWIETLIKI.example ",
        "https://swietliki.example/panel",
        "https://swietliki.example/panel/",
        "https://swietliki.example/api",
        "https://swietliki.example/api/",
        "https://swietliki.example/api/admin/v6",
        "https://swietliki.example/api/admin/v6/products/products/search",
        "https://swietliki.example/api/?gate=products/get/170/json",
        "https://swietliki.example/?utm=1#top",
        "https://swietliki.example:443",
    ] {
        let settings = read(&[("IAI_BASE_URL", told), KEY]).unwrap();
        assert_eq!(settings.base_url.as_str(), "https://swietliki.example/", "{told}");
        assert_eq!(settings.shop_key.as_str(), "swietliki.example", "{told}");
    }
    let settings = read(&[("IAI_BASE_URL", "http://127.0.0.1:8080/apiary/api/"), KEY]).unwrap();
    assert_eq!(settings.base_url.as_str(), "http://127.0.0.1:8080/apiary");
}

#[test]
fn a_key_that_the_user_gives_the_shop_goes_before_its_address() {
    let own = ShopKey::from_base_url("https://stary.example").unwrap();
    let common = Common { shop_key: Some(own.clone()), ..Common::default() };
    let settings = Settings::read(&given(&[BASE_URL, KEY]), &common).unwrap();
    assert_eq!((settings.shop_key, settings.platform.as_str()), (own, "iai"));
}

#[test]
fn stocks_come_in_the_order_in_which_they_are_told_and_are_all_own_ones_unless_told() {
    let stocks = |told| with("IAI_STOCKS", told).unwrap().stocks;
    assert_eq!(read(&[BASE_URL, KEY]).unwrap().stocks, Stocks::Own);
    assert_eq!(stocks(""), Stocks::Own);
    assert_eq!(stocks("1,3"), Stocks::These(vec![1, 3]));
    assert_eq!(stocks(" 3 , 1 "), Stocks::These(vec![3, 1]));
    assert_eq!(stocks("0"), Stocks::These(vec![0]), "the supplier's may be sold too");
    assert_eq!(stocks("2,0"), Stocks::These(vec![2, 0]));
}

#[test]
fn a_language_is_the_shops_own_unless_told() {
    assert_eq!(read(&[BASE_URL, KEY]).unwrap().language, None);
    assert_eq!(with("IAI_LANGUAGE", "eng").unwrap().language.as_deref(), Some("eng"));
    assert_eq!(with("IAI_LANGUAGE", " POL ").unwrap().language.as_deref(), Some("pol"));
}

#[test]
fn one_request_is_in_flight_unless_more_are_told_and_the_option_of_all_shops_goes_first() {
    assert_eq!(read(&[BASE_URL, KEY]).unwrap().concurrency, 1);
    assert_eq!(with("IAI_CONCURRENCY", "3").unwrap().concurrency, 3);
    let common = Common { shop_concurrency: Some(2), ..Common::default() };
    let read = |told: &[Told]| Settings::read(&given(told), &common).unwrap().concurrency;
    assert_eq!(read(&[BASE_URL, KEY]), 2);
    assert_eq!(read(&[BASE_URL, KEY, ("IAI_CONCURRENCY", "3")]), 2);
}

#[test]
fn the_gates_are_asked_in_the_version_that_is_told_else_in_170() {
    let shown = |told: &[Told]| format!("{:?}", read(told).unwrap());
    let default = shown(&[BASE_URL, LOGIN, PASSWORD]);
    assert!(default.contains("version: 170"), "{default}");
    let told = shown(&[BASE_URL, LOGIN, PASSWORD, ("IAI_GATE_VERSION", "143")]);
    assert!(told.contains("version: 143"), "{told}");
}

#[test]
fn a_wrong_value_is_told_before_anything_is_sent_and_no_secret_is_repeated() {
    for (variable, value, says) in [
        ("IAI_BASE_URL", "swietliki.example", "no scheme"),
        ("IAI_BASE_URL", "ftp://swietliki.example", "not an address of the web"),
        ("IAI_BASE_URL", "https://", "not an address"),
        ("IAI_BASE_URL", "https://magazyn:FAKE@swietliki.example", "a user or a password"),
        ("IAI_BASE_URL", "https://FAKE@swietliki.example", "a user or a password"),
        ("IAI_API_KEY", "FAKE KEY", "copy it again"),
        ("IAI_API_KEY", "FAKE\nKEY", "copy it again"),
        ("IAI_API_KEY", "FAKE-KĘY", "copy it again"),
        ("IAI_LOGIN", "maga\tFAKE", "control character"),
        ("IAI_GATE_VERSION", "0", "170 is one"),
        ("IAI_GATE_VERSION", "v6", "170 is one"),
        ("IAI_GATE_VERSION", "-1", "170 is one"),
        ("IAI_STOCKS", "1,1", "the stock 1 is named twice"),
        ("IAI_STOCKS", "1,01", "the stock 1 is named twice"),
        ("IAI_STOCKS", "a", "\"a\" is no id of a stock"),
        ("IAI_STOCKS", "1,", "\"\" is no id of a stock"),
        ("IAI_STOCKS", "1;3", "\"1;3\" is no id of a stock"),
        ("IAI_STOCKS", "-1", "\"-1\" is no id of a stock"),
        ("IAI_LANGUAGE", "pl", "three letters"),
        ("IAI_LANGUAGE", "polski", "three letters"),
        ("IAI_LANGUAGE", "po1", "three letters"),
        ("IAI_CONCURRENCY", "0", "no number from 1"),
        ("IAI_CONCURRENCY", "many", "no number from 1"),
        ("IAI_CONCURRENCY", "-1", "no number from 1"),
    ] {
        let setting = Iai.settings().iter().find(|setting| setting.variable == variable).unwrap();
        let said = (setting.check)(value).unwrap_err();
        assert!(said.contains(says) && !said.contains("FAKE"), "{variable} {value}: {said}");
        let by_login = matches!(variable, "IAI_LOGIN" | "IAI_GATE_VERSION");
        let mut told = vec![BASE_URL];
        told.extend(if by_login { vec![LOGIN, PASSWORD] } else { vec![KEY] });
        told.retain(|(known, _)| *known != variable);
        told.push((variable, value));
        let error = read(&told).unwrap_err();
        assert_eq!((error.variable, error.what), (variable, said), "{value}");
    }
}

#[test]
fn what_is_long_is_not_repeated_whole() {
    let long: &'static str = Box::leak("7x".repeat(500).into_boxed_str());
    for variable in ["IAI_STOCKS", "IAI_LANGUAGE", "IAI_CONCURRENCY"] {
        let said = with(variable, long).unwrap_err().what;
        assert!(said.len() < 120, "{variable}: {said}");
    }
}

#[test]
fn nothing_that_is_shown_of_the_settings_holds_a_secret() {
    for told in [&[BASE_URL, KEY][..], &[BASE_URL, LOGIN, PASSWORD]] {
        let shown = format!("{:?}", read(told).unwrap());
        assert!(!shown.contains("FAKE"), "{shown}");
    }
}
