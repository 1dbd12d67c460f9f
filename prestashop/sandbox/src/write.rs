//! Writing stock: `PUT` and `PATCH` of `stock_availables`.

use http::StatusCode;

use crate::answer::{Answer, Fault};
use crate::api::{Request, warning};
use crate::catalogue::Store;
use crate::query::integer;
use crate::render::{Sheet, render};
use crate::rows::View;
use crate::{Options, schema};

/// The fields without which a `PUT` is refused, in the order in which they are missed.
const REQUIRED: [&str; 7] = [
    "id_product",
    "id_product_attribute",
    "id_shop",
    "id_shop_group",
    "quantity",
    "depends_on_stock",
    "out_of_stock",
];

/// What is to be written to a row.
struct Entity {
    id: u32,
    fields: Vec<(String, String)>,
}

impl Entity {
    fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Writes, and answers the rows as they are then. The id in the body decides, not the one in the path.
pub(crate) fn stock(
    request: &Request<'_>,
    body: &[u8],
    whole: bool,
    options: &Options,
    store: &mut Store,
    base: &str,
) -> Answer {
    let entities = match parse(body, options.strict_errors) {
        Ok(entities) => entities,
        Err(faults) => return request.refuse(StatusCode::INTERNAL_SERVER_ERROR, &faults),
    };
    let mut written = Vec::new();
    for fields in entities {
        let id = fields.iter().find(|(name, _)| name == "id").map_or(0, |(_, id)| integer(id));
        if id == 0 {
            let message = "id is required when modifying a resource".to_owned();
            return request.refuse(StatusCode::BAD_REQUEST, &[Fault(90, message)]);
        }
        written.push(Entity { id: u32::try_from(id).unwrap_or(0), fields });
    }
    let known = |row: u32| row_of(store, row).is_some();
    if !written.iter().all(|entity| known(entity.id)) {
        return request.refuse(StatusCode::NOT_FOUND, &[Fault(92, "Invalid ID".to_owned())]);
    }
    for entity in &written {
        // One after the other: those before a wrong one stay written.
        if let Err(fault) = save(entity, whole, store) {
            return request.refuse(StatusCode::BAD_REQUEST, &[fault]);
        }
    }
    let forgot = whole && written.iter().any(|entity| entity.field("location").is_none());
    let unset = if forgot { vec!["location"] } else { Vec::new() };
    show(request, &written, unset, options, store, base)
}

/// Product and combination of a stock row.
fn row_of(store: &Store, row: u32) -> Option<(u32, u32)> {
    let product = store.product(store.product_of_stock(row)?)?;
    let (_, combination, _) = product.stock_rows().find(|(id, ..)| *id == row)?;
    Some((product.id, combination))
}

fn save(entity: &Entity, whole: bool, store: &mut Store) -> Result<(), Fault> {
    if whole && let Some(missing) = REQUIRED.into_iter().find(|name| entity.field(name).is_none()) {
        return Err(Fault(41, format!("parameter \"{missing}\" required")));
    }
    let owner = row_of(store, entity.id);
    let says = |name: &str, is: u32| entity.field(name).is_none_or(|value| integer(value) == i64::from(is));
    if let Some((product, combination)) = owner
        && !(says("id_product", product) && says("id_product_attribute", combination))
    {
        let message = "Validation error: \"a stock row cannot move to another product\"";
        return Err(Fault(85, message.to_owned()));
    }
    if let Some(quantity) = entity.field("quantity") {
        store.set_level(entity.id, level(quantity)?);
    }
    Ok(())
}

/// A whole number of 32 bits.
fn level(quantity: &str) -> Result<i64, Fault> {
    let wrong = |what: &str| Fault(85, format!("Validation error: \"{what}\""));
    if quantity.is_empty() {
        return Err(wrong("Property StockAvailable-&gt;quantity is empty."));
    }
    let level = integer(quantity);
    if level.to_string() == quantity && i32::try_from(level).is_ok() {
        return Ok(level);
    }
    if i32::try_from(level).is_ok()
        && quantity.starts_with(|first: char| first.is_ascii_digit() || first == '-')
    {
        return Err(wrong("Property StockAvailable-&gt;quantity is not valid"));
    }
    Err(wrong(&format!(
        "The range of property StockAvailable-&gt;quantity is currently {level}. \
         It must be between -2147483648 and 2147483647."
    )))
}

/// The entities of a body: whatever stands directly below the root, with what stands directly below that.
fn parse(body: &[u8], strict: bool) -> Result<Vec<Vec<(String, String)>>, Vec<Fault>> {
    let text = String::from_utf8_lossy(body);
    let fault = |text: &str| {
        let message = format!(
            "XML error : String could not be parsed as XML\nXML length : {}\nOriginal XML : {text}",
            text.len()
        );
        Fault(127, message)
    };
    let document = roxmltree::Document::parse(&text).map_err(|error| {
        let warned = strict && !text.is_empty();
        let message = format!("SimpleXMLElement::__construct(): Entity: parser error : {error}");
        let warnings = warned.then(|| warning(&message, "webservice/WebserviceRequest.php", 1544));
        warnings.into_iter().chain([fault(&text)]).collect::<Vec<_>>()
    })?;
    let elements = |node: roxmltree::Node<'_, '_>| {
        let fields = node.children().filter(roxmltree::Node::is_element);
        fields.map(|field| (field.tag_name().name().to_owned(), content(field))).collect()
    };
    Ok(document.root_element().children().filter(roxmltree::Node::is_element).map(elements).collect())
}

/// All text directly in an element.
fn content(node: roxmltree::Node<'_, '_>) -> String {
    node.children().filter_map(|child| child.text()).collect()
}

fn show(
    request: &Request<'_>,
    written: &[Entity],
    unset: Vec<&'static str>,
    options: &Options,
    store: &Store,
    base: &str,
) -> Answer {
    let Some(resource) = schema::find("stock_availables") else { return Answer::fatal() };
    let view = View::new(options, store, base.to_owned(), Vec::new());
    let rows: Vec<_> = written.iter().filter_map(|entity| view.row(resource, entity.id)).collect();
    let sheet = Sheet {
        view: &view,
        resource,
        fields: Some(resource.fields(options.version).collect()),
        prices: Vec::new(),
        associations: true,
        language: None,
        single: true,
        written: true,
        unset,
        warnings: Vec::new(),
    };
    request.ok(render(&sheet, &rows, request.format), request.format.content_type())
}
