//! Lists and their ends.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use connector::{End, Item};
use gateway_core::model::RejectReason;
use http::StatusCode;

use crate::arena::{Arena, LARGEST_PAGE};
use crate::detour::{Answer, Call, ENDLESS, Fault, Road};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product};
use crate::judge::{Judge, product_of};
use crate::records::{Body, pattern_of};

pub(super) async fn ends(arena: &Arena<'_>) -> Verdict {
    let page = arena.page_size()?;
    for products in [0, 1, page.saturating_sub(1), page, page + 1, 2 * page, 2 * page + 1] {
        let place = format!("of {products} products in pages of {page}");
        arrives(arena, Catalogue::of(products)).await.map_err(|finding| finding.at(&place))?;
        let largest = largest(arena);
        let is_right = match &arena.road {
            Road::Http(_) => page == LARGEST_PAGE || largest == products.min(page) as usize,
            // Who asks for further products may be told of them in more exchanges than one.
            Road::Tcp(_) => {
                (largest > 0 || products == 0) && (page == LARGEST_PAGE || largest <= page as usize)
            }
            Road::File(_) => true,
        };
        ensure(is_right, || {
            format!("{place}: the largest answer holds {largest} of them, so a page is not what is declared")
        })?;
    }
    // As in a shop where much was deleted: no two ids stand side by side, and many whole pages are gone.
    let sparse =
        (1..=page + 2).map(|n| Product::plain(if n > page / 2 { 20_000 + 7 * n } else { 500 + 3 * n }));
    let sparse = Catalogue { products: sparse.collect(), ..Catalogue::empty() };
    arrives(arena, sparse).await.map_err(|finding| finding.at("of products with gaps between their ids"))
}

/// How many products the answer of most of them holds.
fn largest(arena: &Arena<'_>) -> usize {
    let most = match &arena.road {
        Road::Http(detour) => detour.calls().iter().map(|call| call.marks.len()).max(),
        Road::Tcp(relay) => relay.exchanges().iter().map(|exchange| exchange.marks.len()).max(),
        Road::File(_) => None,
    };
    most.unwrap_or(0)
}

async fn arrives(arena: &Arena<'_>, catalogue: Catalogue) -> Verdict {
    let catalogue = arena.hold(catalogue);
    arena.road.begin_plain();
    Judge::new(&catalogue, &*arena.shop).everything(&arena.read_all().await?)
}

/// A shop that answers every question for further products with the first ones again.
pub(super) async fn repeats(arena: &Arena<'_>) -> Verdict {
    arena.hold(Catalogue::of(2 * arena.page_size()? + 1));
    let first: Mutex<BTreeMap<String, Answer>> = Mutex::default();
    arena.http()?.begin(ENDLESS, move |call, answer| {
        // What names one product only is no page of them.
        if call.marks.len() < 2 {
            return Some(answer);
        }
        let mut first = sandbox_kit::lock(&first);
        Some(first.entry(call.bare_path().to_owned()).or_insert(answer).clone())
    });
    let reading = arena.read_all().await?;
    ensure(reading.end.is_err(), || {
        format!(
            "the second page was the first again, and {} items came as if nothing was",
            reading.items.len()
        )
    })
}

pub(super) async fn fails(arena: &Arena<'_>) -> Verdict {
    let page = arena.page_size()?;
    let catalogue = arena.hold(Catalogue::of(2 * page));
    let most = (page as usize / 3).max(1);
    arena.http()?.begin(ENDLESS, move |call, answer| {
        Some(if call.marks.len() > most { Answer::failed() } else { answer })
    });
    let reading = arena.read_all().await?;
    Judge::new(&catalogue, &*arena.shop).everything(&reading).map_err(|finding| {
        finding.at(&format!("answers of more than {most} products fail, smaller ones do not"))
    })?;

    // More than a run forgives, one behind the other.
    let lost = u32::try_from(connector::import::MOST_UNDELIVERABLE).unwrap_or(u32::MAX / 2) + 5;
    arena.hold(Catalogue::of(page + lost + 5));
    arena.http()?.begin(ENDLESS, move |call, answer| {
        let is_lost = call.marks.iter().any(|mark| (page + 1..=page + lost).contains(mark));
        Some(if is_lost { Answer::failed() } else { answer })
    });
    let imported = arena.import(&arena.marketplace().await?, |options| options.dry_run = true).await?;
    ensure(imported.end.is_err(), || {
        format!("the shop could not deliver {lost} products, and the run ended as if that was well")
    })
}

/// What a product does to the answers that it is in.
const POISONS: [(&str, Fault); 4] = [
    ("500 without a word", |_| Some(Answer::failed())),
    ("502 of a proxy", |_| {
        Some(Answer::bare(StatusCode::BAD_GATEWAY).with("text/html", "<html>Bad Gateway</html>"))
    }),
    ("half a text", |own| {
        let half = own.body.len() / 2;
        Some(own.cut_at(half))
    }),
    ("no answer", |_| None),
];

pub(super) async fn poison(arena: &Arena<'_>) -> Verdict {
    let page = arena.page_size()?;
    let catalogue = arena.hold(Catalogue::of(page + 3));
    // A simple one in the middle, a family, the last of a page, the last of all.
    let victims = [(page / 2) | 1, 4, page, page + 3];
    for (number, (what, answer)) in POISONS.into_iter().enumerate() {
        // Where a product stands does not change how it fails, so each other way is tried at one place.
        let here =
            if number == 0 { victims.as_slice() } else { victims.get(number..=number).unwrap_or_default() };
        for victim in here.iter().copied() {
            arena.http()?.begin(
                ENDLESS,
                move |call: &Call, own| {
                    if call.marks.contains(&victim) { answer(own) } else { Some(own) }
                },
            );
            let place = format!("every answer that holds product {victim} is {what}");
            one_reject(arena, &catalogue, victim).await.map_err(|finding| finding.at(&place))?;
        }
    }
    for victim in [3, 4] {
        let by_id = by_id(arena, &catalogue, victim)?;
        for pattern in patterns(arena, victim, &by_id).await? {
            let (here, by_id) = (pattern.clone(), by_id.clone());
            arena.http()?.begin(ENDLESS, move |call, own| {
                let is_poisoned = pattern_of(call.bare_path()) == here && bears(&own, victim, &by_id);
                Some(if is_poisoned { Answer::failed() } else { own })
            });
            let place =
                format!("every answer of {pattern} that holds product {victim} is 500, others are not");
            one_reject(arena, &catalogue, victim).await.map_err(|finding| finding.at(&place))?;
        }
    }
    Ok(())
}

fn by_id(arena: &Arena<'_>, catalogue: &Catalogue, victim: u32) -> Result<HashMap<String, u32>, Finding> {
    let product = catalogue.product(victim).ok_or_else(|| Finding::new("there is no such product"))?;
    Ok(HashMap::from([(Judge::new(catalogue, &*arena.shop).product_id(product), victim)]))
}

/// Whether an answer holds something of a product, by its mark or by its id.
fn bears(answer: &Answer, product: u32, by_id: &HashMap<String, u32>) -> bool {
    let mut is_there = crate::detour::marks(&answer.body).contains(&product);
    if let Some(mut body) = Body::read(&answer.body) {
        body.each_record(by_id, &mut |key, _| is_there |= key == product);
    }
    is_there
}

/// The paths of the answers that hold something of a product.
async fn patterns(
    arena: &Arena<'_>,
    product: u32,
    by_id: &HashMap<String, u32>,
) -> Result<BTreeSet<String>, Finding> {
    let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let (see, by_id) = (Arc::clone(&seen), by_id.clone());
    arena.http()?.begin(ENDLESS, move |call, own| {
        if bears(&own, product, &by_id) {
            sandbox_kit::lock(&see).insert(pattern_of(call.bare_path()));
        }
        Some(own)
    });
    arena.read_all().await?;
    let seen = sandbox_kit::lock(&seen).clone();
    ensure(!seen.is_empty(), || format!("product {product} was in no answer"))?;
    Ok(seen)
}

/// Reads all, of which one product is a reject that the shop cannot deliver, and the others are as they are.
pub(super) async fn one_reject(arena: &Arena<'_>, catalogue: &Catalogue, victim: u32) -> Verdict {
    let reading = arena.read_all().await?;
    let judge = Judge::new(catalogue, &*arena.shop);
    let product = catalogue.product(victim).ok_or_else(|| Finding::new("there is no such product"))?;
    let id = judge.product_id(product);
    let of_it: Vec<&Item> = reading.items.iter().filter(|item| product_of(item) == id).collect();
    let is_one = matches!(
        of_it.as_slice(),
        [Item::Reject(reject)] if reject.variant.is_none() && matches!(reject.reason, RejectReason::Undeliverable(_))
    );
    ensure(is_one, || format!("it is to be one reject that the shop cannot deliver, and is {of_it:?}"))?;
    ensure(matches!(reading.end, Ok(End::Partial)), || {
        format!("the end does not say that something is missing, but {:?}", reading.end)
    })?;
    judge.all_but(&BTreeSet::from([victim]), &reading)
}

/// How an answer is torn: it looks whole and is not, or the connection ends within it.
const TEARS: [(&str, Fault); 4] = [
    ("half of it, as if that were all", |own| {
        let half = own.body.len() / 2;
        Some(own.cut_at(half))
    }),
    ("all but its end, as if that were all", |own| {
        let most = own.body.len().saturating_sub(3);
        Some(own.cut_at(most))
    }),
    ("half of it, and then the end of the connection", |own| {
        let half = own.body.len() / 2;
        Some(own.broken_off_at(half))
    }),
    ("all but its end, and then the end of the connection", |own| {
        let most = own.body.len().saturating_sub(3);
        Some(own.broken_off_at(most))
    }),
];

/// Answers that are torn for good. What is lost with them must not look like goods that are gone.
pub(super) async fn torn(arena: &Arena<'_>) -> Verdict {
    let last = arena.page_size()? + 3;
    let catalogue = arena.hold(Catalogue::of(last));
    for (what, tear) in TEARS {
        for (which, from) in [("any product", 1), ("the last product", last)] {
            arena.http()?.begin(ENDLESS, move |call: &Call, own| {
                if call.marks.range(from..).next().is_some() { tear(own) } else { Some(own) }
            });
            let place = format!("of each answer that holds {which} comes {what}");
            let reading = arena.read_all().await?;
            // Where only a line's end was torn off, all of it may be there. Otherwise the run must say that it is not.
            if matches!(reading.end, Ok(End::Complete)) {
                let judge = Judge::new(&catalogue, &*arena.shop);
                judge.everything(&reading).map_err(|finding| finding.at(&place))?;
            }
        }
    }
    Ok(())
}
