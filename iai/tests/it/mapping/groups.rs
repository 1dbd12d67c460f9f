//! The group of which a product is one: the same goods in several colours.

use serde_json::{Value, json};

use super::{changed, fixture, map, remove, variants};

/// The family of the boots, as "id, others", with this group.
fn family(version: Value) -> String {
    let mapped = changed("boots", |row| row["productVersion"] = version);
    assert_eq!(variants(&mapped).len(), 2);
    mapped.product.unwrap().family().map_or("none".to_owned(), |family| {
        format!("{}, {}", family.id, if family.has_others { "others" } else { "alone" })
    })
}

#[test]
fn each_member_of_a_group_is_a_product_of_its_own_and_of_one_family() {
    let members = ["boots", "boots_yellow"].map(|name| map(&fixture(name)).product.unwrap());
    assert_eq!(members.each_ref().map(|member| member.id().as_str()), ["420", "421"]);
    for member in &members {
        let family = member.family().unwrap();
        assert_eq!((family.id.as_str(), family.has_others), ("420", true), "{}", member.id());
    }
    let colours = members.each_ref().map(|member| member.variants()[0].attributes.get("color").unwrap());
    assert_eq!(colours, ["granatowe", "żółte"]);
}

#[test]
fn a_product_without_a_group_is_of_no_family() {
    for version in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "versionParentId": 0, "versionProductsIds": [] }),
        json!({ "versionParentId": "0", "versionProductsIds": [420, 421] }),
    ] {
        assert_eq!(family(version.clone()), "none", "{version}");
    }
    let mapped = changed("boots", |row| remove(row, "productVersion"));
    assert_eq!(mapped.product.as_ref().unwrap().family(), None);
    assert!(variants(&mapped)[0].attributes.get("color").is_none());
    assert_eq!(mapped.warnings, [], "nothing was left out");
}

#[test]
fn a_group_of_which_it_is_the_only_member_has_no_others() {
    for (members, expected) in [
        (json!([420]), "420, alone"),
        (json!(["420"]), "420, alone"),
        (json!([420, 420]), "420, alone"),
        (json!([421, 420]), "420, others"),
        (json!([421]), "420, others"),
        (json!({ "0": 420, "1": 421 }), "420, others"),
    ] {
        assert_eq!(
            family(json!({ "versionParentId": 420, "versionProductsIds": members })),
            expected,
            "{members}"
        );
    }
}

#[test]
fn a_group_without_a_list_of_its_members_is_taken_to_have_others() {
    for version in [
        json!({ "versionParentId": 420 }),
        json!({ "versionParentId": "420", "versionProductsIds": [] }),
        json!({ "versionParentId": 420, "versionProductsIds": null }),
    ] {
        assert_eq!(family(version.clone()), "420, others", "{version}");
    }
}

#[test]
fn what_it_is_in_its_group_is_told_before_its_size() {
    let mapped = map(&fixture("boots"));
    let attributes: Vec<_> = variants(&mapped)[0].attributes.iter().collect();
    assert_eq!(attributes, [("color", "granatowe"), ("size", "38")]);
}

#[test]
fn a_group_that_differs_in_size_leaves_the_key_to_it_and_the_sizes_their_name() {
    let mapped = changed("boots", |row| {
        let names =
            json!({ "versionGroupNamesLangData": [{ "langId": "pol", "versionGroupName": "Wielkość" }] });
        row["productVersion"]["versionGroupNames"] = names;
    });
    let attributes: Vec<_> = variants(&mapped)[1].attributes.iter().collect();
    assert_eq!(attributes, [("size", "granatowe"), ("Rozmiar", "39")]);
    let mapped = changed("boots", |row| {
        let names =
            json!({ "versionGroupNamesLangData": [{ "langId": "pol", "versionGroupName": "Rozmiar" }] });
        row["productVersion"]["versionGroupNames"] = names;
    });
    let attributes: Vec<_> = variants(&mapped)[1].attributes.iter().collect();
    assert_eq!(attributes, [("size", "granatowe"), ("Rozmiar", "39")]);
}

#[test]
fn a_member_without_a_word_for_what_it_is_comes_without_it_and_with_a_warning() {
    for (field, value) in [
        ("versionNames", json!([])),
        ("versionNames", json!({ "versionNamesLangData": [{ "langId": "pol", "versionName": "" }] })),
        ("versionNames", json!({ "versionNamesLangData": [{ "langId": "ger", "versionName": "gelb" }] })),
        ("versionGroupNames", json!(null)),
    ] {
        let mapped = changed("boots", |row| row["productVersion"][field] = value.clone());
        assert!(variants(&mapped)[0].attributes.get("color").is_none(), "{field}: {value}");
        assert!(mapped.product.as_ref().unwrap().has_others(), "it stays one of the family");
        let [warning] = mapped.warnings.as_slice() else { panic!("not one: {:?}", mapped.warnings) };
        assert!(warning.what.starts_with("what it is in its group was left out"), "{}", warning.what);
    }
}
