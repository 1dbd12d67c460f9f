//! The answer to a marketplace that asks where its feed is.

use std::fmt;

use serde_json::Value;

/// Where the feed is, or why that is not told.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// The address of the gateway file. It may hold a secret.
    Feed(String),
    /// There is no feed to tell of.
    NoFeed,
    /// The shop refuses.
    Fault {
        /// The number of the fault; see [`LOGIN_FAILED`].
        code: String,
        /// The shop's words, mostly in Polish.
        words: String,
    },
}

/// Without the address.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feed(_) => f.write_str("Feed(***)"),
            Self::NoFeed => f.write_str("NoFeed"),
            Self::Fault { code, .. } => write!(f, "Fault({code})"),
        }
    }
}

/// The fault of a login, or a key, that is not accepted.
pub const LOGIN_FAILED: &str = "1";

/// Reads the answer; `None` when it is no such answer.
#[must_use]
pub fn login(body: &[u8]) -> Option<Login> {
    // PHP may have something to say before it.
    let begin = body.iter().position(|byte| *byte == b'{')?;
    let body: Value = serde_json::from_slice(body.get(begin..)?).ok()?;
    let told = body.as_object()?;
    // Some gates tell a fault without `errors` around it.
    let errors = told.get("errors").and_then(Value::as_object).unwrap_or(told);
    let code = text(errors.get("faultCode")).unwrap_or_else(|| "0".to_owned());
    if code != "0" {
        return Some(Login::Fault { code, words: text(errors.get("faultString")).unwrap_or_default() });
    }
    let url = text(told.get("results").and_then(|results| results.get("url")));
    match url {
        Some(url) => Some(Login::Feed(url)),
        // PHP writes an object without anything in it as a list.
        None if told.contains_key("results") => Some(Login::NoFeed),
        None => None,
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
