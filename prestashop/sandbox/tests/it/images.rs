//! Pictures.

use prestashop_sandbox::{Options, Shop, special};

use crate::client::{get, options, start};

#[tokio::test]
async fn a_picture_has_many_addresses() {
    let shop = start().await;
    let cover = shop.truth_of(special::MANY_PICTURES)[0].images[0];
    let original = get(&shop, &format!("/api/images/products/{}/{cover}", special::MANY_PICTURES)).await;
    assert_eq!(original.status, 200, "through the API");
    assert_eq!(original.body, shop.picture(cover), "the bytes that the handle tells");
    let digits: Vec<String> = cover.to_string().chars().map(String::from).collect();
    for path in [format!("/{cover}/x.jpg"), format!("/img/p/{}/{cover}.jpg", digits.join("/"))] {
        let public = get(&shop, &path).await;
        assert_eq!((public.status.as_u16(), &public.body), (200, &original.body), "{path}");
        assert!(public.header("etag").is_some(), "{path} has an ETag");
    }
    let small = get(&shop, &format!("/{cover}-home_default/x.jpg")).await;
    assert!(small.status == 200 && small.body != original.body, "another size is another file");
    for path in ["/9999/x.jpg", "/1-nosuch_default/x.jpg", "/img/p/2/1.jpg", "/favicon.ico"] {
        assert_eq!(get(&shop, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn pictures_are_jpegs_of_their_own() {
    let shop = start().await;
    let (one, other) = (shop.picture(1), shop.picture(2));
    assert_ne!(one, other, "two pictures");
    for picture in [&one, &other] {
        assert!(
            picture.starts_with(&[0xFF, 0xD8, 0xFF]) && picture.ends_with(&[0xFF, 0xD9]),
            "start and end marks"
        );
    }
    let large = Shop::start(Options { picture_bytes: 1 << 20, ..options() }).await.unwrap();
    assert!(large.picture(1).len() > 1 << 20, "{} bytes", large.picture(1).len());
}

#[tokio::test]
async fn pictures_of_others_and_of_nothing_are_refused() {
    let shop = start().await;
    let of_mug = shop.truth_of(special::MUG)[0].images[0];
    assert_eq!(
        get(&shop, &format!("/api/images/products/1/{of_mug}")).await.status,
        400,
        "of another product"
    );
    let path = format!("/api/images/products/{}", special::PICTURELESS);
    let none = get(&shop, &path).await;
    assert_eq!((none.status.as_u16(), none.body.len()), (404, 0), "of a product without any");
}
