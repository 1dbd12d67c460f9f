//! Shops that are busy, that fail for a moment, that let nobody in.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use connector::{Given, PlatformError, Scope};
use http::StatusCode;
use secrecy::ExposeSecret as _;

use crate::arena::Arena;
use crate::detour::{Answer, ENDLESS, Fault, Road};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Tongue};
use crate::tour::{Toured, questions, tour, whole_tour};

/// Enough products for a call of each kind: these suites read again and again.
const FEW: u32 = 5;

/// How long a shop asks to be left alone, in seconds.
const PATIENCE: u32 = 7;

/// What is not yet time that has passed: a rate limit moves the clock a little at each call.
const AT_ONCE: Duration = Duration::from_millis(50);

/// More than a run waits for, in seconds.
const TOO_LONG: u32 = 400;

/// A shop that asks for patience at each question of a tour, one after the other.
pub(super) async fn patience(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::of(FEW));
    let questions = questions(arena, &catalogue).await?;
    let in_flight = arena.open()?.abilities().limits.in_flight.max(1);
    for question in &questions {
        let place = format!("{question} is answered with 429, Retry-After: {PATIENCE}");
        busy_at(arena, &catalogue, question, in_flight).await.map_err(|finding| finding.at(&place))?;
    }
    let times = Mutex::new(0);
    arena.http()?.begin(ENDLESS, move |_, answer| {
        let mut times = sandbox_kit::lock(&times);
        *times += 1;
        Some(if *times % 3 == 2 { Answer::too_many(None) } else { answer })
    });
    let place = "each third call is answered with 429 that names no time";
    whole_tour(arena, &catalogue).await.map_err(|finding| finding.at(place))?;
    arena.http()?.begin(ENDLESS, move |call, answer| {
        Some(if call.marks.is_empty() { answer } else { Answer::too_many(Some(TOO_LONG)) })
    });
    let end = tour(arena, &catalogue).await?;
    ensure(matches!(end, Toured::Failed(PlatformError::TryLater { .. })), || {
        format!(
            "a shop that asks for {TOO_LONG} s is to be left for another time, and the run ends with {end:?}"
        )
    })
}

/// From a question on the shop wants to be left alone, and says so to all who ask before its time is over.
async fn busy_at(arena: &Arena<'_>, catalogue: &Catalogue, question: &str, in_flight: usize) -> Verdict {
    let rest = Duration::from_secs(PATIENCE.into());
    let (clock, question) = (arena.clock.clone(), question.to_owned());
    let began = std::sync::Arc::new(Mutex::new(None));
    let begin = std::sync::Arc::clone(&began);
    arena.http()?.begin(ENDLESS, move |call, answer| {
        let mut began = sandbox_kit::lock(&begin);
        if began.is_none() && call.question() == question {
            *began = Some((call.number, call.at));
        }
        let is_busy = began.is_some_and(|(_, at)| clock.moment() < at + rest);
        Some(if is_busy { Answer::too_many(Some(PATIENCE)) } else { answer })
    });
    let toured = whole_tour(arena, catalogue).await;
    let Some((number, at)) = *sandbox_kit::lock(&began) else {
        return Err(Finding::new("it is not asked again by who asked it before"));
    };
    let calls = arena.http()?.calls();
    let later: Vec<Duration> = calls.iter().skip(number + 1).map(|call| call.at.since(at)).collect();
    let early = later.iter().filter(|passed| (AT_ONCE..rest).contains(*passed)).count();
    ensure(early == 0, || format!("the shop was asked {early} times more before that was over"))?;
    // Those that were on their way already cannot be called back.
    let at_once = later.iter().filter(|passed| **passed < AT_ONCE).count();
    ensure(at_once < in_flight, || format!("the shop was asked {at_once} times more before that was over"))?;
    toured
}

/// The ways in which a question fails when it is asked first.
const FAILURES: [(&str, Fault); 6] = [
    ("500", |_| Some(Answer::failed())),
    ("502", |_| Some(Answer::bare(StatusCode::BAD_GATEWAY).with("text/html", "<html>Bad Gateway</html>"))),
    ("503", |_| Some(Answer::bare(StatusCode::SERVICE_UNAVAILABLE))),
    ("504", |_| Some(Answer::bare(StatusCode::GATEWAY_TIMEOUT))),
    ("the end of the connection", |_| None),
    ("half of the answer", |own| {
        let half = own.body.len() / 2;
        Some(own.broken_off_at(half))
    }),
];

pub(super) async fn failures(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::of(FEW));
    for (what, failure) in FAILURES {
        let seen: Mutex<BTreeSet<String>> = Mutex::default();
        arena.http()?.begin(ENDLESS, move |call, answer| {
            let is_new = sandbox_kit::lock(&seen).insert(call.question());
            if is_new { failure(answer) } else { Some(answer) }
        });
        let place = format!("each question is answered with {what} when it is asked first");
        whole_tour(arena, &catalogue).await.map_err(|finding| finding.at(&place))?;
    }
    Ok(())
}

/// The most calls of one who is let in nowhere: hosts lock out who insists.
const MOST_CALLS_REFUSED: usize = 3;

pub(super) async fn refusal(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::of(FEW));
    wrong_secrets(arena).await?;
    if !matches!(arena.road, Road::Http(_)) {
        // Elsewhere nothing but a secret is refused in words that every platform knows.
        return Ok(());
    }
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        arena
            .http()?
            .begin(ENDLESS, move |_, _| Some(Answer::bare(status).with("text/html", "<h1>No entry</h1>")));
        let given = arena.settings(Tongue::Default);
        let place = format!("where all is {status}");
        let said = refused(arena, &given).await.map_err(|finding| finding.at(&place))?;
        for setting in arena.examined.connector().settings().iter().filter(|setting| setting.is_secret) {
            let secret = given.secret(setting.variable).map(|secret| secret.expose_secret().to_owned());
            ensure(secret.is_none_or(|secret| !said.contains(&secret)), || {
                format!("{place} the value of {} is shown", setting.variable)
            })?;
        }
    }
    for question in questions(arena, &catalogue).await? {
        let asked = question.clone();
        arena.http()?.begin(ENDLESS, move |call, answer| {
            let is_refused = call.question() == asked;
            Some(if is_refused { Answer::bare(StatusCode::FORBIDDEN) } else { answer })
        });
        let place = format!("{question} alone is answered with 403");
        match tour(arena, &catalogue).await.map_err(|finding| finding.at(&place))? {
            // Without it everything could be known all the same; a picture is one picture.
            Toured::Done | Toured::NoPicture(_) | Toured::Failed(PlatformError::Settings { .. }) => {}
            Toured::Failed(error) => {
                return Err(Finding::new(format!(
                    "{place}: that is not told as a wrong setting, but {error:?}"
                )));
            }
        }
    }
    Ok(())
}

/// Each wrong secret is named, at once, and not shown.
async fn wrong_secrets(arena: &Arena<'_>) -> Verdict {
    let wrong_secrets = arena.examined.wrong_secrets();
    for setting in arena.examined.connector().settings().iter().filter(|setting| setting.is_secret) {
        let variable = setting.variable;
        if arena.settings(Tongue::Default).secret(variable).is_none() {
            // It takes the place of others, which are told here.
            continue;
        }
        let Some((_, wrong)) = wrong_secrets.iter().find(|(known, _)| *known == variable) else {
            return Err(Finding::new(format!("no wrong {variable} is told to be tried")));
        };
        let mut given = arena.settings(Tongue::Default);
        given.insert(variable, wrong);
        arena.road.begin_plain();
        let said = refused(arena, &given)
            .await
            .map_err(|finding| finding.at(&format!("with a wrong {variable}")))?;
        ensure(said.contains(variable), || format!("a wrong {variable} is not named: {said}"))?;
        ensure(!said.contains(wrong), || format!("the value of {variable} is shown"))?;
    }
    Ok(())
}

/// What is said to one who is let in nowhere, which must be said at once and as a matter of settings.
async fn refused(arena: &Arena<'_>, given: &Given) -> Result<String, Finding> {
    let platform = arena.open_with(given)?;
    let checked = platform.check().await.err();
    let read = arena.read(&*platform, Scope::All).await?.end.err();
    let mut said = Vec::new();
    for (what, error) in [("a check", checked), ("a read", read)] {
        match error {
            Some(PlatformError::Settings { what, hint }) if !what.is_empty() && !hint.is_empty() => {
                said.push(format!("{what} / {hint}"));
            }
            other => {
                return Err(Finding::new(format!("{what} is not told of a wrong setting, but {other:?}")));
            }
        }
    }
    let attempts = arena.road.attempts();
    ensure(attempts <= 2 * MOST_CALLS_REFUSED, || {
        format!("the shop was asked {attempts} times by who is not let in")
    })?;
    Ok(said.join("\n"))
}
