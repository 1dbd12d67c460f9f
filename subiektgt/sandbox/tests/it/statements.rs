//! What is asked, and that each gets his answer.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use subiektgt_sandbox::{Column, Options, Reply, Server, Statement, Table, Type, Value};
use tiberius::QueryStream;

use crate::client::{config, connect, connect_with, refusal, server};

/// Answers every question with itself: one row for each parameter.
fn echo(sql: &str, parameters: &[Value]) -> Reply {
    if sql.contains("nowhere") {
        return Reply::no_such_table("nowhere");
    }
    let columns = [Column::new("sql", Type::VarChar(200)), Column::new("parameter", Type::VarCharMax)];
    let sql = sql.to_owned();
    let rows: Vec<_> = parameters
        .iter()
        .map(|value| vec![Value::from(sql.as_str()), Value::from(format!("{value:?}"))])
        .collect();
    Reply::Rows(Table::new(columns, rows))
}

#[tokio::test]
async fn parameters_arrive() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    let long = "długi ".repeat(3000);
    let sql = "SELECT 1 WHERE @P1 = @P2 OR @P3 = @P4";
    let amount = Decimal::new(-123_450, 4);
    let moment =
        NaiveDate::from_ymd_opt(2026, 2, 28).unwrap().and_hms_micro_opt(23, 59, 58, 123_456).unwrap();
    let results = client
        .query(
            sql,
            &[
                &-7_i32,
                &(1_i64 << 40),
                &"Zażółć 'gęślą' jaźń 漢",
                &long.as_str(),
                &true,
                &None::<i32>,
                &None::<&str>,
                &3_i16,
                &200_u8,
                &amount,
                &"",
                &moment,
            ],
        )
        .await
        .unwrap()
        .into_first_result()
        .await
        .unwrap();
    assert_eq!(results.len(), 12);
    assert_eq!(results[0].get::<&str, _>("sql"), Some(sql));
    let expected = vec![
        Value::Int(-7),
        Value::BigInt(1 << 40),
        Value::from("Zażółć 'gęślą' jaźń 漢"),
        Value::from(long),
        Value::Bit(true),
        Value::Null,
        Value::Null,
        Value::Int(3),
        Value::Int(200),
        Value::Decimal(amount),
        Value::from(""),
        Value::DateTime(moment),
    ];
    assert_eq!(expected[1].as_i64(), Some(1 << 40));
    assert_eq!(expected[10].as_str(), Some(""));
    assert_eq!(server.statements(), [Statement { sql: sql.to_owned(), parameters: expected }]);
}

#[tokio::test]
async fn an_empty_table_has_its_columns() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    let mut stream = client.simple_query("SELECT nothing").await.unwrap();
    let names: Vec<_> =
        stream.columns().await.unwrap().unwrap().iter().map(|column| column.name().to_owned()).collect();
    assert_eq!(names, ["sql", "parameter"]);
    assert!(stream.into_first_result().await.unwrap().is_empty());
}

#[tokio::test]
async fn one_connection_asks_again_and_again() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    for number in 0..50 {
        let row = client.query("SELECT @P1", &[&number]).await.unwrap().into_row().await.unwrap().unwrap();
        assert_eq!(row.get::<&str, _>(1), Some(format!("Int({number})").as_str()));
        client.simple_query("SELECT nothing").await.unwrap().into_results().await.unwrap();
    }
    assert_eq!(server.statements().len(), 100);
}

/// The error that comes in place of rows, sooner or later.
async fn fault(asked: tiberius::Result<QueryStream<'_>>) -> tiberius::error::Error {
    match asked {
        Ok(stream) => stream.into_results().await.unwrap_err(),
        Err(error) => error,
    }
}

#[tokio::test]
async fn an_error_in_place_of_rows_leaves_the_connection_usable() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    for _ in 0..3 {
        let error = fault(client.query("SELECT * FROM nowhere WHERE a = @P1", &[&1]).await).await;
        assert_eq!(refusal(&error), (208, 16));
        assert!(error.to_string().contains("Invalid object name 'nowhere'."), "{error}");
        let error = fault(client.simple_query("SELECT * FROM nowhere").await).await;
        assert_eq!(refusal(&error), (208, 16));
        let row = client.query("SELECT @P1", &[&5]).await.unwrap().into_row().await.unwrap().unwrap();
        assert_eq!(row.get::<&str, _>(1), Some("Int(5)"));
    }
}

#[tokio::test]
async fn a_parameter_that_was_not_sent_is_an_error() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    let error = fault(client.query("SELECT 1 WHERE a > @P1 AND b IN (@p2)", &[&1]).await).await;
    assert_eq!(refusal(&error), (137, 15));
    assert!(error.to_string().contains("Must declare the scalar variable \"@p2\"."), "{error}");
    let error = fault(client.simple_query("SELECT @P1").await).await;
    assert_eq!(refusal(&error), (137, 15));
    let sql = "SELECT '@P2', 'it''s @P3', @@ROWCOUNT, @P1_, @Price WHERE a=@P1";
    assert_eq!(client.query(sql, &[&1]).await.unwrap().into_first_result().await.unwrap().len(), 1);
}

#[tokio::test]
async fn connections_do_not_hear_of_each_other() {
    let server = server(echo).await;
    let (mut one, mut other) = (connect(&server).await, connect(&server).await);
    for number in 0..20_i32 {
        let negative = -number - 1;
        let (from_one, from_other) = (
            async { one.query("SELECT @P1", &[&number]).await.unwrap().into_row().await.unwrap().unwrap() },
            async {
                other.query("SELECT @P1", &[&negative]).await.unwrap().into_row().await.unwrap().unwrap()
            },
        );
        let (from_one, from_other) = tokio::join!(from_one, from_other);
        assert_eq!(from_one.get::<&str, _>(1), Some(format!("Int({number})").as_str()));
        assert_eq!(from_other.get::<&str, _>(1), Some(format!("Int({negative})").as_str()));
    }
}

#[tokio::test]
async fn a_transaction_is_batches() {
    let server = server(|_: &str, _: &[Value]| Reply::Done).await;
    let mut client = connect(&server).await;
    for sql in ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRAN", "COMMIT"] {
        client.simple_query(sql).await.unwrap().into_results().await.unwrap();
    }
    let sent: Vec<_> = server.statements().into_iter().map(|statement| statement.sql).collect();
    assert_eq!(sent, ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRAN", "COMMIT"]);
}

#[tokio::test]
async fn statements_are_kept_on_demand_only() {
    let options = Options { keep_statements: false, ..Options::default() };
    let server = Server::start(options, Arc::new(echo)).await.unwrap();
    let mut client = connect_with(config(&server)).await.unwrap();
    client.simple_query("SELECT nothing").await.unwrap().into_results().await.unwrap();
    assert_eq!(server.statements(), []);
}

#[tokio::test]
async fn a_server_that_is_dropped_ends_its_connections() {
    let server = server(echo).await;
    let mut client = connect(&server).await;
    drop(server);
    assert!(client.simple_query("SELECT nothing").await.is_err());
}
