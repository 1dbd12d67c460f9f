//! Who may log in.

use subiektgt_sandbox::{Reply, Server};
use tiberius::AuthMethod;

use crate::client::{config, connect_with, refusal, server};

async fn quiet() -> Server {
    server(|_: &str, _: &[_]| Reply::Done).await
}

#[tokio::test]
async fn the_right_password_opens() {
    let server = quiet().await;
    let mut client = connect_with(config(&server)).await.unwrap();
    client.simple_query("SET LOCK_TIMEOUT 5000").await.unwrap().into_results().await.unwrap();
    assert_eq!(server.statements()[0].sql, "SET LOCK_TIMEOUT 5000");
}

#[tokio::test]
async fn names_are_known_in_any_case() {
    let server = quiet().await;
    let mut config = config(&server);
    config.authentication(AuthMethod::sql_server("SandBox", server.password()));
    config.database("SANDBOX");
    connect_with(config).await.unwrap();
}

#[tokio::test]
async fn who_names_no_database_gets_that_of_the_login() {
    let server = quiet().await;
    let mut config = tiberius::Config::new();
    config.port(server.address().port());
    config.authentication(AuthMethod::sql_server(server.user(), server.password()));
    config.encryption(tiberius::EncryptionLevel::NotSupported);
    connect_with(config).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let server = quiet().await;
    for (user, password) in [
        (server.user(), "WRONG-PASSWORD"),
        ("nobody", server.password()),
        (server.user(), ""),
        (server.user(), "fake-password"),
        (server.user(), "Zażółć \u{1F511}"),
    ] {
        let mut config = config(&server);
        config.authentication(AuthMethod::sql_server(user, password));
        let error = connect_with(config).await.err().unwrap();
        assert_eq!(refusal(&error), (18456, 14));
        assert!(error.to_string().contains(&format!("Login failed for user '{user}'.")), "{error}");
    }
    assert_eq!(server.statements(), []);
}

#[tokio::test]
async fn an_unknown_database_is_refused() {
    let server = quiet().await;
    let mut config = config(&server);
    config.database("Nowhere");
    let error = connect_with(config).await.err().unwrap();
    assert_eq!(refusal(&error), (4060, 11));
    assert!(error.to_string().contains("Cannot open database \"Nowhere\""), "{error}");
}
