//! The catalogues that suites put into a shop.

use gateway_core::model::StockLevel;
use rust_decimal::Decimal;

use crate::goods::{Catalogue, Category, OptionValue, Product, ProductOption, SIMPLE, Texts, Variant, mark};

/// The option by which plain families differ.
pub(crate) const SIZE: u32 = 1;
const COLOUR: u32 = 2;
const MATERIAL: u32 = 3;

/// Values of the options.
const SIZES: [&str; 3] = ["S", "M", "L"];

impl Catalogue {
    /// Categories and options, and no goods.
    #[must_use]
    pub fn empty() -> Self {
        let category = |key, parent, default: &str, other: &str| Category {
            key,
            parent,
            name: Texts::new(default, other),
        };
        let value = |key, default: &str, other: &str| OptionValue { key, name: Texts::new(default, other) };
        let sizes = (1..).zip(SIZES).map(|(key, size)| value(key, size, size));
        Self {
            categories: vec![
                category(1, None, "Dom i ogród", "Home & garden"),
                category(2, Some(1), "Kuchnia", "Kitchen"),
                category(3, Some(2), "Nowości", "New"),
                category(4, None, "Odzież", "Clothes"),
                category(5, Some(4), "Nowości", "New"),
                category(6, Some(4), "Mężczyźni / chłopcy", ""),
                // No product is in these.
                category(7, Some(2), "Wyprzedaż", "Sale"),
                category(8, None, "Święta", "Holidays"),
                category(9, Some(8), "Choinka", "Christmas tree"),
            ],
            options: vec![
                ProductOption { key: SIZE, name: Texts::new("Rozmiar", "Size"), values: sizes.collect() },
                ProductOption {
                    key: COLOUR,
                    name: Texts::new("Kolor", "Color"),
                    values: vec![value(11, "Biały", "White"), value(12, "Butelkowa zieleń", "Bottle green")],
                },
                ProductOption {
                    key: MATERIAL,
                    name: Texts::new("Materiał", "Material"),
                    values: vec![value(21, "Bawełna", "Cotton"), value(22, "Len", "")],
                },
            ],
            products: Vec::new(),
        }
    }

    /// So many products with the keys from 1 on: three simple ones, then a family of two, and so on.
    #[must_use]
    pub fn of(products: u32) -> Self {
        Self { products: (1..=products).map(Product::plain).collect(), ..Self::empty() }
    }

    /// A product for each case that a catalogue can hold.
    #[must_use]
    pub fn varied() -> Self {
        let mut products = vec![
            shirt(),
            Product::simple(3, "Zasłona", "Curtain").hidden(),
            bare(),
            fine(),
            Product {
                vat: Decimal::from(5),
                ..Product::simple(6, "Ser na wagę", "Cheese by weight").with_stock("2.375")
            },
            Product { vat: Decimal::ZERO, ..Product::simple(7, "Znaczek", "Stamp").with_stock_unknown() },
            Product::simple(8, "Kubek „Najlepsze” – zażółć gęślą jaźń & 100% ☕", "Mug “The best” & 100% 👩‍🍳"),
            one_variant(),
            Product { categories: vec![5, 3], ..Product::simple(10, "Nowość dwa razy", "New twice") },
            pictured(),
        ];
        products.insert(0, rich());
        let long: String = ["bardzo długa nazwa"; 20].join(" ");
        products.push(Product::simple(12, &long, "A name that is short in the other language"));
        products.extend([13, 14].map(same_sku));
        products.push(untranslated());
        Self { products, ..Self::empty() }
    }
}

impl Product {
    /// The product of this key among plain ones: each fourth is a family of two.
    #[must_use]
    pub fn plain(key: u32) -> Self {
        let product = Self::simple(key, "Lampa", "Lamp");
        if key.is_multiple_of(4) { product.with_variants(2) } else { product }
    }

    /// A simple product.
    #[must_use]
    pub fn simple(key: u32, default: &str, other: &str) -> Self {
        let name = |name: &str| format!("{name} {}", mark(key));
        let description =
            |text: &str| format!("<p>{text} <b>{}</b>.</p><ul><li>1</li><li>2</li></ul>", mark(key));
        Self {
            key,
            name: Texts::new(name(default), name(other)),
            description: Texts::new(description("To jest"), description("This is")),
            brief: Texts::new("<p>Krótko mówiąc</p>", "<p>In short</p>"),
            categories: vec![2],
            vat: Decimal::from(23),
            for_sale: true,
            pictures: vec![key * 10 + 1],
            variants: vec![Variant {
                key: SIMPLE,
                sku: format!("{}-0", mark(key)),
                ean: String::new(),
                net: Decimal::from(10 + key % 90),
                stock: StockLevel::Quantity(Decimal::from(key % 7 + 1)),
                choices: Vec::new(),
                pictures: Vec::new(),
            }],
        }
    }

    /// The same product in so many sizes, at most three, with the keys from 1 on.
    #[must_use]
    pub fn with_variants(mut self, count: u32) -> Self {
        let of_product = self.variants.first().cloned();
        self.variants = (1..=count.min(3))
            .filter_map(|key| {
                let simple = of_product.clone()?;
                let sku = format!("{}-{key}", mark(self.key));
                let net = simple.net + Decimal::from(key - 1);
                Some(Variant { key, sku, net, choices: vec![(SIZE, key)], ..simple })
            })
            .collect();
        self
    }

    /// The same product, kept from shoppers.
    #[must_use]
    pub(crate) fn hidden(self) -> Self {
        Self { for_sale: false, ..self }
    }

    fn with_stock(mut self, level: &str) -> Self {
        for variant in &mut self.variants {
            variant.stock = StockLevel::Quantity(level.parse().unwrap_or_default());
        }
        self
    }

    fn with_stock_unknown(mut self) -> Self {
        for variant in &mut self.variants {
            variant.stock = StockLevel::Unknown;
        }
        self
    }
}

/// A simple product of which everything is told, in rich HTML.
fn rich() -> Product {
    let mut product = Product::simple(1, "Garnek żeliwny", "Cast iron pot");
    let html = |intro: &str| {
        format!(
            "<h2>{intro}</h2><p>Ø 24&nbsp;cm, 3&frasl;4 &amp; <em>więcej</em> <a href=\"https://example.com/a?b=1&amp;c=2\">\
             tu</a>.</p><table><tr><th>cm</th></tr><tr><td>24</td></tr></table><ol><li>1</li><li>2<br>3</li></ol>"
        )
    };
    product.description = Texts::new(html("Garnek"), html("Pot"));
    product.pictures = vec![11, 12, 13];
    for variant in &mut product.variants {
        variant.ean = "5901234123457".to_owned();
    }
    product
}

/// A family of two options.
fn shirt() -> Product {
    let simple = Product::simple(2, "Koszulka", "T-shirt");
    let variant = |(key, size, colour, net): (u32, u32, u32, i64)| {
        let first = simple.variants.first()?;
        Some(Variant {
            key,
            sku: format!("{}-{key}", mark(2)),
            net: Decimal::from(net),
            choices: vec![(SIZE, size), (COLOUR, colour)],
            stock: StockLevel::Quantity(Decimal::from(key)),
            ..first.clone()
        })
    };
    let variants =
        [(1, 1, 11, 40), (2, 1, 12, 40), (3, 2, 11, 44), (4, 3, 12, 36)].into_iter().filter_map(variant);
    Product { variants: variants.collect(), categories: vec![6], ..simple }
}

/// A product of which nothing is told that need not be.
fn bare() -> Product {
    let mut product = Product::simple(4, "Goły", "Bare");
    product.name.other.clear();
    product.description = Texts::default();
    product.brief = Texts::default();
    product.pictures.clear();
    product.categories.truncate(1);
    for variant in &mut product.variants {
        variant.sku.clear();
    }
    product
}

/// A product whose name alone was translated.
fn untranslated() -> Product {
    let mut product = Product::simple(15, "Nieprzetłumaczony", "Not translated");
    product.description.other.clear();
    product.brief.other.clear();
    product
}

/// A price of four decimal places, and stock below zero.
fn fine() -> Product {
    let mut product = Product::simple(5, "Śruba", "Screw").with_stock("-3");
    product.vat = Decimal::from(8);
    for variant in &mut product.variants {
        variant.net = Decimal::new(1_2375, 4);
    }
    product
}

/// A family that has one variant left.
fn one_variant() -> Product {
    let mut product = Product::simple(9, "Czapka", "Cap");
    for variant in &mut product.variants {
        variant.key = 7;
        variant.choices = vec![(COLOUR, 12), (MATERIAL, 22)];
    }
    product
}

/// A family whose variants have pictures of their own, but one.
fn pictured() -> Product {
    let mut product = Product::simple(11, "Sukienka", "Dress").with_variants(3);
    product.pictures = vec![111, 112, 113];
    for (variant, pictures) in product.variants.iter_mut().zip([vec![111], vec![112, 113], Vec::new()]) {
        variant.pictures = pictures;
    }
    product
}

/// One of several products that bear the same SKU.
fn same_sku(key: u32) -> Product {
    let mut product = Product::simple(key, "Podróbka", "Copy");
    for variant in &mut product.variants {
        "WSPOLNY-1".clone_into(&mut variant.sku);
    }
    product
}
