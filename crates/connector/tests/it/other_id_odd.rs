//! Goods that go over to another id of their products: what breaks off, what is there twice, and ids that several have.

use sandbox::gateway::Fault;
use serde_json::json;

use crate::other_id::{by_base, by_files, id, is_done, linked, links, live, pairs, pruning, reject, sized};
use crate::support::{World, guid};
use crate::toy::Toy;
use crate::untold::{NOTHING, bare, mapped, tells, whole};

#[tokio::test]
async fn what_may_be_any_of_several_is_rejected_and_none_of_these_is_gone() {
    for loses in [false, true] {
        let world = World::new().await;
        let lose = || {
            if loses {
                world.lose_state();
            }
        };
        // The platform says of no two of its products that they are known by one id; what is left of one that it had may say so.
        world.import(&by_base(&[("101", "symbol:A")])).await.done();
        world.import(&by_base(&[("102", "symbol:A")])).await.done();
        let files = by_files(&["symbol:A", "symbol:B"]);
        for (created, unchanged) in [(1, 0), (0, 1)] {
            lose();
            let ran = pruning(&world, &files).await;
            assert_eq!(ran.counts(), (created, 0, unchanged, 0), "{:?}", ran.told);
            assert!(ran.told("any of several goods"), "{:?}", ran.told);
        }
        // By the way that tells both ids what is gone is seen, and then it is clear which it is.
        lose();
        pruning(&world, &by_base(&[("102", "symbol:A"), ("103", "symbol:B")])).await;
        assert_eq!(live(&world), pairs(&[("102", "symbol:A"), ("103", "symbol:B")]));
        lose();
        let ran = pruning(&world, &files).await;
        assert_eq!(ran.counts(), (0, 0, 2, 0), "{:?}", ran.told);
    }
}

#[tokio::test]
async fn where_nothing_can_be_imported_by_the_new_way_nothing_is_gone() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A", "symbol:B"])).await.done();
    let base = by_base(&[]);
    base.holds(["101", "102"].map(|own| reject(own, None)).into());
    let ran = pruning(&world, &base).await;
    assert_eq!(ran.counts(), (0, 0, 0, 0), "{:?}", ran.told);
    assert_eq!(live(&world).len(), 2);
}

#[tokio::test]
async fn one_that_is_archived_does_not_make_an_id_ambiguous() {
    let world = World::new().await;
    world.import(&by_base(&[("101", "symbol:A"), ("9", "")])).await.done();
    pruning(&world, &by_base(&[("102", "symbol:A"), ("9", "")])).await;
    assert_eq!(live(&world).len(), 2);
    let files = by_files(&["symbol:A", "symbol:NINE"]);
    let ran = world.import(&files).await.done();
    assert_eq!(ran.counts(), (1, 0, 1, 0), "{:?}", ran.told);
}

#[tokio::test]
async fn two_that_tell_the_same_other_id_are_not_made_one() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A"])).await.done();
    let base = by_base(&[("101", "symbol:A"), ("102", "symbol:A")]);
    let ran = world.import(&base).await.done();
    assert_eq!(ran.counts(), (1, 1, 0, 0), "{:?}", ran.told);
    assert!(ran.told("it is taken for itself alone"), "{:?}", ran.told);
    assert_eq!(world.live().len(), 2);
}

#[tokio::test]
async fn what_is_linked_under_both_ids_is_healed() {
    for by_files_next in [false, true] {
        let world = World::new().await;
        world.import(&by_files(&["symbol:A"])).await.done();
        // Another version of the program did not know of the other id; the next one does.
        world.import(&by_base(&[("101", "")])).await.done();
        world.import(&by_base(&[("101", "symbol:OTHER")])).await.done();
        let base = by_base(&[("101", "symbol:A")]);
        if by_files_next {
            // It was killed before it archived the double.
            let listed = world.one("101", "0");
            let mut data = listed["data"].clone();
            data["source"]["sent"]["also"] = json!("symbol:A");
            world.gateway.edit(guid(&listed), json!({ "data": data }));
            world.lose_state();
        }
        let next = if by_files_next { by_files(&["symbol:A"]) } else { base };
        let ran = pruning(&world, &next).await;
        assert_eq!(ran.counts().3, 1, "{:?}", ran.told);
        assert!(ran.told("Archived symbol:A/0"), "{:?}", ran.told);
        assert_eq!(live(&world), pairs(&[("101", "symbol:A")]));
        is_done(&world, &next, 1).await;
        world.lose_state();
        is_done(&world, &next, 1).await;
    }
}

#[tokio::test]
async fn a_run_that_is_killed_while_goods_go_over_is_finished_by_the_next() {
    for lag in [0, 50] {
        for moment in 1..=6 {
            for back in [false, true] {
                let what = format!("lag {lag}, moment {moment}, back {back}");
                let world =
                    World::with(|options| options.index_lag = std::time::Duration::from_secs(lag)).await;
                let files = Toy::selling(
                    ["symbol:A", "symbol:B"].map(|symbol| sized(symbol, None, &["a", "b"])).into(),
                );
                world.import(&files).await.done();
                world.clock.advance(std::time::Duration::from_secs(1000));
                let goods = [("101", "symbol:A"), ("102", "symbol:B")];
                let base = Toy::selling(goods.map(|(own, also)| sized(own, Some(also), &["a", "b"])).into());
                world.import_killed(&base, moment).await;
                world.clock.advance(std::time::Duration::from_secs(1));
                if back {
                    pruning(&world, &files).await;
                }
                let ran = pruning(&world, &base).await;
                assert_eq!(world.live().len(), 4, "{what}: {:?}", ran.told);
                assert_eq!(world.gateway.products().len(), 4, "{what}: {:?}", ran.told);
                let last = pruning(&world, &base).await;
                assert_eq!(last.counts(), (0, 0, 4, 0), "{what}: {:?}", last.told);
                assert_eq!(linked(&world).await, ["101/a", "101/b", "102/a", "102/b"], "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_state_and_a_marketplace_that_tell_different_ids_come_together() {
    for state_is_newer in [false, true] {
        let world = World::new().await;
        world.import(&by_files(&["symbol:A"])).await.done();
        let (old_state, old) = (world.copy_state(), world.one("symbol:A", "0"));
        let base = by_base(&[("101", "symbol:A")]);
        world.import(&base).await.done();
        if state_is_newer {
            world.gateway.edit(guid(&old), json!({ "data": old["data"] }));
        } else {
            world.restore_state(&old_state);
        }
        let ran = pruning(&world, &base).await;
        assert_eq!((ran.counts().0, ran.counts().3), (0, 0), "{:?}", ran.told);
        assert_eq!(live(&world), pairs(&[("101", "symbol:A")]), "{:?}", ran.told);
        assert_eq!(world.gateway.products().len(), 1);
        let links = links(&world).await;
        assert_eq!((links.len(), links[0].product.as_str()), (1, "101"));
        assert_eq!(links[0].stock_base, Some(5.into()), "what is known of its level is not lost");
        is_done(&world, &base, 1).await;
    }
}

#[tokio::test]
async fn what_was_created_by_the_old_id_and_not_answered_is_not_created_by_the_new_one() {
    for lag in [0, 50] {
        for fault in [Fault::LostAnswer, Fault::ServerError] {
            let world = World::with(|options| options.index_lag = std::time::Duration::from_secs(lag)).await;
            let creates = format!("/dashboard/webshops/{}/products", world.gateway.shop());
            world.gateway.script(transport::Method::POST, &creates, [fault]);
            assert!(world.import_killed(&by_files(&["symbol:A"]), 1).await || lag == 0);
            world.clock.advance(std::time::Duration::from_secs(1));
            let base = by_base(&[("101", "symbol:A")]);
            let ran = pruning(&world, &base).await;
            assert_eq!(world.gateway.products().len(), 1, "{lag} {fault:?} {:?}", ran.told);
            pruning(&world, &base).await;
            is_done(&world, &base, 1).await;
            assert_eq!(live(&world), pairs(&[("101", "symbol:A")]));
        }
    }
}

#[tokio::test]
async fn what_was_deleted_at_the_marketplace_is_created_by_the_new_id() {
    let world = World::new().await;
    world.import(&by_files(&["symbol:A", "symbol:B"])).await.done();
    world.gateway.delete(guid(&world.one("symbol:A", "0")));
    let base = by_base(&[("101", "symbol:A"), ("102", "symbol:B")]);
    let ran = world.import(&base).await.done();
    assert_eq!((ran.counts(), ran.summary.rejected), ((0, 1, 0, 0), 1), "{:?}", ran.told);
    let ran = world.import(&base).await.done();
    assert_eq!(ran.counts(), (1, 0, 1, 0), "{:?}", ran.told);
    is_done(&world, &base, 2).await;
}
#[tokio::test]
async fn what_the_other_way_does_not_tell_stays() {
    let world = World::new().await;
    let known = |number: &str, symbol: &str| whole(number, "Cup").known_as(id(number), Some(id(symbol)));
    let toy = Toy::selling(vec![known("101", "symbol:A"), known("102", "symbol:B")]);
    mapped(&world, &toy).await;
    let before = world.gateway.products();
    let writes = world.writes().len();
    for loses in [false, true] {
        if loses {
            world.lose_state();
        }
        tells(&toy, NOTHING);
        toy.sells(vec![bare("symbol:A", "Cup"), bare("symbol:B", "Cup")]);
        let ran = mapped(&world, &toy).await;
        assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 2, 0), writes), "{:?}", ran.told);
        tells(&toy, connector::Untold::default());
        toy.sells(vec![known("101", "symbol:A"), known("102", "symbol:B")]);
        let ran = mapped(&world, &toy).await;
        assert_eq!((ran.counts(), world.writes().len()), ((0, 0, 2, 0), writes), "{:?}", ran.told);
    }
    assert_eq!(world.gateway.products(), before);
}
