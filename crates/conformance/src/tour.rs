//! Everything that a platform can be asked for, once.

use std::collections::BTreeSet;

use connector::{ImageError, Item, PlatformError, Scope};
use futures::StreamExt as _;
use gateway_core::model::{ImageRef, ProductId};
use gateway_core::picture::Picture;

use crate::arena::Arena;
use crate::finding::{Finding, Verdict, ensure};
use crate::goods::{Catalogue, Tongue};
use crate::judge::{Judge, product_of};

/// How a tour ended. What was told before its end was right: what is not is a finding.
#[derive(Debug)]
pub(crate) enum Toured {
    /// At its end.
    Done,
    /// The shop failed.
    Failed(PlatformError),
    /// A picture could not be had.
    NoPicture(ImageError),
}

/// Checks the shop, reads its categories, all its products, one of them by its id, and a picture.
pub(crate) async fn tour(arena: &Arena<'_>, catalogue: &Catalogue) -> Result<Toured, Finding> {
    let platform = arena.open()?;
    if let Err(error) = platform.check().await {
        return Ok(Toured::Failed(error));
    }
    let tree = match platform.categories().await {
        Ok(tree) => tree,
        Err(error) => return Ok(Toured::Failed(error)),
    };
    let judge = Judge::new(catalogue, &*arena.shop).within(Tongue::Default, &tree);
    judge.categories(&tree)?;
    let reading = arena.read(&*platform, Scope::All).await?;
    if let Err(error) = reading.end {
        return Ok(Toured::Failed(error));
    }
    judge.everything(&reading)?;
    if platform.abilities().native.products
        && let Some(first) = catalogue.products.first()
    {
        let id = ProductId::new(&judge.product_id(first)).map_err(|error| Finding::new(error.to_string()))?;
        let chosen = arena.read(&*platform, Scope::Products(vec![id])).await?;
        if let Err(error) = chosen.end {
            return Ok(Toured::Failed(error));
        }
        let others: BTreeSet<u32> = catalogue.products.iter().skip(1).map(|product| product.key).collect();
        judge.all_but(&others, &chosen).map_err(|finding| finding.at("asked for by its id"))?;
    }
    let Some((key, image)) = first_picture(arena, catalogue, &reading.items) else { return Ok(Toured::Done) };
    match platform.image(&image).await {
        Ok(picture) => {
            is_picture(arena, key, &picture).await?;
            Ok(Toured::Done)
        }
        Err(error) => Ok(Toured::NoPicture(error)),
    }
}

/// A tour that must come to its end.
pub(crate) async fn whole_tour(arena: &Arena<'_>, catalogue: &Catalogue) -> Verdict {
    match tour(arena, catalogue).await? {
        Toured::Done => Ok(()),
        Toured::Failed(error) => Err(Finding::new(format!("the shop could not be read: {error}"))),
        Toured::NoPicture(error) => Err(Finding::new(format!("a picture could not be had: {error}"))),
    }
}

/// The first picture of the first product that has one.
fn first_picture(arena: &Arena<'_>, catalogue: &Catalogue, items: &[Item]) -> Option<(u32, ImageRef)> {
    let product =
        catalogue.products.iter().find(|product| product.is_simple() && !product.pictures.is_empty())?;
    let id = Judge::new(catalogue, &*arena.shop).product_id(product);
    let came = items.iter().find(|item| product_of(item) == id)?;
    let Item::Product(came, _) = came else { return None };
    Some((*product.pictures.first()?, came.variants().first()?.images.first()?.clone()))
}

/// Whether a picture is what the shop has under this key.
pub(crate) async fn is_picture(arena: &Arena<'_>, key: u32, picture: &Picture) -> Verdict {
    let mut bytes = Vec::new();
    let mut parts = picture.stream();
    while let Some(part) = parts.next().await {
        bytes.extend_from_slice(&part.map_err(|error| Finding::new(error.to_string()))?);
    }
    ensure(bytes == arena.shop.picture(key), || {
        format!("picture {key} came as {} bytes that are not its own", bytes.len())
    })
}

/// Every question of a tour, in the order in which they are asked first.
pub(crate) async fn questions(arena: &Arena<'_>, catalogue: &Catalogue) -> Result<Vec<String>, Finding> {
    arena.road.begin_plain();
    whole_tour(arena, catalogue).await?;
    let mut asked: Vec<String> = Vec::new();
    for call in arena.http()?.calls() {
        let question = call.question();
        if !asked.contains(&question) {
            asked.push(question);
        }
    }
    Ok(asked)
}
