//! Calls to the bridge, and what it means that it does not answer as one.

use std::time::Duration;

use connector::{Common, PlatformError};
use transport::{
    Answer, ErrorKind, HostLimits, Method, Outcome, Rate, Redirects, Request, Safety, StatusCode, Transport,
    header,
};
use url::Url;

use super::access::{Access, TOKEN, URL};
use super::wire::{Change, Envelope, Fault, Mode, Stock};

/// How often a change is asked for that is not answered. The bridge lets one and the same change wait for itself, so the next try is
/// answered when the first is done: together they outlast the time that the program behind it takes to start, which is well over a minute.
const TRIES: u32 = 4;

/// So many times as long as usual the answer to a change is waited for: two minutes. The bridge waits for the program for 90 seconds and then
/// says that it hangs. Who does not hear that asks again, and each time has the program asked once more.
const PATIENCE: u32 = 4;

/// How long it is waited before the second try; before each later one twice as long as before.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// A symbol that no good has.
const NO_SYMBOL: &str = "-";

/// Why a good's level is not told.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The bridge does not know the good. A part of a sentence.
    Gone(String),
    /// The bridge fails at this good, and perhaps not at others.
    Here(String),
    /// It is not the good.
    All(PlatformError),
}

/// What the bridge said to a change.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    /// It is done, now or before.
    Done,
    /// It is not, and will not be. A part of a sentence.
    Refused(String),
    /// It is not, for a reason that has nothing to do with it.
    NotDone(PlatformError),
    /// The program hangs at it, and may make it when it goes on.
    InDoubt(PlatformError),
    /// Nobody knows.
    Unknown(PlatformError),
}

/// One try of a change.
enum Tried {
    Answered(Answered),
    /// Nobody knows, and asking again may tell.
    Silent(String),
}

/// One bridge.
pub(super) struct Client {
    transport: Transport,
    access: Access,
    in_flight: usize,
}

impl Client {
    pub(super) fn new(transport: Transport, access: Access, common: &Common) -> Self {
        // The program behind it does one thing at a time.
        let in_flight = common.shop_concurrency.unwrap_or(1).max(1);
        let rate = common.shop_rate.map(Rate::PerMinute);
        transport.limit(&access.url, HostLimits { in_flight, adaptive: true, rate });
        Self { transport, access, in_flight }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn requests(&self) -> u64 {
        self.transport.counts(&self.access.url).requests
    }

    /// Whether it is there and lets us in: it tells that it does not know what no good is called.
    pub(super) async fn probe(&self) -> Result<(), PlatformError> {
        let Some(request) = self.question(NO_SYMBOL) else { return Ok(()) };
        match self.read(&request.tries(1)).await {
            Ok(_) | Err(Failure::Gone(_)) => Ok(()),
            Err(Failure::Here(what)) => Err(PlatformError::Failed { what }),
            Err(Failure::All(error)) => Err(error),
        }
    }

    /// What there is of a good.
    pub(super) async fn stock(&self, symbol: &str) -> Result<Stock, Failure> {
        let unspeakable = || {
            Failure::Here(format!(
                "its symbol {symbol:?} cannot stand in an address, so nobody can ask for it"
            ))
        };
        let request = self.question(symbol).ok_or_else(unspeakable)?;
        self.read(&request).await
    }

    async fn read(&self, request: &Request) -> Result<Stock, Failure> {
        let answer = self.transport.send(request).await.map_err(|error| match self.no_answer(&error) {
            (_, all @ (PlatformError::Settings { .. } | PlatformError::TryLater { .. })) => Failure::All(all),
            (ErrorKind::Unreachable(_), all) => Failure::All(all),
            (_, here) => Failure::Here(here.to_string()),
        })?;
        if let Some(error) = self.not_let_in(&answer) {
            return Err(Failure::All(error));
        }
        let (url, status) = (answer.url(), answer.status());
        match Envelope::read(answer.body()) {
            Some(Envelope::Done(data)) => Stock::read(&data).map_err(|why| {
                Failure::Here(format!("{url} answers what nobody understands: {why}: {}", answer.quote()))
            }),
            Some(Envelope::Failed(fault)) if status == StatusCode::NOT_FOUND => {
                Err(Failure::Gone(words(&answer, &fault)))
            }
            Some(Envelope::Failed(fault)) => {
                Err(Failure::Here(format!("{url} answers {status}: {}", words(&answer, &fault))))
            }
            None if status == StatusCode::NOT_FOUND => Err(Failure::All(self.nothing_there(&answer))),
            None => Err(Failure::Here(format!("{url} answers {status}: {}", answer.quote()))),
        }
    }

    /// Asks for a change, and again with the same body where nobody answers.
    pub(super) async fn change(&self, change: &Change) -> Answered {
        let Some(request) = self.request(Method::POST, &["adjust"]) else {
            return Answered::NotDone(self.no_address());
        };
        // Whether it may be asked for again is decided here: which of several tries was done, the last failure does not tell.
        let request = request.json(change).safety(Safety::Once).patience(PATIENCE);
        let clock = self.transport.clock();
        let (mut wait, mut may_be_done, mut refused) = (FIRST_WAIT, false, None);
        for tried in 1..=TRIES {
            match self.try_change(&request, change).await {
                Tried::Answered(Answered::NotDone(error)) if may_be_done => return Answered::Unknown(error),
                // It says so too where it fails behind the document, and then it knows it the next time.
                Tried::Answered(Answered::Refused(why)) if refused.is_none() && tried == TRIES => {
                    return Answered::Unknown(PlatformError::Failed { what: why });
                }
                Tried::Answered(Answered::Refused(why)) if refused.is_none() => {
                    (refused, may_be_done) = (Some(why), true);
                }
                Tried::Answered(answered) => return answered,
                Tried::Silent(what) if tried == TRIES => {
                    return Answered::Unknown(PlatformError::Failed { what });
                }
                Tried::Silent(what) => {
                    tracing::warn!(tried, "{what}; asking again for the same");
                    may_be_done = true;
                    clock.sleep(wait).await;
                    wait *= 2;
                }
            }
        }
        Answered::Refused(refused.unwrap_or_default())
    }

    async fn try_change(&self, request: &Request, change: &Change) -> Tried {
        let answer = match self.transport.send(request).await {
            Ok(answer) => answer,
            Err(error) => {
                let (kind, why) = self.no_answer(&error);
                return match error.outcome() {
                    Outcome::NotDone => Tried::Answered(Answered::NotDone(why)),
                    // It would be sent elsewhere again.
                    Outcome::Unknown if matches!(kind, ErrorKind::Redirected { .. }) => {
                        Tried::Answered(Answered::Unknown(why))
                    }
                    Outcome::Unknown => Tried::Silent(why.to_string()),
                };
            }
        };
        if let Some(error) = self.not_let_in(&answer) {
            return Tried::Answered(Answered::NotDone(error));
        }
        let (url, status) = (answer.url(), answer.status());
        let failed = |fault: &Fault| format!("{url} answers {status}: {}", words(&answer, fault));
        let fault = match Envelope::read(answer.body()) {
            Some(Envelope::Done(_)) if status.is_success() => return Tried::Answered(Answered::Done),
            Some(Envelope::Failed(fault)) => fault,
            None if status == StatusCode::NOT_FOUND => {
                return Tried::Answered(Answered::NotDone(self.nothing_there(&answer)));
            }
            _ => return Tried::Silent(format!("{url} answers {status}: {}", answer.quote())),
        };
        Tried::Answered(match (fault.mode, status) {
            (_, StatusCode::NOT_FOUND) => {
                Answered::Refused(format!("the bridge does not know {}", change.towar_symbol))
            }
            // Who asks again at once has another document made, and the one that hangs may follow.
            (Mode::InDoubt, _) => Answered::InDoubt(PlatformError::Failed {
                what: format!(
                    "{}; look whether a window of Subiekt GT waits for somebody on the bridge's machine",
                    failed(&fault)
                ),
            }),
            (Mode::Rejected, status) if !status.is_server_error() => {
                Answered::Refused(format!("the bridge refuses it: {}", words(&answer, &fault)))
            }
            _ => return Tried::Silent(failed(&fault)),
        })
    }

    /// A question for a good's level; `None` where its symbol cannot stand in an address.
    fn question(&self, symbol: &str) -> Option<Request> {
        // However they are written, these mean another place.
        if matches!(symbol, "." | "..") {
            return None;
        }
        Some(self.request(Method::GET, &[symbol, "stock"])?.safety(Safety::Safe))
    }

    fn request(&self, method: Method, path: &[&str]) -> Option<Request> {
        let mut url: Url = self.access.url.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(["api", "inventory"]).extend(path);
        let request = Request::new(method, url).bearer(&self.access.token);
        Some(request.header(header::ACCEPT, "application/json").redirects(Redirects::Never))
    }

    fn no_answer<'e>(&self, error: &'e transport::Error) -> (&'e ErrorKind, PlatformError) {
        let url = &self.access.url;
        let why = match error.kind() {
            ErrorKind::Unreachable(why) => {
                PlatformError::Failed { what: format!("the bridge {url} cannot be reached: {why}") }
            }
            ErrorKind::TryLater(_) => PlatformError::TryLater { what: format!("the bridge {url}: {error}") },
            ErrorKind::Redirected { to, .. } => PlatformError::Settings {
                what: format!("the bridge {url} sends us to {to} instead of answering"),
                hint: format!("set {URL} to the address at which the bridge itself answers"),
            },
            _ => PlatformError::Failed { what: format!("the bridge {url} gives no answer: {error}") },
        };
        (error.kind(), why)
    }

    /// What is wrong when the bridge does not let us in.
    fn not_let_in(&self, answer: &Answer) -> Option<PlatformError> {
        let status = answer.status();
        matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN).then(|| PlatformError::Settings {
            what: format!(
                "the bridge {} does not accept the token ({status}: {})",
                self.access.url,
                said(answer)
            ),
            hint: format!("check {TOKEN}: is it whole, and that of the bridge at {URL}?"),
        })
    }

    fn nothing_there(&self, answer: &Answer) -> PlatformError {
        PlatformError::Settings {
            what: format!("there is nothing at {} ({})", answer.url(), answer.status()),
            hint: format!("check {URL}: it is the address of the bridge, without /api"),
        }
    }

    /// Only an address that is none of the web's has no path.
    fn no_address(&self) -> PlatformError {
        PlatformError::Failed { what: format!("{} is no address of a bridge", self.access.url) }
    }
}

/// What the bridge says, as it may be shown.
fn words(answer: &Answer, fault: &Fault) -> String {
    let told = fault.reason.as_deref().or(fault.code.as_deref());
    told.map_or_else(|| answer.quote(), |told| answer.quote_text(told))
}

fn said(answer: &Answer) -> String {
    match Envelope::read(answer.body()) {
        Some(Envelope::Failed(fault)) => words(answer, &fault),
        _ => answer.quote(),
    }
}
