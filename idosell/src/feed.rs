//! Having the shop's file: the newest that there is, or else the one that is kept.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use connector::{Notes, PlatformError};
use gateway_core::model::ShopKey;
use secrecy::ExposeSecret as _;
use url::Url;

use crate::client::{Client, Failure, is_of_the_web};
use crate::download::{Fetched, Role};
use crate::reading::{self, Survey, Surveyed};
use crate::settings::{Account, FEED, Source};
use crate::spool::{Identity, Lock, Part, Spool, Stored};
use crate::wire::{self, ReadError};

/// From so many bytes on it is said that a file is read through, because that takes a while.
const TAKES_A_WHILE: u64 = 64 << 20;

/// A shop makes its files every few hours or every day: when none has come for so long, something is wrong.
const STALE: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// How long is waited for another run that has the shop's file just now, and how often it is looked.
const OTHER_RUN: (Duration, Duration) = (Duration::from_secs(15 * 60), Duration::from_secs(2));

/// An offer that is there, whole, and can be read.
pub(crate) struct Offer {
    pub(crate) file: Arc<File>,
    pub(crate) survey: Survey,
    identity: Identity,
    spool: Option<Spool>,
    /// How a file that is the user's own was when it was opened: somebody may write to it while it is read.
    as_opened: Option<AsItIs>,
    /// Why it is not the newest that the shop has, where that may be so.
    pub(crate) warning: Option<String>,
}

/// What shows that a file was written to: its length, and when that was.
type AsItIs = (u64, Option<SystemTime>);

impl Offer {
    /// Whether it has been imported to its end on these terms, and nothing was left.
    pub(crate) fn is_imported(&self, terms: &str) -> bool {
        self.spool.as_ref().is_some_and(|spool| spool.is_imported(&self.identity, terms))
    }

    /// Takes down that it has been imported to its end, and on which terms when nothing was left.
    pub(crate) fn note_imported(&self, terms: Option<&str>) -> Result<(), PlatformError> {
        let noted = self.spool.as_ref().map(|spool| spool.note_imported(&self.identity, terms));
        noted.unwrap_or(Ok(())).map_err(Failure::of_run)
    }

    /// Whether somebody has written to the file since it was opened.
    pub(crate) fn was_changed(&self) -> bool {
        self.as_opened.is_some_and(|before| as_it_is(&self.file).ok() != Some(before))
    }
}

/// Where the shop's file is had from, and where it is kept.
pub(crate) struct Feed<'a> {
    pub(crate) client: &'a Client,
    pub(crate) source: &'a Source,
    /// The folder for what is kept.
    pub(crate) keep: Option<&'a Path>,
    pub(crate) notes: &'a Notes,
}

/// Where the way to an offer of the web begins.
enum Start<'a> {
    Account(&'a Account),
    Address(&'a Url),
    /// A gateway file of this machine.
    Gateway(&'a wire::Gateway),
}

/// What came of asking for the newest file.
enum Newest {
    /// It is the one that is kept.
    Kept(Stored),
    /// It is another one, which is kept now.
    New(Stored, Box<Survey>),
}

impl Feed<'_> {
    /// The shop's offer.
    pub(crate) async fn open(&self) -> Result<Offer, PlatformError> {
        let opened = match self.source {
            Source::File(path) => self.open_file(path).await,
            Source::Account(account) => {
                let host = account.base_url.host_str().unwrap_or_default();
                // However the address is written, it is one shop.
                let shop = ShopKey::from_url(&account.base_url);
                let shop = shop.map_or_else(|_| account.base_url.to_string(), |key| key.to_string());
                let spool = self.spool(host, &format!("{shop} {}", account.login));
                self.open_remote(spool, Start::Account(account)).await
            }
            Source::Address(address) => match Url::parse(address.expose_secret()) {
                Ok(url) => {
                    let spool = self.spool(url.host_str().unwrap_or_default(), url.as_str());
                    self.open_remote(spool, Start::Address(&url)).await
                }
                Err(_) => Err(wrong_feed("the feed's address is none".to_owned())),
            },
        };
        opened.map_err(Failure::of_run)
    }

    fn spool(&self, name: &str, source: &str) -> Option<Spool> {
        self.keep.map(|folder| Spool::new(folder, name, source))
    }

    fn spool_of_file(&self, path: &Path) -> Option<Spool> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("feed");
        self.spool(name, &in_full(path).to_string_lossy())
    }

    /// A file of this machine. An offer is read where it lies: it is the user's own, and is there as long as he wants.
    async fn open_file(&self, path: &Path) -> Result<Offer, Failure> {
        let (surveyed, file, as_opened) = self.survey_file(path).await?;
        let gateway = match surveyed {
            Surveyed::Offer(survey) => return self.own(path, file, survey, as_opened).await,
            Surveyed::Gateway(gateway) => gateway,
        };
        let link = gateway.full.as_ref().and_then(|link| link.url.as_deref());
        let link = link.ok_or_else(|| wrong_feed(format!("{} names no offer", path.display())))?;
        if Url::parse(link).is_ok_and(|url| is_of_the_web(&url)) {
            return self.open_remote(self.spool_of_file(path), Start::Gateway(&gateway)).await;
        }
        let path = path.parent().unwrap_or(Path::new("")).join(link);
        match self.survey_file(&path).await? {
            (Surveyed::Offer(survey), file, as_opened) => self.own(&path, file, survey, as_opened).await,
            (Surveyed::Gateway(_), ..) => Err(another_gateway()),
        }
    }

    async fn survey_file(&self, path: &Path) -> Result<(Surveyed, Arc<File>, AsItIs), Failure> {
        let shown = path.display();
        let unopened = |error: io::Error| wrong_feed(format!("the feed {shown} cannot be opened: {error}"));
        // What is no file may keep us waiting when it is opened, and can be read once only.
        if !fs::metadata(path).map_err(unopened)?.is_file() {
            return Err(wrong_feed(format!("the feed {shown} is no file: copy what it gives to one")));
        }
        let file = File::open(path).map_err(unopened)?;
        let as_opened = as_it_is(&file).map_err(unopened)?;
        let file = Arc::new(file);
        let surveyed = self.survey(&file).await;
        let surveyed = surveyed.map_err(|error| Failure::failed(format!("the feed {shown}: {error}")))?;
        Ok((surveyed, file, as_opened))
    }

    /// An offer that is the user's own file.
    async fn own(
        &self,
        path: &Path,
        file: Arc<File>,
        survey: Survey,
        as_opened: AsItIs,
    ) -> Result<Offer, Failure> {
        let digest = reading::digest(Arc::clone(&file)).await;
        let digest =
            digest.map_err(|error| Failure::failed(format!("the feed {}: {error}", path.display())))?;
        let (identity, spool) = (Identity::of(&digest), self.spool_of_file(path));
        Ok(Offer { file, survey, identity, spool, as_opened: Some(as_opened), warning: None })
    }

    async fn survey(&self, file: &Arc<File>) -> Result<Surveyed, ReadError> {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        if length >= TAKES_A_WHILE {
            self.notes.say(&format!("reading through the shop's file, {} MiB", length >> 20));
        }
        reading::survey(Arc::clone(file)).await
    }

    /// An offer of the web: the newest, or the one that is kept.
    async fn open_remote(&self, spool: Option<Spool>, start: Start<'_>) -> Result<Offer, Failure> {
        let spool = spool.ok_or_else(nowhere)?;
        let _held_meanwhile = self.lock(&spool).await?;
        self.take_up(&spool).await?;
        let kept = spool.kept()?;
        let newest = match start {
            Start::Account(account) => match self.client.log_in(account).await {
                Ok(url) => self.newest(&url, &spool, kept.as_ref()).await,
                Err(failure) => Err(failure),
            },
            Start::Address(url) => self.newest(url, &spool, kept.as_ref()).await,
            Start::Gateway(gateway) => self.follow(gateway, None, &spool, kept.as_ref()).await,
        };
        self.best_of(newest, kept, spool).await
    }

    /// Two runs that have the same file at once would take it from each other: it is given once.
    async fn lock(&self, spool: &Spool) -> Result<Lock, Failure> {
        let (at_most, each) = OTHER_RUN;
        let clock = self.client.clock();
        let began = clock.moment();
        loop {
            if let Some(lock) = spool.lock()? {
                return Ok(lock);
            }
            let waited = clock.moment().since(began);
            if waited >= at_most {
                let what = "another run has been having the shop's file for a quarter of an hour".to_owned();
                return Err(Failure::Passing(PlatformError::TryLater { what }));
            }
            if waited.is_zero() {
                self.notes.say("another run is having the shop's file; waiting for it");
            }
            clock.sleep(each).await;
        }
    }

    /// Keeps the file that a run had and was cut before it had read it.
    async fn take_up(&self, spool: &Spool) -> Result<(), Failure> {
        let Some(left) = spool.left()? else { return Ok(()) };
        match self.survey(&left.file).await {
            Ok(Surveyed::Offer(_)) => spool.keep(left).map(drop),
            _ => {
                spool.discard(&left);
                Ok(())
            }
        }
    }

    /// Asks for the newest file, and keeps it.
    async fn newest(&self, url: &Url, spool: &Spool, kept: Option<&Stored>) -> Result<Newest, Failure> {
        match self.have(url, Role::Feed, None, spool).await? {
            (Surveyed::Offer(survey), came) => match kept.filter(|kept| kept.identity == came.identity) {
                Some(kept) => {
                    spool.discard(&came);
                    Ok(Newest::Kept(kept.clone()))
                }
                None => Ok(Newest::New(spool.keep(came)?, Box::new(survey))),
            },
            (Surveyed::Gateway(gateway), came) => {
                spool.discard(&came);
                self.follow(&gateway, Some(url), spool, kept).await
            }
        }
    }

    /// Has the offer that a gateway file names, unless it is the one that is kept.
    async fn follow(
        &self,
        gateway: &wire::Gateway,
        base: Option<&Url>,
        spool: &Spool,
        kept: Option<&Stored>,
    ) -> Result<Newest, Failure> {
        let not_yet =
            || Failure::NotYet("the feed names no offer: the shop has not made the first one yet".to_owned());
        let link = gateway.full.as_ref().ok_or_else(not_yet)?;
        let told = link.url.as_deref().ok_or_else(not_yet)?;
        let url = base.map_or_else(|| Url::parse(told), |base| base.join(told)).ok().filter(is_of_the_web);
        let url = url.ok_or_else(|| {
            Failure::failed(
                "the feed tells an address of the offer that is none: make the feed anew in the shop's panel"
                    .to_owned(),
            )
        })?;
        let identity = match (&link.hash, &link.changed) {
            (Some(hash), _) => Some(Identity::of(&format!("hash {hash}"))),
            (None, Some(changed)) => Some(Identity::of(&format!("changed {changed}"))),
            (None, None) => None,
        };
        if let Some(kept) = kept.filter(|kept| Some(&kept.identity) == identity.as_ref()) {
            return Ok(Newest::Kept(kept.clone()));
        }
        let is_known_to_be_new = identity.is_some();
        match self.have(&url, Role::Offer, identity, spool).await {
            Ok((Surveyed::Offer(survey), came)) => Ok(Newest::New(spool.keep(came)?, Box::new(survey))),
            Ok((Surveyed::Gateway(_), came)) => {
                spool.discard(&came);
                Err(another_gateway())
            }
            // That there is nothing new would not be true.
            Err(Failure::NotYet(what)) if is_known_to_be_new => {
                Err(Failure::Passing(PlatformError::TryLater { what }))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Has a file, and reads all of it: what is torn or no file of the shop's is not kept.
    async fn have(
        &self,
        url: &Url,
        role: Role,
        identity: Option<Identity>,
        spool: &Spool,
    ) -> Result<(Surveyed, Stored), Failure> {
        let mut lost = None;
        loop {
            let mut part = spool.part()?;
            let Fetched { broke_off, is_page } = self.client.fetch(url, role, self.source, &mut part).await?;
            lost = lost.or(broke_off);
            let came = on_disk(part, identity.clone()).await?;
            let error = match self.survey(&came.file).await {
                Ok(surveyed) => return Ok((surveyed, came)),
                Err(error) => error,
            };
            spool.discard(&came);
            match error {
                // A server may end an answer in the middle as if that were all. Once more is worth the try.
                ReadError::Torn { .. } if lost.is_none() => {
                    self.notes.say(&format!("{}: {error}; having it again", role.name()));
                    lost = Some(error.to_string());
                }
                ReadError::Torn { .. } => return Err(Failure::failed(format!("{}: {error}", role.name()))),
                _ if is_page || matches!(error, ReadError::Html) => return Err(role.not_given(lost)),
                error => return Err(Failure::failed(format!("{}: {error}", role.name()))),
            }
        }
    }

    /// The newest file, or the one that is kept where a newer one cannot be had.
    ///
    /// One that has not been imported to its end goes before any trouble with the next one, but for a login that is refused; when it has
    /// been, the trouble is told. That there is no newer one yet is no trouble, unless that is so for days.
    async fn best_of(
        &self,
        newest: Result<Newest, Failure>,
        kept: Option<Stored>,
        spool: Spool,
    ) -> Result<Offer, Failure> {
        const GOING_ON: &str = "going on with the file that is kept";
        let is_open = |kept: &Stored| !spool.has_ended(&kept.identity);
        let (kept, warning) = match (newest, kept) {
            (Ok(Newest::New(Stored { file, identity, .. }, survey)), _) => {
                let (survey, spool) = (*survey, Some(spool));
                return Ok(Offer { file, survey, identity, spool, as_opened: None, warning: None });
            }
            (Ok(Newest::Kept(kept)), _) => (kept, None),
            (Err(Failure::NotYet(why)), Some(kept)) => {
                let age = kept.age().filter(|age| *age > STALE && !is_open(&kept));
                if let Some(days) = age.map(|age| age.as_secs() / (24 * 60 * 60)) {
                    return Err(Failure::NotYet(format!(
                        "{why}; the last one came {days} days ago and is imported: look in the shop's panel whether it still makes files"
                    )));
                }
                (kept, Some(format!("{why}; {GOING_ON}")))
            }
            (Err(failure @ (Failure::Passing(_) | Failure::Missing { .. })), Some(kept))
                if is_open(&kept) =>
            {
                let why = failure.of_run();
                (kept, Some(format!("{why}; {GOING_ON}, which has not been imported to its end")))
            }
            (Err(failure), _) => return Err(failure),
        };
        let Stored { file, path, identity } = kept;
        let path = path.display();
        match self.survey(&file).await {
            Ok(Surveyed::Offer(survey)) => {
                Ok(Offer { file, survey, identity, spool: Some(spool), as_opened: None, warning })
            }
            Ok(Surveyed::Gateway(_)) => {
                Err(Failure::failed(format!("{path}, which is kept, is no offer: remove it")))
            }
            Err(error) => {
                Err(Failure::failed(format!("{path}, which is kept, cannot be read ({error}): remove it")))
            }
        }
    }
}

/// Puts a file that has come in place, on a thread that may wait for the disk.
async fn on_disk(part: Part, identity: Option<Identity>) -> Result<Stored, Failure> {
    let placed = tokio::task::spawn_blocking(move || part.came(identity)).await;
    placed.unwrap_or_else(|_| Err(Failure::failed("the shop's file could not be kept".to_owned())))
}

fn as_it_is(file: &File) -> io::Result<AsItIs> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// A path that means the same wherever the program is started.
fn in_full(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn wrong_feed(what: String) -> Failure {
    Failure::Settings { what, hint: format!("correct {FEED}") }
}

fn another_gateway() -> Failure {
    wrong_feed("the feed names another feed, and no offer".to_owned())
}

fn nowhere() -> Failure {
    Failure::Settings {
        what: "the shop gives its file once, and there is no folder to keep it in".to_owned(),
        hint: "name one by --spool".to_owned(),
    }
}
