//! What is held while levels are read.

use std::sync::Arc;

use connector::{Platform, Scope, StockItem};
use futures::StreamExt as _;
use subiektgt_sandbox::{Answers, Column, Firm, Options, Reply, Server, Table, Type, Value};

use super::{Office, decimal};

/// A firm with so many goods, whose rows are made while they are sent.
struct Large {
    firm: Firm,
    goods: i32,
}

impl Answers for Large {
    fn answer(&self, sql: &str, parameters: &[Value]) -> Reply {
        let number = |at: usize| i32::try_from(parameters[at].as_i64().unwrap()).unwrap();
        if sql.starts_with("SELECT TOP (@P1) t.tw_Id, t.tw_Rodzaj") {
            let behind = number(1).max(0);
            let ids = behind + 1..=self.goods.min(behind + number(0));
            let columns = [Column::new("tw_Id", Type::Int), Column::new("tw_Rodzaj", Type::Int)];
            return Reply::Rows(Table::new(columns, ids.map(|id| vec![Value::Int(id), Value::Int(1)])));
        }
        if sql.contains("FROM tw_Stan WHERE st_TowId > @P1") {
            let amount = Type::Decimal { precision: 28, scale: 4 };
            let columns =
                [Column::new("st_TowId", Type::Int), Column::new("", amount), Column::new("", amount)];
            let row = |id| vec![Value::Int(id), Value::Decimal(id.into()), Value::Decimal(decimal("0.5"))];
            return Reply::Rows(Table::new(columns, (number(0).max(0) + 1..=number(1)).map(row)));
        }
        self.firm.answer(sql, parameters)
    }
}

/// Reads all levels, and says how many there are.
async fn count(platform: &dyn Platform) -> usize {
    let mut levels = platform.stock(Scope::All);
    let mut count = 0;
    while let Some(item) = levels.next().await {
        count += usize::from(matches!(item.unwrap(), StockItem::Level { .. }));
    }
    count
}

/// The most bytes that the reader holds at once over so many levels.
fn held(goods: i32) -> u64 {
    // The server is on other threads, so that what it holds is not counted.
    let servers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let firm = Firm::new();
    let answers = Arc::new(Large { firm: firm.clone(), goods });
    let server = servers
        .block_on(Server::start(Options { keep_statements: false, ..Options::default() }, answers))
        .unwrap();
    let office = Office { firm, server };
    let own = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let platform = office.open(&[]);
    own.block_on(platform.check()).unwrap();
    let mut levels = 0;
    let measured = allocation_counter::measure(|| levels = own.block_on(count(&*platform)));
    assert_eq!(i32::try_from(levels).unwrap(), goods);
    measured.bytes_max
}

#[test]
fn a_hundred_and_fifty_thousand_levels_take_no_more_memory_than_a_few_pages() {
    let (few, many) = (held(15_000), held(150_000));
    assert!(many < few + few / 4, "{few} bytes are held over 15 000 levels, and {many} over 150 000");
}
