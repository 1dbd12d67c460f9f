//! A large shop, of which little has changed.

use gateway_core::gateway::{Guid, SourceMark};
use gateway_core::model::{ProductId, StockLevel, VariantId};
use sandbox::gateway::Options as GatewayOptions;
use serde_json::json;
use state::{LeaseKind, Link};

use super::world::{LEVEL, World};
use crate::arena::{Arena, no_memory};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product, SIMPLE, Texts};

/// How many goods the shop has.
const GOODS: u32 = 10_000;

/// How many of them have changed.
const CHANGED: u32 = 10;

/// Ten levels of ten thousand have changed: they cost what is declared, and nothing else is written.
pub(super) async fn requests(arena: &Arena<'_>) -> Verdict {
    let mut catalogue = Catalogue::empty();
    catalogue.products = (1..=GOODS).map(plain).collect();
    let world = World::unlinked(arena, catalogue, GatewayOptions::default()).await?;
    let guids = link(&world).await?;
    let changed: Vec<u32> = (1..=CHANGED).map(|place| place * (GOODS / CHANGED)).collect();
    let is_market = |place: usize| world.writes() && place.is_multiple_of(2);
    let mut in_shop = Vec::new();
    for (place, key) in changed.iter().enumerate() {
        let guid = guids.get(*key as usize - 1).map(String::as_str).unwrap_or_default();
        if !is_market(place) {
            in_shop.push(*key);
        } else if !world.marketplace.gateway.set_stock(guid, LEVEL - 1) {
            return Err(Finding::new(format!("the marketplace has no {guid}")));
        }
    }
    // What stands in a file is not set yet.
    let writes = if world.is_by_file() { 0 } else { (changed.len() - in_shop.len()) as u64 };
    world.counter.sell(&in_shop);
    arena.road.begin_plain();
    let passed = world.done().await?;
    let asked = arena.road.asked();
    let most = arena.declared.requests_of_stock as usize;
    ensure(asked.len() <= most, || {
        let last: Vec<&String> = asked.iter().rev().take(10).collect();
        format!(
            "{CHANGED} changes among {GOODS} levels cost {} requests, and {most} are declared; the last are {last:?}",
            asked.len()
        )
    })?;
    let levels = passed.summary.levels.unwrap_or_default();
    ensure((levels.shop, levels.gateway) == (writes, in_shop.len() as u64), || {
        format!(
            "{writes} levels were to be set in the shop and {} at the marketplace, and {} and {} were",
            in_shop.len(),
            levels.shop,
            levels.gateway
        )
    })?;
    for key in changed {
        world.is_in_shop((key, SIMPLE), LEVEL - 1)?;
    }
    Ok(())
}

/// A product of which little is told, so that little of it has to be read.
fn plain(key: u32) -> Product {
    let mut product =
        Product { description: Texts::default(), brief: Texts::default(), ..Product::simple(key, "A", "A") };
    product.pictures.clear();
    for variant in &mut product.variants {
        variant.stock = StockLevel::Quantity(LEVEL.into());
    }
    product
}

/// Puts the goods into the marketplace and remembers which they are, as an import would in much more time.
async fn link(world: &World<'_>) -> Result<Vec<String>, Finding> {
    let wrong = |error: &dyn std::fmt::Display| Finding::new(error.to_string());
    let platform = world.arena.open()?;
    platform.check().await.map_err(|error| wrong(&error))?;
    let shop = platform.known_name().map_err(no_memory)?;
    let goods = |_| json!({ "name": "A", "stock_level": LEVEL });
    let guids = world.marketplace.gateway.seed(GOODS as usize, goods);
    let mut links = Vec::new();
    for (key, guid) in (1..).zip(&guids) {
        let (product, variant) = world.arena.shop.ids(key, SIMPLE);
        let product = ProductId::new(&product).map_err(|error| wrong(&error))?;
        let variant = VariantId::new(&variant).map_err(|error| wrong(&error))?;
        let mark = SourceMark::new(shop.external_id(&product, &variant));
        let guid = Guid::parse(guid).ok_or_else(|| Finding::new(format!("{guid} is no guid")))?;
        links.push(Link { stock_base: Some(LEVEL.into()), ..Link::of_mark(guid, mark) });
    }
    let store = world.arena.memory(&world.marketplace, shop).await?;
    let lease = store.lease(LeaseKind::Import, "conformance").await.map_err(no_memory)?;
    store.link_created(&lease, &links, &[]).await.map_err(no_memory)?;
    lease.release().await.map_err(no_memory)?;
    Ok(guids)
}
