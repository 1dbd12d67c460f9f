//! Accepting connections, and reading what comes over them.

use std::convert::Infallible;
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The reason why a connection ends without an answer, or within one.
#[derive(Debug, thiserror::Error)]
#[error("closed by a fault, or by a client that went away")]
pub struct Closed;

impl From<Infallible> for Closed {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The address that callers on this machine use for a bound one: where that is "all of this machine", loopback.
#[must_use]
pub fn own_address(mut bound: SocketAddr) -> SocketAddr {
    match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => bound.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => bound.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    bound
}

/// Serves until dropped. Where the handler answers [`Closed`], the connection ends without an answer.
pub async fn serve<H, A, B>(listener: TcpListener, handler: H)
where
    H: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Result<Response<B>, Closed>> + Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        // An error here is that of one connection (it was reset while it waited), or of too many open files.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let handler = handler.clone();
        connections.spawn(async move {
            let service = service_fn(handler);
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}

/// Reads the body to its end, so that the client gets to hear the answer. Of one that is larger than `most` bytes, which
/// the second value tells, only the beginning is kept.
///
/// # Errors
/// When the client went away.
pub async fn read_body(mut body: Incoming, most: usize) -> Result<(Bytes, bool), Closed> {
    let mut kept = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Closed)?.into_data() else { continue };
        too_large |= kept.len() + data.len() > most;
        if !too_large {
            kept.extend_from_slice(&data);
        }
    }
    Ok((kept.freeze(), too_large))
}
