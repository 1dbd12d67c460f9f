//! What version 2 adds: levels of both sides, and the level that a create sends.

use sea_orm::DbErr;
use sea_orm::sea_query::{Alias, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

use super::columns::{Columns, table};

pub(super) struct Second;

impl MigrationName for Second {
    fn name(&self) -> &'static str {
        "m0002_second"
    }
}

#[async_trait]
#[allow(elided_lifetimes_in_paths, reason = "the trait's own signature elides it")]
impl MigrationTrait for Second {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns(manager.get_database_backend());
        let levels = table(
            "levels",
            vec![
                Columns::number("owner"),
                columns.key("product"),
                columns.key("variant"),
                Columns::text("guid"),
                Columns::text_or_null("shop"),
                Columns::text_or_null("market"),
                Columns::text("owed"),
                Columns::text("held"),
                Columns::text_or_null("shop_write"),
                Columns::text_or_null("market_write"),
                Columns::number_or_null("touched"),
            ],
            &["owner", "product", "variant"],
        );
        manager.create_table(levels).await?;
        let mut intents = Table::alter();
        intents.table(Alias::new("intents")).add_column(Columns::text_or_null("stock_base"));
        manager.alter_table(intents).await
    }
}
