use std::path::Path;

use state::{StateUrl, StateUrlError};

fn file(text: &str) -> String {
    StateUrl::parse(text).unwrap().as_file().unwrap().display().to_string()
}

fn error(text: &str) -> StateUrlError {
    StateUrl::parse(text).unwrap_err()
}

#[test]
fn names_a_file() {
    assert_eq!(file("sqlite:///srv/state.db"), "/srv/state.db");
    assert_eq!(file(" sqlite:///srv/state.db?mode=rwc\n"), "/srv/state.db");
    assert_eq!(file("sqlite://state.db"), "state.db");
    assert_eq!(file("sqlite:state.db"), "state.db");
    assert_eq!(file("sqlite:///srv/my%20shop%3F.db"), "/srv/my shop?.db");
    assert_eq!(StateUrl::file(Path::new("/srv/a b?.db")).as_file(), Some(Path::new("/srv/a b?.db")));
}

#[test]
fn is_refused_with_the_way_to_write_it() {
    assert_eq!(error(""), StateUrlError::Empty);
    assert!(error("/srv/state.db").to_string().contains("write sqlite:///srv/state.db,"));
    let here = std::env::current_dir().unwrap();
    let whole = format!("write sqlite://{},", here.join("new state.db").display());
    assert!(error("new state.db").to_string().contains(&whole), "{}", error("new state.db"));
    for text in ["~/state.db", "~me/state.db", "sqlite://~/state.db"] {
        assert_eq!(error(text), StateUrlError::Home, "{text}");
    }
    for odd in ["/srv/100%/new?.db", "/srv/a b.db"] {
        let StateUrlError::NoScheme(written) = error(odd) else { panic!("{odd}") };
        assert_eq!(file(&written), odd);
    }
    assert_eq!(error("mysql://host/state"), StateUrlError::Scheme("mysql://".to_owned()));
    assert_eq!(error("sqlite://"), StateUrlError::NoFile);
    assert_eq!(error("sqlite:///srv/"), StateUrlError::NoFile);
    assert_eq!(error("sqlite::memory:"), StateUrlError::InMemory);
    assert_eq!(error("sqlite://x?mode=memory"), StateUrlError::InMemory);
    assert_eq!(error("sqlite:///srv/state.db?mode=ro"), StateUrlError::Parameter("mode=ro".to_owned()));
    assert_eq!(error("postgres://user:p@ss:word@host:port/database"), StateUrlError::Postgres);
}

#[test]
fn never_shows_a_password() {
    let url = StateUrl::parse("postgres://me:s3cret@db.example:5433/shops?sslmode=require&password=s3cret")
        .unwrap();
    assert_eq!(url.to_string(), "postgres://db.example:5433/shops");
    assert_eq!(format!("{url:?}"), "StateUrl(postgres://db.example:5433/shops)");
    assert_eq!(url.as_file(), None);
    for text in [
        "postgres://me:s3cret@db.example:99999/shops",
        "postgres://me:s3cret@db.example/shops?sslmode=s3cret",
        "me:s3cret@db.example/shops",
        "https://me:s3cret@db.example/shops",
        "sqlite://me:s3cret@db/",
    ] {
        let error = error(text);
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }
}
