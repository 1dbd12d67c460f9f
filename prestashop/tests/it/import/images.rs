//! The ways of pictures.

use connector::import::Images;
use prestashop_sandbox::{Fault, Item, Options, special};

use super::sides::{Ran, Sides};

async fn imported(sides: &Sides, images: Images) -> Ran {
    sides.import_with(|options| options.images = images).await.done()
}

/// Where anybody finds a picture of the shop.
fn public(sides: &Sides, picture: u32) -> String {
    let digits: String = picture.to_string().chars().map(|digit| format!("{digit}/")).collect();
    format!("{}/img/p/{digits}{picture}.jpg", sides.shop.url())
}

fn simple(sides: &Sides) -> Vec<Item> {
    let live = sides.live();
    let items = sides.shop.truth();
    items.into_iter().filter(|item| item.combination == 0 && live.contains_key(&(item.product, 0))).collect()
}

#[tokio::test]
async fn the_marketplace_copies_each_picture_once_and_the_shops_webservice_is_not_asked() {
    let sides = Sides::of(Options::default()).await;
    let ran = imported(&sides, Images::Copy).await;
    sides.assert_all_arrived();
    assert_eq!(ran.pictures_read(), 0, "the webservice was asked for pictures");
    assert_eq!(ran.uploads(), 0, "uploads were asked for");
    let copies = ran.writes().iter().filter(|call| call.as_str() == "POST /downloads/").count();
    assert_eq!((copies, copies as u64), (sides.gateway.pictures(), ran.summary.images), "each once");
    imported(&sides, Images::Copy).await.wrote_nothing();
}

#[tokio::test]
async fn pictures_that_stay_in_the_shop_are_told_by_their_public_addresses() {
    let sides = Sides::of(Options::default()).await;
    let ran = imported(&sides, Images::Hotlink).await;
    assert_eq!(
        (sides.gateway.pictures(), ran.pictures_read(), ran.uploads()),
        (0, 0, 0),
        "pictures were moved"
    );
    for item in simple(&sides) {
        let wanted: Vec<_> = item.images.iter().map(|picture| public(&sides, *picture)).collect();
        assert_eq!(sides.good(item.product, 0).images(), wanted, "product {}", item.product);
    }
    imported(&sides, Images::Hotlink).await.wrote_nothing();
}

#[tokio::test]
async fn a_run_without_pictures_keeps_those_that_are_there() {
    let sides = Sides::brought().await;
    let before = sides.good(special::MUG, 0).images();
    assert_eq!(before.len(), 1, "the mug's pictures");
    imported(&sides, Images::None).await.wrote_nothing();
    assert!(sides.shop.rename(special::MUG, sides.language, "Kubek"));
    sides.shop.add_image(special::MUG).unwrap();
    let ran = imported(&sides, Images::None).await;
    assert_eq!((ran.counts(), ran.uploads()), ((0, 1, 0), 0), "{:?}", ran.changes);
    assert_eq!(sides.good(special::MUG, 0).images(), before, "an update took them off");
    let ran = imported(&sides, Images::Upload).await;
    assert_eq!((ran.counts(), ran.uploads()), ((0, 1, 0), 1), "the new picture comes later");
    sides.assert_all_arrived();
}

#[tokio::test]
async fn pictures_come_later_to_goods_that_came_without() {
    let sides = Sides::of(Options::default()).await;
    imported(&sides, Images::None).await;
    assert!(sides.live().values().all(|good| good.images().is_empty()), "pictures were sent");
    sides.assert_arrived_but(&["pictures"]);
    let ran = imported(&sides, Images::Upload).await;
    let with_pictures = sides.live().values().filter(|good| !good.images().is_empty()).count();
    assert_eq!(ran.counts(), (0, with_pictures, 0), "those that have pictures");
    sides.assert_all_arrived();
    imported(&sides, Images::Upload).await.wrote_nothing();
}

#[tokio::test]
async fn another_way_of_pictures_moves_none_that_is_there() {
    let sides = Sides::brought().await;
    imported(&sides, Images::Copy).await.wrote_nothing();
    imported(&sides, Images::Hotlink).await.wrote_nothing();
}

#[tokio::test]
async fn a_picture_that_the_shop_does_not_deliver_is_a_warning_and_comes_with_the_next_run() {
    let sides = Sides::of(Options::default()).await;
    let picture = sides.shop.truth_of(special::MUG)[0].images[0];
    let path = format!("/api/images/products/{}/{picture}", special::MUG);
    let fails = [Fault::ServerError; 5];
    sides.shop.script(transport::Method::GET, &path, fails);
    let ran = imported(&sides, Images::Upload).await;
    assert_eq!(ran.warned(&format!("picture {picture} was left out")).len(), 1, "{:?}", ran.warnings);
    sides.assert_arrived_but(&["pictures"]);
    let ran = imported(&sides, Images::Upload).await;
    assert_eq!((ran.counts(), ran.uploads()), ((0, 1, 0), 1), "{:?}", ran.changes);
    sides.assert_all_arrived();
}

#[tokio::test]
async fn a_picture_that_breaks_off_is_asked_for_again() {
    let sides = Sides::of(Options::default()).await;
    let picture = sides.shop.truth_of(special::MUG)[0].images[0];
    let path = format!("/api/images/products/{}/{picture}", special::MUG);
    sides.shop.script(transport::Method::GET, &path, [Fault::Cut]);
    let ran = imported(&sides, Images::Upload).await;
    let suffered = ran.asked_of_shop.iter().filter(|call| call.fault == Fault::Cut).count();
    assert_eq!(suffered, 1, "nothing broke off, so nothing was tried");
    assert_eq!(ran.warned("its picture"), Vec::<&str>::new(), "a good picture was left out");
    sides.assert_all_arrived();
}
