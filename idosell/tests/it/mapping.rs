//! From an offer to canonical products.

use gateway_core::model::{StockLevel, VatRate};
use idosell::mapping::{self, Categories, Context, Groups, Mapped};
use idosell::wire::{Entry, Head};
use serde_json::json;

use crate::wire::{entries, fixture, offer_of, one};

pub(crate) fn context(language: &str) -> Context {
    let head = Head { language: Some("pol".to_owned()), currency: Some("PLN".to_owned()), ..Head::default() };
    Context::new(&head, language, None, Groups::default()).unwrap()
}

/// What becomes of the one product of an offer.
pub(crate) fn map(product: &str) -> Mapped {
    let (entries, end) = entries(offer_of(product).as_bytes());
    end.unwrap();
    mapping::product(&context("pol"), &entries[0]).unwrap()
}

/// A product that can be imported, with something in it.
pub(crate) fn with(inside: &str) -> Mapped {
    map(&format!(
        "<product id=\"7\" vat=\"23.0\"><description><name>Kubek</name></description><price gross=\"12.30\"/>{inside}</product>"
    ))
}

/// As text, because insta would not show a number of JSON that keeps all its digits as one.
pub(crate) fn shown(mapped: &Mapped) -> String {
    let shown = json!({
        "product": mapped.product, "rejects": mapped.rejects, "warnings": mapped.warnings, "skip": mapped.skip,
    });
    serde_json::to_string_pretty(&shown).unwrap()
}

/// Of the fixture, in a language.
fn of_fixture(id: &str, language: &str) -> String {
    let (entries, end) = entries(fixture("offer").as_bytes());
    end.unwrap();
    let is_wanted = |entry: &&Entry| matches!(entry, Entry::Product(product) if product.id == id);
    shown(&mapping::product(&context(language), entries.iter().find(is_wanted).unwrap()).unwrap())
}

#[test]
fn goods_with_sizes_in_a_group_with_several_stocks() {
    insta::assert_snapshot!(of_fixture("840", "pol"));
}

#[test]
fn another_language_and_what_is_missing_in_it_from_the_offers_own() {
    insta::assert_snapshot!(of_fixture("840", "eng"));
}

#[test]
fn a_virtual_good_without_a_size_hidden_in_the_shop() {
    insta::assert_snapshot!(of_fixture("900", "pol"));
}

#[test]
fn a_product_without_any_size_element() {
    insta::assert_snapshot!(of_fixture("901", "pol"));
}

#[test]
fn another_product_of_the_group_in_one_size() {
    insta::assert_snapshot!(of_fixture("842", "pol"));
}

#[test]
fn a_removed_product_is_skipped() {
    insta::assert_snapshot!(of_fixture("77", "pol"));
}

/// The only variant.
fn variant(mapped: &Mapped) -> gateway_core::model::Variant {
    assert_eq!(mapped.rejects, []);
    let [variant] = mapped.product.as_ref().unwrap().variants() else { panic!("not one: {mapped:?}") };
    variant.clone()
}

#[test]
fn net_is_derived_from_gross_and_comes_back_as_it_was() {
    let price = |vat: &str, gross: &str| {
        let product = format!(
            "<product id=\"7\" vat=\"{vat}\"><description><name>A</name></description><price gross=\"{gross}\" net=\"1\"/></product>"
        );
        let variant = variant(&map(&product));
        (variant.price.to_string(), variant.vat.to_string())
    };
    let is = |price: &str, vat: &str| (price.to_owned(), vat.to_owned());
    assert_eq!(price("23.0", "115.00"), is("93.4959 PLN", "23 %"), "and not 93.50, which would be 115.005");
    assert_eq!(price("8", "1.08"), is("1 PLN", "8 %"));
    assert_eq!(price("0.0", "50"), is("50 PLN", "0 %"));
    assert_eq!(
        price("5.50", "10.55"),
        is("10 PLN", "5.5 %"),
        "what the marketplace takes is not decided here"
    );
    assert_eq!(price("+23.", "1.23"), is("1 PLN", "23 %"));
}

#[test]
fn vat_that_is_not_told_can_be_given() {
    let rate = |vat: &str| {
        let vat_default = Some(VatRate::percent(5.into()).unwrap());
        let product = format!(
            "<product id=\"7\" {vat}><description><name>A</name></description><price gross=\"1\"/></product>"
        );
        let entry = Entry::Product(Box::new(one(&product)));
        let mapped = mapping::product(&Context { vat_default, ..context("pol") }, &entry).unwrap();
        mapped.product.map(|product| product.variants()[0].vat.to_string())
    };
    assert_eq!(rate("").as_deref(), Some("5 %"));
    assert_eq!(rate("vat=\"\"").as_deref(), Some("5 %"));
    assert_eq!(rate("vat=\"8.0\"").as_deref(), Some("8 %"), "a rate that is told stays");
    assert_eq!(rate("vat=\"ZW\""), rate(""), "exempt goods are like those of which none is told");
    assert_eq!(rate("vat=\"23%\""), None, "a rate that cannot be read is not one that is not told");
}

#[test]
fn the_sizes_price_wins_and_a_promotions_is_none() {
    let price = |inside: &str| {
        variant(&with(&format!("<sizes><size id=\"3\" name=\"M\">{inside}</size></sizes>"))).price.to_string()
    };
    assert_eq!(price("<price gross=\"24.60\"/>"), "20 PLN");
    assert_eq!(price("<promotion><price gross=\"24.60\"/></promotion>"), "10 PLN");
    assert_eq!(price("<price gross=\"24.60\"/><price gross=\"24.6\"/>"), "20 PLN", "the same twice");
}

#[test]
fn stock_is_summed_and_an_unknown_quantity_wins() {
    let level = |available: &str, stocks: &str| {
        let size = format!("<sizes><size id=\"3\" name=\"M\" {available}>{stocks}</size></sizes>");
        variant(&with(&size)).stock
    };
    let is = |text: &str| StockLevel::Quantity(text.parse().unwrap());
    for (available, stocks, expected) in [
        ("", "", is("0")),
        ("available=\"in_stock\"", "", is("0")),
        ("available=\"in_stock\"", "<stock quantity=\"2\"/><stock quantity=\"3.5\"/>", is("5.5")),
        ("available=\"on_order\"", "<stock quantity=\"2\"/>", is("2")),
        ("available=\"unavailable\"", "<stock quantity=\"2\"/>", is("0")),
        ("available=\"unavailable\"", "<stock quantity=\"-1\"/>", is("0")),
        ("", "<stock quantity=\"9\" available_stock_quantity=\"4\"/>", is("4")),
        ("", "<stock quantity=\"9\" available_stock_quantity=\"\"/>", is("9")),
        ("", "<stock quantity=\"9\" available_stock_quantity=\"-1\"/>", StockLevel::Unknown),
        ("", "<stock quantity=\"-1\" available_stock_quantity=\"4\"/>", is("4")),
        (
            "",
            "<stock quantity=\"5\"/><stock quantity=\"-1.000\"/><stock quantity=\"5\"/>",
            StockLevel::Unknown,
        ),
        ("", "<stock quantity=\"-2\"/><stock quantity=\"1\"/>", is("-1")),
    ] {
        assert_eq!(level(available, stocks), expected, "{available} {stocks}");
    }
}

#[test]
fn a_sku_is_the_sizes_own_else_its_index_else_the_products() {
    let sku = |size: &str| {
        let product = format!(
            "<product id=\"7\" vat=\"23\" code_on_card=\"CARD\"><description><name>A</name></description><price gross=\"1\"/>\
             <sizes><size id=\"uniw\" {size}/></sizes></product>"
        );
        variant(&map(&product)).sku.unwrap().to_string()
    };
    assert_eq!(sku("code=\"7-uniw\" iaiext:code_external=\"OWN\""), "OWN");
    assert_eq!(sku("code=\"7-uniw\" iaiext:code_external=\" \""), "7-uniw");
    assert_eq!(sku(""), "CARD");
}

#[test]
fn an_ean_is_the_sizes_own_else_the_products_where_that_is_one_thing() {
    let eans = |sizes: &str| {
        let mapped = map(&format!(
            "<product id=\"7\" vat=\"23\" producer_code_standard=\"4006381333931\"><description><name>A</name></description>\
             <price gross=\"1\"/><sizes>{sizes}</sizes></product>"
        ));
        let variants = mapped.product.as_ref().unwrap().variants();
        let eans: Vec<_> =
            variants.iter().map(|variant| variant.ean.as_ref().map(ToString::to_string)).collect();
        (eans, mapped.warnings.len())
    };
    let ean = |text: &str| Some(text.to_owned());
    assert_eq!(eans("<size id=\"1\" code_producer=\"5901234123457\"/>"), (vec![ean("5901234123457")], 0));
    assert_eq!(eans("<size id=\"1\"/>"), (vec![ean("4006381333931")], 0));
    assert_eq!(eans("<size id=\"1\" code_producer=\"ABC\"/>"), (vec![ean("4006381333931")], 0));
    assert_eq!(
        eans("<size id=\"1\" name=\"S\"/><size id=\"2\" name=\"M\" code_producer=\"5901234123450\"/>"),
        (vec![None, None], 1)
    );
}

#[test]
fn sizes_are_told_by_their_names() {
    let attributes = |sizes: &str| {
        let mapped = with(&format!("<sizes>{sizes}</sizes>"));
        assert_eq!(mapped.rejects, []);
        serde_json::to_string(
            &mapped.product.unwrap().variants().iter().map(|variant| &variant.attributes).collect::<Vec<_>>(),
        )
        .unwrap()
    };
    assert_eq!(
        attributes("<size id=\"1\" name=\"S\" panel_name=\"x\"/><size id=\"2\" panel_name=\"M\"/>"),
        r#"[{"size":"S"},{"size":"M"}]"#
    );
    assert_eq!(attributes("<size id=\"3\" name=\"XL\"/>"), r#"[{"size":"XL"}]"#, "buyers must know it");
    assert_eq!(attributes("<size id=\"3\"/>"), "[{}]");
    assert_eq!(attributes("<size id=\"uniw\" name=\"uniwersalny\"/>"), "[{}]");
}

#[test]
fn a_group_by_size_does_not_take_the_sizes_place() {
    let mapped = with(
        "<sizes><size id=\"3\" name=\"M\"/></sizes><group first_product_id=\"7\">\
         <group_by_parameter><name>Rozmiar</name><product_value><name>Duży</name></product_value></group_by_parameter>\
         <group_by_parameter><name>Kolor</name><product_value><name xml:lang=\"eng\">Red</name></product_value></group_by_parameter>\
         </group>",
    );
    insta::assert_snapshot!(shown(&mapped));
}

#[test]
fn a_group_says_which_product_is_its_first() {
    let product = one("<product id=\"2\"><group id=\"16\" first_product_id=\"1\"/></product>");
    assert_eq!(product.group.unwrap().first_product_id.as_deref(), Some("1"));
}

#[test]
fn a_product_is_for_sale_unless_all_shops_hide_it() {
    let for_sale =
        |sites: &str| variant(&with(&format!("<iaiext:visibility>{sites}</iaiext:visibility>"))).for_sale;
    assert!(for_sale(""));
    assert!(for_sale("<iaiext:price_comparator visible=\"no\"/>"), "that is not about the shop");
    assert!(for_sale("<iaiext:site visible=\"yes\"/>"));
    assert!(for_sale("<iaiext:site id=\"1\" visible=\"no\"/><iaiext:site id=\"2\" visible=\"yes\"/>"));
    assert!(!for_sale("<iaiext:site visible=\"no\"/>"));
    assert!(
        variant(&with("<visibility><site visible=\"no\"/></visibility>")).for_sale,
        "that is another element"
    );
}

#[test]
fn categories_make_a_tree_whatever_their_order() {
    let tree = |paths: &[(&str, &str)]| {
        let mut categories = Categories::default();
        for (id, path) in paths {
            categories
                .add(&one(&format!("<product id=\"1\"><category id=\"{id}\" name=\"{path}\"/></product>")));
        }
        assert_eq!(categories.left_out(), 0);
        let tree = categories.tree();
        let mut told: Vec<String> = tree
            .iter()
            .map(|category| format!("{}: {}", category.id, tree.printed_path(&category.id).unwrap()))
            .collect();
        told.sort();
        told
    };
    let paths = [
        ("117", "Odzież/Swetry"),
        ("9", "Odzież"),
        ("31", "Prezenty/Bony/Na święta"),
        ("32", "Prezenty/Bony/Inne"),
        ("", "x"),
    ];
    let expected = [
        "117: Odzież - Swetry",
        "31: Prezenty - Bony - Na święta",
        "32: Prezenty - Bony - Inne",
        "9: Odzież",
        "path:Prezenty/Bony: Prezenty - Bony",
        "path:Prezenty: Prezenty",
    ];
    assert_eq!(tree(&paths), expected);
    let mut backwards = paths;
    backwards.reverse();
    assert_eq!(tree(&backwards), expected);
    assert_eq!(tree(&[("1", "A"), ("1", "B"), ("2", " / "), ("3", "/C/")]), ["1: A", "3: C"]);
}

#[test]
fn categories_are_held_once_each_and_not_without_end() {
    let mut categories = Categories::default();
    let long = format!("<product id=\"1\"><category id=\"1\" name=\"{}\"/></product>", "x".repeat(2_000));
    categories.add(&one(&long));
    let mut product = one("<product id=\"1\"><category id=\"1\" name=\"A\"/></product>");
    for id in 0..50_010 {
        product.categories[0].id = Some(id.to_string());
        categories.add(&product);
        categories.add(&product);
    }
    assert_eq!(categories.tree().len(), 50_000);
    assert_eq!(categories.left_out(), 21);
}

#[test]
fn an_offer_without_a_currency_is_not_mapped() {
    for currency in [None, Some("ZŁ"), Some("pln")] {
        let head = Head { currency: currency.map(str::to_owned), ..Head::default() };
        assert!(Context::new(&head, "pol", None, Groups::default()).is_err(), "{currency:?}");
    }
}
