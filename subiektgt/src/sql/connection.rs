//! A connection to the server: found, encrypted as the user says, and logged in.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tiberius::error::{Error, IoErrorKind};
use tiberius::{AuthMethod, Client, Config, EncryptionLevel, SqlBrowser as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::failure::{Failure, told};
use crate::address::Place;
use crate::settings::{Encryption, SQL, SQL_CA, SQL_ENCRYPT, Sql};

/// A connection that is logged in.
pub(super) type Connection = Client<Compat<TcpStream>>;

/// How long a server is given to take a connection.
const TO_CONNECT: Duration = Duration::from_secs(15);

/// How long it is given to agree on encryption and to let the login in.
const TO_LOG_IN: Duration = Duration::from_secs(20);

/// How long it is given for the next part of an answer: a page of goods may have to wait for whoever writes to them.
const TO_ANSWER: Duration = Duration::from_secs(120);

/// What a certificate in PEM begins with.
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Where the SQL Browser of a host tells the ports of its instances, unless a test has it elsewhere.
const BROWSER_PORT: u16 = 1434;

/// What the connections of one firm's have in common.
pub(super) struct Door {
    config: Config,
    encryption: Encryption,
    /// The server, for people.
    server: String,
    database: String,
    /// The instance that is looked for by its name.
    instance: Option<String>,
    /// Somebody was let in with these settings: what fails from then on is not their fault.
    has_let_in: AtomicBool,
}

impl Door {
    /// Makes ready to connect. Reads the authority's certificate, and sends nothing.
    pub(super) fn new(sql: &Sql) -> Result<Self, Failure> {
        let mut config = Config::new();
        config.host(&sql.address.host);
        match &sql.address.place {
            Place::Port(port) => config.port(*port),
            Place::Instance(name) => {
                config.port(BROWSER_PORT);
                config.instance_name(name);
            }
        }
        config.database(&sql.address.database);
        config.authentication(AuthMethod::sql_server(&sql.user, sql.password.expose_secret()));
        config.application_name("subiektgt");
        config.handshake_timeout(Some(TO_LOG_IN));
        config.command_timeout(Some(TO_ANSWER));
        match &sql.encryption {
            Encryption::Verify(None) => config.encryption(EncryptionLevel::Required),
            Encryption::Verify(Some(path)) => {
                let pem = std::fs::read(path).map_err(|error| Failure::Settings {
                    what: format!("the certificate authority {} cannot be read: {error}", path.display()),
                    hint: format!("set {SQL_CA} to a PEM file with its certificate"),
                })?;
                if !pem.windows(PEM.len()).any(|window| window == PEM) {
                    return Err(Failure::Settings {
                        what: format!(
                            "the certificate authority {} holds no certificate in PEM",
                            path.display()
                        ),
                        hint: format!("set {SQL_CA} to a file with -----BEGIN CERTIFICATE----- in it"),
                    });
                }
                config.trust_cert_ca_bundle(pem);
                config.encryption(EncryptionLevel::Required);
            }
            Encryption::Trust => {
                config.trust_cert();
                config.encryption(EncryptionLevel::Required);
            }
            // This client takes a server without encryption for one with it when it is told `Off`.
            Encryption::Off => config.encryption(EncryptionLevel::NotSupported),
        }
        Ok(Self {
            config,
            encryption: sql.encryption.clone(),
            server: sql.address.server(),
            database: sql.address.database.clone(),
            instance: match &sql.address.place {
                Place::Port(_) => None,
                Place::Instance(name) => Some(name.clone()),
            },
            has_let_in: AtomicBool::new(false),
        })
    }

    /// Connects and logs in.
    pub(super) async fn connect(&self) -> Result<Connection, Failure> {
        let stream = timeout(TO_CONNECT, TcpStream::connect_named(&self.config))
            .await
            .map_err(|_| self.unreachable("it does not answer"))?
            .map_err(|error| self.not_found(&error))?;
        // Its future is large.
        let connected = Box::pin(Client::connect(self.config.clone(), stream.compat_write())).await;
        match connected.map_err(|error| self.not_let_in(&error)) {
            Ok(connection) => {
                self.has_let_in.store(true, Ordering::Relaxed);
                Ok(connection)
            }
            Err(Failure::Settings { what, .. } | Failure::Broken { what, .. })
                if self.has_let_in.load(Ordering::Relaxed) =>
            {
                Err(Failure::Server(what))
            }
            Err(failure) => Err(failure),
        }
    }

    /// What is said when the server was not found, or does not listen.
    fn not_found(&self, error: &Error) -> Failure {
        match (&self.instance, error) {
            (Some(instance), Error::Conversion(_)) => Failure::Unreachable(format!(
                "the SQL Server Browser of {} does not tell where its instance {instance:?} listens: check the instance's name, that the \
                 service runs, and that nothing keeps UDP {BROWSER_PORT} back, or tell the instance's port in {SQL} (HOST:PORT/DATABASE)",
                self.server
            )),
            _ => self.unreachable(&told(error)),
        }
    }

    fn unreachable(&self, why: &str) -> Failure {
        Failure::Unreachable(format!("the database server {} cannot be reached: {why}", self.server))
    }

    /// What is said when the server was reached and the login came to nothing.
    fn not_let_in(&self, error: &Error) -> Failure {
        let server = &self.server;
        match error {
            Error::Server(refusal) => Failure::refused_login(server, &self.database, refusal),
            Error::Tls(_) | Error::Io { kind: IoErrorKind::InvalidData, .. } => {
                self.no_encryption(&told(error))
            }
            // What a handshake fails by comes as such too, when the other side hangs up or speaks of something else.
            _ if is_of_certificate(error) => self.no_encryption(&told(error)),
            Error::Io { .. } => Failure::Broken {
                what: format!("the database server {server} broke off before the login: {}", told(error)),
                settings: Some(self.words_on_encryption()),
            },
            _ => self.no_encryption(&told(error)),
        }
    }

    fn no_encryption(&self, why: &str) -> Failure {
        Failure::Settings {
            what: format!(
                "no connection as {SQL_ENCRYPT} wants it comes about with the database server {}: {why}",
                self.server
            ),
            hint: self.words_on_encryption(),
        }
    }

    fn words_on_encryption(&self) -> String {
        match self.encryption {
            Encryption::Verify(_) => format!(
                "{SQL_ENCRYPT} is verify: where the server's certificate is its own, as in most installations, tell the \
                 authority's by {SQL_CA}, or set it to trust; where the server is so old that it knows no TLS 1.2, to off"
            ),
            Encryption::Trust => format!(
                "{SQL_ENCRYPT} is trust: where the server is so old that it knows no TLS 1.2, set it to off; where it has a \
                 certificate to be verified, to verify"
            ),
            Encryption::Off => {
                format!(
                    "{SQL_ENCRYPT} is off: where the server insists on encryption, set it to trust or verify; check {SQL} too"
                )
            }
        }
    }
}

/// Whether a certificate was not accepted, however that is wrapped.
fn is_of_certificate(error: &Error) -> bool {
    let text = error.to_string().to_ascii_lowercase();
    ["certificate", "tls", "handshake", "encrypt"].iter().any(|word| text.contains(word))
}
