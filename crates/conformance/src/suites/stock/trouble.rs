//! Calls that fail, an index that lags behind, processes that are killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use sandbox::gateway::{Fault, Options as GatewayOptions};
use tokio_util::sync::CancellationToken;

use super::world::{Key, LEVEL, World, simple};
use crate::arena::Arena;
use crate::detour::{Answer, Deed, Detour, ENDLESS, Outcome, Road, Stage};
use crate::finding::{Finding, Verdict, ensure};

/// How far the marketplace's index is behind.
const LAG: Duration = Duration::from_secs(50);

fn is_write(method: &Method, path: &str) -> bool {
    *method != Method::GET && *method != Method::HEAD && !path.ends_with("/_query")
}

/// Every write suffers, in each of the ways in which it can, and is done once when it can be.
pub(super) async fn unanswered(arena: &Arena<'_>) -> Verdict {
    let world = World::new(arena, 3).await?;
    let mut levels = (LEVEL, LEVEL);
    let refused = |status: u16| {
        let answer =
            StatusCode::from_u16(status).map(Answer::bare).map_err(|error| Finding::new(error.to_string()));
        answer.map(Some)
    };
    let ways: [(&str, Outcome, bool); 5] = [
        ("is refused with 400", refused(400)?, false),
        ("is refused with 403", refused(403)?, false),
        ("is answered with 500 and not done", refused(500)?, false),
        ("is lost on its way", None, false),
        ("is done and its answer is lost", None, true),
    ];
    for (way, outcome, is_done) in ways {
        for side in ["shop", "marketplace"] {
            // What is put into a file is not answered by anybody.
            if side == "shop" && (!world.writes() || world.is_by_file()) {
                continue;
            }
            let place = format!("a write to the {side} {way}");
            world.later();
            let detour = if side == "shop" { arena.http()? } else { &world.way };
            if side == "shop" {
                world.market_moves(simple(1), -1)?;
                levels.0 -= 1;
            } else {
                world.counter.moves(simple(2), -1);
                levels.1 -= 1;
            }
            suffer(detour, outcome.clone(), is_done);
            // However it ends: what was sold is not put on sale again.
            world.pass().await?;
            let market = world.market(simple(1))?;
            ensure(market <= levels.0, || {
                format!("{place}: the marketplace sells {market}, where {} are left", levels.0)
            })?;
            world.calm();
            world.pass().await?;
            world.rest().await.map_err(|finding| finding.at(&place))?;
            let came = BTreeMap::from([(simple(1), levels.0), (simple(2), levels.1)]);
            world.are_on_both(&came).map_err(|finding| finding.at(&place))?;
        }
    }
    world.idle().await
}

/// From now on every write on this way suffers.
fn suffer(detour: &Detour, outcome: Outcome, is_done: bool) {
    if is_done {
        return detour.begin(ENDLESS, move |call, answer| {
            if is_write(&call.method, &call.path) { outcome.clone() } else { Some(answer) }
        });
    }
    detour.begin_plain();
    detour.guard(move |method, path| is_write(method, path).then(|| outcome.clone()));
}

/// One call in twenty fails on either side, in any way, over days of sales.
pub(super) async fn faults(arena: &Arena<'_>) -> Verdict {
    let rates = Fault::RANDOM.map(|fault| (fault, 5)).to_vec();
    for seed in 1..=2 {
        let options = GatewayOptions { fault_rates: rates.clone(), seed, ..GatewayOptions::default() };
        let world = World::with(arena, 6, options).await?;
        let mut levels: BTreeMap<Key, i64> = world.keys().into_iter().map(|key| (key, LEVEL)).collect();
        let dice = Arc::new(Dice(AtomicU64::new(seed)));
        for day in 0..4 {
            for (key, level) in &mut levels {
                match dice.throw(4) {
                    0 => world.counter.moves(*key, -1),
                    1 => world.counter.moves(*key, 2),
                    2 if world.writes() => world.market_moves(*key, -1)?,
                    _ => continue,
                }
                *level = match world.writes() {
                    true => world.expected(*key, *level)?,
                    false => world.in_shop(*key),
                };
            }
            fail_at_random(&arena.road, &dice);
            let place = format!("calls fail at random, seed {seed}, day {day}");
            world.rest().await.map_err(|finding| finding.at(&place))?;
            world.are_on_both(&levels).map_err(|finding| finding.at(&place))?;
        }
        world.calm();
    }
    Ok(())
}

impl World<'_> {
    fn in_shop(&self, key: Key) -> i64 {
        use rust_decimal::prelude::ToPrimitive as _;
        self.counter.level(key).quantity().and_then(|level| level.to_i64()).unwrap_or_default()
    }

    /// The level of which both sides have told since they were alike at one.
    fn expected(&self, key: Key, alike: i64) -> Result<i64, Finding> {
        Ok(self.in_shop(key) + self.market(key)? - alike)
    }
}

/// From now on one call in ten to the shop fails, half of them after it was done; of the few writes every third.
fn fail_at_random(road: &Road, dice: &Arc<Dice>) {
    let behind = Arc::clone(dice);
    let detour = match road {
        Road::Http(detour) => detour,
        Road::Tcp(relay) => {
            return relay.begin(ENDLESS, move |_, stage| match stage {
                Stage::Asked if behind.throw(20) == 0 => Deed::End(0),
                Stage::Answered(bytes) if behind.throw(20) == 0 => Deed::End(bytes / 2),
                _ => Deed::Pass,
            });
        }
        Road::File(_) => return,
    };
    detour.begin(ENDLESS, move |call, answer| match behind.throw(40) {
        0 => None,
        2..10 if is_write(&call.method, &call.path) => None,
        1 => Some(Answer::failed()),
        _ => Some(answer),
    });
    let before = Arc::clone(dice);
    detour.guard(move |_, _| match before.throw(40) {
        0 => Some(None),
        1 => Some(Some(Answer::too_many(Some(1)))),
        _ => None,
    });
}

/// Numbers that are the same at each run.
struct Dice(AtomicU64);

impl Dice {
    fn throw(&self, sides: u64) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What is written to the marketplace, and what it sells, is shown late.
pub(super) async fn index_lag(arena: &Arena<'_>) -> Verdict {
    let options = GatewayOptions { index_lag: LAG, ..GatewayOptions::default() };
    let world = World::with(arena, 3, options).await?;
    world.counter.moves(simple(1), -3);
    let mut levels = BTreeMap::from([(simple(1), LEVEL - 3)]);
    if world.writes() {
        world.market_moves(simple(2), -2)?;
        world.market_moves(simple(3), -1)?;
        levels.extend([(simple(2), LEVEL - 2), (simple(3), LEVEL - 2)]);
    }
    for round in 0..8 {
        // The shop sells as soon as what the marketplace sold has come to light.
        if round == 4 && world.writes() {
            world.counter.moves(simple(3), -1);
        }
        world.done().await?;
        arena.clock.advance(Duration::from_secs(20));
    }
    world.are_on_both(&levels)?;
    world.idle().await
}

/// The process ends at each call that a pass makes, once before it is done and once behind that.
pub(super) async fn killed(arena: &Arena<'_>) -> Verdict {
    let world = World::new(arena, 3).await?;
    let mut levels = BTreeMap::from([(simple(1), LEVEL * 10), (simple(2), LEVEL * 10), (simple(3), LEVEL)]);
    world.counter.set(simple(1), gateway_core::model::StockLevel::Quantity((LEVEL * 10).into()));
    world.counter.set(simple(2), gateway_core::model::StockLevel::Quantity((LEVEL * 10).into()));
    world.done().await?;
    world.idle().await?;
    for at in 1..=ENDLESS {
        for is_done in [false, true] {
            world.later();
            world.counter.moves(simple(2), -1);
            change(&mut levels, simple(2));
            if world.writes() {
                world.market_moves(simple(1), -1)?;
                change(&mut levels, simple(1));
            }
            let end = CancellationToken::new();
            kill_at(&arena.road, &world.way, at, is_done, &end);
            let is_whole = world.pass_until(end.cancelled()).await?;
            world.calm();
            let when = if is_done { "behind" } else { "before" };
            let place = format!("the process is killed {when} call {at} of a pass");
            // One right behind it does not know yet what was done, and is no danger.
            world.pass().await.map_err(|finding| finding.at(&place))?;
            world.rest().await.map_err(|finding| finding.at(&place))?;
            world.are_on_both(&levels).map_err(|finding| finding.at(&place))?;
            if is_whole {
                return ensure(at > 3, || "a pass asks next to nothing".to_owned());
            }
        }
    }
    Err(Finding::new("a pass asks without end"))
}

fn change(levels: &mut BTreeMap<Key, i64>, key: Key) {
    if let Some(level) = levels.get_mut(&key) {
        *level -= 1;
    }
}

/// Ends the process at this call, counted on both ways from 1.
fn kill_at(road: &Road, market: &Detour, at: usize, is_done: bool, end: &CancellationToken) {
    let count = Arc::new(AtomicUsize::new(0));
    let is_it = || {
        let (count, end) = (Arc::clone(&count), end.clone());
        move || {
            let is_it = count.fetch_add(1, Ordering::SeqCst) + 1 >= at;
            if is_it {
                end.cancel();
            }
            is_it
        }
    };
    let by_http = |way: &Detour| {
        let is_it = is_it();
        if is_done {
            way.begin(ENDLESS, move |_, answer| if is_it() { None } else { Some(answer) });
        } else {
            way.begin_plain();
            way.guard(move |_, _| is_it().then_some(None));
        }
    };
    by_http(market);
    match road {
        Road::Http(detour) => by_http(detour),
        Road::Tcp(relay) => {
            let is_it = is_it();
            relay.begin(ENDLESS, move |exchange, stage| {
                let is_here = match stage {
                    Stage::Asked => !is_done,
                    Stage::Answered(_) => is_done && exchange.answered == 0,
                };
                if is_here && is_it() { Deed::End(0) } else { Deed::Pass }
            });
        }
        Road::File(_) => {}
    }
}
