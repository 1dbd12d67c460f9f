//! How a server is found and logged in to, and what is said where it is not.

use std::net::TcpListener;

use connector::{Common, PlatformError};
use subiektgt_sandbox::{Encryption, Options};

use super::{Office, open};

/// What is said of settings that lead nowhere.
async fn refused(office: &Office, more: &[(&'static str, &str)]) -> PlatformError {
    office.open(more).check().await.unwrap_err()
}

fn hides_port(error: &PlatformError, office: &Office) -> String {
    format!("{error:#?}").replace(&office.server.address().port().to_string(), "PORT")
}

#[tokio::test]
async fn a_login_or_a_database_that_is_wrong_is_named_and_not_tried_again() {
    let office = Office::new().await;
    let mut told = Vec::new();
    let elsewhere = format!("{}/Inna", office.server.address());
    for more in [
        ("SUBIEKTGT_SQL_PASSWORD", "FAKE-WRONG"),
        ("SUBIEKTGT_SQL_USER", "nikt"),
        ("SUBIEKTGT_SQL", elsewhere.as_str()),
    ] {
        let platform = office.open(&[more]);
        let error = platform.check().await.unwrap_err();
        assert!(matches!(error, PlatformError::Settings { .. }), "{error:?}");
        assert_eq!(platform.requests(), 0, "no statement is sent");
        told.push(hides_port(&error, &office));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn the_key_of_a_firm_is_the_name_of_its_database() {
    let office = Office::new().await;
    let platform = office.open(&[]);
    assert_eq!(platform.name().unwrap().shop.as_str(), "sandbox");
    let shop_key = gateway_core::model::ShopKey::named("5250000000").ok();
    let named = open(&office.given(&[]), &Common { shop_key, ..Common::default() }).unwrap();
    assert_eq!(named.name().unwrap().shop.as_str(), "5250000000");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let office = Office::new().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refused(&office, &[("SUBIEKTGT_SQL", &format!("{free}/Firma"))]).await;
    assert!(
        matches!(&error, PlatformError::Failed { what } if what.contains(&free.to_string())),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_with_a_certificate_is_verified_by_its_authority() {
    let office = Office::with(Options { encryption: Encryption::On, ..Options::default() }).await;
    let folder = tempfile::TempDir::new().unwrap();
    let (ca, other) = (folder.path().join("urzad.txt"), folder.path().join("inny.pem"));
    std::fs::write(&ca, office.server.authority().unwrap()).unwrap();
    let verified = [("SUBIEKTGT_SQL_ENCRYPT", "verify"), ("SUBIEKTGT_SQL_CA", ca.to_str().unwrap())];
    assert!(office.open(&verified).check().await.is_ok());
    assert!(office.open(&[("SUBIEKTGT_SQL_ENCRYPT", "trust")]).check().await.is_ok());
    // Another's authority, no authority, no encryption: each is refused with a word on what could be set.
    let stranger = Office::with(Options { encryption: Encryption::On, ..Options::default() }).await;
    std::fs::write(&other, stranger.server.authority().unwrap()).unwrap();
    let mut told = Vec::new();
    for more in [
        &[("SUBIEKTGT_SQL_ENCRYPT", "verify"), ("SUBIEKTGT_SQL_CA", other.to_str().unwrap())][..],
        &[("SUBIEKTGT_SQL_ENCRYPT", "verify")],
        &[("SUBIEKTGT_SQL_ENCRYPT", "off")],
    ] {
        let error = refused(&office, more).await;
        let PlatformError::Settings { what, hint } = &error else { panic!("{more:?}: {error:?}") };
        assert!(hint.contains("SUBIEKTGT_SQL_ENCRYPT is") && hint.contains("trust"), "{what}: {hint}");
        told.push(what.replace(&office.server.address().port().to_string(), "PORT"));
    }
    insta::assert_debug_snapshot!(told);
    std::fs::write(&other, "no certificate").unwrap();
    let error = refused(
        &office,
        &[("SUBIEKTGT_SQL_ENCRYPT", "verify"), ("SUBIEKTGT_SQL_CA", other.to_str().unwrap())],
    )
    .await;
    assert!(
        matches!(&error, PlatformError::Settings { what, .. } if what.contains("no certificate in PEM")),
        "{error:?}"
    );
    let missing = [("SUBIEKTGT_SQL_ENCRYPT", "verify"), ("SUBIEKTGT_SQL_CA", "/nie/ma.pem")];
    let error = refused(&office, &missing).await;
    assert!(
        matches!(&error, PlatformError::Settings { hint, .. } if hint.contains("SUBIEKTGT_SQL_CA")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_without_encryption_is_not_spoken_to_in_clear_unless_somebody_says_so() {
    let office = Office::new().await;
    for told in ["verify", "trust"] {
        let error = refused(&office, &[("SUBIEKTGT_SQL_ENCRYPT", told)]).await;
        let PlatformError::Settings { what, hint } = &error else { panic!("{told}: {error:?}") };
        assert!(hint.contains("off"), "{what}: {hint}");
        assert!(office.server.statements().is_empty());
    }
}

#[tokio::test]
async fn an_instance_is_found_by_the_browser_of_its_host_or_named_in_what_is_said() {
    let office = Office::new().await;
    // Nobody answers at the port of the browser of this machine, unless there is one, which does not know this instance.
    let error = refused(&office, &[("SUBIEKTGT_SQL", r"127.0.0.1\NIEMA/Sandbox")]).await;
    let PlatformError::Failed { what } = &error else { panic!("{error:?}") };
    assert!(what.contains("NIEMA"), "{what}");
}
