//! `status`: what the state knows of a shop. Asks nobody, unless only the shop tells which one it is.

use chrono::{DateTime, SecondsFormat, Utc};
use connector::RunError;
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use state::{Holder, LeaseKind, Run, Store, StoredReject};

use super::Session;
use crate::keeper::Whose;
use crate::output::{number, of_variant};
use crate::verdict::meaning;

/// How many rejects people are shown at most, unless they ask for all of them.
const REJECTS: usize = 20;

/// How many runs are shown.
const RUNS: u64 = 10;

/// Shows what is linked, what is rejected, and the last runs; or all that is rejected.
pub(super) async fn status(session: &Session) -> Result<(), RunError> {
    let whose = session.find_out_whose().await?;
    let store = session.keeper.find(&whose).await?;
    if session.lists_rejected {
        return match store {
            Some(store) => all_rejected(session, &store).await,
            None => {
                head(session);
                session.output.result_for_people(nothing_known(session, &whose)?);
                Ok(())
            }
        };
    }
    let counts = match &store {
        Some(store) => (store.count_links().await?, store.count_rejects().await?),
        None => (0, 0),
    };
    if session.output.is_json() {
        session.output.json(for_programs(session, &whose, counts)?);
    } else {
        for_people(session, &whose, store.is_some().then_some(counts))?;
    }
    let Some(store) = store else { return Ok(()) };
    rejects(session, &store).await?;
    runs(session, &store).await
}

fn nothing_known(session: &Session, whose: &Whose) -> Result<String, RunError> {
    let place = session.keeper.nothing_known(&whose.shop)?;
    Ok(format!("Nothing is known of this shop here: {place}"))
}

/// Whose state it is, and how much it knows; nothing where it knows nothing of the shop.
fn for_people(session: &Session, whose: &Whose, counts: Option<(u64, u64)>) -> Result<(), RunError> {
    let (base_url, guid) = &whose.gateway;
    let say = |line: String| session.output.result_for_people(line);
    say(format!("{} shop {}", session.title, whose.shop.shop));
    say(format!("  marketplace  {base_url}"));
    say(format!("  shop guid    {guid}"));
    let Some((linked, rejected)) = counts else {
        say(nothing_known(session, whose)?);
        return Ok(());
    };
    say(format!("  state        {}", session.keeper.url(&whose.shop)?));
    say(format!("  linked       {}", number(linked, "variant")));
    say(format!("  rejected     {rejected}"));
    Ok(())
}

fn for_programs(session: &Session, whose: &Whose, (linked, rejected): (u64, u64)) -> Result<Value, RunError> {
    Ok(json!({
        "event": "status",
        "state": session.keeper.url(&whose.shop)?.to_string(),
        "there": session.keeper.is_there(&whose.shop)?,
        "base_url": whose.gateway.0.as_str(),
        "gateway_shop": whose.gateway.1.to_string(),
        "shop": whose.shop.shop.as_str(),
        "linked": linked,
        "rejected": rejected,
    }))
}

/// All that is rejected. Ids that are numbers are in the order of numbers, and before the others.
async fn in_order(store: &Store) -> Result<Vec<StoredReject>, RunError> {
    let mut rejects: Vec<StoredReject> = store.rejects().try_collect().await?;
    // Those of one product stay as they were told.
    rejects.sort_by_cached_key(|reject| {
        let id = reject.product.as_str();
        (id.parse::<u128>().unwrap_or(u128::MAX), id.to_owned())
    });
    Ok(rejects)
}

/// Of people's rejects the first, of programs' all, and of those who want to hear of nothing else.
async fn rejects(session: &Session, store: &Store) -> Result<(), RunError> {
    let output = &session.output;
    let rejects = in_order(store).await?;
    if output.is_json() {
        rejects.iter().for_each(|reject| output.json(reject_for_programs(reject)));
        return Ok(());
    }
    if output.is_quiet() {
        rejects.iter().for_each(|reject| output.result(reject_for_people(reject)));
        return Ok(());
    }
    if !rejects.is_empty() {
        output.result("");
        output.result("Rejected");
    }
    for reject in rejects.iter().take(REJECTS) {
        output.result(format!("  {}", reject_for_people(reject)));
    }
    if let more @ 1.. = rejects.len().saturating_sub(REJECTS) {
        output.result(format!(
            "  and {more} more: `status --rejected` shows all of them, with --output csv as a table"
        ));
    }
    Ok(())
}

/// All that is rejected, and nothing else.
async fn all_rejected(session: &Session, store: &Store) -> Result<(), RunError> {
    let output = &session.output;
    head(session);
    let rejects = in_order(store).await?;
    for reject in &rejects {
        if output.is_json() {
            output.json(reject_for_programs(reject));
        } else if output.is_csv() {
            let StoredReject { product, row } = reject;
            let variant = row.variant.as_ref().map(ToString::to_string).unwrap_or_default();
            let name = row.name.as_deref().unwrap_or_default();
            record(session, &[product.as_str(), &variant, name, &row.reason, &time(row.since)]);
        } else {
            output.result(reject_for_people(reject));
        }
    }
    if rejects.is_empty() {
        output.result_for_people("Nothing is rejected.");
    }
    Ok(())
}

fn head(session: &Session) {
    if session.output.is_csv() {
        record(session, &["product", "variant", "name", "reason", "since"]);
    }
}

/// A row of the table. What a spreadsheet would reckon with instead of showing it is made a text.
fn record(session: &Session, cells: &[&str]) {
    let is_formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cells = cells.iter().map(|cell| match is_formula(cell) {
        true => format!("'{cell}"),
        false => (*cell).to_owned(),
    });
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _written = writer.write_record(cells);
    session.output.bytes(&writer.into_inner().unwrap_or_default());
}

/// A time for programs, to the second.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn reject_for_people(reject: &StoredReject) -> String {
    let StoredReject { product, row } = reject;
    let name = row.name.as_deref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
    format!(
        "{}{name}: {} (since {})",
        of_variant(product, row.variant.as_ref()),
        row.reason,
        row.since.format("%Y-%m-%d")
    )
}

fn reject_for_programs(reject: &StoredReject) -> Value {
    let StoredReject { product, row } = reject;
    json!({
        "event": "rejected",
        "product": product.as_str(),
        "variant": row.variant.as_ref().map(ToString::to_string),
        "name": row.name,
        "reason": row.reason,
        "since": time(row.since),
    })
}

/// The last runs, the newest first.
async fn runs(session: &Session, store: &Store) -> Result<(), RunError> {
    let output = &session.output;
    let runs = store.last_runs(RUNS).await?;
    let is_open = |run: &&Run| run.end.is_none();
    // One at a time is at work: of several without an end the newest, the others broke off.
    let at_work = match runs.iter().find(is_open) {
        Some(newest) => store.holder(LeaseKind::Import).await?.map(|holder| (newest.id, holder)),
        None => None,
    };
    if !runs.is_empty() && !output.is_json() {
        output.result_for_people("");
        output.result_for_people("Last runs");
    }
    for run in &runs {
        let holder = at_work.as_ref().filter(|(id, _)| *id == run.id).map(|(_, holder)| holder);
        if output.is_json() {
            output.json(run_for_programs(run, holder));
        } else {
            output.result_for_people(format!("  {}", run_for_people(run, holder)));
            if let Some(error) = run.end.as_ref().and_then(|end| end.error.as_deref()) {
                output.result_for_people(format!("    {error}"));
            }
        }
    }
    Ok(())
}

fn run_for_programs(run: &Run, holder: Option<&Holder>) -> Value {
    let end = run.end.as_ref();
    json!({
        "event": "run",
        "command": run.command,
        "begun": time(run.begun),
        "ended": end.map(|end| time(end.at)),
        "at_work": holder.map(|holder| &holder.by),
        "exit": end.map(|end| end.exit),
        "counts": end.map(|end| &end.counts),
        "error": end.and_then(|end| end.error.as_deref()),
    })
}

fn run_for_people(run: &Run, holder: Option<&Holder>) -> String {
    let begun = format!("{} {}", run.begun.format("%Y-%m-%d %H:%M:%S UTC"), run.command);
    let Some(end) = &run.end else {
        return match holder {
            Some(Holder { by, heard: Some(heard), .. }) => format!("{begun}: at work ({by}; {heard})"),
            Some(Holder { by, .. }) => format!("{begun}: at work ({by})"),
            None => format!("{begun}: broke off"),
        };
    };
    let took = (end.at - run.begun).to_std().unwrap_or_default().as_secs_f64();
    let counted = ["created", "updated", "unchanged", "rejected", "archived"].map(|what| {
        let count = end.counts.get(what).and_then(Value::as_u64).unwrap_or_default();
        format!("{count} {what}")
    });
    format!("{begun}, {took:.1} s, exit {} ({}): {}", end.exit, meaning(end.exit), counted.join(", "))
}
