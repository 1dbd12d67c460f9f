//! What is not of the protocol ends its connection, and nothing else.

use subiektgt_sandbox::{Reply, Value};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{connect, server};

#[tokio::test]
async fn nonsense_is_not_answered() {
    let server = server(|_: &str, _: &[Value]| Reply::Done).await;
    let header_only = [0x12, 1, 0, 8, 0, 0, 0, 0];
    let pieces: [&[u8]; 6] = [
        b"GET / HTTP/1.1\r\n\r\n",
        &[0x12, 1, 0, 7, 0, 0, 0, 0],
        &header_only,
        &[0x12, 1, 0, 9, 0, 0, 0, 0, 1],
        &[0x12, 1, 0, 14, 0, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        &[],
    ];
    for piece in pieces {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(piece).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut heard = Vec::new();
        // A reset is as good as an end.
        if stream.read_to_end(&mut heard).await.is_ok() {
            assert!(heard.is_empty(), "{heard:?}");
        }
    }
    let mut client = connect(&server).await;
    client.simple_query("SET NOCOUNT ON").await.unwrap().into_results().await.unwrap();
}

#[tokio::test]
async fn a_broken_login_is_not_answered() {
    let server = server(|_: &str, _: &[Value]| Reply::Done).await;
    for length in [8_u8, 20, 60, 110] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(&[0x12, 1, 0, 9, 0, 0, 0, 0, 0xFF]).await.unwrap();
        let mut header = [0; 8];
        stream.read_exact(&mut header).await.unwrap();
        assert_eq!(header[..2], [4, 1]);
        let mut greeting = vec![0; usize::from(header[3]) - 8];
        stream.read_exact(&mut greeting).await.unwrap();
        let mut login = vec![0xFF; usize::from(length)];
        login[..8].copy_from_slice(&[0x10, 1, 0, length, 0, 0, 0, 0]);
        stream.write_all(&login).await.unwrap();
        let mut heard = Vec::new();
        if stream.read_to_end(&mut heard).await.is_ok() {
            assert!(heard.is_empty(), "{heard:?}");
        }
    }
}
