//! The handle by which a test, or `sandbox serve`, holds a running shop.

use std::sync::Arc;

use bytes::Bytes;
use sandbox_kit::lock;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::offer::Kind;
use crate::server::{Shared, handle};
use crate::{Call, Goods, Options};

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
    /// Binds the address and serves in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options, address));
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

    /// The login that it accepts.
    #[must_use]
    pub fn login(&self) -> &str {
        &self.shared.options.login
    }

    /// The password that belongs to it.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.shared.options.password
    }

    /// The address of the gateway file, with its token: what an owner hands out to who has no login.
    #[must_use]
    pub fn feed_url(&self) -> String {
        self.shared.feed_url()
    }

    /// The address of the whole offer as it is now. With the next generation it is another one.
    #[must_use]
    pub fn full_url(&self) -> String {
        self.shared.file_url(Kind::Full, lock(&self.shared.feed).generation())
    }

    /// From now on it holds exactly these goods, and has new files. A download that is under way goes on with the old ones.
    pub fn hold(&self, goods: Goods) {
        lock(&self.shared.feed).hold(goods, self.shared.options.clock.now());
    }

    /// Makes new files of what it holds.
    pub fn generate(&self) {
        lock(&self.shared.feed).generate(self.shared.options.clock.now());
    }

    /// Whether it gives its files from now on, as it does at first. While it does not, a page says "not yet" instead of each.
    pub fn set_giving(&self, is_giving: bool) {
        lock(&self.shared.feed).set_giving(is_giving);
    }

    /// The content of the picture of this id, whether or not the shop holds goods that show it.
    #[must_use]
    pub fn picture(&self, id: u64) -> Bytes {
        sandbox_kit::png(id).into()
    }

    /// Every request so far, in the order in which they were read; see [`Options::keep_calls`].
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.all().clone()
    }

    /// How often the whole offer was downloaded to its end, in all generations. As any server, it takes what the system has
    /// taken off its hands for sent: who goes away in the middle of a small file may not be noticed.
    #[must_use]
    pub fn downloads(&self) -> usize {
        lock(&self.shared.feed).downloads()
    }
}
