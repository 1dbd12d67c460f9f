//! Tags and categories.

use serde_json::{Value, json};

use crate::client::{LIST, create, delete, gateway, get, post, product, put};

fn tags_of(shop: &str) -> String {
    format!("/webshops/{shop}/tags/")
}

#[tokio::test]
async fn the_category_tree_and_the_flat_list_are_the_same_categories() {
    let gateway = gateway().await;
    let tree = get(&gateway, "/bootstrap").await.ok()["tag_hierarchy"].clone();
    let flat = get(&gateway, "/tags/?type=category").await.ok();
    fn walk(branch: &Value, parent: &Value, found: &mut Vec<(Value, Value, Value)>) {
        for node in branch.as_array().unwrap() {
            found.push((node["guid"].clone(), node["name"].clone(), parent.clone()));
            walk(&node["children"], &node["guid"], found);
        }
    }
    let mut walked = Vec::new();
    walk(&tree, &Value::Null, &mut walked);
    let listed: Vec<_> = flat
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            assert_eq!((&tag["type"], &tag["owner"]), (&json!("category"), &Value::Null), "{tag}");
            (tag["guid"].clone(), tag["name"].clone(), tag["parent_guid"].clone())
        })
        .collect();
    assert_eq!(walked, listed);
    let twice = listed.iter().filter(|(_, name, _)| name == "Akcesoria").count();
    assert_eq!(twice, 2, "the sample tree has a name that is not unique");
    assert!(get(&gateway, "/tags/").await.refusal(400).contains("type=category"));
    assert!(get(&gateway, "/tags/?type=variant").await.refusal(400).contains("type=category"));
}

#[tokio::test]
async fn a_tag_is_made_listed_and_deleted() {
    let gateway = gateway().await;
    let path = tags_of(gateway.shop());
    let made = post(&gateway, &path, &json!({"name": "Kubek Tatry", "type": "variant"})).await;
    assert_eq!(made.status, 201);
    let tag = made.json();
    assert_eq!((&tag["name"], &tag["type"]), (&json!("Kubek Tatry"), &json!("variant")));
    assert_eq!((&tag["owner"], &tag["item_count"]), (&json!(gateway.shop()), &json!(0)));

    let mut bearer = product("Kubek");
    bearer["tag_guids"] = json!([tag["guid"]]);
    let bearer = create(&gateway, bearer).await;
    let listed = get(&gateway, &path).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1, "the shop's own tags, no categories");
    assert_eq!((&listed[0]["product_guids"], &listed[0]["item_count"]), (&json!([bearer]), &json!(1)));

    let own = format!("{path}{}/", tag["guid"].as_str().unwrap());
    assert_eq!(delete(&gateway, &own).await.status, 204);
    assert_eq!(get(&gateway, &path).await.ok(), json!([]));
    assert_eq!(gateway.product(&bearer).unwrap()["tag_guids"], json!([]), "taken off the goods");
    assert!(delete(&gateway, &own).await.refusal(404).contains("no such tag"));
    let category = format!("{path}{}/", gateway.category("Moda").unwrap());
    assert_eq!(delete(&gateway, &category).await.status, 404, "categories are the marketplace's");
    let again = post(&gateway, &path, &json!({"name": "Kubek Tatry", "type": "variant"})).await;
    assert_eq!(again.status, 201, "the name is free again");
}

#[tokio::test]
async fn a_name_that_is_taken_names_the_tag_that_has_it() {
    let gateway = gateway().await;
    let guid = gateway.make_tag("Kubek Tatry");
    let path = tags_of(gateway.shop());
    let taken = post(&gateway, &path, &json!({"name": "Kubek Tatry", "type": "variant"})).await;
    assert_eq!(taken.refusal(409), format!("Tag ({guid}) already exists"));
    let other = post(&gateway, &path, &json!({"name": "kubek tatry", "type": "variant"})).await;
    assert_eq!(other.status, 201, "names are compared exactly");
    assert_eq!(post(&gateway, &path, &json!({"name": "Moda", "type": "variant"})).await.status, 201);
}

#[tokio::test]
async fn tags_that_make_no_sense_are_refused() {
    let gateway = gateway().await;
    let path = tags_of(gateway.shop());
    let cases = [
        (json!({"type": "variant"}), "tag.name"),
        (json!({"name": "", "type": "variant"}), "tag.name"),
        (json!({"name": "x".repeat(256), "type": "variant"}), "256 characters"),
        (json!({"name": "x"}), "tag.type"),
        (json!({"name": "x", "type": "category"}), "tag.type"),
        (json!({"name": "x", "type": "variant", "guid": "y"}), "tag.guid"),
    ];
    for (tag, named) in cases {
        let message = post(&gateway, &path, &tag).await.refusal(400);
        assert!(message.contains(named), "{named} in: {message}");
    }
}

#[tokio::test]
async fn a_tag_is_put_on_goods_and_taken_off() {
    let gateway = gateway().await;
    let tag = gateway.make_tag("Kubek Tatry");
    let path = format!("/product_tags/{tag}");
    let first = create(&gateway, product("1")).await;
    let second = create(&gateway, product("2")).await;
    let read = put(&gateway, &path, &json!({"add": [first, second], "delete": []})).await.ok();
    assert_eq!(read["item_count"], json!(2));
    let read = put(&gateway, &path, &json!({"add": [first], "delete": [second]})).await.ok();
    assert_eq!(read["product_guids"], json!([first]));
    assert_eq!(gateway.product(&first).unwrap()["tag_guids"], json!([tag]), "once, though added twice");
    assert_eq!(gateway.product(&second).unwrap()["tag_guids"], json!([]));

    let message = put(&gateway, &path, &json!({"add": [second, "nobody"]})).await.refusal(404);
    assert!(message.contains("nobody"), "{message}");
    assert_eq!(gateway.product(&second).unwrap()["tag_guids"], json!([]), "nothing was done");
    assert!(put(&gateway, "/product_tags/nothing", &json!({})).await.refusal(404).contains("nothing"));
    assert!(put(&gateway, &path, &json!({"add": "x"})).await.refusal(400).contains("add"));
    assert!(put(&gateway, &path, &json!({"remove": []})).await.refusal(400).contains("remove"));
}

#[tokio::test]
async fn a_person_can_do_what_the_api_can() {
    let gateway = gateway().await;
    let guid = create(&gateway, product("Kubek")).await;
    let tag = gateway.make_tag("ręcznie");
    assert!(gateway.edit(&guid, json!({"name": "Kubek nowy"})));
    assert!(gateway.set_stock(&guid, 3));
    assert!(gateway.set_for_sale(&guid, false));
    assert!(gateway.set_archived(&guid, true));
    assert!(gateway.add_tag(&guid, &tag));
    let read = gateway.product(&guid).unwrap();
    assert_eq!((&read["name"], &read["stock_level"]), (&json!("Kubek nowy"), &json!(3)));
    assert_eq!((&read["for_sale"], &read["archived"]), (&json!(false), &json!(true)));
    assert_eq!(read["tag_guids"], json!([tag]));
    assert_eq!(read["vat"], json!("VAT23"), "the rest stays");
    assert!(
        gateway.tags().iter().any(|shown| shown["guid"] == json!(tag) && shown["item_count"] == json!(1))
    );
    gateway.delete(&guid);
    assert!(!gateway.set_stock(&guid, 3), "it is gone");
    assert_eq!(delete(&gateway, &format!("{LIST}/{guid}/")).await.status, 404);
}
