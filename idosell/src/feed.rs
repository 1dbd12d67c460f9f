//! Having the shop's file: the newest that there is, or else the one that is kept.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use connector::{Notes, PlatformError};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::client::{Client, Failure, Role, Sink as _, is_of_the_web};
use crate::reading::{self, Survey, Surveyed};
use crate::settings::{Account, FEED, Source};
use crate::spool::{Identity, Kept, Part, Spool};
use crate::wire::{self, ReadError};

/// From so many bytes on it is said that a file is read through, because that takes a while.
const TAKES_A_WHILE: u64 = 64 << 20;

/// An offer that is there, whole, and can be read.
pub(crate) struct Offer {
    pub(crate) file: Arc<File>,
    pub(crate) survey: Survey,
    identity: Identity,
    spool: Option<Spool>,
    /// How a file that is the user's own was when it was opened: somebody may write to it while it is read.
    as_opened: Option<(u64, Option<SystemTime>)>,
    /// Why it is not the newest that the shop has.
    pub(crate) warning: Option<String>,
}

impl Offer {
    /// Whether it has been imported to its end on these terms.
    pub(crate) fn is_imported(&self, terms: &str) -> bool {
        let known = self.spool.as_ref().map(|spool| spool.imported(&self.identity)).unwrap_or_default();
        known.iter().any(|known| known == terms)
    }

    /// Takes that down.
    pub(crate) fn note_imported(&self, terms: &str) -> Result<(), PlatformError> {
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

/// What came of asking for the newest file.
enum Newest {
    /// It is the one that is kept.
    Kept,
    /// It is another one, which is kept now.
    New(Kept, Box<Survey>),
}

impl Feed<'_> {
    /// The shop's offer.
    pub(crate) async fn open(&self) -> Result<Offer, PlatformError> {
        let opened = match self.source {
            Source::File(path) => self.open_file(path).await,
            Source::Account(account) => self.open_account(account).await,
            Source::Address(address) => self.open_address(address.expose_secret()).await,
        };
        opened.map_err(Failure::of_run)
    }

    fn spool(&self, name: &str, source: &str) -> Option<Spool> {
        self.keep.map(|folder| Spool::new(folder, name, source))
    }

    async fn open_account(&self, account: &Account) -> Result<Offer, Failure> {
        let name = account.base_url.host_str().unwrap_or_default();
        let spool =
            self.spool(name, &format!("{} {}", account.base_url, account.login)).ok_or_else(nowhere)?;
        let kept = spool.kept()?;
        let newest = async {
            let url = self.client.log_in(account).await?;
            self.newest(&url, &spool, kept.as_ref()).await
        };
        let newest = newest.await;
        self.best_of(newest, kept, spool).await
    }

    async fn open_address(&self, address: &str) -> Result<Offer, Failure> {
        let url = Url::parse(address).map_err(|_| settings("the feed's address is none".to_owned()))?;
        let spool = self.spool(url.host_str().unwrap_or_default(), url.as_str()).ok_or_else(nowhere)?;
        let kept = spool.kept()?;
        let newest = self.newest(&url, &spool, kept.as_ref()).await;
        self.best_of(newest, kept, spool).await
    }

    /// A file of this machine. An offer is read where it lies: it is the user's own, and is there as long as he wants.
    async fn open_file(&self, path: &Path) -> Result<Offer, Failure> {
        match self.survey_file(path).await? {
            (Surveyed::Offer(survey), file) => self.own(path, file, survey).await,
            (Surveyed::Gateway(gateway), _) => {
                let link = gateway.full.as_ref().and_then(|link| link.url.as_deref());
                let link = link.ok_or_else(|| settings(format!("{} names no offer", path.display())))?;
                match Url::parse(link).ok().filter(is_of_the_web) {
                    Some(_) => {
                        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("feed");
                        let spool = self.spool(name, &in_full(path).to_string_lossy()).ok_or_else(nowhere)?;
                        let kept = spool.kept()?;
                        let newest = self.follow(&gateway, None, &spool, kept.as_ref()).await;
                        self.best_of(newest, kept, spool).await
                    }
                    None => {
                        let path = path.parent().unwrap_or(Path::new("")).join(link);
                        match self.survey_file(&path).await? {
                            (Surveyed::Offer(survey), file) => self.own(&path, file, survey).await,
                            (Surveyed::Gateway(_), _) => Err(another_gateway()),
                        }
                    }
                }
            }
        }
    }

    async fn survey_file(&self, path: &Path) -> Result<(Surveyed, Arc<File>), Failure> {
        let shown = path.display();
        let file = File::open(path)
            .map_err(|error| settings(format!("the feed {shown} cannot be opened: {error}")))?;
        if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
            return Err(settings(format!("the feed {shown} is a folder")));
        }
        let file = Arc::new(file);
        let surveyed = self.survey(&file).await;
        let surveyed = surveyed.map_err(|error| Failure::failed(format!("the feed {shown}: {error}")))?;
        Ok((surveyed, file))
    }

    /// An offer that is the user's own file.
    async fn own(&self, path: &Path, file: Arc<File>, survey: Survey) -> Result<Offer, Failure> {
        let unread = |error: io::Error| Failure::failed(format!("the feed {}: {error}", path.display()));
        let as_opened = as_it_is(&file).map_err(unread)?;
        let digest = reading::digest(Arc::clone(&file)).await.map_err(unread)?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("feed");
        Ok(Offer {
            file,
            survey,
            identity: Identity::of(&digest),
            spool: self.spool(name, &in_full(path).to_string_lossy()),
            as_opened: Some(as_opened),
            warning: None,
        })
    }

    async fn survey(&self, file: &Arc<File>) -> Result<Surveyed, ReadError> {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        if length >= TAKES_A_WHILE {
            self.notes.say(&format!("reading through the shop's file, {} MiB", length >> 20));
        }
        reading::survey(Arc::clone(file)).await
    }

    /// Asks for the newest file, and keeps it.
    async fn newest(&self, url: &Url, spool: &Spool, kept: Option<&Kept>) -> Result<Newest, Failure> {
        match self.have(url, Role::Feed, spool).await? {
            (Surveyed::Offer(survey), part, file) => {
                let unread = |error: io::Error| Failure::failed(format!("the feed cannot be read: {error}"));
                let identity = Identity::of(&reading::digest(file).await.map_err(unread)?);
                if kept.is_some_and(|kept| kept.identity == identity) {
                    return Ok(Newest::Kept);
                }
                Ok(Newest::New(spool.keep(part, identity)?, Box::new(survey)))
            }
            (Surveyed::Gateway(gateway), part, _) => {
                drop(part);
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
        kept: Option<&Kept>,
    ) -> Result<Newest, Failure> {
        let not_yet =
            || Failure::NotYet("the feed names no offer: the shop has not made the first one yet".to_owned());
        let link = gateway.full.as_ref().ok_or_else(not_yet)?;
        let told = link.url.as_deref().ok_or_else(not_yet)?;
        let url = base.map_or_else(|| Url::parse(told), |base| base.join(told)).ok().filter(is_of_the_web);
        let url = url.ok_or_else(|| {
            Failure::failed("the feed tells an address of the offer that is none".to_owned())
        })?;
        let identity = match (&link.hash, &link.changed) {
            (Some(hash), _) => Some(Identity::of(&format!("hash {hash}"))),
            (None, Some(changed)) => Some(Identity::of(&format!("changed {changed}"))),
            (None, None) => None,
        };
        if kept.is_some_and(|kept| Some(&kept.identity) == identity.as_ref()) {
            return Ok(Newest::Kept);
        }
        match self.have(&url, Role::Offer, spool).await? {
            (Surveyed::Gateway(_), ..) => Err(another_gateway()),
            (Surveyed::Offer(survey), part, file) => {
                let unread =
                    |error: io::Error| Failure::failed(format!("the shop's file cannot be read: {error}"));
                let identity = match identity {
                    Some(identity) => identity,
                    None => Identity::of(&reading::digest(file).await.map_err(unread)?),
                };
                Ok(Newest::New(spool.keep(part, identity)?, Box::new(survey)))
            }
        }
    }

    /// Has a file, and reads all of it: what is torn or no file of the shop's is not kept.
    async fn have(
        &self,
        url: &Url,
        role: Role,
        spool: &Spool,
    ) -> Result<(Surveyed, Part, Arc<File>), Failure> {
        let mut part = spool.part()?;
        let mut torn = None;
        loop {
            self.client.fetch(url, role, &mut part).await?;
            let file = Arc::new(part.reopen()?);
            match (self.survey(&file).await, torn.take()) {
                (Ok(surveyed), _) => return Ok((surveyed, part, file)),
                // A server may end an answer in the middle as if that were all. Once more is worth the try.
                (Err(error @ ReadError::Torn { .. }), None) => {
                    self.notes.say(&format!("{}: {error}", role.name()));
                    torn = Some(error);
                    part.restart()?;
                }
                (Err(ReadError::Html), Some(torn)) => {
                    return Err(Failure::failed(format!(
                        "{}: {torn}; and the shop does not give it again",
                        role.name()
                    )));
                }
                (Err(error @ ReadError::Html), None) => {
                    return Err(Failure::NotYet(format!("{}: {error}", role.name())));
                }
                (Err(error), _) => return Err(Failure::failed(format!("{}: {error}", role.name()))),
            }
        }
    }

    /// The newest file, or the one that is kept where a newer one cannot be had.
    ///
    /// One that has not been imported to its end goes before any trouble with the next one; when it has been, the trouble is told.
    async fn best_of(
        &self,
        newest: Result<Newest, Failure>,
        kept: Option<Kept>,
        spool: Spool,
    ) -> Result<Offer, Failure> {
        let (kept, warning) = match (newest, kept) {
            (Ok(Newest::New(kept, survey)), _) => {
                let file = open_kept(&kept.path)?;
                let identity = kept.identity;
                return Ok(Offer {
                    file,
                    survey: *survey,
                    identity,
                    spool: Some(spool),
                    as_opened: None,
                    warning: None,
                });
            }
            (Ok(Newest::Kept), Some(kept)) => (kept, None),
            (Ok(Newest::Kept), None) => {
                return Err(Failure::failed("the file that is kept is not there".to_owned()));
            }
            (Err(Failure::NotYet(why)), Some(kept)) => {
                self.notes.say(&format!("{why}; going on with the file that is kept"));
                (kept, None)
            }
            (Err(failure @ (Failure::Passing(_) | Failure::Unreachable { .. })), Some(kept))
                if spool.imported(&kept.identity).is_empty() =>
            {
                let (why, going) = (
                    failure.of_run(),
                    "going on with the file that is kept, which has not been imported to its end",
                );
                (kept, Some(format!("{why}; {going}")))
            }
            (Err(failure), _) => return Err(failure),
        };
        let file = open_kept(&kept.path)?;
        let path = kept.path.display();
        match self.survey(&file).await {
            Ok(Surveyed::Offer(survey)) => Ok(Offer {
                file,
                survey,
                identity: kept.identity,
                spool: Some(spool),
                as_opened: None,
                warning,
            }),
            Ok(Surveyed::Gateway(_)) => {
                Err(Failure::failed(format!("{path}, which is kept, is no offer: remove it")))
            }
            Err(error) => Err(Failure::failed(format!("{path}, which is kept: {error}; remove it"))),
        }
    }
}

fn open_kept(path: &Path) -> Result<Arc<File>, Failure> {
    let file = File::open(path);
    file.map(Arc::new).map_err(|error| Failure::failed(format!("{}, which is kept: {error}", path.display())))
}

fn as_it_is(file: &File) -> io::Result<(u64, Option<SystemTime>)> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// A path that means the same wherever the program is started.
fn in_full(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn settings(what: String) -> Failure {
    Failure::Settings { what, hint: format!("correct {FEED}") }
}

fn another_gateway() -> Failure {
    Failure::failed("the feed names another feed, and no offer".to_owned())
}

fn nowhere() -> Failure {
    Failure::Settings {
        what: "the shop gives its file once, and there is no folder to keep it in".to_owned(),
        hint: "name one by --spool".to_owned(),
    }
}
