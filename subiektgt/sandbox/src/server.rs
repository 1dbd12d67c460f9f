//! The server: it accepts connections, and each is served by itself.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use sandbox_kit::{CallLog, own_address};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::connection;
use crate::tls::Tls;
use crate::{Answers, Encryption, Options, Value};

/// A statement that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its text.
    pub sql: String,
    /// The values of its parameters, `@P1` first; a plain batch has none.
    pub parameters: Vec<Value>,
}

/// What connections share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) answers: Arc<dyn Answers>,
    pub(crate) log: CallLog<Statement>,
    pub(crate) tls: Option<Tls>,
}

/// A running server. It stops when this is dropped, and its connections with it.
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    running: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Server {
    /// Binds the address and serves in the background. To be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be listened on, or no certificate can be made.
    pub async fn start(options: Options, answers: Arc<dyn Answers>) -> io::Result<Self> {
        let tls = match options.encryption {
            Encryption::NotSupported => None,
            Encryption::Off | Encryption::On => Some(Tls::new()?),
        };
        let listener = TcpListener::bind(options.listen).await?;
        let address = own_address(listener.local_addr()?);
        let log = CallLog::new(options.keep_statements);
        let shared = Arc::new(Shared { options, answers, log, tls });
        let running = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, address, running })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The login that it accepts.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.shared.options.user
    }

    /// The password that belongs to it.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.shared.options.password
    }

    /// The one database that it has.
    #[must_use]
    pub fn database(&self) -> &str {
        &self.shared.options.database
    }

    /// The certificate, in PEM, of the authority that vouches for the server's own; none where nothing is encrypted. It is
    /// another one for each server, and the server's own is for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.shared.tls.as_ref().map(|tls| tls.authority.as_str())
    }

    /// Every statement so far, in the order in which they were answered; see [`Options::keep_statements`].
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        self.shared.log.all().clone()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // An error here is that of one connection (it was reset while it waited), or of too many open files.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            if let Err(error) = connection::serve(stream, &shared).await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}
