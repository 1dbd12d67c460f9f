//! The fields of each resource, in the order of the wire.

use super::{Field, blank, computed, date, fixed, multi, plain};
use crate::Version;

const ZERO: &str = "0.000000";

pub(super) const PRODUCT: &[Field] = &[
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

pub(super) const COMBINATION: &[Field] = &[
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

pub(super) const STOCK: &[Field] = &[
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

pub(super) const CATEGORY: &[Field] = &[
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

pub(super) const COUNTRY: &[Field] = &[
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

pub(super) const CURRENCY: &[Field] = &[
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

pub(super) const CONFIGURATION: &[Field] = &[
    plain("id"),
    plain("value"),
    plain("name"),
    fixed("id_shop_group", ""),
    fixed("id_shop", ""),
    date("date_add"),
    date("date_upd"),
];

pub(super) const IMAGE_TYPE: &[Field] = &[
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

pub(super) const LANGUAGE: &[Field] = &[
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

pub(super) const MANUFACTURER: &[Field] = &[
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

pub(super) const SUPPLIER: &[Field] = &[
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

pub(super) const FEATURE: &[Field] = &[plain("id"), plain("position"), multi("name")];

pub(super) const FEATURE_VALUE: &[Field] =
    &[plain("id"), plain("id_feature").link("product_features"), fixed("custom", "0"), multi("value")];

pub(super) const OPTION: &[Field] = &[
    plain("id"),
    plain("is_color_group"),
    plain("group_type"),
    plain("position"),
    multi("name"),
    multi("public_name"),
];

pub(super) const OPTION_VALUE: &[Field] = &[
    plain("id"),
    plain("id_attribute_group").link("product_options"),
    plain("color"),
    plain("position"),
    multi("name"),
];

pub(super) const SHOP: &[Field] = &[
    plain("id"),
    fixed("id_shop_group", "1").link("shop_groups"),
    fixed("id_category", "2").link("categories"),
    fixed("active", "1"),
    fixed("deleted", "0"),
    plain("name"),
    fixed("color", ""),
    fixed("theme_name", "classic"),
];

pub(super) const SHOP_GROUP: &[Field] = &[
    plain("id"),
    fixed("name", "Default"),
    fixed("color", ""),
    fixed("share_customer", "0"),
    fixed("share_order", "0"),
    plain("share_stock"),
    fixed("active", "1"),
    fixed("deleted", "0"),
];

pub(super) const SHOP_URL: &[Field] = &[
    plain("id"),
    plain("id_shop").link("shops"),
    fixed("active", "1"),
    fixed("main", "1"),
    plain("domain"),
    plain("domain_ssl"),
    plain("physical_uri"),
    plain("virtual_uri"),
];

pub(super) const SPECIFIC_PRICE: &[Field] = &[
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

pub(super) const TAX_GROUP: &[Field] = &[
    plain("id"),
    plain("name"),
    fixed("active", "1"),
    fixed("deleted", "0"),
    date("date_add"),
    date("date_upd"),
];

pub(super) const TAX_RULE: &[Field] = &[
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

pub(super) const TAX: &[Field] =
    &[plain("id"), plain("rate"), fixed("active", "1"), fixed("deleted", "0"), multi("name")];
