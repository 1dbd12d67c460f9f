//! A local shop, what may stand in front of it, and what the connector makes of both.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use clock::Clock;
use connector::{Common, Connector as _, Given, Item, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use gateway_core::model::ProductId;
use iai::Iai;
use iai_sandbox::{Call, Goods, Options, Product, Shop, Size, Stock, Texts};
use rust_decimal::Decimal;
use serde_json::Value;
use transport::{Settings, Transport};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// The key that a local shop has unless told.
pub(crate) const KEY: &str = "FAKE-ADMIN-API-KEY";

pub(crate) const SEARCH: &str = "/api/admin/v7/products/products/search";
pub(crate) const STOCKS: &str = "/api/admin/v7/products/stocks";

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

/// A shop that holds these products and keeps its calls.
pub(crate) async fn start(products: Vec<Product>) -> Arc<Shop> {
    start_on(&test_clock(), products).await
}

pub(crate) async fn start_on(clock: &Clock, products: Vec<Product>) -> Arc<Shop> {
    let options = Options { clock: clock.clone(), keep_calls: true, ..Options::default() };
    let shop = Shop::start(options).await.unwrap();
    shop.hold(Goods { products, ..Goods::default() });
    Arc::new(shop)
}

pub(crate) fn transport(clock: &Clock) -> Transport {
    Transport::new(Settings::new("iai-tests", clock.clone())).unwrap()
}

/// Opens the shop at an address by its key; `more` are further settings.
pub(crate) fn open(url: &str, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
    open_on(&test_clock(), url, more)
}

pub(crate) fn open_on(clock: &Clock, url: &str, more: &[(&'static str, &str)]) -> Box<dyn Platform> {
    let mut given = vec![("IAI_API_KEY", KEY)];
    given.extend(more);
    open_by(&transport(clock), url, &given, &Common::default())
}

/// The same by a transport of the caller's, and with nothing that is not told.
pub(crate) fn open_by(
    transport: &Transport,
    url: &str,
    told: &[(&'static str, &str)],
    common: &Common,
) -> Box<dyn Platform> {
    let mut given = Given::default();
    given.insert("IAI_BASE_URL", url);
    for (variable, value) in told {
        given.insert(variable, value);
    }
    Iai.open(&given, common, transport).unwrap()
}

pub(crate) async fn items(platform: &dyn Platform, scope: Scope) -> Result<Vec<Item>, PlatformError> {
    platform.products(scope).try_collect().await
}

/// The ids of the products that came, in their order.
pub(crate) fn came(items: &[Item]) -> Vec<u64> {
    let id = |item: &Item| match item {
        Item::Product(product, _) => Some(product.id().as_str().parse().unwrap()),
        _ => None,
    };
    items.iter().filter_map(id).collect()
}

pub(crate) fn product_id(id: &str) -> ProductId {
    ProductId::new(id).unwrap()
}

pub(crate) fn these(ids: impl IntoIterator<Item = u64>) -> Scope {
    Scope::Products(ids.into_iter().map(|id| product_id(&id.to_string())).collect())
}

pub(crate) fn polish(text: &str) -> Texts {
    Texts::from([("pol".to_owned(), text.to_owned())])
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A size with rows of stock: the stock, what lies there, what is reserved of it.
pub(crate) fn size(id: &str, rows: &[(u64, &str, &str)]) -> Size {
    let stock = |(id, quantity, reserved): &(u64, &str, &str)| Stock {
        id: *id,
        quantity: decimal(quantity),
        reserved: decimal(reserved),
    };
    Size {
        id: id.to_owned(),
        panel_name: id.to_owned(),
        name: polish(id),
        stocks: rows.iter().map(stock).collect(),
        ..Size::default()
    }
}

/// A product for 12.30 zł in these sizes.
pub(crate) fn of_sizes(id: u64, sizes: Vec<Size>) -> Product {
    Product { id, name: polish(&format!("Kubek {id}")), gross: decimal("12.30"), sizes, ..Product::default() }
}

/// A product without sizes, of which five lie in the stock 1.
pub(crate) fn mug(id: u64) -> Product {
    of_sizes(id, vec![size("uniw", &[(1, "5", "0")])])
}

pub(crate) fn mugs(ids: impl IntoIterator<Item = u64>) -> Vec<Product> {
    ids.into_iter().map(mug).collect()
}

/// What the shop was sent to a path.
pub(crate) fn calls(shop: &Shop, path: &str) -> Vec<Call> {
    shop.calls().into_iter().filter(|call| call.path == path).collect()
}

/// The sentences of a failure: what happened, and what to do.
pub(crate) fn sentences(error: &PlatformError) -> (String, String) {
    match error {
        PlatformError::Settings { what, hint } => (what.clone(), hint.clone()),
        other => panic!("not a matter of settings: {other:?}"),
    }
}

/// Stands in front of a shop: what `rule` does not answer, the shop does.
pub(crate) async fn front(
    shop: &Shop,
    rule: impl Fn(&Request) -> Option<ResponseTemplate> + Send + Sync + 'static,
) -> MockServer {
    let (server, url) = (MockServer::start().await, shop.url());
    Mock::given(any())
        .respond_with(move |request: &Request| {
            rule(request).unwrap_or_else(|| template(&forward(&url, request)))
        })
        .mount(&server)
        .await;
    server
}

/// An answer of the shop.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The same with another content.
    pub(crate) fn with(&self, body: &Value) -> ResponseTemplate {
        ResponseTemplate::new(self.status).set_body_json(body)
    }
}

pub(crate) fn template(answer: &Answered) -> ResponseTemplate {
    ResponseTemplate::new(answer.status).set_body_raw(answer.body.clone(), "application/json")
}

/// Gives a request to the shop at an address. It blocks: who stands in front has a thread of its own.
pub(crate) fn forward(url: &str, request: &Request) -> Answered {
    let authority = url.strip_prefix("http://").unwrap();
    let target = &request.url[url::Position::BeforePath..];
    let length = request.body.len();
    let mut sent = format!(
        "{} {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\ncontent-length: {length}\r\n",
        request.method
    );
    for name in ["x-api-key", "content-type"] {
        if let Some(value) = request.headers.get(name) {
            sent += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
    }
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    stream.write_all((sent + "\r\n").as_bytes()).unwrap();
    stream.write_all(&request.body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answered { status, body: answer.split_off(end + 4) }
}

/// The content of a request as JSON; null where it has none.
pub(crate) fn asked(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

/// The same request with another content.
pub(crate) fn with_body(request: &Request, body: &Value) -> Request {
    Request { body: body.to_string().into_bytes(), ..request.clone() }
}

/// Whether it is a page of the products of a scope, and not the look at the newest ones.
pub(crate) fn is_page(body: &Value) -> bool {
    body["params"]["ordersBy"][0]["sortDirection"] == "ASC"
}

/// What the pages of a scope were asked for by.
pub(crate) fn pages(shop: &Shop) -> Vec<Value> {
    let bodies = calls(shop, SEARCH).into_iter().map(|call| call.body);
    bodies.filter(is_page).map(|body| body["params"].clone()).collect()
}
