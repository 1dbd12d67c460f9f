//! Where the state is, who has it, and what an import leaves in it.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, Utc};
use gateway_core::model::ProductId;
use state::{LeaseKind, RejectRow, StateUrl};

use crate::support::{Ran, Running, World, program, ran};

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn rejected(reason: &str) -> RejectRow {
    RejectRow { variant: None, name: Some("Jumper".to_owned()), reason: reason.to_owned(), since: at() }
}

fn at() -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

#[track_caller]
fn refused(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    assert!(ran.err.contains(says), "{says:?} is not in: {}", ran.err);
}

#[test]
fn an_import_makes_a_file_for_its_shop_in_the_users_state_folder() {
    let world = World::new();
    assert_eq!(world.run("plain", &[]).code, Some(0));
    let file = world.state_file();
    assert_eq!(file.file_name().unwrap(), "toys.example-shop-7cc3c8f8760dbf07.db");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "others can read it");
    let left = |ending: &str| world.state_files().iter().any(|file| file.to_string_lossy().ends_with(ending));
    assert!(!left("-wal") && !left("-shm"), "it was not closed: {:?}", world.state_files());
    // Two keys that look alike in a file's name.
    for key in ["a/b", "a-b"] {
        assert_eq!(world.run("plain", &["--shop-key", key, "--adopt", "none"]).code, Some(0));
    }
    let files = world.state_files();
    let alike = files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "db"));
    assert_eq!(alike.count(), 3, "{files:?}");
}

#[test]
fn the_state_is_where_the_user_says() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let address = file("address");
    std::fs::write(&address, format!("{}\n", url(&file("by-file.db")))).unwrap();
    let by_option = url(&file("by-option.db"));
    let by_file = ["--state-url-file", address.to_str().unwrap()];
    assert_eq!(world.run("plain", &["--state", &by_option]).code, Some(0));
    assert_eq!(ran(world.toy("plain", &[]).env("STATE_URL", url(&file("by-variable.db")))).code, Some(0));
    assert_eq!(ran(world.toy("plain", &by_file).env("STATE_URL", "nonsense")).code, Some(0));
    for name in ["by-option.db", "by-variable.db", "by-file.db"] {
        assert!(file(name).exists(), "{name}");
    }
    // What stands on the command line goes before both variables.
    let mut both = world.toy("plain", &["--state", &by_option]);
    assert_eq!(ran(both.env("STATE_URL", "nonsense").env("STATE_URL_FILE", "/no/such/file")).code, Some(0));
    assert!(world.state_files().is_empty(), "{:?}", world.state_files());
    refused(
        &world.run("plain", &["--state", "state.db"]),
        2,
        "--state: the state's address lacks its beginning",
    );
    let no_file = world.run("plain", &["--state-url-file", "/no/such/file"]);
    refused(&no_file, 2, "hint: name a text file that holds this and nothing else: Address of the state");
    let by_variable = ran(world.toy("plain", &[]).env("STATE_URL", "state.db"));
    refused(&by_variable, 2, "hint: correct the environment variable STATE_URL, or give --state-url-file\n");
    assert_eq!(world.run("plain", &["--state", &by_option, by_file[0], by_file[1]]).code, Some(2));
}

#[test]
fn a_password_of_the_state_does_not_stand_on_the_command_line() {
    let world = World::new();
    for address in [
        "postgres://user:s3cr3t@127.0.0.1:9/db",
        "postgresql://user:s3cr3t@127.0.0.1:9/db",
        "postgres://127.0.0.1:9/db?user=u&password=s3cr3t",
        "postgres://user:5432/s3cr3t@127.0.0.1/db",
        "postgres://user:s3:cr3t@127.0.0.1/db",
    ] {
        let ran = world.run("plain", &["--output", "json", "-vv", "--state", address]);
        refused(&ran, 2, "--state: the address holds a password");
        refused(&ran, 2, "STATE_URL");
        assert!(!ran.out.contains("cr3t") && !ran.err.contains("cr3t"), "{} {}", ran.out, ran.err);
    }
    for address in ["postgres://user:s3/cr3t@h/db", "mysql://user:s3cr3t@h/db", "user:s3cr3t@h"] {
        for ran in [
            world.run("plain", &["--state", address]),
            ran(world.toy("plain", &[]).env("STATE_URL", address)),
        ] {
            assert_eq!(ran.code, Some(2), "{address}: {}", ran.err);
            assert!(!ran.err.contains("cr3t"), "{}", ran.err);
        }
    }
    assert_eq!(world.calls(), 0);
}

#[test]
fn an_import_waits_for_another_of_the_same_shop_by_ending_with_75() {
    let world = World::new();
    let file = world.state.path().join("shared.db");
    let state = url(&file);
    let lease = world.wait(async {
        world.store(&file).await.lease(LeaseKind::Import, "toy on elsewhere, process 7").await.unwrap()
    });
    let other = world.run("plain", &["--output", "json", "--state", &state]);
    refused(&other, 75, "another import of this shop is at work (toy on elsewhere, process 7, since ");
    assert_eq!(other.err.matches("start again").count(), 1, "{}", other.err);
    assert_eq!(other.finished()["requests"], serde_json::json!({ "shop": 0, "gateway": 0 }));
    assert_eq!(world.run("plain", &["--dry-run", "--state", &state]).code, Some(0), "it only looks");
    let begun = async {
        let another = world.store_of(&StateUrl::file(&file), "another").await;
        another.begin_run("import", at()).await.unwrap()
    };
    world.wait(begun);
    let elsewhere = ["--state", &state, "--shop-key", "another", "--only-rejected"];
    assert_eq!(world.run("plain", &elsewhere).code, Some(0), "another shop is not concerned");
    world.wait(async { lease.release().await.unwrap() });
    // Now two programs.
    let mut first = Running::start(&mut world.toy("slow", &["--output", "json", "--state", &state]));
    first.wait_for("\"shop\"");
    let second = world.run("plain", &["--state", &state, "--adopt", "none"]);
    refused(&second, 75, "another import of this shop is at work (toy on ");
    Running::signal(first.child.id(), "TERM");
    assert_eq!(first.end().code, Some(143));
    assert_eq!(world.run("plain", &["--state", &state]).code, Some(0), "it was not released");
}

#[test]
fn a_state_that_cannot_be_used_is_told_and_nothing_is_asked() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "This is a letter and no database. ".repeat(100)).unwrap();
    for arguments in [vec![], vec!["--dry-run"]] {
        let mut command = world.toy("plain", &arguments);
        let no_database = ran(command.env("STATE_URL", url(&text)));
        refused(&no_database, 2, "letter.txt is no SQLite database, and was left as it is");
    }
    let socket = folder.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let ran = world.run("plain", &["--state", &url(&socket)]);
    refused(
        &ran,
        2,
        &format!("error: the state cannot be kept in {}, which is no file: name", socket.display()),
    );
    let left = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let beside = left.filter(|name| name.to_string_lossy().starts_with("socket")).count();
    assert_eq!(beside, 1, "something was made beside what is no file");
    for below in ["letter.txt/state.db", "."] {
        let ran = world.run("plain", &["--state", &url(&folder.path().join(below))]);
        refused(&ran, 1, " cannot be opened, because ");
    }
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
    let check = world.run("plain", &["check", "--output", "json", "--state", &url(&text)]);
    assert_eq!(check.code, Some(2), "{}", check.err);
    let side = check.json().into_iter().find(|line| line["side"] == "state").unwrap();
    assert_eq!(side["ok"], false, "{side}");
}

/// Root may write everywhere, but nobody makes a folder there.
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let world = World::new();
    let ran = ran(world.toy("plain", &[]).env("XDG_STATE_HOME", "/proc"));
    refused(&ran, 1, "error: the state /proc/toy/toys.example-shop-7cc3c8f8760dbf07.db cannot be opened");
    refused(&ran, 1, "its folder cannot be made");
    assert_eq!(world.calls(), 0);
}

/// Whether a program can be run as a user whom the system does not know. Where it cannot, the terminal is told so: what a test that
/// passes prints is not shown.
fn can_be_another_user() -> bool {
    let tried =
        Command::new("unshare").args(["--user", "--map-user=54321", "--map-group=54321", "true"]).output();
    let can = tried.as_ref().is_ok_and(|tried| tried.status.success());
    if !can {
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED, NOT TESTED WITHOUT A HOME: user namespaces are off ({tried:?})")
            .unwrap();
    }
    can
}

/// A user whom the system does not know has no home. The test needs user namespaces.
#[test]
fn without_a_home_the_state_has_to_be_named() {
    if !can_be_another_user() {
        return;
    }
    let world = World::new();
    let mut toy = world.toy("plain", &[]);
    toy.env_remove("XDG_STATE_HOME");
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-user=54321", "--map-group=54321"]).arg(program()).env_clear();
    command.envs(toy.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", std::env::var_os("PATH").unwrap()).stdin(Stdio::null());
    let homeless = ran(&mut command);
    refused(&homeless, 2, "there is no place for the state, because this user has no home folder");
    refused(&homeless, 2, "hint: name a file by --state or STATE_URL, such as sqlite:///srv/state.db");
    assert_eq!(world.calls(), 0, "something was asked of the Gateway");
    let folder = tempfile::tempdir().unwrap();
    let named = ran(command.env("STATE_URL", url(&folder.path().join("state.db"))));
    assert_eq!(named.code, Some(0), "{}", named.err);
}

#[test]
fn who_only_looks_makes_no_file() {
    let world = World::new();
    let named = world.state.path().join("named/state.db");
    let temporary = tempfile::tempdir().unwrap();
    for command in [["--dry-run"].as_slice(), &["check"], &["status"], &["status", "--rejected"]] {
        let ran_here = ran(world.toy("plain", command).env("TMPDIR", temporary.path()));
        assert_eq!(ran_here.code, Some(0), "{command:?}: {}", ran_here.err);
        assert_eq!(ran(world.toy("plain", command).env("STATE_URL", url(&named))).code, Some(0));
        assert!(!world.state.path().join("toy").exists() && !named.parent().unwrap().exists(), "{command:?}");
        let left: Vec<_> = std::fs::read_dir(temporary.path()).unwrap().collect();
        assert!(left.is_empty(), "{command:?} left {left:?}");
    }
}

#[test]
fn a_dry_run_that_is_cut_leaves_nothing_behind() {
    let world = World::new();
    let temporary = tempfile::tempdir().unwrap();
    let mut command = world.toy("slow", &["--dry-run", "--output", "json"]);
    let mut running = Running::start(command.env("TMPDIR", temporary.path()));
    running.wait_for("would_create");
    let folders = std::fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(folders.into_iter().all(|name| name.to_string_lossy().starts_with("toy-dry-run-")));
    Running::signal(running.child.id(), "INT");
    assert_eq!(running.end().code, Some(130));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}

#[test]
fn only_products_that_were_rejected_are_imported_again() {
    let world = World::new();
    let file = world.state.path().join("toy/toys.example-shop-7cc3c8f8760dbf07.db");
    for arguments in [["--only-rejected"].as_slice(), &["--only-rejected", "--dry-run"]] {
        let unknown = world.run("plain", arguments);
        let place =
            format!("error: nothing is known of this shop here: there is no state at {}", file.display());
        refused(&unknown, 2, &place);
        refused(&unknown, 2, "hint: import the whole catalogue, without --only-rejected");
        assert!(world.state_files().is_empty(), "{:?}", world.state_files());
    }
    let begun = async { world.store(&file).await.begin_run("import", at()).await.unwrap() };
    world.wait(begun);
    let none = world.run("plain", &["--only-rejected"]);
    assert_eq!(none.code, Some(0), "{}", none.err);
    assert!(none.out.contains("nothing to do: no product of this shop is rejected"), "{}", none.out);
    assert_eq!(world.calls(), 0, "there is nothing to ask for");
    world.wait(async {
        let store = world.store(&file).await;
        let both = [rejected("the price is 0"), rejected("no price")];
        store.set_rejects(&ProductId::new("2").unwrap(), &both).await.unwrap();
    });
    let arguments = ["--only-rejected", "--output", "json"];
    let dry = world.run("plain", &[arguments.as_slice(), &["--dry-run"]].concat());
    assert_eq!((dry.code, &dry.finished()["created"]), (Some(0), &2.into()), "{}", dry.err);
    let ran_by_variable = ran(world.toy("plain", &["--output", "json"]).env("ONLY_REJECTED", "true"));
    assert_eq!(ran_by_variable.finished()["created"], 2, "{}", ran_by_variable.out);
    assert!(world.gateway.products().iter().all(|product| product["name"] == "Jumper"));
    for (option, variable, value) in [("--prune", "", ""), ("-v", "SINCE", "3d"), ("-v", "PRODUCT", "1")] {
        let ran = ran(world.toy("plain", &["--only-rejected", option]).env(variable, value));
        assert_eq!(ran.code, Some(2), "{option} {variable}: {}", ran.err);
    }
}

#[test]
fn a_run_that_loses_its_process_is_told_by_the_next_look() {
    let world = World::new();
    let mut running = Running::start(&mut world.toy("slow", &["--output", "json"]));
    running.wait_for("\"shop\"");
    let at_work = world.run("plain", &["status"]).out;
    assert!(at_work.contains("import: at work (toy on "), "{at_work}");
    Running::signal(running.child.id(), "KILL");
    assert_eq!(running.end().code, None);
    let broken = world.run("plain", &["status"]).out;
    assert!(broken.contains("import: broke off"), "{broken}");
    assert_eq!(world.run("plain", &[]).code, Some(0), "the shop is free again");
    let held =
        world.wait(async { world.store(&world.state_file()).await.holder(LeaseKind::Import).await.unwrap() });
    assert_eq!(held, None);
}
