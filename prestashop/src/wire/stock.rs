//! Stock: its rows, what is sent to change them, and what is answered to that.

use std::collections::HashMap;
use std::str::FromStr as _;

use quick_xml::escape::escape;
use quick_xml::events::Event;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Scalar;

/// A row of `/api/stock_availables`: the one place where stock is told. Combination `0` is the product itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are PrestaShop's own")]
pub struct StockAvailable {
    pub id: Scalar,
    pub id_product: Scalar,
    pub id_product_attribute: Scalar,
    pub id_shop: Scalar,
    /// Told where shops of a group share their stock; `id_shop` is `0` then.
    pub id_shop_group: Scalar,
    pub quantity: Scalar,
    pub depends_on_stock: Scalar,
    pub out_of_stock: Scalar,
    /// May be null, or not there.
    pub location: Scalar,
}

impl StockAvailable {
    /// The row's element of a `PUT` that changes its quantity (in pieces) and nothing else: what is left out of a `PUT` is
    /// emptied. Only what the row does not tell is left out, and without most of that the shop refuses it (error 41).
    #[must_use]
    pub fn put(&self, quantity: i32) -> String {
        let needed = [
            ("id", &self.id),
            ("id_product", &self.id_product),
            ("id_product_attribute", &self.id_product_attribute),
            ("id_shop", &self.id_shop),
            ("id_shop_group", &self.id_shop_group),
            ("depends_on_stock", &self.depends_on_stock),
            ("out_of_stock", &self.out_of_stock),
        ];
        let needed = needed.into_iter().filter_map(|(name, value)| Some((name, value.text()?)));
        let location = self.location.as_told().map(|location| ("location", location));
        let fields =
            needed.chain(location).map(|(name, value)| format!("<{name}>{}</{name}>", escape(value)));
        let fields: String = fields.collect();
        format!("<stock_available>{fields}<quantity>{quantity}</quantity></stock_available>")
    }
}

/// A row's element of a `PATCH`, which leaves everything else as it is. The quantity is in pieces.
#[must_use]
pub fn stock_patch(row: u64, quantity: i32) -> String {
    format!("<stock_available><id>{row}</id><quantity>{quantity}</quantity></stock_available>")
}

/// What is sent: rows directly below the root. The ids in them decide which rows are written, one in the address would not;
/// a list around them is refused (error 90).
///
/// `PATCH` of several rows was seen on 8.2.1. `PUT` of several was not seen, but the webservice goes through the rows of
/// either by the same loop, on 1.7 too: it reads, checks and writes one after the other and stops at the first that is wrong.
#[must_use]
pub fn stock_document(rows: &[String]) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<prestashop xmlns:xlink=\"http://www.w3.org/1999/xlink\">{}</prestashop>",
        rows.concat()
    )
}

/// The quantities that an answer to a write shows, by the ids of their rows, as far as they can be read. In XML only: the
/// JSON of 8.x leaves out a quantity of 0.
#[must_use]
pub fn written_levels(body: &[u8]) -> HashMap<u64, Decimal> {
    let mut levels = HashMap::new();
    let mut reader = quick_xml::Reader::from_reader(body);
    let (mut element, mut id, mut quantity) = (String::new(), None, None);
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        let text = match event {
            Event::Start(start) => {
                element = start.name().as_ref().to_owned();
                None
            }
            Event::CData(text) => Some(text.to_string()),
            Event::Text(text) => Some(text.to_string()),
            Event::End(end) => {
                if end.name().as_ref() == "stock_available"
                    && let (Some(id), Some(quantity)) = (id.take(), quantity.take())
                {
                    levels.insert(id, quantity);
                }
                element.clear();
                None
            }
            Event::Eof => break,
            _ => None,
        };
        match (element.as_str(), text.as_deref().map(str::trim)) {
            ("id", Some(text)) => id = text.parse().ok().or(id),
            ("quantity", Some(text)) => quantity = Decimal::from_str(text).ok().or(quantity),
            _ => {}
        }
        buffer.clear();
    }
    levels
}
