//! No secret in any output at any level.

use std::io::Write;
use std::sync::{Arc, Mutex};

use gateway_core::token::{ShopGuid, SigningKey, sign};
use sandbox::gateway::{Fault, Gateway as Sandbox};
use secrecy::ExposeSecret as _;
use tracing_subscriber::fmt::MakeWriter;
use transport::Method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::client_calls::picture;
use crate::client_support::{KEY, SHOP, client_of, item, options, settings};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn token() -> String {
    let key = SigningKey::from_base64(&KEY.into()).unwrap();
    sign(ShopGuid::parse(SHOP).unwrap(), &key).unwrap().expose_secret().to_owned()
}

/// Every call and every fault, at the most talkative level of every library. The sandbox runs in a thread of its own,
/// where nothing is captured: what it says is not the client's.
#[test]
fn nothing_that_is_captured_holds_the_key_or_the_token() {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::start(options()).await.unwrap();
            for fault in
                [Fault::ServerError, Fault::Drop, Fault::TooMany, Fault::LostAnswer, Fault::DoneButError]
            {
                for method in [Method::POST, Method::GET, Method::PUT] {
                    sandbox.script(method, "/", [fault, Fault::Pass]);
                }
            }
            // A service that quotes the whole request in its error.
            let quoting = MockServer::start().await;
            Mock::given(wiremock::matchers::any())
                .respond_with(|request: &Request| {
                    ResponseTemplate::new(400).set_body_json(serde_json::json!({
                        "message": format!("bad request: {:?}", request.headers),
                    }))
                })
                .mount(&quoting)
                .await;
            tell.send((sandbox.url(), quoting.uri())).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let (sandbox, quoting) = told.recv().unwrap();

    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .with_ansi(false)
        .finish();
    // With one dispatcher only, other tests' threads could switch off for all what is traced here for the first time.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    tracing::subscriber::with_default(subscriber, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for url in [sandbox.as_str(), quoting.as_str(), "http://127.0.0.1:1/"] {
                let client = client_of(url, &crate::client_support::test_clock());
                tracing::info!("{client:?} {:?}", settings(url));
                for _ in 0..2 {
                    let picture = picture(100).await;
                    tracing::info!("{:?}", client.create(&[item("12", "3")]).await);
                    tracing::info!("{:?}", client.newest().await);
                    tracing::info!("{:?}", client.create_family_tag("T").await);
                    tracing::info!("{:?}", client.category_tree().await);
                    tracing::info!("{:?}", client.upload(&picture, "p").await);
                    if let Err(error) = client.tags().await {
                        tracing::info!("{error} {error:?}");
                    }
                }
            }
        });
    });

    let output = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    for sign_of_life in ["bad request", "authorization", "***", "hyper", "Connection refused", "trying again"]
    {
        assert!(output.contains(sign_of_life), "{sign_of_life:?} was not captured");
    }
    let token = token();
    let signature = token.rsplit('.').next().unwrap();
    for secret in [KEY, KEY.trim_end_matches('='), "sandbox signing key", &token, signature] {
        let line = output.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret was shown");
    }
}
