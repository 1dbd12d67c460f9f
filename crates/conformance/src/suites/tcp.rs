//! What can befall a shop that speaks a protocol of its own. Nobody understands what it says, so nothing is put into its mouth:
//! connections are refused or end too early.

use std::collections::BTreeSet;

use connector::{End, Scope, StockItem};
use futures::StreamExt as _;

use crate::arena::Arena;
use crate::declared::Cannot;
use crate::detour::{Deed, ENDLESS, Exchange, Relay, Stage};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::Catalogue;
use crate::judge::Judge;
use crate::suite::Suite;
use crate::suites::paging;
use crate::tour::whole_tour;

/// Runs a suite in the form that it has there, if that is one of its own.
pub(super) async fn run(suite: Suite, arena: &Arena<'_>, relay: &Relay) -> Option<Verdict> {
    Some(match suite {
        Suite::Torn => torn(arena, relay).await,
        Suite::FailingPage => fails(arena, relay).await,
        Suite::Poison => poison(arena, relay).await,
        Suite::Failures => failures(arena, relay).await,
        _ => return None,
    })
}

/// How much of a piece of an answer goes on before the connection ends, by its bytes.
type Kept = fn(usize) -> usize;

/// Where an answer ends too early.
const ENDS: [(&str, Kept); 3] = [
    ("before it", |_| 0),
    ("in the midst of it", |bytes| bytes / 2),
    ("3 bytes before its end", |bytes| bytes.saturating_sub(3)),
];

/// From now on connections end in the pieces of answers of which this says so.
fn end_where(relay: &Relay, kept: Kept, is_it: impl Fn(&Exchange) -> bool + Send + Sync + 'static) {
    relay.begin(ENDLESS, move |exchange, stage| match stage {
        Stage::Answered(bytes) if is_it(exchange) => Deed::End(kept(bytes)),
        _ => Deed::Pass,
    });
}

/// Whether anything was done at all: in a shop that hides its marks nothing ever is.
fn was_done(relay: &Relay) -> Verdict {
    ensure(relay.spoilt() > 0, || "no answer held a mark: does the shop encrypt?".to_owned())
}

/// Answers that are torn for good. What is lost with them must not look like goods that are gone.
async fn torn(arena: &Arena<'_>, relay: &Relay) -> Verdict {
    let last = arena.page_size()? + 3;
    let catalogue = arena.hold(Catalogue::of(last));
    for (what, kept) in ENDS {
        for (which, from) in [("any product", 1), ("the last product", last)] {
            end_where(relay, kept, move |exchange| exchange.marks.range(from..).next().is_some());
            let place =
                format!("each connection ends with the piece of an answer that holds {which}, {what}");
            let reading = arena.read_all().await?;
            was_done(relay)?;
            if matches!(reading.end, Ok(End::Complete)) {
                let judge = Judge::new(&catalogue, &*arena.shop);
                judge.everything(&reading).map_err(|finding| finding.at(&place))?;
            }
        }
    }
    if arena.declared.cannot.contains(&Cannot::Stock) {
        return Ok(());
    }
    torn_levels(arena, relay, &catalogue).await
}

/// Levels whose last answer is torn for good: what did not come would be taken for sold out.
async fn torn_levels(arena: &Arena<'_>, relay: &Relay, catalogue: &Catalogue) -> Verdict {
    arena.road.begin_plain();
    let goods = catalogue.products.iter().map(|product| product.variants.len()).sum::<usize>();
    let whole = levels(arena).await?;
    ensure(whole == Some(goods), || format!("of {goods} levels these came: {whole:?}"))?;
    // Levels need bear no marks. Whoever asks once more does not get further.
    let last = relay.exchanges().len().saturating_sub(1);
    for (what, kept) in ENDS {
        end_where(relay, kept, move |exchange| exchange.number >= last);
        let came = levels(arena).await?;
        ensure(relay.spoilt() > 0 && came.is_none_or(|came| came == goods), || {
            format!(
                "the connection ends with the last answer of a pass over the levels, {what}: it is taken for the whole of {goods}, and {came:?} came"
            )
        })?;
    }
    Ok(())
}

/// How many levels come; `None` where the end does not say that these are all.
async fn levels(arena: &Arena<'_>) -> Result<Option<usize>, Finding> {
    let platform = arena.open()?;
    if platform.check().await.is_err() {
        return Ok(None);
    }
    let mut came = 0;
    let mut stream = platform.stock(Scope::All);
    loop {
        match stream.next().await {
            Some(Ok(StockItem::Level { .. } | StockItem::Unclear { .. })) => came += 1,
            Some(Ok(StockItem::End(End::Complete))) => return Ok(Some(came)),
            Some(Ok(StockItem::End(End::Partial)) | Err(_)) => return Ok(None),
            None => return Err(Finding::new("the stream of levels stops without telling its end")),
        }
    }
}

/// Answers that fail as a whole and not in parts, and more of them than a run forgives.
async fn fails(arena: &Arena<'_>, relay: &Relay) -> Verdict {
    let page = arena.page_size()?;
    let catalogue = arena.hold(Catalogue::of(2 * page));
    let most = (page as usize / 3).max(1);
    for (what, kept) in ENDS.into_iter().take(2) {
        end_where(relay, kept, move |exchange| exchange.marks.len() > most);
        let reading = arena.read_all().await?;
        was_done(relay)?;
        Judge::new(&catalogue, &*arena.shop).everything(&reading).map_err(|finding| {
            finding
                .at(&format!("the connection ends where an answer holds more than {most} products, {what}"))
        })?;
    }

    let lost = u32::try_from(connector::import::MOST_UNDELIVERABLE).unwrap_or(u32::MAX / 2) + 5;
    arena.hold(Catalogue::of(page + lost + 5));
    let range = page + 1..=page + lost;
    end_where(
        relay,
        |bytes| bytes / 2,
        move |exchange| exchange.marks.iter().any(|mark| range.contains(mark)),
    );
    let imported = arena.import(&arena.marketplace().await?, |options| options.dry_run = true).await?;
    ensure(imported.end.is_err(), || {
        format!("the shop could not deliver {lost} products, and the run ended as if that was well")
    })
}

/// One product at which each connection ends.
async fn poison(arena: &Arena<'_>, relay: &Relay) -> Verdict {
    let page = arena.page_size()?;
    let catalogue = arena.hold(Catalogue::of(page + 3));
    // One in the middle, one near the beginning, the last of a page, the last of all.
    let victims = [(page / 2) | 1, 4, page, page + 3];
    for (what, kept) in ENDS.into_iter().take(2) {
        for victim in victims.into_iter().collect::<BTreeSet<u32>>() {
            end_where(relay, kept, move |exchange| exchange.marks.contains(&victim));
            let place = format!(
                "each connection ends with the piece of an answer that holds product {victim}, {what}"
            );
            paging::one_reject(arena, &catalogue, victim).await.map_err(|finding| finding.at(&place))?;
            was_done(relay)?;
        }
    }
    Ok(())
}

/// Enough products for an exchange of each kind: all is read again and again.
const FEW: u32 = 5;

/// Each exchange of a tour fails once, and so does each connection.
async fn failures(arena: &Arena<'_>, relay: &Relay) -> Verdict {
    let catalogue = arena.hold(Catalogue::of(FEW));
    arena.road.begin_plain();
    whole_tour(arena, &catalogue).await?;
    let (asked, connections) = (relay.exchanges(), relay.connections());
    ensure(!asked.is_empty(), || "a shop was read that nobody asked".to_owned())?;
    for Exchange { number, .. } in &asked {
        let number = *number;
        let told = asked.get(number).map(Exchange::shown).unwrap_or_default();
        for (when, at_once) in [("before it is asked", true), ("in the midst of its answer", false)] {
            relay.begin(ENDLESS, move |exchange, stage| match stage {
                _ if exchange.number != number => Deed::Pass,
                Stage::Asked if at_once => Deed::End(0),
                Stage::Answered(bytes) if !at_once => Deed::End(bytes / 2),
                _ => Deed::Pass,
            });
            let place = format!("the connection ends once, at exchange {number} ({told}), {when}");
            whole_tour(arena, &catalogue).await.map_err(|finding| finding.at(&place))?;
            ensure(relay.spoilt() > 0, || format!("{place}: there was no such exchange"))?;
        }
    }
    for number in 0..connections {
        arena.road.begin_plain();
        relay.refuse(move |connection| connection == number);
        let place = format!("connection {number} is refused, and none behind it");
        whole_tour(arena, &catalogue).await.map_err(|finding| finding.at(&place))?;
    }
    Ok(())
}
