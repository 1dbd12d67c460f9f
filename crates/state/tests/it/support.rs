//! A place for a state, and things to put there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use clock::Clock;
use gateway_core::gateway::Guid;
use gateway_core::model::{Platform, ProductId, ShopKey, VariantId};
use gateway_core::token::ShopGuid;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
use state::{Link, Owner, State, StateError, StateUrl, Store, VariantKey};

use crate::cluster::{self, Server};

pub(crate) const PLATFORM: &str = "toy-shop";
const SCHEMA: &str = "state_toy_shop";

/// A place of a test's own.
pub(crate) struct Place {
    pub(crate) url: String,
    kind: Kind,
}

enum Kind {
    File(tempfile::TempDir),
    /// Another's.
    Given,
    Postgres {
        server: Server,
        database: String,
    },
}

impl Place {
    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("state.db").display());
        Self { url, kind: Kind::File(folder) }
    }

    /// The place of another process.
    pub(crate) fn at(url: &str) -> Self {
        Self { url: url.to_owned(), kind: Kind::Given }
    }

    pub(crate) async fn postgres() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = cluster::server()?;
        let database = format!("test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
        let mut maintenance = PgConnection::connect(&server.url("postgres")).await.unwrap();
        maintenance.execute(AssertSqlSafe(format!("CREATE DATABASE {database}"))).await.unwrap();
        Some(Self { url: server.url(&database), kind: Kind::Postgres { server, database } })
    }

    pub(crate) async fn end(self) {
        if let Kind::Postgres { server, database } = self.kind {
            let mut maintenance = PgConnection::connect(&server.url("postgres")).await.unwrap();
            let drop = format!("DROP DATABASE {database} WITH (FORCE)");
            maintenance.execute(AssertSqlSafe(drop)).await.unwrap();
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File(_))
    }

    /// The file's path.
    pub(crate) fn path(&self) -> PathBuf {
        match &self.kind {
            Kind::File(folder) => folder.path().join("state.db"),
            _ => panic!("no file of this test"),
        }
    }

    pub(crate) async fn try_open(&self) -> Result<State, StateError> {
        State::open(&StateUrl::parse(&self.url).unwrap(), &platform(), &Clock::system()).await
    }

    pub(crate) async fn open(&self) -> State {
        self.try_open().await.unwrap()
    }

    /// The store of the first owner, in a state of its own.
    pub(crate) async fn store(&self) -> Store {
        self.open().await.owner(&owner("shop.example")).await.unwrap()
    }

    /// Does something to the database, past the state.
    pub(crate) async fn execute(&self, sql: &str) {
        match &self.kind {
            Kind::File(_) => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
                connection.close().await.unwrap();
            }
            _ => {
                let mut connection = self.connect().await;
                connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            }
        }
    }

    /// Asks the database for one number.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        match &self.kind {
            Kind::File(_) => {
                let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
                let row = connection.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap();
                connection.close().await.unwrap();
                row.get(0)
            }
            _ => {
                let mut connection = self.connect().await;
                connection.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().get(0)
            }
        }
    }

    /// Asks the file for texts.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
        let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn connect(&self) -> PgConnection {
        let options: PgConnectOptions = self.url.parse().unwrap();
        PgConnection::connect_with(&options.options([("search_path", SCHEMA)])).await.unwrap()
    }
}

pub(crate) fn platform() -> Platform {
    Platform::new(PLATFORM).unwrap()
}

pub(crate) fn owner(shop: &str) -> Owner {
    let gateway = "https://gateway.example/api/".parse().unwrap();
    let gateway_shop = ShopGuid::parse("123e4567-e89b-12d3-a456-426614174000").unwrap();
    Owner::new(&gateway, gateway_shop, ShopKey::named(shop).unwrap())
}

pub(crate) fn guid(number: u128) -> Guid {
    Guid::parse(&uuid::Uuid::from_u128(number).to_string()).unwrap()
}

pub(crate) fn product(id: &str) -> ProductId {
    ProductId::new(id).unwrap()
}

pub(crate) fn key(product_id: &str, variant: &str) -> VariantKey {
    (product(product_id), VariantId::new(variant).unwrap())
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A link with something in each of its fields.
pub(crate) fn link(product_id: &str, variant: &str, number: u128) -> Link {
    let (product, variant) = key(product_id, variant);
    Link {
        product,
        variant,
        guid: guid(number),
        hash: format!("{number:048x}"),
        mapping: 3,
        sent: BTreeMap::from([("price".to_owned(), "0a".to_owned()), ("name".to_owned(), "ff".to_owned())]),
        tags: vec![guid(number + 1), guid(7)],
        images: vec![
            ("b".to_owned(), "https://pictures.example/b".to_owned()),
            ("a".to_owned(), "https://pictures.example/a".to_owned()),
        ],
        family: Some(guid(number + 2)),
        is_gone: false,
        stock_base: Some("12.5".parse().unwrap()),
    }
}

/// Texts that break what does not quote.
pub(crate) fn hostile() -> Vec<String> {
    vec![
        "it's \"quoted\" `so`".to_owned(),
        "'; DROP TABLE links; --".to_owned(),
        "%_\\ $1 ?1 :a @b {}".to_owned(),
        "żółć 漢字 👩‍👩‍👧 \u{202e}rtl".to_owned(),
        "🦀".repeat(255),
        "é e\u{301}".to_owned(),
    ]
}
