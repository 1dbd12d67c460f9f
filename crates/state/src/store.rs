//! Whom what is remembered belongs to.

use std::sync::Arc;

use gateway_core::gateway::Guid;
use gateway_core::model::ShopKey;
use gateway_core::token::ShopGuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _,
    QueryFilter as _, Statement,
};
use url::Url;

use crate::StateError;
use crate::connection::{Backend, Connection};
use crate::entity::owners;

/// Whom a part of a state belongs to, within a platform: what one shop has at one shop of one marketplace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    gateway_url: String,
    gateway_shop: String,
    shop: ShopKey,
}

impl Owner {
    /// An owner, by the marketplace's address, its shop, and the vendor's shop. Of the address neither user, password,
    /// parameters nor a slash at its end count, and none of them is stored.
    #[must_use]
    pub fn new(gateway: &Url, gateway_shop: ShopGuid, shop: ShopKey) -> Self {
        let host = gateway.host_str().unwrap_or_default();
        let port = gateway.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = gateway.path().trim_end_matches('/');
        let gateway_url = format!("{}://{host}{port}{path}", gateway.scheme());
        Self { gateway_url, gateway_shop: gateway_shop.to_string(), shop }
    }

    /// The owner as a text that no other has.
    pub(crate) fn text(&self) -> String {
        let Self { gateway_url, gateway_shop, shop } = self;
        format!("{gateway_url}\n{gateway_shop}\n{shop}")
    }
}

/// What belongs to one owner. Nothing of another can be reached by it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) connection: Arc<Connection>,
    /// The owner's row.
    pub(crate) id: i64,
    pub(crate) owner: Owner,
}

impl Store {
    pub(crate) async fn open(connection: Arc<Connection>, owner: &Owner) -> Result<Self, StateError> {
        let id = match find(&connection.database, &connection, owner).await? {
            Some(id) => id,
            None => insert(&connection, owner).await?,
        };
        Ok(Self { connection, id, owner: owner.clone() })
    }

    /// As [`Store::open`], of an owner who is known.
    pub(crate) async fn find(connection: Arc<Connection>, owner: &Owner) -> Result<Option<Self>, StateError> {
        let id = find(&connection.database, &connection, owner).await?;
        Ok(id.map(|id| Self { connection, id, owner: owner.clone() }))
    }

    /// From here on nobody else of this owner's is in a transaction that begins so, until this one ends. An import and a stock run write the
    /// same links and levels at the same time: so none sees half of what the other decides by, and neither waits for rows that the
    /// other has while that one waits for rows of its own. SQLite has one writer anyhow. To be asked before the lease is looked at,
    /// which may end while one waits.
    pub(crate) async fn alone(&self, transaction: &impl ConnectionTrait) -> Result<(), StateError> {
        if let Backend::Postgres = self.connection.backend {
            let sql = "SELECT id FROM owners WHERE id = $1 FOR UPDATE";
            let sql = Statement::from_sql_and_values(DbBackend::Postgres, sql, [self.id.into()]);
            transaction.query_one_raw(sql).await.map_err(|source| self.error(source))?;
        }
        Ok(())
    }

    pub(crate) fn error(&self, source: DbErr) -> StateError {
        self.connection.error(source)
    }
}

async fn find(
    database: &impl ConnectionTrait,
    connection: &Connection,
    owner: &Owner,
) -> Result<Option<i64>, StateError> {
    use owners::Column::{GatewayShop, GatewayUrl, Platform, Shop};
    let found = owners::Entity::find()
        .filter(GatewayUrl.eq(&owner.gateway_url))
        .filter(GatewayShop.eq(&owner.gateway_shop))
        .filter(Platform.eq(connection.platform.as_str()))
        .filter(Shop.eq(owner.shop.as_str()))
        .one(database)
        .await;
    Ok(found.map_err(|source| connection.error(source))?.map(|row| row.id))
}

async fn insert(connection: &Connection, owner: &Owner) -> Result<i64, StateError> {
    use owners::Column::{GatewayShop, GatewayUrl, Platform, Shop};
    let row = owners::ActiveModel {
        gateway_url: Set(owner.gateway_url.clone()),
        gateway_shop: Set(owner.gateway_shop.clone()),
        platform: Set(connection.platform.to_string()),
        shop: Set(owner.shop.to_string()),
        ..Default::default()
    };
    let write = connection.write().await?;
    // Another run may have been quicker.
    let mut there = OnConflict::columns([GatewayUrl, GatewayShop, Platform, Shop]);
    owners::Entity::insert(row)
        .on_conflict(there.do_nothing().to_owned())
        .exec_without_returning(&write.transaction)
        .await
        .map_err(|source| connection.error(source))?;
    let id = find(&write.transaction, connection, owner).await?;
    write.commit().await?;
    id.ok_or_else(|| connection.place.unreadable("an owner"))
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({} {:?})", self.connection.platform, self.owner)
    }
}

/// A guid as a column has it.
pub(crate) fn guid_text(guid: Guid) -> String {
    guid.to_string()
}
