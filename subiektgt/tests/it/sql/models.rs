//! Goods that are variants of one.

use gateway_core::model::Product;
use subiektgt_sandbox::{Good, GoodKind};

use super::Office;

/// What is told of a good's place among others.
#[derive(Debug)]
struct Told {
    id: String,
    family: Option<(String, bool)>,
    attributes: Vec<(String, String)>,
}

fn told(product: &Product) -> Told {
    let attributes = product.variants()[0].attributes.iter();
    Told {
        id: product.id().to_string(),
        family: product.family().map(|family| (family.id.to_string(), family.has_others)),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

async fn all(office: &Office) -> Vec<Told> {
    office.products().await.iter().map(|(product, _)| told(product)).collect()
}

#[tokio::test]
async fn members_of_a_model_come_together_each_a_product_of_its_own() {
    let office = Office::new().await;
    for (id, name) in
        [(1, "Koszula lniana S"), (2, "Kubek"), (3, "Koszula lniana M"), (4, "Lampa, biała"), (5, "Lampa")]
    {
        office.put(Good::new(id, &format!("S{id}"), name));
    }
    office.firm.put_model(30, "Koszula Lniana");
    office.firm.put_model(20, "Lampa");
    for (good, model) in [(1, 30), (3, 30), (4, 20), (5, 20)] {
        office.firm.put_in_model(good, model);
    }
    insta::assert_debug_snapshot!(all(&office).await);
}

#[tokio::test]
async fn who_is_alone_in_a_model_has_no_others() {
    let office = Office::new().await;
    office.put_many(1..=4);
    office.put(Good { kind: GoodKind::Service, ..Good::new(5, "S5", "Usługa") });
    office.put(Good { is_deleted: true, ..Good::new(6, "S6", "Usunięty") });
    office.firm.put_model(1, "Pierwszy");
    office.firm.put_model(2, "Drugi");
    for (good, model) in [(1, 1), (2, 1), (3, 2), (5, 2), (6, 2)] {
        office.firm.put_in_model(good, model);
    }
    let of = |told: &[(&str, Option<bool>)]| {
        told.iter().map(|(id, others)| ((*id).to_owned(), *others)).collect::<Vec<_>>()
    };
    assert_eq!(
        has_others(&office).await,
        of(&[("1", Some(true)), ("2", Some(true)), ("3", Some(false)), ("4", None)])
    );
    office.firm.take_from_models(2);
    assert_eq!(
        has_others(&office).await,
        of(&[("1", Some(false)), ("2", None), ("3", Some(false)), ("4", None)])
    );
}

/// Whether the goods that come have others beside them, by their ids.
async fn has_others(office: &Office) -> Vec<(String, Option<bool>)> {
    let goods = office.items().await.into_iter().filter_map(|item| match item {
        connector::Item::Product(product, _) => Some(told(&product)),
        _ => None,
    });
    let mut goods: Vec<_> = goods.map(|good| (good.id, good.family.map(|(_, others)| others))).collect();
    goods.sort();
    goods
}

#[tokio::test]
async fn properties_tell_members_apart_before_their_names_do() {
    let office = Office::new().await;
    for id in 1..=4 {
        office.put(Good::new(id, &format!("S{id}"), &format!("Koszula wzór {id}")));
        office.firm.put_in_model(id, 1);
    }
    office.put(Good::new(5, "S5", "Kubek czerwony"));
    office.firm.put_model(1, "Koszula");
    office.firm.put_property(1, "Kolor");
    office.firm.put_property(2, "Rozmiar");
    for (tag, name, property) in [(1, "czerwony", 1), (2, "zielony", 1), (3, "XL", 2)] {
        office.firm.put_tag(tag, name);
        office.firm.tag_is_of(tag, property);
    }
    office.firm.put_tag(4, "Nowość");
    for (good, tag) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 4), (5, 1)] {
        office.firm.tag(good, tag);
    }
    insta::assert_debug_snapshot!(all(&office).await);
}

#[tokio::test]
async fn a_label_is_what_a_name_has_beside_its_models() {
    let office = Office::new().await;
    office.firm.put_model(1, "Świeca ŁĄKA");
    let names = [
        "Świeca Łąka 20 cm",
        "świeca łąka - duża",
        "Mała świeca łąka (biała)",
        "Świeca Łąka (zielona)",
        "Świeca łąka",
        "Lampion",
        "Świeca Łąka / ",
        "Świeca Łąkarska",
    ];
    for (id, name) in (1..).zip(names) {
        office.put(Good::new(id, &format!("S{id}"), name));
        office.firm.put_in_model(id, 1);
    }
    let labels: Vec<_> = all(&office).await.into_iter().map(|good| good.attributes).collect();
    insta::assert_debug_snapshot!(labels);
}

#[tokio::test]
async fn a_model_of_more_than_a_page_comes_whole_and_each_once() {
    let office = Office::new().await;
    office.put_many(1..=1203);
    office.firm.put_model(1, "Wielki");
    office.firm.put_model(2, "Drugi");
    for id in 1..=1203 {
        match id % 3 {
            0 => {}
            1 => office.firm.put_in_model(id, 1),
            _ => office.firm.put_in_model(id, 2),
        }
    }
    let mut came: Vec<i32> = all(&office).await.iter().map(|good| good.id.parse().unwrap()).collect();
    assert_eq!(came.len(), 1203);
    let of_first = came.iter().skip(401).take(401);
    assert!(of_first.clone().all(|id| id % 3 == 1), "the members of a model come together");
    came.sort_unstable();
    came.dedup();
    assert_eq!(came.len(), 1203, "each comes once");
}
