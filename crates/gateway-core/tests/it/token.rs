//! The token, and what it is made of.

use gateway_core::token::{InvalidSigningKey, ShopGuid, SigningKey, sign};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::client_support::{KEY, SHOP};

/// The Gateway's known facts give both tokens for this key and shop.
const OURS: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzaG9wOjBiOWY2YzFlLTNhNTItNGMxZC05ZTU3LTVkMmY4ZjBhN2MxMSIsIm9yZ2FuaXphdGlvbl9ndWlkIjoiMGI5ZjZjMWUtM2E1Mi00YzFkLTllNTctNWQyZjhmMGE3YzExIiwiZ3JvdXBzIjpbInNob3BrZWVwZXIiXX0.5AjajLUgT9gKz2sv4cJdzLDZ5qOmKLAjnmEFmXfQkpk";
const EARLIER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzaG9wOjBiOWY2YzFlLTNhNTItNGMxZC05ZTU3LTVkMmY4ZjBhN2MxMSIsIm9yZ2FuaXphdGlvbl9ndWlkIjoiMGI5ZjZjMWUtM2E1Mi00YzFkLTllNTctNWQyZjhmMGE3YzExIiwiZ3JvdXBzIjpbInNob3BrZWVwZXIiXX0.vHZd-D3gqXyUWWP4UO8ay0_q5idYVBIiuVEFX3VLB2k";

fn token() -> String {
    let key = SigningKey::from_base64(&KEY.into()).unwrap();
    sign(ShopGuid::parse(SHOP).unwrap(), &key).unwrap().expose_secret().to_owned()
}

#[test]
fn the_token_is_the_known_one() {
    assert_eq!(token(), OURS);
}

#[test]
fn ours_and_the_earlier_connectors_token_verify_with_the_same_key_and_say_the_same() {
    let key = DecodingKey::from_base64_secret(KEY).unwrap();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let claims: Vec<Value> = [OURS, EARLIER, &token()]
        .map(|token| decode::<Value>(token, &key, &validation).expect("the signature is not right").claims)
        .into();
    let expected = json!({
        "iss": format!("shop:{SHOP}"),
        "organization_guid": SHOP,
        "groups": ["shopkeeper"],
    });
    assert!(claims.iter().all(|claims| *claims == expected), "{claims:?}");
}

#[test]
fn a_key_is_base64_with_or_without_its_padding() {
    for key in [KEY, KEY.trim_end_matches('='), &format!("  {KEY}\n")] {
        let key = SigningKey::from_base64(&key.into()).unwrap();
        let token = sign(ShopGuid::parse(SHOP).unwrap(), &key).unwrap();
        assert_eq!(token.expose_secret(), OURS);
    }
    for (text, error) in [
        ("", InvalidSigningKey::Empty),
        (" \n", InvalidSigningKey::Empty),
        ("not base64!", InvalidSigningKey::NotBase64),
        ("fake-key_fake-key_", InvalidSigningKey::NotBase64),
        ("FAKE FAKE", InvalidSigningKey::NotBase64),
    ] {
        assert_eq!(SigningKey::from_base64(&text.into()).unwrap_err(), error, "{text:?}");
    }
}

#[test]
fn a_guid_is_one_with_hyphens_in_any_case() {
    assert_eq!(ShopGuid::parse(&SHOP.to_uppercase()).unwrap().to_string(), SHOP);
    assert_eq!(ShopGuid::parse(&format!(" {SHOP}\n")).unwrap().to_string(), SHOP);
    for text in ["", "shop", &SHOP.replace('-', ""), &format!("{{{SHOP}}}"), &SHOP[1..], &format!("{SHOP}0")]
    {
        let error = ShopGuid::parse(text).unwrap_err();
        assert!(error.to_string().contains("36 characters"), "{error}");
        assert!(
            text.len() < 6 || !error.to_string().contains(text),
            "what was typed may be the key: {error}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_parsers(text in ".{0,80}") {
        let _guid = ShopGuid::parse(&text).is_ok();
        let key = SigningKey::from_base64(&text.as_str().into());
        if let Ok(key) = key {
            prop_assert!(!format!("{key:?}").contains(text.trim()), "the key is shown");
        }
    }
}
