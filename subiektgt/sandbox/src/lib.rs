//! A stand-in for the database server of Subiekt GT, to try, test and measure the connector against: [`Server::start`] serves
//! it in the background, and an [`Answers`] says what comes back for a statement.
//!
//! It speaks the wire format of MS SQL Server (TDS 7.2 to 7.4) by itself and shares no code with any client of it. It knows no
//! SQL: a statement is a text, with the values of its parameters, that the [`Answers`] knows or does not know. It is always
//! well and tells the truth: what goes wrong between a server and its reader is the business of whoever stands in between. Rows
//! are made while they are sent, at the pace of the reader, so that a table of any length takes next to no memory.
//!
//! Architecture invariant: this crate depends on no other crate of the workspace but `clock` and `sandbox-kit`.

mod browser;
mod cell;
mod connection;
mod greeting;
mod login;
mod options;
mod packet;
mod parameter;
mod reply;
mod request;
mod server;
mod text;
mod tls;
mod token;
mod wire;

pub use browser::Browser;
pub use options::{Encryption, Options};
pub use reply::{Answers, Column, Reply, Rows, Table, Type, Value};
pub use server::{Server, Statement};
