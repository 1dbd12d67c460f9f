//! `status`: what the state knows of a shop. Asks nobody, unless only the shop tells which one it is.

use chrono::{DateTime, SecondsFormat, Utc};
use connector::RunError;
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use state::{Holder, LeaseKind, Run, Store, StoredReject};

use super::Session;
use crate::keeper::Whose;
use crate::output::{levels_of_a_pass, number, of_variant};
use crate::verdict::meaning;

/// How many rejects people are shown at most, unless they ask for all of them.
const REJECTS: usize = 20;

/// How many runs of each command are shown.
const RUNS: u64 = 10;

/// What runs are there for, each under the name of its command.
const KINDS: [LeaseKind; 2] = [LeaseKind::Import, LeaseKind::Stock];

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
        Some(store) => Counts::of(store).await?,
        None => Counts::default(),
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

/// How much is known of a shop.
#[derive(Clone, Copy, Default)]
struct Counts {
    linked: u64,
    rejected: u64,
    /// Variants of which the shop has not taken all yet that happened at the marketplace.
    owed: u64,
    /// Variants of which the marketplace is told less, because it is not certain what became of a write.
    held: u64,
}

impl Counts {
    async fn of(store: &Store) -> Result<Self, RunError> {
        let (linked, rejected) = (store.count_links().await?, store.count_rejects().await?);
        let mut counts = Self { linked, rejected, ..Self::default() };
        let mut levels = std::pin::pin!(store.levels());
        while let Some(row) = levels.try_next().await? {
            counts.owed += u64::from(!row.owed.is_zero());
            counts.held += u64::from(!row.held.is_zero());
        }
        Ok(counts)
    }
}

fn nothing_known(session: &Session, whose: &Whose) -> Result<String, RunError> {
    let place = session.keeper.nothing_known(&whose.shop)?;
    Ok(format!("Nothing is known of this shop here: {place}"))
}

/// Whose state it is, and how much it knows; nothing where it knows nothing of the shop.
fn for_people(session: &Session, whose: &Whose, counts: Option<Counts>) -> Result<(), RunError> {
    let (base_url, guid) = &whose.gateway;
    let say = |line: String| session.output.result_for_people(line);
    say(format!("{} shop {}", session.title, whose.shop.shop));
    say(format!("  marketplace  {base_url}"));
    say(format!("  shop guid    {guid}"));
    let Some(Counts { linked, rejected, owed, held }) = counts else {
        say(nothing_known(session, whose)?);
        return Ok(());
    };
    say(format!("  state        {}", session.keeper.url(&whose.shop)?));
    say(format!("  linked       {}", number(linked, "variant")));
    say(format!("  rejected     {rejected}"));
    if owed > 0 {
        say(format!(
            "  owed         {}: the shop has not taken all of what happened at the marketplace",
            number(owed, "level")
        ));
    }
    if held > 0 {
        say(format!(
            "  held         {}: the marketplace is told less until the level in the shop moves",
            number(held, "level")
        ));
    }
    Ok(())
}

fn for_programs(session: &Session, whose: &Whose, counts: Counts) -> Result<Value, RunError> {
    Ok(json!({
        "event": "status",
        "state": session.keeper.url(&whose.shop)?.to_string(),
        "there": session.keeper.is_there(&whose.shop)?,
        "base_url": whose.gateway.0.as_str(),
        "gateway_shop": whose.gateway.1.to_string(),
        "shop": whose.shop.shop.as_str(),
        "linked": counts.linked,
        "rejected": counts.rejected,
        "owed": counts.owed,
        "held": counts.held,
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

/// The last runs of each command, the newest first.
async fn runs(session: &Session, store: &Store) -> Result<(), RunError> {
    let output = &session.output;
    let mut runs = Vec::new();
    for kind in KINDS {
        runs.extend(store.last_runs(&kind.to_string(), RUNS).await?);
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.id));
    let mut at_work = Vec::new();
    for kind in KINDS {
        // One of a kind is at work at a time: of several without an end the newest, the others broke off.
        let newest = runs.iter().find(|run| run.end.is_none() && run.command == kind.to_string());
        if let Some(newest) = newest
            && let Some(holder) = store.holder(kind).await?
        {
            at_work.push((newest.id, holder));
        }
    }
    if !runs.is_empty() && !output.is_json() {
        output.result_for_people("");
        output.result_for_people("Last runs");
    }
    for run in &runs {
        let holder = at_work.iter().find(|(id, _)| *id == run.id).map(|(_, holder)| holder);
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
    let counted = levels_of_a_pass(&end.counts).unwrap_or_else(|| {
        let counted = ["created", "updated", "unchanged", "rejected", "archived"].map(|what| {
            let count = end.counts.get(what).and_then(Value::as_u64).unwrap_or_default();
            format!("{count} {what}")
        });
        counted.join(", ")
    });
    format!("{begun}, {took:.1} s, exit {} ({}): {counted}", end.exit, meaning(end.exit))
}
