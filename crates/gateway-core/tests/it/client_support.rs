//! A client, a sandbox Gateway to call, and goods to send.

use clock::Clock;
use gateway_core::gateway::{Gateway, GatewaySettings, NewItem, ProductData, ProductFields, SourceMark};
use gateway_core::model::{Attributes, ExternalId, Name, Platform, ProductId, ShopKey, VariantId, VatRate};
use gateway_core::token::{ShopGuid, SigningKey};
use rust_decimal::Decimal;
use sandbox::gateway::{Call, Fault, Gateway as Sandbox, Options};
use transport::{Settings, Transport};

pub(crate) const SHOP: &str = "0b9f6c1e-3a52-4c1d-9e57-5d2f8f0a7c11";
pub(crate) const KEY: &str = "c2FuZGJveCBzaWduaW5nIGtleSwgMzIgYnl0ZXMuLi4=";
pub(crate) const LIST_PATH: &str = "/dashboard/webshops/";

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

pub(crate) fn settings(url: &str) -> GatewaySettings {
    GatewaySettings {
        base_url: GatewaySettings::base_url(url).unwrap(),
        shop: ShopGuid::parse(SHOP).unwrap(),
        key: SigningKey::from_base64(&KEY.into()).unwrap(),
        concurrency: GatewaySettings::CONCURRENCY,
    }
}

pub(crate) fn client_of(url: &str, clock: &Clock) -> Gateway {
    let transport = Transport::new(Settings::new("gateway-core-tests", clock.clone())).unwrap();
    Gateway::new(transport, &settings(url)).unwrap()
}

/// A sandbox and its client, on one test clock unless the options name another.
pub(crate) async fn start(options: Options) -> (Sandbox, Gateway) {
    let clock = options.clock.clone();
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = client_of(&sandbox.url(), &clock);
    (sandbox, client)
}

pub(crate) fn options() -> Options {
    Options { clock: test_clock(), ..Options::default() }
}

pub(crate) fn external_id(product: &str, variant: &str) -> ExternalId {
    ExternalId {
        platform: Platform::new("prestashop").unwrap(),
        shop: ShopKey::named("shop.example").unwrap(),
        product: ProductId::new(product).unwrap(),
        variant: VariantId::new(variant).unwrap(),
    }
}

pub(crate) fn mark(product: &str, variant: &str) -> SourceMark {
    SourceMark { hash: "cafe".to_owned(), ..SourceMark::new(external_id(product, variant)) }
}

pub(crate) fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let named = |text: &str| Name::new(text).unwrap();
    Attributes::new(pairs.iter().map(|(name, value)| (named(name), named(value)))).0
}

pub(crate) fn fields(product: &str, variant: &str, price: &str) -> ProductFields {
    let vat = VatRate::percent(Decimal::from(23)).unwrap();
    ProductFields {
        name: format!("Kubek {product}"),
        description: "# Kubek\n\nZ uchem.".to_owned(),
        brief: "Z uchem".to_owned(),
        sku: Some(format!("K-{product}-{variant}")),
        images: vec!["https://pictures.example/k.jpg".to_owned()],
        vat: gateway_core::gateway::Terms::default().vat_class(vat).unwrap(),
        net_price: price.parse().unwrap(),
        tags: Vec::new(),
        data: ProductData::new(&attributes(&[("Rozmiar", "M")]), None, &mark(product, variant)),
        kept: serde_json::Map::new(),
    }
}

pub(crate) fn item(product: &str, variant: &str) -> NewItem {
    NewItem::new(fields(product, variant, "19.9"), true, 7)
}

pub(crate) fn items(product: &str, variants: usize) -> Vec<NewItem> {
    (0..variants).map(|variant| item(product, &variant.to_string())).collect()
}

/// The calls that create or set items, those aside that were told to come back later.
pub(crate) fn list_calls(sandbox: &Sandbox) -> Vec<Call> {
    let is_list = |call: &Call| call.method == "POST" && call.path.starts_with(LIST_PATH);
    sandbox.calls().into_iter().filter(|call| is_list(call) && call.fault != Fault::TooMany).collect()
}
