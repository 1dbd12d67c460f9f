//! The reader, in the simplest way that can be right.

use std::collections::HashMap;
use std::sync::OnceLock;

use connector::import::Images;
use connector::{
    Abilities, Common, Connector, End, Given, ImageError, InvalidSetting, Item, Language, NativeScopes, Need,
    Platform, PlatformError, Scope, Setting, ShopInfo, ShopName, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{
    Attributes, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice, Platform as PlatformName,
    Product, ProductId, ProductParts, Reject, RejectReason, Sku, StockLevel, Variant, VariantId, VatRate,
};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use rust_decimal::Decimal;
use transport::{HostLimits, Request, Transport};

use super::Lax;

pub(super) const ADDRESS: &str = "LISTING_ADDRESS";

static SETTINGS: OnceLock<[Setting; 1]> = OnceLock::new();

/// An element, with all that is in it.
#[derive(Default)]
struct Row {
    name: String,
    told: HashMap<String, String>,
    text: String,
    rows: Vec<Row>,
}

struct Shop {
    lax: Lax,
    name: ShopName,
    abilities: Abilities,
    address: String,
    transport: Transport,
}

impl Connector for Lax {
    fn name(&self) -> &'static str {
        "listing"
    }

    fn title(&self) -> &'static str {
        "Listing"
    }

    fn settings(&self) -> &'static [Setting] {
        SETTINGS.get_or_init(|| {
            [Setting {
                option: "address",
                variable: ADDRESS,
                prompt: "Address",
                help: "Where the files are",
                need: Need::Required,
                is_secret: false,
                check: |_| Ok(()),
            }]
        })
    }

    fn images(&self) -> Images {
        Images::Upload
    }

    fn open(
        &self,
        given: &Given,
        common: &Common,
        transport: &Transport,
    ) -> Result<Box<dyn Platform>, InvalidSetting> {
        let limits = HostLimits { in_flight: 1, adaptive: false, rate: None };
        Ok(Box::new(Shop {
            lax: *self,
            name: ShopName {
                platform: PlatformName::new("listing").unwrap(),
                shop: common.shop_key.clone().unwrap(),
            },
            abilities: Abilities {
                native: NativeScopes { since: false, products: false },
                page_size: usize::MAX,
                limits,
                stock_writing: StockWriting::No,
                stock_below_zero: false,
                stock_shown_within: None,
                since_misses: None,
            },
            address: given.get(ADDRESS).unwrap_or_default().to_owned(),
            transport: transport.clone(),
        }))
    }
}

impl Platform for Shop {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        let language = Language { id: "pl".to_owned(), name: "polski".to_owned(), active: true };
        let info = ShopInfo {
            title: None,
            version: None,
            currency: Currency::PLN,
            language: language.clone(),
            languages: vec![language],
            products: None,
            warnings: Vec::new(),
        };
        std::future::ready(Ok(info)).boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        std::future::ready(Ok(CategoryTree::new([]))).boxed()
    }

    fn products(&self, _: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        async_stream::try_stream! {
            let stock = self.file("stock").await?;
            let mut rows = Vec::new();
            for page in 0.. {
                let shop = self.file(&format!("shop/{page}")).await?;
                let before = rows.len();
                rows.extend(shop.rows.into_iter().filter(|row| row.name == "product"));
                if rows.len() == before {
                    break;
                }
            }
            let mut end = End::Complete;
            for row in &rows {
                let Ok(id) = ProductId::new(row.get("id").unwrap_or_default()) else {
                    if self.lax != Lax::LosesNameless {
                        end = End::Partial;
                        let reason = RejectReason::broken("id", "nothing");
                        let product = ProductId::new("?").expect("an id");
                        yield Item::Reject(Reject { product, variant: None, name: None, sku: None, reason });
                    }
                    continue;
                };
                let (product, rejects) = self.product(&id, row, &stock);
                if !rejects.is_empty() && self.lax == Lax::SaysPartial {
                    end = End::Partial;
                }
                if !rejects.is_empty() && self.lax == Lax::LosesBroken {
                    end = End::Partial;
                    continue;
                }
                let is_told = |reason: &RejectReason| match self.lax {
                    Lax::LeavesOut | Lax::SaysPartial => false,
                    Lax::LeavesOutVatless => !matches!(reason, RejectReason::Broken { field, .. } if field == "vat"),
                    _ => true,
                };
                for (variant, reason) in rejects.into_iter().filter(|(_, reason)| is_told(reason)) {
                    yield Item::Reject(Reject { product: id.clone(), variant, name: None, sku: None, reason });
                }
                if let Some(product) = product {
                    yield Item::Product(Box::new(product), Vec::new());
                }
            }
            yield Item::End(end);
        }
        .boxed()
    }

    fn image<'a>(&'a self, _: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        std::future::ready(Err(ImageError::Missing("there are none".to_owned()))).boxed()
    }

    fn requests(&self) -> u64 {
        0
    }
}

type Rejects = Vec<(Option<VariantId>, RejectReason)>;

impl Shop {
    async fn file(&self, name: &str) -> Result<Row, PlatformError> {
        let failed = |what: String| PlatformError::Failed { what };
        let address = connector::shop_address(&format!("{}/{name}", self.address), "").map_err(failed)?;
        let answer = self.transport.send(&Request::get(address)).await;
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let text = std::str::from_utf8(answer.body()).map_err(|error| failed(error.to_string()))?;
        read(text).ok_or_else(|| failed(format!("{name} is no XML")))
    }

    fn product(&self, id: &ProductId, row: &Row, stock: &Row) -> (Option<Product>, Rejects) {
        let text = |name| row.all(name).next().map(|row| row.text.trim()).unwrap_or_default();
        let common = || {
            let name = Name::new(text("name")).map_err(|_| RejectReason::NoName)?;
            Ok((name, self.vat(row)?, self.is_for_sale(row)?))
        };
        let common: Result<_, RejectReason> = common();
        let (mut variants, mut rejects) = (Vec::new(), Rejects::new());
        for own in row.all("variants").flat_map(|variants| variants.all("variant")) {
            let Ok(variant) = VariantId::new(own.get("id").unwrap_or_default()) else {
                rejects.push((None, RejectReason::broken("id", "nothing")));
                continue;
            };
            let made = common.as_ref().map_err(Clone::clone).and_then(|(_, vat, for_sale)| {
                Ok(Variant {
                    id: variant.clone(),
                    sku: Sku::parse(own.get("sku").unwrap_or_default()).unwrap_or_default(),
                    ean: Ean::parse(own.get("ean").unwrap_or_default()).unwrap_or_default(),
                    price: self.price(row, own)?,
                    vat: *vat,
                    stock: self.stock(id, &variant, stock)?,
                    attributes: attributes(own),
                    images: row
                        .all("image")
                        .filter_map(|image| ImageRef::new(image.get("url")?, None).ok())
                        .collect(),
                    for_sale: *for_sale,
                })
            });
            match made {
                Ok(made) => variants.push(made),
                Err(reason) => rejects.push((Some(variant), reason)),
            }
        }
        let (Ok((name, ..)), false) = (common, variants.is_empty()) else { return (None, rejects) };
        let made = Product::new(ProductParts {
            id: id.clone(),
            name,
            description: Markdown::from_html(text("description")),
            brief: Line::from_html(text("brief")),
            categories: Vec::new(),
            variants,
            family: None,
            also: None,
        });
        (
            made.map_err(|error| rejects.push((None, RejectReason::broken("id", &error.to_string())))).ok(),
            rejects,
        )
    }

    fn number(&self, row: &Row, name: &str) -> Result<Decimal, RejectReason> {
        let told = match row.get(name) {
            None if self.lax == Lax::MissingIsZero => "0",
            told => told.unwrap_or("nothing"),
        };
        let is_part = |letter: &char| letter.is_ascii_digit() || *letter == '.';
        let digits: String = match self.lax {
            Lax::ReadsPrefixes => told.chars().take_while(is_part).collect(),
            _ => told.to_owned(),
        };
        digits.parse().map_err(|_| RejectReason::broken(name, told))
    }

    fn vat(&self, row: &Row) -> Result<VatRate, RejectReason> {
        VatRate::percent(self.number(row, "vat")?).map_err(|_| RejectReason::VatUntold)
    }

    fn is_for_sale(&self, row: &Row) -> Result<bool, RejectReason> {
        match row.get("visible") {
            Some("yes") => Ok(true),
            Some("no") => Ok(false),
            _ if self.lax == Lax::ShowsUnlessNo => Ok(true),
            told => Err(RejectReason::broken("visible", told.unwrap_or("nothing"))),
        }
    }

    fn price(&self, product: &Row, variant: &Row) -> Result<NetPrice, RejectReason> {
        let says_something = |row: &&Row| self.lax != Lax::EmptiedIsUntold || !row.told.is_empty();
        let own = variant.all("price").find(says_something).or_else(|| product.all("price").next());
        let net = self.number(own.ok_or(RejectReason::NoPrice)?, "net")?;
        Ok(NetPrice::new(Money::new(net, Currency::PLN))?)
    }

    fn stock(
        &self,
        product: &ProductId,
        variant: &VariantId,
        stock: &Row,
    ) -> Result<StockLevel, RejectReason> {
        let is_own = |row: &&Row| {
            row.get("product") == Some(product.as_str()) && row.get("variant") == Some(variant.as_str())
        };
        let own = stock.rows.iter().find(is_own).ok_or(RejectReason::broken("stock", "nothing"))?;
        match own.get("quantity") {
            Some("unknown") => Ok(StockLevel::Unknown),
            None if self.lax == Lax::NoQuantityIsUnknown => Ok(StockLevel::Unknown),
            _ => self.number(own, "quantity").map(StockLevel::Quantity),
        }
    }
}

fn attributes(variant: &Row) -> Attributes {
    let named = |choice: &Row| Some((Name::new(choice.get("of")?).ok()?, Name::new(&choice.text).ok()?));
    Attributes::new(variant.all("choice").filter_map(named).collect::<Vec<_>>()).0
}

impl Row {
    fn get(&self, name: &str) -> Option<&str> {
        self.told.get(name).map(String::as_str)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |row| row.name == name)
    }

    fn begin(start: &BytesStart<'_>) -> Option<Self> {
        let told = start.attributes().map(|told| {
            let told = told.ok()?;
            let value = told.normalized_value(XmlVersion::Implicit1_0).ok()?;
            Some((told.key.as_ref().to_owned(), value.into_owned()))
        });
        let told = told.collect::<Option<_>>()?;
        Some(Self { name: start.name().as_ref().to_owned(), told, ..Self::default() })
    }
}

/// The root of a file.
fn read(text: &str) -> Option<Row> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Row::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(Row::begin(&start)?),
            Event::End(_) => {
                let row = open.pop()?;
                open.last_mut()?.rows.push(row);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                Some(letter) => open.last_mut()?.text.push(letter),
                None => {
                    let known = quick_xml::escape::resolve_predefined_entity(&entity)?;
                    open.last_mut()?.text.push_str(known);
                }
            },
            Event::Eof => return open.pop().filter(|_| open.is_empty())?.rows.pop(),
            _ => {}
        }
    }
}
