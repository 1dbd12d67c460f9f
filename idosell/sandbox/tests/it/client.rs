//! A small HTTP client that asks one request per connection, and shops with a test clock to ask.

use bytes::Bytes;
use clock::Clock;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use idosell_sandbox::{Category, Goods, Group, Options, Parameter, Product, Shop, Size, Stock, Texts};

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// Whether it is the page that stands instead of a file.
    pub(crate) fn is_not_yet(&self) -> bool {
        let is_page = self.headers["content-type"] == "text/html; charset=utf-8";
        self.status == 200 && is_page && self.text().contains("Jeszcze nie")
    }

    /// The XML that it is.
    pub(crate) fn xml(&self) -> &str {
        assert_eq!(self.headers["content-type"], "application/xml", "{}", self.text());
        assert_eq!(self.status, 200);
        self.text()
    }
}

pub(crate) fn clock_at(time: &str) -> Clock {
    Clock::test(time.parse().unwrap())
}

/// Options with a test clock: noon in Warsaw.
pub(crate) fn options() -> Options {
    Options { clock: clock_at("2026-02-12T11:00:00Z"), ..Options::default() }
}

pub(crate) async fn start(options: Options) -> Shop {
    Shop::start(options).await.unwrap()
}

/// Sends a request and waits for the head of its answer.
pub(crate) async fn ask(url: &str, method: Method, body: &str) -> Response<Incoming> {
    let url = url::Url::parse(url).unwrap();
    let authority = url.authority();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    // What waits to be read is little, so that who stops reading stops the shop.
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let stream = socket.connect(authority.parse().unwrap()).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = Request::builder().method(method).uri(target).header(header::HOST, authority);
    sender.send_request(request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()).await.unwrap()
}

pub(crate) async fn send(url: &str, method: Method, body: &str) -> Answer {
    let (head, body) = ask(url, method, body).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body }
}

pub(crate) async fn get(url: &str) -> Answer {
    send(url, Method::GET, "").await
}

pub(crate) fn texts(pol: &str, eng: &str) -> Texts {
    let told = [("pol", pol), ("eng", eng)].into_iter().filter(|(_, text)| !text.is_empty());
    told.map(|(language, text)| (language.to_owned(), text.to_owned())).collect()
}

/// A jumper of which everything is told.
pub(crate) fn jumper() -> Product {
    let size = |id: &str, name: &str| Size {
        id: id.to_owned(),
        name: name.to_owned(),
        panel_name: name.to_lowercase(),
        code_external: format!("SWT-{name}"),
        code_producer: "5901234123457".to_owned(),
        gross: Some("119.99".parse().unwrap()),
        available: Some("in_stock".to_owned()),
        stocks: vec![
            Stock { id: 0, quantity: "2.50".parse().unwrap() },
            Stock { id: 1, quantity: (-1).into() },
        ],
    };
    Product {
        id: 840,
        name: texts("Sweter Brzoza & Dąb", "Birch & Oak jumper"),
        short_desc: texts("<b>Miękki</b>", ""),
        long_desc: texts("<p>Z <b>wełny</b>.</p>", "<p>Of <b>wool</b>.</p>"),
        categories: vec![Category { id: 117, path: "Odzież/Swetry".to_owned() }],
        vat: 23.into(),
        visible: Some(true),
        pictures: vec![8402, 8401],
        gross: 115.into(),
        sizes: vec![size("2", "S"), Size { id: "3".to_owned(), ..Size::default() }],
        group: Some(Group {
            first_product_id: 840,
            parameters: vec![Parameter { name: texts("Kolor", "Colour"), value: texts("Szary", "Grey") }],
        }),
        code_on_card: Some("SWT".to_owned()),
        producer_code_standard: Some("4006381333931".to_owned()),
        ..Product::default()
    }
}

pub(crate) fn goods(products: Vec<Product>) -> Goods {
    Goods { products, ..Goods::default() }
}
