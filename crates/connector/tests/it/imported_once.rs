//! A shop that is a file: what has been imported to its end is not read again.

use connector::import::{Images, Unmapped};
use connector::{Left, PlatformError, Scope};
use gateway_core::model::ProductId;

use crate::support::{World, guid, item, product, variant};
use crate::toy::Toy;

fn box_of_toys() -> Toy {
    Toy::selling(vec![product("1", "Thing", vec![variant("0", 23)])]).that_is_a_file()
}

#[tokio::test]
async fn what_was_imported_to_its_end_is_not_read_again() {
    let world = World::new().await;
    let toy = box_of_toys();
    assert_eq!(world.import(&toy).await.done().counts(), (1, 0, 0, 0));
    let calls = world.gateway.calls().len();
    let again = world.import(&toy).await.done();
    assert_eq!((again.counts(), again.summary.nothing_new), ((0, 0, 0, 0), true));
    assert!(again.told("nothing new: the box of toys"), "{:?}", again.told);
    assert_eq!(
        world.gateway.calls().len(),
        calls + 1,
        "the marketplace is asked once whether it is still so"
    );
    let asked_for = world.import_with(&toy, |options| options.again = true).await.done();
    assert_eq!((asked_for.counts(), asked_for.summary.nothing_new), ((0, 0, 1, 0), false));
}

#[tokio::test]
async fn a_marketplace_that_was_emptied_is_filled_again() {
    let world = World::new().await;
    let toy = box_of_toys();
    world.import(&toy).await.done();
    let there = guid(&world.one("1", "0")).to_owned();
    world.gateway.delete(&there);
    let again = world.import(&toy).await.done();
    assert_eq!((again.counts(), again.summary.nothing_new), ((1, 0, 0, 0), false), "{:?}", again.told);
}

#[tokio::test]
async fn other_terms_read_it_again() {
    let world = World::new().await;
    let toy = box_of_toys();
    world.import(&toy).await.done();
    let pruned = world.import_with(&toy, |options| options.prune = true).await.done();
    assert_eq!((pruned.counts(), pruned.summary.nothing_new), ((0, 0, 1, 0), false));
    let other_build = |options: &mut connector::import::Options| options.build = "another".to_owned();
    let rebuilt = world.import_with(&toy, other_build).await.done();
    assert!(!rebuilt.summary.nothing_new, "it may make something else of the same goods");
    let unmapped = |options: &mut connector::import::Options| options.unmapped = Unmapped::Fail;
    let told = world.import_with(&toy, unmapped).await;
    assert!(!told.summary.nothing_new, "the user wants to know what is not mapped");
    let pictures = world.import_with(&toy, |options| options.images = Images::None).await.done();
    assert!(!pictures.summary.nothing_new);
}

#[tokio::test]
async fn a_dry_run_and_one_product_neither_take_it_down_nor_go_by_it() {
    let world = World::new().await;
    let toy = box_of_toys();
    world.import_with(&toy, |options| options.dry_run = true).await.done();
    let one = Scope::Products(vec![ProductId::new("1").unwrap()]);
    world.import_with(&toy, |options| options.scope = one.clone()).await.done();
    assert_eq!(*toy.imported.lock().unwrap(), None, "neither has imported all of it");
    world.import(&toy).await.done();
    for dry_run in [true, false] {
        let asked = world
            .import_with(&toy, |options| {
                options.dry_run = dry_run;
                options.scope = if dry_run { Scope::All } else { one.clone() };
            })
            .await
            .done();
        assert_eq!((asked.counts(), asked.summary.nothing_new), ((0, 0, 1, 0), false));
    }
}

#[tokio::test]
async fn what_the_next_run_can_do_better_keeps_it_open() {
    let world = World::new().await;
    let toy = box_of_toys();
    toy.missing_pictures.lock().unwrap().push("7".to_owned());
    world.import(&toy).await.done();
    assert_eq!(*toy.imported.lock().unwrap(), None, "a picture is still to be brought");
    toy.missing_pictures.lock().unwrap().clear();
    assert_eq!(world.import(&toy).await.done().counts(), (0, 1, 0, 0));
    assert!(toy.imported.lock().unwrap().is_some());

    let toy = Toy::selling(vec![product("2", "Odd", vec![variant("0", 7)])]).that_is_a_file();
    assert_eq!(world.import(&toy).await.done().summary.rejected, 1);
    assert_eq!(*toy.imported.lock().unwrap(), None, "a reject is told at every run");

    let toy = Toy::of(Vec::new()).that_is_a_file();
    toy.delivers_in_part(vec![item("1")]);
    world.import(&toy).await.done();
    assert_eq!(*toy.imported.lock().unwrap(), None, "it was not read whole");
}

#[tokio::test]
async fn a_run_that_fails_does_not_take_it_down() {
    let world = World::new().await;
    let toy = box_of_toys();
    *toy.failure.lock().unwrap() = Some(PlatformError::Failed { what: "it breaks off".to_owned() });
    let mut other = Toy::of(vec![item("1")]).that_is_a_file();
    other.failure = toy.failure;
    assert!(world.import(&other).await.result.is_err());
    // Pruning is refused where not everything came.
    let partial = Toy::of(Vec::new()).that_is_a_file();
    partial.delivers_in_part(vec![item("1")]);
    assert!(world.import_with(&partial, |options| options.prune = true).await.result.is_err());
    for failed in [&other, &partial] {
        assert!(failed.ends.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_left_is_told_to_the_platform() {
    let world = World::new().await;
    let whole = box_of_toys();
    world.import(&whole).await.done();
    assert_eq!(*whole.ends.lock().unwrap(), [Left::Nothing]);
    let odd = Toy::selling(vec![product("2", "Odd", vec![variant("0", 7)])]).that_is_a_file();
    world.import(&odd).await.done();
    assert_eq!(*odd.ends.lock().unwrap(), [Left::Something]);
}

#[tokio::test]
async fn an_end_that_cannot_be_taken_down_is_a_warning() {
    let world = World::new().await;
    let mut toy = box_of_toys();
    toy.forgets = true;
    let ran = world.import(&toy).await.done();
    assert!(ran.told("warning no room; the next run reads all of it again"), "{:?}", ran.told);
}
