//! What it means that the shop does not answer, or not what was asked for.

use connector::PlatformError;
use transport::{Answer, ErrorKind, StatusCode};

use super::{Client, is_of_form};
use crate::settings::{API_KEY, Access, BASE_URL, GATE_VERSION, LOGIN, PASSWORD};
use crate::wire::{self, Fault};

/// Why a question was not answered.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The shop fails at what was asked, and perhaps not at a part of it.
    Here(String),
    /// There is no such service at the shop's address, or nothing at all.
    Nowhere(PlatformError),
    /// The key may not ask this.
    Denied(PlatformError),
    /// The key or the login is not accepted.
    Login(PlatformError),
    /// The whole shop is concerned.
    Shop(PlatformError),
}

impl Failure {
    /// As a failure of the run, where there is no part to ask for.
    pub(crate) fn of_run(self) -> PlatformError {
        match self {
            Self::Here(what) => PlatformError::Failed { what },
            Self::Nowhere(error) | Self::Denied(error) | Self::Login(error) | Self::Shop(error) => error,
        }
    }
}

/// Why nobody said that changes were made.
#[derive(Clone, Debug)]
pub(crate) enum WriteFailure {
    /// The shop refuses what was sent as a whole, and has done none of it. A part of a sentence.
    Refused(String),
    /// The key of the day is not accepted.
    Login(PlatformError),
    /// None was made, whatever it was.
    NotDone(PlatformError),
    /// Nobody knows whether they were.
    Unknown(PlatformError),
}

impl Client {
    pub(super) fn no_answer(&self, error: &transport::Error) -> Failure {
        let shop = &self.base_url;
        match error.kind() {
            ErrorKind::Unreachable(why) => Failure::Nowhere(PlatformError::Failed {
                what: format!("the shop {shop} cannot be reached: {why}"),
            }),
            ErrorKind::TryLater(_) => {
                Failure::Shop(PlatformError::TryLater { what: format!("the shop {shop}: {error}") })
            }
            ErrorKind::Redirected { to, .. } => Failure::Shop(PlatformError::Settings {
                what: format!("the shop {shop} sends us to {to} instead of answering"),
                hint: format!("set {BASE_URL} to the address at which the shop itself answers"),
            }),
            _ => Failure::Here(format!("the shop {shop} gives no answer: {error}")),
        }
    }

    /// By the status, where the shop does not do what was asked.
    pub(super) fn refused(&self, answer: &Answer) -> Failure {
        let (shop, status) = (&self.base_url, answer.status());
        let words = words(answer);
        match status {
            StatusCode::UNAUTHORIZED => Failure::Login(self.not_accepted(&format!("{status}: {words}"))),
            StatusCode::FORBIDDEN => Failure::Denied(PlatformError::Settings {
                what: format!("{} may not be asked at the shop {shop}: {words}", answer.url()),
                hint: match self.access {
                    Access::Key(_) => format!(
                        "give the key of {API_KEY} the right that the shop names, in the panel where the key was made: it needs to \
                         read and to write products (PIM)"
                    ),
                    Access::Gates { .. } => {
                        format!(
                            "give the user of {LOGIN} the right to use the API, in the panel, or ask who keeps the shop's server"
                        )
                    }
                },
            }),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                Failure::Nowhere(self.nothing_there(answer))
            }
            _ => Failure::Here(format!("{} answers {status}: {words}", answer.url())),
        }
    }

    /// By the fault that an answer tells as a whole.
    pub(super) fn fault(&self, answer: &Answer, fault: &Fault) -> Failure {
        let shop = &self.base_url;
        let words = answer.quote_text(fault.words.text().unwrap_or("no word"));
        match fault.code.text() {
            Some(wire::LOGIN_FAILED) => Failure::Login(self.not_accepted(&words)),
            Some(wire::UNPAID) => Failure::Shop(PlatformError::Settings {
                what: format!("the shop {shop} is blocked: {words}"),
                hint: "the vendor has to pay the bills of the shop's platform".to_owned(),
            }),
            code => {
                let code = code.unwrap_or_default();
                Failure::Here(format!("{} answers with fault {code}: {words}", answer.url()))
            }
        }
    }

    /// What an answer to changes of stock says.
    pub(super) fn changed(&self, answer: &Answer) -> Result<wire::Changed, WriteFailure> {
        let status = answer.status();
        if status.is_success() {
            return match self.content::<wire::Changed>(answer) {
                Ok(Some(changed)) => Ok(changed.quoted(|words| answer.quote_text(words))),
                // What it did not find cannot have been changed.
                Ok(None) => Err(WriteFailure::Refused("the shop finds none of it".to_owned())),
                Err(Failure::Login(why)) => Err(WriteFailure::Login(why)),
                Err(Failure::Shop(why)) => Err(WriteFailure::NotDone(why)),
                Err(other) => Err(WriteFailure::Unknown(other.of_run())),
            };
        }
        let failure = self.refused(answer);
        Err(match failure {
            Failure::Login(why) => WriteFailure::Login(why),
            Failure::Denied(why) | Failure::Nowhere(why) | Failure::Shop(why) => WriteFailure::NotDone(why),
            Failure::Here(_) if is_of_form(status) => {
                WriteFailure::Refused(format!("the shop answers {status}: {}", words(answer)))
            }
            Failure::Here(what) => WriteFailure::Unknown(PlatformError::Failed { what }),
        })
    }

    /// Only a fault of this program leaves a road without its key.
    pub(super) fn without_key(&self) -> PlatformError {
        PlatformError::Failed {
            what: format!("there is no key by which the shop {} could be asked", self.base_url),
        }
    }

    fn not_accepted(&self, words: &str) -> PlatformError {
        let shop = &self.base_url;
        match self.access {
            Access::Key(_) => PlatformError::Settings {
                what: format!("the shop {shop} does not accept the API key ({words})"),
                hint: format!(
                    "check {API_KEY}: is it whole, of this shop, and not switched off in its panel?"
                ),
            },
            Access::Gates { .. } => PlatformError::Settings {
                what: format!("the shop {shop} does not accept the login ({words})"),
                hint: format!(
                    "check {LOGIN} and {PASSWORD}: they are those of a user of the panel who may use the API; and the clock of this \
                     machine, since the key is another one each day"
                ),
            },
        }
    }

    fn nothing_there(&self, answer: &Answer) -> PlatformError {
        let (url, status) = (answer.url(), answer.status());
        let hint = match self.access {
            Access::Key(_) => format!(
                "check {BASE_URL}: it is the address at which the shop itself answers, or that of its panel; a panel so old that it \
                 has no Admin API is asked by {LOGIN} and {PASSWORD}"
            ),
            Access::Gates { .. } => {
                format!(
                    "check {BASE_URL}, and {GATE_VERSION}: the panel's documentation names the version of its gates"
                )
            }
        };
        PlatformError::Settings { what: format!("there is nothing at {url} ({status})"), hint }
    }
}

/// What the shop says: the header for errors, which names the right that a key lacks, or what it answers.
fn words(answer: &Answer) -> String {
    let told = answer.headers().get("x-error").and_then(|told| told.to_str().ok());
    told.map_or_else(|| answer.quote(), |told| answer.quote_text(told))
}
