//! What a server is started with.

use std::net::{Ipv4Addr, SocketAddr};

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// The login that it accepts, in any case.
    pub user: String,
    /// The password that belongs to it.
    pub password: String,
    /// The one database that it has, named in any case.
    pub database: String,
    /// What it says of encryption.
    pub encryption: Encryption,
    /// Keep every statement for [`Server::statements`](crate::Server::statements). The memory for it grows with each.
    pub keep_statements: bool,
}

impl Default for Options {
    /// On this machine only, at a free port, without encryption.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            user: "sandbox".to_owned(),
            password: "FAKE-PASSWORD".to_owned(),
            database: "Sandbox".to_owned(),
            encryption: Encryption::NotSupported,
            keep_statements: true,
        }
    }
}

/// What a server says of encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// It has none: whoever insists on it must go away.
    NotSupported,
    /// It has it, and does not insist: who does not ask for it has at least his login encrypted, unless he cannot.
    Off,
    /// It insists: who cannot must go away.
    On,
}
