//! Writing to the webservice.

use connector::PlatformError;
use transport::{Answer, Method, Outcome, Request, Safety, StatusCode};

use super::{Client, WHERE};
use crate::wire;

/// Why nobody said that a write was done.
#[derive(Clone, Debug)]
pub(crate) enum WriteFailure {
    /// The shop refuses what was sent, or a part of it; what came before that part was written. A part of a sentence.
    Refused(String),
    /// The shop does not know this method, or does not let the key use it, and has done nothing.
    Method(PlatformError),
    /// Nothing was written, whatever it was.
    NotDone(PlatformError),
    /// Nobody knows whether it was written.
    Unknown(PlatformError),
}

impl Client {
    /// Writes rows of a resource, in XML, which is the only format that the webservice reads; it answers with the rows as
    /// they are then.
    ///
    /// It is sent once, also when there is no connection: who waits must look again at what he is about to overwrite.
    pub(crate) async fn write(
        &self,
        method: Method,
        resource: &str,
        document: String,
    ) -> Result<Answer, WriteFailure> {
        let request = self
            .authorised(Request::new(method.clone(), self.url(&[resource])))
            .bytes("text/xml", document.into())
            .safety(Safety::Once)
            .tries(1);
        match self.transport.send(&request).await {
            Ok(answer) if answer.status().is_success() => Ok(answer),
            Ok(answer) => Err(self.not_written(&method, resource, &answer)),
            Err(error) => {
                let why = self.no_answer(&error).of_run();
                Err(match error.outcome() {
                    Outcome::NotDone => WriteFailure::NotDone(why),
                    Outcome::Unknown => WriteFailure::Unknown(why),
                })
            }
        }
    }

    /// By the webservice's code, where it tells one: hosts turn refusals into 500.
    fn not_written(&self, method: &Method, resource: &str, answer: &Answer) -> WriteFailure {
        let shop = &self.base_url;
        let errors = wire::errors(answer.body()).unwrap_or_default();
        // PHP's own words stand before or behind that of the webservice.
        let error = errors.iter().find(|error| error.code.text().is_some_and(|code| code != wire::OF_PHP));
        let code = error.and_then(|error| error.code.text());
        let words = error.and_then(|error| error.message.text());
        let words = words.map_or_else(|| answer.quote(), |words| answer.quote_text(words));
        let status = answer.status();
        match (code, status) {
            (Some(code @ ("25" | "26")), _) => {
                let lacks = PlatformError::Settings {
                    what: format!("the API key lacks the right to write at the shop {shop}: {words}"),
                    hint: format!(
                        "tick \"Modify (PUT)\" for {resource} of the key, and on PrestaShop 8 \"Patch (PATCH)\" too, {WHERE}"
                    ),
                };
                if code == "25" { WriteFailure::Method(lacks) } else { WriteFailure::NotDone(lacks) }
            }
            (Some("23"), _) | (None, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) => {
                WriteFailure::Method(PlatformError::Settings {
                    what: format!("the shop {shop} does not take {method}: {status}: {words}"),
                    hint: "ask the shop's host to let PUT and PATCH through to PrestaShop".to_owned(),
                })
            }
            (Some("18" | "20" | "21" | "22"), _)
            | (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) => {
                WriteFailure::NotDone(self.refused(answer, status, code, Some(words)).of_run())
            }
            (Some(code), _) => WriteFailure::Refused(format!("the shop refuses it (error {code}): {words}")),
            (None, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY) => {
                WriteFailure::Unknown(self.refused(answer, status, None, Some(words)).of_run())
            }
            (None, status) if status.is_client_error() => {
                WriteFailure::Refused(format!("the shop answers {status}: {words}"))
            }
            (None, status) => WriteFailure::Unknown(self.refused(answer, status, None, Some(words)).of_run()),
        }
    }
}
