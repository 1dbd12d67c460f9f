//! Goods made from their place: the same place, the same goods, and none of them is kept.

mod words;

use std::fmt::Write as _;

use fastrand::Rng;
use rust_decimal::Decimal;

use crate::goods::{Category, Group, Parameter, Product, Size, Stock, Texts};
use words::{COLORS, DEPARTMENTS, KINDS, LINES, NOUNS, SENTENCES, SHELVES, SIZES, Word};

/// In each half of the goods, one of so many is half of a family of two.
const FAMILIES: u32 = 10;

/// The product at a place, from 0, among so many: some 8 KB of XML. Its id is its place and one.
///
/// Each tenth is one of a family of two, which differ in colour and stand half of all goods apart.
#[must_use]
pub fn synthetic(index: u32, of: u32) -> Product {
    let half = of / 2;
    let is_second = (half..half * 2).contains(&index);
    let first = if is_second { index - half } else { index };
    let in_family = index < half * 2 && first.is_multiple_of(FAMILIES);
    // What a family has in common is thrown by its first one's dice.
    let mut common = dice(if in_family { first } else { index }, 1);
    let mut random = dice(index, 2);
    let id = u64::from(index) + 1;
    let (noun, kind) = (pick(&mut common, &NOUNS), pick(&mut common, &KINDS));
    let number = if in_family { first } else { index } + 1;
    let vat = [23, 23, 23, 23, 23, 8, 8, 5];
    let mut product = Product {
        id,
        name: texts(|language| format!("{} {} {number}", word(&noun, language), word(&kind, language))),
        short_desc: texts(|language| format!("<p>{}</p>", sentence(&mut common, language))),
        categories: vec![category(common.u32(..))],
        vat: Decimal::from(pick(&mut common, &vat)),
        gross: Decimal::new(common.i64(199..49_999), 2),
        visible: Some(random.u8(..) > 8),
        pictures: vec![id * 10 + 1, id * 10 + 2],
        code_on_card: Some(format!("SYN-{id:06}")),
        ..Product::default()
    };
    product.long_desc = texts(|language| description(&mut random, language));
    product.sizes = sizes(&mut random, id, product.gross);
    product.group = in_family.then(|| group(u64::from(first) + 1, is_second));
    product
}

/// Dice of a product's own, so that it can be made without those before it.
fn dice(index: u32, purpose: u64) -> Rng {
    Rng::with_seed((u64::from(index) << 8 ^ purpose).wrapping_mul(0xD1B5_4A32_D192_ED03))
}

fn pick<T: Clone + Default>(random: &mut Rng, all: &[T]) -> T {
    all.get(random.usize(0..all.len().max(1))).cloned().unwrap_or_default()
}

const LANGUAGES: [&str; 2] = ["pol", "eng"];

fn word(word: &Word, language: &str) -> &'static str {
    let [polish, english] = *word;
    if language == "eng" { english } else { polish }
}

fn texts(mut text: impl FnMut(&str) -> String) -> Texts {
    LANGUAGES.into_iter().map(|language| (language.to_owned(), text(language))).collect()
}

fn sentence(random: &mut Rng, language: &str) -> &'static str {
    word(&pick(random, &SENTENCES), language)
}

/// One of some dozens, whose path follows from its id.
fn category(thrown: u32) -> Category {
    let part = |all: &[&'static str], number: u32| {
        let place = usize::try_from(number).unwrap_or(0) % all.len().max(1);
        all.get(place).copied().unwrap_or_default()
    };
    let shelves = u32::try_from(SHELVES.len()).unwrap_or(1);
    let departments = u32::try_from(DEPARTMENTS.len()).unwrap_or(1);
    let number = thrown % (shelves * departments);
    let path = format!("{}/{}", part(&DEPARTMENTS, number / shelves), part(&SHELVES, number % shelves));
    Category { id: u64::from(number) + 101, path }
}

/// As shops have them: headings, paragraphs, a list and a table.
fn description(random: &mut Rng, language: &str) -> String {
    let mut html = String::with_capacity(4096);
    let line = |random: &mut Rng| word(&pick(random, &LINES), language);
    for _ in 0..4 {
        let heading = line(random);
        html.push_str("<h2 class=\"product__heading\">");
        html.push_str(heading);
        html.push_str("</h2>\n<p style=\"text-align: justify;\">");
        for place in 0..5 {
            html.push_str(if place == 0 { "" } else { " " });
            html.push_str(sentence(random, language));
        }
        html.push_str("</p>\n");
    }
    html.push_str("<ul>\n");
    for _ in 0..6 {
        // Writing to a string cannot fail.
        let _written = writeln!(html, "<li><strong>{}</strong>&nbsp;&ndash; 100%</li>", line(random)).is_ok();
    }
    html.push_str("</ul>\n<table><tbody>\n");
    for _ in 0..4 {
        let (name, value) = (line(random), random.u16(1..900));
        let _written = writeln!(html, "<tr><td>{name}</td><td>{value}&nbsp;mm</td></tr>").is_ok();
    }
    html.push_str("</tbody></table>\n");
    html
}

fn sizes(random: &mut Rng, product: u64, gross: Decimal) -> Vec<Size> {
    let count = random.usize(1..=SIZES.len());
    let stocks = |random: &mut Rng| {
        let places = random.u64(1..=2);
        let quantity = |random: &mut Rng| if random.u8(..) < 8 { -1 } else { random.i64(0..60) };
        (0..places).map(|id| Stock { id, quantity: quantity(random).into() }).collect::<Vec<_>>()
    };
    let size = |random: &mut Rng, number: u64, id: &str, name: &str| Size {
        id: id.to_owned(),
        name: name.to_owned(),
        panel_name: name.to_lowercase(),
        code_external: format!("SYN-{product:06}-{id}"),
        code_producer: if random.bool() { ean(product * 8 + number) } else { String::new() },
        gross: (random.u8(..) < 64).then(|| gross + Decimal::from(number)),
        available: Some("in_stock".to_owned()),
        stocks: stocks(random),
    };
    if count == 1 {
        return vec![size(random, 0, "uniw", "uniwersalny")];
    }
    let told = SIZES.iter().zip(0..).take(count);
    told.map(|([id, name], number)| size(random, number, id, name)).collect()
}

/// A number with a right check digit.
fn ean(number: u64) -> String {
    let digits = format!("590{:09}", number % 1_000_000_000);
    let weighted = digits.bytes().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn group(first_product_id: u64, is_second: bool) -> Group {
    let [one, other] = COLORS;
    let color = if is_second { other } else { one };
    let name: Word = ["Kolor", "Colour"];
    let parameter = Parameter {
        name: texts(|language| word(&name, language).to_owned()),
        value: texts(|language| word(&color, language).to_owned()),
    };
    Group { first_product_id, parameters: vec![parameter] }
}
