//! The beginning of a run: everything that has to be known, and to be right, before anything is written.

use gateway_core::gateway::Gateway;
use xxhash_rust::xxh3::xxh3_128;

use super::Options;
use super::categories::Categories;
use super::holdings::Holdings;
use super::recall::{Known, Recall};
use super::rejects::Rejects;
use super::settle::Patience;
use super::tally::Tally;
use crate::{Event, Listener, Memory, Platform, RunError, Scope, ShopInfo, ShopName};

/// Logs in to the shop, and looks at what concerns every product: what the marketplace does not take of this shop is told
/// now, once, before anything is read or written.
///
/// # Errors
/// When the shop does not let us in, or its prices are in a currency that the marketplace does not take.
pub async fn open(
    platform: &dyn Platform,
    gateway: &Gateway,
    listener: Listener<'_>,
) -> Result<ShopInfo, RunError> {
    let info = platform.check().await?;
    listener(Event::Shop(&info));
    takes_currency(platform, gateway, &info)?;
    Ok(info)
}

/// Whether the marketplace takes the shop's currency.
///
/// # Errors
/// When it does not, with what to do about it.
pub fn takes_currency(platform: &dyn Platform, gateway: &Gateway, info: &ShopInfo) -> Result<(), RunError> {
    let taken = gateway.terms().currency();
    if info.currency == taken {
        return Ok(());
    }
    Err(RunError::settings(
        format!(
            "the shop {} sells in {}, and the marketplace takes {} only",
            platform.known_name()?.shop,
            info.currency.code(),
            taken.code()
        ),
        format!("set the shop's default currency to {}, or import another shop", taken.code()),
    ))
}

/// What the outcome of an import depends on beside the shop's goods, in one word: an import on other terms may find something to do
/// where the last one found nothing.
pub(super) fn terms(gateway: &Gateway, options: &Options) -> String {
    let Options { mapping, unmapped, images, prune, adopt, build, .. } = options;
    let marketplace = (gateway.base_url().as_str(), gateway.shop());
    let all = format!("{build} {marketplace:?} {mapping:?} {unmapped:?} {images:?} {prune} {adopt:?}");
    format!("{:032x}", xxh3_128(all.as_bytes()))
}

/// Everything that has to be known, and to be right, before anything is written; `None` when there is nothing to do.
pub(super) async fn begin<'a>(
    (platform, gateway): (&'a dyn Platform, &'a Gateway),
    memory: Memory<'a>,
    options: &'a Options,
    tally: &'a Tally<'a>,
    patience: Patience<'a>,
) -> Result<Option<(Known, Option<Categories>)>, RunError> {
    if options.prune && options.scope != Scope::All {
        return Err(RunError::settings(
            "--prune archives what the shop does not have any more, and --since and --product do not read all of it",
            "leave --prune out, or --since and --product",
        ));
    }
    open(platform, gateway, &|event| tally.tell(event)).await?;
    let may_be_done = options.scope == Scope::All && !options.dry_run && !options.again;
    if let Some(what) = may_be_done.then(|| platform.is_imported(&terms(gateway, options))).flatten()
        && has_goods_of(platform.known_name()?, gateway).await?
    {
        tally.count(|summary| summary.nothing_new = true);
        tally.tell(Event::NothingNew { what });
        return Ok(None);
    }
    if let (Scope::Since(_), Some(missed)) = (&options.scope, platform.abilities().since_misses) {
        tally.warn_of_run(format!("{missed}: a run without --since finds that too"));
    }
    let categories =
        Categories::resolve(platform, gateway, options.mapping.as_ref(), &options.unmapped, tally).await?;
    tally.recall_rejects(Rejects::recall(memory.store(), patience.clock.now()).await?);
    let shop = platform.known_name()?;
    let known = Recall { platform, shop, gateway, memory, options, patience, tally }.recall().await?;
    Ok(Some((known, categories)))
}

/// Whether the marketplace lets us in, and still has goods of this shop among its newest. A marketplace that was emptied, or put back to
/// an earlier day, has to be filled again whatever was imported before.
async fn has_goods_of(shop: &ShopName, gateway: &Gateway) -> Result<bool, RunError> {
    let newest = gateway.newest().await?;
    let marks = newest.iter().filter_map(|listed| listed.data.source());
    Ok(marks.into_iter().any(|mark| mark.id.platform == shop.platform && mark.id.shop == shop.shop))
}

/// Goods of another shop key, and none of this one, may be the same shop at its old address: to import it anew would
/// double everything.
pub(super) fn another_shop(shop: &ShopName, holdings: &Holdings) -> Result<(), RunError> {
    let Some((other, _)) = holdings.other_shops.iter().max_by_key(|(_, goods)| **goods) else {
        return Ok(());
    };
    let own = &shop.shop;
    let others: Vec<String> =
        holdings.other_shops.iter().map(|(key, goods)| format!("{key} ({goods} goods)")).collect();
    Err(RunError::settings(
        format!(
            "the marketplace holds no goods of {own}, but goods of {}. Nothing was written",
            others.join(", ")
        ),
        format!(
            "if {own} is the same shop at a new address, give --shop-key {other} from now on; if it is a second shop, give \
             --shop-key {own}"
        ),
    ))
}

/// Goods that another platform of ours has brought, and none of this one's: they may be those of the same shop.
pub(super) fn another_way(shop: &ShopName, holdings: &Holdings) -> Result<(), RunError> {
    let Some((other, goods)) = holdings.of_relatives.iter().max_by_key(|(_, goods)| **goods) else {
        return Ok(());
    };
    let (own, platform) = (&shop.shop, &shop.platform);
    Err(RunError::settings(
        format!(
            "the marketplace holds {goods} goods that {other} has brought, and none of {platform}'s: if they are those of {own}, each \
             would be there twice. Nothing was written"
        ),
        format!(
            "go on with {other}, or archive its goods at the marketplace before {platform} imports the shop; if they are another shop's, \
             give --shop-key {own}"
        ),
    ))
}
