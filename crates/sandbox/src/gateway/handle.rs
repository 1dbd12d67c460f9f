//! The handle by which a test, or `sandbox serve`, holds a running sandbox.

use std::sync::Arc;

use bytes::Bytes;
use chrono::DateTime;
use http::Method;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::product::{Listing, Product};
use super::server::{Shared, StartError, handle};
use super::{Call, Fault, Options, Shop, routes, sample};

/// A running sandbox. It stops when this is dropped.
pub struct Gateway {
    shared: Arc<Shared>,
    shop: Shop,
    server: JoinHandle<()>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Gateway {
    /// Binds the address and serves in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the options contradict themselves.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let shop = options.shops.first().cloned().ok_or(StartError::NoShop)?;
        let listen_error = |error| StartError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let shared = Arc::new(Shared::new(&options, address)?);
        let router = routes::router(Arc::clone(&shared));
        let handler = {
            let shared = Arc::clone(&shared);
            move |request| handle(Arc::clone(&shared), router.clone(), request)
        };
        let server = tokio::spawn(sandbox_kit::serve(listener, handler));
        Ok(Self { shared, shop, server })
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// The guid of the first shop.
    #[must_use]
    pub fn shop(&self) -> &str {
        &self.shop.guid
    }

    /// The token signing key of the first shop, base64-encoded.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.shop.secret
    }

    /// Every product there is, oldest first, in the read shape: the truth, whatever the index shows. Archived ones and
    /// those that are not in the web shop are among them.
    #[must_use]
    pub fn products(&self) -> Vec<Value> {
        let catalogue = self.shared.catalogue();
        catalogue.all().into_iter().map(|product| catalogue.read_shape(product)).collect()
    }

    /// One product in the read shape, as it truly is.
    #[must_use]
    pub fn product(&self, guid: &str) -> Option<Value> {
        let catalogue = self.shared.catalogue();
        catalogue.any(guid).map(|product| catalogue.read_shape(product))
    }

    /// Every tag there is, categories first, in the read shape.
    #[must_use]
    pub fn tags(&self) -> Vec<Value> {
        let catalogue = self.shared.catalogue();
        let by_tag: Vec<_> = self.shared.shops.iter().map(|shop| catalogue.by_tag(&shop.guid)).collect();
        let bearers = |tag: &str| {
            by_tag.iter().filter_map(|by_tag| by_tag.get(tag)).flatten().cloned().collect::<Vec<_>>()
        };
        catalogue.tags.all().map(|tag| tag.read_shape(&bearers(&tag.guid))).collect()
    }

    /// How many pictures are stored.
    #[must_use]
    pub fn pictures(&self) -> usize {
        self.shared.pictures().len()
    }

    /// The bytes of the picture at this address of the sandbox.
    #[must_use]
    pub fn picture(&self, address: &str) -> Option<Bytes> {
        let (_, key) = address.split_once("/s3/")?;
        self.shared.pictures().get(key).map(|picture| picture.bytes.clone())
    }

    /// Every request so far, in the order in which they were read; see [`Options::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all().clone()
    }

    /// Lets the next calls of this method, whose path (with its query) begins with `path_prefix`, suffer these faults,
    /// one each. Of several scripts that fit, the oldest that is not used up decides; a scripted call is spared the
    /// dice.
    pub fn script(&self, method: Method, path_prefix: &str, faults: impl IntoIterator<Item = Fault>) {
        self.shared.dice().script(method, path_prefix, faults);
    }

    /// Puts goods in as they are, unchecked and seen by the index at once. Each is a PRODUCT that may also bear
    /// `guid`, `owner_guid` (default: the first shop), `created` (RFC 3339; default: now), `stock_level`, `for_sale`
    /// (default: true) and `archived`. Answers their guids.
    pub fn seed_products(&self, products: impl IntoIterator<Item = Value>) -> Vec<String> {
        products.into_iter().map(|product| self.seed_product(product)).collect()
    }

    /// Puts `count` goods in; see [`Gateway::seed_products`].
    pub fn seed(&self, count: usize, product: impl Fn(usize) -> Value) -> Vec<String> {
        self.seed_products((0..count).map(product))
    }

    fn seed_product(&self, product: Value) -> String {
        let mut fields = match product {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let now = self.shared.clock.now();
        let mut text = |name| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let guid = text("guid").unwrap_or_else(|| Uuid::new_v4().to_string());
        let owner = text("owner_guid").unwrap_or_else(|| self.shop.guid.clone());
        let created = text("created").and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        let created = created.map_or(now, |time| time.to_utc());
        let listing = Listing {
            stock_level: fields.remove("stock_level").unwrap_or_default(),
            for_sale: fields.remove("for_sale").unwrap_or(Value::Bool(true)),
            archived: fields.remove("archived").and_then(|archived| archived.as_bool()),
        };
        self.shared.catalogue().seed(Product {
            guid: guid.clone(),
            owner,
            number: 0,
            created,
            updated: created,
            activated: Some(created),
            fields,
            listing,
        });
        guid
    }

    /// Puts `count` sample goods with tags and pictures into the first shop, to look at.
    pub fn seed_samples(&self, count: usize) {
        sample::fill(self, count);
    }

    /// Stores a picture and answers its address.
    #[must_use]
    pub fn store_picture(&self, content_type: &str, bytes: Bytes) -> String {
        let picture = super::pictures::Picture { content_type: content_type.to_owned(), bytes };
        format!("{}/s3/{}", self.url(), self.shared.pictures().store_copy(picture))
    }

    /// Makes a variant tag in the first shop, as a person may; answers its guid, or that of the tag of this name.
    #[must_use]
    pub fn make_tag(&self, name: &str) -> String {
        self.shared.catalogue().tags.create(&self.shop.guid, name).unwrap_or_else(|taken| taken)
    }

    /// A person renames a tag of the first shop; `false` when there is no such tag, or another one of that name.
    pub fn rename_tag(&self, guid: &str, name: &str) -> bool {
        self.shared.catalogue().tags.rename(&self.shop.guid, guid, name)
    }

    /// The guid of the first category of this name.
    #[must_use]
    pub fn category(&self, name: &str) -> Option<String> {
        let catalogue = self.shared.catalogue();
        catalogue.tags.all().find(|tag| tag.owner.is_none() && tag.name == name).map(|tag| tag.guid.clone())
    }

    /// A person changes fields of PRODUCT (unchecked). `false`, here and below: there is no such product.
    pub fn edit(&self, guid: &str, fields: Value) -> bool {
        let Value::Object(mut fields) = fields else { return false };
        self.shared.catalogue().change(guid, |product| product.fields.append(&mut fields))
    }

    /// A person sets the stock level.
    pub fn set_stock(&self, guid: &str, level: impl Into<Value>) -> bool {
        self.shared.catalogue().change(guid, |product| product.listing.stock_level = level.into())
    }

    /// A person puts a product up for sale or takes it off sale.
    pub fn set_for_sale(&self, guid: &str, for_sale: bool) -> bool {
        self.shared.catalogue().change(guid, |product| product.listing.for_sale = for_sale.into())
    }

    /// A person archives a product or takes it back.
    pub fn set_archived(&self, guid: &str, archived: bool) -> bool {
        self.shared.catalogue().change(guid, |product| product.listing.archived = Some(archived))
    }

    /// A person puts a tag on a product.
    pub fn add_tag(&self, guid: &str, tag: &str) -> bool {
        self.shared.catalogue().tag(guid, tag)
    }

    /// A person deletes a product for good.
    pub fn delete(&self, guid: &str) {
        self.shared.catalogue().delete(guid);
    }
}
