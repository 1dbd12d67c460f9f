//! What there are few of: categories, options, taxes, settings and the like.

use super::{Association, Row, Value, View, flag, number, text};
use crate::catalogue::{FEATURES, HOME, MANUFACTURERS, ROOT, feature_values, words};

/// An entity whose values are at hand.
pub(super) struct PlainRow {
    id: u32,
    values: Vec<(&'static str, Value)>,
    associations: Vec<Association>,
    category: bool,
}

impl PlainRow {
    fn new(id: u32, values: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self { id, values: values.into_iter().collect(), associations: Vec::new(), category: false }
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }
}

impl Row for PlainRow {
    fn id(&self) -> u32 {
        self.id
    }

    fn value(&self, field: &str, view: &View<'_>) -> Value {
        if field == "nb_products_recursive" {
            return number(products_below(self.id, view).len());
        }
        let value = self.values.iter().find(|(name, _)| *name == field);
        value.map_or(Value::Null, |(_, value)| value.clone())
    }

    fn associations(&self, view: &View<'_>) -> Vec<Association> {
        if self.category {
            let children = view.store.categories.iter().filter(|category| category.parent == self.id);
            let products = view.by_category().get(&self.id).cloned().unwrap_or_default();
            return vec![
                Association::new("categories", "category", children.map(|category| category.id)),
                Association::new("products", "product", products),
            ];
        }
        let copy = |one: &Association| {
            Association::new(one.name, one.node, one.entries.iter().map(|entry| entry.id))
        };
        self.associations.iter().map(copy).collect()
    }
}

/// The products in a category or below it, each once.
fn products_below(id: u32, view: &View<'_>) -> Vec<u32> {
    let index = view.by_category();
    let mut products = index.get(&id).cloned().unwrap_or_default();
    for category in view.store.categories.iter().filter(|category| category.parent == id) {
        products.extend(products_below(category.id, view));
    }
    products.sort_unstable();
    products.dedup();
    products
}

fn in_all(word: [&'static str; 2], view: &View<'_>) -> Value {
    Value::Multi(view.store.languages.iter().map(|iso| words::in_language(word, iso).to_owned()).collect())
}

fn same(value: &str, view: &View<'_>) -> Value {
    Value::Multi(vec![value.to_owned(); view.store.languages.len()])
}

fn counted(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX - 1) + 1
}

/// When everything was installed: 2026-01-01 11:00 UTC.
fn installed(view: &View<'_>) -> Value {
    view.date(chrono::DateTime::from_timestamp(1_767_265_200, 0))
}

/// All entities of a resource, in the order of their ids.
pub(super) fn rows(resource: &str, view: &View<'_>) -> Vec<PlainRow> {
    match resource {
        "categories" => categories(view),
        "configurations" => configurations(view),
        "countries" => countries(view),
        "currencies" => currencies(view),
        "image_types" => image_types(),
        "languages" => languages(view),
        "manufacturers" | "suppliers" => {
            let dates = [("date_add", installed(view)), ("date_upd", installed(view))];
            let names = MANUFACTURERS.iter().enumerate();
            names
                .map(|(index, name)| {
                    let values = [("name", text(*name)), ("link_rewrite", text(words::slug(name)))];
                    PlainRow::new(counted(index), values.into_iter().chain(dates.clone()))
                })
                .collect()
        }
        "product_features" => {
            let row = |(index, name)| {
                PlainRow::new(counted(index), [("position", number(index)), ("name", in_all(name, view))])
            };
            FEATURES.into_iter().enumerate().map(row).collect()
        }
        "product_feature_values" => feature_values()
            .map(|(id, feature, name)| {
                PlainRow::new(id, [("id_feature", number(feature)), ("value", in_all(name, view))])
            })
            .collect(),
        "product_options" => groups(view),
        "product_option_values" => {
            let values = view.store.choices.iter().map(|choice| {
                PlainRow::new(
                    choice.id,
                    [
                        ("id_attribute_group", number(choice.group)),
                        ("color", text(choice.color)),
                        ("position", number(choice.position)),
                        ("name", Value::Multi(choice.names.clone())),
                    ],
                )
            });
            values.collect()
        }
        "shops" => shops(view),
        "shop_groups" => vec![PlainRow::new(1, [("share_stock", flag(view.options.shops > 1))])],
        "shop_urls" => shop_urls(view),
        "tax_rule_groups" => {
            let dates = [("date_add", installed(view)), ("date_upd", installed(view))];
            let row = |group: &crate::TaxGroup| {
                PlainRow::new(group.id, [("name", text(group.name.clone()))].into_iter().chain(dates.clone()))
            };
            view.options.tax_groups.iter().map(row).collect()
        }
        "tax_rules" => tax_rules(view),
        "taxes" => taxes(view),
        _ => Vec::new(),
    }
}

fn categories(view: &View<'_>) -> Vec<PlainRow> {
    let row = |category: &crate::catalogue::Category| PlainRow {
        category: true,
        ..PlainRow::new(
            category.id,
            [
                ("id_parent", number(category.parent)),
                ("level_depth", number(category.depth)),
                ("active", flag(category.active)),
                ("is_root_category", flag(category.id == HOME)),
                ("position", number(category.position)),
                ("date_add", installed(view)),
                ("date_upd", installed(view)),
                ("name", Value::Multi(category.names.clone())),
                ("link_rewrite", Value::Multi(category.names.iter().map(|name| words::slug(name)).collect())),
            ],
        )
    };
    view.store.categories.iter().map(row).collect()
}

fn configurations(view: &View<'_>) -> Vec<PlainRow> {
    let options = view.options;
    let settings = [
        (1, "PS_LANG_DEFAULT", options.default_language.to_string()),
        (2, "PS_VERSION_DB", options.version.number().to_owned()),
        (6, "PS_CURRENCY_DEFAULT", "1".to_owned()),
        (7, "PS_COUNTRY_DEFAULT", options.country.id.to_string()),
        (9, "PS_ORDER_OUT_OF_STOCK", "0".to_owned()),
        (15, "PS_STOCK_MANAGEMENT", u8::from(options.stock_management).to_string()),
        (26, "PS_TAX", "1".to_owned()),
        (31, "PS_WEIGHT_UNIT", "kg".to_owned()),
        (66, "PS_TIMEZONE", options.time_zone.name().to_owned()),
        (103, "PS_DIMENSION_UNIT", "cm".to_owned()),
        // Every PrestaShop has them: the root that nobody sees, and the home page, in which every product stands.
        (220, "PS_ROOT_CATEGORY", ROOT.to_string()),
        (221, "PS_HOME_CATEGORY", HOME.to_string()),
        (236, "PS_SHOP_NAME", options.name.clone()),
    ];
    let never = view.date(None);
    let row = |(id, name, value): (u32, &'static str, String)| {
        let dates = [("date_add", never.clone()), ("date_upd", installed(view))];
        PlainRow::new(id, [("name", text(name)), ("value", text(value))].into_iter().chain(dates))
    };
    settings.into_iter().map(row).collect()
}

fn countries(view: &View<'_>) -> Vec<PlainRow> {
    let mut known = vec![
        (1, "DE", "49", "NNNNN", ["Germany", "Niemcy"]),
        (14, "PL", "48", "NN-NNN", ["Poland", "Polska"]),
        (21, "US", "1", "NNNNN", ["United States", "Stany Zjednoczone"]),
    ];
    let own = &view.options.country;
    known.retain(|(id, iso, ..)| *id != own.id && *iso != own.iso);
    let row = |(id, iso, prefix, zip, name)| {
        country(id, [text(iso), text(prefix), text(zip), in_all(name, view)], false)
    };
    let mut rows: Vec<PlainRow> = known.into_iter().map(row).collect();
    let name = match own.iso.as_str() {
        "PL" => in_all(["Poland", "Polska"], view),
        iso => same(iso, view),
    };
    rows.push(country(own.id, [text(own.iso.clone()), text("48"), text("NN-NNN"), name], true));
    rows.sort_by_key(|row| row.id);
    rows
}

fn country(id: u32, [iso, prefix, zip, name]: [Value; 4], active: bool) -> PlainRow {
    let values = [
        ("iso_code", iso),
        ("call_prefix", prefix),
        ("zip_code_format", zip),
        ("name", name),
        ("active", flag(active)),
    ];
    PlainRow::new(id, values)
}

fn currencies(view: &View<'_>) -> Vec<PlainRow> {
    let currency = &view.options.currency;
    let values = [
        ("names", same(&currency.name, view)),
        ("name", text(currency.name.clone())),
        ("symbol", same(&currency.symbol, view)),
        ("iso_code", text(currency.iso.clone())),
        ("numeric_iso_code", text(currency.number.clone())),
    ];
    vec![PlainRow::new(1, values)]
}

/// Id, name, width and height of the sizes that pictures of goods come in.
pub(crate) const IMAGE_TYPES: [(u32, &str, u32, u32); 5] = [
    (1, "cart_default", 125, 125),
    (2, "small_default", 98, 98),
    (3, "medium_default", 452, 452),
    (4, "home_default", 250, 250),
    (5, "large_default", 800, 800),
];

fn image_types() -> Vec<PlainRow> {
    let row = |(id, name, width, height): (u32, &'static str, u32, u32)| {
        PlainRow::new(id, [("name", text(name)), ("width", number(width)), ("height", number(height))])
    };
    IMAGE_TYPES.into_iter().map(row).collect()
}

fn languages(view: &View<'_>) -> Vec<PlainRow> {
    let row = |language: &crate::Language| {
        let (code, locale) = match language.iso.as_str() {
            "en" => ("en-us".to_owned(), "en-US".to_owned()),
            iso => (iso.to_owned(), format!("{iso}-{}", iso.to_uppercase())),
        };
        PlainRow::new(
            language.id,
            [
                ("name", text(language.name.clone())),
                ("iso_code", text(language.iso.clone())),
                ("locale", text(locale)),
                ("language_code", text(code)),
            ],
        )
    };
    view.options.languages.iter().map(row).collect()
}

fn groups(view: &View<'_>) -> Vec<PlainRow> {
    let row = |group: &crate::catalogue::Group| {
        let values = view.store.choices.iter().filter(|choice| choice.group == group.id);
        let values =
            Association::new("product_option_values", "product_option_value", values.map(|choice| choice.id));
        PlainRow {
            associations: vec![values],
            ..PlainRow::new(
                group.id,
                [
                    ("is_color_group", flag(group.color)),
                    ("group_type", text(if group.color { "color" } else { "select" })),
                    ("position", number(group.position)),
                    ("name", Value::Multi(group.names.clone())),
                    ("public_name", Value::Multi(group.names.clone())),
                ],
            )
        }
    };
    view.store.groups.iter().map(row).collect()
}

fn shops(view: &View<'_>) -> Vec<PlainRow> {
    let name = |id: u32| match id {
        1 => view.options.name.clone(),
        id => format!("{} {id}", view.options.name),
    };
    (1..=view.options.shops).map(|id| PlainRow::new(id, [("name", text(name(id)))])).collect()
}

fn shop_urls(view: &View<'_>) -> Vec<PlainRow> {
    let without_scheme = view.base.split_once("://").map_or("", |(_, rest)| rest);
    let domain = without_scheme.split_once('/').map_or(without_scheme, |(domain, _)| domain).to_owned();
    let row = |id: u32| {
        let below = if id == 1 { String::new() } else { format!("shop{id}/") };
        PlainRow::new(
            id,
            [
                ("id_shop", number(id)),
                ("domain", text(domain.clone())),
                ("domain_ssl", text(domain.clone())),
                ("physical_uri", text(format!("{}/", view.options.base_path))),
                ("virtual_uri", text(below)),
            ],
        )
    };
    (1..=view.options.shops).map(row).collect()
}

/// The id of the tax of a foreign country that every group has a rule for, so that a connector that forgets to ask for
/// the default country's rules takes a wrong rate.
const FOREIGN_TAX: u32 = 90;

/// Germany; of a German shop, Poland.
fn foreign_country(view: &View<'_>) -> u32 {
    if view.options.country.id == 1 { 14 } else { 1 }
}

fn tax_rules(view: &View<'_>) -> Vec<PlainRow> {
    let rule = |id: u32, group: u32, country: u32, tax: u32| {
        let values = [("id_tax_rules_group", group), ("id_country", country), ("id_tax", tax)];
        PlainRow::new(id, values.map(|(name, value)| (name, number(value))))
    };
    let groups = &view.options.tax_groups;
    let foreign = groups.iter().map(|group| rule(group.id, group.id, foreign_country(view), FOREIGN_TAX));
    let own = groups.iter().filter(|group| group.rate.is_some());
    let country = view.options.country.id;
    foreign.chain(own.map(|group| rule(100 + group.id, group.id, country, group.id))).collect()
}

fn taxes(view: &View<'_>) -> Vec<PlainRow> {
    let tax = |id: u32, rate: &str| {
        let rate = rate.parse::<rust_decimal::Decimal>().unwrap_or_default();
        let name = same(&format!("VAT {}%", rate.normalize()), view);
        PlainRow::new(id, [("rate", text(format!("{rate:.3}"))), ("name", name)])
    };
    let groups = view.options.tax_groups.iter();
    let own = groups.filter_map(|group| group.rate.as_deref().map(|rate| tax(group.id, rate)));
    own.chain([tax(FOREIGN_TAX, "19")]).collect()
}
