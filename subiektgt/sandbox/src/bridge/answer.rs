//! Answers: an envelope, whatever the status.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

/// An answer on its way.
pub(super) type Answer = Response<Full<Bytes>>;

/// What an answer says.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    body: Option<Value>,
}

impl Reply {
    pub(super) fn done(data: &Value) -> Self {
        let body = json!({ "success": true, "data": data, "error": null });
        Self { status: StatusCode::OK, body: Some(body) }
    }

    /// That it was not done; how sure that is, is told of what was tried.
    pub(super) fn failed(status: StatusCode, code: &str, reason: &str, mode: Option<&str>) -> Self {
        let error = match mode {
            Some(mode) => {
                json!({ "code": code, "reason": reason, "correlationId": null, "failureMode": mode })
            }
            None => json!({ "code": code, "reason": reason, "correlationId": null }),
        };
        Self { status, body: Some(json!({ "success": false, "data": null, "error": error })) }
    }

    pub(super) fn rejected(status: StatusCode, code: &str, reason: &str) -> Self {
        Self::failed(status, code, reason, Some("rejected"))
    }

    /// What the server under it says of what it does not know: nothing.
    pub(super) fn bare(status: StatusCode) -> Self {
        Self { status, body: None }
    }

    pub(super) fn into_answer(self) -> Answer {
        let Some(body) = self.body else {
            let mut answer = Response::new(Full::default());
            *answer.status_mut() = self.status;
            return answer;
        };
        let mut answer = Response::new(Full::new(body.to_string().into()));
        *answer.status_mut() = self.status;
        let json = HeaderValue::from_static("application/json; charset=utf-8");
        answer.headers_mut().insert(header::CONTENT_TYPE, json);
        answer
    }
}
