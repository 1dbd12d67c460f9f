use futures::TryStreamExt as _;
use gateway_core::model::{Platform, ShopKey};
use gateway_core::token::ShopGuid;
use serde_json::json;
use state::{FamilyKey, LeaseKind, Link, Owner, RejectRow, RunEnd, State, StateUrl, Store, StoredReject};

use crate::support::{Place, at, guid, key, link, owner, product};

on_both! {
    an_owner_sees_and_changes_nothing_of_another,
    an_owner_is_found_again,
    who_only_looks_for_an_owner_makes_none,
    platforms_do_not_meet,
}

async fn an_owner_sees_and_changes_nothing_of_another(place: &Place) {
    let state = place.open().await;
    let theirs = state.owner(&owner("theirs")).await.unwrap();
    let lease = theirs.lease(LeaseKind::Import, "theirs").await.unwrap();
    let time = at("2026-01-02T03:04:05Z");
    let row = RejectRow { variant: None, name: None, reason: "no price".to_owned(), since: time };
    let family = FamilyKey::Product(product("1"));
    let image = ("picture".to_owned(), "address".to_owned());
    theirs.put_links(&[link("1", "a", 1)]).await.unwrap();
    theirs.intend(&lease, &[key("1", "a")], time).await.unwrap();
    theirs.set_family_tag(&family, guid(9)).await.unwrap();
    theirs.put_images(std::slice::from_ref(&image)).await.unwrap();
    theirs.set_rejects(&product("1"), std::slice::from_ref(&row)).await.unwrap();
    theirs.put_note("note", &json!(1)).await.unwrap();
    let run = theirs.begin_run("import", time).await.unwrap();

    let other_gateway = Owner::new(
        &"https://other.example/api".parse().unwrap(),
        ShopGuid::parse("123e4567-e89b-12d3-a456-426614174000").unwrap(),
        ShopKey::named("theirs").unwrap(),
    );
    let other_shop = Owner::new(
        &"https://gateway.example/api".parse().unwrap(),
        ShopGuid::parse("00000000-e89b-12d3-a456-426614174000").unwrap(),
        ShopKey::named("theirs").unwrap(),
    );
    for owner in [owner("mine"), other_gateway, other_shop] {
        let mine = state.owner(&owner).await.unwrap();
        assert!(holds_nothing(&mine).await);
        // What is theirs cannot be changed from here, whatever is named.
        assert!(mine.intend(&lease, &[key("1", "a")], time).await.is_err());
        assert!(mine.drop_intents(&lease, &[key("1", "a")]).await.is_err());
        assert!(mine.link_created(&lease, &[link("1", "a", 2)], &[]).await.is_err());
        mine.remove_links(&[key("1", "a")]).await.unwrap();
        mine.set_stock_bases(&[(key("1", "a"), None)]).await.unwrap();
        mine.clear_rejects(&product("1")).await.unwrap();
        mine.set_rejects(&product("1"), &[]).await.unwrap();
        mine.forget_images(&["picture".to_owned()]).await.unwrap();
        mine.remove_note("note").await.unwrap();
        let end = RunEnd { at: time, exit: 1, counts: json!({}), error: None };
        mine.end_run(run, &end).await.unwrap();
        assert!(holds_nothing(&mine).await);
        // And a lease of ours is no obstacle to theirs.
        let own = mine.lease(LeaseKind::Import, "mine").await.unwrap();
        mine.put_links(&[link("1", "a", 5)]).await.unwrap();
        mine.intend(&own, &[key("1", "a")], time).await.unwrap();
        mine.drop_intents(&own, &[key("1", "a")]).await.unwrap();
    }

    assert!(lease.is_held().await.unwrap());
    let links: Vec<Link> = theirs.links().try_collect().await.unwrap();
    assert_eq!(links, [link("1", "a", 1)]);
    assert_eq!(theirs.intents().await.unwrap().len(), 1);
    assert_eq!(theirs.family_tag(&family).await.unwrap(), Some(guid(9)));
    assert_eq!(theirs.images(&["picture".to_owned()]).await.unwrap().get("picture"), Some(&image.1));
    let rejects: Vec<StoredReject> = theirs.rejects().try_collect().await.unwrap();
    assert_eq!(rejects, [StoredReject { product: product("1"), row }]);
    assert_eq!(theirs.note("note").await.unwrap(), Some(json!(1)));
    assert_eq!(theirs.last_runs("import", 9).await.unwrap()[0].end, None);
}

async fn holds_nothing(store: &Store) -> bool {
    let picture = ["picture".to_owned()];
    store.count_links().await.unwrap() == 0
        && store.links().try_collect::<Vec<_>>().await.unwrap().is_empty()
        && store.links_of(&[product("1")]).await.unwrap().is_empty()
        && store.links_to(&[guid(1)]).await.unwrap().is_empty()
        && store.intents().await.unwrap().is_empty()
        && store.family_tag(&FamilyKey::Product(product("1"))).await.unwrap().is_none()
        && store.images(&picture).await.unwrap().is_empty()
        && store.count_rejects().await.unwrap() == 0
        && store.rejects().try_collect::<Vec<_>>().await.unwrap().is_empty()
        && store.note("note").await.unwrap().is_none()
        && store.last_runs("import", 9).await.unwrap().is_empty()
}

async fn who_only_looks_for_an_owner_makes_none(place: &Place) {
    let state = place.open().await;
    assert!(state.find_owner(&owner("mine")).await.unwrap().is_none());
    assert_eq!(place.number("SELECT count(*) FROM owners").await, 0);
    state.owner(&owner("mine")).await.unwrap().put_links(&[link("1", "a", 1)]).await.unwrap();
    let found = state.find_owner(&owner("mine")).await.unwrap().unwrap();
    assert_eq!(found.count_links().await.unwrap(), 1);
    assert!(state.find_owner(&owner("another")).await.unwrap().is_none());
    assert_eq!(place.number("SELECT count(*) FROM owners").await, 1);
}

async fn an_owner_is_found_again(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "a", 1)]).await.unwrap();
    // As somebody else may write the same address; the password is not stored.
    let same = Owner::new(
        &"https://me:s3cret@GATEWAY.example:443/api?token=s3cret#there".parse().unwrap(),
        ShopGuid::parse("123E4567-E89B-12D3-A456-426614174000").unwrap(),
        ShopKey::named("Shop.example").unwrap(),
    );
    let state = place.open().await;
    assert_eq!(state.owner(&same).await.unwrap().count_links().await.unwrap(), 1);
    assert!(!format!("{same:?}").contains("s3cret"));
    assert_eq!(place.number("SELECT count(*) FROM owners").await, 1);
    let stored = "SELECT count(*) FROM owners WHERE gateway_url = 'https://gateway.example/api'";
    assert_eq!(place.number(stored).await, 1);
}

async fn platforms_do_not_meet(place: &Place) {
    let store = place.store().await;
    store.put_links(&[link("1", "a", 1)]).await.unwrap();
    let url = StateUrl::parse(&place.url).unwrap();
    let platform = Platform::new("other").unwrap();
    let other = State::open(&url, &platform, &clock::Clock::system()).await.unwrap();
    let other = other.owner(&owner("shop.example")).await.unwrap();
    assert!(holds_nothing(&other).await);
    let lease = store.lease(LeaseKind::Import, "first").await.unwrap();
    other.lease(LeaseKind::Import, "second").await.unwrap();
    assert!(lease.is_held().await.unwrap());
}
