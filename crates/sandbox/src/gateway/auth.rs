//! Who calls: the check of the bearer token.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{StatusCode, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::error::Refusal;
use super::server::Shared;
use super::{Shop, StartError};

/// A shop with its key decoded.
pub(super) struct KnownShop {
    pub(super) guid: String,
    key: DecodingKey,
}

impl KnownShop {
    pub(super) fn new(shop: &Shop) -> Result<Self, StartError> {
        let guid = uuid::Uuid::parse_str(&shop.guid).map(|guid| guid.to_string());
        if guid.as_ref() != Ok(&shop.guid) {
            return Err(StartError::Shop(shop.guid.clone()));
        }
        let secret = STANDARD.decode(&shop.secret).map_err(|_| StartError::Secret(shop.guid.clone()))?;
        Ok(Self { guid: shop.guid.clone(), key: DecodingKey::from_secret(&secret) })
    }
}

/// The shop whose token a call bears. A route with `{shop}` in its path is refused when that is another one.
pub(super) struct Caller(pub(super) String);

#[derive(Deserialize)]
struct Claims {
    iss: String,
    organization_guid: String,
    groups: Vec<String>,
}

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Refusal> {
        let header =
            parts.headers.get(header::AUTHORIZATION).ok_or_else(|| refuse("no Authorization header"))?;
        let token = header.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| refuse("the Authorization header is not `Bearer TOKEN`"))?;
        let shop = check(token, &shared.shops)?;
        let params = RawPathParams::from_request_parts(parts, shared)
            .await
            .map_err(|_| Refusal::bad("the path is not UTF-8"))?;
        if params.iter().any(|(name, value)| name == "shop" && value != shop) {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "the token is for another shop than the path"));
        }
        Ok(Self(shop))
    }
}

fn refuse(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, message)
}

/// The shop that signed the token and is named in all its claims. The format has no expiry, so none is asked for.
fn check(token: &str, shops: &[KnownShop]) -> Result<String, Refusal> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let head = jsonwebtoken::decode_header(token).map_err(|_| refuse("the token is not a JWT"))?;
    if head.alg != Algorithm::HS256 || head.typ.as_deref() != Some("JWT") {
        return Err(refuse("the token's header does not say HS256 and JWT"));
    }
    let mut refusal = "the token's signature does not fit the key of any shop, or a claim is missing";
    for shop in shops {
        let Ok(data) = jsonwebtoken::decode::<Claims>(token, &shop.key, &validation) else { continue };
        let claims = data.claims;
        if claims.iss != format!("shop:{}", shop.guid) || claims.organization_guid != shop.guid {
            refusal =
                "the claims `iss` and `organization_guid` do not name the shop whose key signed the token";
        } else if !claims.groups.iter().any(|group| group == "shopkeeper") {
            refusal = "the claim `groups` does not name `shopkeeper`";
        } else {
            return Ok(shop.guid.clone());
        }
    }
    Err(refuse(refusal))
}
