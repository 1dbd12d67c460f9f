//! The import: from a shop's products to what the marketplace is sent.
//!
//! So far it reads: [`dry_run`] goes through the whole catalogue and tells what would be sent, and writes nothing.

use std::collections::HashSet;

use futures::StreamExt as _;
use gateway_core::gateway::Gateway;
use gateway_core::model::{ImageRef, Product, Reject, RejectReason};
use tokio_util::sync::CancellationToken;

use crate::{Event, Item, Listener, Platform, RunError, Scope, ShopInfo, Summary, Warning, render};

/// More products than this that the shop cannot deliver are no longer single faults but a fault of the run.
pub const MOST_UNDELIVERABLE: usize = 20;

/// How many products are read between two tellings of the progress.
const PROGRESS_EVERY: u64 = 100;

/// What an import is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which products.
    pub scope: Scope,
}

/// Logs in on both sides, and looks at what concerns every product: what the marketplace does not take of this shop is
/// told now, once, before anything is read or written.
///
/// # Errors
/// When either side does not let us in, or the shop's prices are in a currency that the marketplace does not take.
pub async fn open(
    platform: &dyn Platform,
    gateway: &Gateway,
    listener: Listener<'_>,
) -> Result<ShopInfo, RunError> {
    // The shop first: its settings are the ones that people get wrong.
    let info = platform.check().await?;
    gateway.newest().await?;
    listener(Event::Shop(&info));
    let taken = gateway.terms().currency();
    if info.currency != taken {
        return Err(RunError::settings(
            format!(
                "the shop {} sells in {}, and the marketplace takes {} only",
                platform.name().shop,
                info.currency.code(),
                taken.code()
            ),
            format!("set the shop's default currency to {}, or import another shop", taken.code()),
        ));
    }
    Ok(info)
}

/// Reads the shop's products and tells, by [`Event::Would`], what the marketplace would be sent; writes nothing. The
/// summary is told as it grows, and stands in `summary` also when the run fails.
///
/// # Errors
/// When the run cannot go on; single products that are wrong are told as rejects.
pub async fn dry_run(
    platform: &dyn Platform,
    gateway: &Gateway,
    options: &Options,
    listener: Listener<'_>,
    stop: &CancellationToken,
    summary: &mut Summary,
) -> Result<(), RunError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => return Err(RunError::Stopped),
        opened = open(platform, gateway, listener) => drop(opened?),
    }
    if let (Scope::Since(_), Some(missed)) = (&options.scope, platform.abilities().since_misses) {
        let what = format!("{missed}: a run without --since finds that too");
        summary.warnings += 1;
        listener(Event::Warning(&Warning { product: None, variant: None, what }));
    }
    let mut undeliverable = 0;
    let mut products = platform.products(options.scope.clone());
    loop {
        let item = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(RunError::Stopped),
            item = products.next() => item,
        };
        match item.transpose()? {
            Some(Item::Product(product, warnings)) => {
                summary.products += 1;
                for warning in &warnings {
                    summary.warnings += 1;
                    listener(Event::Warning(warning));
                }
                would_create(platform, gateway, &product, listener, summary);
                if summary.products.is_multiple_of(PROGRESS_EVERY) {
                    listener(Event::Progress(summary));
                }
            }
            Some(Item::Reject(reject)) => {
                undeliverable += usize::from(matches!(reject.reason, RejectReason::Undeliverable(_)));
                if undeliverable > MOST_UNDELIVERABLE {
                    return Err(RunError::Failed {
                        what: format!(
                            "the shop {} cannot deliver more than {MOST_UNDELIVERABLE} products, the last of them {}",
                            platform.name().shop,
                            reject.product
                        ),
                        hint: Some("look into the error log of the shop".to_owned()),
                    });
                }
                tell_reject(&reject, listener, summary);
            }
            Some(Item::Skipped(skip)) => {
                summary.skipped += skip.variants;
                listener(Event::Skipped(&skip));
            }
            // Where the end is partial, each product that did not come has been told as a reject.
            Some(Item::End(_)) => {
                listener(Event::Progress(summary));
                return Ok(());
            }
            None => {
                return Err(RunError::Failed {
                    what: format!("the list of products of {} broke off", platform.name().shop),
                    hint: None,
                });
            }
        }
    }
}

fn would_create(
    platform: &dyn Platform,
    gateway: &Gateway,
    product: &Product,
    listener: Listener<'_>,
    summary: &mut Summary,
) {
    // Variants share pictures, and each goes once.
    let mut pictures = HashSet::new();
    for variant in product.variants() {
        match render(gateway.terms(), platform.name(), product, variant) {
            Ok(rendered) => {
                for warning in &rendered.warnings {
                    summary.warnings += 1;
                    listener(Event::Warning(warning));
                }
                summary.created += 1;
                pictures.extend(variant.images.iter().map(ImageRef::identity));
                listener(Event::Would(&rendered));
            }
            Err(reason) => {
                let reject = Reject {
                    product: product.id().clone(),
                    variant: Some(variant.id.clone()),
                    name: Some(product.name().as_str().to_owned()),
                    reason,
                };
                tell_reject(&reject, listener, summary);
            }
        }
    }
    summary.images += pictures.len() as u64;
}

fn tell_reject(reject: &Reject, listener: Listener<'_>, summary: &mut Summary) {
    summary.rejected += 1;
    listener(Event::Rejected(reject));
}
