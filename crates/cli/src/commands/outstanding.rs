//! `stock outstanding`: documents that were written for the shop, and that it has not taken in as far as is known.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use connector::{Outstanding, OutstandingLine, RunError, Settled};
use serde_json::{Number, Value, json};
use state::LeaseKind;

use super::Session;
use crate::output::number;

/// Lists them, or takes down what somebody says that became of one.
pub(super) async fn outstanding(session: &Session) -> Result<(), RunError> {
    let platform = session.platform()?;
    let Some((name, settled)) = &session.settles else {
        list(session, &platform.outstanding().await?);
        return Ok(());
    };
    let whose = session.find_out_whose().await?;
    // A pass that is at work asks for what is discarded, and counts what is not booked.
    let _held = session.keeper.take(&whose, LeaseKind::Stock).await?;
    let done = platform.settle_outstanding(name, *settled).await?;
    if session.output.is_json() {
        session.output.json(for_programs(session, &done));
    } else {
        let lines = number(done.lines.len() as u64, "change");
        let what = match settled {
            Settled::Booked => format!("its {lines} count as taken in"),
            Settled::Discarded => format!("the next pass writes what is left of its {lines} anew"),
        };
        session.output.result_for_people(format!("{}: {what}", done.numbers.join(", ")));
    }
    done.troubles.iter().for_each(|trouble| session.output.trouble(&format!("warning: {trouble}")));
    Ok(())
}

fn list(session: &Session, known: &[Outstanding]) {
    let output = &session.output;
    if output.is_json() {
        known.iter().for_each(|one| output.json(for_programs(session, one)));
        return;
    }
    if !known.iter().any(|one| one.settled.is_none()) {
        output.result_for_people("No document is outstanding.");
    }
    for one in known {
        output.result(for_people(session, one));
        for OutstandingLine { product, symbol, delta, .. } in &one.lines {
            output.result_for_people(format!("  {:+} {symbol} (product {product})", delta.normalize()));
        }
        one.troubles.iter().for_each(|trouble| output.result(format!("  warning: {trouble}")));
    }
    if known.iter().any(|one| one.settled.is_none()) {
        output.result_for_people(
            "Import each in the program. Whether it can be seen that this was done is not certain for every version of it: a file that stays \
             here although it was imported is told by --booked FILE, one that nobody is to import any more by --discard FILE.",
        );
    }
}

/// What a pass tells of them at its end: what it has written, and how many there are.
pub(super) async fn left_by_a_pass(session: &Session, begun: DateTime<Utc>) {
    let Ok(platform) = session.platform() else { return };
    let known = match platform.outstanding().await {
        Ok(known) => known,
        // Who only tells the marketplace needs no place for documents.
        Err(error) => return tracing::info!(%error, "it cannot be told which documents are outstanding"),
    };
    let output = &session.output;
    if output.is_json() {
        known.iter().for_each(|one| output.json(for_programs(session, one)));
    }
    let troubles = known.iter().flat_map(|one| &one.troubles);
    troubles.for_each(|trouble| output.trouble(&format!("warning: {trouble}")));
    let waiting = || known.iter().filter(|one| one.settled.is_none());
    for one in waiting().filter(|one| one.at >= begun) {
        output.result_for_people(format!(
            "{} written; import it in the program: {}",
            number(one.lines.len() as u64, "change"),
            one.file.display()
        ));
    }
    if waiting().next().is_some() {
        let count = number(waiting().count() as u64, "file");
        output.result_for_people(format!("{count} of documents outstanding; `stock outstanding` lists them"));
    }
}

fn for_people(session: &Session, one: &Outstanding) -> String {
    let settled = match one.settled {
        None => "",
        Some(Settled::Booked) => "taken in: ",
        Some(Settled::Discarded) => "discarded: ",
    };
    format!(
        "{settled}{} of {} ({} old), {}: {}",
        one.numbers.join(", "),
        one.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        age(age_of(session, one)),
        number(one.lines.len() as u64, "change"),
        one.file.display()
    )
}

fn for_programs(session: &Session, one: &Outstanding) -> Value {
    let event = match one.settled {
        None => "outstanding",
        Some(Settled::Booked) => "booked",
        Some(Settled::Discarded) => "discarded",
    };
    let exact = |line: &OutstandingLine| -> Number {
        // A decimal is written as JSON writes numbers.
        line.delta.normalize().to_string().parse().unwrap_or_else(|_| Number::from(0))
    };
    let line = |line: &OutstandingLine| json!({ "product": line.product.as_str(), "symbol": line.symbol, "delta": exact(line) });
    json!({
        "event": event,
        "numbers": one.numbers,
        "file": one.file.display().to_string(),
        "at": one.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "seconds": age_of(session, one).num_seconds(),
        "lines": one.lines.iter().map(line).collect::<Vec<_>>(),
        "troubles": one.troubles,
    })
}

/// How long ago it was written; nothing by a clock that was put back since.
fn age_of(session: &Session, one: &Outstanding) -> TimeDelta {
    session.clock.now().signed_duration_since(one.at).max(TimeDelta::zero())
}

fn age(age: TimeDelta) -> String {
    match (age.num_days(), age.num_hours(), age.num_minutes()) {
        (0, 0, minutes) => number(minutes.unsigned_abs(), "minute"),
        (0, hours, _) => number(hours.unsigned_abs(), "hour"),
        (days, ..) => number(days.unsigned_abs(), "day"),
    }
}
