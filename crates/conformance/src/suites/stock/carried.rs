//! What happens on one side, and what becomes of it on the other.

use std::collections::BTreeMap;
use std::sync::Mutex;

use connector::RunError;
use connector::stock::Direction;
use gateway_core::assumptions::STOCK_LEVEL_OF_UNKNOWN;
use gateway_core::model::StockLevel;
use http::Method;

use super::world::{LEVEL, World, simple};
use crate::arena::Arena;
use crate::finding::{Verdict, ensure};
use crate::goods::Product;

/// Sales, goods received and corrections on either side, then a pass that has nothing to do.
pub(super) async fn sold(arena: &Arena<'_>) -> Verdict {
    let world = World::new(arena, 9).await?;
    world.idle().await.map_err(|finding| finding.at("right behind the import"))?;
    world.counter.moves(simple(1), -3);
    world.counter.moves(simple(2), 5);
    world.market_moves(simple(3), -4)?;
    if !world.writes() {
        return only_followed(&world).await;
    }
    world.counter.moves(simple(5), -1);
    world.market_moves(simple(5), -2)?;
    // Somebody counts at the marketplace while the shop sells.
    world.counter.moves(simple(6), -1);
    world.set_market(simple(6), 13)?;
    let levels = [(1, 7), (2, 15), (3, 6), (5, 7), (6, 12)].map(|(product, level)| (simple(product), level));
    let mut levels = BTreeMap::from(levels);
    // One of a family, whose others stay as they are.
    let family = world.keys().into_iter().find(|(product, _)| *product == 4);
    if let Some(family) = family {
        world.market_moves(family, -4)?;
        levels.insert(family, LEVEL - 4);
    }
    world.done().await?;
    world.are_on_both(&levels)?;
    world.idle().await
}

/// Of a shop that cannot be written the marketplace gets the levels, and the shop nothing.
async fn only_followed(world: &World<'_>) -> Verdict {
    world.set_market(simple(6), 13)?;
    world.done().await?;
    world.is_on_both(simple(1), 7)?;
    world.is_on_both(simple(2), 15)?;
    world.is_on_both(simple(6), LEVEL)?;
    let place = "what the marketplace sold is not put on sale again before the shop's level moves";
    world.is_at_market(simple(3), LEVEL - 4).map_err(|finding| finding.at(place))?;
    world.idle().await?;
    world.is_at_market(simple(3), LEVEL - 4).map_err(|finding| finding.at(place))?;
    world.counter.moves(simple(3), -3);
    world.later();
    world.done().await?;
    world.is_on_both(simple(3), LEVEL - 3)?;
    let refused = world.pass_with(|options| options.direction = Some(Direction::Both)).await?;
    ensure(matches!(refused.end, Err(RunError::Settings { .. })), || {
        format!(
            "levels are to go both ways, which this shop cannot, and the pass ends with {:?}",
            refused.end
        )
    })?;
    ensure(world.watch.asked() == 0, || "the shop was asked for changes, and cannot be written".to_owned())?;
    world.idle().await
}

/// The shop sells between the pass's reading and its writes.
pub(super) async fn meanwhile(arena: &Arena<'_>) -> Verdict {
    for by in [-3, 4] {
        let world = World::new(arena, 3).await?;
        if world.writes() {
            world.market_moves(simple(1), -2)?;
            let counter = world.counter.clone();
            world.watch.before_changes(move || counter.moves(simple(1), by));
            world.done().await?;
            world.calm();
            let market = world.market(simple(1))?;
            let place = format!("the shop's level moves by {by} while a pass is about to write it");
            ensure(market <= LEVEL - 2 + by.max(0), || {
                format!("{place}: the marketplace sells {market}, more than there is")
            })?;
            world.rest().await?;
            world.is_on_both(simple(1), LEVEL - 2 + by).map_err(|finding| finding.at(&place))?;
        }
        world.counter.moves(simple(2), -1);
        let (counter, once) = (world.counter.clone(), Mutex::new(true));
        world.later();
        world.way.guard(move |method, path| {
            let is_write = *method != Method::GET && !path.ends_with("/_query");
            if is_write && std::mem::take(&mut *sandbox_kit::lock(&once)) {
                counter.moves(simple(2), by);
            }
            None
        });
        world.done().await?;
        world.calm();
        world.rest().await?;
        let place = format!("the shop's level moves by {by} while the marketplace is written");
        world.is_on_both(simple(2), LEVEL - 1 + by).map_err(|finding| finding.at(&place))?;
        world.idle().await?;
    }
    Ok(())
}

/// There is some, and nobody knows how much.
pub(super) async fn unknown(arena: &Arena<'_>) -> Verdict {
    let told = i64::from(STOCK_LEVEL_OF_UNKNOWN);
    let world = World::new(arena, 3).await?;
    world.counter.set(simple(1), StockLevel::Unknown);
    world.done().await?;
    world.is_at_market(simple(1), told)?;
    world.idle().await?;
    world.market_moves(simple(1), -5)?;
    world.idle().await.map_err(|finding| finding.at("the marketplace sells what nobody counts"))?;
    ensure(world.counter.level(simple(1)) == StockLevel::Unknown, || {
        "what nobody counts was given a level".to_owned()
    })?;
    world.counter.set(simple(1), StockLevel::Quantity(6.into()));
    world.later();
    world.done().await?;
    world.is_on_both(simple(1), 6)?;
    world.idle().await
}

/// A product goes, and one of a family, and they come back.
pub(super) async fn vanished(arena: &Arena<'_>) -> Verdict {
    let world = World::new(arena, 9).await?;
    let mut gone = vec![simple(2)];
    gone.extend(world.keys().into_iter().find(|(product, _)| *product == 4));
    world.market_moves(simple(2), -1)?;
    let mut kept: Vec<Product> = Vec::new();
    world.counter.change(|catalogue| {
        kept.clone_from(&catalogue.products);
        for (product, variant) in &gone {
            if let Some(product) = catalogue.product_mut(*product) {
                product.variants.retain(|known| known.key != *variant);
            }
        }
        catalogue.products.retain(|product| !product.variants.is_empty());
    });
    world.done().await?;
    for key in &gone {
        world.is_at_market(*key, 0)?;
    }
    world.is_on_both(simple(1), LEVEL)?;
    world.idle().await?;
    world.counter.change(|catalogue| catalogue.products.clone_from(&kept));
    for key in &gone {
        world.counter.set(*key, StockLevel::Quantity(4.into()));
    }
    world.later();
    world.done().await?;
    // What was sold before the shop did not have it any more is still to be taken off there.
    let sold = |key: &_| i64::from(world.writes() && *key == simple(2));
    world.are_on_both(&gone.iter().map(|key| (*key, 4 - sold(key))).collect())?;
    world.idle().await
}

/// The marketplace is told of less than there is.
pub(super) async fn buffer(arena: &Arena<'_>) -> Verdict {
    let world = World { buffer: 2, ..World::new(arena, 3).await? };
    world.counter.set(simple(2), StockLevel::Quantity(1.into()));
    world.done().await?;
    world.are_on_both(&BTreeMap::from([(simple(2), 1)]))?;
    world.idle().await?;
    world.counter.moves(simple(1), -3);
    let mut levels = BTreeMap::from([(simple(1), 7), (simple(2), 1)]);
    if world.writes() {
        world.market_moves(simple(3), -4)?;
        levels.insert(simple(3), 6);
    }
    world.done().await?;
    world.are_on_both(&levels)?;
    world.idle().await
}

/// Both sides sell the last ones, and then there are more.
pub(super) async fn deficit(arena: &Arena<'_>) -> Verdict {
    let world = World::new(arena, 3).await?;
    world.counter.moves(simple(1), -8);
    world.market_moves(simple(1), -9)?;
    let passed = world.done().await?;
    let left = match (world.writes(), world.below_zero) {
        (true, true) => -7,
        (true, false) => 0,
        // What the marketplace sold is the shop's to take off.
        (false, _) => 2,
    };
    world.is_on_both(simple(1), left)?;
    let is_told = passed.summary.levels.is_some_and(|levels| levels.oversold == 1);
    ensure(is_told || !world.writes(), || {
        "the marketplace sold more than there is, and nobody is told".to_owned()
    })?;
    world.idle().await?;
    world.counter.moves(simple(1), 20);
    world.done().await?;
    let owed = if world.writes() && !world.below_zero { 7 } else { 0 };
    world.is_on_both(simple(1), left + 20 - owed)?;
    world.idle().await
}
