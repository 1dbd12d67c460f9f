//! A shop that holds rows of stock, and answers in the shapes that were recorded on running shops: our own numbers, and
//! errors as both versions tell them. A test may answer some calls by itself.

use std::sync::{Arc, Mutex};

use connector::Platform;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::check::errors;
use crate::shop::{Fixtures, KEY, common, open};

const NEEDED: [&str; 7] = [
    "id_product",
    "id_product_attribute",
    "id_shop",
    "id_shop_group",
    "quantity",
    "depends_on_stock",
    "out_of_stock",
];

type Rows = Arc<Mutex<Vec<Value>>>;

/// A row as the webservice has it.
pub(super) fn row(id: u64, product: u64, combination: u64, quantity: i64) -> Value {
    json!({
        "id": id,
        "id_product": product.to_string(),
        "id_product_attribute": combination.to_string(),
        "id_shop": "1",
        "id_shop_group": "0",
        "quantity": quantity.to_string(),
        "depends_on_stock": "0",
        "out_of_stock": "2",
        "location": "",
    })
}

pub(super) fn set(rows: &mut [Value], id: u64, field: &str, value: &str) {
    let row = rows.iter_mut().find(|row| row["id"] == id).unwrap();
    row[field] = json!(value);
}

pub(super) struct Fake {
    server: MockServer,
    rows: Rows,
}

impl Fake {
    /// A shop of this version. `rule` is asked first: it may change rows, and answer instead of the shop.
    pub(super) async fn start(
        version: &'static str,
        rows: Vec<Value>,
        rule: impl Fn(&Request, &mut Vec<Value>) -> Option<ResponseTemplate> + Send + Sync + 'static,
    ) -> Self {
        let server = MockServer::start().await;
        let rows: Rows = Arc::new(Mutex::new(rows));
        let (fixtures, held) = (Fixtures::of("8.2.1"), Arc::clone(&rows));
        Mock::given(any())
            .respond_with(move |request: &Request| {
                let mut rows = held.lock().unwrap();
                rule(request, &mut rows).unwrap_or_else(|| match request.method.as_str() {
                    "GET" => {
                        let mut fixtures = fixtures.clone();
                        fixtures.rows("stock_availables").clone_from(&rows);
                        fixtures.answer(request).insert_header("PSWS-Version", version)
                    }
                    "PATCH" if version.starts_with("1.") => errors(405, 23, "Method PATCH is not valid"),
                    method => write(method == "PUT", request, &mut rows),
                })
            })
            .mount(&server)
            .await;
        Self { server, rows }
    }

    pub(super) fn connect(&self) -> Box<dyn Platform> {
        open(&self.server.uri(), &[], &common())
    }

    pub(super) fn row(&self, id: u64) -> Value {
        self.rows.lock().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
    }

    /// The writes that came in: method and body.
    pub(super) async fn writes(&self) -> Vec<(String, String)> {
        let requests = self.server.received_requests().await.unwrap();
        let writes = requests.iter().filter(|request| request.method.as_str() != "GET");
        writes
            .map(|request| {
                assert_eq!(request.headers["content-type"], "text/xml");
                assert!(!body(request).contains(KEY));
                assert!(request.url.path().ends_with("/api/stock_availables"), "{}", request.url);
                (request.method.to_string(), body(request))
            })
            .collect()
    }
}

fn body(request: &Request) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

/// The elements of a write.
fn elements(request: &Request) -> Vec<String> {
    let body = body(request);
    let (_, elements) = body.split_once("<stock_available>").unwrap();
    elements.split("<stock_available>").map(str::to_owned).collect()
}

fn field(element: &str, name: &str) -> Option<String> {
    let (_, rest) = element.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// Whether a write is about a row.
pub(super) fn writes_row(request: &Request, row: u64) -> bool {
    request.method.as_str() != "GET"
        && elements(request).iter().any(|element| field(element, "id") == Some(row.to_string()))
}

/// How many rows a write is about.
pub(super) fn count(request: &Request) -> usize {
    elements(request).len()
}

/// Writes one row after the other, and stops at the first that is wrong.
pub(super) fn write(whole: bool, request: &Request, rows: &mut [Value]) -> ResponseTemplate {
    let elements = elements(request);
    if elements.iter().any(|element| field(element, "id").is_none()) {
        return errors(400, 90, "id is required when modifying a resource");
    }
    let mut written = Vec::new();
    for element in elements {
        let id: u64 = field(&element, "id").unwrap().parse().unwrap();
        let Some(row) = rows.iter_mut().find(|row| row["id"] == id) else {
            return errors(404, 92, "Invalid ID");
        };
        let missing = NEEDED.into_iter().find(|name| field(&element, name).is_none());
        if let Some(missing) = missing.filter(|_| whole) {
            return errors(400, 41, &format!("parameter \"{missing}\" required"));
        }
        for name in NEEDED.into_iter().chain(["location"]) {
            match field(&element, name) {
                Some(value) => row[name] = json!(value),
                None if whole => row[name] = Value::Null,
                None => {}
            }
        }
        written.push(row.clone());
    }
    echo(&written)
}

/// An answer that shows these rows.
pub(super) fn echo(rows: &[Value]) -> ResponseTemplate {
    let text = |row: &Value, name: &str| match &row[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let shown = rows.iter().map(|row| {
        let product = text(row, "id_product");
        let (id, shop, group) = (text(row, "id"), text(row, "id_shop"), text(row, "id_shop_group"));
        format!(
            "<stock_available>\n\t<id><![CDATA[{id}]]></id>\n\t<id_product xlink:href=\"http://shop.example/api/products/\
             {product}\"><![CDATA[{product}]]></id_product>\n\t<id_product_attribute><![CDATA[{}]]>\
             </id_product_attribute>\n\t<id_shop xlink:href=\"http://shop.example/api/shops/{shop}\"><![CDATA[{shop}]]>\
             </id_shop>\n\t<id_shop_group><![CDATA[{group}]]></id_shop_group>\n\t<quantity><![CDATA[{}]]></quantity>\n\t\
             <depends_on_stock><![CDATA[{}]]></depends_on_stock>\n\t<out_of_stock><![CDATA[{}]]></out_of_stock>\n\t\
             <location><![CDATA[{}]]></location>\n</stock_available>\n",
            text(row, "id_product_attribute"),
            text(row, "quantity"),
            text(row, "depends_on_stock"),
            text(row, "out_of_stock"),
            text(row, "location"),
        )
    });
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n{}</prestashop>\n",
        shown.collect::<String>()
    );
    ResponseTemplate::new(200).set_body_raw(body, "text/xml;charset=utf-8")
}

/// An error among what PHP had to say, which turns its status to 500.
pub(super) fn among_warnings(code: u32, message: &str) -> ResponseTemplate {
    let error = |code: u32, message: &str| {
        format!(
            "<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{message}]]></message>\n</error>\n"
        )
    };
    let php = error(3, "[PHP Warning #2] SimpleXMLElement::__construct(): Entity: line 1: parser error");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n<errors>\n\
         {php}{}{php}</errors>\n</prestashop>\n",
        error(code, message)
    );
    ResponseTemplate::new(500).set_body_raw(body, "text/xml;charset=utf-8")
}
