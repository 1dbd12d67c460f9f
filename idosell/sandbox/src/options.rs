//! What a shop is started with.

use std::net::{Ipv4Addr, SocketAddr};

use clock::Clock;

/// What a shop is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// The login that it accepts.
    pub login: String,
    /// The password that belongs to it.
    pub password: String,
    /// What stands in the addresses of the feed instead of a login.
    pub token: String,
    /// The clock that tells when files were made, and which day it is.
    pub clock: Clock,
    /// Whether each file can be downloaded once only, as real shops have it: a new one comes with the next generation.
    pub once: bool,
    /// Whether the gateway file tells a hash of the offer. The marketplace's does not, that of other exports does.
    pub hashes: bool,
    /// Whether each login that succeeds makes new files. [`Shop::hold`](crate::Shop::hold) and
    /// [`Shop::generate`](crate::Shop::generate) always do.
    pub generate_at_each_login: bool,
    /// Keep every request for [`Shop::calls`](crate::Shop::calls). The memory for it grows with every call.
    pub keep_calls: bool,
    /// How many [`synthetic`](crate::synthetic()) goods it holds at first.
    pub products: u32,
}

impl Default for Options {
    /// On this machine only, at a free port, by the machine's clock, without goods; files can be downloaded again and again.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            login: "sandbox".to_owned(),
            password: "FAKE-PASSWORD".to_owned(),
            token: "FAKE-TOKEN-FAKE-TOKEN".to_owned(),
            clock: Clock::system(),
            once: false,
            hashes: false,
            generate_at_each_login: false,
            keep_calls: true,
            products: 0,
        }
    }
}
