//! Answers.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

/// An answer on its way.
pub(crate) type Answer = Response<Full<Bytes>>;

/// What an answer says.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body }
    }

    /// That the call as a whole was refused.
    pub(crate) fn refused(status: StatusCode, why: &str) -> Self {
        Self { status, body: json!({ "errors": error(i64::from(status.as_u16()), why) }) }
    }

    /// That a field has a value that it cannot have.
    pub(crate) fn wrong(field: &str) -> Self {
        Self::refused(StatusCode::UNPROCESSABLE_ENTITY, &format!("Incorrect value: {field}"))
    }

    /// That there is nothing of what was asked for.
    pub(crate) fn empty() -> Self {
        let body = json!({ "results": [], "errors": error(2, "Empty result") });
        Self { status: StatusCode::MULTI_STATUS, body }
    }

    /// That who asks is not known. The status of that is not the same everywhere.
    pub(crate) fn login_failed(status: StatusCode) -> Self {
        Self { status, body: json!({ "errors": error(1, "Login failed") }) }
    }

    pub(crate) fn into_answer(self) -> Answer {
        let mut answer = with(self.status, "application/json", self.body.to_string());
        if self.status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert("x-error", HeaderValue::from_static("Unauthorized"));
        }
        answer
    }
}

/// What went wrong, by the shop's numbers; 0 is nothing.
pub(crate) fn error(code: i64, text: &str) -> Value {
    json!({ "faultCode": code, "faultString": text })
}

pub(crate) fn picture(id: u64) -> Answer {
    with(StatusCode::OK, "image/png", sandbox_kit::png(id))
}

fn with(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}
