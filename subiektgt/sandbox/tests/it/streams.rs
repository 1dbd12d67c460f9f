//! Long tables: what the server holds while they are sent, and what ends them early.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::TryStreamExt as _;
use rust_decimal::Decimal;
use subiektgt_sandbox::{Column, Reply, Server, Table, Type, Value};
use tiberius::QueryItem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::client::{config, connect, connect_with, server};

/// What became of the rows of a table.
#[derive(Default)]
struct Told {
    made: AtomicUsize,
    gone: Notify,
}

/// Rows that tell when they are made, and when the table is dropped.
struct Watched {
    rows: std::ops::Range<i32>,
    told: Arc<Told>,
}

impl Iterator for Watched {
    type Item = Vec<Value>;

    fn next(&mut self) -> Option<Self::Item> {
        let number = self.rows.next()?;
        self.told.made.fetch_add(1, Ordering::SeqCst);
        Some(vec![
            Value::Int(number),
            format!("Towar {number}: zażółć gęślą jaźń").into(),
            Value::Decimal(Decimal::new(i64::from(number), 4)),
        ])
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.told.gone.notify_one();
    }
}

/// A table of so many rows.
fn table(length: i32, told: &Arc<Told>) -> Table {
    let columns = [
        Column::new("id", Type::Int),
        Column::new("nazwa", Type::VarChar(50)),
        Column::new("cena", Type::Decimal { precision: 19, scale: 4 }),
    ];
    Table::new(columns, Watched { rows: 0..length, told: Arc::clone(told) })
}

/// A server that has a table of so many rows, and `SELECT 1`.
async fn long(length: i32) -> (Server, Arc<Told>) {
    let told = Arc::<Told>::default();
    let answers = {
        let told = Arc::clone(&told);
        move |sql: &str, _: &[Value]| match sql {
            "SELECT 1" => Reply::Rows(Table::new([Column::new("", Type::Int)], [vec![Value::Int(1)]])),
            _ => Reply::Rows(table(length, &told)),
        }
    };
    (server(answers).await, told)
}

#[tokio::test]
async fn a_table_of_any_length_comes_whole_and_in_its_order() {
    for length in [0, 1, 150_000] {
        let (server, told) = long(length).await;
        let mut client = connect(&server).await;
        let mut stream = client.query("SELECT * FROM t WHERE id > @P1", &[&0]).await.unwrap();
        let mut read = 0;
        while let Some(item) = stream.try_next().await.unwrap() {
            let QueryItem::Row(row) = item else { continue };
            assert_eq!(row.get::<i32, _>(0), Some(read));
            assert_eq!(row.get::<Decimal, _>(2), Some(Decimal::new(i64::from(read), 4)));
            read += 1;
        }
        assert_eq!(read, length);
        assert_eq!(told.made.load(Ordering::SeqCst), usize::try_from(length).unwrap());
        drop(stream);
        let row = client.simple_query("SELECT 1").await.unwrap().into_row().await.unwrap().unwrap();
        assert_eq!(row.get::<i32, _>(0), Some(1));
    }
}

/// Stands between one client and the server, and answers the largest packet of the server.
async fn listening(between: TcpListener, server: SocketAddr) -> usize {
    let (mut client_reads, mut client_writes) = between.accept().await.unwrap().0.into_split();
    let (mut server_writes, mut server_reads) = TcpStream::connect(server).await.unwrap().into_split();
    let there = async {
        tokio::io::copy(&mut client_reads, &mut server_reads).await.unwrap();
        server_reads.shutdown().await.unwrap();
    };
    let back = async {
        let mut largest = 0;
        let mut header = [0; 8];
        while server_writes.read_exact(&mut header).await.is_ok() {
            let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
            let mut body = vec![0; length - header.len()];
            server_writes.read_exact(&mut body).await.unwrap();
            largest = largest.max(length);
            client_writes.write_all(&[&header[..], &body].concat()).await.unwrap();
        }
        largest
    };
    tokio::join!(there, back).1
}

#[tokio::test]
async fn packets_have_the_size_that_the_client_asks_for() {
    let (server, _) = long(5000).await;
    for size in [None, Some(512), Some(8000), Some(32767)] {
        let between = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut config = config(&server);
        config.port(between.local_addr().unwrap().port());
        if let Some(size) = size {
            config.packet_size(size);
        }
        let listening = tokio::spawn(listening(between, server.address()));
        let mut client = connect_with(config).await.unwrap();
        let rows = client.simple_query("SELECT * FROM t").await.unwrap().into_first_result().await.unwrap();
        let numbers = rows.iter().map(|row| row.get::<i32, _>(0).unwrap());
        assert!(numbers.eq(0..5000), "in packets of {size:?} bytes");
        drop(client);
        assert_eq!(listening.await.unwrap(), usize::try_from(size.unwrap_or(4096)).unwrap());
    }
}

#[tokio::test]
async fn who_does_not_read_holds_the_rows_back() {
    // There are more rows than any system holds of a connection, so that this has an end only because they are held back.
    let (server, told) = long(i32::MAX).await;
    let mut client = connect(&server).await;
    let mut stream = client.simple_query("SELECT * FROM t").await.unwrap();
    let mut before = 0;
    while before == 0 || told.made.load(Ordering::SeqCst) != before {
        before = told.made.load(Ordering::SeqCst);
        clock::Clock::system().sleep(std::time::Duration::from_millis(100)).await;
    }
    for _ in 0..1000 {
        stream.try_next().await.unwrap().unwrap();
    }
}

#[test]
fn memory_does_not_grow_with_the_table() {
    let held = |length| {
        let told = Arc::<Told>::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        allocation_counter::measure(|| {
            runtime.block_on(async {
                let (server, _) = long(length).await;
                let mut client = connect(&server).await;
                let mut stream = client.simple_query("SELECT * FROM t").await.unwrap();
                while stream.try_next().await.unwrap().is_some() {}
            });
            drop(told);
        })
        .bytes_max
    };
    held(10);
    let (few, many) = (held(2000), held(150_000));
    assert!(many < few + (64 << 10), "{few} bytes for 2000 rows, {many} bytes for 150000");
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_table() {
    let (server, told) = long(i32::MAX).await;
    let mut client = connect(&server).await;
    let mut stream = client.simple_query("SELECT * FROM t").await.unwrap();
    for _ in 0..1000 {
        stream.try_next().await.unwrap().unwrap();
    }
    drop(stream);
    drop(client);
    told.gone.notified().await;
    let mut client = connect(&server).await;
    let row = client.simple_query("SELECT 1").await.unwrap().into_row().await.unwrap().unwrap();
    assert_eq!(row.get::<i32, _>(0), Some(1));
}

#[tokio::test]
async fn a_client_that_wants_no_more_goes_on() {
    let (server, told) = long(i32::MAX).await;
    let mut client = connect(&server).await;
    for _ in 0..3 {
        let mut stream = client.query("SELECT * FROM t WHERE id > @P1", &[&0]).await.unwrap();
        for _ in 0..1000 {
            stream.try_next().await.unwrap().unwrap();
        }
        drop(stream);
        client.cancel_query().await.unwrap();
        told.gone.notified().await;
        let row = client.simple_query("SELECT 1").await.unwrap().into_row().await.unwrap().unwrap();
        assert_eq!(row.get::<i32, _>(0), Some(1));
    }
}

#[tokio::test]
async fn a_server_that_is_dropped_ends_its_tables() {
    let (server, told) = long(i32::MAX).await;
    let mut client = connect(&server).await;
    let mut stream = client.simple_query("SELECT * FROM t").await.unwrap();
    stream.try_next().await.unwrap().unwrap();
    drop(server);
    told.gone.notified().await;
    while let Ok(item) = stream.try_next().await {
        assert!(item.is_some(), "the table ended as if it were whole");
    }
}
