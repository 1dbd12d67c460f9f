//! Results for people.

use std::time::Duration;

use connector::{Candidate, Change, Event, Rendered, Summary, Warning};
use gateway_core::gateway::Terms;
use serde_json::Value;

use super::wording::{number, of_variant};
use super::{Ending, Kind, levels};
use crate::verdict::SOME_REJECTED;

/// A line for an event that has one.
pub(super) fn event(event: &Event<'_>) -> String {
    match event {
        Event::Would(rendered) => would_create(rendered),
        Event::Changed(change) => changed(change),
        Event::Candidate(candidate) => can_be_linked(candidate),
        Event::Fault(fault) => fault.to_string(),
        Event::Rejected { reject, .. } => {
            let name = reject.name.as_deref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
            format!(
                "rejected {}{name}: {}",
                of_variant(&reject.product, reject.variant.as_ref()),
                reject.reason
            )
        }
        Event::Skipped(skip) => format!("skipped {}: {}", skip.product, skip.why),
        Event::Warning(told) => warning(told),
        Event::Level(change) => levels::set(change),
        Event::LevelNotice(notice) => levels::notice(notice),
        Event::NothingNew { what } => {
            format!("nothing to do: {what} is imported already; --again imports it again")
        }
        _ => String::new(),
    }
}

/// Without "warning:", which the writer of warnings adds.
pub(super) fn warning(warning: &Warning) -> String {
    match &warning.product {
        Some(product) => format!("{}: {}", of_variant(product, warning.variant.as_ref()), warning.what),
        None => warning.what.clone(),
    }
}

fn would_create(rendered: &Rendered) -> String {
    let item = &rendered.item;
    let fields = &item.product;
    let source = fields.data.source().map(|source| source.id);
    let id = source.map(|source| of_variant(&source.product, Some(&source.variant))).unwrap_or_default();
    let attributes: Vec<String> = fields
        .data
        .as_object()
        .get("variants")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name} {}", value.as_str().unwrap_or_default()))
        .collect();
    let attributes =
        if attributes.is_empty() { String::new() } else { format!(" ({})", attributes.join(", ")) };
    format!(
        "would create {id} \"{}\"{attributes}: {} {} net, {}, stock {}, {}, {}",
        fields.name,
        fields.net_price.normalize(),
        Terms::default().currency().code(),
        fields.vat,
        item.stock_level,
        number(rendered.images.len() as u64, "picture"),
        if item.for_sale { "for sale" } else { "not for sale" },
    )
}

fn changed(change: &Change<'_>) -> String {
    let (was, would) = super::words(change.kind);
    let what = if change.is_done { was.to_owned() } else { format!("would {would}") };
    let why = match (change.why, change.fields.as_slice()) {
        (Some(why), _) => format!(": {why}"),
        (None, []) => String::new(),
        (None, fields) => format!(": {}", fields.join(", ")),
    };
    format!("{what} {} \"{}\"{why}", of_variant(&change.id.product, Some(&change.id.variant)), change.name)
}

fn can_be_linked(candidate: &Candidate) -> String {
    format!(
        "can be linked: {} \"{}\" and the marketplace's {}, which bear the SKU {}",
        of_variant(&candidate.product, Some(&candidate.variant)),
        candidate.name,
        candidate.guid,
        candidate.sku
    )
}

/// What a run waits for.
pub(super) fn waiting(variants: u64, at_most: Duration) -> String {
    format!(
        "waiting until the marketplace shows {} that {} written last, {} s at most",
        number(variants, "variant"),
        if variants == 1 { "was" } else { "were" },
        at_most.as_secs_f64().ceil()
    )
}

/// How far a run has come.
pub(super) fn progress(summary: &Summary, total: Option<usize>) -> String {
    if summary.levels.is_some() {
        return levels::progress(summary);
    }
    let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
    let counts = [
        (summary.created, "created"),
        (summary.updated, "updated"),
        (summary.unchanged, "unchanged"),
        (summary.archived, "archived"),
        (summary.rejected, "rejected"),
    ];
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if summary.images > 0 {
        parts.push(number(summary.images, "picture"));
    }
    let parts = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    format!("{}{of} products{parts}", summary.brought)
}

/// What a run sent, and how long it took.
fn sent(ending: &Ending) -> String {
    format!(
        "{} to the shop, {} to the marketplace, {:.1} s.",
        number(ending.requests.shop, "request"),
        ending.requests.gateway,
        ending.took.as_secs_f64(),
    )
}

/// What an import or a pass did, and what to do next.
pub(super) fn summary(kind: Kind, summary: &Summary, ending: &Ending) -> Vec<String> {
    if let Kind::Levels { is_dry_run } = kind {
        let ended =
            levels::Ended { has_failed: ending.error.is_some(), needs_a_look: ending.exit == SOME_REJECTED };
        return levels::summary(is_dry_run, ended, summary, &sent(ending));
    }
    // The products of a run that was left in the middle are not known.
    let products = match summary.products {
        0 if summary.created > 0 => String::new(),
        products => format!("{} read; ", number(products, "product")),
    };
    let (lead, would_be) = match kind {
        Kind::DryRun => ("Dry run: nothing was written. ", "would be "),
        _ => ("", ""),
    };
    let others =
        [(summary.updated, "updated"), (summary.archived, "archived"), (summary.unchanged, "unchanged")];
    let others = others.iter().filter(|(count, _)| *count > 0);
    let others: String = others.map(|(count, what)| format!(", {count} {what}")).collect();
    let mut lines = vec![
        String::new(),
        format!(
            "{lead}{products}{} {would_be}created{others}; {} {would_be}sent.",
            number(summary.created, "variant"),
            number(summary.images, "picture")
        ),
        format!(
            "{} rejected, {} skipped, {}. {}",
            summary.rejected,
            summary.skipped,
            number(summary.warnings, "warning"),
            sent(ending),
        ),
    ];
    lines.extend(next(kind, summary, ending).map(str::to_owned));
    lines
}

fn next(kind: Kind, summary: &Summary, ending: &Ending) -> Option<&'static str> {
    if ending.error.is_some() {
        return Some(match kind {
            Kind::DryRun => "This is not the whole catalogue: the run ended before its end.",
            _ => {
                "This is not the whole catalogue: the run ended before its end. What is done stays done; the next run goes on."
            }
        });
    }
    let is_to_do = summary.created + summary.updated + summary.archived > 0;
    let found = summary.created + summary.updated + summary.unchanged + summary.archived + summary.skipped;
    match (kind, summary.rejected) {
        (_, 0) if summary.nothing_new => None,
        (_, 0) if found == 0 => Some(
            "Next: nothing was found to import. Look into the shop whether it holds products that this key may read.",
        ),
        (_, 1..) => Some("Next: mend what was rejected, each for the reason given, and run this again."),
        (Kind::DryRun, 0) if is_to_do => Some("Next: run this without --dry-run."),
        (Kind::ImportWithoutCategories, 0) if summary.created > 0 => Some(
            "Next: what was created is in no category. `categories export` writes a file to map them; name it by --category-mapping.",
        ),
        _ => None,
    }
}
