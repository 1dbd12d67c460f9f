//! A stand-in for the database server of Subiekt GT, to try, test and measure the connector against.
//!
//! [`Server::start`] serves in the background what an [`Answers`] says. It speaks the wire format of MS SQL Server (TDS 7.2 to
//! 7.4) by itself, shares no code with any client of it, and knows no SQL: a statement is a text, with the values of its
//! parameters, that the [`Answers`] knows or does not know. Rows are sent at the pace of the reader.
//!
//! A [`Firm`] is an [`Answers`] that knows SQL: a firm's database with the tables that have to do with goods, told in the
//! firm's words and read by `SELECT` alone. It checks a statement against the names and types that there really are.
//!
//! A [`Bridge`] tells a firm's levels by HTTP and changes them by documents, as a program does that stands between the firm's and
//! others.
//!
//! All tell the truth, and what goes wrong between a server and its reader is the business of whoever stands in between. Only
//! rights, tables and columns can be missing, as they are in real firms, and the program under a bridge can hang
//! ([`Bridge::hang`]), which nobody in between can do in its place: what hangs is made later.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod bridge;
mod browser;
mod cell;
mod connection;
mod firm;
mod greeting;
mod login;
mod options;
mod packet;
mod parameter;
mod reply;
mod request;
mod schema;
mod server;
mod sql;
mod store;
mod text;
mod tls;
mod token;
mod wire;

pub use bridge::{Bridge, BridgeCall, BridgeOptions};
pub use browser::Browser;
pub use firm::{Document, Firm, Good, GoodKind, MAIN_WAREHOUSE, Picture, Prices, SECOND_WAREHOUSE, VAT_23};
pub use options::{Encryption, Options};
pub use reply::{Answers, Column, Reply, Rows, Table, Type, Value};
pub use server::{Server, Statement};
