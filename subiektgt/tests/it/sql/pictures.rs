//! Pictures that stand in the database.

use connector::{ImageError, Item};
use futures::StreamExt as _;
use gateway_core::model::ImageRef;
use subiektgt_sandbox::{Good, Picture};

use super::{JPEG, Office};

fn picture(id: i32, bytes: &[u8]) -> Picture {
    Picture { id, good: 1, bytes: bytes.to_vec(), ..Picture::default() }
}

async fn with(pictures: impl IntoIterator<Item = Picture>) -> Office {
    let office = Office::new().await;
    office.put(Good::new(1, "A", "Towar"));
    pictures.into_iter().for_each(|picture| office.firm.put_picture(picture));
    office
}

async fn images(office: &Office) -> Vec<ImageRef> {
    office.only().await.variants()[0].images.clone()
}

#[tokio::test]
async fn pictures_come_with_the_main_one_first_and_can_be_had() {
    let second = [JPEG, b"another"].concat();
    let office =
        with([picture(3, JPEG), Picture { is_main: true, ..picture(5, &second) }, picture(4, b"\x89PNG...")])
            .await;
    let images = images(&office).await;
    assert_eq!(images.iter().map(ImageRef::location).collect::<Vec<_>>(), ["5", "3", "4"]);
    let came = office.open(&[]).image(&images[0]).await.unwrap();
    let bytes: Vec<u8> = came.stream().map(|part| part.unwrap().to_vec()).concat().await;
    assert_eq!(bytes, second);
}

#[tokio::test]
async fn a_picture_is_another_one_when_its_content_is() {
    let office = with([picture(3, JPEG)]).await;
    let before = images(&office).await;
    assert_eq!(images(&office).await, before);
    let mut changed = JPEG.to_vec();
    *changed.last_mut().unwrap() = b'!';
    office.firm.put_picture(picture(3, &changed));
    let after = images(&office).await;
    assert_ne!(after[0].identity(), before[0].identity(), "as long, with no check sum");
    office.firm.put_picture(Picture { crc: Some(-7), ..picture(3, &changed) });
    assert_ne!(images(&office).await[0].identity(), after[0].identity());
}

#[tokio::test]
async fn what_is_no_picture_to_be_sent_is_left_out_with_a_warning() {
    let office = with([
        picture(1, b"BM a bitmap"),
        picture(2, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        picture(3, b"{\\rtf1 text}"),
        picture(4, b""),
        picture(5, b"text"),
        picture(6, b"GIF89a..."),
    ])
    .await;
    let (product, warnings) = office.products().await.remove(0);
    assert_eq!(product.variants()[0].images.len(), 1);
    let warnings: Vec<String> = warnings.into_iter().map(|warning| warning.what).collect();
    insta::assert_debug_snapshot!(warnings);
}

#[tokio::test]
async fn a_picture_that_is_too_large_is_not_asked_for() {
    let mut large = JPEG.to_vec();
    large.resize(20 * 1024 * 1024 + 1, 0);
    let office = with([picture(1, &large)]).await;
    let (product, warnings) = office.products().await.remove(0);
    assert!(product.variants()[0].images.is_empty() && warnings[0].what.contains("20 MiB"), "{warnings:?}");
    large.truncate(20 * 1024 * 1024);
    office.firm.put_picture(picture(1, &large));
    let image = images(&office).await.remove(0);
    assert_eq!(office.open(&[]).image(&image).await.unwrap().len(), 20 * 1024 * 1024);
}

#[tokio::test]
async fn a_picture_that_is_gone_is_told() {
    let office = with([picture(1, JPEG)]).await;
    let platform = office.open(&[]);
    let items = super::items(&*platform).await.unwrap();
    let [Item::Product(product, _), _] = items.as_slice() else { panic!("{items:?}") };
    office.firm.remove_picture(1);
    let error = platform.image(&product.variants()[0].images[0]).await.unwrap_err();
    assert!(matches!(&error, ImageError::Missing(_)), "{error:?}");
    office.firm.deny("tw_ZdjecieTw");
    let error = platform.image(&product.variants()[0].images[0]).await.unwrap_err();
    assert!(matches!(&error, ImageError::Refused(what) if what.contains("tw_ZdjecieTw")), "{error:?}");
}
