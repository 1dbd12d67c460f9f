//! TLS, by what both sides want of it.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::TryStreamExt as _;
use subiektgt_sandbox::{Column, Encryption, Options, Reply, Server, Table, Type, Value};
use tiberius::{Config, EncryptionLevel};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::client::{config, connect_with, refusal};

async fn started(encryption: Encryption) -> Server {
    let answers = |_: &str, parameters: &[Value]| {
        let rows: Vec<_> = (0..2000).flat_map(|_| parameters.to_vec()).map(|value| vec![value]).collect();
        Reply::Rows(Table::new([Column::new("text", Type::VarChar(50))], rows))
    };
    Server::start(Options { encryption, ..Options::default() }, Arc::new(answers)).await.unwrap()
}

fn trusting(server: &Server, level: EncryptionLevel) -> Config {
    let mut config = config(server);
    config.encryption(level);
    config.trust_cert();
    config
}

async fn ask(config: Config) -> tiberius::Result<()> {
    let mut client = connect_with(config).await?;
    for _ in 0..2 {
        let rows = client.query("SELECT @P1", &[&"zażółć"]).await?.into_first_result().await?;
        assert_eq!(rows.len(), 2000);
        assert!(rows.iter().all(|row| row.get::<&str, _>(0) == Some("zażółć")));
    }
    Ok(())
}

#[tokio::test]
async fn they_agree_where_they_can() {
    for (own, theirs, agree) in [
        (Encryption::NotSupported, EncryptionLevel::NotSupported, true),
        // This client takes no for an answer only where it expects it, and begins with TLS.
        (Encryption::NotSupported, EncryptionLevel::Off, false),
        (Encryption::NotSupported, EncryptionLevel::On, false),
        (Encryption::NotSupported, EncryptionLevel::Required, false),
        (Encryption::Off, EncryptionLevel::NotSupported, true),
        (Encryption::Off, EncryptionLevel::Off, true),
        (Encryption::Off, EncryptionLevel::On, true),
        (Encryption::Off, EncryptionLevel::Required, true),
        (Encryption::On, EncryptionLevel::NotSupported, false),
        (Encryption::On, EncryptionLevel::Off, true),
        (Encryption::On, EncryptionLevel::On, true),
        (Encryption::On, EncryptionLevel::Required, true),
    ] {
        let server = started(own).await;
        let asked = ask(trusting(&server, theirs)).await;
        assert_eq!(asked.is_ok(), agree, "{own:?} and {theirs:?}: {asked:?}");
        assert_eq!(server.statements().len(), if agree { 2 } else { 0 });
    }
}

/// Whether a text stands in these bytes, as the protocol writes it.
fn holds(bytes: &[u8], text: &str) -> bool {
    let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(text.len()).any(|window| window == text)
}

/// What one client said, which goes on to the server.
async fn overheard(between: TcpListener, server: SocketAddr) -> Vec<u8> {
    let (mut from_client, mut to_client) = between.accept().await.unwrap().0.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await.unwrap().into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let (mut heard, mut piece) = (Vec::new(), vec![0; 4096]);
    loop {
        let length = from_client.read(&mut piece).await.unwrap();
        if length == 0 {
            to_server.shutdown().await.unwrap();
            back.await.unwrap().unwrap();
            return heard;
        }
        heard.extend_from_slice(&piece[..length]);
        to_server.write_all(&piece[..length]).await.unwrap();
    }
}

#[tokio::test]
async fn what_they_agreed_on_is_encrypted() {
    for (own, theirs, sees_login, sees_statement) in [
        (Encryption::Off, EncryptionLevel::NotSupported, true, true),
        (Encryption::Off, EncryptionLevel::Off, false, true),
        (Encryption::Off, EncryptionLevel::On, false, false),
        (Encryption::On, EncryptionLevel::Off, false, false),
    ] {
        let server = started(own).await;
        let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = trusting(&server, theirs);
        config.port(between.local_addr().unwrap().port());
        let overheard = tokio::spawn(overheard(between, server.address()));
        ask(config).await.unwrap();
        let overheard = overheard.await.unwrap();
        assert_eq!(holds(&overheard, server.user()), sees_login, "{own:?} and {theirs:?}");
        assert_eq!(holds(&overheard, "SELECT @P1"), sees_statement, "{own:?} and {theirs:?}");
    }
}

#[tokio::test]
async fn an_encrypted_table_can_be_cut_short() {
    let answers = |_: &str, _: &[Value]| {
        let rows = (0..i32::MAX).map(|number| vec![Value::Int(number)]);
        Reply::Rows(Table::new([Column::new("id", Type::Int)], rows))
    };
    let options = Options { encryption: Encryption::On, ..Options::default() };
    let server = Server::start(options, Arc::new(answers)).await.unwrap();
    let mut client = connect_with(trusting(&server, EncryptionLevel::Required)).await.unwrap();
    for _ in 0..3 {
        let mut stream = client.simple_query("SELECT * FROM t").await.unwrap();
        for _ in 0..5000 {
            stream.try_next().await.unwrap().unwrap();
        }
        drop(stream);
        client.cancel_query().await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_under_encryption_too() {
    for (own, theirs) in [(Encryption::Off, EncryptionLevel::Off), (Encryption::On, EncryptionLevel::On)] {
        let server = started(own).await;
        let mut config = trusting(&server, theirs);
        config.authentication(tiberius::AuthMethod::sql_server(server.user(), "WRONG-PASSWORD"));
        assert_eq!(refusal(&ask(config).await.unwrap_err()), (18456, 14));
    }
}

#[tokio::test]
async fn the_authority_vouches_for_the_server() {
    let server = started(Encryption::On).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("authority.pem");
    std::fs::write(&path, server.authority().unwrap()).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let mut config = config(&server);
        config.host(host);
        config.encryption(EncryptionLevel::Required);
        config.trust_cert_ca(path.display());
        ask(config).await.unwrap();
    }
}

#[tokio::test]
async fn who_trusts_another_authority_goes_away() {
    let (server, other) = (started(Encryption::On).await, started(Encryption::On).await);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.pem");
    std::fs::write(&path, other.authority().unwrap()).unwrap();
    let mut of_another = config(&server);
    of_another.encryption(EncryptionLevel::Required);
    of_another.trust_cert_ca(path.display());
    let error = ask(of_another).await.unwrap_err();
    assert!(matches!(error, tiberius::error::Error::Tls(_)), "{error:?}");
    let mut of_nobody = config(&server);
    of_nobody.encryption(EncryptionLevel::Required);
    assert!(ask(of_nobody).await.is_err());
    assert_eq!(server.statements(), []);
}

#[tokio::test]
async fn without_encryption_there_is_no_authority() {
    assert_eq!(started(Encryption::NotSupported).await.authority(), None);
}
