//! The webservice: who asks, what for, and whether it may.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};

use crate::answer::{Answer, Fault};
use crate::query::Query;
use crate::render::{Format, json_names, render, xml_wrapped};
use crate::rows::View;
use crate::schema::{EMPTY, NAMES, Resource, find};
use crate::select::{Selection, suggest};
use crate::server::Shared;
use crate::{Key, Options, Version, home, images, write};

/// The longest path and query that the web server takes.
const LONGEST_URL: usize = 8190;

/// The methods that there are, in the order in which `/api/` tells them.
const METHODS: [&str; 6] = ["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD"];

/// What answers need to know of the request and of the shop.
pub(crate) struct Request<'a> {
    pub(crate) format: Format,
    options: &'a Options,
    /// Seconds since 1970.
    seconds: i64,
}

impl Request<'_> {
    pub(crate) fn ok(&self, body: impl Into<Bytes>, content_type: &str) -> Answer {
        Answer::ok(body, content_type, self.options.version.number(), self.seconds)
    }

    pub(crate) fn refuse(&self, status: StatusCode, errors: &[Fault]) -> Answer {
        Answer::errors(status, errors, self.format, self.options.version.number(), self.seconds)
    }

    /// An answer about pictures that went wrong.
    pub(crate) fn without_digest(&self, answer: Answer) -> Answer {
        answer.without_digest(self.options.version.number())
    }

    fn refuse_one(&self, status: StatusCode, code: u32, message: impl Into<String>) -> Answer {
        self.refuse(status, &[Fault(code, message.into())])
    }

    /// A refusal of somebody unknown, who is not told the version.
    fn refuse_stranger(&self, status: StatusCode, errors: &[Fault]) -> Answer {
        Answer::errors(status, errors, self.format, "0", self.seconds)
    }

    pub(crate) fn nothing(&self) -> Answer {
        Answer::nothing(self.options.version.number(), self.seconds)
    }

    /// A refusal of a query. On a default host PHP's warnings are added to it and make it a 500.
    fn refuse_query(&self, mut errors: Vec<Fault>) -> Answer {
        let spoils = errors.iter().any(|Fault(code, _)| matches!(code, 32 | 34 | 35 | 36 | 38));
        if !(spoils && self.options.strict_errors) {
            return self.refuse(StatusCode::BAD_REQUEST, &errors);
        }
        let first = if self.options.version == Version::V8_2_1 { 1333 } else { 1307 };
        errors.extend((first..first + 4).map(|line| {
            warning(
                "Trying to access array offset on value of type bool",
                "webservice/WebserviceRequest.php",
                line,
            )
        }));
        self.refuse(StatusCode::INTERNAL_SERVER_ERROR, &errors)
    }
}

/// A warning of PHP, with the path of the file on the server.
pub(crate) fn warning(message: &str, file: &str, line: u32) -> Fault {
    Fault(3, format!("[PHP Warning #2] {message} (/var/www/html/classes/{file}, line {line})"))
}

/// Answers a request. `repeat`: the rows of the last list once more.
pub(crate) fn answer(shared: &Shared, parts: &Parts, body: &[u8], repeat: bool) -> Answer {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    if target.len() > LONGEST_URL {
        return Answer::page(StatusCode::URI_TOO_LONG, "<h1>Request-URI Too Long</h1>");
    }
    let options = &shared.options;
    let not_found = || Answer::page(StatusCode::NOT_FOUND, "<h1>Not Found</h1>");
    let Some(path) = parts.uri.path().strip_prefix(options.base_path.as_str()) else { return not_found() };
    let base = shared.base(&parts.headers);
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let mut path = path.trim_start_matches('/').to_owned();
    if path == "webservice/dispatcher.php" {
        path = format!("api/{}", query.get("url").unwrap_or_default());
    }
    let asked = path.strip_prefix("api").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let known_shop = |id: &str| (1..=options.shops).any(|known| known.to_string() == id);
    let other_shop = asked.is_some() && query.get("id_shop").is_some_and(|id| !known_shop(id));
    if other_shop || (options.redirect_other_hosts && !shared.is_own_host(&parts.headers)) {
        let asked = asked.unwrap_or_default().trim_matches('/');
        let rest = parts.uri.query().map(|query| format!("&{query}")).unwrap_or_default();
        return Answer::redirect(format!("{}/?url={asked}{rest}", shared.own_base()));
    }
    match asked {
        Some(asked) => {
            let request = Request {
                format: format(&query, &parts.headers),
                options,
                seconds: options.clock.now().timestamp(),
            };
            webservice(shared, parts, &request, &query, asked.trim_matches('/'), body, (base, repeat))
        }
        None if path.is_empty() => home::page(shared),
        None => {
            let store = shared.store();
            let view = View::new(options, &store, base, Vec::new());
            images::public(&view, &path).unwrap_or_else(not_found)
        }
    }
}

fn format(query: &Query, headers: &HeaderMap) -> Format {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let named =
        [query.get("output_format"), query.get("io_format"), header("output-format"), header("io-format")];
    match named.into_iter().flatten().next() {
        Some(name) if name.eq_ignore_ascii_case("json") => Format::Json,
        _ => Format::Xml,
    }
}

/// The key that a request bears: the user name of HTTP Basic, else the parameter `ws_key`.
fn key_of(query: &Query, headers: &HeaderMap) -> Option<String> {
    use base64::Engine as _;
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, encoded) = value.split_once(' ')?;
        let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
        let pair = String::from_utf8(decoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        pair.split_once(':').map(|(user, _)| user.to_owned())
    });
    basic.or_else(|| query.get("ws_key").map(str::to_owned)).filter(|key| !key.is_empty())
}

fn authenticate<'a>(request: &Request<'a>, query: &Query, headers: &HeaderMap) -> Result<&'a Key, Answer> {
    let Some(key) = key_of(query, headers) else { return Err(Answer::no_key()) };
    if !request.options.webservice {
        let message =
            "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office";
        return Err(
            request.refuse_stranger(StatusCode::SERVICE_UNAVAILABLE, &[Fault(22, message.to_owned())])
        );
    }
    let wrong = |errors: &[Fault]| request.refuse_stranger(StatusCode::UNAUTHORIZED, errors).challenging();
    if key.len() != 32 {
        return Err(wrong(&[Fault(18, "Invalid authentication key format".to_owned())]));
    }
    request.options.keys.iter().find(|known| known.key == key && known.active).ok_or_else(|| {
        wrong(&[
            Fault(20, "Authentification key is not active".to_owned()),
            Fault(21, "No permission for this authentication key".to_owned()),
        ])
    })
}

fn webservice(
    shared: &Shared,
    parts: &Parts,
    request: &Request<'_>,
    query: &Query,
    asked: &str,
    body: &[u8],
    (base, repeat): (String, bool),
) -> Answer {
    let key = match authenticate(request, query, &parts.headers) {
        Ok(key) => key,
        Err(refusal) => return refusal,
    };
    let method = &parts.method;
    let segments: Vec<&str> = asked.split('/').filter(|segment| !segment.is_empty()).collect();
    let Some((name, rest)) = segments.split_first() else { return root(request, key, &base) };
    if let Some(refusal) = refusal(request, key, name, method) {
        return refusal;
    }
    let options = &shared.options;
    if method == Method::PUT || method == Method::PATCH {
        return write::stock(request, body, method == Method::PUT, options, &mut shared.store_mut(), &base);
    }
    let store = shared.store();
    let view = View::new(options, &store, base, query.prices());
    match *name {
        "images" => images::answer(request, &view, rest),
        name => {
            read(shared, request, find(name).unwrap_or(&EMPTY), rest.first().copied(), query, &view, repeat)
        }
    }
}

/// Why this key may not ask this resource in this way.
fn refusal(request: &Request<'_>, key: &Key, name: &str, method: &Method) -> Option<Answer> {
    if !NAMES.contains(&name) {
        let message = format!("Resource of type \"{name}\" does not exists. {}", suggest(name, &NAMES));
        return Some(request.refuse_one(StatusCode::BAD_REQUEST, 27, message));
    }
    let Some(allowed) = key.allows(name, method.as_str()) else {
        let message = format!("Resource of type \"{name}\" is not allowed with this authentication key");
        return Some(request.refuse_one(StatusCode::UNAUTHORIZED, 26, message));
    };
    let not_allowed = StatusCode::METHOD_NOT_ALLOWED;
    let patches = request.options.version == Version::V8_2_1;
    if !METHODS.contains(&method.as_str()) || (method == Method::PATCH && !patches) {
        return Some(request.refuse_one(not_allowed, 23, format!("Method {method} is not valid")));
    }
    if !allowed {
        let message =
            format!("Method {method} is not allowed for the resource {name} with this authentication key");
        return Some(request.refuse_one(not_allowed, 25, message));
    }
    let writes = name == "stock_availables" && (method == Method::PUT || method == Method::PATCH);
    if !(writes || method == Method::GET || method == Method::HEAD) {
        let message = format!("Method {method} is not allowed for the resource {name}");
        return Some(request.refuse_one(not_allowed, 101, message));
    }
    None
}

fn root(request: &Request<'_>, key: &Key, base: &str) -> Answer {
    let allowed = || {
        NAMES.into_iter().filter(|name| METHODS.iter().any(|method| key.allows(name, method) == Some(true)))
    };
    if request.format == Format::Json {
        return match request.options.version {
            Version::V8_2_1 => Answer::fatal(),
            Version::V1_7_8 => request.ok(json_names(allowed()), Format::Json.content_type()),
        };
    }
    let mut inner =
        format!("<api shopName=\"{}\">\n", request.options.name.replace('&', "&amp;").replace('"', "&quot;"));
    for name in allowed() {
        let about = find(name).map_or(EMPTY.about, |resource| resource.about);
        let methods: Vec<String> = METHODS
            .iter()
            .filter(|method| request.options.version == Version::V8_2_1 || **method != "PATCH")
            .map(|method| {
                let allowed = key.allows(name, method) == Some(true);
                format!(" {}=\"{allowed}\"", method.to_lowercase())
            })
            .collect();
        let link = format!("xlink:href=\"{base}/api/{name}\"{}", methods.concat());
        inner.push_str(&format!("<{name} {link}>\n<description {link}>\n{about}</description>\n"));
        if name != "images" {
            for schema in ["blank", "synopsis"] {
                let href = format!("{base}/api/{name}?schema={schema}");
                inner.push_str(&format!("<schema xlink:href=\"{href}\" type=\"{schema}\"/>\n"));
            }
        }
        inner.push_str(&format!("</{name}>\n"));
    }
    inner.push_str("</api>\n");
    request.ok(xml_wrapped(&inner), Format::Xml.content_type())
}

fn read(
    shared: &Shared,
    request: &Request<'_>,
    resource: &'static Resource,
    rest: Option<&str>,
    query: &Query,
    view: &View<'_>,
    repeat: bool,
) -> Answer {
    if query.limit().is_some_and(|limit| limit.offset < 0 || limit.count < 0) {
        return Answer::fatal();
    }
    let selection = match Selection::parse(resource, rest, query, view) {
        Ok(selection) => selection,
        Err(errors) => return request.refuse_query(errors),
    };
    let Some(mut rows) = selection.rows(view) else { return request.nothing() };
    if rest.is_none() {
        let ids = shared.last_page(resource.name, rows.iter().map(|row| row.id()).collect(), repeat);
        if repeat {
            rows = ids.into_iter().filter_map(|id| view.row(resource, id)).collect();
        }
    }
    if resource.name == "products"
        && selection.shows_more_than_ids()
        && rows.iter().any(|row| shared.is_poisoned(row.id()))
    {
        return Answer::fatal();
    }
    let pictureless = resource.name == "products"
        && request.options.version == Version::V1_7_8
        && request.options.strict_errors
        && selection.shows("id_default_image");
    let mut sheet = selection.sheet(view, query);
    if pictureless {
        let without = rows.iter().filter_map(|row| row.product()).filter(|product| product.cover == 0);
        let message = "Trying to access array offset on value of type bool";
        sheet.warnings = without.map(|_| warning(message, "Product.php", 7178)).collect();
    }
    let answer = request.ok(render(&sheet, &rows, request.format), request.format.content_type());
    if sheet.warnings.is_empty() { answer } else { answer.spoilt() }
}
