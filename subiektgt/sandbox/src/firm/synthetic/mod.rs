//! A firm made from nothing but the number of its goods: the same number, the same firm.

mod words;

use fastrand::Rng;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Firm, Good, GoodKind, MAIN_WAREHOUSE, Picture, Prices, SECOND_WAREHOUSE, VAT_23};
use words::{COLOURS, GROUPS, LINES, PLAIN_TAGS, SENTENCES, SIZES, THINGS, WORN};

/// Tags of colours have ids from here on.
const FIRST_COLOUR: i32 = 101;

/// Tags of sizes have ids from here on.
const FIRST_SIZE: i32 = 201;

/// How many goods a model has, in turn. Behind each are twice as many in none, so that one good of three is in a model.
const IN_MODEL: [u32; 4] = [2, 3, 4, 5];

/// A good's place among the others.
#[derive(Clone, Copy)]
struct Place {
    /// From 0
    index: u32,
    /// The index of the first good of its model, or its own.
    first: u32,
    /// Whether it is in a model.
    is_variant: bool,
}

impl Firm {
    /// A firm with so many goods, with ids from 1. One of three is in a model of two to five.
    ///
    /// Among them are some that are deleted, blocked, services or kits, some without a picture, a barcode, a group, prices or
    /// stock.
    #[must_use]
    pub fn synthetic(goods: u32) -> Self {
        let firm = Self::new();
        firm.put_lists();
        for place in places(goods) {
            firm.put_synthetic(place);
        }
        firm
    }

    fn put_lists(&self) {
        for (id, name) in (1..).zip(GROUPS) {
            self.put_group(id, name);
        }
        for (id, name) in (1..).zip(PLAIN_TAGS) {
            self.put_tag(id, name);
        }
        self.put_property(1, "Kolor");
        self.put_property(2, "Rozmiar");
        for (id, name) in (FIRST_COLOUR..).zip(COLOURS) {
            self.put_tag(id, name);
            self.tag_is_of(id, 1);
        }
        for (id, name) in (FIRST_SIZE..).zip(SIZES) {
            self.put_tag(id, name);
            self.tag_is_of(id, 2);
        }
    }

    fn put_synthetic(&self, place: Place) {
        let (index, first) = (place.index, place.first);
        // What a model has in common is thrown by its first good's dice.
        let (mut common, mut own) = (dice(first, 1), dice(index, 2));
        let id = id(index);
        let line = pick(&mut common, &LINES);
        let thing = if place.is_variant { pick(&mut common, &WORN) } else { pick(&mut common, &THINGS) };
        let title = format!("{thing} {line} {}", first + 1);
        let place_in_model = index - first;
        let size = pick_at(&SIZES, place_in_model);
        let kind = if place.is_variant { GoodKind::Goods } else { kind(index) };
        let vat = pick(&mut common, &[0, 0, 0, 0, 1, 2, 4]);
        let good = Good {
            description: pick(&mut own, &SENTENCES).to_owned(),
            characteristic: own.bool().then(|| characteristic(&mut own)),
            barcode: if index % 10 == 9 { String::new() } else { barcode(id) },
            kind,
            is_blocked: index % 13 == 12,
            is_deleted: index % 50 == 49,
            group: (index % 11 != 10).then(|| pick(&mut common, &[1, 2, 3, 4, 5, 6])),
            vat: Some(VAT_23 + vat),
            mass: Some(Decimal::new(own.i64(50..20_000), 3)),
            for_web_shop: index % 7 != 6,
            ..Good::new(id, &format!("SYN-{id:05}"), &title)
        };
        let good = if place.is_variant { Good { name: format!("{title} {size}"), ..good } } else { good };
        self.put_good(good);
        if place.is_variant {
            if place_in_model == 0 {
                self.put_model(self::id(first), &title);
            }
            self.put_in_model(id, self::id(first));
            self.tag(id, FIRST_SIZE + self::id(place_in_model) - 1);
        }
        if common.bool() {
            self.tag(id, FIRST_COLOUR + pick(&mut common, &[0, 1, 2, 3]));
        }
        if own.u8(..5) == 0 {
            self.tag(id, pick(&mut own, &[1, 2, 3]));
        }
        if index % 100 != 99 {
            self.set_prices(id, prices(&mut common, vat));
        }
        for number in 0..[1, 1, 2, 0].get(usize::from(own.u8(..4))).copied().unwrap_or(0) {
            let picture = id * 2 - 1 + number;
            let bytes = sandbox_kit::png(u64::from(picture.unsigned_abs()));
            let crc = (picture % 4 != 0).then(|| picture.wrapping_mul(-1_640_531_527));
            self.put_picture(Picture { id: picture, good: id, is_main: number == 0, crc, bytes });
        }
        match kind {
            // The two before it, which are none themselves.
            GoodKind::Kit => {
                self.put_component(id, id - 1, Decimal::ONE);
                self.put_component(id, id - 2, Decimal::from(own.i64(1..=3)));
            }
            GoodKind::Service => {}
            _ => self.put_stock(id, &mut own),
        }
    }

    fn put_stock(&self, id: i32, own: &mut Rng) {
        for warehouse in [MAIN_WAREHOUSE, SECOND_WAREHOUSE] {
            if own.u8(..8) == 0 {
                continue;
            }
            let on_hand = Decimal::from(own.i64(-1..60));
            let reserved = if own.u8(..4) == 0 { Decimal::from(own.i64(0..3)) } else { Decimal::ZERO };
            self.set_stock(id, warehouse, on_hand, reserved);
        }
    }
}

fn places(goods: u32) -> impl Iterator<Item = Place> {
    let sizes = IN_MODEL.into_iter().cycle();
    let starts = sizes.scan(0, |next, size| {
        let start = *next;
        *next += size * 3;
        Some((start, size))
    });
    let starts = starts.take_while(move |(start, _)| *start < goods);
    starts.flat_map(move |(start, size)| {
        // One alone at the end is no model.
        let in_model = if goods - start < 2 { 0 } else { size };
        (start..goods.min(start + size * 3)).map(move |index| {
            let is_variant = index - start < in_model;
            Place { index, first: if is_variant { start } else { index }, is_variant }
        })
    })
}

fn id(index: u32) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX - 1) + 1
}

fn kind(index: u32) -> GoodKind {
    match index % 42 {
        5 | 40 => GoodKind::Kit,
        20 if index.is_multiple_of(4) => GoodKind::Service,
        _ => GoodKind::Goods,
    }
}

/// Dice of a good's own, so that it is the same among any number of others.
fn dice(index: u32, purpose: u64) -> Rng {
    Rng::with_seed((u64::from(index) * 2 + purpose).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn pick<T: Copy + Default>(random: &mut Rng, all: &[T]) -> T {
    all.get(random.usize(0..all.len().max(1))).copied().unwrap_or_default()
}

fn pick_at(all: &[&'static str], at: u32) -> &'static str {
    usize::try_from(at).ok().and_then(|at| all.get(at)).copied().unwrap_or_default()
}

fn characteristic(random: &mut Rng) -> String {
    let count = random.usize(1..=3);
    (0..count).map(|_| format!("<p>{}</p>", pick(random, &SENTENCES))).collect()
}

/// A price of purchase and three of sale, which are rounded each by itself.
fn prices(random: &mut Rng, vat: i32) -> Prices {
    let percent = match vat {
        0 => 23,
        1 => 8,
        2 => 5,
        _ => 0,
    };
    let gross = Decimal::new(random.i64(499..39_999), 2);
    let levels = [(0, 60), (1, 100), (2, 80), (3, 90)];
    levels.into_iter().fold(Prices::default(), |prices, (level, share)| {
        let gross = (gross * Decimal::new(share, 2))
            .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let net = (gross / Decimal::new(100 + percent, 2)).round_dp(4);
        prices.with(level, net, gross)
    })
}

/// An EAN-13 with the first digits of Poland.
fn barcode(id: i32) -> String {
    let digits = format!("590{id:09}");
    let sum: u32 = digits
        .chars()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
