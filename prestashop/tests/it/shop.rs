//! A shop that answers with fixtures: our own texts in the shapes that were recorded on running shops.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use clock::Clock;
use connector::{Common, Connector as _, Given, Item, Platform, PlatformError, Scope};
use futures::TryStreamExt as _;
use prestashop::PrestaShop;
use serde_json::{Value, json};
use transport::{Settings, Transport};
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const KEY: &str = "FAKEFAKEFAKEFAKEFAKEFAKEFAKEFAKE";

/// What a shop answers: rows by resource, and `/api/`.
#[derive(Clone)]
pub(crate) struct Fixtures {
    rows: BTreeMap<String, Vec<Value>>,
    root: String,
}

impl Fixtures {
    /// The shop of a version: `8.2.1` (two languages, PLN) or `1.7.8` (one language, USD).
    pub(crate) fn of(version: &str) -> Self {
        let folder = format!("{}/tests/fixtures/{version}", env!("CARGO_MANIFEST_DIR"));
        let mut rows = BTreeMap::new();
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.extension().is_some_and(|extension| extension == "json") {
                let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                rows.insert(name.clone(), json[&name].as_array().cloned().unwrap_or_default());
            }
        }
        Self { rows, root: std::fs::read_to_string(format!("{folder}/api.xml")).unwrap() }
    }

    pub(crate) fn rows(&mut self, resource: &str) -> &mut Vec<Value> {
        self.rows.get_mut(resource).unwrap()
    }

    /// The row of this id.
    pub(crate) fn row(&mut self, resource: &str, id: u64) -> &mut Value {
        self.rows(resource).iter_mut().find(|row| row["id"] == id).unwrap()
    }

    pub(crate) fn configure(&mut self, name: &str, value: &str) {
        let rows = self.rows("configurations");
        rows.retain(|row| row["name"] != name);
        rows.push(json!({ "id": 999, "name": name, "value": value, "id_shop": "", "id_shop_group": "" }));
    }

    /// Takes the right to read a resource from the key.
    pub(crate) fn forbid(&mut self, resource: &str) {
        let granted = format!("/api/{resource}\" get=\"true\"");
        assert!(self.root.contains(&granted), "{resource} was not granted");
        self.root = self.root.replace(&granted, &granted.replace("true", "false"));
    }

    pub(crate) async fn serve(self) -> MockServer {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .and(path_regex("^(/[a-z]+)?/api/"))
            .respond_with(move |request: &Request| self.answer(request))
            .mount(&server)
            .await;
        server
    }

    pub(crate) fn answer(&self, request: &Request) -> ResponseTemplate {
        let resource = request.url.path().rsplit('/').next().unwrap();
        if resource.is_empty() {
            let answer = ResponseTemplate::new(200).insert_header("PSWS-Version", "8.2.1");
            return answer.set_body_raw(self.root.clone(), "text/xml;charset=utf-8");
        }
        let rows = self.rows.get(resource).unwrap_or_else(|| panic!("{resource} is not a fixture"));
        let mut rows: Vec<&Value> = rows.iter().filter(|row| passes(row, request)).collect();
        if let Some((_, limit)) = request.url.query_pairs().find(|(name, _)| name == "limit") {
            rows.truncate(limit.parse().unwrap());
        }
        let body = if rows.is_empty() { json!([]) } else { json!({ resource: rows }) };
        ResponseTemplate::new(200).set_body_json(body)
    }
}

/// A shop of so many mugs.
pub(crate) fn mugs(count: u64) -> Fixtures {
    let mut fixtures = Fixtures::of("8.2.1");
    let pattern = fixtures.row("products", 6).clone();
    *fixtures.rows("products") = (1..=count)
        .map(|n| {
            let mut product = pattern.clone();
            product["id"] = json!(n);
            product
        })
        .collect();
    fixtures
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(0)
}

/// The filters that the connector uses: behind an id, an interval, a list; a name.
fn passes(row: &Value, request: &Request) -> bool {
    request.url.query_pairs().all(|(name, wanted)| {
        let Some(field) = name.strip_prefix("filter[").and_then(|name| name.strip_suffix(']')) else {
            return true;
        };
        if field == "date_upd" {
            return row[field].as_str().unwrap() > wanted.trim_start_matches(">[").trim_end_matches(']');
        }
        let list = wanted.trim_start_matches('>').trim_matches(['[', ']']);
        if field == "name" {
            return list.split('|').any(|name| row[field] == name);
        }
        let own = number(&row[field]);
        if wanted.starts_with('>') {
            own > list.parse().unwrap()
        } else if let Some((from, to)) = list.split_once(',') {
            (from.parse().unwrap()..=to.parse().unwrap()).contains(&own)
        } else {
            list.split('|').any(|id| id.parse() == Ok(own))
        }
    })
}

pub(crate) fn test_clock() -> Clock {
    Clock::test("2026-03-01T12:00:00Z".parse().unwrap())
}

/// Opens the shop at an address; `more` are further settings.
pub(crate) fn open(url: &str, more: &[(&'static str, &str)], common: &Common) -> Box<dyn Platform> {
    open_by(&transport(test_clock()), url, more, common)
}

pub(crate) fn transport(clock: Clock) -> Transport {
    Transport::new(Settings::new("prestashop-tests", clock)).unwrap()
}

/// The same by a transport that others use too.
pub(crate) fn open_by(
    transport: &Transport,
    url: &str,
    more: &[(&'static str, &str)],
    common: &Common,
) -> Box<dyn Platform> {
    let mut given = Given::default();
    given.insert("PRESTASHOP_BASE_URL", url);
    given.insert("PRESTASHOP_API_KEY", KEY);
    for (variable, value) in more {
        given.insert(variable, value);
    }
    PrestaShop.open(&given, common, transport).unwrap()
}

/// Settings under which snapshots do not hold the port of the day.
pub(crate) fn common() -> Common {
    let shop_key = Some(gateway_core::model::ShopKey::named("shop.example").unwrap());
    Common { shop_key, shop_rate: NonZeroU32::new(6000), ..Common::default() }
}

pub(crate) async fn items(platform: &dyn Platform, scope: Scope) -> Result<Vec<Item>, PlatformError> {
    platform.products(scope).try_collect().await
}

pub(crate) async fn read(fixtures: Fixtures, more: &[(&'static str, &str)]) -> Vec<Item> {
    let server = fixtures.serve().await;
    items(&*open(&server.uri(), more, &common()), Scope::All).await.unwrap()
}

/// The sentences of a failure: what happened, and what to do.
pub(crate) fn sentences(error: &PlatformError) -> (String, String) {
    match error {
        PlatformError::Settings { what, hint } => (what.clone(), hint.clone()),
        other => panic!("not a matter of settings: {other:?}"),
    }
}
