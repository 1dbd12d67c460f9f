//! A client of the server under test.

use std::sync::Arc;

use subiektgt_sandbox::{Answers, Options, Server};
use tiberius::{AuthMethod, Client, Config, EncryptionLevel};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

pub(crate) type Connection = Client<Compat<TcpStream>>;

/// A server that answers so, started with what is usual.
pub(crate) async fn server(answers: impl Answers + 'static) -> Server {
    Server::start(Options::default(), Arc::new(answers)).await.unwrap()
}

/// What a client needs to know of the server.
pub(crate) fn config(server: &Server) -> Config {
    let mut config = Config::new();
    config.host(server.address().ip());
    config.port(server.address().port());
    config.database(server.database());
    config.authentication(AuthMethod::sql_server(server.user(), server.password()));
    config.encryption(EncryptionLevel::NotSupported);
    config
}

pub(crate) async fn connect_with(config: Config) -> tiberius::Result<Connection> {
    let stream = TcpStream::connect(config.get_addr()).await?;
    stream.set_nodelay(true)?;
    // Its future is large.
    Box::pin(Client::connect(config, stream.compat_write())).await
}

pub(crate) async fn connect(server: &Server) -> Connection {
    connect_with(config(server)).await.unwrap()
}

/// The number and the class of the error that the server answered.
pub(crate) fn refusal(error: &tiberius::error::Error) -> (u32, u8) {
    match error {
        tiberius::error::Error::Server(token) => (token.code(), token.class()),
        other => panic!("not of the server: {other}"),
    }
}
