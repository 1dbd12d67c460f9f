//! The server: a request in, an answer out.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::{Method, Request};
use hyper::body::Incoming;
use sandbox_kit::{CallLog, Closed, lock, own_address, read_body};
use serde_json::{Value, json};

use crate::answer::{self, Answer};
use crate::download::Download;
use crate::feed::Feed;
use crate::offer::{self, Kind, Pieces};
use crate::product::PICTURES;
use crate::{Options, key};

/// Of larger bodies only the beginning is read: a login is short.
const LARGEST_BODY: usize = 64 * 1024;

/// The one call of the marketplace's interface.
const LOGIN: &str = "/marketplace-api/";

/// What it asks for.
const GATE: &str = "Products/getProductsFeed/5/json";

/// Where the files are.
const FEED: &str = "/marketplace-feed/";

/// A request that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its path, with the query when it had one.
    pub path: String,
}

/// Everything that requests share.
pub(crate) struct Shared {
    pub(crate) address: SocketAddr,
    pub(crate) options: Options,
    pub(crate) log: CallLog<Call>,
    pub(crate) feed: Mutex<Feed>,
}

impl Shared {
    pub(crate) fn new(options: Options, bound: SocketAddr) -> Self {
        Self {
            address: own_address(bound),
            log: CallLog::new(options.keep_calls),
            feed: Mutex::new(Feed::new(options.products, options.clock.now())),
            options,
        }
    }

    /// The shop's address, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the gateway file.
    pub(crate) fn feed_url(&self) -> String {
        format!("{}{FEED}{}", self.url(), self.options.token)
    }

    /// The address of a file with goods.
    pub(crate) fn file_url(&self, kind: Kind, generation: u64) -> String {
        format!("{}/{}/{generation}.xml", self.feed_url(), kind.name())
    }
}

/// Answers one request.
pub(crate) async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Closed> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    shared.log.push(Call { method: parts.method.clone(), path: target });
    let (body, _) = read_body(body, LARGEST_BODY).await?;
    let answer = if parts.method == Method::GET {
        get(&shared, parts.uri.path(), parts.uri.query().unwrap_or_default(), &body)
    } else {
        answer::not_so()
    };
    tracing::info!("{} {} {}", parts.method, parts.uri.path(), answer.status().as_u16());
    Ok(answer)
}

fn get(shared: &Arc<Shared>, path: &str, query: &str, body: &[u8]) -> Answer {
    if path == LOGIN {
        let mut query = url::form_urlencoded::parse(query.as_bytes());
        return match query.any(|(name, value)| name == "gate" && value == GATE) {
            true => answer::json(&login(shared, body)),
            false => answer::nothing(),
        };
    }
    if let Some(picture) = path.strip_prefix(PICTURES) {
        let id = picture.strip_suffix(".png").and_then(|id| id.parse().ok());
        return id.map_or_else(answer::nothing, |id| answer::picture(sandbox_kit::png(id)));
    }
    let Some(path) = path.strip_prefix(FEED) else { return answer::nothing() };
    let steps: Vec<&str> = path.split('/').collect();
    match steps.as_slice() {
        [token] => gateway(shared, token),
        [token, kind, file] => match (Kind::named(kind), file.strip_suffix(".xml")) {
            (Some(kind), Some(generation)) => goods(shared, token, kind, generation),
            _ => answer::nothing(),
        },
        _ => answer::nothing(),
    }
}

/// The address of the feed, for who proves that he knows the password.
fn login(shared: &Shared, body: &[u8]) -> Value {
    let options = &shared.options;
    let now = options.clock.now();
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    let told = |name: &str| told.get("authenticate")?.get(name)?.as_str().map(str::to_owned);
    let key = key::key(&options.password, now);
    if told("userLogin").as_ref() != Some(&options.login) || told("authenticateKey") != Some(key) {
        let fault = "Logowanie nie powiodło się: login lub klucz jest niewłaściwy.";
        return json!({ "errors": { "faultCode": 1, "faultString": fault } });
    }
    if options.generate_at_each_login {
        lock(&shared.feed).generate(now);
    }
    json!({
        "results": { "url": shared.feed_url() },
        "errors": { "faultCode": 0, "faultString": "" },
    })
}

fn gateway(shared: &Shared, token: &str) -> Answer {
    let feed = lock(&shared.feed);
    if token != shared.options.token || !feed.is_giving() {
        return answer::not_yet();
    }
    let [full, light] = [Kind::Full, Kind::Light].map(|kind| shared.file_url(kind, feed.generation()));
    let Options { hashes, clock, .. } = &shared.options;
    answer::xml(offer::gateway(&full, &light, feed.changed(), *hashes, clock.now()))
}

/// A file with goods, unless it is not to be had.
fn goods(shared: &Arc<Shared>, token: &str, kind: Kind, generation: &str) -> Answer {
    let feed = lock(&shared.feed);
    let current = feed.generation();
    let is_used_up = shared.options.once && feed.was_taken(kind);
    let is_known = token == shared.options.token && generation == current.to_string();
    if !is_known || !feed.is_giving() || is_used_up {
        return answer::not_yet();
    }
    answer::file(Download {
        pieces: Pieces::new(feed.source(), kind, shared.url(), feed.changed()),
        kind,
        generation: current,
        shared: Some(Arc::clone(shared)),
    })
}
