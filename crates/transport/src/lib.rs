//! The one HTTP client of the project.
//!
//! A [`Transport`] carries a [`Request`] to its host and brings back an [`Answer`]. On the way it does what every caller
//! would otherwise do for itself, a little differently each time:
//!
//! - **Limits** ([`HostLimits`]): so many requests in flight and so many a second or minute, for each host; in-flight
//!   limits can adapt to a host that is overloaded.
//! - **Retries** ([`Safety`]): only calls that may be repeated are repeated, with jittered back-off. A host that asks for
//!   patience (429, `Retry-After`) is waited for, within bounds; nothing fails only because it has to wait.
//! - **Certainty** ([`Outcome`]): every failure says whether the call may have taken effect.
//! - **Redaction** ([`SafeUrl`]): no secret of a request reaches a log, an error or a panic message.
//! - **Counts** ([`Counts`]): requests per host, since the shop's requests are the scarce resource.
//!
//! Redirects are followed only to the same host, and TLS is always verified.
//!
//! Architecture invariant: no other crate names `reqwest`, and nothing here knows what a shop or a marketplace is.

mod answer;
mod body;
mod error;
mod failure;
mod host;
mod reader;
mod redact;
mod request;
mod retry;
mod transport;

pub use answer::{Answer, Download, NotTheJson};
pub use body::{Content, FilePart, Form};
pub use error::{Error, ErrorKind, Outcome};
pub use host::{Counts, HostLimits, Rate};
pub use http::{HeaderMap, Method, StatusCode, header};
pub use redact::SafeUrl;
pub use request::{Redirects, Request, Safety};
pub use retry::RetryPolicy;
pub use transport::{Settings, Transport};
