//! Goods made from nothing but their number: the same number, the same goods.

mod words;

use fastrand::Rng;
use rust_decimal::Decimal;

use crate::goods::{Category, Goods, Product, Size, Stock, Texts, Version};
use words::{COLOUR, COLOURS, DEPARTMENTS, LINES, SENTENCES, SHELVES, SIZES, THINGS, WORN, Word};

/// The first three of so many are one group; the next one has sizes too, and the others have none.
const BLOCK: u32 = 8;
const IN_GROUP: u32 = 3;

/// Categories have ids from here on.
const FIRST_CATEGORY: u64 = 101;

/// A catalogue of so many products, with ids from 1, in a tree of categories of three levels.
///
/// Three of eight are one group, in three colours and the same sizes; one has sizes alone; four have the size `uniw`.
#[must_use]
pub fn synthetic(products: u32) -> Goods {
    let categories = categories();
    let parents: Vec<_> = categories.iter().filter_map(|category| category.parent).collect();
    let ids = categories.iter().map(|category| category.id);
    let shelves: Vec<u64> = ids.filter(|id| !parents.contains(id)).collect();
    let products = (0..products).map(|index| product(index, &shelves)).collect();
    Goods { categories, products }
}

fn categories() -> Vec<Category> {
    let mut all: Vec<Category> = Vec::new();
    let mut ids = FIRST_CATEGORY..;
    let mut add = |parent: Option<u64>, name: &Word| {
        let id = ids.next().unwrap_or_default();
        all.push(Category { id, parent, name: texts(true, |language| word(name, language).to_owned()) });
        Some(id)
    };
    for (department, aisles) in &DEPARTMENTS {
        let department = add(None, department);
        for aisle in aisles {
            let aisle = add(department, aisle);
            for shelf in &SHELVES {
                add(aisle, shelf);
            }
        }
    }
    all
}

fn product(index: u32, shelves: &[u64]) -> Product {
    let place = index % BLOCK;
    let in_group = place < IN_GROUP;
    let first = if in_group { index - place } else { index };
    let has_sizes = place <= IN_GROUP;
    // What a group has in common is thrown by its first one's dice.
    let (mut common, mut own) = (dice(first, 1), dice(index, 2));
    let id = u64::from(index) + 1;
    let thing = if has_sizes { pick(&mut common, &WORN) } else { pick(&mut common, &THINGS) };
    let (line, in_english) = (pick(&mut common, &LINES), common.u8(..) < 160);
    let number = first + 1;
    let name = |language: &str| format!("{} {} {number}", word(&thing, language), word(&line, language));
    let gross = Decimal::new(common.i64(499..39_999), 2);
    let vat = [23, 23, 23, 23, 8, 5];
    let sizes = if has_sizes { common.usize(3..=SIZES.len()) } else { 0 };
    Product {
        id,
        code: format!("SYN-{id:05}"),
        name: texts(in_english, name),
        brief: texts(in_english, |language| format!("<p>{}</p>", sentence(&mut own, language))),
        description: texts(in_english, |language| description(&mut own, language)),
        category: Some(pick(&mut common, shelves)),
        gross,
        vat: pick(&mut common, &vat).into(),
        visible: !index.is_multiple_of(13),
        pictures: (1..=own.u64(1..=2)).map(|number| id * 10 + number).collect(),
        version: in_group.then(|| version(u64::from(first) + 1, place)),
        sizes: self::sizes(&mut own, id, sizes, gross),
        ..Product::default()
    }
}

/// Dice of a product's own, so that it is the same among any number of others.
fn dice(index: u32, purpose: u64) -> Rng {
    Rng::with_seed((u64::from(index) * 2 + purpose).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn pick<T: Copy + Default>(random: &mut Rng, all: &[T]) -> T {
    all.get(random.usize(0..all.len().max(1))).copied().unwrap_or_default()
}

fn word(word: &Word, language: &str) -> &'static str {
    let [polish, english] = *word;
    if language == "eng" { english } else { polish }
}

fn texts(in_english: bool, mut text: impl FnMut(&str) -> String) -> Texts {
    let languages = ["pol"].into_iter().chain(in_english.then_some("eng"));
    languages.map(|language| (language.to_owned(), text(language))).collect()
}

fn sentence(random: &mut Rng, language: &str) -> &'static str {
    word(&pick(random, &SENTENCES), language)
}

fn description(random: &mut Rng, language: &str) -> String {
    let [one, two, three, four] = [(); 4].map(|()| sentence(random, language));
    format!("<h2>{one}</h2>\n<p>{two} {three}</p>\n<ul>\n<li>{four}</li>\n</ul>\n")
}

fn version(parent: u64, place: u32) -> Version {
    let colour = COLOURS.iter().zip(0..).find(|(_, number)| *number == place);
    let [polish, english] = colour.map(|(colour, _)| *colour).unwrap_or_default();
    Version {
        parent,
        group_name: texts(true, |language| word(&COLOUR, language).to_owned()),
        name: texts(true, |language| word(&[polish, english], language).to_owned()),
    }
}

/// So many sizes, or the one of goods that have none.
fn sizes(random: &mut Rng, product: u64, count: usize, gross: Decimal) -> Vec<Size> {
    let mut size = |number: u64, id: &str, name: Texts, panel_name: &str| Size {
        id: id.to_owned(),
        panel_name: panel_name.to_owned(),
        name,
        code_external: format!("SYN-{product:05}-{id}"),
        code_producer: ean(product * 8 + number),
        gross: (number > 0 && random.u8(..) < 48).then(|| gross + Decimal::from(number * 5)),
        stocks: stocks(random),
    };
    if count == 0 {
        let name = texts(false, |_| "uniwersalny".to_owned());
        return vec![size(0, "uniw", name, "uniwersalny")];
    }
    let told = SIZES.iter().zip(0..).take(count);
    told.map(|([id, name], number)| size(number, id, texts(true, |_| (*name).to_owned()), name)).collect()
}

/// One or two of the shop's own, and now and then the supplier's.
fn stocks(random: &mut Rng) -> Vec<Stock> {
    let supplier = (random.u8(..) < 32).then_some(0);
    let own = 1..=random.u64(1..=2);
    let mut stock = |id: u64| {
        let quantity = random.i64(0..40);
        let reserved = if random.u8(..) < 64 { random.i64(0..=quantity.min(3)) } else { 0 };
        Stock { id, quantity: quantity.into(), reserved: reserved.into() }
    };
    supplier.into_iter().chain(own).map(&mut stock).collect()
}

/// A number with a right check digit.
fn ean(number: u64) -> String {
    let digits = format!("590{:09}", number % 1_000_000_000);
    let weights = [1, 3].into_iter().cycle();
    let sum: u32 =
        digits.chars().filter_map(|digit| digit.to_digit(10)).zip(weights).map(|(d, w)| d * w).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
