//! A local `Toy Shop`, to try and test the connector against: [`Shop::start`] serves it in the background, and the [`Shop`]
//! handle puts goods into it.
//!
//! It speaks the wire format by itself and shares no type with the connector, so that a mistake in the connector cannot
//! hide in its mirror. It is always well and tells the truth: what goes wrong between a shop and its reader is the business
//! of whoever stands in between.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod api;
mod goods;
mod stock;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use clock::Clock;
use rust_decimal::Decimal;
use sandbox_kit::{lock, own_address};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use goods::{Category, Choice, Goods, Product, Texts, Variant};

use goods::Store;

/// The service takes no more bytes than these at once.
const LARGEST_REQUEST: usize = 1024 * 1024;

/// What a shop is started with.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// The key that it accepts.
    pub key: String,
    /// The clock that tells when goods were changed.
    pub clock: Clock,
}

impl Default for Options {
    /// On this machine only, at a free port, by the machine's clock.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            key: "FAKE-KEY-FAKE-KEY".to_owned(),
            clock: Clock::system(),
        }
    }
}

/// A running shop. It stops when this is dropped.
pub struct Shop {
    address: SocketAddr,
    options: Options,
    store: Arc<Mutex<Store>>,
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
        let address = own_address(listener.local_addr()?);
        let store = Arc::new(Mutex::new(Store::default()));
        let (shared, key) = (Arc::clone(&store), options.key.clone());
        let clock = options.clock.clone();
        let handler = move |request: http::Request<hyper::body::Incoming>| {
            let (shared, key, now) = (Arc::clone(&shared), key.clone(), clock.now());
            async move {
                let (parts, body) = request.into_parts();
                let (body, _) = sandbox_kit::read_body(body, LARGEST_REQUEST).await?;
                Ok(api::answer(&mut lock(&shared), &key, &http::Request::from_parts(parts, body), now))
            }
        };
        let server = tokio::spawn(sandbox_kit::serve(listener, handler));
        Ok(Self { address, options, store, server })
    }

    /// The shop's address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key that it accepts.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.options.key
    }

    /// From now on it holds exactly these goods. Those that are not as they were count as changed now.
    pub fn hold(&self, goods: Goods) {
        lock(&self.store).hold(goods, self.options.clock.now());
    }

    /// The stock of a variant, where it is counted; `None` when there is no such variant.
    #[must_use]
    pub fn stock(&self, product: u64, variant: u64) -> Option<Option<Decimal>> {
        lock(&self.store).level(product, variant)
    }

    /// Sets the stock of a variant, as a sale or the shop's owner does. `false`: there is no such variant.
    pub fn set_stock(&self, product: u64, variant: u64, level: Option<Decimal>) -> bool {
        lock(&self.store).set_level(product, variant, level, self.options.clock.now())
    }

    /// The content of the picture of this id, whether or not the shop holds goods that show it.
    #[must_use]
    pub fn picture(&self, id: u64) -> Bytes {
        sandbox_kit::png(id).into()
    }
}
