//! A state in PostgreSQL, which several machines share.

use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use state::{LeaseKind, StateUrl};

use crate::cluster;
use crate::support::{Ran, World, ran};

#[test]
fn several_machines_share_a_state() {
    let Some(server) = cluster::server() else { return };
    let world = World::new();
    let database = format!("cli_{}", std::process::id());
    let execute = |sql: String| {
        world.wait(async {
            let mut maintenance = PgConnection::connect(&server.url("postgres")).await.unwrap();
            maintenance.execute(AssertSqlSafe(sql)).await.unwrap();
        });
    };
    execute(format!("CREATE DATABASE {database}"));
    let url = server.url(&database);
    let run = |arguments: &[&str]| -> Ran {
        let mut command = world.toy("plain", &[arguments, &["--output", "json"]].concat());
        ran(command.env("STATE_URL", &url))
    };
    let import = run(&[]);
    assert_eq!((import.code, &import.finished()["created"]), (Some(0), &3.into()), "{}", import.err);
    let lines = run(&["status"]).json();
    let place = lines[0]["state"].as_str().unwrap();
    assert!(
        place.starts_with("postgres://") && place.ends_with(&database) && !place.contains('@'),
        "{place}"
    );
    let told = lines.iter().find(|line| line["event"] == "run").unwrap();
    assert_eq!((&told["exit"], &told["counts"]["created"]), (&json!(0), &json!(3)), "{told}");
    assert!(!world.state.path().join("toy").exists(), "there is a file too");

    let store = world.wait(world.store_at(&StateUrl::parse(&url).unwrap()));
    let lease = world.wait(store.lease(LeaseKind::Import, "toy on elsewhere, process 7")).unwrap();
    let before = world.calls();
    let other = run(&[]);
    assert_eq!(other.code, Some(75), "{}", other.err);
    assert!(other.err.contains("is at work (toy on elsewhere, process 7, since "), "{}", other.err);
    assert_eq!(run(&["--dry-run"]).code, Some(0));
    world.wait(store.begin_run("import", chrono::DateTime::UNIX_EPOCH)).unwrap();
    let mut status = world.toy("plain", &["status"]);
    let status = ran(status.env("STATE_URL", &url));
    for told in [&status.out, &other.err] {
        assert!(told.contains(" s ago; if it was killed, the shop is free at "), "{told}");
    }
    world.wait(lease.release()).unwrap();
    assert!(world.calls() > before);
    assert_eq!(run(&[]).code, Some(0), "it was not released");
    assert_eq!(world.wait(store.holder(LeaseKind::Import)).unwrap(), None, "the program did not release it");
    execute(format!("DROP DATABASE {database} WITH (FORCE)"));
}
