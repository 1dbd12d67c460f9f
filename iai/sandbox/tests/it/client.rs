//! A small HTTP client that asks one request per connection, and a shop with a test clock to ask.

use bytes::Bytes;
use clock::Clock;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use iai_sandbox::{Category, Goods, Options, Product, Shop, Size, Stock, Texts, Version};
use serde_json::{Value, json};

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The content of an answer that is one.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The ids of the products that were found.
    pub(crate) fn ids(&self) -> Vec<u64> {
        let rows = self.json()["results"].as_array().unwrap().clone();
        rows.iter().map(|row| row["productId"].as_u64().unwrap()).collect()
    }

    pub(crate) fn is_empty(&self, status: u16) -> bool {
        let empty = json!({ "results": [], "errors": { "faultCode": 2, "faultString": "Empty result" } });
        self.status == status && self.json() == empty
    }
}

/// A shop at a minute before midnight in Warsaw.
pub(crate) async fn start() -> (Shop, Clock) {
    let clock = Clock::test("2026-02-12T22:59:00Z".parse().unwrap());
    (Shop::start(Options { clock: clock.clone(), ..Options::default() }).await.unwrap(), clock)
}

pub(crate) async fn send(
    shop: &Shop,
    method: Method,
    target: &str,
    key: Option<&str>,
    body: String,
) -> Answer {
    let authority = shop.url().strip_prefix("http://").unwrap().to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(target).header(header::HOST, "sklep.example:81");
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let answer = sender.send_request(request.body(Full::new(Bytes::from(body))).unwrap()).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body }
}

pub(crate) async fn get(shop: &Shop, path: &str) -> Answer {
    send(shop, Method::GET, &format!("/api/admin/v7/{path}"), Some(shop.key()), String::new()).await
}

pub(crate) async fn search(shop: &Shop, params: Value) -> Answer {
    let body = json!({ "params": params }).to_string();
    send(shop, Method::POST, "/api/admin/v7/products/products/search", Some(shop.key()), body).await
}

/// Asks the gate of this name with a key.
pub(crate) async fn gate(shop: &Shop, gate: &str, key: &str, params: Value) -> Answer {
    let authenticate = json!({ "userLogin": shop.login(), "authenticateKey": key });
    let body = json!({ "authenticate": authenticate, "params": params }).to_string();
    send(shop, Method::POST, &format!("/api/?gate={gate}"), None, body).await
}

pub(crate) fn texts(pol: &str, eng: &str) -> Texts {
    let told = [("pol", pol), ("eng", eng)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.to_owned())).collect()
}

pub(crate) fn stock(id: u64, quantity: &str, reserved: u32) -> Stock {
    Stock { id, quantity: quantity.parse().unwrap(), reserved: reserved.into() }
}

/// A jumper of which everything is told.
pub(crate) fn jumper() -> Product {
    let size = |id: &str, name: &str| Size {
        id: id.to_owned(),
        panel_name: name.to_lowercase(),
        name: texts(name, name),
        code_external: format!("SWT-{name}"),
        code_producer: "5901234123457".to_owned(),
        ..Size::default()
    };
    let own_price = Some("169.99".parse().unwrap());
    Product {
        id: 842,
        code: "SWT".to_owned(),
        name: texts("Sweter Brzoza & Dąb", "Birch & Oak jumper"),
        brief: texts("<b>Miękki</b>", ""),
        description: texts("<p>Z <b>wełny</b>.</p>", "<p>Of <b>wool</b>.</p>"),
        category: Some(117),
        gross: "159.90".parse().unwrap(),
        pictures: vec![8421, 8422],
        version: Some(Version {
            parent: 842,
            group_name: texts("Kolor", "Colour"),
            name: texts("szary", "grey"),
        }),
        sizes: vec![
            Size { stocks: vec![stock(2, "0", 1), stock(1, "5.50", 2)], ..size("3", "M") },
            Size { gross: own_price, stocks: vec![stock(0, "7", 0)], ..size("4", "L") },
        ],
        ..Product::default()
    }
}

/// The jumper, and a product that next to nothing is told of.
pub(crate) fn goods() -> Goods {
    let category = |id, parent, name| Category { id, parent, name: texts(name, "") };
    let uniw = Size { id: "uniw".to_owned(), stocks: vec![stock(1, "1", 0)], ..Size::default() };
    let plain = Product { id: 7, name: texts("Kubek", ""), sizes: vec![uniw], ..Product::default() };
    Goods {
        categories: vec![category(11, None, "Odzież"), category(117, Some(11), "Swetry")],
        products: vec![jumper(), plain],
    }
}
