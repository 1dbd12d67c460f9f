//! The resources and their fields, in the order in which the webservice tells them.

mod fields;
mod names;

use fields::{
    CATEGORY, COMBINATION, CONFIGURATION, COUNTRY, CURRENCY, FEATURE, FEATURE_VALUE, IMAGE_TYPE, LANGUAGE,
    MANUFACTURER, OPTION, OPTION_VALUE, PRODUCT, SHOP, SHOP_GROUP, SHOP_URL, SPECIFIC_PRICE, STOCK, SUPPLIER,
    TAX, TAX_GROUP, TAX_RULE,
};
pub(crate) use names::NAMES;

use crate::Version;

/// A resource of the API.
pub(crate) struct Resource {
    /// Its name in the path, and of a list.
    pub(crate) name: &'static str,
    /// The name of one of its entities.
    pub(crate) node: &'static str,
    /// What `/api/` says of it.
    pub(crate) about: &'static str,
    pub(crate) fields: &'static [Field],
}

/// A field of an entity.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// The resource that its value, unless 0 or empty, is an id of.
    pub(crate) link: Option<&'static str>,
    /// The value that it always has.
    pub(crate) fixed: Option<&'static str>,
    /// The version that alone has it.
    only: Option<Version>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    /// A text per language.
    Multi,
    /// Filtered and sorted by with `date=1` only.
    Date,
    /// Computed: neither filtered nor sorted by.
    Computed,
}

impl Field {
    const fn of(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, link: None, fixed: None, only: None }
    }

    const fn link(self, resource: &'static str) -> Self {
        Self { link: Some(resource), ..self }
    }

    const fn only(self, version: Version) -> Self {
        Self { only: Some(version), ..self }
    }
}

const fn plain(name: &'static str) -> Field {
    Field::of(name, Kind::Plain)
}

const fn multi(name: &'static str) -> Field {
    Field::of(name, Kind::Multi)
}

const fn date(name: &'static str) -> Field {
    Field::of(name, Kind::Date)
}

const fn computed(name: &'static str) -> Field {
    Field::of(name, Kind::Computed)
}

const fn fixed(name: &'static str, value: &'static str) -> Field {
    Field { fixed: Some(value), ..plain(name) }
}

/// A field that is always an empty text in every language.
const fn blank(name: &'static str) -> Field {
    Field { fixed: Some(""), ..multi(name) }
}

impl Resource {
    /// The fields that this version has.
    pub(crate) fn fields(&self, version: Version) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().filter(move |field| field.only.is_none_or(|only| only == version))
    }

    pub(crate) fn field(&self, name: &str, version: Version) -> Option<&'static Field> {
        self.fields(version).find(|field| field.name == name)
    }
}

const fn resource(
    name: &'static str,
    node: &'static str,
    about: &'static str,
    fields: &'static [Field],
) -> Resource {
    Resource { name, node, about, fields }
}

/// The resources that this shop has something to tell of. `images` is one too, of a kind of its own.
pub(crate) const RESOURCES: &[Resource] = &[
    resource("categories", "category", "The categories of goods", CATEGORY),
    resource("combinations", "combination", "The combinations of goods", COMBINATION),
    resource("configurations", "configuration", "The settings", CONFIGURATION),
    resource("countries", "country", "The countries", COUNTRY),
    resource("currencies", "currency", "The currencies", CURRENCY),
    resource("image_types", "image_type", "The sizes of pictures", IMAGE_TYPE),
    resource("images", "image", "The pictures", &[]),
    resource("languages", "language", "The languages", LANGUAGE),
    resource("manufacturers", "manufacturer", "The makers of goods", MANUFACTURER),
    resource("product_feature_values", "product_feature_value", "The values of features", FEATURE_VALUE),
    resource("product_features", "product_feature", "The features of goods", FEATURE),
    resource("product_option_values", "product_option_value", "The values of options", OPTION_VALUE),
    resource("product_options", "product_option", "The options of goods", OPTION),
    resource("products", "product", "The goods", PRODUCT),
    resource("shop_groups", "shop_group", "The groups of shops", SHOP_GROUP),
    resource("shop_urls", "shop_url", "The addresses of shops", SHOP_URL),
    resource("shops", "shop", "The shops of this installation", SHOP),
    resource("specific_prices", "specific_price", "The promotions", SPECIFIC_PRICE),
    resource("stock_availables", "stock_available", "What is on stock", STOCK),
    resource("suppliers", "supplier", "The suppliers of goods", SUPPLIER),
    resource("tax_rule_groups", "tax_rule_group", "The tax groups", TAX_GROUP),
    resource("tax_rules", "tax_rule", "The taxes of groups by country", TAX_RULE),
    resource("taxes", "tax", "The taxes", TAX),
];

/// A resource that PrestaShop knows and this shop has nothing to tell of.
pub(crate) const EMPTY: Resource = resource("", "", "Nothing here", &[]);

/// The resource of this name, when this shop has something to tell of it.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.name == name)
}
