//! Records with one field that is not what it should be.
//!
//! The records are found in the shop's own answers, whatever their shape: in JSON a record is what names one product only,
//! by its mark or by its id. Each of its fields is broken in each way, several products at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use connector::Item;
use gateway_core::model::Product as CanonicalProduct;
use serde_json::{Value, json};

use crate::arena::{Arena, Reading};
use crate::detour::ENDLESS;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Product};
use crate::judge::{Judge, product_of};
use crate::records::{each_field, each_record, pattern_of, put};

/// Products in the shop.
const PRODUCTS: u32 = 40;

/// Products that are broken in one reading, some others stay whole.
const AT_A_TIME: usize = 32;

/// So many broken at a time a run forgives in any case, even when the shop can deliver none of them.
const FORGIVEN: usize = connector::import::MOST_UNDELIVERABLE;

/// How many findings are told: the first ones tell most.
const TOLD: usize = 20;

/// What a field becomes.
#[derive(Clone, Copy, Debug)]
enum Break {
    Missing,
    Null,
    True,
    Empty,
    Word,
    List,
    Object,
    /// A number where there was a word.
    Number,
    Megabyte,
    Script,
}

impl Break {
    const ALL: [Self; 10] = [
        Self::Missing,
        Self::Null,
        Self::True,
        Self::Empty,
        Self::Word,
        Self::List,
        Self::Object,
        Self::Number,
        Self::Megabyte,
        Self::Script,
    ];

    /// Whether it makes a fault of this value: what reads as a number may be right as another one, and long texts come
    /// where there are texts.
    fn concerns(self, value: &Value) -> bool {
        match self {
            // Where it may be a switch, `true` is a right value, and another one.
            Self::True => !value.is_boolean() && !matches!(value.to_string().trim_matches('"'), "0" | "1"),
            Self::Number => value.as_str().is_some_and(|text| text.parse::<f64>().is_err()),
            Self::Megabyte | Self::Script => value.is_string(),
            _ => true,
        }
    }

    /// What stands in the field's place.
    fn value(self) -> Option<Value> {
        match self {
            Self::Missing => None,
            Self::Null => Some(Value::Null),
            Self::True => Some(json!(true)),
            Self::Empty => Some(json!("")),
            Self::Word => Some(json!("abc")),
            Self::List => Some(json!([])),
            Self::Object => Some(json!({})),
            Self::Number => Some(json!(7)),
            Self::Megabyte => Some(json!("a long text. ".repeat(1024 * 1024 / 13))),
            Self::Script => Some(json!("<script>alert(1)</script>")),
        }
    }
}

/// A field of a product's records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Field {
    /// The path of the answers, in which each number is `#`.
    path: String,
    /// Where in the record, as a JSON pointer.
    pointer: String,
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
        format!("product {} with {} {} {:?}", self.id, self.field.path, self.field.pointer, self.how)
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
                Ok(found) => wrong.extend(found),
                Err(_) if together.len() > FORGIVEN => {
                    open.push(together.split_off(together.len() / 2));
                    open.push(together);
                }
                Err(finding) => return Err(finding),
            }
        }
    }
    ensure(tried > 0, || {
        "no record was found in the shop's answers: they are no JSON, or name no product".to_owned()
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
    let seen: Arc<Mutex<BTreeMap<Field, Value>>> = Arc::default();
    let see = Arc::clone(&seen);
    arena.detour.begin(ENDLESS, move |call, answer| {
        if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
            let mut seen = sandbox_kit::lock(&see);
            each_record(&mut body, &by_id, &mut |key, record| {
                if key == pattern {
                    each_field(record, &mut |pointer, value| {
                        let field = Field { path: pattern_of(call.bare_path()), pointer };
                        seen.entry(field).or_insert_with(|| value.clone());
                    });
                }
            });
        }
        Some(answer)
    });
    judge.everything(&arena.read_all().await?)?;
    let seen = sandbox_kit::lock(&seen);
    let (mut all, mut filled) = (Vec::new(), BTreeSet::new());
    for (field, value) in seen.iter() {
        // A row that is not in a list is no broken row: nobody can know that it was there.
        let is_row = field.pointer.ends_with(|last: char| last.is_ascii_digit());
        let ways = Break::ALL.into_iter().filter(|how| how.concerns(value));
        for how in ways.filter(|how| !is_row || !matches!(how, Break::Missing)) {
            // A megabyte takes its time: once for all that stands in one field of the record is enough.
            let top = field.pointer.split('/').nth(1);
            if !matches!(how, Break::Megabyte) || filled.insert((&field.path, top)) {
                all.push((field.clone(), how));
            }
        }
    }
    Ok(all)
}

/// Reads all products while some of them are broken, and says what of these came wrongly.
async fn read_broken(
    arena: &Arena<'_>,
    judge: &Judge<'_>,
    catalogue: &Catalogue,
    broken: Vec<Broken>,
) -> Result<Vec<String>, Finding> {
    let all = broken.clone();
    let by_id: HashMap<String, u32> = broken.iter().map(|broken| (broken.id.clone(), broken.key)).collect();
    arena.detour.begin(ENDLESS, move |call, mut answer| {
        let path = pattern_of(call.bare_path());
        let here: HashMap<u32, &Broken> = all
            .iter()
            .filter(|broken| broken.field.path == path)
            .map(|broken| (broken.key, broken))
            .collect();
        if !here.is_empty()
            && let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
        {
            each_record(&mut body, &by_id, &mut |key, record| {
                if let Some(broken) = here.get(&key) {
                    put(record, &broken.field.pointer, broken.how.value());
                }
            });
            answer.body = body.to_string().into();
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
    let wrong = broken.iter().filter_map(|broken| {
        let finding = one_outcome(arena, judge, catalogue, broken, &reading).err()?;
        Some(finding.at(&broken.told()).to_string())
    });
    Ok(wrong.collect())
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
