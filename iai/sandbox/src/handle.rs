//! The handle by which a test, or a program that serves it, holds a running shop.

use std::sync::Arc;

use bytes::Bytes;
use rust_decimal::Decimal;
use sandbox_kit::lock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::server::{Shared, handle};
use crate::store::{level, row_of};
use crate::{Call, Goods, Options, Stock};

/// The stock that is made for a size which lies in none of the shop's own.
const FIRST_OWN: u64 = 1;

/// A running shop. It stops when this is dropped.
pub struct Shop {
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shop {
    /// Binds the address and serves a shop without goods in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let shared = Arc::new(Shared::new(options, listener.local_addr()?));
        let handler = {
            let shared = Arc::clone(&shared);
            move |request| handle(Arc::clone(&shared), request)
        };
        let server = tokio::spawn(sandbox_kit::serve(listener, handler));
        Ok(Self { shared, server })
    }

    /// The shop's address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        self.shared.url()
    }

    /// The key of the Admin API.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.shared.options.key
    }

    /// The login that the older gates accept.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.shared.options.login
    }

    /// The password that belongs to it.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.shared.options.password
    }

    /// From now on it holds exactly these goods. Those that are not as they were count as changed now: in their prices or
    /// their quantities where only these differ, else as modified.
    pub fn hold(&self, goods: Goods) {
        lock(&self.shared.store).hold(goods, self.shared.options.clock.now());
    }

    /// What can be sold of a size: all that lies in the shop's own stocks and is not reserved. `None`, here and below: there
    /// is no such size.
    #[must_use]
    pub fn level(&self, product: u64, size: &str) -> Option<Decimal> {
        lock(&self.shared.store).size(product, size).map(|size| level(&size.stocks))
    }

    /// Changes the quantity in the first own stock of a size, as a sale or the shop's owner does, so that its
    /// [`level`](Self::level) becomes this one. `false`, here and below: there is no such size.
    pub fn set_level(&self, product: u64, size: &str, wanted: Decimal) -> bool {
        self.change_stocks(product, size, |stocks| {
            let difference = wanted.saturating_sub(level(stocks));
            let own = stocks.iter().map(|stock| stock.id).find(|id| *id >= FIRST_OWN).unwrap_or(FIRST_OWN);
            if let Some(row) = row_of(stocks, own) {
                row.quantity = row.quantity.saturating_add(difference);
            }
        })
    }

    /// How much of a size lies in a stock, reserved or not; `None` also where it has no row there.
    #[must_use]
    pub fn quantity(&self, product: u64, size: &str, stock: u64) -> Option<Decimal> {
        let store = lock(&self.shared.store);
        let rows = &store.size(product, size)?.stocks;
        rows.iter().find(|row| row.id == stock).map(|row| row.quantity)
    }

    /// Puts a row of a stock in, in place of the one that there may be.
    pub fn set_stock(&self, product: u64, size: &str, stock: Stock) -> bool {
        self.change_stocks(product, size, |stocks| {
            if let Some(row) = row_of(stocks, stock.id) {
                *row = stock;
            }
        })
    }

    fn change_stocks(&self, product: u64, size: &str, change: impl FnOnce(&mut Vec<Stock>)) -> bool {
        let now = self.shared.options.clock.now();
        lock(&self.shared.store).change_stocks(product, size, now, change).is_some()
    }

    /// The content of the picture of this id, whether or not the shop holds goods that show it.
    #[must_use]
    pub fn picture(&self, id: u64) -> Bytes {
        sandbox_kit::png(id).into()
    }

    /// Every call that was answered so far; see [`Options::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all().clone()
    }

    /// Forgets the calls so far.
    pub fn forget_calls(&self) {
        self.shared.log.all().clear();
    }
}
