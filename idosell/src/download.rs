//! Having a file, which the shop gives once: therefore nothing is asked of it before, and nobody is asked again in silence.

use std::time::Duration;

use bytes::Bytes;
use clock::Moment;
use connector::PlatformError;
use futures::StreamExt as _;
use transport::{Download, ErrorKind, Request, SafeUrl, StatusCode, header};
use url::Url;

use crate::client::{Client, Failure, no_answer};
use crate::settings::{BASE_URL, FEED, LOGIN, PASSWORD, Source};

/// The longest that a file may take to come, all tries together. A host that sends a byte now and then is not listened to without end.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// The largest file that is taken, in bytes: far more than any shop's, and less than a host that never ends.
const LARGEST: u64 = 64 << 30;

/// How often it is said how much of a file has come.
const SAY_EVERY: Duration = Duration::from_secs(15);

/// A file of the shop, by what it is to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the user, or the login, names: a gateway file or the offer itself.
    Feed,
    /// What a gateway file points to.
    Offer,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Feed => "the feed",
            Self::Offer => "the shop's file",
        }
    }

    /// That a page was given in its place. When it was given before and broke off, that was the only time.
    pub(crate) fn not_given(self, lost: Option<String>) -> Failure {
        let name = self.name();
        match (lost, self) {
            (Some(why), _) => Failure::Passing(PlatformError::TryLater {
                what: format!(
                    "{name} broke off ({why}), and the shop gives it once: another one comes when the shop makes the next"
                ),
            }),
            (None, Self::Offer) => Failure::NotYet(format!(
                "{name} is given once, and the shop has not made the next one yet: a web page came in its place"
            )),
            (None, Self::Feed) => Failure::NotYet(format!(
                "{name} is given once, and the shop has not made the next one yet: a web page came in its place (or its address is \
                 not that of a feed)"
            )),
        }
    }
}

/// A file that came.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Why it broke off before, where it did.
    pub(crate) broke_off: Option<String>,
    /// Whether the host says that it is a web page.
    pub(crate) is_page: bool,
}

/// What takes a file as it comes.
pub(crate) trait Sink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &Bytes) -> Result<(), Failure>;

    /// Forgets what it took: the file comes from its beginning again.
    fn restart(&mut self) -> Result<(), Failure>;
}

impl Client {
    /// Has a file, from its beginning again when it breaks off, and says if it did. A file is given once: therefore nothing is asked of
    /// it before, and a host that has begun to give it is not asked again in silence.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        role: Role,
        source: &Source,
        sink: &mut (dyn Sink + Send),
    ) -> Result<Fetched, Failure> {
        /// How long is waited before each further try.
        const AGAIN: [Duration; 3] =
            [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(10)];
        let deadline = self.transport.clock().moment() + LONGEST;
        let (what, mut waits, mut broke_off) = (role.name(), AGAIN.into_iter(), None);
        loop {
            let why = match self.fetch_once(url, role, source, sink, deadline).await {
                Ok(is_page) => return Ok(Fetched { broke_off, is_page }),
                Err(Broken::For(Failure::NotYet(_))) if broke_off.is_some() => {
                    return Err(role.not_given(broke_off));
                }
                Err(Broken::For(failure)) => return Err(failure),
                Err(Broken::Off(why)) => {
                    broke_off = Some(why.clone());
                    why
                }
                Err(Broken::Before(why)) => why,
            };
            let Some(wait) = waits.next() else {
                return Err(Failure::failed(format!("{what} cannot be had: {why}")));
            };
            self.notes.say(&format!("{what}: {why}; having it again"));
            self.transport.clock().sleep(wait).await;
            sink.restart()?;
        }
    }

    /// Whether the host says that it gave a web page.
    async fn fetch_once(
        &self,
        url: &Url,
        role: Role,
        source: &Source,
        sink: &mut (dyn Sink + Send),
        deadline: Moment,
    ) -> Result<bool, Broken> {
        let what = role.name();
        self.note_host(url);
        let shown = SafeUrl::host_of(url);
        let missing = |what: String| Broken::For(Failure::Missing { what, hint: hint(source) });
        let request = Request::get(url.clone()).hide_address().tries(1);
        let download = match self.transport.download(&request).await {
            Ok(download) => download,
            Err(error) => {
                return Err(match error.kind() {
                    ErrorKind::Dropped(_) | ErrorKind::TimedOut(_) => Broken::Off(error.kind().to_string()),
                    _ => Broken::For(no_answer(&format!("{what} at {shown}"), &variable(source), &error)),
                });
            }
        };
        let status = download.status;
        match (status, role, source) {
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, ..) => {
                return Err(missing(format!(
                    "the host of {what} does not let us have it ({status} from {shown})"
                )));
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, Role::Feed, Source::Address(_) | Source::File(_)) => {
                return Err(missing(format!(
                    "there is nothing at the address of {what} ({status} from {shown})"
                )));
            }
            (StatusCode::NOT_FOUND | StatusCode::GONE, ..) => {
                return Err(Broken::For(Failure::NotYet(format!(
                    "there is nothing at the address of {what} ({status} from {shown}): the shop gives a file once, and has not made \
                     the next one yet"
                ))));
            }
            _ if !status.is_success() => {
                return Err(Broken::Before(format!("its host answers {status} ({shown})")));
            }
            _ => {}
        }
        let media_type = download.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_page = media_type.is_some_and(|media_type| media_type.trim_start().starts_with("text/html"));
        self.pour(download, what, sink, deadline).await?;
        Ok(is_page)
    }

    /// Gives a file to who takes it, and says now and then how far it has come.
    async fn pour(
        &self,
        download: Download,
        what: &str,
        sink: &mut (dyn Sink + Send),
        deadline: Moment,
    ) -> Result<(), Broken> {
        let clock = self.transport.clock();
        let (mut had, mut said) = (0_u64, clock.moment());
        let mut stream = download.stream;
        while let Some(bytes) = stream.next().await {
            let bytes = bytes.map_err(|error| Broken::Off(error.kind().to_string()))?;
            sink.take(&bytes).map_err(Broken::For)?;
            had += bytes.len() as u64;
            let now = clock.moment();
            if now > deadline || had > LARGEST {
                let (hours, most) = (LONGEST.as_secs() / 3600, LARGEST >> 30);
                return Err(Broken::For(Failure::failed(format!(
                    "{what} does not end: it may take {hours} h and {most} GiB at most"
                ))));
            }
            if now.since(said) >= SAY_EVERY {
                said = now;
                self.notes.say(&format!("{what}: {} MiB so far", had >> 20));
            }
        }
        Ok(())
    }
}

/// Why a file did not come whole.
enum Broken {
    /// It broke off, and may have been given thereby.
    Off(String),
    /// The host fails, and has not given it.
    Before(String),
    /// It cannot be had at all.
    For(Failure),
}

/// The settings by which a file is had.
fn variable(source: &Source) -> String {
    match source {
        Source::Account(_) => format!("{BASE_URL}, {LOGIN} and {PASSWORD}"),
        Source::Address(_) | Source::File(_) => FEED.to_owned(),
    }
}

fn hint(source: &Source) -> String {
    match source {
        Source::Account(_) => {
            format!(
                "check {LOGIN} and {PASSWORD}, and in the shop's panel whether the account still has a feed"
            )
        }
        Source::Address(_) | Source::File(_) => {
            format!("check {FEED}: is the address whole, and was its token made anew?")
        }
    }
}
