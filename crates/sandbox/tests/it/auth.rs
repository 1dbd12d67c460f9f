//! Who is let in.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use sandbox::gateway::{DEFAULT_SECRET, DEFAULT_SHOP, Gateway, Options, Shop};
use serde_json::{Value, json};

use crate::client::{Answer, LIST, QUERY, TOKEN, gateway, item, newest, options, product, send};

/// The earlier clients' token for the same claims as [`TOKEN`].
const EARLIER_TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzaG9wOjBiOWY2YzFlLTNhNTItNGMxZC05ZTU3LTVkMmY4ZjBhN2MxMSIsIm9yZ2FuaXphdGlvbl9ndWlkIjoiMGI5ZjZjMWUtM2E1Mi00YzFkLTllNTctNWQyZjhmMGE3YzExIiwiZ3JvdXBzIjpbInNob3BrZWVwZXIiXX0.vHZd-D3gqXyUWWP4UO8ay0_q5idYVBIiuVEFX3VLB2k";

const OTHER_SHOP: &str = "11111111-2222-4333-8444-555555555555";
const OTHER_SECRET: &str = "YW5vdGhlciBrZXkgb2YgYW5vdGhlciBzYW5kYm94IHNob3A=";

fn sign(claims: &Value, secret: &str, algorithm: Algorithm) -> String {
    let key = EncodingKey::from_base64_secret(secret).unwrap();
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

fn claims(shop: &str) -> Value {
    json!({"iss": format!("shop:{shop}"), "organization_guid": shop, "groups": ["shopkeeper"]})
}

async fn ask(
    gateway: &Gateway,
    method: Method,
    path: &str,
    authorization: Option<&str>,
    body: &Value,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    send(gateway, request.body(Full::new(Bytes::from(body.to_string()))).unwrap()).await.expect("an answer")
}

async fn bootstrap(gateway: &Gateway, authorization: &str) -> Answer {
    ask(gateway, Method::GET, "/bootstrap", Some(authorization), &Value::Null).await
}

#[tokio::test]
async fn both_tokens_of_the_known_facts_are_accepted() {
    let gateway = gateway().await;
    for token in [TOKEN, EARLIER_TOKEN] {
        bootstrap(&gateway, &format!("Bearer {token}")).await.ok();
    }
}

#[tokio::test]
async fn a_call_without_a_token_is_refused_on_every_route() {
    let gateway = gateway().await;
    let shop = gateway.shop();
    let routes = [
        (Method::POST, LIST.to_owned()),
        (Method::DELETE, format!("{LIST}/x/")),
        (Method::POST, QUERY.to_owned()),
        (Method::POST, format!("/organizations/{shop}/products/")),
        (Method::PUT, format!("/organizations/{shop}/products/x/")),
        (Method::DELETE, format!("/organizations/{shop}/products/x/")),
        (Method::GET, "/tags/?type=category".to_owned()),
        (Method::GET, format!("/webshops/{shop}/tags/")),
        (Method::POST, format!("/webshops/{shop}/tags/")),
        (Method::DELETE, format!("/webshops/{shop}/tags/x/")),
        (Method::PUT, "/product_tags/x".to_owned()),
        (Method::GET, "/bootstrap".to_owned()),
        (Method::POST, "/uploads/".to_owned()),
        (Method::POST, "/downloads/".to_owned()),
    ];
    for (method, path) in routes {
        let answer = ask(&gateway, method.clone(), &path, None, &json!({})).await;
        assert!(answer.refusal(401).contains("no Authorization header"), "{method} {path}");
    }
}

#[tokio::test]
async fn tokens_that_are_not_quite_right_are_refused() {
    let gateway = gateway().await;
    let good = claims(DEFAULT_SHOP);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(&claims, DEFAULT_SECRET, Algorithm::HS256)
    };
    let without_type = {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = None;
        jsonwebtoken::encode(&header, &good, &EncodingKey::from_base64_secret(DEFAULT_SECRET).unwrap())
            .unwrap()
    };
    let raw_key = jsonwebtoken::encode(
        &Header::new(Algorithm::HS256),
        &good,
        &EncodingKey::from_secret(DEFAULT_SECRET.as_bytes()),
    );
    let cases = [
        ("another key", sign(&good, OTHER_SECRET, Algorithm::HS256)),
        ("the secret's text as the key", raw_key.unwrap()),
        ("another algorithm", sign(&good, DEFAULT_SECRET, Algorithm::HS384)),
        ("no type in its header", without_type),
        ("an issuer without prefix", with("iss", json!(DEFAULT_SHOP))),
        ("another issuer", with("iss", json!(format!("shop:{OTHER_SHOP}")))),
        ("another organization", with("organization_guid", json!(OTHER_SHOP))),
        ("an upper-case guid", with("organization_guid", json!(DEFAULT_SHOP.to_uppercase()))),
        ("no groups", with("groups", json!([]))),
        ("another group", with("groups", json!(["customer"]))),
        ("groups that are a text", with("groups", json!("shopkeeper"))),
        ("two parts", TOKEN.rsplit_once('.').unwrap().0.to_owned()),
        ("no token", String::new()),
    ];
    for (case, token) in cases {
        let answer = bootstrap(&gateway, &format!("Bearer {token}")).await;
        assert_eq!(answer.status, 401, "a token with {case}: {}", answer.text());
    }
    assert_eq!(bootstrap(&gateway, TOKEN).await.status, 401, "a token without `Bearer`");
}

async fn two_shops() -> (Gateway, String) {
    let other = Shop { guid: OTHER_SHOP.to_owned(), secret: OTHER_SECRET.to_owned() };
    let options = Options { shops: vec![Shop::default(), other], ..options() };
    let bearer = format!("Bearer {}", sign(&claims(OTHER_SHOP), OTHER_SECRET, Algorithm::HS256));
    (Gateway::start(options).await.unwrap(), bearer)
}

#[tokio::test]
async fn a_shop_cannot_reach_another_ones_goods() {
    let (gateway, other) = two_shops().await;
    let tag = gateway.make_tag("Kubek Tatry");
    let guid = gateway.seed_products([product("Kubek")]).remove(0);
    let item = item(product("Talerz"));

    let answer = ask(&gateway, Method::POST, LIST, Some(&other), &json!({"products": [item]})).await;
    assert!(answer.refusal(403).contains("another shop"));
    let path = format!("/organizations/{OTHER_SHOP}/products/{guid}/");
    assert!(
        ask(&gateway, Method::PUT, &path, Some(&other), &product("x")).await.refusal(404).contains(&guid)
    );
    assert_eq!(ask(&gateway, Method::DELETE, &path, Some(&other), &json!(null)).await.status, 404);
    let path = format!("/product_tags/{tag}");
    assert_eq!(ask(&gateway, Method::PUT, &path, Some(&other), &json!({"add": []})).await.status, 404);
    let path = format!("/webshops/{OTHER_SHOP}/tags/{tag}/");
    assert_eq!(ask(&gateway, Method::DELETE, &path, Some(&other), &json!(null)).await.status, 404);
    let path = format!("/webshops/{OTHER_SHOP}/tags/");
    assert_eq!(ask(&gateway, Method::GET, &path, Some(&other), &json!(null)).await.ok(), json!([]));
    let same_name = json!({"name": "Kubek Tatry", "type": "variant"});
    let made = ask(&gateway, Method::POST, &path, Some(&other), &same_name).await;
    assert_eq!(made.status, 201, "a name is taken within one shop only");

    assert_eq!(gateway.products()[0]["name"], json!("Kubek"), "nothing was changed");
}

#[tokio::test]
async fn a_query_shows_the_callers_goods_whatever_it_asks_for() {
    let (gateway, other) = two_shops().await;
    gateway.seed_products([product("mine"), {
        let mut theirs = product("theirs");
        theirs["owner_guid"] = json!(OTHER_SHOP);
        theirs
    }]);
    let all = ask(&gateway, Method::POST, QUERY, Some(&other), &json!({"dsl": {}})).await.ok();
    assert_eq!(all["products"].as_array().unwrap().len(), 1);
    assert_eq!(all["products"][0]["name"], json!("theirs"));
    let foreign = ask(&gateway, Method::POST, QUERY, Some(&other), &newest(10)).await.ok();
    assert_eq!(foreign, json!({"products": []}), "the query names the first shop, the token the second");
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused_with_a_reason() {
    let refusal = async |options: Options| match Gateway::start(options).await {
        Ok(_) => panic!("the sandbox started"),
        Err(error) => error.to_string(),
    };
    let shop = |guid: &str, secret: &str| vec![Shop { guid: guid.to_owned(), secret: secret.to_owned() }];
    assert!(refusal(Options { shops: shop("A", DEFAULT_SECRET), ..options() }).await.contains("`A`"));
    let upper = DEFAULT_SHOP.to_uppercase();
    assert!(
        refusal(Options { shops: shop(&upper, DEFAULT_SECRET), ..options() }).await.contains("lower-case")
    );
    assert!(refusal(Options { shops: shop(DEFAULT_SHOP, "?"), ..options() }).await.contains("not base64"));
    assert!(refusal(Options { shops: Vec::new(), ..options() }).await.contains("at least one shop"));
    let rates = vec![(sandbox::gateway::Fault::Drop, 60), (sandbox::gateway::Fault::Half, 41)];
    assert!(refusal(Options { fault_rates: rates, ..options() }).await.contains("101 %"));
    let rates = vec![(sandbox::gateway::Fault::Hang, 1)];
    assert!(refusal(Options { fault_rates: rates, ..options() }).await.contains("`hang`"));

    let busy = gateway().await;
    let listen = busy.url().replace("http://", "").parse().unwrap();
    assert!(refusal(Options { listen, ..options() }).await.contains("cannot listen on"));
}
