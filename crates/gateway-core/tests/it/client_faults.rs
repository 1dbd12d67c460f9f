//! Faults of the service: what is repeated, what is not, and what is known then.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::TryStreamExt as _;
use futures::future::join_all;
use gateway_core::gateway::{Error, ErrorKind, Gateway, Guid, Listing, ShopItem};
use rust_decimal::Decimal;
use sandbox::gateway::{Fault, Gateway as Sandbox, Options};
use transport::{Method, Outcome};

use crate::client_calls::picture;
use crate::client_support::{LIST_PATH, fields, item, items, list_calls, options, start};

#[tokio::test]
async fn a_create_is_repeated_only_when_it_was_not_done_for_certain() {
    for (fault, sent, done) in [
        (Fault::TooMany, 1, 1),
        (Fault::ServerError, 1, 0),
        (Fault::Drop, 1, 0),
        (Fault::LostAnswer, 1, 1),
        (Fault::DoneButError, 1, 1),
    ] {
        let (sandbox, client) = start(options()).await;
        sandbox.script(Method::POST, LIST_PATH, [fault]);
        let result = client.create(&items("12", 3)).await.remove(0);
        assert_eq!(list_calls(&sandbox).len(), sent, "{fault}");
        assert_eq!(sandbox.products().len(), done * 3, "{fault}");
        match fault {
            Fault::TooMany => assert!(result.is_ok(), "{result:?}"),
            _ => assert_eq!(result.unwrap_err().outcome(), Outcome::Unknown, "{fault}"),
        }
    }
}

#[tokio::test]
async fn of_half_a_list_the_done_half_is_known_and_the_rest_is_unknown() {
    let (sandbox, client) = start(options()).await;
    sandbox.script(Method::POST, LIST_PATH, [Fault::Half]);
    let results = client.create(&items("12", 5)).await;
    assert_eq!(list_calls(&sandbox).len(), 1);
    let done: BTreeSet<String> =
        sandbox.products().iter().map(|product| product["guid"].as_str().unwrap().to_owned()).collect();
    for (variant, result) in results.iter().enumerate() {
        match result {
            Ok(guid) => assert!(done.contains(&guid.to_string())),
            Err(error) => {
                assert_eq!(error.outcome(), Outcome::Unknown);
                assert!(matches!(error.kind(), ErrorKind::Unanswered { sent: 5, .. }), "{error}");
                assert!(variant >= done.len(), "variant {variant} was done");
            }
        }
    }
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), done.len());
}

type Calling = for<'a> fn(&'a Gateway, Guid) -> futures::future::BoxFuture<'a, Result<(), Error>>;

/// Every call but the create, each of which may be repeated: it gets through whatever befalls its first tries.
#[tokio::test]
async fn every_other_call_survives_every_fault() {
    let calls: Vec<(&str, Calling)> = vec![
        ("set", |client, guid| {
            Box::pin(async move {
                let item = ShopItem { guid, archived: false, for_sale: true, stock_level: Decimal::from(1) };
                client.set_items(&[item]).await.remove(0).map(drop)
            })
        }),
        ("update", |client, guid| {
            Box::pin(async move { client.update(guid, &fields("12", "3", "5")).await })
        }),
        ("delete", |client, guid| Box::pin(client.delete(guid))),
        ("remove", |client, guid| Box::pin(client.remove_from_shop(guid))),
        ("archive", |client, _| {
            Box::pin(async move {
                let listed = client.newest().await?.remove(0);
                client.archive(&listed).await
            })
        }),
        ("tag products", |client, guid| {
            Box::pin(async move {
                let tag = client.create_family_tag("T").await?;
                client.tag_products(tag, &[guid], &[]).await?;
                client.delete_tag(tag).await
            })
        }),
        ("list", |client, _| {
            Box::pin(async { client.list(Listing::Live).try_collect::<Vec<_>>().await.map(drop) })
        }),
        ("copy", |client, _| {
            Box::pin(async {
                let nothing = client.base_url().join("s3/none.png").unwrap();
                match client.copy_picture(&nothing).await {
                    // It was asked for in the end, and refused for what it was.
                    Err(error) if error.is_refusal() => Ok(()),
                    other => other.map(drop),
                }
            })
        }),
        ("newest", |client, _| Box::pin(async { client.newest().await.map(drop) })),
        ("create tag", |client, _| Box::pin(async { client.create_family_tag("T").await.map(drop) })),
        ("tags", |client, _| Box::pin(async { client.tags().await.map(drop) })),
        ("category tags", |client, _| Box::pin(async { client.category_tags().await.map(drop) })),
        ("tree", |client, _| Box::pin(async { client.category_tree().await.map(drop) })),
        ("upload", |client, _| Box::pin(async { client.upload(&picture(100).await, "p").await.map(drop) })),
    ];
    for (name, call) in &calls {
        for fault in [Fault::TooMany, Fault::ServerError, Fault::Drop, Fault::LostAnswer, Fault::DoneButError]
        {
            let (sandbox, client) = start(options()).await;
            let guid = client.create(&[item("12", "3")]).await.remove(0).unwrap();
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                sandbox.script(method, "/", [fault, fault]);
            }
            let result = call(&client, guid).await;
            assert!(result.is_ok(), "{name} did not survive {fault}: {result:?}");
            assert!(sandbox.calls().iter().any(|call| call.fault == fault), "{name}: {fault} did not happen");
            let tags = sandbox.tags().iter().filter(|tag| tag["name"] == "T").count();
            assert!(tags <= 1, "{name} made {tags} tags");
            assert!(sandbox.products().len() <= 1);
        }
    }
}

/// 5 % of each fault on many products at once: no create is sent twice, and what the client says of each variant is
/// true.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn among_faults_no_create_is_sent_twice_and_every_result_is_true() {
    const PRODUCTS: usize = 150;
    let fault_rates = Fault::RANDOM.into_iter().map(|fault| (fault, 5)).collect();
    let (sandbox, client) = start(Options { fault_rates, seed: 11, ..options() }).await;
    let all = join_all((0..PRODUCTS).map(|product| {
        let client = client.clone();
        async move { client.create(&items(&product.to_string(), 3)).await }
    }))
    .await;

    let mut sent: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for call in list_calls(&sandbox) {
        *sent.entry(call.body.to_vec()).or_default() += 1;
    }
    assert_eq!(sent.len(), PRODUCTS);
    assert!(sent.values().all(|times| *times == 1), "a create was sent twice");
    let happened: BTreeSet<String> = sandbox.calls().iter().map(|call| call.fault.to_string()).collect();
    for fault in Fault::RANDOM {
        assert!(happened.contains(&fault.to_string()), "{fault} did not happen: {happened:?}");
    }

    let mut unknown = 0;
    let truth: BTreeMap<String, String> = by_external_id(&sandbox);
    for (product, results) in all.into_iter().enumerate() {
        for (variant, result) in results.into_iter().enumerate() {
            let there = truth.get(&format!("{product}/{variant}"));
            match result {
                Ok(guid) => assert_eq!(there, Some(&guid.to_string()), "{product}/{variant}"),
                Err(error) if error.outcome() == Outcome::NotDone => assert_eq!(there, None),
                Err(_) => unknown += 1,
            }
        }
    }
    assert!(unknown > 0, "no outcome was unknown, so nothing was tried");
}

fn by_external_id(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for product in sandbox.products() {
        let source = &product["data"]["source"];
        let id = format!("{}/{}", source["product"].as_str().unwrap(), source["variant"].as_str().unwrap());
        let double = found.insert(id.clone(), product["guid"].as_str().unwrap().to_owned());
        assert_eq!(double, None, "{id} is there twice");
    }
    found
}

/// 5 % of each fault on everything that may be repeated: the end is that of an undisturbed run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn among_faults_all_that_may_be_repeated_gets_through() {
    let fault_rates = Fault::RANDOM.into_iter().map(|fault| (fault, 5)).collect();
    // Of hundreds of calls, one or the other has five bad tries in a row; that is not what is asked here.
    let sandbox = Sandbox::start(Options { fault_rates, seed: 3, ..options() }).await.unwrap();
    let mut settings = transport::Settings::new("tests", crate::client_support::test_clock());
    settings.retry.tries = 30;
    let transport = transport::Transport::new(settings).unwrap();
    let client = Gateway::new(transport, &crate::client_support::settings(&sandbox.url())).unwrap();
    let guids = sandbox.seed(150, |n| serde_json::json!({ "name": format!("p{n}"), "stock_level": 0 }));
    let set = guids.iter().map(|guid| {
        let (client, guid) = (client.clone(), Guid::parse(guid).unwrap());
        async move {
            let item = ShopItem { guid, archived: false, for_sale: true, stock_level: Decimal::from(9) };
            // Half a list is answered without the item; sent again, as the caller of an idempotent call may.
            for _ in 0..5 {
                if client.set_items(std::slice::from_ref(&item)).await.remove(0).is_ok() {
                    return;
                }
            }
            panic!("{guid} was never set");
        }
    });
    join_all(set).await;
    assert!(sandbox.products().iter().all(|product| product["stock_level"] == 9));
    let names = (0..40).map(|n| format!("family {}", n % 20)).collect::<Vec<_>>();
    let tags = join_all(names.iter().map(|name| client.create_family_tag(name))).await;
    let tags: BTreeSet<Guid> = tags.into_iter().map(Result::unwrap).collect();
    assert_eq!(tags.len(), 20);
    let listed: Vec<Guid> = client.list(Listing::All).map_ok(|p| p.guid).try_collect().await.unwrap();
    assert_eq!(listed.len(), 150);
    let picture = picture(1000).await;
    let uploads = join_all((0..50).map(|n| {
        let (client, picture) = (client.clone(), picture.clone());
        async move { client.upload(&picture, &n.to_string()).await.unwrap() }
    }))
    .await;
    assert!(uploads.iter().all(|address| sandbox.picture(address).is_some_and(|bytes| bytes.len() == 1000)));
}

#[tokio::test]
async fn a_service_that_never_answers_is_left_after_the_time_out() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let mut settings = transport::Settings::new("tests", crate::client_support::test_clock());
    settings.connect_timeout = Duration::from_millis(20);
    settings.read_timeout = Duration::from_millis(80);
    let transport = transport::Transport::new(settings).unwrap();
    let client = Gateway::new(transport, &crate::client_support::settings(&sandbox.url())).unwrap();
    sandbox.script(Method::POST, LIST_PATH, [Fault::Hang]);
    let error = client.create(&[item("12", "3")]).await.remove(0).unwrap_err();
    assert_eq!((error.outcome(), list_calls(&sandbox).len()), (Outcome::Unknown, 1), "{error}");
}
