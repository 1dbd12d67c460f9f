//! Pictures, through the API and by their public addresses.

use bytes::Bytes;
use http::StatusCode;

use crate::answer::{Answer, Fault};
use crate::api::{Request, warning};
use crate::picture;
use crate::render::{Format, xml_wrapped};
use crate::rows::{IMAGE_TYPES, View};

/// Side of an original picture, in pixels.
const ORIGINAL: u32 = 640;

/// The picture in a size; `None`: there is no such size.
fn draw(image: u32, size: Option<&str>, least: usize) -> Option<Bytes> {
    let (width, height, least) = match size {
        None => (ORIGINAL, ORIGINAL, least),
        Some(size) => {
            let (_, _, width, height) = IMAGE_TYPES.into_iter().find(|(_, name, ..)| *name == size)?;
            (width, height, 0)
        }
    };
    Some(Bytes::from(picture::jpeg(image, width, height, least)))
}

/// An original picture.
pub(crate) fn original(image: u32, least: usize) -> Bytes {
    draw(image, None, least).unwrap_or_default()
}

/// `/api/images...`; `path` is what follows the resource.
pub(crate) fn answer(request: &Request<'_>, view: &View<'_>, path: &[&str]) -> Answer {
    match path {
        [] => root(request, view),
        ["products"] => list(request, view),
        ["products", product] => of_product(request, view, product),
        ["products", product, image, size @ ..] => one(request, view, product, image, size.first().copied()),
        _ => request.nothing(),
    }
}

fn root(request: &Request<'_>, view: &View<'_>) -> Answer {
    if request.format == Format::Json {
        return request.without_digest(request.ok(Bytes::new(), ""));
    }
    let patch = if view.is_8() { "patch=\"false\" " } else { "" };
    let kinds =
        ["general", "products", "categories", "manufacturers", "suppliers", "stores", "customizations"];
    let base = &view.base;
    let lines = kinds.map(|kind| {
        format!(
            "<{kind} xlink:href=\"{base}/api/images/{kind}\" get=\"true\" put=\"false\" post=\"false\" {patch}\
             delete=\"false\" head=\"true\" upload_allowed_mimetypes=\"image/gif, image/jpg, image/jpeg, image/pjpeg, \
             image/png, image/webp, image/x-png\"/>\n"
        )
    });
    let inner = format!("<image_types>\n{}</image_types>\n", lines.concat());
    request.ok(xml_wrapped(&inner), Format::Xml.content_type())
}

/// The lists of pictures have no name in JSON: the key is empty, and a warning per entry makes it a 500.
fn broken_json(request: &Request<'_>, view: &View<'_>, ids: &[u32], last: Option<Fault>) -> Answer {
    if !view.options.strict_errors {
        return request.without_digest(request.ok(Bytes::new(), ""));
    }
    let warning =
        warning("Undefined array key \"objectsNodeName\"", "webservice/WebserviceOutputJSON.php", 127);
    let mut errors = vec![warning; ids.len()];
    errors.extend(last);
    let entries: Vec<String> = ids.iter().map(|id| format!("{{\"id\":\"{id}\"}}")).collect();
    let errors = crate::render::render_errors(&errors, Format::Json);
    let body = format!("{{\"\":[{}],{}", entries.join(","), errors.trim_start_matches('{'));
    request.without_digest(request.ok(body, Format::Json.content_type())).spoilt()
}

fn list(request: &Request<'_>, view: &View<'_>) -> Answer {
    let pictured = view.store.products().filter(|product| !product.images.is_empty());
    let products: Vec<u32> = pictured.map(|product| product.id).collect();
    if request.format == Format::Json {
        let types = IMAGE_TYPES.iter().map(|(id, ..)| *id);
        return broken_json(request, view, &types.chain(products).collect::<Vec<_>>(), None);
    }
    let base = &view.base;
    let types = IMAGE_TYPES.map(|(id, name, ..)| {
        format!("<image_type id=\"{id}\" name=\"{name}\" xlink:href=\"{base}/api/image_types/{id}\"/>\n")
    });
    let images: Vec<String> = products
        .iter()
        .map(|id| format!("<image id=\"{id}\" xlink:href=\"{base}/api/images/products/{id}\"/>\n"))
        .collect();
    let inner =
        format!("<image_types>\n{}</image_types>\n<images>\n{}</images>\n", types.concat(), images.concat());
    request.ok(xml_wrapped(&inner), Format::Xml.content_type())
}

fn of_product(request: &Request<'_>, view: &View<'_>, product: &str) -> Answer {
    let product =
        product.parse().ok().and_then(|id| view.product(id)).filter(|product| !product.images.is_empty());
    let Some(product) = product else { return request.nothing() };
    let id = product.id;
    if request.format == Format::Json {
        let ids: Vec<u32> = std::iter::once(id).chain(product.images.iter().copied()).collect();
        let last = Fault(61, "This image does not exist on disk".to_owned());
        return broken_json(request, view, &ids, Some(last));
    }
    let base = &view.base;
    let lines: Vec<String> = product
        .images
        .iter()
        .map(|image| {
            format!("<declination id=\"{image}\" xlink:href=\"{base}/api/images/products/{id}/{image}\"/>\n")
        })
        .collect();
    let inner = format!("<image id=\"{id}\">\n{}</image>\n", lines.concat());
    request.ok(xml_wrapped(&inner), Format::Xml.content_type())
}

fn one(request: &Request<'_>, view: &View<'_>, product: &str, image: &str, size: Option<&str>) -> Answer {
    let Some(product) = product.parse().ok().and_then(|id| view.product(id)) else {
        return request.nothing();
    };
    let wrong = |code, message: &str| {
        request.without_digest(request.refuse(StatusCode::BAD_REQUEST, &[Fault(code, message.to_owned())]))
    };
    let image = image.parse().ok().filter(|image| product.images.contains(image));
    let Some(image) = image else { return wrong(57, "This image id does not exist") };
    match draw(image, size.filter(|size| !size.is_empty()), view.options.picture_bytes) {
        Some(picture) => request.ok(picture, "image/jpeg"),
        None => wrong(58, "This image type does not exist"),
    }
}

/// `/12-home_default/x.jpg`, `/12/x.jpg` and `/img/p/1/2/12.jpg`; `None`: the path is none of a picture that there is.
pub(crate) fn public(view: &View<'_>, path: &str) -> Option<Answer> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (name, size) = match parts.as_slice() {
        ["img", "p", digits @ .., file] => {
            let name = file.strip_suffix(".jpg")?;
            let (id, size) = split_size(name);
            (digits.concat() == id).then_some((id, size))?
        }
        [name, file] if file.ends_with(".jpg") => split_size(name),
        _ => return None,
    };
    let image: u32 = name.parse().ok()?;
    let product = view.product(view.store.product_of_image(image)?)?;
    let there = product.images.contains(&image);
    let picture = draw(image, size, view.options.picture_bytes).filter(|_| there)?;
    Some(Answer::file(picture, "image/jpeg"))
}

/// An id, and behind a hyphen a size.
fn split_size(name: &str) -> (&str, Option<&str>) {
    name.split_once('-').map_or((name, None), |(id, size)| (id, Some(size)))
}
