//! Ids and shop keys.

use gateway_core::model::{ExternalId, InvalidId, InvalidShopKey, Platform, ProductId, ShopKey, VariantId};
use proptest::prelude::*;

#[test]
fn a_base_url_gives_host_and_path() {
    for (url, key) in [
        ("https://Shop.Example.com/", "shop.example.com"),
        ("http://www.example.com", "example.com"),
        ("https://www.example.com/Store/EN//", "example.com/store/en"),
        ("https://user:fake-password@example.com/a?b=c#d", "example.com/a"),
        ("https://example.com:443", "example.com"),
        ("http://example.com:80/", "example.com"),
        ("https://example.com:8443/", "example.com:8443"),
        ("http://127.0.0.1:8080/shop", "127.0.0.1:8080/shop"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("example.com/shop", "example.com/shop"),
        ("  https://bücher.example ", "xn--bcher-kva.example"),
        ("https://www.", "www."),
    ] {
        let found = ShopKey::from_base_url(url).unwrap();
        assert_eq!(found.as_str(), key, "of {url}");
    }
}

#[test]
fn two_ports_of_a_host_are_two_shops() {
    let [one, two] = ["http://h:8001", "http://h:8002"].map(|url| ShopKey::from_base_url(url).unwrap());
    assert_ne!(one, two);
}

#[test]
fn what_has_no_host_is_refused_without_repeating_it() {
    for url in ["", "   ", "https://", "file:///etc/fake", "http://user:fake-password@/", "https://a b"] {
        let error = ShopKey::from_base_url(url).expect_err(url);
        assert_eq!(error, InvalidShopKey::NoHost, "of {url:?}");
        assert!(!error.to_string().contains("fake"), "the error repeats the URL: {error}");
    }
}

#[test]
fn a_shop_can_be_named() {
    assert_eq!(ShopKey::named("  Hurtownia ").unwrap().as_str(), "hurtownia");
    assert_eq!(ShopKey::named(" \t"), Err(InvalidShopKey::Name(InvalidId::Empty)));
    assert!(matches!(ShopKey::named("a\nb"), Err(InvalidShopKey::Name(InvalidId::Control(_)))));
    assert!(matches!(ShopKey::named(&"x".repeat(256)), Err(InvalidShopKey::Name(InvalidId::TooLong(256)))));
}

#[test]
fn ids_are_checked() {
    assert_eq!(ProductId::new(" 12 ").unwrap().as_str(), "12");
    assert_eq!(ProductId::new(""), Err(InvalidId::Empty));
    assert_eq!(VariantId::new(&"ż".repeat(256)), Err(InvalidId::TooLong(256)));
    assert!(VariantId::new(&"ż".repeat(255)).is_ok(), "255 characters are allowed, however many bytes");
    assert!(matches!(VariantId::new("1\u{0}2"), Err(InvalidId::Control(_))));
    assert!(VariantId::simple().is_simple() && !VariantId::new("00").unwrap().is_simple());
    assert!(Platform::new("subiekt-gt2").is_ok());
    assert!(matches!(Platform::new("PrestaShop"), Err(InvalidId::Platform(_))));
}

#[test]
fn an_external_id_reads_from_the_platform_down() {
    let id = ExternalId {
        platform: Platform::new("prestashop").unwrap(),
        shop: ShopKey::from_base_url("https://shop.example.com").unwrap(),
        product: ProductId::new("12").unwrap(),
        variant: VariantId::simple(),
    };
    assert_eq!(id.to_string(), "prestashop:shop.example.com:12:0");
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, r#"{"platform":"prestashop","shop":"shop.example.com","product":"12","variant":"0"}"#);
}

proptest! {
    #[test]
    fn no_text_breaks_a_shop_key(text in any::<String>()) {
        for key in [ShopKey::from_base_url(&text), ShopKey::named(&text)].into_iter().flatten() {
            prop_assert!(!key.as_str().is_empty());
            prop_assert!(!key.as_str().chars().any(char::is_control), "{key:?}");
        }
    }

    #[test]
    fn a_key_does_not_depend_on_how_the_url_is_written(
        host in "[a-z]{1,8}\\.(pl|com)", path in "(/[a-zA-Z0-9_-]{1,6}){0,3}", scheme in "https?", www in any::<bool>(), slash in any::<bool>(),
    ) {
        let url = format!("{scheme}://{}{}{path}{}", if www { "WWW." } else { "" }, host.to_uppercase(), if slash { "/" } else { "" });
        let key = ShopKey::from_base_url(&url).unwrap();
        prop_assert_eq!(key.as_str(), format!("{host}{}", path.to_lowercase()));
        prop_assert_eq!(ShopKey::from_base_url(key.as_str()).unwrap(), key);
    }
}
