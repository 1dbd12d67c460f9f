//! Whether secrets stay secret, above all where something goes wrong.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use connector::{Given, Scope};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use tracing_subscriber::filter::LevelFilter;

use crate::arena::Arena;
use crate::detour::{Answer, Call, Deed, Detour, ENDLESS, Outcome, Road, Stage};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Tongue};

/// What the shop does to a caller whose secrets it then has in its hands: it quotes everything it was sent.
fn quoting(call: &Call, status: StatusCode) -> Answer {
    let mut quoted = format!("you asked {} {} with", call.method, call.path);
    for (name, value) in &call.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let _never_fails = write!(quoted, " {name}: {value}");
    }
    Answer::bare(status).with("text/plain", quoted)
}

/// What becomes of every call, by HTTP.
type Trouble = fn(&Call, Answer) -> Outcome;

/// What becomes of every exchange, by TCP.
type Upset = fn(&[u8], Stage) -> Deed;

/// What may befall a shop of any kind.
const USUAL: &str = "a usual run";

const BY_HTTP: [(&str, Trouble); 6] = [
    (USUAL, |_, own| Some(own)),
    ("500 that quotes the question", |call, _| Some(quoting(call, StatusCode::INTERNAL_SERVER_ERROR))),
    ("401 that quotes the question", |call, _| Some(quoting(call, StatusCode::UNAUTHORIZED))),
    ("an answer that quotes the question", |call, _| Some(quoting(call, StatusCode::OK))),
    ("no answer", |_, _| None),
    ("a demand for patience", |_, _| Some(Answer::too_many(Some(1000)))),
];

const BY_TCP: [(&str, Upset); 4] = [
    (USUAL, |_, _| Deed::Pass),
    ("no answer", |_, stage| if stage == Stage::Asked { Deed::Pass } else { Deed::End(0) }),
    ("an answer that quotes the question", |asked, _| Deed::Instead(Bytes::copy_from_slice(asked))),
    ("an answer that nobody understands", |_, _| Deed::Instead(Bytes::from_static(&[0xd3; 4096]))),
];

/// Lets something happen from then on.
type Begin<'a> = Box<dyn Fn() + 'a>;

/// Everything that may befall a shop, each with what lets it happen from then on.
fn troubles<'a>(arena: &'a Arena<'_>) -> Vec<(&'static str, Begin<'a>)> {
    match &arena.road {
        Road::Http(detour) => BY_HTTP
            .into_iter()
            .map(|(what, trouble)| (what, Box::new(move || detour.begin(ENDLESS, trouble)) as Begin<'_>))
            .collect(),
        Road::Tcp(relay) => {
            let upset = BY_TCP.into_iter().map(|(what, upset)| {
                let begin =
                    move || relay.begin(ENDLESS, move |exchange, stage| upset(exchange.asked(), stage));
                (what, Box::new(begin) as Begin<'_>)
            });
            let refused = || {
                arena.road.begin_plain();
                relay.refuse(|_| true);
            };
            upset.chain([("no connection", Box::new(refused) as Begin<'_>)]).collect()
        }
        Road::File(_) => vec![(USUAL, Box::new(|| ()))],
    }
}

pub(super) async fn kept(arena: &Arena<'_>) -> Verdict {
    arena.hold(Catalogue::varied());
    let right = arena.settings(Tongue::Default);
    let mut wrong = right.clone();
    for (variable, value) in arena.examined.wrong_secrets() {
        wrong.insert(variable, value);
    }
    let log = Log::default();
    // What a log line is worth is decided when it is met first, and while there is one subscriber only, by whether the
    // thread that meets it has that one. Of two each is asked.
    let _second = tracing::Dispatch::new(subscriber(&Log::default()));
    let logging = tracing::subscriber::set_default(subscriber(&log));
    for (what, trouble) in troubles(arena) {
        for (which, given) in [("right", &right), ("wrong", &wrong)] {
            let place = format!("{what}, to a caller with the {which} secrets");
            trouble();
            let said = everything_said(arena, given).await?;
            let logged = log.take();
            for (place_of_it, text) in [("what is said", &said), ("the log", &logged)] {
                hides(arena, given, text).map_err(|finding| finding.at(place_of_it).at(&place))?;
            }
        }
        trouble();
        let imported = arena.import(&arena.marketplace().await?, |_| {}).await?;
        let logged = log.take();
        ensure(what != USUAL || !logged.is_empty(), || "nothing is logged at all".to_owned())?;
        let said = format!("{:?} {:?} {logged}", imported.end, imported.told);
        hides(arena, &right, &said).map_err(|finding| finding.at("an import").at(what))?;
    }
    drop(logging);
    malformed(arena, &right)?;
    match &arena.road {
        Road::Http(detour) => stay_at_home(arena, detour).await,
        Road::Tcp(_) | Road::File(_) => Ok(()),
    }
}

fn subscriber(log: &Log) -> impl tracing::Subscriber + Send + Sync + use<> {
    let log = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || log.clone())
        .finish()
}

/// What is said of secrets that were copied wrongly, which are secrets all the same.
fn malformed(arena: &Arena<'_>, right: &Given) -> Verdict {
    let connector = arena.examined.connector();
    for setting in connector.settings().iter().filter(|setting| setting.is_secret) {
        let Some(secret) = right.secret(setting.variable) else { continue };
        let secret = secret.expose_secret();
        for wrong in [format!("{secret} {secret}"), format!("{secret}!"), format!("ą{secret}")] {
            let mut given = right.clone();
            given.insert(setting.variable, &wrong);
            let opened = arena.try_open(&given)?.err();
            let said = format!("{:?} {opened:?}", (setting.check)(&wrong));
            hides(arena, right, &said)
                .map_err(|finding| finding.at("what is said of a malformed setting"))?;
        }
    }
    Ok(())
}

/// A shop that sends its callers to another host, which gets their secrets if they go.
async fn stay_at_home(arena: &Arena<'_>, detour: &Detour) -> Verdict {
    let elsewhere = arena.elsewhere().await?;
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT] {
        let to = elsewhere.url().to_owned();
        detour.begin(ENDLESS, move |call, _| Some(Answer::moved(status, &format!("{to}{}", call.path))));
        let platform = arena.open()?;
        let checked = platform.check().await;
        let read = arena.read(&*platform, Scope::All).await?;
        let went = elsewhere.calls().len();
        ensure(went == 0, || format!("a redirect ({status}) to another host is followed {went} times"))?;
        ensure(checked.is_err() && read.end.is_err(), || {
            format!("a redirect ({status}) to another host is taken for an answer")
        })?;
    }
    Ok(())
}

/// All that a caller gets to see: errors in both ways in which they are shown, items, settings.
async fn everything_said(arena: &Arena<'_>, given: &Given) -> Result<String, Finding> {
    let platform = arena.open_with(given)?;
    let mut said = format!("{given:?} {:?} {:?}", platform.name(), platform.abilities());
    let mut say = |text: String| said.push_str(&text);
    match platform.check().await {
        Ok(info) => say(format!("{info:?}")),
        Err(error) => say(format!("{error} {error:?}")),
    }
    if let Err(error) = platform.categories().await {
        say(format!("{error} {error:?}"));
    }
    let reading = arena.read(&*platform, Scope::All).await?;
    say(format!("{:?}", reading.items));
    if let Err(error) = &reading.end {
        say(format!("{error} {error:?}"));
    }
    for item in &reading.items {
        if let connector::Item::Product(product, _) = item
            && let Some(image) = product.variants().first().and_then(|variant| variant.images.first())
            && let Err(error) = platform.image(image).await
        {
            say(format!("{error} {error:?}"));
        }
    }
    Ok(said)
}

/// Whether a text holds none of the secrets, in none of the forms in which they travel.
fn hides(arena: &Arena<'_>, given: &Given, text: &str) -> Verdict {
    for setting in arena.examined.connector().settings().iter().filter(|setting| setting.is_secret) {
        let Some(secret) = given.secret(setting.variable) else { continue };
        let secret = secret.expose_secret();
        for (form, shown) in forms(secret) {
            ensure(!text.contains(&shown), || {
                let place = text.find(&shown).unwrap_or(0);
                let before: String = text.get(..place).unwrap_or_default().chars().rev().take(80).collect();
                let before: String = before.chars().rev().collect();
                format!("{} is shown {form}, behind {before:?}", setting.variable)
            })?;
        }
    }
    Ok(())
}

/// So many letters of a secret in a row are no accident.
const PART: usize = 12;

/// The forms in which a secret may travel. What stands before it in Base64 moves it by up to two bytes; the first and the
/// last letters depend on its neighbours and are left out.
fn forms(secret: &str) -> Vec<(String, String)> {
    let mut forms = vec![
        ("as it is".to_owned(), secret.to_owned()),
        ("with percent signs".to_owned(), utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
    ];
    // A part is enough to know it again.
    let letters: Vec<char> = secret.chars().collect();
    forms.extend(letters.windows(PART).map(|part| ("in part".to_owned(), part.iter().collect())));
    for before in ["", " ", "  "] {
        for (name, engine) in [("in Base64", &STANDARD), ("in Base64 for addresses", &URL_SAFE_NO_PAD)] {
            let encoded = engine.encode(format!("{before}{secret}"));
            let inner = encoded.get(4..encoded.len().saturating_sub(4)).unwrap_or_default();
            if inner.len() >= 8 {
                forms.push((name.to_owned(), inner.to_owned()));
            }
        }
    }
    forms
}

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut *sandbox_kit::lock(&self.0))).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        sandbox_kit::lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
