//! What a shop is started with.

use std::net::{Ipv4Addr, SocketAddr};

use clock::Clock;

/// What a shop is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// The key of the Admin API.
    pub key: String,
    /// The login that the older gates accept.
    pub login: String,
    /// The password that belongs to it. It is never sent: the gates want a key made of it and of the day.
    pub password: String,
    /// The clock that tells when goods were changed, and which day it is.
    pub clock: Clock,
    /// Keep every call for [`Shop::calls`](crate::Shop::calls). The memory for it grows with every call.
    pub keep_calls: bool,
}

impl Default for Options {
    /// On this machine only, at a free port, by the machine's clock; calls are forgotten.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            key: "FAKE-ADMIN-API-KEY".to_owned(),
            login: "sandbox".to_owned(),
            password: "FAKE-PASSWORD".to_owned(),
            clock: Clock::system(),
            keep_calls: false,
        }
    }
}
