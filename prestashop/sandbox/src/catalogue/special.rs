//! Hand-made goods, one for each odd case of the known facts. Each constant is a product's id in a shop that began with
//! [`super::Catalogue::special`].

use chrono::DateTime;
use rust_decimal::Decimal;

use super::product::Kind;
use super::{NewCombination, NewProduct, Store};

/// Four combinations with impacts +5 and −1.5, EANs and pictures of their own; the cover is the second picture; 20 % off.
pub const SHIRT: u32 = 1;
/// Quotation marks, an ampersand, a percent sign, an emoji and Polish letters in its name; 8 %; EAN.
pub const MUG: u32 = 2;
/// Switched off, out of stock.
pub const INACTIVE: u32 = 3;
/// Visibility `none`, cannot be ordered, no tax group, less than nothing on stock.
pub const HIDDEN: u32 = 4;
/// The stock row of the product itself says 0 while its two combinations hold 300 each.
pub const WRONG_SUM: u32 = 5;
/// A virtual product: it has a stock row all the same.
pub const VIRTUAL: u32 = 6;
/// A pack of two mugs and a shirt of one combination.
pub const PACK: u32 = 7;
/// A draft, as a bare call of the API leaves it: no category, picture, tax or kind, state 0.
pub const DRAFT: u32 = 8;
/// Price 0, and no name in languages other than the first.
pub const FREE: u32 = 9;
/// No name in any language.
pub const NAMELESS: u32 = 10;
/// A name of 128 characters, which is PrestaShop's limit.
pub const LONG_NAME: u32 = 11;
/// Has the same reference as [`TWIN`].
pub const DUPLICATE: u32 = 12;
/// Has the same reference as [`DUPLICATE`].
pub const TWIN: u32 = 13;
/// A bare `]]>` in its description, which makes every XML answer that shows it ill-formed.
pub const CDATA_END: u32 = 14;
/// An EAN whose check digit is wrong.
pub const BAD_EAN: u32 = 15;
/// No picture: `id_default_image` is an empty string, and 1.7 answers 500 with valid data.
pub const PICTURELESS: u32 = 16;
/// A single combination.
pub const ONE_COMBINATION: u32 = 17;
/// Two combinations without reference, EAN or picture.
pub const BARE_COMBINATIONS: u32 = 18;
/// Tax group 4, 0 %.
pub const ZERO_RATE: u32 = 19;
/// Found by search only.
pub const SEARCH_ONLY: u32 = 20;
/// Points at a tax group that does not exist.
pub const UNKNOWN_TAX: u32 = 21;
/// In the home category only, and no default category.
pub const HOMELESS: u32 = 22;
/// Dates that were never set: all zeros.
pub const ZERO_DATES: u32 = 23;
/// A combination whose impact is larger than the price.
pub const BELOW_ZERO: u32 = 24;
/// Four pictures, the third is the cover.
pub const MANY_PICTURES: u32 = 25;
/// Its only category is switched off.
pub const INACTIVE_CATEGORY: u32 = 26;
/// How many they are.
pub const COUNT: u32 = 26;

/// The category "Mężczyźni" ("Men").
const MEN: u32 = 14;
/// The category "Kuchnia" ("Kitchen").
const KITCHEN: u32 = 4;

/// A product with an English and a Polish name, and a description made of each.
fn product(store: &Store, english: &str, polish: &str) -> NewProduct {
    let pick = |iso: &String| if iso == "pl" { polish } else { english };
    let names: Vec<String> = store.languages.iter().map(|iso| pick(iso).to_owned()).collect();
    NewProduct {
        descriptions: names.iter().map(|name| format!("<p>{}.</p>", name.replace('&', "&amp;"))).collect(),
        shorts: names.iter().map(|name| format!("<p>{}</p>", name.replace('&', "&amp;"))).collect(),
        names,
        category: KITCHEN,
        ..NewProduct::default()
    }
}

fn combination(values: [u32; 2], impact: Decimal, reference: &str, stock: i64) -> NewCombination {
    NewCombination {
        values: values.to_vec(),
        impact,
        reference: reference.to_owned(),
        stock,
        ..NewCombination::default()
    }
}

/// Puts them in, in the order of their ids.
pub(super) fn fill(store: &mut Store) {
    dressed(store);
    switched_off(store);
    unnamed(store);
    numbered(store);
    taxed(store);
    pictured(store);
}

fn put(store: &mut Store, new: NewProduct) -> u32 {
    let day = DateTime::from_timestamp(1_767_261_600 + i64::from(store.next.product) * 86_400, 0);
    store.add(new, day.unwrap_or(DateTime::UNIX_EPOCH))
}

fn dressed(store: &mut Store) {
    let shirt = product(store, "Shirt with a heron", "Koszulka z czaplą");
    let mut first = combination([1, 5], Decimal::new(5, 0), "HERON-S-WHITE", 7);
    first.ean13 = "5900000000015".to_owned();
    let shirt = put(
        store,
        NewProduct {
            price: Decimal::new(23_900_000, 6),
            reference: "HERON".to_owned(),
            images: 3,
            category: MEN,
            combinations: vec![
                first,
                combination([1, 6], Decimal::ZERO, "HERON-S-BLACK", 300),
                combination([2, 5], Decimal::new(-15, 1), "HERON-M-WHITE", 300),
                combination([2, 6], Decimal::ZERO, "HERON", 300),
            ],
            ..shirt
        },
    );
    store.change(shirt, |shirt| {
        shirt.cover = shirt.images.get(1).copied().unwrap_or(0);
        shirt.reduction = Some(Decimal::new(2, 1));
        shirt.weight = Decimal::new(3, 1);
        shirt.manufacturer = 1;
        shirt.supplier = 1;
        shirt.features = vec![(1, 1), (2, 7)];
        let images = shirt.images.clone();
        for (combination, image) in shirt.combinations.iter_mut().zip(images.iter().rev()) {
            combination.images = vec![*image];
            combination.weight_impact = Decimal::new(5, 2);
        }
    });
    let mut mug =
        product(store, "Mug \"The best\" & 100% ☕", "Kubek „Najlepszy” – zażółć gęślą jaźń & 100% ☕");
    mug.descriptions = vec![
        "<p>With <strong>markup</strong>, \"quotes\", &amp; an entity, ]]&gt; the end of CDATA 😀 ąęłóżź</p>\
         <ul><li>one</li></ul>"
            .to_owned();
        store.languages.len()
    ];
    let (reference, ean13) = ("MUG-01".to_owned(), "5900000000022".to_owned());
    let mug = put(
        store,
        NewProduct { tax_group: 2, stock: 42, reference, ean13, price: Decimal::new(119, 1), ..mug },
    );
    store.change(mug, |mug| {
        mug.manufacturer = 2;
        mug.supplier = 2;
        mug.features = vec![(1, 3)];
    });
}

fn switched_off(store: &mut Store) {
    let off = product(store, "Plate that is not sold any more", "Talerz już niesprzedawany");
    let off = put(store, NewProduct { stock: 0, reference: "OFF-01".to_owned(), ..off });
    store.change(off, |off| off.active = false);
    let hidden = product(store, "Bowl without tax", "Miska bez podatku");
    let hidden =
        put(store, NewProduct { tax_group: 0, stock: -3, reference: "HIDDEN-01".to_owned(), ..hidden });
    store.change(hidden, |hidden| {
        hidden.visibility = "none";
        hidden.available_for_order = false;
    });
    let wrong = product(store, "Cushion whose sum is wrong", "Poduszka o złej sumie");
    let combinations = vec![
        combination([2, 7], Decimal::ZERO, "CUSHION-GREEN", 300),
        combination([2, 8], Decimal::ZERO, "CUSHION-RED", 300),
    ];
    let wrong = put(store, NewProduct { combinations, ..wrong });
    store.change(wrong, |wrong| wrong.first_stock = 0);
    let file = product(store, "Embroidery pattern (file)", "Wzór haftu (plik)");
    let file = put(store, NewProduct { tax_group: 3, ..file });
    store.change(file, |file| file.kind = Kind::Virtual);
    let pack = product(store, "Breakfast set", "Zestaw śniadaniowy");
    let pack = put(store, NewProduct { price: Decimal::from(35), ..pack });
    let shirt =
        store.product(SHIRT).and_then(|shirt| shirt.combinations.first().map(|one| one.id)).unwrap_or(0);
    store.change(pack, |pack| {
        pack.kind = Kind::Pack;
        pack.bundle = vec![(MUG, 0, 2), (SHIRT, shirt, 1)];
    });
}

fn unnamed(store: &mut Store) {
    let draft = product(store, "Draft", "Szkic");
    let price = Decimal::from(1);
    let draft = put(
        store,
        NewProduct {
            price,
            tax_group: 0,
            stock: 0,
            images: 0,
            descriptions: Vec::new(),
            shorts: Vec::new(),
            ..draft
        },
    );
    store.change(draft, |draft| {
        draft.draft = true;
        draft.active = false;
        draft.available_for_order = false;
        draft.kind = Kind::Unset;
        draft.default_category = 0;
        draft.categories.clear();
    });
    let mut free = product(store, "Sample for nothing", "");
    if let [_, others @ ..] = free.names.as_mut_slice() {
        others.iter_mut().for_each(String::clear);
    }
    put(store, NewProduct { price: Decimal::ZERO, ..free });
    let nameless = product(store, "", "");
    put(store, NewProduct { reference: "NAMELESS-01".to_owned(), ..nameless });
    let fill = |start: &str, word: &str| {
        let mut name = start.to_owned();
        while name.chars().count() < 128 {
            name.push_str(word);
        }
        name.chars().take(128).collect::<String>()
    };
    let long =
        product(store, &fill("A very long name", ", and longer"), &fill("Bardzo długa nazwa", ", i dłuższa"));
    put(store, long);
}

fn numbered(store: &mut Store) {
    for (english, polish) in [("Spoon", "Łyżka"), ("Fork", "Widelec")] {
        let one = product(store, english, polish);
        put(store, NewProduct { reference: "CUTLERY".to_owned(), ..one });
    }
    let mut cdata = product(store, "Box with an end mark", "Pudełko ze znakiem końca");
    cdata.descriptions.iter_mut().for_each(|text| text.push_str("<p>if (a[b[0]]>1) stop</p>"));
    put(store, cdata);
    let bad = product(store, "Jar with a wrong EAN", "Słoik z błędnym EAN");
    put(store, NewProduct { ean13: "5900000000013".to_owned(), ..bad });
    let plain = product(store, "Never photographed", "Bez zdjęcia");
    put(store, NewProduct { images: 0, ..plain });
    let one = product(store, "Poster in one size", "Plakat w jednym rozmiarze");
    let single = NewCombination {
        values: vec![12],
        reference: "POSTER-40".to_owned(),
        stock: 5,
        ..Default::default()
    };
    put(store, NewProduct { combinations: vec![single], ..one });
    let bare = product(store, "Scarf of two colours", "Szalik w dwóch kolorach");
    let of = |color| NewCombination { values: vec![color], stock: 4, ..Default::default() };
    put(store, NewProduct { combinations: vec![of(5), of(6)], ..bare });
}

fn taxed(store: &mut Store) {
    let zero = product(store, "Export basket", "Koszyk na eksport");
    put(store, NewProduct { tax_group: 4, ..zero });
    let searched = product(store, "Found by search only", "Tylko przez wyszukiwarkę");
    let searched = put(store, searched);
    store.change(searched, |searched| searched.visibility = "search");
    let unknown = product(store, "Lamp of an unknown tax", "Lampa o nieznanym podatku");
    put(store, NewProduct { tax_group: 99, ..unknown });
    let homeless = product(store, "Filed nowhere", "Bez kategorii");
    let homeless = put(store, NewProduct { category: super::HOME, ..homeless });
    store.change(homeless, |homeless| homeless.default_category = 0);
    let dateless = product(store, "Without dates", "Bez dat");
    let dateless = put(store, dateless);
    store.change(dateless, |dateless| (dateless.created, dateless.updated) = (None, None));
}

fn pictured(store: &mut Store) {
    let cheap = product(store, "Sticker", "Naklejka");
    let combinations = vec![
        combination([1, 5], Decimal::ZERO, "STICKER-S", 9),
        combination([2, 5], Decimal::from(-6), "STICKER-M", 9),
    ];
    put(store, NewProduct { price: Decimal::from(5), combinations, ..cheap });
    let seen = product(store, "Vase from four sides", "Wazon z czterech stron");
    let seen = put(store, NewProduct { images: 4, ..seen });
    store.change(seen, |seen| seen.cover = seen.images.get(2).copied().unwrap_or(0));
    let off = product(store, "In a category that is off", "W wyłączonej kategorii");
    let off = put(store, NewProduct { category: 23, ..off });
    store.change(off, |off| off.categories = vec![23]);
}
