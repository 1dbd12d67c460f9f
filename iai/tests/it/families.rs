//! Groups of versions: products of their own at the shop, and one family at the marketplace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use clock::Clock;
use connector::import::{self, Images, Options};
use connector::{ChangeKind, Event, Memory, Summary};
use gateway_core::gateway::{Gateway as Client, GatewaySettings};
use gateway_core::token::{ShopGuid, SigningKey};
use iai_sandbox::{Goods, Product, Shop, Version};
use sandbox::gateway::{Gateway, Options as GatewayOptions};
use serde_json::Value;
use state::{LeaseKind, StateUrl};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::shop::{mug, open_on, polish, start_on, test_clock, transport};

/// A shop, and the marketplace that its goods go to, on one clock.
struct Sides {
    gateway: Gateway,
    shop: Arc<Shop>,
    clock: Clock,
    /// Where runs remember what they did.
    folder: TempDir,
}

/// What a run was told to have done, by the ids of the products.
type Changed = BTreeMap<u64, ChangeKind>;

impl Sides {
    async fn of(products: Vec<Product>) -> Self {
        let clock = test_clock();
        let options = GatewayOptions { clock: clock.clone(), ..GatewayOptions::default() };
        let gateway = Gateway::start(options).await.unwrap();
        let shop = start_on(&clock, products).await;
        Self { gateway, shop, clock, folder: tempfile::tempdir().unwrap() }
    }

    fn hold(&self, products: Vec<Product>) {
        self.shop.hold(Goods { products, ..Goods::default() });
    }

    async fn import(&self) -> Changed {
        let platform = open_on(&self.clock, &self.shop.url(), &[]);
        let settings = GatewaySettings {
            base_url: GatewaySettings::base_url(&self.gateway.url()).unwrap(),
            shop: ShopGuid::parse(self.gateway.shop()).unwrap(),
            key: SigningKey::from_base64(&self.gateway.secret().into()).unwrap(),
            concurrency: GatewaySettings::CONCURRENCY,
        };
        let client = Client::new(transport(&self.clock), &settings).unwrap();
        let url = StateUrl::file(&self.folder.path().join("state.db"));
        let shop = platform.known_name().unwrap();
        let (_, store) = connector::open_memory(&url, shop, &client, &self.clock).await.unwrap();
        let lease = store.lease(LeaseKind::Import, "this test").await.unwrap();
        let options = Options { prune: true, ..Options::new(Images::Copy) };
        let changed = Mutex::new(Changed::new());
        import::run(
            (&*platform, &client),
            Memory::Held(&lease),
            &options,
            (&self.clock, &CancellationToken::new()),
            &|event| match event {
                Event::Changed(change) => {
                    let id = change.id.product.as_str().parse().unwrap();
                    changed.lock().unwrap().insert(id, change.kind);
                }
                Event::Rejected { reject, .. } => panic!("{reject:?}"),
                _ => {}
            },
            &mut Summary::default(),
        )
        .await
        .unwrap();
        lease.release().await.unwrap();
        changed.into_inner().unwrap()
    }

    /// The goods of the marketplace by the shop's ids of them, which they are linked by.
    fn goods(&self) -> BTreeMap<u64, Value> {
        let id = |good: &Value| {
            let source = &good["data"]["source"];
            assert_eq!((&source["platform"], &source["variant"]), (&"iai".into(), &"uniw".into()));
            source["product"].as_str().unwrap().parse().unwrap()
        };
        self.gateway.products().into_iter().map(|good| (id(&good), good)).collect()
    }

    /// The tags that each product shares with others of its family.
    fn families(&self) -> BTreeMap<u64, BTreeSet<String>> {
        let tags = |good: &Value| {
            let tags = good["tags"].as_array().unwrap().iter().filter(|tag| tag["type"] == "variant");
            tags.map(|tag| tag["guid"].as_str().unwrap().to_owned()).collect()
        };
        self.goods().iter().map(|(id, good)| (*id, tags(good))).collect()
    }
}

/// A mug of the group of this main product, in a colour.
fn in_colour(id: u64, parent: u64, colour: &str) -> Product {
    let version = Version { parent, group_name: polish("Kolor"), name: polish(colour) };
    Product { version: Some(version), ..mug(id) }
}

/// Mugs with ids to 201, so that they come on three pages; one group has members on each.
fn on_three_pages() -> Vec<Product> {
    let colour = |id| match id {
        1 => in_colour(1, 1, "szary"),
        101 => in_colour(101, 1, "biały"),
        201 => in_colour(201, 1, "czarny"),
        // Another group, and two that are in none.
        2 => in_colour(2, 2, "szary"),
        200 => in_colour(200, 2, "biały"),
        3 | 150 => in_colour(id, 0, "szary"),
        id => mug(id),
    };
    (1..=201).map(colour).collect()
}

#[tokio::test]
async fn the_members_of_a_group_share_a_tag_whatever_page_they_come_on() {
    let sides = Sides::of(on_three_pages()).await;
    let changed = sides.import().await;
    assert_eq!(changed.len(), 201);
    assert!(changed.values().all(|kind| *kind == ChangeKind::Created), "{changed:?}");
    assert_eq!(sides.goods().len(), 201, "each is linked by its own product's id");

    let families = sides.families();
    let one = &families[&1];
    assert_eq!(one.len(), 1, "no tag, or more than one");
    assert_eq!([&families[&101], &families[&201]], [one, one]);
    let other = &families[&2];
    assert_eq!((other.len(), &families[&200]), (1, other));
    assert_ne!(one, other, "two groups share a tag");
    let alone = families.iter().filter(|(id, _)| ![1, 2, 101, 200, 201].contains(*id));
    let tagged: Vec<_> = alone.filter(|(_, tags)| !tags.is_empty()).collect();
    assert!(tagged.is_empty(), "who is in no group bears a tag: {tagged:?}");

    assert_eq!(sides.import().await, Changed::new(), "the next run finds something to do");
}

#[tokio::test]
async fn the_colour_of_a_member_is_told() {
    let sides = Sides::of(vec![in_colour(1, 1, "szary"), in_colour(2, 1, "biały")]).await;
    sides.import().await;
    let colours: Vec<Value> = sides.goods().values().map(|good| good["data"]["variants"].clone()).collect();
    assert_eq!(colours, [serde_json::json!({ "color": "szary" }), serde_json::json!({ "color": "biały" })]);
}

#[tokio::test]
async fn a_member_that_leaves_its_group_loses_the_tag_and_the_others_keep_it() {
    let all = || vec![in_colour(1, 1, "szary"), in_colour(2, 1, "biały"), in_colour(3, 1, "czarny")];
    let sides = Sides::of(all()).await;
    sides.import().await;
    let before = sides.families();
    assert_eq!(before.values().collect::<BTreeSet<_>>().len(), 1);

    let mut products = all();
    products[2] = mug(3);
    sides.hold(products);
    let changed = sides.import().await;
    assert_eq!(changed, Changed::from([(3, ChangeKind::Updated)]), "the others are left alone");
    let after = sides.families();
    assert_eq!(after[&3], BTreeSet::new());
    assert_eq!([&after[&1], &after[&2]], [&before[&1], &before[&2]]);
    assert_eq!(sides.import().await, Changed::new());

    sides.hold(all());
    sides.import().await;
    assert_eq!(sides.families(), before, "who comes back bears another tag");
}

#[tokio::test]
async fn a_product_that_joins_a_group_shares_its_tag() {
    let sides = Sides::of(vec![in_colour(1, 1, "szary"), in_colour(2, 1, "biały"), mug(3)]).await;
    sides.import().await;
    let before = sides.families();
    sides.hold(vec![in_colour(1, 1, "szary"), in_colour(2, 1, "biały"), in_colour(3, 1, "czarny")]);
    let changed = sides.import().await;
    assert_eq!(changed, Changed::from([(3, ChangeKind::Updated)]));
    assert_eq!(sides.families()[&3], before[&1]);
}

#[tokio::test]
async fn the_main_product_that_is_gone_leaves_the_others_a_family() {
    let sides =
        Sides::of(vec![in_colour(1, 1, "szary"), in_colour(2, 1, "biały"), in_colour(3, 1, "czarny")]).await;
    sides.import().await;
    let before = sides.families();
    sides.hold(vec![in_colour(2, 1, "biały"), in_colour(3, 1, "czarny")]);
    let changed = sides.import().await;
    assert_eq!(changed, Changed::from([(1, ChangeKind::Archived)]));
    let after = sides.families();
    assert_eq!([&after[&2], &after[&3]], [&before[&2], &before[&3]]);
}
