//! A platform in memory, and goods for it.

use connector::{
    Abilities, End, ImageError, Item, Language, NativeScopes, Platform, PlatformError, Scope, ShopInfo,
    ShopName, StockWriting,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::gateway::{Gateway, GatewaySettings};
use gateway_core::model::{
    Attributes, Category, CategoryId, CategoryTree, Ean, ImageRef, Line, Markdown, Money, Name, NetPrice,
    Platform as PlatformName, Product, ProductId, ProductParts, Reject, RejectReason, ShopKey, Sku,
    StockLevel, Variant, VariantId, VatRate,
};
use gateway_core::picture::Picture;
use gateway_core::token::{ShopGuid, SigningKey};
use iso_currency::Currency;
use rust_decimal::Decimal;
use sandbox::gateway::Gateway as Sandbox;
use transport::{HostLimits, Settings, Transport};

pub(crate) fn shop_name() -> ShopName {
    ShopName { platform: PlatformName::new("toy").unwrap(), shop: ShopKey::named("toys.example").unwrap() }
}

pub(crate) fn variant(id: &str, vat: u32) -> Variant {
    let named = |text: &str| Name::new(text).unwrap();
    Variant {
        id: VariantId::new(id).unwrap(),
        sku: Sku::parse("SKU-1").unwrap(),
        ean: Ean::parse("5901234123457").unwrap(),
        attributes: Attributes::new([(named("Rozmiar"), named("M"))]).0,
        price: NetPrice::new(Money::new("19.90".parse().unwrap(), Currency::PLN)).unwrap(),
        vat: VatRate::percent(Decimal::from(vat)).unwrap(),
        stock: StockLevel::Quantity(Decimal::from(5)),
        images: vec![ImageRef::new("7", None).unwrap()],
        for_sale: true,
    }
}

pub(crate) fn product(id: &str, name: &str, variants: Vec<Variant>) -> Product {
    Product::new(ProductParts {
        id: ProductId::new(id).unwrap(),
        name: Name::new(name).unwrap(),
        description: Markdown::from_html("<p>A <b>thing</b>.</p>"),
        brief: Line::from_html("A thing"),
        categories: vec![CategoryId::new("4").unwrap()],
        variants,
    })
    .unwrap()
}

pub(crate) fn item(id: &str) -> Item {
    Item::Product(Box::new(product(id, "Thing", vec![variant("0", 23)])), Vec::new())
}

pub(crate) fn undeliverable(id: &str) -> Item {
    let product = ProductId::new(id).unwrap();
    let reason = RejectReason::Undeliverable(product.clone());
    Item::Reject(Reject { product, variant: None, name: None, reason })
}

pub(crate) fn tree(categories: &[(&str, &str, Option<&str>)]) -> CategoryTree {
    let id = |text: &str| CategoryId::new(text).unwrap();
    let category = |(own, name, parent): &(&str, &str, Option<&str>)| Category {
        id: id(own),
        name: Name::new(name).unwrap(),
        parent: parent.map(id),
    };
    CategoryTree::new(categories.iter().map(category).collect::<Vec<_>>())
}

/// A shop that delivers these items.
pub(crate) struct Toy {
    name: ShopName,
    abilities: Abilities,
    currency: Currency,
    items: Vec<Item>,
    endless: bool,
}

impl Toy {
    pub(crate) fn of(items: Vec<Item>) -> Self {
        let abilities = Abilities {
            native: NativeScopes { since: false, products: false },
            page_size: 1,
            limits: HostLimits::default(),
            stock_writing: StockWriting::No,
            since_misses: None,
        };
        Self { name: shop_name(), abilities, currency: Currency::PLN, items, endless: false }
    }

    pub(crate) fn whole(mut items: Vec<Item>) -> Self {
        items.push(Item::End(End::Complete));
        Self::of(items)
    }

    pub(crate) fn selling_in(self, currency: Currency) -> Self {
        Self { currency, ..self }
    }

    /// After its items nothing comes any more, not even the end.
    pub(crate) fn endless(self) -> Self {
        Self { endless: true, ..self }
    }
}

impl Platform for Toy {
    fn name(&self) -> &ShopName {
        &self.name
    }

    fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        let language = Language { id: "1".to_owned(), name: "Polski".to_owned(), active: true };
        let info = ShopInfo {
            title: None,
            version: None,
            currency: self.currency,
            language: language.clone(),
            languages: vec![language],
            products: None,
            warnings: Vec::new(),
        };
        async { Ok(info) }.boxed()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        async { Ok(tree(&[])) }.boxed()
    }

    fn products(&self, _: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        let items = stream::iter(self.items.clone().into_iter().map(Ok));
        if self.endless { items.chain(stream::pending()).boxed() } else { items.boxed() }
    }

    fn image<'a>(&'a self, _: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        async { Err(ImageError::Refused("a toy has no pictures".to_owned())) }.boxed()
    }

    fn requests(&self) -> u64 {
        0
    }
}

pub(crate) async fn gateway() -> (Sandbox, Gateway) {
    let sandbox = Sandbox::start(sandbox::gateway::Options::default()).await.unwrap();
    let transport = Transport::new(Settings::new("connector-tests", clock::Clock::system())).unwrap();
    let settings = GatewaySettings {
        base_url: sandbox.url().parse().unwrap(),
        shop: ShopGuid::parse(sandbox.shop()).unwrap(),
        key: SigningKey::from_base64(&sandbox.secret().into()).unwrap(),
        concurrency: 4,
    };
    let client = Gateway::new(transport, &settings).unwrap();
    (sandbox, client)
}
