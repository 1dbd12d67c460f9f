//! The tables of version 1.

use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, Index, TableCreateStatement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::columns::{Columns, table};

pub(super) struct First;

impl MigrationName for First {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait]
#[allow(elided_lifetimes_in_paths, reason = "the trait's own signature elides it")]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables(&Columns(manager.get_database_backend())) {
            manager.create_table(table).await?;
        }
        let on = |table: &str, columns: &[&str]| {
            let name = format!("{table}_by_{}", columns.last().unwrap_or(&table));
            let mut index = Index::create().name(name).table(Alias::new(table)).to_owned();
            for column in columns {
                index.col(Alias::new(*column));
            }
            index
        };
        let owners = ["gateway_url", "gateway_shop", "platform", "shop"];
        manager.create_index(on("owners", &owners).unique().take()).await?;
        manager.create_index(on("links", &["owner", "guid"])).await?;
        manager.create_index(on("runs", &["owner", "id"])).await
    }
}

fn tables(columns: &Columns) -> Vec<TableCreateStatement> {
    let owner = || Columns::number("owner");
    let key = |name| columns.key(name);
    vec![
        table(
            "meta",
            vec![Columns::number("id"), Columns::number("schema_version"), Columns::number("oldest_reader")],
            &["id"],
        ),
        table(
            "owners",
            vec![Columns::id("id"), key("gateway_url"), key("gateway_shop"), key("platform"), key("shop")],
            &[],
        ),
        table(
            "links",
            vec![
                owner(),
                key("product"),
                key("variant"),
                key("guid"),
                Columns::text("hash"),
                Columns::number("mapping"),
                Columns::text("sent"),
                Columns::text("tags"),
                Columns::text("images"),
                Columns::text_or_null("family"),
                Columns::boolean("gone"),
                Columns::text_or_null("stock_base"),
            ],
            &["owner", "product", "variant"],
        ),
        table(
            "intents",
            vec![owner(), key("product"), key("variant"), Columns::number("at")],
            &["owner", "product", "variant"],
        ),
        table(
            "families",
            vec![owner(), key("kind"), key("id"), Columns::text("guid")],
            &["owner", "kind", "id"],
        ),
        table(
            "images",
            vec![owner(), key("key"), Columns::text("identity"), Columns::text("address")],
            &["owner", "key"],
        ),
        table(
            "rejects",
            vec![
                owner(),
                key("product"),
                Columns::number("place"),
                Columns::text_or_null("variant"),
                Columns::text_or_null("name"),
                Columns::text("reason"),
                Columns::number("since"),
            ],
            &["owner", "product", "place"],
        ),
        table(
            "runs",
            vec![
                Columns::id("id"),
                owner(),
                Columns::text("command"),
                Columns::number("begun"),
                Columns::number_or_null("ended"),
                Columns::number_or_null("exit"),
                Columns::text_or_null("counts"),
                Columns::text_or_null("error"),
            ],
            &[],
        ),
        table("notes", vec![owner(), key("key"), Columns::text("value")], &["owner", "key"]),
        table(
            "leases",
            vec![
                owner(),
                key("kind"),
                Columns::number("token"),
                Columns::text("holder"),
                Columns::number("since"),
                Columns::number("beat"),
                Columns::number("expires"),
            ],
            &["owner", "kind"],
        ),
    ]
}
