//! The platform between the engine and itself: when the engine asks for changes, something may happen first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use connector::{
    Abilities, AdjustmentKey, ImageError, Item, Known, Left, Outcome, Platform, PlatformError, Scope,
    ShopInfo, ShopName, StockAdjustment, StockItem, Untold,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use gateway_core::model::{CategoryTree, ImageRef};
use gateway_core::picture::Picture;

/// What is seen of what the engine asks for, over several passes.
#[derive(Default)]
pub(super) struct Watch {
    /// Changes that the shop was asked for.
    asked: AtomicUsize,
    /// What is done, once, when it is asked for some again.
    before: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Watch {
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Does something the next time that changes are asked for, behind the pass's reading and before the platform's own.
    pub(super) fn before_changes(&self, what: impl FnOnce() + Send + 'static) {
        *sandbox_kit::lock(&self.before) = Some(Box::new(what));
    }
}

/// A platform that is watched.
pub(super) struct Watched {
    pub(super) inner: Box<dyn Platform>,
    pub(super) watch: Arc<Watch>,
}

impl Platform for Watched {
    fn name(&self) -> Option<&ShopName> {
        self.inner.name()
    }

    fn abilities(&self) -> &Abilities {
        self.inner.abilities()
    }

    fn check(&self) -> BoxFuture<'_, Result<ShopInfo, PlatformError>> {
        self.inner.check()
    }

    fn categories(&self) -> BoxFuture<'_, Result<CategoryTree, PlatformError>> {
        self.inner.categories()
    }

    fn products(&self, scope: Scope) -> BoxStream<'_, Result<Item, PlatformError>> {
        self.inner.products(scope)
    }

    fn image<'a>(&'a self, image: &'a ImageRef) -> BoxFuture<'a, Result<Picture, ImageError>> {
        self.inner.image(image)
    }

    fn stock(&self, scope: Scope) -> BoxStream<'_, Result<StockItem, PlatformError>> {
        self.inner.stock(scope)
    }

    fn adjust_stock<'a>(&'a self, adjustments: &'a [StockAdjustment]) -> BoxFuture<'a, Vec<Outcome>> {
        async move {
            self.watch.asked.fetch_add(adjustments.len(), Ordering::SeqCst);
            let before = sandbox_kit::lock(&self.watch.before).take();
            if let Some(before) = before {
                before();
            }
            self.inner.adjust_stock(adjustments).await
        }
        .boxed()
    }

    fn find_adjustments<'a>(
        &'a self,
        keys: &'a [AdjustmentKey],
    ) -> BoxFuture<'a, Result<Vec<Known>, PlatformError>> {
        self.inner.find_adjustments(keys)
    }

    fn mapping_version(&self) -> u32 {
        self.inner.mapping_version()
    }

    fn relatives(&self) -> &'static [&'static str] {
        self.inner.relatives()
    }

    fn untold(&self) -> Untold {
        self.inner.untold()
    }

    fn tells_other_ids(&self) -> bool {
        self.inner.tells_other_ids()
    }

    fn requests(&self) -> u64 {
        self.inner.requests()
    }

    fn is_imported(&self, terms: &str) -> Option<String> {
        self.inner.is_imported(terms)
    }

    fn imported<'a>(&'a self, terms: &'a str, left: Left) -> BoxFuture<'a, Result<(), PlatformError>> {
        self.inner.imported(terms, left)
    }
}
