//! A shop that is read by two ways, which know its goods by different ids.

use connector::{Item, Scope, Skip};
use futures::TryStreamExt as _;
use gateway_core::model::{Product, ProductId, Reject, RejectReason, VariantId};
use serde_json::{Value, json};
use state::Link;

use crate::support::{Ran, World, guid, product, shop_name, variant};
use crate::toy::Toy;

pub(crate) fn id(text: &str) -> ProductId {
    ProductId::new(text).unwrap()
}

/// A product of these sizes, by its id and another one.
pub(crate) fn sized(own: &str, also: Option<&str>, sizes: &[&str]) -> Product {
    let variants = sizes.iter().map(|size| variant(size, 23)).collect();
    product(own, "Thing", variants).known_as(id(own), also.map(id))
}

/// By the way of files, which tells symbols alone.
pub(crate) fn by_files(symbols: &[&str]) -> Toy {
    Toy::selling(symbols.iter().map(|symbol| sized(symbol, None, &["0"])).collect())
}

/// By the way of the database, which tells numbers and symbols.
pub(crate) fn by_base(goods: &[(&str, &str)]) -> Toy {
    let product = |(number, symbol): &(&str, &str)| {
        sized(number, Some(*symbol).filter(|symbol| !symbol.is_empty()), &["0"])
    };
    let mut toy = Toy::selling(goods.iter().map(product).collect());
    toy.tells_other_ids = true;
    toy
}

/// (id, its other id) of what is on sale, in order.
pub(crate) fn live(world: &World) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut ids: Vec<_> = world
        .live()
        .iter()
        .map(|listed| &listed["data"]["source"])
        .map(|source| (text(&source["product"]), text(&source["sent"]["also"])))
        .collect();
    ids.sort();
    ids
}

pub(crate) fn pairs(ids: &[(&str, &str)]) -> Vec<(String, String)> {
    ids.iter().map(|(own, also)| ((*own).to_owned(), (*also).to_owned())).collect()
}

pub(crate) async fn links(world: &World) -> Vec<Link> {
    world.store(&shop_name()).await.links().try_collect().await.unwrap()
}

pub(crate) async fn linked(world: &World) -> Vec<String> {
    links(world).await.into_iter().map(|link| format!("{}/{}", link.product, link.variant)).collect()
}

pub(crate) async fn pruning(world: &World, toy: &Toy) -> Ran {
    world.import_with(toy, |options| options.prune = true).await.done()
}

/// Another import of the same finds nothing to do.
pub(crate) async fn is_done(world: &World, toy: &Toy, goods: u64) {
    let writes = world.writes().len();
    let again = pruning(world, toy).await;
    assert_eq!((again.counts(), world.writes().len()), ((0, 0, goods, 0), writes), "{:?}", again.told);
    assert_eq!(again.summary.warnings, 0, "{:?}", again.told);
}

#[tokio::test]
async fn goods_go_over_to_the_way_that_knows_both_ids_and_stay_there() {
    for loses in [false, true] {
        for dry in [false, true] {
            let world = World::new().await;
            let next = async |toy: &Toy| {
                if loses {
                    world.lose_state();
                }
                if dry {
                    let writes = world.writes().len();
                    let dry =
                        world.import_with(toy, |options| (options.dry_run, options.prune) = (true, true));
                    let dry = dry.await.done();
                    assert_eq!(world.writes().len(), writes, "a dry run wrote");
                    let ran = pruning(&world, toy).await;
                    assert_eq!(dry.counts(), ran.counts(), "{:?} {:?}", dry.told, ran.told);
                    return ran;
                }
                pruning(&world, toy).await
            };
            let files = by_files(&["symbol:A", "symbol:B"]);
            assert_eq!(next(&files).await.counts(), (2, 0, 0, 0));
            let guids: Vec<String> =
                ["symbol:A", "symbol:B"].map(|symbol| guid(&world.one(symbol, "0")).to_owned()).into();
            is_done(&world, &files, 2).await;

            let base = by_base(&[("101", "symbol:A"), ("102", "symbol:B")]);
            let ran = next(&base).await;
            assert_eq!(ran.counts(), (0, 2, 0, 0), "{:?}", ran.told);
            assert!(ran.told.contains(&"Updated 101/0 id".to_owned()), "{:?}", ran.told);
            assert_eq!(live(&world), pairs(&[("101", "symbol:A"), ("102", "symbol:B")]));
            assert_eq!(linked(&world).await, ["101/0", "102/0"]);
            is_done(&world, &base, 2).await;

            let ran = next(&files).await;
            assert_eq!(ran.counts(), (0, 0, 2, 0), "{:?}", ran.told);
            is_done(&world, &files, 2).await;

            // The symbol was changed in the meantime.
            let base = by_base(&[("101", "symbol:NEW"), ("102", "symbol:B")]);
            let ran = next(&base).await;
            assert_eq!((ran.counts(), ran.told), ((0, 1, 1, 0), vec!["Updated 101/0 id".to_owned()]));
            is_done(&world, &base, 2).await;
            let files = by_files(&["symbol:NEW", "symbol:B"]);
            assert_eq!(next(&files).await.counts(), (0, 0, 2, 0));
            is_done(&world, &files, 2).await;
            let now: Vec<String> =
                ["101", "102"].map(|number| guid(&world.one(number, "0")).to_owned()).into();
            assert_eq!((now, world.gateway.products().len()), (guids, 2), "they are the same goods");
            let sent = world.one("101", "0")["data"]["source"]["sent"].clone();
            assert_eq!(sent["also"], json!("symbol:NEW"));
        }
    }
}

#[tokio::test]
async fn what_changed_goes_along() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A"])).await.done();
    let mut own = variant("0", 23);
    own.for_sale = false;
    let renamed = product("101", "Renamed", vec![own.clone()]).known_as(id("101"), Some(id("symbol:A")));
    let ran = world.import(&Toy::selling(vec![renamed])).await.done();
    assert_eq!(ran.told, ["Updated 101/0 name for_sale id"]);
    let by_symbol = Toy::selling(vec![product("symbol:A", "Cup", vec![own])]);
    assert_eq!(world.import(&by_symbol).await.done().told, ["Updated 101/0 name"]);
    is_done(&world, &by_symbol, 1).await;
    assert_eq!(live(&world), pairs(&[("101", "symbol:A")]));
}

#[tokio::test]
async fn variants_go_over_one_by_one_also_those_that_are_not_sold() {
    for loses in [false, true] {
        let world = World::new().await;
        let sizes = |own: &str, also, sizes: &[&str]| Toy::selling(vec![sized(own, also, sizes)]);
        world.import(&sizes("symbol:A", None, &["a", "b", "c", "d", "e"])).await.done();
        // One is gone from the shop, and one is archived by a person.
        assert_eq!(world.import(&sizes("symbol:A", None, &["a", "b", "c", "d"])).await.done().counts().3, 1);
        assert!(world.gateway.set_archived(guid(&world.one("symbol:A", "d")), true));
        if loses {
            world.lose_state();
        }
        let base = sizes("101", Some("symbol:A"), &["a", "b", "d"]);
        let ran = world.import(&base).await.done();
        assert_eq!((ran.counts().0, ran.counts().3), (0, 1), "{:?}", ran.told);
        assert_eq!(world.gateway.products().len(), 5);
        for size in ["a", "b", "c", "d", "e"] {
            assert_eq!(world.one("101", size)["archived"] == true, !["a", "b"].contains(&size), "{size}");
        }
        assert_eq!(linked(&world).await.len(), 5);
        let writes = world.writes().len();
        let ran = world.import(&base).await.done();
        assert_eq!((ran.counts().1, world.writes().len()), (0, writes), "{:?}", ran.told);
        if loses {
            world.lose_state();
        }
        let ran = world.import(&sizes("101", Some("symbol:A"), &["a", "b", "c", "d", "e"])).await.done();
        assert!(ran.told("Restored 101/c") && ran.told("Restored 101/e"), "{:?}", ran.told);
        assert_eq!(world.gateway.products().len(), 5, "{:?}", ran.told);
        assert_eq!(world.one("101", "d")["archived"], true, "what a person archived stays so");
    }
}

pub(crate) fn reject(own: &str, variant: Option<&str>) -> Item {
    let variant = variant.map(|variant| VariantId::new(variant).unwrap());
    let reason = RejectReason::NoPrice;
    Item::Reject(Reject { product: id(own), variant, name: None, sku: None, reason })
}

#[tokio::test]
async fn a_reject_by_the_other_id_is_one_of_what_is_linked() {
    let world = World::new().await;
    let base = by_base(&[("101", "symbol:A"), ("102", "symbol:B"), ("103", "symbol:C")]);
    world.import(&base).await.done();
    let skip = Skip { product: id("symbol:C"), variants: 1, why: "it is a draft".to_owned() };
    let item = |product: Product| Item::Product(Box::new(product), Vec::new());
    let files = Toy::whole(vec![
        reject("symbol:A", None),
        item(sized("symbol:B", None, &["0"])),
        Item::Skipped(skip),
    ]);
    let ran = world.import(&files).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 0, 1, 0), 1), "{:?}", ran.told);
    assert!(ran.told("rejected 101: ") && ran.told("skipped 103: "), "{:?}", ran.told);
    let ran = pruning(&world, &files).await;
    assert!(ran.told("rejected again 101: "), "{:?}", ran.told);
    assert_eq!(live(&world), pairs(&[("101", "symbol:A"), ("102", "symbol:B")]), "{:?}", ran.told);
    let only = |own: &str| Scope::Products(vec![id(own)]);
    for named in ["102", "symbol:B"] {
        let ran = world.import_with(&files, |options| options.scope = only(named)).await.done();
        assert_eq!((ran.summary.products, ran.counts()), (1, (0, 0, 1, 0)), "{named}: {:?}", ran.told);
    }
    let ran = world.import(&base).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 1, 2, 0), 0), "{:?}", ran.told);
    let rejects: Vec<state::StoredReject> =
        world.store(&shop_name()).await.rejects().try_collect().await.unwrap();
    assert_eq!(rejects, []);
}

#[tokio::test]
async fn a_variant_that_is_rejected_goes_over_and_is_not_gone() {
    let world = World::new().await;
    world.import(&Toy::selling(vec![sized("symbol:A", None, &["a", "b"])])).await.done();
    let part = |own: &str, also| Item::Product(Box::new(sized(own, also, &["a"])), Vec::new());
    let base = Toy::whole(vec![reject("101", Some("b")), part("101", Some("symbol:A"))]);
    let ran = pruning(&world, &base).await;
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 2, 0, 0), 1), "{:?}", ran.told);
    assert_eq!(linked(&world).await, ["101/a", "101/b"]);
    let again = pruning(&world, &base).await;
    assert_eq!(
        (again.counts(), again.told("rejected again 101/b")),
        ((0, 0, 1, 0), true),
        "{:?}",
        again.told
    );
    let files = Toy::whole(vec![reject("symbol:A", Some("b")), part("symbol:A", None)]);
    let again = pruning(&world, &files).await;
    assert_eq!(
        (again.counts(), again.told("rejected again 101/b")),
        ((0, 0, 1, 0), true),
        "{:?}",
        again.told
    );
}

#[tokio::test]
async fn what_was_rejected_by_the_old_id_is_no_reject_any_more() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A"])).await.done();
    world.import(&Toy::whole(vec![reject("symbol:A", None)])).await.done();
    let ran = world.import(&by_base(&[("101", "symbol:A")])).await.done();
    assert_eq!(ran.counts(), (0, 1, 0, 0), "{:?}", ran.told);
    let rejects: Vec<state::StoredReject> =
        world.store(&shop_name()).await.rejects().try_collect().await.unwrap();
    assert_eq!(rejects, []);
}

#[tokio::test]
async fn what_may_be_a_reject_by_another_id_is_not_pruned() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A", "symbol:B"])).await.done();
    let item = Item::Product(Box::new(sized("101", Some("symbol:A"), &["0"])), Vec::new());
    let base = by_base(&[]);
    base.holds(vec![item, reject("102", None)]);
    for counts in [(0, 1, 0, 0), (0, 0, 1, 0)] {
        let ran = pruning(&world, &base).await;
        assert_eq!(ran.counts(), counts, "{:?}", ran.told);
        assert!(
            ran.told("1 variants are linked under ids that the shop does not tell any more"),
            "{:?}",
            ran.told
        );
    }
    let base = by_base(&[("101", "symbol:A"), ("102", "symbol:B")]);
    assert_eq!(pruning(&world, &base).await.counts(), (0, 1, 1, 0));
    // What was known by both ids is gone with either.
    assert_eq!(pruning(&world, &by_files(&["symbol:B"])).await.counts(), (0, 0, 1, 1));
}

#[tokio::test]
async fn another_mapping_does_not_count_what_goes_over() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A", "symbol:B"])).await.done();
    let base = by_base(&[("101", "symbol:A"), ("102", "symbol:B")]);
    base.mapping.store(2, std::sync::atomic::Ordering::SeqCst);
    let ran = world.import_with(&base, |options| options.max_change = Some(0)).await.done();
    assert_eq!((ran.counts(), ran.summary.warnings), ((0, 2, 0, 0), 0), "{:?}", ran.told);
}
