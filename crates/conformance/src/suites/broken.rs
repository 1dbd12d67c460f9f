//! Records with one field that is not what it should be.
//!
//! The records are found in the shop's own answers, whatever their shape: a record is what names one product only, by its mark
//! or by its id. Each of its fields is broken in each way, several products at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use connector::{End, Item};
use gateway_core::model::Product as CanonicalProduct;

use crate::arena::{Arena, Reading};
use crate::detour::ENDLESS;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product};
use crate::judge::{Judge, product_of};
use crate::records::{Body, Break, field_at, pattern_of, top_of};

/// Products in the shop.
const PRODUCTS: u32 = 40;

/// Products that are broken in one reading, some others stay whole.
const AT_A_TIME: usize = 32;

/// So many broken at a time a run forgives in any case, even when the shop can deliver none of them.
const FORGIVEN: usize = connector::import::MOST_UNDELIVERABLE;

/// How many findings are told: the first ones tell most.
const TOLD: usize = 20;

/// A field of a product's records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Field {
    /// The path of the answers, in which each number is `#`.
    path: String,
    /// Where in the record.
    place: String,
}

/// A product with what is broken of it.
#[derive(Clone, Debug)]
struct Broken {
    key: u32,
    id: String,
    field: Field,
    how: Break,
}

impl Broken {
    fn told(&self) -> String {
        format!("product {} with {} {} {:?}", self.id, self.field.path, self.field.place, self.how)
    }
}

pub(super) async fn fields(arena: &Arena<'_>) -> Verdict {
    let (mut tried, mut wrong) = (0, Vec::new());
    for variants in [1, 2] {
        let products = (1..=PRODUCTS).map(|key| {
            let product = Product::simple(key, "Lampa", "Lamp");
            if variants > 1 { product.with_variants(variants).hidden() } else { product }
        });
        // Hidden ones too: a switch that cannot be read must not put them up for sale.
        let catalogue = arena.hold(Catalogue { products: products.collect(), ..Catalogue::empty() });
        let judge = Judge::new(&catalogue, &*arena.shop);
        let Some(pattern) = catalogue.products.first() else { continue };
        let breaks = breaks(arena, &judge, pattern).await?;
        tried += breaks.len();
        let mut open: Vec<Vec<(Field, Break)>> = breaks.chunks(AT_A_TIME).map(<[_]>::to_vec).collect();
        while let Some(mut together) = open.pop() {
            let broken = catalogue.products.iter().zip(&together).map(|(product, (field, how))| Broken {
                key: product.key,
                id: judge.product_id(product),
                field: field.clone(),
                how: *how,
            });
            match read_broken(arena, &judge, &catalogue, broken.collect()).await {
                Ok(Found { wrong: found, unclear }) => {
                    wrong.extend(found);
                    // Whose record it was that made the end a partial one is known when there is no other.
                    open.extend(unclear.into_iter().map(|one| vec![one]));
                }
                Err(_) if together.len() > FORGIVEN => {
                    open.push(together.split_off(together.len() / 2));
                    open.push(together);
                }
                Err(finding) => return Err(finding),
            }
        }
    }
    ensure(tried > 0, || {
        "no record was found in the shop's answers: they are neither JSON nor XML, or name no product"
            .to_owned()
    })?;
    ensure(wrong.is_empty(), || {
        let told: Vec<&str> = wrong.iter().take(TOLD).map(String::as_str).collect();
        format!("{} of {tried} broken fields are read wrongly:\n{}", wrong.len(), told.join("\n"))
    })
}

/// Every field of a product's records, with each way to break it.
async fn breaks(
    arena: &Arena<'_>,
    judge: &Judge<'_>,
    product: &Product,
) -> Result<Vec<(Field, Break)>, Finding> {
    let pattern = product.key;
    let by_id = HashMap::from([(judge.product_id(product), pattern)]);
    let seen: Arc<Mutex<BTreeMap<Field, Vec<Break>>>> = Arc::default();
    let see = Arc::clone(&seen);
    arena.http()?.begin(ENDLESS, move |call, answer| {
        if let Some(mut body) = Body::read(&answer.body) {
            let mut seen = sandbox_kit::lock(&see);
            body.each_record(&by_id, &mut |key, record| {
                if key == pattern {
                    record.each_field(&mut |place, ways| {
                        let field = Field { path: pattern_of(call.bare_path()), place };
                        seen.entry(field).or_insert(ways);
                    });
                }
            });
        }
        Some(answer)
    });
    judge.everything(&arena.read_all().await?)?;
    let seen = sandbox_kit::lock(&seen);
    let (mut all, mut filled) = (Vec::new(), BTreeSet::new());
    for (field, ways) in seen.iter() {
        let is_identity = arena.examined.is_identity(&field_at(&field.place));
        for how in ways.iter().filter(|how| !is_identity || how.leaves_nothing()) {
            // A megabyte takes its time: once for all that stands in one field of the record is enough.
            if *how != Break::Megabyte || filled.insert((&field.path, top_of(&field.place))) {
                all.push((field.clone(), *how));
            }
        }
    }
    Ok(all)
}

/// What a reading finds.
struct Found {
    /// What came wrongly, in words.
    wrong: Vec<String>,
    /// What nothing was told of, perhaps because another product's record made the end a partial one.
    unclear: Vec<(Field, Break)>,
}

/// Reads all products while some of them are broken, and says what of these came wrongly.
async fn read_broken(
    arena: &Arena<'_>,
    judge: &Judge<'_>,
    catalogue: &Catalogue,
    broken: Vec<Broken>,
) -> Result<Found, Finding> {
    let all = broken.clone();
    let met: Arc<Mutex<BTreeSet<u32>>> = Arc::default();
    let meet = Arc::clone(&met);
    let by_id: HashMap<String, u32> = broken.iter().map(|broken| (broken.id.clone(), broken.key)).collect();
    arena.http()?.begin(ENDLESS, move |call, mut answer| {
        let path = pattern_of(call.bare_path());
        let here: HashMap<u32, &Broken> = all
            .iter()
            .filter(|broken| broken.field.path == path)
            .map(|broken| (broken.key, broken))
            .collect();
        if !here.is_empty()
            && let Some(mut body) = Body::read(&answer.body)
        {
            body.each_record(&by_id, &mut |key, mut record| {
                if let Some(broken) = here.get(&key)
                    && record.put(&broken.field.place, broken.how)
                {
                    sandbox_kit::lock(&meet).insert(key);
                }
            });
            answer.body = body.written();
        }
        Some(answer)
    });
    let reading = arena.read_all().await?;
    let told = |finding: Finding| {
        let all: Vec<String> = broken.iter().map(Broken::told).collect();
        finding.at(&format!("of each of {} products one field is broken ({})", broken.len(), all.join("; ")))
    };
    ensure(reading.end.is_ok(), || format!("the run fails: {:?}", reading.end)).map_err(told)?;
    judge.all_but(&broken.iter().map(|broken| broken.key).collect(), &reading).map_err(told)?;
    let met = sandbox_kit::lock(&met).clone();
    if let Some(unmet) = broken.iter().find(|one| !met.contains(&one.key)) {
        return Err(Finding::new(format!(
            "the shop's answers never held {}: is it found by another address each time?",
            unmet.told()
        )));
    }
    let is_untold = |one: &&Broken| reading.items.iter().all(|item| product_of(item) != one.id);
    let nameless = reading.items.iter().filter(|item| judge.is_nameless(item)).count();
    // From a partial end nothing follows: a list in which a product has lost its id cannot say more than that there is one.
    let is_forgiven =
        matches!(reading.end, Ok(End::Partial)) && broken.iter().filter(is_untold).count() <= nameless;
    let (untold, told): (Vec<_>, Vec<_>) = broken.iter().partition(|one| is_untold(one) && is_forgiven);
    let unclear = untold.into_iter().filter(|_| broken.len() > 1);
    let wrong = told.into_iter().filter_map(|one| {
        let finding = one_outcome(arena, judge, catalogue, one, &reading).err()?;
        Some(finding.at(&one.told()).to_string())
    });
    Ok(Found { wrong: wrong.collect(), unclear: unclear.map(|one| (one.field.clone(), one.how)).collect() })
}

/// A broken product is told of once, in all its variants, and what comes of it is right in what costs money.
fn one_outcome(
    arena: &Arena<'_>,
    judge: &Judge<'_>,
    catalogue: &Catalogue,
    broken: &Broken,
    reading: &Reading,
) -> Verdict {
    let wanted = catalogue.product(broken.key).ok_or_else(|| Finding::new("there is no such product"))?;
    let mut open: BTreeSet<String> =
        wanted.variants.iter().map(|variant| arena.shop.ids(wanted.key, variant.key).1).collect();
    let (mut came, mut has_unknown) = (0, false);
    for item in reading.items.iter().filter(|item| product_of(item) == judge.product_id(wanted)) {
        match item {
            Item::Product(product, _) => {
                came += 1;
                right_in_money(arena, wanted, product)?;
                for variant in product.variants() {
                    ensure(open.remove(variant.id.as_str()), || {
                        format!("variant {} is told of twice, or is none of its own", variant.id)
                    })?;
                }
            }
            Item::Reject(reject) => match &reject.variant {
                Some(variant) => {
                    // One that nobody knows is another fault of the same record.
                    let _was_open = open.remove(variant.as_str());
                }
                None => has_unknown = true,
            },
            Item::Skipped(skip) => {
                let why = &skip.why;
                return Err(Finding::new(format!("it is skipped as if the shop did not offer it: {why}")));
            }
            Item::End(_) => {}
        }
    }
    ensure(came <= 1, || "it came twice".to_owned())?;
    ensure(open.is_empty() || has_unknown, || {
        format!("nothing is told of its variants {open:?}, so they would be archived")
    })
}

/// Net price, VAT, stock and whether it is for sale, of what came: they are right, or a reject.
fn right_in_money(arena: &Arena<'_>, wanted: &Product, came: &CanonicalProduct) -> Verdict {
    for variant in came.variants() {
        let is_own =
            |own: &&crate::goods::Variant| arena.shop.ids(wanted.key, own.key).1 == variant.id.as_str();
        let Some(own) = wanted.variants.iter().find(is_own) else { continue };
        let (net, vat) = (variant.price.amount(), variant.vat.as_percent());
        ensure(net == own.net && vat == wanted.vat, || {
            let id = &variant.id;
            format!("variant {id} costs {} at {} %, and came for {net} at {vat} %", own.net, wanted.vat)
        })?;
        ensure(variant.for_sale == wanted.for_sale, || {
            let id = &variant.id;
            format!("variant {id}: for sale is {}, and came as {}", wanted.for_sale, variant.for_sale)
        })?;
        ensure(variant.stock == own.stock, || {
            let id = &variant.id;
            format!("variant {id} has {:?} in stock, and came with {:?}", own.stock, variant.stock)
        })?;
    }
    Ok(())
}
