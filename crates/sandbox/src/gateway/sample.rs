//! Sample goods to look at: families of variants with drawn pictures, and some of the odd cases.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Gateway;

/// A kind of goods.
struct Kind {
    name: &'static str,
    brief: &'static str,
    category: &'static str,
    /// Net price in grosze.
    net: u32,
    vat: &'static str,
    /// The attribute in which its variants differ, and its values.
    attribute: (&'static str, &'static [&'static str]),
    /// The drawing, on a field of 120 by 120.
    drawing: &'static str,
}

/// Colours with the code that the drawings use.
const COLORS: [(&str, &str); 5] = [
    ("szałwia", "#8fae9b"),
    ("granat", "#33527a"),
    ("terakota", "#c9714f"),
    ("miód", "#d9a441"),
    ("wrzos", "#9b7fa8"),
];

const KINDS: [Kind; 8] = [
    Kind {
        name: "Kubek ceramiczny",
        brief: "Ręcznie toczony, 350 ml.",
        category: "Kubki i filiżanki",
        net: 3_659,
        vat: "VAT23",
        attribute: ("color", &["szałwia", "granat", "terakota", "miód", "wrzos"]),
        drawing: "<path d='M34 38h44v38a12 12 0 0 1-12 12H46a12 12 0 0 1-12-12z'/><path d='M78 48h6a10 10 0 0 1 0 22h-6' fill='none' stroke='C' stroke-width='7'/>",
    },
    Kind {
        name: "Koszulka lniana",
        brief: "Len z polskiej przędzalni, krój prosty.",
        category: "Koszulki",
        net: 10_561,
        vat: "VAT23",
        attribute: ("size", &["S", "M", "L", "XL"]),
        drawing: "<path d='M46 30c4 8 24 8 28 0l22 12-9 17-10-5v38H43V54l-10 5-9-17z'/>",
    },
    Kind {
        name: "Lampa stołowa",
        brief: "Klosz z tkaniny, podstawa z dębu.",
        category: "Lampy stołowe",
        net: 24_309,
        vat: "VAT23",
        attribute: ("color", &["szałwia", "miód"]),
        drawing: "<path d='M45 28h30l13 32H32zM57 60h6v26h-6zM42 86h36v6H42z'/>",
    },
    Kind {
        name: "Doniczka z odpływem",
        brief: "Glina wypalana dwa razy, z podstawką.",
        category: "Doniczki",
        net: 2_845,
        vat: "VAT23",
        attribute: ("size", &["12 cm", "16 cm", "21 cm"]),
        drawing: "<path d='M35 56h50v9H35zM39 67h42l-6 26H45z'/><path d='M59 56c-2-14-12-20-20-20 1 12 8 19 20 20zm3 0c0-16 8-26 19-28 1 16-6 26-19 28z' opacity='.65'/>",
    },
    Kind {
        name: "Książka kucharska",
        brief: "120 przepisów kuchni Podlasia.",
        category: "Książki",
        net: 4_752,
        vat: "VAT5",
        attribute: ("size", &[]),
        drawing: "<path d='M38 26h42a4 4 0 0 1 4 4v60a4 4 0 0 1-4 4H38z'/><path d='M46 26v68M56 44h18M56 53h12' fill='none' stroke='#fff' stroke-width='3' opacity='.75'/>",
    },
    Kind {
        name: "Miód lipowy",
        brief: "Z pasieki w Puszczy Knyszyńskiej.",
        category: "Miody",
        net: 3_238,
        vat: "VAT5",
        attribute: ("weight", &["250 g", "500 g", "1 kg"]),
        drawing: "<path d='M40 26h40v10H40zM36 40h48v48a6 6 0 0 1-6 6H42a6 6 0 0 1-6-6z'/><path d='M60 54l11 6v12l-11 6-11-6V60z' fill='#fff' opacity='.7'/>",
    },
    Kind {
        name: "Plakat botaniczny",
        brief: "Druk na papierze 200 g, bez ramy.",
        category: "Plakaty",
        net: 5_609,
        vat: "VAT8",
        attribute: ("size", &["A4", "A3", "50 × 70 cm"]),
        drawing: "<path d='M36 22h48v76H36z'/><path d='M60 86V52m0 18c-12 0-14-8-14-14 10 0 14 6 14 14zm0-12c0-10 4-16 14-16 0 10-4 16-14 16z' fill='none' stroke='#fff' stroke-width='3' opacity='.8'/>",
    },
    Kind {
        name: "Etui na telefon",
        brief: "Korek i filc wełniany.",
        category: "Etui",
        net: 7_308,
        vat: "VAT23",
        attribute: ("color", &["granat", "terakota", "wrzos"]),
        drawing: "<path d='M44 22h32a7 7 0 0 1 7 7v62a7 7 0 0 1-7 7H44a7 7 0 0 1-7-7V29a7 7 0 0 1 7-7z'/><circle cx='50' cy='35' r='6' fill='#fff' opacity='.8'/>",
    },
];

const SERIES: [&str; 6] = ["Tatry", "Bałtyk", "Roztocze", "Mazury", "Bieszczady", "Podlasie"];

/// Puts `count` goods into the first shop of `gateway`.
pub(super) fn fill(gateway: &Gateway, count: usize) {
    let mut left = count;
    for (family, (kind, round)) in
        (0..).flat_map(|round| KINDS.iter().map(move |kind| (kind, round))).enumerate()
    {
        if left == 0 {
            return;
        }
        let products: Vec<Value> = goods(gateway, kind, family, round).into_iter().take(left).collect();
        left -= products.len();
        gateway.seed_products(products);
    }
}

fn goods(gateway: &Gateway, kind: &Kind, family: usize, round: usize) -> Vec<Value> {
    let series = SERIES.iter().cycle().nth(round).copied().unwrap_or_default();
    let edition = if round < SERIES.len() { String::new() } else { format!(" {}", round / SERIES.len() + 1) };
    let name = format!("{} „{series}{edition}”", kind.name);
    let category = gateway.category(kind.category);
    let (attribute, values) = kind.attribute;
    let tag = (values.len() > 1).then(|| gateway.make_tag(&format!("{name} (próbka {family})")));
    let tags: Vec<_> = category.into_iter().chain(tag).collect();
    let variants: Vec<Option<&str>> =
        if values.is_empty() { vec![None] } else { values.iter().copied().map(Some).collect() };
    variants
        .into_iter()
        .enumerate()
        .map(|(number, value)| {
            let color = COLORS.iter().find(|(name, _)| Some(*name) == value);
            let color = color.or_else(|| COLORS.iter().cycle().nth(family)).map_or("#8fae9b", |(_, code)| code);
            let mixed = family * 7 + number * 3;
            // One family in nine has no picture, one variant in eleven an unknown quantity, and so on: who looks at the
            // page shall see the odd cases too.
            let images: Vec<_> = (family % 9 != 5).then(|| picture(gateway, kind.drawing, color)).into_iter().collect();
            json!({
                "name": name,
                "brief": kind.brief,
                "desc": format!("{}\n\n- Wysyłka w 24 godziny\n- Zwrot do 30 dni\n\nSeria „{series}” powstaje w małych partiach.", kind.brief),
                "sku": format!("PR-{family:04}-{}", number + 1),
                "images": images,
                "vat": kind.vat,
                "base_price_type": "retail",
                "base_price": {"currency": "zł", "vat_percent": 0, "amount": grosze(kind.net)},
                "cost_price": {"currency": "zł", "vat_percent": 0, "amount": 0},
                "tag_guids": tags,
                "data": {
                    "variants": value.map_or_else(|| json!({}), |value| json!({attribute: value})),
                    "ean": ean(family * 10 + number),
                },
                "stock_level": if mixed % 11 == 10 { 100_001 } else { mixed * 5 % 43 },
                "for_sale": mixed % 8 != 3,
                "archived": (mixed % 13 == 6).then_some(true),
            })
        })
        .collect()
}

/// An amount of money with its two decimals.
fn grosze(amount: u32) -> Value {
    format!("{}.{:02}", amount / 100, amount % 100).parse().map_or(Value::Null, Value::Number)
}

/// An EAN-13 of the Polish range, with its check digit.
fn ean(number: usize) -> String {
    let digits = format!("590{number:09}");
    let sum: u32 = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(d, w)| d * w)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn picture(gateway: &Gateway, drawing: &str, color: &str) -> String {
    let drawing = drawing.replace("'C'", &format!("'{color}'"));
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120 120'><rect width='120' height='120' fill='#f3efe8'/>\
         <ellipse cx='60' cy='97' rx='34' ry='5' fill='#e3dccf'/><g fill='{color}'>{drawing}</g></svg>"
    );
    gateway.store_picture("image/svg+xml", Bytes::from(svg))
}
