use std::path::Path;
use std::process::Command;

use clock::Clock;
use gateway_core::model::Platform;
use state::{Intent, LeaseKind, State, StateError, StateUrl};

use crate::cluster;
use crate::support::{Place, at, guid, key, link, owner, platform, product};

on_both! {
    is_repeatable,
    an_older_schema_is_brought_up_to_date,
    what_version_1_left_is_kept,
    a_program_of_version_1_goes_on,
    a_newer_one_is_used_when_it_can_be_read,
    a_newer_one_that_cannot_be_read_is_refused,
    a_database_of_something_else_is_left_alone,
}

async fn is_repeatable(place: &Place) {
    place.store().await.put_links(&[link("1", "a", 1)]).await.unwrap();
    for _ in 0..3 {
        let state = place.open().await;
        assert_eq!(state.owner(&owner("shop.example")).await.unwrap().count_links().await.unwrap(), 1);
        state.close().await.unwrap();
    }
    assert_eq!(place.number("SELECT schema_version FROM meta").await, 2);
    assert_eq!(place.number("SELECT oldest_reader FROM meta").await, 1);
}

async fn an_older_schema_is_brought_up_to_date(place: &Place) {
    place.store().await.put_links(&[link("1", "a", 1)]).await.unwrap();
    place.execute("UPDATE meta SET schema_version = 0, oldest_reader = 0").await;
    assert_eq!(place.store().await.count_links().await.unwrap(), 1);
    assert_eq!(place.number("SELECT schema_version FROM meta").await, 2);
    assert_eq!(place.number("SELECT oldest_reader FROM meta").await, 1);
}

/// Takes from a schema what version 2 has added.
async fn as_version_1(place: &Place) {
    place.execute("DROP TABLE levels").await;
    place.execute("ALTER TABLE intents DROP COLUMN stock_base").await;
    place.execute("DELETE FROM seaql_migrations WHERE version = 'm0002_second'").await;
    place.execute("UPDATE meta SET schema_version = 1").await;
}

async fn what_version_1_left_is_kept(place: &Place) {
    let store = place.store().await;
    let import = store.lease(LeaseKind::Import, "a test").await.unwrap();
    let begun = at("2026-01-02T03:04:05Z");
    store.put_links(&[link("1", "a", 1)]).await.unwrap();
    store.intend(&import, &[key("2", "a")], begun).await.unwrap();
    store.put_note("import", &true.into()).await.unwrap();
    import.release().await.unwrap();
    as_version_1(place).await;

    let store = place.store().await;
    assert_eq!(place.number("SELECT schema_version FROM meta").await, 2);
    assert_eq!(place.number("SELECT count(*) FROM seaql_migrations").await, 2);
    assert_eq!(store.links_of(&[product("1")]).await.unwrap(), [link("1", "a", 1)]);
    let (two, a) = key("2", "a");
    let intent = Intent { product: two, variant: a, at: begun, stock_base: None };
    assert_eq!(store.intents().await.unwrap(), [intent]);
    assert_eq!(store.note("import").await.unwrap(), Some(true.into()));
    let import = store.lease(LeaseKind::Import, "a test").await.unwrap();
    assert_eq!(
        store
            .touch_level(&import, &key("1", "a"), guid(1), begun, chrono::DateTime::UNIX_EPOCH)
            .await
            .unwrap(),
        None
    );
}

async fn a_program_of_version_1_goes_on(place: &Place) {
    let store = place.store().await;
    assert_eq!(place.number("SELECT oldest_reader FROM meta").await, 1);
    let import = store.lease(LeaseKind::Import, "a test").await.unwrap();
    store
        .touch_level(
            &import,
            &key("1", "a"),
            guid(1),
            at("2026-01-02T03:04:05Z"),
            chrono::DateTime::UNIX_EPOCH,
        )
        .await
        .unwrap();
    // As it writes: it names its own columns only.
    let insert = "INSERT INTO intents (owner, product, variant, at) SELECT id, '1', 'a', 1 FROM owners";
    place.execute(insert).await;
    let links = "INSERT INTO links (owner, product, variant, guid, hash, mapping, sent, tags, images, gone) \
                 SELECT id, '1', 'a', '00000000-0000-0000-0000-000000000002', '', 1, '{}', '[]', '[]', 1 = 0 FROM owners";
    place.execute(links).await;
    assert_eq!(store.intents().await.unwrap()[0].stock_base, None);
    // It does not know of the row that it should have removed: that tells whose it is.
    let (of_link, of_level) = (store.links_of(&[product("1")]).await, store.levels_of(&[product("1")]).await);
    assert_eq!((of_link.unwrap()[0].guid, of_level.unwrap()[0].guid), (guid(2), guid(1)));
}

async fn a_newer_one_is_used_when_it_can_be_read(place: &Place) {
    place.store().await.put_links(&[link("1", "a", 1)]).await.unwrap();
    // What a later version may do: it only adds.
    place.execute("ALTER TABLE links ADD COLUMN later text").await;
    place.execute("CREATE TABLE later (id bigint)").await;
    place.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m0003_later', 1)").await;
    place.execute("UPDATE meta SET schema_version = 3").await;
    let store = place.store().await;
    store.put_links(&[link("1", "b", 2)]).await.unwrap();
    assert_eq!(store.links_of(&[product("1")]).await.unwrap(), [link("1", "a", 1), link("1", "b", 2)]);
    assert_eq!(place.number("SELECT schema_version FROM meta").await, 3);
}

async fn a_newer_one_that_cannot_be_read_is_refused(place: &Place) {
    place.store().await.put_links(&[link("1", "a", 1)]).await.unwrap();
    place.execute("UPDATE meta SET schema_version = 9, oldest_reader = 8").await;
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, StateError::Newer { schema: 9, oldest_reader: 8, known: 2, .. }), "{error}");
    assert!(error.to_string().contains("newer version of this program"), "{error}");
    assert_eq!(place.number("SELECT schema_version FROM meta").await, 9);
    assert_eq!(place.number("SELECT count(*) FROM links").await, 1);
}

async fn a_database_of_something_else_is_left_alone(place: &Place) {
    if place.is_file() {
        std::fs::write(place.path(), "").unwrap();
    } else {
        place.execute("CREATE SCHEMA state_toy_shop").await;
    }
    place.execute("CREATE TABLE customers (id bigint)").await;
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, StateError::Foreign { .. }), "{error}");
    place.execute("INSERT INTO customers VALUES (1)").await;
    place.execute("CREATE TABLE meta (name text, value text)").await;
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, StateError::Foreign { .. }), "{error}");
    assert_eq!(place.number("SELECT count(*) FROM customers").await, 1);
}

#[tokio::test]
async fn the_schema_is_the_one_that_was_promised() {
    let contract = include_str!("../../../../docs/CONTRACTS.md");
    let (_, contract) = contract.split_once("### State schema").unwrap();
    let place = Place::file();
    place.open().await.close().await.unwrap();
    let columns = "SELECT m.name || ' ' || p.name FROM sqlite_master m, pragma_table_info(m.name) p \
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    let columns = place.texts(columns).await;
    assert!(columns.len() > 50);
    for (table, column) in columns.iter().map(|both| both.split_once(' ').unwrap()) {
        let row = contract.lines().find(|line| line.starts_with(&format!("| `{table}` |")));
        let row = row.unwrap_or_else(|| panic!("the table {table} is not in CONTRACTS.md"));
        assert!(row.contains(&format!("`{column}`")), "{table}.{column} is not in CONTRACTS.md");
    }
    assert!(
        contract.contains(&format!("Version {}.", place.number("SELECT schema_version FROM meta").await))
    );
}

async fn open(path: &Path) -> Result<State, StateError> {
    State::open(&StateUrl::file(path), &platform(), &Clock::system()).await
}

/// A file with some links, closed.
async fn filled(place: &Place) {
    let state = place.open().await;
    let store = state.owner(&owner("shop.example")).await.unwrap();
    let links: Vec<_> = (0..400).map(|number| link(&number.to_string(), "0", number)).collect();
    store.put_links(&links).await.unwrap();
    state.close().await.unwrap();
}

#[tokio::test]
async fn makes_folders_and_a_file_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b/c?d/état.db");
    let state = open(&path).await.unwrap();
    state.owner(&owner("shop.example")).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    state.close().await.unwrap();
}

#[tokio::test]
async fn a_relative_path_is_taken_from_the_current_folder() {
    let name = format!("state-test-{}.db", std::process::id());
    let url = StateUrl::parse(&format!("sqlite://{name}?mode=rwc")).unwrap();
    State::open(&url, &platform(), &Clock::system()).await.unwrap().close().await.unwrap();
    assert!(Path::new(&name).exists());
    std::fs::remove_file(&name).unwrap();
    std::fs::remove_file(format!("{name}.opening.lock")).unwrap();
}

#[tokio::test]
async fn a_file_is_written_by_a_log_so_that_reading_goes_on() {
    let place = Place::file();
    let _state = place.open().await;
    assert_eq!(place.number("SELECT journal_mode = 'wal' FROM pragma_journal_mode").await, 1);
}

#[tokio::test]
async fn a_closed_file_holds_everything_and_may_be_copied() {
    let (place, elsewhere) = (Place::file(), Place::file());
    filled(&place).await;
    assert!(!place.path().with_extension("db-wal").exists());
    std::fs::copy(place.path(), elsewhere.path()).unwrap();
    let store = elsewhere.store().await;
    assert_eq!(store.count_links().await.unwrap(), 400);
    store.lease(LeaseKind::Import, "there").await.unwrap();
}

#[tokio::test]
async fn a_place_that_cannot_be_used_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    for (path, what) in [
        (file.join("state.db"), "its folder cannot be made"),
        (file.join("deeper/state.db"), "its folder cannot be made"),
        (folder.path().to_owned(), "its file cannot be written"),
    ] {
        let error = open(&path).await.unwrap_err().to_string();
        assert!(error.contains(what) && error.contains(path.to_str().unwrap()), "{error}");
        assert!(
            error.contains("ame another place") || error.contains("Name a file in that folder"),
            "{error}"
        );
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "text");
}

#[tokio::test]
async fn a_read_only_folder_or_file_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::file();
    filled(&place).await;
    let (path, folder) = (place.path(), place.path().parent().unwrap().to_owned());
    let set =
        |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    set(&path, 0o400);
    if std::fs::OpenOptions::new().append(true).open(&path).is_ok() {
        eprintln!("SKIPPED: nothing is read-only for this user");
        return;
    }
    let error = open(&path).await.unwrap_err().to_string();
    assert!(error.contains("Make it writable for this user"), "{error}");
    set(&path, 0o600);
    std::fs::remove_file(folder.join("state.db.opening.lock")).unwrap();
    set(&folder, 0o500);
    let error = open(&path).await.unwrap_err().to_string();
    assert!(error.contains("Make it writable for this user"), "{error}");
    set(&folder, 0o700);
    assert_eq!(place.store().await.count_links().await.unwrap(), 400);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let place = Place::file();
    let text = "no database\n".repeat(1000);
    std::fs::write(place.path(), &text).unwrap();
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, StateError::NotADatabase { .. }), "{error}");
    assert!(error.to_string().contains("name another file for the state"), "{error}");
    assert_eq!(std::fs::read_to_string(place.path()).unwrap(), text);
}

#[tokio::test]
async fn a_truncated_database_is_told() {
    let place = Place::file();
    filled(&place).await;
    let whole = std::fs::read(place.path()).unwrap();
    for kept in [whole.len() / 2 / 4096 * 4096, whole.len() - 100, 4096, 1000] {
        std::fs::write(place.path(), &whole[..kept]).unwrap();
        let error = place.try_open().await.unwrap_err();
        let is_told = matches!(error, StateError::Damaged { .. } | StateError::NotADatabase { .. });
        assert!(is_told, "{kept}: {error}");
        assert_eq!(std::fs::read(place.path()).unwrap(), whole[..kept], "{kept}");
    }
}

#[tokio::test]
async fn a_damaged_page_is_told_when_it_is_read() {
    use futures::TryStreamExt as _;
    let place = Place::file();
    filled(&place).await;
    let mut bytes = std::fs::read(place.path()).unwrap();
    let (middle, end) = (bytes.len() / 4 / 4096 * 4096, bytes.len());
    bytes[middle..end].fill(0xee);
    std::fs::write(place.path(), &bytes).unwrap();
    let store = match place.try_open().await {
        Ok(state) => state.owner(&owner("shop.example")).await,
        Err(error) => Err(error),
    };
    let error = match store {
        Ok(store) => store.links().try_collect::<Vec<_>>().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, StateError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("put back a copy"), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(folder.path()).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: this user cannot mount a small disk");
        return;
    }
    let told = async {
        let state = open(&folder.path().join("state.db")).await?;
        let store = state.owner(&owner("shop.example")).await?;
        let mut written = 0;
        let error = loop {
            let links: Vec<_> =
                (0..100).map(|number| link(&format!("{written} {number}"), "0", number)).collect();
            match store.put_links(&links).await {
                Ok(()) => written += 100,
                Err(error) => break error,
            }
        };
        let count = store.count_links().await?;
        state.close().await?;
        Ok::<_, StateError>((error, written, count))
    }
    .await;
    Command::new("umount").arg(folder.path()).status().unwrap();
    let (error, written, count) = told.unwrap();
    assert!(matches!(error, StateError::Full { .. }), "{error}");
    assert_eq!(count, written);
}

#[tokio::test]
async fn a_server_that_refuses_is_told_without_the_password() {
    let Some(place) = Place::postgres().await else { return };
    let server = cluster::server().unwrap();
    let no_database = server.url("nothing_here");
    let no_user = server.url("postgres").replace("://postgres@", "://nobody_here:s3cret@");
    let missing = "postgres://me:s3cret@localhost/db?host=/nonexistent".to_owned();
    let closed = "postgres://me:s3cret@127.0.0.1:1/db".to_owned();
    for (url, is_refused) in [(no_database, true), (no_user, true), (missing, false), (closed, false)] {
        let url = StateUrl::parse(&url).unwrap();
        let error = State::open(&url, &platform(), &Clock::system()).await.unwrap_err();
        let right = match error {
            StateError::Refused { .. } => is_refused,
            StateError::Unreachable { .. } => !is_refused,
            _ => false,
        };
        assert!(right, "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        let words = error.to_string();
        assert!(!words.contains("nobody_here") && !words.contains(" at line "), "{words}");
        assert!(
            error.to_string().contains("server") || error.to_string().contains("needs to log in"),
            "{error}"
        );
    }
    let long = Platform::new(&"a".repeat(60)).unwrap();
    let error =
        State::open(&StateUrl::parse(&place.url).unwrap(), &long, &Clock::system()).await.unwrap_err();
    assert!(matches!(error, StateError::PlatformName(_)), "{error}");
    place.end().await;
}

#[tokio::test]
async fn a_user_who_may_not_make_a_schema_may_be_given_one() {
    let Some(place) = Place::postgres().await else { return };
    if std::env::var("TEST_POSTGRES_URL").is_ok() {
        return;
    }
    let user = format!("modest_{}", std::process::id());
    place.execute(&format!("CREATE ROLE {user} LOGIN")).await;
    let url = StateUrl::parse(&place.url.replace("://postgres@", &format!("://{user}@"))).unwrap();
    let error = State::open(&url, &platform(), &Clock::system()).await.unwrap_err();
    assert!(matches!(&error, StateError::Refused { schema, .. } if schema == "state_toy_shop"), "{error}");
    place.execute(&format!("CREATE SCHEMA state_toy_shop AUTHORIZATION {user}")).await;
    let state = State::open(&url, &platform(), &Clock::system()).await.unwrap();
    state.owner(&owner("shop.example")).await.unwrap();
    state.close().await.unwrap();
    place.execute(&format!("DROP OWNED BY {user}; DROP ROLE {user}")).await;
    place.end().await;
}
