//! `status`: what is linked, what was rejected, and the last runs.

use std::path::Path;

use chrono::{DateTime, Utc};
use gateway_core::model::{ProductId, VariantId};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, Row as _, SqliteConnection};
use state::{RejectRow, RunEnd, Store};

use crate::support::{Running, World, bare, ran, ran_with};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn reject(variant: Option<&str>, name: Option<&str>, reason: &str) -> RejectRow {
    RejectRow {
        variant: variant.map(|id| VariantId::new(id).unwrap()),
        name: name.map(str::to_owned),
        reason: reason.to_owned(),
        since: at("2026-11-20T08:00:00Z"),
    }
}

async fn set(store: &Store, product: &str, rows: &[RejectRow]) {
    store.set_rejects(&ProductId::new(product).unwrap(), rows).await.unwrap();
}

/// A state with something of each kind.
fn with_memory() -> (World, String) {
    let world = World::new();
    let file = world.state.path().join("state.db");
    world.wait(async {
        let store = world.store(&file).await;
        let named = reject(Some("21"), Some("Jumper, \"warm\""), "the price is 0: set one in the shop");
        set(&store, "2", &[named, reject(Some("22"), Some("Jumper"), "no price: set one in the shop")]).await;
        set(&store, "4", &[reject(None, Some("=HYPERLINK(\"x\")"), "-1 is no price")]).await;
        set(&store, "5", &[reject(None, None, "the shop cannot deliver product 5")]).await;
        runs(&store).await;
    });
    (world, format!("sqlite://{}", file.display()))
}

async fn runs(store: &Store) {
    let counts = json!({ "created": 3, "updated": 1, "unchanged": 40, "rejected": 2, "archived": 1 });
    let end = |exit, at: &str, error: Option<&str>| RunEnd {
        at: at.parse().unwrap(),
        exit,
        counts: counts.clone(),
        error: error.map(str::to_owned),
    };
    let first = store.begin_run("import", at("2026-11-21T08:00:00Z")).await.unwrap();
    store.end_run(first, &end(3, "2026-11-21T08:01:02.500Z", None)).await.unwrap();
    store.begin_run("import", at("2026-11-22T08:00:00Z")).await.unwrap();
    let last = store.begin_run("import", at("2026-11-23T08:00:00Z")).await.unwrap();
    let busy = end(75, "2026-11-23T08:00:01Z", Some("the shop is being repaired"));
    store.end_run(last, &busy).await.unwrap();
}

/// What was said, without what is another one at each run.
fn constant(world: &World, text: &str) -> String {
    text.replace(world.state.path().to_str().unwrap(), "/STATE")
        .replace(&world.gateway.url(), "http://GATEWAY")
}

fn status(world: &World, state: &str, arguments: &[&str]) -> String {
    let ran = world.run("plain", &[&["status", "--state", state], arguments].concat());
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(world.calls(), 0, "it asks nobody");
    constant(world, &ran.out)
}

#[test]
fn status_for_people() {
    let (world, state) = with_memory();
    insta::assert_snapshot!(status(&world, &state, &[]));
    let mut other = world.toy("plain", &["status", "--state", &state]);
    let other = ran(other.env("ONLY_REJECTED", "true"));
    assert!(other.out.contains("Last runs"), "what an import is told does not matter: {}", other.out);
    insta::assert_snapshot!("rejected_for_people", status(&world, &state, &["--rejected"]));
    let quiet = status(&world, &state, &["-q"]);
    assert_eq!(quiet, status(&world, &state, &["--rejected"]), "rejects and nothing else");
}

#[test]
fn status_for_programs() {
    let (world, state) = with_memory();
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.contains("\"finished\"")).map(str::to_owned).collect()
    };
    let all = status(&world, &state, &["--output", "json"]);
    assert!(all.lines().last().unwrap().starts_with("{\"event\":\"finished\",\"exit\":0,"), "{all}");
    insta::assert_snapshot!(lines(&all).join("\n"));
    let rejected = status(&world, &state, &["--rejected", "--output", "json"]);
    let only: Vec<String> = lines(&all).into_iter().filter(|line| line.contains("\"rejected\",")).collect();
    assert_eq!(lines(&rejected), only);
}

#[test]
fn status_for_spreadsheets() {
    let (world, state) = with_memory();
    insta::assert_snapshot!(status(&world, &state, &["--rejected", "--output", "csv"]));
    let by_variable =
        ran(world.toy("plain", &["status", "--rejected", "--state", &state]).env("OUTPUT", "csv"));
    assert!(by_variable.out.starts_with("product,variant,name,reason,since\n"), "{}", by_variable.out);
    for command in [vec!["status"], vec!["import"], vec!["check"], vec!["categories", "list"]] {
        let ran = world.run("plain", &[command.as_slice(), &["--output", "csv", "--state", &state]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{command:?}");
        assert!(ran.err.contains("only `status --rejected` is shown as CSV"), "{}", ran.err);
    }
}

#[test]
fn of_many_rejects_people_are_shown_the_first_and_how_to_get_the_others() {
    let world = World::new();
    let file = world.state.path().join("state.db");
    world.wait(async {
        let store = world.store(&file).await;
        for number in 89..112 {
            set(&store, &number.to_string(), &[reject(None, None, "no price")]).await;
        }
    });
    let state = format!("sqlite://{}", file.display());
    let some = status(&world, &state, &[]);
    assert_eq!(some.matches(": no price").count(), 20, "{some}");
    assert!(some.contains("  and 3 more: `status --rejected` shows all of them"), "{some}");
    let found = |text: &str| [" 89", " 99", " 100", " 108"].map(|id| text.find(&format!("{id}: no price")));
    assert!(found(&some).is_sorted() && found(&some)[0].is_some(), "not in the order of numbers: {some}");
    for more in
        [["--rejected"].as_slice(), &["-q"], &["--output", "json"], &["--rejected", "--output", "csv"]]
    {
        assert_eq!(status(&world, &state, more).matches("no price").count(), 23, "{more:?}");
    }
}

#[test]
fn before_the_first_import_there_is_nothing_to_tell() {
    let world = World::new();
    let state = format!("sqlite://{}", world.state.path().join("none.db").display());
    let whose = format!(
        "Toy shop toys.example/shop\n  marketplace  http://GATEWAY/\n  shop guid    {}\n",
        world.gateway.shop()
    );
    let nothing = "Nothing is known of this shop here: there is no state at /STATE/none.db\n";
    assert_eq!(status(&world, &state, &[]), format!("{whose}{nothing}"));
    assert_eq!(status(&world, &state, &["--rejected"]), nothing);
    assert_eq!(
        status(&world, &state, &["--rejected", "--output", "csv"]),
        "product,variant,name,reason,since\n"
    );
    let lines = status(&world, &state, &["--output", "json"]);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&first["there"], &first["linked"]), (&json!(false), &json!(0)), "{first}");
    assert!(!Path::new(&world.state.path().join("none.db")).exists());
}

/// Another shop's state, which tells nothing of this one and is told nothing by who looks.
#[test]
fn a_state_that_holds_nothing_of_this_shop_says_so_and_stays_as_it_is() {
    let (world, state) = with_memory();
    let file = world.state.path().join("state.db");
    for command in [["status"].as_slice(), &["status", "--rejected"], &["check"], &["--dry-run"]] {
        let other = world.run("plain", &[command, &["--state", &state, "--shop-key", "another"]].concat());
        assert_eq!(other.code, Some(0), "{command:?}: {}", other.err);
        if command[0] == "status" {
            let says = "Nothing is known of this shop here: the state /STATE/state.db holds nothing of it\n";
            assert!(constant(&world, &other.out).ends_with(says), "{command:?}: {}", other.out);
        }
    }
    let owners = world.wait(async {
        let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        let row = database.fetch_one("SELECT count(*) FROM owners").await.unwrap();
        database.close().await.unwrap();
        row.get::<i64, _>(0)
    });
    assert_eq!(owners, 1, "who only looked was written down");
    let lines =
        world.run("plain", &["status", "--output", "json", "--state", &state, "--shop-key", "another"]);
    let first = &lines.json()[0];
    assert_eq!(
        (&first["there"], &first["linked"], &first["shop"]),
        (&json!(true), &json!(0), &json!("another"))
    );
}

#[test]
fn a_state_in_the_current_folder_is_shown_by_its_whole_path() {
    let (world, _) = with_memory();
    let mut command = world.toy("plain", &["status", "--state", "sqlite://state.db"]);
    let ran = ran(command.current_dir(world.state.path()));
    assert!(constant(&world, &ran.out).contains("  state        /STATE/state.db\n"), "{}", ran.out);
}

#[test]
fn runs_are_remembered_however_they_end() {
    let world = World::new();
    let ends = [("plain", 0), ("failing", 1), ("usd", 2), ("rejects", 3), ("panic", 1), ("busy", 75)];
    for (mode, exit) in ends {
        let ran = world.run(mode, &["--output", "json"]);
        assert_eq!(ran.code, Some(exit), "{mode}: {}", ran.err);
        let lines = world.run("plain", &["status", "--output", "json"]).json();
        let run = lines.iter().find(|line| line["event"] == "run").unwrap();
        let (finished, counts) = (ran.finished(), &run["counts"]);
        assert_eq!((&run["exit"], &run["error"]), (&finished["exit"], &finished["error"]), "{mode}: {run}");
        for what in
            ["created", "unchanged", "skipped", "rejected", "archived", "images", "warnings", "requests"]
        {
            assert_eq!(counts[what], finished[what], "{mode}: {what} of {run}");
        }
        assert_eq!((&run["command"], &run["at_work"]), (&json!("import"), &Value::Null), "{run}");
        assert!(run["ended"].is_string() && counts["seconds"].is_number(), "{run}");
    }
    let dry = world.run("plain", &["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    let lines = world.run("plain", &["status", "--output", "json"]).json();
    let runs = lines.iter().filter(|line| line["event"] == "run").count();
    assert_eq!(runs, ends.len(), "a dry run is none: {lines:?}");
}

#[test]
fn a_run_without_a_reader_is_remembered_too() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    let world = World::new();
    let mut command = world.toy("many", &["--output", "json", "-v"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(141));
    let status = world.run("plain", &["status"]).out;
    assert!(status.contains("exit 141 (nobody reads standard output any more)"), "{status}");
}

/// This shop does not listen, so the run is left in the middle with the lease in hand.
#[test]
fn a_run_that_is_left_in_the_middle_is_remembered_and_leaves_the_shop_free() {
    let world = World::new();
    let mut running = Running::start(&mut world.toy("stubborn", &["--output", "json"]));
    running.wait_for("\"shop\"");
    for signal in ["TERM", "INT"] {
        Running::signal(running.child.id(), signal);
    }
    let left = running.end();
    // Which of the two is heard first is not told.
    assert!(matches!(left.code, Some(130 | 143)), "{:?} {}", left.code, left.err);
    let lines = world.run("plain", &["status", "--output", "json"]).json();
    let run = lines.iter().find(|line| line["event"] == "run").unwrap();
    assert_eq!((&run["exit"], &run["at_work"]), (&left.finished()["exit"], &Value::Null), "{run}");
}

#[test]
fn status_needs_no_signing_key() {
    let (world, state) = with_memory();
    let mut command = world.toy("plain", &["status", "--state", &state]);
    let without = ran(command.env_remove("GATEWAY_SECRET"));
    assert_eq!(without.code, Some(0), "{}", without.err);
    let nothing = ran(&mut bare(&["status"]));
    assert_eq!(nothing.code, Some(2));
    assert!(nothing.err.contains("Shop guid is missing"), "{}", nothing.err);
}

#[test]
fn status_asks_for_what_names_the_shop_and_for_no_secret_of_it() {
    let (world, state) = with_memory();
    let state = ["status", "--state", &state];
    let mut command = world.toy("plain", &state);
    let without = ran(command.env_remove("TOY_API_KEY"));
    assert_eq!((without.code, without.err.as_str()), (Some(0), ""), "its address names this shop");
    let asked = ran_with(command.env_remove("TOY_BASE_URL"), "https://toys.example/shop\n");
    assert_eq!((asked.code, asked.err.as_str()), (Some(0), "Toy base URL:\n"), "{}", asked.out);
    let named = ran(command.env("SHOP_KEY", "toys.example/shop"));
    assert_eq!((named.code, named.err.as_str()), (Some(0), ""), "its key names it");
    assert_eq!(named.out, without.out);
    let unnamed = ran(world.toy("locked", &state).env_remove("TOY_API_KEY"));
    assert_eq!(unnamed.code, Some(2), "{}", unnamed.err);
    assert_eq!(
        unnamed.err,
        "error: it is not known which shop is meant: Toy API key is missing\n\
         hint: tell its key, as `check` shows it, by --shop-key or SHOP_KEY, or else give the secret by --api-key-file or TOY_API_KEY\n"
    );
    let mut named = world.toy("locked", &state);
    let named = ran(named.env_remove("TOY_API_KEY").env("SHOP_KEY", "toys.example/shop"));
    assert_eq!(named.code, Some(0), "{}", named.err);
}

#[test]
fn status_does_not_look_at_what_only_an_import_is_told() {
    let (world, state) = with_memory();
    let wrong = [
        ("CATEGORY_MAPPING", "/no/such/file"),
        ("GATEWAY_SETTLE", "soon"),
        ("GATEWAY_CONCURRENCY", "many"),
        ("ONLY_REJECTED", "those"),
        ("MAX_CHANGE", "101%"),
        ("SINCE", "yesterday"),
        ("IMAGES", "painted"),
        ("UNMAPPED", "lost"),
        ("ADOPT", "all"),
        ("VAT_DEFAULT", "7"),
        ("DRY_RUN", "perhaps"),
    ];
    let ran = ran(world.toy("plain", &["status", "--state", &state]).envs(wrong));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
}
