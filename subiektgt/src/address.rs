//! The address of a firm's database, as people write it: `HOST[\INSTANCE|:PORT]/DATABASE`.

use std::fmt;
use std::net::Ipv6Addr;

/// The port of a server whose address names neither a port nor an instance.
const USUAL_PORT: u16 = 1433;

/// The longest name of a host, in characters.
const LONGEST_HOST: usize = 255;

/// The longest name of a database, in characters.
const LONGEST_DATABASE: usize = 128;

/// How the server on a host is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It listens at this port.
    Port(u16),
    /// It is an instance of this name, whose port the host's SQL Browser tells (UDP 1434).
    Instance(String),
}

/// Where a firm's database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The host's name or number, of IPv6 without its brackets.
    pub host: String,
    /// The server on that host.
    pub place: Place,
    /// The database's name, which is free text: each firm has one of its own.
    pub database: String,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("://") {
            return Err("it has a scheme: HOST/DATABASE is enough".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Err("it holds a character that no address has".to_owned());
        }
        let (server, database) = text.split_once('/').ok_or(
            "it names no database: it is HOST/DATABASE, HOST\\INSTANCE/DATABASE or HOST:PORT/DATABASE",
        )?;
        let database = database.trim();
        if database.is_empty() || database.chars().count() > LONGEST_DATABASE {
            return Err(format!(
                "what stands behind its / is no name of a database, which has 1 to {LONGEST_DATABASE} letters"
            ));
        }
        let (host, place) = server_of(server.trim())?;
        if host.is_empty() || host.chars().count() > LONGEST_HOST || host.contains(char::is_whitespace) {
            return Err("it names no host before the /".to_owned());
        }
        if matches!(host, "." | "(local)") {
            return Err(format!(
                "{host} means this machine to the program: tell the server's name or address"
            ));
        }
        if host.contains('@') {
            return Err("it holds a user: the login is told by itself".to_owned());
        }
        Ok(Self { host: host.to_owned(), place, database: database.to_owned() })
    }

    /// The server without the database, for people.
    #[must_use]
    pub fn server(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match &self.place {
            Place::Port(port) => format!("{host}:{port}"),
            Place::Instance(name) => format!("{host}\\{name}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.server(), self.database)
    }
}

/// The host, and what of it is meant.
fn server_of(text: &str) -> Result<(&str, Place), String> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) =
                bracketed.split_once(']').ok_or("it has a bracket that is not closed: [::1] is one")?;
            host.parse::<Ipv6Addr>().map_err(|_| "what stands in its brackets is no IPv6 address")?;
            (host, rest)
        }
        None => {
            let end = text.find(['\\', ':', ',']).unwrap_or(text.len());
            text.split_at(end)
        }
    };
    if let Some(name) = rest.strip_prefix('\\') {
        if name.contains([':', ',']) {
            return Err("it names an instance and a port: one of them is enough".to_owned());
        }
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err("what stands behind its \\ is no name of an instance: INSERTGT is one".to_owned());
        }
        return Ok((host, Place::Instance(name.to_owned())));
    }
    // SQL Server's own tools part the port by a comma.
    if let Some(port) = rest.strip_prefix([':', ',']) {
        if text.matches(':').count() > 1 && !text.starts_with('[') {
            return Err("an IPv6 address stands in brackets: [::1]".to_owned());
        }
        let number = port.trim().parse().ok().filter(|port| *port > 0);
        let port = number.ok_or("what stands behind its : is no port: 1433 is one")?;
        return Ok((host, Place::Port(port)));
    }
    if !rest.is_empty() {
        return Err("something stands between its host and the /".to_owned());
    }
    Ok((host, Place::Port(USUAL_PORT)))
}
