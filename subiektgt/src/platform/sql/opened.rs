//! What concerns all of a firm's goods, read once; and what of them the login may read.

use std::collections::BTreeMap;

use connector::{Common, Language, PlatformError, ShopInfo, Untold};
use iso_currency::Currency;
use tiberius::Row;

use crate::documents::Warehouse;
use crate::mapping::goods::{Firm, Rate};
use crate::settings::{PRICE_LEVEL, PriceLevel, Sql, WAREHOUSES};
use crate::sql::statements::{self, Reading, Sieve, Table};
use crate::sql::{Asked, Database, Failure};
use crate::wire::rows::Cells;

/// What is known of a firm before the first of its goods is read.
pub(super) struct Opened {
    pub(super) firm: Firm,
    pub(super) reading: Reading,
    /// The ids of the warehouses whose goods are sold.
    pub(super) warehouses: Vec<i32>,
    pub(super) rights: Rights,
    pub(super) info: ShopInfo,
}

/// What may be read beside goods, prices and levels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rights {
    pub(super) groups: bool,
    pub(super) tags: bool,
    pub(super) properties: bool,
    pub(super) models: bool,
    pub(super) pictures: bool,
    pub(super) kits: bool,
}

/// A firm that is being opened.
struct Opening<'a> {
    database: &'a Database,
    warnings: Vec<String>,
}

impl Opened {
    /// Logs in and reads it.
    pub(super) async fn read(database: &Database, common: &Common) -> Result<Self, PlatformError> {
        let mut opening = Opening { database, warnings: Vec::new() };
        let settings = database.settings();
        opening.must(statements::GOODS).await?;
        opening.must(statements::LEVELS).await?;
        let warehouses = opening.warehouses(settings).await?;
        let level = opening.level(settings).await?;
        let prices = opening.probe(statements::PRICES).await?;
        prices.map_err(|why| settings_error(&why, "without prices nothing can be sold"))?;
        let mut firm = Firm { vat_default: common.vat_default, ..Firm::default() };
        opening.vat_rates(&mut firm).await?;
        let rights = opening.rights(&mut firm).await?;
        for row in
            database.rows(statements::SHARED_SYMBOLS, &[], Asked::Usually).await.map_err(Failure::of_run)?
        {
            firm.shared_symbols
                .extend(Cells(&row).text(0).ok().flatten().map(|symbol| symbol.to_uppercase()));
        }
        let reading = Reading {
            sieve: Sieve { only_web_shop: settings.only_web_shop },
            level,
            with_models: rights.models,
        };
        let counted =
            database.rows(&reading.sieve.count(), &[], Asked::Usually).await.map_err(Failure::of_run)?;
        let language = Language { id: "pol".to_owned(), name: "polski".to_owned(), active: true };
        let info = ShopInfo {
            title: Some(settings.address.database.clone()),
            version: None,
            currency: Currency::PLN,
            language: language.clone(),
            languages: vec![language],
            products: counted
                .first()
                .and_then(|row| Cells(row).count(0))
                .and_then(|count| count.try_into().ok()),
            warnings: opening.warnings,
        };
        Ok(Self { firm, reading, warehouses, rights, info })
    }

    /// The first of the warehouses whose goods are sold, as documents name it.
    pub(super) async fn first_warehouse(&self, database: &Database) -> Result<Warehouse, Failure> {
        let Some(id) = self.warehouses.first() else { return Ok(Warehouse::default()) };
        let rows = database.rows(statements::WAREHOUSE, &[(*id).into()], Asked::Usually).await?;
        let text = |at| rows.first().and_then(|row| Cells(row).text(at).ok().flatten()).unwrap_or_default();
        Ok(Warehouse { symbol: text(0), name: text(1) })
    }

    /// What of goods that are there already must stay as it is, because nobody may read it.
    pub(super) fn untold(&self) -> Untold {
        let Rights { groups, tags, properties, models, pictures, .. } = self.rights;
        Untold {
            pictures: !pictures,
            categories: !(groups && tags),
            families: !(models && tags && properties),
            vat: self.firm.vat_rates.is_none(),
            for_sale: false,
            briefs: false,
        }
    }
}

impl Opening<'_> {
    /// The rows of a statement, or why they may not be had.
    async fn may(&self, table: Table, statement: &str) -> Result<Result<Vec<Row>, Barred>, PlatformError> {
        match self.database.rows(statement, &[], Asked::Usually).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(Failure::Denied { what, is_forbidden }) => {
                let user = self.database.settings().user.clone();
                Ok(Err(Barred { table, what, is_forbidden, user }))
            }
            Err(other) => Err(other.of_run()),
        }
    }

    async fn probe(&self, table: Table) -> Result<Result<(), Barred>, PlatformError> {
        Ok(self.may(table, &table.probe()).await?.map(drop))
    }

    /// What without which there is nothing to be read at all.
    async fn must(&self, table: Table) -> Result<(), PlatformError> {
        let failed =
            |why: Barred| PlatformError::Failed { what: format!("{}: {}", why.told(), why.advice()) };
        self.probe(table).await?.map_err(failed)
    }

    /// What may be read of a table that goods can do without. Where it may not, this is told, with what becomes of it.
    fn or_warn<T>(&mut self, read: Result<T, Barred>, becomes: &str) -> Option<T> {
        read.map_err(|why| self.warnings.push(format!("{}: {becomes}; {}", why.told(), why.advice()))).ok()
    }

    async fn warehouses(&self, settings: &Sql) -> Result<Vec<i32>, PlatformError> {
        let rows = self.may(statements::WAREHOUSES, statements::ALL_WAREHOUSES).await?;
        let rows = rows.map_err(|why| settings_error(&why, "nobody can tell which warehouses there are"))?;
        let mut known: Vec<(i32, String, bool)> = Vec::new();
        for row in &rows {
            let row = Cells(row);
            let symbol = row.text(1).ok().flatten().unwrap_or_default();
            known.extend(row.id(0).map(|id| (id, symbol, row.bit(2).ok().flatten().unwrap_or(false))));
        }
        let symbols = known.iter().map(|(_, symbol, _)| symbol.as_str()).collect::<Vec<_>>().join(", ");
        if settings.warehouses.is_empty() {
            let main = known.iter().find(|(_, _, is_main)| *is_main);
            return main.map(|(id, ..)| vec![*id]).ok_or_else(|| PlatformError::Settings {
                what: "the firm has no main warehouse".to_owned(),
                hint: format!("set {WAREHOUSES} to some of: {symbols}"),
            });
        }
        let mut ids = Vec::new();
        for wanted in &settings.warehouses {
            let found = known.iter().find(|(_, symbol, _)| symbol.to_uppercase() == wanted.to_uppercase());
            let (id, ..) = found.ok_or_else(|| PlatformError::Settings {
                what: format!("the firm has no warehouse {wanted:?}"),
                hint: format!("set {WAREHOUSES} to some of: {symbols}"),
            })?;
            ids.push(*id);
        }
        Ok(ids)
    }

    /// The number of the price level whose prices are sent.
    async fn level(&self, settings: &Sql) -> Result<u8, PlatformError> {
        let wanted = match &settings.price_level {
            PriceLevel::Number(number) => return Ok(*number),
            PriceLevel::Label(label) => label,
        };
        let rows = self.may(statements::PARAMETERS, statements::LABELS).await?;
        let rows = rows.map_err(|why| {
            settings_error(&why, "nobody can tell what price levels are called, tell its number")
        })?;
        let labels: Vec<(u8, String)> = rows
            .first()
            .map(|row| {
                (1..=10_u8).filter_map(|level| Some((level, Cells(row).text(usize::from(level) - 1).ok()??)))
            })
            .into_iter()
            .flatten()
            .collect();
        let found = labels.iter().find(|(_, label)| label.to_uppercase() == wanted.to_uppercase());
        found.map(|(level, _)| *level).ok_or_else(|| {
            let labels: Vec<String> =
                labels.iter().map(|(level, label)| format!("{level} {label}")).collect();
            PlatformError::Settings {
                what: format!("the firm has no price level {wanted:?}"),
                hint: format!(
                    "set {PRICE_LEVEL} to the number or the label of one of: {}",
                    labels.join(", ")
                ),
            }
        })
    }

    async fn vat_rates(&mut self, firm: &mut Firm) -> Result<(), PlatformError> {
        let rows = match self.may(statements::VAT_RATES, statements::ALL_VAT_RATES).await? {
            Ok(rows) => rows,
            Err(why) if firm.vat_default.is_some() => {
                self.or_warn::<()>(
                    Err(why),
                    "goods that are at the marketplace keep their VAT rates, and new ones get the default",
                );
                return Ok(());
            }
            Err(why) => {
                let what = "nobody can tell the goods' VAT rates, and there is no default (--vat-default)";
                return Err(settings_error(&why, what));
            }
        };
        let rates = rows.iter().filter_map(|row| {
            let row = Cells(row);
            Some((row.id(0)?, Rate { symbol: row.text(1).ok().flatten(), percent: row.decimal(2) }))
        });
        firm.vat_rates = Some(rates.collect());
        Ok(())
    }

    async fn rights(&mut self, firm: &mut Firm) -> Result<Rights, PlatformError> {
        let mut rights = Rights::default();
        let keep_categories = "goods that are at the marketplace keep their categories";
        let groups = self.may(statements::GROUPS, statements::ALL_GROUPS).await?;
        if let Some(rows) = self.or_warn(groups, keep_categories) {
            (firm.groups, rights.groups) = (names(&rows), true);
        }
        let tags = self.may(statements::TAGS, statements::ALL_TAGS).await?;
        let tagged = self.probe(statements::TAGGED).await?;
        let tags = tags.and_then(|rows| tagged.map(|()| rows));
        if let Some(rows) = self.or_warn(tags, keep_categories) {
            (firm.tags, rights.tags) = (names(&rows), true);
        }
        let keep_variants = "goods that are at the marketplace keep what tells them from other variants";
        let properties = self.probe(statements::PROPERTIES).await?;
        let of_properties = match properties {
            Ok(()) => self.may(statements::OF_PROPERTIES, statements::TAGS_OF_PROPERTIES).await?,
            Err(why) => Err(why),
        };
        rights.properties = match of_properties {
            Ok(rows) => {
                let named =
                    rows.iter().filter_map(|row| Some((Cells(row).id(0)?, Cells(row).text(1).ok()??)));
                firm.properties = named.collect();
                true
            }
            // Older programs know no properties, so nothing is missing.
            Err(why) if !why.is_forbidden => true,
            Err(why) => self.or_warn::<()>(Err(why), keep_variants).is_some(),
        };
        let models = self.probe(statements::MODELS).await?;
        let of_models = self.probe(statements::OF_MODELS).await?;
        rights.models = self.or_warn(models.and(of_models), keep_variants).is_some();
        let pictures = self.probe(statements::PICTURES).await?;
        rights.pictures =
            self.or_warn(pictures, "goods that are at the marketplace keep their pictures").is_some();
        let kits = self.probe(statements::COMPONENTS).await?;
        rights.kits =
            self.or_warn(kits, "the levels of kits stay as they are, and new ones begin with 0").is_some();
        Ok(rights)
    }
}

/// A table that may not be read, or is not there.
struct Barred {
    table: Table,
    what: String,
    is_forbidden: bool,
    user: String,
}

impl Barred {
    fn told(&self) -> String {
        let name = self.table.name;
        if self.is_forbidden {
            format!("the login may not read {name}")
        } else {
            format!("the database does not give {name} ({})", self.what)
        }
    }

    fn advice(&self) -> String {
        if self.is_forbidden {
            let user = self.user.replace(']', "]]");
            format!(
                "have an administrator of the server say in this database: GRANT SELECT ON {} TO [{user}]",
                self.table.name
            )
        } else {
            "is it the database of a Subiekt GT?".to_owned()
        }
    }
}

/// What makes all goods wrong.
fn settings_error(why: &Barred, becomes: &str) -> PlatformError {
    PlatformError::Settings { what: format!("{}: {becomes}", why.told()), hint: why.advice() }
}

/// Names by their ids.
fn names(rows: &[Row]) -> BTreeMap<i32, String> {
    rows.iter().filter_map(|row| Some((Cells(row).id(0)?, Cells(row).text(1).ok()??))).collect()
}
