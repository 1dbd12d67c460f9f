//! What a reading costs the shop, and the machine that it runs on.

use connector::{End, Item, Scope};
use futures::StreamExt as _;

use crate::arena::Arena;
use crate::detour::{ENDLESS, Road};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Texts, Tongue, mark};
use crate::judge::Judge;

/// The most exchanges of a connection, to agree on how to speak and to log in, that need not be told as requests.
const MOST_GREETINGS: usize = 3;

pub(super) async fn requests(arena: &Arena<'_>) -> Verdict {
    let declared = &arena.declared;
    let (start, each) = (declared.requests_at_start as usize, declared.requests_per_thousand as usize);
    // Whole pages, so that what a page costs is not hidden in one that is not full.
    let page = arena.page_size()?;
    for products in [0, page * 600_u32.div_ceil(page).max(3)] {
        let catalogue = arena.hold(Catalogue::of(products));
        arena.road.begin_plain();
        let platform = arena.open()?;
        platform.check().await.map_err(|error| Finding::new(error.to_string()))?;
        platform.categories().await.map_err(|error| Finding::new(error.to_string()))?;
        let reading = arena.read(&*platform, Scope::All).await?;
        Judge::new(&catalogue, &*arena.shop).everything(&reading)?;
        let asked = arena.road.asked();
        let most = start + (each * products as usize).div_ceil(1000);
        ensure(asked.len() <= most, || {
            let first = asked.get(..30).unwrap_or(&asked);
            format!(
                "{products} products cost {} requests; declared are {start} and {each} a thousand, so {most}: {first:?}",
                asked.len()
            )
        })?;
        ensure(products > 0 || asked.len() == most, || {
            format!(
                "a shop without products costs {} requests, and {start} are declared: {asked:?}",
                asked.len()
            )
        })?;
        let (most, at_once) = (platform.abilities().limits.in_flight, arena.road.at_once());
        ensure(at_once <= most, || {
            format!("{at_once} requests were in flight at once, and {most} are declared")
        })?;
        // What is said to be let in is no request everywhere.
        let greetings =
            if let Road::Tcp(relay) = &arena.road { MOST_GREETINGS * relay.connections() } else { 0 };
        let (told, sent) = (platform.requests(), asked.len() as u64);
        ensure(told <= sent && told + greetings as u64 >= sent && (told > 0 || sent == 0), || {
            format!("{sent} requests were sent, and {told} are told")
        })?;
    }
    Ok(())
}

/// How much more the larger of two catalogues may take: the pieces of memory that a page is read in differ a little.
const SLACK: u64 = 128 * 1024;

/// Reads twice, the second time four times as much, and compares the most memory that was held.
pub(super) async fn memory(arena: &Arena<'_>) -> Verdict {
    let small = (4 * arena.page_size()?).clamp(200, 1000);
    let large = 4 * small;
    let mut held = Vec::new();
    // The first is to fill what is filled once.
    for products in [small, small, large] {
        let mut catalogue = Catalogue::of(products);
        for product in &mut catalogue.products {
            let text = format!("<p>{}</p>", format!("{} ", mark(product.key)).repeat(100));
            product.description = Texts::same(text);
        }
        arena.hold(catalogue);
        arena.road.begin_within(ENDLESS * 4);
        held.push(most_held(arena, products)?);
    }
    let [_, before, after] = held.as_slice() else { return Ok(()) };
    ensure(*after <= before + before / 10 + SLACK, || {
        format!("{small} products take {} KiB at most, {large} take {} KiB", before / 1024, after / 1024)
    })
}

/// The most bytes that were held while all products were read and dropped at once.
///
/// On a thread of its own: what a thread holds can be told from what all others do.
fn most_held(arena: &Arena<'_>, products: u32) -> Result<u64, Finding> {
    let given = arena.settings(Tongue::Default);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| Finding::new(error.to_string()))?;
            let mut came = Ok(0);
            let counted = allocation_counter::measure(|| {
                came = runtime.block_on(async {
                    let platform = arena.open_with(&given)?;
                    count(&mut platform.products(Scope::All)).await
                });
            });
            let came = came?;
            ensure(came == u64::from(products), || format!("of {products} products {came} came"))?;
            Ok(counted.bytes_max)
        });
        reader.join().unwrap_or_else(|_| Err(Finding::new("a panic while products were read")))
    })
}

type Products<'a> = futures::stream::BoxStream<'a, Result<Item, connector::PlatformError>>;

/// How many products come.
async fn count(products: &mut Products<'_>) -> Result<u64, Finding> {
    let mut came = 0;
    loop {
        match products.next().await {
            Some(Ok(Item::Product(..))) => came += 1,
            Some(Ok(Item::End(End::Complete))) => return Ok(came),
            other => return Err(Finding::new(format!("the catalogue was not read to its end: {other:?}"))),
        }
    }
}
