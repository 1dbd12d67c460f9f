//! Results for people.

use connector::{Event, Rendered, Summary, Warning};
use gateway_core::gateway::Terms;
use gateway_core::model::{ProductId, VariantId};
use serde_json::Value;

use super::Ending;

/// A line for an event that has one.
pub(super) fn event(event: &Event<'_>) -> String {
    match event {
        Event::Would(rendered) => would_create(rendered),
        Event::Rejected(reject) => {
            let name = reject.name.as_deref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
            format!("rejected {}{name}: {}", id(&reject.product, reject.variant.as_ref()), reject.reason)
        }
        Event::Skipped(skip) => format!("skipped {}: {}", skip.product, skip.why),
        Event::Warning(told) => warning(told),
        _ => String::new(),
    }
}

/// Without "warning:", which the writer of warnings adds.
pub(super) fn warning(warning: &Warning) -> String {
    match &warning.product {
        Some(product) => format!("{}: {}", id(product, warning.variant.as_ref()), warning.what),
        None => warning.what.clone(),
    }
}

fn id(product: &ProductId, variant: Option<&VariantId>) -> String {
    match variant {
        Some(variant) if !variant.is_simple() => format!("{product}/{variant}"),
        _ => product.to_string(),
    }
}

fn would_create(rendered: &Rendered) -> String {
    let item = &rendered.item;
    let fields = &item.product;
    let source = fields.data.source().map(|source| source.id);
    let id = source.map(|source| id(&source.product, Some(&source.variant))).unwrap_or_default();
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

/// How far a reading has come.
pub(super) fn progress(summary: &Summary, total: Option<usize>) -> String {
    let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
    let rejected = match summary.rejected {
        0 => String::new(),
        rejected => format!(", {rejected} rejected"),
    };
    format!("read {}{of} products, {} variants{rejected}", summary.products, summary.created)
}

/// What a dry run found, and what to do next.
pub(super) fn dry_run_summary(summary: &Summary, ending: &Ending) -> Vec<String> {
    // The products of a run that was left in the middle are not known.
    let products = match summary.products {
        0 if summary.created > 0 => String::new(),
        products => format!("{} read, ", number(products, "product")),
    };
    let mut lines = vec![
        String::new(),
        format!(
            "Dry run: nothing was written. {products}{} would be created and {} sent.",
            number(summary.created, "variant"),
            number(summary.images, "picture"),
        ),
        format!(
            "{} rejected, {} skipped, {}. {} to the shop, {} to the marketplace, {:.1} s.",
            summary.rejected,
            summary.skipped,
            number(summary.warnings, "warning"),
            number(ending.requests.shop, "request"),
            ending.requests.gateway,
            ending.took.as_secs_f64(),
        ),
    ];
    lines.extend(next(summary, ending).map(str::to_owned));
    lines
}

fn next(summary: &Summary, ending: &Ending) -> Option<&'static str> {
    if ending.error.is_some() {
        return Some("This is not the whole catalogue: the run ended before its end.");
    }
    Some(match (summary.created, summary.rejected) {
        (0, 0) => {
            "Next: nothing was found to import. Look into the shop whether it holds products that this key may read."
        }
        (_, 0) => "Next: nothing stands in the way of importing all of it; a later version does.",
        _ => "Next: mend in the shop what was rejected, each for the reason given, and run this again.",
    })
}

fn number(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
