//! The older gates: the same calls with a login in their bodies and other names.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value;

use crate::Options;
use crate::answer::Reply;
use crate::lists::categories;
use crate::search::search;
use crate::stocks;
use crate::store::Store;
use crate::told;

/// Gates have numbers from here on; those before are of another time.
const OLDEST: u32 = 100;

/// What a gate does.
#[derive(Clone, Copy)]
pub(crate) enum Gate {
    Products,
    Categories,
    SetStocks,
}

impl Gate {
    /// The gate that a query names.
    pub(crate) fn named(query: &str) -> Option<Self> {
        let mut query = url::form_urlencoded::parse(query.as_bytes());
        let (_, gate) = query.find(|(name, _)| name == "gate")?;
        let [module, method, version, "json"] = gate.split('/').collect::<Vec<_>>()[..] else { return None };
        let version: u32 = version.parse().ok()?;
        match (module, method) {
            _ if version < OLDEST => None,
            ("products", "get") => Some(Self::Products),
            ("productscategories", "get") => Some(Self::Categories),
            ("productsstocks", "set") => Some(Self::SetStocks),
            _ => None,
        }
    }

    /// Does it for who proves that he knows the password.
    pub(crate) fn pass(
        self,
        store: &mut Store,
        body: &Value,
        host: &str,
        options: &Options,
        now: DateTime<Utc>,
    ) -> Result<Reply, Reply> {
        let told = |name: &str| body.get("authenticate")?.get(name)?.as_str();
        let key = told::daily_key(&options.password, now);
        if told("userLogin") != Some(&options.login) || told("authenticateKey") != Some(&key) {
            return Err(Reply::login_failed(StatusCode::OK));
        }
        let params = params(body)?;
        let mut reply = match self {
            Self::Products => search(store, params, host)?,
            Self::Categories => categories(store, params)?,
            Self::SetStocks => stocks::change(store, params, now)?,
        };
        // What REST tells by its status, a gate tells in its answer alone.
        if reply.status == StatusCode::MULTI_STATUS {
            reply.status = StatusCode::OK;
        }
        Ok(reply)
    }
}

/// The part of a body that says what is asked for.
pub(crate) fn params(body: &Value) -> Result<&Value, Reply> {
    let params = body.get("params").filter(|params| params.is_object());
    params.ok_or_else(|| Reply::refused(StatusCode::BAD_REQUEST, "params are missing"))
}
