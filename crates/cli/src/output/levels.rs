//! Stock levels, for people and for programs.

use connector::{LevelChange, LevelNotice, LevelSummary, NoticeKind, Side, Summary};
use rust_decimal::Decimal;
use serde_json::{Number, Value, json};

use super::wording::{number, of_variant};

/// What is counted of variants beside levels that were set or right, in the words for people.
const OTHERS: [(&str, &str); 10] = [
    ("first", "known for the first time"),
    ("waiting", "left for the next pass"),
    ("gone", "not in the shop any more"),
    ("not_offered", "not offered at the marketplace"),
    ("not_carried", "with a change that was not carried to the shop"),
    ("oversold", "oversold"),
    ("not_written", "not written"),
    ("moved", "that moved in the shop meanwhile"),
    ("uncertain", "of which it is not certain what became of a write"),
    ("unclear", "without a level that the shop tells"),
];

fn place(side: Side) -> &'static str {
    match side {
        Side::Shop => "in the shop",
        Side::Gateway => "at the marketplace",
    }
}

/// A level that was set.
pub(super) fn set(change: &LevelChange) -> String {
    let LevelChange { side, product, variant, from, to, is_done, .. } = change;
    let from = from.map_or_else(|| "unknown".to_owned(), |level| level.normalize().to_string());
    format!(
        "{} {} {}: {from} -> {}",
        if *is_done { "set" } else { "would set" },
        of_variant(product, Some(variant)),
        place(*side),
        to.normalize()
    )
}

/// Something to look at.
pub(super) fn notice(notice: &LevelNotice) -> String {
    let kind = match notice.kind {
        NoticeKind::Oversold => "oversold",
        NoticeKind::NotWritten => "not written",
        NoticeKind::Moved => "moved",
        NoticeKind::Uncertain => "uncertain",
        NoticeKind::Unclear => "unclear",
    };
    format!("{kind} {}: {}", of_variant(&notice.product, Some(&notice.variant)), notice.what)
}

/// A level that was set, for programs.
pub(super) fn set_for_programs(change: &LevelChange) -> Value {
    json!({
        "event": if change.is_done { "set_level" } else { "would_set_level" },
        "side": change.side,
        "product": change.product.as_str(),
        "variant": change.variant.as_str(),
        "guid": change.guid.to_string(),
        "from": change.from.as_ref().map(exact),
        "to": exact(&change.to),
    })
}

/// Something to look at, for programs.
pub(super) fn notice_for_programs(notice: &LevelNotice) -> Value {
    json!({
        "event": notice.kind,
        "product": notice.product.as_str(),
        "variant": notice.variant.as_str(),
        "guid": notice.guid.to_string(),
        "what": notice.what,
    })
}

/// Every digit of a level, as a number.
fn exact(level: &Decimal) -> Number {
    // A decimal is written as JSON writes numbers.
    level.normalize().to_string().parse().unwrap_or_else(|_| Number::from(0))
}

/// How far a pass has come.
pub(super) fn progress(summary: &Summary) -> String {
    let levels = summary.levels.clone().unwrap_or_default();
    let counts = [
        (levels.gateway, "set at the marketplace"),
        (levels.shop, "set in the shop"),
        (summary.unchanged, "unchanged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if counts.is_empty() { READS.to_owned() } else { format!("stock levels: {}", counts.join(", ")) }
}

/// What a pass does before there is something to count.
pub(super) const READS: &str = "reading stock levels";

/// How a pass ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ended {
    pub(super) has_failed: bool,
    /// Whether there is something to look at that is not counted.
    pub(super) needs_a_look: bool,
}

/// What a pass did, and what to do next. `sent` tells of its requests.
pub(super) fn summary(is_dry_run: bool, ended: Ended, summary: &Summary, sent: &str) -> Vec<String> {
    let levels = summary.levels.clone().unwrap_or_default();
    let (lead, be) = if is_dry_run { ("Dry run: nothing was written. ", "would be ") } else { ("", "") };
    let mut lines = vec![
        String::new(),
        format!(
            "{lead}{} {be}set at the marketplace, {} in the shop; {} unchanged.",
            number(levels.gateway, "level"),
            levels.shop,
            summary.unchanged
        ),
    ];
    let others = others(&serde_json::to_value(&levels).unwrap_or_default());
    if !others.is_empty() {
        lines.push(format!("Variants: {}.", others.join(", ")));
    }
    let warnings = match summary.warnings {
        0 => String::new(),
        some => format!("{}. ", number(some, "warning")),
    };
    lines.push(format!("{warnings}{sent}"));
    lines.extend(next(is_dry_run, ended, summary, &levels).into_iter().map(str::to_owned));
    lines
}

fn next(is_dry_run: bool, ended: Ended, summary: &Summary, levels: &LevelSummary) -> Vec<&'static str> {
    match (ended.has_failed, is_dry_run) {
        (true, true) => return vec!["This is not all: the pass ended before its end."],
        (true, false) => {
            return vec!["The pass ended before its end. What is done stays done; the next one goes on."];
        }
        (false, _) => {}
    }
    if summary.unchanged == 0 && *levels == LevelSummary::default() {
        return vec!["Next: nothing that is linked was found: import first."];
    }
    let lines = [
        (
            levels.has_trouble() || ended.needs_a_look,
            "Next: look at what is named above, in the shop and at the marketplace.",
        ),
        (
            levels.first > 0,
            match is_dry_run {
                true => {
                    "Next: what is linked anew will have its levels taken as they are; the shop is not written for it."
                }
                false => {
                    "Next: what is linked anew has its levels taken as they are; the shop was not written for it."
                }
            },
        ),
        (levels.waiting > 0, "Next: the next pass goes on with what is not seen yet."),
        (is_dry_run && levels.gateway + levels.shop > 0, "Next: run this without --dry-run."),
    ];
    lines.into_iter().filter_map(|(is_so, line)| is_so.then_some(line)).collect()
}

/// The remembered counts of a pass, for people; nothing when they are not a pass's.
pub(crate) fn of_a_pass(counts: &Value) -> Option<String> {
    let levels = counts.get("levels").filter(|levels| levels.is_object())?;
    let count = |of: &Value, what: &str| of.get(what).and_then(Value::as_u64).unwrap_or_default();
    let mut parts = vec![
        format!("{} set at the marketplace", number(count(levels, "gateway"), "level")),
        format!("{} in the shop", count(levels, "shop")),
        format!("{} unchanged", count(counts, "unchanged")),
    ];
    parts.extend(others(levels));
    Some(parts.join(", "))
}

/// What there is of [`OTHERS`].
fn others(levels: &Value) -> Vec<String> {
    let count = |what: &str| levels.get(what).and_then(Value::as_u64).unwrap_or_default();
    let counts = OTHERS.iter().map(|(what, words)| (count(what), words));
    counts.filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect()
}
