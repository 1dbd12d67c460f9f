//! A platform in memory.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use connector::{
    Abilities, End, ImageError, Item, Language, Left, NativeScopes, Platform, PlatformError, Scope, ShopInfo,
    ShopName, StockWriting, Untold,
};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use gateway_core::model::{CategoryTree, ImageRef, Product, ShopKey};
use gateway_core::picture::Picture;
use iso_currency::Currency;
use transport::HostLimits;

use crate::support::{shop_name, tree};

/// The smallest picture there is.
const PICTURE: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 144,
    119, 83, 222, 0, 0, 0, 12, 73, 68, 65, 84, 120, 156, 99, 248, 207, 192, 0, 0, 3, 1, 1, 0, 201, 254, 146,
    239, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

/// A shop that delivers these items. What it holds can be changed between two runs.
pub(crate) struct Toy {
    name: ShopName,
    abilities: Abilities,
    currency: Currency,
    items: Mutex<Vec<Item>>,
    endless: bool,
    /// Pictures that it does not deliver.
    pub(crate) missing_pictures: Mutex<Vec<String>>,
    /// How its list of products fails behind its items.
    pub(crate) failure: Mutex<Option<PlatformError>>,
    /// Pictures that were asked for.
    pub(crate) asked_pictures: Mutex<Vec<String>>,
    /// The terms of the last import that came to its end, as a file would remember them.
    pub(crate) imported: Mutex<Option<String>>,
    is_file: bool,
    /// What the imports that came to their end have left.
    pub(crate) ends: Mutex<Vec<Left>>,
    /// It cannot take anything down.
    pub(crate) forgets: bool,
    /// The version of its mapping.
    pub(crate) mapping: AtomicU32,
    relatives: &'static [&'static str],
    /// What it does not tell.
    pub(crate) untold: Mutex<Untold>,
    /// Whether it tells other ids of its products.
    pub(crate) tells_other_ids: bool,
}

impl Toy {
    pub(crate) fn of(items: Vec<Item>) -> Self {
        let abilities = Abilities {
            native: NativeScopes { since: false, products: false },
            page_size: 1,
            limits: HostLimits::default(),
            stock_writing: StockWriting::No,
            stock_below_zero: false,
            stock_shown_within: None,
            since_misses: None,
        };
        Self {
            name: shop_name(),
            abilities,
            currency: Currency::PLN,
            items: Mutex::new(items),
            endless: false,
            missing_pictures: Mutex::default(),
            failure: Mutex::default(),
            asked_pictures: Mutex::default(),
            imported: Mutex::default(),
            is_file: false,
            ends: Mutex::default(),
            forgets: false,
            mapping: AtomicU32::new(1),
            relatives: &[],
            untold: Mutex::default(),
            tells_other_ids: false,
        }
    }

    pub(crate) fn whole(items: Vec<Item>) -> Self {
        let toy = Self::of(Vec::new());
        toy.holds(items);
        toy
    }

    /// A shop of these products, all of them.
    pub(crate) fn selling(products: Vec<Product>) -> Self {
        let toy = Self::of(Vec::new());
        toy.sells(products);
        toy
    }

    /// From now on it delivers these, and that is all.
    pub(crate) fn holds(&self, mut items: Vec<Item>) {
        items.push(Item::End(End::Complete));
        *self.items.lock().unwrap() = items;
    }

    /// From now on it delivers what another does, without an end.
    pub(crate) fn holds_open(&self, other: Self) {
        let mut items = other.items.into_inner().unwrap();
        items.retain(|item| !matches!(item, Item::End(_)));
        *self.items.lock().unwrap() = items;
    }

    /// From now on it delivers these, and cannot deliver others.
    pub(crate) fn delivers_in_part(&self, mut items: Vec<Item>) {
        items.push(Item::End(End::Partial));
        *self.items.lock().unwrap() = items;
    }

    /// From now on it sells these.
    pub(crate) fn sells(&self, products: Vec<Product>) {
        self.holds(
            products.into_iter().map(|product| Item::Product(Box::new(product), Vec::new())).collect(),
        );
    }

    pub(crate) fn selling_in(self, currency: Currency) -> Self {
        Self { currency, ..self }
    }

    pub(crate) fn named(self, shop: &str) -> Self {
        let name = ShopName { shop: ShopKey::named(shop).unwrap(), ..shop_name() };
        Self { name, ..self }
    }

    /// The same shop by another platform, whose relatives are these.
    pub(crate) fn by(self, platform: &str, relatives: &'static [&'static str]) -> Self {
        let name = ShopName { platform: gateway_core::model::Platform::new(platform).unwrap(), ..self.name };
        Self { name, relatives, ..self }
    }

    /// It knows what of it has been imported.
    pub(crate) fn that_is_a_file(self) -> Self {
        Self { is_file: true, ..self }
    }

    /// After its items nothing comes any more, not even the end.
    pub(crate) fn endless(self) -> Self {
        Self { endless: true, ..self }
    }
}

impl Platform for Toy {
    fn name(&self) -> Option<&ShopName> {
        Some(&self.name)
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
        async { Ok(tree(&[("4", "Kubki", None), ("5", "Lampy", None)])) }.boxed()
    }

    fn products(&self, _: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        let failure = self.failure.lock().unwrap().clone();
        let items = stream::iter(self.items.lock().unwrap().clone().into_iter().map(Ok));
        let items = items.chain(stream::iter(failure.map(Err)));
        if self.endless { items.chain(stream::pending()).boxed() } else { items.boxed() }
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        let identity = image.identity().to_owned();
        self.asked_pictures.lock().unwrap().push(identity.clone());
        let is_missing = self.missing_pictures.lock().unwrap().contains(&identity);
        async move {
            if is_missing {
                return Err(ImageError::Refused(format!("there is no picture {identity}")));
            }
            let bytes = stream::iter([Ok::<_, transport::Error>(PICTURE)]);
            Ok(Picture::collect(bytes, None).await?)
        }
        .boxed()
    }

    fn relatives(&self) -> &'static [&'static str] {
        self.relatives
    }

    fn tells_other_ids(&self) -> bool {
        self.tells_other_ids
    }

    fn untold(&self) -> Untold {
        *self.untold.lock().unwrap()
    }

    fn mapping_version(&self) -> u32 {
        self.mapping.load(Ordering::SeqCst)
    }

    fn requests(&self) -> u64 {
        0
    }

    fn is_imported(&self, terms: &str) -> Option<String> {
        let is_it = self.imported.lock().unwrap().as_deref() == Some(terms);
        (is_it && self.is_file).then(|| "the box of toys".to_owned())
    }

    fn imported<'a>(&'a self, terms: &'a str, left: Left) -> BoxFuture<'a, Result<(), PlatformError>> {
        self.ends.lock().unwrap().push(left);
        if left == Left::Nothing {
            *self.imported.lock().unwrap() = Some(terms.to_owned());
        }
        let noted =
            if self.forgets { Err(PlatformError::Failed { what: "no room".to_owned() }) } else { Ok(()) };
        async { noted }.boxed()
    }
}
