//! What may be shown of a request: never its secrets.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

const HIDDEN: &str = "***";

/// Query parameters whose values are shown: they page and filter, and a reader of a log needs them. The value of any
/// other parameter is hidden, because some platforms take their key there and presigned addresses carry a signature.
const SHOWN: &[&str] = &[
    "date",
    "display",
    "fields",
    "from",
    "gate",
    "id_shop",
    "io_format",
    "language",
    "limit",
    "offset",
    "output_format",
    "page",
    "pageSize",
    "results_limit",
    "results_page",
    "schema",
    "size",
    "sort",
    "type",
];

/// An address as it may be shown: without user, password and fragment, and with the values of unknown query parameters
/// hidden. Made once; what it has hidden cannot be had back from it.
#[derive(Clone, PartialEq, Eq)]
pub struct SafeUrl(String);

impl SafeUrl {
    /// What may be shown of `url`.
    #[must_use]
    pub fn new(url: &Url) -> Self {
        let mut shown = url.clone();
        shown.set_fragment(None);
        // A URL that cannot have a user (`data:`, `mailto:`) has none to hide, so a refusal here loses nothing.
        if !url.username().is_empty() || url.password().is_some() {
            let _refused = shown.set_password(None).and_then(|()| shown.set_username(HIDDEN));
        }
        if url.query().is_some() {
            shown.set_query(None);
            let query: Vec<String> = url
                .query_pairs()
                .map(|(name, value)| format!("{name}={}", if is_shown(&name) { &value } else { HIDDEN }))
                .collect();
            return Self(format!("{shown}?{}", query.join("&")));
        }
        Self(shown.into())
    }

    /// The host alone, of an address that is a secret as a whole.
    #[must_use]
    pub fn host_of(url: &Url) -> Self {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self(format!("{}://{}{port}/{HIDDEN}", url.scheme(), url.host_str().unwrap_or_default()))
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_shown(parameter: &str) -> bool {
    SHOWN.contains(&parameter) || parameter.starts_with("filter[")
}

/// The secrets of one request, kept to take them out of what its host sends back: some services quote the request in
/// their errors.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<SecretString>);

impl Secrets {
    /// Shorter ones are left: taking out every "a" would make an error unreadable, and is no secret's protection.
    const SHORTEST: usize = 6;

    /// What [`SafeUrl`] would hide of `url`, as it is written there and as it reads.
    pub(crate) fn of(url: &Url) -> Self {
        let mut secrets = Self::default();
        secrets.add(url.username());
        secrets.add(url.password().unwrap_or_default());
        for (_, value) in url.query_pairs().filter(|(name, _)| !is_shown(name)) {
            secrets.add(&value);
        }
        for pair in url.query().unwrap_or_default().split('&') {
            match pair.split_once('=') {
                Some((name, value)) if !is_shown(name) => secrets.add(value),
                _ => {}
            }
        }
        secrets
    }

    /// All of an address but its host, as it is written and as it reads.
    pub(crate) fn add_address(&mut self, url: &Url) {
        self.add(url.as_str());
        self.add(url.path());
        self.add(url.query().unwrap_or_default());
        for part in url.path().split('/') {
            self.add(part);
            self.add(&percent_encoding::percent_decode_str(part).decode_utf8_lossy());
        }
    }

    pub(crate) fn add(&mut self, secret: &str) {
        if secret.len() >= Self::SHORTEST {
            self.0.push(secret.into());
            // The longest first: taken out of a longer one, a shorter one would leave the rest of it.
            self.0.sort_by_key(|known| std::cmp::Reverse(known.expose_secret().len()));
        }
    }

    /// `text` with every secret replaced.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), HIDDEN))
    }
}
