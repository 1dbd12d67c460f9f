//! Several at once, and one that is killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use futures::future::join_all;
use state::{LeaseError, LeaseKind, Store};

use crate::support::{Place, at, key, link, product};

on_both! {
    a_new_state_is_opened_by_many_at_once,
    many_write_at_once,
    processes_write_at_once,
    a_killed_process_loses_no_intent,
    readers_see_whole_transactions,
}

async fn a_new_state_is_opened_by_many_at_once(place: &Place) {
    let stores = join_all((0..6).map(|_| place.store())).await;
    stores[0].put_links(&[link("1", "a", 1)]).await.unwrap();
    for store in stores {
        assert_eq!(store.count_links().await.unwrap(), 1);
    }
    assert_eq!(place.number("SELECT count(*) FROM owners").await, 1);
    assert_eq!(place.number("SELECT count(*) FROM meta").await, 1);
}

async fn many_write_at_once(place: &Place) {
    // Two pools, as two programs have them, and many tasks in each.
    let stores = [place.store().await, place.store().await];
    let writing = (0..60_u128).map(|number| {
        let store: &Store = &stores[usize::from(number % 2 == 1)];
        async move {
            // Several touch the same links, in different orders.
            let mut links = vec![link("shared", "a", number), link("shared", "b", number)];
            links.push(link(&format!("own {number}"), "0", number));
            if number % 3 == 0 {
                links.reverse();
            }
            store.put_links(&links).await.unwrap();
            store.set_rejects(&product("shared"), &[]).await.unwrap();
        }
    });
    join_all(writing).await;
    assert_eq!(stores[0].count_links().await.unwrap(), 62);
    let shared = stores[0].links_of(&[product("shared")]).await.unwrap();
    assert_eq!(shared[0].guid, shared[1].guid);
}

async fn processes_write_at_once(place: &Place) {
    let children: Vec<Child> = (0..3).map(|number| child(place, &format!("write {number}"))).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(place.store().await.count_links().await.unwrap(), 3 * 40);
}

async fn a_killed_process_loses_no_intent(place: &Place) {
    let mut child = child(place, "intend");
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || {
        said.find_map(|line| line.unwrap().split_once("INTENDED ").map(|(_, n)| n.parse::<usize>().unwrap()))
    };
    while next().unwrap() < 20 {}
    let store = place.store().await;
    let error = store.lease(LeaseKind::Import, "survivor").await.unwrap_err();
    assert!(matches!(&error, LeaseError::Held { holder, .. } if holder.by == "child"), "{error}");
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said last before the end.
    let mut last = 20;
    while let Some(number) = next() {
        last = number;
    }
    if !place.is_file() {
        // A minute later, by the row's own time.
        place.execute("UPDATE leases SET expires = expires - 60001").await;
    }
    let lease = store.lease(LeaseKind::Import, "survivor").await.unwrap();
    let intents = store.intents().await.unwrap();
    assert!(intents.len() >= last, "{} of {last}", intents.len());
    store.drop_intents(&lease, &[key("1", "0")]).await.unwrap();
}

async fn readers_see_whole_transactions(place: &Place) {
    let (writer, reader) = (place.store().await, place.store().await);
    let writing = async {
        for number in 0..40 {
            writer.put_links(&[link("1", "a", number), link("1", "b", number)]).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..80 {
            let links = reader.links_of(&[product("1")]).await.unwrap();
            assert!(links.windows(2).all(|pair| pair[0].guid == pair[1].guid));
        }
    };
    futures::join!(writing, reading);
}

/// This binary again, as another process, to do `job`.
fn child(place: &Place, job: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["together::a_process_of_its_own", "--exact", "--ignored", "--nocapture"])
        .env("STATE_TEST_URL", &place.url)
        .env("STATE_TEST_JOB", job)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "others run it"]
async fn a_process_of_its_own() {
    let (Ok(url), Ok(job)) = (std::env::var("STATE_TEST_URL"), std::env::var("STATE_TEST_JOB")) else {
        return;
    };
    let store = Place::at(&url).store().await;
    if let Some(number) = job.strip_prefix("write ") {
        for round in 0..40 {
            store.put_links(&[link(number, &round.to_string(), round)]).await.unwrap();
        }
        return;
    }
    let lease = store.lease(LeaseKind::Import, "child").await.unwrap();
    for number in 1.. {
        store.intend(&lease, &[key("1", &number.to_string())], at("2026-01-02T03:04:05Z")).await.unwrap();
        println!("INTENDED {number}");
    }
}
