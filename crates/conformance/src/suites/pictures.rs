//! Pictures.

use std::collections::BTreeMap;

use connector::{ImageError, Item, Scope};
use gateway_core::model::ImageRef;
use http::StatusCode;
use transport::Request;

use crate::arena::Arena;
use crate::detour::{Answer, Call, ENDLESS, Road};
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::Catalogue;
use crate::judge::product_of;
use crate::tour::is_picture;

/// What a picture is answered with.
type Trouble = fn() -> Answer;

pub(super) async fn had(arena: &Arena<'_>) -> Verdict {
    let catalogue = arena.hold(Catalogue::varied());
    arena.road.begin_plain();
    let platform = arena.open()?;
    let reading = arena.read(&*platform, Scope::All).await?;
    let images = by_key(arena, &catalogue, &reading.items)?;
    ensure(!images.is_empty(), || "no product came with a picture".to_owned())?;
    for (key, image) in &images {
        let picture = platform.image(image).await.map_err(|error| {
            Finding::new(format!("picture {key} ({}) cannot be had: {error}", image.identity()))
        })?;
        is_picture(arena, *key, &picture).await?;
        if let Some(address) = image.public_url() {
            let answer = arena.transport()?.send(&Request::get(address.clone())).await;
            let bytes = answer.map(|answer| answer.body().to_vec()).unwrap_or_default();
            ensure(bytes == arena.shop.picture(*key), || {
                format!("at its public address {address} picture {key} is not to be had")
            })?;
        }
    }
    // Elsewhere nobody knows how a shop says that it has no picture.
    let Road::Http(detour) = &arena.road else { return Ok(()) };
    let Some((key, image)) = images.first_key_value() else { return Ok(()) };
    let troubles: [(&str, Trouble); 3] = [
        ("404", || Answer::bare(StatusCode::NOT_FOUND)),
        ("a page of HTML", || Answer::bare(StatusCode::OK).with("text/html", "<html>Not here</html>")),
        ("nothing at all", || Answer::bare(StatusCode::OK)),
    ];
    for (what, trouble) in troubles {
        detour.begin(ENDLESS, move |call: &Call, own| Some(if call.is_picture { trouble() } else { own }));
        let result = platform.image(image).await;
        let is_told = matches!(
            (what, &result),
            (_, Err(ImageError::Missing(_) | ImageError::Picture(_))) | ("404", Err(ImageError::Refused(_)))
        );
        ensure(is_told, || {
            let result = result.map(|picture| picture.len());
            format!("picture {key} is answered with {what}, and that is told as {result:?}")
        })?;
    }
    Ok(())
}

/// The picture of each key, as it came.
fn by_key(
    arena: &Arena<'_>,
    catalogue: &Catalogue,
    items: &[Item],
) -> Result<BTreeMap<u32, ImageRef>, Finding> {
    let mut images = BTreeMap::new();
    for product in &catalogue.products {
        for variant in &product.variants {
            let shown = if variant.pictures.is_empty() { &product.pictures } else { &variant.pictures };
            let (id, variant_id) = arena.shop.ids(product.key, variant.key);
            let came = items.iter().find_map(|item| match item {
                Item::Product(came, _) if product_of(item) == id => {
                    came.variants().iter().find(|came| came.id.as_str() == variant_id)
                }
                _ => None,
            });
            let Some(came) = came else {
                return Err(Finding::new(format!("variant {variant_id} of product {id} did not come")));
            };
            images.extend(shown.iter().copied().zip(came.images.iter().cloned()));
        }
    }
    Ok(images)
}
