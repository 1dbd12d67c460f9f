//! Instances by their name.

use std::net::{Ipv4Addr, SocketAddr};

use subiektgt_sandbox::{Browser, Reply, Value};
use tiberius::{Client, SqlBrowser as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio_util::compat::TokioAsyncWriteCompatExt as _;

use crate::client::{config, server};

#[tokio::test]
async fn an_instance_is_found_by_its_name() {
    let server = server(|_: &str, _: &[Value]| Reply::Done).await;
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let browser = Browser::start(anywhere, "INSERTGT", server.address().port()).await.unwrap();
    let socket = UdpSocket::bind(anywhere).await.unwrap();
    // Others than the instance it knows, and nonsense, it does not answer.
    for asked in [&b"\x04OTHER"[..], b"", b"\x09", b"\x04InsertGT\0"] {
        socket.send_to(asked, browser.address()).await.unwrap();
    }
    let mut heard = [0; 1024];
    let length = socket.recv(&mut heard).await.unwrap();
    assert_eq!(heard[0], 5);
    assert_eq!(usize::from(u16::from_le_bytes([heard[1], heard[2]])), length - 3);
    let text = std::str::from_utf8(&heard[3..length]).unwrap();
    assert!(text.starts_with("ServerName;SANDBOX;InstanceName;INSERTGT;"), "{text}");
    assert!(text.ends_with(&format!(";tcp;{};;", server.address().port())), "{text}");
}

#[tokio::test]
async fn a_client_connects_by_the_name_of_the_instance() {
    let server = server(|_: &str, _: &[Value]| Reply::Done).await;
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let browser = Browser::start(anywhere, "INSERTGT", server.address().port()).await.unwrap();
    let mut config = config(&server);
    config.port(browser.address().port());
    config.instance_name("InsertGT");
    let stream = TcpStream::connect_named(&config).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), server.address());
    let mut client = Box::pin(Client::connect(config, stream.compat_write())).await.unwrap();
    client.simple_query("SET NOCOUNT ON").await.unwrap().into_results().await.unwrap();
}
