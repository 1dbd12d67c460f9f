//! Every kind of answer has the shape that PrestaShop's has.

use http::Method;
use prestashop_sandbox::{Key, NewProduct, Options, Shop, Version, special};

use crate::client::{basic, get, options, send, start};
use crate::shape;

/// Reads, by the name of their snapshot.
const READS: &[(&str, &str)] = &[
    ("products_list.json", "/api/products?output_format=JSON"),
    ("products_list.xml", "/api/products"),
    ("product_combinations.json", "/api/products/1?output_format=JSON"),
    ("product_combinations.xml", "/api/products/1"),
    ("product_simple.json", "/api/products/2?output_format=JSON"),
    ("product_simple.xml", "/api/products/2"),
    ("product_inactive.json", "/api/products/3?output_format=JSON"),
    ("product_hidden.json", "/api/products/4?output_format=JSON"),
    ("product_virtual.json", "/api/products/6?output_format=JSON"),
    ("product_pack.json", "/api/products/7?output_format=JSON"),
    ("product_pack.xml", "/api/products/7"),
    ("product_full_single.json", "/api/products/1?output_format=JSON&display=full"),
    ("product_draft_full.json", "/api/products?output_format=JSON&display=full&filter[id]=8"),
    ("product_draft_full.xml", "/api/products?display=full&filter[id]=8"),
    ("product_language_2.json", "/api/products/1?output_format=JSON&language=2"),
    ("product_prices.json", "/api/products/1?output_format=JSON&price[gross][use_tax]=1"),
    ("products_full.xml", "/api/products?display=full&limit=0,2"),
    ("products_beyond_end.json", "/api/products?output_format=JSON&display=full&limit=1000,5"),
    ("products_beyond_end.xml", "/api/products?display=full&limit=1000,5"),
    ("products_fields.json", "/api/products?output_format=JSON&display=[name,id,reference,date_upd]&limit=5"),
    (
        "products_fields_language_1.json",
        "/api/products?output_format=JSON&display=[id,name]&language=1&limit=3",
    ),
    ("products_fields_language_2.xml", "/api/products?display=[id,name]&language=2&limit=3"),
    (
        "products_fields_both_languages.json",
        "/api/products?output_format=JSON&display=[id,name]&language=[1|2]&limit=3",
    ),
    (
        "products_fields_prices.json",
        "/api/products?output_format=JSON&display=[id,price,gross]&price[gross][use_tax]=1&limit=2",
    ),
    ("combinations_list.json", "/api/combinations?output_format=JSON"),
    ("combinations_full.json", "/api/combinations?output_format=JSON&display=full"),
    ("combination.json", "/api/combinations/1?output_format=JSON"),
    ("combination.xml", "/api/combinations/1"),
    ("product_options.json", "/api/product_options?output_format=JSON&display=full"),
    ("product_options.xml", "/api/product_options?display=full"),
    ("product_option_values.json", "/api/product_option_values?output_format=JSON&display=full"),
    ("product_option_values.xml", "/api/product_option_values?display=full"),
    ("stock_availables_full.json", "/api/stock_availables?output_format=JSON&display=full"),
    ("stock_availables_full.xml", "/api/stock_availables?display=full"),
    ("stock_available.json", "/api/stock_availables/2?output_format=JSON"),
    ("stock_available.xml", "/api/stock_availables/2"),
    ("categories_full.json", "/api/categories?output_format=JSON&display=full&filter[id]=4"),
    ("categories_full.xml", "/api/categories?display=full&filter[id]=4"),
    ("categories_list.json", "/api/categories?output_format=JSON"),
    ("tax_rule_groups.json", "/api/tax_rule_groups?output_format=JSON&display=full"),
    ("tax_rules.json", "/api/tax_rules?output_format=JSON&display=full&filter[id_country]=14"),
    ("tax_rules.xml", "/api/tax_rules?display=full"),
    ("taxes.json", "/api/taxes?output_format=JSON&display=full"),
    ("taxes.xml", "/api/taxes?display=full"),
    ("image_types.json", "/api/image_types?output_format=JSON&display=full"),
    ("languages.json", "/api/languages?output_format=JSON&display=full"),
    ("languages.xml", "/api/languages?display=full"),
    ("currencies.json", "/api/currencies?output_format=JSON&display=full"),
    ("currencies.xml", "/api/currencies?display=full"),
    ("shops.json", "/api/shops?output_format=JSON&display=full"),
    ("shop_urls.json", "/api/shop_urls?output_format=JSON&display=full"),
    ("shop_groups.json", "/api/shop_groups?output_format=JSON&display=full"),
    ("manufacturers.json", "/api/manufacturers?output_format=JSON&display=full"),
    ("suppliers.json", "/api/suppliers?output_format=JSON&display=full"),
    ("product_features.json", "/api/product_features?output_format=JSON&display=full"),
    ("product_feature_values.json", "/api/product_feature_values?output_format=JSON&display=full"),
    ("specific_prices.json", "/api/specific_prices?output_format=JSON&display=full"),
    ("countries.json", "/api/countries?output_format=JSON&display=full&filter[iso_code]=PL"),
    (
        "configurations.json",
        "/api/configurations?output_format=JSON&display=full&filter[name]=[PS_LANG_DEFAULT|PS_TIMEZONE]",
    ),
    ("orders.json", "/api/orders?output_format=JSON&display=full"),
    ("images.xml", "/api/images"),
    ("images.json", "/api/images?output_format=JSON"),
    ("images_products.xml", "/api/images/products"),
    ("images_products.json", "/api/images/products?output_format=JSON"),
    ("images_product.xml", "/api/images/products/1"),
    ("images_product.json", "/api/images/products/1?output_format=JSON"),
    ("image.jpg", "/api/images/products/1/1"),
    ("image_home.jpg", "/api/images/products/1/1/home_default"),
    ("image_unknown", "/api/images/products/1/999"),
    ("image_unknown_product", "/api/images/products/999"),
    ("public_image.jpg", "/1-home_default/x.jpg"),
    ("root.json", "/api/?output_format=JSON"),
    ("unknown_id", "/api/products/99999?output_format=JSON"),
    ("unknown_resource.json", "/api/foobar?output_format=JSON"),
    ("unknown_resource.xml", "/api/foobar"),
    ("unknown_filter.json", "/api/products?output_format=JSON&filter[nonexistent]=1"),
    ("unknown_filter.xml", "/api/products?filter[nonexistent]=1"),
    ("limit_negative", "/api/products?output_format=JSON&limit=-1"),
    ("other_shop", "/api/products?output_format=JSON&id_shop=99"),
];

async fn snapshots(shop: &Shop, prefix: &str) {
    for (name, path) in READS {
        let answer = get(shop, path).await;
        insta::assert_snapshot!(format!("{prefix}_{name}"), shape::of(&answer), path);
    }
}

#[tokio::test]
async fn reads_of_8_have_its_shape() {
    snapshots(&start().await, "8").await;
}

#[tokio::test]
async fn reads_of_1_7_have_its_shape() {
    snapshots(&Shop::start(options().older()).await.unwrap(), "17").await;
}

#[tokio::test]
async fn writes_have_the_shape_of_their_version() {
    let put = "<prestashop><stock_available><id>2</id><id_product>1</id_product><id_product_attribute>1\
               </id_product_attribute><id_shop>1</id_shop><id_shop_group>0</id_shop_group><quantity>43</quantity>\
               <depends_on_stock>0</depends_on_stock><out_of_stock>2</out_of_stock></stock_available></prestashop>";
    let patch =
        "<prestashop><stock_available><id>2</id><quantity>0</quantity></stock_available></prestashop>";
    let two = "<prestashop><stock_available><id>2</id><quantity>1</quantity></stock_available>\
               <stock_available><id>3</id><quantity>1</quantity></stock_available></prestashop>";
    let partial =
        "<prestashop><stock_available><id>2</id><quantity>44</quantity></stock_available></prestashop>";
    let writes: &[(&str, Method, &str, &str)] = &[
        ("put.json", Method::PUT, "?output_format=JSON", put),
        ("put.xml", Method::PUT, "", put),
        ("put_partial.json", Method::PUT, "?output_format=JSON", partial),
        ("patch_zero.json", Method::PATCH, "?output_format=JSON", patch),
        ("patch_two.json", Method::PATCH, "?output_format=JSON", two),
        ("patch_two.xml", Method::PATCH, "", two),
        ("patch_broken.json", Method::PATCH, "?output_format=JSON", "<prestashop>"),
        ("patch_empty.xml", Method::PATCH, "", ""),
    ];
    for version in [Version::V8_2_1, Version::V1_7_8] {
        let prefix = if version == Version::V8_2_1 { "8" } else { "17" };
        let shop = Shop::start(Options { version, ..options() }).await.unwrap();
        for (name, method, query, body) in writes {
            let path = format!("/api/stock_availables/2{query}");
            let answer = send(&shop, method.clone(), &path, &[basic(shop.key())], body).await.unwrap();
            insta::assert_snapshot!(format!("{prefix}_{name}"), shape::of(&answer));
        }
    }
}

#[tokio::test]
async fn the_root_lists_what_a_key_may_do() {
    let reader = "READER00READER00READER00READER00";
    let keys = vec![Key::reading(reader, &["products", "images"])];
    let shop = Shop::start(Options { keys, ..options() }).await.unwrap();
    let answer = get(&shop, "/api/").await;
    insta::assert_snapshot!(answer.text().replace(&shop.url(), "http://shop"));
}

#[tokio::test]
async fn only_the_first_language_is_a_plain_text() {
    let shop = Shop::start(options().older()).await.unwrap();
    let id = shop.add_product(NewProduct::named("Plain"));
    let answer = crate::client::json(&shop, &format!("products/{id}")).await;
    assert_eq!(answer.json()["product"]["name"], "Plain", "one language gives plain strings");
}

#[tokio::test]
async fn a_bare_cdata_end_makes_xml_ill_formed_and_json_fine() {
    let shop = start().await;
    let xml = get(&shop, &format!("/api/products/{}", special::CDATA_END)).await;
    assert!(
        roxmltree::Document::parse(&xml.text()).is_err(),
        "the bare end of CDATA should have been left as it is"
    );
    let json = crate::client::json(&shop, &format!("products/{}", special::CDATA_END)).await;
    assert!(json.text().contains("]]>"), "JSON should bear it as it is");
}
