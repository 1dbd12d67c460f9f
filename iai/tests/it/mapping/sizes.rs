//! Which sizes a product has, and what is broken about them.

use gateway_core::model::Product;
use serde_json::{Value, json};

use super::{changed, reason, reasons, remove, variants};

/// The ids of the sizes that are imported, then the rejects.
fn told(change: impl FnOnce(&mut Value)) -> (Vec<String>, Vec<String>) {
    let mapped = changed("boots", change);
    let variants = mapped.product.iter().flat_map(Product::variants);
    (variants.map(|variant| variant.id.to_string()).collect(), reasons(&mapped))
}

#[test]
fn two_sizes_with_one_id_make_the_product_unreadable() {
    let (imported, rejects) = told(|row| row["productSizes"][1]["sizeId"] = json!(7));
    assert_eq!(imported, [""; 0]);
    assert_eq!(rejects, ["all: broken record: productSizes is \"7 is there twice\": mend it in the shop"]);
}

#[test]
fn a_size_that_is_there_twice_is_not_imported_because_one_of_the_two_is_broken() {
    for change in [
        |row: &mut Value| {
            row["productSizes"][1]["sizeId"] = json!(7);
            row["productSizesAttributes"][1]["sizeId"] = json!("7");
        },
        |row: &mut Value| {
            row["productSizes"][1]["sizeId"] = json!(7);
            row["productSizes"][0]["sizePanelName"] = json!(["38"]);
        },
        // Without a list of its sizes it has those of which it has codes.
        |row: &mut Value| {
            row["productSizes"] = json!([]);
            row["productSizesAttributes"][1]["sizeId"] = json!("7");
        },
    ] {
        let (imported, rejects) = told(change);
        assert_eq!(imported, [""; 0], "{rejects:?}");
        assert!(rejects.iter().any(|reject| reject.starts_with("all: ")), "{rejects:?}");
    }
}

#[test]
fn a_size_of_which_no_id_is_told_leaves_the_others_and_the_product_incomplete() {
    for id in [json!(null), json!(""), json!(["8"]), json!("8\n8")] {
        let (imported, rejects) = told(|row| row["productSizes"][1]["sizeId"] = id.clone());
        assert_eq!(imported, ["7"], "{id}");
        let [reject] = rejects.as_slice() else { panic!("not one: {rejects:?}") };
        assert!(reject.starts_with("all: broken record: productSizes.sizeId is"), "{id}: {reject}");
    }
    let (imported, rejects) = told(|row| row["productSizes"][1] = json!("8"));
    assert_eq!((imported, rejects.len()), (vec!["7".to_owned()], 1));
}

#[test]
fn without_a_list_of_its_sizes_it_has_those_of_which_it_has_codes() {
    for nothing in [json!([]), json!({}), json!(null)] {
        let (imported, rejects) = told(|row| row["productSizes"] = nothing.clone());
        assert_eq!((imported.as_slice(), rejects.len()), (["7".to_owned(), "8".to_owned()].as_slice(), 0));
    }
    let mapped = changed("boots", |row| remove(row, "productSizes"));
    let codes: Vec<_> =
        variants(&mapped).iter().map(|variant| variant.sku.as_ref().unwrap().as_str()).collect();
    assert_eq!(codes, ["KAL-42-38", "KAL-42"]);
}

#[test]
fn goods_of_which_no_size_is_told_are_rejected_as_a_whole() {
    let mapped = changed("boots", |row| {
        row["productSizes"] = json!([]);
        row["productSizesAttributes"] = json!([]);
    });
    assert_eq!(reason(&mapped), "all: broken record: productSizes is \"nothing\": mend it in the shop");
}

#[test]
fn a_size_whose_codes_are_told_twice_is_rejected_and_the_other_is_not() {
    let (imported, rejects) = told(|row| {
        let again = json!({ "sizeId": "7", "productSizeCodeExternal": "KAL-INNE" });
        row["productSizesAttributes"].as_array_mut().unwrap().push(again);
    });
    assert_eq!(imported, ["8"]);
    assert_eq!(rejects, ["7: broken record: productSizes is \"it is there twice\": mend it in the shop"]);
}

#[test]
fn a_size_whose_codes_cannot_be_read_is_rejected_and_the_other_is_not() {
    for field in ["productSizeCodeExternal", "productSizeCodeProducer", "productRetailPrice", "sizePanelName"]
    {
        let (imported, rejects) = told(|row| row["productSizesAttributes"][0][field] = json!({ "a": 1 }));
        assert_eq!((imported, rejects.len()), (vec!["8".to_owned()], 1), "{field}");
        assert!(rejects[0].starts_with("7: "), "{field}: {rejects:?}");
    }
}

#[test]
fn a_size_without_codes_of_its_own_is_sold_by_its_products() {
    let mapped = changed("boots", |row| row["productSizesAttributes"] = json!([]));
    let [first, second] = variants(&mapped) else { panic!("not two: {mapped:?}") };
    for variant in [first, second] {
        assert_eq!((variant.sku.as_ref().unwrap().as_str(), &variant.ean), ("KAL-42", &None));
    }
    assert_eq!(second.attributes.get("size"), Some("39"));
}

#[test]
fn codes_of_a_size_that_it_does_not_have_are_of_no_account() {
    let (imported, rejects) = told(|row| {
        row["productSizes"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!((imported, rejects.len()), (vec!["7".to_owned()], 0));
}

#[test]
fn of_several_sizes_one_that_nobody_could_tell_from_the_others_is_rejected() {
    let nameless = |row: &mut Value| {
        row["productSizes"][0]["sizePanelName"] = json!("");
        row["productSizesAttributes"][0]["sizePanelName"] = json!(null);
    };
    let (imported, rejects) = told(nameless);
    assert_eq!(imported, ["8"]);
    assert_eq!(rejects, ["7: broken record: sizePanelName is \"nothing\": mend it in the shop"]);
    let mapped = changed("boots", |row| {
        nameless(row);
        row["productSizes"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!(variants(&mapped)[0].attributes.get("size"), None, "a lone one may be without");
}

#[test]
fn a_size_is_called_as_in_the_panel_by_either_list() {
    let mapped = changed("boots", |row| row["productSizes"][0]["sizePanelName"] = json!(null));
    assert_eq!(variants(&mapped)[0].attributes.get("size"), Some("38"));
}

#[test]
fn what_is_wrong_with_the_product_rejects_each_of_its_sizes_with_its_code() {
    let mapped = changed("boots", |row| row["productVat"] = json!("?"));
    assert_eq!(mapped.product, None);
    let skus: Vec<_> = mapped.rejects.iter().map(|reject| reject.sku.as_ref().unwrap().as_str()).collect();
    assert_eq!(skus, ["KAL-42-38", "KAL-42"]);
    for (reason, size) in reasons(&mapped).iter().zip(["7", "8"]) {
        assert_eq!(*reason, format!("{size}: broken record: productVat is \"?\": mend it in the shop"));
    }
    assert!(mapped.rejects.iter().all(|reject| reject.name.as_deref() == Some("Kalosze Kałuża")));
}

#[test]
fn a_row_that_cannot_be_read_at_all_is_rejected_as_a_whole() {
    for (field, value) in [
        ("productRetailPrice", json!([1])),
        ("productVersion", json!("420")),
        ("productImages", json!("none")),
        ("productSizes", json!(7)),
        ("productStocksData", json!(5)),
        ("productDescriptionsLangData", json!([["pol"], "pol"])),
    ] {
        let mapped = changed("boots", |row| row[field] = value.clone());
        assert!(reason(&mapped).starts_with("all: broken record: product is "), "{field}: {value}");
    }
}
