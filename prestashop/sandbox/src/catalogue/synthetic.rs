//! Goods made from a seed: the same seed, the same goods, and none of them is kept.

use chrono::{DateTime, TimeDelta};
use rust_decimal::Decimal;

use super::product::{Combination, Kind, Product, Texts};
use super::words::{self, Oddity, Recipe};
use super::{COLORS, SIZES, Start, categories};

/// The day from which the dates of synthetic goods count back: 2026-06-01.
const NEWEST: i64 = 1_780_272_000;

/// A row of synthetic products with consecutive ids, and where their other ids begin.
#[derive(Clone, Debug, Default)]
pub(super) struct Synthetic {
    seed: u64,
    /// The ids of the first product, combination, image and stock row.
    first: Start,
    /// How many combinations and images there are before each product, and at last in all.
    before: Vec<(u32, u32)>,
}

/// How many combinations and images the product has.
fn shape(seed: u64, index: u32) -> (u32, u32) {
    let mut random = dice(seed, index, 1);
    let combinations = if random.u8(0..100) < 40 { random.u32(2..=12) } else { 0 };
    let images = [0, 1, 1, 1, 2, 2, 3, 4].get(random.usize(0..8)).copied().unwrap_or(1);
    (combinations, images)
}

/// Dice of a product's own, so that it can be made without those before it.
fn dice(seed: u64, index: u32, purpose: u64) -> fastrand::Rng {
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (u64::from(index) << 8) ^ purpose;
    fastrand::Rng::with_seed(mixed.wrapping_mul(0xD1B5_4A32_D192_ED03))
}

impl Synthetic {
    pub(super) fn new(seed: u64, products: u32, first: Start) -> Self {
        let mut before = vec![(0, 0)];
        let mut sum = (0, 0);
        for index in 0..products {
            let (combinations, images) = shape(seed, index);
            sum = (sum.0 + combinations, sum.1 + images);
            before.push(sum);
        }
        Self { seed, first, before }
    }

    /// Where the ids of what comes after begin.
    pub(super) fn end(&self) -> Start {
        let (combinations, images) = self.before.last().copied().unwrap_or_default();
        let products = self.len();
        Start {
            product: self.first.product + products,
            combination: self.first.combination + combinations,
            image: self.first.image + images,
            stock: self.first.stock + products + combinations,
        }
    }

    pub(super) fn first(&self) -> Start {
        self.first
    }

    fn len(&self) -> u32 {
        u32::try_from(self.before.len()).unwrap_or(u32::MAX).saturating_sub(1)
    }

    fn before(&self, index: u32) -> (u32, u32) {
        usize::try_from(index).ok().and_then(|index| self.before.get(index).copied()).unwrap_or_default()
    }

    /// The product whose `number`-th combination, image or stock row (as `count` counts them) this is.
    fn owner(&self, number: u32, count: impl Fn(u32, (u32, u32)) -> u32) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if count(middle + 1, self.before(middle + 1)) <= number {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < self.len()).then_some(self.first.product + low)
    }

    /// The product that this combination was made for.
    pub(super) fn of_combination(&self, id: u32) -> Option<u32> {
        self.owner(id.checked_sub(self.first.combination)?, |_, (combinations, _)| combinations)
    }

    /// The product that this image was made for.
    pub(super) fn of_image(&self, id: u32) -> Option<u32> {
        self.owner(id.checked_sub(self.first.image)?, |_, (_, images)| images)
    }

    /// The product that this stock row was made for.
    pub(super) fn of_stock(&self, id: u32) -> Option<u32> {
        self.owner(id.checked_sub(self.first.stock)?, |products, (combinations, _)| products + combinations)
    }

    /// Makes the product of this id.
    pub(super) fn product(&self, id: u32) -> Option<Product> {
        let index = id.checked_sub(self.first.product).filter(|index| *index < self.len())?;
        let (combinations_before, images_before) = self.before(index);
        let (combinations, images) = shape(self.seed, index);
        let mut random = dice(self.seed, index, 2);
        let recipe = recipe(&mut random, id);
        let stock_row = self.first.stock + index + combinations_before;
        let first_image = self.first.image + images_before;
        let images: Vec<u32> = (first_image..first_image + images).collect();
        let created = DateTime::from_timestamp(NEWEST - i64::from(random.u32(0..60_000_000)), 0)
            .unwrap_or(DateTime::UNIX_EPOCH);
        let mut product = Product {
            id,
            texts: Texts::Synthetic(recipe),
            kind: if combinations > 0 { Kind::Combinations } else { Kind::Standard },
            price: price(&mut random),
            reduction: (random.u8(0..100) < 5).then(|| Decimal::new(2, 1)),
            weight: Decimal::new(i64::from(random.u32(0..30)) * 100_000, 6),
            tax_group: [1, 1, 1, 1, 1, 1, 1, 2, 2, 3].get(random.usize(0..10)).copied().unwrap_or(1),
            reference: reference(&mut random, id),
            ean13: if random.bool() { ean13(u64::from(id)) } else { String::new() },
            manufacturer: random.u32(0..3),
            supplier: 0,
            default_category: 0,
            categories: Vec::new(),
            cover: images.get(random.usize(0..images.len().max(1))).copied().unwrap_or(0),
            images,
            combinations: Vec::new(),
            features: vec![(1, u32::from(recipe.material) + 1)],
            bundle: Vec::new(),
            active: true,
            visibility: "both",
            available_for_order: true,
            draft: false,
            created: Some(created),
            updated: Some(created + TimeDelta::seconds(i64::from(random.u32(0..10_000_000)))),
            stock_row,
            first_stock: stock(&mut random),
        };
        let leaf = 3 + random.u32(0..18);
        product.categories = categories::path_of_synthetic(leaf);
        product.default_category = product.categories.last().copied().unwrap_or(2);
        if combinations > 0 {
            let first = self.first.combination + combinations_before;
            product.combinations = make_combinations(&mut random, &product, first, combinations, stock_row);
            product.first_stock = product.combinations.iter().map(|one| one.first_stock).sum();
        }
        make_odd(&mut random, &mut product);
        Some(product)
    }
}

fn recipe(random: &mut fastrand::Rng, id: u32) -> Recipe {
    let mut below = |count: usize| random.u8(0..u8::try_from(count).unwrap_or(1));
    let (noun, kind, material) = (below(words::NOUNS.len()), below(12), below(words::MATERIALS.len()));
    let oddity = match below(100) {
        0 => Oddity::NoForeignName,
        1 => Oddity::LongName,
        2..6 => Oddity::PlainDescription,
        6..10 => Oddity::NoDescription,
        10..13 => Oddity::WildDescription,
        _ => Oddity::None,
    };
    Recipe { id, noun, kind, material, oddity }
}

/// Mostly a gross price of whole groszes taken down to net at 23 %, with all its six decimals; seldom 0.
fn price(random: &mut fastrand::Rng) -> Decimal {
    if random.u8(0..100) == 0 {
        return Decimal::new(0, 6);
    }
    let gross = i64::from(random.u32(100..100_000));
    match random.u8(0..3) {
        0 => Decimal::new(gross * 10_000, 6),
        _ => Decimal::new((gross * 1_000_000 + 61) / 123, 6),
    }
}

fn reference(random: &mut fastrand::Rng, id: u32) -> String {
    match random.u8(0..100) {
        0..8 => String::new(),
        // The next product has the same one, whenever it is not odd itself.
        8..11 => format!("SYN-{:06}", id + 1),
        _ => format!("SYN-{id:06}"),
    }
}

fn stock(random: &mut fastrand::Rng) -> i64 {
    match random.u8(0..100) {
        0..10 => 0,
        10..12 => -i64::from(random.u32(1..10)),
        _ => i64::from(random.u32(1..500)),
    }
}

/// A valid EAN-13 of a made-up company with the Polish prefix 590.
pub(super) fn ean13(number: u64) -> String {
    let twelve = format!("590{:09}", number % 1_000_000_000);
    let weighted = twelve.bytes().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{twelve}{}", (10 - sum % 10) % 10)
}

fn make_combinations(
    random: &mut fastrand::Rng,
    product: &Product,
    first: u32,
    count: u32,
    stock_row: u32,
) -> Vec<Combination> {
    let colors = count.div_ceil(4).max(if count.is_multiple_of(2) { 2 } else { 1 });
    let sizes = count.div_ceil(colors);
    let default = random.u32(0..count);
    (0..count)
        .map(|number| {
            let size = SIZES.start + number % sizes;
            let color = COLORS.start + number / sizes;
            let impact = match random.u8(0..4) {
                0 => i64::from(random.u32(1..2_000)) * 8_131,
                1 if product.price > Decimal::from(10) => -i64::from(random.u32(1..5_000)) * 1_000,
                _ => 0,
            };
            let own_image = usize::try_from(number / sizes).ok().and_then(|color| product.images.get(color));
            Combination {
                id: first + number,
                reference: match random.u8(0..10) {
                    0 => String::new(),
                    1 => product.reference.clone(),
                    _ => format!("{}-{number}", product.reference),
                },
                ean13: if random.bool() {
                    ean13(u64::from(first + number) + 500_000_000)
                } else {
                    String::new()
                },
                impact: Decimal::new(impact, 6),
                weight_impact: Decimal::new(0, 6),
                values: vec![size, color],
                images: own_image.copied().into_iter().collect(),
                is_default: number == default,
                stock_row: stock_row + 1 + number,
                first_stock: stock(random),
            }
        })
        .collect()
}

/// Makes about one product in ten odd in one way.
fn make_odd(random: &mut fastrand::Rng, product: &mut Product) {
    match random.u8(0..200) {
        0..4 => product.active = false,
        4..6 => product.visibility = "none",
        6 => product.visibility = "search",
        7..9 => product.available_for_order = false,
        9..11 => product.draft = true,
        11..13 => product.tax_group = 0,
        13..15 => product.tax_group = 4,
        15 => product.default_category = 0,
        16..19 if product.combinations.is_empty() => product.kind = Kind::Virtual,
        19 if product.combinations.is_empty() && product.id > 2 => {
            product.kind = Kind::Pack;
            product.bundle = vec![(product.id - 1, 0, 2)];
        }
        _ => {}
    }
}
