//! Pictures, fetched with the key.

use gateway_core::model::ImageRef;
use wiremock::matchers::{header_exists, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::shop::{common, open};

#[tokio::test]
async fn a_picture_is_fetched_by_its_products_id_and_its_own() {
    let server = MockServer::start().await;
    let jpeg = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &[7; 500]].concat();
    Mock::given(path("/api/images/products/6/12"))
        .and(header_exists("authorization"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(jpeg.clone()))
        .mount(&server)
        .await;
    let shop = open(&server.uri(), &[], &common());
    let image = ImageRef::new("12", None).unwrap().located_at("6/12");
    assert_eq!(shop.image(&image).await.unwrap().len(), jpeg.len() as u64);
}

#[tokio::test]
async fn a_picture_that_is_not_there_or_none_is_told() {
    for (answer, says) in [
        (ResponseTemplate::new(400).set_body_string("code 57"), "400"),
        (ResponseTemplate::new(404), "404"),
        (ResponseTemplate::new(200).set_body_string("<html>an error page"), "no JPEG"),
        (ResponseTemplate::new(200), "empty"),
    ] {
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
        let shop = open(&server.uri(), &[], &common());
        let image = ImageRef::new("12", None).unwrap().located_at("6/12");
        let error = shop.image(&image).await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
