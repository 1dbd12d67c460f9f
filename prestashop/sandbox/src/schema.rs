//! The resources and their fields, in the order in which the webservice tells them.

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

const ZERO: &str = "0.000000";

const PRODUCT: &[Field] = &[
    plain("id"),
    plain("id_manufacturer").link("manufacturers"),
    plain("id_supplier").link("suppliers"),
    plain("id_category_default").link("categories"),
    plain("new"),
    plain("cache_default_attribute"),
    computed("id_default_image").link("images/products"),
    computed("id_default_combination").link("combinations"),
    plain("id_tax_rules_group").link("tax_rule_groups"),
    computed("position_in_category"),
    computed("manufacturer_name"),
    computed("quantity"),
    computed("type"),
    plain("id_shop_default"),
    plain("reference"),
    fixed("supplier_reference", ""),
    fixed("location", ""),
    fixed("width", ZERO),
    fixed("height", ZERO),
    fixed("depth", ZERO),
    plain("weight"),
    fixed("quantity_discount", "0"),
    plain("ean13"),
    fixed("isbn", ""),
    fixed("upc", ""),
    fixed("mpn", ""),
    plain("cache_is_pack"),
    fixed("cache_has_attachments", "0"),
    plain("is_virtual"),
    plain("state"),
    plain("additional_delivery_times"),
    blank("delivery_in_stock"),
    blank("delivery_out_stock"),
    plain("product_type"),
    fixed("on_sale", "0"),
    fixed("online_only", "0"),
    fixed("ecotax", ZERO),
    plain("minimal_quantity"),
    plain("low_stock_threshold"),
    fixed("low_stock_alert", "0"),
    plain("price"),
    fixed("wholesale_price", ZERO),
    fixed("unity", ""),
    fixed("unit_price", ZERO).only(Version::V8_2_1),
    fixed("unit_price_ratio", ZERO),
    fixed("additional_shipping_cost", ZERO),
    fixed("customizable", "0"),
    fixed("text_fields", "0"),
    fixed("uploadable_files", "0"),
    plain("active"),
    plain("redirect_type"),
    fixed("id_type_redirected", "0"),
    plain("available_for_order"),
    fixed("available_date", "0000-00-00"),
    fixed("show_condition", "0"),
    fixed("condition", "new"),
    plain("show_price"),
    plain("indexed"),
    plain("visibility"),
    fixed("advanced_stock_management", "0"),
    date("date_add"),
    date("date_upd"),
    plain("pack_stock_type"),
    blank("meta_description"),
    blank("meta_keywords"),
    blank("meta_title"),
    multi("link_rewrite"),
    multi("name"),
    multi("description"),
    multi("description_short"),
    blank("available_now"),
    blank("available_later"),
];

const COMBINATION: &[Field] = &[
    plain("id"),
    plain("id_product").link("products"),
    fixed("location", "").only(Version::V1_7_8),
    plain("ean13"),
    fixed("isbn", ""),
    fixed("upc", ""),
    fixed("mpn", ""),
    plain("quantity").only(Version::V1_7_8),
    plain("reference"),
    fixed("supplier_reference", ""),
    fixed("wholesale_price", ZERO),
    plain("price"),
    fixed("ecotax", ZERO),
    plain("weight"),
    fixed("unit_price_impact", ZERO),
    fixed("minimal_quantity", "1"),
    plain("low_stock_threshold"),
    fixed("low_stock_alert", "0"),
    plain("default_on"),
    fixed("available_date", "0000-00-00"),
    blank("available_now").only(Version::V8_2_1),
    blank("available_later").only(Version::V8_2_1),
];

const STOCK: &[Field] = &[
    plain("id"),
    plain("id_product").link("products"),
    plain("id_product_attribute").link("combinations"),
    plain("id_shop").link("shops"),
    plain("id_shop_group").link("shop_groups"),
    plain("quantity"),
    fixed("depends_on_stock", "0"),
    fixed("out_of_stock", "2"),
    plain("location"),
];

const CATEGORY: &[Field] = &[
    plain("id"),
    plain("id_parent").link("categories"),
    plain("level_depth"),
    computed("nb_products_recursive"),
    plain("active"),
    fixed("id_shop_default", "1"),
    plain("is_root_category"),
    plain("position"),
    date("date_add"),
    date("date_upd"),
    multi("name"),
    multi("link_rewrite"),
    blank("description"),
    blank("additional_description").only(Version::V8_2_1),
    blank("meta_title"),
    blank("meta_description"),
    blank("meta_keywords"),
];

const COUNTRY: &[Field] = &[
    plain("id"),
    fixed("id_zone", "1").link("zones"),
    fixed("id_currency", "0").link("currencies"),
    plain("call_prefix"),
    plain("iso_code"),
    plain("active"),
    fixed("contains_states", "0"),
    fixed("need_identification_number", "0"),
    fixed("need_zip_code", "1"),
    plain("zip_code_format"),
    fixed("display_tax_label", "1"),
    multi("name"),
];

const CURRENCY: &[Field] = &[
    plain("id"),
    multi("names"),
    computed("name"),
    multi("symbol"),
    plain("iso_code"),
    plain("numeric_iso_code"),
    fixed("precision", "2"),
    fixed("conversion_rate", "1.000000"),
    fixed("deleted", "0"),
    fixed("active", "1"),
    fixed("unofficial", "0"),
    fixed("modified", "0"),
    blank("pattern"),
];

const CONFIGURATION: &[Field] = &[
    plain("id"),
    plain("value"),
    plain("name"),
    fixed("id_shop_group", ""),
    fixed("id_shop", ""),
    date("date_add"),
    date("date_upd"),
];

const IMAGE_TYPE: &[Field] = &[
    plain("id"),
    plain("name"),
    plain("width"),
    plain("height"),
    fixed("categories", "0"),
    fixed("products", "1"),
    fixed("manufacturers", "0"),
    fixed("suppliers", "0"),
    fixed("stores", "0"),
];

const LANGUAGE: &[Field] = &[
    plain("id"),
    plain("name"),
    plain("iso_code"),
    plain("locale"),
    plain("language_code"),
    fixed("active", "1"),
    fixed("is_rtl", "0"),
    fixed("date_format_lite", "Y-m-d"),
    fixed("date_format_full", "Y-m-d H:i:s"),
];

const MANUFACTURER: &[Field] = &[
    plain("id"),
    fixed("active", "1"),
    computed("link_rewrite"),
    plain("name"),
    date("date_add"),
    date("date_upd"),
    blank("description"),
    blank("short_description"),
    blank("meta_title"),
    blank("meta_description"),
    blank("meta_keywords"),
];

const SUPPLIER: &[Field] = &[
    plain("id"),
    computed("link_rewrite"),
    plain("name"),
    fixed("active", "1"),
    date("date_add"),
    date("date_upd"),
    blank("description"),
    blank("meta_title"),
    blank("meta_description"),
    blank("meta_keywords"),
];

const FEATURE: &[Field] = &[plain("id"), plain("position"), multi("name")];

const FEATURE_VALUE: &[Field] =
    &[plain("id"), plain("id_feature").link("product_features"), fixed("custom", "0"), multi("value")];

const OPTION: &[Field] = &[
    plain("id"),
    plain("is_color_group"),
    plain("group_type"),
    plain("position"),
    multi("name"),
    multi("public_name"),
];

const OPTION_VALUE: &[Field] = &[
    plain("id"),
    plain("id_attribute_group").link("product_options"),
    plain("color"),
    plain("position"),
    multi("name"),
];

const SHOP: &[Field] = &[
    plain("id"),
    fixed("id_shop_group", "1").link("shop_groups"),
    fixed("id_category", "2").link("categories"),
    fixed("active", "1"),
    fixed("deleted", "0"),
    plain("name"),
    fixed("color", ""),
    fixed("theme_name", "classic"),
];

const SHOP_GROUP: &[Field] = &[
    plain("id"),
    fixed("name", "Default"),
    fixed("color", ""),
    fixed("share_customer", "0"),
    fixed("share_order", "0"),
    plain("share_stock"),
    fixed("active", "1"),
    fixed("deleted", "0"),
];

const SHOP_URL: &[Field] = &[
    plain("id"),
    plain("id_shop").link("shops"),
    fixed("active", "1"),
    fixed("main", "1"),
    plain("domain"),
    plain("domain_ssl"),
    plain("physical_uri"),
    plain("virtual_uri"),
];

const SPECIFIC_PRICE: &[Field] = &[
    plain("id"),
    fixed("id_shop_group", "0"),
    fixed("id_shop", "0"),
    fixed("id_cart", "0"),
    plain("id_product").link("products"),
    fixed("id_product_attribute", "0"),
    fixed("id_currency", "0"),
    fixed("id_country", "0"),
    fixed("id_group", "0"),
    fixed("id_customer", "0"),
    fixed("id_specific_price_rule", "0"),
    fixed("price", "-1.000000"),
    fixed("from_quantity", "1"),
    plain("reduction"),
    fixed("reduction_tax", "1"),
    fixed("reduction_type", "percentage"),
    fixed("from", "0000-00-00 00:00:00"),
    fixed("to", "0000-00-00 00:00:00"),
];

const TAX_GROUP: &[Field] = &[
    plain("id"),
    plain("name"),
    fixed("active", "1"),
    fixed("deleted", "0"),
    date("date_add"),
    date("date_upd"),
];

const TAX_RULE: &[Field] = &[
    plain("id"),
    plain("id_tax_rules_group").link("tax_rule_groups"),
    fixed("id_state", "0").link("states"),
    plain("id_country").link("countries"),
    fixed("zipcode_from", "0"),
    fixed("zipcode_to", "0"),
    plain("id_tax"),
    fixed("behavior", "0"),
    fixed("description", ""),
];

const TAX: &[Field] =
    &[plain("id"), plain("rate"), fixed("active", "1"), fixed("deleted", "0"), multi("name")];

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

/// Every resource that PrestaShop knows. Those that are not among [`RESOURCES`] are empty here.
pub(crate) const NAMES: [&str; 69] = [
    "addresses",
    "attachments",
    "carriers",
    "cart_rules",
    "carts",
    "categories",
    "combinations",
    "configurations",
    "contacts",
    "content_management_system",
    "countries",
    "currencies",
    "customer_messages",
    "customer_threads",
    "customers",
    "customizations",
    "deliveries",
    "employees",
    "groups",
    "guests",
    "image_types",
    "images",
    "languages",
    "manufacturers",
    "messages",
    "order_carriers",
    "order_cart_rules",
    "order_details",
    "order_histories",
    "order_invoices",
    "order_payments",
    "order_slip",
    "order_states",
    "orders",
    "price_ranges",
    "product_customization_fields",
    "product_feature_values",
    "product_features",
    "product_option_values",
    "product_options",
    "product_suppliers",
    "products",
    "search",
    "shop_groups",
    "shop_urls",
    "shops",
    "specific_price_rules",
    "specific_prices",
    "states",
    "stock_availables",
    "stock_movement_reasons",
    "stock_movements",
    "stocks",
    "stores",
    "suppliers",
    "supply_order_details",
    "supply_order_histories",
    "supply_order_receipt_histories",
    "supply_order_states",
    "supply_orders",
    "tags",
    "tax_rule_groups",
    "tax_rules",
    "taxes",
    "translated_configurations",
    "warehouse_product_locations",
    "warehouses",
    "weight_ranges",
    "zones",
];

/// A resource that PrestaShop knows and this shop has nothing to tell of.
pub(crate) const EMPTY: Resource = resource("", "", "Nothing here", &[]);

/// The resource of this name, when this shop has something to tell of it.
pub(crate) fn find(name: &str) -> Option<&'static Resource> {
    RESOURCES.iter().find(|resource| resource.name == name)
}
